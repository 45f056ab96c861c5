/*
 * survival_state.c
 *		The state of a survival_summary: making, counting, merging and leaving.
 */
#include "postgres.h"

#include "customers/survival_state.h"

#define ST_SORT sort_places
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/* Is this the key of something that there can be, where there are so many reasons? */
static bool
key_is_sound(uint64 key, uint32 reasons)
{
	return key >> SURVIVAL_WHAT_BITS <= PG_INT32_MAX &&
	       SURVIVAL_WHAT(key) <= SURVIVAL_EVENT + reasons &&
	       (SURVIVAL_WHAT(key) != SURVIVAL_ENTERED || SURVIVAL_DURATION(key) > 0);
}

static const KeyedCountsType survival_counts = {&SURVIVAL, "customers", key_is_sound, NULL};

/* The parameters of version 2: this, and the reasons, each a byte of length and its name. */
typedef struct ReasonParams
{
	uint32 reasons;
	uint32 used; /* the size of the reasons; in a state there is room for more */
} ReasonParams;

#define PARAMS_OF(state) ((ReasonParams *) (state)->params)

static inline bool
is_version_2(const void *value)
{
	return !SUMMARY_IS_BLANK(value) && *(const uint8 *) VARDATA_ANY(value) == SURVIVAL_NEWEST;
}

/* Looking at values */

static SurvivalView
view_of_version_2(const void *value)
{
	SurvivalView         view = {.places = 0};
	KeyedCountsCursor    cursor = keyed_counts_open(&survival_counts, value);
	ReasonParams         params;
	const unsigned char *at = cursor.params + sizeof(params);
	const unsigned char *end;
	uint32               cells;

	if (cursor.params_size < sizeof(params) ||
	    (((const uint8 *) VARDATA_ANY(value))[1] & ~SURVIVAL_TABLE) != 0)
		summary_refuse_value(&SURVIVAL);
	memcpy(&params, cursor.params, sizeof(params));
	if (params.reasons > SURVIVAL_MOST_REASONS || params.used > cursor.params_size - sizeof(params))
		summary_refuse_value(&SURVIVAL);
	end = at + params.used;
	view.table = cursor.is_state;
	view.by_key = true;
	view.reasons = params.reasons;
	view.reason = palloc((params.reasons + 1) * sizeof(SurvivalReason));
	for (uint32 i = 0; i < params.reasons; i++)
	{
		if (at >= end || *at > end - at - 1)
			summary_refuse_value(&SURVIVAL);
		view.reason[i] = (SurvivalReason){*at, (const char *) at + 1};
		at += 1 + *at;
	}
	if (at != end)
		summary_refuse_value(&SURVIVAL);
	view.cells = keyed_counts_read(&survival_counts, cursor, params.reasons, &cells);
	view.places = (int32) cells;
	return view;
}

SurvivalView
survival_view(const void *value)
{
	SurvivalView    view = {.places = 0};
	SurvivalSummary head;
	SummaryBytes    bytes;

	if (SUMMARY_IS_BLANK(value))
		return view;
	if (is_version_2(value))
		return view_of_version_2(value);
	bytes = summary_open(&SURVIVAL, value);
	memcpy(&head.version, bytes.at, SURVIVAL_HEADER);
	view.table = (bytes.flags & SURVIVAL_TABLE) != 0;
	view.width = bytes.flags & SURVIVAL_WIDTH;
	view.used = head.used;
	view.places = head.used;
	if (view.table)
	{
		if (head.capacity < SURVIVAL_SMALLEST_TABLE || head.capacity > SURVIVAL_LARGEST_TABLE)
			summary_refuse_value(&SURVIVAL);
		view.places = 1 << head.capacity;
	}
	if (view.used < 0 || view.used > view.places ||
	    VARSIZE_ANY_EXHDR(value) + VARHDRSZ != survival_size(view.places, view.width))
		summary_refuse_value(&SURVIVAL);
	view.durations = bytes.at + SURVIVAL_HEADER;
	view.counters = view.durations + sizeof(int32) * (Size) view.places;
	return view;
}

/*
 * Counts of the same duration come one after the other in a value, but not in a state, where a
 * duration may come several times.
 */
