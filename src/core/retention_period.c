/*
 * retention_period.c
 *		Periods since a first day: calendar weeks, months, quarters and years, or spells of days.
 */
#include "retention_period.h"

#include <stdio.h>
#include <string.h>

#define DAYS_PER_WEEK 7
#define MONTHS_PER_YEAR 12

/* of CXM_BUCKET_MOST_DAYS */
#define MOST_DIGITS 7

/* 2000-01-03 was a Monday. */
#define FIRST_MONDAY 2

/* Four centuries repeat; 2000-03-01 began four of them, counted so that a leap day is the last. */
#define DAYS_PER_ERA 146097
#define YEARS_PER_ERA 400
#define FIRST_OF_MARCH 60

static const struct
{
	const char *name;
	CxmBucket   bucket;
} NAMED[] = {
    {"day", {CXM_BUCKET_DAYS, 1}},     {"week", {CXM_BUCKET_WEEK, 1}},
    {"month", {CXM_BUCKET_MONTHS, 1}}, {"quarter", {CXM_BUCKET_MONTHS, 3}},
    {"year", {CXM_BUCKET_MONTHS, 12}},
};

#define NAMES (sizeof(NAMED) / sizeof(NAMED[0]))

bool
cxm_bucket_parse(const char *text, size_t length, CxmBucket *bucket)
{
	int32_t days = 0;

	for (size_t i = 0; i < NAMES; i++)
		if (strlen(NAMED[i].name) == length && memcmp(NAMED[i].name, text, length) == 0)
		{
			*bucket = NAMED[i].bucket;
			return true;
		}
	if (length == 0 || length > MOST_DIGITS || text[0] == '0')
		return false;
	for (size_t i = 0; i < length; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return false;
		days = 10 * days + (text[i] - '0');
	}
	*bucket = (CxmBucket){CXM_BUCKET_DAYS, days};
	return cxm_bucket_is_valid(*bucket);
}

/* The name of a bucket that has one. */
static const char *
name_of(CxmBucket bucket)
{
	for (size_t i = 0; i < NAMES; i++)
		if (NAMED[i].bucket.unit == bucket.unit && NAMED[i].bucket.length == bucket.length)
			return NAMED[i].name;
	return NULL;
}

void
cxm_bucket_print(CxmBucket bucket, char *text)
{
	const char *name = name_of(bucket);

	if (name)
		snprintf(text, CXM_BUCKET_TEXT, "%s", name);
	else
		snprintf(text, CXM_BUCKET_TEXT, "%d", (int) bucket.length);
}

bool
cxm_bucket_is_valid(CxmBucket bucket)
{
	return name_of(bucket) != NULL || (bucket.unit == CXM_BUCKET_DAYS && bucket.length > 0 &&
	                                   bucket.length <= CXM_BUCKET_MOST_DAYS);
}

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Months from January 2000 to that of a day. */
static int64_t
month_of(int64_t day)
{
	int64_t since = day - FIRST_OF_MARCH;
	int64_t era = floor_divide(since, DAYS_PER_ERA);
	int64_t of_era = since - era * DAYS_PER_ERA;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153; /* from March */

	return (era * YEARS_PER_ERA + year) * MONTHS_PER_YEAR + month + 2;
}

static int64_t
first_day_of_month(int64_t month)
{
	int64_t since = month - 2; /* from March */
	int64_t years = floor_divide(since, MONTHS_PER_YEAR);
	int64_t of_year = since - years * MONTHS_PER_YEAR;
	int64_t era = floor_divide(years, YEARS_PER_ERA);
	int64_t year = years - era * YEARS_PER_ERA;

	return era * DAYS_PER_ERA + 365 * year + year / 4 - year / 100 + (153 * of_year + 2) / 5 +
	       FIRST_OF_MARCH;
}

/* Which period of the calendar a day is in. */
static int64_t
calendar_period(CxmBucket bucket, int64_t day)
{
	return bucket.unit == CXM_BUCKET_WEEK ? floor_divide(day - FIRST_MONDAY, DAYS_PER_WEEK)
	                                      : floor_divide(month_of(day), bucket.length);
}

int64_t
cxm_period_of(CxmBucket bucket, int64_t first_day, int64_t day)
{
	if (bucket.unit == CXM_BUCKET_DAYS)
		return (day - first_day) / bucket.length;
	return calendar_period(bucket, day) - calendar_period(bucket, first_day);
}

int64_t
cxm_period_last_day(CxmBucket bucket, int64_t first_day, int64_t period)
{
	int64_t next;

	if (bucket.unit == CXM_BUCKET_DAYS)
		return first_day + (period + 1) * bucket.length - 1;
	next = calendar_period(bucket, first_day) + period + 1;
	return (bucket.unit == CXM_BUCKET_WEEK ? next * DAYS_PER_WEEK + FIRST_MONDAY
	                                       : first_day_of_month(next * bucket.length)) -
	       1;
}
