/*
 * window_funnel.c
 *		How far a customer comes along steps that are conditions or labels, row by row.
 *
 * The state is a bytea, so that it can travel like any value:
 *
 *	0            4         5                   19      20       28
 *	+------------+---------+-------------------+-------+--------+--------------+- - -+- - - - -+
 *	| varlena    | version | head of the log:  | steps | within | bytes of the |slack| options |
 *	| header     | 1       | see event_log.h   |       |        | log          |     |         |
 *	+------------+---------+-------------------+-------+--------+--------------+- - -+- - - - -+
 *
 * The symbol of an event is the set of steps that a row matches.  0 is a row that is excluded or,
 * where other events end a chain, any other row; else rows that match no step are left out.  The
 * options are there where steps are optional or have limits: the set of optional steps, and the
 * limit of each step.  The chains are looked for in the end, in the order of time: rows may come in
 * any order.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "journeys/funnel_steps.h"

#define STATE_VERSION 1

/* Flags of the log: are there options, and are some rows excluded? */
#define WITH_OPTIONS 0x10
#define WITH_EXCLUDED 0x20

typedef struct FunnelState
{
	int32         vl_len_;
	uint8         version;
	CxmEventLog   log; /* its mark is the mode */
	uint8         steps;
	uint64        within;
	unsigned char bytes[FLEXIBLE_ARRAY_MEMBER];
} pg_attribute_packed() pg_attribute_aligned(4) FunnelState; /* as bytea is in tuples */

#define STATE_HEAD ((Size) offsetof(FunnelState, bytes))

/* What a row says of the funnel, and of itself. */
typedef struct FunnelRow
{
	int                   mode;
	int                   steps;
	uint64                within;
	const CxmFunnelTerms *options; /* NULL where there are none */
	uint8                 flags;
	bool                  counts; /* a step or excluded, or another event that may end a chain */
	uint64                set;
} FunnelRow;

static pg_attribute_always_inline Size
options_size(int flags, int steps)
{
	return flags & WITH_OPTIONS ? sizeof(uint64) * (1 + (Size) steps) : 0;
}

/* Anyone can make a bytea: no field is believed, of a state with options of this size. */
static pg_attribute_always_inline bool
log_is_sound(const FunnelState *state, Size options)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) >= STATE_HEAD + options &&
	       state->version == STATE_VERSION &&
	       cxm_events_is_sound((CxmEventForm){.from = STATE_HEAD}, &state->log,
	                           VARSIZE(state) - STATE_HEAD - options);
}

static bool
state_is_sound(const FunnelState *state)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) >= STATE_HEAD &&
	       log_is_sound(state, options_size(state->log.flags, state->steps)) &&
	       state->log.mark < CXM_FUNNEL_MODES && state->steps >= 1 &&
	       state->steps <= CXM_FUNNEL_MOST_STEPS;
}

pg_noreturn static pg_noinline void
refuse_state(void)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("invalid state of window_funnel")));
}

/* The options of a state, which lie at no address in particular. */
static const char *
options_of(const FunnelState *state)
{
	return (const char *) state + VARSIZE(state) - options_size(state->log.flags, state->steps);
}

static void
write_options(const CxmFunnelTerms *terms, uint64 *options)
{
	options[0] = terms->optional;
	for (int k = 0; k < terms->steps; k++)
		options[1 + k] = terms->has_limits ? terms->limits[k] : CXM_FUNNEL_UNLIMITED;
}

/* The terms of a sound state. */
static void
read_terms(const FunnelState *state, CxmFunnelTerms *terms)
{
	uint64 options[1 + CXM_FUNNEL_MOST_STEPS];

	terms->mode = (CxmFunnelMode) state->log.mark;
	terms->steps = state->steps;
	terms->within = state->within;
	terms->optional = 0;
	terms->has_limits = false;
	if ((state->log.flags & WITH_OPTIONS) == 0)
		return;
	memcpy(options, options_of(state), options_size(WITH_OPTIONS, state->steps));
	terms->optional = options[0];
	for (int k = 0; k < terms->steps; k++)
	{
		terms->limits[k] = options[1 + k];
		terms->has_limits |= terms->limits[k] != CXM_FUNNEL_UNLIMITED;
	}
	if ((terms->steps < CXM_FUNNEL_MOST_STEPS && terms->optional >> terms->steps != 0) ||
	    (terms->optional & 1) != 0 || !funnel_terms_fit(terms) ||
	    pg_popcount64(terms->optional) > CXM_FUNNEL_MOST_OPTIONAL)
		refuse_state();
}

