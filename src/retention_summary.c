/*
 * retention_summary.c
 *		The type retention_summary: how many customers came back, by period since their first day.
 *
 *	0            4         5       6      7        8       12
 *	+------------+---------+-------+------+--------+-------+-------------------------------+
 *	| varlena    | version | flags | unit | unused | length| 2 counters of each period     |
 *	| header     | 1       |       |      | 0      | int32 |                               |
 *	+------------+---------+-------+------+--------+-------+-------------------------------+
 *
 *	flags			bits 0-1: code of the counters' width; bit 2: of kind on_or_after
 *	unit, length	the bucket, as in CxmBucket
 *	counters		customers for whom the period was the last that had ended; then, of those for
 *					whom it had ended, those who were active in it (on), or for whom it was the
 *					last one with activity in it or after it (on_or_after)
 *
 * Who is eligible for a period is whoever has it, or a later one, as the last that had ended: a sum
 * from the end.  So a customer is one step of a counter, however many periods there are.
 *
 * A stored value ends with the last period that anyone is eligible for, and has the narrowest
 * counters.  An aggregate's state may have more periods.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "activity_days.h"
#include "core/counters.h"
#include "core/retention_period.h"
#include "summary.h"

#define RETENTION_VERSION 1
#define RETENTION_WIDTH 0x03
#define RETENTION_ON_OR_AFTER 0x04

#define MOST_PERIODS 1000000

/* Which of the two counters of a period. */
#define LAST_ENDED 0
#define ACTIVE 1

typedef struct RetentionSummary
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	uint8         unit;
	uint8         unused;
	int32         length;
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} RetentionSummary;

typedef struct RetentionTerms
{
	CxmBucket bucket;
	bool      on_or_after;
} RetentionTerms;

typedef struct RetentionView
{
	RetentionTerms       terms;
	int                  width;
	int64                periods;
	const unsigned char *counters;
} RetentionView;

static char *retention_text(const void *value);
static void *retention_to_state(const void *value);
static void *retention_canonical(const void *state);
static void *retention_merge(void *state, const void *value, bool add);
static bool  retention_is_empty(const void *state);
static void  retention_check_mergeable(const void *a, const void *b);

static const SummaryType RETENTION = {"retention_summary",      retention_text,  retention_to_state,
                                      retention_canonical,      retention_merge, retention_is_empty,
                                      retention_check_mergeable};

COUNTING_SUMMARY_FUNCTIONS(retention_summary, RETENTION)

/*
 * Layout
 */

static inline Size
value_size(int64 periods, int width)
{
	return offsetof(RetentionSummary, counters) + ((Size) periods << (width + 1));
}

static inline int64
state_periods(const RetentionSummary *state)
{
	return (int64) ((VARSIZE(state) - offsetof(RetentionSummary, counters)) >>
	                ((state->flags & RETENTION_WIDTH) + 1));
}

static RetentionSummary *
make_summary(RetentionTerms terms, int64 periods, int width)
{
	Size              size = value_size(periods, width);
	RetentionSummary *summary = palloc0(size);

	SET_VARSIZE(summary, size);
	summary->version = RETENTION_VERSION;
	summary->flags = (uint8) (width | (terms.on_or_after ? RETENTION_ON_OR_AFTER : 0));
	summary->unit = terms.bucket.unit;
	summary->length = terms.bucket.length;
	return summary;
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static bool
state_fits(const RetentionSummary *state, RetentionTerms terms)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) >= offsetof(RetentionSummary, counters) &&
	       state->version == RETENTION_VERSION &&
	       (state->flags & ~RETENTION_WIDTH) == (terms.on_or_after ? RETENTION_ON_OR_AFTER : 0) &&
	       state->unit == terms.bucket.unit && state->length == terms.bucket.length;
}

