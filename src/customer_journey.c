/*
 * customer_journey.c
 *		The type customer_journey: the events of one customer, a set of times and stages.
 *
 * A value that has left an aggregate:
 *
 *	0            4         5       6        8        12
 *	+------------+---------+-------+--------+--------+------------------------+-----------------+
 *	| varlena    | version | flags | stages | events | dictionary: stages     | log: events     |
 *	| header     | 1       |       | uint16 | uint32 | times length, key      | times step, nth |
 *	+------------+---------+-------+--------+--------+------------------------+-----------------+
 *
 *	flags		bits 0-1: the unit of time, the coarsest in which all times are whole: seconds,
 *				milliseconds, microseconds
 *	dictionary	the stages that occur, in their order: a byte of length and the key, see StageView
 *	log			the events by time and stage, none twice: a varint of the time since the event
 *				before (of the first since 2000-01-01, folded), a varint of the place of its stage
 *				in the dictionary
 *
 * so that two equal sets are equal bytes.  An aggregate's state (flag 2 is set) has more:
 *
 *	12           16         20          24          32           40
 *	+------------+----------+-----------+-----------+------------+- - -+- - - - -+- - -+- - - - -+
 *	| dictionary | log      | log       | last time | dictionary |     slack     | log |  slack  |
 *	| size       | starts   | ends      | in units  |            |               |     |         |
 *	+------------+----------+-----------+-----------+------------+- - -+- - - - -+- - -+- - - - -+
 *
 * There the dictionary is in the order of arrival, an event names its stage by where its entry
 * begins, and all steps of time are folded, since they may go back: flag 3 tells that one did.  A
 * row costs a look into the dictionary and some bytes behind the last ones.  Where there are many
 * stages, an index of the dictionary lies right before the log: a hash table of entries with linear
 * probing, each one more than where it begins, or 0.  Flags 4-7 tell its size: it has 2^(2 + them)
 * slots, or is not there.  When the state is full
 * and out of order it is put in order first, which takes out what came twice, so that its size
 * follows that of the set.
 *
 * All in the machine's byte order.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "common/int.h"
#include "datatype/timestamp.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "port/pg_bitutils.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "customer_journey.h"
#include "summary.h"
#include "tally.h"

#define JOURNEY_VERSION 1
#define JOURNEY_UNIT 0x03
#define JOURNEY_STATE 0x04
#define JOURNEY_UNSORTED 0x08
#define JOURNEY_ALL_BUT_INDEX 0x0f
#define JOURNEY_INDEX_SHIFT 4

#define TYPE_NAME "customer_journey"

static const SummaryType journey_type;

typedef struct JourneyHeader
{
	int32  vl_len_;
	uint8  version;
	uint8  flags;
	uint16 stages;
	uint32 events;
} JourneyHeader;

typedef struct JourneyState
{
	JourneyHeader header;
	uint32        dictionary_size;
	uint32        log_start;
	uint32        log_end;
	int64         last; /* the time of the last event in units */
	unsigned char dictionary[FLEXIBLE_ARRAY_MEMBER];
} JourneyState;

/* Sorting takes 16 bytes for each event: here it takes a gigabyte. */
#define EVENTS_LIMIT (1U << 26)
#define STAGES_LIMIT PG_UINT16_MAX

/* Room for an event: two varints, the second of less than 32 bits. */
#define EVENT_SIZE_LIMIT (CXM_VARINT_LIMIT + 5)
#define FIRST_STATE_SIZE 64

void
journey_refuse_corrupt(void)
{
	summary_refuse_value(&journey_type);
}

static pg_noinline void
refuse_size(void)
{
	ereport(ERROR,
	        (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("customer journey is too large"),
	         errdetail("A journey has at most %u events of %d stages, in less than 1 GB.",
	                   EVENTS_LIMIT, STAGES_LIMIT)));
}

static pg_noinline void
refuse_infinity(const char *what)
{
	ereport(ERROR,
	        (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("%s cannot be infinite", what)));
}

TimestampTz
journey_time_arg(FunctionCallInfo fcinfo, int argno, const char *what)
{
	TimestampTz time = PG_GETARG_TIMESTAMPTZ(argno);

	if (TIMESTAMP_NOT_FINITE(time))
		refuse_infinity(what);
	return time;
}

/*
 * Units
 */

/* The time in the unit; false when it is not whole. */
static pg_attribute_always_inline bool
time_to_units(TimestampTz time, int unit, int64 *units)
{
	switch (unit)
	{
		case JOURNEY_SECONDS:
			*units = time / 1000000;
			return *units * 1000000 == time;
		case JOURNEY_MILLISECONDS:
			*units = time / 1000;
			return *units * 1000 == time;
		default:
			*units = time;
			return true;
	}
}

static int
coarsest_unit(TimestampTz time, int unit)
{
	int64 units;

	while (!time_to_units(time, unit, &units))
		unit++;
	return unit;
}

/*
 * Building a value from its stages and events, in any order and however often they come
 */

typedef struct StageOrder
{
	StageView stage;
	uint32    old;
} StageOrder;

static int
compare_stages(const void *a, const void *b)
{
	return stage_compare(((const StageOrder *) a)->stage, ((const StageOrder *) b)->stage);
}

#define ST_SORT sort_events
#define ST_ELEMENT_TYPE JourneyEvent
#define ST_COMPARE(a, b)                                             \
	((a)->time != (b)->time     ? ((a)->time < (b)->time ? -1 : 1)   \
	 : (a)->stage != (b)->stage ? ((a)->stage < (b)->stage ? -1 : 1) \
	                            : 0)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

/* Puts the stages in order and names them anew in the events; returns how many there are. */
static uint32
sort_stages(StageView *stages, uint32 n_stages, JourneyEvent *events, uint32 n_events)
{
	StageOrder *order = palloc((n_stages + 1) * sizeof(StageOrder));
	uint32     *place = palloc((n_stages + 1) * sizeof(uint32));
	uint32      used = 0;

	/* only those that occur */
	memset(place, 0, n_stages * sizeof(uint32));
	for (uint32 i = 0; i < n_events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		place[events[i].stage] = 1;
	}
	for (uint32 i = 0; i < n_stages; i++)
		if (place[i])
			order[used++] = (StageOrder){stages[i], i};

	qsort(order, used, sizeof(StageOrder), compare_stages);
	n_stages = 0;
	for (uint32 i = 0; i < used; i++)
	{
		if (n_stages == 0 || !stage_equal(stages[n_stages - 1], order[i].stage))
			stages[n_stages++] = order[i].stage;
		place[order[i].old] = n_stages - 1;
	}
	for (uint32 i = 0; i < n_events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		events[i].stage = place[events[i].stage];
	}
	pfree(order);
	pfree(place);
	return n_stages;
}

