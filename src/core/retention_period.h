/*
 * retention_period.h
 *		Periods since a first day: of the calendar, spells of days or hours, brackets, or any.
 *
 * Days are counted from 2000-01-01, in the proleptic Gregorian calendar.  Period 0 holds the first
 * day, but for brackets.  Calendar periods begin where the calendar has it, weeks on Monday (ISO
 * 8601) unless another day is said, quarters and years in January unless another month is; spells
 * begin with the first day.
 */
#ifndef CXM_RETENTION_PERIOD_H
#define CXM_RETENTION_PERIOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum CxmBucketUnit
{
	CXM_BUCKET_DAYS,
	CXM_BUCKET_WEEK,
	CXM_BUCKET_MONTHS,
	CXM_BUCKET_HOURS,    /* what is counted is microseconds, then, rather than days */
	CXM_BUCKET_BRACKETS, /* spans of days since the first one, which is 0 */
	CXM_BUCKET_PERIODS   /* spans of days of the calendar */
} CxmBucketUnit;

/* A first and a last day. */
typedef struct CxmSpan
{
	int32_t first;
	int32_t last;
} CxmSpan;

typedef struct CxmBucket
{
	uint8_t     unit;
	uint8_t     begins; /* the first weekday, from Monday, or month: 0 where that is not said */
	int32_t     length; /* so many days, months, hours or spans; 1 week */
	const void *spans;  /* these, at any address; they ascend and do not overlap */
} CxmBucket;

#define CXM_BUCKET_MOST_DAYS 1000000
#define CXM_BUCKET_MOST_HOURS 100000
#define CXM_BUCKET_MOST_SPANS 1000

typedef enum CxmBucketFault
{
	CXM_BUCKET_FINE,
	CXM_BUCKET_UNKNOWN,
	CXM_BUCKET_BACKWARDS, /* a span ends before it begins */
	CXM_BUCKET_OVERLAP,   /* or begins before the last one has ended */
	CXM_BUCKET_TOO_MANY   /* spans */
} CxmBucketFault;

/*
 * Reads day ... year, "week sunday", "quarter february", "year april", also with "from" before the
 * name; a number of days without a sign or leading zeros; "24 hours"; brackets, "0, 1-7, 8-30"; or
 * periods, "2025-01-01/2025-03-31, 2025-04-01/2025-05-15".  Spans are stored where the caller has
 * room for CXM_BUCKET_MOST_SPANS.
 */
extern CxmBucketFault cxm_bucket_parse(const char *text, size_t length, CxmBucket *bucket,
                                       CxmSpan *spans);

/*
 * Writes what cxm_bucket_parse() reads, in one spelling: a spell of 1 is "day".  The text and its
 * end take no more than so many bytes.
 */
extern size_t cxm_bucket_text_size(const CxmBucket *bucket);
extern void   cxm_bucket_print(const CxmBucket *bucket, char *text);

/* Is it one that cxm_bucket_parse() can return? */
extern bool cxm_bucket_is_valid(const CxmBucket *bucket);

/* Is a day within the years that periods are written in? */
extern bool cxm_bucket_knows_day(int64_t day);

static inline CxmSpan
cxm_bucket_span(const CxmBucket *bucket, int64_t i)
{
	CxmSpan span;

	memcpy(&span, (const char *) bucket->spans + i * (int64_t) sizeof(span), sizeof(span));
	return span;
}

static inline bool
cxm_bucket_has_spans(const CxmBucket *bucket)
{
	return bucket->unit >= CXM_BUCKET_BRACKETS;
}

/* Are these the same periods? */
static inline bool
cxm_buckets_equal(const CxmBucket *a, const CxmBucket *b)
{
	return a->unit == b->unit && a->begins == b->begins && a->length == b->length &&
	       (!cxm_bucket_has_spans(a) ||
	        memcmp(a->spans, b->spans, (size_t) a->length * sizeof(CxmSpan)) == 0);
}

/* The period of a day that is not before the first one; -1 between brackets, and where none is. */
extern int64_t cxm_period_of(const CxmBucket *bucket, int64_t first_day, int64_t day);

/* The last period that has begun by a day; -1 where none has. */
extern int64_t cxm_period_begun(const CxmBucket *bucket, int64_t first_day, int64_t day);

/* The last day of a period. */
extern int64_t cxm_period_last_day(const CxmBucket *bucket, int64_t first_day, int64_t period);

/* Days, weeks, months, quarters and years of the calendar by number, and their first days. */
extern bool    cxm_bucket_is_calendar(const CxmBucket *bucket);
extern int64_t cxm_calendar_period(const CxmBucket *bucket, int64_t day);
extern int64_t cxm_calendar_first_day(const CxmBucket *bucket, int64_t period);

#endif /* CXM_RETENTION_PERIOD_H */
