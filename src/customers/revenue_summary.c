/*
 * revenue_summary.c
 *		The type revenue_summary: recurring revenue at the start of a period, and how it moved.
 */
#include "postgres.h"

#include "utils/datetime.h"
#include "utils/numeric.h"

#include "customers/revenue_summary.h"

/* Transitions */

#define BOOL_ARG(argno) (!PG_ARGISNULL(argno) && PG_GETARG_BOOL(argno))

void
revenue_refuse_amount(Datum amount, bool special)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
	                errmsg("revenue %s is out of range",
	                       DatumGetCString(DirectFunctionCall1(numeric_out, amount))),
	                special ? errdetail("Revenue must be a finite amount.")
	                        : errdetail("Revenue must not be negative."),
	                special ? 0 : errhint("greatest(amount, 0) counts a credit as no revenue.")));
}

static pg_attribute_always_inline NumericDigits
amount_arg(FunctionCallInfo fcinfo, int argno)
{
	return revenue_digits_or_none(PG_GETARG_DATUM(argno), PG_ARGISNULL(argno));
}

static bool
currency_is_valid(const char *currency)
{
	for (int i = 0; i < CURRENCY_LETTERS; i++)
		if (currency[i] < 'A' || currency[i] > 'Z')
			return false;
	return true;
}

const char *
revenue_currency_arg(FunctionCallInfo fcinfo, int argno)
{
	text *currency = DatumGetTextPP(cxm_required_arg(fcinfo, argno, "currency"));

	if (VARSIZE_ANY_EXHDR(currency) != CURRENCY_LETTERS ||
	    !currency_is_valid(VARDATA_ANY(currency)))
	{
		char   *text = text_to_cstring(currency);
		DateADT day;

		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid currency \"%s\"", text),
		         cxm_day_of_text(text, &day)
		             ? errhint("For a month: revenue_agg(before, after, date '%s').", text)
		             : errhint("A currency is three capital letters, such as EUR.")));
	}
	return VARDATA_ANY(currency);
}

static DateADT
month_arg(FunctionCallInfo fcinfo, int argno)
{
	DateADT month = DatumGetDateADT(cxm_required_arg(fcinfo, argno, "month"));

	if (DATE_NOT_FINITE(month))
		cxm_refuse_infinite("month");
	return month;
}

/* Counts a customer who has revenue at one end at least, or takes one out. */
static pg_attribute_always_inline Datum
count_customer(FunctionCallInfo fcinfo, bool was_customer, const RevenueTerms *terms, bool add)
{
	NumericDigits   amounts[2] = {amount_arg(fcinfo, 1), amount_arg(fcinfo, 2)};
	RevenueSummary *state;

	if (amounts[0].count == 0 && amounts[1].count == 0)
		return summary_unchanged(fcinfo);
	state = revenue_prepared(summary_raw_state_arg(fcinfo), terms, amounts, 2);
	revenue_count(state, terms, &amounts[0], &amounts[1], was_customer, add);
	PG_RETURN_POINTER(add ? state : revenue_without(state, amounts, 2));
}

static pg_attribute_always_inline Datum
count_plainly(FunctionCallInfo fcinfo, bool was_customer, const char *currency, bool add)
{
	const RevenueTerms terms = {currency, REVENUE_VERSION, 0, 0};

	return count_customer(fcinfo, was_customer, &terms, add);
}

/* The same of a customer of the month in an argument. */
static pg_noinline Datum
count_of_month(FunctionCallInfo fcinfo, bool was_customer, const char *currency, int argno,
               bool add)
{
	const RevenueTerms terms = {currency, REVENUE_NEWEST, REVENUE_MONTHS, month_arg(fcinfo, argno)};

	return count_customer(fcinfo, was_customer, &terms, add);
}

