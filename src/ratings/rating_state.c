/*
 * rating_state.c
 *		The state of a rating_summary: making, counting, merging and leaving.
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/float.h"

#include "ratings/rating_state.h"

RatingSummary *
rating_make_version(CxmScale scale, int width, bool weighted, uint8 version)
{
	uint8 flags = (uint8) (width | rating_flags(scale, weighted));
	Size  size =
	    offsetof(RatingSummary, counters) + rating_body_size(scale, width, weighted, version);
	RatingSummary *summary = palloc0(size);

	SET_VARSIZE(summary, size);
	summary->version = version;
	summary->flags = flags;
	summary->top = scale.top;
	summary->skipped = scale.skipped;
	summary->low = scale.low;
	return summary;
}

RatingSummary *
rating_make(CxmScale scale, int width, bool weighted)
{
	return rating_make_version(scale, width, weighted, rating_version(scale, weighted));
}

/* A copy with counters of another width, which must be wide enough. */
static RatingSummary *
copy_summary(const RatingView *view, int width)
{
	size_t         n = rating_counters(view->scale);
	RatingSummary *copy = rating_make(view->scale, width, view->weighted);

	cxm_counters_copy(copy->counters, width, view->counters, view->width, n);
	if (view->weighted)
		memcpy(rating_weights(copy), view->weights, (2 * n + 1) * sizeof(CxmUint128));
	return copy;
}

/* Version 1 */

bool
rating_is_version_1(const RatingView *view)
{
	bool known = !cxm_scale_is_plain(view->scale);

	if (view->weighted)
		for (size_t i = 0; i < rating_counters(view->scale); i++)
			known |= !cxm_uint128_is_zero(view->weights[rating_square(view->scale, i)]);
	return !known;
}

RatingView
rating_view_of_version_1(const void *value)
{
	const Size     header = offsetof(RatingSummary, counters) - VARHDRSZ;
	SummaryBytes   bytes = summary_open(&RATING, value);
	CxmScale       scale = {.top = bytes.at[2], .reversed = (bytes.flags & RATING_REVERSED) != 0};
	size_t         n = rating_counters(scale);
	int            width = bytes.flags & RATING_WIDTH;
	RatingWeight  *weights;
	RatingSummary *copy;

	if (bytes.at[0] != 1 || !(bytes.flags & RATING_WEIGHTED) || scale.top == 0 ||
	    (bytes.flags & RATING_DECIMALS) != 0 || bytes.at[3] != 0 ||
	    bytes.end != bytes.at + header + rating_body_size(scale, width, true, 1))
		summary_refuse_value(&RATING);
	memcpy(&scale.low, bytes.at + 4, sizeof(scale.low));
	copy = rating_make(scale, width, true);
	memcpy(copy->counters, bytes.at + header, n << width);
	weights = rating_weights(copy);
	memcpy(weights, bytes.at + header + (n << width), n * sizeof(CxmUint128));
	memcpy(&weights[rating_unplaced_squares(scale)], bytes.end - sizeof(CxmUint128),
	       sizeof(CxmUint128));
	for (size_t i = 0; i < n; i++)
	{
		CxmUint128 weight = weights[i];

		/* so large is no weight: whoever looks at them finds it */
		if (!cxm_uint128_scale(&weight, WEIGHT_UNITS_1))
			weight = (CxmUint128){PG_UINT64_MAX, PG_UINT64_MAX};
		weights[i] = weight;
	}
	return rating_view(copy);
}

/* A copy in version 1, which can say all that there is. */
static RatingSummary *
copy_as_version_1(const RatingView *view, int width)
{
	size_t         n = rating_counters(view->scale);
	RatingSummary *copy = rating_make_version(view->scale, width, true, 1);

	cxm_counters_copy(copy->counters, width, view->counters, view->width, n);
	for (size_t i = 0; i < n; i++)
	{
		CxmUint128 weight = view->weights[i];

		cxm_uint128_divide(&weight, WEIGHT_UNITS_1);
		rating_weights(copy)[i] = weight;
	}
	rating_weights(copy)[n] = view->weights[rating_unplaced_squares(view->scale)];
	return copy;
}

void *
rating_to_state(const void *value)
{
	RatingView view = rating_view(value);

	return copy_summary(&view, view.width);
}

