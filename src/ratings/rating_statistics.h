/*
 * rating_statistics.h
 *		What a rating_summary tells, for other types of the family.
 */
#ifndef CXM_RATING_STATISTICS_H
#define CXM_RATING_STATISTICS_H

#include "core/estimates.h"
#include "ratings/rating_state.h"

/* The figures that have an interval and a test. */
typedef enum RatingMetric
{
	RATING_NPS,
	RATING_CSAT,
	RATING_MEAN,
	RATING_SHARE, /* of yes, on the scale 0..1 */
	RATING_NET_SCORE,
	RATING_TOP_SHARE,
	RATING_RESPONSE_RATE
} RatingMetric;

/* A figure as the statistics see it. */
typedef enum RatingKind
{
	RATING_PART, /* a share */
	RATING_NET,
	RATING_AVERAGE
} RatingKind;

typedef struct RatingSample
{
	RatingKind     kind;
	CxmShareSample share; /* that of its kind */
	CxmNetSample   net;
	CxmMeanSample  mean;
	double         score; /* the figure as its own function gives it; NaN without responses */
	double         unit;  /* 100 where it is in points */
	double         responses; /* their number, of which weights may make fewer */
	double         lowest, highest; /* the ends of the scale */
} RatingSample;

#define CSAT_CALL "csat(s, satisfied_from)"

/*
 * Which answers count for a metric: favourable are those with a rank from ranks[0] up, unfavourable
 * those up to ranks[1].  By convention, an error where the scale has none, which names the figure
 * or, where it is csat, the call that says which; and as two arguments say.
 */
extern void rating_ranks(const RatingView *view, RatingMetric metric, const char *figure,
                         int ranks[2]);
extern void rating_net_ranks_arg(FunctionCallInfo fcinfo, int argno, CxmScale scale, int ranks[2]);

extern RatingSample rating_sample(const RatingView *view, RatingMetric metric, const int ranks[2]);

/* Is it 0..10, in any steps? */
extern bool rating_is_nps_scale(CxmScale scale);

/* The number of responses, or the sum of their weights in the units that are kept. */
extern double rating_mass(const RatingView *view);

/* An error where the scale has no such metric. */
extern void rating_check_metric(const RatingView *view, RatingMetric metric);

/* The metric as its function gives it; NaN without responses. */
extern double rating_score(const RatingView *view, RatingMetric metric);

/*
 * The interval of a less b as nps_test(), csat_test() or mean_test() has it; NaN where there is
 * none.  Both are on one scale, which has the metric.
 */
extern CxmInterval rating_difference(const RatingView *a, const RatingView *b,
                                     RatingMetric metric, double level);

/* The rank of an answer in an argument; an error when it is outside the scale or not whole. */
extern int rating_rank_arg(FunctionCallInfo fcinfo, int argno, CxmScale scale);

/*
 * The rank from which an answer counts as satisfied by convention.  Where there is none the error
 * names the call that says it.
 */
extern int rating_satisfied_rank(CxmScale scale, const char *call);

/* The number of responses, which is a bigint; an error where it is none. */
extern int64 rating_response_count(const RatingView *view);

#endif /* CXM_RATING_STATISTICS_H */
