/*
 * contact_centre.c
 *		How many agents a contact centre needs, and which of its calls met the service level.
 *
 * The first three arguments of what looks ahead are calls, per and handle_time: so many calls come
 * in a period of such a length, and each keeps an agent busy for so long, in the mean.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/float.h"

#include "common/arguments.h"
#include "core/erlang.h"

/* Arguments */

/* A number that is not negative. */
static double
number_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	double number = PG_GETARG_FLOAT8(argno);

	/* written so that NaN is refused too */
	if (!(number >= 0) || isinf(number))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("invalid value for \"%s\": %s", name, float8out_internal(number)),
		                errdetail("It must be finite and not negative.")));
	return number;
}

/* How many agents there are: a double precision, so that any count and sum is taken. */
static double
agents_arg(FunctionCallInfo fcinfo, int argno)
{
	double agents = number_arg(fcinfo, argno, "agents");

	if (agents != floor(agents))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("invalid value for \"agents\": %s", float8out_internal(agents)),
		                errdetail("The formulas take whole numbers of agents."),
		                errhint("floor(agents) is on the safe side, ceil(agents) on the other.")));
	if (agents > CXM_MOST_AGENTS)
		ereport(ERROR,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("agents out of range")));
	return agents;
}

/* A share that is written as a fraction.  Whether it may be 0, and whether 1, is said. */
static double
share_arg(FunctionCallInfo fcinfo, int argno, const char *name, bool may_be_0, bool may_be_1)
{
	double share = PG_GETARG_FLOAT8(argno);

	/* written so that NaN is refused too */
	if (!((may_be_0 ? share >= 0 : share > 0) && (may_be_1 ? share <= 1 : share < 1)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("invalid value for \"%s\": %s", name, float8out_internal(share)),
		                may_be_0   ? errdetail("It must be at least 0 and below 1.")
		                : may_be_1 ? errdetail("It must be above 0 and at most 1.")
		                           : errdetail("It must be above 0 and below 1."),
		                errhint("Write 80 %% as 0.8.")));
	return share;
}

static double
microseconds_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	return (double) cxm_exact_microseconds(PG_GETARG_INTERVAL_P(argno), name);
}

/* What the first three arguments come to, in erlangs. */
static double
load_arg(FunctionCallInfo fcinfo)
{
	double calls = number_arg(fcinfo, 0, "calls");
	double per = microseconds_arg(fcinfo, 1, "per");
	double handle_time = microseconds_arg(fcinfo, 2, "handle_time");
	double load;

	if (per == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("\"per\" is zero"),
		                errdetail("It is the length of the period in which the calls come."),
		                errhint("For the calls of half an hour write '30 minutes'.")));
	load = calls * handle_time / per;
	if (isinf(load))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("load out of range")));
	return load;
}

/* A target in mean handle times; what takes no time at all has ended by any. */
static double
target_arg(FunctionCallInfo fcinfo, int argno)
{
	double target = microseconds_arg(fcinfo, argno, "target");

	return target > 0 ? target / microseconds_arg(fcinfo, 2, "handle_time") : 0;
}

/* Nobody waits where nobody calls, nor is anybody answered. */
static bool
nobody_calls(FunctionCallInfo fcinfo)
{
	return PG_GETARG_FLOAT8(0) == 0;
}

/* Looking ahead */

CXM_FUNCTION(centre_erlangs)
{
	PG_RETURN_FLOAT8(load_arg(fcinfo));
}

CXM_FUNCTION(centre_erlang_b)
{
	PG_RETURN_FLOAT8(cxm_erlang_b(number_arg(fcinfo, 0, "load"), agents_arg(fcinfo, 1)));
}

CXM_FUNCTION(centre_erlang_c)
{
	PG_RETURN_FLOAT8(cxm_erlang_c(number_arg(fcinfo, 0, "load"), agents_arg(fcinfo, 1)));
}

CXM_FUNCTION(centre_service_level)
{
	double level =
	    cxm_erlang_service_level(load_arg(fcinfo), agents_arg(fcinfo, 3), target_arg(fcinfo, 4));

	if (nobody_calls(fcinfo))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(level);
}

CXM_FUNCTION(centre_average_speed_of_answer)
{
	double wait = cxm_erlang_mean_wait(load_arg(fcinfo), agents_arg(fcinfo, 3));
	double microseconds;

	if (nobody_calls(fcinfo) || isinf(wait))
		PG_RETURN_NULL();
	microseconds = rint(wait * microseconds_arg(fcinfo, 2, "handle_time"));
	if (!FLOAT8_FITS_IN_INT64(microseconds))
		cxm_refuse_long_interval();
	PG_RETURN_INTERVAL_P(cxm_interval((int64) microseconds));
}

