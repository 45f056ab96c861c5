/*
 * spend_summary.c
 *		The type spend_summary: how often customers bought, and what they spent each time on the
 *		average.
 *
 *	0            4         5       6        8       12
 *	+------------+---------+-------+--------+-------+---------------------------------------------+
 *	| varlena    | version | flags | unused | cells | of each: step from the purchases before,    |
 *	| header     | 1       | 0     | 0      |       | the mean in 8 bytes, customers              |
 *	+------------+---------+-------+--------+-------+---------------------------------------------+
 *
 * The cells are in the order of purchases and means; steps and counts of customers are varints, and
 * none is of nobody.  Nearly every customer is a cell, of some 10 bytes.
 *
 * In an aggregate's state, where bit 0 of the flags is set, the cells are a list of changes, in the
 * order in which they came, with room for more up to the end of the varlena; when it is full it is
 * put in order, and what there is of one cell made one:
 *
 *	0            4         5       6        8       12       16
 *	+------------+---------+-------+--------+-------+--------+------------------------------------+
 *	| varlena    | version | flags | unused | used  | unused | purchases, mean, customers more or |
 *	| header     | 1       | 1     | 0      |       | 0      | fewer: 8 bytes each                |
 *	+------------+---------+-------+--------+-------+--------+------------------------------------+
 */
#include "postgres.h"

#include "common/shortest_dec.h"
#include "utils/float.h"

#include "common/summary.h"
#include "core/gamma_gamma.h"
#include "core/varint.h"
#include "customers/model_fit.h"

#define SPEND_VERSION 1
#define SPEND_LIST 0x01
#define SMALLEST_LIST 16

/* So many more or fewer customers with that many purchases, one at least, of that mean. */
typedef struct SpendChange
{
	uint64 purchases;
	double mean;
	int64  customers;
} SpendChange;

typedef struct SpendList
{
	int32       vl_len_;
	uint8       version;
	uint8       flags;
	uint16      unused;
	uint32      used; /* in a value: cells */
	uint32      unused_too;
	SpendChange changes[FLEXIBLE_ARRAY_MEMBER];
} SpendList;

/* The cells of a value or state, in order, of which none is of nobody. */
typedef struct SpendView
{
	SpendChange *cells;
	uint32       n;
} SpendView;

static const SummaryType SPEND;

#define ST_SORT sort_changes
#define ST_ELEMENT_TYPE SpendChange
#define ST_COMPARE(a, b)                                                           \
	((a)->purchases != (b)->purchases ? ((a)->purchases < (b)->purchases ? -1 : 1) \
	                                  : ((a)->mean > (b)->mean) - ((a)->mean < (b)->mean))
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DEFINE
#include "lib/sort_template.h"

/* Values and states; no byte of them is trusted */

static bool
is_sound(const SpendChange *change)
{
	return change->purchases > 0 && change->purchases <= PG_INT32_MAX && change->mean > 0 &&
	       !isinf(change->mean);
}

/* In 64 bits wherever this runs. */
static inline uint64
list_size(uint64 changes)
{
	return offsetof(SpendList, changes) + changes * sizeof(SpendChange);
}

static inline uint32
capacity_of(const void *list)
{
	return (uint32) ((VARSIZE(list) - offsetof(SpendList, changes)) / sizeof(SpendChange));
}

/* Anyone can call a support function, with what lies anywhere in a tuple. */
static inline bool
is_list(const void *value)
{
	SpendList head;

	if (!VARATT_IS_4B_U(value) || VARSIZE(value) < offsetof(SpendList, changes))
		return false;
	memcpy(&head, value, offsetof(SpendList, changes));
	return head.version == SPEND_VERSION && head.flags == SPEND_LIST &&
	       head.used <= capacity_of(value);
}

/* Room for so many, and one more. */
static SpendChange *
make_cells(uint64 n)
{
	return palloc_extended((Size) (n + 1) * sizeof(SpendChange), MCXT_ALLOC_HUGE);
}

