/*
 * business_hours.c
 *		Business calendars made ready to compute with.
 *
 * The zones' rules are PostgreSQL's own, by the functions that timestamptz itself goes by.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "pgtime.h"
#include "utils/datetime.h"
#include "utils/memutils.h"

#include "common/business_hours.h"
#include "common/summary.h"
#include "core/business_time.h"

/*
 * A stretch of time with one offset between the local clock and UTC.  What has been open by a
 * moment in it is base plus what the local clock says; base jumps where the clock does.
 */
struct ZonePeriod
{
	TimestampTz from;
	int64       offset;
	int64       base;
};

/*
 * Some zones' rules go on for ever.  The Gregorian calendar repeats itself after 400 years, which
 * are whole weeks, and PostgreSQL lets the zones do so too; so what is open behind the year 2100,
 * when no zone has anything but its rule any more, and behind all exceptions comes again.  The
 * weeks are an odd number: two that take turns come again after 800 years.
 */
#define YEAR_2100 (INT64CONST(36525) * USECS_PER_DAY)
#define CYCLE (INT64CONST(146097) * USECS_PER_DAY)

/* Parsing */

/*
 * A zone of the IANA data base, by its proper name; NULL when there is none.  pg_tzset() also takes
 * rules such as "UTC+3", where a plus means west; a colon before the name has it look for a zone
 * alone.
 */
static pg_tz *
iana_zone(const char *name)
{
	pg_tz *zone;

	/* what some systems keep beside the zones */
	if (pg_strcasecmp(name, "localtime") == 0 || pg_strcasecmp(name, "posixrules") == 0 ||
	    pg_strcasecmp(name, "Factory") == 0 || pg_strncasecmp(name, "posix/", 6) == 0 ||
	    pg_strncasecmp(name, "right/", 6) == 0)
		return NULL;
	zone = pg_tzset(psprintf(":%s", name));
	return zone != NULL && pg_tz_acceptable(zone) ? zone : NULL;
}

/* Far more than 2,048 exceptions need; what is parsed in one go cannot be cancelled. */
#define CALENDAR_TEXT_LIMIT (1 << 20)

pg_tz *
business_calendar_parse(const char *text, int length, int exceptions, CxmCalendar *calendar,
                        Node *escontext)
{
	char             detail[CXM_CALENDAR_DETAIL];
	char            *name;
	pg_tz           *zone;
	CxmCalendarError error;

	if (length > CALENDAR_TEXT_LIMIT)
		ereturn(
		    escontext, NULL,
		    (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("business calendar is too long"),
		     errdetail("It has %d bytes; at most %d are possible.", length, CALENDAR_TEXT_LIMIT)));
	calendar->exceptions_room = Min(exceptions, CXM_CALENDAR_EXCEPTIONS);
	calendar->exceptions = palloc(calendar->exceptions_room * sizeof(CxmException));
	calendar->spans = palloc(CXM_CALENDAR_SPAN_ITEMS(length) * sizeof(CxmSpan));
	error = cxm_calendar_parse(text, length, calendar, detail);
	if (error != CXM_CALENDAR_OK)
		ereturn(escontext, NULL,
		        (errcode(error == CXM_CALENDAR_SYNTAX ? ERRCODE_INVALID_TEXT_REPRESENTATION
		                                              : ERRCODE_INVALID_PARAMETER_VALUE),
		         error == CXM_CALENDAR_SYNTAX
		             ? errmsg("invalid input syntax for type %s: \"%.*s\"", BUSINESS_CALENDAR,
		                      pg_mbcliplen(text, length, 200), text)
		             : errmsg("impossible business calendar \"%.*s\"",
		                      pg_mbcliplen(text, length, 200), text),
		         errdetail("%s", detail)));

	name = pnstrdup(calendar->zone, calendar->zone_length);
	zone = iana_zone(name);
	if (zone == NULL)
		ereturn(escontext, NULL,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("time zone \"%s\" not recognized", name),
		         errdetail("A business calendar needs a zone of the IANA time zone database."),
		         errhint("The view pg_timezone_names lists them.")));
	return zone;
}

