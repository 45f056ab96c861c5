/*
 * customer_journey.c
 *		The type customer_journey: the events of one customer, a set of times and stages.
 *
 *	0            4         5       6        8        12
 *	+------------+---------+-------+--------+--------+------------------------+-----------------+
 *	| varlena    | version | flags | stages | events | dictionary: stages     | log: events     |
 *	| header     | 1       |       | uint16 | uint32 | times length, key      | times step, nth |
 *	+------------+---------+-------+--------+--------+------------------------+-----------------+
 *
 *	flags		bits 0-1: the unit of time, the coarsest in which all times are whole: seconds,
 *				milliseconds, microseconds
 *	dictionary	the stages that occur, in their order: a byte of length and the key, see StageView
 *	log			the events by time and stage, none twice: a varint of the time since the event
 *				before (of the first since 2000-01-01, folded), a varint of the place of its stage
 *				in the dictionary
 *
 * so that two equal sets are equal bytes, in the machine's byte order.  Flag 2 is set in the state
 * of an aggregate, see journey_state.c.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "customer_journey.h"
#include "journey_state.h"
#include "summary.h"
#include "tally.h"

#define TYPE_NAME "customer_journey"

static const SummaryType journey_type;

typedef struct JourneyHeader
{
	int32  vl_len_;
	uint8  version;
	uint8  flags;
	uint16 stages;
	uint32 events;
} JourneyHeader;

const JourneyUnit journey_units[] = {
    {1000000, MIN_TIMESTAMP / 1000000, END_TIMESTAMP / 1000000 - 1},
    {1000, MIN_TIMESTAMP / 1000, END_TIMESTAMP / 1000 - 1},
    {1, MIN_TIMESTAMP, END_TIMESTAMP - 1},
};

void
journey_refuse_corrupt(void)
{
	summary_refuse_value(&journey_type);
}

pg_noinline void
journey_refuse_size(void)
{
	ereport(ERROR,
	        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("customer journey is too large"),
	         errdetail("A journey has at most %u events of %d stages, in less than 1 GB.",
	                   JOURNEY_EVENTS_LIMIT, JOURNEY_STAGES_LIMIT)));
}

pg_noinline void
journey_refuse_infinity(const char *what)
{
	ereport(ERROR,
	        (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("%s cannot be infinite", what)));
}

TimestampTz
journey_time_arg(FunctionCallInfo fcinfo, int argno, const char *what)
{
	TimestampTz time = PG_GETARG_TIMESTAMPTZ(argno);

	if (TIMESTAMP_NOT_FINITE(time))
		journey_refuse_infinity(what);
	return time;
}

/*
 * Building a value from its stages and events, in any order and however often they come
 */

#define ST_SORT sort_events
#define ST_ELEMENT_TYPE JourneyEvent
#define ST_COMPARE(a, b)                                             \
	((a)->time != (b)->time     ? ((a)->time < (b)->time ? -1 : 1)   \
	 : (a)->stage != (b)->stage ? ((a)->stage < (b)->stage ? -1 : 1) \
	                            : 0)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

uint32
journey_sort_stages(StageView *stages, uint32 n_stages, JourneyEvent *events, uint32 n_events)
{
	NumberedStage *order = palloc((n_stages + 1) * sizeof(NumberedStage));
	uint32        *place = palloc((n_stages + 1) * sizeof(uint32));
	uint32         used = 0;

	/* only those that occur */
	memset(place, 0, n_stages * sizeof(uint32));
	for (uint32 i = 0; i < n_events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		place[events[i].stage] = 1;
	}
	for (uint32 i = 0; i < n_stages; i++)
		if (place[i])
			order[used++] = (NumberedStage){stages[i], i};

	stage_sort(order, used);
	n_stages = 0;
	for (uint32 i = 0; i < used; i++)
	{
		if (n_stages == 0 || !stage_equal(stages[n_stages - 1], order[i].stage))
			stages[n_stages++] = order[i].stage;
		place[order[i].number] = n_stages - 1;
	}
	for (uint32 i = 0; i < n_events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		events[i].stage = place[events[i].stage];
	}
	pfree(order);
	pfree(place);
	return n_stages;
}

/*
 * Puts a few events in order by counting for each how many come before it: no branch has to guess
 * that.  Hash tables are full of such journeys.
 */
#define FEW_EVENTS 16

static void
sort_few_events(JourneyEvent *events, uint32 n)
{
	JourneyEvent unsorted[FEW_EVENTS];
	uint32       place[FEW_EVENTS];

	memcpy(unsorted, events, n * sizeof(JourneyEvent));
	for (uint32 i = 0; i < n; i++)
	{
		place[i] = i;
		for (uint32 j = 0; j < i; j++)
		{
			uint32 later =
			    (events[j].time > events[i].time) |
			    ((events[j].time == events[i].time) & (events[j].stage > events[i].stage));

			place[j] += later;
			place[i] -= later;
		}
	}
	for (uint32 i = 0; i < n; i++)
		events[place[i]] = unsorted[i];
}

