/*
 * funnel_steps.c
 *		What funnels over journeys and over rows share: what they look for, and the arguments that
 *		say it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/execnodes.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "journeys/funnel_steps.h"

static const char *const mode_names[] = {"any",         "ordered",      "increasing",
                                         "consecutive", "strict_order", "unordered"};

StaticAssertDecl(lengthof(mode_names) == CXM_FUNNEL_MODES, "each mode has its name");

const char *
funnel_mode_name(CxmFunnelMode mode)
{
	return mode_names[mode];
}

bool
funnel_find_mode(const char *name, int length, CxmFunnelMode *mode)
{
	for (int i = 0; i < (int) lengthof(mode_names); i++)
		if ((int) strlen(mode_names[i]) == length && memcmp(mode_names[i], name, length) == 0)
		{
			*mode = (CxmFunnelMode) i;
			return true;
		}
	return false;
}

/* A literal without a type, meant to be as_of, is a mode to PostgreSQL. */
static pg_noinline void
refuse_mode(const char *name)
{
	bool is_time = *name >= '0' && *name <= '9';

	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown mode \"%s\"", name),
	                is_time ? errhint("Write a moment with its type: timestamptz '2025-12-31'.")
	                        : errhint("The modes are any, ordered, increasing, consecutive, "
	                                  "strict_order and unordered.")));
}

CxmFunnelMode
funnel_mode_arg(FunctionCallInfo fcinfo, int argno)
{
	text         *name;
	CxmFunnelMode mode;

	if (argno == 0 || PG_ARGISNULL(argno))
		return CXM_FUNNEL_ORDERED;
	name = PG_GETARG_TEXT_PP(argno);
	if (!funnel_find_mode(VARDATA_ANY(name), (int) VARSIZE_ANY_EXHDR(name), &mode))
		refuse_mode(text_to_cstring(name));
	return mode;
}

void
funnel_refuse_null_steps(void)
{
	ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
	                errmsg("the steps of a funnel must not be null")));
}

void
funnel_check_steps(int n)
{
	if (n < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("a funnel needs at least one step")));
	if (n > CXM_FUNNEL_MOST_STEPS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("a funnel of %d steps is too long", n),
		                errdetail("At most %d steps are possible.", CXM_FUNNEL_MOST_STEPS)));
}

static inline bool
label_is(const FunnelLabel *label, const char *text, int length)
{
	return label->length == length && memcmp(label->text, text, length) == 0;
}

uint64
funnel_set_of_label(const FunnelSteps *steps, const char *label, int length)
{
	uint64 set = 0;

	for (int k = 0; k < steps->terms.steps; k++)
		if (label_is(&steps->label[k], label, length))
			set |= UINT64CONST(1) << k;
	return set;
}

bool
funnel_excludes_label(const FunnelSteps *steps, const char *label, int length)
{
	for (int i = 0; i < steps->n_excluded; i++)
		if (label_is(&steps->excluded[i], label, length))
			return true;
	return false;
}

/* What the built-in stages are. */
static void
know_built_in(FunnelSteps *steps)
{
	for (int i = 0; i < STAGE_BUILT_IN; i++)
		steps->built_in[i] =
		    funnel_set_of_label(steps, stage_key_label(stage_view(&stage_built_in[i])),
		                        stage_key_label_length(stage_view(&stage_built_in[i])));
}

/* The arguments, which are arrays of text */

/* The elements of one, none where it is NULL. */
static int
read_texts(const ArrayType *array, const char *what, Datum **texts, bool **nulls)
{
	int n = 0;

	if (array == NULL)
		return 0;
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
		                errmsg("%s must be a one-dimensional array", what)));
	deconstruct_array((ArrayType *) unconstify(ArrayType *, array), TEXTOID, -1, false,
	                  TYPALIGN_INT, texts, nulls, &n);
	return n;
}

static FunnelLabel
read_label(Datum text)
{
	FunnelLabel label = {VARDATA_ANY(DatumGetPointer(text)),
	                     (int) VARSIZE_ANY_EXHDR(DatumGetPointer(text))};
	StageKey    key;

	stage_make_key(0, label.text, label.length, &key, NULL);
	return label;
}

