/*
 * rating_scale.c
 *		Survey scales: the whole numbers from a worst to a best answer.
 */
#include "rating_scale.h"

#include <stdio.h>

/* Reads one bound in its only spelling: no plus, no superfluous zero, no -0. */
static bool
parse_bound(const char **text, const char *end, int32_t *bound)
{
	const char *at = *text;
	bool        negative = at < end && *at == '-';
	const char *digits = at + negative;
	int32_t     value = 0;

	for (at = digits; at < end && *at >= '0' && *at <= '9'; at++)
	{
		if (at - digits == 9)
			return false;
		value = value * 10 + (*at - '0');
	}
	if (at == digits || (*digits == '0' && (negative || at - digits > 1)))
		return false;
	*text = at;
	*bound = negative ? -value : value;
	return true;
}

CxmScaleError
cxm_scale_parse(const char *text, int length, CxmScale *scale, int64_t *answers)
{
	const char *end = text + length;
	int32_t     worst;
	int32_t     best;

	if (!parse_bound(&text, end, &worst) || end - text < 2 || text[0] != '.' || text[1] != '.')
		return CXM_SCALE_SYNTAX;
	text += 2;
	if (!parse_bound(&text, end, &best) || text != end)
		return CXM_SCALE_SYNTAX;

	*answers = (best >= worst ? (int64_t) best - worst : (int64_t) worst - best) + 1;
	if (*answers < 2 || *answers > CXM_SCALE_MOST_ANSWERS)
		return CXM_SCALE_SIZE;

	scale->reversed = best < worst;
	scale->low = scale->reversed ? best : worst;
	scale->top = (uint8_t) (*answers - 1);
	return CXM_SCALE_OK;
}

void
cxm_scale_print(CxmScale scale, char *text)
{
	snprintf(text, CXM_SCALE_TEXT, "%d..%d", (int) cxm_scale_answer(scale, 0),
	         (int) cxm_scale_answer(scale, scale.top));
}
