/*
 * arguments.c
 *		What functions read from their call and return to it, whatever they are about.
 */
#include "postgres.h"

#include <ctype.h>
#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "nodes/execnodes.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "common/arguments.h"

const char cxm_zones_checked = 0;

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

/* The names of choices in a sentence: a, b and c. */
static char *
choices_text(const CxmChoices *choices)
{
	StringInfoData text;
	int            n = choices->n + (choices->other != NULL);

	initStringInfo(&text);
	for (int i = 0; i < n; i++)
		appendStringInfo(&text, "%s%s", i == 0 ? "" : i < n - 1 ? ", " : " and ",
		                 i < choices->n ? choices->names[i] : choices->other);
	return text.data;
}

int
cxm_choice(const CxmChoices *choices, const char *name)
{
	for (int i = 0; i < choices->n; i++)
		if (strcmp(choices->names[i], name) == 0)
			return i;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("unknown %s \"%s\"", choices->noun, name),
	                errhint("The %ss are %s.", choices->noun, choices_text(choices))));
}

int
cxm_choice_arg(FunctionCallInfo fcinfo, int argno, const CxmChoices *choices)
{
	return cxm_choice(choices, TextDatumGetCString(cxm_required_arg(fcinfo, argno, choices->noun)));
}

bool
cxm_anytime_method(const char *name, double *best_at)
{
	static const char WORD[] = "anytime";

	char *end;

	if (strncmp(name, WORD, sizeof(WORD) - 1) != 0)
		return false;
	name += sizeof(WORD) - 1;
	*best_at = ANYTIME_BEST_AT;
	if (*name == '\0')
		return true;
	if (name[0] != ' ' || !isdigit((unsigned char) name[1]))
		return false;
	*best_at = (double) strtoul(name + 1, &end, 10);
	return *end == '\0' && end - name <= 10 && *best_at > 0;
}

static char *
interval_text(const Interval *interval)
{
	return DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(interval)));
}

char *
cxm_moment_text(TimestampTz at)
{
	return DatumGetCString(DirectFunctionCall1(timestamptz_out, TimestampTzGetDatum(at)));
}

void
cxm_refuse_long_interval(void)
{
	ereport(ERROR, (errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW), errmsg("interval out of range")));
}

void
cxm_check_months(const Interval *interval, const char *what)
{
	if (interval->month != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("%s has months: %s", what, interval_text(interval)),
		                errdetail("Months differ in length."),
		                errhint("Write it in days, such as '30 days'.  Where it comes from age(), "
		                        "subtract the times instead.")));
}

void
cxm_check_days(const Interval *interval, const char *what)
{
	if (!INTERVAL_NOT_FINITE(interval) && (interval->day != 0 || interval->month != 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("%s has days or months: %s", what, interval_text(interval)),
		                errdetail("By a calendar a day is as long as it is open."),
		                errhint("Write it in hours that are open, such as '16 hours' for two days "
		                        "of eight hours.")));
}

uint64
cxm_interval_microseconds(const Interval *interval, const char *what)
{
	int64 microseconds;

	if (INTERVAL_NOT_FINITE(interval))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s is infinite", what)));
	cxm_check_months(interval, what);
	if (pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &microseconds) ||
	    pg_add_s64_overflow(microseconds, interval->time, &microseconds))
		cxm_refuse_long_interval();
	if (microseconds < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("%s is negative: %s", what, interval_text(interval)),
		                strcmp(what, "duration") == 0
		                    ? errhint("Where ends may come before starts, "
		                              "valid_duration(starts_at, ends_at) makes NULL of them.")
		                    : 0));
	return (uint64) microseconds;
}

void
cxm_refuse_inexact(const Interval *interval, const char *what)
{
	bool has_months = interval->month != 0 && !INTERVAL_NOT_FINITE(interval);

	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("invalid %s \"%s\"", what, interval_text(interval)),
	                has_months ? errdetail("It contains months, which differ in length.")
	                           : errdetail("It is negative or longer than 106751991 days."),
	                has_months ? errhint("Write it in days, such as '30 days'.") : 0));
}

DateADT
cxm_as_of_arg(FunctionCallInfo fcinfo, int argno)
{
	DateADT as_of = DatumGetDateADT(cxm_required_arg(fcinfo, argno, "as_of"));

	if (DATE_NOT_FINITE(as_of))
		cxm_refuse_infinite("as_of");
	return as_of;
}

