/*
 * cross_products.c
 *		Centred sums of products.
 */
#include "core/cross_products.h"

#include <math.h>
#include <string.h>

#define LIMBS 8

/* Two's complement in 32-bit limbs, the least significant first; without the lowest of a sum. */
static void
spread(const CxmFixedSum *sum, int lowest, uint32_t limbs[LIMBS])
{
	uint32_t sign = cxm_fixed_sign(sum) < 0 ? UINT32_MAX : 0;

	for (int i = 0; i < LIMBS; i++)
	{
		int from = i + lowest;

		limbs[i] = from < 6 ? (uint32_t) (sum->part[from / 2] >> 32 * (from % 2)) : sign;
	}
}

/* to += a * b, as far as it fits: what is beyond wraps around. */
static void
multiply(uint32_t *to, int limbs, const uint32_t a[LIMBS], const uint32_t b[LIMBS])
{
	for (int i = 0; i < LIMBS; i++)
	{
		uint64_t carry = 0;

		/* most sums are small, so that most limbs are zero */
		for (int j = 0; a[i] != 0 && i + j < limbs; j++)
		{
			carry += (j < LIMBS ? (uint64_t) a[i] * b[j] : 0) + to[i + j];
			to[i + j] = (uint32_t) carry;
			carry >>= 32;
		}
	}
}

static void
negate(uint32_t limbs[LIMBS])
{
	uint64_t carry = 1;

	for (int i = 0; i < LIMBS; i++)
	{
		carry += (uint32_t) ~limbs[i];
		limbs[i] = (uint32_t) carry;
		carry >>= 32;
	}
}

/* The size of rows * product - a * b; is it below zero? */
static bool
centre(uint32_t size[LIMBS], int64_t rows, const CxmFixedSum *product, const CxmFixedSum *a,
       const CxmFixedSum *b)
{
	const CxmFixedSum count = cxm_fixed(rows);
	uint32_t          x[LIMBS];
	uint32_t          y[LIMBS];
	bool              negative;

	/* sums of numbers are whole in units of 2^-32 */
	spread(a, 1, x);
	spread(b, 1, y);
	memset(size, 0, sizeof(uint32_t) * LIMBS);
	multiply(size, LIMBS, x, y);
	negate(size);
	spread(product, 0, x);
	spread(&count, 0, y);
	multiply(size, LIMBS, x, y);
	negative = size[LIMBS - 1] >> 31 != 0;
	if (negative)
		negate(size);
	return negative;
}

CxmTwofold
cxm_cross_centred(int64_t rows, const CxmFixedSum *product, const CxmFixedSum *a,
                  const CxmFixedSum *b)
{
	uint32_t   size[LIMBS];
	CxmTwofold result = {0, 0};
	bool       negative = centre(size, rows, product, a, b);

	for (int i = LIMBS - 1; i >= 0; i--)
		result = cxm_twofold_add(result, cxm_twofold(ldexp(size[i], 32 * i)));
	return negative ? cxm_twofold_negative(result) : result;
}

bool
cxm_cross_possible(int64_t rows, const CxmFixedSum *a, const CxmFixedSum *b, const CxmFixedSum *a_a,
                   const CxmFixedSum *a_b, const CxmFixedSum *b_b)
{
	uint32_t of_a[LIMBS];
	uint32_t of_b[LIMBS];
	uint32_t of_both[LIMBS];
	uint32_t square[2 * LIMBS] = {0};
	uint32_t most[2 * LIMBS] = {0};

	if (centre(of_a, rows, a_a, a, a) || centre(of_b, rows, b_b, b, b))
		return false;
	(void) centre(of_both, rows, a_b, a, b);
	multiply(square, 2 * LIMBS, of_both, of_both);
	multiply(most, 2 * LIMBS, of_a, of_b);
	for (int i = 2 * LIMBS - 1; i >= 0; i--)
		if (square[i] != most[i])
			return square[i] < most[i];
	return true;
}
