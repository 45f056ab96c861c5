/*
 * revenue_state.c
 *		The state of a revenue_summary: looking at it, counting, merging and leaving.
 */
#include "postgres.h"

#include "utils/numeric.h"

#include "customers/revenue_state.h"

/* Looking at values */

RevenueView
revenue_view(const void *value)
{
	RevenueView    view = {.version = REVENUE_VERSION};
	RevenueSummary header;
	SummaryBytes   bytes;
	uint8          extra;
	int            rows;

	if (SUMMARY_IS_BLANK(value))
		return view;
	bytes = summary_open(&REVENUE, value);
	memcpy((char *) &header + VARHDRSZ, bytes.at, offsetof(RevenueSummary, counters) - VARHDRSZ);
	rows = revenue_rows(header.version);
	extra = header.flags & REVENUE_TERMS;
	if ((extra != 0 && header.version == REVENUE_VERSION) ||
	    (header.months > 0 && (extra & REVENUE_MONTHS) == 0) ||
	    ((header.flags & REVENUE_WIDE) != 0 && (header.flags & ~extra) != REVENUE_STATE) ||
	    VARHDRSZ + (Size) (bytes.end - bytes.at) !=
	        revenue_size(header.version, header.flags, header.positions, header.months) ||
	    header.low < LOWEST_WEIGHT || header.low + header.positions - 1 > HIGHEST_WEIGHT)
		summary_refuse_value(&REVENUE);

	memcpy(view.currency, header.currency, CURRENCY_LETTERS);
	view.version = header.version;
	view.rows = rows;
	view.flags = extra;
	view.wide = (header.flags & REVENUE_WIDE) != 0;
	view.low = header.low;
	view.positions = header.positions;
	view.sums = bytes.at + REVENUE.header + ((Size) rows << (header.flags & REVENUE_WIDTH));
	view.n_months = header.months;
	view.months = bytes.end - header.months * REVENUE_MONTH_SIZE;
	cxm_counters_get(bytes.at + REVENUE.header, header.flags & REVENUE_WIDTH, rows, view.count);
	if (!cxm_counts_total(view.count, CUSTOMER_MOVEMENTS, &view.total))
		summary_refuse_overflow("count of customers");
	return view;
}

static RevenueMonth
month_at(const unsigned char *months, int i)
{
	RevenueMonth month;

	memcpy(&month.day, months + i * REVENUE_MONTH_SIZE, sizeof(month.day));
	memcpy(&month.customers, months + i * REVENUE_MONTH_SIZE + sizeof(month.day),
	       sizeof(month.customers));
	return month;
}

static void
set_month(unsigned char *months, int i, RevenueMonth month)
{
	memcpy(months + i * REVENUE_MONTH_SIZE, &month.day, sizeof(month.day));
	memcpy(months + i * REVENUE_MONTH_SIZE + sizeof(month.day), &month.customers,
	       sizeof(month.customers));
}

/* With room for one more. */
RevenueMonth *
revenue_months(const RevenueView *view, int *n)
{
	RevenueMonth *months = palloc(sizeof(RevenueMonth) * (view->n_months + 1));

	*n = 0;
	for (int i = 0; i < view->n_months; i++)
	{
		RevenueMonth month = month_at(view->months, i);

		if (month.customers > CXM_COUNTER_CEILING ||
		    (i > 0 && month_at(view->months, i - 1).day >= month.day))
			summary_refuse_value(&REVENUE);
		/* a window's state may have lost all customers of a month */
		if (month.customers > 0)
			months[(*n)++] = month;
	}
	return months;
}

static inline int64
position_at(const RevenueView *view, Movement movement, int i)
{
	Size  at = (Size) movement * view->positions + i;
	int64 wide;
	int16 digit;

	Assert(view->sums != NULL);
	if (view->wide)
	{
		memcpy(&wide, view->sums + at * sizeof(wide), sizeof(wide));
		return wide;
	}
	memcpy(&digit, view->sums + at * sizeof(digit), sizeof(digit));
	return digit;
}

bool
revenue_is_empty(const void *state)
{
	return revenue_view(state).total == 0;
}