static char *
within_text(uint64 within)
{
	if (within == CXM_FUNNEL_UNLIMITED)
		return "null";
	return DatumGetCString(
	    DirectFunctionCall1(interval_out, IntervalPGetDatum(cxm_interval((int64) within))));
}

pg_noreturn static pg_noinline void
refuse_mixture(const FunnelState *a, int mode, int steps, uint64 within)
{
	bool same = a->log.mark == mode && a->steps == steps && a->within == within;

	if (!state_is_sound(a))
		refuse_state();
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
	                errmsg("a funnel cannot change its steps, mode or window from row to row"),
	                same ? errdetail("What is excluded or optional, or the limits, are others.")
	                     : errdetail("One has %d steps, mode %s, within %s; the other %d steps, "
	                                 "mode %s, within %s.",
	                                 a->steps, funnel_mode_name((CxmFunnelMode) a->log.mark),
	                                 within_text(a->within), steps,
	                                 funnel_mode_name((CxmFunnelMode) mode), within_text(within))));
}

static pg_noinline void
refuse_size(void)
{
	ereport(ERROR,
	        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many events for one funnel"),
	         errdetail("What matches a step must fit into 1 GB, and be no more than %u rows where "
	                   "these come in another order than that of time.",
	                   EVENTS_SORTED_LIMIT)));
}

/* The sets of up to four steps fit into the first byte of an event. */
static const EventStates states_by_form[2][2] = {
    {{{.bits = 4, .symbols = CXM_EVENT_SETS, .from = STATE_HEAD}, refuse_state, refuse_size},
     {{.bits = 0, .symbols = CXM_EVENT_SETS, .from = STATE_HEAD}, refuse_state, refuse_size}},
    {{{.bits = 4, .symbols = CXM_EVENT_ROWS, .from = STATE_HEAD}, refuse_state, refuse_size},
     {{.bits = 0, .symbols = CXM_EVENT_ROWS, .from = STATE_HEAD}, refuse_state, refuse_size}}};

/* Where a row may be several steps, those of one instant are as good as one row of all of them. */
static pg_attribute_always_inline const EventStates *
states_of(int mode, int flags, int steps)
{
	bool rows =
	    (mode != CXM_FUNNEL_ANY && mode != CXM_FUNNEL_INCREASING) || (flags & WITH_EXCLUDED) != 0;

	return &states_by_form[rows][steps > 4];
}

static pg_attribute_always_inline const EventStates *
states_of_state(const FunnelState *state)
{
	return states_of(state->log.mark, state->log.flags, state->steps);
}

static FunnelState *
make_state(const FunnelRow *row, int unit)
{
	Size         options = options_size(row->flags, row->steps);
	FunnelState *state;
	uint64       written[1 + CXM_FUNNEL_MOST_STEPS];

	state = event_state_make(options == 0
	                             ? EVENT_STATE_LEAST
	                             : event_state_size(&states_by_form[0][0], STATE_HEAD + options,
	                                                CXM_EVENT_SIZE_LIMIT, 0));
	state->version = STATE_VERSION;
	state->log.flags = (uint8) unit | row->flags;
	state->log.mark = (uint8) row->mode;
	state->log.end = STATE_HEAD;
	state->steps = (uint8) row->steps;
	state->within = row->within;
	if (options > 0)
	{
		write_options(row->options, written);
		memcpy((char *) state + VARSIZE(state) - options, written, options);
	}
	return state;
}

/* The rows by time, those of one instant as one unless they are few. */
static CxmEvent *
sorted_rows(const FunnelState *state, CxmEvent *few, uint32 n_few, uint32 *n)
{
	const EventStates *states = states_of_state(state);
	CxmEvent          *rows = event_state_read(states, state, few, n_few, n);

	/* of a few rows it does not pay to look for those that are at once */
	if (*n <= CXM_FEW_EVENTS)
		cxm_events_sort_few(rows, *n);
	else
		*n = events_unite(states->form, rows, *n);
	return rows;
}

/* The next row in the log; false after the last one. */
static pg_attribute_always_inline bool
next_row(CxmEventCursor *cursor, const EventStates *states, const FunnelState *state, CxmEvent *row)
{
	if (!event_state_next(states, cursor))
		return false;
	row->symbol = cursor->symbol;
	if (!cxm_units_to_time(cursor->units, cxm_events_unit(&state->log), &row->time))
		refuse_state();
	return true;
}

