/*
 * churn_summary.c
 *		The type churn_summary: who was a customer at both ends of a period, and who at one only.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/json.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "customers/churn_state.h"

/*
 * Counts a customer, or takes one out.  Nearly every customer finds a state that fits and a counter
 * with room: that path calls nothing.
 */
static pg_attribute_always_inline Datum
count_customer(FunctionCallInfo fcinfo, ChurnKind kind, bool snapshots, bool add)
{
	ChurnSummary *state = summary_raw_state_arg(fcinfo);

	if (likely(state != NULL) && kind != CHURN_STRANGER &&
	    churn_count_in_place(state, kind, snapshots ? CHURN_SNAPSHOTS : 0, add))
		PG_RETURN_POINTER(state);
	PG_RETURN_POINTER(churn_count(state, kind, snapshots, NULL, add));
}

/* The same of a customer whose reason to leave is in the argument; who stays needs none. */
static Datum
count_with_reason(FunctionCallInfo fcinfo, ChurnKind kind, int argno, bool snapshots, bool add)
{
	ChurnSummary *state = summary_raw_state_arg(fcinfo);
	ChurnReason   reason = {0};

	if (!PG_ARGISNULL(argno) && (kind == CHURN_LOST || kind == CHURN_NEW_AND_LOST))
	{
		text *name = PG_GETARG_TEXT_PP(argno);

		reason.name = VARDATA_ANY(name);
		reason.length = (int) VARSIZE_ANY_EXHDR(name);
		if (reason.length > CHURN_LONGEST_REASON)
			ereport(ERROR,
			        (errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
			         errmsg("the name of a reason is too long: \"%.*s...\"",
			                pg_mbcliplen(reason.name, reason.length, 60), reason.name),
			         errdetail("It has %d bytes; at most %d are possible.", reason.length,
			                   CHURN_LONGEST_REASON),
			         errhint("Reasons are kinds of reasons: put free text into classes first.")));
	}
	PG_RETURN_POINTER(churn_count(state, kind, snapshots, &reason, add));
}

/* Spans */

/*
 * A span of whole microseconds or days, [from, to).  The lowest and the highest int64 are infinite,
 * as they are for timestamps; a span that ends where it starts, or before, is empty.
 */
typedef struct ChurnSpan
{
	int64 from;
	int64 to;
} ChurnSpan;

#define CHURN_NOBEGIN PG_INT64_MIN
#define CHURN_NOEND PG_INT64_MAX

static inline int64
bound_of_date(DateADT date)
{
	if (DATE_IS_NOBEGIN(date))
		return CHURN_NOBEGIN;
	return DATE_IS_NOEND(date) ? CHURN_NOEND : date;
}

static inline int64
bound_value(TypeCacheEntry *range_type, const RangeBound *bound)
{
	int64 value;

	if (bound->infinite)
		return bound->lower ? CHURN_NOBEGIN : CHURN_NOEND;
	value = range_type->rngelemtype->type_id == DATEOID ? bound_of_date(DatumGetDateADT(bound->val))
	                                                    : DatumGetTimestampTz(bound->val);

	/* between whole numbers, after t is from t + 1, and up to t is before t + 1 */
	if (bound->inclusive != bound->lower && value != CHURN_NOBEGIN && value != CHURN_NOEND)
		value++;
	return value;
}

static ChurnSpan
span_of_range(TypeCacheEntry *range_type, const RangeType *range)
{
	RangeBound lower;
	RangeBound upper;
	bool       empty;

	range_deserialize(range_type, range, &lower, &upper, &empty);
	return empty ? (ChurnSpan){0, 0}
	             : (ChurnSpan){bound_value(range_type, &lower), bound_value(range_type, &upper)};
}

static ChurnSpan
span_at(TypeCacheEntry *range_type, const MultirangeType *active, int32 i)
{
	RangeBound lower;
	RangeBound upper;

	multirange_get_bounds(range_type, active, i, &lower, &upper);
	return (ChurnSpan){bound_value(range_type, &lower), bound_value(range_type, &upper)};
}