struct varlena *
business_calendar_make(const char *text, int length, Node *escontext)
{
	CxmCalendar     calendar;
	pg_tz          *zone;
	const char     *name;
	struct varlena *value;

	zone = business_calendar_parse(text, length, CXM_CALENDAR_EXCEPTIONS, &calendar, escontext);
	if (zone == NULL)
		return NULL;
	name = pg_get_timezone_name(zone);
	value = palloc(VARHDRSZ + 1 + cxm_calendar_text_size(&calendar, name));
	*VARDATA(value) = BUSINESS_CALENDAR_VERSION;
	SET_VARSIZE(value, VARHDRSZ + 1 + cxm_calendar_print(&calendar, name, VARDATA(value) + 1));
	return value;
}

const char *
business_calendar_text(const struct varlena *value, int *length)
{
	const char *text = VARDATA_ANY(value);

	if (VARSIZE_ANY_EXHDR(value) < 1)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
		                errmsg("invalid value of type " BUSINESS_CALENDAR)));
	if (text[0] != BUSINESS_CALENDAR_VERSION)
		ereport(ERROR, CXM_UNKNOWN_VERSION(BUSINESS_CALENDAR, (unsigned char) text[0]));
	*length = (int) VARSIZE_ANY_EXHDR(value) - 1;
	return text + 1;
}

/* Business time */

static inline int64
timestamp_of(pg_time_t time)
{
	return (time - (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * (pg_time_t) SECS_PER_DAY) *
	       USECS_PER_SEC;
}

/*
 * Finds the periods that begin before some moment, behind those that have been found.  Changes of
 * the clock's name that leave the clock as it is are no new period.
 *
 * Asked about the very last change in a zone's table, pg_next_dst_boundary() knows no further one;
 * a second later it goes by the zone's rule.
 */
static void
find_periods(BusinessHours *hours, TimestampTz until)
{
	ZonePeriod period = hours->periods[hours->n - 1];
	pg_time_t  boundary = timestamptz_to_time_t(period.from);

	hours->known_until = PG_INT64_MAX;
	for (;;)
	{
		pg_time_t at = boundary + 1;
		long int  before;
		long int  after;
		int       isdst;
		int       result =
		    pg_next_dst_boundary(&at, &before, &isdst, &boundary, &after, &isdst, hours->zone);

		CHECK_FOR_INTERRUPTS();
		if (result < 0)
			elog(ERROR, "could not read the rules of time zone \"%s\"",
			     pg_get_timezone_name(hours->zone));
		if (result == 0 || boundary > timestamptz_to_time_t(END_TIMESTAMP))
			return;
		if (after == before)
			continue;
		period.from = timestamp_of(boundary);
		if (period.from >= until)
		{
			hours->known_until = until;
			return;
		}
		period.base += cxm_calendar_open_until(&hours->calendar, period.from + period.offset);
		period.offset = after * USECS_PER_SEC;
		period.base -= cxm_calendar_open_until(&hours->calendar, period.from + period.offset);
		if (hours->n == hours->room)
		{
			hours->room *= 2;
			hours->periods = repalloc(hours->periods, hours->room * sizeof(ZonePeriod));
		}
		hours->periods[hours->n++] = period;
	}
}

/* Microseconds of business time from some fixed moment to this one, which is known. */
static inline int64
known_open_until(const BusinessHours *hours, TimestampTz at)
{
	const ZonePeriod *period;
	int               low = 1;
	int               high = hours->n;

	/* the first period that begins later */
	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (hours->periods[middle].from <= at)
			low = middle + 1;
		else
			high = middle;
	}
	period = &hours->periods[low - 1];
	return period->base + cxm_calendar_open_until(&hours->calendar, at + period->offset);
}

