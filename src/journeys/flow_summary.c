/*
 * flow_summary.c
 *		The type flow_summary: from which stage to which journeys go, how often and how fast: counts
 *		by key whose parameters are the terms and the stages.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "common/keyed_counts.h"
#include "core/log_histogram.h"
#include "journeys/customer_journey.h"
#include "journeys/moments.h"

#define TYPE_NAME "flow_summary"

#define FLOW_STAGES_LIMIT 4096

/* Where a journey comes from and where it goes to, where this is no stage. */
#define FLOW_START 0xffff
#define FLOW_END 0xfffe
#define FLOW_ONGOING 0xfffd

/* What there are counts of, each from a place to a place. */
typedef enum FlowCount
{
	COUNT_TRANSITION, /* in buckets of the time from the one event to the other */
	COUNT_PAIR,       /* journeys with such a transition */
	COUNT_STAGE,      /* journeys that were in the stage */
} FlowCount;

#define FLOW_NAME(what, from, to) ((uint64) (what) << 32 | (uint64) (from) << 16 | (uint64) (to))
#define FLOW_WHAT(name) ((FlowCount) ((name) >> 32))
#define FLOW_FROM(name) ((uint32) ((name) >> 16 & 0xffff))
#define FLOW_TO(name) ((uint32) ((name) &0xffff))

static const SummaryType     FLOW;
static const KeyedCountsType flow_counts;

/* A journey whose last event before as_of is not as long ago as idle is ongoing. */
typedef struct FlowTerms
{
	TimestampTz as_of; /* DT_NOEND: there is none, nor idle */
	uint64      idle;  /* in microseconds */
} FlowTerms;

/* A value or state as readings look at it: flows in the order of their stages. */
typedef struct Flow
{
	uint32      from;
	uint32      to;
	uint64      transitions;
	uint64      journeys;
	KeyedCount *counts; /* the transitions by bucket */
	uint32      n;
} Flow;

typedef struct FlowView
{
	FlowTerms   terms;
	uint32      stages;
	StageView  *stage;
	Flow       *flow;
	uint32      flows;
	uint64     *journeys; /* by stage */
	uint64     *visits;   /* by stage: how many came in */
	uint64     *left;     /* by stage: how many came out */
	KeyedCount *counts;   /* all */
	uint32      n;
} FlowView;

/*
 * The parameters: this, and the stages, each a byte of length and its key; in their order once the
 * value has left an aggregate.
 *
 * In a state there is room for more stages behind them, and where these are many a note says where
 * each of them is: a journey costs what its own stages cost, however many others there are.
 */
typedef struct FlowParams
{
	FlowTerms terms;
	uint32    stages;
	uint32    used; /* in a state: the size of the stages */
} FlowParams;

#define PARAMS_OF(state) ((FlowParams *) (state)->params)

/* Are a state's parameters such?  1.0.0 made others. */
static inline bool
has_room(const FlowParams *params)
{
	return params->used != 0 || params->stages == 0;
}

static const char *const place_names[] = {"(start)", "(end)", "(ongoing)"};

/* A stage with one of these labels could not be told from them. */
static bool
is_place_name(StageView stage)
{
	for (int i = 0; i < (int) lengthof(place_names); i++)
		if (stage_is(stage, place_names[i], (int) strlen(place_names[i])))
			return true;
	return false;
}

/* A flow has its stages in [0, stages), a start before and an end or none yet behind them. */
static bool
key_is_sound(uint64 key, uint32 stages)
{
	uint64 name = KEYED_COUNTS_NAME(key);
	int    bucket = KEYED_COUNTS_BUCKET(key);
	bool   from_start = FLOW_FROM(name) == FLOW_START;
	bool   to_end = FLOW_TO(name) == FLOW_END || FLOW_TO(name) == FLOW_ONGOING;

	switch (name >> 32)
	{
		case COUNT_TRANSITION:
			if (from_start || to_end)
				return bucket == 0 && (from_start || FLOW_FROM(name) < stages) &&
				       (to_end || FLOW_TO(name) < stages) && !(from_start && to_end);
			return bucket < CXM_LOG_BUCKETS && FLOW_FROM(name) < stages && FLOW_TO(name) < stages;
		case COUNT_PAIR:
			return bucket == 0 && FLOW_FROM(name) < stages && FLOW_TO(name) < stages;
		case COUNT_STAGE:
			return bucket == 0 && FLOW_FROM(name) < stages && FLOW_TO(name) == 0;
		default:
			return false;
	}
}

