/*
 * ratio_state.h
 *		Counting pairs of numbers, a numerator and a denominator for each unit.
 *
 *	0            4         5       6       8           10      12
 *	+------------+---------+-------+-------+-----------+-------+-----------...
 *	| varlena    | version | flags | low   | positions | signs | 2 counters,
 *	| header     | 1       |       | int16 | uint16    |       | 5 sums
 *	+------------+---------+-------+-------+-----------+-------+-----------...
 *
 *	flags		bits 0-1: code of the counters' width; bit 2: a state, of which bit 3 says that
 *				something has been taken out
 *	signs		bits 0-4: the sums that are negative
 *	counters	units, each with two numbers; rows without one of the two
 *	sums		of x, y, x^2, x y, y^2, where x is the numerator and y the denominator
 *
 * All sums are exact.  In a stored value they are decimal numbers in base 10000, the least
 * significant position first: the position i counts units of 10000^(low + i), and all sums have the
 * same positions, of two bytes, none of which is zero in all sums at either end.  So the same sums
 * are the same bytes, whether the numbers came as numeric or on the grid of core/fixed_point.h,
 * whose fractions end in decimal, too.
 *
 * A state keeps apart what came in either way, and its sums are those of both: for numeric, decimal
 * sums with positions of int64, each added to without a carry, as core/decimal_sum.h says; for
 * double precision, sums of 192 bits.
 */
#ifndef CXM_RATIO_STATE_H
#define CXM_RATIO_STATE_H

#include "common/numeric_digits.h"
#include "common/summary.h"
#include "core/counters.h"
#include "core/fixed_point.h"

#define RATIO_VERSION 1
#define RATIO_WIDTH 0x03
#define RATIO_WIDE 0x04
#define RATIO_REDUCED 0x08
#define RATIO_STATE (RATIO_WIDE | CXM_WIDEST)

/* A number has at most 512 digits on each side of the point, as every double in decimal does. */
#define RATIO_LOWEST_WEIGHT (-128)
#define RATIO_HIGHEST_WEIGHT 127

/* What squares of them add up to. */
#define RATIO_LOWEST_SUM (2 * RATIO_LOWEST_WEIGHT)
#define RATIO_HIGHEST_SUM (2 * RATIO_HIGHEST_WEIGHT + 6)

/*
 * A row adds at most 256 products of two digits to a position: after so many rows there must be a
 * carry before a position is full.  No position of a sound state holds more than these.
 */
#define RATIO_MOST_LOOSE (UINT32_C(1) << 28)
#define RATIO_FULLEST ((int64) RATIO_MOST_LOOSE * 256 * 9999 * 9999)

typedef enum RatioSum
{
	RATIO_X,
	RATIO_Y,
	RATIO_XX,
	RATIO_XY,
	RATIO_YY
} RatioSum;

#define RATIO_SUMS (RATIO_YY + 1)

/* Sums that bytes of a stored value may call negative. */
#define RATIO_SIGNS (1 << RATIO_X | 1 << RATIO_Y | 1 << RATIO_XY)

typedef struct RatioSummary
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	int16         low;
	uint16        positions;
	uint16        signs;
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} RatioSummary;

/* The same for a state. */
typedef struct RatioState
{
	int32       vl_len_;
	uint8       version;
	uint8       flags;
	int16       low;
	uint16      positions;
	uint16      signs; /* none: digits have their own */
	uint32      loose; /* rows since the last carry, at most */
	uint64      units;
	uint64      incomplete;
	CxmFixedSum grid[RATIO_SUMS];
	int64       digits[FLEXIBLE_ARRAY_MEMBER];
} RatioState;

/* What a value or a state holds. */
typedef struct RatioView
{
	bool                 wide;
	bool                 reduced;
	int                  low;
	int                  positions;
	uint16               signs;
	uint32               loose;
	uint64               units;
	uint64               incomplete;
	CxmFixedSum          grid[RATIO_SUMS];
	const unsigned char *digits;
} RatioView;

/* The sums as decimal numbers, normalised, and the number of units as one more of them. */
#define RATIO_UNITS RATIO_SUMS
#define RATIO_TOTALS (RATIO_UNITS + 1)

typedef struct RatioTotals
{
	int    low;
	int    positions;
	int    sign[RATIO_TOTALS];
	int64 *digits[RATIO_TOTALS];
} RatioTotals;

extern SUMMARY_TYPE_HIDDEN const SummaryType RATIO;

/* Looks at a value with either kind of varlena header; trusts no byte of it.  A blank is empty. */
extern RatioView ratio_view(const void *value);

extern RatioTotals ratio_totals(const RatioView *view);

/* The stored form; NULL where no numbers have such sums. */
extern RatioSummary *ratio_narrowed(const RatioView *view);

/* A state of the same sums, with room for digits from low to high; a view of zeros makes one. */
extern RatioState *ratio_widened(const RatioView *view, int low, int high);

/* Slots of the type */
extern void *ratio_to_state(const void *value);
extern void *ratio_canonical(const void *state);
extern void *ratio_merge(void *state, const void *value, bool add);
extern bool  ratio_is_empty(const void *state);

/* The state in another form: a stored value as a state, with room for these digits, or carried. */
extern RatioState *ratio_prepared(void *state, int low, int high);

