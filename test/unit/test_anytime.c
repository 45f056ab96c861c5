/*
 * test_anytime.c
 *		Intervals that hold at every look: against published figures, and in simulations of samples
 *		that grow and are looked at each day.
 */
#include "estimates.h"
#include "near.h"
#include "random.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static double
half_width(CxmInterval i)
{
	return (i.upper - i.lower) / 2;
}

/* By the formula in Python 3.11 */
static void
anytime_table(void **state)
{
	static const struct
	{
		CxmMeanSample s;
		double        best_at;
		double        level;
		double        half_width;
	} table[] = {
	    {{7.5, 5.76, 100}, 100, 0.95, 0.7284501577},   {{7.5, 5.76, 100}, 1000, 0.95, 0.9252131120},
	    {{0.2, 0.56, 1000}, 1000, 0.95, 0.0718261542}, {{4.1, 0.81, 250}, 500, 0.9, 0.1603703937},
	    {{0.2, 0.56, 5000}, 1000, 0.95, 0.0333685377},
	};
	CxmInterval i;

	(void) state;
	for (size_t t = 0; t < LENGTH(table); t++)
	{
		assert_true(cxm_mean_anytime(&table[t].s, table[t].level, table[t].best_at, -INFINITY,
		                             INFINITY, &i));
		assert_rounds_to(half_width(i), table[t].half_width, 10);
		assert_near((i.lower + i.upper) / 2, table[t].s.mean, 0, 1e-14);
	}
}

/* Of two groups as GrowthBook has it: one of n1 + n2, with (n1 + n2) (v1 / n1 + v2 / n2). */
typedef struct Group
{
	double mean;
	double variance;
	double n;
} Group;

static Group
group_of_sums(double sum, double squares, double n)
{
	return (Group){sum / n, (squares - sum * sum / n) / (n - 1), n};
}

/* The difference of b and a, and the same over a by the delta method. */
static CxmMeanSample
difference(Group a, Group b, bool relative)
{
	double        n = a.n + b.n;
	CxmMeanSample s = {b.mean - a.mean, n * (a.variance / a.n + b.variance / b.n), n};
	double        ratio = b.mean / a.mean;

	if (relative)
	{
		s.mean /= a.mean;
		s.variance = n * (b.variance / b.n + ratio * ratio * a.variance / a.n) / a.mean / a.mean;
	}
	return s;
}

/* GrowthBook's tests, to its five digits, and to ten by Python; a bound of confseq's unit tests. */
static void
anytime_published(void **state)
{
	Group         a = group_of_sums(1396.87, 52377.9767, 3000);
	Group         b = group_of_sums(2422.7, 134698.29, 3461);
	Group         yes_a = {1396.0 / 3000, 1396.0 / 3000 * (1 - 1396.0 / 3000), 3000};
	Group         yes_b = {2422.0 / 3461, 2422.0 / 3461 * (1 - 2422.0 / 3461), 3461};
	CxmMeanSample s = difference(a, b, true);
	CxmInterval   i;

	(void) state;
	assert_rounds_to(s.mean, 0.50336, 5);
	assert_rounds_to(sqrt(s.variance / s.n), 0.33341, 5);
	assert_true(cxm_mean_anytime(&s, 0.95, 1000, -INFINITY, INFINITY, &i));
	assert_rounds_to(i.lower, -0.5584405051, 10);
	assert_rounds_to(i.upper, 1.5651626768, 10);
	s = difference(yes_a, yes_b, true);
	assert_rounds_to(s.mean, 0.50386, 5);
	assert_rounds_to(sqrt(s.variance / s.n), 0.03386, 5);
	assert_true(cxm_mean_anytime(&s, 0.95, 5000, -INFINITY, INFINITY, &i));
	assert_rounds_to(i.lower, 0.4009784967, 10);
	assert_rounds_to(i.upper, 0.6067482067, 10);
	s = difference(yes_a, yes_b, false);
	assert_true(cxm_mean_anytime(&s, 0.95, 5000, -INFINITY, INFINITY, &i));
	assert_rounds_to(i.lower, 0.1980487969, 10);
	assert_rounds_to(i.upper, 0.2708800290, 10);

	s = (CxmMeanSample){0, 1, 100};
	assert_true(cxm_mean_anytime(&s, 0.95, 100, -INFINITY, INFINITY, &i));
	assert_rounds_to(100 * i.upper, 30.35209, 5);
}

