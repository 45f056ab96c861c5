/*
 * test_order_statistics.c
 *		Ranks around a percentile, and the binomial distribution, against figures of R 4.2.2
 *		(qbinom, pbinom) and SciPy 1.17.1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>

#include <cmocka.h>

#include "distributions.h"
#include "near.h"
#include "order_statistics.h"

/* Rank 0 below, or n + 1 above, where there is no limit; the coverage of R. */
static void
ranks_of_r(void **state)
{
	static const struct
	{
		uint64_t n;
		double   p;
		double   level;
		uint64_t lower;
		uint64_t upper;
		double   coverage;
	} rows[] = {{11, 0.5, 0.9, 3, 9, 0.934570312},        {11, 0.5, 0.95, 2, 10, 0.988281250},
	            {11, 0.5, 0.99, 1, 11, 0.999023438},      {11, 0.9, 0.9, 8, 12, 0.981465239},
	            {11, 0.99, 0.99, 9, 12, 0.999844627},     {21, 0.5, 0.95, 6, 16, 0.973396301},
	            {21, 0.9, 0.99, 15, 22, 0.996727206},     {100, 0.5, 0.9, 42, 59, 0.911373920},
	            {100, 0.5, 0.95, 40, 61, 0.964799800},    {100, 0.9, 0.95, 84, 96, 0.955690107},
	            {100, 0.99, 0.9, 97, 101, 0.981625964},   {1000, 0.5, 0.95, 469, 532, 0.953708803},
	            {1000, 0.9, 0.99, 875, 925, 0.991708097}, {1000, 0.99, 0.95, 983, 997, 0.976094763},
	            {1000, 0.99, 0.99, 981, 998, 0.994032208}};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
	{
		CxmRanks ranks = cxm_percentile_ranks(rows[i].n, rows[i].p, rows[i].level);

		assert_int_equal(ranks.lower, rows[i].lower);
		assert_int_equal(ranks.upper, rows[i].upper);
		assert_rounds_to(1 - ranks.lower_tail - ranks.upper_tail, rows[i].coverage, 9);
	}
}

/* Of SciPy, and by the normal limit beyond. */
static void
ranks_of_many(void **state)
{
	CxmRanks ranks = cxm_percentile_ranks(100000, 0.99, 0.95);

	(void) state;
	assert_int_equal(ranks.lower, 98938);
	assert_int_equal(ranks.upper, 99062);
	ranks = cxm_percentile_ranks(12345678, 0.37, 0.9);
	assert_int_equal(ranks.lower, 4565111);
	assert_int_equal(ranks.upper, 4570692);
	ranks = cxm_percentile_ranks(UINT64_C(1000000000000), 0.5, 0.95);
	assert_near((double) ranks.lower, 5e11 - 979982, 2, 0);
	assert_near((double) ranks.upper, 5e11 + 979983, 2, 0);
	ranks = cxm_percentile_ranks(INT64_MAX, 0.5, 0.95);
	assert_true(ranks.lower < ranks.upper && ranks.upper < INT64_MAX);
}

/* The smallest sample with both limits of a median has six values; at the ends there is one. */
static void
ends(void **state)
{
	(void) state;
	for (uint64_t n = 1; n < 20; n++)
	{
		CxmRanks median = cxm_percentile_ranks(n, 0.5, 0.95);
		CxmRanks lowest = cxm_percentile_ranks(n, 0, 0.95);
		CxmRanks highest = cxm_percentile_ranks(n, 1, 0.95);

		assert_true((median.lower > 0) == (n >= 6));
		assert_true((median.upper <= n) == (n >= 6));
		assert_int_equal(median.lower + median.upper, n + 1);
		assert_int_equal(lowest.lower, 0);
		assert_int_equal(lowest.upper, 1);
		assert_int_equal(highest.lower, n);
		assert_int_equal(highest.upper, n + 1);
	}
}

/* The definition, by the sum of the probabilities. */
static void
law_definition(void **state)
{
	(void) state;
	for (int n = 1; n <= 80; n++)
		for (int i = 1; i < 20; i++)
		{
			double   p = i / 20.0;
			double   of_one = pow(1 - p, n);
			double   below = 0;
			uint64_t lower = 0;
			uint64_t upper = (uint64_t) n + 1;
			CxmRanks ranks = cxm_percentile_ranks((uint64_t) n, p, 0.9);

			for (int k = 0; k <= n; k++)
			{
				if (below <= 0.05 * (1 + 1e-11))
					lower = (uint64_t) k;
				below += of_one;
				assert_near(cxm_binomial_lower(k, n, p), below, 1e-13, 1e-11);
				if (below >= 1 - 0.05 * (1 + 1e-11) && upper > (uint64_t) n)
					upper = (uint64_t) k + 1;
				of_one *= (double) (n - k) / (k + 1) * p / (1 - p);
			}
			assert_int_equal(ranks.lower, lower);
			assert_int_equal(ranks.upper, upper);
		}
}

static void
binomial(void **state)
{
	(void) state;
	assert_near(cxm_binomial_lower(41, 100, 0.5), 0.04431304, 1e-8, 0);
	assert_near(cxm_binomial_lower(883, 1000, 0.9), 0.04334389, 1e-8, 0);
	assert_near(cxm_binomial_lower(-1, 10, 0.5), 0, 0, 0);
	assert_near(cxm_binomial_lower(10, 10, 0.5), 1, 0, 0);
	assert_near(cxm_binomial_lower(3, 10, 0), 1, 0, 0);
	assert_near(cxm_binomial_lower(3, 10, 1), 0, 0, 0);
	assert_true(isnan(cxm_binomial_lower(3, 10, NAN)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ranks_of_r),     cmocka_unit_test(ranks_of_many), cmocka_unit_test(ends),
	    cmocka_unit_test(law_definition), cmocka_unit_test(binomial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
