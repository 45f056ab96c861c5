/*
 * rollup_extension.c
 *		The extensions cxm and cxm_live as a database has them: of what version, and in which
 *		schemas.
 */
#include "live/live_rollup.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#define TRIGGER_FUNCTION "cxm_maintain_rollup"

/* Who writes to a table or creates one need not have the right to use the extension's schema. */
static Oid
find_function(Oid schema, const char *name, oidvector *arguments)
{
	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
	                       PointerGetDatum(arguments), ObjectIdGetDatum(schema));
}

Oid
rollup_find_function(Extension extension, const char *name, oidvector *arguments)
{
	return find_function(extension.schema, name, arguments);
}

/* Only superusers make functions in C, so that nobody else can have put one of this name there. */
static bool
is_trigger_function(Oid function)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Datum     symbol;
	bool      is_null, result;

	if (!HeapTupleIsValid(tuple))
		return false;
	symbol = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &is_null);
	result = ((Form_pg_proc) GETSTRUCT(tuple))->prolang == ClanguageId &&
	         strcmp(TextDatumGetCString(symbol), TRIGGER_FUNCTION) == 0;
	ReleaseSysCache(tuple);
	return result;
}

/* In 1.0.0, and until cxm_live takes it over, it lies where the other functions do. */
static Oid
find_trigger_function(Oid caller)
{
	const Oid  schemas[] = {get_namespace_oid("cxm_internal", true), get_func_namespace(caller)};
	oidvector *none = buildoidvector(NULL, 0);

	for (size_t i = 0; i < lengthof(schemas); i++)
	{
		Oid function = find_function(schemas[i], TRIGGER_FUNCTION, none);

		if (is_trigger_function(function))
			return function;
	}
	return InvalidOid;
}

/* The schema of an extension and its version, of which the server has no cache. */
static Oid
read_extension(Oid extension, char **version)
{
	Relation    catalog = table_open(ExtensionRelationId, AccessShareLock);
	Oid         schema = InvalidOid;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple   tuple;

	ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ,
	            ObjectIdGetDatum(extension));
	scan = systable_beginscan(catalog, ExtensionOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool  is_null;
		Datum value =
		    heap_getattr(tuple, Anum_pg_extension_extversion, RelationGetDescr(catalog), &is_null);

		schema = ((Form_pg_extension) GETSTRUCT(tuple))->extnamespace;
		*version = TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return schema;
}

/* Names in the search path play no part in it.  Without cxm all of it is InvalidOid. */
Extension
rollup_extension(FunctionCallInfo fcinfo)
{
	Extension extension = {.oid = get_extension_oid("cxm", true)};
	char     *version;

	if (OidIsValid(extension.oid))
		extension.schema = read_extension(extension.oid, &version);
	extension.trigger_function = find_trigger_function(fcinfo->flinfo->fn_oid);
	return extension;
}

/*
 * The functions of cxm 1.0.0, and those that its update has left, are no members of another
 * extension that could have another version.
 */
void
rollup_check_extension(FunctionCallInfo fcinfo, Extension extension)
{
	Oid   live = getExtensionOfObject(ProcedureRelationId, fcinfo->flinfo->fn_oid);
	char *version = NULL;
	char *live_version = NULL;

	if (!OidIsValid(extension.oid))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
		                errmsg("extension \"cxm\" does not exist")));
	if (!OidIsValid(extension.trigger_function))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
		                errmsg("function %s() does not exist", TRIGGER_FUNCTION),
		                errhint("CREATE EXTENSION cxm_live makes it.")));
	if (!OidIsValid(live) || live == extension.oid)
		return;
	read_extension(extension.oid, &version);
	read_extension(live, &live_version);
	Assert(version != NULL && live_version != NULL);
	if (strcmp(version, live_version) != 0)
		ereport(ERROR,
		        (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
		         errmsg("extension cxm has version %s, and cxm_live version %s", version,
		                live_version),
		         strcmp(version, CXM_VERSION) == 0 ? errhint("ALTER EXTENSION cxm_live UPDATE;")
		                                           : errhint("ALTER EXTENSION cxm UPDATE;")));
}
