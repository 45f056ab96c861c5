/*
 * rollup_states.c
 *		The list of live rollups, and what is wrong with each.  Nothing of anybody's is run for it.
 */
#include "live_rollup.h"

#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "row_delta.h"

/*
 * A partition that went away leaves nothing to see that its rows are still counted.  So until the
 * rollup is rebuilt the comment of its deltas says so, which survives dumps.
 */
static const char to_be_rebuilt[] = "Live rollup to be rebuilt: ";

void
rollup_mark(Oid delta, const char *problem)
{
	CreateComments(delta, RelationRelationId, 0, psprintf("%s%s", to_be_rebuilt, problem));
	CommandCounterIncrement(); /* for another that has the same to say of it */
}

char *
rollup_marked(Oid delta)
{
	char *comment = GetComment(delta, RelationRelationId, 0);

	if (comment == NULL || strncmp(comment, to_be_rebuilt, strlen(to_be_rebuilt)) != 0)
		return NULL;
	return comment + strlen(to_be_rebuilt);
}

/* Why statements that write to the base fail, as a sentence, or NULL. */
static char *
problem_of_writers(const Rollup *rollup)
{
	char *problem = rollup_problem_of_security(rollup->base, rollup->owner);

	if (problem == NULL && !rollup_may_read(rollup->owner, rollup->base, rollup->columns))
		problem =
		    psprintf("%s may not read the columns of %s that it is made of.",
		             GetUserNameFromId(rollup->owner, false), rollup_relation_name(rollup->base));
	return problem == NULL ? NULL : psprintf("%s Whoever writes to it gets an error.", problem);
}

/* What is wrong with the table of deltas, as a sentence, or NULL. */
static char *
problem_of_deltas(const Rollup *rollup)
{
	Relation  deltas = table_open(rollup->delta, AccessShareLock);
	char     *problem = NULL;
	ListCell *cell;

	foreach (cell, rollup_columns(rollup))
	{
		RollupColumn *column = lfirst(cell);
		Oid           type = exprType(column->node);
		const char   *names[] = {column->added == NULL ? column->name : column->added,
		                       column->removed};

		for (size_t i = 0; i < lengthof(names); i++)
			if (names[i] != NULL &&
			    row_delta_column(RelationGetDescr(deltas), names[i], type) == InvalidAttrNumber)
				problem = psprintf("\"%s%s\" has no column %s of type %s.", rollup->name,
				                   ROLLUP_DELTA, names[i], format_type_be(type));
	}
	if (deltas->rd_rules != NULL)
		problem = psprintf("\"%s%s\" has rules: what is appended may not get there.", rollup->name,
		                   ROLLUP_DELTA);
	if (check_enable_rls(rollup->delta, rollup->owner, true) == RLS_ENABLED)
		problem = psprintf("\"%s%s\" has row-level security, which %s does not bypass.",
		                   rollup->name, ROLLUP_DELTA, GetUserNameFromId(rollup->owner, false));
	if (problem == NULL && get_rel_persistence(rollup->base) != deltas->rd_rel->relpersistence)
		problem = psprintf("Of %s and its deltas one alone is unlogged, and emptied by a crash.",
		                   rollup_relation_name(rollup->base));
	table_close(deltas, AccessShareLock);
	return problem;
}

/* What is wrong with a rollup, as a sentence, or NULL.  Nothing of anybody's is run for that. */
char *
rollup_problem(Rollup *rollup, List *triggers, Extension extension)
{
	char *problem;

	rollup_find_relations(rollup);
	problem = rollup_problem_of_relations(rollup);
	if (problem == NULL && get_rel_relkind(rollup->view) != RELKIND_VIEW)
		problem = psprintf("There is no view %s.", rollup_display_name(rollup));
	if (problem == NULL)
		problem = rollup_problem_of_definition(rollup, extension);
	if (problem == NULL)
		problem = problem_of_writers(rollup);
	if (problem == NULL)
		problem = rollup_problem_of_base(rollup->base, rollup->owner);
	if (problem == NULL)
		problem = problem_of_deltas(rollup);
	if (problem == NULL)
		problem = rollup_problem_of_triggers(rollup, triggers);
	return problem != NULL ? problem : rollup_marked(rollup->delta);
}

