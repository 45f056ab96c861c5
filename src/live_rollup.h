/*
 * live_rollup.h
 *		What the files of live rollups share; live_rollup.c says what a live rollup consists of.
 *
 * A function problem_of_...() returns what is wrong as a sentence, or NULL.
 */
#ifndef CXM_LIVE_ROLLUP_H
#define CXM_LIVE_ROLLUP_H

#include "cxm.h"

#include "commands/trigger.h"
#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"

/* A column of a rollup.  All of these but the node are pieces of SQL. */
typedef struct RollupColumn
{
	char *name, *label; /* as an identifier and as a literal */
	char *ordinal;
	char *expression;                /* over the base table */
	Node *node;                      /* the same, of range table entry 1 */
	char *added, *removed, *balance; /* of an aggregate: columns of the deltas and of verify */
} RollupColumn;

typedef struct Rollup
{
	char *schema, *name;
	Oid   view, delta, source; /* or InvalidOid */
	Oid   owner;

	/* what the source view says */
	Oid        base;
	List      *keys, *aggregates; /* of RollupColumn */
	char      *where;
	Node      *condition;
	Bitmapset *columns; /* of the base table, as pull_varattnos() numbers them */
} Rollup;

/* The extension as this database has it. */
typedef struct Extension
{
	Oid oid;
	Oid schema;
	Oid trigger_function;
} Extension;

extern Extension rollup_extension(FunctionCallInfo fcinfo);

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

/* Has a relation the columns that every definition, that every table of deltas has? */
extern bool rollup_is_source(Oid relation);
extern bool rollup_has_deltas(Oid relation);

/* Sets the owner, too. */
extern char *rollup_problem_of_relations(Rollup *rollup);

/* Finds them; an error where one is missing. */
extern void rollup_check_relations(Rollup *rollup);

/*
 * The definition
 */

pg_noreturn extern void rollup_refuse(const char *what, const char *reason);

/* Fills in what the query says; an error where a rollup cannot be kept for it. */
extern void rollup_read_query(Rollup *rollup, Query *query, bool is_source, Extension extension);

/* The same of the source view. */
extern void  rollup_read_source(Rollup *rollup, Extension extension);
extern char *rollup_problem_of_definition(Rollup *rollup, Extension extension);

/* The base table of a source view, or InvalidOid: the view may be anything, of anybody. */
extern Oid rollup_base_of_source(Oid source);

/* Is it the column that source views have beside those of the query? */
extern bool rollup_is_row_count(const TargetEntry *target);

/* Keys and aggregates. */
extern List *rollup_columns(const Rollup *rollup);

/*
 * The base table
 */

/* Why its changes cannot be followed, or not for this owner. */
extern char *rollup_problem_of_table(Oid relation);
extern char *rollup_problem_of_base(Oid base, Oid owner);
extern void  rollup_check_base(Oid base, Oid owner);

/* Triggers are given rows that a policy hides from the owner, and without anybody asking. */
extern char *rollup_problem_of_security(Oid table, Oid owner);
extern bool  rollup_may_read(Oid role, Oid table, Bitmapset *columns);
extern void  rollup_check_may_read(Oid role, Oid table, Bitmapset *columns);

/* Has this transaction taken a table, or one of which it is a partition, from a base? */
extern bool rollup_was_part_of(Oid table, Oid base);

/*
 * SQL, and working as the owner of a rollup.  Templates are explained in rollup_sql.c.
 */

extern char  *rollup_expand(const Rollup *rollup, const char *template, Extension extension);
extern void   rollup_execute(const char *sql);
extern uint64 rollup_run(const Rollup *rollup, const char *template, Extension extension);

/* These return a nesting level of settings. */
extern int rollup_pin_search_path(void);
extern int rollup_pin_settings(void);

typedef struct Identity
{
	Oid role;
	int security;
	int settings; /* a nesting level of these */
} Identity;

/* After an error the end of the (sub)transaction goes back. */
extern Identity rollup_become(Oid role, int settings);
extern void     rollup_become_again(Identity before);

/*
 * Triggers
 */

typedef struct RollupTrigger
{
	Oid   oid;
	Oid   table;
	char *trigger_name;
	char *schema, *name; /* the arguments */
	int   kind;
	bool  enabled;
} RollupTrigger;

/* The first kind, which every table that is followed has. */
#define ROLLUP_TRIGGER_INSERT 0

extern char *rollup_trigger_name(const char *schema, const char *name, int kind);

/* Every trigger that calls our function, by name; those with odd names or arguments left out. */
extern List *rollup_triggers(Extension extension);
extern bool  rollup_trigger_belongs_to(const RollupTrigger *trigger, const Rollup *rollup);
extern bool  rollup_has_triggers(const Rollup *rollup, List *triggers);

/* The rollups that the triggers name, each once. */
extern List *rollup_list(List *triggers);

/* An error unless the trigger is made as cxm_create_rollup() makes it. */
extern void rollup_check_trigger(const TriggerData *data, const Rollup *rollup);

/* Makes those on a table that are not there yet; drops those of other tables; drops all. */
extern void rollup_make_triggers(const Rollup *rollup, Oid table, List *triggers,
                                 Extension extension);
extern void rollup_drop_superfluous_triggers(const Rollup *rollup, List *tables, List *triggers);
extern void rollup_drop_triggers(const Rollup *rollup, List *triggers);

/* A table that has triggers and is no part of the base any more; or any other fault of them. */
extern char *rollup_problem_of_former_parts(const Rollup *rollup, List *tables, List *triggers);
extern char *rollup_problem_of_triggers(const Rollup *rollup, List *triggers);

/*
 * What is wrong with a rollup
 */

extern char *rollup_problem(Rollup *rollup, List *triggers, Extension extension);

/* What is only wrong until it is rebuilt, in the comment of the deltas. */
extern void  rollup_mark(Oid delta, const char *problem);
extern char *rollup_marked(Oid delta);

#endif /* CXM_LIVE_ROLLUP_H */
