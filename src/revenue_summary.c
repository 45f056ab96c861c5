/*
 * revenue_summary.c
 *		The type revenue_summary: recurring revenue at the start, and how it moved.
 *
 *	0            4         5       6            9        10      12          14       16
 *	+------------+---------+-------+------------+--------+-------+-----------+--------+-----...
 *	| varlena    | version | flags | currency   | unused | low   | positions | unused | 6 counters,
 *	| header     | 1       |       | 3 letters  | 0      | int16 | uint16    | 0      | 6 sums
 *	+------------+---------+-------+------------+--------+-------+-----------+--------+-----...
 *
 *	flags		bits 0-1: code of the counters' width; bit 2: the sums are wide
 *	currency	three zero bytes when there is none
 *	counters	customers whose revenue stayed as it was, was new, grew, shrank, ended, came back
 *	sums		revenue at the start; then the amounts of the same five movements, none negative
 *
 * A sum is a decimal number in base 10000, the least significant position first: the position i
 * counts units of 10000^(low + i), and all sums have the same positions.  A stored value has digits
 * of two bytes, positions without a zero digit in all sums at either end, and the narrowest
 * counters.
 *
 * In an aggregate's state the sums are wide: int64, each position added to without a carry, as
 * core/decimal_sum.h says, and counters of 8 bytes.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"

#include "core/counters.h"
#include "core/decimal_sum.h"
#include "numeric_digits.h"
#include "summary.h"

#define REVENUE_VERSION 1
#define REVENUE_WIDTH 0x03
#define REVENUE_WIDE 0x04
#define REVENUE_STATE (REVENUE_WIDE | CXM_WIDEST)

#define CURRENCY_LETTERS 3

/* A numeric reaches from 10000^-4096 to 10000^32767. */
#define LOWEST_WEIGHT (-4096)
#define HIGHEST_WEIGHT 32767

/* Movements of a customer's revenue; the sum of UNCHANGED is that of all revenue at the start. */
typedef enum Movement
{
	UNCHANGED,
	NEW,
	EXPANSION,
	CONTRACTION,
	CHURNED,
	REACTIVATED
} Movement;

#define START UNCHANGED
#define MOVEMENTS (REACTIVATED + 1)

static const char *const AMOUNT_KEYS[MOVEMENTS] = {"start",       "new",     "expansion",
                                                   "contraction", "churned", "reactivated"};
static const char *const CUSTOMER_KEYS[MOVEMENTS] = {"unchanged",   "new",     "expansion",
                                                     "contraction", "churned", "reactivated"};

typedef struct RevenueSummary
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	char          currency[CURRENCY_LETTERS];
	uint8         unused;
	int16         low;
	uint16        positions;
	uint16        unused_too;
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} RevenueSummary;

typedef struct RevenueView
{
	char                 currency[CURRENCY_LETTERS];
	int                  low;
	int                  positions;
	bool                 wide;
	const unsigned char *sums;
	uint64               count[MOVEMENTS];
} RevenueView;

static char *revenue_text(const void *value);
static void *revenue_to_state(const void *value);
static void *revenue_canonical(const void *state);
static void *revenue_merge(void *state, const void *value, bool add);
static bool  revenue_is_empty(const void *state);
static void  revenue_check_mergeable(const void *a, const void *b);

static const SummaryType REVENUE = {"revenue_summary",      revenue_text,  revenue_to_state,
                                    revenue_canonical,      revenue_merge, revenue_is_empty,
                                    revenue_check_mergeable};

COUNTING_SUMMARY_FUNCTIONS(revenue_summary, REVENUE)

/*
 * Layout
 */

static inline Size
digit_size(uint8 flags)
{
	return flags & REVENUE_WIDE ? sizeof(int64) : sizeof(int16);
}

static inline Size
sums_offset(uint8 flags)
{
	return offsetof(RevenueSummary, counters) + ((Size) MOVEMENTS << (flags & REVENUE_WIDTH));
}

static inline Size
value_size(uint8 flags, int positions)
{
	return sums_offset(flags) + MOVEMENTS * (Size) positions * digit_size(flags);
}

static RevenueSummary *
make_summary(const char *currency, uint8 flags, int low, int positions)
{
	Size            size = value_size(flags, positions);
	RevenueSummary *summary = palloc0(size);

	SET_VARSIZE(summary, size);
	summary->version = REVENUE_VERSION;
	summary->flags = flags;
	memcpy(summary->currency, currency, CURRENCY_LETTERS);
	summary->low = (int16) low;
	summary->positions = (uint16) positions;
	return summary;
}

