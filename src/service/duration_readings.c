/*
 * duration_readings.c
 *		What a duration_summary tells: numbers, sums, percentiles, shares within a target, ages.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "service/duration_readings.h"

/* The number of durations in a histogram, below a bucket. */
static int64
count_below(HistogramView histogram, int limit)
{
	int64  total = 0;
	int    bucket;
	uint64 count;

	while (duration_next_bucket(&histogram, &bucket, &count) && bucket < limit)
		if (pg_add_s64_overflow(total, (int64) count, &total))
			summary_refuse_overflow(COUNT_OF_DURATIONS);
	return total;
}

int64
duration_number(const DurationView *view, int which)
{
	if (which == OPEN && !view->ages)
		return (int64) view->unresolved;
	return count_below(view->histogram[which], CXM_LOG_BUCKETS);
}

int64
duration_count_up_to(const DurationView *view, int which, uint64 target)
{
	int bucket = cxm_log_bucket(target);

	for (int i = 0; i < view->n_targets; i++)
		if (view->targets[i] == target)
			return count_below(view->histogram[which], bucket) +
			       (int64) duration_part_within(view, which, i);
	return count_below(view->histogram[which], bucket + 1);
}

CxmShareSample
duration_share_within(const DurationView *view, const Interval *target)
{
	uint64 limit = cxm_interval_microseconds(target, "target");
	double in_time = (double) duration_count_up_to(view, RESOLVED, limit);
	double all = (double) duration_number(view, RESOLVED);

	if (view->ages)
		all += (double) (duration_number(view, OPEN) - duration_count_up_to(view, OPEN, limit));
	return (CxmShareSample){cxm_ratio(in_time, all), all};
}

/* Elapsed time in hours, the same in every zone; only beyond 2^63 microseconds there are days. */
Interval *
duration_interval_of(CxmUint128 microseconds)
{
	Interval *interval;

	if (microseconds.high == 0 && microseconds.low <= PG_INT64_MAX)
		return cxm_interval((int64) microseconds.low);
	interval = cxm_interval((int64) cxm_uint128_divide(&microseconds, USECS_PER_DAY));
	if (microseconds.high > 0 || microseconds.low >= PG_INT32_MAX)
		cxm_refuse_long_interval();
	interval->day = (int32) microseconds.low;
	return interval;
}

bool
duration_mean_of(const DurationView *view, CxmUint128 *mean)
{
	uint64 n = (uint64) duration_number(view, RESOLVED);
	uint64 remainder;

	if (n == 0)
		return false;
	*mean = view->total;
	remainder = cxm_uint128_divide(mean, n);
	if (remainder >= n - remainder)
		cxm_uint128_add(mean, (CxmUint128){0, 1});
	return true;
}

static Interval *
mean_of(const DurationView *view)
{
	CxmUint128 mean;

	return duration_mean_of(view, &mean) ? duration_interval_of(mean) : NULL;
}

uint64
duration_plain_percentile(const DurationView *view, int which, int64 n, double p)
{
	CxmLogPercentile percentile = cxm_log_percentile((uint64) n, p);
	HistogramView    histogram = view->histogram[which];
	int              bucket;
	uint64           count;

	while (duration_next_bucket(&histogram, &bucket, &count))
		if (cxm_log_percentile_pass(&percentile, bucket, count))
			break;
	return cxm_log_percentile_value(&percentile);
}

DurationCurve
duration_curve(const DurationView *view)
{
	DurationCurve curve = {view->histogram[RESOLVED], view->histogram[OPEN], 0, 0, 0, 0, 0};
	int64         resolved = duration_number(view, RESOLVED);
	int64         open = duration_number(view, OPEN);
	int64         all = resolved;

	if (!view->ages)
		curve.open = (HistogramView){0};
	else if (pg_add_s64_overflow(resolved, open, &all))
		summary_refuse_overflow(COUNT_OF_DURATIONS);
	curve.at_risk = (uint64) all;
	if (!view->ages || !duration_next_bucket(&curve.open, &curve.open_bucket, &curve.open_count))
		curve.open_bucket = CXM_LOG_BUCKETS;
	return curve;
}

bool
duration_curve_next(DurationCurve *curve)
{
	curve->at_risk -= curve->count;
	if (!duration_next_bucket(&curve->resolved, &curve->bucket, &curve->count))
	{
		curve->bucket = CXM_LOG_BUCKETS;
		curve->count = 0;
		return false;
	}
	return true;
}

void
duration_curve_leave(DurationCurve *curve, int bucket)
{
	while (curve->open_bucket < bucket)
	{
		curve->at_risk -= curve->open_count;
		if (!duration_next_bucket(&curve->open, &curve->open_bucket, &curve->open_count))
			curve->open_bucket = CXM_LOG_BUCKETS;
	}
}

