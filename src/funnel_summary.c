/*
 * funnel_summary.c
 *		How far journeys come along the steps of a funnel: one by one, and counted.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/tuplestore.h"

#include "core/log_histogram.h"
#include "funnel_steps.h"
#include "tally.h"

/*
 * One journey: (journey, steps, within, mode).  False for a NULL journey or no steps.
 */
static bool
run_args(FunctionCallInfo fcinfo, CxmFunnel *funnel, Journey *journey, uint64 **sets)
{
	const FunnelSteps *steps;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return false;
	steps = funnel_steps_arg(fcinfo, 1);
	cxm_funnel_start(funnel, funnel_mode_arg(fcinfo, 3), steps->n, funnel_within_arg(fcinfo, 2),
	                 steps->first_like);
	*journey = journey_arg(fcinfo, 0);
	*sets = funnel_sets(journey, steps);
	funnel_run(funnel, journey, *sets, DT_NOEND);
	return true;
}

PG_FUNCTION_INFO_V1(funnel_level);
Datum
funnel_level(PG_FUNCTION_ARGS)
{
	CxmFunnel funnel;
	Journey   journey;
	uint64   *sets;

	if (!run_args(fcinfo, &funnel, &journey, &sets))
		PG_RETURN_NULL();
	PG_RETURN_INT32(funnel.level);
}