/* Puts the events in order and each there once; returns how many there are. */
static uint32
sort_and_unite(JourneyEvent *events, uint32 n)
{
	uint32 kept = 0;
	bool   sorted = true;

	for (uint32 i = 1; i < n && sorted; i++)
		sorted = events[i - 1].time < events[i].time ||
		         (events[i - 1].time == events[i].time && events[i - 1].stage <= events[i].stage);
	if (!sorted)
		sort_events(events, n);
	for (uint32 i = 0; i < n; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		if (kept == 0 || events[kept - 1].time != events[i].time ||
		    events[kept - 1].stage != events[i].stage)
			events[kept++] = events[i];
	}
	return kept;
}

static Size
varint_size(uint64 value)
{
	return value == 0 ? 1 : (Size) pg_leftmost_one_pos64(value) / 7 + 1;
}

/* The canonical value; the arrays are used up. */
static JourneyHeader *
build_journey(StageView *stages, uint32 n_stages, JourneyEvent *events, uint32 n_events)
{
	int            unit = JOURNEY_SECONDS;
	Size           dictionary = 0;
	Size           size;
	uint64         furthest = 0;
	int64          before = 0;
	JourneyHeader *value;
	unsigned char *at;

	n_stages = sort_stages(stages, n_stages, events, n_events);
	n_events = sort_and_unite(events, n_events);
	if (n_stages > STAGES_LIMIT || n_events > EVENTS_LIMIT)
		refuse_size();

	for (uint32 i = 0; i < n_events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		unit = coarsest_unit(events[i].time, unit);
		if (i > 0)
			furthest = Max(furthest, (uint64) events[i].time - (uint64) events[i - 1].time);
	}
	for (uint32 i = 0; i < n_stages; i++)
		dictionary += 1 + stages[i].length;

	/* room for steps that are all as long as the longest */
	furthest /= unit == JOURNEY_SECONDS ? 1000000 : unit == JOURNEY_MILLISECONDS ? 1000 : 1;
	size = sizeof(JourneyHeader) + dictionary + CXM_VARINT_LIMIT +
	       (varint_size(furthest) + varint_size(n_stages)) * n_events;
	if (!AllocSizeIsValid(size))
		refuse_size();
	value = palloc(size);
	value->version = JOURNEY_VERSION;
	value->flags = (uint8) unit;
	value->stages = (uint16) n_stages;
	value->events = n_events;

	at = (unsigned char *) (value + 1);
	for (uint32 i = 0; i < n_stages; i++)
	{
		*at++ = (unsigned char) stages[i].length;
		memcpy(at, stages[i].bytes, stages[i].length);
		at += stages[i].length;
	}
	for (uint32 i = 0; i < n_events; i++)
	{
		int64 units;

		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		time_to_units(events[i].time, unit, &units);
		at = cxm_varint_put(at, i == 0 ? cxm_varint_fold(units) : (uint64) units - (uint64) before);
		at = cxm_varint_put(at, events[i].stage);
		before = units;
	}
	SET_VARSIZE(value, at - (unsigned char *) value);
	return value;
}

/*
 * Reading values and states
 */

static JourneyEvent *
alloc_events(Size n)
{
	return palloc_extended(Max(n, 1) * sizeof(JourneyEvent), MCXT_ALLOC_HUGE);
}

/* The next entry of a dictionary; false when it does not end before the end. */
static inline bool
next_entry(const unsigned char **at, const unsigned char *end, StageView *stage)
{
	if (*at >= end || **at <= STAGE_RANK_SIZE || **at > STAGE_KEY_LIMIT || end - *at <= **at)
		return false;
	*stage = (StageView){**at, *at + 1};
	*at += 1 + **at;
	return true;
}

/* The slots of the index of a state's dictionary, 0 when it has none. */
static pg_attribute_always_inline uint32
index_slots(const JourneyState *state)
{
	uint32 size = state->header.flags >> JOURNEY_INDEX_SHIFT;

	return size == 0 ? 0 : 1U << (2 + size);
}

static pg_attribute_always_inline Size
index_size(const JourneyState *state)
{
	return index_slots(state) * sizeof(uint32);
}

/* A state's bounds are those of its bytes. */
static pg_attribute_always_inline bool
state_is_sound(const JourneyState *state)
{
	return VARATT_IS_4B_U(state) && VARSIZE(state) >= sizeof(JourneyState) &&
	       state->header.version == JOURNEY_VERSION && (state->header.flags & JOURNEY_STATE) != 0 &&
	       state->log_end <= VARSIZE(state) && state->log_start <= state->log_end &&
	       state->log_start >= offsetof(JourneyState, dictionary) &&
	       state->dictionary_size + index_size(state) <=
	           state->log_start - offsetof(JourneyState, dictionary);
}

/* The stages and events of a state, as build_journey() takes them. */
static void
read_state(const JourneyState *state, StageView **stages, JourneyEvent **events)
{
	const unsigned char *dictionary = state->dictionary;
	const unsigned char *dictionary_end = dictionary + state->dictionary_size;
	const unsigned char *at = dictionary;
	const unsigned char *end = (const unsigned char *) state + state->log_end;
	int                  unit = state->header.flags & JOURNEY_UNIT;
	uint16              *nth;
	int64                units = 0;

	if (!state_is_sound(state))
		journey_refuse_corrupt();

	/* by where an entry begins: one more than which it is */
	nth = palloc_extended((state->dictionary_size + 1) * sizeof(uint16),
	                      MCXT_ALLOC_ZERO | MCXT_ALLOC_HUGE);
	*stages = palloc((state->header.stages + 1) * sizeof(StageView));
	for (uint32 i = 0; i < state->header.stages; i++)
	{
		nth[at - dictionary] = (uint16) (i + 1);
		if (!next_entry(&at, dictionary_end, &(*stages)[i]))
			journey_refuse_corrupt();
	}

	*events = alloc_events(state->header.events);
	at = (const unsigned char *) state + state->log_start;
	for (uint32 i = 0; i < state->header.events; i++)
	{
		uint64 step;
		uint64 entry;

		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		if (!cxm_varint_get(&at, end, &step) || !cxm_varint_get(&at, end, &entry) ||
		    entry >= state->dictionary_size || nth[entry] == 0)
			journey_refuse_corrupt();
		units = (int64) ((uint64) units + (uint64) cxm_varint_unfold(step));
		if (!journey_unit_to_time(units, unit, &(*events)[i].time))
			journey_refuse_corrupt();
		(*events)[i].stage = nth[entry] - 1U;
	}
	pfree(nth);
}

/* An entry of a state's dictionary on its way to its place in the order of stages. */
typedef struct EntryOrder
{
	StageView stage;
	uint32    entry;
	uint32    place;
} EntryOrder;

#define SHORT_DICTIONARY 16

/*
 * The canonical value of a state of few stages whose times only rose, as most do: the log needs no
 * more than other names of its stages, and steps of time that are not folded.
 */
