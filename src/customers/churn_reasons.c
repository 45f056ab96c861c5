/*
 * churn_reasons.c
 *		Why customers left: the readings of a churn_summary that was counted with reasons.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "customers/churn_state.h"

static void
reasons_of(const ChurnView *view, ChurnReasons *reasons)
{
	if (view->total > 0 && !view->has_reasons)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("reasons cannot be told from a summary that has none"),
		                errhint("churn_reason_agg(active, period, reason) counts them.")));
	churn_read_reasons(view, reasons);
}

/* Those whom no reason counts. */
static void
without_reason(const ChurnView *view, const ChurnReasons *reasons, uint64 count[CHURN_LOSSES])
{
	count[0] = view->count[CHURN_LOST];
	count[1] = view->count[CHURN_NEW_AND_LOST];
	for (int i = 0; i < reasons->n; i++)
		for (int loss = 0; loss < CHURN_LOSSES; loss++)
			count[loss] -= reasons->of[i].count[loss];
}

static uint64
at_start(const ChurnView *view)
{
	return view->count[CHURN_KEPT] + view->count[CHURN_RETURNED] + view->count[CHURN_LOST];
}

static bool
is_among(const ChurnReason *reason, Datum *names, int n)
{
	for (int i = 0; i < n; i++)
	{
		text *name = DatumGetTextPP(names[i]);

		if ((int) VARSIZE_ANY_EXHDR(name) == reason->length &&
		    memcmp(VARDATA_ANY(name), reason->name, reason->length) == 0)
			return true;
	}
	return false;
}

/* The customers who were lost for one of the reasons in argument 1; NULL among them is for none. */
static uint64
lost_for(FunctionCallInfo fcinfo, const ChurnView *view)
{
	ChurnReasons reasons;
	uint64       others[CHURN_LOSSES];
	uint64       lost = 0;
	Datum       *names;
	bool        *nulls;
	int          n;
	int          named = 0;

	reasons_of(view, &reasons);
	without_reason(view, &reasons, others);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls,
	                  &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			names[named++] = names[i];
	if (named < n)
		lost = others[0];
	for (int i = 0; i < reasons.n; i++)
		if (is_among(&reasons.of[i], names, named))
			lost += reasons.of[i].count[0];
	return lost;
}

CXM_FUNCTION(churn_lost_for)
{
	ChurnView view = churn_view(SUMMARY_ARG(0));

	PG_RETURN_INT64((int64) lost_for(fcinfo, &view));
}

CXM_FUNCTION(churn_rate_for)
{
	ChurnView view = churn_view(SUMMARY_ARG(0));

	CXM_RETURN_FLOAT8_OR_NULL(
	    cxm_ratio((double) lost_for(fcinfo, &view), (double) at_start(&view)));
}

/* A row of churn_reasons(). */
static void
return_reason(FunctionCallInfo fcinfo, const ChurnView *view, const ChurnReason *reason,
              double level)
{
	CxmShareSample sample = {.n = (double) at_start(view)};
	CxmInterval    interval;
	bool           known;
	bool           nulls[6] = {false};
	Datum          values[6];

	sample.share = cxm_ratio((double) reason->count[0], sample.n);
	known = cxm_share_interval(&sample, level, &interval);
	nulls[0] = reason->name == NULL;
	values[0] = nulls[0] ? (Datum) 0
	                     : PointerGetDatum(cstring_to_text_with_len(reason->name, reason->length));
	values[1] = Int64GetDatum((int64) reason->count[0]);
	values[2] = Int64GetDatum((int64) reason->count[1]);
	nulls[2] = view->snapshots;
	nulls[3] = nulls[4] = nulls[5] = !known;
	values[3] = Float8GetDatum(sample.share);
	values[4] = Float8GetDatum(known ? interval.lower : 0);
	values[5] = Float8GetDatum(known ? interval.upper : 0);
	cxm_return_row(fcinfo, values, nulls);
}

CXM_FUNCTION(churn_reasons)
{
	ChurnView    view = churn_view(SUMMARY_ARG(0));
	double       level = cxm_level_arg(fcinfo, 1);
	ChurnReasons reasons;
	ChurnReason  none = {0};

	reasons_of(&view, &reasons);
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < reasons.n; i++)
		return_reason(fcinfo, &view, &reasons.of[i], level);
	without_reason(&view, &reasons, none.count);
	if ((none.count[0] | none.count[1]) != 0)
		return_reason(fcinfo, &view, &none, level);
	return (Datum) 0;
}
