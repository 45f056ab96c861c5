/*
 * gamma_functions.h
 *		Derivatives of the logarithm of the gamma function, for positive arguments.
 */
#ifndef CXM_GAMMA_FUNCTIONS_H
#define CXM_GAMMA_FUNCTIONS_H

/* The derivative of log Gamma(u + x) / Gamma(u) with respect to u, accurate relatively; x >= 0. */
extern double cxm_digamma_rise(double u, double x);

/* The second derivative of log Gamma(u). */
extern double cxm_trigamma(double u);

#endif /* CXM_GAMMA_FUNCTIONS_H */
