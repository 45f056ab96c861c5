/*
 * funnel.c
 *		How far one customer came along the steps of a funnel.
 */
#include "funnel.h"

#include <string.h>

#define BIT(k) (UINT64_C(1) << (k))

void
cxm_funnel_start(CxmFunnel *funnel, CxmFunnelMode mode, int steps, uint64_t within,
                 const unsigned char *first_like)
{
	funnel->mode = mode;
	funnel->steps = steps;
	funnel->within = within;
	funnel->repeats = false;
	funnel->level = 0;
	funnel->start = funnel->end = CXM_FUNNEL_NEVER;
	funnel->level_before_end = 0;
	funnel->live = 0;
	funnel->now = CXM_FUNNEL_NEVER;
	funnel->events = funnel->matched = funnel->unmatched = 0;
	for (int k = 0; k < steps; k++)
	{
		funnel->first_like[k] = (unsigned char) (first_like ? first_like[k] : k);
		funnel->repeats |= funnel->first_like[k] != k;
		funnel->counts[k] = 0;
	}
}

/* May a chain from start have a step now?  In unsigned arithmetic no distance overflows. */
static inline bool
in_window(const CxmFunnel *funnel, int64_t start, int64_t now)
{
	return start != CXM_FUNNEL_NEVER && (uint64_t) now - (uint64_t) start <= funnel->within;
}

/* Step k + 1 is reached now by a chain that began at start. */
static inline void
reach(CxmFunnel *funnel, int k, int64_t start, int before)
{
	if (k >= funnel->level)
	{
		funnel->level = k + 1;
		funnel->start = start;
		funnel->end = funnel->now;
		funnel->level_before_end = before;
	}
}

/*
 * A chain of k + 1 steps contains one of k steps with the same start, so that the latest starts
 * never rise with k: what comes from the step before is always the latest.
 */
static inline void
extend(CxmFunnel *funnel, int k, int from)
{
	int64_t start;

	if (from > funnel->live)
		return;
	start = from == 0 ? funnel->now : funnel->latest[from - 1];
	if (!in_window(funnel, start, funnel->now))
		return;
	funnel->latest[k] = start;
	if (k >= funnel->live)
		funnel->live = k + 1;
	reach(funnel, k, start, from);
}

/* Upwards: what a step reaches now, the next one may go on from. */
static inline void
take_several_each(CxmFunnel *funnel)
{
	for (uint64_t rest = funnel->matched; rest != 0; rest &= rest - 1)
	{
		int k = __builtin_ctzll(rest);

		extend(funnel, k, k);
	}
}

/* Downwards: a step goes on from what was reached before this instant. */
static void
take_one(CxmFunnel *funnel)
{
	for (uint64_t rest = funnel->matched; rest != 0;)
	{
		int k = 63 - __builtin_clzll(rest);

		extend(funnel, k, k);
		rest ^= BIT(k);
	}
}

/*
 * For each k the lowest j such that steps j + 1 ... k + 1 can all be taken at this instant: of each
 * kind no more than there are events.  j = k + 1 where step k + 1 itself cannot.  As every part of
 * such a row of steps is one itself, j never falls when k rises.
 */
static void
find_rows(const CxmFunnel *funnel, unsigned char *lowest)
{
	uint64_t used[CXM_FUNNEL_MOST_STEPS] = {0};
	int      j = 0;

	for (int k = 0; k < funnel->steps; k++)
	{
		int kind = funnel->first_like[k];

		used[kind]++;
		while (used[kind] > funnel->counts[kind])
			used[funnel->first_like[j++]]--;
		lowest[k] = (unsigned char) j;
	}
}

static void
take_each_once(CxmFunnel *funnel)
{
	unsigned char lowest[CXM_FUNNEL_MOST_STEPS];

	find_rows(funnel, lowest);
	for (int k = funnel->steps; k-- > 0;)
		if (lowest[k] <= k)
			extend(funnel, k, lowest[k]);
}

/*
 * What may go on after this instant: a chain that begins here, since the events that it leaves out
 * can come before it, or one that takes every event of the instant.  It may end here with any row
 * of them, since the others can come after it.
 */
static void
take_consecutive(CxmFunnel *funnel)
{
	unsigned char lowest[CXM_FUNNEL_MOST_STEPS];
	int64_t       latest[CXM_FUNNEL_MOST_STEPS];
	int           live = 0;

	if (funnel->matched == 0)
	{
		funnel->live = 0;
		return;
	}

	find_rows(funnel, lowest);
	for (int k = funnel->steps; k-- > 0;)
	{
		int64_t best = CXM_FUNNEL_NEVER;
		int     before = 0;

		latest[k] = CXM_FUNNEL_NEVER;
		if (lowest[k] > k)
			continue;

		/* the row is no longer than the instant has events: O(steps) for each of them */
		if (lowest[k] == 0)
			best = latest[k] = funnel->now;
		else
			for (int j = lowest[k]; j <= k && j <= funnel->live; j++)
			{
				int64_t start = funnel->latest[j - 1];

				if (in_window(funnel, start, funnel->now) && start >= best)
				{
					best = start;
					before = j;
				}
			}
		if (best != CXM_FUNNEL_NEVER)
			reach(funnel, k, best, before);

		if (latest[k] == CXM_FUNNEL_NEVER && funnel->unmatched == 0 &&
		    funnel->events <= (uint64_t) k)
		{
			int j = k + 1 - (int) funnel->events;

			if (j >= lowest[k] && j <= funnel->live)
				latest[k] = funnel->latest[j - 1];
		}
		if (live == 0 && latest[k] != CXM_FUNNEL_NEVER)
			live = k + 1;
	}
	memcpy(funnel->latest, latest, (size_t) live * sizeof(latest[0]));
	funnel->live = live;
}

