/*
 * rating_statistics.c
 *		What a rating_summary tells: figures, and the samples of which their intervals and tests are
 *		made.
 *
 * Ranks count from the worst answer.  What these functions return is exact unless it is a double.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "ratings/rating_statistics.h"

/* On 0..10 detractors are below 7 and promoters from 9 up, whatever the step. */
#define FIRST_PASSIVE 7
#define FIRST_PROMOTER 9

int
rating_rank_arg(FunctionCallInfo fcinfo, int argno, CxmScale scale)
{
	double answer = PG_GETARG_FLOAT8(argno);
	int    slot = cxm_scale_slot(scale, answer);

	if (slot < 0)
		rating_refuse_answer(scale, answer, false);
	return cxm_scale_mirror(scale, slot);
}

/* On a scale that goes up from 0, how many answers are below a whole number. */
static int
ranks_below(CxmScale scale, int number)
{
	return (int) ceil(number * cxm_scale_units(scale) / cxm_scale_step(scale));
}

static int
first_promoter(CxmScale scale)
{
	return ranks_below(scale, FIRST_PROMOTER);
}

static int
last_detractor(CxmScale scale)
{
	return ranks_below(scale, FIRST_PASSIVE) - 1;
}

static int64
responses_between(const RatingView *view, int from, int to)
{
	int64 responses = 0;

	for (int rank = from; rank <= to; rank++)
	{
		size_t i = rating_counter_of_rank(view->scale, rank);

		if (pg_add_s64_overflow(responses, (int64) rating_count_at(view, i), &responses))
			summary_refuse_overflow(COUNT_OF_RESPONSES);
	}
	return responses;
}

int64
rating_response_count(const RatingView *view)
{
	return responses_between(view, 0, view->scale.top);
}

/* The mass of an answer: its count, or its weight in billionths. */
static CxmUint128
mass_at(const RatingView *view, size_t i)
{
	return view->weighted ? view->weights[i] : (CxmUint128){0, rating_count_at(view, i)};
}

static double
mass_between(const RatingView *view, int from, int to)
{
	CxmUint128 mass = {0, 0};

	if (!view->weighted)
		return (double) responses_between(view, from, to);
	for (int rank = from; rank <= to; rank++)
		if (!cxm_uint128_add(&mass, mass_at(view, rating_counter_of_rank(view->scale, rank))))
			summary_refuse_overflow(SUM_OF_WEIGHTS);
	return cxm_uint128_to_double(mass);
}

double
rating_mass(const RatingView *view)
{
	return mass_between(view, 0, view->scale.top);
}

/*
 * The net score: 100 times the share with a rank from favourable_from up, less the share with a
 * rank up to unfavourable_to, which may be NONE; NaN without any responses.
 */
#define NONE (-1)

static double
points(const RatingView *view, int favourable_from, int unfavourable_to)
{
	double all = rating_mass(view);
	double net = mass_between(view, favourable_from, view->scale.top) -
	             mass_between(view, 0, unfavourable_to);

	return cxm_ratio(100 * net, all);
}

/* The share of the ranks from ... to, by weight where there are weights; NaN without responses. */
static double
share_of(const RatingView *view, int from, int to)
{
	return cxm_ratio(mass_between(view, from, to), rating_mass(view));
}

/*
 * What a number for each answer has for a mean and a variance over the responses; NaN where a
 * figure does not exist.
 *
 * n is the number of responses of equal weight that would tell the mean as well: the variance of
 * one, (sum w (x - mean)^2) / sum w, by that of the mean of independent responses, the design-based
 * (sum w^2 (x - mean)^2) / (sum w)^2.  It is no larger than the number of responses: few light
 * ones that differ would make it so.  Without weights it is their number.
 *
 * The variance is unbiased by Kish's number of responses, (sum w)^2 / sum w^2, which knows of no x;
 * it is n as well where all x are the same.
 */
typedef struct Moments
{
	double n;
	double mean;
	double variance;
} Moments;

static Moments
moments_with(const RatingView *view, const double *of_slot)
{
	Moments moments = {0, NAN, NAN};
	double  all = rating_mass(view);
	double  sum = 0;
	double  deviations = 0;
	double  squared_weights = 0;
	double  squared_deviations = 0;
	double  kish = all;

	if (all == 0)
		return moments;
	for (int slot = 0; slot <= view->scale.top; slot++)
		sum += of_slot[slot] * cxm_uint128_to_double(mass_at(view, (size_t) slot + 1));
	moments.mean = sum / all;
	for (int slot = 0; slot <= view->scale.top; slot++)
	{
		size_t i = (size_t) slot + 1;
		double square = (of_slot[slot] - moments.mean) * (of_slot[slot] - moments.mean);

		deviations += square * cxm_uint128_to_double(mass_at(view, i));
		squared_weights += rating_square_at(view, i);
		squared_deviations += square * rating_square_at(view, i);
	}
	if (view->weighted)
		kish *= all / squared_weights;
	moments.n = kish;
	if (view->weighted && squared_deviations > 0)
		moments.n = fmin(deviations * all / squared_deviations,
		                 (double) responses_between(view, 0, view->scale.top));
	/* a single response counts for one, whatever rounding makes of its weight */
	if (kish < 1 + WEIGHT_ROUNDING)
		moments.n = 1;
	else
		moments.variance = deviations / all * (kish / (kish - 1));
	return moments;
}

