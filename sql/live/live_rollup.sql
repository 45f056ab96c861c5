--
-- live_rollup: rollups that keep themselves
--

CREATE OR REPLACE FUNCTION cxm_internal.cxm_maintain_rollup() RETURNS trigger
	AS 'MODULE_PATHNAME', 'cxm_maintain_rollup' LANGUAGE C;
COMMENT ON FUNCTION cxm_internal.cxm_maintain_rollup() IS
	'appends the changes of a statement to the deltas of a live rollup';

-- What rollups lack: written by triggers without rights of anybody's, and dumped.
CREATE TABLE cxm_internal.cxm_rollup_marks (
	schema text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	reason text NOT NULL,
	skipped bigint,
	at timestamptz NOT NULL
);
CREATE INDEX cxm_rollup_marks_schema_name ON cxm_internal.cxm_rollup_marks (schema, name);
ALTER TABLE cxm_internal.cxm_rollup_marks REPLICA IDENTITY FULL;
COMMENT ON TABLE cxm_internal.cxm_rollup_marks IS
	'rows that a live rollup leaves out, by reason; skipped is NULL where it lacks changes';
SELECT pg_catalog.pg_extension_config_dump('cxm_internal.cxm_rollup_marks', '');

CREATE FUNCTION cxm_internal.cxm_check_mark() RETURNS trigger
	AS 'MODULE_PATHNAME', 'cxm_check_mark' LANGUAGE C;
COMMENT ON FUNCTION cxm_internal.cxm_check_mark() IS
	'lets owners alone restore what their live rollups lack';
CREATE TRIGGER cxm_check_mark BEFORE INSERT ON cxm_internal.cxm_rollup_marks
	FOR EACH ROW EXECUTE FUNCTION cxm_internal.cxm_check_mark();
GRANT SELECT, INSERT ON cxm_internal.cxm_rollup_marks TO PUBLIC; -- for pg_dump and pg_restore

CREATE FUNCTION cxm_internal.cxm_rollup_is_whole(schema text, name text) RETURNS boolean
	AS 'MODULE_PATHNAME', 'cxm_rollup_is_whole' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.cxm_rollup_is_whole(text, text) IS
	'true, or an error where a live rollup lacks changes: its view asks before it is read';

-- That of 1.0.0 cannot be told from a call of this one without its last argument.
DROP FUNCTION IF EXISTS cxm_create_rollup(text, text, boolean);
CREATE FUNCTION cxm_create_rollup(name text, query text, with_data boolean DEFAULT true,
	on_error text DEFAULT 'skip') RETURNS bigint
	AS 'MODULE_PATHNAME', 'cxm_create_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_create_rollup(text, text, boolean, text) IS
	'makes a live rollup of a query, a view that keeps itself; returns how many groups it has';

CREATE OR REPLACE PROCEDURE cxm_compact_rollup(name text)
	AS 'MODULE_PATHNAME', 'cxm_compact_rollup' LANGUAGE C;
COMMENT ON PROCEDURE cxm_compact_rollup(text) IS
	'folds the deltas of a live rollup into one row for each group';

CREATE OR REPLACE FUNCTION cxm_rebuild_rollup(name text) RETURNS bigint
	AS 'MODULE_PATHNAME', 'cxm_rebuild_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_rebuild_rollup(text) IS
	'computes a live rollup anew from its base table; returns how many groups it has';

CREATE OR REPLACE FUNCTION cxm_verify_rollup(
	name text, OUT key jsonb, OUT expected jsonb, OUT added jsonb, OUT removed jsonb
) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'cxm_verify_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_verify_rollup(text) IS
	'the groups of a live rollup that differ from what its base table says';

CREATE OR REPLACE FUNCTION cxm_drop_rollup(name text) RETURNS void
	AS 'MODULE_PATHNAME', 'cxm_drop_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_drop_rollup(text) IS
	'drops a live rollup with its triggers, or what is left of it';

CREATE FUNCTION cxm_detach_partition(rollup text, partition regclass) RETURNS void
	AS 'MODULE_PATHNAME', 'cxm_detach_partition' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_detach_partition(text, regclass) IS
	'detaches a partition and takes its rows out of the live rollups that count it';

