-- Drops the schema of an adapter, and no other one. The psql variables are those of begin.sql.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?schema}
\else
	\set schema 'cx_' :system
\endif

BEGIN;

SELECT set_config('client_min_messages', 'warning', true),
	   set_config('adapter.system', :'system', true), set_config('adapter.schema', :'schema', true)
\gset adapter_

DO $$
DECLARE
	adapter text := current_setting('adapter.system');
	home text := current_setting('adapter.schema');
	mark text;
	others text;
BEGIN
	SELECT coalesce(pg_catalog.obj_description(oid, 'pg_namespace'), '') INTO mark
	FROM pg_catalog.pg_namespace WHERE nspname = home;
	IF mark IS NULL OR split_part(mark, ' ', 1) <> 'cxm-adapter'
		OR rtrim(split_part(mark, ' ', 2), ':') <> adapter
	THEN
		RAISE 'the schema "%" is not one that the adapter for % has made', home, adapter
			USING ERRCODE = 'invalid_schema_name',
				HINT = 'psql -v schema=NAME names the schema of the views.';
	END IF;

	-- Views of others that read these would go with them.
	SELECT string_agg(DISTINCT r.ev_class::regclass::text, ', ') INTO others
	FROM pg_catalog.pg_depend AS d
	JOIN pg_catalog.pg_class AS ours ON d.refclassid = 'pg_catalog.pg_class'::regclass
		AND ours.oid = d.refobjid AND ours.relnamespace = home::regnamespace
	JOIN pg_catalog.pg_rewrite AS r ON d.classid = 'pg_catalog.pg_rewrite'::regclass
		AND r.oid = d.objid
	JOIN pg_catalog.pg_class AS theirs ON theirs.oid = r.ev_class
		AND theirs.relnamespace <> home::regnamespace;
	IF others IS NOT NULL THEN
		RAISE 'the schema "%" is read by %', home, others
			USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Drop these first.';
	END IF;
	EXECUTE format('DROP SCHEMA %I CASCADE', home);
END $$;

COMMIT;
