/*
 * ratio_summary.c
 *		The type ratio_summary: a ratio of two sums over independent units, and how sure it is.
 */
#include "postgres.h"

#include <math.h>

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "core/decimal_sum.h"
#include "core/estimates.h"
#include "ratings/rating_intervals.h"
#include "ratings/ratio_state.h"

static char *ratio_text(const void *value);
static bool  ratio_read_field(void *draft, const char *key, const JsonbValue *value,
                              Node *escontext);
static void *ratio_finish(void *draft, Node *escontext);
static void  ratio_send(StringInfo buffer, const void *value);
static void *ratio_receive(StringInfo buffer);

/* What is being read from text. */
typedef struct RatioDraft
{
	RatioState *state;
} RatioDraft;

const SummaryType RATIO = {
    .name = "ratio_summary",
    .version = RATIO_VERSION,
    .flags = RATIO_WIDTH | RATIO_WIDE | RATIO_REDUCED,
    .state_flag = RATIO_WIDE,
    .header = offsetof(RatioSummary, counters) - VARHDRSZ,
    .text = ratio_text,
    .draft_size = sizeof(RatioDraft),
    .read_field = ratio_read_field,
    .finish = ratio_finish,
    .send = ratio_send,
    .receive = ratio_receive,
    .to_state = ratio_to_state,
    .canonical = ratio_canonical,
    .merge = ratio_merge,
    .is_empty = ratio_is_empty,
};

COUNTING_SUMMARY_FUNCTIONS(ratio_summary, RATIO)

/* Transitions */

static const char *const ARGUMENT_NAMES[] = {NULL, "numerator", "denominator"};

pg_noreturn static pg_noinline void
refuse_double(double x, int argno)
{
	char *text = DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(x)));

	if (isnan(x) || isinf(x))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("%s %s is out of range", ARGUMENT_NAMES[argno], text),
		                errdetail("It must be a finite number."),
		                errhint("A row with NULL instead is counted as incomplete.")));
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
	                errmsg("%s %s is out of range", ARGUMENT_NAMES[argno], text),
	                fabs(x) < 1 ? errdetail("Numbers of type double precision are rounded to "
	                                        "multiples of 2^-32, which would change this one by "
	                                        "more than a millionth of itself.")
	                            : errdetail("Numbers of type double precision must be less than "
	                                        "2^31 in absolute value."),
	                errhint("Cast all arguments to numeric, as in x::numeric.")));
}

pg_noreturn static pg_noinline void
refuse_numeric(Datum x, bool special, int argno)
{
	if (special)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("%s %s is out of range", ARGUMENT_NAMES[argno],
		                       DatumGetCString(DirectFunctionCall1(numeric_out, x))),
		                errdetail("It must be a finite number."),
		                errhint("A row with NULL instead is counted as incomplete.")));
	ereport(ERROR,
	        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
	         errmsg("%s is out of range", ARGUMENT_NAMES[argno]),
	         errdetail("A number may have at most %d digits on each side of the decimal point.",
	                   RATIO_HIGHEST_WEIGHT * CXM_DECIMAL_DIGITS + CXM_DECIMAL_DIGITS),
	         errhint("A row with NULL instead is counted as incomplete.")));
}

static pg_attribute_always_inline int64
grid_arg(FunctionCallInfo fcinfo, int argno)
{
	double x = PG_GETARG_FLOAT8(argno);
	int64  units;

	if (unlikely(!cxm_to_grid(x, &units)))
		refuse_double(x, argno);
	return units;
}

static pg_attribute_always_inline NumericDigits
digits_arg(FunctionCallInfo fcinfo, int argno)
{
	Datum         datum = PointerGetDatum(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno)));
	NumericDigits x = numeric_digits(DatumGetPointer(datum));

	if (unlikely(x.special || (x.count > 0 && (x.weight > RATIO_HIGHEST_WEIGHT ||
	                                           x.weight - x.count + 1 < RATIO_LOWEST_WEIGHT))))
		refuse_numeric(datum, x.special, argno);
	return x;
}

#define STATE_ARG (PG_ARGISNULL(0) ? NULL : PG_GETARG_POINTER(0))

