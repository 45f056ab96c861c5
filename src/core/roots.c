/*
 * roots.c
 *		Where a function that decreases is zero.
 */
#include "core/roots.h"

#include <float.h>
#include <math.h>

/*
 * The Illinois form of false position (Dowell and Jarratt 1971): where the same end would stay
 * twice, its value is halved, so that both ends close in on the root.  Every third step takes the
 * middle, for functions whose values at the ends have nothing to do with each other.
 */
static double
root_between(CxmDecreasing f, void *context, double a, double f_a, double b, double f_b)
{
	for (int i = 0; i < 300 && f_b != 0; i++)
	{
		double least = 2 * DBL_EPSILON * fmax(1, fabs(b));
		double x = i % 3 < 2 ? b - f_b * (b - a) / (f_b - f_a) : a + (b - a) / 2;
		double f_x;

		if (fabs(b - a) <= 2 * least)
			break;
		/* written so that NaN is none */
		if (!(fabs(x - b) >= least))
			x = b + copysign(least, a - b);
		f_x = f(x, context);
		if ((f_x > 0) == (f_b > 0))
			f_a /= 2;
		else
		{
			a = b;
			f_a = f_b;
		}
		b = x;
		f_b = f_x;
	}
	return b;
}

double
cxm_root(CxmDecreasing f, void *context, double start, double step, double limit)
{
	double a = start;
	double f_a = f(a, context);

	for (step = f_a > 0 ? step : -step; f_a != 0; step *= 2)
	{
		double b = fmax(fmin(a + step, limit), -limit);
		double f_b = f(b, context);

		if ((f_b > 0) != (f_a > 0))
			return root_between(f, context, a, f_a, b, f_b);
		if (fabs(b) >= limit)
			return step > 0 ? INFINITY : -INFINITY;
		a = b;
		f_a = f_b;
	}
	return a;
}
