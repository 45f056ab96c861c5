/*
 * kaplan_meier.c
 *		Survival curves, and the comparison of two.
 */
#include "kaplan_meier.h"

#include <math.h>

#include "distributions.h"

/* Half an ulp for each of a million factors is less. */
#define ROUNDING 1e-10

void
cxm_kaplan_meier_step(CxmKaplanMeier *curve, double at_risk, double events)
{
	if (events == 0)
		return;
	curve->survival *= (at_risk - events) / at_risk;
	curve->greenwood += events / (at_risk * (at_risk - events));
}

bool
cxm_kaplan_meier_interval(const CxmKaplanMeier *curve, double level, CxmInterval *interval)
{
	double log_survival = log(curve->survival);
	double margin;

	if (!(curve->survival > 0 && curve->survival < 1))
		return false;
	margin = cxm_normal_quantile(0.5 + level / 2) * sqrt(curve->greenwood) / -log_survival;
	interval->lower = exp(log_survival * exp(margin));
	interval->upper = exp(log_survival * exp(-margin));
	return true;
}

bool
cxm_kaplan_meier_is_half(const CxmKaplanMeier *curve)
{
	return curve->survival <= 0.5 + ROUNDING;
}

void
cxm_logrank_step(CxmLogrank *logrank, double at_risk_a, double events_a, double at_risk_b,
                 double events_b)
{
	double at_risk = at_risk_a + at_risk_b;
	double events = events_a + events_b;
	double share = at_risk_a / at_risk;

	logrank->observed += events_a;
	logrank->expected += events * share;
	if (at_risk > 1)
		logrank->variance +=
		    events * share * (at_risk_b / at_risk) * ((at_risk - events) / (at_risk - 1));
}

bool
cxm_logrank_test(const CxmLogrank *logrank, double level, CxmTest *result)
{
	double excess = logrank->observed - logrank->expected;
	double margin;

	if (!(logrank->variance > 0))
		return false;
	margin = cxm_normal_quantile(0.5 + level / 2) / sqrt(logrank->variance);
	result->difference = excess / logrank->variance;
	result->lower = result->difference - margin;
	result->upper = result->difference + margin;
	result->statistic = excess * excess / logrank->variance;
	result->p_value = cxm_normal_two_sided(sqrt(result->statistic));
	return true;
}
