/*
 * rating_summary.c
 *		The type rating_summary: its aggregates, its text and its binary form.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "ratings/rating_state.h"
#include "ratings/survey_answer.h"

static const CxmScale CSAT_SCALE = {.low = 1, .top = 4};
static const CxmScale CES_SCALE = {.low = 1, .top = 6};

/*
 * Transitions
 *
 * All are one body: which counter, of which scale; whether with a weight; up or down.  Inlining
 * leaves each aggregate with what it needs of that.
 */

static pg_noinline RatingSummary *
count_row_slowly(FunctionCallInfo fcinfo, CxmScale scale, size_t i, bool add)
{
	return rating_count(summary_state_arg(fcinfo), scale, false, i, add);
}

static pg_attribute_always_inline RatingSummary *
count_row(FunctionCallInfo fcinfo, CxmScale scale, size_t i, bool add)
{
	RatingSummary *state = (RatingSummary *) PG_GETARG_POINTER(0);

	if (likely(cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0) &&
	           rating_count_in_place(state, scale, false, i, add)))
		return state;
	return count_row_slowly(fcinfo, scale, i, add);
}

static RatingSummary *
count_weighted_row(FunctionCallInfo fcinfo, CxmScale scale, size_t i, double weight, bool add)
{
	RatingSummary *state = (RatingSummary *) PG_GETARG_POINTER(0);

	if (!cxm_in_aggregate_context(fcinfo) || PG_ARGISNULL(0) ||
	    !rating_state_fits(state, scale, true))
		state = summary_state_arg(fcinfo);
	return rating_count_weighted(state, scale, i, weight, add);
}

/* The state after a row without a weight: as it was, or one that knows its scale. */
static RatingSummary *
skip_row(FunctionCallInfo fcinfo, CxmScale scale)
{
	RatingSummary *state = summary_state_arg(fcinfo);

	return state != NULL ? state : rating_make(scale, 0, true);
}

/*
 * The functions of a kind of answer: for each scale that an aggregate has built in, for a scale in
 * an argument, and with weights, upwards and downwards.
 */
#define COUNTER_ARG(counter_of, get_answer, scale) \
	(PG_ARGISNULL(1) ? 0 : counter_of((scale), get_answer(1)))

#define TRANSITION(symbol, counter_of, get_answer, fixed_scale, add) \
	PG_FUNCTION_INFO_V1(symbol);                                     \
	Datum symbol(PG_FUNCTION_ARGS)                                   \
	{                                                                \
		CxmScale scale = (fixed_scale);                              \
		size_t   i = COUNTER_ARG(counter_of, get_answer, scale);     \
                                                                     \
		PG_RETURN_POINTER(count_row(fcinfo, scale, i, (add)));       \
	}

#define WEIGHTED_TRANSITION(symbol, counter_of, get_answer, fixed_scale, weight_argno, add) \
	PG_FUNCTION_INFO_V1(symbol);                                                            \
	Datum symbol(PG_FUNCTION_ARGS)                                                          \
	{                                                                                       \
		CxmScale scale = (fixed_scale);                                                     \
                                                                                            \
		/* before the answer is looked at, which may be any */                              \
		if (PG_ARGISNULL(weight_argno))                                                     \
			PG_RETURN_POINTER(skip_row(fcinfo, scale));                                     \
		PG_RETURN_POINTER(count_weighted_row(fcinfo, scale,                                 \
		                                     COUNTER_ARG(counter_of, get_answer, scale),    \
		                                     PG_GETARG_FLOAT8(weight_argno), (add)));       \
	}

