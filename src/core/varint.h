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

/* The most bytes that a number takes; and those of this one. */
#define CXM_VARINT_LIMIT 10

static inline size_t
cxm_varint_size(uint64_t value)
{
	return (size_t) (63 - __builtin_clzll(value | 1)) / 7 + 1;
}

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

/* Moves *at behind the number; false where there is none, or one with a superfluous byte. */
static inline bool
cxm_varint_get(const unsigned char **at, const unsigned char *end, uint64_t *value)
{
	const unsigned char *p = *at;
	uint64_t             result = 0;

	/* hardly any number is longer, and how long each is no branch should have to guess */
	if (end - p >= 4)
	{
		uint32_t word = p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16 | (uint32_t) p[3] << 24;
		uint32_t ends = ~word & UINT32_C(0x80808080);
		int      bits = __builtin_ctz(ends | UINT32_C(0x80000000)) + 1;

		word &= UINT32_MAX >> (32 - bits);
		if (ends != 0 && (bits == 8 || word >> (bits - 8) != 0))
		{
			*value = (word & 0x7f) | (word >> 1 & 0x3f80) | (word >> 2 & 0x1fc000) |
			         (word >> 3 & 0xfe00000);
			*at = p + bits / 8;
			return true;
		}
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
