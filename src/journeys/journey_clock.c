/*
 * journey_clock.c
 *		The clock by which times between events count: any, or a business calendar's.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/json.h"

#include "journeys/journey_clock.h"

/* The clock of a calendar's value. */
static JourneyClock
clock_of_value(const struct varlena *value, BusinessHours *hours)
{
	int         length;
	const char *text = business_calendar_text(value, &length);

	return (JourneyClock){text, (uint32) length, hours};
}

JourneyClock
journey_clock_of(BusinessHours *hours)
{
	return hours == NULL ? (JourneyClock){NULL, 0, NULL} : clock_of_value(hours->value, hours);
}

JourneyClock
journey_clock_arg(FunctionCallInfo fcinfo, int argno)
{
	return journey_clock_of(PG_ARGISNULL(argno) ? NULL : business_hours_arg(fcinfo, argno));
}

unsigned char *
journey_clock_put(unsigned char *at, const JourneyClock *clock)
{
	if (clock->calendar == NULL)
		return at;
	memcpy(at, &clock->length, sizeof(uint32));
	memcpy(at + sizeof(uint32), clock->calendar, clock->length);
	return at + journey_clock_size(clock);
}

bool
journey_clock_take(const unsigned char **at, const unsigned char *end, JourneyClock *clock)
{
	if ((Size) (end - *at) < sizeof(uint32))
		return false;
	memcpy(&clock->length, *at, sizeof(uint32));
	if ((Size) (end - *at) - sizeof(uint32) < clock->length || clock->length == 0)
		return false;
	clock->calendar = (const char *) *at + sizeof(uint32);
	*at += journey_clock_size(clock);
	return true;
}

void
journey_clock_print(StringInfo text, const JourneyClock *clock)
{
	appendStringInfoString(text, "\"" JOURNEY_CLOCK_FIELD "\": ");
	escape_json(text, pnstrdup(clock->calendar, clock->length));
}

bool
journey_clock_read(const SummaryType *type, const JsonbValue *value, Node *escontext,
                   JourneyClock *clock)
{
	char           *text;
	struct varlena *calendar;

	*clock = (JourneyClock){NULL, 0, NULL};
	if (value == NULL)
		return true;
	text = cxm_json_scalar(value, JOURNEY_CLOCK_FIELD, type->name, false, escontext);
	if (text == NULL)
		return false;
	calendar = business_calendar_make(text, (int) strlen(text), escontext);
	if (calendar == NULL)
		return false;
	*clock = clock_of_value(calendar, NULL);
	return true;
}

/* In a message: the length of the text, and the text. */
void
journey_clock_send(StringInfo buffer, const JourneyClock *clock)
{
	summary_send_text(buffer, clock->calendar, (int) clock->length);
}

JourneyClock
journey_clock_receive(const SummaryType *type, StringInfo buffer)
{
	uint32 length = pq_getmsgint(buffer, 4);
	char  *text;
	int    converted;

	if (length > (uint32) (buffer->len - buffer->cursor))
		summary_refuse_binary(type, "The calendar is longer than the message.");
	text = pq_getmsgtext(buffer, (int) length, &converted);
	return clock_of_value(business_calendar_make(text, converted, NULL), NULL);
}