Datum
revenue_rate_arg(FunctionCallInfo fcinfo, int argno, const char *name, bool is_needed)
{
	NumericDigits digits;
	void         *rate;

	if (PG_ARGISNULL(argno))
	{
		if (is_needed)
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			                errmsg("%s must not be null where there is an amount", name),
			                errhint("An amount in the currency of the result has the rate 1.")));
		return (Datum) 0;
	}
	rate = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno));
	digits = numeric_digits(rate);
	if (digits.negative || digits.special || digits.count == 0)
		ereport(ERROR,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		         errmsg("%s %s is out of range", name,
		                DatumGetCString(DirectFunctionCall1(numeric_out, PointerGetDatum(rate)))),
		         errdetail("An exchange rate must be a finite number above zero.")));
	return PointerGetDatum(rate);
}

NumericDigits
revenue_digits_at_rate(Datum amount, Datum rate)
{
	return numeric_digits(DatumGetPointer(DirectFunctionCall2(numeric_mul, amount, rate)));
}

void
revenue_count_exchange(RevenueSummary *state, const NumericDigits *at_old_rate,
                       const NumericDigits *at_new_rate, bool add)
{
	int      change = numeric_digits_compare(at_new_rate, at_old_rate);
	Movement row = change > 0 ? REVENUE_EXCHANGE_GAIN : REVENUE_EXCHANGE_LOSS;

	if (change == 0)
		return;
	revenue_count_mover(state, row, add);
	revenue_add_change(state, row, at_new_rate, at_old_rate, (change > 0) == add);
}

/*
 * The same with rates at the two ends.  Movements are those of the customer's own amounts: revenue
 * that was there is valued at the rate of the start, what is new at that of the end, and what the
 * rates have made of the revenue that stayed is exchange.
 */
static Datum
count_at_rates(FunctionCallInfo fcinfo, RevenueTerms terms, bool add)
{
	NumericDigits   own[2] = {amount_arg(fcinfo, 1), amount_arg(fcinfo, 2)};
	Datum           rates[2] = {revenue_rate_arg(fcinfo, 5, "rate_before", own[0].count > 0),
	                            revenue_rate_arg(fcinfo, 6, "rate_after", own[1].count > 0)};
	NumericDigits   amounts[3] = {{0}};
	RevenueSummary *state;

	if (own[0].count == 0 && own[1].count == 0)
		return summary_unchanged(fcinfo);
	/* at the start; at the end by the rate of the start, if it was there; at the end */
	if (own[0].count > 0)
		amounts[0] = revenue_digits_at_rate(PG_GETARG_DATUM(1), rates[0]);
	if (own[1].count > 0)
		amounts[2] = revenue_digits_at_rate(PG_GETARG_DATUM(2), rates[1]);
	amounts[1] = own[0].count > 0 && own[1].count > 0
	                 ? revenue_digits_at_rate(PG_GETARG_DATUM(2), rates[0])
	                 : amounts[2];
	state = revenue_prepared(summary_raw_state_arg(fcinfo), &terms, amounts, 3);
	revenue_count(state, &terms, &amounts[0], &amounts[1], BOOL_ARG(3), add);
	revenue_count_exchange(state, &amounts[1], &amounts[2], add);
	PG_RETURN_POINTER(add ? state : revenue_without(state, amounts, 3));
}

SUMMARY_TRANSITIONS(revenue, count_plainly(fcinfo, false, NO_CURRENCY, add))
SUMMARY_TRANSITIONS(revenue_customer, count_plainly(fcinfo, BOOL_ARG(3), NO_CURRENCY, add))
SUMMARY_TRANSITIONS(revenue_currency,
                    count_plainly(fcinfo, false, revenue_currency_arg(fcinfo, 3), add))
SUMMARY_TRANSITIONS(revenue_customer_currency,
                    count_plainly(fcinfo, BOOL_ARG(3), revenue_currency_arg(fcinfo, 4), add))
SUMMARY_TRANSITIONS(revenue_month, count_of_month(fcinfo, false, NO_CURRENCY, 3, add))
SUMMARY_TRANSITIONS(revenue_customer_month,
                    count_of_month(fcinfo, BOOL_ARG(3), NO_CURRENCY, 4, add))
