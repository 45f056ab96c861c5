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

/* The units in which times may be stored, from the coarsest. */
#define JOURNEY_SECONDS 0
#define JOURNEY_MILLISECONDS 1
#define JOURNEY_MICROSECONDS 2

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

pg_noreturn extern void journey_refuse_corrupt(void);

/* A time in the unit as a timestamp, if it is one. */
static inline bool
journey_unit_to_time(int64 units, int unit, TimestampTz *time)
{
	int64 factor = unit == JOURNEY_SECONDS ? 1000000 : unit == JOURNEY_MILLISECONDS ? 1000 : 1;

	/* a third of the product's sign bits is enough to tell that it is out of range */
	if (units > PG_INT64_MAX / factor || units < PG_INT64_MIN / factor)
		return false;
	*time = units * factor;
	return IS_VALID_TIMESTAMP(*time);
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

/* A timestamp that is not infinite; what is for the message. */
extern TimestampTz journey_time_arg(FunctionCallInfo fcinfo, int argno, const char *what);

/* The microseconds of elapsed time as an interval of days of 24 hours and the rest. */
extern Datum journey_interval(int64 elapsed);

/* Times in canonical text: UTC, no setting of a session has a say. */
#define JOURNEY_TIME_TEXT 48
extern void journey_print_time(TimestampTz time, char *text);
extern bool journey_read_time(const char *text, TimestampTz *time);

#endif /* CXM_CUSTOMER_JOURNEY_H */
