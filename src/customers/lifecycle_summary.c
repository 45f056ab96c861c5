/*
 * lifecycle_summary.c
 *		The type lifecycle_summary: how many customers were new, retained and resurrected in each
 *		period of the calendar.
 *
 * It is counters of periods, as period_counts.h draws them, three of each: the customers for whom
 * this was the first period with activity (new), who were active in the period before, too
 * (retained), and who were active before but not then (resurrected).  Periods count backwards
 * from the last that had ended, which is a term: of nobody is it known what came after.
 *
 * Who was active is the sum of the three; who was active in the period before and is not retained
 * is dormant.
 */
#include "postgres.h"

#include "utils/datetime.h"

#include "common/json_text.h"
#include "customers/activity_days.h"
#include "customers/period_counts.h"

#define LIFECYCLE_VERSION 1

/* The first week, month, quarter and year began before. */
#define FIRST_DATE (DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE)

enum
{
	NEW,
	RETAINED,
	RESURRECTED,
	COUNTERS
};

static const SummaryType LIFECYCLE;

static bool lifecycle_is_sound(const void *view);

/* The last day of a period that is so many before the last. */
static int64
last_day(const PeriodTerms *terms, int64 before)
{
	return cxm_calendar_first_day(&terms->bucket, terms->until - before + 1) - 1;
}

static uint8
lifecycle_version(const PeriodTerms *terms)
{
	return cxm_bucket_is_calendar(&terms->bucket) && IS_VALID_DATE(last_day(terms, 0))
	           ? LIFECYCLE_VERSION
	           : 0;
}

static const PeriodCountsType lifecycle_counts = {
    .summary = &LIFECYCLE,
    .per_period = COUNTERS,
    .has_until = true,
    .version = lifecycle_version,
    .is_sound = lifecycle_is_sound,
};

PERIOD_COUNTS_FUNCTIONS(lifecycle)

static PeriodView
lifecycle_view(const void *value)
{
	return period_counts_view(&lifecycle_counts, value);
}

/* Walks from the earliest period to the last: what is dormant depends on the one before. */
typedef struct LifecycleWalk
{
	const PeriodView *view;
	int64             period; /* backwards from the last */
	int64             count[COUNTERS];
	int64             active;
	int64             active_before; /* in the period before */
	int64             ever;          /* up to this period */
	bool              is_sound;
} LifecycleWalk;

static inline LifecycleWalk
start_walk(const PeriodView *view)
{
	return (LifecycleWalk){.view = view, .period = view->periods, .is_sound = true};
}

static inline bool
step_walk(LifecycleWalk *walk)
{
	int64 asleep = walk->ever - walk->active;

	CHECK_FOR_INTERRUPTS();
	if (walk->period-- == 0)
		return false;
	for (int which = 0; which < COUNTERS; which++)
		walk->count[which] = period_count(&lifecycle_counts, walk->view, walk->period, which);
	if (walk->count[RETAINED] > walk->active || walk->count[RESURRECTED] > asleep)
		return walk->is_sound = false;
	if (pg_add_s64_overflow(walk->ever, walk->count[NEW], &walk->ever))
		summary_refuse_overflow("count of customers");
	walk->active_before = walk->active;
	walk->active = walk->count[NEW] + walk->count[RETAINED] + walk->count[RESURRECTED];
	return true;
}

/* Nobody is retained who was not active, or resurrected who was never there, or before all days. */
static bool
lifecycle_is_sound(const void *value)
{
	const PeriodView *view = value;
	LifecycleWalk     walk = start_walk(view);

	if (view->periods > 0 && !IS_VALID_DATE(last_day(&view->terms, view->periods - 1)))
		return false;
	while (step_walk(&walk))
		;
	return walk.is_sound;
}

/* Terms */

static char *
day_text(int64 day)
{
	char *text = palloc(MAXDATELEN + 1);

	cxm_day_text((DateADT) day, text);
	return text;
}

static void
lifecycle_refuse_mixture(const void *a, const void *b)
{
	PeriodTerms of_a = lifecycle_view(a).terms;
	PeriodTerms of_b = lifecycle_view(b).terms;

	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("cannot combine lifecycles by %s until %s and by %s until %s",
	                       period_bucket_text(&of_a.bucket), day_text(last_day(&of_a, 0)),
	                       period_bucket_text(&of_b.bucket), day_text(last_day(&of_b, 0))),
	                errhint("Count both with the same bucket and as_of.")));
}

/* Counting */

static CxmBucket
calendar_arg(FunctionCallInfo fcinfo, int argno)
{
	CxmSpan   spans[CXM_BUCKET_MOST_SPANS];
	CxmBucket bucket = period_bucket_arg(fcinfo, argno, spans);

	if (!cxm_bucket_is_calendar(&bucket))
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("bucket \"%s\" is none of the calendar", period_bucket_text(&bucket)),
		         errhint("Write day, week, month, quarter or year, or with a beginning "
		                 "\"week sunday\" or \"year april\".")));
	return bucket;
}

