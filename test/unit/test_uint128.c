/*
 * test_uint128.c
 *		Unsigned 128-bit integers, against the compiler's own.
 */
#include <float.h>
#include <stdio.h>
#include <string.h>

#include "uint128.h"
#include "near.h"
#include "random.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

__extension__ typedef unsigned __int128 uint128;

static uint128
native(CxmUint128 a)
{
	return (uint128) a.high << 64 | a.low;
}

static CxmUint128
own(uint128 a)
{
	return (CxmUint128){(uint64_t) (a >> 64), (uint64_t) a};
}

/* Of any magnitude, and often next to a power of two, where carries are. */
static uint128
random_uint128(void)
{
	uint128 a = (uint128) random_bits() << 64 | random_bits();

	switch (random_bits() % 4)
	{
		case 0:
			return ((uint128) 1 << random_bits() % 128) + (random_bits() % 5) - 2;
		case 1:
			return 0 - (uint128) (random_bits() % 5);
		default:
			return a >> random_bits() % 128;
	}
}

static void
addition(void **state)
{
	int overflows = 0;

	(void) state;
	random_state = 1;
	for (int i = 0; i < 1000000; i++)
	{
		uint128    a = random_uint128();
		uint128    b = random_uint128();
		uint128    sum;
		bool       overflow = __builtin_add_overflow(a, b, &sum);
		CxmUint128 result = own(a);

		assert_true(cxm_uint128_add(&result, own(b)) == !overflow);
		if (!overflow)
			assert_true(native(result) == sum);
		overflows += overflow;
	}
	assert_true(overflows > 100000 && overflows < 900000);
}

static void
subtraction(void **state)
{
	int borrows = 0;

	(void) state;
	random_state = 2;
	for (int i = 0; i < 1000000; i++)
	{
		uint128    a = random_uint128();
		uint128    b = i % 10 == 0 ? a : random_uint128();
		CxmUint128 result = own(a);

		assert_true(cxm_uint128_subtract(&result, own(b)) == (a >= b));
		if (a >= b)
			assert_true(native(result) == a - b);
		borrows += a < b;
	}
	assert_true(borrows > 100000 && borrows < 900000);
}

/* Both sides at the limits, where every carry and borrow is. */
static void
limits(void **state)
{
	static const uint64_t halves[] = {0,
	                                  1,
	                                  2,
	                                  UINT32_MAX,
	                                  (uint64_t) UINT32_MAX + 1,
	                                  INT64_MAX,
	                                  (uint64_t) INT64_MAX + 1,
	                                  UINT64_MAX - 1,
	                                  UINT64_MAX};

	(void) state;
	for (size_t i = 0; i < LENGTH(halves); i++)
		for (size_t j = 0; j < LENGTH(halves); j++)
			for (size_t k = 0; k < LENGTH(halves); k++)
				for (size_t l = 0; l < LENGTH(halves); l++)
				{
					CxmUint128 a = {halves[i], halves[j]};
					CxmUint128 b = {halves[k], halves[l]};
					CxmUint128 result = a;
					uint128    sum;
					bool       fits = !__builtin_add_overflow(native(a), native(b), &sum);

					assert_true(cxm_uint128_add(&result, b) == fits);
					if (fits)
					{
						assert_true(native(result) == sum);
						assert_true(cxm_uint128_subtract(&result, b));
						assert_true(native(result) == native(a));
					}
					result = a;
					assert_true(cxm_uint128_subtract(&result, b) == (native(a) >= native(b)));
				}
}

static void
squares(void **state)
{
	static const uint64_t table[] = {0,
	                                 1,
	                                 2,
	                                 10,
	                                 UINT32_MAX,
	                                 (uint64_t) UINT32_MAX + 1,
	                                 UINT64_C(1000000000000000000),
	                                 INT64_MAX,
	                                 UINT64_MAX - 1,
	                                 UINT64_MAX};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_true(native(cxm_uint128_multiply(table[i], table[i])) ==
		            (uint128) table[i] * table[i]);
	random_state = 3;
	for (int i = 0; i < 1000000; i++)
	{
		uint64_t a = (uint64_t) random_uint128() >> random_bits() % 64;

		assert_true(native(cxm_uint128_multiply(a, a)) == (uint128) a * a);
	}
}

