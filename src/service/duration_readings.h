/*
 * duration_readings.h
 *		What a duration_summary tells, for the intervals and tests of it.
 */
#ifndef CXM_DURATION_READINGS_H
#define CXM_DURATION_READINGS_H

#include "core/estimates.h"
#include "service/duration_state.h"

/* How many are RESOLVED, or OPEN. */
extern int64 duration_number(const DurationView *view, int which);

/*
 * How many took no longer: exactly for the summary's own targets, and for others up to the end of
 * their bucket, so that what took exactly so long is one of them.
 */
extern int64 duration_count_up_to(const DurationView *view, int which, uint64 target);

/* The percentile p of the n > 0 durations or ages, by the rule of percentile_cont. */
extern uint64 duration_plain_percentile(const DurationView *view, int which, int64 n, double p);

/*
 * The percentile of the durations, with ages by Kaplan and Meier; false where there is none.  With
 * nothing open of a known age it is that of what is resolved.
 */
extern bool duration_percentile_of(const DurationView *view, double p, uint64 *duration);

/*
 * Steps through the buckets in which something was resolved, ascending, with how many were resolved
 * there.  Before that, so many were at risk, once what is open and shorter has left: what is open
 * was at risk up to its age.  Within a bucket the resolved come before the open.  Without ages
 * nothing is open.
 */
typedef struct DurationCurve
{
	HistogramView resolved;
	HistogramView open;
	int           bucket; /* CXM_LOG_BUCKETS behind the last */
	uint64        count;
	uint64        at_risk;
	int           open_bucket; /* the next in which something is open */
	uint64        open_count;
} DurationCurve;

extern DurationCurve duration_curve(const DurationView *view);
extern bool          duration_curve_next(DurationCurve *curve);

extern void duration_curve_leave(DurationCurve *curve, int bucket);

/* The mean to the nearest microsecond; false without any. */
extern bool duration_mean_of(const DurationView *view, CxmUint128 *mean);

/* An error unless it is between 0 and 1. */
extern void duration_check_percentile(double p);

/*
 * Resolved in time, of those that were resolved and those that are open past the target; NaN of
 * none.
 */
extern CxmShareSample duration_share_within(const DurationView *view, const Interval *target);

/* Elapsed time in hours, the same in every zone; only beyond 2^63 microseconds there are days. */
extern Interval *duration_interval_of(CxmUint128 microseconds);

/* A function that returns a figure of the summary in its first argument, which it calls view. */
#define READING(symbol, return_figure, figure) \
	SUMMARY_READING(symbol, DurationView, duration_view, return_figure, figure)

#define RETURN_INTERVAL_OR_NULL(value)  \
	do                                  \
	{                                   \
		Interval *interval = (value);   \
		if (interval == NULL)           \
			PG_RETURN_NULL();           \
		PG_RETURN_INTERVAL_P(interval); \
	} while (0)

#endif /* CXM_DURATION_READINGS_H */
