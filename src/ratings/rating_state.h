/*
 * rating_state.h
 *		The state of a rating_summary: its layout, counting into it, and looking at it.
 *
 * The same bytes are the aggregates' state and the stored value:
 *
 *	0            4         5       6     7         8       12
 *	+------------+---------+-------+-----+---------+-------+-------------------+- - - - - - - -+
 *	| varlena    | version | flags | top | skipped | low   | counters          | weights       |
 *	| header     | 1 or 2  |       |     |         | int32 | (top + 2) * width | if weighted   |
 *	+------------+---------+-------+-----+---------+-------+-------------------+- - - - - - - -+
 *
 *	flags		bits 0-1: code of the counters' width; bit 2: reversed; bit 3: weighted; bits 4-5:
 *				decimals of the scale
 *	top, skipped, low	the scale, as in CxmScale
 *	counters	non-responses, then the responses in the order of their slots
 *	weights		top + 2 sums of weights in billionths, in the order of the counters; as many sums of
 *				their squares; and the sum of the squares of those responses' weights of which it is
 *				not known what they answered, in the square of a millionth; each 16 bytes, see
 *				CxmUint128
 *
 * This is version 2.  Version 1 has steps of 1, so that skipped and decimals are 0, and knows of no
 * square whose it is: its weights are top + 2 sums in millionths and the last of those above.  What
 * can be said in version 1 is: ratings without weights on such a scale, and what was stored by
 * 1.0.0, also added up.  But a state with weights has version 2.
 *
 * All numbers are in the machine's byte order.  A value that leaves an aggregate has the narrowest
 * counters, so that equal summaries are equal bytes; within an aggregate the counters widen as they
 * fill, and stay wide.
 *
 * Whatever counts returns the state: the one that was given, changed in place, or a new one in its
 * stead.  A state that is given is NULL or a plain varlena that may be changed.
 */
#ifndef CXM_RATING_STATE_H
#define CXM_RATING_STATE_H

#include <math.h>

#include "common/summary.h"
#include "core/counters.h"
#include "core/rating_scale.h"
#include "core/uint128.h"

#define RATING_VERSION 1
#define RATING_NEWEST 2
#define RATING_WIDTH 0x03
#define RATING_REVERSED 0x04
#define RATING_WEIGHTED 0x08
#define RATING_DECIMALS 0x30
#define RATING_DECIMALS_SHIFT 4

typedef struct RatingSummary
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	uint8         top;
	uint8         skipped;
	int32         low;
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} RatingSummary;

/* A sum of weights, at any address. */
typedef CxmUint128 RatingWeight __attribute__((aligned(1)));

/* How every reading looks at a value. */
typedef struct RatingView
{
	CxmScale             scale;
	bool                 weighted;
	int                  width; /* code of the counters' width, see core/counters.h */
	const unsigned char *counters;
	const RatingWeight  *weights; /* of version 2, only if weighted */
} RatingView;

/*
 * Weights are kept in billionths; the largest leaves room for many of its squares in 128 bits.  In
 * version 1 they are kept in millionths, and may be a thousand times as large.
 */
#define WEIGHT_DECIMALS 9
#define WEIGHT_UNIT 1e9
#define WEIGHT_LIMIT 1e6
#define WEIGHT_LIMIT_1 1e9
#define WEIGHT_DECIMALS_1 6
#define WEIGHT_UNITS_1 1000

/* What keeping it may change of a weight, as a share of it. */
#define WEIGHT_LOSS 1e-6

/* Kish's number of responses, and inequalities between weights, are computed in floating point. */
#define WEIGHT_ROUNDING 1e-9

/* What can overflow. */
#define COUNT_OF_RESPONSES "count of responses"
#define SUM_OF_WEIGHTS "sum of weights"
#define SUM_OF_SQUARES "sum of squared weights"

static const CxmScale NPS_SCALE = {.low = 0, .top = 10};
static const CxmScale BOOLEAN_SCALE = {.low = 0, .top = 1};

extern SUMMARY_TYPE_HIDDEN const SummaryType RATING;

static inline size_t
rating_counters(CxmScale scale)
{
	return (size_t) scale.top + 2;
}

/* The counter of the answer with a rank, and its weight. */
static inline size_t
rating_counter_of_rank(CxmScale scale, int rank)
{
	return (size_t) cxm_scale_mirror(scale, rank) + 1;
}

/* The version of a state; that of a value may be 1 in place of 2. */
static inline uint8
rating_version(CxmScale scale, bool weighted)
{
	return weighted || !cxm_scale_is_plain(scale) ? 2 : 1;
}