void
cxm_refuse_null(const char *name)
{
	ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be null", name)));
}

void
cxm_refuse_infinite(const char *name)
{
	ereport(ERROR,
	        (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("%s must be finite", name)));
}

Interval *
cxm_interval(int64 microseconds)
{
	Interval *interval = palloc0(sizeof(Interval));

	interval->time = microseconds;
	return interval;
}

Datum
cxm_record_of_doubles(FunctionCallInfo fcinfo, const double *values, int n)
{
	TupleDesc tupdesc;
	Datum     datums[8];
	bool      nulls[8];

	/* the script of a release before this one may declare fewer */
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts > n ||
	    n > (int) lengthof(datums))
		elog(ERROR, "result type has not the expected %d columns", n);

	for (int i = 0; i < n; i++)
	{
		datums[i] = Float8GetDatum(values[i]);
		nulls[i] = isnan(values[i]);
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), datums, nulls));
}

bool
cxm_doubles_of_record(FunctionCallInfo fcinfo, int argno, double *values, int n)
{
	HeapTupleHeader record = PG_GETARG_HEAPTUPLEHEADER(argno);
	bool            known = true;

	for (int i = 0; i < n; i++)
	{
		bool  is_null;
		Datum number = GetAttributeByNum(record, (AttrNumber) (i + 1), &is_null);

		values[i] = is_null ? 0 : DatumGetFloat8(number);
		known = known && !is_null;
	}
	return known;
}

Datum
cxm_test_record(FunctionCallInfo fcinfo, bool found, const CxmTest *test)
{
	double figures[] = {test->difference, test->lower,   test->upper,
	                    test->statistic,  test->p_value, test->std_error};

	if (!found)
		PG_RETURN_NULL();
	return cxm_record_of_doubles(fcinfo, figures, lengthof(figures));
}

Datum
cxm_groups_test_record(FunctionCallInfo fcinfo, bool found, const CxmGroupsTest *test)
{
	double figures[] = {test->statistic, test->df, test->residual_df, test->p_value};

	if (!found)
		PG_RETURN_NULL();
	return cxm_record_of_doubles(fcinfo, figures, lengthof(figures));
}

/* The bounds of the lowest levels are so near that rounding may exchange them. */
static bool
find_in_order(FunctionCallInfo fcinfo, CxmFindInterval find, CxmInterval *interval)
{
	if (!find(fcinfo, interval))
		return false;
	if (interval->lower > interval->upper)
		*interval = (CxmInterval){interval->upper, interval->lower};
	return true;
}

Datum
cxm_interval_record(FunctionCallInfo fcinfo, CxmFindInterval find)
{
	CxmInterval interval;

	if (!find_in_order(fcinfo, find, &interval))
		PG_RETURN_NULL();
	return cxm_record_of_doubles(fcinfo, (double[]){interval.lower, interval.upper}, 2);
}

Datum
cxm_interval_bound(FunctionCallInfo fcinfo, CxmFindInterval find, bool upper)
{
	CxmInterval interval;

	if (!find_in_order(fcinfo, find, &interval))
		PG_RETURN_NULL();
	CXM_RETURN_FLOAT8_OR_NULL(upper ? interval.upper : interval.lower);
}

void
cxm_return_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	CHECK_FOR_INTERRUPTS();
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* Timestamps and dates where a moment is meant */

/* The constructors of ranges cast their bounds, as any function casts its arguments. */
static bool
makes_ranges(Oid function)
{
	return function == F_TSTZRANGE_TIMESTAMPTZ_TIMESTAMPTZ ||
	       function == F_TSTZRANGE_TIMESTAMPTZ_TIMESTAMPTZ_TEXT ||
	       function == F_TSTZMULTIRANGE_TSTZRANGE || function == F_TSTZMULTIRANGE__TSTZRANGE;
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
		else if (makes_ranges(call->funcid))
			values = call->args;
	}
	/* what hands on one of several values, or holds them */
	else if (IsA(expression, CoalesceExpr))
		values = ((CoalesceExpr *) expression)->args;
	else if (IsA(expression, MinMaxExpr))
		values = ((MinMaxExpr *) expression)->args;
	else if (IsA(expression, ArrayExpr))
		values = ((ArrayExpr *) expression)->elements;
	else if (IsA(expression, ArrayCoerceExpr))
		type = zoneless_type((Node *) ((ArrayCoerceExpr *) expression)->elemexpr);
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
