/*
 * rating_summary.c
 *		The type rating_summary: exact counts of the answers to one survey question.
 *
 * The same bytes are the aggregates' state and the stored value:
 *
 *	0            4         5       6     7        8       12
 *	+------------+---------+-------+-----+--------+-------+-------------------+- - - - - - - -+
 *	| varlena    | version | flags | top | unused | low   | counters          | weights       |
 *	| header     | 1       |       |     | 0      | int32 | (top + 2) * width | if weighted   |
 *	+------------+---------+-------+-----+--------+-------+-------------------+- - - - - - - -+
 *
 *	flags		bits 0-1: code of the counters' width; bit 2: the scale is reversed; bit 3: weighted
 *	top, low	the scale, as in CxmScale
 *	counters	non-responses, then the responses low, low + 1, ... low + top
 *	weights		top + 2 sums of weights in millionths, in the order of the counters, then the sum of
 *				the squares of the responses' weights; each 16 bytes, see CxmUint128
 *
 * All in the machine's byte order.  A value that leaves an aggregate has the narrowest counters, so
 * that equal summaries are equal bytes; within one the counters widen as they fill and stay wide.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "common/int.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/tuplestore.h"

#include "core/counters.h"
#include "rating_summary.h"

#define RATING_VERSION 1
#define RATING_WIDTH 0x03
#define RATING_REVERSED 0x04
#define RATING_WEIGHTED 0x08
#define RATING_FLAGS (RATING_WIDTH | RATING_REVERSED | RATING_WEIGHTED)

#define TYPE_NAME "rating_summary"

static const SummaryType RATING;

typedef struct RatingSummary
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	uint8         top;
	uint8         unused;
	int32         low;
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} RatingSummary;

/* Weights are kept in millionths; the largest leaves room for many of its squares in 128 bits. */
#define WEIGHT_DECIMALS 6
#define WEIGHT_UNIT 1e6
#define WEIGHT_LIMIT 1e9

/* Kish's number and inequalities are computed in floating point. */
#define WEIGHT_ROUNDING 1e-9

/* What can overflow. */
#define COUNT_OF_RESPONSES "count of responses"
#define SUM_OF_WEIGHTS "sum of weights"
#define SUM_OF_SQUARES "sum of squared weights"

static const CxmScale NPS_SCALE = {0, 10, false};
static const CxmScale CSAT_SCALE = {1, 4, false};
static const CxmScale CES_SCALE = {1, 6, false};
static const CxmScale BOOLEAN_SCALE = {0, 1, false};

/*
 * Layout
 */

static inline size_t
counters_in(CxmScale scale)
{
	return (size_t) scale.top + 2;
}

static inline Size
body_size(size_t counters, uint8 flags)
{
	return (counters << (flags & RATING_WIDTH)) +
	       (flags & RATING_WEIGHTED ? (counters + 1) * sizeof(CxmUint128) : 0);
}

static inline CxmScale
state_scale(const RatingSummary *state)
{
	return (CxmScale){state->low, state->top, (state->flags & RATING_REVERSED) != 0};
}

static inline unsigned char *
state_weights(RatingSummary *state)
{
	return state->counters + (((size_t) state->top + 2) << (state->flags & RATING_WIDTH));
}

static inline CxmUint128
get_weight(const unsigned char *weights, size_t i)
{
	CxmUint128 weight;

	memcpy(&weight, weights + i * sizeof(weight), sizeof(weight));
	return weight;
}

static inline void
set_weight(unsigned char *weights, size_t i, CxmUint128 weight)
{
	memcpy(weights + i * sizeof(weight), &weight, sizeof(weight));
}

/* An empty summary, which can be changed. */
static RatingSummary *
make_summary(CxmScale scale, int width, bool weighted)
{
	uint8 flags =
	    (uint8) (width | (scale.reversed ? RATING_REVERSED : 0) | (weighted ? RATING_WEIGHTED : 0));
	Size           size = offsetof(RatingSummary, counters) + body_size(counters_in(scale), flags);
	RatingSummary *summary = palloc0(size);

	SET_VARSIZE(summary, size);
	summary->version = RATING_VERSION;
	summary->flags = flags;
	summary->top = scale.top;
	summary->low = scale.low;
	return summary;
}

/*
 * The state is what make_summary() makes of the scale, whatever the counters' width.  Anyone can
 * call a support function, so no byte is believed that has not been compared.
 */
static pg_attribute_always_inline bool
state_fits(const RatingSummary *state, CxmScale scale, bool weighted)
{
	uint8 flags = (scale.reversed ? RATING_REVERSED : 0) | (weighted ? RATING_WEIGHTED : 0);

	return VARATT_IS_4B_U(state) &&
	       VARSIZE(state) ==
	           offsetof(RatingSummary, counters) +
	               body_size(counters_in(scale), flags | (state->flags & RATING_WIDTH)) &&
	       state->low == scale.low && state->top == scale.top &&
	       (state->flags & ~RATING_WIDTH) == flags && state->version == RATING_VERSION;
}

/* Looks at a value with either kind of varlena header; trusts no byte of it. */
static pg_attribute_always_inline RatingView
view_summary(const void *value)
{
	const Size header = offsetof(RatingSummary, counters) - offsetof(RatingSummary, version);
	const unsigned char *body = (const unsigned char *) VARDATA_ANY(value);
	Size                 size = VARSIZE_ANY_EXHDR(value);
	uint8                flags;
	RatingView           view;

	if (size == 0)
		summary_refuse_blank(&RATING);
	if (body[0] != RATING_VERSION)
		summary_refuse_version(&RATING, body[0]);
	flags = size < header ? 0 : body[1];
	if (size < header || (flags & ~RATING_FLAGS) != 0 || body[2] == 0 ||
	    size - header != body_size((size_t) body[2] + 2, flags))
		summary_refuse_value(&RATING);

	view.scale.top = body[2];
	view.scale.reversed = (flags & RATING_REVERSED) != 0;
	memcpy(&view.scale.low, body + 4, sizeof(view.scale.low));
	view.weighted = (flags & RATING_WEIGHTED) != 0;
	view.width = flags & RATING_WIDTH;
	view.counters = body + header;
	view.weights = view.weighted ? view.counters + (counters_in(view.scale) << view.width) : NULL;
	return view;
}

