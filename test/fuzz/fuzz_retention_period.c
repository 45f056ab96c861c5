/*
 * fuzz_retention_period.c
 *		Any text is no bucket, or one that prints as the same; its periods follow each other without
 *		a gap.
 */
#include "fuzz.h"
#include "retention_period.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CxmBucket bucket;
	char      text[CXM_BUCKET_TEXT];
	int64_t   period;
	int32_t   days[2];

	fuzz_take(&data, &size, days, sizeof(days));
	if (!cxm_bucket_parse((const char *) data, size, &bucket))
		return 0;
	LAW(cxm_bucket_is_valid(bucket));
	cxm_bucket_print(bucket, text);
	LAW(strcmp(text, "day") == 0 || (strlen(text) == size && memcmp(text, data, size) == 0));

	days[0] /= 400; /* as many years as PostgreSQL's dates have */
	days[1] = days[0] + (int32_t) ((uint32_t) days[1] >> 10);
	period = cxm_period_of(bucket, days[0], days[1]);
	LAW(period >= 0 && cxm_period_last_day(bucket, days[0], period) >= days[1]);
	LAW(period == 0 || cxm_period_last_day(bucket, days[0], period - 1) < days[1]);
	return 0;
}
