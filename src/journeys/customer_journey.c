/*
 * customer_journey.c
 *		The type customer_journey: the events of one customer, a set of times and stages.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "journeys/customer_journey.h"
#include "journeys/moments.h"

/*
 * Text: {"events": [{"at": "2025-01-31T09:30:00Z", "stage": "purchase"}, ...]}, times in UTC, and
 * stages as a built-in name, a word or rank:label; where an event has a sequence, it follows them.
 */

static char *
journey_text(const void *value)
{
	Journey        journey = journey_look(value);
	JourneyCursor  cursor = journey_cursor(&journey);
	JourneyEvent   event;
	StringInfoData text;
	char         **labels = stage_json_texts(journey.stage, journey.stages);
	const char    *separator = "";

	initStringInfo(&text);
	summary_reserve(&text, journey.events,
	                strlen("{\"at\": \"2025-01-31T09:30:00Z\", \"stage\": \"x\"}"));
	appendStringInfoString(&text, "{\"events\": [");
	while (journey_next(&cursor, &event))
	{
		char time[MOMENT_TEXT];

		moment_print(event.time, time);
		appendStringInfo(&text, "%s{\"at\": \"%s\", \"stage\": %s", separator, time,
		                 labels[event.stage]);
		if (event.sequence != 0)
			appendStringInfo(&text, ", \"sequence\": " INT64_FORMAT, event.sequence);
		appendStringInfoChar(&text, '}');
		separator = ", ";
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

/* One event of the text form. */
static bool
read_event(void *draft, const JsonbValue *object, Node *escontext)
{
	JourneyState **state = draft;
	JourneyState  *before = *state;
	TimestampTz    time = 0;
	StageKey       stage = {0};
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;
	char          *text;
	uint64         sequence = 0;
	bool           has_time = false;
	bool           has_stage = false;

	iterator = cxm_json_fields(object, "An element", "events", JOURNEY.name, escontext);
	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &value))
	{
		bool read;

		if (strcmp(key, "at") == 0)
			read = has_time = moment_read(&JOURNEY, &value, key, escontext, &time);
		else if (strcmp(key, "stage") == 0)
			read = has_stage = stage_read(&JOURNEY, &value, key, escontext, &text, &stage);
		else if (strcmp(key, "sequence") == 0)
			read = cxm_json_count(&value, key, JOURNEY.name, escontext, &sequence);
		else
			return summary_refuse_text(&JOURNEY, escontext, "There is no field \"%s\" in an event.",
			                           key);
		if (!read)
			return false;
	}
	if (sequence > JOURNEY_SEQUENCE_LIMIT)
		return summary_refuse_text(&JOURNEY, escontext, "A sequence is out of range.");
	if (!has_time || !has_stage)
		return summary_refuse_text(&JOURNEY, escontext, "An event lacks the field \"%s\".",
		                           has_time ? "stage" : "at");
	*state = journey_state_add(before, time, (int64) sequence, stage_view(&stage));
	if (before != NULL && before != *state)
		pfree(before);
	return true;
}

static const char *const FIELDS[] = {"events"};

static void *
journey_read(JsonbValue **fields, Node *escontext)
{
	JourneyState *state = NULL;

	if (!cxm_json_each(fields[0], FIELDS[0], JOURNEY.name, escontext, read_event, &state))
		return NULL;
	return state ? journey_canonical(state) : journey_build(NULL, 0, NULL, 0);
}

/*
 * Binary: the number of stages and, of each, rank and label with its length in bytes; the number of
 * events and, of each, microseconds since 2000-01-01 and which stage it is.  Where events have
 * sequences the highest bit of their number is set, and each has eight bytes more.
 */
#define WITH_SEQUENCES 0x80000000U
#define STAGE_WIRE_LEAST (4 + 4 + 1)
#define EVENT_WIRE_SIZE (8 + 4)

