/*
 * purchase_summary.c
 *		The type purchase_summary: how often customers without a contract bought again, when last,
 *		and how long they have been customers.
 *
 * It is counts by key, see keyed_counts.h, without parameters; the key is a history, in days:
 *
 *	bits 42-62	repeat purchases: days with a purchase, but for the first
 *	bits 21-41	recency: from the first purchase to the last
 *	bits 0-20	age: from the first purchase to the day of looking
 */
#include "postgres.h"

#include <math.h>

#include "utils/float.h"

#include "customers/activity_days.h"
#include "customers/purchase_summary.h"

#define PART_BITS 21
#define MOST_DAYS ((INT64CONST(1) << PART_BITS) - 1)
#define PART_OF(key, part) ((uint32) ((key) >> ((part) *PART_BITS) & MOST_DAYS))
#define PURCHASES_OF(key) PART_OF(key, 2)
#define RECENCY_OF(key) PART_OF(key, 1)
#define AGE_OF(key) PART_OF(key, 0)
#define HISTORY_KEY(purchases, recency, age) \
	((uint64) (purchases) << (2 * PART_BITS) | (uint64) (recency) << PART_BITS | (uint64) (age))

static const SummaryType PURCHASE;

/* The days of the last repeat purchase are as many at least as there are repeat purchases. */
static bool
key_is_sound(uint64 key, uint32 limit pg_attribute_unused())
{
	return (key & KEYED_COUNTS_NOTE) == 0 && PURCHASES_OF(key) <= RECENCY_OF(key) &&
	       RECENCY_OF(key) <= AGE_OF(key) && (PURCHASES_OF(key) > 0 || RECENCY_OF(key) == 0);
}

static const KeyedCountsType purchase_counts = {&PURCHASE, "customers", key_is_sound, NULL};

/* Values and states; no byte of them is trusted */

static KeyedCount *
read_counts(const void *value, uint32 *n)
{
	KeyedCountsCursor cursor;

	*n = 0;
	if (SUMMARY_IS_BLANK(value))
		return NULL;
	cursor = keyed_counts_open(&purchase_counts, value);
	if (cursor.params_size != 0)
		summary_refuse_value(&PURCHASE);
	return keyed_counts_read(&purchase_counts, cursor, 0, n);
}

static bool
purchase_is_empty(const void *state)
{
	return SUMMARY_IS_BLANK(state) || keyed_counts_is_empty(&purchase_counts, state);
}

static void *
purchase_to_state(const void *value)
{
	uint32      n;
	KeyedCount *counts = read_counts(value, &n);

	return keyed_counts_merge(&purchase_counts, keyed_counts_make(&purchase_counts, NULL, 0, n),
	                          counts, n, true);
}

/* The state, any value or NULL, as one that may be changed: itself if it is one. */
static KeyedCounts *
as_state(void *state)
{
	if (state != NULL && keyed_counts_is_state(&purchase_counts, state) &&
	    ((KeyedCounts *) state)->params_size == 0)
		return state;
	return purchase_to_state(state != NULL ? state : summary_blank());
}

static void *
purchase_merge(void *state, const void *value, bool add)
{
	uint32      n;
	KeyedCount *counts = read_counts(value, &n);

	return keyed_counts_merge(&purchase_counts, as_state(state), counts, n, add);
}

static void *
purchase_canonical(const void *state)
{
	uint32      n;
	KeyedCount *counts = read_counts(state, &n);

	return n > 0 ? keyed_counts_canonical(&purchase_counts, NULL, 0, counts, n) : summary_blank();
}

PurchaseView
purchase_view(const void *value)
{
	uint32       n;
	KeyedCount  *counts = read_counts(purchase_canonical(value), &n);
	PurchaseView view = {.counts = counts, .n = n};

	view.cells = palloc_extended(((Size) n + 1) * sizeof(CxmPurchases), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < n; i++)
	{
		uint64 key = counts[i].key;

		check_interrupts(i);
		view.cells[i] = (CxmPurchases){PURCHASES_OF(key), RECENCY_OF(key), AGE_OF(key), 0,
		                               (double) counts[i].count};
		view.most = Max(view.most, PURCHASES_OF(key));
	}
	return view;
}

