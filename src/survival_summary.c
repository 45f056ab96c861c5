/*
 * survival_summary.c
 *		The type survival_summary: after how long customers left, how long the others have stayed.
 *
 *	0            4         5       6          7        8      12
 *	+------------+---------+-------+----------+--------+------+--------------------+---------------+
 *	| varlena    | version | flags | capacity | unused | used | durations          | 2 counters of |
 *	| header     | 1       |       | log2     | 0      | int32| int32 each         | each duration |
 *	+------------+---------+-------+----------+--------+------+--------------------+---------------+
 *
 *	flags		bits 0-1: code of the counters' width; bit 2: this is a table
 *	used		how many durations there are
 *	counters	events, then those censored, of the first duration; of the second ...
 *
 * A stored value has its durations in ascending order, each with a customer, the narrowest counters
 * and a capacity of 0; that of nobody has no payload at all.  An aggregate's state is a table: a
 * hash table with open addressing of 2^capacity places, -1 at the free ones.  A duration stays in
 * its place when its last customer is taken out; it goes when the table is next built anew.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/tuplestore.h"

#include "core/counters.h"
#include "core/kaplan_meier.h"
#include "summary.h"

#define SURVIVAL_VERSION 1
#define SURVIVAL_WIDTH 0x03
#define SURVIVAL_TABLE 0x04

#define FREE (-1)
#define SMALLEST_TABLE 3 /* 2^3 places */
#define LARGEST_TABLE 30

typedef struct SurvivalSummary
{
	int32 vl_len_;
	uint8 version;
	uint8 flags;
	uint8 capacity;
	uint8 unused;
	int32 used;
	int32 durations[FLEXIBLE_ARRAY_MEMBER];
} SurvivalSummary;

typedef struct SurvivalView
{
	bool                 table;
	int                  width;
	int32                places; /* durations, free ones of a table included */
	int32                used;
	const unsigned char *durations;
	const unsigned char *counters;
} SurvivalView;

/* One duration and its customers. */
typedef struct Entry
{
	int32  duration;
	uint64 count[2]; /* events, censored */
} Entry;

static char *survival_text(const void *value);
static void *survival_to_state(const void *value);
static void *survival_canonical(const void *state);
static void *survival_merge(void *state, const void *value, bool add);
static bool  survival_is_empty(const void *state);

static const SummaryType SURVIVAL = {
    "survival_summary", survival_text, survival_to_state, survival_canonical, survival_merge,
    survival_is_empty,  NULL};

COUNTING_SUMMARY_FUNCTIONS(survival_summary, SURVIVAL)

#define ST_SORT sort_places
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Layout
 */

static inline uint64
value_size(int64 places, int width)
{
	return offsetof(SurvivalSummary, durations) +
	       places * (sizeof(int32) + (UINT64CONST(2) << width));
}

static inline unsigned char *
state_counters(SurvivalSummary *state)
{
	return (unsigned char *) (state->durations + ((Size) 1 << state->capacity));
}

static SurvivalSummary *
make_summary(int64 places, int width)
{
	uint64           size = value_size(places, width);
	SurvivalSummary *summary;

	summary_check_size(&SURVIVAL, size);
	summary = palloc0(size);
	SET_VARSIZE(summary, size);
	summary->version = SURVIVAL_VERSION;
	summary->flags = (uint8) width;
	return summary;
}

static SurvivalSummary *
make_table(int capacity, int width)
{
	SurvivalSummary *table = make_summary(INT64CONST(1) << capacity, width);

	table->flags |= SURVIVAL_TABLE;
	table->capacity = (uint8) capacity;
	memset(table->durations, 0xFF, sizeof(int32) << capacity);
	return table;
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
state_fits(const SurvivalSummary *state)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) > offsetof(SurvivalSummary, durations) &&
	       (state->flags & ~SURVIVAL_WIDTH) == SURVIVAL_TABLE && state->capacity <= LARGEST_TABLE &&
	       VARSIZE(state) ==
	           value_size(INT64CONST(1) << state->capacity, state->flags & SURVIVAL_WIDTH) &&
	       state->version == SURVIVAL_VERSION;
}

