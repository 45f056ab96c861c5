/*
 * journey_parts.c
 *		Parts of a journey: sessions, and the ways from one stage to another.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/memutils.h"

#include "common/business_hours.h"
#include "journeys/customer_journey.h"

/* Moments in a stage */

/* The first event of the stages with a label that is later than after, or else the last of all. */
static Datum
moment_in(FunctionCallInfo fcinfo, const Journey *journey, bool last, TimestampTz after)
{
	JourneyCursor cursor = journey_cursor(journey);
	JourneyEvent  event;
	bool         *marked = palloc0(journey->stages + 1);
	bool          found = false;
	TimestampTz   at = 0;

	journey_mark_stages(journey, PG_GETARG_TEXT_PP(1), marked);
	while ((last || !found) && journey_next(&cursor, &event))
		if (marked[event.stage] && (last || event.time > after))
		{
			found = true;
			at = event.time;
		}
	if (!found)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(at);
}

JOURNEY_READING(journey_entered_after)
{
	cxm_check_zones(fcinfo, CXM_ZONE_HINT("after"));
	return moment_in(fcinfo, journey, false, PG_GETARG_TIMESTAMPTZ(2));
}

JOURNEY_READING(journey_last_entered)
{
	return moment_in(fcinfo, journey, true, 0);
}

/*
 * Ways from a stage to another: each begins with the first event of the one that is in no way yet,
 * and ends with the next event of the other, with which the next way may begin.
 */
typedef struct Way
{
	uint32      begins; /* the number of its first event, from 0 */
	uint32      ends;   /* and of its last one */
	TimestampTz since;
	TimestampTz until;
} Way;

typedef struct Ways
{
	JourneyCursor cursor;
	bool         *from; /* by stage */
	bool         *to;
	bool          begun;
	Way           next; /* which has begun */
} Ways;

/* From the stage in the second argument to that in the third. */
static Ways
begin_ways(FunctionCallInfo fcinfo, const Journey *journey)
{
	Ways ways = {.cursor = journey_cursor(journey),
	             .from = palloc0(journey->stages + 1),
	             .to = palloc0(journey->stages + 1)};

	journey_mark_stages(journey, PG_GETARG_TEXT_PP(1), ways.from);
	journey_mark_stages(journey, PG_GETARG_TEXT_PP(2), ways.to);
	return ways;
}

/* The next way that comes to its end; false after the last one, when one may have begun. */
static bool
next_way(Ways *ways, Way *way)
{
	JourneyEvent event;

	while (journey_next(&ways->cursor, &event))
	{
		bool ended = ways->begun && ways->to[event.stage];

		if (ended)
		{
			*way = ways->next;
			way->ends = ways->cursor.passed - 1;
			way->until = event.time;
			ways->begun = false;
		}
		if (!ways->begun && ways->from[event.stage])
		{
			ways->next = (Way){.begins = ways->cursor.passed - 1, .since = event.time};
			ways->begun = true;
		}
		if (ended)
			return true;
	}
	return false;
}

/* How long each way took, by a calendar if there is one, and NULL for one without an end. */
static Datum
put_durations(FunctionCallInfo fcinfo, const Journey *journey, BusinessHours *hours)
{
	Ways  ways = begin_ways(fcinfo, journey);
	Way   way;
	Datum none = (Datum) 0;
	bool  null = true;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	while (next_way(&ways, &way))
	{
		Interval *took;
		Datum     value;
		int64     elapsed;
		bool      known = false;

		if (hours != NULL)
			elapsed = business_time_between(hours, way.since, way.until);
		else if (pg_sub_s64_overflow(way.until, way.since, &elapsed))
			cxm_refuse_long_interval();
		took = cxm_interval(elapsed);
		value = IntervalPGetDatum(took);
		cxm_return_row(fcinfo, &value, &known);
		pfree(took);
	}
	if (ways.begun)
		cxm_return_row(fcinfo, &none, &null);
	return (Datum) 0;
}

JOURNEY_READING(journey_durations_between)
{
	return put_durations(fcinfo, journey, NULL);
}

JOURNEY_READING(journey_business_durations_between)
{
	return put_durations(fcinfo, journey, business_hours_arg(fcinfo, 3));
}

JOURNEY_READING(journey_between)
{
	Ways         ways = begin_ways(fcinfo, journey);
	Way          way;
	JourneyEvent event;
	CxmEvent    *events;
	uint32       n = 0;

	if (!next_way(&ways, &way))
		PG_RETURN_NULL();
	events = events_alloc(way.ends - way.begins + 1);
	while (cursor.passed <= way.ends && journey_next(&cursor, &event))
		if (cursor.passed > way.begins)
			events[n++] = (CxmEvent){event.time, journey_symbol(event.stage, event.sequence)};
	PG_RETURN_POINTER(journey_build(journey->stage, journey->stages, events, n));
}

/*
 * Sessions.  A session has few of the stages of a journey that has many: each is built of its own,
 * in memory of its own.
 */
typedef struct Session
{
	const Journey *journey;
	CxmEvent      *events;
	uint32         n;
	StageView     *stages; /* those that it has */
	uint32        *number; /* of each, in the journey */
	uint32        *place;  /* of each of the journey's among them, or NOT_THERE */
	uint32         n_stages;
	MemoryContext  context;
} Session;

#define NOT_THERE PG_UINT32_MAX

static Session
begin_session(const Journey *journey)
{
	Session session = {.journey = journey, .events = events_alloc(journey->events)};

	session.stages = palloc((journey->stages + 1) * sizeof(StageView));
	session.number = palloc((journey->stages + 1) * sizeof(uint32));
	session.place = palloc((journey->stages + 1) * sizeof(uint32));
	for (uint32 i = 0; i < journey->stages; i++)
		session.place[i] = NOT_THERE;
	session.context =
	    AllocSetContextCreate(CurrentMemoryContext, "session", ALLOCSET_DEFAULT_SIZES);
	return session;
}

static void
add_event(Session *session, const JourneyEvent *event)
{
	uint32 *place = &session->place[event->stage];

	if (*place == NOT_THERE)
	{
		*place = session->n_stages++;
		session->stages[*place] = session->journey->stage[event->stage];
		session->number[*place] = event->stage;
	}
	session->events[session->n++] =
	    (CxmEvent){event->time, journey_symbol(*place, event->sequence)};
}

/* Returns the session as a row; another may begin. */
static void
end_session(FunctionCallInfo fcinfo, Session *session)
{
	MemoryContext caller = MemoryContextSwitchTo(session->context);
	Datum         value;
	bool          null = false;

	value = PointerGetDatum(
	    journey_build(session->stages, session->n_stages, session->events, session->n));
	cxm_return_row(fcinfo, &value, &null);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(session->context);
	while (session->n_stages > 0)
		session->place[session->number[--session->n_stages]] = NOT_THERE;
	session->n = 0;
}

JOURNEY_READING(journey_sessions)
{
	uint64       gap = cxm_interval_microseconds(PG_GETARG_INTERVAL_P(1), "gap");
	Session      session = begin_session(journey);
	TimestampTz  before = 0;
	JourneyEvent event;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	while (journey_next(&cursor, &event))
	{
		if (session.n > 0 && (uint64) event.time - (uint64) before > gap)
			end_session(fcinfo, &session);
		add_event(&session, &event);
		before = event.time;
	}
	if (session.n > 0)
		end_session(fcinfo, &session);
	return (Datum) 0;
}
