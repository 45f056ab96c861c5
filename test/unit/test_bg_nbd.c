/*
 * test_bg_nbd.c
 *		The BG/NBD model: figures that others computed, the ends of its range, and laws over random
 *		customers.
 */
#include "bg_nbd.h"
#include "near.h"
#include "random.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MOST 200

static double buyers[MOST + 1];

/* No step goes through more than so many cells, some 0.1 ms, so that a caller can stop. */
#define LONGEST_STEP 1024

static CxmNewtonState
fit(CxmBgNbdFit *f, const CxmPurchases *cells, size_t n)
{
	size_t before;
	bool   more;

	memset(buyers, 0, sizeof(buyers));
	cxm_bg_nbd_begin(f, cells, n, buyers, MOST);
	do
	{
		before = f->next;
		more = cxm_bg_nbd_step(f);
		assert_true(f->next <= before + LONGEST_STEP);
	} while (more);
	return f->search.state;
}

/* At Fader, Hardie and Lee's rounded parameters, by mpmath; the first is 1.226 in their sheet. */
static void
published(void **state)
{
	static const CxmBgNbd model = {0.243, 4.414, 0.793, 2.426};
	static const struct
	{
		CxmBuyer buyer;
		double   horizon;
		double   expected;
		double   alive;
	} figures[] = {
	    {{2, 30.43, 38.86}, 39, 1.22602817477, 0.726578570081},
	    {{2, 30.43, 38.86}, 520, 7.31931381171, 0.726578570081},
	    {{1, 1.71, 38.86}, 39, 0.203186987080, 0.212100985377},
	    {{0, 0, 38.86}, 39, 0.195098052011, 1},
	    {{10, 20, 39}, 52, 0.347399762709, 0.0381143132120},
	    {{25, 20, 39}, 52, 0.000358332461911, 1.63016604e-05},
	    {{1, 38.86, 38.86}, 39, 0.721976437634, 0.753650201926},
	    {{0, 0, 0}, 1, 0.05326789117, 1},
	    {{0, 0, 0}, 39, 1.196723193, 1},
	    {{0, 0, 0}, 52, 1.446050595, 1},
	    {{0, 0, 0}, 78, 1.860519058, 1},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(figures); i++)
	{
		assert_near(cxm_bg_nbd_expected(&model, &figures[i].buyer, figures[i].horizon),
		            figures[i].expected, 0, 1e-9);
		assert_near(cxm_bg_nbd_alive(&model, &figures[i].buyer), figures[i].alive, 0, 1e-8);
	}
}

/*
 * The series of the same by the negative binomial: the customer would buy K times if nobody left,
 * and still does with each of them in the order of Beta.  All terms are positive.
 */
static double
by_series(const CxmBgNbd *m, const CxmBuyer *buyer, double horizon)
{
	double shape = m->r + buyer->purchases;
	double z = horizon / (m->alpha + buyer->age + horizon);
	double p = exp(shape * log1p(-z));
	double stays = 1;
	double sum = 0;
	double made = 0;

	for (int k = 0; k < 20000; k++)
	{
		sum += p * made;
		made += stays;
		stays *= (m->b + buyer->purchases + k) / (m->a + m->b + buyer->purchases + k);
		p *= (shape + k) / (k + 1) * z;
	}
	return sum * cxm_bg_nbd_alive(m, buyer);
}

static double
uniform(void)
{
	return ((double) (random_bits() >> 11) + 0.5) / 9007199254740992.0;
}

static double
random_double(double least, double most)
{
	return least * pow(most / least, uniform());
}

static void
series(void **state)
{
	(void) state;
	random_state = 20261130;
	for (int i = 0; i < 3000; i++)
	{
		CxmBgNbd model = {random_double(0.01, 20), random_double(1, 100), random_double(0.01, 50),
		                  random_double(0.01, 50)};
		CxmBuyer buyer = {floor(random_double(0.5, 60)), 0, random_double(1, 500)};
		double   horizon = random_double(0.1, 500);

		if (buyer.purchases > 0)
			buyer.recency = buyer.age * 0.9;
		assert_near(cxm_bg_nbd_expected(&model, &buyer, horizon),
		            by_series(&model, &buyer, horizon), 0, 1e-8);
	}
}

/* a = 1, where 2F1 / (a - 1) has no value; parameters and horizons that are huge or tiny. */
static void
ends(void **state)
{
	static const CxmBuyer never = {0, 0, 40};
	static const CxmBuyer often = {300, 39, 40};
	CxmBgNbd              model = {0.5, 4, 1, 2};
	double                middle = cxm_bg_nbd_expected(&model, &never, 30);

	(void) state;
	model.a = 1 - 1e-9;
	assert_near(cxm_bg_nbd_expected(&model, &never, 30), middle, 0, 1e-8);
	/* for ever, with a > 1: what is left of a beta distribution, E[1/p] = (a + b - 1) / (a - 1) */
	model.a = 3;
	assert_near(cxm_bg_nbd_expected(&model, &never, 1e14), 4.0 / 2, 0, 1e-5);
	/* an hour of it is the rate */
	assert_near(cxm_bg_nbd_expected(&model, &never, 1e-9), 0.5 / 44 * 1e-9, 0, 1e-9);
	assert_true(cxm_bg_nbd_expected(&model, &never, 0) == 0);
	/* the odds of having left overflow */
	assert_near(cxm_bg_nbd_alive(&model, &often), 1 / (1 + 3 / 301.0 * pow(44 / 43.0, 300.5)), 0,
	            1e-12);
	assert_true(cxm_bg_nbd_alive(&model, &(CxmBuyer){1e6, 1, 1e6}) == 0);
	/* everybody alike: Poisson at the rate 1, and each purchase is the last with p = 1/2 */
	model = (CxmBgNbd){1e15, 1e15, 1e15, 1e15};
	assert_near(cxm_bg_nbd_expected(&model, &(CxmBuyer){0, 0, 0}, 3), 2 * (1 - exp(-1.5)), 0, 1e-9);
}

