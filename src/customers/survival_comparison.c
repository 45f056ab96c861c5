/*
 * survival_comparison.c
 *		How sure the figures of a survival_summary are, how groups compare, and what is to be
 *		expected of a customer who has stayed so long.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#include "core/distributions.h"
#include "core/partial_likelihood.h"
#include "customers/survival_state.h"

/* The share that stays longer */

static bool
survival_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	SurvivalWalk walk = survival_walk(SUMMARY_ARG(0));
	int32        t = survival_duration_arg(fcinfo, 1, "duration");
	double       level = cxm_level_arg(fcinfo, 2);

	survival_walk_past(&walk, t);
	return survival_is_known(&walk, t) && cxm_kaplan_meier_interval(&walk.curve, level, interval);
}

INTERVAL_READINGS(survival_survival, survival_interval)

/*
 * Brookmeyer and Crowley (1982): the durations at which the bounds of the curve have come down to
 * one half.  NaN is a bound that never does.
 */
static bool
median_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	SurvivalWalk walk = survival_walk(SUMMARY_ARG(0));
	double       level = cxm_level_arg(fcinfo, 1);
	CxmInterval  bounds;

	*interval = (CxmInterval){NAN, NAN};
	while (survival_step(&walk) && isnan(interval->upper))
	{
		if (!cxm_kaplan_meier_interval(&walk.curve, level, &bounds))
			continue;
		if (isnan(interval->lower) && bounds.lower <= 0.5)
			interval->lower = walk.last.duration;
		if (bounds.upper <= 0.5)
			interval->upper = walk.last.duration;
	}
	return !isnan(interval->lower);
}

INTERVAL_READINGS(survival_median_survival, median_interval)

/* Mean durations */

typedef struct MeanSurvival
{
	double mean;
	double variance;
	double longest; /* that the mean can be */
} MeanSurvival;

/*
 * How long those who have come as far as the walk stay on the average between two durations: the
 * area under the curve.  Its variance, by the delta method, has for each duration at which somebody
 * left the area behind it.  NaN where the curve does not reach so far, or nobody has.
 */
static MeanSurvival
mean_between(const SurvivalWalk *start, int64 from, int64 to)
{
	MeanSurvival result = {NAN, 0, (double) (to - from)};
	SurvivalWalk walk = *start;
	double       area = 0;
	int64        since = from;

	walk.curve = CXM_KAPLAN_MEIER_START;
	for (int32 next; (next = survival_next_duration(&walk)) >= 0 && next < to; since = next)
	{
		area += walk.curve.survival * (double) (next - since);
		survival_step(&walk);
	}
	area += walk.curve.survival * (double) (to - since);
	if (start->curve.survival == 0 || !survival_is_known(&walk, to))
		return result;
	result.mean = area;

	walk = *start;
	walk.curve = CXM_KAPLAN_MEIER_START;
	since = from;
	for (int32 next; (next = survival_next_duration(&walk)) >= 0 && next < to; since = next)
	{
		double at_risk = (double) walk.at_risk;
		double events;

		area -= walk.curve.survival * (double) (next - since);
		survival_step(&walk);
		events = (double) walk.last.count[0];
		if (events > 0 && events < at_risk)
			result.variance += area * area * events / (at_risk * (at_risk - events));
	}
	return result;
}

/* Up to the horizon in an argument, of all customers. */
static MeanSurvival
restricted_mean_arg(FunctionCallInfo fcinfo, int summary, int horizon)
{
	SurvivalWalk start = survival_walk(SUMMARY_ARG(summary));

	return mean_between(&start, 0, survival_duration_arg(fcinfo, horizon, "horizon"));
}

/* For so long from an age on, of those who have stayed longer than that. */
static MeanSurvival
expected_remaining_arg(FunctionCallInfo fcinfo)
{
	SurvivalWalk start = survival_walk(SUMMARY_ARG(0));
	int32        age = survival_duration_arg(fcinfo, 1, "age");
	int32        horizon = survival_duration_arg(fcinfo, 2, "horizon");

	survival_walk_past(&start, age);
	return mean_between(&start, age, (int64) age + horizon);
}

/* Nobody has left in the time: then nothing says how sure the mean is. */
static bool
mean_interval(const MeanSurvival *mean, double level, CxmInterval *interval)
{
	double margin = cxm_critical_z(level) * sqrt(mean->variance);

	if (isnan(mean->mean) || mean->variance == 0)
		return false;
	interval->lower = fmax(mean->mean - margin, 0);
	interval->upper = fmin(mean->mean + margin, mean->longest);
	return true;
}

