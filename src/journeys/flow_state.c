/*
 * flow_state.c
 *		The bytes of a flow_summary: from which stage to which journeys go, how often and how fast.
 */
#include "postgres.h"

#include "common/hashfn.h"

#include "journeys/flow_state.h"
#include "journeys/moments.h"

/*
 * The parameters: this; the calendar, where idle has WITH_CALENDAR; and the stages, each a byte of
 * length and its key; in their order once the value has left an aggregate.
 *
 * In a state there is room for more stages behind them, and where these are many a note says where
 * each of them is: a journey costs what its own stages cost, however many others there are.
 */
typedef struct FlowParams
{
	TimestampTz as_of;
	uint64      idle;
	uint32      stages;
	uint32      used; /* in a state: the size of the calendar and the stages */
} FlowParams;

#define WITH_CALENDAR (UINT64CONST(1) << 63)

#define PARAMS_OF(state) ((FlowParams *) (state)->params)

/* Are a state's parameters such?  1.0.0 made others. */
static inline bool
has_room(const FlowParams *params)
{
	return params->used != 0 || params->stages == 0;
}

const char *const flow_place_names[] = {"(start)", "(end)", "(ongoing)"};

/* A stage with one of these labels could not be told from them. */
bool
flow_is_place_name(StageView stage)
{
	for (int i = 0; i < (int) lengthof(flow_place_names); i++)
		if (stage_is(stage, flow_place_names[i], (int) strlen(flow_place_names[i])))
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

static bool same_terms(const void *a, Size a_size, const void *b, Size b_size);

const KeyedCountsType flow_counts = {&FLOW, "journeys", key_is_sound, same_terms};

bool
flow_is_empty(const void *state)
{
	return keyed_counts_is_empty(&flow_counts, state);
}

bool
flow_same_terms(const void *a, const void *b)
{
	return keyed_counts_same_terms(&flow_counts, a, b);
}

/* Values and states; no byte of them is trusted */

/* The head of parameters, the terms in them, and where the stages begin. */
static FlowParams
read_params(const unsigned char *params, Size size, FlowTerms *terms, const unsigned char **stages)
{
	FlowParams head;

	if (size < sizeof(head))
		summary_refuse_value(&FLOW);
	memcpy(&head, params, sizeof(head));
	*stages = params + sizeof(head);
	*terms = (FlowTerms){.as_of = head.as_of, .idle = head.idle & ~WITH_CALENDAR};
	if (head.stages > FLOW_STAGES_LIMIT || !as_of_is_valid(head.as_of) ||
	    ((head.idle & WITH_CALENDAR) != 0 &&
	     !journey_clock_take(stages, params + size, &terms->clock)))
		summary_refuse_value(&FLOW);
	return head;
}

/* Terms, stages and counts; true when it is a state's. */
static bool
read_value(const void *value, FlowView *view)
{
	KeyedCountsCursor    cursor = keyed_counts_open(&flow_counts, value);
	const unsigned char *at;
	const unsigned char *end = cursor.params + cursor.params_size;
	FlowParams           params = read_params(cursor.params, cursor.params_size, &view->terms, &at);

	if (cursor.is_state && has_room(&params))
	{
		const unsigned char *behind = cursor.params + sizeof(params);

		if (params.used > (size_t) (end - behind) || params.used < (size_t) (at - behind))
			summary_refuse_value(&FLOW);
		end = behind + params.used;
	}
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

/* Terms */

static bool
same_terms(const void *a, Size a_size, const void *b, Size b_size)
{
	const unsigned char *stages;
	FlowTerms            one;
	FlowTerms            other;

	read_params(a, a_size, &one, &stages);
	read_params(b, b_size, &other, &stages);
	return one.as_of == other.as_of && one.idle == other.idle &&
	       journey_clock_same(&one.clock, &other.clock);
}

void
flow_print_terms(StringInfo text, const FlowTerms *terms)
{
	if (terms->as_of != DT_NOEND)
		appendStringInfo(text, "\"as_of\": \"%s\", \"idle_microseconds\": " UINT64_FORMAT ", ",
		                 as_of_text(terms->as_of), terms->idle);
	if (terms->clock.calendar != NULL)
	{
		journey_clock_print(text, &terms->clock);
		appendStringInfoString(text, ", ");
	}
}

/* The same as an object by itself, which says that there is no as_of. */
static const char *
terms_text(const void *value)
{
	KeyedCountsCursor    cursor = keyed_counts_open(&flow_counts, value);
	const unsigned char *stages;
	FlowTerms            terms;
	StringInfoData       text;

	read_params(cursor.params, cursor.params_size, &terms, &stages);
	initStringInfo(&text);
	if (terms.as_of == DT_NOEND)
		appendStringInfoString(&text, "\"as_of\": null, ");
	flow_print_terms(&text, &terms);
	return psprintf("{%.*s}", text.len - 2, text.data);
}

void
flow_refuse_mixture(const void *a, const void *b)
{
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	         errmsg("cannot combine flows as of different times, with different idle times or by "
	                "different calendars"),
	         errdetail("One is %s, the other %s.", terms_text(a), terms_text(b))));
}

