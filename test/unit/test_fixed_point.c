/*
 * test_fixed_point.c
 *		The grid of 2^-32 and its sums against the compiler's own 128-bit integers, and against
 *		known numbers.
 */
#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decimal_sum.h"
#include "fixed_point.h"

static uint64_t chance = 1;

/* Numbers of all sizes, of either sign. */
static int64_t
some_number(void)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (int64_t) chance >> (chance >> 8) % 64;
}

static void
takes_what_the_grid_can_hold(void **state)
{
	static const struct
	{
		double  x;
		int64_t units;
	} numbers[] = {{0, 0},
	               {-0.0, 0},
	               {1, INT64_C(1) << 32},
	               {-1.5, -(INT64_C(3) << 31)},
	               {3.7, INT64_C(15891378995)},
	               {-3.7, -INT64_C(15891378995)},
	               {0x1p-32, 1},
	               {0x1p-12 + 0x1p-33, INT64_C(1) << 20}, /* a tie, to even */
	               {2147483647.9999998, INT64_MAX - 1023},
	               {-2147483647.9999998, -(INT64_MAX - 1023)}};

	(void) state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
	{
		int64_t units = -1;

		assert_true(cxm_to_grid(numbers[i].x, &units));
		assert_true(units == numbers[i].units);
	}
}

static void
refuses_what_it_would_change(void **state)
{
	static const double numbers[] = {NAN,     INFINITY,     -INFINITY, DBL_MAX,  2147483648.0,
	                                 DBL_MIN, -2147483648.0, 1e-11,     0x1p-33, 0x1.8p-32};

	(void) state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
	{
		int64_t units = -1;

		assert_false(cxm_to_grid(numbers[i], &units));
		assert_true(units == -1);
	}
}

/* A millionth is the limit: the same distance from the grid is much to a small number only. */
static void
tolerates_a_millionth(void **state)
{
	int64_t units;
	double  half = 0x1p-33;

	(void) state;
	assert_true(cxm_to_grid(500000 * 0x1p-32 + half, &units));
	assert_false(cxm_to_grid(499998 * 0x1p-32 + half, &units));
	assert_true(cxm_to_grid(499998 * 0x1p-32 + 0.9 * half, &units));
	assert_false(cxm_to_grid(1.000002 * 0x1p-32, &units));
	assert_true(cxm_to_grid(1.0000009 * 0x1p-32, &units) && units == 1);
	for (int i = 0; i < 100000; i++)
	{
		double x = (double) some_number() * 0x1p-52;

		if (cxm_to_grid(x, &units))
			assert_true(fabs((double) units * 0x1p-32 - x) <= fabs(x) * CXM_GRID_TOLERANCE);
		else
			assert_true(fabs(x) < 500001 * 0x1p-32);
	}
}

static CxmFixedSum
widened(__int128 number)
{
	uint64_t sign = number < 0 ? UINT64_MAX : 0;

	return (CxmFixedSum){{(uint64_t) number, (uint64_t) (number >> 64), sign}};
}

static void
assert_equal(CxmFixedSum a, CxmFixedSum b)
{
	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_equal(cxm_fixed_compare(&a, &b), 0);
}

static void
multiplies_as_the_compiler_does(void **state)
{
	(void) state;
	for (int i = 0; i < 100000; i++)
	{
		int64_t     a = some_number();
		int64_t     b = some_number();
		CxmFixedSum product = cxm_fixed_product(a, b);
		CxmUint128  size = cxm_uint128_multiply(a < 0 ? -(uint64_t) a : (uint64_t) a,
		                                        b < 0 ? -(uint64_t) b : (uint64_t) b);
		CxmFixedSum other = {{size.low, size.high, 0}};
		CxmFixedSum zero = {{0, 0, 0}};

		assert_equal(product, widened((__int128) a * b));
		if ((a < 0) != (b < 0))
		{
			cxm_fixed_subtract(&zero, &other);
			other = zero;
		}
		assert_equal(product, other);
	}
}

