/*
 * period_counts.c
 *		Summaries that are counters of periods.
 */
#include "postgres.h"

#include "customers/period_counts.h"

/* Looking at values */

static inline int
heads_of(const PeriodCountsType *type, uint8 flags)
{
	return (flags & type->head_flag) != 0;
}

static pg_attribute_always_inline PeriodTerms
read_terms(const PeriodCountsType *type, SummaryBytes *bytes)
{
	PeriodTerms terms = {.flags = (uint8) (bytes->flags & ~PERIOD_COUNTS_WIDTH)};

	terms.bucket.unit = bytes->at[offsetof(PeriodCounts, unit) - VARHDRSZ];
	terms.bucket.begins = bytes->at[offsetof(PeriodCounts, begins) - VARHDRSZ];
	memcpy(&terms.bucket.length, bytes->at + offsetof(PeriodCounts, length) - VARHDRSZ,
	       sizeof(terms.bucket.length));
	terms.bucket.spans = bytes->at + PERIOD_COUNTS_HEADER;
	if ((cxm_bucket_has_spans(&terms.bucket) &&
	     (terms.bucket.length < 0 || terms.bucket.length > CXM_BUCKET_MOST_SPANS)) ||
	    (Size) (bytes->end - bytes->at) <
	        PERIOD_COUNTS_HEADER + period_terms_size(type, &terms.bucket))
		summary_refuse_value(type->summary);
	if (type->has_until)
		memcpy(&terms.until, bytes->at + PERIOD_COUNTS_HEADER + period_spans_size(&terms.bucket),
		       sizeof(int32));
	if (!cxm_bucket_is_valid(&terms.bucket) || bytes->at[0] != type->version(&terms))
		summary_refuse_value(type->summary);
	return terms;
}

PeriodTerms
period_counts_terms(const PeriodCountsType *type, const void *value)
{
	SummaryBytes bytes = summary_open(type->summary, value);

	return read_terms(type, &bytes);
}

PeriodView
period_counts_view(const PeriodCountsType *type, const void *value)
{
	PeriodView   view = {.terms.bucket = {CXM_BUCKET_DAYS, 0, 1, NULL}};
	SummaryBytes bytes;
	Size         size;
	Size         per_period;

	if (SUMMARY_IS_BLANK(value))
		return view;
	bytes = summary_open(type->summary, value);
	view.terms = read_terms(type, &bytes);
	view.width = bytes.flags & PERIOD_COUNTS_WIDTH;
	view.heads = heads_of(type, bytes.flags);
	view.counters = bytes.at + PERIOD_COUNTS_HEADER + period_terms_size(type, &view.terms.bucket);
	size = (Size) (bytes.end - view.counters);
	per_period = (Size) type->per_period << view.width;
	if (size < (Size) view.heads << view.width)
		summary_refuse_value(type->summary);
	size -= (Size) view.heads << view.width;
	view.periods = (int64) (size / per_period);
	if (size % per_period != 0)
		summary_refuse_value(type->summary);
	return view;
}

bool
period_terms_equal(const PeriodTerms *a, const PeriodTerms *b)
{
	return a->flags == b->flags && a->until == b->until &&
	       cxm_buckets_equal(&a->bucket, &b->bucket);
}

static inline Size
counters_of(const PeriodCountsType *type, const PeriodView *view, int64 periods)
{
	return (Size) (view->heads + periods * type->per_period);
}

int64
period_counts_used(const PeriodCountsType *type, const PeriodView *view)
{
	int64 periods = view->periods;

	for (; periods > 0; periods--)
	{
		CHECK_FOR_INTERRUPTS();
		for (int which = 0; which < type->per_period; which++)
			if (period_count(type, view, periods - 1, which) != 0)
				return periods;
	}
	return 0;
}

bool
period_counts_is_empty(const PeriodCountsType *type, const void *state)
{
	PeriodView view = period_counts_view(type, state);

	return period_counts_used(type, &view) == 0;
}

bool
period_counts_same_terms(const PeriodCountsType *type, const void *a, const void *b)
{
	PeriodTerms of_a = period_counts_terms(type, a);
	PeriodTerms of_b = period_counts_terms(type, b);

	return period_terms_equal(&of_a, &of_b);
}

/* Making values */

