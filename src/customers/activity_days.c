/*
 * activity_days.c
 *		The type activity_days: the set of days on which one customer was active.
 *
 *	0            4         5       6
 *	+------------+---------+-------+------------------------------------------+
 *	| varlena    | version | flags | the first day, then how many days lie    |
 *	| header     | 1       | 0     | between each two: varints                |
 *	+------------+---------+-------+------------------------------------------+
 *
 * The first day is signed, in days from 2000-01-01; a day that follows the one before is a zero
 * byte.  The set without any day is a blank.
 *
 * In an aggregate's state the days are a list, in the order in which they came, with room for more
 * up to the end of the varlena; when it is full it is sorted and rid of what came twice:
 *
 *	0            4         5       6        8       12      16
 *	+------------+---------+-------+--------+-------+-------+------------------------------+
 *	| varlena    | version | flags | unused | used  | base  | uint16 each, days after base |
 *	| header     | 1       |       | 0      | int32 | int32 |                              |
 *	+------------+---------+-------+--------+-------+-------+------------------------------+
 *
 *	flags	bit 0: this is a list; bit 1: not used any more; bit 2: it is wide
 *
 * That is half the memory of plain days, and memory is what limits a hash table of a million
 * customers.  A wide list has int32 each, after a base of 0: for customers of more than a lifetime.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/datetime.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "core/varint.h"
#include "customers/activity_days.h"

/* With its header, as much as palloc makes room for anyway. */
#define SMALLEST_LIST 24

#define ACTIVITY_VERSION 1
#define ACTIVITY_LIST 0x01
#define ACTIVITY_NOT_USED 0x02
#define ACTIVITY_WIDE 0x04

typedef struct DayList
{
	int32   vl_len_;
	uint8   version;
	uint8   flags;
	uint16  unused;
	int32   used;
	DateADT base;
	uint16  offsets[FLEXIBLE_ARRAY_MEMBER];
} DayList;

static const SummaryType ACTIVITY;

#define ST_SORT sort_days
#define ST_ELEMENT_TYPE DateADT
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

static inline Size
day_size(const DayList *list)
{
	return list->flags & ACTIVITY_WIDE ? sizeof(DateADT) : sizeof(uint16);
}

