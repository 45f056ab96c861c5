/*
 * survey_answer.c
 *		What people answered, made answers of a scale: of numbers, texts and labels.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "ratings/survey_answer.h"

/* Scales */

bool
rating_parse_scale(const char *text, int length, Node *escontext, CxmScale *scale)
{
	int64_t answers;

	switch (cxm_scale_parse(text, length, scale, &answers))
	{
		case CXM_SCALE_OK:
			break;
		case CXM_SCALE_SYNTAX:
			ereturn(
			    escontext, false,
			    (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			     errmsg("invalid scale \"%.*s\"", length, text),
			     errhint("A scale is written worst..best, such as 0..10, 1..5 or 5..1, and with a "
			             "step that is not 1 as 0..10 by 0.5. Numbers have up to nine digits, "
			             "three of them decimals.")));
		case CXM_SCALE_SIZE:
			ereturn(escontext, false,
			        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			         errmsg_plural("scale %.*s has %lld answer", "scale %.*s has %lld answers",
			                       (unsigned long) answers, length, text, (long long) answers),
			         errdetail("A scale has from 2 to %d answers.", CXM_SCALE_MOST_ANSWERS)));
		case CXM_SCALE_STEP:
			ereturn(
			    escontext, false,
			    (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			     errmsg("the steps of scale %.*s do not lead from one end to the other", length,
			            text),
			     errdetail("The distance of the ends is no multiple of the step, which is 1 where "
			               "the scale names none."),
			     errhint("Name a step that divides it, such as 0..5 by 0.5.")));
		case CXM_SCALE_STEP_UNITS:
			ereturn(escontext, false,
			        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			         errmsg("the steps of scale %.*s are too large", length, text),
			         errdetail("A step is at most %d times the last decimal place of the scale.",
			                   CXM_SCALE_LARGEST_STEP),
			         errhint("Divide scale and answers by a number.")));
	}
	return true;
}

/*
 * A query names the same scale row after row, so the last one is kept with its spelling, which is
 * all that a row has to be compared with.
 */
CxmScale
rating_scale_arg(FunctionCallInfo fcinfo, int argno)
{
	typedef struct
	{
		int      length;
		char     text[CXM_SCALE_TEXT];
		CxmScale scale;
	} ParsedScale;

	ParsedScale *parsed = fcinfo->flinfo->fn_extra;
	text        *argument;
	char        *spelling;
	int          length;
	CxmScale     scale;

	if (PG_ARGISNULL(argno))
		cxm_refuse_null("scale");
	argument = PG_GETARG_TEXT_PP(argno);
	spelling = VARDATA_ANY(argument);
	length = VARSIZE_ANY_EXHDR(argument);

	if (parsed != NULL && parsed->length == length && memcmp(parsed->text, spelling, length) == 0)
		return parsed->scale;

	rating_parse_scale(spelling, length, NULL, &scale);
	if (parsed == NULL)
		parsed = fcinfo->flinfo->fn_extra =
		    MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(ParsedScale));
	parsed->length = length;
	memcpy(parsed->text, spelling, length);
	parsed->scale = scale;
	return scale;
}

/* Numbers and texts */