/* Looks at a value with either kind of varlena header; trusts no byte of it. */
static RetentionView
view_summary(const void *value)
{
	const Size           header = offsetof(RetentionSummary, counters) - VARHDRSZ;
	const unsigned char *body = (const unsigned char *) VARDATA_ANY(value);
	Size                 size = VARSIZE_ANY_EXHDR(value);
	RetentionSummary     copy;
	RetentionView        view = {{{CXM_BUCKET_DAYS, 1}, false}, 0, 0, NULL};

	if (SUMMARY_IS_BLANK(value))
		return view;
	if (body[0] != RETENTION_VERSION)
		summary_refuse_version(&RETENTION, body[0]);
	if (size < header)
		summary_refuse_value(&RETENTION);
	memcpy(&copy.version, body, header);
	view.terms.bucket = (CxmBucket){copy.unit, copy.length};
	view.terms.on_or_after = (copy.flags & RETENTION_ON_OR_AFTER) != 0;
	view.width = copy.flags & RETENTION_WIDTH;
	view.periods = (int64) ((size - header) >> (view.width + 1));
	view.counters = body + header;
	if ((copy.flags & ~(RETENTION_WIDTH | RETENTION_ON_OR_AFTER)) != 0 ||
	    !cxm_bucket_is_valid(view.terms.bucket) ||
	    size + VARHDRSZ != value_size(view.periods, view.width))
		summary_refuse_value(&RETENTION);
	return view;
}

static inline int64
count_at(const RetentionView *view, int64 period, int which)
{
	uint64 count = cxm_counter_get(view->counters, view->width, 2 * (Size) period + which);

	if (count > CXM_COUNTER_CEILING)
		summary_refuse_value(&RETENTION);
	return (int64) count;
}

/* A copy with as many periods or more, and counters as wide or wider. */
static RetentionSummary *
copy_summary(const RetentionView *view, int64 periods, int width)
{
	RetentionSummary *copy = make_summary(view->terms, periods, width);

	cxm_counters_copy(copy->counters, width, view->counters, view->width,
	                  2 * (Size) Min(view->periods, periods));
	return copy;
}

/* The periods up to the last one with a customer. */
static int64
used_periods(const RetentionView *view)
{
	int64 periods = view->periods;

	while (periods > 0 && count_at(view, periods - 1, LAST_ENDED) == 0 &&
	       count_at(view, periods - 1, ACTIVE) == 0)
		periods--;
	return periods;
}

/* So many periods a moving window's state keeps, whether or not it needs them. */
#define PERIODS_KEPT 64

/*
 * The state after a customer with so many periods was taken out of it, shorter when much of it is
 * of no use any more: one customer of long ago would slow down the window for all that follow.
 */
static RetentionSummary *
shortened_state(RetentionSummary *state, int64 periods)
{
	RetentionView view = view_summary(state);
	int64         used;

	if (view.periods <= PERIODS_KEPT || periods < view.periods / 2)
		return state;
	used = used_periods(&view);
	return used > view.periods / 2 ? state : copy_summary(&view, used, view.width);
}

static bool
retention_is_empty(const void *state)
{
	RetentionView view = view_summary(state);

	return used_periods(&view) == 0;
}

/*
 * Walks from the last period to the first, since both counts of a period depend on those after it.
 */
typedef struct Walk
{
	const RetentionView *view;
	int64                period;
	int64                eligible;
	int64                retained;
} Walk;

static Walk
start_walk(const RetentionView *view)
{
	return (Walk){view, view->periods, 0, 0};
}

static bool
step_walk(Walk *walk)
{
	int64 active;

	if (walk->period-- == 0)
		return false;
	active = count_at(walk->view, walk->period, ACTIVE);
	if (pg_add_s64_overflow(walk->eligible, count_at(walk->view, walk->period, LAST_ENDED),
	                        &walk->eligible) ||
	    (walk->view->terms.on_or_after &&
	     pg_add_s64_overflow(walk->retained, active, &walk->retained)))
		summary_refuse_overflow("count of customers");
	if (!walk->view->terms.on_or_after)
		walk->retained = active;
	return true;
}

/* Nobody is retained who is not eligible; in the period of the first day everybody is. */
static bool
is_sound(const RetentionView *view)
{
	Walk walk = start_walk(view);

	while (step_walk(&walk))
		if (walk.retained > walk.eligible)
			return false;
	return walk.retained == walk.eligible;
}

