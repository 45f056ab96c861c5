/*
 * fuzz.h
 *		What the harnesses of libFuzzer share: a law that must hold, and numbers out of the input.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAW(condition)                                                      \
	do                                                                      \
	{                                                                       \
		if (!(condition))                                                   \
		{                                                                   \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                        \
		}                                                                   \
	} while (0)

/* Moves size bytes from the front of the input, with zeros after its end. */
static inline void
fuzz_take(const uint8_t **data, size_t *left, void *to, size_t size)
{
	size_t there = *left < size ? *left : size;

	memset(to, 0, size);
	if (there > 0)
		memcpy(to, *data, there);
	*data += there;
	*left -= there;
}

static inline uint64_t
fuzz_number(const uint8_t **data, size_t *left)
{
	uint64_t number;

	fuzz_take(data, left, &number, sizeof(number));
	return number;
}

static inline double
fuzz_double(const uint8_t **data, size_t *left)
{
	double number;

	fuzz_take(data, left, &number, sizeof(number));
	return number;
}

/* A copy of exactly that size, one byte off any alignment. */
static inline uint8_t *
fuzz_unaligned(const uint8_t *data, size_t size, uint8_t **allocated)
{
	*allocated = malloc(size + 1);
	LAW(*allocated != NULL);
	if (size > 0)
		memcpy(*allocated + 1, data, size);
	return *allocated + 1;
}

#endif /* FUZZ_H */
