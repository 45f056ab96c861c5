/*
 * survival_state.h
 *		The bytes of a survival_summary: after how long customers left, and how long others had
 *		stayed when they were last seen (censored).
 *
 *	0            4         5       6          7        8      12
 *	+------------+---------+-------+----------+--------+------+--------------------+---------------+
 *	| varlena    | version | flags | capacity | unused | used | durations          | 2 counters of |
 *	| header     | 1       |       | log2     | 0      | int32| int32 each         | each duration |
 *	+------------+---------+-------+----------+--------+------+--------------------+---------------+
 *
 *	flags		bits 0-1: code of the counters' width; bit 2: this is a table
 *	used		how many durations there are
 *	counters	events, then those censored, of the first duration; of the second ...
 *
 * A stored value has its durations in ascending order, each with a customer, the narrowest counters
 * and a capacity of 0; that of nobody is a blank.  An aggregate's state is a table: a hash table
 * with open addressing of 2^capacity places, -1 at the free ones.  A duration stays in its place
 * when its last customer is taken out; it goes when the table is next built anew.
 *
 * Where customers were seen only from some age on (left truncation), or have left for a reason, the
 * version is 2, and the value is counts by key, see common/keyed_counts.h.  A key is a duration and
 * what is counted there; the parameters are the reasons, in the order of their bytes in a value.
 * What needs none of this is written in version 1, so that equal summaries are equal bytes.
 *
 * Exits of a duration, which are events and censored customers, were at risk before it: no more
 * customers entered at this duration or a longer one than left the summary after it.
 */
#ifndef CXM_SURVIVAL_STATE_H
#define CXM_SURVIVAL_STATE_H

#include "common/keyed_counts.h"
#include "core/kaplan_meier.h"

#define SURVIVAL_VERSION 1
#define SURVIVAL_NEWEST 2
#define SURVIVAL_WIDTH 0x03
#define SURVIVAL_TABLE 0x04

#define SURVIVAL_FREE (-1)
#define SURVIVAL_NOWHERE PG_INT32_MIN
#define SURVIVAL_SMALLEST_TABLE 3 /* 2^3 places */
#define SURVIVAL_LARGEST_TABLE 30

typedef struct SurvivalSummary
{
	int32 vl_len_;
	uint8 version;
	uint8 flags;
	uint8 capacity;
	uint8 unused;
	int32 used;
	int32 durations[FLEXIBLE_ARRAY_MEMBER];
} SurvivalSummary;

#define SURVIVAL_HEADER (offsetof(SurvivalSummary, durations) - VARHDRSZ)

extern SUMMARY_TYPE_HIDDEN const SummaryType SURVIVAL;

/* Counting as nearly every row finds it: in a table of version 1, in place */

static inline uint64
survival_size(int64 places, int width)
{
	return offsetof(SurvivalSummary, durations) +
	       places * (sizeof(int32) + (UINT64CONST(2) << width));
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
survival_is_table(const SurvivalSummary *state)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) > offsetof(SurvivalSummary, durations) &&
	       (state->flags & ~SURVIVAL_WIDTH) == SURVIVAL_TABLE &&
	       state->capacity >= SURVIVAL_SMALLEST_TABLE &&
	       state->capacity <= SURVIVAL_LARGEST_TABLE &&
	       VARSIZE(state) ==
	           survival_size(INT64CONST(1) << state->capacity, state->flags & SURVIVAL_WIDTH) &&
	       state->version == SURVIVAL_VERSION;
}

static inline unsigned char *
survival_counters(SurvivalSummary *table)
{
	return (unsigned char *) (table->durations + ((Size) 1 << table->capacity));
}

/* The place of a duration; ~ of the free place where it would go; or NOWHERE in a full table. */
static pg_attribute_always_inline int32
survival_find(const SurvivalSummary *table, int32 duration)
{
	uint32 mask = ((uint32) 1 << table->capacity) - 1;
	uint32 first = ((uint32) duration * UINT32_C(2654435769)) >> (32 - table->capacity);
	uint32 place = first;

	while (table->durations[place] != duration)
	{
		if (table->durations[place] == SURVIVAL_FREE)
			return (int32) ~place;
		place = (place + 1) & mask;
		if (unlikely(place == first))
			return SURVIVAL_NOWHERE;
	}
	return (int32) place;
}

/* The state, which is any value or NULL, with a customer of a duration more or less. */
extern void *survival_count(void *state, int32 duration, bool censored, bool add);

/*
 * Counts a customer of a duration, which is not negative, or takes one out: in place, or in the
 * state that replaces this one.  Nearly always it is possible in place, and calls nothing.
 */
