/*
 * summary.h
 *		What all summary types do alike: comparing, printing, merging, and leaving an aggregate.
 *
 * A type describes itself in a SummaryType and gets its SQL functions from SUMMARY_FUNCTIONS(),
 * and from COUNTING_SUMMARY_FUNCTIONS() those that take out again.
 *
 * Any of these values may be "blank": a varlena without a payload, which stands for a summary of
 * nothing as long as its parameters are not known.  A moving aggregate must return something before
 * its first row that counts.  Our aggregates never let a blank out, but somebody's own aggregate
 * over our support functions can, and so it can be written, as {}, read and stored.
 */
#ifndef CXM_SUMMARY_H
#define CXM_SUMMARY_H

#include "lib/stringinfo.h"
#include "utils/fmgrprotos.h"

#include "cxm.h"

typedef struct SummaryType
{
	const char *name;

	/* Canonical JSON of a value. */
	char *(*text)(const void *value);

	/* The value as an aggregate's state, newly made; of a blank only where + and - take one. */
	void *(*to_state)(const void *value);

	/* The one form in which a state leaves its aggregate, newly made. */
	void *(*canonical)(const void *state);

	/* Adds a value to the state or takes it out: in place, or the state that replaces it. */
	void *(*merge)(void *state, const void *value, bool add);

	bool (*is_empty)(const void *state);

	/*
	 * An error unless + and - are defined for the two, neither of which is a blank.  For types
	 * whose merge forgives an empty value that does not fit, since in an aggregate it changes
	 * nothing; NULL for the others.
	 */
	void (*check_mergeable)(const void *a, const void *b);
} SummaryType;

#define SUMMARY_IS_BLANK(value) (VARSIZE_ANY_EXHDR(value) == 0)

extern void *summary_blank(void);

/* What was read is a blank: an empty JSON object, an empty message (which a blank is, sent). */
#define SUMMARY_BLANK_OBJECT(object) (JsonContainerSize(object) == 0)
#define SUMMARY_BLANK_MESSAGE(buffer) ((buffer)->cursor == (buffer)->len)

/* A summary in an argument; it stays where it is or is detoasted once. */
#define SUMMARY_ARG(argno) ((void *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno)))

/* The state in argument 0 as it may be changed; NULL before the first row, and when it is blank. */
extern void *summary_state_arg(FunctionCallInfo fcinfo);

/* The state as it was, or a blank in place of none: for rows that do not count. */
extern Datum summary_unchanged(FunctionCallInfo fcinfo);

