/*
 * distributions.h
 *		The standard normal distribution and Student's t: quantiles and two-sided probabilities.
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

/* P(|Z| >= |z|) */
extern double cxm_normal_two_sided(double z);

/* The t with P(T <= t) = p, for 0 < p < 1; infinite where it is too large for a double. */
extern double cxm_student_quantile(double p, double df);

/* P(|T| >= |t|) */
extern double cxm_student_two_sided(double t, double df);

#endif /* CXM_DISTRIBUTIONS_H */
