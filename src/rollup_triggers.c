/*
 * rollup_triggers.c
 *		The triggers of live rollups, which tell what rollups there are.
 */
#include "live_rollup.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/defrem.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "port/pg_crc32c.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

static const struct
{
	const char *suffix, *events, *references;
	int16       type;
} trigger_kinds[] = {
    {"insert", "AFTER INSERT", "REFERENCING NEW TABLE AS cxm_new", TRIGGER_TYPE_INSERT},
    {"update", "AFTER UPDATE", "REFERENCING NEW TABLE AS cxm_new OLD TABLE AS cxm_old",
     TRIGGER_TYPE_UPDATE},
    {"delete", "AFTER DELETE", "REFERENCING OLD TABLE AS cxm_old", TRIGGER_TYPE_DELETE},
    /* on a table with rows of its own, while they are still there */
    {"truncate", "BEFORE TRUNCATE", "", TRIGGER_TYPE_TRUNCATE},
};

/*
 * One name for each event, so that a second trigger with the same arguments is none of the
 * rollup's: it would count everything twice.  Where the two names cannot be told apart in it, as in
 * a_b.c and a.b_c, or are cut off, a checksum of them tells.
 */
char *
rollup_trigger_name(const char *schema, const char *name, int kind)
{
	const char *suffix = trigger_kinds[kind].suffix;
	pg_crc32c   checksum;

	if (strchr(schema, '_') == NULL &&
	    strlen(schema) + strlen(name) + strlen("__truncate") < NAMEDATALEN)
		return makeObjectName(schema, name, suffix);
	INIT_CRC32C(checksum);
	COMP_CRC32C(checksum, schema, strlen(schema) + 1);
	COMP_CRC32C(checksum, name, strlen(name));
	FIN_CRC32C(checksum);
	return makeObjectName(schema, name, psprintf("%08x_%s", checksum, suffix));
}

/* An error unless the trigger is made as cxm_create_rollup() makes it. */
void
rollup_check_trigger(const TriggerData *data, const Rollup *rollup)
{
	const Trigger *trigger = data->tg_trigger;
	bool           fits = TRIGGER_FIRED_FOR_STATEMENT(data->tg_event);
	const char *new = trigger->tgnewtable, *old = trigger->tgoldtable;

	for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
		if (trigger->tgtype & trigger_kinds[kind].type)
			fits = fits && strcmp(trigger->tgname,
			                      rollup_trigger_name(rollup->schema, rollup->name, kind)) == 0;
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		fits = fits && TRIGGER_FIRED_BEFORE(data->tg_event);
	else
		fits = fits && (new == NULL) == TRIGGER_FIRED_BY_DELETE(data->tg_event) &&
		       (old == NULL) == TRIGGER_FIRED_BY_INSERT(data->tg_event) &&
		       (new == NULL || strcmp(new, "cxm_new") == 0) &&
		       (old == NULL || strcmp(old, "cxm_old") == 0);
	if (!fits)
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
		                errmsg("trigger \"%s\" is not a trigger of live rollup %s", trigger->tgname,
		                       rollup_display_name(rollup)),
		                errhint("Only cxm_create_rollup and cxm_rebuild_rollup make them.")));
}

static RollupTrigger *
read_trigger(Oid oid, Relation pg_trigger)
{
	RollupTrigger  *result = NULL;
	ScanKeyData     key;
	SysScanDesc     scan;
	HeapTuple       tuple;
	Form_pg_trigger form;

	ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(oid));
	scan = systable_beginscan(pg_trigger, TriggerOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	form = HeapTupleIsValid(tuple) ? (Form_pg_trigger) GETSTRUCT(tuple) : NULL;
	if (form != NULL && form->tgnargs == 2)
	{
		bool  is_null;
		Datum arguments =
		    heap_getattr(tuple, Anum_pg_trigger_tgargs, RelationGetDescr(pg_trigger), &is_null);

		result = palloc0(sizeof(RollupTrigger));
		result->oid = oid;
		result->table = form->tgrelid;
		result->trigger_name = pstrdup(NameStr(form->tgname));
		result->schema = pstrdup(VARDATA_ANY(DatumGetByteaPP(arguments)));
		result->name = result->schema + strlen(result->schema) + 1;
		result->name =
		    pstrdup(VARDATA_ANY(DatumGetByteaPP(arguments)) + strlen(result->schema) + 1);
		result->enabled =
		    form->tgenabled == TRIGGER_FIRES_ON_ORIGIN || form->tgenabled == TRIGGER_FIRES_ALWAYS;
		for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
			if (form->tgtype & trigger_kinds[kind].type)
				result->kind = kind;
	}
	systable_endscan(scan);
	return result;
}

