/*
 * kaplan_meier.h
 *		Survival curves: the product-limit estimate of Kaplan and Meier (1958), with Greenwood's
 *		variance (1926), and the log-rank comparison of two groups (Mantel 1966).
 *
 * The caller steps through the distinct times in ascending order, with the number at risk just
 * before each, and those for whom it was the last: an event, rather than the end of observation.
 * Who is censored at a time counts as at risk then.
 */
#ifndef CXM_KAPLAN_MEIER_H
#define CXM_KAPLAN_MEIER_H

#include <stdbool.h>

#include "rating_statistics.h"

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

#endif /* CXM_KAPLAN_MEIER_H */
