/*
 * test_event_log.c
 *		Logs of events, against plain arrays of them.
 */
#include "event_log.h"
#include "near.h"
#include "random.h"

#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MOST 200

static const CxmEventForm forms[] = {
    {3, CXM_EVENT_NAMES, 0}, {4, CXM_EVENT_SETS, 0}, {0, CXM_EVENT_SETS, 0},
    {0, CXM_EVENT_NAMES, 0}, {6, CXM_EVENT_NAMES, 0}, {4, CXM_EVENT_ROWS, 0}};

typedef struct Log
{
	CxmEventLog   head;
	unsigned char bytes[MOST * CXM_EVENT_SIZE_LIMIT + 1];
} Log;

#define GUARD 0xa5

static Log
empty_log(int unit)
{
	Log log;

	memset(&log, GUARD, sizeof(log));
	log.head = (CxmEventLog){.flags = (uint8_t) unit};
	return log;
}

/* Appends as an aggregate does; what it takes is what it was said to take, and no byte more. */
static void
append(CxmEventForm form, Log *log, CxmEvent event)
{
	int64_t  units;
	uint32_t before = log->head.end;
	size_t   size;

	assert_true(cxm_time_to_units(event.time, cxm_events_unit(&log->head), &units));
	size = cxm_events_size(form, &log->head, units, event.symbol);
	assert_true(size >= 1 && size <= CXM_EVENT_SIZE_LIMIT);
	cxm_events_append(form, &log->head, log->bytes, units, event.symbol);
	assert_true(log->head.end == before + size);
	assert_true(log->head.last == units);
	assert_int_equal(log->bytes[log->head.end], GUARD);
}

static void
assert_holds(CxmEventForm form, const Log *log, const CxmEvent *events, size_t n)
{
	CxmEvent       read[MOST + 1];
	CxmEventCursor cursor = cxm_events_cursor(form, &log->head, log->bytes);

	assert_true(cxm_events_is_sound((CxmEventForm){0}, &log->head, sizeof(log->bytes)));
	/* in two calls, as long logs are read */
	assert_int_equal(cxm_events_read(&cursor, cxm_events_unit(&log->head), read, n / 2), n / 2);
	assert_int_equal(
	    cxm_events_read(&cursor, cxm_events_unit(&log->head), read + n / 2, MOST + 1 - n / 2),
	    n - n / 2);
	assert_true(cursor.at == cursor.end && cursor.passed == n);
	for (size_t i = 0; i < n; i++)
		assert_true(cxm_event_compare(&read[i], &events[i]) == 0);
}

/* The first time is anywhere, the others are near, at the same time or far away. */
static int64_t
random_time(int unit, int64_t before)
{
	int64_t step = cxm_time_units[unit].microseconds;
	int64_t time;

	switch (random_bits() % 4)
	{
		case 0:
			return before;
		case 1:
			time = before + (int64_t) (random_bits() % 41 - 20) * step;
			break;
		case 2:
			time = before + (int64_t) (random_bits() % 4000001 - 2000000) * step;
			break;
		default:
			time = (int64_t) (random_bits() >> (1 + random_bits() % 60));
			time = random_bits() & 1 ? time : -time;
	}
	time = time / step * step;
	return time >= CXM_TIME_FIRST && time < CXM_TIME_END ? time : before;
}

static uint64_t
random_symbol(void)
{
	uint64_t symbol = random_bits() >> (random_bits() % 64);

	return symbol != 0 ? symbol : 1;
}

static size_t
random_events(int unit, CxmEvent *events)
{
	size_t  n = random_bits() % (MOST + 1);
	int64_t time = 0;

	for (size_t i = 0; i < n; i++)
		events[i] = (CxmEvent){time = random_time(unit, time), random_symbol()};
	return n;
}

static int
compare(const void *a, const void *b)
{
	return cxm_event_compare(a, b);
}

/*
 * Tests
 */

