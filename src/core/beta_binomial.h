/*
 * beta_binomial.h
 *		How much the true shares of groups differ, told from what chance alone makes of them.
 *
 * The share of a group is drawn from a beta distribution, the prior, and its yes and no by that
 * share.  Numbers of yes and no need not be whole, as with weights.
 */
#ifndef CXM_BETA_BINOMIAL_H
#define CXM_BETA_BINOMIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/estimates.h"

/* So many groups with as many yes and no each. */
typedef struct CxmShareGroups
{
	double yes;
	double no;
	double groups;
} CxmShareGroups;

/*
 * Beta(mean * responses, (1 - mean) * responses): it weighs as much as so many responses,
 * infinitely many where groups do not differ by more than chance.
 */
typedef struct CxmBetaPrior
{
	double mean;
	double responses;
} CxmBetaPrior;

/*
 * The prior that makes the groups most likely; false where fewer than two have yes or no.  The
 * array is sorted, and equal groups in it become one.  pause, where it is not NULL, is called now
 * and then, and need not return.
 */
extern bool cxm_beta_prior(CxmShareGroups *groups, size_t n, void (*pause)(void),
                           CxmBetaPrior *prior);

/* The share of a group given its own responses and the prior. */
extern double cxm_shrunken_share(const CxmBetaPrior *prior, const CxmShareSample *s);

/* Where it lies with the probability level, as much below as above; false for a single point. */
extern bool cxm_shrunken_interval(const CxmBetaPrior *prior, const CxmShareSample *s, double level,
                                  CxmInterval *result);

#endif /* CXM_BETA_BINOMIAL_H */
