/*
 * test_rank_test.c
 *		The rank test against figures of R 4.2.2 (wilcox.test) and SciPy 1.17.1 (mannwhitneyu,
 *		brunnermunzel).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>

#include <cmocka.h>

#include "near.h"
#include "rank_test.h"

typedef struct Step
{
	double of_a;
	double of_b;
} Step;

static bool
test_of(const Step *steps, size_t n, CxmTest *result)
{
	double      n_a = 0;
	double      n_b = 0;
	CxmRankTest ranks;

	for (size_t i = 0; i < n; i++)
	{
		n_a += steps[i].of_a;
		n_b += steps[i].of_b;
	}
	ranks = cxm_rank_test_start(n_a, n_b);
	for (size_t i = 0; i < n; i++)
		cxm_rank_test_step(&ranks, steps[i].of_a, steps[i].of_b);
	return cxm_rank_test(&ranks, 0.95, result);
}

/* Waits of 1, 2, 5, 10, 30, 60, 120 and 480 minutes. */
static const Step GROUPED[] = {{40, 22}, {35, 30}, {28, 31}, {22, 30},
                               {15, 21}, {9, 17},  {4, 9},   {1, 4}};

static void
grouped(void **state)
{
	CxmTest test;

	(void) state;
	assert_true(test_of(GROUPED, 8, &test));
	assert_near(test.difference, 2 * 0.384067152360 - 1, 1e-11, 0);
	assert_near(test.p_value, 0.000288579438941, 1e-14, 0);
	assert_near(test.lower, -0.3535525741679434, 1e-12, 0);
	assert_near(test.upper, -0.11017881639271587, 1e-12, 0);
	assert_near(test.difference / test.std_error, -3.749004649281811, 1e-11, 0);
}

/* Hollander and Wolfe: 0.80 0.83 1.89 ... against 1.15 0.88 0.90 0.74 1.21, in order. */
static void
without_ties(void **state)
{
	static const char ORDER[] = "abaabbabbaaaaaa"; /* 73 74 80 83 88 90 104 115 121 138 ... */

	Step    steps[15] = {{0, 0}};
	CxmTest test;

	(void) state;
	for (int i = 0; i < 15; i++)
		*(ORDER[i] == 'a' ? &steps[i].of_a : &steps[i].of_b) = 1;
	assert_true(test_of(steps, 15, &test));
	assert_near(test.difference, 0.4, 1e-15, 0);
	assert_near(test.p_value, 0.244623605, 1e-9, 0);
	assert_near(test.lower, -0.22016903077094685, 1e-12, 0);
	assert_near(test.upper, 1, 0, 0);
}

/* The groups in the other order: the mirror image. */
static void
law_mirror(void **state)
{
	Step    steps[8];
	CxmTest test;
	CxmTest mirror;

	(void) state;
	for (int i = 0; i < 8; i++)
		steps[i] = (Step){GROUPED[i].of_b, GROUPED[i].of_a};
	assert_true(test_of(GROUPED, 8, &test) && test_of(steps, 8, &mirror));
	assert_near(mirror.difference, -test.difference, 1e-14, 0);
	assert_near(mirror.lower, -test.upper, 1e-14, 0);
	assert_near(mirror.upper, -test.lower, 1e-14, 0);
	assert_near(mirror.statistic, -test.statistic, 1e-13, 0);
	assert_near(mirror.p_value, test.p_value, 1e-14, 0);
}

static void
nothing_to_tell(void **state)
{
	static const Step EQUAL[] = {{5, 1000003}};
	static const Step APART[] = {{3, 0}, {0, 4}};
	static const Step EMPTY[] = {{3, 0}, {1, 0}};
	static const Step ONE[] = {{1, 0}, {0, 1}};

	CxmTest test;

	(void) state;
	assert_false(test_of(EQUAL, 1, &test));
	assert_false(test_of(EMPTY, 2, &test));
	/* how far apart is not to be told from groups that do not overlap */
	assert_true(test_of(APART, 2, &test));
	assert_near(test.difference, -1, 0, 0);
	assert_true(isnan(test.lower) && isnan(test.upper) && isnan(test.std_error));
	assert_true(test.p_value < 0.1);
	assert_true(test_of(ONE, 2, &test));
	assert_true(isnan(test.lower));
	assert_near(test.p_value, 1, 0, 0);
}

/* As many as may be counted neither overflow nor lose the sign. */
static void
very_many(void **state)
{
	Step    steps[8];
	CxmTest test;

	(void) state;
	for (int i = 0; i < 8; i++)
		steps[i] = (Step){GROUPED[i].of_a * 1e16, GROUPED[i].of_b * 1e16};
	assert_true(test_of(steps, 8, &test));
	assert_near(test.difference, 2 * 0.384067152360 - 1, 1e-11, 0);
	assert_true(test.statistic < -1e8 && test.p_value == 0);
	assert_near(test.lower, test.difference, 1e-6, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grouped),    cmocka_unit_test(without_ties),
	    cmocka_unit_test(law_mirror), cmocka_unit_test(nothing_to_tell),
	    cmocka_unit_test(very_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