SUMMARY_TRANSITIONS(revenue_currency_month,
                    count_of_month(fcinfo, BOOL_ARG(3), revenue_optional_currency_arg(fcinfo, 4),
                                   5, add))
SUMMARY_TRANSITIONS(
    revenue_rates,
    count_at_rates(fcinfo,
                   (RevenueTerms){revenue_optional_currency_arg(fcinfo, 4), REVENUE_NEWEST, 0, 0},
                   add))
SUMMARY_TRANSITIONS(revenue_rates_month,
                    count_at_rates(fcinfo,
                                   (RevenueTerms){revenue_optional_currency_arg(fcinfo, 4),
                                                  REVENUE_NEWEST, REVENUE_MONTHS,
                                                  month_arg(fcinfo, 7)},
                                   add))

/*
 * Text: {"currency": "EUR", "amounts": {"start": 100.5, "new": 20, ...}, "customers":
 * {"unchanged": 8, "new": 1, ...}}, without the currency where there is none; and where they are
 * told "months": {"2025-01-01": 9} and "changes": true.  What version 1 has not is left out where
 * it is zero.
 */

#define MOVEMENT_KEYS                                                                          \
	"new", "expansion", "contraction", "churned", "reactivated", "new_and_churned",            \
	    "exchange_gain", "exchange_loss", "every_new", "every_expansion", "every_contraction", \
	    "every_churned", "every_reactivated"

static const char *const AMOUNT_KEYS[MOVEMENTS] = {"start", MOVEMENT_KEYS};
static const char *const CUSTOMER_KEYS[MOVEMENTS] = {"unchanged", MOVEMENT_KEYS};

static const char *const FIELDS[] = {"currency", "amounts", "customers", "months", "changes"};

#define FIELD_CURRENCY 0
#define FIELD_AMOUNTS 1
#define FIELD_CUSTOMERS 2
#define FIELD_MONTHS 3
#define FIELD_CHANGES 4

static void
print_months(StringInfo text, const RevenueView *view)
{
	int           n;
	RevenueMonth *months = revenue_months(view, &n);
	char          day[MAXDATELEN + 1];

	appendStringInfo(text, "\"%s\": {", FIELDS[FIELD_MONTHS]);
	for (int i = 0; i < n; i++)
	{
		cxm_day_text(months[i].day, day);
		appendStringInfo(text, "%s\"%s\": " UINT64_FORMAT, i > 0 ? ", " : "", day,
		                 months[i].customers);
	}
	appendStringInfoString(text, "}, ");
}

static char *
revenue_text(const void *value)
{
	RevenueView    view = revenue_view(value);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	if (view.currency[0] != '\0')
		appendStringInfo(&text, "\"%s\": \"%.*s\", ", FIELDS[FIELD_CURRENCY], CURRENCY_LETTERS,
		                 view.currency);
	if ((view.flags & REVENUE_MONTHS) != 0)
		print_months(&text, &view);
	if ((view.flags & REVENUE_CHANGES) != 0)
		appendStringInfo(&text, "\"%s\": true, ", FIELDS[FIELD_CHANGES]);
	appendStringInfo(&text, "\"%s\": {", FIELDS[FIELD_AMOUNTS]);
	for (int i = 0; i < MOVEMENTS; i++)
		if (i < FIRST_MOVEMENTS || (view.count[i] > 0 && i != REVENUE_NEW_AND_CHURNED))
			appendStringInfo(&text, "%s\"%s\": %s", i > 0 ? ", " : "", AMOUNT_KEYS[i],
			                 revenue_amount_text(revenue_amount_moved(&view, i)));
	appendStringInfo(&text, "}, \"%s\": {", FIELDS[FIELD_CUSTOMERS]);
	for (int i = 0; i < MOVEMENTS; i++)
		if (i < FIRST_MOVEMENTS || view.count[i] > 0)
			appendStringInfo(&text, "%s\"%s\": " UINT64_FORMAT, i > 0 ? ", " : "", CUSTOMER_KEYS[i],
			                 view.count[i]);
	appendStringInfoString(&text, "}}");
	return text.data;
}