RevenueAmount
revenue_amount(const RevenueView *view, const int factors[MOVEMENTS])
{
	RevenueAmount amount = {0, view->low, view->positions + CXM_DECIMAL_CARRY, NULL};
	int64        *term = palloc(sizeof(int64) * (view->positions + 1));

	amount.digits = palloc0(sizeof(int64) * amount.positions);
	for (int movement = 0; movement < view->rows; movement++)
	{
		CHECK_FOR_INTERRUPTS();
		if (factors[movement] == 0)
			continue;
		for (int i = 0; i < view->positions; i++)
			term[i] = position_at(view, movement, i);
		if (!cxm_decimal_combine(amount.digits, term, view->positions, factors[movement]))
			summary_refuse_overflow("sum of revenue");
	}
	pfree(term);
	amount.sign = cxm_decimal_normalise(amount.digits, amount.positions);
	return amount;
}

RevenueAmount
revenue_amount_moved(const RevenueView *view, Movement movement)
{
	int factors[MOVEMENTS] = {0};

	factors[movement] = 1;
	return revenue_amount(view, factors);
}

char *
revenue_amount_text(RevenueAmount amount)
{
	char *text = palloc(cxm_decimal_text_size(amount.positions, amount.low));

	cxm_decimal_print(amount.digits, amount.positions, amount.low, amount.sign < 0, text);
	return text;
}

