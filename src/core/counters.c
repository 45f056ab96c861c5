/*
 * counters.c
 *		Arrays of counters that are only as wide as they must be.
 */
#include "core/counters.h"

/*
 * to[i] ± from[i], modulo the width; true when a result was out of range.  Arithmetic modulo a
 * power of two can be undone, so one pass is enough where nothing overflows: nearly always.
 */
CXM_ALWAYS_INLINE bool
combine(unsigned char *to, int to_width, const unsigned char *from, int from_width, size_t n,
        bool add)
{
	uint64_t limit = cxm_counter_limit(to_width);
	bool     out_of_range = false;

	for (size_t i = 0; i < n; i++)
	{
		uint64_t a = cxm_counter_get(to, to_width, i);
		uint64_t b = cxm_counter_get(from, from_width, i);

		/* both are at most 2^63 - 1: their sum does not wrap around in 64 bits */
		out_of_range |= add ? a + b > limit : b > a;
		cxm_counter_set(to, to_width, i, add ? a + b : a - b);
	}
	return out_of_range;
}

/* Gives the loop above constant widths, which the compiler turns into sixteen plain loops. */
CXM_ALWAYS_INLINE bool
combine_widths(unsigned char *to, int to_width, const unsigned char *from, int from_width, size_t n,
               bool add)
{
#define CASE(t, f)     \
	case (t) *4 + (f): \
		return combine(to, (t), from, (f), n, add)
#define CASES(t) \
	CASE(t, 0);  \
	CASE(t, 1);  \
	CASE(t, 2);  \
	CASE(t, 3)

	switch (to_width * 4 + from_width)
	{
		CASES(0);
		CASES(1);
		CASES(2);
		CASES(3);
	}
#undef CASES
#undef CASE
	return true; /* there are no other widths */
}

static bool
combine_either_way(unsigned char *to, int to_width, const unsigned char *from, int from_width,
                   size_t n, bool add)
{
	return add ? combine_widths(to, to_width, from, from_width, n, true)
	           : combine_widths(to, to_width, from, from_width, n, false);
}

bool
cxm_counters_merge(unsigned char *to, int to_width, const unsigned char *from, int from_width,
                   size_t n, bool add)
{
	if (!combine_either_way(to, to_width, from, from_width, n, add))
		return true;
	combine_either_way(to, to_width, from, from_width, n, !add);
	return false;
}

void
cxm_counters_copy(unsigned char *to, int to_width, const unsigned char *from, int from_width,
                  size_t n)
{
	if (to_width == from_width)
		memcpy(to, from, n << to_width);
	else
		for (size_t i = 0; i < n; i++)
			cxm_counter_set(to, to_width, i, cxm_counter_get(from, from_width, i));
}

int
cxm_counters_width(const unsigned char *counters, int width, size_t n)
{
	uint64_t bits = 0;

	if (width == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		bits |= cxm_counter_get(counters, width, i);
	return bits > CXM_COUNTER_CEILING ? -1 : cxm_counter_width(bits);
}
