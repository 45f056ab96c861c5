/*
 * test_gamma_gamma.c
 *		The Gamma-Gamma model of spend: published figures, a fit, and what has no maximum.
 */
#include "gamma_gamma.h"
#include "gamma_functions.h"
#include "near.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* At Fader and Hardie's parameters of 2013, by mpmath. */
static void
published(void **state)
{
	static const CxmGammaGamma model = {6.25, 3.74, 15.44};
	static const CxmGammaGamma no_mean = {6.25, 0.9, 15.44};

	(void) state;
	assert_near(cxm_gamma_gamma_expected(&model, 2, 22.35), 24.6637139108, 0, 1e-11);
	assert_near(cxm_gamma_gamma_expected(&model, 1, 11.77), 18.9168520578, 0, 1e-11);
	assert_near(cxm_gamma_gamma_expected(&model, 7, 73.74), 71.4696708970, 0, 1e-11);
	assert_near(cxm_gamma_gamma_expected(&model, 2, 40), 39.1404199475, 0, 1e-11);
	assert_near(cxm_gamma_gamma_expected(&model, 0, 0), 35.2189781022, 0, 1e-11);
	assert_true(isnan(cxm_gamma_gamma_expected(&no_mean, 0, 0)));
	assert_near(cxm_gamma_gamma_expected(&no_mean, 1, 10), 6.25 * 25.44 / 6.15, 0, 1e-12);
}

/* Maximised again by Nelder and Mead over a likelihood of 20 digits: scipy and mpmath. */
static void
fits(void **state)
{
	static const CxmSpend cells[] = {
	    {1, 9.99, 3}, {1, 24.5, 4}, {1, 41, 2},   {1, 80.46, 1},   {1, 227.14, 1}, {2, 12.5, 3},
	    {2, 32.3, 4}, {2, 55, 1},   {3, 25.08, 2}, {3, 90, 1},      {5, 29.44, 2}, {10, 24.24, 1},
	};
	CxmGammaGammaFit f;
	CxmGammaGamma    found;

	(void) state;
	cxm_gamma_gamma_begin(&f, cells, LENGTH(cells), 40);
	while (cxm_gamma_gamma_step(&f))
		;
	assert_int_equal(f.search.state, CXM_NEWTON_FOUND);
	found = cxm_gamma_gamma_found(&f);
	assert_near(found.p, 5.2667148, 0, 1e-6);
	assert_near(found.q, 3.4494840, 0, 1e-6);
	assert_near(found.gamma, 16.8996603, 0, 1e-6);
	assert_near(f.search.there.value, -109.0489475517548, 1e-7, 0);
}

/* All customers spend the same: any p that is larger is likelier. */
static void
no_maximum(void **state)
{
	static const CxmSpend cells[] = {{1, 20, 7}, {2, 20, 5}, {9, 20, 3}};
	CxmGammaGammaFit      f;

	(void) state;
	cxm_gamma_gamma_begin(&f, cells, LENGTH(cells), 20);
	while (cxm_gamma_gamma_step(&f))
		;
	assert_int_equal(f.search.state, CXM_NEWTON_RUNS_AWAY);
	assert_true(f.search.grows);
}

/* trigamma(1) = pi^2 / 6, trigamma(1/2) = pi^2 / 2; each falls by 1 / u^2. */
static void
derivatives(void **state)
{
	const double pi = acos(-1);

	(void) state;
	assert_near(cxm_trigamma(1), pi * pi / 6, 0, 1e-14);
	assert_near(cxm_trigamma(0.5), pi * pi / 2, 0, 1e-14);
	for (double u = 1e-6; u < 1e9; u *= 1.7)
	{
		assert_near(cxm_trigamma(u), cxm_trigamma(u + 1) + 1 / (u * u), 0, 1e-13);
		assert_near(cxm_digamma_rise(u, 1), 1 / u, 0, 1e-13);
		assert_near(cxm_digamma_rise(u, 2), 1 / u + 1 / (u + 1), 0, 1e-13);
		assert_true(cxm_digamma_rise(u, 0) == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published),
	    cmocka_unit_test(fits),
	    cmocka_unit_test(no_maximum),
	    cmocka_unit_test(derivatives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
