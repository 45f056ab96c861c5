/*
 * duration_summary.c
 *		The type duration_summary: how long things took, and how many are still under way.
 *
 * A stored value is a row of bytes in any order of the machine's own:
 *
 *	version		1
 *	flags		bit 0: the ages of the unresolved are known
 *	total		two varints: the lower 64 bits and the upper 64 bits of the resolved durations' sum
 *	unresolved	varint: their number; with ages the size of the first histogram
 *	resolved	histogram, see core/log_histogram.h
 *	ages		histogram; only with ages
 *
 * What holds nothing has no payload at all, whether ages would be known or not.
 *
 * As the state of an aggregate the same type has bit 1 of its flags set, and counters for every
 * bucket of a window in each histogram, which widen and grow as they fill:
 *
 *	0            4         5       6        8        12       16      32           40
 *	+------------+---------+-------+--------+--------+--------+-------+------------+- - - - -+- - -+
 *	| varlena    | version | flags | width  | from   | n      | total | unresolved | n[0]    | n[1]|
 *	| header     | 1       |       | [2]    | [2]    | [2]    |       |            | counters|     |
 *	+------------+---------+-------+--------+--------+--------+-------+------------+- - - - -+- - -+
 *
 * What leaves an aggregate is the stored form; every reader takes either.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/float.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "core/counters.h"
#include "core/log_histogram.h"
#include "core/uint128.h"
#include "core/varint.h"
#include "business_calendar.h"
#include "summary.h"

#define DURATION_VERSION 1
#define DURATION_AGES 0x01
#define DURATION_STATE 0x02

#define TYPE_NAME "duration_summary"

static const SummaryType duration_summary_type;

/* The two histograms of a summary; the second is empty without ages. */
#define RESOLVED 0
#define OPEN 1

/* A window grows by so many buckets at least: some 1.6 octaves. */
#define WINDOW_STEP 64

typedef struct DurationState
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	uint8         width[2];
	uint16        from[2];
	uint16        n[2];
	uint32        total[4]; /* a CxmUint128, where only 4 bytes are aligned */
	uint32        unresolved[2];
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} DurationState;

/* One histogram of a value in either form, and how far it has been read. */
typedef struct HistogramView
{
	const unsigned char *counters; /* of a state; NULL otherwise */
	int                  width;
	int                  from;
	int                  n;
	CxmLogReader         stored;
} HistogramView;

typedef struct DurationView
{
	bool          ages;
	CxmUint128    total;
	uint64        unresolved; /* without ages */
	HistogramView histogram[2];
} DurationView;

/*
 * Layout
 */

static inline CxmUint128
state_total(const DurationState *state)
{
	CxmUint128 total;

	memcpy(&total, state->total, sizeof(total));
	return total;
}

static inline uint64
state_unresolved(const DurationState *state)
{
	uint64 unresolved;

	memcpy(&unresolved, state->unresolved, sizeof(unresolved));
	return unresolved;
}

static inline Size
state_size(const DurationState *state)
{
	return offsetof(DurationState, counters) + ((Size) state->n[0] << (state->width[0] & 3)) +
	       ((Size) state->n[1] << (state->width[1] & 3));
}

static inline unsigned char *
state_counters(DurationState *state, int which)
{
	return state->counters + (which == OPEN ? (Size) state->n[0] << (state->width[0] & 3) : 0);
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
is_state(const DurationState *state)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) >= offsetof(DurationState, counters) &&
	       state->version == DURATION_VERSION && (state->flags & DURATION_STATE) &&
	       VARSIZE(state) == state_size(state);
}

static DurationState *
make_state(bool ages)
{
	DurationState *state = palloc0(offsetof(DurationState, counters));

	SET_VARSIZE(state, offsetof(DurationState, counters));
	state->version = DURATION_VERSION;
	state->flags = DURATION_STATE | (ages ? DURATION_AGES : 0);
	return state;
}

/* The state built anew with another window and width for one of its histograms. */
static DurationState *
resize_state(DurationState *state, int which, int from, int n, int width)
{
	int            other = 1 - which;
	DurationState  header = *state;
	DurationState *resized;
	Size           size;

	header.from[which] = (uint16) from;
	header.n[which] = (uint16) n;
	header.width[which] = (uint8) width;
	size = state_size(&header);
	resized = palloc0(size);
	memcpy(resized, &header, offsetof(DurationState, counters));
	SET_VARSIZE(resized, size);

	memcpy(state_counters(resized, other), state_counters(state, other),
	       (Size) state->n[other] << state->width[other]);
	if (state->n[which] > 0)
		cxm_counters_copy(
		    state_counters(resized, which) + ((Size) (state->from[which] - from) << width), width,
		    state_counters(state, which), state->width[which], state->n[which]);
	return resized;
}

/* The state with a window that holds the bucket, and some more on that side. */
static pg_noinline DurationState *
grow_window(DurationState *state, int which, int bucket)
{
	int from = state->from[which];
	int to = from + state->n[which];
	int step = Max(WINDOW_STEP, state->n[which] / 4);

	if (state->n[which] == 0)
	{
		from = bucket - step / 2;
		to = bucket + step / 2;
	}
	else if (bucket < from)
		from = Min(bucket, from - step);
	else
		to = Max(bucket + 1, to + step);
	from = Max(from, 0);
	to = Min(to, CXM_LOG_BUCKETS);
	return resize_state(state, which, from, to - from, state->width[which]);
}

