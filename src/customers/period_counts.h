/*
 * period_counts.h
 *		Summaries that are counters of periods.
 *
 *	0         4         5       6      7        8        12
 *	+---------+---------+-------+------+--------+--------+-------+-------+---------+-------------+
 *	| varlena | version | flags | unit | begins | length | spans | until | counter | counters of |
 *	| header  |         |       |      |        | int32  |       | int32 | for all | each period |
 *	+---------+---------+-------+------+--------+--------+-------+-------+---------+-------------+
 *
 *	flags					bits 0-1: code of the counters' width; the others are the type's
 *	unit, begins, length	the bucket, as in CxmBucket
 *	spans					those of brackets and periods, two int32 each
 *	until					in types that have it, a period of the calendar
 *	counter for all			only with one of the flags, which the type names
 *
 * All is in the machine's byte order.  A stored value ends with the last period that counts
 * anybody, and has the narrowest counters.  An aggregate's state may have more periods.
 */
#ifndef CXM_PERIOD_COUNTS_H
#define CXM_PERIOD_COUNTS_H

#include "common/summary.h"
#include "core/retention_period.h"

#define PERIOD_COUNTS_WIDTH 0x03
#define PERIOD_COUNTS_HEADER (offsetof(PeriodCounts, rest) - VARHDRSZ)

typedef struct PeriodCounts
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	uint8         unit;
	uint8         begins;
	int32         length;
	unsigned char rest[FLEXIBLE_ARRAY_MEMBER];
} PeriodCounts;

/* What must agree before two values add up. */
typedef struct PeriodTerms
{
	CxmBucket bucket;
	uint8     flags; /* but for the width */
	int32     until;
} PeriodTerms;

/* What a type tells about its counts. */
typedef struct PeriodCountsType
{
	const SummaryType *summary;
	int                per_period; /* so many counters */
	uint8              head_flag;  /* with it there is a counter for all */
	bool               has_until;

	/* The version of values with these terms; 0 where there are none such. */
	uint8 (*version)(const PeriodTerms *terms);

	/* Do the counters fit each other?  An error where they add up to more than bigint can say. */
	bool (*is_sound)(const void *view);
} PeriodCountsType;

/* A value or a state as it was looked at. */
typedef struct PeriodView
{
	PeriodTerms          terms;
	int                  width;
	int                  heads; /* counters before those of periods */
	int64                periods;
	const unsigned char *counters; /* NULL in a blank */
} PeriodView;

#define MOST_PERIODS 1000000

/* Looks at a value with either kind of varlena header, or a state; trusts no byte of it. */
extern PeriodView period_counts_view(const PeriodCountsType *type, const void *value);

extern PeriodTerms period_counts_terms(const PeriodCountsType *type, const void *value);
extern bool        period_terms_equal(const PeriodTerms *a, const PeriodTerms *b);

/* The bucket as text, palloc'd. */
extern char *period_bucket_text(const CxmBucket *bucket);

static inline int64
period_counter(const PeriodCountsType *type, const PeriodView *view, Size i)
{
	uint64 count = cxm_counter_get(view->counters, view->width, i);

	if (count > CXM_COUNTER_CEILING)
		summary_refuse_value(type->summary);
	return (int64) count;
}

/* One of the counters of a period. */
static inline int64
period_count(const PeriodCountsType *type, const PeriodView *view, int64 period, int which)
{
	return period_counter(type, view, (Size) (view->heads + period * type->per_period + which));
}

/* The periods up to the last one that counts anybody. */
extern int64 period_counts_used(const PeriodCountsType *type, const PeriodView *view);

/* How many bytes the terms take that not all types have. */
static inline Size
period_spans_size(const CxmBucket *bucket)
{
	return cxm_bucket_has_spans(bucket) ? (Size) bucket->length * sizeof(CxmSpan) : 0;
}

static inline Size
period_terms_size(const PeriodCountsType *type, const CxmBucket *bucket)
{
	return period_spans_size(bucket) + (type->has_until ? sizeof(int32) : 0);
}

/* A value of so many periods, all of it zero. */
extern PeriodCounts *period_counts_make(const PeriodCountsType *type, const PeriodTerms *terms,
                                        int64 periods, int width);

/* Where its counters are. */
static inline unsigned char *
period_counts_of(const PeriodCountsType *type, PeriodCounts *counts)
{
	CxmBucket bucket = {counts->unit, counts->begins, counts->length, counts->rest};

	return counts->rest + period_terms_size(type, &bucket);
}

/* The state as it may be changed, with room for so many periods, and of these terms. */
extern PeriodCounts *period_counts_prepare(const PeriodCountsType *type, void *state,
                                           const PeriodTerms *terms, int64 periods);

