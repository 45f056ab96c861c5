/*
 * keyed_counts.h
 *		Summaries that are counts by key.
 *
 *	0            4         5       6        8            12      16
 *	+------------+---------+-------+--------+------------+-------+------------+-------------------+
 *	| varlena    | version | flags | unused | size of    | cells | parameters | cells, by key:    |
 *	| header     |         |       | 0      | parameters |       |            | key step, count   |
 *	+------------+---------+-------+--------+------------+-------+------------+-------------------+
 *
 * The version is that of the type's newest format.  Steps from key to key and counts are varints,
 * and no count is zero: equal summaries are equal bytes.  In an aggregate's state, which has the
 * type's flag of states, the cells are a hash table of so many slots, each a key and a count of
 * eight bytes, where a count of zero marks a free slot.  The table begins at the next multiple of
 * eight behind the parameters.  All is in the machine's byte order.
 *
 * What keys and parameters mean is the business of the type.
 */
#ifndef CXM_KEYED_COUNTS_H
#define CXM_KEYED_COUNTS_H

#include "common/summary.h"

#include "core/varint.h"

#define KEYED_COUNTS_VERSION 1
#define KEYED_COUNTS_STATE 0x01
#define KEYED_COUNTS_HEADER (offsetof(KeyedCounts, params) - offsetof(KeyedCounts, version))

/* The format, for a SummaryType. */
#define KEYED_COUNTS_FORMAT \
	.version = KEYED_COUNTS_VERSION, .flags = KEYED_COUNTS_STATE,  \
	.state_flag = KEYED_COUNTS_STATE, .header = KEYED_COUNTS_HEADER

typedef struct KeyedCounts
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	uint16        unused;
	uint32        params_size;
	uint32        cells; /* in a state: slots */
	unsigned char params[FLEXIBLE_ARRAY_MEMBER];
} KeyedCounts;

typedef struct KeyedCount
{
	uint64 key;
	uint64 count;
} KeyedCount;

/* What a type tells about its counts. */
typedef struct KeyedCountsType
{
	const SummaryType *summary;

	/* What is counted, in the plural; for errors. */
	const char *counted;

	/* Is this the key of something that there can be, where there are so many steps or stages? */
	bool (*is_sound)(uint64 key, uint32 limit);

	/* Are the terms in these parameters the same?  NULL: all of their bytes are terms. */
	bool (*same_terms)(const void *a, Size a_size, const void *b, Size b_size);
} KeyedCountsType;

/* Keys with this bit are notes that a state keeps for itself: no counts, and they stay there. */
#define KEYED_COUNTS_NOTE (UINT64CONST(1) << 63)

/* Steps through the counts that are not zero, of a canonical value by key. */
typedef struct KeyedCountsCursor
{
	const SummaryType   *type;
	const unsigned char *params;
	uint32               params_size;
	const unsigned char *at;
	const unsigned char *end;
	bool                 is_state;
	uint32               left;
	uint64               key;
} KeyedCountsCursor;

/* An empty state that need not grow for so many cells. */
extern KeyedCounts *keyed_counts_make(const KeyedCountsType *type, const void *params, Size size,
                                      uint32 expected);

/* The state with more room: for parameters, where it is zero, and for so many cells. */
extern KeyedCounts *keyed_counts_grow(const KeyedCountsType *type, const KeyedCounts *state,
                                      Size params_size, uint64 slots);

/* Anyone can call a support function: is it a state of this module? */
extern bool keyed_counts_is_state(const KeyedCountsType *type, const KeyedCounts *counts);

/* The number that the state has for the key; zero where it has none. */
extern uint64 keyed_counts_get(const KeyedCounts *state, uint64 key);

/* The state with a count that is so much higher, or lower: in place or a larger one. */
extern KeyedCounts *keyed_counts_count(const KeyedCountsType *type, KeyedCounts *state, uint64 key,
                                       uint64 by, bool add);

/* The same for each of these. */
extern KeyedCounts *keyed_counts_merge(const KeyedCountsType *type, KeyedCounts *state,
                                       const KeyedCount *counts, uint32 n, bool add);

/* The parameters of a value or state, and where its cells begin; no byte of it is trusted. */
extern KeyedCountsCursor keyed_counts_open(const KeyedCountsType *type, const void *value);

extern bool keyed_counts_is_empty(const KeyedCountsType *type, const void *value);
extern bool keyed_counts_same_terms(const KeyedCountsType *type, const void *a, const void *b);

/* These two as the SummaryType of x asks for them, whose counts are x_counts. */
#define KEYED_COUNTS_FUNCTIONS(x)                            \
	static bool x##_is_empty(const void *state)              \
	{                                                        \
		return keyed_counts_is_empty(&x##_counts, state);    \
	}                                                        \
	static bool x##_same_terms(const void *a, const void *b) \
	{                                                        \
		return keyed_counts_same_terms(&x##_counts, a, b);   \
	}

/* The state for these terms: as it was, or a new one for nothing; an error where it has others. */
extern KeyedCounts *keyed_counts_prepare(const KeyedCountsType *type, KeyedCounts *state,
                                         const void *params, Size size, uint32 expected);

/* All counts from there on, palloc'd; an error unless their keys are sound. */
extern KeyedCount *keyed_counts_read(const KeyedCountsType *type, KeyedCountsCursor cursor,
                                     uint32 limit, uint32 *n);

/* The canonical value of these counts, in any order, none of a key twice; counts is used up. */
extern KeyedCounts *keyed_counts_canonical(const KeyedCountsType *type, const void *params,
                                           Size size, KeyedCount *counts, uint32 n);

/* Keys that end in a bucket of the log histogram; the rest is the name of that histogram. */
#define KEYED_COUNTS_BUCKET_BITS 12
#define KEYED_COUNTS_BUCKET(key) ((int) ((key) & ((1 << KEYED_COUNTS_BUCKET_BITS) - 1)))
#define KEYED_COUNTS_NAME(key) ((key) >> KEYED_COUNTS_BUCKET_BITS)
#define KEYED_COUNTS_KEY(name, bucket) ((name) << KEYED_COUNTS_BUCKET_BITS | (uint64) (bucket))

/* The median of counts by bucket, as an interval; false when they count nothing.  Uses them up. */
extern bool keyed_counts_median(KeyedCount *counts, uint32 n, Datum *median);

/* {"60000000": 2, ...}: buckets named by their shortest duration in microseconds, and counts. */
extern void keyed_counts_print_histogram(StringInfo text, const KeyedCount *counts, uint32 n);

/* Reads that, the value of a field, into counts of this name. */
extern bool keyed_counts_read_histogram(const KeyedCountsType *type, const JsonbValue *value,
                                        const char *key, uint64 name, KeyedCounts **state,
                                        Node *escontext);

/* Counts at the end of a message. */
extern void         keyed_counts_send(StringInfo buffer, const KeyedCount *counts, uint32 n);
extern KeyedCounts *keyed_counts_receive(const KeyedCountsType *type, StringInfo buffer,
                                         KeyedCounts *state, uint32 limit);

#endif /* CXM_KEYED_COUNTS_H */
