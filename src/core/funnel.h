/*
 * funnel.h
 *		How far one customer came along the steps of a funnel.
 *
 * Events come in the order of time, each with the set of steps that it matches, bit k for step
 * k + 1.  A chain takes steps 1, 2, ... at events such that the last is at most `within` after the
 * first, and:
 *
 *	CXM_FUNNEL_ANY			time never goes back; one event may count for several steps
 *	CXM_FUNNEL_ORDERED		the same, but each event counts once; events at the same instant are in
 *							whichever order suits
 *	CXM_FUNNEL_INCREASING	each step is later than the one before
 *	CXM_FUNNEL_CONSECUTIVE	as ordered, and in some order that the times allow no other event lies
 *							between
 *
 * The level is the length of the longest of all chains.  It takes O(steps) for each event, and no
 * memory beyond the CxmFunnel: of all chains of one length that could go on, the one that started
 * last can do whatever the others can, so it is enough to know the latest start for each length.
 *
 * For ordered and consecutive funnels the sets of two events are either equal or disjoint, as they
 * are when a step is a label; which event serves which of its steps is then a matter of counting.
 */
#ifndef CXM_FUNNEL_H
#define CXM_FUNNEL_H

#include <stdbool.h>
#include <stdint.h>

#define CXM_FUNNEL_MOST_STEPS 64

/* A window that never closes. */
#define CXM_FUNNEL_UNLIMITED UINT64_MAX

typedef enum CxmFunnelMode
{
	CXM_FUNNEL_ANY,
	CXM_FUNNEL_ORDERED,
	CXM_FUNNEL_INCREASING,
	CXM_FUNNEL_CONSECUTIVE,
} CxmFunnelMode;

typedef struct CxmFunnel
{
	CxmFunnelMode mode;
	int           steps;
	uint64_t      within;
	bool          repeats;                           /* some step has the set of an earlier one */
	unsigned char first_like[CXM_FUNNEL_MOST_STEPS]; /* the first step that is like this one */

	/* The longest chains: of those that reach the level first, the one that started last. */
	int     level;
	int64_t start;
	int64_t end;
	int     level_before_end; /* consecutive: steps taken before the instant of the last one */

	/*
	 * The latest start of a chain of k + 1 steps, for the first `live` ks; in consecutive funnels
	 * only of chains that the next event may continue, and NEVER in between.
	 */
	int     live;
	int64_t latest[CXM_FUNNEL_MOST_STEPS];

	/* The events of the current instant. */
	int64_t  now;
	uint64_t events;
	uint64_t matched;
	uint64_t unmatched;
	uint64_t counts[CXM_FUNNEL_MOST_STEPS]; /* by the lowest step of an event's set */
} CxmFunnel;

/* No timestamp is that early. */
#define CXM_FUNNEL_NEVER INT64_MIN

/*
 * first_like[k] is the first step that the same events match as step k + 1, itself if there is none
 * before; NULL when no two steps are alike.
 */
extern void cxm_funnel_start(CxmFunnel *funnel, CxmFunnelMode mode, int steps, uint64_t within,
                             const unsigned char *first_like);

/* Works off the instant before `time`; called by cxm_funnel_event(). */
extern void cxm_funnel_instant(CxmFunnel *funnel);

/* All steps are reached: nothing that follows can change level, start or end. */
static inline bool
cxm_funnel_is_complete(const CxmFunnel *funnel)
{
	return funnel->level == funnel->steps;
}

/* One event; the times must not go back. */
static inline void
cxm_funnel_event(CxmFunnel *funnel, int64_t time, uint64_t set)
{
	if (funnel->events > 0 && time != funnel->now)
		cxm_funnel_instant(funnel);
	funnel->now = time;
	funnel->events++;
	funnel->matched |= set;
	if (set == 0)
		funnel->unmatched++;
	else
		funnel->counts[__builtin_ctzll(set)]++;
}

/* After the last event: the level. */
extern int cxm_funnel_finish(CxmFunnel *funnel);

/* After that: could a chain of at least one and less than all steps still go on at this time? */
extern bool cxm_funnel_is_open(const CxmFunnel *funnel, int64_t time);

/*
 * The times of the steps: of the chains that reach the level first, that which started last; of
 * those, the one with the earliest steps.  A finished funnel and the same events once more:
 *
 *		cxm_funnel_trace_start(&trace, &funnel, times);
 *		for each event: if (cxm_funnel_trace_event(&trace, time, set)) break;
 *		cxm_funnel_trace_finish(&trace);		times[0 ... level - 1] are there
 */
typedef struct CxmFunnelTrace
{
	const CxmFunnel *funnel;
	int64_t         *times;
	int              taken;
	int64_t          now;
	uint64_t         matched;
	uint64_t         counts[CXM_FUNNEL_MOST_STEPS];
} CxmFunnelTrace;

extern void cxm_funnel_trace_start(CxmFunnelTrace *trace, const CxmFunnel *funnel, int64_t *times);
extern bool cxm_funnel_trace_event(CxmFunnelTrace *trace, int64_t time, uint64_t set);
extern void cxm_funnel_trace_finish(CxmFunnelTrace *trace);

#endif /* CXM_FUNNEL_H */
