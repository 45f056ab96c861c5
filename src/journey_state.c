/*
 * journey_state.c
 *		The state of the aggregates over customer_journey, to which events are added one by one.
 *
 *	0            4         5       6          7      11          19
 *	+------------+---------+-------+----------+------+-----------+-----+- - -+- - - -+
 *	| varlena    | version | flags | built-in | log  | last time | log |slack|  own  |
 *	| header     | 1       |       | stages   | ends | in units  |     |     | stages|
 *	+------------+---------+-------+----------+------+-----------+-----+- - -+- - - -+
 *
 *	flags		bits 0-1 the unit of time as in a value, 2 set, 3: some time did not rise,
 *				4: there are own stages
 *	built-in	bit k: built-in stage k occurs
 *	log			of each event a byte of continuation (bit 7), the low bits of the step of time since
 *				the event before, folded (3-6), and which built-in stage it is (0-2; OWN_STAGE for
 *				another); then a varint of the rest of the step, if there is any; then, of an own
 *				stage, a varint of how far before the end of the dictionary its entry begins
 *	own stages	dictionary | index | OwnStages
 *
 * all in the machine's byte order.  The dictionary grows downwards: stages in the order of arrival
 * from its end, each a byte of length and the key.  Where there are many, the index is a hash table
 * of where entries begin, with linear probing; 0 is a free slot.
 *
 * A hash table of a million states is as fast as it is small: eleven events of built-in stages
 * fill 64 bytes, which is as much as the first state has, and then a state never moves away from
 * the group that it was made beside.  When a large state is full and out of order it is put in
 * order first, which takes out what came twice, so that its size follows that of the set.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "journey_state.h"

#define JOURNEY_UNSORTED 0x08
#define JOURNEY_OWN_STAGES 0x10

struct JourneyState
{
	int32         vl_len_;
	uint8         version;
	uint8         flags;
	uint8         built_in;
	uint32        log_end;
	int64         last;
	unsigned char log[FLEXIBLE_ARRAY_MEMBER];
} pg_attribute_packed() pg_attribute_aligned(4); /* as values of its type are in tuples */

/* The last bytes of a state with own stages, at any address. */
typedef struct OwnStages
{
	uint32 stages;
	uint32 dictionary_size;
	uint32 slots; /* of the index: a power of two, or 0 when there is none */
} OwnStages;

/*
 * Events name a stage by a number: of a built-in one less than OWN_STAGE, of another OWN_STAGE and
 * how far before the end of the dictionary its entry begins.
 */
#define OWN_STAGE STAGE_BUILT_IN
StaticAssertDecl(OWN_STAGE == 7, "names of stages have three bits");

/* Room for an event: a byte, the rest of a step, a place in the dictionary. */
#define EVENT_SIZE_LIMIT (1 + CXM_VARINT_LIMIT + 5)
#define FIRST_STATE_SIZE 64

static pg_attribute_always_inline OwnStages
own_stages(const JourneyState *state)
{
	OwnStages own = {0, 0, 0};

	if (state->flags & JOURNEY_OWN_STAGES)
		memcpy(&own, (const char *) state + VARSIZE(state) - sizeof(own), sizeof(own));
	return own;
}

static void
set_own_stages(JourneyState *state, OwnStages own)
{
	memcpy((char *) state + VARSIZE(state) - sizeof(own), &own, sizeof(own));
	state->flags |= JOURNEY_OWN_STAGES;
}

static pg_attribute_always_inline Size
own_size(const OwnStages *own)
{
	if (own->stages == 0)
		return 0;
	return own->dictionary_size + own->slots * sizeof(uint32) + sizeof(OwnStages);
}

static pg_attribute_always_inline unsigned char *
own_index(const JourneyState *state, const OwnStages *own)
{
	return (unsigned char *) unconstify(JourneyState *, state) + VARSIZE(state) -
	       sizeof(OwnStages) - own->slots * sizeof(uint32);
}

