/*
 * rating_summary.h
 *		The type rating_summary: exact counts of the answers to one survey question.
 *
 * A RatingView is how every reading looks at a value.  Slots are those of CxmScale; ranks count
 * from the worst answer.  What these functions return is exact unless it is a double.
 */
#ifndef CXM_RATING_SUMMARY_H
#define CXM_RATING_SUMMARY_H

#include "summary.h"

#include "core/rating_scale.h"
#include "core/uint128.h"

typedef struct RatingView
{
	CxmScale             scale;
	bool                 weighted;
	int                  width;    /* code of the counters' width, see core/counters.h */
	const unsigned char *counters; /* non-responses, then the slots */
	const unsigned char *weights;  /* likewise, then the squares; only if weighted */
} RatingView;

/* Mean, unbiased variance and effective number of responses; NaN where a figure does not exist. */
typedef struct RatingMoments
{
	double n;
	double mean;
	double variance;
} RatingMoments;

/* The summary in an argument that is not NULL; it stays where it is or is detoasted once. */
extern RatingView rating_arg(FunctionCallInfo fcinfo, int argno);

/* Errors that name both sides, or the scale, where a figure is not defined. */
extern void rating_check_same_scale(const RatingView *a, const RatingView *b);
extern void rating_check_nps_scale(const RatingView *view, const char *figure);

/* The rank of an answer in an argument; an error when it is outside the scale or not whole. */
extern int rating_rank_arg(FunctionCallInfo fcinfo, int argno, CxmScale scale);

/* The rank from which an answer counts as satisfied, unless the caller says otherwise. */
extern int rating_satisfied_rank(CxmScale scale);

/* The number of responses with a rank from ... to; an error when it exceeds bigint. */
extern int64 rating_responses_between(const RatingView *view, int from, int to);

/* Their share of all responses, by weight where there are weights; NaN without any. */
extern double rating_share(const RatingView *view, int from, int to);

/*
 * The net score: 100 times the share with a rank from favourable_from up, less the share with a
 * rank up to unfavourable_to, which may be RATING_NONE; NaN without any responses.
 */
#define RATING_NONE (-1)
extern double rating_points(const RatingView *view, int favourable_from, int unfavourable_to);

extern RatingMoments rating_moments(const RatingView *view);

/* On 0..10 the passives are 7 and 8. */
#define RATING_FIRST_PASSIVE 7
#define RATING_FIRST_PROMOTER 9

#endif /* CXM_RATING_SUMMARY_H */
