@-- What an update from 1.0.0 does that does not follow from what the concepts are now: it moves,
@-- drops and alters. The concepts come after it, see expand.awk.
@since 2.0.0
\echo Use "ALTER EXTENSION cxm UPDATE" to load this file. \quit

--
-- Support functions move into a schema of their own. It comes first: an update that is refused has
-- done nothing.
--

@support_schema

-- What types, operators, casts and aggregates of ours call, but for readings that end an aggregate.
DO $$
DECLARE
	path text := pg_catalog.current_setting('search_path');
	support regprocedure;
BEGIN
	PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
	FOR support IN
		WITH member AS (
			SELECT classid, objid FROM pg_depend
			WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
				AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm')
		), called (caller, class, function) AS (
			SELECT oid, 'pg_type'::regclass,
				unnest(ARRAY[typinput, typoutput, typreceive, typsend]::oid[])
			FROM pg_type
			UNION ALL SELECT aggfnoid, 'pg_proc',
				unnest(ARRAY[aggtransfn, aggcombinefn, aggmtransfn, aggminvtransfn]::oid[])
			FROM pg_aggregate
			UNION ALL SELECT aggfnoid, 'pg_proc', aggfinalfn
			FROM pg_aggregate JOIN pg_proc p ON p.oid = aggfinalfn
			WHERE proname LIKE '%\_final'
			UNION ALL SELECT oid, 'pg_operator', oprcode FROM pg_operator
			UNION ALL SELECT oid, 'pg_cast', castfunc FROM pg_cast
			UNION ALL SELECT amprocfamily, 'pg_opfamily', amproc FROM pg_amproc
		)
		SELECT function FROM called
		WHERE (class, caller) IN (TABLE member)
			AND ('pg_proc'::regclass, function) IN (TABLE member)
		GROUP BY function
	LOOP
		EXECUTE format('ALTER FUNCTION %s SET SCHEMA cxm_internal', support);
	END LOOP;
	PERFORM set_config('search_path', path, true);
END
$$;

--
-- Live rollups are the extension cxm_live, which cannot be created from here. Where there are none,
-- their functions go. Else triggers call them: they are let go of, and cxm_live takes them over.
-- The event triggers go in any case: they are for those who ask for them.
--

DROP EVENT TRIGGER cxm_watch_tables;
DROP EVENT TRIGGER cxm_watch_drops;
DO $$
BEGIN
	DROP VIEW cxm_rollups;
	DROP FUNCTION cxm_maintain_rollup(), cxm_rollup_states(), cxm_watch_tables(),
		cxm_create_rollup(text, text, boolean), cxm_rebuild_rollup(text), cxm_verify_rollup(text),
		cxm_drop_rollup(text);
	DROP PROCEDURE cxm_compact_rollup(text);
EXCEPTION WHEN dependent_objects_still_exist THEN
	ALTER EXTENSION cxm DROP VIEW cxm_rollups;
	ALTER EXTENSION cxm DROP FUNCTION cxm_maintain_rollup();
	ALTER EXTENSION cxm DROP FUNCTION cxm_rollup_states();
	ALTER EXTENSION cxm DROP FUNCTION cxm_watch_tables();
	ALTER EXTENSION cxm DROP FUNCTION cxm_create_rollup(text, text, boolean);
	ALTER EXTENSION cxm DROP PROCEDURE cxm_compact_rollup(text);
	ALTER EXTENSION cxm DROP FUNCTION cxm_rebuild_rollup(text);
	ALTER EXTENSION cxm DROP FUNCTION cxm_verify_rollup(text);
	ALTER EXTENSION cxm DROP FUNCTION cxm_drop_rollup(text);
	RAISE WARNING 'live rollups are the extension cxm_live from version 2.0.0 on'
		USING DETAIL = 'Those that there are follow their tables as before, but not what becomes '
			'of their partitions.',
		HINT = 'As a superuser: CREATE EXTENSION cxm_live;';
END
$$;

--
-- Results with more columns. A column that holds one keeps it, without the new ones; a view goes on
-- to show what it showed.
--

ALTER TYPE test_result ADD ATTRIBUTE std_error double precision CASCADE;
COMMENT ON TYPE test_result IS
	'a difference of two figures: its interval, test statistic, two-sided p-value, standard error';

ALTER TYPE retention_step ADD ATTRIBUTE of_previous double precision CASCADE;

ALTER TYPE funnel_step ADD ATTRIBUTE of_first bigint CASCADE,
	ADD ATTRIBUTE of_previous bigint CASCADE,
	ADD ATTRIBUTE from_first_lower double precision CASCADE,
	ADD ATTRIBUTE from_first_upper double precision CASCADE,
	ADD ATTRIBUTE from_previous_lower double precision CASCADE,
	ADD ATTRIBUTE from_previous_upper double precision CASCADE,
	ADD ATTRIBUTE median_since_first interval CASCADE;

--
-- Answers need not be whole numbers: what returned integers stays for the views and tables that
-- have it, and others take the names.
--

ALTER TYPE answer_share SET SCHEMA cxm_internal;
ALTER TYPE cxm_internal.answer_share RENAME TO whole_answer_share;
ALTER FUNCTION distribution(rating_summary) SET SCHEMA cxm_internal;
ALTER FUNCTION valid_answer(double precision, text) SET SCHEMA cxm_internal;

--
-- Funnels: what becomes of an event that could be several steps, and of names such as 2:trial, is
-- another question without an argument that says so. Views and functions that ask it are listed.
--

DO $$
DECLARE
	caller text;
BEGIN
	FOR caller IN
		SELECT DISTINCT pg_catalog.pg_describe_object(
			CASE d.classid WHEN 'pg_catalog.pg_rewrite'::pg_catalog.regclass
				THEN 'pg_catalog.pg_class'::pg_catalog.regclass ELSE d.classid END,
			CASE d.classid WHEN 'pg_catalog.pg_rewrite'::pg_catalog.regclass
				THEN (SELECT ev_class FROM pg_catalog.pg_rewrite r WHERE r.oid = d.objid)
				ELSE d.objid END, 0)
		FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid
			JOIN pg_catalog.pg_depend member ON member.classid = d.refclassid
				AND member.objid = d.refobjid AND member.deptype = 'e'
			JOIN pg_catalog.pg_extension e ON e.oid = member.refobjid AND e.extname = 'cxm'
		WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'n'
			AND (p.proname = 'window_funnel' AND p.proargtypes[0] = 'interval'::pg_catalog.regtype
				OR p.proname = 'journey_agg' AND p.proargtypes[1] = 'text'::pg_catalog.regtype)
		ORDER BY 1
	LOOP
		RAISE WARNING '% may show other figures from now on', caller
			USING DETAIL = 'window_funnel without a mode counts each row once, and journey_agg '
				'of a text takes digits and a colon in front as part of the name.',
			HINT = 'As before it is window_funnel(''any'', ...), and journey_agg(at, '
				'stage::journey_stage) where stages have ranks.';
	END LOOP;
END
$$;
