/*
 * log_histogram.c
 *		Counts of durations in buckets whose width grows with the duration.
 */
#include "core/log_histogram.h"

#include <math.h>

#include "core/varint.h"

/*
 * The mapping is the only truth about the buckets, and its inverse is found by halving: a reading
 * needs two or three buckets' worth of it.
 */
uint64_t
cxm_log_bucket_from(int bucket)
{
	int      octave = 9 + (bucket - CXM_LOG_LINEAR) / CXM_LOG_OCTAVE;
	uint64_t low;
	uint64_t high;

	if (bucket <= CXM_LOG_LINEAR)
		return (uint64_t) bucket;
	if (bucket == CXM_LOG_BUCKETS)
		return UINT64_C(1) << 63;
	/* the first one of an octave begins before it */
	low = UINT64_C(1) << (octave - 1);
	high = octave < 62 ? low * 4 - 1 : CXM_COUNTER_CEILING;
	while (low < high)
	{
		uint64_t middle = low + (high - low) / 2;

		if (cxm_log_bucket(middle) < bucket)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The largest unit, from a microsecond to ten hours, that is no longer: each divides the next. */
static uint64_t
unit_within(uint64_t most)
{
	static const uint64_t FACTORS[] = {10, 10, 10, 10, 10, 10, 10, 6, 10, 6, 10};

	uint64_t unit = 1;

	for (size_t i = 0; i < sizeof(FACTORS) / sizeof(FACTORS[0]) && unit * FACTORS[i] <= most; i++)
		unit *= FACTORS[i];
	return unit;
}

uint64_t
cxm_log_round(uint64_t duration, uint64_t most)
{
	uint64_t unit = unit_within(most);
	uint64_t rest = duration % unit;

	return rest < unit - rest ? duration - rest : duration - rest + unit;
}

/*
 * The harmonic mean of both ends is as far, relatively, from the one as from the other; it lies
 * below their mean by the square of half the width over the mean.
 *
 * It is rounded to a unit of an eighth of the bucket at the most: half of that, and what the
 * harmonic mean may be off, stay below 1 %.
 */
static uint64_t
value_of(int bucket, uint64_t *eighth)
{
	uint64_t first = cxm_log_bucket_from(bucket);
	uint64_t last = cxm_log_bucket_from(bucket + 1) - 1;
	double   half = (double) (last - first) / 2;

	*eighth = (last - first + 1) / 8;
	if (first == last)
		return first;
	return cxm_log_round(first + (uint64_t) (half - half * half / ((double) first + half) + 0.5),
	                     *eighth);
}

uint64_t
cxm_log_bucket_value(int bucket)
{
	uint64_t eighth;

	return value_of(bucket, &eighth);
}

CxmLogStatus
cxm_log_read(CxmLogReader *reader, int *bucket, uint64_t *count)
{
	uint64_t head;
	uint64_t gap = 0;

	if (reader->at == reader->end)
		return CXM_LOG_END;
	if (!cxm_varint_get(&reader->at, reader->end, &head))
		return CXM_LOG_CORRUPT;
	if (head & 1)
	{
		if (!cxm_varint_get(&reader->at, reader->end, &gap) || gap >= CXM_LOG_BUCKETS)
			return CXM_LOG_CORRUPT;
		gap++;
	}
	*count = (head >> 1) + 1;
	if (*count > CXM_COUNTER_CEILING || reader->from + (int) gap >= CXM_LOG_BUCKETS)
		return CXM_LOG_CORRUPT;
	*bucket = reader->from + (int) gap;
	reader->from = *bucket + 1;
	return CXM_LOG_ITEM;
}

void
cxm_log_write(CxmLogWriter *writer, int bucket, uint64_t count)
{
	int gap = bucket - writer->from;

	writer->at = cxm_varint_put(writer->at, (count - 1) << 1 | (gap > 0));
	if (gap > 0)
		writer->at = cxm_varint_put(writer->at, (uint64_t) gap - 1);
	writer->from = bucket + 1;
}

CxmLogPercentile
cxm_log_percentile(uint64_t n, double p)
{
	CxmLogPercentile percentile = {0};
	double           rank = p * (double) (n - 1);
	double           whole = floor(rank);

	/* beyond 2^53 the product may round up */
	percentile.lower_rank = whole < (double) (n - 1) ? (uint64_t) whole : n - 1;
	percentile.fraction = percentile.lower_rank < n - 1 ? rank - whole : 0;
	percentile.upper_rank = percentile.lower_rank + (percentile.fraction > 0);
	return percentile;
}

uint64_t
cxm_log_percentile_value(const CxmLogPercentile *percentile)
{
	uint64_t eighth;
	uint64_t lower = value_of(percentile->lower, &eighth);
	uint64_t upper;

	if (percentile->lower == percentile->upper || percentile->fraction == 0)
		return lower;
	upper = cxm_log_bucket_value(percentile->upper);
	return cxm_log_round(lower + (uint64_t) rint(percentile->fraction * (double) (upper - lower)),
	                     eighth);
}