static void *
retention_canonical(const void *state)
{
	RetentionView view = view_summary(state);

	if (!is_sound(&view))
		summary_refuse_shortage("customers");
	view.periods = used_periods(&view);
	return copy_summary(&view, view.periods,
	                    cxm_counters_width(view.counters, view.width, 2 * (Size) view.periods));
}

static void *
retention_to_state(const void *value)
{
	RetentionView view = view_summary(value);

	return copy_summary(&view, view.periods, view.width);
}

/*
 * Merging
 */

static const char *
kind_text(RetentionTerms terms)
{
	return terms.on_or_after ? "on_or_after" : "on";
}

static char *
bucket_text(RetentionTerms terms)
{
	char *text = palloc(CXM_BUCKET_TEXT);

	cxm_bucket_print(terms.bucket, text);
	return text;
}

static bool
same_terms(RetentionTerms a, RetentionTerms b)
{
	return a.bucket.unit == b.bucket.unit && a.bucket.length == b.bucket.length &&
	       a.on_or_after == b.on_or_after;
}

static pg_noinline void
check_same_terms(RetentionTerms a, RetentionTerms b)
{
	if (!same_terms(a, b))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot combine retention by %s (%s) and by %s (%s)", bucket_text(a),
		                       kind_text(a), bucket_text(b), kind_text(b))));
}

static void
retention_check_mergeable(const void *a, const void *b)
{
	check_same_terms(view_summary(a).terms, view_summary(b).terms);
}

static void *
retention_merge(void *state, const void *value, bool add)
{
	RetentionView     a = view_summary(state);
	RetentionView     b = view_summary(value);
	RetentionSummary *sum = state;
	int               width = a.width;

	b.periods = used_periods(&b);

	/* a window's frame may have moved from rows of one kind to another */
	if (b.periods == 0)
		return state;
	if (add && used_periods(&a) == 0)
		return retention_to_state(value);
	check_same_terms(a.terms, b.terms);
	if (b.periods > a.periods)
		sum = copy_summary(&a, b.periods, width);
	if (!add)
	{
		if (!cxm_counters_subtract(sum->counters, width, b.counters, b.width, 2 * (Size) b.periods))
			summary_refuse_shortage("customers");
		return shortened_state(sum, b.periods);
	}
	while (!cxm_counters_add(sum->counters, width, b.counters, b.width, 2 * (Size) b.periods))
	{
		RetentionView narrow = view_summary(sum);

		if (width == CXM_WIDEST)
			summary_refuse_overflow("count of customers");
		sum = copy_summary(&narrow, narrow.periods, ++width);
	}
	return sum;
}

/*
 * Transition
 */

/* Longer than every bucket and kind that is valid. */
#define LONGEST_TERM 16

/* A query names the same terms row after row, so the last ones are kept with their spelling. */
typedef struct ParsedTerms
{
	int            bucket_length;
	int            kind_length;
	char           bucket[LONGEST_TERM];
	char           kind[LONGEST_TERM];
	RetentionTerms terms;
} ParsedTerms;

