/*
 * journey_state.c
 *		The bytes of a customer_journey: the events of one customer, a set of times and stages.
 *
 *	0            4         5       6        8        12
 *	+------------+---------+-------+--------+--------+------------------------+-----------------+
 *	| varlena    | version | flags | stages | events | dictionary: stages     | log: events     |
 *	| header     | 1       |       | uint16 | uint32 | times length, key      | times step, nth |
 *	+------------+---------+-------+--------+--------+------------------------+-----------------+
 *
 *	flags		bits 0-1: the unit of time, the coarsest in which all times are whole: seconds,
 *				milliseconds, microseconds; bit 5: events have a sequence
 *	dictionary	the stages that occur, in their order, see stage_put()
 *	log			the events by time, sequence and stage, none twice: a varint of the time since the
 *				event before (of the first since 2000-01-01, folded), a varint of the place of its
 *				stage in the dictionary, and a varint of its sequence, unless all are 0
 *
 * so that two equal sets are equal bytes, in the machine's byte order.  The state of an
 * aggregate, to which events are added one by one, has flag 2 set:
 *
 *	0            4         5                   19
 *	+------------+---------+-------------------+--------------+- - -+- - - -+
 *	| varlena    | version | head of the log:  | bytes of the |slack|  own  |
 *	| header     | 1       | see event_log.h   | log          |     | stages|
 *	+------------+---------+-------------------+--------------+- - -+- - - -+
 *
 *	head		its flags stand where those of a value do; flag 2 is set, and 4 where there are own
 *				stages; bit k of its mark: the built-in stage k occurs
 *	own stages	dictionary | index | OwnStages
 *
 * Three bits of an event's first byte are its symbol: a built-in stage has its number, and an own
 * stage 7 and how far before the end of the dictionary its entry begins.  Its sequence stands in
 * the bits above these, and flag 5 tells that there are such,
 *
 * all in the machine's byte order.  The dictionary grows downwards: stages in the order of arrival
 * from its end, each as stage_put() writes it.  Where there are many, the index is a hash table
 * of where entries begin, with linear probing; 0 is a free slot.
 *
 * A hash table of a million states is as fast as it is small: eleven events of built-in stages
 * fill 64 bytes, which is as much as the first state has, and then a state never moves away from
 * the group that it was made beside.  When a large state is full and out of order it is put in
 * order first, which takes out what came twice, so that its size follows that of the set.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "journeys/customer_journey.h"

typedef struct JourneyHeader
{
	int32  vl_len_;
	uint8  version;
	uint8  flags;
	uint16 stages;
	uint32 events;
} JourneyHeader;

StaticAssertDecl(sizeof(JourneyHeader) == VARHDRSZ + JOURNEY_HEADER_SIZE, "a header has no gaps");

void
journey_refuse_corrupt(void)
{
	summary_refuse_value(&JOURNEY);
}

pg_noreturn static pg_noinline void
refuse_size(void)
{
	ereport(ERROR,
	        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("customer journey is too large"),
	         errdetail("A journey has at most %u events of %d stages, in less than 1 GB.",
	                   JOURNEY_EVENTS_LIMIT, JOURNEY_STAGES_LIMIT)));
}

/* Building a value from its stages and events, in any order and however often they come */

/* The stages that occur, in order and each once; events have their places as symbols then. */
static NumberedStage *
sort_stages(const StageView *stages, uint32 *n_stages, CxmEvent *events, uint32 n_events)
{
	NumberedStage *sorted = palloc((*n_stages + 1) * sizeof(NumberedStage));
	uint32        *place = palloc0((*n_stages + 1) * sizeof(uint32));
	uint32         used = 0;
	uint32         n = 0;

	for (uint32 i = 0; i < n_events; i++)
	{
		check_interrupts(i);
		place[journey_symbol_stage(events[i].symbol)] = 1;
	}
	for (uint32 i = 0; i < *n_stages; i++)
		if (place[i])
			sorted[used++] = (NumberedStage){stages[i], i};

	stage_sort(sorted, used);
	for (uint32 i = 0; i < used; i++)
	{
		uint32 number = sorted[i].number;

		if (n == 0 || !stage_equal(sorted[n - 1].stage, sorted[i].stage))
			sorted[n++] = sorted[i];
		place[number] = n - 1;
	}
	for (uint32 i = 0; i < n_events; i++)
	{
		check_interrupts(i);
		events[i].symbol = journey_symbol(place[journey_symbol_stage(events[i].symbol)],
		                                  journey_symbol_sequence(events[i].symbol));
	}
	pfree(place);
	*n_stages = n;
	return sorted;
}