/* Looks at a value in either form, with either kind of varlena header; trusts no byte of it. */
static DurationView
view_summary(const void *value)
{
	const unsigned char *at = (const unsigned char *) VARDATA_ANY(value);
	const unsigned char *end = at + VARSIZE_ANY_EXHDR(value);
	DurationView         view = {0};
	uint64               number;

	if (SUMMARY_IS_BLANK(value))
		return view;
	if (end - at < 2)
		summary_refuse_value(&duration_summary_type);
	if (at[0] != DURATION_VERSION)
		summary_refuse_version(&duration_summary_type, at[0]);
	if ((at[1] & ~(DURATION_AGES | DURATION_STATE)) != 0)
		summary_refuse_value(&duration_summary_type);
	view.ages = (at[1] & DURATION_AGES) != 0;

	if (at[1] & DURATION_STATE)
	{
		DurationState *state = (DurationState *) value;

		/* a state that went through a tuple has a short header, if it is small */
		if (!VARATT_IS_4B_U(value))
		{
			state = palloc(VARSIZE_ANY_EXHDR(value) + VARHDRSZ);
			SET_VARSIZE(state, VARSIZE_ANY_EXHDR(value) + VARHDRSZ);
			memcpy(VARDATA(state), at, VARSIZE_ANY_EXHDR(value));
		}
		if (!is_state(state))
			summary_refuse_value(&duration_summary_type);
		view.total = state_total(state);
		view.unresolved = state_unresolved(state);
		for (int which = RESOLVED; which <= OPEN; which++)
		{
			HistogramView *histogram = &view.histogram[which];

			histogram->counters = state_counters(state, which);
			histogram->width = state->width[which];
			histogram->from = state->from[which];
			histogram->n = state->n[which];
			if (histogram->width > CXM_WIDEST || histogram->from + histogram->n > CXM_LOG_BUCKETS)
				summary_refuse_value(&duration_summary_type);
		}
		if (view.ages ? view.unresolved != 0 : view.histogram[OPEN].n != 0)
			summary_refuse_value(&duration_summary_type);
		return view;
	}

	at += 2;
	if (!cxm_varint_get(&at, end, &view.total.low) || !cxm_varint_get(&at, end, &view.total.high) ||
	    !cxm_varint_get(&at, end, &number))
		summary_refuse_value(&duration_summary_type);
	if (!view.ages)
	{
		view.unresolved = number;
		number = (uint64) (end - at);
	}
	if (number > (uint64) (end - at))
		summary_refuse_value(&duration_summary_type);
	view.histogram[RESOLVED].stored = cxm_log_reader(at, number);
	view.histogram[OPEN].stored = cxm_log_reader(at + number, (size_t) (end - at) - number);
	return view;
}

static DurationView
summary_arg(FunctionCallInfo fcinfo, int argno)
{
	return view_summary(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno)));
}

/* Steps through the buckets that hold something, in ascending order; works on the caller's copy. */
static bool
next_bucket(HistogramView *histogram, int *bucket, uint64 *count)
{
	if (histogram->counters == NULL)
	{
		CxmLogStatus status = cxm_log_read(&histogram->stored, bucket, count);

		if (status == CXM_LOG_CORRUPT)
			summary_refuse_value(&duration_summary_type);
		return status == CXM_LOG_ITEM;
	}
	while (histogram->n > 0)
	{
		*count = cxm_counter_get(histogram->counters, histogram->width, 0);
		*bucket = histogram->from;
		histogram->counters += 1 << histogram->width;
		histogram->from++;
		histogram->n--;
		if (*count > CXM_COUNTER_CEILING)
			summary_refuse_value(&duration_summary_type);
		if (*count > 0)
			return true;
	}
	return false;
}

/* The number of durations in a histogram, below a bucket. */
static int64
count_below(HistogramView histogram, int limit)
{
	int64  total = 0;
	int    bucket;
	uint64 count;

	while (next_bucket(&histogram, &bucket, &count) && bucket < limit)
		if (pg_add_s64_overflow(total, (int64) count, &total))
			summary_refuse_overflow("count of durations");
	return total;
}

static int64
resolved_of(const DurationView *view)
{
	return count_below(view->histogram[RESOLVED], CXM_LOG_BUCKETS);
}

static int64
unresolved_of(const DurationView *view)
{
	return view->ages ? count_below(view->histogram[OPEN], CXM_LOG_BUCKETS)
	                  : (int64) view->unresolved;
}

static bool
is_empty(const DurationView *view)
{
	HistogramView resolved = view->histogram[RESOLVED];
	HistogramView open = view->histogram[OPEN];
	int           bucket;
	uint64        count;

	return view->unresolved == 0 && !next_bucket(&resolved, &bucket, &count) &&
	       !next_bucket(&open, &bucket, &count);
}

/* The sum lies between what the buckets allow; a histogram alone would let any sum through. */
static bool
total_is_sound(const DurationView *view)
{
	HistogramView resolved = view->histogram[RESOLVED];
	CxmUint128    least = {0, 0};
	CxmUint128    most = {0, 0};
	int           bucket;
	uint64        count;

	while (next_bucket(&resolved, &bucket, &count))
		if (!cxm_uint128_add(&least, cxm_uint128_multiply(count, cxm_log_bucket_from(bucket))) ||
		    !cxm_uint128_add(&most,
		                     cxm_uint128_multiply(count, cxm_log_bucket_from(bucket + 1) - 1)))
			return false;
	return cxm_uint128_compare(least, view->total) <= 0 &&
	       cxm_uint128_compare(view->total, most) <= 0;
}