static text *
term_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (PG_ARGISNULL(argno))
		ereport(ERROR,
		        (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be null", name)));
	return PG_GETARG_TEXT_PP(argno);
}

static bool
spelled_alike(const text *term, const char *spelling, int length)
{
	return (int) VARSIZE_ANY_EXHDR(term) == length &&
	       memcmp(VARDATA_ANY(term), spelling, length) == 0;
}

static bool
parse_kind(const char *kind, bool *on_or_after)
{
	*on_or_after = strcmp(kind, "on_or_after") == 0;
	return *on_or_after || strcmp(kind, "on") == 0;
}

static RetentionTerms
terms_arg(FunctionCallInfo fcinfo, int bucket_argno, int kind_argno)
{
	ParsedTerms   *parsed = fcinfo->flinfo->fn_extra;
	text          *bucket = term_arg(fcinfo, bucket_argno, "bucket");
	text          *kind = PG_NARGS() > kind_argno ? term_arg(fcinfo, kind_argno, "kind") : NULL;
	char          *bucket_name;
	char          *kind_name;
	RetentionTerms terms;

	if (parsed != NULL && spelled_alike(bucket, parsed->bucket, parsed->bucket_length) &&
	    (kind == NULL || spelled_alike(kind, parsed->kind, parsed->kind_length)))
		return parsed->terms;

	bucket_name = text_to_cstring(bucket);
	kind_name = kind ? text_to_cstring(kind) : "on";
	if (!cxm_bucket_parse(bucket_name, strlen(bucket_name), &terms.bucket))
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("unknown bucket \"%s\"", bucket_name),
		         errhint("The buckets are day, week, month, quarter, year, or a whole number of "
		                 "days from 1 to %d.",
		                 CXM_BUCKET_MOST_DAYS)));
	if (!parse_kind(kind_name, &terms.on_or_after))
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown kind \"%s\"", kind_name),
		         errhint("The kinds are on and on_or_after.")));

	if (parsed == NULL)
		parsed = fcinfo->flinfo->fn_extra =
		    MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(ParsedTerms));
	parsed->bucket_length = (int) strlen(bucket_name);
	parsed->kind_length = (int) strlen(kind_name);
	memcpy(parsed->bucket, bucket_name, parsed->bucket_length);
	memcpy(parsed->kind, kind_name, parsed->kind_length);
	parsed->terms = terms;
	return terms;
}

/* The state for a customer with so many periods: made, or longer, or of other terms when empty. */
static pg_noinline RetentionSummary *
prepare_state(FunctionCallInfo fcinfo, RetentionTerms terms, int64 periods)
{
	RetentionSummary *state = summary_state_arg(fcinfo);
	RetentionView     view;

	if (state == NULL)
		return make_summary(terms, periods, 0);
	view = view_summary(state);
	if (!same_terms(view.terms, terms))
	{
		if (used_periods(&view) > 0)
			check_same_terms(view.terms, terms);
		return make_summary(terms, periods, 0);
	}

	/* half as many again, for customers who began earlier and earlier */
	return copy_summary(&view, Max(periods, view.periods + view.periods / 2), view.width);
}

/* One more customer in a counter, or one less; the state, or what replaces it. */
static inline RetentionSummary *
count(RetentionSummary *state, int64 period, int which, bool add)
{
	Size i = 2 * (Size) period + which;

	while (unlikely(!cxm_counter_count(state->counters, state->flags & RETENTION_WIDTH, i, add)))
	{
		RetentionView view = view_summary(state);

		if (!add)
			summary_refuse_shortage("customers");
		if (view.width == CXM_WIDEST)
			summary_refuse_overflow("count of customers");
		state = copy_summary(&view, view.periods, view.width + 1);
	}
	return state;
}

static Datum
count_customer(FunctionCallInfo fcinfo, bool add)
{
	RetentionTerms    terms = terms_arg(fcinfo, 2, 4);
	RetentionSummary *state;
	const DateADT    *days;
	int32             n;
	DateADT           as_of = cxm_as_of_arg(fcinfo, 3);
	int64             ended;

	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	days = activity_days_arg(fcinfo, 1, &n);
	if (n == 0 || days[0] > as_of)
		return summary_unchanged(fcinfo);

	/* the last period that had ended; none, when that of the first day had not */
	ended = cxm_period_of(terms.bucket, days[0], as_of);
	if (cxm_period_last_day(terms.bucket, days[0], ended) > as_of)
		ended--;
	if (ended < 0)
		return summary_unchanged(fcinfo);
	if (ended >= MOST_PERIODS)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("more than %d periods from first day to as_of", MOST_PERIODS),
		                errhint("Use a longer bucket.")));

	cxm_check_aggregate_context(fcinfo);
	state = PG_ARGISNULL(0) ? NULL : (RetentionSummary *) PG_GETARG_POINTER(0);
	if (state == NULL || !state_fits(state, terms) || state_periods(state) <= ended)
		state = prepare_state(fcinfo, terms, ended + 1);

	state = count(state, ended, LAST_ENDED, add);
	if (terms.on_or_after)
	{
		while (days[n - 1] > as_of)
			n--;
		state = count(state, Min(ended, cxm_period_of(terms.bucket, days[0], days[n - 1])), ACTIVE,
		              add);
	}
	else
	{
		int64 last_day = (int64) days[0] - 1;

		for (int32 i = 0; i < n; i++)
		{
			int64 period;

			if (days[i] <= last_day)
				continue;
			period = cxm_period_of(terms.bucket, days[0], days[i]);
			if (period > ended)
				break;
			last_day = cxm_period_last_day(terms.bucket, days[0], period);
			state = count(state, period, ACTIVE, add);
		}
	}
	PG_RETURN_POINTER(add ? state : shortened_state(state, ended + 1));
}

