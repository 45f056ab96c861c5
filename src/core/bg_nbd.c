/*
 * bg_nbd.c
 *		How often customers without a contract buy, and who of them has left.
 *
 * With x purchases, the last at t, in a time T, the logarithm of a customer's likelihood is
 *
 *		sum over k < x of log (r + k) (b + k) / (a + b + k)  +  r log alpha
 *			+ log [(alpha + T)^-(r+x) + a / (b+x-1) (alpha + t)^-(r+x), the latter where x > 0]
 *
 * The first sum, over all customers, is one over k: of how many have more than k purchases.  So no
 * gamma function is needed.
 */
#include "core/bg_nbd.h"

#include <math.h>
#include <string.h>

/* Cells of a step, some 100 ns each. */
#define STEP 1024

void
cxm_bg_nbd_begin(CxmBgNbdFit *fit, const CxmPurchases *cells, size_t n, double *buyers, size_t most)
{
	memset(fit, 0, sizeof(*fit));
	fit->cells = cells;
	fit->n = n;
	fit->buyers = buyers;
	fit->most = most;
	fit->search.state = CXM_NEWTON_LOST;
}

/*
 * Adds the logarithm of a sum of two: "stay" is that of the first, "odds" that of the second over
 * the first.  w is the chance that the customer has left.
 */
static void
add_history(CxmNewtonPoint *sum, const CxmNewtonPoint *stay, const CxmNewtonPoint *odds,
            double customers)
{
	/* log(1 + e^d), and e^d / (1 + e^d) */
	double d = odds->value;
	double e = exp(-fabs(d));
	double w = (d > 0 ? 1 : e) / (1 + e);

	sum->value += customers * (stay->value + fmax(d, 0) + log1p(e));
	for (int i = 0; i < CXM_BG_NBD_PARAMETERS; i++)
	{
		sum->slope[i] += customers * (stay->slope[i] + w * odds->slope[i]);
		for (int j = 0; j <= i; j++)
			sum->curvature[i][j] += customers * (stay->curvature[i][j] + w * odds->curvature[i][j] +
			                                     w * (1 - w) * odds->slope[i] * odds->slope[j]);
	}
}

static void
add_cell(const CxmBgNbd *model, const CxmPurchases *cell, CxmNewtonPoint *sum)
{
	const int      R = CXM_BG_NBD_R;
	const int      ALPHA = CXM_BG_NBD_ALPHA;
	const int      A = CXM_BG_NBD_A;
	const int      B = CXM_BG_NBD_B;
	double         shape = model->r + cell->purchases;
	double         now = model->alpha + cell->age;
	double         then = model->alpha + cell->recency;
	double         between = log(now / then);
	double         b = model->b + cell->purchases - 1;
	CxmNewtonPoint stay = {0};
	CxmNewtonPoint odds = {0};

	/* (alpha + T)^-(r+x) */
	stay.value = -shape * log(now);
	stay.slope[R] = -log(now);
	stay.slope[ALPHA] = -shape / now;
	stay.curvature[ALPHA][R] = -1 / now;
	stay.curvature[ALPHA][ALPHA] = shape / (now * now);
	if (cell->purchases == 0)
	{
		sum->value += cell->customers * stay.value;
		for (int i = 0; i < 2; i++)
		{
			sum->slope[i] += cell->customers * stay.slope[i];
			sum->curvature[ALPHA][i] += cell->customers * stay.curvature[ALPHA][i];
		}
		return;
	}
	/* a / (b+x-1) ((alpha + T) / (alpha + t))^(r+x) */
	odds.value = log(model->a / b) + shape * between;
	odds.slope[R] = between;
	odds.slope[ALPHA] = shape * (1 / now - 1 / then);
	odds.slope[A] = 1 / model->a;
	odds.slope[B] = -1 / b;
	odds.curvature[ALPHA][R] = 1 / now - 1 / then;
	odds.curvature[ALPHA][ALPHA] = shape * (1 / (then * then) - 1 / (now * now));
	odds.curvature[A][A] = -1 / (model->a * model->a);
	odds.curvature[B][B] = 1 / (b * b);
	add_history(sum, &stay, &odds, cell->customers);
}

