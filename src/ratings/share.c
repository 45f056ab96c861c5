/*
 * share.c
 *		Yes or no: shares from summaries and from bare counts, and what many of them ask for.
 *
 * A share is what a rating_summary on the scale 0..1 tells, a fraction.  What counts yes and no is
 * rating_summary.c.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/numeric.h"

#include "core/p_values.h"
#include "ratings/rating_intervals.h"
#include "ratings/share.h"

/* From summaries */

/* Adds the weight, or square, at a place to another. */
static void
add_weight(const RatingView *view, size_t from, RatingWeight *to, const char *what)
{
	CxmUint128 sum = *to;

	if (!cxm_uint128_add(&sum, view->weights[from]))
		summary_refuse_overflow(what);
	*to = sum;
}

/* Adds one count, and its weight, to another. */
static void
add_answers(const RatingView *view, size_t from, RatingSummary *to, size_t i)
{
	uint64        count = rating_count_at(view, from);
	RatingWeight *weights = rating_weights(to);

	/* anybody can make a value whose counters are too large */
	if (count > CXM_COUNTER_CEILING - cxm_counter_get(to->counters, CXM_WIDEST, i))
		summary_refuse_overflow(COUNT_OF_RESPONSES);
	count += cxm_counter_get(to->counters, CXM_WIDEST, i);
	cxm_counter_set(to->counters, CXM_WIDEST, i, count);
	if (!view->weighted)
		return;
	add_weight(view, from, &weights[i], SUM_OF_WEIGHTS);
	add_weight(view, rating_square(view->scale, from), &weights[rating_square(BOOLEAN_SCALE, i)],
	           SUM_OF_SQUARES);
}

/*
 * A summary on the scale 0..1 of one on any: yes for every answer at least as good as from_answer.
 */
CXM_FUNCTION(rating_satisfied)
{
	RatingView     view;
	RatingSummary *result;
	int            from;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	view = rating_view(SUMMARY_ARG(0));
	from = PG_ARGISNULL(1) ? rating_satisfied_rank(view.scale, "satisfied(s, from_answer)")
	                       : rating_rank_arg(fcinfo, 1, view.scale);
	result = rating_make(BOOLEAN_SCALE, CXM_WIDEST, view.weighted);
	add_answers(&view, 0, result, 0);
	for (int rank = 0; rank <= view.scale.top; rank++)
		add_answers(&view, rating_counter_of_rank(view.scale, rank), result, rank < from ? 1 : 2);
	if (view.weighted)
		rating_weights(result)[rating_unplaced_squares(BOOLEAN_SCALE)] =
		    view.weights[rating_unplaced_squares(view.scale)];
	PG_RETURN_POINTER(rating_canonical(result));
}

/* From bare counts, which are numeric, since that is what sum(bigint) is */

static char *
number_text(Datum number)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, number));
}

double
share_count_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	Datum  number = PG_GETARG_DATUM(argno);
	double count = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, number));
	Datum  whole = DirectFunctionCall2(numeric_trunc, number, Int32GetDatum(0));

	/* written so that NaN is refused too */
	if (!(count >= 0) || numeric_is_inf(DatumGetNumeric(number)) ||
	    !DatumGetBool(DirectFunctionCall2(numeric_eq, number, whole)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("invalid value for \"%s\": %s", name, number_text(number)),
		                errdetail("A count is a whole number that is not negative.")));
	if (isinf(count))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("\"%s\" is out of range", name)));
	return count;
}

CxmShareSample
share_counts_arg(FunctionCallInfo fcinfo, int argno, const char *successes, const char *trials)
{
	double k = share_count_arg(fcinfo, argno, successes);
	double n = share_count_arg(fcinfo, argno + 1, trials);

	/* compared before they are rounded */
	if (DatumGetBool(
	        DirectFunctionCall2(numeric_gt, PG_GETARG_DATUM(argno), PG_GETARG_DATUM(argno + 1))))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("\"%s\" is greater than \"%s\"", successes, trials),
		                errdetail("They are %s and %s.", number_text(PG_GETARG_DATUM(argno)),
		                          number_text(PG_GETARG_DATUM(argno + 1)))));
	return (CxmShareSample){k / n, n};
}

static bool
counts_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	CxmShareSample sample = share_counts_arg(fcinfo, 0, "successes", "trials");
	double         level = cxm_level_arg(fcinfo, 2);
	RatingMethod   method = rating_method_arg(fcinfo, 3, RATING_PART);

	return method.anytime ? cxm_share_anytime(&sample, level, method.best_at, interval)
	                      : cxm_share_interval(&sample, level, interval);
}

