/*
 * bg_nbd_model.c
 *		The BG/NBD model of purchases, and what to expect of a customer by it.
 */
#include "postgres.h"

#include "utils/float.h"

#include "customers/model_fit.h"
#include "customers/purchase_summary.h"

static const ModelType BG_NBD = {
    "BG/NBD", "bg_nbd_fit(s)", CXM_BG_NBD_PARAMETERS, {"r", "alpha", "a", "b"}};

CXM_FUNCTION(bg_nbd_fit)
{
	PurchaseView view = purchase_view(SUMMARY_ARG(0));
	CxmBgNbdFit  fit;

	if (view.n == 0)
		PG_RETURN_NULL();
	if (view.most == 0)
		model_refuse(&BG_NBD, "No customer has a repeat purchase.");
	cxm_bg_nbd_begin(&fit, view.cells, view.n, palloc0((view.most + 1) * sizeof(double)),
	                 view.most);
	while (cxm_bg_nbd_step(&fit))
		CHECK_FOR_INTERRUPTS();
	return model_record(fcinfo, &BG_NBD, &fit.search);
}

/* Arguments */

static bool
bg_nbd_arg(FunctionCallInfo fcinfo, CxmBgNbd *model)
{
	double parameters[CXM_BG_NBD_PARAMETERS];

	if (!model_arg(fcinfo, 0, &BG_NBD, parameters))
		return false;
	*model = (CxmBgNbd){parameters[CXM_BG_NBD_R], parameters[CXM_BG_NBD_ALPHA],
	                    parameters[CXM_BG_NBD_A], parameters[CXM_BG_NBD_B]};
	return true;
}

/* Of (model, repeat_purchases, recency, age, ...), in the model's unit of time. */
static bool
numbers_args(FunctionCallInfo fcinfo, CxmBgNbd *model, CxmBuyer *buyer)
{
	*buyer = (CxmBuyer){(double) PG_GETARG_INT64(1), PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3)};
	purchase_check_history(buyer);
	return bg_nbd_arg(fcinfo, model);
}

/* Of (model, activity_days, as_of, ...). */
static bool
activity_args(FunctionCallInfo fcinfo, CxmBgNbd *model, CxmBuyer *buyer)
{
	DateADT as_of = cxm_as_of_arg(fcinfo, 2);

	return bg_nbd_arg(fcinfo, model) && purchase_history(SUMMARY_ARG(1), as_of, buyer);
}

static double
horizon_arg(FunctionCallInfo fcinfo, int argno)
{
	double horizon = PG_GETARG_FLOAT8(argno);

	/* written so that NaN is refused too */
	if (!(horizon >= 0 && horizon <= CXM_PARAMETER_MOST))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("horizon %s is out of range", float8out_internal(horizon)),
		                errdetail("It is a number of days from now on, from 0 to %g.",
		                          CXM_PARAMETER_MOST)));
	return horizon;
}

/* What the figures of one customer and of all have in common. */
typedef double (*Figure)(const CxmBgNbd *model, const CxmBuyer *buyer, double horizon);

static double
alive(const CxmBgNbd *model, const CxmBuyer *buyer, double horizon pg_attribute_unused())
{
	return cxm_bg_nbd_alive(model, buyer);
}

static Datum
of_customer(FunctionCallInfo fcinfo, bool (*get)(FunctionCallInfo, CxmBgNbd *, CxmBuyer *),
            Figure figure, double horizon)
{
	CxmBgNbd model;
	CxmBuyer buyer;

	if (!get(fcinfo, &model, &buyer))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(figure(&model, &buyer, horizon));
}

static Datum
of_all(FunctionCallInfo fcinfo, Figure figure, double horizon)
{
	PurchaseView view = purchase_view(SUMMARY_ARG(1));
	double       sum = 0;
	CxmBgNbd     model;

	if (!bg_nbd_arg(fcinfo, &model) || view.n == 0)
		PG_RETURN_NULL();
	for (uint32 i = 0; i < view.n; i++)
	{
		const CxmPurchases *cell = &view.cells[i];
		CxmBuyer            buyer = {cell->purchases, cell->recency, cell->age};

		CHECK_FOR_INTERRUPTS();
		sum += cell->customers * figure(&model, &buyer, horizon);
	}
	PG_RETURN_FLOAT8(sum);
}

SUMMARY_FUNCTION(expected_purchases,
                 of_customer(fcinfo, numbers_args, cxm_bg_nbd_expected, horizon_arg(fcinfo, 4)))
SUMMARY_FUNCTION(expected_purchases_activity,
                 of_customer(fcinfo, activity_args, cxm_bg_nbd_expected, horizon_arg(fcinfo, 3)))
SUMMARY_FUNCTION(expected_purchases_all,
                 of_all(fcinfo, cxm_bg_nbd_expected, horizon_arg(fcinfo, 2)))
SUMMARY_FUNCTION(probability_alive, of_customer(fcinfo, numbers_args, alive, 0))
SUMMARY_FUNCTION(probability_alive_activity, of_customer(fcinfo, activity_args, alive, 0))
SUMMARY_FUNCTION(customers_alive, of_all(fcinfo, alive, 0))
