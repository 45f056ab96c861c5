/*
 * test_estimates.c
 *		Intervals and tests of net scores, shares and means against published examples, against
 *		other programs, and as laws over random samples.
 */
#include <float.h>
#include <stdbool.h>

#include "near.h"
#include "estimates.h"
#include "random.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const CxmNetMethod net_methods[] = {CXM_NET_ADJUSTED_WALD, CXM_NET_WALD, CXM_NET_SCORE};
static const double       levels[] = {0.5, 0.8, 0.9, 0.95, 0.99, 0.9999, 0.999999999};

static CxmNetSample
net_counts(double favourable, double unfavourable, double n)
{
	return (CxmNetSample){favourable / n, unfavourable / n, n};
}

static CxmShareSample
share_counts(double favourable, double n)
{
	return (CxmShareSample){favourable / n, n};
}

/* Mean and unbiased variance of counted answers lowest, lowest + 1, ... */
static CxmMeanSample
mean_counts(const double *counts, int answers, double lowest)
{
	CxmMeanSample s = {0, 0, 0};

	for (int i = 0; i < answers; i++)
	{
		s.n += counts[i];
		s.mean += counts[i] * (lowest + i);
	}
	s.mean /= s.n;
	for (int i = 0; i < answers; i++)
		s.variance += counts[i] * (lowest + i - s.mean) * (lowest + i - s.mean);
	s.variance = s.n > 1 ? s.variance / (s.n - 1) : NAN;
	return s;
}

static CxmInterval
net_interval(CxmNetSample s, double level, CxmNetMethod method)
{
	CxmInterval result;

	assert_true(cxm_net_interval(&s, level, method, &result));
	return result;
}

static CxmInterval
share_interval(CxmShareSample s, double level)
{
	CxmInterval result;

	assert_true(cxm_share_interval(&s, level, &result));
	return result;
}

static CxmInterval
mean_interval(CxmMeanSample s, double level, double lowest, double highest)
{
	CxmInterval result;

	assert_true(cxm_mean_interval(&s, level, lowest, highest, &result));
	return result;
}

static CxmTest
net_test(CxmNetSample a, CxmNetSample b, double level, CxmNetMethod method)
{
	CxmTest result;

	assert_true(cxm_net_test(&a, &b, level, method, &result));
	return result;
}

static CxmTest
share_test(CxmShareSample a, CxmShareSample b, double level)
{
	CxmTest result;

	assert_true(cxm_share_test(&a, &b, level, &result));
	return result;
}

static CxmTest
mean_test(CxmMeanSample a, CxmMeanSample b, double level)
{
	CxmTest result;

	assert_true(cxm_mean_test(&a, &b, level, INFINITY, &result));
	return result;
}

/* Net scores: published figures and tables */

/* n = 300, P = 40 %, D = 20 %: NPS +20, SE 0.0432, margin 8.5 points. */
static void
net_wald_published(void **state)
{
	CxmInterval  ci = net_interval(net_counts(120, 60, 300), 0.95, CXM_NET_WALD);
	const double z = 1.959963984540054;

	(void) state;
	assert_near((ci.lower + ci.upper) / 2, 0.20, 1e-15, 0);
	assert_rounds_to(100 * (ci.upper - ci.lower) / 2, 8.5, 1);
	assert_rounds_to((ci.upper - ci.lower) / 2 / z, 0.0432, 4);

	/* P = 1/2, D = 1/6: NPS 33.3, and one answer has the variance 5/9 */
	ci = net_interval(net_counts(1800, 600, 3600), 0.95, CXM_NET_WALD);
	assert_rounds_to(100 * (ci.lower + ci.upper) / 2, 33.3, 1);
	assert_near(pow((ci.upper - ci.lower) / 2 / z, 2) * 3600, 5.0 / 9, 0, 1e-13);

	/* P = D = 1/3: the whole interval is about 320 / sqrt(n) points wide */
	for (int i = 0; i < 6; i++)
	{
		double n = 30 * pow(7, i);

		ci = net_interval(net_counts(n / 3, n / 3, n), 0.95, CXM_NET_WALD);
		assert_near(100 * (ci.upper - ci.lower) * sqrt(n), 320, 0.1, 0);
	}

	/* standard errors that the R package NPS 2.0 expects of itself */
	ci = net_interval(net_counts(3, 1, 6), 0.95, CXM_NET_WALD);
	assert_rounds_to((ci.upper - ci.lower) / 2 / z, 0.304, 3);
	ci = net_interval(net_counts(1, 0, 2), 0.5, CXM_NET_WALD);
	assert_rounds_to((ci.upper - ci.lower) / 2 / 0.6744897501960817, 0.354, 3);
	ci = net_interval(net_counts(1, 1, 3), 0.5, CXM_NET_WALD);
	assert_rounds_to((ci.upper - ci.lower) / 2 / 0.6744897501960817, 0.471, 3);
}

/*
 * R 4.2.2: with x = c(P, D) / n, or c(P + 0.75, D + 0.75) / (n + 3) adjusted,
 * x[1] - x[2] -+ qnorm(1 - (1 - level) / 2) * sqrt((x[1] + x[2] - (x[1] - x[2])^2) / n), n adjusted
 * likewise, cut at -1 and 1.  74 of 90 promoters, 4 detractors: the Stack Overflow answers of 2018.
 */
static void
net_wald_table(void **state)
{
	static const struct
	{
		double      promoters;
		double      detractors;
		double      n;
		double      level;
		CxmInterval wald;
		CxmInterval adjusted;
	} table[] = {
	    {120,
	     60,
	     300,
	     0.95,
	     {0.1153198775865176, 0.28468012241348239},
	     {0.11377512470700167, 0.28226447925339437}},
	    {74,
	     4,
	     90,
	     0.95,
	     {0.6720833097297505, 0.88347224582580508},
	     {0.6435621423974538, 0.8618142016885677}},
	    {74,
	     4,
	     90,
	     0.9,
	     {0.68907618402971604, 0.86647937152583954},
	     {0.66110672101985291, 0.8442696230661686}},
	    {1, 0, 1, 0.95, {1, 1}, {-0.48498649420252016, 0.98498649420252016}},
	    {0, 0, 1, 0.95, {0, 0}, {-0.60011395954441349, 0.60011395954441349}},
	    {0, 1, 1, 0.95, {-1, -1}, {-0.98498649420252016, 0.48498649420252016}},
	    {2, 0, 2, 0.95, {1, 1}, {-0.24410989173817643, 1}},
	    {1, 1, 2, 0.95, {-1, 1}, {-0.73335137205651779, 0.73335137205651779}},
	    {0, 7, 7, 0.99, {-1, -1}, {-1, -0.21127075221881442}},
	    {100,
	     100,
	     300,
	     0.95,
	     {-0.092393588289978498, 0.092393588289978498},
	     {-0.091821204978660836, 0.091821204978660836}},
	    {4e8,
	     3e8,
	     1e9,
	     0.95,
	     {0.099948515957945447, 0.10005148404205462},
	     {0.099948515658042789, 0.10005148374195723}},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmNetSample s = net_counts(table[i].promoters, table[i].detractors, table[i].n);
		CxmInterval  ci = net_interval(s, table[i].level, CXM_NET_WALD);

		assert_near(ci.lower, table[i].wald.lower, 1e-16, 1e-14);
		assert_near(ci.upper, table[i].wald.upper, 1e-16, 1e-14);
		ci = net_interval(s, table[i].level, CXM_NET_ADJUSTED_WALD);
		assert_near(ci.lower, table[i].adjusted.lower, 0, 1e-14);
		assert_near(ci.upper, table[i].adjusted.upper, 0, 1e-14);
	}
}