static const int16         ONE_DIGIT = 1;
static const NumericDigits ONE = {(const char *) &ONE_DIGIT, 1, 0, false, false};

static pg_attribute_always_inline Datum
count_float8(FunctionCallInfo fcinfo, bool is_mean, bool add)
{
	if (PG_ARGISNULL(1) || (!is_mean && PG_ARGISNULL(2)))
		PG_RETURN_POINTER(ratio_count_incomplete(STATE_ARG, add));
	PG_RETURN_POINTER(
	    ratio_count_grid(STATE_ARG, grid_arg(fcinfo, 1),
	                     is_mean ? INT64CONST(1) << CXM_GRID_BITS : grid_arg(fcinfo, 2), add));
}

static pg_attribute_always_inline Datum
count_numeric(FunctionCallInfo fcinfo, bool is_mean, bool add)
{
	NumericDigits x;
	NumericDigits y;

	if (PG_ARGISNULL(1) || (!is_mean && PG_ARGISNULL(2)))
		PG_RETURN_POINTER(ratio_count_incomplete(STATE_ARG, add));
	x = digits_arg(fcinfo, 1);
	y = is_mean ? ONE : digits_arg(fcinfo, 2);
	PG_RETURN_POINTER(ratio_count_digits(STATE_ARG, &x, &y, add));
}

/* Whole numbers are on the grid, but for those that are too large for it. */
static pg_noinline Datum
count_large(FunctionCallInfo fcinfo, int64 x, int64 y, bool add)
{
	NumericDigits a = numeric_digits(int64_to_numeric(x));
	NumericDigits b = numeric_digits(int64_to_numeric(y));

	PG_RETURN_POINTER(ratio_count_digits(STATE_ARG, &a, &b, add));
}

static pg_attribute_always_inline Datum
count_int8(FunctionCallInfo fcinfo, bool is_mean, bool add)
{
	int64 x;
	int64 y;

	if (PG_ARGISNULL(1) || (!is_mean && PG_ARGISNULL(2)))
		PG_RETURN_POINTER(ratio_count_incomplete(STATE_ARG, add));
	x = PG_GETARG_INT64(1);
	y = is_mean ? 1 : PG_GETARG_INT64(2);
	if (unlikely(x != (int32) x || y != (int32) y))
		return count_large(fcinfo, x, y, add);
	PG_RETURN_POINTER(ratio_count_grid(STATE_ARG, x * (INT64CONST(1) << CXM_GRID_BITS),
	                                   y * (INT64CONST(1) << CXM_GRID_BITS), add));
}

static pg_attribute_always_inline FunctionCallInfo
in_aggregate(FunctionCallInfo fcinfo)
{
	if (unlikely(!cxm_in_aggregate_context(fcinfo)))
		cxm_check_aggregate_context(fcinfo);
	return fcinfo;
}

