/*
 * live_rollup.h
 *		What the files of live rollups share; live_rollup.c says what a live rollup consists of.
 *
 * A function problem_of_...() returns what is wrong as a sentence, or NULL.
 */
#ifndef CXM_LIVE_ROLLUP_H
#define CXM_LIVE_ROLLUP_H

#include "common/arguments.h"

#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"
#include "storage/lockdefs.h"
#include "utils/tuplestore.h"

/* A column of a rollup.  All of these but the node are pieces of SQL. */
typedef struct RollupColumn
{
	char *name;                      /* as an identifier */
	char *ordinal;
	char *expression, *type;         /* over the base table */
	Node *node;                      /* the expression, of range table entry 1 */
	const struct RollupDimension *dimension; /* that it reads; NULL where that is the base */
	char *added, *removed, *balance; /* of an aggregate: columns of the deltas and of verify */
	const struct RollupColumn *counted; /* of a count: the key whose values it counts */
} RollupColumn;

/* A table that is joined to the base. */
typedef struct RollupDimension
{
	int        index; /* in the range table of the query */
	Oid        table;
	char      *alias;
	bool       is_left;
	List      *equalities;
	Bitmapset *columns; /* as pull_varattnos() numbers them */
} RollupDimension;

typedef struct Rollup
{
	char *schema, *name;
	Oid   merged; /* the view that merges the deltas; this and the other two may be InvalidOid */
	Oid   delta, source;
	Oid   owner;
	List *triggers; /* of RollupTrigger, as far as they are known */
	bool  refuses_rows; /* that cannot be counted, as its triggers say */

	/* what the source view says */
	Oid        base;
	int        base_index; /* in the range table of the query */
	char      *alias;
	List      *dimensions;
	List      *groups;            /* of RollupColumn, as the query has them */
	List      *keys, *aggregates; /* of RollupColumn, as the deltas have them */
	List      *counts;            /* of different values, of RollupColumn */
	List      *hidden;            /* keys that are no groups */
	List      *counted;           /* those of them whose values are counted */
	char      *where;
	Node      *condition;
	Bitmapset *columns; /* of the base table, as pull_varattnos() numbers them */
	const char *rows;   /* what a statement for changed rows reads them from */
} Rollup;

/* The extension cxm as this database has it, and the function of cxm_live that triggers call. */
typedef struct Extension
{
	Oid oid;
	Oid schema;
	Oid trigger_function;
} Extension;

extern Extension rollup_extension(FunctionCallInfo fcinfo);

/*
 * An error where something of them is missing, or cxm has another version than cxm_live: for those
 * who make rollups or work on them, never for those who write to a table, look at rollups or drop
 * them.
 */
extern void rollup_check_extension(FunctionCallInfo fcinfo, Extension extension);

/* A function of it, or InvalidOid. */
extern Oid rollup_find_function(Extension extension, const char *name, oidvector *arguments);

/*
 * Relations
 */

/* What follows the name of a rollup in those of its other two relations. */
#define ROLLUP_SOURCE "_source"
#define ROLLUP_DELTA "_delta"

extern char *rollup_display_name(const Rollup *rollup);

/* Also where somebody has just dropped it. */
extern char *rollup_relation_name(Oid relation);
extern Oid   rollup_relation_owner(Oid relation);

/* Finds what there is of the relations of a rollup. */
extern void rollup_find_relations(Rollup *rollup);

/* Locks definition and deltas, which may be others than were found before. */
extern void rollup_lock_relations(Rollup *rollup, LOCKMODE delta_mode);

/* Has a relation the columns that every definition, that every table of deltas has? */
extern bool rollup_is_source(Oid relation);
extern bool rollup_has_deltas(Oid relation);

/* Sets the owner, too. */
extern char *rollup_problem_of_relations(Rollup *rollup);
#define ROLLUP_HINT_OF_RELATIONS                                                    \
	"Where a relation was renamed, give its name back to it. Otherwise cxm_drop_rollup " \
	"takes away the rest."

