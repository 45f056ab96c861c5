/*
 * rollup_watch.c
 *		The event triggers that follow what becomes of the tables of live rollups.
 */
#include "live/live_rollup.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "commands/event_trigger.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "tcop/cmdtag.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/*
 * The tables that a command has made or changed, or given a trigger or a rule, and the views; but
 * temporary ones, which no rollup has.
 */
static List *
changed_relations(void)
{
	List *tables = NIL;

	rollup_execute(
	    "SELECT DISTINCT coalesce(tgrelid, ev_class, objid) FROM pg_event_trigger_ddl_commands() "
	    "LEFT JOIN pg_trigger t ON classid = 'pg_trigger'::regclass AND t.oid = objid "
	    "LEFT JOIN pg_rewrite r ON classid = 'pg_rewrite'::regclass AND r.oid = objid");
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		bool is_null;
		Oid  table = DatumGetObjectId(
		     SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1, &is_null));
		char kind = get_rel_relkind(table);

		CHECK_FOR_INTERRUPTS();
		if ((kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE ||
		     kind == RELKIND_FOREIGN_TABLE || kind == RELKIND_VIEW) &&
		    get_rel_persistence(table) != RELPERSISTENCE_TEMP)
			tables = lappend_oid(tables, table);
	}
	return tables;
}

/*
 * The rollups of which tables, or those that they are partitions of, have triggers.  No other is
 * looked at: its owner may have locked it, and has no say in what others do; and there may be many.
 */
static List *
concerned_rollups(List *tables, Extension extension)
{
	List     *concerned = NIL;
	ListCell *cell;

	foreach (cell, tables)
	{
		Oid table = lfirst_oid(cell);

		concerned = list_append_unique_oid(concerned, table);
		if (get_rel_relispartition(table))
			concerned = list_concat_unique_oid(concerned, get_partition_ancestors(table));
	}
	return rollup_list(rollup_triggers_on(concerned, extension));
}

static void
warn_of(const Rollup *rollup, const char *problem)
{
	ereport(WARNING,
	        (errmsg("live rollup %s may not be right any more", rollup_display_name(rollup)),
	         errdetail("%s", problem),
	         errhint("When all is as it should be: SELECT cxm_rebuild_rollup(%s);",
	                 quote_literal_cstr(rollup_display_name(rollup)))));
}

/* Of the tables those that are the base of a rollup or partitions of it. */
static List *
parts_among(List *tables, Oid base)
{
	List     *parts = NIL;
	ListCell *cell;

	foreach (cell, tables)
	{
		CHECK_FOR_INTERRUPTS();
		if (rollup_is_part(lfirst_oid(cell), base))
			parts = lappend_oid(parts, lfirst_oid(cell));
	}
	return parts;
}

/* A table that has no rows, which nobody else can write to. */
static bool
is_empty(Oid table)
{
	Relation        relation;
	TupleTableSlot *slot;
	TableScanDesc   scan;
	Snapshot        snapshot;
	bool            empty;

	if (rollup_problem_of_table(table) != NULL)
		return false;
	if (get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE)
		return true;
	relation = table_open(table, NoLock);
	slot = table_slot_create(relation, NULL);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	scan = cxm_table_beginscan(relation, snapshot);
	empty = !table_scan_getnextslot(scan, ForwardScanDirection, slot);
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	ExecDropSingleTupleTableSlot(slot);
	table_close(relation, NoLock);
	return empty;
}

/*
 * A table that has been made a part while it was empty, as a job makes next month's, is followed
 * like one that was created so.
 */
static void
follow_empty(const Rollup *rollup, List *attached, Extension extension)
{
	ListCell *cell;

	foreach (cell, attached)
	{
		CHECK_FOR_INTERRUPTS();
		if (!is_empty(lfirst_oid(cell)))
			return;
	}
	foreach (cell, attached)
		rollup_make_triggers(rollup, lfirst_oid(cell), extension);
}

/*
 * Returns the parts with those that a change of them has made parts; finds the rollup's triggers
 * on those that it has made none of it, and marks it for them.
 */
static List *
follow_children(Rollup *rollup, List *parts, Extension extension)
{
	List     *all = list_copy(parts);
	List     *former = NIL;
	ListCell *cell, *child;

	foreach (cell, parts)
	{
		foreach (child, rollup_new_children(lfirst_oid(cell)))
		{
			List *attached = find_all_inheritors(lfirst_oid(child), NoLock, NULL);

			follow_empty(rollup, attached, extension);
			all = list_concat_unique_oid(all, attached);
		}
		foreach (child, rollup_former_children(lfirst_oid(cell)))
			if (!rollup_is_part(lfirst_oid(child), rollup->base))
				former = list_append_unique_oid(former, lfirst_oid(child));
	}
	rollup->triggers = rollup_own_triggers(rollup, rollup_triggers_on(former, extension));
	if (rollup->triggers != NIL)
		rollup_mark(rollup, "A partition was detached: its rows may be counted wrongly.");
	return all;
}

