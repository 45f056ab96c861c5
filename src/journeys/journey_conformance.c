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

/* Comes to a stage of the journey. */
static Deviation
go_on(Path *path, uint32 stage)
{
	int       place = path->place[stage];
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
	Path         path = path_arg(fcinfo, journey);
	JourneyEvent event;

	InitMaterializedSRF(fcinfo, 0);
	while (journey_next(&cursor, &event))
	{
		const text *from_stage = path.at == NOT_ON_PATH ? NULL : path.label[path.at];
		int         next = path.furthest + 1;
		Deviation   deviation = go_on(&path, event.stage);

		if (deviation == SKIPPED)
			for (int place = next; place < path.at; place++)
				put_deviation(fcinfo, SKIPPED, path.label[place], from_stage, event.time);
		else if (deviation != NONE)
		{
			text *stage = stage_label(journey->stage[event.stage]);

			put_deviation(fcinfo, deviation, stage, from_stage, event.time);
			pfree(stage);
		}
	}
	return (Datum) 0;
}

JOURNEY_READING(journey_conforms)
{
	Path         path = path_arg(fcinfo, journey);
	JourneyEvent event;

	if (journey->events == 0)
		PG_RETURN_NULL();
	while (journey_next(&cursor, &event))
		if (go_on(&path, event.stage) != NONE)
			PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(true);
}
