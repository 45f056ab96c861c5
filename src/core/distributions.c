/*
 * distributions.c
 *		The standard normal distribution and Student's t: quantiles and two-sided probabilities; the
 *		upper tails of chi-squared and of Fisher's F; quantiles of the beta distribution.
 */
#include "core/distributions.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "core/roots.h"

static const double SQRT_HALF = 0.70710678118654752440;
static const double SQRT_TWO_PI = 2.50662827463100050242;
static const double SQRT_PI = 1.77245385090551602730;

/* c[0] + c[1] x + ... + c[7] x^7 */
static double
polynomial_7(const double *c, double x)
{
	double sum = c[7];

	for (int i = 6; i >= 0; i--)
		sum = sum * x + c[i];
	return sum;
}

/*
 * Wichura (1988), "Algorithm AS 241: The percentage points of the normal distribution", routine
 * PPND16: rational approximations for the middle, the near tail and the far tail.
 */
double
cxm_normal_quantile(double p)
{
	static const double middle_over[] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
	                                     1.9715909503065514427e+3, 1.3731693765509461125e+4,
	                                     4.5921953931549871457e+4, 6.7265770927008700853e+4,
	                                     3.3430575583588128105e+4, 2.5090809287301226727e+3};
	static const double middle_under[] = {1.0000000000000000000e0,  4.2313330701600911252e+1,
	                                      6.8718700749205790830e+2, 5.3941960214247511077e+3,
	                                      2.1213794301586595867e+4, 3.9307895800092710610e+4,
	                                      2.8729085735721942674e+4, 5.2264952788528545610e+3};
	static const double near_over[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
	                                   5.76949722146069140550e0,  3.64784832476320460504e0,
	                                   1.27045825245236838258e0,  2.41780725177450611770e-1,
	                                   2.27238449892691845833e-2, 7.74545014278341407640e-4};
	static const double near_under[] = {1.00000000000000000000e0,  2.05319162663775882187e0,
	                                    1.67638483018380384940e0,  6.89767334985100004550e-1,
	                                    1.48103976427480074590e-1, 1.51986665636164571966e-2,
	                                    5.47593808499534494600e-4, 1.05075007164441684324e-9};
	static const double far_over[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
	                                  1.78482653991729133580e0,  2.96560571828504891230e-1,
	                                  2.65321895265761230930e-2, 1.24266094738807843860e-3,
	                                  2.71155556874348757815e-5, 2.01033439929228813265e-7};
	static const double far_under[] = {1.00000000000000000000e0,  5.99832206555887937690e-1,
	                                   1.36929880922735805310e-1, 1.48753612908506148525e-2,
	                                   7.86869131145613259100e-4, 1.84631831751005468180e-5,
	                                   1.42151175831644588870e-7, 2.04426310338993978564e-15};

	double q = p - 0.5;
	double r;
	double z;

	if (!(p > 0 && p < 1))
		return NAN;
	if (fabs(q) <= 0.425)
	{
		r = 0.425 * 0.425 - q * q;
		return q * polynomial_7(middle_over, r) / polynomial_7(middle_under, r);
	}
	r = sqrt(-log(q < 0 ? p : 1 - p));
	if (r <= 5)
		z = polynomial_7(near_over, r - 1.6) / polynomial_7(near_under, r - 1.6);
	else
		z = polynomial_7(far_over, r - 5) / polynomial_7(far_under, r - 5);
	return q < 0 ? -z : z;
}

/* From the tail: beside one its last digits are lost, and the highest levels would have none. */
double
cxm_critical_z(double level)
{
	return -cxm_normal_quantile((1 - level) / 2);
}

double
cxm_normal_two_sided(double z)
{
	return erfc(fabs(z) * SQRT_HALF);
}

/*
 * Gamma(a + 1/2) / Gamma(a).  Stirling's series for log Gamma(w + 3/4) and log Gamma(w + 1/4), with
 * w = a - 1/4, differ by even powers of 1/w only, and by Euler numbers E in their coefficients:
 * log(w)/2 - sum E(2m) / (m 4^(2m+1) w^(2m)).  From a = 20 four terms are exact to a double; the
 * recurrence of Gamma leads there.
 */
static double
gamma_half_ratio(double a)
{
	double factor = 1;
	double u;

	while (a < 20)
	{
		factor *= a / (a + 0.5);
		a += 1;
	}
	u = 1 / (16 * (a - 0.25) * (a - 0.25));
	return factor * sqrt(a - 0.25) *
	       exp(u / 4 * (1 + u * (-5.0 / 2 + u * (61.0 / 3 + u * (-1385.0 / 4)))));
}