/* What is read of a text before it is looked at as a whole: sums as a state has them. */
typedef struct RevenueDraft
{
	RevenueSummary *sums;
	RevenueMonth   *months;
	int             n_months;
} RevenueDraft;

static bool
read_amount(RevenueDraft *draft, int movement, const JsonbValue *value, Node *escontext)
{
	const char   *key = AMOUNT_KEYS[movement];
	NumericDigits amount;
	RevenueView   view;

	if (value == NULL)
		return true;
	if (cxm_json_scalar(value, key, REVENUE.name, true, escontext) == NULL)
		return false;
	amount = numeric_digits(value->val.numeric);
	if (amount.negative || amount.special)
		return summary_refuse_text(&REVENUE, escontext, "The value of \"%s\" must not be negative.",
		                           key);
	if (amount.count == 0)
		return true;
	view = revenue_view(draft->sums);
	draft->sums = revenue_widened_state(&view, amount.weight - amount.count + 1, amount.weight);
	revenue_add_digits(revenue_state_sum(draft->sums, movement), draft->sums->low, &amount, true);
	return true;
}

static bool
read_months(RevenueDraft *draft, const JsonbValue *value, Node *escontext)
{
	JsonbIterator *iterator =
	    cxm_json_fields(value, "The value", FIELDS[FIELD_MONTHS], REVENUE.name, escontext);
	JsonbValue customers;
	char      *key;

	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &customers))
	{
		RevenueMonth month;

		if (!cxm_day_of_text(key, &month.day))
			return summary_refuse_text(&REVENUE, escontext,
			                           "\"%s\" is not a day such as 2025-01-31.", key);
		if (!cxm_json_count(&customers, key, REVENUE.name, escontext, &month.customers))
			return false;
		if (draft->n_months == REVENUE_MOST_MONTHS)
			return summary_refuse_text(&REVENUE, escontext, "There are too many months.");
		draft->months[draft->n_months++] = month;
	}
	return true;
}

static int
compare_months(const void *a, const void *b)
{
	DateADT day_a = ((const RevenueMonth *) a)->day;
	DateADT day_b = ((const RevenueMonth *) b)->day;

	return day_a < day_b ? -1 : day_a > day_b;
}

/* The value of these sums, counters and months; NULL where they do not fit each other. */
static RevenueSummary *
fitted(RevenueDraft *draft, const uint64 count[MOVEMENTS])
{
	RevenueView view;
	uint64      total;

	if (!cxm_counts_total(count, CUSTOMER_MOVEMENTS, &total))
		return NULL;
	cxm_counters_set(draft->sums->counters, CXM_WIDEST, revenue_rows(draft->sums->version), count);
	qsort(draft->months, draft->n_months, sizeof(RevenueMonth), compare_months);
	view = revenue_view(revenue_with_months(draft->sums, draft->months, draft->n_months));
	return revenue_narrowed(&view);
}

/* The fields of an object by their keys; none where it is missing. */
static bool
take_fields(const JsonbValue *object, const char *key, const char *const *keys, JsonbValue **fields,
            Node *escontext)
{
	JsonbIterator *iterator;

	for (int i = 0; i < MOVEMENTS; i++)
		fields[i] = NULL;
	if (object == NULL)
		return true;
	iterator = cxm_json_fields(object, "The value", key, REVENUE.name, escontext);
	return iterator != NULL && cxm_json_take(iterator, SUMMARY_NO_FIELD, REVENUE.name, escontext,
	                                         keys, MOVEMENTS, fields);
}