/* With the variance of (x + 2) / (n + 4), and that of (3,T), around what was observed. */
static void
anytime_adjusted(void **state)
{
	CxmShareSample share = {0.8, 100};
	CxmNetSample   net = {0.4, 0.2, 300};
	CxmMeanSample  mean = {0.8, 0.16 * 100 / 99, 100};
	CxmInterval    i;

	(void) state;
	assert_true(cxm_share_anytime(&share, 0.95, 500, &i));
	assert_rounds_to(half_width(i), 0.1373809197, 10);
	assert_near((i.lower + i.upper) / 2, 0.8, 0, 1e-14);
	assert_true(cxm_mean_anytime(&mean, 0.95, 500, 0, 1, &i));
	assert_rounds_to(half_width(i), 0.1373809197, 10);
	assert_true(cxm_mean_anytime(&mean, 0.95, 500, -INFINITY, INFINITY, &i));
	assert_rounds_to(half_width(i) * sqrt(0.99), 0.1345555090, 10);
	assert_true(cxm_net_anytime(&net, 0.95, 500, &i));
	assert_rounds_to(100 * half_width(i), 13.2219505912, 10);

	/* all alike is not certain, and one answer says nothing */
	share = (CxmShareSample){1, 20};
	assert_true(cxm_share_anytime(&share, 0.95, 500, &i));
	assert_rounds_to(1 - i.lower, 0.3151859618, 10);
	assert_true(i.upper == 1);
	share.n = 1;
	assert_true(cxm_share_anytime(&share, 0.95, 500, &i));
	assert_true(i.lower == 0 && i.upper == 1);
	mean = (CxmMeanSample){7, NAN, 1};
	assert_true(cxm_mean_anytime(&mean, 0.95, 500, 1, 7, &i));
	assert_true(i.lower == 1 && i.upper == 7);
}

static void
anytime_refused(void **state)
{
	static const CxmMeanSample no_mean[] = {{NAN, 1, 5}, {1, 0, 5}, {1, -1, 5},
	                                        {1, 1, 1},   {1, 1, 0}, {1, INFINITY, 9}};

	CxmNetSample   net = {0.4, 0.2, 0};
	CxmShareSample share = {0.4, 10};
	CxmInterval    i = {-77, 77};

	(void) state;
	for (size_t m = 0; m < LENGTH(no_mean); m++)
		assert_false(cxm_mean_anytime(&no_mean[m], 0.95, 500, -INFINITY, INFINITY, &i));
	assert_false(cxm_net_anytime(&net, 0.95, 500, &i));
	assert_false(cxm_share_anytime(&share, 1, 500, &i));
	assert_false(cxm_share_anytime(&share, 0.95, 0, &i));
	assert_false(cxm_share_anytime(&share, 0.95, NAN, &i));
	assert_true(i.lower == -77 && i.upper == 77);
}

/* At the level of next to nothing, and of all but everything. */
static void
anytime_levels(void **state)
{
	CxmShareSample share = {0.4, 1000};
	CxmInterval    narrow;
	CxmInterval    wide;

	(void) state;
	assert_true(cxm_share_anytime(&share, 1e-12, 500, &narrow));
	assert_true(narrow.lower < 0.4 && narrow.upper > 0.4);
	assert_true(cxm_share_anytime(&share, 1 - 1e-15, 500, &wide));
	assert_true(half_width(wide) > 3 * half_width(narrow));
}

/*
 * In how many of RUNS samples of 90 days, with five answers a day, an interval that is looked at
 * daily, from 30 answers on, ever misses the truth.
 */
#define RUNS 10000

typedef bool (*FindInterval)(double favourable, double unfavourable, double n, CxmInterval *i);

