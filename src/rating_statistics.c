/*
 * rating_statistics.c
 *		Interval estimates of ratings, and tests of one summary against another.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"

#include "core/rating_statistics.h"
#include "rating_summary.h"

static CxmNetMethod
method_arg(FunctionCallInfo fcinfo, int argno)
{
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(argno));

	if (strcmp(name, "adjusted_wald") == 0)
		return CXM_NET_ADJUSTED_WALD;
	if (strcmp(name, "wald") == 0)
		return CXM_NET_WALD;
	if (strcmp(name, "score") == 0)
		return CXM_NET_SCORE;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown method \"%s\"", name),
	                errhint("The methods are adjusted_wald, wald and score.")));
}

/* The samples, as the statistics see them. */

static double
nps_points(const RatingView *view)
{
	return rating_points(view, RATING_FIRST_PROMOTER, RATING_FIRST_PASSIVE - 1);
}

static CxmNetSample
nps_sample(const RatingView *view, const char *figure)
{
	CxmNetSample sample;

	rating_check_nps_scale(view, figure);
	sample.favourable = rating_share(view, RATING_FIRST_PROMOTER, view->scale.top);
	sample.unfavourable = rating_share(view, 0, RATING_FIRST_PASSIVE - 1);
	sample.n = rating_moments(view).n;
	return sample;
}

/* From which rank one is satisfied; the argument may be NULL, for the usual one. */
static int
satisfied_arg(FunctionCallInfo fcinfo, int argno, const RatingView *view)
{
	return PG_ARGISNULL(argno) ? rating_satisfied_rank(view->scale)
	                           : rating_rank_arg(fcinfo, argno, view->scale);
}

static CxmShareSample
csat_sample(const RatingView *view, int satisfied)
{
	CxmShareSample sample;

	sample.share = rating_share(view, satisfied, view->scale.top);
	sample.n = rating_moments(view).n;
	return sample;
}

static CxmMeanSample
ces_sample(const RatingView *view)
{
	RatingMoments moments = rating_moments(view);

	return (CxmMeanSample){moments.mean, moments.variance, moments.n};
}

/* The intervals on the scale of their metric; false where there is none. */

static bool
nps_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	RatingView   view = rating_arg(fcinfo, 0);
	double       level = cxm_level_arg(fcinfo, 1);
	CxmNetMethod method = method_arg(fcinfo, 2);
	CxmNetSample sample = nps_sample(&view, "nps");

	if (!cxm_net_interval(&sample, level, method, interval))
		return false;
	interval->lower *= 100;
	interval->upper *= 100;
	return true;
}

/* Not strict, for the sake of satisfied_from. */
static bool
csat_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	RatingView     view;
	double         level;
	CxmShareSample sample;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return false;
	view = rating_arg(fcinfo, 0);
	level = cxm_level_arg(fcinfo, 1);
	sample = csat_sample(&view, satisfied_arg(fcinfo, 2, &view));
	if (!cxm_share_interval(&sample, level, interval))
		return false;
	interval->lower *= 100;
	interval->upper *= 100;
	return true;
}

static bool
ces_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	RatingView    view = rating_arg(fcinfo, 0);
	double        level = cxm_level_arg(fcinfo, 1);
	CxmMeanSample sample = ces_sample(&view);
	double        lowest = view.scale.low;

	return cxm_mean_interval(&sample, level, lowest, lowest + view.scale.top, interval);
}

static Datum
interval_record(FunctionCallInfo fcinfo, bool found, const CxmInterval *interval)
{
	double bounds[2];

	if (!found)
		PG_RETURN_NULL();
	bounds[0] = interval->lower;
	bounds[1] = interval->upper;
	return cxm_record_of_doubles(fcinfo, bounds, lengthof(bounds));
}

