/*
 * window_funnel.c
 *		How far a customer comes along steps that are conditions or labels, row by row.
 *
 * The state is a bytea, so that it can travel like any value:
 *
 *	0            4         5      6       7       8      12       20          28
 *	+------------+---------+------+-------+-------+------+--------+-----------+-----+- - -+
 *	| varlena    | version | mode | steps | flags | log  | within | last time | log |slack|
 *	| header     | 1       |      |       |       | ends |        | in units  |     |     |
 *	+------------+---------+------+-------+-------+------+--------+-----------+-----+- - -+
 *
 *	flags		bits 0-1: the unit of time, the coarsest in which all are whole, as in a journey;
 *				2: some time went back
 *	log			of each row that matches any step the time since the row before, folded, and the set
 *				of steps: two varints; or, of up to four steps, a byte of continuation (bit 7), the
 *				low bits of the time (4-6) and the set (0-3), and a varint of the rest of the time,
 *				if there is any
 *
 * in the machine's byte order.  The chains are looked for in the end, in the order of time: rows
 * may come in any order.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "funnel_steps.h"

#define STATE_VERSION 1
#define STATE_UNIT 0x03
#define STATE_UNSORTED 0x04

/* So many steps fit into the first byte of a row. */
#define FEW_STEPS 4

typedef struct FunnelState
{
	int32         vl_len_;
	uint8         version;
	uint8         mode;
	uint8         steps;
	uint8         flags;
	uint32        log_end;
	uint64        within;
	int64         last;
	unsigned char log[FLEXIBLE_ARRAY_MEMBER];
} pg_attribute_packed() pg_attribute_aligned(4) FunnelState; /* as bytea is in tuples */

typedef struct FunnelRow
{
	TimestampTz time;
	uint64      set;
} FunnelRow;

#define ROW_SIZE_LIMIT (2 * CXM_VARINT_LIMIT)
#define FIRST_STATE_SIZE 64

/* Rows of the same time are worth looking for before a state of this size grows. */
#define SMALL_STATE 4096

#define ST_SORT sort_rows
#define ST_ELEMENT_TYPE FunnelRow
#define ST_COMPARE(a, b) ((a)->time < (b)->time ? -1 : (a)->time > (b)->time)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* Anyone can make a bytea: no field is believed. */
static pg_attribute_always_inline bool
log_is_sound(const FunnelState *state)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) >= offsetof(FunnelState, log) &&
	       state->version == STATE_VERSION && state->log_end >= offsetof(FunnelState, log) &&
	       state->log_end <= VARSIZE(state);
}

static bool
state_is_sound(const FunnelState *state)
{
	return log_is_sound(state) && state->mode <= CXM_FUNNEL_CONSECUTIVE &&
	       (state->flags & STATE_UNIT) <= JOURNEY_MICROSECONDS && state->steps >= 1 &&
	       state->steps <= CXM_FUNNEL_MOST_STEPS;
}

static pg_attribute_always_inline bool
is_empty(const FunnelState *state)
{
	return state->log_end == offsetof(FunnelState, log);
}

pg_noreturn static pg_noinline void
refuse_state(void)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("invalid state of window_funnel")));
}

static char *
within_text(uint64 within)
{
	if (within == CXM_FUNNEL_UNLIMITED)
		return "null";
	return DatumGetCString(DirectFunctionCall1(interval_out, journey_interval((int64) within)));
}

pg_noreturn static pg_noinline void
refuse_mixture(const FunnelState *a, int mode, int steps, uint64 within)
{
	if (!state_is_sound(a))
		refuse_state();
	ereport(ERROR,
	        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	         errmsg("a funnel cannot change its steps, mode or window from row to row"),
	         errdetail("One has %d steps, mode %s, within %s; the other %d steps, mode %s, "
	                   "within %s.",
	                   a->steps, funnel_mode_name((CxmFunnelMode) a->mode), within_text(a->within),
	                   steps, funnel_mode_name((CxmFunnelMode) mode), within_text(within))));
}

/* Sorting takes 16 bytes for each row. */
#define MOST_UNSORTED_ROWS (1U << 27)

pg_noreturn static pg_noinline void
refuse_size(void)
{
	ereport(ERROR,
	        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many events for one funnel"),
	         errdetail("What matches a step must fit into 1 GB, and be no more than %u rows where "
	                   "these come in another order than that of time.",
	                   MOST_UNSORTED_ROWS)));
}