/* A value for so many bytes of events, which go to *log. */
static struct varlena *
begin_value(const NumberedStage *stages, uint32 n_stages, int flags, Size log_size,
            unsigned char **log)
{
	Size           size = sizeof(JourneyHeader) + log_size;
	JourneyHeader *value;
	unsigned char *at;

	for (uint32 i = 0; i < n_stages; i++)
		size += 1 + stages[i].stage.length;
	if (n_stages > JOURNEY_STAGES_LIMIT || !AllocSizeIsValid(size))
		refuse_size();
	value = palloc(size);
	value->version = JOURNEY_VERSION;
	value->flags = (uint8) flags;
	value->stages = (uint16) n_stages;

	at = (unsigned char *) (value + 1);
	for (uint32 i = 0; i < n_stages; i++)
		at = stage_put(at, stages[i].stage);
	*log = at;
	return (struct varlena *) value;
}

static inline void
put_event(unsigned char **log, uint64 step, uint64 symbol, bool sequences)
{
	*log = cxm_varint_put(*log, step);
	*log = cxm_varint_put(*log, journey_symbol_stage(symbol));
	if (unlikely(sequences))
		*log = cxm_varint_put(*log, (uint64) journey_symbol_sequence(symbol));
}

/* The value, of so many events, whose log ends there. */
static struct varlena *
end_value(struct varlena *value, const unsigned char *log, uint32 n_events)
{
	if (n_events > JOURNEY_EVENTS_LIMIT)
		refuse_size();
	SET_VARSIZE(value, log - (unsigned char *) value);
	((JourneyHeader *) value)->events = n_events;
	return value;
}

/* The most bytes that events in order need: as if all steps were as long as the longest. */
static Size
measure_events(const CxmEvent *events, uint32 n_events, uint32 n_stages, int unit, bool *sequences)
{
	uint64 furthest = 0;
	uint64 symbols = 0;

	for (uint32 i = 0; i < n_events; i++)
	{
		check_interrupts(i);
		symbols |= events[i].symbol;
		if (i > 0)
			furthest = Max(furthest, (uint64) events[i].time - (uint64) events[i - 1].time);
	}
	furthest /= (uint64) cxm_time_units[unit].microseconds;
	*sequences = journey_symbol_sequence(symbols) != 0;
	return CXM_VARINT_LIMIT +
	       (Size) n_events * (cxm_varint_size(furthest) + cxm_varint_size(n_stages) +
	                          (*sequences ? cxm_varint_size(journey_symbol_sequence(symbols)) : 0));
}

/* The value of stages and events that are in order, in the coarsest unit that is exact. */
static struct varlena *
write_value(const NumberedStage *stages, uint32 n_stages, const CxmEvent *events, uint32 n_events,
            int unit)
{
	int64           before = 0;
	int64           units;
	bool            sequences;
	Size            size = measure_events(events, n_events, n_stages, unit, &sequences);
	unsigned char  *log;
	struct varlena *value =
	    begin_value(stages, n_stages, unit | (sequences ? JOURNEY_SEQUENCES : 0), size, &log);

	for (uint32 i = 0; i < n_events; i++)
	{
		check_interrupts(i);
		cxm_time_to_units(events[i].time, unit, &units);
		put_event(&log, i == 0 ? cxm_varint_fold(units) : (uint64) units - (uint64) before,
		          events[i].symbol, sequences);
		before = units;
	}
	return end_value(value, log, n_events);
}

struct varlena *
journey_build(const StageView *stages, uint32 n_stages, CxmEvent *events, uint32 n_events)
{
	NumberedStage *sorted = sort_stages(stages, &n_stages, events, n_events);
	int            unit = CXM_SECONDS;

	n_events = events_unite((CxmEventForm){.bits = JOURNEY_STATE_BITS}, events, n_events);
	for (uint32 i = 0; i < n_events; i++)
	{
		check_interrupts(i);
		unit = cxm_coarsest_unit(events[i].time, unit);
	}
	return write_value(sorted, n_stages, events, n_events, unit);
}

