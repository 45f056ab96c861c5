/*
 * driver_summary.c
 *		The type driver_summary: what an outcome has to do with each of several drivers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"
#include "utils/json.h"

#include "core/decimal_sum.h"
#include "ratings/driver_state.h"

typedef struct DriverDraft DriverDraft;

static char *driver_text(const void *value);
static bool  driver_read_terms(void *draft, JsonbContainer *object, Node *escontext);
static bool  driver_read_field(void *draft, const char *key, const JsonbValue *value,
                               Node *escontext);
static void *driver_finish(void *draft, Node *escontext);
static void  driver_send(StringInfo buffer, const void *value);
static void *driver_receive(StringInfo buffer);

struct DriverDraft
{
	DriverSummary *state;
	bool           has_sums;
	bool           has_products;
};

const SummaryType DRIVER = {
    .name = "driver_summary",
    .version = DRIVER_VERSION,
    .flags = DRIVER_WIDE,
    .state_flag = DRIVER_WIDE,
    .header = offsetof(DriverSummary, names) - VARHDRSZ,
    .text = driver_text,
    .draft_size = sizeof(DriverDraft),
    .read_terms = driver_read_terms,
    .read_field = driver_read_field,
    .finish = driver_finish,
    .send = driver_send,
    .receive = driver_receive,
    .to_state = driver_to_state,
    .canonical = driver_canonical,
    .merge = driver_merge,
    .is_empty = driver_is_empty,
    .same_terms = driver_same_terms,
    .refuse_mixture = driver_refuse_mixture,
};

COUNTING_SUMMARY_FUNCTIONS(driver_summary, DRIVER)

/* Transitions */

static void
check_number_of_drivers(int n)
{
	if (n < 1)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("there are no drivers"),
		         errhint("Name at least one driver: driver_agg(outcome, ARRAY[x], ARRAY['x']).")));
	if (n > CXM_MOST_DRIVERS)
		ereport(ERROR,
		        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%d drivers are too many", n),
		         errdetail("At most %d drivers are possible.", CXM_MOST_DRIVERS)));
}

/* The array of names that the last row came with, and what is made of it. */
typedef struct NamesCache
{
	DriverNames terms;
	Size        size;
	char        names[DRIVER_NAMES_MOST + 8];
	char        array[FLEXIBLE_ARRAY_MEMBER];
} NamesCache;

static void
add_name(DriverNames *terms, const text *name)
{
	int length;

	if (name == NULL)
		cxm_refuse_null("name of a driver");
	length = (int) VARSIZE_ANY_EXHDR(name);
	if (length == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("name of a driver must not be empty")));
	if (length > DRIVER_NAME_MOST)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("name of a driver is too long"),
		         errdetail("It has %d bytes, of %d that are possible.", length, DRIVER_NAME_MOST)));
	if (!driver_names_add(terms, VARDATA_ANY(name), length))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("there are two drivers \"%s\"", text_to_cstring(name))));
}

static pg_noinline NamesCache *
read_names(FunctionCallInfo fcinfo, ArrayType *argument)
{
	Size        size = VARSIZE(argument);
	NamesCache *cache;
	Datum      *elements;
	bool       *nulls;
	int         n;

	if (ARR_NDIM(argument) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
		                errmsg("names of drivers must be a one-dimensional array")));
	check_number_of_drivers(ArrayGetNItems(ARR_NDIM(argument), ARR_DIMS(argument)));
	cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, offsetof(NamesCache, array) + size);
	cache->size = size;
	memcpy(cache->array, argument, size);
	deconstruct_array(argument, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	driver_names_start(&cache->terms, cache->names);
	for (int i = 0; i < n; i++)
		add_name(&cache->terms, nulls[i] ? NULL : (const text *) DatumGetPointer(elements[i]));
	driver_names_finish(&cache->terms);
	pfree(elements);
	pfree(nulls);
	return cache;
}

