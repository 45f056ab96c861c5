/*
 * rollup_states.c
 *		The list of live rollups, and what is wrong with each.  Only catalogs and deltas are read
 *		for it: no expression of anybody's is run.
 */
#include "live/live_rollup.h"

#include "access/relation.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "catalog/pg_publication.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

/* Why statements that write to the base are not followed, as a sentence, or NULL. */
static char *
problem_of_writers(const Rollup *rollup)
{
	char *problem = rollup_problem_of_rights(rollup->base, rollup->owner, rollup->columns);

	return problem == NULL ? NULL : psprintf("%s What is written to it is not counted.", problem);
}

/* Has the table a column of the name, as SQL has it, and the type, where it matters? */
static bool
has_column(TupleDesc columns, const char *name, Oid type)
{
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (!column->attisdropped && (!OidIsValid(type) || column->atttypid == type) &&
		    strcmp(quote_identifier(NameStr(column->attname)), name) == 0)
			return true;
	}
	return false;
}

char *
rollup_problem_of_appending(const Rollup *rollup, bool exact)
{
	const AclMode rights = ACL_SELECT | ACL_INSERT | ACL_DELETE;
	Relation      deltas = table_open(rollup->delta, AccessShareLock);
	char         *problem = NULL;
	ListCell     *cell;

	if (pg_class_aclmask(rollup->delta, rollup->owner, rights, ACLMASK_ALL) != rights)
		problem = psprintf("%s may not read, insert and delete rows of \"%s%s\".",
		                   GetUserNameFromId(rollup->owner, false), rollup->name, ROLLUP_DELTA);

	foreach (cell, rollup_columns(rollup))
	{
		RollupColumn *column = lfirst(cell);
		Oid           type = exprType(column->node);
		const char   *names[] = {column->added == NULL ? column->name : column->added,
		                       column->removed};

		for (size_t i = 0; i < lengthof(names); i++)
			if (names[i] != NULL &&
			    !has_column(RelationGetDescr(deltas), names[i], exact ? type : InvalidOid))
				problem = psprintf("\"%s%s\" has no column %s of type %s.", rollup->name,
				                   ROLLUP_DELTA, names[i], format_type_be(type));
	}
	table_close(deltas, AccessShareLock);
	return problem;
}

/*
 * Triggers that somebody has put on the deltas, those of constraints included: what is deferred
 * would run as whoever writes, which PostgreSQL refuses where one works for another.
 */
static char *
problem_of_triggers_on(const char *deltas, const TriggerDesc *triggers)
{
	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (trigger->tgdeferrable)
			return psprintf("\"%s\" has a constraint or trigger that is deferrable, %s: where it "
			                "is deferred, what is written to the table is not counted.",
			                deltas,
			                quote_identifier(OidIsValid(trigger->tgconstraint)
			                                     ? get_constraint_name(trigger->tgconstraint)
			                                     : trigger->tgname));
		if (TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_BEFORE(trigger->tgtype) &&
		    trigger->tgenabled != TRIGGER_DISABLED)
			return psprintf("\"%s\" has a trigger %s: what is appended may not get there, or be "
			                "changed.",
			                deltas, quote_identifier(trigger->tgname));
	}
	return NULL;
}

static bool
cannot_be_published(Relation deltas)
{
	PublicationDesc published;

	RelationBuildPublicationDesc(deltas, &published);
	return published.pubactions.pubdelete &&
	       deltas->rd_rel->relreplident != REPLICA_IDENTITY_FULL &&
	       !OidIsValid(RelationGetReplicaIndex(deltas));
}

