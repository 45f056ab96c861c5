/*
 * test_business_time.c
 *		Calendars as text and as time: every text that is read prints as one that is read the same,
 *		and what is open agrees, second by second, with what the text says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "random.h"
#include "business_time.h"
#include "calendar_text.h"

typedef struct Parsed
{
	CxmCalendar  calendar;
	CxmException exceptions[CXM_CALENDAR_EXCEPTIONS];
	CxmSpan      spans[140000];
	char         detail[CXM_CALENDAR_DETAIL];
} Parsed;

static CxmCalendarError
parse(Parsed *parsed, const char *text, size_t length)
{
	assert_true(CXM_CALENDAR_SPAN_ITEMS((int) length) <= 140000);
	parsed->calendar.exceptions_room = CXM_CALENDAR_EXCEPTIONS;
	parsed->calendar.exceptions = parsed->exceptions;
	parsed->calendar.spans = parsed->spans;
	return cxm_calendar_parse(text, (int) length, &parsed->calendar, parsed->detail);
}

/* The canonical text; the sanitizer watches the size that is promised. */
static char *
print(const Parsed *parsed)
{
	char   zone[100];
	char  *text;
	size_t length;

	snprintf(zone, sizeof(zone), "%.*s", parsed->calendar.zone_length, parsed->calendar.zone);
	text = malloc(cxm_calendar_text_size(&parsed->calendar, zone));
	length = cxm_calendar_print(&parsed->calendar, zone, text);
	assert_int_equal(strlen(text), length);
	return text;
}

static int64_t
open_between(const Parsed *parsed, int64_t from, int64_t to)
{
	return cxm_calendar_open_until(&parsed->calendar, to) -
	       cxm_calendar_open_until(&parsed->calendar, from);
}

static int
random_below(int limit)
{
	return (int) (random_bits() % (uint64_t) limit);
}

static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/* Some days and their hours; returns where they end. */
static char *
random_hours(char *text)
{
	text += sprintf(text, "%s", days[random_below(7)]);
	if (random_below(2))
		text += sprintf(text, "-%s", days[random_below(7)]);
	for (int j = random_below(2); j >= 0; j--)
		text += sprintf(text, " %02d:%02d-%02d:00", random_below(24), 30 * random_below(2),
		                random_below(25));
	return text;
}

/* A calendar that may or may not be possible, of at most so many parts. */
static void
random_text(char *text)
{
	int parts = 1 + random_below(4);
	int exceptions = random_below(4);
	int changes = random_below(3) == 0;

	for (int i = 0; i < parts; i++)
	{
		text += sprintf(text, "%s", i > 0 ? ", " : "");
		/* now and then the week changes within March, or it is closed for some time */
		if (i > 0 && changes)
			text += sprintf(text, "from 2026-03-%02d ", 1 + 9 * (i - 1) + random_below(9));
		if (changes && random_below(3) == 0)
			text += sprintf(text, "until 2026-03-%02d ", 1 + 9 * i + random_below(9));
		/* or two weeks take turns from then on */
		if (i > 0 && changes && random_below(2))
		{
			text = random_hours(text + sprintf(text, "week "));
			text += sprintf(text, " then week ");
			if (random_below(5) == 0)
			{
				text += sprintf(text, "closed");
				continue;
			}
		}
		text = random_hours(text);
	}
	text += sprintf(text, " in Zone");
	for (int i = 0; i < exceptions; i++)
	{
		int day = 1 + random_below(27);

		text += sprintf(text, "%s2026-03-%02d", i > 0 ? ", " : " except ", day);
		if (random_below(3) == 0)
			text += sprintf(text, "/2026-03-%02d", day + random_below(4));
		if (random_below(5) == 0)
			text += sprintf(text, " %s-%s", days[random_below(7)], days[random_below(7)]);
		else if (random_below(3) > 0)
			continue;
		text += sprintf(text, " %02d:00-%02d:30", random_below(12), 12 + random_below(12));
	}
}