/* All that is counted, resolved or not, is a number that readers can return. */
static bool
counts_are_sound(const DurationView *view)
{
	uint64 left = CXM_COUNTER_CEILING - Min(view->unresolved, CXM_COUNTER_CEILING);

	if (view->unresolved > CXM_COUNTER_CEILING)
		return false;
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		HistogramView histogram = view->histogram[which];
		int           bucket;
		uint64        count;

		while (next_bucket(&histogram, &bucket, &count))
		{
			if (count > left)
				return false;
			left -= count;
		}
	}
	return true;
}

/* The one form in which a summary leaves. */
static struct varlena *
canonical_summary(const DurationView *view)
{
	CxmLogWriter    writers[2];
	unsigned char  *bytes[2];
	Size            sizes[2];
	Size            size;
	struct varlena *summary;
	unsigned char  *at;

	if (is_empty(view))
		return summary_blank();
	if (!counts_are_sound(view))
		summary_refuse_overflow("count of durations");
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		HistogramView histogram = view->histogram[which];
		Size          room = (Size) histogram.n * CXM_LOG_ITEM_SIZE;
		int           bucket;
		uint64        count;

		/* a stored histogram is copied bucket by bucket */
		room += (Size) (histogram.stored.end - histogram.stored.at);
		bytes[which] = palloc(room + 1);
		writers[which] = cxm_log_writer(bytes[which]);
		while (next_bucket(&histogram, &bucket, &count))
			cxm_log_write(&writers[which], bucket, count);
		sizes[which] = (Size) (writers[which].at - bytes[which]);
	}

	summary = palloc(VARHDRSZ + 2 + 3 * CXM_VARINT_LIMIT + sizes[0] + sizes[1]);
	at = (unsigned char *) VARDATA(summary);
	*at++ = DURATION_VERSION;
	*at++ = view->ages ? DURATION_AGES : 0;
	at = cxm_varint_put(at, view->total.low);
	at = cxm_varint_put(at, view->total.high);
	at = cxm_varint_put(at, view->ages ? sizes[RESOLVED] : view->unresolved);
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		memcpy(at, bytes[which], sizes[which]);
		at += sizes[which];
		pfree(bytes[which]);
	}
	size = (Size) ((char *) at - (char *) summary);
	SET_VARSIZE(summary, size);
	return summary;
}

/*
 * Adding and taking out
 */

/* Counts more durations of a bucket, or fewer; the state, or a larger one in its stead. */
static DurationState *
move_count(DurationState *state, int which, int bucket, uint64 count, bool add)
{
	uint64 there;
	int    i;

	if (bucket < state->from[which] || bucket >= state->from[which] + state->n[which])
	{
		if (!add)
			summary_refuse_shortage("durations");
		state = grow_window(state, which, bucket);
	}
	i = bucket - state->from[which];
	there = cxm_counter_get(state_counters(state, which), state->width[which], (size_t) i);
	if (add ? count > CXM_COUNTER_CEILING - Min(there, CXM_COUNTER_CEILING) : count > there)
	{
		if (add)
			summary_refuse_overflow("count of durations");
		summary_refuse_shortage("durations");
	}
	there = add ? there + count : there - count;
	while (there > cxm_counter_limit(state->width[which]))
		state = resize_state(state, which, state->from[which], state->n[which],
		                     state->width[which] + 1);
	cxm_counter_set(state_counters(state, which), state->width[which], (size_t) i, there);
	return state;
}

static inline void
move_total(DurationState *state, CxmUint128 amount, bool add)
{
	CxmUint128 total = state_total(state);

	if (!(add ? cxm_uint128_add(&total, amount) : cxm_uint128_subtract(&total, amount)))
	{
		if (add)
			summary_refuse_overflow("count of durations");
		summary_refuse_shortage("durations");
	}
	memcpy(state->total, &total, sizeof(total));
}

static void
move_unresolved(DurationState *state, uint64 count, bool add)
{
	uint64 there = state_unresolved(state);

	if (add && count > CXM_COUNTER_CEILING - Min(there, CXM_COUNTER_CEILING))
		summary_refuse_overflow("count of durations");
	if (!add && count > there)
		summary_refuse_shortage("durations");
	there = add ? there + count : there - count;
	memcpy(state->unresolved, &there, sizeof(there));
}

static void
refuse_mixture(bool a_ages, bool b_ages)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("cannot combine durations %s and %s ages of the unresolved",
	                       a_ages ? "with" : "without", b_ages ? "with" : "without"),
	                errdetail("The ages are known where the aggregate was given an as_of.")));
}

static DurationState *
merge_view(DurationState *state, const DurationView *other, bool add)
{
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		HistogramView histogram = other->histogram[which];
		int           bucket;
		uint64        count;

		while (next_bucket(&histogram, &bucket, &count))
			state = move_count(state, which, bucket, count, add);
	}
	move_total(state, other->total, add);
	move_unresolved(state, other->unresolved, add);
	return state;
}

static void *
to_state(const void *value)
{
	DurationView view = view_summary(value);

	return merge_view(make_state(view.ages), &view, true);
}

static inline bool
has_ages(const DurationState *state)
{
	return (state->flags & DURATION_AGES) != 0;
}

