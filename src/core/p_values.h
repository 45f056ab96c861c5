/*
 * p_values.h
 *		P-values of many tests at once.
 */
#ifndef CXM_P_VALUES_H
#define CXM_P_VALUES_H

#include <stddef.h>

typedef enum CxmAdjustment
{
	CXM_HOLM,
	CXM_BENJAMINI_HOCHBERG,
	CXM_BENJAMINI_YEKUTIELI
} CxmAdjustment;

/* Adjusts the n p-values of n tests in place: 0 ... 1, in ascending order, which they keep. */
extern void cxm_adjust_p_values(double *p, size_t n, CxmAdjustment adjustment);

#endif /* CXM_P_VALUES_H */