Datum
revenue_numeric(const RevenueView *view, const int factors[MOVEMENTS])
{
	return DirectFunctionCall3(numeric_in,
	                           CStringGetDatum(revenue_amount_text(revenue_amount(view, factors))),
	                           ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/* Making values and states */

static RevenueSummary *
make_summary(const RevenueView *terms, uint8 format, int low, int positions, int months)
{
	Size            size = revenue_size(terms->version, format, positions, months);
	RevenueSummary *summary = palloc0(size);

	SET_VARSIZE(summary, size);
	summary->version = terms->version;
	summary->flags = format | terms->flags;
	memcpy(summary->currency, terms->currency, CURRENCY_LETTERS);
	summary->low = (int16) low;
	summary->positions = (uint16) positions;
	summary->months = (uint16) months;
	return summary;
}

static inline unsigned char *
months_of(RevenueSummary *summary)
{
	return (unsigned char *) summary + VARSIZE(summary) - summary->months * REVENUE_MONTH_SIZE;
}

/* What is above zero exactly where somebody stayed: without losses; and what is there of it. */
static const int RETAINED[MOVEMENTS] = {1, 0, 0, -1, -1};
static const int STILL_THERE[MOVEMENTS] = {1, 0, 1, -1, -1, 0, 0, 1, -1};

/* By every change there must come about what there is at the ends. */
static const int CHANGED_OTHERWISE[MOVEMENTS] = {0, 1, 1, -1, -1, 1, 0, 0, 0, -1, -1, 1, 1, -1};

static bool
months_are_sound(const RevenueView *view)
{
	int           n;
	RevenueMonth *months = revenue_months(view, &n);
	uint64        left = view->total;

	for (int i = 0; i < n; i++)
	{
		if (months[i].customers > left)
			return false;
		left -= months[i].customers;
	}
	return left == 0 || (view->flags & REVENUE_MONTHS) == 0;
}

/* There is an amount exactly where there are customers, and it is above zero. */
static bool
is_sound(const RevenueView *view, const RevenueAmount amounts[MOVEMENTS])
{
	uint64 stayed = view->count[REVENUE_UNCHANGED] + view->count[REVENUE_EXPANSION] +
	                view->count[REVENUE_CONTRACTION];

	for (int movement = REVENUE_NEW; movement < MOVEMENTS; movement++)
		if (amounts[movement].sign !=
		    (view->count[movement] > 0 && movement != REVENUE_NEW_AND_CHURNED))
			return false;
	if (revenue_amount(view, RETAINED).sign != (stayed > 0))
		return false;
	if (view->version == REVENUE_VERSION)
		return true;
	if (view->count[REVENUE_EXCHANGE_GAIN] > stayed ||
	    view->count[REVENUE_EXCHANGE_LOSS] > stayed - view->count[REVENUE_EXCHANGE_GAIN] ||
	    revenue_amount(view, STILL_THERE).sign != (stayed > 0) || !months_are_sound(view))
		return false;
	if ((view->flags & REVENUE_CHANGES) != 0)
		return revenue_amount(view, CHANGED_OTHERWISE).sign == 0;
	for (int movement = REVENUE_FIRST_CHANGE; movement < MOVEMENTS; movement++)
		if (view->count[movement] != 0)
			return false;
	return view->count[REVENUE_NEW_AND_CHURNED] == 0;
}

static bool
needs_newest(const RevenueView *view)
{
	return view->flags != 0 || view->count[REVENUE_EXCHANGE_GAIN] > 0 ||
	       view->count[REVENUE_EXCHANGE_LOSS] > 0;
}

RevenueSummary *
revenue_narrowed(const RevenueView *from)
{
	RevenueView     view = *from;
	RevenueAmount   amounts[MOVEMENTS];
	int             width = cxm_counts_width(view.count, MOVEMENTS);
	int             lowest = view.positions + CXM_DECIMAL_CARRY;
	int             highest = -1;
	int             n_months;
	RevenueMonth   *months = revenue_months(from, &n_months);
	RevenueSummary *summary;
	char           *digits;

	for (int movement = 0; movement < MOVEMENTS; movement++)
	{
		amounts[movement] = revenue_amount_moved(&view, movement);
		for (int i = 0; i < amounts[movement].positions; i++)
			if (amounts[movement].digits[i] != 0)
			{
				lowest = Min(lowest, i);
				highest = Max(highest, i);
			}
	}
	if (!is_sound(&view, amounts))
		return NULL;
	if (view.low + highest > HIGHEST_WEIGHT)
		summary_refuse_overflow("sum of revenue");

	view.version = needs_newest(&view) ? REVENUE_NEWEST : REVENUE_VERSION;
	summary = make_summary(&view, (uint8) width, highest < 0 ? 0 : view.low + lowest,
	                       highest < 0 ? 0 : highest - lowest + 1, n_months);
	cxm_counters_set(summary->counters, width, revenue_rows(view.version), view.count);
	digits = (char *) summary->counters + ((Size) revenue_rows(view.version) << width);
	for (int movement = 0; movement < revenue_rows(view.version); movement++)
		for (int i = lowest; i <= highest; i++, digits += sizeof(int16))
		{
			int16 digit = (int16) amounts[movement].digits[i];

			memcpy(digits, &digit, sizeof(digit));
		}
	for (int i = 0; i < n_months; i++)
		set_month(months_of(summary), i, months[i]);
	return summary;
}

void *
revenue_canonical(const void *state)
{
	RevenueView     view = revenue_view(state);
	RevenueSummary *summary = revenue_narrowed(&view);

	if (summary == NULL)
		summary_refuse_shortage("customers with revenue");
	return summary;
}

/* A state with the positions from low to high; what the view has elsewhere is zero. */
static RevenueSummary *
resized_state(const RevenueView *view, int low, int high, const RevenueMonth *months, int n_months)
{
	RevenueSummary *state = make_summary(view, REVENUE_STATE, low, high - low + 1, n_months);
	int             first = Max(low, view->low);
	int             last = Min(high, view->low + view->positions - 1);

	cxm_counters_set(state->counters, CXM_WIDEST, revenue_rows(view->version), view->count);
	for (int movement = 0; movement < view->rows; movement++)
		for (int i = first; i <= last; i++)
			revenue_state_sum(state, movement)[i - low] =
			    position_at(view, movement, i - view->low);
	for (int i = 0; i < n_months; i++)
		set_month(months_of(state), i, months[i]);
	return state;
}

/* A state with room for the positions from low to high, too, and with these months. */
static RevenueSummary *
widened_state(const RevenueView *view, int low, int high, const RevenueMonth *months, int n_months)
{
	if (view->positions > 0)
	{
		low = Min(low, view->low);
		high = Max(high, view->low + view->positions - 1);
	}
	numeric_digits_check();
	return resized_state(view, low, high, months, n_months);
}

RevenueSummary *
revenue_widened_state(const RevenueView *view, int low, int high)
{
	int           n_months;
	RevenueMonth *months = revenue_months(view, &n_months);

	return widened_state(view, low, high, months, n_months);
}

RevenueSummary *
revenue_empty_state(const RevenueView *terms, int low, int positions)
{
	return make_summary(terms, REVENUE_STATE, low, positions, 0);
}

RevenueSummary *
revenue_with_months(const RevenueSummary *state, const RevenueMonth *months, int n_months)
{
	RevenueView view = revenue_view(state);

	return resized_state(&view, view.low, view.low + view.positions - 1, months, n_months);
}

RevenueSummary *
revenue_shortened(RevenueSummary *state)
{
	RevenueView   view = revenue_view(state);
	int           first = view.positions;
	int           last = -1;
	int           n_months;
	RevenueMonth *months = revenue_months(&view, &n_months);

	for (int movement = 0; movement < view.rows; movement++)
		for (int i = 0; i < view.positions; i++)
			if (position_at(&view, movement, i) != 0)
			{
				first = Min(first, i);
				last = Max(last, i);
			}
	if (last < 0)
		return resized_state(&view, 0, 0, months, n_months);
	if (last - first + 1 > view.positions / 2)
		return state;
	return resized_state(&view, view.low + first, view.low + last, months, n_months);
}

/* Months */

/* The place of the month among n, or else where it would be. */
static int
month_place(const unsigned char *months, int n, DateADT day, bool *found)
{
	int low = 0;
	int high = n;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (month_at(months, middle).day < day)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < n && month_at(months, low).day == day;
	return low;
}

unsigned char *
revenue_state_month(RevenueSummary *state, DateADT day)
{
	bool found;
	int  place = month_place(months_of(state), state->months, day, &found);

	return found ? months_of(state) + place * REVENUE_MONTH_SIZE : NULL;
}

static void
change_month(RevenueSummary *state, DateADT day, uint64 customers, bool add)
{
	unsigned char *at = revenue_state_month(state, day);
	RevenueMonth   month;

	if (at == NULL)
		summary_refuse_count("customers", add);
	month = month_at(at, 0);
	month.customers = summary_moved(month.customers, customers, add, "customers");
	set_month(at, 0, month);
}

void
revenue_count_month(RevenueSummary *state, DateADT day, bool add)
{
	change_month(state, day, 1, add);
}

/* The months of both, none twice, without customers for those that only the second has. */
static RevenueMonth *
united_months(const RevenueMonth *a, int n_a, const RevenueMonth *b, int n_b, int *n)
{
	RevenueMonth *months = palloc(sizeof(RevenueMonth) * (n_a + n_b + 1));

	*n = 0;
	for (int i = 0, j = 0; i < n_a || j < n_b;)
		if (j == n_b || (i < n_a && a[i].day <= b[j].day))
		{
			j += j < n_b && a[i].day == b[j].day;
			months[(*n)++] = a[i++];
		}
		else
			months[(*n)++] = (RevenueMonth){b[j++].day, 0};
	if (*n > REVENUE_MOST_MONTHS)
		ereport(ERROR,
		        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		         errmsg("there are more than %d months in a sum of revenue", REVENUE_MOST_MONTHS),
		         errhint("The month of a summary is the first day of its period, one for all "
		                 "customers of that period.")));
	return months;
}

/* Merging */

void *
revenue_to_state(const void *value)
{
	RevenueView view = revenue_view(value);

	return revenue_widened_state(&view, view.low, view.low + view.positions - 1);
}

static inline const char *
currency_of(const void *value)
{
	return (const char *) summary_open(&REVENUE, value).at + offsetof(RevenueSummary, currency) -
	       VARHDRSZ;
}

static inline uint8
flags_of(const void *value)
{
	return summary_open(&REVENUE, value).flags & REVENUE_TERMS;
}

bool
revenue_same_terms(const void *a, const void *b)
{
	return memcmp(currency_of(a), currency_of(b), CURRENCY_LETTERS) == 0 &&
	       flags_of(a) == flags_of(b);
}

static pg_noinline void
refuse_currencies(const char *a, const char *b)
{
	if (a[0] == '\0' || b[0] == '\0')
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot combine revenue in %.*s with revenue without a currency",
		                       CURRENCY_LETTERS, a[0] == '\0' ? b : a),
		                errhint("Say the currency of all amounts, or group by currency.")));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("cannot combine revenue in %.*s and in %.*s", CURRENCY_LETTERS, a,
	                       CURRENCY_LETTERS, b),
	                errhint("Convert the amounts, or group by currency. "
	                        "revenue_agg(before, after, was_customer, 'EUR', rate_before, "
	                        "rate_after) converts into one.")));
}