/* What the period made of a customer who was active in a span. */
static ChurnKind
kind_in_span(ChurnSpan active, ChurnSpan period)
{
	bool at_start = active.from < period.from && active.to >= period.from;
	bool at_end = active.from < period.to && active.to >= period.to;

	if (active.from >= active.to)
		return CHURN_STRANGER;
	if (at_start)
		return at_end ? CHURN_KEPT : CHURN_LOST;
	if (at_end)
		return CHURN_NEW;
	return active.from >= period.from && active.from < period.to ? CHURN_NEW_AND_LOST
	                                                             : CHURN_STRANGER;
}

/* The first of the ranges that reaches up to just before a moment, or further. */
static int32
first_reaching(TypeCacheEntry *range_type, const MultirangeType *active, int64 moment)
{
	int32 low = 0;
	int32 high = active->rangeCount;

	while (low < high)
	{
		int32 middle = low + (high - low) / 2;

		if (span_at(range_type, active, middle).to < moment)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Was there a stay in the ranges before this one? */
static bool
had_stayed(TypeCacheEntry *range_type, const MultirangeType *active, int32 before)
{
	for (int32 i = 0; i < before; i++)
	{
		ChurnSpan span = span_at(range_type, active, i);

		CHECK_FOR_INTERRUPTS();
		if (span.from < span.to)
			return true;
	}
	return false;
}

static ChurnKind
kind_in_multirange(TypeCacheEntry *range_type, const MultirangeType *active, ChurnSpan period)
{
	int32     count = (int32) active->rangeCount;
	int32     first = first_reaching(range_type, active, period.from);
	int32     last = first_reaching(range_type, active, period.to);
	ChurnKind kind;

	/* the range at the start, or else the first one after it; and that at the end, or the next */
	if (first == count)
		return CHURN_STRANGER;
	kind = kind_in_span(span_at(range_type, active, first), period);
	if (first != last && last != count && span_at(range_type, active, last).from < period.to)
		kind = kind == CHURN_LOST ? CHURN_RETURNED : CHURN_NEW;
	return kind == CHURN_NEW && had_stayed(range_type, active, first) ? CHURN_REACTIVATED : kind;
}

/* Transitions */

/* NULL is not active: the outer join of two snapshots pads with it. */
static inline ChurnKind
kind_of_snapshots(FunctionCallInfo fcinfo)
{
	/* looked up: no branch predictor knows who will leave */
	static const uint8 kinds[2][2] = {{CHURN_STRANGER, CHURN_NEW}, {CHURN_LOST, CHURN_KEPT}};

	return kinds[(!PG_ARGISNULL(1)) & PG_GETARG_BOOL(1)][(!PG_ARGISNULL(2)) & PG_GETARG_BOOL(2)];
}

/* To be asked before the type of the ranges is looked up, which fn_extra remembers. */
static inline void
check_zones(FunctionCallInfo fcinfo)
{
	if (unlikely(fcinfo->flinfo->fn_extra == NULL))
		cxm_refuse_zoneless_args(
		    fcinfo, "Say where the clock stood: started_at::timestamp AT TIME ZONE "
		            "'Europe/Berlin', for example; or count days, by date and daterange.");
}

static ChurnSpan
period_arg(FunctionCallInfo fcinfo, int argno, TypeCacheEntry **range_type)
{
	RangeType *range = DatumGetRangeTypeP(cxm_required_arg(fcinfo, argno, "period"));
	ChurnSpan  period;

	if (*range_type == NULL)
		*range_type = range_get_typcache(fcinfo, RangeTypeGetOid(range));
	period = span_of_range(*range_type, range);
	if (period.from >= period.to)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("period must not be empty")));
	if (period.from == CHURN_NOBEGIN || period.to == CHURN_NOEND)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("period must have a start and an end"),
		                errdetail("What an endless period starts or ends with cannot be told.")));
	return period;
}

static ChurnKind
kind_of_range(FunctionCallInfo fcinfo)
{
	TypeCacheEntry *range_type = NULL;
	ChurnSpan       period;

	check_zones(fcinfo);
	period = period_arg(fcinfo, 2, &range_type);
	if (PG_ARGISNULL(1))
		return CHURN_STRANGER;
	return kind_in_span(span_of_range(range_type, PG_GETARG_RANGE_P(1)), period);
}

