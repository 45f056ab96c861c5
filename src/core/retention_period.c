/*
 * retention_period.c
 *		Periods since a first day: of the calendar, spells of days or hours, brackets, or any.
 */
#include "core/retention_period.h"

#include <stdio.h>

#include "core/civil_days.h"

/* of CXM_BUCKET_MOST_DAYS */
#define MOST_DIGITS 7

#define MICROSECONDS_PER_HOUR INT64_C(3600000000)

#define MONTHS_PER_QUARTER 3
#define MONTHS_BEFORE_2000 (2000 * CXM_MONTHS_PER_YEAR)

/* "2025-01-01/2025-03-31, " */
#define SPAN_TEXT 23

static const struct
{
	size_t      length;
	const char *name;
	CxmBucket   bucket;
} NAMED[] = {
    {3, "day", {CXM_BUCKET_DAYS, 0, 1, NULL}},
    {4, "week", {CXM_BUCKET_WEEK, 0, 1, NULL}},
    {5, "month", {CXM_BUCKET_MONTHS, 0, 1, NULL}},
    {7, "quarter", {CXM_BUCKET_MONTHS, 0, MONTHS_PER_QUARTER, NULL}},
    {4, "year", {CXM_BUCKET_MONTHS, 0, CXM_MONTHS_PER_YEAR, NULL}},
};

#define NAMES (sizeof(NAMED) / sizeof(NAMED[0]))

static const char *const WEEKDAYS[CXM_DAYS_PER_WEEK] = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

static const char *const MONTHS[CXM_MONTHS_PER_YEAR] = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

/* Reading */

/* What is left of a text. */
typedef struct Text
{
	const char *at;
	const char *end;
} Text;

static bool
take(Text *text, const char *word)
{
	size_t length = strlen(word);

	if ((size_t) (text->end - text->at) < length || memcmp(text->at, word, length) != 0)
		return false;
	text->at += length;
	return true;
}

/* A number of at most so many digits, without leading zeros unless it has all of them. */
static bool
take_number(Text *text, int most_digits, bool all_digits, int32_t *number)
{
	int digits = 0;

	*number = 0;
	for (; text->at < text->end && *text->at >= '0' && *text->at <= '9'; text->at++)
	{
		if (digits++ == most_digits)
			return false;
		*number = 10 * *number + (*text->at - '0');
	}
	if (all_digits)
		return digits == most_digits;
	return digits > 0 && (digits == 1 || text->at[-digits] != '0');
}

static int64_t
day_of_date(int32_t year, int32_t month, int32_t of_month)
{
	return cxm_first_day_of_month((int64_t) year * CXM_MONTHS_PER_YEAR - MONTHS_BEFORE_2000 +
	                              month - 1) +
	       of_month - 1;
}

bool
cxm_bucket_knows_day(int64_t day)
{
	return day >= day_of_date(1, 1, 1) && day < day_of_date(10000, 1, 1);
}

/* 2025-01-31 */
static bool
take_date(Text *text, int32_t *day)
{
	int32_t year;
	int32_t month;
	int32_t of_month;

	if (!take_number(text, 4, true, &year) || !take(text, "-") ||
	    !take_number(text, 2, true, &month) || !take(text, "-") ||
	    !take_number(text, 2, true, &of_month) || year < 1 || month < 1 ||
	    month > CXM_MONTHS_PER_YEAR || of_month < 1 ||
	    of_month > day_of_date(year, month + 1, 1) - day_of_date(year, month, 1))
		return false;
	*day = (int32_t) day_of_date(year, month, of_month);
	return true;
}

/* 0, 1-7 or 2025-01-01/2025-03-31 */
static bool
take_span(Text *text, bool dates, CxmSpan *span)
{
	if (dates)
		return take_date(text, &span->first) && take(text, "/") && take_date(text, &span->last);
	if (!take_number(text, MOST_DIGITS, false, &span->first))
		return false;
	span->last = span->first;
	return (!take(text, "-") || take_number(text, MOST_DIGITS, false, &span->last)) &&
	       span->first <= CXM_BUCKET_MOST_DAYS && span->last <= CXM_BUCKET_MOST_DAYS;
}

