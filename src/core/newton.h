/*
 * newton.h
 *		The maximum of a function of a few positive parameters, by Newton's method in their
 *		logarithms.
 *
 * The caller computes the function, its gradient and its second derivatives where it is told to,
 * which may take many rows and be interrupted in between:
 *
 *		for (cxm_newton_begin(&search, n, start); search.state == CXM_NEWTON_SEARCHING;
 *		     cxm_newton_tell(&search, &there))
 *			... "there" is what the function is at search.at
 *
 * A step that does not lead upwards is taken back and damped (Levenberg and Marquardt).  The end is
 * where the next step would change no parameter by more than 1e-9 of itself, so that the result
 * does not depend on how the machine rounds.
 */
#ifndef CXM_NEWTON_H
#define CXM_NEWTON_H

#include <stdbool.h>

#define CXM_NEWTON_MOST 4

/* A parameter that leaves its start by this factor, about exp(14), runs away. */
#define CXM_NEWTON_FARTHEST 14.0

/* No parameter of a model is outside of these. */
#define CXM_PARAMETER_LEAST 1e-30
#define CXM_PARAMETER_MOST 1e30

typedef enum CxmNewtonState
{
	CXM_NEWTON_SEARCHING,
	CXM_NEWTON_FOUND,
	CXM_NEWTON_RUNS_AWAY, /* there is no maximum: parameter "runaway" goes to 0 or to infinity */
	CXM_NEWTON_LOST,      /* no end within so many steps */
} CxmNewtonState;

/* A function at one place: its value, and the derivatives by the parameters themselves. */
typedef struct CxmNewtonPoint
{
	double value;
	double slope[CXM_NEWTON_MOST];
	double curvature[CXM_NEWTON_MOST][CXM_NEWTON_MOST]; /* i >= j */
} CxmNewtonPoint;

typedef struct CxmNewton
{
	int            n;
	CxmNewtonState state;
	int            runaway;
	bool           grows;                  /* the runaway, to infinity */
	double         at[CXM_NEWTON_MOST];    /* where to look next; where it was found */
	double         start[CXM_NEWTON_MOST]; /* logarithms from here on */
	double         best[CXM_NEWTON_MOST];
	double         step[CXM_NEWTON_MOST];
	CxmNewtonPoint there; /* at best, by logarithms */
	double         gain;  /* that the step promises */
	double         damping;
	int            tries;
} CxmNewton;

extern void cxm_newton_begin(CxmNewton *search, int n, const double *start);
extern void cxm_newton_tell(CxmNewton *search, const CxmNewtonPoint *there);

#endif /* CXM_NEWTON_H */
