/*
 * live_rollup.c
 *		Rollups that keep themselves: every change of a table is appended to a table of deltas.
 *
 * A rollup NAME is made of three relations beside each other, all of them its owner's:
 *
 *		NAME_source	a view, the query itself with count(*) AS row_count.  It is the definition:
 *					of a view PostgreSQL knows what it depends on, through renaming and dumps.
 *		NAME_delta	a table with a row for each group that a statement has touched: the keys,
 *					what was added and what was removed as summaries, by how many rows the
 *					group grew, and, in a row into which others have been folded, when.
 *		NAME		a view of the deltas, merged.
 *
 * On the base table and each of its partitions there are statement triggers, whose arguments are
 * the schema and the NAME.  That is all; no registry is there for a dump to lose.
 *
 * Whose rights: anybody may attach our trigger function to a table of his own, with arguments that
 * name the rollup of somebody else.  So it believes nothing but the source view: it does nothing
 * for a table that is not the view's or a partition of it, it wants one owner for view and deltas,
 * and only then does it work, as this owner, as REFRESH MATERIALIZED VIEW would.  The other
 * functions work as the owner, too, and for those alone who could do all of it themselves.
 */
#include "cxm.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_subscription_rel.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "commands/defrem.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/analyze.h"
#include "parser/parse_func.h"
#include "parser/parse_oper.h"
#include "parser/parsetree.h"
#include "port/pg_crc32c.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewriteManip.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/rls.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"
#include "utils/varlena.h"

#include "row_delta.h"

/* A column of a rollup.  All of these are pieces of SQL. */
typedef struct RollupColumn
{
	char *name, *label; /* as an identifier and as a literal */
	char *ordinal;
	char *expression;                /* over the base table */
	Node *node;                      /* the same, of range table entry 1 */
	char *added, *removed, *balance; /* of an aggregate: columns of the deltas and of verify */
} RollupColumn;

typedef struct Rollup
{
	char *schema, *name;
	Oid   view, delta, source; /* or InvalidOid */
	Oid   owner;

	/* what the source view says */
	Oid        base;
	List      *keys, *aggregates; /* of RollupColumn */
	char      *where;
	Node      *condition;
	Bitmapset *columns; /* of the base table, as pull_varattnos() numbers them */
} Rollup;

/* The extension as this database has it. */
typedef struct Extension
{
	Oid oid;
	Oid schema;
	Oid trigger_function;
} Extension;

static Extension
extension_of(FunctionCallInfo fcinfo)
{
	Oid       function = fcinfo->flinfo->fn_oid;
	Extension extension;

	extension.oid = getExtensionOfObject(ProcedureRelationId, function);
	extension.schema = get_func_namespace(function);
	extension.trigger_function =
	    LookupFuncName(list_make2(makeString(get_namespace_name(extension.schema)),
	                              makeString("cxm_maintain_rollup")),
	                   0, NULL, false);
	return extension;
}

static char *
display_name(const Rollup *rollup)
{
	return quote_qualified_identifier(rollup->schema, rollup->name);
}

/*
 * Names
 */

/* Somebody may just have dropped it. */
static char *
relation_name(Oid relation)
{
	char *schema = get_namespace_name(get_rel_namespace(relation));
	char *name = get_rel_name(relation);

	if (schema == NULL || name == NULL)
		return psprintf("%u", relation);
	return quote_qualified_identifier(schema, name);
}

static RangeVar *
range_var(text *name)
{
	return makeRangeVarFromNameList(textToQualifiedNameList(name));
}

static const char *const suffixes[] = {"_source", "_delta"};

/* Finds what there is of the relations of a rollup, and whose they are. */
static void
find_relations(Rollup *rollup)
{
	Oid schema = get_namespace_oid(rollup->schema, true);

	if (isAnyTempNamespace(schema)) /* where nobody else can look */
		schema = InvalidOid;
	rollup->view = get_relname_relid(rollup->name, schema);
	rollup->source = get_relname_relid(psprintf("%s%s", rollup->name, suffixes[0]), schema);
	rollup->delta = get_relname_relid(psprintf("%s%s", rollup->name, suffixes[1]), schema);
}

static Oid
owner_of(Oid relation)
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
static bool
is_source(Oid relation)
{
	return get_rel_relkind(relation) == RELKIND_VIEW && has_column(relation, "row_count", INT8OID);
}

/* Has a relation the columns that every table of deltas has? */
static bool
has_deltas(Oid relation)
{
	return get_rel_relkind(relation) == RELKIND_RELATION &&
	       has_column(relation, "row_count", INT8OID) &&
	       has_column(relation, "compacted_at", TIMESTAMPTZOID);
}

/* What is wrong with the relations of a rollup, as a sentence, or NULL; sets the owner. */
static char *
problem_of_relations(Rollup *rollup)
{
	if (!OidIsValid(rollup->source) || get_rel_relkind(rollup->source) != RELKIND_VIEW)
		return psprintf("There is no view \"%s%s\".", rollup->name, suffixes[0]);
	if (!OidIsValid(rollup->delta) || get_rel_relkind(rollup->delta) != RELKIND_RELATION)
		return psprintf("There is no table \"%s%s\".", rollup->name, suffixes[1]);
	if (!has_deltas(rollup->delta))
		return psprintf("\"%s%s\" is not a table of deltas.", rollup->name, suffixes[1]);
	rollup->owner = owner_of(rollup->delta);
	if (rollup->owner != owner_of(rollup->source))
		return psprintf("\"%s%s\" and \"%s%s\" belong to different owners.", rollup->name,
		                suffixes[0], rollup->name, suffixes[1]);
	return NULL;
}

static void
check_relations(Rollup *rollup)
{
	char *problem;

	find_relations(rollup);
	problem = problem_of_relations(rollup);
	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
		                errmsg("live rollup %s is not complete", display_name(rollup)),
		                errdetail("%s", problem),
		                errhint("Where a relation was renamed, give its name back to it. Otherwise "
		                        "cxm_drop_rollup takes away the rest.")));
}

/*
 * The definition: what a query may say
 */

pg_noreturn static void
refuse(const char *what, const char *reason)
{
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
	                errmsg("a live rollup cannot have %s", what), errdetail("%s", reason)));
}

static void
check_clauses(const Query *query)
{
	const struct
	{
		bool        present;
		const char *what, *reason;
	} refused[] = {
	    {query->setOperations != NULL, "UNION, INTERSECT or EXCEPT", "It is of one table."},
	    {query->cteList != NIL, "WITH", "It is of one table."},
	    {query->hasSubLinks, "a subquery", "Changes of the other table would go unnoticed."},
	    {query->distinctClause != NIL, "DISTINCT",
	     "A row that is taken out does not tell whether it was the last of its kind."},
	    {query->havingQual != NULL, "HAVING",
	     "A group that it leaves out must still be kept. Filter the view instead."},
	    {query->groupingSets != NIL, "GROUPING SETS, CUBE or ROLLUP",
	     "Groups of groups are a rollup() over the view."},
	    {query->hasWindowFuncs, "a window function", "One row would change the figures of others."},
	    {query->hasTargetSRFs, "a function that returns a set", "A row belongs to one group."},
	    {query->limitCount != NULL || query->limitOffset != NULL, "LIMIT or OFFSET",
	     "One row would decide whether others count."},
	    {query->sortClause != NIL, "ORDER BY", "Order what you read from the view instead."},
	    {query->rowMarks != NIL, "FOR UPDATE or FOR SHARE", "It locks no rows."},
	};

	for (size_t i = 0; i < lengthof(refused); i++)
		if (refused[i].present)
			refuse(refused[i].what, refused[i].reason);
	if (query->groupClause == NIL)
		ereport(ERROR,
		        (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("a live rollup needs GROUP BY"),
		         errhint("The total is a rollup() over the view.")));
}

/* The one table of the query. */
static int
base_of(const Query *query)
{
	RangeTblEntry *entry;
	int            index;

	if (list_length(query->jointree->fromlist) != 1 ||
	    !IsA(linitial(query->jointree->fromlist), RangeTblRef))
		refuse("a join", "Changes of the other table would go unnoticed. Join the view instead.");
	index = linitial_node(RangeTblRef, query->jointree->fromlist)->rtindex;
	entry = rt_fetch(index, query->rtable);
	if (entry->rtekind != RTE_RELATION)
		refuse("anything but a table in FROM", "Only a table has triggers for its changes.");
	if (entry->tablesample != NULL)
		refuse("TABLESAMPLE", "Whether a removed row had been in the sample is not known.");
	if (!entry->inh)
		refuse("ONLY", "A statement on the table reports the rows of its children, too.");
	return index;
}

