/*
 * journey_text.c
 *		The text form of customer_journey, and of times in it.
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"

#include "customer_journey.h"
#include "journey_state.h"
#include "summary.h"

#define TYPE_NAME "customer_journey"

/*
 * Text: {"events": [{"at": "2025-01-31T09:30:00Z", "stage": "purchase"}, ...]}, times in UTC and
 * stages as journey_agg(at, text) reads them.
 */
void
journey_print_time(TimestampTz time, char *text)
{
	struct pg_tm tm;
	fsec_t       fraction;
	bool         bc;
	int          length;

	if (timestamp2tm(time, NULL, &tm, &fraction, NULL, NULL) != 0)
		journey_refuse_corrupt();
	bc = tm.tm_year <= 0;
	length = snprintf(text, JOURNEY_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d",
	                  bc ? 1 - tm.tm_year : tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour,
	                  tm.tm_min, tm.tm_sec);
	if (fraction != 0)
	{
		length += snprintf(text + length, JOURNEY_TIME_TEXT - length, ".%06d", (int) fraction);
		while (text[length - 1] == '0')
			length--;
	}
	snprintf(text + length, JOURNEY_TIME_TEXT - length, bc ? "Z BC" : "Z");
}

/* A number of so many digits at *at, which moves behind it; -1 when there is none. */
static int
read_digits(const char **at, int least, int most)
{
	int value = 0;
	int digits = 0;

	for (; digits < most && **at >= '0' && **at <= '9'; digits++)
		value = value * 10 + (*(*at)++ - '0');
	return digits < least ? -1 : value;
}

static bool
skip(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/*
 * What journey_print_time() writes; also a blank for the T, and the hours and minutes of another
 * zone for the Z.  No setting of a session has a say in it, as it has in timestamptz's own input.
 */
bool
journey_read_time(const char *text, TimestampTz *time)
{
	const char  *at = text;
	struct pg_tm tm = {0};
	int          fraction = 0;
	int          zone = 0;

	if ((tm.tm_year = read_digits(&at, 4, 6)) < 0 || !skip(&at, '-') ||
	    (tm.tm_mon = read_digits(&at, 2, 2)) < 0 || !skip(&at, '-') ||
	    (tm.tm_mday = read_digits(&at, 2, 2)) < 0 || !(skip(&at, 'T') || skip(&at, ' ')) ||
	    (tm.tm_hour = read_digits(&at, 2, 2)) < 0 || !skip(&at, ':') ||
	    (tm.tm_min = read_digits(&at, 2, 2)) < 0 || !skip(&at, ':') ||
	    (tm.tm_sec = read_digits(&at, 2, 2)) < 0)
		return false;
	if (skip(&at, '.'))
	{
		const char *digits = at;

		if ((fraction = read_digits(&at, 1, 6)) < 0)
			return false;
		for (ptrdiff_t i = at - digits; i < 6; i++)
			fraction *= 10;
	}
	if (!skip(&at, 'Z'))
	{
		int sign = skip(&at, '-') ? 1 : skip(&at, '+') ? -1 : 0;
		int hours = read_digits(&at, 2, 2);
		int minutes = skip(&at, ':') ? read_digits(&at, 2, 2) : 0;

		if (sign == 0 || hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
			return false;
		zone = sign * (hours * 60 + minutes) * 60;
	}
	if (strcmp(at, " BC") == 0)
	{
		if (tm.tm_year == 0)
			return false;
		tm.tm_year = 1 - tm.tm_year;
	}
	else if (*at != '\0' || tm.tm_year == 0)
		return false;

	if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
	    tm.tm_mday > day_tab[isleap(tm.tm_year)][tm.tm_mon - 1] || tm.tm_hour > 23 ||
	    tm.tm_min > 59 || tm.tm_sec > 59 || !IS_VALID_JULIAN(tm.tm_year, tm.tm_mon, tm.tm_mday))
		return false;
	return tm2timestamp(&tm, fraction, &zone, time) == 0;
}

char *
journey_text(const void *value)
{
	Journey        journey = journey_view(value);
	JourneyCursor  cursor = journey_cursor(&journey);
	JourneyEvent   event;
	StringInfoData text;
	char         **labels = palloc((journey.stages + 1) * sizeof(char *));
	const char    *separator = "";

	initStringInfo(&text);
	for (uint32 i = 0; i < journey.stages; i++)
	{
		escape_json(&text, stage_text(journey.stage[i], true));
		labels[i] = pnstrdup(text.data, text.len);
		resetStringInfo(&text);
	}
	summary_reserve(&text, journey.events,
	                strlen("{\"at\": \"2025-01-31T09:30:00Z\", \"stage\": \"x\"}"));
	appendStringInfoString(&text, "{\"events\": [");
	while (journey_next(&cursor, &event))
	{
		char time[JOURNEY_TIME_TEXT];

		journey_print_time(event.time, time);
		appendStringInfo(&text, "%s{\"at\": \"%s\", \"stage\": %s}", separator, time,
		                 labels[event.stage]);
		separator = ", ";
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

static bool
refuse_field(Node *escontext, const char *detail, const char *what)
{
	ereturn(escontext, false,
	        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
	         errmsg("invalid input syntax for type %s", TYPE_NAME), errdetail(detail, what)));
}

/* One event of the text form. */
static bool
read_event(const JsonbValue *object, Node *escontext, TimestampTz *time, StageKey *stage)
{
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;
	char          *text;
	bool           has_time = false;
	bool           has_stage = false;

	iterator = cxm_json_fields(object, "An element", "events", TYPE_NAME, escontext);
	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &value))
	{
		if (strcmp(key, "at") != 0 && strcmp(key, "stage") != 0)
			return refuse_field(escontext, "There is no field \"%s\" in an event.", key);
		text = cxm_json_scalar(&value, key, TYPE_NAME, false, escontext);
		if (text == NULL)
			return false;
		if (strcmp(key, "at") == 0)
		{
			if (!journey_read_time(text, time))
				return refuse_field(escontext, "\"%s\" is not a time such as 2025-01-31T09:30:00Z.",
				                    text);
			has_time = true;
		}
		else
		{
			if (!stage_parse(text, strlen(text), true, stage, escontext))
				return false;
			has_stage = true;
		}
	}
	if (!has_time || !has_stage)
		return refuse_field(escontext, "An event lacks the field \"%s\".",
		                    has_time ? "stage" : "at");
	return true;
}

