/*
 * activity_days.h
 *		The type activity_days: the set of days on which one customer was active.
 */
#ifndef CXM_ACTIVITY_DAYS_H
#define CXM_ACTIVITY_DAYS_H

#include "common/summary.h"

/* Days that ascend and are distinct. */
typedef struct DaySet
{
	DateADT *at;
	int32    n;
} DaySet;

/* The days of a value or state: the caller's own copy. */
extern DaySet activity_days_of(const void *value);

#endif /* CXM_ACTIVITY_DAYS_H */