void
cxm_funnel_instant(CxmFunnel *funnel)
{
	switch (funnel->mode)
	{
		case CXM_FUNNEL_ANY:
			take_several_each(funnel);
			break;
		case CXM_FUNNEL_INCREASING:
			take_one(funnel);
			break;
		case CXM_FUNNEL_ORDERED:
			/* where no two steps are alike, no event could serve two of them anyway */
			if (!funnel->repeats)
				take_several_each(funnel);
			else if (funnel->events - funnel->unmatched == 1)
				take_one(funnel);
			else
				take_each_once(funnel);
			break;
		case CXM_FUNNEL_CONSECUTIVE:
			take_consecutive(funnel);
			break;
	}

	for (uint64_t rest = funnel->matched; rest != 0; rest &= rest - 1)
		funnel->counts[__builtin_ctzll(rest)] = 0;
	funnel->events = funnel->matched = funnel->unmatched = 0;
}

int
cxm_funnel_finish(CxmFunnel *funnel)
{
	if (funnel->events > 0)
		cxm_funnel_instant(funnel);
	return funnel->level;
}

bool
cxm_funnel_is_open(const CxmFunnel *funnel, int64_t time)
{
	if (cxm_funnel_is_complete(funnel))
		return false;
	for (int k = 0; k < funnel->live; k++)
		if (in_window(funnel, funnel->latest[k], time))
			return true;
	return false;
}

/*
 * The second pass.  With start and end known, each step taken as early as it can be is the answer:
 * a chain that has got as far at an earlier time, or at the same with fewer events of that instant
 * used, can do whatever the others can.
 */

void
cxm_funnel_trace_start(CxmFunnelTrace *trace, const CxmFunnel *funnel, int64_t *times)
{
	trace->funnel = funnel;
	trace->times = times;
	trace->taken = 0;
	trace->now = CXM_FUNNEL_NEVER;
	trace->matched = 0;
	memset(trace->counts, 0, sizeof(trace->counts[0]) * (size_t) funnel->steps);
}

static void
trace_instant(CxmFunnelTrace *trace)
{
	const CxmFunnel *funnel = trace->funnel;
	bool             once = funnel->mode == CXM_FUNNEL_ORDERED;

	while (trace->taken < funnel->level)
	{
		uint64_t *count = &trace->counts[funnel->first_like[trace->taken]];

		if (once ? *count == 0 : (trace->matched & BIT(trace->taken)) == 0)
			break;
		*count -= once;
		trace->times[trace->taken++] = trace->now;
		if (funnel->mode == CXM_FUNNEL_INCREASING)
			break;
	}
	memset(trace->counts, 0, sizeof(trace->counts[0]) * (size_t) funnel->steps);
	trace->matched = 0;
}

bool
cxm_funnel_trace_event(CxmFunnelTrace *trace, int64_t time, uint64_t set)
{
	const CxmFunnel *funnel = trace->funnel;

	if (funnel->level == 0 || time > funnel->end)
		return true;
	if (time < funnel->start)
		return false;

	/* all events between the first and the last instant are steps: collect their times */
	if (funnel->mode == CXM_FUNNEL_CONSECUTIVE)
	{
		if (time > funnel->start && time < funnel->end)
			trace->times[trace->taken++] = time;
		return false;
	}

	if (time != trace->now)
	{
		trace_instant(trace);
		trace->now = time;
	}
	trace->matched |= set;
	if (set != 0)
		trace->counts[__builtin_ctzll(set)]++;
	return false;
}

void
cxm_funnel_trace_finish(CxmFunnelTrace *trace)
{
	const CxmFunnel *funnel = trace->funnel;
	int              at_start = funnel->level_before_end - trace->taken;

	if (funnel->mode != CXM_FUNNEL_CONSECUTIVE)
	{
		trace_instant(trace);
		return;
	}
	memmove(trace->times + at_start, trace->times, sizeof(int64_t) * (size_t) trace->taken);
	for (int k = 0; k < at_start; k++)
		trace->times[k] = funnel->start;
	for (int k = funnel->level_before_end; k < funnel->level; k++)
		trace->times[k] = funnel->end;
}
