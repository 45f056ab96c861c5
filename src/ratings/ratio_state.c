/*
 * ratio_state.c
 *		Counting pairs of numbers, a numerator and a denominator for each unit.
 */
#include "postgres.h"

#include "common/int.h"
#include "miscadmin.h"

#include "core/decimal_sum.h"
#include "ratings/ratio_state.h"

/* Looking at values */

static inline Size
stored_digits_offset(uint8 flags)
{
	return offsetof(RatioSummary, counters) + ((Size) 2 << (flags & RATIO_WIDTH));
}

static inline Size
stored_size(uint8 flags, int positions)
{
	return stored_digits_offset(flags) + sizeof(uint16) * RATIO_SUMS * (Size) positions;
}

RatioView
ratio_view(const void *value)
{
	RatioView    view = {0};
	RatioState   header = {0};
	SummaryBytes bytes;
	Size         size;

	if (SUMMARY_IS_BLANK(value))
		return view;
	bytes = summary_open(&RATIO, value);
	size = VARHDRSZ + (Size) (bytes.end - bytes.at);
	memcpy((char *) &header + VARHDRSZ, bytes.at, RATIO.header);
	view.wide = (header.flags & RATIO_WIDE) != 0;
	view.low = header.low;
	view.positions = header.positions;
	if (view.low < RATIO_LOWEST_SUM || view.low + view.positions - 1 > RATIO_HIGHEST_SUM)
		summary_refuse_value(&RATIO);
	if (view.wide)
	{
		if (size != ratio_state_size(view.positions) ||
		    (header.flags & ~RATIO_REDUCED) != RATIO_STATE)
			summary_refuse_value(&RATIO);
		memcpy((char *) &header + VARHDRSZ, bytes.at, offsetof(RatioState, digits) - VARHDRSZ);
		view.reduced = (header.flags & RATIO_REDUCED) != 0;
		view.loose = header.loose;
		view.units = header.units;
		view.incomplete = header.incomplete;
		memcpy(view.grid, header.grid, sizeof(view.grid));
		view.digits = bytes.at + offsetof(RatioState, digits) - VARHDRSZ;
	}
	else
	{
		view.signs = header.signs;
		if (size != stored_size(header.flags, view.positions) || header.flags > RATIO_WIDTH ||
		    (view.signs & ~RATIO_SIGNS) != 0)
			summary_refuse_value(&RATIO);
		view.units = cxm_counter_get(bytes.at + RATIO.header, header.flags, 0);
		view.incomplete = cxm_counter_get(bytes.at + RATIO.header, header.flags, 1);
		view.digits = bytes.at + stored_digits_offset(header.flags) - VARHDRSZ;
	}
	if ((view.units | view.incomplete) > CXM_COUNTER_CEILING)
		summary_refuse_value(&RATIO);
	return view;
}

static inline int64
digit_at(const RatioView *view, RatioSum sum, int i)
{
	Size   at = (Size) sum * view->positions + i;
	int64  wide;
	uint16 digit;

	if (view->wide)
	{
		memcpy(&wide, view->digits + at * sizeof(wide), sizeof(wide));
		if (wide < -RATIO_FULLEST || wide > RATIO_FULLEST)
			summary_refuse_value(&RATIO);
		return wide;
	}
	memcpy(&digit, view->digits + at * sizeof(digit), sizeof(digit));
	return (view->signs >> sum & 1) != 0 ? -(int64) digit : digit;
}

bool
ratio_is_empty(const void *state)
{
	RatioView view = ratio_view(state);

	return view.units == 0 && view.incomplete == 0;
}

RatioTotals
ratio_totals(const RatioView *view)
{
	RatioTotals totals = {.low = Min(view->low, 0)};
	int         high = Max(view->low + view->positions - 1, 4); /* for the units */
	bool        on_grid = false;

	for (int sum = 0; sum < RATIO_SUMS; sum++)
		on_grid = on_grid || cxm_fixed_sign(&view->grid[sum]) != 0;
	if (on_grid)
	{
		totals.low = Min(totals.low, CXM_FIXED_LOWEST);
		high = Max(high, CXM_FIXED_LOWEST + CXM_FIXED_POSITIONS - 1);
	}
	totals.positions = high - totals.low + 1 + CXM_DECIMAL_CARRY;
	for (int sum = 0; sum < RATIO_TOTALS; sum++)
	{
		int64 *digits = palloc0(sizeof(int64) * totals.positions);

		CHECK_FOR_INTERRUPTS();
		if (sum == RATIO_UNITS)
		{
			uint64 units = view->units;

			for (int i = -totals.low; units > 0; i++, units /= CXM_DECIMAL_BASE)
				digits[i] = (int64) (units % CXM_DECIMAL_BASE);
		}
		else
		{
			for (int i = 0; i < view->positions; i++)
				digits[view->low - totals.low + i] = digit_at(view, sum, i);
			if (on_grid)
				cxm_fixed_add_decimal(digits + (CXM_FIXED_LOWEST - totals.low), &view->grid[sum],
				                      sum < RATIO_XX ? CXM_GRID_BITS : 2 * CXM_GRID_BITS);
		}
		totals.digits[sum] = digits;
		totals.sign[sum] = cxm_decimal_normalise(digits, totals.positions);
	}
	return totals;
}

