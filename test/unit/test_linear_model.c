/*
 * test_linear_model.c
 *		Least squares, relative weights and Shapley values against figures of R 4.2.2, of relaimpo
 *		2.2-7 and of rational arithmetic.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cross_products.h"
#include "linear_model.h"
#include "near.h"
#include "random.h"

typedef struct Analysis
{
	CxmLinearModel model;
	double         relative[CXM_MOST_DRIVERS];
	double         shapley[CXM_MOST_DRIVERS];
	int            steps;
	void          *memory;
} Analysis;

/* rows of an outcome and the drivers */
static Analysis
analyse(const double *table, int rows, int drivers)
{
	int              variables = drivers + 1;
	CxmFixedSum     *sums = calloc(cxm_cross_products(variables), sizeof(CxmFixedSum));
	CxmTwofold      *centred = calloc(CXM_TRIANGLE(variables, 0), sizeof(CxmTwofold));
	CxmCrossProducts products = {drivers, rows, centred, (double) rows * rows / 12};
	Analysis         analysis = {.memory = malloc(cxm_linear_model_memory(drivers))};
	CxmLinearFit     fit;
	CxmRelativeWeights weights;
	void              *memory;

	for (int row = 0; row < rows; row++)
	{
		int64_t units[CXM_MOST_DRIVERS + 2] = {CXM_GRID_ONE};

		for (int i = 0; i < variables; i++)
			assert_true(cxm_to_grid(table[row * variables + i], &units[i + 1]));
		cxm_cross_count(sums, units, variables, true);
	}
	for (int i = 0; i < variables; i++)
		for (int j = 0; j <= i; j++)
			centred[CXM_TRIANGLE(i, j)] =
			    cxm_cross_centred(rows, &sums[cxm_cross_product(i, j)], &sums[cxm_cross_sum(i)],
			                      &sums[cxm_cross_sum(j)]);
	cxm_linear_fit_begin(&fit, &analysis.model, &products, analysis.memory);
	while (cxm_linear_fit_step(&fit))
		analysis.steps++;
	cxm_linear_fit_finish(&fit);
	free(sums);
	free(centred);

	memory = malloc(cxm_relative_weights_memory(drivers));
	cxm_relative_weights_begin(&weights, &analysis.model, memory);
	while (cxm_relative_weights_step(&weights))
		analysis.steps++;
	cxm_relative_weights_finish(&weights, analysis.relative);
	free(memory);
	if (drivers <= CXM_MOST_SHAPLEY_DRIVERS)
	{
		CxmShapley shapley;

		memory = malloc(cxm_shapley_memory(drivers));
		cxm_shapley_begin(&shapley, &analysis.model, memory);
		while (cxm_shapley_step(&shapley))
			analysis.steps++;
		cxm_shapley_finish(&shapley, analysis.shapley);
		free(memory);
	}
	return analysis;
}

#define RESPONDENTS 36

/* Grades from 1 to 5, one digit each: overall, speed, quality, friendliness, price. */
static const char *const SURVEY[] = {
    "423534433354353343533443133335533334", "423533344354444433433444234445534333",
    "334523434244354343533332234345542334", "514421434354344453523242432345554224",
    "333443322345453233534254333432345444"};

static void
read_digits(double *table, int columns, int column, const char *digits)
{
	for (int row = 0; row < RESPONDENTS; row++)
		table[row * columns + column] = digits[row] - '0';
}