static pg_noinline void
refuse_terms(const char *currency_a, uint8 a, const char *currency_b, uint8 b)
{
	if (memcmp(currency_a, currency_b, CURRENCY_LETTERS) != 0)
		refuse_currencies(currency_a, currency_b);
	if (((a ^ b) & REVENUE_CHANGES) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot combine revenue counted by every change with revenue "
		                       "counted by its ends")));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("cannot combine revenue of a month with revenue of which the month is "
	                       "not known"),
	                errhint("Give revenue_agg the month as its last argument everywhere, or "
	                        "nowhere.")));
}

void
revenue_refuse_mixture(const void *a, const void *b)
{
	refuse_terms(currency_of(a), flags_of(a), currency_of(b), flags_of(b));
}

/* Adds the sums and counters of one, or takes them out of a state that has rows and positions. */
static void
merge_rows(RevenueSummary *sum, RevenueView *a, const RevenueView *b, bool add)
{
	for (int movement = 0; movement < b->rows; movement++)
	{
		int64 *to = revenue_state_sum(sum, movement) + (b->low - sum->low);

		a->count[movement] =
		    summary_moved(a->count[movement], b->count[movement], add, "customers");
		for (int i = 0; i < b->positions; i++)
		{
			int64 from = position_at(b, movement, i);

			if (add ? pg_add_s64_overflow(to[i], from, &to[i])
			        : pg_sub_s64_overflow(to[i], from, &to[i]))
				summary_refuse_overflow("sum of revenue");
		}
	}
	cxm_counters_set(sum->counters, CXM_WIDEST, revenue_rows(sum->version), a->count);
}

