/*
 * funnel_state.c
 *		The bytes of a funnel_summary: how many journeys come how far along the steps of a funnel.
 */
#include "postgres.h"

#include "port/pg_bitutils.h"
#include "utils/json.h"

#include "journeys/funnel_state.h"
#include "journeys/journey_funnel.h"
#include "journeys/moments.h"

/*
 * Levels go from 0 and nobody is in progress at the last; times begin at the second step.  1.0.0
 * knew no times from the first step: where they are not as many as the journeys, they are unknown.
 */
static bool
key_is_sound(uint64 key, uint32 steps)
{
	uint64 what = KEYED_COUNTS_NAME(key) >> 8;
	uint32 k = KEYED_COUNTS_NAME(key) & 0xff;
	int    bucket = KEYED_COUNTS_BUCKET(key);

	switch (what)
	{
		case COUNT_LEVEL:
			return bucket == 0 && k <= steps;
		case COUNT_OPEN:
			return bucket == 0 && k >= 1 && k < steps;
		case COUNT_TIME:
			return bucket < CXM_LOG_BUCKETS && k >= 2 && k <= steps;
		case COUNT_SINCE:
			return bucket < CXM_LOG_BUCKETS && k >= 3 && k <= steps;
		case COUNT_TAKEN:
			return bucket == 0 && k >= 2 && k <= steps;
		default:
			return false;
	}
}

const KeyedCountsType funnel_counts = {&FUNNEL, "journeys", key_is_sound, NULL};

bool
funnel_is_empty(const void *state)
{
	return keyed_counts_is_empty(&funnel_counts, state);
}

bool
funnel_same_terms(const void *a, const void *b)
{
	return keyed_counts_same_terms(&funnel_counts, a, b);
}

/* Values and states; no byte of them is trusted */

/*
 * The parameters: this; the labels of the steps, each a byte of length and its bytes; and of what
 * 1.0.0 did not know, where there is such, the labels that are excluded, the set of optional steps,
 * the limits of the steps from the second on, and the calendar.
 */
typedef struct FunnelParams
{
	uint64 within;
	int64  as_of;
	uint8  mode;
	uint8  steps;
	uint8  excluded;
	uint8  options;
	uint8  unused[4];
} FunnelParams;

#define HAS_OPTIONAL 0x01
#define HAS_LIMITS 0x02
#define HAS_CALENDAR 0x04
#define HAS_ALL (HAS_OPTIONAL | HAS_LIMITS | HAS_CALENDAR)

/* The most that all this takes without a calendar. */
#define PARAMS_LIMIT                                                                   \
	(sizeof(FunnelParams) +                                                            \
	 (CXM_FUNNEL_MOST_STEPS + FUNNEL_MOST_EXCLUDED) * (Size) (1 + STAGE_LABEL_LIMIT) + \
	 sizeof(uint64) * (1 + CXM_FUNNEL_MOST_STEPS))

static unsigned char *
put_labels(unsigned char *at, const FunnelLabel *labels, int n)
{
	for (int i = 0; i < n; i++)
	{
		*at++ = (unsigned char) labels[i].length;
		memcpy(at, labels[i].text, labels[i].length);
		at += labels[i].length;
	}
	return at;
}

static Size
make_params(const FunnelTerms *terms, unsigned char *params)
{
	const FunnelSteps    *steps = terms->steps;
	const CxmFunnelTerms *engine = &steps->terms;
	FunnelParams          head = {.within = engine->within,
	                              .as_of = terms->as_of,
	                              .mode = (uint8) engine->mode,
	                              .steps = (uint8) engine->steps,
	                              .excluded = (uint8) steps->n_excluded};
	unsigned char        *at = params + sizeof(head);

	head.options = (engine->optional != 0 ? HAS_OPTIONAL : 0) |
	               (engine->has_limits ? HAS_LIMITS : 0) |
	               (steps->clock.calendar != NULL ? HAS_CALENDAR : 0);
	memcpy(params, &head, sizeof(head));
	at = put_labels(at, steps->label, engine->steps);
	at = put_labels(at, steps->excluded, steps->n_excluded);
	if (head.options & HAS_OPTIONAL)
	{
		memcpy(at, &engine->optional, sizeof(uint64));
		at += sizeof(uint64);
	}
	if (head.options & HAS_LIMITS)
	{
		memcpy(at, &engine->limits[1], sizeof(uint64) * (engine->steps - 1));
		at += sizeof(uint64) * (engine->steps - 1);
	}
	return (Size) (journey_clock_put(at, &steps->clock) - params);
}

