/*
 * business_calendar.c
 *		The type business_calendar: opening hours that follow the local clock of a time zone.
 *
 * A value is the number of its format, one byte, and its canonical text; see core/business_time.h.
 * The zones' rules are PostgreSQL's own, by the functions that timestamptz itself goes by.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

#include "core/business_time.h"
#include "business_calendar.h"
#include "summary.h"

#define CALENDAR_VERSION 1
#define TYPE_NAME "business_calendar"

/*
 * A stretch of time with one offset between the local clock and UTC.  What has been open by a
 * moment in it is base plus what the local clock says; base jumps where the clock does.
 */
typedef struct ZonePeriod
{
	TimestampTz from;
	int64       offset;
	int64       base;
} ZonePeriod;

/*
 * Some zones' rules go on for ever.  The Gregorian calendar repeats itself after 400 years, which
 * are whole weeks, and PostgreSQL lets the zones do so too; so what is open behind the year 2100,
 * when no zone has anything but its rule any more, and behind all exceptions comes again.
 */
#define YEAR_2100 (INT64CONST(36525) * USECS_PER_DAY)
#define CYCLE (INT64CONST(146097) * USECS_PER_DAY)

struct BusinessHours
{
	MemoryContext   context;
	struct varlena *value; /* what all this was made of */
	CxmCalendar     calendar;
	pg_tz          *zone;
	ZonePeriod     *periods; /* all up to some moment */
	int             n;
	int             room;
	TimestampTz     known_until; /* that moment: the year 2100, or the end of a cycle */
	int64           cycle_open;  /* what is open in a cycle; 0 as long as that is not known */
};

/*
 * Parsing
 */

/*
 * A zone of the IANA data base, by its proper name; NULL when there is none.  pg_tzset() also takes
 * rules such as "UTC+3", where a plus means west; a name that could be one, because it holds a
 * digit, is looked up in the list.
 */