/* Looks at a value with either kind of varlena header; trusts no byte of it. */
static SurvivalView
view_summary(const void *value)
{
	const Size           header = offsetof(SurvivalSummary, durations) - VARHDRSZ;
	const unsigned char *body = (const unsigned char *) VARDATA_ANY(value);
	Size                 size = VARSIZE_ANY_EXHDR(value);
	SurvivalSummary      copy;
	SurvivalView         view = {false, 0, 0, 0, NULL, NULL};

	if (SUMMARY_IS_BLANK(value))
		return view;
	if (body[0] != SURVIVAL_VERSION)
		summary_refuse_version(&SURVIVAL, body[0]);
	if (size < header)
		summary_refuse_value(&SURVIVAL);
	memcpy(&copy.version, body, header);
	view.table = (copy.flags & SURVIVAL_TABLE) != 0;
	view.width = copy.flags & SURVIVAL_WIDTH;
	view.used = copy.used;
	if ((copy.flags & ~(SURVIVAL_WIDTH | SURVIVAL_TABLE)) != 0 || copy.capacity > LARGEST_TABLE ||
	    copy.used < 0)
		summary_refuse_value(&SURVIVAL);
	view.places = view.table ? 1 << copy.capacity : copy.used;
	if (size + VARHDRSZ != value_size(view.places, view.width))
		summary_refuse_value(&SURVIVAL);
	view.durations = body + header;
	view.counters = view.durations + sizeof(int32) * (Size) view.places;
	return view;
}

static inline int32
duration_at(const SurvivalView *view, int32 place)
{
	int32 duration;

	memcpy(&duration, view->durations + sizeof(duration) * (Size) place, sizeof(duration));
	return duration;
}

/* Whoever is in a place; false when nobody is. */
static inline bool
entry_at(const SurvivalView *view, int32 place, Entry *entry)
{
	entry->duration = duration_at(view, place);
	if (entry->duration == FREE)
		return false;
	for (int i = 0; i < 2; i++)
	{
		entry->count[i] = cxm_counter_get(view->counters, view->width, 2 * (Size) place + i);
		if (entry->count[i] > CXM_COUNTER_CEILING)
			summary_refuse_value(&SURVIVAL);
	}
	return entry->count[0] != 0 || entry->count[1] != 0;
}

static bool
view_is_empty(const SurvivalView *view)
{
	Entry entry;

	for (int32 place = 0; place < view->places; place++)
		if (entry_at(view, place, &entry))
			return false;
	return true;
}

static bool
survival_is_empty(const void *state)
{
	SurvivalView view = view_summary(state);

	return view_is_empty(&view);
}