static const KeyedCountsType flow_counts = {&FLOW, "journeys", key_is_sound, sizeof(FlowTerms)};

KEYED_COUNTS_FUNCTIONS(flow)

/* Values and states; no byte of them is trusted */

static FlowParams
read_params(const KeyedCountsCursor *cursor)
{
	FlowParams params;

	if (cursor->params_size < sizeof(params))
		summary_refuse_value(&FLOW);
	memcpy(&params, cursor->params, sizeof(params));
	if (params.stages > FLOW_STAGES_LIMIT || !as_of_is_valid(params.terms.as_of))
		summary_refuse_value(&FLOW);
	return params;
}

/* Terms, stages and counts; true when it is a state's. */
static bool
read_value(const void *value, FlowView *view)
{
	KeyedCountsCursor    cursor = keyed_counts_open(&flow_counts, value);
	FlowParams           params = read_params(&cursor);
	const unsigned char *at = cursor.params + sizeof(params);
	const unsigned char *end = cursor.params + cursor.params_size;

	if (cursor.is_state && has_room(&params))
	{
		if (params.used > (size_t) (end - at))
			summary_refuse_value(&FLOW);
		end = at + params.used;
	}
	view->terms = params.terms;
	view->stages = params.stages;
	view->stage = palloc((params.stages + 1) * sizeof(StageView));
	for (uint32 i = 0; i < params.stages; i++)
		if (!stage_next(&at, end, &view->stage[i]))
			summary_refuse_value(&FLOW);
	if (at != end)
		summary_refuse_value(&FLOW);
	view->counts = keyed_counts_read(&flow_counts, cursor, params.stages, &view->n);
	return cursor.is_state;
}

static FlowTerms
terms_of(const void *value)
{
	KeyedCountsCursor cursor = keyed_counts_open(&flow_counts, value);

	return read_params(&cursor).terms;
}

static const char *
terms_text(const void *value)
{
	FlowTerms terms = terms_of(value);

	if (terms.as_of == DT_NOEND)
		return "{\"as_of\": null}";
	return psprintf("{\"as_of\": \"%s\", \"idle_microseconds\": " UINT64_FORMAT "}",
	                as_of_text(terms.as_of), terms.idle);
}

static void
flow_refuse_mixture(const void *a, const void *b)
{
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	         errmsg("cannot combine flows as of different times or with different idle times"),
	         errdetail("One is %s, the other %s.", terms_text(a), terms_text(b))));
}

/* States */

/* The parameters of an empty state. */
typedef struct FirstParams
{
	FlowParams    params;
	unsigned char room[104];
} FirstParams;

/* An empty state that need not grow for so many counts. */
static KeyedCounts *
make_state(const FlowTerms *terms, uint32 expected)
{
	FirstParams first = {{*terms, 0, 0}, {0}};

	return keyed_counts_make(&flow_counts, &first, sizeof(first), expected);
}

/* Is it a state to which stages can be added? */
static inline bool
is_state(const KeyedCounts *counts)
{
	return keyed_counts_is_state(&flow_counts, counts) &&
	       counts->params_size >= sizeof(FlowParams) &&
	       PARAMS_OF(counts)->stages <= FLOW_STAGES_LIMIT &&
	       PARAMS_OF(counts)->used <= counts->params_size - sizeof(FlowParams) &&
	       has_room(PARAMS_OF(counts));
}

/* So few stages are looked through; where there are more, each has its note. */
#define STAGES_LOOKED_THROUGH 16