/* Reading a value */

/* Looks at a value with either kind of varlena header; trusts no byte of it. */
static Journey
view_value(const void *value)
{
	Journey       journey = {0};
	JourneyHeader header;
	SummaryBytes  bytes;

	/* a journey has no terms, so that a blank is one without events */
	if (!SUMMARY_IS_BLANK(value))
	{
		bytes = summary_open(&JOURNEY, value);
		if ((bytes.flags & JOURNEY_UNIT) > CXM_MICROSECONDS)
			journey_refuse_corrupt();
		memcpy((char *) &header + VARHDRSZ, bytes.at, JOURNEY_HEADER_SIZE);
		journey.unit = bytes.flags & JOURNEY_UNIT;
		journey.sequences = (bytes.flags & JOURNEY_SEQUENCES) != 0;
		journey.stages = header.stages;
		journey.events = header.events;
		journey.log = bytes.at + JOURNEY_HEADER_SIZE;
		journey.end = bytes.end;
	}
	/* an event has two bytes at least */
	if (journey.events > (Size) (journey.end - journey.log) / 2)
		journey_refuse_corrupt();
	journey.stage = palloc((journey.stages + 1) * sizeof(StageView));
	for (uint32 i = 0; i < journey.stages; i++)
		if (!stage_next(&journey.log, journey.end, &journey.stage[i]))
			journey_refuse_corrupt();
	return journey;
}

/* The state */

#define JOURNEY_OWN_STAGES 0x10

struct JourneyState
{
	int32         vl_len_;
	uint8         version;
	CxmEventLog   log; /* its mark: bit k where the built-in stage k occurs */
	unsigned char bytes[FLEXIBLE_ARRAY_MEMBER];
} pg_attribute_packed() pg_attribute_aligned(4); /* as values of its type are in tuples */

#define STATE_HEAD ((Size) offsetof(JourneyState, bytes))

/* The last bytes of a state with own stages, at any address. */
typedef struct OwnStages
{
	uint32 stages;
	uint32 dictionary_size;
	uint32 slots; /* of the index: a power of two, or 0 when there is none */
} OwnStages;

#define OWN_STAGE ((uint32) STAGE_BUILT_IN)
StaticAssertDecl(OWN_STAGE == (1 << JOURNEY_STATE_BITS) - 1, "built-in stages have three bits");

StaticAssertDecl(OWN_STAGE + (uint64) JOURNEY_STAGES_LIMIT * (1 + STAGE_KEY_LIMIT) <=
                     JOURNEY_STATE_STAGES,
                 "all of a dictionary can be called");
StaticAssertDecl((uint64) JOURNEY_SEQUENCE_LIMIT <= PG_UINT64_MAX >> JOURNEY_STATE_STAGE_BITS,
                 "a sequence stands above it");

static const EventStates states = {
    {.bits = JOURNEY_STATE_BITS, .from = STATE_HEAD}, journey_refuse_corrupt, refuse_size};

static pg_attribute_always_inline OwnStages
own_stages(const JourneyState *state)
{
	OwnStages own = {0, 0, 0};

	if (state->log.flags & JOURNEY_OWN_STAGES)
		memcpy(&own, (const char *) state + VARSIZE(state) - sizeof(own), sizeof(own));
	return own;
}

static void
set_own_stages(JourneyState *state, OwnStages own)
{
	memcpy((char *) state + VARSIZE(state) - sizeof(own), &own, sizeof(own));
	state->log.flags |= JOURNEY_OWN_STAGES;
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

	if (!VARATT_IS_4B_U(state) || VARSIZE(state) < STATE_HEAD ||
	    state->version != JOURNEY_VERSION || (state->log.flags & JOURNEY_STATE) == 0)
		return false;
	size = VARSIZE(state) - STATE_HEAD;
	if (state->log.flags & JOURNEY_OWN_STAGES)
	{
		OwnStages own;

		if (size < sizeof(OwnStages))
			return false;
		own = own_stages(state);
		if (own.stages == 0 || own.stages > JOURNEY_STAGES_LIMIT ||
		    own.dictionary_size > own.stages * (1 + STAGE_KEY_LIMIT) ||
		    own.slots > 4 * JOURNEY_STAGES_LIMIT || (own.slots & (own.slots - 1)) != 0 ||
		    own_size(&own) > size)
			return false;
		size -= own_size(&own);
	}
	return cxm_events_is_sound(states.form, &state->log, size);
}