static void
units_hold_every_time(void **state)
{
	const int64_t limits[] = {CXM_TIME_FIRST, CXM_TIME_END - 1};
	int64_t       time, units;

	(void) state;
	for (size_t i = 0; i < LENGTH(limits); i++)
	{
		assert_true(cxm_time_to_units(limits[i], CXM_MICROSECONDS, &units));
		assert_true(cxm_units_to_time(units, CXM_MICROSECONDS, &time) && time == limits[i]);
	}
	for (int unit = CXM_SECONDS; unit <= CXM_MICROSECONDS; unit++)
	{
		assert_false(cxm_units_to_time(cxm_time_units[unit].first - 1, unit, &time));
		assert_true(cxm_units_to_time(cxm_time_units[unit].first, unit, &time));
		assert_true(time >= CXM_TIME_FIRST);
		assert_true(cxm_units_to_time(cxm_time_units[unit].last, unit, &time));
		assert_true(time < CXM_TIME_END);
		assert_false(cxm_units_to_time(cxm_time_units[unit].last + 1, unit, &time));
		assert_false(cxm_units_to_time(INT64_MAX, unit, &time));
		assert_false(cxm_units_to_time(INT64_MIN, unit, &time));
	}
	assert_int_equal(cxm_coarsest_unit(-3000000, CXM_SECONDS), CXM_SECONDS);
	assert_int_equal(cxm_coarsest_unit(-3000000, CXM_MILLISECONDS), CXM_MILLISECONDS);
	assert_int_equal(cxm_coarsest_unit(-1999000, CXM_SECONDS), CXM_MILLISECONDS);
	assert_int_equal(cxm_coarsest_unit(1, CXM_SECONDS), CXM_MICROSECONDS);
	assert_false(cxm_time_to_units(-1, CXM_SECONDS, &units));
}

/* Names of three bits: seconds apart an event has one byte, half an hour apart three. */
static void
events_are_short(void **state)
{
	const CxmEventForm  form = {3, false, 0};
	const unsigned char bytes[] = {0x01, 0x3e, 0x84, 0xc2, 0x01, 0x07, 0x01, 0x07, 0xd9, 0x04};
	const uint32_t      sizes[] = {1, 2, 5, 7, 10};
	const CxmEvent      events[] = {
        {0, 1}, {-4000000, 6}, {1548000000, 4}, {1548000000, 8}, {1548000000, 608}};
	Log log = empty_log(CXM_SECONDS);

	(void) state;
	for (size_t i = 0; i < LENGTH(events); i++)
	{
		append(form, &log, events[i]);
		assert_int_equal(log.head.end, sizes[i]);
	}
	assert_memory_equal(log.bytes, bytes, sizeof(bytes));
	assert_holds(form, &log, events, LENGTH(events));
}

static void
what_is_appended_is_read(void **state)
{
	CxmEvent events[MOST];

	(void) state;
	random_state = 1;
	for (int round = 0; round < 3000; round++)
	{
		CxmEventForm form = forms[round % LENGTH(forms)];
		int          unit = round % 3;
		Log          log = empty_log(unit);
		size_t       n = random_events(unit, events);
		bool         unsorted = false;

		for (size_t i = 0; i < n; i++)
		{
			append(form, &log, events[i]);
			unsorted |= i > 0 && (form.symbols == CXM_EVENT_NAMES
			                             ? events[i].time <= events[i - 1].time
			                             : events[i].time < events[i - 1].time);
			assert_true(((log.head.flags & CXM_EVENTS_UNSORTED) != 0) == unsorted);
		}
		assert_int_equal(cxm_events_unit(&log.head), unit);
		assert_holds(form, &log, events, n);
	}
}

/* Sorted, united and written again, a log has the same events, in the bytes that were foretold. */
static void
logs_are_rebuilt(void **state)
{
	CxmEvent events[MOST];
	CxmEvent expected[MOST];

	(void) state;
	random_state = 2;
	for (int round = 0; round < 3000; round++)
	{
		CxmEventForm form = forms[round % LENGTH(forms)];
		int          unit = round % 3;
		size_t       n = random_events(unit, events);
		size_t       half;
		size_t       kept = 0;
		Log          log = empty_log(CXM_MICROSECONDS);
		CxmEventLog  measured = log.head;

		for (size_t i = 0; i < n; i++)
			events[i].symbol = events[i].symbol % 5 + 1;
		qsort(events, n, sizeof(CxmEvent), compare);
		for (size_t i = 0; i < n; i++)
		{
			size_t j = 0;

			while (j < kept && (form.symbols == CXM_EVENT_ROWS ||
			                    expected[j].time != events[i].time ||
			                    (form.symbols == CXM_EVENT_NAMES &&
			                     expected[j].symbol != events[i].symbol)))
				j++;
			if (j == kept)
				expected[kept++] = events[i];
			expected[j].symbol |= events[i].symbol;
		}

		half = cxm_events_unite(form, events, 0, 0, n / 2);
		assert_int_equal(cxm_events_unite(form, events, half, n / 2, n), kept);
		for (size_t i = 0; i < kept; i++)
			assert_true(cxm_event_compare(&events[i], &expected[i]) == 0);

		cxm_events_measure(form, &measured, events, kept);
		cxm_events_write(form, &log.head, log.bytes, events, kept);
		assert_memory_equal(&measured, &log.head, sizeof(measured));
		assert_int_equal(log.bytes[log.head.end], GUARD);
		assert_true(form.symbols == CXM_EVENT_NAMES || (log.head.flags & CXM_EVENTS_UNSORTED) == 0);
		assert_holds(form, &log, expected, kept);
	}
}