RatingView
rating_arg(FunctionCallInfo fcinfo, int argno)
{
	return view_summary(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno)));
}

static inline uint64
count_at(const RatingView *view, size_t i)
{
	return cxm_counter_get(view->counters, view->width, i);
}

/* A copy with counters of another width, which must be wide enough. */
static RatingSummary *
copy_summary(const RatingView *view, int width)
{
	size_t         n = counters_in(view->scale);
	RatingSummary *copy = make_summary(view->scale, width, view->weighted);

	cxm_counters_copy(copy->counters, width, view->counters, view->width, n);
	if (view->weighted)
		memcpy(state_weights(copy), view->weights, (n + 1) * sizeof(CxmUint128));
	return copy;
}

/* All responses together are a bigint; with narrower counters they always are. */
static bool
responses_fit(const RatingView *view)
{
	int64 responses = 0;

	if (view->width == CXM_WIDEST)
		for (size_t i = 1; i < counters_in(view->scale); i++)
			if (pg_add_s64_overflow(responses, (int64) count_at(view, i), &responses))
				return false;
	return true;
}

/* The one form in which a summary leaves: the narrowest counters. */
static RatingSummary *
canonical_summary(const RatingView *view)
{
	int width = cxm_counters_width(view->counters, view->width, counters_in(view->scale));

	if (!responses_fit(view))
		summary_refuse_overflow(COUNT_OF_RESPONSES);

	if (width < 0)
		summary_refuse_value(&RATING);
	return copy_summary(view, width);
}

/* No row is in it: neither an answer nor a missing one. */
static bool
is_empty(const RatingView *view)
{
	for (size_t i = 0; i < counters_in(view->scale); i++)
		if (count_at(view, i) != 0)
			return false;
	return true;
}

/*
 * Scales
 */

static bool
parse_scale(const char *text, int length, Node *escontext, CxmScale *scale)
{
	int64_t answers;

	switch (cxm_scale_parse(text, length, scale, &answers))
	{
		case CXM_SCALE_OK:
			break;
		case CXM_SCALE_SYNTAX:
			ereturn(
			    escontext, false,
			    (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			     errmsg("invalid scale \"%.*s\"", length, text),
			     errhint("A scale is written worst..best, such as 0..10, 1..5 or 5..1, in whole "
			             "numbers of up to nine digits.")));
		case CXM_SCALE_SIZE:
			ereturn(escontext, false,
			        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			         errmsg_plural("scale %.*s has %lld answer", "scale %.*s has %lld answers",
			                       (unsigned long) answers, length, text, (long long) answers),
			         errdetail("A scale has from 2 to %d answers.", CXM_SCALE_MOST_ANSWERS)));
	}
	return true;
}

static char *
scale_text(CxmScale scale)
{
	char *text = palloc(CXM_SCALE_TEXT);

	cxm_scale_print(scale, text);
	return text;
}

/*
 * The scale in a text argument.  A query names the same scale row after row, so the last one is
 * kept with its spelling, which is all that a row has to be compared with.
 */
static CxmScale
scale_arg(FunctionCallInfo fcinfo, int argno)
{
	typedef struct
	{
		int      length;
		char     text[CXM_SCALE_TEXT];
		CxmScale scale;
	} ParsedScale;

	ParsedScale *parsed = fcinfo->flinfo->fn_extra;
	text        *argument;
	char        *spelling;
	int          length;
	CxmScale     scale;

	if (PG_ARGISNULL(argno))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("scale must not be null")));
	argument = PG_GETARG_TEXT_PP(argno);
	spelling = VARDATA_ANY(argument);
	length = VARSIZE_ANY_EXHDR(argument);

	if (parsed != NULL && parsed->length == length && memcmp(parsed->text, spelling, length) == 0)
		return parsed->scale;

	parse_scale(spelling, length, NULL, &scale);
	if (parsed == NULL)
		parsed = fcinfo->flinfo->fn_extra =
		    MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(ParsedScale));
	parsed->length = length;
	memcpy(parsed->text, spelling, length);
	parsed->scale = scale;
	return scale;
}

void
rating_check_same_scale(const RatingView *a, const RatingView *b)
{
	if (!cxm_scale_equal(a->scale, b->scale))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot mix ratings on the scales %s and %s", scale_text(a->scale),
		                       scale_text(b->scale))));
}

static void
check_mergeable(const RatingView *a, const RatingView *b)
{
	rating_check_same_scale(a, b);
	if (a->weighted != b->weighted)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("cannot mix %s and %s ratings", a->weighted ? "weighted" : "unweighted",
		                b->weighted ? "weighted" : "unweighted"),
		         errdetail("Both are on the scale %s.", scale_text(a->scale))));
}

void
rating_check_nps_scale(const RatingView *view, const char *figure)
{
	if (!cxm_scale_equal(view->scale, NPS_SCALE))
		ereport(
		    ERROR,
		    (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		     errmsg("%s is defined on the scale 0..10, not on %s", figure, scale_text(view->scale)),
		     errhint("net_score(s, favourable_from, unfavourable_to) works on every scale.")));
}

/*
 * Answers
 */

static pg_noinline void
refuse_answer(const char *answer, bool whole, CxmScale scale, bool in_row)
{
	ereport(ERROR,
	        (errcode(whole ? ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE : ERRCODE_INVALID_PARAMETER_VALUE),
	         whole ? errmsg("answer %s is outside the scale %s", answer, scale_text(scale))
	               : errmsg("answer %s is not a whole number, as the scale %s has them", answer,
	                        scale_text(scale)),
	         in_row ? errhint("valid_answer(answer, scale) turns such answers into NULL.") : 0));
}

