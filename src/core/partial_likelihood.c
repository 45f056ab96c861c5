/*
 * partial_likelihood.c
 *		The ratio of the hazards of two groups.
 */
#include "core/partial_likelihood.h"

#include <float.h>
#include <math.h>

/* Newton's method needs about ten passes; where it does not come closer any more, so be it. */
#define MOST_PASSES 200
#define CLOSE_ENOUGH 1e-13

/* The longest step: no ratio is known to be e^4 times another one from afar. */
#define LONGEST_STEP 4.0

const CxmHazardRatio CXM_HAZARD_RATIO_START = {.below = -INFINITY, .above = INFINITY};

/*
 * The sums of 1 / (y + k) and of its square over k = 1 ... n, for y >= 0.  Those from 32 on by the
 * formula of Euler and Maclaurin in the middles, to 14 digits, however many they are.
 */
static void
inverse_sums(double y, double n, double *first, double *second)
{
	double a;
	double b;
	double k = 1;

	*first = 0;
	*second = 0;
	for (; k <= n && y + k < 32; k++)
	{
		*first += 1 / (y + k);
		*second += 1 / ((y + k) * (y + k));
	}
	if (k > n)
		return;
	n -= k - 1;
	a = y + k - 0.5;
	b = a + n;
	*first += log1p(n / a) - (pow(a, -2) - pow(b, -2)) / 24 +
	          (pow(a, -4) - pow(b, -4)) * (7.0 / 960) - (pow(a, -6) - pow(b, -6)) * (31.0 / 8064);
	*second += n / a / b - (pow(a, -3) - pow(b, -3)) / 12 +
	           (pow(a, -5) - pow(b, -5)) * (7.0 / 240) - (pow(a, -7) - pow(b, -7)) * (31.0 / 1344);
}

/*
 * Of d who leave at once, the l-th leaves a risk set of A - (l / d) D, where A is the weight of all
 * at risk, ratio for each of a and 1 for each of b, and D that of those who leave.  The share of a
 * in it is c + K / (A - (l / d) D), with c the share of a in D.  These are its sum, and that of its
 * squares.
 */
static void
sum_shares(double ratio, double at_risk_a, double events_a, double at_risk_b, double events_b,
           double *shares, double *squares)
{
	double d = events_a + events_b;
	double all = ratio * at_risk_a + at_risk_b;
	double gone = ratio * events_a + events_b;
	double share = ratio * events_a / gone;
	double excess = ratio * (at_risk_a * events_b - events_a * at_risk_b) / gone * (d / gone);
	double first;
	double second;

	inverse_sums(fmax(d * (all / gone) - d, 0), d, &first, &second);
	*shares = d * share + excess * first;
	*squares = d * share * share + 2 * share * excess * first + excess * excess * second;
}

void
cxm_hazard_ratio_step(CxmHazardRatio *fit, double at_risk_a, double events_a, double at_risk_b,
                      double events_b)
{
	double ratio = exp(fit->log_ratio);
	double d = events_a + events_b;
	double shares;
	double squares;

	/* where only one group is at risk, it is no wonder who leaves */
	if (d == 0 || at_risk_a == 0 || at_risk_b == 0)
		return;
	if (fit->passes == 0)
	{
		fit->lost[0] += events_a;
		fit->lost[1] += events_b;
	}
	if (fit->breslow)
	{
		double share = ratio * at_risk_a / (ratio * at_risk_a + at_risk_b);

		shares = d * share;
		squares = d * share * share;
	}
	else
		sum_shares(ratio, at_risk_a, events_a, at_risk_b, events_b, &shares, &squares);
	fit->score += events_a - shares;
	fit->information += shares - squares;
}

/* The score falls as the ratio grows, so Newton's steps never leave what it has closed in. */
bool
cxm_hazard_ratio_next(CxmHazardRatio *fit)
{
	double at = fit->log_ratio;
	double step = fit->score / fit->information;

	if (!(fit->lost[0] > 0 && fit->lost[1] > 0))
	{
		fit->log_ratio = fit->lost[0] > 0 ? INFINITY : fit->lost[1] > 0 ? -INFINITY : NAN;
		return false;
	}
	if (fit->score > 0)
		fit->below = at;
	else
		fit->above = at;
	if (fabs(step) <= CLOSE_ENOUGH * fmax(1, fabs(at)) || ++fit->passes >= MOST_PASSES)
		return false;
	/* written so that NaN is none */
	if (!(fabs(step) <= LONGEST_STEP))
		step = copysign(LONGEST_STEP, fit->score);
	fit->log_ratio = at + step;
	if (!(fit->log_ratio > fit->below && fit->log_ratio < fit->above))
		fit->log_ratio = fit->below + (fit->above - fit->below) / 2;
	if (fit->log_ratio == at)
		return false;
	fit->score = 0;
	fit->information = 0;
	return true;
}
