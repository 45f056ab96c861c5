/*
 * rollup_marks.c
 *		What live rollups lack: changes that did not get there, and rows that cannot be counted.
 *
 * Nothing that becomes of a rollup may stop who writes to its table.  So what cannot be appended is
 * told in a table of the extension's, to which writers only add rows: nobody waits for another, and
 * no right, constraint or name of the rollup's own has a say in it.  A row has the two arguments of
 * the rollup's triggers and a reason, and is of one of two sorts:
 *
 *		skipped	is by how many the rows have grown that are not counted for the reason.  As in the
 *				deltas it is the sum that counts: it shrinks as such rows are deleted.
 *		NULL	changes are missing.  Until the rollup is rebuilt, reading it is an error.
 *
 * A rebuild that finds the second sort keeps writers out before it looks, since who finds one that
 * says the same adds none.
 */
#include "live/live_rollup.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "commands/comment.h"
#include "commands/trigger.h"
#include "common/int.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

enum MarkColumn
{
	MARK_SCHEMA = 1,
	MARK_NAME,
	MARK_REASON,
	MARK_SKIPPED,
	MARK_AT,
	MARK_COLUMNS = MARK_AT
};

/*
 * Before there was the table the comment of the deltas said that changes are missing.  It is asked
 * where 1.0.0 has marked a rollup, and written where the functions are still its.
 */
static const char to_be_rebuilt[] = "Live rollup to be rebuilt: ";

static void
mark_by_comment(const Rollup *rollup, const char *problem)
{
	CreateComments(rollup->delta, RelationRelationId, 0,
	               problem == NULL ? NULL : psprintf("%s%s", to_be_rebuilt, problem));
	CommandCounterIncrement(); /* for another that has the same to say of it */
}

static char *
marked_by_comment(const Rollup *rollup)
{
	Rollup found = *rollup;
	char  *comment;

	rollup_find_relations(&found);
	comment = GetComment(found.delta, RelationRelationId, 0);
	return comment == NULL || strncmp(comment, to_be_rebuilt, strlen(to_be_rebuilt)) != 0
	           ? NULL
	           : comment + strlen(to_be_rebuilt);
}

/* InvalidOid where the functions are those that cxm 1.0.0 has left. */
static Oid
marks_relation(void)
{
	Oid schema = get_namespace_oid("cxm_internal", true);

	return OidIsValid(schema) ? get_relname_relid("cxm_rollup_marks", schema) : InvalidOid;
}

bool
rollup_has_marks(void)
{
	return OidIsValid(marks_relation());
}

bool
rollup_any_marks(void)
{
	Relation    marks;
	SysScanDesc scan;
	bool        found;

	if (!rollup_has_marks())
		return false;
	marks = table_open(marks_relation(), AccessShareLock);
	scan = systable_beginscan(marks, InvalidOid, false, SnapshotSelf, 0, NULL);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(marks, AccessShareLock);
	return found;
}

typedef bool (*MarkVisitor)(Relation marks, HeapTuple mark, const char *reason, bool is_gap,
                            int64 skipped, void *argument);

/* Shows the marks of a rollup to a visitor, until that returns false. */
static void
visit(Relation marks, const Rollup *rollup, Snapshot snapshot, MarkVisitor visitor, void *argument)
{
	Oid         index = linitial_oid(RelationGetIndexList(marks));
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple   tuple;
	bool        go_on = true;

	ScanKeyInit(&keys[0], MARK_SCHEMA, BTEqualStrategyNumber, F_TEXTEQ,
	            CStringGetTextDatum(rollup->schema));
	ScanKeyInit(&keys[1], MARK_NAME, BTEqualStrategyNumber, F_TEXTEQ,
	            CStringGetTextDatum(rollup->name));
	for (size_t i = 0; i < lengthof(keys); i++)
		keys[i].sk_collation = C_COLLATION_OID;
	scan = systable_beginscan(marks, index, true, snapshot, lengthof(keys), keys);
	while (go_on && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		TupleDesc columns = RelationGetDescr(marks);
		bool      is_null;
		char     *reason =
		    TextDatumGetCString(heap_getattr(tuple, MARK_REASON, columns, &is_null));
		Datum skipped = heap_getattr(tuple, MARK_SKIPPED, columns, &is_null);

		CHECK_FOR_INTERRUPTS();
		go_on = visitor(marks, tuple, reason, is_null, is_null ? 0 : DatumGetInt64(skipped),
		                argument);
	}
	systable_endscan(scan);
}

