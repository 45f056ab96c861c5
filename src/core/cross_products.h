/*
 * cross_products.h
 *		Exact sums of numbers on the grid and of their products, in pairs, as models need them.
 *
 * The variables are the outcome and the drivers, in this order.  The sums lie row by row: those of
 * variable i are its own sum and its products with the variables from 0 to i.  All count units of
 * 2^-64; a sum of numbers is one of products with 1.
 */
#ifndef CXM_CROSS_PRODUCTS_H
#define CXM_CROSS_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/fixed_point.h"
#include "core/twofold.h"

/* How many sums there are for so many variables, which is where those of the next would be. */
static inline size_t
cxm_cross_products(int variables)
{
	return (size_t) variables * ((size_t) variables + 3) / 2;
}

/* Where the sum of a variable is, and that of the product of two, i >= j. */
static inline size_t
cxm_cross_sum(int i)
{
	return cxm_cross_products(i);
}

static inline size_t
cxm_cross_product(int i, int j)
{
	return cxm_cross_products(i) + 1 + (size_t) j;
}

/* 1, which is before the numbers of a row. */
#define CXM_GRID_ONE (INT64_C(1) << CXM_GRID_BITS)

/* Counts a row of 1 and so many numbers, or takes it out. */
static inline void
cxm_cross_count(CxmFixedSum *sums, const int64_t *row, int variables, bool add)
{
	for (int i = 1; i <= variables; i++)
		for (int j = 0; j <= i; j++, sums++)
			cxm_fixed_count_product(sums, row[i], row[j], add);
}

/*
 * rows * product - a * b, with the sum of a product and those of its factors: rows^2 times their
 * covariance, in units of 2^-64.  It is exact in 256 bits, so that nothing cancels.
 */
extern CxmTwofold cxm_cross_centred(int64_t rows, const CxmFixedSum *product, const CxmFixedSum *a,
                                    const CxmFixedSum *b);

/*
 * Can so many rows of two variables have these sums?  By Cauchy and Schwarz the square of their
 * covariance is at most the product of their variances.  That is asked of the exact sums, so that
 * none that rows have is refused.
 */
extern bool cxm_cross_possible(int64_t rows, const CxmFixedSum *a, const CxmFixedSum *b,
                               const CxmFixedSum *a_a, const CxmFixedSum *a_b,
                               const CxmFixedSum *b_b);

#endif /* CXM_CROSS_PRODUCTS_H */
