/*
 * flow_summary.c
 *		The ways that journeys take: from which stage to which, how often and how fast.
 *
 * A tally whose parameters are FlowParams and the stages behind it, each a byte of length and its
 * key, in their order once the value has left an aggregate.  Names of keys: what is counted, and
 * from which stage to which.
 */
#include "postgres.h"

#include "common/int.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/tuplestore.h"

#include "core/log_histogram.h"
#include "funnel_steps.h"
#include "tally.h"

#define TYPE_NAME "flow_summary"

static const SummaryType flow_type;

typedef struct FlowParams
{
	int64  as_of; /* DT_NOEND: there is none */
	uint64 idle;
	uint32 stages;
	uint32 unused;
} FlowParams;

typedef enum FlowCount
{
	COUNT_TRANSITION, /* in buckets of the time from the one event to the other */
	COUNT_PAIR,       /* journeys with such a transition */
	COUNT_STAGE,      /* journeys that were in the stage */
} FlowCount;

/* Where a journey comes from and where it goes to. */
#define FLOW_START 0xffff
#define FLOW_END 0xfffe
#define FLOW_ONGOING 0xfffd
#define STAGES_LIMIT 4096

static const char *const place_names[] = {"(start)", "(end)", "(ongoing)"};
#define PLACE_NAME(place) place_names[FLOW_START - (place)]

#define NAME_OF(what, from, to) ((uint64) (what) << 32 | (uint64) (from) << 16 | (uint64) (to))
#define NAME_WHAT(name) ((FlowCount) ((name) >> 32))
#define NAME_FROM(name) ((uint32) ((name) >> 16 & 0xffff))
#define NAME_TO(name) ((uint32) ((name) &0xffff))

/* The parameters of a value, the stages where they lie in it. */
typedef struct FlowHead
{
	FlowParams params;
	StageView *stage;
} FlowHead;

static FlowHead
read_head(const unsigned char *params, Size size)
{
	FlowHead             head;
	const unsigned char *at = params + sizeof(FlowParams);
	const unsigned char *end = params + size;

	if (size < sizeof(FlowParams))
		summary_refuse_value(&flow_type);
	memcpy(&head.params, params, sizeof(FlowParams));
	if (head.params.stages > STAGES_LIMIT)
		summary_refuse_value(&flow_type);
	head.stage = palloc((head.params.stages + 1) * sizeof(StageView));
	for (uint32 i = 0; i < head.params.stages; i++)
	{
		if (at >= end || end - at - 1 < *at || *at <= STAGE_RANK_SIZE || *at > STAGE_KEY_LIMIT)
			summary_refuse_value(&flow_type);
		head.stage[i] = (StageView){*at, at + 1};
		at += 1 + *at;
	}
	if (at != end)
		summary_refuse_value(&flow_type);
	return head;
}

static unsigned char *
make_params(int64 as_of, uint64 idle, const StageView *stages, uint32 n, Size *size)
{
	FlowParams     head = {as_of, idle, n, 0};
	unsigned char *params;
	unsigned char *at;

	*size = sizeof(head);
	for (uint32 i = 0; i < n; i++)
		*size += 1 + stages[i].length;
	params = palloc(*size);
	memcpy(params, &head, sizeof(head));
	at = params + sizeof(head);
	for (uint32 i = 0; i < n; i++)
	{
		*at++ = (unsigned char) stages[i].length;
		memcpy(at, stages[i].bytes, stages[i].length);
		at += stages[i].length;
	}
	return params;
}

/* A flow has its stages in [0, stages), a start before and an end or none yet behind them. */
static bool
key_is_sound(uint64 key, uint32 stages)
{
	uint64 name = TALLY_NAME(key);
	int    bucket = TALLY_BUCKET(key);
	bool   from_start = NAME_FROM(name) == FLOW_START;
	bool   to_end = NAME_TO(name) == FLOW_END || NAME_TO(name) == FLOW_ONGOING;

	switch (name >> 32)
	{
		case COUNT_TRANSITION:
			if (from_start || to_end)
				return bucket == 0 && (from_start || NAME_FROM(name) < stages) &&
				       (to_end || NAME_TO(name) < stages) && !(from_start && to_end);
			return bucket < CXM_LOG_BUCKETS && NAME_FROM(name) < stages && NAME_TO(name) < stages;
		case COUNT_PAIR:
			return bucket == 0 && NAME_FROM(name) < stages && NAME_TO(name) < stages;
		case COUNT_STAGE:
			return bucket == 0 && NAME_FROM(name) < stages && NAME_TO(name) == 0;
		default:
			return false;
	}
}

