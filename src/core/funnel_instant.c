/*
 * funnel_instant.c
 *		The events of one instant, and which steps of a funnel they can serve.
 *
 * Each event serves one step, so that it is a matching of steps and events, by alternating paths.
 */
#include "core/funnel_instant.h"

#include <string.h>

/* That there are so many events more of these steps. */
static void
credit(CxmFunnelInstant *now, int steps, uint64_t set, int events)
{
	for (uint64_t rest = set; rest != 0; rest &= rest - 1)
	{
		unsigned char *available = &now->available[__builtin_ctzll(rest)];

		*available = (unsigned char) (*available + events < steps ? *available + events : steps);
	}
}

void
cxm_funnel_add_kind(CxmFunnelInstant *now, int steps, uint64_t set)
{
	bool needed = false;
	int  kind = 0;

	if (now->kinds == 1)
	{
		memset(now->available, 0, (size_t) steps);
		credit(now, steps, now->set[0], now->count[0]);
	}
	for (uint64_t rest = set; rest != 0; rest &= rest - 1)
		needed |= now->available[__builtin_ctzll(rest)] < steps;
	if (!needed)
		return;
	credit(now, steps, set, 1);
	while (kind < now->kinds && now->set[kind] != set)
		kind++;
	if (kind == now->kinds)
	{
		now->kinds++;
		now->set[kind] = set;
		now->count[kind] = 0;
	}
	now->count[kind]++;
}

/* A matching of a row of steps with the kinds of events. */
typedef struct Matching
{
	const CxmFunnelInstant *now;
	int                     first; /* steps from this one on have an event */
	int                     kind_of[CXM_FUNNEL_MOST_STEPS];
	unsigned char           used[CXM_FUNNEL_MOST_KINDS];
	uint64_t                visited[CXM_FUNNEL_MOST_KINDS / 64];
} Matching;

/* Finds an event for the step, for which others may move to other ones. */
static bool
match(Matching *matching, int step)
{
	const CxmFunnelInstant *now = matching->now;

	for (int kind = 0; kind < now->kinds; kind++)
	{
		uint64_t *visited = &matching->visited[kind / 64];

		if ((now->set[kind] & CXM_STEP(step)) == 0 || (*visited & CXM_STEP(kind % 64)) != 0)
			continue;
		*visited |= CXM_STEP(kind % 64);
		if (matching->used[kind] < now->count[kind])
		{
			matching->used[kind]++;
			matching->kind_of[step] = kind;
			return true;
		}
		for (int other = matching->first; other < CXM_FUNNEL_MOST_STEPS; other++)
			if (matching->kind_of[other] == kind && match(matching, other))
			{
				matching->kind_of[step] = kind;
				return true;
			}
	}
	return false;
}

/* Each event serves one step. */
static void
rows_of_matchings(const CxmFunnelInstant *now, int steps, unsigned char *lowest)
{
	Matching matching;

	matching.now = now;
	matching.first = 0;
	memset(matching.used, 0, (size_t) now->kinds);
	for (int k = 0; k < CXM_FUNNEL_MOST_STEPS; k++)
		matching.kind_of[k] = -1;
	for (int k = 0; k < steps; k++)
	{
		while (matching.first <= k)
		{
			int *given_up = &matching.kind_of[matching.first];

			memset(matching.visited, 0, sizeof(uint64_t) * (size_t) (now->kinds / 64 + 1));
			if (match(&matching, k))
				break;
			if (*given_up >= 0)
				matching.used[*given_up]--;
			*given_up = -1;
			matching.first++;
		}
		lowest[k] = (unsigned char) matching.first;
	}
}

void
cxm_funnel_rows(CxmFunnelMode mode, const CxmFunnelInstant *now, int steps, unsigned char *lowest)
{
	if (mode != CXM_FUNNEL_ANY && mode != CXM_FUNNEL_INCREASING)
	{
		rows_of_matchings(now, steps, lowest);
		return;
	}
	for (int k = 0; k < steps; k++)
	{
		if ((now->matched & CXM_STEP(k)) == 0)
			lowest[k] = (unsigned char) (k + 1);
		else if (k > 0 && mode == CXM_FUNNEL_ANY)
			lowest[k] = lowest[k - 1];
		else
			lowest[k] = (unsigned char) k;
	}
}

int
cxm_funnel_steps_to_pass(const CxmFunnelInstant *now)
{
	int steps = 0;

	if (now->unmatched > 0)
		return CXM_FUNNEL_MOST_STEPS + 1;
	for (int kind = 0; kind < now->kinds; kind++)
	{
		int first = __builtin_ctzll(now->set[kind]) + 1;

		steps = first > steps ? first : steps;
	}
	return steps;
}

/*
 * Along alternating paths: the event serves a step, whose event serves another one, and so on to a
 * step that has none.  Where there is no such path, the steps on all paths have as many events as
 * they can, and the earliest of these makes room.
 */
bool
cxm_funnel_insert(CxmFunnelChain *taken, int steps, CxmFunnelChain event, bool may_replace)
{
	const int direct = -1;
	int       from[CXM_FUNNEL_MOST_STEPS];
	uint64_t  seen = event.set;
	uint64_t  next = seen;
	int       last = -1;

	for (int k = 0; k < steps; k++)
		from[k] = direct;
	while (next != 0)
	{
		int      k = __builtin_ctzll(next);
		uint64_t others;

		next &= next - 1;
		if (taken[k].start == CXM_FUNNEL_NEVER)
		{
			last = k;
			break;
		}
		if (may_replace && taken[k].nth < (last >= 0 ? taken[last].nth : event.nth))
			last = k;
		others = taken[k].set & ~seen;
		seen |= others;
		next |= others;
		for (; others != 0; others &= others - 1)
			from[__builtin_ctzll(others)] = k;
	}
	if (last < 0)
		return false;
	for (; from[last] != direct; last = from[last])
		taken[last] = taken[from[last]];
	taken[last] = event;
	return true;
}
