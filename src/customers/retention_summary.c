/*
 * retention_summary.c
 *		The type retention_summary: how many customers came back, by period since their first day.
 *
 * It is counters of periods, as period_counts.h draws them, two of each:
 *
 *	last_ended		customers whose last finished period this is; in the kind again, customers for
 *					whom this period has ended and who were active in the one before
 *	active			of the customers for whom this period has ended, those who were active in it;
 *					in the kind on_or_after, customers for whom this is the last finished period
 *					with activity in it or later; in the kind again, of those before
 *
 * eligible(p), the customers for whom period p has ended, is the sum of last_ended from p on; and
 * in the kind on_or_after retained(p) is the sum of active from p on.  So a customer is one step of
 * a counter, however many periods have ended.  In the kind again both are the counters themselves.
 *
 *	flags	bit 2: of kind on_or_after; bit 3: since a start, which need not be an activity; bit 4:
 *			of kind again
 *
 * Since a start there is one more counter, of customers who were active before it.  What 1.0.0 had,
 * days, weeks from Monday, months, quarters and years from January, since the first activity, is
 * version 1; all else is version 2.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "customers/activity_days.h"
#include "customers/period_counts.h"

#define RETENTION_VERSION 1
#define RETENTION_NEWEST 2
#define RETENTION_ON_OR_AFTER 0x04
#define RETENTION_STARTED 0x08
#define RETENTION_AGAIN 0x10

/* Which of the two counters of a period; and of its two figures. */
enum
{
	LAST_ENDED,
	ACTIVE,
	COUNTERS
};

#define ELIGIBLE LAST_ENDED
#define RETAINED ACTIVE

static const SummaryType RETENTION;

static uint8
retention_version(const PeriodTerms *terms)
{
	const CxmBucket *bucket = &terms->bucket;

	if ((terms->flags & RETENTION_ON_OR_AFTER) != 0 && (terms->flags & RETENTION_AGAIN) != 0)
		return 0;
	if (bucket->unit <= CXM_BUCKET_MONTHS && bucket->begins == 0 &&
	    (terms->flags & (RETENTION_STARTED | RETENTION_AGAIN)) == 0)
		return RETENTION_VERSION;
	return RETENTION_NEWEST;
}

static bool retention_is_sound(const void *view);

static const PeriodCountsType retention_counts = {
    .summary = &RETENTION,
    .per_period = COUNTERS,
    .head_flag = RETENTION_STARTED,
    .version = retention_version,
    .is_sound = retention_is_sound,
};

PERIOD_COUNTS_FUNCTIONS(retention)

static PeriodView
retention_view(const void *value)
{
	return period_counts_view(&retention_counts, value);
}

/* Is this figure of a period the sum of the counter from that period on? */
static inline bool
is_sum(const PeriodTerms *terms, int which)
{
	return which == ELIGIBLE ? (terms->flags & RETENTION_AGAIN) == 0
	                         : (terms->flags & RETENTION_ON_OR_AFTER) != 0;
}

/* Walks from the last period to the first: both figures may depend on the periods behind. */
typedef struct RetentionWalk
{
	const PeriodView *view;
	int64             period;
	int64             figure[COUNTERS];
} RetentionWalk;

static inline RetentionWalk
start_walk(const PeriodView *view)
{
	return (RetentionWalk){view, view->periods, {0, 0}};
}

static inline bool
step_walk(RetentionWalk *walk)
{
	CHECK_FOR_INTERRUPTS();
	if (walk->period-- == 0)
		return false;
	for (int which = 0; which < COUNTERS; which++)
	{
		if (!is_sum(&walk->view->terms, which))
			walk->figure[which] = 0;
		if (pg_add_s64_overflow(walk->figure[which],
		                        period_count(&retention_counts, walk->view, walk->period, which),
		                        &walk->figure[which]))
			summary_refuse_overflow("count of customers");
	}
	return true;
}