static bool
restricted_mean_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	MeanSurvival mean = restricted_mean_arg(fcinfo, 0, 1);

	return mean_interval(&mean, cxm_level_arg(fcinfo, 2), interval);
}

static bool
expected_remaining_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	MeanSurvival mean = expected_remaining_arg(fcinfo);

	return mean_interval(&mean, cxm_level_arg(fcinfo, 3), interval);
}

CXM_FUNCTION(survival_restricted_mean)
{
	CXM_RETURN_FLOAT8_OR_NULL(restricted_mean_arg(fcinfo, 0, 1).mean);
}

CXM_FUNCTION(survival_expected_remaining)
{
	CXM_RETURN_FLOAT8_OR_NULL(expected_remaining_arg(fcinfo).mean);
}

INTERVAL_READINGS(survival_restricted_mean, restricted_mean_interval)
INTERVAL_READINGS(survival_expected_remaining, expected_remaining_interval)

CXM_FUNCTION(survival_restricted_mean_test)
{
	MeanSurvival a = restricted_mean_arg(fcinfo, 0, 2);
	MeanSurvival b = restricted_mean_arg(fcinfo, 1, 2);
	double       quantile = cxm_critical_z(cxm_level_arg(fcinfo, 3));
	CxmTest      test = {.difference = a.mean - b.mean,
	                     .std_error = sqrt(a.variance + b.variance)};

	test.lower = fmax(test.difference - quantile * test.std_error, -a.longest);
	test.upper = fmin(test.difference + quantile * test.std_error, a.longest);
	test.statistic = test.difference / test.std_error;
	test.p_value = cxm_normal_two_sided(test.statistic);
	return cxm_test_record(fcinfo, !isnan(test.difference) && test.std_error > 0, &test);
}

/* Hazard by period */

#define MOST_PERIODS 1000000
#define HAZARD_COLUMNS 8

static void
return_period(FunctionCallInfo fcinfo, int64 from, int64 to, int64 at_risk, const int64 gone[2],
              const CxmKaplanMeier *curve, bool known, double level)
{
	CxmInterval interval = {NAN, NAN};
	bool        found = known && cxm_kaplan_meier_interval(curve, level, &interval);
	bool        nulls[HAZARD_COLUMNS] = {[5] = !known, [6] = !found, [7] = !found};
	Datum       values[HAZARD_COLUMNS] = {Int64GetDatum(from),
	                                      Int64GetDatum(to),
	                                      Int64GetDatum(at_risk),
	                                      Int64GetDatum(gone[0]),
	                                      Int64GetDatum(gone[1]),
	                                      Float8GetDatum(1 - curve->survival),
	                                      Float8GetDatum(1 - interval.upper),
	                                      Float8GetDatum(1 - interval.lower)};

	cxm_return_row(fcinfo, values, nulls);
}

/* For each period the curve begins anew, with those who have come so far. */
CXM_FUNCTION(survival_hazards)
{
	SurvivalWalk walk = survival_walk(SUMMARY_ARG(0));
	int32        period = PG_GETARG_INT32(1);
	double       level = cxm_level_arg(fcinfo, 2);
	int32        last = walk.view.places > 0
	                        ? survival_duration_at(&walk.view, (Size) walk.view.places - 1)
	                        : -1;

	if (period <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("period %d is not above 0", period)));
	if (last / period >= MOST_PERIODS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("too many periods of %d up to the duration %d", period, last),
		                errdetail("At most %d are possible.", MOST_PERIODS),
		                errhint("Take longer periods.")));
	InitMaterializedSRF(fcinfo, 0);
	for (int64 from = 0; from < last || (from == 0 && last == 0); from += period)
	{
		int64 at_risk = walk.at_risk;
		bool  anybody = at_risk > 0;
		int64 gone[2] = {0, 0};

		walk.curve = CXM_KAPLAN_MEIER_START;
		for (int32 next;
		     (next = survival_next_duration(&walk)) >= 0 && next <= from + period;)
		{
			survival_step(&walk);
			anybody |= walk.at_risk > 0;
			for (int i = 0; i < 2; i++)
				gone[i] += (int64) walk.last.count[i];
		}
		return_period(fcinfo, from, from + period, at_risk, gone, &walk.curve,
		              anybody && survival_is_known(&walk, from + period), level);
	}
	return (Datum) 0;
}

/* Several curves at once */

/*
 * To the next duration that any of the curves has: how many were at risk in each and how many left.
 * False at the end of all.
 */
