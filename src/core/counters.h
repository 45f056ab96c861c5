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

/* The narrowest width for counts whose bits, or'ed together, are these. */
static inline int
cxm_counter_width(uint64_t bits)
{
	int width = 0;

	while (width < CXM_WIDEST && bits > cxm_counter_limit(width))
		width++;
	return width;
}

/* Adds up n counts.  False when one of them, or the total, is above the ceiling. */
CXM_ALWAYS_INLINE bool
cxm_counts_total(const uint64_t *counts, size_t n, uint64_t *total)
{
	uint64_t sum = 0;
	uint64_t bits = 0;

	/* whatever passes the ceiling first leaves its highest bit, though later ones may wrap */
	for (size_t i = 0; i < n; i++)
	{
		sum += counts[i];
		bits |= counts[i] | sum;
	}
	*total = sum;
	return bits <= CXM_COUNTER_CEILING;
}

/* Numbers at any address. */
typedef uint16_t CxmLoose16 __attribute__((may_alias, aligned(1)));
typedef uint32_t CxmLoose32 __attribute__((may_alias, aligned(1)));
typedef uint64_t CxmLoose64 __attribute__((may_alias, aligned(1)));

static inline uint64_t
cxm_counter_get(const unsigned char *counters, int width, size_t i)
{
	const unsigned char *at = counters + (i << width);

	switch (width)
	{
		case 0:
			return *at;
		case 1:
			return *(const CxmLoose16 *) at;
		case 2:
			return *(const CxmLoose32 *) at;
		default:
			return *(const CxmLoose64 *) at;
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
			*(CxmLoose16 *) at = (uint16_t) count;
			break;
		case 2:
			*(CxmLoose32 *) at = (uint32_t) count;
			break;
		default:
			*(CxmLoose64 *) at = count;
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

/* Reads n counters. */
static inline void
cxm_counters_get(const unsigned char *counters, int width, size_t n, uint64_t *counts)
{
	for (size_t i = 0; i < n; i++)
		counts[i] = cxm_counter_get(counters, width, i);
}

/* Stores n counts, none above the limit. */
static inline void
cxm_counters_set(unsigned char *counters, int width, size_t n, const uint64_t *counts)
{
	for (size_t i = 0; i < n; i++)
		cxm_counter_set(counters, width, i, counts[i]);
}

/* The narrowest width for each of n counts. */
static inline int
cxm_counts_width(const uint64_t *counts, size_t n)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= counts[i];
	return cxm_counter_width(bits);
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

/* Adds n counters to n others, or takes them out; false when a result would not fit. */
extern bool cxm_counters_merge(unsigned char *to, int to_width, const unsigned char *from,
                               int from_width, size_t n, bool add);

/* Copies n counters into an array of another width, which must be wide enough for each. */
extern void cxm_counters_copy(unsigned char *to, int to_width, const unsigned char *from,
                              int from_width, size_t n);

/* The narrowest width that holds each of n counters; -1 when one is above the ceiling. */
extern int cxm_counters_width(const unsigned char *counters, int width, size_t n);

#endif /* CXM_COUNTERS_H */