static bool
find_timestamptz(Node *node, Var **found)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var) && ((Var *) node)->vartype == TIMESTAMPTZOID)
	{
		*found = (Var *) node;
		return true;
	}
	return expression_tree_walker(node, find_timestamptz, (void *) found);
}

/*
 * A row must be taken out of the group into which it was put, from whatever session; what is not
 * immutable cannot promise that.
 */
static void
check_immutable(Node *expression, const char *what, const char *sql, Oid base)
{
	Var *column = NULL;

	if (!contain_mutable_functions(expression))
		return;
	if (contain_volatile_functions(expression))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("%s of a live rollup is volatile", what),
		                errdetail("%s has another value each time.", sql)));
	find_timestamptz(expression, &column);
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
	                errmsg("%s of a live rollup is not immutable", what),
	                errdetail("%s depends on settings, such as the time zone: another session "
	                          "would take rows out of another group.",
	                          sql),
	                column == NULL
	                    ? 0
	                    : errhint("Name the time zone, as in (%s AT TIME ZONE "
	                              "'UTC')::date.",
	                              quote_identifier(get_attname(base, column->varattno, false)))));
}

/* The expression in a query of nothing but the base table. */
static Node *
over_base(Node *expression, int base_index)
{
	Node *copy = copyObject(expression);

	ChangeVarNodes(copy, base_index, 1, 0);
	return copy;
}

static char *
sql_of(Node *expression, Oid base)
{
	return deparse_expression(expression, deparse_context_for(get_rel_name(base), base), false,
	                          true);
}

/*
 * A virtual column is not in the rows that triggers are given, and neither is a stored one where a
 * row on its way into a partition has been converted: they are given what it was converted from.
 */
static bool
lacks_generated(Oid table, AttrNumber column)
{
	char generated = get_attgenerated(table, column);

	return generated != '\0' && (generated != ATTRIBUTE_GENERATED_STORED ||
	                             get_rel_relkind(table) == RELKIND_PARTITIONED_TABLE);
}

static void
check_columns(const Rollup *rollup)
{
	int member = -1;

	while ((member = bms_next_member(rollup->columns, member)) >= 0)
	{
		AttrNumber column = member + FirstLowInvalidHeapAttributeNumber;

		if (column < 0)
			refuse("a system column", "It says where a row is stored, and changes with it.");
		if (column == 0)
			refuse("a whole row", "Its type changes with the columns of the table.");
		if (lacks_generated(rollup->base, column))
			refuse("this generated column",
			       psprintf("Of column %s triggers are not given the value: it is virtual, or the "
			                "table is partitioned. Write its expression instead.",
			                quote_identifier(get_attname(rollup->base, column, false))));
	}
}

static void
check_aggregate(Aggref *aggregate, const char *sql, Extension extension)
{
	char *schema = get_namespace_name(extension.schema);
	Oid   type = aggregate->aggtype;

	if (getExtensionOfObject(ProcedureRelationId, aggregate->aggfnoid) != extension.oid ||
	    !OidIsValid(
	        LookupFuncName(list_make2(makeString(schema), makeString("rollup")), 1, &type, true)))
		ereport(ERROR,
		        (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s is not a summary of cxm", sql),
		         errdetail("What a live rollup stores must be mergeable."),
		         errhint("Store a summary, such as nps_agg(score), and read the figure, "
		                 "such as nps(s), from the view.")));
	if (!OidIsValid(OpernameGetOprid(list_make2(makeString(schema), makeString("-")), type, type)))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("%s cannot be kept by a live rollup", sql),
		                errdetail("%s is a set: of what a deleted row has put there it does not "
		                          "tell whether another row has, too.",
		                          format_type_be(type))));
	if (aggregate->aggdistinct != NIL)
		refuse("DISTINCT",
		       "A row that is taken out does not tell whether it was the last of its kind.");
	if (aggregate->aggorder != NIL)
		refuse("ORDER BY", "No summary depends on the order of the rows.");
}

/* A name of a column as SQL; prefixed with what tells apart the columns of the deltas. */
static char *
column_name(const char *prefix, const char *name)
{
	if (strlen(prefix) + strlen(name) >= NAMEDATALEN)
		ereport(ERROR, (errcode(ERRCODE_NAME_TOO_LONG),
		                errmsg("column name \"%s\" is too long for a live rollup", name)));
	return pstrdup(quote_identifier(psprintf("%s%s", prefix, name)));
}

static void
add_column(Rollup *rollup, const TargetEntry *target, int base_index, Extension extension)
{
	RollupColumn *column = palloc0(sizeof(RollupColumn));
	Aggref       *aggregate = (Aggref *) target->expr;

	if (target->resjunk)
		refuse("a key that is not in the select list", "Each of its groups is one row.");
	if (target->resname == NULL || strcmp(target->resname, "?column?") == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_NAME),
		                errmsg("column %d of a live rollup has no name", target->resno),
		                errhint("Name it with AS.")));
	column->name = column_name("", target->resname);
	column->label = quote_literal_cstr(target->resname);
	column->node = over_base((Node *) target->expr, base_index);
	column->expression = sql_of(column->node, rollup->base);
	if (target->ressortgroupref != 0)
	{
		check_immutable((Node *) target->expr, psprintf("key %s", column->name), column->expression,
		                rollup->base);
		rollup->keys = lappend(rollup->keys, column);
		column->ordinal = psprintf("%d", list_length(rollup->keys));
		return;
	}
	if (!IsA(aggregate, Aggref))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("%s is neither a key nor a summary", column->expression),
		                errhint("Compute it from the columns of the view.")));
	check_aggregate(aggregate, column->expression, extension);
	check_immutable((Node *) aggregate->args, psprintf("an argument of %s", column->name),
	                column->expression, rollup->base);
	check_immutable((Node *) aggregate->aggfilter, psprintf("the filter of %s", column->name),
	                column->expression, rollup->base);
	column->added = column_name("added_", target->resname);
	column->removed = column_name("removed_", target->resname);
	column->balance = column_name("balance_", target->resname);
	rollup->aggregates = lappend(rollup->aggregates, column);
}

static List *
columns_of(const Rollup *rollup)
{
	return list_concat_copy(rollup->keys, rollup->aggregates);
}

static bool
is_among(const char *name, List *names)
{
	ListCell *cell;

	foreach (cell, names)
		if (strcmp(name, lfirst(cell)) == 0)
			return true;
	return false;
}

/* Beside the columns of the query there are others, in the deltas and on the way to them. */
static void
check_names(const Rollup *rollup)
{
	List     *names = NIL;
	List     *taken = list_make3("row_count", "compacted_at", "expected_row_count");
	ListCell *cell;

	foreach (cell, rollup->aggregates)
	{
		RollupColumn *column = lfirst(cell);

		taken = list_concat(taken, list_make3(column->added, column->removed, column->balance));
	}
	foreach (cell, columns_of(rollup))
	{
		char *name = ((RollupColumn *) lfirst(cell))->name;

		if (is_among(name, names))
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
			                errmsg("a live rollup cannot have two columns %s", name),
			                errhint("Name one of them otherwise with AS.")));
		if (is_among(name, taken))
			ereport(ERROR, (errcode(ERRCODE_RESERVED_NAME),
			                errmsg("a column of a live rollup cannot have the name %s", name),
			                errdetail("A column beside those of the query has it."),
			                errhint("Name it otherwise with AS.")));
		names = lappend(names, name);
	}
}

/* The last column of a source view. */
static bool
is_row_count(const TargetEntry *target)
{
	return IsA(target->expr, Aggref) && ((Aggref *) target->expr)->aggstar &&
	       strcmp(target->resname, "row_count") == 0;
}

