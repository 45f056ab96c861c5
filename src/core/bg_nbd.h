/*
 * bg_nbd.h
 *		How often customers without a contract buy, and who of them has left: the BG/NBD model.
 *
 * A customer buys at random at a rate of his own, which is drawn from Gamma(r, alpha), and leaves
 * after each repeat purchase with a chance of his own, which is drawn from Beta(a, b).  What is
 * known of a customer is how many repeat purchases there were, when the last was (recency) and how
 * long ago the first was (age), both counted from the first.  See Fader, Hardie and Lee (2005),
 * "Counting Your Customers the Easy Way", Marketing Science 24.
 */
#ifndef CXM_BG_NBD_H
#define CXM_BG_NBD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/newton.h"

/* The parameters' places in a search. */
typedef enum CxmBgNbdParameter
{
	CXM_BG_NBD_R,
	CXM_BG_NBD_ALPHA,
	CXM_BG_NBD_A,
	CXM_BG_NBD_B,
	CXM_BG_NBD_PARAMETERS,
} CxmBgNbdParameter;

typedef struct CxmBgNbd
{
	double r;
	double alpha;
	double a;
	double b;
} CxmBgNbd;

/* So many customers of one history, in whole units of time. */
typedef struct CxmPurchases
{
	uint32_t purchases;
	uint32_t recency;
	uint32_t age;
	uint32_t unused;
	double   customers;
} CxmPurchases;

/*
 * The most likely model, in steps of some microseconds, so that a caller can look up in between:
 * begin, and step until it returns false.  Then the search says how it ended.
 */
typedef struct CxmBgNbdFit
{
	const CxmPurchases *cells;
	size_t              n;
	double             *buyers; /* customers with more than so many purchases */
	size_t              most;   /* purchases of a customer */
	double              customers;
	double              purchases;
	double              age;
	bool                counted;
	CxmNewton           search;
	CxmNewtonPoint      sum;
	size_t              next; /* cell, and behind the last one the next count of purchases */
} CxmBgNbdFit;

/* There are most + 1 numbers of buyers, all 0; no cell has more purchases than most. */
extern void cxm_bg_nbd_begin(CxmBgNbdFit *fit, const CxmPurchases *cells, size_t n, double *buyers,
                             size_t most);
extern bool cxm_bg_nbd_step(CxmBgNbdFit *fit);
extern CxmBgNbd cxm_bg_nbd_found(const CxmBgNbdFit *fit);

/* What is known of one customer. */
typedef struct CxmBuyer
{
	double purchases;
	double recency;
	double age;
} CxmBuyer;

/* The probability that the customer has not left. */
extern double cxm_bg_nbd_alive(const CxmBgNbd *model, const CxmBuyer *buyer);

/* How many purchases to expect of the customer in the time from now to the horizon. */
extern double cxm_bg_nbd_expected(const CxmBgNbd *model, const CxmBuyer *buyer, double horizon);

#endif /* CXM_BG_NBD_H */
