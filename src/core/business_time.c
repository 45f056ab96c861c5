/*
 * business_time.c
 *		Opening hours by the local clock: their text, and how much of them any time has passed.
 */
#include "business_time.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEEK (7 * CXM_DAY)

static const char *const day_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const long_day_names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                             "friday", "saturday", "sunday"};

/*
 * Dates
 */

/* Days since 2000-01-01 of a date in the Gregorian calendar; years begin in March here. */
static int32_t
day_of_date(int year, int month, int day)
{
	int y = year - (month <= 2);
	int m = month + (month <= 2 ? 9 : -3);

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 730425;
}

static bool
is_date(int year, int month, int day)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool             leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= lengths[month - 1] + (month == 2 && leap);
}

/* The inverse, for days that came from a date. */
static void
date_of_day(int32_t day, int *year, int *month, int *day_of_month)
{
	int y = (int) (((int64_t) day + 730425) * 10000 / 3652425) + 1;
	int m;

	while (day_of_date(y, 3, 1) > day)
		y--;
	day -= day_of_date(y, 3, 1);
	m = (5 * day + 2) / 153;
	*day_of_month = day - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = y + (m >= 10);
}

static inline int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * Reading
 */
typedef struct Parser
{
	const char *text;
	const char *at;
	const char *end;
	char       *detail;
} Parser;

static CxmCalendarError refuse(Parser *parser, CxmCalendarError error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static CxmCalendarError
refuse(Parser *parser, CxmCalendarError error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(parser->detail, CXM_CALENDAR_DETAIL, format, arguments);
	va_end(arguments);
	return error;
}

/* What was expected, and what is there instead. */
static CxmCalendarError
refuse_syntax(Parser *parser, const char *expected)
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
		return refuse(parser, CXM_CALENDAR_SYNTAX, "Expected %s at the end.", expected);
	return refuse(parser, CXM_CALENDAR_SYNTAX, "Expected %s at character %d, not \"%.*s\".",
	              expected, character, length, parser->at);
}

static void
skip_blanks(Parser *parser)
{
	while (parser->at < parser->end && strchr(" \t\n\r\f\v", *parser->at) && *parser->at != '\0')
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

static int
word_length(const Parser *parser)
{
	int length = 0;

	while (length < parser->end - parser->at && lower(parser->at[length]) >= 'a' &&
	       lower(parser->at[length]) <= 'z')
		length++;
	return length;
}

/* A word of ASCII letters, in any case; the parser stays where it was if it is another one. */
static bool
accept_word(Parser *parser, const char *word, int length)
{
	if (word_length(parser) != length)
		return false;
	for (int i = 0; i < length; i++)
		if (lower(parser->at[i]) != lower(word[i]))
			return false;
	parser->at += length;
	return true;
}

static bool
accept_day(Parser *parser, int *day)
{
	for (*day = 0; *day < 7; (*day)++)
		if (accept_word(parser, day_names[*day], 3) ||
		    accept_word(parser, long_day_names[*day], (int) strlen(long_day_names[*day])))
			return true;
	return false;
}

static CxmCalendarError
parse_time(Parser *parser, int32_t *seconds)
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
		return refuse_syntax(parser, "a time such as 09:00");
	}
	*seconds = hours * 3600 + minutes * 60 + rest;
	if (minutes > 59 || rest > 59 || *seconds > CXM_DAY)
		return refuse(parser, CXM_CALENDAR_VALUE, "There is no time %.*s.",
		              (int) (parser->at - start), start);
	return CXM_CALENDAR_OK;
}

/* from-to; to may lie on the next day, and then is larger than CXM_DAY. */
static CxmCalendarError
parse_span(Parser *parser, CxmSpan *span)
{
	const char      *start = parser->at;
	CxmCalendarError error = parse_time(parser, &span->from);

	if (error != CXM_CALENDAR_OK)
		return error;
	if (!accept(parser, '-'))
		return refuse_syntax(parser, "a span such as 09:00-17:00");
	error = parse_time(parser, &span->to);
	if (error != CXM_CALENDAR_OK)
		return error;
	if (span->from == CXM_DAY || span->from == span->to)
		return refuse(parser, CXM_CALENDAR_VALUE, "The span %.*s is empty.",
		              (int) (parser->at - start), start);
	if (span->to < span->from)
		span->to += CXM_DAY;
	return CXM_CALENDAR_OK;
}