static inline const DriverNames *
names_arg(FunctionCallInfo fcinfo, int argno)
{
	NamesCache *cache = fcinfo->flinfo->fn_extra;
	ArrayType  *argument;

	if (unlikely(PG_ARGISNULL(argno)))
		cxm_refuse_null("names");
	argument = PG_GETARG_ARRAYTYPE_P(argno);
	if (unlikely(cache == NULL || cache->size != VARSIZE(argument) ||
	             memcmp(cache->array, argument, cache->size) != 0))
	{
		NamesCache *read = read_names(fcinfo, argument);

		if (cache != NULL)
			pfree(cache);
		fcinfo->flinfo->fn_extra = cache = read;
	}
	return &cache->terms;
}

/* The name of variable i, the first of which is the outcome, for a message. */
static char *
name_of(const DriverNames *terms, int i)
{
	const char *at = terms->names;
	const char *name;
	int         length;

	if (i == 0)
		return pstrdup("the outcome");
	do
		name = driver_next_name(&at, &length);
	while (--i > 0);
	return psprintf("driver \"%.*s\"", length, name);
}

static pg_noinline void
refuse_number(const DriverNames *terms, int i, double x)
{
	if (isnan(x) || isinf(x))
		ereport(ERROR,
		        (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		         errmsg("value of %s is %s", name_of(terms, i), isnan(x) ? "NaN" : "infinite"),
		         errhint("Make it NULL, and the row is counted as incomplete: "
		                 "nullif(x, '%s').",
		                 isnan(x) ? "NaN"
		                 : x > 0  ? "Infinity"
		                          : "-Infinity")));
	if (fabs(x) >= CXM_GRID_LIMIT)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		                errmsg("value %g of %s is out of range", x, name_of(terms, i)),
		                errdetail("Values must be less than 2147483648 from zero."),
		                errhint("Divide all values of it by the same number.")));
	ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
	                errmsg("value %g of %s is too small", x, name_of(terms, i)),
	                errdetail("Rounding to a multiple of 2^-32 would change it by more than a "
	                          "millionth of itself."),
	                errhint("Multiply all values of it by the same number.")));
}

static inline void
take_number(int64 *units, const DriverNames *terms, int i, double x)
{
	double scaled = x * CXM_GRID_UNIT;

	/* nearly every number lies on the grid, and needs no rounding */
	if (likely(fabs(x) < CXM_GRID_LIMIT))
	{
		*units = (int64) scaled;
		if (likely((double) *units == scaled))
			return;
	}
	if (unlikely(!cxm_to_grid(x, units)))
		refuse_number(terms, i, x);
}

static pg_noinline void
refuse_drivers(const ArrayType *drivers, const DriverNames *terms)
{
	if (ARR_NDIM(drivers) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
		                errmsg("drivers must be a one-dimensional array")));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("number of drivers and of their names differ"),
	                errdetail("There are %d values and %d names.",
	                          ArrayGetNItems(ARR_NDIM(drivers), ARR_DIMS(drivers)), terms->drivers),
	                errhint("Write NULL for a value that is not known.")));
}

/* The row as it is counted; false where something of it is NULL. */
static inline bool
row_args(FunctionCallInfo fcinfo, const DriverNames *terms, int64 *row)
{
	ArrayType    *drivers;
	const float8 *x;

	if (PG_ARGISNULL(2))
		return false;
	drivers = PG_GETARG_ARRAYTYPE_P(2);
	if (unlikely(ARR_NDIM(drivers) != 1 || ARR_DIMS(drivers)[0] != terms->drivers))
		refuse_drivers(drivers, terms);
	if (PG_ARGISNULL(1) || (ARR_HASNULL(drivers) && array_contains_nulls(drivers)))
		return false;
	x = (const float8 *) ARR_DATA_PTR(drivers);
	row[0] = CXM_GRID_ONE;
	take_number(&row[1], terms, 0, PG_GETARG_FLOAT8(1));
	for (int i = 1; i <= terms->drivers; i++)
		take_number(&row[i + 1], terms, i, x[i - 1]);
	return true;
}

static pg_attribute_always_inline Datum
count_row(FunctionCallInfo fcinfo, bool add)
{
	const DriverNames *terms = names_arg(fcinfo, 3);
	int64              row[CXM_MOST_DRIVERS + 2];
	bool               complete = row_args(fcinfo, terms, row);
	void              *state;

#ifdef __clang_analyzer__
	memset(row, 0, sizeof(row)); /* it does not see that a complete row is filled */
#endif
	if (likely(cxm_in_aggregate_context(fcinfo) && !PG_ARGISNULL(0)))
		state = PG_GETARG_POINTER(0);
	else
		state = summary_state_arg(fcinfo);
	PG_RETURN_POINTER(driver_count(state, terms, complete ? row : NULL, add));
}

