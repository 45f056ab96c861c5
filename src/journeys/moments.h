/*
 * moments.h
 *		Moments in canonical text, which is in UTC, so that no setting of a session has a say in it;
 *		and the moment as_of that summaries of journeys may have: what comes later has not come yet.
 *
 * DT_NOEND stands for no as_of.
 */
#ifndef CXM_MOMENTS_H
#define CXM_MOMENTS_H

#include "common/summary.h"

/* The bytes of such a text, its zero included: 2025-01-31T09:30:00.5Z. */
#define MOMENT_TEXT 48

/* The text of a moment that is not infinite. */
extern void moment_print(TimestampTz time, char *text);

/* The moment that the value of a field is. */
extern bool moment_read(const SummaryType *type, const JsonbValue *value, const char *key,
                        Node *escontext, TimestampTz *time);

static inline bool
as_of_is_valid(TimestampTz as_of)
{
	return as_of == DT_NOEND || IS_VALID_TIMESTAMP(as_of);
}

/* The moment in an argument; an error when it is NULL or infinite, and where it has no zone. */
extern TimestampTz as_of_arg(FunctionCallInfo fcinfo, int argno);

/* The moment as text in UTC, where there is one. */
extern char *as_of_text(TimestampTz as_of);

/* The moment that the field "as_of" is; none where it is missing. */
extern bool as_of_read(const SummaryType *type, const JsonbValue *value, Node *escontext,
                       TimestampTz *as_of);

/* The moment in a message. */
extern TimestampTz as_of_receive(const SummaryType *type, StringInfo buffer);

#endif /* CXM_MOMENTS_H */