static void
law_canonical(void **state)
{
	static Parsed first;
	static Parsed second;
	const int64_t length = CXM_DAY * CXM_SECOND;
	int           possible = 0;

	(void) state;
	random_state = 1;
	for (int i = 0; i < 20000; i++)
	{
		char  text[600];
		char *printed;
		char *again;

		random_text(text);
		if (parse(&first, text, strlen(text)) != CXM_CALENDAR_OK)
			continue;
		possible++;
		printed = print(&first);
		assert_int_equal(parse(&second, printed, strlen(printed)), CXM_CALENDAR_OK);
		again = print(&second);
		assert_string_equal(printed, again);
		for (int j = 0; j < 20; j++)
		{
			/* around March 2026 */
			int64_t from = (INT64_C(9540) * CXM_DAY + random_below(60 * CXM_DAY)) * CXM_SECOND;
			int64_t to = from + random_below(40 * CXM_DAY) * CXM_SECOND;

			assert_true(open_between(&first, from, to) == open_between(&second, from, to));
			assert_true(cxm_calendar_opening_days(&first.calendar, from / length, to / length) ==
			            cxm_calendar_opening_days(&second.calendar, from / length, to / length));
		}
		free(printed);
		free(again);
	}
	assert_true(possible > 4000);
}

/* Steps of half an hour are open or not, and add up to any length of time, before 2000 as well. */
static void
law_additive(void **state)
{
	static Parsed parsed;
	int           most = 0;
	int           possible = 0;

	(void) state;
	random_state = 2;
	for (int i = 0; i < 2000; i++)
	{
		const int64_t step = 1800 * CXM_SECOND;
		char          text[600];
		int64_t       from = (INT64_C(9540) - 10 * (i % 3) * 3652) * CXM_DAY * CXM_SECOND;
		int64_t       sum = 0;

		random_text(text);
		if (parse(&parsed, text, strlen(text)) != CXM_CALENDAR_OK)
			continue;
		for (int64_t at = from; at < from + 60 * CXM_DAY * CXM_SECOND; at += step)
		{
			int64_t open = open_between(&parsed, at, at + step);

			assert_true(open == 0 || open == step);
			sum += open;
			assert_true(open_between(&parsed, from, at + step) == sum);
		}
		most += sum > 0;
		possible++;
	}
	assert_true(most > possible * 3 / 4);
}

/*
 * So many opening days later there have been so many, but for the morning that a night ends in; the
 * time of day is the same, or the beginning or end of a span.
 */
static void
law_days(void **state)
{
	static Parsed parsed;
	const int64_t length = CXM_DAY * CXM_SECOND;

	(void) state;
	random_state = 4;
	for (int i = 0; i < 4000; i++)
	{
		char    text[600];
		int64_t from = (INT64_C(9540) + random_below(40)) * length;

		random_text(text);
		if (parse(&parsed, text, strlen(text)) != CXM_CALENDAR_OK)
			continue;
		for (int64_t at = from; at < from + 3 * length; at += length / 48)
		{
			int     allowed = 1 + (int) (i % 7);
			int64_t due;
			int64_t counted;

			if (!cxm_calendar_days_later(&parsed.calendar, at, allowed, &due))
			{
				/* where it closes for ever */
				assert_non_null(strstr(text, "until"));
				continue;
			}
			counted = cxm_calendar_opening_days(&parsed.calendar, at / length + 1,
			                                    due / length + 1);
			assert_true(counted >= allowed - 1 && counted <= allowed + 1);
			if (due % length != at % length)
				assert_true(open_between(&parsed, due - 1, due + 1) > 0);
			assert_true(due > at);
		}
	}
}

