/*
 * fuzz_uint128.c
 *		Any text is no number, or one that prints as text of the same; what is added can be taken
 *		out; quotient and remainder make the dividend.
 */
#include "fuzz.h"
#include "uint128.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char      *text = strndup((const char *) data, size);
	uint64_t   x[3];
	CxmUint128 number, again, product;
	char       printed[CXM_UINT128_TEXT];

	for (int decimals = 0; decimals <= 38; decimals += 6)
	{
		if (!cxm_uint128_parse(text, decimals, &number))
			continue;
		LAW((size_t) cxm_uint128_print(number, decimals, printed) == strlen(printed));
		LAW(cxm_uint128_parse(printed, decimals, &again));
		LAW(cxm_uint128_compare(number, again) == 0);
	}
	free(text);

	for (int i = 0; i < 3; i++)
		x[i] = fuzz_number(&data, &size);
	number = (CxmUint128){x[0], x[1]};
	again = number;
	if (cxm_uint128_add(&again, cxm_uint128_multiply(x[2], x[2])))
	{
		LAW(cxm_uint128_subtract(&again, cxm_uint128_multiply(x[2], x[2])));
		LAW(cxm_uint128_compare(number, again) == 0);
	}
	if (x[2] > 0 && x[2] <= UINT64_C(1) << 63)
	{
		CxmUint128 quotient = {0, x[1]};
		uint64_t   remainder = cxm_uint128_divide(&quotient, x[2]);

		product = cxm_uint128_multiply(quotient.low, x[2]);
		LAW(remainder < x[2] && quotient.high == 0);
		LAW(cxm_uint128_add(&product, (CxmUint128){0, remainder}));
		LAW(product.high == 0 && product.low == x[1]);
	}
	return 0;
}