/* Where the index begins, from which entries are counted backwards. */
#define dictionary_end own_index

/* A state's bounds are those of its bytes. */
static pg_attribute_always_inline bool
state_is_sound(const JourneyState *state)
{
	Size size;

	if (!VARATT_IS_4B_U(state) || VARSIZE(state) < offsetof(JourneyState, log) ||
	    state->version != JOURNEY_VERSION || (state->flags & JOURNEY_STATE) == 0 ||
	    (state->flags & JOURNEY_UNIT) > JOURNEY_MICROSECONDS)
		return false;
	size = VARSIZE(state);
	if (state->flags & JOURNEY_OWN_STAGES)
	{
		OwnStages own;

		if (size < offsetof(JourneyState, log) + sizeof(OwnStages))
			return false;
		own = own_stages(state);
		if (own.stages == 0 || own.stages > JOURNEY_STAGES_LIMIT || own.dictionary_size > size ||
		    own.slots > 4 * JOURNEY_STAGES_LIMIT || (own.slots & (own.slots - 1)) != 0 ||
		    own_size(&own) > size)
			return false;
		size -= own_size(&own);
	}
	return state->log_end >= offsetof(JourneyState, log) && state->log_end <= size;
}

/* What lies between the log and the own stages. */
static pg_attribute_always_inline Size
free_size(const JourneyState *state, const OwnStages *own)
{
	return VARSIZE(state) - own_size(own) - state->log_end;
}

/* So much is zeroed or copied at a time, and then it may be cancelled. */
#define COPY_CHUNK ((Size) 1 << 22)

static JourneyState *
make_state(Size size, int unit)
{
	JourneyState *state = palloc(size);

	/* the slack of a large one is never read */
	memset(state, 0, Min(size, COPY_CHUNK));
	SET_VARSIZE(state, size);
	state->version = JOURNEY_VERSION;
	state->flags = (uint8) (JOURNEY_STATE | unit);
	state->log_end = offsetof(JourneyState, log);
	return state;
}

JourneyState *
journey_state_make(void)
{
	return make_state(FIRST_STATE_SIZE, JOURNEY_SECONDS);
}

bool
journey_state_is_empty(const JourneyState *state)
{
	return state->log_end == offsetof(JourneyState, log);
}

/*
 * No state has more room than this to grow into: as an event has a byte at least, then no more
 * events than the limit are added to a set before it is put in order.
 */
#define ROOM_LIMIT ((Size) JOURNEY_EVENTS_LIMIT)

/*
 * The size of a state that takes up so much, and for some more: where it is small a power of two,
 * which is what the allocator would make of it anyway.
 */
static Size
state_size(Size used, Size more)
{
	Size size = FIRST_STATE_SIZE;

	if (used + EVENT_SIZE_LIMIT > MaxAllocSize)
		journey_refuse_size();
	more = Max(more, EVENT_SIZE_LIMIT);
	while (size < used + more && size < ROOM_LIMIT)
		size *= 2;
	if (size < used + more)
		size = used + Min(more, ROOM_LIMIT);
	return Min(size, MaxAllocSize);
}

/*
 * Events
 */

/* How far a time is from that of the event before. */
static pg_attribute_always_inline uint64
step_between(int64 last, int64 units)
{
	return cxm_varint_fold((int64) ((uint64) units - (uint64) last));
}

static pg_attribute_always_inline Size
event_size(int64 units, int64 last, uint32 name)
{
	uint64 step = step_between(last, units);

	return 1 + (step > 15 ? cxm_varint_size(step >> 4) : 0) +
	       (name >= OWN_STAGE ? cxm_varint_size(name - OWN_STAGE) : 0);
}

static pg_attribute_always_inline unsigned char *
put_event(unsigned char *at, int64 units, int64 last, uint32 name)
{
	uint64 step = step_between(last, units);

	*at++ = (unsigned char) (Min(name, OWN_STAGE) | (step & 15) << 3 | (step > 15) << 7);
	if (step > 15)
		at = cxm_varint_put(at, step >> 4);
	if (name >= OWN_STAGE)
		at = cxm_varint_put(at, name - OWN_STAGE);
	return at;
}

