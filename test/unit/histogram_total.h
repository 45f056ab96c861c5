/*
 * histogram_total.h
 *		How many durations a stored histogram holds.
 */
#ifndef CXM_TEST_HISTOGRAM_TOTAL_H
#define CXM_TEST_HISTOGRAM_TOTAL_H

#include "log_histogram.h"

/* False where the bytes are no histogram, or hold more than a count can say. */
static inline bool
histogram_total(const unsigned char *bytes, size_t size, uint64_t *total)
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

#endif /* CXM_TEST_HISTOGRAM_TOTAL_H */
