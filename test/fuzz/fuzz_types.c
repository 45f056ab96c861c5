/*
 * fuzz_types.c
 *		The input and receive function of any type under libFuzzer, within a backend:
 *
 *			fuzz_type(type regtype, is_binary boolean, arguments text)
 *
 * where the arguments are libFuzzer's, and -log=FILE for its messages.
 *
 * Bytes are refused with an error that blames them, or are a value whose text and whose binary form
 * both read as the same value.  The backend ends with the run, as libFuzzer has it.
 *
 * To be linked into cxm's own library, whose code then guides the search.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "fuzz.h"

extern int LLVMFuzzerRunDriver(int *argc, char ***argv,
                               int (*callback)(const uint8_t *data, size_t size));

static FmgrInfo in_function;
static FmgrInfo out_function;
static FmgrInfo receive_function;
static FmgrInfo send_function;
static Oid      in_parameter;
static bool     is_binary;

static Datum
read_text(const char *text)
{
	return InputFunctionCall(&in_function, unconstify(char *, text), in_parameter, -1);
}

static Datum
read_binary(const void *bytes, size_t size)
{
	StringInfoData buffer = {unconstify(void *, bytes), (int) size, (int) size + 1, 0};
	Datum          value = ReceiveFunctionCall(&receive_function, &buffer, in_parameter, -1);

	/* as the server does after every receive function */
	if (buffer.cursor != buffer.len)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
		                errmsg("incorrect binary data format")));
	return value;
}

/* Of exactly its size, so that reading beyond its end is seen. */
static Datum
tight(Datum value)
{
	void *copy = malloc(VARSIZE_ANY(DatumGetPointer(value)));

	return PointerGetDatum(
	    memcpy(copy, DatumGetPointer(value), VARSIZE_ANY(DatumGetPointer(value))));
}

static void
check_round_trip(Datum value)
{
	Datum  copy = tight(value);
	char  *text = OutputFunctionCall(&out_function, copy);
	bytea *sent = SendFunctionCall(&send_function, copy);
	bytea *sent_again;

	free(DatumGetPointer(copy));
	sent_again = SendFunctionCall(&send_function, read_text(text));
	LAW(VARSIZE(sent) == VARSIZE(sent_again));
	LAW(memcmp(sent, sent_again, VARSIZE(sent)) == 0);
	LAW(strcmp(text, OutputFunctionCall(&out_function,
	                                    read_binary(VARDATA(sent), VARSIZE(sent) - VARHDRSZ))) ==
	    0);
}

/* What may be said of bad bytes, by SQLSTATE. */
static bool
blames_the_input(int state)
{
	return ERRCODE_TO_CATEGORY(state) == ERRCODE_DATA_EXCEPTION ||
	       state == ERRCODE_FEATURE_NOT_SUPPORTED || /* another version's value */
	       state == ERRCODE_PROGRAM_LIMIT_EXCEEDED || state == ERRCODE_PROTOCOL_VIOLATION ||
	       state == ERRCODE_STATEMENT_TOO_COMPLEX;
}

static int
fuzz_value(const uint8_t *data, size_t size)
{
	static MemoryContext context;
	char                *text = NULL;
	volatile bool        is_value = false;
	Datum volatile value = 0;

	if (context == NULL)
		context = AllocSetContextCreate(TopMemoryContext, "fuzz", ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(context);
	MemoryContextSwitchTo(context);
	if (!is_binary)
	{
		/* the protocol lets nothing else through */
		if (memchr(data, '\0', size) != NULL ||
		    !pg_verify_mbstr(PG_UTF8, (const char *) data, (int) size, true))
			return -1;
		text = malloc(size + 1);
		memcpy(text, data, size);
		text[size] = '\0';
	}
	PG_TRY();
	{
		value = is_binary ? read_binary(data, size) : read_text(text);
		is_value = true;
		check_round_trip(value);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		if (is_value || !blames_the_input(error->sqlerrcode))
		{
			fprintf(stderr, "%s: %s: %s\n", is_value ? "round trip" : "input",
			        unpack_sql_state(error->sqlerrcode), error->message);
			abort();
		}
	}
	PG_END_TRY();
	free(text);
	return 0;
}

PG_FUNCTION_INFO_V1(fuzz_type);
Datum
fuzz_type(PG_FUNCTION_ARGS)
{
	Oid    type = PG_GETARG_OID(0);
	char  *arguments = text_to_cstring(PG_GETARG_TEXT_PP(2));
	char  *words[32] = {"fuzz_type"};
	char **argv = words;
	int    argc = 1;
	Oid    function;
	bool   is_varlena;

	is_binary = PG_GETARG_BOOL(1);
	getTypeInputInfo(type, &function, &in_parameter);
	fmgr_info_cxt(function, &in_function, TopMemoryContext);
	getTypeOutputInfo(type, &function, &is_varlena);
	fmgr_info_cxt(function, &out_function, TopMemoryContext);
	getTypeBinaryInputInfo(type, &function, &in_parameter);
	fmgr_info_cxt(function, &receive_function, TopMemoryContext);
	getTypeBinaryOutputInfo(type, &function, &is_varlena);
	fmgr_info_cxt(function, &send_function, TopMemoryContext);
	for (char *word = strtok(arguments, " "); word != NULL && argc < 31; word = strtok(NULL, " "))
	{
		if (strncmp(word, "-log=", 5) != 0)
			words[argc++] = word;
		else if (freopen(word + 5, "w", stderr) == NULL)
			ereport(ERROR, (errcode_for_file_access(), errmsg("could not open %s", word + 5)));
	}
	LLVMFuzzerRunDriver(&argc, &argv, fuzz_value);
	PG_RETURN_VOID();
}
