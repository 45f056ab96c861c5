/*
 * order_statistics.c
 *		Which of n ordered values hold a percentile between them.
 */
#include "core/order_statistics.h"

#include <math.h>
#include <stdbool.h>

#include "core/distributions.h"

/* Of so many, one rank more or less is nothing. */
#define MANY 100000000

/* What rounding may have added to a probability that is alpha / 2 exactly. */
#define ROUNDING (1 + 1e-11)

/* The quantile of the binomial by its normal limit, with the skewness. */
static double
limit_of_many(double n, double p, double tail)
{
	double z = cxm_normal_quantile(tail);

	return floor(n * p + z * sqrt(n * p * (1 - p)) + (z * z - 1) * (1 - 2 * p) / 6);
}

/*
 * The smallest k, up to n, whose probability P(B <= k) is above the tail; of the upper half, whose
 * P(B > k) is no more than it.
 */
static double
first_beyond(double n, double p, double tail, bool upper)
{
	double below = -1;
	double k = n;

	if (n > MANY)
		return fmin(fmax(limit_of_many(n, p, upper ? 1 - tail : tail), 0), n);
	while (k - below > 1)
	{
		double middle = floor((below + k) / 2);
		double tail_of_middle =
		    upper ? cxm_binomial_lower(n - middle - 1, n, 1 - p) : cxm_binomial_lower(middle, n, p);

		if (upper ? tail_of_middle <= tail * ROUNDING : tail_of_middle > tail * ROUNDING)
			k = middle;
		else
			below = middle;
	}
	return k;
}

CxmRanks
cxm_percentile_ranks(uint64_t n, double p, double level)
{
	double   count = (double) n;
	double   tail = (1 - level) / 2;
	double   lower = first_beyond(count, p, tail, false);
	double   upper = first_beyond(count, p, tail, true);
	CxmRanks ranks;

	ranks.lower = lower >= count ? n : (uint64_t) lower;
	ranks.upper = upper >= count ? n + 1 : (uint64_t) upper + 1;
	ranks.lower_tail = count > MANY ? tail : cxm_binomial_lower(lower - 1, count, p);
	ranks.upper_tail = count > MANY ? tail : cxm_binomial_lower(count - upper - 1, count, 1 - p);
	return ranks;
}