CXM_FUNCTION(centre_occupancy)
{
	double load = load_arg(fcinfo);
	double agents = number_arg(fcinfo, 3, "agents");

	if (agents == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(fmin(load / agents, 1));
}

/* Up to a whole number, and for what a quotient may have been rounded up. */
static double
round_up(double quotient)
{
	return ceil(quotient * (1 - 1e-12));
}

CXM_FUNCTION(centre_agents_needed)
{
	double load;
	double share;
	double occupancy = 1;
	double shrinkage = 0;
	double agents = 0;

	for (int i = 0; i < 5; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	load = load_arg(fcinfo);
	share = share_arg(fcinfo, 3, "share", false, false);
	if (!PG_ARGISNULL(5))
		occupancy = share_arg(fcinfo, 5, "max_occupancy", false, true);
	if (!PG_ARGISNULL(6))
		shrinkage = share_arg(fcinfo, 6, "shrinkage", true, false);
	if (!nobody_calls(fcinfo))
		agents =
		    fmax(cxm_erlang_agents(load, share, target_arg(fcinfo, 4)), round_up(load / occupancy));
	agents = round_up(agents / (1 - shrinkage));
	if (agents > CXM_MOST_AGENTS)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("number of agents out of range")));
	PG_RETURN_INT32((int32) agents);
}

/* Looking back */

/* What is said of calls that were abandoned. */
typedef enum Convention
{
	NEGATIVE,     /* they have missed the service level */
	POSITIVE,     /* soon enough they have met it */
	IGNORED,      /* soon enough they do not count */
	ANSWERED_ONLY /* they never count */
} Convention;

static Convention
convention_arg(FunctionCallInfo fcinfo, int argno)
{
	static const char *const names[] = {"negative", "positive", "ignored", "answered_only"};

	if (PG_ARGISNULL(argno))
		return NEGATIVE;
	return (Convention) cxm_choice_arg(fcinfo, argno, &CXM_CHOICES("convention", names));
}

/* Up to which wait an abandoned call is no missed one, in microseconds; -1 where it always is. */
static int64
forgiven_arg(FunctionCallInfo fcinfo, int argno, Convention convention, int64 target)
{
	bool takes_one = convention == POSITIVE || convention == IGNORED;

	if (!PG_ARGISNULL(argno) && !takes_one)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("short_abandon is of no use by this convention"),
		                errdetail("All abandoned calls are treated alike."),
		                errhint("The convention 'ignored' leaves short ones out, "
		                        "and 'positive' counts them as met.")));
	if (!takes_one)
		return convention == NEGATIVE ? -1 : PG_INT64_MAX;
	return PG_ARGISNULL(argno)
	           ? target
	           : (int64) cxm_exact_microseconds(PG_GETARG_INTERVAL_P(argno), "short_abandon");
}

/*
 * Whether one call met the service level; NULL where it does not count, or is not decided.
 *
 * A call that is neither answered nor abandoned, answered being NULL, waits still.  Once both ways
 * to end have become too late it has missed.
 */
CXM_FUNCTION(centre_service_level_met)
{
	Convention convention = convention_arg(fcinfo, 3);
	bool       waits_still = PG_ARGISNULL(1);
	bool       answered = !waits_still && PG_GETARG_BOOL(1);
	int64      target;
	int64      forgiven;
	int64      waited;

	if (PG_ARGISNULL(2))
		PG_RETURN_NULL();
	target = (int64) cxm_exact_microseconds(PG_GETARG_INTERVAL_P(2), "target");
	forgiven = forgiven_arg(fcinfo, 4, convention, target);
	/* systems that do not keep the waits of abandoned calls keep those calls */
	if (!waits_still && !answered && forgiven < 0)
		PG_RETURN_BOOL(false);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	waited = (int64) cxm_exact_microseconds(PG_GETARG_INTERVAL_P(0), "wait");
	if (answered)
		PG_RETURN_BOOL(waited <= target);
	if (waited > (waits_still ? Max(target, forgiven) : forgiven))
		PG_RETURN_BOOL(false);
	if (waits_still || convention != POSITIVE)
		PG_RETURN_NULL();
	PG_RETURN_BOOL(true);
}
