/*
 * rating_intervals.c
 *		How sure the figures of a rating_summary are: intervals, tests of two summaries or of many,
 *		and how many responses a margin takes.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/lsyscache.h"

#include "ratings/rating_intervals.h"

/*
 * Where the arguments of a metric's functions stand, counted from the first after its summaries.
 * Of the older functions some have no method: they have fewer arguments.
 */
#define NONE (-1)

typedef struct MetricArguments
{
	int from; /* the answer from which it is favourable */
	int to;   /* the answer up to which it is not */
	int level;
	int method;
} MetricArguments;

static const MetricArguments METRICS[] = {
    [RATING_NPS] = {NONE, NONE, 0, 1},       [RATING_CSAT] = {1, NONE, 0, 2},
    [RATING_MEAN] = {NONE, NONE, 0, 1},      [RATING_SHARE] = {NONE, NONE, 0, 1},
    [RATING_NET_SCORE] = {0, 1, 2, 3},       [RATING_TOP_SHARE] = {0, NONE, 1, 2},
    [RATING_RESPONSE_RATE] = {NONE, NONE, 0, 1},
};

static const char *const METRIC_NAMES[] = {
    [RATING_NPS] = "nps",
    [RATING_CSAT] = "csat",
    [RATING_MEAN] = "mean",
    [RATING_SHARE] = "share",
    [RATING_NET_SCORE] = "net_score",
    [RATING_TOP_SHARE] = "top_share",
    [RATING_RESPONSE_RATE] = "response_rate",
};

RatingMetric
rating_metric_arg(FunctionCallInfo fcinfo, int argno, RatingMetric last)
{
	CxmChoices choices = {"metric", METRIC_NAMES, (int) last + 1, NULL};

	return (RatingMetric) cxm_choice_arg(fcinfo, argno, &choices);
}

/* What the errors of rating_ranks() name. */
static const char *
figure_text(RatingMetric metric, const char *suffix, const char *csat_call)
{
	return metric == RATING_CSAT ? csat_call : psprintf("%s%s", METRIC_NAMES[metric], suffix);
}

/* Which answers count, by the arguments from first on or by convention; one of csat may be NULL. */
static void
ranks_arg(FunctionCallInfo fcinfo, int first, const RatingView *view, RatingMetric metric,
          const char *figure, int ranks[2])
{
	const MetricArguments *arguments = &METRICS[metric];

	ranks[1] = NONE;
	if (arguments->to != NONE)
		rating_net_ranks_arg(fcinfo, first + arguments->from, view->scale, ranks);
	else if (arguments->from != NONE && !PG_ARGISNULL(first + arguments->from))
		ranks[0] = rating_rank_arg(fcinfo, first + arguments->from, view->scale);
	else
		rating_ranks(view, metric, figure, ranks);
}

/* Is a summary, the level or the method NULL?  Functions that are strict have not come so far. */
static bool
lacks_argument(FunctionCallInfo fcinfo, int summaries, RatingMetric metric)
{
	int method = summaries + METRICS[metric].method;

	return PG_ARGISNULL(0) || PG_ARGISNULL(summaries - 1) ||
	       PG_ARGISNULL(summaries + METRICS[metric].level) ||
	       (method < PG_NARGS() && PG_ARGISNULL(method));
}

RatingMethod
rating_method_arg(FunctionCallInfo fcinfo, int argno, RatingKind kind)
{
	static const char *const NET_NAMES[] = {[CXM_NET_ADJUSTED_WALD] = "adjusted_wald",
	                                        [CXM_NET_WALD] = "wald",
	                                        [CXM_NET_SCORE] = "score"};
	static const char *const NAMES[] = {[RATING_PART] = "wilson", [RATING_AVERAGE] = "student"};

	RatingMethod method = {CXM_NET_ADJUSTED_WALD, false, 0};
	CxmChoices   choices = {"method", &NAMES[kind], 1, ANYTIME_HINT};
	char        *name;
	int          choice;

	if (argno >= PG_NARGS())
		return method;
	name = text_to_cstring(PG_GETARG_TEXT_PP(argno));
	method.anytime = cxm_anytime_method(name, &method.best_at);
	if (method.anytime)
		return method;
	if (kind == RATING_NET)
		choices = (CxmChoices){"method", NET_NAMES, lengthof(NET_NAMES), ANYTIME_HINT};
	choice = cxm_choice(&choices, name);
	if (kind == RATING_NET)
		method.net = (CxmNetMethod) choice;
	return method;
}

