/*
 * funnel_steps.h
 *		What funnels over journeys and over rows share: what they look for, and the arguments that
 *		say it.
 *
 * The optional arguments have one order, within, mode, exclude, step_limits and calendar, and NULL
 * stands for the default of each: no limit, ordered, nothing, no limits, any clock.
 */
#ifndef CXM_FUNNEL_STEPS_H
#define CXM_FUNNEL_STEPS_H

#include "utils/array.h"

#include "core/funnel.h"
#include "journeys/customer_journey.h"
#include "journeys/journey_clock.h"

#define FUNNEL_MOST_EXCLUDED 64

typedef struct FunnelLabel
{
	const char *text;
	int         length;
} FunnelLabel;

/* The arguments of a call that are read once: arrays, and a calendar. */
typedef enum FunnelArgument
{
	FUNNEL_STEPS,
	FUNNEL_EXCLUDE,
	FUNNEL_LIMITS,
	FUNNEL_CALENDAR,
	FUNNEL_ARGUMENTS
} FunnelArgument;

/*
 * A funnel over labels, as the engine takes it; the clock that it goes by; what the built-in stages
 * are in it; and the arguments that it was read from, NULL where there were none.
 */
typedef struct FunnelSteps
{
	const struct varlena *argument[FUNNEL_ARGUMENTS];
	bool                  constant; /* they are, and the window and the mode */
	bool                  settled;  /* so that no row can change what was found sound */

	CxmFunnelTerms terms;
	JourneyClock   clock;
	FunnelLabel    label[CXM_FUNNEL_MOST_STEPS];
	int            n_excluded;
	FunnelLabel    excluded[FUNNEL_MOST_EXCLUDED]; /* in order, none twice */
	uint64         built_in[STAGE_BUILT_IN];
} FunnelSteps;

/* Where a call has what a funnel looks for; 0 where it has no such argument. */
typedef struct FunnelArgs
{
	int steps;
	int within;
	int mode;
	int exclude;
	int limits;
	int calendar;
} FunnelArgs;

/* The mode in an argument. */
extern CxmFunnelMode funnel_mode_arg(FunctionCallInfo fcinfo, int argno);

extern const char *funnel_mode_name(CxmFunnelMode mode);

/* The mode of this name; false when there is none. */
extern bool funnel_find_mode(const char *name, int length, CxmFunnelMode *mode);

/* Errors for steps that are NULL, and for a number of them that no funnel has. */
pg_noreturn extern void funnel_refuse_null_steps(void);
extern void             funnel_check_steps(int n);

/* The window in an argument in microseconds; NULL is one that never closes. */
static pg_attribute_always_inline uint64
funnel_within_arg(FunctionCallInfo fcinfo, int argno, bool by_calendar)
{
	if (PG_ARGISNULL(argno))
		return CXM_FUNNEL_UNLIMITED;
	if (unlikely(by_calendar))
		cxm_check_days(PG_GETARG_INTERVAL_P(argno), "window");
	return cxm_exact_microseconds(PG_GETARG_INTERVAL_P(argno), "window");
}

/* Puts the labels that are excluded in order, each once. */
extern void funnel_sort_excluded(FunnelSteps *steps);

/* Steps in any order are neither optional nor have they limits. */
static inline bool
funnel_terms_fit(const CxmFunnelTerms *terms)
{
	return terms->mode != CXM_FUNNEL_UNORDERED || (terms->optional == 0 && !terms->has_limits);
}

/* Reads the arguments of a call, and keeps what they say in its fn_extra. */
extern FunnelSteps *funnel_read_steps(FunctionCallInfo fcinfo, const FunnelArgs *args,
                                      struct varlena *const *arguments);

pg_noreturn extern void funnel_refuse_unfit(void);

/* Now and then while a funnel is solved. */
static inline void
funnel_interrupt(void)
{
	CHECK_FOR_INTERRUPTS();
}

static pg_attribute_always_inline bool
funnel_same_argument(const struct varlena *a, const struct varlena *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

static pg_attribute_always_inline struct varlena *
funnel_varlena_arg(FunctionCallInfo fcinfo, int argno)
{
	return argno == 0 || PG_ARGISNULL(argno) ? NULL : PG_DETOAST_DATUM(PG_GETARG_DATUM(argno));
}

/*
 * What a call looks for, kept in fn_extra: a query names the same steps row after row, mostly as
 * constants, which need not be compared.  An error where the steps are NULL.
 */
static pg_attribute_always_inline const FunnelSteps *
funnel_steps_arg(FunctionCallInfo fcinfo, FunnelArgs args)
{
	FunnelSteps    *steps = fcinfo->flinfo->fn_extra;
	struct varlena *given[FUNNEL_ARGUMENTS];

	if (likely(steps != NULL && steps != CXM_ZONES_CHECKED && steps->settled))
		return steps;
	given[FUNNEL_STEPS] = funnel_varlena_arg(fcinfo, args.steps);
	given[FUNNEL_EXCLUDE] = funnel_varlena_arg(fcinfo, args.exclude);
	given[FUNNEL_LIMITS] = funnel_varlena_arg(fcinfo, args.limits);
	given[FUNNEL_CALENDAR] = funnel_varlena_arg(fcinfo, args.calendar);
	if (unlikely(steps == NULL || steps == CXM_ZONES_CHECKED ||
	             !funnel_same_argument(steps->argument[FUNNEL_STEPS], given[FUNNEL_STEPS]) ||
	             !funnel_same_argument(steps->argument[FUNNEL_EXCLUDE], given[FUNNEL_EXCLUDE]) ||
	             !funnel_same_argument(steps->argument[FUNNEL_LIMITS], given[FUNNEL_LIMITS]) ||
	             !funnel_same_argument(steps->argument[FUNNEL_CALENDAR], given[FUNNEL_CALENDAR])))
		steps = funnel_read_steps(
		    fcinfo, &(FunnelArgs){args.steps, args.within, args.mode, args.exclude, args.limits,
		                          args.calendar},
		    (struct varlena *[]){given[FUNNEL_STEPS], given[FUNNEL_EXCLUDE], given[FUNNEL_LIMITS],
		                         given[FUNNEL_CALENDAR]});
	steps->terms.within = funnel_within_arg(fcinfo, args.within, steps->clock.hours != NULL);
	steps->terms.mode = args.mode == 0 ? CXM_FUNNEL_ORDERED : funnel_mode_arg(fcinfo, args.mode);
	if (unlikely(!funnel_terms_fit(&steps->terms)))
		funnel_refuse_unfit();
	steps->settled = steps->constant;
	return steps;
}

/* The set of steps that have the label. */
extern uint64 funnel_set_of_label(const FunnelSteps *steps, const char *label, int length);

/* Is it one of those that are excluded? */
extern bool funnel_excludes_label(const FunnelSteps *steps, const char *label, int length);

static pg_attribute_always_inline uint64
funnel_set_of_stage(const FunnelSteps *steps, StageView stage)
{
	uint32 built_in = stage_built_in_number(stage);

	if (built_in < STAGE_BUILT_IN)
		return steps->built_in[built_in];
	return funnel_set_of_label(steps, stage_key_label(stage), stage_key_label_length(stage));
}

static inline bool
funnel_excludes_stage(const FunnelSteps *steps, StageView stage)
{
	return steps->n_excluded > 0 &&
	       funnel_excludes_label(steps, stage_key_label(stage), stage_key_label_length(stage));
}

#endif /* CXM_FUNNEL_STEPS_H */
