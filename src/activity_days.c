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
 * byte.  The set without any day has no payload at all.
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
 *	flags	bit 0: this is a list; bit 1: its days do not ascend; bit 2: it is wide
 *
 * That is half the memory of plain days, which is what a hash table of a million customers is slow
 * by.  A wide list has int32 each, after a base of 0: for customers of more than a lifetime.
 */
#include "postgres.h"

#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/tuplestore.h"

#include "activity_days.h"
#include "core/varint.h"
#include "summary.h"

#define ACTIVITY_VERSION 1
#define ACTIVITY_LIST 0x01
#define ACTIVITY_UNSORTED 0x02
#define ACTIVITY_WIDE 0x04

/* With its header, as much as palloc makes room for anyway. */
#define SMALLEST_LIST 24

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

/* version and flags */
#define ENCODED_HEADER 2

static char *activity_text(const void *value);
static void *activity_to_state(const void *value);
static void *activity_canonical(const void *state);
static void *activity_merge(void *state, const void *value, bool add);
static bool  activity_is_empty(const void *state);

static const SummaryType ACTIVITY = {
    "activity_days",   activity_text, activity_to_state, activity_canonical, activity_merge,
    activity_is_empty, NULL};

SUMMARY_FUNCTIONS(activity_days, ACTIVITY)

#define ST_SORT sort_days
#define ST_ELEMENT_TYPE DateADT
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * The list
 */

static inline Size
day_size(const DayList *list)
{
	return list->flags & ACTIVITY_WIDE ? sizeof(DateADT) : sizeof(uint16);
}

static inline int32
list_capacity(const DayList *list)
{
	return (int32) ((VARSIZE(list) - offsetof(DayList, offsets)) / day_size(list));
}

static DayList *
make_list(int64 capacity, bool wide, DateADT base)
{
	uint64 size =
	    offsetof(DayList, offsets) + (wide ? sizeof(DateADT) : sizeof(uint16)) * (uint64) capacity;
	DayList *list;

	summary_check_size(&ACTIVITY, size);
	list = palloc(size);
	SET_VARSIZE(list, size);
	list->version = ACTIVITY_VERSION;
	list->flags = ACTIVITY_LIST | (wide ? ACTIVITY_WIDE : 0);
	list->unused = 0;
	list->used = 0;
	list->base = base;
	return list;
}

/* Anyone can call a support function, so no byte is believed that has not been compared. */
static pg_attribute_always_inline bool
is_list(const DayList *list)
{
	return VARATT_IS_4B_U(list) && VARSIZE(list) >= offsetof(DayList, offsets) &&
	       list->version == ACTIVITY_VERSION && (list->flags & ACTIVITY_LIST) != 0 &&
	       list->used >= 0 && list->used <= list_capacity(list);
}

static inline DateADT
day_at(const DayList *list, int32 i)
{
	return list->flags & ACTIVITY_WIDE ? ((const DateADT *) list->offsets)[i]
	                                   : (DateADT) (list->base + list->offsets[i]);
}

static inline void
append_day(DayList *list, DateADT day)
{
	if (list->flags & ACTIVITY_WIDE)
		((DateADT *) list->offsets)[list->used++] = day;
	else
		list->offsets[list->used++] = (uint16) (day - list->base);
}

static inline bool
is_within(const DayList *list, DateADT day)
{
	return (list->flags & ACTIVITY_WIDE) != 0 ||
	       (uint64) ((int64) day - list->base) <= PG_UINT16_MAX;
}

/* Sorts the days in place, and drops those that are there already. */
static int32
sort_and_unite(DateADT *days, int32 n)
{
	int32 united = 0;

	sort_days(days, n);
	for (int32 i = 0; i < n; i++)
		if (united == 0 || days[i] != days[united - 1])
			days[united++] = days[i];
	return united;
}

/* The days of a list, ascending and distinct; the caller's own copy. */
static DateADT *
days_of_list(const DayList *list, int32 *n)
{
	DateADT *days = palloc_extended(sizeof(DateADT) * ((Size) list->used + 1), MCXT_ALLOC_HUGE);

	for (int32 i = 0; i < list->used; i++)
	{
		if (i % 4096 == 4095)
			CHECK_FOR_INTERRUPTS();
		days[i] = day_at(list, i);
	}
	*n = list->flags & ACTIVITY_UNSORTED ? sort_and_unite(days, list->used) : list->used;
	return days;
}