static CxmCalendarError
parse_date(Parser *parser, int32_t *result)
{
	const char *start = parser->at;
	int         year;
	int         month;
	int         day;

	if (!accept_number(parser, 4, &year) || !accept(parser, '-') ||
	    !accept_number(parser, 2, &month) || !accept(parser, '-') ||
	    !accept_number(parser, 2, &day) || is_digit(parser, 0))
	{
		parser->at = start;
		return refuse_syntax(parser, "a date such as 2026-12-31");
	}
	if (!is_date(year, month, day))
		return refuse(parser, CXM_CALENDAR_VALUE, "There is no date %04d-%02d-%02d.", year, month,
		              day);
	*result = day_of_date(year, month, day);
	return CXM_CALENDAR_OK;
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
	int year;
	int month;
	int day;

	date_of_day(date, &year, &month, &day);
	return (size_t) sprintf(text, "%04d-%02d-%02d", year, month, day);
}

static int
by_start(const void *a, const void *b)
{
	int32_t x = ((const CxmSpan *) a)->from;
	int32_t y = ((const CxmSpan *) b)->from;

	return (x > y) - (x < y);
}

static int
by_date(const void *a, const void *b)
{
	int32_t x = ((const CxmException *) a)->first_day;
	int32_t y = ((const CxmException *) b)->first_day;

	return (x > y) - (x < y);
}

/*
 * Sorts spans, joins those of a day that touch, and sums them up.  day_name is given where they are
 * all of one date, for the message.
 */
static CxmCalendarError
tidy_spans(Parser *parser, CxmSpan *spans, int *n, const char *day_name, int32_t *open)
{
	int kept = 0;

	qsort(spans, (size_t) *n, sizeof(spans[0]), by_start);
	for (int i = 0; i < *n; i++)
	{
		if (kept > 0 && spans[i].from < spans[kept - 1].to)
		{
			char a[20];
			char b[20];
			int  day = spans[i].from / CXM_DAY;

			print_span(spans[kept - 1].from - day * CXM_DAY, spans[kept - 1].to - day * CXM_DAY, a);
			print_span(spans[i].from - day * CXM_DAY, spans[i].to - day * CXM_DAY, b);
			return refuse(parser, CXM_CALENDAR_VALUE, "The spans %s and %s of %s overlap.", a, b,
			              day_name ? day_name : day_names[day]);
		}
		if (kept > 0 && spans[i].from == spans[kept - 1].to && spans[i].from % CXM_DAY != 0)
			spans[kept - 1].to = spans[i].to;
		else
			spans[kept++] = spans[i];
	}
	*n = kept;
	*open = 0;
	for (int i = 0; i < kept; i++)
	{
		spans[i].before = *open;
		*open += spans[i].to - spans[i].from;
	}
	return CXM_CALENDAR_OK;
}

/* Hours of some days of the week, split at midnight. */
static CxmCalendarError
add_to_week(Parser *parser, CxmCalendar *calendar, unsigned days, const CxmSpan *span)
{
	for (int day = 0; day < 7; day++)
	{
		if (!(days >> day & 1))
			continue;
		if (calendar->n_week + 2 > CXM_CALENDAR_SPANS)
			return refuse(parser, CXM_CALENDAR_VALUE, "There are more than %d spans in a week.",
			              CXM_CALENDAR_SPANS);
		calendar->week[calendar->n_week].from = day * CXM_DAY + span->from;
		calendar->week[calendar->n_week].to =
		    day * CXM_DAY + (span->to < CXM_DAY ? span->to : CXM_DAY);
		calendar->n_week++;
		if (span->to > CXM_DAY)
		{
			calendar->week[calendar->n_week].from = (day + 1) % 7 * CXM_DAY;
			calendar->week[calendar->n_week].to = (day + 1) % 7 * CXM_DAY + span->to - CXM_DAY;
			calendar->n_week++;
		}
	}
	return CXM_CALENDAR_OK;
}