/* As long as they fit into 128 bits, the compiler's sums are the same. */
static void
adds_as_the_compiler_does(void **state)
{
	(void) state;
	for (int round = 0; round < 1000; round++)
	{
		CxmFixedSum sum = {{0, 0, 0}};
		CxmFixedSum back;
		__int128    expected = 0;
		int64_t     a[20];
		int64_t     b[20];

		for (int i = 0; i < 20; i++)
		{
			a[i] = some_number() >> 4;
			b[i] = some_number();
			cxm_fixed_count_product(&sum, a[i], b[i], i % 3 > 0);
			cxm_fixed_count(&sum, b[i], i % 2 > 0);
			expected += (i % 3 > 0 ? 1 : -1) * ((__int128) a[i] * b[i]);
			expected += (i % 2 > 0 ? 1 : -1) * (__int128) b[i];
			assert_equal(sum, widened(expected));
			assert_int_equal(cxm_fixed_sign(&sum), (expected > 0) - (expected < 0));
		}
		back = sum;
		cxm_fixed_add(&back, &sum);
		assert_int_equal(cxm_fixed_compare(&back, &sum), cxm_fixed_sign(&sum));
		assert_int_equal(cxm_fixed_compare(&sum, &back), -cxm_fixed_sign(&sum));
		cxm_fixed_subtract(&back, &sum);
		assert_equal(back, sum);
		for (int i = 0; i < 20; i++)
		{
			cxm_fixed_count_product(&sum, a[i], b[i], i % 3 == 0);
			cxm_fixed_count(&sum, b[i], i % 2 == 0);
		}
		assert_equal(sum, cxm_fixed(0));
	}
}

static void
carries_through_all_parts(void **state)
{
	CxmFixedSum sum = {{UINT64_MAX, UINT64_MAX, 5}};

	(void) state;
	cxm_fixed_count(&sum, 1, true);
	assert_equal(sum, (CxmFixedSum){{0, 0, 6}});
	cxm_fixed_count(&sum, 1, false);
	assert_equal(sum, (CxmFixedSum){{UINT64_MAX, UINT64_MAX, 5}});
	cxm_fixed_count(&sum, -1, false);
	assert_equal(sum, (CxmFixedSum){{0, 0, 6}});
	sum = cxm_fixed(0);
	cxm_fixed_count(&sum, 1, false);
	assert_equal(sum, cxm_fixed(-1));
}

static void
rounds_to_double_once(void **state)
{
	(void) state;
	assert_true(cxm_fixed_to_double(&(CxmFixedSum){{0, 0, 0}}, 64) == 0);
	assert_true(cxm_fixed_to_double(&(CxmFixedSum){{1, 0, 0}}, 64) == 0x1p-64);
	assert_true(cxm_fixed_to_double(&(CxmFixedSum){{0, 0, 1}}, 32) == 0x1p96);
	/* a tie that one bit far away decides, and one that it does not */
	assert_true(cxm_fixed_to_double(&(CxmFixedSum){{1, 0, (UINT64_C(1) << 60) + 128}}, 0) ==
	            0x1p188 + 0x1p136);
	assert_true(cxm_fixed_to_double(&(CxmFixedSum){{0, 0, (UINT64_C(1) << 60) + 128}}, 0) ==
	            0x1p188);
	assert_true(cxm_fixed_to_double(&(CxmFixedSum){{0, UINT64_C(1) << 63, UINT64_C(1) << 52}}, 0) ==
	            0x1p180);
	assert_true(cxm_fixed_to_double(&(CxmFixedSum){{1, UINT64_C(1) << 63, UINT64_C(1) << 52}}, 0) ==
	            0x1p180 + 0x1p128);
	for (int i = 0; i < 100000; i++)
	{
		__int128    number = (__int128) some_number() * some_number() + some_number();
		CxmFixedSum sum = widened(number);

		assert_true(cxm_fixed_to_double(&sum, 0) == (double) number);
		assert_true(cxm_fixed_to_double(&sum, 64) == (double) number * 0x1p-64);
	}
}