/* Where a reading of a state's log has come to. */
typedef struct LogCursor
{
	const unsigned char *at;
	const unsigned char *end;
	uint32               passed;
	int64                units;
	uint32               name;
} LogCursor;

static LogCursor
log_cursor(const JourneyState *state)
{
	return (LogCursor){state->log, (const unsigned char *) state + state->log_end, 0, 0, 0};
}

/* To the next event, whose time and stage are in the cursor then; false after the last one. */
static pg_attribute_always_inline bool
next_logged(LogCursor *cursor)
{
	uint64 step;
	uint64 rest;
	uint8  first;

	if (cursor->at == cursor->end)
		return false;
	if ((++cursor->passed & 4095) == 0)
		CHECK_FOR_INTERRUPTS();
	first = *cursor->at++;
	step = (first >> 3) & 15;
	if (first & 0x80)
	{
		if (!cxm_varint_get(&cursor->at, cursor->end, &rest))
			journey_refuse_corrupt();
		step |= rest << 4;
	}
	cursor->units = (int64) ((uint64) cursor->units + (uint64) cxm_varint_unfold(step));
	cursor->name = first & 7;
	if (cursor->name == OWN_STAGE)
	{
		if (!cxm_varint_get(&cursor->at, cursor->end, &rest) || rest > PG_UINT32_MAX / 2)
			journey_refuse_corrupt();
		cursor->name += (uint32) rest;
	}
	return true;
}

/* A state of this size is small: an array for all events that it can have is, too. */
#define SMALL_STATE 4096

/*
 * No fewer than a state's events; of a large one exactly so many.  They may be more than the set
 * can have, as some may have come twice; sound states have no more than twice as many.
 */
static uint32
most_events(const JourneyState *state)
{
	LogCursor cursor = log_cursor(state);

	/* an event has a byte at least */
	if (VARSIZE(state) <= SMALL_STATE)
		return state->log_end - offsetof(JourneyState, log);
	while (next_logged(&cursor))
		if (cursor.passed > 2 * JOURNEY_EVENTS_LIMIT)
			journey_refuse_size();
	return cursor.passed;
}

/*
 * Own stages
 */

/* A few entries are looked through, more are found by the index, which is at most half full. */
#define STAGES_LOOKED_THROUGH 12

static pg_attribute_always_inline bool
entry_is(const unsigned char *entry, StageView stage)
{
	return entry[0] == stage.length && stage_equal((StageView){entry[0], entry + 1}, stage);
}

/* How far before its end a stage's entry begins; 0 when it has none. */
static pg_attribute_always_inline uint32
find_by_scan(const unsigned char *end, uint32 size, StageView stage)
{
	uint32 entry = size;

	while (entry > (uint32) stage.length)
	{
		if (entry_is(end - entry, stage))
			return entry;
		if (end[-(ptrdiff_t) entry] >= entry)
			break;
		entry -= 1 + end[-(ptrdiff_t) entry];
	}
	return 0;
}

static pg_noinline uint32
find_by_index(const unsigned char *index, const OwnStages *own, StageView stage)
{
	uint32 slot = hash_bytes(stage.bytes, stage.length);

	/* a sound index has a free slot, but no byte of it is trusted */
	for (uint32 probe = 0; probe < own->slots; probe++, slot++)
	{
		uint32 entry;

		memcpy(&entry, index + (slot & (own->slots - 1)) * sizeof(entry), sizeof(entry));
		if (entry == 0)
			break;
		if (entry > (uint32) stage.length && entry <= own->dictionary_size &&
		    entry_is(index - entry, stage))
			return entry;
	}
	return 0;
}