/* Fills in what the query says; an error where a rollup cannot be kept for it. */
static void
read_definition(Rollup *rollup, Query *query, bool is_source, Extension extension)
{
	int       base_index;
	List     *targets;
	ListCell *cell;

	if (query->commandType != CMD_SELECT)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("the query of a live rollup must be a SELECT")));
	check_clauses(query);
	base_index = base_of(query);
	rollup->base = rt_fetch(base_index, query->rtable)->relid;
	targets = (List *) cxm_flatten_group_exprs(query, (Node *) query->targetList);
	pull_varattnos((Node *) targets, base_index, &rollup->columns);
	pull_varattnos(query->jointree->quals, base_index, &rollup->columns);
	check_columns(rollup);
	foreach (cell, targets)
		if (!is_source || !is_row_count(lfirst_node(TargetEntry, cell)))
			add_column(rollup, lfirst_node(TargetEntry, cell), base_index, extension);
	if (rollup->aggregates == NIL)
		ereport(ERROR,
		        (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("a live rollup needs a summary"),
		         errhint("Select one, such as nps_agg(score) AS s.")));
	if (list_length(rollup->aggregates) == 1)
	{
		RollupColumn *only = linitial(rollup->aggregates);

		only->added = "added";
		only->removed = "removed";
	}
	check_names(rollup);
	rollup->where = "";
	if (query->jointree->quals != NULL)
	{
		char *sql;

		rollup->condition = over_base(query->jointree->quals, base_index);
		sql = sql_of(rollup->condition, rollup->base);
		check_immutable(rollup->condition, "the condition", sql, rollup->base);
		rollup->where = psprintf(" WHERE %s", sql);
	}
}

/* The same of an existing rollup. */
static void
read_source(Rollup *rollup, Extension extension)
{
	Relation source = table_open(rollup->source, AccessShareLock);

	read_definition(rollup, get_view_query(source), true, extension);
	table_close(source, NoLock);
}

/*
 * The base table
 */

/* The base table as a source view has it, or InvalidOid: the view may be anything, of anybody. */
static Oid
base_of_source(Oid source)
{
	Relation relation = table_open(source, AccessShareLock);
	Query   *query = get_view_query(relation);
	List    *from = query->jointree->fromlist;
	Oid      base = InvalidOid;

	if (list_length(from) == 1 && IsA(linitial(from), RangeTblRef))
		base = rt_fetch(linitial_node(RangeTblRef, from)->rtindex, query->rtable)->relid;
	table_close(relation, AccessShareLock);
	return base;
}

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
static bool
was_part_of(Oid table, Oid base)
{
	List     *parents = former_parents(table);
	ListCell *cell;

	if (get_rel_relispartition(table))
		parents = lappend_oid(parents, get_partition_parent(table, true));
	foreach (cell, parents)
		if (lfirst_oid(cell) == base || was_part_of(lfirst_oid(cell), base))
			return true;
	return false;
}

/* Why the changes of a table cannot be followed completely, as a sentence, or NULL. */
static char *
problem_of_table(Oid relation)
{
	char  kind = get_rel_relkind(relation);
	char *name = relation_name(relation);

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
static char *
problem_of_security(Oid table, Oid owner)
{
	if (check_enable_rls(table, owner, true) != RLS_ENABLED)
		return NULL;
	return psprintf("%s has row-level security, which triggers would bypass and %s may not.",
	                relation_name(table), GetUserNameFromId(owner, false));
}

static char *
problem_of_base(Oid base, Oid owner)
{
	char     *name = relation_name(base);
	bool      partitioned = get_rel_relkind(base) == RELKIND_PARTITIONED_TABLE;
	List     *tables = find_all_inheritors(base, NoLock, NULL);
	ListCell *cell;

	if (get_rel_relispartition(base))
		return psprintf("%s is a partition, and statements on the partitioned table do not fire "
		                "its triggers.",
		                name);
	foreach (cell, tables)
	{
		char *problem = problem_of_table(lfirst_oid(cell));

		if (problem != NULL)
			return problem;
	}
	if (!partitioned && (list_length(tables) > 1 || has_superclass(base)))
		return psprintf("%s inherits or is inherited from, and statements on the one table do not "
		                "fire the triggers of the other.",
		                name);
	return problem_of_security(base, owner);
}

static void
check_base(Oid base, Oid owner)
{
	char *problem = problem_of_base(base, owner);

	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("cannot keep a live rollup of table \"%s\"", get_rel_name(base)),
		                errdetail("%s", problem)));
}

/* May the role read the columns?  Triggers are given them without anybody asking. */
static bool
may_read(Oid role, Oid table, Bitmapset *columns)
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

static void
check_may_read(Oid role, Oid table, Bitmapset *columns)
{
	if (!may_read(role, table, columns))
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(table));
}

/*
 * SQL
 *
 * Statements are templates.  {k, ...} is written for every key, {a, ...} for every aggregate, with
 * commas between them, or with OR after {a|.
 */

/* A word that begins with a dollar; what stands for it is no template again. */
static const char *
word_of(const Rollup *rollup, const RollupColumn *column, const char *word, int length,
        const char *extension_schema)
{
	const struct
	{
		const char *word, *sql;
	} words[] = {
	    {"name", column ? column->name : NULL},
	    {"expression", column ? column->expression : NULL},
	    {"added", column ? column->added : NULL},
	    {"removed", column ? column->removed : NULL},
	    {"balance", column ? column->balance : NULL},
	    {"label", column ? column->label : NULL},
	    {"ordinal", column ? column->ordinal : NULL},
	    {"where", rollup->where},
	};
	char *key = pnstrdup(word, length);

	for (size_t i = 0; i < lengthof(words); i++)
		if (strcmp(key, words[i].word) == 0)
			return words[i].sql;
	if (strcmp(key, "base") == 0)
		return relation_name(rollup->base);
	if (strcmp(key, "view") == 0)
		return display_name(rollup);
	if (strcmp(key, "source") == 0 || strcmp(key, "delta") == 0)
		return quote_qualified_identifier(rollup->schema, psprintf("%s_%s", rollup->name, key));
	if (strcmp(key, "rollup") == 0)
		return quote_qualified_identifier(extension_schema, "rollup");
	if (strcmp(key, "minus") == 0)
		return psprintf("OPERATOR(%s.-)", quote_identifier(extension_schema));
	if (strcmp(key, "equals") == 0)
		return psprintf("OPERATOR(%s.=)", quote_identifier(extension_schema));
	elog(ERROR, "no word \"%s\"", key);
}

static void
expand_part(StringInfo sql, const Rollup *rollup, const RollupColumn *column, const char *template,
            int length, const char *extension_schema)
{
	for (const char *c = template; c < template + length; c++)
	{
		int word = 0;

		if (*c == '$')
			while (c[1 + word] >= 'a' && c[1 + word] <= 'z')
				word++;
		if (word == 0)
			appendStringInfoChar(sql, *c);
		else
			appendStringInfoString(sql, word_of(rollup, column, c + 1, word, extension_schema));
		c += word;
	}
}

static char *
expand(const Rollup *rollup, const char *template, Extension extension)
{
	char          *schema = get_namespace_name(extension.schema);
	StringInfoData sql;

	initStringInfo(&sql);
	while (*template != '\0')
	{
		int       plain = strcspn(template, "{");
		List     *columns;
		ListCell *cell;

		expand_part(&sql, rollup, NULL, template, plain, schema);
		template += plain;
		if (*template == '\0')
			break;
		columns = template[1] == 'k' ? rollup->keys : rollup->aggregates;
		foreach (cell, columns)
		{
			if (cell != list_head(columns))
				appendStringInfoString(&sql, template[2] == '|' ? " OR " : ", ");
			expand_part(&sql, rollup, lfirst(cell), template + 3, strcspn(template + 3, "}"),
			            schema);
		}
		template += strcspn(template, "}") + 1;
	}
	return sql.data;
}

/* The value of a group that has grown and shrunk; NULL where nothing is left that counts. */
#define NET                                                     \
	"CASE WHEN $rollup($removed) IS NULL THEN $rollup($added) " \
	"WHEN $rollup($added) $equals $rollup($removed) THEN NULL " \
	"ELSE $rollup($added) $minus $rollup($removed) END"

static const char make_source[] =
    "CREATE VIEW $source AS SELECT {k,$expression AS $name}, {a,$expression AS $name}, "
    "count(*) AS row_count FROM $base$where GROUP BY {k,$ordinal}";

/* Folding leaves holes for the next deltas: vacuum soon, and keep the pages full. */
static const char make_delta[] =
    "CREATE %s TABLE $delta WITH (autovacuum_vacuum_scale_factor = 0.1, "
    "autovacuum_vacuum_threshold = 500, autovacuum_analyze_threshold = 500) AS "
    "SELECT {k,$name}, {a,$name AS $added, $name AS $removed}, row_count, "
    "NULL::timestamptz AS compacted_at FROM $source WITH NO DATA";

static const char make_view[] = "CREATE VIEW $view AS SELECT {k,$name}, {a," NET " AS $name} "
                                "FROM $delta GROUP BY {k,$name} HAVING sum(row_count) <> 0";