static inline int32
capacity_of(const DayList *list)
{
	return (int32) ((VARSIZE(list) - offsetof(DayList, offsets)) / day_size(list));
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
is_list(const DayList *list)
{
	return VARATT_IS_4B_U(list) && VARSIZE(list) >= offsetof(DayList, offsets) &&
	       list->version == ACTIVITY_VERSION &&
	       (list->flags & ~(ACTIVITY_NOT_USED | ACTIVITY_WIDE)) == ACTIVITY_LIST &&
	       list->used >= 0 && list->used <= capacity_of(list);
}

static inline DateADT
day_at(const DayList *list, int32 i)
{
	return list->flags & ACTIVITY_WIDE ? ((const DateADT *) list->offsets)[i]
	                                   : (DateADT) ((uint32) list->base + list->offsets[i]);
}

static inline bool
is_within(const DayList *list, DateADT day)
{
	return (list->flags & ACTIVITY_WIDE) != 0 ||
	       (uint64) ((int64) day - list->base) <= PG_UINT16_MAX;
}

static inline void
append_day(DayList *list, DateADT day)
{
	if (list->flags & ACTIVITY_WIDE)
		((DateADT *) list->offsets)[list->used++] = day;
	else
		list->offsets[list->used++] = (uint16) (day - list->base);
}

/* Reading */

static DaySet
days_of_list(const DayList *list)
{
	Size   size = sizeof(DateADT) * ((Size) list->used + 1);
	DaySet days = {palloc_extended(size, MCXT_ALLOC_HUGE), list->used};
	int32  distinct = 0;
	bool   ascend = true;

	for (int32 i = 0; i < days.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		days.at[i] = day_at(list, i);
		if (!IS_VALID_DATE(days.at[i]))
			summary_refuse_value(&ACTIVITY);
		ascend &= i == 0 || days.at[i] > days.at[i - 1];
	}
	if (ascend)
		return days;
	sort_days(days.at, days.n);
	for (int32 i = 0; i < days.n; i++)
		if (distinct == 0 || days.at[i] != days.at[distinct - 1])
			days.at[distinct++] = days.at[i];
	days.n = distinct;
	return days;
}

DaySet
activity_days_of(const void *value)
{
	Size         size = VARSIZE_ANY_EXHDR(value);
	DaySet       days = {NULL, 0};
	int64        day = 0;
	SummaryBytes bytes;

	if (size == 0)
		return days;
	bytes = summary_open(&ACTIVITY, value);
	if (bytes.flags != 0)
	{
		/* a list in a tuple may lie anywhere */
		const DayList *list = (DayList *) PG_DETOAST_DATUM(PointerGetDatum(value));

		if (!is_list(list))
			summary_refuse_value(&ACTIVITY);
		return days_of_list(list);
	}

	/* each day is a byte at least */
	summary_check_size(&ACTIVITY, sizeof(DateADT) * (uint64) size);
	days.at = palloc(sizeof(DateADT) * size);
	for (bytes.at += ACTIVITY.header; bytes.at < bytes.end;)
	{
		uint64 number;

		CHECK_FOR_INTERRUPTS();
		if (!cxm_varint_get(&bytes.at, bytes.end, &number) || number > PG_UINT32_MAX)
			summary_refuse_value(&ACTIVITY);
		day = days.n == 0 ? cxm_varint_unfold(number) : day + 1 + (int64) number;
		if (day < PG_INT32_MIN || day > PG_INT32_MAX || !IS_VALID_DATE((DateADT) day))
			summary_refuse_value(&ACTIVITY);
		days.at[days.n++] = (DateADT) day;
	}
	return days;
}

static bool
activity_is_empty(const void *state)
{
	return is_list(state) ? ((const DayList *) state)->used == 0 : activity_days_of(state).n == 0;
}

/* Merging and leaving */

/* A list of these days, with room for as many again and for one more in any case. */
static DayList *
list_of_days(DaySet days, DateADT more)
{
	DateADT  middle = days.n > 0 ? days.at[days.n / 2] : more;
	DayList  head = {.version = ACTIVITY_VERSION, .flags = ACTIVITY_LIST};
	uint64   size;
	DayList *list;

	head.base = (DateADT) Max((int64) middle - PG_INT16_MAX, PG_INT32_MIN);
	if (!is_within(&head, more) ||
	    (days.n > 0 && !(is_within(&head, days.at[0]) && is_within(&head, days.at[days.n - 1]))))
	{
		head.flags |= ACTIVITY_WIDE;
		head.base = 0;
	}
	size = Max(SMALLEST_LIST, (uint64) days.n * 2) * day_size(&head);
	size += offsetof(DayList, offsets);
	summary_check_size(&ACTIVITY, size);
	/* its slack is zero, since somebody's own aggregate may let it out */
	list = palloc0(size);
	memcpy(list, &head, offsetof(DayList, offsets));
	SET_VARSIZE(list, size);
	for (int32 i = 0; i < days.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		append_day(list, days.at[i]);
	}
	return list;
}

/* A list with room for this day: of the days that state holds, which may be any value or NULL. */
static pg_noinline DayList *
list_with_room(void *state, DateADT day)
{
	DaySet   days = {NULL, 0};
	DayList *list;

	if (state != NULL)
		days = activity_days_of(pg_detoast_datum_packed(state));
	list = list_of_days(days, day);
	if (days.at != NULL)
		pfree(days.at);
	return list;
}

/* Adds a day to the state, which may be any value or NULL: in place, or to what replaces it. */
static pg_attribute_always_inline DayList *
count_day(void *state, DateADT day)
{
	DayList *list = state;

	if (unlikely(list == NULL || !is_list(list)))
		list = list_with_room(state, day);
	if (list->used > 0 && day == day_at(list, list->used - 1))
		return list;
	if (unlikely(list->used == capacity_of(list) || !is_within(list, day)))
		list = list_with_room(list, day);
	append_day(list, day);
	return list;
}

static void *
activity_to_state(const void *value)
{
	DaySet days = activity_days_of(value);

	return list_of_days(days, days.n > 0 ? days.at[0] : 0);
}

static void *
encoded(DaySet days)
{
	/* no number of 32 bits takes more than 5 bytes */
	uint64         most = VARHDRSZ + ACTIVITY.header + UINT64CONST(5) * (uint64) days.n;
	unsigned char *value;
	unsigned char *at;

	if (days.n == 0)
		return summary_blank();
	summary_check_size(&ACTIVITY, most);
	value = palloc(most);
	at = value + VARHDRSZ;
	*at++ = ACTIVITY_VERSION;
	*at++ = 0;
	for (int32 i = 0; i < days.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		at = cxm_varint_put(at, i == 0 ? cxm_varint_fold(days.at[0])
		                               : (uint64) ((int64) days.at[i] - days.at[i - 1] - 1));
	}
	SET_VARSIZE(value, at - value);
	return value;
}

static void *
activity_canonical(const void *state)
{
	return encoded(activity_days_of(state));
}

/* Sets are united, and nothing is ever taken out of one: there is no - and no moving form. */
static void *
activity_merge(void *state, const void *value, bool add pg_attribute_unused())
{
	DaySet   days = activity_days_of(value);
	DayList *list = is_list(state) ? state : activity_to_state(state);

	for (int32 i = 0; i < days.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		list = count_day(list, days.at[i]);
	}
	return list;
}

/* Transitions */

CXM_FUNCTION(activity_transition)
{
	void   *state = summary_raw_state_arg(fcinfo);
	DateADT day;

	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	day = PG_GETARG_DATEADT(1);
	if (unlikely(DATE_NOT_FINITE(day)))
		ereport(ERROR,
		        (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("day must be finite")));
	PG_RETURN_POINTER(count_day(state, day));
}

/* The day of a moment where the clock stands in a zone. */
CXM_FUNCTION(activity_moment_transition)
{
	void *state = summary_raw_state_arg(fcinfo);
	Datum zone = cxm_required_arg(fcinfo, 2, "zone");
	Datum local;

	cxm_check_zones(fcinfo, CXM_ZONE_HINT("at"));
	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	if (unlikely(TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(1))))
		cxm_refuse_infinite("at");
	local = DirectFunctionCall2(timestamptz_zone, zone, PG_GETARG_DATUM(1));
	PG_RETURN_POINTER(
	    count_day(state, DatumGetDateADT(DirectFunctionCall1(timestamp_date, local))));
}

