/*
 * activity_days.h
 *		The type activity_days: the set of days on which one customer was active.
 */
#ifndef CXM_ACTIVITY_DAYS_H
#define CXM_ACTIVITY_DAYS_H

#include "utils/date.h"

#include "cxm.h"

/* The days of an argument, ascending and distinct; n is how many. */
extern const DateADT *activity_days_arg(FunctionCallInfo fcinfo, int argno, int32 *n);

#endif /* CXM_ACTIVITY_DAYS_H */