static pg_attribute_always_inline Datum
survival_count_customer(FunctionCallInfo fcinfo, int32 duration, bool censored, bool add)
{
	SurvivalSummary *table = summary_raw_state_arg(fcinfo);

	if (likely(table != NULL && survival_is_table(table)))
	{
		int32 place = survival_find(table, duration);

		if (likely(place >= 0 &&
		           cxm_counter_count(survival_counters(table), table->flags & SURVIVAL_WIDTH,
		                             2 * (Size) place + censored, add)))
			PG_RETURN_POINTER(table);
	}
	PG_RETURN_POINTER(survival_count(table, duration, censored, add));
}

/* Reasons and entries */

#define SURVIVAL_MOST_REASONS 256
#define SURVIVAL_LONGEST_REASON 255

/* The name of a reason, which may be empty. */
typedef struct SurvivalReason
{
	uint32      length;
	const char *name;
} SurvivalReason;

/* Whoever is at risk from behind entry on; from the beginning where that is 0. */
typedef struct SurvivalCustomer
{
	int32                 entry;
	int32                 duration;
	bool                  censored;
	const SurvivalReason *reason; /* of the event; NULL where none is known */
} SurvivalCustomer;

/* The same of such a customer; the state has version 2 only where it must. */
extern void *survival_count_any(void *state, const SurvivalCustomer *customer, bool add);

/* What is counted at a duration: who entered, who was censored, and events by their reasons. */
#define SURVIVAL_ENTERED 0
#define SURVIVAL_CENSORED 1
#define SURVIVAL_EVENT 2 /* of a reason that is not known; then those of the reasons */
#define SURVIVAL_WHAT_BITS 9

#define SURVIVAL_KEY(duration, what) \
	((uint64) (duration) << SURVIVAL_WHAT_BITS | (uint64) (what))
#define SURVIVAL_DURATION(key) ((int32) ((key) >> SURVIVAL_WHAT_BITS))
#define SURVIVAL_WHAT(key) ((uint32) (key) & ((1 << SURVIVAL_WHAT_BITS) - 1))

/* The place of a reason in a state of version 2, which may be another afterwards. */
extern uint32 survival_take_reason(KeyedCounts **state, SurvivalReason reason);

/* Looking at values */

typedef struct SurvivalView
{
	bool                 table; /* a state, whose durations are in no order */
	int                  width;
	int32                places; /* durations, free ones of a table included */
	int32                used;
	const unsigned char *durations;
	const unsigned char *counters;

	/* version 2: counts by key instead, and the reasons that keys name by their places */
	bool            by_key;
	KeyedCount     *cells;
	uint32          reasons;
	SurvivalReason *reason;
} SurvivalView;

/* One duration and its customers. */
typedef struct SurvivalEntry
{
	int32  duration;
	uint64 count[2]; /* events, censored */
	uint64 entered;

	/* of version 2: the counts of events, by reason */
	const KeyedCount *events;
	const KeyedCount *end;
} SurvivalEntry;

/* Looks at a value with either kind of varlena header, or a state; trusts no byte of it. */
extern SurvivalView survival_view(const void *value);

/* The next of a view of version 2. */
extern bool survival_next_cells(const SurvivalView *view, int32 *place, SurvivalEntry *entry);

static inline int32
survival_duration_at(const SurvivalView *view, Size place)
{
	int32 duration;

	if (view->by_key)
		return SURVIVAL_DURATION(view->cells[place].key);
	memcpy(&duration, view->durations + sizeof(int32) * place, sizeof(int32));
	return duration;
}

/* The next duration from this place on with customers, and the place after it; false at the end. */
static pg_attribute_always_inline bool
survival_next(const SurvivalView *view, int32 *place, SurvivalEntry *entry)
{
	if (view->by_key)
		return survival_next_cells(view, place, entry);
	entry->entered = 0;
	while (*place < view->places)
	{
		Size at = (Size) (*place)++;

		CHECK_FOR_INTERRUPTS();
		memcpy(&entry->duration, view->durations + sizeof(int32) * at, sizeof(int32));
		if (entry->duration < 0)
		{
			if (entry->duration != SURVIVAL_FREE || !view->table)
				summary_refuse_value(&SURVIVAL);
			continue;
		}
		for (int i = 0; i < 2; i++)
			entry->count[i] = cxm_counter_get(view->counters, view->width, 2 * at + i);
		if ((entry->count[0] | entry->count[1]) > CXM_COUNTER_CEILING)
			summary_refuse_value(&SURVIVAL);
		if ((entry->count[0] | entry->count[1]) != 0)
			return true;
	}
	return false;
}

/* How many events, how many censored customers, or both. */
extern int64 survival_customers(const SurvivalView *view, bool events, bool censored);

/* Making values */

