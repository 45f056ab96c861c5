/*
 * duration_state.h
 *		The state of a duration_summary: its two forms, how they are looked at, and counting.
 *
 * A stored value is a byte string that is the same whatever the machine's byte order:
 *
 *	version		1, or 2 with targets
 *	flags		bit 0: the ages of the unresolved are known
 *	targets		only in version 2: a byte for their number, and for each of them, in ascending
 *				order, varints: it, less the one before; and of what was resolved, and with ages of
 *				what is open, how much of its bucket is within it
 *	total		two varints: the lower 64 bits and the upper 64 bits of the resolved durations' sum
 *	unresolved	varint: their number; with ages the size of the first histogram
 *	resolved	histogram, see core/log_histogram.h
 *	ages		histogram; only with ages
 *
 * A value without targets that holds nothing is a blank, whether ages would be known or not.
 *
 * The state of an aggregate is the same type with bit 1 of its flags set.  Each of its histograms
 * has a counter for every bucket of a range, which widen and grow as they fill:
 *
 *	0            4         5       6        8        12       16      32           40
 *	+------------+---------+-------+--------+--------+--------+-------+------------+- - - - -+- - -+
 *	| varlena    | version | flags | width  | from   | n      | total | unresolved | n[0]    | n[1]|
 *	| header     | 1       |       | [2]    | [2]    | [2]    |       |            | counters|     |
 *	+------------+---------+-------+--------+--------+--------+-------+------------+- - - - -+- - -+
 *
 * In version 2 there follow, of 8 bytes each at any address, a hash of the targets, they, and for
 * each of them how much of its bucket is within it, of the one histogram and of the other: a target
 * cuts its bucket in two, and nearly no row lies in such a bucket.
 *
 * What leaves an aggregate is the stored form; every reader takes either.
 *
 * Whatever counts returns the state: the one that was given, changed in place, or a new one in its
 * stead.  A state that is given is NULL or a plain varlena that may be changed, in either form.
 */
#ifndef CXM_DURATION_STATE_H
#define CXM_DURATION_STATE_H

#include "common/summary.h"
#include "core/log_histogram.h"
#include "core/uint128.h"

#define DURATION_VERSION 1
#define DURATION_TARGETS_VERSION 2
#define DURATION_AGES 0x01
#define DURATION_STATE 0x02

#define COUNT_OF_DURATIONS "count of durations"

/* The two histograms of a summary; the second is empty without ages. */
#define RESOLVED 0
#define OPEN 1

/* Targets, ascending, in microseconds: what took exactly so long or less is counted. */
#define DURATION_MOST_TARGETS 32

typedef struct DurationTargets
{
	int    n;       /* 0: only the buckets tell */
	uint64 hash;    /* nearly no two that differ have the same */
	uint64 buckets; /* bit i: one of them may lie in a bucket of number i modulo 64 */
	uint64 at[DURATION_MOST_TARGETS];
} DurationTargets;

static const DurationTargets NO_TARGETS = {0, 0, 0, {0}};

#define DURATION_BUCKET_BIT(bucket) (UINT64CONST(1) << ((bucket) &63))

/* What a state takes for n targets: the hash, and for each how much is within it, of both kinds. */
#define DURATION_TARGETS_SIZE(n) ((n) > 0 ? sizeof(uint64) * (1 + 3 * (Size) (n)) : 0)

typedef struct DurationState
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	uint8         width[2];
	uint16        from[2];
	uint16        n[2];
	uint32        total[4]; /* a CxmUint128, where only 4 bytes are aligned */
	uint32        unresolved[2];
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} DurationState;

/* One histogram of a value in either form, and how far it has been read. */
typedef struct HistogramView
{
	const unsigned char *counters; /* of a state; NULL otherwise */
	int                  width;
	int                  from;
	int                  n;
	CxmLogReader         stored;
} HistogramView;

typedef struct DurationView
{
	bool          ages;
	int           n_targets;
	uint64       *targets; /* as at the end of a state */
	CxmUint128    total;
	uint64        unresolved; /* without ages */
	HistogramView histogram[2];
} DurationView;

extern SUMMARY_TYPE_HIDDEN const SummaryType DURATION;

static inline Size
duration_state_size(const DurationState *state)
{
	return offsetof(DurationState, counters) + ((Size) state->n[0] << (state->width[0] & 3)) +
	       ((Size) state->n[1] << (state->width[1] & 3));
}

static inline unsigned char *
duration_counters(DurationState *state, int which)
{
	return state->counters + (which == OPEN ? (Size) state->n[0] << (state->width[0] & 3) : 0);
}

