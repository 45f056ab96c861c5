/*
 * fuzz_log_histogram.c
 *		Any bytes are no histogram, or one that reads and writes as the same bytes, and whose
 *		percentiles ascend.
 */
#include "fuzz.h"

#include "../unit/histogram_total.h"

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
	uint8_t *allocated;
	uint8_t *bytes = fuzz_unaligned(data, size, &allocated);
	uint64_t total;

	if (histogram_total(bytes, size, &total))
	{
		rewrite(bytes, size);
		if (total > 0)
			percentiles(bytes, size, total);
	}
	free(allocated);
	return 0;
}
