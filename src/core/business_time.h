/*
 * business_time.h
 *		Opening hours by the local clock: their text, and how much of them any time has passed.
 *
 * A calendar is written
 *
 *		Mon-Fri 09:00-12:30 13:00-17:30, Sat 22:00-02:00 in Asia/Kolkata
 *			except 2026-01-26, 2026-12-24/2026-12-26, 2026-12-31 09:00-12:00
 *
 * Days without hours of their own have those of the next; hours without days belong to the last.
 * A span that ends before it starts runs past midnight.  An exception replaces whatever the
 * week has on that date, from midnight to midnight, with hours of its own or with none.
 *
 * Times are local and without a zone: days and microseconds count from 2000-01-01, a Saturday.
 */
#ifndef CXM_BUSINESS_TIME_H
#define CXM_BUSINESS_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CXM_DAY 86400               /* seconds */
#define CXM_SECOND INT64_C(1000000) /* microseconds */

#define CXM_CALENDAR_SPANS 256       /* of a week, split at midnight */
#define CXM_CALENDAR_EXCEPTIONS 2048 /* dates or ranges of dates */

/* Open from ... to, in seconds of a week that begins on Monday, or of a day. */
typedef struct CxmSpan
{
	int32_t from;
	int32_t to;
	int32_t before; /* seconds open in the week, or in the day, before this span */
} CxmSpan;

/* Dates with hours of their own: those of spans[first_span] ..., within the day. */
typedef struct CxmException
{
	int32_t first_day;
	int32_t last_day;
	int32_t first_span;
	int32_t n_spans;
	int32_t open;         /* seconds open on each of the dates */
	int64_t week_at;      /* microseconds that the week alone has had by the first date */
	int64_t change;       /* microseconds by which all exceptions before change that */
	int64_t change_after; /* ... and by which these dates do too */
} CxmException;

typedef struct CxmCalendar
{
	int           n_week;
	CxmSpan       week[CXM_CALENDAR_SPANS];
	int32_t       week_open; /* seconds */
	int           n_exceptions;
	CxmException *exceptions;
	int           n_spans;
	CxmSpan      *spans; /* of the exceptions */
	const char   *zone;  /* within the text */
	int           zone_length;
} CxmCalendar;

typedef enum CxmCalendarError
{
	CXM_CALENDAR_OK,
	CXM_CALENDAR_SYNTAX,
	CXM_CALENDAR_VALUE, /* readable, but not possible */
} CxmCalendarError;

#define CXM_CALENDAR_DETAIL 200

/*
 * Reads a text.  The caller provides for calendar->exceptions and calendar->spans as many items as
 * cxm_calendar_items() says.  Otherwise than OK, detail is a sentence about what is wrong.
 */
extern int              cxm_calendar_items(int length);
extern CxmCalendarError cxm_calendar_parse(const char *text, int length, CxmCalendar *calendar,
                                           char *detail);

/*
 * Writes the one text of all that mean the same, with the zone's name as it is given; returns its
 * length.  There is room for cxm_calendar_text_size().
 */
extern size_t cxm_calendar_text_size(const CxmCalendar *calendar, const char *zone);
extern size_t cxm_calendar_print(const CxmCalendar *calendar, const char *zone, char *text);

/*
 * Microseconds open between some fixed moment and a local time: the difference of two is what was
 * open between them.
 */
extern int64_t cxm_calendar_open_until(const CxmCalendar *calendar, int64_t local);

#endif /* CXM_BUSINESS_TIME_H */