/* Making values and states */

/* product += a b, or -= a b, of the digits between first and last. */
static void
add_product(int64 *product, const int64 *a, const int64 *b, int first, int last, int factor)
{
	for (int i = first; i <= last; i++)
		for (int j = first; a[i] != 0 && j <= last; j++)
			product[i + j - 2 * first] += factor * a[i] * b[j];
}

/* Is a^2 <= b c for three of the totals, whose digits lie between first and last? */
static bool
is_mean_proportional(const RatioTotals *totals, int a, int b, int c, int first, int last)
{
	Size   n = 2 * (Size) (last - first) + 1 + CXM_DECIMAL_CARRY;
	int64 *difference = palloc0(sizeof(int64) * n);
	bool   result;

	add_product(difference, totals->digits[b], totals->digits[c], first, last, 1);
	add_product(difference, totals->digits[a], totals->digits[a], first, last, -1);
	result = cxm_decimal_normalise(difference, n) >= 0;
	pfree(difference);
	return result;
}

/* Where the digits of so many of the totals begin and end, if they have any. */
static bool
find_digits(const RatioTotals *totals, int sums, int *first, int *last)
{
	*first = totals->positions;
	*last = -1;
	for (int sum = 0; sum < sums; sum++)
		for (int i = 0; i < totals->positions; i++)
			if (totals->digits[sum][i] != 0)
			{
				*first = Min(*first, i);
				*last = Max(*last, i);
			}
	return *last >= 0;
}

/* Has anything such sums?  By Cauchy and Schwarz no variance is negative then. */
static bool
is_sound(const RatioTotals *totals)
{
	int first;
	int last;

	if (totals->sign[RATIO_XX] < 0 || totals->sign[RATIO_YY] < 0)
		return false;
	if (!find_digits(totals, RATIO_TOTALS, &first, &last))
		return true;
	/* of no units, every sum of numbers is zero by these, and so are those of their products */
	return (totals->sign[RATIO_UNITS] > 0 ||
	        (totals->sign[RATIO_XX] == 0 && totals->sign[RATIO_YY] == 0)) &&
	       is_mean_proportional(totals, RATIO_X, RATIO_UNITS, RATIO_XX, first, last) &&
	       is_mean_proportional(totals, RATIO_Y, RATIO_UNITS, RATIO_YY, first, last) &&
	       is_mean_proportional(totals, RATIO_XY, RATIO_XX, RATIO_YY, first, last);
}

static RatioSummary *
stored(const RatioView *view, const RatioTotals *totals)
{
	int           width = cxm_counter_width(view->units | view->incomplete);
	int           first;
	int           last;
	Size          size;
	RatioSummary *summary;
	char         *at;

	if (!find_digits(totals, RATIO_SUMS, &first, &last))
	{
		/* no terms tell one that is empty from a blank, and nothing has two forms */
		if ((view->units | view->incomplete) == 0)
			return summary_blank();
		first = -totals->low;
		last = first - 1;
	}
	else if (totals->low + last > RATIO_HIGHEST_SUM)
		summary_refuse_overflow("sum of squares");
	size = stored_size((uint8) width, last - first + 1);
	summary = palloc0(size);
	SET_VARSIZE(summary, size);
	summary->version = RATIO_VERSION;
	summary->flags = (uint8) width;
	summary->low = (int16) (totals->low + first);
	summary->positions = (uint16) (last - first + 1);
	cxm_counter_set(summary->counters, width, 0, view->units);
	cxm_counter_set(summary->counters, width, 1, view->incomplete);
	at = (char *) summary + stored_digits_offset((uint8) width);
	for (int sum = 0; sum < RATIO_SUMS; sum++)
	{
		if (totals->sign[sum] < 0)
			summary->signs |= 1 << sum;
		for (int i = first; i <= last; i++, at += sizeof(uint16))
		{
			uint16 digit = (uint16) totals->digits[sum][i];

			memcpy(at, &digit, sizeof(digit));
		}
	}
	return summary;
}

