/*
 * shift_state.c
 *		The state of a shift_summary: making, counting, merging and leaving.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "ratings/shift_state.h"

/* Room for the first segments, and for as many again whenever there is none left. */
#define FIRST_ROOM 8

/* Bytes of anything here, which begins and ends at a multiple of four. */
#define PADDED(size) TYPEALIGN(sizeof(uint32), (size))

static inline uint64
cell_size(ShiftSegment segment, const void *const ratings[2])
{
	uint64 name = segment.length == SHIFT_NULL_SEGMENT ? 0 : PADDED(segment.length);

	return sizeof(uint32) + name + PADDED(VARSIZE(ratings[0])) + PADDED(VARSIZE(ratings[1]));
}

/*
 * Looking at a value
 *
 * Anyone can call a support function, and so no place and no size is believed.  What the ratings
 * hold is looked at by those who read ratings.
 */

static inline bool
in_bounds(const ShiftSummary *summary, uint32 at, uint32 size)
{
	return at <= summary->end && size <= summary->end - at;
}

/* The rating summary at *at, which moves behind it. */
static void *
rating_at(const ShiftSummary *summary, uint32 *at)
{
	char *rating = (char *) summary + *at;

	if (!in_bounds(summary, *at, VARHDRSZ) || !VARATT_IS_4B_U(rating) ||
	    VARSIZE(rating) < VARHDRSZ || !in_bounds(summary, *at, PADDED(VARSIZE(rating))))
		summary_refuse_value(&SHIFT);
	*at += PADDED(VARSIZE(rating));
	return rating;
}

ShiftView
shift_view(const void *value)
{
	SummaryBytes bytes = summary_open(&SHIFT, value);
	ShiftView    view = {.summary = (ShiftSummary *) value};
	Size         size = (Size) (bytes.end - bytes.at) + VARHDRSZ;
	uint32       at;

	if (!VARATT_IS_4B_U(value))
	{
		/* what is packed may lie anywhere */
		view.summary = palloc(size);
		SET_VARSIZE(view.summary, size);
		memcpy(VARDATA(view.summary), bytes.at, size - VARHDRSZ);
	}
	if (view.summary->end > size || view.summary->segments > view.summary->room ||
	    view.summary->room > (size - offsetof(ShiftSummary, index)) / sizeof(uint32))
		summary_refuse_value(&SHIFT);
	at = offsetof(ShiftSummary, index) + view.summary->room * sizeof(uint32);
	view.terms = rating_at(view.summary, &at);
	return view;
}

/* The segment of cell i; *at moves from its beginning behind its name. */
static ShiftSegment
segment_at(const ShiftSummary *summary, uint32 i, uint32 *at)
{
	ShiftSegment segment;

	*at = summary->index[i];
	if (*at % sizeof(uint32) != 0 || !in_bounds(summary, *at, sizeof(uint32)))
		summary_refuse_value(&SHIFT);
	memcpy(&segment.length, (const char *) summary + *at, sizeof(uint32));
	*at += sizeof(uint32);
	segment.name = (const char *) summary + *at;
	if (segment.length != SHIFT_NULL_SEGMENT)
	{
		if (segment.length > SHIFT_LONGEST_SEGMENT ||
		    !in_bounds(summary, *at, PADDED(segment.length)))
			summary_refuse_value(&SHIFT);
		*at += PADDED(segment.length);
	}
	return segment;
}

static ShiftCell
cell_of(const ShiftSummary *summary, uint32 i)
{
	ShiftCell cell;
	uint32    at;

	cell.segment = segment_at(summary, i, &at);
	for (int side = 0; side < 2; side++)
		cell.ratings[side] = rating_at(summary, &at);
	return cell;
}

ShiftCell
shift_cell(const ShiftView *view, uint32 i)
{
	ShiftCell cell = cell_of(view->summary, i);

	CHECK_FOR_INTERRUPTS();
	for (int side = 0; side < 2; side++)
		if (!rating_same_terms(view->terms, cell.ratings[side]))
			summary_refuse_value(&SHIFT);
	return cell;
}

/* NULL is the last of all names; a name goes before those that it begins. */
static int
compare_segments(ShiftSegment a, ShiftSegment b)
{
	int order;

	if (a.length == SHIFT_NULL_SEGMENT || b.length == SHIFT_NULL_SEGMENT)
		return a.length == b.length ? 0 : a.length == SHIFT_NULL_SEGMENT ? 1 : -1;
	order = memcmp(a.name, b.name, Min(a.length, b.length));
	if (order == 0 && a.length != b.length)
		order = a.length < b.length ? -1 : 1;
	return order;
}

