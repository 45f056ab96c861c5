/*
 * revenue_movements.c
 *		How revenue moved: each movement, also by every change within the period, and what an
 *		amount is a month.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/datetime.h"
#include "utils/numeric.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "customers/revenue_summary.h"

/* Readings */

/* An amount that moved, below zero for losses. */
static Datum
moved(const RevenueView *view, Movement row, bool gain)
{
	int factors[MOVEMENTS] = {0};

	factors[row] = gain ? 1 : -1;
	return revenue_numeric(view, factors);
}

#define READING(name, figure) \
	SUMMARY_READING(revenue_##name, RevenueView, revenue_view, PG_RETURN_DATUM, figure)
#define MOVEMENT_READING(name, movement) \
	READING(name, moved(&view, revenue_row(&view, (movement)), revenue_gains(movement)))

MOVEMENT_READING(new_mrr, REVENUE_NEW)
MOVEMENT_READING(expansion_mrr, REVENUE_EXPANSION)
MOVEMENT_READING(contraction_mrr, REVENUE_CONTRACTION)
MOVEMENT_READING(churned_mrr, REVENUE_CHURNED)
MOVEMENT_READING(reactivated_mrr, REVENUE_REACTIVATED)

static const int EXCHANGE[MOVEMENTS] = {0, 0, 0, 0, 0, 0, 0, 1, -1};

READING(exchange_mrr, revenue_numeric(&view, EXCHANGE))

static void
return_movements(FunctionCallInfo fcinfo, const RevenueView *view, bool by_changes)
{
	static const struct
	{
		const char *name;
		Movement    movement;
	} order[] = {{"new", REVENUE_NEW},
	             {"expansion", REVENUE_EXPANSION},
	             {"reactivated", REVENUE_REACTIVATED},
	             {"contraction", REVENUE_CONTRACTION},
	             {"churned", REVENUE_CHURNED}};
	uint64 exchanged = view->count[REVENUE_EXCHANGE_GAIN] + view->count[REVENUE_EXCHANGE_LOSS];

	InitMaterializedSRF(fcinfo, 0);
	for (size_t i = 0; i < lengthof(order); i++)
	{
		Movement movement = order[i].movement;
		Movement row = by_changes ? REVENUE_CHANGE(movement) : movement;

		cxm_return_row(fcinfo,
		               (Datum[]){CStringGetTextDatum(order[i].name),
		                         moved(view, row, revenue_gains(movement)),
		                         Int64GetDatum((int64) view->count[row])},
		               (bool[3]){false});
	}
	if (exchanged > 0)
		cxm_return_row(fcinfo,
		               (Datum[]){CStringGetTextDatum("exchange"), revenue_numeric(view, EXCHANGE),
		                         Int64GetDatum((int64) exchanged)},
		               (bool[3]){false});
}

CXM_FUNCTION(revenue_movements)
{
	RevenueView view = revenue_view(SUMMARY_ARG(0));

	return_movements(fcinfo, &view, (view.flags & REVENUE_CHANGES) != 0);
	return (Datum) 0;
}

CXM_FUNCTION(revenue_movements_by)
{
	RevenueView view = revenue_view(SUMMARY_ARG(0));
	char       *basis = text_to_cstring(PG_GETARG_TEXT_PP(1));
	bool        by_changes = strcmp(basis, "changes") == 0;

	if (!by_changes && strcmp(basis, "ends") != 0)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("unknown kind of movements \"%s\"", basis),
		         errhint("Movements are by \"ends\", or where they were counted by \"changes\".")));
	if (by_changes && view.total > 0 && (view.flags & REVENUE_CHANGES) == 0)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("changes cannot be told from a summary that was counted by its ends"),
		         errhint("revenue_change_agg(changed_on, amounts, period) counts every change.")));
	return_movements(fcinfo, &view, by_changes);
	return (Datum) 0;
}

CXM_FUNCTION(revenue_months_of)
{
	RevenueView   view = revenue_view(SUMMARY_ARG(0));
	int           n;
	RevenueMonth *months = revenue_months(&view, &n);
	Datum        *days = palloc(sizeof(Datum) * (n + 1));

	if ((view.flags & REVENUE_MONTHS) == 0)
		PG_RETURN_NULL();
	for (int i = 0; i < n; i++)
		days[i] = DateADTGetDatum(months[i].day);
	PG_RETURN_ARRAYTYPE_P(construct_array(days, n, DATEOID, sizeof(DateADT), true, TYPALIGN_INT));
}

/* Every change of a customer's revenue within a period */

typedef struct RevenueChange
{
	DateADT       day;
	Datum         own; /* the amount as it was given */
	NumericDigits amount;
} RevenueChange;

typedef struct RevenueHistory
{
	DateADT        from; /* the period, [from, to) */
	DateADT        to;
	int            n;     /* up to the end of the period, by day */
	int            first; /* in the period */
	RevenueChange *changes;
	NumericDigits  before;
	bool           was_customer; /* at any time before the period */
} RevenueHistory;