/*
 * After CREATE TRIGGER those are no problem that are still missing: a dump may be about to be
 * restored.
 */
static void
check_rollup(Rollup *rollup, List *changed, CommandTag tag, Extension extension)
{
	bool      created = tag != CMDTAG_ALTER_TABLE && tag != CMDTAG_CREATE_TRIGGER;
	List     *parts;
	ListCell *cell;
	char     *problem;

	rollup_find_relations(rollup);
	if (rollup_problem_of_relations(rollup) != NULL)
		return;
	rollup->base = rollup_base_of_source(rollup->source);
	if (!OidIsValid(rollup->base))
		return;
	parts = parts_among(changed, rollup->base);
	if (parts == NIL)
		return;
	rollup->triggers = NIL;
	if (!created)
		parts = follow_children(rollup, parts, extension);
	foreach (cell, created ? parts : NIL)
		if (rollup_problem_of_table(lfirst_oid(cell)) == NULL)
			rollup_make_triggers(rollup, lfirst_oid(cell), extension);
	rollup->triggers = list_concat(
	    rollup->triggers, rollup_own_triggers(rollup, rollup_triggers_on(parts, extension)));
	problem = tag == CMDTAG_CREATE_TRIGGER ? rollup_problem_of_replaced(rollup, parts)
	                                       : rollup_problem_of_triggers(rollup, parts);
	/* what is lost until somebody mends it is not found again then */
	if (problem != NULL && rollup_marked(rollup, SnapshotSelf) == NULL)
		rollup_mark(rollup, psprintf(ROLLUP_NOT_REBUILT, problem));
	if (tag != CMDTAG_CREATE_TRIGGER)
		problem = rollup_problem(rollup, parts, extension);
	if (problem != NULL)
		warn_of(rollup, problem);
}

/*
 * Has a relation the name of a definition, or of deltas?  The one is then another than was followed
 * until now, and what somebody has done to the other may swallow what is appended.
 */
static void
check_own(Oid relation, Extension extension)
{
	bool        is_view = get_rel_relkind(relation) == RELKIND_VIEW;
	const char *suffix = is_view ? ROLLUP_SOURCE : ROLLUP_DELTA;
	char       *problem = "Its definition was replaced: it has figures of the old one.";
	Rollup      rollup = {.schema = get_namespace_name(get_rel_namespace(relation)),
	                      .name = get_rel_name(relation)};
	int         length = (int) strlen(rollup.name) - (int) strlen(suffix);

	if (length <= 0 || strcmp(rollup.name + length, suffix) != 0)
		return;
	rollup.name = pnstrdup(rollup.name, length);
	rollup_find_relations(&rollup);
	if (rollup_problem_of_relations(&rollup) != NULL)
		return;
	rollup.base = rollup_base_of_source(rollup.source);
	if (rollup_own_triggers(&rollup, rollup_triggers_on(list_make1_oid(rollup.base), extension)) ==
	    NIL)
		return;
	if (!is_view)
	{
		problem = rollup_problem_of_definition(&rollup, extension);
		if (problem == NULL)
			problem = rollup_problem_of_deltas(&rollup);
		if (problem == NULL)
			return;
		problem = psprintf(ROLLUP_NOT_REBUILT, problem);
	}
	rollup_mark(&rollup, problem);
	warn_of(&rollup, problem);
}

/*
 * After CREATE TABLE, CREATE FOREIGN TABLE, CREATE SCHEMA, CREATE VIEW, CREATE TRIGGER, CREATE RULE
 * and ALTER TABLE.  A new partition is empty and gets its triggers; after any other change of the
 * base, a partition or what it consists of a rollup that has come to be wrong is named.
 */
static void
check_changed(CommandTag tag, Extension extension)
{
	List     *changed = changed_relations();
	ListCell *cell;

	foreach (cell, changed)
		check_own(lfirst_oid(cell), extension);
	foreach (cell, concerned_rollups(changed, extension))
	{
		CHECK_FOR_INTERRUPTS();
		check_rollup(lfirst(cell), changed, tag, extension);
	}
}

/* Marks a rollup of whose base a table is gone.  It is not waited for who has it locked. */
static void
check_gone(Rollup *rollup, Oid table, const char *name)
{
	rollup_find_relations(rollup);
	if (rollup_problem_of_relations(rollup) != NULL ||
	    !ConditionalLockRelationOid(rollup->source, AccessShareLock))
		return;
	rollup->base = rollup_base_of_source(rollup->source);
	UnlockRelationOid(rollup->source, AccessShareLock);
	if (OidIsValid(rollup->base) &&
	    (table == rollup->base || rollup_was_part_of(table, rollup->base)))
	{
		char *problem =
		    psprintf("The triggers of table %s are gone: its rows may still be counted.", name);

		rollup_mark(rollup, problem);
		warn_of(rollup, problem);
	}
}

