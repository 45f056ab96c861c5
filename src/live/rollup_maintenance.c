/*
 * rollup_maintenance.c
 *		The trigger function of live rollups: appends what a statement has changed to the deltas.
 */
#include "live/live_rollup.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "nodes/nodeFuncs.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

/* Nothing for a group that comes out as it was. */
static const char changes_of_updated[] =
    "SELECT {k,$name}, {a,$rollup($added), $rollup($removed)}, sum(row_count)::bigint, "
    "NULL::timestamptz FROM ("
    "SELECT {k,$expression AS $name}, {a,$expression AS $added, NULL AS $removed}, "
    "count(*) AS row_count FROM cxm_new$where GROUP BY {k,$ordinal} UNION ALL "
    "SELECT {k,$expression}, {a,NULL, $expression}, - count(*) FROM cxm_old$where "
    "GROUP BY {k,$ordinal}) AS change GROUP BY {k,$name} "
    "HAVING sum(row_count) <> 0 OR {a|($rollup($added) IS NULL) <> ($rollup($removed) IS NULL) "
    "OR NOT $rollup($added) $equals $rollup($removed)}";

/*
 * All columns, in their order: what is selected is then a row of the deltas, and the plan has no
 * node to make one of it.  Most statements write one row, so that starting the plan is what costs.
 */
static const char append[] =
    "INSERT INTO $delta ({k,$name}, {a,$added, $removed}, row_count, compacted_at) "
    "SELECT * FROM $rows";

/* Of a partition its rows are taken out; whoever empties the whole table leaves no deltas. */
static const char forget[] = "DELETE FROM $delta";

/* How many plans a session remembers, some 15 kB each. */
#define REMEMBERED 256

/* What a session remembers of a trigger, by statements of one row and others. */
typedef struct Maintenance
{
	uint64 key;

	bool   valid; /* nothing has changed since preparing began */
	bool   ready; /* nor was it broken off */
	int    users; /* calls that are at work, one within the other */
	uint64 last_call;

	Oid        base, table, delta, source;
	bool       foreign; /* the table or the trigger is none of the rollup's: nothing is to do */
	bool       forgets; /* TRUNCATE of the whole base */
	Oid        owner;
	Bitmapset *columns;    /* of the base */
	Bitmapset *parameters; /* the same of the table, in whose order they are parameters */
	SPIPlanPtr evaluation; /* what makes changes of the rows; NULL where it forgets */
	SPIPlanPtr appending;
	bool       is_plain; /* nothing about the deltas can make appending fail */
} Maintenance;

static HTAB  *maintenances = NULL;
static List  *replaced_plans = NIL; /* which outer calls may still run */
static bool   some_invalid = false;
static uint64 calls = 0;

static void
forget_relation(Datum unused pg_attribute_unused(), Oid relation)
{
	HASH_SEQ_STATUS scan;
	Maintenance    *m;

	hash_seq_init(&scan, maintenances);
	while ((m = hash_seq_search(&scan)) != NULL)
		if (!OidIsValid(relation) || relation == m->base || relation == m->table ||
		    relation == m->delta || relation == m->source)
		{
			m->valid = false;
			some_invalid = true;
		}
}

/* Functions and schemas: our SQL has their names. */
static void
forget_all(Datum unused, int cache pg_attribute_unused(), uint32 hash pg_attribute_unused())
{
	forget_relation(unused, InvalidOid);
}

/* Frees a plan, unless an outer call may be running it. */
static void
discard_plan(SPIPlanPtr plan, bool in_use)
{
	if (plan != NULL && in_use)
	{
		MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);

		replaced_plans = lappend(replaced_plans, plan);
		MemoryContextSwitchTo(before);
		some_invalid = true;
	}
	else if (plan != NULL)
		SPI_freeplan(plan);
}

static void
discard(Maintenance *m)
{
	discard_plan(m->evaluation, m->users > 1);
	discard_plan(m->appending, m->users > 1);
	bms_free(m->columns);
	bms_free(m->parameters);
	m->evaluation = m->appending = NULL;
	m->columns = m->parameters = NULL;
	m->foreign = false;
	m->ready = false;
}

