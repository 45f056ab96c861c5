/*
 * churn_state.c
 *		The state of a churn_summary: looking at it, counting, merging and leaving.
 */
#include "postgres.h"

#include "customers/churn_state.h"

static int
compare_names(const char *a, int a_length, const char *b, int b_length)
{
	int order = memcmp(a, b, Min(a_length, b_length));

	return order != 0 ? order : a_length - b_length;
}

/* Whom a reason counts, by the kinds of customers. */
static const ChurnKind LOSSES[CHURN_LOSSES] = {CHURN_LOST, CHURN_NEW_AND_LOST};

/* Looking at values */

ChurnView
churn_view(const void *value)
{
	ChurnView    view = {0};
	SummaryBytes bytes;
	int          kinds;
	Size         size;

	if (SUMMARY_IS_BLANK(value))
		return view;
	bytes = summary_open(&CHURN, value);
	kinds = churn_kinds(bytes.at[0]);
	bytes.at += CHURN.header;
	size = (Size) kinds << (bytes.flags & CHURN_WIDTH);
	view.has_reasons = (bytes.flags & CHURN_REASONS) != 0;
	if (view.has_reasons ? kinds < CHURN_KINDS || (Size) (bytes.end - bytes.at) < size
	                     : (Size) (bytes.end - bytes.at) != size)
		summary_refuse_value(&CHURN);

	view.snapshots = (bytes.flags & CHURN_SNAPSHOTS) != 0;
	view.width = bytes.flags & CHURN_WIDTH;
	cxm_counters_get(bytes.at, view.width, kinds, view.count);
	if (unlikely(!cxm_counts_total(view.count, CHURN_KINDS, &view.total)))
		summary_refuse_overflow("count of customers");
	view.reasons = bytes.at + size;
	view.end = bytes.end;
	return view;
}

/*
 * The reason at *at, which moves behind it; *counters is where it counts.  False where there is
 * none in what is left of the bytes.
 */
static inline bool
next_reason(const unsigned char **at, const unsigned char *end, int width, ChurnReason *reason,
            const unsigned char **counters)
{
	if (end - *at < 1 || end - *at < 1 + **at + (CHURN_LOSSES << width))
		return false;
	reason->length = **at;
	reason->name = (const char *) *at + 1;
	*counters = *at + 1 + reason->length;
	*at = *counters + (CHURN_LOSSES << width);
	return true;
}

static inline bool
counts_somebody(const ChurnReason *reason)
{
	return (reason->count[0] | reason->count[1]) != 0;
}

bool
churn_reasons_fit(const ChurnView *view, const ChurnReasons *reasons)
{
	for (int loss = 0; loss < CHURN_LOSSES; loss++)
	{
		uint64 left = view->count[LOSSES[loss]];

		for (int i = 0; i < reasons->n; i++)
		{
			if (reasons->of[i].count[loss] > left)
				return false;
			left -= reasons->of[i].count[loss];
		}
	}
	return true;
}

void
churn_read_reasons(const ChurnView *view, ChurnReasons *reasons)
{
	const unsigned char *at = view->reasons;
	const unsigned char *counters;
	ChurnReason          reason;
	ChurnReason          last = {0};

	reasons->n = 0;
	if (!view->has_reasons)
		return;
	while (at < view->end)
	{
		if (!next_reason(&at, view->end, view->width, &reason, &counters) ||
		    (last.name != NULL &&
		     compare_names(last.name, last.length, reason.name, reason.length) >= 0))
			summary_refuse_value(&CHURN);
		last = reason;
		cxm_counters_get(counters, view->width, CHURN_LOSSES, reason.count);
		/* a window's state may have lost all whom a reason counted */
		if (!counts_somebody(&reason))
			continue;
		if (reasons->n == CHURN_MOST_REASONS)
			summary_refuse_value(&CHURN);
		reasons->of[reasons->n++] = reason;
	}
	if (!churn_reasons_fit(view, reasons))
		summary_refuse_value(&CHURN);
}

bool
churn_is_empty(const void *state)
{
	return churn_view(state).total == 0;
}

/* Making values and states */

