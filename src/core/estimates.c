/*
 * estimates.c
 *		Confidence intervals of net scores, shares and means, and tests of two or more samples.
 *
 * Variances and bounds are written so that no term is a small difference of large ones: results are
 * good to the last digits for shares next to 0 or 1 and for any n up to 2^63 and beyond.
 */
#include "core/estimates.h"

#include <math.h>

#include "core/distributions.h"

/* Shares that are quotients of sums may add up to more than 1 by their rounding. */
#define SHARE_ROUNDING 1e-9

/* A value estimated from a sample. */
typedef struct Estimate
{
	double value;
	double variance; /* squared standard error */
} Estimate;

static bool
valid_level(double level)
{
	return level > 0 && level < 1;
}

static bool
valid_share(double share, double n)
{
	return share >= 0 && share <= 1 && n > 0 && isfinite(n);
}

static bool
valid_net_sample(const CxmNetSample *s)
{
	return valid_share(s->favourable, s->n) && valid_share(s->unfavourable, s->n) &&
	       s->favourable + s->unfavourable <= 1 + SHARE_ROUNDING;
}

static bool
valid_mean_sample(const CxmMeanSample *s)
{
	return isfinite(s->mean) && s->variance >= 0 && isfinite(s->variance) && s->n > 1 &&
	       isfinite(s->n);
}

/* The t that is exceeded in either direction with probability 1 - level. */
static double
critical_t(double level, double df)
{
	return -cxm_student_quantile((1 - level) / 2, df);
}

static double
clamp(double x, double lowest, double highest)
{
	return fmin(fmax(x, lowest), highest);
}

/* estimate -+ critical standard errors */
static CxmInterval
symmetric_interval(Estimate e, double critical, double lowest, double highest)
{
	/* critical may be infinite, and zero variance is still zero width */
	double margin = e.variance > 0 ? critical * sqrt(e.variance) : 0;

	return (CxmInterval){clamp(e.value - margin, lowest, highest),
	                     clamp(e.value + margin, lowest, highest)};
}

static Estimate
difference_of(Estimate a, Estimate b)
{
	return (Estimate){a.value - b.value, a.variance + b.variance};
}

/* Distance from zero in standard errors: z or t. */
static double
test_statistic(Estimate e)
{
	return e.variance > 0 ? e.value / sqrt(e.variance) : NAN;
}

/*
 * The Wald estimate of a net score.  One answer is 1, 0 or -1 and has the variance
 * p + d - (p - d)^2 = 4 p d + t (p + d), with t = 1 - p - d.
 *
 * Adjusted, three answers are added first, 3/4 to p and d each and 3/2 to t: the (3,T) of Rocks
 * (2016), "Interval Estimation for the Net Promoter Score", The American Statistician 70.
 */
static Estimate
net_estimate(const CxmNetSample *s, CxmNetMethod method)
{
	double added = method == CXM_NET_ADJUSTED_WALD ? 3 : 0;
	double n = s->n + added;
	double weight = added / n;
	double t = 1 - (s->favourable + s->unfavourable);
	double p = s->favourable + weight * (0.25 - s->favourable);
	double d = s->unfavourable + weight * (0.25 - s->unfavourable);

	t += weight * (0.5 - t);
	return (Estimate){(1 - weight) * (s->favourable - s->unfavourable),
	                  (4 * p * d + t * (p + d)) / n};
}

/*
 * The variance of one answer if the net score were theta: p and d are replaced by their maximum
 * likelihood estimates under that restriction.  The one of d solves (Tango 1998)
 *
 *		2 q^2 + b q - d theta (1 - theta) = 0, b = (2 - p + d) theta - (p + d)
 *
 * and the variance is 2 q + theta (1 - theta).  For theta >= 0, which the mirror image provides,
 * neither is negative.
 */
static double
restricted_variance(double p, double d, double theta)
{
	double b;
	double q;

	if (theta < 0)
		return restricted_variance(d, p, -theta);
	b = 2 * theta - p * (1 + theta) - d * (1 - theta);
	q = (sqrt(b * b + 8 * d * theta * (1 - theta)) - b) / 4;
	return 2 * q + theta * (1 - theta);
}