/* Tango's interval as printed, for pairs with the discordant counts b and c. */
static void
net_score_published(void **state)
{
	static const struct
	{
		double      b;
		double      c;
		double      n;
		double      level;
		CxmInterval ci;
		int         digits;
	} table[] = {
	    {9, 3, 32, 0.95, {-0.027, 0.390}, 3},   /* Tango 1998, table VII */
	    {0, 1, 44, 0.90, {-0.096, 0.037}, 3},   /* table V, contact lenses */
	    {16, 8, 86, 0.95, {-0.020, 0.207}, 3},  /* Agresti and Min 2005 */
	    {3, 1, 14, 0.95, {-0.1670, 0.4327}, 4}, /* Tang et al. 2010 */
	    {1, 7, 21, 0.95, {-0.517, -0.026}, 3},  /* Fagerland, Lydersen and Laake 2014 */
	    /* the R package contingencytables 3.0.1 expects these of itself */
	    {6, 16, 161, 0.95, {-0.1240, -0.0054}, 4},
	    {3, 0, 3, 0.95, {-0.1230, 1}, 4},
	    {0, 3, 3, 0.95, {-1, 0.1230}, 4},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmInterval ci = net_interval(net_counts(table[i].b, table[i].c, table[i].n),
		                              table[i].level, CXM_NET_SCORE);

		assert_rounds_to(ci.lower, table[i].ci.lower, table[i].digits);
		assert_rounds_to(ci.upper, table[i].ci.upper, table[i].digits);
	}
}

/*
 * mpmath 1.3.0 at 40 digits: the restricted estimates from their likelihood equation, and halving.
 * scoreci.mp() of the R package PropCIs 0.3-0 finds the same to the 1e-7 at which it stops.
 */
static void
net_score_table(void **state)
{
	static const struct
	{
		double      promoters;
		double      detractors;
		double      n;
		double      level;
		CxmInterval ci;
	} table[] = {
	    {9, 3, 32, 0.95, {-0.027090464503980436, 0.38969748713878339}},
	    {0, 1, 44, 0.9, {-0.095662426399171679, 0.036516938418064003}},
	    {40, 20, 160, 0.95, {0.030864533133086723, 0.21806424416682481}},
	    {74, 4, 90, 0.95, {0.64440211549205865, 0.86166011819330972}},
	    {120, 60, 300, 0.95, {0.11380850149756285, 0.28290084409367681}},
	    {120, 60, 300, 0.99, {0.086180545393277152, 0.30814015355145705}},
	    {5, 5, 30, 0.8, {-0.13819355889772521, 0.13819355889772521}},
	    {1, 0, 1, 0.95, {-0.58690137124552522, 1}},
	    {0, 0, 1, 0.95, {-0.79345068562276261, 0.79345068562276261}},
	    {0, 1, 1, 0.95, {-1, 0.58690137124552522}},
	    {2, 0, 2, 0.95, {-0.31523954498669392, 1}},
	    {1, 1, 2, 0.95, {-0.81093758853153857, 0.81093758853153857}},
	    {1, 0, 2, 0.95, {-0.48642965874002044, 0.90546879426576929}},
	    {0, 0, 2, 0.95, {-0.65761977249334696, 0.65761977249334696}},
	    {3e14, 1e14, 1e15, 0.95, {0.19999996281229793, 0.20000003718770181}},
	    {1e15, 0, 1e15, 0.95, {0.99999999999999232, 1}},
	    {0, 0, 1e15, 0.95, {-3.8414588206941112e-15, 3.8414588206941112e-15}},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmInterval ci =
		    net_interval(net_counts(table[i].promoters, table[i].detractors, table[i].n),
		                 table[i].level, CXM_NET_SCORE);

		assert_near(ci.lower, table[i].ci.lower, 0, 1e-14);
		assert_near(ci.upper, table[i].ci.upper, 0, 1e-14);
	}
}

/* All answers alike leave a quadratic equation. */
static void
net_score_all_alike(void **state)
{
	const double z2 = 1.959963984540054 * 1.959963984540054;

	(void) state;
	for (int i = 0; i < 40; i++)
	{
		double      n = pow(3, i);
		CxmInterval ci = net_interval((CxmNetSample){1, 0, n}, 0.95, CXM_NET_SCORE);

		assert_near(ci.lower, (n - z2) / (n + z2), 1e-15, 0);
		assert_true(ci.upper == 1);
		ci = net_interval((CxmNetSample){0, 1, n}, 0.95, CXM_NET_SCORE);
		assert_true(ci.lower == -1);
		assert_near(ci.upper, (z2 - n) / (n + z2), 1e-15, 0);
		ci = net_interval((CxmNetSample){0, 0, n}, 0.95, CXM_NET_SCORE);
		assert_near(ci.lower, -z2 / (n + z2), 0, 1e-14);
		assert_near(ci.upper, z2 / (n + z2), 0, 1e-14);
	}
}

/* 120 P, 60 D of 300 against 150 P, 45 D of 300: 15 points, z = 2.4914, p = 0.01273. */
static void
net_test_published(void **state)
{
	CxmTest t = net_test(net_counts(150, 45, 300), net_counts(120, 60, 300), 0.95, CXM_NET_WALD);

	(void) state;
	assert_near(t.difference, 0.15, 1e-15, 0);
	assert_rounds_to(t.statistic, 2.4914, 4);
	assert_rounds_to(t.p_value, 0.01273, 5);
}

/* R 4.2.2: as in net_wald_table(), the variances added; p = 2 * pnorm(-abs(z)). */
static void
net_test_table(void **state)
{
	static const struct
	{
		double       a[3]; /* promoters, detractors, n */
		double       b[3];
		CxmNetMethod method;
		CxmTest      expected;
	} table[] = {
	    {{150, 45, 300},
	     {120, 60, 300},
	     CXM_NET_WALD,
	     {0.15, 0.031994541545671676, 0.26800545845432827, 2.4913643956121985, 0.0127253532829109,
	      0.060207972893961477}},
	    {{74, 4, 90},
	     {120, 60, 300},
	     CXM_NET_WALD,
	     {0.57777777777777772, 0.44234497633027814, 0.71321057922527731, 8.3615167330863649,
	      6.1917012661376325e-17, 0.069099637807519046}},
	    {{150, 45, 300},
	     {120, 60, 300},
	     CXM_NET_ADJUSTED_WALD,
	     {0.15, 0.031055809508837018, 0.26597389346145994, 2.478172435110702, 0.013205730659325352,
	      0.059929183853791916}},
	    {{3, 0, 3},
	     {0, 3, 3},
	     CXM_NET_ADJUSTED_WALD,
	     {2, 0.19984805394078187, 1.8001519460592181, 2.4494897427831779, 0.01430587843542965,
	      0.40824829046386302}},
	    {{1, 0, 1},
	     {0, 0, 1},
	     CXM_NET_ADJUSTED_WALD,
	     {1, -0.69886348391124486, 1.1988634839112449, 0.5163977794943222, 0.60557661633534643,
	      0.48412291827592711}},
	    {{74, 4, 90},
	     {120, 60, 300},
	     CXM_NET_ADJUSTED_WALD,
	     {0.57777777777777772, 0.41680736761807502, 0.69252937250755053, 7.8856965306227824,
	      3.1278589593351327e-15, 0.070338538632427844}},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		const double  *a = table[i].a;
		const double  *b = table[i].b;
		const CxmTest *expected = &table[i].expected;
		CxmTest t = net_test(net_counts(a[0], a[1], a[2]), net_counts(b[0], b[1], b[2]), 0.95,
		                     table[i].method);

		assert_near(t.difference, expected->difference, 0, 1e-14);
		assert_near(t.lower, expected->lower, 0, 1e-13);
		assert_near(t.upper, expected->upper, 0, 1e-13);
		assert_near(t.std_error, expected->std_error, 1e-16, 1e-13);
		assert_near(t.statistic, expected->statistic, 0, 1e-13);
		assert_near(t.p_value, expected->p_value, 0, 1e-12);
	}
}

/* Shares */

/*
 * Newcombe (1998), "Two-sided confidence intervals for the single proportion", prints 0.2553 to
 * 0.3662, 0.0624 to 0.1605, 0 to 0.1611 and 0.0061 to 0.1718 for the first four.  The long numbers
 * are prop.test(x, n, conf.level = level, correct = FALSE)$conf.int of R 4.2.2.
 */
