/*
 * rollup_definition.c
 *		What a live rollup is of: the query that its owner wrote, and the view that keeps it.
 */
#include "live/live_rollup.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

void
rollup_refuse(const char *what, const char *reason)
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
			rollup_refuse(refused[i].what, refused[i].reason);
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
		rollup_refuse("a join",
		              "Changes of the other table would go unnoticed. Join the view instead.");
	index = linitial_node(RangeTblRef, query->jointree->fromlist)->rtindex;
	entry = rt_fetch(index, query->rtable);
	if (entry->rtekind != RTE_RELATION)
		rollup_refuse("anything but a table in FROM", "Only a table has triggers for its changes.");
	if (entry->tablesample != NULL)
		rollup_refuse("TABLESAMPLE", "Whether a removed row had been in the sample is not known.");
	if (!entry->inh)
		rollup_refuse("ONLY", "A statement on the table reports the rows of its children, too.");
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
			rollup_refuse("a system column", "It says where a row is stored, and changes with it.");
		if (column == 0)
			rollup_refuse("a whole row", "Its type changes with the columns of the table.");
		if (lacks_generated(rollup->base, column))
			rollup_refuse(
			    "this generated column",
			    psprintf("Of column %s triggers are not given the value: it is virtual, or the "
			             "table is partitioned. Write its expression instead.",
			             quote_identifier(get_attname(rollup->base, column, false))));
	}
}

static void
check_aggregate(Aggref *aggregate, const char *sql, Extension extension)
{
	Oid type = aggregate->aggtype;

	if (!OidIsValid(extension.oid) ||
	    getExtensionOfObject(ProcedureRelationId, aggregate->aggfnoid) != extension.oid ||
	    !OidIsValid(rollup_find_function(extension, "rollup", buildoidvector(&type, 1))))
		ereport(ERROR,
		        (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s is not a summary of cxm", sql),
		         errdetail("What a live rollup stores must be mergeable."),
		         errhint("Store a summary, such as nps_agg(score), and read the figure, "
		                 "such as nps(s), from the view.")));
	if (!SearchSysCacheExists4(OPERNAMENSP, CStringGetDatum("-"), ObjectIdGetDatum(type),
	                           ObjectIdGetDatum(type), ObjectIdGetDatum(extension.schema)))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("%s cannot be kept by a live rollup", sql),
		                errdetail("%s is a set: of what a deleted row has put there it does not "
		                          "tell whether another row has, too.",
		                          format_type_be(type))));
	if (aggregate->aggdistinct != NIL)
		rollup_refuse("DISTINCT",
		              "A row that is taken out does not tell whether it was the last of its kind.");
	if (aggregate->aggorder != NIL)
		rollup_refuse("ORDER BY", "No summary depends on the order of the rows.");
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
		rollup_refuse("a key that is not in the select list", "Each of its groups is one row.");
	if (target->resname == NULL || strcmp(target->resname, "?column?") == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_NAME),
		                errmsg("column %d of a live rollup has no name", target->resno),
		                errhint("Name it with AS.")));
	column->name = column_name("", target->resname);
	column->label = quote_literal_cstr(target->resname);
	column->node = over_base((Node *) target->expr, base_index);
	column->expression = sql_of(column->node, rollup->base);
	column->type = format_type_be_qualified(exprType(column->node));
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

List *
rollup_columns(const Rollup *rollup)
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
	foreach (cell, rollup_columns(rollup))
	{
		char *name = ((RollupColumn *) lfirst(cell))->name;

		if (is_among(name, names))
			ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN),
			                errmsg("a live rollup cannot have two columns %s", name),
			                errhint("Name one of them otherwise with AS.")));
		if (is_among(name, taken))
			ereport(ERROR, (errcode(ERRCODE_RESERVED_NAME),
			                errmsg("a column of a live rollup cannot have the name %s", name),
			                errdetail("It has one of that name beside those of the query."),
			                errhint("Name it otherwise with AS.")));
		names = lappend(names, name);
	}
}

/* The last column of a source view. */
bool
rollup_is_row_count(const TargetEntry *target)
{
	return IsA(target->expr, Aggref) && ((Aggref *) target->expr)->aggstar &&
	       strcmp(target->resname, "row_count") == 0;
}

/* Fills in what the query says; an error where a rollup cannot be kept for it. */
void
rollup_read_query(Rollup *rollup, Query *query, bool is_source, Extension extension)
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
		if (!is_source || !rollup_is_row_count(lfirst_node(TargetEntry, cell)))
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

	rollup_read_query(rollup, get_view_query(source), true, extension);
	table_close(source, NoLock);
}

/* The base table as a source view has it, or InvalidOid: the view may be anything, of anybody. */
Oid
rollup_base_of_source(Oid source)
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

typedef struct Reading
{
	Rollup   *rollup;
	Extension extension;
} Reading;

static void
try_to_read(void *argument)
{
	Reading *reading = argument;

	read_source(reading->rollup, reading->extension);
}

/*
 * What read_source() has against the definition, which its owner may have replaced.  Rolled
 * back are the locks alone.
 */
char *
rollup_problem_of_definition(Rollup *rollup, Extension extension)
{
	Reading    reading = {.rollup = rollup, .extension = extension};
	ErrorData *error = rollup_attempt(try_to_read, &reading, false);

	if (error == NULL)
		return NULL;
	return psprintf("The view \"%s%s\" is no definition: %s.%s%s", rollup->name, ROLLUP_SOURCE,
	                error->message, error->detail == NULL ? "" : " ",
	                error->detail == NULL ? "" : error->detail);
}

char *
rollup_problem_of_source(Rollup *rollup, Extension extension)
{
	char *problem = rollup_problem_of_definition(rollup, extension);

	return problem != NULL ? problem : rollup_problem_of_appending(rollup, false);
}

void
rollup_read_source(Rollup *rollup, Extension extension)
{
	char *problem = rollup_problem_of_source(rollup, extension);

	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
		                errmsg("live rollup %s cannot be kept", rollup_display_name(rollup)),
		                errdetail("%s", problem),
		                errhint("Make it what it was, and rebuild; or drop the rollup with "
		                        "cxm_drop_rollup, and make another.")));
}