static TallyCell *
read_cells(const void *value, uint32 stages, uint32 *n)
{
	TallyCell *cells = tally_cells(&flow_type, value, n);

	for (uint32 i = 0; i < *n; i++)
	{
		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (!key_is_sound(cells[i].key, stages))
			summary_refuse_value(&flow_type);
	}
	return cells;
}

static pg_noinline void
refuse_mixture(const FlowParams *a, const FlowParams *b)
{
	char times[2][JOURNEY_TIME_TEXT] = {"none", "none"};

	if (a->as_of != DT_NOEND)
		journey_print_time(a->as_of, times[0]);
	if (b->as_of != DT_NOEND)
		journey_print_time(b->as_of, times[1]);
	ereport(
	    ERROR,
	    (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	     errmsg("cannot combine flows as of different times or with different idle times"),
	     errdetail("One is as of %s, idle for " UINT64_FORMAT
	               " microseconds; the other as of %s, idle for " UINT64_FORMAT " microseconds.",
	               times[0], a->idle, times[1], b->idle)));
}

/* A stage with one of these labels could not be told from where journeys come from or go to. */
static bool
is_place_name(StageView stage)
{
	for (int i = 0; i < (int) lengthof(place_names); i++)
		if (journey_stage_is(stage, place_names[i], (int) strlen(place_names[i])))
			return true;
	return false;
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

/* The state for these parameters with all of these stages; place says where each of them is. */
static Tally *
prepare_state(Tally *state, int64 as_of, uint64 idle, const StageView *stages, uint32 n,
              uint32 *place)
{
	FlowHead       head;
	FlowParams     wanted = {as_of, idle, 0, 0};
	StageView     *all;
	uint32         n_all;
	unsigned char *params;
	Size           size;

	/* somebody's own aggregate may begin with a value */
	if (state != NULL && !tally_is_state(state))
		state = flow_type.to_state(state);
	if (state != NULL)
	{
		head = read_head(state->params, state->params_size);
		if (head.params.as_of != as_of || head.params.idle != idle)
		{
			if (!tally_is_empty(state))
				refuse_mixture(&head.params, &wanted);
			state = NULL;
		}
	}
	n_all = state ? head.params.stages : 0;
	all = palloc((n_all + n + 1) * sizeof(StageView));
	if (n_all > 0)
		memcpy(all, head.stage, n_all * sizeof(StageView));
	for (uint32 i = 0; i < n; i++)
	{
		for (place[i] = 0; place[i] < n_all && !stage_equal(all[place[i]], stages[i]); place[i]++)
			;
		if (place[i] < n_all)
			continue;
		if (is_place_name(stages[i]))
			refuse_place_name(stages[i]);
		if (n_all == STAGES_LIMIT)
			ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			                errmsg("too many different stages for a flow"),
			                errdetail("At most %d are possible.", STAGES_LIMIT)));
		all[n_all++] = stages[i];
	}
	if (state != NULL && n_all == head.params.stages)
		return state;
	params = make_params(as_of, idle, all, n_all, &size);
	return state ? tally_with_params(state, params, size) : tally_make(params, size);
}

/*
 * One journey more, or one less: (state, journey), as_of and idle where the aggregate has them.
 */

#define ST_SORT sort_names
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

static Datum
count_journey(FunctionCallInfo fcinfo, bool has_as_of, bool add)
{
	Tally        *state = summary_state_arg(fcinfo);
	TimestampTz   as_of = DT_NOEND;
	uint64        idle = 0;
	Journey       journey;
	JourneyCursor cursor;
	JourneyEvent  event;
	TimestampTz   before = 0;
	uint32        from = FLOW_START;
	uint32       *place;
	bool         *visited;
	uint64       *pairs;
	uint32        n_pairs = 0;

	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	if (has_as_of)
	{
		if (PG_ARGISNULL(2) || PG_ARGISNULL(3))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			                errmsg("as_of and idle must not be null")));
		as_of = journey_time_arg(fcinfo, 2, "as_of");
		idle = funnel_within_arg(fcinfo, 3);
	}
	journey = journey_arg(fcinfo, 1);
	place = palloc((journey.stages + 1) * sizeof(uint32));
	state = prepare_state(state, as_of, idle, journey.stage, journey.stages, place);
	visited = palloc0(journey.stages + 1);
	pairs = palloc_extended((journey.events + 1) * sizeof(uint64), MCXT_ALLOC_HUGE);

	cursor = journey_cursor(&journey);
	while (journey_next(&cursor, &event) && event.time <= as_of)
	{
		uint32 to = place[event.stage];
		int    bucket = 0;

		if (from != FLOW_START)
		{
			uint64 elapsed = (uint64) event.time - (uint64) before;

			bucket = cxm_log_bucket(Min(elapsed, (uint64) PG_INT64_MAX));
			pairs[n_pairs++] = NAME_OF(COUNT_PAIR, from, to);
		}
		state = tally_count(
		    state, NAME_OF(COUNT_TRANSITION, from, to) << TALLY_BUCKET_BITS | (uint64) bucket, 1,
		    add);
		if (!visited[event.stage])
			state = tally_count(state, NAME_OF(COUNT_STAGE, to, 0) << TALLY_BUCKET_BITS, 1, add);
		visited[event.stage] = true;
		from = to;
		before = event.time;
	}
	if (from != FLOW_START)
	{
		bool ongoing = has_as_of && (uint64) as_of - (uint64) before < idle;

		state = tally_count(state,
		                    NAME_OF(COUNT_TRANSITION, from, ongoing ? FLOW_ONGOING : FLOW_END)
		                        << TALLY_BUCKET_BITS,
		                    1, add);
	}
	sort_names(pairs, n_pairs);
	for (uint32 i = 0; i < n_pairs; i++)
		if (i == 0 || pairs[i] != pairs[i - 1])
			state = tally_count(state, pairs[i] << TALLY_BUCKET_BITS, 1, add);
	PG_RETURN_POINTER(state);
}

