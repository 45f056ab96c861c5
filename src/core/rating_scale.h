/*
 * rating_scale.h
 *		Survey scales: the whole numbers from a worst to a best answer.
 *
 * A scale is written worst..best: 0..10, 1..5, and 5..1 where a high number is bad.  Its answers
 * have slots 0 ... top in the order of the numbers; a rank counts from 0, the worst, to top, the
 * best.
 */
#ifndef CXM_RATING_SCALE_H
#define CXM_RATING_SCALE_H

#include <stdbool.h>
#include <stdint.h>

#define CXM_SCALE_MOST_ANSWERS 256

/* Bounds have up to nine digits, so neither they nor their difference can overflow. */
#define CXM_SCALE_BOUND 999999999

/* A text of cxm_scale_print(): two bounds of ten characters, two dots and the end of the string. */
#define CXM_SCALE_TEXT 23

typedef struct CxmScale
{
	int32_t low;      /* the smallest answer */
	uint8_t top;      /* the number of answers less one */
	bool    reversed; /* the smallest answer is the best */
} CxmScale;

typedef enum CxmScaleError
{
	CXM_SCALE_OK,
	CXM_SCALE_SYNTAX, /* not two whole numbers with two dots between */
	CXM_SCALE_SIZE    /* fewer than 2 or more than 256 answers */
} CxmScaleError;

static inline bool
cxm_scale_equal(CxmScale a, CxmScale b)
{
	return a.low == b.low && a.top == b.top && a.reversed == b.reversed;
}

static inline int32_t
cxm_scale_answer(CxmScale scale, int rank)
{
	return scale.low + (scale.reversed ? scale.top - rank : rank);
}

/* The slot of an answer with this rank, and the rank of an answer in this slot. */
static inline int
cxm_scale_mirror(CxmScale scale, int slot_or_rank)
{
	return scale.reversed ? scale.top - slot_or_rank : slot_or_rank;
}

/* Reads length bytes of text.  In case of CXM_SCALE_SIZE, *answers says how many there would be. */
extern CxmScaleError cxm_scale_parse(const char *text, int length, CxmScale *scale,
                                     int64_t *answers);

/* Writes the scale as it is read; text needs CXM_SCALE_TEXT bytes. */
extern void cxm_scale_print(CxmScale scale, char *text);

#endif /* CXM_RATING_SCALE_H */
