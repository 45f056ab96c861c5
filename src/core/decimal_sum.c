/*
 * decimal_sum.c
 *		Exact sums of decimal numbers, as numeric has them: base 10000, any length.
 */
#include "core/decimal_sum.h"

#include <string.h>

bool
cxm_decimal_combine(int64_t *to, const int64_t *from, size_t n, int factor)
{
	bool overflow = false;

	for (size_t i = 0; i < n; i++)
		overflow |= factor > 0 ? __builtin_add_overflow(to[i], from[i], &to[i])
		                       : __builtin_sub_overflow(to[i], from[i], &to[i]);
	return !overflow;
}

/* One pass of carries, rounding down; what is left over at the top is 0, or -1 below zero. */
static int64_t
carry(int64_t *sum, size_t n)
{
	int64_t over = 0;

	for (size_t i = 0; i < n; i++)
	{
		int64_t value = sum[i] % CXM_DECIMAL_BASE;
		int64_t higher = sum[i] / CXM_DECIMAL_BASE;

		/* divided before the carry is added, which might not fit */
		value += over % CXM_DECIMAL_BASE;
		higher += over / CXM_DECIMAL_BASE;
		while (value < 0)
		{
			value += CXM_DECIMAL_BASE;
			higher--;
		}
		while (value >= CXM_DECIMAL_BASE)
		{
			value -= CXM_DECIMAL_BASE;
			higher++;
		}
		sum[i] = value;
		over = higher;
	}
	return over;
}

int
cxm_decimal_normalise(int64_t *sum, size_t n)
{
	bool negative = carry(sum, n) < 0;

	if (negative)
	{
		/* what was carried out of the top is lost, as in two's complement: negate, carry again */
		for (size_t i = 0; i < n; i++)
			sum[i] = -sum[i];
		carry(sum, n);
	}
	for (size_t i = 0; i < n; i++)
		if (sum[i] != 0)
			return negative ? -1 : 1;
	return 0;
}

/* The digit at a weight, 0 outside of the sum. */
static int
digit_at(const int64_t *sum, size_t n, int low, int weight)
{
	return weight >= low && weight - low < (int) n ? (int) sum[weight - low] : 0;
}

static char *
print_digit(char *at, int digit)
{
	for (int i = CXM_DECIMAL_DIGITS - 1; i >= 0; i--, digit /= 10)
		at[i] = (char) ('0' + digit % 10);
	return at + CXM_DECIMAL_DIGITS;
}

size_t
cxm_decimal_print(const int64_t *sum, size_t n, int low, bool negative, char *text)
{
	char  *at = text;
	char  *first;
	int    top = low + (int) n - 1;
	size_t zeros;

	if (negative)
		*at++ = '-';
	first = at;
	for (int weight = top > 0 ? top : 0; weight >= low || weight >= 0; weight--)
	{
		at = print_digit(at, digit_at(sum, n, low, weight));
		if (weight == 0)
			*at++ = '.';
	}
	while (at[-1] == '0')
		at--;
	if (at[-1] == '.')
		at--;
	*at = '\0';

	/* one digit stays before the point */
	zeros = strspn(first, "0");
	if (first + zeros == at || first[zeros] == '.')
		zeros--;
	memmove(first, first + zeros, (size_t) (at - first) - zeros + 1);
	return (size_t) (at - text) - zeros;
}