static void
evict(Maintenance *m)
{
	discard(m);
	hash_search(maintenances, &m->key, HASH_REMOVE, NULL);
}

/* At the end of a transaction nobody is at work: what is out of date goes, with those dropped. */
static void
evict_invalid(XactEvent event, void *unused pg_attribute_unused())
{
	HASH_SEQ_STATUS scan;
	Maintenance    *m;
	ListCell       *cell;

	if (!some_invalid ||
	    (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT && event != XACT_EVENT_PREPARE))
		return;
	some_invalid = false;
	hash_seq_init(&scan, maintenances);
	while ((m = hash_seq_search(&scan)) != NULL)
		if (!m->valid || !m->ready)
			evict(m);
	foreach (cell, replaced_plans)
		SPI_freeplan(lfirst(cell));
	list_free(replaced_plans);
	replaced_plans = NIL;
}

/* Forgets what has not been used for longest. */
static void
make_room(void)
{
	HASH_SEQ_STATUS scan;
	Maintenance    *m, *oldest = NULL;

	if (hash_get_num_entries(maintenances) < REMEMBERED)
		return;
	hash_seq_init(&scan, maintenances);
	while ((m = hash_seq_search(&scan)) != NULL)
		if (m->users == 0 && (oldest == NULL || m->last_call < oldest->last_call))
			oldest = m;
	if (oldest != NULL)
		evict(oldest);
}

static Maintenance *
maintenance_of(Oid trigger, bool of_one_row)
{
	uint64       key = (uint64) trigger << 1 | of_one_row;
	Maintenance *m;

	if (maintenances == NULL)
	{
		HASHCTL control = {.keysize = sizeof(uint64), .entrysize = sizeof(Maintenance)};

		maintenances = hash_create("live rollups", 16, &control, HASH_ELEM | HASH_BLOBS);
		CacheRegisterRelcacheCallback(forget_relation, (Datum) 0);
		CacheRegisterSyscacheCallback(PROCOID, forget_all, (Datum) 0);
		CacheRegisterSyscacheCallback(NAMESPACEOID, forget_all, (Datum) 0);
		RegisterXactCallback(evict_invalid, NULL);
	}
	m = hash_search(maintenances, &key, HASH_FIND, NULL);
	if (m == NULL)
	{
		make_room();
		m = hash_search(maintenances, &key, HASH_ENTER, NULL);
		memset(m, 0, sizeof(Maintenance));
		m->key = key;
	}
	m->last_call = ++calls;
	return m;
}

/* The rows of an INSERT or a DELETE; NULL for other statements. */
static Tuplestorestate *
rows_of(const TriggerData *data)
{
	return TRIGGER_FIRED_BY_INSERT(data->tg_event)   ? data->tg_newtable
	       : TRIGGER_FIRED_BY_DELETE(data->tg_event) ? data->tg_oldtable
	                                                 : NULL;
}

static bool
is_of_one_row(const TriggerData *data)
{
	return rows_of(data) != NULL && tuplestore_tuple_count(rows_of(data)) == 1;
}

static void
register_rows(const TriggerData *data)
{
	Oid table = RelationGetRelid(data->tg_relation);

	if (data->tg_newtable != NULL)
		rollup_register(data->tg_trigger->tgnewtable, table, NULL, data->tg_newtable);
	if (data->tg_oldtable != NULL)
		rollup_register(data->tg_trigger->tgoldtable, table, NULL, data->tg_oldtable);
}

/* Columns of the base as a partition numbers them. */
static Bitmapset *
columns_in(Oid table, const Rollup *rollup)
{
	Bitmapset *columns = NULL;
	int        member = -1;

	while ((member = bms_next_member(rollup->columns, member)) >= 0)
	{
		AttrNumber column = member + FirstLowInvalidHeapAttributeNumber;

		column = get_attnum(table, get_attname(rollup->base, column, false));
		columns = bms_add_member(columns, column - FirstLowInvalidHeapAttributeNumber);
	}
	return columns;
}

