/*
 * business_calendar.h
 *		The type business_calendar: opening hours that follow the local clock of a time zone.
 *
 * Business time is the real time that has passed within opening hours, so that it adds up whatever
 * the clocks do: the hour that spring leaves out is not open, the one that autumn repeats is open
 * twice.
 */
#ifndef CXM_BUSINESS_CALENDAR_H
#define CXM_BUSINESS_CALENDAR_H

#include "cxm.h"

#include "datatype/timestamp.h"

typedef struct BusinessHours BusinessHours;

/*
 * The calendar in an argument that is not NULL, made ready to compute with.  It is kept in
 * fn_extra, with some others that the function was called with.  The first time, the function's
 * call is checked for timestamps without a zone.
 */
extern BusinessHours *business_hours_arg(FunctionCallInfo fcinfo, int argno);

/* Microseconds of business time; both moments are finite, and to is not before from. */
extern int64 business_time_between(BusinessHours *hours, TimestampTz from, TimestampTz to);

#endif /* CXM_BUSINESS_CALENDAR_H */
