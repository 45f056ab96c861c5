/*
 * live_rollup.c
 *		Rollups that keep themselves: every change of a table is appended to a table of deltas.
 *		Here are the functions for their owners.
 *
 * A rollup NAME is made of three relations beside each other, all of them its owner's:
 *
 *		NAME_source	a view, the query itself with count(*) AS row_count.  It is the definition:
 *					of a view PostgreSQL knows what it depends on, through renaming and dumps.
 *		NAME_delta	a table with a row for each group that a statement has touched: the keys,
 *					what was added and what was removed as summaries, by how many rows the
 *					group grew, and, in a row into which others have been folded, when.
 *		NAME		a view of the deltas, merged; joined to other tables, where the query is.
 *
 * Where the query counts different values, they are a key of the deltas: a value counts as long as
 * it has rows.
 *
 * On the base table and each of its partitions there are statement triggers, whose arguments are
 * the schema and the NAME.  That is all; no registry is there for a dump to lose.
 *
 * Whose rights: anybody may attach our trigger function to a table of his own, with arguments that
 * name the rollup of somebody else.  So it believes nothing but the source view: it does nothing
 * for a table that is not the view's or a partition of it, it wants one owner for view and deltas,
 * and only then does it work, as this owner, as REFRESH MATERIALIZED VIEW would; rows that he may
 * not see are an error.  The other functions work as the owner, too, and for those alone who could
 * do all of it themselves.
 */
#include "live/live_rollup.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"
#include "utils/varlena.h"

static const char make_source[] =
    "CREATE VIEW $source AS SELECT {g,$qualified AS $name}, {a,$qualified AS $name}, "
    "{u,$qualified AS $name}, count(*) AS row_count FROM $tables$condition GROUP BY {g,$ordinal}";

/* Folding leaves holes for the next deltas: vacuum soon, and keep the pages full. */
static const char make_delta[] =
    "CREATE %s TABLE $delta WITH (autovacuum_vacuum_scale_factor = 0.1, "
    "autovacuum_vacuum_threshold = 500, autovacuum_analyze_threshold = 500) AS "
    "SELECT {k,$expression AS $name}, {a,$expression AS $added, $expression AS $removed}, "
    "count(*) AS row_count, NULL::timestamptz AS compacted_at "
    "FROM $base$where GROUP BY {k,$ordinal} WITH NO DATA";

/* A publication of all tables would have folding, rebuilding and TRUNCATE refused without it. */
static const char identify[] = "ALTER TABLE $delta REPLICA IDENTITY FULL";

static const char fill[] =
    "INSERT INTO $delta ({k,$name}, {a,$added}, row_count, compacted_at) "
    "SELECT {k,$name}, {a,$name}, row_count, statement_timestamp() FROM $rows";

static const char refill[] =
    "WITH forgotten AS (DELETE FROM $delta) INSERT INTO $delta "
    "({k,$name}, {a,$added}, row_count, compacted_at) "
    "SELECT {k,$name}, {a,$name}, row_count, statement_timestamp() FROM $rows";

/*
 * Compares without taking out, which would fail where more was taken out than put in.  A row has
 * more columns than a function has arguments.
 */
static const char verify[] =
    "SELECT (SELECT to_jsonb(of.*) FROM (SELECT {k,$name}) AS of), "
    "(SELECT to_jsonb(of.*) FROM (SELECT expected_row_count AS row_count, {a,$name}) AS of), "
    "(SELECT to_jsonb(of.*) FROM (SELECT row_count, {a,$added AS $name}) AS of), "
    "(SELECT to_jsonb(of.*) FROM (SELECT {a,$removed AS $name}) AS of) "
    "FROM (SELECT {k,$name}, "
    "{a,$rollup($name) AS $name, $rollup($added) AS $added, $rollup($removed) AS $removed, "
    "$rollup(coalesce($name, $removed)) AS $balance}, "
    "sum(expected_row_count)::bigint AS expected_row_count, sum(row_count)::bigint AS row_count "
    "FROM (SELECT {k,$name}, {a,$name, NULL AS $added, NULL AS $removed}, "
    "row_count AS expected_row_count, 0 AS row_count FROM $rows UNION ALL "
    "SELECT {k,$name}, {a,NULL, $added, $removed}, 0, row_count FROM $delta) AS both_sides "
    "GROUP BY {k,$name}) AS by_group "
    "WHERE expected_row_count <> row_count OR "
    "{a|($added IS NULL) <> ($balance IS NULL) OR "
    "NOT $added $equals $balance}";