static SPIPlanPtr
prepare_to_keep(const char *sql, int n, Oid *types)
{
	SPIPlanPtr plan = rollup_prepare(sql, n, types);

	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "could not keep: %s", sql);
	return plan;
}

/* A plan for one row is the same for each. */
static SPIPlanPtr
prepare_evaluation(Maintenance *m, const TriggerData *data, Rollup *rollup, Extension extension)
{
	TupleDesc columns = RelationGetDescr(data->tg_relation);
	Oid      *types = NULL;

	if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		return prepare_to_keep(rollup_expand(rollup, changes_of_updated, extension), 0, NULL);
	rollup->rows = TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) ? rollup_relation_name(m->table)
	               : is_of_one_row(data) ? rollup_one_row(columns, m->parameters, &types)
	               : TRIGGER_FIRED_BY_INSERT(data->tg_event) ? "cxm_new"
	                                                         : "cxm_old";
	return prepare_to_keep(
	    rollup_expand(rollup,
	                  rollup_template_of_changes(!TRIGGER_FIRED_BY_INSERT(data->tg_event)),
	                  extension),
	    types == NULL ? 0 : bms_num_members(m->parameters), types);
}

/* A row makes at most one change, which is as many parameters. */
static SPIPlanPtr
prepare_appending(const Maintenance *m, bool of_one_row, Rollup *rollup, Extension extension)
{
	TupleDesc columns = rollup_columns_of_plan(m->evaluation);
	Oid      *types = NULL;

	rollup->rows = ROLLUP_CHANGES;
	if (of_one_row)
		rollup->rows = rollup_one_row(columns, rollup_all_columns(columns), &types);
	else
		rollup_register(ROLLUP_CHANGES, InvalidOid, columns, NULL);
	return prepare_to_keep(rollup_expand(rollup, append, extension),
	                       of_one_row ? columns->natts : 0, types);
}

/*
 * Is there nothing about the deltas that could refuse a row?  Then appending needs no attempt,
 * which would have a transaction id.
 */
static bool
deltas_are_plain(const Rollup *rollup)
{
	Relation  deltas = table_open(rollup->delta, NoLock);
	TupleDesc columns = RelationGetDescr(deltas);
	bool      plain = deltas->trigdesc == NULL && deltas->rd_rules == NULL &&
	             columns->constr == NULL && !deltas->rd_rel->relrowsecurity &&
	             !deltas->rd_rel->relispartition && RelationGetIndexList(deltas) == NIL &&
	             rollup_problem_of_appending(rollup, true) == NULL;
	ListCell *cell;

	foreach (cell, rollup->keys)
	{
		RollupColumn *key = lfirst(cell);

		for (int i = 0; i < columns->natts; i++)
		{
			Form_pg_attribute column = TupleDescAttr(columns, i);

			if (strcmp(quote_identifier(NameStr(column->attname)), key->name) == 0 &&
			    column->atttypmod != -1 && column->atttypmod != exprTypmod(key->node))
				plain = false;
		}
	}
	table_close(deltas, NoLock);
	return plain;
}

static void
plan(Maintenance *m, const TriggerData *data, Rollup *rollup, Extension extension)
{
	MemoryContext context = MemoryContextSwitchTo(TopMemoryContext);

	m->columns = bms_copy(rollup->columns);
	m->parameters = columns_in(m->table, rollup);
	MemoryContextSwitchTo(context);
	m->forgets = TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) && m->table == m->base;
	m->is_plain = !m->forgets && deltas_are_plain(rollup);
	SPI_connect();
	if (m->forgets)
		m->appending = prepare_to_keep(rollup_expand(rollup, forget, extension), 0, NULL);
	else
	{
		register_rows(data);
		m->evaluation = prepare_evaluation(m, data, rollup, extension);
		m->appending = prepare_appending(m, is_of_one_row(data), rollup, extension);
	}
	SPI_finish();
}

