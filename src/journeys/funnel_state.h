/*
 * funnel_state.h
 *		The bytes of a funnel_summary: how many journeys come how far along the steps of a funnel.
 *
 * It is counts by key, see keyed_counts.h, whose parameters are the terms: FunnelParams.
 */
#ifndef CXM_FUNNEL_STATE_H
#define CXM_FUNNEL_STATE_H

#include "common/keyed_counts.h"
#include "core/log_histogram.h"
#include "journeys/funnel_steps.h"

extern SUMMARY_TYPE_HIDDEN const SummaryType     FUNNEL;
extern SUMMARY_TYPE_HIDDEN const KeyedCountsType funnel_counts;

/* What there are counts of, each for a step or a level. */
typedef enum FunnelCount
{
	COUNT_LEVEL, /* journeys that got this far and no further */
	COUNT_OPEN,  /* of those the ones in progress */
	COUNT_TIME,  /* times from the step before to this one, in buckets */
	COUNT_SINCE, /* times from the first step to this one, from the third on */
	COUNT_TAKEN, /* journeys that took this step, where it is optional */
	FUNNEL_COUNTS
} FunnelCount;

#define FUNNEL_NAME(what, k) ((uint64) (what) << 8 | (k))
#define FUNNEL_KEY(what, k, bucket) KEYED_COUNTS_KEY(FUNNEL_NAME(what, k), bucket)

/* What the journeys are followed for. */
typedef struct FunnelTerms
{
	const FunnelSteps *steps;
	TimestampTz        as_of; /* DT_NOEND: there is none */
} FunnelTerms;

/* A value or state as readings look at it. */
typedef struct FunnelView
{
	FunnelTerms terms;
	FunnelSteps steps;                                              /* those of the terms */
	int64       journeys[FUNNEL_COUNTS][CXM_FUNNEL_MOST_STEPS + 1]; /* but for times */
	KeyedCount *counts;
	uint32      n;
} FunnelView;

static inline bool
funnel_is_optional(const FunnelView *view, int step)
{
	return view->steps.terms.optional >> (step - 1) & 1;
}

/* Looks at a value or state; no byte of it is trusted. */
extern void funnel_view(const void *value, FunnelView *view);

/* The times of a step, in buckets. */
extern KeyedCount *funnel_times_of(const FunnelView *view, FunnelCount what, int step, uint32 *n);

/* Are these terms that there can be?  And do the counts of a value fit each other? */
extern bool funnel_steps_are_sound(const FunnelSteps *steps);
extern bool funnel_is_sound(const void *value);

/* A state of nothing. */
extern KeyedCounts *funnel_make(const FunnelTerms *terms);

/* The state with one journey more, or one less; a new one where it is NULL. */
extern KeyedCounts *funnel_count_journey(KeyedCounts *state, const FunnelTerms *terms,
                                         const Journey *journey, bool add);

/* The terms as fields of JSON. */
extern void funnel_print_terms(StringInfo text, const FunnelTerms *terms);

/* What the type's shell asks for: see SummaryType. */
extern void *funnel_to_state(const void *value);
extern void *funnel_canonical(const void *state);
extern void *funnel_merge(void *state, const void *value, bool add);
extern bool  funnel_is_empty(const void *state);
extern bool  funnel_same_terms(const void *a, const void *b);
extern void  funnel_refuse_mixture(const void *a, const void *b);

#endif /* CXM_FUNNEL_STATE_H */
