/*
 * churn_summary.c
 *		The type churn_summary: who was a customer at both ends of a period, and who at one only.
 *
 * The same bytes are the aggregates' state and the stored value:
 *
 *	0            4         5       6
 *	+------------+---------+-------+--------------------------------+
 *	| varlena    | version | flags | kept, returned, lost, new,     |
 *	| header     | 1       |       | new and lost: 5 counters       |
 *	+------------+---------+-------+--------------------------------+
 *
 *	flags	bits 0-1: code of the counters' width; bit 2: counted from snapshots
 *
 * A period [s, e) owns the changes at s <= t < e: "at start" is the state just before s, "at end"
 * the one just before e.  The five kinds of customer exclude each other:
 *
 *					at start	at end		between
 *	kept			active		active		active throughout
 *	returned		active		active		away for some time
 *	lost			active		-
 *	new				-			active
 *	new and lost	-			-			active for some time
 *
 * Two snapshots do not tell the returned from the kept, nor the new and lost from strangers.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"

#include "core/counters.h"
#include "core/rating_statistics.h"
#include "summary.h"

#define CHURN_VERSION 1
#define CHURN_WIDTH 0x03
#define CHURN_SNAPSHOTS 0x04

typedef enum CustomerKind
{
	KEPT,
	RETURNED,
	LOST,
	NEW,
	NEW_AND_LOST,
	STRANGER
} CustomerKind;

#define COUNTERS STRANGER /* strangers are not counted */

static const char *const KIND_KEYS[COUNTERS] = {"kept", "returned", "lost", "new", "new_and_lost"};

typedef struct ChurnSummary
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} ChurnSummary;

typedef struct ChurnView
{
	bool   snapshots;
	uint64 count[COUNTERS];
} ChurnView;

static char *churn_text(const void *value);
static void *churn_canonical(const void *state);
static void *churn_merge(void *state, const void *value, bool add);
static bool  churn_is_empty(const void *state);
static void  churn_check_mergeable(const void *a, const void *b);

static const SummaryType CHURN = {"churn_summary",      churn_text,  churn_canonical,
                                  churn_canonical,      churn_merge, churn_is_empty,
                                  churn_check_mergeable};

COUNTING_SUMMARY_FUNCTIONS(churn_summary, CHURN)

/*
 * Layout
 */

static inline Size
value_size(int width)
{
	return offsetof(ChurnSummary, counters) + ((Size) COUNTERS << width);
}

static ChurnSummary *
make_summary(const ChurnView *view, int width)
{
	Size          size = value_size(width);
	ChurnSummary *summary = palloc(size);

	SET_VARSIZE(summary, size);
	summary->version = CHURN_VERSION;
	summary->flags = (uint8) (width | (view->snapshots ? CHURN_SNAPSHOTS : 0));
	for (int kind = 0; kind < COUNTERS; kind++)
		cxm_counter_set(summary->counters, width, kind, view->count[kind]);
	return summary;
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
state_fits(const ChurnSummary *state, bool snapshots)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) > offsetof(ChurnSummary, counters) &&
	       (state->flags & ~CHURN_WIDTH) == (snapshots ? CHURN_SNAPSHOTS : 0) &&
	       VARSIZE(state) == value_size(state->flags & CHURN_WIDTH) &&
	       state->version == CHURN_VERSION;
}

/* Looks at a value with either kind of varlena header; trusts no byte of it. */
static ChurnView
view_summary(const void *value)
{
	const Size           header = offsetof(ChurnSummary, counters) - VARHDRSZ;
	const unsigned char *body = (const unsigned char *) VARDATA_ANY(value);
	Size                 size = VARSIZE_ANY_EXHDR(value);
	ChurnView            view = {false, {0}};

	if (SUMMARY_IS_BLANK(value))
		return view;
	if (body[0] != CHURN_VERSION)
		summary_refuse_version(&CHURN, body[0]);
	if (size < header || (body[1] & ~(CHURN_WIDTH | CHURN_SNAPSHOTS)) != 0 ||
	    size + VARHDRSZ != value_size(body[1] & CHURN_WIDTH))
		summary_refuse_value(&CHURN);

	view.snapshots = (body[1] & CHURN_SNAPSHOTS) != 0;
	for (int kind = 0; kind < COUNTERS; kind++)
	{
		view.count[kind] = cxm_counter_get(body + header, body[1] & CHURN_WIDTH, kind);
		if (view.count[kind] > CXM_COUNTER_CEILING)
			summary_refuse_value(&CHURN);
	}
	return view;
}