/* Counts the deltas that are not folded, and finds the last folding, by looking at the rows. */
static bool
count_deltas(Oid delta, int64 *deltas, TimestampTz *compacted_at)
{
	Relation        relation = table_open(delta, AccessShareLock);
	AttrNumber      column = get_attnum(delta, "compacted_at");
	TupleTableSlot *slot = table_slot_create(relation, NULL);
	TableScanDesc   scan = cxm_table_beginscan(relation, GetActiveSnapshot());
	bool            ever = false;

	*deltas = 0;
	*compacted_at = DT_NOBEGIN;
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool  is_null;
		Datum at = slot_getattr(slot, column, &is_null);

		CHECK_FOR_INTERRUPTS();
		if (is_null)
			(*deltas)++;
		else if (DatumGetTimestampTz(at) > *compacted_at)
			*compacted_at = DatumGetTimestampTz(at);
		ever = ever || !is_null;
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, AccessShareLock);
	return ever;
}

/* The columns of the source view that are keys, or those that are not. */
static Datum
column_names(Oid source, bool keys)
{
	Relation  relation = table_open(source, AccessShareLock);
	Query    *query = get_view_query(relation);
	List     *targets = query->targetList;
	Datum    *names = palloc(sizeof(Datum) * list_length(targets));
	int       n = 0;
	ListCell *cell;

	foreach (cell, targets)
	{
		TargetEntry *target = lfirst_node(TargetEntry, cell);

		if (!target->resjunk && (target->ressortgroupref != 0) == keys &&
		    !rollup_is_row_count(target))
			names[n++] = CStringGetTextDatum(target->resname);
	}
	table_close(relation, AccessShareLock);
	return PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}

static void
unlock_relations(const Rollup *rollup)
{
	if (OidIsValid(rollup->source))
		UnlockRelationOid(rollup->source, AccessShareLock);
	if (OidIsValid(rollup->delta))
		UnlockRelationOid(rollup->delta, AccessShareLock);
}

/* Nobody drops the relations of a rollup while they are looked at. */
static Rollup
lock_relations(const Rollup *rollup)
{
	Rollup locked = *rollup, found;

	rollup_find_relations(&locked);
	for (;;)
	{
		if (OidIsValid(locked.source))
			LockRelationOid(locked.source, AccessShareLock);
		if (OidIsValid(locked.delta))
			LockRelationOid(locked.delta, AccessShareLock);
		found = locked;
		rollup_find_relations(&found);
		if (found.source == locked.source && found.delta == locked.delta)
			return locked;
		unlock_relations(&locked);
		locked = found;
	}
}

PG_FUNCTION_INFO_V1(cxm_rollup_states);
Datum
cxm_rollup_states(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Extension      extension = rollup_extension(fcinfo);
	List          *triggers = rollup_triggers(extension);
	ListCell      *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach (cell, rollup_list(triggers))
	{
		Rollup     *rollup = lfirst(cell);
		Rollup      locked = lock_relations(rollup);
		char       *problem = rollup_problem(rollup, triggers, extension);
		Datum       values[9];
		bool        nulls[9] = {false};
		int64       deltas = 0;
		TimestampTz compacted_at = DT_NOBEGIN;

		values[0] = CStringGetTextDatum(rollup->schema);
		values[1] = CStringGetTextDatum(rollup->name);
		values[2] = ObjectIdGetDatum(rollup->base);
		nulls[3] = nulls[4] = nulls[5] = nulls[6] = nulls[7] = !OidIsValid(rollup->owner);
		if (OidIsValid(rollup->owner))
		{
			values[3] = column_names(rollup->source, true);
			values[4] = column_names(rollup->source, false);
			nulls[6] = !count_deltas(rollup->delta, &deltas, &compacted_at);
			values[5] = Int64GetDatum(deltas);
			values[6] = TimestampTzGetDatum(compacted_at);
			values[7] =
			    DirectFunctionCall1(pg_total_relation_size, ObjectIdGetDatum(rollup->delta));
		}
		nulls[8] = problem == NULL;
		if (problem != NULL)
			values[8] = CStringGetTextDatum(problem);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		unlock_relations(&locked);
	}
	return (Datum) 0;
}