/* What lies between the log and the own stages. */
static pg_attribute_always_inline Size
free_size(const JourneyState *state, const OwnStages *own)
{
	return VARSIZE(state) - own_size(own) - state->log.end;
}

static JourneyState *
make_state(Size size, int unit)
{
	JourneyState *state = event_state_make(size);

	state->version = JOURNEY_VERSION;
	state->log.flags = (uint8) (JOURNEY_STATE | unit);
	state->log.end = STATE_HEAD;
	return state;
}

/* Own stages */

/* A few entries are looked through, more are found by the index, which is at most half full. */
#define STAGES_LOOKED_THROUGH 12

static pg_attribute_always_inline bool
entry_is(const unsigned char *entry, StageView stage)
{
	return stage_equal((StageView){stage_length_in(entry), entry + 1}, stage);
}

/* How far before its end a stage's entry begins; 0 when it has none. */
static pg_attribute_always_inline uint32
find_by_scan(const unsigned char *end, uint32 size, StageView stage)
{
	uint32 entry = size;

	while (entry > (uint32) stage.length)
	{
		uint32 length = (uint32) stage_length_in(end - entry);

		if (length >= entry)
			break;
		if (entry_is(end - entry, stage))
			return entry;
		entry -= 1 + length;
	}
	return 0;
}

/* The slot of the index that has the stage's entry, or would have it: then *entry is 0. */
static pg_noinline unsigned char *
find_slot(unsigned char *index, const OwnStages *own, StageView stage, uint32 *entry)
{
	uint32 slot = hash_bytes(stage.bytes, stage.length);

	for (uint32 probe = 0; probe < own->slots; probe++, slot++)
	{
		unsigned char *at = index + (slot & (own->slots - 1)) * sizeof(*entry);

		memcpy(entry, at, sizeof(*entry));
		if (*entry == 0 || (*entry > (uint32) stage.length && *entry <= own->dictionary_size &&
		                    entry_is(index - *entry, stage)))
			return at;
	}
	/* a sound index has a free slot, but no byte of it is trusted */
	journey_refuse_corrupt();
}

/* What events call the stage; OWN_STAGE when it is not there yet. */
static pg_attribute_always_inline uint32
find_stage(const JourneyState *state, const OwnStages *own, StageView stage)
{
	unsigned char *index = own_index(state, own);
	uint32         entry;

	if (likely(own->slots == 0))
		return OWN_STAGE + find_by_scan(index, own->dictionary_size, stage);
	find_slot(index, own, stage, &entry);
	return OWN_STAGE + entry;
}

static void
index_entry(unsigned char *index, const OwnStages *own, StageView stage, uint32 entry)
{
	uint32 none;

	memcpy(find_slot(index, own, stage, &none), &entry, sizeof(entry));
}

/* The entry that begins so far before the end of the dictionary, and where the next one does. */
static uint32
read_entry(const unsigned char *end, uint32 entry, StageView *stage)
{
	const unsigned char *at = end - entry;

	if (!stage_next(&at, end, stage))
		journey_refuse_corrupt();
	return (uint32) (end - at);
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
		index_entry(index, own, stage, entry);
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

	own->dictionary_size += 1 + (uint32) stage.length;
	own->stages++;
	stage_put(end - own->dictionary_size, stage);
	if (own->slots > 0)
		index_entry(end, own, stage, own->dictionary_size);
	set_own_stages(state, *own);
	return OWN_STAGE + own->dictionary_size;
}

/* From states to values */

/* The stages of a state in their order, and where among them is what events call by a symbol. */
typedef struct StageOrder
{
	uint32         n;
	NumberedStage *stage; /* its number is the symbol */
	uint32        *place; /* from 1; 0 where no stage is called so */
	uint32         symbols;
} StageOrder;