/* How many customers; -1 when they are more than bigint can say. */
static int64
total(const SurvivalView *view, bool events, bool censored)
{
	int64 sum = 0;
	Entry entry;

	for (int32 place = 0; place < view->places; place++)
	{
		if (place % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (entry_at(view, place, &entry) &&
		    ((events && pg_add_s64_overflow(sum, (int64) entry.count[0], &sum)) ||
		     (censored && pg_add_s64_overflow(sum, (int64) entry.count[1], &sum))))
			return -1;
	}
	return sum;
}

static void *
survival_canonical(const void *state)
{
	SurvivalView view = view_summary(state);
	uint64 *order = palloc_extended(sizeof(uint64) * (Size) (view.places + 1), MCXT_ALLOC_HUGE);
	int32   used = 0;
	int     width;
	uint64  bits = 0;
	SurvivalSummary *summary;
	unsigned char   *counters;
	Entry            entry;

	if (total(&view, true, true) < 0)
		summary_refuse_overflow("count of customers");
	for (int32 place = 0; place < view.places; place++)
	{
		if (place % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (entry_at(&view, place, &entry))
		{
			order[used++] = ((uint64) entry.duration << 32) | (uint32) place;
			bits |= entry.count[0] | entry.count[1];
		}
	}
	if (used == 0)
		return summary_blank();
	sort_places(order, used);
	for (width = 0; bits > cxm_counter_limit(width);)
		width++;

	summary = make_summary(used, width);
	summary->used = used;
	counters = (unsigned char *) (summary->durations + used);
	for (int32 i = 0; i < used; i++)
	{
		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		entry_at(&view, (int32) (uint32) order[i], &entry);
		summary->durations[i] = entry.duration;
		cxm_counter_set(counters, width, 2 * (Size) i, entry.count[0]);
		cxm_counter_set(counters, width, 2 * (Size) i + 1, entry.count[1]);
	}
	pfree(order);
	return summary;
}

/*
 * The table
 */

/* The place of a duration, or the free one where it would go: there always is one. */
static pg_attribute_always_inline uint32
find_place(const SurvivalSummary *table, int32 duration)
{
	uint32 mask = ((uint32) 1 << table->capacity) - 1;
	uint32 place = ((uint32) duration * UINT32_C(2654435769)) >> (32 - table->capacity);

	while (table->durations[place] != duration && table->durations[place] != FREE)
		place = (place + 1) & mask;
	return place;
}

/* At most three quarters of the places are taken. */
static inline bool
is_full(const SurvivalSummary *table)
{
	return (int64) table->used * 4 >= (INT64CONST(3) << table->capacity);
}

static uint32
take_place(SurvivalSummary *table, int32 duration)
{
	uint32 place = find_place(table, duration);

	if (table->durations[place] == FREE)
	{
		table->durations[place] = duration;
		table->used++;
	}
	return place;
}

/* The durations that somebody has: in a moving window others stay behind with a count of zero. */
static int64
live_durations(const SurvivalView *view)
{
	int64 live = 0;
	Entry entry;

	for (int32 place = 0; place < view->places; place++)
	{
		if (place % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		live += entry_at(view, place, &entry);
	}
	return live;
}

/* A table of whoever is in the view, with room for as many more durations. */
static SurvivalSummary *
rebuilt_table(const SurvivalView *view, int width, int64 more)
{
	int              capacity = SMALLEST_TABLE;
	int64            needed = live_durations(view) + more;
	SurvivalSummary *table;
	Entry            entry;

	while ((INT64CONST(3) << capacity) < needed * 4 && capacity <= LARGEST_TABLE)
		capacity++;
	if (capacity > LARGEST_TABLE)
		summary_check_size(&SURVIVAL, PG_UINT64_MAX);
	table = make_table(capacity, width);
	for (int32 place = 0; place < view->places; place++)
	{
		if (place % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (entry_at(view, place, &entry))
		{
			Size at = 2 * (Size) take_place(table, entry.duration);

			cxm_counter_set(state_counters(table), width, at, entry.count[0]);
			cxm_counter_set(state_counters(table), width, at + 1, entry.count[1]);
		}
	}
	return table;
}

static void *
survival_to_state(const void *value)
{
	SurvivalView view = view_summary(value);

	return rebuilt_table(&view, view.width, 1);
}

/* Adds to one of the counters of a duration or takes out; the table, or what replaces it. */
static SurvivalSummary *
move_count(SurvivalSummary *table, int32 duration, int which, uint64 count, bool add)
{
	uint32 place = find_place(table, duration);
	int    width = table->flags & SURVIVAL_WIDTH;
	uint64 before;
	uint64 after;

	if (count == 0)
		return table;
	if (table->durations[place] == FREE)
	{
		if (!add)
			summary_refuse_shortage("customers");
		if (is_full(table))
		{
			SurvivalView view = view_summary(table);

			table = rebuilt_table(&view, width, Max(live_durations(&view), 1));
		}
		place = take_place(table, duration);
	}

	before = cxm_counter_get(state_counters(table), width, 2 * (Size) place + which);
	if (!add && count > before)
		summary_refuse_shortage("customers");
	after = add ? before + count : before - count;
	if (after > CXM_COUNTER_CEILING)
		summary_refuse_overflow("count of customers");
	if (after > cxm_counter_limit(width))
	{
		SurvivalView view = view_summary(table);

		while (after > cxm_counter_limit(width))
			width++;
		table = rebuilt_table(&view, width, Max((int64) table->used / 2, 1));
		place = take_place(table, duration);
	}
	cxm_counter_set(state_counters(table), width, 2 * (Size) place + which, after);
	return table;
}

static void *
survival_merge(void *state, const void *value, bool add)
{
	SurvivalSummary *table = state;
	SurvivalView     view = view_summary(value);
	Entry            entry;

	if (!state_fits(table))
		table = survival_to_state(state);

	/* a table's durations come in the order of their places: a smaller table would be crowded */
	if (add && ((int64) table->used + view.used) * 4 > (INT64CONST(3) << table->capacity))
	{
		SurvivalView there = view_summary(table);

		table = rebuilt_table(&there, table->flags & SURVIVAL_WIDTH, view.used);
	}
	for (int32 place = 0; place < view.places; place++)
	{
		if (place % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (entry_at(&view, place, &entry))
			for (int which = 0; which < 2; which++)
				table = move_count(table, entry.duration, which, entry.count[which], add);
	}
	return table;
}

/*
 * Transitions
 */

static pg_noinline Datum
count_slowly(FunctionCallInfo fcinfo, int32 duration, int which, bool add)
{
	SurvivalSummary *state = summary_state_arg(fcinfo);

	if (state == NULL)
		state = make_table(SMALLEST_TABLE, 0);
	else if (!state_fits(state))
		state = survival_to_state(state);
	PG_RETURN_POINTER(move_count(state, duration, which, 1, add));
}

/* Nearly every row finds a table with its duration in it: that path calls nothing. */
static pg_attribute_always_inline Datum
count_duration(FunctionCallInfo fcinfo, int32 duration, bool ended, bool add)
{
	int which = ended ? 0 : 1;

	if (likely(cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0)))
	{
		SurvivalSummary *state = (SurvivalSummary *) PG_GETARG_POINTER(0);

		if (likely(state_fits(state)))
		{
			uint32 place = find_place(state, duration);

			if (likely(state->durations[place] == duration &&
			           cxm_counter_count(state_counters(state), state->flags & SURVIVAL_WIDTH,
			                             2 * (Size) place + which, add)))
				PG_RETURN_POINTER(state);
		}
	}
	return count_slowly(fcinfo, duration, which, add);
}

static pg_attribute_always_inline Datum
count_observation(FunctionCallInfo fcinfo, bool add)
{
	int32 duration;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return summary_unchanged(fcinfo);
	duration = PG_GETARG_INT32(1);
	if (unlikely(duration < 0))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("duration %d is negative", duration)));
	return count_duration(fcinfo, duration, PG_GETARG_BOOL(2), add);
}

SUMMARY_FUNCTION(survival_transition, count_observation(fcinfo, true))
SUMMARY_FUNCTION(survival_inverse, count_observation(fcinfo, false))

static char *
date_text(DateADT date)
{
	return DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(date)));
}