#define TRANSITIONS(name, is_mean, type)                                                          \
	SUMMARY_FUNCTION(name##_transition_##type, count_##type(in_aggregate(fcinfo), is_mean, true)) \
	SUMMARY_FUNCTION(name##_inverse_##type, count_##type(in_aggregate(fcinfo), is_mean, false))

TRANSITIONS(ratio, false, numeric)
TRANSITIONS(ratio, false, float8)
TRANSITIONS(ratio, false, int8)
TRANSITIONS(mean, true, numeric)
TRANSITIONS(mean, true, float8)
TRANSITIONS(mean, true, int8)

/*
 * Text: {"units": 3, "incomplete": 0, "numerator": 4, "denominator": 6, "numerator_squares": 6,
 * "products": 8, "denominator_squares": 14}
 */

static const char *const SUM_KEYS[RATIO_SUMS] = {"numerator", "denominator", "numerator_squares",
                                                 "products", "denominator_squares"};

static char *
total_text(const RatioTotals *totals, int sum)
{
	char *text = palloc(cxm_decimal_text_size(totals->positions, totals->low));

	cxm_decimal_print(totals->digits[sum], totals->positions, totals->low, totals->sign[sum] < 0,
	                  text);
	return text;
}

static char *
ratio_text(const void *value)
{
	RatioView      view = ratio_view(value);
	RatioTotals    totals = ratio_totals(&view);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"units\": " UINT64_FORMAT ", \"incomplete\": " UINT64_FORMAT,
	                 view.units, view.incomplete);
	for (int sum = 0; sum < RATIO_SUMS; sum++)
		appendStringInfo(&text, ", \"%s\": %s", SUM_KEYS[sum], total_text(&totals, sum));
	appendStringInfoChar(&text, '}');
	return text.data;
}

static bool
ratio_read_field(void *draft, const char *key, const JsonbValue *value, Node *escontext)
{
	RatioState  **state = &((RatioDraft *) draft)->state;
	NumericDigits total;
	int           sum = 0;

	if (*state == NULL)
		*state = ratio_prepared(NULL, 0, -1);
	if (strcmp(key, "units") == 0)
		return cxm_json_count(value, key, RATIO.name, escontext, &(*state)->units);
	if (strcmp(key, "incomplete") == 0)
		return cxm_json_count(value, key, RATIO.name, escontext, &(*state)->incomplete);
	while (sum < RATIO_SUMS && strcmp(key, SUM_KEYS[sum]) != 0)
		sum++;
	if (sum == RATIO_SUMS)
		return summary_refuse_text(&RATIO, escontext, "There is no field \"%s\".", key);
	if (cxm_json_scalar(value, key, RATIO.name, true, escontext) == NULL)
		return false;
	total = numeric_digits(value->val.numeric);
	if (total.count == 0)
		return true;
	if (total.weight - total.count + 1 < RATIO_LOWEST_SUM || total.weight > RATIO_HIGHEST_SUM)
		return summary_refuse_text(&RATIO, escontext, "The value of \"%s\" has too many digits.",
		                           key);
	*state = ratio_prepared(*state, total.weight - total.count + 1, total.weight);
	ratio_add_digits((*state)->digits + sum * (*state)->positions, (*state)->low, &total, true);
	return true;
}

static void *
ratio_finish(void *draft, Node *escontext)
{
	RatioView     view = ratio_view(((RatioDraft *) draft)->state);
	RatioSummary *summary = ratio_narrowed(&view);

	if (summary == NULL)
		summary_refuse_text(&RATIO, escontext, "No numbers have such sums.");
	return summary;
}

/* Binary: units, incomplete, low, positions, signs, the digits of the five sums. */
static void
ratio_send(StringInfo buffer, const void *value)
{
	RatioSummary *summary = ratio_canonical(value);
	RatioView     view = ratio_view(summary);

	pq_sendint64(buffer, view.units);
	pq_sendint64(buffer, view.incomplete);
	pq_sendint16(buffer, (uint16) (int16) view.low);
	pq_sendint16(buffer, (uint16) view.positions);
	pq_sendint16(buffer, view.signs);
	for (int i = 0; i < RATIO_SUMS * view.positions; i++)
	{
		uint16 digit;

		memcpy(&digit, view.digits + i * sizeof(digit), sizeof(digit));
		pq_sendint16(buffer, digit);
	}
}

static void *
ratio_receive(StringInfo buffer)
{
	RatioView     view = {.units = (uint64) pq_getmsgint64(buffer)};
	RatioState   *state;
	RatioSummary *summary;
	int           signs;

	view.incomplete = (uint64) pq_getmsgint64(buffer);
	if ((view.units | view.incomplete) > CXM_COUNTER_CEILING)
		summary_refuse_binary(&RATIO, "A count is negative.");
	view.low = (int16) pq_getmsgint(buffer, 2);
	view.positions = (int) pq_getmsgint(buffer, 2);
	if (view.low < RATIO_LOWEST_SUM || view.low + view.positions - 1 > RATIO_HIGHEST_SUM)
		summary_refuse_binary(&RATIO, "The digits reach too far.");
	signs = (int) pq_getmsgint(buffer, 2);
	if ((signs & ~RATIO_SIGNS) != 0)
		summary_refuse_binary(&RATIO, "A sum of squares is negative.");
	if (buffer->len - buffer->cursor != RATIO_SUMS * view.positions * (int) sizeof(int16))
		summary_refuse_binary(&RATIO, "The size does not fit the number of digits.");

	state = ratio_prepared(NULL, view.low, view.low + view.positions - 1);
	for (int i = 0; i < RATIO_SUMS * view.positions; i++)
	{
		int digit = (int) pq_getmsgint(buffer, 2);

		if (digit >= CXM_DECIMAL_BASE)
			summary_refuse_binary(&RATIO, "A digit is out of range.");
		state->digits[i] = (signs >> i / view.positions & 1) != 0 ? -digit : digit;
	}
	state->units = view.units;
	state->incomplete = view.incomplete;
	view = ratio_view(state);
	summary = ratio_narrowed(&view);
	if (summary == NULL)
		summary_refuse_binary(&RATIO, "No numbers have such sums.");
	return summary;
}

/* Readings: exact arithmetic on the sums, as numeric has it, up to one division and one root */

static Datum
numeric_total(const RatioTotals *totals, int sum)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(total_text(totals, sum)),
	                           ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

static inline Datum
times(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_mul, a, b);
}