static pg_tz *
iana_zone(const char *name)
{
	pg_tz     *zone;
	pg_tz     *known;
	pg_tzenum *zones;
	bool       found = false;

	/* what some systems keep beside the zones */
	if (strlen(name) > TZ_STRLEN_MAX || pg_strcasecmp(name, "localtime") == 0 ||
	    pg_strcasecmp(name, "posixrules") == 0 || pg_strcasecmp(name, "Factory") == 0 ||
	    pg_strncasecmp(name, "posix/", 6) == 0 || pg_strncasecmp(name, "right/", 6) == 0)
		return NULL;
	zone = pg_tzset(name);
	if (zone == NULL || !pg_tz_acceptable(zone) || strpbrk(name, "0123456789<,") == NULL)
		return zone != NULL && pg_tz_acceptable(zone) ? zone : NULL;

	zones = pg_tzenumerate_start();
	while (!found && (known = pg_tzenumerate_next(zones)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		found = strcmp(pg_get_timezone_name(known), pg_get_timezone_name(zone)) == 0;
	}
	pg_tzenumerate_end(zones);
	return found ? zone : NULL;
}

/* Far more than 2,048 exceptions need; what is parsed in one go cannot be cancelled. */
#define CALENDAR_TEXT_LIMIT (1 << 20)

/* The calendar of a text, and its zone; NULL and a report when it is not one. */
static pg_tz *
parse_calendar(const char *text, int length, CxmCalendar *calendar, Node *escontext)
{
	char             detail[CXM_CALENDAR_DETAIL];
	char            *name;
	pg_tz           *zone;
	CxmCalendarError error;
	int              items = cxm_calendar_items(length);

	if (length > CALENDAR_TEXT_LIMIT)
		ereturn(
		    escontext, NULL,
		    (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("business calendar is too long"),
		     errdetail("It has %d bytes; at most %d are possible.", length, CALENDAR_TEXT_LIMIT)));
	calendar->exceptions = palloc(Min(items, CXM_CALENDAR_EXCEPTIONS) * sizeof(CxmException));
	calendar->spans = palloc(items * sizeof(CxmSpan));
	error = cxm_calendar_parse(text, length, calendar, detail);
	if (error != CXM_CALENDAR_OK)
		ereturn(escontext, NULL,
		        (errcode(error == CXM_CALENDAR_SYNTAX ? ERRCODE_INVALID_TEXT_REPRESENTATION
		                                              : ERRCODE_INVALID_PARAMETER_VALUE),
		         error == CXM_CALENDAR_SYNTAX
		             ? errmsg("invalid input syntax for type %s: \"%.*s\"", TYPE_NAME,
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

static struct varlena *
make_calendar(const CxmCalendar *calendar, pg_tz *zone)
{
	const char     *name = pg_get_timezone_name(zone);
	struct varlena *value = palloc(VARHDRSZ + 1 + cxm_calendar_text_size(calendar, name));
	char           *text = VARDATA(value);

	text[0] = CALENDAR_VERSION;
	SET_VARSIZE(value, VARHDRSZ + 1 + cxm_calendar_print(calendar, name, text + 1));
	return value;
}

/* The text in a value, which does not end with a zero byte. */
static const char *
calendar_text(const struct varlena *value, int *length)
{
	const char *text = VARDATA_ANY(value);

	if (VARSIZE_ANY_EXHDR(value) < 1)
		ereport(ERROR,
		        (errcode(ERRCODE_DATA_CORRUPTED), errmsg("invalid value of type " TYPE_NAME)));
	if (text[0] != CALENDAR_VERSION)
		ereport(ERROR, CXM_UNKNOWN_VERSION(TYPE_NAME, (unsigned char) text[0]));
	*length = (int) VARSIZE_ANY_EXHDR(value) - 1;
	return text + 1;
}

/*
 * Business time
 */

static inline int64
timestamp_of(pg_time_t time)
{
	return (time - (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * (pg_time_t) SECS_PER_DAY) *
	       USECS_PER_SEC;
}

/*
 * The period behind this one; false when it is the last.  Changes of the clock's name that leave
 * the clock as it is are no new period.
 *
 * Asked about the very last change in a zone's table, pg_next_dst_boundary() knows no further one;
 * a second later it goes by the zone's rule.
 */
static bool
next_period(const BusinessHours *hours, const ZonePeriod *period, ZonePeriod *next)
{
	pg_time_t at = timestamptz_to_time_t(period->from) + 1;
	long int  before;
	long int  after;
	int       before_isdst;
	int       after_isdst;

	for (;;)
	{
		pg_time_t boundary;
		int       result = pg_next_dst_boundary(&at, &before, &before_isdst, &boundary, &after,
		                                        &after_isdst, hours->zone);

		if (result < 0)
			elog(ERROR, "could not read the rules of time zone \"%s\"",
			     pg_get_timezone_name(hours->zone));
		if (result == 0)
			return false;
		if (boundary > timestamptz_to_time_t(END_TIMESTAMP))
			return false;
		at = boundary + 1;
		if (after != before)
			break;
	}
	next->from = timestamp_of(at - 1);
	next->offset = after * USECS_PER_SEC;
	next->base = period->base +
	             cxm_calendar_open_until(&hours->calendar, next->from + period->offset) -
	             cxm_calendar_open_until(&hours->calendar, next->from + next->offset);
	return true;
}

/* Finds the periods that begin before some moment, behind those that have been found. */
static void
find_periods(BusinessHours *hours, TimestampTz until)
{
	ZonePeriod next;

	while (next_period(hours, &hours->periods[hours->n - 1], &next))
	{
		CHECK_FOR_INTERRUPTS();
		if (next.from >= until)
		{
			hours->known_until = until;
			return;
		}
		if (hours->n == hours->room)
		{
			hours->room *= 2;
			hours->periods = repalloc(hours->periods, hours->room * sizeof(ZonePeriod));
		}
		hours->periods[hours->n++] = next;
	}
	hours->known_until = PG_INT64_MAX;
}

static void
find_first_periods(BusinessHours *hours)
{
	pg_time_t at = timestamptz_to_time_t(MIN_TIMESTAMP);
	pg_time_t boundary;
	long int  before = 0;
	long int  after;
	int       before_isdst;
	int       after_isdst;

	pg_next_dst_boundary(&at, &before, &before_isdst, &boundary, &after, &after_isdst, hours->zone);
	hours->room = 256;
	hours->periods = palloc(hours->room * sizeof(ZonePeriod));
	hours->periods[0] = (ZonePeriod){MIN_TIMESTAMP, before * USECS_PER_SEC, 0};
	hours->n = 1;
	hours->cycle_open = 0;
	find_periods(hours, YEAR_2100);
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

/* Finds the periods of a first whole cycle, which begins when no exception is left. */
static pg_noinline void
find_cycle(BusinessHours *hours)
{
	const CxmCalendar *calendar = &hours->calendar;
	TimestampTz        from = YEAR_2100;

	if (calendar->n_exceptions > 0)
		from = Max(from,
		           (calendar->exceptions[calendar->n_exceptions - 1].last_day + 3) * USECS_PER_DAY);
	find_periods(hours, from + CYCLE);
	if (hours->known_until == from + CYCLE)
		hours->cycle_open = known_open_until(hours, from + CYCLE) - known_open_until(hours, from);
}

/* The same for any moment. */
static int64
open_until(BusinessHours *hours, TimestampTz at)
{
	int64 cycles;

	if (likely(at < hours->known_until))
		return known_open_until(hours, at);
	if (hours->cycle_open == 0)
	{
		find_cycle(hours);
		if (at < hours->known_until)
			return known_open_until(hours, at);
	}
	cycles = (at - hours->known_until) / CYCLE + 1;
	return known_open_until(hours, at - cycles * CYCLE) + cycles * hours->cycle_open;
}

static void
refuse_length(void)
{
	ereport(ERROR, (errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW), errmsg("interval out of range")));
}

int64
business_time_between(BusinessHours *hours, TimestampTz from, TimestampTz to)
{
	int64 result;

	/* timestamps reach further than microseconds can count */
	if (pg_sub_s64_overflow(open_until(hours, to), open_until(hours, from), &result))
		refuse_length();
	return result;
}

static BusinessHours *
make_hours(const struct varlena *value, MemoryContext parent)
{
	MemoryContext  context = AllocSetContextCreate(parent, TYPE_NAME, ALLOCSET_SMALL_SIZES);
	MemoryContext  caller = MemoryContextSwitchTo(context);
	BusinessHours *hours = palloc(sizeof(BusinessHours));
	const char    *text;
	int            length;

	hours->context = context;
	hours->value = palloc(VARSIZE_ANY(value));
	memcpy(hours->value, value, VARSIZE_ANY(value));
	text = calendar_text(hours->value, &length);
	hours->zone = parse_calendar(text, length, &hours->calendar, NULL);
	find_first_periods(hours);
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
	struct varlena *value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno));
	BusinessHours  *hours;

	if (known == NULL)
	{
		cxm_refuse_zoneless_args(
		    fcinfo, "Say where the clock stood: at::timestamp AT TIME ZONE 'Europe/Berlin', "
		            "for example.");
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

	hours = make_hours(value, fcinfo->flinfo->fn_mcxt);
	if (known->hours[known->next] != NULL)
		MemoryContextDelete(known->hours[known->next]->context);
	known->hours[known->next] = hours;
	known->next = (known->next + 1) % (int) lengthof(known->hours);
	return hours;
}

/*
 * Input and output
 */

PG_FUNCTION_INFO_V1(business_calendar_in);
Datum
business_calendar_in(PG_FUNCTION_ARGS)
{
	char       *text = PG_GETARG_CSTRING(0);
	CxmCalendar calendar;
	pg_tz      *zone = parse_calendar(text, (int) strlen(text), &calendar, fcinfo->context);

	if (zone == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(make_calendar(&calendar, zone));
}

PG_FUNCTION_INFO_V1(business_calendar_out);
Datum
business_calendar_out(PG_FUNCTION_ARGS)
{
	int         length;
	const char *text = calendar_text(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0)), &length);

	PG_RETURN_CSTRING(pnstrdup(text, length));
}

/* Binary: the number of the format, and the text. */
PG_FUNCTION_INFO_V1(business_calendar_send);
Datum
business_calendar_send(PG_FUNCTION_ARGS)
{
	int            length;
	const char    *text = calendar_text(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0)), &length);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, CALENDAR_VERSION);
	pq_sendtext(&buffer, text, length);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(business_calendar_recv);
Datum
business_calendar_recv(PG_FUNCTION_ARGS)
{
	StringInfo  buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint8       version = (uint8) pq_getmsgbyte(buffer);
	char       *text;
	int         length;
	CxmCalendar calendar;
	pg_tz      *zone;

	if (version != CALENDAR_VERSION)
		ereport(ERROR, CXM_UNKNOWN_VERSION(TYPE_NAME, version));
	text = pq_getmsgtext(buffer, buffer->len - buffer->cursor, &length);
	zone = parse_calendar(text, length, &calendar, NULL);
	PG_RETURN_POINTER(make_calendar(&calendar, zone));
}

SUMMARY_COMPARISON_FUNCTIONS(business_calendar)

/*
 * Readings
 */

static char *
moment_text(TimestampTz at)
{
	return DatumGetCString(DirectFunctionCall1(timestamptz_out, TimestampTzGetDatum(at)));
}

static TimestampTz
finite_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(argno);

	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
		                errmsg("argument \"%s\" is infinite", name)));
	return at;
}

