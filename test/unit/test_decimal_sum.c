/*
 * test_decimal_sum.c
 *		Sums of decimal numbers against the compiler's own integers, and against known texts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decimal_sum.h"

static void
assert_prints(const int64_t *sum, size_t n, int low, bool negative, const char *expected)
{
	char text[200];

	assert_true(cxm_decimal_text_size(n, low) <= sizeof(text));
	assert_int_equal(cxm_decimal_print(sum, n, low, negative, text), strlen(expected));
	assert_string_equal(text, expected);
}

static void
prints_known_numbers(void **state)
{
	(void) state;
	assert_prints((int64_t[]){0}, 1, 0, false, "0");
	assert_prints((int64_t[]){0, 0, 0}, 3, -2, false, "0");
	assert_prints((int64_t[]){7}, 1, 0, false, "7");
	assert_prints((int64_t[]){7}, 1, 0, true, "-7");
	assert_prints((int64_t[]){7}, 1, 2, false, "700000000");
	assert_prints((int64_t[]){7}, 1, -2, false, "0.00000007");
	assert_prints((int64_t[]){5000, 12}, 2, -1, true, "-12.5");
	assert_prints((int64_t[]){1, 0, 10}, 3, -1, false, "100000.0001");
	assert_prints((int64_t[]){0, 10, 0}, 3, -1, false, "10");
	assert_prints((int64_t[]){9999, 9999, 0, 0}, 4, -4, false, "0.0000000099999999");
	assert_prints((int64_t[]){1200, 0}, 2, -1, false, "0.12");
}

static void
prints_nothing_as_zero(void **state)
{
	(void) state;
	assert_prints(NULL, 0, 0, false, "0");
	assert_prints(NULL, 0, -3, false, "0");
	assert_prints(NULL, 0, 3, false, "0");
}

/* Any integers in the positions, against what they make of a 64-bit number. */
static void
normalises_as_integers_add_up(void **state)
{
	uint64_t chance = 1;

	(void) state;
	for (int round = 0; round < 100000; round++)
	{
		int64_t sum[3 + CXM_DECIMAL_CARRY] = {0};
		int64_t value = 0;
		int64_t back = 0;
		int     sign;

		for (int i = 2; i >= 0; i--)
		{
			chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			sum[i] = (int64_t) (chance >> 33) % 2000000 - 1000000;
			if ((chance & 7) == 0)
				sum[i] = 0;
			value = value * CXM_DECIMAL_BASE + sum[i];
		}
		sign = cxm_decimal_normalise(sum, 3 + CXM_DECIMAL_CARRY);
		assert_int_equal(sign, (value > 0) - (value < 0));
		for (int i = 2 + CXM_DECIMAL_CARRY; i >= 0; i--)
		{
			assert_true(sum[i] >= 0 && sum[i] < CXM_DECIMAL_BASE);
			back = back * CXM_DECIMAL_BASE + sum[i];
		}
		assert_int_equal(back, value < 0 ? -value : value);
	}
}

static void
carries_the_largest_positions(void **state)
{
	int64_t largest[2 + CXM_DECIMAL_CARRY] = {INT64_MAX, INT64_MAX};
	int64_t smallest[2 + CXM_DECIMAL_CARRY] = {-INT64_MAX, -INT64_MAX};

	(void) state;
	assert_int_equal(cxm_decimal_normalise(largest, 2 + CXM_DECIMAL_CARRY), 1);
	assert_prints(largest, 2 + CXM_DECIMAL_CARRY, 0, false, "92242943740584612845807");
	assert_int_equal(cxm_decimal_normalise(smallest, 2 + CXM_DECIMAL_CARRY), -1);
	assert_prints(smallest, 2 + CXM_DECIMAL_CARRY, 0, true, "-92242943740584612845807");
}

static void
combines_up_to_overflow(void **state)
{
	int64_t to[2] = {1, INT64_MAX - 1};
	int64_t from[2] = {2, 1};

	(void) state;
	assert_true(cxm_decimal_combine(to, from, 2, 1));
	assert_int_equal(to[0], 3);
	assert_int_equal(to[1], INT64_MAX);
	assert_true(cxm_decimal_combine(to, from, 2, -1));
	assert_int_equal(to[0], 1);
	assert_true(cxm_decimal_combine(to, from, 2, 1));
	assert_false(cxm_decimal_combine(to, from, 2, 1));
	to[1] = INT64_MIN;
	assert_false(cxm_decimal_combine(to, from, 2, -1));
	assert_true(cxm_decimal_combine(to, from, 0, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(prints_known_numbers),
	    cmocka_unit_test(prints_nothing_as_zero),
	    cmocka_unit_test(normalises_as_integers_add_up),
	    cmocka_unit_test(carries_the_largest_positions),
	    cmocka_unit_test(combines_up_to_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
