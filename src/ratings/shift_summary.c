/*
 * shift_summary.c
 *		The type shift_summary: the ratings of each segment before and after, and what a change of
 *		their score comes from.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "ratings/rating_intervals.h"
#include "ratings/shift_state.h"

/* Transitions */

static ShiftSegment
segment_arg(FunctionCallInfo fcinfo, int argno)
{
	text        *name;
	ShiftSegment segment = {SHIFT_NULL_SEGMENT, NULL};

	if (PG_ARGISNULL(argno))
		return segment;
	name = PG_GETARG_TEXT_PP(argno);
	segment.length = VARSIZE_ANY_EXHDR(name);
	segment.name = VARDATA_ANY(name);
	if (unlikely(segment.length > SHIFT_LONGEST_SEGMENT))
		ereport(ERROR,
		        (errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
		         errmsg("the name of a segment is too long: \"%.*s...\"",
		                pg_mbcliplen(segment.name, (int) segment.length, 60), segment.name),
		         errdetail("It has %u bytes; at most %d are possible.", segment.length,
		                   SHIFT_LONGEST_SEGMENT),
		         errhint("left(segment, 60) shortens it; names that are the same then add up.")));
	return segment;
}

static Datum
count_segment(FunctionCallInfo fcinfo, bool add)
{
	ShiftSegment  segment = segment_arg(fcinfo, 1);
	void         *before = PG_ARGISNULL(2) ? NULL : SUMMARY_ARG(2);
	void         *after = PG_ARGISNULL(3) ? NULL : SUMMARY_ARG(3);
	ShiftSummary *state = shift_count(summary_state_arg(fcinfo), segment, before, after, add);

	if (state == NULL)
		return summary_unchanged(fcinfo);
	PG_RETURN_POINTER(state);
}

SUMMARY_FUNCTION(shift_transition, count_segment(fcinfo, true))
SUMMARY_FUNCTION(shift_inverse, count_segment(fcinfo, false))

/*
 * Text: {"terms": {"scale": "0..10", ...}, "segments": [{"segment": "phone", "before": {...},
 * "after": {...}}, ...]}, where the objects are rating summaries: the terms one of nothing.  A side
 * on which the segment is not is left out.
 */

static const char *const SIDE_KEYS[2] = {"before", "after"};