/* The state in argument 0 as it may be changed, NULL before the first row. */
static DurationState *
state_arg(FunctionCallInfo fcinfo)
{
	void *value = summary_state_arg(fcinfo);

	return value == NULL || is_state(value) ? value : to_state(value);
}

/* The state for rows with ages or without: the first one, as it was, or an empty one anew. */
static DurationState *
state_for(DurationState *state, bool ages)
{
	DurationView view;

	if (state == NULL)
		return make_state(ages);
	if (has_ages(state) == ages)
		return state;
	/* what holds nothing has no kind; a window's frame may have moved on to rows of the other */
	view = view_summary(state);
	if (!is_empty(&view))
		refuse_mixture(!ages, ages);
	return make_state(ages);
}

static void *
merge_value(void *state, const void *value, bool add)
{
	DurationView view = view_summary(value);

	if (!is_state(state))
		state = to_state(state);
	if (is_empty(&view))
		return state;
	return merge_view(state_for(state, view.ages), &view, add);
}

/*
 * Rows: a duration of a resolved or open ticket, an unresolved one without age, or none at all.
 */

static pg_noinline DurationState *
count_row_slowly(FunctionCallInfo fcinfo, bool ages, int which, uint64 duration, bool add)
{
	DurationState *state = state_for(state_arg(fcinfo), ages);

	state = move_count(state, which, cxm_log_bucket(duration), 1, add);
	if (which == RESOLVED)
		move_total(state, (CxmUint128){0, duration}, add);
	return state;
}

/* Nearly every row finds a state that fits and a counter with room: that path calls nothing. */
static pg_attribute_always_inline DurationState *
count_row(FunctionCallInfo fcinfo, bool ages, int which, uint64 duration, bool add)
{
	if (likely(cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0)))
	{
		DurationState *state = (DurationState *) PG_GETARG_POINTER(0);

		if (likely(is_state(state) && has_ages(state) == ages && state->width[which] <= CXM_WIDEST))
		{
			uint32 i = (uint32) (cxm_log_bucket(duration) - state->from[which]);

			if (likely(i < state->n[which] && cxm_counter_count(state_counters(state, which),
			                                                    state->width[which], i, add)))
			{
				if (which == RESOLVED)
					move_total(state, (CxmUint128){0, duration}, add);
				return state;
			}
		}
	}
	return count_row_slowly(fcinfo, ages, which, duration, add);
}

static pg_noinline DurationState *
count_unresolved(FunctionCallInfo fcinfo, bool add)
{
	DurationState *state = state_for(state_arg(fcinfo), false);

	move_unresolved(state, 1, add);
	return state;
}

static pg_attribute_always_inline DurationState *
count_interval(FunctionCallInfo fcinfo, bool add)
{
	if (unlikely(PG_ARGISNULL(1)))
		return count_unresolved(fcinfo, add);
	return count_row(fcinfo, false, RESOLVED,
	                 cxm_interval_microseconds(PG_GETARG_INTERVAL_P(1), "duration"), add);
}

PG_FUNCTION_INFO_V1(duration_transition);
Datum
duration_transition(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(count_interval(fcinfo, true));
}

PG_FUNCTION_INFO_V1(duration_inverse);
Datum
duration_inverse(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(count_interval(fcinfo, false));
}

/*
 * Tickets: opened, resolved or not, and the moment as of which. Their times are timestamps with or
 * without a zone, which only error messages can tell apart.
 */
typedef char *(*TimeText)(int64 time);

static char *
timestamptz_text(int64 time)
{
	return DatumGetCString(DirectFunctionCall1(timestamptz_out, TimestampTzGetDatum(time)));
}

static char *
timestamp_text(int64 time)
{
	return DatumGetCString(DirectFunctionCall1(timestamp_out, TimestampGetDatum(time)));
}

static pg_noinline void
refuse_infinity(const char *argument)
{
	ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
	                errmsg("argument \"%s\" is infinite", argument),
	                strcmp(argument, "resolved_at") == 0
	                    ? errhint("What is not resolved yet has NULL for its resolved_at.")
	                    : 0));
}

static pg_noinline void
refuse_order(int64 opened_at, int64 resolved_at, TimeText time_text)
{
	ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
	                errmsg("resolved at %s, before opened at %s", time_text(resolved_at),
	                       time_text(opened_at))));
}

/* Real time, or the part of it in business hours. */
static pg_attribute_always_inline uint64
elapsed(FunctionCallInfo fcinfo, bool business, int64 from, int64 to)
{
	int64 result;

	if (business)
		return (uint64) business_time_between(business_hours_arg(fcinfo, 1), from, to);
	if (unlikely(pg_sub_s64_overflow(to, from, &result)))
		ereport(ERROR, (errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW), errmsg("interval out of range")));
	return (uint64) result;
}

/* A date, or a timestamp without a zone beside one that has it, is refused; once for all rows. */
static pg_noinline void
check_zones(FunctionCallInfo fcinfo, bool business)
{
	if (business)
	{
		business_hours_arg(fcinfo, 1);
		return;
	}
	cxm_refuse_zoneless_args(fcinfo, "Say where the clock stood: at::timestamp AT TIME ZONE "
	                                 "'Europe/Berlin', for example; or cast all to timestamp.");
	fcinfo->flinfo->fn_extra = fcinfo->flinfo;
}

