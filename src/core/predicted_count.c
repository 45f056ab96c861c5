/*
 * predicted_count.c
 *		How many of the next ones will, when the share of those who do is known so well.
 */
#include "core/predicted_count.h"

#include <math.h>

/* Counts of a step, some nanoseconds each. */
#define STEP 65536

/* What all counts beyond weigh together at most, of what has been summed up. */
#define NEGLIGIBLE 1e-17

CxmBetaPrior
cxm_share_after(double successes, double trials)
{
	return (CxmBetaPrior){(successes + 0.5) / (trials + 1), trials + 1};
}

/* How much more probable the next count is. */
static double
growth(const CxmPredictedRange *range, double k)
{
	double odds = range->certain ? range->odds : (range->a + k) / (range->b + (range->n - k - 1));

	return (range->n - k) / (k + 1) * odds;
}

void
cxm_predicted_begin(CxmPredictedRange *range, const CxmBetaPrior *prior, double next_trials,
                    double tail)
{
	double a = prior->mean * prior->responses;
	double b = (1 - prior->mean) * prior->responses;
	double mode = floor((next_trials + 1) * (a - 1) / (a + b - 2));

	if (isinf(prior->responses))
		mode = floor((next_trials + 1) * prior->mean);
	else if (a <= 1 && b > 0)
		mode = 0;
	else if (b <= 1)
		mode = next_trials;
	mode = fmax(0, fmin(mode, next_trials));
	*range = (CxmPredictedRange){.a = a,
	                             .b = b,
	                             .certain = isinf(prior->responses),
	                             .odds = prior->mean / (1 - prior->mean),
	                             .n = next_trials,
	                             .tail = tail,
	                             .total = 1,
	                             .first = mode,
	                             .last = mode,
	                             .first_weight = 1,
	                             .last_weight = 1,
	                             .lower = -1};
}

/* Goes down from the mode, and up from it, as far as there is something to sum up. */
static void
sum_up(CxmPredictedRange *range)
{
	int i = 0;

	for (; i < STEP && range->first > 0 &&
	       range->first_weight * range->first > NEGLIGIBLE * range->total;
	     i++)
	{
		double weight = range->first_weight / growth(range, range->first - 1);

		/* all of them do for certain */
		if (weight == 0)
			break;
		range->first--;
		range->first_weight = weight;
		range->total += weight;
	}
	/* with b below 1 they grow again towards the end */
	for (; i < STEP && range->last < range->n &&
	       (range->b < 1 ||
	        range->last_weight * (range->n - range->last) > NEGLIGIBLE * range->total);
	     i++)
	{
		range->last_weight *= growth(range, range->last);
		range->last++;
		range->total += range->last_weight;
	}
	if (i < STEP)
	{
		range->summed = true;
		range->count = range->first;
		range->passed = 0;
	}
}

bool
cxm_predicted_step(CxmPredictedRange *range)
{
	if (!range->summed)
	{
		sum_up(range);
		return true;
	}
	for (int i = 0; i < STEP; i++)
	{
		range->passed += range->first_weight;
		if (range->lower < 0 && range->passed >= range->tail * range->total)
			range->lower = range->count;
		/* what is left may round away */
		if (range->passed >= (1 - range->tail) * range->total || range->count >= range->last)
		{
			range->upper = range->count;
			return false;
		}
		range->first_weight *= growth(range, range->count);
		range->count++;
	}
	return true;
}
