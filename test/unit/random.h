/*
 * random.h
 *		Numbers that are random and the same on every run; a test sets the state it starts from.
 */
#ifndef CXM_TEST_RANDOM_H
#define CXM_TEST_RANDOM_H

#include <stdint.h>

static uint64_t random_state;

/* splitmix64 of Steele, Lea and Flood (2014) */
static inline uint64_t
random_bits(void)
{
	uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

#endif /* CXM_TEST_RANDOM_H */