/* A transition and its inverse. */
#define COUNT(name, type, counter_of, get_answer, scale)                      \
	TRANSITION(name##_transition_##type, counter_of, get_answer, scale, true) \
	TRANSITION(name##_inverse_##type, counter_of, get_answer, scale, false)

#define COUNT_WEIGHTED(name, type, counter_of, get_answer, scale, argno)                      \
	WEIGHTED_TRANSITION(name##_transition_##type, counter_of, get_answer, scale, argno, true) \
	WEIGHTED_TRANSITION(name##_inverse_##type, counter_of, get_answer, scale, argno, false)

#define COUNT_ANSWERS(type, counter_of, get_answer)                          \
	COUNT(nps, type, counter_of, get_answer, NPS_SCALE)                      \
	COUNT(csat, type, counter_of, get_answer, CSAT_SCALE)                    \
	COUNT(ces, type, counter_of, get_answer, CES_SCALE)                      \
	COUNT(rating, type, counter_of, get_answer, rating_scale_arg(fcinfo, 2)) \
	COUNT_WEIGHTED(nps_weighted, type, counter_of, get_answer, NPS_SCALE, 2) \
	COUNT_WEIGHTED(rating_weighted, type, counter_of, get_answer, rating_scale_arg(fcinfo, 2), 3)

COUNT_ANSWERS(int2, rating_counter, PG_GETARG_INT16)
COUNT_ANSWERS(int4, rating_counter, PG_GETARG_INT32)
COUNT_ANSWERS(float8, rating_double_counter, PG_GETARG_FLOAT8)

/* false and true are the answers 0 and 1 */
COUNT(rating, bool, rating_counter, PG_GETARG_BOOL, BOOLEAN_SCALE)

/*
 * Text: {"scale": "1..5", "responses": {"4": 2}, "nonresponses": 1}, and where there are weights
 * "weights": {"4": 2.5}, "nonresponse_weight": 1, "squared_weights": {"4": 3.25},
 * "nonresponse_squared_weight": 1.  What version 1 can say has "squared_weights": 3.25 and ends
 * there; where such a summary was added there is "unplaced_squared_weights".  Answers are written
 * from the worst to the best, and only those that were given.
 */

/* The decimals of what is at a place among the weights, and of the squares of any response. */
static int
weight_decimals(CxmScale scale, size_t i)
{
	if (i == rating_unplaced_squares(scale))
		return 2 * WEIGHT_DECIMALS_1;
	return i < rating_counters(scale) ? WEIGHT_DECIMALS : 2 * WEIGHT_DECIMALS;
}

static void
append_weight(StringInfo text, const RatingView *view, size_t i)
{
	char number[CXM_UINT128_TEXT];

	cxm_uint128_print(view->weights[i], weight_decimals(view->scale, i), number);
	appendStringInfoString(text, number);
}

static void
append_count(StringInfo text, const RatingView *view, size_t i)
{
	appendStringInfo(text, UINT64_FORMAT, rating_count_at(view, i));
}

/* A field of one number per given answer, which begin at a place among counters or weights. */
static void
append_answers(StringInfo text, const char *key, const RatingView *view, size_t first,
               void (*append)(StringInfo text, const RatingView *view, size_t i))
{
	const char *separator = "";

	appendStringInfo(text, ", \"%s\": {", key);
	for (int rank = 0; rank <= view->scale.top; rank++)
	{
		size_t i = rating_counter_of_rank(view->scale, rank);

		if (rating_count_at(view, i) == 0)
			continue;
		appendStringInfo(text, "%s\"%s\": ", separator,
		                 rating_answer_text(view->scale, cxm_scale_mirror(view->scale, rank)));
		append(text, view, first + i);
		separator = ", ";
	}
	appendStringInfoChar(text, '}');
}

static void
append_weights(StringInfo text, const RatingView *view)
{
	size_t unplaced = rating_unplaced_squares(view->scale);

	append_answers(text, "weights", view, 0, append_weight);
	appendStringInfoString(text, ", \"nonresponse_weight\": ");
	append_weight(text, view, 0);
	if (rating_is_version_1(view))
	{
		appendStringInfoString(text, ", \"squared_weights\": ");
		append_weight(text, view, unplaced);
		return;
	}
	append_answers(text, "squared_weights", view, rating_square(view->scale, 0), append_weight);
	appendStringInfoString(text, ", \"nonresponse_squared_weight\": ");
	append_weight(text, view, rating_square(view->scale, 0));
	if (!cxm_uint128_is_zero(view->weights[unplaced]))
	{
		appendStringInfoString(text, ", \"unplaced_squared_weights\": ");
		append_weight(text, view, unplaced);
	}
}

static char *
rating_text(const void *value)
{
	RatingView     view = rating_view(value);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"scale\": \"%s\"", rating_scale_text(view.scale));
	append_answers(&text, "responses", &view, 0, append_count);
	appendStringInfo(&text, ", \"nonresponses\": " UINT64_FORMAT, rating_count_at(&view, 0));
	if (view.weighted)
		append_weights(&text, &view);
	appendStringInfoChar(&text, '}');
	return text.data;
}

/* What is read: a summary with the widest counters, made when its scale is known. */
typedef struct RatingDraft
{
	RatingSummary *summary;
	CxmScale       scale;
	bool           weighted;
} RatingDraft;

/* The scale, and whether there are weights, decide what the other fields mean. */
static bool
rating_read_terms(void *draft_value, JsonbContainer *object, Node *escontext)
{
	RatingDraft *draft = draft_value;
	JsonbValue   value;
	char        *text;

	if (!cxm_json_field(object, "scale", RATING.name, escontext, &value))
		return false;
	text = cxm_json_scalar(&value, "scale", RATING.name, false, escontext);
	if (text == NULL || !rating_parse_scale(text, strlen(text), escontext, &draft->scale))
		return false;
	draft->weighted =
	    getKeyJsonValueFromContainer(object, "weights", strlen("weights"), NULL) != NULL;
	draft->summary = rating_make(draft->scale, CXM_WIDEST, draft->weighted);
	return true;
}

static bool
read_count(RatingDraft *draft, const char *key, const JsonbValue *value, size_t i, Node *escontext)
{
	uint64 count;

	if (!cxm_json_count(value, key, RATING.name, escontext, &count))
		return false;
	cxm_counter_set(draft->summary->counters, CXM_WIDEST, i, count);
	return true;
}

static bool
read_weight(RatingDraft *draft, const char *key, const JsonbValue *value, size_t i, Node *escontext)
{
	int        decimals = weight_decimals(draft->scale, i);
	char      *number = cxm_json_scalar(value, key, RATING.name, true, escontext);
	CxmUint128 weight;

	if (number == NULL)
		return false;
	if (!cxm_uint128_parse(number, decimals, &weight))
		return summary_refuse_text(
		    &RATING, escontext,
		    "The value of \"%s\" is negative, too large or has more than %d decimals.", key,
		    decimals);
	rating_weights(draft->summary)[i] = weight;
	return true;
}

typedef bool (*ReadNumber)(RatingDraft *draft, const char *key, const JsonbValue *value, size_t i,
                           Node *escontext);

/* Reads what append_answers() writes. */
static bool
read_answers(RatingDraft *draft, const char *field, const JsonbValue *object, size_t first,
             ReadNumber read_number, Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;

	iterator = cxm_json_fields(object, "The value", field, RATING.name, escontext);
	if (iterator == NULL)
		return false;
	while (cxm_json_next(&iterator, &key, &value))
	{
		/* there is one spelling of an answer, so that none can come twice */
		int slot = cxm_scale_find_answer(draft->scale, key);

		if (slot < 0)
			return summary_refuse_text(&RATING, escontext,
			                           "\"%s\" is not an answer on the scale %s.", key,
			                           rating_scale_text(draft->scale));
		if (!read_number(draft, key, &value, first + (size_t) slot + 1, escontext))
			return false;
	}
	return true;
}

/* A field of weighted ratings; *known says whether it is one. */
static bool
read_weights(RatingDraft *draft, const char *key, const JsonbValue *value, bool *known,
             Node *escontext)
{
	size_t squares = rating_square(draft->scale, 0);
	size_t unplaced = rating_unplaced_squares(draft->scale);

	*known = true;
	if (strcmp(key, "weights") == 0)
		return read_answers(draft, key, value, 0, read_weight, escontext);
	if (strcmp(key, "nonresponse_weight") == 0)
		return read_weight(draft, key, value, 0, escontext);
	if (strcmp(key, "squared_weights") == 0 && value->type == jbvNumeric)
		return read_weight(draft, key, value, unplaced, escontext);
	if (strcmp(key, "squared_weights") == 0)
		return read_answers(draft, key, value, squares, read_weight, escontext);
	if (strcmp(key, "nonresponse_squared_weight") == 0)
		return read_weight(draft, key, value, squares, escontext);
	if (strcmp(key, "unplaced_squared_weights") == 0)
		return read_weight(draft, key, value, unplaced, escontext);
	return *known = false;
}

static bool
rating_read_field(void *draft_value, const char *key, const JsonbValue *value, Node *escontext)
{
	RatingDraft *draft = draft_value;
	bool         known = false;
	bool         read;

	if (strcmp(key, "scale") == 0)
		return true;
	if (strcmp(key, "responses") == 0)
		return read_answers(draft, key, value, 0, read_count, escontext);
	if (strcmp(key, "nonresponses") == 0)
		return read_count(draft, key, value, 0, escontext);
	read = draft->weighted && read_weights(draft, key, value, &known, escontext);
	if (known)
		return read;
	return summary_refuse_text(&RATING, escontext,
	                           draft->weighted ? "There is no field \"%s\" in weighted ratings."
	                                           : "There is no field \"%s\" in unweighted ratings.",
	                           key);
}

static void *
rating_finish(void *draft, Node *escontext)
{
	RatingSummary *summary = ((RatingDraft *) draft)->summary;
	RatingView     view = rating_view(summary);

	if (!rating_responses_fit(&view))
		ereturn(escontext, NULL,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		         errmsg(COUNT_OF_RESPONSES " out of range")));
	if (view.weighted && !rating_weights_are_sound(&view))
		return summary_refuse_text(&RATING, escontext, "The weights do not fit the responses.");
	return rating_canonical(summary);
}

/*
 * Binary: the fields of the layout from flags to weights, in network byte order; counters as wide
 * as the flags say; without the skipped units in version 1.
 */
static void
send_counter(StringInfo buffer, uint64 count, int width)
{
	for (int shift = (8 << width) - 8; shift >= 0; shift -= 8)
		pq_sendint8(buffer, (uint8) (count >> shift));
}

/* A canonical value is a plain one whose fields have been compared. */
static void
rating_send(StringInfo buffer, const void *value)
{
	const RatingSummary *summary = value;
	CxmScale             scale = {.top = summary->top};
	int                  width = summary->flags & RATING_WIDTH;
	bool                 weighted = (summary->flags & RATING_WEIGHTED) != 0;
	const RatingWeight  *weights = rating_weights((RatingSummary *) summary);

	pq_sendint8(buffer, summary->flags);
	pq_sendint8(buffer, summary->top);
	if (summary->version > 1)
		pq_sendint8(buffer, summary->skipped);
	pq_sendint32(buffer, summary->low);
	for (size_t i = 0; i < rating_counters(scale); i++)
		send_counter(buffer, cxm_counter_get(summary->counters, width, i), width);
	for (size_t i = 0; i < rating_sums(scale, weighted, summary->version); i++)
	{
		pq_sendint64(buffer, weights[i].high);
		pq_sendint64(buffer, weights[i].low);
	}
}

static uint64
receive_counter(StringInfo buffer, int width)
{
	return width == CXM_WIDEST ? (uint64) pq_getmsgint64(buffer)
	                           : (uint64) (uint32) pq_getmsgint(buffer, 1 << width);
}

/* The scale of a message, as cxm_scale_parse() makes it. */
static CxmScale
receive_scale(StringInfo buffer, uint8 flags, uint8 version)
{
	CxmScale scale;

	scale.top = (uint8) pq_getmsgbyte(buffer);
	scale.skipped = version > 1 ? (uint8) pq_getmsgbyte(buffer) : 0;
	scale.low = (int32) pq_getmsgint(buffer, 4);
	scale.decimals = (flags & RATING_DECIMALS) >> RATING_DECIMALS_SHIFT;
	scale.reversed = (flags & RATING_REVERSED) != 0;
	if (scale.top == 0 || scale.low < -CXM_SCALE_BOUND ||
	    cxm_scale_units_at(scale, scale.top) > CXM_SCALE_BOUND ||
	    (scale.decimals > 0 && scale.low % 10 == 0 && cxm_scale_step(scale) % 10 == 0))
		summary_refuse_binary(&RATING, "The scale is impossible.");
	return scale;
}

static void *
rating_receive(StringInfo buffer)
{
	uint8          version = (uint8) buffer->data[buffer->cursor - 1];
	uint8          flags = (uint8) pq_getmsgbyte(buffer);
	bool           weighted = (flags & RATING_WEIGHTED) != 0;
	CxmScale       scale;
	RatingSummary *summary;
	RatingView     view;

	if ((flags & ~RATING.flags) != 0)
		summary_refuse_binary(&RATING, "There are unknown flags.");
	scale = receive_scale(buffer, flags, version);
	if (version != rating_version(scale, weighted) && !(version == 1 && cxm_scale_is_plain(scale)))
		summary_refuse_binary(&RATING, "The version does not fit the scale.");
	if ((Size) (buffer->len - buffer->cursor) !=
	    rating_body_size(scale, flags & RATING_WIDTH, weighted, version))
		summary_refuse_binary(&RATING, "The size does not fit the scale.");

	/* counters wider than they need be are welcome: a partial state is sent as it is */
	summary = rating_make_version(scale, CXM_WIDEST, weighted, version);
	for (size_t i = 0; i < rating_counters(scale); i++)
	{
		uint64 count = receive_counter(buffer, flags & RATING_WIDTH);

		if (count > CXM_COUNTER_CEILING)
			summary_refuse_binary(&RATING, "A count is negative.");
		cxm_counter_set(summary->counters, CXM_WIDEST, i, count);
	}
	for (size_t i = 0; i < rating_sums(scale, weighted, version); i++)
	{
		rating_weights(summary)[i].high = (uint64) pq_getmsgint64(buffer);
		rating_weights(summary)[i].low = (uint64) pq_getmsgint64(buffer);
	}
	view = rating_view(summary);
	if (view.weighted && !rating_weights_are_sound(&view))
		summary_refuse_binary(&RATING, "The weights do not fit the responses.");
	return rating_canonical(summary);
}

const SummaryType RATING = {
    .name = "rating_summary",
    .version = RATING_VERSION,
    .newest = RATING_NEWEST,
    .flags = RATING_WIDTH | RATING_REVERSED | RATING_WEIGHTED | RATING_DECIMALS,
    .header = offsetof(RatingSummary, counters) - VARHDRSZ,
    SUMMARY_SLOTS(rating),
    SUMMARY_TERMS(rating),
    .draft_size = sizeof(RatingDraft),
    .read_terms = rating_read_terms,
};

QUICK_COUNTING_SUMMARY_FUNCTIONS(rating_summary, RATING, rating_merge_in_place)
