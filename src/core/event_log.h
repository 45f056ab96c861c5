/*
 * event_log.h
 *		A log of events, each a time and a symbol, in as few bytes as they need: what an aggregate
 *		keeps of rows that come in any order, until it knows them all.
 *
 *		|<-------------- one byte -------------->|
 *		+-------+------------------+-------------+- - - - - - - - - -+- - - - - - - - - - -+
 *		| more? | low bits of step | symbol      | rest of the step  | rest of the symbol  |
 *		+-------+------------------+-------------+- - - - - - - - - -+- - - - - - - - - - -+
 *
 * The step is the time since the event before, folded, since time may go back.  The owner of a log
 * says how many bits of the first byte hold the symbol.  A symbol below 2^bits - 1 stands there;
 * for another these bits are all set, and what it exceeds that by follows.  Rests are written as
 * in varint.h.
 *
 * Times are microseconds since 2000-01-01, as PostgreSQL has them.  They are kept in the coarsest
 * unit in which all times of the log are whole.  The caller gives the memory and sees to it that
 * there is room; no byte that is read is trusted.
 */
#ifndef CXM_EVENT_LOG_H
#define CXM_EVENT_LOG_H

#include "core/varint.h"

#define CXM_ALWAYS_INLINE static inline __attribute__((always_inline))

/* The times that there are: from the first until before the end. */
#define CXM_TIME_FIRST INT64_C(-211813488000000000)
#define CXM_TIME_END INT64_C(9223371331200000000)

/* The units, from the coarsest. */
#define CXM_SECONDS 0
#define CXM_MILLISECONDS 1
#define CXM_MICROSECONDS 2

typedef struct CxmTimeUnit
{
	int64_t microseconds;
	int64_t first; /* in the unit */
	int64_t last;
} CxmTimeUnit;

extern const CxmTimeUnit cxm_time_units[];

/* A number of units as a time, if it is one. */
static inline bool
cxm_units_to_time(int64_t units, int unit, int64_t *time)
{
	if (units < cxm_time_units[unit].first || units > cxm_time_units[unit].last)
		return false;
	*time = units * cxm_time_units[unit].microseconds;
	return true;
}

/* The time in the unit; false when it is not whole.  By constants, which are no divisions. */
CXM_ALWAYS_INLINE bool
cxm_time_to_units(int64_t time, int unit, int64_t *units)
{
	switch (unit)
	{
		case CXM_SECONDS:
			*units = time / 1000000;
			return *units * 1000000 == time;
		case CXM_MILLISECONDS:
			*units = time / 1000;
			return *units * 1000 == time;
		default:
			*units = time;
			return true;
	}
}

/* The coarsest unit from the given one on in which the time is whole. */
static inline int
cxm_coarsest_unit(int64_t time, int unit)
{
	int64_t units;

	while (!cxm_time_to_units(time, unit, &units))
		unit++;
	return unit;
}

/*
 * What the owner of a log decides: how many bits hold a symbol, and what symbols are.  Of names, an
 * event that comes twice is there once; sets of one instant unite into one event; of rows, each is
 * an event.
 */
typedef enum CxmEventSymbols
{
	CXM_EVENT_NAMES,
	CXM_EVENT_SETS,
	CXM_EVENT_ROWS,
} CxmEventSymbols;

typedef struct CxmEventForm
{
	int             bits;
	CxmEventSymbols symbols;
	uint32_t        from; /* where a log begins, as its head says where it ends */
} CxmEventForm;

/* The head of a log; its bytes are elsewhere.  Flags that are not named here are the owner's. */
typedef struct CxmEventLog
{
	uint8_t  flags;
	uint8_t  mark; /* the owner's */
	uint32_t end;
	int64_t  last; /* the time of the last event, in units */
} __attribute__((packed)) CxmEventLog;

#define CXM_EVENTS_UNIT 0x03
#define CXM_EVENTS_UNSORTED 0x08 /* a time went back, or, of names, did not rise */

#define CXM_EVENT_SIZE_LIMIT (1 + 2 * CXM_VARINT_LIMIT)

CXM_ALWAYS_INLINE int
cxm_events_unit(const CxmEventLog *log)
{
	return log->flags & CXM_EVENTS_UNIT;
}

CXM_ALWAYS_INLINE bool
cxm_events_is_sound(CxmEventForm form, const CxmEventLog *log, size_t room)
{
	return log->end >= form.from && log->end - form.from <= room &&
	       cxm_events_unit(log) <= CXM_MICROSECONDS;
}

/* How far a time is from that of the event before. */
CXM_ALWAYS_INLINE uint64_t
cxm_events_step(const CxmEventLog *log, int64_t units)
{
	return cxm_varint_fold((int64_t) ((uint64_t) units - (uint64_t) log->last));
}

/* How many symbols stand in the first byte. */
CXM_ALWAYS_INLINE uint64_t
cxm_symbols_at_once(int bits)
{
	return (UINT64_C(1) << bits) - 1;
}