/* Is everybody active in the first period, since it holds the first day of activity? */
static inline bool
begins_active(const PeriodTerms *terms)
{
	return (terms->flags & RETENTION_STARTED) == 0 &&
	       (terms->bucket.unit != CXM_BUCKET_BRACKETS ||
	        cxm_bucket_span(&terms->bucket, 0).first == 0);
}

/* Customers of whom the summary tells that they were active before their start. */
static inline int64
active_before(const PeriodView *view)
{
	return view->heads > 0 ? period_counter(&retention_counts, view, 0) : 0;
}

/* Nobody is retained who is not eligible, nor active before a start without one. */
static bool
retention_is_sound(const void *value)
{
	const PeriodView *view = value;
	RetentionWalk     walk = start_walk(view);

	while (step_walk(&walk))
		if (walk.figure[RETAINED] > walk.figure[ELIGIBLE])
			return false;
	return (!begins_active(&view->terms) || walk.figure[RETAINED] == walk.figure[ELIGIBLE]) &&
	       active_before(view) <= walk.figure[ELIGIBLE];
}

/* Terms */

static const char *
kind_text(const PeriodTerms *terms)
{
	if ((terms->flags & RETENTION_AGAIN) != 0)
		return "again";
	return (terms->flags & RETENTION_ON_OR_AFTER) != 0 ? "on_or_after" : "on";
}

static void
retention_refuse_mixture(const void *a, const void *b)
{
	PeriodTerms of_a = retention_view(a).terms;
	PeriodTerms of_b = retention_view(b).terms;

	if (((of_a.flags ^ of_b.flags) & RETENTION_STARTED) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot combine retention since a start with retention since the "
		                       "first activity")));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("cannot combine retention by %s (%s) and by %s (%s)",
	                       period_bucket_text(&of_a.bucket), kind_text(&of_a),
	                       period_bucket_text(&of_b.bucket), kind_text(&of_b))));
}

/* Counting */

/* When a customer was active, in order: days, or microseconds since the customer's first moment. */
typedef struct Visits
{
	const DateADT *days;
	const int64   *moments;
	int32          n;
} Visits;

static inline int64
visit_at(const Visits *visits, int32 i)
{
	return visits->days != NULL ? visits->days[i] : visits->moments[i];
}

/* The last period that had ended by then; -1 when that of the first day had not. */
static int64
last_ended_period(const CxmBucket *bucket, int64 first_day, int64 as_of)
{
	int64 period = first_day > as_of ? -1 : cxm_period_begun(bucket, first_day, as_of);

	if (period >= 0 && cxm_period_last_day(bucket, first_day, period) > as_of)
		period--;
	if (period >= MOST_PERIODS)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("more than %d periods from first day to as_of", MOST_PERIODS),
		                errhint("Use a longer bucket.")));
	return period;
}

/* A step for the last of the periods that have ended with activity in it or later. */
static void
count_last_activity(PeriodSteps *steps, const CxmBucket *bucket, const Visits *visits, int64 first,
                    int64 as_of, int64 ended)
{
	int32 n = visits->n;
	int64 period;

	while (n > 0 && visit_at(visits, n - 1) > as_of)
		n--;
	if (n == 0 || visit_at(visits, n - 1) < first)
		return;
	period = cxm_period_begun(bucket, first, visit_at(visits, n - 1));
	if (period >= 0)
		period_step(steps, Min(ended, period), ACTIVE);
}

/* A step for each period with activity in it; of the kind again, for each pair of them, too. */
static void
count_each_activity(PeriodSteps *steps, const CxmBucket *bucket, const Visits *visits, int64 first,
                    int64 as_of, int64 ended, bool again)
{
	int64 last_day = first - 1; /* of the period that was counted last, which is this: */
	int64 last = -1;

	for (int32 i = 0; i < visits->n; i++)
	{
		int64 day = visit_at(visits, i);
		int64 period;

		if (day <= last_day)
			continue;
		CHECK_FOR_INTERRUPTS();
		period = cxm_period_of(bucket, first, day);
		if (period > ended || day > as_of)
			break;
		if (period < 0)
			continue;
		last_day = cxm_period_last_day(bucket, first, period);
		if (!again || period == last + 1)
			period_step(steps, period, RETAINED);
		if (again && period < ended)
			period_step(steps, period + 1, ELIGIBLE);
		last = period;
	}
}