/* What is wrong with the table of deltas, as a sentence, or NULL. */
char *
rollup_problem_of_deltas(const Rollup *rollup)
{
	Relation deltas = table_open(rollup->delta, AccessShareLock);
	char    *problem = rollup_problem_of_appending(rollup, true);

	if (problem == NULL && cannot_be_published(deltas))
		problem = psprintf("\"%s%s\" is published and has no replica identity: folding, "
		                   "rebuilding and TRUNCATE of the table get an error.",
		                   rollup->name, ROLLUP_DELTA);
	if (problem == NULL)
		problem = problem_of_triggers_on(RelationGetRelationName(deltas), deltas->trigdesc);
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

/* Which rows are not counted, as a sentence, or NULL. */
static char *
problem_of_skipped(List *skipped)
{
	int64          rows = 0;
	StringInfoData problem;
	ListCell      *cell;

	initStringInfo(&problem);
	foreach (cell, skipped)
	{
		Skipped *reason = lfirst(cell);

		if (reason->rows == 0)
			continue;
		rows = rollup_sum_of_rows(rows, reason->rows);
		appendStringInfo(&problem, "%s%s (" INT64_FORMAT ")", problem.len == 0 ? "" : ", ",
		                 reason->reason, reason->rows);
	}
	return problem.len == 0 ? NULL
	                        : psprintf("Rows that are not counted: " INT64_FORMAT ". %s.", rows,
	                                   problem.data);
}

/*
 * As a sentence, or NULL, of all but rows that are not counted.  No expression of
 * anybody's is run to find out.
 */
char *
rollup_problem(Rollup *rollup, List *tables, Extension extension)
{
	char *problem;

	rollup_find_relations(rollup);
	problem = rollup_problem_of_relations(rollup);
	if (problem == NULL && get_rel_relkind(rollup->merged) != RELKIND_VIEW)
		problem = psprintf("There is no view %s.", rollup_display_name(rollup));
	if (problem == NULL && rollup_relation_owner(rollup->merged) != rollup->owner)
		problem = psprintf("\"%s\" and \"%s%s\" belong to different owners.", rollup->name,
		                   rollup->name, ROLLUP_DELTA);
	if (problem == NULL)
		problem = rollup_problem_of_definition(rollup, extension);
	if (problem == NULL)
		problem = rollup_problem_of_dimensions(rollup);
	if (problem == NULL)
		problem = problem_of_writers(rollup);
	if (problem == NULL)
		problem = rollup_problem_of_base(rollup->base, rollup->owner, tables);
	if (problem == NULL)
		problem = rollup_problem_of_deltas(rollup);
	if (problem == NULL)
		problem = rollup_problem_of_triggers(rollup, tables);
	return problem != NULL ? problem : rollup_marked(rollup, SnapshotSelf);
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

/* May the role see that there is the rollup?  Of one without relations its triggers are left. */
static bool
may_see(Oid role, const Rollup *rollup)
{
	const Oid relations[] = {rollup->merged, rollup->delta, rollup->source};
	bool      none = true;
	bool      gone = false;

	for (size_t i = 0; i < lengthof(relations); i++)
	{
		if (!OidIsValid(relations[i]))
			continue;
		none = false;
		if (has_privs_of_role(role, rollup_relation_owner(relations[i])) ||
		    (relations[i] != rollup->source &&
		     pg_class_aclcheck_ext(relations[i], role, ACL_SELECT, &gone) == ACLCHECK_OK))
			return true;
	}
	return none && has_privs_of_role(role, rollup_relation_owner(rollup->base));
}

/* Locks a relation, and lists it, if nobody has to be waited for; else returns it. */
static Oid
lock_at_once(Oid relation, List **locked)
{
	if (!OidIsValid(relation))
		return InvalidOid;
	if (!ConditionalLockRelationOid(relation, AccessShareLock))
		return relation;
	*locked = lappend_oid(*locked, relation);
	return InvalidOid;
}

/* The same of a table with all that is opened to tell its size. */
static Oid
lock_storage_at_once(Oid table, List **locked)
{
	Oid       busy = lock_at_once(table, locked);
	Relation  relation;
	Oid       toast;
	ListCell *cell;

	if (OidIsValid(busy))
		return busy;
	relation = try_relation_open(table, NoLock);
	if (relation == NULL)
		return InvalidOid;
	foreach (cell, RelationGetIndexList(relation))
		if (!OidIsValid(busy))
			busy = lock_at_once(lfirst_oid(cell), locked);
	toast = relation->rd_rel->reltoastrelid;
	relation_close(relation, NoLock);
	return OidIsValid(busy) || !OidIsValid(toast) ? busy : lock_storage_at_once(toast, locked);
}

/* The same of what a view reads. */
static Oid
lock_tables_at_once(Oid view, List **locked)
{
	Relation  relation = table_open(view, NoLock);
	Oid       busy = InvalidOid;
	ListCell *cell;

	foreach (cell, get_view_query(relation)->rtable)
	{
		const RangeTblEntry *entry = lfirst(cell);

		if (entry->rtekind == RTE_RELATION && !OidIsValid(busy))
			busy = lock_at_once(entry->relid, locked);
	}
	table_close(relation, NoLock);
	return busy;
}

/*
 * Nobody drops the relations of a rollup while they are looked at, nor is anybody waited for:
 * returns what somebody else has locked.
 */
static Oid
lock_rollup_at_once(Rollup *rollup, List **locked)
{
	Oid busy = lock_at_once(rollup->source, locked);

	if (!OidIsValid(busy))
		busy = lock_at_once(rollup->merged, locked);
	if (!OidIsValid(busy))
		busy = get_rel_relkind(rollup->delta) == RELKIND_RELATION
		           ? lock_storage_at_once(rollup->delta, locked)
		           : lock_at_once(rollup->delta, locked);
	return !OidIsValid(busy) && get_rel_relkind(rollup->source) == RELKIND_VIEW
	           ? lock_tables_at_once(rollup->source, locked)
	           : busy;
}

/* Of a rollup that is locked: what is wrong with it, all tables of its base included. */
static char *
problem_of_locked(Rollup *rollup, Extension extension)
{
	Oid   base = get_rel_relkind(rollup->source) == RELKIND_VIEW
	                 ? rollup_base_of_source(rollup->source)
	                 : InvalidOid;
	List *tables = OidIsValid(base) ? find_all_inheritors(base, NoLock, NULL) : NIL;
	char *problem = rollup_problem(rollup, tables, extension);

	return problem != NULL ? problem : rollup_problem_of_view(rollup, extension);
}

/* A row of the list: what is there of a rollup, and what is wrong with it. */
static void
list_rollup(ReturnSetInfo *result, Rollup *rollup, char *problem)
{
	Datum       values[10]; /* the last of which 1.0.0 did not have */
	bool        nulls[10] = {false};
	int64       deltas = 0;
	int64       rows = 0;
	ListCell   *cell;
	TimestampTz compacted_at = DT_NOBEGIN;
	List       *skipped = rollup_skipped(rollup, GetActiveSnapshot());

	if (problem == NULL)
		problem = problem_of_skipped(skipped);
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
		values[7] = DirectFunctionCall1(pg_total_relation_size, ObjectIdGetDatum(rollup->delta));
	}
	nulls[8] = problem == NULL;
	if (problem != NULL)
		values[8] = CStringGetTextDatum(problem);
	foreach (cell, skipped)
		rows = rollup_sum_of_rows(rows, ((Skipped *) lfirst(cell))->rows);
	values[9] = Int64GetDatum(rows);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
unlock(List *locked)
{
	ListCell *cell;

	foreach (cell, locked)
		UnlockRelationOid(lfirst_oid(cell), AccessShareLock);
}

CXM_FUNCTION(cxm_rollup_states)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Extension      extension = rollup_extension(fcinfo);
	ListCell      *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach (cell, rollup_list(rollup_triggers(extension)))
	{
		Rollup *rollup = lfirst(cell);
		Rollup  found = *rollup;
		List   *locked = NIL;
		Oid     busy;

		do
		{
			CHECK_FOR_INTERRUPTS();
			unlock(locked);
			locked = NIL;
			*rollup = found;
			rollup_find_relations(rollup);
			busy = may_see(GetUserId(), rollup) ? lock_rollup_at_once(rollup, &locked) : InvalidOid;
			found = *rollup;
			rollup_find_relations(&found); /* they may have been renamed before we had the locks */
		} while (found.source != rollup->source || found.delta != rollup->delta ||
		         found.merged != rollup->merged);
		if (OidIsValid(busy))
			list_rollup(result, rollup, psprintf("%s is locked.", rollup_relation_name(busy)));
		else if (may_see(GetUserId(), rollup))
			list_rollup(result, rollup, problem_of_locked(rollup, extension));
		unlock(locked);
	}
	return (Datum) 0;
}