bool
survival_next_cells(const SurvivalView *view, int32 *place, SurvivalEntry *entry)
{
	const KeyedCount *cell = view->cells + *place;
	const KeyedCount *end = view->cells + view->places;

	CHECK_FOR_INTERRUPTS();
	if (cell == end)
		return false;
	*entry = (SurvivalEntry){.duration = SURVIVAL_DURATION(cell->key)};
	for (; cell < end && SURVIVAL_DURATION(cell->key) == entry->duration; cell++)
	{
		uint32 what = SURVIVAL_WHAT(cell->key);

		if (what == SURVIVAL_ENTERED)
			entry->entered = cell->count;
		else if (what == SURVIVAL_CENSORED)
			entry->count[1] = cell->count;
		else
		{
			entry->events = entry->events != NULL ? entry->events : cell;
			entry->end = cell + 1;
			if (pg_add_u64_overflow(entry->count[0], cell->count, &entry->count[0]) ||
			    entry->count[0] > CXM_COUNTER_CEILING)
				summary_refuse_overflow("count of customers");
		}
	}
	*place = (int32) (cell - view->cells);
	return true;
}

bool
survival_is_empty(const void *state)
{
	SurvivalView  view = survival_view(state);
	int32         place = 0;
	SurvivalEntry entry;

	return !survival_next(&view, &place, &entry);
}

int64
survival_customers(const SurvivalView *view, bool events, bool censored)
{
	int64         sum = 0;
	SurvivalEntry entry;

	for (int32 place = 0; survival_next(view, &place, &entry);)
		if ((events && pg_add_s64_overflow(sum, (int64) entry.count[0], &sum)) ||
		    (censored && pg_add_s64_overflow(sum, (int64) entry.count[1], &sum)))
			summary_refuse_overflow("count of customers");
	return sum;
}

/* Making values */

/* A value with room for so many durations, all of it zero. */
SurvivalSummary *
survival_make(int64 durations, int width)
{
	uint64           size = survival_size(durations, width);
	SurvivalSummary *summary;

	summary_check_size(&SURVIVAL, size);
	summary = palloc0(size);
	SET_VARSIZE(summary, size);
	summary->version = SURVIVAL_VERSION;
	summary->flags = (uint8) width;
	return summary;
}

/* Version 1 in order. */
static SurvivalProblem
table_in_order(const SurvivalView *view, void **value)
{
	uint64 *order = palloc_extended(sizeof(uint64) * (Size) (view->places + 1), MCXT_ALLOC_HUGE);
	int32   used = 0;
	uint64  bits = 0;
	int64   total = 0;
	int     width;
	SurvivalSummary *summary;
	SurvivalEntry    entry = {0};

	for (int32 place = 0; survival_next(view, &place, &entry);)
	{
		if (pg_add_s64_overflow(total, (int64) entry.count[0], &total) ||
		    pg_add_s64_overflow(total, (int64) entry.count[1], &total))
			return SURVIVAL_TOO_MANY;
		order[used++] = ((uint64) entry.duration << 32) | (uint32) (place - 1);
		bits |= entry.count[0] | entry.count[1];
	}
	*value = summary_blank();
	if (used == 0)
		return SURVIVAL_SOUND;
	sort_places(order, used);

	width = cxm_counter_width(bits);
	summary = survival_make(used, width);
	summary->used = used;
	for (int32 i = 0; i < used; i++)
	{
		int32 place = (int32) (uint32) order[i];

		survival_next(view, &place, &entry);
		if (i > 0 && entry.duration == summary->durations[i - 1])
			summary_refuse_value(&SURVIVAL);
		summary->durations[i] = entry.duration;
		survival_set_counts((unsigned char *) (summary->durations + used), width, i, &entry);
	}
	pfree(order);
	*value = summary;
	return SURVIVAL_SOUND;
}

/* Are there not too many, and had whoever left entered before?  Of a view in order. */
static SurvivalProblem
check_exits(const SurvivalView *view)
{
	int64         at_risk = 0;
	int64         entered = 0;
	SurvivalEntry entry;

	for (int32 i = 0; i < view->places; i++)
	{
		bool  enters = SURVIVAL_WHAT(view->cells[i].key) == SURVIVAL_ENTERED;
		int64 count = (int64) view->cells[i].count;

		check_interrupts((uint32) i);
		if (count < 0)
			return SURVIVAL_TOO_FEW;
		if (pg_add_s64_overflow(enters ? entered : at_risk, count, enters ? &entered : &at_risk))
			return SURVIVAL_TOO_MANY;
	}
	at_risk -= entered;
	for (int32 place = 0; survival_next(view, &place, &entry);)
	{
		at_risk -= (int64) (entry.count[0] + entry.count[1]);
		if (at_risk < 0)
			return SURVIVAL_TOO_FEW;
		at_risk += (int64) entry.entered;
	}
	return SURVIVAL_SOUND;
}

