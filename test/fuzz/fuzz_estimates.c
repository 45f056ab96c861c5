/*
 * fuzz_estimates.c
 *		Intervals and tests of any numbers at all: refused, or within their bounds and in order.
 */
#include <math.h>

#include "beta_binomial.h"
#include "distributions.h"
#include "fuzz.h"
#include "kaplan_meier.h"
#include "estimates.h"
#include "partial_likelihood.h"

/* Shares and levels next to nothing have intervals next to none. */
#define ROUNDING 1e-12

static void
within(CxmInterval interval, double lowest, double highest)
{
	LAW(interval.lower >= lowest && interval.upper <= highest);
	LAW(interval.lower <= interval.upper + ROUNDING);
}

static void
test_within(CxmTest test, double widest)
{
	LAW(test.lower >= -widest && test.upper <= widest);
	LAW(test.lower <= test.upper + ROUNDING);
	LAW(isnan(test.p_value) || (test.p_value >= 0 && test.p_value <= 1));
	LAW(test.std_error >= 0);
}

static void
is_probability(double p)
{
	LAW(isnan(p) || (p >= 0 && p <= 1));
}

/* Two groups of six numbers, and what the second becomes. */
static void
shrink(const double *x, double level)
{
	CxmShareGroups groups[] = {{fabs(x[0]), fabs(x[1]), 1}, {fabs(x[3]), fabs(x[4]), 1}};
	CxmShareSample s = {fabs(x[4]) / (fabs(x[3]) + fabs(x[4])), fabs(x[3]) + fabs(x[4])};
	CxmBetaPrior   prior;
	CxmInterval    interval;

	for (int i = 0; i < 6; i++)
		if (!(fabs(x[i]) < 1e15))
			return;
	if (!cxm_beta_prior(groups, 2, NULL, &prior))
		return;
	LAW(prior.mean >= 0 && prior.mean <= 1 && prior.responses >= 0);
	if (!(s.n > 0 && level > 0 && level < 1))
		return;
	LAW(cxm_shrunken_share(&prior, &s) >= 0 && cxm_shrunken_share(&prior, &s) <= 1);
	if (cxm_shrunken_interval(&prior, &s, level, &interval))
		within(interval, 0, 1);
}