SUMMARY_FUNCTION(retention_transition, count_customer(fcinfo, true))
SUMMARY_FUNCTION(retention_inverse, count_customer(fcinfo, false))

/*
 * Text: {"bucket": "month", "kind": "on", "eligible": [3, 2], "retained": [3, 1]}
 */

/* What each period's counts are, from period 0. */
static void
resolve(const RetentionView *view, int64 *eligible, int64 *retained)
{
	Walk walk = start_walk(view);

	while (step_walk(&walk))
	{
		if (walk.period % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		eligible[walk.period] = walk.eligible;
		retained[walk.period] = walk.retained;
	}
}

static void
append_counts(StringInfo text, const char *key, const int64 *counts, int64 n)
{
	appendStringInfo(text, ", \"%s\": [", key);
	for (int64 i = 0; i < n; i++)
		appendStringInfo(text, "%s" INT64_FORMAT, i > 0 ? ", " : "", counts[i]);
	appendStringInfoChar(text, ']');
}

static char *
retention_text(const void *value)
{
	RetentionView  view = view_summary(value);
	int64         *eligible;
	int64         *retained;
	StringInfoData text;

	view.periods = used_periods(&view);
	eligible = palloc(sizeof(int64) * (view.periods + 1));
	retained = palloc(sizeof(int64) * (view.periods + 1));
	resolve(&view, eligible, retained);
	initStringInfo(&text);
	appendStringInfo(&text, "{\"bucket\": \"%s\", \"kind\": \"%s\"", bucket_text(view.terms),
	                 kind_text(view.terms));
	append_counts(&text, "eligible", eligible, view.periods);
	append_counts(&text, "retained", retained, view.periods);
	appendStringInfoChar(&text, '}');
	return text.data;
}

/* The counts of an array, and how many; NULL when the error was soft. */
static int64 *
read_counts(const JsonbValue *value, const char *key, int64 *n, Node *escontext)
{
	JsonbIterator *elements = cxm_json_array(value, key, RETENTION.name, escontext);
	int64          room = 16;
	int64         *counts = palloc(sizeof(int64) * room);
	JsonbValue     element;
	uint64         number;

	if (elements == NULL)
		return NULL;
	for (*n = 0; cxm_json_next_element(&elements, &element); counts[(*n)++] = (int64) number)
	{
		if (!cxm_json_count(&element, key, RETENTION.name, escontext, &number))
			return NULL;
		if (*n == MOST_PERIODS)
			ereturn(escontext, NULL,
			        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			         errmsg("more than %d periods of retention", MOST_PERIODS)));
		if (*n == room)
			counts = repalloc(counts, sizeof(int64) * (room *= 2));
	}
	return counts;
}

/* The summary in which each period has these counts; NULL when none has. */
static RetentionSummary *
summary_of_counts(RetentionTerms terms, const int64 *eligible, const int64 *retained, int64 periods)
{
	RetentionSummary *summary = make_summary(terms, periods, CXM_WIDEST);
	RetentionView     view;

	for (int64 i = 0; i < periods; i++)
	{
		int64 later_eligible = i + 1 < periods ? eligible[i + 1] : 0;
		int64 later_retained = terms.on_or_after && i + 1 < periods ? retained[i + 1] : 0;

		if (eligible[i] < later_eligible || retained[i] < later_retained)
			return NULL;
		cxm_counter_set(summary->counters, CXM_WIDEST, 2 * (Size) i + LAST_ENDED,
		                (uint64) (eligible[i] - later_eligible));
		cxm_counter_set(summary->counters, CXM_WIDEST, 2 * (Size) i + ACTIVE,
		                (uint64) (retained[i] - later_retained));
	}
	view = view_summary(summary);
	return is_sound(&view) ? summary : NULL;
}