static RangeVar *
range_var(text *name)
{
	return makeRangeVarFromNameList(textToQualifiedNameList(name));
}

/* What is taken out with the rows of a partition. */
static const char take_out[] =
    "INSERT INTO $delta ({k,$name}, {a,$removed}, row_count) "
    "SELECT {k,$name}, {a,$name}, - row_count FROM $rows";

/*
 * Runs a statement over the rows of a table at one moment; returns how many rows it gives.  Sets
 * what it has left out.
 */
static uint64
run_over(Rollup *rollup, Oid table, const char *template, Snapshot snapshot, List **skipped,
         Extension extension)
{
	uint64 rows;

	PushActiveSnapshot(snapshot);
	*skipped = rollup_run_over(rollup, table, template, extension);
	rows = SPI_processed;
	PopActiveSnapshot();
	return rows;
}

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
		                errmsg("must be owner of live rollup %s", rollup_display_name(rollup)),
		                errdetail("It belongs to %s.", GetUserNameFromId(rollup->owner, false))));
}

/* The rollup that the argument names, not yet its definition; all there but the view, perhaps. */
static Rollup
named_rollup(FunctionCallInfo fcinfo, Extension extension)
{
	RangeVar *name = range_var(PG_GETARG_TEXT_PP(0));
	RangeVar *source =
	    makeRangeVar(name->schemaname, psprintf("%s%s", name->relname, ROLLUP_SOURCE), -1);
	Rollup rollup = {.name = name->relname};
	Oid    found = RangeVarGetRelid(name, NoLock, true);
	char  *problem;

	if (!OidIsValid(found))
		found = RangeVarGetRelid(source, NoLock, true);
	if (!OidIsValid(found))
		found = RangeVarGetRelid(name, NoLock, false); /* which says so */
	rollup.schema = get_namespace_name(get_rel_namespace(found));
	rollup_check_extension(fcinfo, extension);
	rollup_find_relations(&rollup);
	problem = rollup_problem_of_relations(&rollup);
	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
		                errmsg("%s is not a live rollup", rollup_display_name(&rollup)),
		                errdetail("%s", problem),
		                OidIsValid(rollup.source) || OidIsValid(rollup.delta)
		                    ? errhint(ROLLUP_HINT_OF_RELATIONS)
		                    : 0));
	return rollup;
}

/* The same, its caller entitled. */
static Rollup
rollup_arg(FunctionCallInfo fcinfo, Extension extension)
{
	Rollup rollup = named_rollup(fcinfo, extension);

	check_owner(&rollup);
	return rollup;
}

/* Where a new rollup is to be. */
static Rollup
new_rollup(text *name)
{
	RangeVar *range = range_var(name);
	Rollup    rollup = {.name = range->relname};

	rollup.schema = get_namespace_name(RangeVarGetCreationNamespace(range));
	if (isAnyTempNamespace(RangeVarGetCreationNamespace(range)))
		rollup_refuse("a temporary schema", "Other sessions change the table, too.");
	if (strlen(rollup.name) + strlen(ROLLUP_SOURCE) >= NAMEDATALEN)
		ereport(ERROR, (errcode(ERRCODE_NAME_TOO_LONG),
		                errmsg("name \"%s\" is too long for a live rollup", rollup.name),
		                errdetail("It has at most %d bytes.",
		                          (int) (NAMEDATALEN - 1 - strlen(ROLLUP_SOURCE)))));
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

static bool
refuses_rows(text *on_error)
{
	char *choice = text_to_cstring(on_error);

	if (strcmp(choice, ROLLUP_REFUSES_ROWS) != 0 && strcmp(choice, "skip") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		                errmsg("on_error must be \"skip\" or \"error\", not \"%s\"", choice)));
	return strcmp(choice, ROLLUP_REFUSES_ROWS) == 0;
}