/* The terms of purchase k of all who have more than k. */
static void
add_level(const CxmBgNbd *model, double k, double buyers, CxmNewtonPoint *sum)
{
	const int A = CXM_BG_NBD_A;
	const int B = CXM_BG_NBD_B;
	double    r = 1 / (model->r + k);
	double    b = 1 / (model->b + k);
	double    ab = 1 / (model->a + model->b + k);

	sum->value += buyers * log((model->r + k) * (model->b + k) * ab);
	sum->slope[CXM_BG_NBD_R] += buyers * r;
	sum->slope[A] -= buyers * ab;
	sum->slope[B] += buyers * (b - ab);
	sum->curvature[CXM_BG_NBD_R][CXM_BG_NBD_R] -= buyers * r * r;
	sum->curvature[A][A] += buyers * ab * ab;
	sum->curvature[B][A] += buyers * ab * ab;
	sum->curvature[B][B] += buyers * (ab * ab - b * b);
}

CxmBgNbd
cxm_bg_nbd_found(const CxmBgNbdFit *fit)
{
	const double *at = fit->search.at;

	return (CxmBgNbd){at[CXM_BG_NBD_R], at[CXM_BG_NBD_ALPHA], at[CXM_BG_NBD_A], at[CXM_BG_NBD_B]};
}

/* One pass over all is done: what all customers share, and where to look next. */
static void
end_pass(CxmBgNbdFit *fit)
{
	CxmBgNbd model = cxm_bg_nbd_found(fit);

	fit->sum.value += fit->customers * model.r * log(model.alpha);
	fit->sum.slope[CXM_BG_NBD_R] += fit->customers * log(model.alpha);
	fit->sum.slope[CXM_BG_NBD_ALPHA] += fit->customers * model.r / model.alpha;
	fit->sum.curvature[CXM_BG_NBD_ALPHA][CXM_BG_NBD_R] += fit->customers / model.alpha;
	fit->sum.curvature[CXM_BG_NBD_ALPHA][CXM_BG_NBD_ALPHA] -=
	    fit->customers * model.r / (model.alpha * model.alpha);
	cxm_newton_tell(&fit->search, &fit->sum);
	fit->sum = (CxmNewtonPoint){0};
	fit->next = 0;
}

/* Who has more than so many purchases; then a start with the mean rate. */
static bool
count_step(CxmBgNbdFit *fit)
{
	for (int i = 0; i < STEP && fit->next < fit->n; i++, fit->next++)
	{
		const CxmPurchases *cell = &fit->cells[fit->next];

		fit->customers += cell->customers;
		fit->purchases += cell->customers * cell->purchases;
		fit->age += cell->customers * cell->age;
		if (cell->purchases > 0)
			fit->buyers[cell->purchases - 1] += cell->customers;
	}
	if (fit->next < fit->n)
		return true;
	for (size_t k = fit->most; k > 0; k--)
		fit->buyers[k - 1] += fit->buyers[k];
	if (fit->purchases > 0)
		cxm_newton_begin(&fit->search, CXM_BG_NBD_PARAMETERS,
		                 (double[]){0.5, 0.5 * fit->age / fit->purchases, 0.5, 2});
	fit->counted = true;
	fit->next = 0;
	return fit->search.state == CXM_NEWTON_SEARCHING;
}

bool
cxm_bg_nbd_step(CxmBgNbdFit *fit)
{
	CxmBgNbd model;

	if (!fit->counted)
		return count_step(fit);
	model = cxm_bg_nbd_found(fit);
	for (int i = 0; i < STEP; i++, fit->next++)
		if (fit->next < fit->n)
			add_cell(&model, &fit->cells[fit->next], &fit->sum);
		else if (fit->next - fit->n < fit->most)
			add_level(&model, (double) (fit->next - fit->n), fit->buyers[fit->next - fit->n],
			          &fit->sum);
		else
		{
			end_pass(fit);
			break;
		}
	return fit->search.state == CXM_NEWTON_SEARCHING;
}

