/*
 * row_delta.c
 *		The delta of a statement that has written one row, without a plan.
 */
#include "row_delta.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "catalog/dependency.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_proc.h"
#include "executor/executor.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "cxm.h"

/* An aggregate over one row: what its transition function takes, and its two functions. */
typedef struct RowSummary
{
	List *arguments; /* of Expr */
	List *filter;    /* of Expr, all of which must be true */
	Oid   transition;
	Oid   final;
	Oid   collation;
} RowSummary;

typedef struct RowColumn
{
	AttrNumber  number;
	Expr       *key; /* or */
	RowSummary *summary;
} RowColumn;

struct RowDelta
{
	int        n;
	RowColumn *columns;
	AttrNumber row_count;
	List      *condition; /* of Expr */
};

typedef struct ColumnMap
{
	Oid base, table;
} ColumnMap;

/* The columns of a partition may lie elsewhere than those of the partitioned table. */
static bool
map_columns(Node *node, ColumnMap *map)
{
	if (node == NULL)
		return false;
	if (IsA(node, Var))
		((Var *) node)->varattno =
		    get_attnum(map->table, get_attname(map->base, ((Var *) node)->varattno, false));
	return expression_tree_walker(node, map_columns, (void *) map);
}

static Expr *
planned(Node *node, ColumnMap *map)
{
	node = copyObject(node);
	map_columns(node, map);
	return node == NULL ? NULL : expression_planner((Expr *) node);
}

static bool
is_foreign_function(Oid function, void *extension)
{
	return function >= FirstNormalObjectId &&
	       getExtensionOfObject(ProcedureRelationId, function) != *(Oid *) extension;
}

static bool
calls_foreign_function(Node *node, void *extension)
{
	if (node == NULL)
		return false;
	return check_functions_in_node(node, is_foreign_function, extension) ||
	       IsA(node, CoerceToDomain) ||
	       expression_tree_walker(node, calls_foreign_function, extension);
}

AttrNumber
row_delta_column(TupleDesc columns, const char *name, Oid type)
{
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(columns, i);

		if (!column->attisdropped && column->atttypid == type &&
		    strcmp(quote_identifier(NameStr(column->attname)), name) == 0)
			return column->attnum;
	}
	return InvalidAttrNumber;
}

/* Only such aggregates as all of cxm's are: that start from NULL, and take no more than a state. */
static RowSummary *
make_summary(Aggref *aggregate, ColumnMap *map)
{
	RowSummary       *summary = palloc0(sizeof(RowSummary));
	HeapTuple         tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate->aggfnoid));
	Form_pg_aggregate form;
	bool              plain;
	bool              starts_null;
	ListCell         *cell;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	form = (Form_pg_aggregate) GETSTRUCT(tuple);
	SysCacheGetAttr(AGGFNOID, tuple, Anum_pg_aggregate_agginitval, &starts_null);
	summary->transition = form->aggtransfn;
	summary->final = form->aggfinalfn;
	summary->collation = aggregate->inputcollid;
	plain = starts_null && !form->aggfinalextra && OidIsValid(form->aggfinalfn) &&
	        !func_strict(form->aggtransfn) && list_length(aggregate->args) < FUNC_MAX_ARGS;
	ReleaseSysCache(tuple);
	if (!plain)
		return NULL;
	foreach (cell, aggregate->args)
		summary->arguments = lappend(summary->arguments,
		                             planned((Node *) lfirst_node(TargetEntry, cell)->expr, map));
	summary->filter = make_ands_implicit(planned((Node *) aggregate->aggfilter, map));
	return summary;
}

/* Nothing else is to be done when a row comes in, and nobody's functions are called for it. */
static bool
is_plain(Relation table)
{
	TupleConstr *constraints = RelationGetDescr(table)->constr;

	return table->trigdesc == NULL && table->rd_rules == NULL && !table->rd_rel->relrowsecurity &&
	       !table->rd_rel->relhasindex &&
	       (constraints == NULL ||
	        (constraints->num_check == 0 && !constraints->has_generated_stored));
}

RowDelta *
row_delta_make(Relation table, Relation deltas, List *columns, Node *condition, Oid base,
               Oid extension)
{
	RowDelta *row_delta = palloc0(sizeof(RowDelta));
	ColumnMap map = {base, RelationGetRelid(table)};
	TupleDesc descriptor = RelationGetDescr(deltas);
	int       present = 0;
	ListCell *cell;

	for (int i = 0; i < descriptor->natts; i++)
		present += !TupleDescAttr(descriptor, i)->attisdropped;
	row_delta->row_count = row_delta_column(descriptor, "row_count", INT8OID);
	if (!is_plain(deltas) || row_delta->row_count == InvalidAttrNumber ||
	    calls_foreign_function(condition, &extension))
		return NULL;
	row_delta->condition = make_ands_implicit(planned(condition, &map));
	row_delta->columns = palloc0(sizeof(RowColumn) * list_length(columns));
	foreach (cell, columns)
	{
		RowDeltaColumn *from = lfirst(cell);
		RowColumn      *column = &row_delta->columns[row_delta->n++];

		column->number = row_delta_column(descriptor, from->column, exprType(from->expression));
		if (column->number == InvalidAttrNumber ||
		    calls_foreign_function(from->expression, &extension))
			return NULL;
		if (IsA(from->expression, Aggref))
		{
			column->summary = make_summary((Aggref *) from->expression, &map);
			if (column->summary == NULL)
				return NULL;
			present--; /* of two columns it fills one */
		}
		else
			column->key = planned(from->expression, &map);
		present--;
	}
	/* besides these there are row_count and compacted_at */
	return present == 2 ? row_delta : NULL;
}

