/*
 * gamma_gamma.h
 *		What customers spend on a purchase: the Gamma-Gamma model.
 *
 * What a customer spends each time is drawn from Gamma(p, v), where v is the customer's own and
 * drawn from Gamma(q, gamma).  What is known of a customer is the mean of so many purchases.  See
 * Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value".
 */
#ifndef CXM_GAMMA_GAMMA_H
#define CXM_GAMMA_GAMMA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/newton.h"

/* The parameters' places in a search. */
typedef enum CxmGammaGammaParameter
{
	CXM_GAMMA_GAMMA_P,
	CXM_GAMMA_GAMMA_Q,
	CXM_GAMMA_GAMMA_GAMMA,
	CXM_GAMMA_GAMMA_PARAMETERS,
} CxmGammaGammaParameter;

typedef struct CxmGammaGamma
{
	double p;
	double q;
	double gamma;
} CxmGammaGamma;

/* So many customers with so many purchases, one at least, and that mean, which is above 0. */
typedef struct CxmSpend
{
	double purchases;
	double mean;
	double customers;
} CxmSpend;

/* The most likely model, in steps of some microseconds; see bg_nbd.h. */
typedef struct CxmGammaGammaFit
{
	const CxmSpend *cells; /* by purchases */
	size_t          n;
	CxmNewton       search;
	CxmNewtonPoint  sum;
	CxmNewtonPoint  common; /* of all with so many purchases */
	double          purchases;
	size_t          next;
} CxmGammaGammaFit;

/* The mean of all cells is for the search to begin with. */
extern void          cxm_gamma_gamma_begin(CxmGammaGammaFit *fit, const CxmSpend *cells, size_t n,
                                           double mean);
extern bool          cxm_gamma_gamma_step(CxmGammaGammaFit *fit);
extern CxmGammaGamma cxm_gamma_gamma_found(const CxmGammaGammaFit *fit);

/* What the customer will spend on a purchase, on the average; NaN where there is no mean. */
extern double cxm_gamma_gamma_expected(const CxmGammaGamma *model, double purchases, double mean);

#endif /* CXM_GAMMA_GAMMA_H */