static double
percentage_missed(double p, double d, FindInterval find)
{
	int missed = 0;

	random_state = 20;
	for (int run = 0; run < RUNS; run++)
	{
		double favourable = 0;
		double unfavourable = 0;
		bool   outside = false;

		for (int day = 1; day <= 90; day++)
		{
			CxmInterval i;

			for (int answer = 0; answer < 5; answer++)
			{
				double u = (double) (random_bits() >> 11) * 0x1p-53;

				favourable += u < p;
				unfavourable += u >= 1 - d;
			}
			if (day < 6 || outside)
				continue;
			assert_true(find(favourable, unfavourable, 5 * day, &i));
			outside = p - d < i.lower || p - d > i.upper;
		}
		missed += outside;
	}
	return 100.0 * missed / RUNS;
}

static bool
find_share(double favourable, double unfavourable, double n, CxmInterval *i)
{
	CxmShareSample s = {favourable / n, n};

	(void) unfavourable;
	return cxm_share_anytime(&s, 0.95, 500, i);
}

static bool
find_net(double favourable, double unfavourable, double n, CxmInterval *i)
{
	CxmNetSample s = {favourable / n, unfavourable / n, n};

	return cxm_net_anytime(&s, 0.95, 500, i);
}

/* The mean of answers 1, 0 and -1, which has more answers added than a score. */
static bool
find_mean(double favourable, double unfavourable, double n, CxmInterval *i)
{
	double        mean = (favourable - unfavourable) / n;
	CxmMeanSample s = {mean, (favourable + unfavourable - n * mean * mean) / (n - 1), n};

	return cxm_mean_anytime(&s, 0.95, 500, -1, 1, i);
}

static bool
find_wilson(double favourable, double unfavourable, double n, CxmInterval *i)
{
	CxmShareSample s = {favourable / n, n};

	(void) unfavourable;
	return cxm_share_interval(&s, 0.95, i);
}

static void
looked_at_daily(void **state)
{
	/* 5 percent, and three times the standard deviation of such a simulation */
	const double most = 5 + 3 * 100 * sqrt(0.05 * 0.95 / RUNS);

	(void) state;
	assert_true(percentage_missed(0.8, 0, find_share) < most);
	assert_true(percentage_missed(0.95, 0, find_share) < most);
	assert_true(percentage_missed(0.99, 0, find_share) < most);
	assert_true(percentage_missed(0.8, 0.05, find_net) < most);
	assert_true(percentage_missed(0.95, 0, find_net) < most);
	assert_true(percentage_missed(0.4, 0.2, find_net) < most);
	assert_true(percentage_missed(0.95, 0, find_mean) < most);
	assert_true(percentage_missed(0.8, 0.05, find_mean) < most);

	/* an interval for one look is missed by far more, or the simulation would show nothing */
	assert_true(percentage_missed(0.8, 0, find_wilson) > 20);
}

/*
 * Amounts without a limit have only their own variance: 5 percent holds for those that are as
 * skewed as an exponential distribution, and not where most are 0.
 */
static double
percentage_of_amounts_missed(double buyers)
{
	int missed = 0;

	random_state = 21;
	for (int run = 0; run < RUNS; run++)
	{
		double sum = 0;
		double squares = 0;
		bool   outside = false;

		for (int n = 1; n <= 450 && !outside; n++)
		{
			double      u = ((double) (random_bits() >> 11) + 0.5) * 0x1p-53;
			double      x = u < buyers ? -log(u / buyers) : 0;
			double      mean;
			CxmInterval i;

			sum += x;
			squares += x * x;
			mean = sum / n;
			if (n < 30 || n % 5 > 0)
				continue;
			outside =
			    cxm_mean_anytime(&(CxmMeanSample){mean, (squares - n * mean * mean) / (n - 1), n},
			                     0.95, 500, -INFINITY, INFINITY, &i) &&
			    (buyers < i.lower || buyers > i.upper);
		}
		missed += outside;
	}
	return 100.0 * missed / RUNS;
}

static void
amounts_looked_at_daily(void **state)
{
	(void) state;
	assert_true(percentage_of_amounts_missed(1) < 5);
	assert_true(percentage_of_amounts_missed(0.05) > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(anytime_table),           cmocka_unit_test(anytime_published),
	    cmocka_unit_test(anytime_adjusted),        cmocka_unit_test(anytime_refused),
	    cmocka_unit_test(anytime_levels),          cmocka_unit_test(looked_at_daily),
	    cmocka_unit_test(amounts_looked_at_daily),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
