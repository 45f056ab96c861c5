/*
 * business_calendar.c
 *		The type business_calendar: opening hours that follow the local clock of a time zone.
 *
 * A value is the number of its format, one byte, and its canonical text; see core/calendar_text.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgroids.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "common/business_hours.h"
#include "common/summary.h"
#include "core/business_time.h"

/* Input and output */

CXM_FUNCTION(business_calendar_in)
{
	char           *text = PG_GETARG_CSTRING(0);
	struct varlena *value = business_calendar_make(text, (int) strlen(text), fcinfo->context);

	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(value);
}

CXM_FUNCTION(business_calendar_out)
{
	int         length;
	const char *text = business_calendar_text(SUMMARY_ARG(0), &length);

	PG_RETURN_CSTRING(pnstrdup(text, length));
}

/* Binary: the number of the format, and the text. */
CXM_FUNCTION(business_calendar_send)
{
	int            length;
	const char    *text = business_calendar_text(SUMMARY_ARG(0), &length);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, BUSINESS_CALENDAR_VERSION);
	pq_sendtext(&buffer, text, length);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

CXM_FUNCTION(business_calendar_recv)
{
	StringInfo buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint8      version = (uint8) pq_getmsgbyte(buffer);
	char      *text;
	int        length;

	if (version != BUSINESS_CALENDAR_VERSION)
		ereport(ERROR, CXM_UNKNOWN_VERSION(BUSINESS_CALENDAR, version));
	text = pq_getmsgtext(buffer, buffer->len - buffer->cursor, &length);
	PG_RETURN_POINTER(business_calendar_make(text, length, NULL));
}

/* equal calendars are equal bytes */
SUMMARY_FUNCTION(business_calendar_eq, byteaeq(fcinfo))
SUMMARY_FUNCTION(business_calendar_ne, byteane(fcinfo))
SUMMARY_FUNCTION(business_calendar_hash, hashvarlena(fcinfo))
SUMMARY_FUNCTION(business_calendar_hash_extended, hashvarlenaextended(fcinfo))

/* Readings */

static void
check_order(TimestampTz starts_at, TimestampTz ends_at)
{
	if (ends_at < starts_at)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
		                errmsg("ends_at must not be before starts_at"),
		                errdetail("It starts at %s and ends at %s.", cxm_moment_text(starts_at),
		                          cxm_moment_text(ends_at))));
}

CXM_FUNCTION(business_time)
{
	BusinessHours *hours = business_hours_arg(fcinfo, 0);
	TimestampTz    starts_at = cxm_finite_time_arg(fcinfo, 1, "starts_at");
	TimestampTz    ends_at = cxm_finite_time_arg(fcinfo, 2, "ends_at");

	check_order(starts_at, ends_at);
	PG_RETURN_INTERVAL_P(cxm_interval(business_time_between(hours, starts_at, ends_at)));
}

/* Where a range of times begins or ends, which may be at no moment. */
static inline TimestampTz
bound_time(const RangeBound *bound)
{
	if (bound->infinite)
		return bound->lower ? DT_NOBEGIN : DT_NOEND;
	return DatumGetTimestampTz(bound->val);
}

/* Business time of ranges, up to a moment. */
static Interval *
time_of_ranges(BusinessHours *hours, const MultirangeType *times, TimestampTz as_of)
{
	TypeCacheEntry *range = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	int64           total = 0;

	for (uint32 i = 0; i < times->rangeCount; i++)
	{
		RangeBound  lower;
		RangeBound  upper;
		TimestampTz from;
		TimestampTz to;

		CHECK_FOR_INTERRUPTS();
		multirange_get_bounds(range, times, i, &lower, &upper);
		from = bound_time(&lower);
		to = Min(bound_time(&upper), as_of);
		if (from > as_of)
			break;
		if (TIMESTAMP_NOT_FINITE(from))
			ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			                errmsg("range %u of times has no beginning", i + 1)));
		if (TIMESTAMP_NOT_FINITE(to))
			ereport(ERROR,
			        (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			         errmsg("range %u of times has no end", i + 1),
			         errhint("business_time_until(calendar, times, now()) counts until now.")));
		if (pg_add_s64_overflow(total, business_time_between(hours, from, to), &total))
			cxm_refuse_long_interval();
	}
	return cxm_interval(total);
}

CXM_FUNCTION(business_time_multirange)
{
	PG_RETURN_INTERVAL_P(
	    time_of_ranges(business_hours_arg(fcinfo, 0), PG_GETARG_MULTIRANGE_P(1), DT_NOEND));
}

CXM_FUNCTION(business_time_until)
{
	PG_RETURN_INTERVAL_P(time_of_ranges(business_hours_arg(fcinfo, 0), PG_GETARG_MULTIRANGE_P(1),
	                                    cxm_finite_time_arg(fcinfo, 2, "as_of")));
}