/* The state with wider counters, where there was no room to add. */
static pg_noinline RatingSummary *
make_room(const RatingSummary *state, bool add)
{
	RatingView view = rating_view(state);

	if (!add)
		summary_refuse_shortage("ratings");
	if (view.width == CXM_WIDEST)
		summary_refuse_overflow(COUNT_OF_RESPONSES);
	return copy_summary(&view, view.width + 1);
}

bool
rating_is_empty(const void *state)
{
	RatingView view = rating_view(state);

	for (size_t i = 0; i < rating_counters(view.scale); i++)
		if (rating_count_at(&view, i) != 0)
			return false;
	return true;
}

bool
rating_responses_fit(const RatingView *view)
{
	int64 responses = 0;

	if (view->width == CXM_WIDEST)
		for (size_t i = 1; i < rating_counters(view->scale); i++)
			if (pg_add_s64_overflow(responses, (int64) rating_count_at(view, i), &responses))
				return false;
	return true;
}

/* Can so many weights have this sum and this sum of squares, or one that not all squares are in? */
static bool
squares_fit(double count, double weight, double squares, bool all)
{
	return squares * (1 - WEIGHT_ROUNDING) <= weight * weight &&
	       (!all || weight * weight * (1 - WEIGHT_ROUNDING) <= squares * count);
}

bool
rating_weights_are_sound(const RatingView *view)
{
	size_t     n = rating_counters(view->scale);
	bool       version_1 = rating_is_version_1(view);
	CxmUint128 unplaced = view->weights[rating_unplaced_squares(view->scale)];
	double     all_responses = 0;
	double     all_weight = 0;
	double     all_squares = cxm_uint128_to_double(unplaced) * WEIGHT_UNITS_1 * WEIGHT_UNITS_1;

	for (size_t i = 0; i < n; i++)
	{
		double     count = (double) rating_count_at(view, i);
		CxmUint128 units = view->weights[i];
		double     weight = cxm_uint128_to_double(units);
		double     squares = cxm_uint128_to_double(view->weights[rating_square(view->scale, i)]);

		if (weight > count * WEIGHT_LIMIT_1 * WEIGHT_UNIT * (1 + WEIGHT_ROUNDING) ||
		    (version_1 && cxm_uint128_divide(&units, WEIGHT_UNITS_1) != 0))
			return false;
		/* of non-responses that version 1 has counted there are no squares */
		if (!squares_fit(count, weight, squares, i > 0 && cxm_uint128_is_zero(unplaced)))
			return false;
		if (i > 0)
		{
			all_responses += count;
			all_weight += weight;
			all_squares += squares;
		}
	}
	return squares_fit(all_responses, all_weight, all_squares, true);
}

double
rating_square_at(const RatingView *view, size_t i)
{
	size_t     n = rating_counters(view->scale);
	CxmUint128 unplaced;
	double     squares;
	double     all = 0;

	if (!view->weighted)
		return (double) rating_count_at(view, i);
	unplaced = view->weights[rating_unplaced_squares(view->scale)];
	squares = cxm_uint128_to_double(view->weights[rating_square(view->scale, i)]);
	if (cxm_uint128_is_zero(unplaced))
		return squares;
	for (size_t j = 1; j < n; j++)
		all += cxm_uint128_to_double(view->weights[j]);
	return squares + cxm_uint128_to_double(unplaced) * WEIGHT_UNITS_1 * WEIGHT_UNITS_1 *
	                     (cxm_uint128_to_double(view->weights[i]) / all);
}

void *
rating_canonical(const void *state)
{
	RatingView view = rating_view(state);
	int        width;

	if (view.weighted && !rating_weights_are_sound(&view))
		summary_refuse_shortage("ratings");
	if (!rating_responses_fit(&view))
		summary_refuse_overflow(COUNT_OF_RESPONSES);
	width = cxm_counters_width(view.counters, view.width, rating_counters(view.scale));
	if (width < 0)
		summary_refuse_value(&RATING);
	return view.weighted && rating_is_version_1(&view) ? copy_as_version_1(&view, width)
	                                                   : copy_summary(&view, width);
}

/* Terms: the scale, and whether there are weights */

char *
rating_scale_text(CxmScale scale)
{
	char *text = palloc(CXM_SCALE_TEXT);

	cxm_scale_print(scale, text);
	return text;
}

char *
rating_answer_text(CxmScale scale, int slot)
{
	char *text = palloc(CXM_SCALE_TEXT);

	cxm_scale_print_answer(scale, slot, text);
	return text;
}

