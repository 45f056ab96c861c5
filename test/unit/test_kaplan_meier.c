/*
 * test_kaplan_meier.c
 *		Survival curves and the log-rank test against figures of R 4.2.2, package survival 3.5.3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>

#include <cmocka.h>

#include "kaplan_meier.h"

typedef struct Row
{
	double at_risk;
	double events;
	double survival; /* of R, with the limits below and above */
	double lower;
	double upper;
} Row;

/*
 * i <- 1:60; t <- (i*i*7 + 13*i) %% 40; e <- (i*5) %% 7 < 4
 * survfit(Surv(t, e) ~ 1, conf.type = "log-log")
 */
static const Row ROWS[] = {
    {60, 4, 0.933333333333, 0.8320515247190, 0.974443028543},
    {54, 2, 0.898765432099, 0.7883771892671, 0.953219567498},
    {52, 5, 0.812345679012, 0.6866730237086, 0.891449465458},
    {44, 4, 0.738496071829, 0.6036257543402, 0.833568655892},
    {38, 1, 0.719061964676, 0.5821991482597, 0.817846415716},
    {36, 5, 0.619192247360, 0.4762036059516, 0.733670110815},
    {30, 2, 0.577912764203, 0.4341451528462, 0.697431473358},
    {24, 2, 0.529753367186, 0.3842616782295, 0.655701436440},
    {20, 2, 0.476778030467, 0.3302982179770, 0.609404802856},
    {16, 3, 0.387382149755, 0.2427974640493, 0.529750008308},
    {10, 2, 0.309905719804, 0.1686002226875, 0.462594783545},
    {6, 2, 0.206603813202, 0.0792553935622, 0.374955919593},
};

static void
follows_the_curve_of_r(void **state)
{
	CxmKaplanMeier curve = CXM_KAPLAN_MEIER_START;
	CxmInterval    interval;

	(void) state;
	assert_false(cxm_kaplan_meier_interval(&curve, 0.95, &interval));
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
	{
		cxm_kaplan_meier_step(&curve, ROWS[i].at_risk, 0); /* nobody leaves: nothing changes */
		cxm_kaplan_meier_step(&curve, ROWS[i].at_risk, ROWS[i].events);
		assert_true(cxm_kaplan_meier_interval(&curve, 0.95, &interval));
		assert_true(fabs(curve.survival - ROWS[i].survival) < 1e-12);
		assert_true(fabs(interval.lower - ROWS[i].lower) < 1e-12);
		assert_true(fabs(interval.upper - ROWS[i].upper) < 1e-12);
		assert_int_equal(cxm_kaplan_meier_is_half(&curve), i >= 8);
	}
	cxm_kaplan_meier_step(&curve, 1, 1);
	assert_true(curve.survival == 0);
	assert_false(cxm_kaplan_meier_interval(&curve, 0.95, &interval));
}

/* A half that was multiplied up counts as one; one customer in a hundred million more does not. */
static void
knows_a_half(void **state)
{
	CxmKaplanMeier curve = CXM_KAPLAN_MEIER_START;

	(void) state;
	for (int n = 1000000; n > 500000; n--)
		cxm_kaplan_meier_step(&curve, n, 1);
	assert_true(cxm_kaplan_meier_is_half(&curve));
	curve = CXM_KAPLAN_MEIER_START;
	cxm_kaplan_meier_step(&curve, 1e8, 5e7 - 1);
	assert_false(cxm_kaplan_meier_is_half(&curve));
}

/* survdiff() of the same with g <- i %% 3 == 0: O 11, E 10.63797284586758, V 6.68687520303229 */
static void
tests_as_r_does(void **state)
{
	const CxmLogrank logrank = {11, 10.63797284586758, 6.68687520303229};
	const CxmLogrank nothing = {0, 0, 0};
	CxmTest          test;

	(void) state;
	assert_true(cxm_logrank_test(&logrank, 0.95, &test));
	assert_true(fabs(test.statistic - 0.0196001355416029) < 1e-13);
	assert_true(fabs(test.p_value - 0.8886596079178172) < 1e-12);
	assert_true(fabs(test.difference - 0.3620271541324 / 6.68687520303229) < 1e-12);
	assert_true(fabs(test.upper - test.difference - 1.959963984540054 / sqrt(6.68687520303229)) <
	            1e-12);
	assert_true(fabs(test.upper + test.lower - 2 * test.difference) < 1e-12);
	assert_false(cxm_logrank_test(&nothing, 0.95, &test));
}

/* By hand: 3 and 2 at risk, 1 and 1 leave: E = 2 * 3/5, V = 2 * 3/5 * 2/5 * 3/4 */
static void
steps_as_by_hand(void **state)
{
	CxmLogrank logrank = {0, 0, 0};

	(void) state;
	cxm_logrank_step(&logrank, 3, 1, 2, 1);
	assert_true(logrank.observed == 1);
	assert_true(fabs(logrank.expected - 1.2) < 1e-15);
	assert_true(fabs(logrank.variance - 0.36) < 1e-15);
	cxm_logrank_step(&logrank, 1, 1, 0, 0);
	assert_true(logrank.observed == 2);
	assert_true(fabs(logrank.variance - 0.36) < 1e-15);
}