/* What events call the stage; OWN_STAGE when it is not there yet. */
static pg_attribute_always_inline uint32
find_stage(const JourneyState *state, const OwnStages *own, StageView stage)
{
	const unsigned char *index = own_index(state, own);

	if (likely(own->slots == 0))
		return OWN_STAGE + find_by_scan(index, own->dictionary_size, stage);
	return OWN_STAGE + find_by_index(index, own, stage);
}

static void
index_entry(unsigned char *index, uint32 slots, StageView stage, uint32 entry)
{
	uint32 slot = hash_bytes(stage.bytes, stage.length);

	for (uint32 probe = 0; probe < slots; probe++, slot++)
	{
		unsigned char *at = index + (slot & (slots - 1)) * sizeof(entry);
		uint32         taken;

		memcpy(&taken, at, sizeof(taken));
		if (taken != 0)
			continue;
		memcpy(at, &entry, sizeof(entry));
		return;
	}
	journey_refuse_corrupt();
}

/* The entry that begins so far before the end of the dictionary, and where the next one does. */
static uint32
read_entry(const unsigned char *end, uint32 entry, StageView *stage)
{
	const unsigned char *at = end - entry;

	if (*at <= STAGE_RANK_SIZE || *at > STAGE_KEY_LIMIT || *at >= entry)
		journey_refuse_corrupt();
	*stage = (StageView){*at, at + 1};
	return entry - 1 - *at;
}

/* Enters the whole dictionary. */
static void
fill_index(JourneyState *state, const OwnStages *own)
{
	unsigned char *index = own_index(state, own);
	StageView      stage;
	uint32         next;

	memset(index, 0, own->slots * sizeof(uint32));
	for (uint32 entry = own->dictionary_size; entry > 0; entry = next)
	{
		next = read_entry(index, entry, &stage);
		index_entry(index, own->slots, stage, entry);
	}
}

/* The slots that so many stages want. */
static uint32
wanted_slots(uint32 stages)
{
	uint32 slots = 8;

	if (stages <= STAGES_LOOKED_THROUGH)
		return 0;
	while (slots < 2 * stages)
		slots *= 2;
	return slots;
}

/* Writes a stage below the others; the state has room. */
static uint32
put_stage(JourneyState *state, OwnStages *own, StageView stage)
{
	unsigned char *end = dictionary_end(state, own);
	unsigned char *at;

	own->dictionary_size += 1 + (uint32) stage.length;
	own->stages++;
	at = end - own->dictionary_size;
	at[0] = (unsigned char) stage.length;
	memcpy(at + 1, stage.bytes, stage.length);
	if (own->slots > 0)
		index_entry(end, own->slots, stage, own->dictionary_size);
	set_own_stages(state, *own);
	return OWN_STAGE + own->dictionary_size;
}

/*
 * From states to values
 */

/*
 * The stages and events of a state, as journey_build() takes them: the built-in stages, then its
 * own.
 */
static void
read_state(const JourneyState *state, StageView **stages, uint32 *n_stages, JourneyEvent **events,
           uint32 *n_events)
{
	const OwnStages      own = own_stages(state);
	const unsigned char *end = dictionary_end(state, &own);
	int                  unit = state->flags & JOURNEY_UNIT;
	LogCursor            cursor = log_cursor(state);
	uint32              *nth;
	uint32               entry = own.dictionary_size;

	/* by where an entry begins: which stage it is */
	nth = palloc_extended((Size) (own.dictionary_size + 1) * sizeof(uint32),
	                      MCXT_ALLOC_ZERO | MCXT_ALLOC_HUGE);
	*n_stages = STAGE_BUILT_IN + own.stages;
	*stages = palloc(*n_stages * sizeof(StageView));
	for (uint32 i = 0; i < STAGE_BUILT_IN; i++)
		(*stages)[i] = stage_view(&stage_built_in[i]);
	for (uint32 i = STAGE_BUILT_IN; i < *n_stages; i++)
	{
		if (entry == 0)
			journey_refuse_corrupt();
		nth[entry] = i;
		entry = read_entry(end, entry, &(*stages)[i]);
	}

	*events = journey_alloc_events(most_events(state));
	for (JourneyEvent *event = *events; next_logged(&cursor); event++)
	{
		event->stage = cursor.name;
		if (cursor.name >= OWN_STAGE)
		{
			entry = cursor.name - OWN_STAGE;
			if (entry > own.dictionary_size || nth[entry] == 0)
				journey_refuse_corrupt();
			event->stage = nth[entry];
		}
		if (!journey_unit_to_time(cursor.units, unit, &event->time))
			journey_refuse_corrupt();
	}
	*n_events = cursor.passed;
	pfree(nth);
}