/* Intervals */

/* In the figure's units; false where there is none. */
static bool
sample_interval(const RatingSample *s, double level, const RatingMethod *method,
                CxmInterval *interval)
{
	bool found = false;

	switch (s->kind)
	{
		case RATING_PART:
			found = method->anytime ? cxm_share_anytime(&s->share, level, method->best_at, interval)
			                        : cxm_share_interval(&s->share, level, interval);
			break;
		case RATING_NET:
			found = method->anytime ? cxm_net_anytime(&s->net, level, method->best_at, interval)
			                        : cxm_net_interval(&s->net, level, method->net, interval);
			break;
		case RATING_AVERAGE:
			found = method->anytime
			            ? cxm_mean_anytime(&s->mean, level, method->best_at, s->lowest, s->highest,
			                               interval)
			            : cxm_mean_interval(&s->mean, level, s->lowest, s->highest, interval);
			break;
	}
	if (!found)
		return false;
	/* nobody would believe an interval that leaves out its own score */
	interval->lower = fmin(s->unit * interval->lower, s->score);
	interval->upper = fmax(s->unit * interval->upper, s->score);
	return true;
}

static bool
metric_interval(FunctionCallInfo fcinfo, RatingMetric metric, CxmInterval *interval)
{
	RatingView   view;
	RatingSample sample;
	RatingMethod method;
	double       level;
	int          ranks[2];

	if (lacks_argument(fcinfo, 1, metric))
		return false;
	view = rating_view(SUMMARY_ARG(0));
	level = cxm_level_arg(fcinfo, 1 + METRICS[metric].level);
	ranks_arg(fcinfo, 1, &view, metric, figure_text(metric, "", CSAT_CALL), ranks);
	sample = rating_sample(&view, metric, ranks);
	method = rating_method_arg(fcinfo, 1 + METRICS[metric].method, sample.kind);
	return sample_interval(&sample, level, &method, interval);
}

/* Tests */

/* In the figure's units, as users see it who subtract one figure from the other. */
static bool
samples_test(const RatingSample *a, const RatingSample *b, double level, CxmNetMethod method,
             CxmTest *test)
{
	bool found = false;

	switch (a->kind)
	{
		case RATING_PART:
			found = cxm_share_test(&a->share, &b->share, level, test);
			break;
		case RATING_NET:
			found = cxm_net_test(&a->net, &b->net, level, method, test);
			break;
		case RATING_AVERAGE:
			found = cxm_mean_test(&a->mean, &b->mean, level, a->highest - a->lowest, test);
			break;
	}
	if (!found)
		return false;
	test->difference = a->score - b->score;
	test->lower *= a->unit;
	test->upper *= a->unit;
	test->std_error *= a->unit;
	return true;
}