/* The slot of an answer, or -1 when it is outside the scale. */
static inline int
integer_slot(CxmScale scale, int32 answer)
{
	int64 slot = (int64) answer - scale.low;

	return slot >= 0 && slot <= scale.top ? (int) slot : -1;
}

/* Likewise; -1 for NaN, which no comparison holds for, and -2 when it is not whole. */
static inline int
double_slot(CxmScale scale, double answer)
{
	double slot = answer - scale.low;

	if (!(slot >= 0 && slot <= scale.top))
		return -1;
	return rint(answer) == answer ? (int) slot : -2;
}

static inline int
require_integer_slot(CxmScale scale, int32 answer)
{
	int slot = integer_slot(scale, answer);

	if (unlikely(slot < 0))
		refuse_answer(psprintf("%d", answer), true, scale, true);
	return slot;
}

static inline int
require_double_slot(CxmScale scale, double answer)
{
	int slot = double_slot(scale, answer);

	if (unlikely(slot < 0))
		refuse_answer(float8out_internal(answer), slot == -1, scale, true);
	return slot;
}

int
rating_rank_arg(FunctionCallInfo fcinfo, int argno, CxmScale scale)
{
	double answer = PG_GETARG_FLOAT8(argno);
	int    slot = double_slot(scale, answer);

	if (slot < 0)
		refuse_answer(float8out_internal(answer), slot == -1, scale, false);
	return cxm_scale_mirror(scale, slot);
}

/*
 * Adding and taking out
 */

static pg_noinline RatingSummary *
widen(const RatingSummary *state)
{
	RatingView view = view_summary(state);

	if (view.width == CXM_WIDEST)
		summary_refuse_overflow(COUNT_OF_RESPONSES);
	return copy_summary(&view, view.width + 1);
}

static inline void
move_weight(unsigned char *weights, size_t i, CxmUint128 weight, const char *what, bool add)
{
	CxmUint128 sum = get_weight(weights, i);

	if (!(add ? cxm_uint128_add(&sum, weight) : cxm_uint128_subtract(&sum, weight)))
	{
		if (add)
			summary_refuse_overflow(what);
		summary_refuse_shortage("ratings");
	}
	set_weight(weights, i, sum);
}

/*
 * The weights are such as n responses can have: none without a response, none above the limit, and
 * (sum of weights)^2 / n <= sum of squares <= (sum of weights)^2.
 */
static bool
weights_are_sound(const RatingView *view)
{
	size_t n = counters_in(view->scale);
	double squares = cxm_uint128_to_double(get_weight(view->weights, n));
	double weight_of_responses = 0;
	double responses = 0;

	for (size_t i = 0; i < n; i++)
	{
		double count = (double) count_at(view, i);
		double weight = cxm_uint128_to_double(get_weight(view->weights, i));

		if (weight > count * WEIGHT_LIMIT * WEIGHT_UNIT * (1 + WEIGHT_ROUNDING))
			return false;
		if (i > 0)
		{
			weight_of_responses += weight;
			responses += count;
		}
	}
	weight_of_responses *= weight_of_responses;
	return squares * (1 - WEIGHT_ROUNDING) <= weight_of_responses &&
	       weight_of_responses * (1 - WEIGHT_ROUNDING) <= squares * responses;
}

/* The state with a summary added or taken out: changed in place, or a wider one in its stead. */
static RatingSummary *
merge_summary(RatingSummary *state, const RatingView *other, bool add)
{
	size_t n = counters_in(other->scale);

	if (unlikely(!state_fits(state, other->scale, other->weighted)))
	{
		RatingView view = view_summary(state);

		/* a window's frame may have moved from rows of one kind to another */
		if (add && is_empty(&view))
			return copy_summary(other, other->width);
		check_mergeable(&view, other);
	}

	if (!add)
	{
		if (!cxm_counters_subtract(state->counters, state->flags & RATING_WIDTH, other->counters,
		                           other->width, n))
			summary_refuse_shortage("ratings");
	}
	else
		while (!cxm_counters_add(state->counters, state->flags & RATING_WIDTH, other->counters,
		                         other->width, n))
			state = widen(state);

	if (other->weighted)
		for (size_t i = 0; i <= n; i++)
			move_weight(state_weights(state), i, get_weight(other->weights, i),
			            i < n ? SUM_OF_WEIGHTS : SUM_OF_SQUARES, add);
	return state;
}

/*
 * Transitions
 *
 * All are one loop body: the state, or none yet; the counter of an answer, 0 for a non-response;
 * whether to count up or down.  Inlining leaves each aggregate with what it needs of that.
 */

/* The state for a row of this kind: the first one, or what merge_summary() makes of the old. */
static RatingSummary *
prepare_state(FunctionCallInfo fcinfo, CxmScale scale, bool weighted)
{
	RatingSummary *state = summary_state_arg(fcinfo);
	RatingSummary *nothing;
	RatingView     view;

	if (state != NULL && state_fits(state, scale, weighted))
		return state;
	nothing = make_summary(scale, 0, weighted);
	if (state == NULL)
		return nothing;
	view = view_summary(nothing);
	return merge_summary(state, &view, true);
}

static pg_noinline RatingSummary *
count_row_slowly(FunctionCallInfo fcinfo, CxmScale scale, bool weighted, size_t i, bool add)
{
	RatingSummary *state = prepare_state(fcinfo, scale, weighted);

	while (!cxm_counter_count(state->counters, state->flags & RATING_WIDTH, i, add))
	{
		if (!add)
			summary_refuse_shortage("ratings");
		state = widen(state);
	}
	return state;
}