double
cxm_bg_nbd_alive(const CxmBgNbd *model, const CxmBuyer *buyer)
{
	double odds;

	if (buyer->purchases == 0)
		return 1;
	odds = log(model->a / (model->b + buyer->purchases - 1)) +
	       (model->r + buyer->purchases) *
	           log((model->alpha + buyer->age) / (model->alpha + buyer->recency));
	return 1 / (1 + exp(odds));
}

/*
 * What is expected of a customer who has not left is the mean of
 *
 *		f(p) = [1 - (1 + p z)^-(r+x)] / p,  z = horizon / (alpha + T)
 *
 * over the chance p of leaving, which is Beta(a, b+x).  That is what Fader, Hardie and Lee write
 * with Gauss's 2F1, but nothing cancels, nor is a = 1 special or a long horizon.  In u = log p / (1
 * - p) it is an integral of functions that are analytic around the whole axis, so equal steps find
 * it to some 1e-11; and where p is next to 0 or to 1, what is left of the sum is geometric.
 */
typedef struct Mixture
{
	double a;
	double b;
	double shape; /* r + x */
	double z;
	double peak; /* of the weight, and the logarithm of it there */
	double log_peak;
	double weights;
	double sum;
} Mixture;

#define WIDEST_STEP 0.4
#define NEGLIGIBLE 1e-17
#define AT_AN_END 1e-10

/* log p, where p = 1 / (1 + e^-u) */
static double
log_logistic(double u)
{
	return u < 0 ? u - log1p(exp(u)) : -log1p(exp(-u));
}

static double
purchases_at(const Mixture *m, double p)
{
	return p > 0 ? -expm1(-m->shape * log1p(p * m->z)) / p : m->shape * m->z;
}

/* Adds the places from there on, in one direction. */
static void
add_places(Mixture *m, double first, double step)
{
	double tail = 1 / expm1(fabs(step) * (step < 0 ? m->a : m->b));
	double least = step < 0 ? 1 + m->b + m->shape * m->z : 1 + m->a + m->shape;

	for (double u = first;; u += step)
	{
		double log_p = log_logistic(u);
		double log_q = log_logistic(-u);
		double w = exp(m->a * log_p + m->b * log_q - m->log_peak);
		double f = purchases_at(m, exp(log_p));

		m->weights += w;
		m->sum += w * f;
		if (w <= NEGLIGIBLE * m->weights && w * f <= NEGLIGIBLE * m->sum)
			return;
		if (exp(step < 0 ? log_p : log_q) * least < AT_AN_END)
		{
			w *= tail;
			m->weights += w;
			m->sum += w * f;
			return;
		}
	}
}

double
cxm_bg_nbd_expected(const CxmBgNbd *model, const CxmBuyer *buyer, double horizon)
{
	Mixture m = {.a = model->a,
	             .b = model->b + buyer->purchases,
	             .shape = model->r + buyer->purchases,
	             .z = horizon / (model->alpha + buyer->age)};
	double  variance = 1 / m.a + 1 / m.b;
	double  step = fmin(WIDEST_STEP, 0.7 * sqrt(variance));

	if (horizon == 0)
		return 0;
	/* everybody alike */
	if (variance < 1e-14)
		return cxm_bg_nbd_alive(model, buyer) * purchases_at(&m, 1 / (1 + m.b / m.a));
	m.peak = log(m.a) - log(m.b);
	m.log_peak = m.a * log_logistic(m.peak) + m.b * log_logistic(-m.peak);
	add_places(&m, m.peak, step);
	add_places(&m, m.peak - step, -step);
	return cxm_bg_nbd_alive(model, buyer) * m.sum / m.weights;
}
