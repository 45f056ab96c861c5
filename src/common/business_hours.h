/*
 * business_hours.h
 *		Business calendars made ready to compute with, for all whose clock they are.
 *
 * Business time is the real time that has passed within opening hours, so that it adds up whatever
 * the clocks do: the hour that spring leaves out is not open, the one that autumn repeats is open
 * twice.
 */
#ifndef CXM_BUSINESS_HOURS_H
#define CXM_BUSINESS_HOURS_H

#include "common/arguments.h"
#include "core/calendar_text.h"
#include "pgtime.h"

#define BUSINESS_CALENDAR "business_calendar"
#define BUSINESS_CALENDAR_VERSION 1

typedef struct ZonePeriod ZonePeriod;

typedef struct BusinessHours
{
	MemoryContext   context;
	struct varlena *value; /* what all this was made of */
	CxmCalendar     calendar;
	pg_tz          *zone;
	ZonePeriod     *periods; /* all up to some moment */
	int             n;
	int             room;
	TimestampTz     known_until; /* that moment: the year 2100, or the end of a cycle */
	bool            cycle_known;
	int64           cycle;      /* its length */
	int64           cycle_open; /* what is open in a cycle */
} BusinessHours;

/* The calendar of a text, and its zone; NULL and a report when it is not one. */
extern pg_tz *business_calendar_parse(const char *text, int length, int exceptions,
                                      CxmCalendar *calendar, Node *escontext);

/* The value of a text; NULL and a report when it is not a calendar. */
extern struct varlena *business_calendar_make(const char *text, int length, Node *escontext);

/* The text in a value, which does not end with a zero byte. */
extern const char *business_calendar_text(const struct varlena *value, int *length);

/*
 * The calendar in an argument that is not NULL, made ready to compute with.  It is kept in
 * fn_extra, with some others that the function was called with.  The first time, the function's
 * call is checked for timestamps without a zone.
 */
extern BusinessHours *business_hours_arg(FunctionCallInfo fcinfo, int argno);

/* That of a value, made ready in a memory context of its own. */
extern BusinessHours *business_hours_make(const struct varlena *value, MemoryContext parent);

/* Microseconds of business time from some fixed moment to any other. */
extern int64 business_open_until(BusinessHours *hours, TimestampTz at);

/* Microseconds of business time; both moments are finite, and to is not before from. */
extern int64 business_time_between(BusinessHours *hours, TimestampTz from, TimestampTz to);

#endif /* CXM_BUSINESS_HOURS_H */