static inline int64 *
state_sum(RevenueSummary *state, Movement movement)
{
	return (int64 *) ((char *) state + sums_offset(REVENUE_STATE)) + movement * state->positions;
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
state_fits(const RevenueSummary *state, const char *currency)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) >= sums_offset(REVENUE_STATE) &&
	       state->version == REVENUE_VERSION && state->flags == REVENUE_STATE &&
	       VARSIZE(state) == value_size(REVENUE_STATE, state->positions) &&
	       memcmp(state->currency, currency, CURRENCY_LETTERS) == 0;
}

/* Looks at a value with either kind of varlena header; trusts no byte of it. */
static RevenueView
view_summary(const void *value)
{
	const Size     header = offsetof(RevenueSummary, counters);
	RevenueSummary copy = {0};
	RevenueView    view = {{0}, 0, 0, false, NULL, {0}};
	const char    *body = VARDATA_ANY(value);
	Size           size = VARSIZE_ANY_EXHDR(value) + VARHDRSZ;

	if (SUMMARY_IS_BLANK(value))
		return view;
	if (body[0] != REVENUE_VERSION)
		summary_refuse_version(&REVENUE, (uint8) body[0]);
	if (size < header)
		summary_refuse_value(&REVENUE);
	memcpy(&copy.version, body, header - VARHDRSZ);
	if ((copy.flags & ~(REVENUE_WIDTH | REVENUE_WIDE)) != 0 ||
	    size != value_size(copy.flags, copy.positions) || copy.low < LOWEST_WEIGHT ||
	    copy.low + copy.positions - 1 > HIGHEST_WEIGHT)
		summary_refuse_value(&REVENUE);

	memcpy(view.currency, copy.currency, CURRENCY_LETTERS);
	view.low = copy.low;
	view.positions = copy.positions;
	view.wide = (copy.flags & REVENUE_WIDE) != 0;
	view.sums = (const unsigned char *) body + sums_offset(copy.flags) - VARHDRSZ;
	for (int i = 0; i < MOVEMENTS; i++)
	{
		view.count[i] = cxm_counter_get((const unsigned char *) body + header - VARHDRSZ,
		                                copy.flags & REVENUE_WIDTH, i);
		if (view.count[i] > CXM_COUNTER_CEILING)
			summary_refuse_value(&REVENUE);
	}
	return view;
}

static inline int64
position_at(const RevenueView *view, Movement movement, int i)
{
	Size  at = (Size) movement * view->positions + i;
	int64 wide;
	int16 digit;

	if (view->wide)
	{
		memcpy(&wide, view->sums + at * sizeof(wide), sizeof(wide));
		return wide;
	}
	memcpy(&digit, view->sums + at * sizeof(digit), sizeof(digit));
	return digit;
}

static bool
view_is_empty(const RevenueView *view)
{
	for (int i = 0; i < MOVEMENTS; i++)
		if (view->count[i] != 0)
			return false;
	return true;
}

static bool
revenue_is_empty(const void *state)
{
	RevenueView view = view_summary(state);

	return view_is_empty(&view);
}

/*
 * Sums of movements, each with a factor of 1, 0 or -1: every amount that is read, and every check,
 * is one of these.  The positions have room for the carry.
 */
typedef struct Amount
{
	int    sign;
	int    low;
	int    positions;
	int64 *digits;
} Amount;

