/*
 * fuzz_retention_period.c
 *		Any text is no bucket, or one that prints as what reads as the same; its periods follow each
 *		other, without a gap but between brackets and the like.
 */
#include "fuzz.h"
#include "retention_period.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static CxmSpan spans[CXM_BUCKET_MOST_SPANS];
	static CxmSpan again_spans[CXM_BUCKET_MOST_SPANS];
	static char    text[24 * CXM_BUCKET_MOST_SPANS];
	CxmBucket      bucket;
	CxmBucket      again;
	int64_t        period;
	int32_t        days[2];

	fuzz_take(&data, &size, days, sizeof(days));
	if (cxm_bucket_parse((const char *) data, size, &bucket, spans) != CXM_BUCKET_FINE)
		return 0;
	LAW(cxm_bucket_is_valid(&bucket));
	LAW(cxm_bucket_text_size(&bucket) <= sizeof(text));
	cxm_bucket_print(&bucket, text);
	LAW(strlen(text) < cxm_bucket_text_size(&bucket));
	LAW(cxm_bucket_parse(text, strlen(text), &again, again_spans) == CXM_BUCKET_FINE);
	LAW(cxm_buckets_equal(&bucket, &again));

	days[0] /= 400; /* as many years as PostgreSQL's dates have */
	days[1] = days[0] + (int32_t) ((uint32_t) days[1] >> 10);
	period = cxm_period_of(&bucket, days[0], days[1]);
	if (cxm_bucket_has_spans(&bucket) && period < 0)
		return 0;
	LAW(period >= 0 && period == cxm_period_begun(&bucket, days[0], days[1]));
	/* the first day itself may be in no period */
	if (bucket.unit == CXM_BUCKET_PERIODS && cxm_period_of(&bucket, days[0], days[0]) < 0)
		return 0;
	LAW(cxm_period_last_day(&bucket, days[0], period) >= days[1]);
	LAW(period == 0 || cxm_period_last_day(&bucket, days[0], period - 1) < days[1]);
	return 0;
}
