/*
 * tally.c
 *		Summaries that are counts by key: what funnels and flows have in common.
 */
#include "postgres.h"

#include "common/int.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "core/counters.h"
#include "core/log_histogram.h"
#include "customer_journey.h"
#include "tally.h"

#define TALLY_STATE 0x01
#define FIRST_SLOTS 16

static inline TallyCell *
table_of(const Tally *state)
{
	return (TallyCell *) ((char *) state + MAXALIGN(offsetof(Tally, params) + state->params_size));
}

/* In 64 bits wherever this runs, as no count of slots is trusted. */
static inline uint64
state_size(Size params_size, uint64 slots)
{
	return MAXALIGN(offsetof(Tally, params) + params_size) + slots * sizeof(TallyCell);
}

static Tally *
make_state(const void *params, Size size, uint64 slots)
{
	Tally *state;

	if (state_size(size, slots) > MaxAllocSize)
		ereport(ERROR,
		        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("summary would exceed 1 GB")));
	state = palloc0(state_size(size, slots));
	SET_VARSIZE(state, state_size(size, slots));
	state->version = TALLY_VERSION;
	state->flags = TALLY_STATE;
	state->params_size = (uint32) size;
	state->cells = (uint32) slots;
	memcpy(state->params, params, size);
	return state;
}

Tally *
tally_make(const void *params, Size size)
{
	return make_state(params, size, FIRST_SLOTS);
}

Tally *
tally_with_params(const Tally *state, const void *params, Size size)
{
	Tally *result = make_state(params, size, state->cells);

	memcpy(table_of(result), table_of(state), state->cells * sizeof(TallyCell));
	return result;
}

bool
tally_is_state(const Tally *tally)
{
	return VARATT_IS_4B_U(tally) && VARSIZE(tally) >= offsetof(Tally, params) &&
	       tally->version == TALLY_VERSION && tally->flags == TALLY_STATE &&
	       tally->params_size <= VARSIZE(tally) && tally->cells >= FIRST_SLOTS &&
	       (tally->cells & (tally->cells - 1)) == 0 &&
	       VARSIZE(tally) == state_size(tally->params_size, tally->cells);
}

/* Fibonacci hashing: keys are dense in places, and differ in their low and in their high bits. */
static inline uint32
hash_key(uint64 key)
{
	return (uint32) ((key * UINT64CONST(0x9e3779b97f4a7c15)) >> 32);
}

/* The slot of the key: its own, or the free one where it belongs; NULL in a full table. */
static inline TallyCell *
find_slot(const Tally *state, uint64 key)
{
	TallyCell *table = table_of(state);
	uint32     mask = state->cells - 1;
	uint32     slot = hash_key(key);

	for (uint32 probe = 0; probe <= mask; probe++)
	{
		TallyCell *cell = &table[(slot + probe) & mask];

		if (cell->count == 0 || cell->key == key)
			return cell;
	}
	return NULL;
}

/*
 * A table more than half full gets twice as large.  How many slots are taken is not known without
 * looking: it looks when a probe was long, at some of them.
 */
#define SLOTS_LOOKED_AT 256

static Tally *
grow(const Tally *state)
{
	Tally     *result = make_state(state->params, state->params_size, (uint64) state->cells * 2);
	TallyCell *table = table_of(state);

	for (uint32 i = 0; i < state->cells; i++)
	{
		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (table[i].count != 0)
			*find_slot(result, table[i].key) = table[i];
	}
	return result;
}

static bool
is_crowded(const Tally *state, const TallyCell *slot, uint64 key)
{
	TallyCell *table = table_of(state);
	uint32     step = Max(state->cells / SLOTS_LOOKED_AT, 1);
	uint32     distance;
	uint32     used = 0;

	if (slot == NULL)
		return true;
	distance = ((uint32) (slot - table) - hash_key(key)) & (state->cells - 1);
	if (distance < 8)
		return false;
	for (uint32 i = 0; i < state->cells; i += step)
		used += table[i].count != 0;
	return used > state->cells / step / 2;
}