/* Finds the periods of a first whole cycle, which begins when no more section or exception does. */
static pg_noinline void
find_cycle(BusinessHours *hours)
{
	const CxmCalendar *calendar = &hours->calendar;
	const CxmSection  *section = &calendar->sections[calendar->n_sections - 1];
	TimestampTz        from = YEAR_2100;

	hours->cycle = section->weeks * CYCLE;
	if (calendar->n_sections > 1)
		from = Max(from, (section->first_day + 3) * USECS_PER_DAY);
	if (calendar->n_exceptions > 0)
		from = Max(from,
		           (calendar->exceptions[calendar->n_exceptions - 1].last_day + 3) * USECS_PER_DAY);
	hours->cycle_known = true;
	find_periods(hours, from + hours->cycle);
	if (hours->known_until == from + hours->cycle)
		hours->cycle_open =
		    known_open_until(hours, hours->known_until) - known_open_until(hours, from);
}

int64
business_open_until(BusinessHours *hours, TimestampTz at)
{
	int64 cycles;

	if (likely(at < hours->known_until))
		return known_open_until(hours, at);
	if (!hours->cycle_known)
	{
		find_cycle(hours);
		if (at < hours->known_until)
			return known_open_until(hours, at);
	}
	cycles = (at - hours->known_until) / hours->cycle + 1;
	return known_open_until(hours, at - cycles * hours->cycle) + cycles * hours->cycle_open;
}

int64
business_time_between(BusinessHours *hours, TimestampTz from, TimestampTz to)
{
	int64 result;

	/* timestamps reach further than microseconds can count */
	if (pg_sub_s64_overflow(business_open_until(hours, to), business_open_until(hours, from),
	                        &result))
		cxm_refuse_long_interval();
	return result;
}

BusinessHours *
business_hours_make(const struct varlena *value, MemoryContext parent)
{
	MemoryContext  context = AllocSetContextCreate(parent, BUSINESS_CALENDAR, ALLOCSET_SMALL_SIZES);
	MemoryContext  caller = MemoryContextSwitchTo(context);
	BusinessHours *hours = palloc(sizeof(BusinessHours));
	pg_time_t      at = timestamptz_to_time_t(MIN_TIMESTAMP);
	pg_time_t      boundary;
	long int       before = 0;
	long int       after;
	int            isdst;
	const char    *text;
	int            length;

	hours->context = context;
	hours->value = palloc(VARSIZE_ANY(value));
	memcpy(hours->value, value, VARSIZE_ANY(value));
	text = business_calendar_text(hours->value, &length);
	hours->zone = business_calendar_parse(text, length, CXM_CALENDAR_DATE_ITEMS(length),
	                                      &hours->calendar, NULL);
	pg_next_dst_boundary(&at, &before, &isdst, &boundary, &after, &isdst, hours->zone);
	hours->room = 256;
	hours->periods = palloc(hours->room * sizeof(ZonePeriod));
	hours->periods[0] = (ZonePeriod){MIN_TIMESTAMP, before * USECS_PER_SEC, 0};
	hours->n = 1;
	hours->cycle_known = false;
	hours->cycle_open = 0;
	find_periods(hours, YEAR_2100);
	MemoryContextSwitchTo(caller);
	return hours;
}

BusinessHours *
business_hours_arg(FunctionCallInfo fcinfo, int argno)
{
	typedef struct
	{
		int            next; /* to be replaced */
		BusinessHours *hours[8];
	} KnownCalendars;

	KnownCalendars *known = fcinfo->flinfo->fn_extra;
	struct varlena *value = SUMMARY_ARG(argno);
	BusinessHours  *hours;

	cxm_check_zones(fcinfo, CXM_ZONE_HINT("at"));
	if (known == NULL || known == CXM_ZONES_CHECKED)
	{
		known = fcinfo->flinfo->fn_extra =
		    MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(KnownCalendars));
	}
	for (size_t i = 0; i < lengthof(known->hours); i++)
	{
		hours = known->hours[i];
		if (hours != NULL && VARSIZE_ANY_EXHDR(hours->value) == VARSIZE_ANY_EXHDR(value) &&
		    memcmp(VARDATA_ANY(hours->value), VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)) == 0)
			return hours;
	}

	hours = business_hours_make(value, fcinfo->flinfo->fn_mcxt);
	if (known->hours[known->next] != NULL)
		MemoryContextDelete(known->hours[known->next]->context);
	known->hours[known->next] = hours;
	known->next = (known->next + 1) % (int) lengthof(known->hours);
	return hours;
}