SUMMARY_FUNCTION(flow_transition, count_journey(fcinfo, false, true))
SUMMARY_FUNCTION(flow_inverse, count_journey(fcinfo, false, false))
SUMMARY_FUNCTION(flow_as_of_transition, count_journey(fcinfo, true, true))
SUMMARY_FUNCTION(flow_as_of_inverse, count_journey(fcinfo, true, false))

/* A key with its stages in other places. */
static uint64
moved_key(uint64 key, const uint32 *place)
{
	uint64 name = TALLY_NAME(key);
	uint32 from = NAME_FROM(name);
	uint32 to = NAME_TO(name);

	if (from < STAGES_LIMIT)
		from = place[from];
	if (to < STAGES_LIMIT && NAME_WHAT(name) != COUNT_STAGE)
		to = place[to];
	return NAME_OF(NAME_WHAT(name), from, to) << TALLY_BUCKET_BITS | (uint64) TALLY_BUCKET(key);
}

/*
 * What this type does like all others
 */

static void *
merge(void *state, const void *value, bool add)
{
	TallyCursor cursor = tally_cursor(&flow_type, value);
	FlowHead    head = read_head(cursor.params, cursor.params_size);
	uint32     *place = palloc((head.params.stages + 1) * sizeof(uint32));
	TallyCell  *cells;
	uint32      n;

	cells = read_cells(value, head.params.stages, &n);
	/* nothing changes nothing, whatever time it is of */
	if (n == 0 && state != NULL)
		return state;
	state = prepare_state(state, head.params.as_of, head.params.idle, head.stage,
	                      head.params.stages, place);
	for (uint32 i = 0; i < n; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		state = tally_count(state, moved_key(cells[i].key, place), cells[i].count, add);
	}
	return state;
}

static void *
to_state(const void *value)
{
	return merge(NULL, value, true);
}

/* Only the stages that some journey was in, in their order. */
static void *
canonical(const void *state)
{
	const Tally   *tally = state;
	FlowHead       head = read_head(tally->params, tally->params_size);
	uint32         n;
	TallyCell     *cells = read_cells(state, head.params.stages, &n);
	NumberedStage *order = palloc((head.params.stages + 1) * sizeof(NumberedStage));
	uint32        *place = palloc0((head.params.stages + 1) * sizeof(uint32));
	uint32         used = 0;
	void          *params;
	Size           size;

	for (uint32 i = 0; i < n; i++)
		if (NAME_WHAT(TALLY_NAME(cells[i].key)) == COUNT_STAGE)
			place[NAME_FROM(TALLY_NAME(cells[i].key))] = 1;
	for (uint32 i = 0; i < head.params.stages; i++)
		if (place[i])
			order[used++] = (NumberedStage){head.stage[i], i};
	stage_sort(order, used);
	for (uint32 i = 0; i < used; i++)
		place[order[i].number] = i;
	for (uint32 i = 0; i < n; i++)
		cells[i].key = moved_key(cells[i].key, place);
	for (uint32 i = 0; i < used; i++)
		head.stage[i] = order[i].stage;
	params = make_params(head.params.as_of, head.params.idle, head.stage, used, &size);
	return tally_canonical(&flow_type, params, size, cells, n);
}

/*
 * How readings look at a value: flows in the order of their stages, each with its cells.
 */