/* Counting */

bool
purchase_history(const void *activity_days, DateADT as_of, CxmBuyer *history)
{
	DaySet days = activity_days_of(activity_days);

	/* nobody knows yet of what comes after as_of */
	while (days.n > 0 && days.at[days.n - 1] > as_of)
		days.n--;
	if (days.n == 0)
		return false;
	history->purchases = days.n - 1;
	history->recency = (double) days.at[days.n - 1] - days.at[0];
	history->age = (double) as_of - days.at[0];
	return true;
}

void
purchase_check_history(const CxmBuyer *history)
{
	const char *wrong = NULL;

	/* written so that NaN is refused too */
	if (!(history->purchases >= 0))
		wrong = "There cannot be fewer repeat purchases than none.";
	else if (!(history->recency >= 0 && history->age >= 0))
		wrong = "Recency and age are times since the first purchase.";
	else if (history->recency > history->age)
		wrong = "Recency, from the first purchase to the last, cannot exceed age, from the first "
		        "purchase until now.";
	else if (history->purchases == 0 && history->recency > 0)
		wrong = "Without a repeat purchase the last one was the first, and recency is 0.";
	else if (history->purchases > 0 && history->recency == 0)
		wrong = "Purchases on the first day are none that repeat it.";
	else if (history->age > CXM_PARAMETER_MOST)
		wrong = "Age is out of range.";
	if (wrong != NULL)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("customer cannot have %s repeat purchases, recency %s and age %s",
		                float8out_internal(history->purchases),
		                float8out_internal(history->recency), float8out_internal(history->age)),
		         errdetail("%s", wrong),
		         errhint("purchase_agg(activity_agg(day), as_of) of each customer counts days as "
		                 "they should be.")));
}

static Datum
count_history(FunctionCallInfo fcinfo, const CxmBuyer *history, bool add)
{
	uint64 key;

	if (history->age > MOST_DAYS)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("age of a customer is out of range"),
		                errdetail("It is %.0f days, and %lld at most.", history->age,
		                          (long long) MOST_DAYS)));
	key = HISTORY_KEY(history->purchases, history->recency, history->age);
	PG_RETURN_POINTER(
	    keyed_counts_count(&purchase_counts, as_state(summary_state_arg(fcinfo)), key, 1, add));
}

static Datum
count_activity(FunctionCallInfo fcinfo, bool add)
{
	DateADT  as_of = cxm_as_of_arg(fcinfo, 2);
	CxmBuyer history;

	if (PG_ARGISNULL(1) || !purchase_history(SUMMARY_ARG(1), as_of, &history))
		return summary_unchanged(fcinfo);
	return count_history(fcinfo, &history, add);
}

SUMMARY_TRANSITIONS(purchase_activity, count_activity(fcinfo, add))

static void
check_whole(const char *name, double days)
{
	if (days != floor(days))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("%s %s is not a whole number", name, float8out_internal(days)),
		                errdetail("Histories are counted in days, exactly."),
		                errhint("Make days of weeks: round(7 * %s).", name)));
}

static Datum
count_numbers(FunctionCallInfo fcinfo, bool add)
{
	CxmBuyer history;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return summary_unchanged(fcinfo);
	history = (CxmBuyer){(double) PG_GETARG_INT64(1), PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3)};
	purchase_check_history(&history);
	check_whole("recency", history.recency);
	check_whole("age", history.age);
	if (history.purchases > history.recency)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("customer has %.0f repeat purchases in %.0f days", history.purchases,
		                       history.recency),
		                errdetail("Purchases of one day are one."),
		                errhint("purchase_agg(activity_agg(day), as_of) of each customer counts "
		                        "days as they should be.")));
	return count_history(fcinfo, &history, add);
}

SUMMARY_TRANSITIONS(purchase, count_numbers(fcinfo, add))

/* Text: {"counts": [[2, 213, 272, 1]]}: repeat purchases, recency, age, customers. */

static const char *const FIELDS[] = {"counts"};