/*
 * The upper bound of the score interval: the largest theta with n (p - d - theta)^2 <= z^2 V, where
 * V is the restricted variance.  Tango (1998), "Equivalence test and confidence interval for the
 * difference in proportions for the paired-sample design", Statistics in Medicine 17: p and d are
 * the discordant shares of his pairs.  It is the "iterative" method of Rocks (2016).
 *
 * n (p - d - theta) / V is the slope of the profile log-likelihood, which is concave.  So the left
 * side over V grows all the way from theta = p - d, and halving finds the one root.
 */
static double
net_score_upper(double p, double d, double n, double z)
{
	double score = p - d;
	double inside = score;
	double outside = 1;

	/* for n = 2^63 the bound lies some 2^-64 away from the score, and it has 53 bits */
	for (int i = 0; i < 200; i++)
	{
		double theta = (inside + outside) / 2;
		double distance = theta - score;

		if (theta <= inside || theta >= outside)
			break;
		if (n * distance * distance <= z * z * restricted_variance(p, d, theta))
			inside = theta;
		else
			outside = theta;
	}
	return inside;
}

bool
cxm_net_interval(const CxmNetSample *s, double level, CxmNetMethod method, CxmInterval *result)
{
	double z = cxm_critical_z(level);

	if (!valid_level(level) || !valid_net_sample(s))
		return false;
	if (method == CXM_NET_SCORE)
	{
		result->lower = -net_score_upper(s->unfavourable, s->favourable, s->n, z);
		result->upper = net_score_upper(s->favourable, s->unfavourable, s->n, z);
	}
	else
		*result = symmetric_interval(net_estimate(s, method), z, -1, 1);
	return true;
}

bool
cxm_net_test(const CxmNetSample *a, const CxmNetSample *b, double level, CxmNetMethod method,
             CxmTest *result)
{
	Estimate    difference;
	CxmInterval interval;
	double      z;

	if (!valid_level(level) || !valid_net_sample(a) || !valid_net_sample(b) ||
	    method == CXM_NET_SCORE)
		return false;
	difference = difference_of(net_estimate(a, method), net_estimate(b, method));
	interval = symmetric_interval(difference, cxm_critical_z(level), -2, 2);
	z = test_statistic(difference);
	*result = (CxmTest){(a->favourable - a->unfavourable) - (b->favourable - b->unfavourable),
	                    interval.lower,
	                    interval.upper,
	                    z,
	                    cxm_normal_two_sided(z),
	                    sqrt(difference.variance)};
	return true;
}

/*
 * The score interval of a share: Wilson (1927), "Probable inference, the law of succession, and
 * statistical inference", JASA 22.  The bounds are the roots x of n (p - x)^2 = z^2 x (1 - x); the
 * lower one comes from the product of the two, the common formula being a difference.
 */
static CxmInterval
wilson_interval(const CxmShareSample *s, double level)
{
	double z = cxm_critical_z(level);
	double p = s->share;
	double n = s->n;
	double square = z * z;
	double sum = n * p + square / 2 + sqrt(square * (n * p * (1 - p) + square / 4));

	return (CxmInterval){p == 0 ? 0 : n * p * p / sum, p == 1 ? 1 : fmin(sum / (n + square), 1)};
}

bool
cxm_share_interval(const CxmShareSample *s, double level, CxmInterval *result)
{
	if (!valid_level(level) || !valid_share(s->share, s->n))
		return false;
	*result = wilson_interval(s, level);
	return true;
}

/*
 * Newcombe (1998), "Interval estimation for the difference between independent proportions",
 * Statistics in Medicine 17, method 10: the distances of the two shares from the ends of their
 * Wilson intervals, squared and added.  The statistic is z with the pooled share under the root.
 */
