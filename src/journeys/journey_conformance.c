/*
 * journey_conformance.c
 *		How journeys depart from a model path: what they skip, repeat, go back to, or meet besides.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "journeys/customer_journey.h"

typedef enum Deviation
{
	SKIPPED,    /* a later stage was reached first */
	REPEATED,   /* the stage came again, where the next one should */
	BACK,       /* an earlier stage came */
	UNEXPECTED, /* the path has no such stage */
	NONE
} Deviation;

static const char *const deviation_names[] = {"skipped", "repeated", "back", "unexpected"};

/* A path, and how far a journey has come on it. */
typedef struct Path
{
	text **label;
	int    n;
	int   *place;    /* of each stage of the journey on it, or NOT_ON_PATH */
	int    at;       /* the place of the last event that is on it */
	int    furthest; /* of all */
} Path;

#define NOT_ON_PATH (-1)

static bool
same_label(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
	       memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

static void
check_label(const Path *path, int place)
{
	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < place; i++)
		if (same_label(path->label[i], path->label[place]))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			                errmsg("the path has the stage \"%s\" twice",
			                       text_to_cstring(path->label[place])),
			                errhint("Name each stage once: whoever comes to it again has repeated "
			                        "it or gone back.")));
}

/* Places the stages of a journey on the path in the second argument. */
static Path
path_arg(FunctionCallInfo fcinfo, const Journey *journey)
{
	Path   path = {.at = NOT_ON_PATH, .furthest = NOT_ON_PATH};
	Datum *labels;
	bool  *nulls;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &labels, &nulls,
	                  &path.n);
	if (path.n == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("a path must have at least one stage")));
	path.label = palloc(path.n * sizeof(text *));
	path.place = palloc((journey->stages + 1) * sizeof(int));
	for (uint32 i = 0; i < journey->stages; i++)
		path.place[i] = NOT_ON_PATH;
	for (int place = 0; place < path.n; place++)
	{
		text *label;

		if (nulls[place])
			cxm_refuse_null("a stage of the path");
		label = path.label[place] = DatumGetTextPP(labels[place]);
		check_label(&path, place);
		for (uint32 i = 0; i < journey->stages; i++)
			if (stage_is(journey->stage[i], VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label)))
				path.place[i] = place;
	}
	return path;
}

/* Comes to a place. */
static Deviation
go_on(Path *path, int place)
{
	Deviation deviation = NONE;

	if (place == NOT_ON_PATH)
		return UNEXPECTED;
	if (place == path->at)
		deviation = REPEATED;
	else if (place < path->at)
		deviation = BACK;
	else if (place > path->furthest + 1)
		deviation = SKIPPED;
	path->at = place;
	path->furthest = Max(path->furthest, place);
	return deviation;
}

/*
 * Events of one instant whose order no sequence tells come in the order with the fewest deviations:
 * in rounds along the path, the first of which begins behind the event before.  A round has each
 * place once; what is not on the path comes last.
 *
 * That is the least over the whole journey.  How far an instant leads is the same in any order, and
 * rounds skip only what is not there.  To come to a place that is not behind the one before is a
 * deviation, and no order has fewer than one for each new round.  Of orders with as few, this ends
 * nearest to the start of the path, from where no later event costs more.  What ends nearer still
 * has a deviation more, and saves no more than that one later.
 */
typedef struct Visit
{
	int    round;
	int    place;
	uint32 stage;
} Visit;

#define LAST_ROUND PG_INT32_MAX

static inline int
visit_compare(const Visit *a, const Visit *b)
{
	if (a->round != b->round)
		return a->round < b->round ? -1 : 1;
	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return a->stage < b->stage ? -1 : a->stage > b->stage;
}

#define ST_SORT sort_visits
#define ST_ELEMENT_TYPE Visit
#define ST_COMPARE(a, b) visit_compare(a, b)
#define ST_SCOPE static
#define ST_CHECK_FOR_INTERRUPTS
#define ST_DECLARE
#define ST_DEFINE
#include "lib/sort_template.h"