static const unsigned char *
take_labels(const unsigned char *at, const unsigned char *end, FunnelLabel *labels, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (at >= end || end - at - 1 < *at || *at == 0)
			summary_refuse_value(&FUNNEL);
		labels[i] = (FunnelLabel){(const char *) at + 1, *at};
		at += 1 + *at;
	}
	return at;
}

static const unsigned char *
take_words(const unsigned char *at, const unsigned char *end, uint64 *words, int n)
{
	if ((Size) (end - at) < sizeof(uint64) * n)
		summary_refuse_value(&FUNNEL);
	memcpy(words, at, sizeof(uint64) * n);
	return at + sizeof(uint64) * n;
}

/* Are these terms that there can be? */
bool
funnel_steps_are_sound(const FunnelSteps *steps)
{
	const CxmFunnelTerms *terms = &steps->terms;

	if (terms->steps < CXM_FUNNEL_MOST_STEPS && terms->optional >> terms->steps != 0)
		return false;
	return (terms->optional & 1) == 0 && funnel_terms_fit(terms) &&
	       pg_popcount64(terms->optional) <= CXM_FUNNEL_MOST_OPTIONAL;
}

/* The terms and the counts of a value or state. */
static KeyedCountsCursor
read_value(const void *value, FunnelView *view)
{
	KeyedCountsCursor    cursor = keyed_counts_open(&funnel_counts, value);
	FunnelSteps         *steps = &view->steps;
	FunnelParams         head;
	const unsigned char *end = cursor.params + cursor.params_size;
	const unsigned char *at = cursor.params + sizeof(head);

	if (cursor.params_size < sizeof(head))
		summary_refuse_value(&FUNNEL);
	memcpy(&head, cursor.params, sizeof(head));
	if (head.steps < 1 || head.steps > CXM_FUNNEL_MOST_STEPS || head.mode >= CXM_FUNNEL_MODES ||
	    head.excluded > FUNNEL_MOST_EXCLUDED || head.options > HAS_ALL ||
	    !as_of_is_valid(head.as_of))
		summary_refuse_value(&FUNNEL);
	steps->terms = (CxmFunnelTerms){.mode = (CxmFunnelMode) head.mode,
	                                .steps = head.steps,
	                                .within = head.within,
	                                .has_limits = (head.options & HAS_LIMITS) != 0};
	steps->n_excluded = head.excluded;
	at = take_labels(at, end, steps->label, head.steps);
	at = take_labels(at, end, steps->excluded, head.excluded);
	if (head.options & HAS_OPTIONAL)
		at = take_words(at, end, &steps->terms.optional, 1);
	if (steps->terms.has_limits)
		at = take_words(at, end, &steps->terms.limits[1], head.steps - 1);
	steps->clock = (JourneyClock){NULL, 0, NULL};
	if ((head.options & HAS_CALENDAR) && !journey_clock_take(&at, end, &steps->clock))
		summary_refuse_value(&FUNNEL);
	if (at != end || !funnel_steps_are_sound(steps))
		summary_refuse_value(&FUNNEL);
	view->terms = (FunnelTerms){steps, head.as_of};
	view->counts = keyed_counts_read(&funnel_counts, cursor, head.steps, &view->n);
	return cursor;
}

/* Terms */

static void
print_labels(StringInfo text, const char *key, const FunnelLabel *labels, int n)
{
	appendStringInfo(text, "\"%s\": [", key);
	for (int i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoString(text, ", ");
		escape_json(text, pnstrdup(labels[i].text, labels[i].length));
	}
	appendStringInfoString(text, "], ");
}

static void
print_microseconds(StringInfo text, uint64 microseconds)
{
	if (microseconds == CXM_FUNNEL_UNLIMITED)
		appendStringInfoString(text, "null");
	else
		appendStringInfo(text, UINT64_FORMAT, microseconds);
}

