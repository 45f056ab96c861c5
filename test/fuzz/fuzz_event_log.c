/*
 * fuzz_event_log.c
 *		Any bytes are a log or are found out; the events of one, written again, are the same events,
 *		and sorted and united they take no more.
 */
#include "event_log.h"
#include "fuzz.h"

static int
compare(const void *a, const void *b)
{
	return cxm_event_compare(a, b);
}

/* Writes them to memory that is just large enough, and reads them from there. */
static void
write_and_read(CxmEventForm form, int unit, const CxmEvent *events, size_t n)
{
	CxmEventLog    measured = {.flags = (uint8_t) unit};
	CxmEventLog    log = measured;
	CxmEventCursor cursor;
	CxmEvent      *read = malloc((n + 1) * sizeof(CxmEvent));
	unsigned char *bytes;

	cxm_events_measure(form, &measured, events, n);
	bytes = malloc((size_t) measured.end + 1);
	cxm_events_write(form, &log, bytes, events, n);
	LAW(memcmp(&log, &measured, sizeof(log)) == 0);
	cursor = cxm_events_cursor(form, &log, bytes);
	LAW(cxm_events_read(&cursor, unit, read, n + 1) == n && cursor.at == cursor.end);
	for (size_t i = 0; i < n; i++)
		LAW(cxm_event_compare(&read[i], &events[i]) == 0);
	free(read);
	free(bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t        choice[2];
	CxmEventForm   form;
	CxmEventLog    log = {0};
	CxmEventCursor cursor;
	CxmEvent      *events;
	uint8_t       *allocated;
	uint8_t       *bytes;
	size_t         n;
	int            unit;

	fuzz_take(&data, &size, choice, sizeof(choice));
	form = (CxmEventForm){choice[0] % 7, (CxmEventSymbols) (choice[0] / 7 % 3), 0};
	unit = choice[1] % 3;
	log.end = (uint32_t) size;
	bytes = fuzz_unaligned(data, size, &allocated);
	events = malloc((size + 1) * sizeof(CxmEvent));

	cursor = cxm_events_cursor(form, &log, bytes);
	n = cxm_events_read(&cursor, unit, events, size + 1);
	LAW(n <= size);
	for (size_t i = 0; i < n; i++)
		LAW(cxm_coarsest_unit(events[i].time, unit) == unit);
	write_and_read(form, unit, events, n);

	/* a few are sorted by counting */
	if (n <= CXM_FEW_EVENTS)
		cxm_events_sort_few(events, n);
	else
		qsort(events, n, sizeof(CxmEvent), compare);
	for (size_t i = 1; i < n; i++)
		LAW(cxm_event_compare(&events[i - 1], &events[i]) <= 0);
	n = cxm_events_unite(form, events, 0, 0, n);
	for (size_t i = 1; i < n; i++)
		LAW(form.symbols == CXM_EVENT_SETS    ? events[i - 1].time < events[i].time
		    : form.symbols == CXM_EVENT_NAMES ? cxm_event_compare(&events[i - 1], &events[i]) < 0
		                                      : true);
	write_and_read(form, unit, events, n);

	free(events);
	free(allocated);
	return 0;
}
