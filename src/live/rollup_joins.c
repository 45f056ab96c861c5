/*
 * rollup_joins.c
 *		The tables that a live rollup joins to the one that it counts: its dimensions.
 *
 * Of the rows counted the deltas have the columns that dimensions are joined by, and the view joins
 * when it is read.  So a dimension has no trigger and is not locked, and whoever changes it changes
 * the figures for every snapshot that sees the change.  That is right because all rows of one delta
 * find the same rows of a dimension: what is compared is equal where GROUP BY takes it for equal.
 * That they find one at most, by a key, keeps anything from being counted twice.
 */
#include "live/live_rollup.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_operator.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

static const char no_table[] = "anything but a table in FROM";
static const char no_table_reason[] = "Only a table has triggers for its changes.";

typedef struct Equality
{
	Oid  operator, collation;
	Var *left, *right;
	Var *own, *other; /* of the dimension, and of a table before it */
} Equality;

pg_noreturn static void
refuse_join(const char *table, const char *reason)
{
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
	                errmsg("a live rollup cannot join %s", table), errdetail("%s", reason),
	                errhint("Begin with the table whose rows are counted, and join others by JOIN "
	                        "or LEFT JOIN, on equalities of their keys with columns of tables "
	                        "before them. Or join the view instead.")));
}

static void
check_entry(const RangeTblEntry *entry)
{
	if (entry->rtekind != RTE_RELATION)
		rollup_refuse(no_table, no_table_reason);
	if (entry->tablesample != NULL)
		rollup_refuse("TABLESAMPLE", "Whether a removed row had been in the sample is not known.");
	if (!entry->inh)
		rollup_refuse("ONLY", "A statement on the table reports the rows of its children, too.");
}

/* A column that is compared; PostgreSQL may take it for another type with the same bytes. */
static Var *
column_of(Node *expression)
{
	while (IsA(expression, RelabelType) &&
	       ((RelabelType *) expression)->relabelformat == COERCE_IMPLICIT_CAST)
		expression = (Node *) ((RelabelType *) expression)->arg;
	return IsA(expression, Var) && ((Var *) expression)->varattno > 0 ? (Var *) expression : NULL;
}

/* Do the two take the same strings for equal? */
static bool
agree(Oid collation, Oid other)
{
	return collation == other ||
	       ((!OidIsValid(collation) || get_collation_isdeterministic(collation)) &&
	        (!OidIsValid(other) || get_collation_isdeterministic(other)));
}

static bool
is_equality_of(Oid operator, Oid family)
{
	return OidIsValid(family) &&
	       get_op_opfamily_strategy(operator, family) == BTEqualStrategyNumber;
}

/* Is equal what GROUP BY takes for equal? */
static bool
compares_as_groups(const Equality *equality)
{
	Var *column = equality->other;

	return agree(column->varcollid, equality->collation) &&
	       is_equality_of(equality->operator,
	                      lookup_type_cache(column->vartype, TYPECACHE_BTREE_OPFAMILY)->btree_opf);
}

/* Reads a condition of a join; NULL where it is not an equality of a column with one before it. */
static Equality *
read_equality(const Node *condition, const RollupDimension *dimension)
{
	const OpExpr *comparison = (const OpExpr *) condition;
	Equality     *equality;

	if (!IsA(condition, OpExpr) || list_length(comparison->args) != 2)
		return NULL;
	equality = palloc(sizeof(Equality));
	equality->operator = comparison->opno;
	equality->collation = comparison->inputcollid;
	equality->left = column_of(linitial(comparison->args));
	equality->right = column_of(lsecond(comparison->args));
	if (equality->left == NULL || equality->right == NULL ||
	    (equality->left->varno == dimension->index) == (equality->right->varno == dimension->index))
		return NULL;
	equality->own =
	    equality->left->varno == dimension->index ? equality->left : equality->right;
	equality->other = equality->own == equality->left ? equality->right : equality->left;
	return compares_as_groups(equality) ? equality : NULL;
}

static void
read_dimension(Rollup *rollup, Query *query, const JoinExpr *join)
{
	RollupDimension *dimension = palloc0(sizeof(RollupDimension));
	RangeTblEntry   *entry;
	ListCell        *cell;

	if (!IsA(join->rarg, RangeTblRef))
		rollup_refuse("a join in parentheses", "Each table is joined to those before it.");
	dimension->index = ((RangeTblRef *) join->rarg)->rtindex;
	entry = rt_fetch(dimension->index, query->rtable);
	check_entry(entry);
	dimension->table = entry->relid;
	dimension->alias = entry->eref->aliasname;
	dimension->is_left = join->jointype == JOIN_LEFT;
	if (join->jointype != JOIN_INNER && join->jointype != JOIN_LEFT)
		refuse_join(quote_identifier(dimension->alias),
		            "Rows of it would count that belong to no row of the table that is counted.");
	foreach (cell, make_ands_implicit((Expr *) cxm_flatten_join_aliases(query, join->quals)))
	{
		Equality *equality = read_equality(lfirst(cell), dimension);

		if (equality == NULL)
			refuse_join(quote_identifier(dimension->alias),
			            "Not each of the conditions is that one of its columns equals a column of "
			            "a table before it, as GROUP BY compares that.");
		dimension->equalities = lappend(dimension->equalities, equality);
	}
	rollup->dimensions = lappend(rollup->dimensions, dimension);
}

