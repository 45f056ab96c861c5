/*
 * summary.h
 *		The shell that every summary type stands in: reading and writing it, comparing, merging, and
 *		leaving an aggregate.
 *
 * A type describes itself in a SummaryType: its fields, its terms and its arithmetic.  It gets its
 * SQL functions from SUMMARY_FUNCTIONS(), and from COUNTING_SUMMARY_FUNCTIONS() those that take out
 * again.
 *
 * The terms of a summary are what must agree before two of them add up: a scale, a currency, the
 * steps of a funnel.  Any value may be a blank, a varlena without a payload: a summary of nothing
 * whose terms are not known.  A moving aggregate must return something before its first row that
 * counts.  Our aggregates never let a blank out, but somebody's own aggregate over our support
 * functions can, and so a blank can be written, as {}, read and stored.
 */
#ifndef CXM_SUMMARY_H
#define CXM_SUMMARY_H

#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "common/arguments.h"
#include "common/json_text.h"
#include "core/counters.h"

/* Every summary begins with the number of its format; readers refuse what they do not know. */
#define CXM_UNKNOWN_VERSION(type_name, version)                                  \
	(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),                                     \
	 errmsg("unsupported format version %d of type %s", (version), (type_name)), \
	 errhint("The value was written by another version of cxm."))

typedef struct SummaryType
{
	const char *name;

	/*
	 * The format: its number, which is a value's first byte; the newest, where values of several
	 * are written; the flags that there are, in the second byte; the one of them that a state has
	 * and a value has not, or 0 where nothing but slack tells a state; and the size of the fields
	 * that every value has, version and flags included.
	 */
	uint8 version;
	uint8 newest;
	uint8 flags;
	uint8 state_flag;
	Size  header;

	/*
	 * Canonical JSON of a value; and back, by read() or by a draft.
	 *
	 * read() makes the canonical value of the object's fields, which come in the order of their
	 * names, NULL for one that is missing; it reports to escontext and returns NULL when they are
	 * not what they should be.  Another field is refused by no_field, a sentence with a %s for it,
	 * or where that is NULL by SUMMARY_NO_FIELD.
	 *
	 * A draft of draft_size bytes, all zero at first, takes in the fields of the object: first
	 * read_terms(), where what other fields mean depends on the terms, then read_field() for each
	 * field, and finish() makes the canonical value.  These report to escontext, too, and return
	 * false or NULL.
	 */
	char *(*text)(const void *value);
	const char *const *fields;
	int                n_fields;
	const char        *no_field;
	void *(*read)(JsonbValue **fields, Node *escontext);
	Size  draft_size;
	bool  (*read_terms)(void *draft, JsonbContainer *object, Node *escontext);
	bool  (*read_field)(void *draft, const char *key, const JsonbValue *value, Node *escontext);
	void *(*finish)(void *draft, Node *escontext);

	/*
	 * What follows the version on the wire, of a canonical value; and back into one.  The version
	 * that was read last stands before the cursor.
	 */
	void (*send)(StringInfo buffer, const void *value);
	void *(*receive)(StringInfo buffer);

	/* The value as an aggregate's state, newly made; of a blank only where there are no terms. */
	void *(*to_state)(const void *value);

	/* The one form in which a state leaves its aggregate, newly made; a value is canonical. */
	void *(*canonical)(const void *state);

	/* What an aggregate returns in its place, which anyone else reads as that; or NULL. */
	void *(*result)(const void *state);

	/* Adds a value of the same terms, or takes it out: in place, or in a state that replaces it. */
	void *(*merge)(void *state, const void *value, bool add);

	/* Does a state or a value hold nothing? */
	bool (*is_empty)(const void *state);

	/*
	 * Same terms?  And the error that names what differs.  NULL without terms.  No blanks come, but
	 * where blanks_add: there a value of some terms may leave as a blank, and + and - take it.
	 */
	bool (*same_terms)(const void *a, const void *b);
	void (*refuse_mixture)(const void *a, const void *b);
	bool blanks_add;
} SummaryType;

/*
 * The slots that every type x has, whose functions are named alike, where it has a draft, and where
 * it reads the fields called names; and those for terms.
 */
