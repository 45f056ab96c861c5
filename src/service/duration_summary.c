/*
 * duration_summary.c
 *		The type duration_summary: its aggregates, its text and its binary form.
 */
#include "postgres.h"


#include "common/business_hours.h"
#include "core/varint.h"
#include "service/duration_readings.h"
#include "service/duration_rows.h"

/* Transitions */

SUMMARY_TRANSITIONS(duration, PointerGetDatum(duration_count_interval(fcinfo, &NO_TARGETS, add)))

COUNT_TICKETS(ttr, _timestamptz,
              duration_count_ticket(fcinfo, false, false, &NO_TARGETS, cxm_moment_text, add))
COUNT_TICKETS(ttr_as_of, _timestamptz,
              duration_count_ticket(fcinfo, false, true, &NO_TARGETS, cxm_moment_text, add))
COUNT_TICKETS(ttr, _timestamp,
              duration_count_ticket(fcinfo, false, false, &NO_TARGETS, duration_clock_text, add))
COUNT_TICKETS(ttr_as_of, _timestamp,
              duration_count_ticket(fcinfo, false, true, &NO_TARGETS, duration_clock_text, add))
COUNT_TICKETS(business_ttr, ,
              duration_count_ticket(fcinfo, true, false, &NO_TARGETS, cxm_moment_text, add))
COUNT_TICKETS(business_ttr_as_of, ,
              duration_count_ticket(fcinfo, true, true, &NO_TARGETS, cxm_moment_text, add))

/*
 * Text: {"total_microseconds": 90, "resolved": {"40": 1, "50": 1}, "unresolved": 3}.  A bucket is
 * named by its shortest duration, in microseconds.  With ages "unresolved" holds buckets too.
 * Targets come first, with what was resolved within them, "targets": {"45": 1}, and with ages what
 * is open and no older, "targets": {"45": {"resolved": 1, "unresolved": 0}}.  Without them nothing
 * at all is {}.
 */
static void
append_histogram(StringInfo text, HistogramView histogram)
{
	int    bucket;
	uint64 count;

	appendStringInfoChar(text, '{');
	while (duration_next_bucket(&histogram, &bucket, &count))
		cxm_json_print_count(text, cxm_log_bucket_from(bucket), count);
	appendStringInfoChar(text, '}');
}

static void
append_targets(StringInfo text, const DurationView *view)
{
	appendStringInfoString(text, "\"targets\": {");
	for (int i = 0; i < view->n_targets; i++)
	{
		uint64 resolved = (uint64) duration_count_up_to(view, RESOLVED, view->targets[i]);

		if (!view->ages)
			cxm_json_print_count(text, view->targets[i], resolved);
		else
			appendStringInfo(text,
			                 "%s\"" UINT64_FORMAT "\": {\"resolved\": " UINT64_FORMAT
			                 ", \"unresolved\": " UINT64_FORMAT "}",
			                 i > 0 ? ", " : "", view->targets[i], resolved,
			                 (uint64) duration_count_up_to(view, OPEN, view->targets[i]));
	}
	appendStringInfoString(text, "}, ");
}

static char *
duration_text(const void *value)
{
	DurationView   view = duration_view(value);
	StringInfoData text;
	char           total[CXM_UINT128_TEXT];

	if (view.n_targets == 0 && duration_is_empty(value))
		return pstrdup("{}");
	cxm_uint128_print(view.total, 0, total);
	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	if (view.n_targets > 0)
		append_targets(&text, &view);
	appendStringInfo(&text, "\"total_microseconds\": %s, \"resolved\": ", total);
	append_histogram(&text, view.histogram[RESOLVED]);
	appendStringInfoString(&text, ", \"unresolved\": ");
	if (view.ages)
		append_histogram(&text, view.histogram[OPEN]);
	else
		appendStringInfo(&text, UINT64_FORMAT, view.unresolved);
	appendStringInfoChar(&text, '}');
	return text.data;
}

/* Reads what append_histogram() writes. */
static bool
read_histogram(DurationState **state, const char *key, const JsonbValue *object, int which,
               Node *escontext)
{
	JsonbIterator *iterator = cxm_json_fields(object, "The value", key, DURATION.name, escontext);
	int            bucket;
	uint64         count;

	if (iterator == NULL)
		return false;
	while (cxm_json_next_bucket(&iterator, DURATION.name, escontext, &bucket, &count))
		if (count > 0)
			*state = duration_move_bucket(*state, which, bucket, count, true);
	return iterator == NULL;
}

enum
{
	FIELD_TOTAL,
	FIELD_RESOLVED,
	FIELD_UNRESOLVED,
	FIELD_TARGETS
};

static const char *const FIELDS[] = {"total_microseconds", "resolved", "unresolved", "targets"};