PG_FUNCTION_INFO_V1(funnel_times);
Datum
funnel_times(PG_FUNCTION_ARGS)
{
	CxmFunnel funnel;
	Journey   journey;
	uint64   *sets;
	int64     times[CXM_FUNNEL_MOST_STEPS];
	Datum     elements[CXM_FUNNEL_MOST_STEPS];

	if (!run_args(fcinfo, &funnel, &journey, &sets))
		PG_RETURN_NULL();
	funnel_trace(&funnel, &journey, sets, times);
	for (int k = 0; k < funnel.level; k++)
		elements[k] = TimestampTzGetDatum(times[k]);
	PG_RETURN_ARRAYTYPE_P(construct_array(elements, funnel.level, TIMESTAMPTZOID, sizeof(int64),
	                                      FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * Many journeys
 *
 * A tally whose parameters are FunnelParams and the labels of the steps behind it, each a byte of
 * length and its bytes.  Names of keys: what is counted, and for which step or level.
 */
#define TYPE_NAME "funnel_summary"

static const SummaryType funnel_type;

typedef struct FunnelParams
{
	uint64 within;
	int64  as_of; /* DT_NOEND: there is none */
	uint8  mode;
	uint8  steps;
	uint8  unused[6];
} FunnelParams;

#define PARAMS_LIMIT (sizeof(FunnelParams) + CXM_FUNNEL_MOST_STEPS * (1 + STAGE_LABEL_LIMIT))

typedef enum FunnelCount
{
	COUNT_LEVEL, /* journeys that got this far and no further */
	COUNT_OPEN,  /* of those the ones in progress */
	COUNT_TIME,  /* times from the step before to this one, in buckets */
} FunnelCount;

#define NAME_OF(what, k) ((uint64) (what) << 8 | (k))
#define NAME_WHAT(name) ((FunnelCount) ((name) >> 8))
#define NAME_STEP(name) ((int) ((name) &0xff))
#define KEY_OF(what, k, bucket) (NAME_OF(what, k) << TALLY_BUCKET_BITS | (uint64) (bucket))

static Size
make_params(const FunnelSteps *steps, uint64 within, CxmFunnelMode mode, TimestampTz as_of,
            unsigned char *params)
{
	FunnelParams   head = {within, as_of, (uint8) mode, (uint8) steps->n, {0}};
	unsigned char *at = params + sizeof(head);

	memcpy(params, &head, sizeof(head));
	for (int k = 0; k < steps->n; k++)
	{
		*at++ = (unsigned char) steps->length[k];
		memcpy(at, steps->label[k], steps->length[k]);
		at += steps->length[k];
	}
	return (Size) (at - params);
}

/* What the parameters say; no byte of them is trusted. */
static FunnelParams
read_params(const unsigned char *params, Size size, FunnelSteps *steps)
{
	FunnelParams         head;
	const unsigned char *end = params + size;
	const unsigned char *at = params + sizeof(head);

	if (size < sizeof(head))
		summary_refuse_value(&funnel_type);
	memcpy(&head, params, sizeof(head));
	if (head.steps < 1 || head.steps > CXM_FUNNEL_MOST_STEPS || head.mode > CXM_FUNNEL_CONSECUTIVE)
		summary_refuse_value(&funnel_type);
	steps->n = head.steps;
	for (int k = 0; k < steps->n; k++)
	{
		if (at >= end || end - at - 1 < *at || *at == 0 || *at > STAGE_LABEL_LIMIT)
			summary_refuse_value(&funnel_type);
		steps->length[k] = *at++;
		steps->label[k] = (const char *) at;
		at += steps->length[k];
	}
	if (at != end)
		summary_refuse_value(&funnel_type);
	return head;
}

static char *
params_text(const unsigned char *params, Size size)
{
	FunnelSteps    steps;
	FunnelParams   head = read_params(params, size, &steps);
	StringInfoData text;
	char           time[JOURNEY_TIME_TEXT];

	initStringInfo(&text);
	appendStringInfoString(&text, "{\"steps\": [");
	for (int k = 0; k < steps.n; k++)
	{
		if (k > 0)
			appendStringInfoString(&text, ", ");
		escape_json(&text, pnstrdup(steps.label[k], steps.length[k]));
	}
	appendStringInfo(&text, "], \"mode\": \"%s\", \"within_microseconds\": ",
	                 funnel_mode_name((CxmFunnelMode) head.mode));
	if (head.within == CXM_FUNNEL_UNLIMITED)
		appendStringInfoString(&text, "null");
	else
		appendStringInfo(&text, UINT64_FORMAT, head.within);
	if (head.as_of != DT_NOEND)
	{
		journey_print_time(head.as_of, time);
		appendStringInfo(&text, ", \"as_of\": \"%s\"", time);
	}
	return text.data;
}

/* Is this the key of something that there can be? */
static bool
key_is_sound(uint64 key, int steps)
{
	uint64 name = TALLY_NAME(key);
	int    bucket = TALLY_BUCKET(key);

	if ((name >> 8) > COUNT_TIME || NAME_STEP(name) > steps || bucket >= CXM_LOG_BUCKETS)
		return false;
	if (NAME_WHAT(name) == COUNT_TIME)
		return NAME_STEP(name) >= 2;
	return bucket == 0 &&
	       (NAME_WHAT(name) != COUNT_OPEN || (NAME_STEP(name) >= 1 && NAME_STEP(name) < steps));
}

/* The cells of a value by key, each checked. */
static TallyCell *
read_cells(const void *value, int steps, uint32 *n)
{
	TallyCell *cells = tally_cells(&funnel_type, value, n);

	for (uint32 i = 0; i < *n; i++)
		if (!key_is_sound(cells[i].key, steps))
			summary_refuse_value(&funnel_type);
	return cells;
}

/* The state for rows with these parameters: as it was, or a new one where it holds nothing. */
static Tally *
prepare_state(Tally *state, const unsigned char *params, Size size)
{
	if (state == NULL)
		return tally_make(params, size);
	/* somebody's own aggregate may begin with a value */
	if (!tally_is_state(state))
		state = funnel_type.to_state(state);
	if (state->params_size == size && memcmp(state->params, params, size) == 0)
		return state;
	if (tally_is_empty(state))
		return tally_make(params, size);
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cannot combine different funnels"),
	         errdetail("One is %s}, the other %s}.", params_text(state->params, state->params_size),
	                   params_text(params, size))));
}

/*
 * One journey more, or one less: (state, journey, steps, within), then mode and as_of where the
 * aggregate has them.
 */
static Datum
count_journey(FunctionCallInfo fcinfo, int mode_argno, int as_of_argno, bool add)
{
	Tally             *state = summary_state_arg(fcinfo);
	const FunnelSteps *steps;
	unsigned char      params[PARAMS_LIMIT];
	Size               size;
	CxmFunnelMode      mode = CXM_FUNNEL_ORDERED;
	TimestampTz        as_of = DT_NOEND;
	uint64             within;
	CxmFunnel          funnel;
	Journey            journey;
	uint64            *sets;
	int64              times[CXM_FUNNEL_MOST_STEPS];

	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	if (PG_ARGISNULL(2))
		funnel_refuse_null_steps();
	steps = funnel_steps_arg(fcinfo, 2);
	within = funnel_within_arg(fcinfo, 3);
	if (mode_argno > 0)
		mode = funnel_mode_arg(fcinfo, mode_argno);
	if (as_of_argno > 0)
	{
		if (PG_ARGISNULL(as_of_argno))
			ereport(ERROR,
			        (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("as_of must not be null")));
		as_of = journey_time_arg(fcinfo, as_of_argno, "as_of");
	}
	size = make_params(steps, within, mode, as_of, params);
	state = prepare_state(state, params, size);

	cxm_funnel_start(&funnel, mode, steps->n, within, steps->first_like);
	journey = journey_arg(fcinfo, 1);
	sets = funnel_sets(&journey, steps);
	funnel_run(&funnel, &journey, sets, as_of);
	funnel_trace(&funnel, &journey, sets, times);

	state = tally_count(state, KEY_OF(COUNT_LEVEL, funnel.level, 0), 1, add);
	if (as_of != DT_NOEND && funnel.level > 0 && cxm_funnel_is_open(&funnel, as_of))
		state = tally_count(state, KEY_OF(COUNT_OPEN, funnel.level, 0), 1, add);
	for (int k = 1; k < funnel.level; k++)
	{
		uint64 elapsed = (uint64) times[k] - (uint64) times[k - 1];
		int    bucket = cxm_log_bucket(Min(elapsed, (uint64) PG_INT64_MAX));

		state = tally_count(state, KEY_OF(COUNT_TIME, k + 1, bucket), 1, add);
	}
	PG_RETURN_POINTER(state);
}

SUMMARY_FUNCTION(funnel_transition, count_journey(fcinfo, 0, 0, true))
SUMMARY_FUNCTION(funnel_inverse, count_journey(fcinfo, 0, 0, false))
SUMMARY_FUNCTION(funnel_mode_transition, count_journey(fcinfo, 4, 0, true))
SUMMARY_FUNCTION(funnel_mode_inverse, count_journey(fcinfo, 4, 0, false))
SUMMARY_FUNCTION(funnel_as_of_transition, count_journey(fcinfo, 0, 4, true))
SUMMARY_FUNCTION(funnel_as_of_inverse, count_journey(fcinfo, 0, 4, false))
SUMMARY_FUNCTION(funnel_mode_as_of_transition, count_journey(fcinfo, 4, 5, true))
SUMMARY_FUNCTION(funnel_mode_as_of_inverse, count_journey(fcinfo, 4, 5, false))

/*
 * What this type does like all others
 */

static void *
merge(void *state, const void *value, bool add)
{
	TallyCursor cursor = tally_cursor(&funnel_type, value);
	FunnelSteps steps;
	TallyCell  *cells;
	uint32      n;

	read_params(cursor.params, cursor.params_size, &steps);
	cells = read_cells(value, steps.n, &n);
	/* nothing changes nothing, whatever funnel it is of */
	if (n == 0 && state != NULL)
		return state;
	state = prepare_state(state, cursor.params, cursor.params_size);
	for (uint32 i = 0; i < n; i++)
		state = tally_count(state, cells[i].key, cells[i].count, add);
	return state;
}

static void *
to_state(const void *value)
{
	return merge(NULL, value, true);
}

static void *
canonical(const void *state)
{
	const Tally *tally = state;
	uint32       n;
	TallyCell   *cells = tally_cells(&funnel_type, state, &n);

	return tally_canonical(&funnel_type, tally->params, tally->params_size, cells, n);
}

/* Levels and times, by step: [0] how many journeys, [1] how many of them in progress. */
typedef struct FunnelView
{
	FunnelParams head;
	FunnelSteps  steps;
	int64        journeys[2][CXM_FUNNEL_MOST_STEPS + 1];
	TallyCell   *cells;
	uint32       n;
} FunnelView;

static void
view_funnel(const void *value, FunnelView *view)
{
	TallyCursor cursor = tally_cursor(&funnel_type, value);

	if (cursor.is_state)
	{
		Tally *state = to_state(value);

		view_funnel(canonical(state), view);
		return;
	}
	view->head = read_params(cursor.params, cursor.params_size, &view->steps);
	view->cells = read_cells(value, view->steps.n, &view->n);
	memset(view->journeys, 0, sizeof(view->journeys));
	for (uint32 i = 0; i < view->n; i++)
	{
		uint64 name = TALLY_NAME(view->cells[i].key);

		if (NAME_WHAT(name) != COUNT_TIME)
			view->journeys[NAME_WHAT(name)][NAME_STEP(name)] = (int64) view->cells[i].count;
	}
}

/* The cells with the times of a step. */
static TallyCell *
times_of(const FunnelView *view, int step, uint32 *n)
{
	TallyCell *first = view->cells;
	TallyCell *end = view->cells + view->n;

	while (first < end && TALLY_NAME(first->key) != NAME_OF(COUNT_TIME, step))
		first++;
	for (*n = 0; first + *n < end && TALLY_NAME(first[*n].key) == NAME_OF(COUNT_TIME, step); (*n)++)
		;
	return first;
}

/*
 * Text: {"steps": ["trial", "purchase"], "mode": "ordered", "within_microseconds": 3600000000,
 * "as_of": "2025-01-31T00:00:00Z", "furthest": {"0": 1, "1": 2, "2": 1}, "in_progress": {"1": 1},
 * "times": {"2": {"59768832": 1}}}: by the number of steps reached the journeys and those of them
 * still in progress; by step the times since the step before, see tally.h.
 */
static void
print_levels(StringInfo text, const char *key, const int64 *journeys, int steps)
{
	const char *separator = "";

	appendStringInfo(text, ", \"%s\": {", key);
	for (int k = 0; k <= steps; k++)
		if (journeys[k] != 0)
		{
			appendStringInfo(text, "%s\"%d\": " INT64_FORMAT, separator, k, journeys[k]);
			separator = ", ";
		}
	appendStringInfoChar(text, '}');
}

static char *
funnel_text(const void *value)
{
	FunnelView     view;
	StringInfoData text;
	const char    *separator = "";
	unsigned char  params[PARAMS_LIMIT];
	Size           size;

	view_funnel(value, &view);
	size = make_params(&view.steps, view.head.within, (CxmFunnelMode) view.head.mode,
	                   view.head.as_of, params);
	initStringInfo(&text);
	appendStringInfoString(&text, params_text(params, size));
	print_levels(&text, "furthest", view.journeys[COUNT_LEVEL], view.steps.n);
	if (view.head.as_of != DT_NOEND)
		print_levels(&text, "in_progress", view.journeys[COUNT_OPEN], view.steps.n);
	appendStringInfoString(&text, ", \"times\": {");
	for (int k = 2; k <= view.steps.n; k++)
	{
		uint32     n;
		TallyCell *cells = times_of(&view, k, &n);

		if (n == 0)
			continue;
		appendStringInfo(&text, "%s\"%d\": ", separator, k);
		tally_print_histogram(&text, cells, n);
		separator = ", ";
	}
	appendStringInfoString(&text, "}}");
	return text.data;
}

static const SummaryType funnel_type = {TYPE_NAME, funnel_text,    to_state, canonical,
                                        merge,     tally_is_empty, NULL};

COUNTING_SUMMARY_FUNCTIONS(funnel_summary, funnel_type)

/* The parameters, which decide what the other fields mean. */
static bool
read_head(JsonbContainer *object, Node *escontext, FunnelSteps *steps, FunnelParams *head)
{
	JsonbValue     value;
	JsonbIterator *iterator;
	char          *text;
	CxmFunnelMode  mode;

	if (getKeyJsonValueFromContainer(object, "steps", strlen("steps"), &value) == NULL ||
	    value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data))
		return summary_refuse_text(&funnel_type, escontext,
		                           "The field \"%s\" must be an array of labels.", "steps");
	iterator = JsonbIteratorInit(value.val.binary.data);
	JsonbIteratorNext(&iterator, &value, true);
	for (steps->n = 0; JsonbIteratorNext(&iterator, &value, true) == WJB_ELEM; steps->n++)
	{
		StageKey key;

		if (steps->n == CXM_FUNNEL_MOST_STEPS)
			return summary_refuse_text(&funnel_type, escontext, "The array \"%s\" is too long.",
			                           "steps");
		text = cxm_json_scalar(&value, "steps", TYPE_NAME, false, escontext);
		if (text == NULL || !stage_make_key(0, text, strlen(text), &key, escontext))
			return false;
		steps->label[steps->n] = text;
		steps->length[steps->n] = (int) strlen(text);
	}
	if (steps->n == 0)
		return summary_refuse_text(&funnel_type, escontext, "The array \"%s\" is empty.", "steps");

	if (getKeyJsonValueFromContainer(object, "mode", strlen("mode"), &value) == NULL)
		return summary_refuse_text(&funnel_type, escontext, "The field \"%s\" is missing.", "mode");
	text = cxm_json_scalar(&value, "mode", TYPE_NAME, false, escontext);
	if (text == NULL)
		return false;
	if (!funnel_find_mode(text, strlen(text), &mode))
		return summary_refuse_text(&funnel_type, escontext, "There is no mode \"%s\".", text);
	head->mode = (uint8) mode;

	if (getKeyJsonValueFromContainer(object, "within_microseconds", strlen("within_microseconds"),
	                                 &value) == NULL)
		return summary_refuse_text(&funnel_type, escontext, "The field \"%s\" is missing.",
		                           "within_microseconds");
	if (value.type == jbvNull)
		head->within = CXM_FUNNEL_UNLIMITED;
	else if (!cxm_json_count(&value, "within_microseconds", TYPE_NAME, escontext, &head->within))
		return false;

	head->as_of = DT_NOEND;
	if (getKeyJsonValueFromContainer(object, "as_of", strlen("as_of"), &value) != NULL)
	{
		text = cxm_json_scalar(&value, "as_of", TYPE_NAME, false, escontext);
		if (text == NULL)
			return false;
		if (!journey_read_time(text, &head->as_of))
			return summary_refuse_text(&funnel_type, escontext,
			                           "\"%s\" is not a time such as 2025-01-31T09:30:00Z.", text);
	}
	return true;
}

