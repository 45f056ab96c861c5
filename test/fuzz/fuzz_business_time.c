/*
 * fuzz_business_time.c
 *		Any text is refused, or is a calendar whose canonical text means the same; time passes
 *		forwards, and never faster than the clock.
 */
#include "business_time.h"
#include "calendar_text.h"
#include "fuzz.h"

typedef struct Read
{
	CxmCalendar *calendar;
	char        *text; /* canonical */
	size_t       length;
} Read;

static bool
read_calendar(const char *text, size_t length, int room, Read *result)
{
	char         detail[CXM_CALENDAR_DETAIL] = "";
	int          spans = CXM_CALENDAR_SPAN_ITEMS((int) length);
	CxmCalendar *calendar = calloc(1, sizeof(CxmCalendar));
	char        *zone;

	LAW(calendar != NULL && spans >= 0);
	calendar->exceptions_room = room < CXM_CALENDAR_EXCEPTIONS ? room : CXM_CALENDAR_EXCEPTIONS;
	calendar->exceptions = malloc((size_t) calendar->exceptions_room * sizeof(CxmException));
	calendar->spans = malloc((size_t) spans * sizeof(CxmSpan));
	result->calendar = calendar;
	result->text = NULL;
	if (cxm_calendar_parse(text, (int) length, calendar, detail) != CXM_CALENDAR_OK)
	{
		LAW(detail[0] != '\0' && strlen(detail) < CXM_CALENDAR_DETAIL);
		return false;
	}
	zone = strndup(calendar->zone, (size_t) calendar->zone_length);
	result->text = malloc(cxm_calendar_text_size(calendar, zone));
	result->length = cxm_calendar_print(calendar, zone, result->text);
	LAW(result->length <= cxm_calendar_text_size(calendar, zone));
	free(zone);
	return true;
}

static void
forget(Read *read)
{
	free(read->calendar->exceptions);
	free(read->calendar->spans);
	free(read->calendar);
	free(read->text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t from = 0;
	Read    first;
	Read    second;

	fuzz_take(&data, &size, &from, 6);
	if (size > 10000 || memchr(data, '\0', size) != NULL)
		return 0;
	if (read_calendar((const char *) data, size, CXM_CALENDAR_EXCEPTIONS, &first))
	{
		LAW(read_calendar(first.text, first.length, CXM_CALENDAR_DATE_ITEMS((int) first.length),
		                  &second));
		LAW(first.length == second.length && memcmp(first.text, second.text, first.length) == 0);
		for (int64_t step = 1; step < INT64_C(4000000000000000); step *= 7)
		{
			int64_t open = cxm_calendar_open_until(first.calendar, from + step) -
			               cxm_calendar_open_until(first.calendar, from);

			LAW(open >= 0 && open <= step);
			LAW(open == cxm_calendar_open_until(second.calendar, from + step) -
			                cxm_calendar_open_until(second.calendar, from));
		}
		for (int64_t days = 1; days < INT64_C(3000000); days *= 7)
		{
			int64_t opening = cxm_calendar_opening_days(first.calendar, from % 9999, days);
			int64_t due;

			LAW(from % 9999 > days || (opening >= 0 && opening <= days - from % 9999));
			LAW(opening == cxm_calendar_opening_days(second.calendar, from % 9999, days));
			LAW(!cxm_calendar_days_later(first.calendar, from, (int32_t) days, &due) || due > from);
		}
		forget(&second);
	}
	forget(&first);
	return 0;
}