static int
compare_reasons(SurvivalReason a, SurvivalReason b)
{
	int order = memcmp(a.name, b.name, Min(a.length, b.length));

	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* Leaves the reasons that events have, in the order of their bytes, and names them in the keys. */
static void
order_reasons(SurvivalView *view)
{
	SurvivalReason reason[SURVIVAL_MOST_REASONS];
	uint32         order[SURVIVAL_MOST_REASONS];
	uint32         place[SURVIVAL_MOST_REASONS];
	bool           used[SURVIVAL_MOST_REASONS] = {false};
	uint32         n = 0;

	for (int32 i = 0; i < view->places; i++)
	{
		uint32 what = SURVIVAL_WHAT(view->cells[i].key);

		check_interrupts((uint32) i);
		if (what > SURVIVAL_EVENT)
			used[what - SURVIVAL_EVENT - 1] = true;
	}
	for (uint32 i = 0; i < view->reasons; i++)
	{
		uint32 at = n;

		if (!used[i])
			continue;
		for (; at > 0 && compare_reasons(reason[at - 1], view->reason[i]) >= 0; at--)
		{
			if (compare_reasons(reason[at - 1], view->reason[i]) == 0)
				summary_refuse_value(&SURVIVAL);
			reason[at] = reason[at - 1];
			order[at] = order[at - 1];
		}
		reason[at] = view->reason[i];
		order[at] = i;
		n++;
	}
	for (uint32 i = 0; i < n; i++)
	{
		view->reason[i] = reason[i];
		place[order[i]] = i;
	}
	view->reasons = n;
	for (int32 i = 0; i < view->places; i++)
	{
		uint64 *key = &view->cells[i].key;
		uint32  what = SURVIVAL_WHAT(*key);

		check_interrupts((uint32) i);
		if (what > SURVIVAL_EVENT)
			*key = SURVIVAL_KEY(SURVIVAL_DURATION(*key),
			                    SURVIVAL_EVENT + 1 + place[what - SURVIVAL_EVENT - 1]);
	}
}

/* The parameters of a view's reasons, and their size. */
static void *
make_params(const SurvivalView *view, Size *size)
{
	ReasonParams  *params;
	unsigned char *at;

	*size = sizeof(ReasonParams);
	for (uint32 i = 0; i < view->reasons; i++)
		*size += 1 + view->reason[i].length;
	params = palloc(*size);
	*params = (ReasonParams){view->reasons, (uint32) (*size - sizeof(ReasonParams))};
	at = (unsigned char *) (params + 1);
	for (uint32 i = 0; i < view->reasons; i++)
	{
		*at++ = (unsigned char) view->reason[i].length;
		memcpy(at, view->reason[i].name, view->reason[i].length);
		at += view->reason[i].length;
	}
	return params;
}

/* What needs no version 2 is written as what 1.0.0 wrote. */
static SurvivalProblem
cells_in_order(SurvivalView *view, void **value)
{
	SurvivalSummary *table;
	bool             plain;
	void            *params;
	Size             size;

	order_reasons(view);
	plain = view->reasons == 0;
	for (int32 i = 0; plain && i < view->places; i++)
		plain = SURVIVAL_WHAT(view->cells[i].key) != SURVIVAL_ENTERED;
	if (!plain)
	{
		params = make_params(view, &size);
		*value = keyed_counts_canonical(&survival_counts, params, size, view->cells,
		                                (uint32) view->places);
		return check_exits(view);
	}
	table = survival_to_state(summary_blank());
	for (int32 i = 0; i < view->places; i++)
		table = survival_count_in_table(table, SURVIVAL_DURATION(view->cells[i].key),
		                                SURVIVAL_WHAT(view->cells[i].key) == SURVIVAL_CENSORED,
		                                view->cells[i].count, true);
	return survival_in_order(table, value);
}

SurvivalProblem
survival_in_order(const void *state, void **value)
{
	SurvivalView view = survival_view(state);

	return view.by_key ? cells_in_order(&view, value) : table_in_order(&view, value);
}

void *
survival_canonical(const void *state)
{
	void *value;

	switch (survival_in_order(state, &value))
	{
		case SURVIVAL_TOO_MANY:
			summary_refuse_overflow("count of customers");
		case SURVIVAL_TOO_FEW:
			summary_refuse_shortage("customers");
		case SURVIVAL_SOUND:
			break;
	}
	return value;
}

/* The table */

/* The place of a duration in a table that has room for it. */
static int32
take_place(SurvivalSummary *table, int32 duration)
{
	int32 place = survival_find(table, duration);

	if (place >= 0)
		return place;
	table->durations[~place] = duration;
	table->used++;
	return ~place;
}

/*
 * A table of whoever is in the value, at most three quarters full with so many durations more, or
 * with twice as many for 0.  Durations without customers, which a moving window leaves, are gone.
 */
static SurvivalSummary *
rebuilt_table(const void *value, int width, int64 more)
{
	SurvivalView     view = survival_view(value);
	int              capacity = SURVIVAL_SMALLEST_TABLE;
	int64            alive = 0;
	int64            needed;
	SurvivalSummary *table;
	SurvivalEntry    entry;

	for (int32 place = 0; survival_next(&view, &place, &entry);)
		alive++;
	needed = alive + (more > 0 ? more : Max(alive, 1));
	while ((INT64CONST(3) << capacity) < needed * 4 && capacity <= SURVIVAL_LARGEST_TABLE)
		capacity++;
	if (capacity > SURVIVAL_LARGEST_TABLE)
		summary_check_size(&SURVIVAL, PG_UINT64_MAX);
	table = survival_make(INT64CONST(1) << capacity, width);
	table->flags |= SURVIVAL_TABLE;
	table->capacity = (uint8) capacity;
	memset(table->durations, 0xFF, sizeof(int32) << capacity); /* all of them free */
	for (int32 place = 0; survival_next(&view, &place, &entry);)
	{
		int32 used = table->used;
		int32 taken = take_place(table, entry.duration);

		if (table->used == used)
			summary_refuse_value(&SURVIVAL);
		survival_set_counts(survival_counters(table), width, taken, &entry);
	}
	return table;
}

SurvivalSummary *
survival_count_in_table(SurvivalSummary *table, int32 duration, bool censored,
                        uint64 customers, bool add)
{
	int    width = table->flags & SURVIVAL_WIDTH;
	int32  place;
	uint64 after;
	Size   at;

	if (customers == 0)
		return table;
	place = survival_find(table, duration);
	if (place < 0)
	{
		if (!add)
			summary_refuse_shortage("customers");
		/* at most three quarters of the places are taken */
		if (place == SURVIVAL_NOWHERE ||
		    (int64) table->used * 4 >= (INT64CONST(3) << table->capacity))
			table = rebuilt_table(table, width, 0);
		place = take_place(table, duration);
	}

	at = 2 * (Size) place + censored;
	after = summary_moved(cxm_counter_get(survival_counters(table), width, at), customers, add,
	                      "customers");
	if (after > cxm_counter_limit(width))
	{
		width = cxm_counter_width(after);
		table = rebuilt_table(table, width, Max((int64) table->used / 2, 1));
		place = take_place(table, duration);
	}
	cxm_counter_set(survival_counters(table), width, 2 * (Size) place + censored, after);
	return table;
}

/* Reasons and entries */

KeyedCounts *
survival_make_any(void)
{
	static const struct
	{
		ReasonParams  params;
		unsigned char room[120];
	} first = {{0, 0}, {0}};

	return keyed_counts_make(&survival_counts, &first, sizeof(first), 0);
}

static bool
is_state_of_version_2(const void *state)
{
	const KeyedCounts *counts = state;

	return keyed_counts_is_state(&survival_counts, counts) &&
	       counts->params_size >= sizeof(ReasonParams) &&
	       PARAMS_OF(counts)->reasons <= SURVIVAL_MOST_REASONS &&
	       PARAMS_OF(counts)->used <= counts->params_size - sizeof(ReasonParams);
}

/* The place of a reason in a state; SURVIVAL_MOST_REASONS where it is not there. */
static uint32
find_reason(const KeyedCounts *state, SurvivalReason reason)
{
	const ReasonParams  *params = PARAMS_OF(state);
	const unsigned char *at = (const unsigned char *) (params + 1);
	const unsigned char *end = at + params->used;

	for (uint32 place = 0; place < params->reasons; place++)
	{
		if (at >= end || *at > end - at - 1)
			summary_refuse_value(&SURVIVAL);
		if (*at == reason.length && memcmp(at + 1, reason.name, reason.length) == 0)
			return place;
		at += 1 + *at;
	}
	return SURVIVAL_MOST_REASONS;
}

/* A state of the same counts with the reasons that they have. */
static KeyedCounts *
state_of_cells(SurvivalView *view)
{
	Size  size;
	void *params;

	order_reasons(view);
	params = make_params(view, &size);
	return keyed_counts_merge(
	    &survival_counts,
	    keyed_counts_make(&survival_counts, params, size, (uint32) view->places), view->cells,
	    (uint32) view->places, true);
}

/* The state, with no reason that nobody has any more where there must be room for so many. */
static KeyedCounts *
with_room(KeyedCounts *state, uint32 reasons)
{
	SurvivalView view;

	if (PARAMS_OF(state)->reasons + reasons <= SURVIVAL_MOST_REASONS)
		return state;
	view = survival_view(state);
	return state_of_cells(&view);
}

static KeyedCounts *
add_reason(KeyedCounts *state, SurvivalReason reason)
{
	ReasonParams  *params = PARAMS_OF(state);
	Size           end = sizeof(ReasonParams) + params->used + 1 + reason.length;
	unsigned char *at;

	if (params->reasons == SURVIVAL_MOST_REASONS)
		ereport(ERROR,
		        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		         errmsg("too many different reasons in a survival summary"),
		         errdetail("At most %d are possible.", SURVIVAL_MOST_REASONS),
		         errhint("Put the rare ones together, as in CASE WHEN reason IN ('price', "
		                 "'service') THEN reason ELSE 'other' END.")));
	if (end > state->params_size)
	{
		state = keyed_counts_grow(&survival_counts, state, MAXALIGN(2 * end), state->cells);
		params = PARAMS_OF(state);
	}
	at = (unsigned char *) (params + 1) + params->used;
	*at = (unsigned char) reason.length;
	memcpy(at + 1, reason.name, reason.length);
	params->used += 1 + reason.length;
	params->reasons++;
	return state;
}