#define FEW_STAGES 16

/* The stages of a state that has few, in their order. */
typedef struct StageOrder
{
	uint32    n;
	StageView stage[STAGE_BUILT_IN + FEW_STAGES];
	uint32    name[STAGE_BUILT_IN + FEW_STAGES];
	uint32    built_in[STAGE_BUILT_IN]; /* where they are */
} StageOrder;

static void
order_stages(const JourneyState *state, StageOrder *order)
{
	const OwnStages own = own_stages(state);
	StageView       stage;
	uint32          next;
	uint32          n = 0;

	for (uint32 k = 0; k < STAGE_BUILT_IN; k++)
		if (state->built_in & 1 << k)
		{
			order->stage[n] = stage_view(&stage_built_in[k]);
			order->name[n++] = k;
		}
	for (uint32 entry = own.dictionary_size; entry > 0; entry = next)
	{
		uint32 i = n;

		next = read_entry(dictionary_end(state, &own), entry, &stage);
		if (n++ == lengthof(order->stage))
			journey_refuse_corrupt();
		for (; i > 0 && stage_compare(order->stage[i - 1], stage) > 0; i--)
		{
			order->stage[i] = order->stage[i - 1];
			order->name[i] = order->name[i - 1];
		}
		order->stage[i] = stage;
		order->name[i] = OWN_STAGE + entry;
	}
	for (uint32 i = 0; i < n; i++)
		if (order->name[i] < OWN_STAGE)
			order->built_in[order->name[i]] = i;
	order->n = n;
}

static pg_attribute_always_inline uint32
place_in_order(const StageOrder *order, uint32 built_in, uint32 name)
{
	uint32 i = 0;

	if (name < OWN_STAGE)
	{
		if ((built_in & 1 << name) == 0)
			journey_refuse_corrupt();
		return order->built_in[name];
	}
	while (i < order->n && order->name[i] != name)
		i++;
	if (i == order->n)
		journey_refuse_corrupt();
	return i;
}

/*
 * The value of a state of few stages whose times only rose: it needs no more than other names of
 * its stages, and steps of time that are not folded.
 */
static struct varlena *
transcribe(const JourneyState *state, const StageOrder *order)
{
	int             unit = state->flags & JOURNEY_UNIT;
	LogCursor       cursor = log_cursor(state);
	int64           before = 0;
	TimestampTz     time;
	unsigned char  *log;
	struct varlena *value;

	/* four bits fewer in the first byte of a step, and a byte for the stage */
	value = journey_begin(
	    order->stage, order->n, unit,
	    state->log_end - offsetof(JourneyState, log) + 2 * (Size) most_events(state), &log);
	while (next_logged(&cursor))
	{
		/* times that rise are all valid when the first and the last are */
		if (cursor.passed == 1 ? !journey_unit_to_time(cursor.units, unit, &time)
		                       : cursor.units < before)
			journey_refuse_corrupt();
		journey_put(&log,
		            cursor.passed == 1 ? cxm_varint_fold(cursor.units)
		                               : (uint64) cursor.units - (uint64) before,
		            place_in_order(order, state->built_in, cursor.name));
		before = cursor.units;
	}
	if (cursor.passed > 0 && !journey_unit_to_time(before, unit, &time))
		journey_refuse_corrupt();
	return journey_end(value, log, cursor.passed);
}