/*
 * Counts a customer, or takes one out, by first day and activity.  The state may be any value or
 * NULL, and is changed in place or replaced; it stays as it is for a customer for whom no period
 * had ended.
 */
static void *
count_visits(void *state, const PeriodTerms *terms, const Visits *visits, int64 first, int64 as_of,
             bool add)
{
	const CxmBucket *bucket = &terms->bucket;
	int64            ended = last_ended_period(bucket, first, as_of);
	bool             again = (terms->flags & RETENTION_AGAIN) != 0;
	PeriodSteps      steps;

	if (ended < 0)
		return state;
	steps = period_steps(&retention_counts,
	                     period_counts_prepare(&retention_counts, state, terms, ended + 1), add);
	if (steps.heads > 0 && visits->n > 0 && visit_at(visits, 0) < first)
		period_step_at(&steps, 0);
	period_step(&steps, again ? 0 : ended, ELIGIBLE);
	if ((terms->flags & RETENTION_ON_OR_AFTER) != 0)
		count_last_activity(&steps, bucket, visits, first, as_of, ended);
	else
		count_each_activity(&steps, bucket, visits, first, as_of, ended, again);
	return add ? steps.state : period_counts_shortened(&retention_counts, steps.state, ended + 1);
}

/* Arguments */

static bool
parse_kind(const char *kind, Size length, uint8 *flags)
{
	static const struct
	{
		const char *name;
		uint8       flag;
	} kinds[] = {{"on", 0}, {"on_or_after", RETENTION_ON_OR_AFTER}, {"again", RETENTION_AGAIN}};

	for (int i = 0; i < (int) lengthof(kinds); i++)
		if (strlen(kinds[i].name) == length && memcmp(kind, kinds[i].name, length) == 0)
		{
			*flags |= kinds[i].flag;
			return true;
		}
	return false;
}

/* The kind in an argument, if the call has one. */
static uint8
kind_arg(FunctionCallInfo fcinfo, int argno)
{
	uint8 flags = 0;
	text *kind;

	if (PG_NARGS() <= argno)
		return flags;
	kind = DatumGetTextPP(cxm_required_arg(fcinfo, argno, "kind"));
	if (!parse_kind(VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind), &flags))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("unknown kind \"%s\"", text_to_cstring(kind)),
		                errhint("The kinds are on, on_or_after and again. A start that is written "
		                        "out has its type, as in date '2025-01-31'.")));
	return flags;
}

static Datum
state_result(void *state)
{
	PG_RETURN_POINTER(state != NULL ? state : summary_blank());
}

/* Transitions: days */

static void
refuse_first_day(DateADT first)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("a customer's first day, %s, is in none of the periods",
	                       DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(first)))),
	                errhint("Add a period for it, or leave such customers out by a FILTER.")));
}

