/*
 * funnel.h
 *		How far one customer came along the steps of a funnel.
 *
 * Events come in the order of time, each with the set of steps that it matches, bit k for step
 * k + 1.  Events at one instant, of the same time and sequence, are in whichever order suits.  A
 * chain takes steps 1, 2, ... at events such that time never goes back, the last step is at most
 * `within` after the first, and each at most its limit after the one before:
 *
 *	CXM_FUNNEL_ANY			one event may count for several steps
 *	CXM_FUNNEL_ORDERED		each event counts once
 *	CXM_FUNNEL_INCREASING	each step is later than the one before
 *	CXM_FUNNEL_CONSECUTIVE	as ordered, and no other event lies between
 *	CXM_FUNNEL_STRICT_ORDER	as ordered, and no event lies between but of steps that are taken
 *	CXM_FUNNEL_UNORDERED	as ordered, but the steps are taken in any order
 *
 * In all of them no event that is excluded lies between.  Where a step is optional, the funnel is
 * the best of those with and without it.
 *
 * The level is the number of the last step of the longest chain: of all chains those that reach the
 * furthest step; of those the ones that take the most steps; of those the ones that end first; of
 * those the ones that start last; of those the one with the earliest steps, where a step that was
 * left out is later than any.  Of steps without order the level is how many are taken.
 *
 * It takes O(steps) for each event, and no memory beyond the CxmFunnel.  Of all chains of k steps
 * that could go on, the one that took its last step last also started last, whatever the limits: a
 * chain that took the same step earlier could have gone the later one's way.  So one is enough.
 */
#ifndef CXM_FUNNEL_H
#define CXM_FUNNEL_H

#include <stddef.h>

#include "core/funnel_instant.h"

typedef struct CxmFunnel
{
	const CxmFunnelTerms *terms;
	int                   steps;
	bool                  counts; /* completions, one after the other, of labels each once */
	uint64_t              completions;

	/* The longest chain, and the instants of its start and its end. */
	int     level;
	int64_t start;
	int64_t end;
	int64_t start_nth;
	int64_t end_nth;
	int     level_before_end; /* consecutive: steps taken before the instant of the last one */

	/*
	 * The latest chain of k + 1 steps, for the first `live` ks; where other events end chains only
	 * of those that the next event may continue, and NEVER in between.  Without order it is the
	 * event that is taken for step k + 1, if any.
	 */
	int            live;
	CxmFunnelChain latest[CXM_FUNNEL_MOST_STEPS];

	CxmFunnelInstant now;
} CxmFunnel;

extern void cxm_funnel_start(CxmFunnel *funnel, const CxmFunnelTerms *terms);

/* Works off the events of the instant; called by cxm_funnel_event(). */
extern void cxm_funnel_instant(CxmFunnel *funnel);

/* All steps are reached: nothing that follows can change what was found. */
static inline bool
cxm_funnel_is_complete(const CxmFunnel *funnel)
{
	return funnel->level == funnel->steps;
}

/* One event; neither time nor, at one time, sequence must go back. */
static inline void
cxm_funnel_event(CxmFunnel *funnel, int64_t time, int64_t sequence, uint64_t set)
{
	if (cxm_funnel_is_over(&funnel->now, time, sequence))
		cxm_funnel_instant(funnel);
	cxm_funnel_take_in(&funnel->now, funnel->steps, time, sequence, set);
}

/* An event that is excluded. */
static inline void
cxm_funnel_exclude(CxmFunnel *funnel, int64_t time, int64_t sequence)
{
	cxm_funnel_event(funnel, time, sequence, 0);
	funnel->now.excluded = true;
}

/* After the last event: the level. */
extern int cxm_funnel_finish(CxmFunnel *funnel);

/* After that: could a chain of at least one and less than all steps still go on at this time? */
extern bool cxm_funnel_is_open(const CxmFunnel *funnel, int64_t time);

/*
 * The times of the steps, where none is optional and none has a limit.  A finished funnel and the
 * same events once more:
 *
 *		cxm_funnel_trace_start(&trace, &funnel, times, NULL);
 *		for each event: if (cxm_funnel_trace_event(&trace, time, sequence, set)) break;
 *		cxm_funnel_trace_finish(&trace);		times[0 ... level - 1] are there
 *
 * Those of steps without order come in the order of time.
 */
typedef struct CxmFunnelTrace
{
	const CxmFunnel *funnel;
	int64_t         *times;
	int64_t         *nths; /* and the instants; NULL where nobody asks */
	int              taken;
	CxmFunnelChain   step[CXM_FUNNEL_MOST_STEPS]; /* without order: as latest of a funnel */
	CxmFunnelInstant now;
} CxmFunnelTrace;

extern void cxm_funnel_trace_start(CxmFunnelTrace *trace, const CxmFunnel *funnel, int64_t *times,
                                   int64_t *nths);
extern bool cxm_funnel_trace_event(CxmFunnelTrace *trace, int64_t time, int64_t sequence,
                                   uint64_t set);
extern void cxm_funnel_trace_finish(CxmFunnelTrace *trace);

/* All events of a customer, for funnels whose terms ask for more than one look at them. */
typedef struct CxmFunnelEvent
{
	int64_t  time;
	int64_t  sequence;
	uint64_t set;
	bool     excluded;
	uint64_t feasible; /* for the solution */
} CxmFunnelEvent;

typedef struct CxmFunnelAnswer
{
	int      level;
	uint64_t taken; /* the steps that are; without order the first ones */
	bool     is_open;
	int64_t  times[CXM_FUNNEL_MOST_STEPS]; /* NEVER of those that are not */
	int64_t  nths[CXM_FUNNEL_MOST_STEPS];  /* their instants, from 1; of a solution */
} CxmFunnelAnswer;

/*
 * The level and the times under whichever terms; is it open at as_of, after the last event?  What
 * is to be done now and then in between may end it; NULL for nothing.
 */
extern void cxm_funnel_solve(const CxmFunnelTerms *terms, CxmFunnelEvent *events, size_t n,
                             int64_t as_of, CxmFunnelAnswer *answer, void (*between)(void));

#endif /* CXM_FUNNEL_H */
