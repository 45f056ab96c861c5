/*
 * cxm.c
 *		The module itself, and what every concept of cxm shares.
 */
#include "cxm.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "core/log_histogram.h"

CXM_MODULE_MAGIC;

void
cxm_check_aggregate_context(FunctionCallInfo fcinfo)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("aggregate support function called in non-aggregate context")));
}

double
cxm_level_arg(FunctionCallInfo fcinfo, int argno)
{
	double level = PG_GETARG_FLOAT8(argno);

	/* written so that NaN is refused too */
	if (!(level > 0.0 && level < 1.0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("confidence level %g is not between 0 and 1", level),
		                errhint("Write 95 %% as 0.95.")));
	return level;
}

static pg_noinline void
refuse_interval(const Interval *interval, const char *what)
{
#ifdef INTERVAL_NOT_FINITE
	if (INTERVAL_NOT_FINITE(interval))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s is infinite", what)));
#endif
	ereport(
	    ERROR,
	    (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	     errmsg("%s is negative: %s", what,
	            DatumGetCString(DirectFunctionCall1(interval_out, PointerGetDatum(interval))))));
}

uint64
cxm_interval_microseconds(const Interval *interval, const char *what)
{
	int64 days = (int64) interval->month * DAYS_PER_MONTH + interval->day;
	int64 microseconds;

#ifdef INTERVAL_NOT_FINITE
	if (INTERVAL_NOT_FINITE(interval))
		refuse_interval(interval, what);
#endif
	if (days == 0)
		microseconds = interval->time;
	else if (pg_mul_s64_overflow(days, USECS_PER_DAY, &microseconds) ||
	         pg_add_s64_overflow(microseconds, interval->time, &microseconds))
		ereport(ERROR, (errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW), errmsg("interval out of range")));
	if (microseconds < 0)
		refuse_interval(interval, what);
	return (uint64) microseconds;
}

/* The type without a zone from which PostgreSQL casts the expression's value of its own accord. */
static Oid
zoneless_type(Node *expression)
{
	List     *values = NIL;
	ListCell *cell;
	Oid       type = InvalidOid;

	if (expression == NULL)
		return InvalidOid;
	if (IsA(expression, FuncExpr))
	{
		FuncExpr *call = (FuncExpr *) expression;

		if (call->funcformat == COERCE_IMPLICIT_CAST &&
		    (call->funcid == F_TIMESTAMPTZ_TIMESTAMP || call->funcid == F_TIMESTAMPTZ_DATE))
			type = exprType(linitial(call->args));
	}
	/* what hands on one of several values */
	else if (IsA(expression, CoalesceExpr))
		values = ((CoalesceExpr *) expression)->args;
	else if (IsA(expression, MinMaxExpr))
		values = ((MinMaxExpr *) expression)->args;
	else if (IsA(expression, CaseExpr))
	{
		type = zoneless_type((Node *) ((CaseExpr *) expression)->defresult);
		values = ((CaseExpr *) expression)->args;
	}
	else if (IsA(expression, CaseWhen))
		type = zoneless_type((Node *) ((CaseWhen *) expression)->result);
	else if (IsA(expression, TargetEntry))
		type = zoneless_type((Node *) ((TargetEntry *) expression)->expr);

	foreach (cell, values)
		type = OidIsValid(type) ? type : zoneless_type(lfirst(cell));
	return type;
}

static void
refuse_zoneless(Oid function, List *args, const char *hint)
{
	ListCell *cell;
	int       place = 0;

	foreach (cell, args)
	{
		Oid type = zoneless_type(lfirst(cell));

		place++;
		if (OidIsValid(type))
			ereport(ERROR,
			        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			         errmsg("argument %d of %s has no time zone", place, get_func_name(function)),
			         errdetail("A value of type %s would be taken to stand in the session's zone.",
			                   format_type_be(type)),
			         errhint("%s", hint)));
	}
}