static bool
read_terms(RevenueDraft *draft, JsonbValue **fields, Node *escontext)
{
	const char       *currency;
	const JsonbValue *changes = fields[FIELD_CHANGES];
	RevenueView       terms = {.version = REVENUE_NEWEST};

	if (fields[FIELD_CURRENCY] != NULL)
	{
		currency = cxm_json_scalar(fields[FIELD_CURRENCY], FIELDS[FIELD_CURRENCY], REVENUE.name,
		                           false, escontext);
		if (currency == NULL)
			return false;
		if (strlen(currency) != CURRENCY_LETTERS || !currency_is_valid(currency))
			return summary_refuse_text(&REVENUE, escontext,
			                           "A currency is three capital letters, such as EUR.");
		memcpy(terms.currency, currency, CURRENCY_LETTERS);
	}
	if (changes != NULL && changes->type != jbvBool)
		return summary_refuse_text(&REVENUE, escontext,
		                           "The value of \"%s\" must be true or false.",
		                           FIELDS[FIELD_CHANGES]);
	if (changes != NULL && changes->val.boolean)
		terms.flags |= REVENUE_CHANGES;
	if (fields[FIELD_MONTHS] != NULL)
		terms.flags |= REVENUE_MONTHS;
	draft->sums = revenue_empty_state(&terms, 0, 0);
	return fields[FIELD_MONTHS] == NULL || read_months(draft, fields[FIELD_MONTHS], escontext);
}

#define MISFIT "The amounts do not fit each other or the customers."

static void *
revenue_read(JsonbValue **fields, Node *escontext)
{
	RevenueDraft    draft = {.months = palloc(sizeof(RevenueMonth) * REVENUE_MOST_MONTHS)};
	JsonbValue     *amounts[MOVEMENTS];
	JsonbValue     *customers[MOVEMENTS];
	uint64          count[MOVEMENTS];
	RevenueSummary *summary;

	if (!read_terms(&draft, fields, escontext) ||
	    !take_fields(fields[FIELD_AMOUNTS], FIELDS[FIELD_AMOUNTS], AMOUNT_KEYS, amounts,
	                 escontext) ||
	    !take_fields(fields[FIELD_CUSTOMERS], FIELDS[FIELD_CUSTOMERS], CUSTOMER_KEYS, customers,
	                 escontext))
		return NULL;
	numeric_digits_check();
	for (int i = 0; i < MOVEMENTS; i++)
		if (!read_amount(&draft, i, amounts[i], escontext) ||
		    !cxm_json_count(customers[i], CUSTOMER_KEYS[i], REVENUE.name, escontext, &count[i]))
			return NULL;
	summary = fitted(&draft, count);
	if (summary == NULL)
		summary_refuse_text(&REVENUE, escontext, MISFIT);
	return summary;
}

/*
 * Binary: currency, in version 2 the terms' flags, low, positions, the counters of 8 bytes, the
 * digits of the sums; in version 2 the number of months, and of each its day and its customers.
 */
static void
revenue_send(StringInfo buffer, const void *value)
{
	RevenueView   view = revenue_view(value);
	int           n;
	RevenueMonth *months = revenue_months(&view, &n);

	pq_sendbytes(buffer, view.currency, CURRENCY_LETTERS);
	if (view.version != REVENUE_VERSION)
		pq_sendint8(buffer, view.flags);
	pq_sendint16(buffer, (uint16) (int16) view.low);
	pq_sendint16(buffer, (uint16) view.positions);
	for (int i = 0; i < revenue_rows(view.version); i++)
		pq_sendint64(buffer, view.count[i]);
	for (int i = 0; i < revenue_rows(view.version) * view.positions; i++)
	{
		uint16 digit;

		memcpy(&digit, view.sums + i * sizeof(digit), sizeof(digit));
		pq_sendint16(buffer, digit);
	}
	if (view.version == REVENUE_VERSION)
		return;
	pq_sendint16(buffer, (uint16) n);
	for (int i = 0; i < n; i++)
	{
		pq_sendint32(buffer, (uint32) months[i].day);
		pq_sendint64(buffer, months[i].customers);
	}
}

