/*
 * roots.h
 *		Where a function that decreases is zero.
 */
#ifndef CXM_ROOTS_H
#define CXM_ROOTS_H

typedef double (*CxmDecreasing)(double x, void *context);

/*
 * The x where f is zero, which is above zero to the left of it and below to the right.  The search
 * goes from start on, in steps that double; what lies beyond -limit or limit is -+ infinity.
 */
extern double cxm_root(CxmDecreasing f, void *context, double start, double step, double limit);

#endif /* CXM_ROOTS_H */