static List *
rollups_around(Oid table, Extension extension)
{
	List *tables = rollup_and_above(table);

	if (get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE) /* and is still there */
		tables = list_concat(tables, find_inheritance_children(table, NoLock));
	return rollup_list(rollup_triggers_on(tables, extension));
}

/*
 * After a drop: a partition that is gone has taken its rows, and its triggers, with it.  What
 * rollups they were of, those tell that are left on the table, above it or below it; and of a
 * trigger that was dropped from a table, its name.
 */
static void
check_dropped(Extension extension)
{
	Oid       last = InvalidOid;
	List     *rollups = NIL;
	ListCell *cell;

	rollup_execute(
	    "WITH dropped AS (SELECT * FROM pg_event_trigger_dropped_objects()) "
	    "SELECT DISTINCT CASE WHEN relation.objid IS NULL THEN trigger.address_names[3] END, "
	    "name, coalesce(relation.objid, to_regclass(name)) AS id "
	    "FROM dropped AS trigger CROSS JOIN LATERAL format('%I.%I', "
	    "trigger.address_names[1], trigger.address_names[2]) AS name "
	    "LEFT JOIN dropped AS relation ON relation.object_type = 'table' "
	    "AND relation.address_names = trigger.address_names[1:2] "
	    "WHERE trigger.object_type = 'trigger' AND "
	    "(relation.objid IS NOT NULL OR trigger.address_names[3] LIKE '%\\_insert') ORDER BY id");
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple tuple = SPI_tuptable->vals[row];
		TupleDesc columns = SPI_tuptable->tupdesc;
		char     *trigger = SPI_getvalue(tuple, columns, 1);
		char     *name = SPI_getvalue(tuple, columns, 2);
		bool      is_null;
		Oid       table = DatumGetObjectId(SPI_getbinval(tuple, columns, 3, &is_null));

		CHECK_FOR_INTERRUPTS();
		if (is_null)
			continue;
		if (table != last)
			rollups = rollups_around(table, extension);
		last = table;
		foreach (cell, rollups)
		{
			Rollup *rollup = lfirst(cell);

			CHECK_FOR_INTERRUPTS();
			if (trigger == NULL || strcmp(trigger, rollup_trigger_name(rollup->schema, rollup->name,
			                                                           ROLLUP_TRIGGER_INSERT)) == 0)
				check_gone(rollup, table, name);
		}
	}
}

/* The rollups of which a drop may have taken definition or deltas, by the names of these. */
static List *
rollups_without_parts(void)
{
	List *rollups = NIL;

	rollup_execute("SELECT DISTINCT schema_name, "
	               "regexp_replace(object_name, '_(source|delta)$', '') "
	               "FROM pg_event_trigger_dropped_objects() WHERE NOT is_temporary AND "
	               "object_type IN ('table', 'view') AND object_name ~ '_(source|delta)$'");
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		Rollup *rollup = palloc0(sizeof(Rollup));

		rollup->schema = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1);
		rollup->name = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 2);
		rollups = lappend(rollups, rollup);
	}
	return rollups;
}

/*
 * After a drop of what a rollup is made of, with its schema perhaps or its owner: nobody who writes
 * to the table is to get an error for it.
 */
static void
drop_orphans(Extension extension)
{
	List     *rollups = rollups_without_parts();
	List     *triggers = rollups == NIL ? NIL : rollup_triggers(extension);
	ListCell *cell;

	foreach (cell, rollups)
	{
		Rollup *rollup = lfirst(cell);
		char   *problem;

		rollup_find_relations(rollup);
		problem = rollup_problem_of_relations(rollup);
		if (!OidIsValid(rollup->merged) && !OidIsValid(rollup->source) &&
		    !OidIsValid(rollup->delta))
			rollup_forget_marks(rollup, SnapshotSelf);
		rollup->triggers = rollup_own_triggers(rollup, triggers);
		if (problem == NULL || rollup->triggers == NIL)
			continue;
		rollup_drop_triggers(rollup, true);
		rollup_forget_marks(rollup, SnapshotSelf);
		ereport(NOTICE, (errmsg("live rollup %s is not kept any more", rollup_display_name(rollup)),
		                 errdetail("%s", problem),
		                 errhint("cxm_drop_rollup takes away what may be left of it.")));
	}
}

CXM_FUNCTION(cxm_watch_tables)
{
	EventTriggerData *data = (EventTriggerData *) fcinfo->context;
	Extension         extension;
	int               settings;
	bool              drops;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
		                errmsg("cxm_watch_tables is for event triggers")));
	extension = rollup_extension(fcinfo);
	drops = strcmp(data->event, "sql_drop") == 0;
	if (!rollup_any_triggers(extension) && !(drops && rollup_any_marks()))
		return PointerGetDatum(NULL);
	settings = rollup_pin_settings();
	SPI_connect();
	if (drops)
	{
		drop_orphans(extension);
		check_dropped(extension);
	}
	else
		check_changed(data->tag, extension);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	return PointerGetDatum(NULL);
}
