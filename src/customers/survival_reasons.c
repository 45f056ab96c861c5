/*
 * survival_reasons.c
 *		Customers of a survival_summary who were seen only from some age on, and for what reasons
 *		customers leave.
 */
#include "postgres.h"

#include "funcapi.h"
#include "mb/pg_wchar.h"

#include "customers/survival_state.h"

/* Transitions */

/* The reason in an argument, NULL for none; false where there is no such argument. */
static const SurvivalReason *
reason_arg(FunctionCallInfo fcinfo, int argno, SurvivalReason *reason)
{
	text *name;

	if (argno >= PG_NARGS() || PG_ARGISNULL(argno))
		return NULL;
	name = PG_GETARG_TEXT_PP(argno);
	*reason = (SurvivalReason){VARSIZE_ANY_EXHDR(name), VARDATA_ANY(name)};
	if (unlikely(reason->length > SURVIVAL_LONGEST_REASON))
		ereport(ERROR,
		        (errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
		         errmsg("the name of a reason is too long: \"%.*s...\"",
		                pg_mbcliplen(reason->name, (int) reason->length, 60), reason->name),
		         errdetail("It has %u bytes; at most %d are possible.", reason->length,
		                   SURVIVAL_LONGEST_REASON),
		         errhint("left(reason, 60) shortens it; reasons that are the same then add up.")));
	return reason;
}

static const char *
date_text(DateADT date)
{
	return DatumGetCString(DirectFunctionCall1(date_out, DateADTGetDatum(date)));
}

/*
 * Who left before being seen is none of those of whom one could have known that they did not leave.
 * Who was last seen when seen first says nothing.
 */
static Datum
count_customer(FunctionCallInfo fcinfo, const SurvivalCustomer *customer, bool add)
{
	if (customer->entry > 0 && customer->entry == customer->duration && customer->censored)
		return summary_unchanged(fcinfo);
	PG_RETURN_POINTER(survival_count_any(summary_raw_state_arg(fcinfo), customer, add));
}

static bool
was_never_at_risk(const SurvivalCustomer *customer)
{
	return customer->entry > 0 && (customer->entry > customer->duration ||
	                               (customer->entry == customer->duration && !customer->censored));
}

/* In units of somebody's own: entry, which may be NULL or not there, duration and ended. */
static Datum
count_duration(FunctionCallInfo fcinfo, int entry, int duration, int reason, bool add)
{
	SurvivalCustomer customer = {.entry = 0};
	SurvivalReason   name;

	if (PG_ARGISNULL(duration) || PG_ARGISNULL(duration + 1))
		return summary_unchanged(fcinfo);
	customer.duration = survival_duration_arg(fcinfo, duration, "duration");
	customer.censored = !PG_GETARG_BOOL(duration + 1);
	customer.reason = reason_arg(fcinfo, reason, &name);
	if (entry > 0 && !PG_ARGISNULL(entry))
		customer.entry = survival_duration_arg(fcinfo, entry, "entry");
	if (was_never_at_risk(&customer))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("customer of duration %d entered at %d", customer.duration,
		                       customer.entry),
		                errdetail("Customers count from after their entry on."),
		                errhint("Leave such customers out: FILTER (WHERE (duration <= entry AND "
		                        "entry > 0) IS NOT TRUE).")));
	return count_customer(fcinfo, &customer, add);
}

SUMMARY_TRANSITIONS(survival_entry, count_duration(fcinfo, 1, 2, PG_NARGS(), add))
SUMMARY_TRANSITIONS(survival_reason, count_duration(fcinfo, 0, 1, 3, add))
SUMMARY_TRANSITIONS(survival_entry_reason, count_duration(fcinfo, 1, 2, 4, add))

/* Dates: entered, which may be NULL or not there, started, ended and as_of. */
static Datum
count_lifetime(FunctionCallInfo fcinfo, int entered, int started, bool add)
{
	SurvivalCustomer customer = {.entry = 0};
	SurvivalReason   name;

	if (!survival_lifetime_arg(fcinfo, started, &customer.duration, &customer.censored))
		return summary_unchanged(fcinfo);
	customer.reason = reason_arg(fcinfo, started + 3, &name);
	if (entered > 0 && !PG_ARGISNULL(entered))
	{
		DateADT from = PG_GETARG_DATEADT(entered);

		if (from > PG_GETARG_DATEADT(started))
		{
			/* not seen yet on the day of looking */
			if (from >= PG_GETARG_DATEADT(started + 2))
				return summary_unchanged(fcinfo);
			customer.entry = from - PG_GETARG_DATEADT(started);
		}
	}
	if (was_never_at_risk(&customer))
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("customer ended at %s, not after entering at %s",
		                date_text(PG_GETARG_DATEADT(started + 1)),
		                date_text(PG_GETARG_DATEADT(entered))),
		         errdetail("Customers count from the day after their entry on."),
		         errhint("Leave such customers out: FILTER (WHERE (ended <= entered AND entered > "
		                 "started) IS NOT TRUE).")));
	return count_customer(fcinfo, &customer, add);
}

SUMMARY_TRANSITIONS(survival_lifetime_reason, count_lifetime(fcinfo, 0, 1, add))
SUMMARY_TRANSITIONS(survival_entry_lifetime, count_lifetime(fcinfo, 1, 2, add))

/* Incidences: what share has left for each reason */

typedef struct Incidences
{
	SurvivalWalk  walk;
	uint32        n;  /* reasons and one more, which comes first: none that is known */
	CxmIncidence *of; /* of each of them */
	uint64       *events;
} Incidences;