static FunnelState *
make_state(Size size, int mode, int steps, uint64 within, int unit)
{
	FunnelState *state;

	if (!AllocSizeIsValid(size))
		refuse_size();
	state = palloc0(size);
	SET_VARSIZE(state, size);
	state->version = STATE_VERSION;
	state->mode = (uint8) mode;
	state->steps = (uint8) steps;
	state->flags = (uint8) unit;
	state->within = within;
	state->log_end = offsetof(FunnelState, log);
	return state;
}

/* How far the time is from that of the row before. */
static pg_attribute_always_inline uint64
step_to(const FunnelState *state, int64 units)
{
	return cxm_varint_fold((int64) ((uint64) units - (uint64) state->last));
}

static pg_attribute_always_inline Size
row_size(const FunnelState *state, int64 units, uint64 set)
{
	uint64 step = step_to(state, units);

	if (state->steps > FEW_STEPS)
		return cxm_varint_size(step) + cxm_varint_size(set);
	return step > 7 ? 1 + cxm_varint_size(step >> 3) : 1;
}

static pg_attribute_always_inline unsigned char *
put_row(unsigned char *at, const FunnelState *state, int64 units, uint64 set)
{
	uint64 step = step_to(state, units);

	if (state->steps > FEW_STEPS)
		return cxm_varint_put(cxm_varint_put(at, step), set);
	*at++ = (unsigned char) (set | (step & 7) << FEW_STEPS | (step > 7) << 7);
	return step > 7 ? cxm_varint_put(at, step >> 3) : at;
}

/* The step of time and the set of the next row; false when there is none before the end. */
static pg_attribute_always_inline bool
get_row(const unsigned char **at, const unsigned char *end, int steps, uint64 *step, uint64 *set)
{
	uint64 rest = 0;

	if (steps > FEW_STEPS)
		return cxm_varint_get(at, end, step) && cxm_varint_get(at, end, set);
	if (*at >= end)
		return false;
	*set = **at & ((1 << FEW_STEPS) - 1);
	*step = (**at >> FEW_STEPS) & 7;
	if (*(*at)++ & 0x80 && !cxm_varint_get(at, end, &rest))
		return false;
	*step |= rest << 3;
	return true;
}

/* Reading the log. */
typedef struct RowCursor
{
	const FunnelState   *state;
	const unsigned char *at;
	const unsigned char *end;
	uint32               passed;
	int64                units;
} RowCursor;

static inline RowCursor
row_cursor(const FunnelState *state)
{
	if (!state_is_sound(state))
		refuse_state();
	return (RowCursor){state, state->log, (const unsigned char *) state + state->log_end, 0, 0};
}

static pg_attribute_always_inline bool
next_row(RowCursor *cursor, FunnelRow *row)
{
	const FunnelState *state = cursor->state;
	uint64             step;

	if (cursor->at == cursor->end)
		return false;
	if ((++cursor->passed & 4095) == 0)
		CHECK_FOR_INTERRUPTS();
	if (!get_row(&cursor->at, cursor->end, state->steps, &step, &row->set) ||
	    (state->steps < 64 && row->set >> state->steps != 0))
		refuse_state();
	cursor->units = (int64) ((uint64) cursor->units + (uint64) cxm_varint_unfold(step));
	if (!journey_unit_to_time(cursor->units, state->flags & STATE_UNIT, &row->time))
		refuse_state();
	return true;
}

/*
 * The rows by time, those of one instant together: what counts in either mode is which steps an
 * instant matches.
 */
static FunnelRow *
sorted_rows(const FunnelState *state, uint32 *n)
{
	RowCursor  cursor = row_cursor(state);
	FunnelRow  row;
	FunnelRow *rows;
	uint32     kept = 0;

	while (next_row(&cursor, &row))
		if (cursor.passed > MOST_UNSORTED_ROWS)
			refuse_size();
	rows = palloc_extended(((Size) cursor.passed + 1) * sizeof(FunnelRow), MCXT_ALLOC_HUGE);
	cursor = row_cursor(state);
	for (*n = 0; next_row(&cursor, &rows[*n]); (*n)++)
		;
	sort_rows(rows, *n);
	for (uint32 i = 0; i < *n; i++)
		if (kept > 0 && rows[kept - 1].time == rows[i].time)
			rows[kept - 1].set |= rows[i].set;
		else
			rows[kept++] = rows[i];
	*n = kept;
	return rows;
}