/* A week that changes on a date, and a gap: counted by hand. */
static void
sections(void **state)
{
	static const char text[] = "until 2021-12-31 Mon-Fri 09:00-18:00, from 2022-02-01 Mon "
	                           "09:00-10:00, from 2150-01-01 Tue-Wed 22:00-02:00 in UTC";
	static Parsed     parsed;
	const int64_t     length = CXM_DAY * CXM_SECOND;
	const int64_t     hour = 3600 * CXM_SECOND;
	const int64_t     friday = 8035 * length; /* 2021-12-31 */
	int64_t           due;

	(void) state;
	assert_int_equal(parse(&parsed, text, strlen(text)), CXM_CALENDAR_OK);
	assert_int_equal(parsed.calendar.n_sections, 4);
	assert_true(open_between(&parsed, friday - 4 * length, friday + length) == 45 * hour);
	assert_true(open_between(&parsed, friday + length, friday + 38 * length) == 0);
	assert_true(open_between(&parsed, friday, friday + 38 * length + 10 * hour) == 10 * hour);
	assert_true(cxm_calendar_opening_days(&parsed.calendar, 8031, 8035 + 46) == 5 + 2);
	assert_true(cxm_calendar_days_later(&parsed.calendar, friday + 12 * hour, 2, &due));
	assert_true(due == friday + 45 * length + 10 * hour);
	/* in the year 2200 */
	assert_true(open_between(&parsed, 73052 * length, 73059 * length) == 8 * hour);
	assert_true(cxm_calendar_opening_days(&parsed.calendar, 73052, 73059) == 2);
}

/* Four hundred years of weeks: without exceptions each has the same. */
static void
weeks_are_counted(void **state)
{
	static const char text[] = "Mon-Fri 09:00-17:00, Sat 22:00-02:00 in UTC";
	static Parsed     parsed;
	const int64_t     week = INT64_C(604800) * CXM_SECOND;
	const int64_t     open = INT64_C(44) * 3600 * CXM_SECOND;

	(void) state;
	assert_int_equal(parse(&parsed, text, strlen(text)), CXM_CALENDAR_OK);
	for (int weeks = -20871; weeks <= 20871; weeks += 3)
		assert_true(open_between(&parsed, 12345, 12345 + weeks * week) == weeks * open);

	/* 2000-01-01 was a Saturday */
	assert_true(open_between(&parsed, 0, 24 * 3600 * CXM_SECOND) == 2 * 3600 * CXM_SECOND);
	assert_true(open_between(&parsed, 0, 72 * 3600 * CXM_SECOND) == 12 * 3600 * CXM_SECOND);
	assert_true(open_between(&parsed, -24 * 3600 * CXM_SECOND, 0) == 8 * 3600 * CXM_SECOND);
}

/* Two weeks that take turns have the same together, whichever comes first; counted by hand. */
static void
turns(void **state)
{
	static const char text[] = "from 2000-01-12 week Mon 09:00-17:00 then week Tue 10:00-11:00, "
	                           "Sun 22:00-02:00, from 2000-02-01 week closed then week Mon "
	                           "09:00-10:00 in UTC";
	static Parsed     parsed;
	const int64_t     length = CXM_DAY * CXM_SECOND;
	const int64_t     hour = 3600 * CXM_SECOND;
	int64_t           due;
	char             *printed;

	(void) state;
	assert_int_equal(parse(&parsed, text, strlen(text)), CXM_CALENDAR_OK);
	printed = print(&parsed);
	assert_string_equal(printed, text);
	free(printed);
	/* from Wednesday the 12th: the 18th, the night that begins on the 23rd, and the 24th */
	assert_true(open_between(&parsed, 0, 17 * length) == 0);
	assert_true(open_between(&parsed, 17 * length, 18 * length) == hour);
	assert_true(open_between(&parsed, 18 * length, 23 * length) == 2 * hour);
	assert_true(open_between(&parsed, 23 * length, 24 * length) == 10 * hour);
	assert_true(open_between(&parsed, 24 * length, 37 * length) == 0);
	assert_true(cxm_calendar_opening_days(&parsed.calendar, 0, 31) == 3);
	assert_true(cxm_calendar_days_later(&parsed.calendar, 17 * length + 11 * hour, 2, &due));
	assert_true(due == 23 * length + 11 * hour);
	/* from February on every other Monday, the 7th, the 21st, and so on for centuries */
	for (int n = 0; n < 50000; n++)
		assert_true(open_between(&parsed, 31 * length, (38 + 14 * n) * length) == (n + 1) * hour);
	assert_true(cxm_calendar_opening_days(&parsed.calendar, 31, 31 + 14 * 50000) == 50000);
}

