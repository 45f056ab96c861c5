/*
 * order_statistics.h
 *		Which of n ordered values hold a percentile between them, whatever their distribution.
 *
 * With B ~ Binomial(n, p), which is how many are below the percentile, the lower limit is the
 * value of the largest rank j with P(B <= j - 1) <= alpha / 2, and the upper one that of the
 * smallest rank k with P(B <= k - 1) >= 1 - alpha / 2 (Thompson 1936).  Ranks count from 1.
 */
#ifndef CXM_ORDER_STATISTICS_H
#define CXM_ORDER_STATISTICS_H

#include <stdint.h>

typedef struct CxmRanks
{
	uint64_t lower;      /* 0: so few values have no lower limit */
	uint64_t upper;      /* n + 1: they have no upper one */
	double   lower_tail; /* the probability that the percentile is below, or above */
	double   upper_tail;
} CxmRanks;

/* 0 <= p <= 1, 0 < level < 1, and n is above 0 and at most INT64_MAX. */
extern CxmRanks cxm_percentile_ranks(uint64_t n, double p, double level);

#endif /* CXM_ORDER_STATISTICS_H */