static Amount
amount_of(const RevenueView *view, const int factors[MOVEMENTS])
{
	Amount amount;
	int64 *term;

	amount.low = view->low;
	amount.positions = view->positions + CXM_DECIMAL_CARRY;
	amount.digits = palloc0(sizeof(int64) * amount.positions);
	term = palloc(sizeof(int64) * (view->positions + 1));
	for (int movement = 0; movement < MOVEMENTS; movement++)
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

static Amount
amount_moved(const RevenueView *view, Movement movement)
{
	int factors[MOVEMENTS] = {0};

	factors[movement] = 1;
	return amount_of(view, factors);
}

/* Revenue of the start that is still there: without what was lost, and without growth. */
static const int RETAINED[MOVEMENTS] = {1, 0, 0, -1, -1, 0};

static bool
total_is_in_range(const RevenueView *view)
{
	int64 total = 0;

	for (int i = 0; i < MOVEMENTS; i++)
		if (pg_add_s64_overflow(total, (int64) view->count[i], &total))
			return false;
	return true;
}

/* There is an amount exactly where there are customers, and it is above zero. */
static bool
is_sound(const RevenueView *view)
{
	bool stayed = view->count[UNCHANGED] + view->count[EXPANSION] + view->count[CONTRACTION] > 0;

	for (int movement = NEW; movement < MOVEMENTS; movement++)
		if (amount_moved(view, movement).sign != (view->count[movement] > 0))
			return false;
	return amount_of(view, RETAINED).sign == stayed;
}

/* Digits of two bytes, in as few positions as hold all sums; the narrowest counters. */
static RevenueSummary *
narrow_summary(const RevenueView *view)
{
	Amount          amounts[MOVEMENTS];
	uint64          bits = 0;
	int             width = 0;
	int             lowest = PG_INT32_MAX;
	int             highest = PG_INT32_MIN;
	int             positions = 0;
	RevenueSummary *summary;
	char           *digits;

	for (int movement = 0; movement < MOVEMENTS; movement++)
	{
		amounts[movement] = amount_moved(view, movement);
		for (int i = 0; i < amounts[movement].positions; i++)
			if (amounts[movement].digits[i] != 0)
			{
				lowest = Min(lowest, i);
				highest = Max(highest, i);
			}
		bits |= view->count[movement];
	}
	while (bits > cxm_counter_limit(width))
		width++;
	if (lowest <= highest)
		positions = highest - lowest + 1;
	else
		lowest = -view->low;
	if (view->low + lowest + positions - 1 > HIGHEST_WEIGHT)
		summary_refuse_overflow("sum of revenue");

	summary = make_summary(view->currency, (uint8) width, view->low + lowest, positions);
	for (int movement = 0; movement < MOVEMENTS; movement++)
		cxm_counter_set(summary->counters, width, movement, view->count[movement]);
	digits = (char *) summary + sums_offset((uint8) width);
	for (int movement = 0; movement < MOVEMENTS; movement++)
		for (int i = 0; i < positions; i++, digits += sizeof(int16))
		{
			int16 digit = (int16) amounts[movement].digits[lowest + i];

			memcpy(digits, &digit, sizeof(digit));
		}
	return summary;
}

static void *
revenue_canonical(const void *state)
{
	RevenueView view = view_summary(state);

	if (!total_is_in_range(&view))
		summary_refuse_overflow("count of customers");
	if (!is_sound(&view))
		summary_refuse_shortage("customers with revenue");
	return narrow_summary(&view);
}

/* A state with the positions from low to high; what the view has elsewhere is zero. */
static RevenueSummary *
resized_state(const RevenueView *view, int low, int high)
{
	RevenueSummary *state = make_summary(view->currency, REVENUE_STATE, low, high - low + 1);
	int             first = Max(low, view->low);
	int             last = Min(high, view->low + view->positions - 1);

	for (int movement = 0; movement < MOVEMENTS; movement++)
	{
		int64 *sum = state_sum(state, movement);

		for (int i = first; i <= last; i++)
			sum[i - low] = position_at(view, movement, i - view->low);
		cxm_counter_set(state->counters, CXM_WIDEST, movement, view->count[movement]);
	}
	return state;
}

/* A state with room for the positions from low to high, too. */
static RevenueSummary *
widened_state(const RevenueView *view, int low, int high)
{
	if (view->positions > 0)
	{
		low = Min(low, view->low);
		high = Max(high, view->low + view->positions - 1);
	}
	numeric_digits_check();
	return resized_state(view, low, high);
}

/*
 * An unusual amount makes a state long, and every row after it would pay for positions of zeros.
 * So a state of more positions than these is looked at when digits at an end of it are taken out.
 */
#define POSITIONS_KEPT 16

static pg_attribute_always_inline bool
may_be_too_long(const RevenueSummary *state, int low, int high)
{
	return state->positions > POSITIONS_KEPT &&
	       (low == state->low || high == state->low + state->positions - 1);
}

/* The state, or a shorter one if less than half of the positions are in use. */
static pg_noinline RevenueSummary *
shortened_state(RevenueSummary *state)
{
	RevenueView view = view_summary(state);
	int         first = view.positions;
	int         last = -1;

	for (int movement = 0; movement < MOVEMENTS; movement++)
		for (int i = 0; i < view.positions; i++)
			if (position_at(&view, movement, i) != 0)
			{
				first = Min(first, i);
				last = Max(last, i);
			}
	if (last < 0)
		return resized_state(&view, 0, 0);
	if (last - first + 1 > view.positions / 2)
		return state;
	return resized_state(&view, view.low + first, view.low + last);
}

static void *
revenue_to_state(const void *value)
{
	RevenueView view = view_summary(value);

	return widened_state(&view, view.low, view.low + view.positions - 1);
}

/*
 * Currencies
 */

static const char NO_CURRENCY[CURRENCY_LETTERS] = {0};

static bool
currency_is_valid(const char *currency)
{
	for (int i = 0; i < CURRENCY_LETTERS; i++)
		if (currency[i] < 'A' || currency[i] > 'Z')
			return false;
	return true;
}

static char *
currency_text(const char *currency)
{
	return currency[0] == '\0' ? pstrdup("no currency") : pnstrdup(currency, CURRENCY_LETTERS);
}

static pg_noinline void
refuse_currencies(const char *a, const char *b)
{
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	         errmsg("cannot combine revenue in %s and in %s", currency_text(a), currency_text(b)),
	         errhint("Convert the amounts first, or group by currency.")));
}