bool
cxm_share_test(const CxmShareSample *a, const CxmShareSample *b, double level, CxmTest *result)
{
	CxmInterval of_a;
	CxmInterval of_b;
	double      n;
	double      pooled;
	double      pooled_rest;
	double      z;
	Estimate    difference;

	if (!valid_level(level) || !valid_share(a->share, a->n) || !valid_share(b->share, b->n))
		return false;
	of_a = wilson_interval(a, level);
	of_b = wilson_interval(b, level);
	n = a->n + b->n;
	pooled = (a->n * a->share + b->n * b->share) / n;
	pooled_rest = (a->n * (1 - a->share) + b->n * (1 - b->share)) / n;
	difference = (Estimate){a->share - b->share, pooled * pooled_rest * (1 / a->n + 1 / b->n)};

	z = test_statistic(difference);
	*result = (CxmTest){
	    difference.value,
	    clamp(difference.value - hypot(a->share - of_a.lower, of_b.upper - b->share), -1, 1),
	    clamp(difference.value + hypot(of_a.upper - a->share, b->share - of_b.lower), -1, 1), z,
	    cxm_normal_two_sided(z),
	    sqrt(a->share * (1 - a->share) / a->n + b->share * (1 - b->share) / b->n)};
	return true;
}

/*
 * Wald: margin = z sqrt(p q / n) is solved for n; see Cochran (1977), "Sampling Techniques", 4.4.
 * Wilson: half the distance of the two roots above is z sqrt(n p q + z^2 / 4) / (n + z^2), and
 * n + z^2 the larger root of margin^2 x^2 - z^2 p q x - z^4 (1 / 4 - p q) = 0.
 */
double
cxm_share_responses(double share, double margin, double level, CxmShareMethod method)
{
	double z = cxm_critical_z(level);
	double square = z * z;
	double variance = share * (1 - share);
	double wald = square * variance / margin / margin;
	double x;

	if (!valid_level(level) || !valid_share(share, 1) || !(margin > 0))
		return NAN;
	if (method == CXM_SHARE_WALD)
		return wald;
	x = wald / 2 + square * hypot(variance / margin, 1 - 2 * share) / margin / 2;
	return fmax(x - square, 0);
}

static Estimate
mean_estimate(const CxmMeanSample *s)
{
	return (Estimate){s->mean, s->variance / s->n};
}

/* Student (1908), "The probable error of a mean", Biometrika 6. */
bool
cxm_mean_interval(const CxmMeanSample *s, double level, double lowest, double highest,
                  CxmInterval *result)
{
	if (!valid_level(level) || !valid_mean_sample(s) || !(lowest <= highest))
		return false;
	*result = symmetric_interval(mean_estimate(s), critical_t(level, s->n - 1), lowest, highest);
	return true;
}

/*
 * Welch (1947), "The generalization of 'Student's' problem when several different population
 * variances are involved", Biometrika 34, with the degrees of freedom of Satterthwaite (1946),
 * divided through by the squared variance of the difference.
 */
bool
cxm_mean_test(const CxmMeanSample *a, const CxmMeanSample *b, double level, double widest,
              CxmTest *result)
{
	Estimate    of_a;
	Estimate    of_b;
	Estimate    difference;
	CxmInterval interval;
	double      df = 1; /* of no account without variance */
	double      t;

	if (!valid_level(level) || !valid_mean_sample(a) || !valid_mean_sample(b) || !(widest >= 0))
		return false;
	of_a = mean_estimate(a);
	of_b = mean_estimate(b);
	difference = difference_of(of_a, of_b);
	if (difference.variance > 0)
	{
		double part_a = of_a.variance / difference.variance;
		double part_b = of_b.variance / difference.variance;

		df = 1 / (part_a * part_a / (a->n - 1) + part_b * part_b / (b->n - 1));
	}
	interval = symmetric_interval(difference, critical_t(level, df), -widest, widest);
	t = test_statistic(difference);
	*result = (CxmTest){difference.value,
	                    interval.lower,
	                    interval.upper,
	                    t,
	                    cxm_student_two_sided(t, df),
	                    sqrt(difference.variance)};
	return true;
}

/*
 * Intervals that hold at every look
 */

/*
 * The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024),
 * "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52:
 *
 *		s sqrt(2 (n rho^2 + 1) / (n^2 rho^2) log(sqrt(n rho^2 + 1) / alpha))
 *
 * with the rho that makes it narrowest at best_at, to their approximation.
 */