static void
receive_months(StringInfo buffer, RevenueDraft *draft)
{
	int n = (int) pq_getmsgint(buffer, 2);

	if (n > REVENUE_MOST_MONTHS || (n > 0 && (draft->sums->flags & REVENUE_MONTHS) == 0))
		summary_refuse_binary(&REVENUE, "There are too many months.");
	draft->months = palloc(sizeof(RevenueMonth) * (n + 1));
	for (; draft->n_months < n; draft->n_months++)
	{
		RevenueMonth *month = &draft->months[draft->n_months];

		month->day = (DateADT) pq_getmsgint(buffer, 4);
		month->customers = summary_receive_count(buffer, &REVENUE);
		if (!IS_VALID_DATE(month->day))
			summary_refuse_binary(&REVENUE, "A month is out of range.");
		if (draft->n_months > 0 && month->day <= month[-1].day)
			summary_refuse_binary(&REVENUE, "The months do not ascend.");
	}
}

static void *
revenue_receive(StringInfo buffer)
{
	RevenueDraft    draft = {.months = NULL};
	RevenueView     terms = {.version = (uint8) buffer->data[buffer->cursor - 1]};
	int             rows = revenue_rows(terms.version);
	int             low;
	int             positions;
	uint64          count[MOVEMENTS] = {0};
	RevenueSummary *summary;

	pq_copymsgbytes(buffer, terms.currency, CURRENCY_LETTERS);
	if (memcmp(terms.currency, NO_CURRENCY, CURRENCY_LETTERS) != 0 &&
	    !currency_is_valid(terms.currency))
		summary_refuse_binary(&REVENUE, "The currency is not three capital letters.");
	if (terms.version != REVENUE_VERSION)
		terms.flags = (uint8) pq_getmsgbyte(buffer);
	if ((terms.flags & ~REVENUE_TERMS) != 0)
		summary_refuse_binary(&REVENUE, "There are unknown flags.");
	low = (int16) pq_getmsgint(buffer, 2);
	positions = (int) pq_getmsgint(buffer, 2);
	if (low < LOWEST_WEIGHT || low + positions - 1 > HIGHEST_WEIGHT)
		summary_refuse_binary(&REVENUE, "The digits reach too far.");
	if (buffer->len - buffer->cursor < rows * (int) (sizeof(int64) + positions * sizeof(int16)))
		summary_refuse_binary(&REVENUE, "The size does not fit the number of digits.");

	for (int i = 0; i < rows; i++)
		count[i] = summary_receive_count(buffer, &REVENUE);
	draft.sums = revenue_empty_state(&terms, low, positions);
	for (int i = 0; i < rows * positions; i++)
	{
		unsigned int digit = pq_getmsgint(buffer, 2);

		if (digit >= CXM_DECIMAL_BASE)
			summary_refuse_binary(&REVENUE, "A digit is out of range.");
		revenue_state_sum(draft.sums, 0)[i] = digit;
	}
	if (terms.version != REVENUE_VERSION)
		receive_months(buffer, &draft);
	summary = fitted(&draft, count);
	if (summary == NULL)
		summary_refuse_binary(&REVENUE, MISFIT);
	return summary;
}

const SummaryType REVENUE = {
    .name = "revenue_summary",
    .version = REVENUE_VERSION,
    .newest = REVENUE_NEWEST,
    .flags = REVENUE_WIDTH | REVENUE_WIDE | REVENUE_TERMS,
    .state_flag = REVENUE_WIDE,
    .header = offsetof(RevenueSummary, counters) - VARHDRSZ,
    SUMMARY_READ_SLOTS(revenue, FIELDS),
    SUMMARY_TERMS(revenue),
};

COUNTING_SUMMARY_FUNCTIONS(revenue_summary, REVENUE)

/* Readings */

static const int AT_START[MOVEMENTS] = {1, 0, 0, 0, 0, 0};
static const int AT_END[MOVEMENTS] = {1, 1, 1, -1, -1, 1, 0, 1, -1};
static const int RETAINED[MOVEMENTS] = {1, 0, 0, -1, -1, 0};
static const int KEPT_AND_GROWN[MOVEMENTS] = {1, 0, 1, -1, -1, 0};
static const int LOST[MOVEMENTS] = {0, 0, 0, 1, 1, 0};
static const int LOST_LESS_REGAINED[MOVEMENTS] = {0, 0, -1, 1, 1, -1};

