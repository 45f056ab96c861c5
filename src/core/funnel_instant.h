/*
 * funnel_instant.h
 *		The terms of a funnel, the events of one instant, and which of its steps they can serve.
 */
#ifndef CXM_FUNNEL_INSTANT_H
#define CXM_FUNNEL_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

#define CXM_FUNNEL_MOST_STEPS 64

/* Of so many optional steps there are 64 funnels with and without them. */
#define CXM_FUNNEL_MOST_OPTIONAL 6

/* A window that never closes, and a step without a limit. */
#define CXM_FUNNEL_UNLIMITED UINT64_MAX

typedef enum CxmFunnelMode
{
	CXM_FUNNEL_ANY,
	CXM_FUNNEL_ORDERED,
	CXM_FUNNEL_INCREASING,
	CXM_FUNNEL_CONSECUTIVE,
	CXM_FUNNEL_STRICT_ORDER,
	CXM_FUNNEL_UNORDERED,
} CxmFunnelMode;

#define CXM_FUNNEL_MODES (CXM_FUNNEL_UNORDERED + 1)

typedef struct CxmFunnelTerms
{
	CxmFunnelMode mode;
	int           steps;
	uint64_t      within;
	uint64_t      optional; /* a set of steps, not the first */
	bool          has_limits;
	uint64_t      limits[CXM_FUNNEL_MOST_STEPS]; /* since the step before; the first has none */
} CxmFunnelTerms;

/* Does any other event end a chain?  Else those that are no step may be left out. */
static inline bool
cxm_funnel_others_count(CxmFunnelMode mode)
{
	return mode == CXM_FUNNEL_CONSECUTIVE || mode == CXM_FUNNEL_STRICT_ORDER;
}

/* No timestamp is that early. */
#define CXM_FUNNEL_NEVER INT64_MIN

/*
 * The events of one instant, those of the same set as one.  Of each step no more events are kept
 * than there are steps: whatever serves the step could be replaced by one of so many.
 */
#define CXM_FUNNEL_MOST_KINDS (CXM_FUNNEL_MOST_STEPS * CXM_FUNNEL_MOST_STEPS)

typedef struct CxmFunnelInstant
{
	int64_t       time;
	int64_t       sequence;
	int64_t       nth; /* of all instants, from 1 */
	uint64_t      events;
	uint64_t      unmatched;
	uint64_t      matched; /* the union of all sets */
	uint64_t      shared;  /* not 0 where some event matches several steps */
	bool          excluded;
	int           kinds;
	unsigned char available[CXM_FUNNEL_MOST_STEPS]; /* events kept of each step, of two kinds on */
	unsigned char count[CXM_FUNNEL_MOST_KINDS];
	uint64_t      set[CXM_FUNNEL_MOST_KINDS];
} CxmFunnelInstant;

/* Where a chain began, and when it took its last step; without order, an event that is taken. */
typedef struct CxmFunnelChain
{
	int64_t start;
	int64_t nth; /* the instant of its start */
	union
	{
		int64_t  last;
		uint64_t set; /* without order: of the event */
	};
} CxmFunnelChain;

/* An event more of an instant that has some already. */
extern void cxm_funnel_add_kind(CxmFunnelInstant *now, int steps, uint64_t set);

static inline bool
cxm_funnel_is_over(const CxmFunnelInstant *now, int64_t time, int64_t sequence)
{
	return now->events > 0 && (time != now->time || sequence != now->sequence);
}

static inline void
cxm_funnel_take_in(CxmFunnelInstant *now, int steps, int64_t time, int64_t sequence, uint64_t set)
{
	now->time = time;
	now->sequence = sequence;
	now->events++;
	now->matched |= set;
	now->shared |= set & (set - 1);
	if (set == 0)
		now->unmatched++;
	else if (now->kinds == 0)
	{
		now->kinds = 1;
		now->set[0] = set;
		now->count[0] = 1;
	}
	else
		cxm_funnel_add_kind(now, steps, set);
}

#define CXM_STEP(k) (UINT64_C(1) << (k))

/*
 * For each k the lowest j such that a chain of j steps can take steps j + 1 ... k + 1 at this
 * instant; j = k + 1 where step k + 1 itself cannot be taken.  As every part of such a row of steps
 * is one itself, j never falls when k rises.
 */
extern void cxm_funnel_rows(CxmFunnelMode mode, const CxmFunnelInstant *now, int steps,
                            unsigned char *lowest);

/*
 * Without order: takes one more event beside those that are taken, or where it may replace one, in
 * the place of the earliest that it makes superfluous.  False when it is left out.
 */
extern bool cxm_funnel_insert(CxmFunnelChain *taken, int steps, CxmFunnelChain event,
                              bool may_replace);

/* The steps, from step 1, that a chain of a strict order must have taken to pass this instant. */
extern int cxm_funnel_steps_to_pass(const CxmFunnelInstant *now);

/* Has a chain that could go on time to take step k + 1 now?  In unsigned arithmetic all fits. */
static inline bool
cxm_funnel_goes_on(const CxmFunnelTerms *terms, const CxmFunnelChain *chain, int k, int64_t now)
{
	return chain->start != CXM_FUNNEL_NEVER &&
	       (uint64_t) now - (uint64_t) chain->start <= terms->within &&
	       (!terms->has_limits || (uint64_t) now - (uint64_t) chain->last <= terms->limits[k]);
}

static inline void
cxm_funnel_clear(CxmFunnelInstant *now)
{
	now->events = now->unmatched = now->matched = now->shared = 0;
	now->excluded = false;
	now->kinds = 0;
}

#endif /* CXM_FUNNEL_INSTANT_H */