static bool
anytime_interval(double value, double variance, double n, double level, double best_at,
                 double lowest, double highest, CxmInterval *result)
{
	double surprise = -log1p(-level); /* -log alpha */
	double square = (2 * surprise + log1p(2 * surprise)) / best_at;
	double margin =
	    sqrt(2 * variance * (n * square + 1) / square * (log1p(n * square) / 2 + surprise)) / n;

	if (!(best_at > 0) || !isfinite(margin))
		return false;
	*result = (CxmInterval){clamp(value - margin, lowest, highest),
	                        clamp(value + margin, lowest, highest)};
	return true;
}

bool
cxm_net_anytime(const CxmNetSample *s, double level, double best_at, CxmInterval *result)
{
	if (!valid_level(level) || !valid_net_sample(s))
		return false;
	return anytime_interval(s->favourable - s->unfavourable,
	                        net_estimate(s, CXM_NET_ADJUSTED_WALD).variance * (s->n + 3), s->n,
	                        level, best_at, -1, 1, result);
}

/* The variance of a mean's answers with two more at either end: those of Agresti for a share. */
static double
widened_variance(double mean, double variance, double n, double lowest, double highest)
{
	double shift = 2 * ((lowest - mean) + (highest - mean)) / (n + 4);
	double low = lowest - mean - shift;
	double high = highest - mean - shift;

	return (n * (variance + shift * shift) + 2 * low * low + 2 * high * high) / (n + 4);
}

bool
cxm_share_anytime(const CxmShareSample *s, double level, double best_at, CxmInterval *result)
{
	double p = s->share;

	if (!valid_level(level) || !valid_share(p, s->n))
		return false;
	return anytime_interval(p, widened_variance(p, p * (1 - p), s->n, 0, 1), s->n, level, best_at,
	                        0, 1, result);
}

bool
cxm_mean_anytime(const CxmMeanSample *s, double level, double best_at, double lowest,
                 double highest, CxmInterval *result)
{
	double variance = s->n > 1 ? s->variance : 0;

	if (!valid_level(level) || !isfinite(s->mean) || !(variance >= 0) || !isfinite(variance) ||
	    !(s->n > 0) || !isfinite(s->n) || !(lowest <= highest))
		return false;
	if (isfinite(lowest) && isfinite(highest))
		variance = widened_variance(s->mean, variance * fmax(s->n - 1, 0) / s->n, s->n, lowest,
		                            highest);
	return variance > 0 && anytime_interval(s->mean, variance, s->n, level, best_at, lowest,
	                                        highest, result);
}

/*
 * How many responses
 */

/* Half the interval of a sample if it had n responses. */
typedef double (*HalfWidth)(const void *sample, double n, double level);

/* The smallest whole n from least on at which half the interval is at most margin, by halving. */
static double
responses_for(HalfWidth half_width, const void *sample, double least, double margin, double level)
{
	double enough = 1;

	if (!valid_level(level) || !(margin > 0))
		return NAN;
	while (enough < least || half_width(sample, enough, level) > margin)
	{
		enough *= 2;
		if (enough > 0x1p100)
			return INFINITY;
	}
	for (double step = enough / 2; step >= 1; step /= 2)
		if (enough - step >= least && half_width(sample, enough - step, level) <= margin)
			enough -= step;
	return enough;
}

static double
net_half_width(const void *sample, double n, double level)
{
	CxmNetSample s = *(const CxmNetSample *) sample;

	s.n = n;
	return cxm_critical_z(level) * sqrt(net_estimate(&s, CXM_NET_ADJUSTED_WALD).variance);
}

double
cxm_net_responses(const CxmNetSample *s, double margin, double level)
{
	return valid_net_sample(s) ? responses_for(net_half_width, s, 0, margin, level) : NAN;
}

static double
mean_half_width(const void *sample, double n, double level)
{
	return critical_t(level, n - 1) * sqrt(((const CxmMeanSample *) sample)->variance / n);
}

double
cxm_mean_responses(const CxmMeanSample *s, double margin, double level)
{
	return valid_mean_sample(s) ? responses_for(mean_half_width, s, 2, margin, level) : NAN;
}

/*
 * Many samples
 */

