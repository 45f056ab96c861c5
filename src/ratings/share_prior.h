/*
 * share_prior.h
 *		What the shares of groups have in common, in an argument.
 */
#ifndef CXM_SHARE_PRIOR_H
#define CXM_SHARE_PRIOR_H

#include "fmgr.h"

#include "core/beta_binomial.h"

/* An error where it is none; false where it is not known. */
extern bool share_prior_arg(FunctionCallInfo fcinfo, int argno, CxmBetaPrior *prior);

#endif /* CXM_SHARE_PRIOR_H */