static void
journey_send(StringInfo buffer, const void *value)
{
	Journey       journey = journey_look(value);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;

	pq_sendint32(buffer, journey.stages);
	for (uint32 i = 0; i < journey.stages; i++)
		stage_send(buffer, journey.stage[i]);
	pq_sendint32(buffer, journey.events | (journey.sequences ? WITH_SEQUENCES : 0));
	summary_reserve(buffer, journey.events, EVENT_WIRE_SIZE);
	while (journey_next(&cursor, &event))
	{
		pq_sendint64(buffer, event.time);
		pq_sendint32(buffer, event.stage);
		if (journey.sequences)
			pq_sendint64(buffer, event.sequence);
	}
}

/* How many items follow, of at least so many bytes each. */
static void
check_number(StringInfo buffer, uint32 n, uint32 least_size, uint32 limit)
{
	if (n > limit || n > (uint32) (buffer->len - buffer->cursor) / least_size)
		summary_refuse_binary(&JOURNEY,
		                      "There are fewer bytes than its numbers of stages and events need.");
}

static void *
journey_receive(StringInfo buffer)
{
	uint32     n_stages = pq_getmsgint(buffer, 4);
	uint32     n_events;
	StageView *stages;
	CxmEvent  *events;
	bool       sequences;

	check_number(buffer, n_stages, STAGE_WIRE_LEAST, JOURNEY_STAGES_LIMIT);
	stages = palloc((n_stages + 1) * sizeof(StageView));
	for (uint32 i = 0; i < n_stages; i++)
		stages[i] = stage_receive(&JOURNEY, buffer);

	n_events = pq_getmsgint(buffer, 4);
	sequences = (n_events & WITH_SEQUENCES) != 0;
	n_events &= ~WITH_SEQUENCES;
	check_number(buffer, n_events, EVENT_WIRE_SIZE, JOURNEY_EVENTS_LIMIT);
	events = events_alloc(n_events);
	for (uint32 i = 0; i < n_events; i++)
	{
		uint32 stage;
		int64  sequence;

		check_interrupts(i);
		events[i].time = pq_getmsgint64(buffer);
		stage = pq_getmsgint(buffer, 4);
		sequence = sequences ? pq_getmsgint64(buffer) : 0;
		events[i].symbol = journey_symbol(stage, sequence);
		if (TIMESTAMP_NOT_FINITE(events[i].time) || !IS_VALID_TIMESTAMP(events[i].time))
			summary_refuse_binary(&JOURNEY, "A time is out of range.");
		if (stage >= n_stages)
			summary_refuse_binary(&JOURNEY, "An event has a stage that there is not.");
		if (sequence < 0 || sequence > JOURNEY_SEQUENCE_LIMIT)
			summary_refuse_binary(&JOURNEY, "A sequence is out of range.");
	}
	return journey_build(stages, n_stages, events, n_events);
}

const SummaryType JOURNEY = {
    .name = "customer_journey",
    .version = JOURNEY_VERSION,
    .flags = JOURNEY_UNIT | JOURNEY_SEQUENCES,
    .state_flag = JOURNEY_STATE,
    .header = JOURNEY_HEADER_SIZE,
    .no_field = "There is no field \"%s\" in a journey.",
    .result = journey_result,
    SUMMARY_READ_SLOTS(journey, FIELDS),
};

SUMMARY_FUNCTIONS(customer_journey, JOURNEY)

/* The aggregates */

/* How a form of the aggregate says which stage it is. */
typedef StageView (*StageOfRow)(FunctionCallInfo fcinfo, int argno, StageKey *key);

static pg_attribute_always_inline StageView
stage_of_row(FunctionCallInfo fcinfo, int argno, StageKey *key pg_attribute_unused())
{
	return stage_arg(fcinfo, argno);
}

/* A name is what it is, whatever it begins with. */
static pg_attribute_always_inline StageView
name_of_row(FunctionCallInfo fcinfo, int argno, StageKey *key)
{
	text *name = PG_GETARG_TEXT_PP(argno);

	stage_of_name(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), key, NULL);
	return stage_view(key);
}

