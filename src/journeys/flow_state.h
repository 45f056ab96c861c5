/*
 * flow_state.h
 *		The bytes of a flow_summary: from which stage to which journeys go, how often and how fast.
 *
 * It is counts by key, see keyed_counts.h, whose parameters are the terms and the stages.
 */
#ifndef CXM_FLOW_STATE_H
#define CXM_FLOW_STATE_H

#include "common/keyed_counts.h"
#include "core/log_histogram.h"
#include "journeys/customer_journey.h"
#include "journeys/journey_clock.h"

extern SUMMARY_TYPE_HIDDEN const SummaryType     FLOW;
extern SUMMARY_TYPE_HIDDEN const KeyedCountsType flow_counts;

#define FLOW_STAGES_LIMIT 4096

/* Where a journey comes from and where it goes to, where this is no stage. */
#define FLOW_START 0xffff
#define FLOW_END 0xfffe
#define FLOW_ONGOING 0xfffd

/* What there are counts of, each from a place to a place. */
typedef enum FlowCount
{
	COUNT_TRANSITION, /* in buckets of the time from the one event to the other */
	COUNT_PAIR,       /* journeys with such a transition */
	COUNT_STAGE,      /* journeys that were in the stage */
} FlowCount;

#define FLOW_NAME(what, from, to) ((uint64) (what) << 32 | (uint64) (from) << 16 | (uint64) (to))
#define FLOW_WHAT(name) ((FlowCount) ((name) >> 32))
#define FLOW_FROM(name) ((uint32) ((name) >> 16 & 0xffff))
#define FLOW_TO(name) ((uint32) ((name) &0xffff))

/* A journey whose last event before as_of is not as long ago as idle is ongoing. */
typedef struct FlowTerms
{
	TimestampTz  as_of; /* DT_NOEND: there is none, nor idle */
	uint64       idle;  /* in microseconds, by any clock */
	JourneyClock clock; /* by which times count */
} FlowTerms;

/* A value or state as readings look at it: flows in the order of their stages. */
typedef struct Flow
{
	uint32      from;
	uint32      to;
	uint64      transitions;
	uint64      journeys;
	KeyedCount *counts; /* the transitions by bucket */
	uint32      n;
} Flow;

typedef struct FlowView
{
	FlowTerms   terms;
	uint32      stages;
	StageView  *stage;
	Flow       *flow;
	uint32      flows;
	uint64     *journeys; /* by stage */
	uint64     *visits;   /* by stage: how many came in */
	uint64     *left;     /* by stage: how many came out */
	KeyedCount *counts;   /* all */
	uint32      n;
} FlowView;

/* (start), (end) and (ongoing), from FLOW_START down. */
extern const char *const flow_place_names[];

/* A stage with one of these labels could not be told from them. */
extern bool flow_is_place_name(StageView stage);

/* An empty state that need not grow for so many counts. */
extern KeyedCounts *flow_make(const FlowTerms *terms, uint32 expected);

/* The place of a stage among those of the state; FLOW_STAGES_LIMIT where it is not there. */
extern uint32 flow_find_stage(const KeyedCounts *state, StageView stage);

/* The state with the stage, behind the others where it was not there, and its place. */
extern KeyedCounts *flow_place_stage(KeyedCounts *state, StageView stage, uint32 *place);

/* The state with one journey more, or one less; a new one where it is NULL. */
extern KeyedCounts *flow_count_journey(KeyedCounts *state, const FlowTerms *terms,
                                       const Journey *journey, bool add);

/* Looks at a value or state; no byte of it is trusted. */
extern void flow_view(const void *value, FlowView *view);

/* The terms as fields of JSON, each with a comma behind it; nothing where they say nothing. */
extern void flow_print_terms(StringInfo text, const FlowTerms *terms);

/* The value of a state that was read; or NULL, and what is wrong with it. */
extern void *flow_checked(const KeyedCounts *state, const char **detail);

/* What the type's shell asks for: see SummaryType. */
extern void *flow_to_state(const void *value);
extern void *flow_canonical(const void *state);
extern void *flow_merge(void *state, const void *value, bool add);
extern bool  flow_is_empty(const void *state);
extern bool  flow_same_terms(const void *a, const void *b);
extern void  flow_refuse_mixture(const void *a, const void *b);

#endif /* CXM_FLOW_STATE_H */