/* Arguments: the state, the calendar if any, opened_at, resolved_at and, with ages, as_of. */
static pg_attribute_always_inline DurationState *
count_ticket(FunctionCallInfo fcinfo, bool business, bool ages, TimeText time_text, bool add)
{
	int   argno = business ? 2 : 1;
	bool  open = PG_ARGISNULL(argno + 1);
	int64 opened_at;
	int64 resolved_at;
	int64 as_of = 0;

	if (business && PG_ARGISNULL(1))
		ereport(ERROR,
		        (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("calendar must not be null")));
	if (time_text == timestamptz_text && unlikely(fcinfo->flinfo->fn_extra == NULL))
		check_zones(fcinfo, business);
	if (ages)
	{
		if (PG_ARGISNULL(argno + 2))
			ereport(ERROR,
			        (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("as_of must not be null")));
		as_of = PG_GETARG_INT64(argno + 2);
		if (TIMESTAMP_NOT_FINITE(as_of))
			refuse_infinity("as_of");
	}
	/* the padding of an outer join is no ticket */
	if (PG_ARGISNULL(argno))
		return state_for(state_arg(fcinfo), ages);

	opened_at = PG_GETARG_INT64(argno);
	resolved_at = open ? 0 : PG_GETARG_INT64(argno + 1);
	if (TIMESTAMP_NOT_FINITE(opened_at))
		refuse_infinity("opened_at");
	if (!open && TIMESTAMP_NOT_FINITE(resolved_at))
		refuse_infinity("resolved_at");
	if (!open && resolved_at < opened_at)
		refuse_order(opened_at, resolved_at, time_text);
	if (ages)
	{
		if (opened_at > as_of)
			return state_for(state_arg(fcinfo), ages);
		if (open || resolved_at > as_of)
			return count_row(fcinfo, ages, OPEN, elapsed(fcinfo, business, opened_at, as_of), add);
	}
	if (open)
		return count_unresolved(fcinfo, add);
	return count_row(fcinfo, ages, RESOLVED, elapsed(fcinfo, business, opened_at, resolved_at),
	                 add);
}

#define TICKET_FUNCTION(name, business, ages, time_text, add)                            \
	PG_FUNCTION_INFO_V1(name);                                                           \
	Datum name(PG_FUNCTION_ARGS)                                                         \
	{                                                                                    \
		PG_RETURN_POINTER(count_ticket(fcinfo, (business), (ages), (time_text), (add))); \
	}

TICKET_FUNCTION(ttr_transition_timestamptz, false, false, timestamptz_text, true)
TICKET_FUNCTION(ttr_inverse_timestamptz, false, false, timestamptz_text, false)
TICKET_FUNCTION(ttr_as_of_transition_timestamptz, false, true, timestamptz_text, true)
TICKET_FUNCTION(ttr_as_of_inverse_timestamptz, false, true, timestamptz_text, false)
TICKET_FUNCTION(ttr_transition_timestamp, false, false, timestamp_text, true)
TICKET_FUNCTION(ttr_inverse_timestamp, false, false, timestamp_text, false)
TICKET_FUNCTION(ttr_as_of_transition_timestamp, false, true, timestamp_text, true)
TICKET_FUNCTION(ttr_as_of_inverse_timestamp, false, true, timestamp_text, false)
TICKET_FUNCTION(business_ttr_transition, true, false, timestamptz_text, true)
TICKET_FUNCTION(business_ttr_inverse, true, false, timestamptz_text, false)
TICKET_FUNCTION(business_ttr_as_of_transition, true, true, timestamptz_text, true)
TICKET_FUNCTION(business_ttr_as_of_inverse, true, true, timestamptz_text, false)

/*
 * Only now can a total be told to be impossible: a histogram may hold what a sum does not.
 */
PG_FUNCTION_INFO_V1(duration_summary_subtract);
Datum
duration_summary_subtract(PG_FUNCTION_ARGS)
{
	DurationState *state = merge_value(to_state(SUMMARY_ARG(0)), SUMMARY_ARG(1), false);
	DurationView   view = view_summary(state);

	if (!total_is_sound(&view))
		summary_refuse_shortage("durations");
	PG_RETURN_POINTER(canonical_summary(&view));
}

/*
 * Text: {"total_microseconds": 90, "resolved": {"40": 1, "50": 1}, "unresolved": 3}.  A bucket is
 * named by its shortest duration, in microseconds.  With ages "unresolved" holds buckets too.
 * Nothing at all is {}.
 */
static void
append_histogram(StringInfo text, HistogramView histogram)
{
	const char *separator = "";
	int         bucket;
	uint64      count;

	appendStringInfoChar(text, '{');
	while (next_bucket(&histogram, &bucket, &count))
	{
		appendStringInfo(text, "%s\"" UINT64_FORMAT "\": " UINT64_FORMAT, separator,
		                 (uint64) cxm_log_bucket_from(bucket), count);
		separator = ", ";
	}
	appendStringInfoChar(text, '}');
}

static char *
summary_text(const void *value)
{
	DurationView   view = view_summary(value);
	StringInfoData text;
	char           total[CXM_UINT128_TEXT];

	if (is_empty(&view))
		return pstrdup("{}");
	cxm_uint128_print(view.total, 0, total);
	initStringInfo(&text);
	appendStringInfo(&text, "{\"total_microseconds\": %s, \"resolved\": ", total);
	append_histogram(&text, view.histogram[RESOLVED]);
	appendStringInfoString(&text, ", \"unresolved\": ");
	if (view.ages)
		append_histogram(&text, view.histogram[OPEN]);
	else
		appendStringInfo(&text, UINT64_FORMAT, view.unresolved);
	appendStringInfoChar(&text, '}');
	return text.data;
}

