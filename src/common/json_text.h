/*
 * json_text.h
 *		Reading the canonical JSON of the types.
 */
#ifndef CXM_JSON_TEXT_H
#define CXM_JSON_TEXT_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/date.h"
#include "utils/jsonb.h"

#include "common/compat.h"

/*
 * Canonical JSON, as the types' input functions read it.  All of these report to escontext and
 * return NULL or false when the text is not what it should be; type_name is for the message.
 */

/* Reports a text that is none of the type, and why, printf-like; NULL, which is false too. */
#define cxm_json_refuse(type_name, escontext, ...) \
	cxm_json_report((type_name), (escontext), psprintf(__VA_ARGS__))
extern void *cxm_json_report(const char *type_name, Node *escontext, const char *detail);

/*
 * What PostgreSQL's jsonb_in() makes of the text; NULL when it reported softly.  It cannot be
 * cancelled, and ends at some 256 MB of jsonb; what it would end at by an internal error is
 * refused before.
 */
extern Jsonb *cxm_jsonb(char *text, Node *escontext);

/* The object that the text holds. */
extern JsonbContainer *cxm_json_object(char *text, const char *type_name, Node *escontext);

/* Steps through the fields of an object, the key palloc'd; false at the end. */
extern bool cxm_json_next(JsonbIterator **iterator, char **key, JsonbValue *value);

/* Is the field of this name there?  A report where it is not. */
extern bool cxm_json_there(const JsonbValue *value, const char *key, const char *type_name,
                           Node *escontext);

/* The field of this name, which must be there. */
extern bool cxm_json_field(JsonbContainer *object, const char *key, const char *type_name,
                           Node *escontext, JsonbValue *value);

/* What steps through the fields of an object that is "The value" of a field, or "An element". */
extern JsonbIterator *cxm_json_fields(const JsonbValue *value, const char *what, const char *key,
                                      const char *type_name, Node *escontext);

/* The fields by their names, NULL for a missing one; any other is refused by that sentence. */
extern bool cxm_json_take(JsonbIterator *iterator, const char *refusal, const char *type_name,
                          Node *escontext, const char *const *names, int n, JsonbValue **fields);

/* The same of an object that is "The value" of a field, or "An element". */
extern bool cxm_json_pick(const JsonbValue *object, const char *what, const char *key,
                          const char *type_name, Node *escontext, const char *const *names, int n,
                          JsonbValue **fields);

/* Steps through the elements of an array, which is the value of a field that must be there. */
extern JsonbIterator *cxm_json_array(const JsonbValue *value, const char *key,
                                     const char *type_name, Node *escontext);
extern bool           cxm_json_next_element(JsonbIterator **iterator, JsonbValue *value);

/* Reads each of the elements of such an array, until one is not what it should be. */
extern bool cxm_json_each(const JsonbValue *value, const char *key, const char *type_name,
                          Node *escontext,
                          bool (*read)(void *draft, const JsonbValue *element, Node *escontext),
                          void *draft);

/* A whole number from 0 to 2^63 - 1; 0 where the field is missing. */
extern bool cxm_json_count(const JsonbValue *value, const char *key, const char *type_name,
                           Node *escontext, uint64 *count);

/* Is the key a whole number, in the one spelling of it, so that none can come twice? */
extern bool cxm_json_is_number(const char *key, uint64 most, uint64 *number);

/*
 * The next bucket of a log histogram, which a key names by its shortest duration in microseconds,
 * and its count.  False behind the last one, where the iterator has become NULL, and when it
 * reported.
 */
extern bool cxm_json_next_bucket(JsonbIterator **iterator, const char *type_name, Node *escontext,
                                 int *bucket, uint64 *count);

/* "number": count, and a comma before it unless it is the first of its object. */
extern void cxm_json_print_count(StringInfo text, uint64 number, uint64 count);

/* A number as plain decimal text, or a string; NULL and a report for anything else, or none. */
extern char *cxm_json_scalar(const JsonbValue *value, const char *key, const char *type_name,
                             bool number, Node *escontext);

/*
 * A day as "2025-01-31", in room for MAXDATELEN characters; and back, only from what that writes:
 * neither today nor 1/2/2025 is the same to everyone.
 */
extern void cxm_day_text(DateADT day, char *text);
extern bool cxm_day_of_text(const char *text, DateADT *day);

#endif /* CXM_JSON_TEXT_H */