void
funnel_print_terms(StringInfo text, const FunnelTerms *terms)
{
	const FunnelSteps    *steps = terms->steps;
	const CxmFunnelTerms *engine = &steps->terms;
	const char           *separator = "";

	print_labels(text, "steps", steps->label, engine->steps);
	if (engine->optional != 0)
	{
		appendStringInfoString(text, "\"optional\": [");
		for (int k = 0; k < engine->steps; k++)
			if (engine->optional >> k & 1)
			{
				appendStringInfo(text, "%s%d", separator, k + 1);
				separator = ", ";
			}
		appendStringInfoString(text, "], ");
	}
	if (steps->n_excluded > 0)
		print_labels(text, "excluded", steps->excluded, steps->n_excluded);
	if (engine->has_limits)
	{
		appendStringInfoString(text, "\"step_limits_microseconds\": [null");
		for (int k = 1; k < engine->steps; k++)
		{
			appendStringInfoString(text, ", ");
			print_microseconds(text, engine->limits[k]);
		}
		appendStringInfoString(text, "], ");
	}
	appendStringInfo(text,
	                 "\"mode\": \"%s\", \"within_microseconds\": ", funnel_mode_name(engine->mode));
	print_microseconds(text, engine->within);
	if (terms->as_of != DT_NOEND)
		appendStringInfo(text, ", \"as_of\": \"%s\"", as_of_text(terms->as_of));
	if (steps->clock.calendar != NULL)
	{
		appendStringInfoString(text, ", ");
		journey_clock_print(text, &steps->clock);
	}
}

void
funnel_refuse_mixture(const void *a, const void *b)
{
	FunnelView     view;
	StringInfoData texts[2];

	for (int i = 0; i < 2; i++)
	{
		initStringInfo(&texts[i]);
		read_value(i == 0 ? a : b, &view);
		funnel_print_terms(&texts[i], &view.terms);
	}
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cannot combine different funnels"),
	         errdetail("One is {%s}, the other {%s}.", texts[0].data, texts[1].data)));
}

/* Merging */

void *
funnel_to_state(const void *value)
{
	FunnelView        view;
	KeyedCountsCursor cursor = read_value(value, &view);

	return keyed_counts_merge(
	    &funnel_counts,
	    keyed_counts_make(&funnel_counts, cursor.params, cursor.params_size, view.n), view.counts,
	    view.n, true);
}

void *
funnel_merge(void *state, const void *value, bool add)
{
	FunnelView view;

	read_value(value, &view);
	if (!keyed_counts_is_state(&funnel_counts, state))
		state = funnel_to_state(state);
	return keyed_counts_merge(&funnel_counts, state, view.counts, view.n, add);
}

void *
funnel_canonical(const void *state)
{
	FunnelView        view;
	KeyedCountsCursor cursor = read_value(state, &view);

	return keyed_counts_canonical(&funnel_counts, cursor.params, cursor.params_size, view.counts,
	                              view.n);
}

/* Counting */

/* Room for parameters: this, unless there is a calendar in them. */
static inline unsigned char *
params_room(const FunnelTerms *terms, unsigned char *room)
{
	Size calendar = journey_clock_size(&terms->steps->clock);

	return likely(calendar == 0) ? room : palloc(PARAMS_LIMIT + calendar);
}

KeyedCounts *
funnel_make(const FunnelTerms *terms)
{
	unsigned char  room[PARAMS_LIMIT];
	unsigned char *params = params_room(terms, room);

	return keyed_counts_make(&funnel_counts, params, make_params(terms, params), 0);
}

static uint64
key_of_time(FunnelCount what, int step, const JourneyClock *clock, TimestampTz from, TimestampTz to)
{
	uint64 elapsed =
	    (uint64) journey_clock_time(clock, to) - (uint64) journey_clock_time(clock, from);

	return FUNNEL_KEY(what, step, cxm_log_bucket(Min(elapsed, (uint64) PG_INT64_MAX)));
}

