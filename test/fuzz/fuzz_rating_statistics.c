/*
 * fuzz_rating_statistics.c
 *		Intervals and tests of any numbers at all: refused, or within their bounds and in order.
 */
#include <math.h>

#include "distributions.h"
#include "fuzz.h"
#include "kaplan_meier.h"
#include "rating_statistics.h"

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

	LAW(!(cxm_student_two_sided(x[0], x[1]) < 0) && !(cxm_student_two_sided(x[0], x[1]) > 1));
	LAW(!(cxm_normal_two_sided(x[0]) < 0) && !(cxm_normal_two_sided(x[0]) > 1));
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
	}
	return 0;
}
