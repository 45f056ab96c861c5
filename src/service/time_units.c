/*
 * time_units.c
 *		Intervals as numbers, in the unit that a chart has.
 */
#include "postgres.h"

#include "utils/float.h"

#include "common/arguments.h"

/* How many units an interval has.  Days have 24 hours; months are refused, since they differ. */
static Datum
in_units(FunctionCallInfo fcinfo, double unit)
{
	Interval *interval = PG_GETARG_INTERVAL_P(0);

	if (INTERVAL_NOT_FINITE(interval))
		PG_RETURN_FLOAT8(interval->month < 0 ? -get_float8_infinity() : get_float8_infinity());
	cxm_check_months(interval, "length");
	/* exact up to 285 years, but for the quotient */
	PG_RETURN_FLOAT8(((double) interval->day * USECS_PER_DAY + (double) interval->time) / unit);
}

#define IN_UNITS(symbol, unit)           \
	CXM_FUNCTION(symbol)                 \
	{                                    \
		return in_units(fcinfo, (unit)); \
	}

IN_UNITS(time_in_seconds, USECS_PER_SEC)
IN_UNITS(time_in_minutes, USECS_PER_MINUTE)
IN_UNITS(time_in_hours, USECS_PER_HOUR)
IN_UNITS(time_in_days, USECS_PER_DAY)
