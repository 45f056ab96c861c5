/*
 * compat.h
 *		What differs between PostgreSQL 15, 16, 17, 18 and 19, in one place.
 */
#ifndef CXM_COMPAT_H
#define CXM_COMPAT_H

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "nodes/nodes.h"

#if PG_VERSION_NUM < 150000
#error "cxm needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#else

/* Input functions could not report softly yet: there is never an error context. */
#undef ereturn
#define ereturn(context, dummy_value, ...) \
	do                                     \
	{                                      \
		(void) (context);                  \
		ereport(ERROR, __VA_ARGS__);       \
		return dummy_value;                \
	} while (0)
#undef SOFT_ERROR_OCCURRED
#define SOFT_ERROR_OCCURRED(escontext) ((void) (escontext), false)

static inline bool
DirectInputFunctionCallSafe(PGFunction func, char *str, Oid typioparam, int32 typmod,
                            Node *escontext pg_attribute_unused(), Datum *result)
{
	*result = DirectFunctionCall3(func, CStringGetDatum(str), ObjectIdGetDatum(typioparam),
	                              Int32GetDatum(typmod));
	return true;
}
#endif /* PG_VERSION_NUM < 160000 */

/* Intervals learnt to be infinite in 17. */
#ifndef INTERVAL_NOT_FINITE
#define INTERVAL_NOT_FINITE(interval) ((void) (interval), false)
#endif

#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

/* make_range() learnt to report softly in 16. */
#if PG_VERSION_NUM >= 160000
#define cxm_make_range(type, lower, upper) make_range((type), (lower), (upper), false, NULL)
#else
#define cxm_make_range(type, lower, upper) make_range((type), (lower), (upper), false)
#endif

/* Grouped queries got a range table entry of their own. */
#if PG_VERSION_NUM >= 180000
#define cxm_flatten_group_exprs(query, node) \
	((query)->hasGroupRTE ? flatten_group_exprs(NULL, (query), (node)) : (node))
#define cxm_group_exprs(entry) ((entry)->groupexprs)
#else
#define cxm_group_exprs(entry) ((void) (entry), NIL)
#define cxm_flatten_group_exprs(query, node) ((void) (query), (node))
#endif

/* The planner's state may be told to it since 16. */
#if PG_VERSION_NUM >= 160000
#define cxm_flatten_join_aliases(query, node) flatten_join_alias_vars(NULL, (query), (node))
#else
#define cxm_flatten_join_aliases(query, node) flatten_join_alias_vars((query), (node))
#endif

/* With the tables of a query go the rights to them, which have a list of their own since 16. */
#if PG_VERSION_NUM >= 160000
#define cxm_take_tables(query, from) \
	((query)->rtable = (from)->rtable, (query)->rteperminfos = (from)->rteperminfos)
#else
#define cxm_take_tables(query, from) ((query)->rtable = (from)->rtable)
#endif

/* What is counted of a table got other names in 16. */
#if PG_VERSION_NUM >= 160000
#define CXM_LIVE_TUPLES live_tuples
#define CXM_COUNTED_LIVE_TUPLES counts.delta_live_tuples
#else
#define CXM_LIVE_TUPLES n_live_tuples
#define CXM_COUNTED_LIVE_TUPLES t_counts.t_delta_live_tuples
#endif

/* A scan got flags in 19. */
#if PG_VERSION_NUM >= 190000
#define cxm_table_beginscan(relation, snapshot) table_beginscan((relation), (snapshot), 0, NULL, 0)
#else
#define cxm_table_beginscan(relation, snapshot) table_beginscan((relation), (snapshot), 0, NULL)
#endif

#if PG_VERSION_NUM >= 180000
#define CXM_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "cxm", .version = CXM_VERSION)
#else
#define CXM_MODULE_MAGIC PG_MODULE_MAGIC
#endif

#endif /* CXM_COMPAT_H */