#define NO_FIT "The value of \"%s\" does not fit the durations."

/* A target that was read, and its counts. */
typedef struct ReadTarget
{
	uint64 at;
	uint64 up_to[2];
} ReadTarget;

/* Reads what append_targets() writes; *n is how many there are. */
static bool
read_targets(const JsonbValue *object, bool ages, ReadTarget *read, int *n, Node *escontext)
{
	static const char *const COUNTS[] = {"resolved", "unresolved"};

	const char    *field = FIELDS[FIELD_TARGETS];
	JsonbIterator *iterator = cxm_json_fields(object, "The value", field, DURATION.name, escontext);
	JsonbValue     value;
	char          *key;

	*n = 0;
	if (iterator == NULL)
		return false;
	for (; cxm_json_next(&iterator, &key, &value); (*n)++)
	{
		JsonbValue *counts[2] = {&value, NULL};

		if (*n == DURATION_MOST_TARGETS)
			return summary_refuse_text(&DURATION, escontext, "There are more than %d targets.",
			                           DURATION_MOST_TARGETS);
		if (!cxm_json_is_number(key, CXM_COUNTER_CEILING, &read[*n].at))
			return summary_refuse_text(&DURATION, escontext, "\"%s\" is no target.", key);
		if (ages &&
		    !cxm_json_pick(&value, "The value", key, DURATION.name, escontext, COUNTS, 2, counts))
			return false;
		for (int which = RESOLVED; which <= OPEN; which++)
			if (!cxm_json_count(counts[which], key, DURATION.name, escontext,
			                    &read[*n].up_to[which]))
				return false;
	}
	return true;
}

/* Puts how much of its bucket is within a target where the state has it. */
static bool
set_part(DurationState *state, const ReadTarget *read)
{
	DurationView view = duration_view(state);
	CxmLoose64  *numbers = duration_targets(state) + 1;
	int          place = 0;

	while (view.targets[place] != read->at)
		place++;
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		uint64 shorter = (uint64) duration_count_up_to(&view, which, read->at);

		if (read->up_to[which] < shorter)
			return false;
		numbers[(1 + which) * view.n_targets + place] = read->up_to[which] - shorter;
	}
	return true;
}

static void *
duration_read(JsonbValue **fields, Node *escontext)
{
	const JsonbValue *unresolved = fields[FIELD_UNRESOLVED];
	const char       *total_key = FIELDS[FIELD_TOTAL];
	bool              ages = unresolved != NULL && unresolved->type == jbvBinary;
	CxmUint128        total = {0, 0};
	uint64            count = 0;
	int               n_targets = 0;
	ReadTarget        read[DURATION_MOST_TARGETS];
	DurationTargets   targets = NO_TARGETS;
	DurationState    *state;
	DurationView      view;

	if (fields[FIELD_TARGETS] != NULL &&
	    !read_targets(fields[FIELD_TARGETS], ages, read, &n_targets, escontext))
		return NULL;
	for (int i = 0; i < n_targets; i++)
		duration_add_target(&targets, read[i].at);
	state = duration_state_for(NULL, ages, &targets);
	if (fields[FIELD_TOTAL] != NULL)
	{
		char *number =
		    cxm_json_scalar(fields[FIELD_TOTAL], total_key, DURATION.name, true, escontext);

		if (number == NULL)
			return NULL;
		if (!cxm_uint128_parse(number, 0, &total))
			return summary_refuse_text(&DURATION, escontext,
			                           "The value of \"%s\" is negative, too large or not whole.",
			                           total_key);
	}
	if ((fields[FIELD_RESOLVED] != NULL &&
	     !read_histogram(&state, FIELDS[FIELD_RESOLVED], fields[FIELD_RESOLVED], RESOLVED,
	                     escontext)) ||
	    (ages && !read_histogram(&state, FIELDS[FIELD_UNRESOLVED], unresolved, OPEN, escontext)) ||
	    (!ages &&
	     !cxm_json_count(unresolved, FIELDS[FIELD_UNRESOLVED], DURATION.name, escontext, &count)))
		return NULL;
	duration_move_total(state, total, true);
	duration_move_unresolved(state, count, true);
	view = duration_view(state);
	if (!duration_total_is_sound(&view))
		return summary_refuse_text(&DURATION, escontext, NO_FIT, total_key);
	if (!duration_counts_are_sound(&view))
		return summary_report_overflow(escontext, COUNT_OF_DURATIONS);
	for (int i = 0; i < n_targets; i++)
		if (!set_part(state, &read[i]))
			return summary_refuse_text(&DURATION, escontext, NO_FIT, FIELDS[FIELD_TARGETS]);
	view = duration_view(state);
	if (!duration_targets_are_sound(&view))
		return summary_refuse_text(&DURATION, escontext, NO_FIT, FIELDS[FIELD_TARGETS]);
	return duration_canonical(state);
}

