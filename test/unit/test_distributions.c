/*
 * test_distributions.c
 *		Distributions against tables, closed forms and each other.
 *
 * The long tables were computed with mpmath 1.3.0 at 50 digits, for the doubles that the literals
 * stand for.  qnorm() and qt() of R 4.2.2 agree with them to 5e-16 and 4e-14.
 */
#include "distributions.h"
#include "near.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* start, start * factor, start * factor^2 ... */
static double
geometric(double start, double factor, int i)
{
	return start * pow(factor, i);
}

static void
normal_quantile_table(void **state)
{
	/* z with erfc(-z / sqrt(2)) / 2 = p */
	static const struct
	{
		double p;
		double z;
	} table[] = {
	    {1e-300, -37.047096299361199},   {1e-100, -21.273453560965324},
	    {1e-20, -9.2623400897984076},    {1e-12, -7.0344838253011319},
	    {1e-6, -4.753424308822899},      {0.001, -3.0902323061678135},
	    {0.025, -1.9599639845400542},    {0.1, -1.2815515655446004},
	    {0.25, -0.67448975019608174},    {0.4, -0.25334710313579974},
	    {0.501, 2.5066308995717662e-3},  {0.75, 0.67448975019608174},
	    {0.9, 1.2815515655446006},       {0.95, 1.6448536269514723},
	    {0.975, 1.9599639845400539},     {0.995, 2.5758293035489005},
	    {0.9995, 3.2905267314919258},    {1 - 1e-6, 4.7534243088170878},
	    {1 - 1e-12, 7.0344869100478352},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_near(cxm_normal_quantile(table[i].p), table[i].z, 0, 1e-15);
}

static void
normal_two_sided_table(void **state)
{
	/* erfc(z / sqrt(2)) */
	static const struct
	{
		double z;
		double p;
	} table[] = {
	    {0, 1},
	    {1e-9, 0.99999999920211544},
	    {0.5, 0.61707507745197379},
	    {1, 0.3173105078629141},
	    {1.96, 0.049995790296440872},
	    {2.4914, 0.012724077978501001},
	    {5, 5.7330314375838782e-7},
	    {10, 1.5239706048321052e-23},
	    {37, 1.1451142445049154e-299},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		assert_near(cxm_normal_two_sided(table[i].z), table[i].p, 0, 2e-13);
		assert_near(cxm_normal_two_sided(-table[i].z), table[i].p, 0, 2e-13);
	}
}

static void
student_quantile_table(void **state)
{
	static const double dfs[] = {1, 1.5, 2, 5, 30, 1e6};
	/* t with I_x(df/2, 1/2) = 2 min(p, 1 - p), x = df / (df + t^2) */
	static const struct
	{
		double p;
		double t[6];
	} table[] = {
	    {1e-12,
	     {-318309886183.79068, -52194694.273446355, -707106.78118548687, -393.95695957760377,
	      -11.397217523311411, -7.0345726084112566}},
	    {1e-6,
	     {-318309.88618274349, -5219.469324706946, -707.10572052593382, -24.771029720515944,
	      -5.8711171204188827, -4.7534523482796808}},
	    {0.001,
	     {-318.30883898555044, -52.184430008992647, -22.327124770119875, -5.8934295313560101,
	      -3.3851848668293051, -3.0902404563165196}},
	    {0.025,
	     {-12.706204736174704, -6.0166631044279317, -4.3026527297494637, -2.5705818356363155,
	      -2.0422724563012383, -1.959966356814107}},
	    {0.1,
	     {-3.0776835371752532, -2.1963984175655373, -1.8856180831641267, -1.475884048824481,
	      -1.3104150253913955, -1.2815524121299384}},
	    {0.25,
	     {-1.0, -0.87259466254157064, -0.81649658092772603, -0.72668684380042265,
	      -0.68275569332129255, -0.67448999553108738}},
	    {0.4,
	     {-0.32491969623290625, -0.30074539256979535, -0.28867513459481282, -0.26718086570414507,
	      -0.25560536495191271, -0.25334717053784162}},
	    {0.501,
	     {3.1416029890561589e-3, 2.9348392372056881e-3, 2.8284327816174127e-3, 2.634309180336605e-3,
	      2.5276030072151389e-3, 2.5066315262335069e-3}},
	    {0.75,
	     {1.0, 0.87259466254157064, 0.81649658092772603, 0.72668684380042265, 0.68275569332129255,
	      0.67448999553108738}},
	    {0.9,
	     {3.0776835371752541, 2.1963984175655378, 1.885618083164127, 1.4758840488244813,
	      1.3104150253913957, 1.2815524121299386}},
	    {0.95,
	     {6.3137515146750374, 3.7051808200967493, 2.9199855803537242, 2.0150483733330235,
	      1.6972608865939574, 1.6448551507220401}},
	    {0.975,
	     {12.706204736174693, 6.0166631044279283, 4.3026527297494618, 2.5705818356363148,
	      2.0422724563012379, 1.9599663568141067}},
	    {0.995,
	     {63.656741162871524, 17.820310514462797, 9.9248432009182886, 4.0321429835552272,
	      2.749995653567225, 2.5758342201053338}},
	    {0.9995,
	     {636.61924876878973, 82.847446703663696, 31.599054576445363, 6.8688266258812751,
	      3.6459586350420628, 3.2905364612487221}},
	    {1 - 1e-6,
	     {318309.88617359026, 5219.4693246068863, 707.10572051576712, 24.771029720372489,
	      5.8711171204086238, 4.7534523482738695}},
	    {1 - 1e-12,
	     {318316927901.77965, 52195464.045249298, 707114.60252440793, 393.95870264999018,
	      11.397227795416011, 7.0345756932732173}},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
		for (size_t j = 0; j < LENGTH(dfs); j++)
			assert_near(cxm_student_quantile(table[i].p, dfs[j]), table[i].t[j], 0, 2e-14);
}

static void
student_two_sided_table(void **state)
{
	static const struct
	{
		double t;
		double df;
		double p;
	} table[] = {
	    {0.001, 1, 0.99936338043983888},
	    {0.5, 1, 0.70483276469913345},
	    {1, 1, 0.5},
	    {12.7, 1, 0.05002432768934416},
	    {1e9, 1, 6.3661977236758134e-10},
	    {0.7, 1.5, 0.57643824088268664},
	    {3.2, 1.5, 0.12238119386288108},
	    {2.5, 2, 0.12961172022151081},
	    {1e6, 2, 9.999999999985e-13},
	    {0.3, 5, 0.77624904226327447},
	    {2, 5, 0.10193947882985836},
	    {40, 5, 1.8411962171772954e-7},
	    {1, 30, 0.32530861542602989},
	    {2.042, 30, 0.050028670656197901},
	    {9, 30, 5.0148319161478786e-10},
	    {1.96, 1e6, 0.049996067585269791},
	    {7, 1e6, 2.5612241113740789e-12},
	    {1.96, 0.5, 0.44972297773837915},
	    {2.5, 17.776, 0.02244460055051538},
	    {1.96, 0x1p63, 0.049995790296440872},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
	{
		assert_near(cxm_student_two_sided(table[i].t, table[i].df), table[i].p, 0, 1e-13);
		assert_near(cxm_student_two_sided(-table[i].t, table[i].df), table[i].p, 0, 1e-13);
	}
}

/* The column for 95 % of the t table that stands in every textbook. */
static void
student_textbook_table(void **state)
{
	static const struct
	{
		double df;
		double t;
	} table[] = {
	    {1, 12.706}, {2, 4.303},  {3, 3.182},  {4, 2.776},   {5, 2.571},   {10, 2.228},
	    {20, 2.086}, {30, 2.042}, {60, 2.000}, {120, 1.980}, {1e9, 1.960},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_rounds_to(cxm_student_quantile(0.975, table[i].df), table[i].t, 3);
}

/* One and two degrees of freedom have elementary quantiles. */
static void
student_closed_forms(void **state)
{
	const double pi = 3.14159265358979323846;

	(void) state;
	for (int i = 0; i < 185; i++)
	{
		double p = geometric(1e-15, 1.2, i);

		assert_near(cxm_student_quantile(p, 1), -1 / tan(pi * p), 0, 1e-13);
		assert_near(cxm_student_quantile(p, 2), (2 * p - 1) / sqrt(2 * p * (1 - p)), 0, 1e-13);
	}
}

static void
quantiles_invert_probabilities(void **state)
{
	(void) state;
	for (int i = 0; i < 129; i++)
	{
		double p = geometric(1e-15, 1.3, i);

		assert_near(cxm_normal_two_sided(cxm_normal_quantile(p)), 2 * p, 0, 1e-13);
		for (int j = 0; j < 36; j++)
		{
			double df = geometric(0.1, 3.7, j);

			assert_near(cxm_student_two_sided(cxm_student_quantile(p, df), df), 2 * p, 0, 1e-13);
		}
	}
}

/* Around the median a quantile is (p - 1/2) / density, whose relative accuracy must not be lost. */
static void
quantiles_near_the_median(void **state)
{
	const double pi = 3.14159265358979323846;

	(void) state;
	for (int i = 0; i < 22; i++)
	{
		double q = geometric(0x1p-50, 4, i);

		assert_near(cxm_normal_quantile(0.5 + q), sqrt(2 * pi) * q, 0, 1e-14 + 6 * q * q);
		assert_near(cxm_student_quantile(0.5 + q, 1), pi * q, 0, 1e-14 + 4 * q * q);
	}
}

static void
quantiles_are_symmetric(void **state)
{
	(void) state;
	for (int i = 0; i < 122; i++)
	{
		double p = 1 - geometric(0x1p-40, 1.25, i);

		assert_true(cxm_normal_quantile(p) == -cxm_normal_quantile(1 - p));
		for (int j = 0; j < 14; j++)
		{
			double df = geometric(0.25, 8, j);

			assert_true(cxm_student_quantile(p, df) == -cxm_student_quantile(1 - p, df));
		}
	}
}

/* Fewer degrees of freedom have heavier tails; without end they are the normal distribution. */
static void
student_tends_to_normal(void **state)
{
	(void) state;
	for (int i = 0; i < 39; i++)
	{
		double p = 0.501 + 0.0131 * i;
		double before = INFINITY;

		for (int j = 0; j < 34; j++)
		{
			double t = cxm_student_quantile(p, geometric(0.01, 2.3, j));

			assert_true(t < before || (isinf(t) && isinf(before)));
			before = t;
		}
		assert_true(before > cxm_normal_quantile(p));
		assert_near(cxm_student_quantile(p, 0x1p63), cxm_normal_quantile(p), 0, 1e-14);
		assert_near(cxm_student_quantile(p, 1e100), cxm_normal_quantile(p), 0, 1e-14);
	}
}

static void
student_probability_falls_with_t(void **state)
{
	(void) state;
	for (int i = 0; i < 59; i++)
	{
		double df = geometric(0.01, 2.3, i);
		double before = 1;

		for (int j = 0; j < 1388; j++)
		{
			double p = cxm_student_two_sided(geometric(1e-3, 1.01, j), df);

			assert_true(p < before || (p == 0 && before == 0));
			before = p;
		}
	}
}

static void
ends_and_nonsense(void **state)
{
	static const double no_p[] = {-1, 0, 1, 2, NAN, INFINITY};
	static const double no_df[] = {-1, 0, NAN, INFINITY};

	(void) state;
	assert_true(cxm_normal_quantile(0.5) == 0);
	assert_true(cxm_normal_two_sided(INFINITY) == 0);
	assert_true(isnan(cxm_normal_two_sided(NAN)));
	assert_true(cxm_student_quantile(0.5, 3) == 0);
	assert_true(cxm_student_two_sided(0, 3) == 1);
	assert_true(cxm_student_two_sided(INFINITY, 3) == 0);
	assert_true(cxm_student_two_sided(-INFINITY, 3) == 0);
	assert_true(isnan(cxm_student_two_sided(NAN, 3)));
	for (size_t i = 0; i < LENGTH(no_p); i++)
	{
		assert_true(isnan(cxm_normal_quantile(no_p[i])));
		assert_true(isnan(cxm_student_quantile(no_p[i], 3)));
	}
	for (size_t i = 0; i < LENGTH(no_df); i++)
	{
		assert_true(isnan(cxm_student_quantile(0.9, no_df[i])));
		assert_true(isnan(cxm_student_two_sided(1, no_df[i])));
	}

	/* (0.05)^(-1/df) is out of range; a huge t is not */
	assert_true(cxm_student_quantile(0.975, 0.001) == INFINITY);
	assert_true(cxm_student_quantile(0.025, 0.001) == -INFINITY);
	assert_near(cxm_student_two_sided(1e300, 0.001), 0.49911330654350476, 0, 1e-12);
}

/* mpmath, the last two Boost: x with I_x(a, b) = p */
static void
beta_quantile_table(void **state)
{
	static const struct
	{
		double p;
		double a;
		double b;
		double x;
	} table[] = {
	    {0.025, 17.5, 3.25, 0.66341027168348371},
	    {0.025, 25, 5, 0.68335939056086236},
	    {0.5, 0.5, 0.5, 0.5},
	    {0.025, 0.5, 0.5, 0.0015413331334360121},
	    {0.005, 1, 1, 0.0050000000000000001},
	    {0.05, 2, 1, 0.22360679774997898},
	    {1e-06, 300, 20, 0.85397757827983096},
	    {0.025, 0.01, 5, 7.8036017356293959e-162},
	    {0.25, 1000, 3000, 0.24535949798879669},
	    {0.025, 123456, 7654, 0.940346080854895},
	    {0.005, 3, 1000000.0, 3.3786299378909e-07},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_near(cxm_beta_quantile(table[i].p, table[i].a, table[i].b), table[i].x, 0, 1e-12);
}

/* I_x(a, 1) = x^a, I_x(1, b) = 1 - (1 - x)^b, and the median of equals is in the middle. */
static void
beta_closed_forms(void **state)
{
	(void) state;
	for (int i = 0; i < 60; i++)
	{
		double a = geometric(1e-3, 1.4, i);

		for (double p = 1e-12; p <= 0.5; p *= 7)
		{
			assert_near(cxm_beta_quantile(p, a, 1), pow(p, 1 / a), 1e-300, 1e-12);
			assert_near(cxm_beta_quantile(p, 1, a), -expm1(log1p(-p) / a), 0, 1e-12);
		}
		assert_near(cxm_beta_quantile(0.5, a, a), 0.5, 0, 1e-11);
	}
}

static void
beta_ends_and_nonsense(void **state)
{
	(void) state;
	assert_true(cxm_beta_quantile(0.025, 1e-9, 5) == 0);
	assert_near(cxm_beta_quantile(0.025, 5, 1e-9), 1, 0, 0);
	assert_true(isnan(cxm_beta_quantile(0, 1, 1)));
	assert_true(isnan(cxm_beta_quantile(0.6, 1, 1)));
	assert_true(isnan(cxm_beta_quantile(0.1, 0, 1)));
	assert_true(isnan(cxm_beta_quantile(0.1, 1, -1)));
	assert_true(isnan(cxm_beta_quantile(0.1, INFINITY, 1)));
	assert_true(isnan(cxm_beta_quantile(NAN, 1, 1)));
}

static void
chi_squared_table(void **state)
{
	static const struct
	{
		double x;
		double df;
		double upper;
	} table[] = {
	    {0.001, 3.0, 0.99999159208094195},
	    {0.5, 1.0, 0.47950012218695346},
	    {3.0, 3.0, 0.39162517627108896},
	    {40.0, 10.0, 1.6944743930067384e-5},
	    {2000.0, 1900.0, 0.05420667388901861},
	    {50.0, 2.5, 3.4594128312796142e-11},
	    {200.0, 3.0, 4.2185411071920423e-43},
	    {1000.0, 3.0, 1.7994208765314477e-216},
	    {9000.0, 9999.0, 0.99999999999986603},
	    {10300.0, 9999.0, 0.017334231854316551},
	    {9.9999999999999995e-7, 1.0, 0.99920211557217787},
	    {700.0, 2.0, 9.9295903962649793e-153},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_near(cxm_chi_squared_upper(table[i].x, table[i].df), table[i].upper, 0, 1e-11);

	/* two degrees of freedom are an exponential distribution, and one is a normal one, squared */
	for (int i = 0; i < 60; i++)
	{
		double x = geometric(1e-6, 1.4, i);

		assert_near(cxm_chi_squared_upper(x, 2), exp(-x / 2), 0, 1e-12);
		assert_near(cxm_chi_squared_upper(x, 1), cxm_normal_two_sided(sqrt(x)), 0, 1e-12);
	}
	assert_true(cxm_chi_squared_upper(0, 3) == 1);
	assert_true(cxm_chi_squared_upper(INFINITY, 3) == 0);
	assert_true(isnan(cxm_chi_squared_upper(-1, 3)) && isnan(cxm_chi_squared_upper(NAN, 3)) &&
	            isnan(cxm_chi_squared_upper(1, 0)) && isnan(cxm_chi_squared_upper(1, INFINITY)));
}

static void
fisher_table(void **state)
{
	static const struct
	{
		double f;
		double df;
		double residual_df;
		double upper;
	} table[] = {
	    {0.10000000000000001, 3.0, 50.5, 0.95964279534917404},
	    {1.01, 5000.0, 4000.5, 0.37051168319689231},
	    {40.0, 3.0, 50.5, 2.2089612484196037e-13},
	    {7.5, 1.0, 2.2, 0.10054074526271148},
	    {300.0, 2.0, 11.0, 2.5376581178701823e-10},
	    {2.2000000000000002, 60.0, 7.0, 0.13680002996060409},
	    {19.5, 3.0, 30.25, 3.1554866826276099e-7},
	    {9.9999999999999995e-7, 4.0, 9.0, 0.99999999999755556},
	    {1000000.0, 2.0, 3.0, 1.837113173581193e-9},
	    {1.0, 1.0, 1.0, 0.5},
	};

	(void) state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_near(cxm_fisher_upper(table[i].f, table[i].df, table[i].residual_df), table[i].upper,
		            0, 1e-11);

	/* with one degree of freedom it is Student's t, squared; with many for the rest, chi-squared */
	for (int i = 0; i < 60; i++)
	{
		double f = geometric(1e-6, 1.4, i);

		assert_near(cxm_fisher_upper(f, 1, 7.5), cxm_student_two_sided(sqrt(f), 7.5), 0, 1e-12);
		if (f < 100)
			assert_near(cxm_fisher_upper(f, 2, 1e9), cxm_chi_squared_upper(2 * f, 2), 0, 1e-4);
	}
	assert_true(cxm_fisher_upper(0, 3, 4) == 1);
	assert_true(cxm_fisher_upper(INFINITY, 3, 4) == 0);
	assert_true(isnan(cxm_fisher_upper(-1, 3, 4)) && isnan(cxm_fisher_upper(NAN, 3, 4)) &&
	            isnan(cxm_fisher_upper(1, 0, 4)) && isnan(cxm_fisher_upper(1, 3, NAN)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(normal_quantile_table),
	    cmocka_unit_test(normal_two_sided_table),
	    cmocka_unit_test(student_quantile_table),
	    cmocka_unit_test(student_two_sided_table),
	    cmocka_unit_test(student_textbook_table),
	    cmocka_unit_test(student_closed_forms),
	    cmocka_unit_test(quantiles_invert_probabilities),
	    cmocka_unit_test(quantiles_near_the_median),
	    cmocka_unit_test(quantiles_are_symmetric),
	    cmocka_unit_test(student_tends_to_normal),
	    cmocka_unit_test(student_probability_falls_with_t),
	    cmocka_unit_test(ends_and_nonsense),
	    cmocka_unit_test(beta_quantile_table),
	    cmocka_unit_test(beta_closed_forms),
	    cmocka_unit_test(beta_ends_and_nonsense),
	    cmocka_unit_test(chi_squared_table),
	    cmocka_unit_test(fisher_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
