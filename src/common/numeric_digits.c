/*
 * numeric_digits.c
 *		Does this server store numerics as numeric_digits.h believes?
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "common/numeric_digits.h"

#define SEND_NEGATIVE 0x4000
#define SEND_SPECIAL 0xC000

/* Is it the same number that numeric_send() describes? */
static bool
agrees_with_send(const char *text)
{
	Datum  numeric = DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(0),
	                                     Int32GetDatum(-1));
	bytea *sent = DatumGetByteaP(DirectFunctionCall1(numeric_send, numeric));
	NumericDigits  number = numeric_digits(DatumGetPointer(numeric));
	StringInfoData message;
	int            count;
	int            weight;
	int            sign;

	initStringInfo(&message);
	appendBinaryStringInfo(&message, VARDATA(sent), VARSIZE(sent) - VARHDRSZ);
	count = (int) pq_getmsgint(&message, 2);
	weight = (int16) pq_getmsgint(&message, 2);
	sign = (int) pq_getmsgint(&message, 2);
	pq_getmsgint(&message, 2); /* the display scale says nothing about the number */

	if (number.special || (sign & SEND_SPECIAL) == SEND_SPECIAL)
		return number.special && (sign & SEND_SPECIAL) == SEND_SPECIAL;
	if (number.count != count || number.negative != (sign == SEND_NEGATIVE) ||
	    (count > 0 && number.weight != weight))
		return false;
	for (int i = 0; i < count; i++)
		if (numeric_digit(&number, i) != (int16) pq_getmsgint(&message, 2))
			return false;
	return true;
}

void
numeric_digits_check(void)
{
	/* both forms, both signs, weights at the ends of the short form and beyond, all specials */
	static const char *const samples[] = {
	    "0",      "0.00",    "0.10",    "1",       "-1",     "9999",     "10000",
	    "0.0001", "1e-100",  "1e-252",  "1e-264",  "1e252",  "1e256",    "-1e256",
	    "1.5e63", "-2e-70",  "1e-2000", "1e30000", "NaN",    "Infinity", "-Infinity",
	    "-12345.678", "123456789012345678901234567890.123456789012345678901234567890"};
	static bool checked = false;

	if (checked)
		return;
	for (size_t i = 0; i < lengthof(samples); i++)
		if (!agrees_with_send(samples[i]))
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			                errmsg("cxm cannot read numeric values of this version of PostgreSQL"),
			                errdetail("The stored form of %s is not as expected.", samples[i])));
	checked = true;
}
