/*
 * keyed_counts.c
 *		Summaries that are counts by key.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "common/keyed_counts.h"
#include "core/log_histogram.h"

#define FIRST_SLOTS 16

static inline KeyedCount *
table_of(const KeyedCounts *state)
{
	return (KeyedCount *) ((char *) state +
	                       MAXALIGN(offsetof(KeyedCounts, params) + state->params_size));
}

/* In 64 bits wherever this runs, as no count of slots is trusted. */
static inline uint64
state_size(Size params_size, uint64 slots)
{
	return MAXALIGN(offsetof(KeyedCounts, params) + params_size) + slots * sizeof(KeyedCount);
}

/* A type may have had another format before it came to have counts by key. */
static inline uint8
format_of(const KeyedCountsType *type)
{
	return Max(type->summary->version, type->summary->newest);
}

static KeyedCounts *
make_state(const KeyedCountsType *type, Size params_size, uint64 slots)
{
	KeyedCounts *state;

	summary_check_size(type->summary, state_size(params_size, slots));
	state = palloc0(state_size(params_size, slots));
	SET_VARSIZE(state, state_size(params_size, slots));
	state->version = format_of(type);
	state->flags = type->summary->state_flag;
	state->params_size = (uint32) params_size;
	state->cells = (uint32) slots;
	return state;
}

KeyedCounts *
keyed_counts_make(const KeyedCountsType *type, const void *params, Size size, uint32 expected)
{
	uint64       slots = FIRST_SLOTS;
	KeyedCounts *state;

	while (slots < (uint64) expected + expected / 2)
		slots *= 2;
	state = make_state(type, size, slots);
	if (size > 0)
		memcpy(state->params, params, size);
	return state;
}

bool
keyed_counts_is_state(const KeyedCountsType *type, const KeyedCounts *counts)
{
	return VARATT_IS_4B_U(counts) && VARSIZE(counts) >= offsetof(KeyedCounts, params) &&
	       counts->version == format_of(type) && counts->flags == type->summary->state_flag &&
	       counts->params_size <= VARSIZE(counts) && counts->cells >= FIRST_SLOTS &&
	       (counts->cells & (counts->cells - 1)) == 0 &&
	       VARSIZE(counts) == state_size(counts->params_size, counts->cells);
}

/* Fibonacci hashing: keys are dense in places, and differ in their low and in their high bits. */
static inline uint32
hash_key(uint64 key)
{
	return (uint32) ((key * UINT64CONST(0x9e3779b97f4a7c15)) >> 32);
}

/* The slot of the key: its own, or the free one where it belongs; NULL in a full table. */
static inline KeyedCount *
find_slot(const KeyedCounts *state, uint64 key)
{
	KeyedCount *table = table_of(state);
	uint32      mask = state->cells - 1;
	uint32      slot = hash_key(key);

	for (uint32 probe = 0; probe <= mask; probe++)
	{
		KeyedCount *cell = &table[(slot + probe) & mask];

		if (cell->count == 0 || cell->key == key)
			return cell;
	}
	return NULL;
}

uint64
keyed_counts_get(const KeyedCounts *state, uint64 key)
{
	const KeyedCount *cell = find_slot(state, key);

	return cell ? cell->count : 0;
}

KeyedCounts *
keyed_counts_grow(const KeyedCountsType *type, const KeyedCounts *state, Size params_size,
                  uint64 slots)
{
	KeyedCounts *result = make_state(type, params_size, slots);
	KeyedCount  *table = table_of(state);

	memcpy(result->params, state->params, state->params_size);
	for (uint32 i = 0; i < state->cells; i++)
	{
		check_interrupts(i);
		if (table[i].count != 0)
			*find_slot(result, table[i].key) = table[i];
	}
	return result;
}

/*
 * There is no count of the slots in use.  After a probe of eight or more we look at some 256 slots,
 * and the table grows when more than half of them are in use.
 */
#define SLOTS_LOOKED_AT 256

static bool
is_crowded(const KeyedCounts *state, const KeyedCount *slot, uint64 key)
{
	KeyedCount *table = table_of(state);
	uint32      step = Max(state->cells / SLOTS_LOOKED_AT, 1);
	uint32      distance;
	uint32      used = 0;

	if (slot == NULL)
		return true;
	distance = ((uint32) (slot - table) - hash_key(key)) & (state->cells - 1);
	if (distance < 8)
		return false;
	for (uint32 i = 0; i < state->cells; i += step)
		used += table[i].count != 0;
	return used > state->cells / step / 2;
}

/* Probes end at a free slot, so those behind the new one must move to where they belong now. */
static void
close_gap(KeyedCounts *state, const KeyedCount *gap)
{
	KeyedCount *table = table_of(state);
	uint32      mask = state->cells - 1;

	for (uint32 i = ((uint32) (gap - table) + 1) & mask; table[i].count != 0; i = (i + 1) & mask)
	{
		KeyedCount moved = table[i];

		table[i].count = 0;
		*find_slot(state, moved.key) = moved;
	}
}