static Datum
metric_test(FunctionCallInfo fcinfo, RatingMetric metric)
{
	RatingView   views[2];
	RatingSample samples[2];
	RatingMethod method = {CXM_NET_ADJUSTED_WALD, false, 0};
	double       level;
	const char  *figure = figure_text(metric, "_test", CSAT_CALL);
	CxmTest      test = {0};
	bool         found;

	if (lacks_argument(fcinfo, 2, metric))
		PG_RETURN_NULL();
	level = cxm_level_arg(fcinfo, 2 + METRICS[metric].level);
	for (int i = 0; i < 2; i++)
	{
		int ranks[2];

		views[i] = rating_view(SUMMARY_ARG(i));
		/* whether people answer can be compared whatever they were asked */
		if (i > 0 && metric != RATING_NPS && metric != RATING_SHARE &&
		    metric != RATING_RESPONSE_RATE)
			rating_check_same_scale(&views[0], &views[1]);
		ranks_arg(fcinfo, 2, &views[i], metric, figure, ranks);
		samples[i] = rating_sample(&views[i], metric, ranks);
	}
	if (samples[0].kind == RATING_NET)
		method = rating_method_arg(fcinfo, 2 + METRICS[metric].method, RATING_NET);
	if (method.anytime || method.net == CXM_NET_SCORE)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("method \"%s\" is for one sample", method.anytime ? "anytime" : "score"),
		         method.anytime
		             ? errhint("Two differ once their nps_interval(s, 0.975, 'anytime') do not "
		                       "overlap.")
		             : errhint("The methods for two samples are adjusted_wald and wald.")));
	found = samples_test(&samples[0], &samples[1], level, method.net, &test);
	return cxm_test_record(fcinfo, found, &test);
}

CxmInterval
rating_difference(const RatingView *a, const RatingView *b, RatingMetric metric, double level)
{
	const RatingView *views[2] = {a, b};
	RatingSample      samples[2];
	CxmTest           test;

	for (int i = 0; i < 2; i++)
	{
		int ranks[2];

		rating_ranks(views[i], metric, figure_text(metric, "", CSAT_CALL), ranks);
		samples[i] = rating_sample(views[i], metric, ranks);
	}
	if (!samples_test(&samples[0], &samples[1], level, CXM_NET_ADJUSTED_WALD, &test))
		return (CxmInterval){NAN, NAN};
	return (CxmInterval){test.lower, test.upper};
}

#define METRIC_FUNCTIONS(prefix, metric)                                      \
	static bool prefix##_find(FunctionCallInfo fcinfo, CxmInterval *interval) \
	{                                                                         \
		return metric_interval(fcinfo, (metric), interval);                   \
	}                                                                         \
                                                                              \
	INTERVAL_READINGS(prefix, prefix##_find)                                  \
	SUMMARY_FUNCTION(prefix##_test, metric_test(fcinfo, (metric)))

METRIC_FUNCTIONS(rating_nps, RATING_NPS)
METRIC_FUNCTIONS(rating_csat, RATING_CSAT)
METRIC_FUNCTIONS(rating_ces, RATING_MEAN)
METRIC_FUNCTIONS(rating_share, RATING_SHARE)
METRIC_FUNCTIONS(rating_net_score, RATING_NET_SCORE)
METRIC_FUNCTIONS(rating_top_share, RATING_TOP_SHARE)
METRIC_FUNCTIONS(rating_response_rate, RATING_RESPONSE_RATE)

/* Tests of many */

RatingSample *
rating_group_samples(ArrayType *array, RatingMetric metric, const char *figure, int *groups)
{
	RatingView    first = {.weighted = false};
	RatingSample *samples;
	Datum        *values;
	bool         *nulls;
	bool          by_value;
	char          align;
	int16         size;
	int           n;
	int           seen = 0;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &size, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), size, by_value, align, &values, &nulls, &n);
	samples = palloc_extended((Size) Max(n, 1) * sizeof(RatingSample), MCXT_ALLOC_HUGE);
	*groups = 0;
	for (int i = 0; i < n; i++)
	{
		RatingView view;
		int        ranks[2];

		check_interrupts((uint32) i);
		if (nulls[i])
			continue;
		view = rating_view(PG_DETOAST_DATUM_PACKED(values[i]));
		if (seen++ == 0)
			first = view;
		rating_ranks(&view, metric, figure, ranks);
		rating_check_same_scale(&first, &view);
		samples[*groups] = rating_sample(&view, metric, ranks);
		if (!isnan(samples[*groups].score))
			(*groups)++;
	}
	return samples;
}