/* Maximised again by Nelder and Mead over a likelihood of 20 digits: scipy and mpmath. */
static void
fits(void **state)
{
	static const CxmPurchases cells[] = {
	    {0, 0, 100, 0, 60}, {0, 0, 200, 0, 40}, {1, 20, 100, 0, 9},   {1, 90, 100, 0, 6},
	    {1, 30, 200, 0, 8}, {2, 60, 100, 0, 5}, {2, 150, 200, 0, 7},  {3, 99, 100, 0, 3},
	    {3, 80, 200, 0, 4}, {5, 190, 200, 0, 3}, {8, 120, 200, 0, 2}, {12, 195, 200, 0, 2},
	};
	CxmBgNbdFit f;
	CxmBgNbd    found;

	(void) state;
	assert_int_equal(fit(&f, cells, LENGTH(cells)), CXM_NEWTON_FOUND);
	found = cxm_bg_nbd_found(&f);
	assert_near(found.r, 0.28990615, 0, 1e-6);
	assert_near(found.alpha, 44.1746925, 0, 1e-6);
	assert_near(found.a, 0.52442591, 0, 1e-6);
	assert_near(found.b, 3.0071531, 0, 1e-6);
	assert_near(f.search.there.value, -700.6669801815256, 1e-6, 0);
}

/* What is not identified is not returned. */
static void
no_maximum(void **state)
{
	static const CxmPurchases alike[] = {{3, 100, 200, 0, 500}};
	static const CxmPurchases nobody_left[] = {
	    {0, 0, 100, 0, 60}, {1, 100, 100, 0, 9}, {2, 200, 200, 0, 7}, {12, 200, 200, 0, 2}};
	static const CxmPurchases nobody_again[] = {{0, 0, 100, 0, 60}, {0, 0, 200, 0, 60}};
	CxmBgNbdFit               f;

	(void) state;
	assert_int_equal(fit(&f, alike, 1), CXM_NEWTON_RUNS_AWAY);
	assert_true(f.search.grows);
	assert_int_equal(fit(&f, nobody_left, LENGTH(nobody_left)), CXM_NEWTON_RUNS_AWAY);
	assert_int_equal(f.search.runaway, CXM_BG_NBD_B);
	assert_int_equal(fit(&f, nobody_again, LENGTH(nobody_again)), CXM_NEWTON_LOST);
}

/* Rows of one history may be one, or several; another unit of time changes alpha alone. */
static void
laws(void **state)
{
	static CxmPurchases cells[2000];
	static CxmPurchases weeks[2000];

	(void) state;
	random_state = 7;
	for (int round = 0; round < 20; round++)
	{
		CxmBgNbdFit f;
		CxmBgNbd    days;
		double      value;
		double      purchases = 0;

		for (size_t i = 0; i < LENGTH(cells); i++)
		{
			double   rate = -log(uniform()) / 60;
			double   leaves = 1 - pow(uniform(), 0.4);
			uint32_t age = 7 * (10 + (uint32_t) (random_bits() % 60));
			double   at = 0;

			cells[i] = (CxmPurchases){0, 0, age, 0, 1 + (double) (random_bits() % 3)};
			while ((at -= log(uniform()) / rate) < age - 7 &&
			       cells[i].purchases < MOST - 1)
			{
				cells[i].purchases++;
				cells[i].recency = 7 * (1 + (uint32_t) (at / 7));
				if (uniform() < leaves)
					break;
			}
			purchases += cells[i].customers * cells[i].purchases;
			weeks[i] = cells[i];
			weeks[i].recency /= 7;
			weeks[i].age /= 7;
		}
		assert_int_equal(fit(&f, cells, LENGTH(cells)), CXM_NEWTON_FOUND);
		days = cxm_bg_nbd_found(&f);
		value = f.search.there.value;
		assert_int_equal(fit(&f, weeks, LENGTH(weeks)), CXM_NEWTON_FOUND);
		assert_near(cxm_bg_nbd_found(&f).r, days.r, 0, 1e-7);
		assert_near(7 * cxm_bg_nbd_found(&f).alpha, days.alpha, 0, 1e-7);
		assert_near(cxm_bg_nbd_found(&f).a, days.a, 0, 1e-6);
		assert_near(f.search.there.value - purchases * log(7), value, 0, 1e-10);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published),  cmocka_unit_test(series), cmocka_unit_test(ends),
	    cmocka_unit_test(fits),       cmocka_unit_test(no_maximum), cmocka_unit_test(laws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
