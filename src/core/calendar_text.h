/*
 * calendar_text.h
 *		Opening hours as text: reading it, and writing the one of all that mean the same.
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
 * Where the week changes, there is a section for each time, from midnight to midnight too, and an
 * exception may have hours by weekday:
 *
 *		Mon-Fri 09:00-18:00, from 2022-01-01 Mon-Fri 10:00-18:00, Sat 10:00-15:00 in Europe/Vienna
 *			except 2021-12-24/2021-12-31 Mon-Fri 10:00-13:00
 *
 * A section may have two weeks that take turns, the first of which is the week of its first day:
 *
 *		from 2026-01-05 week Mon-Sat 09:00-17:00 then week Mon-Fri 09:00-17:00 in UTC
 */
#ifndef CXM_CALENDAR_TEXT_H
#define CXM_CALENDAR_TEXT_H

#include <stddef.h>

#include "core/calendar_hours.h"

typedef enum CxmCalendarError
{
	CXM_CALENDAR_OK,
	CXM_CALENDAR_SYNTAX,
	CXM_CALENDAR_VALUE, /* readable, but not possible */
} CxmCalendarError;

#define CXM_CALENDAR_DETAIL 200

/*
 * Reads a text.  The caller provides for calendar->spans as many items as there can be in a text of
 * its length, where a span takes nine characters, and may be one of each day and its night.  The
 * caller says for how many exceptions there is room: canonical texts have one in ten characters.
 * Otherwise than OK, detail is a sentence about what is wrong.
 */
#define CXM_CALENDAR_SPAN_ITEMS(length) (14 * ((length) / 9 + 1))
#define CXM_CALENDAR_DATE_ITEMS(length) ((length) / 10 + 1)
extern CxmCalendarError cxm_calendar_parse(const char *text, int length, CxmCalendar *calendar,
                                           char *detail);

/*
 * Writes the one text of all that mean the same, with the zone's name as it is given; returns its
 * length.  There is room for cxm_calendar_text_size().
 */
extern size_t cxm_calendar_text_size(const CxmCalendar *calendar, const char *zone);
extern size_t cxm_calendar_print(const CxmCalendar *calendar, const char *zone, char *text);

#endif /* CXM_CALENDAR_TEXT_H */
