/*
 * revenue_state.h
 *		The state of a revenue_summary: its layout, how it is looked at, and counting into it.
 *
 *	0            4         5       6            9        10      12          14       16
 *	+------------+---------+-------+------------+--------+-------+-----------+--------+-----...
 *	| varlena    | version | flags | currency   | unused | low   | positions | months | counters,
 *	| header     | 1 or 2  |       | 3 letters  | 0      | int16 | uint16    | uint16 | sums, months
 *	+------------+---------+-------+------------+--------+-------+-----------+--------+-----...
 *
 *	flags		bits 0-1: code of the counters' width; bit 2: the sums are wide; bit 3: the month is
 *				known; bit 4: every change was counted
 *	currency	three zero bytes when there is none
 *	counters	of customers, and
 *	sums		of amounts, none negative: one of each in each row of the table below
 *	months		the first day of each month, in order, as int32, and customers counted in it, as
 *				uint64
 *
 *	unchanged						the sum is that of all revenue at the start
 *	new, expansion, contraction, churned, reactivated		by what was there at the ends
 *	new and churned					nothing at either end, but in between; its sum is 0
 *	exchange gain, loss				what other rates made of revenue that stayed
 *	new ... reactivated again		by every change in between
 *
 * Version 1 has the first six rows, and neither months nor other flags.  A value is of version 2
 * only where it has something else.
 *
 * A sum is a decimal number in base 10000, the least significant position first: the position i
 * counts units of 10000^(low + i), and all sums have the same positions.  A stored value has digits
 * of two bytes, positions without a zero digit in all sums at either end, the narrowest counters,
 * and no month without customers.
 *
 * In an aggregate's state the sums are wide: int64, each position added to without a carry, as
 * core/decimal_sum.h says, and counters of 8 bytes.
 */
#ifndef CXM_REVENUE_STATE_H
#define CXM_REVENUE_STATE_H

#include "common/numeric_digits.h"
#include "common/summary.h"
#include "core/decimal_sum.h"

#define REVENUE_VERSION 1
#define REVENUE_NEWEST 2
#define REVENUE_WIDTH 0x03
#define REVENUE_WIDE 0x04
#define REVENUE_MONTHS 0x08
#define REVENUE_CHANGES 0x10
#define REVENUE_STATE (REVENUE_WIDE | CXM_WIDEST)
#define REVENUE_TERMS (REVENUE_MONTHS | REVENUE_CHANGES)

#define CURRENCY_LETTERS 3

#define NO_CURRENCY "\0\0" /* and the zero byte that ends it */

/* Movements of a customer's revenue; the sum of the first is that of all revenue at the start. */
typedef enum Movement
{
	REVENUE_UNCHANGED,
	REVENUE_NEW,
	REVENUE_EXPANSION,
	REVENUE_CONTRACTION,
	REVENUE_CHURNED,
	REVENUE_REACTIVATED,
	REVENUE_NEW_AND_CHURNED,
	REVENUE_EXCHANGE_GAIN,
	REVENUE_EXCHANGE_LOSS,
	REVENUE_FIRST_CHANGE,
	REVENUE_LAST_CHANGE = REVENUE_FIRST_CHANGE + REVENUE_REACTIVATED - REVENUE_NEW
} Movement;

#define REVENUE_START REVENUE_UNCHANGED
#define FIRST_MOVEMENTS REVENUE_NEW_AND_CHURNED  /* of version 1 */
#define CUSTOMER_MOVEMENTS REVENUE_EXCHANGE_GAIN /* each customer makes one of these */
#define MOVEMENTS (REVENUE_LAST_CHANGE + 1)

/* The row of a movement among those by every change. */
#define REVENUE_CHANGE(movement) ((Movement) (REVENUE_FIRST_CHANGE - REVENUE_NEW + (movement)))

typedef struct RevenueSummary
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	char          currency[CURRENCY_LETTERS];
	uint8         unused;
	int16         low;
	uint16        positions;
	uint16        months;
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} RevenueSummary;

/* The most months, which can be told apart, and how one lies in a value. */
#define REVENUE_MOST_MONTHS 1200
#define REVENUE_MONTH_SIZE (sizeof(DateADT) + sizeof(uint64))

typedef struct RevenueMonth
{
	DateADT day;
	uint64  customers;
} RevenueMonth;

/* A numeric reaches from 10000^-4096 to 10000^32767. */
#define LOWEST_WEIGHT (-4096)
#define HIGHEST_WEIGHT 32767

static inline int
revenue_rows(uint8 version)
{
	return version == REVENUE_VERSION ? FIRST_MOVEMENTS : MOVEMENTS;
}