typedef struct Walk
{
	const Journey *journey;
	JourneyCursor  cursor;
	JourneyEvent   next; /* the first event behind the instant, if there is more */
	bool           more;
	Path           path;
	int           *times; /* by place: how often the instant has it */
	Visit         *visit;
	uint32         visits;
	uint32         made;
	TimestampTz    time; /* of the instant */
} Walk;

static Walk
begin_walk(FunctionCallInfo fcinfo, const Journey *journey, JourneyCursor cursor)
{
	Walk walk = {.journey = journey, .cursor = cursor, .path = path_arg(fcinfo, journey)};

	walk.times = palloc0(walk.path.n * sizeof(int));
	walk.visit = palloc((journey->stages + 1) * sizeof(Visit));
	walk.more = journey_next(&walk.cursor, &walk.next);
	return walk;
}

/* An instant has each stage once: in damaged bytes it ends where there is no room for more. */
static void
begin_instant(Walk *walk)
{
	JourneyEvent first = walk->next;
	uint32       n = 0;

	do
	{
		uint32 stage = walk->next.stage;
		int    place = walk->path.place[stage];
		int    round = LAST_ROUND;

		if (place != NOT_ON_PATH)
			round = walk->times[place]++ + (place <= walk->path.at);
		walk->visit[n++] = (Visit){round, place, stage};
		walk->more = journey_next(&walk->cursor, &walk->next);
	} while (walk->more && n < walk->journey->stages && walk->next.time == first.time &&
	         walk->next.sequence == first.sequence);

	for (uint32 i = 0; i < n; i++)
		if (walk->visit[i].place != NOT_ON_PATH)
			walk->times[walk->visit[i].place] = 0;
	sort_visits(walk->visit, n);
	walk->time = first.time;
	walk->visits = n;
	walk->made = 0;
}

/* The next event on the walk, false after the last one. */
static bool
next_visit(Walk *walk, Visit *visit)
{
	if (walk->made == walk->visits)
	{
		if (!walk->more)
			return false;
		begin_instant(walk);
	}
	*visit = walk->visit[walk->made++];
	return true;
}

static void
put_deviation(FunctionCallInfo fcinfo, Deviation deviation, text *stage, const text *from_stage,
              TimestampTz at)
{
	Datum values[] = {CStringGetTextDatum(deviation_names[deviation]), PointerGetDatum(stage),
	                  PointerGetDatum(from_stage), TimestampTzGetDatum(at)};
	bool  nulls[] = {false, false, from_stage == NULL, false};

	cxm_return_row(fcinfo, values, nulls);
	pfree(DatumGetPointer(values[0]));
}

JOURNEY_READING(journey_deviations)
{
	Walk  walk = begin_walk(fcinfo, journey, cursor);
	Path *path = &walk.path;
	Visit visit;

	InitMaterializedSRF(fcinfo, 0);
	while (next_visit(&walk, &visit))
	{
		const text *from_stage = path->at == NOT_ON_PATH ? NULL : path->label[path->at];
		int         next = path->furthest + 1;
		Deviation   deviation = go_on(path, visit.place);

		if (deviation == SKIPPED)
			for (int place = next; place < path->at; place++)
				put_deviation(fcinfo, SKIPPED, path->label[place], from_stage, walk.time);
		else if (deviation != NONE)
		{
			text *stage = stage_label(journey->stage[visit.stage]);

			put_deviation(fcinfo, deviation, stage, from_stage, walk.time);
			pfree(stage);
		}
	}
	return (Datum) 0;
}

JOURNEY_READING(journey_conforms)
{
	Walk  walk = begin_walk(fcinfo, journey, cursor);
	Visit visit;

	if (journey->events == 0)
		PG_RETURN_NULL();
	while (next_visit(&walk, &visit))
		if (go_on(&walk.path, visit.place) != NONE)
			PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(true);
}