void *
revenue_merge(void *state, const void *value, bool add)
{
	RevenueView     a = revenue_view(state);
	RevenueView     b = revenue_view(value);
	int             n;
	RevenueMonth   *months = revenue_months(&b, &n);
	bool            has_months = true;
	RevenueSummary *sum = state;

	if (b.total == 0)
		return state;
	summary_moved(a.total, b.total, add, "customers");
	for (int i = 0; a.wide && i < n; i++)
		has_months &= revenue_state_month(sum, months[i].day) != NULL;
	if (!a.wide || !has_months || b.version > a.version || b.low < a.low ||
	    b.low + b.positions > a.low + a.positions)
	{
		int           n_own;
		int           n_all;
		RevenueMonth *own = revenue_months(&a, &n_own);
		RevenueMonth *all = united_months(own, n_own, months, n, &n_all);

		a.version = Max(a.version, b.version);
		sum = widened_state(&a, b.low, b.low + b.positions - 1, all, n_all);
	}
	merge_rows(sum, &a, &b, add);
	for (int i = 0; i < n; i++)
		change_month(sum, months[i].day, months[i].customers, add);
	if (!add && revenue_may_be_too_long(sum, b.low, b.low + b.positions - 1))
		sum = revenue_shortened(sum);
	return sum;
}

/* Counting */

RevenueSummary *
revenue_prepared_slowly(void *state, const RevenueTerms *terms, const NumericDigits *amounts, int n)
{
	RevenueView   view = {.version = REVENUE_VERSION};
	RevenueMonth  month = {terms->month, 0};
	RevenueMonth *months;
	int           n_months;
	int           low = -1;
	int           high = 1;

	if (state != NULL)
		view = revenue_view(pg_detoast_datum_packed(state));
	if (view.total > 0 && (view.flags != terms->flags ||
	                       memcmp(view.currency, terms->currency, CURRENCY_LETTERS) != 0))
		refuse_terms(view.currency, view.flags, terms->currency, terms->flags);
	months = revenue_months(&view, &n_months);
	memcpy(view.currency, terms->currency, CURRENCY_LETTERS);
	view.flags = terms->flags;
	view.version = Max(view.version, terms->version);
	if ((terms->flags & REVENUE_MONTHS) != 0)
		months = united_months(months, n_months, &month, 1, &n_months);
	else
		n_months = 0;
	for (int i = 0; i < n; i++)
		if (amounts[i].count > 0)
		{
			low = Min(low, amounts[i].weight - amounts[i].count + 1);
			high = Max(high, amounts[i].weight);
		}
	return widened_state(&view, low, high, months, n_months);
}
