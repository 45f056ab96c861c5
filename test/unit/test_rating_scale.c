/*
 * test_rating_scale.c
 *		The reading and writing of scales, the order of their answers.
 */
#include <stdio.h>
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
	    {"0..10", {0, 10, false}},
	    {"1..5", {1, 4, false}},
	    {"5..1", {1, 4, true}},
	    {"1..7", {1, 6, false}},
	    {"-1..1", {-1, 2, false}},
	    {"1..-1", {-1, 2, true}},
	    {"0..1", {0, 1, false}},
	    {"1..0", {0, 1, true}},
	    {"0..255", {0, 255, false}},
	    {"255..0", {0, 255, true}},
	    {"-128..127", {-128, 255, false}},
	    {"-5..-1", {-5, 4, false}},
	    {"-1..-5", {-5, 4, true}},
	    {"0..-10", {-10, 10, true}},
	    {"999999998..999999999", {999999998, 1, false}},
	    {"-999999999..-999999998", {-999999999, 1, false}},
	    {"-999999744..-999999999", {-999999999, 255, true}},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmScale scale = {77, 77, false};
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
		CxmScale scale = {7, 7, true};
		int64_t  answers = 7;

		assert_int_equal(parse(table[i], (int) strlen(table[i]), &scale, &answers),
		                 CXM_SCALE_SYNTAX);
		assert_true(cxm_scale_equal(scale, (CxmScale){7, 7, true}));
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
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmScale scale = {7, 7, true};
		int64_t  answers = 0;

		assert_int_equal(parse(table[i].text, (int) strlen(table[i].text), &scale, &answers),
		                 CXM_SCALE_SIZE);
		assert_int_equal(answers, table[i].answers);
		assert_true(cxm_scale_equal(scale, (CxmScale){7, 7, true}));
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
				assert_int_equal(cxm_scale_answer(scale, 0), worst);
				assert_int_equal(cxm_scale_answer(scale, scale.top), best);
				cxm_scale_print(scale, printed);
				assert_string_equal(printed, text);
			}
}

/* Ranks go from the worst to the best, slots with the numbers, and each answer has one of both. */
static void
law_slots_and_ranks(void **state)
{
	static const CxmScale scales[] = {{0, 10, false},
	                                  {1, 4, true},
	                                  {-100, 200, true},
	                                  {0, 255, false},
	                                  {0, 1, true},
	                                  {-CXM_SCALE_BOUND, 255, true},
	                                  {CXM_SCALE_BOUND - 255, 255, false}};

	(void) state;
	for (size_t i = 0; i < LENGTH(scales); i++)
		for (int rank = 0; rank <= scales[i].top; rank++)
		{
			CxmScale scale = scales[i];
			int      slot = cxm_scale_mirror(scale, rank);

			assert_true(slot >= 0 && slot <= scale.top);
			assert_int_equal(cxm_scale_mirror(scale, slot), rank);
			assert_int_equal(cxm_scale_answer(scale, rank), scale.low + slot);
			if (rank > 0)
				assert_int_equal(cxm_scale_answer(scale, rank),
				                 cxm_scale_answer(scale, rank - 1) + (scale.reversed ? -1 : 1));
		}
}

static void
equality(void **state)
{
	CxmScale scale = {1, 4, false};

	(void) state;
	assert_true(cxm_scale_equal(scale, (CxmScale){1, 4, false}));
	assert_false(cxm_scale_equal(scale, (CxmScale){2, 4, false}));
	assert_false(cxm_scale_equal(scale, (CxmScale){1, 5, false}));
	assert_false(cxm_scale_equal(scale, (CxmScale){1, 4, true}));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read_and_written),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(too_few_or_too_many),
	    cmocka_unit_test(length_counts),
	    cmocka_unit_test(law_round_trip),
	    cmocka_unit_test(law_slots_and_ranks),
	    cmocka_unit_test(equality),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
