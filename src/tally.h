/*
 * tally.h
 *		Summaries that are counts by key: what funnels and flows have in common.
 *
 *	0            4         5       6        8            12      16
 *	+------------+---------+-------+--------+------------+-------+------------+-------------------+
 *	| varlena    | version | flags | unused | size of    | cells | parameters | cells, by key:    |
 *	| header     | 1       |       | 0      | parameters |       |            | key step, count   |
 *	+------------+---------+-------+--------+------------+-------+------------+-------------------+
 *
 * Steps from key to key and counts are varints, no count is zero: equal tallies are equal bytes.
 * In an aggregate's state (flag 0 is set) the cells are a hash table of so many slots, each a key
 * and a count of eight bytes, a count of zero in the free ones; it begins where the parameters end,
 * at the next multiple of eight.  All in the machine's byte order.
 *
 * What keys and parameters mean is the type's business.
 */
#ifndef CXM_TALLY_H
#define CXM_TALLY_H

#include "summary.h"

#include "lib/stringinfo.h"

#include "core/varint.h"

#define TALLY_VERSION 1

typedef struct Tally
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	uint16        unused;
	uint32        params_size;
	uint32        cells; /* in a state: slots */
	unsigned char params[FLEXIBLE_ARRAY_MEMBER];
} Tally;

typedef struct TallyCell
{
	uint64 key;
	uint64 count;
} TallyCell;

/* Steps through the cells, of a canonical value by key. */
typedef struct TallyCursor
{
	const SummaryType   *type;
	const unsigned char *params;
	uint32               params_size;
	const unsigned char *at;
	const unsigned char *end;
	bool                 is_state;
	uint32               left;
	uint64               key;
} TallyCursor;

/* An empty state. */
extern Tally *tally_make(const void *params, Size size);

/* The state with other parameters. */
extern Tally *tally_with_params(const Tally *state, const void *params, Size size);

/* Anyone can call a support function: is it a state of this module? */
extern bool tally_is_state(const Tally *tally);

/* The state with a cell counted up, or down, by so much: in place or a larger one. */
extern Tally *tally_count(Tally *state, uint64 key, uint64 by, bool add);

/* The head of a value or state, and where its cells begin; no byte of it is trusted. */
extern TallyCursor tally_cursor(const SummaryType *type, const void *value);

extern bool tally_is_empty(const void *value);

/* The canonical value of these cells, in any order, none twice; cells is used up. */
extern Tally *tally_canonical(const SummaryType *type, const void *params, Size size,
                              TallyCell *cells, uint32 n);

/* All cells of a value, palloc'd. */
extern TallyCell *tally_cells(const SummaryType *type, const void *value, uint32 *n);

/*
 * Keys that end in a bucket of the log histogram, of durations: the rest is the histogram's name.
 */
#define TALLY_BUCKET_BITS 12
#define TALLY_BUCKET(key) ((int) ((key) & ((1 << TALLY_BUCKET_BITS) - 1)))
#define TALLY_NAME(key) ((key) >> TALLY_BUCKET_BITS)

/* The median of the cells in order by bucket as an interval, or NULL when they count nothing. */
extern bool tally_median(TallyCell *cells, uint32 n, Datum *median);

/* {"60000000": 2, ...}: buckets named by their shortest duration in microseconds, and counts. */
extern void tally_print_histogram(StringInfo text, const TallyCell *cells, uint32 n);

/* Reads that into cells of this name. */
extern bool tally_read_histogram(const JsonbValue *value, const char *key, const SummaryType *type,
                                 uint64 name, Tally **state, Node *escontext);

/* Cells on the wire. */
extern void tally_send_cells(StringInfo buffer, const TallyCell *cells, uint32 n);

/* All that is left of the message. */
extern Tally *tally_receive_cells(const SummaryType *type, StringInfo buffer, Tally *state);

#endif /* CXM_TALLY_H */
