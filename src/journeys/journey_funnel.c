/*
 * journey_funnel.c
 *		How far one journey comes along the steps of a funnel.
 *
 * Most funnels are followed event by event as a journey's log has them.  Where steps are optional,
 * or have limits and their times are asked for, the events are looked at more than once, and lie in
 * an array; and where they go by a business clock, whose times are others than theirs.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "journeys/journey_funnel.h"

/* What each stage of a journey is in the funnel: a set of steps, or none and perhaps excluded. */
typedef struct StageSets
{
	uint64 *set;
	bool   *excluded; /* NULL where nothing is */
	bool    others;   /* do events of other stages end a chain? */
} StageSets;

static StageSets
stage_sets(const Journey *journey, const FunnelSteps *steps)
{
	StageSets sets = {palloc((journey->stages + 1) * sizeof(uint64)), NULL,
	                  cxm_funnel_others_count(steps->terms.mode)};

	for (uint32 i = 0; i < journey->stages; i++)
		sets.set[i] = funnel_set_of_stage(steps, journey->stage[i]);
	if (steps->n_excluded > 0)
	{
		sets.excluded = palloc(journey->stages + 1);
		for (uint32 i = 0; i < journey->stages; i++)
			sets.excluded[i] = funnel_excludes_stage(steps, journey->stage[i]);
	}
	return sets;
}

/* The next event that the funnel is about; false after the last one, and after as_of. */
static pg_attribute_always_inline bool
next_event(JourneyCursor *cursor, const StageSets *sets, TimestampTz as_of, bool in_state,
           CxmFunnelEvent *event)
{
	JourneyEvent next;

	while ((in_state ? journey_next_in_state(cursor, &next)
	                 : journey_next_in_value(cursor, &next)) &&
	       next.time <= as_of)
	{
		event->time = next.time;
		event->sequence = next.sequence;
		event->set = sets->set[next.stage];
		event->excluded = event->set == 0 && sets->excluded != NULL && sets->excluded[next.stage];
		if (event->set != 0 || event->excluded || sets->others)
			return true;
	}
	return false;
}

static inline void
pass(CxmFunnel *funnel, const CxmFunnelEvent *event)
{
	if (unlikely(event->excluded))
		cxm_funnel_exclude(funnel, event->time, event->sequence);
	else
		cxm_funnel_event(funnel, event->time, event->sequence, event->set);
}

static pg_attribute_always_inline void
follow_events(CxmFunnel *funnel, const Journey *journey, const StageSets *sets, TimestampTz as_of,
              bool in_state)
{
	JourneyCursor  cursor = journey_cursor(journey);
	CxmFunnelEvent event;

	while (!cxm_funnel_is_complete(funnel) && next_event(&cursor, sets, as_of, in_state, &event))
		pass(funnel, &event);
}

static void
follow(CxmFunnel *funnel, const Journey *journey, const StageSets *sets, TimestampTz as_of)
{
	if (journey_is_state(journey))
		follow_events(funnel, journey, sets, as_of, true);
	else
		follow_events(funnel, journey, sets, as_of, false);
	cxm_funnel_finish(funnel);
}

/* The times of the steps that were reached. */
static void
trace(const CxmFunnel *funnel, const Journey *journey, const StageSets *sets, int64 *times)
{
	CxmFunnelTrace again;
	JourneyCursor  cursor = journey_cursor(journey);
	CxmFunnelEvent event;

	cxm_funnel_trace_start(&again, funnel, times, NULL);
	while (next_event(&cursor, sets, DT_NOEND, journey_is_state(journey), &event) &&
	       !cxm_funnel_trace_event(&again, event.time, event.sequence, event.set))
		;
	cxm_funnel_trace_finish(&again);
}

/* All events up to as_of, at least one more than there are in room; how many there are. */
static CxmFunnelEvent *
events_of(const Journey *journey, const StageSets *sets, TimestampTz as_of, Size *n)
{
	CxmFunnelEvent *events =
	    palloc_extended(((Size) journey->events + 1) * sizeof(CxmFunnelEvent), MCXT_ALLOC_HUGE);
	JourneyCursor cursor = journey_cursor(journey);

	*n = 0;
	while (next_event(&cursor, sets, as_of, journey_is_state(journey), &events[*n]))
		(*n)++;
	return events;
}

/*
 * By a business clock, what happened one after the other while it stood still has one time, and is
 * told apart by the number of the instant.  Returns the moment of each instant, from 1.
 */
static TimestampTz *
put_on_clock(const JourneyClock *clock, CxmFunnelEvent *events, Size n)
{
	TimestampTz *moments = palloc_extended((n + 1) * sizeof(TimestampTz), MCXT_ALLOC_HUGE);
	int64        sequence = 0;
	int64        nth = 0;

	for (Size i = 0; i < n; i++)
	{
		TimestampTz moment = events[i].time;

		check_interrupts(i);
		if (nth == 0 || moment != moments[nth] || events[i].sequence != sequence)
			nth++;
		moments[nth] = moment;
		sequence = events[i].sequence;
		events[i].time = business_open_until(clock->hours, moment);
		events[i].sequence = nth;
	}
	return moments;
}