static Datum
evaluate(Expr *expression, ExprContext *context, bool *is_null)
{
	return ExecEvalExprSwitchContext(ExecInitExpr(expression, NULL), context, is_null);
}

static bool
holds(List *condition, ExprContext *context)
{
	return condition == NIL || ExecQual(ExecInitQual(condition, NULL), context);
}

/* What the aggregate makes of one row.  Its functions find an AggState, as they insist on. */
static Datum
summarize(const RowSummary *summary, ExprContext *context, bool *is_null)
{
	LOCAL_FCINFO(call, FUNC_MAX_ARGS);
	FmgrInfo      function;
	AggState     *aggregation = makeNode(AggState);
	MemoryContext before = MemoryContextSwitchTo(context->ecxt_per_tuple_memory);
	ListCell     *cell;
	Datum         state;

	*is_null = true;
	if (!holds(summary->filter, context))
	{
		MemoryContextSwitchTo(before);
		return (Datum) 0;
	}
	aggregation->curaggcontext = context;
	fmgr_info(summary->transition, &function);
	InitFunctionCallInfoData(*call, &function, list_length(summary->arguments) + 1,
	                         summary->collation, (Node *) aggregation, NULL);
	call->args[0].value = (Datum) 0;
	call->args[0].isnull = true;
	foreach (cell, summary->arguments)
	{
		NullableDatum *argument = &call->args[foreach_current_index (cell) + 1];

		argument->value = evaluate(lfirst(cell), context, &argument->isnull);
	}
	state = FunctionCallInvoke(call);
	if (!call->isnull || !func_strict(summary->final))
	{
		bool none = call->isnull;

		fmgr_info(summary->final, &function);
		InitFunctionCallInfoData(*call, &function, 1, summary->collation, (Node *) aggregation,
		                         NULL);
		call->args[0].value = state;
		call->args[0].isnull = none;
		state = FunctionCallInvoke(call);
		*is_null = call->isnull;
	}
	MemoryContextSwitchTo(before);
	return state;
}

static bool
first_row(Tuplestorestate *rows, TupleTableSlot *slot)
{
	int reader = tuplestore_alloc_read_pointer(rows, EXEC_FLAG_REWIND);

	tuplestore_select_read_pointer(rows, reader);
	tuplestore_rescan(rows);
	return tuplestore_gettupleslot(rows, true, false, slot);
}

void
row_delta_append(const RowDelta *row_delta, Relation table, Oid deltas, Tuplestorestate *rows,
                 int64 row_count)
{
	Relation        relation = table_open(deltas, RowExclusiveLock);
	EState         *estate = CreateExecutorState();
	MemoryContext   before = MemoryContextSwitchTo(estate->es_query_cxt);
	ExprContext    *context = GetPerTupleExprContext(estate);
	TupleTableSlot *row = MakeSingleTupleTableSlot(RelationGetDescr(table), &TTSOpsMinimalTuple);
	TupleTableSlot *delta = MakeSingleTupleTableSlot(RelationGetDescr(relation), &TTSOpsVirtual);

	context->ecxt_scantuple = row;
	if (first_row(rows, row) && holds(row_delta->condition, context))
	{
		ResultRelInfo *result = makeNode(ResultRelInfo);

		ExecClearTuple(delta);
		memset(delta->tts_isnull, true, delta->tts_tupleDescriptor->natts);
		for (int i = 0; i < row_delta->n; i++)
		{
			const RowColumn *column = &row_delta->columns[i];
			bool            *is_null = &delta->tts_isnull[column->number - 1];

			delta->tts_values[column->number - 1] =
			    column->key != NULL ? evaluate(column->key, context, is_null)
			                        : summarize(column->summary, context, is_null);
		}
		delta->tts_values[row_delta->row_count - 1] = Int64GetDatum(row_count);
		delta->tts_isnull[row_delta->row_count - 1] = false;
		ExecStoreVirtualTuple(delta);
		InitResultRelInfo(result, relation, 1, NULL, 0);
		ExecSimpleRelationInsert(result, estate, delta);
	}
	ExecDropSingleTupleTableSlot(row);
	ExecDropSingleTupleTableSlot(delta);
	MemoryContextSwitchTo(before);
	FreeExecutorState(estate);
	table_close(relation, NoLock);
}