typedef struct Flow
{
	uint32     from;
	uint32     to;
	uint64     transitions;
	uint64     journeys;
	TallyCell *cells;
	uint32     n;
} Flow;

typedef struct FlowView
{
	FlowHead head;
	Flow    *flow;
	uint32   flows;
	uint64  *journeys; /* by stage */
	uint64  *visits;   /* by stage: how many came in */
	uint64  *left;     /* by stage: how many came out */
} FlowView;

static void
add_to(uint64 *sum, uint64 count)
{
	if (pg_add_u64_overflow(*sum, count, sum) || *sum > PG_INT64_MAX)
		summary_refuse_overflow("count of journeys");
}

static void
view_flow(const void *value, FlowView *view)
{
	TallyCursor cursor = tally_cursor(&flow_type, value);
	TallyCell  *cells;
	uint32      n;
	uint32      nth = 0;

	if (cursor.is_state)
	{
		view_flow(canonical(to_state(value)), view);
		return;
	}
	view->head = read_head(cursor.params, cursor.params_size);
	cells = read_cells(value, view->head.params.stages, &n);
	view->flow = palloc_extended(((Size) n + 1) * sizeof(Flow), MCXT_ALLOC_HUGE);
	view->flows = 0;
	view->journeys = palloc0((view->head.params.stages + 1) * sizeof(uint64));
	view->visits = palloc0((view->head.params.stages + 1) * sizeof(uint64));
	view->left = palloc0((view->head.params.stages + 1) * sizeof(uint64));

	/* the transitions come first, then the pairs in the same order, then the stages */
	for (uint32 i = 0; i < n; i++)
	{
		uint64 name = TALLY_NAME(cells[i].key);
		Flow  *last = view->flows > 0 ? &view->flow[view->flows - 1] : NULL;

		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (NAME_WHAT(name) == COUNT_TRANSITION)
		{
			if (last == NULL || last->from != NAME_FROM(name) || last->to != NAME_TO(name))
			{
				last = &view->flow[view->flows++];
				*last = (Flow){NAME_FROM(name), NAME_TO(name), 0, 0, &cells[i], 0};
			}
			last->n++;
			add_to(&last->transitions, cells[i].count);
			if (last->from != FLOW_START)
				add_to(&view->left[last->from], cells[i].count);
			if (last->to < STAGES_LIMIT)
				add_to(&view->visits[last->to], cells[i].count);
			if (last->from == FLOW_START || last->to >= STAGES_LIMIT)
				last->journeys = last->transitions;
		}
		else if (NAME_WHAT(name) == COUNT_PAIR)
		{
			while (nth < view->flows &&
			       (view->flow[nth].from != NAME_FROM(name) || view->flow[nth].to != NAME_TO(name)))
				nth++;
			if (nth < view->flows)
				view->flow[nth].journeys = cells[i].count;
		}
		else
			view->journeys[NAME_FROM(name)] = cells[i].count;
	}
}

/*
 * Text: {"as_of": "2025-01-31T00:00:00Z", "idle_microseconds": 3600000000, "stages":
 * [{"stage": "trial", "journeys": 2}, ...], "flows": [{"from": "trial", "to": "purchase",
 * "journeys": 2, "times": {"59768832": 2}}, {"from": "purchase", "journeys": 1},
 * {"from": "trial", "ongoing": 1}, {"to": "trial", "journeys": 2}]}.  A flow without from is the
 * start of journeys, one without to their end.
 */
