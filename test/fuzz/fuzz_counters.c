/*
 * fuzz_counters.c
 *		Arrays of counters at any address: what is added can be taken out again, widths can change
 *		and nothing is lost, and what does not fit leaves all as it was.
 */
#include "counters.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t  widths[2];
	uint8_t *allocated[3];
	uint8_t *a, *b, *wide;
	size_t   n;

	fuzz_take(&data, &size, widths, sizeof(widths));
	widths[0] %= CXM_WIDEST + 1;
	widths[1] %= CXM_WIDEST + 1;
	n = size / (((size_t) 1 << widths[0]) + ((size_t) 1 << widths[1]));
	a = fuzz_unaligned(data, n << widths[0], &allocated[0]);
	b = fuzz_unaligned(data + (n << widths[0]), n << widths[1], &allocated[1]);
	allocated[2] = calloc(1, n * 8 + 1);
	wide = allocated[2] + 1;

	if (cxm_counters_width(a, widths[0], n) >= 0 && cxm_counters_width(b, widths[1], n) >= 0)
	{
		cxm_counters_copy(wide, CXM_WIDEST, a, widths[0], n);
		if (cxm_counters_merge(wide, CXM_WIDEST, b, widths[1], n, true))
			LAW(cxm_counters_merge(wide, CXM_WIDEST, b, widths[1], n, false));
		for (size_t i = 0; i < n; i++)
			LAW(cxm_counter_get(wide, CXM_WIDEST, i) == cxm_counter_get(a, widths[0], i));
		if (cxm_counters_merge(a, widths[0], b, widths[1], n, true))
			LAW(cxm_counters_merge(a, widths[0], b, widths[1], n, false));
		for (size_t i = 0; i < n; i++)
			LAW(cxm_counter_get(wide, CXM_WIDEST, i) == cxm_counter_get(a, widths[0], i));
	}
	for (int i = 0; i < 3; i++)
		free(allocated[i]);
	return 0;
}