static JourneyHeader *
transcribe_state(const JourneyState *state)
{
	const unsigned char *at = state->dictionary;
	const unsigned char *end = at + state->dictionary_size;
	int                  n = state->header.stages;
	EntryOrder           order[SHORT_DICTIONARY];
	EntryOrder          *first[SHORT_DICTIONARY];
	JourneyHeader       *value;
	unsigned char       *to;

	for (int i = 0; i < n; i++)
	{
		int j = i;

		order[i].entry = (uint32) (at - state->dictionary);
		if (!next_entry(&at, end, &order[i].stage))
			journey_refuse_corrupt();
		for (; j > 0 && stage_compare(first[j - 1]->stage, order[i].stage) > 0; j--)
			first[j] = first[j - 1];
		first[j] = &order[i];
	}

	value =
	    palloc(sizeof(JourneyHeader) + state->dictionary_size + state->log_end - state->log_start);
	value->version = JOURNEY_VERSION;
	value->flags = state->header.flags & JOURNEY_UNIT;
	value->stages = state->header.stages;
	value->events = state->header.events;
	to = (unsigned char *) (value + 1);
	for (int i = 0; i < n; i++)
	{
		first[i]->place = (uint32) i;
		memcpy(to, first[i]->stage.bytes - 1, 1 + first[i]->stage.length);
		to += 1 + first[i]->stage.length;
	}

	at = (const unsigned char *) state + state->log_start;
	end = (const unsigned char *) state + state->log_end;
	for (uint32 i = 0; i < state->header.events; i++)
	{
		uint64 step;
		uint64 entry;
		int    j = 0;

		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		if (!cxm_varint_get(&at, end, &step) || !cxm_varint_get(&at, end, &entry))
			journey_refuse_corrupt();
		while (j < n && order[j].entry != entry)
			j++;
		if (j == n)
			journey_refuse_corrupt();
		to = cxm_varint_put(to, i == 0 ? step : (uint64) cxm_varint_unfold(step));
		*to++ = (unsigned char) order[j].place;
	}
	SET_VARSIZE(value, to - (unsigned char *) value);
	return value;
}

static JourneyHeader *
canonical_journey(const JourneyState *state)
{
	StageView     *stages;
	JourneyEvent  *events;
	JourneyHeader *value;

	if (!state_is_sound(state))
		journey_refuse_corrupt();
	if ((state->header.flags & JOURNEY_UNSORTED) == 0 && state->header.events > 0 &&
	    state->header.stages <= SHORT_DICTIONARY)
		return transcribe_state(state);
	read_state(state, &stages, &events);
	value = build_journey(stages, state->header.stages, events, state->header.events);
	pfree(stages);
	pfree(events);
	return value;
}

/* Looks at a value with either kind of varlena header; trusts no byte of it. */
static Journey
view_journey(const void *value)
{
	const Size           header = sizeof(JourneyHeader) - offsetof(JourneyHeader, version);
	const unsigned char *body = (const unsigned char *) VARDATA_ANY(value);
	Size                 size = VARSIZE_ANY_EXHDR(value);
	uint16               stages;
	Journey              journey;

	if (size > 0 && body[0] != JOURNEY_VERSION)
		summary_refuse_version(&journey_type, body[0]);
	if (size < header)
		journey_refuse_corrupt();
	if (body[1] & JOURNEY_STATE)
		return view_journey(canonical_journey(
		    (const JourneyState *) pg_detoast_datum((struct varlena *) unconstify(void *, value))));
	if (body[1] > JOURNEY_MICROSECONDS)
		journey_refuse_corrupt();

	journey.unit = body[1];
	memcpy(&stages, body + offsetof(JourneyHeader, stages) - VARHDRSZ, sizeof(stages));
	memcpy(&journey.events, body + offsetof(JourneyHeader, events) - VARHDRSZ,
	       sizeof(journey.events));
	journey.stages = stages;
	journey.log = body + header;
	journey.end = body + size;
	/* an event has two bytes at least */
	if (journey.events > size / 2)
		journey_refuse_corrupt();
	journey.stage = palloc((journey.stages + 1) * sizeof(StageView));
	for (uint32 i = 0; i < journey.stages; i++)
		if (!next_entry(&journey.log, journey.end, &journey.stage[i]))
			journey_refuse_corrupt();
	return journey;
}

Journey
journey_arg(FunctionCallInfo fcinfo, int argno)
{
	return view_journey(PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(argno)));
}

/* Its events in an array with room for some more. */
static JourneyEvent *
read_events(const Journey *journey, Size room)
{
	JourneyEvent *events = alloc_events((Size) journey->events + room);
	JourneyCursor cursor = journey_cursor(journey);

	for (uint32 i = 0; journey_next(&cursor, &events[i]); i++)
		;
	return events;
}

/*
 * Adding to a state
 */

static JourneyState *
make_state(Size size, int unit)
{
	JourneyState *state = palloc0(size);

	SET_VARSIZE(state, size);
	state->header.version = JOURNEY_VERSION;
	state->header.flags = (uint8) (JOURNEY_STATE | unit);
	state->log_start = state->log_end = offsetof(JourneyState, dictionary);
	return state;
}

/* A power of two, which is what the allocator would make of it anyway. */
static Size
state_size(Size least)
{
	Size size = FIRST_STATE_SIZE;

	while (size < least)
		size *= 2;
	if (size > MaxAllocSize)
		size = MaxAllocSize;
	if (size < least)
		refuse_size();
	return size;
}

static pg_attribute_always_inline unsigned char *
put_event(unsigned char *at, int64 units, int64 last, uint32 entry)
{
	at = cxm_varint_put(at, cxm_varint_fold((int64) ((uint64) units - (uint64) last)));
	return cxm_varint_put(at, entry);
}

/*
 * Where a stage's entry begins.  A few entries are looked through, more are found by the index,
 * which is at most half full.
 */
#define STAGES_LOOKED_THROUGH 12

/* Lengths, ranks and last bytes tell nearly all stages apart, without a call. */
static pg_attribute_always_inline bool
entry_is(const JourneyState *state, uint32 entry, StageView stage)
{
	const unsigned char *key = state->dictionary + entry + 1;

	return state->dictionary[entry] == stage.length &&
	       key[stage.length - 1] == stage.bytes[stage.length - 1] &&
	       memcmp(key, stage.bytes, STAGE_RANK_SIZE) == 0 &&
	       memcmp(key + STAGE_RANK_SIZE, stage.bytes + STAGE_RANK_SIZE,
	              stage.length - STAGE_RANK_SIZE) == 0;
}

static pg_attribute_always_inline int64
find_by_scan(const JourneyState *state, StageView stage)
{
	for (uint32 entry = 0; entry + stage.length < state->dictionary_size;
	     entry += 1 + state->dictionary[entry])
		if (entry_is(state, entry, stage))
			return entry;
	return -1;
}