static char *
flow_text(const void *value)
{
	FlowView       view;
	StringInfoData text;
	char         **stages;

	view_flow(value, &view);
	initStringInfo(&text);
	stages = palloc((view.head.params.stages + 1) * sizeof(char *));
	for (uint32 i = 0; i < view.head.params.stages; i++)
	{
		escape_json(&text, stage_text(view.head.stage[i], true));
		stages[i] = pnstrdup(text.data, text.len);
		resetStringInfo(&text);
	}
	appendStringInfoChar(&text, '{');
	if (view.head.params.as_of != DT_NOEND)
	{
		char time[JOURNEY_TIME_TEXT];

		journey_print_time(view.head.params.as_of, time);
		appendStringInfo(&text, "\"as_of\": \"%s\", \"idle_microseconds\": " UINT64_FORMAT ", ",
		                 time, view.head.params.idle);
	}
	appendStringInfoString(&text, "\"stages\": [");
	for (uint32 i = 0; i < view.head.params.stages; i++)
		appendStringInfo(&text, "%s{\"stage\": %s, \"journeys\": " UINT64_FORMAT "}",
		                 i > 0 ? ", " : "", stages[i], view.journeys[i]);
	appendStringInfoString(&text, "], \"flows\": [");
	for (uint32 i = 0; i < view.flows; i++)
	{
		const Flow *flow = &view.flow[i];

		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		appendStringInfoString(&text, i > 0 ? ", {" : "{");
		if (flow->from != FLOW_START)
			appendStringInfo(&text, "\"from\": %s, ", stages[flow->from]);
		if (flow->to < STAGES_LIMIT)
			appendStringInfo(&text, "\"to\": %s, ", stages[flow->to]);
		appendStringInfo(&text, "\"%s\": " UINT64_FORMAT,
		                 flow->to == FLOW_ONGOING ? "ongoing" : "journeys", flow->journeys);
		if (flow->from != FLOW_START && flow->to < STAGES_LIMIT)
		{
			appendStringInfoString(&text, ", \"times\": ");
			tally_print_histogram(&text, flow->cells, flow->n);
		}
		appendStringInfoChar(&text, '}');
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

static const SummaryType flow_type = {TYPE_NAME, flow_text,      to_state, canonical,
                                      merge,     tally_is_empty, NULL};

COUNTING_SUMMARY_FUNCTIONS(flow_summary, flow_type)

/* Every stage is left as often as it is entered, by no fewer transitions than journeys. */
static bool
counts_are_sound(const FlowView *view)
{
	for (uint32 i = 0; i < view->head.params.stages; i++)
		if (view->visits[i] != view->left[i] || view->journeys[i] == 0 ||
		    view->journeys[i] > view->visits[i])
			return false;
	for (uint32 i = 0; i < view->flows; i++)
	{
		const Flow *flow = &view->flow[i];

		if (flow->journeys == 0 || flow->journeys > flow->transitions ||
		    (flow->to == FLOW_ONGOING && view->head.params.as_of == DT_NOEND))
			return false;
	}
	return true;
}

/* A stage by its text among those that were read; -1 and a report when it is not there. */
static int
find_stage(const JsonbValue *value, const char *key, const StageView *stages, uint32 n,
           Node *escontext)
{
	char    *text = cxm_json_scalar(value, key, TYPE_NAME, false, escontext);
	StageKey stage;

	if (text == NULL || !stage_parse(text, strlen(text), true, &stage, escontext))
		return -1;
	for (uint32 i = 0; i < n; i++)
		if (stage_equal(stages[i], stage_view(&stage)))
			return (int) i;
	summary_refuse_text(&flow_type, escontext, "There is no stage \"%s\".", text);
	return -1;
}

/* One element of "stages", or of "flows". */
static bool
read_element(const JsonbValue *object, bool is_flow, StageView *stages, uint32 *n, Tally **state,
             Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     value;
	JsonbValue     times;
	char          *key;
	int            from = FLOW_START;
	int            to = FLOW_END;
	uint64         count = 0;
	bool           has_times = false;
	bool           ongoing = false;
	bool           has_stage = false;

	iterator =
	    cxm_json_fields(object, "An element", is_flow ? "flows" : "stages", TYPE_NAME, escontext);
	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &value))
	{
		if (!is_flow && strcmp(key, "stage") == 0)
		{
			char     *text = cxm_json_scalar(&value, key, TYPE_NAME, false, escontext);
			StageKey *stage = palloc(sizeof(StageKey));

			if (text == NULL || !stage_parse(text, strlen(text), true, stage, escontext))
				return false;
			if (is_place_name(stage_view(stage)))
				return summary_refuse_text(&flow_type, escontext,
				                           "No stage can have the label \"%s\".", text);
			for (uint32 i = 0; i < *n; i++)
				if (stage_equal(stages[i], stage_view(stage)))
					return summary_refuse_text(&flow_type, escontext,
					                           "The stage \"%s\" comes twice.", text);
			if (*n == STAGES_LIMIT)
				return summary_refuse_text(&flow_type, escontext, "There are too many %s.",
				                           "stages");
			stages[(*n)++] = stage_view(stage);
			has_stage = true;
		}
		else if (is_flow && strcmp(key, "from") == 0)
		{
			if ((from = find_stage(&value, key, stages, *n, escontext)) < 0)
				return false;
		}
		else if (is_flow && strcmp(key, "to") == 0)
		{
			if ((to = find_stage(&value, key, stages, *n, escontext)) < 0)
				return false;
		}
		else if (is_flow && strcmp(key, "times") == 0)
		{
			times = value;
			has_times = true;
		}
		else if (strcmp(key, "journeys") == 0 || (is_flow && strcmp(key, "ongoing") == 0))
		{
			ongoing = strcmp(key, "ongoing") == 0;
			if (count != 0 || !cxm_json_count(&value, key, TYPE_NAME, escontext, &count))
				return count == 0 ? false
				                  : summary_refuse_text(&flow_type, escontext,
				                                        "There are two %s of a flow.", "counts");
		}
		else
			return summary_refuse_text(&flow_type, escontext, "There is no field \"%s\" here.",
			                           key);
	}

	if (!is_flow)
	{
		if (!has_stage)
			return summary_refuse_text(&flow_type, escontext, "The field \"%s\" is missing.",
			                           "stage");
		*state =
		    tally_count(*state, NAME_OF(COUNT_STAGE, *n - 1, 0) << TALLY_BUCKET_BITS, count, true);
		return true;
	}
	if (ongoing && to == FLOW_END)
		to = FLOW_ONGOING;
	if (from == FLOW_START || to >= STAGES_LIMIT)
	{
		if (has_times || (ongoing && to != FLOW_ONGOING) ||
		    (from == FLOW_START && to >= STAGES_LIMIT))
			return summary_refuse_text(&flow_type, escontext, "A flow lacks \"%s\".",
			                           "from\" or \"to");
		*state = tally_count(*state, NAME_OF(COUNT_TRANSITION, from, to) << TALLY_BUCKET_BITS,
		                     count, true);
		return true;
	}
	if (!has_times || ongoing)
		return summary_refuse_text(&flow_type, escontext, "A flow lacks \"%s\".", "times");
	*state = tally_count(*state, NAME_OF(COUNT_PAIR, from, to) << TALLY_BUCKET_BITS, count, true);
	return tally_read_histogram(&times, "times", &flow_type, NAME_OF(COUNT_TRANSITION, from, to),
	                            state, escontext);
}