/* The hours of the week, up to the word "in". */
static CxmCalendarError
parse_week(Parser *parser, CxmCalendar *calendar)
{
	unsigned         days = 0;
	bool             days_have_hours = true;
	CxmSpan          span;
	CxmCalendarError error;

	for (;;)
	{
		int from;
		int to;

		skip_blanks(parser);
		if (accept_day(parser, &from))
		{
			to = from;
			if (accept(parser, '-') && !accept_day(parser, &to))
				return refuse_syntax(parser, "a day of the week");
			if (days_have_hours)
				days = 0;
			for (int day = from;; day = (day + 1) % 7)
			{
				days |= 1u << day;
				if (day == to)
					break;
			}
			days_have_hours = false;
		}
		else if (is_digit(parser, 0))
		{
			if (days == 0)
				return refuse_syntax(parser, "a day of the week");
			error = parse_span(parser, &span);
			if (error == CXM_CALENDAR_OK)
				error = add_to_week(parser, calendar, days, &span);
			if (error != CXM_CALENDAR_OK)
				return error;
			days_have_hours = true;
		}
		else if (calendar->n_week == 0 && days == 0 && accept_word(parser, "in", 2))
			return refuse(parser, CXM_CALENDAR_VALUE, "The calendar is never open.");
		else
			return refuse_syntax(parser, days_have_hours && days == 0
			                                 ? "a day of the week"
			                                 : "a span such as 09:00-17:00");

		skip_blanks(parser);
		if (accept(parser, ','))
			continue;
		if (days_have_hours && accept_word(parser, "in", 2))
			break;
		if (!is_digit(parser, 0))
			return refuse_syntax(parser, days_have_hours
			                                 ? "a comma, a span, or \"in\" and a time zone"
			                                 : "a span such as 09:00-17:00");
	}
	return tidy_spans(parser, calendar->week, &calendar->n_week, NULL, &calendar->week_open);
}

/* Exceptions, up to the end of the text. */
static CxmCalendarError
parse_exceptions(Parser *parser, CxmCalendar *calendar)
{
	CxmException    *exception = NULL;
	CxmCalendarError error;

	for (;;)
	{
		skip_blanks(parser);
		/* an hour has two digits, a year four */
		if (exception != NULL && is_digit(parser, 0) &&
		    !(is_digit(parser, 1) && is_digit(parser, 2)))
		{
			CxmSpan    *span = &calendar->spans[calendar->n_spans];
			const char *start = parser->at;

			error = parse_span(parser, span);
			if (error != CXM_CALENDAR_OK)
				return error;
			if (span->to > CXM_DAY)
				return refuse(parser, CXM_CALENDAR_VALUE,
				              "The span %.*s of a date ends before it starts.",
				              (int) (parser->at - start), start);
			calendar->n_spans++;
			exception->n_spans++;
		}
		else
		{
			char from[20];
			char to[20];

			if (calendar->n_exceptions == CXM_CALENDAR_EXCEPTIONS)
				return refuse(parser, CXM_CALENDAR_VALUE, "There are more than %d exceptions.",
				              CXM_CALENDAR_EXCEPTIONS);
			exception = &calendar->exceptions[calendar->n_exceptions];
			*exception = (CxmException){.first_span = calendar->n_spans};
			error = parse_date(parser, &exception->first_day);
			exception->last_day = exception->first_day;
			if (error == CXM_CALENDAR_OK && accept(parser, '/'))
				error = parse_date(parser, &exception->last_day);
			if (error != CXM_CALENDAR_OK)
				return error;
			if (exception->last_day < exception->first_day)
			{
				print_date(exception->first_day, from);
				print_date(exception->last_day, to);
				return refuse(parser, CXM_CALENDAR_VALUE, "The dates %s/%s are in reverse.", from,
				              to);
			}
			calendar->n_exceptions++;
		}

		skip_blanks(parser);
		if (parser->at == parser->end)
			return CXM_CALENDAR_OK;
		if (!accept(parser, ',') && !is_digit(parser, 0))
			return refuse_syntax(parser, "a comma, a span, or the end");
	}
}

