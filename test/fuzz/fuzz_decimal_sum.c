/*
 * fuzz_decimal_sum.c
 *		Sums of decimals: what is added can be taken out again, and a printed sum has the digits it
 *		was normalised to.
 */
#include "decimal_sum.h"
#include "fuzz.h"

#define MOST 40

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t sum[MOST + CXM_DECIMAL_CARRY] = {0};
	int64_t other[MOST] = {0};
	int64_t before[MOST];
	char   *text;
	size_t  n, length;
	int8_t  low;
	int     sign;

	fuzz_take(&data, &size, &low, sizeof(low));
	n = size / (2 * sizeof(int64_t));
	if (n == 0 || n > MOST)
		return 0;
	memcpy(sum, data, n * sizeof(int64_t));
	memcpy(other, data + n * sizeof(int64_t), n * sizeof(int64_t));
	memcpy(before, sum, sizeof(before));
	if (cxm_decimal_combine(sum, other, n, 1))
	{
		LAW(cxm_decimal_combine(sum, other, n, -1));
		LAW(memcmp(sum, before, n * sizeof(int64_t)) == 0);
	}

	/* as little as additions of digits can bring about */
	for (size_t i = 0; i < n; i++)
		sum[i] = before[i] / 2;
	sign = cxm_decimal_normalise(sum, n + CXM_DECIMAL_CARRY);
	for (size_t i = 0; i < n + CXM_DECIMAL_CARRY; i++)
		LAW(sum[i] >= 0 && sum[i] < CXM_DECIMAL_BASE);
	text = malloc(cxm_decimal_text_size(n + CXM_DECIMAL_CARRY, low));
	length = cxm_decimal_print(sum, n + CXM_DECIMAL_CARRY, low, sign < 0, text);
	LAW(text[length] == '\0' && strspn(text, "-.0123456789") == length);
	LAW((sign == 0) == (strcmp(text, "0") == 0));
	free(text);
	return 0;
}
