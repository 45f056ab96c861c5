/*
 * log_histogram.h
 *		Counts of durations in buckets whose width grows with the duration: any percentile of any
 *		number of durations within 1 %, out of some hundred counters that add and subtract exactly.
 *
 * A duration is a whole number of microseconds from 0 to 2^63 - 1 (292,000 years).  Up to 511 each
 * has a bucket of its own; above that there are 42 from a duration to its double, each at most 2 %
 * as wide as its durations are long.  Only integers are involved, so that every machine, and every
 * version of this code, puts a duration into the same bucket.
 *
 * A histogram is stored as its buckets in ascending order, the empty ones left out:
 *
 *		(count - 1) * 2 + g		varint		g: empty buckets come before this one ...
 *		gap - 1					varint		... this many; only where g is 1
 *
 * Equal histograms have equal bytes.
 */
#ifndef CXM_LOG_HISTOGRAM_H
#define CXM_LOG_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/counters.h"

#define CXM_LOG_LINEAR 512 /* durations below this have a bucket each */
#define CXM_LOG_OCTAVE 42  /* buckets of an octave */
#define CXM_LOG_BUCKETS (CXM_LOG_LINEAR + 54 * CXM_LOG_OCTAVE + 1)
#define CXM_LOG_PHASE (UINT64_C(5) << 44) /* 5/16 of a bucket, in 1 / 2^48 */

/* What one bucket takes at most, and what a duration takes that has the histogram to itself. */
#define CXM_LOG_ITEM_SIZE 12

/*
 * The bucket of a duration.
 *
 * The logarithm of 1 + x, between octaves, is taken as x (4 - x) / 3, exact at both ends.  The
 * slope is off by so little that 39 buckets would keep to 1 % where the true logarithm needs 35.
 *
 * It takes 42, and the phase, for the targets that people set to lie in the upper half of a bucket
 * each, 20 seconds and 15 minutes and 8 hours and 3 days: little that is longer lies in it.
 */
static inline int
cxm_log_bucket(uint64_t duration)
{
	int      octave;
	uint64_t x; /* in 1 / 2^24 */

	if (duration < CXM_LOG_LINEAR)
		return (int) duration;
	octave = 63 - __builtin_clzll(duration);
	x = (duration << (63 - octave) >> 39) & 0xffffff;
	return CXM_LOG_LINEAR + (octave - 9) * CXM_LOG_OCTAVE +
	       (int) ((x * ((UINT64_C(4) << 24) - x) * (CXM_LOG_OCTAVE / 3) + CXM_LOG_PHASE) >> 48);
}

/* The shortest duration of a bucket.  That of CXM_LOG_BUCKETS is 2^63, beyond all durations. */
extern uint64_t cxm_log_bucket_from(int bucket);

/*
 * The duration that stands for all of its bucket: none of them is more than 1 % off.  It has the
 * digits that the bucket allows: of some hours it is a multiple of 10 seconds.
 */
extern uint64_t cxm_log_bucket_value(int bucket);

/* Rounded to a microsecond, 10, ... a second, 10, a minute, 10, an hour or 10, but to no more. */
extern uint64_t cxm_log_round(uint64_t duration, uint64_t most);

/* Reading and writing stored histograms, bucket after bucket. */

typedef struct CxmLogReader
{
	const unsigned char *at;
	const unsigned char *end;
	int                  from; /* the first bucket that may come */
} CxmLogReader;

typedef struct CxmLogWriter
{
	unsigned char *at; /* where the next byte goes */
	int            from;
} CxmLogWriter;

typedef enum CxmLogStatus
{
	CXM_LOG_ITEM,
	CXM_LOG_END,
	CXM_LOG_CORRUPT, /* never of what was written by this module */
} CxmLogStatus;

static inline CxmLogReader
cxm_log_reader(const unsigned char *bytes, size_t size)
{
	return (CxmLogReader){bytes, bytes + size, 0};
}

static inline CxmLogWriter
cxm_log_writer(unsigned char *bytes)
{
	return (CxmLogWriter){bytes, 0};
}

extern CxmLogStatus cxm_log_read(CxmLogReader *reader, int *bucket, uint64_t *count);

/* Buckets ascend, counts are positive, and there is room for CXM_LOG_ITEM_SIZE more. */
extern void cxm_log_write(CxmLogWriter *writer, int bucket, uint64_t count);

/*
 * A percentile p, 0 ... 1, of n > 0 durations, by the rule of percentile_cont: rank p (n - 1) of
 * 0 ... n - 1, a fractional rank interpolated between its neighbours.  Each of the two is within
 * 1 %, so what lies between them is; it has the digits of the lower one.
 *
 *		percentile = cxm_log_percentile(n, p);
 *		for each bucket, ascending: if (cxm_log_percentile_pass(&percentile, bucket, count)) break;
 *		... cxm_log_percentile_value(&percentile)
 */
typedef struct CxmLogPercentile
{
	uint64_t lower_rank;
	uint64_t upper_rank;
	double   fraction; /* of the way from the lower to the upper rank */
	uint64_t passed;   /* durations so far */
	int      lower;    /* buckets of the two ranks */
	int      upper;
} CxmLogPercentile;

extern CxmLogPercentile cxm_log_percentile(uint64_t n, double p);

/* True when the percentile is known. */
static inline bool
cxm_log_percentile_pass(CxmLogPercentile *percentile, int bucket, uint64_t count)
{
	if (percentile->passed <= percentile->lower_rank)
		percentile->lower = bucket;
	percentile->upper = bucket;
	percentile->passed += count;
	return percentile->passed > percentile->upper_rank;
}

extern uint64_t cxm_log_percentile_value(const CxmLogPercentile *percentile);

#endif /* CXM_LOG_HISTOGRAM_H */