static bool
same_hours(const CxmCalendar *calendar, const CxmException *a, const CxmException *b)
{
	if (a->n_spans != b->n_spans)
		return false;
	for (int i = 0; i < a->n_spans; i++)
		if (calendar->spans[a->first_span + i].from != calendar->spans[b->first_span + i].from ||
		    calendar->spans[a->first_span + i].to != calendar->spans[b->first_span + i].to)
			return false;
	return true;
}

static int64_t
week_open_until(const CxmCalendar *calendar, int64_t local)
{
	const int64_t week = WEEK * CXM_SECOND;
	int64_t       since_monday = local + 5 * CXM_DAY * CXM_SECOND;
	int64_t       weeks = floor_divide(since_monday, week);
	int64_t       rest = since_monday - weeks * week;
	int           i = calendar->n_week - 1;

	while (i >= 0 && calendar->week[i].from * CXM_SECOND > rest)
		i--;
	weeks *= calendar->week_open * CXM_SECOND;
	if (i < 0)
		return weeks;
	if (rest > calendar->week[i].to * CXM_SECOND)
		rest = calendar->week[i].to * CXM_SECOND;
	return weeks + (calendar->week[i].before - calendar->week[i].from) * CXM_SECOND + rest;
}

/* Sorts the exceptions, joins those that follow each other, and sums up what they change. */
static CxmCalendarError
tidy_exceptions(Parser *parser, CxmCalendar *calendar)
{
	const int64_t    day = CXM_DAY * CXM_SECOND;
	int64_t          change = 0;
	int              kept = 0;
	CxmCalendarError error;

	for (int i = 0; i < calendar->n_exceptions; i++)
	{
		CxmException *exception = &calendar->exceptions[i];
		char          date[20];

		print_date(exception->first_day, date);
		error = tidy_spans(parser, &calendar->spans[exception->first_span], &exception->n_spans,
		                   date, &exception->open);
		if (error != CXM_CALENDAR_OK)
			return error;
	}
	qsort(calendar->exceptions, (size_t) calendar->n_exceptions, sizeof(CxmException), by_date);
	for (int i = 0; i < calendar->n_exceptions; i++)
	{
		CxmException *exception = &calendar->exceptions[i];
		CxmException *last = kept > 0 ? &calendar->exceptions[kept - 1] : NULL;

		if (last != NULL && exception->first_day <= last->last_day)
		{
			char date[20];

			print_date(exception->first_day, date);
			return refuse(parser, CXM_CALENDAR_VALUE, "The date %s comes twice.", date);
		}
		if (last != NULL && exception->first_day == last->last_day + 1 &&
		    same_hours(calendar, exception, last))
			last->last_day = exception->last_day;
		else
			calendar->exceptions[kept++] = *exception;
	}
	calendar->n_exceptions = kept;
	for (int i = 0; i < kept; i++)
	{
		CxmException *exception = &calendar->exceptions[i];
		int64_t       days = exception->last_day - exception->first_day + 1;

		exception->change = change;
		exception->week_at = week_open_until(calendar, exception->first_day * day);
		change += days * exception->open * CXM_SECOND -
		          (week_open_until(calendar, (exception->last_day + INT64_C(1)) * day) -
		           exception->week_at);
		exception->change_after = change;
	}
	return CXM_CALENDAR_OK;
}

/* An exception takes ten characters, a span nine. */
int
cxm_calendar_items(int length)
{
	return length / 9 + 1;
}

CxmCalendarError
cxm_calendar_parse(const char *text, int length, CxmCalendar *calendar, char *detail)
{
	Parser           parser = {text, text, text + length, detail};
	CxmCalendarError error;

	calendar->n_week = 0;
	calendar->n_exceptions = 0;
	calendar->n_spans = 0;
	error = parse_week(&parser, calendar);
	if (error != CXM_CALENDAR_OK)
		return error;

	skip_blanks(&parser);
	calendar->zone = parser.at;
	while (parser.at < parser.end && *parser.at != ' ' && *parser.at != ',' && *parser.at != '\t' &&
	       *parser.at != '\n' && *parser.at != '\r')
		parser.at++;
	calendar->zone_length = (int) (parser.at - calendar->zone);
	if (calendar->zone_length == 0)
		return refuse_syntax(&parser, "a time zone such as Asia/Kolkata");

	skip_blanks(&parser);
	if (parser.at == parser.end)
		return CXM_CALENDAR_OK;
	if (!accept_word(&parser, "except", 6))
		return refuse_syntax(&parser, "\"except\" and dates, or the end");
	error = parse_exceptions(&parser, calendar);
	return error == CXM_CALENDAR_OK ? tidy_exceptions(&parser, calendar) : error;
}