#define SUMMARY_SLOTS(x) .read_field = x##_read_field, .finish = x##_finish, SUMMARY_OTHER_SLOTS(x)
#define SUMMARY_READ_SLOTS(x, names) \
	.fields = (names), .n_fields = lengthof(names), .read = x##_read, SUMMARY_OTHER_SLOTS(x)
#define SUMMARY_OTHER_SLOTS(x)                                                \
	.text = x##_text, .send = x##_send, .receive = x##_receive,               \
	.to_state = x##_to_state, .canonical = x##_canonical, .merge = x##_merge, \
	.is_empty = x##_is_empty
#define SUMMARY_TERMS(x) .same_terms = x##_same_terms, .refuse_mixture = x##_refuse_mixture

/*
 * Before the declaration of a SummaryType that several files use: until version 16 PostgreSQL lets
 * a module's variables be taken for those of another module that have the same names.
 */
#define SUMMARY_TYPE_HIDDEN __attribute__((visibility("hidden")))

#define SUMMARY_IS_BLANK(value) (VARSIZE_ANY_EXHDR(value) == 0)

extern void *summary_blank(void);

/*
 * The bytes of a value behind its varlena header, which may be of either kind, after the version,
 * the flags and the size of the header have been looked at: those of a blank are refused.  No other
 * byte is trusted.
 */
typedef struct SummaryBytes
{
	const unsigned char *at;
	const unsigned char *end;
	uint8                flags;
} SummaryBytes;

/* A summary in an argument; it stays where it is or is detoasted once. */
#define SUMMARY_ARG(argno) ((void *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno)))

/* The state in argument 0 as it may be changed; NULL before the first row, and when it is blank. */
extern void *summary_state_arg(FunctionCallInfo fcinfo);

/* The state as it was, or a blank in place of none: for rows that do not count. */
extern Datum summary_unchanged(FunctionCallInfo fcinfo);

/* The state in argument 0 as it is, for functions that count into any; NULL for none. */
static pg_attribute_always_inline void *
summary_raw_state_arg(FunctionCallInfo fcinfo)
{
	/* the error does not return: the caller need not keep anything over the call */
	if (unlikely(!cxm_in_aggregate_context(fcinfo)))
	{
		cxm_check_aggregate_context(fcinfo);
		pg_unreachable();
	}
	return PG_ARGISNULL(0) ? NULL : PG_GETARG_POINTER(0);
}

/* A value within another: from an object of its text, and as a message that ends the buffer. */
extern void *summary_read(JsonbContainer *object, const SummaryType *type, Node *escontext);
extern void  summary_write(StringInfo buffer, const void *value, const SummaryType *type);
extern void *summary_receive(StringInfo buffer, const SummaryType *type);