static bool
read_array(JsonbContainer *object, const char *field, StageView *stages, uint32 *n, Tally **state,
           Node *escontext)
{
	JsonbValue     value;
	JsonbIterator *iterator;

	if (getKeyJsonValueFromContainer(object, field, strlen(field), &value) == NULL ||
	    value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
		return summary_refuse_text(&flow_type, escontext, "The field \"%s\" must be an array.",
		                           field);
	iterator = JsonbIteratorInit(value.val.binary.data);
	JsonbIteratorNext(&iterator, &value, true);
	while (JsonbIteratorNext(&iterator, &value, true) == WJB_ELEM)
		if (!read_element(&value, strcmp(field, "flows") == 0, stages, n, state, escontext))
			return false;
	return true;
}

/* A stage without journeys would be dropped, and with it what its flows mean. */
static bool
all_have_journeys(const Tally *state, uint32 stages)
{
	bool      *has_journeys = palloc0(stages + 1);
	uint32     n;
	TallyCell *cells = tally_cells(&flow_type, state, &n);
	bool       all = true;

	for (uint32 i = 0; i < n; i++)
		if (NAME_WHAT(TALLY_NAME(cells[i].key)) == COUNT_STAGE)
			has_journeys[NAME_FROM(TALLY_NAME(cells[i].key))] = true;
	for (uint32 i = 0; i < stages; i++)
		all &= has_journeys[i];
	pfree(cells);
	pfree(has_journeys);
	return all;
}

/* The value of a state whose keys speak of these stages. */
static Tally *
finished(const Tally *state, int64 as_of, uint64 idle, const StageView *stages, uint32 n)
{
	Size           size;
	unsigned char *params = make_params(as_of, idle, stages, n, &size);

	return canonical(tally_with_params(state, params, size));
}

PG_FUNCTION_INFO_V1(flow_summary_in);
Datum
flow_summary_in(PG_FUNCTION_ARGS)
{
	Node           *escontext = fcinfo->context;
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), TYPE_NAME, escontext);
	JsonbIterator  *iterator;
	JsonbValue      value;
	char           *key;
	StageView      *stages = palloc(STAGES_LIMIT * sizeof(StageView));
	uint32          n = 0;
	int64           as_of = DT_NOEND;
	uint64          idle = 0;
	bool            has_idle = false;
	Tally          *state = tally_make("", 0);
	FlowView        view;

	if (object == NULL)
		PG_RETURN_NULL();
	if (SUMMARY_BLANK_OBJECT(object))
		PG_RETURN_POINTER(summary_blank());
	iterator = JsonbIteratorInit(object);
	while (cxm_json_next(&iterator, &key, &value))
	{
		if (strcmp(key, "as_of") == 0)
		{
			char *text = cxm_json_scalar(&value, key, TYPE_NAME, false, escontext);

			if (text == NULL)
				PG_RETURN_NULL();
			if (!journey_read_time(text, &as_of))
			{
				summary_refuse_text(&flow_type, escontext,
				                    "\"%s\" is not a time such as 2025-01-31T09:30:00Z.", text);
				PG_RETURN_NULL();
			}
		}
		else if (strcmp(key, "idle_microseconds") == 0)
		{
			has_idle = true;
			if (!cxm_json_count(&value, key, TYPE_NAME, escontext, &idle))
				PG_RETURN_NULL();
		}
		else if (strcmp(key, "stages") != 0 && strcmp(key, "flows") != 0)
		{
			summary_refuse_text(&flow_type, escontext,
			                    "There is no field \"%s\" in a flow_summary.", key);
			PG_RETURN_NULL();
		}
	}
	if (has_idle != (as_of != DT_NOEND))
	{
		summary_refuse_text(&flow_type, escontext,
		                    "One of the fields \"as_of\" and \"%s\" is missing.",
		                    "idle_microseconds");
		PG_RETURN_NULL();
	}
	if (!read_array(object, "stages", stages, &n, &state, escontext) ||
	    !read_array(object, "flows", stages, &n, &state, escontext))
		PG_RETURN_NULL();

	if (!all_have_journeys(state, n))
	{
		summary_refuse_text(&flow_type, escontext, "A stage has no \"%s\".", "journeys");
		PG_RETURN_NULL();
	}
	state = finished(state, as_of, idle, stages, n);
	view_flow(state, &view);
	if (!counts_are_sound(&view))
	{
		summary_refuse_text(&flow_type, escontext, "The %s do not fit each other.", "counts");
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(state);
}