extern Datum summary_out(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_to_json(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_to_jsonb(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_combine(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_rollup(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_rollup_inverse(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_final(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_merged(FunctionCallInfo fcinfo, const SummaryType *type, bool add);

/* Errors that every type has in common. */
pg_noreturn extern void summary_refuse_version(const SummaryType *type, int version);
pg_noreturn extern void summary_refuse_value(const SummaryType *type);
pg_noreturn extern void summary_refuse_blank(const SummaryType *type);
pg_noreturn extern void summary_refuse_binary(const SummaryType *type, const char *detail);
pg_noreturn extern void summary_refuse_overflow(const char *what);
pg_noreturn extern void summary_refuse_shortage(const char *what);

/* The first byte of a message, which must be the version that is known. */
extern void summary_receive_version(const SummaryType *type, StringInfo buffer, uint8 known);

/* Softly reports a text that is none of the type, and returns false; detail has a %s, for what. */
extern bool summary_refuse_text(const SummaryType *type, Node *escontext, const char *detail,
                                const char *what);

/* An error unless a value of this many bytes can be allocated. */
extern void summary_check_size(const SummaryType *type, uint64 size);

/*
 * Room for so many items of at least so many bytes each, before they are written: what cannot be
 * 1 GB is refused at once, not after most of that has been written.
 */
extern void summary_reserve(StringInfo buffer, uint64 items, uint64 least_size);

/*
 * Merging as nearly every row finds it: a state that can take the value in as it is.  True when
 * merge_in_place(state, value, add) has done so, after this has made sure that both are there,
 * plain and not blank; false leaves everything to the functions above.
 */
static pg_attribute_always_inline bool
summary_merged_in_place(FunctionCallInfo fcinfo,
                        bool (*merge_in_place)(void *state, const void *value, bool add), bool add)
{
	void *state = PG_GETARG_POINTER(0);
	void *value = PG_GETARG_POINTER(1);

	return cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0) && !PG_ARGISNULL(1) &&
	       VARATT_IS_4B_U(state) && !SUMMARY_IS_BLANK(state) &&
	       (VARATT_IS_4B_U(value) || (VARATT_IS_1B(value) && !VARATT_IS_1B_E(value))) &&
	       !SUMMARY_IS_BLANK(value) && merge_in_place(state, value, add);
}

#define SUMMARY_FUNCTION(symbol, call) \
	PG_FUNCTION_INFO_V1(symbol);       \
	Datum symbol(PG_FUNCTION_ARGS)     \
	{                                  \
		return call;                   \
	}

/*
 * Comparison: equal values are equal bytes, and bytes can be compared as bytea.  States that
 * somebody's own aggregate lets out without a final function may differ in their slack; our own
 * aggregates let none out.
 */
#define SUMMARY_COMPARISON_FUNCTIONS(prefix)             \
	SUMMARY_FUNCTION(prefix##_eq, byteaeq(fcinfo))       \
	SUMMARY_FUNCTION(prefix##_ne, byteane(fcinfo))       \
	SUMMARY_FUNCTION(prefix##_hash, hashvarlena(fcinfo)) \
	SUMMARY_FUNCTION(prefix##_hash_extended, hashvarlenaextended(fcinfo))

/* All but those that merge row by row. */
#define SUMMARY_VALUE_FUNCTIONS(prefix, type)                              \
	SUMMARY_FUNCTION(prefix##_out, summary_out(fcinfo, &(type)))           \
	SUMMARY_FUNCTION(prefix##_to_json, summary_to_json(fcinfo, &(type)))   \
	SUMMARY_FUNCTION(prefix##_to_jsonb, summary_to_jsonb(fcinfo, &(type))) \
	SUMMARY_COMPARISON_FUNCTIONS(prefix)                                   \
	SUMMARY_FUNCTION(prefix##_final, summary_final(fcinfo, &(type)))       \
	SUMMARY_FUNCTION(prefix##_add, summary_merged(fcinfo, &(type), true))

#define SUMMARY_FUNCTIONS(prefix, type)   \
	SUMMARY_VALUE_FUNCTIONS(prefix, type) \
	SUMMARY_FUNCTION(prefix##_combine, summary_combine(fcinfo, &(type)))

#define COUNTING_SUMMARY_FUNCTIONS(prefix, type)                                       \
	SUMMARY_FUNCTIONS(prefix, type)                                                    \
	SUMMARY_FUNCTION(prefix##_rollup, summary_rollup(fcinfo, &(type)))                 \
	SUMMARY_FUNCTION(prefix##_rollup_inverse, summary_rollup_inverse(fcinfo, &(type))) \
	SUMMARY_FUNCTION(prefix##_subtract, summary_merged(fcinfo, &(type), false))

/* The same for a type that can often merge in place. */
#define MERGE_IN_PLACE_OR(merge_in_place, add, call) \
	summary_merged_in_place(fcinfo, (merge_in_place), (add)) ? PG_GETARG_DATUM(0) : call

#define QUICK_COUNTING_SUMMARY_FUNCTIONS(prefix, type, merge_in_place)                          \
	SUMMARY_VALUE_FUNCTIONS(prefix, type)                                                       \
	SUMMARY_FUNCTION(prefix##_combine,                                                          \
	                 MERGE_IN_PLACE_OR(merge_in_place, true, summary_combine(fcinfo, &(type)))) \
	SUMMARY_FUNCTION(prefix##_rollup,                                                           \
	                 MERGE_IN_PLACE_OR(merge_in_place, true, summary_rollup(fcinfo, &(type))))  \
	SUMMARY_FUNCTION(                                                                           \
	    prefix##_rollup_inverse,                                                                \
	    MERGE_IN_PLACE_OR(merge_in_place, false, summary_rollup_inverse(fcinfo, &(type))))      \
	SUMMARY_FUNCTION(prefix##_subtract, summary_merged(fcinfo, &(type), false))

#endif /* CXM_SUMMARY_H */
