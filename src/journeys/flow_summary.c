/*
 * flow_summary.c
 *		The type flow_summary: from which stage to which journeys go, how often and how fast.
 */
#include "postgres.h"

#include "journeys/flow_state.h"
#include "journeys/moments.h"

#define TYPE_NAME "flow_summary"

/* Transitions */

/* Where a form of the aggregate has its arguments beside (state, journey); 0 for none. */
typedef struct FlowForm
{
	int as_of; /* and idle behind it */
	int calendar;
} FlowForm;

/* One journey more, or one less. */
static Datum
count_row(FunctionCallInfo fcinfo, FlowForm form, bool add)
{
	KeyedCounts *state = summary_state_arg(fcinfo);
	FlowTerms    terms = {.as_of = DT_NOEND};
	Journey      journey;

	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	/* NULL stands for none where an argument behind it is meant */
	if (form.as_of > 0 && (form.calendar == 0 || !PG_ARGISNULL(form.as_of) ||
	                       !PG_ARGISNULL(form.as_of + 1)))
	{
		terms.as_of = as_of_arg(fcinfo, form.as_of);
		terms.idle = cxm_exact_microseconds(
		    DatumGetIntervalP(cxm_required_arg(fcinfo, form.as_of + 1, "idle")), "idle time");
	}
	if (form.calendar > 0)
		terms.clock = journey_clock_arg(fcinfo, form.calendar);
	journey = journey_arg(fcinfo, 1);
	PG_RETURN_POINTER(flow_count_journey(state, &terms, &journey, add));
}

#define FLOW_TRANSITIONS(name, ...) \
	SUMMARY_TRANSITIONS(name, count_row(fcinfo, (FlowForm){__VA_ARGS__}, add))

FLOW_TRANSITIONS(flow, .as_of = 0)
FLOW_TRANSITIONS(flow_as_of, .as_of = 2)
FLOW_TRANSITIONS(flow_calendar, .calendar = 2)
FLOW_TRANSITIONS(flow_as_of_calendar, .as_of = 2, .calendar = 4)

/*
 * Text: {"as_of": "2025-01-31T00:00:00Z", "idle_microseconds": 3600000000, "stages":
 * [{"stage": "trial", "journeys": 2}, ...], "flows": [{"from": "trial", "to": "purchase",
 * "journeys": 2, "times": {"59768832": 2}}, {"from": "purchase", "journeys": 1},
 * {"from": "trial", "ongoing": 1}, {"to": "trial", "journeys": 2}]}.  A flow without from is the
 * start of journeys, one without to their end.  By a business clock there is its "calendar", too.
 */
static void
print_flow(StringInfo text, const Flow *flow, char *const *stages)
{
	appendStringInfoChar(text, '{');
	if (flow->from != FLOW_START)
		appendStringInfo(text, "\"from\": %s, ", stages[flow->from]);
	if (flow->to < FLOW_STAGES_LIMIT)
		appendStringInfo(text, "\"to\": %s, ", stages[flow->to]);
	appendStringInfo(text, "\"%s\": " UINT64_FORMAT,
	                 flow->to == FLOW_ONGOING ? "ongoing" : "journeys", flow->journeys);
	if (flow->from != FLOW_START && flow->to < FLOW_STAGES_LIMIT)
	{
		appendStringInfoString(text, ", \"times\": ");
		keyed_counts_print_histogram(text, flow->counts, flow->n);
	}
	appendStringInfoChar(text, '}');
}