/* The hash of a state's targets, and behind it they. */
static inline CxmLoose64 *
duration_targets(DurationState *state)
{
	return (CxmLoose64 *) ((unsigned char *) state + duration_state_size(state));
}

static inline int
duration_n_targets(const DurationState *state)
{
	return (int) ((VARSIZE(state) - duration_state_size(state)) / (3 * sizeof(uint64)));
}

/* Of what one histogram has in the bucket of a target, how much is within it. */
static inline uint64
duration_part_within(const DurationView *view, int which, int i)
{
	return view->targets[(1 + which) * view->n_targets + i];
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
duration_has_targets(const DurationState *state, int n)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) >= offsetof(DurationState, counters) &&
	       state->version == (n > 0 ? DURATION_TARGETS_VERSION : DURATION_VERSION) &&
	       (state->flags & DURATION_STATE) &&
	       VARSIZE(state) == duration_state_size(state) + DURATION_TARGETS_SIZE(n);
}

extern bool duration_is_state(const DurationState *state);

/* Counting */

static inline void
duration_move_total(DurationState *state, CxmUint128 amount, bool add)
{
	CxmUint128 total;

	memcpy(&total, state->total, sizeof(total));
	if (!(add ? cxm_uint128_add(&total, amount) : cxm_uint128_subtract(&total, amount)))
		summary_refuse_count("durations", add);
	memcpy(state->total, &total, sizeof(total));
}

/* Counts a duration for those targets in its bucket that it keeps to. */
extern void duration_count_within(DurationState *state, int which, uint64 duration, bool add);

/* Nearly every row finds a state that fits and a counter with room: this calls nothing. */
static pg_attribute_always_inline bool
duration_count_in_place(DurationState *state, bool ages, const DurationTargets *targets, int which,
                        uint64 duration, bool add)
{
	int    bucket;
	uint32 i;

	if (unlikely(!duration_has_targets(state, targets->n) ||
	             ((state->flags & DURATION_AGES) != 0) != ages ||
	             state->width[which] > CXM_WIDEST ||
	             (targets->n > 0 && *duration_targets(state) != targets->hash)))
		return false;
	bucket = cxm_log_bucket(duration);
	i = (uint32) (bucket - state->from[which]);
	if (unlikely(i >= state->n[which] ||
	             !cxm_counter_count(duration_counters(state, which), state->width[which], i, add)))
		return false;
	if (which == RESOLVED)
		duration_move_total(state, (CxmUint128){0, duration}, add);
	if (targets->n > 0 && unlikely((targets->buckets & DURATION_BUCKET_BIT(bucket)) != 0))
		duration_count_within(state, which, duration, add);
	return true;
}

/*
 * The state for rows of these terms, with ages or without and with these targets: the first one, or
 * a new one where it holds nothing.
 */
extern DurationState *duration_state_for(void *state, bool ages, const DurationTargets *targets);

/* Puts a target where it belongs; one that is there already is no second one.  There is room. */
extern void duration_add_target(DurationTargets *targets, uint64 target);

/* Counts a duration wherever it belongs. */
extern DurationState *duration_count(DurationState *state, int which, uint64 duration, bool add);

/* More durations of one bucket; and more or fewer unresolved ones. */
extern DurationState *duration_move_bucket(DurationState *state, int which, int bucket,
                                           uint64 count, bool add);
extern void           duration_move_unresolved(DurationState *state, uint64 count, bool add);

/* Looking at values */

/* Looks at a value in either form, with either kind of varlena header; trusts no byte of it. */
extern DurationView duration_view(const void *value);

/* Steps through the buckets that hold something, in ascending order; works on the caller's copy. */
extern bool duration_next_bucket(HistogramView *histogram, int *bucket, uint64 *count);

/* All that is counted, resolved or not, is a number that readers can return. */
extern bool duration_counts_are_sound(const DurationView *view);

/*
 * The sum lies between what the buckets allow; a histogram alone would let any sum through.  So
 * does what is within each target.
 */
extern bool duration_total_is_sound(const DurationView *view);
extern bool duration_targets_are_sound(const DurationView *view);

/* Reads the targets of a stored value; false where it is none. */
extern bool duration_read_targets(DurationView *view, const unsigned char **at,
                                  const unsigned char *end);

/* A duration as messages write it. */
extern char *duration_text_of(uint64 microseconds);

/* What the shell asks of a state. */
extern void *duration_to_state(const void *value);
extern void *duration_canonical(const void *state);
extern void *duration_merge(void *state, const void *value, bool add);
extern bool  duration_is_empty(const void *state);
extern bool  duration_same_terms(const void *a, const void *b);
extern void  duration_refuse_mixture(const void *a, const void *b);

#endif /* CXM_DURATION_STATE_H */