uint32
survival_take_reason(KeyedCounts **state, SurvivalReason reason)
{
	uint32 place = find_reason(*state, reason);

	if (place < SURVIVAL_MOST_REASONS)
		return place;
	*state = add_reason(with_room(*state, 1), reason);
	return PARAMS_OF(*state)->reasons - 1;
}

KeyedCounts *
survival_count_cell(KeyedCounts *state, int32 duration, uint32 what, uint64 customers, bool add)
{
	return keyed_counts_count(&survival_counts, state, SURVIVAL_KEY(duration, what), customers,
	                          add);
}

KeyedCounts *
survival_receive_cells(StringInfo buffer, KeyedCounts *state, uint32 reasons)
{
	return keyed_counts_receive(&survival_counts, buffer, state, reasons);
}

/* The same counts as a state of version 2. */
static KeyedCounts *
as_version_2(void *state)
{
	SurvivalView  view;
	KeyedCounts  *counts;
	SurvivalEntry entry;

	if (is_state_of_version_2(state))
		return state;
	view = survival_view(state);
	counts = survival_make_any();
	for (int32 place = 0; survival_next(&view, &place, &entry);)
	{
		counts = survival_count_cell(counts, entry.duration, SURVIVAL_EVENT, entry.count[0], true);
		counts =
		    survival_count_cell(counts, entry.duration, SURVIVAL_CENSORED, entry.count[1], true);
	}
	return counts;
}