static double
to_double(Datum x)
{
	double result = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, x));

	if (isinf(result))
		summary_refuse_overflow("ratio");
	return result;
}

typedef enum RatioFigure
{
	RATIO_OF_SUMS,
	RATIO_MEAN /* of the numerator alone: the ratio to the number of units */
} RatioFigure;

/* A figure of a summary; NaN where there is none. */
typedef struct RatioEstimate
{
	double value;
	double std_error;
	double units;
} RatioEstimate;

/*
 * The ratio r = X / Y of two sums over n independent units, and its standard error by the delta
 * method.  That is Cochran (1977), "Sampling Techniques", 6.4: r changes as the mean of the
 * residuals x - r y over the mean of y, and so its variance is n / (n - 1) * sum (x - r y)^2 / Y^2,
 * which is n (XX Y^2 - 2 X Y XY + X^2 YY) / ((n - 1) Y^4).
 */
static RatioEstimate
estimate(const RatioView *view, RatioFigure figure, bool with_error)
{
	RatioTotals   totals = ratio_totals(view);
	RatioEstimate result = {NAN, NAN, (double) view->units};
	bool          mean = figure == RATIO_MEAN;
	int           whole = mean ? RATIO_UNITS : RATIO_Y;
	Datum         x, y, yy, sum, over;
	Datum         units = numeric_total(&totals, RATIO_UNITS);

	if (totals.sign[whole] == 0)
		return result;
	x = numeric_total(&totals, RATIO_X);
	y = numeric_total(&totals, whole);
	result.value = to_double(DirectFunctionCall2(numeric_div, x, y));
	if (!with_error || view->units < 2)
		return result;

	yy = times(y, y);
	sum = times(times(x, x), numeric_total(&totals, mean ? RATIO_UNITS : RATIO_YY));
	over = times(times(x, y), numeric_total(&totals, mean ? RATIO_X : RATIO_XY));
	sum = DirectFunctionCall2(numeric_sub, sum, DirectFunctionCall2(numeric_add, over, over));
	sum = DirectFunctionCall2(numeric_add, sum, times(yy, numeric_total(&totals, RATIO_XX)));
	over = times(times(yy, yy), NumericGetDatum(int64_to_numeric((int64) view->units - 1)));
	result.std_error = to_double(DirectFunctionCall1(
	    numeric_sqrt, DirectFunctionCall2(numeric_div, times(units, sum), over)));
	return result;
}

static RatioEstimate
estimate_arg(FunctionCallInfo fcinfo, int argno, RatioFigure figure, bool with_error)
{
	RatioView view = ratio_view(SUMMARY_ARG(argno));

	return estimate(&view, figure, with_error);
}

/* The estimate times factor, as the mean of a sample; false where it has no standard error. */
static bool
as_sample(const RatioEstimate *e, double factor, double error_factor, CxmMeanSample *sample)
{
	double error = fabs(error_factor) * e->std_error;

	*sample = (CxmMeanSample){factor * e->value, error * error * e->units, e->units};
	if (isnan(e->std_error))
		return false;
	if (!isfinite(sample->mean) || !isfinite(sample->variance) ||
	    (error > 0 && sample->variance == 0))
		summary_refuse_overflow("variance");
	return true;
}

