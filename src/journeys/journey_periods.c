/*
 * journey_periods.c
 *		When a customer was in some stages: from each of their events to the next of others.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "common/business_hours.h"
#include "journeys/customer_journey.h"

/* The periods in stages that are wanted, up to as_of: what comes later has not come yet. */
typedef struct StagePeriods
{
	JourneyCursor cursor;
	bool         *wanted; /* by stage */
	TimestampTz   as_of;  /* DT_NOEND: the last period goes on */
	bool          over;
} StagePeriods;

static StagePeriods
begin_periods(const Journey *journey, TimestampTz as_of)
{
	return (StagePeriods){journey_cursor(journey), palloc0(journey->stages + 1), as_of, false};
}

/* The next period, which may be an instant; false after the last one. */
static bool
next_period(StagePeriods *periods, TimestampTz *since, TimestampTz *until)
{
	JourneyEvent event;
	bool         inside = false;

	while (!periods->over)
	{
		periods->over = !journey_next(&periods->cursor, &event) || event.time > periods->as_of;
		if (periods->over)
			*until = periods->as_of;
		else if (periods->wanted[event.stage] == inside)
			continue;
		else if (inside)
			*until = event.time;
		else
			*since = event.time;
		if (inside)
			return true;
		inside = !periods->over;
	}
	return false;
}

/* Adds what has passed: from the first moment that there is to the last is no interval. */
static void
add_time(BusinessHours *hours, int64 *elapsed, TimestampTz since, TimestampTz until)
{
	int64 passed;

	if (hours != NULL)
		passed = business_time_between(hours, since, until);
	else if (pg_sub_s64_overflow(until, since, &passed))
		cxm_refuse_long_interval();
	if (pg_add_s64_overflow(*elapsed, passed, elapsed))
		cxm_refuse_long_interval();
}

static Datum
sum_of_periods(FunctionCallInfo fcinfo, const Journey *journey, BusinessHours *hours)
{
	StagePeriods periods = begin_periods(journey, cxm_finite_time_arg(fcinfo, 2, "as_of"));
	bool         was_there = false;
	int64        elapsed = 0;
	TimestampTz  since;
	TimestampTz  until;

	journey_mark_stages(journey, PG_GETARG_TEXT_PP(1), periods.wanted);
	while (next_period(&periods, &since, &until))
	{
		was_there = true;
		add_time(hours, &elapsed, since, until);
	}
	if (!was_there)
		PG_RETURN_NULL();
	PG_RETURN_INTERVAL_P(cxm_interval(elapsed));
}

JOURNEY_READING(journey_time_in)
{
	cxm_check_zones(fcinfo, CXM_ZONE_HINT("at"));
	return sum_of_periods(fcinfo, journey, NULL);
}

JOURNEY_READING(journey_business_time_in)
{
	return sum_of_periods(fcinfo, journey, business_hours_arg(fcinfo, 3));
}

/* The ranges of periods that are more than an instant. */
static MultirangeType *
periods_multirange(StagePeriods *periods)
{
	TypeCacheEntry *type = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	int             room = 8;
	int             n = 0;
	RangeType     **ranges = palloc(room * sizeof(RangeType *));
	TimestampTz     since;
	TimestampTz     until;

	while (next_period(periods, &since, &until))
	{
		RangeBound lower = {.val = TimestampTzGetDatum(since), .inclusive = true, .lower = true};
		RangeBound upper = {.val = TimestampTzGetDatum(until), .infinite = until == DT_NOEND};

		if (since == until)
			continue;
		if (n == room)
		{
			room *= 2;
			ranges = repalloc(ranges, room * sizeof(RangeType *));
		}
		ranges[n++] = cxm_make_range(type, &lower, &upper);
	}
	return make_multirange(TSTZMULTIRANGEOID, type, n, ranges);
}

/* When it was in one of these stages; NULL without any that are asked for. */
static Datum
periods_in(FunctionCallInfo fcinfo, ArrayType *stages)
{
	Journey      journey;
	StagePeriods periods;
	Datum       *labels;
	bool        *nulls;
	int          n;

	cxm_check_zones(fcinfo, CXM_ZONE_HINT("as_of"));
	if (PG_ARGISNULL(0) || stages == NULL)
		PG_RETURN_NULL();
	journey = journey_arg(fcinfo, 0);
	periods = begin_periods(&journey, PG_ARGISNULL(2) ? DT_NOEND
	                                                  : cxm_finite_time_arg(fcinfo, 2, "as_of"));
	deconstruct_array(stages, TEXTOID, -1, false, TYPALIGN_INT, &labels, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			cxm_refuse_null("a stage");
		journey_mark_stages(&journey, DatumGetTextPP(labels[i]), periods.wanted);
	}
	PG_RETURN_MULTIRANGE_P(periods_multirange(&periods));
}

CXM_FUNCTION(journey_periods_in)
{
	return periods_in(fcinfo, PG_ARGISNULL(1) ? NULL : PG_GETARG_ARRAYTYPE_P(1));
}

/* A literal whose type is not said may be an array as well. */
CXM_FUNCTION(journey_periods_in_text)
{
	Datum stage;
	char *literal;

	if (PG_ARGISNULL(1))
		return periods_in(fcinfo, NULL);
	literal = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (literal[strspn(literal, " \t\n\r\f\v")] == '{')
		return periods_in(
		    fcinfo, DatumGetArrayTypeP(OidInputFunctionCall(F_ARRAY_IN, literal, TEXTOID, -1)));
	stage = PG_GETARG_DATUM(1);
	return periods_in(fcinfo, construct_array(&stage, 1, TEXTOID, -1, false, TYPALIGN_INT));
}
