/*
 * duration_rows.c
 *		Rows that a duration_summary counts, where they are not as nearly all are.
 */
#include "postgres.h"

#include "service/duration_rows.h"

DurationState *
duration_count_row_slowly(FunctionCallInfo fcinfo, bool ages, const DurationTargets *targets,
                          int which, uint64 duration, bool add)
{
	DurationState *state = duration_state_for(summary_state_arg(fcinfo), ages, targets);

	return duration_count(state, which, duration, add);
}

DurationState *
duration_count_unresolved(FunctionCallInfo fcinfo, const DurationTargets *targets, bool add)
{
	DurationState *state = duration_state_for(summary_state_arg(fcinfo), false, targets);

	duration_move_unresolved(state, 1, add);
	return state;
}

char *
duration_clock_text(int64 time)
{
	return DatumGetCString(DirectFunctionCall1(timestamp_out, TimestampGetDatum(time)));
}

void
duration_refuse_resolved_at(int64 opened_at, int64 resolved_at, DurationTimeText time_text)
{
	if (TIMESTAMP_NOT_FINITE(resolved_at))
		ereport(ERROR,
		        (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("resolved_at must be finite"),
		         errhint("What is not resolved yet has NULL for its resolved_at.")));
	ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
	                errmsg("resolved_at must not be before opened_at"),
	                errdetail("It was opened at %s and resolved at %s.", time_text(opened_at),
	                          time_text(resolved_at)),
	                errhint("Leave such tickets out, FILTER (WHERE resolved_at >= opened_at), or "
	                        "make NULL of their durations: valid_duration(opened_at, "
	                        "resolved_at).")));
}
