/*
 * rollup_triggers.c
 *		The triggers of live rollups, which tell what rollups there are.
 */
#include "live/live_rollup.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/comment.h"
#include "commands/defrem.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"
#include "port/pg_crc32c.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

static const struct
{
	const char *suffix, *new_rows, *old_rows;
	int16       timing, type;
} trigger_kinds[] = {
    {"insert", "cxm_new", NULL, TRIGGER_TYPE_AFTER, TRIGGER_TYPE_INSERT},
    {"update", "cxm_new", "cxm_old", TRIGGER_TYPE_AFTER, TRIGGER_TYPE_UPDATE},
    {"delete", NULL, "cxm_old", TRIGGER_TYPE_AFTER, TRIGGER_TYPE_DELETE},
    /* on a table with rows of its own, while they are still there */
    {"truncate", NULL, NULL, TRIGGER_TYPE_BEFORE, TRIGGER_TYPE_TRUNCATE},
};

/* Of a trigger that was replaced by another than ours. */
#define OTHER_KIND (-1)

/*
 * Where the two names cannot be told apart in that of the trigger, as in a_b.c and a.b_c, or are
 * cut off, a checksum of them tells.
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

static bool
is_named(HeapTuple tuple, TupleDesc columns, AttrNumber column, const char *name)
{
	bool  is_null;
	Datum found = heap_getattr(tuple, column, columns, &is_null);

	if (is_null || name == NULL)
		return is_null && name == NULL;
	return strcmp(NameStr(*DatumGetName(found)), name) == 0;
}

/*
 * What the definition of a trigger makes of it.  One of a constraint, which may be deferred, is for
 * each row, and so none of ours.
 */
static int
kind_of(HeapTuple tuple, TupleDesc columns)
{
	Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);

	for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
		if (form->tgtype == (trigger_kinds[kind].timing | trigger_kinds[kind].type) &&
		    is_named(tuple, columns, Anum_pg_trigger_tgnewtable, trigger_kinds[kind].new_rows) &&
		    is_named(tuple, columns, Anum_pg_trigger_tgoldtable, trigger_kinds[kind].old_rows) &&
		    form->tgattr.dim1 == 0 && heap_attisnull(tuple, Anum_pg_trigger_tgqual, columns))
			return kind;
	return OTHER_KIND;
}

bool
rollup_has_arguments(int n, char **arguments)
{
	return n == 2 || (n == 3 && strcmp(arguments[2], ROLLUP_REFUSES_ROWS) == 0);
}

/*
 * Somebody's own, with other arguments than ours have, is none, whatever its name; nor is what
 * partitions have of one for each row, which comes and goes with that.
 */
static RollupTrigger *
read_trigger(HeapTuple tuple, TupleDesc columns)
{
	Form_pg_trigger form = (Form_pg_trigger) GETSTRUCT(tuple);
	RollupTrigger  *result;
	const char     *arguments;
	char           *texts[3];
	bool            is_null;

	if (form->tgnargs < 2 || OidIsValid(form->tgparentid))
		return NULL;
	arguments = VARDATA_ANY(
	    DatumGetByteaPP(heap_getattr(tuple, Anum_pg_trigger_tgargs, columns, &is_null)));
	for (int i = 0; i < form->tgnargs && i < (int) lengthof(texts); i++)
	{
		texts[i] = pstrdup(arguments);
		arguments += strlen(arguments) + 1;
	}
	if (!rollup_has_arguments(form->tgnargs, texts))
		return NULL;
	result = palloc0(sizeof(RollupTrigger));
	result->oid = form->oid;
	result->table = form->tgrelid;
	result->trigger_name = pstrdup(NameStr(form->tgname));
	result->schema = texts[0];
	result->name = texts[1];
	result->refuses_rows = form->tgnargs > 2;
	result->kind = kind_of(tuple, columns);
	result->enabled =
	    form->tgenabled == TRIGGER_FIRES_ON_ORIGIN || form->tgenabled == TRIGGER_FIRES_ALWAYS;
	return result;
}

/* Adds those that an index of pg_trigger finds and that call our function. */
static List *
read_triggers(List *triggers, Relation pg_trigger, Oid index, int n, ScanKey keys,
              Extension extension)
{
	SysScanDesc scan = systable_beginscan(pg_trigger, index, true, NULL, n, keys);
	HeapTuple   tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		RollupTrigger *trigger = NULL;

		CHECK_FOR_INTERRUPTS();
		if (((Form_pg_trigger) GETSTRUCT(tuple))->tgfoid == extension.trigger_function)
			trigger = read_trigger(tuple, RelationGetDescr(pg_trigger));
		if (trigger != NULL)
			triggers = lappend(triggers, trigger);
	}
	systable_endscan(scan);
	return triggers;
}