/*
 * Without a zone: what one would write first of a column of moments.  PostgreSQL's own hint, a
 * cast, would make days of the session's zone.
 */
CXM_FUNCTION(activity_zoneless_transition)
{
	(void) summary_raw_state_arg(fcinfo);
	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	         errmsg("activity_agg of moments wants a time zone"),
	         errdetail("Which day a moment is in depends on the zone."),
	         errhint("Write activity_agg(at, 'Europe/Berlin'), for example; or "
	                 "activity_agg(at::date) where \"at\" is a timestamp without time zone, or a "
	                 "day.")));
}

/* Text: {"days": ["2025-01-31", "2025-02-03"]}; {} for none. */

static char *
activity_text(const void *value)
{
	DaySet         days = activity_days_of(value);
	StringInfoData text;
	char           day[MAXDATELEN + 1];

	if (days.n == 0)
		return pstrdup("{}");
	initStringInfo(&text);
	summary_reserve(&text, (uint64) days.n, strlen("\"2025-01-31\""));
	appendStringInfoString(&text, "{\"days\": [");
	for (int32 i = 0; i < days.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		cxm_day_text(days.at[i], day);
		appendStringInfo(&text, "%s\"%s\"", i > 0 ? ", " : "", day);
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

static const char *const FIELDS[] = {"days"};

static void *
activity_read(JsonbValue **fields, Node *escontext)
{
	JsonbIterator *elements = cxm_json_array(fields[0], FIELDS[0], ACTIVITY.name, escontext);
	JsonbValue     element;
	DayList       *list = NULL;
	char          *text;
	DateADT        day;

	if (elements == NULL)
		return NULL;
	while (cxm_json_next_element(&elements, &element))
	{
		text = cxm_json_scalar(&element, FIELDS[0], ACTIVITY.name, false, escontext);
		if (text == NULL)
			return NULL;
		if (!cxm_day_of_text(text, &day))
			return summary_refuse_text(&ACTIVITY, escontext,
			                           "\"%s\" is not a day such as 2025-01-31.", text);
		list = count_day(list, day);
	}
	return list != NULL ? activity_canonical(list) : summary_blank();
}

/* Binary: version, number of days, the days. */

static void
activity_send(StringInfo buffer, const void *value)
{
	DaySet days = activity_days_of(value);

	pq_sendint32(buffer, (uint32) days.n);
	summary_reserve(buffer, (uint64) days.n, sizeof(DateADT));
	for (int32 i = 0; i < days.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pq_sendint32(buffer, (uint32) days.at[i]);
	}
}

static void *
activity_receive(StringInfo buffer)
{
	DaySet days = {.n = (int32) pq_getmsgint(buffer, 4)};

	if (days.n < 0 || (int64) days.n * (int) sizeof(DateADT) != buffer->len - buffer->cursor)
		summary_refuse_binary(&ACTIVITY, "The size does not fit the number of days.");
	days.at = palloc(sizeof(DateADT) * ((Size) days.n + 1));
	for (int32 i = 0; i < days.n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		days.at[i] = (DateADT) pq_getmsgint(buffer, 4);
		if (!IS_VALID_DATE(days.at[i]))
			summary_refuse_binary(&ACTIVITY, "A day is out of range.");
		if (i > 0 && days.at[i] <= days.at[i - 1])
			summary_refuse_binary(&ACTIVITY, "The days do not ascend.");
	}
	return encoded(days);
}

/* Without terms: a blank and the set of no day are the same. */
static const SummaryType ACTIVITY = {
    .name = "activity_days",
    .version = ACTIVITY_VERSION,
    .flags = ACTIVITY_LIST | ACTIVITY_NOT_USED | ACTIVITY_WIDE,
    .state_flag = ACTIVITY_LIST,
    .header = offsetof(DayList, unused) - VARHDRSZ,
    SUMMARY_READ_SLOTS(activity, FIELDS),
};

SUMMARY_FUNCTIONS(activity_days, ACTIVITY)

/* Readings */

static Datum
end_of_days(FunctionCallInfo fcinfo, bool last)
{
	DaySet days = activity_days_of(SUMMARY_ARG(0));

	if (days.n == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(days.at[last ? days.n - 1 : 0]);
}

/* How many days are before this one? */
static int32
days_before(DaySet days, int64 day)
{
	int32 low = 0;
	int32 high = days.n;

	while (low < high)
	{
		int32 middle = low + (high - low) / 2;

		if (days.at[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
holds(DaySet days, DateADT day)
{
	int32 before = days_before(days, day);

	Assert(before == days.n || days.at != NULL);
	return before < days.n && days.at[before] == day;
}

/* How many days are within the range of dates in argument 1? */
static int32
days_within(FunctionCallInfo fcinfo, DaySet days)
{
	TypeCacheEntry *type = range_get_typcache(fcinfo, DATERANGEOID);
	RangeBound      lower;
	RangeBound      upper;
	bool            empty;
	int32           first;
	int32           end;

	range_deserialize(type, PG_GETARG_RANGE_P(1), &lower, &upper, &empty);
	if (empty)
		return 0;
	/* a bound that is not included, or is, only where it is infinite */
	first = lower.infinite ? 0 : days_before(days, DatumGetDateADT(lower.val));
	end = upper.infinite ? days.n : days_before(days, DatumGetDateADT(upper.val));
	return Max(end - first, 0);
}

#define READING(name, return_figure, figure) \
	SUMMARY_READING(activity_##name, DaySet, activity_days_of, return_figure, figure)

SUMMARY_FUNCTION(activity_first_day, end_of_days(fcinfo, false))
SUMMARY_FUNCTION(activity_last_day, end_of_days(fcinfo, true))
READING(day_count, PG_RETURN_INT32, view.n)
READING(days_within, PG_RETURN_INT32, days_within(fcinfo, view))
READING(active_on, PG_RETURN_BOOL, holds(view, PG_GETARG_DATEADT(1)))
READING(active_between, PG_RETURN_BOOL, days_within(fcinfo, view) > 0)

CXM_FUNCTION(activity_days)
{
	DaySet days = activity_days_of(SUMMARY_ARG(0));

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int32 i = 0; i < days.n; i++)
		cxm_return_row(fcinfo, (Datum[]){DateADTGetDatum(days.at[i])}, (bool[]){false});
	return (Datum) 0;
}
