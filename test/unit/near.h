/*
 * near.h
 *		Assertions on doubles: those of cmocka have the precision of a float.
 */
#ifndef CXM_TEST_NEAR_H
#define CXM_TEST_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline bool
is_near(double actual, double expected, double absolute, double relative)
{
	/* equality lets infinities pass, and no comparison holds for a NaN */
	return actual == expected || fabs(actual - expected) <= absolute + relative * fabs(expected);
}

/* |actual - expected| <= absolute + relative |expected| */
#define assert_near(actual, expected, absolute, relative)                               \
	do                                                                                  \
	{                                                                                   \
		double actual_ = (actual);                                                      \
		double expected_ = (expected);                                                  \
                                                                                        \
		if (!is_near(actual_, expected_, absolute, relative))                           \
			fail_msg("%s is %.17g, not %.17g (off by %g)", #actual, actual_, expected_, \
			         actual_ - expected_);                                              \
	} while (0)

/* A published figure, rounded to this many digits behind the point. */
#define assert_rounds_to(actual, expected, digits) \
	assert_near(actual, expected, 0.5000001 * pow(10, -(digits)), 0)

#endif /* CXM_TEST_NEAR_H */
