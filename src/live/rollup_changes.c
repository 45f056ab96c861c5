/*
 * rollup_changes.c
 *		Rows as the changes that they make: what is appended to the deltas, computed before anything
 *		is written.
 *
 * A row for which an expression or aggregate has an error is left out, and counted by its reason.
 * First all rows are tried at once; only where that fails, each by itself.  Each attempt is a
 * subtransaction; it writes nothing, and so is given no transaction id: it costs next to nothing.
 */
#include "live/live_rollup.h"

#include "access/sysattr.h"
#include "access/xact.h"
#include "executor/executor.h"
#include "executor/tstoreReceiver.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/resowner.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"

/* Rows that a statement writes, or takes away.  All columns of the deltas, in their order. */
static const char changes_of_added[] =
    "SELECT {k,$expression AS $name}, {a,$expression AS $added, NULL::$type AS $removed}, "
    "count(*) AS row_count, NULL::timestamptz AS compacted_at FROM $rows$where "
    "GROUP BY {k,$ordinal}";

static const char changes_of_removed[] =
    "SELECT {k,$expression AS $name}, {a,NULL::$type AS $added, $expression AS $removed}, "
    "- count(*) AS row_count, NULL::timestamptz AS compacted_at FROM $rows$where "
    "GROUP BY {k,$ordinal}";

/* What the rows of a table are in a statement that reads them; and where they are changes. */
static const char rows_by_group[] =
    "(SELECT {k,$expression AS $name}, {a,$expression AS $name}, count(*) AS row_count "
    "FROM $rows$where GROUP BY {k,$ordinal}) AS by_group";

static const char changes_by_group[] =
    "(SELECT {k,$name}, {a,$rollup($added) AS $name}, sum(row_count)::bigint AS row_count "
    "FROM " ROLLUP_CHANGES " GROUP BY {k,$name}) AS by_group";

#define ROWS_AT_ONCE 1000

/*
 * Attempts
 */

/* What nobody but the whole statement, or its session, can answer. */
static bool
must_go_up(const ErrorData *error)
{
	if (error->sqlerrcode == ERRCODE_STATEMENT_TOO_COMPLEX) /* such as the depth of the stack */
		return true;
	switch (ERRCODE_TO_CATEGORY(error->sqlerrcode))
	{
		case ERRCODE_TRANSACTION_ROLLBACK:
		case ERRCODE_INSUFFICIENT_RESOURCES:
		case ERRCODE_OPERATOR_INTERVENTION:
		case ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR):
		case ERRCODE_INTERNAL_ERROR:
			return true;
	}
	return false;
}

/* Works in a subtransaction, which is kept or not; returns the error that it had, or NULL. */
ErrorData *
rollup_attempt(RollupWork work, void *argument, bool keep)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner resources = CurrentResourceOwner;
	ErrorData *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		work(argument);
		if (keep)
			ReleaseCurrentSubTransaction();
		else
			RollbackAndReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = resources;
		if (must_go_up(error))
			ReThrowError(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = resources;
	return error;
}

/*
 * What an error is about, the same for every row, in every language, and without the values, which
 * may be somebody's.
 */
char *
rollup_reason(const ErrorData *error)
{
	const char    *format = error->message_id;
	StringInfoData reason;

	if (format == NULL || strcmp(format, "%s") == 0)
		return psprintf("an error of class %s", unpack_sql_state(error->sqlerrcode));
	initStringInfo(&reason);
	for (const char *c = format; *c != '\0'; c++)
	{
		if (*c == '%' && c[1] == '%')
			appendStringInfoChar(&reason, *c++);
		else if (*c == '%')
		{
			c += strcspn(c, "diouxXeEfFgGcsm");
			appendStringInfoString(&reason, "...");
			if (*c == '\0')
				break;
		}
		else
			appendStringInfoChar(&reason, *c);
	}
	return reason.data;
}

/*
 * Rows and changes by name
 */

void
rollup_register(const char *name, Oid table, TupleDesc columns, Tuplestorestate *rows)
{
	EphemeralNamedRelation relation = palloc0(sizeof(EphemeralNamedRelationData));

	relation->md.name = unconstify(char *, name);
	relation->md.reliddesc = table;
	relation->md.tupdesc = columns;
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->md.enrtuples = ROWS_AT_ONCE; /* every plan is made for many rows */
	relation->reldata = rows;
	if (SPI_register_relation(relation) < 0)
		elog(ERROR, "could not register %s", name);
}

const char *
rollup_template_of_changes(bool removed)
{
	return removed ? changes_of_removed : changes_of_added;
}

TupleDesc
rollup_columns_of_plan(SPIPlanPtr plan)
{
	CachedPlanSource *source = linitial(SPI_plan_get_plan_sources(plan));

	return source->resultDesc;
}

/* All of them, numbered as by pull_varattnos(). */
Bitmapset *
rollup_all_columns(TupleDesc columns)
{
	return columns->natts == 0
	           ? NULL
	           : bms_add_range(NULL, 1 - FirstLowInvalidHeapAttributeNumber,
	                           columns->natts - FirstLowInvalidHeapAttributeNumber);
}