/* The quotient as numeric has it: a double may not be able to hold the exact amounts. */
static double
ratio(const RevenueView *view, const int part[MOVEMENTS], const int whole[MOVEMENTS])
{
	Datum  quotient;
	double result;

	if (revenue_amount(view, whole).sign == 0)
		return NAN;
	quotient =
	    DirectFunctionCall2(numeric_div, revenue_numeric(view, part), revenue_numeric(view, whole));
	result = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, quotient));
	if (isinf(result))
		summary_refuse_overflow("ratio of revenue");
	return result;
}

/* What several months have of them are sums of what was there each month, and mean nothing. */
static RevenueView
view_of_period(const void *value)
{
	RevenueView   view = revenue_view(value);
	int           n;
	RevenueMonth *months = revenue_months(&view, &n);
	char          first[MAXDATELEN + 1];
	char          last[MAXDATELEN + 1];

	if (n <= 1)
		return view;
	cxm_day_text(months[0].day, first);
	cxm_day_text(months[n - 1].day, last);
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("revenue of several months has no start and no end"),
	                errdetail("The summary holds %d months from %s to %s, and every customer once "
	                          "a month.",
	                          n, first, last),
	                errhint("Compare the two ends of all that time, one row a customer: "
	                        "nrr(revenue_agg(before, after)), for example.")));
}

static int64
customers_at_start(const RevenueView *view)
{
	return (int64) (view->total - view->count[REVENUE_NEW] - view->count[REVENUE_REACTIVATED] -
	                view->count[REVENUE_NEW_AND_CHURNED]);
}

static int64
customers_at_end(const RevenueView *view)
{
	return (int64) (view->total - view->count[REVENUE_CHURNED] -
	                view->count[REVENUE_NEW_AND_CHURNED]);
}

/* Gains over losses of movements(s). */
static double
quick_ratio(const RevenueView *view)
{
	int gained[MOVEMENTS] = {0};
	int lost[MOVEMENTS] = {0};

	for (int movement = REVENUE_NEW; movement <= REVENUE_REACTIVATED; movement++)
		(LOST[movement] ? lost : gained)[revenue_row(view, movement)] = 1;
	return ratio(view, gained, lost);
}

#define READING(name, return_figure, figure) \
	SUMMARY_READING(revenue_##name, RevenueView, view_of_period, return_figure, figure)

READING(mrr_start, PG_RETURN_DATUM, revenue_numeric(&view, AT_START))
READING(mrr_end, PG_RETURN_DATUM, revenue_numeric(&view, AT_END))
READING(grr, CXM_RETURN_FLOAT8_OR_NULL, ratio(&view, RETAINED, AT_START))
READING(nrr, CXM_RETURN_FLOAT8_OR_NULL, ratio(&view, KEPT_AND_GROWN, AT_START))
READING(gross_revenue_churn, CXM_RETURN_FLOAT8_OR_NULL, ratio(&view, LOST, AT_START))
READING(net_revenue_churn, CXM_RETURN_FLOAT8_OR_NULL, ratio(&view, LOST_LESS_REGAINED, AT_START))
READING(customers_at_start, PG_RETURN_INT64, customers_at_start(&view))
READING(customers_at_end, PG_RETURN_INT64, customers_at_end(&view))
SUMMARY_READING(revenue_quick_ratio, RevenueView, revenue_view, CXM_RETURN_FLOAT8_OR_NULL,
                quick_ratio(&view))

CXM_FUNCTION(revenue_arpa)
{
	RevenueView view = view_of_period(SUMMARY_ARG(0));
	int64       accounts = customers_at_end(&view);
	Datum       mean;

	if (accounts == 0)
		PG_RETURN_NULL();
	mean = DirectFunctionCall2(numeric_div, revenue_numeric(&view, AT_END),
	                           NumericGetDatum(int64_to_numeric(accounts)));
	return DirectFunctionCall1(numeric_trim_scale, mean);
}

CXM_FUNCTION(revenue_currency_of)
{
	RevenueView view = revenue_view(SUMMARY_ARG(0));

	if (view.currency[0] == '\0')
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(view.currency, CURRENCY_LETTERS));
}