static bool
view_is_empty(const ChurnView *view)
{
	for (int kind = 0; kind < COUNTERS; kind++)
		if (view->count[kind] != 0)
			return false;
	return true;
}

static bool
churn_is_empty(const void *state)
{
	ChurnView view = view_summary(state);

	return view_is_empty(&view);
}

/* All customers together are as many as bigint can say, and so is every sum of their kinds. */
static bool
total_is_in_range(const ChurnView *view)
{
	int64 total = 0;

	for (int kind = 0; kind < COUNTERS; kind++)
		if (pg_add_s64_overflow(total, (int64) view->count[kind], &total))
			return false;
	return true;
}

/* The narrowest counters. */
static ChurnSummary *
narrow_summary(const ChurnView *view)
{
	uint64 bits = 0;
	int    width = 0;

	if (!total_is_in_range(view))
		summary_refuse_overflow("count of customers");
	for (int kind = 0; kind < COUNTERS; kind++)
		bits |= view->count[kind];
	while (bits > cxm_counter_limit(width))
		width++;
	return make_summary(view, width);
}

static void *
churn_canonical(const void *state)
{
	ChurnView view = view_summary(state);

	return narrow_summary(&view);
}

/* What was counted from snapshots cannot be completed from histories, nor the other way round. */
static void
check_mergeable(const ChurnView *a, const ChurnView *b)
{
	if (a->snapshots != b->snapshots)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot combine churn counted from %s and from %s",
		                       a->snapshots ? "snapshots" : "periods",
		                       b->snapshots ? "snapshots" : "periods")));
}

static void
churn_check_mergeable(const void *a, const void *b)
{
	ChurnView view_a = view_summary(a);
	ChurnView view_b = view_summary(b);

	check_mergeable(&view_a, &view_b);
}

static void *
churn_merge(void *state, const void *value, bool add)
{
	ChurnView a = view_summary(state);
	ChurnView b = view_summary(value);

	/* a window's frame may have moved from rows of one kind to another */
	if (view_is_empty(&b))
		return state;
	if (add && view_is_empty(&a))
		return churn_canonical(value);
	check_mergeable(&a, &b);
	for (int kind = 0; kind < COUNTERS; kind++)
	{
		if (!add && b.count[kind] > a.count[kind])
			summary_refuse_shortage("customers");
		a.count[kind] = add ? a.count[kind] + b.count[kind] : a.count[kind] - b.count[kind];
		if (a.count[kind] > CXM_COUNTER_CEILING)
			summary_refuse_overflow("count of customers");
	}
	return narrow_summary(&a);
}

/*
 * Transitions
 */

static pg_noinline Datum
count_slowly(FunctionCallInfo fcinfo, CustomerKind kind, bool snapshots, bool add)
{
	ChurnView one = {snapshots, {0}};
	void     *state = summary_state_arg(fcinfo);

	if (kind == STRANGER)
		return summary_unchanged(fcinfo);
	one.count[kind] = 1;
	if (state == NULL)
	{
		if (!add)
			summary_refuse_shortage("customers");
		PG_RETURN_POINTER(make_summary(&one, 0));
	}
	PG_RETURN_POINTER(churn_merge(state, make_summary(&one, 0), add));
}

/* Nearly every row finds a state that fits and a counter with room: that path calls nothing. */
static pg_attribute_always_inline Datum
count_customer(FunctionCallInfo fcinfo, CustomerKind kind, bool snapshots, bool add)
{
	if (likely(cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0)))
	{
		ChurnSummary *state = (ChurnSummary *) PG_GETARG_POINTER(0);

		if (kind == STRANGER ||
		    (likely(state_fits(state, snapshots)) &&
		     cxm_counter_count(state->counters, state->flags & CHURN_WIDTH, kind, add)))
			PG_RETURN_POINTER(state);
	}
	return count_slowly(fcinfo, kind, snapshots, add);
}

/* NULL is not active: the outer join of two snapshots pads with it. */
static inline CustomerKind
kind_of_snapshots(FunctionCallInfo fcinfo)
{
	/* looked up: no branch predictor knows who will leave */
	static const uint8 kinds[2][2] = {{STRANGER, NEW}, {LOST, KEPT}};
	bool               was = (!PG_ARGISNULL(1)) & PG_GETARG_BOOL(1);
	bool               is = (!PG_ARGISNULL(2)) & PG_GETARG_BOOL(2);

	return kinds[was][is];
}

