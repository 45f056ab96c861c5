/*
 * event_log.c
 *		A log of events, each a time and a symbol, in as few bytes as they need.
 */
#include "core/event_log.h"

#include <string.h>

const CxmTimeUnit cxm_time_units[] = {
    {1000000, CXM_TIME_FIRST / 1000000, CXM_TIME_END / 1000000 - 1},
    {1000, CXM_TIME_FIRST / 1000, CXM_TIME_END / 1000 - 1},
    {1, CXM_TIME_FIRST, CXM_TIME_END - 1},
};

size_t
cxm_events_read(CxmEventCursor *cursor, int unit, CxmEvent *events, size_t most)
{
	size_t n = 0;

	for (; n < most && cxm_events_next(cursor); n++)
	{
		events[n].symbol = cursor->symbol;
		if (!cxm_units_to_time(cursor->units, unit, &events[n].time))
		{
			cursor->at = NULL;
			break;
		}
	}
	return n;
}

void
cxm_events_measure(CxmEventForm form, CxmEventLog *log, const CxmEvent *events, size_t n)
{
	int64_t units;

	for (size_t i = 0; i < n; i++)
	{
		cxm_time_to_units(events[i].time, cxm_events_unit(log), &units);
		cxm_events_pass(
		    form, log, units,
		    log->end - form.from + (uint32_t) cxm_events_size(form, log, units, events[i].symbol));
	}
}

void
cxm_events_write(CxmEventForm form, CxmEventLog *log, unsigned char *bytes,
                 const CxmEvent *events, size_t n)
{
	int64_t units;

	for (size_t i = 0; i < n; i++)
	{
		cxm_time_to_units(events[i].time, cxm_events_unit(log), &units);
		cxm_events_append(form, log, bytes, units, events[i].symbol);
	}
}

void
cxm_events_sort_few(CxmEvent *events, size_t n)
{
	CxmEvent unsorted[CXM_FEW_EVENTS];
	uint32_t place[CXM_FEW_EVENTS];

	memcpy(unsorted, events, n * sizeof(CxmEvent));
	for (uint32_t i = 0; i < n; i++)
	{
		place[i] = i;
		for (uint32_t j = 0; j < i; j++)
		{
			uint32_t later =
			    (events[j].time > events[i].time) |
			    ((events[j].time == events[i].time) & (events[j].symbol > events[i].symbol));

			place[j] += later;
			place[i] -= later;
		}
	}
	for (uint32_t i = 0; i < n; i++)
		events[place[i]] = unsorted[i];
}

size_t
cxm_events_unite(CxmEventForm form, CxmEvent *events, size_t kept, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
	{
		bool at_once = kept > 0 && events[kept - 1].time == events[i].time;

		if (at_once && form.symbols == CXM_EVENT_SETS)
			events[kept - 1].symbol |= events[i].symbol;
		else if (!at_once || form.symbols == CXM_EVENT_ROWS ||
		         events[kept - 1].symbol != events[i].symbol)
			events[kept++] = events[i];
	}
	return kept;
}