/* Finds them; an error where one is missing. */
extern void rollup_check_relations(Rollup *rollup);

/*
 * The definition
 */

pg_noreturn extern void rollup_refuse(const char *what, const char *reason);

/* Fills in what the query says; an error where a rollup cannot be kept for it. */
extern void rollup_read_query(Rollup *rollup, Query *query, bool is_source, Extension extension);

/*
 * The same of the source view; what is wrong with it, and why deltas cannot be appended, which may
 * do where a column has another type.
 */
extern void  rollup_read_source(Rollup *rollup, Extension extension);
extern char *rollup_problem_of_source(Rollup *rollup, Extension extension);
extern char *rollup_problem_of_definition(Rollup *rollup, Extension extension);
extern char *rollup_problem_of_appending(const Rollup *rollup, bool exact);

/* The base table of a source view, or InvalidOid: the view may be anything, of anybody. */
extern Oid rollup_base_of_source(Oid source);

/* Is it the column that source views have beside those of the query? */
extern bool rollup_is_row_count(const TargetEntry *target);

/* Expressions and WHERE over the tables of the query, and groups over those of the view. */
extern char *rollup_qualified(const Rollup *rollup, const RollupColumn *column);
extern char *rollup_reading(const Rollup *rollup, const RollupColumn *column);
extern char *rollup_qualified_where(const Rollup *rollup);

/* Keys and aggregates, those of the deltas. */
extern List *rollup_columns(const Rollup *rollup);

/*
 * Joins
 */

/* What FROM says; an error where it is no table with dimensions. */
extern void rollup_read_tables(Rollup *rollup, Query *query);

/* The columns of the base, as Vars, that dimensions are joined by and that are no keys yet. */
extern List *rollup_join_columns(const Rollup *rollup);

/* FROM, of the query or of the view; what the deltas are called there, as SQL. */
extern char       *rollup_sql_of_tables(const Rollup *rollup, bool of_deltas);
extern const char *rollup_alias_of_deltas(const Rollup *rollup);

/* Why a dimension is not joined by a key, or not for the owner. */
extern char *rollup_problem_of_dimensions(const Rollup *rollup);
extern void  rollup_check_dimensions(const Rollup *rollup);

/*
 * The view that merges the deltas
 */

extern void  rollup_make_view(const Rollup *rollup, Extension extension);
extern char *rollup_problem_of_view(Rollup *rollup, Extension extension);
extern void  rollup_mend_view(Rollup *rollup, Extension extension);

/* Does it read a relation, or need it otherwise? */
extern bool rollup_view_needs(Oid view, Oid relation);

/* The one view that reads deltas, and the deltas that a view reads; or InvalidOid. */
extern Oid rollup_view_of_deltas(Oid deltas);
extern Oid rollup_deltas_of_view(Oid view);

/*
 * The base table
 */

/* Why its changes cannot be followed, or not for this owner. */
extern char *rollup_problem_of_table(Oid relation);
extern char *rollup_problem_of_base(Oid base, Oid owner, List *tables);
extern void  rollup_check_base(Oid base, Oid owner);

/*
 * Triggers are given rows that a policy hides from the owner, and columns that he may not read,
 * without anybody asking.
 */
extern char *rollup_problem_of_security(Oid table, Oid owner);
extern char *rollup_problem_of_rights(Oid table, Oid owner, Bitmapset *columns);
extern bool  rollup_may_read(Oid role, Oid table, Bitmapset *columns);
extern void  rollup_check_may_read(Oid role, Oid table, Bitmapset *columns);

/* Is a table the base, or a partition of it at whatever depth? */
extern bool rollup_is_part(Oid table, Oid base);

/* The tables that this transaction has made partitions of a table, or has taken from it. */
extern List *rollup_new_children(Oid parent);
extern List *rollup_former_children(Oid parent);

