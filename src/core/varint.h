/*
 * varint.h
 *		Whole numbers in as many bytes as they need: 7 bits each, the lowest first, the high bit on
 *		all but the last.
 *
 * Signed ones are folded first (0, -1, 1, -2 ... become 0, 1, 2, 3 ...), so that what is near to
 * zero is short on either side.
 */
#ifndef CXM_VARINT_H
#define CXM_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most bytes that a number takes. */
#define CXM_VARINT_LIMIT 10

static inline unsigned char *
cxm_varint_put(unsigned char *at, uint64_t value)
{
	while (value >= 0x80)
	{
		*at++ = (unsigned char) (value | 0x80);
		value >>= 7;
	}
	*at++ = (unsigned char) value;
	return at;
}

/*
 * Moves *at behind the number.  False when there is no whole number of 64 bits before the end, or
 * when it has a superfluous byte: a number has one spelling.
 */
static inline bool
cxm_varint_get(const unsigned char **at, const unsigned char *end, uint64_t *value)
{
	const unsigned char *p = *at;
	uint64_t             result = 0;

	if (p < end && *p < 0x80)
	{
		*value = *p;
		*at = p + 1;
		return true;
	}
	for (int shift = 0; p < end && shift < 64; shift += 7)
	{
		uint64_t bits = *p & 0x7f;

		if ((shift == 63 && bits > 1) || (shift > 0 && *p == 0))
			return false;
		result |= bits << shift;
		if ((*p++ & 0x80) == 0)
		{
			*at = p;
			*value = result;
			return true;
		}
	}
	return false;
}

static inline uint64_t
cxm_varint_fold(int64_t value)
{
	return ((uint64_t) value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static inline int64_t
cxm_varint_unfold(uint64_t folded)
{
	return (int64_t) ((folded >> 1) ^ (folded & 1 ? UINT64_MAX : 0));
}

#endif /* CXM_VARINT_H */
