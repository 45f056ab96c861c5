/*
 * funnel_summary.c
 *		The type funnel_summary: how many journeys come how far along the steps of a funnel.
 */
#include "postgres.h"

#include "journeys/funnel_state.h"
#include "journeys/moments.h"

#define TYPE_NAME "funnel_summary"

/* Transitions */

/* Where a form of the aggregate has its arguments beside (state, journey, steps, within). */
typedef struct FunnelForm
{
	int mode;
	int as_of;
	int exclude;
	int limits;
	int calendar;
} FunnelForm;

static Datum
count_row(FunctionCallInfo fcinfo, FunnelForm form, bool add)
{
	KeyedCounts *state = summary_state_arg(fcinfo);
	FunnelTerms  terms = {.as_of = DT_NOEND};
	Journey      journey;

	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	if (PG_ARGISNULL(2))
		funnel_refuse_null_steps();
	/* NULL stands for none where an argument behind it is meant */
	if (form.as_of > 0 && (form.exclude == 0 || !PG_ARGISNULL(form.as_of)))
		terms.as_of = as_of_arg(fcinfo, form.as_of);
	terms.steps = funnel_steps_arg(fcinfo, (FunnelArgs){.steps = 2,
	                                                    .within = 3,
	                                                    .mode = form.mode,
	                                                    .exclude = form.exclude,
	                                                    .limits = form.limits,
	                                                    .calendar = form.calendar});
	journey = journey_arg(fcinfo, 1);
	PG_RETURN_POINTER(funnel_count_journey(state, &terms, &journey, add));
}

#define FUNNEL_TRANSITIONS(name, ...) \
	SUMMARY_TRANSITIONS(name, count_row(fcinfo, (FunnelForm){__VA_ARGS__}, add))

FUNNEL_TRANSITIONS(funnel, .mode = 0)
FUNNEL_TRANSITIONS(funnel_mode, .mode = 4)
FUNNEL_TRANSITIONS(funnel_as_of, .as_of = 4)
FUNNEL_TRANSITIONS(funnel_mode_as_of, .mode = 4, .as_of = 5)
FUNNEL_TRANSITIONS(funnel_exclude, .mode = 4, .as_of = 5, .exclude = 6)
FUNNEL_TRANSITIONS(funnel_limits, .mode = 4, .as_of = 5, .exclude = 6, .limits = 7)
FUNNEL_TRANSITIONS(funnel_calendar, .mode = 4, .as_of = 5, .exclude = 6, .limits = 7, .calendar = 8)

/*
 * Text: {"steps": ["trial", "purchase"], "mode": "ordered", "within_microseconds": 3600000000,
 * "as_of": "2025-01-31T00:00:00Z", "furthest": {"0": 1, "1": 2, "2": 1}, "in_progress": {"1": 1},
 * "times": {"2": {"59768832": 1}}}: by the number of steps reached the journeys and those of them
 * still in progress; by step the times since the step before, see keyed_counts.h.  Where there are
 * such, "optional": [2], "excluded": ["cancelled"], "step_limits_microseconds": [null, 6000000] and
 * "calendar": "Mon-Fri 09:00-17:00 in UTC", and by step "since_first", the times since the first
 * one, and "taken", of optional ones.
 */
static void
print_journeys(StringInfo text, const char *key, const int64 *journeys, int steps)
{
	appendStringInfo(text, ", \"%s\": {", key);
	for (int k = 0; k <= steps; k++)
		if (journeys[k] != 0)
			cxm_json_print_count(text, (uint64) k, (uint64) journeys[k]);
	appendStringInfoChar(text, '}');
}