/* The state, or a shorter one if less than half of the positions are in use. */
extern RatioState *ratio_shortened(RatioState *state);

static inline Size
ratio_state_size(int positions)
{
	return offsetof(RatioState, digits) + sizeof(int64) * RATIO_SUMS * (Size) positions;
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
ratio_state_fits(const RatioState *state)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) >= offsetof(RatioState, digits) &&
	       state->version == RATIO_VERSION && (state->flags & ~RATIO_REDUCED) == RATIO_STATE &&
	       VARSIZE(state) == ratio_state_size(state->positions);
}

static pg_attribute_always_inline void
ratio_step(uint64 *counter, bool add)
{
	if (unlikely(*counter == (add ? CXM_COUNTER_CEILING : 0)))
		summary_refuse_count("rows", add);
	*counter += add ? 1 : -1;
}

/* The state, which may be any value or NULL, as one that the next functions can change in place. */
static pg_attribute_always_inline RatioState *
ratio_opened(void *state, bool add)
{
	RatioState *opened = state;

	if (unlikely(state == NULL || !ratio_state_fits(opened)))
		opened = ratio_prepared(state, 0, -1);
	if (!add)
		opened->flags |= RATIO_REDUCED;
	return opened;
}

/*
 * An unusual number makes a state long, and every reading in a window would pay for positions of
 * zeros.  So a state of more positions than these is looked at when digits at an end are taken out.
 */
#define RATIO_POSITIONS_KEPT 32

static inline bool
ratio_may_be_too_long(const RatioState *state, int low, int high)
{
	return state->positions > RATIO_POSITIONS_KEPT &&
	       (low == state->low || high == state->low + state->positions - 1);
}

/* Counts a row that lacks a number, or takes it out; returns the state or what replaces it. */
static inline RatioState *
ratio_count_incomplete(void *state, bool add)
{
	RatioState *opened = ratio_opened(state, add);

	ratio_step(&opened->incomplete, add);
	return opened;
}

/* The same for a unit whose numbers are on the grid. */
static pg_attribute_always_inline RatioState *
ratio_count_grid(void *state, int64 x, int64 y, bool add)
{
	RatioState *opened = ratio_opened(state, add);

	ratio_step(&opened->units, add);
	cxm_fixed_count(&opened->grid[RATIO_X], x, add);
	cxm_fixed_count(&opened->grid[RATIO_Y], y, add);
	cxm_fixed_count_product(&opened->grid[RATIO_XX], x, x, add);
	cxm_fixed_count_product(&opened->grid[RATIO_XY], x, y, add);
	cxm_fixed_count_product(&opened->grid[RATIO_YY], y, y, add);
	return opened;
}

/*
 * The digits of such numbers, which the caller has found to be within the weights allowed.  Only
 * the positions of a forged state are so full that they wrap around.
 */
static inline void
ratio_add_digits(int64 *sum, int low, const NumericDigits *x, bool add)
{
	uint64 *at = (uint64 *) sum + (x->weight - low);

	for (int i = 0; i < x->count; i++)
		at[-i] += (uint64) (add != x->negative ? numeric_digit(x, i) : -numeric_digit(x, i));
}

static inline void
ratio_add_product(int64 *sum, int low, const NumericDigits *x, const NumericDigits *y, bool add)
{
	uint64 *at = (uint64 *) sum + (x->weight + y->weight - low);
	bool    up = add == (x->negative == y->negative);

	for (int i = 0; i < x->count; i++, at--)
	{
		int32 factor = up ? numeric_digit(x, i) : -numeric_digit(x, i);

		for (int j = 0; j < y->count; j++)
			at[-j] += (uint64) (factor * numeric_digit(y, j));
	}
}

/* And for a unit with any numbers within the weights allowed. */
static pg_attribute_always_inline RatioState *
ratio_count_digits(void *state, const NumericDigits *x, const NumericDigits *y, bool add)
{
	RatioState *opened = ratio_opened(state, add);
	int         low = 0;
	int         high = 0;
	int64      *sums;
	Size        n;
	int         from;

	/* a zero has no digits, and the weight of none */
	if (x->count > 0)
	{
		low = Min(low, x->weight - x->count + 1);
		high = Max(high, x->weight);
	}
	if (y->count > 0)
	{
		low = Min(low, y->weight - y->count + 1);
		high = Max(high, y->weight);
	}
	low *= 2;
	high *= 2;
	if (unlikely(low < opened->low || high >= opened->low + opened->positions ||
	             opened->loose >= RATIO_MOST_LOOSE))
		opened = ratio_prepared(opened, low, high);

	ratio_step(&opened->units, add);
	opened->loose++;
	from = opened->low;
	n = opened->positions;
	sums = opened->digits;
	ratio_add_digits(sums + RATIO_X * n, from, x, add);
	ratio_add_digits(sums + RATIO_Y * n, from, y, add);
	ratio_add_product(sums + RATIO_XX * n, from, x, x, add);
	ratio_add_product(sums + RATIO_XY * n, from, x, y, add);
	ratio_add_product(sums + RATIO_YY * n, from, y, y, add);
	if (unlikely(!add && ratio_may_be_too_long(opened, low, high)))
		opened = ratio_shortened(opened);
	return opened;
}

#endif /* CXM_RATIO_STATE_H */