/*
 * A span of whole microseconds or days, [from, to).  The lowest and the highest int64 are infinite,
 * as they are for timestamps; a span that ends where it starts, or before, is empty.
 */
typedef struct Span
{
	int64 from;
	int64 to;
} Span;

#define SPAN_NOBEGIN PG_INT64_MIN
#define SPAN_NOEND PG_INT64_MAX

static inline int64
date_value(DateADT date)
{
	if (DATE_IS_NOBEGIN(date))
		return SPAN_NOBEGIN;
	return DATE_IS_NOEND(date) ? SPAN_NOEND : date;
}

static inline int64
bound_value(Oid element_type, const RangeBound *bound)
{
	int64 value;

	if (bound->infinite)
		return bound->lower ? SPAN_NOBEGIN : SPAN_NOEND;
	value = element_type == DATEOID ? date_value(DatumGetDateADT(bound->val))
	                                : DatumGetTimestampTz(bound->val);

	/* between whole numbers, after t is from t + 1, and up to t is before t + 1 */
	if (bound->inclusive != bound->lower && value != SPAN_NOBEGIN && value != SPAN_NOEND)
		value++;
	return value;
}

static inline Span
span_of_bounds(TypeCacheEntry *range_type, const RangeBound *lower, const RangeBound *upper)
{
	Oid element_type = range_type->rngelemtype->type_id;

	return (Span){bound_value(element_type, lower), bound_value(element_type, upper)};
}

static Span
span_of_range(TypeCacheEntry *range_type, const RangeType *range)
{
	RangeBound lower;
	RangeBound upper;
	bool       empty;

	range_deserialize(range_type, range, &lower, &upper, &empty);
	return empty ? (Span){0, 0} : span_of_bounds(range_type, &lower, &upper);
}

static Span
period_arg(FunctionCallInfo fcinfo, int argno, TypeCacheEntry **range_type)
{
	RangeType *range;
	Span       period;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
		        (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("period must not be null")));
	range = PG_GETARG_RANGE_P(argno);
	if (*range_type == NULL)
		*range_type = range_get_typcache(fcinfo, RangeTypeGetOid(range));
	period = span_of_range(*range_type, range);
	if (period.from >= period.to)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("period must not be empty")));
	if (period.from == SPAN_NOBEGIN || period.to == SPAN_NOEND)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("period must have a start and an end"),
		                errdetail("What an endless period starts or ends with cannot be told.")));
	return period;
}

static inline CustomerKind
kind_of_span(Span active, Span period)
{
	bool at_start = active.from < period.from && active.to >= period.from;
	bool at_end = active.from < period.to && active.to >= period.to;

	if (active.from >= active.to)
		return STRANGER;
	if (at_start)
		return at_end ? KEPT : LOST;
	if (at_end)
		return NEW;
	return active.from >= period.from && active.from < period.to ? NEW_AND_LOST : STRANGER;
}

static CustomerKind
kind_of_range(FunctionCallInfo fcinfo)
{
	TypeCacheEntry *range_type = NULL;
	Span            period = period_arg(fcinfo, 2, &range_type);

	if (PG_ARGISNULL(1))
		return STRANGER;
	return kind_of_span(span_of_range(range_type, PG_GETARG_RANGE_P(1)), period);
}

