/*
 * funnel_steps.c
 *		What funnels over journeys and over conditions share: their arguments.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "funnel_steps.h"

static const char *const mode_names[] = {"any", "ordered", "increasing", "consecutive"};

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

CxmFunnelMode
funnel_mode_arg(FunctionCallInfo fcinfo, int argno)
{
	text         *name;
	CxmFunnelMode mode;

	if (PG_ARGISNULL(argno))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("mode must not be null")));
	name = PG_GETARG_TEXT_PP(argno);
	if (!funnel_find_mode(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &mode))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("unknown mode \"%s\"", text_to_cstring(name)),
		                errhint("The modes are any, ordered, increasing and consecutive.")));
	return mode;
}

void
funnel_refuse_within(const Interval *within, bool months)
{
	char *text = DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(within)));

	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                months ? errmsg("\"%s\" is no window: it has months", text)
	                       : errmsg("\"%s\" is no window", text),
	                months ? errdetail("Months differ in length.")
	                       : errdetail("A window is not negative and not infinite."),
	                months ? errhint("Write it in days, such as '30 days'.") : 0));
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

/* Which steps come first of those that are alike; label and length are there. */
static void
compare_steps(FunnelSteps *steps)
{
	for (int k = 0; k < steps->n; k++)
	{
		int j = 0;

		while (steps->length[j] != steps->length[k] ||
		       memcmp(steps->label[j], steps->label[k], steps->length[k]) != 0)
			j++;
		steps->first_like[k] = (unsigned char) j;
	}
}

uint64
funnel_set_of_label(const FunnelSteps *steps, const char *label, int length)
{
	uint64 set = 0;

	for (int k = 0; k < steps->n; k++)
		if (steps->length[k] == length && memcmp(steps->label[k], label, length) == 0)
			set |= UINT64CONST(1) << k;
	return set;
}

typedef struct StepsCache
{
	FunnelSteps steps;
	Size        size;
	/* MAXALIGNed: the array itself */
} StepsCache;

#define CACHED_ARRAY(cache) ((char *) (cache) + MAXALIGN(sizeof(StepsCache)))

static pg_noinline StepsCache *
read_steps(FunctionCallInfo fcinfo, const ArrayType *argument)
{
	Size        size = VARSIZE(argument);
	StepsCache *cache;
	Datum      *elements;
	bool       *nulls;
	int         n;
	StageKey    key;

	if (ARR_NDIM(argument) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
		                errmsg("the steps of a funnel must be a one-dimensional array")));
	n = ArrayGetNItems(ARR_NDIM(argument), ARR_DIMS(argument));
	funnel_check_steps(n);

	cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, MAXALIGN(sizeof(StepsCache)) + size);
	cache->size = size;
	memcpy(CACHED_ARRAY(cache), argument, size);
	deconstruct_array((ArrayType *) CACHED_ARRAY(cache), TEXTOID, -1, false, TYPALIGN_INT,
	                  &elements, &nulls, &n);
	cache->steps.n = n;
	for (int k = 0; k < n; k++)
	{
		if (nulls[k])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			                errmsg("a step of a funnel must not be null")));
		cache->steps.label[k] = VARDATA_ANY(DatumGetPointer(elements[k]));
		cache->steps.length[k] = VARSIZE_ANY_EXHDR(DatumGetPointer(elements[k]));
		stage_make_key(0, cache->steps.label[k], cache->steps.length[k], &key, NULL);
	}
	compare_steps(&cache->steps);
	for (int i = 0; i < STAGE_BUILT_IN; i++)
	{
		StageView stage = stage_view(&stage_built_in[i]);

		cache->steps.built_in[i] = funnel_set_of_label(&cache->steps, stage_key_label(stage),
		                                               stage_key_label_length(stage));
	}
	pfree(elements);
	pfree(nulls);
	return cache;
}

const FunnelSteps *
funnel_steps_arg(FunctionCallInfo fcinfo, int argno)
{
	StepsCache *cache = fcinfo->flinfo->fn_extra;
	ArrayType  *argument = PG_GETARG_ARRAYTYPE_P(argno);

	if (cache == NULL || cache->size != VARSIZE(argument) ||
	    memcmp(CACHED_ARRAY(cache), argument, cache->size) != 0)
	{
		StepsCache *read = read_steps(fcinfo, argument);

		if (cache != NULL)
			pfree(cache);
		fcinfo->flinfo->fn_extra = cache = read;
	}
	return &cache->steps;
}

uint64 *
funnel_sets(const Journey *journey, const FunnelSteps *steps)
{
	uint64 *sets = palloc((journey->stages + 1) * sizeof(uint64));

	for (uint32 i = 0; i < journey->stages; i++)
		sets[i] = funnel_set_of_stage(steps, journey->stage[i]);
	return sets;
}

void
funnel_run(CxmFunnel *funnel, const Journey *journey, const uint64 *sets, TimestampTz as_of)
{
	JourneyCursor cursor = journey_cursor(journey);
	JourneyEvent  event;

	while (!cxm_funnel_is_complete(funnel) && journey_next(&cursor, &event) && event.time <= as_of)
		cxm_funnel_event(funnel, event.time, sets[event.stage]);
	cxm_funnel_finish(funnel);
}

void
funnel_trace(const CxmFunnel *funnel, const Journey *journey, const uint64 *sets, int64 *times)
{
	CxmFunnelTrace trace;
	JourneyCursor  cursor = journey_cursor(journey);
	JourneyEvent   event;

	cxm_funnel_trace_start(&trace, funnel, times);
	while (journey_next(&cursor, &event) &&
	       !cxm_funnel_trace_event(&trace, event.time, sets[event.stage]))
		;
	cxm_funnel_trace_finish(&trace);
}
