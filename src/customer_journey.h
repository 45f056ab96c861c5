/*
 * customer_journey.h
 *		The type customer_journey: the events of one customer, a set of times and stages.
 *
 * A Journey is how every reading looks at a value: its stages in their order, and its events in the
 * order of time and, at the same instant, of their stages.
 */
#ifndef CXM_CUSTOMER_JOURNEY_H
#define CXM_CUSTOMER_JOURNEY_H

#include "cxm.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "core/varint.h"
#include "journey_stage.h"

#define JOURNEY_VERSION 1

/* What the flags of a value and of a state have in common; more in either's own file. */
#define JOURNEY_UNIT 0x03
#define JOURNEY_STATE 0x04

/* Sorting takes 16 bytes for each event: here it takes a gigabyte. */
#define JOURNEY_EVENTS_LIMIT (1U << 26)
#define JOURNEY_STAGES_LIMIT PG_UINT16_MAX

/* The units in which times may be stored, from the coarsest. */
#define JOURNEY_SECONDS 0
#define JOURNEY_MILLISECONDS 1
#define JOURNEY_MICROSECONDS 2

/* In microseconds; and the times that there are in it. */
typedef struct JourneyUnit
{
	int64 microseconds;
	int64 first;
	int64 last;
} JourneyUnit;

extern const JourneyUnit journey_units[];

typedef struct Journey
{
	int                  unit;
	uint32               stages;
	uint32               events;
	StageView           *stage;
	const unsigned char *log;
	const unsigned char *end;
} Journey;

typedef struct JourneyEvent
{
	TimestampTz time;
	uint32      stage; /* an index into the stages */
} JourneyEvent;

/* Where a reading of all events has come to. */
typedef struct JourneyCursor
{
	const Journey       *journey;
	const unsigned char *at;
	uint32               passed;
	int64                units; /* of time since 2000-01-01, at the event before */
} JourneyCursor;

/* The journey in an argument that is not NULL; it stays where it is or is detoasted once. */
extern Journey journey_arg(FunctionCallInfo fcinfo, int argno);

/* Looks at a value or a state with either kind of varlena header; trusts no byte of it. */
extern Journey journey_view(const void *value);

pg_noreturn extern void journey_refuse_corrupt(void);
pg_noreturn extern void journey_refuse_size(void);

/* A time in the unit as a timestamp, if it is one. */
static inline bool
journey_unit_to_time(int64 units, int unit, TimestampTz *time)
{
	if (units < journey_units[unit].first || units > journey_units[unit].last)
		return false;
	*time = units * journey_units[unit].microseconds;
	return true;
}

/* The time in the unit; false when it is not whole.  By constants, which are no divisions. */
static pg_attribute_always_inline bool
journey_time_to_units(TimestampTz time, int unit, int64 *units)
{
	switch (unit)
	{
		case JOURNEY_SECONDS:
			*units = time / 1000000;
			return *units * 1000000 == time;
		case JOURNEY_MILLISECONDS:
			*units = time / 1000;
			return *units * 1000 == time;
		default:
			*units = time;
			return true;
	}
}

/* The coarsest unit from the given one on in which the time is whole. */
static inline int
journey_coarsest_unit(TimestampTz time, int unit)
{
	int64 units;

	while (!journey_time_to_units(time, unit, &units))
		unit++;
	return unit;
}

static inline JourneyCursor
journey_cursor(const Journey *journey)
{
	return (JourneyCursor){journey, journey->log, 0, 0};
}

/* The next event, false after the last one. */
static inline bool
journey_next(JourneyCursor *cursor, JourneyEvent *event)
{
	const Journey *journey = cursor->journey;
	uint64         step;
	uint64         stage;

	if (cursor->passed == journey->events)
		return false;
	if ((cursor->passed & 4095) == 4095)
		CHECK_FOR_INTERRUPTS();
	if (!cxm_varint_get(&cursor->at, journey->end, &step) ||
	    !cxm_varint_get(&cursor->at, journey->end, &stage) || stage >= journey->stages)
		journey_refuse_corrupt();

	/* the first time is at any distance from 2000, the others do not go back */
	if (cursor->passed++ == 0)
		cursor->units = cxm_varint_unfold(step);
	else
		cursor->units = (int64) ((uint64) cursor->units + step);
	if (!journey_unit_to_time(cursor->units, journey->unit, &event->time))
		journey_refuse_corrupt();
	event->stage = (uint32) stage;
	return true;
}

/* Is this the label of the stage? */
static inline bool
journey_stage_is(StageView stage, const char *label, int length)
{
	return stage_key_label_length(stage) == length &&
	       memcmp(stage_key_label(stage), label, length) == 0;
}

/* Memory for so many events, which may be more than a gigabyte. */
extern JourneyEvent *journey_alloc_events(Size n);

/* The events of a journey. */
extern JourneyEvent *journey_read_events(const Journey *journey);

/* Puts events in order, each there once; returns how many there are. */
extern uint32 journey_unite(JourneyEvent *events, uint32 n);

/* Puts stages in order and names them anew in the events; returns how many there are. */
extern uint32 journey_sort_stages(StageView *stages, uint32 n_stages, JourneyEvent *events,
                                  uint32 n_events);

/* The value of stages and events in any order and however often they come; uses the arrays up. */
extern struct varlena *journey_build(StageView *stages, uint32 n_stages, JourneyEvent *events,
                                     uint32 n_events);

/* The value of stages and events that are in order, in the coarsest unit that is exact. */
extern struct varlena *journey_write(const StageView *stages, uint32 n_stages,
                                     const JourneyEvent *events, uint32 n_events, int unit);

/*
 * A value without events yet, for so many bytes of them; where these go is in *log, and *log moves
 * on as they are put there.
 */
extern struct varlena *journey_begin(const StageView *stages, uint32 n_stages, int unit,
                                     Size log_size, unsigned char **log);

static inline void
journey_put(unsigned char **log, uint64 step, uint32 stage)
{
	*log = cxm_varint_put(*log, step);
	*log = cxm_varint_put(*log, stage);
}

/* The value, of so many events, whose log ends there. */
extern struct varlena *journey_end(struct varlena *value, const unsigned char *log,
                                   uint32 n_events);

/* An error when the time is infinite; what is for the message. */
extern void journey_refuse_infinity(const char *what);

/* Text as the type's input and output have it. */
extern char *journey_text(const void *value);

/* A timestamp that is not infinite; what is for the message. */
extern TimestampTz journey_time_arg(FunctionCallInfo fcinfo, int argno, const char *what);

/* The microseconds of elapsed time as an interval of days of 24 hours and the rest. */
extern Datum journey_interval(int64 elapsed);

/* Times in canonical text: UTC, no setting of a session has a say. */
#define JOURNEY_TIME_TEXT 48
extern void journey_print_time(TimestampTz time, char *text);
extern bool journey_read_time(const char *text, TimestampTz *time);

#endif /* CXM_CUSTOMER_JOURNEY_H */