SUMMARY_FUNCTION(driver_transition, count_row(fcinfo, true))
SUMMARY_FUNCTION(driver_inverse, count_row(fcinfo, false))

/*
 * Text: {"drivers": ["a", "b"], "rows": 3, "incomplete": 0, "sums": [...], "products": [...]}, with
 * the sums of the outcome and the drivers, and the sums of their products in pairs: outcome x
 * outcome, a x outcome, a x a, b x outcome, b x a, b x b.
 */

static void
append_sum(StringInfo text, const CxmFixedSum *sum)
{
	int64 digits[CXM_FIXED_POSITIONS + CXM_DECIMAL_CARRY] = {0};
	char  decimal[4 * (CXM_FIXED_POSITIONS + CXM_DECIMAL_CARRY - CXM_FIXED_LOWEST) + 8];
	int   sign;

	cxm_fixed_add_decimal(digits, sum, 2 * CXM_GRID_BITS);
	sign = cxm_decimal_normalise(digits, lengthof(digits));
	cxm_decimal_print(digits, lengthof(digits), CXM_FIXED_LOWEST, sign < 0, decimal);
	appendStringInfoString(text, decimal);
}

static char *
driver_text(const void *value)
{
	DriverView     view = driver_view(value);
	const char    *at = view.terms.names;
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, "{\"drivers\": [");
	for (int i = 0; i < view.terms.drivers; i++)
	{
		int         length;
		const char *name = driver_next_name(&at, &length);

		appendStringInfoString(&text, i > 0 ? ", " : "");
		escape_json(&text, pnstrdup(name, length));
	}
	appendStringInfo(&text, "], \"rows\": " INT64_FORMAT ", \"incomplete\": " INT64_FORMAT,
	                 view.rows, view.incomplete);
	for (int i = 0; i <= view.terms.drivers; i++)
	{
		CxmFixedSum sum = driver_sum(&view, cxm_cross_sum(i));

		appendStringInfoString(&text, i > 0 ? ", " : ", \"sums\": [");
		append_sum(&text, &sum);
	}
	for (int i = 0; i <= view.terms.drivers; i++)
		for (int j = 0; j <= i; j++)
		{
			CxmFixedSum product = driver_sum(&view, cxm_cross_product(i, j));

			CHECK_FOR_INTERRUPTS();
			appendStringInfoString(&text, i > 0 ? ", " : "], \"products\": [");
			append_sum(&text, &product);
		}
	appendStringInfoString(&text, "]}");
	return text.data;
}

static bool
driver_read_terms(void *draft, JsonbContainer *object, Node *escontext)
{
	DriverNames    terms;
	JsonbValue     value;
	JsonbIterator *iterator;

	if (!cxm_json_field(object, "drivers", DRIVER.name, escontext, &value))
		return false;
	iterator = cxm_json_array(&value, "drivers", DRIVER.name, escontext);
	if (iterator == NULL)
		return false;
	driver_names_start(&terms, palloc(DRIVER_NAMES_MOST + 8));
	while (cxm_json_next_element(&iterator, &value))
	{
		char *name = cxm_json_scalar(&value, "drivers", DRIVER.name, false, escontext);
		int   length;

		if (name == NULL)
			return false;
		length = (int) strlen(name);
		if (terms.drivers == CXM_MOST_DRIVERS)
			return summary_refuse_text(&DRIVER, escontext, "There are more than %d drivers.",
			                           CXM_MOST_DRIVERS);
		if (length == 0 || length > DRIVER_NAME_MOST)
			return summary_refuse_text(&DRIVER, escontext, "A name must have from 1 to %d bytes.",
			                           DRIVER_NAME_MOST);
		if (!driver_names_add(&terms, name, length))
			return summary_refuse_text(&DRIVER, escontext, "There are two drivers \"%s\".", name);
	}
	if (terms.drivers == 0)
		return summary_refuse_text(&DRIVER, escontext, "The array \"drivers\" is empty.");
	driver_names_finish(&terms);
	((DriverDraft *) draft)->state = driver_make_state(&terms);
	return true;
}

