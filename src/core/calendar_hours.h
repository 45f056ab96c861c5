/*
 * calendar_hours.h
 *		The hours in a calendar that has been read, as its text and the time within it need them.
 *
 * Times are local and without a zone: days and microseconds count from 2000-01-01, a Saturday.
 */
#ifndef CXM_CALENDAR_HOURS_H
#define CXM_CALENDAR_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/civil_days.h"

#define CXM_DAY 86400               /* seconds */
#define CXM_WEEK (7 * CXM_DAY)
#define CXM_SECOND INT64_C(1000000) /* microseconds */

/* The last day that has a number of microseconds, or nearly. */
#define CXM_LAST_DAY INT64_C(106751900)

#define CXM_CALENDAR_SECTIONS 32     /* besides the times between them, which are closed */
#define CXM_CALENDAR_SPANS 256       /* of a section, split at midnight */
#define CXM_CALENDAR_EXCEPTIONS 2048 /* dates or ranges of dates */

/* Open from ... to, in seconds of a section's weeks, which begin on Monday, or of a day. */
typedef struct CxmSpan
{
	int32_t from;
	int32_t to;
	int32_t before; /* seconds open in the weeks, or in the day, before this span */
} CxmSpan;

/*
 * Hours of a week, or of two that take turns, those of spans[first_span] ..., from a date until the
 * next section begins.
 */
typedef struct CxmSection
{
	int32_t  first_day; /* that of the first section is the first of all */
	int32_t  last_day;
	int32_t  first_span;
	int32_t  n_spans;
	int32_t  weeks;  /* 1; or 2, whatever its first day: the first of them is that of 2000-01-03 */
	int32_t  open;   /* seconds of all its weeks */
	unsigned starts; /* the days that hours begin on: a bit for each, from the first Monday */
	int64_t  change; /* microseconds that were open before, less those that this week would give */
} CxmSection;

/* Dates with hours of their own: those of spans[first_span] ..., within the day. */
typedef struct CxmException
{
	int32_t first_day;
	int32_t last_day;
	int32_t first_span;
	int32_t n_spans;
	int32_t open;         /* seconds open on each of the dates */
	int64_t week_at;      /* microseconds that the weeks alone have had by the first date */
	int64_t change;       /* microseconds by which all exceptions before change that */
	int64_t change_after; /* ... and by which these dates do too */
} CxmException;

typedef struct CxmCalendar
{
	int           n_sections;
	CxmSection    sections[2 * CXM_CALENDAR_SECTIONS + 1];
	int           n_exceptions;
	int           exceptions_room;
	CxmException *exceptions;
	int           n_spans;
	CxmSpan      *spans;
	const char   *zone;  /* within the text */
	int           zone_length;
} CxmCalendar;

/*
 * Does a span of a week go on in the next one after midnight, and is the morning's end before the
 * evening's start?  Then both are written as one.
 */
static inline bool
cxm_runs_past_midnight(const CxmCalendar *calendar, const CxmSection *section, int i)
{
	const CxmSpan *spans = &calendar->spans[section->first_span];
	const CxmSpan *span = &spans[i];
	const CxmSpan *next = &spans[(i + 1) % section->n_spans];

	return span->to % CXM_DAY == 0 && next->from == span->to % (section->weeks * CXM_WEEK) &&
	       next->to - next->from < span->from % CXM_DAY;
}

/* Is it the end of a night that began on the day before? */
static inline bool
cxm_is_carried(const CxmCalendar *calendar, const CxmSection *section, int i)
{
	return cxm_runs_past_midnight(calendar, section, (i + section->n_spans - 1) % section->n_spans);
}

/* How often a section's weeks have been over, so long after a Monday that the first begins with. */
static inline int64_t
cxm_weeks_over(const CxmSection *section, int64_t since_monday, int64_t week)
{
	/* numbers that the compiler knows are fast to divide by */
	return section->weeks == 1 ? cxm_floor_divide(since_monday, week)
	                           : cxm_floor_divide(since_monday, 2 * week);
}

/* Which day of a section's weeks a date is. */
static inline int
cxm_day_of_weeks(const CxmSection *section, int64_t day)
{
	int64_t since_monday = day - CXM_FIRST_MONDAY;
	int64_t over = cxm_weeks_over(section, since_monday, CXM_DAYS_PER_WEEK);

	return (int) (since_monday - over * section->weeks * CXM_DAYS_PER_WEEK);
}

/* What is open of a day or of weeks by a microsecond of it. */
static inline int64_t
cxm_spans_open_until(const CxmSpan *spans, int n, int64_t at)
{
	const CxmSpan *span;

	while (n > 0 && spans[n - 1].from * CXM_SECOND > at)
		n--;
	if (n == 0)
		return 0;
	span = &spans[n - 1];
	if (at > span->to * CXM_SECOND)
		at = span->to * CXM_SECOND;
	return at + (span->before - span->from) * CXM_SECOND;
}

/* What the weeks of a section have had by a local time, as if they had begun with those before. */
static inline int64_t
cxm_section_open_until(const CxmCalendar *calendar, const CxmSection *section, int64_t local)
{
	const int64_t week = CXM_WEEK * CXM_SECOND;
	int64_t       since_monday = local - CXM_FIRST_MONDAY * CXM_DAY * CXM_SECOND;
	int64_t       over = cxm_weeks_over(section, since_monday, week);

	return section->change + over * section->open * CXM_SECOND +
	       cxm_spans_open_until(&calendar->spans[section->first_span], section->n_spans,
	                            since_monday - over * section->weeks * week);
}

static inline const CxmSection *
cxm_section_at(const CxmCalendar *calendar, int64_t local)
{
	const int64_t day = CXM_DAY * CXM_SECOND;
	int           i = calendar->n_sections - 1;

	while (i > 0 && calendar->sections[i].first_day * day > local)
		i--;
	return &calendar->sections[i];
}

/* What all weeks have had by a local time, without regard to exceptions. */
static inline int64_t
cxm_weeks_open_until(const CxmCalendar *calendar, int64_t local)
{
	return cxm_section_open_until(calendar, cxm_section_at(calendar, local), local);
}

#endif /* CXM_CALENDAR_HOURS_H */
