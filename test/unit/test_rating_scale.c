/*
 * test_rating_scale.c
 *		The reading and writing of scales, the order of their answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rating_scale.h"
#include "near.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* In a buffer of its own size, where the sanitizer sees every byte that is read beyond it. */
static CxmScaleError
parse(const char *text, int length, CxmScale *scale, int64_t *answers)
{
	char         *exact = test_malloc(length > 0 ? (size_t) length : 1);
	CxmScaleError error;

	if (length > 0)
		memcpy(exact, text, (size_t) length);
	error = cxm_scale_parse(exact, length, scale, answers);
	test_free(exact);
	return error;
}

static void
read_and_written(void **state)
{
	static const struct
	{
		const char *text;
		CxmScale    scale;
	} table[] = {
	    {"0..10", {.low = 0, .top = 10}},
	    {"1..5", {.low = 1, .top = 4}},
	    {"5..1", {.low = 1, .top = 4, .reversed = true}},
	    {"1..7", {.low = 1, .top = 6}},
	    {"-1..1", {.low = -1, .top = 2}},
	    {"1..-1", {.low = -1, .top = 2, .reversed = true}},
	    {"0..1", {.low = 0, .top = 1}},
	    {"1..0", {.low = 0, .top = 1, .reversed = true}},
	    {"0..255", {.low = 0, .top = 255}},
	    {"255..0", {.low = 0, .top = 255, .reversed = true}},
	    {"-128..127", {.low = -128, .top = 255}},
	    {"-5..-1", {.low = -5, .top = 4}},
	    {"-1..-5", {.low = -5, .top = 4, .reversed = true}},
	    {"0..-10", {.low = -10, .top = 10, .reversed = true}},
	    {"999999998..999999999", {.low = 999999998, .top = 1}},
	    {"-999999999..-999999998", {.low = -999999999, .top = 1}},
	    {"-999999744..-999999999", {.low = -999999999, .top = 255, .reversed = true}},
	    {"0..10 by 0.5", {.low = 0, .top = 20, .skipped = 4, .decimals = 1}},
	    {"0..5 by 0.5", {.low = 0, .top = 10, .skipped = 4, .decimals = 1}},
	    {"5..0.5 by 0.5", {.low = 5, .top = 9, .skipped = 4, .decimals = 1, .reversed = true}},
	    {"-1..1 by 0.01", {.low = -100, .top = 200, .decimals = 2}},
	    {"-0.5..0.5 by 0.25", {.low = -50, .top = 4, .skipped = 24, .decimals = 2}},
	    {"0..0.255 by 0.001", {.low = 0, .top = 255, .decimals = 3}},
	    {"1.25..2.25 by 0.5", {.low = 125, .top = 2, .skipped = 49, .decimals = 2}},
	    {"100..0 by 5", {.low = 0, .top = 20, .skipped = 4, .reversed = true}},
	    {"0..100 by 10", {.low = 0, .top = 10, .skipped = 9}},
	    {"1..9 by 2", {.low = 1, .top = 4, .skipped = 1}},
	    {"0..256 by 256", {.low = 0, .top = 1, .skipped = 255}},
	    {"0..0.256 by 0.256", {.low = 0, .top = 1, .skipped = 255, .decimals = 3}},
	    {"999999.744..999999.999 by 0.001", {.low = 999999744, .top = 255, .decimals = 3}},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmScale scale = {.low = 77, .top = 77};
		int64_t  answers = 0;
		char     text[CXM_SCALE_TEXT];

		assert_int_equal(parse(table[i].text, (int) strlen(table[i].text), &scale, &answers),
		                 CXM_SCALE_OK);
		assert_true(cxm_scale_equal(scale, table[i].scale));
		assert_int_equal(answers, table[i].scale.top + 1);
		cxm_scale_print(scale, text);
		assert_string_equal(text, table[i].text);
	}
}

/* Superfluous zeros behind the point, and a step that need not be named. */
static void
other_spellings(void **state)
{
	static const char *const table[][2] = {
	    {"0..10 by 1", "0..10"},
	    {"0.0..1.0 by 0.10", "0..1 by 0.1"},
	    {"1..5.0", "1..5"},
	    {"5.000..1.00 by 0.500", "5..1 by 0.5"},
	    {"-0.50..0.5 by 0.5", "-0.5..0.5 by 0.5"},
	    {"-999999999.000..-999999998.000 by 1.000", "-999999999..-999999998"},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmScale scale;
		int64_t  answers;
		char     text[CXM_SCALE_TEXT];

		assert_true(strlen(table[i][0]) < CXM_SCALE_TEXT);
		assert_int_equal(parse(table[i][0], (int) strlen(table[i][0]), &scale, &answers),
		                 CXM_SCALE_OK);
		cxm_scale_print(scale, text);
		assert_string_equal(text, table[i][1]);
	}
}

