/*
 * model_fit.c
 *		What the models of customers have in common.
 */
#include "postgres.h"

#include "utils/float.h"

#include "customers/model_fit.h"

void
model_refuse(const ModelType *type, const char *detail)
{
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	         errmsg("no %s model fits these customers best", type->name), errdetail("%s", detail),
	         errhint("More customers, or customers over a longer time, may tell.")));
}

Datum
model_record(FunctionCallInfo fcinfo, const ModelType *type, const CxmNewton *search)
{
	double figures[CXM_NEWTON_MOST + 1];

	if (search->state == CXM_NEWTON_RUNS_AWAY)
		model_refuse(type, psprintf("The likelihood has no maximum: it grows while \"%s\" goes to "
		                            "%s.",
		                            type->parameters[search->runaway],
		                            search->grows ? "infinity" : "zero"));
	if (search->state != CXM_NEWTON_FOUND)
		model_refuse(type, "The search for the maximum of the likelihood did not converge.");
	for (int i = 0; i < type->n; i++)
		figures[i] = search->at[i];
	figures[type->n] = search->there.value;
	return cxm_record_of_doubles(fcinfo, figures, type->n + 1);
}

bool
model_arg(FunctionCallInfo fcinfo, int argno, const ModelType *type, double *parameters)
{
	bool known = cxm_doubles_of_record(fcinfo, argno, parameters, type->n);

	for (int i = 0; known && i < type->n; i++)
		/* written so that NaN is refused too */
		if (!(parameters[i] >= CXM_PARAMETER_LEAST && parameters[i] <= CXM_PARAMETER_MOST))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("parameter \"%s\" of a %s model is %s", type->parameters[i],
			                       type->name, float8out_internal(parameters[i])),
			                errdetail("Parameters are from %g to %g.", CXM_PARAMETER_LEAST,
			                          CXM_PARAMETER_MOST),
			                errhint("%s makes a model.", type->function)));
	return known;
}