/* Nearly every row finds a state that fits and a counter with room: that path calls nothing. */
static pg_attribute_always_inline RatingSummary *
count_row(FunctionCallInfo fcinfo, CxmScale scale, bool weighted, size_t i, bool add)
{
	if (likely(cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0)))
	{
		RatingSummary *state = (RatingSummary *) PG_GETARG_POINTER(0);

		if (likely(state_fits(state, scale, weighted) &&
		           cxm_counter_count(state->counters, state->flags & RATING_WIDTH, i, add)))
			return state;
	}
	return count_row_slowly(fcinfo, scale, weighted, i, add);
}

static uint64
weight_arg(FunctionCallInfo fcinfo, int argno)
{
	double weight = PG_GETARG_FLOAT8(argno);

	if (!(weight >= 0 && weight <= WEIGHT_LIMIT))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("weight %s is out of range", float8out_internal(weight)),
		                errdetail("A weight is a number from 0 to %.0e, kept to six decimals.",
		                          WEIGHT_LIMIT)));
	return (uint64) rint(weight * WEIGHT_UNIT);
}

static RatingSummary *
count_weighted_row(FunctionCallInfo fcinfo, CxmScale scale, size_t i, int weight_argno, bool add)
{
	RatingSummary *state;
	uint64         weight;
	unsigned char *weights;

	if (PG_ARGISNULL(weight_argno))
	{
		state = summary_state_arg(fcinfo);
		return state != NULL ? state : make_summary(scale, 0, true);
	}

	weight = weight_arg(fcinfo, weight_argno);
	state = count_row(fcinfo, scale, true, i, add);
	weights = state_weights(state);
	move_weight(weights, i, (CxmUint128){0, weight}, SUM_OF_WEIGHTS, add);
	if (i > 0)
		move_weight(weights, counters_in(scale), cxm_uint128_square(weight), SUM_OF_SQUARES, add);
	return state;
}

/*
 * The functions of a kind of answer: for each scale that an aggregate has built in, for a scale in
 * an argument, and with weights, upwards and downwards.
 */
#define COUNTER_ARG(require_slot, get_answer, scale) \
	(PG_ARGISNULL(1) ? 0 : (size_t) require_slot((scale), get_answer(1)) + 1)

#define TRANSITION(name, type, require_slot, get_answer, fixed_scale, add) \
	PG_FUNCTION_INFO_V1(name##_##type);                                    \
	Datum name##_##type(PG_FUNCTION_ARGS)                                  \
	{                                                                      \
		CxmScale scale = (fixed_scale);                                    \
		size_t   i = COUNTER_ARG(require_slot, get_answer, scale);         \
                                                                           \
		PG_RETURN_POINTER(count_row(fcinfo, scale, false, i, (add)));      \
	}

#define WEIGHTED_TRANSITION(name, type, require_slot, get_answer, fixed_scale, weight_argno, add) \
	PG_FUNCTION_INFO_V1(name##_##type);                                                           \
	Datum name##_##type(PG_FUNCTION_ARGS)                                                         \
	{                                                                                             \
		CxmScale scale = (fixed_scale);                                                           \
		size_t   i = COUNTER_ARG(require_slot, get_answer, scale);                                \
                                                                                                  \
		PG_RETURN_POINTER(count_weighted_row(fcinfo, scale, i, (weight_argno), (add)));           \
	}

#define TRANSITIONS(type, require_slot, get_answer)                                                \
	TRANSITION(nps_transition, type, require_slot, get_answer, NPS_SCALE, true)                    \
	TRANSITION(nps_inverse, type, require_slot, get_answer, NPS_SCALE, false)                      \
	TRANSITION(csat_transition, type, require_slot, get_answer, CSAT_SCALE, true)                  \
	TRANSITION(csat_inverse, type, require_slot, get_answer, CSAT_SCALE, false)                    \
	TRANSITION(ces_transition, type, require_slot, get_answer, CES_SCALE, true)                    \
	TRANSITION(ces_inverse, type, require_slot, get_answer, CES_SCALE, false)                      \
	TRANSITION(rating_transition, type, require_slot, get_answer, scale_arg(fcinfo, 2), true)      \
	TRANSITION(rating_inverse, type, require_slot, get_answer, scale_arg(fcinfo, 2), false)        \
	WEIGHTED_TRANSITION(nps_weighted_transition, type, require_slot, get_answer, NPS_SCALE, 2,     \
	                    true)                                                                      \
	WEIGHTED_TRANSITION(nps_weighted_inverse, type, require_slot, get_answer, NPS_SCALE, 2, false) \
	WEIGHTED_TRANSITION(rating_weighted_transition, type, require_slot, get_answer,                \
	                    scale_arg(fcinfo, 2), 3, true)                                             \
	WEIGHTED_TRANSITION(rating_weighted_inverse, type, require_slot, get_answer,                   \
	                    scale_arg(fcinfo, 2), 3, false)

TRANSITIONS(int2, require_integer_slot, PG_GETARG_INT16)
TRANSITIONS(int4, require_integer_slot, PG_GETARG_INT32)
TRANSITIONS(float8, require_double_slot, PG_GETARG_FLOAT8)

/* false and true are the answers 0 and 1 */
TRANSITION(rating_transition, bool, require_integer_slot, PG_GETARG_BOOL, BOOLEAN_SCALE, true)
TRANSITION(rating_inverse, bool, require_integer_slot, PG_GETARG_BOOL, BOOLEAN_SCALE, false)

static void *
rating_canonical(const void *state)
{
	RatingView view = view_summary(state);

	if (view.weighted && !weights_are_sound(&view))
		summary_refuse_shortage("ratings");
	return canonical_summary(&view);
}

/*
 * Text: {"scale": "1..5", "responses": {"4": 2}, "nonresponses": 1}, and where there are weights
 * "weights": {"4": 2.5}, "nonresponse_weight": 1, "squared_weights": 3.25.  Answers are written
 * from the worst to the best, and only those that were given.
 */
static void
append_weight(StringInfo text, CxmUint128 weight, int decimals)
{
	char number[CXM_UINT128_TEXT];

	cxm_uint128_print(weight, decimals, number);
	appendStringInfoString(text, number);
}

/* A field of one number per given answer: its count, or the sum of its weights. */
static void
append_answers(StringInfo text, const char *key, const RatingView *view, bool weights)
{
	const char *separator = "";

	appendStringInfo(text, ", \"%s\": {", key);
	for (int rank = 0; rank <= view->scale.top; rank++)
	{
		size_t i = (size_t) cxm_scale_mirror(view->scale, rank) + 1;

		if (count_at(view, i) == 0)
			continue;
		appendStringInfo(text, "%s\"%d\": ", separator, (int) cxm_scale_answer(view->scale, rank));
		if (weights)
			append_weight(text, get_weight(view->weights, i), WEIGHT_DECIMALS);
		else
			appendStringInfo(text, UINT64_FORMAT, count_at(view, i));
		separator = ", ";
	}
	appendStringInfoChar(text, '}');
}

static char *
summary_text(const RatingView *view)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"scale\": \"%s\"", scale_text(view->scale));
	append_answers(&text, "responses", view, false);
	appendStringInfo(&text, ", \"nonresponses\": " UINT64_FORMAT, count_at(view, 0));
	if (view->weighted)
	{
		append_answers(&text, "weights", view, true);
		appendStringInfoString(&text, ", \"nonresponse_weight\": ");
		append_weight(&text, get_weight(view->weights, 0), WEIGHT_DECIMALS);
		appendStringInfoString(&text, ", \"squared_weights\": ");
		append_weight(&text, get_weight(view->weights, counters_in(view->scale)),
		              2 * WEIGHT_DECIMALS);
	}
	appendStringInfoChar(&text, '}');
	return text.data;
}