/* The triggers that depend on our function, or one of them. */
static List *
depending_triggers(bool one, Extension extension)
{
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
	while (!(one && triggers != NIL) && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		CHECK_FOR_INTERRUPTS();
		if (form->classid == TriggerRelationId)
			triggers = lappend_oid(triggers, form->objid);
	}
	systable_endscan(scan);
	table_close(pg_depend, AccessShareLock);
	return triggers;
}

bool
rollup_any_triggers(Extension extension)
{
	return depending_triggers(true, extension) != NIL;
}

List *
rollup_triggers(Extension extension)
{
	Relation  pg_trigger = table_open(TriggerRelationId, AccessShareLock);
	List     *triggers = NIL;
	ListCell *cell;

	foreach (cell, depending_triggers(false, extension))
	{
		ScanKeyData key;

		ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ,
		            ObjectIdGetDatum(lfirst_oid(cell)));
		triggers = read_triggers(triggers, pg_trigger, TriggerOidIndexId, 1, &key, extension);
	}
	table_close(pg_trigger, AccessShareLock);
	return triggers;
}

static bool
has_triggers(Oid table)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	bool      result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = ((Form_pg_class) GETSTRUCT(tuple))->relhastriggers;
	ReleaseSysCache(tuple);
	return result;
}

List *
rollup_triggers_on(List *tables, Extension extension)
{
	Relation  pg_trigger = table_open(TriggerRelationId, AccessShareLock);
	List     *triggers = NIL;
	ListCell *cell;

	foreach (cell, tables)
	{
		ScanKeyData key;

		ScanKeyInit(&key, Anum_pg_trigger_tgrelid, BTEqualStrategyNumber, F_OIDEQ,
		            ObjectIdGetDatum(lfirst_oid(cell)));
		if (has_triggers(lfirst_oid(cell)))
			triggers =
			    read_triggers(triggers, pg_trigger, TriggerRelidNameIndexId, 1, &key, extension);
	}
	table_close(pg_trigger, AccessShareLock);
	return triggers;
}

static bool
belongs_to(const RollupTrigger *trigger, const Rollup *rollup)
{
	return strcmp(trigger->schema, rollup->schema) == 0 && strcmp(trigger->name, rollup->name) == 0;
}

List *
rollup_own_triggers(const Rollup *rollup, List *triggers)
{
	List     *own = NIL;
	ListCell *cell;

	foreach (cell, triggers)
	{
		CHECK_FOR_INTERRUPTS();
		if (belongs_to(lfirst(cell), rollup))
			own = lappend(own, lfirst(cell));
	}
	return own;
}

/* The rollups that the triggers name, each once, in their order. */
List *
rollup_list(List *triggers)
{
	typedef struct Entry
	{
		char    key[2 * NAMEDATALEN];
		Rollup *rollup;
	} Entry;
	HASHCTL   control = {.keysize = sizeof(((Entry *) NULL)->key),
	                     .entrysize = sizeof(Entry),
	                     .hcxt = CurrentMemoryContext};
	HTAB     *known = hash_create("rollups", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	List     *rollups = NIL;
	ListCell *cell;

	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);
		char           key[2 * NAMEDATALEN] = {0};
		Entry         *entry;
		bool           found;

		CHECK_FOR_INTERRUPTS();
		strlcpy(key, trigger->schema, NAMEDATALEN);
		strlcpy(key + NAMEDATALEN, trigger->name, NAMEDATALEN);
		entry = hash_search(known, key, HASH_ENTER, &found);
		if (!found)
		{
			entry->rollup = palloc0(sizeof(Rollup));
			entry->rollup->schema = trigger->schema;
			entry->rollup->name = trigger->name;
			entry->rollup->base = trigger->table;
			rollups = lappend(rollups, entry->rollup);
		}
		entry->rollup->triggers = lappend(entry->rollup->triggers, trigger);
		entry->rollup->refuses_rows |= trigger->refuses_rows;
	}
	hash_destroy(known);
	return rollups;
}

static int
by_table_and_kind(const ListCell *a, const ListCell *b)
{
	const RollupTrigger *x = lfirst(a), *y = lfirst(b);

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	return x->kind - y->kind;
}

static int
by_table_kind_and_age(const ListCell *a, const ListCell *b)
{
	const RollupTrigger *x = lfirst(a), *y = lfirst(b);
	int                  order = by_table_and_kind(a, b);

	return order != 0 ? order : x->oid < y->oid ? -1 : x->oid > y->oid;
}