static void
solve(const Journey *journey, const FunnelSteps *steps, const StageSets *sets, TimestampTz as_of,
      CxmFunnelAnswer *answer)
{
	Size            n;
	CxmFunnelEvent *events = events_of(journey, sets, as_of, &n);
	TimestampTz    *moments = NULL;

	if (steps->clock.hours != NULL)
	{
		moments = put_on_clock(&steps->clock, events, n);
		if (as_of != DT_NOEND)
			as_of = business_open_until(steps->clock.hours, as_of);
	}
	cxm_funnel_solve(&steps->terms, events, n, as_of, answer, funnel_interrupt);
	for (int k = 0; moments != NULL && k < answer->level; k++)
		if (answer->taken >> k & 1)
			answer->times[k] = moments[answer->nths[k]];
	if (moments != NULL)
		pfree(moments);
	pfree(events);
}

void
journey_follow(const Journey *journey, const FunnelSteps *steps, TimestampTz as_of, bool with_times,
               CxmFunnelAnswer *answer)
{
	const CxmFunnelTerms *terms = &steps->terms;
	StageSets             sets = stage_sets(journey, steps);
	CxmFunnel             funnel;

	if (terms->optional != 0 || (terms->has_limits && with_times) || steps->clock.hours != NULL)
		solve(journey, steps, &sets, as_of, answer);
	else
	{
		cxm_funnel_start(&funnel, terms);
		follow(&funnel, journey, &sets, as_of);
		answer->level = funnel.level;
		answer->taken = funnel.level == 0 ? 0 : PG_UINT64_MAX >> (64 - funnel.level);
		answer->is_open = as_of != DT_NOEND && cxm_funnel_is_open(&funnel, as_of);
		if (with_times)
			trace(&funnel, journey, &sets, answer->times);
	}
}

/* How often all steps were taken, one time after the other. */
static uint64
count_completions(const Journey *journey, const FunnelSteps *steps)
{
	StageSets       sets = stage_sets(journey, steps);
	CxmFunnel       funnel;
	CxmFunnelEvent *events;
	Size            n;

	cxm_funnel_start(&funnel, &steps->terms);
	funnel.counts = true;
	if (steps->clock.hours == NULL)
	{
		follow(&funnel, journey, &sets, DT_NOEND);
		return funnel.completions;
	}
	events = events_of(journey, &sets, DT_NOEND, &n);
	put_on_clock(&steps->clock, events, n);
	for (Size i = 0; i < n; i++)
	{
		check_interrupts(i);
		pass(&funnel, &events[i]);
	}
	cxm_funnel_finish(&funnel);
	return funnel.completions;
}

/*
 * The functions of SQL: (journey, steps, within, mode [, exclude, step_limits [, calendar]]).  No
 * answer for a NULL journey, or for steps that are NULL.
 */
static const FunnelSteps *
funnel_args(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return NULL;
	return funnel_steps_arg(fcinfo, (FunnelArgs){.steps = 1,
	                                             .within = 2,
	                                             .mode = 3,
	                                             .exclude = PG_NARGS() > 4 ? 4 : 0,
	                                             .limits = PG_NARGS() > 5 ? 5 : 0,
	                                             .calendar = PG_NARGS() > 6 ? 6 : 0});
}

CXM_FUNCTION(funnel_level)
{
	const FunnelSteps *steps = funnel_args(fcinfo);
	Journey            journey;
	CxmFunnelAnswer    answer;

	if (steps == NULL)
		PG_RETURN_NULL();
	journey = journey_arg(fcinfo, 0);
	journey_follow(&journey, steps, DT_NOEND, false, &answer);
	PG_RETURN_INT32(answer.level);
}

CXM_FUNCTION(funnel_times)
{
	const FunnelSteps *steps = funnel_args(fcinfo);
	Journey            journey;
	CxmFunnelAnswer    answer;
	Datum              elements[CXM_FUNNEL_MOST_STEPS];
	bool               nulls[CXM_FUNNEL_MOST_STEPS];
	int                lower = 1;

	if (steps == NULL)
		PG_RETURN_NULL();
	journey = journey_arg(fcinfo, 0);
	journey_follow(&journey, steps, DT_NOEND, true, &answer);
	if (answer.level == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(TIMESTAMPTZOID));
	for (int k = 0; k < answer.level; k++)
	{
		nulls[k] = (answer.taken >> k & 1) == 0;
		elements[k] = TimestampTzGetDatum(nulls[k] ? 0 : answer.times[k]);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(elements, nulls, 1, &answer.level, &lower,
	                                         TIMESTAMPTZOID, sizeof(int64), FLOAT8PASSBYVAL,
	                                         TYPALIGN_DOUBLE));
}

CXM_FUNCTION(funnel_count)
{
	const FunnelSteps *steps = funnel_args(fcinfo);
	Journey            journey;

	if (steps == NULL)
		PG_RETURN_NULL();
	if (steps->terms.optional != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("funnel_count has no optional steps"),
		                errhint("Leave them out: a funnel is completed with them or without.")));
	journey = journey_arg(fcinfo, 0);
	PG_RETURN_INT64((int64) count_completions(&journey, steps));
}