/* The moments of the answers themselves. */
static Moments
moments_of(const RatingView *view)
{
	double  units[CXM_SCALE_MOST_ANSWERS];
	double  unit = cxm_scale_units(view->scale);
	Moments moments;

	for (int slot = 0; slot <= view->scale.top; slot++)
		units[slot] = (double) cxm_scale_units_at(view->scale, slot);
	moments = moments_with(view, units);
	/* only now, since decimals are no binary fractions */
	moments.mean /= unit;
	moments.variance /= unit * unit;
	return moments;
}

/* How many responses stand behind the net score: see moments_with(). */
static double
effective_responses(const RatingView *view, int favourable_from, int unfavourable_to)
{
	double of_slot[CXM_SCALE_MOST_ANSWERS];

	for (int rank = 0; rank <= view->scale.top; rank++)
		of_slot[cxm_scale_mirror(view->scale, rank)] = rank >= favourable_from   ? 1
		                                               : rank <= unfavourable_to ? -1
		                                                                         : 0;
	return moments_with(view, of_slot).n;
}

/* The answer up to which half of the mass lies; halfway between two when one ends just there. */
static double
median(const RatingView *view)
{
	CxmUint128 all = {0, 0};
	CxmUint128 rest;
	double     unit = cxm_scale_units(view->scale);
	double     lower = NAN;

	for (int slot = 0; slot <= view->scale.top; slot++)
		if (!cxm_uint128_add(&all, mass_at(view, (size_t) slot + 1)))
			summary_refuse_overflow(SUM_OF_WEIGHTS);
	rest = all;
	for (int slot = 0; slot <= view->scale.top; slot++)
	{
		CxmUint128 mass = mass_at(view, (size_t) slot + 1);
		CxmUint128 excess = all;

		if (cxm_uint128_is_zero(mass))
			continue;
		if (!isnan(lower))
			return (lower + (double) cxm_scale_units_at(view->scale, slot)) / (2 * unit);

		/* excess = all - 2 rest, where rest lies above this answer */
		cxm_uint128_subtract(&rest, mass);
		if (!cxm_uint128_subtract(&excess, rest) || !cxm_uint128_subtract(&excess, rest))
			continue;
		lower = (double) cxm_scale_units_at(view->scale, slot);
		if (!cxm_uint128_is_zero(excess))
			return lower / unit;
	}
	return lower / unit;
}

/*
 * How many answers lead from one whole number to the next, if the step is a fraction of 1 and the
 * best answer whole; 1 where it is not below 1, else 0.
 */
static int
answers_per_point(CxmScale scale)
{
	int units = (int) cxm_scale_units(scale);
	int step = cxm_scale_step(scale);

	if (step >= units)
		return 1;
	return units % step == 0 && fmod(cxm_scale_answer(scale, scale.top), 1) == 0 ? units / step : 0;
}

/*
 * The conventions are about whole numbers.  Where there are answers between them those from the
 * second-best whole number up are satisfied, but on scales of so few that it is the best alone.
 */
int
rating_satisfied_rank(CxmScale scale, const char *call)
{
	int per_point = answers_per_point(scale);
	int answers = per_point > 0 ? scale.top / per_point + 1 : 0;

	if (answers > 11 || answers < (per_point > 1 ? 4 : 2))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("no answer of the scale %s is known to mean satisfied",
		                       rating_scale_text(scale)),
		                answers > 11 ? errdetail("Above 11 answers there is no convention.")
		                             : errdetail("Of such steps there is no convention."),
		                errhint("Name the answer: %s.", call)));
	return answers <= 3 ? scale.top : scale.top - per_point;
}

static int
satisfied_rank(CxmScale scale)
{
	return rating_satisfied_rank(scale, CSAT_CALL);
}

bool
rating_is_nps_scale(CxmScale scale)
{
	return scale.low == 0 && !scale.reversed && cxm_scale_number(scale, scale.top) == 10;
}

/* An error that names the figure and the scale, where that is not 0..10 in any steps. */
static void
check_nps_scale(const RatingView *view, const char *figure)
{
	if (!rating_is_nps_scale(view->scale))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("%s is defined on the scale 0..10, not on %s", figure,
		                       rating_scale_text(view->scale)),
		                errhint("net_score(s, favourable_from, unfavourable_to) works on every "
		                        "scale.")));
}