static bool
read_weight(const JsonbValue *value, const char *key, int decimals, Node *escontext,
            CxmUint128 *weight)
{
	char *number = cxm_json_scalar(value, key, TYPE_NAME, true, escontext);

	if (number == NULL)
		return false;
	if (!cxm_uint128_parse(number, decimals, weight))
		ereturn(
		    escontext, false,
		    (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		     errmsg("invalid input syntax for type %s", TYPE_NAME),
		     errdetail("The value of \"%s\" is negative, too large or has more than %d decimals.",
		               key, decimals)));
	return true;
}

/* Reads what append_answers() writes into the counters, or into the weights. */
static bool
read_answers(const JsonbValue *object, const char *field, RatingSummary *summary, bool weights,
             Node *escontext)
{
	CxmScale       scale = state_scale(summary);
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;

	iterator = cxm_json_fields(object, "The value", field, TYPE_NAME, escontext);
	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &value))
	{
		long       answer = strtol(key, NULL, 10);
		int        slot = double_slot(scale, (double) answer);
		uint64     count;
		CxmUint128 weight;

		/* there is one spelling of an answer, so that none can come twice */
		if (slot < 0 || strcmp(key, psprintf("%ld", answer)) != 0)
			ereturn(
			    escontext, false,
			    (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			     errmsg("invalid input syntax for type %s", TYPE_NAME),
			     errdetail("\"%s\" is not an answer on the scale %s.", key, scale_text(scale))));
		if (weights)
		{
			if (!read_weight(&value, key, WEIGHT_DECIMALS, escontext, &weight))
				return false;
			set_weight(state_weights(summary), (size_t) slot + 1, weight);
		}
		else
		{
			if (!cxm_json_count(&value, key, TYPE_NAME, escontext, &count))
				return false;
			cxm_counter_set(summary->counters, CXM_WIDEST, (size_t) slot + 1, count);
		}
	}
	return true;
}

/* One field of the text form; the scale has been read before. */
static bool
read_field(const char *key, const JsonbValue *value, RatingSummary *summary, Node *escontext)
{
	bool       weighted = (summary->flags & RATING_WEIGHTED) != 0;
	uint64     count;
	CxmUint128 weight;

	if (strcmp(key, "scale") == 0)
		return true;
	if (strcmp(key, "responses") == 0)
		return read_answers(value, key, summary, false, escontext);
	if (strcmp(key, "nonresponses") == 0)
	{
		if (!cxm_json_count(value, key, TYPE_NAME, escontext, &count))
			return false;
		cxm_counter_set(summary->counters, CXM_WIDEST, 0, count);
		return true;
	}
	if (weighted && strcmp(key, "weights") == 0)
		return read_answers(value, key, summary, true, escontext);
	if (weighted && strcmp(key, "nonresponse_weight") == 0)
	{
		if (!read_weight(value, key, WEIGHT_DECIMALS, escontext, &weight))
			return false;
		set_weight(state_weights(summary), 0, weight);
		return true;
	}
	if (weighted && strcmp(key, "squared_weights") == 0)
	{
		if (!read_weight(value, key, 2 * WEIGHT_DECIMALS, escontext, &weight))
			return false;
		set_weight(state_weights(summary), counters_in(state_scale(summary)), weight);
		return true;
	}
	ereturn(escontext, false,
	        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
	         errmsg("invalid input syntax for type %s", TYPE_NAME),
	         errdetail("There is no field \"%s\" in %s ratings.", key,
	                   weighted ? "weighted" : "unweighted")));
}

/* The scale of a text form, which decides what the other fields mean. */
static bool
read_scale(JsonbContainer *object, Node *escontext, CxmScale *scale)
{
	JsonbValue value;
	char      *text;

	if (getKeyJsonValueFromContainer(object, "scale", strlen("scale"), &value) == NULL)
		ereturn(escontext, false,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("invalid input syntax for type %s", TYPE_NAME),
		         errdetail("The field \"scale\" is missing.")));
	text = cxm_json_scalar(&value, "scale", TYPE_NAME, false, escontext);
	return text != NULL && parse_scale(text, strlen(text), escontext, scale);
}