static void *
canonical_state(const void *state)
{
	DurationView view = view_summary(state);

	return canonical_summary(&view);
}

static bool
state_is_empty(const void *state)
{
	DurationView view = view_summary(state);

	return is_empty(&view);
}

static const SummaryType duration_summary_type = {
    .name = TYPE_NAME,
    .text = summary_text,
    .to_state = to_state,
    .canonical = canonical_state,
    .merge = merge_value,
    .is_empty = state_is_empty,
};

SUMMARY_FUNCTIONS(duration_summary, duration_summary_type)
SUMMARY_FUNCTION(duration_summary_rollup, summary_rollup(fcinfo, &duration_summary_type))
SUMMARY_FUNCTION(duration_summary_rollup_inverse,
                 summary_rollup_inverse(fcinfo, &duration_summary_type))

/* Reads what append_histogram() writes; NULL and a report when it is something else. */
static DurationState *
read_histogram(const JsonbValue *object, const char *field, DurationState *state, int which,
               Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;

	iterator = cxm_json_fields(object, "The value", field, TYPE_NAME, escontext);
	if (iterator == NULL)
		return NULL;
	while (cxm_json_next(&iterator, &key, &value))
	{
		int    bucket;
		uint64 count;

		if (!cxm_json_bucket(key, TYPE_NAME, escontext, &bucket) ||
		    !cxm_json_count(&value, key, TYPE_NAME, escontext, &count))
			return NULL;
		if (count > 0)
			state = move_count(state, which, bucket, count, true);
	}
	return state;
}

/* One field of the text form; NULL and a report when it is not what it should be. */
static DurationState *
read_field(const char *key, const JsonbValue *value, DurationState *state, Node *escontext)
{
	if (strcmp(key, "resolved") == 0)
		return read_histogram(value, key, state, RESOLVED, escontext);
	if (strcmp(key, "unresolved") == 0)
	{
		uint64 count;

		if (state->flags & DURATION_AGES)
			return read_histogram(value, key, state, OPEN, escontext);
		if (!cxm_json_count(value, key, TYPE_NAME, escontext, &count))
			return NULL;
		move_unresolved(state, count, true);
		return state;
	}
	if (strcmp(key, "total_microseconds") == 0)
	{
		char      *number = cxm_json_scalar(value, key, TYPE_NAME, true, escontext);
		CxmUint128 total;

		if (number == NULL)
			return NULL;
		if (!cxm_uint128_parse(number, 0, &total))
			ereturn(escontext, NULL,
			        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			         errmsg("invalid input syntax for type %s", TYPE_NAME),
			         errdetail("The value of \"%s\" is negative, too large or not whole.", key)));
		move_total(state, total, true);
		return state;
	}
	ereturn(escontext, NULL,
	        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
	         errmsg("invalid input syntax for type %s", TYPE_NAME),
	         errdetail("There is no field \"%s\".", key)));
}

PG_FUNCTION_INFO_V1(duration_summary_in);
Datum
duration_summary_in(PG_FUNCTION_ARGS)
{
	Node           *escontext = fcinfo->context;
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), TYPE_NAME, escontext);
	JsonbIterator  *iterator;
	JsonbValue      value;
	char           *key;
	DurationState  *state;
	DurationView    view;

	if (object == NULL)
		PG_RETURN_NULL();
	state = make_state(
	    getKeyJsonValueFromContainer(object, "unresolved", strlen("unresolved"), &value) != NULL &&
	    value.type == jbvBinary);
	iterator = JsonbIteratorInit(object);
	while (cxm_json_next(&iterator, &key, &value))
	{
		state = read_field(key, &value, state, escontext);
		if (state == NULL)
			PG_RETURN_NULL();
	}
	view = view_summary(state);
	if (!total_is_sound(&view))
		ereturn(escontext, (Datum) 0,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("invalid input syntax for type %s", TYPE_NAME),
		         errdetail("The value of \"total_microseconds\" does not fit the durations.")));
	if (!counts_are_sound(&view))
		ereturn(escontext, (Datum) 0,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		         errmsg("count of durations out of range")));
	PG_RETURN_POINTER(canonical_summary(&view));
}

/* Version and flags, total and unresolved, two histograms. */
#define STORED_SIZE_LIMIT (2 + 3 * CXM_VARINT_LIMIT + 2 * CXM_LOG_BUCKETS * CXM_LOG_ITEM_SIZE)

/*
 * Binary: the stored form, which knows no byte order.
 */
