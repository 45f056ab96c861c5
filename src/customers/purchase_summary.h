/*
 * purchase_summary.h
 *		The type purchase_summary: how often customers without a contract bought again, when last,
 *		and how long they have been customers.
 */
#ifndef CXM_PURCHASE_SUMMARY_H
#define CXM_PURCHASE_SUMMARY_H

#include "common/keyed_counts.h"
#include "core/bg_nbd.h"

/* A summary as readings look at it: its histories in one order, so that sums are the same. */
typedef struct PurchaseView
{
	const KeyedCount *counts;
	CxmPurchases     *cells; /* the same for the model */
	uint32            n;
	uint32            most; /* repeat purchases of a customer */
} PurchaseView;

extern PurchaseView purchase_view(const void *value);

/* The history of a set of days, as it was known on the day as_of; false where it had not begun. */
extern bool purchase_history(const void *activity_days, DateADT as_of, CxmBuyer *history);

/* An error unless it may be the history of a customer. */
extern void purchase_check_history(const CxmBuyer *history);

#endif /* CXM_PURCHASE_SUMMARY_H */