static Span
span_at(TypeCacheEntry *range_type, const MultirangeType *active, int32 i)
{
	RangeBound lower;
	RangeBound upper;

	multirange_get_bounds(range_type, active, i, &lower, &upper);
	return span_of_bounds(range_type, &lower, &upper);
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

static CustomerKind
kind_of_multirange(FunctionCallInfo fcinfo)
{
	TypeCacheEntry *range_type = NULL;
	MultirangeType *active = NULL;
	Span            period;
	int32           first;
	int32           last;
	CustomerKind    kind;

	if (!PG_ARGISNULL(1))
	{
		active = PG_GETARG_MULTIRANGE_P(1);
		range_type = multirange_get_typcache(fcinfo, MultirangeTypeGetOid(active))->rngtype;
	}
	period = period_arg(fcinfo, 2, &range_type);
	if (active == NULL)
		return STRANGER;

	/* the range at the start, or else the first one after it; and that at the end, or the next */
	first = first_reaching(range_type, active, period.from);
	last = first_reaching(range_type, active, period.to);
	if (first == (int32) active->rangeCount)
		return STRANGER;
	kind = kind_of_span(span_at(range_type, active, first), period);
	if (first == last || last == (int32) active->rangeCount ||
	    span_at(range_type, active, last).from >= period.to)
		return kind;
	return kind == LOST ? RETURNED : NEW;
}

static CustomerKind
kind_of_lifetime(FunctionCallInfo fcinfo, bool dates)
{
	TypeCacheEntry *range_type = NULL;
	Span            period = period_arg(fcinfo, 3, &range_type);
	Span            active = {0, SPAN_NOEND};

	if (PG_ARGISNULL(1))
		return STRANGER;
	active.from = dates ? date_value(PG_GETARG_DATEADT(1)) : PG_GETARG_TIMESTAMPTZ(1);
	if (!PG_ARGISNULL(2))
		active.to = dates ? date_value(PG_GETARG_DATEADT(2)) : PG_GETARG_TIMESTAMPTZ(2);
	if (active.to < active.from)
	{
		PGFunction print = dates ? date_out : timestamptz_out;

		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("customer ended at %s, before the start at %s",
		                       DatumGetCString(DirectFunctionCall1(print, PG_GETARG_DATUM(2))),
		                       DatumGetCString(DirectFunctionCall1(print, PG_GETARG_DATUM(1))))));
	}
	return kind_of_span(active, period);
}

#define TRANSITIONS(form, kind, snapshots)                                                       \
	SUMMARY_FUNCTION(churn_##form##_transition, count_customer(fcinfo, kind, (snapshots), true)) \
	SUMMARY_FUNCTION(churn_##form##_inverse, count_customer(fcinfo, kind, (snapshots), false))

TRANSITIONS(snapshots, kind_of_snapshots(fcinfo), true)
TRANSITIONS(range, kind_of_range(fcinfo), false)
TRANSITIONS(multirange, kind_of_multirange(fcinfo), false)
TRANSITIONS(timestamps, kind_of_lifetime(fcinfo, false), false)
TRANSITIONS(dates, kind_of_lifetime(fcinfo, true), false)

/*
 * Text: {"kept": 7, "returned": 1, "lost": 2, "new": 3, "new_and_lost": 1}; counted from snapshots
 * it is {"kept": 8, "lost": 2, "new": 3, "snapshots": true}.
 */

static bool
key_is_absent(int kind, bool snapshots)
{
	return snapshots && (kind == RETURNED || kind == NEW_AND_LOST);
}

static char *
churn_text(const void *value)
{
	ChurnView      view = view_summary(value);
	const char    *separator = "{";
	StringInfoData text;

	initStringInfo(&text);
	for (int kind = 0; kind < COUNTERS; kind++)
		if (!key_is_absent(kind, view.snapshots))
		{
			appendStringInfo(&text, "%s\"%s\": " UINT64_FORMAT, separator, KIND_KEYS[kind],
			                 view.count[kind]);
			separator = ", ";
		}
	appendStringInfoString(&text, view.snapshots ? ", \"snapshots\": true}" : "}");
	return text.data;
}

static bool
read_field(const char *key, const JsonbValue *value, ChurnView *view, Node *escontext)
{
	if (strcmp(key, "snapshots") == 0)
	{
		if (value->type != jbvBool)
			return summary_refuse_text(&CHURN, escontext,
			                           "The value of \"%s\" must be true or false.", key);
		view->snapshots = value->val.boolean;
		return true;
	}
	for (int kind = 0; kind < COUNTERS; kind++)
		if (strcmp(key, KIND_KEYS[kind]) == 0)
			return cxm_json_count(value, key, CHURN.name, escontext, &view->count[kind]);
	return summary_refuse_text(&CHURN, escontext, "There is no field \"%s\".", key);
}

PG_FUNCTION_INFO_V1(churn_summary_in);
Datum
churn_summary_in(PG_FUNCTION_ARGS)
{
	Node           *escontext = fcinfo->context;
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), CHURN.name, escontext);
	JsonbIterator  *iterator;
	JsonbValue      value;
	char           *key;
	ChurnView       view = {false, {0}};

	if (object == NULL)
		PG_RETURN_NULL();
	if (SUMMARY_BLANK_OBJECT(object))
		PG_RETURN_POINTER(summary_blank());
	iterator = JsonbIteratorInit(object);
	while (cxm_json_next(&iterator, &key, &value))
		if (!read_field(key, &value, &view, escontext))
			PG_RETURN_NULL();
	for (int kind = 0; kind < COUNTERS; kind++)
		if (key_is_absent(kind, view.snapshots) && view.count[kind] != 0)
			ereturn(escontext, (Datum) 0,
			        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			         errmsg("invalid input syntax for type %s", CHURN.name),
			         errdetail("Snapshots do not give \"%s\".", KIND_KEYS[kind])));
	if (!total_is_in_range(&view))
		ereturn(escontext, (Datum) 0,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		         errmsg("count of customers out of range")));
	PG_RETURN_POINTER(narrow_summary(&view));
}