CXM_FUNCTION(cxm_create_rollup)
{
	Extension extension = rollup_extension(fcinfo);
	Rollup    rollup = new_rollup(PG_GETARG_TEXT_PP(0));
	Query    *query = rollup_analyze(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	bool      with_data = PG_GETARG_BOOL(2);
	List     *skipped = NIL;
	int       settings = rollup_pin_settings();
	List     *tables;
	ListCell *cell;
	uint64    groups = 0;

	rollup_check_extension(fcinfo, extension);
	rollup.owner = GetUserId();
	rollup.refuses_rows = PG_NARGS() > 3 && refuses_rows(PG_GETARG_TEXT_PP(3));
	rollup_read_query(&rollup, query, false, extension);
	rollup_check_base(rollup.base, GetUserId());
	rollup_check_dimensions(&rollup);
	rollup_check_may_read(GetUserId(), rollup.base, rollup.columns);
	tables = lock_base(rollup.base);
	SPI_connect();
	rollup_run(&rollup, make_source, extension);
	rollup_run(&rollup,
	           psprintf(make_delta, get_rel_persistence(rollup.base) == RELPERSISTENCE_UNLOGGED
	                                    ? "UNLOGGED"
	                                    : ""),
	           extension);
	rollup_run(&rollup, identify, extension);
	rollup_make_view(&rollup, extension);
	foreach (cell, tables)
		rollup_make_triggers(&rollup, lfirst_oid(cell), extension);
	rollup_forget_marks(&rollup, GetLatestSnapshot()); /* of one of this name */
	if (with_data)
		groups = run_over(&rollup, rollup.base, fill, GetLatestSnapshot(), &skipped, extension);
	rollup_skip(&rollup, skipped);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	PG_RETURN_INT64(groups);
}

CXM_FUNCTION(cxm_compact_rollup)
{
	Extension extension = rollup_extension(fcinfo);
	Rollup    rollup;

	if (PG_ARGISNULL(0)) /* a procedure cannot be strict */
		PG_RETURN_VOID();
	rollup = rollup_arg(fcinfo, extension);
	/* one at a time; nobody else waits for this lock but VACUUM and changes of the table */
	LockRelationOid(rollup.delta, ShareUpdateExclusiveLock);
	rollup_fold(&rollup, extension);
	PG_RETURN_VOID();
}

static Rollup *
of_triggers(Rollup *rollup, Extension extension)
{
	ListCell *cell;

	rollup->triggers = rollup_own_triggers(rollup, rollup_triggers(extension));
	foreach (cell, rollup->triggers)
		rollup->refuses_rows |= ((RollupTrigger *) lfirst(cell))->refuses_rows;
	return rollup;
}

/*
 * One statement sees one moment, at which the table and the deltas agree whoever is writing: rows
 * that come later bring their deltas.  So writers only wait where triggers or changes have been
 * missing.
 */
CXM_FUNCTION(cxm_rebuild_rollup)
{
	Extension extension = rollup_extension(fcinfo);
	Rollup    rollup = rollup_arg(fcinfo, extension);
	List     *skipped;
	Identity  before;
	Snapshot  moment;
	List     *tables;
	ListCell *cell;
	uint64    groups;
	bool      was_marked;

	before = rollup_become(rollup.owner, true);
	rollup_read_source(&rollup, extension);
	rollup_check_base(rollup.base, rollup.owner);
	tables = find_all_inheritors(rollup.base, AccessShareLock, NULL);
	of_triggers(&rollup, extension);
	SPI_connect();
	rollup_mend_view(&rollup, extension);
	was_marked = rollup_marked(&rollup, SnapshotSelf) != NULL;
	if (was_marked || rollup_problem_of_triggers(&rollup, tables) != NULL)
	{
		tables = lock_base(rollup.base);
		of_triggers(&rollup, extension);
		rollup_drop_superfluous_triggers(&rollup, tables);
		foreach (cell, tables)
			rollup_make_triggers(&rollup, lfirst_oid(cell), extension);
	}
	LockRelationOid(rollup.delta, ShareUpdateExclusiveLock);
	moment = RegisterSnapshot(GetLatestSnapshot());
	groups = run_over(&rollup, rollup.base, refill, moment, &skipped, extension);
	if (was_marked)
		rollup_forget_marks(&rollup, moment);
	else
		rollup_forget_skipped(&rollup, moment);
	rollup_skip(&rollup, skipped);
	UnregisterSnapshot(moment);
	SPI_finish();
	rollup_become_again(before);
	PG_RETURN_INT64(groups);
}

/* Deltas that agree with the table are no comfort where something else is read. */
static void
check_view(Rollup *rollup, Extension extension)
{
	char *problem =
	    OidIsValid(rollup->merged) ? rollup_problem_of_view(rollup, extension) : NULL;

	if (problem != NULL)
		rollup_throw_to_be_rebuilt(rollup, problem);
}

CXM_FUNCTION(cxm_verify_rollup)
{
	Extension      extension = rollup_extension(fcinfo);
	Rollup         rollup = rollup_arg(fcinfo, extension);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	List          *skipped;
	Identity       before;

	InitMaterializedSRF(fcinfo, 0);
	before = rollup_become(rollup.owner, true);
	rollup_read_source(&rollup, extension);
	check_view(&rollup, extension);
	SPI_connect();
	find_all_inheritors(rollup.base, AccessShareLock, NULL); /* TRUNCATE heeds no snapshot */
	run_over(&rollup, rollup.base, verify, GetLatestSnapshot(), &skipped, extension);
	for (uint64 row = 0; row < SPI_processed; row++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[row]);
	SPI_finish();
	rollup_become_again(before);
	return (Datum) 0;
}

/*
 * Takes the rows of a partition, which is locked, out of a rollup, as TRUNCATE would; and the
 * triggers that the rollup has on its tables.
 */
static void
take_partition_out(Rollup *rollup, Oid partition, List *tables, Extension extension)
{
	List    *skipped = NIL;
	Identity before = rollup_become(rollup->owner, true);
	char    *problem = rollup_problem_of_source(rollup, extension);
	ListCell *cell;

	if (problem == NULL)
		problem = rollup_problem_of_rights(rollup->base, rollup->owner, rollup->columns);
	if (problem == NULL)
		problem = rollup_problem_of_security(partition, rollup->owner);
	if (problem == NULL)
		run_over(rollup, partition, take_out, GetLatestSnapshot(), &skipped, extension);
	else
		rollup_mark(rollup, psprintf(ROLLUP_NOT_REBUILT, problem));
	foreach (cell, skipped)
		((Skipped *) lfirst(cell))->rows *= -1;
	rollup_skip(rollup, skipped);
	rollup_become_again(before);
	rollup->triggers = rollup_own_triggers(rollup, rollup_triggers_on(tables, extension));
	rollup_drop_triggers(rollup, true);
}

/* The table that a partition is detached from, which its owner may do. */
static Oid
lock_parent(Oid partition)
{
	Oid parent;

	if (!get_rel_relispartition(partition))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
		                errmsg("%s is not a partition", rollup_relation_name(partition))));
	parent = get_partition_parent(partition, true);
	if (!has_privs_of_role(GetUserId(), rollup_relation_owner(parent)) ||
	    !has_privs_of_role(GetUserId(), rollup_relation_owner(partition)))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
		                errmsg("must be owner of %s and of %s", rollup_relation_name(parent),
		                       rollup_relation_name(partition))));
	check_isolation();
	LockRelationOid(parent, AccessExclusiveLock);
	return parent;
}

