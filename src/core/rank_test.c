/*
 * rank_test.c
 *		Does one group take longer than another?
 */
#include "core/rank_test.h"

#include <math.h>

#include "core/distributions.h"

/* What sums of counts may leave of a difference that is none. */
#define ROUNDING 1e-13

CxmRankTest
cxm_rank_test_start(double n_a, double n_b)
{
	return (CxmRankTest){.n = {n_a, n_b}};
}

/* The placement of a value is the share of the other group below it, and half of what is equal. */
void
cxm_rank_test_step(CxmRankTest *ranks, double of_a, double of_b)
{
	const double of[2] = {of_a, of_b};
	double       equal = of_a + of_b;

	for (int i = 0; i < 2; i++)
	{
		double placement = (ranks->passed[1 - i] + of[1 - i] / 2) / ranks->n[1 - i] - 0.5;

		ranks->placed[i] += of[i] * placement;
		ranks->squares[i] += of[i] * placement * placement;
	}
	ranks->wins += of_a * (ranks->passed[1] + of_b / 2);
	ranks->ties += equal * (equal * equal - 1);
	ranks->passed[0] += of_a;
	ranks->passed[1] += of_b;
}

/*
 * Brunner and Munzel (2000), "The nonparametric Behrens-Fisher problem", Biometrical Journal 42:
 * the variance of the placements, as for Welch's t.
 */
static void
find_interval(const CxmRankTest *ranks, double level, CxmTest *result)
{
	double part[2];
	double variance;
	double df;
	double margin;

	for (int i = 0; i < 2; i++)
	{
		double n = ranks->n[i];

		part[i] = (ranks->squares[i] - ranks->placed[i] * ranks->placed[i] / n) / (n - 1) / n;
	}
	variance = part[0] + part[1];
	df = variance * variance /
	     (part[0] * part[0] / (ranks->n[0] - 1) + part[1] * part[1] / (ranks->n[1] - 1));
	/* written so that NaN is none either; rounding leaves some of what is zero */
	if (!(variance > ROUNDING * (1 / ranks->n[0] + 1 / ranks->n[1]) && df > 0))
		return;
	result->std_error = 2 * sqrt(variance);
	margin = -cxm_student_quantile((1 - level) / 2, df) * result->std_error;
	result->lower = fmax(result->difference - margin, -1);
	result->upper = fmin(result->difference + margin, 1);
}

bool
cxm_rank_test(const CxmRankTest *ranks, double level, CxmTest *result)
{
	double pairs = ranks->n[0] * ranks->n[1];
	double all = ranks->n[0] + ranks->n[1];
	double excess = ranks->wins - pairs / 2;
	double spread = all + 1 - ranks->ties / (all * (all - 1));
	double variance = pairs / 12 * spread;

	if (!(pairs > 0 && spread > ROUNDING * all))
		return false;
	result->difference = 2 * excess / pairs;
	result->lower = NAN;
	result->upper = NAN;
	result->std_error = NAN;
	result->statistic = copysign(fmax(fabs(excess) - 0.5, 0), excess) / sqrt(variance);
	result->p_value = cxm_normal_two_sided(result->statistic);
	find_interval(ranks, level, result);
	return true;
}
