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
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
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

/* The expression in a query of nothing but its table. */
static Node *
over_table(const void *expression, int index)
{
	Node *copy = copyObjectImpl(expression);

	ChangeVarNodes(copy, index, 1, 0);
	return copy;
}

/* With an alias each column is qualified by it. */
static char *
sql_of(Node *expression, Oid table, const char *alias)
{
	List *context = deparse_context_for(alias == NULL ? get_rel_name(table) : alias, table);

	return deparse_expression(expression, context, alias != NULL, true);
}

pg_noreturn static void
refuse_volatile(const char *what, const char *sql)
{
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
	                errmsg("%s of a live rollup is volatile", what),
	                errdetail("%s has another value each time.", sql)));
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
		refuse_volatile(what, sql);
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
check_columns(Bitmapset *columns)
{
	int member = -1;

	while ((member = bms_next_member(columns, member)) >= 0)
	{
		AttrNumber column = member + FirstLowInvalidHeapAttributeNumber;

		if (column < 0)
			rollup_refuse("a system column", "It says where a row is stored, and changes with it.");
		if (column == 0)
			rollup_refuse("a whole row", "Its type changes with the columns of the table.");
	}
}

static void
check_base_columns(const Rollup *rollup)
{
	int member = -1;

	check_columns(rollup->columns);
	while ((member = bms_next_member(rollup->columns, member)) >= 0)
	{
		AttrNumber column = member + FirstLowInvalidHeapAttributeNumber;

		if (lacks_generated(rollup->base, column))
			rollup_refuse(
			    "this generated column",
			    psprintf("Of column %s triggers are not given the value: it is virtual, or the "
			             "table is partitioned. Write its expression instead.",
			             quote_identifier(get_attname(rollup->base, column, false))));
	}
}

/* The columns that the query reads, of each table. */
static void
read_columns(Rollup *rollup, Query *query, List *targets)
{
	Node     *from = cxm_flatten_join_aliases(query, (Node *) query->jointree);
	ListCell *cell;

	pull_varattnos((Node *) targets, rollup->base_index, &rollup->columns);
	pull_varattnos(from, rollup->base_index, &rollup->columns);
	check_base_columns(rollup);
	foreach (cell, rollup->dimensions)
	{
		RollupDimension *dimension = lfirst(cell);

		pull_varattnos((Node *) targets, dimension->index, &dimension->columns);
		pull_varattnos(from, dimension->index, &dimension->columns);
		check_columns(dimension->columns);
	}
}

static bool
reads(const void *expression, int index)
{
	Bitmapset *columns = NULL;

	pull_varattnos(unconstify(Node *, (const Node *) expression), index, &columns);
	return columns != NULL;
}

/* The dimension that an expression reads; NULL where it reads none. */
static RollupDimension *
dimension_read(const Rollup *rollup, const void *expression)
{
	ListCell *cell;

	foreach (cell, rollup->dimensions)
		if (reads(expression, ((RollupDimension *) lfirst(cell))->index))
			return lfirst(cell);
	return NULL;
}

/* What is counted, and whether, is known when a row is written, from that row alone. */
static void
check_of_base(const Rollup *rollup, const void *expression, const char *what)
{
	RollupDimension *dimension = dimension_read(rollup, expression);

	if (dimension != NULL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("%s of a live rollup reads a column of %s", what,
		                       quote_identifier(dimension->alias)),
		                errdetail("Rows are counted when they are written, and joined when the "
		                          "view is read: only its keys may be of tables that are joined."),
		                errhint("Make the column a key, and filter the view.")));
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

static RollupColumn *
new_column(const TargetEntry *target)
{
	RollupColumn *column = palloc0(sizeof(RollupColumn));

	if (target->resjunk)
		rollup_refuse("a key that is not in the select list", "Each of its groups is one row.");
	if (target->resname == NULL || strcmp(target->resname, "?column?") == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_NAME),
		                errmsg("column %d of a live rollup has no name", target->resno),
		                errhint("Name it with AS.")));
	column->name = column_name("", target->resname);
	return column;
}

static void
set_expression(RollupColumn *column, const Rollup *rollup, const void *expression)
{
	column->node = over_table(expression, rollup->base_index);
	column->expression = sql_of(column->node, rollup->base, NULL);
	column->type = format_type_be_qualified(exprType(column->node));
}

static void
add_key(Rollup *rollup, RollupColumn *key)
{
	rollup->keys = lappend(rollup->keys, key);
	key->ordinal = psprintf("%d", list_length(rollup->keys));
}