uint32
journey_unite(JourneyEvent *events, uint32 n)
{
	uint32 kept = 0;
	bool   sorted = true;

	for (uint32 i = 1; i < n && sorted; i++)
		sorted = events[i - 1].time < events[i].time ||
		         (events[i - 1].time == events[i].time && events[i - 1].stage <= events[i].stage);
	if (!sorted && n <= FEW_EVENTS)
		sort_few_events(events, n);
	else if (!sorted)
		sort_events(events, n);
	for (uint32 i = 0; i < n; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		if (kept == 0 || events[kept - 1].time != events[i].time ||
		    events[kept - 1].stage != events[i].stage)
			events[kept++] = events[i];
	}
	return kept;
}

struct varlena *
journey_begin(const StageView *stages, uint32 n_stages, int unit, Size log_size,
              unsigned char **log)
{
	Size           size = sizeof(JourneyHeader) + log_size;
	JourneyHeader *value;
	unsigned char *at;

	for (uint32 i = 0; i < n_stages; i++)
		size += 1 + stages[i].length;
	if (n_stages > JOURNEY_STAGES_LIMIT || !AllocSizeIsValid(size))
		journey_refuse_size();
	value = palloc(size);
	value->version = JOURNEY_VERSION;
	value->flags = (uint8) unit;
	value->stages = (uint16) n_stages;

	at = (unsigned char *) (value + 1);
	for (uint32 i = 0; i < n_stages; i++)
	{
		*at++ = (unsigned char) stages[i].length;
		memcpy(at, stages[i].bytes, stages[i].length);
		at += stages[i].length;
	}
	*log = at;
	return (struct varlena *) value;
}

struct varlena *
journey_end(struct varlena *value, const unsigned char *log, uint32 n_events)
{
	if (n_events > JOURNEY_EVENTS_LIMIT)
		journey_refuse_size();
	SET_VARSIZE(value, log - (unsigned char *) value);
	((JourneyHeader *) value)->events = n_events;
	return value;
}

struct varlena *
journey_write(const StageView *stages, uint32 n_stages, const JourneyEvent *events, uint32 n_events,
              int unit)
{
	uint64          furthest = 0;
	int64           before = 0;
	int64           units;
	unsigned char  *log;
	struct varlena *value;

	/* room for steps that are all as long as the longest; of few events as long as any */
	if (n_events <= FEW_EVENTS)
		furthest = PG_UINT64_MAX;
	else
	{
		for (uint32 i = 1; i < n_events; i++)
		{
			if ((i & 4095) == 4095)
				CHECK_FOR_INTERRUPTS();
			furthest = Max(furthest, (uint64) events[i].time - (uint64) events[i - 1].time);
		}
		furthest /= (uint64) journey_units[unit].microseconds;
	}
	value =
	    journey_begin(stages, n_stages, unit,
	                  CXM_VARINT_LIMIT +
	                      (cxm_varint_size(furthest) + cxm_varint_size(n_stages)) * (Size) n_events,
	                  &log);

	for (uint32 i = 0; i < n_events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		journey_time_to_units(events[i].time, unit, &units);
		journey_put(&log, i == 0 ? cxm_varint_fold(units) : (uint64) units - (uint64) before,
		            events[i].stage);
		before = units;
	}
	return journey_end(value, log, n_events);
}

struct varlena *
journey_build(StageView *stages, uint32 n_stages, JourneyEvent *events, uint32 n_events)
{
	int unit = JOURNEY_SECONDS;

	n_stages = journey_sort_stages(stages, n_stages, events, n_events);
	n_events = journey_unite(events, n_events);
	for (uint32 i = 0; i < n_events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		unit = journey_coarsest_unit(events[i].time, unit);
	}
	return journey_write(stages, n_stages, events, n_events, unit);
}

/*
 * Reading a value
 */

JourneyEvent *
journey_alloc_events(Size n)
{
	return palloc_extended(Max(n, 1) * sizeof(JourneyEvent), MCXT_ALLOC_HUGE);
}

/* The next entry of a dictionary; false when it does not end before the end. */
static inline bool
next_entry(const unsigned char **at, const unsigned char *end, StageView *stage)
{
	if (*at >= end || **at <= STAGE_RANK_SIZE || **at > STAGE_KEY_LIMIT || end - *at <= **at)
		return false;
	*stage = (StageView){**at, *at + 1};
	*at += 1 + **at;
	return true;
}