/*
 * A row whose columns are parameters, as what a statement reads; with nothing to scan, sort or
 * hash.  Sets their types.
 */
const char *
rollup_one_row(TupleDesc columns, Bitmapset *parameters, Oid **types)
{
	int            n = 0;
	int            member = -1;
	StringInfoData sql;

	*types = palloc(sizeof(Oid) * (bms_num_members(parameters) + 1));
	initStringInfo(&sql);
	while ((member = bms_next_member(parameters, member)) >= 0)
	{
		AttrNumber        number = member + FirstLowInvalidHeapAttributeNumber;
		Form_pg_attribute column = TupleDescAttr(columns, number - 1);

		(*types)[n] = column->atttypid;
		appendStringInfo(&sql, "%s$%d", n == 0 ? "" : ", ", n + 1);
		if (OidIsValid(column->attcollation))
			appendStringInfo(&sql, " COLLATE %s", generate_collation_name(column->attcollation));
		appendStringInfo(&sql, " AS %s", quote_identifier(NameStr(column->attname)));
		n++;
	}
	return psprintf("(SELECT %s) AS one_row", sql.data);
}

/* The next row as the parameters of its statement; false where there is none. */
bool
rollup_read_row(Tuplestorestate *rows, TupleTableSlot *slot, Bitmapset *parameters,
                ParamListInfo values)
{
	int member = -1;

	if (!tuplestore_gettupleslot(rows, true, false, slot))
		return false;
	for (int n = 0; (member = bms_next_member(parameters, member)) >= 0; n++)
	{
		ParamExternData *value = &values->params[n];

		value->value =
		    slot_getattr(slot, member + FirstLowInvalidHeapAttributeNumber, &value->isnull);
	}
	return true;
}

ParamListInfo
rollup_parameters(TupleDesc columns, Bitmapset *parameters)
{
	ParamListInfo values = makeParamList(bms_num_members(parameters));
	int           member = -1;

	for (int n = 0; (member = bms_next_member(parameters, member)) >= 0; n++)
	{
		AttrNumber number = member + FirstLowInvalidHeapAttributeNumber;

		values->params[n].pflags = PARAM_FLAG_CONST;
		values->params[n].ptype = TupleDescAttr(columns, number - 1)->atttypid;
	}
	return values;
}

/* Runs a statement that reads, into a store. */
void
rollup_select(SPIPlanPtr plan, ParamListInfo values, Tuplestorestate *into)
{
	DestReceiver     *receiver = CreateTuplestoreDestReceiver();
	SPIExecuteOptions options = {.params = values, .read_only = true, .dest = receiver};

	SetTuplestoreDestReceiverParams(receiver, into, CurrentMemoryContext, false, NULL, NULL);
	if (SPI_execute_plan_extended(plan, &options) < 0)
		elog(ERROR, "could not evaluate the rows of a rollup");
	receiver->rDestroy(receiver);
}

/*
 * Each row by itself
 */

typedef struct Selection
{
	SPIPlanPtr       plan;
	ParamListInfo    values;
	Tuplestorestate *into;
} Selection;

static void
run_selection(void *argument)
{
	const Selection *selection = argument;

	rollup_select(selection->plan, selection->values, selection->into);
}

SPIPlanPtr
rollup_prepare(const char *sql, int n, Oid *types)
{
	SPIPlanPtr plan = SPI_prepare_cursor(sql, n, types, CURSOR_OPT_GENERIC_PLAN);

	if (plan == NULL)
		elog(ERROR, "could not prepare: %s", sql);
	return plan;
}

void
rollup_evaluate_each(const Rollup *rollup, RollupRows rows, Tuplestorestate *changes,
                     List **skipped, Extension extension)
{
	Rollup          one = *rollup;
	Selection       selection = {.values = rollup_parameters(rows.columns, rows.parameters),
	                             .into = changes};
	TupleTableSlot *slot = MakeSingleTupleTableSlot(rows.columns, &TTSOpsMinimalTuple);
	MemoryContext   outer = CurrentMemoryContext;
	MemoryContext   of_row = AllocSetContextCreate(outer, "row of a rollup", ALLOCSET_SMALL_SIZES);
	Oid            *types;

	one.rows = rollup_one_row(rows.columns, rows.parameters, &types);
	selection.plan = rollup_prepare(
	    rollup_expand(&one, rollup_template_of_changes(rows.removed), extension),
	    selection.values->numParams, types);
	tuplestore_select_read_pointer(rows.store, 0);
	tuplestore_rescan(rows.store);
	while (rollup_read_row(rows.store, slot, rows.parameters, selection.values))
	{
		ErrorData *error;

		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(of_row);
		error = rollup_attempt(run_selection, &selection, true);
		MemoryContextSwitchTo(outer);
		if (error != NULL)
			rollup_add_skipped(skipped, rollup_reason(error), rows.removed ? -1 : 1);
		MemoryContextReset(of_row);
	}
	ExecDropSingleTupleTableSlot(slot);
	MemoryContextDelete(of_row);
	SPI_freeplan(selection.plan);
}