RatioSummary *
ratio_narrowed(const RatioView *view)
{
	RatioTotals totals = ratio_totals(view);

	return is_sound(&totals) ? stored(view, &totals) : NULL;
}

/* What has only been added up is sound. */
void *
ratio_canonical(const void *state)
{
	RatioView   view = ratio_view(state);
	RatioTotals totals = ratio_totals(&view);

	if (view.reduced && !is_sound(&totals))
		summary_refuse_shortage("rows");
	return stored(&view, &totals);
}

RatioState *
ratio_widened(const RatioView *view, int low, int high)
{
	RatioState *state;
	Size        size;

	if (view->positions > 0)
	{
		low = Min(low, view->low);
		high = Max(high, view->low + view->positions - 1);
	}
	size = ratio_state_size(high - low + 1);
	state = palloc0(size);
	SET_VARSIZE(state, size);
	state->version = RATIO_VERSION;
	state->flags = RATIO_STATE | (view->reduced ? RATIO_REDUCED : 0);
	state->low = (int16) low;
	state->positions = (uint16) (high - low + 1);
	state->loose = view->loose;
	state->units = view->units;
	state->incomplete = view->incomplete;
	memcpy(state->grid, view->grid, sizeof(state->grid));
	for (int sum = 0; sum < RATIO_SUMS; sum++)
		for (int i = 0; i < view->positions; i++)
			state->digits[sum * state->positions + (view->low - low) + i] = digit_at(view, sum, i);
	return state;
}

void *
ratio_to_state(const void *value)
{
	RatioView view = ratio_view(value);

	return ratio_widened(&view, 0, -1);
}

pg_noinline RatioState *
ratio_prepared(void *state, int low, int high)
{
	RatioView view = {0};

	numeric_digits_check();
	if (state != NULL)
	{
		void *value = pg_detoast_datum_packed(state);

		view = ratio_view(value);
		if (view.loose >= RATIO_MOST_LOOSE)
		{
			bool reduced = view.reduced;

			view = ratio_view(ratio_canonical(value));
			view.reduced = reduced;
		}
	}
	return ratio_widened(&view, low, high);
}

pg_noinline RatioState *
ratio_shortened(RatioState *state)
{
	RatioView view = ratio_view(ratio_canonical(state));

	if (view.positions > state->positions / 2)
		return state;
	view.reduced = true;
	return ratio_widened(&view, 0, -1);
}

/* Merging */

void *
ratio_merge(void *state, const void *value, bool add)
{
	RatioView   from = ratio_view(value);
	RatioState *to = ratio_opened(state, add);

	/* the digits of a stored value are as much as one row */
	if (from.loose >= RATIO_MOST_LOOSE / 2)
		from = ratio_view(ratio_canonical(value));
	if (from.loose + 1 > RATIO_MOST_LOOSE - Min(to->loose, RATIO_MOST_LOOSE))
	{
		to->loose = RATIO_MOST_LOOSE;
		to = ratio_prepared(to, 0, -1);
	}
	if (from.positions > 0 &&
	    (from.low < to->low || from.low + from.positions > to->low + to->positions))
		to = ratio_prepared(to, from.low, from.low + from.positions - 1);

	to->units = summary_moved(to->units, from.units, add, "rows");
	to->incomplete = summary_moved(to->incomplete, from.incomplete, add, "rows");
	to->loose += from.loose + 1;
	if (from.reduced)
		to->flags |= RATIO_REDUCED;
	for (int sum = 0; sum < RATIO_SUMS; sum++)
	{
		int at = sum * to->positions + from.low - to->low;

		if (from.wide && add)
			cxm_fixed_add(&to->grid[sum], &from.grid[sum]);
		else if (from.wide)
			cxm_fixed_subtract(&to->grid[sum], &from.grid[sum]);
		for (int i = 0; i < from.positions; i++)
		{
			int64 digit = digit_at(&from, sum, i);

			if (pg_add_s64_overflow(to->digits[at + i], add ? digit : -digit, &to->digits[at + i]))
				summary_refuse_value(&RATIO);
		}
	}
	if (!add && from.positions > 0 &&
	    ratio_may_be_too_long(to, from.low, from.low + from.positions - 1))
		to = ratio_shortened(to);
	return to;
}
