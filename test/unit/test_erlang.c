/*
 * test_erlang.c
 *		Erlang's formulas against published tables and examples, against sums of another form in
 *		exact arithmetic, and as laws over random loads.
 */
#include <stdlib.h>

#include "erlang.h"
#include "near.h"
#include "random.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The load at which so many lines lose 1 or 2 % of all calls, as tables of Erlang B round it. */
static void
as_tables_have_it(void **state)
{
	static const struct
	{
		double load;
		double half; /* of the last digit */
		double lines;
		double lost;
	} table[] = {
	    {0.0101, 0.00005, 1, 0.01},  {4.4612, 0.00005, 10, 0.01}, {8.108, 0.0005, 15, 0.01},
	    {12.031, 0.0005, 20, 0.01},  {37.901, 0.0005, 50, 0.01},  {84.064, 0.0005, 100, 0.01},
	    {5.0840, 0.00005, 10, 0.02}, {40.255, 0.0005, 50, 0.02},  {87.972, 0.0005, 100, 0.02},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		double half = table[i].half;

		assert_true(cxm_erlang_b(table[i].load - half, table[i].lines) < table[i].lost);
		assert_true(cxm_erlang_b(table[i].load + half, table[i].lines) > table[i].lost);
	}
}

/*
 * 1 / B is the sum of n! / ((n - i)! load^i): with integers of 400 bits in Python.  The first rows
 * were computed by mpmath, too.
 */
static void
exact_sums(void **state)
{
	static const struct
	{
		double load;
		double agents;
		double b;
		double c;
	} exact[] = {
	    {1, 1, 0.5, 1},
	    {3, 5, 0.110054347826087, 0.23615160349854228},
	    {10, 10, 0.214582343107347, 1},
	    {10, 16, 0.0223018720403637, 0.0573403309033713},
	    {10, 17, 0.0129488752247266, 0.0308761099806722},
	    {80, 100, 0.00399202860455320, 0.0196464266343595},
	    {100, 100, 0.0757004527108610, 1},
	    {1, 2, 0.2, 1.0 / 3},
	    {10, 11, 0.163232333244434, 0.682118204689332},
	    {10, 14, 0.0568191433865209, 0.174131933595050},
	    {48, 55, 0.0383742806878358, 0.238700936378009},
	    {1e5, 99000, 0.010851540859187986, 1},
	    {1e5, 100000, 0.0025188934235469062, 1},
	    {1e5, 100500, 0.0003830649761256449, 0.07151693370109664},
	    {1e5, 101500, 1.7223115921498127e-08, 1.1654295058662082e-06},
	    {1e6, 1000500, 0.0005088818605409037, 0.5046540347134449},
	    {99999.5, 100001, 0.0025093713375357036, 0.9940728079204968},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(exact); i++)
	{
		assert_near(cxm_erlang_b(exact[i].load, exact[i].agents), exact[i].b, 0, 1e-14);
		assert_near(cxm_erlang_c(exact[i].load, exact[i].agents), exact[i].c, 0, 1e-14);
	}
}

/*
 * Call Centre Helper's worked example, which is pyworkforce's test, too: 100 calls in half an hour
 * of three minutes each; 360 of four minutes; and the queue without patience of Garnett, Mandelbaum
 * and Reiman (2002).
 */
static void
published_examples(void **state)
{
	(void) state;
	assert_rounds_to(cxm_erlang_service_level(10, 14, 20.0 / 180), 0.88835, 5);
	assert_rounds_to(cxm_erlang_service_level(10, 14, 20.0 / 180), 0.8883500192, 10);
	assert_rounds_to(cxm_erlang_service_level(10, 13, 20.0 / 180), 0.7955947884, 10);
	assert_rounds_to(cxm_erlang_service_level(10, 15, 20.0 / 180), 0.9414528429, 10);
	assert_rounds_to(cxm_erlang_service_level(48, 55, 15.0 / 240), 0.8458830922, 10);
	assert_rounds_to(180 * cxm_erlang_mean_wait(10, 14), 7.835937012, 9);
	assert_rounds_to(240 * cxm_erlang_mean_wait(48, 55), 8.184032104, 9);
	assert_rounds_to(cxm_erlang_mean_wait(48, 50), 0.3472278056, 10);
	assert_rounds_to(60 * cxm_erlang_mean_wait(48, 50), 20.8, 1);
	assert_near(cxm_erlang_agents(10, 0.8, 20.0 / 180), 14, 0, 0);
	assert_near(cxm_erlang_agents(10, 0.9, 20.0 / 180), 15, 0, 0);
}