/* The last period of the calendar that had ended by a day. */
static int32
last_ended_period(const CxmBucket *bucket, DateADT as_of)
{
	return (int32) (cxm_calendar_period(bucket, (int64) as_of + 1) - 1);
}

static void *
count_days(void *state, const PeriodTerms *terms, DaySet days, bool add)
{
	int64       periods;
	int64       last = PG_INT64_MIN;
	int64       next_day = PG_INT64_MIN; /* of the period after the last one that was counted */
	PeriodSteps steps;

	if (days.n == 0)
		return state;
	periods = terms->until - cxm_calendar_period(&terms->bucket, days.at[0]) + 1;
	if (periods <= 0)
		return state;
	if (periods > MOST_PERIODS)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("more than %d periods from first day to as_of", MOST_PERIODS),
		                errhint("Use a longer bucket.")));
	steps = period_steps(&lifecycle_counts,
	                     period_counts_prepare(&lifecycle_counts, state, terms, periods), add);
	for (int32 i = 0; i < days.n; i++)
	{
		int64 period;

		if (days.at[i] < next_day)
			continue;
		CHECK_FOR_INTERRUPTS();
		period = cxm_calendar_period(&terms->bucket, days.at[i]);
		if (period > terms->until)
			break;
		period_step(&steps, terms->until - period,
		            i == 0 ? NEW : (period == last + 1 ? RETAINED : RESURRECTED));
		last = period;
		next_day = cxm_calendar_first_day(&terms->bucket, period + 1);
	}
	return add ? steps.state : period_counts_shortened(&lifecycle_counts, steps.state, periods);
}

static Datum
count_customer(FunctionCallInfo fcinfo, bool add)
{
	PeriodTerms terms = {.bucket = calendar_arg(fcinfo, 2)};
	void       *state = summary_raw_state_arg(fcinfo);

	terms.until = last_ended_period(&terms.bucket, cxm_as_of_arg(fcinfo, 3));
	if (!PG_ARGISNULL(1))
		state = count_days(state, &terms, activity_days_of(SUMMARY_ARG(1)), add);
	PG_RETURN_POINTER(state != NULL ? state : summary_blank());
}

SUMMARY_TRANSITIONS(lifecycle, count_customer(fcinfo, add))

/*
 * Text: {"bucket": "week", "until": "2025-01-26", "new": [3, 1], "retained": [0, 2], "resurrected":
 * [0, 0]}, from the earliest period to the last.
 */

static const char *const FIELDS[] = {"new", "retained", "resurrected", "bucket", "until"};

static PeriodFigures
figures_of(PeriodView *view)
{
	PeriodFigures figures;

	view->periods = period_counts_used(&lifecycle_counts, view);
	figures = period_figures(COUNTERS, view->periods);
	for (int64 i = 0; i < view->periods; i++)
		for (int which = 0; which < COUNTERS; which++)
			figures.counts[COUNTERS * i + which] =
			    period_count(&lifecycle_counts, view, view->periods - 1 - i, which);
	return figures;
}

/* The canonical value with these figures; NULL when they do not fit each other. */
static void *
value_of_figures(const PeriodFigures *figures, const PeriodTerms *terms)
{
	PeriodCounts *counts =
	    period_counts_make(&lifecycle_counts, terms, figures->periods, CXM_WIDEST);
	unsigned char *counters = period_counts_of(&lifecycle_counts, counts);
	PeriodView     view;

	for (int64 i = 0; i < figures->periods; i++)
		for (int which = 0; which < COUNTERS; which++)
			cxm_counter_set(counters, CXM_WIDEST,
			                (Size) (COUNTERS * (figures->periods - 1 - i) + which),
			                (uint64) figures->counts[COUNTERS * i + which]);
	view = lifecycle_view(counts);
	return lifecycle_is_sound(&view) ? lifecycle_canonical(counts) : NULL;
}

static char *
lifecycle_text(const void *value)
{
	PeriodView     view = lifecycle_view(value);
	PeriodFigures  figures = figures_of(&view);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"bucket\": \"%s\", \"until\": \"%s\"",
	                 period_bucket_text(&view.terms.bucket), day_text(last_day(&view.terms, 0)));
	period_figures_print(&text, &figures, FIELDS);
	appendStringInfoChar(&text, '}');
	return text.data;
}

/* Are these the terms of a day that PostgreSQL has, whose periods begin and end within int32? */
static bool
set_until(PeriodTerms *terms, DateADT day)
{
	terms->until = last_ended_period(&terms->bucket, day);
	return last_day(terms, 0) == day;
}

