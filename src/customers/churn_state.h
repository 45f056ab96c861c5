/*
 * churn_state.h
 *		The state of a churn_summary: its layout, how it is looked at, and counting into it.
 *
 * The same bytes are the aggregates' state and the stored value:
 *
 *	0            4         5       6
 *	+------------+---------+-------+--------------------------------+- - - - - - - -+- - - - -+
 *	| varlena    | version | flags | kept, returned, lost, new,     | reactivated:  | reasons |
 *	| header     | 1 or 2  |       | new and lost: 5 counters       | 1 counter     |         |
 *	+------------+---------+-------+--------------------------------+- - - - - - - -+- - - - -+
 *
 *	flags	bits 0-1: code of the counters' width; bit 2: counted from snapshots; bit 3: reasons
 *
 * Version 2 has the reactivated, and the reasons where flag 3 is set: of each the length of its
 * name in a byte, the name, and the counters of the lost and of the new and lost, in the order of
 * the names' bytes.  Whom no reason counts had none.  A value is of version 2 only where somebody
 * was reactivated or there are reasons, and has no reason that counts nobody.
 *
 * A period [s, e) owns the changes at s <= t < e: "at start" is the state just before s, "at end"
 * the one just before e.  The six kinds of customer exclude each other:
 *
 *					at start	at end		between						before
 *	kept			active		active		active throughout
 *	returned		active		active		away for some time
 *	lost			active		-
 *	new				-			active									never active
 *	reactivated		-			active									active at some time
 *	new and lost	-			-			active for some time
 *
 * Two snapshots do not tell the returned from the kept, nor the reactivated from the new, nor the
 * new and lost from strangers.
 */
#ifndef CXM_CHURN_STATE_H
#define CXM_CHURN_STATE_H

#include "common/summary.h"

#define CHURN_VERSION 1
#define CHURN_NEWEST 2
#define CHURN_WIDTH 0x03
#define CHURN_SNAPSHOTS 0x04
#define CHURN_REASONS 0x08

typedef enum ChurnKind
{
	CHURN_KEPT,
	CHURN_RETURNED,
	CHURN_LOST,
	CHURN_NEW,
	CHURN_NEW_AND_LOST,
	CHURN_REACTIVATED,
	CHURN_STRANGER
} ChurnKind;

#define CHURN_KINDS CHURN_STRANGER /* strangers are not counted */
#define CHURN_FIRST_KINDS CHURN_REACTIVATED

/* So many kinds has a value of this version. */
static inline int
churn_kinds(uint8 version)
{
	return version == CHURN_VERSION ? CHURN_FIRST_KINDS : CHURN_KINDS;
}

typedef struct ChurnSummary
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	unsigned char counters[FLEXIBLE_ARRAY_MEMBER];
} ChurnSummary;

/* The most reasons, and the longest name of one, in bytes. */
#define CHURN_MOST_REASONS 256
#define CHURN_LONGEST_REASON 255

/* Whom a reason counts: of the lost, and of the new and lost. */
#define CHURN_LOSSES 2

typedef struct ChurnReason
{
	int         length;
	const char *name; /* NULL: no reason */
	uint64      count[CHURN_LOSSES];
} ChurnReason;

/* What a value or a state holds.  All customers together are as many as bigint can say. */
typedef struct ChurnView
{
	bool                 snapshots;
	bool                 has_reasons;
	int                  width;
	uint64               count[CHURN_KINDS];
	uint64               total;
	const unsigned char *reasons; /* up to end, where there are any */
	const unsigned char *end;
} ChurnView;

/* The reasons of a value, in the order of their names. */
typedef struct ChurnReasons
{
	int         n;
	ChurnReason of[CHURN_MOST_REASONS];
} ChurnReasons;

extern SUMMARY_TYPE_HIDDEN const SummaryType CHURN;

/* Looks at a value with either kind of varlena header; trusts no byte of it.  A blank is empty. */
extern ChurnView churn_view(const void *value);

/* Its reasons, which are looked at here; an error where they count others than those who left. */
extern void churn_read_reasons(const ChurnView *view, ChurnReasons *reasons);

/* The place of the reason of this name, made where there is none; -1 where there is no room. */
extern int churn_reason_place(ChurnReasons *reasons, const char *name, int length);

/* Do the reasons count nobody but those who left? */
extern bool churn_reasons_fit(const ChurnView *view, const ChurnReasons *reasons);

/* The canonical value of these counts, whose total bigint can say, and of any reasons. */
extern ChurnSummary *churn_make(const ChurnView *view, const ChurnReasons *reasons);

/*
 * Counts a customer, or takes one out: in place, or in the state that replaces this one, which may
 * be any value or NULL.  The reason is NULL where none are told.
 */
extern void *churn_count(void *state, ChurnKind kind, bool snapshots, const ChurnReason *reason,
                         bool add);

/* The same where no reasons are told, in a state that fits and has room; false for any other. */
static pg_attribute_always_inline bool
churn_count_in_place(ChurnSummary *state, ChurnKind kind, uint8 flags, bool add)
{
	const Size header = offsetof(ChurnSummary, counters);

	/* anyone can call a support function, so no byte is believed that has not been compared */
	return likely(VARATT_IS_4B_U(state) && VARSIZE(state) > header &&
	              (state->flags & ~CHURN_WIDTH) == flags &&
	              summary_knows_version(&CHURN, state->version) &&
	              VARSIZE(state) == header + ((Size) churn_kinds(state->version)
	                                          << (state->flags & CHURN_WIDTH)) &&
	              (int) kind < churn_kinds(state->version)) &&
	       cxm_counter_count(state->counters, state->flags & CHURN_WIDTH, kind, add);
}

extern void *churn_canonical(const void *state);
extern bool  churn_is_empty(const void *state);
extern bool  churn_same_terms(const void *a, const void *b);
extern void  churn_refuse_mixture(const void *a, const void *b);
extern void *churn_merge(void *state, const void *value, bool add);

#define churn_to_state churn_canonical

#endif /* CXM_CHURN_STATE_H */