static bool
is_foreign(Oid table, Oid source)
{
	Oid base = get_rel_relkind(source) == RELKIND_VIEW ? rollup_base_of_source(source) : InvalidOid;

	return OidIsValid(base) && !rollup_is_part(table, base);
}

/*
 * Looks up everything that the trigger needs, and prepares its statements as the rollup's owner.
 * All of it is read under the locks that the statement takes.  Where the table is none of the base
 * of the rollup that its trigger names, the rollup is not locked either: it may be a stranger's.
 * Returns what is wrong as a sentence, or NULL.
 */
static char *
prepare(Maintenance *m, const TriggerData *data, Rollup rollup, Extension extension)
{
	Identity before;
	char    *problem;

	discard(m);
	m->valid = true; /* unless something changes from now on */
	m->table = RelationGetRelid(data->tg_relation);
	m->foreign = !rollup_is_followed_by(&rollup, m->table, data->tg_trigger->tgoid, extension);
	if (!m->foreign)
	{
		rollup_find_relations(&rollup);
		m->source = rollup.source;
		m->foreign = is_foreign(m->table, rollup.source);
	}
	if (m->foreign)
	{
		m->ready = true;
		return NULL;
	}
	rollup_lock_relations(&rollup, RowExclusiveLock);
	rollup_find_relations(&rollup);
	problem = rollup_problem_of_relations(&rollup);
	if (problem != NULL)
		return problem;
	m->valid = true;
	m->delta = rollup.delta;
	m->source = rollup.source;
	m->owner = rollup.owner;
	before = rollup_become(rollup.owner, true);
	problem = rollup_problem_of_source(&rollup, extension);
	if (problem == NULL)
	{
		m->base = rollup.base;
		m->foreign = !rollup_is_part(m->table, m->base);
		if (!m->foreign)
			plan(m, data, &rollup, extension);
		m->ready = true;
	}
	rollup_become_again(before);
	return problem;
}

/* A statement that changes the table, on its way into the deltas. */
typedef struct Change
{
	Maintenance       *m;
	const TriggerData *data;
	FunctionCallInfo   fcinfo;
	Rollup             rollup;
	char              *problem;
	bool               evaluating; /* all is prepared */
	Tuplestorestate   *changes;
	List              *skipped;
} Change;

/*
 * What its owner may not see must not reach the rollup.  TRUNCATE of a partition reads the table
 * itself.
 */
static char *
problem_of_rights(const Change *change)
{
	const Maintenance *m = change->m;
	char              *problem = rollup_problem_of_rights(m->base, m->owner, m->columns);

	if (problem == NULL && TRIGGER_FIRED_BY_TRUNCATE(change->data->tg_event))
		problem = rollup_problem_of_security(m->table, m->owner);
	return problem;
}

static void
evaluate_rows(Change *change)
{
	Maintenance       *m = change->m;
	const TriggerData *data = change->data;
	ParamListInfo      values = NULL;
	TupleTableSlot    *row = NULL;

	if (is_of_one_row(data))
	{
		TupleDesc columns = RelationGetDescr(data->tg_relation);

		row = MakeSingleTupleTableSlot(columns, &TTSOpsMinimalTuple);
		values = rollup_parameters(columns, m->parameters);
		tuplestore_select_read_pointer(rows_of(data), 0);
		tuplestore_rescan(rows_of(data));
		rollup_read_row(rows_of(data), row, m->parameters, values);
	}
	rollup_select(m->evaluation, values, change->changes);
	if (row != NULL)
		ExecDropSingleTupleTableSlot(row);
}

/*
 * What was prepared holds under the locks that it was prepared under.  While they are waited for
 * the deltas may get other columns, policies or constraints, and the rollup another definition; the
 * lock brings word of it.
 */
