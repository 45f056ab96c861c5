/*
 * duration_intervals.c
 *		How sure the figures of a duration_summary are, and whether two of them differ.
 *
 * Bounds are read from buckets, as percentiles are: each is within 1 % of what the durations
 * themselves would give.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"

#include "core/distributions.h"
#include "core/kaplan_meier.h"
#include "core/order_statistics.h"
#include "core/rank_test.h"
#include "service/duration_readings.h"

/* Two durations, of which either may not exist. */
typedef struct Bounds
{
	bool   exists[2];
	uint64 at[2];
} Bounds;

/* The largest double that is a duration. */
#define LONGEST ((double) (UINT64CONST(1) << 63) - 1024)

#define LOWER 0
#define UPPER 1

/* How many are open and have an age. */
static int64
open_of(const DurationView *view)
{
	return view->ages ? duration_number(view, OPEN) : 0;
}

/* Percentiles */

/* From the order statistics; the ranks tell how likely the percentile is outside. */
static Bounds
ordered_bounds(const DurationView *view, uint64 n, const CxmRanks *ranks)
{
	HistogramView resolved = view->histogram[RESOLVED];
	const uint64  rank[2] = {ranks->lower, ranks->upper};
	Bounds        bounds = {{false, false}, {0, 0}};
	uint64        passed = 0;
	int           bucket;
	uint64        count;

	while (duration_next_bucket(&resolved, &bucket, &count))
	{
		passed += count;
		for (int side = LOWER; side <= UPPER; side++)
			if (!bounds.exists[side] && rank[side] > 0 && rank[side] <= n && rank[side] <= passed)
			{
				bounds.exists[side] = true;
				bounds.at[side] = cxm_log_bucket_value(bucket);
			}
	}
	return bounds;
}

/*
 * Brookmeyer and Crowley (1982), "A confidence interval for the median survival time", Biometrics
 * 38: the first duration at which the lower, and the upper band of the curve have come down to
 * 1 - p.
 */
static Bounds
survival_bounds(const DurationView *view, double p, double level)
{
	DurationCurve  curve = duration_curve(view);
	CxmKaplanMeier survival = CXM_KAPLAN_MEIER_START;
	Bounds         bounds = {{false, false}, {0, 0}};

	while (duration_curve_next(&curve))
	{
		CxmInterval band;
		double      reached = (1 - p) * (1 + 1e-12);

		duration_curve_leave(&curve, curve.bucket);
		cxm_kaplan_meier_step(&survival, (double) curve.at_risk, (double) curve.count);
		if (!cxm_kaplan_meier_interval(&survival, level, &band))
			continue;
		for (int side = LOWER; side <= UPPER; side++)
			if (!bounds.exists[side] && (side == LOWER ? band.lower : band.upper) <= reached)
			{
				bounds.exists[side] = true;
				bounds.at[side] = cxm_log_bucket_value(curve.bucket);
			}
	}
	return bounds;
}

static Bounds
percentile_bounds(const DurationView *view, double p, double level)
{
	int64    n = duration_number(view, RESOLVED);
	CxmRanks ranks;

	duration_check_percentile(p);
	if (n == 0)
		return (Bounds){{false, false}, {0, 0}};
	if (open_of(view) > 0)
		return survival_bounds(view, p, level);
	ranks = cxm_percentile_ranks((uint64) n, p, level);
	return ordered_bounds(view, (uint64) n, &ranks);
}

/* Means */

/* In microseconds: the mean is exact, and how much durations vary is read from the buckets. */
static CxmMeanSample
mean_sample(const DurationView *view)
{
	HistogramView resolved = view->histogram[RESOLVED];
	double        n = (double) duration_number(view, RESOLVED);
	double        mean = 0;
	double        squares = 0;
	double        passed = 0;
	int           bucket;
	uint64        count;

	while (duration_next_bucket(&resolved, &bucket, &count))
	{
		double apart = (double) cxm_log_bucket_value(bucket) - mean;

		passed += (double) count;
		mean += apart * ((double) count / passed);
		squares += apart * apart * (double) count * ((passed - (double) count) / passed);
	}
	return (CxmMeanSample){cxm_ratio(cxm_uint128_to_double(view->total), n),
	                       n > 1 ? squares / (n - 1) : NAN, n};
}

/* To a hundredth of the margin. */
static Bounds
mean_bounds(const DurationView *view, double level)
{
	CxmMeanSample sample = mean_sample(view);
	CxmInterval   interval;
	Bounds        bounds = {{true, true}, {0, 0}};
	uint64        most;

	if (!cxm_mean_interval(&sample, level, 0, LONGEST, &interval))
		return (Bounds){{false, false}, {0, 0}};
	most = (uint64) ((interval.upper - interval.lower) / 200);
	bounds.at[LOWER] = cxm_log_round((uint64) interval.lower, most);
	bounds.at[UPPER] = Min(cxm_log_round((uint64) ceil(interval.upper), most), CXM_COUNTER_CEILING);
	return bounds;
}