/* A list of these days, which ascend, with room for as many again and for one more in any case. */
static DayList *
list_of_days(const DateADT *days, int32 n, DateADT more)
{
	DateADT  middle = n > 0 ? days[n / 2] : more;
	DayList *list = make_list(Max(SMALLEST_LIST, (int64) n * 2), false,
	                          (DateADT) Max((int64) middle - PG_INT16_MAX, PG_INT32_MIN));

	if (!is_within(list, more) ||
	    (n > 0 && !(is_within(list, days[0]) && is_within(list, days[n - 1]))))
		list = make_list(Max(SMALLEST_LIST, (int64) n * 2), true, 0);
	for (int32 i = 0; i < n; i++)
	{
		if (i % 4096 == 4095)
			CHECK_FOR_INTERRUPTS();
		append_day(list, days[i]);
	}
	return list;
}

/* A list that can take another day in: one that is sorted, larger or wide. */
static pg_noinline DayList *
make_room(const DayList *list, DateADT day)
{
	int32    n;
	DateADT *days = days_of_list(list, &n);
	DayList *larger = list_of_days(days, n, day);

	pfree(days);
	return larger;
}

static pg_attribute_always_inline DayList *
add_day(DayList *list, DateADT day)
{
	if (list->used > 0 && day == day_at(list, list->used - 1))
		return list;
	if (unlikely(list->used == list_capacity(list) || !is_within(list, day)))
		list = make_room(list, day);
	if (list->used > 0 && day <= day_at(list, list->used - 1))
		list->flags |= ACTIVITY_UNSORTED;
	append_day(list, day);
	return list;
}

/*
 * The stored form
 */

/* The days of a value, ascending and distinct; the caller's own copy. */
static DateADT *
days_of(const void *value, int32 *n)
{
	const DayList       *list = value;
	const unsigned char *at = (const unsigned char *) VARDATA_ANY(value);
	Size                 size = VARSIZE_ANY_EXHDR(value);
	const unsigned char *end = at + size;
	DateADT             *days;
	int64                day = 0;

	*n = 0;
	if (SUMMARY_IS_BLANK(value))
		return NULL;
	if (at[0] != ACTIVITY_VERSION)
		summary_refuse_version(&ACTIVITY, at[0]);
	if (size < ENCODED_HEADER)
		summary_refuse_value(&ACTIVITY);
	if (at[1] & ACTIVITY_LIST)
	{
		/* a list in a tuple may lie anywhere */
		if (!VARATT_IS_4B_U(value))
		{
			DayList *copy = palloc(size + VARHDRSZ);

			SET_VARSIZE(copy, size + VARHDRSZ);
			memcpy(VARDATA(copy), at, size);
			list = copy;
		}
		if (!is_list(list))
			summary_refuse_value(&ACTIVITY);
		return days_of_list(list, n);
	}

	/* each day is a byte at least */
	summary_check_size(&ACTIVITY, sizeof(DateADT) * (uint64) size);
	days = palloc(sizeof(DateADT) * size);
	for (at += ENCODED_HEADER; at < end;)
	{
		uint64 number;

		if (*n % 4096 == 4095)
			CHECK_FOR_INTERRUPTS();
		if (!cxm_varint_get(&at, end, &number) || number > PG_UINT32_MAX)
			summary_refuse_value(&ACTIVITY);
		day = *n == 0 ? cxm_varint_unfold(number) : day + 1 + (int64) number;
		if (day < PG_INT32_MIN || day > PG_INT32_MAX || !IS_VALID_DATE((DateADT) day))
			summary_refuse_value(&ACTIVITY);
		days[(*n)++] = (DateADT) day;
	}
	return days;
}

const DateADT *
activity_days_arg(FunctionCallInfo fcinfo, int argno, int32 *n)
{
	return days_of(SUMMARY_ARG(argno), n);
}

static void *
encoded(const DateADT *days, int32 n)
{
	/* no number of 32 bits takes more than 5 bytes */
	uint64         most = VARHDRSZ + ENCODED_HEADER + UINT64CONST(5) * (uint64) n;
	unsigned char *value;
	unsigned char *at;

	if (n == 0)
		return summary_blank();
	summary_check_size(&ACTIVITY, most);
	value = palloc(most);
	at = value + VARHDRSZ;
	*at++ = ACTIVITY_VERSION;
	*at++ = 0;
	for (int32 i = 0; i < n; i++)
	{
		if (i % 4096 == 4095)
			CHECK_FOR_INTERRUPTS();
		at = cxm_varint_put(at, i == 0 ? cxm_varint_fold(days[0])
		                               : (uint64) ((int64) days[i] - days[i - 1] - 1));
	}
	SET_VARSIZE(value, at - value);
	return value;
}