static void
agrees_with_r_on_a_survey(void **state)
{
	static const double figures[][8] = {
	    /* coefficient, std. error, t's p, VIF, LMG, Johnson */
	    {0.514598087196, 0.144234075256, 0.00119426245, 1.41541594, 0.267497464339, 0.271140345790},
	    {0.499626851738, 0.130868199698, 0.000604544457, 1.63763914, 0.294741422055,
	     0.293601214280},
	    {-0.0213790066074, 0.0977824091260, 0.828364646, 1.54721529, 0.0758837611356,
	     0.0724329455236},
	    {0.188810274839, 0.102883744595, 0.0760901647, 1.01214674, 0.0386108008262,
	     0.0395589427634}};
	double   table[RESPONDENTS * 5];
	Analysis analysis;

	(void) state;
	for (int i = 0; i < 5; i++)
		read_digits(table, 5, i, SURVEY[i]);
	analysis = analyse(table, RESPONDENTS, 4);
	assert_near(analysis.model.r_squared, 0.676733448357, 0, 1e-11);
	assert_true(analysis.model.degrees_of_freedom == 31);
	assert_int_equal(analysis.model.rank, 4);
	for (int i = 0; i < 4; i++)
	{
		const CxmDriver *driver = &analysis.model.driver[i];

		assert_near(driver->coefficient, figures[i][0], 0, 1e-11);
		assert_near(driver->std_error, figures[i][1], 0, 1e-11);
		assert_near(driver->p_value, figures[i][2], 0, 1e-8);
		assert_near(driver->vif, figures[i][3], 0, 1e-8);
		assert_near(analysis.shapley[i], figures[i][4], 0, 1e-11);
		assert_near(analysis.relative[i], figures[i][5], 0, 1e-11);
	}
	assert_rounds_to(analysis.model.driver[2].correlation, 0.4635, 4);
	free(analysis.memory);
}

/* A driver that is the sum of two others, one that is there twice, and one that is constant. */
static void
shares_out_among_drivers_that_determine_each_other(void **state)
{
	double   table[RESPONDENTS * 4];
	Analysis analysis;

	(void) state;
	for (int i = 0; i < 3; i++)
		read_digits(table, 4, i, SURVEY[i]);
	for (int row = 0; row < RESPONDENTS; row++)
		table[row * 4 + 3] = table[row * 4 + 1] + table[row * 4 + 2];
	analysis = analyse(table, RESPONDENTS, 3);
	assert_near(analysis.model.r_squared, 0.641596356663, 0, 1e-11);
	assert_int_equal(analysis.model.rank, 2);
	assert_near(analysis.model.driver[0].coefficient, 0.5175, 0, 1e-15);
	assert_near(analysis.model.driver[1].coefficient, 0.48875, 0, 1e-15);
	assert_near(analysis.model.driver[0].std_error, 0.143013429122, 0, 1e-11);
	assert_near(analysis.model.driver[1].std_error, 0.120635744929, 0, 1e-11);
	assert_true(analysis.model.driver[2].aliased);
	assert_true(isnan(analysis.model.driver[2].coefficient));
	for (int i = 0; i < 3; i++)
		assert_true(isinf(analysis.model.driver[i].vif));
	assert_near(analysis.shapley[0], 0.178171898977, 0, 1e-11);
	assert_near(analysis.shapley[1], 0.196203006270, 0, 1e-11);
	assert_near(analysis.shapley[2], 0.267221451417, 0, 1e-11);
	assert_near(analysis.relative[0], 0.203374100908, 0, 1e-11);
	assert_near(analysis.relative[1], 0.219527654162, 0, 1e-11);
	assert_near(analysis.relative[2], 0.218694601594, 0, 1e-11);
	free(analysis.memory);

	for (int row = 0; row < RESPONDENTS; row++)
	{
		table[row * 4 + 2] = table[row * 4 + 1];
		table[row * 4 + 3] = 0.1;
	}
	analysis = analyse(table, RESPONDENTS, 3);
	assert_int_equal(analysis.model.rank, 1);
	for (int i = 0; i < 2; i++)
	{
		assert_near(analysis.shapley[i], 0.231662822938, 0, 1e-11);
		assert_near(analysis.relative[i], 0.231662822938, 0, 1e-11);
		assert_true(isinf(analysis.model.driver[i].vif));
	}
	assert_true(analysis.model.driver[2].constant);
	assert_true(isnan(analysis.model.driver[2].correlation));
	assert_true(isnan(analysis.model.driver[2].vif));
	assert_true(analysis.shapley[2] == 0 && analysis.relative[2] == 0);
	free(analysis.memory);
}

