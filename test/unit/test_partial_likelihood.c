/*
 * test_partial_likelihood.c
 *		The ratio of hazards against figures of R 4.2.2, package survival 3.5.3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>

#include <cmocka.h>

#include "partial_likelihood.h"

/* Freireich et al. 1963, weeks of remission: placebo, and 6-MP with 12 censored ones at the end. */
static const double PLACEBO[] = {1, 1, 2, 2, 3,  4,  4,  5,  5,  8, 8,
                                 8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
static const double TREATED[] = {6, 6, 6,  7,  10, 13, 16, 22, 23, 6, 9,
                                 10, 11, 17, 19, 20, 25, 32, 32, 34, 35};

#define TREATED_EVENTS 9

/* many customers for each one */
static CxmHazardRatio
fit(bool breslow, double many, bool turned)
{
	CxmHazardRatio result = CXM_HAZARD_RATIO_START;

	result.breslow = breslow;
	do
	{
		for (double t = 1; t <= 35; t++)
		{
			double at_risk[2] = {0, 0};
			double events[2] = {0, 0};

			for (int i = 0; i < 21; i++)
			{
				at_risk[0] += PLACEBO[i] >= t ? many : 0;
				events[0] += PLACEBO[i] == t ? many : 0;
				at_risk[1] += TREATED[i] >= t ? many : 0;
				events[1] += i < TREATED_EVENTS && TREATED[i] == t ? many : 0;
			}
			cxm_hazard_ratio_step(&result, at_risk[turned], events[turned], at_risk[!turned],
			                      events[!turned]);
		}
	} while (cxm_hazard_ratio_next(&result));
	return result;
}

static double
bound(const CxmHazardRatio *result, double sign)
{
	return exp(result->log_ratio + sign * 1.959963984540054 / sqrt(result->information));
}

/* coxph(Surv(t, e) ~ g, ties = ...): exp(coef) with its limits */
static void
finds_the_ratio_of_r(void **state)
{
	CxmHazardRatio efron = fit(false, 1, false);
	CxmHazardRatio breslow = fit(true, 1, false);
	CxmHazardRatio turned = fit(false, 1, true);

	(void) state;
	assert_true(fabs(exp(efron.log_ratio) - 4.8168738982794) < 1e-12);
	assert_true(fabs(bound(&efron, -1) - 2.1465082127255) < 1e-12);
	assert_true(fabs(bound(&efron, 1) - 10.8093106815860) < 1e-11);
	assert_true(fabs(exp(breslow.log_ratio) - 4.5230720161872) < 1e-12);
	assert_true(fabs(bound(&breslow, -1) - 2.0268035107002) < 1e-12);
	assert_true(fabs(bound(&breslow, 1) - 10.0938153874364) < 1e-11);
	assert_true(fabs(turned.log_ratio + efron.log_ratio) < 1e-12);
	assert_true(efron.passes < 12);
}

/*
 * Sums of many terms by formula are those of their differences: a million customers for each are to
 * a thousand as these are to those between, where the ratio has come to its limit.
 */
static void
counts_any_number(void **state)
{
	CxmHazardRatio thousand = fit(false, 1e3, false);
	CxmHazardRatio million = fit(false, 1e6, false);
	CxmHazardRatio trillion = fit(false, 1e12, false);

	(void) state;
	assert_true(fabs(thousand.log_ratio - trillion.log_ratio) < 1e-3);
	assert_true(fabs(million.log_ratio - trillion.log_ratio) < 1e-6);
	assert_true(fabs(trillion.information / 1e12 / (million.information / 1e6) - 1) < 1e-5);
}

/* The sum by formula is what adding up gives. */
static void
adds_up_ties(void **state)
{
	CxmHazardRatio one = CXM_HAZARD_RATIO_START;
	double         score = 0;
	double         information = 0;

	(void) state;
	one.log_ratio = 0.7;
	cxm_hazard_ratio_step(&one, 700, 300, 900, 500);
	for (int l = 0; l < 800; l++)
	{
		double u = l / 800.0;
		double a = exp(0.7) * (700 - u * 300);
		double share = a / (a + 900 - u * 500);

		score -= share;
		information += share * (1 - share);
	}
	assert_true(fabs(one.score - (score + 300)) < 1e-10);
	assert_true(fabs(one.information - information) < 1e-10);
}

static void
says_what_there_is_not(void **state)
{
	CxmHazardRatio none = CXM_HAZARD_RATIO_START;
	CxmHazardRatio first = CXM_HAZARD_RATIO_START;
	CxmHazardRatio second = CXM_HAZARD_RATIO_START;

	(void) state;
	/* nobody leaves while both are at risk */
	cxm_hazard_ratio_step(&none, 5, 1, 0, 0);
	cxm_hazard_ratio_step(&none, 0, 0, 5, 1);
	cxm_hazard_ratio_step(&none, 5, 0, 5, 0);
	assert_false(cxm_hazard_ratio_next(&none));
	assert_true(isnan(none.log_ratio));
	cxm_hazard_ratio_step(&first, 5, 1, 5, 0);
	assert_false(cxm_hazard_ratio_next(&first));
	assert_true(first.log_ratio == INFINITY);
	cxm_hazard_ratio_step(&second, 5, 0, 5, 1);
	assert_false(cxm_hazard_ratio_next(&second));
	assert_true(second.log_ratio == -INFINITY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_the_ratio_of_r),
	    cmocka_unit_test(counts_any_number),
	    cmocka_unit_test(adds_up_ties),
	    cmocka_unit_test(says_what_there_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
