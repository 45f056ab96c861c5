/*
 * test_newton.c
 *		Searches for a maximum: of functions whose maximum is known, and of some that have none.
 */
#include "near.h"
#include "newton.h"

/* The sum of a_i log x_i - b_i x_i, whose maximum is at a_i / b_i; and how it ends. */
static CxmNewtonState
search_gamma(CxmNewton *search, const double *a, const double *b, int n, double start)
{
	double starts[CXM_NEWTON_MOST];

	for (int i = 0; i < n; i++)
		starts[i] = start;
	cxm_newton_begin(search, n, starts);
	while (search->state == CXM_NEWTON_SEARCHING)
	{
		CxmNewtonPoint there = {0};

		for (int i = 0; i < n; i++)
		{
			there.value += a[i] * log(search->at[i]) - b[i] * search->at[i];
			there.slope[i] = a[i] / search->at[i] - b[i];
			there.curvature[i][i] = -a[i] / (search->at[i] * search->at[i]);
		}
		cxm_newton_tell(search, &there);
	}
	return search->state;
}

static void
maxima(void **state)
{
	static const double a[] = {1, 20, 0.03, 1e6};
	static const double b[] = {2, 3, 50, 1e6};
	CxmNewton           search;

	(void) state;
	for (double start = 1e-3; start < 1e3; start *= 10)
		for (int n = 1; n <= CXM_NEWTON_MOST; n++)
		{
			assert_int_equal(search_gamma(&search, a, b, n, start), CXM_NEWTON_FOUND);
			for (int i = 0; i < n; i++)
				assert_near(search.at[i], a[i] / b[i], 0, 1e-8);
		}
}

static void
none(void **state)
{
	static const double one[] = {1, 1};
	static const double to_infinity[] = {1, 0};
	static const double to_zero[] = {1, -1};
	CxmNewton           search;

	(void) state;
	assert_int_equal(search_gamma(&search, one, to_infinity, 2, 1), CXM_NEWTON_RUNS_AWAY);
	assert_true(search.runaway == 1 && search.grows);
	assert_int_equal(search_gamma(&search, to_zero, one, 2, 1), CXM_NEWTON_RUNS_AWAY);
	assert_true(search.runaway == 1 && !search.grows);
}

/* Rosenbrock's valley, bent where the function is no parabola: upside down, around (3, 9). */
static void
valley(void **state)
{
	static const double start[] = {0.2, 30};
	CxmNewton           search;

	(void) state;
	cxm_newton_begin(&search, 2, start);
	while (search.state == CXM_NEWTON_SEARCHING)
	{
		double         x = search.at[0];
		double         d = search.at[1] - x * x;
		CxmNewtonPoint there = {0};

		there.value = -(x - 3) * (x - 3) - 100 * d * d;
		there.slope[0] = -2 * (x - 3) + 400 * d * x;
		there.slope[1] = -200 * d;
		there.curvature[0][0] = -2 + 400 * (d - 2 * x * x);
		there.curvature[1][0] = 400 * x;
		there.curvature[1][1] = -200;
		cxm_newton_tell(&search, &there);
	}
	assert_int_equal(search.state, CXM_NEWTON_FOUND);
	assert_near(search.at[0], 3, 0, 1e-7);
	assert_near(search.at[1], 9, 0, 1e-7);
}

/* A function that is nowhere defined, and one that never gets better than it is. */
static void
lost(void **state)
{
	const CxmNewtonPoint nowhere = {.value = NAN};
	CxmNewtonPoint       worse = {.value = 0, .slope = {1}, .curvature = {{-1}}};
	CxmNewton            search;

	(void) state;
	cxm_newton_begin(&search, 1, (double[]){1});
	cxm_newton_tell(&search, &nowhere);
	assert_int_equal(search.state, CXM_NEWTON_LOST);
	cxm_newton_begin(&search, 1, (double[]){1});
	for (; search.state == CXM_NEWTON_SEARCHING; worse.value -= 1)
		cxm_newton_tell(&search, &worse);
	assert_int_equal(search.state, CXM_NEWTON_LOST);
	assert_true(search.at[0] == 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(maxima),
	    cmocka_unit_test(none),
	    cmocka_unit_test(valley),
	    cmocka_unit_test(lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