static StageOrder
order_stages(const JourneyState *state)
{
	const OwnStages own = own_stages(state);
	const uint32    most = STAGE_BUILT_IN + own.stages;
	StageOrder      order = {.symbols = OWN_STAGE + own.dictionary_size + 1};
	uint32          next;

	order.stage = palloc(most * sizeof(NumberedStage));
	order.place = palloc0(order.symbols * sizeof(uint32));
	for (uint32 symbol = 0; symbol < OWN_STAGE; symbol++)
		if (state->log.mark & 1 << symbol)
			order.stage[order.n++] = (NumberedStage){stage_view(&stage_built_in[symbol]), symbol};
	for (uint32 entry = own.dictionary_size; entry > 0; entry = next)
	{
		if (order.n == most)
			journey_refuse_corrupt();
		order.stage[order.n].number = OWN_STAGE + entry;
		next = read_entry(dictionary_end(state, &own), entry, &order.stage[order.n++].stage);
	}
	if (own.stages > 0)
		stage_sort(order.stage, order.n);
	for (uint32 i = 0; i < order.n; i++)
		order.place[order.stage[i].number] = i + 1;
	return order;
}

static pg_attribute_always_inline uint32
place_in_order(const StageOrder *order, uint64 symbol)
{
	uint32 place = symbol < order->symbols ? order->place[symbol] : 0;

	if (place == 0)
		journey_refuse_corrupt();
	return place - 1;
}

/* The symbol of an event outside of the state. */
static pg_attribute_always_inline uint64
symbol_in_order(const StageOrder *order, uint64 symbol)
{
	return journey_symbol(place_in_order(order, symbol & JOURNEY_STATE_STAGES),
	                      (int64) (symbol >> JOURNEY_STATE_STAGE_BITS));
}

/* The value of a state whose times only rose: its stages get other names, steps are not folded. */
static struct varlena *
transcribe(const JourneyState *state, const StageOrder *order)
{
	int             unit = cxm_events_unit(&state->log);
	CxmEventCursor  cursor = event_state_cursor(&states, state);
	Size            most = event_state_most(&states, state);
	bool            sequences = (state->log.flags & JOURNEY_SEQUENCES) != 0;
	int64           before = 0;
	TimestampTz     time;
	unsigned char  *log;
	struct varlena *value;

	/* a step and a sequence take no more bytes than here, and the stage some of its own */
	value = begin_value(order->stage, order->n, unit | (sequences ? JOURNEY_SEQUENCES : 0),
	                    state->log.end + (1 + cxm_varint_size(order->n)) * most, &log);
	while (event_state_next(&states, &cursor))
	{
		/* times that rise are all valid when the first and the last are */
		if (cursor.passed == 1 ? !cxm_units_to_time(cursor.units, unit, &time)
		                       : cursor.units < before)
			journey_refuse_corrupt();
		put_event(&log,
		          cursor.passed == 1 ? cxm_varint_fold(cursor.units)
		                             : (uint64) cursor.units - (uint64) before,
		          symbol_in_order(order, cursor.symbol), sequences);
		before = cursor.units;
	}
	if (cursor.passed > 0 && !cxm_units_to_time(before, unit, &time))
		journey_refuse_corrupt();
	return end_value(value, log, cursor.passed);
}

/* The value of a state whose times went to and fro. */
static struct varlena *
sort_and_write(const JourneyState *state, const StageOrder *order)
{
	CxmEvent        few[2 * EVENT_STATE_LEAST];
	uint32          n;
	CxmEvent       *events = event_state_read(&states, state, few, lengthof(few), &n);
	struct varlena *value;

	for (uint32 i = 0; i < n; i++)
	{
		check_interrupts(i);
		events[i].symbol = symbol_in_order(order, events[i].symbol);
	}
	n = events_unite(states.form, events, n);
	value = write_value(order->stage, order->n, events, n, cxm_events_unit(&state->log));
	if (events != few)
		pfree(events);
	return value;
}

/* Is this a state, or a value? */
static pg_attribute_always_inline bool
is_state(const void *journey)
{
	return VARSIZE_ANY_EXHDR(journey) > 1 && VARDATA_ANY(journey)[0] == JOURNEY_VERSION &&
	       (VARDATA_ANY(journey)[1] & JOURNEY_STATE);
}

void *
journey_canonical(const void *journey)
{
	const JourneyState *state = is_state(journey) ? journey : journey_to_state(journey);
	StageOrder          order;

	if (!state_is_sound(state))
		journey_refuse_corrupt();
	order = order_stages(state);
	return state->log.flags & CXM_EVENTS_UNSORTED ? sort_and_write(state, &order)
	                                              : transcribe(state, &order);
}