/* What there is of one cell is made one, and cells of nobody go. */
static SpendView
put_in_order(SpendChange *changes, uint32 n)
{
	uint32 cells = 0;

	sort_changes(changes, n);
	for (uint32 i = 0; i < n;)
	{
		SpendChange cell = changes[i];

		check_interrupts(i);
		while (++i < n && changes[i].purchases == cell.purchases && changes[i].mean == cell.mean)
			if (pg_add_s64_overflow(cell.customers, changes[i].customers, &cell.customers))
				summary_refuse_overflow("count of customers");
		if (cell.customers < 0)
			summary_refuse_shortage("customers");
		if (cell.customers > 0)
			changes[cells++] = cell;
	}
	return (SpendView){changes, cells};
}

static SpendView
view_of_list(const void *value)
{
	const char  *list = (char *) PG_DETOAST_DATUM(PointerGetDatum(value));
	SpendChange *changes;
	uint32       used;

	if (!is_list(list))
		summary_refuse_value(&SPEND);
	memcpy(&used, list + offsetof(SpendList, used), sizeof(used));
	changes = make_cells(used);
	memcpy(changes, list + offsetof(SpendList, changes), used * sizeof(SpendChange));
	for (uint32 i = 0; i < used; i++)
	{
		check_interrupts(i);
		if (!is_sound(&changes[i]))
			summary_refuse_value(&SPEND);
	}
	return put_in_order(changes, used);
}

static SpendView
spend_view(const void *value)
{
	SpendView    view = {.n = 0};
	SpendChange  last = {0};
	SummaryBytes bytes;
	uint32       cells;

	if (SUMMARY_IS_BLANK(value))
		return view;
	bytes = summary_open(&SPEND, value);
	if (bytes.flags != 0)
		return view_of_list(value);
	memcpy(&cells, bytes.at + offsetof(SpendList, used) - VARHDRSZ, sizeof(cells));
	bytes.at += SPEND.header;
	if (cells > (Size) (bytes.end - bytes.at) / (sizeof(double) + 2))
		summary_refuse_value(&SPEND);
	view.cells = make_cells(cells);
	for (; view.n < cells; view.n++)
	{
		SpendChange cell;
		uint64      step;
		uint64      customers = 0;
		bool        whole = cxm_varint_get(&bytes.at, bytes.end, &step) &&
		             (Size) (bytes.end - bytes.at) >= sizeof(double);

		check_interrupts(view.n);
		if (!whole || step > PG_INT32_MAX)
			summary_refuse_value(&SPEND);
		cell.purchases = last.purchases + step;
		memcpy(&cell.mean, bytes.at, sizeof(double));
		bytes.at += sizeof(double);
		if (!cxm_varint_get(&bytes.at, bytes.end, &customers) || customers == 0 ||
		    customers > CXM_COUNTER_CEILING || !is_sound(&cell) ||
		    (step == 0 && !(cell.mean > last.mean)))
			summary_refuse_value(&SPEND);
		cell.customers = (int64) customers;
		view.cells[view.n] = last = cell;
	}
	if (bytes.at != bytes.end)
		summary_refuse_value(&SPEND);
	return view;
}

static bool
spend_is_empty(const void *state)
{
	const SpendList *list = state;
	bool             taken_out = false;

	if (!is_list(list))
		return spend_view(state).n == 0;
	/* but in a moving window, nothing need be put in order to tell */
	for (uint32 i = 0; i < list->used && !taken_out; i++)
	{
		check_interrupts(i);
		taken_out = list->changes[i].customers <= 0;
	}
	return taken_out ? spend_view(state).n == 0 : list->used == 0;
}

/* Making values and states */

/* A list of these, with room for as many more at least. */
static SpendList *
list_of(SpendView view, uint64 more)
{
	uint64     size = list_size(view.n + Max(SMALLEST_LIST, Max(more, view.n)));
	SpendList *list;

	summary_check_size(&SPEND, size);
	/* its slack is zero, since somebody's own aggregate may let it out */
	list = palloc0(size);
	SET_VARSIZE(list, size);
	list->version = SPEND_VERSION;
	list->flags = SPEND_LIST;
	list->used = view.n;
	if (view.n > 0)
		memcpy(list->changes, view.cells, view.n * sizeof(SpendChange));
	return list;
}