extern SUMMARY_TYPE_HIDDEN const SummaryType REVENUE;

/* What a value or a state holds.  All customers together are as many as bigint can say. */
typedef struct RevenueView
{
	char                 currency[CURRENCY_LETTERS];
	uint8                version;
	uint8                flags; /* those of REVENUE_TERMS */
	int                  rows;  /* that there are: others count zero */
	bool                 wide;
	int                  low;
	int                  positions;
	int                  n_months;
	const unsigned char *sums;
	const unsigned char *months;
	uint64               count[MOVEMENTS];
	uint64               total;
} RevenueView;

/* The row of a movement: that of every change, where these were counted. */
static inline Movement
revenue_row(const RevenueView *view, Movement movement)
{
	return (view->flags & REVENUE_CHANGES) != 0 ? REVENUE_CHANGE(movement) : movement;
}

/* Looks at a value with either kind of varlena header; trusts no byte of it.  A blank is empty. */
extern RevenueView revenue_view(const void *value);

/* The months of a value that count customers, palloc'd; an error where they are not in order. */
extern RevenueMonth *revenue_months(const RevenueView *view, int *n);

/* A sum of movements, each with a factor of 1, 0 or -1: every amount that is read is one. */
typedef struct RevenueAmount
{
	int    sign;
	int    low;
	int    positions; /* of digits, with room for the carry */
	int64 *digits;
} RevenueAmount;

extern RevenueAmount revenue_amount(const RevenueView *view, const int factors[MOVEMENTS]);
extern RevenueAmount revenue_amount_moved(const RevenueView *view, Movement movement);

/* An amount as text, and as numeric. */
extern char *revenue_amount_text(RevenueAmount amount);
extern Datum revenue_numeric(const RevenueView *view, const int factors[MOVEMENTS]);

/* An empty state of the view's terms and so many positions; and a state with these months. */
extern RevenueSummary *revenue_empty_state(const RevenueView *terms, int low, int positions);
extern RevenueSummary *revenue_with_months(const RevenueSummary *state, const RevenueMonth *months,
                                           int n_months);

/* A state with what the view has, and with room for positions from low to high, too. */
extern RevenueSummary *revenue_widened_state(const RevenueView *view, int low, int high);

/* The canonical value of what is viewed; NULL where amounts and customers do not fit each other. */
extern RevenueSummary *revenue_narrowed(const RevenueView *view);

/* The state's own: sums, and the place of a month; NULL where it has not this one. */
static inline int64 *
revenue_state_sum(RevenueSummary *state, Movement movement)
{
	return (int64 *) (state->counters + revenue_rows(state->version) * sizeof(uint64)) +
	       movement * state->positions;
}

extern unsigned char *revenue_state_month(RevenueSummary *state, DateADT day);
extern void           revenue_count_month(RevenueSummary *state, DateADT day, bool add);

/* Counting */

/* What rows are counted in: the terms of the state, and where they are known the month. */
typedef struct RevenueTerms
{
	const char *currency;
	uint8       version; /* that has the rows which are needed */
	uint8       flags;
	DateADT     month;
} RevenueTerms;

static inline Size
revenue_size(uint8 version, uint8 flags, int positions, int months)
{
	int rows = revenue_rows(version);

	return offsetof(RevenueSummary, counters) + ((Size) rows << (flags & REVENUE_WIDTH)) +
	       (Size) rows * positions * (flags & REVENUE_WIDE ? sizeof(int64) : sizeof(int16)) +
	       months * REVENUE_MONTH_SIZE;
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
revenue_fits(RevenueSummary *state, const RevenueTerms *terms)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) > offsetof(RevenueSummary, counters) &&
	       state->version >= terms->version && state->version <= REVENUE_NEWEST &&
	       state->flags == (REVENUE_STATE | terms->flags) &&
	       VARSIZE(state) ==
	           revenue_size(state->version, REVENUE_STATE, state->positions, state->months) &&
	       memcmp(state->currency, terms->currency, CURRENCY_LETTERS) == 0 &&
	       ((terms->flags & REVENUE_MONTHS) == 0 ||
	        revenue_state_month(state, terms->month) != NULL);
}

static inline bool
revenue_has_room(const RevenueSummary *state, const NumericDigits *amount)
{
	return amount->count == 0 || (amount->weight - amount->count + 1 >= state->low &&
	                              amount->weight < state->low + state->positions);
}

/* The state that fits, in place of one, or a value, or NULL, that does not. */
extern RevenueSummary *revenue_prepared_slowly(void *state, const RevenueTerms *terms,
                                               const NumericDigits *amounts, int n);