static const char fill[] =
    "INSERT INTO $delta ({k,$name}, {a,$added}, row_count, compacted_at) "
    "SELECT {k,$name}, {a,$name}, row_count, statement_timestamp() FROM $source";

static const char refill[] =
    "WITH forgotten AS (DELETE FROM $delta) INSERT INTO $delta "
    "({k,$name}, {a,$added}, row_count, compacted_at) "
    "SELECT {k,$name}, {a,$name}, row_count, statement_timestamp() FROM $source";

static const char append_inserted[] =
    "INSERT INTO $delta ({k,$name}, {a,$added}, row_count) "
    "SELECT {k,$expression}, {a,$expression}, count(*) FROM cxm_new$where GROUP BY {k,$ordinal}";

static const char append_deleted[] =
    "INSERT INTO $delta ({k,$name}, {a,$removed}, row_count) "
    "SELECT {k,$expression}, {a,$expression}, - count(*) FROM cxm_old$where "
    "GROUP BY {k,$ordinal}";

/* Nothing for a group that comes out as it was. */
static const char append_updated[] =
    "INSERT INTO $delta ({k,$name}, {a,$added, $removed}, row_count) "
    "SELECT {k,$name}, {a,$rollup($added), $rollup($removed)}, sum(row_count)::bigint FROM ("
    "SELECT {k,$expression AS $name}, {a,$expression AS $added, NULL AS $removed}, "
    "count(*) AS row_count FROM cxm_new$where GROUP BY {k,$ordinal} UNION ALL "
    "SELECT {k,$expression}, {a,NULL, $expression}, - count(*) FROM cxm_old$where "
    "GROUP BY {k,$ordinal}) AS change GROUP BY {k,$name} "
    "HAVING sum(row_count) <> 0 OR {a|($rollup($added) IS NULL) <> ($rollup($removed) IS NULL) "
    "OR NOT $rollup($added) $equals $rollup($removed)}";

/* Of a partition its rows are taken out; whoever empties the whole table leaves no deltas. */
static const char append_truncated[] =
    "INSERT INTO $delta ({k,$name}, {a,$removed}, row_count) "
    "SELECT {k,$expression}, {a,$expression}, - count(*) FROM %s$where GROUP BY {k,$ordinal}";
static const char forget[] = "DELETE FROM $delta";

/* Every group with a delta that has not been folded becomes one row, or none. */
static const char fold[] =
    "WITH folded AS (DELETE FROM $delta WHERE ctid IN (SELECT unnest(array_agg(ctid)) FROM $delta "
    "GROUP BY {k,$name} HAVING bool_or(compacted_at IS NULL)) RETURNING *) "
    "INSERT INTO $delta ({k,$name}, {a,$added}, row_count, compacted_at) "
    "SELECT {k,$name}, {a," NET "}, sum(row_count)::bigint, statement_timestamp() "
    "FROM folded GROUP BY {k,$name} HAVING sum(row_count) <> 0";

/* Compares without taking out, which would fail where more was taken out than put in. */
static const char verify[] =
    "SELECT jsonb_build_object({k,$label, $name}), "
    "jsonb_build_object({a,$label, $name}, 'row_count', expected_row_count), "
    "jsonb_build_object({a,$label, $added}, 'row_count', row_count), "
    "jsonb_build_object({a,$label, $removed}) "
    "FROM (SELECT {k,$name}, "
    "{a,$rollup($name) AS $name, $rollup($added) AS $added, $rollup($removed) AS $removed, "
    "$rollup(coalesce($name, $removed)) AS $balance}, "
    "sum(expected_row_count)::bigint AS expected_row_count, sum(row_count)::bigint AS row_count "
    "FROM (SELECT {k,$name}, {a,$name, NULL AS $added, NULL AS $removed}, "
    "row_count AS expected_row_count, 0 AS row_count FROM $source UNION ALL "
    "SELECT {k,$name}, {a,NULL, $added, $removed}, 0, row_count FROM $delta) AS both_sides "
    "GROUP BY {k,$name}) AS by_group "
    "WHERE expected_row_count <> row_count OR "
    "{a|($added IS NULL) <> ($balance IS NULL) OR "
    "NOT $added $equals $balance}";

/*
 * Working as the owner of a rollup
 */

typedef struct Identity
{
	Oid role;
	int security;
	int settings; /* a nesting level of these */
} Identity;

static void
set_for_now(const char *name, const char *value)
{
	set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/* Names mean what they mean here, and not on the caller's search path. */
static int
pin_search_path(void)
{
	int level = NewGUCNestLevel();

	set_for_now("search_path", "pg_catalog, pg_temp");
	return level;
}

/* So do constants, in the SQL that is made of expressions. */
static int
pin_settings(void)
{
	int level = pin_search_path();

	set_for_now("DateStyle", "ISO, YMD");
	set_for_now("IntervalStyle", "postgres");
	set_for_now("extra_float_digits", "1");
	return level;
}

static Identity
become(Oid role, int settings)
{
	Identity before = {.settings = settings};

	GetUserIdAndSecContext(&before.role, &before.security);
	SetUserIdAndSecContext(role, before.security | SECURITY_LOCAL_USERID_CHANGE |
	                                 SECURITY_RESTRICTED_OPERATION);
	return before;
}

/* After an error the end of the (sub)transaction does all this. */
static void
become_again(Identity before)
{
	AtEOXact_GUC(false, before.settings);
	SetUserIdAndSecContext(before.role, before.security);
}

static void
name_rollup(void *rollup)
{
	errcontext("live rollup %s", (const char *) rollup);
}

static void
execute(const char *sql)
{
	if (SPI_execute(sql, false, 0) < 0)
		elog(ERROR, "could not execute: %s", sql);
}

static uint64
run(const Rollup *rollup, const char *template, Extension extension)
{
	execute(expand(rollup, template, extension));
	return SPI_processed;
}

/*
 * Triggers
 */

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
static char *
trigger_name(const char *schema, const char *name, int kind)
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

typedef struct RollupTrigger
{
	Oid   oid;
	Oid   table;
	char *trigger_name;
	char *schema, *name; /* the arguments */
	int   kind;
	bool  enabled;
} RollupTrigger;

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
static List *
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
		           trigger_name(trigger->schema, trigger->name, trigger->kind)) == 0)
			triggers = lappend(triggers, trigger);
	}
	systable_endscan(scan);
	table_close(pg_depend, AccessShareLock);
	table_close(pg_trigger, AccessShareLock);
	return triggers;
}

static bool
belongs_to(const RollupTrigger *trigger, const Rollup *rollup)
{
	return strcmp(trigger->schema, rollup->schema) == 0 && strcmp(trigger->name, rollup->name) == 0;
}

/* The trigger of a rollup on a table of one kind, or NULL. */
static RollupTrigger *
find_trigger(List *triggers, const Rollup *rollup, Oid table, int kind)
{
	ListCell *cell;

	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		if (trigger->table == table && trigger->kind == kind && belongs_to(trigger, rollup))
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
static void
make_triggers(const Rollup *rollup, Oid table, List *triggers, Extension extension)
{
	for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
		if (is_kind_of(kind, table) && find_trigger(triggers, rollup, table, kind) == NULL)
			execute(psprintf("CREATE TRIGGER %s %s ON %s %s FOR EACH STATEMENT "
			                 "EXECUTE FUNCTION %s.cxm_maintain_rollup(%s, %s)",
			                 quote_identifier(trigger_name(rollup->schema, rollup->name, kind)),
			                 trigger_kinds[kind].events, relation_name(table),
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
static void
drop_superfluous_triggers(const Rollup *rollup, List *tables, List *triggers)
{
	ListCell *cell;

	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		if (belongs_to(trigger, rollup) && !list_member_oid(tables, trigger->table) &&
		    may_have_made(GetUserId(), trigger))
			drop_trigger(trigger);
	}
}

/* Drops all that it has. */
static void
drop_triggers(const Rollup *rollup, List *triggers)
{
	List     *tables = NIL;
	ListCell *cell;

	if (OidIsValid(rollup->source) && OidIsValid(base_of_source(rollup->source)))
		tables = find_all_inheritors(base_of_source(rollup->source), NoLock, NULL);
	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		if (!belongs_to(trigger, rollup))
			continue;
		if (list_member_oid(tables, trigger->table) || may_have_made(GetUserId(), trigger))
			drop_trigger(trigger);
		else
			ereport(NOTICE, (errmsg("trigger \"%s\" of table %s is left", trigger->trigger_name,
			                        relation_name(trigger->table)),
			                 errdetail("The table is not known to be the rollup's.")));
	}
}

/*
 * Is it sure that the table of a trigger was a part of the base?  Anybody may make such a trigger
 * on a table of his own, for a false alarm.
 */
static bool
was_part(const Rollup *rollup, const RollupTrigger *trigger)
{
	Oid owner = owner_of(trigger->table);

	return owner == rollup->owner || owner == owner_of(rollup->base) ||
	       was_part_of(trigger->table, rollup->base);
}

/* A table that has triggers and is no part of the base any more, as a sentence, or NULL. */
static char *
problem_of_former_parts(const Rollup *rollup, List *tables, List *triggers)
{
	ListCell *cell;

	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);

		if (belongs_to(trigger, rollup) && !list_member_oid(tables, trigger->table) &&
		    was_part(rollup, trigger))
			return psprintf("%s is no part of %s any more: its rows may still be counted.",
			                relation_name(trigger->table), relation_name(rollup->base));
	}
	return NULL;
}

