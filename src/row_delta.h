/*
 * row_delta.h
 *		The delta of a statement that has written one row, without a plan.
 *
 * Most statements of an application write one row.  To start a plan with a hash table for it costs
 * as much as writing the row; here the expressions and the aggregates' own functions are called.
 */
#ifndef CXM_ROW_DELTA_H
#define CXM_ROW_DELTA_H

#include "postgres.h"

#include "nodes/pg_list.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

typedef struct RowDelta RowDelta;

/* The column by its name as SQL has it, when it has the type; else InvalidAttrNumber. */
extern AttrNumber row_delta_column(TupleDesc columns, const char *name, Oid type);

/* A column of the deltas and the expression over the base table that it holds. */
typedef struct RowDeltaColumn
{
	const char *column; /* as SQL has it: quoted where need be */
	Node       *expression;
} RowDeltaColumn;

/*
 * The way to the delta of a row, in the current memory context; NULL where it must be left to a
 * plan: for functions that may look at the search path, and for a table of deltas that has been
 * given indexes, triggers, rules, constraints or other columns.
 */
extern RowDelta *row_delta_make(Relation table, Relation deltas, List *columns, Node *condition,
                                Oid base, Oid extension);

/* Appends the delta of the first row, as many rows more or fewer. */
extern void row_delta_append(const RowDelta *row_delta, Relation table, Oid deltas,
                             Tuplestorestate *rows, int64 row_count);

#endif /* CXM_ROW_DELTA_H */