static pg_attribute_always_inline RevenueSummary *
revenue_prepared(RevenueSummary *state, const RevenueTerms *terms, const NumericDigits *amounts,
                 int n)
{
	bool fits = likely(state != NULL) && revenue_fits(state, terms);

	for (int i = 0; fits && i < n; i++)
		fits = revenue_has_room(state, &amounts[i]);
	return likely(fits) ? state : revenue_prepared_slowly(state, terms, amounts, n);
}

/* What a customer does whose revenue goes from one amount to the other. */
static inline Movement
revenue_movement_of(const NumericDigits *before, const NumericDigits *after, bool was_customer)
{
	int change;

	if (before->count == 0)
		return was_customer ? REVENUE_REACTIVATED : REVENUE_NEW;
	if (after->count == 0)
		return REVENUE_CHURNED;
	change = numeric_digits_compare(after, before);
	if (change == 0)
		return REVENUE_UNCHANGED;
	return change > 0 ? REVENUE_EXPANSION : REVENUE_CONTRACTION;
}

/* One more customer who made the movement of this row, or one less. */
static inline void
revenue_count_mover(RevenueSummary *state, Movement row, bool add)
{
	if (unlikely(!cxm_counter_count(state->counters, CXM_WIDEST, row, add)))
		summary_refuse_count("customers", add);
}

/* A sum of a state that has been prepared for the amount has so much more, or less. */
static inline void
revenue_add_digits(int64 *sum, int low, const NumericDigits *amount, bool add)
{
	int64 *at = sum + (amount->weight - low);

	for (int i = 0; i < amount->count; i++)
		at[-i] += add ? numeric_digit(amount, i) : -numeric_digit(amount, i);
}

/* So much more in a row, and less by the other amount; or the other way round. */
static inline void
revenue_add_change(RevenueSummary *state, Movement row, const NumericDigits *more,
                   const NumericDigits *less, bool add)
{
	int64 *sum = revenue_state_sum(state, row);

	revenue_add_digits(sum, state->low, more, add);
	revenue_add_digits(sum, state->low, less, !add);
}

/* What there is to gain is after less before; to lose, before less after. */
static inline bool
revenue_gains(Movement movement)
{
	return movement != REVENUE_CONTRACTION && movement != REVENUE_CHURNED;
}

/* Counts a customer who has revenue at one end at least, or takes one out. */
static pg_attribute_always_inline void
revenue_count(RevenueSummary *state, const RevenueTerms *terms, const NumericDigits *before,
              const NumericDigits *after, bool was_customer, bool add)
{
	Movement movement = revenue_movement_of(before, after, was_customer);
	int64   *start = revenue_state_sum(state, REVENUE_START);
	int64   *moved = start + movement * state->positions;
	int      low = state->low;

	revenue_count_mover(state, movement, add);
	revenue_add_digits(start, low, before, add);
	if (movement != REVENUE_UNCHANGED)
	{
		bool gain = revenue_gains(movement);

		revenue_add_digits(moved, low, after, gain == add);
		revenue_add_digits(moved, low, before, gain != add);
	}
	if ((terms->flags & REVENUE_MONTHS) != 0)
		revenue_count_month(state, terms->month, add);
}

/*
 * An unusual amount makes a state long, and every row after it would pay for positions of zeros.
 * So a state of more positions than these is looked at when digits at an end of it are taken out.
 */
#define REVENUE_POSITIONS_KEPT 16

static pg_attribute_always_inline bool
revenue_may_be_too_long(const RevenueSummary *state, int low, int high)
{
	return state->positions > REVENUE_POSITIONS_KEPT &&
	       (low == state->low || high == state->low + state->positions - 1);
}

/* The state, or a shorter one if less than half of the positions are in use. */
extern RevenueSummary *revenue_shortened(RevenueSummary *state);

/* The state after amounts were taken out of it. */
static pg_attribute_always_inline RevenueSummary *
revenue_without(RevenueSummary *state, const NumericDigits *amounts, int n)
{
	for (int i = 0; i < n; i++)
		if (amounts[i].count > 0 &&
		    revenue_may_be_too_long(state, amounts[i].weight - amounts[i].count + 1,
		                            amounts[i].weight))
			return revenue_shortened(state);
	return state;
}

extern void *revenue_to_state(const void *value);
extern void *revenue_canonical(const void *state);
extern bool  revenue_is_empty(const void *state);
extern bool  revenue_same_terms(const void *a, const void *b);
extern void  revenue_refuse_mixture(const void *a, const void *b);
extern void *revenue_merge(void *state, const void *value, bool add);

#endif /* CXM_REVENUE_STATE_H */