static const char *
currency_arg(FunctionCallInfo fcinfo, int argno)
{
	text *currency;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
		        (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("currency must not be null")));
	currency = PG_GETARG_TEXT_PP(argno);
	if (VARSIZE_ANY_EXHDR(currency) != CURRENCY_LETTERS ||
	    !currency_is_valid(VARDATA_ANY(currency)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("invalid currency \"%s\"", text_to_cstring(currency)),
		                errhint("A currency is three capital letters, such as EUR.")));
	return VARDATA_ANY(currency);
}

static void
revenue_check_mergeable(const void *a, const void *b)
{
	RevenueView view_a = view_summary(a);
	RevenueView view_b = view_summary(b);

	if (memcmp(view_a.currency, view_b.currency, CURRENCY_LETTERS) != 0)
		refuse_currencies(view_a.currency, view_b.currency);
}

static void *
revenue_merge(void *state, const void *value, bool add)
{
	RevenueView     a = view_summary(state);
	RevenueView     b = view_summary(value);
	RevenueSummary *sum = state;

	/* a window's frame may have moved from rows of one currency to another */
	if (view_is_empty(&b))
		return state;
	if (add && view_is_empty(&a))
		return revenue_to_state(value);
	if (memcmp(a.currency, b.currency, CURRENCY_LETTERS) != 0)
		refuse_currencies(a.currency, b.currency);

	if (!a.wide || b.low < a.low || b.low + b.positions > a.low + a.positions)
		sum = widened_state(&a, b.low, b.low + b.positions - 1);
	for (int movement = 0; movement < MOVEMENTS; movement++)
	{
		int64 *to = state_sum(sum, movement) + (b.low - sum->low);

		if (!add && b.count[movement] > a.count[movement])
			summary_refuse_shortage("customers");
		a.count[movement] += add ? b.count[movement] : -b.count[movement];
		if (a.count[movement] > CXM_COUNTER_CEILING)
			summary_refuse_overflow("count of customers");
		cxm_counter_set(sum->counters, CXM_WIDEST, movement, a.count[movement]);
		for (int i = 0; i < b.positions; i++)
		{
			int64 from = position_at(&b, movement, i);

			if (!cxm_decimal_combine(&to[i], &from, 1, add ? 1 : -1))
				summary_refuse_overflow("sum of revenue");
		}
	}
	if (!add && may_be_too_long(sum, b.low, b.low + b.positions - 1))
		sum = shortened_state(sum);
	return sum;
}

/*
 * Transitions
 */

static pg_noinline void
refuse_amount(Datum amount, bool special)
{
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
	                errmsg("revenue %s is out of range",
	                       DatumGetCString(DirectFunctionCall1(numeric_out, amount))),
	                special ? errdetail("Revenue must be a finite amount.")
	                        : errdetail("Revenue must not be negative.")));
}

/* An amount; NULL is no revenue, which has no digits. */
static pg_attribute_always_inline NumericDigits
amount_arg(FunctionCallInfo fcinfo, int argno)
{
	NumericDigits amount = {NULL, 0, 0, false, false};

	if (PG_ARGISNULL(argno))
		return amount;
	amount = numeric_digits(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno)));
	if (unlikely(amount.negative || amount.special))
		refuse_amount(PG_GETARG_DATUM(argno), amount.special);
	return amount;
}

static inline bool
has_room(const RevenueSummary *state, const NumericDigits *amount)
{
	return amount->count == 0 || (amount->weight - amount->count + 1 >= state->low &&
	                              amount->weight < state->low + state->positions);
}

static inline bool
reaches_an_end(const RevenueSummary *state, const NumericDigits *amount)
{
	return amount->count > 0 &&
	       may_be_too_long(state, amount->weight - amount->count + 1, amount->weight);
}