static void
steps_that_do_not_fit(void **state)
{
	static const struct
	{
		const char   *text;
		CxmScaleError error;
	} table[] = {
	    {"0..10 by 3", CXM_SCALE_STEP},
	    {"0..0.5", CXM_SCALE_STEP},
	    {"0..10 by 20", CXM_SCALE_STEP},
	    {"0..1 by 0.3", CXM_SCALE_STEP},
	    {"0.5..3 by 1", CXM_SCALE_STEP},
	    {"0..257 by 257", CXM_SCALE_STEP_UNITS},
	    {"0..1000 by 500", CXM_SCALE_STEP_UNITS},
	    {"0.1..50.1 by 25.7", CXM_SCALE_STEP},
	    {"0..51.4 by 25.7", CXM_SCALE_STEP_UNITS},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmScale scale = {.low = 7, .top = 7, .reversed = true};
		int64_t  answers;

		assert_int_equal(parse(table[i].text, (int) strlen(table[i].text), &scale, &answers),
		                 table[i].error);
		assert_true(cxm_scale_equal(scale, (CxmScale){.low = 7, .top = 7, .reversed = true}));
	}
}

static void
refused(void **state)
{
	static const char *const table[] = {
	    "",
	    ".",
	    "..",
	    "...",
	    "1",
	    "1.",
	    "1..",
	    "1...",
	    "..1",
	    ".1",
	    "1.5",
	    "1 .. 5",
	    " 1..5",
	    "1..5 ",
	    "1...5",
	    "1..5..9",
	    "1..5.",
	    "01..5",
	    "1..05",
	    "00..5",
	    "0..00",
	    "-0..5",
	    "0..-0",
	    "+1..5",
	    "1..+5",
	    "--1..5",
	    "-..5",
	    "1..-",
	    "1-5",
	    "1,5",
	    "1..5\n",
	    "a..b",
	    "1..b",
	    "0x1..5",
	    "1e1..5",
	    "1..5e0",
	    "0..10 by",
	    "0..10 by ",
	    "0..10 by 0",
	    "0..10 by 0.000",
	    "0..10 by -1",
	    "0..10 by .5",
	    "0..10 by 0.5.",
	    "0..10  by 0.5",
	    "0..10 by  0.5",
	    "0..10 by 0,5",
	    "0..10by 0.5",
	    "0..10 BY 0.5",
	    "0..10 by 00.5",
	    "0..10 by 0.5 ",
	    "0..10 by 0.5 by 0.5",
	    "0..10 by 0.0005",
	    "0.0005..1 by 0.5",
	    "-0.0..1",
	    "-00.5..1 by 0.5",
	    "9999999.99..1 by 0.001",
	    "1000000..1000001 by 0.001",
	    "1/../5",
	    "1:..:5",
	    "999999999..1000000000",
	    "1000000000..1000000001",
	    "-1000000000..-999999999",
	    "99999999999999999999..1",
	    "1..99999999999999999999",
	    "2147483648..2147483649",
	    "-2147483648..-2147483647",
	    "4294967296..4294967301",
	    "\357\274\221..5",
	    "1\342\200\2465",
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmScale scale = {.low = 7, .top = 7, .reversed = true};
		int64_t  answers = 7;

		assert_int_equal(parse(table[i], (int) strlen(table[i]), &scale, &answers),
		                 CXM_SCALE_SYNTAX);
		assert_true(cxm_scale_equal(scale, (CxmScale){.low = 7, .top = 7, .reversed = true}));
		assert_int_equal(answers, 7);
	}
}

static void
too_few_or_too_many(void **state)
{
	static const struct
	{
		const char *text;
		int64_t     answers;
	} table[] = {
	    {"1..1", 1},
	    {"0..0", 1},
	    {"-3..-3", 1},
	    {"0..256", 257},
	    {"256..0", 257},
	    {"0..1000", 1001},
	    {"-128..128", 257},
	    {"-999999999..999999999", 1999999999},
	    {"999999999..-999999999", 1999999999},
	    {"0..10 by 0.01", 1001},
	    {"0..128 by 0.5", 257},
	    {"3..3 by 0.5", 1},
	    {"3.5..3.5 by 0.5", 1},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmScale scale = {.low = 7, .top = 7, .reversed = true};
		int64_t  answers = 0;

		assert_int_equal(parse(table[i].text, (int) strlen(table[i].text), &scale, &answers),
		                 CXM_SCALE_SIZE);
		assert_int_equal(answers, table[i].answers);
		assert_true(cxm_scale_equal(scale, (CxmScale){.low = 7, .top = 7, .reversed = true}));
	}
}

