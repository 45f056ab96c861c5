/*
 * cxm.h
 *		What every concept of cxm shares: arguments, results and the reading of JSON.
 */
#ifndef CXM_H
#define CXM_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "nodes/nodes.h"
#include "utils/date.h"
#include "utils/jsonb.h"

#include "compat.h"

/* Every summary begins with the number of its format; readers refuse what they do not know. */
#define CXM_UNKNOWN_VERSION(type_name, version)                                  \
	(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),                                     \
	 errmsg("unsupported format version %d of type %s", (version), (type_name)), \
	 errhint("The value was written by another version of cxm."))

/*
 * Called by an aggregate or a window: only then may a state be changed in place.  It is what
 * AggCheckCallContext() looks at too, but a call for each row is a twentieth of a count.
 */
static inline bool
cxm_in_aggregate_context(FunctionCallInfo fcinfo)
{
	return fcinfo->context != NULL &&
	       (IsA(fcinfo->context, AggState) || IsA(fcinfo->context, WindowAggState));
}

/* An error where that is not so. */
extern void cxm_check_aggregate_context(FunctionCallInfo fcinfo);

/* The confidence level of a function's argument; an error unless 0 < level < 1. */
extern double cxm_level_arg(FunctionCallInfo fcinfo, int argno);

/*
 * An interval as a duration in microseconds, an error when it is negative: a month has 30 days and
 * a day 24 hours, as they have where PostgreSQL compares intervals.  The message says what it is.
 */
extern uint64 cxm_interval_microseconds(const Interval *interval, const char *what);

/*
 * An error where the call has a timestamp or a date for a timestamptz: PostgreSQL casts it, without
 * a word, as if it stood in the zone of the session.  Overloads for every mixture would be dozens;
 * the call's own expression tells.  To be asked once, when fn_extra is still empty.
 */
extern void cxm_refuse_zoneless_args(FunctionCallInfo fcinfo, const char *hint);

/* The date as_of in an argument; an error when it is NULL or infinite. */
extern DateADT cxm_as_of_arg(FunctionCallInfo fcinfo, int argno);

/* A named composite value of the calling function's declared type.  NaN becomes NULL. */
extern Datum cxm_record_of_doubles(FunctionCallInfo fcinfo, const double *values, int n);

/* A double precision result, where NaN means that there is none: NULL. */
#define CXM_RETURN_FLOAT8_OR_NULL(value) \
	do                                   \
	{                                    \
		double result_ = (value);        \
		if (isnan(result_))              \
			PG_RETURN_NULL();            \
		PG_RETURN_FLOAT8(result_);       \
	} while (0)

/*
 * Canonical JSON, as the types' input functions read it.  All of these report to escontext and
 * return NULL or false when the text is not what it should be; type_name is for the message.
 */

/*
 * What PostgreSQL's jsonb_in() makes of the text; NULL when it reported softly.  It cannot be
 * cancelled, and ends at some 256 MB of jsonb; what it would end at by an internal error is
 * refused before.
 */
extern Jsonb *cxm_jsonb(char *text, Node *escontext);

/* The object that the text holds. */
extern JsonbContainer *cxm_json_object(char *text, const char *type_name, Node *escontext);

/*
 * Steps through the fields of an object: true and one more key and value, or false at the end.
 * The key is palloc'd and ends with a zero byte.
 */
extern bool cxm_json_next(JsonbIterator **iterator, char **key, JsonbValue *value);

/* What steps through the fields of an object that is "The value" of a field, or "An element". */
extern JsonbIterator *cxm_json_fields(const JsonbValue *value, const char *what, const char *key,
                                      const char *type_name, Node *escontext);

/* Steps through the elements of an array, which is the value of a field. */
extern JsonbIterator *cxm_json_array(const JsonbValue *value, const char *key,
                                     const char *type_name, Node *escontext);
extern bool           cxm_json_next_element(JsonbIterator **iterator, JsonbValue *value);

/* A whole number from 0 to 2^63 - 1. */
extern bool cxm_json_count(const JsonbValue *value, const char *key, const char *type_name,
                           Node *escontext, uint64 *count);

/* The bucket of the log histogram that a key names by its shortest duration in microseconds. */
extern bool cxm_json_bucket(const char *key, const char *type_name, Node *escontext, int *bucket);

/* A number as plain decimal text, or a string; NULL and a report for anything else. */
extern char *cxm_json_scalar(const JsonbValue *value, const char *key, const char *type_name,
                             bool number, Node *escontext);

#endif /* CXM_H */