static ChurnKind
kind_of_multirange(FunctionCallInfo fcinfo)
{
	TypeCacheEntry *range_type = NULL;
	MultirangeType *active = NULL;
	ChurnSpan       period;

	check_zones(fcinfo);
	if (!PG_ARGISNULL(1))
	{
		active = PG_GETARG_MULTIRANGE_P(1);
		range_type = multirange_get_typcache(fcinfo, MultirangeTypeGetOid(active))->rngtype;
	}
	period = period_arg(fcinfo, 2, &range_type);
	return active == NULL ? CHURN_STRANGER : kind_in_multirange(range_type, active, period);
}

static ChurnKind
kind_of_lifetime(FunctionCallInfo fcinfo, bool dates)
{
	TypeCacheEntry *range_type = NULL;
	ChurnSpan       period;
	ChurnSpan       active = {0, CHURN_NOEND};

	check_zones(fcinfo);
	period = period_arg(fcinfo, 3, &range_type);
	if (PG_ARGISNULL(1))
		return CHURN_STRANGER;
	active.from = dates ? bound_of_date(PG_GETARG_DATEADT(1)) : PG_GETARG_TIMESTAMPTZ(1);
	if (!PG_ARGISNULL(2))
		active.to = dates ? bound_of_date(PG_GETARG_DATEADT(2)) : PG_GETARG_TIMESTAMPTZ(2);
	if (active.to < active.from)
	{
		PGFunction print = dates ? date_out : timestamptz_out;

		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("customer ended at %s, before the start at %s",
		                       DatumGetCString(DirectFunctionCall1(print, PG_GETARG_DATUM(2))),
		                       DatumGetCString(DirectFunctionCall1(print, PG_GETARG_DATUM(1)))),
		                errhint("To leave out such customers: churn_agg(valid_range(started_at, "
		                        "ended_at), period).")));
	}
	return kind_in_span(active, period);
}

SUMMARY_TRANSITIONS(churn_snapshots, count_customer(fcinfo, kind_of_snapshots(fcinfo), true, add))
SUMMARY_TRANSITIONS(churn_range, count_customer(fcinfo, kind_of_range(fcinfo), false, add))
SUMMARY_TRANSITIONS(churn_multirange,
                    count_customer(fcinfo, kind_of_multirange(fcinfo), false, add))
SUMMARY_TRANSITIONS(churn_timestamps,
                    count_customer(fcinfo, kind_of_lifetime(fcinfo, false), false, add))
SUMMARY_TRANSITIONS(churn_dates, count_customer(fcinfo, kind_of_lifetime(fcinfo, true), false, add))

SUMMARY_TRANSITIONS(churn_reason_snapshots,
                    count_with_reason(fcinfo, kind_of_snapshots(fcinfo), 3, true, add))
SUMMARY_TRANSITIONS(churn_reason_range,
                    count_with_reason(fcinfo, kind_of_range(fcinfo), 3, false, add))
SUMMARY_TRANSITIONS(churn_reason_multirange,
                    count_with_reason(fcinfo, kind_of_multirange(fcinfo), 3, false, add))
SUMMARY_TRANSITIONS(churn_reason_timestamps,
                    count_with_reason(fcinfo, kind_of_lifetime(fcinfo, false), 4, false, add))
SUMMARY_TRANSITIONS(churn_reason_dates,
                    count_with_reason(fcinfo, kind_of_lifetime(fcinfo, true), 4, false, add))

/*
 * Text: {"kept": 7, "returned": 1, "lost": 2, "new": 3, "new_and_lost": 1}, and where there are any
 * "reactivated": 1; counted from snapshots it is {"kept": 8, "lost": 2, "new": 3, "snapshots":
 * true}.  Reasons come last: "reasons": {"price": {"lost": 1, "new_and_lost": 1}}, without zeros.
 */

static const char *const FIELDS[] = {"kept",         "returned",    "lost",      "new",
                                     "new_and_lost", "reactivated", "snapshots", "reasons"};

#define FIELD_SNAPSHOTS CHURN_KINDS
#define FIELD_REASONS (CHURN_KINDS + 1)

static const char *const LOSS_FIELDS[CHURN_LOSSES] = {"lost", "new_and_lost"};

static bool
key_is_absent(int kind, bool snapshots)
{
	return snapshots &&
	       (kind == CHURN_RETURNED || kind == CHURN_NEW_AND_LOST || kind == CHURN_REACTIVATED);
}