/*
 * Kaplan and Meier: the percentile is the shortest duration at which no more than 1 - p survive;
 * false when the curve does not reach.
 */
static bool
survival_percentile(const DurationView *view, double p, uint64 *result)
{
	DurationCurve curve = duration_curve(view);
	double        survival = 1;

	while (duration_curve_next(&curve))
	{
		duration_curve_leave(&curve, curve.bucket);
		survival *= (double) (curve.at_risk - curve.count) / (double) curve.at_risk;

		/* products of quotients may miss a round number by some last digits */
		if (survival <= (1 - p) * (1 + 1e-12))
		{
			*result = cxm_log_bucket_value(curve.bucket);
			return true;
		}
	}
	return false;
}

void
duration_check_percentile(double p)
{
	/* written so that NaN is refused too */
	if (!(p >= 0 && p <= 1))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("percentile value %g is not between 0 and 1", p),
		                p > 1 && p <= 100 ? errhint("Write 90 %% as 0.9.") : 0));
}

bool
duration_percentile_of(const DurationView *view, double p, uint64 *duration)
{
	int64 resolved = duration_number(view, RESOLVED);
	int64 open = view->ages ? duration_number(view, OPEN) : 0;

	duration_check_percentile(p);
	if (resolved == 0)
		return false;
	if (open > 0)
		return survival_percentile(view, p, duration);
	*duration = duration_plain_percentile(view, RESOLVED, resolved, p);
	return true;
}

static Interval *
percentile_of(const DurationView *view, double p)
{
	uint64 duration;

	return duration_percentile_of(view, p, &duration) ? cxm_interval((int64) duration) : NULL;
}

READING(duration_resolved, PG_RETURN_INT64, duration_number(&view, RESOLVED))
READING(duration_unresolved, PG_RETURN_INT64, duration_number(&view, OPEN))
READING(duration_total, RETURN_INTERVAL_OR_NULL,
        duration_number(&view, RESOLVED) > 0 ? duration_interval_of(view.total) : NULL)
READING(duration_mean, RETURN_INTERVAL_OR_NULL, mean_of(&view))
READING(duration_median, RETURN_INTERVAL_OR_NULL, percentile_of(&view, 0.5))
READING(duration_percentile, RETURN_INTERVAL_OR_NULL, percentile_of(&view, PG_GETARG_FLOAT8(1)))
READING(duration_within, CXM_RETURN_FLOAT8_OR_NULL,
        duration_share_within(&view, PG_GETARG_INTERVAL_P(1)).share)

/* An array of the same shape as that of the fractions. */
CXM_FUNCTION(duration_percentiles)
{
	DurationView view = duration_view(SUMMARY_ARG(0));
	ArrayType   *fractions = PG_GETARG_ARRAYTYPE_P(1);
	Datum       *datums;
	bool        *nulls;
	int          n;

	deconstruct_array(fractions, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
	                  &datums, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		Interval *percentile;

		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			continue;
		percentile = percentile_of(&view, DatumGetFloat8(datums[i]));
		nulls[i] = percentile == NULL;
		datums[i] = IntervalPGetDatum(percentile);
	}
	if (n == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INTERVALOID));
	PG_RETURN_ARRAYTYPE_P(construct_md_array(
	    datums, nulls, ARR_NDIM(fractions), ARR_DIMS(fractions), ARR_LBOUND(fractions), INTERVALOID,
	    sizeof(Interval), false, TYPALIGN_DOUBLE));
}

CXM_FUNCTION(duration_durations)
{
	DurationView  view = duration_view(SUMMARY_ARG(0));
	HistogramView histogram[2] = {view.histogram[RESOLVED], view.histogram[OPEN]};
	int           bucket[2];
	uint64        count[2];

	InitMaterializedSRF(fcinfo, 0);
	for (int which = RESOLVED; which <= OPEN; which++)
		if (!duration_next_bucket(&histogram[which], &bucket[which], &count[which]))
			bucket[which] = CXM_LOG_BUCKETS;
	for (;;)
	{
		int   next = Min(bucket[RESOLVED], bucket[OPEN]);
		Datum values[4];
		bool  nulls[4] = {false, false, false, !view.ages};

		if (next == CXM_LOG_BUCKETS)
			break;
		values[0] =
		    IntervalPGetDatum(duration_interval_of((CxmUint128){0, cxm_log_bucket_from(next)}));
		values[1] = IntervalPGetDatum(
		    duration_interval_of((CxmUint128){0, cxm_log_bucket_from(next + 1) - 1}));
		for (int which = RESOLVED; which <= OPEN; which++)
		{
			bool there = bucket[which] == next;

			values[2 + which] = Int64GetDatum(there ? (int64) count[which] : 0);
			if (there && !duration_next_bucket(&histogram[which], &bucket[which], &count[which]))
				bucket[which] = CXM_LOG_BUCKETS;
		}
		cxm_return_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}
