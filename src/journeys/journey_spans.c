/*
 * journey_spans.c
 *		Journeys of events with two ends: what a customer was in, and when he was waiting.
 *
 * The state holds the spans as they come, a bytea since a type of its own would be of no other use:
 *
 *	0            4         5       8        12
 *	+------------+---------+-------+--------+----------------------------------+- - -+
 *	| varlena    | version | zeros | used   | spans: start, end, stage (a byte | room|
 *	| header     | 1       |       | uint32 | of length and the key)           |     |
 *	+------------+---------+-------+--------+----------------------------------+- - -+
 *
 * in the machine's byte order, used being where the room begins.  DT_NOEND ends a span that has not
 * ended yet.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "journeys/customer_journey.h"

#define SPAN_VERSION 1
#define SPAN_FIXED (2 * sizeof(TimestampTz))
#define SPAN_SIZE(stage) (SPAN_FIXED + 1 + (stage).length)
#define STATE_LEAST 128

typedef struct SpanState
{
	int32         vl_len_;
	uint8         version;
	uint8         zeros[3];
	uint32        used;
	unsigned char spans[FLEXIBLE_ARRAY_MEMBER];
} SpanState;

#define STATE_HEAD ((Size) offsetof(SpanState, spans))

typedef struct Span
{
	TimestampTz starts_at;
	TimestampTz ends_at;
	StageView   stage;
} Span;

static int
span_compare(const Span *a, const Span *b)
{
	if (a->starts_at != b->starts_at)
		return a->starts_at < b->starts_at ? -1 : 1;
	/* the shorter of two is entered from the longer */
	if (a->ends_at != b->ends_at)
		return a->ends_at > b->ends_at ? -1 : 1;
	return stage_compare(a->stage, b->stage);
}

#define ST_SORT sort_spans
#define ST_ELEMENT_TYPE Span
#define ST_COMPARE(a, b) span_compare(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* The state */

static void
check_state(const SpanState *state)
{
	if (VARSIZE(state) < STATE_HEAD || state->version != SPAN_VERSION ||
	    state->used < STATE_HEAD || state->used > VARSIZE(state))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("invalid state of spans")));
}

/* The state with room for so many bytes more: the same, or what replaces it or NULL. */
static SpanState *
with_room(SpanState *state, Size needed)
{
	Size       used = state != NULL ? state->used : STATE_HEAD;
	Size       size = STATE_LEAST;
	SpanState *larger;

	if (state != NULL && used + needed <= VARSIZE(state))
		return state;
	if (used + needed > MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("customer journey is too large"),
		                errdetail("The spans of a customer take less than 1 GB.")));
	while (size < used + needed)
		size *= 2;
	larger = palloc(Min(size, MaxAllocSize));
	memset(larger, 0, STATE_HEAD);
	if (state != NULL)
		memcpy(larger, state, used);
	SET_VARSIZE(larger, Min(size, MaxAllocSize));
	memset((char *) larger + used, 0, VARSIZE(larger) - used);
	larger->version = SPAN_VERSION;
	larger->used = (uint32) used;
	return larger;
}

static SpanState *
add_span(SpanState *state, const Span *span)
{
	unsigned char *at;

	state = with_room(state, SPAN_SIZE(span->stage));
	at = (unsigned char *) state + state->used;
	memcpy(at, &span->starts_at, sizeof(TimestampTz));
	memcpy(at + sizeof(TimestampTz), &span->ends_at, sizeof(TimestampTz));
	stage_put(at + SPAN_FIXED, span->stage);
	state->used += SPAN_SIZE(span->stage);
	return state;
}

/* The next span of a state; false after the last one. */
static bool
next_span(const SpanState *state, const unsigned char **at, Span *span)
{
	const unsigned char *end = (const unsigned char *) state + state->used;

	if (*at == end)
		return false;
	if ((Size) (end - *at) <= SPAN_FIXED)
		journey_refuse_corrupt();
	memcpy(&span->starts_at, *at, sizeof(TimestampTz));
	memcpy(&span->ends_at, *at + sizeof(TimestampTz), sizeof(TimestampTz));
	*at += SPAN_FIXED;
	if (!stage_next(at, end, &span->stage) || !IS_VALID_TIMESTAMP(span->starts_at) ||
	    span->ends_at < span->starts_at ||
	    (span->ends_at != DT_NOEND && !IS_VALID_TIMESTAMP(span->ends_at)))
		journey_refuse_corrupt();
	return true;
}

/* The stages that lie between spans, and behind the last one */
enum
{
	WAITING,
	FINISHED,
	PLACES
};
static const char *const place_names[PLACES] = {"(waiting)", "(finished)"};

/* Transitions: (state, starts_at, ends_at, stage) */

pg_noreturn static pg_noinline void
refuse_reversed(const Span *span)
{
	ereport(ERROR,
	        (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
	         errmsg("ends_at must not be before starts_at"),
	         errdetail("It starts at %s and ends at %s.", cxm_moment_text(span->starts_at),
	                   cxm_moment_text(span->ends_at)),
	         errhint("FILTER (WHERE (ends_at < starts_at) IS NOT TRUE) leaves such rows out.")));
}

static Datum
count_span(FunctionCallInfo fcinfo, SpanState *state, StageView stage)
{
	Span span = {.starts_at = PG_GETARG_TIMESTAMPTZ(1), .ends_at = DT_NOEND, .stage = stage};

	if (!PG_ARGISNULL(2))
		span.ends_at = PG_GETARG_TIMESTAMPTZ(2);
	if (TIMESTAMP_NOT_FINITE(span.starts_at))
		cxm_refuse_infinite("starts_at");
	if (span.ends_at < span.starts_at)
		refuse_reversed(&span);
	for (int i = 0; i < PLACES; i++)
		if (stage_is(stage, place_names[i], (int) strlen(place_names[i])))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("no span can be in the stage \"%s\"", place_names[i]),
			                errdetail("It lies between spans, or behind the last one.")));
	PG_RETURN_POINTER(add_span(state, &span));
}

