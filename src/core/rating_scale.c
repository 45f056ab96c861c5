/*
 * rating_scale.c
 *		Survey scales: the numbers from a worst to a best answer, in equal steps.
 */
#include "core/rating_scale.h"

#include <float.h>
#include <string.h>

#include "core/uint128.h"

/*
 * How far from an answer, in steps, a number may be that has decimals.  Binary fractions are no
 * decimal ones: 0.1 + 0.2 is not 0.3, and what was a float of four bytes is off by 6e-8 of itself,
 * which is the more of a step, the more steps it is from zero.
 */
#define LEAST_ROUNDING 2e-5
#define MOST_ROUNDING 0.01
#define FLOAT4_ROUNDING 6e-8

/* A number is read in thousandths. */
#define THOUSANDTHS 1000

/* What stands before a step. */
#define BY " by "

/*
 * Reads one number: no plus, no superfluous zero before the point, no -0; at most nine digits
 * before it and three behind.
 */
static bool
parse_number(const char **text, const char *end, int64_t *thousandths)
{
	const char *at = *text;
	bool        negative = at < end && *at == '-';
	const char *digits = at + negative;
	const char *point;
	int64_t     value = 0;
	int         decimals = 0;

	for (at = digits; at < end && *at >= '0' && *at <= '9'; at++)
	{
		if (at - digits == 9)
			return false;
		value = value * 10 + (*at - '0');
	}
	if (at == digits || (*digits == '0' && at - digits > 1))
		return false;
	point = at;
	/* two dots stand between two numbers */
	if (end - at > 1 && at[0] == '.' && at[1] >= '0' && at[1] <= '9')
		for (at++; at < end && *at >= '0' && *at <= '9'; at++, decimals++)
		{
			if (at - point > CXM_SCALE_DECIMALS)
				return false;
			value = value * 10 + (*at - '0');
		}
	for (; decimals < CXM_SCALE_DECIMALS; decimals++)
		value *= 10;
	if (negative && value == 0)
		return false;
	*text = at;
	*thousandths = negative ? -value : value;
	return true;
}

/* Moves behind what the text begins with. */
static bool
skip(const char **text, const char *end, const char *what)
{
	size_t length = strlen(what);

	if ((size_t) (end - *text) < length || memcmp(*text, what, length) != 0)
		return false;
	*text += length;
	return true;
}

CxmScaleError
cxm_scale_parse(const char *text, int length, CxmScale *scale, int64_t *answers)
{
	const char *end = text + length;
	int64_t     worst;
	int64_t     best;
	int64_t     step = THOUSANDTHS;
	int64_t     unit = THOUSANDTHS;
	int64_t     span;
	int64_t     low;
	uint8_t     decimals = 0;

	if (!parse_number(&text, end, &worst) || !skip(&text, end, "..") ||
	    !parse_number(&text, end, &best) ||
	    (text != end && (!skip(&text, end, BY) || !parse_number(&text, end, &step))) ||
	    text != end || step <= 0)
		return CXM_SCALE_SYNTAX;

	for (; worst % unit != 0 || best % unit != 0 || step % unit != 0; decimals++)
		unit /= 10;
	low = (best < worst ? best : worst) / unit;
	span = (best < worst ? worst - best : best - worst) / unit;
	step /= unit;
	if (low < -CXM_SCALE_BOUND || low + span > CXM_SCALE_BOUND)
		return CXM_SCALE_SYNTAX;
	if (span % step != 0)
		return CXM_SCALE_STEP;
	*answers = span / step + 1;
	if (*answers < 2 || *answers > CXM_SCALE_MOST_ANSWERS)
		return CXM_SCALE_SIZE;
	if (step > CXM_SCALE_LARGEST_STEP)
		return CXM_SCALE_STEP_UNITS;

	*scale = (CxmScale){.low = (int32_t) low,
	                    .top = (uint8_t) (*answers - 1),
	                    .skipped = (uint8_t) (step - 1),
	                    .decimals = decimals,
	                    .reversed = best < worst};
	return CXM_SCALE_OK;
}

/* Writes a number of units without superfluous zeros, and returns the end of the text. */
static char *
print_number(CxmScale scale, int64_t units, char *text)
{
	if (units < 0)
		*text++ = '-';
	return text + cxm_uint128_print((CxmUint128){0, (uint64_t) (units < 0 ? -units : units)},
	                                scale.decimals, text);
}

void
cxm_scale_print_answer(CxmScale scale, int slot, char *text)
{
	print_number(scale, cxm_scale_units_at(scale, slot), text);
}

void
cxm_scale_print(CxmScale scale, char *text)
{
	int worst = cxm_scale_mirror(scale, 0);
	int best = cxm_scale_mirror(scale, scale.top);

	text = print_number(scale, cxm_scale_units_at(scale, worst), text);
	*text++ = '.';
	*text++ = '.';
	text = print_number(scale, cxm_scale_units_at(scale, best), text);
	if (!cxm_scale_is_plain(scale))
	{
		memcpy(text, BY, sizeof(BY));
		print_number(scale, cxm_scale_step(scale), text + sizeof(BY) - 1);
	}
}

int
cxm_scale_find_answer(CxmScale scale, const char *text)
{
	const char *at = text;
	int64_t     thousandths;
	int         slot;
	char        spelling[CXM_SCALE_TEXT];

	if (!parse_number(&at, text + strlen(text), &thousandths))
		return CXM_SLOT_OUTSIDE;
	slot = cxm_scale_slot(scale, (double) thousandths / THOUSANDTHS);
	if (slot < 0)
		return CXM_SLOT_OUTSIDE;
	cxm_scale_print_answer(scale, slot, spelling);
	return strcmp(text, spelling) == 0 ? slot : CXM_SLOT_OUTSIDE;
}

/* Where a number is on the scale, in steps from the lowest answer. */
static double
position_of(CxmScale scale, double number)
{
	return (number * cxm_scale_units(scale) - scale.low) / cxm_scale_step(scale);
}

/* How many steps there are between zero and a number, by which its rounding grows. */
static double
steps_from_zero(CxmScale scale, double number)
{
	return fabs(number) * cxm_scale_units(scale) / cxm_scale_step(scale);
}

int
cxm_scale_stepped_slot(CxmScale scale, double answer)
{
	double position = position_of(scale, answer);
	double rounding = 0;

	if (scale.decimals > 0)
		rounding = fmin(fmax(FLOAT4_ROUNDING * steps_from_zero(scale, answer), LEAST_ROUNDING),
		                MOST_ROUNDING);
	/* written so that NaN is outside */
	if (!(position >= -rounding && position <= scale.top + rounding))
		return CXM_SLOT_OUTSIDE;
	if (fabs(rint(position) - position) > rounding)
		return CXM_SLOT_BETWEEN;
	return (int) rint(position);
}

int
cxm_scale_nearest_slot(CxmScale scale, double number)
{
	double position = position_of(scale, number);
	/* a decimal halfway may be a double just below */
	double half = scale.decimals > 0 ? 0.5 + 4 * DBL_EPSILON * steps_from_zero(scale, number) : 0.5;
	double slot = number < 0 ? ceil(position - half) : floor(position + half);

	return slot >= 0 && slot <= scale.top ? (int) slot : CXM_SLOT_OUTSIDE;
}