static inline void
add_digits(int64 *sum, int low, const NumericDigits *amount, bool add)
{
	int64 *at = sum + (amount->weight - low);

	for (int i = 0; i < amount->count; i++)
		at[-i] += add ? numeric_digit(amount, i) : -numeric_digit(amount, i);
}

static inline Movement
movement_of(const NumericDigits *before, const NumericDigits *after, bool was_customer)
{
	int change;

	if (before->count == 0)
		return was_customer ? REACTIVATED : NEW;
	if (after->count == 0)
		return CHURNED;
	change = numeric_digits_compare(after, before);
	return change == 0 ? UNCHANGED : change > 0 ? EXPANSION : CONTRACTION;
}

/* The state for a row: made, or widened, or for another currency when nothing is left in it. */
static pg_noinline RevenueSummary *
prepare_state(FunctionCallInfo fcinfo, const NumericDigits *before, const NumericDigits *after,
              const char *currency)
{
	RevenueView view = {{0}, 0, 0, false, NULL, {0}};
	int         low = -1;
	int         high = 1;
	void       *state = summary_state_arg(fcinfo);

	memcpy(view.currency, currency, CURRENCY_LETTERS);
	if (state != NULL)
	{
		RevenueView there = view_summary(state);

		if (memcmp(there.currency, currency, CURRENCY_LETTERS) == 0)
			view = there;
		else if (!view_is_empty(&there))
			refuse_currencies(there.currency, currency);
	}
	for (int i = 0; i < 2; i++)
	{
		const NumericDigits *amount = i == 0 ? before : after;

		if (amount->count > 0)
		{
			low = Min(low, amount->weight - amount->count + 1);
			high = Max(high, amount->weight);
		}
	}
	return widened_state(&view, low, high);
}

static pg_attribute_always_inline Datum
count_revenue(FunctionCallInfo fcinfo, bool was_customer, const char *currency, bool add)
{
	NumericDigits   before = amount_arg(fcinfo, 1);
	NumericDigits   after = amount_arg(fcinfo, 2);
	RevenueSummary *state = NULL;
	Movement        movement;

	if (before.count == 0 && after.count == 0)
		return summary_unchanged(fcinfo);
	if (likely(cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0)))
		state = (RevenueSummary *) PG_GETARG_POINTER(0);
	if (unlikely(state == NULL || !state_fits(state, currency) || !has_room(state, &before) ||
	             !has_room(state, &after)))
		state = prepare_state(fcinfo, &before, &after, currency);

	movement = movement_of(&before, &after, was_customer);
	if (!cxm_counter_count(state->counters, CXM_WIDEST, movement, add))
	{
		if (add)
			summary_refuse_overflow("count of customers");
		summary_refuse_shortage("customers");
	}
	add_digits(state_sum(state, START), state->low, &before, add);
	if (movement != UNCHANGED)
	{
		bool gain = movement != CONTRACTION && movement != CHURNED;

		/* what there is to gain is after less before; to lose, before less after */
		add_digits(state_sum(state, movement), state->low, &after, gain == add);
		add_digits(state_sum(state, movement), state->low, &before, gain != add);
	}
	if (!add && (reaches_an_end(state, &before) || reaches_an_end(state, &after)))
		state = shortened_state(state);
	PG_RETURN_POINTER(state);
}

#define BOOL_ARG(argno) (!PG_ARGISNULL(argno) && PG_GETARG_BOOL(argno))

#define TRANSITIONS(form, was_customer, currency)                             \
	SUMMARY_FUNCTION(revenue_##form##transition,                              \
	                 count_revenue(fcinfo, (was_customer), (currency), true)) \
	SUMMARY_FUNCTION(revenue_##form##inverse,                                 \
	                 count_revenue(fcinfo, (was_customer), (currency), false))

TRANSITIONS(, false, NO_CURRENCY)
TRANSITIONS(customer_, BOOL_ARG(3), NO_CURRENCY)
TRANSITIONS(currency_, false, currency_arg(fcinfo, 3))
TRANSITIONS(customer_currency_, BOOL_ARG(3), currency_arg(fcinfo, 4))

/*
 * Text: {"currency": "EUR", "amounts": {"start": 100.5, "new": 20, ...}, "customers":
 * {"unchanged": 8, "new": 1, ...}}, without the currency where there is none.
 */

static char *
amount_text(const Amount *amount)
{
	char *text = palloc(cxm_decimal_text_size(amount->positions, amount->low));

	cxm_decimal_print(amount->digits, amount->positions, amount->low, amount->sign < 0, text);
	return text;
}