/*
 * Of all rollups that count a partition, since it can be detached but once.  Who owns the table has
 * the right to take its rows away, whosever the rollups are.
 */
CXM_FUNCTION(cxm_detach_partition)
{
	Extension extension = rollup_extension(fcinfo);
	Rollup    named = named_rollup(fcinfo, extension);
	Oid       partition = PG_GETARG_OID(1);
	int       settings = rollup_pin_settings();
	Oid       parent = lock_parent(partition);
	List     *tables = find_all_inheritors(partition, AccessExclusiveLock, NULL);
	bool      found = false;
	ListCell *cell;

	SPI_connect();
	foreach (cell, rollup_list(rollup_triggers_on(tables, extension)))
	{
		Rollup *rollup = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		rollup_find_relations(rollup);
		if (rollup_problem_of_relations(rollup) != NULL ||
		    !rollup_is_part(partition, rollup_base_of_source(rollup->source)))
			continue;
		take_partition_out(rollup, partition, tables, extension);
		found = found || rollup->source == named.source;
	}
	if (!found)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
		                errmsg("live rollup %s does not count the rows of %s",
		                       rollup_display_name(&named), rollup_relation_name(partition))));
	rollup_execute(psprintf("ALTER TABLE %s DETACH PARTITION %s", rollup_relation_name(parent),
	                        rollup_relation_name(partition)));
	SPI_finish();
	AtEOXact_GUC(false, settings);
	PG_RETURN_VOID();
}

/*
 * Of the relations that have the names, those that can be the rollup's: the view needs the
 * definition or reads deltas, and what it reads may lack columns of these.
 */