static void
share_interval_table(void **state)
{
	static const struct
	{
		double      x;
		double      n;
		double      level;
		CxmInterval ci;
	} table[] = {
	    {81, 263, 0.95, {0.25528851987827428, 0.36620957698280016}},
	    {15, 148, 0.95, {0.062386399530736283, 0.160487241723308}},
	    {0, 20, 0.95, {0, 0.1611251580528193}},
	    {1, 29, 0.95, {0.006113214292762661, 0.17175521879320282}},
	    {7, 10, 0.95, {0.39677814746114537, 0.89220873259369904}}, /* CSAT of 70 % */
	    {7, 10, 0.99, {0.32002467920110256, 0.92043368347693422}},
	    {7, 10, 0.5, {0.59530925061251094, 0.78728513715962134}},
	    {1, 1, 0.95, {0.2065493143772375, 1}},
	    {0, 1, 0.95, {0, 0.79345068562276255}},
	    {1, 2, 0.95, {0.094531205734230739, 0.90546879426576921}},
	    {2, 2, 0.95, {0.3423802275066532, 1}},
	    {5e8, 1e9, 0.95, {0.49996901024844431, 0.50003098975155569}},
	};
	static const double printed[][2] = {
	    {0.2553, 0.3662}, {0.0624, 0.1605}, {0, 0.1611}, {0.0061, 0.1718}};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		CxmInterval ci = share_interval(share_counts(table[i].x, table[i].n), table[i].level);

		assert_near(ci.lower, table[i].ci.lower, 0, 1e-13);
		assert_near(ci.upper, table[i].ci.upper, 0, 1e-13);
		if (i < LENGTH(printed))
		{
			assert_rounds_to(ci.lower, printed[i][0], 4);
			assert_rounds_to(ci.upper, printed[i][1], 4);
		}
	}
}

/* At 0 and 1 the far bound is z^2 / (n + z^2) away, and the near one exact. */
static void
share_interval_ends(void **state)
{
	const double z2 = 1.959963984540054 * 1.959963984540054;

	(void) state;
	for (int i = 0; i < 40; i++)
	{
		double      n = pow(3, i);
		CxmInterval ci = share_interval((CxmShareSample){0, n}, 0.95);

		assert_true(ci.lower == 0);
		assert_near(ci.upper, z2 / (n + z2), 0, 1e-14);
		ci = share_interval((CxmShareSample){1, n}, 0.95);
		assert_near(ci.lower, n / (n + z2), 0, 1e-14);
		assert_true(ci.upper == 1);
		ci = share_interval((CxmShareSample){1 - 0x1p-53, n}, 0.95);
		assert_true(ci.upper <= 1);
	}
}

/* Half the range of doubles is no limit for n; at a level next to nothing the share is left. */
static void
share_interval_of_many(void **state)
{
	CxmInterval ci = share_interval((CxmShareSample){0.25, DBL_MAX}, 1e-33);

	(void) state;
	assert_near(ci.lower, 0.25, 0, 1e-14);
	assert_near(ci.upper, 0.25, 0, 1e-14);
}

/*
 * R 4.2.2: the two prop.test() intervals squared and added by hand; z is the root of
 * prop.test(c(x1, x2), c(n1, n2), correct = FALSE)$statistic.  Printed below: 56/70 - 48/80 and
 * 5/56 - 0/29 in Newcombe 1998, 7/34 - 1/34 in the tests of the R package contingencytables 3.0.1.
 */
static void
share_test_table(void **state)
{
	static const struct
	{
		double  a[2]; /* favourable, n */
		double  b[2];
		CxmTest expected;
	} table[] = {
	    {{56, 70},
	     {48, 80},
	     {0.2, 0.052431472402364926, 0.33387265403690586, 2.6501719512585331, 0.0080450813681965643,
	      0.072702917999996986}},
	    {{9, 10},
	     {3, 10},
	     {0.6, 0.17052272393450307, 0.80901797353548799, 2.7386127875258306, 0.0061698993205441532,
	      0.17320508075688773}},
	    {{6, 7},
	     {2, 7},
	     {4.0 / 7, 0.058227927482312314, 0.80624963752422774, 2.1602468994692865,
	      0.030753561259274559, 0.21597969886241556}},
	    {{5, 56},
	     {0, 29},
	     {5.0 / 56, -0.038137147903536853, 0.19256001385511157, 1.6586488692392285,
	      0.097186568170579746, 0.038105533791555244}},
	    {{0, 10}, {0, 20}, {0, -0.1611251580528193, 0.27753279986288915, NAN, NAN, 0}},
	    {{0, 10}, {0, 10}, {0, -0.27753279986288915, 0.27753279986288915, NAN, NAN, 0}},
	    {{10, 10},
	     {0, 20},
	     {1, 0.67908603714191484, 1, 5.4772255750516612, 4.3204630578274968e-08, 0}},
	    {{10, 10},
	     {0, 10},
	     {1, 0.60750935043052434, 1, 4.4721359549995796, 7.7442164310440858e-06, 0}},
	    {{7, 34},
	     {1, 34},
	     {6.0 / 34, 0.018921443885773048, 0.3403686870327074, 2.2583179581272428,
	      0.023925843480626641, 0.075155040238662535}},
	    {{1, 1}, {1, 1}, {0, -0.79345068562276255, 0.79345068562276255, NAN, NAN, 0}},
	};
	CxmTest t;

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		const CxmTest *expected = &table[i].expected;

		t = share_test(share_counts(table[i].a[0], table[i].a[1]),
		               share_counts(table[i].b[0], table[i].b[1]), 0.95);
		assert_near(t.difference, expected->difference, 1e-15, 0);
		assert_near(t.lower, expected->lower, 0, 1e-13);
		assert_near(t.upper, expected->upper, 0, 1e-13);
		assert_near(t.std_error, expected->std_error, 1e-16, 1e-13);
		if (isnan(expected->statistic))
		{
			assert_true(isnan(t.statistic));
			assert_true(isnan(t.p_value));
			continue;
		}
		assert_near(t.statistic, expected->statistic, 0, 1e-12);
		assert_near(t.p_value, expected->p_value, 0, 1e-11);
	}

	t = share_test(share_counts(56, 70), share_counts(48, 80), 0.95);
	assert_rounds_to(t.lower, 0.0524, 4);
	assert_rounds_to(t.upper, 0.3339, 4);
	t = share_test(share_counts(5, 56), share_counts(0, 29), 0.95);
	assert_rounds_to(t.lower, -0.0381, 4);
	assert_rounds_to(t.upper, 0.1926, 4);
	t = share_test(share_counts(7, 34), share_counts(1, 34), 0.95);
	assert_rounds_to(t.lower, 0.0189, 4);
	assert_rounds_to(t.upper, 0.3404, 4);
	t = share_test(share_counts(56, 70), share_counts(48, 80), 0.99);
	assert_near(t.lower, 0.0053708692500785693, 0, 1e-12);
	assert_near(t.upper, 0.37180843177577361, 0, 1e-12);
}

/* Means */

static const double ces_counts[] = {80, 210, 140, 110, 160, 180, 120};

/* CES 2.0, the answers 1 ... 7: mean 4.08, and 6 or 7 less 1 ... 3 is -13 points. */
static void
ces_published(void **state)
{
	CxmMeanSample s = mean_counts(ces_counts, 7, 1);
	CxmInterval   ci = mean_interval(s, 0.95, 1, 7);

	(void) state;
	assert_near((ci.lower + ci.upper) / 2, 4.08, 1e-14, 0);

	/* R 4.2.2: t.test(rep(1:7, counts))$conf.int, and with conf.level = 0.99 */
	assert_near(ci.lower, 3.9613268869245961, 0, 1e-14);
	assert_near(ci.upper, 4.1986731130754036, 0, 1e-14);
	ci = mean_interval(s, 0.99, 1, 7);
	assert_near(ci.lower, 3.9239278859872835, 0, 1e-14);
	assert_near(ci.upper, 4.2360721140127158, 0, 1e-14);

	ci = net_interval(net_counts(300, 430, 1000), 0.95, CXM_NET_WALD);
	assert_near(100 * (ci.lower + ci.upper) / 2, -13, 1e-13, 0);
}