/* The state, any value or NULL, as a list with so much room. */
static SpendList *
with_room(void *state, uint64 more)
{
	SpendView  view = {.n = 0};
	SpendList *list = state;

	if (list != NULL && is_list(list) && capacity_of(list) - list->used >= more)
		return list;
	if (list != NULL)
		view = spend_view(list);
	list = list_of(view, more);
	if (view.cells != NULL)
		pfree(view.cells);
	return list;
}

static void *
spend_to_state(const void *value)
{
	return list_of(spend_view(value), 0);
}

static void *
spend_merge(void *state, const void *value, bool add)
{
	SpendView  view = spend_view(value);
	SpendList *list = with_room(state, view.n);

	for (uint32 i = 0; i < view.n; i++)
	{
		check_interrupts(i);
		if (!add)
			view.cells[i].customers = -view.cells[i].customers;
		list->changes[list->used++] = view.cells[i];
	}
	return list;
}

static void *
spend_encoded(SpendView view)
{
	uint64         size = offsetof(SpendList, used) + sizeof(uint32);
	uint64         purchases = 0;
	SpendList     *value;
	unsigned char *at;

	if (view.n == 0)
		return summary_blank();
	for (uint32 i = 0; i < view.n; i++)
	{
		check_interrupts(i);
		size += cxm_varint_size(view.cells[i].purchases - purchases) + sizeof(double) +
		        cxm_varint_size((uint64) view.cells[i].customers);
		purchases = view.cells[i].purchases;
	}
	summary_check_size(&SPEND, size);
	value = palloc0(size);
	SET_VARSIZE(value, size);
	value->version = SPEND_VERSION;
	value->used = view.n;
	at = (unsigned char *) value + offsetof(SpendList, used) + sizeof(uint32);
	purchases = 0;
	for (uint32 i = 0; i < view.n; i++)
	{
		check_interrupts(i);
		at = cxm_varint_put(at, view.cells[i].purchases - purchases);
		memcpy(at, &view.cells[i].mean, sizeof(double));
		at = cxm_varint_put(at + sizeof(double), (uint64) view.cells[i].customers);
		purchases = view.cells[i].purchases;
	}
	return value;
}

static void *
spend_canonical(const void *state)
{
	return spend_encoded(spend_view(state));
}

/* Counting */

/* An error unless a customer may have spent so much, with so many purchases. */
static void
check_spend(int64 purchases, double mean)
{
	if (purchases < 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("count of purchases %lld is negative", (long long) purchases)));
	if (purchases > PG_INT32_MAX)
		summary_refuse_overflow("count of purchases");
	if (purchases == 0 && mean != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("customer without purchases has a mean spend of %s",
		                       float8out_internal(mean)),
		                errdetail("The mean is that of the purchases that are counted."),
		                errhint("Take both without the first purchase, or both with it.")));
	/* written so that NaN is refused too */
	if (purchases > 0 && !(mean > 0 && !isinf(mean)))
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("mean spend %s is not positive and finite", float8out_internal(mean)),
		         errdetail("A customer who got back what was paid has spent nothing."),
		         errhint("Leave refunds and such customers out: FILTER (WHERE mean_spend > "
		                 "0).")));
}

static Datum
count_customer(FunctionCallInfo fcinfo, bool add)
{
	SpendChange change = {.customers = add ? 1 : -1};
	SpendList  *list;

	/* who did not buy has spent nothing on a purchase */
	if (PG_ARGISNULL(1) || (PG_ARGISNULL(2) && PG_GETARG_INT64(1) >= 0))
		return summary_unchanged(fcinfo);
	change.mean = PG_ARGISNULL(2) ? 0 : PG_GETARG_FLOAT8(2);
	check_spend(PG_GETARG_INT64(1), change.mean);
	change.purchases = (uint64) PG_GETARG_INT64(1);
	if (change.purchases == 0)
		return summary_unchanged(fcinfo);
	list = with_room(summary_state_arg(fcinfo), 1);
	list->changes[list->used++] = change;
	PG_RETURN_POINTER(list);
}

SUMMARY_TRANSITIONS(spend, count_customer(fcinfo, add))

