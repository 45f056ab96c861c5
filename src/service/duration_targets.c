/*
 * duration_targets.c
 *		Targets that are counted exactly, and how old is what is open.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/primnodes.h"
#include "utils/array.h"

#include "service/duration_readings.h"
#include "service/duration_rows.h"

/* Transitions */

/* The targets in an array, whose order does not matter. */
static void
read_targets(FunctionCallInfo fcinfo, int argno, DurationTargets *targets)
{
	ArrayType *array;
	Interval  *target;
	int        n;

	if (PG_ARGISNULL(argno))
		cxm_refuse_null("targets");
	array = PG_GETARG_ARRAYTYPE_P(argno);
	n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	if (n > DURATION_MOST_TARGETS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("there are %d targets", n),
		                errdetail("A summary counts up to %d of them.", DURATION_MOST_TARGETS)));
	if (array_contains_nulls(array))
		ereport(ERROR,
		        (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a target must not be null")));
	target = (Interval *) ARR_DATA_PTR(array);
	*targets = NO_TARGETS;
	for (int i = 0; i < n; i++)
		duration_add_target(targets, cxm_interval_microseconds(&target[i], "target"));
}

/*
 * In nearly every query all rows have the same targets, which are read once then and kept in
 * fn_extra; a function that keeps something else there reads them for every row.
 */
static pg_noinline const DurationTargets *
first_targets(FunctionCallInfo fcinfo, int argno, DurationTargets *targets)
{
	Aggref          *call = AggGetAggref(fcinfo);
	DurationTargets *kept;
	Node            *argument;

	read_targets(fcinfo, argno, targets);
	if (call == NULL || argno > list_length(call->args))
		return targets;
	argument = (Node *) list_nth_node(TargetEntry, call->args, argno - 1)->expr;
	if (!IsA(argument, Const) &&
	    !(IsA(argument, Param) && ((Param *) argument)->paramkind == PARAM_EXTERN))
		return targets;
	kept = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(DurationTargets));
	*kept = *targets;
	fcinfo->flinfo->fn_extra = kept;
	return kept;
}

static pg_attribute_always_inline const DurationTargets *
targets_arg(FunctionCallInfo fcinfo, int argno, DurationTargets *targets)
{
	if (likely(fcinfo->flinfo->fn_extra != NULL))
		return fcinfo->flinfo->fn_extra;
	return first_targets(fcinfo, argno, targets);
}

static pg_attribute_always_inline DurationState *
count_interval_within(FunctionCallInfo fcinfo, bool add)
{
	DurationTargets targets;

	return duration_count_interval(fcinfo, targets_arg(fcinfo, 2, &targets), add);
}

SUMMARY_TRANSITIONS(duration_within, PointerGetDatum(count_interval_within(fcinfo, add)))

/* What is done has taken so long; what is not is so old. */
static pg_attribute_always_inline DurationState *
count_done(FunctionCallInfo fcinfo, const DurationTargets *targets, bool add)
{
	bool no_duration = PG_ARGISNULL(1);

	/* the padding of an outer join */
	if (no_duration && PG_ARGISNULL(2))
		return duration_state_for(summary_state_arg(fcinfo), true, targets);
	if (unlikely(no_duration || PG_ARGISNULL(2)))
		ereport(ERROR,
		        (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
		         errmsg("%s must not be null where %s is not", no_duration ? "duration" : "done",
		                no_duration ? "done" : "duration"),
		         no_duration ? errhint("What is not done has its age for a duration.  Leave out "
		                               "what has none: FILTER (WHERE duration IS NOT NULL).")
		                     : errhint("Where NULL means that it is still open, write "
		                               "coalesce(done, false).")));
	return duration_count_row(fcinfo, true, targets, PG_GETARG_BOOL(2) ? RESOLVED : OPEN,
	                          duration_arg(fcinfo, 1), add);
}

SUMMARY_TRANSITIONS(duration_done, PointerGetDatum(count_done(fcinfo, &NO_TARGETS, add)))

