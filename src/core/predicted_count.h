/*
 * predicted_count.h
 *		How many of the next ones will, when the share of those who do is known so well: the
 *		beta-binomial distribution.
 *
 * The count varies by chance, and because the share is not known.  After x of n, by Jeffreys'
 * prior, the share is Beta(x + 1/2, n - x + 1/2).
 */
#ifndef CXM_PREDICTED_COUNT_H
#define CXM_PREDICTED_COUNT_H

#include <stdbool.h>

#include "core/beta_binomial.h"

/* Of more trials the distribution is not summed up, and a prior that weighs less says nothing. */
#define CXM_MOST_PREDICTED 1e8
#define CXM_LEAST_PRIOR 1e-100

/* What is known of a share after x of n, of which there is one at least. */
extern CxmBetaPrior cxm_share_after(double successes, double trials);

/*
 * The smallest counts that are exceeded with a probability of at most 1 - tail, and tail, in steps:
 * begin, and step until it returns false.  The prior weighs CXM_LEAST_PRIOR at least, there are
 * CXM_MOST_PREDICTED next trials at most, and 0 < tail < 1/2.
 */
typedef struct CxmPredictedRange
{
	double a;
	double b;
	double odds;
	bool   certain; /* a and b are infinite, and these the odds */
	double n;
	double tail;
	double total; /* of the probabilities, that of the mode being 1 */
	double first; /* the counts that have been summed up */
	double last;
	double first_weight;
	double last_weight;
	double passed; /* of the total, on the second way, from the first count on */
	double count;
	bool   summed;
	double lower;
	double upper;
} CxmPredictedRange;

extern void cxm_predicted_begin(CxmPredictedRange *range, const CxmBetaPrior *prior,
                                double next_trials, double tail);
extern bool cxm_predicted_step(CxmPredictedRange *range);

#endif /* CXM_PREDICTED_COUNT_H */