PG_FUNCTION_INFO_V1(duration_summary_send);
Datum
duration_summary_send(PG_FUNCTION_ARGS)
{
	DurationView    view = summary_arg(fcinfo, 0);
	struct varlena *summary = canonical_summary(&view);
	StringInfoData  buffer;

	pq_begintypsend(&buffer);
	pq_sendbytes(&buffer, VARDATA(summary), VARSIZE(summary) - VARHDRSZ);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(duration_summary_recv);
Datum
duration_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo           buffer = (StringInfo) PG_GETARG_POINTER(0);
	Size                 size = (Size) (buffer->len - buffer->cursor);
	const unsigned char *body = (const unsigned char *) pq_getmsgbytes(buffer, (int) size);
	const unsigned char *at = body + 2;
	const unsigned char *end = body + size;
	struct varlena      *summary;
	DurationView         view;
	uint64               number;
	uint64               total;

	if (size == 0)
		PG_RETURN_POINTER(summary_blank());
	if (size > STORED_SIZE_LIMIT)
		summary_refuse_binary(&duration_summary_type, "It is larger than any summary.");
	if (body[0] != DURATION_VERSION)
		summary_refuse_version(&duration_summary_type, body[0]);
	if (size < 2 || (body[1] & ~DURATION_AGES) != 0)
		summary_refuse_binary(&duration_summary_type, "There are unknown flags, or none.");
	if (!cxm_varint_get(&at, end, &number) || !cxm_varint_get(&at, end, &number) ||
	    !cxm_varint_get(&at, end, &number))
		summary_refuse_binary(&duration_summary_type, "The value is cut short.");
	if (body[1] & DURATION_AGES ? number > (uint64) (end - at) : number > PG_INT64_MAX)
		summary_refuse_binary(&duration_summary_type, "A count is negative, or a size too large.");

	summary = palloc(VARHDRSZ + size);
	SET_VARSIZE(summary, VARHDRSZ + size);
	memcpy(VARDATA(summary), body, size);
	view = view_summary(summary);
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		CxmLogReader stored = view.histogram[which].stored;

		if (!cxm_log_total(stored.at, (size_t) (stored.end - stored.at), &total))
			summary_refuse_binary(&duration_summary_type, "A histogram is corrupt.");
	}
	if (!counts_are_sound(&view))
		summary_refuse_binary(&duration_summary_type, "There are too many durations.");
	if (!total_is_sound(&view))
		summary_refuse_binary(&duration_summary_type, "The total does not fit the durations.");
	if (is_empty(&view))
		summary_refuse_binary(&duration_summary_type, "There is nothing in it.");
	PG_RETURN_POINTER(summary);
}

/*
 * Readings
 */

/*
 * An interval of hours and less: elapsed time, the same in every zone.  Only what 2^63 microseconds
 * cannot hold has days of 24 hours.
 */
static Interval *
interval_of(CxmUint128 microseconds)
{
	Interval *interval = palloc0(sizeof(Interval));

	if (microseconds.high > 0 || microseconds.low > PG_INT64_MAX)
	{
		interval->time = (TimeOffset) cxm_uint128_divide(&microseconds, USECS_PER_DAY);
		if (microseconds.high > 0 || microseconds.low >= PG_INT32_MAX)
			ereport(ERROR,
			        (errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW), errmsg("interval out of range")));
		interval->day = (int32) microseconds.low;
	}
	else
		interval->time = (TimeOffset) microseconds.low;
	return interval;
}

PG_FUNCTION_INFO_V1(duration_resolved);
Datum
duration_resolved(PG_FUNCTION_ARGS)
{
	DurationView view = summary_arg(fcinfo, 0);

	PG_RETURN_INT64(resolved_of(&view));
}

PG_FUNCTION_INFO_V1(duration_unresolved);
Datum
duration_unresolved(PG_FUNCTION_ARGS)
{
	DurationView view = summary_arg(fcinfo, 0);

	PG_RETURN_INT64(unresolved_of(&view));
}

PG_FUNCTION_INFO_V1(duration_total);
Datum
duration_total(PG_FUNCTION_ARGS)
{
	DurationView view = summary_arg(fcinfo, 0);

	if (resolved_of(&view) == 0)
		PG_RETURN_NULL();
	PG_RETURN_INTERVAL_P(interval_of(view.total));
}

/* The final function of one-step aggregates too, which may have had no row. */
PG_FUNCTION_INFO_V1(duration_mean);
Datum
duration_mean(PG_FUNCTION_ARGS)
{
	DurationView view = summary_arg(fcinfo, 0);
	CxmUint128   mean = view.total;
	uint64       n = (uint64) resolved_of(&view);
	uint64       remainder;

	if (n == 0)
		PG_RETURN_NULL();
	remainder = cxm_uint128_divide(&mean, n);
	if (remainder >= n - remainder)
		cxm_uint128_add(&mean, (CxmUint128){0, 1});
	PG_RETURN_INTERVAL_P(interval_of(mean));
}

static double
check_percentile(double p)
{
	/* written so that NaN is refused too */
	if (!(p >= 0 && p <= 1))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("percentile value %g is not between 0 and 1", p)));
	return p;
}

/* The percentile of the resolved durations, which are n > 0, by the rule of percentile_cont. */
static uint64
resolved_percentile(const DurationView *view, uint64 n, double p)
{
	CxmLogPercentile percentile = cxm_log_percentile(n, p);
	HistogramView    resolved = view->histogram[RESOLVED];
	int              bucket;
	uint64           count;

	while (next_bucket(&resolved, &bucket, &count))
		if (cxm_log_percentile_pass(&percentile, bucket, count))
			break;
	return cxm_log_percentile_value(&percentile);
}

/*
 * Kaplan and Meier: what is open was at risk of being resolved up to its age.  The percentile is
 * the shortest duration at which no more than 1 - p survive; false when the curve does not reach.
 * Within a bucket the resolved come before the open.
 */