/* What SQL sees */

typedef Bounds (*FindBounds)(FunctionCallInfo fcinfo, const DurationView *view);

static Bounds
find_percentile(FunctionCallInfo fcinfo, const DurationView *view)
{
	return percentile_bounds(view, PG_GETARG_FLOAT8(1), cxm_level_arg(fcinfo, 2));
}

static Bounds
find_median(FunctionCallInfo fcinfo, const DurationView *view)
{
	return percentile_bounds(view, 0.5, cxm_level_arg(fcinfo, 1));
}

static Bounds
find_mean(FunctionCallInfo fcinfo, const DurationView *view)
{
	return mean_bounds(view, cxm_level_arg(fcinfo, 1));
}

static Datum
bounds_record(FunctionCallInfo fcinfo, FindBounds find)
{
	DurationView view = duration_view(SUMMARY_ARG(0));
	Bounds       bounds = find(fcinfo, &view);
	TupleDesc    tupdesc;
	Datum        values[2];
	bool         nulls[2];

	if (!bounds.exists[LOWER] && !bounds.exists[UPPER])
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != 2)
		elog(ERROR, "result type has not the expected 2 columns");
	for (int side = LOWER; side <= UPPER; side++)
	{
		nulls[side] = !bounds.exists[side];
		values[side] = IntervalPGetDatum(cxm_interval((int64) bounds.at[side]));
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls));
}

static Datum
bound(FunctionCallInfo fcinfo, FindBounds find, int side)
{
	DurationView view = duration_view(SUMMARY_ARG(0));
	Bounds       bounds = find(fcinfo, &view);

	if (!bounds.exists[side])
		PG_RETURN_NULL();
	PG_RETURN_INTERVAL_P(cxm_interval((int64) bounds.at[side]));
}

