/*
 * fuzz_predicted_count.c
 *		Predictions from any prior: within the trials, and in order.
 */
#include <math.h>

#include "fuzz.h"
#include "predicted_count.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CxmBetaPrior      prior = {fuzz_double(&data, &size), fuzz_double(&data, &size)};
	double            n = (double) (fuzz_number(&data, &size) % 100000);
	double            tail = fuzz_double(&data, &size);
	CxmPredictedRange range;

	if (!(prior.mean >= 0 && prior.mean <= 1 && prior.responses >= CXM_LEAST_PRIOR && tail > 0 &&
	      tail < 0.5))
		return 0;
	cxm_predicted_begin(&range, &prior, n, tail);
	while (cxm_predicted_step(&range))
		;
	LAW(range.lower >= 0 && range.lower <= range.upper && range.upper <= n);
	LAW(range.lower == floor(range.lower) && range.upper == floor(range.upper));
	return 0;
}