static pg_attribute_always_inline bool
same_terms(const FunnelState *state, const FunnelRow *row)
{
	uint64 options[1 + CXM_FUNNEL_MOST_STEPS];

	if (state->log.mark != row->mode || state->steps != row->steps ||
	    state->within != row->within ||
	    (state->log.flags & (WITH_OPTIONS | WITH_EXCLUDED)) != row->flags)
		return false;
	if (likely((row->flags & WITH_OPTIONS) == 0))
		return true;
	write_options(row->options, options);
	return memcmp(options_of(state), options, options_size(WITH_OPTIONS, row->steps)) == 0;
}

/* The first row; by value, so that no row of the others needs an address. */
static pg_noinline FunnelState *
begin_state(FunnelRow row, TimestampTz time)
{
	return make_state(&row, row.counts ? cxm_coarsest_unit(time, CXM_SECONDS) : CXM_SECONDS);
}

/* The state with a row more; NULL is one without rows. */
static pg_attribute_always_inline FunnelState *
add_row(FunnelState *state, const FunnelRow *row, TimestampTz time)
{
	/* as far as appending goes, sets are as rows */
	const CxmEventForm form = {
	    .bits = row->steps <= 4 ? 4 : 0, .symbols = CXM_EVENT_ROWS, .from = STATE_HEAD};
	const Size options = options_size(row->flags, row->steps);
	int64      units;

	if (unlikely(state == NULL))
		state = begin_state(*row, time);
	else if (unlikely(!log_is_sound(state, options) || !same_terms(state, row)))
		refuse_mixture(state, row->mode, row->steps, row->within);

	if (unlikely(TIMESTAMP_NOT_FINITE(time)))
		events_refuse_infinite();
	if (!row->counts)
		return state;
	if (unlikely(!cxm_time_to_units(time, cxm_events_unit(&state->log), &units) ||
	             state->log.end + cxm_events_size(form, &state->log, units, row->set) + options >
	                 VARSIZE(state)))
		return event_state_add(states_of(row->mode, row->flags, row->steps), state, options, time,
		                       row->set);
	cxm_events_append(form, &state->log, state->bytes, units, row->set);
	return state;
}

/*
 * A form of the aggregate: (state, mode where there is one, within, at, what the row matches); how
 * it says what a row matches; and what it does without a mode, which in 1.0.0 was any.
 */
typedef struct FunnelForm
{
	bool has_mode;
	int  mode;
	void (*row)(FunctionCallInfo fcinfo, int at, struct FunnelForm form, FunnelRow *row);
} FunnelForm;

static pg_attribute_always_inline void
read_terms_of_conditions(FunctionCallInfo fcinfo, int at, FunnelForm form, FunnelRow *row)
{
	row->mode = form.has_mode ? (int) funnel_mode_arg(fcinfo, 1) : form.mode;
	row->within = funnel_within_arg(fcinfo, at - 1, false);
	row->counts = row->set != 0 || cxm_funnel_others_count((CxmFunnelMode) row->mode);
}

/* Each step is an argument of its own. */
static pg_attribute_always_inline void
conditions(FunctionCallInfo fcinfo, int at, FunnelForm form, FunnelRow *row)
{
	const int steps = PG_NARGS() - at - 1;
	uint64    set = 0;

	for (int k = 0; k < steps; k++)
		set |= (uint64) (!PG_ARGISNULL(at + 1 + k) && PG_GETARG_BOOL(at + 1 + k)) << k;
	row->steps = steps;
	row->set = set;
	read_terms_of_conditions(fcinfo, at, form, row);
}

static pg_attribute_always_inline void
condition_array(FunctionCallInfo fcinfo, int at, FunnelForm form, FunnelRow *row)
{
	ArrayType   *array;
	const bool  *element;
	const uint8 *present;

	if (PG_ARGISNULL(at + 1))
		funnel_refuse_null_steps();
	array = PG_GETARG_ARRAYTYPE_P(at + 1);
	row->steps = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	funnel_check_steps(row->steps);
	element = (const bool *) ARR_DATA_PTR(array);
	present = ARR_NULLBITMAP(array);
	for (int k = 0; k < row->steps; k++)
	{
		bool is_null = present != NULL && (present[k / 8] & (1 << (k % 8))) == 0;

		/* a NULL takes no room among the elements */
		if (!is_null && *element++)
			row->set |= UINT64CONST(1) << k;
	}
	read_terms_of_conditions(fcinfo, at, form, row);
}