Tally *
tally_count(Tally *state, uint64 key, uint64 by, bool add)
{
	TallyCell *cell;

	if (by == 0)
		return state;
	cell = find_slot(state, key);
	if (!add)
	{
		TallyCell *table = table_of(state);
		uint32     mask = state->cells - 1;

		if (cell == NULL || cell->count < by)
			summary_refuse_shortage("journeys");
		cell->count -= by;

		/* the gap must not hide what was put behind it: put those cells where they belong now */
		if (cell->count == 0)
			for (uint32 i = ((uint32) (cell - table) + 1) & mask; table[i].count != 0;
			     i = (i + 1) & mask)
			{
				TallyCell moved = table[i];

				table[i].count = 0;
				*find_slot(state, moved.key) = moved;
			}
		return state;
	}

	if (cell == NULL || (cell->count == 0 && is_crowded(state, cell, key)))
	{
		state = grow(state);
		cell = find_slot(state, key);
	}
	if (by > CXM_COUNTER_CEILING - cell->count)
		summary_refuse_overflow("count of journeys");
	cell->key = key;
	cell->count += by;
	return state;
}

TallyCursor
tally_cursor(const SummaryType *type, const void *value)
{
	const unsigned char *body = (const unsigned char *) VARDATA_ANY(value);
	const Size           header = offsetof(Tally, params) - offsetof(Tally, version);
	Size                 size = VARSIZE_ANY_EXHDR(value);
	TallyCursor          cursor = {.type = type};

	if (size == 0)
		summary_refuse_blank(type);
	if (body[0] != TALLY_VERSION)
		summary_refuse_version(type, body[0]);
	if (size < header || (body[1] & ~TALLY_STATE) != 0)
		summary_refuse_value(type);
	cursor.is_state = (body[1] & TALLY_STATE) != 0;
	memcpy(&cursor.params_size, body + 4, sizeof(uint32));
	memcpy(&cursor.left, body + 8, sizeof(uint32));
	if (cursor.params_size > size - header)
		summary_refuse_value(type);
	cursor.params = body + header;
	cursor.end = body + size;
	cursor.at = cursor.params + cursor.params_size;
	if (cursor.is_state)
	{
		Size begin = MAXALIGN(offsetof(Tally, params) + cursor.params_size) - VARHDRSZ;

		if (begin > size || cursor.left > (size - begin) / sizeof(TallyCell))
			summary_refuse_value(type);
		cursor.at = body + begin;
	}
	return cursor;
}

static bool
tally_next(TallyCursor *cursor, TallyCell *cell)
{
	for (; cursor->is_state && cursor->left > 0; cursor->left--)
	{
		memcpy(cell, cursor->at, sizeof(*cell));
		cursor->at += sizeof(*cell);
		if (cell->count != 0)
		{
			cursor->left--;
			return true;
		}
	}
	if (cursor->left == 0)
		return false;
	cursor->left--;
	if (!cxm_varint_get(&cursor->at, cursor->end, &cell->key) ||
	    !cxm_varint_get(&cursor->at, cursor->end, &cell->count) || cell->count == 0 ||
	    cell->count > CXM_COUNTER_CEILING)
		summary_refuse_value(cursor->type);
	cell->key = cursor->key += cell->key;
	return true;
}

bool
tally_is_empty(const void *value)
{
	const Tally *tally = value;

	if (!tally_is_state(tally))
		return tally->cells == 0;
	for (uint32 i = 0; i < tally->cells; i++)
		if (table_of(tally)[i].count != 0)
			return false;
	return true;
}

