/*
 * customer_journey.h
 *		The type customer_journey: the events of one customer, a set of times and stages.
 *
 * A Journey is how every reading looks at a value: its stages in their order, and its events in the
 * order of time and, at the same instant, of their stages.  What an aggregate has just made of
 * events that came in order is looked at as it lies in its state: see journey_result().
 */
#ifndef CXM_CUSTOMER_JOURNEY_H
#define CXM_CUSTOMER_JOURNEY_H

#include "journeys/event_set.h"
#include "journeys/journey_stage.h"

/* The flags: the unit of times; are there sequences; and of a state, see journey_state.c. */
#define JOURNEY_UNIT CXM_EVENTS_UNIT
#define JOURNEY_STATE 0x04
#define JOURNEY_SEQUENCES 0x20

extern SUMMARY_TYPE_HIDDEN const SummaryType JOURNEY;

#define JOURNEY_VERSION 1
#define JOURNEY_HEADER_SIZE 8

/* Sorting takes 16 bytes for each event: here it takes a gigabyte. */
#define JOURNEY_EVENTS_LIMIT (1U << 26)
#define JOURNEY_STAGES_LIMIT PG_UINT16_MAX

/* What orders events of one time, by which they come before their stages; 0 of most. */
#define JOURNEY_SEQUENCE_LIMIT ((INT64CONST(1) << 39) - 1)

typedef struct Journey
{
	int                  unit;
	bool                 sequences;
	uint32               stages;
	uint32               events; /* of a state at most so many, and 0 only where there are none */
	StageView           *stage;
	const unsigned char *log;
	const unsigned char *end;
	const uint32        *place; /* of a state: the stages that its events call so; else NULL */
	uint32               symbols;
} Journey;

typedef struct JourneyEvent
{
	TimestampTz time;
	uint32      stage;    /* an index into the stages */
	int64       sequence; /* among events at one time */
} JourneyEvent;

/* Where a reading of all events has come to. */
typedef struct JourneyCursor
{
	const Journey       *journey;
	const unsigned char *at;
	uint32               passed;
	int64                units; /* of time since 2000-01-01, at the event before */
} JourneyCursor;

pg_noreturn extern void journey_refuse_corrupt(void);

static inline bool
journey_is_state(const Journey *journey)
{
	return journey->place != NULL;
}

static inline JourneyCursor
journey_cursor(const Journey *journey)
{
	return (JourneyCursor){journey, journey->log, 0, 0};
}

/*
 * What events of a state call their stages, below their sequence: a built-in stage by its number,
 * which fits into the first byte, and an own one as journey_state.c says.
 */
#define JOURNEY_STATE_BITS 3
#define JOURNEY_STATE_STAGE_BITS 25
#define JOURNEY_STATE_STAGES ((UINT64CONST(1) << JOURNEY_STATE_STAGE_BITS) - 1)

/* The next event of a state. */
static pg_attribute_always_inline bool
journey_next_in_state(JourneyCursor *cursor, JourneyEvent *event)
{
	const Journey *journey = cursor->journey;
	CxmEventCursor log = {JOURNEY_STATE_BITS, cursor->at,    journey->end,
	                      cursor->passed,     cursor->units, 0};
	uint32         place = 0;

	check_interrupts(cursor->passed);
	if (cxm_events_next(&log))
	{
		uint32 called = (uint32) (log.symbol & JOURNEY_STATE_STAGES);

		place = called < journey->symbols ? journey->place[called] : 0;
	}
	else if (log.at == log.end)
		return false;
	if (place == 0 || (cursor->passed > 0 && log.units < cursor->units) ||
	    !cxm_units_to_time(log.units, journey->unit, &event->time))
		journey_refuse_corrupt();
	event->stage = place - 1;
	event->sequence = (int64) (log.symbol >> JOURNEY_STATE_STAGE_BITS);
	cursor->at = log.at;
	cursor->passed = log.passed;
	cursor->units = log.units;
	return true;
}