/* The value of a state of few stages whose times went to and fro. */
static struct varlena *
sort_and_write(const JourneyState *state, const StageOrder *order)
{
	int             unit = state->flags & JOURNEY_UNIT;
	LogCursor       cursor = log_cursor(state);
	uint32          n = most_events(state);
	JourneyEvent    few[FIRST_STATE_SIZE];
	JourneyEvent   *events = n <= lengthof(few) ? few : journey_alloc_events(n);
	struct varlena *value;

	for (n = 0; next_logged(&cursor); n++)
	{
		events[n].stage = place_in_order(order, state->built_in, cursor.name);
		if (!journey_unit_to_time(cursor.units, unit, &events[n].time))
			journey_refuse_corrupt();
	}
	n = journey_unite(events, n);
	value = journey_write(order->stage, order->n, events, n, unit);
	if (events != few)
		pfree(events);
	return value;
}

struct varlena *
journey_of_state(const JourneyState *state)
{
	StageView      *stages;
	JourneyEvent   *events;
	struct varlena *value;
	uint32          n_stages;
	uint32          n_events;

	if (!state_is_sound(state))
		journey_refuse_corrupt();
	if (own_stages(state).stages <= FEW_STAGES)
	{
		StageOrder order;

		order_stages(state, &order);
		return state->flags & JOURNEY_UNSORTED ? sort_and_write(state, &order)
		                                       : transcribe(state, &order);
	}
	read_state(state, &stages, &n_stages, &events, &n_events);
	value = journey_build(stages, n_stages, events, n_events);
	pfree(stages);
	pfree(events);
	return value;
}

/*
 * Making states
 */

/* What events call each of the stages, and what the own ones among them need. */
static uint32 *
name_stages(const StageView *stages, uint32 n_stages, OwnStages *own)
{
	uint32 *name = palloc((n_stages + 1) * sizeof(uint32));

	*own = (OwnStages){0, 0, 0};
	for (uint32 i = 0; i < n_stages; i++)
	{
		name[i] = stage_built_in_number(stages[i]);
		if (name[i] < OWN_STAGE)
			continue;
		own->dictionary_size += 1 + (uint32) stages[i].length;
		own->stages++;
		name[i] += own->dictionary_size;
	}
	own->slots = wanted_slots(own->stages);
	return name;
}

/* A state of these events, which are in order, with room for half as many more. */
static JourneyState *
state_of(const StageView *stages, uint32 n_stages, const JourneyEvent *events, uint32 n_events,
         int unit)
{
	OwnStages     own;
	uint32       *name = name_stages(stages, n_stages, &own);
	Size          log = 0;
	int64         last = 0;
	int64         units;
	JourneyState *state;

	for (uint32 i = 0; i < n_events; i++)
	{
		journey_time_to_units(events[i].time, unit, &units);
		log += event_size(units, last, name[events[i].stage]);
		last = units;
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
	}

	state =
	    make_state(state_size(offsetof(JourneyState, log) + own_size(&own) + log, log / 2), unit);
	own.stages = own.dictionary_size = 0;
	if (own.slots > 0)
		memset(own_index(state, &own), 0, own.slots * sizeof(uint32));
	for (uint32 i = 0; i < n_stages; i++)
		if (name[i] < OWN_STAGE)
			state->built_in |= (uint8) (1 << name[i]);
		else
			put_stage(state, &own, stages[i]);
	for (uint32 i = 0; i < n_events; i++)
	{
		unsigned char *at = (unsigned char *) state + state->log_end;

		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		journey_time_to_units(events[i].time, unit, &units);
		at = put_event(at, units, state->last, name[events[i].stage]);
		state->last = units;
		state->log_end = (uint32) (at - (unsigned char *) state);
	}
	pfree(name);
	return state;
}

