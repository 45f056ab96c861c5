/*
 * funnel_steps.h
 *		What funnels over journeys and over conditions share: their arguments.
 */
#ifndef CXM_FUNNEL_STEPS_H
#define CXM_FUNNEL_STEPS_H

#include "cxm.h"

#include "common/int.h"

#include "core/funnel.h"
#include "customer_journey.h"

/* The steps of a funnel over labels, as the engine takes them; and the sets of built-in stages. */
typedef struct FunnelSteps
{
	int           n;
	unsigned char first_like[CXM_FUNNEL_MOST_STEPS];
	const char   *label[CXM_FUNNEL_MOST_STEPS];
	int           length[CXM_FUNNEL_MOST_STEPS];
	uint64        built_in[STAGE_BUILT_IN];
} FunnelSteps;

/* The mode in an argument, which must not be NULL. */
extern CxmFunnelMode funnel_mode_arg(FunctionCallInfo fcinfo, int argno);

extern const char *funnel_mode_name(CxmFunnelMode mode);

/* The mode of this name; false when there is none. */
extern bool funnel_find_mode(const char *name, int length, CxmFunnelMode *mode);

pg_noreturn extern void funnel_refuse_within(const Interval *within, bool months);

/* Errors for steps that are NULL, and for a number of them that no funnel has. */
pg_noreturn extern void funnel_refuse_null_steps(void);
extern void             funnel_check_steps(int n);

/* The window in an argument in microseconds; NULL is one that never closes. */
static pg_attribute_always_inline uint64
funnel_within_arg(FunctionCallInfo fcinfo, int argno)
{
	const Interval *within;
	int64           microseconds;

	if (PG_ARGISNULL(argno))
		return CXM_FUNNEL_UNLIMITED;
	within = PG_GETARG_INTERVAL_P(argno);
#ifdef INTERVAL_NOT_FINITE
	if (INTERVAL_NOT_FINITE(within))
		funnel_refuse_within(within, false);
#endif
	if (unlikely(within->month != 0))
		funnel_refuse_within(within, true);
	if (unlikely(pg_mul_s64_overflow(within->day, USECS_PER_DAY, &microseconds) ||
	             pg_add_s64_overflow(microseconds, within->time, &microseconds) ||
	             microseconds < 0))
		funnel_refuse_within(within, false);
	return (uint64) microseconds;
}

/*
 * The steps in an argument that is not NULL.  They are kept in fn_extra with the array that they
 * were read from, since a query names the same ones row after row.
 */
extern const FunnelSteps *funnel_steps_arg(FunctionCallInfo fcinfo, int argno);

/* The set of steps that have the label. */
extern uint64 funnel_set_of_label(const FunnelSteps *steps, const char *label, int length);

static pg_attribute_always_inline uint64
funnel_set_of_stage(const FunnelSteps *steps, StageView stage)
{
	uint32 built_in = stage_built_in_number(stage);

	if (built_in < STAGE_BUILT_IN)
		return steps->built_in[built_in];
	return funnel_set_of_label(steps, stage_key_label(stage), stage_key_label_length(stage));
}

/* For each stage of the journey the set of steps that have its label. */
extern uint64 *funnel_sets(const Journey *journey, const FunnelSteps *steps);

/* Sends the events of a journey up to a time through the engine. */
extern void funnel_run(CxmFunnel *funnel, const Journey *journey, const uint64 *sets,
                       TimestampTz as_of);

/* The times of the steps that were reached. */
extern void funnel_trace(const CxmFunnel *funnel, const Journey *journey, const uint64 *sets,
                         int64 *times);

#endif /* CXM_FUNNEL_STEPS_H */