/* Tables that have a trigger too few, or too many, as a sentence, or NULL. */
static char *
problem_of_triggers(const Rollup *rollup, List *triggers)
{
	List     *tables = find_all_inheritors(rollup->base, NoLock, NULL);
	ListCell *cell;

	foreach (cell, tables)
		for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
		{
			RollupTrigger *trigger = find_trigger(triggers, rollup, lfirst_oid(cell), kind);

			if (trigger == NULL && is_kind_of(kind, lfirst_oid(cell)))
				return psprintf("%s has no trigger for %s: its rows may be missing.",
				                relation_name(lfirst_oid(cell)), trigger_kinds[kind].suffix);
			if (trigger != NULL && !trigger->enabled)
				return psprintf("The trigger %s of %s is disabled.",
				                quote_identifier(trigger->trigger_name),
				                relation_name(trigger->table));
		}
	return problem_of_former_parts(rollup, tables, triggers);
}

/*
 * A partition that went away leaves nothing to see that its rows are still counted.  So until the
 * rollup is rebuilt the comment of its deltas says so, which survives dumps.
 */
static const char to_be_rebuilt[] = "Live rollup to be rebuilt: ";

static void
mark(Oid delta, const char *problem)
{
	CreateComments(delta, RelationRelationId, 0, psprintf("%s%s", to_be_rebuilt, problem));
}

static char *
marked(Oid delta)
{
	char *comment = GetComment(delta, RelationRelationId, 0);

	if (comment == NULL || strncmp(comment, to_be_rebuilt, strlen(to_be_rebuilt)) != 0)
		return NULL;
	return comment + strlen(to_be_rebuilt);
}

/*
 * Keeping a rollup: the trigger function
 */

/* What a session remembers of a trigger. */
typedef struct Maintenance
{
	Oid trigger; /* the key */

	bool valid;
	Oid  base, table, delta, source;

	bool          foreign; /* the table is none of the rollup's, so there is nothing to do */
	bool          forgets; /* TRUNCATE of the whole base */
	Oid           owner;
	Bitmapset    *columns;
	SPIPlanPtr    plan;
	TransactionId user; /* of the plan: the last transaction */
	MemoryContext memory;
	RowDelta     *row_delta; /* for one row, or NULL */
} Maintenance;

static HTAB *maintenances = NULL;

static void
forget_relation(Datum unused pg_attribute_unused(), Oid relation)
{
	HASH_SEQ_STATUS scan;
	Maintenance    *m;

	hash_seq_init(&scan, maintenances);
	while ((m = hash_seq_search(&scan)) != NULL)
		if (!OidIsValid(relation) || relation == m->base || relation == m->table ||
		    relation == m->delta || relation == m->source)
			m->valid = false;
}

/* Functions and schemas: our SQL has their names. */
static void
forget_all(Datum unused, int cache pg_attribute_unused(), uint32 hash pg_attribute_unused())
{
	forget_relation(unused, InvalidOid);
}

static Maintenance *
maintenance_of(Oid trigger)
{
	Maintenance *m;
	bool         found;

	if (maintenances == NULL)
	{
		HASHCTL control = {.keysize = sizeof(Oid), .entrysize = sizeof(Maintenance)};

		maintenances = hash_create("live rollups", 16, &control, HASH_ELEM | HASH_BLOBS);
		CacheRegisterRelcacheCallback(forget_relation, (Datum) 0);
		CacheRegisterSyscacheCallback(PROCOID, forget_all, (Datum) 0);
		CacheRegisterSyscacheCallback(NAMESPACEOID, forget_all, (Datum) 0);
	}
	m = hash_search(maintenances, &trigger, HASH_ENTER, &found);
	if (!found)
	{
		memset(m, 0, sizeof(Maintenance));
		m->trigger = trigger;
	}
	return m;
}

/* The trigger as the plans of its SQL may take it: every plan is made for many rows. */
static void
register_rows(const char *name, Oid table, Tuplestorestate *rows)
{
	EphemeralNamedRelation relation = palloc0(sizeof(EphemeralNamedRelationData));

	if (name == NULL)
		return;
	relation->md.name = unconstify(char *, name);
	relation->md.reliddesc = table;
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->md.enrtuples = 1000;
	relation->reldata = rows;
	if (SPI_register_relation(relation) < 0)
		elog(ERROR, "could not register %s", name);
}

static const char *
template_of(const TriggerData *data, const Rollup *rollup)
{
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		return append_inserted;
	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		return append_updated;
	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		return append_deleted;
	if (RelationGetRelid(data->tg_relation) == rollup->base)
		return forget;
	return psprintf(append_truncated, relation_name(RelationGetRelid(data->tg_relation)));
}

/* An error unless the trigger is made as cxm_create_rollup() makes it. */
static void
check_trigger(const TriggerData *data, const Rollup *rollup)
{
	const Trigger *trigger = data->tg_trigger;
	bool           fits = TRIGGER_FIRED_FOR_STATEMENT(data->tg_event);
	const char *new = trigger->tgnewtable, *old = trigger->tgoldtable;

	for (int kind = 0; kind < (int) lengthof(trigger_kinds); kind++)
		if (trigger->tgtype & trigger_kinds[kind].type)
			fits = fits &&
			       strcmp(trigger->tgname, trigger_name(rollup->schema, rollup->name, kind)) == 0;
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
		                       display_name(rollup)),
		                errhint("Only cxm_create_rollup and cxm_rebuild_rollup make them.")));
}

/* The short way for statements of one row; an update has two. */
static RowDelta *
make_row_delta(const Rollup *rollup, const TriggerData *data, Extension extension)
{
	Relation  deltas = table_open(rollup->delta, NoLock);
	RowDelta *row_delta = NULL;
	List     *columns = NIL;
	ListCell *cell;

	foreach (cell, columns_of(rollup))
	{
		RollupColumn   *from = lfirst(cell);
		RowDeltaColumn *column = palloc(sizeof(RowDeltaColumn));

		column->column = from->added == NULL                       ? from->name
		                 : TRIGGER_FIRED_BY_INSERT(data->tg_event) ? from->added
		                                                           : from->removed;
		column->expression = from->node;
		columns = lappend(columns, column);
	}
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event) || TRIGGER_FIRED_BY_DELETE(data->tg_event))
		row_delta = row_delta_make(data->tg_relation, deltas, columns, rollup->condition,
		                           rollup->base, extension.oid);
	table_close(deltas, NoLock);
	return row_delta;
}

/* Forgets what was prepared; not from under a statement that has come here by itself. */
static void
discard(Maintenance *m)
{
	if (m->plan != NULL && m->user != GetTopTransactionIdIfAny())
		SPI_freeplan(m->plan);
	if (m->memory == NULL)
		m->memory = AllocSetContextCreate(TopMemoryContext, "live rollup", ALLOCSET_SMALL_SIZES);
	MemoryContextReset(m->memory);
	m->plan = NULL;
	m->row_delta = NULL;
	m->columns = NULL;
	m->foreign = false;
}

static SPIPlanPtr
prepare_plan(const Maintenance *m, const TriggerData *data, const char *sql)
{
	SPIPlanPtr plan;

	SPI_connect();
	register_rows(data->tg_trigger->tgnewtable, m->table, data->tg_newtable);
	register_rows(data->tg_trigger->tgoldtable, m->table, data->tg_oldtable);
	plan = SPI_prepare(sql, 0, NULL);
	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare: %s", sql);
	SPI_finish();
	return plan;
}