static void
evaluate(void *argument)
{
	Change      *change = argument;
	Maintenance *m = change->m;
	Identity     before;

	if (m->valid && m->ready && !m->foreign)
	{
		LockRelationOid(m->delta, RowExclusiveLock);
		LockRelationOid(m->source, AccessShareLock);
	}
	if (!m->valid || !m->ready)
		change->problem = prepare(m, change->data, change->rollup,
		                          rollup_extension(change->fcinfo));
	if (m->foreign || change->problem != NULL)
		return;
	change->problem = problem_of_rights(change);
	if (change->problem != NULL || m->evaluation == NULL)
		return;
	change->evaluating = true;
	before = rollup_become(m->owner, true);
	if (TRIGGER_FIRED_BY_TRUNCATE(change->data->tg_event))
		PushActiveSnapshot(GetLatestSnapshot()); /* of rows that others have just committed, too */
	evaluate_rows(change);
	if (TRIGGER_FIRED_BY_TRUNCATE(change->data->tg_event))
		PopActiveSnapshot();
	rollup_become_again(before);
}

/* Of rows of which at least one cannot be counted, those that can. */
static void
evaluate_each(void *argument)
{
	Change            *change = argument;
	const TriggerData *data = change->data;
	Extension          extension = rollup_extension(change->fcinfo);
	Rollup             rollup = change->rollup;
	RollupRows         rows = {.columns = RelationGetDescr(data->tg_relation),
	                           .parameters = change->m->parameters};
	Identity           before;

	rollup_check_relations(&rollup);
	before = rollup_become(rollup.owner, true);
	rollup_read_source(&rollup, extension);
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
	{
		PushActiveSnapshot(GetLatestSnapshot());
		rollup_evaluate_table(&rollup, change->m->table, true, change->changes, &change->skipped,
		                      extension);
		PopActiveSnapshot();
	}
	for (int removed = 0; removed <= 1; removed++)
	{
		rows.removed = removed;
		rows.store = removed ? data->tg_oldtable : data->tg_newtable;
		if (rows.store != NULL)
			rollup_evaluate_each(&rollup, rows, change->changes, &change->skipped, extension);
	}
	rollup_become_again(before);
}

/* Of a row the change, as parameters. */
static ParamListInfo
change_of_row(const Change *change, TupleDesc columns)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(columns, &TTSOpsMinimalTuple);
	Bitmapset      *all = rollup_all_columns(columns);
	ParamListInfo   values = rollup_parameters(columns, all);

	rollup_read_row(change->changes, slot, all, values);
	return values;
}

/* Appends the changes; or deletes those there are, which others may just have committed. */
static void
run_appending(void *argument)
{
	const Change     *change = argument;
	Maintenance      *m = change->m;
	TupleDesc         columns = m->forgets ? NULL : rollup_columns_of_plan(m->evaluation);
	SPIExecuteOptions options = {.params = NULL};
	Identity          before = rollup_become(m->owner, !m->is_plain);
	int               result;

	if (m->forgets)
	{
		LockRelationOid(m->delta, ShareUpdateExclusiveLock);
		result = SPI_execute_snapshot(m->appending, NULL, NULL, GetLatestSnapshot(),
		                              InvalidSnapshot, false, true, 0);
	}
	else
	{
		if (is_of_one_row(change->data))
			options.params = change_of_row(change, columns);
		else
			rollup_register(ROLLUP_CHANGES, InvalidOid, columns, change->changes);
		result = SPI_execute_plan_extended(m->appending, &options);
	}
	if (result < 0)
		elog(ERROR, "could not maintain the rollup");
	rollup_become_again(before);
	if (m->forgets)
		rollup_forget_skipped(&change->rollup, GetLatestSnapshot());
}

/* Whoever reads the rollup is told; or whoever writes, where there is no place to tell it. */
static void
give_up(const Rollup *rollup, const char *problem)
{
	if (rollup_has_marks())
		rollup_mark(rollup, psprintf(ROLLUP_NOT_REBUILT, problem));
	else
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
		                errmsg("live rollup %s cannot be kept", rollup_display_name(rollup)),
		                errdetail("%s", problem),
		                errhint("Make it what it was, or drop it with cxm_drop_rollup.")));
}