static Datum
count_lifetime(FunctionCallInfo fcinfo, bool add)
{
	DateADT started;
	DateADT ended = DATEVAL_NOEND;
	DateADT as_of = cxm_as_of_arg(fcinfo, 3);

	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	started = PG_GETARG_DATEADT(1);
	if (!PG_ARGISNULL(2))
		ended = PG_GETARG_DATEADT(2);
	if (ended < started)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("customer ended at %s, before the start at %s", date_text(ended),
		                       date_text(started))));
	if (started > as_of)
		return summary_unchanged(fcinfo);
	if (DATE_IS_NOBEGIN(started))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("start of a customer must be finite")));

	/* what ends later has not ended yet; dates differ by less than 2^31 days */
	return count_duration(fcinfo, Min(ended, as_of) - started, ended <= as_of, add);
}

SUMMARY_FUNCTION(survival_lifetime_transition, count_lifetime(fcinfo, true))
SUMMARY_FUNCTION(survival_lifetime_inverse, count_lifetime(fcinfo, false))

/*
 * Text: {"events": {"6": 3, "7": 1}, "censored": {"6": 1, "9": 1}}, by duration; {} for nobody.
 */

static const char *const COUNT_KEYS[2] = {"events", "censored"};

static char *
survival_text(const void *value)
{
	SurvivalSummary *summary = survival_canonical(value);
	SurvivalView     view = view_summary(summary);
	StringInfoData   text;
	Entry            entry = {0};

	if (SUMMARY_IS_BLANK(summary))
		return pstrdup("{}");
	initStringInfo(&text);
	summary_reserve(&text, (uint64) view.used, strlen("\"6\": 3"));
	for (int which = 0; which < 2; which++)
	{
		const char *separator = "";

		appendStringInfo(&text, "%s\"%s\": {", which == 0 ? "{" : "}, ", COUNT_KEYS[which]);
		for (int32 place = 0; place < view.places; place++)
		{
			if (place % 4096 == 0)
				CHECK_FOR_INTERRUPTS();
			entry_at(&view, place, &entry);
			if (entry.count[which] == 0)
				continue;
			appendStringInfo(&text, "%s\"%d\": " UINT64_FORMAT, separator, entry.duration,
			                 entry.count[which]);
			separator = ", ";
		}
	}
	appendStringInfoString(&text, "}}");
	return text.data;
}