static void *
lifecycle_read(JsonbValue **fields, Node *escontext)
{
	PeriodFigures figures = period_figures(COUNTERS, 0);
	PeriodTerms   terms = {.flags = 0};
	DateADT       until;
	char         *term;
	void         *value;

	for (int which = 0; which < COUNTERS; which++)
		if (!period_figures_read(&figures, which, FIELDS[which], fields[which], &LIFECYCLE,
		                         escontext))
			return NULL;
	for (int i = COUNTERS; i < (int) lengthof(FIELDS); i++)
		if (!cxm_json_there(fields[i], FIELDS[i], LIFECYCLE.name, escontext))
			return NULL;
	term = cxm_json_scalar(fields[3], FIELDS[3], LIFECYCLE.name, false, escontext);
	if (term == NULL || !period_bucket_read(term, &terms.bucket, &LIFECYCLE, escontext))
		return NULL;
	if (!cxm_bucket_is_calendar(&terms.bucket))
		return summary_refuse_text(&LIFECYCLE, escontext, "Unknown bucket \"%s\".", term);
	term = cxm_json_scalar(fields[4], FIELDS[4], LIFECYCLE.name, false, escontext);
	if (term == NULL)
		return NULL;
	if (!cxm_day_of_text(term, &until) || !set_until(&terms, until))
		return summary_refuse_text(&LIFECYCLE, escontext, "\"%s\" is not the last day of a period.",
		                           term);
	value = period_figures_complete(&figures) ? value_of_figures(&figures, &terms) : NULL;
	if (value == NULL)
		summary_refuse_text(&LIFECYCLE, escontext,
		                    "The counts of \"new\", \"retained\" and \"resurrected\" do not fit "
		                    "each other.");
	return value;
}

/* Binary: bucket, last day, number of periods, their counts from the earliest on. */
static void
lifecycle_send(StringInfo buffer, const void *value)
{
	PeriodView    view = lifecycle_view(value);
	PeriodFigures figures = figures_of(&view);

	period_bucket_send(buffer, &view.terms.bucket, true);
	pq_sendint32(buffer, (uint32) last_day(&view.terms, 0));
	period_figures_send(buffer, &figures);
}

static void *
lifecycle_receive(StringInfo buffer)
{
	PeriodTerms   terms = {.bucket = period_bucket_receive(buffer, true, &LIFECYCLE)};
	DateADT       until = (DateADT) pq_getmsgint(buffer, 4);
	PeriodFigures figures;
	void         *value;

	if (!cxm_bucket_is_calendar(&terms.bucket) || !IS_VALID_DATE(until) ||
	    !set_until(&terms, until))
		summary_refuse_binary(&LIFECYCLE, "There is no such period.");
	figures = period_figures_receive(buffer, COUNTERS, &LIFECYCLE);
	value = value_of_figures(&figures, &terms);
	if (value == NULL)
		summary_refuse_binary(&LIFECYCLE, "The counts do not fit each other.");
	return value;
}

static const SummaryType LIFECYCLE = {
    .name = "lifecycle_summary",
    .version = LIFECYCLE_VERSION,
    .flags = PERIOD_COUNTS_WIDTH,
    .header = PERIOD_COUNTS_HEADER,
    SUMMARY_READ_SLOTS(lifecycle, FIELDS),
    SUMMARY_TERMS(lifecycle),
};

COUNTING_SUMMARY_FUNCTIONS(lifecycle_summary, LIFECYCLE)

/* Readings */

/* A state that an aggregate of somebody's own lets out may have lost more than it had. */
static PeriodView
view_arg(FunctionCallInfo fcinfo)
{
	PeriodView view = lifecycle_view(SUMMARY_ARG(0));

	view.periods = period_counts_used(&lifecycle_counts, &view);
	if (!lifecycle_is_sound(&view))
		summary_refuse_shortage("customers");
	return view;
}

CXM_FUNCTION(lifecycle_steps)
{
	PeriodView view = view_arg(fcinfo);

	InitMaterializedSRF(fcinfo, 0);
	for (LifecycleWalk walk = start_walk(&view); step_walk(&walk);)
	{
		int64  first = last_day(&view.terms, walk.period + 1) + 1;
		int64  dormant = walk.active_before - walk.count[RETAINED];
		double ratio = cxm_ratio((double) walk.count[NEW] + (double) walk.count[RESURRECTED],
		                         (double) dormant);

		cxm_return_row(fcinfo,
		               (Datum[]){DateADTGetDatum((DateADT) Max(first, FIRST_DATE)),
		                         Int64GetDatum(walk.active), Int64GetDatum(walk.count[NEW]),
		                         Int64GetDatum(walk.count[RETAINED]),
		                         Int64GetDatum(walk.count[RESURRECTED]), Int64GetDatum(dormant),
		                         Float8GetDatum(ratio)},
		               (bool[7]){[6] = isnan(ratio)});
	}
	return (Datum) 0;
}

CXM_FUNCTION(lifecycle_customers)
{
	PeriodView    view = view_arg(fcinfo);
	LifecycleWalk walk = start_walk(&view);

	while (step_walk(&walk))
		;
	PG_RETURN_INT64(walk.ever);
}

CXM_FUNCTION(lifecycle_bucket)
{
	PeriodView view = lifecycle_view(SUMMARY_ARG(0));

	if (view.counters == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(period_bucket_text(&view.terms.bucket)));
}

CXM_FUNCTION(lifecycle_until)
{
	PeriodView view = lifecycle_view(SUMMARY_ARG(0));

	if (view.counters == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT((DateADT) last_day(&view.terms, 0));
}