static Datum
count_customer(FunctionCallInfo fcinfo, CxmBucket bucket, bool started, bool add)
{
	int         start_arg = 4;
	PeriodTerms terms = {bucket, kind_arg(fcinfo, start_arg + started), 0};
	DateADT     as_of = cxm_as_of_arg(fcinfo, 3);
	void       *state = summary_raw_state_arg(fcinfo);
	DaySet      days = {NULL, 0};
	Visits      visits;
	DateADT     first;

	if (PG_ARGISNULL(started ? start_arg : 1))
		return state_result(state);
	if (!PG_ARGISNULL(1))
		days = activity_days_of(SUMMARY_ARG(1));
	if (started)
	{
		first = PG_GETARG_DATEADT(start_arg);
		terms.flags |= RETENTION_STARTED;
		if (DATE_NOT_FINITE(first))
			cxm_refuse_infinite("started");
	}
	else if (days.n > 0)
		first = days.at[0];
	else
		return state_result(state);
	if (bucket.unit == CXM_BUCKET_PERIODS && first <= as_of &&
	    cxm_period_of(&bucket, first, first) < 0)
		refuse_first_day(first);
	/* nobody is nowhere: not to be taken for moments */
	visits = (Visits){days.n > 0 ? days.at : &first, NULL, days.n};
	return state_result(count_visits(state, &terms, &visits, first, as_of, add));
}

static Datum
count_days(FunctionCallInfo fcinfo, bool started, bool add)
{
	CxmSpan   spans[CXM_BUCKET_MOST_SPANS];
	CxmBucket bucket = period_bucket_arg(fcinfo, 2, spans);

	if (bucket.unit == CXM_BUCKET_HOURS)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("hours cannot be told from days"),
		         errhint("Count each customer's moments, in an array that array_agg(at) makes: "
		                 "retention_hours_agg(moments, '%s', as_of).",
		                 period_bucket_text(&bucket))));
	return count_customer(fcinfo, bucket, started, add);
}

SUMMARY_TRANSITIONS(retention, count_days(fcinfo, false, add))
SUMMARY_TRANSITIONS(retention_start, count_days(fcinfo, true, add))

/* Transitions: periods in an array, which nearly always is the one of the row before */

typedef struct KnownPeriods
{
	CxmBucket  bucket;
	ArrayType *array;
	CxmSpan    spans[CXM_BUCKET_MOST_SPANS];
} KnownPeriods;

static CxmSpan
span_of_period(TypeCacheEntry *type, Datum datum, bool is_null)
{
	RangeBound lower;
	RangeBound upper;
	bool       empty = true;

	if (!is_null)
		range_deserialize(type, DatumGetRangeTypeP(datum), &lower, &upper, &empty);
	if (is_null || empty || lower.infinite || upper.infinite ||
	    !cxm_bucket_knows_day(DatumGetDateADT(lower.val)) ||
	    !cxm_bucket_knows_day((int64) DatumGetDateADT(upper.val) - 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("periods must have a first and a last day"),
		                errdetail("One is NULL, empty or infinite, or not within the years 1 to "
		                          "9999.")));
	return (CxmSpan){DatumGetDateADT(lower.val), DatumGetDateADT(upper.val) - 1};
}

static void
read_periods(TypeCacheEntry *type, KnownPeriods *known)
{
	Datum *ranges;
	bool  *nulls;
	int    n;

	deconstruct_array(known->array, DATERANGEOID, type->typlen, type->typbyval, type->typalign,
	                  &ranges, &nulls, &n);
	if (n < 1 || n > CXM_BUCKET_MOST_SPANS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there are %d periods", n),
		                errdetail("There must be 1 to %d of them.", CXM_BUCKET_MOST_SPANS)));
	for (int i = 0; i < n; i++)
	{
		known->spans[i] = span_of_period(type, ranges[i], nulls[i]);
		if (i > 0 && known->spans[i].first <= known->spans[i - 1].last)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("periods overlap or do not ascend"),
			                errhint("Write them in order: '{\"[2025-01-01,2025-04-01)\","
			                        "\"[2025-04-01,2025-07-01)\"}'.")));
	}
	known->bucket = (CxmBucket){CXM_BUCKET_PERIODS, 0, n, known->spans};
}

