/*
 * funnel.c
 *		How far one customer came along the steps of a funnel: event by event.
 */
#include "core/funnel.h"

#include <string.h>

void
cxm_funnel_start(CxmFunnel *funnel, const CxmFunnelTerms *terms)
{
	funnel->terms = terms;
	funnel->steps = terms->steps;
	funnel->counts = false;
	funnel->completions = 0;
	funnel->level = 0;
	funnel->start = funnel->end = CXM_FUNNEL_NEVER;
	funnel->start_nth = funnel->end_nth = 0;
	funnel->level_before_end = 0;
	funnel->live = 0;
	funnel->now.time = CXM_FUNNEL_NEVER;
	funnel->now.sequence = 0;
	funnel->now.nth = 0;
	cxm_funnel_clear(&funnel->now);
	if (terms->mode == CXM_FUNNEL_UNORDERED)
		for (int k = 0; k < terms->steps; k++)
			funnel->latest[k].start = CXM_FUNNEL_NEVER;
}

/* Step k + 1 is reached now by a chain. */
static inline void
reach(CxmFunnel *funnel, int k, const CxmFunnelChain *chain, int before)
{
	if (k >= funnel->level)
	{
		funnel->level = k + 1;
		funnel->start = chain->start;
		funnel->start_nth = chain->nth;
		funnel->end = funnel->now.time;
		funnel->end_nth = funnel->now.nth;
		funnel->level_before_end = before;
	}
}

static inline CxmFunnelChain
chain_from_here(const CxmFunnel *funnel)
{
	return (CxmFunnelChain){funnel->now.time, funnel->now.nth, {funnel->now.time}};
}

/* The chain of `from` steps, if one can take step from + 1 now. */
static inline bool
chain_of(const CxmFunnel *funnel, int from, CxmFunnelChain *chain)
{
	if (from == 0)
	{
		*chain = chain_from_here(funnel);
		return true;
	}
	if (from > funnel->live ||
	    !cxm_funnel_goes_on(funnel->terms, &funnel->latest[from - 1], from, funnel->now.time))
		return false;
	*chain = funnel->latest[from - 1];
	chain->last = funnel->now.time;
	return true;
}

/*
 * A chain of k + 1 steps contains one of k steps with the same start, so that the latest starts
 * never rise with k: what comes from fewer steps is always the later start.
 */
static inline bool
extend(CxmFunnel *funnel, int k, int from)
{
	CxmFunnelChain chain;

	if (!chain_of(funnel, from, &chain))
		return false;
	funnel->latest[k] = chain;
	if (k >= funnel->live)
		funnel->live = k + 1;
	reach(funnel, k, &chain, from);
	return true;
}

/* Upwards: what a step reaches now, the next one may go on from. */
static inline void
take_several_each(CxmFunnel *funnel)
{
	for (uint64_t rest = funnel->now.matched; rest != 0; rest &= rest - 1)
	{
		int k = __builtin_ctzll(rest);

		extend(funnel, k, k);
	}
}

/* Downwards: a step goes on from what was reached before this instant. */
static void
take_one(CxmFunnel *funnel)
{
	for (uint64_t rest = funnel->now.matched; rest != 0;)
	{
		int k = 63 - __builtin_clzll(rest);

		extend(funnel, k, k);
		rest ^= CXM_STEP(k);
	}
}

static void
take_each_once(CxmFunnel *funnel)
{
	unsigned char lowest[CXM_FUNNEL_MOST_STEPS];

	cxm_funnel_rows(CXM_FUNNEL_ORDERED, &funnel->now, funnel->steps, lowest);
	for (int k = funnel->steps; k-- > 0;)
		for (int from = lowest[k]; from <= k; from++)
			if (extend(funnel, k, from) || !funnel->terms->has_limits)
				break;
}

/* The latest chain that comes to step k + 1 now, of those with the fewest steps at this instant. */
static bool
latest_to(const CxmFunnel *funnel, int k, int lowest, CxmFunnelChain *best, int *before)
{
	bool           found = false;
	CxmFunnelChain chain;

	/* the row is no longer than the instant has events: O(steps) for each of them */
	for (int from = lowest; from <= k && from <= funnel->live; from++)
		if (chain_of(funnel, from, &chain) && (!found || chain.nth >= best->nth))
		{
			*best = chain;
			*before = from;
			found = true;
			if (from == 0)
				break;
		}
	return found;
}