PG_FUNCTION_INFO_V1(rating_summary_in);
Datum
rating_summary_in(PG_FUNCTION_ARGS)
{
	Node           *escontext = fcinfo->context;
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), TYPE_NAME, escontext);
	JsonbIterator  *iterator;
	JsonbValue      value;
	char           *key;
	CxmScale        scale;
	RatingSummary  *summary;
	RatingView      view;

	if (object == NULL)
		PG_RETURN_NULL();
	if (SUMMARY_BLANK_OBJECT(object))
		PG_RETURN_POINTER(summary_blank());
	if (!read_scale(object, escontext, &scale))
		PG_RETURN_NULL();
	summary = make_summary(
	    scale, CXM_WIDEST,
	    getKeyJsonValueFromContainer(object, "weights", strlen("weights"), NULL) != NULL);
	iterator = JsonbIteratorInit(object);
	while (cxm_json_next(&iterator, &key, &value))
		if (!read_field(key, &value, summary, escontext))
			PG_RETURN_NULL();

	view = view_summary(summary);
	if (!responses_fit(&view))
		ereturn(escontext, (Datum) 0,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		         errmsg(COUNT_OF_RESPONSES " out of range")));
	if (view.weighted && !weights_are_sound(&view))
		ereturn(escontext, (Datum) 0,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("invalid input syntax for type %s", TYPE_NAME),
		         errdetail("The weights do not fit the responses.")));
	PG_RETURN_POINTER(canonical_summary(&view));
}

/*
 * Binary: the fields of the layout from version to weights without the unused byte, in network byte
 * order, counters as wide as the flags say.
 */
static void
send_counter(StringInfo buffer, uint64 count, int width)
{
	switch (width)
	{
		case 0:
			pq_sendint8(buffer, (uint8) count);
			break;
		case 1:
			pq_sendint16(buffer, (uint16) count);
			break;
		case 2:
			pq_sendint32(buffer, (uint32) count);
			break;
		default:
			pq_sendint64(buffer, count);
	}
}

PG_FUNCTION_INFO_V1(rating_summary_send);
Datum
rating_summary_send(PG_FUNCTION_ARGS)
{
	void          *value = SUMMARY_ARG(0);
	RatingSummary *summary;
	RatingView     view;
	StringInfoData buffer;

	if (SUMMARY_IS_BLANK(value))
		PG_RETURN_POINTER(summary_blank());
	summary = rating_canonical(value);
	view = view_summary(summary);
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, RATING_VERSION);
	pq_sendint8(&buffer, summary->flags);
	pq_sendint8(&buffer, view.scale.top);
	pq_sendint32(&buffer, view.scale.low);
	for (size_t i = 0; i < counters_in(view.scale); i++)
		send_counter(&buffer, count_at(&view, i), view.width);
	if (view.weighted)
		for (size_t i = 0; i <= counters_in(view.scale); i++)
		{
			CxmUint128 weight = get_weight(view.weights, i);

			pq_sendint64(&buffer, weight.high);
			pq_sendint64(&buffer, weight.low);
		}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

static uint64
receive_counter(StringInfo buffer, int width)
{
	return width == CXM_WIDEST ? (uint64) pq_getmsgint64(buffer)
	                           : (uint64) (uint32) pq_getmsgint(buffer, 1 << width);
}

PG_FUNCTION_INFO_V1(rating_summary_recv);
Datum
rating_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo     buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint8          flags;
	CxmScale       scale;
	RatingSummary *summary;
	RatingView     view;

	if (SUMMARY_BLANK_MESSAGE(buffer))
		PG_RETURN_POINTER(summary_blank());
	summary_receive_version(&RATING, buffer, RATING_VERSION);
	flags = (uint8) pq_getmsgbyte(buffer);
	if ((flags & ~RATING_FLAGS) != 0)
		summary_refuse_binary(&RATING, "There are unknown flags.");
	scale.top = (uint8) pq_getmsgbyte(buffer);
	scale.low = (int32) pq_getmsgint(buffer, 4);
	scale.reversed = (flags & RATING_REVERSED) != 0;
	if (scale.top == 0 || scale.low < -CXM_SCALE_BOUND || scale.low > CXM_SCALE_BOUND - scale.top)
		summary_refuse_binary(&RATING, "The scale is impossible.");
	if ((Size) (buffer->len - buffer->cursor) != body_size(counters_in(scale), flags))
		summary_refuse_binary(&RATING, "The size does not fit the scale.");

	/* counters wider than they need be are welcome: a partial state is sent as it is */
	summary = make_summary(scale, CXM_WIDEST, (flags & RATING_WEIGHTED) != 0);
	for (size_t i = 0; i < counters_in(scale); i++)
	{
		uint64 count = receive_counter(buffer, flags & RATING_WIDTH);

		if (count > CXM_COUNTER_CEILING)
			summary_refuse_binary(&RATING, "A count is negative.");
		cxm_counter_set(summary->counters, CXM_WIDEST, i, count);
	}
	if (flags & RATING_WEIGHTED)
		for (size_t i = 0; i <= counters_in(scale); i++)
		{
			CxmUint128 weight;

			weight.high = (uint64) pq_getmsgint64(buffer);
			weight.low = (uint64) pq_getmsgint64(buffer);
			set_weight(state_weights(summary), i, weight);
		}
	view = view_summary(summary);
	if (view.weighted && !weights_are_sound(&view))
		summary_refuse_binary(&RATING, "The weights do not fit the responses.");
	PG_RETURN_POINTER(canonical_summary(&view));
}

/*
 * What all summary types do alike
 */

static char *
rating_text(const void *value)
{
	RatingView view = view_summary(value);

	return summary_text(&view);
}