/* Where the segment is in the index, or else would be. */
static bool
find_segment(const ShiftSummary *state, ShiftSegment segment, uint32 *place)
{
	uint32 low = 0;
	uint32 high = state->segments;
	uint32 at;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;
		int    order = compare_segments(segment_at(state, middle, &at), segment);

		if (order == 0)
		{
			*place = middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*place = low;
	return false;
}

bool
shift_has(const ShiftSummary *state, ShiftSegment segment)
{
	uint32 place;

	return find_segment(state, segment, &place);
}

/* Writing */

static void
append_bytes(ShiftSummary *summary, const void *bytes, Size size)
{
	memcpy((char *) summary + summary->end, bytes, size);
	summary->end += PADDED(size);
}

/* A summary without segments, of these terms, with room for so many and bytes for their cells. */
static ShiftSummary *
make_summary(const void *terms, uint64 room, uint64 cells)
{
	uint64 size =
	    offsetof(ShiftSummary, index) + room * sizeof(uint32) + PADDED(VARSIZE(terms)) + cells;
	ShiftSummary *summary;

	summary_check_size(&SHIFT, size);
	summary = palloc0(size);
	SET_VARSIZE(summary, size);
	summary->version = SHIFT_VERSION;
	summary->room = room;
	summary->end = offsetof(ShiftSummary, index) + room * sizeof(uint32);
	append_bytes(summary, terms, VARSIZE(terms));
	return summary;
}

/* Writes a cell, for which there is room, and returns where it begins. */
static uint32
append_cell(ShiftSummary *summary, ShiftSegment segment, const void *const ratings[2])
{
	uint32 at = summary->end;

	append_bytes(summary, &segment.length, sizeof(uint32));
	if (segment.length != SHIFT_NULL_SEGMENT)
		append_bytes(summary, segment.name, segment.length);
	for (int side = 0; side < 2; side++)
		append_bytes(summary, ratings[side], VARSIZE(ratings[side]));
	return at;
}

/* A rating summary of nothing with the terms of this one. */
static void *
terms_of(const void *rating)
{
	return rating_canonical(rating_merge(rating_to_state(rating), rating, false));
}

static ShiftSummary *
make_empty(const void *terms)
{
	return make_summary(terms, FIRST_ROOM,
	                    FIRST_ROOM * (4 * sizeof(uint32) + 2 * PADDED(VARSIZE(terms))));
}

ShiftSummary *
shift_make(const void *rating)
{
	return make_empty(terms_of(rating));
}

/* The state anew, with as much room again and for so many bytes more; what it had given up goes. */
static pg_noinline ShiftSummary *
rebuild(const ShiftSummary *state, uint64 more)
{
	ShiftView     view = shift_view(state);
	uint64        cells = more;
	ShiftSummary *built;

	for (uint32 i = 0; i < state->segments; i++)
	{
		ShiftCell cell = shift_cell(&view, i);

		cells += cell_size(cell.segment, (const void *const *) cell.ratings);
	}
	built = make_summary(view.terms, Max(FIRST_ROOM, 2 * (uint64) state->segments), 2 * cells);
	for (uint32 i = 0; i < state->segments; i++)
	{
		ShiftCell cell = shift_cell(&view, i);

		built->index[built->segments++] =
		    append_cell(built, cell.segment, (const void *const *) cell.ratings);
	}
	return built;
}

static inline bool
has_room(const ShiftSummary *state, uint64 bytes)
{
	return bytes <= VARSIZE(state) - state->end;
}

/* The state with the segment at a place in the index, without any ratings as yet. */
static pg_noinline ShiftSummary *
insert_segment(ShiftSummary *state, uint32 place, ShiftSegment segment)
{
	const void *nothing = shift_view(state).terms;
	uint64      bytes = cell_size(segment, (const void *const[2]){nothing, nothing});

	if (state->segments == state->room || !has_room(state, bytes))
	{
		state = rebuild(state, bytes);
		nothing = shift_view(state).terms;
	}
	memmove(state->index + place + 1, state->index + place,
	        (state->segments - place) * sizeof(uint32));
	state->index[place] = append_cell(state, segment, (const void *const[2]){nothing, nothing});
	state->segments++;
	return state;
}

/* The state with other ratings on one side of a segment. */
static pg_noinline ShiftSummary *
replace_rating(ShiftSummary *state, uint32 place, int side, void *rating)
{
	ShiftCell cell = cell_of(state, place);
	uint64    bytes;

	cell.ratings[side] = rating;
	bytes = cell_size(cell.segment, (const void *const *) cell.ratings);
	if (!has_room(state, bytes))
	{
		state = rebuild(state, bytes);
		cell = cell_of(state, place);
		cell.ratings[side] = rating;
	}
	state->index[place] = append_cell(state, cell.segment, (const void *const *) cell.ratings);
	return state;
}

static ShiftSummary *
remove_segment(ShiftSummary *state, uint32 place)
{
	state->segments--;
	memmove(state->index + place, state->index + place + 1,
	        (state->segments - place) * sizeof(uint32));
	/* a state is no larger than it has to be, however large it once was */
	return state->room > FIRST_ROOM && state->segments < state->room / 4 ? rebuild(state, 0)
	                                                                     : state;
}

/* Counting and merging */

static bool
is_nothing(const void *rating)
{
	return rating == NULL || SUMMARY_IS_BLANK(rating) || rating_is_empty(rating);
}

/* The state for ratings of these terms, to which those of an empty state give way. */
static ShiftSummary *
state_for(ShiftSummary *state, const void *rating)
{
	const void *terms;

	if (state == NULL)
		return shift_make(rating);
	terms = shift_view(state).terms;
	if (rating_same_terms(terms, rating))
		return state;
	if (!shift_is_empty(state))
		rating_refuse_mixture(terms, rating);
	return shift_make(rating);
}

static ShiftSummary *
count_side(ShiftSummary *state, ShiftSegment segment, int side, const void *rating, bool add)
{
	ShiftCell cell;
	uint32    place;
	void     *merged;

	state = state_for(state, rating);
	if (!find_segment(state, segment, &place))
	{
		if (!add)
			summary_refuse_shortage("ratings");
		state = insert_segment(state, place, segment);
	}
	cell = cell_of(state, place);
	if (!rating_same_terms(cell.ratings[side], rating))
		summary_refuse_value(&SHIFT);
	merged = rating_merge(cell.ratings[side], rating, add);
	if (merged != cell.ratings[side])
		state = replace_rating(state, place, side, merged);
	if (!add && is_nothing(merged) && is_nothing(cell.ratings[!side]))
		state = remove_segment(state, place);
	return state;
}

ShiftSummary *
shift_count(ShiftSummary *state, ShiftSegment segment, const void *before, const void *after,
            bool add)
{
	const void *const ratings[2] = {before, after};
	ShiftCell         cell;
	uint32            place;
	bool              found = false;

	/* nearly every row finds its segment, and counters with room */
	if (add && state != NULL)
	{
		found = find_segment(shift_view(state).summary, segment, &place);
		if (found)
			cell = cell_of(state, place);
	}
	for (int side = 0; side < 2; side++)
	{
		if (ratings[side] == NULL || SUMMARY_IS_BLANK(ratings[side]) ||
		    (found && rating_merge_in_place(cell.ratings[side], ratings[side], true)) ||
		    rating_is_empty(ratings[side]))
			continue;
		state = count_side(state, segment, side, ratings[side], add);
		found = false; /* the cell may have moved */
	}
	return state;
}

void *
shift_merge(void *state, const void *value, bool add)
{
	ShiftView view = shift_view(value);

	for (uint32 i = 0; i < view.summary->segments; i++)
	{
		ShiftCell cell = shift_cell(&view, i);

		state = shift_count(state, cell.segment, cell.ratings[SHIFT_BEFORE],
		                    cell.ratings[SHIFT_AFTER], add);
	}
	return state;
}

void *
shift_total(const ShiftView *view, int side)
{
	void *total = rating_to_state(view->terms);

	for (uint32 i = 0; i < view->summary->segments; i++)
		total = rating_merge(total, shift_cell(view, i).ratings[side], true);
	return rating_canonical(total);
}

/* Leaving */

bool
shift_is_empty(const void *state)
{
	ShiftView view = shift_view(state);

	for (uint32 i = 0; i < view.summary->segments; i++)
	{
		ShiftCell cell = shift_cell(&view, i);

		if (!is_nothing(cell.ratings[SHIFT_BEFORE]) || !is_nothing(cell.ratings[SHIFT_AFTER]))
			return false;
	}
	return true;
}

void *
shift_to_state(const void *value)
{
	return rebuild(shift_view(value).summary, 0);
}

void *
shift_canonical(const void *state)
{
	ShiftView  view = shift_view(state);
	ShiftCell *cells =
	    palloc_extended(Max(1, view.summary->segments) * sizeof(ShiftCell), MCXT_ALLOC_HUGE);
	uint32        n = 0;
	uint64        bytes = 0;
	ShiftSummary *canonical;

	for (uint32 i = 0; i < view.summary->segments; i++)
	{
		ShiftCell cell = shift_cell(&view, i);

		if (is_nothing(cell.ratings[SHIFT_BEFORE]) && is_nothing(cell.ratings[SHIFT_AFTER]))
			continue;
		for (int side = 0; side < 2; side++)
			cell.ratings[side] = rating_canonical(cell.ratings[side]);
		bytes += cell_size(cell.segment, (const void *const *) cell.ratings);
		cells[n++] = cell;
	}
	canonical = make_summary(terms_of(view.terms), n, bytes);
	for (; canonical->segments < n; canonical->segments++)
		canonical->index[canonical->segments] =
		    append_cell(canonical, cells[canonical->segments].segment,
		                (const void *const *) cells[canonical->segments].ratings);
	pfree(cells);
	return canonical;
}

/* Terms: those of the ratings */

bool
shift_same_terms(const void *a, const void *b)
{
	return rating_same_terms(shift_view(a).terms, shift_view(b).terms);
}

void
shift_refuse_mixture(const void *a, const void *b)
{
	rating_refuse_mixture(shift_view(a).terms, shift_view(b).terms);
}