/* Each interval is to be had as a record, and each of its bounds alone. */
#define INTERVAL_FUNCTIONS(metric)                                                              \
	PG_FUNCTION_INFO_V1(rating_##metric##_interval);                                            \
	Datum rating_##metric##_interval(PG_FUNCTION_ARGS)                                          \
	{                                                                                           \
		CxmInterval interval;                                                                   \
		bool        found = metric##_interval(fcinfo, &interval);                               \
                                                                                                \
		return interval_record(fcinfo, found, &interval);                                       \
	}                                                                                           \
                                                                                                \
	PG_FUNCTION_INFO_V1(rating_##metric##_lower);                                               \
	Datum rating_##metric##_lower(PG_FUNCTION_ARGS)                                             \
	{                                                                                           \
		CxmInterval interval;                                                                   \
                                                                                                \
		CXM_RETURN_FLOAT8_OR_NULL(metric##_interval(fcinfo, &interval) ? interval.lower : NAN); \
	}                                                                                           \
                                                                                                \
	PG_FUNCTION_INFO_V1(rating_##metric##_upper);                                               \
	Datum rating_##metric##_upper(PG_FUNCTION_ARGS)                                             \
	{                                                                                           \
		CxmInterval interval;                                                                   \
                                                                                                \
		CXM_RETURN_FLOAT8_OR_NULL(metric##_interval(fcinfo, &interval) ? interval.upper : NAN); \
	}

INTERVAL_FUNCTIONS(nps)
INTERVAL_FUNCTIONS(csat)
INTERVAL_FUNCTIONS(ces)

/*
 * The test as a record, its bounds times unit.  The difference is that of the two figures as users
 * see them, so that it is exactly what they get by subtracting one from the other.
 */
static Datum
test_record(FunctionCallInfo fcinfo, bool found, const CxmTest *test, double unit,
            double difference)
{
	double figures[5];

	if (!found)
		PG_RETURN_NULL();
	figures[0] = difference;
	figures[1] = unit * test->lower;
	figures[2] = unit * test->upper;
	figures[3] = test->statistic;
	figures[4] = test->p_value;
	return cxm_record_of_doubles(fcinfo, figures, lengthof(figures));
}

PG_FUNCTION_INFO_V1(rating_nps_test);
Datum
rating_nps_test(PG_FUNCTION_ARGS)
{
	RatingView   a = rating_arg(fcinfo, 0);
	RatingView   b = rating_arg(fcinfo, 1);
	double       level = cxm_level_arg(fcinfo, 2);
	CxmNetMethod method = method_arg(fcinfo, 3);
	CxmNetSample sample_a = nps_sample(&a, "nps_test");
	CxmNetSample sample_b = nps_sample(&b, "nps_test");
	CxmTest      test;

	if (method == CXM_NET_SCORE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("method \"score\" is for one sample"),
		                errhint("The methods for two samples are adjusted_wald and wald.")));
	return test_record(fcinfo, cxm_net_test(&sample_a, &sample_b, level, method, &test), &test, 100,
	                   nps_points(&a) - nps_points(&b));
}

PG_FUNCTION_INFO_V1(rating_csat_test);
Datum
rating_csat_test(PG_FUNCTION_ARGS)
{
	RatingView     a;
	RatingView     b;
	double         level;
	int            satisfied;
	CxmShareSample sample_a;
	CxmShareSample sample_b;
	CxmTest        test;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	a = rating_arg(fcinfo, 0);
	b = rating_arg(fcinfo, 1);
	level = cxm_level_arg(fcinfo, 2);
	rating_check_same_scale(&a, &b);
	satisfied = satisfied_arg(fcinfo, 3, &a);
	sample_a = csat_sample(&a, satisfied);
	sample_b = csat_sample(&b, satisfied);
	return test_record(fcinfo, cxm_share_test(&sample_a, &sample_b, level, &test), &test, 100,
	                   rating_points(&a, satisfied, RATING_NONE) -
	                       rating_points(&b, satisfied, RATING_NONE));
}

PG_FUNCTION_INFO_V1(rating_ces_test);
Datum
rating_ces_test(PG_FUNCTION_ARGS)
{
	RatingView    a = rating_arg(fcinfo, 0);
	RatingView    b = rating_arg(fcinfo, 1);
	double        level = cxm_level_arg(fcinfo, 2);
	CxmMeanSample sample_a = ces_sample(&a);
	CxmMeanSample sample_b = ces_sample(&b);
	CxmTest       test;

	rating_check_same_scale(&a, &b);
	return test_record(fcinfo, cxm_mean_test(&sample_a, &sample_b, level, a.scale.top, &test),
	                   &test, 1, sample_a.mean - sample_b.mean);
}