/* The next event of a value. */
static pg_attribute_always_inline bool
journey_next_in_value(JourneyCursor *cursor, JourneyEvent *event)
{
	const Journey *journey = cursor->journey;
	uint64         step;
	uint64         stage;

	if (cursor->passed == journey->events)
		return false;
	check_interrupts(cursor->passed);
	if (!cxm_varint_get(&cursor->at, journey->end, &step) ||
	    !cxm_varint_get(&cursor->at, journey->end, &stage) || stage >= journey->stages)
		journey_refuse_corrupt();

	event->sequence = 0;
	if (unlikely(journey->sequences))
	{
		uint64 sequence;

		if (!cxm_varint_get(&cursor->at, journey->end, &sequence) ||
		    sequence > JOURNEY_SEQUENCE_LIMIT)
			journey_refuse_corrupt();
		event->sequence = (int64) sequence;
	}

	/* the first time is at any distance from 2000, the others do not go back */
	if (cursor->passed++ == 0)
		cursor->units = cxm_varint_unfold(step);
	else
		cursor->units = (int64) ((uint64) cursor->units + step);
	if (!cxm_units_to_time(cursor->units, journey->unit, &event->time))
		journey_refuse_corrupt();
	event->stage = (uint32) stage;
	return true;
}

/* The next event, false after the last one. */
static inline bool
journey_next(JourneyCursor *cursor, JourneyEvent *event)
{
	return journey_is_state(cursor->journey) ? journey_next_in_state(cursor, event)
	                                         : journey_next_in_value(cursor, event);
}

/* The symbol of an event outside of logs: its sequence, and which stage it has. */
#define JOURNEY_STAGE_BITS 16

static inline uint64
journey_symbol(uint32 stage, int64 sequence)
{
	return (uint64) sequence << JOURNEY_STAGE_BITS | stage;
}

static inline uint32
journey_symbol_stage(uint64 symbol)
{
	return (uint32) (symbol & ((1 << JOURNEY_STAGE_BITS) - 1));
}

static inline int64
journey_symbol_sequence(uint64 symbol)
{
	return (int64) (symbol >> JOURNEY_STAGE_BITS);
}

/* The value of stages and events in any order and however often they come; uses the events up. */
extern struct varlena *journey_build(const StageView *stages, uint32 n_stages, CxmEvent *events,
                                     uint32 n_events);

/*
 * The state of the aggregates, to which events are added one by one.  Somebody's own aggregate
 * without a final function lets states out as values of the type: what takes a journey takes
 * either.
 */
typedef struct JourneyState JourneyState;

/* The state with an event more: the same, changed in place, or the one that replaces it or NULL. */
extern JourneyState *journey_state_add(JourneyState *state, TimestampTz time, int64 sequence,
                                       StageView stage);

/* Looks at a value or at what a state comes to, with either kind of varlena header. */
extern Journey journey_look(const void *journey);

/* The journey in an argument that is not NULL. */
extern Journey journey_arg(FunctionCallInfo fcinfo, int argno);

/* How many events there are, exactly. */
extern uint32 journey_count_events(const Journey *journey);

/* Marks the stages that have this label, of any rank. */
static inline void
journey_mark_stages(const Journey *journey, const text *label, bool *marked)
{
	for (uint32 i = 0; i < journey->stages; i++)
		marked[i] |= stage_is(journey->stage[i], VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label));
}

/* A function of SQL: what it returns for the journey in its first argument. */
#define JOURNEY_READING(symbol)                                               \
	static Datum symbol##_of(FunctionCallInfo fcinfo, const Journey *journey, \
	                         JourneyCursor cursor);                           \
	CXM_FUNCTION(symbol)                                                      \
	{                                                                         \
		Journey journey = journey_arg(fcinfo, 0);                             \
		return symbol##_of(fcinfo, &journey, journey_cursor(&journey));       \
	}                                                                         \
	static Datum symbol##_of(FunctionCallInfo fcinfo pg_attribute_unused(),   \
	                         const Journey *journey  pg_attribute_unused(),   \
	                         JourneyCursor cursor    pg_attribute_unused())

/* What the type's shell asks for: see SummaryType. */
extern void *journey_to_state(const void *journey);
extern void *journey_canonical(const void *journey);
extern void *journey_merge(void *state, const void *journey, bool add);
extern bool  journey_is_empty(const void *journey);
extern void *journey_result(const void *state);

#endif /* CXM_CUSTOMER_JOURNEY_H */