JourneyState *
journey_thaw(const void *value)
{
	Journey       journey;
	JourneyEvent *events;
	JourneyState *state;

	if (VARSIZE_ANY_EXHDR(value) > 1 && VARDATA_ANY(value)[0] == JOURNEY_VERSION &&
	    (VARDATA_ANY(value)[1] & JOURNEY_STATE))
	{
		state =
		    (JourneyState *) pg_detoast_datum_copy((struct varlena *) unconstify(void *, value));
		if (!state_is_sound(state))
			journey_refuse_corrupt();
		return state;
	}
	journey = journey_view(value);
	events = journey_read_events(&journey);
	state = state_of(journey.stage, journey.stages, events, journey.events, journey.unit);
	pfree(events);
	pfree(journey.stage);
	return state;
}

/* The state with its times in another unit, or in order, or with more room, or all of that. */
static JourneyState *
rebuild_state(const JourneyState *state, int unit)
{
	StageView    *stages;
	JourneyEvent *events;
	JourneyState *result;
	uint32        n_stages;
	uint32        n_events;

	read_state(state, &stages, &n_stages, &events, &n_events);
	n_stages = journey_sort_stages(stages, n_stages, events, n_events);
	n_events = journey_unite(events, n_events);
	if (n_events > JOURNEY_EVENTS_LIMIT)
		journey_refuse_size();
	result = state_of(stages, n_stages, events, n_events, unit);
	pfree(stages);
	pfree(events);
	return result;
}

/* The state with at least so much room more. */
static JourneyState *
widen_state(const JourneyState *state, Size room)
{
	const OwnStages own = own_stages(state);
	Size            tail = own_size(&own);
	JourneyState   *result =
	    make_state(state_size(state->log_end + tail, Max((Size) VARSIZE(state), room)), 0);
	Size size = VARSIZE(result);

	for (Size done = 0; done < state->log_end; done += COPY_CHUNK)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy((char *) result + done, (const char *) state + done,
		       Min(COPY_CHUNK, state->log_end - done));
	}
	SET_VARSIZE(result, size);
	memcpy((char *) result + size - tail, (const char *) state + VARSIZE(state) - tail, tail);
	return result;
}

/* The state with an own stage more, in it or in a new one, and what events call that. */
static JourneyState *
add_stage(JourneyState *state, StageView stage, uint32 *name)
{
	OwnStages own = own_stages(state);
	uint32    slots = wanted_slots(own.stages + 1);
	Size      needed = 1 + stage.length;

	if (own.stages >= JOURNEY_STAGES_LIMIT)
		journey_refuse_size();
	if (own.stages == 0)
		needed += sizeof(OwnStages);
	if (slots > own.slots)
		needed += (slots - own.slots) * sizeof(uint32);
	if (free_size(state, &own) < needed)
		state = widen_state(state, needed);
	if (slots > own.slots)
	{
		unsigned char *from = dictionary_end(state, &own) - own.dictionary_size;

		own.slots = slots;
		memmove(dictionary_end(state, &own) - own.dictionary_size, from, own.dictionary_size);
		fill_index(state, &own);
	}
	*name = put_stage(state, &own, stage);
	return state;
}

/*
 * Adding to a state
 */

/*
 * Events that came twice are worth looking for before a state grows; but in a small one they cost
 * less than the search.
 */
static bool
may_shrink(const JourneyState *state)
{
	return (state->flags & JOURNEY_UNSORTED) != 0 && VARSIZE(state) > SMALL_STATE;
}

static pg_attribute_always_inline JourneyState *
append_event(JourneyState *state, int64 units, uint32 name)
{
	unsigned char *at =
	    put_event((unsigned char *) state + state->log_end, units, state->last, name);
	uint8 goes_back = units <= state->last;
	uint8 is_first = journey_state_is_empty(state);

	/* by no branch: where rows come in any order, half the time it would wait for the state */
	state->flags |= (uint8) ((goes_back & ~is_first) * JOURNEY_UNSORTED);
	if (name < OWN_STAGE)
		state->built_in |= (uint8) (1 << name);
	state->log_end = (uint32) (at - (unsigned char *) state);
	state->last = units;
	return state;
}

