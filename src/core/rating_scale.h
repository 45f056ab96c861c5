/*
 * rating_scale.h
 *		Survey scales: the numbers from a worst to a best answer, in equal steps.
 *
 * A scale is written worst..best: 0..10, 1..5, and 5..1 where a high number is bad.  Steps are of 1
 * unless it says otherwise: 0..10 by 0.5, -1..1 by 0.01, 100..0 by 5.  Its answers have slots
 * 0 ... top in the order of the numbers; a rank counts from 0, the worst, to top, the best.
 *
 * Bounds and step are whole numbers of a unit, which is 1, 0.1, 0.01 or 0.001: the largest of which
 * they all are.
 */
#ifndef CXM_RATING_SCALE_H
#define CXM_RATING_SCALE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define CXM_SCALE_MOST_ANSWERS 256

/* Bounds have up to nine digits of a unit, so neither they nor their difference can overflow. */
#define CXM_SCALE_BOUND 999999999

/* A step has up to so many units, and a unit so many decimals. */
#define CXM_SCALE_LARGEST_STEP 256
#define CXM_SCALE_DECIMALS 3

/*
 * The longest text that is read, and so that is printed, with the end of the string: a sign, nine
 * digits, a point and three decimals thrice, two dots and " by ".
 */
#define CXM_SCALE_TEXT 49

typedef struct CxmScale
{
	int32_t low;      /* the smallest answer, in units */
	uint8_t top;      /* the number of answers less one */
	uint8_t skipped;  /* units between two neighbours: the step less one */
	uint8_t decimals; /* of a unit */
	bool    reversed; /* the smallest answer is the best */
} CxmScale;

typedef enum CxmScaleError
{
	CXM_SCALE_OK,
	CXM_SCALE_SYNTAX,    /* not two numbers with two dots between, and perhaps a step */
	CXM_SCALE_SIZE,      /* fewer than 2 or more than 256 answers */
	CXM_SCALE_STEP,      /* the step does not lead from one end to the other */
	CXM_SCALE_STEP_UNITS /* the step has more than 256 units */
} CxmScaleError;

/* A number that has no slot: outside of the scale, as NaN is, or between two answers. */
#define CXM_SLOT_OUTSIDE (-1)
#define CXM_SLOT_BETWEEN (-2)

static inline bool
cxm_scale_equal(CxmScale a, CxmScale b)
{
	return a.low == b.low && a.top == b.top && a.skipped == b.skipped && a.decimals == b.decimals &&
	       a.reversed == b.reversed;
}

/* Are the answers all whole numbers from one to the other? */
static inline bool
cxm_scale_is_plain(CxmScale scale)
{
	return (scale.skipped | scale.decimals) == 0;
}

/* So many units are 1. */
static inline double
cxm_scale_units(CxmScale scale)
{
	static const double UNITS[] = {1, 10, 100, 1000};

	return UNITS[scale.decimals & CXM_SCALE_DECIMALS];
}

static inline int
cxm_scale_step(CxmScale scale)
{
	return scale.skipped + 1;
}

/* The answer in a slot, in units and as a number. */
static inline int64_t
cxm_scale_units_at(CxmScale scale, int slot)
{
	return (int64_t) scale.low + (int64_t) slot * cxm_scale_step(scale);
}

static inline double
cxm_scale_number(CxmScale scale, int slot)
{
	return (double) cxm_scale_units_at(scale, slot) / cxm_scale_units(scale);
}

/* The slot of an answer with this rank, and the rank of an answer in this slot. */
static inline int
cxm_scale_mirror(CxmScale scale, int slot_or_rank)
{
	return scale.reversed ? scale.top - slot_or_rank : slot_or_rank;
}

static inline double
cxm_scale_answer(CxmScale scale, int rank)
{
	return cxm_scale_number(scale, cxm_scale_mirror(scale, rank));
}

/* The slot of a number on a scale that is not plain. */
extern int cxm_scale_stepped_slot(CxmScale scale, double answer);

/* The slot of a number, or why it has none. */
static inline int
cxm_scale_slot(CxmScale scale, double answer)
{
	double slot = answer - scale.low;

	if (!cxm_scale_is_plain(scale))
		return cxm_scale_stepped_slot(scale, answer);
	/* written so that NaN is outside */
	if (!(slot >= 0 && slot <= scale.top))
		return CXM_SLOT_OUTSIDE;
	return rint(answer) == answer ? (int) slot : CXM_SLOT_BETWEEN;
}

/*
 * The slot of the answer that is nearest to a number, of two the one further from zero; outside
 * where that would be no answer of the scale.
 */
extern int cxm_scale_nearest_slot(CxmScale scale, double number);

/* Reads length bytes of text.  In case of CXM_SCALE_SIZE, *answers says how many there would be. */
extern CxmScaleError cxm_scale_parse(const char *text, int length, CxmScale *scale,
                                     int64_t *answers);

/* Write the scale, and the answer in a slot, in their one spelling, into CXM_SCALE_TEXT bytes. */
extern void cxm_scale_print(CxmScale scale, char *text);
extern void cxm_scale_print_answer(CxmScale scale, int slot, char *text);

/* The slot of an answer in its one spelling; CXM_SLOT_OUTSIDE where the text is something else. */
extern int cxm_scale_find_answer(CxmScale scale, const char *text);

#endif /* CXM_RATING_SCALE_H */