/* All sums, or all products, into the state. */
static bool
read_sums(DriverSummary *state, const char *key, const JsonbValue *value, bool products,
          Node *escontext)
{
	int            variables = state->drivers + 1;
	JsonbIterator *iterator = cxm_json_array(value, key, DRIVER.name, escontext);
	JsonbValue     element;
	int            i = 0;
	int            j = 0;

	if (iterator == NULL)
		return false;
	while (cxm_json_next_element(&iterator, &element))
	{
		Size  at = products ? cxm_cross_product(i, j) : cxm_cross_sum(i);
		char *number = cxm_json_scalar(&element, key, DRIVER.name, true, escontext);

		if (number == NULL)
			return false;
		if (i >= variables)
			return summary_refuse_text(&DRIVER, escontext, "There are too many numbers in \"%s\".",
			                           key);
		if (!cxm_fixed_parse(number, 2 * CXM_GRID_BITS, &driver_state_sums(state)[at]))
			return summary_refuse_text(&DRIVER, escontext, "No sum of \"%s\" can be %.100s.", key,
			                           number);
		if (products && j < i)
			j++;
		else
		{
			i++;
			j = 0;
		}
	}
	if (i < variables)
		return summary_refuse_text(&DRIVER, escontext, "There are too few numbers in \"%s\".", key);
	return true;
}

static bool
driver_read_field(void *draft, const char *key, const JsonbValue *value, Node *escontext)
{
	DriverDraft *driver = draft;
	uint64       count;

	if (strcmp(key, "drivers") == 0)
		return true;
	if (strcmp(key, "sums") == 0 || strcmp(key, "products") == 0)
	{
		bool products = strcmp(key, "products") == 0;

		*(products ? &driver->has_products : &driver->has_sums) = true;
		return read_sums(driver->state, key, value, products, escontext);
	}
	if (strcmp(key, "rows") != 0 && strcmp(key, "incomplete") != 0)
		return summary_refuse_text(&DRIVER, escontext, "There is no field \"%s\".", key);
	if (!cxm_json_count(value, key, DRIVER.name, escontext, &count))
		return false;
	*(strcmp(key, "rows") == 0 ? &driver->state->rows : &driver->state->incomplete) = (int64) count;
	return true;
}

static void *
driver_finish(void *draft, Node *escontext)
{
	DriverDraft *driver = draft;
	DriverView   view = driver_view(driver->state);

	if (driver->has_sums != driver->has_products || !driver_is_sound(&view))
		return summary_refuse_text(&DRIVER, escontext,
		                           "The sums do not fit each other or the number of rows.");
	return driver_canonical(driver->state);
}

/* Binary: the number of drivers, each name behind its length; rows and incomplete; the sums. */
static void
driver_send(StringInfo buffer, const void *value)
{
	DriverView  view = driver_view(value);
	const char *at = view.terms.names;

	pq_sendint8(buffer, view.terms.drivers);
	for (int i = 0; i < view.terms.drivers; i++)
	{
		int         length;
		const char *name = driver_next_name(&at, &length);

		summary_send_text(buffer, name, length);
	}
	pq_sendint64(buffer, view.rows);
	pq_sendint64(buffer, view.incomplete);
	for (Size i = 0; i < driver_sums(view.terms.drivers); i++)
	{
		CxmFixedSum sum = driver_sum(&view, i);

		for (int part = 2; part >= 0; part--)
			pq_sendint64(buffer, sum.part[part]);
	}
}

static void
receive_name(StringInfo buffer, DriverNames *terms)
{
	int   bytes = (int) pq_getmsgint(buffer, 4);
	int   length;
	char *name;

	if (bytes < 0 || bytes > buffer->len - buffer->cursor)
		summary_refuse_binary(&DRIVER, "A name is longer than the message.");
	name = pq_getmsgtext(buffer, bytes, &length);
	if (length < 1 || length > DRIVER_NAME_MOST)
		summary_refuse_binary(&DRIVER, "A name is empty or too long.");
	if (!driver_names_add(terms, name, length))
		summary_refuse_binary(&DRIVER, "Two drivers have the same name.");
}