static void
maintain(Change *change)
{
	Maintenance *m = change->m;
	ErrorData   *error = rollup_attempt(evaluate, change, true);
	bool         locked = error == NULL; /* what was failed in has given its locks back */

	if (error != NULL && change->evaluating)
	{
		if (change->rollup.refuses_rows || !rollup_has_marks())
			ReThrowError(error);
		tuplestore_clear(change->changes);
		if (is_of_one_row(change->data))
		{
			bool removed = TRIGGER_FIRED_BY_DELETE(change->data->tg_event);

			rollup_add_skipped(&change->skipped, rollup_reason(error), removed ? -1 : 1);
			error = NULL;
		}
		else
			error = rollup_attempt(evaluate_each, change, true);
	}
	if (locked && m->is_plain && tuplestore_tuple_count(change->changes) > 0)
		run_appending(change);
	else if (error == NULL && change->problem == NULL && !m->foreign &&
	         (m->forgets || tuplestore_tuple_count(change->changes) > 0))
		error = rollup_attempt(run_appending, change, true);
	if (error != NULL)
		change->problem = psprintf("A change could not be counted: %s", rollup_reason(error));
	if (change->problem != NULL)
		give_up(&change->rollup, change->problem);
	else
		rollup_skip(&change->rollup, change->skipped);
	if (change->problem == NULL && tuplestore_tuple_count(change->changes) > 0)
	{
		change->rollup.delta = m->delta;
		change->rollup.source = m->source;
		change->rollup.owner = m->owner;
		rollup_fold_at_times(&change->rollup, tuplestore_tuple_count(change->changes),
		                     change->fcinfo);
	}
}

static char *
context_of(const Rollup *rollup)
{
	return psprintf("live rollup %s", rollup_display_name(rollup));
}

/* Who may only write to the table is not told what the statements of the rollup are. */
pg_noreturn static void
throw_without_statements(const Rollup *rollup)
{
	ErrorData *error = CopyErrorData();
	char      *outer = error->context == NULL ? NULL : strstr(error->context, context_of(rollup));

	FlushErrorState();
	if (outer != NULL)
		error->context = outer;
	ReThrowError(error);
}

/* The same, seen by whoever would free what is at work. */
static pg_noinline void
use(Change *change)
{
	MemoryContext context = CurrentMemoryContext;

	SPI_connect();
	register_rows(change->data);
	change->changes = tuplestore_begin_heap(false, false, work_mem);
	change->m->users++;
	PG_TRY();
	{
		maintain(change);
		change->m->users--;
	}
	PG_CATCH();
	{
		change->m->users--;
		MemoryContextSwitchTo(context);
		throw_without_statements(&change->rollup);
	}
	PG_END_TRY();
	tuplestore_end(change->changes);
	SPI_finish();
}

static void
name_rollup(void *rollup)
{
	errcontext("%s", context_of(rollup));
}

CXM_FUNCTION(cxm_maintain_rollup)
{
	TriggerData         *data = (TriggerData *) fcinfo->context;
	Change               change = {.data = data, .fcinfo = fcinfo};
	Trigger             *trigger;
	ErrorContextCallback callback;
	Datum                row;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
	    !rollup_has_arguments(data->tg_trigger->tgnargs, data->tg_trigger->tgargs))
		ereport(ERROR,
		        (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
		         errmsg("cxm_maintain_rollup is for triggers that cxm_create_rollup makes")));
	/* a trigger that somebody has made BEFORE each row lets it through */
	row = PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple
	                                                              : data->tg_trigtuple);
	if (!TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) &&
	    (data->tg_newtable == NULL || tuplestore_tuple_count(data->tg_newtable) == 0) &&
	    (data->tg_oldtable == NULL || tuplestore_tuple_count(data->tg_oldtable) == 0))
		return row;

	trigger = data->tg_trigger;
	change.rollup = (Rollup) {.schema = trigger->tgargs[0],
	                          .name = trigger->tgargs[1],
	                          .refuses_rows = trigger->tgnargs > 2};
	change.m = maintenance_of(trigger->tgoid, is_of_one_row(data));
	callback.callback = name_rollup;
	callback.arg = &change.rollup;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	use(&change);
	error_context_stack = callback.previous;
	return row;
}