static void *
rating_to_state(const void *value)
{
	RatingView view = view_summary(value);

	return copy_summary(&view, view.width);
}

static void *
rating_merge(void *state, const void *value, bool add)
{
	RatingView view = view_summary(value);

	/* what no row is in changes nothing, whatever its scale, and wherever it comes in the order */
	if (!state_fits(state, view.scale, view.weighted) && is_empty(&view))
		return state;
	return merge_summary(state, &view, add);
}

static void
rating_check_mergeable(const void *a, const void *b)
{
	RatingView view_a = view_summary(a);
	RatingView view_b = view_summary(b);

	check_mergeable(&view_a, &view_b);
}

static bool
rating_is_empty(const void *state)
{
	RatingView view = view_summary(state);

	return is_empty(&view);
}

static const SummaryType RATING = {
    TYPE_NAME,    rating_text,     rating_to_state,       rating_canonical,
    rating_merge, rating_is_empty, rating_check_mergeable};

static pg_attribute_always_inline bool
rating_merge_in_place(void *state_value, const void *value, bool add)
{
	RatingSummary *state = state_value;
	RatingView     view = view_summary(value);
	int            width = state->flags & RATING_WIDTH;
	size_t         n = counters_in(view.scale);

	return !view.weighted && state_fits(state, view.scale, false) &&
	       (add ? cxm_counters_add(state->counters, width, view.counters, view.width, n)
	            : cxm_counters_subtract(state->counters, width, view.counters, view.width, n));
}

QUICK_COUNTING_SUMMARY_FUNCTIONS(rating_summary, RATING, rating_merge_in_place)

/*
 * Readings
 */

int64
rating_responses_between(const RatingView *view, int from, int to)
{
	int64 responses = 0;

	for (int rank = from; rank <= to; rank++)
	{
		size_t i = (size_t) cxm_scale_mirror(view->scale, rank) + 1;

		if (pg_add_s64_overflow(responses, (int64) count_at(view, i), &responses))
			summary_refuse_overflow(COUNT_OF_RESPONSES);
	}
	return responses;
}

/* The mass of an answer: its count, or its weight in millionths. */
static CxmUint128
mass_at(const RatingView *view, size_t i)
{
	return view->weighted ? get_weight(view->weights, i) : (CxmUint128){0, count_at(view, i)};
}

static double
mass_between(const RatingView *view, int from, int to)
{
	CxmUint128 mass = {0, 0};

	if (!view->weighted)
		return (double) rating_responses_between(view, from, to);
	for (int rank = from; rank <= to; rank++)
		if (!cxm_uint128_add(&mass,
		                     mass_at(view, (size_t) cxm_scale_mirror(view->scale, rank) + 1)))
			summary_refuse_overflow(SUM_OF_WEIGHTS);
	return cxm_uint128_to_double(mass);
}

static double
mass_of_responses(const RatingView *view)
{
	return mass_between(view, 0, view->scale.top);
}

double
rating_points(const RatingView *view, int favourable_from, int unfavourable_to)
{
	double all = mass_of_responses(view);
	double net = mass_between(view, favourable_from, view->scale.top) -
	             mass_between(view, 0, unfavourable_to);

	return all > 0 ? 100 * net / all : NAN;
}

double
rating_share(const RatingView *view, int from, int to)
{
	double all = mass_of_responses(view);

	return all > 0 ? mass_between(view, from, to) / all : NAN;
}

RatingMoments
rating_moments(const RatingView *view)
{
	RatingMoments moments = {0, NAN, NAN};
	double        all = mass_of_responses(view);
	double        sum = 0;
	double        squares = 0;

	if (all == 0)
		return moments;
	for (int slot = 0; slot <= view->scale.top; slot++)
		sum += ((double) view->scale.low + slot) *
		       cxm_uint128_to_double(mass_at(view, (size_t) slot + 1));
	moments.mean = sum / all;
	for (int slot = 0; slot <= view->scale.top; slot++)
	{
		double deviation = (double) view->scale.low + slot - moments.mean;

		squares += deviation * deviation * cxm_uint128_to_double(mass_at(view, (size_t) slot + 1));
	}

	/* Kish's effective number of responses; without weights it is their number */
	moments.n = all;
	if (view->weighted)
		moments.n *=
		    all / cxm_uint128_to_double(get_weight(view->weights, counters_in(view->scale)));
	/* a single response counts for one, whatever rounding makes of its weight */
	if (moments.n < 1 + WEIGHT_ROUNDING)
		moments.n = 1;
	else
		moments.variance = squares / all * (moments.n / (moments.n - 1));
	return moments;
}

/* The answer up to which half of the mass lies; halfway between two when one ends just there. */
static double
median(const RatingView *view)
{
	CxmUint128 all = {0, 0};
	CxmUint128 rest;
	double     lower = NAN;

	for (int slot = 0; slot <= view->scale.top; slot++)
		if (!cxm_uint128_add(&all, mass_at(view, (size_t) slot + 1)))
			summary_refuse_overflow(SUM_OF_WEIGHTS);
	rest = all;
	for (int slot = 0; slot <= view->scale.top; slot++)
	{
		CxmUint128 mass = mass_at(view, (size_t) slot + 1);
		CxmUint128 excess = all;

		if (cxm_uint128_is_zero(mass))
			continue;
		if (!isnan(lower))
			return (lower + view->scale.low + slot) / 2;

		/* excess = all - 2 rest, where rest lies above this answer */
		cxm_uint128_subtract(&rest, mass);
		if (!cxm_uint128_subtract(&excess, rest) || !cxm_uint128_subtract(&excess, rest))
			continue;
		lower = (double) view->scale.low + slot;
		if (!cxm_uint128_is_zero(excess))
			return lower;
	}
	return lower;
}