/*
 * Binary: version, as_of, idle time; the stages, each its rank and its label with the length in
 * bytes; the cells, each a key and a count.
 */
PG_FUNCTION_INFO_V1(flow_summary_send);
Datum
flow_summary_send(PG_FUNCTION_ARGS)
{
	FlowView       view;
	uint32         n;
	TallyCell     *cells;
	StringInfoData buffer;
	void          *value = SUMMARY_ARG(0);

	if (SUMMARY_IS_BLANK(value))
		PG_RETURN_POINTER(summary_blank());
	if (tally_cursor(&flow_type, value).is_state)
		value = canonical(to_state(value));
	view_flow(value, &view);
	cells = tally_cells(&flow_type, value, &n);
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, TALLY_VERSION);
	pq_sendint64(&buffer, view.head.params.as_of);
	pq_sendint64(&buffer, view.head.params.idle);
	pq_sendint32(&buffer, view.head.params.stages);
	for (uint32 i = 0; i < view.head.params.stages; i++)
		stage_send(&buffer, view.head.stage[i]);
	tally_send_cells(&buffer, cells, n);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(flow_summary_recv);
Datum
flow_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo  buffer = (StringInfo) PG_GETARG_POINTER(0);
	TimestampTz as_of;
	uint64      idle;
	uint32      n;
	StageView  *stages;
	Tally      *state;
	TallyCell  *cell;
	uint32      cells;
	FlowView    view;

	if (SUMMARY_BLANK_MESSAGE(buffer))
		PG_RETURN_POINTER(summary_blank());
	summary_receive_version(&flow_type, buffer, TALLY_VERSION);
	as_of = pq_getmsgint64(buffer);
	idle = (uint64) pq_getmsgint64(buffer);
	n = pq_getmsgint(buffer, 4);
	if (as_of != DT_NOEND && !IS_VALID_TIMESTAMP(as_of))
		summary_refuse_binary(&flow_type, "A time is out of range.");
	if (idle > PG_INT64_MAX || (as_of == DT_NOEND && idle != 0))
		summary_refuse_binary(&flow_type, "The idle time is impossible.");
	if (n > STAGES_LIMIT)
		summary_refuse_binary(&flow_type, "There are too many stages.");
	stages = palloc((n + 1) * sizeof(StageView));
	for (uint32 i = 0; i < n; i++)
	{
		stages[i] = stage_receive(&flow_type, buffer);
		if (is_place_name(stages[i]))
			summary_refuse_binary(&flow_type, "A stage has a label that none can have.");
		for (uint32 j = 0; j < i; j++)
			if (stage_equal(stages[j], stages[i]))
				summary_refuse_binary(&flow_type, "A stage comes twice.");
	}
	state = tally_receive_cells(&flow_type, buffer, tally_make("", 0));
	cell = tally_cells(&flow_type, state, &cells);
	for (uint32 i = 0; i < cells; i++)
		if (!key_is_sound(cell[i].key, n))
			summary_refuse_binary(&flow_type, "A count is of something that there is not.");
	pfree(cell);
	if (!all_have_journeys(state, n))
		summary_refuse_binary(&flow_type, "A stage has no journeys.");
	state = finished(state, as_of, idle, stages, n);
	view_flow(state, &view);
	if (!counts_are_sound(&view))
		summary_refuse_binary(&flow_type, "The counts do not fit each other.");
	PG_RETURN_POINTER(state);
}

