/*
 * rank_test.h
 *		Does one group take longer than another?  The rank test of Wilcoxon, Mann and Whitney, with
 *		ties, and the interval of Brunner and Munzel (2000).
 *
 * The caller steps through the distinct values in ascending order, with how many of either group
 * have it.
 */
#ifndef CXM_RANK_TEST_H
#define CXM_RANK_TEST_H

#include <stdbool.h>

#include "core/estimates.h"

typedef struct CxmRankTest
{
	double n[2];
	double passed[2];  /* how many had a lower value */
	double placed[2];  /* sum of the placements less 1/2 ... */
	double squares[2]; /* ... and of their squares */
	double wins;       /* pairs in which a has more than b, those that are equal for half */
	double ties;       /* sum of t^3 - t */
} CxmRankTest;

extern CxmRankTest cxm_rank_test_start(double n_a, double n_b);
extern void        cxm_rank_test_step(CxmRankTest *ranks, double of_a, double of_b);

/*
 * difference is P(a > b) - P(a < b), with its interval; NaN for the interval where all of one group
 * are above all of the other, or one has a single value.  statistic and p_value are of Wilcoxon's
 * test, by the normal limit, corrected for ties and continuity.  False where a group is empty, or
 * all values are equal.
 */
extern bool cxm_rank_test(const CxmRankTest *ranks, double level, CxmTest *result);

#endif /* CXM_RANK_TEST_H */