/* A note's key is the stage's hash, or the next free one; it says where the stage lies. */
#define NOTE_OF(offset, place) ((uint64) (offset) << 16 | (place))
#define NOTE_OFFSET(note) ((note) >> 16)
#define NOTE_PLACE(note) ((uint32) ((note) &0xffff))

/* The stage's note, and its key; 0 where there is none, and the key that it would have. */
static uint64
find_note(const KeyedCounts *state, StageView stage, uint64 *key)
{
	const unsigned char *end = state->params + state->params_size;
	uint64               note;

	*key = hash_bytes_extended(stage.bytes, stage.length, 0) | KEYED_COUNTS_NOTE;
	while ((note = keyed_counts_get(state, *key)) != 0)
	{
		const unsigned char *at = state->params + Min(NOTE_OFFSET(note), state->params_size);
		StageView            other;

		if (!stage_next(&at, end, &other) || NOTE_PLACE(note) >= PARAMS_OF(state)->stages)
			summary_refuse_value(&FLOW);
		if (stage_equal(other, stage))
			break;
		*key = (*key + 1) | KEYED_COUNTS_NOTE;
	}
	return note;
}

/* The place of a stage among those of the state; FLOW_STAGES_LIMIT where it is not there. */
static uint32
find_stage(const KeyedCounts *state, StageView stage)
{
	const FlowParams    *params = PARAMS_OF(state);
	const unsigned char *at = (const unsigned char *) (params + 1);
	StageView            other;
	uint64               note;
	uint64               key;

	if (params->stages > STAGES_LOOKED_THROUGH)
	{
		note = find_note(state, stage, &key);
		return note == 0 ? FLOW_STAGES_LIMIT : NOTE_PLACE(note);
	}
	for (uint32 place = 0; place < params->stages; place++)
	{
		if (!stage_next(&at, state->params + state->params_size, &other))
			summary_refuse_value(&FLOW);
		if (stage_equal(other, stage))
			return place;
	}
	return FLOW_STAGES_LIMIT;
}

/* Writes the notes of the stages from this place on, the first of which lies at the offset. */
static KeyedCounts *
put_notes(KeyedCounts *state, uint32 place, Size offset)
{
	for (; place < PARAMS_OF(state)->stages; place++)
	{
		const unsigned char *at = state->params + offset;
		StageView            stage;
		uint64               key;

		if (!stage_next(&at, state->params + state->params_size, &stage))
			summary_refuse_value(&FLOW);
		find_note(state, stage, &key);
		state = keyed_counts_count(&flow_counts, state, key, NOTE_OF(offset, place), true);
		offset += 1 + (Size) stage.length;
	}
	return state;
}

static pg_noinline KeyedCounts *
add_stage(KeyedCounts *state, StageView stage)
{
	FlowParams *params = PARAMS_OF(state);
	Size        offset = sizeof(FlowParams) + params->used;
	Size        end = offset + 1 + (Size) stage.length;

	if (params->stages == FLOW_STAGES_LIMIT)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("too many different stages for a flow"),
		                errdetail("At most %d are possible.", FLOW_STAGES_LIMIT)));
	if (end > state->params_size)
	{
		state = keyed_counts_grow(&flow_counts, state, MAXALIGN(2 * end), state->cells);
		params = PARAMS_OF(state);
	}
	stage_put(state->params + offset, stage);
	params->used += 1 + (uint32) stage.length;
	params->stages++;
	if (params->stages <= STAGES_LOOKED_THROUGH)
		return state;
	if (params->stages == STAGES_LOOKED_THROUGH + 1)
		return put_notes(state, 0, sizeof(FlowParams));
	return put_notes(state, params->stages - 1, offset);
}

static pg_noinline void
refuse_place_name(StageView stage)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("a stage of a flow cannot have the label \"%.*s\"",
	                       stage_key_label_length(stage), stage_key_label(stage)),
	                errdetail("Flows name so where journeys come from or go to."),
	                errhint("Give the stage another label in the journeys.")));
}

