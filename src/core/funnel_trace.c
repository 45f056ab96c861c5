/*
 * funnel_trace.c
 *		When a customer took the steps of a funnel, and funnels that are looked at more than once.
 *
 * With the instants of start and end known, each step taken as early as it can be is the answer: a
 * chain that has got as far at an earlier time, or at the same with fewer events of that instant
 * used, can do whatever the others can.  Unless a step has a limit: then a step may be taken too
 * early for the next one, and which are not is found from the end backwards.
 */
#include "core/funnel.h"

#include <string.h>

void
cxm_funnel_trace_start(CxmFunnelTrace *trace, const CxmFunnel *funnel, int64_t *times,
                       int64_t *nths)
{
	trace->funnel = funnel;
	trace->times = times;
	trace->nths = nths;
	trace->taken = 0;
	trace->now.time = CXM_FUNNEL_NEVER;
	trace->now.sequence = 0;
	trace->now.nth = 0;
	cxm_funnel_clear(&trace->now);
	for (int k = 0; k < funnel->steps; k++)
		trace->step[k].start = CXM_FUNNEL_NEVER;
}

/* The next step is taken at this instant. */
static void
trace_step(CxmFunnelTrace *trace)
{
	if (trace->nths != NULL)
		trace->nths[trace->taken] = trace->now.nth;
	trace->times[trace->taken++] = trace->now.time;
}

static void
trace_any_order(CxmFunnelTrace *trace)
{
	const CxmFunnelInstant *now = &trace->now;

	for (int kind = 0; kind < now->kinds; kind++)
		for (int n = 0; n < now->count[kind] && trace->taken < trace->funnel->level; n++)
			if (cxm_funnel_insert(trace->step, trace->funnel->steps,
			                      (CxmFunnelChain){now->time, now->nth, {.set = now->set[kind]}},
			                      false))
				trace_step(trace);
}

static void
trace_in_order(CxmFunnelTrace *trace)
{
	const CxmFunnelInstant *now = &trace->now;
	const CxmFunnel        *funnel = trace->funnel;
	unsigned char           lowest[CXM_FUNNEL_MOST_STEPS];
	int                     from = trace->taken;

	if (from == funnel->level || (now->matched & CXM_STEP(from)) == 0)
		return;
	cxm_funnel_rows(funnel->terms->mode, now, funnel->level, lowest);
	while (trace->taken < funnel->level && lowest[trace->taken] <= from)
		trace_step(trace);
}

static void
trace_instant(CxmFunnelTrace *trace)
{
	const CxmFunnel *funnel = trace->funnel;
	int64_t          nth = ++trace->now.nth;

	if (nth >= funnel->start_nth && nth <= funnel->end_nth)
		switch (funnel->terms->mode)
		{
			case CXM_FUNNEL_UNORDERED:
				trace_any_order(trace);
				break;
			case CXM_FUNNEL_CONSECUTIVE:
				/* all events between the first and the last instant are steps */
				if (nth > funnel->start_nth && nth < funnel->end_nth)
					for (uint64_t i = 0; i < trace->now.events; i++)
						trace_step(trace);
				break;
			default:
				trace_in_order(trace);
		}
	cxm_funnel_clear(&trace->now);
}

bool
cxm_funnel_trace_event(CxmFunnelTrace *trace, int64_t time, int64_t sequence, uint64_t set)
{
	if (cxm_funnel_is_over(&trace->now, time, sequence))
		trace_instant(trace);
	if (trace->now.nth >= trace->funnel->end_nth)
		return true;
	cxm_funnel_take_in(&trace->now, trace->funnel->steps, time, sequence, set);
	return false;
}

/* Moves what was traced behind the steps at the first instant, and adds those at the last one. */
static void
fill_in(const CxmFunnel *funnel, int taken, int64_t *traced, int64_t start, int64_t end)
{
	int at_start = funnel->level_before_end - taken;

	memmove(traced + at_start, traced, sizeof(int64_t) * (size_t) taken);
	for (int k = 0; k < at_start; k++)
		traced[k] = start;
	for (int k = funnel->level_before_end; k < funnel->level; k++)
		traced[k] = end;
}

void
cxm_funnel_trace_finish(CxmFunnelTrace *trace)
{
	const CxmFunnel *funnel = trace->funnel;

	if (trace->now.events > 0)
		trace_instant(trace);
	if (funnel->terms->mode != CXM_FUNNEL_CONSECUTIVE || funnel->level == 0)
		return;
	fill_in(funnel, trace->taken, trace->times, funnel->start, funnel->end);
	if (trace->nths != NULL)
		fill_in(funnel, trace->taken, trace->nths, funnel->start_nth, funnel->end_nth);
}

/* A funnel that one with optional steps stands for: steps that it has, of all. */
typedef struct Variant
{
	CxmFunnelTerms terms;
	int            step[CXM_FUNNEL_MOST_STEPS];
	void (*between)(void);
} Variant;

/* Now and then on the way through the events. */
static inline void
pause_at(const Variant *variant, size_t i)
{
	if (variant->between != NULL && i % 65536 == 0)
		variant->between();
}