static void
check_order(TimestampTz starts_at, TimestampTz ends_at)
{
	if (ends_at < starts_at)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
		                errmsg("ends at %s, before it starts at %s", moment_text(ends_at),
		                       moment_text(starts_at))));
}

static Interval *
interval_of(int64 microseconds)
{
	Interval *interval = palloc0(sizeof(Interval));

	interval->time = microseconds;
	return interval;
}

PG_FUNCTION_INFO_V1(business_time);
Datum
business_time(PG_FUNCTION_ARGS)
{
	BusinessHours *hours = business_hours_arg(fcinfo, 0);
	TimestampTz    starts_at = finite_arg(fcinfo, 1, "starts_at");
	TimestampTz    ends_at = finite_arg(fcinfo, 2, "ends_at");

	check_order(starts_at, ends_at);
	PG_RETURN_INTERVAL_P(interval_of(business_time_between(hours, starts_at, ends_at)));
}

PG_FUNCTION_INFO_V1(business_time_multirange);
Datum
business_time_multirange(PG_FUNCTION_ARGS)
{
	BusinessHours  *hours = business_hours_arg(fcinfo, 0);
	MultirangeType *times = PG_GETARG_MULTIRANGE_P(1);
	TypeCacheEntry *range = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	int64           total = 0;

	for (uint32 i = 0; i < times->rangeCount; i++)
	{
		RangeBound lower;
		RangeBound upper;

		CHECK_FOR_INTERRUPTS();
		multirange_get_bounds(range, times, i, &lower, &upper);
		if (lower.infinite || upper.infinite ||
		    TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(lower.val)) ||
		    TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(upper.val)))
			ereport(ERROR,
			        (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			         errmsg("the time has no %s",
			                lower.infinite || (!upper.infinite &&
			                                   TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(lower.val)))
			                    ? "beginning"
			                    : "end")));
		if (pg_add_s64_overflow(total,
		                        business_time_between(hours, DatumGetTimestampTz(lower.val),
		                                              DatumGetTimestampTz(upper.val)),
		                        &total))
			refuse_length();
	}
	PG_RETURN_INTERVAL_P(interval_of(total));
}