/* The histograms by step, where they are to be there even if there are none. */
static void
print_times(StringInfo text, const char *key, const FunnelView *view, FunnelCount what, bool always)
{
	const char *separator = "";
	int         length = text->len;

	appendStringInfo(text, ", \"%s\": {", key);
	for (int k = 2; k <= view->steps.terms.steps; k++)
	{
		uint32      n;
		KeyedCount *counts = funnel_times_of(view, what, k, &n);

		if (n == 0)
			continue;
		appendStringInfo(text, "%s\"%d\": ", separator, k);
		keyed_counts_print_histogram(text, counts, n);
		separator = ", ";
	}
	appendStringInfoChar(text, '}');
	if (*separator == '\0' && !always)
	{
		text->len = length;
		text->data[length] = '\0';
	}
}

static char *
funnel_text(const void *value)
{
	FunnelView     view;
	StringInfoData text;
	int            steps;

	funnel_view(value, &view);
	steps = view.steps.terms.steps;
	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	funnel_print_terms(&text, &view.terms);
	print_journeys(&text, "furthest", view.journeys[COUNT_LEVEL], steps);
	if (view.terms.as_of != DT_NOEND)
		print_journeys(&text, "in_progress", view.journeys[COUNT_OPEN], steps);
	if (view.steps.terms.optional != 0)
		print_journeys(&text, "taken", view.journeys[COUNT_TAKEN], steps);
	print_times(&text, "times", &view, COUNT_TIME, true);
	print_times(&text, "since_first", &view, COUNT_SINCE, false);
	appendStringInfoChar(&text, '}');
	return text.data;
}

/* Those of the counts stand where FunnelCount has them. */
enum
{
	FIELD_STEPS = FUNNEL_COUNTS,
	FIELD_MODE,
	FIELD_WITHIN,
	FIELD_AS_OF,
	FIELD_OPTIONAL,
	FIELD_EXCLUDED,
	FIELD_LIMITS,
	FIELD_CALENDAR
};

static const char *const FIELDS[] = {
    "furthest", "in_progress", "times",    "since_first",
    "taken",    "steps",       "mode",     "within_microseconds",
    "as_of",    "optional",    "excluded", "step_limits_microseconds",
    JOURNEY_CLOCK_FIELD,
};

/* Labels in the array that is a field, at most so many; how many, or -1. */
static int
read_labels(const JsonbValue *array, int field, Node *escontext, FunnelLabel *labels, int most)
{
	JsonbIterator *iterator = cxm_json_array(array, FIELDS[field], TYPE_NAME, escontext);
	JsonbValue     value;
	int            n = 0;

	if (iterator == NULL)
		return -1;
	for (; cxm_json_next_element(&iterator, &value); n++)
	{
		StageKey key;
		char    *label;

		if (n == most)
		{
			summary_refuse_text(&FUNNEL, escontext, "There are more than %d %s.", most,
			                    FIELDS[field]);
			return -1;
		}
		label = cxm_json_scalar(&value, FIELDS[field], TYPE_NAME, false, escontext);
		if (label == NULL || !stage_make_key(0, label, (int) strlen(label), &key, escontext))
			return -1;
		labels[n] = (FunnelLabel){label, (int) strlen(label)};
	}
	return n;
}

static bool
read_steps(const JsonbValue *array, Node *escontext, FunnelSteps *steps)
{
	steps->terms.steps =
	    read_labels(array, FIELD_STEPS, escontext, steps->label, CXM_FUNNEL_MOST_STEPS);
	if (steps->terms.steps == 0)
		return summary_refuse_text(&FUNNEL, escontext, "The array \"steps\" is empty.");
	return steps->terms.steps > 0;
}

/* The labels that are excluded, in their order and none of them a step. */
static bool
read_excluded(const JsonbValue *array, Node *escontext, FunnelSteps *steps)
{
	steps->n_excluded =
	    read_labels(array, FIELD_EXCLUDED, escontext, steps->excluded, FUNNEL_MOST_EXCLUDED);
	for (int i = 0; i < steps->n_excluded; i++)
		if (funnel_set_of_label(steps, steps->excluded[i].text, steps->excluded[i].length) != 0)
			return summary_refuse_text(&FUNNEL, escontext, "Stage \"%s\" is a step and excluded.",
			                           steps->excluded[i].text);
	if (steps->n_excluded > 0)
		funnel_sort_excluded(steps);
	return steps->n_excluded >= 0;
}