static bool
figure_interval(FunctionCallInfo fcinfo, RatioFigure figure, CxmInterval *interval)
{
	RatioEstimate e = estimate_arg(fcinfo, 0, figure, true);
	double        level = cxm_level_arg(fcinfo, 1);
	RatingMethod  method = rating_method_arg(fcinfo, 2, RATING_AVERAGE);
	CxmMeanSample sample;

	if (!as_sample(&e, 1, 1, &sample))
		return false;
	return method.anytime
	           ? cxm_mean_anytime(&sample, level, method.best_at, -INFINITY, INFINITY, interval)
	           : cxm_mean_interval(&sample, level, -INFINITY, INFINITY, interval);
}

static bool
ratio_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	return figure_interval(fcinfo, RATIO_OF_SUMS, interval);
}

static bool
mean_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	return figure_interval(fcinfo, RATIO_MEAN, interval);
}

INTERVAL_READINGS(ratio_ratio, ratio_interval)
INTERVAL_READINGS(ratio_mean, mean_interval)

/* Welch's test of two independent estimates. */
static Datum
test_of(FunctionCallInfo fcinfo, bool found, const CxmMeanSample *a, const CxmMeanSample *b)
{
	double  level = cxm_level_arg(fcinfo, 2);
	CxmTest test = {0};

	found = found && cxm_mean_test(a, b, level, INFINITY, &test);
	return cxm_test_record(fcinfo, found, &test);
}

static Datum
figure_test(FunctionCallInfo fcinfo, RatioFigure figure)
{
	RatioEstimate a = estimate_arg(fcinfo, 0, figure, true);
	RatioEstimate b = estimate_arg(fcinfo, 1, figure, true);
	CxmMeanSample sample_a;
	CxmMeanSample sample_b;
	bool          found = as_sample(&a, 1, 1, &sample_a) && as_sample(&b, 1, 1, &sample_b);

	return test_of(fcinfo, found, &sample_a, &sample_b);
}

SUMMARY_FUNCTION(ratio_ratio_test, figure_test(fcinfo, RATIO_OF_SUMS))
SUMMARY_FUNCTION(ratio_mean_test, figure_test(fcinfo, RATIO_MEAN))

/*
 * How much larger a is than b, as a part of b's size: the delta method once more, whose error is
 * that of a / |b| and, on its own, that of b.
 */
CXM_FUNCTION(ratio_ratio_lift)
{
	RatioEstimate a = estimate_arg(fcinfo, 0, RATIO_OF_SUMS, true);
	RatioEstimate b = estimate_arg(fcinfo, 1, RATIO_OF_SUMS, true);
	double        size = fabs(b.value);
	CxmMeanSample sample_a;
	CxmMeanSample sample_b;
	bool          found = size > 0 && as_sample(&a, 1 / size, 1 / size, &sample_a) &&
	             as_sample(&b, 1 / size, a.value / size / size, &sample_b);

	return test_of(fcinfo, found, &sample_a, &sample_b);
}

#define READING(name, return_figure, figure) \
	SUMMARY_READING(ratio_##name, RatioView, ratio_view, return_figure, figure)

static Datum
total_of(const RatioView *view, RatioSum sum)
{
	RatioTotals totals = ratio_totals(view);

	return numeric_total(&totals, sum);
}

READING(ratio, CXM_RETURN_FLOAT8_OR_NULL, estimate(&view, RATIO_OF_SUMS, false).value)
READING(mean, CXM_RETURN_FLOAT8_OR_NULL, estimate(&view, RATIO_MEAN, false).value)
READING(std_error, CXM_RETURN_FLOAT8_OR_NULL, estimate(&view, RATIO_OF_SUMS, true).std_error)
READING(units, PG_RETURN_INT64, (int64) view.units)
READING(incomplete, PG_RETURN_INT64, (int64) view.incomplete)
READING(numerator, return, total_of(&view, RATIO_X))
READING(denominator, return, total_of(&view, RATIO_Y))