/* The labels that are the steps, in argument at + 2; and exclude and step_limits behind them. */
static pg_attribute_always_inline const FunnelSteps *
read_terms_of_labels(FunctionCallInfo fcinfo, int at, FunnelForm form, FunnelRow *row)
{
	const FunnelSteps *steps =
	    funnel_steps_arg(fcinfo, (FunnelArgs){.steps = at + 2,
	                                          .within = at - 1,
	                                          .mode = form.has_mode ? 1 : 0,
	                                          .exclude = PG_NARGS() > at + 3 ? at + 3 : 0,
	                                          .limits = PG_NARGS() > at + 4 ? at + 4 : 0});

	row->mode = form.has_mode ? (int) steps->terms.mode : form.mode;
	row->steps = steps->terms.steps;
	row->within = steps->terms.within;
	if (unlikely(steps->terms.optional != 0 || steps->terms.has_limits))
	{
		row->options = &steps->terms;
		row->flags |= WITH_OPTIONS;
	}
	if (unlikely(steps->n_excluded > 0))
		row->flags |= WITH_EXCLUDED;
	return steps;
}

/* A row without a label is no event. */
static pg_attribute_always_inline void
stage_of_row(FunctionCallInfo fcinfo, int at, FunnelForm form, FunnelRow *row)
{
	const FunnelSteps *steps = read_terms_of_labels(fcinfo, at, form, row);
	StageView          stage;

	if (PG_ARGISNULL(at + 1))
		return;
	stage = stage_arg(fcinfo, at + 1);
	row->set = funnel_set_of_stage(steps, stage);
	row->counts = row->set != 0 || cxm_funnel_others_count((CxmFunnelMode) row->mode) ||
	              funnel_excludes_stage(steps, stage);
}

static pg_attribute_always_inline void
text_of_row(FunctionCallInfo fcinfo, int at, FunnelForm form, FunnelRow *row)
{
	const FunnelSteps *steps = read_terms_of_labels(fcinfo, at, form, row);
	text              *label;

	if (PG_ARGISNULL(at + 1))
		return;
	label = PG_GETARG_TEXT_PP(at + 1);
	row->set = funnel_set_of_label(steps, VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label));
	row->counts = row->set != 0 || cxm_funnel_others_count((CxmFunnelMode) row->mode) ||
	              funnel_excludes_label(steps, VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label));
}

static pg_attribute_always_inline Datum
count_row(FunctionCallInfo fcinfo, FunnelForm form)
{
	const int    at = form.has_mode ? 3 : 2;
	FunnelState *state = event_state_arg(fcinfo);
	FunnelRow    row = {0};

	cxm_check_zones(fcinfo, CXM_ZONE_HINT("at"));
	if (PG_ARGISNULL(at))
		RETURN_EVENT_STATE(state);
	form.row(fcinfo, at, form, &row);
	PG_RETURN_POINTER(add_row(state, &row, PG_GETARG_TIMESTAMPTZ(at)));
}

/* By the mode that is given, by the one that is meant where none is, and by that of 1.0.0. */
#define FUNNEL_TRANSITIONS(name, row_of)                                                 \
	SUMMARY_FUNCTION(window_funnel_mode_##name##transition,                              \
	                 count_row(fcinfo, (FunnelForm){true, CXM_FUNNEL_ORDERED, row_of}))  \
	SUMMARY_FUNCTION(window_funnel_ordered_##name##transition,                           \
	                 count_row(fcinfo, (FunnelForm){false, CXM_FUNNEL_ORDERED, row_of})) \
	SUMMARY_FUNCTION(window_funnel_##name##transition,                                   \
	                 count_row(fcinfo, (FunnelForm){false, CXM_FUNNEL_ANY, row_of}))

FUNNEL_TRANSITIONS(, conditions)
FUNNEL_TRANSITIONS(array_, condition_array)
FUNNEL_TRANSITIONS(stage_, stage_of_row)
FUNNEL_TRANSITIONS(text_, text_of_row)