static inline uint8
rating_flags(CxmScale scale, bool weighted)
{
	return (uint8) ((scale.reversed ? RATING_REVERSED : 0) | (weighted ? RATING_WEIGHTED : 0) |
	                scale.decimals << RATING_DECIMALS_SHIFT);
}

/* How many sums there are of weights and squares. */
static inline size_t
rating_sums(CxmScale scale, bool weighted, uint8 version)
{
	size_t counters = rating_counters(scale);

	return weighted ? (version == 1 ? counters : 2 * counters) + 1 : 0;
}

static inline Size
rating_body_size(CxmScale scale, int width, bool weighted, uint8 version)
{
	return (rating_counters(scale) << width) +
	       rating_sums(scale, weighted, version) * sizeof(CxmUint128);
}

static inline RatingWeight *
rating_weights(RatingSummary *state)
{
	size_t counters = (size_t) state->top + 2;

	return (RatingWeight *) (state->counters + (counters << (state->flags & RATING_WIDTH)));
}

/* Where the square of the weight of a counter is among the weights, and those of any response. */
static inline size_t
rating_square(CxmScale scale, size_t i)
{
	return rating_counters(scale) + i;
}

static inline size_t
rating_unplaced_squares(CxmScale scale)
{
	return 2 * rating_counters(scale);
}

/*
 * Version, flags, top and skipped, as their four bytes are one number: it is compared in every row.
 */
#ifdef WORDS_BIGENDIAN
#define RATING_HEAD(version, flags, top, skipped) \
	((uint32) (version) << 24 | (uint32) (flags) << 16 | (uint32) (top) << 8 | (skipped))
#else
#define RATING_HEAD(version, flags, top, skipped) \
	((version) | (uint32) (flags) << 8 | (uint32) (top) << 16 | (uint32) (skipped) << 24)
#endif

/*
 * Is this the state that rating_make() makes for the scale, with counters of any width?  Anyone can
 * call a support function, so no byte is believed that has not been compared.
 */
static pg_attribute_always_inline bool
rating_state_fits(const RatingSummary *state, CxmScale scale, bool weighted)
{
	uint8  version = rating_version(scale, weighted);
	int    width = state->flags & RATING_WIDTH;
	uint32 head;

	memcpy(&head, &state->version, sizeof(head));
	return VARATT_IS_4B_U(state) &&
	       VARSIZE(state) == offsetof(RatingSummary, counters) +
	                             rating_body_size(scale, width, weighted, version) &&
	       (head & ~RATING_HEAD(0, RATING_WIDTH, 0, 0)) ==
	           RATING_HEAD(version, rating_flags(scale, weighted), scale.top, scale.skipped) &&
	       state->low == scale.low;
}

/* The view of a copy in version 2 of weighted ratings of version 1; else an error. */
extern RatingView rating_view_of_version_1(const void *value);

/*
 * Looks at a value with either kind of varlena header; trusts no byte of it.  What there is of
 * weights is looked at as in version 2.
 */
static pg_attribute_always_inline RatingView
rating_view(const void *value)
{
	const Size   header = offsetof(RatingSummary, counters) - VARHDRSZ;
	SummaryBytes bytes = summary_open(&RATING, value);
	RatingView   view;

	view.scale.top = bytes.at[2];
	view.scale.skipped = bytes.at[3];
	view.scale.decimals = (bytes.flags & RATING_DECIMALS) >> RATING_DECIMALS_SHIFT;
	view.scale.reversed = (bytes.flags & RATING_REVERSED) != 0;
	memcpy(&view.scale.low, bytes.at + 4, sizeof(view.scale.low));
	view.weighted = (bytes.flags & RATING_WEIGHTED) != 0;
	if (unlikely(bytes.at[0] != rating_version(view.scale, view.weighted)))
		return rating_view_of_version_1(value);
	view.width = bytes.flags & RATING_WIDTH;
	view.counters = bytes.at + header;
	view.weights =
	    (const RatingWeight *) (view.counters + (rating_counters(view.scale) << view.width));
	if (unlikely(view.scale.top == 0 ||
	             bytes.end != view.counters + rating_body_size(view.scale, view.width,
	                                                           view.weighted, bytes.at[0])))
		summary_refuse_value(&RATING);
	return view;
}

static inline uint64
rating_count_at(const RatingView *view, size_t i)
{
	return cxm_counter_get(view->counters, view->width, i);
}

/*
 * Answers.  The counter of an answer is that of its slot plus 1; that of a missing one is 0.
 */