static List *
by_age(List *triggers)
{
	List *sorted = list_copy(triggers);

	list_sort(sorted, by_table_kind_and_age);
	return sorted;
}

static ListCell *
find(List *sorted, ListCell key, list_sort_comparator compare)
{
	return sorted == NIL ? NULL
	                     : bsearch(&key, sorted->elements, list_length(sorted), sizeof(ListCell),
	                               (int (*)(const void *, const void *)) compare);
}

static bool
is_among(List *sorted, Oid table)
{
	return find(sorted, (ListCell){.oid_value = table}, list_oid_cmp) != NULL;
}

/* Is a table followed by a trigger of this kind?  TRUNCATE fires those of each partition. */
static bool
is_kind_of(int kind, Oid table)
{
	return trigger_kinds[kind].type != TRIGGER_TYPE_TRUNCATE ||
	       get_rel_relkind(table) == RELKIND_RELATION;
}

/*
 * The triggers that count, by table and kind.  Of several that are alike it is the oldest, so that
 * nothing is counted twice.
 */
static List *
that_count(List *triggers)
{
	List     *result = NIL;
	ListCell *cell;

	foreach (cell, by_age(triggers))
	{
		RollupTrigger *trigger = lfirst(cell);

		if (trigger->kind != OTHER_KIND && trigger->enabled &&
		    is_kind_of(trigger->kind, trigger->table) &&
		    (result == NIL || by_table_and_kind(list_last_cell(result), cell) != 0))
			result = lappend(result, trigger);
	}
	return result;
}

/* The one of a table and a kind, or NULL. */
static RollupTrigger *
trigger_of(List *counting, Oid table, int kind)
{
	RollupTrigger wanted = {.table = table, .kind = kind};
	ListCell     *found = find(counting, (ListCell){.ptr_value = &wanted}, by_table_and_kind);

	return found == NULL ? NULL : lfirst(found);
}

static List *
own_triggers_on(const Rollup *rollup, Oid table, Extension extension)
{
	return rollup_own_triggers(rollup, rollup_triggers_on(list_make1_oid(table), extension));
}

/* Is it a trigger that counts? */
bool
rollup_is_followed_by(const Rollup *rollup, Oid table, Oid trigger, Extension extension)
{
	ListCell *cell;

	foreach (cell, that_count(own_triggers_on(rollup, table, extension)))
		if (((RollupTrigger *) lfirst(cell))->oid == trigger)
			return true;
	return false;
}

static void
make_trigger(const Rollup *rollup, Oid table, int kind, Extension extension)
{
	CreateTrigStmt *statement = makeNode(CreateTrigStmt);
	const char     *names[] = {trigger_kinds[kind].new_rows, trigger_kinds[kind].old_rows};

	statement->trigname = rollup_trigger_name(rollup->schema, rollup->name, kind);
	statement->relation =
	    makeRangeVar(get_namespace_name(get_rel_namespace(table)), get_rel_name(table), -1);
	statement->args = list_make2(makeString(rollup->schema), makeString(rollup->name));
	if (rollup->refuses_rows)
		statement->args = lappend(statement->args, makeString(pstrdup(ROLLUP_REFUSES_ROWS)));
	statement->timing = trigger_kinds[kind].timing;
	statement->events = trigger_kinds[kind].type;
	for (size_t i = 0; i < lengthof(names); i++)
		if (names[i] != NULL)
		{
			TriggerTransition *transition = makeNode(TriggerTransition);

			transition->name = pstrdup(names[i]);
			transition->isNew = i == 0;
			transition->isTable = true;
			statement->transitionRels = lappend(statement->transitionRels, transition);
		}
	CreateTrigger(statement, NULL, table, InvalidOid, InvalidOid, InvalidOid,
	              extension.trigger_function, InvalidOid, NULL, false, false);
	CommandCounterIncrement();
}

/*
 * Makes those triggers on a table that are not there yet.  Who may make triggers on it need not
 * have the right to use the extension's schema or to call the function; nothing of anybody's is run
 * here.
 */
void
rollup_make_triggers(const Rollup *rollup, Oid table, Extension extension)
{
	List *counting = that_count(own_triggers_on(rollup, table, extension));
	Oid   role;
	int   security;

	if (pg_class_aclcheck(table, GetUserId(), ACL_TRIGGER) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(table));
	GetUserIdAndSecContext(&role, &security);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, security | SECURITY_LOCAL_USERID_CHANGE |
	                                                  SECURITY_RESTRICTED_OPERATION);
	for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
		if (is_kind_of(kind, table) && trigger_of(counting, table, kind) == NULL)
			make_trigger(rollup, table, kind, extension);
	SetUserIdAndSecContext(role, security);
}

