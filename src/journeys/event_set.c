/*
 * event_set.c
 *		Event logs in PostgreSQL's memory: what the states of journeys and of window funnels share.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "journeys/event_set.h"

#define ST_SORT sort_events
#define ST_ELEMENT_TYPE CxmEvent
#define ST_COMPARE(a, b) cxm_event_compare(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* So many events, and so many bytes, are worked off before a cancellation is looked for. */
#define EVENTS_AT_ONCE 4096
#define BYTES_AT_ONCE ((Size) 1 << 22)

void
events_refuse_infinite(void)
{
	ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
	                errmsg("the time of an event must be finite")));
}

CxmEvent *
events_alloc(Size n)
{
	return palloc_extended(Max(n, 1) * sizeof(CxmEvent), MCXT_ALLOC_HUGE);
}

uint32
events_unite(CxmEventForm form, CxmEvent *events, uint32 n)
{
	Size kept = 0;
	bool sorted = true;

	for (uint32 i = 1; i < n && sorted; i++)
		sorted = cxm_event_compare(&events[i - 1], &events[i]) <= 0;
	if (!sorted && n <= CXM_FEW_EVENTS)
		cxm_events_sort_few(events, n);
	else if (!sorted)
		sort_events(events, n);
	for (uint32 from = 0; from < n; from += EVENTS_AT_ONCE)
	{
		CHECK_FOR_INTERRUPTS();
		kept = cxm_events_unite(form, events, kept, from, from + Min(EVENTS_AT_ONCE, n - from));
	}
	return (uint32) kept;
}

uint32
event_state_most(const EventStates *type, const void *state)
{
	CxmEventCursor cursor = event_state_cursor(type, state);

	/* an event has a byte at least */
	if (cursor.end - cursor.at <= EVENT_STATE_SMALL)
		return (uint32) (cursor.end - cursor.at);
	while (event_state_next(type, &cursor))
		if (cursor.passed > EVENTS_SORTED_LIMIT)
			type->too_large();
	return cursor.passed;
}

CxmEvent *
event_state_read(const EventStates *type, const void *state, CxmEvent *few, uint32 n_few, uint32 *n)
{
	uint32         most = event_state_most(type, state);
	CxmEvent      *events = few != NULL && most <= n_few ? few : events_alloc(most);
	CxmEventCursor cursor = event_state_cursor(type, state);
	int            unit = cxm_events_unit(&((const EventState *) state)->log);
	Size           read = 0;

	for (*n = 0; cursor.at != cursor.end; *n += (uint32) read)
	{
		CHECK_FOR_INTERRUPTS();
		read = cxm_events_read(&cursor, unit, events + *n, Min(EVENTS_AT_ONCE, most - *n));
		if (read < EVENTS_AT_ONCE && cursor.at != cursor.end)
			type->corrupt();
	}
	return events;
}

/*
 * No state has more room than this to grow into, so that no more events are added to a large one
 * than this before it is put in order.
 */
#define ROOM_LIMIT ((Size) 1 << 26)

/* Where it is small, a power of two, which is what the allocator would make of it anyway. */
Size
event_state_size(const EventStates *type, Size used, Size needed, Size more)
{
	Size size = EVENT_STATE_LEAST;

	if (used + needed > MaxAllocSize)
		type->too_large();
	more = Max(more, needed);
	while (size < used + more && size < ROOM_LIMIT)
		size *= 2;
	if (size < used + more)
		size = used + Max(needed, Min(more, ROOM_LIMIT));
	return Min(size, MaxAllocSize);
}

void *
event_state_make(Size size)
{
	void *state = palloc(size);

	/* the slack of a large one is never read */
	memset(state, 0, Min(size, BYTES_AT_ONCE));
	SET_VARSIZE(state, size);
	return state;
}

/* A state of this size with the head of another, its log and all, and with its tail. */
static char *
make_like(const void *state, Size head, Size tail, Size size)
{
	char *result = event_state_make(size);

	memcpy(result + VARHDRSZ, (const char *) state + VARHDRSZ, head - VARHDRSZ);
	memcpy(result + size - tail, (const char *) state + VARSIZE(state) - tail, tail);
	return result;
}

void *
event_state_widen(const EventStates *type, const void *state, Size tail, Size needed)
{
	Size  used = ((const EventState *) state)->log.end;
	Size  size = event_state_size(type, used + tail, needed, VARSIZE(state));
	char *result = make_like(state, type->form.from, tail, size);

	for (Size done = type->form.from; done < used; done += BYTES_AT_ONCE)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(result + done, (const char *) state + done, Min(BYTES_AT_ONCE, used - done));
	}
	return result;
}

/* The state in order and united, its times in another unit perhaps, with room for half as much. */
static void *
rebuild_state(const EventStates *type, const void *state, Size tail, int unit)
{
	uint32      n;
	CxmEvent   *events = event_state_read(type, state, NULL, 0, &n);
	CxmEventLog log = {.flags = (uint8) unit, .end = type->form.from};
	EventState *result;

	n = events_unite(type->form, events, n);
	for (uint32 from = 0; from < n; from += EVENTS_AT_ONCE)
	{
		CHECK_FOR_INTERRUPTS();
		cxm_events_measure(type->form, &log, events + from, Min(EVENTS_AT_ONCE, n - from));
	}
	result = (EventState *) make_like(
	    state, type->form.from, tail,
	    event_state_size(type, tail + log.end, CXM_EVENT_SIZE_LIMIT, log.end / 2));
	result->log.flags &= ~(CXM_EVENTS_UNIT | CXM_EVENTS_UNSORTED);
	result->log.flags |= (uint8) unit;
	result->log.end = type->form.from;
	result->log.last = 0;
	for (uint32 from = 0; from < n; from += EVENTS_AT_ONCE)
	{
		CHECK_FOR_INTERRUPTS();
		cxm_events_write(type->form, &result->log, (unsigned char *) result + type->form.from,
		                 events + from, Min(EVENTS_AT_ONCE, n - from));
	}
	pfree(events);
	return result;
}

void *
event_state_add(const EventStates *type, void *state, Size tail, TimestampTz time, uint64 symbol)
{
	CxmEventLog *log = &((EventState *) state)->log;
	int          unit = cxm_coarsest_unit(time, cxm_events_unit(log));
	int64        units;

	if (unit != cxm_events_unit(log))
		state = rebuild_state(type, state, tail, unit);
	log = &((EventState *) state)->log;
	cxm_time_to_units(time, unit, &units);
	if (log->end + cxm_events_size(type->form, log, units, symbol) + tail > VARSIZE(state))
	{
		/* what came twice is worth looking for before a state grows, unless it is small */
		if ((log->flags & CXM_EVENTS_UNSORTED) && VARSIZE(state) > EVENT_STATE_SMALL)
			state = rebuild_state(type, state, tail, unit);
		else
			state = event_state_widen(type, state, tail, CXM_EVENT_SIZE_LIMIT);
		log = &((EventState *) state)->log;
	}
	cxm_events_append(type->form, log, (unsigned char *) state + type->form.from, units, symbol);
	return state;
}