INTERVAL_READINGS(share_of_counts, counts_interval)

CXM_FUNCTION(share_of_counts_test)
{
	CxmShareSample a = share_counts_arg(fcinfo, 0, "k1", "n1");
	CxmShareSample b = share_counts_arg(fcinfo, 2, "k2", "n2");
	CxmTest        test = {0};
	bool           found = cxm_share_test(&a, &b, cxm_level_arg(fcinfo, 4), &test);

	return cxm_test_record(fcinfo, found, &test);
}

/* How many answers */

static CxmShareMethod
share_method_arg(FunctionCallInfo fcinfo, int argno)
{
	static const char *const names[] = {[CXM_SHARE_WALD] = "wald", [CXM_SHARE_WILSON] = "wilson"};

	return (CxmShareMethod) cxm_choice_arg(fcinfo, argno, &CXM_CHOICES("method", names));
}

CXM_FUNCTION(share_responses_needed)
{
	double share = PG_GETARG_FLOAT8(0);
	double margin = PG_GETARG_FLOAT8(1);
	double level = cxm_level_arg(fcinfo, 2);

	/* written so that NaN is refused too */
	if (!(share >= 0 && share <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("share %s is outside of 0 to 1", float8out_internal(share)),
		                errhint("Write 80 %% as 0.8.")));
	if (!(margin > 0 && margin < 1))
		rating_refuse_margin(margin);
	return rating_responses_result(
	    fcinfo, ceil(cxm_share_responses(share, margin, level, share_method_arg(fcinfo, 3))));
}

/* Many tests at once */

static CxmAdjustment
adjustment_arg(FunctionCallInfo fcinfo, int argno)
{
	static const char *const names[] = {[CXM_HOLM] = "holm",
	                                    [CXM_BENJAMINI_HOCHBERG] = "benjamini_hochberg",
	                                    [CXM_BENJAMINI_YEKUTIELI] = "benjamini_yekutieli"};

	return (CxmAdjustment) cxm_choice_arg(fcinfo, argno, &CXM_CHOICES("method", names));
}

/* A p-value and where it stands in the array. */
typedef struct PlacedP
{
	double p;
	int    place;
} PlacedP;

static int
compare_p(const void *a, const void *b)
{
	double p = ((const PlacedP *) a)->p;
	double q = ((const PlacedP *) b)->p;

	CHECK_FOR_INTERRUPTS();
	return (p > q) - (p < q);
}

/* The p-values that are not NULL; an error where one is no probability. */
static int
find_p_values(const Datum *datums, const bool *nulls, int n, PlacedP *found)
{
	int tests = 0;

	for (int i = 0; i < n; i++)
	{
		double p = nulls[i] ? 0 : DatumGetFloat8(datums[i]);

		check_interrupts((uint32) i);
		/* written so that NaN is refused too */
		if (!(p >= 0 && p <= 1))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("p-value %s is outside of 0 to 1", float8out_internal(p))));
		if (!nulls[i])
			found[tests++] = (PlacedP){p, i};
	}
	return tests;
}

/* An array of the same shape; a NULL is no test, and stays. */
CXM_FUNCTION(adjusted_p_values)
{
	ArrayType    *array = PG_GETARG_ARRAYTYPE_P(0);
	CxmAdjustment adjustment = adjustment_arg(fcinfo, 1);
	Datum        *datums;
	bool         *nulls;
	PlacedP      *found;
	double       *sorted;
	int           n;
	int           tests;

	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &datums,
	                  &nulls, &n);
	if (n == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(FLOAT8OID));
	found = palloc(n * sizeof(PlacedP));
	sorted = palloc(n * sizeof(double));
	tests = find_p_values(datums, nulls, n, found);
	qsort(found, tests, sizeof(PlacedP), compare_p);
	for (int i = 0; i < tests; i++)
		sorted[i] = found[i].p;
	cxm_adjust_p_values(sorted, tests, adjustment);
	for (int i = 0; i < tests; i++)
		datums[found[i].place] = Float8GetDatum(sorted[i]);
	PG_RETURN_ARRAYTYPE_P(construct_md_array(datums, nulls, ARR_NDIM(array), ARR_DIMS(array),
	                                         ARR_LBOUND(array), FLOAT8OID, sizeof(float8),
	                                         FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