/* Errors of an answer that has no slot; in a row there is a way out. */
pg_noreturn extern void rating_refuse_answer(CxmScale scale, double answer, bool in_row);

static inline size_t
rating_double_counter(CxmScale scale, double answer)
{
	int slot = cxm_scale_slot(scale, answer);

	if (unlikely(slot < 0))
		rating_refuse_answer(scale, answer, true);
	return (size_t) slot + 1;
}

static inline size_t
rating_counter(CxmScale scale, int32 answer)
{
	int64 slot = (int64) answer - scale.low;

	if (!cxm_scale_is_plain(scale))
		return rating_double_counter(scale, answer);
	if (unlikely(slot < 0 || slot > scale.top))
		rating_refuse_answer(scale, answer, true);
	return (size_t) slot + 1;
}

/*
 * Counting
 */

/* Nearly every row finds a state that fits and a counter with room: this calls nothing. */
static pg_attribute_always_inline bool
rating_count_in_place(RatingSummary *state, CxmScale scale, bool weighted, size_t i, bool add)
{
	return rating_state_fits(state, scale, weighted) &&
	       cxm_counter_count(state->counters, state->flags & RATING_WIDTH, i, add);
}

/* Counts one more (add) or one less of a counter, into any state. */
extern RatingSummary *rating_count(RatingSummary *state, CxmScale scale, bool weighted, size_t i,
                                   bool add);

/* The same with a weight, which is checked. */
extern RatingSummary *rating_count_weighted(RatingSummary *state, CxmScale scale, size_t i,
                                            double weight, bool add);

/* A summary of nothing, which can be changed. */
extern RatingSummary *rating_make(CxmScale scale, int width, bool weighted);

/* The same in a version of the format, of which its fields are. */
extern RatingSummary *rating_make_version(CxmScale scale, int width, bool weighted, uint8 version);

/*
 * Merging as nearly every row finds it: see summary_merged_in_place().  Where the fields of both
 * are the same, counters that lie within both can be added, whatever else is wrong with them.
 */
static pg_attribute_always_inline bool
rating_merge_in_place(void *state_value, const void *value, bool add)
{
	const Size           header = offsetof(RatingSummary, counters) - VARHDRSZ;
	RatingSummary       *state = state_value;
	const unsigned char *at = (const unsigned char *) VARDATA_ANY(value);
	Size                 size = VARSIZE_ANY_EXHDR(value);
	size_t               n = (size_t) state->top + 2;
	int                  to_width = state->flags & RATING_WIDTH;
	int                  width = at[1] & RATING_WIDTH;
	uint32               heads[2];

	if (VARSIZE(state) != offsetof(RatingSummary, counters) + (n << to_width) ||
	    size != header + (n << width) || memcmp(&state->low, at + 4, sizeof(state->low)) != 0)
		return false;
	memcpy(&heads[0], &state->version, sizeof(uint32));
	memcpy(&heads[1], at, sizeof(uint32));
	return ((heads[0] ^ heads[1]) & ~RATING_HEAD(0, RATING_WIDTH, 0, 0)) == 0 &&
	       (state->flags & RATING_WEIGHTED) == 0 &&
	       cxm_counters_merge(state->counters, to_width, at + header, width, n, add);
}

/* All responses together are a bigint; with narrower counters they always are. */
extern bool rating_responses_fit(const RatingView *view);

/*
 * The weights are such as n responses can have: none without a response, none above the limit, and
 * (sum of weights)^2 / n <= sum of squares <= (sum of weights)^2, of all and of each answer.
 */
extern bool rating_weights_are_sound(const RatingView *view);

/* Can version 1 say it? */
extern bool rating_is_version_1(const RatingView *view);

/*
 * The sum of the squared weights of counter i, in the square of a weight's unit; without weights
 * its count.  Squares of which the answers are not known belong to them as the weights do: that is
 * what Kish (1965) has for all.
 */
extern double rating_square_at(const RatingView *view, size_t i);

/* The texts of a scale and of the answer in a slot, palloc'd. */
extern char *rating_scale_text(CxmScale scale);
extern char *rating_answer_text(CxmScale scale, int slot);

/* An error that names both scales where two differ. */
extern void rating_check_same_scale(const RatingView *a, const RatingView *b);

/* What the shell asks of a state. */
extern void *rating_to_state(const void *value);
extern void *rating_canonical(const void *state);
extern void *rating_merge(void *state, const void *value, bool add);
extern bool  rating_is_empty(const void *state);
extern bool  rating_same_terms(const void *a, const void *b);
extern void  rating_refuse_mixture(const void *a, const void *b);

#endif /* CXM_RATING_STATE_H */
