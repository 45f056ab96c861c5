/*
 * counters.c
 *		Arrays of counters that are only as wide as they must be.
 */
#include "counters.h"

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

	switch (to_width * 4 + from_width)
	{
		CASE(0, 0);
		CASE(0, 1);
		CASE(0, 2);
		CASE(0, 3);
		CASE(1, 0);
		CASE(1, 1);
		CASE(1, 2);
		CASE(1, 3);
		CASE(2, 0);
		CASE(2, 1);
		CASE(2, 2);
		CASE(2, 3);
		CASE(3, 0);
		CASE(3, 1);
		CASE(3, 2);
		default:
			CASE(3, 3);
	}
#undef CASE
}

bool
cxm_counters_add(unsigned char *to, int to_width, const unsigned char *from, int from_width,
                 size_t n)
{
	if (!combine_widths(to, to_width, from, from_width, n, true))
		return true;
	combine_widths(to, to_width, from, from_width, n, false);
	return false;
}

bool
cxm_counters_subtract(unsigned char *to, int to_width, const unsigned char *from, int from_width,
                      size_t n)
{
	if (!combine_widths(to, to_width, from, from_width, n, false))
		return true;
	combine_widths(to, to_width, from, from_width, n, true);
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

	/* a limit is all ones, so the limits can be compared with all counters at once */
	for (int narrowest = 0; narrowest <= CXM_WIDEST; narrowest++)
		if (bits <= cxm_counter_limit(narrowest))
			return narrowest;
	return -1;
}