static CxmBucket
periods_arg(FunctionCallInfo fcinfo, int argno)
{
	ArrayType    *array = DatumGetArrayTypeP(cxm_required_arg(fcinfo, argno, "periods"));
	KnownPeriods *known = fcinfo->flinfo->fn_extra;
	MemoryContext caller;

	if (known != NULL && VARSIZE(known->array) == VARSIZE(array) &&
	    memcmp(known->array, array, VARSIZE(array)) == 0)
		return known->bucket;
	fcinfo->flinfo->fn_extra = NULL;
	if (known != NULL)
		pfree(known->array);
	else
		known = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(KnownPeriods));
	caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	known->array = DatumGetArrayTypePCopy(PointerGetDatum(array));
	MemoryContextSwitchTo(caller);
	read_periods(lookup_type_cache(DATERANGEOID, TYPECACHE_RANGE_INFO), known);
	fcinfo->flinfo->fn_extra = known;
	return known->bucket;
}

SUMMARY_TRANSITIONS(retention_periods, count_customer(fcinfo, periods_arg(fcinfo, 2), false, add))
SUMMARY_TRANSITIONS(retention_periods_start,
                    count_customer(fcinfo, periods_arg(fcinfo, 2), true, add))

/* Transitions: moments */

#define ST_SORT sort_moments
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/* The moments of an array that are not NULL, in order. */
static int64 *
moments_of(ArrayType *array, int32 *n)
{
	int64 *moments;
	Datum *datums;
	bool  *nulls;
	int    elements;

	deconstruct_array(array, TIMESTAMPTZOID, sizeof(TimestampTz), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
	                  &datums, &nulls, &elements);
	moments = palloc(sizeof(int64) * ((Size) elements + 1));
	*n = 0;
	for (int i = 0; i < elements; i++)
	{
		check_interrupts((uint32) i);
		if (nulls[i])
			continue;
		moments[*n] = DatumGetTimestampTz(datums[i]);
		if (TIMESTAMP_NOT_FINITE(moments[*n]))
			cxm_refuse_infinite("moment");
		++*n;
	}
	sort_moments(moments, (Size) *n);
	return moments;
}

static CxmBucket
hours_arg(FunctionCallInfo fcinfo, int argno)
{
	text     *name = DatumGetTextPP(cxm_required_arg(fcinfo, argno, "bucket"));
	CxmSpan   spans[CXM_BUCKET_MOST_SPANS];
	CxmBucket bucket;

	if (cxm_bucket_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &bucket, spans) !=
	        CXM_BUCKET_FINE ||
	    bucket.unit != CXM_BUCKET_HOURS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("bucket \"%s\" is no number of hours", text_to_cstring(name)),
		                errhint("Write \"24 hours\", of 1 to %d; days and more of the calendar "
		                        "are what retention_agg(days, bucket, as_of) counts.",
		                        CXM_BUCKET_MOST_HOURS)));
	return bucket;
}

/* Elapsed microseconds, of which twice as many still are an int64. */
static int64
elapsed(TimestampTz from, TimestampTz to)
{
	int64 microseconds;

	if (pg_sub_s64_overflow(to, from, &microseconds) || microseconds > PG_INT64_MAX / 2 ||
	    microseconds < PG_INT64_MIN / 2)
		ereport(ERROR,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("moments are too far apart")));
	return microseconds;
}

/* A period has ended when its last microsecond is before as_of. */
static Datum
count_hours(FunctionCallInfo fcinfo, bool started, bool add)
{
	PeriodTerms terms = {hours_arg(fcinfo, 2), kind_arg(fcinfo, 4 + started), 0};
	TimestampTz as_of = cxm_finite_time_arg(fcinfo, 3, "as_of");
	void       *state = summary_raw_state_arg(fcinfo);
	int64      *moments = NULL;
	int64       nowhere = 0;
	Visits      visits = {NULL, &nowhere, 0};
	TimestampTz first;

	cxm_check_zones(fcinfo, CXM_ZONE_HINT("at"));
	if (PG_ARGISNULL(started ? 4 : 1))
		return state_result(state);
	if (!PG_ARGISNULL(1))
		visits.moments = moments = moments_of(PG_GETARG_ARRAYTYPE_P(1), &visits.n);
	if (started)
	{
		first = cxm_finite_time_arg(fcinfo, 4, "started");
		terms.flags |= RETENTION_STARTED;
	}
	else if (visits.n > 0)
		first = moments[0];
	else
		return state_result(state);
	for (int32 i = 0; i < visits.n; i++)
		moments[i] = elapsed(first, moments[i]);
	return state_result(count_visits(state, &terms, &visits, 0, elapsed(first, as_of) - 1, add));
}