static bool
read_optional(const JsonbValue *array, Node *escontext, FunnelSteps *steps)
{
	JsonbIterator *iterator = cxm_json_array(array, FIELDS[FIELD_OPTIONAL], TYPE_NAME, escontext);
	JsonbValue     value;

	if (iterator == NULL)
		return false;
	while (cxm_json_next_element(&iterator, &value))
	{
		uint64 step;

		if (!cxm_json_count(&value, FIELDS[FIELD_OPTIONAL], TYPE_NAME, escontext, &step))
			return false;
		if (step < 2 || step > (uint64) steps->terms.steps)
			return summary_refuse_text(&FUNNEL, escontext,
			                           "Step " UINT64_FORMAT " cannot be optional.", step);
		steps->terms.optional |= UINT64CONST(1) << (step - 1);
	}
	return true;
}

static bool
read_limits(const JsonbValue *array, Node *escontext, FunnelSteps *steps)
{
	JsonbIterator *iterator = cxm_json_array(array, FIELDS[FIELD_LIMITS], TYPE_NAME, escontext);
	JsonbValue     value;
	int            n = 0;

	if (iterator == NULL)
		return false;
	for (; cxm_json_next_element(&iterator, &value); n++)
	{
		if (n >= steps->terms.steps || (n == 0 && value.type != jbvNull))
			break;
		steps->terms.limits[n] = CXM_FUNNEL_UNLIMITED;
		if (value.type == jbvNull)
			continue;
		if (!cxm_json_count(&value, FIELDS[FIELD_LIMITS], TYPE_NAME, escontext,
		                    &steps->terms.limits[n]))
			return false;
		steps->terms.has_limits = true;
	}
	if (n != steps->terms.steps || !steps->terms.has_limits)
		return summary_refuse_text(&FUNNEL, escontext,
		                           "The limits are not one for each step, the first of them null.");
	return true;
}

/* What there may be beside the steps. */
static bool
read_options(JsonbValue **fields, Node *escontext, FunnelSteps *steps)
{
	if ((fields[FIELD_OPTIONAL] != NULL &&
	     !read_optional(fields[FIELD_OPTIONAL], escontext, steps)) ||
	    (fields[FIELD_EXCLUDED] != NULL &&
	     !read_excluded(fields[FIELD_EXCLUDED], escontext, steps)) ||
	    (fields[FIELD_LIMITS] != NULL && !read_limits(fields[FIELD_LIMITS], escontext, steps)) ||
	    !journey_clock_read(&FUNNEL, fields[FIELD_CALENDAR], escontext, &steps->clock))
		return false;
	if (!funnel_steps_are_sound(steps))
		return summary_refuse_text(&FUNNEL, escontext,
		                           "There is no funnel of such optional steps.");
	return true;
}

static bool
read_counts(KeyedCounts **state, const FunnelSteps *steps, const JsonbValue *object,
            FunnelCount what, Node *escontext)
{
	static const int first[] = {[COUNT_LEVEL] = 0,
	                            [COUNT_OPEN] = 1,
	                            [COUNT_TIME] = 2,
	                            [COUNT_SINCE] = 3,
	                            [COUNT_TAKEN] = 2};
	JsonbIterator   *iterator =
	    cxm_json_fields(object, "The value", FIELDS[what], TYPE_NAME, escontext);
	JsonbValue value;
	char      *key;

	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &value))
	{
		uint64 count;
		uint64 step;

		/* nobody is in progress at the last step */
		if (!cxm_json_is_number(key, (uint64) (steps->terms.steps - (what == COUNT_OPEN)), &step) ||
		    step < (uint64) first[what])
			return summary_refuse_text(&FUNNEL, escontext,
			                           "\"%s\" is not a number of steps that can stand here.", key);
		if (what == COUNT_TIME || what == COUNT_SINCE)
		{
			if (!keyed_counts_read_histogram(&funnel_counts, &value, key, FUNNEL_NAME(what, step),
			                                 state, escontext))
				return false;
			continue;
		}
		if (!cxm_json_count(&value, key, TYPE_NAME, escontext, &count))
			return false;
		*state = keyed_counts_count(&funnel_counts, *state, FUNNEL_KEY(what, step, 0), count, true);
	}
	return true;
}