static void
the_ends(void **state)
{
	(void) state;
	/* without agents everybody is sent away, or waits; and nobody where nobody calls */
	assert_near(cxm_erlang_b(3, 0), 1, 0, 0);
	assert_near(cxm_erlang_b(0, 0), 1, 0, 0);
	assert_near(cxm_erlang_b(0, 7), 0, 0, 0);
	assert_near(cxm_erlang_c(0, 7), 0, 0, 0);
	assert_near(cxm_erlang_service_level(0, 7, 0), 1, 0, 0);
	assert_near(cxm_erlang_service_level(0, 7, INFINITY), 1, 0, 0);
	assert_near(cxm_erlang_mean_wait(0, 7), 0, 0, 0);
	assert_near(cxm_erlang_agents(0, 0.8, 0), 1, 0, 0);
	/* a queue that grows */
	assert_near(cxm_erlang_c(10, 10), 1, 0, 0);
	assert_near(cxm_erlang_service_level(10, 9, 1e9), 0, 0, 0);
	assert_near(cxm_erlang_mean_wait(10, 10), INFINITY, 0, 0);
	/* the most, and what has no end */
	assert_near(cxm_erlang_b(1e300, CXM_MOST_AGENTS), 1, 0, 1e-15);
	assert_near(cxm_erlang_b(1e9, CXM_MOST_AGENTS), 0, 0, 0);
	assert_near(cxm_erlang_agents(10, 0.8, INFINITY), 11, 0, 0);
	assert_true(cxm_erlang_agents(2e9, 0.8, 0.1) > 2e9);
	assert_near(cxm_erlang_agents(CXM_MOST_AGENTS - 1.5, 0.8, 0.1), INFINITY, 0, 0);
	assert_near(cxm_erlang_agents(1e300, 0.8, 0.1), INFINITY, 0, 0);
}

static void
refusals(void **state)
{
	static const double wrong_loads[] = {-1, -1e-300, INFINITY, -INFINITY, NAN};
	static const double wrong_agents[] = {-1, 0.5, CXM_MOST_AGENTS + 1, INFINITY, NAN};
	static const double wrong_shares[] = {-1, 0, 1, 80, NAN};

	(void) state;
	for (size_t i = 0; i < LENGTH(wrong_loads); i++)
	{
		assert_true(isnan(cxm_erlang_b(wrong_loads[i], 5)));
		assert_true(isnan(cxm_erlang_c(wrong_loads[i], 5)));
		assert_true(isnan(cxm_erlang_service_level(wrong_loads[i], 5, 1)));
		assert_true(isnan(cxm_erlang_mean_wait(wrong_loads[i], 5)));
		assert_true(isnan(cxm_erlang_agents(wrong_loads[i], 0.5, 1)));
		assert_true(isnan(cxm_erlang_b(3, wrong_agents[i])));
		assert_true(isnan(cxm_erlang_c(3, wrong_agents[i])));
		assert_true(isnan(cxm_erlang_agents(3, wrong_shares[i], 1)));
	}
	assert_true(isnan(cxm_erlang_service_level(3, 5, -1)));
	assert_true(isnan(cxm_erlang_service_level(3, 5, NAN)));
	assert_true(isnan(cxm_erlang_agents(3, 0.5, -1)));
}

/*
 * Erlang's recursion from one agent to the next holds wherever the steps began; more agents are
 * better; Erlang C follows from B; and the number of agents is the least that will do.
 */
static void
laws(void **state)
{
	(void) state;
	for (int run = 0; run < 20000; run++)
	{
		double load = exp((double) (random_bits() % 1000) / 1000 * 12 - 3);
		double spread = (double) (random_bits() % 2001) / 250 - 4;
		double agents = fmax(floor(load + spread * sqrt(load)), 1);
		double target = (double) (random_bits() % 5) / 4;
		double share = (double) (random_bits() % 999 + 1) / 1000;
		double b = cxm_erlang_b(load, agents);
		double before = cxm_erlang_b(load, agents - 1);
		double needed = cxm_erlang_agents(load, share, target);

		assert_near(b, load * before / (agents + load * before), 0, 1e-13);
		assert_true(b < before);
		assert_true(cxm_erlang_c(load, agents) <= cxm_erlang_c(load, agents - 1));
		assert_true(cxm_erlang_c(load, agents) >= b);
		if (agents > load)
			assert_near(cxm_erlang_c(load, agents), b / (1 - load / agents * (1 - b)), 0, 1e-12);
		assert_near(cxm_erlang_service_level(load, agents, 0), 1 - cxm_erlang_c(load, agents), 0,
		            1e-14);
		assert_true(needed > load);
		assert_true(cxm_erlang_service_level(load, needed, target) >= share);
		assert_true(cxm_erlang_service_level(load, needed - 1, target) < share);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_tables_have_it),  cmocka_unit_test(exact_sums),
	    cmocka_unit_test(published_examples), cmocka_unit_test(the_ends),
	    cmocka_unit_test(refusals),           cmocka_unit_test(laws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
