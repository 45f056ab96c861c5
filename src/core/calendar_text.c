/*
 * calendar_text.c
 *		Opening hours as text: reading it, and writing the one of all that mean the same.
 */
#include "core/calendar_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const day_names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
static const char *const short_day_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

/* The month of a year and a number from 1, as core/civil_days.h counts them. */
static inline int64_t
month_of_year(int year, int month)
{
	return (int64_t) (year - 2000) * CXM_MONTHS_PER_YEAR + month - 1;
}

/*
 * Reading.  What reads returns false when the text is not what it should be, and the parser then
 * knows why.  What accepts something leaves the parser where it was when there is something else.
 */
typedef struct Parser
{
	const char      *text;
	const char      *at;
	const char      *end;
	char            *detail;
	CxmCalendarError error;
} Parser;

static bool refuse(Parser *parser, CxmCalendarError error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool
refuse(Parser *parser, CxmCalendarError error, const char *format, ...)
{
	va_list arguments;

	parser->error = error;
	va_start(arguments, format);
	vsnprintf(parser->detail, CXM_CALENDAR_DETAIL, format, arguments);
	va_end(arguments);
	return false;
}

/* What should be, and what is there instead. */
static bool
refuse_syntax(Parser *parser, const char *sentence)
{
	int length = 0;
	int character = 1;

	/* not cut within a character of UTF-8, and counted in characters */
	for (const char *c = parser->text; c < parser->at; c++)
		character += (*c & 0xc0) != 0x80;
	while (parser->at + length < parser->end && parser->at[length] != ' ' &&
	       parser->at[length] != ',' && length < 40)
		length++;
	while (length > 0 && parser->at + length < parser->end && (parser->at[length] & 0xc0) == 0x80)
		length--;
	if (length == 0)
		length = parser->at < parser->end;
	if (length == 0)
		return refuse(parser, CXM_CALENDAR_SYNTAX, "%s  The text ends instead.", sentence);
	return refuse(parser, CXM_CALENDAR_SYNTAX, "%s  At character %d there is \"%.*s\".", sentence,
	              character, length, parser->at);
}

static const char NO_DAY[] = "A day of the week is missing.";
static const char NO_SPAN[] = "A span such as 09:00-17:00 is missing.";
static const char NO_MORE_SPANS[] = "Only a comma or a span can follow.";

static void
skip_blanks(Parser *parser)
{
	while (parser->at < parser->end && *parser->at != '\0' && strchr(" \t\n\r\f\v", *parser->at))
		parser->at++;
}

static bool
accept(Parser *parser, char c)
{
	if (parser->at == parser->end || *parser->at != c)
		return false;
	parser->at++;
	return true;
}

static inline bool
is_digit(const Parser *parser, int i)
{
	return i < parser->end - parser->at && parser->at[i] >= '0' && parser->at[i] <= '9';
}

static inline char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

static inline bool
is_letter(const Parser *parser, int i)
{
	return i < parser->end - parser->at && lower(parser->at[i]) >= 'a' &&
	       lower(parser->at[i]) <= 'z';
}

/* A number of exactly so many digits. */
static bool
accept_number(Parser *parser, int digits, int *number)
{
	*number = 0;
	for (int i = 0; i < digits; i++)
	{
		if (!is_digit(parser, i))
			return false;
		*number = *number * 10 + (parser->at[i] - '0');
	}
	parser->at += digits;
	return true;
}

/* A word of ASCII letters in any case: all of it, or just its first so many letters. */
static bool
accept_word(Parser *parser, const char *word, int enough)
{
	int length = 0;

	while (is_letter(parser, length) && lower(parser->at[length]) == word[length])
		length++;
	if (is_letter(parser, length) || (length != enough && word[length] != '\0'))
		return false;
	parser->at += length;
	return true;
}

static bool
at_word(const Parser *parser, const char *word)
{
	Parser ahead = *parser;

	return accept_word(&ahead, word, (int) strlen(word));
}

static bool
accept_day(Parser *parser, int *day)
{
	for (*day = 0; *day < 7; (*day)++)
		if (accept_word(parser, day_names[*day], 3))
			return true;
	return false;
}

static bool
read_time(Parser *parser, int32_t *seconds)
{
	const char *start = parser->at;
	int         hours;
	int         minutes;
	int         rest = 0;

	if (!accept_number(parser, is_digit(parser, 1) ? 2 : 1, &hours) || !accept(parser, ':') ||
	    !accept_number(parser, 2, &minutes) ||
	    (accept(parser, ':') && !accept_number(parser, 2, &rest)) || is_digit(parser, 0))
	{
		parser->at = start;
		return refuse_syntax(parser, "A time such as 09:00 is missing.");
	}
	*seconds = hours * 3600 + minutes * 60 + rest;
	if (minutes > 59 || rest > 59 || *seconds > CXM_DAY)
		return refuse(parser, CXM_CALENDAR_VALUE, "There is no time %.*s.",
		              (int) (parser->at - start), start);
	return true;
}

/* from-to; to may lie on the next day, and then is larger than CXM_DAY. */
static bool
read_span(Parser *parser, CxmSpan *span)
{
	const char *start = parser->at;

	*span = (CxmSpan){0};
	if (!read_time(parser, &span->from))
		return false;
	if (!accept(parser, '-'))
		return refuse_syntax(parser, NO_SPAN);
	if (!read_time(parser, &span->to))
		return false;
	if (span->from == CXM_DAY || span->from == span->to)
		return refuse(parser, CXM_CALENDAR_VALUE, "The span %.*s is empty.",
		              (int) (parser->at - start), start);
	if (span->to < span->from)
		span->to += CXM_DAY;
	return true;
}

static bool
read_date(Parser *parser, int32_t *result)
{
	const char *start = parser->at;
	int         year;
	int         month;
	int         day;
	int64_t     first;

	if (!accept_number(parser, 4, &year) || !accept(parser, '-') ||
	    !accept_number(parser, 2, &month) || !accept(parser, '-') ||
	    !accept_number(parser, 2, &day) || is_digit(parser, 0))
	{
		parser->at = start;
		return refuse_syntax(parser, "A date such as 2026-12-31 is missing.");
	}
	first = cxm_first_day_of_month(month_of_year(year, month));
	if (year < 1 || month < 1 || month > CXM_MONTHS_PER_YEAR || day < 1 ||
	    day > cxm_first_day_of_month(month_of_year(year, month + 1)) - first)
		return refuse(parser, CXM_CALENDAR_VALUE, "There is no date %04d-%02d-%02d.", year, month,
		              day);
	*result = (int32_t) first + day - 1;
	return true;
}

/* A date, where a time could stand as well: an hour has two digits, a year four. */
static inline bool
at_date(const Parser *parser)
{
	return is_digit(parser, 0) && is_digit(parser, 1) && is_digit(parser, 2);
}

static size_t
print_time(int32_t seconds, char *text)
{
	if (seconds % 60 != 0)
		return (size_t) sprintf(text, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
		                        seconds % 60);
	return (size_t) sprintf(text, "%02d:%02d", seconds / 3600, seconds / 60 % 60);
}

static size_t
print_span(int32_t from, int32_t to, char *text)
{
	size_t length = print_time(from, text);

	text[length++] = '-';
	return length + print_time(to, text + length);
}

static size_t
print_date(int32_t date, char *text)
{
	int64_t month = cxm_month_of_day(date);
	int     day = (int) (date - cxm_first_day_of_month(month)) + 1;

	month += 2000 * CXM_MONTHS_PER_YEAR;
	return (size_t) sprintf(text, "%04d-%02d-%02d", (int) (month / CXM_MONTHS_PER_YEAR),
	                        (int) (month % CXM_MONTHS_PER_YEAR) + 1, day);
}

/* Spans and exceptions begin with the number that orders them. */
static int
by_first_number(const void *a, const void *b)
{
	int32_t x = *(const int32_t *) a;
	int32_t y = *(const int32_t *) b;

	return (x > y) - (x < y);
}

/*
 * Sorts spans, joins those of a day that touch, and sums them up.  day_name is given where they are
 * all of one date, for the message.
 */
static bool
tidy_spans(Parser *parser, CxmSpan *spans, int *n, const char *day_name, int32_t *open)
{
	CxmSpan *last = NULL;
	int      kept = 0;

	*open = 0;
	qsort(spans, (size_t) *n, sizeof(spans[0]), by_first_number);
	for (int i = 0; i < *n; i++)
	{
		CxmSpan span = spans[i];

		if (last != NULL && span.from < last->to)
		{
			int     day = span.from / CXM_DAY;
			int32_t midnight = day * CXM_DAY;
			char    a[20];
			char    b[20];

			print_span(last->from - midnight, last->to - midnight, a);
			print_span(span.from - midnight, span.to - midnight, b);
			return refuse(parser, CXM_CALENDAR_VALUE, "The spans %s and %s of %s overlap.", a, b,
			              day_name ? day_name : short_day_names[day % CXM_DAYS_PER_WEEK]);
		}
		if (last != NULL && span.from == last->to && span.from % CXM_DAY != 0)
			last->to = span.to;
		else
		{
			last = &spans[kept++];
			*last = (CxmSpan){span.from, span.to, *open};
		}
		*open += span.to - span.from;
	}
	*n = kept;
	return true;
}

static bool
same_hours(const CxmCalendar *calendar, int32_t a, int n_a, int32_t b, int n_b)
{
	if (n_a != n_b)
		return false;
	for (int i = 0; i < n_a; i++)
		if (calendar->spans[a + i].from != calendar->spans[b + i].from ||
		    calendar->spans[a + i].to != calendar->spans[b + i].to)
			return false;
	return true;
}

/* Hours of some days of a section's nth week, split at midnight. */
static bool
add_to_week(Parser *parser, CxmCalendar *calendar, CxmSection *section, int nth, unsigned days,
            const CxmSpan *span)
{
	for (int day = 0; day < 7; day++)
	{
		int32_t midnight = nth * CXM_WEEK + day * CXM_DAY;
		int32_t next = (midnight + CXM_DAY) % (section->weeks * CXM_WEEK);
		bool    goes_on = span->to > CXM_DAY;

		if (!(days >> day & 1))
			continue;
		if (section->n_spans + 2 > CXM_CALENDAR_SPANS)
			return refuse(parser, CXM_CALENDAR_VALUE, "There are more than %d spans in a week.",
			              CXM_CALENDAR_SPANS);
		calendar->spans[section->first_span + section->n_spans++] =
		    (CxmSpan){midnight + span->from, midnight + (goes_on ? CXM_DAY : span->to), 0};
		if (goes_on)
			calendar->spans[section->first_span + section->n_spans++] =
			    (CxmSpan){next, next + span->to - CXM_DAY, 0};
	}
	return true;
}

/* A span of a date or of weekdays of dates, which ends on the same day. */
static bool
read_span_of_day(Parser *parser, CxmSpan *span)
{
	const char *start = parser->at;

	if (!read_span(parser, span))
		return false;
	return span->to <= CXM_DAY || refuse(parser, CXM_CALENDAR_VALUE,
	                                     "The span %.*s of a date ends before it starts.",
	                                     (int) (parser->at - start), start);
}

/* What a week's hours are of, and so what follows them. */
typedef enum WeekOf
{
	OF_SECTION,
	OF_TURNS, /* the first of two weeks */
	OF_DATES,
} WeekOf;

/* Is this where the hours of a week end?  Behind a comma, the next section or date may follow. */
static bool
at_end_of_week(const Parser *parser, WeekOf of, bool behind_comma)
{
	if (of == OF_DATES)
		return at_date(parser) || (!behind_comma && parser->at == parser->end);
	if (of == OF_TURNS)
		return !behind_comma && at_word(parser, "then");
	return behind_comma ? at_word(parser, "from") || at_word(parser, "until")
	                    : at_word(parser, "in");
}

/*
 * The hours of a week: of a section, up to the next or to "in", of the first of its two, up to
 * "then", or of dates, up to the next.
 */
static bool
read_week(Parser *parser, CxmCalendar *calendar, CxmSection *section, int nth, WeekOf of)
{
	static const char *const no_more[] = {
	    "Only a comma, a span, or \"in\" and a time zone can follow.",
	    "Only a comma, a span, or \"then week\" can follow.", NO_MORE_SPANS};

	unsigned days = 0;
	bool     days_have_hours = true;
	bool     behind_comma = false;
	CxmSpan  span;

	for (;;)
	{
		int from;
		int to;

		skip_blanks(parser);
		if (days != 0 && days_have_hours && at_end_of_week(parser, of, behind_comma))
			return true;
		if (accept_day(parser, &from))
		{
			to = from;
			if (accept(parser, '-') && !accept_day(parser, &to))
				return refuse_syntax(parser, NO_DAY);
			if (days_have_hours)
				days = 0;
			days |= 1u << to;
			for (int day = from; day != to; day = (day + 1) % 7)
				days |= 1u << day;
			days_have_hours = false;
		}
		else if (days != 0 && is_digit(parser, 0))
		{
			if (!(of == OF_DATES ? read_span_of_day : read_span)(parser, &span) ||
			    !add_to_week(parser, calendar, section, nth, days, &span))
				return false;
			days_have_hours = true;
		}
		else if (days == 0 && calendar->n_sections == 0 && at_word(parser, "in"))
			return refuse(parser, CXM_CALENDAR_VALUE, "The calendar is never open.");
		else
			return refuse_syntax(parser, days == 0 ? NO_DAY : NO_SPAN);

		skip_blanks(parser);
		behind_comma = accept(parser, ',');
		if (behind_comma || is_digit(parser, 0) ||
		    (days_have_hours && at_end_of_week(parser, of, false)))
			continue;
		return refuse_syntax(parser, days_have_hours ? no_more[of] : NO_SPAN);
	}
}

static bool
tidy_weeks(Parser *parser, CxmCalendar *calendar, CxmSection *section)
{
	if (!tidy_spans(parser, &calendar->spans[section->first_span], &section->n_spans, NULL,
	                &section->open))
		return false;
	calendar->n_spans += section->n_spans;
	return true;
}

/* Does a section begin with the second of its weeks? */
static inline bool
begins_with_second(const CxmSection *section)
{
	return cxm_day_of_weeks(section, section->first_day) >= CXM_DAYS_PER_WEEK;
}

/* Are the weeks that take turns the same? */
static bool
same_weeks(const CxmCalendar *calendar, const CxmSection *section)
{
	const CxmSpan *spans = &calendar->spans[section->first_span];
	int            half = section->n_spans / 2;

	if (section->n_spans % 2 != 0)
		return false;
	for (int i = 0; i < half; i++)
		if (spans[half + i].from != spans[i].from + CXM_WEEK ||
		    spans[half + i].to != spans[i].to + CXM_WEEK)
			return false;
	return true;
}

/* One of the two weeks that take turns, each of which may be closed. */
static bool
read_turn(Parser *parser, CxmCalendar *calendar, CxmSection *section, int nth, WeekOf of)
{
	bool behind_comma;

	skip_blanks(parser);
	if (!accept_word(parser, "week", 4))
		return refuse_syntax(parser, "The word \"week\" is missing.");
	skip_blanks(parser);
	if (!accept_word(parser, "closed", 6))
		return read_week(parser, calendar, section, nth, of);
	skip_blanks(parser);
	behind_comma = accept(parser, ',');
	skip_blanks(parser);
	return at_end_of_week(parser, of, behind_comma) ||
	       refuse_syntax(parser, "A closed week ends here.");
}

/*
 * The hours of a section, of one week or of two that take turns, the first of which is the week of
 * its first day.
 */
static bool
read_weeks(Parser *parser, CxmCalendar *calendar, CxmSection *section)
{
	int second;

	section->first_span = calendar->n_spans;
	section->weeks = 1;
	skip_blanks(parser);
	if (!at_word(parser, "week"))
		return read_week(parser, calendar, section, 0, OF_SECTION) &&
		       tidy_weeks(parser, calendar, section);
	if (section->first_day == INT32_MIN)
		return refuse(parser, CXM_CALENDAR_VALUE,
		              "Weeks that take turns need a \"from\" and a date in the first of them.");
	section->weeks = 2;
	second = begins_with_second(section);
	if (!read_turn(parser, calendar, section, second, OF_TURNS) ||
	    !accept_word(parser, "then", 4) ||
	    !read_turn(parser, calendar, section, !second, OF_SECTION))
		return false;
	if (section->n_spans == 0)
		return refuse(parser, CXM_CALENDAR_VALUE, "Both weeks are closed.");
	if (!tidy_weeks(parser, calendar, section))
		return false;
	if (same_weeks(calendar, section))
	{
		section->weeks = 1;
		section->n_spans /= 2;
		section->open /= 2;
	}
	return true;
}

static bool
check_dates(Parser *parser, int32_t first_day, int32_t last_day)
{
	char from[20];
	char to[20];

	if (first_day <= last_day)
		return true;
	print_date(first_day, from);
	print_date(last_day, to);
	return refuse(parser, CXM_CALENDAR_VALUE, "The dates %s/%s are in reverse.", from, to);
}

/* The sections, each from and until dates that may be left out, up to the word "in". */
static bool
read_sections(Parser *parser, CxmCalendar *calendar)
{
	do
	{
		CxmSection *section = &calendar->sections[calendar->n_sections];

		if (calendar->n_sections == CXM_CALENDAR_SECTIONS)
			return refuse(parser, CXM_CALENDAR_VALUE, "There are more than %d sections.",
			              CXM_CALENDAR_SECTIONS);
		*section = (CxmSection){.first_day = INT32_MIN, .last_day = INT32_MAX};
		skip_blanks(parser);
		if (accept_word(parser, "from", 4))
		{
			skip_blanks(parser);
			if (!read_date(parser, &section->first_day))
				return false;
			skip_blanks(parser);
		}
		if (accept_word(parser, "until", 5))
		{
			skip_blanks(parser);
			if (!read_date(parser, &section->last_day) ||
			    !check_dates(parser, section->first_day, section->last_day))
				return false;
		}
		if (!read_weeks(parser, calendar, section))
			return false;
		calendar->n_sections++;
	} while (!accept_word(parser, "in", 2));
	return true;
}

/* One more exception, of dates without hours as yet. */
static bool
add_exception(Parser *parser, CxmCalendar *calendar, int32_t first_day, int32_t last_day)
{
	if (calendar->n_exceptions == calendar->exceptions_room)
		return refuse(parser, CXM_CALENDAR_VALUE, "There are more than %d exceptions.",
		              calendar->exceptions_room);
	calendar->exceptions[calendar->n_exceptions++] = (CxmException){
	    .first_day = first_day, .last_day = last_day, .first_span = calendar->n_spans};
	return true;
}

/* Hours by weekday, of dates: an exception for each stretch of dates that have the same. */
static bool
read_weekday_exceptions(Parser *parser, CxmCalendar *calendar, int32_t first_day, int32_t last_day)
{
	CxmSection week = {.first_span = calendar->n_spans, .weeks = 1};
	int32_t    first_span[7] = {0};
	int        n_spans[7] = {0};
	int        previous = -1;

	if (!read_week(parser, calendar, &week, 0, OF_DATES) || !tidy_weeks(parser, calendar, &week))
		return false;
	for (int weekday = 0, i = week.first_span; weekday < 7; weekday++)
	{
		int32_t midnight = weekday * CXM_DAY;

		first_span[weekday] = i;
		for (; i < calendar->n_spans && calendar->spans[i].from < midnight + CXM_DAY; i++)
		{
			calendar->spans[i].from -= midnight;
			calendar->spans[i].to -= midnight;
		}
		n_spans[weekday] = i - first_span[weekday];
	}
	for (int32_t day = first_day; day <= last_day; day++)
	{
		int           weekday = cxm_weekday(day);
		CxmException *exception;

		if ((previous < 0 || !same_hours(calendar, first_span[weekday], n_spans[weekday],
		                                 first_span[previous], n_spans[previous])) &&
		    !add_exception(parser, calendar, day, day))
			return false;
		exception = &calendar->exceptions[calendar->n_exceptions - 1];
		exception->last_day = day;
		exception->first_span = first_span[weekday];
		exception->n_spans = n_spans[weekday];
		previous = weekday;
	}
	return true;
}

/* A date or a range of dates, and its hours by weekday. */
static bool
read_exception(Parser *parser, CxmCalendar *calendar)
{
	const char *end;
	int32_t     first_day = 0;
	int32_t     last_day;
	int         weekday;

	if (!read_date(parser, &first_day))
		return false;
	last_day = first_day;
	if (accept(parser, '/') && !read_date(parser, &last_day))
		return false;
	if (!check_dates(parser, first_day, last_day))
		return false;
	end = parser->at;
	skip_blanks(parser);
	if (accept_day(parser, &weekday))
	{
		parser->at = end;
		return read_weekday_exceptions(parser, calendar, first_day, last_day);
	}
	return add_exception(parser, calendar, first_day, last_day);
}

/* Exceptions, up to the end of the text. */
static bool
read_exceptions(Parser *parser, CxmCalendar *calendar)
{
	for (;;)
	{
		skip_blanks(parser);
		if (is_digit(parser, 0) && !at_date(parser) && calendar->n_exceptions > 0)
		{
			CxmException *last = &calendar->exceptions[calendar->n_exceptions - 1];

			if (!read_span_of_day(parser, &calendar->spans[calendar->n_spans]))
				return false;
			calendar->n_spans++;
			last->n_spans++;
		}
		else if (!read_exception(parser, calendar))
			return false;

		skip_blanks(parser);
		if (parser->at == parser->end)
			return true;
		if (!accept(parser, ',') && !is_digit(parser, 0))
			return refuse_syntax(parser, NO_MORE_SPANS);
	}
}

/* The next section in time, unless it goes on as the last did. */
static void
append_section(CxmCalendar *calendar, CxmSection section)
{
	if (calendar->n_sections > 0)
	{
		const CxmSection *last = &calendar->sections[calendar->n_sections - 1];
		int64_t           begin = section.first_day * (CXM_DAY * CXM_SECOND);

		if (section.weeks == last->weeks &&
		    same_hours(calendar, section.first_span, section.n_spans, last->first_span,
		               last->n_spans))
			return;
		section.change = cxm_section_open_until(calendar, last, begin) -
		                 cxm_section_open_until(calendar, &section, begin);
	}
	for (int i = 0; i < section.n_spans; i++)
		if (!cxm_is_carried(calendar, &section, i))
			section.starts |= 1u << calendar->spans[section.first_span + i].from / CXM_DAY;
	calendar->sections[calendar->n_sections++] = section;
}

/* Sorts the sections.  Between them, before and behind it is closed: a section without hours. */
static bool
tidy_sections(Parser *parser, CxmCalendar *calendar)
{
	CxmSection sections[CXM_CALENDAR_SECTIONS];
	int        n = calendar->n_sections;
	int64_t    open_from = INT32_MIN; /* where what has been appended ends */

	qsort(calendar->sections, (size_t) n, sizeof(CxmSection), by_first_number);
	memcpy(sections, calendar->sections, (size_t) n * sizeof(CxmSection));
	calendar->n_sections = 0;
	for (int i = 0; i < n; i++)
	{
		CxmSection *section = &sections[i];
		char        date[20];

		if (section->first_day < open_from)
		{
			if (section->first_day == INT32_MIN)
				return refuse(parser, CXM_CALENDAR_VALUE, "Two sections are without \"from\".");
			print_date(section->first_day, date);
			return refuse(parser, CXM_CALENDAR_VALUE,
			              "The section from %s and the one before it overlap.", date);
		}
		if (section->last_day == INT32_MAX && i + 1 < n &&
		    sections[i + 1].first_day > section->first_day)
			section->last_day = sections[i + 1].first_day - 1;
		if (section->first_day > open_from)
			append_section(calendar, (CxmSection){.first_day = (int32_t) open_from, .weeks = 1});
		append_section(calendar, *section);
		open_from = section->last_day + INT64_C(1);
	}
	if (open_from <= INT32_MAX)
		append_section(calendar, (CxmSection){.first_day = (int32_t) open_from, .weeks = 1});
	return true;
}

/* Sorts the exceptions, joins those that follow each other, and sums up what they change. */
static bool
tidy_exceptions(Parser *parser, CxmCalendar *calendar)
{
	const int64_t day = CXM_DAY * CXM_SECOND;
	int64_t       change = 0;
	CxmException *last = NULL;
	int           n = calendar->n_exceptions;
	char          date[20];

	qsort(calendar->exceptions, (size_t) n, sizeof(CxmException), by_first_number);
	calendar->n_exceptions = 0;
	for (int i = 0; i < n; i++)
	{
		CxmException *exception = &calendar->exceptions[i];

		print_date(exception->first_day, date);
		if (!tidy_spans(parser, &calendar->spans[exception->first_span], &exception->n_spans, date,
		                &exception->open))
			return false;
		if (last != NULL && exception->first_day <= last->last_day)
			return refuse(parser, CXM_CALENDAR_VALUE, "The date %s comes twice.", date);
		if (last != NULL && exception->first_day == last->last_day + 1 &&
		    same_hours(calendar, exception->first_span, exception->n_spans, last->first_span,
		               last->n_spans))
			last->last_day = exception->last_day;
		else
		{
			last = &calendar->exceptions[calendar->n_exceptions++];
			*last = *exception;
		}
	}
	for (int i = 0; i < calendar->n_exceptions; i++)
	{
		CxmException *exception = &calendar->exceptions[i];
		int64_t       days = exception->last_day - exception->first_day + 1;

		exception->change = change;
		exception->week_at = cxm_weeks_open_until(calendar, exception->first_day * day);
		change += days * exception->open * CXM_SECOND -
		          (cxm_weeks_open_until(calendar, (exception->last_day + INT64_C(1)) * day) -
		           exception->week_at);
		exception->change_after = change;
	}
	return true;
}

static bool
read_zone(Parser *parser, CxmCalendar *calendar)
{
	skip_blanks(parser);
	calendar->zone = parser->at;
	while (parser->at < parser->end && strchr(" ,\t\n\r", *parser->at) == NULL)
		parser->at++;
	calendar->zone_length = (int) (parser->at - calendar->zone);
	return calendar->zone_length > 0 ||
	       refuse_syntax(parser, "A time zone such as Asia/Kolkata is missing.");
}

CxmCalendarError
cxm_calendar_parse(const char *text, int length, CxmCalendar *calendar, char *detail)
{
	Parser parser = {text, text, text + length, detail, CXM_CALENDAR_OK};

	calendar->n_sections = 0;
	calendar->n_exceptions = 0;
	calendar->n_spans = 0;
	if (!read_sections(&parser, calendar) || !tidy_sections(&parser, calendar) ||
	    !read_zone(&parser, calendar))
		return parser.error;
	skip_blanks(&parser);
	if (parser.at == parser.end)
		return CXM_CALENDAR_OK;
	if (!accept_word(&parser, "except", 6))
		refuse_syntax(&parser, "Only \"except\" and dates can follow.");
	else if (read_exceptions(&parser, calendar))
		tidy_exceptions(&parser, calendar);
	return parser.error;
}

/* Writing */

size_t
cxm_calendar_text_size(const CxmCalendar *calendar, const char *zone)
{
	size_t size = strlen(zone) + 64;

	for (int i = 0; i < calendar->n_sections; i++)
		size += 72 + 32 * (size_t) calendar->sections[i].n_spans;
	for (int i = 0; i < calendar->n_exceptions; i++)
		size += 24 + 24 * (size_t) calendar->exceptions[i].n_spans;
	return size;
}

/* The hours of a day, each with a blank before it. */
static size_t
print_day(const CxmCalendar *calendar, const CxmSection *section, int day, char *text)
{
	const CxmSpan *spans = &calendar->spans[section->first_span];
	int            n = section->n_spans;
	size_t         length = 0;

	for (int i = 0; i < n; i++)
	{
		int32_t to = spans[i].to - day * CXM_DAY;

		if (spans[i].from / CXM_DAY != day || cxm_is_carried(calendar, section, i))
			continue;
		if (cxm_runs_past_midnight(calendar, section, i))
			to = spans[(i + 1) % n].to % CXM_DAY;
		text[length++] = ' ';
		length += print_span(spans[i].from - day * CXM_DAY, to, text + length);
	}
	return length;
}

/* The hours of a section's nth week, as days that have the same. */
static size_t
print_week(const CxmCalendar *calendar, const CxmSection *section, int nth, char *text)
{
	int   end = (nth + 1) * CXM_DAYS_PER_WEEK;
	char *at = text;

	for (int day = end - CXM_DAYS_PER_WEEK; day < end; day++)
	{
		int    first = day;
		char   hours[CXM_CALENDAR_SPANS * 19];
		size_t length = print_day(calendar, section, day, hours);

		if (length == 0)
			continue;
		while (day + 1 < end)
		{
			char next[sizeof(hours)];

			if (print_day(calendar, section, day + 1, next) != length ||
			    memcmp(next, hours, length) != 0)
				break;
			day++;
		}
		at += sprintf(at, at == text ? "%s" : ", %s", short_day_names[first % CXM_DAYS_PER_WEEK]);
		if (day > first)
			at += sprintf(at, "-%s", short_day_names[day % CXM_DAYS_PER_WEEK]);
		memcpy(at, hours, length);
		at += length;
	}
	return (size_t) (at - text);
}

/* The hours of a section's weeks, beginning with that of its first day. */
static size_t
print_weeks(const CxmCalendar *calendar, const CxmSection *section, char *text)
{
	char *at = text;
	int   second;

	if (section->weeks == 1)
		return print_week(calendar, section, 0, text);
	second = begins_with_second(section);
	for (int i = 0; i < 2; i++)
	{
		size_t length;

		at += sprintf(at, "%s", i == 0 ? "week " : " then week ");
		length = print_week(calendar, section, i == 0 ? second : !second, at);
		at += length > 0 ? length : (size_t) sprintf(at, "closed");
	}
	return (size_t) (at - text);
}

/* The sections that have hours.  What ends where the next begins, or never, does not say so. */
static size_t
print_sections(const CxmCalendar *calendar, char *text)
{
	char *at = text;

	for (int i = 0; i < calendar->n_sections; i++)
	{
		const CxmSection *section = &calendar->sections[i];

		if (section->n_spans == 0)
			continue;
		at += sprintf(at, "%s", at == text ? "" : ", ");
		if (i > 0)
		{
			at += sprintf(at, "from ");
			at += print_date(section->first_day, at);
			*at++ = ' ';
		}
		if (i + 1 < calendar->n_sections && section[1].n_spans == 0)
		{
			at += sprintf(at, "until ");
			at += print_date(section[1].first_day - 1, at);
			*at++ = ' ';
		}
		at += print_weeks(calendar, section, at);
	}
	return (size_t) (at - text);
}

size_t
cxm_calendar_print(const CxmCalendar *calendar, const char *zone, char *text)
{
	char *at = text + print_sections(calendar, text);

	at += sprintf(at, " in %s", zone);
	for (int i = 0; i < calendar->n_exceptions; i++)
	{
		const CxmException *exception = &calendar->exceptions[i];

		at += sprintf(at, "%s", i == 0 ? " except " : ", ");
		at += print_date(exception->first_day, at);
		if (exception->last_day > exception->first_day)
		{
			*at++ = '/';
			at += print_date(exception->last_day, at);
		}
		for (int j = 0; j < exception->n_spans; j++)
		{
			const CxmSpan *span = &calendar->spans[exception->first_span + j];

			*at++ = ' ';
			at += print_span(span->from, span->to, at);
		}
	}
	*at = '\0';
	return (size_t) (at - text);
}
