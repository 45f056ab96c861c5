/*
 * kaplan_meier.h
 *		Survival curves: the product-limit estimate of Kaplan and Meier (1958), with Greenwood's
 *		variance (1926); the incidence of one of several reasons (Aalen and Johansen 1978); and the
 *		log-rank comparison of groups (Mantel 1966).
 *
 * The caller steps through the distinct times in ascending order, with the number at risk just
 * before each, and those for whom it was the last: an event, rather than the end of observation.
 * Who is censored at a time counts as at risk then.
 */
#ifndef CXM_KAPLAN_MEIER_H
#define CXM_KAPLAN_MEIER_H

#include <stdbool.h>

#include "core/estimates.h"

typedef struct CxmKaplanMeier
{
	double survival;  /* S(t) */
	double greenwood; /* sum of d / (n (n - d)), which is Var(S) / S^2 */
} CxmKaplanMeier;

static const CxmKaplanMeier CXM_KAPLAN_MEIER_START = {1, 0};

/* at_risk is above 0, and at least events. */
extern void cxm_kaplan_meier_step(CxmKaplanMeier *curve, double at_risk, double events);

/*
 * The interval of S(t) on the scale of log(-log S), which keeps it within 0 ... 1 (Kalbfleisch and
 * Prentice 1980).  False where S is 1 or 0: there is none.
 */
extern bool cxm_kaplan_meier_interval(const CxmKaplanMeier *curve, double level,
                                      CxmInterval *interval);

/* S(t) <= 1/2, and for what a long product may have been rounded up. */
extern bool cxm_kaplan_meier_is_half(const CxmKaplanMeier *curve);

/*
 * The share that has left for one of several reasons by a time, and its variance by the delta
 * method, which for a single reason is Greenwood's.  Variances go from time to time together with
 * that of S, where what happens at a time is multinomial.
 */
typedef struct CxmIncidence
{
	double incidence;
	double variance;
	double covariance; /* with S */
} CxmIncidence;

/* Before the step of the curve itself: events_of are those of the reason. */
extern void cxm_incidence_step(CxmIncidence *incidence, const CxmKaplanMeier *before,
                               double at_risk, double events, double events_of);

/* The interval on the scale of log(-log(1 - incidence)); false where that is 0 or 1. */
extern bool cxm_incidence_interval(const CxmIncidence *incidence, double level,
                                   CxmInterval *interval);

typedef struct CxmLogrank
{
	double observed; /* events of the first group */
	double expected; /* as many as there would be if both groups had the same hazard */
	double variance; /* hypergeometric */
} CxmLogrank;

/* One time at which there were events in either group. */
extern void cxm_logrank_step(CxmLogrank *logrank, double at_risk_a, double events_a,
                             double at_risk_b, double events_b);

/*
 * statistic is chi-squared with one degree of freedom.  difference is the logarithm of the hazard
 * ratio by Peto's one-step estimate (O - E) / V, with its interval.  False without any variance.
 */
extern bool cxm_logrank_test(const CxmLogrank *logrank, double level, CxmTest *result);

/*
 * The same of k groups.  observed and expected have k places, covariance those of a lower triangle
 * of k rows, all zero at first.  A group that was never at risk when somebody left does not count.
 */
typedef struct CxmLogrankGroups
{
	int     k;
	double *observed;
	double *expected;
	double *covariance;
} CxmLogrankGroups;

extern void cxm_logrank_groups_step(CxmLogrankGroups *groups, const double *at_risk,
                                    const double *events);

/*
 * Uses the covariance up, and calls pause(), which may be NULL, for each of its rows; false where
 * no two groups can be compared.
 */
extern bool cxm_logrank_groups_test(CxmLogrankGroups *groups, void (*pause)(void),
                                    CxmGroupsTest *result);

#endif /* CXM_KAPLAN_MEIER_H */
