/*
 * partial_likelihood.h
 *		The ratio of the hazards of two groups, by the partial likelihood (Cox 1972).
 *
 * Of those who leave at one time Efron (1977) supposes that they leave one after the other, in any
 * order; Breslow (1974), that each of them leaves all who were at risk.
 *
 * The likelihood is summed up in passes, each over the distinct times in any order:
 *
 *	fit = CXM_HAZARD_RATIO_START;		(with fit.breslow, if so)
 *	do
 *		for each time at which somebody left: cxm_hazard_ratio_step(...);
 *	while (cxm_hazard_ratio_next(&fit));
 */
#ifndef CXM_PARTIAL_LIKELIHOOD_H
#define CXM_PARTIAL_LIKELIHOOD_H

#include <stdbool.h>

typedef struct CxmHazardRatio
{
	double log_ratio;   /* of a to b; infinite where only one group has lost anybody */
	double score;       /* the likelihood's first derivative there, */
	double information; /* and its second, negated */
	double below;       /* the ratio lies between these */
	double above;
	double lost[2]; /* events of each group while both were at risk */
	int    passes;
	bool   breslow;
} CxmHazardRatio;

extern const CxmHazardRatio CXM_HAZARD_RATIO_START;

/* One time: how many of a and of b were at risk just before it, and how many of these left. */
extern void cxm_hazard_ratio_step(CxmHazardRatio *fit, double at_risk_a, double events_a,
                                  double at_risk_b, double events_b);

/* After a pass: is another one needed?  In the end log_ratio is NaN where there is none. */
extern bool cxm_hazard_ratio_next(CxmHazardRatio *fit);

#endif /* CXM_PARTIAL_LIKELIHOOD_H */