/* A key that is a number of steps, in its one spelling. */
static bool
read_step(const char *key, int least, int most, Node *escontext, int *step)
{
	*step = atoi(key);
	if (*step < least || *step > most || strcmp(psprintf("%d", *step), key) != 0)
		return summary_refuse_text(&funnel_type, escontext,
		                           "\"%s\" is not a number of steps that can stand here.", key);
	return true;
}

static bool
read_counts(const char *field, const JsonbValue *object, FunnelCount what, int steps, Tally **state,
            Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;

	iterator = cxm_json_fields(object, "The value", field, TYPE_NAME, escontext);
	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &value))
	{
		uint64 count;
		int    step;

		if (!read_step(key, what == COUNT_TIME ? 2 : (int) what, steps - (what == COUNT_OPEN),
		               escontext, &step))
			return false;
		if (what == COUNT_TIME)
		{
			if (!tally_read_histogram(&value, key, &funnel_type, NAME_OF(what, step), state,
			                          escontext))
				return false;
			continue;
		}
		if (!cxm_json_count(&value, key, TYPE_NAME, escontext, &count))
			return false;
		*state = tally_count(*state, KEY_OF(what, step, 0), count, true);
	}
	return true;
}

/*
 * Those in progress are among those who got that far, and who came to a step took some time for
 * it; false for counts that no journeys can have.
 */