static void
print_reasons(StringInfo text, const ChurnView *view)
{
	ChurnReasons reasons;

	churn_read_reasons(view, &reasons);
	appendStringInfo(text, ", \"%s\": {", FIELDS[FIELD_REASONS]);
	for (int i = 0; i < reasons.n; i++)
	{
		const char *separator = ": {";

		if (i > 0)
			appendStringInfoString(text, ", ");
		escape_json(text, pnstrdup(reasons.of[i].name, reasons.of[i].length));
		for (int loss = 0; loss < CHURN_LOSSES; loss++)
			if (reasons.of[i].count[loss] > 0)
			{
				appendStringInfo(text, "%s\"%s\": " UINT64_FORMAT, separator, LOSS_FIELDS[loss],
				                 reasons.of[i].count[loss]);
				separator = ", ";
			}
		appendStringInfoChar(text, '}');
	}
	appendStringInfoChar(text, '}');
}

static char *
churn_text(const void *value)
{
	ChurnView      view = churn_view(value);
	const char    *separator = "{";
	StringInfoData text;

	initStringInfo(&text);
	for (int kind = 0; kind < CHURN_KINDS; kind++)
		if (!key_is_absent(kind, view.snapshots) &&
		    (kind != CHURN_REACTIVATED || view.count[kind] > 0))
		{
			appendStringInfo(&text, "%s\"%s\": " UINT64_FORMAT, separator, FIELDS[kind],
			                 view.count[kind]);
			separator = ", ";
		}
	if (view.snapshots)
		appendStringInfo(&text, ", \"%s\": true", FIELDS[FIELD_SNAPSHOTS]);
	if (view.has_reasons)
		print_reasons(&text, &view);
	appendStringInfoChar(&text, '}');
	return text.data;
}

/* Takes in a reason that is not there yet; a sentence that says what is wrong with it, or NULL. */
static const char *
take_reason(ChurnReasons *reasons, const char *name, int length, const uint64 *count)
{
	int n = reasons->n;
	int place;

	if (length > CHURN_LONGEST_REASON)
		return "The name of a reason is too long.";
	place = churn_reason_place(reasons, name, length);
	if (place < 0)
		return "There are too many reasons.";
	if (reasons->n == n)
		return "A reason is there twice.";
	memcpy(reasons->of[place].count, count, sizeof(reasons->of[place].count));
	return NULL;
}

#define REASONS_MISFIT "The reasons count others than those who left."

static bool
read_reasons(const JsonbValue *value, ChurnReasons *reasons, Node *escontext)
{
	JsonbIterator *iterator =
	    cxm_json_fields(value, "The value", FIELDS[FIELD_REASONS], CHURN.name, escontext);
	JsonbValue  reason;
	JsonbValue *fields[CHURN_LOSSES];
	char       *name;

	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &name, &reason))
	{
		uint64      count[CHURN_LOSSES];
		const char *refusal;

		if (!cxm_json_pick(&reason, "The value", name, CHURN.name, escontext, LOSS_FIELDS,
		                   CHURN_LOSSES, fields))
			return false;
		for (int loss = 0; loss < CHURN_LOSSES; loss++)
			if (!cxm_json_count(fields[loss], LOSS_FIELDS[loss], CHURN.name, escontext,
			                    &count[loss]))
				return false;
		refusal = take_reason(reasons, name, (int) strlen(name), count);
		if (refusal != NULL)
			return summary_refuse_text(&CHURN, escontext, "%s", refusal);
	}
	return true;
}

static void *
churn_read(JsonbValue **fields, Node *escontext)
{
	ChurnView         view = {0};
	ChurnReasons      reasons = {.n = 0};
	const JsonbValue *snapshots = fields[FIELD_SNAPSHOTS];

	if (snapshots != NULL && snapshots->type != jbvBool)
		return summary_refuse_text(&CHURN, escontext, "The value of \"%s\" must be true or false.",
		                           FIELDS[FIELD_SNAPSHOTS]);
	view.snapshots = snapshots != NULL && snapshots->val.boolean;
	for (int kind = 0; kind < CHURN_KINDS; kind++)
	{
		if (!cxm_json_count(fields[kind], FIELDS[kind], CHURN.name, escontext, &view.count[kind]))
			return NULL;
		if (key_is_absent(kind, view.snapshots) && view.count[kind] != 0)
			return summary_refuse_text(&CHURN, escontext, "Snapshots do not give \"%s\".",
			                           FIELDS[kind]);
	}
	if (!cxm_counts_total(view.count, CHURN_KINDS, &view.total))
		return summary_report_overflow(escontext, "count of customers");
	view.has_reasons = fields[FIELD_REASONS] != NULL;
	if (view.has_reasons && !read_reasons(fields[FIELD_REASONS], &reasons, escontext))
		return NULL;
	if (!churn_reasons_fit(&view, &reasons))
		return summary_refuse_text(&CHURN, escontext, REASONS_MISFIT);
	return churn_make(&view, &reasons);
}

