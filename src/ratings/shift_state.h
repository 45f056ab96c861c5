/*
 * shift_state.h
 *		The state of a shift_summary: its layout, how it is looked at, and counting into it.
 *
 * For each segment there are the ratings before and after, which lie here as the rating summaries
 * that they are.  The same bytes are the aggregate's state and the stored value:
 *
 *	0         4         5       6        8          12     16    20
 *	+---------+---------+-------+--------+----------+------+-----+- - - -+- - - -+- - - -+- - -+
 *	| varlena | version | flags | unused | segments | room | end | index | terms | cells | free|
 *	| header  | 1       | 0     | 0      |          |      |     |       |       |       |     |
 *	+---------+---------+-------+--------+----------+------+-----+- - - -+- - - -+- - - -+- - -+
 *
 *	index		so many places as there is room for: of each segment where its cell begins, in the
 *				order of the names' bytes, and last the segment whose name is NULL
 *	terms		a rating summary of nothing, whose terms are those of all ratings here
 *	a cell		the length of the name (all ones: NULL), the name, the ratings before and after
 *	end			where the next cell will be written
 *
 * Places count from the beginning of the varlena, and everything lies at a multiple of four.  All
 * is in the machine's byte order.  A value that leaves the aggregate has its cells in order, no
 * place and no byte to spare, canonical ratings, and no segment without any.  In a state a cell
 * that grows is written anew behind the others.
 */
#ifndef CXM_SHIFT_STATE_H
#define CXM_SHIFT_STATE_H

#include "ratings/rating_state.h"

#define SHIFT_VERSION 1

/* The longest name of a segment in bytes, and the length that stands for NULL. */
#define SHIFT_LONGEST_SEGMENT 255
#define SHIFT_NULL_SEGMENT PG_UINT32_MAX

typedef struct ShiftSummary
{
	int32  vl_len_;
	uint8  version;
	uint8  flags;
	uint16 unused;
	uint32 segments;
	uint32 room;
	uint32 end;
	uint32 index[FLEXIBLE_ARRAY_MEMBER];
} ShiftSummary;

typedef struct ShiftSegment
{
	uint32      length;
	const char *name;
} ShiftSegment;

#define SHIFT_BEFORE 0
#define SHIFT_AFTER 1

/* A segment and its ratings, each a plain varlena. */
typedef struct ShiftCell
{
	ShiftSegment segment;
	void        *ratings[2];
} ShiftCell;

/* How everything looks at a value: as a plain varlena whose fields have been compared. */
typedef struct ShiftView
{
	ShiftSummary *summary;
	void         *terms;
} ShiftView;

extern SUMMARY_TYPE_HIDDEN const SummaryType SHIFT;

extern ShiftView shift_view(const void *value);

/* A cell, whose ratings have the terms of all and can be read. */
extern ShiftCell shift_cell(const ShiftView *view, uint32 i);

/* A summary of nothing, of the terms that a rating summary has, which can be changed. */
extern ShiftSummary *shift_make(const void *rating);

/* Is the segment here? */
extern bool shift_has(const ShiftSummary *state, ShiftSegment segment);

/*
 * Counts the ratings of a segment, either of which may be NULL, or takes them out again.  The state
 * is NULL before the first; what is returned is the state or what replaces it.
 */
extern ShiftSummary *shift_count(ShiftSummary *state, ShiftSegment segment, const void *before,
                                 const void *after, bool add);

/* The ratings of all segments on one side, newly made. */
extern void *shift_total(const ShiftView *view, int side);

/* What the shell asks of a state. */
extern void *shift_to_state(const void *value);
extern void *shift_canonical(const void *state);
extern void *shift_merge(void *state, const void *value, bool add);
extern bool  shift_is_empty(const void *state);
extern bool  shift_same_terms(const void *a, const void *b);
extern void  shift_refuse_mixture(const void *a, const void *b);

#endif /* CXM_SHIFT_STATE_H */
