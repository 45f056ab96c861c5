/*
 * test_cross_products.c
 *		Sums of products in pairs, and sums as decimal numbers.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cross_products.h"
#include "decimal_sum.h"
#include "random.h"

static void
has_a_place_for_every_pair(void **state)
{
	size_t at = 0;

	(void) state;
	for (int i = 0; i < 65; i++)
	{
		assert_int_equal(cxm_cross_sum(i), at++);
		for (int j = 0; j <= i; j++)
			assert_int_equal(cxm_cross_product(i, j), at++);
	}
	assert_int_equal(cxm_cross_products(65), at);
}

/* Numbers of up to 31 bits, so that the reference fits into 128 bits. */
static void
centres_exactly(void **state)
{
	(void) state;
	random_state = 1;
	for (int round = 0; round < 200; round++)
	{
		CxmFixedSum sums[5] = {{{0}}};
		double      x[50];
		double      y[50];
		int         rows = 1 + round % 50;
		double      direct = 0;
		CxmTwofold  centred;

		for (int i = 0; i < rows; i++)
		{
			int64_t row[3] = {CXM_GRID_ONE};

			x[i] = (double) (int32_t) random_bits();
			y[i] = (double) (int32_t) (random_bits() % 1000);
			assert_true(cxm_to_grid(x[i], &row[1]) && cxm_to_grid(y[i], &row[2]));
			cxm_cross_count(sums, row, 2, true);
		}
		/* the sum over pairs of rows, each a whole number of at most 42 bits */
		for (int i = 0; i < rows; i++)
			for (int j = 0; j < i; j++)
				direct += (x[i] - x[j]) * (y[i] - y[j]);
		centred = cxm_cross_centred(rows, &sums[cxm_cross_product(1, 0)], &sums[cxm_cross_sum(1)],
		                            &sums[cxm_cross_sum(0)]);
		assert_true(centred.high == ldexp(direct, 64));
		assert_true(centred.low == 0);

		for (int i = 0; i < rows; i++)
		{
			int64_t row[3] = {CXM_GRID_ONE};

			assert_true(cxm_to_grid(x[i], &row[1]) && cxm_to_grid(y[i], &row[2]));
			cxm_cross_count(sums, row, 2, false);
		}
		for (int i = 0; i < 5; i++)
			assert_int_equal(cxm_fixed_sign(&sums[i]), 0);
	}
}

/*
 * Rows have possible sums, even where one variable is the other times a factor; and then not one
 * unit less is possible in the sum of products, nor in that of squares.
 */
static void
knows_what_is_possible(void **state)
{
	const CxmFixedSum unit = {{1, 0, 0}};

	(void) state;
	random_state = 7;
	for (int round = 0; round < 400; round++)
	{
		CxmFixedSum  sums[5] = {{{0}}};
		CxmFixedSum *x = &sums[cxm_cross_sum(0)];
		CxmFixedSum *y = &sums[cxm_cross_sum(1)];
		CxmFixedSum *x_x = &sums[cxm_cross_product(0, 0)];
		CxmFixedSum *x_y = &sums[cxm_cross_product(1, 0)];
		CxmFixedSum *y_y = &sums[cxm_cross_product(1, 1)];
		int          rows = 2 + round % 30;
		int          shift = 1 + round % 60;
		bool         tied = round % 2 == 0;

		for (int i = 0; i < rows; i++)
		{
			int64_t number = (int64_t) (random_bits() >> shift) / (tied ? 4 : 1);
			int64_t other = (int64_t) (random_bits() >> 1);
			int64_t row[3] = {CXM_GRID_ONE, number, tied ? -3 * number : other};

			cxm_cross_count(sums, row, 2, true);
		}
		assert_true(cxm_cross_possible(rows, x, y, x_x, x_y, y_y));
		if (!tied)
			continue;
		cxm_fixed_subtract(x_y, &unit);
		assert_false(cxm_cross_possible(rows, x, y, x_x, x_y, y_y));
		cxm_fixed_add(x_y, &unit);
		assert_true(cxm_cross_possible(rows, x, y, x_x, x_y, y_y));
		cxm_fixed_subtract(x_x, &unit);
		assert_false(cxm_cross_possible(rows, x, y, x_x, x_y, y_y));
	}
}

/* As many rows as there can be, of the largest numbers, half of them negative. */
static void
has_room_for_the_most(void **state)
{
	const int64_t most = INT64_MAX - 1023;
	CxmFixedSum   square = {{0}};
	CxmFixedSum   sum = {{0}};
	CxmFixedSum   one = cxm_fixed_product(most, most);
	CxmTwofold    centred;
	long double   size;

	(void) state;
	for (int i = 0; i <= 62; i++)
	{
		cxm_fixed_add(&square, &one);
		one = square;
	}
	centred = cxm_cross_centred(INT64_C(1) << 62, &square, &sum, &sum);
	size = ldexpl((long double) most * (long double) most, 124);
	assert_true(fabsl((centred.high - size) / size) < 1e-14L);
	assert_true(cxm_cross_centred(INT64_C(1) << 62, &sum, &square, &square).high <= 0);
}

static void
reads_the_decimals_that_it_prints(void **state)
{
	(void) state;
	random_state = 2;
	for (int round = 0; round < 3000; round++)
	{
		int         bits = round % 2 == 0 ? 32 : 64;
		int64_t     digits[CXM_FIXED_POSITIONS + CXM_DECIMAL_CARRY] = {0};
		size_t      n = CXM_FIXED_POSITIONS + CXM_DECIMAL_CARRY;
		char        text[300];
		CxmFixedSum read;
		CxmFixedSum sum;
		int         sign;
		int         parts = round % 4;

		for (int part = 0; part < 3; part++)
			sum.part[part] = part < parts ? random_bits() : 0;
		if (round % 5 == 0)
		{
			CxmFixedSum negative = {{0}};

			cxm_fixed_subtract(&negative, &sum);
			sum = negative;
		}
		cxm_fixed_add_decimal(digits, &sum, bits);
		sign = cxm_decimal_normalise(digits, n);
		cxm_decimal_print(digits, n, CXM_FIXED_LOWEST, sign < 0, text);
		assert_true(cxm_fixed_parse(text, bits, &read));
		assert_int_equal(cxm_fixed_compare(&read, &sum), 0);
	}
}

static void
reads_nothing_else(void **state)
{
	static const char *const texts[] = {
	    "", "-", ".5", "5.", "1e5", "+1", " 1", "1 ", "--1", "0.1", "0.3", "1.2.3", "0x10", "NaN",
	    /* 2^-33, and 2^159 */
	    "0.000000000116415321826934814453125", "730750818665451459101842416358141509827966271488"};
	CxmFixedSum sum;

	(void) state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(cxm_fixed_parse(texts[i], 32, &sum));
	assert_true(cxm_fixed_parse("0.00000000023283064365386962890625", 32, &sum));
	assert_true(sum.part[0] == 1);
	assert_true(cxm_fixed_parse("-00.50", 32, &sum));
	assert_true(sum.part[0] == -(UINT64_C(1) << 31) && sum.part[2] == UINT64_MAX);
	/* 2^159 - 1 */
	assert_true(cxm_fixed_parse("730750818665451459101842416358141509827966271487", 32, &sum));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(has_a_place_for_every_pair),
	    cmocka_unit_test(centres_exactly),
	    cmocka_unit_test(knows_what_is_possible),
	    cmocka_unit_test(has_room_for_the_most),
	    cmocka_unit_test(reads_the_decimals_that_it_prints),
	    cmocka_unit_test(reads_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