/*
 * Binary: flags without the width, and the counters of 8 bytes; where there are reasons their
 * number in 2 bytes, and of each its name and counters.
 */
static void
churn_send(StringInfo buffer, const void *value)
{
	ChurnView    view = churn_view(value);
	ChurnReasons reasons;
	int          kinds = churn_kinds(*(const uint8 *) VARDATA_ANY(value));

	pq_sendint8(buffer,
	            (view.snapshots ? CHURN_SNAPSHOTS : 0) | (view.has_reasons ? CHURN_REASONS : 0));
	for (int kind = 0; kind < kinds; kind++)
		pq_sendint64(buffer, view.count[kind]);
	if (!view.has_reasons)
		return;
	churn_read_reasons(&view, &reasons);
	pq_sendint16(buffer, (uint16) reasons.n);
	for (int i = 0; i < reasons.n; i++)
	{
		summary_send_text(buffer, reasons.of[i].name, reasons.of[i].length);
		for (int loss = 0; loss < CHURN_LOSSES; loss++)
			pq_sendint64(buffer, reasons.of[i].count[loss]);
	}
}

static void
receive_reasons(StringInfo buffer, ChurnReasons *reasons)
{
	int n = (int) pq_getmsgint(buffer, 2);

	for (int i = 0; i < n; i++)
	{
		int32       size = (int32) pq_getmsgint(buffer, 4);
		int         length;
		const char *name;
		const char *refusal;
		uint64      count[CHURN_LOSSES];

		if (size < 0)
			summary_refuse_binary(&CHURN, "A reason has no name.");
		name = pq_getmsgtext(buffer, size, &length);
		for (int loss = 0; loss < CHURN_LOSSES; loss++)
			count[loss] = summary_receive_count(buffer, &CHURN);
		refusal = take_reason(reasons, name, length, count);
		if (refusal != NULL)
			summary_refuse_binary(&CHURN, refusal);
	}
}

static void *
churn_receive(StringInfo buffer)
{
	uint8        version = (uint8) buffer->data[buffer->cursor - 1];
	uint8        flags = (uint8) pq_getmsgbyte(buffer);
	ChurnView    view = {.snapshots = (flags & CHURN_SNAPSHOTS) != 0,
	                     .has_reasons = (flags & CHURN_REASONS) != 0};
	ChurnReasons reasons = {.n = 0};

	if ((flags & ~(CHURN_SNAPSHOTS | (version == CHURN_VERSION ? 0 : CHURN_REASONS))) != 0)
		summary_refuse_binary(&CHURN, "There are unknown flags.");
	for (int kind = 0; kind < churn_kinds(version); kind++)
	{
		view.count[kind] = summary_receive_count(buffer, &CHURN);
		if (key_is_absent(kind, view.snapshots) && view.count[kind] != 0)
			summary_refuse_binary(&CHURN, "Snapshots do not give such a count.");
	}
	if (!cxm_counts_total(view.count, CHURN_KINDS, &view.total))
		summary_refuse_overflow("count of customers");
	if (view.has_reasons)
		receive_reasons(buffer, &reasons);
	if (!churn_reasons_fit(&view, &reasons))
		summary_refuse_binary(&CHURN, REASONS_MISFIT);
	return churn_make(&view, &reasons);
}

const SummaryType CHURN = {
    .name = "churn_summary",
    .version = CHURN_VERSION,
    .newest = CHURN_NEWEST,
    .flags = CHURN_WIDTH | CHURN_SNAPSHOTS | CHURN_REASONS,
    .header = offsetof(ChurnSummary, counters) - VARHDRSZ,
    SUMMARY_READ_SLOTS(churn, FIELDS),
    SUMMARY_TERMS(churn),
};

COUNTING_SUMMARY_FUNCTIONS(churn_summary, CHURN)

/* Readings */