/*
 * Hash tables are full of states of few rows.  Their rows are put in order by counting for each how
 * many come before it: no branch has to guess that.  Returns how many there are, or 0 when there
 * are more than a few.
 */
#define FEW_ROWS 16

static uint32
sort_few_rows(const FunnelState *state, FunnelRow *sorted)
{
	RowCursor cursor = row_cursor(state);
	FunnelRow rows[FEW_ROWS];
	uint32    place[FEW_ROWS];
	uint32    n = 0;

	while (n < FEW_ROWS && next_row(&cursor, &rows[n]))
		n++;
	if (cursor.at != cursor.end)
		return 0;
	for (uint32 i = 0; i < n; i++)
	{
		place[i] = i;
		for (uint32 j = 0; j < i; j++)
		{
			uint32 later = rows[j].time > rows[i].time;

			place[j] += later;
			place[i] -= later;
		}
	}
	for (uint32 i = 0; i < n; i++)
		sorted[place[i]] = rows[i];
	return n;
}

static pg_attribute_always_inline void
append_row(FunnelState *state, int64 units, uint64 set)
{
	unsigned char *at = put_row((unsigned char *) state + state->log_end, state, units, set);
	uint8          goes_back = units < state->last;
	uint8          is_first = is_empty(state);

	/* by no branch: where rows come in any order, half the time it would wait for the state */
	state->flags |= (uint8) ((goes_back & ~is_first) * STATE_UNSORTED);
	state->log_end = (uint32) (at - (unsigned char *) state);
	state->last = units;
}

/* The state with twice the room. */
static FunnelState *
widen_state(const FunnelState *state)
{
	Size         size = 2 * (Size) VARSIZE(state);
	FunnelState *result;

	/* the last doubling stops short of what is no varlena any more */
	if (size > MaxAllocSize && VARSIZE(state) < MaxAllocSize)
		size = MaxAllocSize;
	result = make_state(size, 0, 0, 0, 0);
	memcpy(result, state, state->log_end);
	SET_VARSIZE(result, size);
	return result;
}

/* The state in order, rows of the same time together, in another unit perhaps. */
static FunnelState *
rebuild_state(const FunnelState *state, int unit)
{
	uint32       n;
	FunnelRow   *rows = sorted_rows(state, &n);
	FunnelState *result =
	    make_state(VARSIZE(state), state->mode, state->steps, state->within, unit);
	int64 units;

	for (uint32 i = 0; i < n; i++)
	{
		if (result->log_end + ROW_SIZE_LIMIT > VARSIZE(result))
		{
			FunnelState *wider = widen_state(result);

			pfree(result);
			result = wider;
		}
		journey_time_to_units(rows[i].time, unit, &units);
		append_row(result, units, rows[i].set);
	}
	pfree(rows);
	return result;
}

static pg_noinline FunnelState *
add_row_slowly(FunnelState *state, TimestampTz time, uint64 set)
{
	int64 units;
	int   unit;

	if (TIMESTAMP_NOT_FINITE(time))
		journey_refuse_infinity("the time of an event");
	if (set == 0)
		return state;
	unit = journey_coarsest_unit(time, state->flags & STATE_UNIT);
	if (unit != (state->flags & STATE_UNIT))
		state = rebuild_state(state, unit);
	journey_time_to_units(time, unit, &units);
	if (state->log_end + row_size(state, units, set) > VARSIZE(state))
	{
		/* in order it may be shorter, and if not by much there is no more to gain */
		if ((state->flags & STATE_UNSORTED) && VARSIZE(state) > SMALL_STATE)
			state = rebuild_state(state, unit);
		if (state->log_end + state->log_end / 4 + ROW_SIZE_LIMIT > VARSIZE(state) &&
		    (VARSIZE(state) < MaxAllocSize || state->log_end + ROW_SIZE_LIMIT > VARSIZE(state)))
			state = widen_state(state);
	}
	append_row(state, units, set);
	return state;
}