/*
 * A question mark at the end makes a step optional.  Two stand for one that belongs to the label:
 * they become one, for which the text has room.
 */
static bool
take_question_marks(FunnelLabel *label)
{
	int      marks = 0;
	StageKey key;

	while (marks < label->length && label->text[label->length - 1 - marks] == '?')
		marks++;
	label->length -= marks - marks / 2;
	stage_make_key(0, label->text, label->length, &key, NULL);
	return marks % 2 == 1;
}

static void
read_labels(const ArrayType *array, FunnelSteps *steps)
{
	Datum *texts = NULL;
	bool  *nulls = NULL;
	int    n = read_texts(array, "the steps of a funnel", &texts, &nulls);

	funnel_check_steps(n);
	steps->terms.steps = n;
	for (int k = 0; k < n; k++)
	{
		if (nulls[k])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			                errmsg("a step of a funnel must not be null")));
		steps->label[k] = read_label(texts[k]);
		if (take_question_marks(&steps->label[k]))
			steps->terms.optional |= UINT64CONST(1) << k;
	}
	if (steps->terms.optional & 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("the first step of a funnel cannot be optional"),
		                errdetail("A question mark at its end makes a step optional."),
		                errhint("Leave the step out; or double the question mark, where it belongs "
		                        "to the label.")));
	if (pg_popcount64(steps->terms.optional) > CXM_FUNNEL_MOST_OPTIONAL)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("a funnel has too many optional steps"),
		                errdetail("At most %d are possible.", CXM_FUNNEL_MOST_OPTIONAL)));
}

static int
compare_labels(const void *a, const void *b)
{
	const FunnelLabel *x = a;
	const FunnelLabel *y = b;
	int                order = memcmp(x->text, y->text, Min(x->length, y->length));

	return order != 0 ? order : x->length - y->length;
}

void
funnel_sort_excluded(FunnelSteps *steps)
{
	int kept = 0;

	qsort(steps->excluded, steps->n_excluded, sizeof(FunnelLabel), compare_labels);
	for (int i = 0; i < steps->n_excluded; i++)
		if (kept == 0 || compare_labels(&steps->excluded[kept - 1], &steps->excluded[i]) != 0)
			steps->excluded[kept++] = steps->excluded[i];
	steps->n_excluded = kept;
}

static void
read_excluded(const ArrayType *array, FunnelSteps *steps)
{
	Datum *texts = NULL;
	bool  *nulls = NULL;
	int    n = read_texts(array, "exclude", &texts, &nulls);

	if (n > FUNNEL_MOST_EXCLUDED)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("a funnel excludes too many stages"),
		                errdetail("At most %d are possible.", FUNNEL_MOST_EXCLUDED)));
	for (int i = 0; i < n; i++)
	{
		FunnelLabel *label = &steps->excluded[i];

		if (nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			                errmsg("an excluded stage of a funnel must not be null")));
		*label = read_label(texts[i]);
		if (funnel_set_of_label(steps, label->text, label->length) != 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("stage \"%.*s\" is a step of the funnel, and excluded",
			                       label->length, label->text),
			                errhint("Leave it out of the steps, or of the excluded stages.")));
	}
	steps->n_excluded = n;
	funnel_sort_excluded(steps);
}

/* An interval in text; one with a sign in front means another under another IntervalStyle. */
static uint64
read_limit(Datum element, bool by_calendar)
{
	Interval *limit;
	char     *written = TextDatumGetCString(element);

	if (written[strspn(written, " \t\n")] == '-')
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("invalid limit of a step \"%s\"", written), errdetail("It is negative.")));
	limit =
	    DatumGetIntervalP(DirectFunctionCall3(interval_in, CStringGetDatum(written),
	                                          ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	if (by_calendar)
		cxm_check_days(limit, "limit of a step");
	return cxm_exact_microseconds(limit, "limit of a step");
}

static void
read_limits(const ArrayType *array, FunnelSteps *steps)
{
	Datum *texts = NULL;
	bool  *nulls = NULL;
	int    n = read_texts(array, "step_limits", &texts, &nulls);

	if (array == NULL)
		return;
	if (n != steps->terms.steps)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("a funnel of %d steps cannot have %d limits", steps->terms.steps, n),
		                errdetail("Each step has its limit, the most time since the step before, "
		                          "or NULL."),
		                errhint("Begin with NULL, for the first step: '{NULL,10 min,1 day}'.")));
	if (!nulls[0])
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("the first step of a funnel cannot have a limit"),
		                errdetail("A limit is the most time since the step before."),
		                errhint("Begin with NULL, for the first step: '{NULL,10 min,1 day}'.")));
	for (int k = 0; k < n; k++)
	{
		steps->terms.limits[k] = nulls[k] ? CXM_FUNNEL_UNLIMITED
		                                   : read_limit(texts[k], steps->clock.hours != NULL);
		steps->terms.has_limits |= !nulls[k];
	}
}