/* Adds the counts of a view of version 2, or takes them out. */
static KeyedCounts *
merge_cells(KeyedCounts *state, SurvivalView *view, bool add)
{
	uint32 place[SURVIVAL_MOST_REASONS];
	uint32 fresh = 0;

	order_reasons(view);
	for (uint32 i = 0; i < view->reasons; i++)
		fresh += find_reason(state, view->reason[i]) == SURVIVAL_MOST_REASONS;
	if (fresh > 0 && !add)
		summary_refuse_shortage("customers");
	state = with_room(state, fresh);
	for (uint32 i = 0; i < view->reasons; i++)
	{
		place[i] = find_reason(state, view->reason[i]);
		if (place[i] < SURVIVAL_MOST_REASONS)
			continue;
		state = add_reason(state, view->reason[i]);
		place[i] = PARAMS_OF(state)->reasons - 1;
	}
	for (int32 i = 0; i < view->places; i++)
	{
		uint64 key = view->cells[i].key;
		uint32 what = SURVIVAL_WHAT(key);

		check_interrupts((uint32) i);
		if (what > SURVIVAL_EVENT)
			what = SURVIVAL_EVENT + 1 + place[what - SURVIVAL_EVENT - 1];
		state = survival_count_cell(state, SURVIVAL_DURATION(key), what, view->cells[i].count, add);
	}
	return state;
}

