/*
 * summary.c
 *		The shell that every summary type stands in.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "common/summary.h"

void *
summary_blank(void)
{
	void *blank = palloc(VARHDRSZ);

	SET_VARSIZE(blank, VARHDRSZ);
	return blank;
}

void *
summary_state_arg(FunctionCallInfo fcinfo)
{
	void *state;

	cxm_check_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	state = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	return SUMMARY_IS_BLANK(state) ? NULL : state;
}

Datum
summary_unchanged(FunctionCallInfo fcinfo)
{
	cxm_check_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(summary_blank());
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* Errors */

void
summary_refuse_version(const SummaryType *type, int version)
{
	ereport(ERROR, CXM_UNKNOWN_VERSION(type->name, version));
}

void
summary_refuse_blank(const SummaryType *type)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("value of type %s is blank", type->name),
	                errdetail("It is a summary of nothing, whose parameters are not known.")));
}

void
summary_refuse_value(const SummaryType *type)
{
	ereport(ERROR,
	        (errcode(ERRCODE_DATA_CORRUPTED), errmsg("invalid value of type %s", type->name)));
}

void
summary_refuse_binary(const SummaryType *type, const char *detail)
{
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
	         errmsg("invalid binary value of type %s", type->name), errdetail("%s", detail)));
}

void *
summary_report_overflow(Node *escontext, const char *what)
{
	ereturn(escontext, NULL,
	        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("%s out of range", what)));
}

void
summary_refuse_overflow(const char *what)
{
	summary_report_overflow(NULL, what);
	pg_unreachable();
}

void
summary_refuse_shortage(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
	                errmsg("cannot take out more %s than there are", what)));
}

void
summary_refuse_count(const char *counted, bool add)
{
	if (!add)
		summary_refuse_shortage(counted);
	summary_refuse_overflow(psprintf("count of %s", counted));
}

void
summary_check_size(const SummaryType *type, uint64 size)
{
	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("value of type %s would exceed 1 GB", type->name)));
}

void
summary_reserve(StringInfo buffer, uint64 items, uint64 least_size)
{
	enlargeStringInfo(buffer, (int) Min(items * least_size, PG_INT32_MAX));
}

/* Text and binary */

static char *
text_of(const void *value, const SummaryType *type)
{
	return SUMMARY_IS_BLANK(value) ? pstrdup("{}") : type->text(value);
}

void *
summary_read(JsonbContainer *object, const SummaryType *type, Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;
	void          *draft;
	JsonbValue   **fields;

	if (JsonContainerSize(object) == 0)
		return summary_blank();
	iterator = JsonbIteratorInit(object);
	if (type->read != NULL)
	{
		fields = palloc(type->n_fields * sizeof(void *));
		if (!cxm_json_take(iterator, type->no_field ? type->no_field : SUMMARY_NO_FIELD, type->name,
		                   escontext, type->fields, type->n_fields, fields))
			return NULL;
		return type->read(fields, escontext);
	}
	draft = palloc0(type->draft_size);
	if (type->read_terms != NULL && !type->read_terms(draft, object, escontext))
		return NULL;
	while (cxm_json_next(&iterator, &key, &value))
		if (!type->read_field(draft, key, &value, escontext))
			return NULL;
	return type->finish(draft, escontext);
}

Datum
summary_in(FunctionCallInfo fcinfo, const SummaryType *type)
{
	Node           *escontext = fcinfo->context;
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), type->name, escontext);
	void           *result = object ? summary_read(object, type, escontext) : NULL;

	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(result);
}

Datum
summary_out(FunctionCallInfo fcinfo, const SummaryType *type)
{
	PG_RETURN_CSTRING(text_of(SUMMARY_ARG(0), type));
}

Datum
summary_to_json(FunctionCallInfo fcinfo, const SummaryType *type)
{
	char *text = text_of(SUMMARY_ARG(0), type);

	summary_check_size(type, VARHDRSZ + (uint64) strlen(text));
	PG_RETURN_TEXT_P(cstring_to_text(text));
}

Datum
summary_to_jsonb(FunctionCallInfo fcinfo, const SummaryType *type)
{
	PG_RETURN_POINTER(cxm_jsonb(text_of(SUMMARY_ARG(0), type), NULL));
}

/* A blank, and what becomes one in canonical form, is sent as an empty message. */
void
summary_write(StringInfo buffer, const void *value, const SummaryType *type)
{
	if (!SUMMARY_IS_BLANK(value))
		value = type->canonical(value);
	if (SUMMARY_IS_BLANK(value))
		return;
	pq_sendint8(buffer, *(const uint8 *) VARDATA_ANY(value));
	type->send(buffer, value);
}