/* A table and all above it, those included from which this transaction has taken it. */
extern List *rollup_and_above(Oid table);
extern bool  rollup_was_part_of(Oid table, Oid base);

/*
 * SQL, and working as the owner of a rollup.  Templates are explained in rollup_sql.c.
 */

/* The value of a group that has grown and shrunk; NULL where nothing is left that counts. */
#define ROLLUP_NET(of)                                                        \
	"CASE WHEN $rollup(" of "$removed) IS NULL THEN $rollup(" of "$added) "   \
	"WHEN $rollup(" of "$added) $equals $rollup(" of "$removed) THEN NULL "   \
	"ELSE $rollup(" of "$added) $minus $rollup(" of "$removed) END"

/* What PostgreSQL understands of a query. */
extern Query *rollup_analyze(const char *sql);

extern char  *rollup_expand(const Rollup *rollup, const char *template, Extension extension);
extern void   rollup_execute(const char *sql);
extern uint64 rollup_run(const Rollup *rollup, const char *template, Extension extension);

/*
 * The settings that expressions are run under, wherever they run; returns the nesting level, at
 * whose end the session has its own again.
 */
extern int rollup_pin_settings(void);

typedef struct Identity
{
	Oid role;
	int security;
	int settings; /* a nesting level of these */
} Identity;

/*
 * From here on with the rights of the role, and under pinned settings where expressions are run.
 * After an error the end of the (sub)transaction goes back.
 */
extern Identity rollup_become(Oid role, bool pin_settings);
extern void     rollup_become_again(Identity before);

/*
 * Triggers
 */

typedef struct RollupTrigger
{
	Oid   oid;
	Oid   table;
	char *trigger_name;
	char *schema, *name; /* the arguments, the third of which may be ROLLUP_REFUSES_ROWS */
	bool  refuses_rows;
	int   kind; /* of those that are made, if it is still like them */
	bool  enabled;
} RollupTrigger;

#define ROLLUP_REFUSES_ROWS "error"

/* Has the trigger the arguments of ours? */
extern bool rollup_has_arguments(int n, char **arguments);

/* The first kind, which every table that is followed has. */
#define ROLLUP_TRIGGER_INSERT 0

extern char *rollup_trigger_name(const char *schema, const char *name, int kind);

/*
 * The triggers that call our function, of the whole database or of some tables, and whether there
 * is any; those with odd arguments left out.
 */
extern bool  rollup_any_triggers(Extension extension);
extern List *rollup_triggers(Extension extension);
extern List *rollup_triggers_on(List *tables, Extension extension);

/* Those of them that name a rollup; and the rollups that they name, each with its triggers. */
extern List *rollup_own_triggers(const Rollup *rollup, List *triggers);
extern List *rollup_list(List *triggers);

/*
 * Is it the one that counts?  Others may have the same arguments: one that was replaced by a
 * trigger with a condition, say, or a second one.
 */
extern bool rollup_is_followed_by(const Rollup *rollup, Oid table, Oid trigger,
                                  Extension extension);

/*
 * Makes those on a table that are not there yet; drops those that the rollup is known to have, but
 * those that count on these tables, or all.
 */
extern void rollup_make_triggers(const Rollup *rollup, Oid table, Extension extension);
extern void rollup_drop_superfluous_triggers(const Rollup *rollup, List *tables);
extern void rollup_drop_triggers(const Rollup *rollup, bool whosever);

/*
 * What is wrong with a rollup, as far as some tables of its base are concerned, and the triggers
 * that the rollup is known to have
 */

extern char *rollup_problem_of_replaced(const Rollup *rollup, List *tables);
extern char *rollup_problem_of_triggers(const Rollup *rollup, List *tables);
extern char *rollup_problem_of_deltas(const Rollup *rollup);
extern char *rollup_problem(Rollup *rollup, List *tables, Extension extension);

/*
 * Marks: changes that are missing until it is rebuilt, and rows that cannot be counted
 */