/* The answer in a slot; NULL where there is none. */
static Datum
return_answer(FunctionCallInfo fcinfo, CxmScale scale, int slot)
{
	if (slot < 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(cxm_scale_number(scale, slot));
}

CXM_FUNCTION(valid_answer_of_number)
{
	CxmScale scale = rating_scale_arg(fcinfo, 1);

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return return_answer(fcinfo, scale, cxm_scale_slot(scale, PG_GETARG_FLOAT8(0)));
}

CXM_FUNCTION(nearest_answer)
{
	CxmScale scale = rating_scale_arg(fcinfo, 1);

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return return_answer(fcinfo, scale, cxm_scale_nearest_slot(scale, PG_GETARG_FLOAT8(0)));
}

/* The slot of the number that is all that the text says, but for blanks around it. */
static int
slot_of_text(CxmScale scale, const char *text)
{
	char  *end;
	double answer = strtod(text, &end);

	/* strtod() has skipped the blanks before it */
	if (end == text || end[strspn(end, " \t\n\r\f\v")] != '\0')
		return CXM_SLOT_OUTSIDE;
	return cxm_scale_slot(scale, answer);
}

CXM_FUNCTION(valid_answer_of_text)
{
	CxmScale scale = rating_scale_arg(fcinfo, 1);

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return return_answer(fcinfo, scale, slot_of_text(scale, text_to_cstring(PG_GETARG_TEXT_PP(0))));
}

/* valid_answer() as 1.0.0 has it: answers are whole. */
CXM_FUNCTION(rating_valid_answer)
{
	CxmScale scale = rating_scale_arg(fcinfo, 1);
	int      slot = PG_ARGISNULL(0) ? -1 : cxm_scale_slot(scale, PG_GETARG_FLOAT8(0));
	double   answer = slot < 0 ? 0 : cxm_scale_number(scale, slot);

	if (slot < 0 || answer != rint(answer))
		PG_RETURN_NULL();
	PG_RETURN_INT32((int32) answer);
}

/* Labels */

static bool
same_text(Datum a, Datum b)
{
	text *text_a = DatumGetTextPP(a);
	text *text_b = DatumGetTextPP(b);

	return VARSIZE_ANY_EXHDR(text_a) == VARSIZE_ANY_EXHDR(text_b) &&
	       memcmp(VARDATA_ANY(text_a), VARDATA_ANY(text_b), VARSIZE_ANY_EXHDR(text_a)) == 0;
}

/* The place of a label, from 0; n where it is not among them. */
static int
find_label(const Datum *labels, int n, Datum label)
{
	int place = 0;

	while (place < n && !same_text(labels[place], label))
		place++;
	return place;
}

static void
check_labels(const ArrayType *array, const Datum *labels, const bool *nulls, int n)
{
	if (ARR_NDIM(array) != 1 || n > CXM_SCALE_MOST_ANSWERS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("labels must be a list of 1 to %d texts", CXM_SCALE_MOST_ANSWERS)));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			cxm_refuse_null("label");
		if (find_label(labels, i, labels[i]) < i)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("label \"%s\" is there twice", TextDatumGetCString(labels[i])),
			                errdetail("It would stand for two answers.")));
	}
}

/* The labels in an argument, which are looked at when they are not those of the row before. */
static Datum *
labels_arg(FunctionCallInfo fcinfo, int argno, int *n)
{
	ArrayType *known = fcinfo->flinfo->fn_extra;
	ArrayType *array;
	Datum     *labels;
	bool      *nulls;

	if (PG_ARGISNULL(argno))
		cxm_refuse_null("labels");
	array = PG_GETARG_ARRAYTYPE_P(argno);
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &labels, &nulls, n);
	if (known != NULL && VARSIZE(known) == VARSIZE(array) &&
	    memcmp(known, array, VARSIZE(array)) == 0)
		return labels;
	check_labels(array, labels, nulls, *n);
	fcinfo->flinfo->fn_extra = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, VARSIZE(array));
	memcpy(fcinfo->flinfo->fn_extra, array, VARSIZE(array));
	if (known != NULL)
		pfree(known);
	return labels;
}

pg_noreturn static void
refuse_label(Datum label, const Datum *labels, int n)
{
	StringInfoData known;

	initStringInfo(&known);
	for (int i = 0; i < n; i++)
		appendStringInfo(&known, "%s\"%s\"", i > 0 ? ", " : "", TextDatumGetCString(labels[i]));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("unknown label \"%s\"", TextDatumGetCString(label)),
	                errdetail("The labels are %s.", known.data),
	                errhint("array_position(labels, label) turns such labels into NULL.")));
}

CXM_FUNCTION(answer_of_label)
{
	int    n;
	Datum *labels = labels_arg(fcinfo, 1, &n);
	int    place;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	place = find_label(labels, n, PG_GETARG_DATUM(0));
	if (place == n)
		refuse_label(PG_GETARG_DATUM(0), labels, n);
	PG_RETURN_INT32(place + 1);
}