/* Looks up everything that the trigger needs, and prepares its statement as the rollup's owner. */
static void
prepare(Maintenance *m, const TriggerData *data, Extension extension)
{
	Rollup   rollup = {.schema = data->tg_trigger->tgargs[0], .name = data->tg_trigger->tgargs[1]};
	Identity before;
	const char *template;
	MemoryContext context;

	check_trigger(data, &rollup);
	check_relations(&rollup);
	LockRelationOid(rollup.delta, RowExclusiveLock);
	discard(m);
	m->valid = true; /* unless something changes from now on */
	m->table = RelationGetRelid(data->tg_relation);
	m->delta = rollup.delta;
	m->source = rollup.source;
	m->owner = rollup.owner;
	before = become(rollup.owner, pin_settings());
	read_source(&rollup, extension);
	m->base = rollup.base;
	m->foreign =
	    m->table != m->base && !(get_rel_relispartition(m->table) &&
	                             list_member_oid(get_partition_ancestors(m->table), m->base));
	template = template_of(data, &rollup);
	m->forgets = template == forget;
	if (!m->foreign)
	{
		m->plan = prepare_plan(m, data, expand(&rollup, template, extension));
		context = MemoryContextSwitchTo(m->memory);
		m->columns = bms_copy(rollup.columns);
		m->row_delta = make_row_delta(&rollup, data, extension);
		MemoryContextSwitchTo(context);
	}
	become_again(before);
}

/* One row that was inserted or deleted, or NULL. */
static Tuplestorestate *
single_row(const TriggerData *data)
{
	Tuplestorestate *rows =
	    TRIGGER_FIRED_BY_INSERT(data->tg_event) ? data->tg_newtable : data->tg_oldtable;

	return rows != NULL && tuplestore_tuple_count(rows) == 1 ? rows : NULL;
}

/* Runs it.  Rows and deltas that others have committed after our snapshot are truncated, too. */
static void
run_plan(Maintenance *m, const TriggerData *data)
{
	bool     truncate = TRIGGER_FIRED_BY_TRUNCATE(data->tg_event);
	Identity before;

	if (m->forgets)
		LockRelationOid(m->delta, ShareUpdateExclusiveLock);
	m->user = GetTopTransactionId();
	SPI_connect();
	register_rows(data->tg_trigger->tgnewtable, m->table, data->tg_newtable);
	register_rows(data->tg_trigger->tgoldtable, m->table, data->tg_oldtable);
	before = become(m->owner, pin_search_path());
	if (SPI_execute_snapshot(m->plan, NULL, NULL, truncate ? GetLatestSnapshot() : InvalidSnapshot,
	                         InvalidSnapshot, false, true, 0) < 0)
		elog(ERROR, "could not maintain the rollup");
	become_again(before);
	SPI_finish();
}

/*
 * What its owner may not see must not reach the rollup.  To leave it out would make the figures
 * wrong without a word; so nobody writes until somebody decides.
 */
static void
check_security(Oid table, Oid owner, const Trigger *trigger)
{
	char *problem = problem_of_security(table, owner);

	if (problem != NULL)
		ereport(ERROR,
		        (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
		         errmsg("live rollup %s may not be given the rows of \"%s\"",
		                quote_qualified_identifier(trigger->tgargs[0], trigger->tgargs[1]),
		                get_rel_name(table)),
		         errdetail("%s", problem),
		         errhint("Its owner may drop it with cxm_drop_rollup, the owner of the table its "
		                 "triggers; or let the owner of the rollup bypass row-level security.")));
}

static void
maintain(Maintenance *m, const TriggerData *data)
{
	Oid role;
	int security;

	if (m->foreign)
		return;
	check_may_read(m->owner, m->base, m->columns);
	check_security(m->base, m->owner, data->tg_trigger);
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		check_security(m->table, m->owner, data->tg_trigger); /* which is read itself */
	if (m->row_delta == NULL || single_row(data) == NULL)
	{
		run_plan(m, data);
		return;
	}
	/* as become() has it, but that no function is called that would look at settings */
	GetUserIdAndSecContext(&role, &security);
	SetUserIdAndSecContext(m->owner,
	                       security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	row_delta_append(m->row_delta, data->tg_relation, m->delta, single_row(data),
	                 TRIGGER_FIRED_BY_INSERT(data->tg_event) ? 1 : -1);
	SetUserIdAndSecContext(role, security);
}

PG_FUNCTION_INFO_V1(cxm_maintain_rollup);
Datum
cxm_maintain_rollup(PG_FUNCTION_ARGS)
{
	TriggerData         *data = (TriggerData *) fcinfo->context;
	ErrorContextCallback callback;
	Maintenance         *m;

	if (!CALLED_AS_TRIGGER(fcinfo) || data->tg_trigger->tgnargs != 2)
		ereport(ERROR,
		        (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
		         errmsg("cxm_maintain_rollup is for triggers that cxm_create_rollup makes")));
	if (!TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) &&
	    (data->tg_newtable == NULL || tuplestore_tuple_count(data->tg_newtable) == 0) &&
	    (data->tg_oldtable == NULL || tuplestore_tuple_count(data->tg_oldtable) == 0))
		return PointerGetDatum(NULL);

	m = maintenance_of(data->tg_trigger->tgoid);
	callback.callback = name_rollup;
	callback.arg =
	    quote_qualified_identifier(data->tg_trigger->tgargs[0], data->tg_trigger->tgargs[1]);
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	if (!m->valid || (m->plan == NULL && !m->foreign)) /* as an error has left it */
		prepare(m, data, extension_of(fcinfo));
	maintain(m, data);
	error_context_stack = callback.previous;
	return PointerGetDatum(NULL);
}

/*
 * The functions for the owner
 */

/* Under such a snapshot what others have just written would be left out. */
static void
check_isolation(void)
{
	if (IsolationUsesXactSnapshot())
		ereport(ERROR, (errcode(ERRCODE_INVALID_TRANSACTION_STATE),
		                errmsg("live rollups can only be changed in a READ COMMITTED transaction"),
		                errhint("SET TRANSACTION ISOLATION LEVEL READ COMMITTED at its start.")));
}

static void
check_owner(const Rollup *rollup)
{
	if (!has_privs_of_role(GetUserId(), rollup->owner))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
		                errmsg("must be owner of live rollup %s", display_name(rollup))));
}

/* The rollup that the argument names, all there, its caller entitled; not yet its definition. */
static Rollup
rollup_arg(FunctionCallInfo fcinfo)
{
	RangeVar *name = range_var(PG_GETARG_TEXT_PP(0));
	Oid       view = RangeVarGetRelid(name, NoLock, false);
	Rollup    rollup = {.schema = get_namespace_name(get_rel_namespace(view)),
	                    .name = get_rel_name(view)};
	char     *problem;

	find_relations(&rollup);
	problem = problem_of_relations(&rollup);
	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
		                errmsg("%s is not a live rollup", display_name(&rollup)),
		                errdetail("%s", problem)));
	check_owner(&rollup);
	return rollup;
}

/* The query of a new rollup as PostgreSQL understands it. */
static Query *
analyze(const char *text)
{
	List *statements = pg_parse_query(text);

	if (list_length(statements) != 1)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR),
		                errmsg("the query of a live rollup must be one statement")));
	return parse_analyze_fixedparams(linitial_node(RawStmt, statements), text, NULL, 0, NULL);
}

/* Where a new rollup is to be. */
static Rollup
new_rollup(text *name)
{
	RangeVar *range = range_var(name);
	Rollup    rollup = {.name = range->relname};

	rollup.schema = get_namespace_name(RangeVarGetCreationNamespace(range));
	if (isAnyTempNamespace(RangeVarGetCreationNamespace(range)))
		refuse("a temporary schema", "Other sessions change the table, too.");
	if (strlen(rollup.name) + strlen(suffixes[0]) >= NAMEDATALEN)
		ereport(ERROR, (errcode(ERRCODE_NAME_TOO_LONG),
		                errmsg("name \"%s\" is too long for a live rollup", rollup.name),
		                errdetail("It has at most %d bytes.",
		                          (int) (NAMEDATALEN - 1 - strlen(suffixes[0])))));
	return rollup;
}

/*
 * From here to the end of the transaction nobody writes to the table; all read on.  Nobody may do
 * so who could not do it with CREATE TRIGGER.
 */
static List *
lock_base(Oid base)
{
	check_isolation();
	if (pg_class_aclcheck(base, GetUserId(), ACL_TRIGGER) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(base));
	LockRelationOid(base, ShareRowExclusiveLock);
	return find_all_inheritors(base, ShareRowExclusiveLock, NULL);
}

