/*
 * journey_readings.c
 *		What can be asked of a customer_journey.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "customer_journey.h"

Datum
journey_interval(int64 elapsed)
{
	Interval *interval = palloc0(sizeof(Interval));

	interval->time = elapsed;
	return IntervalPGetDatum(interval);
}

static Datum
label_datum(StageView stage)
{
	return PointerGetDatum(
	    cstring_to_text_with_len(stage_key_label(stage), stage_key_label_length(stage)));
}

PG_FUNCTION_INFO_V1(journey_event_count);
Datum
journey_event_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(journey_arg(fcinfo, 0).events);
}

PG_FUNCTION_INFO_V1(journey_events);
Datum
journey_events(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Journey        journey = journey_arg(fcinfo, 0);
	JourneyCursor  cursor = journey_cursor(&journey);
	JourneyEvent   event;
	Datum         *stages = palloc((journey.stages + 1) * sizeof(Datum));

	for (uint32 i = 0; i < journey.stages; i++)
		stages[i] = stage_datum(journey.stage[i]);
	InitMaterializedSRF(fcinfo, 0);
	while (journey_next(&cursor, &event))
	{
		Datum values[2] = {TimestampTzGetDatum(event.time), stages[event.stage]};
		bool  nulls[2] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* A text as it lies in an array, with zeros up to where the next one may begin. */
typedef struct ArrayElement
{
	Size  size;
	void *bytes;
} ArrayElement;

static ArrayElement
label_element(StageView stage)
{
	int          length = stage_key_label_length(stage);
	ArrayElement element = {INTALIGN(VARHDRSZ + length), NULL};

	element.bytes = palloc0(element.size);
	SET_VARSIZE(element.bytes, VARHDRSZ + length);
	memcpy(VARDATA(element.bytes), stage_key_label(stage), length);
	return element;
}

/* What construct_array() makes, which cannot be cancelled. */
PG_FUNCTION_INFO_V1(journey_stages);
Datum
journey_stages(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;
	ArrayElement *labels = palloc((journey.stages + 1) * sizeof(ArrayElement));
	Size          size = ARR_OVERHEAD_NONULLS(1);
	ArrayType    *array;
	char         *at;

	if (journey.events == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
	for (uint32 i = 0; i < journey.stages; i++)
		labels[i] = label_element(journey.stage[i]);
	while (journey_next(&cursor, &event))
		size += labels[event.stage].size;
	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("array size exceeds the maximum allowed (%d)", (int) MaxAllocSize)));

	array = palloc(size);
	memset(array, 0, ARR_OVERHEAD_NONULLS(1));
	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->elemtype = TEXTOID;
	ARR_DIMS(array)[0] = (int) journey.events;
	ARR_LBOUND(array)[0] = 1;
	at = ARR_DATA_PTR(array);
	cursor = journey_cursor(&journey);
	while (journey_next(&cursor, &event))
	{
		memcpy(at, labels[event.stage].bytes, labels[event.stage].size);
		at += labels[event.stage].size;
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

PG_FUNCTION_INFO_V1(journey_stage_path);
Datum
journey_stage_path(PG_FUNCTION_ARGS)
{
	Journey        journey = journey_arg(fcinfo, 0);
	text          *separator = PG_GETARG_TEXT_PP(1);
	JourneyCursor  cursor = journey_cursor(&journey);
	JourneyEvent   event;
	StringInfoData path;

	initStringInfo(&path);
	while (journey_next(&cursor, &event))
	{
		if (path.len > 0)
			appendBinaryStringInfo(&path, VARDATA_ANY(separator), VARSIZE_ANY_EXHDR(separator));
		appendBinaryStringInfo(&path, stage_key_label(journey.stage[event.stage]),
		                       stage_key_label_length(journey.stage[event.stage]));
	}
	/* as text it has a header */
	enlargeStringInfo(&path, VARHDRSZ);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(path.data, path.len));
}

/* A copy of the stages, which building uses up. */
static Datum
rebuilt(const Journey *journey, JourneyEvent *events, uint32 n_events)
{
	StageView *stages = palloc((journey->stages + 1) * sizeof(StageView));

	memcpy(stages, journey->stage, journey->stages * sizeof(StageView));
	return PointerGetDatum(journey_build(stages, journey->stages, events, n_events));
}