/*
 * The continued fraction in I_x(a, b) = x^a y^b / B(a, b) * fraction, with y = 1 - x, by Didonato
 * and Morris (1992), "Algorithm 708: Significant digit computation of the incomplete beta function
 * ratios", routine BFRAC, evaluated after Lentz (1976).  It converges fast where a y - b x, the
 * excess, is not negative; being an argument of its own it lets nothing cancel for large a or b.
 */
static double
incomplete_beta_fraction(double a, double b, double x, double y, double excess)
{
	double c = a / (a + 1) * (excess + 1);
	double d = 0;
	double fraction = 1 / c;

	for (int n = 1; n <= 100000; n++)
	{
		double m = a + 2 * n - 1;
		double w = n * (b - n) * x / m;
		double alpha = (a + n - 1) / m * (a + b + n - 1) * w * x;
		double beta = n + w + (a + n) / (m + 2) * (excess + 1 + n * (1 + y));
		double change;

		c = beta + alpha / c;
		d = 1 / (beta + alpha * d);
		change = c * d;
		fraction /= change;
		/* written so that NaN ends it too */
		if (!(fabs(change - 1) > 4 * DBL_EPSILON))
			break;
	}
	return fraction;
}

/*
 * Where t >= 0 divides the distribution of |T|.  inner and outer are accurate relatively; their
 * derivatives with respect to log t are 2 * slope and -2 * slope.
 */
typedef struct StudentSplit
{
	double inner; /* P(|T| < t) */
	double outer; /* P(|T| >= t) */
	double slope;
} StudentSplit;

/* P(|T| >= t) = I_x(df/2, 1/2) with x = df / (df + t^2) (Abramowitz and Stegun, 26.7). */
static StudentSplit
student_split(double t, double df)
{
	StudentSplit split;
	double       a = df / 2;
	double       ratio = t / sqrt(df);
	bool         far = ratio > 1e8; /* 1 + ratio^2 is ratio^2, which might overflow */
	double       x = far ? 1 / ratio / ratio : 1 / (1 + ratio * ratio);
	double       y = far ? 1 : ratio * ratio * x;
	double       log_x = far ? log(df) - 2 * log(t) : -log1p(ratio * ratio);

	split.slope = exp(a * log_x) * sqrt(y) * gamma_half_ratio(a) / SQRT_PI;
	if (t >= 1)
	{
		split.outer = split.slope * incomplete_beta_fraction(a, 0.5, x, y, a * y - 0.5 * x);
		split.inner = 1 - split.outer;
	}
	else
	{
		split.inner = split.slope * incomplete_beta_fraction(0.5, a, y, x, 0.5 * x - a * y);
		split.outer = 1 - split.inner;
	}
	return split;
}

/* What rounding has put outside of 0 ... 1 is put back; NaN stays. */
static double
probability(double p)
{
	return p < 0 ? 0 : p > 1 ? 1 : p;
}

double
cxm_student_two_sided(double t, double df)
{
	if (isnan(t) || !(df > 0 && df <= DBL_MAX))
		return NAN;
	return probability(student_split(fabs(t), df).outer);
}

/*
 * Newton's method on the logarithms of t and of the smaller of the two probabilities: there the
 * curve is concave, and all but straight in the heavy tails, so that it converges from the normal
 * quantile, which is the limit for many degrees of freedom, without a bracket.
 */
double
cxm_student_quantile(double p, double df)
{
	double outer = 2 * fmin(p, 1 - p);
	double inner = fabs(1 - 2 * p);
	double t = fabs(cxm_normal_quantile(p));

	if (isnan(t) || !(df > 0 && df <= DBL_MAX))
		return NAN;
	if (t == 0)
		return 0;
	for (int i = 0; i < 100; i++)
	{
		StudentSplit split = student_split(t, df);
		double step = outer < inner ? log(split.outer / outer) * split.outer / (2 * split.slope)
		                            : log(inner / split.inner) * split.inner / (2 * split.slope);

		t *= exp(step);
		/* convergence is quadratic: after such a step nothing is left to gain */
		if (fabs(step) < 1e-9 || isinf(t))
			break;
	}
	return p < 0.5 ? -t : t;
}

/*
 * log Gamma(u) less Stirling's approximation (u - 1/2) log u - u + log(2 pi) / 2: by its series
 * 1/12u - 1/360u^3 + ..., which is exact from 16 on, and below it by the recurrence of Gamma.
 */
static double
stirling_rest(double u)
{
	double rest = 0;
	double v;

	for (; u < 16; u += 1)
		rest += (u + 0.5) * log1p(1 / u) - 1;
	v = 1 / (u * u);
	return rest + (1.0 / 12 - v * (1.0 / 360 - v * (1.0 / 1260 - v * (1.0 / 1680 - v / 1188)))) / u;
}