CREATE FUNCTION cxm_internal.cxm_rollup_list(
	OUT schema text, OUT name text, OUT base regclass, OUT keys text[], OUT summaries text[],
	OUT deltas bigint, OUT last_compaction timestamptz, OUT bytes bigint, OUT problem text,
	OUT skipped bigint
) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'cxm_rollup_states' LANGUAGE C STABLE;
COMMENT ON FUNCTION cxm_internal.cxm_rollup_list() IS
	'the live rollups that one may read, as their triggers tell: what cxm_rollups shows';

CREATE OR REPLACE VIEW cxm_rollups AS SELECT * FROM cxm_internal.cxm_rollup_list();
DROP FUNCTION IF EXISTS cxm_internal.cxm_rollup_states();
COMMENT ON VIEW cxm_rollups IS
	'the live rollups that one may read: base table, columns, deltas, size, problem, rows left out';
GRANT SELECT ON cxm_rollups TO PUBLIC;

CREATE OR REPLACE FUNCTION cxm_internal.cxm_watch_tables() RETURNS event_trigger
	AS 'MODULE_PATHNAME', 'cxm_watch_tables' LANGUAGE C;
COMMENT ON FUNCTION cxm_internal.cxm_watch_tables() IS
	'gives new partitions the triggers of live rollups, and tells what a change does to a rollup';

CREATE EVENT TRIGGER cxm_watch_tables ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE', 'CREATE FOREIGN TABLE', 'CREATE SCHEMA', 'CREATE VIEW',
		'CREATE TRIGGER', 'CREATE RULE', 'ALTER TABLE')
	EXECUTE FUNCTION cxm_internal.cxm_watch_tables();
COMMENT ON EVENT TRIGGER cxm_watch_tables IS
	'gives new partitions the triggers of live rollups, and warns where a change makes one wrong';

CREATE EVENT TRIGGER cxm_watch_drops ON sql_drop
	EXECUTE FUNCTION cxm_internal.cxm_watch_tables();
COMMENT ON EVENT TRIGGER cxm_watch_drops IS
	'takes triggers of live rollups away with these, and warns where one counts what is dropped';

-- Where summaries lie, for whoever has to prove that somebody is in none of them any more; and of
-- live rollups the columns that say who is.

CREATE VIEW cxm_summaries AS
	WITH RECURSIVE part (type, whole) AS (
		SELECT typelem, oid FROM pg_catalog.pg_type WHERE typelem <> 0
		UNION ALL
		SELECT typbasetype, oid FROM pg_catalog.pg_type WHERE typbasetype <> 0
		UNION ALL
		SELECT rngsubtype, unnest(ARRAY[rngtypid, rngmultitypid]) FROM pg_catalog.pg_range
		UNION ALL
		SELECT atttypid, reltype FROM pg_catalog.pg_attribute
			JOIN pg_catalog.pg_class c ON c.oid = attrelid
		WHERE attnum > 0 AND reltype <> 0
	), holder (type) AS (
		SELECT objid FROM pg_catalog.pg_depend
		WHERE classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND deptype = 'e'
			AND refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
			AND refobjid = (SELECT oid FROM pg_catalog.pg_extension WHERE extname = 'cxm')
		UNION
		SELECT whole FROM holder JOIN part USING (type)
	)
	SELECT c.oid::pg_catalog.regclass AS relation, attname AS column_name,
		pg_catalog.format_type(atttypid, atttypmod) AS type,
		CASE WHEN r.name IS NOT NULL THEN 'live rollup' WHEN relkind = 'm' THEN 'materialized view'
			WHEN relkind = 'f' THEN 'foreign table' ELSE 'table' END AS kind,
		CASE WHEN relkind <> 'f' THEN pg_catalog.pg_total_relation_size(c.oid) END AS bytes,
		r.name IS NOT NULL AND problem IS NULL AS follows_source
	FROM pg_catalog.pg_attribute
		JOIN pg_catalog.pg_class c ON c.oid = attrelid
		JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
		LEFT JOIN cxm_rollups r ON schema = nspname AND relname = name || '_delta'
	WHERE relkind IN ('r', 'm', 'f') AND attnum > 0 AND NOT attisdropped
		AND (atttypid IN (SELECT type FROM holder)
			OR r.name IS NOT NULL AND attname ~ '^(join|distinct)_[0-9]+$');
COMMENT ON VIEW cxm_summaries IS
	'the columns that hold values of cxm: where, how large, whether they follow a table';
GRANT SELECT ON cxm_summaries TO PUBLIC;