static int
compare_changes(const void *a, const void *b)
{
	DateADT day_a = ((const RevenueChange *) a)->day;
	DateADT day_b = ((const RevenueChange *) b)->day;

	return day_a < day_b ? -1 : day_a > day_b;
}

static void
read_period(FunctionCallInfo fcinfo, int argno, RevenueHistory *history)
{
	RangeType      *period = DatumGetRangeTypeP(cxm_required_arg(fcinfo, argno, "period"));
	TypeCacheEntry *type = range_get_typcache(fcinfo, RangeTypeGetOid(period));
	RangeBound      lower;
	RangeBound      upper;
	bool            empty;

	range_deserialize(type, period, &lower, &upper, &empty);
	if (empty)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("period must not be empty")));
	history->from = DatumGetDateADT(lower.val);
	history->to = DatumGetDateADT(upper.val);
	if (lower.infinite || upper.infinite || DATE_NOT_FINITE(history->from) ||
	    DATE_NOT_FINITE(history->to))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("period must have a start and an end")));
}

/* The changes by day, of which each has one amount. */
static void
read_changes(FunctionCallInfo fcinfo, RevenueHistory *history)
{
	Datum *days;
	Datum *amounts;
	bool  *no_day;
	bool  *no_amount;
	int    n_amounts;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), DATEOID, sizeof(DateADT), true, TYPALIGN_INT, &days,
	                  &no_day, &history->n);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), NUMERICOID, -1, false, TYPALIGN_INT, &amounts,
	                  &no_amount, &n_amounts);
	if (n_amounts != history->n)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
		                errmsg("changed_on and amounts must have the same number of elements"),
		                errdetail("There are %d and %d.", history->n, n_amounts)));
	history->changes = palloc(sizeof(RevenueChange) * (history->n + 1));
	for (int i = 0; i < history->n; i++)
	{
		if (no_day[i])
			cxm_refuse_null("changed_on");
		history->changes[i].day = DatumGetDateADT(days[i]);
		history->changes[i].own = amounts[i];
		history->changes[i].amount = revenue_digits_or_none(amounts[i], no_amount[i]);
	}
	qsort(history->changes, history->n, sizeof(RevenueChange), compare_changes);
	for (int i = 1; i < history->n; i++)
		if (history->changes[i].day == history->changes[i - 1].day &&
		    numeric_digits_compare(&history->changes[i].amount, &history->changes[i - 1].amount) !=
		        0)
		{
			char day[MAXDATELEN + 1];

			cxm_day_text(history->changes[i].day, day);
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("revenue changes twice on %s", day),
			                errdetail("Which amount is the later one cannot be told."),
			                errhint("Keep the last of a day: SELECT DISTINCT ON (customer, day) "
			                        "... ORDER BY customer, day, changed_at DESC.")));
		}
}

/* What was there before the period. */
static void
look_before(RevenueHistory *history)
{
	while (history->n > 0 && history->changes[history->n - 1].day >= history->to)
		history->n--;
	for (; history->first < history->n && history->changes[history->first].day < history->from;
	     history->first++)
	{
		history->before = history->changes[history->first].amount;
		history->was_customer |= history->before.count > 0;
	}
}

/* Counts each step within the period, and the customer once for each kind of step. */
static void
count_steps(RevenueSummary *state, const RevenueHistory *history, bool add)
{
	NumericDigits before = history->before;
	bool          was_customer = history->was_customer;
	bool          counted[MOVEMENTS] = {false};

	for (int i = history->first; i < history->n; i++)
	{
		const NumericDigits *after = &history->changes[i].amount;
		Movement             movement = REVENUE_UNCHANGED;

		CHECK_FOR_INTERRUPTS();
		if (before.count > 0 || after->count > 0)
			movement = revenue_movement_of(&before, after, was_customer);
		if (movement != REVENUE_UNCHANGED)
		{
			if (!counted[movement])
				revenue_count_mover(state, REVENUE_CHANGE(movement), add);
			counted[movement] = true;
			revenue_add_change(state, REVENUE_CHANGE(movement), after, &before,
			                   revenue_gains(movement) == add);
			was_customer = true;
		}
		before = *after;
	}
}

/* Is there revenue at the start, or at any time within the period? */
static bool
had_revenue(const RevenueHistory *history)
{
	bool had = history->before.count > 0;

	for (int i = history->first; i < history->n; i++)
		had |= history->changes[i].amount.count > 0;
	return had;
}

static NumericDigits
amount_at_end(const RevenueHistory *history)
{
	return history->n > 0 ? history->changes[history->n - 1].amount : history->before;
}

/*
 * Values the amounts by the rates in the arguments 5 and 6: all at that of the start where there
 * was revenue then, or else at that of the end.  Returns the amount at the end by the rate of the
 * end.
 */