/*
 * Pearson (1900), "On the criterion that a given system of deviations ... can be reasonably
 * supposed to have arisen from random sampling", Philosophical Magazine 50, of k times yes and no.
 */
bool
cxm_share_groups_test(const CxmShareSample *s, int k, CxmGroupsTest *result)
{
	double n = 0;
	double yes = 0;
	double no = 0;
	double squares = 0;
	double pooled;

	for (int i = 0; i < k; i++)
	{
		if (!valid_share(s[i].share, s[i].n))
			return false;
		n += s[i].n;
		yes += s[i].n * s[i].share;
		no += s[i].n * (1 - s[i].share);
	}
	if (k < 2)
		return false;
	pooled = yes / n;
	for (int i = 0; i < k; i++)
		squares += s[i].n * (s[i].share - pooled) * (s[i].share - pooled);

	result->statistic = yes > 0 && no > 0 ? squares / (pooled * (no / n)) : NAN;
	result->df = k - 1;
	result->residual_df = NAN;
	result->p_value = cxm_chi_squared_upper(result->statistic, result->df);
	return true;
}

/*
 * How far k means lie apart: the squared distances from the mean of all, each over its variance, as
 * each counts for that by its precision.  With *residual, what Welch's test makes of their degrees
 * of freedom.  One without variance is the mean itself; of two such it is not known: NaN.
 */
static double
distance_apart(const CxmMeanSample *s, int k, double *residual)
{
	double least = INFINITY;
	double precision = 0; /* of all, that of the most precise being 1 */
	double mean = 0;
	double squares = 0;
	int    certain = 0;

#define VARIANCE(i) mean_estimate(&s[i]).variance
#define PRECISION(i) (VARIANCE(i) > 0 ? least / VARIANCE(i) : 1)

	for (int i = 0; i < k; i++)
		least = fmin(least, VARIANCE(i));
	for (int i = 0; i < k; i++)
	{
		precision += PRECISION(i);
		certain += VARIANCE(i) > 0 ? 0 : 1;
	}
	for (int i = 0; i < k; i++)
		mean += PRECISION(i) / precision * s[i].mean;
	*residual = 0;
	for (int i = 0; i < k; i++)
	{
		double rest = 1 - PRECISION(i) / precision;

		if (VARIANCE(i) > 0)
			squares += (s[i].mean - mean) * (s[i].mean - mean) / VARIANCE(i);
		*residual += rest * rest / (s[i].n - 1);
	}
	return certain < 2 ? squares : NAN;
}

static bool
valid_groups(const CxmMeanSample *s, int k)
{
	for (int i = 0; i < k; i++)
		if (!valid_mean_sample(&s[i]))
			return false;
	return k >= 2;
}

CxmMeanSample
cxm_net_adjusted(const CxmNetSample *s)
{
	Estimate e = net_estimate(s, CXM_NET_ADJUSTED_WALD);

	if (!valid_net_sample(s))
		return (CxmMeanSample){NAN, NAN, 0};
	return (CxmMeanSample){e.value, e.variance * (s->n + 3), s->n + 3};
}

bool
cxm_net_groups_test(const CxmMeanSample *s, int k, CxmGroupsTest *result)
{
	double residual;

	if (!valid_groups(s, k))
		return false;
	result->statistic = distance_apart(s, k, &residual);
	result->df = k - 1;
	result->residual_df = NAN;
	result->p_value = cxm_chi_squared_upper(result->statistic, result->df);
	return true;
}

/*
 * Welch (1951), "On the comparison of several mean values: an alternative approach", Biometrika 38.
 */
bool
cxm_mean_groups_test(const CxmMeanSample *s, int k, CxmGroupsTest *result)
{
	double df = k - 1;
	double residual;

	if (!valid_groups(s, k))
		return false;
	result->statistic = distance_apart(s, k, &residual);
	residual /= df * (k + 1.0);
	result->statistic /= df * (1 + 2 * (k - 2) * residual);
	result->df = df;
	result->residual_df = isnan(result->statistic) ? NAN : 1 / (3 * residual);
	result->p_value = cxm_fisher_upper(result->statistic, df, result->residual_df);
	return true;
}