static bool
read_counts(const JsonbValue *object, int which, SurvivalSummary **table, Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;
	uint64         count;

	iterator = cxm_json_fields(object, "The value", COUNT_KEYS[which], SURVIVAL.name, escontext);
	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &value))
	{
		long duration = strtol(key, NULL, 10);

		/* there is one spelling of a duration, so that none can come twice */
		if (duration < 0 || duration > PG_INT32_MAX || strcmp(key, psprintf("%ld", duration)) != 0)
			ereturn(escontext, false,
			        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			         errmsg("invalid input syntax for type %s", SURVIVAL.name),
			         errdetail("\"%s\" is not a duration from 0 to %d.", key, PG_INT32_MAX)));
		if (!cxm_json_count(&value, key, SURVIVAL.name, escontext, &count))
			return false;
		*table = move_count(*table, (int32) duration, which, count, true);
	}
	return true;
}

PG_FUNCTION_INFO_V1(survival_summary_in);
Datum
survival_summary_in(PG_FUNCTION_ARGS)
{
	Node            *escontext = fcinfo->context;
	JsonbContainer  *object = cxm_json_object(PG_GETARG_CSTRING(0), SURVIVAL.name, escontext);
	SurvivalSummary *table = make_table(SMALLEST_TABLE, 0);
	SurvivalView     view;
	JsonbIterator   *iterator;
	JsonbValue       value;
	char            *key;

	if (object == NULL)
		PG_RETURN_NULL();
	if (SUMMARY_BLANK_OBJECT(object))
		PG_RETURN_POINTER(summary_blank());
	iterator = JsonbIteratorInit(object);
	while (cxm_json_next(&iterator, &key, &value))
	{
		int which = strcmp(key, COUNT_KEYS[0]) == 0 ? 0 : strcmp(key, COUNT_KEYS[1]) == 0 ? 1 : -1;

		if (which < 0)
			ereturn(escontext, (Datum) 0,
			        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			         errmsg("invalid input syntax for type %s", SURVIVAL.name),
			         errdetail("There is no field \"%s\".", key)));
		if (!read_counts(&value, which, &table, escontext))
			PG_RETURN_NULL();
	}
	view = view_summary(table);
	if (total(&view, true, true) < 0)
		ereturn(escontext, (Datum) 0,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		         errmsg("count of customers out of range")));
	PG_RETURN_POINTER(survival_canonical(table));
}

/*
 * Binary: version, number of durations; of each the duration, its events and its censored, the
 * latter in 8 bytes.
 */
#define SENT_ENTRY ((int) (sizeof(int32) + 2 * sizeof(int64)))

