/*
 * fuzz_rank_test.c
 *		Two groups of any counts at all, and the ranks of any percentile: within their bounds,
 *		mirror images, in order.
 */
#include <math.h>

#include "fuzz.h"
#include "order_statistics.h"
#include "rank_test.h"

#define MOST 16

static bool
test_of(double counts[2][MOST], int a, CxmTest *result)
{
	double      n[2] = {0, 0};
	CxmRankTest ranks;

	for (int i = 0; i < MOST; i++)
	{
		n[0] += counts[a][i];
		n[1] += counts[1 - a][i];
	}
	ranks = cxm_rank_test_start(n[0], n[1]);
	for (int i = 0; i < MOST; i++)
		if (counts[0][i] + counts[1][i] > 0)
			cxm_rank_test_step(&ranks, counts[a][i], counts[1 - a][i]);
	return cxm_rank_test(&ranks, 0.95, result);
}

static void
percentile(uint64_t n, double p, double level)
{
	CxmRanks ranks;

	if (n == 0 || n > INT64_MAX || !(p >= 0 && p <= 1 && level > 0 && level < 1))
		return;
	ranks = cxm_percentile_ranks(n, p, level);
	LAW(ranks.lower <= n && ranks.upper >= 1 && ranks.upper <= n + 1);
	LAW(ranks.lower <= ranks.upper);
	LAW(ranks.lower_tail >= 0 && ranks.lower_tail <= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double   counts[2][MOST];
	CxmTest  test;
	CxmTest  mirror;
	uint64_t n = fuzz_number(&data, &size);
	double   p = fuzz_double(&data, &size);

	percentile(n, p, fuzz_double(&data, &size));
	percentile(n % 5000, fabs(p) > 1 ? 1 / fabs(p) : p, 0.95);
	for (int i = 0; i < 2 * MOST; i++)
		counts[i % 2][i / 2] = (double) (fuzz_number(&data, &size) >> (1 + i * 7 % 61));
	LAW(test_of(counts, 0, &test) == test_of(counts, 1, &mirror));
	if (test_of(counts, 0, &test) && test_of(counts, 1, &mirror))
	{
		LAW(test.difference >= -1 - 1e-9 && test.difference <= 1 + 1e-9);
		LAW(test.p_value >= 0 && test.p_value <= 1);
		LAW(fabs(test.difference + mirror.difference) < 1e-9);
		LAW(isnan(test.lower) ||
		    (test.lower <= test.difference + 1e-9 && test.difference <= test.upper + 1e-9));
	}
	return 0;
}