static void
products_and_quotients(void **state)
{
	(void) state;
	random_state = 6;
	for (int i = 0; i < 200000; i++)
	{
		uint64_t   a = (uint64_t) random_uint128() >> random_bits() % 64;
		uint64_t   b = (uint64_t) random_uint128() >> random_bits() % 64;
		uint64_t   divisor = i % 100 == 0 ? UINT64_C(1) << 63 : (b >> 1) + 1;
		uint128    x = random_uint128();
		uint128    y = i % 10 == 0 ? x : random_uint128();
		CxmUint128 quotient = own(x);
		CxmUint128 scaled = own(x);

		assert_true(cxm_uint128_scale(&scaled, a) == (a == 0 || x <= (uint128) -1 / a));
		if (a == 0 || x <= (uint128) -1 / a)
			assert_true(native(scaled) == x * a);
		scaled = own(x % divisor);
		assert_true(cxm_uint128_scale(&scaled, divisor));
		assert_true(native(scaled) == x % divisor * divisor);
		assert_true(native(cxm_uint128_multiply(a, b)) == (uint128) a * b);
		assert_true(cxm_uint128_divide(&quotient, divisor) == x % divisor);
		assert_true(native(quotient) == x / divisor);
		assert_int_equal(cxm_uint128_compare(own(x), own(y)), (x > y) - (x < y));
	}
}

static void
zero(void **state)
{
	(void) state;
	assert_true(cxm_uint128_is_zero((CxmUint128){0, 0}));
	assert_false(cxm_uint128_is_zero((CxmUint128){0, 1}));
	assert_false(cxm_uint128_is_zero((CxmUint128){1, 0}));
	assert_false(cxm_uint128_is_zero((CxmUint128){UINT64_MAX, UINT64_MAX}));
}

/* Next to the compiler's conversion: two roundings may be off by one unit in the last place. */
static void
to_double(void **state)
{
	(void) state;
	random_state = 4;
	for (int i = 0; i < 1000000; i++)
	{
		uint128 a = random_uint128();
		double  expected = (double) a;

		if (a < (uint128) 1 << 53)
			assert_true(cxm_uint128_to_double(own(a)) == expected);
		else
			assert_near(cxm_uint128_to_double(own(a)), expected, 0, DBL_EPSILON);
	}
	assert_true(cxm_uint128_to_double((CxmUint128){0, 0}) == 0);
	assert_true(cxm_uint128_to_double((CxmUint128){1, 0}) == 0x1p64);
	assert_true(cxm_uint128_to_double((CxmUint128){UINT64_MAX, UINT64_MAX}) == 0x1p128);
}

static void
assert_printed(CxmUint128 a, int decimals, const char *expected)
{
	char       text[CXM_UINT128_TEXT];
	CxmUint128 parsed = {7, 7};

	memset(text, 'x', sizeof(text));
	assert_int_equal(cxm_uint128_print(a, decimals, text), strlen(expected));
	assert_string_equal(text, expected);
	assert_true(cxm_uint128_parse(text, decimals, &parsed));
	assert_true(native(parsed) == native(a));
}

static void
printed(void **state)
{
	const CxmUint128 largest = {UINT64_MAX, UINT64_MAX};
	const CxmUint128 ten_to_38 = {UINT64_C(0x4b3b4ca85a86c47a), UINT64_C(0x098a224000000000)};

	(void) state;
	assert_printed((CxmUint128){0, 0}, 0, "0");
	assert_printed((CxmUint128){0, 0}, 6, "0");
	assert_printed((CxmUint128){0, 7}, 0, "7");
	assert_printed((CxmUint128){0, 10}, 0, "10");
	assert_printed((CxmUint128){0, 10}, 1, "1");
	assert_printed((CxmUint128){0, 12}, 1, "1.2");
	assert_printed((CxmUint128){0, 12}, 2, "0.12");
	assert_printed((CxmUint128){0, 1}, 6, "0.000001");
	assert_printed((CxmUint128){0, 250000}, 6, "0.25");
	assert_printed((CxmUint128){0, 1000000}, 6, "1");
	assert_printed((CxmUint128){0, 100000000}, 6, "100");
	assert_printed((CxmUint128){0, 100000001}, 6, "100.000001");
	assert_printed((CxmUint128){0, UINT64_MAX}, 0, "18446744073709551615");
	assert_printed((CxmUint128){1, 0}, 0, "18446744073709551616");
	assert_printed(largest, 0, "340282366920938463463374607431768211455");
	assert_printed(largest, 6, "340282366920938463463374607431768.211455");
	assert_printed(largest, 12, "340282366920938463463374607.431768211455");
	assert_printed(largest, 38, "3.40282366920938463463374607431768211455");
	assert_printed(ten_to_38, 0, "100000000000000000000000000000000000000");
	assert_printed(ten_to_38, 6, "100000000000000000000000000000000");
	assert_printed(ten_to_38, 38, "1");
	assert_printed((CxmUint128){0, 1}, 38, "0.00000000000000000000000000000000000001");
}