/* Text: {"counts": [[2, 22.35, 1]]}: purchases, mean, customers. */

static const char *const FIELDS[] = {"counts"};

static char *
spend_text(const void *value)
{
	SpendView      view = spend_view(value);
	StringInfoData text;
	char           mean[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (view.n == 0)
		return pstrdup("{}");
	initStringInfo(&text);
	summary_reserve(&text, view.n, strlen("[0, 0, 1], "));
	for (uint32 i = 0; i < view.n; i++)
	{
		const SpendChange *cell = &view.cells[i];

		check_interrupts(i);
		/* as few digits as tell it from others, whatever the session's settings */
		double_to_shortest_decimal_buf(cell->mean, mean);
		appendStringInfo(&text, "%s[" UINT64_FORMAT ", %s, " INT64_FORMAT "]",
		                 i == 0 ? "{\"counts\": [" : ", ", cell->purchases, mean, cell->customers);
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

/* One cell; the draft is a list. */
static bool
read_cell(void *draft, const JsonbValue *element, Node *escontext)
{
	JsonbIterator *numbers = cxm_json_array(element, FIELDS[0], SPEND.name, escontext);
	uint64         count[3] = {0};
	SpendChange    cell = {.mean = 0};
	SpendList    **list = draft;
	int            n = 0;
	JsonbValue     value;
	char          *mean;

	if (numbers == NULL)
		return false;
	for (; cxm_json_next_element(&numbers, &value); n++)
		if (n == 1)
		{
			mean = cxm_json_scalar(&value, FIELDS[0], SPEND.name, true, escontext);
			if (mean == NULL)
				return false;
			cell.mean = strtod(mean, NULL);
		}
		else if (n < 3 && !cxm_json_count(&value, FIELDS[0], SPEND.name, escontext, &count[n]))
			return false;
	cell.purchases = count[0];
	cell.customers = (int64) count[2];
	if (n != 3 || !is_sound(&cell))
		return summary_refuse_text(&SPEND, escontext,
		                           "An element of \"%s\" is not three numbers such as "
		                           "[2, 22.35, 1]: purchases, their mean, customers.",
		                           FIELDS[0]);
	*list = with_room(*list, 1);
	(*list)->changes[(*list)->used++] = cell;
	return true;
}

static void *
spend_read(JsonbValue **fields, Node *escontext)
{
	SpendList *list = with_room(NULL, 0);

	if (!cxm_json_each(fields[0], FIELDS[0], SPEND.name, escontext, read_cell, &list))
		return NULL;
	return spend_canonical(list);
}

/* Binary: number of cells; of each the purchases, the mean and the customers. */
#define SENT_CELL (sizeof(int32) + sizeof(double) + sizeof(int64))

static void
spend_send(StringInfo buffer, const void *value)
{
	SpendView view = spend_view(value);

	pq_sendint32(buffer, view.n);
	summary_reserve(buffer, view.n, SENT_CELL);
	for (uint32 i = 0; i < view.n; i++)
	{
		check_interrupts(i);
		pq_sendint32(buffer, (uint32) view.cells[i].purchases);
		pq_sendfloat8(buffer, view.cells[i].mean);
		pq_sendint64(buffer, (uint64) view.cells[i].customers);
	}
}

static void *
spend_receive(StringInfo buffer)
{
	uint32    n = pq_getmsgint(buffer, 4);
	SpendView view = {.n = 0};

	if ((uint64) n * SENT_CELL != (uint64) (buffer->len - buffer->cursor))
		summary_refuse_binary(&SPEND, "The size does not fit the number of cells.");
	view.cells = make_cells(n);
	for (; view.n < n; view.n++)
	{
		SpendChange *cell = &view.cells[view.n];

		check_interrupts(view.n);
		cell->purchases = pq_getmsgint(buffer, 4);
		cell->mean = pq_getmsgfloat8(buffer);
		cell->customers = (int64) summary_receive_count(buffer, &SPEND);
		if (!is_sound(cell) || cell->customers == 0)
			summary_refuse_binary(&SPEND, "Purchases, mean or customers are out of range.");
	}
	return spend_encoded(put_in_order(view.cells, view.n));
}

/* Without terms: a blank and a summary of nobody are the same. */
static const SummaryType SPEND = {
    .name = "spend_summary",
    .version = SPEND_VERSION,
    .flags = SPEND_LIST,
    .state_flag = SPEND_LIST,
    .header = offsetof(SpendList, unused_too) - VARHDRSZ,
    SUMMARY_READ_SLOTS(spend, FIELDS),
};

COUNTING_SUMMARY_FUNCTIONS(spend_summary, SPEND)

/* Readings */

static int64
add_up(SpendView view, bool purchases)
{
	int64 sum = 0;

	for (uint32 i = 0; i < view.n; i++)
	{
		int64 all;

		check_interrupts(i);
		if (pg_mul_s64_overflow(view.cells[i].customers,
		                        purchases ? (int64) view.cells[i].purchases : 1, &all) ||
		    pg_add_s64_overflow(sum, all, &sum))
			summary_refuse_overflow(purchases ? "count of purchases" : "count of customers");
	}
	return sum;
}

/* Of all purchases; NaN without any. */
static double
mean_spend(SpendView view)
{
	double spend = 0;
	double purchases = 0;

	for (uint32 i = 0; i < view.n; i++)
	{
		double all = (double) view.cells[i].customers * (double) view.cells[i].purchases;

		check_interrupts(i);
		purchases += all;
		spend += all * (view.cells[i].mean - spend) / purchases;
	}
	return purchases > 0 ? spend : NAN;
}

#define READING(name, return_figure, figure) \
	SUMMARY_READING(spend_##name, SpendView, spend_view, return_figure, figure)

READING(customers, PG_RETURN_INT64, add_up(view, false))
READING(purchases, PG_RETURN_INT64, add_up(view, true))
READING(mean_spend, CXM_RETURN_FLOAT8_OR_NULL, mean_spend(view))

/* The model */

static const ModelType GAMMA_GAMMA = {
    "Gamma-Gamma", "gamma_gamma_fit(s)", CXM_GAMMA_GAMMA_PARAMETERS, {"p", "q", "gamma"}};

CXM_FUNCTION(gamma_gamma_fit)
{
	SpendView        view = spend_view(SUMMARY_ARG(0));
	CxmSpend        *cells;
	CxmGammaGammaFit fit;

	if (view.n == 0)
		PG_RETURN_NULL();
	cells = palloc_extended((Size) view.n * sizeof(CxmSpend), MCXT_ALLOC_HUGE);
	for (uint32 i = 0; i < view.n; i++)
	{
		check_interrupts(i);
		cells[i] = (CxmSpend){(double) view.cells[i].purchases, view.cells[i].mean,
		                      (double) view.cells[i].customers};
	}
	cxm_gamma_gamma_begin(&fit, cells, view.n, mean_spend(view));
	while (cxm_gamma_gamma_step(&fit))
		CHECK_FOR_INTERRUPTS();
	return model_record(fcinfo, &GAMMA_GAMMA, &fit.search);
}

/* Of (model, purchases, mean_spend), of which the last may be NULL where nothing was bought. */
CXM_FUNCTION(expected_spend)
{
	double parameters[CXM_GAMMA_GAMMA_PARAMETERS];
	int64  purchases;
	double mean = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || (PG_ARGISNULL(2) && PG_GETARG_INT64(1) != 0))
		PG_RETURN_NULL();
	purchases = PG_GETARG_INT64(1);
	if (!PG_ARGISNULL(2))
		mean = PG_GETARG_FLOAT8(2);
	check_spend(purchases, mean);
	if (!model_arg(fcinfo, 0, &GAMMA_GAMMA, parameters))
		PG_RETURN_NULL();
	CXM_RETURN_FLOAT8_OR_NULL(cxm_gamma_gamma_expected(
	    &(CxmGammaGamma){parameters[CXM_GAMMA_GAMMA_P], parameters[CXM_GAMMA_GAMMA_Q],
	                     parameters[CXM_GAMMA_GAMMA_GAMMA]},
	    (double) purchases, mean));
}