static void
make_variant(const CxmFunnelTerms *terms, uint64_t left_out, Variant *variant)
{
	int steps = 0;

	variant->terms = *terms;
	for (int k = 0; k < terms->steps; k++)
		if ((left_out & CXM_STEP(k)) == 0)
		{
			variant->terms.limits[steps] = terms->has_limits ? terms->limits[k] : 0;
			variant->step[steps++] = k;
		}
	variant->terms.steps = steps;
	variant->terms.optional = 0;
}

static uint64_t
set_of_variant(const Variant *variant, uint64_t set)
{
	uint64_t of_variant = 0;

	for (int k = 0; k < variant->terms.steps; k++)
		of_variant |= (set >> variant->step[k] & 1) << k;
	return of_variant;
}

/* The instants of the events from the first on, one by one. */
typedef struct Instants
{
	const Variant   *variant;
	CxmFunnelEvent  *events;
	size_t           n;
	CxmFunnelInstant now;
} Instants;

static bool
same_instant(const CxmFunnelEvent *a, const CxmFunnelEvent *b)
{
	return a->time == b->time && a->sequence == b->sequence;
}

/* Takes in the instant that has the event; returns its first event. */
static size_t
take_instant(Instants *instants, size_t event)
{
	CxmFunnelEvent *events = instants->events;
	size_t          first = event;

	while (first > 0 && same_instant(&events[first - 1], &events[event]))
		first--;
	cxm_funnel_clear(&instants->now);
	for (size_t i = first; i < instants->n && same_instant(&events[i], &events[event]); i++)
		cxm_funnel_take_in(&instants->now, instants->variant->terms.steps, events[i].time,
		                   events[i].sequence, set_of_variant(instants->variant, events[i].set));
	return first;
}

/*
 * From the end backwards: the first event of each instant knows, bit k - 1 for k steps, whether a
 * chain that took step k there as its last one can go on to the end.
 */
static void
find_feasible(Instants *instants, const CxmFunnel *funnel, size_t first, size_t last)
{
	const CxmFunnelTerms *terms = funnel->terms;
	const bool            strict = terms->mode == CXM_FUNNEL_STRICT_ORDER;
	int64_t               next[CXM_FUNNEL_MOST_STEPS]; /* where step k + 1 can be taken next */
	unsigned char         lowest[CXM_FUNNEL_MOST_STEPS];
	size_t                at = take_instant(instants, last);

	for (int k = 0; k < CXM_FUNNEL_MOST_STEPS; k++)
		next[k] = CXM_FUNNEL_NEVER;
	for (;; at = take_instant(instants, at - 1))
	{
		int64_t  time = instants->now.time;
		int      to_pass = strict && at > first ? cxm_funnel_steps_to_pass(&instants->now) : 0;
		bool     is_last = same_instant(&instants->events[at], &instants->events[last]);
		uint64_t feasible = is_last ? CXM_STEP(funnel->level - 1) : 0;

		for (int k = 1; !is_last && k < funnel->level; k++)
			if (next[k] != CXM_FUNNEL_NEVER && k >= to_pass &&
			    (uint64_t) next[k] - (uint64_t) time <= terms->limits[k])
				feasible |= CXM_STEP(k - 1);
		instants->events[at].feasible = feasible;
		if (at <= first)
			return;

		cxm_funnel_rows(terms->mode, &instants->now, funnel->level, lowest);
		for (int k = 1; k < funnel->level; k++)
		{
			if (!is_last && k < to_pass)
				next[k] = CXM_FUNNEL_NEVER;
			for (int to = k; to < funnel->level && lowest[to] <= k; to++)
				if (feasible & CXM_STEP(to))
				{
					next[k] = time;
					break;
				}
		}
	}
}

/* The times of the steps with limits, each as early as it can be for those that follow. */
static void
trace_limits(const Variant *variant, const CxmFunnel *funnel, CxmFunnelEvent *events, size_t n,
             int64_t *times, int64_t *nths)
{
	Instants      instants = {.variant = variant, .events = events, .n = n};
	unsigned char lowest[CXM_FUNNEL_MOST_STEPS];
	int64_t       nth = 0;
	size_t        first = 0;
	size_t        last = 0;
	int           taken = 0;

	for (size_t i = 0; i < n && nth <= funnel->end_nth; i++)
	{
		pause_at(variant, i);
		if (i > 0 && same_instant(&events[i - 1], &events[i]))
			continue;
		if (++nth == funnel->start_nth)
			first = i;
		if (nth == funnel->end_nth)
			last = i;
	}
	find_feasible(&instants, funnel, first, last);
	nth = funnel->start_nth - 1;
	for (size_t i = first; i <= last && taken < funnel->level; i++)
	{
		int to = taken;

		if (i > first && same_instant(&events[i - 1], &events[i]))
			continue;
		nth++;
		if ((taken > 0 && (uint64_t) events[i].time - (uint64_t) times[taken - 1] >
		                      funnel->terms->limits[taken]))
			continue;
		take_instant(&instants, i);
		cxm_funnel_rows(funnel->terms->mode, &instants.now, funnel->level, lowest);
		for (int k = taken; k < funnel->level && lowest[k] <= taken; k++)
			if (events[i].feasible & CXM_STEP(k))
				to = k + 1;
		for (; taken < to; taken++)
		{
			times[taken] = events[i].time;
			nths[taken] = nth;
		}
	}
}

