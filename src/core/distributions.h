/*
 * distributions.h
 *		The standard normal distribution and Student's t: quantiles and two-sided probabilities; the
 *		upper tails of chi-squared and of Fisher's F; quantiles of the beta distribution; the
 *		lower tail of the binomial.
 *
 * Degrees of freedom are any positive finite number, whole or not.  Probabilities are accurate to a
 * relative 1e-13 in the tails as in the middle, quantiles as far as their probability determines
 * them; below 0.0001 degrees of freedom, where all is spread beyond measure, six digits remain.
 * Arguments other than said here give NaN.
 */
#ifndef CXM_DISTRIBUTIONS_H
#define CXM_DISTRIBUTIONS_H

/* The z with P(Z <= z) = p, for 0 < p < 1. */
extern double cxm_normal_quantile(double p);

/* The z that is exceeded in either direction with probability 1 - level, and is never infinite. */
extern double cxm_critical_z(double level);

/* P(|Z| >= |z|) */
extern double cxm_normal_two_sided(double z);

/* The t with P(T <= t) = p, for 0 < p < 1; infinite where it is too large for a double. */
extern double cxm_student_quantile(double p, double df);

/* P(|T| >= |t|) */
extern double cxm_student_two_sided(double t, double df);

/* P(X >= x), and P(F >= f), for x and f >= 0: to a relative 1e-11 for up to 10000 degrees. */
extern double cxm_chi_squared_upper(double x, double df);
extern double cxm_fisher_upper(double f, double df, double residual_df);
/*
 * The x with I_x(a, b) = p, the share that Beta(a, b) has below it, for a, b > 0 and 0 < p <= 1/2;
 * 0 where it is too small for a double.  That of 1 - p is 1 less the one of (b, a).
 */
extern double cxm_beta_quantile(double p, double a, double b);

/* P(B <= k) of n trials that succeed with probability p; k is a whole number, or below 0. */
extern double cxm_binomial_lower(double k, double n, double p);

#endif /* CXM_DISTRIBUTIONS_H */