void
cxm_refuse_zoneless_args(FunctionCallInfo fcinfo, const char *hint)
{
	FmgrInfo *function = fcinfo->flinfo;

	if (fcinfo->context != NULL && IsA(fcinfo->context, AggState))
	{
		Aggref *call = AggGetAggref(fcinfo);

		if (call != NULL)
			refuse_zoneless(call->aggfnoid, call->args, hint);
	}
	else if (fcinfo->context != NULL && IsA(fcinfo->context, WindowAggState))
	{
		ListCell *cell;

		/* which of the window's functions this is does not matter: each must do */
		foreach (cell, ((WindowAggState *) fcinfo->context)->funcs)
		{
			WindowFunc       *call = lfirst_node(WindowFuncExprState, cell)->wfunc;
			HeapTuple         tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(call->winfnoid));
			Form_pg_aggregate aggregate;
			bool              ours;

			if (!HeapTupleIsValid(tuple))
				continue;
			aggregate = (Form_pg_aggregate) GETSTRUCT(tuple);
			ours = aggregate->aggtransfn == function->fn_oid ||
			       aggregate->aggmtransfn == function->fn_oid;
			ReleaseSysCache(tuple);
			if (ours)
				refuse_zoneless(call->winfnoid, call->args, hint);
		}
	}
	else if (function->fn_expr != NULL && IsA(function->fn_expr, FuncExpr))
		refuse_zoneless(function->fn_oid, ((FuncExpr *) function->fn_expr)->args, hint);
}

DateADT
cxm_as_of_arg(FunctionCallInfo fcinfo, int argno)
{
	DateADT as_of;

	if (PG_ARGISNULL(argno))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("as_of must not be null")));
	as_of = PG_GETARG_DATEADT(argno);
	if (DATE_NOT_FINITE(as_of))
		ereport(ERROR,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("as_of must be finite")));
	return as_of;
}

Datum
cxm_record_of_doubles(FunctionCallInfo fcinfo, const double *values, int n)
{
	TupleDesc tupdesc;
	Datum     datums[8];
	bool      nulls[8];

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != n ||
	    n > (int) lengthof(datums))
		elog(ERROR, "result type has not the expected %d columns", n);

	for (int i = 0; i < n; i++)
	{
		datums[i] = Float8GetDatum(values[i]);
		nulls[i] = isnan(values[i]);
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), datums, nulls));
}

/*
 * While jsonb_in() reads an array or an object, what is in it lies in memory that is doubled as it
 * fills; behind so many elements or fields that would be more than can be allocated.
 */
#define JSON_MOST_ELEMENTS (1 << 24)
#define JSON_MOST_FIELDS (1 << 23)

/* Deeper than any type's text; what is deeper still is counted together. */
#define JSON_DEPTH 8

/* Has any array or object of the text more than that?  What is no JSON gets either answer. */
static bool
json_is_too_large(const char *text)
{
	int  most[JSON_DEPTH] = {0};
	int  commas[JSON_DEPTH] = {0};
	int  depth = 0;
	bool quoted = false;

	for (const char *at = text; *at != '\0'; at++)
	{
		int level = Min(depth, JSON_DEPTH - 1);

		if (((at - text) & 0xFFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (*at == '"')
			quoted = !quoted;
		else if (quoted)
			at += *at == '\\' && at[1] != '\0';
		else if (*at == '[' || *at == '{')
		{
			depth++;
			level = Min(depth, JSON_DEPTH - 1);
			most[level] = *at == '[' ? JSON_MOST_ELEMENTS : JSON_MOST_FIELDS;
			commas[level] = 0;
		}
		else if (*at == ']' || *at == '}')
			depth = Max(depth - 1, 0);
		else if (*at == ',' && ++commas[level] >= most[level])
			return true;
	}
	return false;
}

Jsonb *
cxm_jsonb(char *text, Node *escontext)
{
	Datum jsonb;

	/* a field takes four bytes at least, an element two */
	if (strlen(text) >= 2 * JSON_MOST_ELEMENTS && json_is_too_large(text))
		ereturn(escontext, NULL,
		        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("JSON text is too large"),
		         errdetail("At most %d elements of an array and %d fields of an object can be "
		                   "read.",
		                   JSON_MOST_ELEMENTS, JSON_MOST_FIELDS),
		         errhint("In binary form larger values can be copied.")));
	if (!DirectInputFunctionCallSafe(jsonb_in, text, InvalidOid, -1, escontext, &jsonb))
		return NULL;
	return DatumGetJsonbP(jsonb);
}

JsonbContainer *
cxm_json_object(char *text, const char *type_name, Node *escontext)
{
	Jsonb *jsonb = cxm_jsonb(text, escontext);

	if (jsonb == NULL)
		return NULL;
	if (!JB_ROOT_IS_OBJECT(jsonb))
		ereturn(escontext, NULL,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("invalid input syntax for type %s", type_name),
		         errdetail("The value must be a JSON object.")));
	return &jsonb->root;
}

