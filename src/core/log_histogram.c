/*
 * log_histogram.c
 *		Counts of durations in buckets whose width grows with the duration.
 */
#include "log_histogram.h"

#include <math.h>

#include "varint.h"

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

/*
 * The harmonic mean of both ends is as far, relatively, from the one as from the other; it lies
 * below their mean by the square of half the width over the mean.
 */
uint64_t
cxm_log_bucket_value(int bucket)
{
	uint64_t first = cxm_log_bucket_from(bucket);
	uint64_t last = cxm_log_bucket_from(bucket + 1) - 1;
	double   half = (double) (last - first) / 2;

	if (first == last)
		return first;
	return first + (uint64_t) (half - half * half / ((double) first + half) + 0.5);
}

int
cxm_log_buckets_within(uint64_t target)
{
	int      bucket = cxm_log_bucket(target);
	uint64_t before = target + 1 - cxm_log_bucket_from(bucket);
	uint64_t behind = cxm_log_bucket_from(bucket + 1) - 1 - target;

	return behind <= before ? bucket + 1 : bucket;
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

bool
cxm_log_total(const unsigned char *bytes, size_t size, uint64_t *total)
{
	CxmLogReader reader = cxm_log_reader(bytes, size);
	CxmLogStatus status;
	int          bucket;
	uint64_t     count;

	*total = 0;
	while ((status = cxm_log_read(&reader, &bucket, &count)) == CXM_LOG_ITEM)
	{
		*total += count;
		if (*total > CXM_COUNTER_CEILING)
			return false;
	}
	return status == CXM_LOG_END;
}

/*
 * The result fits into the sizes of both.  A sum of two counts is no longer than the two; a gap
 * only shrinks by merging; and a gap that subtraction opens or widens, takes no more than what it
 * took away.
 */
CxmLogMerge
cxm_log_merge(const unsigned char *a, size_t a_size, const unsigned char *b, size_t b_size,
              bool subtract, unsigned char *result, size_t *size)
{
	CxmLogReader a_reader = cxm_log_reader(a, a_size);
	CxmLogReader b_reader = cxm_log_reader(b, b_size);
	CxmLogWriter writer = cxm_log_writer(result);
	int          a_bucket = 0;
	int          b_bucket = 0;
	uint64_t     a_count = 0;
	uint64_t     b_count = 0;
	CxmLogStatus a_status = cxm_log_read(&a_reader, &a_bucket, &a_count);
	CxmLogStatus b_status = cxm_log_read(&b_reader, &b_bucket, &b_count);

	for (;;)
	{
		bool     take_a;
		bool     take_b;
		int      bucket;
		uint64_t count;

		if (a_status == CXM_LOG_CORRUPT || b_status == CXM_LOG_CORRUPT)
			return CXM_LOG_BAD_INPUT;
		if (a_status == CXM_LOG_END && b_status == CXM_LOG_END)
			break;
		take_a = a_status == CXM_LOG_ITEM && (b_status == CXM_LOG_END || a_bucket <= b_bucket);
		take_b = b_status == CXM_LOG_ITEM && (a_status == CXM_LOG_END || b_bucket <= a_bucket);
		bucket = take_a ? a_bucket : b_bucket;
		count = take_a ? a_count : 0;
		if (take_b && subtract)
		{
			if (b_count > count)
				return CXM_LOG_UNDERFLOW;
			count -= b_count;
		}
		else if (take_b)
		{
			if (b_count > CXM_COUNTER_CEILING - count)
				return CXM_LOG_OVERFLOW;
			count += b_count;
		}
		if (count > 0)
			cxm_log_write(&writer, bucket, count);
		if (take_a)
			a_status = cxm_log_read(&a_reader, &a_bucket, &a_count);
		if (take_b)
			b_status = cxm_log_read(&b_reader, &b_bucket, &b_count);
	}
	*size = (size_t) (writer.at - result);
	return CXM_LOG_MERGED;
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
	uint64_t lower = cxm_log_bucket_value(percentile->lower);
	uint64_t upper;

	if (percentile->lower == percentile->upper || percentile->fraction == 0)
		return lower;
	upper = cxm_log_bucket_value(percentile->upper);
	return lower + (uint64_t) rint(percentile->fraction * (double) (upper - lower));
}