static void *
driver_receive(StringInfo buffer)
{
	int            n = pq_getmsgbyte(buffer);
	DriverNames    terms;
	DriverSummary *state;
	DriverView     view;

	if (n < 1 || n > CXM_MOST_DRIVERS)
		summary_refuse_binary(&DRIVER, "The number of drivers is out of range.");
	driver_names_start(&terms, palloc(DRIVER_NAMES_MOST + 8));
	for (int i = 0; i < n; i++)
		receive_name(buffer, &terms);
	driver_names_finish(&terms);
	if ((Size) (buffer->len - buffer->cursor) !=
	    2 * sizeof(int64) + driver_sums(n) * sizeof(CxmFixedSum))
		summary_refuse_binary(&DRIVER, "The size does not fit the number of drivers.");
	state = driver_make_state(&terms);
	state->rows = pq_getmsgint64(buffer);
	state->incomplete = pq_getmsgint64(buffer);
	if (state->rows < 0 || state->incomplete < 0)
		summary_refuse_binary(&DRIVER, "A count is negative.");
	for (Size i = 0; i < driver_sums(n); i++)
		for (int part = 2; part >= 0; part--)
			driver_state_sums(state)[i].part[part] = (uint64) pq_getmsgint64(buffer);
	view = driver_view(state);
	if (!driver_is_sound(&view))
		summary_refuse_binary(&DRIVER, "The sums do not fit each other or the number of rows.");
	return driver_canonical(state);
}

/* Readings */

SUMMARY_READING(driver_complete_rows, DriverView, driver_view, PG_RETURN_INT64, view.rows)
SUMMARY_READING(driver_incomplete_rows, DriverView, driver_view, PG_RETURN_INT64, view.incomplete)

CXM_FUNCTION(driver_driver_names)
{
	DriverView  view = driver_view(SUMMARY_ARG(0));
	const char *at = view.terms.names;
	Datum       names[CXM_MOST_DRIVERS];

	for (int i = 0; i < view.terms.drivers; i++)
	{
		int         length;
		const char *name = driver_next_name(&at, &length);

		names[i] = PointerGetDatum(cstring_to_text_with_len(name, length));
	}
	if (view.terms.drivers == 0)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(
	    construct_array(names, view.terms.drivers, TEXTOID, -1, false, TYPALIGN_INT));
}

/* An error where there are fewer rows than a plane through all of them takes. */
static void
check_rows(const DriverView *view)
{
	if (view->rows <= view->terms.drivers)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("too few rows for %d drivers", view->terms.drivers),
		                errdetail("It takes %d complete rows at least, and the summary has %lld.",
		                          view->terms.drivers + 1, (long long) view->rows),
		                errhint("Leave such groups out by complete_rows(s).")));
}

static void
fit(const DriverView *view, CxmLinearModel *model)
{
	int              variables = view->terms.drivers + 1;
	CxmTwofold      *centred = palloc(CXM_TRIANGLE(variables, 0) * sizeof(CxmTwofold));
	CxmCrossProducts products = {view->terms.drivers, (double) view->rows, centred,
	                             (double) view->rows * (double) view->rows / 12};
	CxmLinearFit     in_steps;

	check_rows(view);
	for (int i = 0; i < variables; i++)
	{
		CxmFixedSum sum = driver_sum(view, cxm_cross_sum(i));

		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j <= i; j++)
		{
			CxmFixedSum other = driver_sum(view, cxm_cross_sum(j));
			CxmFixedSum product = driver_sum(view, cxm_cross_product(i, j));

			centred[CXM_TRIANGLE(i, j)] = cxm_cross_centred(view->rows, &product, &sum, &other);
		}
	}
	cxm_linear_fit_begin(&in_steps, model, &products,
	                     palloc(cxm_linear_model_memory(view->terms.drivers)));
	while (cxm_linear_fit_step(&in_steps))
		CHECK_FOR_INTERRUPTS();
	cxm_linear_fit_finish(&in_steps);
	pfree(centred);
}