static pg_attribute_always_inline DurationState *
count_done_within(FunctionCallInfo fcinfo, bool add)
{
	DurationTargets targets;

	return count_done(fcinfo, targets_arg(fcinfo, 3, &targets), add);
}

SUMMARY_TRANSITIONS(duration_done_within, PointerGetDatum(count_done_within(fcinfo, add)))

static pg_attribute_always_inline DurationState *
count_ticket_within(FunctionCallInfo fcinfo, bool business, DurationTimeText time_text, bool add)
{
	int             argno = business ? 4 : 3;
	DurationTargets targets;

	read_targets(fcinfo, argno + 1, &targets);
	return duration_count_ticket(fcinfo, business, !PG_ARGISNULL(argno), &targets, time_text, add);
}


COUNT_TICKETS(ttr_within, _timestamptz, count_ticket_within(fcinfo, false, cxm_moment_text, add))
COUNT_TICKETS(ttr_within, _timestamp, count_ticket_within(fcinfo, false, duration_clock_text, add))
COUNT_TICKETS(business_ttr_within, , count_ticket_within(fcinfo, true, cxm_moment_text, add))

/* Readings */

/* An array of intervals; NULL of none. */
CXM_FUNCTION(duration_targets_of)
{
	DurationView view = duration_view(SUMMARY_ARG(0));
	Datum       *targets = palloc((Size) Max(view.n_targets, 1) * sizeof(Datum));

	if (view.n_targets == 0)
		PG_RETURN_NULL();
	for (int i = 0; i < view.n_targets; i++)
		targets[i] = IntervalPGetDatum(cxm_interval((int64) view.targets[i]));
	PG_RETURN_ARRAYTYPE_P(construct_array(targets, view.n_targets, INTERVALOID, sizeof(Interval),
	                                      false, TYPALIGN_DOUBLE));
}

/* How many are open; an error where there are some of which it is not known since when. */
static int64
open_ones(const DurationView *view)
{
	if (!view->ages && view->unresolved > 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("the ages of what is open are not known"),
		                errhint("Count them with ttr_agg(opened_at, resolved_at, as_of) or "
		                        "duration_agg(duration, done).")));
	return duration_number(view, OPEN);
}

static int64
older_than(const DurationView *view, const Interval *age)
{
	return open_ones(view) -
	       duration_count_up_to(view, OPEN, cxm_interval_microseconds(age, "older_than"));
}

static Interval *
percentile_age(const DurationView *view, double p)
{
	int64 n = open_ones(view);

	duration_check_percentile(p);
	if (n == 0)
		return NULL;
	return cxm_interval((int64) duration_plain_percentile(view, OPEN, n, p));
}

READING(duration_older_than, PG_RETURN_INT64, older_than(&view, PG_GETARG_INTERVAL_P(1)))
READING(duration_median_age, RETURN_INTERVAL_OR_NULL, percentile_age(&view, 0.5))
READING(duration_percentile_age, RETURN_INTERVAL_OR_NULL,
        percentile_age(&view, PG_GETARG_FLOAT8(1)))

/* From start to end; NULL where the end is before the start, or either has no place in time. */
static Interval *
valid_duration(FunctionCallInfo fcinfo)
{
	int64 from = PG_GETARG_INT64(0);
	int64 to = PG_GETARG_INT64(1);
	int64 duration;

	if (TIMESTAMP_NOT_FINITE(from) || TIMESTAMP_NOT_FINITE(to) || to < from)
		return NULL;
	if (pg_sub_s64_overflow(to, from, &duration))
		cxm_refuse_long_interval();
	return cxm_interval(duration);
}

CXM_FUNCTION(valid_duration_timestamptz)
{
	cxm_check_zones(fcinfo, "Say where the clock stood: at::timestamp AT TIME ZONE "
	                        "'Europe/Berlin', for example; or cast both to timestamp.");
	RETURN_INTERVAL_OR_NULL(valid_duration(fcinfo));
}

CXM_FUNCTION(valid_duration_timestamp)
{
	RETURN_INTERVAL_OR_NULL(valid_duration(fcinfo));
}