/* In 1.0.0 digits and a colon in front were a rank. */
static StageView
parse_row(FunctionCallInfo fcinfo, int argno, StageKey *key)
{
	text *word = PG_GETARG_TEXT_PP(argno);

	stage_parse(VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word), true, key, NULL);
	return stage_view(key);
}

static pg_noinline void
refuse_sequence(void)
{
	ereport(ERROR,
	        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("sequence is out of range"),
	         errdetail("It is a whole number from 0 to " INT64_FORMAT ".", JOURNEY_SEQUENCE_LIMIT),
	         errhint("Number the events: row_number() OVER (ORDER BY at, sequence).")));
}

/* (state, at, stage), or (state, at, sequence, stage), where NULL is as good as 0. */
static pg_attribute_always_inline Datum
count_row(FunctionCallInfo fcinfo, bool has_sequence, StageOfRow stage_of)
{
	const int     stage = has_sequence ? 3 : 2;
	JourneyState *state = event_state_arg(fcinfo);
	int64         sequence = 0;
	StageKey      key;

	cxm_check_zones(fcinfo, CXM_ZONE_HINT("at"));
	if (PG_ARGISNULL(1) || PG_ARGISNULL(stage))
		RETURN_EVENT_STATE(state);
	if (has_sequence && !PG_ARGISNULL(2))
		sequence = PG_GETARG_INT64(2);
	if (unlikely(sequence < 0 || sequence > JOURNEY_SEQUENCE_LIMIT))
		refuse_sequence();
	PG_RETURN_POINTER(journey_state_add(state, PG_GETARG_TIMESTAMPTZ(1), sequence,
	                                    stage_of(fcinfo, stage, &key)));
}

SUMMARY_FUNCTION(journey_transition_stage, count_row(fcinfo, false, stage_of_row))
SUMMARY_FUNCTION(journey_transition_name, count_row(fcinfo, false, name_of_row))
SUMMARY_FUNCTION(journey_transition_text, count_row(fcinfo, false, parse_row))
SUMMARY_FUNCTION(journey_transition_sequence_stage, count_row(fcinfo, true, stage_of_row))
SUMMARY_FUNCTION(journey_transition_sequence_name, count_row(fcinfo, true, name_of_row))

/* Readings */

JOURNEY_READING(journey_event_count)
{
	PG_RETURN_INT64(journey_count_events(journey));
}

JOURNEY_READING(journey_events)
{
	JourneyEvent event;
	Datum       *stages = palloc((journey->stages + 1) * sizeof(Datum));

	for (uint32 i = 0; i < journey->stages; i++)
		stages[i] = stage_datum(journey->stage[i]);
	InitMaterializedSRF(fcinfo, 0);
	while (journey_next(&cursor, &event))
		cxm_return_row(fcinfo, (Datum[]){TimestampTzGetDatum(event.time), stages[event.stage]},
		               (bool[]){false, false});
	return (Datum) 0;
}

/* What construct_array() makes, which cannot be cancelled. */
JOURNEY_READING(journey_stages)
{
	JourneyEvent event;
	text       **labels = palloc((journey->stages + 1) * sizeof(text *));
	Size         size = ARR_OVERHEAD_NONULLS(1);
	ArrayType   *array;
	char        *at;

	if (journey->events == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
	for (uint32 i = 0; i < journey->stages; i++)
		labels[i] = stage_label(journey->stage[i]);
	while (journey_next(&cursor, &event))
		size += INTALIGN(VARSIZE(labels[event.stage]));
	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("array size exceeds the maximum allowed (%d)", (int) MaxAllocSize)));

	/* zeros lie up to where the next label may begin */
	array = palloc0(size);
	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->elemtype = TEXTOID;
	ARR_DIMS(array)[0] = (int) cursor.passed;
	ARR_LBOUND(array)[0] = 1;
	at = ARR_DATA_PTR(array);
	cursor = journey_cursor(journey);
	while (journey_next(&cursor, &event))
	{
		memcpy(at, labels[event.stage], VARSIZE(labels[event.stage]));
		at += INTALIGN(VARSIZE(labels[event.stage]));
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

JOURNEY_READING(journey_stage_path)
{
	JourneyEvent   event;
	text          *separator = PG_GETARG_TEXT_PP(1);
	StringInfoData path;

	initStringInfo(&path);
	while (journey_next(&cursor, &event))
	{
		CHECK_FOR_INTERRUPTS(); /* the separator may be long */
		if (path.len > 0)
			appendBinaryStringInfo(&path, VARDATA_ANY(separator), VARSIZE_ANY_EXHDR(separator));
		appendBinaryStringInfo(&path, stage_key_label(journey->stage[event.stage]),
		                       stage_key_label_length(journey->stage[event.stage]));
	}
	/* as text it has a header */
	enlargeStringInfo(&path, VARHDRSZ);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(path.data, path.len));
}

