/*
 * fuzz_fixed_point.c
 *		Sums on the grid: what is counted can be taken out again, and the decimal digits and the
 *		double are those of the same number.
 */
#include "decimal_sum.h"
#include "fixed_point.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CxmFixedSum sum;
	CxmFixedSum before;
	double      x = fuzz_double(&data, &size);
	int64_t     units;
	int64_t     a = (int64_t) fuzz_number(&data, &size);
	int64_t     b = (int64_t) fuzz_number(&data, &size);
	int64_t     digits[CXM_FIXED_POSITIONS + CXM_DECIMAL_CARRY] = {0};
	size_t      n = CXM_FIXED_POSITIONS + CXM_DECIMAL_CARRY;
	char        text[300];
	double      near;
	int         sign;

	if (cxm_to_grid(x, &units))
		LAW(fabs(ldexp((double) units, -32) - x) <= CXM_GRID_TOLERANCE * fabs(x));
	else
		LAW(!(fabs(x) < CXM_GRID_LIMIT) || fabs(x) < 0.000117);

	fuzz_take(&data, &size, &sum, sizeof(sum));
	before = sum;
	cxm_fixed_count_product(&sum, a, b, true);
	cxm_fixed_count(&sum, a, true);
	cxm_fixed_count_product(&sum, a, b, false);
	cxm_fixed_count(&sum, a, false);
	LAW(cxm_fixed_compare(&sum, &before) == 0);

	for (int bits = 32; bits <= 64; bits += 32)
	{
		memset(digits, 0, sizeof(digits));
		cxm_fixed_add_decimal(digits, &sum, bits);
		sign = cxm_decimal_normalise(digits, n);
		LAW(sign == cxm_fixed_sign(&sum));
		cxm_decimal_print(digits, n, CXM_FIXED_LOWEST, sign < 0, text);
		near = cxm_fixed_to_double(&sum, bits);
		LAW(strtod(text, NULL) == near);
	}
	return 0;
}
