/*
 * driver_state.h
 *		Counting rows of an outcome and of what may drive it.
 *
 *	0         4         5       6         7     8       10       12       16      24
 *	+---------+---------+-------+---------+-----+-------+--------+--------+-------+-----------
 *	| varlena | version | flags | drivers | low | bytes | size   | unused | rows  | incomplete,
 *	| header  | 1       |       |         |     |       | uint16 | 0      | int64 | int64 ...
 *	+---------+---------+-------+---------+-----+-------+--------+--------+-------+-----------
 *
 * Behind these are the names and the sums.
 *
 *	flags		bit 0: the sums are wide
 *	names		of the drivers, size bytes: a byte that says how long a name is, and the name; and
 *				zeros up to a multiple of eight bytes
 *	sums		as core/cross_products.h has them
 *
 * In an aggregate's state the sums are wide, CxmFixedSum.  A stored value leaves out what all sums
 * have in common: of each there are some bytes, the least significant first, without the low ones,
 * which are zero, and without those at the high end that only repeat the sign.
 */
#ifndef CXM_DRIVER_STATE_H
#define CXM_DRIVER_STATE_H

#include "common/summary.h"
#include "core/cross_products.h"
#include "core/linear_model.h"

#define DRIVER_VERSION 1
#define DRIVER_WIDE 0x01

#define DRIVER_NAME_MOST 255

typedef struct DriverSummary
{
	int32  vl_len_;
	uint8  version;
	uint8  flags;
	uint8  drivers;
	uint8  low;
	uint8  bytes;
	uint8  unused;
	uint16 names_size; /* with the zeros */
	uint32 unused_too;
	int64  rows; /* complete */
	int64  incomplete;
	char   names[FLEXIBLE_ARRAY_MEMBER];
} DriverSummary;

/* The names of the drivers as they lie in a value. */
typedef struct DriverNames
{
	int         drivers;
	Size        size;
	const char *names;
} DriverNames;

/* What a value or a state holds. */
typedef struct DriverView
{
	DriverNames          terms;
	int64                rows;
	int64                incomplete;
	bool                 wide;
	int                  low;
	int                  bytes;
	const unsigned char *sums;
} DriverView;

extern const SummaryType DRIVER;

/* Looks at a value with either kind of varlena header; trusts no byte of it.  A blank is empty. */
extern DriverView  driver_view(const void *value);
extern CxmFixedSum driver_sum(const DriverView *view, Size i);

static inline Size
driver_sums(int drivers)
{
	return cxm_cross_products(drivers + 1);
}

/* Names as terms, built one by one; false for one that is there already. */
extern void driver_names_start(DriverNames *terms, char *room);
extern bool driver_names_add(DriverNames *terms, const char *name, int length);
extern void driver_names_finish(DriverNames *terms);

/* The most that the names of all drivers take. */
#define DRIVER_NAMES_MOST (CXM_MOST_DRIVERS * (1 + DRIVER_NAME_MOST))

/* The name that begins at *at, which then is where the next begins. */
static inline const char *
driver_next_name(const char **at, int *length)
{
	const char *name = *at + 1;

	*length = (unsigned char) **at;
	*at = name + *length;
	return name;
}

/* A wide state of no rows; and its sums. */
extern DriverSummary *driver_make_state(const DriverNames *terms);

static inline CxmFixedSum *
driver_state_sums(DriverSummary *state)
{
	return (CxmFixedSum *) (state->names + state->names_size);
}

/* Can there be rows of which these are the sums, as far as any two variables tell? */
extern bool driver_is_sound(const DriverView *view);

extern void *driver_to_state(const void *value);
extern void *driver_canonical(const void *state);
extern void *driver_merge(void *state, const void *value, bool add);
extern bool  driver_is_empty(const void *state);
extern bool  driver_same_terms(const void *a, const void *b);
extern void  driver_refuse_mixture(const void *a, const void *b);

/* A state of these terms that can be counted into, from any value or NULL. */
extern DriverSummary *driver_prepared(void *state, const DriverNames *terms);

/* Is it a state of these terms?  Anyone can call a support function: no byte is believed. */
static inline bool
driver_state_fits(const void *state, const DriverNames *terms)
{
	const DriverSummary *fitting = state;

	Assert(terms->names != NULL);
	return VARATT_IS_4B_U(fitting) &&
	       VARSIZE(fitting) == offsetof(DriverSummary, names) + terms->size +
	                               driver_sums(terms->drivers) * sizeof(CxmFixedSum) &&
	       fitting->version == DRIVER_VERSION && fitting->flags == DRIVER_WIDE &&
	       fitting->drivers == terms->drivers && fitting->names_size == terms->size &&
	       memcmp(fitting->names, terms->names, terms->size) == 0;
}

/*
 * Counts a row or takes it out, in place or in the state that replaces this one, which may be any
 * value or NULL.  The row is 1, the outcome and the drivers, on the grid; NULL for one that is
 * incomplete.
 */
static inline void *
driver_count(void *state, const DriverNames *terms, const int64 *row, bool add)
{
	DriverSummary *summary = state;
	int64         *count;

	if (unlikely(state == NULL || !driver_state_fits(state, terms)))
		summary = driver_prepared(state, terms);
	count = row != NULL ? &summary->rows : &summary->incomplete;
	if (unlikely(*count == (add ? PG_INT64_MAX : 0)))
		summary_refuse_count("rows", add);
	*count += add ? 1 : -1;
	if (row != NULL)
		cxm_cross_count(driver_state_sums(summary), row, terms->drivers + 1, add);
	return summary;
}

#endif /* CXM_DRIVER_STATE_H */