static void *
activity_canonical(const void *state)
{
	int32          n;
	const DateADT *days = days_of(state, &n);

	return encoded(days, n);
}

static void *
activity_to_state(const void *value)
{
	int32          n;
	const DateADT *days = days_of(value, &n);

	return list_of_days(days, n, n > 0 ? days[0] : 0);
}

static bool
activity_is_empty(const void *state)
{
	const DayList *list = state;
	int32          n;

	if (is_list(list))
		return list->used == 0;
	days_of(state, &n);
	return n == 0;
}

/* Sets are united; nothing is ever taken out of one. */
static void *
activity_merge(void *state, const void *value, bool add pg_attribute_unused())
{
	int32          n;
	const DateADT *days = days_of(value, &n);
	DayList       *list = is_list(state) ? state : activity_to_state(state);

	for (int32 i = 0; i < n; i++)
	{
		if (i % 4096 == 4095)
			CHECK_FOR_INTERRUPTS();
		list = add_day(list, days[i]);
	}
	return list;
}

/*
 * Transition
 */

PG_FUNCTION_INFO_V1(activity_transition);
Datum
activity_transition(PG_FUNCTION_ARGS)
{
	DayList *list = NULL;
	DateADT  day;

	if (PG_ARGISNULL(1))
		return summary_unchanged(fcinfo);
	day = PG_GETARG_DATEADT(1);
	if (unlikely(DATE_NOT_FINITE(day)))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("day must be finite")));
	if (likely(cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0)))
		list = (DayList *) PG_GETARG_POINTER(0);
	if (unlikely(list == NULL || !is_list(list)))
	{
		list = summary_state_arg(fcinfo);
		list = list == NULL ? list_of_days(NULL, 0, day) : activity_to_state(list);
	}
	PG_RETURN_POINTER(add_day(list, day));
}

/*
 * Text: {"days": ["2025-01-31", "2025-02-03"]}; {} for none.
 */

static void
print_day(DateADT day, char *text)
{
	struct pg_tm tm;

	j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, text);
}

static char *
activity_text(const void *value)
{
	int32          n;
	const DateADT *days = days_of(value, &n);
	StringInfoData text;
	char           day[MAXDATELEN + 1];

	if (n == 0)
		return pstrdup("{}");
	initStringInfo(&text);
	summary_reserve(&text, (uint64) n, strlen("\"2025-01-31\""));
	appendStringInfoString(&text, "{\"days\": [");
	for (int32 i = 0; i < n; i++)
	{
		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		print_day(days[i], day);
		appendStringInfo(&text, "%s\"%s\"", i > 0 ? ", " : "", day);
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

/* Only what print_day() writes: neither today nor 1/2/2025 is the same to everyone. */
static bool
parse_day(const char *text, DateADT *day)
{
	int  year;
	int  month;
	int  of_month;
	int  end = 0;
	char again[MAXDATELEN + 1];

	/* more years than 7 digits say, PostgreSQL does not have */
	if (sscanf(text, "%7d-%2d-%2d%n", &year, &month, &of_month, &end) != 3)
		return false;
	if (strcmp(text + end, " BC") == 0)
		year = 1 - year;
	if (!IS_VALID_JULIAN(year, month, of_month))
		return false;
	*day = date2j(year, month, of_month) - POSTGRES_EPOCH_JDATE;
	if (!IS_VALID_DATE(*day))
		return false;
	print_day(*day, again);
	return strcmp(text, again) == 0;
}

static bool
read_day(const JsonbValue *value, Node *escontext, DateADT *day)
{
	char *text = cxm_json_scalar(value, "days", ACTIVITY.name, false, escontext);

	return text != NULL && (parse_day(text, day) ||
	                        summary_refuse_text(&ACTIVITY, escontext,
	                                            "\"%s\" is not a day such as 2025-01-31.", text));
}

PG_FUNCTION_INFO_V1(activity_days_in);
Datum
activity_days_in(PG_FUNCTION_ARGS)
{
	Node           *escontext = fcinfo->context;
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), ACTIVITY.name, escontext);
	DayList        *list = list_of_days(NULL, 0, 0);
	JsonbIterator  *fields;
	JsonbIterator  *elements;
	JsonbValue      value;
	char           *key;
	DateADT         day = 0;

	if (object == NULL)
		PG_RETURN_NULL();
	if (SUMMARY_BLANK_OBJECT(object))
		PG_RETURN_POINTER(summary_blank());
	fields = JsonbIteratorInit(object);
	while (cxm_json_next(&fields, &key, &value))
	{
		if (strcmp(key, "days") != 0)
			ereturn(escontext, (Datum) 0,
			        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			         errmsg("invalid input syntax for type %s", ACTIVITY.name),
			         errdetail("There is no field \"%s\".", key)));
		elements = cxm_json_array(&value, key, ACTIVITY.name, escontext);
		if (elements == NULL)
			PG_RETURN_NULL();
		while (cxm_json_next_element(&elements, &value))
		{
			if (!read_day(&value, escontext, &day))
				PG_RETURN_NULL();
			list = add_day(list, day);
		}
	}
	PG_RETURN_POINTER(activity_canonical(list));
}

