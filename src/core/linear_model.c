/*
 * linear_model.c
 *		What an outcome owes to each of several drivers.
 */
#include "core/linear_model.h"

#include <float.h>
#include <string.h>

#include "core/distributions.h"

/* As lm() of R has it: the square of 1e-7. */
#define LEAST_TOLERANCE 1e-14
#define MOST_TOLERANCE 1e-6

/* Below this nothing is left of an outcome but the last digits. */
#define PERFECT_FIT 1e-26

#define MOST_JACOBI_SWEEPS 40
#define JACOBI_NOTHING 1e-29

#define SETS_PER_STEP 256

/*
 * Least squares
 */

size_t
cxm_linear_model_memory(int drivers)
{
	size_t variables = (size_t) drivers + 1;

	return (CXM_TRIANGLE(variables, 0) + variables * variables) * sizeof(CxmTwofold);
}

static bool
is_constant(const CxmCrossProducts *products, int variable)
{
	return !(products->centred[CXM_TRIANGLE(variable, variable)].high > 0);
}

/* The tolerance rises with the part of a driver that may be due to its being rounded. */
static double
tolerance_of(const CxmCrossProducts *products)
{
	double tolerance = LEAST_TOLERANCE;

	for (int i = 1; i <= products->drivers; i++)
		if (!is_constant(products, i))
			tolerance = fmax(tolerance,
			                 100 * products->noise / products->centred[CXM_TRIANGLE(i, i)].high);
	return fmin(tolerance, MOST_TOLERANCE);
}

static CxmTwofold
correlation(const CxmCrossProducts *products, const CxmTwofold *root, int i, int j)
{
	if (i == j)
		return cxm_twofold(1);
	if (is_constant(products, i) || is_constant(products, j))
		return cxm_twofold(0);
	return cxm_twofold_divide(
	    cxm_twofold_divide(products->centred[CXM_TRIANGLE(i, j)], root[i]), root[j]);
}

void
cxm_linear_fit_begin(CxmLinearFit *fit, CxmLinearModel *model, const CxmCrossProducts *products,
                     void *memory)
{
	int         variables = products->drivers + 1;
	CxmTwofold *root = fit->root;

	*model = (CxmLinearModel){.drivers = products->drivers,
	                          .tolerance = tolerance_of(products),
	                          .correlation = memory};
	*fit = (CxmLinearFit){.model = model,
	                      .swept = model->correlation + CXM_TRIANGLE(variables, 0),
	                      .rows = products->rows,
	                      .next = 1};
	for (int i = 0; i < variables; i++)
	{
		root[i] = cxm_twofold(0);
		if (!is_constant(products, i))
			root[i] = cxm_twofold_sqrt(products->centred[CXM_TRIANGLE(i, i)]);
		if (i > 0)
			model->driver[i - 1] = (CxmDriver){NAN, NAN, NAN, NAN, NAN, root[i].high == 0, false};
		for (int j = 0; j <= i; j++)
		{
			CxmTwofold r = correlation(products, root, i, j);

			model->correlation[CXM_TRIANGLE(i, j)] = r;
			fit->swept[i * variables + j] = r;
			fit->swept[j * variables + i] = r;
		}
		if (i > 0 && root[i].high > 0 && root[0].high > 0)
			model->driver[i - 1].correlation =
			    fmax(-1, fmin(1, model->correlation[CXM_TRIANGLE(i, 0)].high));
	}
}

/*
 * The sweep (Goodnight 1979): once it has been over some variables, the matrix holds the inverse of
 * their correlations, negative; what each of the others has as coefficients on them; and how the
 * others are correlated beyond that.
 */
static void
sweep(CxmTwofold *matrix, int variables, int pivot)
{
	CxmTwofold *row = matrix + pivot * variables;
	CxmTwofold  reciprocal = cxm_twofold_divide(cxm_twofold(1), row[pivot]);

	for (int i = 0; i < variables; i++)
	{
		CxmTwofold factor = cxm_twofold_multiply(matrix[i * variables + pivot], reciprocal);

		if (i == pivot)
			continue;
		for (int j = 0; j < variables; j++)
			if (j != pivot)
				matrix[i * variables + j] = cxm_twofold_subtract(
				    matrix[i * variables + j], cxm_twofold_multiply(factor, row[j]));
		matrix[i * variables + pivot] = factor;
	}
	for (int j = 0; j < variables; j++)
		row[j] = matrix[j * variables + pivot];
	row[pivot] = cxm_twofold_negative(reciprocal);
}

