/*
 * twofold.h
 *		Numbers of twice the digits of a double: unevaluated sums of two doubles, accurate to some
 *		31 decimal digits (Dekker 1971).
 *
 * Regressions on drivers that nearly determine each other lose as many digits as their correlation
 * matrix is ill-conditioned by; these have them to lose.
 */
#ifndef CXM_TWOFOLD_H
#define CXM_TWOFOLD_H

#include <float.h>
#include <math.h>

typedef struct CxmTwofold
{
	double high;
	double low; /* at most half a unit in the last place of high */
} CxmTwofold;

static inline CxmTwofold
cxm_twofold(double a)
{
	return (CxmTwofold){a, 0};
}

/* It is about what rounding loses, so that nothing may be kept with more digits than it has. */
#if FLT_EVAL_METHOD == 0
typedef double CxmRounded;
#else
typedef volatile double CxmRounded;
#endif

/* a + b where |a| >= |b|; and in any order */
static inline CxmTwofold
cxm_twofold_quick_sum(double a, double b)
{
	CxmRounded sum = a + b;
	CxmRounded part = sum - a;

	return (CxmTwofold){sum, b - part};
}

static inline CxmTwofold
cxm_twofold_sum(double a, double b)
{
	CxmRounded sum = a + b;
	CxmRounded part = sum - a;
	CxmRounded rest = sum - part;

	return (CxmTwofold){sum, (a - rest) + (b - part)};
}

/* a * b, for factors whose product is far from the ends of double's range */
static inline CxmTwofold
cxm_twofold_product(double a, double b)
{
	CxmRounded product = a * b;
#ifdef FP_FAST_FMA
	return (CxmTwofold){product, fma(a, b, -product)};
#else
	const double splitter = 134217729; /* 2^27 + 1 */
	CxmRounded   a_scaled = splitter * a;
	CxmRounded   b_scaled = splitter * b;
	CxmRounded   a_rest = a_scaled - a;
	CxmRounded   b_rest = b_scaled - b;
	CxmRounded   a_high = a_scaled - a_rest;
	CxmRounded   b_high = b_scaled - b_rest;
	CxmRounded   a_low = a - a_high;
	CxmRounded   b_low = b - b_high;

	return (CxmTwofold){
	    product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
#endif
}

static inline CxmTwofold
cxm_twofold_add(CxmTwofold a, CxmTwofold b)
{
	CxmTwofold high = cxm_twofold_sum(a.high, b.high);
	CxmTwofold low = cxm_twofold_sum(a.low, b.low);

	high = cxm_twofold_quick_sum(high.high, high.low + low.high);
	return cxm_twofold_quick_sum(high.high, high.low + low.low);
}

static inline CxmTwofold
cxm_twofold_negative(CxmTwofold a)
{
	return (CxmTwofold){-a.high, -a.low};
}

static inline CxmTwofold
cxm_twofold_subtract(CxmTwofold a, CxmTwofold b)
{
	return cxm_twofold_add(a, cxm_twofold_negative(b));
}

static inline CxmTwofold
cxm_twofold_multiply(CxmTwofold a, CxmTwofold b)
{
	CxmTwofold product = cxm_twofold_product(a.high, b.high);

	return cxm_twofold_quick_sum(product.high,
	                             product.low + (a.high * b.low + a.low * b.high));
}

/* by Newton's method from the quotient of doubles; b is not zero */
static inline CxmTwofold
cxm_twofold_divide(CxmTwofold a, CxmTwofold b)
{
	double     first = a.high / b.high;
	CxmTwofold rest = cxm_twofold_subtract(a, cxm_twofold_multiply(b, cxm_twofold(first)));
	double     second = rest.high / b.high;
	CxmTwofold quotient = cxm_twofold_quick_sum(first, second);

	rest = cxm_twofold_subtract(rest, cxm_twofold_multiply(b, cxm_twofold(second)));
	return cxm_twofold_add(quotient, cxm_twofold(rest.high / b.high));
}

/* likewise; a is above zero */
static inline CxmTwofold
cxm_twofold_sqrt(CxmTwofold a)
{
	double     root = sqrt(a.high);
	CxmTwofold rest = cxm_twofold_subtract(a, cxm_twofold_product(root, root));

	return cxm_twofold_quick_sum(root, rest.high / (2 * root));
}

#endif /* CXM_TWOFOLD_H */
