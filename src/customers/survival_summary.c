/*
 * survival_summary.c
 *		The type survival_summary: after how long customers leave.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/json.h"

#include "customers/survival_state.h"

/* Transitions */

static pg_attribute_always_inline Datum
count_observation(FunctionCallInfo fcinfo, bool add)
{
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return summary_unchanged(fcinfo);
	return survival_count_customer(fcinfo, survival_duration_arg(fcinfo, 1, "duration"),
	                               !PG_GETARG_BOOL(2), add);
}

SUMMARY_TRANSITIONS(survival, count_observation(fcinfo, add))

void
survival_refuse_end(DateADT started, DateADT ended)
{
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	         errmsg("customer ended at %s, before the start at %s",
	                DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(ended))),
	                DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(started)))),
	         errhint("Leave such customers out, FILTER (WHERE (ended < started) IS NOT TRUE), or "
	                 "say what the end means then, greatest(ended, started).")));
}

static pg_attribute_always_inline Datum
count_lifetime(FunctionCallInfo fcinfo, bool add)
{
	int32 duration;
	bool  censored;

	if (!survival_lifetime_arg(fcinfo, 1, &duration, &censored))
		return summary_unchanged(fcinfo);
	return survival_count_customer(fcinfo, duration, censored, add);
}

SUMMARY_TRANSITIONS(survival_lifetime, count_lifetime(fcinfo, add))

/*
 * Text: {"events": {"6": 3, "7": 1}, "censored": {"6": 1, "9": 1}}, by duration.  Of version 2 also
 * {..., "entered": {"5": 1}, "reasons": {"price": {"6": 2}}}: events that have a reason are among
 * these, and not among the others.
 */

static const char *const COUNT_KEYS[] = {"events", "censored", "entered", "reasons"};

/* The counts of what there is of each duration, as an object. */
static void
print_counts(StringInfo text, const SurvivalView *view, uint32 what)
{
	SurvivalEntry entry;

	appendStringInfoChar(text, '{');
	for (int32 place = 0; survival_next(view, &place, &entry);)
	{
		uint64 count = what == SURVIVAL_ENTERED    ? entry.entered
		               : what == SURVIVAL_CENSORED ? entry.count[1]
		                                           : entry.count[0];

		if (view->by_key && what >= SURVIVAL_EVENT)
		{
			count = 0;
			for (const KeyedCount *cell = entry.events; cell < entry.end; cell++)
				if (SURVIVAL_WHAT(cell->key) == what)
					count = cell->count;
		}
		if (count != 0)
			cxm_json_print_count(text, (uint64) entry.duration, count);
	}
	appendStringInfoChar(text, '}');
}

static bool
has_entries(const SurvivalView *view)
{
	for (int32 i = 0; view->by_key && i < view->places; i++)
		if (SURVIVAL_WHAT(view->cells[i].key) == SURVIVAL_ENTERED)
			return true;
	return false;
}

static char *
survival_text(const void *value)
{
	SurvivalView   view = survival_view(survival_canonical(value));
	StringInfoData text;

	if (view.places == 0)
		return pstrdup("{}");
	initStringInfo(&text);
	summary_reserve(&text, (uint64) view.places, strlen("\"6\": 3"));
	appendStringInfoString(&text, "{\"events\": ");
	print_counts(&text, &view, SURVIVAL_EVENT);
	appendStringInfoString(&text, ", \"censored\": ");
	print_counts(&text, &view, SURVIVAL_CENSORED);
	if (has_entries(&view))
	{
		appendStringInfoString(&text, ", \"entered\": ");
		print_counts(&text, &view, SURVIVAL_ENTERED);
	}
	for (uint32 i = 0; i < view.reasons; i++)
	{
		appendStringInfoString(&text, i == 0 ? ", \"reasons\": {" : ", ");
		escape_json(&text, pnstrdup(view.reason[i].name, view.reason[i].length));
		appendStringInfoString(&text, ": ");
		print_counts(&text, &view, SURVIVAL_EVENT + 1 + i);
	}
	appendStringInfoString(&text, view.reasons > 0 ? "}}" : "}");
	return text.data;
}

/* What is read: events and censored customers in a table until there is more. */
typedef struct SurvivalDraft
{
	SurvivalSummary *table;
	KeyedCounts     *counts;
} SurvivalDraft;

