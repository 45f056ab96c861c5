/*
 * rollup_view.c
 *		The view of a live rollup, which merges the deltas: what it says, and whether it still does.
 */
#include "live/live_rollup.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_rewrite.h"
#include "executor/spi.h"
#include "rewrite/rewriteDefine.h"
#include "rewrite/rewriteHandler.h"
#include "rewrite/rewriteManip.h"
#include "rewrite/rewriteSupport.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

/*
 * What a view has in WHERE, the first of which is made: it depends on the definition, so that no
 * figures are left to read where that is dropped, and is not read while changes are missing.  With
 * the functions of 1.0.0 the second was made, and by 1.0.0 itself the third.
 */
static const char *const conditions[] = {" WHERE $definition::regclass IS NOT NULL$guard",
                                         " WHERE $definition::regclass IS NOT NULL", ""};

static char *
query_of_view(const Rollup *rollup, const char *condition)
{
	if (rollup->counts == NIL)
		return psprintf("SELECT {g,$reading AS $name}, {a," ROLLUP_NET("$deltas.") " AS $name} "
		                "FROM $joined%s GROUP BY {g,$ordinal} HAVING sum($deltas.row_count) <> 0",
		                condition);
	return psprintf("SELECT {g,$name}, {a," ROLLUP_NET("") " AS $name}, "
	                "{u,count($distinct$counted) FILTER (WHERE row_count > 0) AS $name} "
	                "FROM (SELECT {g,$reading AS $name}, {c,$deltas.$name}, "
	                "{a,$rollup($deltas.$added) AS $added, $rollup($deltas.$removed) AS $removed}, "
	                "sum($deltas.row_count) AS row_count "
	                "FROM $joined%s GROUP BY {g,$ordinal}, {c,$deltas.$name}) AS by_value "
	                "GROUP BY {g,$ordinal} HAVING sum(row_count) <> 0",
	                condition);
}

static void
make_view(Rollup *rollup, const char *command, Extension extension)
{
	rollup_run(rollup,
	           psprintf("%s $merged AS %s", command, query_of_view(rollup, conditions[0])),
	           extension);
}

/*
 * The expressions of joined tables are shown once by the definition: what is made of what it shows
 * is what a dump makes of it, too.
 */
void
rollup_make_view(const Rollup *rollup, Extension extension)
{
	Rollup made = {.schema = rollup->schema, .name = rollup->name, .owner = rollup->owner};

	rollup_find_relations(&made);
	rollup_read_source(&made, extension);
	make_view(&made, "CREATE VIEW", extension);
}

bool
rollup_view_needs(Oid view, Oid relation)
{
	Relation    catalog = table_open(DependRelationId, AccessShareLock);
	bool        found = false;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple   tuple;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ,
	            ObjectIdGetDatum(RewriteRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ,
	            ObjectIdGetDatum(get_rewrite_oid(view, ViewSelectRuleName, true)));
	scan = systable_beginscan(catalog, DependDependerIndexId, true, NULL, lengthof(keys), keys);
	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		found = form->refclassid == RelationRelationId && form->refobjid == relation;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

/* The one view that reads the deltas: that of the rollup, where it has another name. */
Oid
rollup_view_of_deltas(Oid deltas)
{
	bool is_null;

	rollup_execute(psprintf(
	    "SELECT min(ev_class::bigint)::oid FROM pg_rewrite WHERE ev_class <> %u AND oid IN "
	    "(SELECT objid FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = %u "
	    "AND classid = 'pg_rewrite'::regclass) HAVING count(DISTINCT ev_class) = 1",
	    deltas, deltas));
	return SPI_processed == 0 ? InvalidOid
	                          : DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[0],
	                                                           SPI_tuptable->tupdesc, 1, &is_null));
}

static Oid
deltas_in(const Query *query)
{
	Oid       deltas = InvalidOid;
	ListCell *cell;

	foreach (cell, query->rtable)
	{
		const RangeTblEntry *entry = lfirst(cell);

		if (entry->rtekind == RTE_RELATION && rollup_has_deltas(entry->relid))
			deltas = entry->relid;
		else if (entry->rtekind == RTE_SUBQUERY && !OidIsValid(deltas))
			deltas = deltas_in(entry->subquery);
	}
	return deltas;
}

/* The deltas that a relation reads, as the view of a rollup does, or InvalidOid. */
Oid
rollup_deltas_of_view(Oid view)
{
	Relation relation;
	Oid      deltas;

	if (get_rel_relkind(view) != RELKIND_VIEW)
		return InvalidOid;
	relation = table_open(view, AccessShareLock);
	deltas = deltas_in(get_view_query(relation));
	table_close(relation, NoLock);
	return deltas;
}

