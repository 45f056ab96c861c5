/*
 * share_prior.c
 *		Shares of groups of which some are small, drawn towards what all groups have in common.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/array.h"
#include "utils/float.h"

#include "ratings/rating_intervals.h"
#include "ratings/share_prior.h"

static void
pause_for_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* Of summaries that were collected in an array; a NULL is a group without responses. */
CXM_FUNCTION(share_prior_final)
{
	int           n;
	RatingSample *samples =
	    rating_group_samples(PG_GETARG_ARRAYTYPE_P(0), RATING_SHARE, "share_prior", &n);
	CxmShareGroups *groups = palloc((Size) Max(n, 1) * sizeof(CxmShareGroups));
	CxmBetaPrior    prior;

	for (int i = 0; i < n; i++)
	{
		CxmShareSample sample = samples[i].share;

		groups[i] =
		    (CxmShareGroups){sample.share * sample.n, sample.n - sample.share * sample.n, 1};
	}
	if (!cxm_beta_prior(groups, n, pause_for_interrupts, &prior))
		PG_RETURN_NULL();
	return cxm_record_of_doubles(fcinfo, (double[]){prior.mean, prior.responses}, 2);
}

bool
share_prior_arg(FunctionCallInfo fcinfo, int argno, CxmBetaPrior *prior)
{
	double numbers[2];
	bool   known = cxm_doubles_of_record(fcinfo, argno, numbers, 2);

	*prior = (CxmBetaPrior){numbers[0], numbers[1]};
	/* written so that NaN is refused too */
	if (!(prior->mean >= 0 && prior->mean <= 1 && prior->responses >= 0))
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("invalid prior: a mean of %s that weighs %s responses",
		                float8out_internal(prior->mean), float8out_internal(prior->responses)),
		         errdetail("A mean is from 0 to 1, and responses are not negative."),
		         errhint("share_prior(s) OVER () is the prior of all groups.")));
	return known;
}

/* The prior in an argument and the sample in the one before; false where either is not known. */
static bool
get_arguments(FunctionCallInfo fcinfo, CxmShareSample *sample, CxmBetaPrior *prior)
{
	RatingView view = rating_view(SUMMARY_ARG(0));
	int        ranks[2];

	rating_ranks(&view, RATING_SHARE, "shrunken_share", ranks);
	*sample = rating_sample(&view, RATING_SHARE, ranks).share;
	return share_prior_arg(fcinfo, 1, prior) && !isnan(sample->share);
}

CXM_FUNCTION(shrunken_share)
{
	CxmShareSample sample;
	CxmBetaPrior   prior;

	if (!get_arguments(fcinfo, &sample, &prior))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(cxm_shrunken_share(&prior, &sample));
}

static bool
shrunken_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	double         level = cxm_level_arg(fcinfo, 2);
	CxmShareSample sample;
	CxmBetaPrior   prior;

	return get_arguments(fcinfo, &sample, &prior) &&
	       cxm_shrunken_interval(&prior, &sample, level, interval);
}

INTERVAL_READINGS(shrunken_share, shrunken_interval)
