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

/* The currency in an argument, three capital letters. */
extern const char *revenue_currency_arg(FunctionCallInfo fcinfo, int argno);

#endif /* CXM_REVENUE_SUMMARY_H */
