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
 *		NAME		a view of the deltas, merged.
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
#include "live_rollup.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "commands/comment.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/analyze.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"
#include "utils/varlena.h"

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

static RangeVar *
range_var(text *name)
{
	return makeRangeVarFromNameList(textToQualifiedNameList(name));
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
		                errmsg("must be owner of live rollup %s", rollup_display_name(rollup))));
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

	rollup_find_relations(&rollup);
	problem = rollup_problem_of_relations(&rollup);
	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
		                errmsg("%s is not a live rollup", rollup_display_name(&rollup)),
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

PG_FUNCTION_INFO_V1(cxm_create_rollup);
Datum
cxm_create_rollup(PG_FUNCTION_ARGS)
{
	Extension extension = rollup_extension(fcinfo);
	Rollup    rollup = new_rollup(PG_GETARG_TEXT_PP(0));
	Query    *query = analyze(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	bool      with_data = PG_GETARG_BOOL(2);
	int       settings = rollup_pin_settings();
	List     *tables;
	ListCell *cell;
	uint64    groups = 0;

	rollup_read_query(&rollup, query, false, extension);
	rollup_check_base(rollup.base, GetUserId());
	rollup_check_may_read(GetUserId(), rollup.base, rollup.columns);
	tables = lock_base(rollup.base);
	SPI_connect();
	rollup_run(&rollup, make_source, extension);
	rollup_run(&rollup,
	           psprintf(make_delta, get_rel_persistence(rollup.base) == RELPERSISTENCE_UNLOGGED
	                                    ? "UNLOGGED"
	                                    : ""),
	           extension);
	rollup_run(&rollup, make_view, extension);
	foreach (cell, tables)
		rollup_make_triggers(&rollup, lfirst_oid(cell), NIL, extension);
	if (with_data)
		groups = rollup_run(&rollup, fill, extension);
	SPI_finish();
	AtEOXact_GUC(false, settings);
	PG_RETURN_INT64(groups);
}

PG_FUNCTION_INFO_V1(cxm_compact_rollup);
Datum
cxm_compact_rollup(PG_FUNCTION_ARGS)
{
	Extension extension = rollup_extension(fcinfo);
	Rollup    rollup;
	Identity  before;

	if (PG_ARGISNULL(0)) /* a procedure cannot be strict */
		PG_RETURN_VOID();
	rollup = rollup_arg(fcinfo);
	/* one at a time; nobody else waits for this lock but VACUUM and changes of the table */
	LockRelationOid(rollup.delta, ShareUpdateExclusiveLock);
	before = rollup_become(rollup.owner, rollup_pin_settings());
	rollup_read_source(&rollup, extension);
	SPI_connect();
	rollup_run(&rollup, fold, extension);
	SPI_finish();
	rollup_become_again(before);
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
	Extension extension = rollup_extension(fcinfo);
	Rollup    rollup = rollup_arg(fcinfo);
	Identity  before;
	List     *tables, *triggers;
	ListCell *cell;
	uint64    groups;

	before = rollup_become(rollup.owner, rollup_pin_settings());
	rollup_read_source(&rollup, extension);
	rollup_check_base(rollup.base, rollup.owner);
	(void) find_all_inheritors(rollup.base, AccessShareLock, NULL);
	triggers = rollup_triggers(extension);
	SPI_connect();
	if (rollup_problem_of_triggers(&rollup, triggers) != NULL)
	{
		tables = lock_base(rollup.base);
		rollup_drop_superfluous_triggers(&rollup, tables, triggers);
		foreach (cell, tables)
			rollup_make_triggers(&rollup, lfirst_oid(cell), triggers, extension);
	}
	LockRelationOid(rollup.delta, ShareUpdateExclusiveLock);
	groups = rollup_run(&rollup, refill, extension);
	if (rollup_marked(rollup.delta) != NULL)
		CreateComments(rollup.delta, RelationRelationId, 0, NULL);
	SPI_finish();
	rollup_become_again(before);
	PG_RETURN_INT64(groups);
}

PG_FUNCTION_INFO_V1(cxm_verify_rollup);
Datum
cxm_verify_rollup(PG_FUNCTION_ARGS)
{
	Extension      extension = rollup_extension(fcinfo);
	Rollup         rollup = rollup_arg(fcinfo);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Identity       before;

	InitMaterializedSRF(fcinfo, 0);
	before = rollup_become(rollup.owner, rollup_pin_settings());
	rollup_read_source(&rollup, extension);
	SPI_connect();
	rollup_run(&rollup, verify, extension);
	for (uint64 row = 0; row < SPI_processed; row++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[row]);
	SPI_finish();
	rollup_become_again(before);
	return (Datum) 0;
}

/* The deltas that a relation reads, as the view of a rollup does, or InvalidOid. */
static Oid
deltas_of_view(Oid view)
{
	Relation  relation;
	Oid       deltas = InvalidOid;
	ListCell *cell;

	if (get_rel_relkind(view) != RELKIND_VIEW)
		return InvalidOid;
	relation = table_open(view, AccessShareLock);
	foreach (cell, get_view_query(relation)->rtable)
	{
		RangeTblEntry *entry = lfirst(cell);

		if (entry->rtekind == RTE_RELATION && rollup_has_deltas(entry->relid))
			deltas = entry->relid;
	}
	table_close(relation, NoLock);
	return deltas;
}

/* Of the relations that have the names, those that can be the rollup's. */
static void
find_remains(Rollup *rollup)
{
	Oid deltas;

	rollup_find_relations(rollup);
	if (!rollup_is_source(rollup->source))
		rollup->source = InvalidOid;
	if (!rollup_has_deltas(rollup->delta))
		rollup->delta = InvalidOid;
	deltas = deltas_of_view(rollup->view);
	if (!OidIsValid(deltas) || (OidIsValid(rollup->delta) && deltas != rollup->delta))
		rollup->view = InvalidOid;
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
		if (!OidIsValid(first) && !rollup_has_triggers(&rollup, triggers))
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
leave(Oid relation, const char *reason)
{
	ereport(NOTICE,
	        (errmsg("%s is left", rollup_relation_name(relation)), errdetail("%s", reason)));
}

/* Drops a relation of a rollup; or leaves another that has taken its name. */
static void
drop_relation(const Rollup *rollup, Oid relation, Oid named, const char *drop, Extension extension)
{
	if (OidIsValid(relation) && has_privs_of_role(GetUserId(), rollup_relation_owner(relation)))
		rollup_run(rollup, drop, extension);
	else if (OidIsValid(named))
		leave(named, psprintf("It is no part of live rollup %s.", rollup_display_name(rollup)));
}

PG_FUNCTION_INFO_V1(cxm_drop_rollup);
Datum
cxm_drop_rollup(PG_FUNCTION_ARGS)
{
	Extension extension = rollup_extension(fcinfo);
	List     *triggers = rollup_triggers(extension);
	Rollup    rollup = remains_arg(fcinfo, triggers);
	Rollup    named = rollup;
	Oid       deltas = deltas_of_view(rollup.view);
	int       settings = rollup_pin_settings();

	rollup_find_relations(&named);
	rollup_drop_triggers(&rollup, triggers);
	SPI_connect();
	drop_relation(&rollup, rollup.view, named.view, "DROP VIEW $view", extension);
	drop_relation(&rollup, rollup.delta, named.delta, "DROP TABLE $delta", extension);
	drop_relation(&rollup, rollup.source, named.source, "DROP VIEW $source", extension);
	if (OidIsValid(deltas) && deltas != rollup.delta)
		leave(deltas, "The view of the rollup read it: it holds the deltas.");
	SPI_finish();
	AtEOXact_GUC(false, settings);
	PG_RETURN_VOID();
}