/* The state with the stage, behind the others where it was not there, and its place. */
static KeyedCounts *
place_stage(KeyedCounts *state, StageView stage, uint32 *place)
{
	*place = find_stage(state, stage);
	if (likely(*place < FLOW_STAGES_LIMIT))
		return state;
	if (is_place_name(stage))
		refuse_place_name(stage);
	*place = PARAMS_OF(state)->stages;
	return add_stage(state, stage);
}

/* What the shell wants */

/* A key with its stages in other places. */
static uint64
moved_key(uint64 key, const uint32 *place)
{
	uint64 name = KEYED_COUNTS_NAME(key);
	uint32 from = FLOW_FROM(name);
	uint32 to = FLOW_TO(name);

	if (from < FLOW_STAGES_LIMIT)
		from = place[from];
	if (to < FLOW_STAGES_LIMIT && FLOW_WHAT(name) != COUNT_STAGE)
		to = place[to];
	return KEYED_COUNTS_KEY(FLOW_NAME(FLOW_WHAT(name), from, to), KEYED_COUNTS_BUCKET(key));
}

static KeyedCounts *
merge_view(KeyedCounts *state, const FlowView *view, bool add)
{
	uint32 *place = palloc((view->stages + 1) * sizeof(uint32));

	for (uint32 i = 0; i < view->stages; i++)
		state = place_stage(state, view->stage[i], &place[i]);
	for (uint32 i = 0; i < view->n; i++)
		view->counts[i].key = moved_key(view->counts[i].key, place);
	return keyed_counts_merge(&flow_counts, state, view->counts, view->n, add);
}

static void *
flow_to_state(const void *value)
{
	FlowView view;

	read_value(value, &view);
	return merge_view(make_state(&view.terms, view.stages + view.n), &view, true);
}

static void *
flow_merge(void *state, const void *value, bool add)
{
	FlowView view;

	read_value(value, &view);
	return merge_view(is_state(state) ? state : flow_to_state(state), &view, add);
}

/* Marks the stages that journeys are counted at, and says how many there are. */
static uint32
mark_stages(const FlowView *view, uint32 *place)
{
	uint32 n = 0;

	for (uint32 i = 0; i < view->n; i++)
		if (FLOW_WHAT(KEYED_COUNTS_NAME(view->counts[i].key)) == COUNT_STAGE)
		{
			place[FLOW_FROM(KEYED_COUNTS_NAME(view->counts[i].key))] = 1;
			n++;
		}
	return n;
}

/* Is there a stage at which no journey is counted?  The canonical form would drop it. */
static bool
has_idle_stages(const void *value)
{
	FlowView view;

	read_value(value, &view);
	return mark_stages(&view, palloc0((view.stages + 1) * sizeof(uint32))) < view.stages;
}

/* Only the stages that some journey was in, in their order. */
static void *
flow_canonical(const void *state)
{
	FlowView       view;
	FlowParams     params = {.stages = 0};
	NumberedStage *order;
	uint32        *place;
	Size           size = sizeof(params);
	unsigned char *bytes;

	read_value(state, &view);
	order = palloc((view.stages + 1) * sizeof(NumberedStage));
	place = palloc0((view.stages + 1) * sizeof(uint32));
	bytes = palloc(size + view.stages * (1 + STAGE_KEY_LIMIT));
	mark_stages(&view, place);
	for (uint32 i = 0; i < view.stages; i++)
		if (place[i])
			order[params.stages++] = (NumberedStage){view.stage[i], i};
	stage_sort(order, params.stages);
	params.terms = view.terms;
	memcpy(bytes, &params, sizeof(params));
	for (uint32 i = 0; i < params.stages; i++)
	{
		place[order[i].number] = i;
		size = (Size) (stage_put(bytes + size, order[i].stage) - bytes);
	}
	for (uint32 i = 0; i < view.n; i++)
		view.counts[i].key = moved_key(view.counts[i].key, place);
	return keyed_counts_canonical(&flow_counts, bytes, size, view.counts, view.n);
}

/* Counting */