bool
cxm_linear_fit_step(CxmLinearFit *fit)
{
	CxmLinearModel *model = fit->model;
	int             variables = model->drivers + 1;
	int             i = fit->next;
	CxmDriver      *driver = &model->driver[i - 1];

	if (i > model->drivers)
		return false;
	if (!driver->constant)
	{
		driver->aliased = !(fit->swept[i * variables + i].high > model->tolerance);
		if (!driver->aliased)
		{
			sweep(fit->swept, variables, i);
			model->rank++;
		}
	}
	fit->next++;
	return true;
}

/* Does any aliased driver have something of this one that no other has? */
static bool
is_determined(const CxmLinearFit *fit, int i)
{
	int    variables = fit->model->drivers + 1;
	double unique = -1 / fit->swept[i * variables + i].high;

	for (int j = 1; j < variables; j++)
	{
		double coefficient = fit->swept[i * variables + j].high;

		if (fit->model->driver[j - 1].aliased &&
		    coefficient * coefficient * unique > fit->model->tolerance)
			return true;
	}
	return false;
}

void
cxm_linear_fit_finish(CxmLinearFit *fit)
{
	CxmLinearModel *model = fit->model;
	int             variables = model->drivers + 1;
	bool            varies = fit->root[0].high > 0;
	double          left = fit->swept[0].high;
	CxmTwofold      explained = cxm_twofold_subtract(cxm_twofold(1), fit->swept[0]);

	if (left < PERFECT_FIT)
		left = 0;
	model->degrees_of_freedom = fit->rows - model->rank - 1;
	model->r_squared = varies ? fmax(0, fmin(1, explained.high)) : NAN;
	for (int i = 1; i < variables; i++)
	{
		CxmDriver *driver = &model->driver[i - 1];
		double     inverse = -fit->swept[i * variables + i].high;
		CxmTwofold beta = fit->swept[i * variables];
		CxmTwofold unit;
		double     error;

		if (driver->aliased)
			driver->vif = INFINITY;
		if (driver->constant || driver->aliased)
			continue;
		driver->vif = is_determined(fit, i) ? INFINITY : fmax(1, inverse);
		unit = cxm_twofold_divide(fit->root[0], fit->root[i]);
		driver->coefficient = cxm_twofold_multiply(beta, unit).high;
		if (!(model->degrees_of_freedom > 0))
			continue;
		error = sqrt(left * inverse / model->degrees_of_freedom);
		driver->std_error = error * unit.high;
		if (driver->std_error > 0)
			driver->p_value = cxm_student_two_sided(beta.high / error, model->degrees_of_freedom);
	}
}

/* The drivers that vary; returns how many. */
static int
varying_drivers(const CxmLinearModel *model, int *place)
{
	int n = 0;

	for (int i = 0; i < model->drivers; i++)
		if (!model->driver[i].constant)
			place[n++] = i;
	return n;
}

static CxmTwofold
correlation_of(const CxmLinearModel *model, int i, int j)
{
	return model->correlation[i > j ? CXM_TRIANGLE(i + 1, j + 1) : CXM_TRIANGLE(j + 1, i + 1)];
}

/*
 * Relative weights
 */

size_t
cxm_relative_weights_memory(int drivers)
{
	return (size_t) drivers * (size_t) drivers * (2 * sizeof(CxmTwofold) + sizeof(double));
}

void
cxm_relative_weights_begin(CxmRelativeWeights *weights, const CxmLinearModel *model, void *memory)
{
	int n = varying_drivers(model, weights->place);

	weights->model = model;
	weights->n = n;
	weights->matrix = memory;
	weights->vectors = weights->matrix + n * n;
	weights->root = (double *) (weights->vectors + n * n);
	weights->row = 0;
	weights->sweeps = 0;
	weights->rotated = false;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			weights->matrix[i * n + j] =
			    correlation_of(model, weights->place[i], weights->place[j]);
			weights->vectors[i * n + j] = cxm_twofold(i == j);
		}
}

