/*
 * test_beta_binomial.c
 *		Priors of shares: published fits, the ends of the range, and as laws over random groups.
 */
#include "beta_binomial.h"
#include "near.h"
#include "random.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The logarithm of the likelihood, but for what does not depend on the prior. */
static double
likelihood(const CxmShareGroups *groups, size_t n, double a, double b)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += groups[i].groups *
		       (lgamma(a + groups[i].yes) - lgamma(a) + lgamma(b + groups[i].no) - lgamma(b) -
		        lgamma(a + b + groups[i].yes + groups[i].no) + lgamma(a + b));
	return sum;
}

/* Efron and Morris 1975, hits of 45; VGAM of R has a 210.550836 and b 582.685985. */
static void
batters(void **state)
{
	static const int hits[] = {18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7};
	CxmShareGroups   groups[LENGTH(hits)];
	CxmBetaPrior     prior;
	CxmShareSample   first = {18.0 / 45, 45};

	(void) state;
	for (size_t i = 0; i < LENGTH(hits); i++)
		groups[i] = (CxmShareGroups){hits[i], 45 - hits[i], 1};
	assert_true(cxm_beta_prior(groups, LENGTH(hits), NULL, &prior));
	assert_rounds_to(prior.mean * prior.responses, 210.550836, 6);
	assert_rounds_to((1 - prior.mean) * prior.responses, 582.685985, 6);
	assert_rounds_to(cxm_shrunken_share(&prior, &first), 0.272657, 6);
}

static int pauses;

static void
count_pauses(void)
{
	pauses++;
}

/* qbeta(c(0.05, 0.95), 25, 5) of R */
static void
intervals(void **state)
{
	const CxmBetaPrior   prior = {0.8, 20};
	const CxmBetaPrior   one_share = {0.8, INFINITY};
	const CxmBetaPrior   none = {0.8, 0};
	const CxmShareSample nine = {0.9, 10};
	const CxmShareSample all = {1, 10};
	CxmInterval          interval = {7, 7};

	(void) state;
	assert_true(cxm_shrunken_interval(&prior, &nine, 0.9, &interval));
	assert_rounds_to(interval.lower, 0.7116279910, 10);
	assert_rounds_to(interval.upper, 0.9295060772, 10);
	assert_false(cxm_shrunken_interval(&one_share, &nine, 0.9, &interval));
	assert_false(cxm_shrunken_interval(&none, &all, 0.9, &interval));
	assert_near(cxm_shrunken_share(&one_share, &nine), 0.8, 0, 0);
	assert_near(cxm_shrunken_share(&none, &nine), 0.9, 0, 0);
}

static void
ends(void **state)
{
	CxmShareGroups nothing[] = {{0, 0, 1}, {0, 0, 1}, {3, 1, 1}};
	CxmShareGroups alike[] = {{5, 5, 1}, {5, 5, 1}, {5, 5, 1}};
	CxmShareGroups never[] = {{0, 5, 1}, {0, 7, 1}};
	CxmShareGroups always[] = {{5, 0, 1}, {7, 0, 1}};
	CxmShareGroups apart[] = {{0, 20, 1}, {0, 20, 1}, {20, 0, 1}, {1, 0, 1}};
	CxmBetaPrior   prior = {7, 7};

	(void) state;
	assert_false(cxm_beta_prior(nothing, 3, NULL, &prior));
	assert_false(cxm_beta_prior(nothing, 0, NULL, &prior));
	assert_true(cxm_beta_prior(alike, 3, NULL, &prior));
	assert_true(prior.mean == 0.5 && prior.responses == INFINITY);
	assert_near(alike[0].groups, 3, 0, 0);
	assert_true(cxm_beta_prior(never, 2, NULL, &prior));
	assert_true(prior.mean == 0 && prior.responses == INFINITY);
	assert_true(cxm_beta_prior(always, 2, NULL, &prior));
	assert_true(prior.mean == 1 && prior.responses == INFINITY);
	assert_true(cxm_beta_prior(apart, 4, NULL, &prior));
	assert_true(prior.mean == 0.5 && prior.responses == 0);
}

/* No prior near it makes the groups more likely; and their order does not matter. */
static void
is_the_most_likely(void **state)
{
	(void) state;
	for (int round = 0; round < 300; round++)
	{
		CxmShareGroups groups[12];
		CxmShareGroups sorted[LENGTH(groups)];
		CxmShareGroups reversed[LENGTH(groups)];
		CxmBetaPrior   prior;
		CxmBetaPrior   again;
		double         a;
		double         b;
		double         largest;

		for (size_t i = 0; i < LENGTH(groups); i++)
		{
			double size = 1 + (double) (random_bits() % (1 + random_bits() % 1000));
			double yes = (double) (random_bits() % ((uint64_t) size + 1)) / (1 + round % 3);

			groups[i] = (CxmShareGroups){yes, size - yes, 1};
			sorted[i] = reversed[LENGTH(groups) - 1 - i] = groups[i];
		}
		assert_true(cxm_beta_prior(sorted, LENGTH(groups), count_pauses, &prior));
		assert_true(cxm_beta_prior(reversed, LENGTH(groups), NULL, &again));
		assert_true(prior.mean == again.mean && prior.responses == again.responses);
		/* lgamma() is not exact enough for more */
		if (prior.responses > 1e4)
			continue;
		a = prior.mean * prior.responses;
		b = (1 - prior.mean) * prior.responses;
		largest = likelihood(groups, LENGTH(groups), a, b);
		for (double factor = 0.97; factor < 1.05; factor += 0.06)
		{
			assert_true(likelihood(groups, LENGTH(groups), a * factor, b) < largest);
			assert_true(likelihood(groups, LENGTH(groups), a, b * factor) < largest);
			assert_true(likelihood(groups, LENGTH(groups), a * factor, b * factor) < largest);
		}
	}
	assert_true(pauses > 300);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(batters),
	    cmocka_unit_test(intervals),
	    cmocka_unit_test(ends),
	    cmocka_unit_test(is_the_most_likely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