/* mean -+ qt(1 - (1 - level) / 2, n - 1) * sqrt(variance / n), R 4.2.2. */
static void
mean_interval_table(void **state)
{
	/* an effective n need not be whole */
	CxmInterval ci = mean_interval((CxmMeanSample){3.9, 1.7, 8.5}, 0.95, 1, 7);

	(void) state;
	assert_near(ci.lower, 2.8566329600258351, 0, 1e-13);
	assert_near(ci.upper, 4.9433670399741647, 0, 1e-13);
	ci = mean_interval((CxmMeanSample){3.9, 1.7, 1.5}, 0.95, -1000, 1000);
	assert_near(ci.lower, -171.28502111050506, 0, 1e-13);
	assert_near(ci.upper, 179.08502111050507, 0, 1e-13);
	ci = mean_interval((CxmMeanSample){4.2, 0.9, 1e15}, 0.95, 1, 5);
	assert_near(ci.lower, 4.1999999412010807, 0, 1e-15);
	assert_near(ci.upper, 4.2000000587989197, 0, 1e-15);

	/* the scale ends it */
	ci = mean_interval((CxmMeanSample){3.9, 1.7, 1.5}, 0.95, 1, 7);
	assert_true(ci.lower == 1);
	assert_true(ci.upper == 7);

	/* an infinite t leaves the whole scale, but not without variance */
	ci = mean_interval((CxmMeanSample){3.9, 1.7, 1.0001}, 0.95, 1, 7);
	assert_true(ci.lower == 1);
	assert_true(ci.upper == 7);
	ci = mean_interval((CxmMeanSample){4, 0, 1.0001}, 0.95, 1, 7);
	assert_true(ci.lower == 4);
	assert_true(ci.upper == 4);
}

/*
 * Student's sleep data, as ?t.test of R shows them: t = -1.8608, df = 17.776, p-value = 0.07939,
 * 95 percent confidence interval -3.3654832 to 0.2054832.
 */
static void
mean_test_published(void **state)
{
	CxmMeanSample a = {0.75, 3.2005555555555558, 10};
	CxmMeanSample b = {2.33, 4.0090000000000003, 10};
	CxmTest       t = mean_test(a, b, 0.95);
	CxmInterval   ci;

	(void) state;
	assert_near(t.difference, -1.58, 1e-15, 0);
	assert_rounds_to(t.statistic, -1.8608, 4);
	assert_rounds_to(t.std_error, 0.849091, 6);
	assert_rounds_to(t.p_value, 0.07939, 5);
	assert_rounds_to(t.lower, -3.3654832, 7);
	assert_rounds_to(t.upper, 0.2054832, 7);

	/* and t.test(extra) of each group */
	ci = mean_interval(a, 0.95, -10, 10);
	assert_near(ci.lower, -0.52978041352623217, 0, 1e-14);
	assert_near(ci.upper, 2.0297804135262321, 0, 1e-14);
	ci = mean_interval(b, 0.99, -10, 10);
	assert_near(ci.lower, 0.27231253420233686, 0, 1e-13);
	assert_near(ci.upper, 4.3876874657976632, 0, 1e-14);
}

static void
mean_test_table(void **state)
{
	static const double other_counts[] = {50, 100, 90, 120, 200, 260, 180};
	CxmTest             t;

	(void) state;

	/* R 4.2.2: t.test(rep(1:7, ces_counts), rep(1:7, other_counts)) */
	t = mean_test(mean_counts(ces_counts, 7, 1), mean_counts(other_counts, 7, 1), 0.95);
	assert_near(t.difference, 4.08 - 4.82, 1e-14, 0);
	assert_near(t.lower, -0.90157842663241494, 0, 1e-13);
	assert_near(t.upper, -0.57842157336758548, 0, 1e-13);
	assert_near(t.statistic, -8.9817546434402349, 0, 1e-13);
	assert_near(t.p_value, 6.0352143624388994e-19, 0, 1e-11);

	/* t.test(c(1, 2, 5), c(4, 4), conf.level = 0.9): one variance may be zero */
	t = mean_test((CxmMeanSample){8.0 / 3, 13.0 / 3, 3}, (CxmMeanSample){4, 0, 2}, 0.9);
	assert_near(t.lower, -4.8427192445269416, 0, 1e-13);
	assert_near(t.upper, 2.1760525778602751, 0, 1e-13);
	assert_near(t.statistic, -1.1094003924504583, 0, 1e-13);
	assert_near(t.p_value, 0.38278660015163235, 0, 1e-13);

	/* t.test(c(1, 3), c(2, 7)) */
	t = mean_test((CxmMeanSample){2, 2, 2}, (CxmMeanSample){4.5, 12.5, 2}, 0.95);
	assert_near(t.lower, -22.386331273708247, 0, 1e-13);
	assert_near(t.upper, 17.386331273708244, 0, 1e-13);
	assert_near(t.statistic, -0.92847669088525941, 0, 1e-13);
	assert_near(t.p_value, 0.49188526844981451, 0, 1e-13);

	/* Welch's formulas typed into R: effective and very large n */
	t = mean_test((CxmMeanSample){3.9, 1.7, 8.5}, (CxmMeanSample){3.1, 2.2, 12.25}, 0.95);
	assert_near(t.lower, -0.49666681009700708, 0, 1e-13);
	assert_near(t.upper, 2.0966668100970067, 0, 1e-13);
	assert_near(t.statistic, 1.2984689081284708, 0, 1e-13);
	assert_near(t.p_value, 0.21091024256075236, 0, 1e-13);
	t = mean_test((CxmMeanSample){4.2, 0.9, 1e15}, (CxmMeanSample){4.2000001, 1.1, 2e15}, 0.95);
	assert_near(t.lower, -1.7463320440186297e-07, 0, 1e-13);
	assert_near(t.upper, -2.5366794382642831e-08, 0, 1e-13);
	assert_near(t.statistic, -2.6261286412342302, 0, 1e-13);
	assert_near(t.p_value, 0.00863621716527933, 0, 1e-13);
}

/* What does not exist */

static void
without_variance(void **state)
{
	CxmMeanSample fives = {5, 0, 10};
	CxmMeanSample fours = {4, 0, 7};
	CxmTest       t;

	(void) state;
	t = mean_test(fives, fours, 0.95);
	assert_true(t.difference == 1 && t.lower == 1 && t.upper == 1);
	assert_true(isnan(t.statistic) && isnan(t.p_value));
	t = mean_test(fives, fives, 0.95);
	assert_true(t.difference == 0 && t.lower == 0 && t.upper == 0);
	assert_true(isnan(t.statistic) && isnan(t.p_value));

	t = net_test(net_counts(3, 0, 3), net_counts(0, 3, 3), 0.95, CXM_NET_WALD);
	assert_true(t.difference == 2 && t.lower == 2 && t.upper == 2);
	assert_true(isnan(t.statistic) && isnan(t.p_value));

	/* (3,T) always leaves some, however many answers are alike */
	for (int i = 0; i < 40; i++)
	{
		double n = pow(3, i);

		t = net_test((CxmNetSample){1, 0, n}, (CxmNetSample){0, 1, n}, 0.95, CXM_NET_ADJUSTED_WALD);
		assert_true(t.difference == 2 && t.lower <= t.upper && t.upper <= 2);
		assert_true(t.statistic > 0 && isfinite(t.statistic));
		assert_true(t.p_value >= 0 && t.p_value < 1);
	}

	/* the pooled share of 2^63 ones and a single zero is not 1 */
	t = share_test((CxmShareSample){1, 0x1p63}, (CxmShareSample){0, 1}, 0.95);
	assert_true(t.statistic > 0 && isfinite(t.statistic));
	t = share_test((CxmShareSample){1, 0x1p63}, (CxmShareSample){1, 1}, 0.95);
	assert_true(t.difference == 0 && isnan(t.statistic) && isnan(t.p_value));
}

