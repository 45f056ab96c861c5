/*
 * event_set.h
 *		Event logs (core/event_log.h) in PostgreSQL's memory: what the states of journeys and of
 *		window funnels share.  All of it can be cancelled.
 */
#ifndef CXM_EVENT_SET_H
#define CXM_EVENT_SET_H

#include "postgres.h"

#include "common/arguments.h"
#include "core/event_log.h"

StaticAssertDecl(CXM_TIME_FIRST == MIN_TIMESTAMP && CXM_TIME_END == END_TIMESTAMP,
                 "times are timestamps");

/* Arrays have 16 bytes for each event: here two gigabytes. */
#define EVENTS_SORTED_LIMIT (1U << 27)

/* A head that begins so, the bytes of the log, slack, and perhaps a tail that the owner knows. */
typedef struct EventState
{
	int32       vl_len_;
	uint8       version;
	CxmEventLog log;
} pg_attribute_packed() pg_attribute_aligned(4) EventState; /* as values are in tuples */

/* What their owner decides; and his errors for a log that is none, and for one too large. */
typedef struct EventStates
{
	CxmEventForm form;
	void (*corrupt)(void);
	void (*too_large)(void);
} EventStates;

#define EVENT_STATE_LEAST 64

/* Before a state of more than this grows, what it has twice is worth looking for. */
#define EVENT_STATE_SMALL 4096

/* The error for an event at no time that there is. */
pg_noreturn extern void events_refuse_infinite(void);

/* Memory for so many events. */
extern CxmEvent *events_alloc(Size n);

/* Puts events in order, united; returns how many there are. */
extern uint32 events_unite(CxmEventForm form, CxmEvent *events, uint32 n);

/* No fewer than a state's events; of a large log exactly so many. */
extern uint32 event_state_most(const EventStates *type, const void *state);

/* The events of a state; in the array few, of n_few, where they are sure to fit. */
extern CxmEvent *event_state_read(const EventStates *type, const void *state, CxmEvent *few,
                                  uint32 n_few, uint32 *n);

/* For so many bytes that are used, with room for as much as needed, or more. */
extern Size event_state_size(const EventStates *type, Size used, Size needed, Size more);

/* A state with nothing but its header, all zero. */
extern void *event_state_make(Size size);

/* A copy of the state with as much room as needed, or more. */
extern void *event_state_widen(const EventStates *type, const void *state, Size tail, Size needed);

/* The state with an event more that needs room or a finer unit: the same, or what replaces it. */
extern void *event_state_add(const EventStates *type, void *state, Size tail, TimestampTz time,
                             uint64 symbol);

static pg_attribute_always_inline CxmEventCursor
event_state_cursor(const EventStates *type, const void *state)
{
	return cxm_events_cursor(type->form, &((const EventState *) state)->log,
	                         (const unsigned char *) state + type->form.from);
}

/* Moves to the next event; false after the last one. */
static pg_attribute_always_inline bool
event_state_next(const EventStates *type, CxmEventCursor *cursor)
{
	check_interrupts(cursor->passed);
	if (cxm_events_next(cursor))
		return true;
	if (cursor->at != cursor->end)
		type->corrupt();
	return false;
}

/* The state in argument 0, to be changed; NULL before the first row, and where it is empty. */
static pg_attribute_always_inline void *
event_state_arg(FunctionCallInfo fcinfo)
{
	void *state = PG_GETARG_POINTER(0);

	if (unlikely(!cxm_in_aggregate_context(fcinfo)))
		cxm_check_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	if (unlikely(VARATT_IS_EXTENDED(state)))
		state = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	return likely(VARSIZE(state) > VARHDRSZ) ? state : NULL;
}

/* For a row that does not count. */
#define RETURN_EVENT_STATE(state) \
	do                            \
	{                             \
		if ((state) == NULL)      \
			PG_RETURN_NULL();     \
		PG_RETURN_POINTER(state); \
	} while (0)

#endif /* CXM_EVENT_SET_H */
