/*
 * fixed_point.h
 *		Numbers on a grid of 2^-32, and exact sums of them and of their products.
 *
 * Sums of double precision depend on the order of their terms, and nothing can be taken out of them
 * again.  So a double is rounded once, to a whole number of units of 2^-32, and everything after
 * that is exact: a sum has 192 bits, of which a product takes 126, so that there is room for more
 * terms than a counter can count.  A sum of numbers counts units of 2^-32, one of products units of
 * 2^-64.
 */
#ifndef CXM_FIXED_POINT_H
#define CXM_FIXED_POINT_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/uint128.h"

#define CXM_GRID_BITS 32
#define CXM_GRID_UNIT 4294967296.0 /* 2^32 */

/* Numbers are below this, so that their units fit into int64. */
#define CXM_GRID_LIMIT 2147483648.0

/* Rounding to the grid may change a number by so much of itself. */
#define CXM_GRID_TOLERANCE 1e-6

/* Two's complement, the least significant part first.  It wraps around where it overflows. */
typedef struct CxmFixedSum
{
	uint64_t part[3];
} CxmFixedSum;

/*
 * The number in units of the grid.  False, with *units untouched, when it is NaN, infinite or too
 * large, or when rounding would change it by more than a millionth of itself.
 */
static inline bool
cxm_to_grid(double x, int64_t *units)
{
	double scaled = x * CXM_GRID_UNIT;
	double rounded = rint(scaled);

	/* written so that NaN fails, and so that most numbers need one comparison */
	if (!(fabs(x) < CXM_GRID_LIMIT))
		return false;
	if (fabs(scaled) < 0.5 / CXM_GRID_TOLERANCE &&
	    fabs(rounded - scaled) > CXM_GRID_TOLERANCE * fabs(scaled))
		return false;
	*units = (int64_t) rounded;
	return true;
}

static inline void
cxm_fixed_add(CxmFixedSum *a, const CxmFixedSum *b)
{
	uint64_t low = a->part[0] + b->part[0];
	uint64_t carry = low < a->part[0];
	uint64_t middle = a->part[1] + b->part[1];
	uint64_t higher = middle < a->part[1];

	middle += carry;
	higher += middle < carry;
	a->part[0] = low;
	a->part[1] = middle;
	a->part[2] += b->part[2] + higher;
}

static inline void
cxm_fixed_subtract(CxmFixedSum *a, const CxmFixedSum *b)
{
	uint64_t low = a->part[0] - b->part[0];
	uint64_t borrow = low > a->part[0];
	uint64_t middle = a->part[1] - b->part[1];
	uint64_t higher = middle > a->part[1];

	higher += middle < borrow;
	middle -= borrow;
	a->part[0] = low;
	a->part[1] = middle;
	a->part[2] -= b->part[2] + higher;
}

static inline CxmFixedSum
cxm_fixed(int64_t units)
{
	uint64_t sign = units < 0 ? UINT64_MAX : 0;

	return (CxmFixedSum){{(uint64_t) units, sign, sign}};
}

static inline CxmFixedSum
cxm_fixed_product(int64_t a, int64_t b)
{
#ifdef __SIZEOF_INT128__
	__int128 product = (__int128) a * b;
	uint64_t high = (uint64_t) (product >> 64);

	return (CxmFixedSum){{(uint64_t) product, high, (int64_t) high < 0 ? UINT64_MAX : 0}};
#else
	CxmUint128  size = cxm_uint128_multiply(a < 0 ? -(uint64_t) a : (uint64_t) a,
	                                        b < 0 ? -(uint64_t) b : (uint64_t) b);
	CxmFixedSum product = {{size.low, size.high, 0}};
	CxmFixedSum negative = {{0, 0, 0}};

	if ((a < 0) == (b < 0))
		return product;
	cxm_fixed_subtract(&negative, &product);
	return negative;
#endif
}

/* sum += units, or sum -= units */
static inline void
cxm_fixed_count(CxmFixedSum *sum, int64_t units, bool add)
{
	CxmFixedSum number = cxm_fixed(units);

	if (add)
		cxm_fixed_add(sum, &number);
	else
		cxm_fixed_subtract(sum, &number);
}

/* sum += a * b, or sum -= a * b */
static inline void
cxm_fixed_count_product(CxmFixedSum *sum, int64_t a, int64_t b, bool add)
{
	CxmFixedSum product = cxm_fixed_product(a, b);

	if (add)
		cxm_fixed_add(sum, &product);
	else
		cxm_fixed_subtract(sum, &product);
}

/* -1, 0 or 1 */
static inline int
cxm_fixed_sign(const CxmFixedSum *sum)
{
	if ((int64_t) sum->part[2] < 0)
		return -1;
	return (sum->part[0] | sum->part[1] | sum->part[2]) != 0;
}

static inline int
cxm_fixed_compare(const CxmFixedSum *a, const CxmFixedSum *b)
{
	if (a->part[2] != b->part[2])
		return (int64_t) a->part[2] < (int64_t) b->part[2] ? -1 : 1;
	for (int i = 1; i >= 0; i--)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return 0;
}

/* sum / 2^bits, rounded once. */
extern double cxm_fixed_to_double(const CxmFixedSum *sum, int bits);

/*
 * Adds sum / 2^bits, with bits 32 or 64, to a decimal sum as core/decimal_sum.h has it, of which
 * CXM_FIXED_LOWEST is the lowest position, and which has CXM_FIXED_POSITIONS: each binary fraction
 * is a decimal one of as many digits.
 */
#define CXM_FIXED_LOWEST (-16)
#define CXM_FIXED_POSITIONS 29

extern void cxm_fixed_add_decimal(int64_t *to, const CxmFixedSum *sum, int bits);

/*
 * The sum of which sum / 2^bits, with bits 32 or 64, is this decimal number: digits, with a minus
 * sign and a point where they are needed.  False when there is none.
 */
extern bool cxm_fixed_parse(const char *text, int bits, CxmFixedSum *sum);

#endif /* CXM_FIXED_POINT_H */
