/*
 * rollup_relations.c
 *		The three relations of a live rollup: their names and owners, and whether they are there.
 */
#include "live/live_rollup.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

char *
rollup_display_name(const Rollup *rollup)
{
	return quote_qualified_identifier(rollup->schema, rollup->name);
}

/* Somebody may just have dropped it. */
char *
rollup_relation_name(Oid relation)
{
	char *schema = get_namespace_name(get_rel_namespace(relation));
	char *name = get_rel_name(relation);

	if (schema == NULL || name == NULL)
		return psprintf("%u", relation);
	return quote_qualified_identifier(schema, name);
}

/* Finds what there is of the relations of a rollup. */
void
rollup_find_relations(Rollup *rollup)
{
	Oid schema = get_namespace_oid(rollup->schema, true);

	if (isAnyTempNamespace(schema)) /* where nobody else can look */
		schema = InvalidOid;
	rollup->merged = get_relname_relid(rollup->name, schema);
	rollup->source = get_relname_relid(psprintf("%s%s", rollup->name, ROLLUP_SOURCE), schema);
	rollup->delta = get_relname_relid(psprintf("%s%s", rollup->name, ROLLUP_DELTA), schema);
}

/*
 * Locks definition and deltas, so that nobody alters, drops or renames them.  While a lock is
 * waited for another relation may take the name, hence the second look.
 */
void
rollup_lock_relations(Rollup *rollup, LOCKMODE delta_mode)
{
	for (;;)
	{
		Rollup found = *rollup;

		CHECK_FOR_INTERRUPTS();
		if (OidIsValid(rollup->delta))
			LockRelationOid(rollup->delta, delta_mode);
		if (OidIsValid(rollup->source))
			LockRelationOid(rollup->source, AccessShareLock);
		rollup_find_relations(&found);
		if (found.source == rollup->source && found.delta == rollup->delta)
			return;
		if (OidIsValid(rollup->delta))
			UnlockRelationOid(rollup->delta, delta_mode);
		if (OidIsValid(rollup->source))
			UnlockRelationOid(rollup->source, AccessShareLock);
		*rollup = found;
	}
}

Oid
rollup_relation_owner(Oid relation)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid       owner;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

static bool
has_column(Oid relation, const char *name, Oid type)
{
	AttrNumber column = get_attnum(relation, name);

	return column != InvalidAttrNumber && get_atttype(relation, column) == type;
}

/* Has a relation the column that every definition has? */
bool
rollup_is_source(Oid relation)
{
	return get_rel_relkind(relation) == RELKIND_VIEW && has_column(relation, "row_count", INT8OID);
}

/* Has a relation the columns that every table of deltas has? */
bool
rollup_has_deltas(Oid relation)
{
	return get_rel_relkind(relation) == RELKIND_RELATION &&
	       has_column(relation, "row_count", INT8OID) &&
	       has_column(relation, "compacted_at", TIMESTAMPTZOID);
}

/* What is wrong with the relations of a rollup, as a sentence, or NULL; sets the owner. */
char *
rollup_problem_of_relations(Rollup *rollup)
{
	if (!OidIsValid(rollup->source) || get_rel_relkind(rollup->source) != RELKIND_VIEW)
		return psprintf("There is no view \"%s%s\".", rollup->name, ROLLUP_SOURCE);
	if (!OidIsValid(rollup->delta) || get_rel_relkind(rollup->delta) != RELKIND_RELATION)
		return psprintf("There is no table \"%s%s\".", rollup->name, ROLLUP_DELTA);
	if (!rollup_has_deltas(rollup->delta))
		return psprintf("\"%s%s\" is not a table of deltas.", rollup->name, ROLLUP_DELTA);
	rollup->owner = rollup_relation_owner(rollup->delta);
	if (rollup->owner != rollup_relation_owner(rollup->source))
		return psprintf("\"%s%s\" and \"%s%s\" belong to different owners.", rollup->name,
		                ROLLUP_SOURCE, rollup->name, ROLLUP_DELTA);
	return NULL;
}

void
rollup_check_relations(Rollup *rollup)
{
	char *problem;

	rollup_find_relations(rollup);
	problem = rollup_problem_of_relations(rollup);
	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
		                errmsg("live rollup %s is not complete", rollup_display_name(rollup)),
		                errdetail("%s", problem),
		                errhint(ROLLUP_HINT_OF_RELATIONS)));
}