static void
add(Relation marks, const Rollup *rollup, const char *reason, bool is_gap, int64 skipped)
{
	Datum     values[MARK_COLUMNS];
	bool      nulls[MARK_COLUMNS] = {[MARK_SKIPPED - 1] = is_gap};
	HeapTuple tuple;

	values[MARK_SCHEMA - 1] = CStringGetTextDatum(rollup->schema);
	values[MARK_NAME - 1] = CStringGetTextDatum(rollup->name);
	values[MARK_REASON - 1] = CStringGetTextDatum(reason);
	values[MARK_SKIPPED - 1] = Int64GetDatum(skipped);
	values[MARK_AT - 1] = TimestampTzGetDatum(GetCurrentTimestamp());
	tuple = heap_form_tuple(RelationGetDescr(marks), values, nulls);
	CatalogTupleInsert(marks, tuple);
	heap_freetuple(tuple);
}

typedef struct Known
{
	const char *reason;
	bool        found;
} Known;

static bool
find_gap(Relation marks pg_attribute_unused(), HeapTuple mark pg_attribute_unused(),
         const char *reason, bool is_gap, int64 skipped pg_attribute_unused(), void *argument)
{
	Known *known = argument;

	if (is_gap && (known->reason == NULL || strcmp(reason, known->reason) == 0))
	{
		known->reason = reason;
		known->found = true;
	}
	return !known->found;
}

/*
 * Changes are missing.  What others have committed is seen whatever our snapshot, and without a
 * part in whether transactions could be serialized.
 */
void
rollup_mark(const Rollup *rollup, const char *problem)
{
	Relation marks;
	Known    known = {.reason = problem};

	if (!rollup_has_marks())
	{
		mark_by_comment(rollup, problem);
		return;
	}
	marks = table_open(marks_relation(), RowExclusiveLock);
	visit(marks, rollup, SnapshotSelf, find_gap, &known);
	if (!known.found)
		add(marks, rollup, problem, true, 0);
	table_close(marks, NoLock);
	CommandCounterIncrement();
}

/* As a sentence, or NULL. */
char *
rollup_marked(const Rollup *rollup, Snapshot snapshot)
{
	Known    known = {0};
	Relation marks;

	if (!rollup_has_marks())
		return marked_by_comment(rollup);
	marks = table_open(marks_relation(), AccessShareLock);
	visit(marks, rollup, snapshot, find_gap, &known);
	table_close(marks, AccessShareLock);
	return known.found ? pstrdup(known.reason) : marked_by_comment(rollup);
}

/*
 * Rows that are not counted, by reason
 */

/* What owners have written there may be anything: a sum ends where bigint does. */
int64
rollup_sum_of_rows(int64 a, int64 b)
{
	int64 sum;

	if (!pg_add_s64_overflow(a, b, &sum))
		return sum;
	return a < 0 ? PG_INT64_MIN : PG_INT64_MAX;
}

void
rollup_add_skipped(List **skipped, const char *reason, int64 rows)
{
	ListCell *cell;
	Skipped  *new;

	foreach (cell, *skipped)
	{
		Skipped *known = lfirst(cell);

		if (strcmp(known->reason, reason) == 0)
		{
			known->rows = rollup_sum_of_rows(known->rows, rows);
			known->marks++;
			return;
		}
	}
	new = palloc(sizeof(Skipped));
	*new = (Skipped) {.reason = pstrdup(reason), .rows = rows, .marks = 1};
	*skipped = lappend(*skipped, new);
}

static bool
add_up(Relation marks pg_attribute_unused(), HeapTuple mark pg_attribute_unused(),
       const char *reason, bool is_gap, int64 skipped, void *argument)
{
	if (!is_gap)
		rollup_add_skipped(argument, reason, skipped);
	return true;
}

List *
rollup_skipped(const Rollup *rollup, Snapshot snapshot)
{
	List    *skipped = NIL;
	Relation marks;

	if (!rollup_has_marks())
		return NIL;
	marks = table_open(marks_relation(), AccessShareLock);
	visit(marks, rollup, snapshot, add_up, &skipped);
	table_close(marks, AccessShareLock);
	return skipped;
}

/* By how many they have grown. */
void
rollup_skip(const Rollup *rollup, List *skipped)
{
	Relation  marks;
	ListCell *cell;

	if (skipped == NIL)
		return;
	marks = table_open(marks_relation(), RowExclusiveLock);
	foreach (cell, skipped)
	{
		const Skipped *reason = lfirst(cell);

		if (reason->rows != 0)
			add(marks, rollup, reason->reason, false, reason->rows);
	}
	table_close(marks, NoLock);
	CommandCounterIncrement();
}

