/*
 * kaplan_meier.c
 *		Survival curves, by reason too, and the comparison of groups.
 */
#include "core/kaplan_meier.h"

#include <math.h>
#include <stddef.h>

#include "core/distributions.h"

/* Half an ulp for each of a million factors is less. */
#define ROUNDING 1e-10

/* The share of a group's variance that rounding may leave where the other groups determine it. */
#define RANK_TOLERANCE 1e-10

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
	margin = cxm_critical_z(level) * sqrt(curve->greenwood) / -log_survival;
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
cxm_incidence_step(CxmIncidence *incidence, const CxmKaplanMeier *before, double at_risk,
                   double events, double events_of)
{
	double survival = before->survival;
	double variance = survival > 0 ? survival * survival * before->greenwood : 0;
	double all;
	double part;
	double square;

	if (events == 0)
		return;
	all = events / at_risk;
	part = events_of / at_risk;
	square = survival * survival / at_risk;
	incidence->incidence += survival * part;
	incidence->variance += part * part * variance + 2 * part * incidence->covariance +
	                       square * part * (1 - part);
	incidence->covariance =
	    (1 - all) * (incidence->covariance + part * variance - square * part);
}

bool
cxm_incidence_interval(const CxmIncidence *incidence, double level, CxmInterval *interval)
{
	double rest = 1 - incidence->incidence;
	double log_rest = log1p(-incidence->incidence);
	double margin;

	if (!(incidence->incidence > 0 && rest > 0))
		return false;
	margin = cxm_critical_z(level) * sqrt(fmax(incidence->variance, 0)) /
	         (rest * -log_rest);
	interval->lower = -expm1(log_rest * exp(-margin));
	interval->upper = -expm1(log_rest * exp(margin));
	return true;
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
	margin = cxm_critical_z(level) / sqrt(logrank->variance);
	result->difference = excess / logrank->variance;
	result->lower = result->difference - margin;
	result->upper = result->difference + margin;
	result->statistic = excess * excess / logrank->variance;
	result->p_value = cxm_normal_two_sided(sqrt(result->statistic));
	result->std_error = 1 / sqrt(logrank->variance);
	return true;
}

#define ROW(i) ((size_t) (i) * ((size_t) (i) + 1) / 2)

void
cxm_logrank_groups_step(CxmLogrankGroups *groups, const double *at_risk, const double *events)
{
	double all = 0;
	double gone = 0;
	double scale;

	for (int i = 0; i < groups->k; i++)
	{
		all += at_risk[i];
		gone += events[i];
	}
	if (gone == 0)
		return;
	scale = all > 1 ? gone * (all - gone) / (all - 1) : 0;
	for (int i = 0; i < groups->k; i++)
	{
		double *row = groups->covariance + ROW(i);
		double  share = at_risk[i] / all;

		if (share == 0)
			continue;
		groups->observed[i] += events[i];
		groups->expected[i] += gone * share;
		for (int j = 0; j < i; j++)
			row[j] -= scale * share * (at_risk[j] / all);
		row[i] += scale * share * ((all - at_risk[i]) / all);
	}
}

/*
 * The square sum of what Cholesky's factor L of the covariance makes of O - E.  All groups together
 * have no excess, so that one of them says nothing; nor does what the groups before it determine.
 */
bool
cxm_logrank_groups_test(CxmLogrankGroups *groups, void (*pause)(void), CxmGroupsTest *result)
{
	double *covariance = groups->covariance;
	double *excess = groups->observed;
	double  statistic = 0;
	int     rank = 0;
	int     last = groups->k - 1;

	while (last >= 0 && !(groups->expected[last] > 0))
		last--;
	for (int i = 0; i < last; i++)
	{
		double *row = covariance + ROW(i);
		double  variance = row[i];
		double  left;

		if (pause != NULL)
			pause();
		excess[i] -= groups->expected[i];
		for (int j = 0; j < i; j++)
		{
			const double *other = covariance + ROW(j);

			for (int l = 0; l < j; l++)
				row[j] -= row[l] * other[l];
			row[j] = other[j] > 0 ? row[j] / other[j] : 0;
			row[i] -= row[j] * row[j];
			excess[i] -= row[j] * excess[j];
		}
		left = row[i];
		if (!(left > variance * RANK_TOLERANCE))
		{
			row[i] = 0;
			excess[i] = 0;
			continue;
		}
		row[i] = sqrt(left);
		excess[i] /= row[i];
		statistic += excess[i] * excess[i];
		rank++;
	}
	if (rank == 0)
		return false;
	result->statistic = statistic;
	result->df = rank;
	result->residual_df = NAN;
	result->p_value = cxm_chi_squared_upper(statistic, rank);
	return true;
}