int
rating_satisfied_rank(CxmScale scale)
{
	int answers = scale.top + 1;

	if (answers > 11)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("no answer of the scale %s is known to mean satisfied", scale_text(scale)),
		         errdetail("Above 11 answers there is no convention."),
		         errhint("Name the answer: csat(s, satisfied_from).")));
	return answers <= 3 ? scale.top : scale.top - 1;
}

PG_FUNCTION_INFO_V1(rating_nps);
Datum
rating_nps(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	rating_check_nps_scale(&view, "nps");
	CXM_RETURN_FLOAT8_OR_NULL(
	    rating_points(&view, RATING_FIRST_PROMOTER, RATING_FIRST_PASSIVE - 1));
}

PG_FUNCTION_INFO_V1(rating_net_score);
Datum
rating_net_score(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);
	int        favourable = rating_rank_arg(fcinfo, 1, view.scale);
	int        unfavourable = rating_rank_arg(fcinfo, 2, view.scale);

	if (favourable <= unfavourable)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("answers from %d cannot be favourable when answers to %d are not",
		                       (int) cxm_scale_answer(view.scale, favourable),
		                       (int) cxm_scale_answer(view.scale, unfavourable)),
		                errdetail("The scale is %s, from the worst answer to the best.",
		                          scale_text(view.scale))));
	CXM_RETURN_FLOAT8_OR_NULL(rating_points(&view, favourable, unfavourable));
}

PG_FUNCTION_INFO_V1(rating_csat);
Datum
rating_csat(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	CXM_RETURN_FLOAT8_OR_NULL(rating_points(&view, rating_satisfied_rank(view.scale), RATING_NONE));
}

PG_FUNCTION_INFO_V1(rating_csat_from);
Datum
rating_csat_from(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	CXM_RETURN_FLOAT8_OR_NULL(
	    rating_points(&view, rating_rank_arg(fcinfo, 1, view.scale), RATING_NONE));
}

PG_FUNCTION_INFO_V1(rating_top_share);
Datum
rating_top_share(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	CXM_RETURN_FLOAT8_OR_NULL(
	    rating_share(&view, rating_rank_arg(fcinfo, 1, view.scale), view.scale.top));
}

PG_FUNCTION_INFO_V1(rating_mean_answer);
Datum
rating_mean_answer(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	CXM_RETURN_FLOAT8_OR_NULL(rating_moments(&view).mean);
}

PG_FUNCTION_INFO_V1(rating_stddev_answer);
Datum
rating_stddev_answer(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	CXM_RETURN_FLOAT8_OR_NULL(sqrt(rating_moments(&view).variance));
}

PG_FUNCTION_INFO_V1(rating_median_answer);
Datum
rating_median_answer(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	CXM_RETURN_FLOAT8_OR_NULL(median(&view));
}

PG_FUNCTION_INFO_V1(rating_promoters);
Datum
rating_promoters(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	rating_check_nps_scale(&view, "promoters");
	PG_RETURN_INT64(rating_responses_between(&view, RATING_FIRST_PROMOTER, view.scale.top));
}

PG_FUNCTION_INFO_V1(rating_passives);
Datum
rating_passives(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	rating_check_nps_scale(&view, "passives");
	PG_RETURN_INT64(
	    rating_responses_between(&view, RATING_FIRST_PASSIVE, RATING_FIRST_PROMOTER - 1));
}

PG_FUNCTION_INFO_V1(rating_detractors);
Datum
rating_detractors(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	rating_check_nps_scale(&view, "detractors");
	PG_RETURN_INT64(rating_responses_between(&view, 0, RATING_FIRST_PASSIVE - 1));
}

PG_FUNCTION_INFO_V1(rating_responses);
Datum
rating_responses(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	PG_RETURN_INT64(rating_responses_between(&view, 0, view.scale.top));
}

PG_FUNCTION_INFO_V1(rating_responses_at);
Datum
rating_responses_at(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);
	int        rank = rating_rank_arg(fcinfo, 1, view.scale);

	PG_RETURN_INT64(rating_responses_between(&view, rank, rank));
}

PG_FUNCTION_INFO_V1(rating_nonresponses);
Datum
rating_nonresponses(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	PG_RETURN_INT64((int64) count_at(&view, 0));
}

PG_FUNCTION_INFO_V1(rating_response_rate);
Datum
rating_response_rate(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);
	double     answered = mass_of_responses(&view);
	double     all = answered + cxm_uint128_to_double(mass_at(&view, 0));

	CXM_RETURN_FLOAT8_OR_NULL(all > 0 ? answered / all : NAN);
}

PG_FUNCTION_INFO_V1(rating_scale_of);
Datum
rating_scale_of(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	PG_RETURN_TEXT_P(cstring_to_text(scale_text(view.scale)));
}

PG_FUNCTION_INFO_V1(rating_distribution);
Datum
rating_distribution(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	RatingView     view = rating_arg(fcinfo, 0);

	InitMaterializedSRF(fcinfo, 0);
	for (int rank = 0; rank <= view.scale.top; rank++)
	{
		double share = rating_share(&view, rank, rank);
		Datum  values[3];
		bool   nulls[3] = {false, false, isnan(share)};

		values[0] = Int32GetDatum(cxm_scale_answer(view.scale, rank));
		values[1] = Int64GetDatum(rating_responses_between(&view, rank, rank));
		values[2] = Float8GetDatum(share);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(rating_at_least);
Datum
rating_at_least(PG_FUNCTION_ARGS)
{
	RatingView view = rating_arg(fcinfo, 0);

	if (rating_responses_between(&view, 0, view.scale.top) < PG_GETARG_INT64(1))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

PG_FUNCTION_INFO_V1(rating_valid_answer);
Datum
rating_valid_answer(PG_FUNCTION_ARGS)
{
	CxmScale scale = scale_arg(fcinfo, 1);
	int      slot;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	slot = double_slot(scale, PG_GETARG_FLOAT8(0));
	if (slot < 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(scale.low + slot);
}