extern Datum summary_in(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_send(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_recv(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_out(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_to_json(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_to_jsonb(FunctionCallInfo fcinfo, const SummaryType *type);
extern bool  summary_equal(FunctionCallInfo fcinfo, const SummaryType *type);
extern Datum summary_hash(FunctionCallInfo fcinfo, const SummaryType *type, PGFunction hash);
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
extern void            *summary_report_overflow(Node *escontext, const char *what);
pg_noreturn extern void summary_refuse_shortage(const char *what);

/* A count that would be too large, or below zero, of customers, say. */
pg_noreturn extern void summary_refuse_count(const char *counted, bool add);

/* A count with so many more, or fewer; an error where there is no such count. */
static inline uint64
summary_moved(uint64 count, uint64 by, bool add, const char *counted)
{
	if (unlikely(add ? by > CXM_COUNTER_CEILING - Min(count, CXM_COUNTER_CEILING) : by > count))
		summary_refuse_count(counted, add);
	return add ? count + by : count - by;
}

/* What is said of a field that a type has not. */
#define SUMMARY_NO_FIELD "There is no field \"%s\"."

/* Softly reports a text that is none of the type, and returns NULL, which is false too. */
#define summary_refuse_text(type, escontext, ...) \
	cxm_json_refuse((type)->name, (escontext), __VA_ARGS__)

static inline bool
summary_knows_version(const SummaryType *type, uint8 version)
{
	return version == type->version || (version > type->version && version <= type->newest);
}

static pg_attribute_always_inline SummaryBytes
summary_open(const SummaryType *type, const void *value)
{
	const unsigned char *at = (const unsigned char *) VARDATA_ANY(value);
	Size                 size = VARSIZE_ANY_EXHDR(value);

	if (unlikely(size == 0))
		summary_refuse_blank(type);
	if (unlikely(!summary_knows_version(type, at[0])))
		summary_refuse_version(type, at[0]);
	if (unlikely(size < type->header || (at[1] & ~type->flags) != 0))
		summary_refuse_value(type);
	return (SummaryBytes){at, at + size, at[1]};
}

/* A text on the wire: its length in bytes, and it, in the encoding of the client. */
extern void summary_send_text(StringInfo buffer, const char *text, int length);

/* An error unless a value of this many bytes can be allocated. */
extern void summary_check_size(const SummaryType *type, uint64 size);

/* Room for so many items: what cannot be 1 GB is refused at once, not after most of it is there. */
extern void summary_reserve(StringInfo buffer, uint64 items, uint64 least_size);

/* A count of 8 bytes from the wire, which is not above CXM_COUNTER_CEILING. */
extern uint64 summary_receive_count(StringInfo buffer, const SummaryType *type);

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
	CXM_FUNCTION(symbol)               \
	{                                  \
		return call;                   \
	}

/* A transition and its inverse: a call that adds, or takes out. */
#define SUMMARY_TRANSITIONS(form, call) \
	CXM_FUNCTION(form##_transition)     \
	{                                   \
		const bool add = true;          \
		return call;                    \
	}                                   \
	CXM_FUNCTION(form##_inverse)        \
	{                                   \
		const bool add = false;         \
		return call;                    \
	}

/*
 * A function that returns a figure of the summary in its first argument, which it calls view, by
 * PG_RETURN_INT64, CXM_RETURN_FLOAT8_OR_NULL, PG_RETURN_DATUM, ...
 */
#define SUMMARY_READING(symbol, View, view_of, return_figure, figure) \
	CXM_FUNCTION(symbol)                                              \
	{                                                                 \
		View view = view_of(SUMMARY_ARG(0));                          \
                                                                      \
		return_figure(figure);                                        \
	}

/* The interval that find_interval() finds, as a record of its bounds, and each bound alone. */
#define INTERVAL_READINGS(prefix, find_interval)                                         \
	SUMMARY_FUNCTION(prefix##_interval, cxm_interval_record(fcinfo, (find_interval)))    \
	SUMMARY_FUNCTION(prefix##_lower, cxm_interval_bound(fcinfo, (find_interval), false)) \
	SUMMARY_FUNCTION(prefix##_upper, cxm_interval_bound(fcinfo, (find_interval), true))

/* All but those that merge row by row. */
#define SUMMARY_VALUE_FUNCTIONS(prefix, type)                                                    \
	SUMMARY_FUNCTION(prefix##_in, summary_in(fcinfo, &(type)))                                   \
	SUMMARY_FUNCTION(prefix##_out, summary_out(fcinfo, &(type)))                                 \
	SUMMARY_FUNCTION(prefix##_send, summary_send(fcinfo, &(type)))                               \
	SUMMARY_FUNCTION(prefix##_recv, summary_recv(fcinfo, &(type)))                               \
	SUMMARY_FUNCTION(prefix##_to_json, summary_to_json(fcinfo, &(type)))                         \
	SUMMARY_FUNCTION(prefix##_to_jsonb, summary_to_jsonb(fcinfo, &(type)))                       \
	SUMMARY_FUNCTION(prefix##_eq, BoolGetDatum(summary_equal(fcinfo, &(type))))                  \
	SUMMARY_FUNCTION(prefix##_ne, BoolGetDatum(!summary_equal(fcinfo, &(type))))                 \
	SUMMARY_FUNCTION(prefix##_hash, summary_hash(fcinfo, &(type), hashvarlena))                  \
	SUMMARY_FUNCTION(prefix##_hash_extended, summary_hash(fcinfo, &(type), hashvarlenaextended)) \
	SUMMARY_FUNCTION(prefix##_final, summary_final(fcinfo, &(type)))                             \
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