static char *
revenue_text(const void *value)
{
	RevenueView    view = view_summary(value);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	if (view.currency[0] != '\0')
		appendStringInfo(&text, "\"currency\": \"%s\", ", currency_text(view.currency));
	appendStringInfoString(&text, "\"amounts\": {");
	for (int i = 0; i < MOVEMENTS; i++)
	{
		Amount amount = amount_moved(&view, i);

		appendStringInfo(&text, "%s\"%s\": %s", i > 0 ? ", " : "", AMOUNT_KEYS[i],
		                 amount_text(&amount));
	}
	appendStringInfoString(&text, "}, \"customers\": {");
	for (int i = 0; i < MOVEMENTS; i++)
		appendStringInfo(&text, "%s\"%s\": " UINT64_FORMAT, i > 0 ? ", " : "", CUSTOMER_KEYS[i],
		                 view.count[i]);
	appendStringInfoString(&text, "}}");
	return text.data;
}

/* The place of a key, or an error; MOVEMENTS when the error was soft. */
static int
find_key(const char *key, const char *const keys[MOVEMENTS], Node *escontext)
{
	for (int i = 0; i < MOVEMENTS; i++)
		if (strcmp(key, keys[i]) == 0)
			return i;
	ereturn(escontext, MOVEMENTS,
	        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
	         errmsg("invalid input syntax for type %s", REVENUE.name),
	         errdetail("There is no field \"%s\".", key)));
}

static bool
read_amount(const JsonbValue *value, const char *key, RevenueSummary **summary, int movement,
            Node *escontext)
{
	NumericDigits amount;
	RevenueView   view;
	int64        *sum;

	if (cxm_json_scalar(value, key, REVENUE.name, true, escontext) == NULL)
		return false;
	amount = numeric_digits(value->val.numeric);
	if (amount.negative || amount.special)
		return summary_refuse_text(&REVENUE, escontext, "The value of \"%s\" must not be negative.",
		                           key);
	if (amount.count == 0)
		return true;
	view = view_summary(*summary);
	*summary = widened_state(&view, amount.weight - amount.count + 1, amount.weight);
	sum = state_sum(*summary, movement);
	add_digits(sum, (*summary)->low, &amount, true);
	return true;
}

static bool
read_section(const JsonbValue *section, const char *name, bool amounts, RevenueSummary **summary,
             Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;
	uint64         count;

	iterator = cxm_json_fields(section, "The value", name, REVENUE.name, escontext);
	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &value))
	{
		int i = find_key(key, amounts ? AMOUNT_KEYS : CUSTOMER_KEYS, escontext);

		if (i == MOVEMENTS)
			return false;
		if (amounts)
		{
			if (!read_amount(&value, key, summary, i, escontext))
				return false;
			continue;
		}
		if (!cxm_json_count(&value, key, REVENUE.name, escontext, &count))
			return false;
		cxm_counter_set((*summary)->counters, CXM_WIDEST, i, count);
	}
	return true;
}

static bool
read_field(const char *key, const JsonbValue *value, RevenueSummary **summary, Node *escontext)
{
	char *currency;

	if (strcmp(key, "amounts") == 0)
		return read_section(value, key, true, summary, escontext);
	if (strcmp(key, "customers") == 0)
		return read_section(value, key, false, summary, escontext);
	if (strcmp(key, "currency") != 0)
		return summary_refuse_text(&REVENUE, escontext, "There is no field \"%s\".", key);

	currency = cxm_json_scalar(value, key, REVENUE.name, false, escontext);
	if (currency == NULL)
		return false;
	if (strlen(currency) != CURRENCY_LETTERS || !currency_is_valid(currency))
		return summary_refuse_text(&REVENUE, escontext,
		                           "A currency is three capital letters, such as EUR.", NULL);
	memcpy((*summary)->currency, currency, CURRENCY_LETTERS);
	return true;
}

PG_FUNCTION_INFO_V1(revenue_summary_in);
Datum
revenue_summary_in(PG_FUNCTION_ARGS)
{
	Node           *escontext = fcinfo->context;
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), REVENUE.name, escontext);
	JsonbIterator  *iterator;
	JsonbValue      value;
	char           *key;
	RevenueSummary *summary = make_summary(NO_CURRENCY, REVENUE_STATE, 0, 0);
	RevenueView     view;

	if (object == NULL)
		PG_RETURN_NULL();
	if (SUMMARY_BLANK_OBJECT(object))
		PG_RETURN_POINTER(summary_blank());
	numeric_digits_check();
	iterator = JsonbIteratorInit(object);
	while (cxm_json_next(&iterator, &key, &value))
		if (!read_field(key, &value, &summary, escontext))
			PG_RETURN_NULL();
	view = view_summary(summary);
	if (!total_is_in_range(&view) || !is_sound(&view))
		ereturn(escontext, (Datum) 0,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("invalid input syntax for type %s", REVENUE.name),
		         errdetail("The amounts do not fit each other or the customers.")));
	PG_RETURN_POINTER(narrow_summary(&view));
}