/* The text need not end with a zero byte, and a zero byte does not end it. */
static void
length_counts(void **state)
{
	CxmScale scale;
	int64_t  answers;

	(void) state;
	assert_int_equal(parse("1..55", 4, &scale, &answers), CXM_SCALE_OK);
	assert_int_equal(scale.top, 4);
	assert_int_equal(parse("1..55", 3, &scale, &answers), CXM_SCALE_SYNTAX);
	assert_int_equal(parse("1..5\0", 5, &scale, &answers), CXM_SCALE_SYNTAX);
	assert_int_equal(parse("1\0..5", 5, &scale, &answers), CXM_SCALE_SYNTAX);
	assert_int_equal(parse("\0", 1, &scale, &answers), CXM_SCALE_SYNTAX);
}

/* Every scale within a few hundred of zero, and at both ends of what is possible. */
static void
law_round_trip(void **state)
{
	static const int32_t middles[] = {0, CXM_SCALE_BOUND - 150, -CXM_SCALE_BOUND + 150};

	(void) state;
	for (size_t m = 0; m < LENGTH(middles); m++)
		for (int32_t worst = middles[m] - 150; worst <= middles[m] + 150; worst++)
			for (int32_t best = middles[m] - 150; best <= middles[m] + 150; best++)
			{
				char          text[64];
				char          printed[CXM_SCALE_TEXT];
				int64_t       answers = 0;
				int64_t       expected = (best < worst ? worst - best : best - worst) + 1;
				CxmScale      scale;
				int           length = snprintf(text, sizeof(text), "%d..%d", worst, best);
				CxmScaleError error = cxm_scale_parse(text, length, &scale, &answers);

				assert_int_equal(error,
				                 expected < 2 || expected > 256 ? CXM_SCALE_SIZE : CXM_SCALE_OK);
				assert_int_equal(answers, expected);
				if (error != CXM_SCALE_OK)
					continue;
				assert_true(cxm_scale_answer(scale, 0) == worst);
				assert_true(cxm_scale_answer(scale, scale.top) == best);
				cxm_scale_print(scale, printed);
				assert_string_equal(printed, text);
			}
}

/* Ranks go from the worst to the best, slots with the numbers, and each answer has one of both. */
static void
law_slots_and_ranks(void **state)
{
	static const CxmScale scales[] = {{.low = 0, .top = 10},
	                                  {.low = 1, .top = 4, .reversed = true},
	                                  {.low = -100, .top = 200, .reversed = true},
	                                  {.low = 0, .top = 255},
	                                  {.low = 0, .top = 1, .reversed = true},
	                                  {.low = -CXM_SCALE_BOUND, .top = 255, .reversed = true},
	                                  {.low = CXM_SCALE_BOUND - 255, .top = 255}};

	(void) state;
	for (size_t i = 0; i < LENGTH(scales); i++)
		for (int rank = 0; rank <= scales[i].top; rank++)
		{
			CxmScale scale = scales[i];
			int      slot = cxm_scale_mirror(scale, rank);

			assert_true(slot >= 0 && slot <= scale.top);
			assert_int_equal(cxm_scale_mirror(scale, slot), rank);
			assert_true(cxm_scale_answer(scale, rank) == (double) scale.low + slot);
			if (rank > 0)
				assert_true(cxm_scale_answer(scale, rank) ==
				            cxm_scale_answer(scale, rank - 1) + (scale.reversed ? -1 : 1));
		}
}

static void
equality(void **state)
{
	CxmScale scale = {.low = 1, .top = 4};

	(void) state;
	assert_true(cxm_scale_equal(scale, (CxmScale){.low = 1, .top = 4}));
	assert_false(cxm_scale_equal(scale, (CxmScale){.low = 2, .top = 4}));
	assert_false(cxm_scale_equal(scale, (CxmScale){.low = 1, .top = 5}));
	assert_false(cxm_scale_equal(scale, (CxmScale){.low = 1, .top = 4, .reversed = true}));
	assert_false(cxm_scale_equal(scale, (CxmScale){.low = 1, .top = 4, .skipped = 1}));
	assert_false(cxm_scale_equal(scale, (CxmScale){.low = 1, .top = 4, .decimals = 1}));
}