int
churn_reason_place(ChurnReasons *reasons, const char *name, int length)
{
	int place = 0;
	int order = 1;

	while (place < reasons->n &&
	       (order = compare_names(reasons->of[place].name, reasons->of[place].length, name,
	                              length)) < 0)
		place++;
	if (place < reasons->n && order == 0)
		return place;
	if (reasons->n == CHURN_MOST_REASONS)
		return -1;
	memmove(&reasons->of[place + 1], &reasons->of[place],
	        (reasons->n - place) * sizeof(ChurnReason));
	reasons->of[place] = (ChurnReason){length, name, {0}};
	reasons->n++;
	return place;
}

ChurnSummary *
churn_make(const ChurnView *view, const ChurnReasons *reasons)
{
	uint8 version =
	    view->has_reasons || view->count[CHURN_REACTIVATED] > 0 ? CHURN_NEWEST : CHURN_VERSION;
	int            kinds = churn_kinds(version);
	int            width = cxm_counts_width(view->count, kinds);
	Size           size = offsetof(ChurnSummary, counters) + ((Size) kinds << width);
	ChurnSummary  *summary;
	unsigned char *at;

	for (int i = 0; view->has_reasons && i < reasons->n; i++)
		if (counts_somebody(&reasons->of[i]))
			size += 1 + reasons->of[i].length + (CHURN_LOSSES << width);
	summary = palloc(size);
	SET_VARSIZE(summary, size);
	summary->version = version;
	summary->flags = (uint8) (width | (view->snapshots ? CHURN_SNAPSHOTS : 0) |
	                          (view->has_reasons ? CHURN_REASONS : 0));
	cxm_counters_set(summary->counters, width, kinds, view->count);
	at = summary->counters + ((Size) kinds << width);
	for (int i = 0; view->has_reasons && i < reasons->n; i++)
	{
		const ChurnReason *reason = &reasons->of[i];

		if (!counts_somebody(reason))
			continue;
		*at++ = (unsigned char) reason->length;
		memcpy(at, reason->name, reason->length);
		at += reason->length;
		cxm_counters_set(at, width, CHURN_LOSSES, reason->count);
		at += CHURN_LOSSES << width;
	}
	return summary;
}

void *
churn_canonical(const void *state)
{
	ChurnView    view = churn_view(state);
	ChurnReasons reasons;

	churn_read_reasons(&view, &reasons);
	return churn_make(&view, &reasons);
}

/* Merging */

bool
churn_same_terms(const void *a, const void *b)
{
	return ((summary_open(&CHURN, a).flags ^ summary_open(&CHURN, b).flags) &
	        (CHURN_SNAPSHOTS | CHURN_REASONS)) == 0;
}

/* Whoever came and went between two snapshots is in neither, and no period completes them. */
static void
refuse_flags(uint8 a, uint8 b)
{
	if (((a ^ b) & CHURN_SNAPSHOTS) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("cannot combine churn counted from snapshots with churn counted "
		                       "from periods")));
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	         errmsg("cannot combine churn with reasons and churn without reasons"),
	         errhint("Count all with reasons, NULL where there is none; or say of a summary that "
	                 "its reasons are not known: (s::jsonb || '{\"reasons\": {}}')"
	                 "::churn_summary.")));
}

void
churn_refuse_mixture(const void *a, const void *b)
{
	refuse_flags(summary_open(&CHURN, a).flags, summary_open(&CHURN, b).flags);
}

static void
change_count(ChurnView *view, int kind, uint64 customers, bool add)
{
	view->count[kind] = summary_moved(view->count[kind], customers, add, "customers");
	view->total = summary_moved(view->total, customers, add, "customers");
}

pg_noreturn static pg_noinline void
refuse_reasons(void)
{
	ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
	                errmsg("there are more than %d reasons of churn", CHURN_MOST_REASONS),
	                errhint("Reasons are kinds of reasons: put free text into classes first.")));
}

static void
change_reason(ChurnReasons *reasons, const ChurnReason *by, bool add)
{
	int place = churn_reason_place(reasons, by->name, by->length);

	if (place < 0)
		refuse_reasons();
	for (int loss = 0; loss < CHURN_LOSSES; loss++)
		reasons->of[place].count[loss] =
		    summary_moved(reasons->of[place].count[loss], by->count[loss], add, "customers");
}