/* An effective n barely above 1 spreads t to what is possible; without a bound that is infinite. */
static void
mean_test_barely_possible(void **state)
{
	const CxmMeanSample a = {4, 1, 1.0001};
	const CxmMeanSample b = {3, 0, 9};
	CxmTest             t;

	(void) state;
	assert_true(cxm_mean_test(&a, &b, 0.95, 6, &t));
	assert_true(t.lower == -6 && t.upper == 6);
	t = mean_test(a, b, 0.95);
	assert_true(t.difference == 1);
	assert_true(t.lower == -INFINITY && t.upper == INFINITY);
	assert_true(t.statistic > 0 && t.p_value > 0.99 && t.p_value < 1);
}

static void
refused(void **state)
{
	static const double  no_level[] = {-0.5, 0, 1, 1.5, 95, NAN};
	static const double  no_n[] = {-1, 0, NAN, INFINITY};
	static const double  no_mean_n[] = {-1, 0, 0.5, 1, NAN, INFINITY};
	static const double  no_share[] = {-0.1, 1.1, NAN, INFINITY};
	const CxmInterval    untouched = {-77, 77};
	const CxmTest        untouched_test = {-77, 77, -77, 77, -77, 77};
	const CxmNetSample   net = {0.5, 0.25, 8};
	const CxmShareSample share = {0.5, 8};
	const CxmMeanSample  mean = {3, 1, 8};
	CxmInterval          ci = untouched;
	CxmTest              test = untouched_test;

#define assert_net_refused(sample, level)                                           \
	do                                                                              \
	{                                                                               \
		CxmNetSample bad_ = (sample);                                               \
                                                                                    \
		for (size_t m_ = 0; m_ < LENGTH(net_methods); m_++)                         \
		{                                                                           \
			assert_false(cxm_net_interval(&bad_, level, net_methods[m_], &ci));     \
			assert_false(cxm_net_test(&bad_, &net, level, net_methods[m_], &test)); \
			assert_false(cxm_net_test(&net, &bad_, level, net_methods[m_], &test)); \
		}                                                                           \
	} while (0)
#define assert_share_refused(sample, level)                        \
	do                                                             \
	{                                                              \
		CxmShareSample bad_ = (sample);                            \
                                                                   \
		assert_false(cxm_share_interval(&bad_, level, &ci));       \
		assert_false(cxm_share_test(&bad_, &share, level, &test)); \
		assert_false(cxm_share_test(&share, &bad_, level, &test)); \
	} while (0)
#define assert_mean_refused(sample, level)                                 \
	do                                                                     \
	{                                                                      \
		CxmMeanSample bad_ = (sample);                                     \
                                                                           \
		assert_false(cxm_mean_interval(&bad_, level, 1, 5, &ci));          \
		assert_false(cxm_mean_test(&bad_, &mean, level, INFINITY, &test)); \
		assert_false(cxm_mean_test(&mean, &bad_, level, INFINITY, &test)); \
	} while (0)

	(void) state;
	for (size_t i = 0; i < LENGTH(no_level); i++)
	{
		assert_net_refused(net, no_level[i]);
		assert_share_refused(share, no_level[i]);
		assert_mean_refused(mean, no_level[i]);
	}
	for (size_t i = 0; i < LENGTH(no_n); i++)
	{
		assert_net_refused(((CxmNetSample){0.5, 0.25, no_n[i]}), 0.95);
		assert_share_refused(((CxmShareSample){0.5, no_n[i]}), 0.95);
	}
	for (size_t i = 0; i < LENGTH(no_share); i++)
	{
		assert_net_refused(((CxmNetSample){no_share[i], 0, 8}), 0.95);
		assert_net_refused(((CxmNetSample){0, no_share[i], 8}), 0.95);
		assert_share_refused(((CxmShareSample){no_share[i], 8}), 0.95);
	}
	assert_net_refused(((CxmNetSample){0.6, 0.5, 8}), 0.95);
	for (size_t i = 0; i < LENGTH(no_mean_n); i++)
		assert_mean_refused(((CxmMeanSample){3, 1, no_mean_n[i]}), 0.95);
	assert_mean_refused(((CxmMeanSample){3, NAN, 8}), 0.95);
	assert_mean_refused(((CxmMeanSample){3, -1, 8}), 0.95);
	assert_mean_refused(((CxmMeanSample){NAN, 1, 8}), 0.95);
	assert_false(cxm_mean_interval(&mean, 0.95, 5, 1, &ci));
	assert_false(cxm_net_test(&net, &net, 0.95, CXM_NET_SCORE, &test));

	assert_memory_equal(&ci, &untouched, sizeof(ci));
	assert_memory_equal(&test, &untouched_test, sizeof(test));
}

/* Laws over random samples */

/* 0 <= x < 1 */
static double
random_unit(void)
{
	return ldexp((double) (random_bits() >> 11), -53);
}

/* A few, some hundreds or up to 1e15 responses; every third time an effective number. */
static double
random_n(void)
{
	static const double magnitude[] = {3, 30, 1e3, 1e6, 1e15};
	double n = 1 + floor(pow(magnitude[random_bits() % LENGTH(magnitude)], random_unit()));

	return random_bits() % 3 == 0 ? n + random_unit() : n;
}

/* Whole counts, where n is whole; in one of four samples one kind of answer is missing. */
static CxmNetSample
random_net(void)
{
	double n = random_n();
	double whole = floor(n);
	double p = floor(random_unit() * (whole + 1));
	double d = floor(random_unit() * (whole - p + 1));

	switch (random_bits() % 8)
	{
		case 0:
			d = whole - p;
			break;
		case 1:
			p = 0;
			break;
		case 2:
			p = whole;
			d = 0;
			break;
		default:
			break;
	}
	if (random_bits() % 2)
		return (CxmNetSample){d / whole, p / whole, n};
	return (CxmNetSample){p / whole, d / whole, n};
}

static CxmShareSample
random_share(void)
{
	CxmNetSample s = random_net();

	return (CxmShareSample){s.favourable, s.n};
}

/* Answers 1 ... 5 of a random distribution. */
static CxmMeanSample
random_mean(void)
{
	double        counts[5];
	CxmMeanSample s;

	for (int i = 0; i < 5; i++)
		counts[i] = random_bits() % 3 ? floor(pow(1e4, random_unit())) : 0;
	counts[random_bits() % 5] += 2;
	s = mean_counts(counts, 5, 1);
	s.n += random_bits() % 2 ? random_unit() : 0;
	return s;
}

static CxmInterval
net_law_interval(CxmNetSample s, double level, int method)
{
	return net_interval(s, level, net_methods[method]);
}

/* For the one-sample laws a net score with its three methods, a share and a mean are one thing. */
enum
{
	SHARE = LENGTH(net_methods),
	MEAN,
	KINDS
};

typedef struct AnySample
{
	int            kind; /* index into net_methods, SHARE or MEAN */
	CxmNetSample   net;
	CxmShareSample share;
	CxmMeanSample  mean;
} AnySample;

static AnySample
random_any(int kind)
{
	return (AnySample){kind, random_net(), random_share(), random_mean()};
}

static CxmInterval
any_interval(const AnySample *s, double level)
{
	if (s->kind == MEAN)
		return mean_interval(s->mean, level, 1, 5);
	if (s->kind == SHARE)
		return share_interval(s->share, level);
	return net_law_interval(s->net, level, s->kind);
}

static AnySample
with_n_times(const AnySample *s, double factor)
{
	AnySample result = *s;

	result.net.n *= factor;
	result.share.n *= factor;
	result.mean.n *= factor;
	return result;
}

