/*
 * fuzz_linear_model.c
 *		Cross products and what models make of them: rows can be taken out again, and what is shared
 *		out among the drivers is R^2, whatever the numbers; and of any bytes models end.
 */
#include "cross_products.h"
#include "fuzz.h"
#include "linear_model.h"

#define MOST 6
#define MOST_ROWS 64

static CxmTwofold centred[CXM_TRIANGLE(MOST + 1, 0)];
static double     memory[1 << 16];

static double
total(const double *importance, int drivers)
{
	double sum = 0;

	for (int i = 0; i < drivers; i++)
	{
		LAW(importance[i] >= 0);
		sum += importance[i];
	}
	return sum;
}

/* Sound sums are those of rows; others must do no harm. */
static void
check_model(const CxmCrossProducts *products, bool sound)
{
	CxmLinearModel     model;
	CxmLinearFit       fit;
	CxmRelativeWeights weights;
	CxmShapley         shapley;
	double            *room = memory + cxm_linear_model_memory(MOST) / sizeof(double);
	double             importance[MOST];
	int                steps = 0;

	cxm_linear_fit_begin(&fit, &model, products, memory);
	while (cxm_linear_fit_step(&fit))
		LAW(steps++ < MOST);
	cxm_linear_fit_finish(&fit);
	cxm_relative_weights_begin(&weights, &model, room);
	while (cxm_relative_weights_step(&weights))
		LAW(steps++ < 1000);
	cxm_relative_weights_finish(&weights, importance);
	if (sound && !isnan(model.r_squared))
		LAW(fabs(total(importance, model.drivers) - model.r_squared) < 1e-4);
	cxm_shapley_begin(&shapley, &model, room);
	while (cxm_shapley_step(&shapley))
		LAW(steps++ < 1000);
	cxm_shapley_finish(&shapley, importance);
	if (sound && !isnan(model.r_squared))
		LAW(fabs(total(importance, model.drivers) - model.r_squared) < 1e-4);
	for (int i = 0; sound && i < model.drivers; i++)
		LAW(model.driver[i].constant || model.driver[i].vif >= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CxmFixedSum sums[(MOST + 1) * (MOST + 4) / 2] = {{{0}}};
	int64_t     rows[MOST_ROWS][MOST + 2];
	int         n = 0;
	uint8_t     shape;
	int         variables;

	fuzz_take(&data, &size, &shape, sizeof(shape));
	variables = 2 + shape % MOST;
	while (size > 0 && n < MOST_ROWS)
	{
		rows[n][0] = CXM_GRID_ONE;
		for (int i = 1; i <= variables; i++)
		{
			int16_t small = 0;

			fuzz_take(&data, &size, &small, sizeof(small));
			/* small whole numbers, and such as use all of the grid */
			rows[n][i] = (int64_t) ((uint64_t) small << (shape < 128 ? 47 : 32));
		}
		cxm_cross_count(sums, rows[n++], variables, true);
	}
	for (int i = 0; i < variables; i++)
		for (int j = 0; j <= i; j++)
			centred[CXM_TRIANGLE(i, j)] =
			    cxm_cross_centred(n, &sums[cxm_cross_product(i, j)], &sums[cxm_cross_sum(i)],
			                      &sums[cxm_cross_sum(j)]);
	check_model(&(CxmCrossProducts){variables - 1, n, centred, (double) n * n / 12}, true);
	while (n-- > 0)
		cxm_cross_count(sums, rows[n], variables, false);
	for (size_t i = 0; i < cxm_cross_products(variables); i++)
		LAW(cxm_fixed_sign(&sums[i]) == 0);

	for (size_t i = 0; i < CXM_TRIANGLE(variables, 0); i++)
		fuzz_take(&data, &size, &centred[i].high, sizeof(double));
	for (size_t i = 0; i < CXM_TRIANGLE(variables, 0); i++)
		if (!(fabs(centred[i].high) < 1e80))
			centred[i].high = (double) i;
	check_model(&(CxmCrossProducts){variables - 1, 100, centred, 1}, false);
	return 0;
}