#define BOUNDS_READINGS(prefix, find)                                \
	SUMMARY_FUNCTION(prefix##_interval, bounds_record(fcinfo, find)) \
	SUMMARY_FUNCTION(prefix##_lower, bound(fcinfo, find, LOWER))     \
	SUMMARY_FUNCTION(prefix##_upper, bound(fcinfo, find, UPPER))

BOUNDS_READINGS(duration_percentile, find_percentile)
BOUNDS_READINGS(duration_median, find_median)
BOUNDS_READINGS(duration_mean, find_mean)

static bool
find_within(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	DurationView   view = duration_view(SUMMARY_ARG(0));
	CxmShareSample sample = duration_share_within(&view, PG_GETARG_INTERVAL_P(1));

	return cxm_share_interval(&sample, cxm_level_arg(fcinfo, 2), interval);
}

INTERVAL_READINGS(duration_within, find_within)

/* Tests */

CXM_FUNCTION(duration_within_test)
{
	DurationView   a = duration_view(SUMMARY_ARG(0));
	DurationView   b = duration_view(SUMMARY_ARG(1));
	CxmShareSample of_a = duration_share_within(&a, PG_GETARG_INTERVAL_P(2));
	CxmShareSample of_b = duration_share_within(&b, PG_GETARG_INTERVAL_P(2));
	CxmTest        test = {0};
	bool           found = cxm_share_test(&of_a, &of_b, cxm_level_arg(fcinfo, 3), &test);

	return cxm_test_record(fcinfo, found, &test);
}

/* In seconds. */
CXM_FUNCTION(duration_mean_test)
{
	DurationView  a = duration_view(SUMMARY_ARG(0));
	DurationView  b = duration_view(SUMMARY_ARG(1));
	CxmMeanSample samples[2] = {mean_sample(&a), mean_sample(&b)};
	CxmTest       test = {0};
	bool          found;

	for (int i = 0; i < 2; i++)
	{
		samples[i].mean /= USECS_PER_SEC;
		samples[i].variance /= (double) USECS_PER_SEC * USECS_PER_SEC;
	}
	found =
	    cxm_mean_test(&samples[0], &samples[1], cxm_level_arg(fcinfo, 2), (double) INFINITY, &test);
	return cxm_test_record(fcinfo, found, &test);
}

/* Two curves, bucket by bucket that one of them has. */
typedef struct CurvePair
{
	DurationCurve of[2];
	bool          has[2]; /* the bucket */
	int           bucket;
} CurvePair;

static CurvePair
curve_pair(const DurationView *a, const DurationView *b)
{
	return (CurvePair){{duration_curve(a), duration_curve(b)}, {true, true}, 0};
}

static bool
curve_pair_next(CurvePair *pair)
{
	for (int i = 0; i < 2; i++)
		if (pair->has[i])
			duration_curve_next(&pair->of[i]);
	pair->bucket = Min(pair->of[0].bucket, pair->of[1].bucket);
	for (int i = 0; i < 2; i++)
		pair->has[i] = pair->of[i].bucket == pair->bucket;
	return pair->bucket < CXM_LOG_BUCKETS;
}

/* How many are resolved in the bucket. */
static double
curve_pair_count(const CurvePair *pair, int i)
{
	return pair->has[i] ? (double) pair->of[i].count : 0;
}

/* Wilcoxon's test of what is resolved, bucket by bucket: what shares a bucket is equal. */
static bool
rank_test(const DurationView *a, const DurationView *b, double level, CxmTest *test)
{
	CxmRankTest ranks = cxm_rank_test_start((double) duration_number(a, RESOLVED),
	                                        (double) duration_number(b, RESOLVED));
	CurvePair   pair = curve_pair(a, b);

	while (curve_pair_next(&pair))
		cxm_rank_test_step(&ranks, curve_pair_count(&pair, 0), curve_pair_count(&pair, 1));
	return cxm_rank_test(&ranks, level, test);
}

/*
 * The log-rank test, which takes what is open for what it is.  z is above 0 where fewer of a are
 * resolved than if both had the same curve: where a takes longer.
 */
static bool
logrank_test(const DurationView *a, const DurationView *b, double level, CxmTest *test)
{
	CurvePair  pair = curve_pair(a, b);
	CxmLogrank logrank = {0, 0, 0};

	while (curve_pair_next(&pair))
	{
		for (int i = 0; i < 2; i++)
			duration_curve_leave(&pair.of[i], pair.bucket);
		cxm_logrank_step(&logrank, (double) pair.of[0].at_risk, curve_pair_count(&pair, 0),
		                 (double) pair.of[1].at_risk, curve_pair_count(&pair, 1));
	}
	if (!cxm_logrank_test(&logrank, level, test))
		return false;
	test->statistic = (logrank.expected - logrank.observed) / sqrt(logrank.variance);
	test->difference = test->lower = test->upper = test->std_error = NAN;
	return true;
}

CXM_FUNCTION(duration_test)
{
	DurationView a = duration_view(SUMMARY_ARG(0));
	DurationView b = duration_view(SUMMARY_ARG(1));
	double       level = cxm_level_arg(fcinfo, 2);
	CxmTest      test = {0};
	bool         found = open_of(&a) > 0 || open_of(&b) > 0 ? logrank_test(&a, &b, level, &test)
	                                                        : rank_test(&a, &b, level, &test);

	return cxm_test_record(fcinfo, found, &test);
}

/*
 * The logarithm of the median, and its variance: that of a normal estimate whose interval of 95 %
 * would be that of the median (Price and Bonett 2002).  False where it has none.
 */
static bool
log_median(const DurationView *view, double *median, double *variance)
{
	const double level = 0.95;

	int64    n = duration_number(view, RESOLVED);
	double   tail = (1 - level) / 2;
	Bounds   bounds;
	CxmRanks ranks;
	uint64   at;
	double   error;

	if (n == 0 || !duration_percentile_of(view, 0.5, &at))
		return false;
	if (open_of(view) > 0)
		bounds = survival_bounds(view, 0.5, level);
	else
	{
		ranks = cxm_percentile_ranks((uint64) n, 0.5, level);
		bounds = ordered_bounds(view, (uint64) n, &ranks);
		tail = ranks.lower_tail;
	}
	if (!bounds.exists[LOWER] || !bounds.exists[UPPER] || bounds.at[LOWER] == 0)
		return false;
	error = log((double) bounds.at[UPPER] / (double) bounds.at[LOWER]) /
	        (-2 * cxm_normal_quantile(tail));
	*median = log((double) at);
	*variance = error * error;
	return true;
}

/*
 * The ratio of two medians, less 1, by their logarithms: Price and Bonett (2002),
 * "Distribution-free confidence intervals for difference and ratio of medians", Journal of
 * Statistical Computation and Simulation 72.
 */
CXM_FUNCTION(duration_median_lift)
{
	DurationView views[2] = {duration_view(SUMMARY_ARG(0)), duration_view(SUMMARY_ARG(1))};
	double       level = cxm_level_arg(fcinfo, 2);
	double       medians[2];
	double       variances[2];
	double       lift;
	double       error;
	double       margin;
	CxmTest      test;

	for (int i = 0; i < 2; i++)
		if (!log_median(&views[i], &medians[i], &variances[i]))
			PG_RETURN_NULL();
	lift = medians[0] - medians[1];
	error = sqrt(variances[0] + variances[1]);
	margin = cxm_critical_z(level) * error;
	test.difference = expm1(lift);
	test.lower = expm1(lift - margin);
	test.upper = expm1(lift + margin);
	test.statistic = error > 0 ? lift / error : NAN;
	test.p_value = cxm_normal_two_sided(test.statistic);
	test.std_error = exp(lift) * error;
	return cxm_test_record(fcinfo, true, &test);
}
