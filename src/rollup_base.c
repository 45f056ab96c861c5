/*
 * rollup_base.c
 *		The table of which a live rollup is: whether its changes can be followed, and by whom.
 */
#include "live_rollup.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/indexing.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_subscription_rel.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

static bool
is_subscribed(Oid relation)
{
	Relation    catalog = table_open(SubscriptionRelRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	bool        found;

	ScanKeyInit(&key, Anum_pg_subscription_rel_srrelid, BTEqualStrategyNumber, F_OIDEQ,
	            ObjectIdGetDatum(relation));
	scan = systable_beginscan(catalog, InvalidOid, false, NULL, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

/* The tables of which this transaction has made a table no partition any more, or dropped it. */
static List *
former_parents(Oid table)
{
	Relation    catalog = table_open(InheritsRelationId, AccessShareLock);
	List       *parents = NIL;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple   tuple;

	ScanKeyInit(&key, Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ,
	            ObjectIdGetDatum(table));
	scan = systable_beginscan(catalog, InheritsRelidSeqnoIndexId, true, SnapshotAny, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		if (!(tuple->t_data->t_infomask & HEAP_XMAX_INVALID) &&
		    TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetUpdateXid(tuple->t_data)))
			parents = lappend_oid(parents, ((Form_pg_inherits) GETSTRUCT(tuple))->inhparent);
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return parents;
}

/* Has this transaction taken a table, or one of which it is a partition, from a base? */
bool
rollup_was_part_of(Oid table, Oid base)
{
	List     *parents = former_parents(table);
	ListCell *cell;

	if (get_rel_relispartition(table))
		parents = lappend_oid(parents, get_partition_parent(table, true));
	foreach (cell, parents)
		if (lfirst_oid(cell) == base || rollup_was_part_of(lfirst_oid(cell), base))
			return true;
	return false;
}

/* Why the changes of a table cannot be followed completely, as a sentence, or NULL. */
char *
rollup_problem_of_table(Oid relation)
{
	char  kind = get_rel_relkind(relation);
	char *name = rollup_relation_name(relation);

	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
		return psprintf("%s is not an ordinary or partitioned table.", name);
	if (relation < FirstNormalObjectId)
		return psprintf("%s is a table of the system.", name);
	if (get_rel_persistence(relation) == RELPERSISTENCE_TEMP)
		return psprintf("%s is temporary.", quote_identifier(get_rel_name(relation)));
	if (is_subscribed(relation))
		return psprintf("%s is fed by logical replication, which fires no statement triggers.",
		                name);
	return NULL;
}

/* Triggers are given rows that a policy hides from the owner, as a sentence, or NULL. */
char *
rollup_problem_of_security(Oid table, Oid owner)
{
	if (check_enable_rls(table, owner, true) != RLS_ENABLED)
		return NULL;
	return psprintf("%s has row-level security, which triggers would bypass and %s may not.",
	                rollup_relation_name(table), GetUserNameFromId(owner, false));
}

char *
rollup_problem_of_base(Oid base, Oid owner)
{
	char     *name = rollup_relation_name(base);
	bool      partitioned = get_rel_relkind(base) == RELKIND_PARTITIONED_TABLE;
	List     *tables = find_all_inheritors(base, NoLock, NULL);
	ListCell *cell;

	if (get_rel_relispartition(base))
		return psprintf("%s is a partition, and statements on the partitioned table do not fire "
		                "its triggers.",
		                name);
	foreach (cell, tables)
	{
		char *problem = rollup_problem_of_table(lfirst_oid(cell));

		if (problem != NULL)
			return problem;
	}
	if (!partitioned && (list_length(tables) > 1 || has_superclass(base)))
		return psprintf("%s inherits or is inherited from, and statements on the one table do not "
		                "fire the triggers of the other.",
		                name);
	return rollup_problem_of_security(base, owner);
}

void
rollup_check_base(Oid base, Oid owner)
{
	char *problem = rollup_problem_of_base(base, owner);

	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("cannot keep a live rollup of table \"%s\"", get_rel_name(base)),
		                errdetail("%s", problem)));
}

/* May the role read the columns?  Triggers are given them without anybody asking. */
bool
rollup_may_read(Oid role, Oid table, Bitmapset *columns)
{
	int member = -1;

	if (pg_class_aclcheck(table, role, ACL_SELECT) == ACLCHECK_OK)
		return true;
	if (columns == NULL) /* count(*) of a table, for which any column does */
		return pg_attribute_aclcheck_all(table, role, ACL_SELECT, ACLMASK_ANY) == ACLCHECK_OK;
	while ((member = bms_next_member(columns, member)) >= 0)
		if (pg_attribute_aclcheck(table, member + FirstLowInvalidHeapAttributeNumber, role,
		                          ACL_SELECT) != ACLCHECK_OK)
			return false;
	return true;
}

void
rollup_check_may_read(Oid role, Oid table, Bitmapset *columns)
{
	if (!rollup_may_read(role, table, columns))
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(table));
}