/* Somebody else may have made a trigger that names the rollup, on a table of his own. */
static bool
may_have_made(Oid owner, const RollupTrigger *trigger)
{
	return pg_class_aclcheck(trigger->table, owner, ACL_TRIGGER) == ACLCHECK_OK;
}

/*
 * Who made it had the right to; DROP TRIGGER itself would ask for that of the table's owner.  It
 * would also lock each trigger, of which there may be more than there is room for locks; that of
 * the table does for ours, on which nothing depends.
 */
static void
drop_trigger(const RollupTrigger *trigger)
{
	ObjectAddress address;

	ObjectAddressSet(address, TriggerRelationId, trigger->oid);
	if (trigger->kind == OTHER_KIND)
		performDeletion(&address, DROP_RESTRICT, 0);
	else
	{
		RemoveTriggerById(trigger->oid);
		deleteDependencyRecordsFor(TriggerRelationId, trigger->oid, false);
		DeleteComments(trigger->oid, TriggerRelationId, 0);
	}
	CommandCounterIncrement();
}

/* Sorted, so that is_among() finds its members fast. */
static List *
sorted_copy(List *tables)
{
	List *sorted = list_copy(tables);

	list_sort(sorted, list_oid_cmp);
	return sorted;
}

/* Drops what counts nothing, or is on tables that are no part of the base any more. */
void
rollup_drop_superfluous_triggers(const Rollup *rollup, List *tables)
{
	List     *sorted = sorted_copy(tables);
	List     *counting = that_count(rollup->triggers);
	ListCell *cell;

	foreach (cell, rollup->triggers)
	{
		RollupTrigger *trigger = lfirst(cell);
		bool           counts = trigger_of(counting, trigger->table, trigger->kind) == trigger;

		CHECK_FOR_INTERRUPTS();
		if (!(counts && is_among(sorted, trigger->table)) && may_have_made(GetUserId(), trigger))
			drop_trigger(trigger);
	}
}

/* Drops all that it has; or, where there is none any more that they could serve, whosever. */
void
rollup_drop_triggers(const Rollup *rollup, bool whosever)
{
	List     *tables = NIL;
	int       left = 0;
	ListCell *cell;

	if (OidIsValid(rollup->source) && OidIsValid(rollup_base_of_source(rollup->source)))
		tables =
		    sorted_copy(find_all_inheritors(rollup_base_of_source(rollup->source), NoLock, NULL));
	foreach (cell, rollup->triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (whosever || is_among(tables, trigger->table) || may_have_made(GetUserId(), trigger))
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

/* The rows of a table that has triggers and is no part of the base any more, as a sentence. */
static char *
problem_of_former_parts(const Rollup *rollup, List *parts)
{
	ListCell *cell;

	foreach (cell, rollup->triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (!is_among(parts, trigger->table) && was_part(rollup, trigger))
			return psprintf("%s is no part of %s any more: its rows may still be counted.",
			                rollup_relation_name(trigger->table),
			                rollup_relation_name(rollup->base));
	}
	return NULL;
}

/* A trigger that counts nothing, of the tables. */
char *
rollup_problem_of_replaced(const Rollup *rollup, List *tables)
{
	List     *parts = sorted_copy(tables);
	ListCell *cell;

	foreach (cell, by_age(rollup->triggers))
	{
		RollupTrigger *trigger = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if ((!trigger->enabled || trigger->kind == OTHER_KIND) && is_among(parts, trigger->table))
			return psprintf(trigger->enabled
			                    ? "The trigger %s of %s was replaced: rows may be missing."
			                    : "The trigger %s of %s is disabled.",
			                quote_identifier(trigger->trigger_name),
			                rollup_relation_name(trigger->table));
	}
	return NULL;
}

/*
 * Of the tables, parts of the base, those with a trigger that counts nothing or with one too few;
 * and tables that have triggers of the rollup without being among them; as a sentence, or NULL.
 */
char *
rollup_problem_of_triggers(const Rollup *rollup, List *tables)
{
	List     *counting = that_count(rollup->triggers);
	char     *problem = rollup_problem_of_replaced(rollup, tables);
	ListCell *cell;

	if (problem != NULL)
		return problem;
	foreach (cell, tables)
		for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
		{
			Oid table = lfirst_oid(cell);

			CHECK_FOR_INTERRUPTS();
			if (is_kind_of(kind, table) && trigger_of(counting, table, kind) == NULL)
				return psprintf("%s has no trigger for %s: its rows may be missing.",
				                rollup_relation_name(table), trigger_kinds[kind].suffix);
		}
	return problem_of_former_parts(rollup, sorted_copy(tables));
}
