/*
 * fuzz_bg_nbd.c
 *		Models and customers of any numbers at all: figures within their bounds, and fits that end.
 */
#include <math.h>

#include "bg_nbd.h"
#include "fuzz.h"
#include "gamma_gamma.h"

#define CELLS 12
#define MOST 60

/* A number from 1e-30 to 1e30. */
static double
parameter(const uint8_t **data, size_t *size)
{
	return pow(10, (double) (fuzz_number(data, size) % 60001) / 1000 - 30);
}

static void
check_customer(const uint8_t **data, size_t *size)
{
	CxmBgNbd model = {parameter(data, size), parameter(data, size), parameter(data, size),
	                  parameter(data, size)};
	CxmBuyer buyer = {(double) (fuzz_number(data, size) >> 2), 0, parameter(data, size)};
	double   horizon = parameter(data, size);
	double   expected;
	double   alive;

	if (buyer.purchases > 0)
		buyer.recency = buyer.age * (double) (1 + fuzz_number(data, size) % 1000) / 1000;
	alive = cxm_bg_nbd_alive(&model, &buyer);
	expected = cxm_bg_nbd_expected(&model, &buyer, horizon);
	LAW(alive >= 0 && alive <= 1);
	LAW(expected >= 0 && expected <= (model.r + buyer.purchases) * horizon /
	                                     (model.alpha + buyer.age) * alive * (1 + 1e-9));
}

static void
check_fit(const uint8_t **data, size_t *size)
{
	CxmPurchases cells[CELLS];
	CxmSpend     spend[CELLS];
	double       buyers[MOST + 1] = {0};
	size_t       n = 1 + fuzz_number(data, size) % CELLS;
	CxmBgNbdFit  fit;

	for (size_t i = 0; i < n; i++)
	{
		uint64_t number = fuzz_number(data, size);
		uint32_t purchases = (uint32_t) (number % (MOST + 1));
		uint32_t recency = purchases > 0 ? purchases + (uint32_t) (number >> 8 & 0xffff) : 0;

		cells[i] = (CxmPurchases){purchases, recency, recency + (uint32_t) (number >> 24 & 0xffff),
		                          0, 1 + (double) (number >> 40)};
		spend[i] = (CxmSpend){1 + (double) (number & 0xff), parameter(data, size),
		                      1 + (double) (number >> 40)};
	}
	cxm_bg_nbd_begin(&fit, cells, n, buyers, MOST);
	while (cxm_bg_nbd_step(&fit))
		;
	LAW(fit.search.state != CXM_NEWTON_FOUND ||
	    (isfinite(fit.search.there.value) && fit.search.at[0] > 0));

	CxmGammaGammaFit gamma_fit;

	cxm_gamma_gamma_begin(&gamma_fit, spend, n, spend[0].mean);
	while (cxm_gamma_gamma_step(&gamma_fit))
		;
	LAW(gamma_fit.search.state != CXM_NEWTON_FOUND || gamma_fit.search.at[0] > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_customer(&data, &size);
	check_fit(&data, &size);
	return 0;
}