static bool
step_together(SurvivalWalk *walks, int n, double *at_risk, double *events)
{
	int32 duration = -1;

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < n; i++)
	{
		int32 next = survival_next_duration(&walks[i]);

		if (next >= 0 && (duration < 0 || next < duration))
			duration = next;
	}
	for (int i = 0; i < n; i++)
	{
		at_risk[i] = (double) walks[i].at_risk;
		events[i] = 0;
		if (duration >= 0 && survival_next_duration(&walks[i]) == duration)
		{
			survival_step(&walks[i]);
			events[i] = (double) walks[i].last.count[0];
		}
	}
	return duration >= 0;
}

CXM_FUNCTION(survival_logrank_test)
{
	SurvivalWalk walks[2] = {survival_walk(SUMMARY_ARG(0)), survival_walk(SUMMARY_ARG(1))};
	double       level = cxm_level_arg(fcinfo, 2);
	CxmLogrank   logrank = {0, 0, 0};
	CxmTest      test = {0};
	double       at_risk[2];
	double       events[2];
	bool         found;

	while (step_together(walks, 2, at_risk, events))
		if (events[0] + events[1] > 0)
			cxm_logrank_step(&logrank, at_risk[0], events[0], at_risk[1], events[1]);
	found = cxm_logrank_test(&logrank, level, &test);
	return cxm_test_record(fcinfo, found, &test);
}

/* How to take customers who leave at the same duration: true by Breslow, false by Efron. */
static bool
breslow_arg(FunctionCallInfo fcinfo, int argno)
{
	char *ties = text_to_cstring(PG_GETARG_TEXT_PP(argno));

	if (strcmp(ties, "efron") != 0 && strcmp(ties, "breslow") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("unknown way to take ties \"%s\"", ties),
		                errhint("The ways are efron and breslow.")));
	return strcmp(ties, "breslow") == 0;
}

CXM_FUNCTION(survival_hazard_ratio)
{
	const SurvivalWalk starts[2] = {survival_walk(SUMMARY_ARG(0)), survival_walk(SUMMARY_ARG(1))};
	double             level = cxm_level_arg(fcinfo, 2);
	CxmHazardRatio     fit = CXM_HAZARD_RATIO_START;
	double             margin;

	fit.breslow = breslow_arg(fcinfo, 3);
	do
	{
		SurvivalWalk walks[2] = {starts[0], starts[1]};
		double       at_risk[2];
		double       events[2];

		while (step_together(walks, 2, at_risk, events))
			cxm_hazard_ratio_step(&fit, at_risk[0], events[0], at_risk[1], events[1]);
	} while (cxm_hazard_ratio_next(&fit));
	if (isnan(fit.log_ratio))
		PG_RETURN_NULL();
	margin = isinf(fit.log_ratio)
	             ? NAN
	             : cxm_critical_z(level) / sqrt(fit.information);
	return cxm_record_of_doubles(fcinfo,
	                             (double[]){exp(fit.log_ratio), exp(fit.log_ratio - margin),
	                                        exp(fit.log_ratio + margin)},
	                             3);
}

#define MOST_GROUPS 1000

static void
pause_for_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* The summaries in an array, NULLs left out. */
static SurvivalWalk *
walks_arg(ArrayType *array, int *n)
{
	int16         size;
	bool          by_value;
	char          align;
	Datum        *values;
	bool         *nulls;
	int           elements;
	SurvivalWalk *walks;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &size, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), size, by_value, align, &values, &nulls,
	                  &elements);
	*n = 0;
	for (int i = 0; i < elements; i++)
		*n += !nulls[i];
	if (*n > MOST_GROUPS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("too many groups to compare"),
		                errdetail("There are %d; at most %d are possible.", *n, MOST_GROUPS)));
	walks = palloc((Size) Max(*n, 1) * sizeof(SurvivalWalk));
	*n = 0;
	for (int i = 0; i < elements; i++)
		if (!nulls[i])
			walks[(*n)++] = survival_walk(PG_DETOAST_DATUM_PACKED(values[i]));
	return walks;
}

CXM_FUNCTION(survival_logrank_groups_test)
{
	int              k;
	SurvivalWalk    *walks = walks_arg(PG_GETARG_ARRAYTYPE_P(0), &k);
	Size             places = (Size) k + 1;
	double          *at_risk = palloc(places * sizeof(double));
	double          *events = palloc(places * sizeof(double));
	CxmLogrankGroups groups = {.k = k};
	CxmGroupsTest    test = {0};
	bool             found;

	groups.observed = palloc0(places * sizeof(double));
	groups.expected = palloc0(places * sizeof(double));
	groups.covariance = palloc0(places * places / 2 * sizeof(double));
	while (step_together(walks, k, at_risk, events))
		cxm_logrank_groups_step(&groups, at_risk, events);
	found = cxm_logrank_groups_test(&groups, pause_for_interrupts, &test);
	return cxm_groups_test_record(fcinfo, found, &test);
}