PG_FUNCTION_INFO_V1(business_time_at);
Datum
business_time_at(PG_FUNCTION_ARGS)
{
	BusinessHours *hours = business_hours_arg(fcinfo, 0);
	TimestampTz    at = finite_arg(fcinfo, 1, "at");

	/* open at a moment: the microsecond that begins with it is */
	PG_RETURN_BOOL(business_time_between(hours, at, at + 1) > 0);
}

/* Twice the step, which may span all of time by then. */
static int64
doubled(int64 step)
{
	return step <= PG_INT64_MAX / 2 ? 2 * step : step;
}

/*
 * The first moment by which so much has been open, not before from.  What has been open never
 * falls, so that halving finds it; doubling finds where to begin.
 */
static bool
first_open_until(BusinessHours *hours, TimestampTz from, int64 open, TimestampTz *result)
{
	const TimestampTz last = END_TIMESTAMP - 1;
	TimestampTz       low = from;
	TimestampTz       high = from;

	for (int64 step = USECS_PER_DAY; open_until(hours, high) < open; step = doubled(step))
	{
		if (high == last)
			return false;
		low = high + 1;
		high = high < last - step ? high + step : last;
	}
	while (low < high)
	{
		TimestampTz middle = low + (high - low) / 2;

		if (open_until(hours, middle) < open)
			low = middle + 1;
		else
			high = middle;
	}
	*result = low;
	return true;
}

