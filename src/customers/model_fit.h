/*
 * model_fit.h
 *		What the models of customers have in common: how a fit ends, and their parameters in
 *		arguments.
 */
#ifndef CXM_MODEL_FIT_H
#define CXM_MODEL_FIT_H

#include "common/arguments.h"
#include "core/newton.h"

typedef struct ModelType
{
	const char *name;     /* for readers */
	const char *function; /* that fits one */
	int         n;
	const char *parameters[CXM_NEWTON_MOST];
} ModelType;

/* An error that says why there is no model. */
pg_noreturn extern void model_refuse(const ModelType *type, const char *detail);

/* The record of the parameters and the logarithm of the likelihood; or that error. */
extern Datum model_record(FunctionCallInfo fcinfo, const ModelType *type, const CxmNewton *search);

/* The parameters of a model in an argument; an error where it is none; false where one is NULL. */
extern bool model_arg(FunctionCallInfo fcinfo, int argno, const ModelType *type,
                      double *parameters);

#endif /* CXM_MODEL_FIT_H */