static void *
funnel_read(JsonbValue **fields, Node *escontext)
{
	FunnelSteps  steps = {.terms = {.within = CXM_FUNNEL_UNLIMITED}};
	FunnelTerms  terms = {.steps = &steps};
	const char  *mode;
	KeyedCounts *state;
	void        *value;

	if (!read_steps(fields[FIELD_STEPS], escontext, &steps))
		return NULL;
	mode = cxm_json_scalar(fields[FIELD_MODE], "mode", TYPE_NAME, false, escontext);
	if (mode == NULL)
		return NULL;
	if (!funnel_find_mode(mode, (int) strlen(mode), &steps.terms.mode))
		return summary_refuse_text(&FUNNEL, escontext, "There is no mode \"%s\".", mode);
	if (fields[FIELD_WITHIN] == NULL || fields[FIELD_WITHIN]->type != jbvNull)
		if (!cxm_json_there(fields[FIELD_WITHIN], FIELDS[FIELD_WITHIN], TYPE_NAME, escontext) ||
		    !cxm_json_count(fields[FIELD_WITHIN], FIELDS[FIELD_WITHIN], TYPE_NAME, escontext,
		                    &steps.terms.within))
			return NULL;
	if (!read_options(fields, escontext, &steps) ||
	    !as_of_read(&FUNNEL, fields[FIELD_AS_OF], escontext, &terms.as_of))
		return NULL;
	state = funnel_make(&terms);
	for (int what = COUNT_LEVEL; what < FUNNEL_COUNTS; what++)
		if (fields[what] != NULL &&
		    !read_counts(&state, &steps, fields[what], (FunnelCount) what, escontext))
			return NULL;
	value = funnel_canonical(state);
	if (!funnel_is_sound(value))
		return summary_refuse_text(&FUNNEL, escontext, "The counts do not fit each other.");
	return value;
}

/*
 * Binary: mode, window, as_of; the steps; the counts, each behind its key.  Where there are options
 * the mode has WITH_OPTIONS, and behind the steps come the set of optional steps, what is excluded,
 * whether there are limits, and these of the steps from the second on.  Where there is a calendar
 * the mode has WITH_CALENDAR, and that comes before the counts.
 */
#define WITH_OPTIONS 0x80
#define WITH_CALENDAR 0x40

static void
send_labels(StringInfo buffer, const FunnelLabel *labels, int n)
{
	pq_sendint32(buffer, n);
	for (int i = 0; i < n; i++)
		summary_send_text(buffer, labels[i].text, labels[i].length);
}

static void
funnel_send(StringInfo buffer, const void *value)
{
	FunnelView      view;
	CxmFunnelTerms *terms = &view.steps.terms;
	bool            options;

	funnel_view(value, &view);
	options = terms->optional != 0 || terms->has_limits || view.steps.n_excluded > 0;
	pq_sendint8(buffer, (uint8) terms->mode | (options ? WITH_OPTIONS : 0) |
	                        (view.steps.clock.calendar != NULL ? WITH_CALENDAR : 0));
	pq_sendint64(buffer, terms->within);
	pq_sendint64(buffer, view.terms.as_of);
	send_labels(buffer, view.steps.label, terms->steps);
	if (options)
	{
		pq_sendint64(buffer, terms->optional);
		send_labels(buffer, view.steps.excluded, view.steps.n_excluded);
		pq_sendint8(buffer, terms->has_limits);
		for (int k = 1; terms->has_limits && k < terms->steps; k++)
			pq_sendint64(buffer, terms->limits[k]);
	}
	if (view.steps.clock.calendar != NULL)
		journey_clock_send(buffer, &view.steps.clock);
	keyed_counts_send(buffer, view.counts, view.n);
}