PeriodCounts *
period_counts_make(const PeriodCountsType *type, const PeriodTerms *terms, int64 periods, int width)
{
	Size          counters = (Size) (heads_of(type, terms->flags) + periods * type->per_period);
	Size          size = offsetof(PeriodCounts, rest) + period_terms_size(type, &terms->bucket);
	PeriodCounts *counts;

	size += counters << width;
	summary_check_size(type->summary, size);
	counts = palloc0(size);
	SET_VARSIZE(counts, size);
	counts->version = type->version(terms);
	counts->flags = (uint8) (width | terms->flags);
	counts->unit = terms->bucket.unit;
	counts->begins = terms->bucket.begins;
	counts->length = terms->bucket.length;
	if (cxm_bucket_has_spans(&terms->bucket))
		memcpy(counts->rest, terms->bucket.spans, period_spans_size(&terms->bucket));
	if (type->has_until)
		memcpy(counts->rest + period_spans_size(&terms->bucket), &terms->until, sizeof(int32));
	return counts;
}

/* A copy with so many periods, of which there may be fewer only where they count nobody. */
static PeriodCounts *
copy_counts(const PeriodCountsType *type, const PeriodView *view, int64 periods, int width)
{
	PeriodCounts *copy = period_counts_make(type, &view->terms, periods, width);

	cxm_counters_copy(period_counts_of(type, copy), width, view->counters, view->width,
	                  counters_of(type, view, Min(view->periods, periods)));
	return copy;
}

void *
period_counts_canonical(const PeriodCountsType *type, const void *state)
{
	PeriodView view = period_counts_view(type, state);

	view.periods = period_counts_used(type, &view);
	if (!type->is_sound(&view))
		summary_refuse_shortage("customers");
	return copy_counts(
	    type, &view, view.periods,
	    cxm_counters_width(view.counters, view.width, counters_of(type, &view, view.periods)));
}

void *
period_counts_to_state(const PeriodCountsType *type, const void *value)
{
	PeriodView view = period_counts_view(type, value);

	return copy_counts(type, &view, view.periods, view.width);
}

/* So many periods a moving window's state keeps, whether or not it needs them. */
#define PERIODS_KEPT 64

/* One customer of long ago would slow down a window for all that follow. */
PeriodCounts *
period_counts_shortened(const PeriodCountsType *type, PeriodCounts *state, int64 periods)
{
	PeriodView view = period_counts_view(type, state);
	int64      used;

	if (view.periods <= PERIODS_KEPT || periods < view.periods / 2)
		return state;
	used = period_counts_used(type, &view);
	return used > view.periods / 2 ? state : copy_counts(type, &view, used, view.width);
}

PeriodCounts *
period_counts_widened(const PeriodCountsType *type, PeriodCounts *state)
{
	PeriodView view = period_counts_view(type, state);

	if (view.width == CXM_WIDEST)
		summary_refuse_overflow("count of customers");
	return copy_counts(type, &view, view.periods, view.width + 1);
}

void *
period_counts_merge(const PeriodCountsType *type, void *state, const void *value, bool add)
{
	PeriodView    a = period_counts_view(type, state);
	PeriodView    b = period_counts_view(type, value);
	PeriodCounts *sum = state;
	Size          n;

	b.periods = period_counts_used(type, &b);
	n = counters_of(type, &b, b.periods);
	if (b.periods > a.periods)
		sum = copy_counts(type, &a, b.periods, a.width);
	if (!add)
	{
		if (!cxm_counters_merge(period_counts_of(type, sum), a.width, b.counters, b.width, n,
		                        false))
			summary_refuse_shortage("customers");
		return period_counts_shortened(type, sum, b.periods);
	}
	while (!cxm_counters_merge(period_counts_of(type, sum), sum->flags & PERIOD_COUNTS_WIDTH,
	                           b.counters, b.width, n, true))
		sum = period_counts_widened(type, sum);
	return sum;
}