static CxmBucketFault
parse_spans(Text *text, CxmBucket *bucket, CxmSpan *spans)
{
	bool dates = memchr(text->at, '/', (size_t) (text->end - text->at)) != NULL;

	*bucket = (CxmBucket){dates ? CXM_BUCKET_PERIODS : CXM_BUCKET_BRACKETS, 0, 0, spans};
	do
	{
		CxmSpan *span = &spans[bucket->length];

		if (bucket->length == CXM_BUCKET_MOST_SPANS)
			return CXM_BUCKET_TOO_MANY;
		while (bucket->length > 0 && take(text, " "))
			;
		if (!take_span(text, dates, span))
			return CXM_BUCKET_UNKNOWN;
		if (span->last < span->first)
			return CXM_BUCKET_BACKWARDS;
		if (bucket->length > 0 && span->first <= spans[bucket->length - 1].last)
			return CXM_BUCKET_OVERLAP;
		bucket->length++;
	} while (take(text, ","));
	return CXM_BUCKET_FINE;
}

/* Is the text this name?  In any case: people write Sunday. */
static bool
is_name(Text text, const char *name)
{
	for (; text.at < text.end && *name != '\0'; text.at++, name++)
		if (*text.at != *name &&
		    (*text.at < 'A' || *text.at > 'Z' || *text.at - 'A' + 'a' != *name))
			return false;
	return text.at == text.end && *name == '\0';
}

static int
find_name(Text text, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (is_name(text, names[i]))
			return i;
	return -1;
}

static bool
parse_begins(Text text, CxmBucket *bucket)
{
	int begins = -1;

	if (bucket->unit == CXM_BUCKET_WEEK)
		begins = find_name(text, WEEKDAYS, CXM_DAYS_PER_WEEK);
	else if (bucket->length > 1)
		begins = find_name(text, MONTHS, CXM_MONTHS_PER_YEAR);
	if (begins < 0)
		return false;
	/* quarters from April are those from January */
	bucket->begins = (uint8_t) (bucket->unit == CXM_BUCKET_WEEK ? begins : begins % bucket->length);
	return true;
}

/* A name, and where the period begins. */
static bool
parse_name(Text text, CxmBucket *bucket)
{
	size_t length = (size_t) (text.end - text.at);

	for (size_t i = 0; i < NAMES; i++)
	{
		if (length < NAMED[i].length || memcmp(text.at, NAMED[i].name, NAMED[i].length) != 0)
			continue;
		*bucket = NAMED[i].bucket;
		if (length == NAMED[i].length)
			return true;
		text.at += NAMED[i].length;
		if (!take(&text, " "))
			return false;
		take(&text, "from ");
		return parse_begins(text, bucket);
	}
	return false;
}

CxmBucketFault
cxm_bucket_parse(const char *text, size_t length, CxmBucket *bucket, CxmSpan *spans)
{
	Text           rest = {text, text + length};
	CxmBucketFault fault = CXM_BUCKET_FINE;

	if (parse_name(rest, bucket))
		return CXM_BUCKET_FINE;
	*bucket = (CxmBucket){CXM_BUCKET_DAYS, 0, 0, NULL};
	if (memchr(text, '-', length) != NULL || memchr(text, ',', length) != NULL)
		fault = parse_spans(&rest, bucket, spans);
	else if (!take_number(&rest, MOST_DIGITS, false, &bucket->length))
		fault = CXM_BUCKET_UNKNOWN;
	else if (take(&rest, " hour"))
	{
		take(&rest, "s");
		bucket->unit = CXM_BUCKET_HOURS;
	}
	if (fault == CXM_BUCKET_FINE && (rest.at < rest.end || !cxm_bucket_is_valid(bucket)))
		fault = CXM_BUCKET_UNKNOWN;
	return fault;
}

/* Printing */