Journey
journey_view(const void *value)
{
	const Size           header = sizeof(JourneyHeader) - offsetof(JourneyHeader, version);
	const unsigned char *body = (const unsigned char *) VARDATA_ANY(value);
	Size                 size = VARSIZE_ANY_EXHDR(value);
	uint16               stages;
	Journey              journey;

	if (size > 0 && body[0] != JOURNEY_VERSION)
		summary_refuse_version(&journey_type, body[0]);
	if (size < header)
		journey_refuse_corrupt();
	if (body[1] & JOURNEY_STATE)
		return journey_view(journey_of_state(
		    (const JourneyState *) pg_detoast_datum((struct varlena *) unconstify(void *, value))));
	if (body[1] > JOURNEY_MICROSECONDS)
		journey_refuse_corrupt();

	journey.unit = body[1];
	memcpy(&stages, body + offsetof(JourneyHeader, stages) - VARHDRSZ, sizeof(stages));
	memcpy(&journey.events, body + offsetof(JourneyHeader, events) - VARHDRSZ,
	       sizeof(journey.events));
	journey.stages = stages;
	journey.log = body + header;
	journey.end = body + size;
	/* an event has two bytes at least */
	if (journey.events > size / 2)
		journey_refuse_corrupt();
	journey.stage = palloc((journey.stages + 1) * sizeof(StageView));
	for (uint32 i = 0; i < journey.stages; i++)
		if (!next_entry(&journey.log, journey.end, &journey.stage[i]))
			journey_refuse_corrupt();
	return journey;
}

Journey
journey_arg(FunctionCallInfo fcinfo, int argno)
{
	return journey_view(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno)));
}

JourneyEvent *
journey_read_events(const Journey *journey)
{
	JourneyEvent *events = journey_alloc_events(journey->events);
	JourneyCursor cursor = journey_cursor(journey);

	for (uint32 i = 0; journey_next(&cursor, &events[i]); i++)
		;
	return events;
}

/*
 * Binary: version; the number of stages and, of each, rank and label with its length in bytes; the
 * number of events and, of each, microseconds since 2000-01-01 and which stage it is.
 */
#define STAGE_WIRE_LEAST (4 + 4 + 1)
#define EVENT_WIRE_SIZE (8 + 4)

PG_FUNCTION_INFO_V1(customer_journey_send);
Datum
customer_journey_send(PG_FUNCTION_ARGS)
{
	Journey        journey = journey_arg(fcinfo, 0);
	JourneyCursor  cursor = journey_cursor(&journey);
	JourneyEvent   event;
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, JOURNEY_VERSION);
	pq_sendint32(&buffer, journey.stages);
	for (uint32 i = 0; i < journey.stages; i++)
		stage_send(&buffer, journey.stage[i]);
	pq_sendint32(&buffer, journey.events);
	summary_reserve(&buffer, journey.events, EVENT_WIRE_SIZE);
	while (journey_next(&cursor, &event))
	{
		pq_sendint64(&buffer, event.time);
		pq_sendint32(&buffer, event.stage);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* How many items follow, of at least so many bytes each. */
static uint32
receive_number(StringInfo buffer, uint32 least_size, uint32 limit)
{
	uint32 n = pq_getmsgint(buffer, 4);

	if (n > limit || n > (uint32) (buffer->len - buffer->cursor) / least_size)
		summary_refuse_binary(&journey_type,
		                      "There are fewer bytes than its numbers of stages and events need.");
	return n;
}

PG_FUNCTION_INFO_V1(customer_journey_recv);
Datum
customer_journey_recv(PG_FUNCTION_ARGS)
{
	StringInfo    buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint32        n_stages;
	uint32        n_events;
	StageView    *stages;
	JourneyEvent *events;

	summary_receive_version(&journey_type, buffer, JOURNEY_VERSION);
	n_stages = receive_number(buffer, STAGE_WIRE_LEAST, JOURNEY_STAGES_LIMIT);
	stages = palloc((n_stages + 1) * sizeof(StageView));
	for (uint32 i = 0; i < n_stages; i++)
		stages[i] = stage_receive(&journey_type, buffer);

	n_events = receive_number(buffer, EVENT_WIRE_SIZE, JOURNEY_EVENTS_LIMIT);
	events = journey_alloc_events(n_events);
	for (uint32 i = 0; i < n_events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		events[i].time = pq_getmsgint64(buffer);
		events[i].stage = pq_getmsgint(buffer, 4);
		if (TIMESTAMP_NOT_FINITE(events[i].time) || !IS_VALID_TIMESTAMP(events[i].time))
			summary_refuse_binary(&journey_type, "A time is out of range.");
		if (events[i].stage >= n_stages)
			summary_refuse_binary(&journey_type, "An event has a stage that there is not.");
	}
	pq_getmsgend(buffer);
	PG_RETURN_POINTER(journey_build(stages, n_stages, events, n_events));
}

/*
 * What this type does like all others
 */

static void *
to_state(const void *value)
{
	return journey_thaw(value);
}

static void *
canonical(const void *state)
{
	return journey_of_state(state);
}

/* Sets unite; nothing is ever taken out of one. */
static void *
merge(void *state, const void *value, bool add pg_attribute_unused())
{
	Journey       journey = journey_view(value);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;

	while (journey_next(&cursor, &event))
		state = journey_state_add(state, event.time, journey.stage[event.stage]);
	return state;
}

static bool
is_empty(const void *state)
{
	return journey_state_is_empty(state);
}

static const SummaryType journey_type = {TYPE_NAME, journey_text, to_state, canonical,
                                         merge,     is_empty,     NULL};

SUMMARY_FUNCTIONS(customer_journey, journey_type)
