/*
 * estimates.h
 *		Confidence intervals of net scores, shares and means, and tests of two or more samples.
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
#ifndef CXM_ESTIMATES_H
#define CXM_ESTIMATES_H

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
	double std_error; /* of the difference */
} CxmTest;

/* A comparison of many samples; a NaN says that the figure does not exist. */
typedef struct CxmGroupsTest
{
	double statistic;   /* chi-squared, or Welch's F */
	double df;          /* one less than there are samples */
	double residual_df; /* of F; NaN for chi-squared */
	double p_value;
} CxmGroupsTest;

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

/*
 * Favourable less unfavourable share, within -1 ... 1; all three methods are there.  The adjusted
 * one leans towards 0: of a few answers that all agree it may end short of their own score.
 */
extern bool cxm_net_interval(const CxmNetSample *s, double level, CxmNetMethod method,
                             CxmInterval *result);

/* Wilson's interval, within 0 ... 1, which it reaches for a share of 0 or 1. */
extern bool cxm_share_interval(const CxmShareSample *s, double level, CxmInterval *result);

/*
 * How many responses make the interval of a share as narrow as share -+ margin, not rounded up: by
 * the textbook's interval, that of Wald, or by Wilson's, as cxm_share_interval() has it.  NaN where
 * an argument is not what is said here, or margin not above 0.
 */
typedef enum CxmShareMethod
{
	CXM_SHARE_WALD,
	CXM_SHARE_WILSON
} CxmShareMethod;

extern double cxm_share_responses(double share, double margin, double level,
                                  CxmShareMethod method);

/* Student's interval, within the scale lowest ... highest. */
extern bool cxm_mean_interval(const CxmMeanSample *s, double level, double lowest, double highest,
                              CxmInterval *result);

/*
 * Intervals that hold at every look: of samples that grow and are looked at time and again, in a
 * part 1 - level there is ever a look, from some thirty responses on, whose interval misses the
 * truth.  They are narrowest at best_at responses, a number that is chosen before the first look.
 * Around the observed value, the variance is that after some answers are added, since all alike is
 * not certain: those of (3,T) for net scores, for shares and means two at either end.  A mean
 * without ends has its own variance, and where that is 0, no such interval.
 */
extern bool cxm_net_anytime(const CxmNetSample *s, double level, double best_at,
                            CxmInterval *result);
extern bool cxm_share_anytime(const CxmShareSample *s, double level, double best_at,
                              CxmInterval *result);
extern bool cxm_mean_anytime(const CxmMeanSample *s, double level, double best_at, double lowest,
                             double highest, CxmInterval *result);

/*
 * With how many responses like these half the interval would be at most margin: of the adjusted
 * method and of Student's, a whole number.  NaN where an argument is not what is said here.
 */
extern double cxm_net_responses(const CxmNetSample *s, double margin, double level);
extern double cxm_mean_responses(const CxmMeanSample *s, double margin, double level);

/*
 * z test of two net scores, with an interval within -2 ... 2.  The adjusted method adjusts both
 * scores: interval, statistic, p_value and std_error belong to the adjusted difference, which is
 * not the observed one in *result.  False for CXM_NET_SCORE, which has no two-sample form.
 */
extern bool cxm_net_test(const CxmNetSample *a, const CxmNetSample *b, double level,
                         CxmNetMethod method, CxmTest *result);

/*
 * Newcombe's interval, within -1 ... 1, with the z test of the pooled share.  They are two methods:
 * near the edge one may find a difference where the other does not.  The standard error is that of
 * the two shares as they are, not pooled.
 */
extern bool cxm_share_test(const CxmShareSample *a, const CxmShareSample *b, double level,
                           CxmTest *result);

/* Welch's t test.  No two means differ by more than widest: the bounds are clamped to it. */
extern bool cxm_mean_test(const CxmMeanSample *a, const CxmMeanSample *b, double level,
                          double widest, CxmTest *result);

/*
 * Do k samples differ?  Shares by Pearson's chi-squared, net scores by that of the adjusted scores
 * over their variances, and means by Welch's analysis of variance; of two samples these are the
 * tests above, squared.  False for fewer than two.
 */
extern CxmMeanSample cxm_net_adjusted(const CxmNetSample *s);

extern bool cxm_net_groups_test(const CxmMeanSample *adjusted, int k, CxmGroupsTest *result);
extern bool cxm_share_groups_test(const CxmShareSample *s, int k, CxmGroupsTest *result);
extern bool cxm_mean_groups_test(const CxmMeanSample *s, int k, CxmGroupsTest *result);

#endif /* CXM_ESTIMATES_H */