static void
a_few_are_sorted(void **state)
{
	CxmEvent events[CXM_FEW_EVENTS];
	CxmEvent expected[CXM_FEW_EVENTS];

	(void) state;
	random_state = 3;
	for (int round = 0; round < 20000; round++)
	{
		size_t n = (size_t) round % (CXM_FEW_EVENTS + 1);

		for (size_t i = 0; i < n; i++)
			events[i] = expected[i] =
			    (CxmEvent){(int64_t) (random_bits() % 7) - 3, random_bits() % 3};
		cxm_events_sort_few(events, n);
		qsort(expected, n, sizeof(CxmEvent), compare);
		for (size_t i = 0; i < n; i++)
			assert_true(cxm_event_compare(&events[i], &expected[i]) == 0);
	}
}

/* What is cut short, or has a time or symbol that there is not, is told from what ends. */
static void
damage_is_found(void **state)
{
	const CxmEvent event = {(int64_t) 1 << 50, 1 << 20};
	CxmEvent       read[2];

	(void) state;
	for (size_t f = 0; f < LENGTH(forms); f++)
	{
		Log            log = empty_log(CXM_MICROSECONDS);
		Log            other = empty_log(CXM_MICROSECONDS);
		CxmEventCursor cursor;

		append(forms[f], &log, event);
		for (other.head.end = 1; other.head.end < log.head.end; other.head.end++)
		{
			/* exactly so many bytes, for the sanitizer */
			unsigned char *bytes = malloc(other.head.end);

			memcpy(bytes, log.bytes, other.head.end);
			cursor = cxm_events_cursor(forms[f], &other.head, bytes);
			assert_false(cxm_events_next(&cursor));
			assert_true(cursor.at != cursor.end);
			free(bytes);
		}

		/* in seconds that time would be beyond all times */
		log.head.flags = CXM_SECONDS;
		cursor = cxm_events_cursor(forms[f], &log.head, log.bytes);
		assert_int_equal(cxm_events_read(&cursor, CXM_SECONDS, read, 2), 0);
		assert_true(cursor.at != cursor.end);

		/* the excess of a symbol may be no more than makes the largest */
		other = empty_log(CXM_MICROSECONDS);
		append(forms[f], &other, (CxmEvent){0, UINT64_MAX});
		cursor = cxm_events_cursor(forms[f], &other.head, other.bytes);
		assert_true(cxm_events_next(&cursor) && cursor.symbol == UINT64_MAX);
		cxm_varint_put(other.bytes + 1, UINT64_MAX);
		cursor = cxm_events_cursor(forms[f], &other.head, other.bytes);
		/* without bits of its own a symbol is its excess */
		assert_true(cxm_events_next(&cursor) == (forms[f].bits == 0));
		assert_true((cursor.at == cursor.end) == (forms[f].bits == 0));
	}

	for (int unit = 0; unit < 4; unit++)
	{
		CxmEventLog head = {.flags = (uint8_t) unit, .end = 7};

		assert_true(cxm_events_is_sound((CxmEventForm){0}, &head, 7) == (unit <= CXM_MICROSECONDS));
		assert_false(cxm_events_is_sound((CxmEventForm){0}, &head, 6));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(units_hold_every_time), cmocka_unit_test(events_are_short),
	    cmocka_unit_test(what_is_appended_is_read), cmocka_unit_test(logs_are_rebuilt),
	    cmocka_unit_test(a_few_are_sorted), cmocka_unit_test(damage_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
