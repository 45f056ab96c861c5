/*
 * gamma_functions.c
 *		Derivatives of the logarithm of the gamma function.
 *
 * Each is a recurrence to where the asymptotic series is exact.
 */
#include "core/gamma_functions.h"

#include <math.h>

#define EXACT_FROM 16

/* 1/12z^2 - 1/120z^4 + 1/252z^6 - 1/240z^8 + 1/132z^10 */
static double
digamma_series(double z)
{
	double u = 1 / (z * z);

	return u * (1.0 / 12 - u * (1.0 / 120 - u * (1.0 / 252 - u * (1.0 / 240 - u / 132))));
}

double
cxm_digamma_rise(double u, double x)
{
	double v = u + x;
	double sum = 0;

	if (x == 0)
		return 0;
	for (; u < EXACT_FROM; u += 1, v += 1)
		sum += x / (u * v);
	return sum + log1p(x / u) + x / (2 * u * v) + digamma_series(u) - digamma_series(v);
}

/* 1/z + 1/2z^2 + 1/6z^3 - 1/30z^5 + 1/42z^7 - 1/30z^9 + 5/66z^11 */
double
cxm_trigamma(double u)
{
	double sum = 0;
	double w;

	for (; u < EXACT_FROM; u += 1)
		sum += 1 / (u * u);
	w = 1 / (u * u);
	return sum + 1 / u + w / 2 +
	       w / u * (1.0 / 6 - w * (1.0 / 30 - w * (1.0 / 42 - w * (1.0 / 30 - w * 5 / 66))));
}