static bool
read_counts(SurvivalDraft *draft, uint32 what, const char *key, const JsonbValue *value,
            Node *escontext)
{
	JsonbIterator *iterator =
	    cxm_json_fields(value, "The value", key, SURVIVAL.name, escontext);
	JsonbValue number;
	char      *text;
	uint64     duration;
	uint64     count;

	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &text, &number))
	{
		if (!cxm_json_is_number(text, PG_INT32_MAX, &duration) ||
		    (what == SURVIVAL_ENTERED && duration == 0))
			return summary_refuse_text(&SURVIVAL, escontext,
			                           "\"%s\" is not a duration from %d to 2147483647.", text,
			                           what == SURVIVAL_ENTERED ? 1 : 0);
		if (!cxm_json_count(&number, text, SURVIVAL.name, escontext, &count))
			return false;
		if (draft->counts != NULL)
			draft->counts =
			    survival_count_cell(draft->counts, (int32) duration, what, count, true);
		else
			draft->table = survival_count_in_table(draft->table, (int32) duration,
			                                       what == SURVIVAL_CENSORED, count, true);
	}
	return true;
}

static bool
read_reasons(SurvivalDraft *draft, const JsonbValue *value, Node *escontext)
{
	JsonbIterator *iterator =
	    cxm_json_fields(value, "The value", COUNT_KEYS[3], SURVIVAL.name, escontext);
	JsonbValue counts;
	char      *name;
	uint32     reasons = 0;

	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &name, &counts))
	{
		SurvivalReason reason = {(uint32) strlen(name), name};

		if (reason.length > SURVIVAL_LONGEST_REASON)
			return summary_refuse_text(&SURVIVAL, escontext, "The name of a reason has %u bytes.",
			                           reason.length);
		if (reasons++ == SURVIVAL_MOST_REASONS)
			return summary_refuse_text(&SURVIVAL, escontext, "There are more than %d reasons.",
			                           SURVIVAL_MOST_REASONS);
		if (!read_counts(draft,
		                 SURVIVAL_EVENT + 1 + survival_take_reason(&draft->counts, reason), name,
		                 &counts, escontext))
			return false;
	}
	return true;
}

static void *
survival_read(JsonbValue **fields, Node *escontext)
{
	static const uint32 WHAT[] = {SURVIVAL_EVENT, SURVIVAL_CENSORED, SURVIVAL_ENTERED};

	SurvivalDraft draft = {survival_to_state(summary_blank()), NULL};
	void         *value = NULL;

	if (fields[2] != NULL || fields[3] != NULL)
		draft.counts = survival_make_any();
	for (int i = 0; i < (int) lengthof(WHAT); i++)
		if (fields[i] != NULL && !read_counts(&draft, WHAT[i], COUNT_KEYS[i], fields[i], escontext))
			return NULL;
	if (fields[3] != NULL && !read_reasons(&draft, fields[3], escontext))
		return NULL;
	switch (survival_in_order(draft.counts != NULL ? (void *) draft.counts : draft.table, &value))
	{
		case SURVIVAL_TOO_MANY:
			return summary_report_overflow(escontext, "count of customers");
		case SURVIVAL_TOO_FEW:
			return summary_refuse_text(&SURVIVAL, escontext,
			                           "More customers have entered than were there later.");
		case SURVIVAL_SOUND:
			break;
	}
	return value;
}

/*
 * Binary: number of durations; of each the duration, its events and its censored.  Of version 2:
 * number of reasons, each as its length and its name in the encoding of the client; number of
 * counts, of each its key and it.
 */
#define SENT_ENTRY ((int) (sizeof(int32) + 2 * sizeof(int64)))

static void
survival_send(StringInfo buffer, const void *value)
{
	SurvivalView  view = survival_view(survival_canonical(value));
	SurvivalEntry entry;

	if (view.by_key)
	{
		pq_sendint32(buffer, view.reasons);
		for (uint32 i = 0; i < view.reasons; i++)
			summary_send_text(buffer, view.reason[i].name, (int) view.reason[i].length);
		keyed_counts_send(buffer, view.cells, (uint32) view.places);
		return;
	}
	pq_sendint32(buffer, (uint32) view.used);
	summary_reserve(buffer, (uint64) view.used, SENT_ENTRY);
	for (int32 place = 0; survival_next(&view, &place, &entry);)
	{
		pq_sendint32(buffer, (uint32) entry.duration);
		pq_sendint64(buffer, entry.count[0]);
		pq_sendint64(buffer, entry.count[1]);
	}
}

static SurvivalSummary *
receive_table(StringInfo buffer)
{
	int32            used = (int32) pq_getmsgint(buffer, 4);
	int32            last = -1;
	SurvivalSummary *summary;

	if (used < 0 || (int64) used * SENT_ENTRY != buffer->len - buffer->cursor)
		summary_refuse_binary(&SURVIVAL, "The size does not fit the number of durations.");
	summary = survival_make(used, CXM_WIDEST);
	summary->used = used;
	for (int32 i = 0; i < used; i++)
	{
		SurvivalEntry entry = {.duration = (int32) pq_getmsgint(buffer, 4)};

		CHECK_FOR_INTERRUPTS();
		if (entry.duration <= last)
			summary_refuse_binary(&SURVIVAL, "The durations do not ascend from 0.");
		for (int which = 0; which < 2; which++)
			entry.count[which] = summary_receive_count(buffer, &SURVIVAL);
		if (entry.count[0] == 0 && entry.count[1] == 0)
			summary_refuse_binary(&SURVIVAL, "A duration has no customers.");
		summary->durations[i] = last = entry.duration;
		survival_set_counts((unsigned char *) (summary->durations + used), CXM_WIDEST, i, &entry);
	}
	return summary;
}