/* Counting and merging */

void *
survival_to_state(const void *value)
{
	SurvivalView view = survival_view(value);

	return view.by_key ? (void *) state_of_cells(&view)
	                          : (void *) rebuilt_table(value, view.width, 1);
}

/* The state, any value or NULL, as a state that may be changed: itself if it is one. */
static void *
as_state(void *state)
{
	if (state != NULL && (survival_is_table(state) || is_state_of_version_2(state)))
		return state;
	return survival_to_state(state != NULL ? pg_detoast_datum_packed(state) : summary_blank());
}

void *
survival_count(void *state, int32 duration, bool censored, bool add)
{
	state = as_state(state);
	if (is_version_2(state))
		return survival_count_cell(state, duration, censored ? SURVIVAL_CENSORED : SURVIVAL_EVENT,
		                           1, add);
	return survival_count_in_table(state, duration, censored, 1, add);
}

void *
survival_count_any(void *state, const SurvivalCustomer *customer, bool add)
{
	uint32       what = customer->censored ? SURVIVAL_CENSORED : SURVIVAL_EVENT;
	KeyedCounts *counts;
	uint32       place;

	state = as_state(state);
	if (customer->entry == 0 && (customer->censored || customer->reason == NULL) &&
	    !is_version_2(state))
		return survival_count_in_table(state, customer->duration, customer->censored, 1, add);
	counts = as_version_2(state);
	if (!customer->censored && customer->reason != NULL)
	{
		place = add ? survival_take_reason(&counts, *customer->reason)
		            : find_reason(counts, *customer->reason);
		if (place == SURVIVAL_MOST_REASONS)
			summary_refuse_shortage("customers");
		what = SURVIVAL_EVENT + 1 + place;
	}
	counts = survival_count_cell(counts, customer->duration, what, 1, add);
	if (customer->entry > 0)
		counts = survival_count_cell(counts, customer->entry, SURVIVAL_ENTERED, 1, add);
	return counts;
}

/* Adds the customers of a value of version 1, or takes them out. */
static void *
merge_entries(void *state, const SurvivalView *view, bool add)
{
	bool          version_2 = is_version_2(state);
	SurvivalEntry entry;

	/* a table's durations come in the order of their places: a smaller table would be crowded */
	if (!version_2 && add)
	{
		SurvivalSummary *table = state;

		if (((int64) table->used + view->used) * 4 > (INT64CONST(3) << table->capacity))
			state = rebuilt_table(table, table->flags & SURVIVAL_WIDTH, view->used);
	}
	for (int32 place = 0; survival_next(view, &place, &entry);)
		for (int which = 0; which < 2; which++)
			if (version_2)
				state = survival_count_cell(state, entry.duration,
				                            which == 0 ? SURVIVAL_EVENT : SURVIVAL_CENSORED,
				                            entry.count[which], add);
			else
				state = survival_count_in_table(state, entry.duration, which == 1,
				                                entry.count[which], add);
	return state;
}

void *
survival_merge(void *state, const void *value, bool add)
{
	SurvivalView view = survival_view(value);

	state = as_state(state);
	if (view.by_key)
		return merge_cells(as_version_2(state), &view, add);
	return merge_entries(state, &view, add);
}

/* Walking */

SurvivalWalk
survival_walk(const void *value)
{
	SurvivalWalk  walk = {.view = survival_view(value), .curve = CXM_KAPLAN_MEIER_START};
	SurvivalEntry entry;
	int64         entered = 0;

	if (walk.view.table)
		walk.view = survival_view(survival_canonical(value));
	walk.at_risk = survival_customers(&walk.view, true, true);
	if (!walk.view.by_key)
		return walk;
	for (int32 place = 0; survival_next(&walk.view, &place, &entry);)
		if (pg_add_s64_overflow(entered, (int64) entry.entered, &entered))
			summary_refuse_value(&SURVIVAL);
	walk.at_risk -= entered;
	return walk;
}

bool
survival_is_known(const SurvivalWalk *walk, int64 duration)
{
	int32 places = walk->view.places;

	return walk->curve.survival == 0 ||
	       (places > 0 && duration <= survival_duration_at(&walk->view, (Size) places - 1));
}
