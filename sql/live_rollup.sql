--
-- live_rollup: rollups that keep themselves
--

CREATE FUNCTION cxm_maintain_rollup() RETURNS trigger
	AS 'MODULE_PATHNAME', 'cxm_maintain_rollup' LANGUAGE C;
COMMENT ON FUNCTION cxm_maintain_rollup() IS
	'appends the changes of a statement to the deltas of a live rollup';

CREATE FUNCTION cxm_create_rollup(name text, query text, with_data boolean DEFAULT true)
	RETURNS bigint
	AS 'MODULE_PATHNAME', 'cxm_create_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_create_rollup(text, text, boolean) IS
	'makes a live rollup of a query, a view that keeps itself; returns how many groups it has';

CREATE PROCEDURE cxm_compact_rollup(name text)
	AS 'MODULE_PATHNAME', 'cxm_compact_rollup' LANGUAGE C;
COMMENT ON PROCEDURE cxm_compact_rollup(text) IS
	'folds the deltas of a live rollup into one row for each group';

CREATE FUNCTION cxm_rebuild_rollup(name text) RETURNS bigint
	AS 'MODULE_PATHNAME', 'cxm_rebuild_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_rebuild_rollup(text) IS
	'computes a live rollup anew from its base table; returns how many groups it has';

CREATE FUNCTION cxm_verify_rollup(
	name text, OUT key jsonb, OUT expected jsonb, OUT added jsonb, OUT removed jsonb
) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'cxm_verify_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_verify_rollup(text) IS
	'the groups of a live rollup that differ from what its base table says';

CREATE FUNCTION cxm_drop_rollup(name text) RETURNS void
	AS 'MODULE_PATHNAME', 'cxm_drop_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_drop_rollup(text) IS
	'drops a live rollup with its triggers, or what is left of it';

CREATE FUNCTION cxm_rollup_states(
	OUT schema text, OUT name text, OUT base regclass, OUT keys text[], OUT summaries text[],
	OUT deltas bigint, OUT last_compaction timestamptz, OUT bytes bigint, OUT problem text
) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'cxm_rollup_states' LANGUAGE C STABLE;
COMMENT ON FUNCTION cxm_rollup_states() IS
	'every live rollup, as its triggers tell: what cxm_rollups shows';

CREATE VIEW cxm_rollups AS SELECT * FROM cxm_rollup_states();
COMMENT ON VIEW cxm_rollups IS
	'every live rollup: base table, columns, deltas not yet folded, size, what is wrong with it';
GRANT SELECT ON cxm_rollups TO PUBLIC;

CREATE FUNCTION cxm_watch_tables() RETURNS event_trigger
	AS 'MODULE_PATHNAME', 'cxm_watch_tables' LANGUAGE C;
COMMENT ON FUNCTION cxm_watch_tables() IS
	'gives new partitions the triggers of live rollups, and warns where a change makes one wrong';

CREATE EVENT TRIGGER cxm_watch_tables ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE', 'CREATE FOREIGN TABLE', 'CREATE SCHEMA', 'ALTER TABLE')
	EXECUTE FUNCTION cxm_watch_tables();
COMMENT ON EVENT TRIGGER cxm_watch_tables IS
	'gives new partitions the triggers of live rollups, and warns where a change makes one wrong';

CREATE EVENT TRIGGER cxm_watch_drops ON sql_drop
	WHEN TAG IN ('DROP TABLE', 'DROP TRIGGER', 'DROP SCHEMA', 'DROP OWNED')
	EXECUTE FUNCTION cxm_watch_tables();
COMMENT ON EVENT TRIGGER cxm_watch_drops IS
	'warns where a partition is dropped of which a live rollup counts the rows';