/*
 * Is it the same query?  Tables are compared by what they are and not by their names, which may
 * have changed; a view of 15 has two more than its query.
 */
static bool
says(const Query *view, Query *expected)
{
	int       others = list_length(view->rtable) - list_length(expected->rtable);
	ListCell *cell, *other;

	if (others < 0)
		return false;
	OffsetVarNodes((Node *) expected, others, 0);
	forboth(cell, expected->rtable, other, list_copy_tail(view->rtable, others))
	{
		const RangeTblEntry *a = lfirst(cell);
		const RangeTblEntry *b = lfirst(other); /* of what the server remembers of the view */

		if (a->rtekind != b->rtekind || a->relid != b->relid || a->inh != b->inh ||
		    !equal(a->tablesample, b->tablesample) ||
		    !equal(cxm_group_exprs(a), cxm_group_exprs(b)) ||
		    (a->rtekind == RTE_SUBQUERY && !says(b->subquery, a->subquery)))
			return false;
	}
	cxm_take_tables(expected, view);
	expected->stmt_len = view->stmt_len;
	return equal(expected, view);
}

/* How much of what it should say the view does: the index of a condition. */
typedef struct Look
{
	Rollup   *rollup;
	Extension extension;
	size_t    condition;
} Look;

static void
look(void *argument)
{
	Look    *look = argument;
	Identity before = rollup_become(look->rollup->owner, true);
	Relation view = table_open(look->rollup->merged, AccessShareLock);

	while (look->condition < lengthof(conditions) &&
	       !says(get_view_query(view),
	             rollup_analyze(rollup_expand(look->rollup,
	                                          query_of_view(look->rollup,
	                                                        conditions[look->condition]),
	                                          look->extension))))
		look->condition++;
	table_close(view, AccessShareLock);
	rollup_become_again(before);
}

/*
 * What is wrong with the view that there is of a rollup whose definition has been read; without a
 * condition it may be.  Looks at the columns of dimensions, under locks, which are given back.
 */
static char *
problem_of_view(Rollup *rollup, bool complete, Extension extension)
{
	Look       view = {.rollup = rollup, .extension = extension};
	ErrorData *error;

	if (get_rel_relkind(rollup->merged) != RELKIND_VIEW)
		return psprintf("There is no view %s.", rollup_display_name(rollup));
	error = rollup_attempt(look, &view, false);
	if (error != NULL)
		return psprintf("What the view %s should be cannot be told: %s.",
		                rollup_display_name(rollup), error->message);
	if (view.condition == 0 || (view.condition < lengthof(conditions) && !complete))
		return NULL;
	return psprintf("The view %s is not as it was made.", rollup_display_name(rollup));
}

char *
rollup_problem_of_view(Rollup *rollup, Extension extension)
{
	return problem_of_view(rollup, false, extension);
}

typedef struct Replacement
{
	Rollup   *rollup;
	Extension extension;
} Replacement;

static void
replace_view(void *argument)
{
	Replacement *replacement = argument;

	make_view(replacement->rollup, "CREATE OR REPLACE VIEW", replacement->extension);
}

/*
 * Makes the view where there is none, under whatever name; or where it is another than would be
 * made: somebody has replaced it or the definition, or its schema had another name, or it is of
 * 1.0.0.
 */
void
rollup_mend_view(Rollup *rollup, Extension extension)
{
	Replacement replacement = {.rollup = rollup, .extension = extension};
	char       *problem;
	ErrorData  *error;

	if (!OidIsValid(rollup->merged))
	{
		if (!OidIsValid(rollup_view_of_deltas(rollup->delta)))
			make_view(rollup, "CREATE VIEW", extension);
		return;
	}
	problem = problem_of_view(rollup, true, extension);
	if (problem == NULL)
		return;
	error = rollup_attempt(replace_view, &replacement, true);
	if (error != NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
		                errmsg("view %s cannot be made what it was", rollup_display_name(rollup)),
		                errdetail("%s Replacing it fails: %s.", problem, error->message),
		                errhint("%s it, and then: SELECT cxm_rebuild_rollup(%s);",
		                        get_rel_relkind(rollup->merged) == RELKIND_VIEW ? "Drop" : "Rename",
		                        quote_literal_cstr(rollup_display_name(rollup)))));
}