/* A value of version 1 with room for so many durations, all of it zero. */
extern SurvivalSummary *survival_make(int64 durations, int width);

static inline void
survival_set_counts(unsigned char *counters, int width, int32 place, const SurvivalEntry *entry)
{
	cxm_counters_set(counters + ((Size) place << (width + 1)), width, 2, entry->count);
}

/* A state of version 2 of nobody, and so many more customers of something at a duration. */
extern KeyedCounts *survival_make_any(void);
extern KeyedCounts *survival_count_cell(KeyedCounts *state, int32 duration, uint32 what,
                                        uint64 customers, bool add);

/* Counts by key at the end of a message, of so many reasons. */
extern KeyedCounts *survival_receive_cells(StringInfo buffer, KeyedCounts *state, uint32 reasons);

/* So many customers more or less, in a table of version 1. */
extern SurvivalSummary *survival_count_in_table(SurvivalSummary *table, int32 duration,
                                                bool censored, uint64 customers, bool add);

/* The canonical value, or what there is none for. */
typedef enum SurvivalProblem
{
	SURVIVAL_SOUND,
	SURVIVAL_TOO_MANY, /* more customers than bigint can say */
	SURVIVAL_TOO_FEW,  /* more customers left at a duration than had entered before it */
} SurvivalProblem;

extern SurvivalProblem survival_in_order(const void *state, void **value);

/* What the shell asks of a state. */
extern void *survival_to_state(const void *value);
extern void *survival_canonical(const void *state);
extern void *survival_merge(void *state, const void *value, bool add);
extern bool  survival_is_empty(const void *state);

/* Steps through the durations of a stored value, in ascending order. */
typedef struct SurvivalWalk
{
	SurvivalView   view;
	int32          place;   /* of the next duration */
	int64          at_risk; /* just before it */
	SurvivalEntry  last;    /* the last one passed */
	CxmKaplanMeier curve;
} SurvivalWalk;

extern SurvivalWalk survival_walk(const void *value);

/* One duration further; false at the end. */
static inline bool
survival_step(SurvivalWalk *walk)
{
	int64 exits;

	if (!survival_next(&walk->view, &walk->place, &walk->last))
		return false;
	exits = (int64) (walk->last.count[0] + walk->last.count[1]);
	/* whoever entered later may not make up for them */
	if (unlikely(walk->at_risk < exits))
		summary_refuse_value(&SURVIVAL);
	cxm_kaplan_meier_step(&walk->curve, (double) walk->at_risk, (double) walk->last.count[0]);
	walk->at_risk += (int64) walk->last.entered - exits;
	return true;
}

/* The duration after the last one passed; -1 at the end. */
static inline int32
survival_next_duration(const SurvivalWalk *walk)
{
	return walk->place < walk->view.places ? survival_duration_at(&walk->view, (Size) walk->place)
	                                       : -1;
}

/* Past all durations up to this one. */
static inline void
survival_walk_past(SurvivalWalk *walk, int32 duration)
{
	while (survival_next_duration(walk) <= duration && survival_step(walk))
		;
}

/* The curve ends at its last duration, unless all have left by then. */
extern bool survival_is_known(const SurvivalWalk *walk, int64 duration);

/* A duration in an argument; an error for one that is negative. */
static pg_attribute_always_inline int32
survival_duration_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	int32 duration = PG_GETARG_INT32(argno);

	if (unlikely(duration < 0))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("%s %d is negative", name, duration)));
	return duration;
}

pg_noreturn extern void survival_refuse_end(DateADT started, DateADT ended);

/*
 * How long a customer has stayed on the day as_of, and whether that is all that is known, from the
 * arguments started, ended and as_of.  False for one who had not started, or never has.
 */
static pg_attribute_always_inline bool
survival_lifetime_arg(FunctionCallInfo fcinfo, int argno, int32 *duration, bool *censored)
{
	DateADT started;
	DateADT ended = DATEVAL_NOEND;
	DateADT as_of = cxm_as_of_arg(fcinfo, argno + 2);

	if (PG_ARGISNULL(argno))
		return false;
	started = PG_GETARG_DATEADT(argno);
	if (!PG_ARGISNULL(argno + 1))
		ended = PG_GETARG_DATEADT(argno + 1);
	if (unlikely(ended < started))
		survival_refuse_end(started, ended);
	if (started > as_of)
		return false;
	if (unlikely(DATE_IS_NOBEGIN(started)))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
		                errmsg("start of a customer must be finite")));

	/* what ends later has not ended yet; dates differ by less than 2^31 days */
	*duration = Min(ended, as_of) - started;
	*censored = ended > as_of;
	return true;
}

#endif /* CXM_SURVIVAL_STATE_H */