/* A group of dimensions is read from them; another is a key of the deltas. */
static void
add_group(Rollup *rollup, const TargetEntry *target)
{
	RollupColumn    *group = new_column(target);
	char            *what = psprintf("key %s", group->name);
	RollupDimension *dimension = dimension_read(rollup, target->expr);
	ListCell        *cell;

	if (dimension == NULL)
	{
		RollupColumn *key = new_column(target);

		set_expression(key, rollup, target->expr);
		check_immutable(key->node, what, key->expression, rollup->base);
		add_key(rollup, key);
		*group = *key;
	}
	else
	{
		bool of_one = !reads(target->expr, rollup->base_index);

		foreach (cell, rollup->dimensions)
			of_one = of_one && (lfirst(cell) == dimension ||
			                    !reads(target->expr, ((RollupDimension *) lfirst(cell))->index));
		if (!of_one)
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			                errmsg("%s of a live rollup reads columns of several tables", what),
			                errhint("Make each of them a key, and group the view.")));
		group->node = over_table(target->expr, dimension->index);
		group->dimension = dimension;
		if (contain_volatile_functions(group->node))
			refuse_volatile(what, sql_of(group->node, dimension->table, NULL));
	}
	rollup->groups = lappend(rollup->groups, group);
	group->ordinal = psprintf("%d", list_length(rollup->groups));
}

static void
add_aggregate(Rollup *rollup, const TargetEntry *target, Extension extension)
{
	RollupColumn *column = new_column(target);
	Aggref       *aggregate;

	check_of_base(rollup, target->expr, psprintf("summary %s", column->name));
	set_expression(column, rollup, target->expr);
	if (!IsA(target->expr, Aggref))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("%s is neither a key nor a summary", column->expression),
		                errhint("Compute it from the columns of the view.")));
	aggregate = castNode(Aggref, column->node);
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

/* A key of the deltas that is no group. */
static RollupColumn *
add_hidden_key(Rollup *rollup, char *name, const void *expression)
{
	RollupColumn *key = palloc0(sizeof(RollupColumn));

	key->name = name;
	set_expression(key, rollup, expression);
	add_key(rollup, key);
	rollup->hidden = lappend(rollup->hidden, key);
	return key;
}

/* Keys that are what the view joins by. */
static void
add_join_columns(Rollup *rollup)
{
	int       n = 0;
	ListCell *cell;

	foreach (cell, rollup_join_columns(rollup))
		add_hidden_key(rollup, psprintf("join_%d", ++n), lfirst(cell));
}

/* Of count(DISTINCT ...), what is counted in the rows that its filter lets through. */
static Node *
counted_value(const Aggref *aggregate)
{
	TargetEntry *argument = linitial(aggregate->args);
	Node        *value = (Node *) argument->expr;
	CaseWhen    *when = makeNode(CaseWhen);
	CaseExpr    *filtered = makeNode(CaseExpr);

	if (aggregate->aggfilter == NULL)
		return value;
	when->expr = aggregate->aggfilter;
	when->result = argument->expr;
	filtered->casetype = exprType(value);
	filtered->casecollid = exprCollation(value);
	filtered->args = list_make1(when);
	filtered->defresult = (Expr *) makeNullConst(filtered->casetype, exprTypmod(value),
	                                             filtered->casecollid);
	return (Node *) filtered;
}

static bool
counts_values(const TargetEntry *target)
{
	const Aggref *aggregate = (const Aggref *) target->expr;

	return IsA(aggregate, Aggref) && aggregate->aggfnoid == F_COUNT_ANY &&
	       aggregate->aggdistinct != NIL;
}

static void
add_count(Rollup *rollup, const TargetEntry *target)
{
	RollupColumn *count = new_column(target);
	Aggref       *aggregate;

	check_of_base(rollup, target->expr, psprintf("count %s", count->name));
	set_expression(count, rollup, target->expr);
	aggregate = castNode(Aggref, count->node);
	check_immutable((Node *) aggregate->args, psprintf("an argument of %s", count->name),
	                count->expression, rollup->base);
	check_immutable((Node *) aggregate->aggfilter, psprintf("the filter of %s", count->name),
	                count->expression, rollup->base);
	if (get_typtype(exprType(counted_value(aggregate))) == TYPTYPE_PSEUDO)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("%s cannot be kept by a live rollup", count->expression),
		                errdetail("No column can have its type, %s.",
		                          format_type_be(exprType(counted_value(aggregate)))),
		                errhint("Count one value, such as ARRAY[a, b].")));
	rollup->counts = lappend(rollup->counts, count);
}