typedef struct Rotation
{
	CxmTwofold cosine;
	CxmTwofold sine;
} Rotation;

/* Its angle makes the pair's correlation vanish, but for the digits beyond those of a double. */
static Rotation
rotation_of(double p, double q, double both)
{
	double     theta = (q - p) / (2 * both);
	double     tangent = copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1));
	CxmTwofold square = cxm_twofold_product(tangent, tangent);
	CxmTwofold cosine = cxm_twofold_divide(
	    cxm_twofold(1), cxm_twofold_sqrt(cxm_twofold_add(cxm_twofold(1), square)));

	return (Rotation){cosine, cxm_twofold_multiply(cosine, cxm_twofold(tangent))};
}

static void
rotate(const Rotation *by, CxmTwofold *p, CxmTwofold *q)
{
	CxmTwofold old = *p;

	*p = cxm_twofold_subtract(cxm_twofold_multiply(by->cosine, old),
	                          cxm_twofold_multiply(by->sine, *q));
	*q = cxm_twofold_add(cxm_twofold_multiply(by->sine, old),
	                     cxm_twofold_multiply(by->cosine, *q));
}

/* Jacobi (1846): a row of rotations, each of which makes one correlation vanish. */
bool
cxm_relative_weights_step(CxmRelativeWeights *weights)
{
	int         n = weights->n;
	int         p = weights->row++;
	CxmTwofold *matrix = weights->matrix;

	if (p >= n)
	{
		bool again = weights->rotated && ++weights->sweeps < MOST_JACOBI_SWEEPS;

		weights->row = 0;
		weights->rotated = false;
		return again;
	}
	for (int q = p + 1; q < n; q++)
	{
		double   both = matrix[p * n + q].high;
		Rotation by;

		if (fabs(both) < JACOBI_NOTHING)
			continue;
		by = rotation_of(matrix[p * n + p].high, matrix[q * n + q].high, both);
		for (int i = 0; i < n; i++)
			rotate(&by, &matrix[i * n + p], &matrix[i * n + q]);
		for (int i = 0; i < n; i++)
		{
			rotate(&by, &matrix[p * n + i], &matrix[q * n + i]);
			rotate(&by, &weights->vectors[p * n + i], &weights->vectors[q * n + i]);
		}
		weights->rotated = true;
	}
	return true;
}

/* The eigenvalue above which there are as many as drivers have coefficients. */
static double
least_eigenvalue(const CxmRelativeWeights *weights)
{
	int    n = weights->n;
	double least = JACOBI_NOTHING;

	for (int m = 0; m < n; m++)
	{
		double value = weights->matrix[m * n + m].high;
		int    above = 0;

		for (int i = 0; i < n; i++)
			above += weights->matrix[i * n + i].high > value;
		if (above >= weights->model->rank)
			least = fmax(least, value);
	}
	return least;
}

/*
 * The root of the correlations is what each of the stand-ins, which are as close to the drivers as
 * such can be, has in common with each driver; the pseudo-inverse root times the correlations with
 * the outcome is what each stand-in has in common with that.
 */
void
cxm_relative_weights_finish(const CxmRelativeWeights *weights, double *importance)
{
	const CxmLinearModel *model = weights->model;
	int                   n = weights->n;
	double                least = least_eigenvalue(weights);
	double                stand_in[CXM_MOST_DRIVERS] = {0};

	memset(importance, 0, (size_t) model->drivers * sizeof(double));
	memset(weights->root, 0, (size_t) n * (size_t) n * sizeof(double));
	for (int m = 0; m < n; m++)
	{
		const CxmTwofold *vector = weights->vectors + m * n;
		double            value = weights->matrix[m * n + m].high;
		CxmTwofold        common = cxm_twofold(0);

		if (!(value > least))
			continue;
		for (int i = 0; i < n; i++)
			common = cxm_twofold_add(
			    common, cxm_twofold_multiply(
			                vector[i],
			                model->correlation[CXM_TRIANGLE(weights->place[i] + 1, 0)]));
		for (int i = 0; i < n; i++)
		{
			stand_in[i] += vector[i].high * (common.high / sqrt(value));
			for (int j = 0; j < n; j++)
				weights->root[i * n + j] += vector[i].high * sqrt(value) * vector[j].high;
		}
	}
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
		{
			double part = weights->root[i * n + j] * stand_in[j];

			importance[weights->place[i]] += part * part;
		}
}