TallyCell *
tally_cells(const SummaryType *type, const void *value, uint32 *n)
{
	TallyCursor cursor = tally_cursor(type, value);
	TallyCell  *cells;

	/* a cell takes two bytes at least, and all have been in a state */
	if (cursor.left > MaxAllocSize / sizeof(TallyCell) ||
	    (!cursor.is_state && cursor.left > (Size) (cursor.end - cursor.at) / 2))
		summary_refuse_value(type);
	cells = palloc_extended(((Size) cursor.left + 1) * sizeof(TallyCell), MCXT_ALLOC_HUGE);
	for (*n = 0; tally_next(&cursor, &cells[*n]); (*n)++)
		if (*n % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
	return cells;
}

#define ST_SORT sort_cells
#define ST_ELEMENT_TYPE TallyCell
#define ST_COMPARE(a, b) ((a)->key < (b)->key ? -1 : (a)->key > (b)->key)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

Tally *
tally_canonical(const SummaryType *type, const void *params, Size size, TallyCell *cells, uint32 n)
{
	Size           total = offsetof(Tally, params) + size;
	uint64         key = 0;
	Tally         *tally;
	unsigned char *at;
	unsigned char  scratch[2 * CXM_VARINT_LIMIT];

	sort_cells(cells, n);
	for (uint32 i = 0; i < n; i++)
	{
		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		at = cxm_varint_put(scratch, cells[i].key - key);
		total += (Size) (cxm_varint_put(at, cells[i].count) - scratch);
		key = cells[i].key;
	}
	summary_check_size(type, total);
	tally = palloc0(total);
	SET_VARSIZE(tally, total);
	tally->version = TALLY_VERSION;
	tally->params_size = (uint32) size;
	tally->cells = n;
	memcpy(tally->params, params, size);
	at = tally->params + size;
	key = 0;
	for (uint32 i = 0; i < n; i++)
	{
		at = cxm_varint_put(at, cells[i].key - key);
		at = cxm_varint_put(at, cells[i].count);
		key = cells[i].key;
	}
	return tally;
}

/*
 * Histograms of durations
 */

#define ST_SORT sort_buckets
#define ST_ELEMENT_TYPE TallyCell
#define ST_COMPARE(a, b) (TALLY_BUCKET((a)->key) - TALLY_BUCKET((b)->key))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

bool
tally_median(TallyCell *cells, uint32 n, Datum *median)
{
	CxmLogPercentile percentile;
	uint64           all = 0;

	/* cells of several histograms may be in it */
	sort_buckets(cells, n);
	for (uint32 i = 0; i < n; i++)
		if (pg_add_u64_overflow(all, cells[i].count, &all))
			summary_refuse_overflow("count of durations");
	if (all == 0)
		return false;
	percentile = cxm_log_percentile(all, 0.5);
	for (uint32 i = 0; i < n; i++)
		if (cxm_log_percentile_pass(&percentile, TALLY_BUCKET(cells[i].key), cells[i].count))
			break;
	*median = journey_interval((int64) cxm_log_percentile_value(&percentile));
	return true;
}

void
tally_print_histogram(StringInfo text, const TallyCell *cells, uint32 n)
{
	appendStringInfoChar(text, '{');
	for (uint32 i = 0; i < n; i++)
	{
		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		appendStringInfo(text, "%s\"" UINT64_FORMAT "\": " UINT64_FORMAT, i == 0 ? "" : ", ",
		                 (uint64) cxm_log_bucket_from(TALLY_BUCKET(cells[i].key)), cells[i].count);
	}
	appendStringInfoChar(text, '}');
}

bool
tally_read_histogram(const JsonbValue *value, const char *key, const SummaryType *type, uint64 name,
                     Tally **state, Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     number;
	char          *from_text;

	iterator = cxm_json_fields(value, "The value", key, type->name, escontext);
	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &from_text, &number))
	{
		int    bucket;
		uint64 count;

		if (!cxm_json_bucket(from_text, type->name, escontext, &bucket) ||
		    !cxm_json_count(&number, from_text, type->name, escontext, &count))
			return false;
		*state = tally_count(*state, name << TALLY_BUCKET_BITS | bucket, count, true);
	}
	return true;
}

/*
 * The wire
 */

void
tally_send_cells(StringInfo buffer, const TallyCell *cells, uint32 n)
{
	pq_sendint32(buffer, n);
	summary_reserve(buffer, n, sizeof(TallyCell));
	for (uint32 i = 0; i < n; i++)
	{
		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		pq_sendint64(buffer, cells[i].key);
		pq_sendint64(buffer, cells[i].count);
	}
}

Tally *
tally_receive_cells(const SummaryType *type, StringInfo buffer, Tally *state)
{
	uint32 n = pq_getmsgint(buffer, 4);

	if (n != (uint32) (buffer->len - buffer->cursor) / sizeof(TallyCell))
		summary_refuse_binary(type, "Its size does not fit the number of counts.");
	for (uint32 i = 0; i < n; i++)
	{
		uint64 key = (uint64) pq_getmsgint64(buffer);
		uint64 count = (uint64) pq_getmsgint64(buffer);

		if (i % 4096 == 0)
			CHECK_FOR_INTERRUPTS();
		if (count == 0 || count > CXM_COUNTER_CEILING)
			summary_refuse_binary(type, "A count is zero or negative.");
		state = tally_count(state, key, count, true);
	}
	pq_getmsgend(buffer);
	return state;
}