/*
 * All rows of a table
 */

static const char *
columns_of(const Rollup *rollup)
{
	StringInfoData sql;
	int            member = -1;

	initStringInfo(&sql);
	while ((member = bms_next_member(rollup->columns, member)) >= 0)
		appendStringInfo(&sql, "%s%s", sql.len == 0 ? "" : ", ",
		                 quote_identifier(get_attname(
		                     rollup->base, member + FirstLowInvalidHeapAttributeNumber, false)));
	return sql.data;
}

static void
move_rows(Tuplestorestate *from, Tuplestorestate *to, TupleTableSlot *slot)
{
	while (tuplestore_gettupleslot(from, true, false, slot))
		tuplestore_puttupleslot(to, slot);
	tuplestore_clear(from);
}

/* A thousand at once, so that bad ones are looked for among few.  Returns the columns. */
TupleDesc
rollup_evaluate_table(const Rollup *rollup, Oid table, bool removed, Tuplestorestate *changes,
                      List **skipped, Extension extension)
{
	Rollup           some = *rollup;
	RollupRows       rows = {.store = tuplestore_begin_heap(false, false, work_mem),
	                         .removed = removed};
	Tuplestorestate *batch = tuplestore_begin_heap(false, false, work_mem);
	Selection        selection = {.into = batch};
	TupleTableSlot  *slot = NULL;
	TupleDesc        result = NULL;
	SPIPlanPtr       read = rollup_prepare(psprintf("SELECT %s FROM %s", columns_of(rollup),
	                                                rollup_relation_name(table)),
	                                       0, NULL);
	Portal           portal;

	rows.columns = CreateTupleDescCopy(rollup_columns_of_plan(read));
	rows.parameters = rollup_all_columns(rows.columns);
	some.rows = "cxm_rows";
	rollup_register(some.rows, InvalidOid, rows.columns, rows.store);
	selection.plan = rollup_prepare(
	    rollup_expand(&some, rollup_template_of_changes(removed), extension), 0, NULL);
	result = CreateTupleDescCopy(rollup_columns_of_plan(selection.plan));
	slot = MakeSingleTupleTableSlot(result, &TTSOpsMinimalTuple);
	portal = SPI_cursor_open(NULL, read, NULL, NULL, true);
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, ROWS_AT_ONCE);
		if (SPI_processed == 0)
			break;
		tuplestore_clear(rows.store);
		for (uint64 i = 0; i < SPI_processed; i++)
			tuplestore_puttuple(rows.store, SPI_tuptable->vals[i]);
		SPI_freetuptable(SPI_tuptable);
		if (rollup_attempt(run_selection, &selection, true) != NULL)
		{
			tuplestore_clear(batch);
			rollup_evaluate_each(rollup, rows, batch, skipped, extension);
		}
		move_rows(batch, changes, slot);
	}
	SPI_cursor_close(portal);
	ExecDropSingleTupleTableSlot(slot);
	tuplestore_end(rows.store);
	tuplestore_end(batch);
	SPI_unregister_relation(some.rows);
	return result;
}

/*
 * Statements that read all rows of the base or of a partition, as $rows
 */

typedef struct Statement
{
	Rollup     *rollup;
	const char *template;
	Extension   extension;
} Statement;

static void
run_statement(void *argument)
{
	const Statement *statement = argument;
	const char      *sql =
	    rollup_expand(statement->rollup, statement->template, statement->extension);

	if (SPI_execute_snapshot(rollup_prepare(sql, 0, NULL), NULL, NULL, GetActiveSnapshot(),
	                         InvalidSnapshot, false, true, 0) < 0)
		elog(ERROR, "could not execute: %s", sql);
}

/*
 * At the moment of the active snapshot.  Where a row cannot be counted and that may be, those that
 * are left out are returned.  Leaves what the statement returns in SPI's variables.
 */
List *
rollup_run_over(Rollup *rollup, Oid table, const char *template, Extension extension)
{
	Statement        statement = {.rollup = rollup, .template = template, .extension = extension};
	List            *skipped = NIL;
	Tuplestorestate *changes;
	TupleDesc        columns;

	rollup->rows = rollup_relation_name(table);
	rollup->rows = rollup_expand(rollup, rows_by_group, extension);
	if (rollup->refuses_rows || !rollup_has_marks())
	{
		run_statement(&statement);
		return NIL;
	}
	if (rollup_attempt(run_statement, &statement, true) == NULL)
		return NIL;
	changes = tuplestore_begin_heap(false, false, work_mem);
	columns = rollup_evaluate_table(rollup, table, false, changes, &skipped, extension);
	rollup_register(ROLLUP_CHANGES, InvalidOid, columns, changes);
	rollup->rows = rollup_expand(rollup, changes_by_group, extension);
	run_statement(&statement);
	SPI_unregister_relation(ROLLUP_CHANGES);
	tuplestore_end(changes);
	return skipped;
}