/* The loop body of all forms of the aggregate. */
static pg_attribute_always_inline Datum
add_row(FunctionCallInfo fcinfo, FunnelState *state, int mode, int within_argno, int steps,
        uint64 set)
{
	uint64      within = funnel_within_arg(fcinfo, within_argno);
	TimestampTz time = PG_GETARG_TIMESTAMPTZ(within_argno + 1);
	int64       units;

	if (unlikely(state == NULL))
		state =
		    make_state(FIRST_STATE_SIZE, mode, steps, within,
		               set == 0 ? JOURNEY_SECONDS : journey_coarsest_unit(time, JOURNEY_SECONDS));
	else if (unlikely(!log_is_sound(state) || state->mode != mode || state->steps != steps ||
	                  state->within != within))
		refuse_mixture(state, mode, steps, within);

	if (unlikely(TIMESTAMP_NOT_FINITE(time)))
		return PointerGetDatum(add_row_slowly(state, time, set));
	if (set == 0)
		return PointerGetDatum(state);
	if (unlikely(!journey_time_to_units(time, state->flags & STATE_UNIT, &units) ||
	             state->log_end + row_size(state, units, set) > VARSIZE(state)))
		return PointerGetDatum(add_row_slowly(state, time, set));
	append_row(state, units, set);
	return PointerGetDatum(state);
}

static pg_attribute_always_inline FunnelState *
state_arg(FunctionCallInfo fcinfo)
{
	FunnelState *state = (FunnelState *) PG_GETARG_POINTER(0);

	if (unlikely(!cxm_in_aggregate_context(fcinfo)))
		cxm_check_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	if (unlikely(VARATT_IS_EXTENDED(state)))
		state = (FunnelState *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	return state;
}

/* A window's conditions look at each event by itself: the other modes are about labels. */
static int
condition_mode_arg(FunctionCallInfo fcinfo, int argno)
{
	CxmFunnelMode mode = funnel_mode_arg(fcinfo, argno);

	if (mode != CXM_FUNNEL_ANY && mode != CXM_FUNNEL_INCREASING)
		ereport(ERROR,
		        (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		         errmsg("window_funnel has no mode %s", funnel_mode_name(mode)),
		         errdetail("Its modes are any and increasing."),
		         errhint("funnel_level(journey, steps, within, mode) has it, for steps that are "
		                 "labels.")));
	return mode;
}

#define SKIP_ROW(state)           \
	do                            \
	{                             \
		if ((state) == NULL)      \
			PG_RETURN_NULL();     \
		PG_RETURN_POINTER(state); \
	} while (0)

/* Steps that are arguments of their own, from argument first on. */
static pg_attribute_always_inline Datum
add_conditions(FunctionCallInfo fcinfo, bool has_mode)
{
	const int    first = has_mode ? 4 : 3;
	FunnelState *state = state_arg(fcinfo);
	int          steps = PG_NARGS() - first;
	uint64       set = 0;

	if (PG_ARGISNULL(first - 1))
		SKIP_ROW(state);
	for (int k = 0; k < steps; k++)
		set |= (uint64) (!PG_ARGISNULL(first + k) && PG_GETARG_BOOL(first + k)) << k;
	return add_row(fcinfo, state, has_mode ? condition_mode_arg(fcinfo, 1) : CXM_FUNNEL_ANY,
	               first - 2, steps, set);
}

/* Steps in an array. */
static Datum
add_condition_array(FunctionCallInfo fcinfo, bool has_mode)
{
	const int    first = has_mode ? 4 : 3;
	FunnelState *state = state_arg(fcinfo);
	ArrayType   *array;
	const bool  *conditions;
	const uint8 *present;
	int          steps;
	uint64       set = 0;

	if (PG_ARGISNULL(first - 1))
		SKIP_ROW(state);
	if (PG_ARGISNULL(first))
		funnel_refuse_null_steps();
	array = PG_GETARG_ARRAYTYPE_P(first);
	steps = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	funnel_check_steps(steps);
	conditions = (const bool *) ARR_DATA_PTR(array);
	present = ARR_NULLBITMAP(array);
	for (int k = 0; k < steps; k++)
	{
		bool is_null = present != NULL && (present[k / 8] & (1 << (k % 8))) == 0;

		/* a NULL takes no room among the elements */
		if (!is_null && *conditions++)
			set |= UINT64CONST(1) << k;
	}
	return add_row(fcinfo, state, has_mode ? condition_mode_arg(fcinfo, 1) : CXM_FUNNEL_ANY,
	               first - 2, steps, set);
}

/* Steps that are the labels that a row may have, a stage or a text. */
static pg_attribute_always_inline Datum
add_label(FunctionCallInfo fcinfo, bool has_mode, bool is_stage)
{
	const int          first = has_mode ? 4 : 3;
	FunnelState       *state = state_arg(fcinfo);
	const FunnelSteps *steps;
	uint64             set;

	if (PG_ARGISNULL(first - 1))
		SKIP_ROW(state);
	if (PG_ARGISNULL(first + 1))
		funnel_refuse_null_steps();
	steps = funnel_steps_arg(fcinfo, first + 1);
	/* a row without a label is none of the steps */
	if (PG_ARGISNULL(first))
		set = 0;
	else if (is_stage)
		set = funnel_set_of_stage(steps, stage_arg(fcinfo, first));
	else
	{
		text *label = PG_GETARG_TEXT_PP(first);

		set = funnel_set_of_label(steps, VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label));
	}
	return add_row(fcinfo, state, has_mode ? condition_mode_arg(fcinfo, 1) : CXM_FUNNEL_ANY,
	               first - 2, steps->n, set);
}