KeyedCounts *
keyed_counts_count(const KeyedCountsType *type, KeyedCounts *state, uint64 key, uint64 by, bool add)
{
	KeyedCount *cell;

	if (by == 0)
		return state;
	cell = find_slot(state, key);
	if (!add)
	{
		if (cell == NULL || cell->count < by)
			summary_refuse_shortage(type->counted);
		cell->count -= by;
		if (cell->count == 0)
			close_gap(state, cell);
		return state;
	}

	if (cell == NULL || (cell->count == 0 && is_crowded(state, cell, key)))
	{
		state = keyed_counts_grow(type, state, state->params_size, (uint64) state->cells * 2);
		cell = find_slot(state, key);
	}
	cell->count = summary_moved(cell->count, by, true, type->counted);
	cell->key = key;
	return state;
}

KeyedCounts *
keyed_counts_merge(const KeyedCountsType *type, KeyedCounts *state, const KeyedCount *counts,
                   uint32 n, bool add)
{
	for (uint32 i = 0; i < n; i++)
	{
		check_interrupts(i);
		state = keyed_counts_count(type, state, counts[i].key, counts[i].count, add);
	}
	return state;
}

KeyedCountsCursor
keyed_counts_open(const KeyedCountsType *type, const void *value)
{
	SummaryBytes      bytes = summary_open(type->summary, value);
	KeyedCountsCursor cursor = {.type = type->summary, .end = bytes.end};
	const Size        header = KEYED_COUNTS_HEADER;
	Size              size = (Size) (bytes.end - bytes.at);

	if (size < header)
		summary_refuse_value(type->summary);
	cursor.is_state = (bytes.flags & type->summary->state_flag) != 0;
	memcpy(&cursor.params_size, bytes.at + 4, sizeof(uint32));
	memcpy(&cursor.left, bytes.at + 8, sizeof(uint32));
	if (cursor.params_size > size - header)
		summary_refuse_value(type->summary);
	cursor.params = bytes.at + header;
	cursor.at = cursor.params + cursor.params_size;
	if (cursor.is_state)
	{
		Size begin = MAXALIGN(offsetof(KeyedCounts, params) + cursor.params_size) - VARHDRSZ;

		if (begin > size || cursor.left > (size - begin) / sizeof(KeyedCount))
			summary_refuse_value(type->summary);
		cursor.at = bytes.at + begin;
	}
	return cursor;
}

static inline bool
next_count(KeyedCountsCursor *cursor, KeyedCount *cell)
{
	while (cursor->is_state && cursor->left > 0)
	{
		cursor->left--;
		memcpy(cell, cursor->at, sizeof(KeyedCount));
		cursor->at += sizeof(KeyedCount);
		if (cell->count != 0 && (cell->key & KEYED_COUNTS_NOTE) == 0)
			return true;
	}
	if (cursor->left == 0)
	{
		if (!cursor->is_state && cursor->at != cursor->end)
			summary_refuse_value(cursor->type);
		return false;
	}
	cursor->left--;
	if (!cxm_varint_get(&cursor->at, cursor->end, &cell->key) ||
	    !cxm_varint_get(&cursor->at, cursor->end, &cell->count) || cell->count == 0 ||
	    cell->count > CXM_COUNTER_CEILING)
		summary_refuse_value(cursor->type);
	cell->key = cursor->key += cell->key;
	return true;
}

bool
keyed_counts_is_empty(const KeyedCountsType *type, const void *value)
{
	KeyedCountsCursor cursor = keyed_counts_open(type, value);
	KeyedCount        cell;

	return !next_count(&cursor, &cell);
}

static bool
terms_are_equal(const KeyedCountsType *type, const void *a, Size a_size, const void *b, Size b_size)
{
	if (type->same_terms != NULL)
		return type->same_terms(a, a_size, b, b_size);
	return a_size == b_size && memcmp(a, b, a_size) == 0;
}

bool
keyed_counts_same_terms(const KeyedCountsType *type, const void *a, const void *b)
{
	KeyedCountsCursor one = keyed_counts_open(type, a);
	KeyedCountsCursor other = keyed_counts_open(type, b);

	return terms_are_equal(type, one.params, one.params_size, other.params, other.params_size);
}

KeyedCounts *
keyed_counts_prepare(const KeyedCountsType *type, KeyedCounts *state, const void *params, Size size,
                     uint32 expected)
{
	KeyedCounts *fresh;

	/* somebody's own aggregate may begin with a value */
	if (state != NULL && !keyed_counts_is_state(type, state))
		state = type->summary->to_state(state);
	if (state != NULL && terms_are_equal(type, state->params, state->params_size, params, size))
		return state;
	fresh = keyed_counts_make(type, params, size, expected);
	if (state != NULL && !keyed_counts_is_empty(type, state))
		type->summary->refuse_mixture(state, fresh);
	return fresh;
}

