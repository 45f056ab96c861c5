/*
 * p_values.c
 *		P-values of many tests at once.
 */
#include "core/p_values.h"

#include <math.h>

/* Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6. */
static void
step_down(double *p, size_t n)
{
	double largest = 0;

	for (size_t i = 0; i < n; i++)
		p[i] = largest = fmin(fmax(largest, (double) (n - i) * p[i]), 1);
}

static void
step_up(double *p, size_t n, double factor)
{
	double smallest = 1;

	for (size_t i = n; i > 0; i--)
		p[i - 1] = smallest = fmin(smallest, p[i - 1] * factor / (double) i);
}

static double
harmonic_number(size_t n)
{
	double sum = 0;

	for (size_t i = n; i > 0; i--)
		sum += 1 / (double) i;
	return sum;
}

/*
 * Benjamini and Hochberg (1995), "Controlling the false discovery rate", JRSS B 57; and for tests
 * that depend on each other in any way Benjamini and Yekutieli (2001), Annals of Statistics 29.
 */
void
cxm_adjust_p_values(double *p, size_t n, CxmAdjustment adjustment)
{
	switch (adjustment)
	{
		case CXM_HOLM:
			step_down(p, n);
			break;
		case CXM_BENJAMINI_HOCHBERG:
			step_up(p, n, (double) n);
			break;
		case CXM_BENJAMINI_YEKUTIELI:
			step_up(p, n, (double) n * harmonic_number(n));
			break;
	}
}