CXM_FUNCTION(window_funnel_combine)
{
	FunnelState       *state = event_state_arg(fcinfo);
	const FunnelState *other;
	const EventStates *states;
	CxmEventCursor     cursor;
	CxmEvent           row;
	Size               options;

	if (PG_ARGISNULL(1) || toast_raw_datum_size(PG_GETARG_DATUM(1)) == VARHDRSZ)
		RETURN_EVENT_STATE(state);
	/* a copy where it lies in a tuple, whose bytes need not be aligned */
	other = (const FunnelState *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(1));
	if (state == NULL)
		PG_RETURN_POINTER(other);
	if (!state_is_sound(state) || !state_is_sound(other))
		refuse_state();
	options = options_size(state->log.flags, state->steps);
	if (state->log.mark != other->log.mark || state->steps != other->steps ||
	    state->within != other->within ||
	    ((state->log.flags ^ other->log.flags) & (WITH_OPTIONS | WITH_EXCLUDED)) != 0 ||
	    memcmp(options_of(state), options_of(other), options) != 0)
		refuse_mixture(state, other->log.mark, other->steps, other->within);
	states = states_of_state(other);
	cursor = event_state_cursor(states, other);
	while (next_row(&cursor, states, other, &row))
		state = event_state_add(states, state, options, row.time, row.symbol);
	PG_RETURN_POINTER(state);
}

/* One row into the funnel; a set of steps that there are not is none. */
static pg_attribute_always_inline void
pass_row(CxmFunnel *funnel, bool excludes, const CxmEvent *row)
{
	if (funnel->steps < 64 && row->symbol >> funnel->steps != 0)
		refuse_state();
	if (unlikely(row->symbol == 0 && excludes))
		cxm_funnel_exclude(funnel, row->time, 0);
	else
		cxm_funnel_event(funnel, row->time, 0, row->symbol);
}

static int
level_of_rows(const CxmFunnelTerms *terms, bool excludes, const FunnelState *state)
{
	const EventStates *states = states_of_state(state);
	CxmFunnel          funnel;
	CxmEvent           few[2 * EVENT_STATE_LEAST];
	CxmEvent          *rows;
	CxmEvent           row;
	CxmEventCursor     cursor;
	uint32             n;

	cxm_funnel_start(&funnel, terms);
	if (state->log.flags & CXM_EVENTS_UNSORTED)
	{
		rows = sorted_rows(state, few, lengthof(few), &n);
		for (uint32 i = 0; i < n && !cxm_funnel_is_complete(&funnel); i++)
		{
			check_interrupts(i);
			pass_row(&funnel, excludes, &rows[i]);
		}
		if (rows != few)
			pfree(rows);
	}
	else
	{
		cursor = event_state_cursor(states, state);
		while (!cxm_funnel_is_complete(&funnel) && next_row(&cursor, states, state, &row))
			pass_row(&funnel, excludes, &row);
	}
	return cxm_funnel_finish(&funnel);
}

/* Where steps are optional, with all rows at hand. */
static int
level_of_variants(const CxmFunnelTerms *terms, bool excludes, const FunnelState *state)
{
	CxmFunnelAnswer answer;
	uint32          n;
	CxmEvent       *rows = sorted_rows(state, NULL, 0, &n);
	CxmFunnelEvent *events =
	    palloc_extended(Max((Size) n, 1) * sizeof(CxmFunnelEvent), MCXT_ALLOC_HUGE);

	for (uint32 i = 0; i < n; i++)
	{
		check_interrupts(i);
		if (terms->steps < 64 && rows[i].symbol >> terms->steps != 0)
			refuse_state();
		events[i] = (CxmFunnelEvent){.time = rows[i].time,
		                             .set = rows[i].symbol,
		                             .excluded = excludes && rows[i].symbol == 0};
	}
	cxm_funnel_solve(terms, events, n, DT_NOEND, &answer, funnel_interrupt);
	pfree(events);
	pfree(rows);
	return answer.level;
}

CXM_FUNCTION(window_funnel_final)
{
	FunnelState   *state = event_state_arg(fcinfo);
	CxmFunnelTerms terms;
	bool           excludes;

	if (state == NULL)
		PG_RETURN_NULL();
	if (!state_is_sound(state))
		refuse_state();
	read_terms(state, &terms);
	excludes = (state->log.flags & WITH_EXCLUDED) != 0;
	PG_RETURN_INT32(terms.optional != 0 ? level_of_variants(&terms, excludes, state)
	                                    : level_of_rows(&terms, excludes, state));
}