typedef struct Skipped
{
	char *reason;
	int64 rows;
	int   marks;
} Skipped;

/* Is there a table for them, and are there any? */
extern bool rollup_has_marks(void);
extern bool rollup_any_marks(void);

#define ROLLUP_NOT_REBUILT "It has not been rebuilt since: %s"

extern void  rollup_mark(const Rollup *rollup, const char *problem);
extern char *rollup_marked(const Rollup *rollup, Snapshot snapshot);
/* An error that says so, with the way out; and the same where it is marked. */
pg_noreturn extern void rollup_throw_to_be_rebuilt(const Rollup *rollup, const char *problem);
extern void             rollup_check_whole(const Rollup *rollup, Snapshot snapshot);

extern void  rollup_forget_marks(const Rollup *rollup, Snapshot snapshot);

extern int64 rollup_sum_of_rows(int64 a, int64 b);
extern void  rollup_skip(const Rollup *rollup, List *skipped);
extern List *rollup_skipped(const Rollup *rollup, Snapshot snapshot);
extern void  rollup_add_skipped(List **skipped, const char *reason, int64 rows);
extern void  rollup_forget_skipped(const Rollup *rollup, Snapshot snapshot);
extern void  rollup_fold_skipped(const Rollup *rollup, Snapshot snapshot);

/*
 * Folding, by who has locked the deltas for it; and by a writer who has just appended some
 */

extern void rollup_fold(Rollup *rollup, Extension extension);
extern void rollup_fold_at_times(const Rollup *rollup, int64 deltas, FunctionCallInfo fcinfo);

/*
 * Rows as the changes that they make
 */

typedef void (*RollupWork)(void *argument);

/*
 * Works in a subtransaction, which is kept or not; returns the error that it had, or NULL.  What
 * nobody but the whole statement or session can answer goes on up.
 */
extern ErrorData *rollup_attempt(RollupWork work, void *argument, bool keep);

/* What the error is about, without the values of the row. */
extern char *rollup_reason(const ErrorData *error);

/* The name by which statements know what is to be appended. */
#define ROLLUP_CHANGES "cxm_changes"

extern void rollup_register(const char *name, Oid table, TupleDesc columns, Tuplestorestate *rows);

typedef struct RollupRows
{
	TupleDesc        columns;
	Bitmapset       *parameters; /* those that are needed, numbered as by pull_varattnos() */
	Tuplestorestate *store;
	bool             removed;
} RollupRows;

extern const char   *rollup_template_of_changes(bool removed);
extern SPIPlanPtr    rollup_prepare(const char *sql, int n, Oid *types);
extern TupleDesc     rollup_columns_of_plan(SPIPlanPtr plan);
extern Bitmapset    *rollup_all_columns(TupleDesc columns);
extern const char   *rollup_one_row(TupleDesc columns, Bitmapset *parameters, Oid **types);
extern ParamListInfo rollup_parameters(TupleDesc columns, Bitmapset *parameters);
extern bool rollup_read_row(Tuplestorestate *rows, TupleTableSlot *slot, Bitmapset *parameters,
                            ParamListInfo values);
extern void rollup_select(SPIPlanPtr plan, ParamListInfo values, Tuplestorestate *into);

/* Each row by itself; and those of a whole table, as the active snapshot sees it. */
extern void      rollup_evaluate_each(const Rollup *rollup, RollupRows rows,
                                      Tuplestorestate *changes, List **skipped,
                                      Extension extension);
extern TupleDesc rollup_evaluate_table(const Rollup *rollup, Oid table, bool removed,
                                       Tuplestorestate *changes, List **skipped,
                                       Extension extension);

/* Runs a statement that reads the rows of a table from $rows; returns what it has left out. */
extern List *rollup_run_over(Rollup *rollup, Oid table, const char *template, Extension extension);

#endif /* CXM_LIVE_ROLLUP_H */