/* What FROM says. */
void
rollup_read_tables(Rollup *rollup, Query *query)
{
	List          *joins = NIL;
	Node          *first;
	RangeTblEntry *entry;
	ListCell      *cell;

	if (query->jointree->fromlist == NIL)
		rollup_refuse(no_table, no_table_reason);
	if (list_length(query->jointree->fromlist) > 1)
		rollup_refuse("tables side by side in FROM",
		              "It is of the rows of one table. Others are joined to it by JOIN ... ON.");
	for (first = linitial(query->jointree->fromlist); IsA(first, JoinExpr);
	     first = ((JoinExpr *) first)->larg)
		joins = lcons(first, joins);
	rollup->base_index = castNode(RangeTblRef, first)->rtindex;
	entry = rt_fetch(rollup->base_index, query->rtable);
	check_entry(entry);
	rollup->base = entry->relid;
	rollup->alias = entry->eref->aliasname;
	foreach (cell, joins)
		read_dimension(rollup, query, lfirst(cell));
}

/* The column of the deltas that has a column of the base as it is, or NULL. */
static const RollupColumn *
stored_column(const Rollup *rollup, AttrNumber number)
{
	ListCell *cell;

	foreach (cell, rollup->keys)
	{
		const RollupColumn *key = lfirst(cell);

		if (IsA(key->node, Var) && ((Var *) key->node)->varattno == number)
			return key;
	}
	return NULL;
}

/* The columns of the base that dimensions are joined by, once each, in the order of the query. */
List *
rollup_join_columns(const Rollup *rollup)
{
	Bitmapset *known = NULL;
	List      *columns = NIL;
	ListCell  *cell, *condition;

	foreach (cell, rollup->dimensions)
		foreach (condition, ((RollupDimension *) lfirst(cell))->equalities)
		{
			Var *column = ((Equality *) lfirst(condition))->other;

			if (column->varno != rollup->base_index || bms_is_member(column->varattno, known) ||
			    stored_column(rollup, column->varattno) != NULL)
				continue;
			known = bms_add_member(known, column->varattno);
			columns = lappend(columns, copyObject(column));
		}
	return columns;
}

/*
 * SQL
 */

static const char *
sql_of_column(const Rollup *rollup, Var *column, bool of_deltas)
{
	ListCell *cell;

	if (column->varno == rollup->base_index)
		return psprintf("%s.%s", quote_identifier(rollup->alias),
		                of_deltas
		                    ? stored_column(rollup, column->varattno)->name
		                    : quote_identifier(get_attname(rollup->base, column->varattno, false)));
	foreach (cell, rollup->dimensions)
	{
		const RollupDimension *dimension = lfirst(cell);

		if (column->varno == dimension->index)
			return psprintf(
			    "%s.%s", quote_identifier(dimension->alias),
			    quote_identifier(get_attname(dimension->table, column->varattno, false)));
	}
	elog(ERROR, "no table of a rollup has the column");
}

static const char *
sql_of_operator(Oid operator)
{
	HeapTuple        tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Form_pg_operator form;
	char            *sql;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", operator);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	sql = psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name(form->oprnamespace)),
	               NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return sql;
}

/* A table as FROM has it, with an alias where that is not its name. */
static char *
sql_of_table(Oid table, const char *alias)
{
	return psprintf(strcmp(get_rel_name(table), alias) == 0 ? "%s" : "%s AS %s",
	                rollup_relation_name(table), quote_identifier(alias));
}

static char *
sql_of_deltas(const Rollup *rollup)
{
	char *deltas = quote_qualified_identifier(rollup->schema,
	                                          psprintf("%s%s", rollup->name, ROLLUP_DELTA));

	return rollup->dimensions == NIL
	           ? deltas
	           : psprintf("%s AS %s", deltas, rollup_alias_of_deltas(rollup));
}