/*
 * Taking marks away, of which one at a time is in charge: who has the lock of folding
 */

typedef struct Removal
{
	bool        gaps;
	const char *reason; /* of rows that are not counted; NULL for all */
} Removal;

static bool
take_away(Relation marks, HeapTuple mark, const char *reason, bool is_gap,
          int64 skipped pg_attribute_unused(), void *argument)
{
	const Removal *removal = argument;

	if (is_gap ? removal->gaps : removal->reason == NULL || strcmp(removal->reason, reason) == 0)
		CatalogTupleDelete(marks, &mark->t_self);
	return true;
}

static void
remove_marks(const Rollup *rollup, Snapshot snapshot, Removal removal)
{
	Relation marks;

	if (!rollup_has_marks())
		return;
	marks = table_open(marks_relation(), RowExclusiveLock);
	visit(marks, rollup, snapshot, take_away, &removal);
	table_close(marks, NoLock);
	CommandCounterIncrement();
}

/* Those of rows that are not counted, as far as a snapshot sees them; and all there are. */
void
rollup_forget_skipped(const Rollup *rollup, Snapshot snapshot)
{
	remove_marks(rollup, snapshot, (Removal) {.gaps = false});
}

void
rollup_forget_marks(const Rollup *rollup, Snapshot snapshot)
{
	if (OidIsValid(rollup->delta) && marked_by_comment(rollup) != NULL)
		mark_by_comment(rollup, NULL);
	remove_marks(rollup, snapshot, (Removal) {.gaps = true});
}

/* One for each reason of which rows are left. */
void
rollup_fold_skipped(const Rollup *rollup, Snapshot snapshot)
{
	List     *skipped = rollup_skipped(rollup, snapshot);
	List     *folded = NIL;
	ListCell *cell;

	foreach (cell, skipped)
	{
		Skipped *reason = lfirst(cell);

		if (reason->marks == 1 && reason->rows != 0)
			continue;
		remove_marks(rollup, snapshot, (Removal) {.reason = reason->reason});
		folded = lappend(folded, reason);
	}
	rollup_skip(rollup, folded);
}

void
rollup_throw_to_be_rebuilt(const Rollup *rollup, const char *problem)
{
	ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
	                errmsg("live rollup %s has to be rebuilt", rollup_display_name(rollup)),
	                errdetail("%s", problem),
	                errhint("SELECT cxm_rebuild_rollup(%s);",
	                        quote_literal_cstr(rollup_display_name(rollup)))));
}

void
rollup_check_whole(const Rollup *rollup, Snapshot snapshot)
{
	char *problem = rollup_marked(rollup, snapshot);

	if (problem != NULL)
		rollup_throw_to_be_rebuilt(rollup, problem);
}

/*
 * Is all there that has to be?  The view of a rollup asks, so that wrong figures are not read.
 */
CXM_FUNCTION(cxm_rollup_is_whole)
{
	Rollup rollup = {.schema = text_to_cstring(PG_GETARG_TEXT_PP(0)),
	                 .name = text_to_cstring(PG_GETARG_TEXT_PP(1))};

	rollup_check_whole(&rollup, GetActiveSnapshot());
	PG_RETURN_BOOL(true);
}

/*
 * The rows of others are none of anybody's business: before each row that somebody inserts, a dump
 * that is restored, say.
 */
CXM_FUNCTION(cxm_check_mark)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	Rollup       rollup = {0};
	Oid          owner;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
	    RelationGetRelid(data->tg_relation) != marks_relation())
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
		                errmsg("cxm_check_mark is for the table of marks")));
	rollup.schema =
	    SPI_getvalue(data->tg_trigtuple, RelationGetDescr(data->tg_relation), MARK_SCHEMA);
	rollup.name =
	    SPI_getvalue(data->tg_trigtuple, RelationGetDescr(data->tg_relation), MARK_NAME);
	if (rollup.schema == NULL || rollup.name == NULL)
		return PointerGetDatum(data->tg_trigtuple); /* which the table refuses */
	rollup_find_relations(&rollup);
	owner = OidIsValid(rollup.delta) ? rollup_relation_owner(rollup.delta)
	                                 : BOOTSTRAP_SUPERUSERID;
	if (!has_privs_of_role(GetUserId(), owner))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
		                errmsg("must be owner of live rollup %s", rollup_display_name(&rollup))));
	return PointerGetDatum(data->tg_trigtuple);
}
