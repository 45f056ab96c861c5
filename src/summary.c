/*
 * summary.c
 *		What all summary types do alike: comparing, printing, merging, and leaving an aggregate.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "summary.h"

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

/*
 * Errors
 */

void
summary_refuse_version(const SummaryType *type, int version)
{
	ereport(ERROR, CXM_UNKNOWN_VERSION(type->name, version));
}

void
summary_receive_version(const SummaryType *type, StringInfo buffer, uint8 known)
{
	uint8 version = (uint8) pq_getmsgbyte(buffer);

	if (version != known)
		summary_refuse_version(type, version);
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

bool
summary_refuse_text(const SummaryType *type, Node *escontext, const char *detail, const char *what)
{
	ereturn(escontext, false,
	        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
	         errmsg("invalid input syntax for type %s", type->name), errdetail(detail, what)));
}

void
summary_refuse_binary(const SummaryType *type, const char *detail)
{
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
	         errmsg("invalid binary value of type %s", type->name), errdetail("%s", detail)));
}

void
summary_refuse_overflow(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("%s out of range", what)));
}

void
summary_refuse_shortage(const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
	                errmsg("cannot take out more %s than there are", what)));
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

/*
 * Text
 */

static char *
text_of(const void *value, const SummaryType *type)
{
	return SUMMARY_IS_BLANK(value) ? pstrdup("{}") : type->text(value);
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

/*
 * Merging
 */

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
	PG_RETURN_POINTER(state ? type->merge(state, value, true) : type->to_state(value));
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
	PG_RETURN_POINTER(type->merge(state, value, false));
}

/* The summary of a state; NULL where no row came in. */
Datum
summary_final(FunctionCallInfo fcinfo, const SummaryType *type)
{
	void *state = summary_state_arg(fcinfo);

	if (state == NULL || type->is_empty(state))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(type->canonical(state));
}

Datum
summary_merged(FunctionCallInfo fcinfo, const SummaryType *type, bool add)
{
	void *a = SUMMARY_ARG(0);
	void *b = SUMMARY_ARG(1);
	void *state;

	/* where there are parameters to agree, (a + b) - b would not be a for a blank */
	if (type->check_mergeable != NULL)
	{
		if (SUMMARY_IS_BLANK(a) || SUMMARY_IS_BLANK(b))
			summary_refuse_blank(type);
		type->check_mergeable(a, b);
	}
	state = type->to_state(a);
	PG_RETURN_POINTER(type->canonical(type->merge(state, b, add)));
}
