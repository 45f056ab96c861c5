/*
 * journey_stage.c
 *		The type journey_stage: an ordered stage of a customer's journey.
 *
 *	+------------+---------+------------------+-----------------------+
 *	| varlena    | version | rank, four bytes | label, 1 to 255 bytes |
 *	| header     | 1       | see the header   | no zero byte          |
 *	+------------+---------+------------------+-----------------------+
 *
 * A stage carries all that it means, so that a dump, another node or another session needs no
 * registry to understand it.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "utils/json.h"
#include "utils/sortsupport.h"

#include "journeys/journey_stage.h"

#define TYPE_NAME "journey_stage"

/* clang-format off */
const StageKey stage_built_in[] = {
	{13, "\x80\0\0\x64" "awareness"},
	{17, "\x80\0\0\xc8" "consideration"},
	{12, "\x80\0\x01\x2c" "purchase"},
	{14, "\x80\0\x01\x90" "onboarding"},
	{11, "\x80\0\x01\xf4" "service"},
	{11, "\x80\0\x02\x58" "loyalty"},
	{12, "\x80\0\x02\xbc" "advocacy"},
};

static const struct
{
	const char *hindi;
	const char *nepali;
} translations[] = {
	{"जागरूकता", "सचेतना"},
	{"विचार", "विचार"},
	{"खरीद", "खरिद"},
	{"शुरुआत", "सुरुआत"},
	{"सेवा", "सेवा"},
	{"निष्ठा", "वफादारी"},
	{"सिफ़ारिश", "सिफारिस"},
};
/* clang-format on */

StaticAssertDecl(lengthof(translations) == STAGE_BUILT_IN, "each has its translations");

/* The built-in stage of this name, or NULL. */
static const StageKey *
find_built_in(const char *label, int length)
{
	for (int i = 0; i < STAGE_BUILT_IN; i++)
		if (stage_is(stage_view(&stage_built_in[i]), label, length))
			return &stage_built_in[i];
	return NULL;
}

bool
stage_make_key(int32 rank, const char *label, int length, StageKey *key, Node *escontext)
{
	uint32 bytes = pg_hton32((uint32) rank ^ 0x80000000U);

	if (length == 0)
		ereturn(escontext, false,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("the label of a journey stage must not be empty")));
	if (length > STAGE_LABEL_LIMIT)
		ereturn(
		    escontext, false,
		    (errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
		     errmsg("the label of a journey stage is too long: \"%.*s...\"",
		            pg_mbcliplen(label, length, STAGE_LABEL_LIMIT), label),
		     errdetail("It has %d bytes; at most %d are possible.", length, STAGE_LABEL_LIMIT)));
	key->length = STAGE_RANK_SIZE + length;
	memcpy(key->bytes, &bytes, sizeof(bytes));
	memcpy(key->bytes + STAGE_RANK_SIZE, label, length);
	return true;
}

/*
 * The rank before a colon: the number of bytes read with the colon, 0 when the text does not begin
 * with a whole number and a colon, -1 when that number is no integer.
 */
static int
parse_rank(const char *text, int length, int32 *rank)
{
	bool  negative = length > 0 && text[0] == '-';
	int   i = negative ? 1 : 0;
	int64 value = 0;
	bool  fits = true;

	if (i == length || text[i] < '0' || text[i] > '9')
		return 0;
	for (; i < length && text[i] >= '0' && text[i] <= '9'; i++)
		if (value <= PG_INT32_MAX)
			value = value * 10 + (text[i] - '0');
	if (i == length || text[i] != ':')
		return 0;
	value = negative ? -value : value;
	fits = value >= PG_INT32_MIN && value <= PG_INT32_MAX;
	*rank = (int32) value;
	return fits ? i + 1 : -1;
}

bool
stage_of_name(const char *name, int length, StageKey *key, Node *escontext)
{
	const StageKey *built_in = find_built_in(name, length);

	if (built_in == NULL)
		return stage_make_key(0, name, length, key, escontext);
	*key = *built_in;
	return true;
}

bool
stage_parse(const char *text, int length, bool bare_words, StageKey *key, Node *escontext)
{
	int32 rank = 0;
	int   skipped = parse_rank(text, length, &rank);

	if (skipped < 0)
		ereturn(escontext, false,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		         errmsg("rank of journey stage \"%.*s\" is out of range", length, text),
		         errdetail("A rank is a whole number from %d to %d.", PG_INT32_MIN, PG_INT32_MAX)));
	if (skipped > 0 || length == 0)
		return stage_make_key(rank, text + skipped, length - skipped, key, escontext);

	if (!bare_words && find_built_in(text, length) == NULL)
		ereturn(escontext, false,
		        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
		         errmsg("unknown journey stage \"%.*s\"", length, text),
		         errdetail("The built-in stages are awareness, consideration, purchase, "
		                   "onboarding, service, loyalty and advocacy."),
		         errhint("Write a stage of your own with its rank, such as \"250:%.*s\".", length,
		                 text)));
	return stage_of_name(text, length, key, escontext);
}

