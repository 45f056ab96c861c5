/*
 * revenue_summary.h
 *		What the readings of a revenue_summary share.
 */
#ifndef CXM_REVENUE_SUMMARY_H
#define CXM_REVENUE_SUMMARY_H

#include "customers/revenue_state.h"

pg_noreturn extern void revenue_refuse_amount(Datum amount, bool special);

/* The digits of an amount of revenue; an error where it is negative, or not finite. */
static pg_attribute_always_inline NumericDigits
revenue_digits(Datum amount)
{
	void         *numeric = PG_DETOAST_DATUM_PACKED(amount);
	NumericDigits digits = numeric_digits(numeric);

	if (unlikely(digits.negative || digits.special))
		revenue_refuse_amount(PointerGetDatum(numeric), digits.special);
	return digits;
}

/* NULL is no revenue, which has no digits. */
static pg_attribute_always_inline NumericDigits
revenue_digits_or_none(Datum amount, bool is_null)
{
	NumericDigits none = {0};

	if (is_null)
		return none;
	return revenue_digits(amount);
}

/* The currency in an argument, three capital letters; the second takes NULL for none. */
extern const char *revenue_currency_arg(FunctionCallInfo fcinfo, int argno);

static inline const char *
revenue_optional_currency_arg(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NO_CURRENCY : revenue_currency_arg(fcinfo, argno);
}

/* The rate in an argument, which must be there where there is an amount: a positive number. */
extern Datum revenue_rate_arg(FunctionCallInfo fcinfo, int argno, const char *name, bool is_needed);

/* An amount at a rate. */
extern NumericDigits revenue_digits_at_rate(Datum amount, Datum rate);

/* Counts what another rate has made of revenue that stayed, in a state with room for both. */
extern void revenue_count_exchange(RevenueSummary *state, const NumericDigits *at_old_rate,
                                   const NumericDigits *at_new_rate, bool add);

#endif /* CXM_REVENUE_SUMMARY_H */
