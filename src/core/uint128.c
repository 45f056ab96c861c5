/*
 * uint128.c
 *		Unsigned 128-bit integers as decimal text.
 */
#include "core/uint128.h"

#include <stddef.h>
#include <string.h>

/* a = 10 * a + digit; false when that needs more than 128 bits. */
static bool
append_digit(CxmUint128 *a, int digit)
{
	CxmUint128 sum = *a;

	/* 10 a = 2 (4 a + a) */
	if (!cxm_uint128_add(&sum, sum) || !cxm_uint128_add(&sum, sum) || !cxm_uint128_add(&sum, *a) ||
	    !cxm_uint128_add(&sum, sum) || !cxm_uint128_add(&sum, (CxmUint128){0, (uint64_t) digit}))
		return false;
	*a = sum;
	return true;
}

int
cxm_uint128_print(CxmUint128 a, int decimals, char *text)
{
	char reversed[CXM_UINT128_TEXT];
	int  length = 0;
	bool significant = false;

	for (int position = 0; position <= decimals || !cxm_uint128_is_zero(a); position++)
	{
		int digit = (int) cxm_uint128_divide(&a, 10);

		if (position == decimals)
		{
			if (significant)
				reversed[length++] = '.';
			significant = true;
		}
		significant = significant || digit != 0;
		if (significant)
			reversed[length++] = (char) ('0' + digit);
	}
	for (int i = 0; i < length; i++)
		text[i] = reversed[length - 1 - i];
	text[length] = '\0';
	return length;
}

bool
cxm_uint128_parse(const char *text, int decimals, CxmUint128 *result)
{
	size_t      whole = strspn(text, "0123456789");
	size_t      fraction = 0;
	const char *point = text + whole;

	if (whole == 0)
		return false;
	if (*point == '.')
	{
		fraction = strspn(point + 1, "0123456789");
		if (fraction == 0 || point[1 + fraction] != '\0')
			return false;
	}
	else if (*point != '\0')
		return false;

	*result = (CxmUint128){0, 0};
	for (size_t i = 0; i < whole; i++)
		if (!append_digit(result, text[i] - '0'))
			return false;
	for (size_t i = 0; i < (size_t) decimals || i < fraction; i++)
	{
		int digit = i < fraction ? point[1 + i] - '0' : 0;

		if (i < (size_t) decimals ? !append_digit(result, digit) : digit != 0)
			return false;
	}
	return true;
}