/* Binary: the stored form, which knows no byte order. */
static void
duration_send(StringInfo buffer, const void *value)
{
	pq_sendbytes(buffer, VARDATA(value) + 1, (int) VARSIZE(value) - VARHDRSZ - 1);
}

/* Version and flags, targets, total and unresolved, two histograms. */
#define STORED_SIZE_LIMIT                                                          \
	(2 + 1 + DURATION_MOST_TARGETS * 3 * CXM_VARINT_LIMIT + 3 * CXM_VARINT_LIMIT + \
	 2 * CXM_LOG_BUCKETS * CXM_LOG_ITEM_SIZE)

static void *
duration_receive(StringInfo buffer)
{
	int                  size = buffer->len - buffer->cursor;
	unsigned char        version = (unsigned char) buffer->data[buffer->cursor - 1];
	const unsigned char *body = (const unsigned char *) pq_getmsgbytes(buffer, size);
	const unsigned char *at = body + 1;
	const unsigned char *end = body + size;
	struct varlena      *summary;
	DurationView         view = {0};
	uint64               number;

	if (size > STORED_SIZE_LIMIT)
		summary_refuse_binary(&DURATION, "It is larger than any summary.");
	if (size < 1 || (body[0] & ~DURATION_AGES) != 0)
		summary_refuse_binary(&DURATION, "There are unknown flags, or none.");
	view.ages = (body[0] & DURATION_AGES) != 0;
	if (version == DURATION_TARGETS_VERSION && !duration_read_targets(&view, &at, end))
		summary_refuse_binary(&DURATION,
		                      "The targets are none, too many, cut short, or do not ascend.");
	if (!cxm_varint_get(&at, end, &number) || !cxm_varint_get(&at, end, &number) ||
	    !cxm_varint_get(&at, end, &number))
		summary_refuse_binary(&DURATION, "The value is cut short.");
	if (body[0] & DURATION_AGES ? number > (uint64) (end - at) : number > PG_INT64_MAX)
		summary_refuse_binary(&DURATION, "A count is negative, or a size too large.");

	summary = palloc(VARHDRSZ + 1 + size);
	SET_VARSIZE(summary, VARHDRSZ + 1 + size);
	*(unsigned char *) VARDATA(summary) = version;
	memcpy(VARDATA(summary) + 1, body, size);
	view = duration_view(summary);
	for (int which = RESOLVED; which <= OPEN; which++)
	{
		CxmLogReader stored = view.histogram[which].stored;
		CxmLogStatus status;
		int          bucket;

		while ((status = cxm_log_read(&stored, &bucket, &number)) == CXM_LOG_ITEM)
			;
		if (status == CXM_LOG_CORRUPT)
			summary_refuse_binary(&DURATION, "A histogram is corrupt.");
	}
	if (!duration_counts_are_sound(&view))
		summary_refuse_binary(&DURATION, "There are too many durations.");
	if (!duration_total_is_sound(&view))
		summary_refuse_binary(&DURATION, "The total does not fit the durations.");
	if (!duration_targets_are_sound(&view))
		summary_refuse_binary(&DURATION, "The targets do not fit the durations.");
	if (view.n_targets == 0 && duration_is_empty(summary))
		summary_refuse_binary(&DURATION, "There is nothing in it.");
	return summary;
}

const SummaryType DURATION = {
    .name = "duration_summary",
    .version = DURATION_VERSION,
    .newest = DURATION_TARGETS_VERSION,
    .flags = DURATION_AGES | DURATION_STATE,
    .state_flag = DURATION_STATE,
    .header = offsetof(DurationState, width) - VARHDRSZ,
    SUMMARY_READ_SLOTS(duration, FIELDS),
    SUMMARY_TERMS(duration),
    .blanks_add = true,
};

SUMMARY_FUNCTIONS(duration_summary, DURATION)
SUMMARY_FUNCTION(duration_summary_rollup, summary_rollup(fcinfo, &DURATION))
SUMMARY_FUNCTION(duration_summary_rollup_inverse, summary_rollup_inverse(fcinfo, &DURATION))

/* After subtracting, the total and the targets must still fit the buckets. */
CXM_FUNCTION(duration_summary_subtract)
{
	void        *a = SUMMARY_ARG(0);
	void        *b = SUMMARY_ARG(1);
	void        *state;
	DurationView view;

	if (!duration_same_terms(a, b))
		duration_refuse_mixture(a, b);
	state = duration_merge(duration_to_state(a), b, false);
	view = duration_view(state);
	if (!duration_total_is_sound(&view) || !duration_targets_are_sound(&view))
		summary_refuse_shortage("durations");
	PG_RETURN_POINTER(duration_canonical(state));
}