CXM_FUNCTION(business_time_at)
{
	BusinessHours *hours = business_hours_arg(fcinfo, 0);
	TimestampTz    at = cxm_finite_time_arg(fcinfo, 1, "at");

	/* open at a moment: the microsecond that begins with it is */
	PG_RETURN_BOOL(business_time_between(hours, at, at + 1) > 0);
}

/* Business time up to a moment, or all the other time. */
static inline int64
time_until(BusinessHours *hours, TimestampTz at, bool open)
{
	int64 business = business_open_until(hours, at);

	return open ? business : at - business;
}

/* The whole second that a moment is in. */
static inline TimestampTz
second_of(TimestampTz at)
{
	return at - (at % USECS_PER_SEC + USECS_PER_SEC) % USECS_PER_SEC;
}

/*
 * The first moment from ... to by which there has been so much business time, or other time.
 *
 * Neither ever falls, so that halving finds it; doubling finds where to begin.  Neither passes
 * faster than the clock, so that it is not before what is missing has passed; once that lies in the
 * same span, it is the moment.  Nothing opens or closes but at whole seconds.  All of time is
 * longer than an int64 holds.
 */
static bool
first_moment(BusinessHours *hours, TimestampTz from, TimestampTz to, bool open, int64 amount,
             TimestampTz *result)
{
	TimestampTz low = from;
	TimestampTz high = PG_INT64_MAX; /* by when it has been, if that is known */
	int64       step = USECS_PER_HOUR;
	int64       missing = amount - time_until(hours, low, open);

	while (missing > 0)
	{
		uint64      left = (uint64) to - (uint64) low;
		TimestampTz at;
		int64       missing_there;

		if ((uint64) missing > left)
			return false;
		if (high < PG_INT64_MAX)
			at = low + (int64) (((uint64) high - (uint64) low) / 2);
		else
		{
			at = (uint64) step < left ? low + step : to;
			/* it may span all of time by then */
			step = step <= PG_INT64_MAX / 2 ? 2 * step : step;
		}
		at = Min(Max(second_of(at), second_of(low) + USECS_PER_SEC), to);
		if (at >= high || at < low + missing)
			at = low + missing;

		missing_there = amount - time_until(hours, at, open);
		if (missing_there > 0 || at == low + missing)
		{
			low = at;
			missing = missing_there;
		}
		else
			high = at;
	}
	*result = low;
	return true;
}

static char *
date_text(DateADT date)
{
	return DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(date)));
}

pg_noreturn static void
refuse_deadline(const BusinessHours *hours)
{
	const CxmSection *last = &hours->calendar.sections[hours->calendar.n_sections - 1];

	ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
	                errmsg("deadline out of range of type timestamp with time zone"),
	                last->n_spans > 0 ? 0
	                                  : errdetail("The calendar is closed from %s on.",
	                                              date_text(last->first_day))));
}

/* So many business days later by the local clock, whose time is the moment of AT TIME ZONE. */
static TimestampTz
business_days_later(BusinessHours *hours, TimestampTz at, int32 days)
{
	struct pg_tm tm;
	fsec_t       fsec;
	int          zone;
	int64        local;

	if (timestamp2tm(at, &zone, &tm, &fsec, NULL, hours->zone) != 0 ||
	    !cxm_calendar_days_later(&hours->calendar, at - zone * USECS_PER_SEC, days, &local) ||
	    timestamp2tm(local, NULL, &tm, &fsec, NULL, NULL) != 0)
		refuse_deadline(hours);
	return local + DetermineTimeZoneOffset(&tm, hours->zone) * USECS_PER_SEC;
}

/*
 * A deadline, which each pause before it puts off by the business time in the pause; it is not
 * before the business days that are allowed are over.  Infinity while the last pause is open.
 */
static TimestampTz
find_deadline(BusinessHours *hours, TimestampTz starts_at, const Interval *allowed,
              const MultirangeType *pauses)
{
	TypeCacheEntry *range = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	TimestampTz     earliest = starts_at;
	TimestampTz     at = starts_at;
	int64           open;

	/* as a whole, and neither its days nor its hours may be negative */
	cxm_interval_microseconds(allowed, "allowed");
	cxm_interval_microseconds(&(Interval){.day = allowed->day}, "allowed");
	cxm_interval_microseconds(&(Interval){.time = allowed->time}, "allowed");
	if (allowed->day > 0)
		earliest = business_days_later(hours, starts_at, allowed->day);
	if (pg_add_s64_overflow(business_open_until(hours, earliest), allowed->time, &open))
		refuse_deadline(hours);

	for (uint32 i = 0; pauses != NULL && i < pauses->rangeCount; i++)
	{
		RangeBound  lower;
		RangeBound  upper;
		TimestampTz from;
		int64       open_before;
		int64       paused;

		CHECK_FOR_INTERRUPTS();
		multirange_get_bounds(range, pauses, i, &lower, &upper);
		if (bound_time(&upper) <= at)
			continue;
		from = Max(bound_time(&lower), at);
		if (TIMESTAMP_IS_NOEND(from))
			break;
		open_before = business_open_until(hours, from);
		if (open_before >= open)
			break;
		at = bound_time(&upper);
		if (TIMESTAMP_IS_NOEND(at))
			return at;
		if (pg_sub_s64_overflow(business_open_until(hours, at), open_before, &paused) ||
		    pg_add_s64_overflow(open, paused, &open))
			refuse_deadline(hours);
	}
	if (!first_moment(hours, at, END_TIMESTAMP - 1, true, open, &at))
		refuse_deadline(hours);
	return Max(at, earliest);
}

