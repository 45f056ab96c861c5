/*
 * duration_rows.h
 *		Rows that a duration_summary counts: durations, and tickets with the times of both ends.
 *
 * A row has a duration, or is unresolved without an age, or open with one, or is none at all.
 */
#ifndef CXM_DURATION_ROWS_H
#define CXM_DURATION_ROWS_H

#include "common/business_hours.h"
#include "service/duration_state.h"

/* Times of tickets are timestamps with or without a zone, which only messages can tell apart. */
typedef char *(*DurationTimeText)(int64 time);

extern char *duration_clock_text(int64 time);

extern DurationState   *duration_count_row_slowly(FunctionCallInfo fcinfo, bool ages,
                                                  const DurationTargets *targets, int which,
                                                  uint64 duration, bool add);
extern DurationState   *duration_count_unresolved(FunctionCallInfo       fcinfo,
                                                  const DurationTargets *targets, bool add);
pg_noreturn extern void duration_refuse_resolved_at(int64 opened_at, int64 resolved_at,
                                                    DurationTimeText time_text);

static pg_attribute_always_inline DurationState *
duration_count_row(FunctionCallInfo fcinfo, bool ages, const DurationTargets *targets, int which,
                   uint64 duration, bool add)
{
	DurationState *state = (DurationState *) PG_GETARG_POINTER(0);

	if (likely(cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0) &&
	           duration_count_in_place(state, ages, targets, which, duration, add)))
		return state;
	return duration_count_row_slowly(fcinfo, ages, targets, which, duration, add);
}

static inline uint64
duration_arg(FunctionCallInfo fcinfo, int argno)
{
	return cxm_interval_microseconds(PG_GETARG_INTERVAL_P(argno), "duration");
}

static pg_attribute_always_inline DurationState *
duration_count_interval(FunctionCallInfo fcinfo, const DurationTargets *targets, bool add)
{
	if (unlikely(PG_ARGISNULL(1)))
		return duration_count_unresolved(fcinfo, targets, add);
	return duration_count_row(fcinfo, false, targets, RESOLVED, duration_arg(fcinfo, 1), add);
}

/* Real time, or the part of it in business hours. */
static pg_attribute_always_inline uint64
duration_elapsed(FunctionCallInfo fcinfo, bool business, int64 from, int64 to)
{
	int64 result;

	if (business)
		return (uint64) business_time_between(business_hours_arg(fcinfo, 1), from, to);
	if (unlikely(pg_sub_s64_overflow(to, from, &result)))
		cxm_refuse_long_interval();
	return (uint64) result;
}

/*
 * Arguments: the state, the calendar if any, opened_at, resolved_at and, with ages or targets,
 * as_of; then the targets.  With those, as_of may be NULL: there are no ages.
 */
static pg_attribute_always_inline DurationState *
duration_count_ticket(FunctionCallInfo fcinfo, bool business, bool ages,
                      const DurationTargets *targets, DurationTimeText time_text, bool add)
{
	int   argno = business ? 2 : 1;
	bool  open = PG_ARGISNULL(argno + 1);
	int64 opened_at;
	int64 resolved_at;
	int64 as_of = 0;

	if (business)
		cxm_required_arg(fcinfo, 1, "calendar");
	/* both of these ask once for all rows whether the call has times without a zone */
	if (business && unlikely(fcinfo->flinfo->fn_extra == NULL))
		business_hours_arg(fcinfo, 1);
	else if (!business && time_text == cxm_moment_text)
		cxm_check_zones(fcinfo, "Say where the clock stood: at::timestamp AT TIME ZONE "
		                        "'Europe/Berlin', for example; or cast all to timestamp.");
	if (ages)
		as_of = cxm_finite_time_arg(fcinfo, argno + 2, "as_of");
	/* the padding of an outer join is no ticket */
	if (PG_ARGISNULL(argno))
		return duration_state_for(summary_state_arg(fcinfo), ages, targets);

	opened_at = cxm_finite_time_arg(fcinfo, argno, "opened_at");
	resolved_at = open ? 0 : PG_GETARG_INT64(argno + 1);
	if (!open && (TIMESTAMP_NOT_FINITE(resolved_at) || resolved_at < opened_at))
		duration_refuse_resolved_at(opened_at, resolved_at, time_text);
	/* opened later, it does not count yet; resolved later, it is open as of then */
	if (ages && opened_at > as_of)
		return duration_state_for(summary_state_arg(fcinfo), ages, targets);
	if (!open && (!ages || resolved_at <= as_of))
		return duration_count_row(fcinfo, ages, targets, RESOLVED,
		                          duration_elapsed(fcinfo, business, opened_at, resolved_at), add);
	if (ages)
		return duration_count_row(fcinfo, ages, targets, OPEN,
		                          duration_elapsed(fcinfo, business, opened_at, as_of), add);
	return duration_count_unresolved(fcinfo, targets, add);
}

/* A transition and its inverse. */
#define COUNT_TICKETS(form, of, call)   \
	CXM_FUNCTION(form##_transition##of) \
	{                                   \
		const bool add = true;          \
		PG_RETURN_POINTER(call);        \
	}                                   \
	CXM_FUNCTION(form##_inverse##of)    \
	{                                   \
		const bool add = false;         \
		PG_RETURN_POINTER(call);        \
	}

#endif /* CXM_DURATION_ROWS_H */