/* The bytes that an event takes. */
CXM_ALWAYS_INLINE size_t
cxm_events_size(CxmEventForm form, const CxmEventLog *log, int64_t units, uint64_t symbol)
{
	uint64_t rest = cxm_events_step(log, units) >> (7 - form.bits);
	uint64_t limit = cxm_symbols_at_once(form.bits);

	return 1 + (rest != 0 ? cxm_varint_size(rest) : 0) +
	       (symbol >= limit ? cxm_varint_size(symbol - limit) : 0);
}

/* Branch-free: with rows in random order a branch would be mispredicted half the time. */
CXM_ALWAYS_INLINE void
cxm_events_pass(CxmEventForm form, CxmEventLog *log, int64_t units, uint32_t size)
{
	int goes_back = form.symbols == CXM_EVENT_NAMES ? units <= log->last : units < log->last;

	log->flags |= (uint8_t) ((goes_back & (log->end != form.from)) * CXM_EVENTS_UNSORTED);
	log->end = form.from + size;
	log->last = units;
}

/* Adds an event behind the others. */
CXM_ALWAYS_INLINE void
cxm_events_append(CxmEventForm form, CxmEventLog *log, unsigned char *bytes, int64_t units,
                  uint64_t symbol)
{
	uint64_t       step = cxm_events_step(log, units);
	uint64_t       rest = step >> (7 - form.bits);
	uint64_t       limit = cxm_symbols_at_once(form.bits);
	unsigned char *at = bytes + (log->end - form.from);

	*at++ = (unsigned char) ((symbol < limit ? symbol : limit) | (step << form.bits & 0x7f) |
	                         (rest != 0 ? 0x80 : 0));
	if (rest != 0)
		at = cxm_varint_put(at, rest);
	if (symbol >= limit)
		at = cxm_varint_put(at, symbol - limit);
	cxm_events_pass(form, log, units, (uint32_t) (at - bytes));
}

/* Where a reading of a log has come to. */
typedef struct CxmEventCursor
{
	int                  bits;
	const unsigned char *at;
	const unsigned char *end;
	uint32_t             passed;
	int64_t              units;
	uint64_t             symbol;
} CxmEventCursor;

CXM_ALWAYS_INLINE CxmEventCursor
cxm_events_cursor(CxmEventForm form, const CxmEventLog *log, const unsigned char *bytes)
{
	return (CxmEventCursor){form.bits, bytes, bytes + (log->end - form.from), 0, 0, 0};
}

/*
 * Moves to the next event, whose time and symbol are in the cursor then.  False after the last one,
 * and where the bytes are no event: then the cursor is not at its end, and must not be used again.
 */
CXM_ALWAYS_INLINE bool
cxm_events_next(CxmEventCursor *cursor)
{
	uint64_t limit = cxm_symbols_at_once(cursor->bits);
	uint64_t step;
	uint64_t rest;
	uint64_t symbol;
	uint8_t  first;

	if (cursor->at == cursor->end)
		return false;
	first = *cursor->at;
	cursor->at++;
	step = (uint64_t) (first & 0x7f) >> cursor->bits;
	if (first & 0x80)
	{
		if (!cxm_varint_get(&cursor->at, cursor->end, &rest))
			goto corrupt;
		step |= rest << (7 - cursor->bits);
	}
	symbol = first & limit;
	if (symbol == limit)
	{
		if (!cxm_varint_get(&cursor->at, cursor->end, &rest))
			goto corrupt;
		symbol = rest + limit;
		if (symbol < rest)
			goto corrupt;
	}
	cursor->passed++;
	cursor->units = (int64_t) ((uint64_t) cursor->units + (uint64_t) cxm_varint_unfold(step));
	cursor->symbol = symbol;
	return true;

corrupt:
	cursor->at = NULL;
	return false;
}

/*
 * Events outside of logs.  Callers read, unite and write large arrays by a few thousand events a
 * call, so that a query can be cancelled in between.
 */
typedef struct CxmEvent
{
	int64_t  time;
	uint64_t symbol;
} CxmEvent;

/* Negative, zero or positive: the order of time, then of symbols. */
CXM_ALWAYS_INLINE int
cxm_event_compare(const CxmEvent *a, const CxmEvent *b)
{
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->symbol != b->symbol ? (a->symbol < b->symbol ? -1 : 1) : 0;
}

/* Reads at most so many events, and returns how many; it ends as cxm_events_next() does. */
extern size_t cxm_events_read(CxmEventCursor *cursor, int unit, CxmEvent *events, size_t most);

/* The log's head as n more events would leave it; their times are whole in its unit. */
extern void cxm_events_measure(CxmEventForm form, CxmEventLog *log, const CxmEvent *events,
                               size_t n);

/* Appends n events, for which there is room. */
extern void cxm_events_write(CxmEventForm form, CxmEventLog *log, unsigned char *bytes,
                             const CxmEvent *events, size_t n);

/*
 * Puts a few events in order, without branches on their order: it counts for each how many come
 * before it.  Hash tables are full of logs of a few events.
 */
#define CXM_FEW_EVENTS 16
extern void cxm_events_sort_few(CxmEvent *events, size_t n);

/* Unites events from ... to, which are in order, with the first kept ones; returns how many. */
extern size_t cxm_events_unite(CxmEventForm form, CxmEvent *events, size_t kept, size_t from,
                               size_t to);

#endif /* CXM_EVENT_LOG_H */