static char *
flow_text(const void *value)
{
	FlowView       view;
	StringInfoData text;
	char         **stages;

	flow_view(value, &view);
	initStringInfo(&text);
	stages = stage_json_texts(view.stage, view.stages);
	appendStringInfoChar(&text, '{');
	flow_print_terms(&text, &view.terms);
	appendStringInfoString(&text, "\"stages\": [");
	for (uint32 i = 0; i < view.stages; i++)
		appendStringInfo(&text, "%s{\"stage\": %s, \"journeys\": " UINT64_FORMAT "}",
		                 i > 0 ? ", " : "", stages[i], view.journeys[i]);
	appendStringInfoString(&text, "], \"flows\": [");
	for (uint32 i = 0; i < view.flows; i++)
	{
		check_interrupts(i);
		if (i > 0)
			appendStringInfoString(&text, ", ");
		print_flow(&text, &view.flow[i], stages);
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

/* What is read: a state, and how many stages it has. */
typedef struct FlowDraft
{
	KeyedCounts *state;
	uint32       stages;
} FlowDraft;

static void
count_in(FlowDraft *draft, uint64 name, uint64 count)
{
	draft->state =
	    keyed_counts_count(&flow_counts, draft->state, KEYED_COUNTS_KEY(name, 0), count, true);
}

/* An element of "stages". */
static bool
read_stage_count(void *draft, const JsonbValue *object, Node *escontext)
{
	FlowDraft               *flow = draft;
	static const char *const names[] = {"stage", "journeys"};
	JsonbValue              *fields[lengthof(names)];
	char                    *text;
	StageKey                 stage;
	uint32                   place;
	uint64                   count = 0;

	if (!cxm_json_pick(object, "An element", "stages", TYPE_NAME, escontext, names, lengthof(names),
	                   fields))
		return false;
	if (!stage_read(&FLOW, fields[0], "stage", escontext, &text, &stage) ||
	    !cxm_json_count(fields[1], "journeys", TYPE_NAME, escontext, &count))
		return false;
	if (flow_is_place_name(stage_view(&stage)))
		return summary_refuse_text(&FLOW, escontext, "No stage can have the label \"%s\".", text);
	if (flow->stages == FLOW_STAGES_LIMIT)
		return summary_refuse_text(&FLOW, escontext, "There are more than %d stages.",
		                           FLOW_STAGES_LIMIT);
	flow->state = flow_place_stage(flow->state, stage_view(&stage), &place);
	if (place != flow->stages++)
		return summary_refuse_text(&FLOW, escontext, "The stage \"%s\" comes twice.", text);
	count_in(flow, FLOW_NAME(COUNT_STAGE, place, 0), count);
	return true;
}

/* The place of the stage that a value names, which must be among the stages. */
static bool
read_place(const FlowDraft *draft, const JsonbValue *value, const char *key, Node *escontext,
           uint32 *place)
{
	char    *text;
	StageKey stage;

	if (!stage_read(&FLOW, value, key, escontext, &text, &stage))
		return false;
	*place = flow_find_stage(draft->state, stage_view(&stage));
	if (*place == FLOW_STAGES_LIMIT)
		return summary_refuse_text(&FLOW, escontext, "There is no stage \"%s\".", text);
	return true;
}

/* An element of "flows". */
static bool
read_flow(void *draft, const JsonbValue *object, Node *escontext)
{
	FlowDraft *flow = draft;
	enum
	{
		FROM,
		TO,
		JOURNEYS,
		ONGOING,
		TIMES,
		FIELDS
	};
	static const char *const names[] = {"from", "to", "journeys", "ongoing", "times"};
	JsonbValue              *fields[FIELDS];
	uint32                   from = FLOW_START;
	uint32                   to = FLOW_END;
	uint64                   count = 0;
	int                      counted;

	if (!cxm_json_pick(object, "An element", "flows", TYPE_NAME, escontext, names, FIELDS,
	                   fields) ||
	    (fields[FROM] && !read_place(flow, fields[FROM], "from", escontext, &from)) ||
	    (fields[TO] && !read_place(flow, fields[TO], "to", escontext, &to)))
		return false;
	if (fields[ONGOING] && (fields[TO] || fields[JOURNEYS]))
		return summary_refuse_text(&FLOW, escontext,
		                           "A flow that is ongoing has neither \"to\" nor \"journeys\".");
	if (!fields[FROM] && !fields[TO])
		return summary_refuse_text(&FLOW, escontext, "A flow has neither \"from\" nor \"to\".");
	if ((fields[TIMES] != NULL) != (fields[FROM] && fields[TO]))
		return summary_refuse_text(&FLOW, escontext,
		                           "A flow has \"times\" just where it has \"from\" and \"to\".");
	counted = fields[ONGOING] ? ONGOING : JOURNEYS;
	if (!cxm_json_count(fields[counted], names[counted], TYPE_NAME, escontext, &count))
		return false;

	if (!fields[TIMES])
	{
		count_in(flow, FLOW_NAME(COUNT_TRANSITION, from, fields[ONGOING] ? FLOW_ONGOING : to),
		         count);
		return true;
	}
	count_in(flow, FLOW_NAME(COUNT_PAIR, from, to), count);
	return keyed_counts_read_histogram(&flow_counts, fields[TIMES], "times",
	                                   FLOW_NAME(COUNT_TRANSITION, from, to), &flow->state,
	                                   escontext);
}

static const char *const FIELDS[] = {"as_of", "idle_microseconds", "stages", "flows",
                                     JOURNEY_CLOCK_FIELD};

static void *
flow_read(JsonbValue **fields, Node *escontext)
{
	FlowTerms   terms = {.as_of = DT_NOEND};
	FlowDraft   draft = {NULL, 0};
	const char *detail;
	void       *value;

	if (!as_of_read(&FLOW, fields[0], escontext, &terms.as_of) ||
	    !cxm_json_count(fields[1], FIELDS[1], TYPE_NAME, escontext, &terms.idle) ||
	    !journey_clock_read(&FLOW, fields[4], escontext, &terms.clock))
		return NULL;
	if ((fields[0] == NULL) != (fields[1] == NULL))
		return summary_refuse_text(&FLOW, escontext, "The field \"%s\" is missing.",
		                           FIELDS[fields[0] != NULL]);
	draft.state = flow_make(&terms, 0);
	if (!cxm_json_each(fields[2], FIELDS[2], TYPE_NAME, escontext, read_stage_count, &draft) ||
	    !cxm_json_each(fields[3], FIELDS[3], TYPE_NAME, escontext, read_flow, &draft))
		return NULL;
	value = flow_checked(draft.state, &detail);
	return value != NULL ? value : summary_refuse_text(&FLOW, escontext, "%s", detail);
}

/*
 * Binary: as_of, idle time; the calendar, where idle has WITH_CALENDAR; the stages, by rank and
 * label; the counts, each behind its key.
 */
#define WITH_CALENDAR (UINT64CONST(1) << 63)

static void
flow_send(StringInfo buffer, const void *value)
{
	FlowView view;

	flow_view(value, &view);
	pq_sendint64(buffer, view.terms.as_of);
	if (view.terms.clock.calendar == NULL)
		pq_sendint64(buffer, view.terms.idle);
	else
	{
		pq_sendint64(buffer, view.terms.idle | WITH_CALENDAR);
		journey_clock_send(buffer, &view.terms.clock);
	}
	pq_sendint32(buffer, view.stages);
	for (uint32 i = 0; i < view.stages; i++)
		stage_send(buffer, view.stage[i]);
	keyed_counts_send(buffer, view.counts, view.n);
}

static void *
flow_receive(StringInfo buffer)
{
	FlowTerms    terms = {.as_of = DT_NOEND};
	uint64       idle;
	uint32       n;
	KeyedCounts *state;
	void        *value;
	const char  *detail;

	terms.as_of = as_of_receive(&FLOW, buffer);
	idle = (uint64) pq_getmsgint64(buffer);
	terms.idle = idle & ~WITH_CALENDAR;
	if (idle & WITH_CALENDAR)
		terms.clock = journey_clock_receive(&FLOW, buffer);
	n = pq_getmsgint(buffer, 4);
	if (terms.as_of == DT_NOEND && terms.idle != 0)
		summary_refuse_binary(&FLOW, "The idle time is impossible.");
	if (n > FLOW_STAGES_LIMIT)
		summary_refuse_binary(&FLOW, "There are too many stages.");
	state = flow_make(&terms, 0);
	for (uint32 i = 0; i < n; i++)
	{
		StageView stage = stage_receive(&FLOW, buffer);
		uint32    place;

		if (flow_is_place_name(stage))
			summary_refuse_binary(&FLOW, "A stage has a label that none can have.");
		state = flow_place_stage(state, stage, &place);
		if (place != i)
			summary_refuse_binary(&FLOW, "A stage comes twice.");
	}
	value = flow_checked(keyed_counts_receive(&flow_counts, buffer, state, n), &detail);
	if (value == NULL)
		summary_refuse_binary(&FLOW, detail);
	return value;
}

const SummaryType FLOW = {
    .name = TYPE_NAME,
    KEYED_COUNTS_FORMAT,
    .no_field = "There is no field \"%s\" in a flow_summary.",
    SUMMARY_READ_SLOTS(flow, FIELDS),
    SUMMARY_TERMS(flow),
};

COUNTING_SUMMARY_FUNCTIONS(flow_summary, FLOW)

/* Readings: its flows, and a map of its stages */

static Datum
place_datum(const FlowView *view, uint32 place)
{
	if (place >= FLOW_ONGOING)
		return PointerGetDatum(cstring_to_text(flow_place_names[FLOW_START - place]));
	return PointerGetDatum(stage_label(view->stage[place]));
}

CXM_FUNCTION(flow_rows)
{
	FlowView view;

	InitMaterializedSRF(fcinfo, 0);
	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		return (Datum) 0;
	flow_view(SUMMARY_ARG(0), &view);
	/* the starts first, which have the highest number */
	for (int starts = 1; starts >= 0; starts--)
		for (uint32 i = 0; i < view.flows; i++)
		{
			const Flow *flow = &view.flow[i];
			bool        between = flow->from != FLOW_START && flow->to < FLOW_STAGES_LIMIT;
			Datum       values[5];
			bool        nulls[5] = {false};

			if ((flow->from == FLOW_START) != starts)
				continue;
			values[0] = place_datum(&view, flow->from);
			values[1] = place_datum(&view, flow->to);
			values[2] = Int64GetDatum((int64) flow->transitions);
			values[3] = Int64GetDatum((int64) flow->journeys);
			nulls[4] = !between || !keyed_counts_median(flow->counts, flow->n, &values[4]);
			cxm_return_row(fcinfo, values, nulls);
		}
	return (Datum) 0;
}

CXM_FUNCTION(flow_journey_map)
{
	FlowView view;
	uint64  *entries;
	uint32   first = 0; /* flows come in the order of the stages that they leave */

	InitMaterializedSRF(fcinfo, 0);
	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		return (Datum) 0;
	flow_view(SUMMARY_ARG(0), &view);
	entries = palloc0((view.stages + 1) * sizeof(uint64));
	for (uint32 i = 0; i < view.flows; i++)
		if (view.flow[i].from == FLOW_START && view.flow[i].to < FLOW_STAGES_LIMIT)
			entries[view.flow[i].to] = view.flow[i].journeys;

	for (uint32 stage = 0; stage < view.stages; stage++)
	{
		uint64      exits = 0;
		uint64      ongoing = 0;
		uint64      decided;
		KeyedCount *counts = view.flow[first].counts; /* to other stages, which come first */
		uint32      n = 0;
		Datum       values[8];
		bool        nulls[8] = {false};

		CHECK_FOR_INTERRUPTS();
		for (; first < view.flows && view.flow[first].from == stage; first++)
			if (view.flow[first].to == FLOW_END)
				exits = view.flow[first].journeys;
			else if (view.flow[first].to == FLOW_ONGOING)
				ongoing = view.flow[first].journeys;
			else
				n += view.flow[first].n;
		decided = view.journeys[stage] - Min(ongoing, view.journeys[stage]);
		values[0] = place_datum(&view, stage);
		values[1] = Int64GetDatum((int64) view.journeys[stage]);
		values[2] = Int64GetDatum((int64) view.visits[stage]);
		values[3] = Int64GetDatum((int64) entries[stage]);
		values[4] = Int64GetDatum((int64) exits);
		values[5] = Int64GetDatum((int64) ongoing);
		nulls[5] = view.terms.as_of == DT_NOEND;
		nulls[6] = decided == 0;
		values[6] = Float8GetDatum(nulls[6] ? 0 : (double) exits / (double) decided);
		nulls[7] = !keyed_counts_median(counts, n, &values[7]);
		cxm_return_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}
