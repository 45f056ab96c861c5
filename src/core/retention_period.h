/*
 * retention_period.h
 *		Periods since a first day: calendar weeks, months, quarters and years, or spells of days.
 *
 * Days are counted from 2000-01-01, in the proleptic Gregorian calendar.  Period 0 holds the first
 * day.  Calendar periods begin where the calendar has it, weeks on Monday (ISO 8601); spells of
 * days begin with the first day.
 */
#ifndef CXM_RETENTION_PERIOD_H
#define CXM_RETENTION_PERIOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum CxmBucketUnit
{
	CXM_BUCKET_DAYS,
	CXM_BUCKET_WEEK,
	CXM_BUCKET_MONTHS
} CxmBucketUnit;

typedef struct CxmBucket
{
	uint8_t unit;
	int32_t length; /* so many days or months; 1 week */
} CxmBucket;

#define CXM_BUCKET_MOST_DAYS 1000000

/* A text of cxm_bucket_print(), and its end. */
#define CXM_BUCKET_TEXT 12

/*
 * Reads day, week, month, quarter, year, or a number of days from 1 to CXM_BUCKET_MOST_DAYS without
 * a sign or leading zeros.  False when the text is anything else.
 */
extern bool cxm_bucket_parse(const char *text, size_t length, CxmBucket *bucket);

/* Writes what cxm_bucket_parse() reads; a spell of 1 is "day". */
extern void cxm_bucket_print(CxmBucket bucket, char *text);

/* Is it one that cxm_bucket_parse() can return? */
extern bool cxm_bucket_is_valid(CxmBucket bucket);

/* The period of a day that is not before the first one. */
extern int64_t cxm_period_of(CxmBucket bucket, int64_t first_day, int64_t day);

/* The last day of a period. */
extern int64_t cxm_period_last_day(CxmBucket bucket, int64_t first_day, int64_t period);

#endif /* CXM_RETENTION_PERIOD_H */
