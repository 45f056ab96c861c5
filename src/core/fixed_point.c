/*
 * fixed_point.c
 *		Exact sums on a grid of 2^-32 as doubles and as decimal numbers.
 */
#include "core/fixed_point.h"

#include <string.h>

#include "core/decimal_sum.h"

#define LIMBS 8

/* The absolute value in 32-bit limbs, the least significant first, from limb number first on. */
static void
absolute(const CxmFixedSum *sum, int first, uint32_t limbs[LIMBS])
{
	CxmFixedSum size = {{0, 0, 0}};

	if (cxm_fixed_sign(sum) < 0)
		cxm_fixed_subtract(&size, sum);
	else
		size = *sum;
	for (int i = 0; i < LIMBS; i++)
		limbs[i] = 0;
	for (int i = 0; i < 6; i++)
		limbs[first + i] = (uint32_t) (size.part[i / 2] >> 32 * (i % 2));
}

double
cxm_fixed_to_double(const CxmFixedSum *sum, int bits)
{
	uint32_t limbs[LIMBS];
	int      top = LIMBS - 1;
	uint64_t head;
	uint64_t rest;
	int      shift = 0;
	double   result;

	absolute(sum, 0, limbs);
	while (top > 1 && limbs[top] == 0)
		top--;

	/* the 64 highest bits, of which the lowest tells whether any were lost */
	head = (uint64_t) limbs[top] << 32 | limbs[top - 1];
	rest = top > 1 ? limbs[top - 2] : 0;
	while (top > 1 && shift < 32 && head >> 63 == 0)
	{
		head = head << 1 | (rest >> 31 & 1);
		rest = rest << 1 & UINT32_MAX;
		shift++;
	}
	for (int i = 0; i < top - 2; i++)
		rest |= limbs[i];
	result = ldexp((double) (head | (rest != 0)), 32 * (top - 1) - shift - bits);
	return cxm_fixed_sign(sum) < 0 ? -result : result;
}

void
cxm_fixed_add_decimal(int64_t *to, const CxmFixedSum *sum, int bits)
{
	int      sign = cxm_fixed_sign(sum);
	uint32_t limbs[LIMBS];
	int      top = LIMBS - 1;

	/* the point is between limbs 1 and 2 */
	absolute(sum, bits == CXM_GRID_BITS ? 1 : 0, limbs);
	for (int i = -CXM_FIXED_LOWEST; i < CXM_FIXED_POSITIONS; i++)
	{
		uint64_t remainder = 0;

		while (top >= 2 && limbs[top] == 0)
			top--;
		for (int limb = top; limb >= 2; limb--)
		{
			uint64_t value = remainder << 32 | limbs[limb];

			limbs[limb] = (uint32_t) (value / CXM_DECIMAL_BASE);
			remainder = value % CXM_DECIMAL_BASE;
		}
		to[i] += sign * (int64_t) remainder;
	}
	for (int i = -CXM_FIXED_LOWEST - 1; i >= 0 && (limbs[0] | limbs[1]) != 0; i--)
	{
		uint64_t low = (uint64_t) limbs[0] * CXM_DECIMAL_BASE;
		uint64_t high = (uint64_t) limbs[1] * CXM_DECIMAL_BASE + (low >> 32);

		limbs[0] = (uint32_t) low;
		limbs[1] = (uint32_t) high;
		to[i] += sign * (int64_t) (high >> 32);
	}
}

/* part * factor + carry, in place; the carry out of it, for a factor of up to 2^32. */
static uint64_t
multiply_part(uint64_t *part, uint64_t factor, uint64_t carry)
{
	uint64_t low = (*part & UINT32_MAX) * factor + carry;
	uint64_t high = (*part >> 32) * factor + (low >> 32);

	*part = high << 32 | (low & UINT32_MAX);
	return high >> 32;
}

bool
cxm_fixed_parse(const char *text, int bits, CxmFixedSum *sum)
{
	bool        negative = *text == '-';
	const char *digits = text + negative;
	size_t      whole = strspn(digits, "0123456789");
	size_t      behind = digits[whole] == '.' ? strspn(digits + whole + 1, "0123456789") : 0;
	uint64_t    fraction[64];
	uint64_t    rest = 0;
	CxmFixedSum size = {{0, 0, 0}};

	if (whole == 0 || behind > (size_t) bits || (digits[whole] == '.') != (behind > 0) ||
	    digits[whole + (behind > 0) + behind] != '\0')
		return false;
	for (size_t i = 0; i < whole; i++)
	{
		uint64_t carry = (uint64_t) (digits[i] - '0');

		for (int part = 0; part < 3; part++)
			carry = multiply_part(&size.part[part], 10, carry);
		if (carry != 0)
			return false;
	}
	for (size_t i = 0; i < behind; i++)
		fraction[i] = (uint64_t) (digits[whole + 1 + i] - '0');
	for (int shift = 0; shift < bits; shift += 32)
	{
		uint64_t carry = 0;

		for (size_t i = behind; i > 0; i--)
		{
			carry += fraction[i - 1] << 32;
			fraction[i - 1] = carry % 10;
			carry /= 10;
		}
		for (int part = 0; part < 3; part++)
			carry = multiply_part(&size.part[part], UINT64_C(1) << 32, carry);
		if (carry != 0)
			return false;
	}
	for (size_t i = 0; i < behind; i++)
		rest |= fraction[i];
	if (rest != 0 || cxm_fixed_sign(&size) < 0)
		return false;
	*sum = (CxmFixedSum){{0, 0, 0}};
	if (negative)
		cxm_fixed_subtract(sum, &size);
	else
		cxm_fixed_add(sum, &size);
	return true;
}