bool
rating_same_terms(const void *a, const void *b)
{
	RatingView view_a = rating_view(a);
	RatingView view_b = rating_view(b);

	return cxm_scale_equal(view_a.scale, view_b.scale) && view_a.weighted == view_b.weighted;
}

void
rating_check_same_scale(const RatingView *a, const RatingView *b)
{
	if (!cxm_scale_equal(a->scale, b->scale))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot mix ratings on the scales %s and %s",
		                       rating_scale_text(a->scale), rating_scale_text(b->scale))));
}

void
rating_refuse_mixture(const void *a, const void *b)
{
	RatingView view_a = rating_view(a);
	RatingView view_b = rating_view(b);

	rating_check_same_scale(&view_a, &view_b);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("cannot mix weighted and unweighted ratings"),
	                errdetail("Both are on the scale %s.", rating_scale_text(view_a.scale))));
}

/* Counting and merging */

/* The scale with the coarsest usual step of which this is an answer, or NULL. */
static char *
scale_with(CxmScale scale, double answer)
{
	static const char *const STEPS[] = {"1", "0.5", "0.25", "0.1", "0.05", "0.01"};

	for (int i = 0; i < (int) lengthof(STEPS); i++)
	{
		char *text =
		    psprintf("%s..%s by %s", rating_answer_text(scale, cxm_scale_mirror(scale, 0)),
		             rating_answer_text(scale, cxm_scale_mirror(scale, scale.top)), STEPS[i]);
		CxmScale finer;
		int64_t  answers;

		if (cxm_scale_parse(text, (int) strlen(text), &finer, &answers) == CXM_SCALE_OK &&
		    cxm_scale_slot(finer, answer) >= 0)
			return rating_scale_text(finer);
	}
	return NULL;
}

/* The ways out of a row whose answer lies between two others: what each makes of it. */
static int
hint_ways_out(CxmScale scale, double answer)
{
	char *text = rating_scale_text(scale);
	char *finer = scale_with(scale, answer);

	if (finer == NULL)
		return errhint("nearest_answer(answer, '%s') rounds such answers, and valid_answer(answer, "
		               "'%s') turns them into NULL.",
		               text, text);
	return errhint("rating_agg(answer, '%s') counts such answers as they are, "
	               "nearest_answer(answer, '%s') rounds them, and valid_answer(answer, '%s') turns "
	               "them into NULL.",
	               finer, text, text);
}

/* Between which answers a number lies. */
static int
detail_neighbours(CxmScale scale, double answer)
{
	int below = 0;

	if (cxm_scale_is_plain(scale))
		return errdetail("Answers on the scale %s are whole numbers.", rating_scale_text(scale));
	while (cxm_scale_number(scale, below + 1) < answer)
		below++;
	return errdetail("It lies between the answers %s and %s.", rating_answer_text(scale, below),
	                 rating_answer_text(scale, below + 1));
}

void
rating_refuse_answer(CxmScale scale, double answer, bool in_row)
{
	char *text = float8out_internal(answer);
	char *scale_text = rating_scale_text(scale);

	if (cxm_scale_slot(scale, answer) == CXM_SLOT_OUTSIDE)
		ereport(
		    ERROR,
		    (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		     errmsg("answer %s is outside the scale %s", text, scale_text),
		     in_row ? errhint("valid_answer(answer, scale) turns such answers into NULL.") : 0));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                cxm_scale_is_plain(scale)
	                    ? errmsg("answer %s is not a whole number", text)
	                    : errmsg("answer %s is not on the scale %s", text, scale_text),
	                detail_neighbours(scale, answer), in_row ? hint_ways_out(scale, answer) : 0));
}

/*
 * The state for a row of these terms, which those of an empty state give way to.  One of the same
 * terms that does not fit is a value of version 1.
 */
static RatingSummary *
state_for(RatingSummary *state, CxmScale scale, bool weighted)
{
	RatingSummary *nothing;

	if (state != NULL && rating_state_fits(state, scale, weighted))
		return state;
	nothing = rating_make(scale, 0, weighted);
	if (state == NULL || rating_is_empty(state))
		return nothing;
	if (!rating_same_terms(state, nothing))
		rating_refuse_mixture(state, nothing);
	return rating_to_state(state);
}