static int
receive_labels(StringInfo buffer, FunnelLabel *labels, uint32 least, uint32 most)
{
	uint32 n = pq_getmsgint(buffer, 4);

	if (n < least || n > most)
		summary_refuse_binary(&FUNNEL, "The number of steps is impossible.");
	for (uint32 i = 0; i < n; i++)
		labels[i].text = stage_receive_label(&FUNNEL, buffer, &labels[i].length);
	return (int) n;
}

static uint64
receive_limit(StringInfo buffer)
{
	uint64 limit = (uint64) pq_getmsgint64(buffer);

	if (limit > PG_INT64_MAX && limit != CXM_FUNNEL_UNLIMITED)
		summary_refuse_binary(&FUNNEL, "The window is negative.");
	return limit;
}

static void
receive_options(StringInfo buffer, FunnelSteps *steps)
{
	steps->terms.optional = (uint64) pq_getmsgint64(buffer);
	steps->n_excluded = receive_labels(buffer, steps->excluded, 0, FUNNEL_MOST_EXCLUDED);
	for (int i = 0; i < steps->n_excluded; i++)
		if (funnel_set_of_label(steps, steps->excluded[i].text, steps->excluded[i].length) != 0)
			summary_refuse_binary(&FUNNEL, "A step is excluded.");
	funnel_sort_excluded(steps);
	steps->terms.has_limits = pq_getmsgbyte(buffer) != 0;
	for (int k = 1; steps->terms.has_limits && k < steps->terms.steps; k++)
		steps->terms.limits[k] = receive_limit(buffer);
}

static void *
funnel_receive(StringInfo buffer)
{
	uint8       mode = (uint8) pq_getmsgbyte(buffer);
	FunnelSteps steps = {.terms.mode = (CxmFunnelMode) (mode & ~(WITH_OPTIONS | WITH_CALENDAR))};
	FunnelTerms terms = {.steps = &steps};
	void       *value;

	if (steps.terms.mode >= CXM_FUNNEL_MODES)
		summary_refuse_binary(&FUNNEL, "The mode is unknown.");
	steps.terms.within = receive_limit(buffer);
	terms.as_of = as_of_receive(&FUNNEL, buffer);
	steps.terms.steps = receive_labels(buffer, steps.label, 1, CXM_FUNNEL_MOST_STEPS);
	if (mode & WITH_OPTIONS)
		receive_options(buffer, &steps);
	if (mode & WITH_CALENDAR)
		steps.clock = journey_clock_receive(&FUNNEL, buffer);
	if (!funnel_steps_are_sound(&steps))
		summary_refuse_binary(&FUNNEL, "The optional steps or the limits are impossible.");
	value = funnel_canonical(keyed_counts_receive(&funnel_counts, buffer, funnel_make(&terms),
	                                              (uint32) steps.terms.steps));
	if (!funnel_is_sound(value))
		summary_refuse_binary(&FUNNEL, "The counts do not fit each other.");
	return value;
}

const SummaryType FUNNEL = {
    .name = TYPE_NAME,
    KEYED_COUNTS_FORMAT,
    .no_field = "There is no field \"%s\" in a funnel.",
    SUMMARY_READ_SLOTS(funnel, FIELDS),
    SUMMARY_TERMS(funnel),
};

COUNTING_SUMMARY_FUNCTIONS(funnel_summary, FUNNEL)

/* Readings */

/* How many reached each step, or a later one. */
static void
count_reached(const FunnelView *view, int64 *reached)
{
	int steps = view->steps.terms.steps;

	reached[steps + 1] = 0;
	for (int k = steps; k >= 1; k--)
		if (pg_add_s64_overflow(reached[k + 1], view->journeys[COUNT_LEVEL][k], &reached[k]))
			summary_refuse_overflow("count of journeys");
}