static int64
at_start(const ChurnView *view)
{
	return (int64) (view->count[CHURN_KEPT] + view->count[CHURN_RETURNED] +
	                view->count[CHURN_LOST]);
}

static int64
at_end(const ChurnView *view)
{
	return (int64) (view->count[CHURN_KEPT] + view->count[CHURN_RETURNED] + view->count[CHURN_NEW] +
	                view->count[CHURN_REACTIVATED]);
}

static double
rate_from_start(const ChurnView *view)
{
	return cxm_ratio((double) view->count[CHURN_LOST], (double) at_start(view));
}

/* The customers of a kind that two snapshots cannot tell, which is not the same as none. */
static int64
count_of_histories(const ChurnView *view, ChurnKind kind, const char *figure)
{
	if (view->snapshots)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("%s cannot be told from two snapshots", figure),
		                errdetail("Who comes and goes between them is in neither."),
		                errhint("churn_agg(active, period) counts from ranges of time.")));
	return (int64) view->count[kind];
}

static double
net_rate(int64 start, int64 end)
{
	return cxm_ratio((double) start - (double) end, (double) start);
}

typedef enum ChurnConvention
{
	FROM_START,
	NET,
	AVERAGE,
	STRIPE
} ChurnConvention;

static const char *const conventions[] = {"start", "net", "average", "stripe"};

static double
rate_by_convention(const ChurnView *view, ChurnConvention convention)
{
	double lost = (double) view->count[CHURN_LOST];
	double start = (double) at_start(view);
	double new_and_lost;

	if (convention == FROM_START)
		return rate_from_start(view);
	if (convention == NET)
		return net_rate(at_start(view), at_end(view));
	if (convention == AVERAGE)
		return cxm_ratio(lost, (start + (double) at_end(view)) / 2);
	new_and_lost = (double) count_of_histories(view, CHURN_NEW_AND_LOST, "churn_rate(s, 'stripe')");
	return cxm_ratio(lost + new_and_lost, start + (double) view->count[CHURN_NEW] +
	                                          (double) view->count[CHURN_REACTIVATED] +
	                                          new_and_lost);
}

#define READING(name, return_figure, figure) \
	SUMMARY_READING(churn_##name, ChurnView, churn_view, return_figure, figure)

READING(customers_at_start, PG_RETURN_INT64, at_start(&view))
READING(customers_at_end, PG_RETURN_INT64, at_end(&view))
READING(lost_customers, PG_RETURN_INT64, (int64) view.count[CHURN_LOST])
READING(new_customers, PG_RETURN_INT64, (int64) view.count[CHURN_NEW])
READING(new_and_lost_customers, PG_RETURN_INT64,
        count_of_histories(&view, CHURN_NEW_AND_LOST, "new_and_lost_customers"))
READING(returned_customers, PG_RETURN_INT64,
        count_of_histories(&view, CHURN_RETURNED, "returned_customers"))
READING(reactivated_customers, PG_RETURN_INT64,
        count_of_histories(&view, CHURN_REACTIVATED, "reactivated_customers"))
READING(rate, CXM_RETURN_FLOAT8_OR_NULL, rate_from_start(&view))
READING(rate_by_convention, CXM_RETURN_FLOAT8_OR_NULL,
        rate_by_convention(&view, (ChurnConvention) cxm_choice_arg(
                                       fcinfo, 1, &CXM_CHOICES("convention", conventions))))
READING(retention_rate, CXM_RETURN_FLOAT8_OR_NULL,
        cxm_ratio((double) (at_start(&view) - (int64) view.count[CHURN_LOST]),
                  (double) at_start(&view)))

CXM_FUNCTION(churn_net_churn_rate)
{
	int64 start = PG_GETARG_INT64(0);
	int64 end = PG_GETARG_INT64(1);

	if (start < 0 || end < 0)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("number of customers must not be negative")));
	CXM_RETURN_FLOAT8_OR_NULL(net_rate(start, end));
}

/* Wilson's interval of the share that was lost. */
static bool
churn_wilson(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	ChurnView      view = churn_view(SUMMARY_ARG(0));
	double         level = cxm_level_arg(fcinfo, 1);
	CxmShareSample sample = {rate_from_start(&view), (double) at_start(&view)};

	return cxm_share_interval(&sample, level, interval);
}

INTERVAL_READINGS(churn, churn_wilson)