/* The slots, which lie at any byte. */
static inline unsigned char *
state_index(const JourneyState *state)
{
	return (unsigned char *) unconstify(JourneyState *, state) + state->log_start -
	       index_size(state);
}

static pg_noinline int64
find_by_index(const JourneyState *state, StageView stage)
{
	const unsigned char *index = state_index(state);
	uint32               slots = index_slots(state);
	uint32               slot = hash_bytes(stage.bytes, stage.length);

	/* a sound index has a free slot, but no byte of it is trusted */
	for (uint32 probe = 0; probe < slots; probe++, slot++)
	{
		uint32 entry;

		memcpy(&entry, index + (slot & (slots - 1)) * sizeof(entry), sizeof(entry));
		if (entry == 0)
			break;
		if ((Size) entry - 1 + stage.length < state->dictionary_size &&
		    entry_is(state, entry - 1, stage))
			return entry - 1;
	}
	return -1;
}

static pg_attribute_always_inline int64
find_stage(const JourneyState *state, StageView stage)
{
	if (likely(index_slots(state) == 0))
		return find_by_scan(state, stage);
	return find_by_index(state, stage);
}

static void
index_entry(JourneyState *state, StageView stage, uint32 entry)
{
	unsigned char *index = state_index(state);
	uint32         slots = index_slots(state);
	uint32         slot = hash_bytes(stage.bytes, stage.length);

	for (uint32 probe = 0; probe < slots; probe++, slot++)
	{
		unsigned char *at = index + (slot & (slots - 1)) * sizeof(entry);
		uint32         taken;

		memcpy(&taken, at, sizeof(taken));
		if (taken != 0)
			continue;
		entry++;
		memcpy(at, &entry, sizeof(entry));
		return;
	}
	journey_refuse_corrupt();
}

/* Enters the whole dictionary. */
static void
fill_index(JourneyState *state)
{
	const unsigned char *at = state->dictionary;
	const unsigned char *end = at + state->dictionary_size;
	StageView            stage;

	memset(state_index(state), 0, index_size(state));
	while (at < end)
	{
		uint32 entry = (uint32) (at - state->dictionary);

		if (!next_entry(&at, end, &stage))
			journey_refuse_corrupt();
		index_entry(state, stage, entry);
	}
}

/* The flags for the index that so many stages want, with room for as many again. */
static uint8
index_flags(uint32 stages)
{
	uint8 size = 0;

	if (stages > STAGES_LOOKED_THROUGH)
		while (1U << (2 + size) < 2 * stages)
			size++;
	return (uint8) (size << JOURNEY_INDEX_SHIFT);
}

/* A state of these events, which are in order, with room to double. */
static JourneyState *
state_of(const StageView *stages, uint32 n_stages, const JourneyEvent *events, uint32 n_events,
         int unit)
{
	uint32       *entry = palloc((n_stages + 1) * sizeof(uint32));
	uint8         index = index_flags(n_stages);
	Size          slots = index == 0 ? 0 : (Size) 1 << (2 + (index >> JOURNEY_INDEX_SHIFT));
	Size          dictionary = 0;
	Size          log = 0;
	int64         last = 0;
	int64         units;
	JourneyState *state;
	unsigned char scratch[EVENT_SIZE_LIMIT];

	for (uint32 i = 0; i < n_stages; i++)
	{
		entry[i] = (uint32) dictionary;
		dictionary += 1 + stages[i].length;
	}
	for (uint32 i = 0; i < n_events; i++)
	{
		time_to_units(events[i].time, unit, &units);
		log += put_event(scratch, units, last, entry[events[i].stage]) - scratch;
		last = units;
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
	}

	state = make_state(state_size(sizeof(JourneyState) + dictionary + slots * sizeof(uint32) + log +
	                              log / 2 + EVENT_SIZE_LIMIT),
	                   unit | index);
	state->header.stages = (uint16) n_stages;
	state->header.events = n_events;
	state->dictionary_size = (uint32) dictionary;
	state->log_start = state->log_end =
	    (uint32) (offsetof(JourneyState, dictionary) + dictionary + slots * sizeof(uint32));
	for (uint32 i = 0; i < n_stages; i++)
	{
		state->dictionary[entry[i]] = (unsigned char) stages[i].length;
		memcpy(state->dictionary + entry[i] + 1, stages[i].bytes, stages[i].length);
	}
	if (slots > 0)
		fill_index(state);
	for (uint32 i = 0; i < n_events; i++)
	{
		unsigned char *at = (unsigned char *) state + state->log_end;

		time_to_units(events[i].time, unit, &units);
		at = put_event(at, units, state->last, entry[events[i].stage]);
		state->last = units;
		state->log_end = (uint32) (at - (unsigned char *) state);
	}
	pfree(entry);
	return state;
}

/* The state of a value, which can be added to. */
static JourneyState *
thaw(const void *value)
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
	journey = view_journey(value);
	events = read_events(&journey, 0);
	state = state_of(journey.stage, journey.stages, events, journey.events, journey.unit);
	pfree(events);
	pfree(journey.stage);
	return state;
}

/* The state with its times in another unit, or in order, or with more room, or all of that. */
static pg_noinline JourneyState *
rebuild_state(const JourneyState *state, int unit)
{
	StageView    *stages;
	JourneyEvent *events;
	JourneyState *result;
	uint32        n_stages;
	uint32        n_events;

	read_state(state, &stages, &events);
	n_stages = sort_stages(stages, state->header.stages, events, state->header.events);
	n_events = sort_and_unite(events, state->header.events);
	if (n_events >= EVENTS_LIMIT)
		refuse_size();
	result = state_of(stages, n_stages, events, n_events, unit);
	pfree(stages);
	pfree(events);
	return result;
}

/* The state with room behind the log, or before it and its index. */
static JourneyState *
widen_state(const JourneyState *state, Size dictionary_room)
{
	const unsigned char *tail = state_index(state);
	Size                 log_end = state->log_end + dictionary_room;
	JourneyState        *result =
	    make_state(state_size(Max((Size) VARSIZE(state) + 1, log_end + EVENT_SIZE_LIMIT)), 0);
	Size size = VARSIZE(result);

	memcpy(result, state, offsetof(JourneyState, dictionary) + state->dictionary_size);
	SET_VARSIZE(result, size);
	result->log_start = state->log_start + (uint32) dictionary_room;
	result->log_end = (uint32) log_end;
	memcpy(state_index(result), tail, (const unsigned char *) state + state->log_end - tail);
	return result;
}

/* The state with its index and log moved back by so many bytes, in it or in a new one. */
static JourneyState *
move_log(JourneyState *state, Size by)
{
	char *index;

	if (state->log_end + by > VARSIZE(state))
		return widen_state(state, by);
	index = (char *) state_index(state);
	memmove(index + by, index, (char *) state + state->log_end - index);
	state->log_start += (uint32) by;
	state->log_end += (uint32) by;
	return state;
}