static inline KeyedCounts *
count_one(KeyedCounts *state, uint64 name, int bucket, bool add)
{
	return keyed_counts_count(&flow_counts, state, KEYED_COUNTS_KEY(name, bucket), 1, add);
}

#define ST_SORT sort_names
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* A journey's events may be the same transition again and again. */
#define MOST_EXPECTED 40

/* The state with one journey more, or one less; a new one where it is NULL. */
static KeyedCounts *
count_events(KeyedCounts *state, const FlowTerms *terms, const Journey *journey, bool add)
{
	JourneyCursor cursor = journey_cursor(journey);
	FirstParams   first = {{*terms, 0, 0}, {0}};
	JourneyEvent  event;
	TimestampTz   before = 0;
	uint32        from = FLOW_START;
	uint32       *place; /* of the journey's stages, once they are visited */
	uint64       *pairs;
	uint32        n_pairs = 0;
	bool          ongoing;

	/* what counts nothing changes nothing, whatever its terms */
	if (!journey_next(&cursor, &event) || event.time > terms->as_of)
		return state ? state : make_state(terms, 0);
	if (state != NULL && !is_state(state))
		state = flow_to_state(state);
	state = keyed_counts_prepare(&flow_counts, state, &first, sizeof(first),
	                             Min(2 * (journey->stages + journey->events), MOST_EXPECTED));
	place = palloc((journey->stages + 1) * sizeof(uint32));
	memset(place, 0xff, (journey->stages + 1) * sizeof(uint32));
	pairs = palloc_extended((journey->events + 1) * sizeof(uint64), MCXT_ALLOC_HUGE);

	do
	{
		uint32 to = place[event.stage];
		int    bucket = 0;

		if (to >= FLOW_STAGES_LIMIT)
		{
			state = place_stage(state, journey->stage[event.stage], &to);
			state = count_one(state, FLOW_NAME(COUNT_STAGE, to, 0), 0, add);
			place[event.stage] = to;
		}
		if (from != FLOW_START)
		{
			uint64 elapsed = (uint64) event.time - (uint64) before;

			bucket = cxm_log_bucket(Min(elapsed, (uint64) PG_INT64_MAX));
			pairs[n_pairs++] = FLOW_NAME(COUNT_PAIR, from, to);
		}
		state = count_one(state, FLOW_NAME(COUNT_TRANSITION, from, to), bucket, add);
		from = to;
		before = event.time;
	} while (journey_next(&cursor, &event) && event.time <= terms->as_of);

	ongoing = terms->as_of != DT_NOEND && (uint64) terms->as_of - (uint64) before < terms->idle;
	state = count_one(state, FLOW_NAME(COUNT_TRANSITION, from, ongoing ? FLOW_ONGOING : FLOW_END),
	                  0, add);
	sort_names(pairs, n_pairs);
	for (uint32 i = 0; i < n_pairs; i++)
		if (i == 0 || pairs[i] != pairs[i - 1])
			state = count_one(state, pairs[i], 0, add);
	pfree(pairs);
	pfree(place);
	return state;
}

/* Views */

static void
add_to(uint64 *sum, uint64 count)
{
	if (pg_add_u64_overflow(*sum, count, sum) || *sum > PG_INT64_MAX)
		summary_refuse_overflow("count of journeys");
}

static void
add_transition(FlowView *view, KeyedCount *count)
{
	uint64 name = KEYED_COUNTS_NAME(count->key);
	Flow  *flow = view->flows > 0 ? &view->flow[view->flows - 1] : NULL;

	if (flow == NULL || flow->from != FLOW_FROM(name) || flow->to != FLOW_TO(name))
	{
		flow = &view->flow[view->flows++];
		*flow = (Flow){FLOW_FROM(name), FLOW_TO(name), 0, 0, count, 0};
	}
	flow->n++;
	add_to(&flow->transitions, count->count);
	if (flow->from != FLOW_START)
		add_to(&view->left[flow->from], count->count);
	if (flow->to < FLOW_STAGES_LIMIT)
		add_to(&view->visits[flow->to], count->count);
	if (flow->from == FLOW_START || flow->to >= FLOW_STAGES_LIMIT)
		flow->journeys = flow->transitions;
}