static char *
shift_text(const void *value)
{
	ShiftView      view = shift_view(shift_canonical(value));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"terms\": %s, \"segments\": [", RATING.text(view.terms));
	for (uint32 i = 0; i < view.summary->segments; i++)
	{
		ShiftCell cell = shift_cell(&view, i);

		appendStringInfo(&text, "%s{\"segment\": ", i > 0 ? ", " : "");
		if (cell.segment.length == SHIFT_NULL_SEGMENT)
			appendStringInfoString(&text, "null");
		else
			escape_json(&text, pnstrdup(cell.segment.name, cell.segment.length));
		for (int side = 0; side < 2; side++)
			if (!rating_is_empty(cell.ratings[side]))
				appendStringInfo(&text, ", \"%s\": %s", SIDE_KEYS[side],
				                 RATING.text(cell.ratings[side]));
		appendStringInfoChar(&text, '}');
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

/* The rating summary in the value of a field; NULL after a soft report. */
static void *
read_rating(const JsonbValue *value, const char *key, Node *escontext)
{
	if (cxm_json_fields(value, "The value", key, SHIFT.name, escontext) == NULL)
		return NULL;
	return summary_read(value->val.binary.data, &RATING, escontext);
}

/* The draft is a state. */
static bool
shift_read_terms(void *draft, JsonbContainer *object, Node *escontext)
{
	ShiftSummary **state = draft;
	JsonbValue     value;
	void          *terms;

	if (!cxm_json_field(object, "terms", SHIFT.name, escontext, &value))
		return false;
	terms = read_rating(&value, "terms", escontext);
	if (terms == NULL)
		return false;
	if (SUMMARY_IS_BLANK(terms) || !rating_is_empty(terms))
		return summary_refuse_text(&SHIFT, escontext,
		                           "The terms are not a rating summary of nothing.");
	*state = shift_make(terms);
	return true;
}

static bool
read_segment_name(const JsonbValue *value, ShiftSegment *segment, Node *escontext)
{
	char *name;

	*segment = (ShiftSegment){SHIFT_NULL_SEGMENT, NULL};
	if (value == NULL)
		return summary_refuse_text(&SHIFT, escontext, "The field \"%s\" is missing.", "segment");
	if (value->type == jbvNull)
		return true;
	name = cxm_json_scalar(value, "segment", SHIFT.name, false, escontext);
	if (name == NULL)
		return false;
	if (strlen(name) > SHIFT_LONGEST_SEGMENT)
		return summary_refuse_text(&SHIFT, escontext, "The name of a segment has %d bytes.",
		                           (int) strlen(name));
	*segment = (ShiftSegment){(uint32) strlen(name), name};
	return true;
}

static bool
read_segment(void *draft, const JsonbValue *element, Node *escontext)
{
	static const char *const KEYS[] = {"segment", "before", "after"};

	ShiftSummary **state = draft;
	JsonbValue    *fields[lengthof(KEYS)];
	ShiftSegment   segment;
	void          *ratings[2] = {NULL, NULL};

	if (!cxm_json_pick(element, "An element", "segments", SHIFT.name, escontext, KEYS,
	                   lengthof(KEYS), fields) ||
	    !read_segment_name(fields[0], &segment, escontext))
		return false;
	if (shift_has(*state, segment))
		return summary_refuse_text(&SHIFT, escontext, "A segment is there twice.");
	for (int side = 0; side < 2; side++)
	{
		if (fields[1 + side] == NULL)
			continue;
		ratings[side] = read_rating(fields[1 + side], SIDE_KEYS[side], escontext);
		if (ratings[side] == NULL)
			return false;
		if (!SUMMARY_IS_BLANK(ratings[side]) &&
		    !rating_same_terms(shift_view(*state).terms, ratings[side]))
			return summary_refuse_text(&SHIFT, escontext,
			                           "The ratings of a segment have other terms.");
	}
	*state = shift_count(*state, segment, ratings[SHIFT_BEFORE], ratings[SHIFT_AFTER], true);
	return true;
}

static bool
shift_read_field(void *draft, const char *key, const JsonbValue *value, Node *escontext)
{
	if (strcmp(key, "terms") == 0)
		return true;
	if (strcmp(key, "segments") != 0)
		return summary_refuse_text(&SHIFT, escontext, "There is no field \"%s\".", key);
	return cxm_json_each(value, key, SHIFT.name, escontext, read_segment, draft);
}

static void *
shift_finish(void *draft, Node *escontext pg_attribute_unused())
{
	return shift_canonical(*(ShiftSummary **) draft);
}

/*
 * Binary: version, the terms, the number of segments; of each the length of its name (-1: NULL),
 * the name in the encoding of the client, and its ratings before and after.  Rating summaries are
 * sent behind their length as they are sent by themselves.
 */
#define LEAST_SENT ((int) (3 * sizeof(int32)))

static void
send_rating(StringInfo buffer, const void *rating)
{
	StringInfoData message;

	initStringInfo(&message);
	summary_write(&message, rating, &RATING);
	pq_sendint32(buffer, (uint32) message.len);
	pq_sendbytes(buffer, message.data, message.len);
	pfree(message.data);
}

static void
shift_send(StringInfo buffer, const void *value)
{
	ShiftView view = shift_view(value);

	send_rating(buffer, view.terms);
	pq_sendint32(buffer, view.summary->segments);
	for (uint32 i = 0; i < view.summary->segments; i++)
	{
		ShiftCell cell = shift_cell(&view, i);

		if (cell.segment.length == SHIFT_NULL_SEGMENT)
			pq_sendint32(buffer, SHIFT_NULL_SEGMENT);
		else
			summary_send_text(buffer, cell.segment.name, (int) cell.segment.length);
		for (int side = 0; side < 2; side++)
			send_rating(buffer, cell.ratings[side]);
	}
}

static void *
receive_rating(StringInfo buffer)
{
	int32          size = (int32) pq_getmsgint(buffer, 4);
	StringInfoData message = {.maxlen = size, .len = size};

	if (size < 0 || size > buffer->len - buffer->cursor)
		summary_refuse_binary(&SHIFT, "Ratings are longer than the value.");
	message.data = (char *) pq_getmsgbytes(buffer, size);
	return summary_receive(&message, &RATING);
}

static ShiftSegment
receive_segment(StringInfo buffer)
{
	int32        size = (int32) pq_getmsgint(buffer, 4);
	int          length;
	ShiftSegment segment = {SHIFT_NULL_SEGMENT, NULL};

	if (size == -1)
		return segment;
	if (size < 0 || size > buffer->len - buffer->cursor)
		summary_refuse_binary(&SHIFT, "A name is longer than the value.");
	segment.name = pq_getmsgtext(buffer, size, &length);
	if (length > SHIFT_LONGEST_SEGMENT)
		summary_refuse_binary(&SHIFT, "A name is too long.");
	segment.length = (uint32) length;
	return segment;
}

static void *
shift_receive(StringInfo buffer)
{
	void         *terms = receive_rating(buffer);
	ShiftSummary *state;
	int32         segments;

	if (SUMMARY_IS_BLANK(terms) || !rating_is_empty(terms))
		summary_refuse_binary(&SHIFT, "The terms are not a rating summary of nothing.");
	state = shift_make(terms);
	segments = (int32) pq_getmsgint(buffer, 4);
	if (segments < 0 || segments > (buffer->len - buffer->cursor) / LEAST_SENT)
		summary_refuse_binary(&SHIFT, "The size does not fit the number of segments.");
	for (int32 i = 0; i < segments; i++)
	{
		ShiftSegment segment = receive_segment(buffer);
		void        *ratings[2];

		if (shift_has(state, segment))
			summary_refuse_binary(&SHIFT, "A segment is there twice.");
		for (int side = 0; side < 2; side++)
		{
			ratings[side] = receive_rating(buffer);
			if (!SUMMARY_IS_BLANK(ratings[side]) && !rating_same_terms(terms, ratings[side]))
				summary_refuse_binary(&SHIFT, "The ratings of a segment have other terms.");
		}
		state = shift_count(state, segment, ratings[SHIFT_BEFORE], ratings[SHIFT_AFTER], true);
		if (!shift_has(state, segment))
			summary_refuse_binary(&SHIFT, "A segment has no ratings.");
	}
	return shift_canonical(state);
}

const SummaryType SHIFT = {
    .name = "shift_summary",
    .version = SHIFT_VERSION,
    .flags = 0,
    .header = offsetof(ShiftSummary, index) - VARHDRSZ,
    SUMMARY_SLOTS(shift),
    SUMMARY_TERMS(shift),
    .draft_size = sizeof(ShiftSummary *),
    .read_terms = shift_read_terms,
};

COUNTING_SUMMARY_FUNCTIONS(shift_summary, SHIFT)

/* Readings */

static Datum
total_of(FunctionCallInfo fcinfo, int side)
{
	ShiftView view = shift_view(SUMMARY_ARG(0));
	void     *total = shift_total(&view, side);

	if (rating_is_empty(total))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(total);
}

SUMMARY_FUNCTION(shift_before, total_of(fcinfo, SHIFT_BEFORE))
SUMMARY_FUNCTION(shift_after, total_of(fcinfo, SHIFT_AFTER))

static RatingMetric
metric_arg(FunctionCallInfo fcinfo, int argno, const RatingView *terms)
{
	RatingMetric metric = rating_is_nps_scale(terms->scale) ? RATING_NPS : RATING_CSAT;

	if (!PG_ARGISNULL(argno))
		metric = rating_metric_arg(fcinfo, argno, RATING_MEAN);
	rating_check_metric(terms, metric);
	return metric;
}

/* Responses, or their weight, and the score on either side: of a segment, or of all. */
typedef struct ShiftScores
{
	double mass[2];
	double score[2];
} ShiftScores;

static ShiftScores
scores_of(const ShiftCell *cell, RatingMetric metric, RatingView ratings[2])
{
	ShiftScores scores;

	for (int side = 0; side < 2; side++)
	{
		ratings[side] = rating_view(cell->ratings[side]);
		scores.mass[side] = rating_mass(&ratings[side]);
		scores.score[side] = rating_score(&ratings[side], metric);
	}
	return scores;
}

static ShiftScores
total_scores(const ShiftView *view, RatingMetric metric)
{
	ShiftScores total = {{0, 0}, {0, 0}};

	for (uint32 i = 0; i < view->summary->segments; i++)
	{
		ShiftCell   cell = shift_cell(view, i);
		RatingView  ratings[2];
		ShiftScores scores = scores_of(&cell, metric, ratings);

		for (int side = 0; side < 2; side++)
			if (scores.mass[side] > 0)
			{
				total.mass[side] += scores.mass[side];
				total.score[side] += scores.mass[side] * scores.score[side];
			}
	}
	for (int side = 0; side < 2; side++)
		total.score[side] /= total.mass[side];
	return total;
}

/*
 * A segment's part of the change, by the midpoint form of Kitagawa (1955): what its share gained,
 * times how far its score is from that of all; and what its score gained, times its share.  Shares
 * and scores that are no difference are the means of before and after.  A segment that is there on
 * one side only has no change of its score: all of its part is mix.
 */
static void
decompose(const ShiftScores *segment, const ShiftScores *total, double shares[2], double *mix,
          double *rate)
{
	double before = segment->score[SHIFT_BEFORE];
	double after = segment->score[SHIFT_AFTER];
	double middle = (total->score[SHIFT_BEFORE] + total->score[SHIFT_AFTER]) / 2;

	for (int side = 0; side < 2; side++)
		shares[side] = segment->mass[side] / total->mass[side];
	before = isnan(before) ? after : before;
	after = isnan(after) ? before : after;
	/* on neither side: only those who did not answer */
	if (isnan(before))
		before = after = middle;
	*rate = (shares[0] + shares[1]) / 2 * (after - before);
	*mix = (shares[1] - shares[0]) * ((before + after) / 2 - middle);
}

#define SHIFT_COLUMNS 9

CXM_FUNCTION(shift_shifts)
{
	ShiftView    view;
	RatingView   terms;
	RatingMetric metric;
	ShiftScores  total;
	double       level;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
		return (Datum) 0;
	view = shift_view(SUMMARY_ARG(0));
	terms = rating_view(view.terms);
	metric = metric_arg(fcinfo, 1, &terms);
	level = cxm_level_arg(fcinfo, 2);
	total = total_scores(&view, metric);
	for (uint32 i = 0; i < view.summary->segments; i++)
	{
		ShiftCell   cell = shift_cell(&view, i);
		RatingView  ratings[2];
		ShiftScores scores = scores_of(&cell, metric, ratings);
		CxmInterval interval =
		    rating_difference(&ratings[SHIFT_AFTER], &ratings[SHIFT_BEFORE], metric, level);
		double shares[2];
		double mix;
		double rate;
		double share;
		Datum  values[SHIFT_COLUMNS] = {0};
		bool   nulls[SHIFT_COLUMNS] = {false};

		decompose(&scores, &total, shares, &mix, &rate);
		share = (shares[0] + shares[1]) / 2;
		nulls[0] = cell.segment.length == SHIFT_NULL_SEGMENT;
		if (!nulls[0])
			values[0] = PointerGetDatum(
			    cstring_to_text_with_len(cell.segment.name, (int) cell.segment.length));
		for (int j = 1; j < SHIFT_COLUMNS; j++)
		{
			double figure = (double[]){
			    shares[0], shares[1], scores.score[0],        scores.score[1],
			    mix,       rate,      share * interval.lower, share * interval.upper}[j - 1];

			values[j] = Float8GetDatum(figure);
			nulls[j] = isnan(figure);
		}
		cxm_return_row(fcinfo, values, nulls);
	}
	return (Datum) 0;
}