bool
stage_read(const SummaryType *type, const JsonbValue *value, const char *key, Node *escontext,
           char **text, StageKey *stage)
{
	*text = cxm_json_scalar(value, key, type->name, false, escontext);
	return *text != NULL && stage_parse(*text, (int) strlen(*text), true, stage, escontext);
}

/* What stage_parse() reads, palloc'd. */
static char *
stage_text(StageView stage, bool bare_words)
{
	const char *label = stage_key_label(stage);
	int         length = stage_key_label_length(stage);
	int32       rank = stage_key_rank(stage);
	int32       ignored;

	if (stage_built_in_number(stage) < STAGE_BUILT_IN ||
	    (bare_words && rank == 0 && parse_rank(label, length, &ignored) == 0 &&
	     find_built_in(label, length) == NULL))
		return pnstrdup(label, length);
	return psprintf("%d:%.*s", rank, length, label);
}

text *
stage_label(StageView stage)
{
	return cstring_to_text_with_len(stage_key_label(stage), stage_key_label_length(stage));
}

char **
stage_json_texts(const StageView *stages, uint32 n)
{
	char         **texts = palloc((n + 1) * sizeof(char *));
	StringInfoData text;

	for (uint32 i = 0; i < n; i++)
	{
		initStringInfo(&text);
		escape_json(&text, stage_text(stages[i], true));
		texts[i] = text.data;
	}
	return texts;
}

void
stage_refuse(const void *value)
{
	if (VARSIZE_ANY_EXHDR(value) > 0 && VARDATA_ANY(value)[0] != STAGE_VERSION)
		ereport(ERROR, CXM_UNKNOWN_VERSION(TYPE_NAME, VARDATA_ANY(value)[0]));
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("invalid value of type " TYPE_NAME)));
}

Datum
stage_datum(StageView stage)
{
	Size            size = VARHDRSZ + 1 + stage.length;
	struct varlena *value = palloc(size);

	SET_VARSIZE(value, size);
	VARDATA(value)[0] = STAGE_VERSION;
	memcpy(VARDATA(value) + 1, stage.bytes, stage.length);
	return PointerGetDatum(value);
}

/* For the types that hold stages */

char *
stage_receive_label(const SummaryType *type, StringInfo buffer, int *length)
{
	int32 size = (int32) pq_getmsgint(buffer, 4);
	char *label;

	if (size < 0 || size > buffer->len - buffer->cursor)
		summary_refuse_binary(type, "A label is longer than the value.");
	label = pq_getmsgtext(buffer, size, length);
	if (*length < 1 || *length > STAGE_LABEL_LIMIT)
		summary_refuse_binary(type, "A label is empty or too long.");
	return label;
}

void
stage_send(StringInfo buffer, StageView stage)
{
	pq_sendint32(buffer, stage_key_rank(stage));
	summary_send_text(buffer, stage_key_label(stage), stage_key_label_length(stage));
}

StageView
stage_receive(const SummaryType *type, StringInfo buffer)
{
	int32     rank = (int32) pq_getmsgint(buffer, 4);
	StageKey *key = palloc(sizeof(StageKey));
	int       length;
	char     *label = stage_receive_label(type, buffer, &length);

	stage_make_key(rank, label, length, key, NULL);
	return stage_view(key);
}

static int
compare_numbered(const void *a, const void *b)
{
	return stage_compare(((const NumberedStage *) a)->stage, ((const NumberedStage *) b)->stage);
}

void
stage_sort(NumberedStage *stages, uint32 n)
{
	qsort(stages, n, sizeof(NumberedStage), compare_numbered);
}

/* Text and binary */

#define STAGE_READING(symbol, return_figure, figure) \
	SUMMARY_READING(symbol, StageView, stage_view_value, return_figure, figure)