/*
 * Writing
 */

size_t
cxm_calendar_text_size(const CxmCalendar *calendar, const char *zone)
{
	return strlen(zone) + 64 + 32 * (size_t) calendar->n_week +
	       24 * (size_t) calendar->n_exceptions + 24 * (size_t) calendar->n_spans;
}

/* The span that a day begins with at midnight, if one of the day before runs into it. */
static const CxmSpan *
night_shift_into(const CxmCalendar *calendar, int day)
{
	const CxmSpan *morning = NULL;
	int            eve = (day + 6) % 7;

	for (int i = 0; i < calendar->n_week; i++)
		if (calendar->week[i].from == day * CXM_DAY)
			morning = &calendar->week[i];
	if (morning == NULL)
		return NULL;
	for (int i = 0; i < calendar->n_week; i++)
		if (calendar->week[i].to == (eve + 1) * CXM_DAY && calendar->week[i].from > eve * CXM_DAY &&
		    calendar->week[i].from - eve * CXM_DAY > morning->to - day * CXM_DAY)
			return morning;
	return NULL;
}

/* The hours of a day, each with a blank before it. */
static size_t
print_day(const CxmCalendar *calendar, int day, char *text)
{
	const CxmSpan *morning = night_shift_into(calendar, day);
	const CxmSpan *next_morning = night_shift_into(calendar, (day + 1) % 7);
	size_t         length = 0;

	for (int i = 0; i < calendar->n_week; i++)
	{
		const CxmSpan *span = &calendar->week[i];
		int32_t        to = span->to - day * CXM_DAY;

		if (span == morning || span->from / CXM_DAY != day)
			continue;
		if (to == CXM_DAY && next_morning != NULL)
			to = next_morning->to - (day + 1) % 7 * CXM_DAY;
		text[length++] = ' ';
		length += print_span(span->from - day * CXM_DAY, to, text + length);
	}
	return length;
}

size_t
cxm_calendar_print(const CxmCalendar *calendar, const char *zone, char *text)
{
	char *at = text;

	for (int day = 0; day < 7; day++)
	{
		int    first = day;
		char   hours[CXM_CALENDAR_SPANS * 19];
		size_t length = print_day(calendar, day, hours);

		if (length == 0)
			continue;
		while (day < 6)
		{
			char next[sizeof(hours)];

			if (print_day(calendar, day + 1, next) != length || memcmp(next, hours, length) != 0)
				break;
			day++;
		}
		at += sprintf(at, at == text ? "%s" : ", %s", day_names[first]);
		if (day > first)
			at += sprintf(at, "-%s", day_names[day]);
		memcpy(at, hours, length);
		at += length;
	}

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

/*
 * Time
 */

int64_t
cxm_calendar_open_until(const CxmCalendar *calendar, int64_t local)
{
	const int64_t       day = CXM_DAY * CXM_SECOND;
	const CxmException *exception;
	int64_t             days;
	int64_t             rest;
	int64_t             open;
	int                 low = 0;
	int                 high = calendar->n_exceptions;

	/* the last exception that has begun */
	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (calendar->exceptions[middle].first_day * day <= local)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return week_open_until(calendar, local);

	exception = &calendar->exceptions[low - 1];
	days = exception->last_day - exception->first_day + 1;
	rest = local - exception->first_day * day;
	if (rest >= days * day)
		return week_open_until(calendar, local) + exception->change_after;

	days = rest / day;
	rest -= days * day;
	open = days * exception->open * CXM_SECOND;
	for (int i = 0; i < exception->n_spans; i++)
	{
		const CxmSpan *span = &calendar->spans[exception->first_span + i];

		if (rest > span->from * CXM_SECOND)
			open += (rest < span->to * CXM_SECOND ? rest : span->to * CXM_SECOND) -
			        span->from * CXM_SECOND;
	}
	return exception->week_at + exception->change + open;
}