SUMMARY_TRANSITIONS(retention_hours, count_hours(fcinfo, false, add))
SUMMARY_TRANSITIONS(retention_hours_start, count_hours(fcinfo, true, add))

/*
 * Text: {"bucket": "month", "kind": "on", "eligible": [3, 2], "retained": [3, 1]}; since a start,
 * with "active_before_start": 1 before the counts.
 */

static const char *const FIELDS[] = {"eligible", "retained", "bucket", "kind",
                                     "active_before_start"};

/* The customers eligible in each period, and those retained in it. */
static PeriodFigures
figures_of(PeriodView *view)
{
	PeriodFigures figures;

	view->periods = period_counts_used(&retention_counts, view);
	figures = period_figures(COUNTERS, view->periods);
	for (RetentionWalk walk = start_walk(view); step_walk(&walk);)
		for (int which = 0; which < COUNTERS; which++)
			figures.counts[COUNTERS * walk.period + which] = walk.figure[which];
	return figures;
}

/* The canonical value with these figures; NULL when they do not fit each other. */
static void *
value_of_figures(const PeriodFigures *figures, const PeriodTerms *terms, uint64 before)
{
	int64          periods = figures->periods;
	PeriodCounts  *counts = period_counts_make(&retention_counts, terms, periods, CXM_WIDEST);
	unsigned char *counters = period_counts_of(&retention_counts, counts);
	PeriodView     view;

	if ((terms->flags & RETENTION_STARTED) != 0)
	{
		cxm_counter_set(counters, CXM_WIDEST, 0, before);
		counters += sizeof(uint64);
	}
	for (int64 i = 0; i < COUNTERS * periods; i++)
	{
		int64 later = is_sum(terms, (int) (i % COUNTERS)) && i / COUNTERS + 1 < periods
		                  ? figures->counts[i + COUNTERS]
		                  : 0;

		CHECK_FOR_INTERRUPTS();
		if (figures->counts[i] < later)
			return NULL;
		cxm_counter_set(counters, CXM_WIDEST, (Size) i, (uint64) (figures->counts[i] - later));
	}
	view = retention_view(counts);
	return retention_is_sound(&view) ? retention_canonical(counts) : NULL;
}

static char *
retention_text(const void *value)
{
	PeriodView     view = retention_view(value);
	PeriodFigures  figures = figures_of(&view);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"bucket\": \"%s\", \"kind\": \"%s\"",
	                 period_bucket_text(&view.terms.bucket), kind_text(&view.terms));
	if (view.heads > 0)
		appendStringInfo(&text, ", \"active_before_start\": " INT64_FORMAT, active_before(&view));
	period_figures_print(&text, &figures, FIELDS);
	appendStringInfoChar(&text, '}');
	return text.data;
}