/* Every trigger that calls our function, by name; those with odd names or arguments left out. */
List *
rollup_triggers(Extension extension)
{
	Relation    pg_trigger = table_open(TriggerRelationId, AccessShareLock);
	Relation    pg_depend = table_open(DependRelationId, AccessShareLock);
	List       *triggers = NIL;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple   tuple;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
	            ObjectIdGetDatum(ProcedureRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ,
	            ObjectIdGetDatum(extension.trigger_function));
	scan = systable_beginscan(pg_depend, DependReferenceIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);
		RollupTrigger *trigger =
		    form->classid == TriggerRelationId ? read_trigger(form->objid, pg_trigger) : NULL;

		if (trigger != NULL &&
		    strcmp(trigger->trigger_name,
		           rollup_trigger_name(trigger->schema, trigger->name, trigger->kind)) == 0)
			triggers = lappend(triggers, trigger);
	}
	systable_endscan(scan);
	table_close(pg_depend, AccessShareLock);
	table_close(pg_trigger, AccessShareLock);
	return triggers;
}

bool
rollup_trigger_belongs_to(const RollupTrigger *trigger, const Rollup *rollup)
{
	return strcmp(trigger->schema, rollup->schema) == 0 && strcmp(trigger->name, rollup->name) == 0;
}

bool
rollup_has_triggers(const Rollup *rollup, List *triggers)
{
	ListCell *cell;

	foreach (cell, triggers)
		if (rollup_trigger_belongs_to(lfirst(cell), rollup))
			return true;
	return false;
}

/* The rollups that the triggers name, each once. */
List *
rollup_list(List *triggers)
{
	List     *rollups = NIL;
	ListCell *cell, *known;

	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);
		Rollup        *rollup;

		foreach (known, rollups)
			if (rollup_trigger_belongs_to(trigger, lfirst(known)))
				break;
		if (known != NULL)
			continue;
		rollup = palloc0(sizeof(Rollup));
		rollup->schema = trigger->schema;
		rollup->name = trigger->name;
		rollup->base = trigger->table;
		rollups = lappend(rollups, rollup);
	}
	return rollups;
}

/* The trigger of a rollup on a table of one kind, or NULL. */
static RollupTrigger *
find_trigger(List *triggers, const Rollup *rollup, Oid table, int kind)
{
	ListCell *cell;

	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		if (trigger->table == table && trigger->kind == kind &&
		    rollup_trigger_belongs_to(trigger, rollup))
			return trigger;
	}
	return NULL;
}

static bool
is_kind_of(int kind, Oid table)
{
	return trigger_kinds[kind].type != TRIGGER_TYPE_TRUNCATE ||
	       get_rel_relkind(table) == RELKIND_RELATION;
}

/* Makes those triggers on a table that are not there yet. */
void
rollup_make_triggers(const Rollup *rollup, Oid table, List *triggers, Extension extension)
{
	for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
		if (is_kind_of(kind, table) && find_trigger(triggers, rollup, table, kind) == NULL)
			rollup_execute(
			    psprintf("CREATE TRIGGER %s %s ON %s %s FOR EACH STATEMENT "
			             "EXECUTE FUNCTION %s.cxm_maintain_rollup(%s, %s)",
			             quote_identifier(rollup_trigger_name(rollup->schema, rollup->name, kind)),
			             trigger_kinds[kind].events, rollup_relation_name(table),
			             trigger_kinds[kind].references,
			             quote_identifier(get_namespace_name(extension.schema)),
			             quote_literal_cstr(rollup->schema), quote_literal_cstr(rollup->name)));
}