/*
 * Binary: version, flags without the width, and the five counters of 8 bytes.
 */
PG_FUNCTION_INFO_V1(churn_summary_send);
Datum
churn_summary_send(PG_FUNCTION_ARGS)
{
	ChurnView      view = view_summary(SUMMARY_ARG(0));
	StringInfoData buffer;

	if (SUMMARY_IS_BLANK(SUMMARY_ARG(0)))
		PG_RETURN_POINTER(summary_blank());
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, CHURN_VERSION);
	pq_sendint8(&buffer, view.snapshots ? CHURN_SNAPSHOTS : 0);
	for (int kind = 0; kind < COUNTERS; kind++)
		pq_sendint64(&buffer, view.count[kind]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(churn_summary_recv);
Datum
churn_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint8      flags;
	ChurnView  view;

	if (SUMMARY_BLANK_MESSAGE(buffer))
		PG_RETURN_POINTER(summary_blank());
	summary_receive_version(&CHURN, buffer, CHURN_VERSION);
	flags = (uint8) pq_getmsgbyte(buffer);
	if ((flags & ~CHURN_SNAPSHOTS) != 0)
		summary_refuse_binary(&CHURN, "There are unknown flags.");
	view.snapshots = flags != 0;
	for (int kind = 0; kind < COUNTERS; kind++)
	{
		view.count[kind] = (uint64) pq_getmsgint64(buffer);
		if (view.count[kind] > CXM_COUNTER_CEILING)
			summary_refuse_binary(&CHURN, "A count is negative.");
		if (key_is_absent(kind, view.snapshots) && view.count[kind] != 0)
			summary_refuse_binary(&CHURN, "Snapshots do not give such a count.");
	}
	PG_RETURN_POINTER(narrow_summary(&view));
}

/*
 * Readings
 */

/* A sum of counts, which may exceed bigint although none of them does. */
static int64
customers(const ChurnView *view, int n, const CustomerKind *kinds)
{
	int64 sum = 0;

	for (int i = 0; i < n; i++)
		if (pg_add_s64_overflow(sum, (int64) view->count[kinds[i]], &sum))
			summary_refuse_overflow("count of customers");
	return sum;
}

static int64
at_start(const ChurnView *view)
{
	return customers(view, 3, (const CustomerKind[]){KEPT, RETURNED, LOST});
}

static int64
at_end(const ChurnView *view)
{
	return customers(view, 3, (const CustomerKind[]){KEPT, RETURNED, NEW});
}

static double
ratio(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

#define COUNT_READING(name, count)                     \
	PG_FUNCTION_INFO_V1(churn_##name);                 \
	Datum churn_##name(PG_FUNCTION_ARGS)               \
	{                                                  \
		ChurnView view = view_summary(SUMMARY_ARG(0)); \
                                                       \
		PG_RETURN_INT64(count);                        \
	}

COUNT_READING(customers_at_start, at_start(&view))
COUNT_READING(customers_at_end, at_end(&view))
COUNT_READING(lost_customers, (int64) view.count[LOST])
COUNT_READING(new_customers, (int64) view.count[NEW])

/* What snapshots cannot tell is not zero. */
static void
check_histories(const ChurnView *view, const char *figure)
{
	if (view->snapshots)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("%s cannot be told from two snapshots", figure),
		                errdetail("Who comes and goes between them is in neither."),
		                errhint("churn_agg(active, period) counts from ranges of time.")));
}

PG_FUNCTION_INFO_V1(churn_new_and_lost_customers);
Datum
churn_new_and_lost_customers(PG_FUNCTION_ARGS)
{
	ChurnView view = view_summary(SUMMARY_ARG(0));

	check_histories(&view, "new_and_lost_customers");
	PG_RETURN_INT64((int64) view.count[NEW_AND_LOST]);
}

