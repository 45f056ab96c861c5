/*
 * linear_model.h
 *		What an outcome owes to each of several drivers: least squares, and two ways to share its
 *		explained variance out.
 *
 * Everything comes from the centred cross products, which are made into correlations first, so that
 * no driver's unit matters.  A driver that does not vary is *constant*; one that those before it
 * determine is *aliased*.  Neither has a coefficient, as R's lm() has it.
 *
 * R^2 is well defined all the same, for every set of drivers, and so is the share of each:
 *
 *	Shapley (Lindeman, Merenda and Gold 1980): what a driver adds to R^2, on the average of all
 *	orders in which drivers can come in.  2^n sets, so for up to CXM_MOST_SHAPLEY_DRIVERS.
 *
 *	relative weights (Johnson 2000): R^2 is shared out among uncorrelated stand-ins, the closest
 *	there are to the drivers, and each stand-in's share among the drivers that it is made of.
 *
 * Both add up to R^2, and neither is negative.
 */
#ifndef CXM_LINEAR_MODEL_H
#define CXM_LINEAR_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/twofold.h"

#define CXM_MOST_DRIVERS 64
#define CXM_MOST_SHAPLEY_DRIVERS 16

/* The place of a pair among the pairs of a lower triangle, row by row: i >= j. */
#define CXM_TRIANGLE(i, j) ((size_t) (i) * ((size_t) (i) + 1) / 2 + (size_t) (j))

/*
 * Variable 0 is the outcome, those from 1 on are the drivers.  All centred products may have been
 * multiplied by one number, and with them noise, the square sum that rounding gives a variable.
 */
typedef struct CxmCrossProducts
{
	int               drivers;
	double            rows;
	const CxmTwofold *centred; /* [CXM_TRIANGLE(i, j)] */
	double            noise;
} CxmCrossProducts;

/* Of a driver; NaN where a figure does not exist. */
typedef struct CxmDriver
{
	double correlation; /* with the outcome */
	double coefficient;
	double std_error;
	double p_value; /* of the coefficient, two-sided */
	double vif;     /* variance inflation factor; infinite where the other drivers determine it */
	bool   constant;
	bool   aliased;
} CxmDriver;

typedef struct CxmLinearModel
{
	int         drivers;
	int         rank;               /* drivers with a coefficient */
	double      degrees_of_freedom; /* rows that are left for the error */
	double      r_squared;          /* NaN when the outcome is constant */
	double      tolerance;          /* share of a driver's variance that counts as nothing */
	CxmTwofold *correlation;        /* of all variables, a lower triangle; 0 with a constant one */
	CxmDriver   driver[CXM_MOST_DRIVERS];
} CxmLinearModel;

/* Bytes of memory for a model of so many drivers, aligned for doubles; it is used to the end. */
extern size_t cxm_linear_model_memory(int drivers);

/*
 * A model in steps, so that a caller can look up in between: begin, step until it returns false,
 * and finish.  There is at least one driver.
 */
typedef struct CxmLinearFit
{
	CxmLinearModel *model;
	CxmTwofold     *swept; /* all variables by all */
	CxmTwofold      root[CXM_MOST_DRIVERS + 1]; /* of the square sums */
	double          rows;
	int             next;
} CxmLinearFit;

extern void cxm_linear_fit_begin(CxmLinearFit *fit, CxmLinearModel *model,
                                 const CxmCrossProducts *products, void *memory);
extern bool cxm_linear_fit_step(CxmLinearFit *fit);
extern void cxm_linear_fit_finish(CxmLinearFit *fit);

/* Relative weights of a model's drivers, likewise. */
typedef struct CxmRelativeWeights
{
	const CxmLinearModel *model;
	int                   n; /* drivers that are not constant, and which they are */
	int                   place[CXM_MOST_DRIVERS];
	CxmTwofold           *matrix;  /* n by n, in the end the eigenvalues in its diagonal */
	CxmTwofold           *vectors; /* n by n, in the end an eigenvector in each row */
	double               *root;    /* n by n */
	int                   row;
	int                   sweeps;
	bool                  rotated;
} CxmRelativeWeights;

extern size_t cxm_relative_weights_memory(int drivers);
extern void   cxm_relative_weights_begin(CxmRelativeWeights *weights, const CxmLinearModel *model,
                                         void *memory);
extern bool   cxm_relative_weights_step(CxmRelativeWeights *weights);
extern void   cxm_relative_weights_finish(const CxmRelativeWeights *weights, double *importance);

/* Shapley values of a model's drivers, of which there are few enough, likewise. */
typedef struct CxmShapley
{
	const CxmLinearModel *model;
	int                   n;
	int                   place[CXM_MOST_SHAPLEY_DRIVERS];
	uint32_t              set; /* the next; the first driver is the highest bit */
	double                weight[CXM_MOST_SHAPLEY_DRIVERS];
	double                value[CXM_MOST_SHAPLEY_DRIVERS];
	const CxmTwofold     *level[CXM_MOST_SHAPLEY_DRIVERS + 1];
	CxmTwofold           *room[CXM_MOST_SHAPLEY_DRIVERS + 1];
} CxmShapley;

extern size_t cxm_shapley_memory(int drivers);
extern void   cxm_shapley_begin(CxmShapley *shapley, const CxmLinearModel *model, void *memory);
extern bool   cxm_shapley_step(CxmShapley *shapley);
extern void   cxm_shapley_finish(const CxmShapley *shapley, double *importance);

#endif /* CXM_LINEAR_MODEL_H */
