/*
 * decimal_sum.h
 *		Exact sums of decimal numbers, as numeric has them: base 10000, any length.
 *
 * A sum is an array of int64, the least significant position first; the position i counts units of
 * 10000^(low + i) for some low.  Positions are added to on their own, without a carry, and may be
 * negative, so that a number of d digits costs d additions.  A digit is below 10000: it takes some
 * 9 * 10^14 additions to fill a position.
 */
#ifndef CXM_DECIMAL_SUM_H
#define CXM_DECIMAL_SUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CXM_DECIMAL_BASE 10000
#define CXM_DECIMAL_DIGITS 4

/* How many positions a carry can reach beyond the highest one. */
#define CXM_DECIMAL_CARRY 5

/* to[i] += factor * from[i]; factor is 1 or -1.  False, with to undefined, at an overflow. */
extern bool cxm_decimal_combine(int64_t *to, const int64_t *from, size_t n, int factor);

/*
 * Carries, until each of the n positions is from 0 to 9999.  The highest CXM_DECIMAL_CARRY ones
 * must be zero before.  A negative sum becomes its absolute value.  Returns the sign: -1, 0 or 1.
 */
extern int cxm_decimal_normalise(int64_t *sum, size_t n);

/*
 * Writes a normalised sum in decimal, with no superfluous zero or point, and a minus sign when it
 * is asked for: "0", "12", "-0.25".  Returns the length without the final zero byte; the text needs
 * cxm_decimal_text_size() bytes.
 */
extern size_t cxm_decimal_print(const int64_t *sum, size_t n, int low, bool negative, char *text);

static inline size_t
cxm_decimal_text_size(size_t n, int low)
{
	size_t behind = low < 0 ? (size_t) -low : 0;
	size_t before = low > 0 ? (size_t) low : 0;

	/* sign, digits, zeros up to the point on either side, "0" and point, end */
	return 1 + CXM_DECIMAL_DIGITS * (n + behind + before) + 2 + 1;
}

#endif /* CXM_DECIMAL_SUM_H */
