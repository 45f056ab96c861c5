/*
 * beta_binomial.c
 *		How much the true shares of groups differ, told from what chance alone makes of them.
 *
 * With the prior Beta(a, b), a = mean * m and b = (1 - mean) * m, the logarithm of the likelihood
 * of a group with x yes and y no is, but for a constant,
 *
 *		log Gamma(a + x) / Gamma(a) + log Gamma(b + y) / Gamma(b) - log Gamma(m + x + y) / Gamma(m)
 *
 * For any m it is concave in the mean; what the best mean leaves is a function of m alone.  See
 * Griffiths (1973), "Maximum likelihood estimation for the beta-binomial distribution", Biometrics
 * 29; and for what the prior is good for Efron and Morris (1975), "Data analysis using Stein's
 * estimator and its generalizations", JASA 70.
 */
#include "core/beta_binomial.h"

#include <math.h>
#include <stdlib.h>

#include "core/distributions.h"
#include "core/gamma_functions.h"
#include "core/roots.h"

/* A prior that weighs more than so many responses is one share for all. */
#define MOST_RESPONSES 1e12

typedef struct Likelihood
{
	const CxmShareGroups *groups;
	size_t                n;
	void (*pause)(void);
	double responses;
	double logit; /* of the mean */
} Likelihood;

static double
mean_of(double logit)
{
	return 1 / (1 + exp(-logit));
}

/* The derivative with respect to the mean, over m. */
static double
slope_of_mean(double logit, void *context)
{
	Likelihood *likelihood = context;
	double      a = likelihood->responses * mean_of(logit);
	double      b = likelihood->responses * mean_of(-logit);
	double      slope = 0;

	if (likelihood->pause != NULL)
		likelihood->pause();
	for (size_t i = 0; i < likelihood->n; i++)
	{
		const CxmShareGroups *g = &likelihood->groups[i];

		slope += g->groups * (cxm_digamma_rise(a, g->yes) - cxm_digamma_rise(b, g->no));
	}
	return slope;
}

/* The derivative with respect to the logarithm of m, at the best mean. */
static double
slope_of_responses(double log_responses, void *context)
{
	Likelihood *likelihood = context;
	double      m = exp(log_responses);
	double      slope = 0;
	double      mean;

	likelihood->responses = m;
	likelihood->logit = cxm_root(slope_of_mean, likelihood, likelihood->logit, 0.5, 700);
	mean = mean_of(likelihood->logit);
	for (size_t i = 0; i < likelihood->n; i++)
	{
		const CxmShareGroups *g = &likelihood->groups[i];

		slope += g->groups * (mean * cxm_digamma_rise(m * mean, g->yes) +
		                      (1 - mean) * cxm_digamma_rise(m * (1 - mean), g->no) -
		                      cxm_digamma_rise(m, g->yes + g->no));
	}
	return m * slope;
}

static int
compare_groups(const void *a, const void *b)
{
	const CxmShareGroups *x = a;
	const CxmShareGroups *y = b;

	if (x->yes != y->yes)
		return x->yes < y->yes ? -1 : 1;
	return (x->no > y->no) - (x->no < y->no);
}

/* In one order, so that all sums are the same whatever order they came in. */
static size_t
without_repetitions(CxmShareGroups *groups, size_t n)
{
	size_t distinct = 0;

	qsort(groups, n, sizeof(CxmShareGroups), compare_groups);
	for (size_t i = 0; i < n; i++)
		if (distinct > 0 && compare_groups(&groups[distinct - 1], &groups[i]) == 0)
			groups[distinct - 1].groups += groups[i].groups;
		else if (groups[i].yes + groups[i].no > 0)
			groups[distinct++] = groups[i];
	return distinct;
}

/* What decides where the likelihood is largest for no m, or for an infinite one. */
typedef struct Spread
{
	double groups;
	double yes;
	double no;
	double groups_of_yes; /* that have nothing else */
	double mixed_groups;
} Spread;

static Spread
spread_of(const CxmShareGroups *groups, size_t n)
{
	Spread spread = {0, 0, 0, 0, 0};

	for (size_t i = 0; i < n; i++)
	{
		const CxmShareGroups *g = &groups[i];

		spread.groups += g->groups;
		spread.yes += g->groups * g->yes;
		spread.no += g->groups * g->no;
		spread.groups_of_yes += g->no == 0 ? g->groups : 0;
		spread.mixed_groups += g->yes > 0 && g->no > 0 ? g->groups : 0;
	}
	return spread;
}

/* Does chance alone make less spread?  By the derivative with respect to 1 / m where that is 0. */
static bool
differ(const CxmShareGroups *groups, size_t n, double mean)
{
	double slope = 0;

	for (size_t i = 0; i < n; i++)
	{
		double x = groups[i].yes;
		double y = groups[i].no;

		slope += groups[i].groups *
		         (x * (x - 1) / mean + y * (y - 1) / (1 - mean) - (x + y) * (x + y - 1));
	}
	return slope > 0;
}

bool
cxm_beta_prior(CxmShareGroups *groups, size_t n, void (*pause)(void), CxmBetaPrior *prior)
{
	size_t     distinct = without_repetitions(groups, n);
	Spread     spread = spread_of(groups, distinct);
	double     mean = spread.yes / (spread.yes + spread.no);
	Likelihood likelihood = {groups, distinct, pause, 0, log(mean / (1 - mean))};
	double     log_responses;

	if (spread.groups < 2)
		return false;
	*prior = (CxmBetaPrior){mean, INFINITY};
	if (mean == 0 || mean == 1 || !differ(groups, distinct, mean))
		return true;
	if (spread.mixed_groups == 0)
	{
		*prior = (CxmBetaPrior){spread.groups_of_yes / spread.groups, 0};
		return true;
	}
	log_responses = cxm_root(slope_of_responses, &likelihood, log(16), log(4), log(MOST_RESPONSES));
	if (isfinite(log_responses))
		*prior = (CxmBetaPrior){mean_of(likelihood.logit), exp(log_responses)};
	return true;
}

/* How much of the prior there is in what is shown. */
static double
weight_of(const CxmBetaPrior *prior, double n)
{
	return isinf(prior->responses) ? 1 : prior->responses / (prior->responses + n);
}

double
cxm_shrunken_share(const CxmBetaPrior *prior, const CxmShareSample *s)
{
	double weight = weight_of(prior, s->n);

	return weight * prior->mean + (1 - weight) * s->share;
}

bool
cxm_shrunken_interval(const CxmBetaPrior *prior, const CxmShareSample *s, double level,
                      CxmInterval *result)
{
	double n = prior->responses + s->n;
	double share = cxm_shrunken_share(prior, s);
	double a = n * share;
	double b = n * (1 - share);

	/* written so that NaN is refused too */
	if (!(a > 0 && b > 0 && isfinite(n)))
		return false;
	result->lower = cxm_beta_quantile((1 - level) / 2, a, b);
	result->upper = 1 - cxm_beta_quantile((1 - level) / 2, b, a);
	return true;
}