static void *
retention_read(JsonbValue **fields, Node *escontext)
{
	PeriodFigures figures = period_figures(COUNTERS, 0);
	PeriodTerms   terms = {.flags = 0};
	uint64        before = 0;
	char         *term;
	void         *value;

	for (int which = 0; which < COUNTERS; which++)
		if (fields[which] != NULL && !period_figures_read(&figures, which, FIELDS[which],
		                                                  fields[which], &RETENTION, escontext))
			return NULL;
	if (!cxm_json_there(fields[2], FIELDS[2], RETENTION.name, escontext))
		return NULL;
	term = cxm_json_scalar(fields[2], FIELDS[2], RETENTION.name, false, escontext);
	if (term == NULL || !period_bucket_read(term, &terms.bucket, &RETENTION, escontext))
		return NULL;
	if (fields[3] != NULL)
	{
		term = cxm_json_scalar(fields[3], FIELDS[3], RETENTION.name, false, escontext);
		if (term == NULL)
			return NULL;
		if (!parse_kind(term, strlen(term), &terms.flags))
			return summary_refuse_text(&RETENTION, escontext, "Unknown kind \"%s\".", term);
	}
	if (fields[4] != NULL)
	{
		terms.flags |= RETENTION_STARTED;
		if (!cxm_json_count(fields[4], FIELDS[4], RETENTION.name, escontext, &before))
			return NULL;
	}
	value = period_figures_complete(&figures) ? value_of_figures(&figures, &terms, before) : NULL;
	if (value == NULL)
		summary_refuse_text(&RETENTION, escontext,
		                    "The counts of \"eligible\" and \"retained\" do not fit each other.");
	return value;
}

/*
 * Binary: kind (1 is on_or_after, 2 again, and 4 more since a start), bucket, then who was active
 * before it, and the figures.
 */
#define KIND_ON_OR_AFTER 1
#define KIND_AGAIN 2
#define KIND_STARTED 4

static const struct
{
	uint8 kind;
	uint8 flag;
} KINDS[] = {{KIND_ON_OR_AFTER, RETENTION_ON_OR_AFTER},
             {KIND_AGAIN, RETENTION_AGAIN},
             {KIND_STARTED, RETENTION_STARTED}};

static void
retention_send(StringInfo buffer, const void *value)
{
	PeriodView    view = retention_view(value);
	PeriodFigures figures = figures_of(&view);
	uint8         kind = 0;

	for (int i = 0; i < (int) lengthof(KINDS); i++)
		if ((view.terms.flags & KINDS[i].flag) != 0)
			kind |= KINDS[i].kind;
	pq_sendint8(buffer, kind);
	period_bucket_send(buffer, &view.terms.bucket,
	                   retention_version(&view.terms) != RETENTION_VERSION);
	if (view.heads > 0)
		pq_sendint64(buffer, (uint64) active_before(&view));
	period_figures_send(buffer, &figures);
}

static void *
retention_receive(StringInfo buffer)
{
	uint8         version = (uint8) buffer->data[buffer->cursor - 1];
	uint8         kind = (uint8) pq_getmsgbyte(buffer);
	PeriodTerms   terms = {.flags = 0};
	PeriodFigures figures;
	uint64        before = 0;
	void         *value;

	for (int i = 0; i < (int) lengthof(KINDS); i++)
		if ((kind & KINDS[i].kind) != 0)
			terms.flags |= KINDS[i].flag;
	terms.bucket = period_bucket_receive(buffer, version != RETENTION_VERSION, &RETENTION);
	if (kind >= 2 * KIND_STARTED || retention_version(&terms) != version)
		summary_refuse_binary(&RETENTION, "There is no such bucket or kind.");
	if ((terms.flags & RETENTION_STARTED) != 0)
		before = summary_receive_count(buffer, &RETENTION);
	figures = period_figures_receive(buffer, COUNTERS, &RETENTION);
	value = value_of_figures(&figures, &terms, before);
	if (value == NULL)
		summary_refuse_binary(&RETENTION, "The counts do not fit each other.");
	return value;
}

static const SummaryType RETENTION = {
    .name = "retention_summary",
    .version = RETENTION_VERSION,
    .newest = RETENTION_NEWEST,
    .flags = PERIOD_COUNTS_WIDTH | RETENTION_ON_OR_AFTER | RETENTION_STARTED | RETENTION_AGAIN,
    .header = PERIOD_COUNTS_HEADER,
    SUMMARY_READ_SLOTS(retention, FIELDS),
    SUMMARY_TERMS(retention),
};