/*
 * Binary: version, currency, low, positions, six counters of 8 bytes, the digits of the six sums.
 */
PG_FUNCTION_INFO_V1(revenue_summary_send);
Datum
revenue_summary_send(PG_FUNCTION_ARGS)
{
	RevenueSummary *summary = revenue_canonical(SUMMARY_ARG(0));
	RevenueView     view = view_summary(summary);
	StringInfoData  buffer;

	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		PG_RETURN_POINTER(summary_blank());
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, REVENUE_VERSION);
	pq_sendbytes(&buffer, view.currency, CURRENCY_LETTERS);
	pq_sendint16(&buffer, (uint16) (int16) view.low);
	pq_sendint16(&buffer, (uint16) view.positions);
	for (int i = 0; i < MOVEMENTS; i++)
		pq_sendint64(&buffer, view.count[i]);
	for (int i = 0; i < MOVEMENTS; i++)
		for (int j = 0; j < view.positions; j++)
			pq_sendint16(&buffer, (uint16) position_at(&view, i, j));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(revenue_summary_recv);
Datum
revenue_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo      buffer = (StringInfo) PG_GETARG_POINTER(0);
	char            currency[CURRENCY_LETTERS];
	int             low;
	int             positions;
	RevenueSummary *summary;
	RevenueView     view;

	if (SUMMARY_BLANK_MESSAGE(buffer))
		PG_RETURN_POINTER(summary_blank());
	summary_receive_version(&REVENUE, buffer, REVENUE_VERSION);
	pq_copymsgbytes(buffer, currency, CURRENCY_LETTERS);
	if (memcmp(currency, NO_CURRENCY, CURRENCY_LETTERS) != 0 && !currency_is_valid(currency))
		summary_refuse_binary(&REVENUE, "The currency is not three capital letters.");
	low = (int16) pq_getmsgint(buffer, 2);
	positions = (int) pq_getmsgint(buffer, 2);
	if (low < LOWEST_WEIGHT || low + positions - 1 > HIGHEST_WEIGHT)
		summary_refuse_binary(&REVENUE, "The digits reach too far.");
	if (buffer->len - buffer->cursor !=
	    MOVEMENTS * (int) (sizeof(int64) + positions * sizeof(int16)))
		summary_refuse_binary(&REVENUE, "The size does not fit the number of digits.");

	summary = make_summary(currency, REVENUE_STATE, low, positions);
	for (int i = 0; i < MOVEMENTS; i++)
	{
		uint64 count = (uint64) pq_getmsgint64(buffer);

		if (count > CXM_COUNTER_CEILING)
			summary_refuse_binary(&REVENUE, "A count is negative.");
		cxm_counter_set(summary->counters, CXM_WIDEST, i, count);
	}
	for (int i = 0; i < MOVEMENTS; i++)
		for (int j = 0; j < positions; j++)
		{
			unsigned int digit = pq_getmsgint(buffer, 2);

			if (digit >= CXM_DECIMAL_BASE)
				summary_refuse_binary(&REVENUE, "A digit is out of range.");
			state_sum(summary, i)[j] = digit;
		}
	view = view_summary(summary);
	if (!total_is_in_range(&view) || !is_sound(&view))
		summary_refuse_binary(&REVENUE, "The amounts do not fit each other or the customers.");
	PG_RETURN_POINTER(narrow_summary(&view));
}

/*
 * Readings
 */

static const int AT_START[MOVEMENTS] = {1, 0, 0, 0, 0, 0};
static const int AT_END[MOVEMENTS] = {1, 1, 1, -1, -1, 1};
static const int KEPT_AND_GROWN[MOVEMENTS] = {1, 0, 1, -1, -1, 0};
static const int GAINED[MOVEMENTS] = {0, 1, 1, 0, 0, 1};
static const int LOST[MOVEMENTS] = {0, 0, 0, 1, 1, 0};
static const int LOST_LESS_REGAINED[MOVEMENTS] = {0, 0, -1, 1, 1, -1};