CXM_FUNCTION(business_deadline)
{
	PG_RETURN_TIMESTAMPTZ(find_deadline(business_hours_arg(fcinfo, 0),
	                                    cxm_finite_time_arg(fcinfo, 1, "starts_at"),
	                                    PG_GETARG_INTERVAL_P(2), NULL));
}

/* The same with pauses, of which there are none where they are NULL. */
static Datum
deadline_with_pauses(FunctionCallInfo fcinfo, const MultirangeType *pauses)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(find_deadline(business_hours_arg(fcinfo, 0),
	                                    cxm_finite_time_arg(fcinfo, 1, "starts_at"),
	                                    PG_GETARG_INTERVAL_P(2), pauses));
}

CXM_FUNCTION(business_deadline_multirange)
{
	return deadline_with_pauses(fcinfo, PG_ARGISNULL(3) ? NULL : PG_GETARG_MULTIRANGE_P(3));
}

static MultirangeType *
multirange_of(RangeType *range)
{
	TypeCacheEntry *type = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);

	return make_multirange(TSTZMULTIRANGEOID, type, 1, &range);
}

CXM_FUNCTION(business_deadline_range)
{
	return deadline_with_pauses(fcinfo,
	                            PG_ARGISNULL(3) ? NULL : multirange_of(PG_GETARG_RANGE_P(3)));
}

/* A literal without a type, or a parameter, is text: it says by itself which of the two it is. */
CXM_FUNCTION(business_deadline_text)
{
	MultirangeType *pauses = NULL;

	if (!PG_ARGISNULL(3))
	{
		char *literal = text_to_cstring(PG_GETARG_TEXT_PP(3));

		if (literal[strspn(literal, " \t\n\r\f\v")] == '{')
			pauses = DatumGetMultirangeTypeP(
			    OidInputFunctionCall(F_MULTIRANGE_IN, literal, TSTZMULTIRANGEOID, -1));
		else
			pauses = multirange_of(
			    DatumGetRangeTypeP(OidInputFunctionCall(F_RANGE_IN, literal, TSTZRANGEOID, -1)));
	}
	return deadline_with_pauses(fcinfo, pauses);
}

CXM_FUNCTION(business_days)
{
	BusinessHours *hours = business_hours_arg(fcinfo, 0);
	DateADT        starts_on = PG_GETARG_DATEADT(1);
	DateADT        ends_on = PG_GETARG_DATEADT(2);

	if (DATE_NOT_FINITE(starts_on) || DATE_NOT_FINITE(ends_on))
		cxm_refuse_infinite(DATE_NOT_FINITE(starts_on) ? "starts_on" : "ends_on");
	/* the day before is the end of no days */
	if (ends_on < starts_on - 1)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
		                errmsg("ends_on must not be before starts_on"),
		                errdetail("It starts on %s and ends on %s.", date_text(starts_on),
		                          date_text(ends_on))));
	PG_RETURN_INT32(
	    (int32) cxm_calendar_opening_days(&hours->calendar, starts_on, ends_on + INT64CONST(1)));
}

CXM_FUNCTION(business_spans)
{
	BusinessHours  *hours = business_hours_arg(fcinfo, 0);
	TimestampTz     at = cxm_finite_time_arg(fcinfo, 1, "starts_at");
	TimestampTz     ends_at = cxm_finite_time_arg(fcinfo, 2, "ends_at");
	TypeCacheEntry *range = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);

	check_order(at, ends_at);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (;;)
	{
		RangeBound lower = {.inclusive = true, .lower = true};
		RangeBound upper = {0};
		Datum      value;
		bool       null = false;

		/* a span begins just before the first microsecond that has been open, and ends so too */
		if (!first_moment(hours, at, ends_at, true, time_until(hours, at, true) + 1, &at))
			break;
		lower.val = TimestampTzGetDatum(at - 1);
		at = first_moment(hours, at, ends_at, false, time_until(hours, at, false) + 1, &at)
		         ? at - 1
		         : ends_at;
		upper.val = TimestampTzGetDatum(at);
		value = RangeTypePGetDatum(cxm_make_range(range, &lower, &upper));
		cxm_return_row(fcinfo, &value, &null);
	}
	return (Datum) 0;
}