COUNTING_SUMMARY_FUNCTIONS(retention_summary, RETENTION)

/* Readings */

/* The customers of a period; a share of NaN where it has ended for nobody. */
static CxmShareSample
cell_sample(const PeriodView *view, int32 n)
{
	RetentionWalk walk = start_walk(view);

	if (n < 0)
		ereport(ERROR,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("period %d is negative", n)));
	if (n >= view->periods)
		return (CxmShareSample){NAN, 0};
	while (walk.period > n)
		step_walk(&walk);
	return (CxmShareSample){
	    cxm_ratio((double) walk.figure[RETAINED], (double) walk.figure[ELIGIBLE]),
	    (double) walk.figure[ELIGIBLE]};
}

CXM_FUNCTION(retention_retention)
{
	PeriodView view = retention_view(SUMMARY_ARG(0));

	CXM_RETURN_FLOAT8_OR_NULL(cell_sample(&view, PG_GETARG_INT32(1)).share);
}

static bool
cell_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	PeriodView     view = retention_view(SUMMARY_ARG(0));
	CxmShareSample sample = cell_sample(&view, PG_GETARG_INT32(1));

	return cxm_share_interval(&sample, cxm_level_arg(fcinfo, 2), interval);
}

INTERVAL_READINGS(retention_retention, cell_interval)

CXM_FUNCTION(retention_retention_test)
{
	void          *a = SUMMARY_ARG(0);
	void          *b = SUMMARY_ARG(1);
	PeriodView     of_a = retention_view(a);
	PeriodView     of_b = retention_view(b);
	double         level = cxm_level_arg(fcinfo, 3);
	CxmShareSample sample_a = cell_sample(&of_a, PG_GETARG_INT32(2));
	CxmShareSample sample_b = cell_sample(&of_b, PG_GETARG_INT32(2));
	CxmTest        test = {0};

	if (of_a.counters != NULL && of_b.counters != NULL &&
	    !period_terms_equal(&of_a.terms, &of_b.terms))
		retention_refuse_mixture(a, b);
	return cxm_test_record(fcinfo, cxm_share_test(&sample_a, &sample_b, level, &test), &test);
}

CXM_FUNCTION(retention_curve)
{
	PeriodView    view = retention_view(SUMMARY_ARG(0));
	PeriodFigures figures = figures_of(&view);
	double        previous = NAN;

	InitMaterializedSRF(fcinfo, 0);
	for (int64 i = 0; i < figures.periods; i++)
	{
		int64  eligible = figures.counts[COUNTERS * i + ELIGIBLE];
		int64  retained = figures.counts[COUNTERS * i + RETAINED];
		double rate = cxm_ratio((double) retained, (double) eligible);
		double of_previous = cxm_ratio(rate, previous);

		/* 1.0.0 had no last column */
		cxm_return_row(fcinfo,
		               (Datum[]){Int32GetDatum((int32) i), Int64GetDatum(eligible),
		                         Int64GetDatum(retained), Float8GetDatum(rate),
		                         Float8GetDatum(of_previous)},
		               (bool[5]){[3] = isnan(rate), [4] = isnan(of_previous)});
		previous = (view.terms.flags & RETENTION_AGAIN) != 0 ? NAN : rate;
	}
	return (Datum) 0;
}

static Datum
term_of(FunctionCallInfo fcinfo, bool kind)
{
	PeriodView view = retention_view(SUMMARY_ARG(0));

	if (view.counters == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(
	    cstring_to_text(kind ? kind_text(&view.terms) : period_bucket_text(&view.terms.bucket)));
}

SUMMARY_FUNCTION(retention_bucket_of, term_of(fcinfo, false))
SUMMARY_FUNCTION(retention_kind_of, term_of(fcinfo, true))

CXM_FUNCTION(retention_active_before_start)
{
	PeriodView view = retention_view(SUMMARY_ARG(0));

	if (view.heads == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(active_before(&view));
}