/* The keys whose values are counted, which may be others already. */
static void
add_counted(Rollup *rollup)
{
	ListCell *cell, *other;
	int       n = 0;

	foreach (cell, rollup->counts)
	{
		RollupColumn *count = lfirst(cell);
		Node         *value = counted_value(castNode(Aggref, count->node));

		foreach (other, rollup->keys)
			if (count->counted == NULL && equal(((RollupColumn *) lfirst(other))->node, value))
				count->counted = lfirst(other);
		if (count->counted == NULL)
			count->counted = add_hidden_key(rollup, psprintf("distinct_%d", ++n), value);
		if (list_member_ptr(rollup->hidden, count->counted))
			rollup->counted = list_append_unique_ptr(rollup->counted,
			                                         unconstify(RollupColumn *, count->counted));
	}
}

/*
 * These look at the columns of dimensions, under locks, and so are for whoever makes a view: who
 * writes to the base waits for nobody who has a dimension locked.
 */
char *
rollup_qualified(const Rollup *rollup, const RollupColumn *column)
{
	return column->dimension == NULL
	           ? sql_of(column->node, rollup->base, rollup->alias)
	           : sql_of(column->node, column->dimension->table, column->dimension->alias);
}

char *
rollup_reading(const Rollup *rollup, const RollupColumn *column)
{
	return column->dimension == NULL
	           ? psprintf("%s.%s", rollup_alias_of_deltas(rollup), column->name)
	           : rollup_qualified(rollup, column);
}

char *
rollup_qualified_where(const Rollup *rollup)
{
	return rollup->condition == NULL
	           ? ""
	           : psprintf(" WHERE %s", sql_of(rollup->condition, rollup->base, rollup->alias));
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
	foreach (cell, rollup->hidden)
		taken = lappend(taken, ((RollupColumn *) lfirst(cell))->name);
	foreach (cell, list_concat(list_concat_copy(rollup->groups, rollup->aggregates),
	                           rollup->counts))
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

static void
read_condition(Rollup *rollup, Node *condition)
{
	rollup->where = "";
	if (condition == NULL)
		return;
	check_of_base(rollup, condition, "the condition");
	rollup->condition = over_table(condition, rollup->base_index);
	rollup->where = sql_of(rollup->condition, rollup->base, NULL);
	check_immutable(rollup->condition, "the condition", rollup->where, rollup->base);
	rollup->where = psprintf(" WHERE %s", rollup->where);
}

/* Fills in what the query says; an error where a rollup cannot be kept for it. */
void
rollup_read_query(Rollup *rollup, Query *query, bool is_source, Extension extension)
{
	List     *targets;
	ListCell *cell;

	if (query->commandType != CMD_SELECT)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
		                errmsg("the query of a live rollup must be a SELECT")));
	check_clauses(query);
	rollup_read_tables(rollup, query);
	targets = (List *) cxm_flatten_group_exprs(query, (Node *) query->targetList);
	targets = (List *) cxm_flatten_join_aliases(query, (Node *) targets);
	read_columns(rollup, query, targets);
	foreach (cell, targets)
	{
		TargetEntry *target = lfirst_node(TargetEntry, cell);

		if (target->ressortgroupref != 0)
			add_group(rollup, target);
		else if (counts_values(target))
			add_count(rollup, target);
		else if (!is_source || !rollup_is_row_count(target))
			add_aggregate(rollup, target, extension);
	}
	if (rollup->aggregates == NIL && rollup->counts == NIL)
		ereport(ERROR,
		        (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("a live rollup needs a summary"),
		         errhint("Select one, such as nps_agg(score) AS s.")));
	if (list_length(rollup->aggregates) == 1)
	{
		RollupColumn *only = linitial(rollup->aggregates);

		only->added = "added";
		only->removed = "removed";
	}
	add_join_columns(rollup);
	add_counted(rollup);
	check_names(rollup);
	read_condition(rollup, cxm_flatten_join_aliases(query, query->jointree->quals));
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

	if (list_length(from) == 1)
	{
		Node *first = linitial(from);

		while (IsA(first, JoinExpr))
			first = ((JoinExpr *) first)->larg;
		if (IsA(first, RangeTblRef))
			base = rt_fetch(((RangeTblRef *) first)->rtindex, query->rtable)->relid;
	}
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