/* Two groups of x[0] and x[2] at risk, of whom x[1] and x[3] leave. */
static void
compare_groups(const double x[4])
{
	CxmHazardRatio   ratio = CXM_HAZARD_RATIO_START;
	CxmKaplanMeier   before = {0.5, 0.25};
	CxmIncidence     incidence = {0.25, 0.01, -0.01};
	double           at_risk[2] = {floor(x[0]), floor(x[2])};
	double           events[2] = {floor(x[1]), floor(x[3])};
	double           sums[2][2] = {{0, 0}, {0, 0}};
	double           covariance[3] = {0, 0, 0};
	CxmLogrankGroups groups = {2, sums[0], sums[1], covariance};
	CxmGroupsTest    test;
	CxmInterval      interval;

	if (!(at_risk[0] >= 1 && at_risk[1] >= 1 && at_risk[0] < 1e18 && at_risk[1] < 1e18))
		return;
	do
		cxm_hazard_ratio_step(&ratio, at_risk[0], events[0], at_risk[1], events[1]);
	while (cxm_hazard_ratio_next(&ratio));
	LAW(isnan(ratio.log_ratio) == (events[0] + events[1] == 0));
	LAW(!(ratio.information < -ROUNDING));
	cxm_incidence_step(&incidence, &before, at_risk[0], events[0], events[0] / 2);
	LAW(incidence.incidence >= 0.25 && incidence.incidence <= 0.75);
	if (cxm_incidence_interval(&incidence, 0.95, &interval))
		within(interval, 0, 1);
	cxm_logrank_groups_step(&groups, at_risk, events);
	if (cxm_logrank_groups_test(&groups, NULL, &test))
		is_probability(test.p_value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double         level = fuzz_double(&data, &size);
	double         x[6];
	CxmNetSample   net[2];
	CxmShareSample share[2];
	CxmMeanSample  mean[2];
	CxmInterval    interval;
	CxmTest        test;
	CxmGroupsTest  groups;
	CxmLogrank     logrank = {0, 0, 0};

	for (int i = 0; i < 6; i++)
		x[i] = fuzz_double(&data, &size);
	for (int i = 0; i < 2; i++)
	{
		/* no sample of weighted responses has an effective number below 1 */
		if (fabs(x[3 * i + 2]) < 1)
			x[3 * i + 2] = 1 + fabs(x[3 * i + 2]);
		net[i] = (CxmNetSample){x[3 * i], x[3 * i + 1], x[3 * i + 2]};
		share[i] = (CxmShareSample){x[3 * i], x[3 * i + 2]};
		mean[i] = (CxmMeanSample){x[3 * i], x[3 * i + 1], x[3 * i + 2]};
	}
	for (CxmNetMethod method = CXM_NET_ADJUSTED_WALD; method <= CXM_NET_SCORE; method++)
	{
		if (cxm_net_interval(&net[0], level, method, &interval))
			within(interval, -1, 1);
		if (cxm_net_test(&net[0], &net[1], level, method, &test))
			test_within(test, 2);
	}
	if (cxm_share_interval(&share[0], level, &interval))
		within(interval, 0, 1);
	if (cxm_share_test(&share[0], &share[1], level, &test))
		test_within(test, 1);
	if (cxm_mean_interval(&mean[0], level, 0, 10, &interval) && x[0] >= 0 && x[0] <= 10)
		within(interval, 0, 10);
	(void) cxm_mean_test(&mean[0], &mean[1], level, 10, &test);

	if (cxm_net_anytime(&net[0], level, x[3], &interval))
		within(interval, -1, 1);
	if (cxm_share_anytime(&share[0], level, x[3], &interval))
		within(interval, 0, 1);
	if (cxm_mean_anytime(&mean[0], level, x[3], 0, 10, &interval))
		within(interval, 0, 10);
	(void) cxm_mean_anytime(&mean[0], level, x[3], -INFINITY, INFINITY, &interval);
	if (cxm_share_groups_test(share, 2, &groups))
		is_probability(groups.p_value);
	if (cxm_mean_groups_test(mean, 2, &groups))
		is_probability(groups.p_value);
	LAW(!(cxm_net_responses(&net[0], x[3], level) < 0));
	LAW(!(cxm_mean_responses(&mean[0], x[3], level) < 0));
	for (int i = 0; i < 2; i++)
		mean[i] = cxm_net_adjusted(&net[i]);
	if (cxm_net_groups_test(mean, 2, &groups))
		is_probability(groups.p_value);
	is_probability(cxm_chi_squared_upper(x[0], x[1]));
	is_probability(cxm_fisher_upper(x[0], x[1], x[2]));

	is_probability(cxm_student_two_sided(x[0], x[1]));
	is_probability(cxm_normal_two_sided(x[0]));
	(void) cxm_normal_quantile(level);
	(void) cxm_student_quantile(level, x[0]);
	if (x[0] > 0 && x[1] >= 0 && x[1] <= x[0] && x[2] > 0 && x[3] >= 0 && x[3] <= x[2] &&
	    isfinite(x[0]) && isfinite(x[2]))
	{
		CxmKaplanMeier curve = CXM_KAPLAN_MEIER_START;

		cxm_kaplan_meier_step(&curve, x[0], x[1]);
		LAW(curve.survival >= 0 && curve.survival <= 1);
		if (cxm_kaplan_meier_interval(&curve, 0.95, &interval))
			within(interval, 0, 1);
		cxm_logrank_step(&logrank, x[0], x[1], x[2], x[3]);
		(void) cxm_logrank_test(&logrank, 0.95, &test);
		compare_groups(x);
	}
	shrink(x, level);
	return 0;
}