/* Each date of years that begin and end the calendar, and of leap years and others. */
static void
dates(void **state)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	static const int years[] = {1, 4, 100, 400, 1899, 1900, 1999, 2000, 2026, 2100, 2400, 9999};
	static Parsed    parsed;

	(void) state;
	for (size_t y = 0; y < sizeof(years) / sizeof(years[0]); y++)
	{
		int     year = years[y];
		bool    leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		int32_t last = 0;

		for (int month = 1; month <= 12; month++)
			for (int day = 1; day <= 31; day++)
			{
				char  text[100];
				char *printed;
				bool  there = day <= lengths[month - 1] + (month == 2 && leap);

				sprintf(text, "Mon 09:00-17:00 in UTC except %04d-%02d-%02d", year, month, day);
				assert_int_equal(parse(&parsed, text, strlen(text)),
				                 there ? CXM_CALENDAR_OK : CXM_CALENDAR_VALUE);
				if (!there)
					continue;
				printed = print(&parsed);
				assert_string_equal(printed, text);
				free(printed);
				if (month + day > 2)
					assert_int_equal(parsed.exceptions[0].first_day, last + 1);
				last = parsed.exceptions[0].first_day;
			}
	}
	assert_int_equal(parse(&parsed, "Mon 9:00-17:00 in UTC except 2000-01-01", 39),
	                 CXM_CALENDAR_OK);
	assert_int_equal(parsed.exceptions[0].first_day, 0);
}

/* A text that is cut short or changed is refused or read, and never read beyond its end. */
static void
damaged(void **state)
{
	static const char text[] =
	    "Mon-Fri 09:00-12:30 13:00-17:30:15, saturday 22:00-02:00, "
	    "from 2026-07-01 week closed then week Mon 9:00-12:00 in Asia/Kolkata "
	    "except 2026-01-26, 2026-12-24/2026-12-26, 2026-12-31 09:00-12:00";
	static Parsed parsed;

	(void) state;
	/* words are cut between characters */
	assert_int_equal(parse(&parsed,
	                       "x\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
	                       "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9",
	                       43),
	                 CXM_CALENDAR_SYNTAX);
	assert_non_null(strstr(parsed.detail, "\u00e9\"."));
	random_state = 3;
	for (size_t length = 0; length < sizeof(text); length++)
		for (int i = 0; i < 300; i++)
		{
			char            *copy = malloc(length + 1);
			CxmCalendarError error;

			memcpy(copy, text, length);
			if (i > 0 && length > 0)
				copy[random_below((int) length)] = i % 2 ? (char) random_bits() : text[i % 70];
			copy = realloc(copy, length > 0 ? length : 1);
			parsed.detail[0] = '\0';
			error = parse(&parsed, copy, length);
			assert_true((error == CXM_CALENDAR_OK) == (parsed.detail[0] == '\0'));
			assert_true(strlen(parsed.detail) < CXM_CALENDAR_DETAIL);
			free(copy);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(law_canonical),
	    cmocka_unit_test(law_additive),
	    cmocka_unit_test(law_days),
	    cmocka_unit_test(sections),
	    cmocka_unit_test(weeks_are_counted),
	    cmocka_unit_test(turns),
	    cmocka_unit_test(dates),
	    cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