/* Somebody else may have made a trigger that names the rollup, on a table of his own. */
static bool
may_have_made(Oid owner, const RollupTrigger *trigger)
{
	return pg_class_aclcheck(trigger->table, owner, ACL_TRIGGER) == ACLCHECK_OK;
}

/* Who made it had the right to; DROP TRIGGER itself would ask for that of the table's owner. */
static void
drop_trigger(const RollupTrigger *trigger)
{
	ObjectAddress address;

	ObjectAddressSet(address, TriggerRelationId, trigger->oid);
	performDeletion(&address, DROP_RESTRICT, 0);
}

/* Drops what a rollup has on tables that are no part of its base any more. */
void
rollup_drop_superfluous_triggers(const Rollup *rollup, List *tables, List *triggers)
{
	ListCell *cell;

	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		if (rollup_trigger_belongs_to(trigger, rollup) &&
		    !list_member_oid(tables, trigger->table) && may_have_made(GetUserId(), trigger))
			drop_trigger(trigger);
	}
}

/* Drops all that it has. */
void
rollup_drop_triggers(const Rollup *rollup, List *triggers)
{
	List     *tables = NIL;
	int       left = 0;
	ListCell *cell;

	if (OidIsValid(rollup->source) && OidIsValid(rollup_base_of_source(rollup->source)))
		tables = find_all_inheritors(rollup_base_of_source(rollup->source), NoLock, NULL);
	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		if (!rollup_trigger_belongs_to(trigger, rollup))
			continue;
		if (list_member_oid(tables, trigger->table) || may_have_made(GetUserId(), trigger))
			drop_trigger(trigger);
		else
			left++;
	}
	if (left > 0)
		ereport(
		    NOTICE,
		    (errmsg_plural("%d trigger that names live rollup %s is left",
		                   "%d triggers that name live rollup %s are left", left, left,
		                   rollup_display_name(rollup)),
		     errdetail(
		         "They may be somebody else's: their tables are not known to be parts of it.")));
}

/*
 * Is it sure that the table of a trigger was a part of the base?  Anybody may make such a trigger
 * on a table of his own, for a false alarm.
 */
static bool
was_part(const Rollup *rollup, const RollupTrigger *trigger)
{
	Oid owner = rollup_relation_owner(trigger->table);

	return owner == rollup->owner || owner == rollup_relation_owner(rollup->base) ||
	       rollup_was_part_of(trigger->table, rollup->base);
}

/* A table that has triggers and is no part of the base any more, as a sentence, or NULL. */
char *
rollup_problem_of_former_parts(const Rollup *rollup, List *tables, List *triggers)
{
	ListCell *cell;

	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		if (rollup_trigger_belongs_to(trigger, rollup) &&
		    !list_member_oid(tables, trigger->table) && was_part(rollup, trigger))
			return psprintf("%s is no part of %s any more: its rows may still be counted.",
			                rollup_relation_name(trigger->table),
			                rollup_relation_name(rollup->base));
	}
	return NULL;
}

/* Tables that have a trigger too few, or too many, as a sentence, or NULL. */
char *
rollup_problem_of_triggers(const Rollup *rollup, List *triggers)
{
	List     *tables = find_all_inheritors(rollup->base, NoLock, NULL);
	ListCell *cell;

	foreach (cell, tables)
		for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
		{
			RollupTrigger *trigger = find_trigger(triggers, rollup, lfirst_oid(cell), kind);

			if (trigger == NULL && is_kind_of(kind, lfirst_oid(cell)))
				return psprintf("%s has no trigger for %s: its rows may be missing.",
				                rollup_relation_name(lfirst_oid(cell)), trigger_kinds[kind].suffix);
			if (trigger != NULL && !trigger->enabled)
				return psprintf("The trigger %s of %s is disabled.",
				                quote_identifier(trigger->trigger_name),
				                rollup_relation_name(trigger->table));
		}
	return rollup_problem_of_former_parts(rollup, tables, triggers);
}