PG_FUNCTION_INFO_V1(window_funnel_transition);
Datum
window_funnel_transition(PG_FUNCTION_ARGS)
{
	return add_conditions(fcinfo, false);
}

PG_FUNCTION_INFO_V1(window_funnel_mode_transition);
Datum
window_funnel_mode_transition(PG_FUNCTION_ARGS)
{
	return add_conditions(fcinfo, true);
}

PG_FUNCTION_INFO_V1(window_funnel_array_transition);
Datum
window_funnel_array_transition(PG_FUNCTION_ARGS)
{
	return add_condition_array(fcinfo, false);
}

PG_FUNCTION_INFO_V1(window_funnel_mode_array_transition);
Datum
window_funnel_mode_array_transition(PG_FUNCTION_ARGS)
{
	return add_condition_array(fcinfo, true);
}

PG_FUNCTION_INFO_V1(window_funnel_stage_transition);
Datum
window_funnel_stage_transition(PG_FUNCTION_ARGS)
{
	return add_label(fcinfo, false, true);
}

PG_FUNCTION_INFO_V1(window_funnel_mode_stage_transition);
Datum
window_funnel_mode_stage_transition(PG_FUNCTION_ARGS)
{
	return add_label(fcinfo, true, true);
}

PG_FUNCTION_INFO_V1(window_funnel_text_transition);
Datum
window_funnel_text_transition(PG_FUNCTION_ARGS)
{
	return add_label(fcinfo, false, false);
}

PG_FUNCTION_INFO_V1(window_funnel_mode_text_transition);
Datum
window_funnel_mode_text_transition(PG_FUNCTION_ARGS)
{
	return add_label(fcinfo, true, false);
}

PG_FUNCTION_INFO_V1(window_funnel_combine);
Datum
window_funnel_combine(PG_FUNCTION_ARGS)
{
	FunnelState       *state = state_arg(fcinfo);
	const FunnelState *other;
	RowCursor          cursor;
	FunnelRow          row;

	if (PG_ARGISNULL(1))
		SKIP_ROW(state);
	if (state == NULL)
		PG_RETURN_POINTER(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(1)));
	/* a copy where it lies in a tuple, whose bytes need not be aligned */
	other = (const FunnelState *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(1));
	cursor = row_cursor(other);
	if (!state_is_sound(state))
		refuse_state();
	if (state->mode != other->mode || state->steps != other->steps ||
	    state->within != other->within)
		refuse_mixture(state, other->mode, other->steps, other->within);
	while (next_row(&cursor, &row))
		state = add_row_slowly(state, row.time, row.set);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(window_funnel_final);
Datum
window_funnel_final(PG_FUNCTION_ARGS)
{
	FunnelState *state = state_arg(fcinfo);
	CxmFunnel    funnel;

	if (state == NULL)
		PG_RETURN_NULL();
	if (!state_is_sound(state))
		refuse_state();
	cxm_funnel_start(&funnel, (CxmFunnelMode) state->mode, state->steps, state->within, NULL);
	if (state->flags & STATE_UNSORTED)
	{
		FunnelRow  few[FEW_ROWS];
		FunnelRow *rows = few;
		uint32     n = sort_few_rows(state, few);

		if (n == 0)
			rows = sorted_rows(state, &n);
		for (uint32 i = 0; i < n && !cxm_funnel_is_complete(&funnel); i++)
			cxm_funnel_event(&funnel, rows[i].time, rows[i].set);
		if (rows != few)
			pfree(rows);
	}
	else
	{
		RowCursor cursor = row_cursor(state);
		FunnelRow row;

		while (!cxm_funnel_is_complete(&funnel) && next_row(&cursor, &row))
			cxm_funnel_event(&funnel, row.time, row.set);
	}
	PG_RETURN_INT32(cxm_funnel_finish(&funnel));
}