/* Looks at a sound state whose times only rose. */
static Journey
view_state(const JourneyState *state)
{
	const Size size = state->log.end - STATE_HEAD;
	Journey    journey = {.unit = cxm_events_unit(&state->log),
	                      .sequences = (state->log.flags & JOURNEY_SEQUENCES) != 0,
	                      .log = state->bytes,
	                      .end = state->bytes + size,
	                      .symbols = OWN_STAGE};

	/* as little is reserved for a large one as it needs */
	journey.events =
	    size > EVENT_STATE_SMALL ? event_state_most(&states, state) : (uint32) size;
	if (unlikely(state->log.flags & JOURNEY_OWN_STAGES))
	{
		StageOrder order = order_stages(state);

		journey.stage = palloc(order.n * sizeof(StageView));
		for (uint32 i = 0; i < order.n; i++)
			journey.stage[i] = order.stage[i].stage;
		journey.stages = order.n;
		journey.place = order.place;
		journey.symbols = order.symbols;
	}
	else
	{
		uint32 *place = palloc0(OWN_STAGE * sizeof(uint32));

		journey.stage = palloc(OWN_STAGE * sizeof(StageView));
		journey.place = place;
		for (uint32 symbol = 0; symbol < OWN_STAGE; symbol++)
			if (state->log.mark & 1 << symbol)
			{
				journey.stage[journey.stages++] = stage_view(&stage_built_in[symbol]);
				place[symbol] = journey.stages;
			}
	}
	return journey;
}

Journey
journey_look(const void *journey)
{
	if (is_state(journey))
	{
		const JourneyState *state = (const JourneyState *) pg_detoast_datum(
		    (struct varlena *) unconstify(void *, journey));

		if (!state_is_sound(state))
			journey_refuse_corrupt();
		if ((state->log.flags & CXM_EVENTS_UNSORTED) == 0)
			return view_state(state);
		journey = journey_canonical(state);
	}
	return view_value(journey);
}

uint32
journey_count_events(const Journey *journey)
{
	JourneyCursor cursor = journey_cursor(journey);
	JourneyEvent  event;

	if (!journey_is_state(journey))
		return journey->events;
	while (journey_next(&cursor, &event))
		;
	return cursor.passed;
}

/*
 * What an aggregate returns: mostly a query reads it and keeps nothing, and so the value is not
 * made until somebody does.  It is an expanded object that can only be read, and lives as long as
 * the state that it shows: until the aggregate goes on to its next group.
 */
typedef struct OpenJourney
{
	ExpandedObjectHeader header;
	const JourneyState  *state;
	struct varlena      *value; /* NULL before it is made */
} OpenJourney;

static Size
open_size(ExpandedObjectHeader *header)
{
	OpenJourney  *open = (OpenJourney *) header;
	MemoryContext caller = MemoryContextSwitchTo(header->eoh_context);

	if (open->value == NULL)
		open->value = journey_canonical(open->state);
	MemoryContextSwitchTo(caller);
	return VARSIZE(open->value);
}

static void
open_flatten(ExpandedObjectHeader *header, void *result, Size size)
{
	memcpy(result, ((OpenJourney *) header)->value, size);
}

static const ExpandedObjectMethods open_methods = {open_size, open_flatten};

void *
journey_result(const void *state)
{
	const Size   before = MAXALIGN(EXPANDED_POINTER_SIZE);
	char        *result;
	OpenJourney *open;

	/* what somebody's own aggregate begins with may be a value */
	if (!is_state(state))
		return journey_canonical(state);
	if (!state_is_sound(state))
		journey_refuse_corrupt();
	if (((const JourneyState *) state)->log.flags & CXM_EVENTS_UNSORTED)
		return journey_canonical(state);
	/* until version 15 what an aggregate returns is copied unless its memory begins there */
	result = palloc(before + sizeof(OpenJourney));
	open = (OpenJourney *) (result + before);
	EOH_init_header(&open->header, &open_methods, CurrentMemoryContext);
	open->state = state;
	open->value = NULL;
	return memcpy(result, open->header.eoh_ro_ptr, EXPANDED_POINTER_SIZE);
}