void *
churn_merge(void *state, const void *value, bool add)
{
	ChurnView    a = churn_view(state);
	ChurnView    b = churn_view(value);
	ChurnReasons reasons;
	ChurnReasons others;

	churn_read_reasons(&a, &reasons);
	for (int kind = 0; kind < CHURN_KINDS; kind++)
		change_count(&a, kind, b.count[kind], add);
	if (a.has_reasons)
	{
		churn_read_reasons(&b, &others);
		for (int i = 0; i < others.n; i++)
			change_reason(&reasons, &others.of[i], add);
		/* without those whom no reason counts there may be too few left */
		if (!add && !churn_reasons_fit(&a, &reasons))
			summary_refuse_shortage("customers");
	}
	return churn_make(&a, &reasons);
}

/* Counting */

/* The counters of a reason in a state of this width; NULL where it has none of this name. */
static unsigned char *
find_reason(ChurnSummary *state, int width, const ChurnReason *sought)
{
	const unsigned char *at = state->counters + ((Size) CHURN_KINDS << width);
	const unsigned char *end = (const unsigned char *) state + VARSIZE(state);
	const unsigned char *counters;
	ChurnReason          reason;

	while (next_reason(&at, end, width, &reason, &counters))
		if (reason.length == sought->length &&
		    memcmp(reason.name, sought->name, reason.length) == 0)
			return (unsigned char *) counters;
	return NULL;
}

static int
loss_of(ChurnKind kind, const ChurnReason *reason)
{
	for (int loss = 0; reason->name != NULL && loss < CHURN_LOSSES; loss++)
		if (kind == LOSSES[loss])
			return loss;
	return -1;
}

/* Counts in a state that has reasons, and this one among them, and has room; false for others. */
static bool
count_reason_in_place(ChurnSummary *state, ChurnKind kind, uint8 flags, const ChurnReason *reason,
                      bool add)
{
	int            loss = loss_of(kind, reason);
	int            width = state->flags & CHURN_WIDTH;
	unsigned char *counters = NULL;

	if (!VARATT_IS_4B_U(state) || VARSIZE(state) <= offsetof(ChurnSummary, counters) ||
	    state->version != CHURN_NEWEST || (state->flags & ~CHURN_WIDTH) != flags ||
	    VARSIZE(state) < offsetof(ChurnSummary, counters) + ((Size) CHURN_KINDS << width))
		return false;
	if (loss >= 0 && (counters = find_reason(state, width, reason)) == NULL)
		return false;
	if (!cxm_counter_count(state->counters, width, kind, add))
		return false;
	if (counters == NULL || cxm_counter_count(counters, width, loss, add))
		return true;
	/* more whom the reason counts than left, or fewer: to be said by those who look closely */
	cxm_counter_count(state->counters, width, kind, !add);
	return false;
}

/* The state is none, or has no room, or is a value that somebody's own aggregate starts with. */
static pg_noinline void *
count_slowly(void *state, ChurnKind kind, uint8 flags, const ChurnReason *reason, bool add)
{
	ChurnView    view = {0};
	ChurnReasons reasons;
	uint8        terms;

	reasons.n = 0;
	if (state != NULL)
		view = churn_view(pg_detoast_datum_packed(state));
	terms = (view.snapshots ? CHURN_SNAPSHOTS : 0) | (view.has_reasons ? CHURN_REASONS : 0);
	if (view.total > 0 && terms != flags)
		refuse_flags(terms, flags);
	if (terms == flags)
		churn_read_reasons(&view, &reasons);
	view.snapshots = (flags & CHURN_SNAPSHOTS) != 0;
	view.has_reasons = (flags & CHURN_REASONS) != 0;
	change_count(&view, kind, 1, add);
	if (reason != NULL && loss_of(kind, reason) >= 0)
	{
		ChurnReason by = *reason;

		by.count[loss_of(kind, reason)] = 1;
		change_reason(&reasons, &by, add);
	}
	if (!add && !churn_reasons_fit(&view, &reasons))
		summary_refuse_shortage("customers");
	return churn_make(&view, &reasons);
}

void *
churn_count(void *state, ChurnKind kind, bool snapshots, const ChurnReason *reason, bool add)
{
	uint8 flags = (snapshots ? CHURN_SNAPSHOTS : 0) | (reason != NULL ? CHURN_REASONS : 0);

	if (kind == CHURN_STRANGER)
		return state != NULL ? state : summary_blank();
	if (state != NULL && reason != NULL && count_reason_in_place(state, kind, flags, reason, add))
		return state;
	return count_slowly(state, kind, flags, reason, add);
}