static bool
counts_are_sound(const FunnelView *view)
{
	uint64 reached = 0;

	for (int k = view->steps.n; k >= 1; k--)
	{
		uint32     n;
		TallyCell *cells = times_of(view, k, &n);
		uint64     times = 0;

		if (view->journeys[COUNT_OPEN][k] > view->journeys[COUNT_LEVEL][k] ||
		    (view->journeys[COUNT_OPEN][k] > 0 && view->head.as_of == DT_NOEND) ||
		    pg_add_u64_overflow(reached, (uint64) view->journeys[COUNT_LEVEL][k], &reached) ||
		    reached > PG_INT64_MAX)
			return false;
		for (uint32 i = 0; i < n; i++)
			if (pg_add_u64_overflow(times, cells[i].count, &times))
				return false;
		if (k >= 2 && times != reached)
			return false;
	}
	return true;
}

PG_FUNCTION_INFO_V1(funnel_summary_in);
Datum
funnel_summary_in(PG_FUNCTION_ARGS)
{
	Node           *escontext = fcinfo->context;
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), TYPE_NAME, escontext);
	JsonbIterator  *iterator;
	JsonbValue      value;
	char           *key;
	FunnelSteps     steps = {0};
	FunnelParams    head = {0};
	unsigned char   params[PARAMS_LIMIT];
	Tally          *state;
	FunnelView      view;

	if (object != NULL && SUMMARY_BLANK_OBJECT(object))
		PG_RETURN_POINTER(summary_blank());
	if (object == NULL || !read_head(object, escontext, &steps, &head))
		PG_RETURN_NULL();
	state = tally_make(
	    params, make_params(&steps, head.within, (CxmFunnelMode) head.mode, head.as_of, params));
	iterator = JsonbIteratorInit(object);
	while (cxm_json_next(&iterator, &key, &value))
	{
		bool good = true;

		if (strcmp(key, "furthest") == 0)
			good = read_counts(key, &value, COUNT_LEVEL, steps.n, &state, escontext);
		else if (strcmp(key, "in_progress") == 0)
			good = read_counts(key, &value, COUNT_OPEN, steps.n, &state, escontext);
		else if (strcmp(key, "times") == 0)
			good = read_counts(key, &value, COUNT_TIME, steps.n, &state, escontext);
		else if (strcmp(key, "steps") != 0 && strcmp(key, "mode") != 0 &&
		         strcmp(key, "within_microseconds") != 0 && strcmp(key, "as_of") != 0)
			good = summary_refuse_text(&funnel_type, escontext,
			                           "There is no field \"%s\" in a funnel.", key);
		if (!good)
			PG_RETURN_NULL();
	}
	state = canonical(state);
	view_funnel(state, &view);
	if (!counts_are_sound(&view))
	{
		summary_refuse_text(&funnel_type, escontext, "The %s do not fit each other.", "counts");
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(state);
}