/* Longley (1967); NIST StRD certifies the coefficients. */
static const double LONGLEY[][7] = {
    {60.323, 83, 234.289, 235.6, 159, 107.608, 1947},
    {61.122, 88.5, 259.426, 232.5, 145.6, 108.632, 1948},
    {60.171, 88.2, 258.054, 368.2, 161.6, 109.773, 1949},
    {61.187, 89.5, 284.599, 335.1, 165, 110.929, 1950},
    {63.221, 96.2, 328.975, 209.9, 309.9, 112.075, 1951},
    {63.639, 98.1, 346.999, 193.2, 359.4, 113.27, 1952},
    {64.989, 99, 365.385, 187, 354.7, 115.094, 1953},
    {63.761, 100, 363.112, 357.8, 335, 116.219, 1954},
    {66.019, 101.2, 397.469, 290.4, 304.8, 117.388, 1955},
    {67.857, 104.6, 419.18, 282.2, 285.7, 118.734, 1956},
    {68.169, 108.4, 442.769, 293.6, 279.8, 120.445, 1957},
    {66.513, 110.8, 444.546, 468.1, 263.7, 121.95, 1958},
    {68.655, 112.6, 482.704, 381.3, 255.2, 123.366, 1959},
    {69.564, 114.2, 502.601, 393.1, 251.4, 125.368, 1960},
    {69.331, 115.7, 518.173, 480.6, 257.2, 127.852, 1961},
    {70.551, 116.9, 554.894, 400.7, 282.7, 130.081, 1962}};

static void
loses_no_digits_where_drivers_nearly_determine_each_other(void **state)
{
	static const double figures[][5] = {
	    /* coefficient, std. error, VIF, LMG, Johnson */
	    {0.0150618722713733, 0.0849149257748, 135.532438, 0.213818429911, 0.219303268901},
	    {-0.0358191792925910, 0.0334910077722, 1788.51348, 0.230219350836, 0.226676723173},
	    {-0.0202022980381683, 0.00488399681652, 33.6188906, 0.0696027929702, 0.0635521040257},
	    {-0.0103322686717359, 0.00214274163162, 3.58893019, 0.0508038309626, 0.0478600960165},
	    {-0.0511041056535807, 0.226073200069, 399.151022, 0.211606822581, 0.217076576792},
	    {1.82915146461355, 0.455478499142, 758.980597, 0.219427777317, 0.221010235670}};
	Analysis analysis = analyse(LONGLEY[0], 16, 6);

	(void) state;
	assert_near(analysis.model.r_squared, 0.995479004577296, 0, 1e-12);
	for (int i = 0; i < 6; i++)
	{
		/* the grid changes a number such as 234.289 by a 10^-12th part of itself */
		assert_near(analysis.model.driver[i].coefficient, figures[i][0], 0, 1e-8);
		assert_near(analysis.model.driver[i].std_error, figures[i][1], 0, 1e-9);
		assert_near(analysis.model.driver[i].vif, figures[i][2], 0, 1e-8);
		assert_near(analysis.shapley[i], figures[i][3], 1e-11, 0);
		assert_near(analysis.relative[i], figures[i][4], 1e-11, 0);
	}
	free(analysis.memory);
}

/* x, x^2, x^3 ... far from zero: what each has of its own is less than a billionth of it. */
static void
has_digits_to_lose(void **state)
{
	enum { ROWS = 30 };
	double   table[ROWS * 4];
	Analysis analysis;

	(void) state;
	for (int row = 0; row < ROWS; row++)
	{
		double x = 1000 + row;

		table[row * 4] = 3 + 2 * row - 5 * row * row + (row % 3 == 0);
		table[row * 4 + 1] = x;
		table[row * 4 + 2] = x * x;
		table[row * 4 + 3] = x * x * x - 1e9;
	}
	analysis = analyse(table, ROWS, 3);
	/* by rational arithmetic */
	assert_near(analysis.model.driver[0].coefficient, 9644.198590364957, 0, 1e-13);
	assert_near(analysis.model.driver[1].coefficient, -4.647326394406483, 0, 1e-13);
	assert_near(analysis.model.driver[2].coefficient, -0.00011586948461253245, 0, 1e-13);
	assert_near(analysis.model.driver[2].vif, 2786794002.6097198, 0, 1e-13);
	free(analysis.memory);
}