PG_FUNCTION_INFO_V1(survival_summary_send);
Datum
survival_summary_send(PG_FUNCTION_ARGS)
{
	SurvivalSummary *summary = survival_canonical(SUMMARY_ARG(0));
	SurvivalView     view = view_summary(summary);
	StringInfoData   buffer;
	Entry            entry = {0};

	if (SUMMARY_IS_BLANK(summary))
		PG_RETURN_POINTER(summary_blank());
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, SURVIVAL_VERSION);
	pq_sendint32(&buffer, (uint32) view.used);
	summary_reserve(&buffer, (uint64) view.used, SENT_ENTRY);
	for (int32 place = 0; place < view.places; place++)
	{
		if (place % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		entry_at(&view, place, &entry);
		pq_sendint32(&buffer, (uint32) entry.duration);
		pq_sendint64(&buffer, entry.count[0]);
		pq_sendint64(&buffer, entry.count[1]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(survival_summary_recv);
Datum
survival_summary_recv(PG_FUNCTION_ARGS)
{
	StringInfo       buffer = (StringInfo) PG_GETARG_POINTER(0);
	int32            used;
	int32            last = -1;
	SurvivalSummary *summary;
	unsigned char   *counters;

	if (SUMMARY_BLANK_MESSAGE(buffer))
		PG_RETURN_POINTER(summary_blank());
	summary_receive_version(&SURVIVAL, buffer, SURVIVAL_VERSION);
	used = (int32) pq_getmsgint(buffer, 4);
	if (used < 0 || (int64) used * SENT_ENTRY != buffer->len - buffer->cursor)
		summary_refuse_binary(&SURVIVAL, "The size does not fit the number of durations.");

	summary = make_summary(used, CXM_WIDEST);
	summary->used = used;
	counters = (unsigned char *) (summary->durations + used);
	for (int32 i = 0; i < used; i++)
	{
		int32  duration = (int32) pq_getmsgint(buffer, 4);
		uint64 events = (uint64) pq_getmsgint64(buffer);
		uint64 censored = (uint64) pq_getmsgint64(buffer);

		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (duration <= last)
			summary_refuse_binary(&SURVIVAL, "The durations do not ascend from 0.");
		if (events > CXM_COUNTER_CEILING || censored > CXM_COUNTER_CEILING)
			summary_refuse_binary(&SURVIVAL, "A count is negative.");
		if (events == 0 && censored == 0)
			summary_refuse_binary(&SURVIVAL, "A duration has no customers.");
		summary->durations[i] = last = duration;
		cxm_counter_set(counters, CXM_WIDEST, 2 * (Size) i, events);
		cxm_counter_set(counters, CXM_WIDEST, 2 * (Size) i + 1, censored);
	}
	PG_RETURN_POINTER(survival_canonical(summary));
}

/*
 * Readings
 */

/* Steps through the durations of a stored value, in ascending order. */
typedef struct Walk
{
	SurvivalView   view;
	int32          next;
	int64          at_risk; /* just before the next duration */
	CxmKaplanMeier curve;
	Entry          entry; /* the last duration */
} Walk;

static Walk
start_walk(const void *value)
{
	Walk walk = {view_summary(value), 0, 0, CXM_KAPLAN_MEIER_START, {0, {0, 0}}};

	if (walk.view.table)
		walk.view = view_summary(survival_canonical(value));
	walk.at_risk = total(&walk.view, true, true);
	if (walk.at_risk < 0)
		summary_refuse_overflow("count of customers");
	return walk;
}

/* One duration further; false at the end. */
static bool
step_walk(Walk *walk)
{
	if (walk->next % 4096 == 0)
		CHECK_FOR_INTERRUPTS();
	if (walk->next == walk->view.places)
		return false;
	entry_at(&walk->view, walk->next++, &walk->entry);
	cxm_kaplan_meier_step(&walk->curve, (double) walk->at_risk, (double) walk->entry.count[0]);
	walk->at_risk -= (int64) (walk->entry.count[0] + walk->entry.count[1]);
	return true;
}

/* The duration after this one; -1 when there is none. */
static int32
next_duration(const Walk *walk)
{
	return walk->next < walk->view.places ? duration_at(&walk->view, walk->next) : -1;
}

static int32
duration_arg(FunctionCallInfo fcinfo, int argno, const char *name)
{
	int32 duration = PG_GETARG_INT32(argno);

	if (duration < 0)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("%s %d is negative", name, duration)));
	return duration;
}

/* The curve ends at its last duration, unless all have left by then. */
static bool
reaches(const Walk *walk, int32 duration)
{
	int32 places = walk->view.places;

	return places > 0 &&
	       (duration <= duration_at(&walk->view, places - 1) || walk->curve.survival == 0);
}

PG_FUNCTION_INFO_V1(survival_survival);
Datum
survival_survival(PG_FUNCTION_ARGS)
{
	Walk  walk = start_walk(SUMMARY_ARG(0));
	int32 t = duration_arg(fcinfo, 1, "duration");

	while (next_duration(&walk) >= 0 && next_duration(&walk) <= t)
		step_walk(&walk);
	CXM_RETURN_FLOAT8_OR_NULL(reaches(&walk, t) ? walk.curve.survival : NAN);
}

PG_FUNCTION_INFO_V1(survival_median_survival);
Datum
survival_median_survival(PG_FUNCTION_ARGS)
{
	Walk walk = start_walk(SUMMARY_ARG(0));

	while (step_walk(&walk))
		if (cxm_kaplan_meier_is_half(&walk.curve))
			PG_RETURN_INT32(walk.entry.duration);
	PG_RETURN_NULL();
}

/* The area under the curve up to the horizon. */
PG_FUNCTION_INFO_V1(survival_restricted_mean);
Datum
survival_restricted_mean(PG_FUNCTION_ARGS)
{
	Walk   walk = start_walk(SUMMARY_ARG(0));
	int32  horizon = duration_arg(fcinfo, 1, "horizon");
	double area = 0;
	int32  since = 0;

	while (next_duration(&walk) >= 0 && next_duration(&walk) < horizon)
	{
		double height = walk.curve.survival;

		step_walk(&walk);
		area += height * (walk.entry.duration - since);
		since = walk.entry.duration;
	}
	area += walk.curve.survival * (horizon - since);
	CXM_RETURN_FLOAT8_OR_NULL(reaches(&walk, horizon) ? area : NAN);
}

static int64
require_total(const SurvivalView *view, bool events, bool censored)
{
	int64 sum = total(view, events, censored);

	if (sum < 0)
		summary_refuse_overflow("count of customers");
	return sum;
}

PG_FUNCTION_INFO_V1(survival_events);
Datum
survival_events(PG_FUNCTION_ARGS)
{
	SurvivalView view = view_summary(SUMMARY_ARG(0));

	PG_RETURN_INT64(require_total(&view, true, false));
}

PG_FUNCTION_INFO_V1(survival_censored);
Datum
survival_censored(PG_FUNCTION_ARGS)
{
	SurvivalView view = view_summary(SUMMARY_ARG(0));

	PG_RETURN_INT64(require_total(&view, false, true));
}

PG_FUNCTION_INFO_V1(survival_curve);
Datum
survival_curve(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Walk           walk = start_walk(SUMMARY_ARG(0));
	double         level = cxm_level_arg(fcinfo, 1);
	int64          at_risk = walk.at_risk;

	InitMaterializedSRF(fcinfo, 0);
	while (step_walk(&walk))
	{
		CxmInterval interval = {NAN, NAN};
		bool        found = cxm_kaplan_meier_interval(&walk.curve, level, &interval);
		Datum       values[7];
		bool        nulls[7] = {false, false, false, false, false, !found, !found};

		values[0] = Int32GetDatum(walk.entry.duration);
		values[1] = Int64GetDatum(at_risk);
		values[2] = Int64GetDatum((int64) walk.entry.count[0]);
		values[3] = Int64GetDatum((int64) walk.entry.count[1]);
		values[4] = Float8GetDatum(walk.curve.survival);
		values[5] = Float8GetDatum(interval.lower);
		values[6] = Float8GetDatum(interval.upper);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		at_risk = walk.at_risk;
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(survival_logrank_test);
Datum
survival_logrank_test(PG_FUNCTION_ARGS)
{
	Walk       walks[2] = {start_walk(SUMMARY_ARG(0)), start_walk(SUMMARY_ARG(1))};
	double     level = cxm_level_arg(fcinfo, 2);
	CxmLogrank logrank = {0, 0, 0};
	CxmTest    test;
	double     figures[5];

	for (;;)
	{
		int32  next[2] = {next_duration(&walks[0]), next_duration(&walks[1])};
		int32  duration = next[0] < 0 || (next[1] >= 0 && next[1] < next[0]) ? next[1] : next[0];
		double at_risk[2];
		double events[2] = {0, 0};

		if (duration < 0)
			break;
		for (int i = 0; i < 2; i++)
		{
			at_risk[i] = (double) walks[i].at_risk;
			if (next[i] == duration)
			{
				step_walk(&walks[i]);
				events[i] = (double) walks[i].entry.count[0];
			}
		}
		if (events[0] + events[1] > 0)
			cxm_logrank_step(&logrank, at_risk[0], events[0], at_risk[1], events[1]);
	}
	if (!cxm_logrank_test(&logrank, level, &test))
		PG_RETURN_NULL();
	figures[0] = test.difference;
	figures[1] = test.lower;
	figures[2] = test.upper;
	figures[3] = test.statistic;
	figures[4] = test.p_value;
	return cxm_record_of_doubles(fcinfo, figures, lengthof(figures));
}