static void
law_inside_the_possible(void **state)
{
	static const double lowest[KINDS] = {-1, -1, -1, 0, 1};
	static const double highest[KINDS] = {1, 1, 1, 1, 5};

	(void) state;
	random_state = 1;
	for (int i = 0; i < 20000; i++)
	{
		AnySample   s = random_any(i % KINDS);
		CxmInterval ci = any_interval(&s, levels[random_bits() % LENGTH(levels)]);

		assert_true(lowest[s.kind] <= ci.lower);
		assert_true(ci.lower <= ci.upper);
		assert_true(ci.upper <= highest[s.kind]);
	}
}

/* All but the adjusted interval, which lies around the adjusted score. */
static void
law_contains_the_estimate(void **state)
{
	(void) state;
	random_state = 2;
	for (int i = 0; i < 20000; i++)
	{
		AnySample   s = random_any(i % KINDS);
		CxmInterval ci = any_interval(&s, levels[random_bits() % LENGTH(levels)]);
		double      estimate;

		if (s.kind == MEAN)
			estimate = s.mean.mean;
		else if (s.kind == SHARE)
			estimate = s.share.share;
		else
			estimate = s.net.favourable - s.net.unfavourable;
		if (s.kind < SHARE && net_methods[s.kind] == CXM_NET_ADJUSTED_WALD)
			estimate *= s.net.n / (s.net.n + 3);
		assert_true(ci.lower <= estimate + 1e-15 && estimate - 1e-15 <= ci.upper);
	}
}

static void
law_wider_at_higher_level(void **state)
{
	(void) state;
	random_state = 3;
	for (int i = 0; i < 20000; i++)
	{
		AnySample   s = random_any(i % KINDS);
		double      level = random_unit() * 0.9999 + 0.00001;
		CxmInterval narrow = any_interval(&s, level);
		CxmInterval wide = any_interval(&s, level + (1 - level) * random_unit() * 0.99);

		assert_true(wide.lower <= narrow.lower && narrow.upper <= wide.upper);
	}
}

static void
law_narrower_with_more_responses(void **state)
{
	(void) state;
	random_state = 4;
	for (int i = 0; i < 20000; i++)
	{
		AnySample   few = random_any(i % KINDS);
		AnySample   many = with_n_times(&few, 1 + 3 * random_unit());
		double      level = levels[random_bits() % LENGTH(levels)];
		CxmInterval of_few = any_interval(&few, level);
		CxmInterval of_many = any_interval(&many, level);

		assert_true(of_many.upper - of_many.lower <= of_few.upper - of_few.lower + 1e-15);
	}
}

/* Promoters for detractors, satisfied for dissatisfied: the mirror image, to the last bit. */
static void
law_symmetric(void **state)
{
	(void) state;
	random_state = 5;
	for (int i = 0; i < 20000; i++)
	{
		CxmNetSample   s = random_net();
		CxmNetSample   mirrored = {s.unfavourable, s.favourable, s.n};
		double         level = levels[random_bits() % LENGTH(levels)];
		CxmShareSample share = {s.favourable, s.n};
		CxmShareSample rest = {1 - s.favourable, s.n};
		CxmInterval    ci;
		CxmInterval    image;

		for (size_t m = 0; m < LENGTH(net_methods); m++)
		{
			ci = net_interval(s, level, net_methods[m]);
			image = net_interval(mirrored, level, net_methods[m]);
			assert_true(ci.lower == -image.upper && ci.upper == -image.lower);
		}
		ci = share_interval(share, level);
		image = share_interval(rest, level);
		assert_near(ci.lower, 1 - image.upper, 1e-15, 0);
		assert_near(ci.upper, 1 - image.lower, 1e-15, 0);
	}
}

static void
assert_opposite(CxmTest t, CxmTest image)
{
	assert_true(t.difference == -image.difference);
	/* a fused multiply-add rounds a b + c d otherwise than c d + a b */
	assert_near(t.lower, -image.upper, 1e-15, 1e-13);
	assert_near(t.upper, -image.lower, 1e-15, 1e-13);
	if (isnan(t.statistic))
	{
		assert_true(isnan(image.statistic) && isnan(t.p_value) && isnan(image.p_value));
		return;
	}
	assert_near(t.statistic, -image.statistic, 1e-8, 1e-13);
	assert_near(t.p_value, image.p_value, 1e-8, 0);
}

static void
law_tests_are_antisymmetric(void **state)
{
	(void) state;
	random_state = 6;
	for (int i = 0; i < 20000; i++)
	{
		double         level = levels[random_bits() % LENGTH(levels)];
		CxmNetMethod   method = i % 2 ? CXM_NET_WALD : CXM_NET_ADJUSTED_WALD;
		CxmNetSample   net_a = random_net();
		CxmNetSample   net_b = random_net();
		CxmShareSample share_a = random_share();
		CxmShareSample share_b = random_share();
		CxmMeanSample  mean_a = random_mean();
		CxmMeanSample  mean_b = random_mean();

		assert_opposite(net_test(net_a, net_b, level, method),
		                net_test(net_b, net_a, level, method));
		assert_opposite(share_test(share_a, share_b, level), share_test(share_b, share_a, level));
		assert_opposite(mean_test(mean_a, mean_b, level), mean_test(mean_b, mean_a, level));
	}
}

/* An interval at the level 1 - p ends at zero: interval and p-value come from one test. */
static void
assert_consistent(CxmTest t, double level)
{
	if (isnan(t.statistic) || fabs(t.p_value - (1 - level)) < 1e-9 * (1 - level))
		return;
	assert_true((t.p_value < 1 - level) == (t.lower > 0 || t.upper < 0));
}

static void
law_tests_agree_with_intervals(void **state)
{
	(void) state;
	random_state = 7;
	for (int i = 0; i < 20000; i++)
	{
		double       level = levels[random_bits() % LENGTH(levels)];
		CxmNetMethod method = i % 2 ? CXM_NET_WALD : CXM_NET_ADJUSTED_WALD;

		assert_consistent(net_test(random_net(), random_net(), level, method), level);
		assert_consistent(mean_test(random_mean(), random_mean(), level), level);
	}
}

/* Newcombe's interval lies around the difference and is no wider than its two sources together. */
static void
law_newcombe_interval(void **state)
{
	(void) state;
	random_state = 8;
	for (int i = 0; i < 20000; i++)
	{
		double         level = levels[random_bits() % LENGTH(levels)];
		CxmShareSample a = random_share();
		CxmShareSample b = random_share();
		CxmInterval    of_a = share_interval(a, level);
		CxmInterval    of_b = share_interval(b, level);
		CxmTest        t = share_test(a, b, level);

		assert_true(-1 <= t.lower && t.lower <= t.difference);
		assert_true(t.difference <= t.upper && t.upper <= 1);
		assert_true(of_a.lower - of_b.upper <= t.lower + 1e-15);
		assert_true(t.upper <= of_a.upper - of_b.lower + 1e-15);
	}
}

/* Both bounds of Wilson's interval solve n (p - x)^2 = z^2 x (1 - x). */
static void
law_wilson_inverts_its_test(void **state)
{
	const double z = 1.959963984540054;

	(void) state;
	random_state = 9;
	for (int i = 0; i < 20000; i++)
	{
		CxmShareSample s = random_share();
		CxmInterval    ci;

		s.n = fmod(s.n, 1e6) + 1;
		ci = share_interval(s, 0.95);
		assert_near((s.share - ci.lower) * sqrt(s.n), z * sqrt(ci.lower * (1 - ci.lower)), 1e-12,
		            0);
		assert_near((ci.upper - s.share) * sqrt(s.n), z * sqrt(ci.upper * (1 - ci.upper)), 1e-12,
		            0);
	}
}

/*
 * The variance under the restriction p - d = theta, from the log-likelihood itself,
 * p log(theta + q) + d log q + t log(1 - theta - 2 q): its derivative with respect to q falls, and
 * halving finds where it is zero.
 */