KeyedCounts *
funnel_count_journey(KeyedCounts *state, const FunnelTerms *terms, const Journey *journey, bool add)
{
	unsigned char       room[PARAMS_LIMIT];
	unsigned char      *params = params_room(terms, room);
	const JourneyClock *clock = &terms->steps->clock;
	CxmFunnelAnswer     answer;
	uint64              keys[3 * CXM_FUNNEL_MOST_STEPS + 2];
	int                 n = 0;
	int                 before = 0;

	state = keyed_counts_prepare(&funnel_counts, state, params, make_params(terms, params), 0);
	journey_follow(journey, terms->steps, terms->as_of, true, &answer);

	keys[n++] = FUNNEL_KEY(COUNT_LEVEL, answer.level, 0);
	if (terms->as_of != DT_NOEND && answer.level > 0 && answer.is_open)
		keys[n++] = FUNNEL_KEY(COUNT_OPEN, answer.level, 0);
	for (int k = 1; k < answer.level; k++)
	{
		if ((answer.taken >> k & 1) == 0)
			continue;
		keys[n++] = key_of_time(COUNT_TIME, k + 1, clock, answer.times[before], answer.times[k]);
		if (k >= 2)
			keys[n++] = key_of_time(COUNT_SINCE, k + 1, clock, answer.times[0], answer.times[k]);
		if (terms->steps->terms.optional >> k & 1)
			keys[n++] = FUNNEL_KEY(COUNT_TAKEN, k + 1, 0);
		before = k;
	}
	for (int i = 0; i < n; i++)
		state = keyed_counts_count(&funnel_counts, state, keys[i], 1, add);
	return state;
}

/* Views */

void
funnel_view(const void *value, FunnelView *view)
{
	if (read_value(value, view).is_state)
		read_value(funnel_canonical(value), view);
	memset(view->journeys, 0, sizeof(view->journeys));
	for (uint32 i = 0; i < view->n; i++)
	{
		uint64 name = KEYED_COUNTS_NAME(view->counts[i].key);

		if (name >> 8 != COUNT_TIME && name >> 8 != COUNT_SINCE)
			view->journeys[name >> 8][name & 0xff] = (int64) view->counts[i].count;
	}
}

KeyedCount *
funnel_times_of(const FunnelView *view, FunnelCount what, int step, uint32 *n)
{
	uint64      name = FUNNEL_NAME(what, step);
	KeyedCount *first = view->counts;
	KeyedCount *end = view->counts + view->n;

	while (first < end && KEYED_COUNTS_NAME(first->key) != name)
		first++;
	for (*n = 0; first + *n < end && KEYED_COUNTS_NAME(first[*n].key) == name; (*n)++)
		;
	return first;
}

/* How many times of a step there are; false when no number is so large. */
static bool
count_times(const FunnelView *view, FunnelCount what, int step, uint64 *times)
{
	uint32      n;
	KeyedCount *counts = funnel_times_of(view, what, step, &n);

	*times = 0;
	for (uint32 i = 0; i < n; i++)
		if (pg_add_u64_overflow(*times, counts[i].count, times))
			return false;
	return true;
}

/*
 * Who is in progress got that far, who came to a step took some time for it, and who came to an
 * optional one, and no further, took it.
 */
bool
funnel_is_sound(const void *value)
{
	FunnelView view;
	uint64     reached = 0;

	funnel_view(value, &view);
	for (int k = view.steps.terms.steps; k >= 1; k--)
	{
		uint64 level = (uint64) view.journeys[COUNT_LEVEL][k];
		uint64 taken = (uint64) view.journeys[COUNT_TAKEN][k];
		uint64 times;
		uint64 since;

		if (view.journeys[COUNT_OPEN][k] > view.journeys[COUNT_LEVEL][k] ||
		    (view.journeys[COUNT_OPEN][k] > 0 && view.terms.as_of == DT_NOEND) ||
		    pg_add_u64_overflow(reached, level, &reached) || reached > PG_INT64_MAX ||
		    !count_times(&view, COUNT_TIME, k, &times) ||
		    !count_times(&view, COUNT_SINCE, k, &since) || since > times)
			return false;
		if (funnel_is_optional(&view, k) ? taken < level || taken > reached : taken != 0)
			return false;
		if (k >= 2 && times != (funnel_is_optional(&view, k) ? taken : reached))
			return false;
	}
	return true;
}