PG_FUNCTION_INFO_V1(cxm_create_rollup);
Datum
cxm_create_rollup(PG_FUNCTION_ARGS)
{
	Extension extension = extension_of(fcinfo);
	Rollup    rollup = new_rollup(PG_GETARG_TEXT_PP(0));
	Query    *query = analyze(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	bool      with_data = PG_GETARG_BOOL(2);
	int       settings = pin_settings();
	List     *tables;
	ListCell *cell;
	uint64    groups = 0;

	read_definition(&rollup, query, false, extension);
	check_base(rollup.base, GetUserId());
	check_may_read(GetUserId(), rollup.base, rollup.columns);
	tables = lock_base(rollup.base);
	SPI_connect();
	run(&rollup, make_source, extension);
	run(&rollup,
	    psprintf(make_delta,
	             get_rel_persistence(rollup.base) == RELPERSISTENCE_UNLOGGED ? "UNLOGGED" : ""),
	    extension);
	run(&rollup, make_view, extension);
	foreach (cell, tables)
		make_triggers(&rollup, lfirst_oid(cell), NIL, extension);
	if (with_data)
		groups = run(&rollup, fill, extension);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	PG_RETURN_INT64(groups);
}

PG_FUNCTION_INFO_V1(cxm_compact_rollup);
Datum
cxm_compact_rollup(PG_FUNCTION_ARGS)
{
	Extension extension = extension_of(fcinfo);
	Rollup    rollup;
	Identity  before;

	if (PG_ARGISNULL(0)) /* a procedure cannot be strict */
		PG_RETURN_VOID();
	rollup = rollup_arg(fcinfo);
	/* one at a time; nobody else waits for this lock but VACUUM and changes of the table */
	LockRelationOid(rollup.delta, ShareUpdateExclusiveLock);
	before = become(rollup.owner, pin_settings());
	read_source(&rollup, extension);
	SPI_connect();
	run(&rollup, fold, extension);
	SPI_finish();
	become_again(before);
	PG_RETURN_VOID();
}

/*
 * One statement sees one moment, at which the table and the deltas agree whoever is writing: rows
 * that come later bring their deltas.  So writers only wait where triggers have been missing.
 */
PG_FUNCTION_INFO_V1(cxm_rebuild_rollup);
Datum
cxm_rebuild_rollup(PG_FUNCTION_ARGS)
{
	Extension extension = extension_of(fcinfo);
	Rollup    rollup = rollup_arg(fcinfo);
	Identity  before;
	List     *tables, *triggers;
	ListCell *cell;
	uint64    groups;

	before = become(rollup.owner, pin_settings());
	read_source(&rollup, extension);
	check_base(rollup.base, rollup.owner);
	tables = find_all_inheritors(rollup.base, AccessShareLock, NULL);
	triggers = rollup_triggers(extension);
	SPI_connect();
	if (problem_of_triggers(&rollup, triggers) != NULL)
	{
		tables = lock_base(rollup.base);
		drop_superfluous_triggers(&rollup, tables, triggers);
		foreach (cell, tables)
			make_triggers(&rollup, lfirst_oid(cell), triggers, extension);
	}
	LockRelationOid(rollup.delta, ShareUpdateExclusiveLock);
	groups = run(&rollup, refill, extension);
	if (marked(rollup.delta) != NULL)
		CreateComments(rollup.delta, RelationRelationId, 0, NULL);
	SPI_finish();
	become_again(before);
	PG_RETURN_INT64(groups);
}

PG_FUNCTION_INFO_V1(cxm_verify_rollup);
Datum
cxm_verify_rollup(PG_FUNCTION_ARGS)
{
	Extension      extension = extension_of(fcinfo);
	Rollup         rollup = rollup_arg(fcinfo);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Identity       before;

	InitMaterializedSRF(fcinfo, 0);
	before = become(rollup.owner, pin_settings());
	read_source(&rollup, extension);
	SPI_connect();
	run(&rollup, verify, extension);
	for (uint64 row = 0; row < SPI_processed; row++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[row]);
	SPI_finish();
	become_again(before);
	return (Datum) 0;
}

/* The deltas that a view reads, as only that of a rollup does, or InvalidOid. */
static Oid
deltas_of_view(Oid view)
{
	Relation  relation = table_open(view, AccessShareLock);
	Oid       deltas = InvalidOid;
	ListCell *cell;

	foreach (cell, get_view_query(relation)->rtable)
	{
		RangeTblEntry *entry = lfirst(cell);

		if (entry->rtekind == RTE_RELATION && has_deltas(entry->relid))
			deltas = entry->relid;
	}
	table_close(relation, NoLock);
	return deltas;
}

/* Of the relations that have the names, those that can be the rollup's. */
static void
find_remains(Rollup *rollup)
{
	find_relations(rollup);
	if (!is_source(rollup->source))
		rollup->source = InvalidOid;
	if (!has_deltas(rollup->delta))
		rollup->delta = InvalidOid;
	if (get_rel_relkind(rollup->view) != RELKIND_VIEW || !OidIsValid(deltas_of_view(rollup->view)))
		rollup->view = InvalidOid;
}

static bool
has_triggers(const Rollup *rollup, List *triggers)
{
	ListCell *cell;

	foreach (cell, triggers)
		if (belongs_to(lfirst(cell), rollup))
			return true;
	return false;
}

/*
 * What there is of a rollup that is to be dropped.  It is for the owner of its definition to say;
 * without that, for the owner of what is left.
 */
static Rollup
remains_arg(FunctionCallInfo fcinfo, List *triggers)
{
	RangeVar *name = range_var(PG_GETARG_TEXT_PP(0));
	List     *schemas = NIL;
	ListCell *cell;

	if (name->schemaname != NULL) /* it may have been renamed */
		schemas = list_make1(name->schemaname);
	else
		foreach (cell, fetch_search_path(false))
			schemas = lappend(schemas, get_namespace_name(lfirst_oid(cell)));
	foreach (cell, schemas)
	{
		Rollup rollup = {.schema = lfirst(cell), .name = name->relname};
		Oid    first;

		find_remains(&rollup);
		first = OidIsValid(rollup.source)  ? rollup.source
		        : OidIsValid(rollup.delta) ? rollup.delta
		                                   : rollup.view;
		if (!OidIsValid(first) && !has_triggers(&rollup, triggers))
			continue;
		rollup.owner = OidIsValid(first) ? owner_of(first) : GetUserId();
		check_owner(&rollup);
		return rollup;
	}
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
	                errmsg("there is no live rollup %s",
	                       name->schemaname == NULL
	                           ? quote_identifier(name->relname)
	                           : quote_qualified_identifier(name->schemaname, name->relname))));
}

/* Drops a relation of a rollup.  Another that has taken its name is left, and that is said. */
static void
drop_relation(const Rollup *rollup, Oid relation, Oid named, const char *drop, Extension extension)
{
	if (OidIsValid(relation) && has_privs_of_role(GetUserId(), owner_of(relation)))
		run(rollup, drop, extension);
	else if (OidIsValid(named))
		ereport(NOTICE, (errmsg("%s is left", relation_name(named)),
		                 errdetail("It is no part of live rollup %s.", display_name(rollup))));
}

PG_FUNCTION_INFO_V1(cxm_drop_rollup);
Datum
cxm_drop_rollup(PG_FUNCTION_ARGS)
{
	Extension extension = extension_of(fcinfo);
	List     *triggers = rollup_triggers(extension);
	Rollup    rollup = remains_arg(fcinfo, triggers);
	Rollup    named = rollup;
	Oid       deltas = OidIsValid(rollup.view) ? deltas_of_view(rollup.view) : InvalidOid;
	int       settings = pin_settings();

	find_relations(&named);
	drop_triggers(&rollup, triggers);
	SPI_connect();
	drop_relation(&rollup, rollup.view, named.view, "DROP VIEW $view", extension);
	drop_relation(&rollup, rollup.delta, named.delta, "DROP TABLE $delta", extension);
	drop_relation(&rollup, rollup.source, named.source, "DROP VIEW $source", extension);
	if (deltas != rollup.delta)
		drop_relation(&rollup, InvalidOid, deltas, NULL, extension);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	PG_RETURN_VOID();
}

/*
 * Looking after rollups: the list of them, and what may have gone wrong
 */

/*
 * What read_source() has against the definition, which its owner may have replaced, as a sentence,
 * or NULL.
 */