static double
likelihood_variance(double p, double d, double theta)
{
	double t = fmax(0, 1 - p - d);
	double low = fmax(0, -theta);
	double high = (1 - theta) / 2;

	for (int i = 0; i < 200; i++)
	{
		double q = (low + high) / 2;
		double slope = (p > 0 ? p / (theta + q) : 0) + (d > 0 ? d / q : 0) -
		               (t > 0 ? 2 * t / (1 - theta - 2 * q) : 0);

		if (slope > 0)
			low = q;
		else
			high = q;
	}
	return theta + 2 * low - theta * theta;
}

static void
assert_score_bound(CxmNetSample s, double bound, double z)
{
	double distance = s.favourable - s.unfavourable - bound;

	/* the bounds -1 and 1 of all detractors and all promoters have nothing to solve */
	if (distance != 0)
		assert_near(distance * distance * s.n,
		            z * z * likelihood_variance(s.favourable, s.unfavourable, bound), 1e-13, 1e-7);
}

static void
law_score_interval_inverts_its_test(void **state)
{
	const double z = 1.959963984540054;

	(void) state;
	random_state = 10;
	for (int i = 0; i < 20000; i++)
	{
		CxmNetSample s = random_net();
		CxmInterval  ci;

		s.favourable = round(s.favourable * 1000) / 1000;
		s.unfavourable = fmin(round(s.unfavourable * 1000) / 1000, 1 - s.favourable);
		s.n = fmod(s.n, 1e4) + 1;
		ci = net_interval(s, 0.95, CXM_NET_SCORE);
		assert_score_bound(s, ci.lower, z);
		assert_score_bound(s, ci.upper, z);
	}
}

/* With many responses the score interval and both Wald intervals are one. */
static void
law_net_methods_meet(void **state)
{
	(void) state;
	random_state = 11;
	for (int i = 0; i < 20000; i++)
	{
		CxmNetSample s = {0.1 + 0.4 * random_unit(), 0.1 + 0.4 * random_unit(), 1e12};
		double       level = levels[random_bits() % LENGTH(levels)];
		CxmInterval  score = net_interval(s, level, CXM_NET_SCORE);
		CxmInterval  wald = net_interval(s, level, CXM_NET_WALD);
		CxmInterval  adjusted = net_interval(s, level, CXM_NET_ADJUSTED_WALD);

		assert_near(score.lower, wald.lower, 1e-10, 0);
		assert_near(score.upper, wald.upper, 1e-10, 0);
		assert_near(adjusted.lower, wald.lower, 1e-11, 0);
		assert_near(adjusted.upper, wald.upper, 1e-11, 0);
	}
}

/* Kish's n: weights of 1, or any equal ones, change nothing; unequal ones widen the interval. */
static void
law_weights(void **state)
{
	(void) state;
	random_state = 12;
	for (int i = 0; i < 2000; i++)
	{
		int          n = 2 + (int) (random_bits() % 200);
		double       equal = i % 2 ? 1 : 0.01 + random_unit();
		double       counts[3] = {0, 0, 0}; /* detractors, passives, promoters */
		double       sum = 0;
		double       sum_of_squares = 0;
		double       unequal = 0;
		double       unequal_squares = 0;
		CxmNetSample plain;
		CxmNetSample weighted;
		CxmNetSample kish;

		for (int j = 0; j < n; j++)
		{
			double w = 0.01 + random_unit();

			counts[random_bits() % 3] += 1;
			sum += equal;
			sum_of_squares += equal * equal;
			unequal += w;
			unequal_squares += w * w;
		}
		plain = net_counts(counts[2], counts[0], n);
		weighted = (CxmNetSample){counts[2] * equal / sum, counts[0] * equal / sum,
		                          sum * sum / sum_of_squares};
		kish = (CxmNetSample){plain.favourable, plain.unfavourable,
		                      unequal * unequal / unequal_squares};
		for (size_t m = 0; m < LENGTH(net_methods); m++)
		{
			CxmInterval ci = net_interval(plain, 0.95, net_methods[m]);
			CxmInterval same = net_interval(weighted, 0.95, net_methods[m]);
			CxmInterval wider = net_interval(kish, 0.95, net_methods[m]);

			assert_near(same.lower, ci.lower, i % 2 ? 0 : 1e-12, 0);
			assert_near(same.upper, ci.upper, i % 2 ? 0 : 1e-12, 0);
			assert_true(kish.n <= n);
			assert_true(wider.upper - wider.lower >= ci.upper - ci.lower - 1e-15);
		}
	}
}

/* A level may be so low that z is zero. */
static void
lowest_level(void **state)
{
	const CxmNetSample  nets[] = {{0, 0, 7}, {1, 0, 7}, {0, 1, 7}, {0.5, 0.25, 8}};
	const CxmMeanSample mean = {3, 1, 8};
	CxmInterval         ci;

	(void) state;
	for (size_t i = 0; i < LENGTH(nets); i++)
	{
		double score = nets[i].favourable - nets[i].unfavourable;

		ci = net_interval(nets[i], 1e-300, CXM_NET_WALD);
		assert_true(ci.lower == score && ci.upper == score);
		ci = net_interval(nets[i], 1e-300, CXM_NET_SCORE);
		assert_true(ci.lower == score && ci.upper == score);
		ci = share_interval((CxmShareSample){nets[i].favourable, nets[i].n}, 1e-300);
		assert_true(ci.lower == nets[i].favourable && ci.upper == nets[i].favourable);
	}
	ci = mean_interval(mean, 1e-300, 1, 5);
	assert_true(ci.lower == 3 && ci.upper == 3);
}

/* Quotients of sums of weights can add up to a little more than 1. */
static void
shares_rounded_up(void **state)
{
	CxmNetSample s = {0.7 + 0x1p-52, 0.3, 1e6};
	CxmNetSample exact = {0.7, 0.3, 1e6};

	(void) state;
	assert_true(s.favourable + s.unfavourable > 1);
	for (size_t m = 0; m < LENGTH(net_methods); m++)
	{
		CxmInterval ci = net_interval(s, 0.95, net_methods[m]);
		CxmInterval expected = net_interval(exact, 0.95, net_methods[m]);

		assert_near(ci.lower, expected.lower, 1e-15, 0);
		assert_near(ci.upper, expected.upper, 1e-15, 0);
	}
}

/* Wald by hand; Wilson: the positive root of m^2 (n + z^2)^2 = z^2 (n p q + z^2 / 4) by scipy. */
static void
share_responses(void **state)
{
	static const struct
	{
		double share;
		double margin;
		double wald;
		double wilson;
	} table[] = {
	    {0.8, 0.05, 245.853365, 244.154061},
	    {0.5, 0.03, 1067.071895, 1063.230436},
	    {0.95, 0.02, 456.173235, 468.159361},
	    {1, 0.05, 0, 34.573129},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		double n = cxm_share_responses(table[i].share, table[i].margin, 0.95, CXM_SHARE_WILSON);
		CxmInterval interval = share_interval((CxmShareSample){table[i].share, n}, 0.95);

		assert_rounds_to(n, table[i].wilson, 6);
		assert_near((interval.upper - interval.lower) / 2, table[i].margin, 0, 1e-12);
		assert_rounds_to(cxm_share_responses(table[i].share, table[i].margin, 0.95, CXM_SHARE_WALD),
		                 table[i].wald, 6);
		assert_near(
		    cxm_share_responses(1 - table[i].share, table[i].margin, 0.95, CXM_SHARE_WILSON), n, 0,
		    1e-12);
	}
	assert_true(cxm_share_responses(0.5, 0.9, 0.5, CXM_SHARE_WILSON) == 0);
	assert_true(isnan(cxm_share_responses(1.5, 0.1, 0.95, CXM_SHARE_WALD)));
	assert_true(isnan(cxm_share_responses(0.5, 0, 0.95, CXM_SHARE_WALD)));
	assert_true(isnan(cxm_share_responses(0.5, NAN, 0.95, CXM_SHARE_WILSON)));
	assert_true(isnan(cxm_share_responses(0.5, 0.1, 1, CXM_SHARE_WALD)));
}

/* Many samples */

