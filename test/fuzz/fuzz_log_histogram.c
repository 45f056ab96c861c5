/*
 * fuzz_log_histogram.c
 *		Any bytes are no histogram, or one that reads and writes as the same bytes, merges, and can
 *		be taken out again.
 */
#include "fuzz.h"
#include "log_histogram.h"

/* The same histogram, written anew. */
static void
rewrite(const uint8_t *bytes, size_t size)
{
	CxmLogReader reader = cxm_log_reader(bytes, size);
	uint8_t     *copy = malloc(size + CXM_LOG_ITEM_SIZE);
	CxmLogWriter writer = cxm_log_writer(copy);
	int          bucket, before = -1;
	uint64_t     count;

	while (cxm_log_read(&reader, &bucket, &count) == CXM_LOG_ITEM)
	{
		LAW(bucket > before && bucket < CXM_LOG_BUCKETS && count > 0);
		LAW(cxm_log_bucket(cxm_log_bucket_from(bucket)) == bucket);
		before = bucket;
		cxm_log_write(&writer, bucket, count);
	}
	LAW((size_t) (writer.at - copy) == size && memcmp(copy, bytes, size) == 0);
	free(copy);
}

static void
percentiles(const uint8_t *bytes, size_t size, uint64_t n)
{
	uint64_t before = 0;

	for (int i = 0; i <= 10; i++)
	{
		CxmLogPercentile percentile = cxm_log_percentile(n, i / 10.0);
		CxmLogReader     reader = cxm_log_reader(bytes, size);
		int              bucket;
		uint64_t         count;
		bool             known = false;

		while (!known && cxm_log_read(&reader, &bucket, &count) == CXM_LOG_ITEM)
			known = cxm_log_percentile_pass(&percentile, bucket, count);
		LAW(known && cxm_log_percentile_value(&percentile) >= before);
		before = cxm_log_percentile_value(&percentile);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *allocated[2];
	uint8_t *a, *b, *sum, *rest;
	uint64_t a_total, b_total, total;
	size_t   a_size, b_size, sum_size, rest_size;
	uint8_t  split;

	fuzz_take(&data, &size, &split, sizeof(split));
	a_size = size * split / 255;
	b_size = size - a_size;
	a = fuzz_unaligned(data, a_size, &allocated[0]);
	b = fuzz_unaligned(data + a_size, b_size, &allocated[1]);
	sum = malloc(size + CXM_LOG_ITEM_SIZE);
	rest = malloc(2 * size + CXM_LOG_ITEM_SIZE);

	if (cxm_log_total(a, a_size, &a_total))
	{
		rewrite(a, a_size);
		if (a_total > 0)
			percentiles(a, a_size, a_total);
		if (cxm_log_total(b, b_size, &b_total) &&
		    cxm_log_merge(a, a_size, b, b_size, false, sum, &sum_size) == CXM_LOG_MERGED)
		{
			LAW(sum_size <= size);
			if (cxm_log_total(sum, sum_size, &total))
				LAW(total == a_total + b_total);
			LAW(cxm_log_merge(sum, sum_size, b, b_size, true, rest, &rest_size) == CXM_LOG_MERGED);
			LAW(rest_size == a_size && memcmp(rest, a, a_size) == 0);
		}
	}
	free(sum);
	free(rest);
	free(allocated[0]);
	free(allocated[1]);
	return 0;
}