static KeyedCounts *
receive_counts(StringInfo buffer)
{
	uint32       reasons = pq_getmsgint(buffer, 4);
	KeyedCounts *counts = survival_make_any();

	if (reasons > SURVIVAL_MOST_REASONS)
		summary_refuse_binary(&SURVIVAL, "There are too many reasons.");
	for (uint32 i = 0; i < reasons; i++)
	{
		int32          size = (int32) pq_getmsgint(buffer, 4);
		int            length;
		SurvivalReason reason;

		if (size < 0 || size > buffer->len - buffer->cursor)
			summary_refuse_binary(&SURVIVAL, "A reason is longer than the value.");
		reason.name = pq_getmsgtext(buffer, size, &length);
		reason.length = (uint32) length;
		if (length > SURVIVAL_LONGEST_REASON)
			summary_refuse_binary(&SURVIVAL, "The name of a reason is too long.");
		if (survival_take_reason(&counts, reason) != i)
			summary_refuse_binary(&SURVIVAL, "A reason is there twice.");
	}
	return survival_receive_cells(buffer, counts, reasons);
}

static void *
survival_receive(StringInfo buffer)
{
	bool  any = buffer->data[buffer->cursor - 1] == SURVIVAL_NEWEST;
	void *state = any ? (void *) receive_counts(buffer) : (void *) receive_table(buffer);
	void *value;

	switch (survival_in_order(state, &value))
	{
		case SURVIVAL_TOO_MANY:
			summary_refuse_overflow("count of customers");
		case SURVIVAL_TOO_FEW:
			summary_refuse_binary(&SURVIVAL, "More customers have entered than were there later.");
		case SURVIVAL_SOUND:
			break;
	}
	return value;
}

/* Without terms: a blank and a summary of nobody are the same. */
const SummaryType SURVIVAL = {
    .name = "survival_summary",
    .version = SURVIVAL_VERSION,
    .newest = SURVIVAL_NEWEST,
    .flags = SURVIVAL_WIDTH | SURVIVAL_TABLE,
    .state_flag = SURVIVAL_TABLE,
    .header = SURVIVAL_HEADER,
    SUMMARY_READ_SLOTS(survival, COUNT_KEYS),
};

COUNTING_SUMMARY_FUNCTIONS(survival_summary, SURVIVAL)

/* Readings */

#define READING(name, return_figure, figure) \
	SUMMARY_READING(survival_##name, SurvivalView, survival_view, return_figure, figure)

READING(events, PG_RETURN_INT64, survival_customers(&view, true, false))
READING(censored, PG_RETURN_INT64, survival_customers(&view, false, true))

CXM_FUNCTION(survival_survival)
{
	SurvivalWalk walk = survival_walk(SUMMARY_ARG(0));
	int32        t = survival_duration_arg(fcinfo, 1, "duration");

	survival_walk_past(&walk, t);
	CXM_RETURN_FLOAT8_OR_NULL(survival_is_known(&walk, t) ? walk.curve.survival : NAN);
}

CXM_FUNCTION(survival_median_survival)
{
	SurvivalWalk walk = survival_walk(SUMMARY_ARG(0));

	while (survival_step(&walk))
		if (cxm_kaplan_meier_is_half(&walk.curve))
			PG_RETURN_INT32(walk.last.duration);
	PG_RETURN_NULL();
}

CXM_FUNCTION(survival_curve)
{
	SurvivalWalk walk = survival_walk(SUMMARY_ARG(0));
	double       level = cxm_level_arg(fcinfo, 1);
	int64        at_risk = walk.at_risk;

	InitMaterializedSRF(fcinfo, 0);
	for (; survival_step(&walk); at_risk = walk.at_risk)
	{
		CxmInterval interval = {NAN, NAN};
		bool        found = cxm_kaplan_meier_interval(&walk.curve, level, &interval);
		bool        nulls[7] = {[5] = !found, [6] = !found};
		Datum       values[7] = {Int32GetDatum(walk.last.duration),
		                         Int64GetDatum(at_risk),
		                         Int64GetDatum((int64) walk.last.count[0]),
		                         Int64GetDatum((int64) walk.last.count[1]),
		                         Float8GetDatum(walk.curve.survival),
		                         Float8GetDatum(interval.lower),
		                         Float8GetDatum(interval.upper)};

		/* at some durations customers only entered */
		if (walk.last.count[0] + walk.last.count[1] > 0)
			cxm_return_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}