static Datum
numeric_amount(const RevenueView *view, const int factors[MOVEMENTS])
{
	Amount amount = amount_of(view, factors);

	return DirectFunctionCall3(numeric_in, CStringGetDatum(amount_text(&amount)),
	                           ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

/* The quotient of two exact amounts, in a double: rounded once above, once below, once between. */
static double
ratio(const RevenueView *view, const int part[MOVEMENTS], const int whole[MOVEMENTS])
{
	Amount denominator = amount_of(view, whole);
	Datum  quotient;
	double result;

	if (denominator.sign == 0)
		return NAN;
	quotient =
	    DirectFunctionCall2(numeric_div, numeric_amount(view, part), numeric_amount(view, whole));
	result = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, quotient));
	if (isinf(result))
		summary_refuse_overflow("ratio of revenue");
	return result;
}

static int64
customers(const RevenueView *view, const int factors[MOVEMENTS])
{
	int64 sum = 0;

	for (int i = 0; i < MOVEMENTS; i++)
		if (factors[i] && pg_add_s64_overflow(sum, (int64) view->count[i], &sum))
			summary_refuse_overflow("count of customers");
	return sum;
}

static int64
customers_at_start(const RevenueView *view)
{
	return customers(view, (const int[MOVEMENTS]){1, 0, 1, 1, 1, 0});
}

static int64
customers_at_end(const RevenueView *view)
{
	return customers(view, (const int[MOVEMENTS]){1, 1, 1, 1, 0, 1});
}

#define READING(name, return_statement)                  \
	PG_FUNCTION_INFO_V1(revenue_##name);                 \
	Datum revenue_##name(PG_FUNCTION_ARGS)               \
	{                                                    \
		RevenueView view = view_summary(SUMMARY_ARG(0)); \
                                                         \
		return_statement;                                \
	}

READING(mrr_start, return numeric_amount(&view, AT_START))
READING(mrr_end, return numeric_amount(&view, AT_END))
READING(grr, CXM_RETURN_FLOAT8_OR_NULL(ratio(&view, RETAINED, AT_START)))
READING(nrr, CXM_RETURN_FLOAT8_OR_NULL(ratio(&view, KEPT_AND_GROWN, AT_START)))
READING(gross_revenue_churn, CXM_RETURN_FLOAT8_OR_NULL(ratio(&view, LOST, AT_START)))
READING(net_revenue_churn, CXM_RETURN_FLOAT8_OR_NULL(ratio(&view, LOST_LESS_REGAINED, AT_START)))
READING(quick_ratio, CXM_RETURN_FLOAT8_OR_NULL(ratio(&view, GAINED, LOST)))
READING(customers_at_start, PG_RETURN_INT64(customers_at_start(&view)))
READING(customers_at_end, PG_RETURN_INT64(customers_at_end(&view)))

PG_FUNCTION_INFO_V1(revenue_arpa);
Datum
revenue_arpa(PG_FUNCTION_ARGS)
{
	RevenueView view = view_summary(SUMMARY_ARG(0));
	int64       accounts = customers_at_end(&view);
	Datum       mean;

	if (accounts == 0)
		PG_RETURN_NULL();
	mean = DirectFunctionCall2(numeric_div, numeric_amount(&view, AT_END),
	                           NumericGetDatum(int64_to_numeric(accounts)));
	return DirectFunctionCall1(numeric_trim_scale, mean);
}

PG_FUNCTION_INFO_V1(revenue_currency_of);
Datum
revenue_currency_of(PG_FUNCTION_ARGS)
{
	RevenueView view = view_summary(SUMMARY_ARG(0));

	if (view.currency[0] == '\0')
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(currency_text(view.currency)));
}

PG_FUNCTION_INFO_V1(revenue_movements);
Datum
revenue_movements(PG_FUNCTION_ARGS)
{
	static const Movement order[] = {NEW, EXPANSION, REACTIVATED, CONTRACTION, CHURNED};
	ReturnSetInfo        *result = (ReturnSetInfo *) fcinfo->resultinfo;
	RevenueView           view = view_summary(SUMMARY_ARG(0));

	InitMaterializedSRF(fcinfo, 0);
	for (size_t i = 0; i < lengthof(order); i++)
	{
		int   factors[MOVEMENTS] = {0};
		Datum values[3];
		bool  nulls[3] = {false, false, false};

		factors[order[i]] = AT_END[order[i]];
		values[0] = CStringGetTextDatum(AMOUNT_KEYS[order[i]]);
		values[1] = numeric_amount(&view, factors);
		values[2] = Int64GetDatum((int64) view.count[order[i]]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
