/*
 * business_time.c
 *		Opening hours by the local clock: how much of them any time has passed, and on which days.
 */
#include "core/business_time.h"

/* The last exception that has begun by a local time. */
static inline const CxmException *
last_exception(const CxmCalendar *calendar, int64_t local)
{
	const int64_t day = CXM_DAY * CXM_SECOND;
	int           low = 0;
	int           high = calendar->n_exceptions;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (calendar->exceptions[middle].first_day * day <= local)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &calendar->exceptions[low - 1] : NULL;
}

int64_t
cxm_calendar_open_until(const CxmCalendar *calendar, int64_t local)
{
	const int64_t       day = CXM_DAY * CXM_SECOND;
	const CxmException *exception = last_exception(calendar, local);
	int64_t             days;
	int64_t             rest;

	if (exception == NULL)
		return cxm_weeks_open_until(calendar, local);

	days = exception->last_day - exception->first_day + 1;
	rest = local - exception->first_day * day;
	if (rest >= days * day)
		return cxm_weeks_open_until(calendar, local) + exception->change_after;

	days = rest / day;
	return exception->week_at + exception->change + days * exception->open * CXM_SECOND +
	       cxm_spans_open_until(&calendar->spans[exception->first_span], exception->n_spans,
	                        rest - days * day);
}

/* Days */

/* Opening days of the weeks of a section between some fixed date and this one. */
static int64_t
section_days_until(const CxmSection *section, int64_t day)
{
	int64_t  over = cxm_weeks_over(section, day - CXM_FIRST_MONDAY, CXM_DAYS_PER_WEEK);
	unsigned before = (1u << cxm_day_of_weeks(section, day)) - 1;

	return over * __builtin_popcount(section->starts) +
	       __builtin_popcount(section->starts & before);
}

/* Opening days of all weeks from ... before to, without regard to exceptions. */
static int64_t
week_days(const CxmCalendar *calendar, int64_t from, int64_t to)
{
	int64_t days = 0;

	for (int i = calendar->n_sections - 1; i >= 0 && from < to; i--)
	{
		const CxmSection *section = &calendar->sections[i];
		int64_t           first = i > 0 && section->first_day > from ? section->first_day : from;

		if (first >= to)
			continue;
		days += section_days_until(section, to) - section_days_until(section, first);
		to = first;
	}
	return days;
}

int64_t
cxm_calendar_opening_days(const CxmCalendar *calendar, int64_t from, int64_t to)
{
	int64_t days = week_days(calendar, from, to);

	for (int i = 0; i < calendar->n_exceptions; i++)
	{
		const CxmException *exception = &calendar->exceptions[i];
		int64_t             first = exception->first_day > from ? exception->first_day : from;
		int64_t             end = exception->last_day < to ? exception->last_day + INT64_C(1) : to;

		if (first < end)
			days += (exception->open > 0 ? end - first : 0) - week_days(calendar, first, end);
	}
	return days;
}

/* The n-th opening day after a day; n is positive. */
static bool
nth_opening_day(const CxmCalendar *calendar, int64_t day, int32_t n, int64_t *result)
{
	int64_t low = day + n;
	int64_t high = low;

	for (int64_t step = CXM_DAYS_PER_WEEK;
	     high <= CXM_LAST_DAY && cxm_calendar_opening_days(calendar, day + 1, high + 1) < n;
	     step *= 2)
	{
		low = high + 1;
		high += step;
	}
	if (high > CXM_LAST_DAY)
		return false;
	while (low < high)
	{
		int64_t middle = low + (high - low) / 2;

		if (cxm_calendar_opening_days(calendar, day + 1, middle + 1) < n)
			low = middle + 1;
		else
			high = middle;
	}
	*result = low;
	return true;
}

/* The hours of a date, in seconds that count from midnight. */
typedef struct DayHours
{
	const CxmSpan *spans;
	int            n;
	int32_t        midnight;
	bool           carried; /* the first of them is the end of a night before */
} DayHours;

static DayHours
hours_of_day(const CxmCalendar *calendar, int64_t day)
{
	int64_t             local = day * CXM_DAY * CXM_SECOND;
	const CxmException *exception = last_exception(calendar, local);
	const CxmSection   *section = cxm_section_at(calendar, local);
	DayHours            hours = {.midnight = cxm_day_of_weeks(section, day) * CXM_DAY};
	int                 i = 0;

	if (exception != NULL && day <= exception->last_day)
		return (DayHours){&calendar->spans[exception->first_span], exception->n_spans, 0, false};
	hours.spans = &calendar->spans[section->first_span];
	while (i < section->n_spans && hours.spans->from < hours.midnight)
	{
		hours.spans++;
		i++;
	}
	while (i + hours.n < section->n_spans &&
	       hours.spans[hours.n].from < hours.midnight + CXM_DAY)
		hours.n++;
	hours.carried = hours.n > 0 && cxm_is_carried(calendar, section, i);
	return hours;
}

/* When a span of the hours begins and ends, in microseconds of the day. */
static inline int64_t
span_from(const DayHours *hours, int i)
{
	return (hours->spans[i].from - hours->midnight) * CXM_SECOND;
}

static inline int64_t
span_to(const DayHours *hours, int i)
{
	return (hours->spans[i].to - hours->midnight) * CXM_SECOND;
}

bool
cxm_calendar_days_later(const CxmCalendar *calendar, int64_t local, int32_t days, int64_t *result)
{
	const int64_t length = CXM_DAY * CXM_SECOND;
	int64_t       day = cxm_floor_divide(local, length);
	int64_t       at = local - day * length;
	DayHours      hours = hours_of_day(calendar, day);
	DayHours      next;

	/* a night's hours count on, from the midnight of its evening */
	if (hours.carried && at < span_to(&hours, 0))
	{
		day--;
		at += length;
	}
	if (!nth_opening_day(calendar, day, days, &day))
		return false;
	hours = hours_of_day(calendar, day);
	next = hours_of_day(calendar, day + 1);
	*result = day * length + span_from(&hours, hours.carried);
	for (int i = hours.carried; i < hours.n && span_from(&hours, i) <= at; i++)
	{
		int64_t to = span_to(&hours, i);

		if (to == length && next.carried)
			to += span_to(&next, 0);
		*result = day * length + (at < to ? at : to);
	}
	return true;
}