Journey
journey_arg(FunctionCallInfo fcinfo, int argno)
{
	Datum argument = PG_GETARG_DATUM(argno);

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(argument)))
	{
		const OpenJourney *open = (const OpenJourney *) DatumGetEOHP(argument);

		if (open->header.eoh_methods == &open_methods)
			return view_state(open->state);
	}
	return journey_look(SUMMARY_ARG(argno));
}

bool
journey_is_empty(const void *journey)
{
	if (is_state(journey) && state_is_sound(journey))
		return ((const JourneyState *) journey)->log.end == STATE_HEAD;
	return journey_look(journey).events == 0;
}

/* Adding to a state */

/* The state with an own stage more, in it or in a new one, and what events call that. */
static JourneyState *
add_stage(JourneyState *state, StageView stage, uint32 *symbol)
{
	OwnStages own = own_stages(state);
	uint32    slots = wanted_slots(own.stages + 1);
	Size      needed = 1 + stage.length;

	if (own.stages >= JOURNEY_STAGES_LIMIT)
		refuse_size();
	if (own.stages == 0)
		needed += sizeof(OwnStages);
	if (slots > own.slots)
		needed += (slots - own.slots) * sizeof(uint32);
	if (free_size(state, &own) < needed)
		state = event_state_widen(&states, state, own_size(&own), needed);
	if (slots > own.slots)
	{
		unsigned char *from = dictionary_end(state, &own) - own.dictionary_size;

		own.slots = slots;
		memmove(dictionary_end(state, &own) - own.dictionary_size, from, own.dictionary_size);
		fill_index(state, &own);
	}
	*symbol = put_stage(state, &own, stage);
	return state;
}

/* Nearly every row finds a state with room, its stage there and an exact unit. */
JourneyState *
journey_state_add(JourneyState *state, TimestampTz time, int64 sequence, StageView stage)
{
	OwnStages own;
	int64     units;
	uint32    called;
	uint64    symbol;

	if (unlikely(TIMESTAMP_NOT_FINITE(time)))
		events_refuse_infinite();
	if (state == NULL)
		state = make_state(EVENT_STATE_LEAST, cxm_coarsest_unit(time, CXM_SECONDS));
	else if (unlikely(!state_is_sound(state)))
		state = journey_to_state(state);
	own = own_stages(state);
	called = (uint32) stage_built_in_number(stage);
	if (called == OWN_STAGE)
		called = find_stage(state, &own, stage);
	if (unlikely(called == OWN_STAGE))
	{
		state = add_stage(state, stage, &called);
		own = own_stages(state);
	}
	symbol = (uint64) sequence << JOURNEY_STATE_STAGE_BITS | called;
	/* room for exactly what it needs, lest a state of few events is twice as large as it must be */
	if (unlikely(!cxm_time_to_units(time, cxm_events_unit(&state->log), &units) ||
	             free_size(state, &own) < cxm_events_size(states.form, &state->log, units, symbol)))
		state = event_state_add(&states, state, own_size(&own), time, symbol);
	else
		cxm_events_append(states.form, &state->log, state->bytes, units, symbol);
	if (called < OWN_STAGE)
		state->log.mark |= (uint8) (1 << called);
	if (unlikely(sequence != 0))
		state->log.flags |= JOURNEY_SEQUENCES;
	return state;
}

static JourneyState *
add_journey(JourneyState *state, const Journey *journey)
{
	JourneyCursor cursor = journey_cursor(journey);
	JourneyEvent  event;

	while (journey_next(&cursor, &event))
		state = journey_state_add(state, event.time, event.sequence, journey->stage[event.stage]);
	return state;
}

/* Sets unite; nothing is ever taken out of one. */
void *
journey_merge(void *state, const void *journey, bool add pg_attribute_unused())
{
	Journey view = journey_look(journey);

	return add_journey(state, &view);
}

void *
journey_to_state(const void *journey)
{
	Size          size = VARSIZE_ANY_EXHDR(journey);
	Journey       view;
	JourneyState *state;

	if (is_state(journey))
	{
		state =
		    (JourneyState *) pg_detoast_datum_copy((struct varlena *) unconstify(void *, journey));
		if (!state_is_sound(state))
			journey_refuse_corrupt();
		return state;
	}
	/* with room for half as many events more */
	view = view_value(journey);
	state = make_state(event_state_size(&states, STATE_HEAD, size, size + size / 2), view.unit);
	return add_journey(state, &view);
}