static double
nps_points(const RatingView *view)
{
	check_nps_scale(view, "nps");
	return points(view, first_promoter(view->scale), last_detractor(view->scale));
}

static int64
promoters(const RatingView *view)
{
	check_nps_scale(view, "promoters");
	return responses_between(view, first_promoter(view->scale), view->scale.top);
}

static int64
passives(const RatingView *view)
{
	check_nps_scale(view, "passives");
	return responses_between(view, last_detractor(view->scale) + 1,
	                         first_promoter(view->scale) - 1);
}

static int64
detractors(const RatingView *view)
{
	check_nps_scale(view, "detractors");
	return responses_between(view, 0, last_detractor(view->scale));
}

static double
response_rate(const RatingView *view)
{
	double answered = rating_mass(view);

	return cxm_ratio(answered, answered + cxm_uint128_to_double(mass_at(view, 0)));
}

void
rating_ranks(const RatingView *view, RatingMetric metric, const char *figure, int ranks[2])
{
	ranks[0] = ranks[1] = NONE;
	if (metric == RATING_NPS)
	{
		check_nps_scale(view, figure);
		ranks[0] = first_promoter(view->scale);
		ranks[1] = last_detractor(view->scale);
	}
	else if (metric == RATING_CSAT)
		ranks[0] = rating_satisfied_rank(view->scale, figure);
	else if (metric == RATING_SHARE)
	{
		if (!cxm_scale_equal(view->scale, BOOLEAN_SCALE))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("%s is defined on the scale 0..1, not on %s", figure,
			                       rating_scale_text(view->scale)),
			                errhint("satisfied(s) makes yes and no of the answers on any scale.")));
		ranks[0] = view->scale.top;
	}
}

static double
share_of_yes(const RatingView *view)
{
	int ranks[2];

	rating_ranks(view, RATING_SHARE, "share", ranks);
	return share_of(view, ranks[0], view->scale.top);
}

#define READING(symbol, return_figure, figure) \
	SUMMARY_READING(symbol, RatingView, rating_view, return_figure, figure)
#define RANK_ARG(argno) rating_rank_arg(fcinfo, (argno), view.scale)

READING(rating_nps, CXM_RETURN_FLOAT8_OR_NULL, nps_points(&view))
READING(rating_csat, CXM_RETURN_FLOAT8_OR_NULL, points(&view, satisfied_rank(view.scale), NONE))
READING(rating_csat_from, CXM_RETURN_FLOAT8_OR_NULL, points(&view, RANK_ARG(1), NONE))
READING(rating_top_share, CXM_RETURN_FLOAT8_OR_NULL, share_of(&view, RANK_ARG(1), view.scale.top))
READING(rating_share, CXM_RETURN_FLOAT8_OR_NULL, share_of_yes(&view))
READING(rating_mean_answer, CXM_RETURN_FLOAT8_OR_NULL, moments_of(&view).mean)
READING(rating_stddev_answer, CXM_RETURN_FLOAT8_OR_NULL, sqrt(moments_of(&view).variance))
READING(rating_median_answer, CXM_RETURN_FLOAT8_OR_NULL, median(&view))
READING(rating_response_rate, CXM_RETURN_FLOAT8_OR_NULL, response_rate(&view))
READING(rating_promoters, PG_RETURN_INT64, promoters(&view))
READING(rating_passives, PG_RETURN_INT64, passives(&view))
READING(rating_detractors, PG_RETURN_INT64, detractors(&view))
READING(rating_responses, PG_RETURN_INT64, rating_response_count(&view))
READING(rating_responses_at, PG_RETURN_INT64, responses_between(&view, RANK_ARG(1), RANK_ARG(1)))
READING(rating_nonresponses, PG_RETURN_INT64, (int64) rating_count_at(&view, 0))
READING(rating_scale_of, PG_RETURN_TEXT_P, cstring_to_text(rating_scale_text(view.scale)))

static char *
answer_of_rank(CxmScale scale, int rank)
{
	return rating_answer_text(scale, cxm_scale_mirror(scale, rank));
}

CXM_FUNCTION(rating_net_score)
{
	RatingView view = rating_view(SUMMARY_ARG(0));
	int        ranks[2];

	rating_net_ranks_arg(fcinfo, 1, view.scale, ranks);
	CXM_RETURN_FLOAT8_OR_NULL(points(&view, ranks[0], ranks[1]));
}

