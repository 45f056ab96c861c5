/*
 * journey_stage.h
 *		The type journey_stage: a rank and a label.
 *
 * Everything compares and stores stages by their key: four bytes of rank, the label behind them.
 * The rank is in network order with its sign bit turned, so that memcmp() puts keys in order.
 */
#ifndef CXM_JOURNEY_STAGE_H
#define CXM_JOURNEY_STAGE_H

#include "common/summary.h"

#include "port/pg_bswap.h"

#define STAGE_RANK_SIZE 4
#define STAGE_LABEL_LIMIT 255
#define STAGE_KEY_LIMIT (STAGE_RANK_SIZE + STAGE_LABEL_LIMIT)

/* The ranks that the words before, during and after purchase go by. */
#define STAGE_PURCHASE_RANK 300

typedef struct StageKey
{
	int           length;
	unsigned char bytes[STAGE_KEY_LIMIT];
} StageKey;

/* Where a key lies, in a value or in a StageKey. */
typedef struct StageView
{
	int                  length;
	const unsigned char *bytes;
} StageView;

static inline StageView
stage_view(const StageKey *key)
{
	return (StageView){key->length, key->bytes};
}

static inline int32
stage_key_rank(StageView stage)
{
	uint32 rank;

	memcpy(&rank, stage.bytes, sizeof(rank));
	return (int32) (pg_ntoh32(rank) ^ 0x80000000U);
}

static inline const char *
stage_key_label(StageView stage)
{
	return (const char *) stage.bytes + STAGE_RANK_SIZE;
}

static inline int
stage_key_label_length(StageView stage)
{
	return stage.length - STAGE_RANK_SIZE;
}

/* Is this the label of the stage? */
static inline bool
stage_is(StageView stage, const char *label, int length)
{
	return stage_key_label_length(stage) == length &&
	       memcmp(stage_key_label(stage), label, length) == 0;
}

static pg_attribute_always_inline uint64
stage_key_word(StageView stage, uint32 at)
{
	uint64 word;

	memcpy(&word, stage.bytes + at, sizeof(word));
	return word;
}

/*
 * Keys of 8 to 24 bytes, which nearly all are, are compared as three overlapping words and without
 * branching: the outcome is unpredictable.
 */
static pg_attribute_always_inline bool
stage_equal(StageView a, StageView b)
{
	uint32 last_a = (uint32) a.length - (uint32) sizeof(uint64);
	uint32 last_b = (uint32) b.length - (uint32) sizeof(uint64);

	if (likely(last_a <= 16 && last_b <= 16))
		return ((stage_key_word(a, 0) ^ stage_key_word(b, 0)) |
		        (stage_key_word(a, last_a) ^ stage_key_word(b, last_b)) |
		        (stage_key_word(a, last_a / 2) ^ stage_key_word(b, last_b / 2)) |
		        (last_a ^ last_b)) == 0;
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

/* The order of stages: by rank, and then by label. */
static inline int
stage_compare(StageView a, StageView b)
{
	int order = memcmp(a.bytes, b.bytes, Min(a.length, b.length));

	return order != 0 ? order : a.length - b.length;
}

/*
 * How types that hold stages write them one behind the other: a byte of length and the key.  A key
 * has 5 to 259 bytes: the byte has what remains of its length when 256 are taken away.
 */
static pg_attribute_always_inline int
stage_length_in(const unsigned char *at)
{
	return *at > STAGE_RANK_SIZE ? *at : *at + 256;
}

static inline unsigned char *
stage_put(unsigned char *at, StageView stage)
{
	*at = (unsigned char) stage.length;
	memcpy(at + 1, stage.bytes, stage.length);
	return at + 1 + stage.length;
}

/* Reads one, and moves *at behind it; false when it does not end before the end. */
static inline bool
stage_next(const unsigned char **at, const unsigned char *end, StageView *stage)
{
	int length;

	if (*at >= end)
		return false;
	length = stage_length_in(*at);
	if (length > STAGE_KEY_LIMIT || end - *at <= length)
		return false;
	*stage = (StageView){length, *at + 1};
	*at += 1 + length;
	return true;
}

/* The built-in stages, in their order. */
#define STAGE_BUILT_IN 7

extern const StageKey stage_built_in[STAGE_BUILT_IN];

/* Which of them this is, from 0; STAGE_BUILT_IN when it is none. */
static pg_attribute_always_inline uint32
stage_built_in_number(StageView stage)
{
	uint32 rank = (uint32) stage_key_rank(stage);
	uint32 nth = rank / 100 - 1;

	if (nth < STAGE_BUILT_IN && stage_equal(stage, stage_view(&stage_built_in[nth])))
		return nth;
	return STAGE_BUILT_IN;
}

/* Makes a key; false and a report to escontext when the label is empty or too long. */
extern bool stage_make_key(int32 rank, const char *label, int length, StageKey *key,
                           Node *escontext);

/* The built-in stage of this name, or the name as a label of rank 0; false as before. */
extern bool stage_of_name(const char *name, int length, StageKey *key, Node *escontext);

/* A built-in name or rank:label; any other word is a label of rank 0 if it may be bare. */
extern bool stage_parse(const char *text, int length, bool bare_words, StageKey *key,
                        Node *escontext);

/* The stage that the value of a field of JSON is, bare words too, and the value's text. */
extern bool stage_read(const SummaryType *type, const JsonbValue *value, const char *key,
                       Node *escontext, char **text, StageKey *stage);

/* What stage_parse() reads of several stages, bare words, as JSON strings. */
extern char **stage_json_texts(const StageView *stages, uint32 n);

/* The label as a text of SQL. */
extern text *stage_label(StageView stage);

#define STAGE_VERSION 1

pg_noreturn extern void stage_refuse(const void *value);

/* The key in a value that is not toasted, with either kind of header; no byte of it is trusted. */
static pg_attribute_always_inline StageView
stage_view_value(const void *value)
{
	const unsigned char *body = (const unsigned char *) VARDATA_ANY(value);
	int                  length = (int) VARSIZE_ANY_EXHDR(value) - 1;

	if (unlikely(length <= STAGE_RANK_SIZE || length > STAGE_KEY_LIMIT || body[0] != STAGE_VERSION))
		stage_refuse(value);
	return (StageView){length, body + 1};
}

/* Values this short hardly ever are. */
static pg_attribute_always_inline bool
stage_is_toasted(const void *value)
{
	return VARATT_IS_COMPRESSED(value) || VARATT_IS_EXTERNAL(value);
}

/* The key in an argument that is not NULL. */
static pg_attribute_always_inline StageView
stage_arg(FunctionCallInfo fcinfo, int argno)
{
	void *value = PG_GETARG_POINTER(argno);

	if (unlikely(stage_is_toasted(value)))
		value = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno));
	return stage_view_value(value);
}

/* A value of the type. */
extern Datum stage_datum(StageView stage);

/* Labels, and stages with their rank, in messages of the types that hold them. */
extern char     *stage_receive_label(const SummaryType *type, StringInfo buffer, int *length);
extern void      stage_send(StringInfo buffer, StageView stage);
extern StageView stage_receive(const SummaryType *type, StringInfo buffer);

/* Puts stages into their order; each brings its number along. */
typedef struct NumberedStage
{
	StageView stage;
	uint32    number;
} NumberedStage;

extern void stage_sort(NumberedStage *stages, uint32 n);

#endif /* CXM_JOURNEY_STAGE_H */
