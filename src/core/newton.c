/*
 * newton.c
 *		The maximum of a function of a few positive parameters.
 */
#include "core/newton.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MOST_TRIES 400
#define SMALLEST_STEP 1e-9

/* No step changes a parameter by more than this factor, e^2. */
#define LONGEST_STEP 2.0

void
cxm_newton_begin(CxmNewton *search, int n, const double *start)
{
	memset(search, 0, sizeof(*search));
	search->n = n;
	search->there.value = -INFINITY;
	for (int i = 0; i < n; i++)
	{
		search->at[i] = start[i];
		search->start[i] = search->best[i] = log(start[i]);
	}
}

/* Derivatives by the logarithms of the parameters. */
static CxmNewtonPoint
by_logarithms(const CxmNewton *search, const CxmNewtonPoint *there)
{
	CxmNewtonPoint result = *there;

	for (int i = 0; i < search->n; i++)
	{
		result.slope[i] = there->slope[i] * search->at[i];
		for (int j = 0; j <= i; j++)
			result.curvature[i][j] = there->curvature[i][j] * search->at[i] * search->at[j];
		result.curvature[i][i] += result.slope[i];
	}
	return result;
}

static bool
is_finite(const CxmNewton *search, const CxmNewtonPoint *there)
{
	for (int i = 0; i < search->n; i++)
	{
		if (!isfinite(there->slope[i]))
			return false;
		for (int j = 0; j <= i; j++)
			if (!isfinite(there->curvature[i][j]))
				return false;
	}
	return isfinite(there->value);
}

/*
 * The step by Newton's method where the diagonal is so many times larger; false where the function
 * does not bend downwards there.  By Cholesky's decomposition.
 */
static bool
find_step(CxmNewton *search, double damping)
{
	const CxmNewtonPoint *there = &search->there;
	double                root[CXM_NEWTON_MOST][CXM_NEWTON_MOST] = {{0}};
	int                   n = search->n;
	double                most = 0;

	for (int i = 0; i < n; i++)
		most = fmax(most, fabs(there->curvature[i][i]));
	for (int i = 0; i < n; i++)
		for (int j = 0; j <= i; j++)
		{
			double sum = -there->curvature[i][j];
			double diagonal = fmax(fabs(there->curvature[i][i]), fmax(1e-9 * most, DBL_MIN));

			if (i == j)
				sum += damping * diagonal;
			for (int k = 0; k < j; k++)
				sum -= root[i][k] * root[j][k];
			if (i > j)
				root[i][j] = sum / root[j][j];
			/* what rounding leaves is no curvature */
			else if (sum > 1e-13 * diagonal)
				root[i][i] = sqrt(sum);
			else
				return false;
		}
	for (int i = 0; i < n; i++)
	{
		search->step[i] = there->slope[i];
		for (int k = 0; k < i; k++)
			search->step[i] -= root[i][k] * search->step[k];
		search->step[i] /= root[i][i];
	}
	for (int i = n - 1; i >= 0; i--)
	{
		for (int k = i + 1; k < n; k++)
			search->step[i] -= root[k][i] * search->step[k];
		search->step[i] /= root[i][i];
	}
	return true;
}

static double
longest(const CxmNewton *search)
{
	double most = 0;

	for (int i = 0; i < search->n; i++)
		most = fmax(most, fabs(search->step[i]));
	return most;
}

/* What the function gains by the step, if it is the parabola that it looks like. */
static double
promised(const CxmNewton *search)
{
	const CxmNewtonPoint *there = &search->there;
	double                gain = 0;

	for (int i = 0; i < search->n; i++)
	{
		gain += search->step[i] * there->slope[i];
		for (int j = 0; j <= i; j++)
			gain += search->step[i] * search->step[j] * there->curvature[i][j] * (i == j ? 0.5 : 1);
	}
	return gain;
}

/* Where to look next, from the best place so far. */
static void
go_on(CxmNewton *search)
{
	double length;

	if (search->damping < DBL_EPSILON)
		search->damping = 0;
	while (!find_step(search, search->damping))
		search->damping = fmax(search->damping * 4, 1e-3);
	length = longest(search);
	for (int i = 0; i < search->n; i++)
	{
		if (length > LONGEST_STEP)
			search->step[i] *= LONGEST_STEP / length;
		search->at[i] = exp(search->best[i] + search->step[i]);
	}
	search->gain = promised(search);
}

static bool
runs_away(CxmNewton *search)
{
	double farthest = CXM_NEWTON_FARTHEST;

	for (int i = 0; i < search->n; i++)
		if (fabs(search->best[i] - search->start[i]) > farthest)
		{
			farthest = fabs(search->best[i] - search->start[i]);
			search->runaway = i;
			search->grows = search->best[i] > search->start[i];
			search->state = CXM_NEWTON_RUNS_AWAY;
		}
	return search->state == CXM_NEWTON_RUNS_AWAY;
}

static void
stay_at_best(CxmNewton *search, CxmNewtonState state)
{
	search->state = state;
	for (int i = 0; i < search->n; i++)
		search->at[i] = exp(search->best[i]);
}

void
cxm_newton_tell(CxmNewton *search, const CxmNewtonPoint *there)
{
	/* gains below this drown in the rounding of a sum, and the step is all there is to go by */
	double noise = 1e-12 * fabs(there->value);
	double gained = there->value - search->there.value;
	bool   first = isinf(search->there.value);

	if (++search->tries > MOST_TRIES || (first && !is_finite(search, there)))
	{
		stay_at_best(search, CXM_NEWTON_LOST);
		return;
	}
	if (is_finite(search, there) && (first || gained >= 0.01 * search->gain - noise))
	{
		search->there = by_logarithms(search, there);
		if (gained > 0.5 * search->gain - noise)
			search->damping /= 8;
		for (int i = 0; i < search->n; i++)
			search->best[i] += search->step[i];
		if (runs_away(search))
			return;
		if (find_step(search, 0) && longest(search) < SMALLEST_STEP)
		{
			stay_at_best(search, CXM_NEWTON_FOUND);
			return;
		}
	}
	else
		search->damping = fmax(search->damping * 8, 1e-3);
	go_on(search);
}