/* Whatever stands in the way of an event in the state given. */
static pg_noinline JourneyState *
add_event_slowly(JourneyState *state, TimestampTz time, StageView stage)
{
	uint32    name = stage_built_in_number(stage);
	OwnStages own;
	int64     units;
	int       unit;

	if (!state_is_sound(state))
		state = journey_thaw(state);

	unit = journey_coarsest_unit(time, state->flags & JOURNEY_UNIT);
	if (unit != (state->flags & JOURNEY_UNIT))
		state = rebuild_state(state, unit);
	journey_time_to_units(time, unit, &units);
	for (;;)
	{
		own = own_stages(state);
		if (name >= OWN_STAGE)
			name = find_stage(state, &own, stage);
		if (name == OWN_STAGE)
		{
			state = add_stage(state, stage, &name);
			own = own_stages(state);
		}
		if (event_size(units, state->last, name) <= free_size(state, &own))
			break;
		state =
		    may_shrink(state) ? rebuild_state(state, unit) : widen_state(state, EVENT_SIZE_LIMIT);
	}
	return append_event(state, units, name);
}

/* Nearly every row finds a state with room, its stage there and an exact unit. */
static pg_attribute_always_inline JourneyState *
add_event(JourneyState *state, TimestampTz time, StageView stage)
{
	OwnStages own;
	int64     units;
	uint32    name;

	if (unlikely(TIMESTAMP_NOT_FINITE(time)))
		journey_refuse_infinity("the time of an event");
	if (state == NULL)
		state = make_state(FIRST_STATE_SIZE, journey_coarsest_unit(time, JOURNEY_SECONDS));
	else if (unlikely(!state_is_sound(state)))
		return add_event_slowly(state, time, stage);
	own = own_stages(state);
	name = stage_built_in_number(stage);
	if (name == OWN_STAGE)
		name = find_stage(state, &own, stage);
	/* room for exactly what it needs, lest a state of few events is twice as large as it must be */
	if (unlikely(name == OWN_STAGE ||
	             !journey_time_to_units(time, state->flags & JOURNEY_UNIT, &units) ||
	             free_size(state, &own) < event_size(units, state->last, name)))
		return add_event_slowly(state, time, stage);
	return append_event(state, units, name);
}

JourneyState *
journey_state_add(JourneyState *state, TimestampTz time, StageView stage)
{
	return add_event(state, time, stage);
}

/*
 * The aggregates
 */

/* The state in argument 0 as it may be changed, NULL before the first row. */
static pg_attribute_always_inline JourneyState *
state_arg(FunctionCallInfo fcinfo)
{
	JourneyState *state = (JourneyState *) PG_GETARG_POINTER(0);

	if (unlikely(!cxm_in_aggregate_context(fcinfo)))
		cxm_check_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	if (unlikely(VARATT_IS_EXTENDED(state)))
		state = (JourneyState *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	return state;
}

/* For a row that does not count. */
static Datum
unchanged(FunctionCallInfo fcinfo, JourneyState *state)
{
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(journey_transition_stage);
Datum
journey_transition_stage(PG_FUNCTION_ARGS)
{
	JourneyState *state = state_arg(fcinfo);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged(fcinfo, state);
	PG_RETURN_POINTER(add_event(state, PG_GETARG_TIMESTAMPTZ(1), stage_arg(fcinfo, 2)));
}

PG_FUNCTION_INFO_V1(journey_transition_text);
Datum
journey_transition_text(PG_FUNCTION_ARGS)
{
	JourneyState *state = state_arg(fcinfo);
	text         *word;
	StageKey      key;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return unchanged(fcinfo, state);
	word = PG_GETARG_TEXT_PP(2);
	stage_parse(VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word), true, &key, NULL);
	PG_RETURN_POINTER(add_event(state, PG_GETARG_TIMESTAMPTZ(1), stage_view(&key)));
}