static void
flow_view(const void *value, FlowView *view)
{
	uint32 nth = 0;

	if (read_value(value, view))
		read_value(flow_canonical(value), view);
	view->flow = palloc_extended(((Size) view->n + 1) * sizeof(Flow), MCXT_ALLOC_HUGE);
	view->flows = 0;
	view->journeys = palloc0((view->stages + 1) * sizeof(uint64));
	view->visits = palloc0((view->stages + 1) * sizeof(uint64));
	view->left = palloc0((view->stages + 1) * sizeof(uint64));

	/* the transitions come first, then the pairs in the same order, then the stages */
	for (uint32 i = 0; i < view->n; i++)
	{
		uint64 name = KEYED_COUNTS_NAME(view->counts[i].key);

		check_interrupts(i);
		if (FLOW_WHAT(name) == COUNT_TRANSITION)
			add_transition(view, &view->counts[i]);
		else if (FLOW_WHAT(name) == COUNT_PAIR)
		{
			while (nth < view->flows &&
			       (view->flow[nth].from != FLOW_FROM(name) || view->flow[nth].to != FLOW_TO(name)))
				nth++;
			if (nth < view->flows)
				view->flow[nth].journeys = view->counts[i].count;
		}
		else
			view->journeys[FLOW_FROM(name)] = view->counts[i].count;
	}
}

/* Every stage is left as often as it is entered, by no fewer transitions than journeys. */
static bool
is_sound(const FlowView *view)
{
	for (uint32 i = 0; i < view->stages; i++)
		if (view->visits[i] != view->left[i] || view->journeys[i] == 0 ||
		    view->journeys[i] > view->visits[i])
			return false;
	for (uint32 i = 0; i < view->flows; i++)
	{
		const Flow *flow = &view->flow[i];

		if (flow->journeys == 0 || flow->journeys > flow->transitions ||
		    (flow->to == FLOW_ONGOING && view->terms.as_of == DT_NOEND))
			return false;
	}
	return true;
}

/* Transitions */

/* One journey more, or one less: (state, journey), as_of and idle where the aggregate has them. */
static Datum
count_journey(FunctionCallInfo fcinfo, bool has_as_of, bool add)
{
	KeyedCounts *state = summary_state_arg(fcinfo);
	FlowTerms    terms = {DT_NOEND, 0};
	Journey      journey;

	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	if (has_as_of)
	{
		terms.as_of = as_of_arg(fcinfo, 2);
		terms.idle = cxm_exact_microseconds(DatumGetIntervalP(cxm_required_arg(fcinfo, 3, "idle")),
		                                    "idle time");
	}
	journey = journey_look(SUMMARY_ARG(1));
	PG_RETURN_POINTER(count_events(state, &terms, &journey, add));
}

SUMMARY_TRANSITIONS(flow, count_journey(fcinfo, false, add))
SUMMARY_TRANSITIONS(flow_as_of, count_journey(fcinfo, true, add))

/*
 * Text: {"as_of": "2025-01-31T00:00:00Z", "idle_microseconds": 3600000000, "stages":
 * [{"stage": "trial", "journeys": 2}, ...], "flows": [{"from": "trial", "to": "purchase",
 * "journeys": 2, "times": {"59768832": 2}}, {"from": "purchase", "journeys": 1},
 * {"from": "trial", "ongoing": 1}, {"to": "trial", "journeys": 2}]}.  A flow without from is the
 * start of journeys, one without to their end.
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
	if (view.terms.as_of != DT_NOEND)
		appendStringInfo(&text, "\"as_of\": \"%s\", \"idle_microseconds\": " UINT64_FORMAT ", ",
		                 as_of_text(view.terms.as_of), view.terms.idle);
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
	if (is_place_name(stage_view(&stage)))
		return summary_refuse_text(&FLOW, escontext, "No stage can have the label \"%s\".", text);
	if (flow->stages == FLOW_STAGES_LIMIT)
		return summary_refuse_text(&FLOW, escontext, "There are more than %d stages.",
		                           FLOW_STAGES_LIMIT);
	flow->state = place_stage(flow->state, stage_view(&stage), &place);
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
	*place = find_stage(draft->state, stage_view(&stage));
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

/* The value of a state that was read; or NULL, and what is wrong with it. */
static void *
checked(KeyedCounts *state, const char **detail)
{
	void    *value;
	FlowView view;

	*detail = "A stage has no journeys.";
	if (has_idle_stages(state))
		return NULL;
	*detail = "The counts do not fit each other.";
	value = flow_canonical(state);
	flow_view(value, &view);
	return is_sound(&view) ? value : NULL;
}