/* As nearly every customer finds it: no byte is believed that has not been compared. */
static bool
is_prepared(const PeriodCountsType *type, const PeriodCounts *state, const PeriodTerms *terms,
            int64 periods)
{
	Size counters = (Size) (heads_of(type, terms->flags) + periods * type->per_period);
	Size head = offsetof(PeriodCounts, rest) + period_terms_size(type, &terms->bucket);
	Size spans = period_spans_size(&terms->bucket);

	return VARATT_IS_4B_U(state) && VARSIZE(state) >= head &&
	       state->version == type->version(terms) &&
	       (state->flags & ~PERIOD_COUNTS_WIDTH) == terms->flags &&
	       state->unit == terms->bucket.unit && state->begins == terms->bucket.begins &&
	       state->length == terms->bucket.length &&
	       (spans == 0 || memcmp(state->rest, terms->bucket.spans, spans) == 0) &&
	       (!type->has_until || memcmp(state->rest + spans, &terms->until, sizeof(int32)) == 0) &&
	       VARSIZE(state) >= head + (counters << (state->flags & PERIOD_COUNTS_WIDTH));
}

PeriodCounts *
period_counts_prepare(const PeriodCountsType *type, void *state, const PeriodTerms *terms,
                      int64 periods)
{
	PeriodView view;

	if (state != NULL && is_prepared(type, state, terms, periods))
		return state;
	if (state == NULL || SUMMARY_IS_BLANK(state))
		return period_counts_make(type, terms, periods, 0);
	view = period_counts_view(type, pg_detoast_datum_packed(state));
	if (!period_terms_equal(&view.terms, terms))
	{
		if (period_counts_used(type, &view) > 0)
		{
			PeriodCounts *other = period_counts_make(type, terms, 0, 0);

			type->summary->refuse_mixture(state, other);
		}
		return period_counts_make(type, terms, periods, 0);
	}
	/* half as many again, for customers who began earlier and earlier */
	return copy_counts(type, &view, Max(periods, view.periods + view.periods / 2), view.width);
}

/* Figures */

PeriodFigures
period_figures(int n, int64 periods)
{
	return (PeriodFigures){
	    .n = n,
	    .periods = periods,
	    .counts = palloc(sizeof(int64) * (Size) (n * (periods + 1))),
	    .room = periods + 1,
	};
}

void
period_figures_print(StringInfo text, const PeriodFigures *figures, const char *const *names)
{
	for (int which = 0; which < figures->n; which++)
	{
		appendStringInfo(text, ", \"%s\": [", names[which]);
		for (int64 i = 0; i < figures->periods; i++)
		{
			CHECK_FOR_INTERRUPTS();
			appendStringInfo(text, "%s" INT64_FORMAT, i > 0 ? ", " : "",
			                 figures->counts[figures->n * i + which]);
		}
		appendStringInfoChar(text, ']');
	}
}

bool
period_figures_read(PeriodFigures *figures, int which, const char *name, const JsonbValue *value,
                    const SummaryType *type, Node *escontext)
{
	JsonbIterator *elements = cxm_json_array(value, name, type->name, escontext);
	int64          n = 0;
	JsonbValue     element;
	uint64         count;

	if (elements == NULL)
		return false;
	for (; cxm_json_next_element(&elements, &element); n++)
	{
		if (!cxm_json_count(&element, name, type->name, escontext, &count))
			return false;
		if (n == MOST_PERIODS)
			ereturn(
			    escontext, false,
			    (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			     errmsg("value of type %s has more than %d periods", type->name, MOST_PERIODS)));
		if (n == figures->room)
			figures->counts = repalloc(figures->counts,
			                           sizeof(int64) * (Size) (figures->n * (figures->room *= 2)));
		figures->counts[figures->n * n + which] = (int64) count;
	}
	figures->read[which] = n;
	return true;
}

bool
period_figures_complete(PeriodFigures *figures)
{
	figures->periods = figures->read[0];
	for (int which = 1; which < figures->n; which++)
		if (figures->read[which] != figures->periods)
			return false;
	return true;
}

/* Binary: number of periods, figures of 8 bytes. */
void
period_figures_send(StringInfo buffer, const PeriodFigures *figures)
{
	pq_sendint32(buffer, (uint32) figures->periods);
	for (int64 i = 0; i < figures->n * figures->periods; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pq_sendint64(buffer, (uint64) figures->counts[i]);
	}
}

