/*
 * counters.h
 *		Arrays of counters that are only as wide as they must be.
 *
 * A width is 1, 2, 4 or 8 bytes, written as its code 0 ... 3, and is the same for every counter of
 * an array.  The bytes may lie at any address.  A counter never exceeds CXM_COUNTER_CEILING, so
 * that it always fits into SQL's bigint.
 *
 * Whatever returns false has left the array as it was.
 */
#ifndef CXM_COUNTERS_H
#define CXM_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CXM_ALWAYS_INLINE static inline __attribute__((always_inline))

#define CXM_WIDEST 3
#define CXM_COUNTER_CEILING ((uint64_t) INT64_MAX)

/* The largest count that counters of this width can hold. */
static inline uint64_t
cxm_counter_limit(int width)
{
	return width == CXM_WIDEST ? CXM_COUNTER_CEILING : (UINT64_C(1) << (8 << width)) - 1;
}

static inline uint64_t
cxm_counter_get(const unsigned char *counters, int width, size_t i)
{
	const unsigned char *at = counters + (i << width);

	switch (width)
	{
		case 0:
			return *at;
		case 1:
		{
			uint16_t count;

			memcpy(&count, at, sizeof(count));
			return count;
		}
		case 2:
		{
			uint32_t count;

			memcpy(&count, at, sizeof(count));
			return count;
		}
		default:
		{
			uint64_t count;

			memcpy(&count, at, sizeof(count));
			return count;
		}
	}
}

/* Stores the low bytes of count: the caller has compared it with the limit. */
static inline void
cxm_counter_set(unsigned char *counters, int width, size_t i, uint64_t count)
{
	unsigned char *at = counters + (i << width);

	switch (width)
	{
		case 0:
			*at = (unsigned char) count;
			break;
		case 1:
		{
			uint16_t narrow = (uint16_t) count;

			memcpy(at, &narrow, sizeof(narrow));
			break;
		}
		case 2:
		{
			uint32_t narrow = (uint32_t) count;

			memcpy(at, &narrow, sizeof(narrow));
			break;
		}
		default:
			memcpy(at, &count, sizeof(count));
	}
}

CXM_ALWAYS_INLINE bool
cxm_counter_step(unsigned char *counters, int width, size_t i, bool up)
{
	uint64_t count = cxm_counter_get(counters, width, i);

	if (count == (up ? cxm_counter_limit(width) : 0))
		return false;
	cxm_counter_set(counters, width, i, up ? count + 1 : count - 1);
	return true;
}

/*
 * Counts one more (up) or one less.  False when the counter is full, or was zero.
 *
 * This is the inner loop of every rating aggregate; the switch hands cxm_counter_step() a constant
 * width, which leaves one load, one comparison and one store of each case.
 */
CXM_ALWAYS_INLINE bool
cxm_counter_count(unsigned char *counters, int width, size_t i, bool up)
{
	switch (width)
	{
		case 0:
			return cxm_counter_step(counters, 0, i, up);
		case 1:
			return cxm_counter_step(counters, 1, i, up);
		case 2:
			return cxm_counter_step(counters, 2, i, up);
		default:
			return cxm_counter_step(counters, CXM_WIDEST, i, up);
	}
}

/* Adds n counters to n others.  False when a sum does not fit into to_width. */
extern bool cxm_counters_add(unsigned char *to, int to_width, const unsigned char *from,
                             int from_width, size_t n);

/* Takes n counters out of n others.  False when one would fall below zero. */
extern bool cxm_counters_subtract(unsigned char *to, int to_width, const unsigned char *from,
                                  int from_width, size_t n);

/* Copies n counters into an array of another width, which must be wide enough for each. */
extern void cxm_counters_copy(unsigned char *to, int to_width, const unsigned char *from,
                              int from_width, size_t n);

/* The narrowest width that holds each of n counters; -1 when one is above the ceiling. */
extern int cxm_counters_width(const unsigned char *counters, int width, size_t n);

#endif /* CXM_COUNTERS_H */
