-- The beginning of an adapter's install.sql. What it takes are psql variables:
--
--     system, product     set by install.sql: the name of the folder, and the version that was read
--     schema              set by the user: where the views go; else cx_<system>
--     source              set by the user: where the tables of the system are; else public
--
-- It opens the transaction that end.sql commits. From here on the search path has the adapter's
-- schema first, so that CREATE makes things there, then the system's tables, then cxm. Nothing of
-- the session has a say.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?schema}
\else
	\set schema 'cx_' :system
\endif
\if :{?source}
\else
	\set source public
\endif

BEGIN;

SELECT set_config('client_min_messages', 'warning', true),
	   set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
	   set_config('IntervalStyle', 'postgres', true),
	   set_config('adapter.system', :'system', true),
	   set_config('adapter.product', :'product', true),
	   set_config('adapter.schema', :'schema', true), set_config('adapter.source', :'source', true)
\gset adapter_

-- The schema is made, and marked by its comment, or it is one that was made for the same system.
DO $$
DECLARE
	adapter text := current_setting('adapter.system');
	home text := current_setting('adapter.schema');
	source text := current_setting('adapter.source');
	extension regnamespace;
	mark text;
BEGIN
	SELECT extnamespace INTO extension FROM pg_catalog.pg_extension WHERE extname = 'cxm';
	IF extension IS NULL THEN
		RAISE 'the adapters need the extension cxm'
			USING ERRCODE = 'undefined_object', HINT = 'CREATE EXTENSION cxm;';
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = source) THEN
		RAISE 'there is no schema "%" to read from', source
			USING ERRCODE = 'invalid_schema_name',
				HINT = 'psql -v source=NAME names the schema that holds the tables of the system.';
	END IF;

	SELECT coalesce(pg_catalog.obj_description(oid, 'pg_namespace'), '') INTO mark
	FROM pg_catalog.pg_namespace WHERE nspname = home;
	IF mark IS NULL THEN
		EXECUTE format('CREATE SCHEMA %I', home);
	ELSIF split_part(mark, ' ', 1) <> 'cxm-adapter'
		OR rtrim(split_part(mark, ' ', 2), ':') <> adapter
	THEN
		RAISE 'the schema "%" is not one that the adapter for % has made', home, adapter
			USING ERRCODE = 'duplicate_schema',
				HINT = 'psql -v schema=NAME names another one for the views.';
	END IF;
	EXECUTE format('COMMENT ON SCHEMA %I IS %L', home,
		format('cxm-adapter %s: the standard relations of cxm over the schema %s. Written for %s.',
			adapter, source, current_setting('adapter.product')));

	PERFORM set_config('search_path',
		format('%I, %I, %I, pg_temp', home, source, extension::text), true);
END $$;

-- What the adapter reads: a row for each table, with its columns, blanks between them.
CREATE TEMP TABLE needed (relation text, columns text) ON COMMIT DROP;

-- Some columns came with a later version of the system. An adapter that does without asks, also
-- before it says what it needs:
--     SELECT pg_temp.has_column('applied_slas', 'completed_at') AS has_completed_at \gset
CREATE OR REPLACE FUNCTION pg_temp.has_column(relation text, name text) RETURNS boolean
RETURN EXISTS (
	SELECT FROM pg_catalog.pg_attribute
	WHERE attrelid = pg_catalog.to_regclass(
			  format('%I.%I', current_setting('adapter.source'), relation))
	  AND attname = name AND attnum > 0 AND NOT attisdropped);