RatingSummary *
rating_count(RatingSummary *state, CxmScale scale, bool weighted, size_t i, bool add)
{
	state = state_for(state, scale, weighted);
	while (!cxm_counter_count(state->counters, state->flags & RATING_WIDTH, i, add))
		state = make_room(state, add);
	return state;
}

static inline void
move_weight(RatingWeight *sum, CxmUint128 weight, const char *what, bool add)
{
	CxmUint128 moved = *sum;

	if (!(add ? cxm_uint128_add(&moved, weight) : cxm_uint128_subtract(&moved, weight)))
	{
		if (add)
			summary_refuse_overflow(what);
		summary_refuse_shortage("ratings");
	}
	*sum = moved;
}

/* A weight in the units that are kept; an error where that would change it. */
static uint64
weight_in_units(double weight)
{
	double units = weight * WEIGHT_UNIT;

	/* written so that NaN is refused too */
	if (!(weight >= 0 && weight <= WEIGHT_LIMIT))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("weight %s is out of range", float8out_internal(weight)),
		                errdetail("A weight is a number from 0 to %.0f, kept to %d decimals.",
		                          WEIGHT_LIMIT, WEIGHT_DECIMALS),
		                weight > 0 && isfinite(weight)
		                    ? errhint("Divide all weights by the same number: only their ratios "
		                              "count.")
		                    : 0));
	if (fabs(rint(units) - units) > units * WEIGHT_LOSS)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("weight %s is too small", float8out_internal(weight)),
		                errdetail("A weight is kept to %d decimals, which would change it by more "
		                          "than a millionth of itself.",
		                          WEIGHT_DECIMALS),
		                errhint("Multiply all weights by the number of answers: only their ratios "
		                        "count.")));
	return (uint64) rint(units);
}

/*
 * Adds a squared weight of an answer or takes it out.  What version 1 counted lies among the
 * unplaced squares, so what the answer's own do not have is taken from there.
 */
static void
move_square(RatingWeight *weights, CxmScale scale, size_t i, CxmUint128 square, bool add)
{
	RatingWeight *placed = &weights[rating_square(scale, i)];
	CxmUint128    rest = *placed;

	if (add || cxm_uint128_subtract(&rest, square))
	{
		move_weight(placed, square, SUM_OF_SQUARES, add);
		return;
	}
	rest = square;
	cxm_uint128_subtract(&rest, *placed);
	*placed = (CxmUint128){0, 0};
	/* its weights had fewer decimals */
	if (cxm_uint128_divide(&rest, WEIGHT_UNITS_1) != 0 ||
	    cxm_uint128_divide(&rest, WEIGHT_UNITS_1) != 0)
		summary_refuse_shortage("ratings");
	move_weight(&weights[rating_unplaced_squares(scale)], rest, SUM_OF_SQUARES, false);
}

RatingSummary *
rating_count_weighted(RatingSummary *state, CxmScale scale, size_t i, double weight, bool add)
{
	uint64        units = weight_in_units(weight);
	RatingWeight *weights;

	if (state == NULL || !rating_count_in_place(state, scale, true, i, add))
		state = rating_count(state, scale, true, i, add);
	weights = rating_weights(state);
	move_weight(&weights[i], (CxmUint128){0, units}, SUM_OF_WEIGHTS, add);
	move_square(weights, scale, i, cxm_uint128_multiply(units, units), add);
	return state;
}

void *
rating_merge(void *state_value, const void *value, bool add)
{
	RatingView     view = rating_view(value);
	size_t         n = rating_counters(view.scale);
	RatingSummary *state = rating_state_fits(state_value, view.scale, view.weighted)
	                           ? state_value
	                           : rating_to_state(state_value);

	while (!cxm_counters_merge(state->counters, state->flags & RATING_WIDTH, view.counters,
	                           view.width, n, add))
		state = make_room(state, add);
	if (view.weighted)
	{
		RatingWeight *weights = rating_weights(state);
		size_t        unplaced = rating_unplaced_squares(view.scale);

		move_weight(&weights[unplaced], view.weights[unplaced], SUM_OF_SQUARES, add);
		for (size_t i = 0; i < n; i++)
		{
			move_weight(&weights[i], view.weights[i], SUM_OF_WEIGHTS, add);
			move_square(weights, view.scale, i, view.weights[rating_square(view.scale, i)], add);
		}
	}
	return state;
}
