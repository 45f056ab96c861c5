/*
 * predicted_count.c
 *		How many of the next ones will: next month's losses, say, and how sure that is.
 */
#include "postgres.h"

#include "common/summary.h"
#include "core/predicted_count.h"
#include "ratings/share.h"
#include "ratings/share_prior.h"

static double
next_trials_arg(FunctionCallInfo fcinfo, int argno)
{
	double next_trials = share_count_arg(fcinfo, argno, "next_trials");

	if (next_trials > CXM_MOST_PREDICTED)
		ereport(ERROR,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		         errmsg("\"next_trials\" is out of range"),
		         errdetail("It is %.0f, and %.0f at most.", next_trials, CXM_MOST_PREDICTED)));
	return next_trials;
}

/* Of (successes, trials, ...); false without trials. */
static bool
counts_args(FunctionCallInfo fcinfo, CxmBetaPrior *prior)
{
	CxmShareSample sample = share_counts_arg(fcinfo, 0, "successes", "trials");

	*prior = cxm_share_after(share_count_arg(fcinfo, 0, "successes"), sample.n);
	return sample.n > 0;
}

/* Of (prior, ...); false where it is not known, or says of no share how likely it is. */
static bool
prior_arg(FunctionCallInfo fcinfo, CxmBetaPrior *prior)
{
	return share_prior_arg(fcinfo, 0, prior) && prior->responses >= CXM_LEAST_PRIOR;
}

static Datum
predicted(FunctionCallInfo fcinfo, bool known, const CxmBetaPrior *prior, double next_trials)
{
	if (!known)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(prior->mean * next_trials);
}

static bool
predicted_interval(bool known, const CxmBetaPrior *prior, double next_trials, double level,
                   CxmInterval *interval)
{
	CxmPredictedRange range;

	if (!known)
		return false;
	cxm_predicted_begin(&range, prior, next_trials, (1 - level) / 2);
	while (cxm_predicted_step(&range))
		CHECK_FOR_INTERRUPTS();
	*interval = (CxmInterval){range.lower, range.upper};
	return true;
}

CXM_FUNCTION(predicted_count)
{
	CxmBetaPrior prior;
	bool         known = counts_args(fcinfo, &prior);

	return predicted(fcinfo, known, &prior, next_trials_arg(fcinfo, 2));
}

CXM_FUNCTION(predicted_by_prior)
{
	CxmBetaPrior prior;
	bool         known = prior_arg(fcinfo, &prior);

	return predicted(fcinfo, known, &prior, next_trials_arg(fcinfo, 1));
}

static bool
count_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	CxmBetaPrior prior;
	bool         known = counts_args(fcinfo, &prior);

	return predicted_interval(known, &prior, next_trials_arg(fcinfo, 2), cxm_level_arg(fcinfo, 3),
	                          interval);
}

static bool
by_prior_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	CxmBetaPrior prior;
	bool         known = prior_arg(fcinfo, &prior);

	return predicted_interval(known, &prior, next_trials_arg(fcinfo, 1), cxm_level_arg(fcinfo, 2),
	                          interval);
}

INTERVAL_READINGS(predicted_count, count_interval)
INTERVAL_READINGS(predicted_by_prior, by_prior_interval)