static Datum
groups_test(FunctionCallInfo fcinfo, RatingMetric metric)
{
	int         n;
	const char *figure =
	    figure_text(metric, "_test", "share_test(array_agg(satisfied(s, from_answer)))");
	RatingSample   *samples = rating_group_samples(PG_GETARG_ARRAYTYPE_P(0), metric, figure, &n);
	RatingKind      kind = n > 0 ? samples[0].kind : RATING_PART;
	CxmShareSample *shares = palloc((Size) Max(n, 1) * sizeof(CxmShareSample));
	CxmMeanSample  *means = palloc((Size) Max(n, 1) * sizeof(CxmMeanSample));
	CxmGroupsTest   test = {0};
	bool            found = false;

	for (int i = 0; i < n; i++)
	{
		shares[i] = samples[i].share;
		means[i] = kind == RATING_NET ? cxm_net_adjusted(&samples[i].net) : samples[i].mean;
	}
	switch (kind)
	{
		case RATING_PART:
			found = cxm_share_groups_test(shares, n, &test);
			break;
		case RATING_NET:
			found = cxm_net_groups_test(means, n, &test);
			break;
		case RATING_AVERAGE:
			found = cxm_mean_groups_test(means, n, &test);
			break;
	}
	return cxm_groups_test_record(fcinfo, found, &test);
}

SUMMARY_FUNCTION(rating_nps_groups_test, groups_test(fcinfo, RATING_NPS))
SUMMARY_FUNCTION(rating_csat_groups_test, groups_test(fcinfo, RATING_CSAT))
SUMMARY_FUNCTION(rating_mean_groups_test, groups_test(fcinfo, RATING_MEAN))
SUMMARY_FUNCTION(rating_share_groups_test, groups_test(fcinfo, RATING_SHARE))

/* How many responses */

void
rating_refuse_margin(double margin)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("margin %s is not between 0 and 1", float8out_internal(margin)),
	                errhint("Write 5 points as 0.05.")));
}

Datum
rating_responses_result(FunctionCallInfo fcinfo, double needed)
{
	if (isnan(needed))
		PG_RETURN_NULL();
	if (!FLOAT8_FITS_IN_INT64(needed))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("number of responses out of range")));
	PG_RETURN_INT64((int64) needed);
}

static RatingMetric
metric_arg(FunctionCallInfo fcinfo, int argno, CxmScale scale)
{
	if (PG_ARGISNULL(argno))
		return rating_is_nps_scale(scale)              ? RATING_NPS
		       : cxm_scale_equal(scale, BOOLEAN_SCALE) ? RATING_SHARE
		                                               : RATING_CSAT;
	return rating_metric_arg(fcinfo, argno, RATING_SHARE);
}

/* Rounded up; with weights a response is worth less than one. */
static double
sample_responses(const RatingSample *s, double margin, double level)
{
	if (s->kind == RATING_NET)
		return ceil(cxm_net_responses(&s->net, margin, level) * (s->responses / s->net.n));
	if (s->kind == RATING_AVERAGE)
		return ceil(cxm_mean_responses(&s->mean, margin, level) * (s->responses / s->mean.n));
	return ceil(cxm_share_responses(s->share.share, margin, level, CXM_SHARE_WILSON) *
	            (s->responses / s->share.n));
}

/* With how many responses such as these the interval of the figure is no wider than +- margin. */
CXM_FUNCTION(rating_responses_needed)
{
	RatingView   view;
	RatingMetric metric;
	RatingSample s;
	double       margin;
	double       level;
	int          ranks[2];

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	view = rating_view(SUMMARY_ARG(0));
	metric = metric_arg(fcinfo, 3, view.scale);
	margin = PG_GETARG_FLOAT8(1);
	level = cxm_level_arg(fcinfo, 2);
	/* written so that NaN is refused too */
	if (!(margin > 0 && margin < INFINITY))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("margin %s is not a number above 0", float8out_internal(margin))));
	if (metric == RATING_SHARE && margin >= 1)
		rating_refuse_margin(margin);
	rating_ranks(&view, metric,
	             figure_text(metric, "", "responses_needed(satisfied(s, from_answer), margin)"),
	             ranks);
	s = rating_sample(&view, metric, ranks);
	return rating_responses_result(fcinfo, sample_responses(&s, margin / s.unit, level));
}