/* FROM as the query has it, or with the deltas in place of the base. */
char *
rollup_sql_of_tables(const Rollup *rollup, bool of_deltas)
{
	StringInfoData sql;
	ListCell      *cell, *condition;

	initStringInfo(&sql);
	appendStringInfoString(&sql, of_deltas ? sql_of_deltas(rollup)
	                                       : sql_of_table(rollup->base, rollup->alias));
	foreach (cell, rollup->dimensions)
	{
		const RollupDimension *dimension = lfirst(cell);
		const char            *before = "ON";

		appendStringInfo(&sql, " %s %s", dimension->is_left ? "LEFT JOIN" : "JOIN",
		                 sql_of_table(dimension->table, dimension->alias));
		foreach (condition, dimension->equalities)
		{
			const Equality *equality = lfirst(condition);

			appendStringInfo(&sql, " %s %s %s %s", before,
			                 sql_of_column(rollup, equality->left, of_deltas),
			                 sql_of_operator(equality->operator),
			                 sql_of_column(rollup, equality->right, of_deltas));
			before = "AND";
		}
	}
	return sql.data;
}

/* No other table in the view has this name. */
const char *
rollup_alias_of_deltas(const Rollup *rollup)
{
	return quote_identifier(rollup->dimensions == NIL
	                            ? psprintf("%s%s", rollup->name, ROLLUP_DELTA)
	                            : rollup->alias);
}

/*
 * Keys
 */

static bool
is_joined_by(const RollupDimension *dimension, AttrNumber column, Oid family, Oid collation)
{
	ListCell *cell;

	foreach (cell, dimension->equalities)
	{
		const Equality *equality = lfirst(cell);

		if (equality->own->varattno == column && is_equality_of(equality->operator, family) &&
		    agree(equality->collation, collation))
			return true;
	}
	return false;
}

static bool
is_btree(Oid index)
{
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(index));
	bool      result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = ((Form_pg_class) GETSTRUCT(tuple))->relam == BTREE_AM_OID;
	ReleaseSysCache(tuple);
	return result;
}

/* Does an index promise that a row before it finds at most one of the dimension? */
static bool
is_key(const RollupDimension *dimension, HeapTuple tuple, TupleDesc columns)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);
	oidvector    *classes, *collations;
	bool          is_null;

	if (!index->indisunique || !index->indimmediate || !index->indisvalid ||
	    !heap_attisnull(tuple, Anum_pg_index_indpred, columns) || !is_btree(index->indexrelid))
		return false;
	classes = (oidvector *) DatumGetPointer(
	    heap_getattr(tuple, Anum_pg_index_indclass, columns, &is_null));
	collations = (oidvector *) DatumGetPointer(
	    heap_getattr(tuple, Anum_pg_index_indcollation, columns, &is_null));
	for (int i = 0; i < index->indnkeyatts; i++)
		if (!is_joined_by(dimension, index->indkey.values[i],
		                  get_opclass_family(classes->values[i]), collations->values[i]))
			return false;
	return true;
}

static bool
has_key(const RollupDimension *dimension)
{
	Relation    pg_index = table_open(IndexRelationId, AccessShareLock);
	bool        found = false;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple   tuple;

	ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ,
	            ObjectIdGetDatum(dimension->table));
	scan = systable_beginscan(pg_index, IndexIndrelidIndexId, true, NULL, 1, &key);
	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
		found = is_key(dimension, tuple, RelationGetDescr(pg_index));
	systable_endscan(scan);
	table_close(pg_index, AccessShareLock);
	return found;
}

/* As a sentence, or NULL.  No lock of a dimension is taken. */
static char *
problem_of_dimension(const Rollup *rollup, const RollupDimension *dimension)
{
	const char *name = rollup_relation_name(dimension->table);
	char        kind = get_rel_relkind(dimension->table);

	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
		return psprintf("%s is not an ordinary or partitioned table.", name);
	if (get_rel_persistence(dimension->table) == RELPERSISTENCE_TEMP)
		return psprintf("%s is temporary.", quote_identifier(get_rel_name(dimension->table)));
	if (kind == RELKIND_RELATION && find_inheritance_children(dimension->table, NoLock) != NIL)
		return psprintf("%s is inherited from, and no key holds for the rows of its children, too.",
		                name);
	if (!has_key(dimension))
		return psprintf("The columns that %s is joined by are no primary key or unique index of "
		                "it: a row of %s could count twice.",
		                name, rollup_relation_name(rollup->base));
	if (!rollup_may_read(rollup->owner, dimension->table, dimension->columns))
		return psprintf("%s may not read the columns of %s that it is made of.",
		                GetUserNameFromId(rollup->owner, false), name);
	return NULL;
}

char *
rollup_problem_of_dimensions(const Rollup *rollup)
{
	ListCell *cell;

	foreach (cell, rollup->dimensions)
	{
		char *problem = problem_of_dimension(rollup, lfirst(cell));

		if (problem != NULL)
			return problem;
	}
	return NULL;
}

void
rollup_check_dimensions(const Rollup *rollup)
{
	ListCell *cell;

	foreach (cell, rollup->dimensions)
	{
		const RollupDimension *dimension = lfirst(cell);
		char                  *problem = problem_of_dimension(rollup, dimension);

		if (problem != NULL)
			refuse_join(quote_identifier(dimension->alias), problem);
	}
}