CXM_FUNCTION(driver_r_squared)
{
	DriverView     view = driver_view(SUMMARY_ARG(0));
	CxmLinearModel model;

	if (view.rows == 0)
		PG_RETURN_NULL();
	fit(&view, &model);
	CXM_RETURN_FLOAT8_OR_NULL(model.r_squared);
}

static void
relative_weights(const CxmLinearModel *model, double *importance)
{
	CxmRelativeWeights weights;

	cxm_relative_weights_begin(&weights, model,
	                           palloc(cxm_relative_weights_memory(model->drivers)));
	while (cxm_relative_weights_step(&weights))
		CHECK_FOR_INTERRUPTS();
	cxm_relative_weights_finish(&weights, importance);
}

static void
shapley_values(const CxmLinearModel *model, double *importance)
{
	CxmShapley shapley;

	cxm_shapley_begin(&shapley, model, palloc(cxm_shapley_memory(model->drivers)));
	while (cxm_shapley_step(&shapley))
		CHECK_FOR_INTERRUPTS();
	cxm_shapley_finish(&shapley, importance);
}

typedef void (*SharingOut)(const CxmLinearModel *model, double *importance);

static SharingOut
method_arg(FunctionCallInfo fcinfo, int argno, int drivers)
{
	static const char *const names[] = {"relative_weights", "shapley"};

	if (argno >= PG_NARGS() || cxm_choice_arg(fcinfo, argno, &CXM_CHOICES("method", names)) == 0)
		return relative_weights;
	if (drivers > CXM_MOST_SHAPLEY_DRIVERS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("%d drivers are too many for Shapley values", drivers),
		                errdetail("They take a regression for each of 2^n sets of drivers; at most "
		                          "%d drivers are possible.",
		                          CXM_MOST_SHAPLEY_DRIVERS),
		                errhint("drivers(s) shares out by relative weights.")));
	return shapley_values;
}

static void
put_drivers(ReturnSetInfo *result, const DriverView *view, const CxmLinearModel *model,
            const double *importance)
{
	const char *at = view->terms.names;
	double      whole = 0;

	for (int i = 0; importance != NULL && i < view->terms.drivers; i++)
		whole += importance[i];
	for (int i = 0; i < view->terms.drivers; i++)
	{
		int              length;
		const char      *name = driver_next_name(&at, &length);
		const CxmDriver *driver = &model->driver[i];
		CxmFixedSum      sum = driver_sum(view, cxm_cross_sum(i + 1));
		double           figures[] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
		Datum            values[1 + lengthof(figures)];
		bool             nulls[1 + lengthof(figures)] = {false};

		if (importance != NULL)
		{
			figures[0] = cxm_fixed_to_double(&sum, 2 * CXM_GRID_BITS) / (double) view->rows;
			figures[1] = driver->correlation;
			figures[2] = driver->coefficient;
			figures[3] = driver->std_error;
			figures[4] = driver->p_value;
			figures[5] = driver->vif;
			figures[6] = isnan(model->r_squared) ? NAN : importance[i];
			figures[7] = cxm_ratio(importance[i], whole);
		}
		values[0] = PointerGetDatum(cstring_to_text_with_len(name, length));
		for (size_t k = 0; k < lengthof(figures); k++)
		{
			values[1 + k] = Float8GetDatum(figures[k]);
			nulls[1 + k] = isnan(figures[k]);
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

static Datum
drivers_of(FunctionCallInfo fcinfo)
{
	DriverView     view = driver_view(SUMMARY_ARG(0));
	SharingOut     share_out = method_arg(fcinfo, 1, view.terms.drivers);
	CxmLinearModel model;
	double         importance[CXM_MOST_DRIVERS];

	InitMaterializedSRF(fcinfo, 0);
	if (view.rows > 0)
	{
		fit(&view, &model);
		share_out(&model, importance);
	}
	put_drivers((ReturnSetInfo *) fcinfo->resultinfo, &view, &model,
	            view.rows > 0 ? importance : NULL);
	return (Datum) 0;
}

SUMMARY_FUNCTION(driver_drivers, drivers_of(fcinfo))
SUMMARY_FUNCTION(driver_drivers_by_method, drivers_of(fcinfo))
