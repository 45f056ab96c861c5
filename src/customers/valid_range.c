/*
 * valid_range.c
 *		A range from a start and an end, where the end is not before the start.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "common/arguments.h"

/* [start, end); an end of NULL is none. */
static Datum
range_of(FunctionCallInfo fcinfo, Oid type)
{
	RangeBound lower = {.inclusive = true, .lower = true, .val = PG_GETARG_DATUM(0)};
	RangeBound upper = {.infinite = PG_ARGISNULL(1), .val = PG_GETARG_DATUM(1)};

	PG_RETURN_RANGE_P(cxm_make_range(range_get_typcache(fcinfo, type), &lower, &upper));
}

CXM_FUNCTION(valid_range_dates)
{
	if (PG_ARGISNULL(0) || (!PG_ARGISNULL(1) && PG_GETARG_DATEADT(1) < PG_GETARG_DATEADT(0)))
		PG_RETURN_NULL();
	return range_of(fcinfo, DATERANGEOID);
}

CXM_FUNCTION(valid_range_timestamps)
{
	if (fcinfo->flinfo->fn_extra == NULL)
		cxm_refuse_zoneless_args(fcinfo, CXM_ZONE_HINT("started_at"));
	if (PG_ARGISNULL(0) ||
	    (!PG_ARGISNULL(1) && PG_GETARG_TIMESTAMPTZ(1) < PG_GETARG_TIMESTAMPTZ(0)))
		PG_RETURN_NULL();
	return range_of(fcinfo, TSTZRANGEOID);
}