/* The name of a bucket that has one. */
static const char *
name_of(const CxmBucket *bucket)
{
	for (size_t i = 0; i < NAMES; i++)
		if (NAMED[i].bucket.unit == bucket->unit && NAMED[i].bucket.length == bucket->length)
			return NAMED[i].name;
	return NULL;
}

size_t
cxm_bucket_text_size(const CxmBucket *bucket)
{
	return cxm_bucket_has_spans(bucket) ? (size_t) bucket->length * SPAN_TEXT + 1
	                                    : sizeof("quarter september");
}

static int
print_date(char *text, int32_t day)
{
	int64_t month = cxm_month_of_day(day);
	int64_t of_era = month + MONTHS_BEFORE_2000;

	return snprintf(text, sizeof("2025-01-01"), "%04d-%02d-%02d",
	                (int) (of_era / CXM_MONTHS_PER_YEAR), (int) (of_era % CXM_MONTHS_PER_YEAR) + 1,
	                (int) (day - cxm_first_day_of_month(month)) + 1);
}

static void
print_spans(const CxmBucket *bucket, char *text)
{
	for (int32_t i = 0; i < bucket->length; i++)
	{
		CxmSpan span = cxm_bucket_span(bucket, i);

		if (i > 0)
		{
			*text++ = ',';
			*text++ = ' ';
		}
		if (bucket->unit == CXM_BUCKET_PERIODS)
		{
			text += print_date(text, span.first);
			*text++ = '/';
			text += print_date(text, span.last);
		}
		else
		{
			text += snprintf(text, MOST_DIGITS + 1, "%d", (int) span.first);
			if (span.last > span.first)
				text += snprintf(text, MOST_DIGITS + 2, "-%d", (int) span.last);
		}
	}
	*text = '\0';
}

void
cxm_bucket_print(const CxmBucket *bucket, char *text)
{
	size_t      size = cxm_bucket_text_size(bucket);
	const char *name = name_of(bucket);

	if (cxm_bucket_has_spans(bucket))
		print_spans(bucket, text);
	else if (bucket->unit == CXM_BUCKET_HOURS)
		snprintf(text, size, "%d hour%s", (int) bucket->length, bucket->length == 1 ? "" : "s");
	else if (name == NULL)
		snprintf(text, size, "%d", (int) bucket->length);
	else if (bucket->begins == 0)
		snprintf(text, size, "%s", name);
	else
		snprintf(text, size, "%s %s", name,
		         bucket->unit == CXM_BUCKET_WEEK ? WEEKDAYS[bucket->begins]
		                                         : MONTHS[bucket->begins]);
}

/* Asking */

static bool
are_valid_spans(const CxmBucket *bucket)
{
	bool    periods = bucket->unit == CXM_BUCKET_PERIODS;
	int64_t last = -1;

	for (int32_t i = 0; i < bucket->length; i++)
	{
		CxmSpan span = cxm_bucket_span(bucket, i);

		if (span.last < span.first || (i > 0 && span.first <= last))
			return false;
		last = span.last;
		if (periods ? !cxm_bucket_knows_day(span.first) || !cxm_bucket_knows_day(last)
		            : span.first < 0 || last > CXM_BUCKET_MOST_DAYS)
			return false;
	}
	/* a single day's bracket would read as a spell of days */
	return periods || bucket->length > 1 ||
	       cxm_bucket_span(bucket, 0).first < cxm_bucket_span(bucket, 0).last;
}

bool
cxm_bucket_is_valid(const CxmBucket *bucket)
{
	if (bucket->length <= 0)
		return false;
	switch (bucket->unit)
	{
		case CXM_BUCKET_DAYS:
			return bucket->begins == 0 && bucket->length <= CXM_BUCKET_MOST_DAYS;
		case CXM_BUCKET_WEEK:
			return bucket->begins < CXM_DAYS_PER_WEEK && bucket->length == 1;
		case CXM_BUCKET_MONTHS:
			return name_of(bucket) != NULL && bucket->begins < bucket->length;
		case CXM_BUCKET_HOURS:
			return bucket->begins == 0 && bucket->length <= CXM_BUCKET_MOST_HOURS;
		case CXM_BUCKET_BRACKETS:
		case CXM_BUCKET_PERIODS:
			return bucket->begins == 0 && bucket->length <= CXM_BUCKET_MOST_SPANS &&
			       are_valid_spans(bucket);
		default:
			return false;
	}
}

