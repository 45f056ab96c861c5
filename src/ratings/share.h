/*
 * share.h
 *		Yes or no from bare counts, in arguments.
 */
#ifndef CXM_SHARE_H
#define CXM_SHARE_H

#include "fmgr.h"

#include "core/estimates.h"

/* A count, numeric; an error, which names it, unless it is whole and not negative. */
extern double share_count_arg(FunctionCallInfo fcinfo, int argno, const char *name);

/* The sample of two arguments; without trials its share is NaN. */
extern CxmShareSample share_counts_arg(FunctionCallInfo fcinfo, int argno, const char *successes,
                                       const char *trials);

#endif /* CXM_SHARE_H */