static void
find_remains(Rollup *rollup)
{
	bool has_deltas;
	Oid  deltas;

	rollup_find_relations(rollup);
	if (!rollup_is_source(rollup->source))
		rollup->source = InvalidOid;
	has_deltas = rollup_has_deltas(rollup->delta);
	deltas = rollup_deltas_of_view(rollup->merged);
	if (!rollup_view_needs(rollup->merged, rollup->source) &&
	    (!OidIsValid(deltas) || (has_deltas && deltas != rollup->delta)))
		rollup->merged = InvalidOid;
	if (!has_deltas && (get_rel_relkind(rollup->delta) != RELKIND_RELATION ||
	                    !rollup_view_needs(rollup->merged, rollup->delta)))
		rollup->delta = InvalidOid;
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
		                                   : rollup.merged;
		rollup.triggers = rollup_own_triggers(&rollup, triggers);
		if (!OidIsValid(first) && rollup.triggers == NIL)
			continue;
		rollup.owner = OidIsValid(first) ? rollup_relation_owner(first) : GetUserId();
		check_owner(&rollup);
		return rollup;
	}
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
	                errmsg("there is no live rollup %s",
	                       name->schemaname == NULL
	                           ? quote_identifier(name->relname)
	                           : quote_qualified_identifier(name->schemaname, name->relname))));
}

static void
report(const char *what, Oid relation, const char *reason)
{
	ereport(NOTICE, (errmsg(what, rollup_relation_name(relation)), errdetail("%s", reason)));
}

/* CASCADE, which PostgreSQL proposes, is not for whoever drops a rollup. */
static void
say_what_to_drop(void *rollup)
{
	if (geterrcode() == ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST)
		errhint("Drop what depends on it first, and then: SELECT cxm_drop_rollup(%s);",
		        quote_literal_cstr(rollup_display_name(rollup)));
}

static void
drop(Rollup *rollup, Oid relation)
{
	ErrorContextCallback callback;
	ObjectAddress        address;

	ObjectAddressSet(address, RelationRelationId, relation);
	callback.callback = say_what_to_drop;
	callback.arg = rollup;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	performDeletion(&address, DROP_RESTRICT, 0);
	error_context_stack = callback.previous;
	CommandCounterIncrement();
}

/*
 * Drops a relation of a rollup, for its owner or that of another that it depends on; or leaves
 * another that has taken its name.
 */
static void
drop_relation(Rollup *rollup, Oid relation, Oid below, Oid named)
{
	if (OidIsValid(relation) &&
	    (has_privs_of_role(GetUserId(), rollup_relation_owner(relation)) ||
	     (OidIsValid(below) && has_privs_of_role(GetUserId(), rollup_relation_owner(below)))))
		drop(rollup, relation);
	else if (OidIsValid(named))
		report("%s is left", named,
		       psprintf("It is no part of live rollup %s.", rollup_display_name(rollup)));
}

CXM_FUNCTION(cxm_drop_rollup)
{
	Extension extension = rollup_extension(fcinfo);
	Rollup    rollup = remains_arg(fcinfo, rollup_triggers(extension));
	Rollup    named = rollup;
	Oid       deltas = rollup_deltas_of_view(rollup.merged);
	int       settings = rollup_pin_settings();

	rollup_find_relations(&named);
	rollup_drop_triggers(&rollup, false);
	rollup_forget_marks(&rollup, GetLatestSnapshot());
	SPI_connect();
	if (!OidIsValid(rollup.merged) && OidIsValid(rollup.delta))
	{
		rollup.merged = rollup_view_of_deltas(rollup.delta);
		if (OidIsValid(rollup.merged))
			report("%s goes with it", rollup.merged, "No other view reads the deltas.");
	}
	drop_relation(&rollup, rollup.merged,
	              rollup_view_needs(rollup.merged, rollup.source) ? rollup.source : rollup.delta,
	              named.merged);
	drop_relation(&rollup, rollup.delta, InvalidOid, named.delta);
	drop_relation(&rollup, rollup.source, InvalidOid, named.source);
	if (OidIsValid(deltas) && deltas != rollup.delta)
		report("%s is left", deltas, "The view of the rollup read it: it holds the deltas.");
	SPI_finish();
	AtEOXact_GUC(false, settings);
	PG_RETURN_VOID();
}