/* The journeys that came from one step to another, of those of which that is decided. */
static CxmShareSample
conversion(const FunnelView *view, const int64 *reached, int from, int to)
{
	double journeys =
	    (double) (funnel_is_optional(view, to) ? view->journeys[COUNT_TAKEN][to] : reached[to]);
	double undecided = 0;
	double decided;

	/* who may still come to this step does not count against it */
	for (int k = from; k < to; k++)
		undecided += (double) view->journeys[COUNT_OPEN][k];
	decided = (double) reached[from] - undecided;
	if (decided <= 0)
		return (CxmShareSample){NAN, 0};
	return (CxmShareSample){journeys / decided, decided};
}

/* A share with its denominator and its interval, in columns from the given ones on. */
static void
put_share(const CxmShareSample *share, double level, Datum *values, bool *nulls, int share_at,
          int of_at, int lower_at)
{
	CxmInterval interval = {0, 0};
	bool        found = share->n > 0 && cxm_share_interval(share, level, &interval);

	nulls[share_at] = nulls[of_at] = share->n <= 0;
	nulls[lower_at] = nulls[lower_at + 1] = !found;
	values[share_at] = Float8GetDatum(share->n <= 0 ? 0 : share->share);
	values[of_at] = Int64GetDatum((int64) share->n);
	values[lower_at] = Float8GetDatum(interval.lower);
	values[lower_at + 1] = Float8GetDatum(interval.upper);
}

static void
put_median(const FunnelView *view, FunnelCount what, int step, int64 expected, Datum *value,
           bool *null)
{
	uint32      n;
	KeyedCount *counts = funnel_times_of(view, what, step, &n);
	uint64      times = 0;

	for (uint32 i = 0; i < n; i++)
		times += counts[i].count;
	*null = times != (uint64) expected || !keyed_counts_median(counts, n, value);
}

/* The columns of a step, in the order of the type funnel_step. */
enum
{
	COLUMN_STEP,
	COLUMN_STAGE,
	COLUMN_JOURNEYS,
	COLUMN_IN_PROGRESS,
	COLUMN_FROM_FIRST,
	COLUMN_FROM_PREVIOUS,
	COLUMN_MEDIAN_TIME,
	COLUMN_OF_FIRST,
	COLUMN_OF_PREVIOUS,
	COLUMN_FROM_FIRST_LOWER,
	COLUMN_FROM_FIRST_UPPER,
	COLUMN_FROM_PREVIOUS_LOWER,
	COLUMN_FROM_PREVIOUS_UPPER,
	COLUMN_MEDIAN_SINCE_FIRST,
	COLUMNS
};

static void
return_step(FunctionCallInfo fcinfo, const FunnelView *view, const int64 *reached, int k,
            double level)
{
	Datum          values[COLUMNS] = {0};
	bool           nulls[COLUMNS] = {false};
	CxmShareSample from_first = conversion(view, reached, 1, k);
	CxmShareSample from_previous = {NAN, 0};
	int64 journeys = funnel_is_optional(view, k) ? view->journeys[COUNT_TAKEN][k] : reached[k];
	int   previous = k - 1;

	while (previous > 1 && funnel_is_optional(view, previous))
		previous--;
	if (previous >= 1)
		from_previous = conversion(view, reached, previous, k);
	values[COLUMN_STEP] = Int32GetDatum(k);
	values[COLUMN_STAGE] = PointerGetDatum(
	    cstring_to_text_with_len(view->steps.label[k - 1].text, view->steps.label[k - 1].length));
	nulls[COLUMN_STAGE] = view->steps.terms.mode == CXM_FUNNEL_UNORDERED;
	values[COLUMN_JOURNEYS] = Int64GetDatum(journeys);
	values[COLUMN_IN_PROGRESS] = Int64GetDatum(view->journeys[COUNT_OPEN][k]);
	nulls[COLUMN_IN_PROGRESS] = view->terms.as_of == DT_NOEND;
	put_share(&from_first, level, values, nulls, COLUMN_FROM_FIRST, COLUMN_OF_FIRST,
	          COLUMN_FROM_FIRST_LOWER);
	put_share(&from_previous, level, values, nulls, COLUMN_FROM_PREVIOUS, COLUMN_OF_PREVIOUS,
	          COLUMN_FROM_PREVIOUS_LOWER);
	put_median(view, COUNT_TIME, k, k > 1 ? journeys : 0, &values[COLUMN_MEDIAN_TIME],
	           &nulls[COLUMN_MEDIAN_TIME]);
	if (k > 2)
		put_median(view, COUNT_SINCE, k, journeys, &values[COLUMN_MEDIAN_SINCE_FIRST],
		           &nulls[COLUMN_MEDIAN_SINCE_FIRST]);
	else
	{
		values[COLUMN_MEDIAN_SINCE_FIRST] = values[COLUMN_MEDIAN_TIME];
		nulls[COLUMN_MEDIAN_SINCE_FIRST] = nulls[COLUMN_MEDIAN_TIME];
	}
	cxm_return_row(fcinfo, values, nulls);
}