static char *
purchase_text(const void *value)
{
	PurchaseView   view = purchase_view(value);
	StringInfoData text;

	if (view.n == 0)
		return pstrdup("{}");
	initStringInfo(&text);
	summary_reserve(&text, view.n, strlen("[0, 0, 0, 1], "));
	for (uint32 i = 0; i < view.n; i++)
	{
		const CxmPurchases *cell = &view.cells[i];

		check_interrupts(i);
		appendStringInfo(&text, "%s[%u, %u, %u, " UINT64_FORMAT "]",
		                 i == 0 ? "{\"counts\": [" : ", ", cell->purchases, cell->recency,
		                 cell->age, view.counts[i].count);
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

/* One history and its customers. */
static bool
read_history(void *draft, const JsonbValue *element, Node *escontext)
{
	JsonbIterator *numbers = cxm_json_array(element, FIELDS[0], PURCHASE.name, escontext);
	uint64         number[4] = {0};
	int            n = 0;
	JsonbValue     value;
	uint64         key;

	if (numbers == NULL)
		return false;
	for (; cxm_json_next_element(&numbers, &value); n++)
		if (n < 4 && !cxm_json_count(&value, FIELDS[0], PURCHASE.name, escontext, &number[n]))
			return false;
	key = HISTORY_KEY(number[0], number[1], number[2]);
	if (n != 4 || number[0] > MOST_DAYS || number[1] > MOST_DAYS || number[2] > MOST_DAYS ||
	    !key_is_sound(key, 0))
		return summary_refuse_text(&PURCHASE, escontext,
		                           "An element of \"%s\" is not four numbers such as "
		                           "[2, 213, 272, 1]: repeat purchases, recency, age, customers.",
		                           FIELDS[0]);
	*(KeyedCounts **) draft =
	    keyed_counts_count(&purchase_counts, *(KeyedCounts **) draft, key, number[3], true);
	return true;
}

static void *
purchase_read(JsonbValue **fields, Node *escontext)
{
	KeyedCounts *state = as_state(NULL);

	if (!cxm_json_each(fields[0], FIELDS[0], PURCHASE.name, escontext, read_history, &state))
		return NULL;
	return purchase_canonical(state);
}

/* Binary: what keyed_counts_send() has. */

static void
purchase_send(StringInfo buffer, const void *value)
{
	uint32      n;
	KeyedCount *counts = read_counts(value, &n);

	keyed_counts_send(buffer, counts, n);
}

static void *
purchase_receive(StringInfo buffer)
{
	return purchase_canonical(keyed_counts_receive(&purchase_counts, buffer, as_state(NULL), 0));
}

/* Without terms: a blank and a summary of nobody are the same. */
static const SummaryType PURCHASE = {
    .name = "purchase_summary",
    KEYED_COUNTS_FORMAT,
    SUMMARY_READ_SLOTS(purchase, FIELDS),
};

COUNTING_SUMMARY_FUNCTIONS(purchase_summary, PURCHASE)

/* Readings */

/* So many customers, each times something, which is exact as long as it can be counted. */
static int64
add_up(PurchaseView view, bool purchases, bool repeated)
{
	int64 sum = 0;

	for (uint32 i = 0; i < view.n; i++)
	{
		int64 each = purchases ? (int64) view.cells[i].purchases : 1;
		int64 all;

		check_interrupts(i);
		if (repeated && view.cells[i].purchases == 0)
			continue;
		if (pg_mul_s64_overflow((int64) view.counts[i].count, each, &all) ||
		    pg_add_s64_overflow(sum, all, &sum))
			summary_refuse_overflow(purchases ? "count of purchases" : "count of customers");
	}
	return sum;
}

#define READING(name, return_figure, figure) \
	SUMMARY_READING(purchase_##name, PurchaseView, purchase_view, return_figure, figure)

READING(customers, PG_RETURN_INT64, add_up(view, false, false))
READING(repeat_customers, PG_RETURN_INT64, add_up(view, false, true))
READING(repeat_purchases, PG_RETURN_INT64, add_up(view, true, true))