KeyedCount *
keyed_counts_read(const KeyedCountsType *type, KeyedCountsCursor cursor, uint32 limit, uint32 *n)
{
	KeyedCount *counts;

	/* a cell takes two bytes at least, and all have been in a state */
	if (cursor.left > MaxAllocSize / sizeof(KeyedCount) ||
	    (!cursor.is_state && cursor.left > (Size) (cursor.end - cursor.at) / 2))
		summary_refuse_value(type->summary);
	counts = palloc_extended(((Size) cursor.left + 1) * sizeof(KeyedCount), MCXT_ALLOC_HUGE);
	for (*n = 0; next_count(&cursor, &counts[*n]); (*n)++)
	{
		check_interrupts(*n);
		if (!type->is_sound(counts[*n].key, limit))
			summary_refuse_value(type->summary);
	}
	return counts;
}

#define ST_SORT sort_by_key
#define ST_ELEMENT_TYPE KeyedCount
#define ST_COMPARE(a, b) ((a)->key < (b)->key ? -1 : (a)->key > (b)->key)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

KeyedCounts *
keyed_counts_canonical(const KeyedCountsType *type, const void *params, Size size,
                       KeyedCount *counts, uint32 n)
{
	Size           total = offsetof(KeyedCounts, params) + size;
	uint64         key = 0;
	KeyedCounts   *result;
	unsigned char *at;

	sort_by_key(counts, n);
	for (uint32 i = 0; i < n; i++)
	{
		check_interrupts(i);
		total += cxm_varint_size(counts[i].key - key) + cxm_varint_size(counts[i].count);
		key = counts[i].key;
	}
	summary_check_size(type->summary, total);
	result = palloc0(total);
	SET_VARSIZE(result, total);
	result->version = format_of(type);
	result->params_size = (uint32) size;
	result->cells = n;
	if (size > 0)
		memcpy(result->params, params, size);
	at = result->params + size;
	key = 0;
	for (uint32 i = 0; i < n; i++)
	{
		at = cxm_varint_put(at, counts[i].key - key);
		at = cxm_varint_put(at, counts[i].count);
		key = counts[i].key;
	}
	return result;
}

/* Histograms of durations */

bool
keyed_counts_median(KeyedCount *counts, uint32 n, Datum *median)
{
	CxmLogPercentile percentile;
	uint64           all = 0;

	for (uint32 i = 0; i < n; i++)
	{
		if (pg_add_u64_overflow(all, counts[i].count, &all))
			summary_refuse_overflow("count of durations");
		/* they may be of several histograms */
		counts[i].key = KEYED_COUNTS_BUCKET(counts[i].key);
	}
	sort_by_key(counts, n);
	if (all == 0)
		return false;
	percentile = cxm_log_percentile(all, 0.5);
	for (uint32 i = 0; i < n; i++)
		if (cxm_log_percentile_pass(&percentile, KEYED_COUNTS_BUCKET(counts[i].key),
		                            counts[i].count))
			break;
	*median = IntervalPGetDatum(cxm_interval((int64) cxm_log_percentile_value(&percentile)));
	return true;
}

void
keyed_counts_print_histogram(StringInfo text, const KeyedCount *counts, uint32 n)
{
	appendStringInfoChar(text, '{');
	for (uint32 i = 0; i < n; i++)
		cxm_json_print_count(text, cxm_log_bucket_from(KEYED_COUNTS_BUCKET(counts[i].key)),
		                     counts[i].count);
	appendStringInfoChar(text, '}');
}

bool
keyed_counts_read_histogram(const KeyedCountsType *type, const JsonbValue *value, const char *key,
                            uint64 name, KeyedCounts **state, Node *escontext)
{
	const char    *type_name = type->summary->name;
	JsonbIterator *iterator = cxm_json_fields(value, "The value", key, type_name, escontext);
	int            bucket;
	uint64         count;

	if (iterator == NULL)
		return false;
	while (cxm_json_next_bucket(&iterator, type_name, escontext, &bucket, &count))
		*state = keyed_counts_count(type, *state, KEYED_COUNTS_KEY(name, bucket), count, true);
	return iterator == NULL;
}

/* The wire */

void
keyed_counts_send(StringInfo buffer, const KeyedCount *counts, uint32 n)
{
	pq_sendint32(buffer, n);
	summary_reserve(buffer, n, sizeof(KeyedCount));
	for (uint32 i = 0; i < n; i++)
	{
		check_interrupts(i);
		pq_sendint64(buffer, counts[i].key);
		pq_sendint64(buffer, counts[i].count);
	}
}

KeyedCounts *
keyed_counts_receive(const KeyedCountsType *type, StringInfo buffer, KeyedCounts *state,
                     uint32 limit)
{
	uint32 n = pq_getmsgint(buffer, 4);

	if (n != (uint32) (buffer->len - buffer->cursor) / sizeof(KeyedCount))
		summary_refuse_binary(type->summary, "Its size does not fit the number of counts.");
	for (uint32 i = 0; i < n; i++)
	{
		uint64 key = (uint64) pq_getmsgint64(buffer);
		uint64 count = (uint64) pq_getmsgint64(buffer);

		check_interrupts(i);
		if (count == 0 || count > CXM_COUNTER_CEILING)
			summary_refuse_binary(type->summary, "A count is zero or negative.");
		if (!type->is_sound(key, limit))
			summary_refuse_binary(type->summary, "A count is of something that there is not.");
		state = keyed_counts_count(type, state, key, count, true);
	}
	return state;
}
