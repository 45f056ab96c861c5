/*
 * fuzz_funnel.c
 *		Funnels over any events: the times that are traced are a chain of the level reported, a
 *		stricter rule never reaches further, more time never less far, and what is solved at once is
 *		what is followed event by event.
 */
#include "funnel.h"
#include "fuzz.h"

#define MOST_EVENTS 200

static void
check_chain(const CxmFunnelTerms *terms, const CxmFunnelEvent *events, int n,
            const CxmFunnelAnswer *answer)
{
	const bool in_order = terms->mode != CXM_FUNNEL_UNORDERED;
	int        before = -1;

	LAW(answer->level >= 0 && answer->level <= terms->steps);
	for (int k = 0; k < answer->level; k++)
	{
		bool found = false;

		if ((answer->taken >> k & 1) == 0)
		{
			LAW(terms->optional >> k & 1);
			continue;
		}
		for (int i = 0; i < n; i++)
			found |= events[i].time == answer->times[k] &&
			         (in_order ? events[i].set >> k & 1 : events[i].set != 0);
		LAW(found);
		if (before >= 0)
		{
			LAW(answer->times[k] >= answer->times[before]);
			LAW(!terms->has_limits ||
			    (uint64_t) answer->times[k] - (uint64_t) answer->times[before] <= terms->limits[k]);
		}
		before = k;
	}
	LAW(before == answer->level - 1);
	if (before > 0)
		LAW((uint64_t) answer->times[before] - (uint64_t) answer->times[0] <= terms->within);
}

static int
level(CxmFunnelTerms *terms, CxmFunnelMode mode, uint64_t within, CxmFunnelEvent *events, int n)
{
	CxmFunnel       funnel;
	CxmFunnelAnswer answer;

	terms->mode = mode;
	terms->within = within;
	cxm_funnel_solve(terms, events, (size_t) n, n > 0 ? events[n - 1].time : 0, &answer, NULL);
	check_chain(terms, events, n, &answer);
	if (terms->optional != 0)
		return answer.level;

	cxm_funnel_start(&funnel, terms);
	for (int i = 0; i < n; i++)
		if (events[i].excluded)
			cxm_funnel_exclude(&funnel, events[i].time, events[i].sequence);
		else
			cxm_funnel_event(&funnel, events[i].time, events[i].sequence, events[i].set);
	LAW(cxm_funnel_finish(&funnel) == answer.level);
	return answer.level;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CxmFunnelEvent sets[MOST_EVENTS];
	CxmFunnelEvent labels[MOST_EVENTS];
	CxmFunnelTerms terms = {0};
	uint64_t       within;
	uint8_t        head[4], event[11];
	int64_t        time;
	int            n = 0, any, ordered;

	fuzz_take(&data, &size, head, sizeof(head));
	terms.steps = 1 + head[0] % CXM_FUNNEL_MOST_STEPS;
	within = fuzz_number(&data, &size);
	time = (int64_t) fuzz_number(&data, &size) / 4;
	terms.has_limits = head[1] & 1;
	for (int k = 1; terms.has_limits && k < terms.steps; k++)
		terms.limits[k] = head[1] & 2 ? head[2] : CXM_FUNNEL_UNLIMITED;
	if (head[1] & 4 && terms.steps > 2)
		terms.optional = UINT64_C(1) << (1 + head[3] % (terms.steps - 1));
	for (; n < MOST_EVENTS && size > 0; n++)
	{
		uint64_t set;
		bool     excluded;

		fuzz_take(&data, &size, event, sizeof(event));
		memcpy(&set, event + 2, sizeof(set));
		excluded = head[1] & 8 && event[10] % 8 == 0;
		time += event[1] & 0x80 ? (int64_t) event[0] << (event[1] & 0x1f) : event[0] & 7;
		set &= terms.steps == 64 ? UINT64_MAX : (UINT64_C(1) << terms.steps) - 1;
		sets[n] = (CxmFunnelEvent){time, 0, excluded ? 0 : set, excluded, 0};
		set = event[2] % (terms.steps + 1) == terms.steps
		          ? 0
		          : UINT64_C(1) << event[2] % (terms.steps + 1);
		labels[n] = (CxmFunnelEvent){time, 0, excluded ? 0 : set, excluded, 0};
	}

	any = level(&terms, CXM_FUNNEL_ANY, within, sets, n);
	ordered = level(&terms, CXM_FUNNEL_ORDERED, within, sets, n);
	LAW(ordered <= any);
	LAW(level(&terms, CXM_FUNNEL_INCREASING, within, sets, n) <= ordered);
	LAW(level(&terms, CXM_FUNNEL_CONSECUTIVE, within, sets, n) <=
	    level(&terms, CXM_FUNNEL_STRICT_ORDER, within, sets, n));
	LAW(level(&terms, CXM_FUNNEL_STRICT_ORDER, within, sets, n) <= ordered);
	LAW(any <= level(&terms, CXM_FUNNEL_ANY, CXM_FUNNEL_UNLIMITED, sets, n));

	ordered = level(&terms, CXM_FUNNEL_ORDERED, within, labels, n);
	LAW(ordered == level(&terms, CXM_FUNNEL_ANY, within, labels, n));
	LAW(level(&terms, CXM_FUNNEL_CONSECUTIVE, within, labels, n) <= ordered);
	if (terms.has_limits || terms.optional != 0)
		return 0;
	LAW(level(&terms, CXM_FUNNEL_UNORDERED, within, labels, n) >= ordered);
	LAW(level(&terms, CXM_FUNNEL_UNORDERED, within, sets, n) >=
	    level(&terms, CXM_FUNNEL_ORDERED, within, sets, n));
	return 0;
}