/*
 * Every answer of a scale with steps has its slot as the number that its text is, as a float of
 * four bytes and as a sum of steps.  What is halfway to the next has none, and what is not so far
 * is nearest to it.
 */
static void
law_steps(void **state)
{
	static const char *const table[] = {
	    "0..10 by 0.5", "5..0.5 by 0.5",  "-1..1 by 0.01",     "100..0 by 5",
	    "1..9 by 2",    "0..25.5 by 0.1", "0..0.255 by 0.001", "-0.5..0.5 by 0.25",
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmScale scale;
		int64_t  answers;
		double   sum;

		assert_int_equal(parse(table[i], (int) strlen(table[i]), &scale, &answers), CXM_SCALE_OK);
		sum = cxm_scale_number(scale, 0);
		for (int slot = 0; slot <= scale.top; slot++)
		{
			double number = cxm_scale_number(scale, slot);
			double step = cxm_scale_step(scale) / cxm_scale_units(scale);
			double halfway = number + step / 2;
			char   text[CXM_SCALE_TEXT];

			cxm_scale_print_answer(scale, slot, text);
			assert_true(strtod(text, NULL) == number);
			assert_int_equal(cxm_scale_find_answer(scale, text), slot);
			assert_int_equal(cxm_scale_slot(scale, number), slot);
			assert_int_equal(cxm_scale_slot(scale, (double) (float) number), slot);
			assert_int_equal(cxm_scale_slot(scale, sum), slot);
			assert_int_equal(cxm_scale_nearest_slot(scale, number), slot);
			assert_int_equal(cxm_scale_nearest_slot(scale, number + 0.49 * step), slot);
			assert_int_equal(cxm_scale_nearest_slot(scale, number - 0.49 * step), slot);
			assert_int_equal(cxm_scale_slot(scale, halfway),
			                 slot < scale.top ? CXM_SLOT_BETWEEN : CXM_SLOT_OUTSIDE);
			sum += step;
		}
	}
}

static void
numbers_without_a_slot(void **state)
{
	CxmScale halves = {.low = 0, .top = 20, .skipped = 4, .decimals = 1};
	CxmScale fives = {.low = 0, .top = 20, .skipped = 4};
	CxmScale plain = {.low = -2, .top = 4};

	(void) state;
	assert_int_equal(cxm_scale_slot(halves, NAN), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_slot(halves, INFINITY), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_slot(halves, -INFINITY), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_slot(halves, -0.01), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_slot(halves, 10.01), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_slot(halves, 6.499), CXM_SLOT_BETWEEN);
	assert_int_equal(cxm_scale_slot(fives, 5.00001), CXM_SLOT_BETWEEN);
	assert_int_equal(cxm_scale_slot(fives, 4), CXM_SLOT_BETWEEN);
	assert_int_equal(cxm_scale_nearest_slot(halves, NAN), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_nearest_slot(halves, 1e300), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_nearest_slot(halves, 10.25), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_nearest_slot(halves, 10.24), 20);
	assert_int_equal(cxm_scale_nearest_slot(halves, -0.24), 0);
	/* halfway, away from zero */
	assert_int_equal(cxm_scale_nearest_slot(halves, 6.25), 13);
	assert_int_equal(cxm_scale_nearest_slot(plain, 0.5), 3);
	assert_int_equal(cxm_scale_nearest_slot(plain, -0.5), 1);
	/* one spelling */
	assert_int_equal(cxm_scale_find_answer(halves, "6.5"), 13);
	assert_int_equal(cxm_scale_find_answer(halves, "6.50"), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_find_answer(halves, "6.5 "), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_find_answer(halves, "6.4"), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_find_answer(halves, ""), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_find_answer(plain, "-2"), 0);
	assert_int_equal(cxm_scale_find_answer(plain, "-0"), CXM_SLOT_OUTSIDE);
	assert_int_equal(cxm_scale_find_answer(plain, "4294967295"), CXM_SLOT_OUTSIDE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read_and_written),
	    cmocka_unit_test(other_spellings),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(steps_that_do_not_fit),
	    cmocka_unit_test(too_few_or_too_many),
	    cmocka_unit_test(length_counts),
	    cmocka_unit_test(law_round_trip),
	    cmocka_unit_test(law_slots_and_ranks),
	    cmocka_unit_test(law_steps),
	    cmocka_unit_test(numbers_without_a_slot),
	    cmocka_unit_test(equality),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