static bool
survival_percentile(const DurationView *view, uint64 at_risk, double p, uint64 *result)
{
	HistogramView resolved = view->histogram[RESOLVED];
	HistogramView open = view->histogram[OPEN];
	double        survival = 1;
	int           bucket;
	uint64        count;
	int           open_bucket;
	uint64        open_count;
	bool          more_open = next_bucket(&open, &open_bucket, &open_count);

	while (next_bucket(&resolved, &bucket, &count))
	{
		for (; more_open && open_bucket < bucket;
		     more_open = next_bucket(&open, &open_bucket, &open_count))
			at_risk -= open_count;
		survival *= (double) (at_risk - count) / (double) at_risk;
		at_risk -= count;

		/* products of quotients may miss a round number by some last digits */
		if (survival <= (1 - p) * (1 + 1e-12))
		{
			*result = cxm_log_bucket_value(bucket);
			return true;
		}
	}
	return false;
}

/* With nothing open, or nothing known of its age, both are the percentile of what is resolved. */
static bool
percentile_of(const DurationView *view, double p, uint64 *result)
{
	int64 resolved = resolved_of(view);
	int64 open = view->ages ? unresolved_of(view) : 0;
	int64 all;

	check_percentile(p);
	if (pg_add_s64_overflow(resolved, open, &all))
		summary_refuse_overflow("count of durations");
	if (resolved == 0)
		return false;
	if (open > 0)
		return survival_percentile(view, (uint64) all, p, result);
	*result = resolved_percentile(view, (uint64) resolved, p);
	return true;
}

static Datum
percentile_datum(FunctionCallInfo fcinfo, const DurationView *view, double p)
{
	uint64 duration;

	if (!percentile_of(view, p, &duration))
		PG_RETURN_NULL();
	PG_RETURN_INTERVAL_P(interval_of((CxmUint128){0, duration}));
}

PG_FUNCTION_INFO_V1(duration_percentile);
Datum
duration_percentile(PG_FUNCTION_ARGS)
{
	DurationView view = summary_arg(fcinfo, 0);

	return percentile_datum(fcinfo, &view, PG_GETARG_FLOAT8(1));
}

PG_FUNCTION_INFO_V1(duration_median);
Datum
duration_median(PG_FUNCTION_ARGS)
{
	DurationView view = summary_arg(fcinfo, 0);

	return percentile_datum(fcinfo, &view, 0.5);
}

/* An array of the same shape as that of the fractions. */
PG_FUNCTION_INFO_V1(duration_percentiles);
Datum
duration_percentiles(PG_FUNCTION_ARGS)
{
	DurationView view = summary_arg(fcinfo, 0);
	ArrayType   *fractions = PG_GETARG_ARRAYTYPE_P(1);
	Datum       *datums;
	bool        *nulls;
	int          n;

	deconstruct_array(fractions, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
	                  &datums, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		uint64 duration;

		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			continue;
		nulls[i] = !percentile_of(&view, DatumGetFloat8(datums[i]), &duration);
		if (!nulls[i])
			datums[i] = IntervalPGetDatum(interval_of((CxmUint128){0, duration}));
	}
	if (n == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INTERVALOID));
	PG_RETURN_ARRAYTYPE_P(construct_md_array(
	    datums, nulls, ARR_NDIM(fractions), ARR_DIMS(fractions), ARR_LBOUND(fractions), INTERVALOID,
	    sizeof(Interval), false, TYPALIGN_DOUBLE));
}

/* Resolved in time, of those that were and those that are past their target, resolved or open. */
PG_FUNCTION_INFO_V1(duration_within);
Datum
duration_within(PG_FUNCTION_ARGS)
{
	DurationView view = summary_arg(fcinfo, 0);
	uint64       target = cxm_interval_microseconds(PG_GETARG_INTERVAL_P(1), "argument \"target\"");
	int          limit = cxm_log_buckets_within(target);
	double       in_time = (double) count_below(view.histogram[RESOLVED], limit);
	double       all = (double) resolved_of(&view);

	if (view.ages)
		all += (double) (unresolved_of(&view) - count_below(view.histogram[OPEN], limit));
	CXM_RETURN_FLOAT8_OR_NULL(all > 0 ? in_time / all : NAN);
}

PG_FUNCTION_INFO_V1(duration_durations);
Datum
duration_durations(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	DurationView   view = summary_arg(fcinfo, 0);
	HistogramView  histogram[2] = {view.histogram[RESOLVED], view.histogram[OPEN]};
	int            bucket[2];
	uint64         count[2];

	InitMaterializedSRF(fcinfo, 0);
	for (int which = RESOLVED; which <= OPEN; which++)
		if (!next_bucket(&histogram[which], &bucket[which], &count[which]))
			bucket[which] = CXM_LOG_BUCKETS;
	for (;;)
	{
		int   next = Min(bucket[RESOLVED], bucket[OPEN]);
		Datum values[4];
		bool  nulls[4] = {false, false, false, !view.ages};

		if (next == CXM_LOG_BUCKETS)
			break;
		values[0] = IntervalPGetDatum(interval_of((CxmUint128){0, cxm_log_bucket_from(next)}));
		values[1] =
		    IntervalPGetDatum(interval_of((CxmUint128){0, cxm_log_bucket_from(next + 1) - 1}));
		for (int which = RESOLVED; which <= OPEN; which++)
		{
			bool there = bucket[which] == next;

			values[2 + which] = Int64GetDatum(there ? (int64) count[which] : 0);
			if (there && !next_bucket(&histogram[which], &bucket[which], &count[which]))
				bucket[which] = CXM_LOG_BUCKETS;
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