/*
 * survfit(Surv(t, factor(r)) ~ 1) with t 2 4 4 5 7 8 8 9 10 12 and r 1 2 1 0 1 2 1 0 2 1: incidence
 * and std.err of reason 1.
 */
static void
follows_the_incidence_of_r(void **state)
{
	static const struct
	{
		double at_risk;
		double events;
		double of_reason;
		double incidence;
		double std_error;
	} steps[] = {
	    {10, 1, 1, 0.1, 0.094868329805051},
	    {9, 2, 1, 0.2, 0.126491106406735},
	    {6, 1, 1, 0.31666666666666, 0.152509866104653},
	    {5, 2, 1, 0.43333333333333, 0.164766951019154},
	    {2, 1, 0, 0.43333333333333, 0.164766951019154},
	    {1, 1, 1, 0.60833333333333, 0.178230759701303},
	};
	CxmKaplanMeier curve = CXM_KAPLAN_MEIER_START;
	CxmIncidence   incidence = {0, 0, 0};
	CxmInterval    interval;

	(void) state;
	assert_false(cxm_incidence_interval(&incidence, 0.95, &interval));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
	{
		cxm_incidence_step(&incidence, &curve, steps[i].at_risk, 0, 0);
		cxm_incidence_step(&incidence, &curve, steps[i].at_risk, steps[i].events,
		                   steps[i].of_reason);
		cxm_kaplan_meier_step(&curve, steps[i].at_risk, steps[i].events);
		assert_true(fabs(incidence.incidence - steps[i].incidence) < 1e-13);
		assert_true(fabs(sqrt(incidence.variance) - steps[i].std_error) < 1e-13);
	}
	assert_true(cxm_incidence_interval(&incidence, 0.95, &interval));
	assert_true(interval.lower > 0 && interval.lower < 0.608 && interval.upper < 1);
	incidence.incidence = 1;
	assert_false(cxm_incidence_interval(&incidence, 0.95, &interval));
}

/* Where there is only one reason, all is as of the curve. */
static void
one_reason_is_the_curve(void **state)
{
	CxmKaplanMeier curve = CXM_KAPLAN_MEIER_START;
	CxmIncidence   incidence = {0, 0, 0};
	CxmInterval    of_curve;
	CxmInterval    of_reason;

	(void) state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
	{
		cxm_incidence_step(&incidence, &curve, ROWS[i].at_risk, ROWS[i].events, ROWS[i].events);
		cxm_kaplan_meier_step(&curve, ROWS[i].at_risk, ROWS[i].events);
		assert_true(cxm_kaplan_meier_interval(&curve, 0.9, &of_curve));
		assert_true(cxm_incidence_interval(&incidence, 0.9, &of_reason));
		assert_true(fabs(incidence.incidence - (1 - curve.survival)) < 1e-14);
		assert_true(fabs(of_reason.lower - (1 - of_curve.upper)) < 1e-13);
		assert_true(fabs(of_reason.upper - (1 - of_curve.lower)) < 1e-13);
	}
}

static int pauses;

static void
count_pause(void)
{
	pauses++;
}

/* survdiff() of 1 2 3 4 5, 3 4 6 8 9 and 6 8 10 12 14, and a fourth group of nobody */
static void
tests_groups_as_r_does(void **state)
{
	static const double times[3][5] = {{1, 2, 3, 4, 5}, {3, 4, 6, 8, 9}, {6, 8, 10, 12, 14}};

	double           observed[4] = {0};
	double           expected[4] = {0};
	double           covariance[10] = {0};
	CxmLogrankGroups groups = {4, observed, expected, covariance};
	CxmGroupsTest    test;

	(void) state;
	assert_false(cxm_logrank_groups_test(&groups, count_pause, &test));
	for (double t = 1; t <= 14; t++)
	{
		double at_risk[4] = {0};
		double events[4] = {0};

		for (int i = 0; i < 3; i++)
			for (int j = 0; j < 5; j++)
			{
				at_risk[i] += times[i][j] >= t;
				events[i] += times[i][j] == t;
			}
		cxm_logrank_groups_step(&groups, at_risk, events);
	}
	pauses = 0;
	assert_true(cxm_logrank_groups_test(&groups, count_pause, &test));
	assert_int_equal(pauses, 2);
	assert_true(fabs(test.statistic - 13.3223178486495435) < 1e-12);
	assert_true(fabs(test.p_value - 0.0012796624787171) < 1e-14);
	assert_true(test.df == 2 && isnan(test.residual_df));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(follows_the_curve_of_r),
	    cmocka_unit_test(knows_a_half),
	    cmocka_unit_test(tests_as_r_does),
	    cmocka_unit_test(steps_as_by_hand),
	    cmocka_unit_test(follows_the_incidence_of_r),
	    cmocka_unit_test(one_reason_is_the_curve),
	    cmocka_unit_test(tests_groups_as_r_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