static void
trace_variant(const Variant *variant, const CxmFunnel *funnel, CxmFunnelEvent *events, size_t n,
              int64_t *times, int64_t *nths)
{
	CxmFunnelTrace trace;

	/* where nothing else lies between there is no choice, whatever the limits */
	if (variant->terms.has_limits && variant->terms.mode != CXM_FUNNEL_CONSECUTIVE)
	{
		if (funnel->level > 0)
			trace_limits(variant, funnel, events, n, times, nths);
		return;
	}
	cxm_funnel_trace_start(&trace, funnel, times, nths);
	for (size_t i = 0; i < n; i++)
	{
		pause_at(variant, i);
		if (cxm_funnel_trace_event(&trace, events[i].time, events[i].sequence,
		                           set_of_variant(variant, events[i].set)))
			break;
	}
	cxm_funnel_trace_finish(&trace);
}

/* Steps that are not taken are later than any. */
static void
clear_answer(CxmFunnelAnswer *answer, int steps)
{
	memset(answer, 0, sizeof(*answer));
	for (int k = 0; k < steps; k++)
	{
		answer->times[k] = CXM_FUNNEL_NEVER;
		answer->nths[k] = INT64_MAX;
	}
}

static void
solve_variant(const Variant *variant, const CxmFunnel *funnel, CxmFunnelEvent *events, size_t n,
              CxmFunnelAnswer *answer)
{
	int64_t times[CXM_FUNNEL_MOST_STEPS] = {0};
	int64_t nths[CXM_FUNNEL_MOST_STEPS] = {0};

	trace_variant(variant, funnel, events, n, times, nths);
	for (int k = 0; k < funnel->level; k++)
	{
		int step = variant->step[k];

		answer->taken |= CXM_STEP(step);
		answer->times[step] = times[k];
		answer->nths[step] = nths[k];
		answer->level = step + 1;
	}
}

/* The rule at the head of funnel.h. */
static bool
is_better(const CxmFunnelAnswer *a, const CxmFunnelAnswer *b)
{
	int level = a->level;
	int steps_a = __builtin_popcountll(a->taken);
	int steps_b = __builtin_popcountll(b->taken);

	if (level != b->level)
		return level > b->level;
	if (steps_a != steps_b)
		return steps_a > steps_b;
	if (level == 0)
		return false;
	if (a->nths[level - 1] != b->nths[level - 1])
		return a->nths[level - 1] < b->nths[level - 1];
	if (a->nths[0] != b->nths[0])
		return a->nths[0] > b->nths[0];
	for (int k = 0; k < level; k++)
		if (a->nths[k] != b->nths[k])
			return a->nths[k] < b->nths[k];
	return false;
}

/* The funnel without some of its optional steps: a better answer than before replaces that. */
static void
try_variant(const CxmFunnelTerms *terms, uint64_t left_out, CxmFunnelEvent *events, size_t n,
            int64_t as_of, CxmFunnelAnswer *best, void (*between)(void))
{
	Variant         variant = {.between = between};
	CxmFunnel       funnel;
	CxmFunnelAnswer answer;
	bool            is_open = best->is_open;

	make_variant(terms, left_out, &variant);
	if (best->level == terms->steps &&
	    variant.terms.steps < __builtin_popcountll(best->taken))
		return;
	cxm_funnel_start(&funnel, &variant.terms);
	for (size_t i = 0; i < n && !cxm_funnel_is_complete(&funnel); i++)
	{
		pause_at(&variant, i);
		if (events[i].excluded)
			cxm_funnel_exclude(&funnel, events[i].time, events[i].sequence);
		else
			cxm_funnel_event(&funnel, events[i].time, events[i].sequence,
			                 set_of_variant(&variant, events[i].set));
	}
	cxm_funnel_finish(&funnel);
	clear_answer(&answer, terms->steps);
	solve_variant(&variant, &funnel, events, n, &answer);
	if (is_better(&answer, best))
		*best = answer;
	best->is_open =
	    best->level < terms->steps && (is_open || cxm_funnel_is_open(&funnel, as_of));
}

void
cxm_funnel_solve(const CxmFunnelTerms *terms, CxmFunnelEvent *events, size_t n, int64_t as_of,
                 CxmFunnelAnswer *answer, void (*between)(void))
{
	uint64_t left_out = 0;

	/* each subset of the optional steps, from none to all */
	clear_answer(answer, terms->steps);
	do
	{
		try_variant(terms, left_out, events, n, as_of, answer, between);
		left_out = (left_out - terms->optional) & terms->optional;
	} while (left_out != 0);
}