/* A row for each answer. In 1.0.0 answers are whole, and so is the column. */
static Datum
return_distribution(FunctionCallInfo fcinfo, bool whole)
{
	RatingView view = rating_view(SUMMARY_ARG(0));

	InitMaterializedSRF(fcinfo, 0);
	for (int rank = 0; rank <= view.scale.top; rank++)
	{
		double answer = cxm_scale_answer(view.scale, rank);
		double share = share_of(&view, rank, rank);
		bool   nulls[3] = {[0] = whole && answer != rint(answer), [2] = isnan(share)};
		Datum  values[3] = {whole ? Int32GetDatum((int32) answer) : Float8GetDatum(answer),
		                   Int64GetDatum(responses_between(&view, rank, rank)),
		                   Float8GetDatum(share)};

		cxm_return_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}

SUMMARY_FUNCTION(rating_distribution, return_distribution(fcinfo, true))
SUMMARY_FUNCTION(rating_answer_shares, return_distribution(fcinfo, false))

CXM_FUNCTION(rating_at_least)
{
	RatingView view = rating_view(SUMMARY_ARG(0));

	if (rating_response_count(&view) < PG_GETARG_INT64(1))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* The samples, as the statistics see them */

void
rating_net_ranks_arg(FunctionCallInfo fcinfo, int argno, CxmScale scale, int ranks[2])
{
	ranks[0] = rating_rank_arg(fcinfo, argno, scale);
	ranks[1] = rating_rank_arg(fcinfo, argno + 1, scale);
	if (ranks[0] <= ranks[1])
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("answers from %s cannot be favourable when answers to %s are not",
		                       answer_of_rank(scale, ranks[0]), answer_of_rank(scale, ranks[1])),
		                errdetail("The scale is %s, from the worst answer to the best.",
		                          rating_scale_text(scale))));
}

static CxmShareSample
share_sample(const RatingView *view, int from)
{
	return (CxmShareSample){share_of(view, from, view->scale.top),
	                        effective_responses(view, from, NONE)};
}

static CxmNetSample
net_sample(const RatingView *view, const int ranks[2])
{
	return (CxmNetSample){.favourable = share_of(view, ranks[0], view->scale.top),
	                      .unfavourable = share_of(view, 0, ranks[1]),
	                      .n = effective_responses(view, ranks[0], ranks[1])};
}

/* The share of the surveys that were answered, and how many stand behind it: see moments_with(). */
static CxmShareSample
response_sample(const RatingView *view)
{
	double p = response_rate(view);
	double all = rating_mass(view) + cxm_uint128_to_double(mass_at(view, 0));
	double n =
	    (double) responses_between(view, 0, view->scale.top) + (double) rating_count_at(view, 0);
	double missed = rating_square_at(view, 0);
	double answered = 0;
	double squared_deviations;

	for (int slot = 0; slot <= view->scale.top; slot++)
		answered += rating_square_at(view, (size_t) slot + 1);
	squared_deviations = (1 - p) * (1 - p) * answered + p * p * missed;
	if (view->weighted && squared_deviations > 0)
		n = fmin(p * (1 - p) * all * all / squared_deviations, n);
	else if (view->weighted)
		n = all * all / (answered + missed);
	return (CxmShareSample){p, n};
}

RatingSample
rating_sample(const RatingView *view, RatingMetric metric, const int ranks[2])
{
	RatingSample sample = {.unit = 1};
	Moments      moments;

	switch (metric)
	{
		case RATING_NPS:
		case RATING_NET_SCORE:
			sample.kind = RATING_NET;
			sample.net = net_sample(view, ranks);
			sample.unit = 100;
			sample.score = points(view, ranks[0], ranks[1]);
			break;
		case RATING_CSAT:
			sample.share = share_sample(view, ranks[0]);
			sample.unit = 100;
			sample.score = points(view, ranks[0], NONE);
			break;
		case RATING_SHARE:
		case RATING_TOP_SHARE:
			sample.share = share_sample(view, ranks[0]);
			sample.score = sample.share.share;
			break;
		case RATING_RESPONSE_RATE:
			sample.share = response_sample(view);
			sample.score = sample.share.share;
			break;
		case RATING_MEAN:
			sample.kind = RATING_AVERAGE;
			moments = moments_of(view);
			sample.mean = (CxmMeanSample){moments.mean, moments.variance, moments.n};
			sample.score = moments.mean;
			break;
	}
	sample.responses = (double) responses_between(view, 0, view->scale.top);
	sample.lowest = cxm_scale_number(view->scale, 0);
	sample.highest = cxm_scale_number(view->scale, view->scale.top);
	return sample;
}

/* For other types */

void
rating_check_metric(const RatingView *view, RatingMetric metric)
{
	int ranks[2];

	rating_ranks(view, metric, metric == RATING_CSAT ? CSAT_CALL : "nps", ranks);
}

double
rating_score(const RatingView *view, RatingMetric metric)
{
	int ranks[2];

	rating_ranks(view, metric, metric == RATING_CSAT ? CSAT_CALL : "nps", ranks);
	return rating_sample(view, metric, ranks).score;
}