CXM_FUNCTION(journey_stage_in)
{
	char    *text = PG_GETARG_CSTRING(0);
	StageKey key;

	if (!stage_parse(text, strlen(text), false, &key, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(stage_datum(stage_view(&key)));
}

STAGE_READING(journey_stage_out, PG_RETURN_CSTRING, stage_text(view, false))

/* Binary: version, rank, label in the encoding of the client. */
CXM_FUNCTION(journey_stage_recv)
{
	StringInfo buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint8      version = (uint8) pq_getmsgbyte(buffer);
	int32      rank;
	char      *label;
	int        length;
	StageKey   key;

	if (version != STAGE_VERSION)
		ereport(ERROR, CXM_UNKNOWN_VERSION(TYPE_NAME, version));
	rank = (int32) pq_getmsgint(buffer, 4);
	label = pq_getmsgtext(buffer, buffer->len - buffer->cursor, &length);
	stage_make_key(rank, label, length, &key, NULL);
	PG_RETURN_DATUM(stage_datum(stage_view(&key)));
}

CXM_FUNCTION(journey_stage_send)
{
	StageView      stage = stage_arg(fcinfo, 0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, STAGE_VERSION);
	pq_sendint32(&buffer, stage_key_rank(stage));
	pq_sendtext(&buffer, stage_key_label(stage), stage_key_label_length(stage));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* Order: by rank, then by the bytes of the label, whatever the collation */

static int
compare_args(FunctionCallInfo fcinfo)
{
	return stage_compare(stage_arg(fcinfo, 0), stage_arg(fcinfo, 1));
}

/*
 * Equal stages are equal bytes, whatever these are.  The conditions of a funnel are a handful of
 * comparisons for each row: values that are not toasted, which is nearly all, are compared without
 * a call.
 */
static pg_attribute_always_inline StageView
whole_value(const void *value)
{
	return (StageView){(int) VARSIZE_ANY_EXHDR(value), (const unsigned char *) VARDATA_ANY(value)};
}

static pg_noinline bool
detoasted_equal(const void *a, const void *b)
{
	return stage_equal(
	    whole_value(pg_detoast_datum_packed((struct varlena *) unconstify(void *, a))),
	    whole_value(pg_detoast_datum_packed((struct varlena *) unconstify(void *, b))));
}

static pg_attribute_always_inline bool
equal_args(FunctionCallInfo fcinfo)
{
	const void *a = PG_GETARG_POINTER(0);
	const void *b = PG_GETARG_POINTER(1);

	if (unlikely(stage_is_toasted(a) || stage_is_toasted(b)))
		return detoasted_equal(a, b);
	return stage_equal(whole_value(a), whole_value(b));
}

SUMMARY_FUNCTION(journey_stage_eq, BoolGetDatum(equal_args(fcinfo)))
SUMMARY_FUNCTION(journey_stage_ne, BoolGetDatum(!equal_args(fcinfo)))
SUMMARY_FUNCTION(journey_stage_lt, BoolGetDatum(compare_args(fcinfo) < 0))
SUMMARY_FUNCTION(journey_stage_le, BoolGetDatum(compare_args(fcinfo) <= 0))
SUMMARY_FUNCTION(journey_stage_gt, BoolGetDatum(compare_args(fcinfo) > 0))
SUMMARY_FUNCTION(journey_stage_ge, BoolGetDatum(compare_args(fcinfo) >= 0))
SUMMARY_FUNCTION(journey_stage_cmp, Int32GetDatum(compare_args(fcinfo)))

static int
compare_for_sort(Datum a, Datum b, SortSupport sort pg_attribute_unused())
{
	void *x = PG_DETOAST_DATUM_PACKED(a);
	void *y = PG_DETOAST_DATUM_PACKED(b);
	int   order = stage_compare(stage_view_value(x), stage_view_value(y));

	if (x != DatumGetPointer(a))
		pfree(x);
	if (y != DatumGetPointer(b))
		pfree(y);
	return order;
}

CXM_FUNCTION(journey_stage_sortsupport)
{
	SortSupport sort = (SortSupport) PG_GETARG_POINTER(0);

	sort->comparator = compare_for_sort;
	PG_RETURN_VOID();
}

STAGE_READING(journey_stage_hash, PG_RETURN_DATUM, hash_any(view.bytes, view.length))
STAGE_READING(journey_stage_hash_extended, PG_RETURN_DATUM,
              hash_any_extended(view.bytes, view.length, PG_GETARG_INT64(1)))

/* Transitions of min and max: one of the arguments, NULL only when both are. */
static Datum
extreme(FunctionCallInfo fcinfo, bool larger)
{
	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(0))
		PG_RETURN_DATUM(PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(1) || (compare_args(fcinfo) >= 0) == larger)
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	PG_RETURN_DATUM(PG_GETARG_DATUM(1));
}

SUMMARY_FUNCTION(journey_stage_smaller, extreme(fcinfo, false))
SUMMARY_FUNCTION(journey_stage_larger, extreme(fcinfo, true))

/* Readings */

static const char *
phase_of(int32 rank)
{
	return rank < STAGE_PURCHASE_RANK ? "before" : rank > STAGE_PURCHASE_RANK ? "after" : "during";
}

STAGE_READING(journey_stage_rank, PG_RETURN_INT32, stage_key_rank(view))
STAGE_READING(journey_stage_phase, PG_RETURN_TEXT_P,
              cstring_to_text(phase_of(stage_key_rank(view))))

enum
{
	ENGLISH,
	HINDI,
	NEPALI
};
static const char *const languages[] = {"en", "hi", "ne"};

CXM_FUNCTION(journey_stage_label)
{
	StageView   stage = stage_arg(fcinfo, 0);
	int         language = cxm_choice_arg(fcinfo, 1, &CXM_CHOICES("language", languages));
	uint32      built_in = stage_built_in_number(stage);
	const char *translation = NULL;

	if (language == HINDI)
		translation = built_in < STAGE_BUILT_IN ? translations[built_in].hindi : NULL;
	else if (language == NEPALI)
		translation = built_in < STAGE_BUILT_IN ? translations[built_in].nepali : NULL;
	if (translation != NULL)
		PG_RETURN_TEXT_P(
		    cstring_to_text(pg_any_to_server(translation, strlen(translation), PG_UTF8)));
	PG_RETURN_TEXT_P(stage_label(stage));
}