/* The state with one more stage, in it or in a new one. */
static pg_noinline JourneyState *
add_stage(JourneyState *state, StageView stage)
{
	Size needed = 1 + stage.length;
	Size free = state->log_start - offsetof(JourneyState, dictionary) - state->dictionary_size -
	            index_size(state);
	uint8 wanted = index_flags(state->header.stages + 1);

	if (state->header.stages == STAGES_LIMIT)
		refuse_size();
	/* some room for the next ones, lest each of many stages moves a long log */
	if (free < needed)
		state = move_log(state, needed - free + state->dictionary_size / 4);
	if (wanted > (state->header.flags & ~JOURNEY_ALL_BUT_INDEX))
	{
		Size size = sizeof(uint32) << (2 + (wanted >> JOURNEY_INDEX_SHIFT));

		state = move_log(state, size - index_size(state));
		state->header.flags = (uint8) ((state->header.flags & JOURNEY_ALL_BUT_INDEX) | wanted);
		fill_index(state);
	}
	if (index_slots(state) > 0)
		index_entry(state, stage, state->dictionary_size);
	state->dictionary[state->dictionary_size] = (unsigned char) stage.length;
	memcpy(state->dictionary + state->dictionary_size + 1, stage.bytes, stage.length);
	state->dictionary_size += (uint32) needed;
	state->header.stages++;
	return state;
}

/*
 * Events that came twice are worth looking for before a state grows; but in a small one they cost
 * less than the search.
 */
#define SMALL_STATE 4096

static bool
may_shrink(const JourneyState *state)
{
	return (state->header.flags & JOURNEY_UNSORTED) != 0 && VARSIZE(state) > SMALL_STATE;
}

/* Whatever stands in the way of an event in the state given, or first of all: there is none. */
static pg_noinline JourneyState *
add_event_slowly(JourneyState *state, TimestampTz time, StageView stage)
{
	unsigned char  bytes[EVENT_SIZE_LIMIT];
	unsigned char *at;
	int64          units;
	int64          entry;
	int            unit;

	if (state == NULL)
		state = make_state(FIRST_STATE_SIZE, coarsest_unit(time, JOURNEY_SECONDS));
	else if (!state_is_sound(state))
		state = thaw(state);

	unit = coarsest_unit(time, state->header.flags & JOURNEY_UNIT);
	if (unit != (state->header.flags & JOURNEY_UNIT))
		state = rebuild_state(state, unit);
	time_to_units(time, unit, &units);
	for (;;)
	{
		entry = find_stage(state, stage);
		if (entry < 0)
		{
			entry = state->dictionary_size;
			state = add_stage(state, stage);
		}
		/* exactly what it needs, lest a state of few events is twice as large as it must be */
		at = put_event(bytes, units, state->last, (uint32) entry);
		if (state->header.events < EVENTS_LIMIT &&
		    state->log_end + (Size) (at - bytes) <= VARSIZE(state))
			break;
		if (may_shrink(state))
			state = rebuild_state(state, unit);
		else if (state->header.events < EVENTS_LIMIT)
			state = widen_state(state, 0);
		else
			refuse_size();
	}
	if (state->header.events > 0 && units <= state->last)
		state->header.flags |= JOURNEY_UNSORTED;
	memcpy((char *) state + state->log_end, bytes, at - bytes);
	state->log_end += (uint32) (at - bytes);
	state->last = units;
	state->header.events++;
	return state;
}

/* Nearly every row finds a state with room, its stage in the dictionary and an exact unit. */
static pg_attribute_always_inline JourneyState *
add_event(JourneyState *state, TimestampTz time, StageView stage)
{
	int64          entry;
	int64          units;
	unsigned char *at;

	if (unlikely(TIMESTAMP_NOT_FINITE(time)))
		refuse_infinity("the time of an event");
	if (unlikely(state == NULL || !state_is_sound(state) ||
	             state->log_end + EVENT_SIZE_LIMIT > VARSIZE(state) ||
	             state->header.events == EVENTS_LIMIT ||
	             !time_to_units(time, state->header.flags & JOURNEY_UNIT, &units)))
		return add_event_slowly(state, time, stage);
	entry = find_stage(state, stage);
	if (unlikely(entry < 0))
		return add_event_slowly(state, time, stage);
	if (units <= state->last && state->header.events > 0)
		state->header.flags |= JOURNEY_UNSORTED;

	at = put_event((unsigned char *) state + state->log_end, units, state->last, (uint32) entry);
	state->log_end = (uint32) (at - (unsigned char *) state);
	state->last = units;
	state->header.events++;
	return state;
}

/*
 * The aggregates
 */

/* The state in argument 0 as it may be changed, NULL before the first row. */
static pg_attribute_always_inline JourneyState *
state_arg(FunctionCallInfo fcinfo)
{
	if (unlikely(!cxm_in_aggregate_context(fcinfo)))
		cxm_check_aggregate_context(fcinfo);
	return PG_ARGISNULL(0) ? NULL : (JourneyState *) PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
}

static Datum
state_result(JourneyState *state)
{
	return PointerGetDatum(state);
}

PG_FUNCTION_INFO_V1(journey_transition_stage);
Datum
journey_transition_stage(PG_FUNCTION_ARGS)
{
	JourneyState *state = state_arg(fcinfo);

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		return state_result(state);
	}
	return state_result(add_event(state, PG_GETARG_TIMESTAMPTZ(1), stage_arg(fcinfo, 2)));
}

PG_FUNCTION_INFO_V1(journey_transition_text);
Datum
journey_transition_text(PG_FUNCTION_ARGS)
{
	JourneyState *state = state_arg(fcinfo);
	text         *word;
	StageKey      key;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		return state_result(state);
	}
	word = PG_GETARG_TEXT_PP(2);
	stage_parse(VARDATA_ANY(word), VARSIZE_ANY_EXHDR(word), true, &key, NULL);
	return state_result(add_event(state, PG_GETARG_TIMESTAMPTZ(1), stage_view(&key)));
}

/*
 * Text: {"events": [{"at": "2025-01-31T09:30:00Z", "stage": "purchase"}, ...]}, times in UTC and
 * stages as journey_agg(at, text) reads them.
 */
void
journey_print_time(TimestampTz time, char *text)
{
	struct pg_tm tm;
	fsec_t       fraction;
	bool         bc;
	int          length;

	if (timestamp2tm(time, NULL, &tm, &fraction, NULL, NULL) != 0)
		journey_refuse_corrupt();
	bc = tm.tm_year <= 0;
	length = snprintf(text, JOURNEY_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d",
	                  bc ? 1 - tm.tm_year : tm.tm_year, tm.tm_mon, tm.tm_mday, tm.tm_hour,
	                  tm.tm_min, tm.tm_sec);
	if (fraction != 0)
	{
		length += snprintf(text + length, JOURNEY_TIME_TEXT - length, ".%06d", (int) fraction);
		while (text[length - 1] == '0')
			length--;
	}
	snprintf(text + length, JOURNEY_TIME_TEXT - length, bc ? "Z BC" : "Z");
}

