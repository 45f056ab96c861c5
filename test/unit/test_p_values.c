/*
 * test_p_values.c
 *		Adjusted p-values against R's p.adjust, and as laws over random samples.
 */
#include <stdlib.h>

#include "near.h"
#include "p_values.h"
#include "random.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MOST 15

typedef struct Example
{
	size_t n;
	double p[MOST];
	double adjusted[3][MOST]; /* by CxmAdjustment */
} Example;

/* R 4.2: p.adjust(p, "holm" | "BH" | "BY"); the last is the example of Benjamini and Hochberg. */
static const Example examples[] = {
    {0, {0}, {{0}, {0}, {0}}},
    {1, {0.03}, {{0.03}, {0.03}, {0.03}}},
    {5,
     {0.01, 0.02, 0.03, 0.04, 0.05},
     {{0.05, 0.08, 0.09, 0.09, 0.09},
      {0.05, 0.05, 0.05, 0.05, 0.05},
      {0.1141666666667, 0.1141666666667, 0.1141666666667, 0.1141666666667, 0.1141666666667}}},
    {6,
     {0.01, 0.01, 0.03, 0.04, 0.5, 1},
     {{0.06, 0.06, 0.12, 0.12, 1, 1},
      {0.03, 0.03, 0.06, 0.06, 0.6, 1},
      {0.0735, 0.0735, 0.147, 0.147, 1, 1}}},
    {15,
     {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
      0.5719, 0.6528, 0.7590, 1},
     {{0.0015, 0.0056, 0.0247, 0.1140, 0.2211, 0.2780, 0.2780, 0.2780, 0.3213, 1, 1, 1, 1, 1, 1},
      {0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714286, 0.06385714286, 0.0645, 0.0765,
       0.486, 0.5811818182, 0.714875, 0.7532307692, 0.8132142857, 1},
      {0.00497734349, 0.00995468698, 0.03152317544, 0.1182119079, 0.2000892083, 0.21189262285,
       0.21189262285, 0.2140257701, 0.253844518, 1, 1, 1, 1, 1, 1}}},
};

static void
as_r_has_them(void **state)
{
	(void) state;
	for (size_t e = 0; e < LENGTH(examples); e++)
		for (int method = CXM_HOLM; method <= CXM_BENJAMINI_YEKUTIELI; method++)
		{
			double p[MOST];

			for (size_t i = 0; i < examples[e].n; i++)
				p[i] = examples[e].p[i];
			cxm_adjust_p_values(p, examples[e].n, (CxmAdjustment) method);
			for (size_t i = 0; i < examples[e].n; i++)
				assert_near(p[i], examples[e].adjusted[method][i], 0, 1e-9);
		}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

/*
 * None becomes smaller, they keep their order, and Holm's and Yekutieli's are at least those of
 * Hochberg.
 */
static void
law_order(void **state)
{
	(void) state;
	for (int run = 0; run < 1000; run++)
	{
		double p[MOST];
		double adjusted[3][MOST];
		size_t n = (size_t) (random_bits() % MOST) + 1;

		for (size_t i = 0; i < n; i++)
			p[i] = (double) (random_bits() % 1001) / 1000;
		qsort(p, n, sizeof(double), compare);
		for (int method = CXM_HOLM; method <= CXM_BENJAMINI_YEKUTIELI; method++)
		{
			for (size_t i = 0; i < n; i++)
				adjusted[method][i] = p[i];
			cxm_adjust_p_values(adjusted[method], n, (CxmAdjustment) method);
			for (size_t i = 0; i < n; i++)
			{
				assert_true(adjusted[method][i] >= p[i] * (1 - 1e-15));
				assert_true(adjusted[method][i] <= 1);
				assert_true(i == 0 || adjusted[method][i - 1] <= adjusted[method][i]);
				assert_true(i == 0 || p[i - 1] < p[i] ||
				            adjusted[method][i - 1] == adjusted[method][i]);
			}
		}
		for (size_t i = 0; i < n; i++)
		{
			double least = adjusted[CXM_BENJAMINI_HOCHBERG][i] * (1 - 1e-15);

			assert_true(adjusted[CXM_HOLM][i] >= least);
			assert_true(adjusted[CXM_BENJAMINI_YEKUTIELI][i] >= least);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_r_has_them),
	    cmocka_unit_test(law_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