PeriodFigures
period_figures_receive(StringInfo buffer, int n, const SummaryType *type)
{
	int64         periods = pq_getmsgint(buffer, 4);
	PeriodFigures figures;

	if (periods > MOST_PERIODS ||
	    periods * n * (int64) sizeof(int64) != buffer->len - buffer->cursor)
		summary_refuse_binary(type, "The size does not fit the number of periods.");
	figures = period_figures(n, periods);
	for (int64 i = 0; i < n * periods; i++)
	{
		CHECK_FOR_INTERRUPTS();
		figures.counts[i] = (int64) summary_receive_count(buffer, type);
	}
	return figures;
}

/* Buckets */

char *
period_bucket_text(const CxmBucket *bucket)
{
	char *text = palloc(cxm_bucket_text_size(bucket));

	cxm_bucket_print(bucket, text);
	return text;
}

void
period_bucket_send(StringInfo buffer, const CxmBucket *bucket, bool begins)
{
	pq_sendint8(buffer, bucket->unit);
	if (begins)
		pq_sendint8(buffer, bucket->begins);
	pq_sendint32(buffer, (uint32) bucket->length);
	for (int32 i = 0; cxm_bucket_has_spans(bucket) && i < bucket->length; i++)
	{
		CxmSpan span = cxm_bucket_span(bucket, i);

		pq_sendint32(buffer, (uint32) span.first);
		pq_sendint32(buffer, (uint32) span.last);
	}
}

CxmBucket
period_bucket_receive(StringInfo buffer, bool begins, const SummaryType *type)
{
	CxmBucket bucket = {.unit = (uint8) pq_getmsgbyte(buffer)};
	CxmSpan  *spans;

	if (begins)
		bucket.begins = (uint8) pq_getmsgbyte(buffer);
	bucket.length = (int32) pq_getmsgint(buffer, 4);
	if (cxm_bucket_has_spans(&bucket) && bucket.length > 0 &&
	    bucket.length <=
	        Min(CXM_BUCKET_MOST_SPANS, (buffer->len - buffer->cursor) / (int) sizeof(CxmSpan)))
	{
		spans = palloc(sizeof(CxmSpan) * (Size) bucket.length);
		for (int32 i = 0; i < bucket.length; i++)
		{
			spans[i].first = (int32) pq_getmsgint(buffer, 4);
			spans[i].last = (int32) pq_getmsgint(buffer, 4);
		}
		bucket.spans = spans;
	}
	if ((cxm_bucket_has_spans(&bucket) && bucket.spans == NULL) || !cxm_bucket_is_valid(&bucket))
		summary_refuse_binary(type, "There is no such bucket.");
	return bucket;
}

static const char *const FAULTS[] = {
    [CXM_BUCKET_BACKWARDS] = "A bracket or a period ends before it begins.",
    [CXM_BUCKET_OVERLAP] = "Brackets, or periods, overlap or do not ascend.",
    [CXM_BUCKET_TOO_MANY] = "There are more than 1000 brackets or periods.",
};

bool
period_bucket_read(const char *text, CxmBucket *bucket, const SummaryType *type, Node *escontext)
{
	CxmSpan       *spans = palloc(sizeof(CxmSpan) * CXM_BUCKET_MOST_SPANS);
	CxmBucketFault fault = cxm_bucket_parse(text, strlen(text), bucket, spans);

	if (fault == CXM_BUCKET_FINE)
		return true;
	return summary_refuse_text(type, escontext, "Unknown bucket \"%s\".", text);
}

CxmBucket
period_bucket_arg(FunctionCallInfo fcinfo, int argno, CxmSpan *spans)
{
	text          *name = DatumGetTextPP(cxm_required_arg(fcinfo, argno, "bucket"));
	CxmBucket      bucket;
	CxmBucketFault fault =
	    cxm_bucket_parse(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &bucket, spans);

	if (fault == CXM_BUCKET_UNKNOWN)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("unknown bucket \"%s\"", text_to_cstring(name)),
		         errhint("The buckets are day, week, month, quarter, year; with a beginning, as in "
		                 "\"week sunday\" and \"year april\"; a whole number of days from 1 to "
		                 "%d; or brackets of days, as in \"0, 1-7, 8-30\".",
		                 CXM_BUCKET_MOST_DAYS)));
	if (fault != CXM_BUCKET_FINE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("invalid bucket \"%s\"", text_to_cstring(name)),
		                errdetail_internal("%s", FAULTS[fault]),
		                errhint("Write brackets of days in order, as in \"0, 1-7, 8-30\".")));
	return bucket;
}
