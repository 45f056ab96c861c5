\echo Use "CREATE EXTENSION cxm_live" to load this file. \quit

--
-- The two extensions share a library and must be of one version, of which "requires" knows nothing
--

DO $$
DECLARE
	cxm text := (SELECT extversion FROM pg_catalog.pg_extension
		WHERE extname OPERATOR(pg_catalog.=) 'cxm');
	live text := (SELECT extversion FROM pg_catalog.pg_extension
		WHERE extname OPERATOR(pg_catalog.=) 'cxm_live');
BEGIN
	IF cxm OPERATOR(pg_catalog.<>) live THEN
		RAISE EXCEPTION 'extension cxm has version %, and cxm_live needs version %', cxm, live
			USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = 'ALTER EXTENSION cxm UPDATE;';
	END IF;
END
$$;

--
-- In 1.0.0 live rollups were a part of cxm, whose update lets go of the functions that triggers
-- call, and of the others with them. They become members, and what follows makes them what they are
-- in a new installation. Others may have been made under these names: taken over is only what the
-- first superuser or this one has, and where a function is ours, which takes a superuser to make.
--

DO $$
DECLARE
	path text := pg_catalog.current_setting('search_path');
	taken record;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	FOR taken IN
		WITH wanted (name, arguments, home) AS (
			VALUES ('cxm_maintain_rollup', '', 'cxm_internal'::regnamespace),
				('cxm_rollup_states', '', 'cxm_internal'),
				('cxm_watch_tables', '', 'cxm_internal'),
				('cxm_create_rollup', 'text, text, boolean', '@extschema@'),
				('cxm_compact_rollup', 'text', '@extschema@'),
				('cxm_rebuild_rollup', 'text', '@extschema@'),
				('cxm_verify_rollup', 'text', '@extschema@'),
				('cxm_drop_rollup', 'text', '@extschema@')
		), routine AS (
			SELECT 'ROUTINE' AS kind, p.oid::regprocedure::text AS object, name, home,
				pronamespace AS place, proowner AS owner,
				(lanname, probin, prosrc) = ('c', 'MODULE_PATHNAME', name) AS is_ours
			FROM wanted JOIN pg_proc p ON proname = name
					AND oidvectortypes(proargtypes) = arguments
				JOIN pg_language l ON l.oid = prolang
			WHERE NOT EXISTS (SELECT FROM pg_depend WHERE deptype = 'e'
				AND (classid, objid) = ('pg_proc'::regclass, p.oid))
		), candidate AS (
			TABLE routine
			UNION ALL
			SELECT 'VIEW', c.oid::regclass::text, relname, '@extschema@', relnamespace, relowner,
				EXISTS (SELECT FROM routine WHERE name = 'cxm_rollup_states'
					AND place = relnamespace AND is_ours)
			FROM pg_class c WHERE relname = 'cxm_rollups' AND relkind = 'v'
		)
		SELECT *, is_ours AND owner IN (10, (SELECT oid FROM pg_authid
			WHERE rolname = current_user)) AS may_be_taken
		FROM candidate WHERE is_ours OR place = home
		ORDER BY may_be_taken
	LOOP
		IF NOT taken.may_be_taken THEN
			RAISE EXCEPTION '% % is in the way', lower(taken.kind), taken.object
				USING ERRCODE = 'duplicate_object', DETAIL = CASE WHEN taken.is_ours
					THEN format('Its owner is %s, who may change it.', taken.owner::regrole)
					ELSE 'It is not what the update of cxm 1.0.0 has left.' END,
				HINT = CASE WHEN taken.is_ours
					THEN format('Where it is what the update of cxm 1.0.0 has left: '
						'ALTER %s %s OWNER TO %s;', taken.kind, taken.object, 10::regrole)
					ELSE 'Rename or drop it, or choose another schema.' END;
		END IF;
		EXECUTE format('ALTER EXTENSION cxm_live ADD %s %s', taken.kind, taken.object);
		IF taken.place <> taken.home THEN
			EXECUTE format('ALTER %s %s SET SCHEMA %s', taken.kind, taken.object, taken.home);
		END IF;
	END LOOP;
	PERFORM set_config('search_path', path, true);
END
$$;

