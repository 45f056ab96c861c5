/*
 * rollup_base.c
 *		The table of which a live rollup is: whether its changes can be followed, and by whom.
 */
#include "live/live_rollup.h"

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
#include "catalog/pg_namespace.h"
#include "catalog/pg_subscription_rel.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

/* Has a catalog a row of the relation?  Without an index all rows are looked at. */
static bool
is_listed(Oid relation, Oid catalog, AttrNumber column, Oid index)
{
	Relation    listed = table_open(catalog, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	bool        found;

	ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
	scan = systable_beginscan(listed, index, OidIsValid(index), NULL, 1, &key);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(listed, AccessShareLock);
	return found;
}

static bool
is_subscribed(Oid relation)
{
	return is_listed(relation, SubscriptionRelRelationId, Anum_pg_subscription_rel_srrelid,
	                 SubscriptionRelSrrelidSrsubidIndexId);
}

/* The catalog is of an extension, which need not be there. */
static bool
is_of_citus(Oid relation)
{
	Oid        catalog = get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE);
	AttrNumber column =
	    OidIsValid(catalog) ? get_attnum(catalog, "logicalrelid") : InvalidAttrNumber;

	return column != InvalidAttrNumber && get_atttype(catalog, column) == REGCLASSOID &&
	       is_listed(relation, catalog, column, InvalidOid);
}

/*
 * What pg_inherits has of a table as the parent or the child, in rows that this transaction has
 * made or, otherwise, taken away: the others of each.
 */
static List *
changed_relatives(Oid table, bool of_parent, bool made)
{
	Relation    catalog = table_open(InheritsRelationId, AccessShareLock);
	List       *relatives = NIL;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple   tuple;

	ScanKeyInit(&key, of_parent ? Anum_pg_inherits_inhparent : Anum_pg_inherits_inhrelid,
	            BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
	scan = systable_beginscan(catalog,
	                          of_parent ? InheritsParentIndexId : InheritsRelidSeqnoIndexId, true,
	                          made ? NULL : SnapshotAny, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		HeapTupleHeader  header = tuple->t_data;
		Form_pg_inherits form = (Form_pg_inherits) GETSTRUCT(tuple);

		CHECK_FOR_INTERRUPTS();
		if (made ? TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(header))
		         : !(header->t_infomask & HEAP_XMAX_INVALID) &&
		               TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetUpdateXid(header)))
			relatives = lappend_oid(relatives, of_parent ? form->inhrelid : form->inhparent);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return relatives;
}

List *
rollup_new_children(Oid parent)
{
	return changed_relatives(parent, true, true);
}

List *
rollup_former_children(Oid parent)
{
	return changed_relatives(parent, true, false);
}

/* A loop, since what was above another in a transaction may later be below it. */
List *
rollup_and_above(Oid table)
{
	List *tables = list_make1_oid(table);

	for (int i = 0; i < list_length(tables); i++)
	{
		Oid   child = list_nth_oid(tables, i);
		List *parents = changed_relatives(child, false, false);

		if (get_rel_relispartition(child))
			parents = lappend_oid(parents, get_partition_parent(child, true));
		tables = list_concat_unique_oid(tables, parents);
	}
	return tables;
}

bool
rollup_is_part(Oid table, Oid base)
{
	return table == base || (get_rel_relispartition(table) &&
	                         list_member_oid(get_partition_ancestors(table), base));
}

bool
rollup_was_part_of(Oid table, Oid base)
{
	return list_member_oid(rollup_and_above(table), base);
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

/* May the role read the columns? */
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

char *
rollup_problem_of_rights(Oid table, Oid owner, Bitmapset *columns)
{
	char *problem = rollup_problem_of_security(table, owner);

	if (problem == NULL && !rollup_may_read(owner, table, columns))
		problem = psprintf("%s may not read the columns of %s that it is made of.",
		                   GetUserNameFromId(owner, false), rollup_relation_name(table));
	return problem;
}

/* Of the base and the given tables of it. */
char *
rollup_problem_of_base(Oid base, Oid owner, List *tables)
{
	char     *name = rollup_relation_name(base);
	bool      partitioned = get_rel_relkind(base) == RELKIND_PARTITIONED_TABLE;
	char     *problem = rollup_problem_of_table(base);
	ListCell *cell;

	if (get_rel_relispartition(base))
		return psprintf("%s is a partition, and statements on the partitioned table do not fire "
		                "its triggers.",
		                name);
	foreach (cell, tables)
	{
		CHECK_FOR_INTERRUPTS();
		if (problem == NULL)
			problem = rollup_problem_of_table(lfirst_oid(cell));
	}
	if (problem != NULL)
		return problem;
	if (is_of_citus(base))
		return psprintf("%s is a table of Citus: its rows are written to shards, and statements on "
		                "these do not fire its triggers.",
		                name);
	if (!partitioned && (find_inheritance_children(base, NoLock) != NIL || has_superclass(base)))
		return psprintf("%s inherits or is inherited from, and statements on the one table do not "
		                "fire the triggers of the other.",
		                name);
	return rollup_problem_of_security(base, owner);
}

void
rollup_check_base(Oid base, Oid owner)
{
	char *problem = rollup_problem_of_base(base, owner, find_all_inheritors(base, NoLock, NULL));

	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("cannot keep a live rollup of table \"%s\"", get_rel_name(base)),
		                errdetail("%s", problem)));
}

void
rollup_check_may_read(Oid role, Oid table, Bitmapset *columns)
{
	if (!rollup_may_read(role, table, columns))
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(table));
}