static void
assert_decimal(CxmFixedSum sum, int bits, const char *expected)
{
	int64_t digits[CXM_FIXED_POSITIONS + CXM_DECIMAL_CARRY] = {0};
	size_t  n = CXM_FIXED_POSITIONS + CXM_DECIMAL_CARRY;
	char    text[300];
	int     sign;

	cxm_fixed_add_decimal(digits, &sum, bits);
	sign = cxm_decimal_normalise(digits, n);
	assert_true(cxm_decimal_text_size(n, CXM_FIXED_LOWEST) <= sizeof(text));
	cxm_decimal_print(digits, n, CXM_FIXED_LOWEST, sign < 0, text);
	assert_string_equal(text, expected);
}

static void
is_the_same_in_decimal(void **state)
{
	(void) state;
	assert_decimal(cxm_fixed(0), 32, "0");
	assert_decimal(cxm_fixed(INT64_C(3) << 31), 32, "1.5");
	assert_decimal(cxm_fixed(-(INT64_C(12345) << 32)), 32, "-12345");
	assert_decimal(cxm_fixed(1), 32, "0.00000000023283064365386962890625");
	assert_decimal(cxm_fixed(-1), 64,
	               "-0.0000000000000000000542101086242752217003726400434970855712890625");
	/* 2^159 and 2^127, the largest there are, less one unit */
	assert_decimal((CxmFixedSum){{UINT64_MAX, UINT64_MAX, INT64_MAX}}, 32,
	               "730750818665451459101842416358141509827966271487"
	               ".99999999976716935634613037109375");
	assert_decimal((CxmFixedSum){{UINT64_MAX, UINT64_MAX, INT64_MAX}}, 64,
	               "170141183460469231731687303715884105727"
	               ".9999999999999999999457898913757247782996273599565029144287109375");
}

/* The largest part is signed, the others are not. */
static void
compares_by_the_largest_part_first(void **state)
{
	const CxmFixedSum sums[] = {{{0, 0, (uint64_t) INT64_MIN}},
	                            {{UINT64_MAX, UINT64_MAX, UINT64_MAX}},
	                            {{0, 0, 0}},
	                            {{UINT64_MAX, UINT64_MAX, 0}},
	                            {{0, 0, 1}},
	                            {{0, 0, INT64_MAX}}};

	(void) state;
	for (int a = 0; a < 6; a++)
		for (int b = 0; b < 6; b++)
			assert_int_equal(cxm_fixed_compare(&sums[a], &sums[b]), (a > b) - (a < b));
}

static void
reads_no_more_than_fits(void **state)
{
	CxmFixedSum sum;

	(void) state;
	assert_true(cxm_fixed_parse("-1.5", 32, &sum));
	assert_equal(sum, cxm_fixed(-(INT64_C(3) << 31)));
	/* 2^159 less one unit, 2^159 and 2^160 */
	assert_true(cxm_fixed_parse("730750818665451459101842416358141509827966271487"
	                            ".99999999976716935634613037109375",
	                            32, &sum));
	assert_equal(sum, (CxmFixedSum){{UINT64_MAX, UINT64_MAX, INT64_MAX}});
	assert_false(cxm_fixed_parse("730750818665451459101842416358141509827966271488", 32, &sum));
	assert_false(cxm_fixed_parse("1461501637330902918203684832716283019655932542976", 32, &sum));
	/* 2^192, in whole units */
	assert_false(cxm_fixed_parse("6277101735386680763835789423207666416102355444464034512896", 32,
	                             &sum));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_what_the_grid_can_hold),
	    cmocka_unit_test(refuses_what_it_would_change),
	    cmocka_unit_test(tolerates_a_millionth),
	    cmocka_unit_test(multiplies_as_the_compiler_does),
	    cmocka_unit_test(adds_as_the_compiler_does),
	    cmocka_unit_test(carries_through_all_parts),
	    cmocka_unit_test(rounds_to_double_once),
	    cmocka_unit_test(is_the_same_in_decimal),
	    cmocka_unit_test(compares_by_the_largest_part_first),
	    cmocka_unit_test(reads_no_more_than_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