/*
 * Binary: version, number of days, the days.
 */
PG_FUNCTION_INFO_V1(activity_days_send);
Datum
activity_days_send(PG_FUNCTION_ARGS)
{
	int32          n;
	const DateADT *days = activity_days_arg(fcinfo, 0, &n);
	StringInfoData buffer;

	if (n == 0)
		PG_RETURN_POINTER(summary_blank());
	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, ACTIVITY_VERSION);
	pq_sendint32(&buffer, (uint32) n);
	summary_reserve(&buffer, (uint64) n, sizeof(DateADT));
	for (int32 i = 0; i < n; i++)
	{
		if (i % 4096 == 4095)
			CHECK_FOR_INTERRUPTS();
		pq_sendint32(&buffer, (uint32) days[i]);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_FUNCTION_INFO_V1(activity_days_recv);
Datum
activity_days_recv(PG_FUNCTION_ARGS)
{
	StringInfo buffer = (StringInfo) PG_GETARG_POINTER(0);
	int32      n;
	DateADT   *days;

	if (SUMMARY_BLANK_MESSAGE(buffer))
		PG_RETURN_POINTER(summary_blank());
	summary_receive_version(&ACTIVITY, buffer, ACTIVITY_VERSION);
	n = (int32) pq_getmsgint(buffer, 4);
	if (n < 0 || (int64) n * (int) sizeof(DateADT) != buffer->len - buffer->cursor)
		summary_refuse_binary(&ACTIVITY, "The size does not fit the number of days.");
	days = palloc(sizeof(DateADT) * ((Size) n + 1));
	for (int32 i = 0; i < n; i++)
	{
		if (i % 4096 == 4095)
			CHECK_FOR_INTERRUPTS();
		days[i] = (DateADT) pq_getmsgint(buffer, 4);
		if (!IS_VALID_DATE(days[i]))
			summary_refuse_binary(&ACTIVITY, "A day is out of range.");
		if (i > 0 && days[i] <= days[i - 1])
			summary_refuse_binary(&ACTIVITY, "The days do not ascend.");
	}
	PG_RETURN_POINTER(encoded(days, n));
}

/*
 * Readings
 */

PG_FUNCTION_INFO_V1(activity_first_day);
Datum
activity_first_day(PG_FUNCTION_ARGS)
{
	int32          n;
	const DateADT *days = activity_days_arg(fcinfo, 0, &n);

	if (n == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(days[0]);
}

PG_FUNCTION_INFO_V1(activity_last_day);
Datum
activity_last_day(PG_FUNCTION_ARGS)
{
	int32          n;
	const DateADT *days = activity_days_arg(fcinfo, 0, &n);

	if (n == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(days[n - 1]);
}

PG_FUNCTION_INFO_V1(activity_day_count);
Datum
activity_day_count(PG_FUNCTION_ARGS)
{
	int32 n;

	activity_days_arg(fcinfo, 0, &n);
	PG_RETURN_INT32(n);
}

PG_FUNCTION_INFO_V1(activity_active_on);
Datum
activity_active_on(PG_FUNCTION_ARGS)
{
	int32          n;
	const DateADT *days = activity_days_arg(fcinfo, 0, &n);
	DateADT        day = PG_GETARG_DATEADT(1);
	int32          low = 0;
	int32          high = n;

	while (low < high)
	{
		int32 middle = low + (high - low) / 2;

		if (days[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	PG_RETURN_BOOL(low < n && days[low] == day);
}

PG_FUNCTION_INFO_V1(activity_days);
Datum
activity_days(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int32          n;
	const DateADT *days = activity_days_arg(fcinfo, 0, &n);
	bool           null = false;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int32 i = 0; i < n; i++)
	{
		Datum value = DateADTGetDatum(days[i]);

		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(result->setResult, result->setDesc, &value, &null);
	}
	return (Datum) 0;
}