static void
knows_when_there_is_no_error(void **state)
{
	static const double exact[] = {5, 1, 7, 2, 9, 3, 13, 5, 1, -1};
	static const double three[] = {1, 2, 1, 2, 1, 3, 5, 3, 1};
	static const double same[] = {4, 1, 4, 2, 4, 5, 4, 7};
	Analysis            analysis = analyse(exact, 5, 1);

	(void) state;
	assert_true(analysis.model.r_squared == 1);
	assert_true(analysis.model.driver[0].coefficient == 2);
	assert_true(analysis.model.driver[0].std_error == 0);
	assert_true(isnan(analysis.model.driver[0].p_value));
	assert_true(analysis.model.driver[0].vif == 1);
	free(analysis.memory);

	analysis = analyse(three, 3, 2);
	assert_true(analysis.model.degrees_of_freedom == 0);
	assert_true(analysis.model.r_squared == 1);
	assert_true(isnan(analysis.model.driver[0].std_error));
	free(analysis.memory);

	analysis = analyse(same, 4, 1);
	assert_true(isnan(analysis.model.r_squared));
	assert_true(analysis.model.driver[0].coefficient == 0);
	assert_true(isnan(analysis.model.driver[0].correlation));
	assert_true(isnan(analysis.model.driver[0].p_value));
	assert_true(analysis.relative[0] == 0 && analysis.shapley[0] == 0);
	free(analysis.memory);
}

/* Whatever the number of drivers, what is shared out is R^2; alone or in pairs both ways agree. */
static void
shares_out_all_of_it(void **state)
{
	enum { ROWS = 150 };
	double *table = malloc(sizeof(double) * ROWS * (CXM_MOST_DRIVERS + 1));

	(void) state;
	random_state = 4;
	for (int drivers = 1; drivers <= CXM_MOST_DRIVERS; drivers += drivers < 16 ? 1 : 16)
	{
		double   relative = 0;
		double   shapley = 0;
		Analysis analysis;

		for (int i = 0; i < ROWS * (drivers + 1); i++)
			table[i] = (double) (random_bits() >> 50) / 16;
		for (int i = 0; i < ROWS; i++)
			table[i * (drivers + 1)] += 3 * table[i * (drivers + 1) + 1];
		analysis = analyse(table, ROWS, drivers);
		for (int i = 0; i < drivers; i++)
		{
			relative += analysis.relative[i];
			if (drivers <= CXM_MOST_SHAPLEY_DRIVERS)
				shapley += analysis.shapley[i];
			if (drivers <= 2)
				assert_near(analysis.relative[i], analysis.shapley[i], 1e-14, 0);
			assert_true(analysis.relative[i] >= 0);
		}
		assert_near(relative, analysis.model.r_squared, 1e-13, 0);
		if (drivers <= CXM_MOST_SHAPLEY_DRIVERS)
			assert_near(shapley, analysis.model.r_squared, 1e-13, 0);
		assert_true(analysis.steps > drivers);
		free(analysis.memory);
	}
	free(table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(agrees_with_r_on_a_survey),
	    cmocka_unit_test(shares_out_among_drivers_that_determine_each_other),
	    cmocka_unit_test(loses_no_digits_where_drivers_nearly_determine_each_other),
	    cmocka_unit_test(has_digits_to_lose),
	    cmocka_unit_test(knows_when_there_is_no_error),
	    cmocka_unit_test(shares_out_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