/* What the text form holds, field by field. */
typedef struct RetentionFields
{
	RetentionTerms terms;
	int64         *eligible;
	int64         *retained;
	int64          n_eligible;
	int64          n_retained;
} RetentionFields;

static bool
read_field(const char *key, const JsonbValue *value, RetentionFields *fields, Node *escontext)
{
	char *term;

	if (strcmp(key, "eligible") == 0)
	{
		fields->eligible = read_counts(value, key, &fields->n_eligible, escontext);
		return fields->eligible != NULL;
	}
	if (strcmp(key, "retained") == 0)
	{
		fields->retained = read_counts(value, key, &fields->n_retained, escontext);
		return fields->retained != NULL;
	}
	if (strcmp(key, "bucket") != 0 && strcmp(key, "kind") != 0)
		return summary_refuse_text(&RETENTION, escontext, "There is no field \"%s\".", key);

	term = cxm_json_scalar(value, key, RETENTION.name, false, escontext);
	if (term == NULL)
		return false;
	if (strcmp(key, "kind") == 0)
		return parse_kind(term, &fields->terms.on_or_after) ||
		       summary_refuse_text(&RETENTION, escontext, "Unknown kind \"%s\".", term);
	return cxm_bucket_parse(term, strlen(term), &fields->terms.bucket) ||
	       summary_refuse_text(&RETENTION, escontext, "Unknown bucket \"%s\".", term);
}

