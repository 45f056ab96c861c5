/*
 * json_text.c
 *		Reading the canonical JSON of the types.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/numeric.h"

#include "common/json_text.h"
#include "core/log_histogram.h"

void *
cxm_json_report(const char *type_name, Node *escontext, const char *detail)
{
	ereturn(escontext, NULL,
	        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
	         errmsg("invalid input syntax for type %s", type_name),
	         errdetail_internal("%s", detail)));
}

/*
 * While jsonb_in() reads an array or an object, what is in it lies in memory that is doubled as it
 * fills; behind so many elements or fields that would be more than can be allocated.
 */
#define JSON_MOST_ELEMENTS (1 << 24)
#define JSON_MOST_FIELDS (1 << 23)

/* Deeper than any type's text; what is deeper still is counted together. */
#define JSON_DEPTH 8

/* Has any array or object of the text more than that?  What is no JSON gets either answer. */
static bool
json_is_too_large(const char *text)
{
	int  most[JSON_DEPTH] = {0};
	int  commas[JSON_DEPTH] = {0};
	int  depth = 0;
	bool quoted = false;

	for (const char *at = text; *at != '\0'; at++)
	{
		int level = Min(depth, JSON_DEPTH - 1);

		if (((at - text) & 0xFFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (*at == '"')
			quoted = !quoted;
		else if (quoted)
			at += *at == '\\' && at[1] != '\0';
		else if (*at == '[' || *at == '{')
		{
			depth++;
			level = Min(depth, JSON_DEPTH - 1);
			most[level] = *at == '[' ? JSON_MOST_ELEMENTS : JSON_MOST_FIELDS;
			commas[level] = 0;
		}
		else if (*at == ']' || *at == '}')
			depth = Max(depth - 1, 0);
		else if (*at == ',' && ++commas[level] >= most[level])
			return true;
	}
	return false;
}

Jsonb *
cxm_jsonb(char *text, Node *escontext)
{
	Datum jsonb;

	/* a field takes four bytes at least, an element two */
	if (strlen(text) >= 2 * JSON_MOST_ELEMENTS && json_is_too_large(text))
		ereturn(escontext, NULL,
		        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("JSON text is too large"),
		         errdetail("At most %d elements of an array and %d fields of an object can be "
		                   "read.",
		                   JSON_MOST_ELEMENTS, JSON_MOST_FIELDS),
		         errhint("In binary form larger values can be copied.")));
	if (!DirectInputFunctionCallSafe(jsonb_in, text, InvalidOid, -1, escontext, &jsonb))
		return NULL;
	return DatumGetJsonbP(jsonb);
}

JsonbContainer *
cxm_json_object(char *text, const char *type_name, Node *escontext)
{
	Jsonb *jsonb = cxm_jsonb(text, escontext);

	if (jsonb == NULL)
		return NULL;
	if (!JB_ROOT_IS_OBJECT(jsonb))
		return cxm_json_refuse(type_name, escontext, "The value must be a JSON object.");
	return &jsonb->root;
}

bool
cxm_json_next(JsonbIterator **iterator, char **key, JsonbValue *value)
{
	JsonbIteratorToken token;

	CHECK_FOR_INTERRUPTS();
	token = JsonbIteratorNext(iterator, value, true);
	if (token == WJB_BEGIN_OBJECT)
		token = JsonbIteratorNext(iterator, value, true);
	if (token != WJB_KEY)
		return false;
	*key = pnstrdup(value->val.string.val, value->val.string.len);
	JsonbIteratorNext(iterator, value, true);
	return true;
}

bool
cxm_json_there(const JsonbValue *value, const char *key, const char *type_name, Node *escontext)
{
	return value != NULL ||
	       cxm_json_refuse(type_name, escontext, "The field \"%s\" is missing.", key);
}

bool
cxm_json_field(JsonbContainer *object, const char *key, const char *type_name, Node *escontext,
               JsonbValue *value)
{
	return cxm_json_there(getKeyJsonValueFromContainer(object, key, (int) strlen(key), value), key,
	                      type_name, escontext);
}

JsonbIterator *
cxm_json_fields(const JsonbValue *value, const char *what, const char *key, const char *type_name,
                Node *escontext)
{
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		return cxm_json_refuse(type_name, escontext, "%s of \"%s\" must be a JSON object.", what,
		                       key);
	return JsonbIteratorInit(value->val.binary.data);
}

bool
cxm_json_take(JsonbIterator *iterator, const char *refusal, const char *type_name, Node *escontext,
              const char *const *names, int n, JsonbValue **fields)
{
	JsonbValue value;
	char      *name;

	for (int i = 0; i < n; i++)
		fields[i] = NULL;
	while (cxm_json_next(&iterator, &name, &value))
	{
		int i = 0;

		while (i < n && strcmp(names[i], name) != 0)
			i++;
		if (i == n)
			return cxm_json_refuse(type_name, escontext, refusal, name);
		fields[i] = palloc(sizeof(JsonbValue));
		*fields[i] = value;
	}
	return true;
}

bool
cxm_json_pick(const JsonbValue *object, const char *what, const char *key, const char *type_name,
              Node *escontext, const char *const *names, int n, JsonbValue **fields)
{
	JsonbIterator *iterator = cxm_json_fields(object, what, key, type_name, escontext);

	return iterator != NULL && cxm_json_take(iterator, "There is no field \"%s\" here.", type_name,
	                                         escontext, names, n, fields);
}

JsonbIterator *
cxm_json_array(const JsonbValue *value, const char *key, const char *type_name, Node *escontext)
{
	JsonbIterator *iterator;
	JsonbValue     begin;

	if (!cxm_json_there(value, key, type_name, escontext))
		return NULL;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		return cxm_json_refuse(type_name, escontext, "The value of \"%s\" must be a JSON array.",
		                       key);
	iterator = JsonbIteratorInit(value->val.binary.data);
	JsonbIteratorNext(&iterator, &begin, true);
	return iterator;
}

bool
cxm_json_next_element(JsonbIterator **iterator, JsonbValue *value)
{
	CHECK_FOR_INTERRUPTS();
	return JsonbIteratorNext(iterator, value, true) == WJB_ELEM;
}

bool
cxm_json_each(const JsonbValue *value, const char *key, const char *type_name, Node *escontext,
              bool (*read)(void *draft, const JsonbValue *element, Node *escontext), void *draft)
{
	JsonbIterator *iterator = cxm_json_array(value, key, type_name, escontext);
	JsonbValue     element;

	if (iterator == NULL)
		return false;
	while (cxm_json_next_element(&iterator, &element))
		if (!read(draft, &element, escontext))
			return false;
	return true;
}

char *
cxm_json_scalar(const JsonbValue *value, const char *key, const char *type_name, bool number,
                Node *escontext)
{
	if (!cxm_json_there(value, key, type_name, escontext))
		return NULL;
	if (number && value->type == jbvNumeric)
		return numeric_normalize(value->val.numeric);
	if (!number && value->type == jbvString)
		return pnstrdup(value->val.string.val, value->val.string.len);
	return cxm_json_refuse(type_name, escontext,
	                       number ? "The value of \"%s\" must be a number."
	                              : "The value of \"%s\" must be a string.",
	                       key);
}

bool
cxm_json_count(const JsonbValue *value, const char *key, const char *type_name, Node *escontext,
               uint64 *count)
{
	char *number;
	char *end;

	*count = 0;
	if (value == NULL)
		return true;
	number = cxm_json_scalar(value, key, type_name, true, escontext);
	if (number == NULL)
		return false;
	errno = 0;
	*count = strtoull(number, &end, 10);
	if (*number == '-' || *end != '\0' || errno != 0 || *count > PG_INT64_MAX)
		return cxm_json_refuse(type_name, escontext,
		                       "The value of \"%s\" must be a whole number from 0 to %lld.", key,
		                       (long long) PG_INT64_MAX);
	return true;
}

bool
cxm_json_is_number(const char *key, uint64 most, uint64 *number)
{
	*number = strtoull(key, NULL, 10);
	return *number <= most && strcmp(key, psprintf(UINT64_FORMAT, *number)) == 0;
}

bool
cxm_json_next_bucket(JsonbIterator **iterator, const char *type_name, Node *escontext, int *bucket,
                     uint64 *count)
{
	JsonbValue value;
	char      *key;
	uint64     from;

	if (!cxm_json_next(iterator, &key, &value))
		return false;
	if (!cxm_json_is_number(key, PG_INT64_MAX, &from) ||
	    cxm_log_bucket_from(*bucket = cxm_log_bucket(from)) != from)
		return cxm_json_refuse(type_name, escontext, "No bucket begins at \"%s\" microseconds.",
		                       key);
	return cxm_json_count(&value, key, type_name, escontext, count);
}

void
cxm_json_print_count(StringInfo text, uint64 number, uint64 count)
{
	CHECK_FOR_INTERRUPTS();
	if (text->data[text->len - 1] != '{')
		appendStringInfoString(text, ", ");
	appendStringInfo(text, "\"" UINT64_FORMAT "\": " UINT64_FORMAT, number, count);
}

void
cxm_day_text(DateADT day, char *text)
{
	struct pg_tm tm;

	j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	EncodeDateOnly(&tm, USE_ISO_DATES, text);
}

bool
cxm_day_of_text(const char *text, DateADT *day)
{
	int  year;
	int  month;
	int  of_month;
	int  end = 0;
	char again[MAXDATELEN + 1];

	/* more years than 7 digits say, PostgreSQL does not have */
	if (sscanf(text, "%7d-%2d-%2d%n", &year, &month, &of_month, &end) != 3)
		return false;
	if (strcmp(text + end, " BC") == 0)
		year = 1 - year;
	if (!IS_VALID_JULIAN(year, month, of_month))
		return false;
	*day = date2j(year, month, of_month) - POSTGRES_EPOCH_JDATE;
	if (!IS_VALID_DATE(*day))
		return false;
	cxm_day_text(*day, again);
	return strcmp(text, again) == 0;
}
