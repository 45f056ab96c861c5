/*
 * test_roots.c
 *		Roots of functions whose inverse is known.
 */
#include "near.h"
#include "roots.h"

static double
line(double x, void *context)
{
	return *(double *) context - x;
}

static double
cubic(double x, void *context)
{
	return *(double *) context - x * x * x;
}

/* Nearly flat to the right of its root, and steep to the left. */
static double
falling(double x, void *context)
{
	return exp(-x) - *(double *) context;
}

static void
finds_them_from_anywhere(void **state)
{
	(void) state;
	for (double start = -50; start <= 50; start += 12.5)
		for (double at = -20; at <= 20; at += 0.37)
		{
			double third = at * at * at;
			double height = exp(-at);

			assert_near(cxm_root(line, &at, start, 1, 1e3), at, 1e-14, 1e-14);
			assert_near(cxm_root(cubic, &third, start, 0.1, 1e3), at, 1e-13, 1e-13);
			assert_near(cxm_root(falling, &height, start, 3, 1e3), at, 1e-12, 1e-12);
		}
}

static void
knows_where_to_stop(void **state)
{
	double far = 1e6;
	double none = 0;
	double nothing = NAN;

	(void) state;
	assert_true(cxm_root(line, &far, 0, 1, 1e3) == INFINITY);
	assert_true(cxm_root(falling, &none, 0, 1, 700) == INFINITY);
	assert_true(cxm_root(line, &none, 0, 1, 1e3) == 0);
	far = -1e6;
	assert_true(cxm_root(line, &far, 0, 1, 1e3) == -INFINITY);
	assert_true(isinf(cxm_root(line, &nothing, 0, 1, 1e3)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_them_from_anywhere),
	    cmocka_unit_test(knows_where_to_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