PG_FUNCTION_INFO_V1(retention_summary_in);
Datum
retention_summary_in(PG_FUNCTION_ARGS)
{
	Node             *escontext = fcinfo->context;
	JsonbContainer   *object = cxm_json_object(PG_GETARG_CSTRING(0), RETENTION.name, escontext);
	JsonbIterator    *iterator;
	JsonbValue        value;
	char             *key;
	RetentionFields   fields = {{{0, 0}, false}, NULL, NULL, 0, 0};
	RetentionSummary *summary = NULL;

	if (object == NULL)
		PG_RETURN_NULL();
	if (SUMMARY_BLANK_OBJECT(object))
		PG_RETURN_POINTER(summary_blank());
	iterator = JsonbIteratorInit(object);
	while (cxm_json_next(&iterator, &key, &value))
		if (!read_field(key, &value, &fields, escontext))
			PG_RETURN_NULL();
	if (!cxm_bucket_is_valid(fields.terms.bucket))
	{
		summary_refuse_text(&RETENTION, escontext, "The field \"%s\" is missing.", "bucket");
		PG_RETURN_NULL();
	}
	if (fields.n_eligible == fields.n_retained)
		summary =
		    summary_of_counts(fields.terms, fields.eligible, fields.retained, fields.n_eligible);
	if (summary == NULL)
	{
		summary_refuse_text(&RETENTION, escontext, "The counts of %s do not fit each other.",
		                    "\"eligible\" and \"retained\"");
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(retention_canonical(summary));
}

/*
 * Binary: version, kind (1 is on_or_after), unit, length, number of periods; of each period the
 * eligible and the retained, in 8 bytes.
 */
PG_FUNCTION_INFO_V1(retention_summary_send);
Datum
retention_summary_send(PG_FUNCTION_ARGS)
{
	RetentionView  view = view_summary(SUMMARY_ARG(0));
	int64         *eligible;
	int64         *retained;
	StringInfoData buffer;

	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		PG_RETURN_POINTER(summary_blank());
	view.periods = used_periods(&view);
	eligible = palloc(sizeof(int64) * (view.periods + 1));
	retained = palloc(sizeof(int64) * (view.periods + 1));
	resolve(&view, eligible, retained);
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, RETENTION_VERSION);
	pq_sendint8(&buffer, view.terms.on_or_after);
	pq_sendint8(&buffer, view.terms.bucket.unit);
	pq_sendint32(&buffer, (uint32) view.terms.bucket.length);
	pq_sendint32(&buffer, (uint32) view.periods);
	for (int64 i = 0; i < view.periods; i++)
	{
		pq_sendint64(&buffer, (uint64) eligible[i]);
		pq_sendint64(&buffer, (uint64) retained[i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(retention_summary_recv);
Datum
retention_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo        buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint8             kind;
	RetentionTerms    terms;
	int64             periods;
	int64            *eligible;
	int64            *retained;
	RetentionSummary *summary;

	if (SUMMARY_BLANK_MESSAGE(buffer))
		PG_RETURN_POINTER(summary_blank());
	summary_receive_version(&RETENTION, buffer, RETENTION_VERSION);
	kind = (uint8) pq_getmsgbyte(buffer);
	terms.on_or_after = kind == 1;
	terms.bucket.unit = (uint8) pq_getmsgbyte(buffer);
	terms.bucket.length = (int32) pq_getmsgint(buffer, 4);
	if (kind > 1 || !cxm_bucket_is_valid(terms.bucket))
		summary_refuse_binary(&RETENTION, "There is no such bucket or kind.");
	periods = pq_getmsgint(buffer, 4);
	if (periods > MOST_PERIODS ||
	    periods * 2 * (int64) sizeof(int64) != buffer->len - buffer->cursor)
		summary_refuse_binary(&RETENTION, "The size does not fit the number of periods.");

	eligible = palloc(sizeof(int64) * (periods + 1));
	retained = palloc(sizeof(int64) * (periods + 1));
	for (int64 i = 0; i < periods; i++)
	{
		eligible[i] = pq_getmsgint64(buffer);
		retained[i] = pq_getmsgint64(buffer);
		if (eligible[i] < 0 || retained[i] < 0)
			summary_refuse_binary(&RETENTION, "A count is negative.");
	}
	summary = summary_of_counts(terms, eligible, retained, periods);
	if (summary == NULL)
		summary_refuse_binary(&RETENTION, "The counts do not fit each other.");
	PG_RETURN_POINTER(retention_canonical(summary));
}

/*
 * Readings
 */

static double
rate(int64 retained, int64 eligible)
{
	return eligible > 0 ? (double) retained / (double) eligible : NAN;
}

PG_FUNCTION_INFO_V1(retention_retention);
Datum
retention_retention(PG_FUNCTION_ARGS)
{
	RetentionView view = view_summary(SUMMARY_ARG(0));
	Walk          walk = start_walk(&view);
	int32         n = PG_GETARG_INT32(1);

	if (n < 0)
		ereport(ERROR,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("period %d is negative", n)));
	if (n >= view.periods)
		PG_RETURN_NULL();
	while (walk.period > n)
		step_walk(&walk);
	CXM_RETURN_FLOAT8_OR_NULL(rate(walk.retained, walk.eligible));
}

PG_FUNCTION_INFO_V1(retention_curve);
Datum
retention_curve(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	RetentionView  view = view_summary(SUMMARY_ARG(0));
	int64         *eligible = palloc(sizeof(int64) * (view.periods + 1));
	int64         *retained = palloc(sizeof(int64) * (view.periods + 1));

	InitMaterializedSRF(fcinfo, 0);
	resolve(&view, eligible, retained);
	for (int64 i = 0; i < view.periods; i++)
	{
		Datum values[4];
		bool  nulls[4] = {false, false, false, eligible[i] == 0};

		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum((int32) i);
		values[1] = Int64GetDatum(eligible[i]);
		values[2] = Int64GetDatum(retained[i]);
		values[3] = Float8GetDatum(rate(retained[i], eligible[i]));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(retention_bucket_of);
Datum
retention_bucket_of(PG_FUNCTION_ARGS)
{
	RetentionView view = view_summary(SUMMARY_ARG(0));

	if (view.counters == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(bucket_text(view.terms)));
}

PG_FUNCTION_INFO_V1(retention_kind_of);
Datum
retention_kind_of(PG_FUNCTION_ARGS)
{
	RetentionView view = view_summary(SUMMARY_ARG(0));

	if (view.counters == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(kind_text(view.terms)));
}
