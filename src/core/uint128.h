/*
 * uint128.h
 *		Unsigned 128-bit integers: exact sums of weights in fixed point, on every platform.
 *
 * The compilers' own 128-bit type is missing on 32-bit machines, and a value has to be stored as
 * two known halves anyway.
 */
#ifndef CXM_UINT128_H
#define CXM_UINT128_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct CxmUint128
{
	uint64_t high;
	uint64_t low;
} CxmUint128;

/* A text of cxm_uint128_print(): 39 digits, a decimal point and the end of the string. */
#define CXM_UINT128_TEXT 42

static inline bool
cxm_uint128_is_zero(CxmUint128 a)
{
	return a.high == 0 && a.low == 0;
}

/* a += b; false, with a undefined, when the sum needs more than 128 bits. */
static inline bool
cxm_uint128_add(CxmUint128 *a, CxmUint128 b)
{
	uint64_t low = a->low + b.low;
	uint64_t carry = low < b.low;
	uint64_t high = a->high + b.high + carry;
	bool     fits = b.high + carry >= carry && high >= b.high + carry;

	a->low = low;
	a->high = high;
	return fits;
}

/* a -= b; false, with a undefined, when b is larger than a. */
static inline bool
cxm_uint128_subtract(CxmUint128 *a, CxmUint128 b)
{
	bool fits = a->high > b.high || (a->high == b.high && a->low >= b.low);

	a->high = a->high - b.high - (a->low < b.low);
	a->low -= b.low;
	return fits;
}

/* a * b, in schoolbook halves */
static inline CxmUint128
cxm_uint128_multiply(uint64_t a, uint64_t b)
{
	uint64_t   cross = (a >> 32) * (b & UINT32_MAX);
	uint64_t   other_cross = (a & UINT32_MAX) * (b >> 32);
	CxmUint128 result = {(a >> 32) * (b >> 32), (a & UINT32_MAX) * (b & UINT32_MAX)};

	cxm_uint128_add(&result, (CxmUint128){cross >> 32, cross << 32});
	cxm_uint128_add(&result, (CxmUint128){other_cross >> 32, other_cross << 32});
	return result;
}

/* a *= factor; false, with a undefined, when the product needs more than 128 bits. */
static inline bool
cxm_uint128_scale(CxmUint128 *a, uint64_t factor)
{
	CxmUint128 high = cxm_uint128_multiply(a->high, factor);

	*a = cxm_uint128_multiply(a->low, factor);
	return high.high == 0 && cxm_uint128_add(a, (CxmUint128){high.low, 0});
}

/* a /= divisor, which is from 1 to 2^63; returns the remainder. */
static inline uint64_t
cxm_uint128_divide(CxmUint128 *a, uint64_t divisor)
{
	uint64_t remainder = a->high % divisor;
	uint64_t quotient = 0;

	a->high /= divisor;
	if (remainder == 0)
	{
		remainder = a->low % divisor;
		a->low /= divisor;
		return remainder;
	}
	for (int bit = 63; bit >= 0; bit--)
	{
		remainder = remainder << 1 | (a->low >> bit & 1);
		if (remainder >= divisor)
		{
			remainder -= divisor;
			quotient |= UINT64_C(1) << bit;
		}
	}
	a->low = quotient;
	return remainder;
}

static inline int
cxm_uint128_compare(CxmUint128 a, CxmUint128 b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return a.low == b.low ? 0 : a.low < b.low ? -1 : 1;
}

static inline double
cxm_uint128_to_double(CxmUint128 a)
{
	return ldexp((double) a.high, 64) + (double) a.low;
}

/* Writes a / 10^decimals, at most 38, without superfluous zeros; returns the length. */
extern int cxm_uint128_print(CxmUint128 a, int decimals, char *text);

/*
 * Reads what cxm_uint128_print() writes, and with superfluous zeros behind the point too.  False
 * when the text is something else, has more decimals that are not zero, or needs more than 128
 * bits.
 */
extern bool cxm_uint128_parse(const char *text, int decimals, CxmUint128 *result);

#endif /* CXM_UINT128_H */