/* States */

/* The parameters of an empty state without a calendar. */
typedef struct FirstParams
{
	FlowParams    head;
	unsigned char room[104];
} FirstParams;

/* Those of any empty state: these, or others that are palloc'd. */
static const void *
first_params(const FlowTerms *terms, FirstParams *first, Size *size)
{
	Size           calendar = journey_clock_size(&terms->clock);
	unsigned char *bytes;

	*first = (FirstParams){{terms->as_of, terms->idle, 0, 0}, {0}};
	*size = sizeof(*first);
	if (likely(calendar == 0))
		return first;
	first->head.idle |= WITH_CALENDAR;
	first->head.used = (uint32) calendar;
	*size = MAXALIGN(sizeof(*first) + calendar);
	bytes = palloc0(*size);
	memcpy(bytes, &first->head, sizeof(first->head));
	journey_clock_put(bytes + sizeof(first->head), &terms->clock);
	return bytes;
}

KeyedCounts *
flow_make(const FlowTerms *terms, uint32 expected)
{
	FirstParams first;
	Size        size;
	const void *params = first_params(terms, &first, &size);

	return keyed_counts_make(&flow_counts, params, size, expected);
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

/* Where the stages of a state begin. */
static inline const unsigned char *
stages_of(const KeyedCounts *state)
{
	const unsigned char *at = state->params + sizeof(FlowParams);
	JourneyClock         clock;

	if (unlikely((PARAMS_OF(state)->idle & WITH_CALENDAR) != 0) &&
	    !journey_clock_take(&at, state->params + state->params_size, &clock))
		summary_refuse_value(&FLOW);
	return at;
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
uint32
flow_find_stage(const KeyedCounts *state, StageView stage)
{
	const FlowParams    *params = PARAMS_OF(state);
	const unsigned char *at = stages_of(state);
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
		return put_notes(state, 0, (Size) (stages_of(state) - state->params));
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
KeyedCounts *
flow_place_stage(KeyedCounts *state, StageView stage, uint32 *place)
{
	*place = flow_find_stage(state, stage);
	if (likely(*place < FLOW_STAGES_LIMIT))
		return state;
	if (flow_is_place_name(stage))
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
		state = flow_place_stage(state, view->stage[i], &place[i]);
	for (uint32 i = 0; i < view->n; i++)
		view->counts[i].key = moved_key(view->counts[i].key, place);
	return keyed_counts_merge(&flow_counts, state, view->counts, view->n, add);
}

void *
flow_to_state(const void *value)
{
	FlowView view;

	read_value(value, &view);
	return merge_view(flow_make(&view.terms, view.stages + view.n), &view, true);
}

void *
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
void *
flow_canonical(const void *state)
{
	FlowView       view;
	FlowParams     params = {.stages = 0};
	NumberedStage *order;
	uint32        *place;
	unsigned char *bytes;
	unsigned char *at;

	read_value(state, &view);
	order = palloc((view.stages + 1) * sizeof(NumberedStage));
	place = palloc0((view.stages + 1) * sizeof(uint32));
	bytes = palloc(sizeof(params) + journey_clock_size(&view.terms.clock) +
	               view.stages * (1 + STAGE_KEY_LIMIT));
	mark_stages(&view, place);
	for (uint32 i = 0; i < view.stages; i++)
		if (place[i])
			order[params.stages++] = (NumberedStage){view.stage[i], i};
	stage_sort(order, params.stages);
	params.as_of = view.terms.as_of;
	params.idle = view.terms.idle | (view.terms.clock.calendar != NULL ? WITH_CALENDAR : 0);
	memcpy(bytes, &params, sizeof(params));
	at = journey_clock_put(bytes + sizeof(params), &view.terms.clock);
	for (uint32 i = 0; i < params.stages; i++)
	{
		place[order[i].number] = i;
		at = stage_put(at, order[i].stage);
	}
	for (uint32 i = 0; i < view.n; i++)
		view.counts[i].key = moved_key(view.counts[i].key, place);
	return keyed_counts_canonical(&flow_counts, bytes, (Size) (at - bytes), view.counts, view.n);
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
KeyedCounts *
flow_count_journey(KeyedCounts *state, const FlowTerms *terms, const Journey *journey, bool add)
{
	JourneyCursor cursor = journey_cursor(journey);
	FirstParams   first;
	const void   *params;
	Size          size;
	JourneyEvent  event;
	TimestampTz   last;
	int64         before = 0;
	uint32        from = FLOW_START;
	uint32       *place; /* of the journey's stages, once they are visited */
	uint64       *pairs;
	uint32        n_pairs = 0;
	bool          ongoing;

	/* what counts nothing changes nothing, whatever its terms */
	if (!journey_next(&cursor, &event) || event.time > terms->as_of)
		return state ? state : flow_make(terms, 0);
	if (state != NULL && !is_state(state))
		state = flow_to_state(state);
	params = first_params(terms, &first, &size);
	state = keyed_counts_prepare(&flow_counts, state, params, size,
	                             Min(2 * (journey->stages + journey->events), MOST_EXPECTED));
	place = palloc((journey->stages + 1) * sizeof(uint32));
	memset(place, 0xff, (journey->stages + 1) * sizeof(uint32));
	pairs = palloc_extended((journey->events + 1) * sizeof(uint64), MCXT_ALLOC_HUGE);

	do
	{
		uint32 to = place[event.stage];
		int64  now = journey_clock_time(&terms->clock, event.time);
		int    bucket = 0;

		if (to >= FLOW_STAGES_LIMIT)
		{
			state = flow_place_stage(state, journey->stage[event.stage], &to);
			state = count_one(state, FLOW_NAME(COUNT_STAGE, to, 0), 0, add);
			place[event.stage] = to;
		}
		if (from != FLOW_START)
		{
			uint64 elapsed = (uint64) now - (uint64) before;

			bucket = cxm_log_bucket(Min(elapsed, (uint64) PG_INT64_MAX));
			pairs[n_pairs++] = FLOW_NAME(COUNT_PAIR, from, to);
		}
		state = count_one(state, FLOW_NAME(COUNT_TRANSITION, from, to), bucket, add);
		from = to;
		before = now;
		last = event.time;
	} while (journey_next(&cursor, &event) && event.time <= terms->as_of);

	ongoing = terms->as_of != DT_NOEND && (uint64) terms->as_of - (uint64) last < terms->idle;
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

void
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
/* The value of a state that was read; or NULL, and what is wrong with it. */
void *
flow_checked(const KeyedCounts *state, const char **detail)
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
