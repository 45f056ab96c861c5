/*
 * arguments.h
 *		What functions read from their call and return to it, whatever they are about.
 */
#ifndef CXM_ARGUMENTS_H
#define CXM_ARGUMENTS_H

#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/nodes.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "common/compat.h"
#include "core/estimates.h"

/* A function of SQL. */
#define CXM_FUNCTION(symbol)     \
	PG_FUNCTION_INFO_V1(symbol); \
	Datum symbol(PG_FUNCTION_ARGS)

/* In a long loop: looks for a cancellation now and then. */
static inline void
check_interrupts(uint32 i)
{
	if ((i & 4095) == 4095)
		CHECK_FOR_INTERRUPTS();
}

/* As AggCheckCallContext() has it, inline: only in an aggregate may a state be changed in place. */
static inline bool
cxm_in_aggregate_context(FunctionCallInfo fcinfo)
{
	return fcinfo->context != NULL &&
	       (IsA(fcinfo->context, AggState) || IsA(fcinfo->context, WindowAggState));
}

/* An error where that is not so. */
extern void cxm_check_aggregate_context(FunctionCallInfo fcinfo);

/* The confidence level of a function's argument; an error unless 0 < level < 1. */
extern double cxm_level_arg(FunctionCallInfo fcinfo, int argno);

/* What a text argument chooses between: "convention", say, and the names of all there are. */
typedef struct CxmChoices
{
	const char        *noun;
	const char *const *names;
	int                n;
	const char        *other; /* for the hint: what else it may be, that has no fixed name */
} CxmChoices;

#define CXM_CHOICES(noun, names) ((CxmChoices){noun, names, lengthof(names), NULL})

/* Which of the choices has this name, from 0; an error that lists them where none has. */
extern int cxm_choice(const CxmChoices *choices, const char *name);

/* The same of an argument, which must not be NULL. */
extern int cxm_choice_arg(FunctionCallInfo fcinfo, int argno, const CxmChoices *choices);

/*
 * Is this method the interval that holds at every look?  Then *best_at is the number of responses
 * at which it is narrowest: "anytime", which says nothing of it, or "anytime 2000".
 */
#define ANYTIME_BEST_AT 500
#define ANYTIME_HINT "anytime, as in \"anytime 500\""
extern bool cxm_anytime_method(const char *name, double *best_at);

/* An error for an interval with months, which an infinite one has. */
extern void cxm_check_months(const Interval *interval, const char *what);

/* An error where it has days or months, which by a business clock are no number of hours. */
extern void cxm_check_days(const Interval *interval, const char *what);

/* In microseconds, a day as 24 hours; an error for what has months, is negative or infinite. */
extern uint64 cxm_interval_microseconds(const Interval *interval, const char *what);

pg_noreturn extern void cxm_refuse_inexact(const Interval *interval, const char *what);
pg_noreturn extern void cxm_refuse_long_interval(void);

/* The same of days and less, exactly; an error when it has months, is negative or does not end. */
static pg_attribute_always_inline uint64
cxm_exact_microseconds(const Interval *interval, const char *what)
{
	int64 microseconds;

	/* an infinite one has months */
	if (unlikely(interval->month != 0 ||
	             pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &microseconds) ||
	             pg_add_s64_overflow(microseconds, interval->time, &microseconds) ||
	             microseconds < 0))
		cxm_refuse_inexact(interval, what);
	return (uint64) microseconds;
}

/* The date as_of in an argument; an error when it is NULL or infinite. */
extern DateADT cxm_as_of_arg(FunctionCallInfo fcinfo, int argno);

/* Errors for a NULL where there must be a value, and for a time that is infinite. */
pg_noreturn extern void cxm_refuse_null(const char *name);
pg_noreturn extern void cxm_refuse_infinite(const char *name);

/* An argument that must not be NULL. */
static inline Datum
cxm_required_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (unlikely(PG_ARGISNULL(argno)))
		cxm_refuse_null(name);
	return PG_GETARG_DATUM(argno);
}

/* The moment in an argument; an error that names it when it is NULL or infinite. */
static inline TimestampTz
cxm_finite_time_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	TimestampTz time = DatumGetTimestampTz(cxm_required_arg(fcinfo, argno, name));

	if (unlikely(TIMESTAMP_NOT_FINITE(time)))
		cxm_refuse_infinite(name);
	return time;
}

/* A moment as the session writes it, for messages. */
extern char *cxm_moment_text(TimestampTz at);

/* Elapsed time as an interval: of hours and less, so that it is the same in every zone. */
extern Interval *cxm_interval(int64 microseconds);

/*
 * A named composite value of the calling function's declared type, of as many of the n values as it
 * has columns.  NaN becomes NULL.
 */
extern Datum cxm_record_of_doubles(FunctionCallInfo fcinfo, const double *values, int n);

/* The first n columns of a composite argument, doubles, 0 for NULL; false where there is a NULL. */
extern bool cxm_doubles_of_record(FunctionCallInfo fcinfo, int argno, double *values, int n);

/* Tests as the records that SQL has of them; NULL where none was found. */
extern Datum cxm_test_record(FunctionCallInfo fcinfo, bool found, const CxmTest *test);
extern Datum cxm_groups_test_record(FunctionCallInfo fcinfo, bool found, const CxmGroupsTest *test);

/*
 * An error where the call has a timestamp or a date for a timestamptz: PostgreSQL casts it, without
 * a word, as if it stood in the zone of the session.  Overloads for every mixture would be dozens;
 * the call's own expression tells.  To be asked once, when fn_extra is still empty.
 */
extern void cxm_refuse_zoneless_args(FunctionCallInfo fcinfo, const char *hint);

/* The hint about the moment of this name. */
#define CXM_ZONE_HINT(name) \
	"Say where the clock stood: " name "::timestamp AT TIME ZONE 'Europe/Berlin', for example."

/* What fn_extra holds once that was asked; functions that keep something there may replace it. */
#define CXM_ZONES_CHECKED ((void *) &cxm_zones_checked)

extern const char cxm_zones_checked;

/* The same, asked once for each call in a query. */
static pg_attribute_always_inline void
cxm_check_zones(FunctionCallInfo fcinfo, const char *hint)
{
	if (unlikely(fcinfo->flinfo->fn_extra == NULL))
	{
		cxm_refuse_zoneless_args(fcinfo, hint);
		fcinfo->flinfo->fn_extra = CXM_ZONES_CHECKED;
	}
}

/* An interval that a reading finds, as a record, or one of its bounds; NULL where there is none. */
typedef bool (*CxmFindInterval)(FunctionCallInfo fcinfo, CxmInterval *interval);
extern Datum cxm_interval_record(FunctionCallInfo fcinfo, CxmFindInterval find);
extern Datum cxm_interval_bound(FunctionCallInfo fcinfo, CxmFindInterval find, bool upper);

/* One more row of a function that returns a set, after InitMaterializedSRF(). */
extern void cxm_return_row(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

/* A quotient of counts, NaN where there is nothing to divide by. */
static inline double
cxm_ratio(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

/* A double precision result, where NaN means that there is none: NULL. */
#define CXM_RETURN_FLOAT8_OR_NULL(value) \
	do                                   \
	{                                    \
		double result_ = (value);        \
		if (isnan(result_))              \
			PG_RETURN_NULL();            \
		PG_RETURN_FLOAT8(result_);       \
	} while (0)

#endif /* CXM_ARGUMENTS_H */