bool
cxm_json_next(JsonbIterator **iterator, char **key, JsonbValue *value)
{
	JsonbIteratorToken token;

	CHECK_FOR_INTERRUPTS();
	token = JsonbIteratorNext(iterator, value, true);
	if (token == WJB_BEGIN_OBJECT)
		token = JsonbIteratorNext(iterator, value, true);
	if (token != WJB_KEY)
		return false;
	*key = pnstrdup(value->val.string.val, value->val.string.len);
	JsonbIteratorNext(iterator, value, true);
	return true;
}

JsonbIterator *
cxm_json_fields(const JsonbValue *value, const char *what, const char *key, const char *type_name,
                Node *escontext)
{
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		ereturn(escontext, NULL,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("invalid input syntax for type %s", type_name),
		         errdetail("%s of \"%s\" must be a JSON object.", what, key)));
	return JsonbIteratorInit(value->val.binary.data);
}

JsonbIterator *
cxm_json_array(const JsonbValue *value, const char *key, const char *type_name, Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     begin;

	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		ereturn(escontext, NULL,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("invalid input syntax for type %s", type_name),
		         errdetail("The value of \"%s\" must be a JSON array.", key)));
	iterator = JsonbIteratorInit(value->val.binary.data);
	JsonbIteratorNext(&iterator, &begin, true);
	return iterator;
}

bool
cxm_json_next_element(JsonbIterator **iterator, JsonbValue *value)
{
	CHECK_FOR_INTERRUPTS();
	return JsonbIteratorNext(iterator, value, true) == WJB_ELEM;
}

bool
cxm_json_bucket(const char *key, const char *type_name, Node *escontext, int *bucket)
{
	uint64 from = strtoull(key, NULL, 10);

	/* there is one spelling of a bucket, so that none can come twice */
	if (from > PG_INT64_MAX || cxm_log_bucket_from(cxm_log_bucket(from)) != from ||
	    strcmp(key, psprintf(UINT64_FORMAT, from)) != 0)
		ereturn(escontext, false,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("invalid input syntax for type %s", type_name),
		         errdetail("No bucket begins at \"%s\" microseconds.", key)));
	*bucket = cxm_log_bucket(from);
	return true;
}

char *
cxm_json_scalar(const JsonbValue *value, const char *key, const char *type_name, bool number,
                Node *escontext)
{
	if (number && value->type == jbvNumeric)
		return numeric_normalize(value->val.numeric);
	if (!number && value->type == jbvString)
		return pnstrdup(value->val.string.val, value->val.string.len);
	ereturn(escontext, NULL,
	        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
	         errmsg("invalid input syntax for type %s", type_name),
	         number ? errdetail("The value of \"%s\" must be a number.", key)
	                : errdetail("The value of \"%s\" must be a string.", key)));
}

bool
cxm_json_count(const JsonbValue *value, const char *key, const char *type_name, Node *escontext,
               uint64 *count)
{
	char *number = cxm_json_scalar(value, key, type_name, true, escontext);
	char *end;

	if (number == NULL)
		return false;
	errno = 0;
	*count = strtoull(number, &end, 10);
	if (*number == '-' || *end != '\0' || errno != 0 || *count > PG_INT64_MAX)
		ereturn(escontext, false,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("invalid input syntax for type %s", type_name),
		         errdetail("The value of \"%s\" must be a whole number from 0 to %lld.", key,
		                   (long long) PG_INT64_MAX)));
	return true;
}