/* (summary [, level]) */
CXM_FUNCTION(funnel_rows)
{
	FunnelView view;
	int64      reached[CXM_FUNNEL_MOST_STEPS + 2];
	double     level = PG_NARGS() > 1 ? cxm_level_arg(fcinfo, 1) : 0.95;

	InitMaterializedSRF(fcinfo, 0);
	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		return (Datum) 0;
	funnel_view(SUMMARY_ARG(0), &view);
	count_reached(&view, reached);
	for (int k = 1; k <= view.steps.terms.steps; k++)
		return_step(fcinfo, &view, reached, k, level);
	return (Datum) 0;
}

/* Tests compare funnels of the same terms, but for as_of. */
static void
check_comparable(const FunnelView *a, const FunnelView *b)
{
	StringInfoData texts[2];

	for (int i = 0; i < 2; i++)
	{
		FunnelTerms terms = {i == 0 ? &a->steps : &b->steps, DT_NOEND};

		initStringInfo(&texts[i]);
		funnel_print_terms(&texts[i], &terms);
	}
	if (strcmp(texts[0].data, texts[1].data) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot compare different funnels"),
		                errdetail("One is {%s}, the other {%s}.", texts[0].data, texts[1].data)));
}

static int
step_arg(FunctionCallInfo fcinfo, int argno, const char *name, const FunnelView *view)
{
	int step = PG_GETARG_INT32(argno);

	if (step < 1 || step > view->steps.terms.steps)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("%s must be a step from 1 to %d, not %d", name,
		                       view->steps.terms.steps, step)));
	return step;
}

/* (a, b, step, from_step, level) */
CXM_FUNCTION(funnel_test)
{
	FunnelView     views[2];
	CxmShareSample samples[2] = {{0}};
	CxmTest        test = {0};
	double         level = cxm_level_arg(fcinfo, 4);

	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)) || SUMMARY_IS_BLANK(SUMMARY_ARG(1)))
		PG_RETURN_NULL();
	for (int i = 0; i < 2; i++)
	{
		int64 reached[CXM_FUNNEL_MOST_STEPS + 2];
		int   step;
		int   from;

		funnel_view(SUMMARY_ARG(i), &views[i]);
		count_reached(&views[i], reached);
		if (i > 0)
			check_comparable(&views[0], &views[1]);
		step = step_arg(fcinfo, 2, "step", &views[i]);
		from = step_arg(fcinfo, 3, "from_step", &views[i]);
		if (from >= step)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("from_step must be before step"),
			                errdetail("from_step is %d, and step %d.", from, step)));
		if (funnel_is_optional(&views[i], from))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("from_step must not be optional")));
		samples[i] = conversion(&views[i], reached, from, step);
	}
	return cxm_test_record(fcinfo,
	                       samples[0].n > 0 && samples[1].n > 0 &&
	                           cxm_share_test(&samples[0], &samples[1], level, &test),
	                       &test);
}
