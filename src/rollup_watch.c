/*
 * rollup_watch.c
 *		The event triggers that follow what becomes of the tables of live rollups.
 */
#include "live_rollup.h"

#include "access/genam.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "commands/event_trigger.h"
#include "executor/spi.h"
#include "storage/lmgr.h"
#include "tcop/cmdtag.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

/* The tables that a command has made or changed. */
static List *
changed_tables(void)
{
	List *tables = NIL;

	rollup_execute("SELECT objid FROM pg_catalog.pg_event_trigger_ddl_commands() "
	               "WHERE classid OPERATOR(pg_catalog.=) 1259::pg_catalog.oid");
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		bool is_null;

		tables =
		    lappend_oid(tables, DatumGetObjectId(SPI_getbinval(
		                            SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1, &is_null)));
	}
	return tables;
}

/*
 * Have the tables, or those that they are partitions of, a trigger of the rollup?  Else it is not
 * looked at: its owner may have locked it, and has no say in what others do.
 */
static bool
is_concerned(const Rollup *rollup, List *changed, List *triggers)
{
	ListCell *cell, *changed_cell;

	foreach (changed_cell, changed)
	{
		Oid   table = lfirst_oid(changed_cell);
		List *tables = get_rel_relispartition(table) ? get_partition_ancestors(table) : NIL;

		tables = lappend_oid(tables, table);
		foreach (cell, triggers)
		{
			RollupTrigger *trigger = lfirst(cell);

			if (rollup_trigger_belongs_to(trigger, rollup) &&
			    list_member_oid(tables, trigger->table))
				return true;
		}
	}
	return false;
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

/*
 * After CREATE TABLE, CREATE FOREIGN TABLE, CREATE SCHEMA and ALTER TABLE.  A new partition is
 * empty and gets its triggers; after any other change of the base or a partition a rollup that has
 * come to be wrong is named.
 */
static void
check_rollups(bool created, Extension extension)
{
	List     *triggers = rollup_triggers(extension);
	List     *changed = triggers == NIL ? NIL : changed_tables();
	ListCell *cell, *table;

	foreach (cell, changed == NIL ? NIL : rollup_list(triggers))
	{
		Rollup *rollup = lfirst(cell);
		char   *problem;
		List   *tables;

		rollup_find_relations(rollup);
		if (!is_concerned(rollup, changed, triggers) || rollup_problem_of_relations(rollup) != NULL)
			continue;
		rollup->base = rollup_base_of_source(rollup->source);
		if (!OidIsValid(rollup->base))
			continue;
		tables = find_all_inheritors(rollup->base, NoLock, NULL);
		problem = rollup_problem_of_former_parts(rollup, tables, triggers);
		foreach (table, tables)
			if (!list_member_oid(changed, lfirst_oid(table)))
				tables = foreach_delete_current(tables, table);
		if (tables == NIL)
			continue;
		foreach (table, created ? tables : NIL)
			if (rollup_problem_of_table(lfirst_oid(table)) == NULL)
				rollup_make_triggers(rollup, lfirst_oid(table), triggers, extension);
		if (problem != NULL)
			rollup_mark(rollup->delta,
			            "A partition was detached: its rows may be counted wrongly.");
		problem = rollup_problem(rollup, rollup_triggers(extension), extension);
		if (problem != NULL)
			warn_of(rollup, problem);
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

		rollup_mark(rollup->delta, problem);
		warn_of(rollup, problem);
	}
}

/* After a drop: a partition that is gone has taken its rows, and its triggers, with it. */
static void
check_dropped(Extension extension)
{
	List     *rollups = rollup_list(rollup_triggers(extension));
	ListCell *cell;

	if (rollups == NIL)
		return;
	rollup_execute(
	    "WITH dropped AS (SELECT * FROM pg_event_trigger_dropped_objects()) "
	    "SELECT trigger.address_names[3], name, coalesce(relation.objid, to_regclass(name)) "
	    "FROM dropped AS trigger CROSS JOIN LATERAL format('%I.%I', "
	    "trigger.address_names[1], trigger.address_names[2]) AS name "
	    "LEFT JOIN dropped AS relation ON relation.object_type = 'table' "
	    "AND relation.address_names = trigger.address_names[1:2] "
	    "WHERE trigger.object_type = 'trigger'");
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple tuple = SPI_tuptable->vals[row];
		TupleDesc columns = SPI_tuptable->tupdesc;
		char     *trigger = SPI_getvalue(tuple, columns, 1);
		char     *name = SPI_getvalue(tuple, columns, 2);
		bool      is_null;
		Oid       table = DatumGetObjectId(SPI_getbinval(tuple, columns, 3, &is_null));

		foreach (cell, rollups)
		{
			Rollup *rollup = lfirst(cell);

			if (!is_null && strcmp(trigger, rollup_trigger_name(rollup->schema, rollup->name,
			                                                    ROLLUP_TRIGGER_INSERT)) == 0)
				check_gone(rollup, table, name);
		}
	}
}

PG_FUNCTION_INFO_V1(cxm_watch_tables);
Datum
cxm_watch_tables(PG_FUNCTION_ARGS)
{
	EventTriggerData *data = (EventTriggerData *) fcinfo->context;
	Extension         extension;
	int               settings;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
		                errmsg("cxm_watch_tables is for event triggers")));
	extension = rollup_extension(fcinfo);
	settings = rollup_pin_settings();
	SPI_connect();
	if (strcmp(data->event, "sql_drop") == 0)
		check_dropped(extension);
	else
		check_rollups(data->tag != CMDTAG_ALTER_TABLE, extension);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	return PointerGetDatum(NULL);
}