/* A number of so many digits at *at, which moves behind it; -1 when there is none. */
static int
read_digits(const char **at, int least, int most)
{
	int value = 0;
	int digits = 0;

	for (; digits < most && **at >= '0' && **at <= '9'; digits++)
		value = value * 10 + (*(*at)++ - '0');
	return digits < least ? -1 : value;
}

static bool
skip(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/*
 * What journey_print_time() writes; also a blank for the T, and the hours and minutes of another
 * zone for the Z.  No setting of a session has a say in it, as it has in timestamptz's own input.
 */
bool
journey_read_time(const char *text, TimestampTz *time)
{
	const char  *at = text;
	struct pg_tm tm = {0};
	int          fraction = 0;
	int          zone = 0;

	if ((tm.tm_year = read_digits(&at, 4, 6)) < 0 || !skip(&at, '-') ||
	    (tm.tm_mon = read_digits(&at, 2, 2)) < 0 || !skip(&at, '-') ||
	    (tm.tm_mday = read_digits(&at, 2, 2)) < 0 || !(skip(&at, 'T') || skip(&at, ' ')) ||
	    (tm.tm_hour = read_digits(&at, 2, 2)) < 0 || !skip(&at, ':') ||
	    (tm.tm_min = read_digits(&at, 2, 2)) < 0 || !skip(&at, ':') ||
	    (tm.tm_sec = read_digits(&at, 2, 2)) < 0)
		return false;
	if (skip(&at, '.'))
	{
		const char *digits = at;

		if ((fraction = read_digits(&at, 1, 6)) < 0)
			return false;
		for (ptrdiff_t i = at - digits; i < 6; i++)
			fraction *= 10;
	}
	if (!skip(&at, 'Z'))
	{
		int sign = skip(&at, '-') ? 1 : skip(&at, '+') ? -1 : 0;
		int hours = read_digits(&at, 2, 2);
		int minutes = skip(&at, ':') ? read_digits(&at, 2, 2) : 0;

		if (sign == 0 || hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
			return false;
		zone = sign * (hours * 60 + minutes) * 60;
	}
	if (strcmp(at, " BC") == 0)
	{
		if (tm.tm_year == 0)
			return false;
		tm.tm_year = 1 - tm.tm_year;
	}
	else if (*at != '\0' || tm.tm_year == 0)
		return false;

	if (tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
	    tm.tm_mday > day_tab[isleap(tm.tm_year)][tm.tm_mon - 1] || tm.tm_hour > 23 ||
	    tm.tm_min > 59 || tm.tm_sec > 59 || !IS_VALID_JULIAN(tm.tm_year, tm.tm_mon, tm.tm_mday))
		return false;
	return tm2timestamp(&tm, fraction, &zone, time) == 0;
}

static char *
journey_text(const void *value)
{
	Journey        journey = view_journey(value);
	JourneyCursor  cursor = journey_cursor(&journey);
	JourneyEvent   event;
	StringInfoData text;
	char         **labels = palloc((journey.stages + 1) * sizeof(char *));
	const char    *separator = "";

	initStringInfo(&text);
	for (uint32 i = 0; i < journey.stages; i++)
	{
		escape_json(&text, stage_text(journey.stage[i], true));
		labels[i] = pnstrdup(text.data, text.len);
		resetStringInfo(&text);
	}
	appendStringInfoString(&text, "{\"events\": [");
	while (journey_next(&cursor, &event))
	{
		char time[JOURNEY_TIME_TEXT];

		journey_print_time(event.time, time);
		appendStringInfo(&text, "%s{\"at\": \"%s\", \"stage\": %s}", separator, time,
		                 labels[event.stage]);
		separator = ", ";
	}
	appendStringInfoString(&text, "]}");
	return text.data;
}

static bool
refuse_field(Node *escontext, const char *detail, const char *what)
{
	ereturn(escontext, false,
	        (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
	         errmsg("invalid input syntax for type %s", TYPE_NAME), errdetail(detail, what)));
}

/* One event of the text form. */
static bool
read_event(const JsonbValue *object, Node *escontext, TimestampTz *time, StageKey *stage)
{
	JsonbIterator *iterator;
	JsonbValue     value;
	char          *key;
	char          *text;
	bool           has_time = false;
	bool           has_stage = false;

	if (object->type != jbvBinary || !JsonContainerIsObject(object->val.binary.data))
		return refuse_field(escontext, "An element of \"%s\" must be a JSON object.", "events");
	iterator = JsonbIteratorInit(object->val.binary.data);
	while (cxm_json_next(&iterator, &key, &value))
	{
		if (strcmp(key, "at") != 0 && strcmp(key, "stage") != 0)
			return refuse_field(escontext, "There is no field \"%s\" in an event.", key);
		text = cxm_json_scalar(&value, key, TYPE_NAME, false, escontext);
		if (text == NULL)
			return false;
		if (strcmp(key, "at") == 0)
		{
			if (!journey_read_time(text, time))
				return refuse_field(escontext, "\"%s\" is not a time such as 2025-01-31T09:30:00Z.",
				                    text);
			has_time = true;
		}
		else
		{
			if (!stage_parse(text, strlen(text), true, stage, escontext))
				return false;
			has_stage = true;
		}
	}
	if (!has_time || !has_stage)
		return refuse_field(escontext, "An event lacks the field \"%s\".",
		                    has_time ? "stage" : "at");
	return true;
}

static JourneyState *
read_journey(JsonbContainer *object, Node *escontext)
{
	JourneyState  *state = make_state(FIRST_STATE_SIZE, JOURNEY_SECONDS);
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbIterator *elements;
	JsonbValue     value;
	char          *key;
	bool           has_events = false;

	while (cxm_json_next(&iterator, &key, &value))
	{
		if (strcmp(key, "events") != 0)
		{
			refuse_field(escontext, "There is no field \"%s\" in a journey.", key);
			return NULL;
		}
		if (value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data) ||
		    JsonContainerIsScalar(value.val.binary.data))
		{
			refuse_field(escontext, "The value of \"%s\" must be a JSON array.", key);
			return NULL;
		}
		has_events = true;
		elements = JsonbIteratorInit(value.val.binary.data);
		JsonbIteratorNext(&elements, &value, true);
		while (JsonbIteratorNext(&elements, &value, true) == WJB_ELEM)
		{
			JourneyState *grown;
			TimestampTz   time;
			StageKey      stage;

			CHECK_FOR_INTERRUPTS();
			if (!read_event(&value, escontext, &time, &stage))
				return NULL;
			grown = add_event(state, time, stage_view(&stage));
			if (grown != state)
				pfree(state);
			state = grown;
		}
	}
	if (!has_events)
	{
		refuse_field(escontext, "The field \"%s\" is missing.", "events");
		return NULL;
	}
	return state;
}

PG_FUNCTION_INFO_V1(customer_journey_in);
Datum
customer_journey_in(PG_FUNCTION_ARGS)
{
	JsonbContainer *object = cxm_json_object(PG_GETARG_CSTRING(0), TYPE_NAME, fcinfo->context);
	JourneyState   *state = object ? read_journey(object, fcinfo->context) : NULL;

	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(canonical_journey(state));
}

/*
 * Binary: version; the number of stages and, of each, rank and label with its length in bytes; the
 * number of events and, of each, microseconds since 2000-01-01 and which stage it is.
 */
#define STAGE_WIRE_LEAST (4 + 4 + 1)
#define EVENT_WIRE_SIZE (8 + 4)

PG_FUNCTION_INFO_V1(customer_journey_send);
Datum
customer_journey_send(PG_FUNCTION_ARGS)
{
	Journey        journey = journey_arg(fcinfo, 0);
	JourneyCursor  cursor = journey_cursor(&journey);
	JourneyEvent   event;
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint8(&buffer, JOURNEY_VERSION);
	pq_sendint32(&buffer, journey.stages);
	for (uint32 i = 0; i < journey.stages; i++)
	{
		pq_sendint32(&buffer, stage_key_rank(journey.stage[i]));
		tally_send_label(&buffer, stage_key_label(journey.stage[i]),
		                 stage_key_label_length(journey.stage[i]));
	}
	pq_sendint32(&buffer, journey.events);
	while (journey_next(&cursor, &event))
	{
		pq_sendint64(&buffer, event.time);
		pq_sendint32(&buffer, event.stage);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* How many items follow, of at least so many bytes each. */
static uint32
receive_number(StringInfo buffer, uint32 least_size, uint32 limit)
{
	uint32 n = pq_getmsgint(buffer, 4);

	if (n > limit || n > (uint32) (buffer->len - buffer->cursor) / least_size)
		summary_refuse_binary(&journey_type,
		                      "There are fewer bytes than its numbers of stages and events need.");
	return n;
}

PG_FUNCTION_INFO_V1(customer_journey_recv);
Datum
customer_journey_recv(PG_FUNCTION_ARGS)
{
	StringInfo    buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint8         version = (uint8) pq_getmsgbyte(buffer);
	uint32        n_stages;
	uint32        n_events;
	StageView    *stages;
	JourneyEvent *events;

	if (version != JOURNEY_VERSION)
		summary_refuse_version(&journey_type, version);

	n_stages = receive_number(buffer, STAGE_WIRE_LEAST, STAGES_LIMIT);
	stages = palloc((n_stages + 1) * sizeof(StageView));
	for (uint32 i = 0; i < n_stages; i++)
	{
		int32     rank = (int32) pq_getmsgint(buffer, 4);
		StageKey *key = palloc(sizeof(StageKey));
		int       length;
		char     *label = tally_receive_label(&journey_type, buffer, &length);

		stage_make_key(rank, label, length, key, NULL);
		stages[i] = stage_view(key);
	}

	n_events = receive_number(buffer, EVENT_WIRE_SIZE, EVENTS_LIMIT);
	events = alloc_events(n_events);
	for (uint32 i = 0; i < n_events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		events[i].time = pq_getmsgint64(buffer);
		events[i].stage = pq_getmsgint(buffer, 4);
		if (TIMESTAMP_NOT_FINITE(events[i].time) || !IS_VALID_TIMESTAMP(events[i].time))
			summary_refuse_binary(&journey_type, "A time is out of range.");
		if (events[i].stage >= n_stages)
			summary_refuse_binary(&journey_type, "An event has a stage that there is not.");
	}
	pq_getmsgend(buffer);
	PG_RETURN_POINTER(build_journey(stages, n_stages, events, n_events));
}

/*
 * What this type does like all others
 */

static void *
to_state(const void *value)
{
	return thaw(value);
}

static void *
canonical(const void *state)
{
	return canonical_journey(state);
}

/* Sets unite; nothing is ever taken out of one. */
static void *
merge(void *state, const void *value, bool add pg_attribute_unused())
{
	Journey       journey = view_journey(value);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;

	while (journey_next(&cursor, &event))
		state = add_event(state, event.time, journey.stage[event.stage]);
	return state;
}

static bool
is_empty(const void *state)
{
	return ((const JourneyHeader *) state)->events == 0;
}

static const SummaryType journey_type = {TYPE_NAME, journey_text, to_state, canonical,
                                         merge,     is_empty,     NULL};

SUMMARY_FUNCTIONS(customer_journey, journey_type)

/*
 * Readings
 */

Datum
journey_interval(int64 elapsed)
{
	Interval *interval = palloc0(sizeof(Interval));

	interval->time = elapsed;
	return IntervalPGetDatum(interval);
}

static Datum
label_datum(StageView stage)
{
	return PointerGetDatum(
	    cstring_to_text_with_len(stage_key_label(stage), stage_key_label_length(stage)));
}

PG_FUNCTION_INFO_V1(journey_event_count);
Datum
journey_event_count(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(journey_arg(fcinfo, 0).events);
}

PG_FUNCTION_INFO_V1(journey_events);
Datum
journey_events(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Journey        journey = journey_arg(fcinfo, 0);
	JourneyCursor  cursor = journey_cursor(&journey);
	JourneyEvent   event;
	Datum         *stages = palloc((journey.stages + 1) * sizeof(Datum));

	for (uint32 i = 0; i < journey.stages; i++)
		stages[i] = stage_datum(journey.stage[i]);
	InitMaterializedSRF(fcinfo, 0);
	while (journey_next(&cursor, &event))
	{
		Datum values[2] = {TimestampTzGetDatum(event.time), stages[event.stage]};
		bool  nulls[2] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(journey_stages);
Datum
journey_stages(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;
	Datum        *labels = palloc((journey.stages + 1) * sizeof(Datum));
	Size          size = ARR_OVERHEAD_NONULLS(1);
	ArrayType    *array;
	char         *at;

	if (journey.events == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(TEXTOID));
	for (uint32 i = 0; i < journey.stages; i++)
		labels[i] = label_datum(journey.stage[i]);
	while (journey_next(&cursor, &event))
		size += INTALIGN(VARSIZE(DatumGetPointer(labels[event.stage])));
	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		                errmsg("array size exceeds the maximum allowed (%d)", (int) MaxAllocSize)));

	/* what construct_array() makes, which cannot be cancelled */
	array = palloc0(size);
	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->elemtype = TEXTOID;
	ARR_DIMS(array)[0] = (int) journey.events;
	ARR_LBOUND(array)[0] = 1;
	at = ARR_DATA_PTR(array);
	cursor = journey_cursor(&journey);
	while (journey_next(&cursor, &event))
	{
		Size length = VARSIZE(DatumGetPointer(labels[event.stage]));

		memcpy(at, DatumGetPointer(labels[event.stage]), length);
		at += INTALIGN(length);
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

PG_FUNCTION_INFO_V1(journey_stage_path);
Datum
journey_stage_path(PG_FUNCTION_ARGS)
{
	Journey        journey = journey_arg(fcinfo, 0);
	text          *separator = PG_GETARG_TEXT_PP(1);
	JourneyCursor  cursor = journey_cursor(&journey);
	JourneyEvent   event;
	StringInfoData path;

	initStringInfo(&path);
	while (journey_next(&cursor, &event))
	{
		if (path.len > 0)
			appendBinaryStringInfo(&path, VARDATA_ANY(separator), VARSIZE_ANY_EXHDR(separator));
		appendBinaryStringInfo(&path, stage_key_label(journey.stage[event.stage]),
		                       stage_key_label_length(journey.stage[event.stage]));
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(path.data, path.len));
}

/* A copy of the stages, which building uses up. */
static Datum
rebuilt(const Journey *journey, JourneyEvent *events, uint32 n_events)
{
	StageView *stages = palloc((journey->stages + 1) * sizeof(StageView));

	memcpy(stages, journey->stage, journey->stages * sizeof(StageView));
	return PointerGetDatum(build_journey(stages, journey->stages, events, n_events));
}

PG_FUNCTION_INFO_V1(journey_collapse);
Datum
journey_collapse(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyEvent *events = read_events(&journey, 0);
	uint32        kept = 0;

	for (uint32 i = 0; i < journey.events; i++)
	{
		if ((i & 4095) == 4095)
			CHECK_FOR_INTERRUPTS();
		if (kept == 0 || events[kept - 1].stage != events[i].stage)
			events[kept++] = events[i];
	}
	return rebuilt(&journey, events, kept);
}

PG_FUNCTION_INFO_V1(journey_slice);
Datum
journey_slice(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	TimestampTz   starts_at = PG_GETARG_TIMESTAMPTZ(1);
	TimestampTz   ends_at = PG_GETARG_TIMESTAMPTZ(2);
	JourneyEvent *events = alloc_events(journey.events);
	JourneyCursor cursor = journey_cursor(&journey);
	uint32        kept = 0;

	while (kept < journey.events && journey_next(&cursor, &events[kept]))
		kept += events[kept].time >= starts_at && events[kept].time < ends_at;
	return rebuilt(&journey, events, kept);
}

PG_FUNCTION_INFO_V1(journey_first_at);
Datum
journey_first_at(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;

	if (!journey_next(&cursor, &event))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(event.time);
}

/* The last event; false when there is none. */
static bool
last_event(const Journey *journey, JourneyEvent *event)
{
	JourneyCursor cursor = journey_cursor(journey);

	while (journey_next(&cursor, event))
		;
	return journey->events > 0;
}

PG_FUNCTION_INFO_V1(journey_last_at);
Datum
journey_last_at(PG_FUNCTION_ARGS)
{
	Journey      journey = journey_arg(fcinfo, 0);
	JourneyEvent event;

	if (!last_event(&journey, &event))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(event.time);
}

PG_FUNCTION_INFO_V1(journey_current_stage);
Datum
journey_current_stage(PG_FUNCTION_ARGS)
{
	Journey      journey = journey_arg(fcinfo, 0);
	JourneyEvent event;

	if (!last_event(&journey, &event))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(label_datum(journey.stage[event.stage]));
}

PG_FUNCTION_INFO_V1(journey_furthest_stage);
Datum
journey_furthest_stage(PG_FUNCTION_ARGS)
{
	Journey journey = journey_arg(fcinfo, 0);

	if (journey.stages == 0)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(label_datum(journey.stage[journey.stages - 1]));
}

PG_FUNCTION_INFO_V1(journey_entered);
Datum
journey_entered(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	text         *label = PG_GETARG_TEXT_PP(1);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;

	while (journey_next(&cursor, &event))
		if (journey_stage_is(journey.stage[event.stage], VARDATA_ANY(label),
		                     VARSIZE_ANY_EXHDR(label)))
			PG_RETURN_TIMESTAMPTZ(event.time);
	PG_RETURN_NULL();
}

/* A visit lasts until the next event, the last one until as_of; later events are ignored. */
PG_FUNCTION_INFO_V1(journey_time_in);
Datum
journey_time_in(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	text         *label = PG_GETARG_TEXT_PP(1);
	TimestampTz   as_of = journey_time_arg(fcinfo, 2, "as_of");
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;
	bool          was_there = false;
	bool          is_there = false;
	TimestampTz   since = 0;
	int64         elapsed = 0;

	while (journey_next(&cursor, &event) && event.time <= as_of)
	{
		if (is_there && pg_add_s64_overflow(elapsed, event.time - since, &elapsed))
			break;
		is_there = journey_stage_is(journey.stage[event.stage], VARDATA_ANY(label),
		                            VARSIZE_ANY_EXHDR(label));
		was_there |= is_there;
		since = event.time;
	}
	if (!was_there)
		PG_RETURN_NULL();
	if (is_there && (pg_sub_s64_overflow(as_of, since, &since) ||
	                 pg_add_s64_overflow(elapsed, since, &elapsed)))
		ereport(ERROR, (errcode(ERRCODE_INTERVAL_FIELD_OVERFLOW), errmsg("interval out of range")));
	return journey_interval(elapsed);
}

PG_FUNCTION_INFO_V1(journey_regressions);
Datum
journey_regressions(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;
	int64         regressions = 0;
	int32         before = PG_INT32_MIN;

	while (journey_next(&cursor, &event))
	{
		int32 rank = stage_key_rank(journey.stage[event.stage]);

		regressions += rank < before;
		before = rank;
	}
	PG_RETURN_INT64(regressions);
}

/* How often a stage was entered in which the customer had been before, and which he had left. */
PG_FUNCTION_INFO_V1(journey_revisits);
Datum
journey_revisits(PG_FUNCTION_ARGS)
{
	Journey       journey = journey_arg(fcinfo, 0);
	JourneyCursor cursor = journey_cursor(&journey);
	JourneyEvent  event;
	bool         *visited = palloc0(journey.stages + 1);
	int64         revisits = 0;
	uint32        before = PG_UINT32_MAX;

	while (journey_next(&cursor, &event))
	{
		revisits += visited[event.stage] && event.stage != before;
		visited[event.stage] = true;
		before = event.stage;
	}
	PG_RETURN_INT64(revisits);
}
