/*
 * numeric_digits.h
 *		The digits of a numeric where they lie, without a copy.
 *
 * PostgreSQL exports no way to look at a numeric's digits but numeric_send(), which allocates, and
 * costs more than a whole row of a sum.  So the stored form is read here.  It is safe to know: it
 * lies in every table, and pg_upgrade forbids that it change.  numeric_digits_check() compares it
 * with numeric_send() all the same, once in a session, before the first digit is believed.
 */
#ifndef CXM_NUMERIC_DIGITS_H
#define CXM_NUMERIC_DIGITS_H

#include "common/arguments.h"

/*
 * A number is the sum of digit[i] * 10000^(weight - i), with a sign.  There are no zeros at either
 * end; the number 0 has no digits.  The digits are int16, at any address.
 */
typedef struct NumericDigits
{
	const char *digits;
	int         count;
	int         weight;
	bool        negative;
	bool        special; /* NaN or an infinity: no digits */
} NumericDigits;

static inline int16
numeric_digit(const NumericDigits *number, int i)
{
	int16 digit;

	memcpy(&digit, number->digits + i * (int) sizeof(digit), sizeof(digit));
	return digit;
}

/*
 * The stored form behind the varlena header: a word that says which form it is, with sign and
 * scale; in the long form one more word, the weight; the digits.
 *
 *		bits 15-14	00 positive, 01 negative: long form
 *					11 special
 *					10 short form: bit 13 is the sign, bits 6-0 are the weight in two's complement
 */
#define NUMERIC_FORM_MASK 0xC000
#define NUMERIC_FORM_NEGATIVE 0x4000
#define NUMERIC_FORM_SHORT 0x8000
#define NUMERIC_FORM_SPECIAL 0xC000
#define NUMERIC_SHORT_NEGATIVE 0x2000
#define NUMERIC_SHORT_WEIGHT 0x007F
#define NUMERIC_SHORT_WEIGHT_SIGN 0x0040

/* The digits of a detoasted numeric, with either kind of varlena header. */
static inline NumericDigits
numeric_digits(const void *value)
{
	const char   *body = VARDATA_ANY(value);
	Size          size = VARSIZE_ANY_EXHDR(value);
	NumericDigits number;
	uint16        word;
	int16         weight;

	memcpy(&word, body, sizeof(word));
	number.special = (word & NUMERIC_FORM_MASK) == NUMERIC_FORM_SPECIAL;
	if (word & NUMERIC_FORM_SHORT)
	{
		int low = word & NUMERIC_SHORT_WEIGHT;

		number.negative = (word & NUMERIC_SHORT_NEGATIVE) != 0;
		number.weight = (low ^ NUMERIC_SHORT_WEIGHT_SIGN) - NUMERIC_SHORT_WEIGHT_SIGN;
		number.digits = body + sizeof(word);
	}
	else
	{
		memcpy(&weight, body + sizeof(word), sizeof(weight));
		number.negative = (word & NUMERIC_FORM_MASK) == NUMERIC_FORM_NEGATIVE;
		number.weight = weight;
		number.digits = body + sizeof(word) + sizeof(weight);
	}
	number.count = number.special ? 0 : (int) ((body + size - number.digits) / (int) sizeof(int16));
	return number;
}

/* Compares two numbers that are neither negative nor special, as strcmp() does. */
static inline int
numeric_digits_compare(const NumericDigits *a, const NumericDigits *b)
{
	int common = Min(a->count, b->count);

	if (common > 0 && a->weight != b->weight)
		return a->weight - b->weight;
	for (int i = 0; i < common; i++)
	{
		int difference = numeric_digit(a, i) - numeric_digit(b, i);

		if (difference != 0)
			return difference;
	}
	return a->count - b->count;
}

/* An error when this server's numerics are stored in another way. */
extern void numeric_digits_check(void);

#endif /* CXM_NUMERIC_DIGITS_H */