/*
 * Readings
 */

static Datum
place_datum(const FlowView *view, uint32 place)
{
	StageView stage;

	if (place >= FLOW_ONGOING)
		return PointerGetDatum(cstring_to_text(PLACE_NAME(place)));
	stage = view->head.stage[place];
	return PointerGetDatum(
	    cstring_to_text_with_len(stage_key_label(stage), stage_key_label_length(stage)));
}

PG_FUNCTION_INFO_V1(flow_rows);
Datum
flow_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	FlowView       view;

	InitMaterializedSRF(fcinfo, 0);
	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		return (Datum) 0;
	view_flow(SUMMARY_ARG(0), &view);
	/* the starts first, which have the highest number */
	for (int starts = 1; starts >= 0; starts--)
		for (uint32 i = 0; i < view.flows; i++)
		{
			const Flow *flow = &view.flow[i];
			bool        between = flow->from != FLOW_START && flow->to < STAGES_LIMIT;
			Datum       values[5];
			bool        nulls[5] = {false};

			if (i % 4096 == 0)
				CHECK_FOR_INTERRUPTS();
			if ((flow->from == FLOW_START) != starts)
				continue;
			values[0] = place_datum(&view, flow->from);
			values[1] = place_datum(&view, flow->to);
			values[2] = Int64GetDatum((int64) flow->transitions);
			values[3] = Int64GetDatum((int64) flow->journeys);
			nulls[4] = !between || !tally_median(flow->cells, flow->n, &values[4]);
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
	return (Datum) 0;
}

/* The times of all visits of a stage that were left for another one; its flows begin at first. */
static TallyCell *
times_of_visits(const FlowView *view, uint32 first, uint32 stage, uint32 *n)
{
	TallyCell *cells;
	uint32     room = 0;

	CHECK_FOR_INTERRUPTS();
	for (uint32 i = first; i < view->flows && view->flow[i].from == stage; i++)
		room += view->flow[i].n;
	cells = palloc_extended(((Size) room + 1) * sizeof(TallyCell), MCXT_ALLOC_HUGE);
	*n = 0;
	for (uint32 i = first; i < view->flows && view->flow[i].from == stage; i++)
	{
		const Flow *flow = &view->flow[i];

		if (flow->to >= STAGES_LIMIT)
			continue;
		memcpy(cells + *n, flow->cells, flow->n * sizeof(TallyCell));
		*n += flow->n;
	}
	return cells;
}

PG_FUNCTION_INFO_V1(flow_journey_map);
Datum
flow_journey_map(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	FlowView       view;
	uint64        *entries;
	uint32         first = 0; /* flows come in the order of the stages that they leave */

	InitMaterializedSRF(fcinfo, 0);
	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		return (Datum) 0;
	view_flow(SUMMARY_ARG(0), &view);
	entries = palloc0((view.head.params.stages + 1) * sizeof(uint64));
	for (uint32 i = 0; i < view.flows; i++)
		if (view.flow[i].from == FLOW_START && view.flow[i].to < STAGES_LIMIT)
			entries[view.flow[i].to] = view.flow[i].journeys;

	for (uint32 stage = 0; stage < view.head.params.stages; stage++)
	{
		uint64     exits = 0;
		uint64     ongoing = 0;
		Datum      values[8];
		bool       nulls[8] = {false};
		uint32     n;
		TallyCell *cells = times_of_visits(&view, first, stage, &n);
		uint64     decided;

		for (; first < view.flows && view.flow[first].from == stage; first++)
			if (view.flow[first].to == FLOW_END)
				exits = view.flow[first].journeys;
			else if (view.flow[first].to == FLOW_ONGOING)
				ongoing = view.flow[first].journeys;
		decided = view.journeys[stage] - Min(ongoing, view.journeys[stage]);
		values[0] = place_datum(&view, stage);
		values[1] = Int64GetDatum((int64) view.journeys[stage]);
		values[2] = Int64GetDatum((int64) view.visits[stage]);
		values[3] = Int64GetDatum((int64) entries[stage]);
		values[4] = Int64GetDatum((int64) exits);
		values[5] = Int64GetDatum((int64) ongoing);
		nulls[5] = view.head.params.as_of == DT_NOEND;
		nulls[6] = decided == 0;
		values[6] = Float8GetDatum(nulls[6] ? 0 : (double) exits / (double) decided);
		nulls[7] = !tally_median(cells, n, &values[7]);
		pfree(cells);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