static const char *const FIELDS[] = {"as_of", "idle_microseconds", "stages", "flows"};

static void *
flow_read(JsonbValue **fields, Node *escontext)
{
	FlowTerms   terms = {DT_NOEND, 0};
	FlowDraft   draft = {NULL, 0};
	const char *detail;
	void       *value;

	if (!as_of_read(&FLOW, fields[0], escontext, &terms.as_of) ||
	    !cxm_json_count(fields[1], FIELDS[1], TYPE_NAME, escontext, &terms.idle))
		return NULL;
	if ((fields[0] == NULL) != (fields[1] == NULL))
		return summary_refuse_text(&FLOW, escontext, "The field \"%s\" is missing.",
		                           FIELDS[fields[0] != NULL]);
	draft.state = make_state(&terms, 0);
	if (!cxm_json_each(fields[2], FIELDS[2], TYPE_NAME, escontext, read_stage_count, &draft) ||
	    !cxm_json_each(fields[3], FIELDS[3], TYPE_NAME, escontext, read_flow, &draft))
		return NULL;
	value = checked(draft.state, &detail);
	return value != NULL ? value : summary_refuse_text(&FLOW, escontext, "%s", detail);
}

/* Binary: as_of, idle time; the stages, by rank and label; the counts, each behind its key. */
static void
flow_send(StringInfo buffer, const void *value)
{
	FlowView view;

	flow_view(value, &view);
	pq_sendint64(buffer, view.terms.as_of);
	pq_sendint64(buffer, view.terms.idle);
	pq_sendint32(buffer, view.stages);
	for (uint32 i = 0; i < view.stages; i++)
		stage_send(buffer, view.stage[i]);
	keyed_counts_send(buffer, view.counts, view.n);
}

static void *
flow_receive(StringInfo buffer)
{
	FlowTerms    terms;
	uint32       n;
	KeyedCounts *state;
	void        *value;
	const char  *detail;

	terms.as_of = as_of_receive(&FLOW, buffer);
	terms.idle = (uint64) pq_getmsgint64(buffer);
	n = pq_getmsgint(buffer, 4);
	if (terms.idle > PG_INT64_MAX || (terms.as_of == DT_NOEND && terms.idle != 0))
		summary_refuse_binary(&FLOW, "The idle time is impossible.");
	if (n > FLOW_STAGES_LIMIT)
		summary_refuse_binary(&FLOW, "There are too many stages.");
	state = make_state(&terms, 0);
	for (uint32 i = 0; i < n; i++)
	{
		StageView stage = stage_receive(&FLOW, buffer);
		uint32    place;

		if (is_place_name(stage))
			summary_refuse_binary(&FLOW, "A stage has a label that none can have.");
		state = place_stage(state, stage, &place);
		if (place != i)
			summary_refuse_binary(&FLOW, "A stage comes twice.");
	}
	value = checked(keyed_counts_receive(&flow_counts, buffer, state, n), &detail);
	if (value == NULL)
		summary_refuse_binary(&FLOW, detail);
	return value;
}

static const SummaryType FLOW = {
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
	return PointerGetDatum(place >= FLOW_ONGOING ? cstring_to_text(place_names[FLOW_START - place])
	                                             : stage_label(view->stage[place]));
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
