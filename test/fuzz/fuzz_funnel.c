/*
 * fuzz_funnel.c
 *		Funnels over any events: the times that are traced are a chain of the level reported, a
 *		stricter rule never reaches further, and more time never less far.
 */
#include "funnel.h"
#include "fuzz.h"

#define MOST_EVENTS 200

typedef struct Event
{
	int64_t  time;
	uint64_t set;
} Event;

static int
level(CxmFunnelMode mode, int steps, uint64_t within, const Event *events, int n)
{
	CxmFunnel      funnel;
	CxmFunnelTrace trace;
	int64_t        times[CXM_FUNNEL_MOST_STEPS];
	int            reached;

	cxm_funnel_start(&funnel, mode, steps, within, NULL);
	for (int i = 0; i < n; i++)
		cxm_funnel_event(&funnel, events[i].time, events[i].set);
	reached = cxm_funnel_finish(&funnel);
	LAW(reached >= 0 && reached <= steps);

	cxm_funnel_trace_start(&trace, &funnel, times);
	for (int i = 0; i < n && !cxm_funnel_trace_event(&trace, events[i].time, events[i].set); i++)
		;
	cxm_funnel_trace_finish(&trace);
	for (int k = 0; k < reached; k++)
	{
		bool found = false;

		for (int i = 0; i < n; i++)
			found |= events[i].time == times[k] && (events[i].set >> k & 1);
		LAW(found);
		LAW(k == 0 ||
		    (mode == CXM_FUNNEL_INCREASING ? times[k] > times[k - 1] : times[k] >= times[k - 1]));
	}
	if (reached > 0)
		LAW((uint64_t) times[reached - 1] - (uint64_t) times[0] <= within);
	(void) cxm_funnel_is_open(&funnel, n > 0 ? events[n - 1].time : 0);
	return reached;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Event    sets[MOST_EVENTS];
	Event    labels[MOST_EVENTS];
	uint64_t within;
	uint8_t  steps, event[10];
	int64_t  time;
	int      n = 0, any, increasing, ordered;

	fuzz_take(&data, &size, &steps, sizeof(steps));
	steps = (uint8_t) (1 + steps % CXM_FUNNEL_MOST_STEPS);
	within = fuzz_number(&data, &size);
	time = (int64_t) fuzz_number(&data, &size) / 4;
	for (; n < MOST_EVENTS && size > 0; n++)
	{
		uint64_t set;

		fuzz_take(&data, &size, event, sizeof(event));
		memcpy(&set, event + 2, sizeof(set));
		time += event[1] & 0x80 ? (int64_t) event[0] << (event[1] & 0x1f) : event[0] & 7;
		sets[n] = (Event){time, set & (steps == 64 ? UINT64_MAX : (UINT64_C(1) << steps) - 1)};
		labels[n] = (Event){
		    time, event[2] % (steps + 1) == steps ? 0 : UINT64_C(1) << event[2] % (steps + 1)};
	}

	any = level(CXM_FUNNEL_ANY, steps, within, sets, n);
	increasing = level(CXM_FUNNEL_INCREASING, steps, within, sets, n);
	LAW(increasing <= any);
	LAW(any <= level(CXM_FUNNEL_ANY, steps, CXM_FUNNEL_UNLIMITED, sets, n));

	ordered = level(CXM_FUNNEL_ORDERED, steps, within, labels, n);
	LAW(level(CXM_FUNNEL_CONSECUTIVE, steps, within, labels, n) <= ordered);
	LAW(level(CXM_FUNNEL_INCREASING, steps, within, labels, n) <= ordered);
	LAW(ordered == level(CXM_FUNNEL_ANY, steps, within, labels, n));
	return 0;
}