PG_FUNCTION_INFO_V1(churn_returned_customers);
Datum
churn_returned_customers(PG_FUNCTION_ARGS)
{
	ChurnView view = view_summary(SUMMARY_ARG(0));

	check_histories(&view, "returned_customers");
	PG_RETURN_INT64((int64) view.count[RETURNED]);
}

static double
rate_from_start(const ChurnView *view)
{
	return ratio((double) view->count[LOST], (double) at_start(view));
}

/* (at start - at end) / at start */
static double
net_rate(int64 start, int64 end)
{
	return start > 0 ? ((double) start - (double) end) / (double) start : NAN;
}

static double
rate_by_convention(const ChurnView *view, const char *convention)
{
	double lost = (double) view->count[LOST];
	double new_and_lost = (double) view->count[NEW_AND_LOST];
	double start = (double) at_start(view);
	double end = (double) at_end(view);

	if (strcmp(convention, "start") == 0)
		return rate_from_start(view);
	if (strcmp(convention, "net") == 0)
		return net_rate(at_start(view), at_end(view));
	if (strcmp(convention, "average") == 0)
		return ratio(lost, (start + end) / 2);
	if (strcmp(convention, "stripe") == 0)
	{
		check_histories(view, "churn_rate by the convention stripe");
		return ratio(lost + new_and_lost, start + (double) view->count[NEW] + new_and_lost);
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("unknown convention \"%s\"", convention),
	                errhint("The conventions are start, net, average and stripe.")));
}

PG_FUNCTION_INFO_V1(churn_rate);
Datum
churn_rate(PG_FUNCTION_ARGS)
{
	ChurnView view = view_summary(SUMMARY_ARG(0));

	CXM_RETURN_FLOAT8_OR_NULL(rate_from_start(&view));
}

PG_FUNCTION_INFO_V1(churn_rate_by_convention);
Datum
churn_rate_by_convention(PG_FUNCTION_ARGS)
{
	ChurnView view = view_summary(SUMMARY_ARG(0));

	CXM_RETURN_FLOAT8_OR_NULL(rate_by_convention(&view, text_to_cstring(PG_GETARG_TEXT_PP(1))));
}

PG_FUNCTION_INFO_V1(churn_net_churn_rate);
Datum
churn_net_churn_rate(PG_FUNCTION_ARGS)
{
	int64 start = PG_GETARG_INT64(0);
	int64 end = PG_GETARG_INT64(1);

	if (start < 0 || end < 0)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("number of customers must not be negative")));
	CXM_RETURN_FLOAT8_OR_NULL(net_rate(start, end));
}

PG_FUNCTION_INFO_V1(churn_retention_rate);
Datum
churn_retention_rate(PG_FUNCTION_ARGS)
{
	ChurnView view = view_summary(SUMMARY_ARG(0));
	double    start = (double) at_start(&view);

	CXM_RETURN_FLOAT8_OR_NULL(ratio(start - (double) view.count[LOST], start));
}

/* Wilson's interval of the share that was lost. */
static bool
churn_wilson(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	ChurnView      view = view_summary(SUMMARY_ARG(0));
	double         level = cxm_level_arg(fcinfo, 1);
	CxmShareSample sample = {rate_from_start(&view), (double) at_start(&view)};

	return cxm_share_interval(&sample, level, interval);
}

PG_FUNCTION_INFO_V1(churn_interval);
Datum
churn_interval(PG_FUNCTION_ARGS)
{
	CxmInterval interval;
	double      bounds[2];

	if (!churn_wilson(fcinfo, &interval))
		PG_RETURN_NULL();
	bounds[0] = interval.lower;
	bounds[1] = interval.upper;
	return cxm_record_of_doubles(fcinfo, bounds, lengthof(bounds));
}

PG_FUNCTION_INFO_V1(churn_lower);
Datum
churn_lower(PG_FUNCTION_ARGS)
{
	CxmInterval interval;

	CXM_RETURN_FLOAT8_OR_NULL(churn_wilson(fcinfo, &interval) ? interval.lower : NAN);
}

PG_FUNCTION_INFO_V1(churn_upper);
Datum
churn_upper(PG_FUNCTION_ARGS)
{
	CxmInterval interval;

	CXM_RETURN_FLOAT8_OR_NULL(churn_wilson(fcinfo, &interval) ? interval.upper : NAN);
}