static JourneyState *
read_journey(JsonbContainer *object, Node *escontext)
{
	JourneyState  *state = journey_state_make();
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbIterator *elements;
	JsonbValue     value;
	char          *key;
	bool           has_events = false;

	while (cxm_json_next(&iterator, &key, &value))
	{
		if (strcmp(key, "events") != 0)
		{
			refuse_field(escontext, "There is no field \"%s\" in a journey.", key);
			return NULL;
		}
		if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data) ||
		    JsonContainerIsScalar(value.val.binary.data))
		{
			refuse_field(escontext, "The value of \"%s\" must be a JSON array.", key);
			return NULL;
		}
		has_events = true;
		elements = JsonbIteratorInit(value.val.binary.data);
		JsonbIteratorNext(&elements, &value, true);
		while (JsonbIteratorNext(&elements, &value, true) == WJB_ELEM)
		{
			JourneyState *grown;
			TimestampTz   time = 0;
			StageKey      stage = {0};

			CHECK_FOR_INTERRUPTS();
			if (!read_event(&value, escontext, &time, &stage))
				return NULL;
			grown = journey_state_add(state, time, stage_view(&stage));
			if (grown != state)
				pfree(state);
			state = grown;
		}
	}
	if (!has_events)
	{
		refuse_field(escontext, "The field \"%s\" is missing.", "events");
		return NULL;
	}
	return state;
}

PG_FUNCTION_INFO_V1(customer_journey_in);
Datum
customer_journey_in(PG_FUNCTION_ARGS)
{
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), TYPE_NAME, fcinfo->context);
	JourneyState   *state = object ? read_journey(object, fcinfo->context) : NULL;

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(journey_of_state(state));
}