/* The state after somebody with so many periods was taken out: shorter where much is unused. */
extern PeriodCounts *period_counts_shortened(const PeriodCountsType *type, PeriodCounts *state,
                                             int64 periods);

/* The state with wider counters, as one of them is full. */
extern PeriodCounts *period_counts_widened(const PeriodCountsType *type, PeriodCounts *state);

/* Counters that are stepped one by one: the state, which is replaced when one is full. */
typedef struct PeriodSteps
{
	const PeriodCountsType *type;
	PeriodCounts           *state;
	unsigned char          *counters;
	int                     heads;
	bool                    add;
} PeriodSteps;

static pg_attribute_always_inline PeriodSteps
period_steps(const PeriodCountsType *type, PeriodCounts *state, bool add)
{
	return (PeriodSteps){type, state, period_counts_of(type, state),
	                     (state->flags & type->head_flag) != 0, add};
}

/* One more in the counter at a place, or one less. */
static pg_attribute_always_inline void
period_step_at(PeriodSteps *steps, Size i)
{
	while (unlikely(!cxm_counter_count(steps->counters, steps->state->flags & PERIOD_COUNTS_WIDTH,
	                                   i, steps->add)))
	{
		if (!steps->add)
			summary_refuse_shortage("customers");
		steps->state = period_counts_widened(steps->type, steps->state);
		steps->counters = period_counts_of(steps->type, steps->state);
	}
}

static pg_attribute_always_inline void
period_step(PeriodSteps *steps, int64 period, int which)
{
	period_step_at(steps, (Size) (steps->heads + period * steps->type->per_period + which));
}

/* What a SummaryType asks for. */
extern void *period_counts_canonical(const PeriodCountsType *type, const void *state);
extern void *period_counts_to_state(const PeriodCountsType *type, const void *value);
extern void *period_counts_merge(const PeriodCountsType *type, void *state, const void *value,
                                 bool add);
extern bool  period_counts_is_empty(const PeriodCountsType *type, const void *state);
extern bool  period_counts_same_terms(const PeriodCountsType *type, const void *a, const void *b);

/* These as the SummaryType of x asks for them, whose counts are x_counts. */
#define PERIOD_COUNTS_FUNCTIONS(x)                                   \
	static void *x##_canonical(const void *state)                    \
	{                                                                \
		return period_counts_canonical(&x##_counts, state);          \
	}                                                                \
	static void *x##_to_state(const void *value)                     \
	{                                                                \
		return period_counts_to_state(&x##_counts, value);           \
	}                                                                \
	static void *x##_merge(void *state, const void *value, bool add) \
	{                                                                \
		return period_counts_merge(&x##_counts, state, value, add);  \
	}                                                                \
	static bool x##_is_empty(const void *state)                      \
	{                                                                \
		return period_counts_is_empty(&x##_counts, state);           \
	}                                                                \
	static bool x##_same_terms(const void *a, const void *b)         \
	{                                                                \
		return period_counts_same_terms(&x##_counts, a, b);          \
	}

/*
 * Figures of periods in text and on the wire: as many arrays as there are figures of a period, all
 * of one length; the figure of a period at periods[period * n + which].
 */
typedef struct PeriodFigures
{
	int    n;
	int64  periods;
	int64 *counts;
	int64  room;
	int64  read[3]; /* so many of each in a text */
} PeriodFigures;

extern PeriodFigures period_figures(int n, int64 periods);
extern void          period_figures_print(StringInfo text, const PeriodFigures *figures,
                                          const char *const *names);

/* Reads one of the arrays; false after a report. */
extern bool period_figures_read(PeriodFigures *figures, int which, const char *name,
                                const JsonbValue *value, const SummaryType *type, Node *escontext);

/* Are all arrays that were read of one length? */
extern bool period_figures_complete(PeriodFigures *figures);

extern void          period_figures_send(StringInfo buffer, const PeriodFigures *figures);
extern PeriodFigures period_figures_receive(StringInfo buffer, int n, const SummaryType *type);

/* The bucket on the wire, in the order of its struct; begins may be left out where it is 0. */
extern void      period_bucket_send(StringInfo buffer, const CxmBucket *bucket, bool begins);
extern CxmBucket period_bucket_receive(StringInfo buffer, bool begins, const SummaryType *type);

/* The bucket in a field of a text, whose spans are palloc'd; false after a report. */
extern bool period_bucket_read(const char *text, CxmBucket *bucket, const SummaryType *type,
                               Node *escontext);

/* The bucket in an argument; an error where it is none. */
extern CxmBucket period_bucket_arg(FunctionCallInfo fcinfo, int argno, CxmSpan *spans);

#endif /* CXM_PERIOD_COUNTS_H */