/*
 * Binary: version, mode, window, as_of; the steps, each with its length in bytes; the cells, each a
 * key and a count.
 */
PG_FUNCTION_INFO_V1(funnel_summary_send);
Datum
funnel_summary_send(PG_FUNCTION_ARGS)
{
	FunnelView     view;
	StringInfoData buffer;

	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		PG_RETURN_POINTER(summary_blank());
	view_funnel(SUMMARY_ARG(0), &view);
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, TALLY_VERSION);
	pq_sendint8(&buffer, view.head.mode);
	pq_sendint64(&buffer, view.head.within);
	pq_sendint64(&buffer, view.head.as_of);
	pq_sendint32(&buffer, view.steps.n);
	for (int k = 0; k < view.steps.n; k++)
		stage_send_label(&buffer, view.steps.label[k], view.steps.length[k]);
	tally_send_cells(&buffer, view.cells, view.n);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(funnel_summary_recv);
Datum
funnel_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo    buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint8         mode;
	uint64        within;
	TimestampTz   as_of;
	uint32        n;
	FunnelSteps   steps;
	unsigned char params[PARAMS_LIMIT];
	Tally        *state;
	uint32        cells;
	TallyCell    *cell;
	FunnelView    view;

	if (SUMMARY_BLANK_MESSAGE(buffer))
		PG_RETURN_POINTER(summary_blank());
	summary_receive_version(&funnel_type, buffer, TALLY_VERSION);
	mode = (uint8) pq_getmsgbyte(buffer);
	within = (uint64) pq_getmsgint64(buffer);
	as_of = pq_getmsgint64(buffer);
	n = pq_getmsgint(buffer, 4);
	if (mode > CXM_FUNNEL_CONSECUTIVE)
		summary_refuse_binary(&funnel_type, "The mode is unknown.");
	if (within > PG_INT64_MAX && within != CXM_FUNNEL_UNLIMITED)
		summary_refuse_binary(&funnel_type, "The window is negative.");
	if (as_of != DT_NOEND && !IS_VALID_TIMESTAMP(as_of))
		summary_refuse_binary(&funnel_type, "A time is out of range.");
	if (n < 1 || n > CXM_FUNNEL_MOST_STEPS)
		summary_refuse_binary(&funnel_type, "The number of steps is impossible.");
	steps.n = (int) n;
	for (int k = 0; k < steps.n; k++)
		steps.label[k] = stage_receive_label(&funnel_type, buffer, &steps.length[k]);
	state = tally_receive_cells(
	    &funnel_type, buffer,
	    tally_make(params, make_params(&steps, within, (CxmFunnelMode) mode, as_of, params)));
	cell = tally_cells(&funnel_type, state, &cells);
	for (uint32 i = 0; i < cells; i++)
		if (!key_is_sound(cell[i].key, steps.n))
			summary_refuse_binary(&funnel_type, "A count is of something that there is not.");
	state = canonical(state);
	view_funnel(state, &view);
	if (!counts_are_sound(&view))
		summary_refuse_binary(&funnel_type, "The counts do not fit each other.");
	PG_RETURN_POINTER(state);
}

