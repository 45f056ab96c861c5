/*
 * rating_statistics.h
 *		Confidence intervals and two-sample tests of net scores, shares and means.
 *
 * Shares are fractions 0 ... 1 and scores fractions -1 ... 1.  n is the number of responses, or for
 * weighted ones the effective number (sum w)^2 / sum w^2 of Kish (1965), which need not be whole;
 * n - 1 of it serves as degrees of freedom.  level is the confidence, 0 < level < 1.  All intervals
 * are two-sided, and nothing depends on the order of the answers.
 *
 * Every function returns false, with *result untouched, when a sample has too few responses for the
 * figure (none, or for means not more than one) or an argument is not what is said here: a share
 * outside of 0 ... 1, shares that add up to more than 1, a level of 1, NaN.
 *
 * Samples without any variance keep their interval, of zero width, but have no test: statistic and
 * p_value are NaN then, however large the difference, since z or t would divide by zero.  That can
 * happen to means and to the plain Wald net test (all answers alike in both samples) and to shares
 * (all favourable in both samples, or none in either), never to the adjusted Wald test.
 */
#ifndef CXM_RATING_STATISTICS_H
#define CXM_RATING_STATISTICS_H

#include <stdbool.h>

typedef struct CxmInterval
{
	double lower;
	double upper;
} CxmInterval;

/* A comparison of a with b; a NaN says that the figure does not exist. */
typedef struct CxmTest
{
	double difference; /* observed, a less b */
	double lower;      /* confidence interval of the difference */
	double upper;
	double statistic; /* z or t */
	double p_value;   /* two-sided */
} CxmTest;

typedef enum CxmNetMethod
{
	CXM_NET_ADJUSTED_WALD,
	CXM_NET_WALD,
	CXM_NET_SCORE
} CxmNetMethod;

typedef struct CxmNetSample
{
	double favourable;   /* share of promoters */
	double unfavourable; /* share of detractors */
	double n;
} CxmNetSample;

typedef struct CxmShareSample
{
	double share;
	double n;
} CxmShareSample;

typedef struct CxmMeanSample
{
	double mean;
	double variance; /* unbiased, of one answer; NaN when n <= 1 */
	double n;
} CxmMeanSample;

/* Favourable less unfavourable share, within -1 ... 1; all three methods are there. */
extern bool cxm_net_interval(const CxmNetSample *s, double level, CxmNetMethod method,
                             CxmInterval *result);

/* Wilson's interval, within 0 ... 1, which it reaches for a share of 0 or 1. */
extern bool cxm_share_interval(const CxmShareSample *s, double level, CxmInterval *result);

/* Student's interval, within the scale lowest ... highest. */
extern bool cxm_mean_interval(const CxmMeanSample *s, double level, double lowest, double highest,
                              CxmInterval *result);

/*
 * z test of two net scores, with an interval within -2 ... 2.  The adjusted method adjusts both
 * scores: interval, statistic and p_value belong to the adjusted difference, which is not the
 * observed one in *result.  False for CXM_NET_SCORE, which has no two-sample form.
 */
extern bool cxm_net_test(const CxmNetSample *a, const CxmNetSample *b, double level,
                         CxmNetMethod method, CxmTest *result);

/*
 * Newcombe's interval, within -1 ... 1, with the z test of the pooled share.  They are two methods:
 * near the edge one may find a difference where the other does not.
 */
extern bool cxm_share_test(const CxmShareSample *a, const CxmShareSample *b, double level,
                           CxmTest *result);

/* Welch's t test.  No two means differ by more than widest: the bounds are clamped to it. */
extern bool cxm_mean_test(const CxmMeanSample *a, const CxmMeanSample *b, double level,
                          double widest, CxmTest *result);

#endif /* CXM_RATING_STATISTICS_H */
