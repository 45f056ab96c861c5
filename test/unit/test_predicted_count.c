/*
 * test_predicted_count.c
 *		Predicted counts: R's and scipy's figures, the ends of the range, and exact sums.
 */
#include "near.h"
#include "predicted_count.h"
#include "random.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void
range(const CxmBetaPrior *prior, double n, double tail, double *lower, double *upper)
{
	CxmPredictedRange r;

	cxm_predicted_begin(&r, prior, n, tail);
	while (cxm_predicted_step(&r))
		;
	*lower = r.lower;
	*upper = r.upper;
}

/* scipy.stats.betabinom.ppf, and R */
static void
published(void **state)
{
	static const struct
	{
		double x;
		double n;
		double next;
		double mean;
		double tail;
		double lower;
		double upper;
	} figures[] = {
	    {240, 12000, 11800, 236.47196067, 0.025, 196, 280},
	    {240, 12000, 11800, 236.47196067, 0.1, 209, 264},
	    {3, 60, 55, 3.15573770, 0.025, 0, 9},
	    {3, 60, 55, 3.15573770, 0.1, 1, 6},
	    {0, 50, 50, 0.49019608, 0.025, 0, 3},
	    {12, 400, 4000, 124.68827930, 0.025, 63, 205},
	    {12, 400, 4000, 124.68827930, 0.1, 81, 173},
	    {25, 1000, 1000, 25.474525474525475, 0.025, 13, 41},
	    {100, 100, 50, 49.75247524752475, 0.025, 48, 50},
	    {1, 1, 10, 7.5, 0.025, 1, 10},
	    {5, 10, 0, 0, 0.025, 0, 0},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(figures); i++)
	{
		CxmBetaPrior prior = cxm_share_after(figures[i].x, figures[i].n);
		double       lower;
		double       upper;

		assert_near(prior.mean * figures[i].next, figures[i].mean, 1e-8, 0);
		range(&prior, figures[i].next, figures[i].tail, &lower, &upper);
		assert_true(lower == figures[i].lower && upper == figures[i].upper);
	}
}

/* Churned of six months that differ more than chance: their prior by maximum likelihood. */
static void
by_prior(void **state)
{
	static const struct
	{
		CxmBetaPrior prior;
		double       n;
		double       lower;
		double       upper;
	} figures[] = {
	    {{0.0200602160, 63.81039827 + 3117.13234}, 11900, 177, 308},
	    {{0.4, 0.3}, 100, 0, 100},
	    /* binomial */
	    {{0.3, INFINITY}, 100, 21, 39},
	    {{0, INFINITY}, 100, 0, 0},
	    {{1, INFINITY}, 100, 100, 100},
	    {{0, 3}, 100, 0, 0},
	    {{1, 3}, 100, 100, 100},
	    {{1, 0.3}, 100, 100, 100},
	    {{0.5, 2}, 1e7, 250000, 9750000},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(figures); i++)
	{
		double lower;
		double upper;

		range(&figures[i].prior, figures[i].n, 0.025, &lower, &upper);
		assert_true(lower == figures[i].lower && upper == figures[i].upper);
	}
}

static double
probability(double a, double b, double n, double k)
{
	return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + lgamma(k + a) +
	           lgamma(n - k + b) - lgamma(n + a + b) + lgamma(a + b) - lgamma(a) - lgamma(b));
}

/* Quantiles are what their definition says, over sums of gamma functions. */
static void
quantiles(void **state)
{
	(void) state;
	random_state = 3;
	for (int i = 0; i < 300; i++)
	{
		double       a = pow(10, (double) (random_bits() % 400) / 100.0 - 1.5);
		double       b = pow(10, (double) (random_bits() % 400) / 100.0 - 1.5);
		double       n = (double) (random_bits() % 300);
		double       tail = (1 + (double) (random_bits() % 40)) / 100;
		CxmBetaPrior prior = {a / (a + b), a + b};
		double       sum = 0;
		double       lower;
		double       upper;

		range(&prior, n, tail, &lower, &upper);
		for (double k = 0; k <= n; k++)
		{
			if (k == lower)
				assert_true(sum < tail + 1e-10);
			if (k == upper)
				assert_true(sum < 1 - tail + 1e-10);
			sum += probability(a, b, n, k);
			if (k == lower)
				assert_true(sum > tail - 1e-10);
			if (k == upper)
				assert_true(sum > 1 - tail - 1e-10);
		}
		assert_near(sum, 1, 1e-9, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published),
	    cmocka_unit_test(by_prior),
	    cmocka_unit_test(quantiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