JOURNEY_READING(journey_collapse)
{
	JourneyEvent event;
	CxmEvent    *events = events_alloc(journey->events);
	uint32       kept = 0;

	while (journey_next(&cursor, &event))
		if (kept == 0 || journey_symbol_stage(events[kept - 1].symbol) != event.stage)
			events[kept++] = (CxmEvent){event.time, journey_symbol(event.stage, event.sequence)};
	PG_RETURN_POINTER(journey_build(journey->stage, journey->stages, events, kept));
}

JOURNEY_READING(journey_slice)
{
	TimestampTz  starts_at = PG_GETARG_TIMESTAMPTZ(1);
	TimestampTz  ends_at = PG_GETARG_TIMESTAMPTZ(2);
	JourneyEvent event;
	CxmEvent    *events = events_alloc(journey->events);
	uint32       kept = 0;

	cxm_check_zones(fcinfo, CXM_ZONE_HINT("at"));
	while (journey_next(&cursor, &event))
		if (event.time >= starts_at && event.time < ends_at)
			events[kept++] = (CxmEvent){event.time, journey_symbol(event.stage, event.sequence)};
	PG_RETURN_POINTER(journey_build(journey->stage, journey->stages, events, kept));
}

JOURNEY_READING(journey_first_at)
{
	JourneyEvent event;

	if (!journey_next(&cursor, &event))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(event.time);
}

/* The last event; false when there is none. */
static bool
last_event(const Journey *journey, JourneyEvent *event)
{
	JourneyCursor cursor = journey_cursor(journey);

	while (journey_next(&cursor, event))
		;
	return journey->events > 0;
}

JOURNEY_READING(journey_last_at)
{
	JourneyEvent event;

	if (!last_event(journey, &event))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(event.time);
}

JOURNEY_READING(journey_current_stage)
{
	JourneyEvent event;

	if (!last_event(journey, &event))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(stage_label(journey->stage[event.stage]));
}

JOURNEY_READING(journey_furthest_stage)
{
	if (journey->stages == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(stage_label(journey->stage[journey->stages - 1]));
}

JOURNEY_READING(journey_entered)
{
	JourneyEvent event;
	text        *label = PG_GETARG_TEXT_PP(1);

	while (journey_next(&cursor, &event))
		if (stage_is(journey->stage[event.stage], VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label)))
			PG_RETURN_TIMESTAMPTZ(event.time);
	PG_RETURN_NULL();
}

JOURNEY_READING(journey_regressions)
{
	JourneyEvent event;
	int64        regressions = 0;
	int32        before = PG_INT32_MIN;

	while (journey_next(&cursor, &event))
	{
		int32 rank = stage_key_rank(journey->stage[event.stage]);

		regressions += rank < before;
		before = rank;
	}
	PG_RETURN_INT64(regressions);
}

/* How often a stage was entered in which the customer had been before, and which he had left. */
JOURNEY_READING(journey_revisits)
{
	JourneyEvent event;
	bool        *visited = palloc0(journey->stages + 1);
	int64        revisits = 0;
	uint32       before = PG_UINT32_MAX;

	while (journey_next(&cursor, &event))
	{
		revisits += visited[event.stage] && event.stage != before;
		visited[event.stage] = true;
		before = event.stage;
	}
	PG_RETURN_INT64(revisits);
}