static SpanState *
span_state_arg(FunctionCallInfo fcinfo)
{
	SpanState *state = event_state_arg(fcinfo);

	if (state != NULL)
		check_state(state);
	cxm_check_zones(fcinfo, CXM_ZONE_HINT("starts_at"));
	return state;
}

CXM_FUNCTION(journey_span_transition_stage)
{
	SpanState *state = span_state_arg(fcinfo);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(3))
		RETURN_EVENT_STATE(state);
	return count_span(fcinfo, state, stage_arg(fcinfo, 3));
}

CXM_FUNCTION(journey_span_transition_text)
{
	SpanState *state = span_state_arg(fcinfo);
	text      *word;
	StageKey   key;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(3))
		RETURN_EVENT_STATE(state);
	word = PG_GETARG_TEXT_PP(3);
	stage_of_name(VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word), &key, NULL);
	return count_span(fcinfo, state, stage_view(&key));
}

CXM_FUNCTION(journey_span_combine)
{
	SpanState *state = event_state_arg(fcinfo);
	SpanState *other;
	Size       more;

	if (PG_ARGISNULL(1) || toast_raw_datum_size(PG_GETARG_DATUM(1)) == VARHDRSZ)
		RETURN_EVENT_STATE(state);
	other = (SpanState *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(1));
	check_state(other);
	if (state == NULL)
		PG_RETURN_POINTER(other);
	check_state(state);
	more = other->used - STATE_HEAD;
	state = with_room(state, more);
	memcpy((char *) state + state->used, other->spans, more);
	state->used += more;
	PG_RETURN_POINTER(state);
}

/* The journey: its events as they are found, in the order in which they happened */

typedef struct Draft
{
	StageView *stages; /* one for each event */
	CxmEvent  *events;
	uint32     n;
	StageKey   place[PLACES];
} Draft;

/*
 * At one instant a journey has its events in the order of their stages.  What happened in another
 * order there is set a microsecond apart.
 */
static void
put_event(Draft *draft, TimestampTz time, StageView stage)
{
	uint32 i = draft->n++;

	if (i > 0)
	{
		time = Max(time, draft->events[i - 1].time);
		if (time == draft->events[i - 1].time && stage_compare(stage, draft->stages[i - 1]) < 0)
			time++;
		if (time == END_TIMESTAMP)
			ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			                errmsg("timestamp out of range"),
			                errdetail("No moment is left for what comes after.")));
	}
	draft->stages[i] = stage;
	draft->events[i] = (CxmEvent){time, i};
}

/* Ends the spans on the stack that have ended by then; what is below them goes on. */
static void
end_spans(Draft *draft, const Span *stack, uint32 *depth, TimestampTz until)
{
	while (*depth > 0 && stack[*depth - 1].ends_at <= until &&
	       stack[*depth - 1].ends_at != DT_NOEND)
	{
		const Span *ended = &stack[--*depth];
		TimestampTz at = ended->ends_at;

		while (*depth > 0 && stack[*depth - 1].ends_at <= at)
			--*depth;
		if (*depth == 0 && until == DT_NOEND)
			put_event(draft, at, stage_view(&draft->place[FINISHED]));
		else if (*depth == 0 && at < until)
			put_event(draft, at, stage_view(&draft->place[WAITING]));
		else if (*depth > 0 && !stage_equal(stack[*depth - 1].stage, ended->stage))
			put_event(draft, at, stack[*depth - 1].stage);
	}
}

CXM_FUNCTION(journey_span_final)
{
	SpanState           *state;
	const unsigned char *at;
	Span                *spans;
	Span                *stack;
	uint32               depth = 0;
	uint32               n = 0;
	Size                 most;
	Draft                draft = {0};

	if (PG_ARGISNULL(0) || toast_raw_datum_size(PG_GETARG_DATUM(0)) == VARHDRSZ)
		PG_RETURN_NULL();
	state = (SpanState *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	check_state(state);
	most = (state->used - STATE_HEAD) / (SPAN_FIXED + 1) + 1;
	spans = palloc_extended(most * sizeof(Span), MCXT_ALLOC_HUGE);
	for (at = state->spans; next_span(state, &at, &spans[n]); n++)
		check_interrupts(n);
	sort_spans(spans, n);
	for (int i = 0; i < PLACES; i++)
		stage_make_key(0, place_names[i], (int) strlen(place_names[i]), &draft.place[i], NULL);

	/* each begins and ends, and at its end another may go on */
	stack = palloc_extended(most * sizeof(Span), MCXT_ALLOC_HUGE);
	draft.stages = palloc_extended(2 * most * sizeof(StageView), MCXT_ALLOC_HUGE);
	draft.events = events_alloc(2 * most);
	for (uint32 i = 0; i < n; i++)
	{
		check_interrupts(i);
		if (i > 0 && span_compare(&spans[i - 1], &spans[i]) == 0)
			continue;
		end_spans(&draft, stack, &depth, spans[i].starts_at);
		put_event(&draft, spans[i].starts_at, spans[i].stage);
		stack[depth++] = spans[i];
	}
	end_spans(&draft, stack, &depth, DT_NOEND);
	PG_RETURN_POINTER(journey_build(draft.stages, draft.n, draft.events, draft.n));
}
