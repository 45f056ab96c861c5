/*
 * gamma_gamma.c
 *		What customers spend on a purchase.
 *
 * The logarithm of the likelihood of a mean m of x purchases is
 *
 *		log Gamma(px + q) / Gamma(px) Gamma(q) - px log(1 + gamma / xm) - q log(1 + xm / gamma)
 *			- log m
 */
#include "core/gamma_gamma.h"

#include <math.h>
#include <string.h>

#include "core/gamma_functions.h"

#define STEP 1024

void
cxm_gamma_gamma_begin(CxmGammaGammaFit *fit, const CxmSpend *cells, size_t n, double mean)
{
	memset(fit, 0, sizeof(*fit));
	fit->cells = cells;
	fit->n = n;
	cxm_newton_begin(&fit->search, CXM_GAMMA_GAMMA_PARAMETERS, (double[]){1, 2, mean});
}

CxmGammaGamma
cxm_gamma_gamma_found(const CxmGammaGammaFit *fit)
{
	const double *at = fit->search.at;

	return (CxmGammaGamma){at[CXM_GAMMA_GAMMA_P], at[CXM_GAMMA_GAMMA_Q], at[CXM_GAMMA_GAMMA_GAMMA]};
}

/* What only depends on how many purchases there were. */
static CxmNewtonPoint
common_terms(const CxmGammaGamma *model, double x)
{
	const int      P = CXM_GAMMA_GAMMA_P;
	const int      Q = CXM_GAMMA_GAMMA_Q;
	double         shape = model->p * x;
	double         bend = cxm_trigamma(shape + model->q);
	CxmNewtonPoint terms = {0};

	terms.value = lgamma(shape + model->q) - lgamma(shape) - lgamma(model->q);
	terms.slope[P] = x * cxm_digamma_rise(shape, model->q);
	terms.slope[Q] = cxm_digamma_rise(model->q, shape);
	terms.curvature[P][P] = x * x * (bend - cxm_trigamma(shape));
	terms.curvature[Q][P] = x * bend;
	terms.curvature[Q][Q] = bend - cxm_trigamma(model->q);
	return terms;
}

static void
add_cell(CxmGammaGammaFit *fit, const CxmGammaGamma *model, const CxmSpend *cell)
{
	const int      P = CXM_GAMMA_GAMMA_P;
	const int      Q = CXM_GAMMA_GAMMA_Q;
	const int      GAMMA = CXM_GAMMA_GAMMA_GAMMA;
	double         total = cell->purchases * cell->mean;
	double         shape = model->p * cell->purchases;
	double         inverse = 1 / (model->gamma + total);
	double         own = log1p(model->gamma / total);
	double         others = log1p(total / model->gamma);
	CxmNewtonPoint terms;

	if (cell->purchases != fit->purchases)
	{
		fit->common = common_terms(model, cell->purchases);
		fit->purchases = cell->purchases;
	}
	terms = fit->common;
	terms.value -= shape * own + model->q * others + log(cell->mean);
	terms.slope[P] -= cell->purchases * own;
	terms.slope[Q] -= others;
	terms.slope[GAMMA] = model->q / model->gamma - (shape + model->q) * inverse;
	terms.curvature[GAMMA][P] = -cell->purchases * inverse;
	terms.curvature[GAMMA][Q] = total / model->gamma * inverse;
	terms.curvature[GAMMA][GAMMA] =
	    (shape + model->q) * inverse * inverse - model->q / (model->gamma * model->gamma);
	fit->sum.value += cell->customers * terms.value;
	for (int i = 0; i < CXM_GAMMA_GAMMA_PARAMETERS; i++)
	{
		fit->sum.slope[i] += cell->customers * terms.slope[i];
		for (int j = 0; j <= i; j++)
			fit->sum.curvature[i][j] += cell->customers * terms.curvature[i][j];
	}
}

bool
cxm_gamma_gamma_step(CxmGammaGammaFit *fit)
{
	CxmGammaGamma model = cxm_gamma_gamma_found(fit);

	for (int i = 0; i < STEP && fit->next < fit->n; i++)
		add_cell(fit, &model, &fit->cells[fit->next++]);
	if (fit->next == fit->n)
	{
		cxm_newton_tell(&fit->search, &fit->sum);
		fit->sum = (CxmNewtonPoint){0};
		fit->purchases = 0;
		fit->next = 0;
	}
	return fit->search.state == CXM_NEWTON_SEARCHING;
}

double
cxm_gamma_gamma_expected(const CxmGammaGamma *model, double purchases, double mean)
{
	double shape = model->p * purchases + model->q - 1;

	if (!(shape > 0))
		return NAN;
	return model->p * (model->gamma + purchases * mean) / shape;
}