/* R 4.2.2: prop.test() of the smokers that its help page has, 12.6 with p = 0.005585. */
static void
share_groups_published(void **state)
{
	CxmShareSample smokers[] = {share_counts(83, 86), share_counts(90, 93), share_counts(129, 136),
	                            share_counts(70, 82)};
	CxmGroupsTest  t;

	(void) state;
	assert_true(cxm_share_groups_test(smokers, 4, &t));
	assert_rounds_to(t.statistic, 12.6, 1);
	assert_near(t.statistic, 12.600411297127639, 0, 1e-13);
	assert_rounds_to(t.p_value, 0.005585, 6);
	assert_near(t.p_value, 0.00558547666162702, 0, 1e-12);
	assert_true(t.df == 3 && isnan(t.residual_df));

	/* nobody says no */
	smokers[0] = smokers[1] = share_counts(3, 3);
	assert_true(cxm_share_groups_test(smokers, 2, &t));
	assert_true(t.df == 1 && isnan(t.statistic) && isnan(t.p_value));
	assert_false(cxm_share_groups_test(smokers, 1, &t));
	smokers[1].n = 0;
	assert_false(cxm_share_groups_test(smokers, 2, &t));
}

/* R 4.2.2: oneway.test() of answers 1 ... 7; the scores as formulas. */
static void
groups_tables(void **state)
{
	static const double counts[][7] = {{80, 210, 140, 110, 160, 180, 120},
	                                   {10, 20, 30, 40, 50, 60, 70},
	                                   {5, 5, 5, 5, 5, 5, 6},
	                                   {0, 0, 3, 4, 0, 1, 0}};
	CxmNetSample        nets[] = {net_counts(120, 60, 300), net_counts(150, 45, 300),
	                              net_counts(74, 4, 90), net_counts(1, 0, 2)};
	CxmMeanSample       means[4];
	CxmGroupsTest       t;

	(void) state;
	for (int i = 0; i < 4; i++)
		means[i] = mean_counts(counts[i], 7, 1);
	assert_true(cxm_mean_groups_test(means, 4, &t));
	assert_near(t.statistic, 19.3653714952887, 0, 1e-13);
	assert_near(t.residual_df, 30.0652728183960, 0, 1e-13);
	assert_near(t.p_value, 3.50277213410834e-07, 0, 1e-11);
	assert_true(t.df == 3);
	for (int i = 0; i < 4; i++)
		means[i] = cxm_net_adjusted(&nets[i]);
	assert_true(cxm_net_groups_test(means, 4, &t));
	assert_near(t.statistic, 63.7245580892509, 0, 1e-13);
	assert_near(t.p_value, 9.40032931288588e-14, 0, 1e-11);
	assert_true(t.df == 3 && isnan(t.residual_df));

	nets[0].n = 0;
	means[0] = cxm_net_adjusted(&nets[0]);
	assert_false(cxm_net_groups_test(means, 4, &t));
	means[0] = (CxmMeanSample){3, NAN, 1};
	assert_false(cxm_mean_groups_test(means, 4, &t));
	assert_false(cxm_mean_groups_test(means + 1, 1, &t));
	means[0] = means[1] = (CxmMeanSample){3, 0, 5};
	assert_true(cxm_mean_groups_test(means, 4, &t));
	assert_true(isnan(t.statistic) && isnan(t.residual_df) && isnan(t.p_value));
}

/* The tests of two samples are those of many. */
static void
law_two_groups(void **state)
{
	(void) state;
	random_state = 13;
	for (int i = 0; i < 20000; i++)
	{
		CxmNetSample   nets[2] = {random_net(), random_net()};
		CxmShareSample shares[2] = {{nets[0].favourable, nets[0].n},
		                            {nets[1].favourable, nets[1].n}};
		CxmMeanSample  means[2] = {cxm_net_adjusted(&nets[0]), cxm_net_adjusted(&nets[1])};
		CxmGroupsTest  many;
		CxmTest        two = net_test(nets[0], nets[1], 0.95, CXM_NET_ADJUSTED_WALD);

		assert_true(cxm_net_groups_test(means, 2, &many));
		assert_near(many.statistic, two.statistic * two.statistic, 1e-14, 1e-6);
		two = mean_test(means[0], means[1], 0.95);
		assert_true(cxm_mean_groups_test(means, 2, &many));
		assert_near(many.statistic, two.statistic * two.statistic, 1e-14, 1e-6);
		two = share_test(shares[0], shares[1], 0.95);
		assert_true(cxm_share_groups_test(shares, 2, &many));
		if (isnan(two.statistic))
			assert_true(isnan(many.statistic));
		else
			assert_near(many.statistic, two.statistic * two.statistic, 1e-14, 1e-6);
	}
}

/* By a search one by one in Python: qt(0.975, n - 1) 1.2 / sqrt(n) <= 0.1 for the mean. */
static void
responses_table(void **state)
{
	static const struct
	{
		CxmNetSample s;
		double       margin;
		double       needed;
	} table[] = {
	    {{0.4, 0.2, 1}, 0.05, 858}, {{0.5, 1.0 / 6, 1}, 0.05, 851}, {{0.5, 0.5, 1}, 0.03, 4264},
	    {{1, 0, 1}, 0.05, 80},      {{0, 1, 1}, 0.05, 80},          {{0.5, 0.5, 1}, 2, 1},
	};
	CxmMeanSample mean = {4, 1.44, 9};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_true(cxm_net_responses(&table[i].s, table[i].margin, 0.95) == table[i].needed);
	assert_true(cxm_mean_responses(&mean, 0.1, 0.95) == 556);
	assert_true(cxm_mean_responses(&mean, 100, 0.95) == 2);
	mean.variance = 0;
	assert_true(cxm_mean_responses(&mean, 0.1, 0.95) == 2);
	assert_true(cxm_net_responses(&table[0].s, 1e-20, 0.95) == INFINITY);
	assert_true(isnan(cxm_net_responses(&table[0].s, 0, 0.95)));
	assert_true(isnan(cxm_net_responses(&table[0].s, NAN, 0.95)));
	assert_true(isnan(cxm_net_responses(&table[0].s, 0.1, 1)));
	mean.n = 1;
	assert_true(isnan(cxm_mean_responses(&mean, 0.1, 0.95)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(net_wald_published),
	    cmocka_unit_test(net_wald_table),
	    cmocka_unit_test(net_score_published),
	    cmocka_unit_test(net_score_table),
	    cmocka_unit_test(net_score_all_alike),
	    cmocka_unit_test(net_test_published),
	    cmocka_unit_test(net_test_table),
	    cmocka_unit_test(share_interval_table),
	    cmocka_unit_test(share_interval_ends),
	    cmocka_unit_test(share_interval_of_many),
	    cmocka_unit_test(share_test_table),
	    cmocka_unit_test(share_responses),
	    cmocka_unit_test(ces_published),
	    cmocka_unit_test(mean_interval_table),
	    cmocka_unit_test(mean_test_published),
	    cmocka_unit_test(mean_test_table),
	    cmocka_unit_test(without_variance),
	    cmocka_unit_test(mean_test_barely_possible),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(law_inside_the_possible),
	    cmocka_unit_test(law_contains_the_estimate),
	    cmocka_unit_test(law_wider_at_higher_level),
	    cmocka_unit_test(law_narrower_with_more_responses),
	    cmocka_unit_test(law_symmetric),
	    cmocka_unit_test(law_tests_are_antisymmetric),
	    cmocka_unit_test(law_tests_agree_with_intervals),
	    cmocka_unit_test(law_newcombe_interval),
	    cmocka_unit_test(law_wilson_inverts_its_test),
	    cmocka_unit_test(law_score_interval_inverts_its_test),
	    cmocka_unit_test(law_net_methods_meet),
	    cmocka_unit_test(law_weights),
	    cmocka_unit_test(lowest_level),
	    cmocka_unit_test(shares_rounded_up),
	    cmocka_unit_test(share_groups_published),
	    cmocka_unit_test(groups_tables),
	    cmocka_unit_test(law_two_groups),
	    cmocka_unit_test(responses_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
