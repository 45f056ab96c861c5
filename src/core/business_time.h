/*
 * business_time.h
 *		Opening hours by the local clock: how much of them any time has passed, and on which days.
 */
#ifndef CXM_BUSINESS_TIME_H
#define CXM_BUSINESS_TIME_H

#include "core/calendar_hours.h"

/*
 * Microseconds open between some fixed moment and a local time: the difference of two is what was
 * open between them.
 */
extern int64_t cxm_calendar_open_until(const CxmCalendar *calendar, int64_t local);

/*
 * How many dates from ... before to are opening days: those on which hours begin.  The morning that
 * a night shift ends in does not make one.
 */
extern int64_t cxm_calendar_opening_days(const CxmCalendar *calendar, int64_t from, int64_t to);

/*
 * The local time so many opening days later, of which there is at least one: the same time of day,
 * or the next within that day's hours; in a break that is when it begins.  False where there are
 * not so many days.
 */
extern bool cxm_calendar_days_later(const CxmCalendar *calendar, int64_t local, int32_t days,
                                    int64_t *result);

#endif /* CXM_BUSINESS_TIME_H */