/* The digits, by the compiler's division. */
static void
law_print_and_parse(void **state)
{
	(void) state;
	random_state = 5;
	for (int i = 0; i < 200000; i++)
	{
		uint128 a = random_uint128();
		uint128 rest;
		int     decimals = (int) (random_bits() % 39);
		char    digits[64];
		int     at = sizeof(digits);

		/* half of the numbers end in zeros */
		if (random_bits() % 2)
			for (int zeros = (int) (random_bits() % 20); zeros > 0 && a <= (uint128) -1 / 10;
			     zeros--)
				a *= 10;
		rest = a;
		digits[--at] = '\0';
		for (int position = 0; position <= decimals || rest > 0; position++)
		{
			bool significant = digits[at] != '\0' || rest % 10 != 0 || position >= decimals;

			if (position == decimals && position > 0 && digits[at] != '\0')
				digits[--at] = '.';
			if (significant)
				digits[--at] = (char) ('0' + (int) (rest % 10));
			rest /= 10;
		}
		assert_printed(own(a), decimals, digits + at);
	}
}

static void
parsed(void **state)
{
	static const struct
	{
		const char *text;
		int         decimals;
		CxmUint128  value;
	} table[] = {
	    {"0", 0, {0, 0}},
	    {"0.0", 0, {0, 0}},
	    {"1.000", 0, {0, 1}},
	    {"007", 0, {0, 7}},
	    {"1.5", 1, {0, 15}},
	    {"1.50", 1, {0, 15}},
	    {"1.500000000000000000000000000000000000000000000000000000", 1, {0, 15}},
	    {"1", 6, {0, 1000000}},
	    {"1.25", 6, {0, 1250000}},
	    {"0.000001", 6, {0, 1}},
	    {"0.0000010", 6, {0, 1}},
	    {"18446744073709551616", 0, {1, 0}},
	    {"340282366920938463463374607431768211455", 0, {UINT64_MAX, UINT64_MAX}},
	    {"340282366920938463463374607431768211455.0", 0, {UINT64_MAX, UINT64_MAX}},
	    {"0000000000340282366920938463463374607431768211455", 0, {UINT64_MAX, UINT64_MAX}},
	    {"340282366920938463463374607431768.211455", 6, {UINT64_MAX, UINT64_MAX}},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmUint128 value = {7, 7};

		assert_true(cxm_uint128_parse(table[i].text, table[i].decimals, &value));
		assert_true(native(value) == native(table[i].value));
	}
}

static void
refused(void **state)
{
	static const struct
	{
		const char *text;
		int         decimals;
	} table[] = {
	    {"", 0},
	    {".", 0},
	    {".5", 1},
	    {"5.", 1},
	    {"-1", 0},
	    {"+1", 0},
	    {"-0", 0},
	    {" 1", 0},
	    {"1 ", 0},
	    {"1.2.3", 6},
	    {"1..2", 6},
	    {"1,5", 1},
	    {"1e3", 0},
	    {"0x10", 0},
	    {"NaN", 0},
	    {"Infinity", 0},
	    {"1.5", 0},
	    {"1.25", 1},
	    {"0.0000001", 6},
	    {"0.0000010000001", 6},
	    {"1.5x", 6},
	    {"340282366920938463463374607431768211456", 0},
	    {"340282366920938463463374607431768211460", 0},
	    {"999999999999999999999999999999999999999", 0},
	    {"3402823669209384634633746074317682114550", 0},
	    {"340282366920938463463374607431768.211456", 6},
	    {"340282366920938463463374607431769", 6},
	    {"100000000000000000000000000000000000000000000000000", 0},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmUint128 value;

		assert_false(cxm_uint128_parse(table[i].text, table[i].decimals, &value));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addition),
	    cmocka_unit_test(subtraction),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(squares),
	    cmocka_unit_test(zero),
	    cmocka_unit_test(to_double),
	    cmocka_unit_test(printed),
	    cmocka_unit_test(law_print_and_parse),
	    cmocka_unit_test(parsed),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(products_and_quotients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