Datum
summary_send(FunctionCallInfo fcinfo, const SummaryType *type)
{
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	summary_write(&buffer, SUMMARY_ARG(0), type);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

void *
summary_receive(StringInfo buffer, const SummaryType *type)
{
	uint8 version;
	void *value;

	if (buffer->cursor == buffer->len)
		return summary_blank();
	version = (uint8) pq_getmsgbyte(buffer);
	if (!summary_knows_version(type, version))
		summary_refuse_version(type, version);
	value = type->receive(buffer);
	pq_getmsgend(buffer);
	return value;
}

Datum
summary_recv(FunctionCallInfo fcinfo, const SummaryType *type)
{
	PG_RETURN_POINTER(summary_receive((StringInfo) PG_GETARG_POINTER(0), type));
}

uint64
summary_receive_count(StringInfo buffer, const SummaryType *type)
{
	int64 count = pq_getmsgint64(buffer);

	if (count < 0)
		summary_refuse_binary(type, "A count is negative.");
	return (uint64) count;
}

void
summary_send_text(StringInfo buffer, const char *text, int length)
{
	char *converted = pg_server_to_client(text, length);
	int   size = converted == text ? length : (int) strlen(converted);

	pq_sendint32(buffer, size);
	pq_sendbytes(buffer, converted, size);
}

/* Comparison */

/* Somebody's own aggregate without a final function lets states out: these are not canonical. */
static bool
may_be_state(const void *value, const SummaryType *type)
{
	return VARSIZE_ANY_EXHDR(value) >= type->header &&
	       (type->state_flag == 0 || (VARDATA_ANY(value)[1] & type->state_flag) != 0);
}

static Datum
canonical_form(void *value, const SummaryType *type)
{
	return PointerGetDatum(may_be_state(value, type) ? type->canonical(value) : value);
}

/* Equal values are equal bytes; and so are the canonical forms of equal states. */
bool
summary_equal(FunctionCallInfo fcinfo, const SummaryType *type)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext context;
	void         *a;
	void         *b;
	bool          equal = false;

	if (DatumGetBool(byteaeq(fcinfo)))
		return true;
	a = SUMMARY_ARG(0);
	b = SUMMARY_ARG(1);
	if (may_be_state(a, type) || may_be_state(b, type))
	{
		context = AllocSetContextCreate(caller, "comparison of summaries", ALLOCSET_SMALL_SIZES);
		MemoryContextSwitchTo(context);
		equal = DatumGetBool(
		    DirectFunctionCall2(byteaeq, canonical_form(a, type), canonical_form(b, type)));
		MemoryContextSwitchTo(caller);
		MemoryContextDelete(context);
	}
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return equal;
}

Datum
summary_hash(FunctionCallInfo fcinfo, const SummaryType *type, PGFunction hash)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext context = NULL;
	void         *value = SUMMARY_ARG(0);
	void         *canonical = value;
	Datum         seed = PG_NARGS() > 1 ? PG_GETARG_DATUM(1) : (Datum) 0;
	Datum         result;

	if (may_be_state(value, type))
	{
		context = AllocSetContextCreate(caller, "hash of a summary", ALLOCSET_SMALL_SIZES);
		MemoryContextSwitchTo(context);
		canonical = type->canonical(value);
		MemoryContextSwitchTo(caller);
	}
	/* the result may be a pointer, and outlasts the context */
	result = DirectFunctionCall2(hash, PointerGetDatum(canonical), seed);
	if (context != NULL)
		MemoryContextDelete(context);
	PG_FREE_IF_COPY(value, 0);
	return result;
}

/* Merging */

/*
 * In an aggregate, what holds nothing changes nothing, whatever its terms, and a state that holds
 * nothing takes on those of the next value: a window's frame may move from rows of one kind to
 * another.
 */
static void *
merge(void *state, const void *value, bool add, const SummaryType *type)
{
	if (type->same_terms != NULL && !type->same_terms(state, value))
	{
		if (type->is_empty(value))
			return state;
		if (!add || !type->is_empty(state))
			type->refuse_mixture(state, value);
		return type->to_state(value);
	}
	return type->merge(state, value, add);
}

/* The combine step of every aggregate, and rollup's transition. */
Datum
summary_combine(FunctionCallInfo fcinfo, const SummaryType *type)
{
	void *state = summary_state_arg(fcinfo);
	void *value = PG_ARGISNULL(1) ? NULL : SUMMARY_ARG(1);

	if (value == NULL || SUMMARY_IS_BLANK(value))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	/* copied, not adopted: the value may be packed or toasted */
	PG_RETURN_POINTER(state ? merge(state, value, true, type) : type->to_state(value));
}

/* The moving form of rollup. */
Datum
summary_rollup(FunctionCallInfo fcinfo, const SummaryType *type)
{
	if (PG_ARGISNULL(1) || SUMMARY_IS_BLANK(SUMMARY_ARG(1)))
		return summary_unchanged(fcinfo);
	return summary_combine(fcinfo, type);
}

Datum
summary_rollup_inverse(FunctionCallInfo fcinfo, const SummaryType *type)
{
	void *state = summary_state_arg(fcinfo);
	void *value = PG_ARGISNULL(1) ? NULL : SUMMARY_ARG(1);

	if (state == NULL || value == NULL || SUMMARY_IS_BLANK(value))
		return summary_unchanged(fcinfo);
	PG_RETURN_POINTER(merge(state, value, false, type));
}

/* The summary of a state; NULL where no row came in. */
Datum
summary_final(FunctionCallInfo fcinfo, const SummaryType *type)
{
	void *state = summary_state_arg(fcinfo);

	if (state == NULL || type->is_empty(state))
		PG_RETURN_NULL();
	/* over a window the state goes on to change */
	if (type->result != NULL && IsA(fcinfo->context, AggState))
		PG_RETURN_POINTER(type->result(state));
	PG_RETURN_POINTER(type->canonical(state));
}

/* The operators + and -, which are strict about terms: (a + b) - b is a. */
Datum
summary_merged(FunctionCallInfo fcinfo, const SummaryType *type, bool add)
{
	void *a = SUMMARY_ARG(0);
	void *b = SUMMARY_ARG(1);

	if (type->same_terms != NULL)
	{
		if (!type->blanks_add && (SUMMARY_IS_BLANK(a) || SUMMARY_IS_BLANK(b)))
			summary_refuse_blank(type);
		if (!type->same_terms(a, b))
			type->refuse_mixture(a, b);
	}
	PG_RETURN_POINTER(type->canonical(type->merge(type->to_state(a), b, add)));
}