static char *
problem_of_definition(Rollup *rollup, Extension extension)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner resources = CurrentResourceOwner;
	char *volatile problem = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		read_source(rollup, extension);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION ||
		    ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_INSUFFICIENT_RESOURCES)
			ReThrowError(error);
		problem = psprintf("The view \"%s%s\" is no definition: %s.%s%s", rollup->name, suffixes[0],
		                   error->message, error->detail == NULL ? "" : " ",
		                   error->detail == NULL ? "" : error->detail);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = resources;
	return problem;
}

/* Why statements that write to the base fail, as a sentence, or NULL. */
static char *
problem_of_writers(const Rollup *rollup)
{
	char *problem = problem_of_security(rollup->base, rollup->owner);

	if (problem == NULL && !may_read(rollup->owner, rollup->base, rollup->columns))
		problem = psprintf("%s may not read the columns of %s that it is made of.",
		                   GetUserNameFromId(rollup->owner, false), relation_name(rollup->base));
	return problem == NULL ? NULL : psprintf("%s Whoever writes to it gets an error.", problem);
}

/* What is wrong with the table of deltas, as a sentence, or NULL. */
static char *
problem_of_deltas(const Rollup *rollup)
{
	Relation  deltas = table_open(rollup->delta, AccessShareLock);
	char     *problem = NULL;
	ListCell *cell;

	foreach (cell, columns_of(rollup))
	{
		RollupColumn *column = lfirst(cell);
		Oid           type = exprType(column->node);
		const char   *names[] = {column->added == NULL ? column->name : column->added,
		                       column->removed};

		for (size_t i = 0; i < lengthof(names); i++)
			if (names[i] != NULL &&
			    row_delta_column(RelationGetDescr(deltas), names[i], type) == InvalidAttrNumber)
				problem = psprintf("\"%s%s\" has no column %s of type %s.", rollup->name,
				                   suffixes[1], names[i], format_type_be(type));
	}
	if (deltas->rd_rules != NULL)
		problem = psprintf("\"%s%s\" has rules: what is appended may not get there.", rollup->name,
		                   suffixes[1]);
	if (check_enable_rls(rollup->delta, rollup->owner, true) == RLS_ENABLED)
		problem = psprintf("\"%s%s\" has row-level security, which %s does not bypass.",
		                   rollup->name, suffixes[1], GetUserNameFromId(rollup->owner, false));
	if (problem == NULL && get_rel_persistence(rollup->base) != deltas->rd_rel->relpersistence)
		problem = psprintf("Of %s and its deltas one alone is unlogged, and emptied by a crash.",
		                   relation_name(rollup->base));
	table_close(deltas, AccessShareLock);
	return problem;
}

/* What is wrong with a rollup, as a sentence, or NULL.  Nothing of anybody's is run for that. */
static char *
problem_of_rollup(Rollup *rollup, List *triggers, Extension extension)
{
	char *problem;

	find_relations(rollup);
	problem = problem_of_relations(rollup);
	if (problem == NULL && get_rel_relkind(rollup->view) != RELKIND_VIEW)
		problem = psprintf("There is no view %s.", display_name(rollup));
	if (problem == NULL)
		problem = problem_of_definition(rollup, extension);
	if (problem == NULL)
		problem = problem_of_writers(rollup);
	if (problem == NULL)
		problem = problem_of_base(rollup->base, rollup->owner);
	if (problem == NULL)
		problem = problem_of_deltas(rollup);
	if (problem == NULL)
		problem = problem_of_triggers(rollup, triggers);
	return problem != NULL ? problem : marked(rollup->delta);
}

/* The rollups that the triggers name, each once. */
static List *
rollups_of(List *triggers)
{
	List     *rollups = NIL;
	ListCell *cell, *known;

	foreach (cell, triggers)
	{
		RollupTrigger *trigger = lfirst(cell);
		Rollup        *rollup;

		foreach (known, rollups)
			if (belongs_to(trigger, lfirst(known)))
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

		if (!target->resjunk && (target->ressortgroupref != 0) == keys && !is_row_count(target))
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

	find_relations(&locked);
	for (;;)
	{
		if (OidIsValid(locked.source))
			LockRelationOid(locked.source, AccessShareLock);
		if (OidIsValid(locked.delta))
			LockRelationOid(locked.delta, AccessShareLock);
		found = locked;
		find_relations(&found);
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
	Extension      extension = extension_of(fcinfo);
	List          *triggers = rollup_triggers(extension);
	ListCell      *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach (cell, rollups_of(triggers))
	{
		Rollup     *rollup = lfirst(cell);
		Rollup      locked = lock_relations(rollup);
		char       *problem = problem_of_rollup(rollup, triggers, extension);
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

/* The tables that a command has made or changed. */
static List *
changed_tables(void)
{
	List *tables = NIL;

	execute("SELECT objid FROM pg_catalog.pg_event_trigger_ddl_commands() "
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

			if (belongs_to(trigger, rollup) && list_member_oid(tables, trigger->table))
				return true;
		}
	}
	return false;
}

static void
warn_of(const Rollup *rollup, const char *problem)
{
	ereport(WARNING, (errmsg("live rollup %s may not be right any more", display_name(rollup)),
	                  errdetail("%s", problem),
	                  errhint("When all is as it should be: SELECT cxm_rebuild_rollup(%s);",
	                          quote_literal_cstr(display_name(rollup)))));
}

/*
 * After CREATE TABLE, CREATE FOREIGN TABLE, CREATE SCHEMA and ALTER TABLE.  A new partition is empty and gets its
 * triggers; after any other change of the base or a partition a rollup that has come to be wrong is
 * named.
 */
static void
check_rollups(bool created, Extension extension)
{
	List     *triggers = rollup_triggers(extension);
	List     *changed = triggers == NIL ? NIL : changed_tables();
	ListCell *cell, *table;

	foreach (cell, changed == NIL ? NIL : rollups_of(triggers))
	{
		Rollup *rollup = lfirst(cell);
		char   *problem;
		List   *tables;

		find_relations(rollup);
		if (!is_concerned(rollup, changed, triggers) || problem_of_relations(rollup) != NULL)
			continue;
		rollup->base = base_of_source(rollup->source);
		if (!OidIsValid(rollup->base))
			continue;
		tables = find_all_inheritors(rollup->base, NoLock, NULL);
		problem = problem_of_former_parts(rollup, tables, triggers);
		foreach (table, tables)
			if (!list_member_oid(changed, lfirst_oid(table)))
				tables = foreach_delete_current(tables, table);
		if (tables == NIL)
			continue;
		foreach (table, created ? tables : NIL)
			if (problem_of_table(lfirst_oid(table)) == NULL)
				make_triggers(rollup, lfirst_oid(table), triggers, extension);
		if (problem != NULL)
			mark(rollup->delta, "A partition was detached: its rows may be counted wrongly.");
		problem = problem_of_rollup(rollup, rollup_triggers(extension), extension);
		if (problem != NULL)
			warn_of(rollup, problem);
	}
}

/* Marks a rollup of whose base a table is gone.  It is not waited for who has it locked. */
static void
check_gone(Rollup *rollup, Oid table, const char *name)
{
	find_relations(rollup);
	if (problem_of_relations(rollup) != NULL ||
	    !ConditionalLockRelationOid(rollup->source, AccessShareLock))
		return;
	rollup->base = base_of_source(rollup->source);
	UnlockRelationOid(rollup->source, AccessShareLock);
	if (OidIsValid(rollup->base) && (table == rollup->base || was_part_of(table, rollup->base)))
	{
		char *problem =
		    psprintf("The triggers of table %s are gone: its rows may still be counted.", name);

		mark(rollup->delta, problem);
		warn_of(rollup, problem);
	}
}

/* After a drop: a partition that is gone has taken its rows, and its triggers, with it. */
static void
check_dropped(Extension extension)
{
	List     *rollups = rollups_of(rollup_triggers(extension));
	ListCell *cell;

	if (rollups == NIL)
		return;
	execute("WITH dropped AS (SELECT * FROM pg_event_trigger_dropped_objects()) "
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

			if (!is_null && strcmp(trigger, trigger_name(rollup->schema, rollup->name, 0)) == 0)
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
	extension = extension_of(fcinfo);
	settings = pin_settings();
	SPI_connect();
	if (strcmp(data->event, "sql_drop") == 0)
		check_dropped(extension);
	else
		check_rollups(data->tag != CMDTAG_ALTER_TABLE, extension);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	return PointerGetDatum(NULL);
}