/*
 * Where other events end a chain.  After this instant one may go on that begins here, since the
 * events that it leaves out can come before it; a consecutive one that takes every event of the
 * instant; and one of a strict order that has taken steps of all of them.  It may end here with any
 * row of them, since the others can come after it.
 */
static void
take_without_gaps(CxmFunnel *funnel)
{
	const CxmFunnelInstant *now = &funnel->now;
	const bool              strict = funnel->terms->mode == CXM_FUNNEL_STRICT_ORDER;
	const int               to_pass = strict ? cxm_funnel_steps_to_pass(now) : 0;
	unsigned char           lowest[CXM_FUNNEL_MOST_STEPS];
	CxmFunnelChain          latest[CXM_FUNNEL_MOST_STEPS];
	int                     live = 0;

	cxm_funnel_rows(funnel->terms->mode, now, funnel->steps, lowest);
	for (int k = funnel->steps; k-- > 0;)
	{
		CxmFunnelChain best;
		int            before;
		bool           found = latest_to(funnel, k, lowest[k], &best, &before);

		latest[k].start = CXM_FUNNEL_NEVER;
		if (found)
			reach(funnel, k, &best, before);
		if (found && (before == 0 || (strict && k + 1 >= to_pass)))
			latest[k] = best;
		else if (strict)
		{
			if (k < funnel->live && k + 1 >= to_pass)
				latest[k] = funnel->latest[k];
		}
		else if (now->unmatched == 0 && now->events <= (uint64_t) k)
		{
			int from = k + 1 - (int) now->events;

			if (from >= lowest[k] && chain_of(funnel, from, &best))
				latest[k] = best;
		}
		if (live == 0 && latest[k].start != CXM_FUNNEL_NEVER)
			live = k + 1;
	}
	memcpy(funnel->latest, latest, (size_t) live * sizeof(latest[0]));
	funnel->live = live;
}

/* Without order */

static void
forget_all(CxmFunnel *funnel)
{
	for (int k = 0; k < funnel->steps; k++)
		funnel->latest[k].start = CXM_FUNNEL_NEVER;
	funnel->live = 0;
}

/* Events that came before this instant, and those that no chain which ends here can have. */
static void
forget_early(CxmFunnel *funnel, bool all)
{
	for (int k = 0; k < funnel->steps; k++)
	{
		CxmFunnelChain *event = &funnel->latest[k];

		if (event->start != CXM_FUNNEL_NEVER &&
		    (all ? event->nth < funnel->now.nth
		         : (uint64_t) funnel->now.time - (uint64_t) event->start > funnel->terms->within))
		{
			event->start = CXM_FUNNEL_NEVER;
			funnel->live--;
		}
	}
}

/*
 * The events that are taken are as many, of different steps, as there can be, and as late as they
 * can be.  So those of them within the window are as many as there can be within it.  First come
 * the events of this instant that make them more, then those that only make them later: where
 * completions are counted, no more events of the instant are used than must be.
 */
static void
take_in_any_order(CxmFunnel *funnel)
{
	CxmFunnelInstant    *now = &funnel->now;
	const CxmFunnelChain event = chain_from_here(funnel);
	CxmFunnelChain       start = event;

	forget_early(funnel, false);
	for (int kind = 0; kind < now->kinds; kind++)
	{
		CxmFunnelChain one = event;

		one.set = now->set[kind];
		while (now->count[kind] > 0 && cxm_funnel_insert(funnel->latest, funnel->steps, one, false))
		{
			now->count[kind]--;
			funnel->live++;
			if (!funnel->counts || funnel->live < funnel->steps)
				continue;
			funnel->completions++;
			forget_all(funnel);
			kind = 0;
			one.set = now->set[0];
		}
	}
	for (int kind = 0; kind < now->kinds; kind++)
	{
		CxmFunnelChain one = event;

		one.set = now->set[kind];
		while (now->count[kind] > 0 && cxm_funnel_insert(funnel->latest, funnel->steps, one, true))
			now->count[kind]--;
	}

	if (funnel->live > funnel->level)
	{
		for (int k = 0; k < funnel->steps; k++)
			if (funnel->latest[k].start != CXM_FUNNEL_NEVER && funnel->latest[k].nth < start.nth)
				start = funnel->latest[k];
		reach(funnel, funnel->live - 1, &start, 0);
	}
}