static NumericDigits
value_at_rates(FunctionCallInfo fcinfo, RevenueHistory *history)
{
	bool          was_there = history->before.count > 0;
	bool          is_there = amount_at_end(history).count > 0;
	Datum         start = revenue_rate_arg(fcinfo, 5, "rate_before", was_there);
	Datum         end = revenue_rate_arg(fcinfo, 6, "rate_after", is_there || !was_there);
	NumericDigits at_end = {0};

	if (is_there)
		at_end = revenue_digits_at_rate(history->changes[history->n - 1].own, end);
	for (int i = Max(history->first - 1, 0); i < history->n; i++)
	{
		RevenueChange *change = &history->changes[i];

		CHECK_FOR_INTERRUPTS();
		if (change->amount.count > 0)
			change->amount = revenue_digits_at_rate(change->own, was_there ? start : end);
	}
	if (was_there)
		history->before = history->changes[history->first - 1].amount;
	return at_end;
}

static Datum
count_changes(FunctionCallInfo fcinfo, const char *currency, bool at_rates, bool add)
{
	RevenueHistory  history = {0};
	RevenueTerms    terms = {currency, REVENUE_NEWEST, REVENUE_MONTHS | REVENUE_CHANGES, 0};
	NumericDigits  *amounts; /* all that the state must have room for */
	NumericDigits   after;
	NumericDigits   at_end;
	int             n = 0;
	RevenueSummary *state;

	read_period(fcinfo, 3, &history);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return summary_unchanged(fcinfo);
	read_changes(fcinfo, &history);
	look_before(&history);
	if (!had_revenue(&history))
		return summary_unchanged(fcinfo);
	at_end = at_rates ? value_at_rates(fcinfo, &history) : amount_at_end(&history);
	after = amount_at_end(&history);
	terms.month = history.from;

	amounts = palloc(sizeof(NumericDigits) * (history.n + 2));
	amounts[n++] = history.before;
	amounts[n++] = at_end;
	for (int i = history.first; i < history.n; i++)
		amounts[n++] = history.changes[i].amount;
	state = revenue_prepared(summary_raw_state_arg(fcinfo), &terms, amounts, n);
	if (history.before.count > 0 || after.count > 0)
		revenue_count(state, &terms, &history.before, &after, history.was_customer, add);
	else
	{
		revenue_count_mover(state, REVENUE_NEW_AND_CHURNED, add);
		revenue_count_month(state, terms.month, add);
	}
	count_steps(state, &history, add);
	revenue_count_exchange(state, &after, &at_end, add);
	PG_RETURN_POINTER(add ? state : revenue_without(state, amounts, n));
}

SUMMARY_TRANSITIONS(revenue_change, count_changes(fcinfo, NO_CURRENCY, false, add))
SUMMARY_TRANSITIONS(revenue_change_currency,
                    count_changes(fcinfo, revenue_currency_arg(fcinfo, 4), false, add))
SUMMARY_TRANSITIONS(revenue_change_rates,
                    count_changes(fcinfo, revenue_optional_currency_arg(fcinfo, 4), true, add))

/* Amounts by the month */

/* A year has 365.25 days, and 12 months. */
#define MICROSECONDS_A_MONTH (INT64CONST(365250) * USECS_PER_DAY / 12000)

static Datum
number(int64 value)
{
	return NumericGetDatum(int64_to_numeric(value));
}

/* 10 to this power. */
static Datum
power_of_ten(int exponent)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(psprintf("1e%d", exponent)),
	                           ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

#define TIMES(a, b) DirectFunctionCall2(numeric_mul, (a), (b))
#define PLUS(a, b) DirectFunctionCall2(numeric_add, (a), (b))

/* The length of an interval in microseconds, as a numeric; an error unless it is above zero. */
static Datum
length_of(const Interval *every)
{
	Datum length =
	    PLUS(TIMES(number(every->month), number(MICROSECONDS_A_MONTH)),
	         PLUS(TIMES(number(every->day), number(USECS_PER_DAY)), number(every->time)));

	if (INTERVAL_NOT_FINITE(every) ||
	    !DatumGetBool(DirectFunctionCall2(numeric_gt, length, number(0))))
		ereport(
		    ERROR,
		    (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		     errmsg("amounts cannot be due every %s",
		            DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(every)))),
		     errdetail("The time from one to the next must be above zero, and end.")));
	return length;
}

#define MOST_DECIMALS 100

/* Rounded half away from zero once, from the exact quotient. */
CXM_FUNCTION(monthly_amount)
{
	Datum amount = PG_GETARG_DATUM(0);
	Datum length = length_of(PG_GETARG_INTERVAL_P(1));
	int32 decimals = PG_GETARG_INT32(2);
	Datum doubled;
	Datum units;

	if (numeric_digits(PG_DETOAST_DATUM_PACKED(amount)).special)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("amount must be a finite number")));
	if (decimals < 0 || decimals > MOST_DECIMALS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("number of decimals must be from 0 to %d", MOST_DECIMALS)));
	doubled = TIMES(DirectFunctionCall1(numeric_abs, amount),
	                TIMES(number(2 * MICROSECONDS_A_MONTH), power_of_ten(decimals)));
	units = DirectFunctionCall2(numeric_div_trunc, PLUS(doubled, length), TIMES(number(2), length));
	units = TIMES(TIMES(units, power_of_ten(-decimals)), DirectFunctionCall1(numeric_sign, amount));
	return DirectFunctionCall2(numeric_round, units, Int32GetDatum(decimals));
}