PG_FUNCTION_INFO_V1(business_deadline);
Datum
business_deadline(PG_FUNCTION_ARGS)
{
	BusinessHours *hours = business_hours_arg(fcinfo, 0);
	TimestampTz    starts_at = finite_arg(fcinfo, 1, "starts_at");
	int64          open = open_until(hours, starts_at);
	TimestampTz    deadline;

	if (pg_add_s64_overflow(
	        open,
	        (int64) cxm_interval_microseconds(PG_GETARG_INTERVAL_P(2), "argument \"allowed\""),
	        &open) ||
	    !first_open_until(hours, starts_at, open, &deadline))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
		                errmsg("deadline out of range of type timestamp with time zone")));
	PG_RETURN_TIMESTAMPTZ(deadline);
}

/* The last moment up to which all is open from this one on; doubling and halving once more. */
static TimestampTz
open_to(BusinessHours *hours, TimestampTz from, TimestampTz limit)
{
	int64       open = open_until(hours, from);
	TimestampTz low = from;
	TimestampTz high = from;
	int64       step = USECS_PER_HOUR;

	while (high < limit && open_until(hours, high) - open == high - from)
	{
		low = high;
		high = high < limit - step ? high + step : limit;
		step = doubled(step);
	}
	if (open_until(hours, high) - open == high - from)
		return high;
	while (high - low > 1)
	{
		TimestampTz middle = low + (high - low) / 2;

		if (open_until(hours, middle) - open == middle - from)
			low = middle;
		else
			high = middle;
	}
	return low;
}

PG_FUNCTION_INFO_V1(business_spans);
Datum
business_spans(PG_FUNCTION_ARGS)
{
	ReturnSetInfo  *result = (ReturnSetInfo *) fcinfo->resultinfo;
	BusinessHours  *hours = business_hours_arg(fcinfo, 0);
	TimestampTz     at = finite_arg(fcinfo, 1, "starts_at");
	TimestampTz     ends_at = finite_arg(fcinfo, 2, "ends_at");
	TypeCacheEntry *range = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);

	check_order(at, ends_at);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (;;)
	{
		RangeBound lower = {.inclusive = true, .lower = true};
		RangeBound upper = {0};
		Datum      value;
		bool       null = false;

		CHECK_FOR_INTERRUPTS();
		/* the span begins just before the first microsecond that has been open */
		if (!first_open_until(hours, at, open_until(hours, at) + 1, &at) || at > ends_at)
			break;
		lower.val = TimestampTzGetDatum(at - 1);
		at = open_to(hours, at - 1, ends_at);
		upper.val = TimestampTzGetDatum(at);
		value = RangeTypePGetDatum(cxm_make_range(range, &lower, &upper));
		tuplestore_putvalues(result->setResult, result->setDesc, &value, &null);
	}
	return (Datum) 0;
}