bool
cxm_bucket_is_calendar(const CxmBucket *bucket)
{
	return bucket->unit <= CXM_BUCKET_MONTHS && name_of(bucket) != NULL;
}

/* Periods */

/* The last span that has begun by a day; -1 where none has. */
static int64_t
span_begun(const CxmBucket *bucket, int64_t day)
{
	int64_t low = 0;
	int64_t high = bucket->length;

	while (low < high)
	{
		int64_t middle = low + (high - low) / 2;

		if (cxm_bucket_span(bucket, middle).first <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

int64_t
cxm_calendar_period(const CxmBucket *bucket, int64_t day)
{
	switch (bucket->unit)
	{
		case CXM_BUCKET_WEEK:
			return cxm_floor_divide(day - CXM_FIRST_MONDAY - bucket->begins, CXM_DAYS_PER_WEEK);
		case CXM_BUCKET_MONTHS:
			return cxm_floor_divide(cxm_month_of_day(day) - bucket->begins, bucket->length);
		case CXM_BUCKET_PERIODS:
			return span_begun(bucket, day);
		default:
			return day;
	}
}

int64_t
cxm_calendar_first_day(const CxmBucket *bucket, int64_t period)
{
	switch (bucket->unit)
	{
		case CXM_BUCKET_WEEK:
			return period * CXM_DAYS_PER_WEEK + CXM_FIRST_MONDAY + bucket->begins;
		case CXM_BUCKET_MONTHS:
			return cxm_first_day_of_month(period * bucket->length + bucket->begins);
		default:
			return period;
	}
}

/* Of spells: so many days or microseconds. */
static inline int64_t
spell_of(const CxmBucket *bucket)
{
	return bucket->unit == CXM_BUCKET_HOURS ? bucket->length * MICROSECONDS_PER_HOUR
	                                        : bucket->length;
}

int64_t
cxm_period_begun(const CxmBucket *bucket, int64_t first_day, int64_t day)
{
	switch (bucket->unit)
	{
		case CXM_BUCKET_DAYS:
			return (day - first_day) / bucket->length;
		case CXM_BUCKET_HOURS:
			return (day - first_day) / spell_of(bucket);
		case CXM_BUCKET_BRACKETS:
			return span_begun(bucket, day - first_day);
		default:
			return cxm_calendar_period(bucket, day) - cxm_calendar_period(bucket, first_day);
	}
}

int64_t
cxm_period_of(const CxmBucket *bucket, int64_t first_day, int64_t day)
{
	int64_t period;
	int64_t span;

	if (!cxm_bucket_has_spans(bucket))
		return cxm_period_begun(bucket, first_day, day);
	if (bucket->unit == CXM_BUCKET_BRACKETS)
		day -= first_day;
	span = span_begun(bucket, day);
	if (span < 0 || cxm_bucket_span(bucket, span).last < day)
		return -1;
	period = bucket->unit == CXM_BUCKET_BRACKETS ? span : span - span_begun(bucket, first_day);
	return period;
}

int64_t
cxm_period_last_day(const CxmBucket *bucket, int64_t first_day, int64_t period)
{
	switch (bucket->unit)
	{
		case CXM_BUCKET_DAYS:
		case CXM_BUCKET_HOURS:
			return first_day + (period + 1) * spell_of(bucket) - 1;
		case CXM_BUCKET_BRACKETS:
			return first_day + cxm_bucket_span(bucket, period).last;
		case CXM_BUCKET_PERIODS:
			return cxm_bucket_span(bucket, span_begun(bucket, first_day) + period).last;
		default:
			return cxm_calendar_first_day(bucket,
			                              cxm_calendar_period(bucket, first_day) + period + 1) -
			       1;
	}
}