PG_FUNCTION_INFO_V1(journey_collapse);
Datum
journey_collapse(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyEvent *events = journey_read_events(&journey);
	uint32        kept = 0;

	for (uint32 i = 0; i < journey.events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		if (kept == 0 || events[kept - 1].stage != events[i].stage)
			events[kept++] = events[i];
	}
	return rebuilt(&journey, events, kept);
}

PG_FUNCTION_INFO_V1(journey_slice);
Datum
journey_slice(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	TimestampTz   starts_at = PG_GETARG_TIMESTAMPTZ(1);
	TimestampTz   ends_at = PG_GETARG_TIMESTAMPTZ(2);
	JourneyEvent *events = journey_alloc_events(journey.events);
	JourneyCursor cursor = journey_cursor(&journey);
	uint32        kept = 0;

	while (kept < journey.events && journey_next(&cursor, &events[kept]))
		kept += events[kept].time >= starts_at && events[kept].time < ends_at;
	return rebuilt(&journey, events, kept);
}

PG_FUNCTION_INFO_V1(journey_first_at);
Datum
journey_first_at(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;

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

PG_FUNCTION_INFO_V1(journey_last_at);
Datum
journey_last_at(PG_FUNCTION_ARGS)
{
	Journey      journey = journey_arg(fcinfo, 0);
	JourneyEvent event;

	if (!last_event(&journey, &event))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(event.time);
}

PG_FUNCTION_INFO_V1(journey_current_stage);
Datum
journey_current_stage(PG_FUNCTION_ARGS)
{
	Journey      journey = journey_arg(fcinfo, 0);
	JourneyEvent event;

	if (!last_event(&journey, &event))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(label_datum(journey.stage[event.stage]));
}

PG_FUNCTION_INFO_V1(journey_furthest_stage);
Datum
journey_furthest_stage(PG_FUNCTION_ARGS)
{
	Journey journey = journey_arg(fcinfo, 0);

	if (journey.stages == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(label_datum(journey.stage[journey.stages - 1]));
}

PG_FUNCTION_INFO_V1(journey_entered);
Datum
journey_entered(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	text         *label = PG_GETARG_TEXT_PP(1);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;

	while (journey_next(&cursor, &event))
		if (journey_stage_is(journey.stage[event.stage], VARDATA_ANY(label),
		                     VARSIZE_ANY_EXHDR(label)))
			PG_RETURN_TIMESTAMPTZ(event.time);
	PG_RETURN_NULL();
}

/* A visit lasts until the next event, the last one until as_of; later events are ignored. */
PG_FUNCTION_INFO_V1(journey_time_in);
Datum
journey_time_in(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	text         *label = PG_GETARG_TEXT_PP(1);
	TimestampTz   as_of = journey_time_arg(fcinfo, 2, "as_of");
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;
	bool          was_there = false;
	bool          is_there = false;
	TimestampTz   since = 0;
	int64         elapsed = 0;

	while (journey_next(&cursor, &event) && event.time <= as_of)
	{
		if (is_there && pg_add_s64_overflow(elapsed, event.time - since, &elapsed))
			break;
		is_there = journey_stage_is(journey.stage[event.stage], VARDATA_ANY(label),
		                            VARSIZE_ANY_EXHDR(label));
		was_there |= is_there;
		since = event.time;
	}
	if (!was_there)
		PG_RETURN_NULL();
	if (is_there && (pg_sub_s64_overflow(as_of, since, &since) ||
	                 pg_add_s64_overflow(elapsed, since, &elapsed)))
		ereport(ERROR, (errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW), errmsg("interval out of range")));
	return journey_interval(elapsed);
}

PG_FUNCTION_INFO_V1(journey_regressions);
Datum
journey_regressions(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;
	int64         regressions = 0;
	int32         before = PG_INT32_MIN;

	while (journey_next(&cursor, &event))
	{
		int32 rank = stage_key_rank(journey.stage[event.stage]);

		regressions += rank < before;
		before = rank;
	}
	PG_RETURN_INT64(regressions);
}

/* How often a stage was entered in which the customer had been before, and which he had left. */
PG_FUNCTION_INFO_V1(journey_revisits);
Datum
journey_revisits(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;
	bool         *visited = palloc0(journey.stages + 1);
	int64         revisits = 0;
	uint32        before = PG_UINT32_MAX;

	while (journey_next(&cursor, &event))
	{
		revisits += visited[event.stage] && event.stage != before;
		visited[event.stage] = true;
		before = event.stage;
	}
	PG_RETURN_INT64(revisits);
}