static void
take(CxmFunnel *funnel)
{
	switch (funnel->terms->mode)
	{
		case CXM_FUNNEL_ANY:
			take_several_each(funnel);
			break;
		case CXM_FUNNEL_INCREASING:
			take_one(funnel);
			break;
		case CXM_FUNNEL_ORDERED:
			/* where no event is two steps, none could serve two of them anyway */
			if (funnel->now.shared == 0)
				take_several_each(funnel);
			else if (funnel->now.events - funnel->now.unmatched == 1)
				take_one(funnel);
			else
				take_each_once(funnel);
			break;
		case CXM_FUNNEL_CONSECUTIVE:
		case CXM_FUNNEL_STRICT_ORDER:
			take_without_gaps(funnel);
			break;
		case CXM_FUNNEL_UNORDERED:
			take_in_any_order(funnel);
			break;
	}
}

/*
 * Takes out the events that complete the funnel at this instant, as few as do: those of the last
 * steps from the furthest chain that was there before.  Of labels an event is of one kind or none.
 */
static void
use_up(CxmFunnel *funnel, const CxmFunnelChain *latest, int live)
{
	CxmFunnelInstant *now = &funnel->now;
	unsigned char     lowest[CXM_FUNNEL_MOST_STEPS];
	int               from = funnel->steps - 1;
	int               kinds = 0;

	cxm_funnel_rows(funnel->terms->mode, now, funnel->steps, lowest);
	while (from > lowest[funnel->steps - 1] &&
	       (from > live || !cxm_funnel_goes_on(funnel->terms, &latest[from - 1], from, now->time)))
		from--;
	now->matched = now->shared = 0;
	for (int kind = 0; kind < now->kinds; kind++)
	{
		uint64_t set = now->set[kind];
		int      used = __builtin_popcountll(set >> from);

		if (funnel->terms->mode == CXM_FUNNEL_ANY && used > 1)
			used = 1;
		now->events -= (uint64_t) used;
		now->count[kind] = (unsigned char) (now->count[kind] - used);
		if (now->count[kind] == 0)
			continue;
		now->set[kinds] = set;
		now->count[kinds++] = now->count[kind];
		now->matched |= set;
		now->shared |= set & (set - 1);
	}
	now->kinds = kinds;
}

/* A chain that is complete is counted, and the next one begins with what is left. */
static void
count_completions(CxmFunnel *funnel)
{
	CxmFunnelChain latest[CXM_FUNNEL_MOST_STEPS] = {{0}};

	for (;;)
	{
		int live = funnel->live;

		memcpy(latest, funnel->latest, (size_t) live * sizeof(latest[0]));
		take(funnel);
		if (!cxm_funnel_is_complete(funnel))
			break;
		use_up(funnel, latest, live);
		funnel->completions++;
		funnel->level = 0;
		funnel->live = 0;
	}
}

void
cxm_funnel_instant(CxmFunnel *funnel)
{
	const CxmFunnelMode mode = funnel->terms->mode;
	const bool          unordered = mode == CXM_FUNNEL_UNORDERED;

	funnel->now.nth++;
	/* as nearly every instant is */
	if (mode <= CXM_FUNNEL_ORDERED && funnel->now.shared == 0 && !funnel->now.excluded &&
	    !funnel->counts)
	{
		take_several_each(funnel);
		cxm_funnel_clear(&funnel->now);
		return;
	}
	if (funnel->counts && !unordered)
		count_completions(funnel);
	else
		take(funnel);

	/* chains that began before this instant end here at the latest */
	if (funnel->now.excluded && unordered)
		forget_early(funnel, true);
	else if (funnel->now.excluded)
	{
		funnel->live = 0;
		take(funnel);
	}
	cxm_funnel_clear(&funnel->now);
}

int
cxm_funnel_finish(CxmFunnel *funnel)
{
	if (funnel->now.events > 0)
		cxm_funnel_instant(funnel);
	return funnel->level;
}

bool
cxm_funnel_is_open(const CxmFunnel *funnel, int64_t time)
{
	const bool unordered = funnel->terms->mode == CXM_FUNNEL_UNORDERED;

	if (cxm_funnel_is_complete(funnel))
		return false;
	for (int k = 0; k < (unordered ? funnel->steps : funnel->live); k++)
	{
		const CxmFunnelChain *chain = &funnel->latest[k];

		if (unordered
		        ? chain->start != CXM_FUNNEL_NEVER &&
		              (uint64_t) time - (uint64_t) chain->start <= funnel->terms->within
		        : k + 1 < funnel->steps && cxm_funnel_goes_on(funnel->terms, chain, k + 1, time))
			return true;
	}
	return false;
}
