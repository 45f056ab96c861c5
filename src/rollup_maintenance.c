/*
 * rollup_maintenance.c
 *		The trigger function of live rollups: appends what a statement has changed to the deltas.
 */
#include "live_rollup.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "commands/trigger.h"
#include "executor/spi.h"
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

#include "row_delta.h"

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
	return psprintf(append_truncated, rollup_relation_name(RelationGetRelid(data->tg_relation)));
}

/* The short way for statements of one row; an update has two. */
static RowDelta *
make_row_delta(const Rollup *rollup, const TriggerData *data, Extension extension)
{
	Relation  deltas = table_open(rollup->delta, NoLock);
	RowDelta *row_delta = NULL;
	List     *columns = NIL;
	ListCell *cell;

	foreach (cell, rollup_columns(rollup))
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

	rollup_check_trigger(data, &rollup);
	rollup_check_relations(&rollup);
	LockRelationOid(rollup.delta, RowExclusiveLock);
	discard(m);
	m->valid = true; /* unless something changes from now on */
	m->table = RelationGetRelid(data->tg_relation);
	m->delta = rollup.delta;
	m->source = rollup.source;
	m->owner = rollup.owner;
	before = rollup_become(rollup.owner, rollup_pin_settings());
	rollup_read_source(&rollup, extension);
	m->base = rollup.base;
	m->foreign =
	    m->table != m->base && !(get_rel_relispartition(m->table) &&
	                             list_member_oid(get_partition_ancestors(m->table), m->base));
	template = template_of(data, &rollup);
	m->forgets = template == forget;
	if (!m->foreign)
	{
		m->plan = prepare_plan(m, data, rollup_expand(&rollup, template, extension));
		context = MemoryContextSwitchTo(m->memory);
		m->columns = bms_copy(rollup.columns);
		m->row_delta = make_row_delta(&rollup, data, extension);
		MemoryContextSwitchTo(context);
	}
	rollup_become_again(before);
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
	before = rollup_become(m->owner, rollup_pin_search_path());
	if (SPI_execute_snapshot(m->plan, NULL, NULL, truncate ? GetLatestSnapshot() : InvalidSnapshot,
	                         InvalidSnapshot, false, true, 0) < 0)
		elog(ERROR, "could not maintain the rollup");
	rollup_become_again(before);
	SPI_finish();
}

/*
 * What its owner may not see must not reach the rollup.  To leave it out would make the figures
 * wrong without a word; so nobody writes until somebody decides.
 */
static void
check_security(Oid table, Oid owner, const Trigger *trigger)
{
	char *problem = rollup_problem_of_security(table, owner);

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
	rollup_check_may_read(m->owner, m->base, m->columns);
	check_security(m->base, m->owner, data->tg_trigger);
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		check_security(m->table, m->owner, data->tg_trigger); /* which is read itself */
	if (m->row_delta == NULL || single_row(data) == NULL)
	{
		run_plan(m, data);
		return;
	}
	/* as rollup_become() has it, but that no function is called that would look at settings */
	GetUserIdAndSecContext(&role, &security);
	SetUserIdAndSecContext(m->owner,
	                       security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	row_delta_append(m->row_delta, data->tg_relation, m->delta, single_row(data),
	                 TRIGGER_FIRED_BY_INSERT(data->tg_event) ? 1 : -1);
	SetUserIdAndSecContext(role, security);
}

static void
name_rollup(void *rollup)
{
	errcontext("live rollup %s", (const char *) rollup);
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
		prepare(m, data, rollup_extension(fcinfo));
	maintain(m, data);
	error_context_stack = callback.previous;
	return PointerGetDatum(NULL);
}