static Incidences
start_incidences(const void *value)
{
	Incidences incidences = {.walk = survival_walk(value)};

	incidences.n = 1 + incidences.walk.view.reasons;
	incidences.of = palloc0(incidences.n * sizeof(CxmIncidence));
	incidences.events = palloc0(incidences.n * sizeof(uint64));
	return incidences;
}

/* One duration further, with the events of each reason at it; false at the end. */
static bool
step_incidences(Incidences *incidences, uint64 *events)
{
	SurvivalWalk  *walk = &incidences->walk;
	CxmKaplanMeier before = walk->curve;
	double         at_risk = (double) walk->at_risk;

	if (!survival_step(walk))
		return false;
	memset(events, 0, incidences->n * sizeof(uint64));
	if (!walk->view.by_key)
		events[0] = walk->last.count[0];
	for (const KeyedCount *cell = walk->last.events; cell < walk->last.end; cell++)
		if (SURVIVAL_WHAT(cell->key) >= SURVIVAL_EVENT)
			events[SURVIVAL_WHAT(cell->key) - SURVIVAL_EVENT] = cell->count;
	for (uint32 i = 0; i < incidences->n; i++)
	{
		cxm_incidence_step(&incidences->of[i], &before, at_risk, (double) walk->last.count[0],
		                   (double) events[i]);
		incidences->events[i] += events[i];
	}
	return true;
}

static Incidences
incidences_at(const void *value, int32 t)
{
	Incidences incidences = start_incidences(value);
	uint64    *events = palloc(incidences.n * sizeof(uint64));

	while (survival_next_duration(&incidences.walk) <= t && step_incidences(&incidences, events))
		;
	return incidences;
}

/* The reason in the argument, or none that is known; what nobody has left for has no incidence. */
static CxmIncidence
incidence_arg(FunctionCallInfo fcinfo, bool *known)
{
	static const CxmIncidence NONE = {0, 0, 0};

	int32          t = survival_duration_arg(fcinfo, 2, "duration");
	Incidences     incidences = incidences_at(SUMMARY_ARG(0), t);
	SurvivalView  *view = &incidences.walk.view;
	SurvivalReason name;
	const SurvivalReason *reason = reason_arg(fcinfo, 1, &name);

	*known = survival_is_known(&incidences.walk, t);
	if (reason == NULL)
		return incidences.of[0];
	for (uint32 i = 0; i < view->reasons; i++)
		if (view->reason[i].length == name.length &&
		    memcmp(view->reason[i].name, name.name, name.length) == 0)
			return incidences.of[1 + i];
	return NONE;
}

CXM_FUNCTION(survival_cumulative_incidence)
{
	CxmIncidence incidence;
	bool         known;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	incidence = incidence_arg(fcinfo, &known);
	CXM_RETURN_FLOAT8_OR_NULL(known ? incidence.incidence : NAN);
}

static bool
incidence_interval(FunctionCallInfo fcinfo, CxmInterval *interval)
{
	CxmIncidence incidence;
	bool         known;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return false;
	incidence = incidence_arg(fcinfo, &known);
	return cxm_incidence_interval(&incidence, cxm_level_arg(fcinfo, 3), interval) && known;
}

INTERVAL_READINGS(survival_cumulative_incidence, incidence_interval)

/* A reason, a duration, the events, and the incidence with its interval. */
static void
return_incidence(FunctionCallInfo fcinfo, const Incidences *incidences, uint32 i, int32 t,
                 uint64 events, bool known, double level)
{
	const SurvivalReason *reason = i > 0 ? &incidences->walk.view.reason[i - 1] : NULL;
	const CxmIncidence   *of = &incidences->of[i];
	CxmInterval           interval = {NAN, NAN};
	bool                  found = known && cxm_incidence_interval(of, level, &interval);
	bool                  nulls[6] = {i == 0, false, false, !known, !found, !found};
	Datum                 values[6] = {0,
	                                   Int32GetDatum(t),
	                                   Int64GetDatum((int64) events),
	                                   Float8GetDatum(of->incidence),
	                                   Float8GetDatum(interval.lower),
	                                   Float8GetDatum(interval.upper)};

	if (i > 0)
		values[0] =
		    PointerGetDatum(cstring_to_text_with_len(reason->name, (int) reason->length));
	cxm_return_row(fcinfo, values, nulls);
}

/* Of each reason that somebody has ever left for. */
CXM_FUNCTION(survival_cumulative_incidences)
{
	int32      t = survival_duration_arg(fcinfo, 1, "duration");
	double     level = cxm_level_arg(fcinfo, 2);
	Incidences incidences = incidences_at(SUMMARY_ARG(0), t);
	bool       known = survival_is_known(&incidences.walk, t);
	Incidences whole = incidences_at(SUMMARY_ARG(0), PG_INT32_MAX);

	InitMaterializedSRF(fcinfo, 0);
	for (uint32 i = 1; i <= incidences.n; i++)
		if (whole.events[i % incidences.n] > 0)
			return_incidence(fcinfo, &incidences, i % incidences.n, t,
			                 incidences.events[i % incidences.n], known, level);
	return (Datum) 0;
}

CXM_FUNCTION(survival_incidence_curve)
{
	Incidences incidences = start_incidences(SUMMARY_ARG(0));
	double     level = cxm_level_arg(fcinfo, 1);
	uint64    *events = palloc(incidences.n * sizeof(uint64));

	InitMaterializedSRF(fcinfo, 0);
	while (step_incidences(&incidences, events))
		for (uint32 i = 1; i <= incidences.n; i++)
			if (events[i % incidences.n] > 0)
				return_incidence(fcinfo, &incidences, i % incidences.n,
				                 incidences.walk.last.duration, events[i % incidences.n], true,
				                 level);
	return (Datum) 0;
}
