/*
 * survey_answer.h
 *		Scales as they are written in arguments and texts.
 */
#ifndef CXM_SURVEY_ANSWER_H
#define CXM_SURVEY_ANSWER_H

#include "common/arguments.h"
#include "core/rating_scale.h"

/* Reads length bytes; false after a soft report. */
extern bool rating_parse_scale(const char *text, int length, Node *escontext, CxmScale *scale);

/* The scale in a text argument; an error when it is NULL. */
extern CxmScale rating_scale_arg(FunctionCallInfo fcinfo, int argno);

#endif /* CXM_SURVEY_ANSWER_H */
