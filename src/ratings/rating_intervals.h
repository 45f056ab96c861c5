/*
 * rating_intervals.h
 *		Methods and margins of intervals, for other files of the family.
 */
#ifndef CXM_RATING_INTERVALS_H
#define CXM_RATING_INTERVALS_H

#include "utils/array.h"

#include "ratings/rating_statistics.h"

/* How an interval is made: that of its kind, or one that holds at every look. */
typedef struct RatingMethod
{
	CxmNetMethod net;
	bool         anytime;
	double       best_at;
} RatingMethod;

/* The method in an argument; an error that lists them where it is none of this kind. */
extern RatingMethod rating_method_arg(FunctionCallInfo fcinfo, int argno, RatingKind kind);

/* The metric in an argument, one of those up to last; an error that lists them where it is none. */
extern RatingMetric rating_metric_arg(FunctionCallInfo fcinfo, int argno, RatingMetric last);

/* The samples of an array's summaries that have responses; all are on one scale. */
extern RatingSample *rating_group_samples(ArrayType *array, RatingMetric metric, const char *figure,
                                          int *groups);

/* So many responses as a bigint; NULL for NaN. */
extern Datum rating_responses_result(FunctionCallInfo fcinfo, double needed);

/* The error of a margin that is no part of 1. */
pg_noreturn extern void rating_refuse_margin(double margin);

#endif /* CXM_RATING_INTERVALS_H */