/* The logarithm of r, which is 1 + excess exactly. */
static double
log_of(double r, double excess)
{
	return fabs(excess) < 0.5 ? log1p(excess) : log(r);
}

/* The beta distribution that has p below the x that is looked for. */
typedef struct BetaTail
{
	double a;
	double b;
	double log_p;
} BetaTail;

/*
 * log I_x(a, b), where x is given by its logit, x / (1 - x) = exp(logit).
 *
 * x^a y^b / B(a, b) by the distances of x and y from the mean a / (a + b), so that it is accurate
 * for large a and b as well.
 */
static double
log_beta_lower(double logit, double a, double b)
{
	double x = 1 / (1 + exp(-logit));
	double y = 1 / (1 + exp(logit));
	double excess = a * y - b * x; /* (a + b) (mean - x) */
	double log_front =
	    a * log_of(x * (a + b) / a, -excess / a) + b * log_of(y * (a + b) / b, excess / b) +
	    log(a / (a + b) * b) / 2 + stirling_rest(a + b) - stirling_rest(a) - stirling_rest(b);
	double front = exp(log_front) / SQRT_TWO_PI;

	if (excess >= 0)
		return log_front - log(SQRT_TWO_PI) + log(incomplete_beta_fraction(a, b, x, y, excess));
	return log1p(-front * incomplete_beta_fraction(b, a, y, x, -excess));
}

static double
beta_excess(double logit, void *context)
{
	const BetaTail *tail = context;

	return tail->log_p - log_beta_lower(logit, tail->a, tail->b);
}

double
cxm_binomial_lower(double k, double n, double p)
{
	if (!(n >= 0 && p >= 0 && p <= 1))
		return NAN;
	if (k < 0)
		return 0;
	if (k >= n || p == 0)
		return 1;
	if (p == 1)
		return 0;
	return probability(exp(log_beta_lower(log1p(-p) - log(p), n - k, k + 1)));
}

double
cxm_beta_quantile(double p, double a, double b)
{
	BetaTail tail = {a, b, log(p)};

	if (!(p > 0 && p <= 0.5 && a > 0 && b > 0 && a <= DBL_MAX && b <= DBL_MAX))
		return NAN;
	return 1 / (1 + exp(-cxm_root(beta_excess, &tail, log(a / b), sqrt(1 / a + 1 / b), 700)));
}

/*
 * Q(a, x) with a = df / 2 and x halved, by the series of P below a + 1 and above by the continued
 * fraction of Q (Abramowitz and Stegun, 6.5.29 and 6.5.31), evaluated after Lentz (1976).
 */
double
cxm_chi_squared_upper(double x, double df)
{
	double a = df / 2;
	double half = x / 2;
	double scale;
	double sum = 1;
	double c;
	double d;

	if (!(x >= 0) || !(df > 0 && df <= DBL_MAX))
		return NAN;
	if (x == 0 || isinf(x))
		return x == 0;
	scale = exp(a * log(half) - half - lgamma(a));
	if (half < a + 1)
	{
		double term = 1;

		for (int n = 1; term > sum * DBL_EPSILON / 4 && n < 100000; n++)
			sum += term *= half / (a + n);
		return probability(1 - scale / a * sum);
	}
	c = half + 1 - a;
	d = 1 / c;
	sum = d;
	c = INFINITY;
	for (int n = 1; n <= 100000; n++)
	{
		double alpha = n * (a - n);
		double beta = half + 2 * n + 1 - a;
		double change;

		c = beta + alpha / c;
		d = 1 / (beta + alpha * d);
		change = c * d;
		sum *= change;
		if (fabs(change - 1) <= 2 * DBL_EPSILON)
			break;
	}
	return probability(scale * sum);
}

/* I_x(b, a) with halved degrees a and b of freedom, x = b / (b + a f) (Abramowitz, Stegun 26.6). */
double
cxm_fisher_upper(double f, double df, double residual_df)
{
	double a = df / 2;
	double b = residual_df / 2;
	double ratio = f * (df / residual_df);
	double log_x = -log1p(ratio);
	double x = exp(log_x);
	double y = ratio / (1 + ratio);
	double slope;

	if (!(f >= 0) || !(df > 0 && df <= DBL_MAX) || !(residual_df > 0 && residual_df <= DBL_MAX))
		return NAN;
	if (f == 0)
		return 1;
	if (isinf(ratio))
		return 0;
	slope = exp(b * log_x + a * log(y) + lgamma(a + b) - lgamma(a) - lgamma(b));
	if (b * y >= a * x)
		return probability(slope * incomplete_beta_fraction(b, a, x, y, b * y - a * x));
	return probability(1 - slope * incomplete_beta_fraction(a, b, y, x, a * x - b * y));
}
