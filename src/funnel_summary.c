/*
 * funnel_summary.c
 *		How far journeys come along the steps of a funnel: one by one, and counted.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "funnel_steps.h"

/*
 * One journey: (journey, steps, within, mode).  False for a NULL journey or no steps.
 */
static bool
run_args(FunctionCallInfo fcinfo, CxmFunnel *funnel, Journey *journey, uint64 **sets)
{
	const FunnelSteps *steps;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return false;
	steps = funnel_steps_arg(fcinfo, 1);
	cxm_funnel_start(funnel, funnel_mode_arg(fcinfo, 3), steps->n, funnel_within_arg(fcinfo, 2),
	                 steps->first_like);
	*journey = journey_arg(fcinfo, 0);
	*sets = funnel_sets(journey, steps);
	funnel_run(funnel, journey, *sets, DT_NOEND);
	return true;
}

PG_FUNCTION_INFO_V1(funnel_level);
Datum
funnel_level(PG_FUNCTION_ARGS)
{
	CxmFunnel funnel;
	Journey   journey;
	uint64   *sets;

	if (!run_args(fcinfo, &funnel, &journey, &sets))
		PG_RETURN_NULL();
	PG_RETURN_INT32(funnel.level);
}

PG_FUNCTION_INFO_V1(funnel_times);
Datum
funnel_times(PG_FUNCTION_ARGS)
{
	CxmFunnel funnel;
	Journey   journey;
	uint64   *sets;
	int64     times[CXM_FUNNEL_MOST_STEPS];
	Datum     elements[CXM_FUNNEL_MOST_STEPS];

	if (!run_args(fcinfo, &funnel, &journey, &sets))
		PG_RETURN_NULL();
	funnel_trace(&funnel, &journey, sets, times);
	for (int k = 0; k < funnel.level; k++)
		elements[k] = TimestampTzGetDatum(times[k]);
	PG_RETURN_ARRAYTYPE_P(construct_array(elements, funnel.level, TIMESTAMPTZOID, sizeof(int64),
	                                      FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