/*
 * Readings
 */

PG_FUNCTION_INFO_V1(funnel_rows);
Datum
funnel_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	FunnelView     view;
	int64          reached[CXM_FUNNEL_MOST_STEPS + 2];
	double         undecided = 0;

	InitMaterializedSRF(fcinfo, 0);
	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		return (Datum) 0;
	view_funnel(SUMMARY_ARG(0), &view);
	reached[view.steps.n + 1] = 0;
	for (int k = view.steps.n; k >= 1; k--)
		if (pg_add_s64_overflow(reached[k + 1], view.journeys[COUNT_LEVEL][k], &reached[k]))
			summary_refuse_overflow("count of journeys");

	for (int k = 1; k <= view.steps.n; k++)
	{
		Datum      values[7];
		bool       nulls[7] = {false};
		uint32     n;
		TallyCell *cells = times_of(&view, k, &n);
		double     open = k > 1 ? (double) view.journeys[COUNT_OPEN][k - 1] : 0;
		double     decided = k > 1 ? (double) reached[k - 1] - open : 0;

		/* who may still come to this step does not count against it */
		undecided += open;
		values[0] = Int32GetDatum(k);
		values[1] = PointerGetDatum(
		    cstring_to_text_with_len(view.steps.label[k - 1], view.steps.length[k - 1]));
		values[2] = Int64GetDatum(reached[k]);
		values[3] = Int64GetDatum(view.journeys[COUNT_OPEN][k]);
		nulls[3] = view.head.as_of == DT_NOEND;
		nulls[4] = (double) reached[1] <= undecided;
		values[4] = Float8GetDatum(nulls[4] ? 0 : (double) reached[k] / (reached[1] - undecided));
		nulls[5] = decided <= 0;
		values[5] = Float8GetDatum(nulls[5] ? 0 : (double) reached[k] / decided);
		nulls[6] = !tally_median(cells, n, &values[6]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