/* Are these arguments constants?  Of an aggregate's call the state is no argument. */
static bool
are_constant(FunctionCallInfo fcinfo, const FunnelArgs *args)
{
	const int places[] = {args->steps,   args->within, args->mode,
	                      args->exclude, args->limits, args->calendar};
	List     *given = NIL;
	int       before = 0;

	if (fcinfo->context != NULL && IsA(fcinfo->context, AggState))
	{
		Aggref *call = AggGetAggref(fcinfo);

		given = call == NULL ? NIL : call->args;
		before = 1;
	}
	else if (fcinfo->flinfo->fn_expr != NULL && IsA(fcinfo->flinfo->fn_expr, FuncExpr))
		given = ((FuncExpr *) fcinfo->flinfo->fn_expr)->args;
	for (int i = 0; i < (int) lengthof(places); i++)
	{
		Node *expression;

		if (places[i] == 0)
			continue;
		if (places[i] - before >= list_length(given))
			return false;
		expression = list_nth(given, places[i] - before);
		if (IsA(expression, TargetEntry))
			expression = (Node *) ((TargetEntry *) expression)->expr;
		if (!IsA(expression, Const))
			return false;
	}
	return true;
}

FunnelSteps *
funnel_read_steps(FunctionCallInfo fcinfo, const FunnelArgs *args,
                  struct varlena *const *arguments)
{
	Size           size = MAXALIGN(sizeof(FunnelSteps));
	MemoryContext  context = fcinfo->flinfo->fn_mcxt;
	FunnelSteps   *before = fcinfo->flinfo->fn_extra;
	FunnelSteps   *steps;
	BusinessHours *hours = NULL;
	char          *at;

	if (arguments[FUNNEL_STEPS] == NULL)
		funnel_refuse_null_steps();
	for (int i = 0; i < FUNNEL_ARGUMENTS; i++)
		size += arguments[i] == NULL ? 0 : MAXALIGN(VARSIZE(arguments[i]));
	steps = MemoryContextAllocZero(context, size);
	at = (char *) steps + MAXALIGN(sizeof(FunnelSteps));
	for (int i = 0; i < FUNNEL_ARGUMENTS; i++)
		if (arguments[i] != NULL)
		{
			memcpy(at, arguments[i], VARSIZE(arguments[i]));
			steps->argument[i] = (const struct varlena *) at;
			at += MAXALIGN(VARSIZE(arguments[i]));
		}
	if (arguments[FUNNEL_CALENDAR] != NULL)
		hours = business_hours_make(arguments[FUNNEL_CALENDAR], context);
	steps->clock = journey_clock_of(hours);
	read_labels((const ArrayType *) steps->argument[FUNNEL_STEPS], steps);
	read_excluded((const ArrayType *) steps->argument[FUNNEL_EXCLUDE], steps);
	read_limits((const ArrayType *) steps->argument[FUNNEL_LIMITS], steps);
	know_built_in(steps);
	steps->constant = are_constant(fcinfo, args);
	if (before != NULL && before != CXM_ZONES_CHECKED)
	{
		if (before->clock.hours != NULL)
			MemoryContextDelete(before->clock.hours->context);
		pfree(before);
	}
	fcinfo->flinfo->fn_extra = steps;
	return steps;
}

void
funnel_refuse_unfit(void)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("steps in any order can be neither optional nor have limits"),
	                errdetail("The mode is unordered.")));
}