/*
 * Shapley values
 *
 * The sets are counted up in binary, so that each differs from the one before in its end only: the
 * matrix at a level is what the drivers before the level's leave of those from there on and of the
 * outcome, which comes last here.
 */

size_t
cxm_shapley_memory(int drivers)
{
	size_t variables = (size_t) drivers + 1;

	return variables * CXM_TRIANGLE(variables, 0) * sizeof(CxmTwofold);
}

void
cxm_shapley_begin(CxmShapley *shapley, const CxmLinearModel *model, void *memory)
{
	int n = varying_drivers(model, shapley->place);

	shapley->model = model;
	shapley->n = n;
	shapley->set = 1;
	memset(shapley->value, 0, sizeof(shapley->value));
	for (int i = 0; i <= n; i++)
	{
		shapley->room[i] = (CxmTwofold *) memory + (size_t) i * CXM_TRIANGLE(n + 1, 0);
		shapley->level[i] = shapley->room[0];
	}
	for (int i = 0; i < n; i++)
	{
		/* i! (n - 1 - i)! / n!, which is 1/n over the number of sets of i others */
		shapley->weight[i] = i == 0 ? 1.0 / n : shapley->weight[i - 1] * i / (n - i);
		for (int j = 0; j <= i; j++)
			shapley->room[0][CXM_TRIANGLE(i, j)] =
			    correlation_of(model, shapley->place[i], shapley->place[j]);
		shapley->room[0][CXM_TRIANGLE(n, i)] =
		    model->correlation[CXM_TRIANGLE(shapley->place[i] + 1, 0)];
	}
	shapley->room[0][CXM_TRIANGLE(n, n)] = cxm_twofold(1);
}

/* What a driver leaves of those after it; all, if those before it leave nothing of the driver. */
static const CxmTwofold *
without(const CxmShapley *shapley, int driver)
{
	const CxmTwofold *from = shapley->level[driver];
	CxmTwofold       *to = shapley->room[driver + 1];
	CxmTwofold        pivot = from[CXM_TRIANGLE(driver, driver)];

	if (!(pivot.high > shapley->model->tolerance))
		return from;
	for (int i = driver + 1; i <= shapley->n; i++)
	{
		CxmTwofold factor = cxm_twofold_divide(from[CXM_TRIANGLE(i, driver)], pivot);

		for (int j = driver + 1; j <= i; j++)
			to[CXM_TRIANGLE(i, j)] = cxm_twofold_subtract(
			    from[CXM_TRIANGLE(i, j)],
			    cxm_twofold_multiply(factor, from[CXM_TRIANGLE(j, driver)]));
	}
	return to;
}

/* A set's R^2 is a gain for its drivers, and a loss for the others, whom it leaves less to add. */
static void
share_out(CxmShapley *shapley, double r_squared)
{
	int n = shapley->n;
	int size = 0;

	for (uint32_t rest = shapley->set; rest != 0; rest &= rest - 1)
		size++;
	for (int i = 0; i < n; i++)
		if (shapley->set >> (n - 1 - i) & 1)
			shapley->value[i] += shapley->weight[size - 1] * r_squared;
		else
			shapley->value[i] -= shapley->weight[size] * r_squared;
}

bool
cxm_shapley_step(CxmShapley *shapley)
{
	int n = shapley->n;

	for (int sets = 0; sets < SETS_PER_STEP; sets++, shapley->set++)
	{
		int last = n - 1;

		if (shapley->set >> n != 0)
			return false;
		while ((shapley->set >> (n - 1 - last) & 1) == 0)
			last--;
		shapley->level[last + 1] = without(shapley, last);
		for (int i = last + 2; i <= n; i++)
			shapley->level[i] = shapley->level[last + 1];
		share_out(shapley, 1 - shapley->level[n][CXM_TRIANGLE(n, n)].high);
	}
	return true;
}

void
cxm_shapley_finish(const CxmShapley *shapley, double *importance)
{
	memset(importance, 0, (size_t) shapley->model->drivers * sizeof(double));
	for (int i = 0; i < shapley->n; i++)
		importance[shapley->place[i]] = fmax(0, shapley->value[i]);
}
