-- live rollups: constraints on the deltas, settings of sessions, rights of others on the extension
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm_live CASCADE;
RESET client_min_messages;

--
-- Constraints that somebody has put on the deltas are errors, of one row as of two
--
CREATE TABLE answer (k integer, score integer);
SELECT cxm_create_rollup('kept', 'SELECT k, nps_agg(score) AS s FROM answer GROUP BY 1');
INSERT INTO answer VALUES (1, 10), (1, 9);
BEGIN;
ALTER TABLE kept_delta ALTER k SET NOT NULL;
SAVEPOINT s;
INSERT INTO answer VALUES (NULL, 10);
ROLLBACK TO s;
INSERT INTO answer VALUES (NULL, 10), (NULL, 9);
ROLLBACK;
BEGIN;
ALTER TABLE kept_delta ALTER added SET NOT NULL;
DELETE FROM answer WHERE score = 10;
ROLLBACK;
BEGIN;
UPDATE kept_delta SET compacted_at = now();
ALTER TABLE kept_delta ALTER compacted_at SET NOT NULL;
INSERT INTO answer VALUES (1, 10);
ROLLBACK;
BEGIN;
ALTER TABLE kept_delta ADD CHECK (k < 5);
INSERT INTO answer VALUES (5, 10);
ROLLBACK;
BEGIN;
CREATE TABLE whole (LIKE kept_delta) PARTITION BY LIST (k);
ALTER TABLE whole ATTACH PARTITION kept_delta FOR VALUES IN (1);
INSERT INTO answer VALUES (1, 8);
SAVEPOINT s;
INSERT INTO answer VALUES (2, 10);
ROLLBACK;
BEGIN;
ALTER TABLE kept_delta ADD note text NOT NULL DEFAULT 'x', ADD twice integer GENERATED ALWAYS AS (2 * k) STORED;
INSERT INTO answer VALUES (1, 8);
SELECT k, row_count, note, twice FROM kept_delta WHERE row_count = 1;
ROLLBACK;
INSERT INTO answer VALUES (1, 8);
SELECT k, responses(s) FROM kept;

--
-- One row is counted as several are: columns of other collations, on other places, or none
--
CREATE TABLE worded (gone integer, c text COLLATE "C", p text COLLATE "POSIX", n name, d text, v varchar(3),
	score integer) PARTITION BY LIST (d);
CREATE TABLE worded_x (score integer, d text, v varchar(3), gone integer, p text COLLATE "POSIX", n name,
	c text COLLATE "C");
ALTER TABLE worded DROP gone;
ALTER TABLE worded_x DROP gone;
ALTER TABLE worded ATTACH PARTITION worded_x FOR VALUES IN ('x', NULL);
SELECT cxm_create_rollup('of_words', $$SELECT length(c || p) AS cp, upper(c) AS c, p < 'b' AS p, lower(v) AS v, n, d,
	nps_agg(score) FILTER (WHERE c > 'A') AS s FROM worded WHERE d || 'x' = 'xx' GROUP BY 1, 2, 3, 4, 5, 6$$);
SELECT cxm_create_rollup('of_none', 'SELECT 1 AS k, nps_agg(7) AS s FROM worded GROUP BY 1');
INSERT INTO worded VALUES ('a', 'B', 'n', 'x', 'abc', 10);
INSERT INTO worded_x (c, p, n, d, v, score) VALUES ('a', 'B', 'n', 'x', 'abc', 9);
INSERT INTO worded VALUES ('a', NULL, NULL, NULL, NULL, 10);
INSERT INTO worded_x (c, p, n, d, v, score) VALUES ('A', 'c', 'n', 'x', 'abc', 9), ('a', 'c', 'n', 'x', NULL, 10);
DELETE FROM worded WHERE v IS NULL AND p = 'c';
DELETE FROM worded_x WHERE score = 9 AND p = 'c';
SELECT cp, c, p, v, n, d, responses(s) FROM of_words;
SELECT k, responses(s) FROM of_none;
SELECT * FROM cxm_verify_rollup('of_words');
SELECT * FROM cxm_verify_rollup('of_none');
SELECT cxm_drop_rollup('of_words'), cxm_drop_rollup('of_none');
DROP TABLE worded;

--
-- A statement within the statement that has its plan: triggers on the deltas
--
CREATE FUNCTION answer_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	CREATE OR REPLACE FUNCTION public.another() RETURNS integer LANGUAGE sql AS 'SELECT 1';
	IF pg_trigger_depth() < 6 THEN
		INSERT INTO public.answer VALUES (2, 10);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER again AFTER INSERT ON kept_delta FOR EACH ROW EXECUTE FUNCTION answer_again();
INSERT INTO answer VALUES (2, 9);
INSERT INTO answer VALUES (2, 9);
DROP TRIGGER again ON kept_delta;
DROP FUNCTION answer_again, another;
SELECT k, responses(s) FROM kept ORDER BY k;
SELECT * FROM cxm_verify_rollup('kept');

--
-- What a session remembers of triggers is bounded, and given back
--
CREATE FUNCTION remembered(OUT contexts bigint, OUT bytes bigint) LANGUAGE sql AS $$
	SELECT count(*), sum(total_bytes) FROM pg_backend_memory_contexts
	WHERE name IN ('SPI Plan', 'CachedPlan', 'CachedPlanSource', 'CachedPlanQuery')
$$;
CREATE TABLE many (k integer, score integer) PARTITION BY LIST (k);
DO $$ BEGIN FOR i IN 1 .. 400 LOOP
	EXECUTE format('CREATE TABLE many_%s PARTITION OF many FOR VALUES IN (%1$s)', i);
END LOOP; END $$;
SELECT cxm_create_rollup('of_many', 'SELECT k, nps_agg(score) AS s FROM many GROUP BY 1');
CREATE TABLE memory AS SELECT 'at first' AS at, * FROM remembered();
DO $$ BEGIN FOR i IN 1 .. 400 LOOP EXECUTE format('INSERT INTO many_%s VALUES (%1$s, 10)', i); END LOOP; END $$;
SELECT contexts - (SELECT contexts FROM memory) BETWEEN 256 AND 8 * 256 + 50 AS bounded FROM remembered();
SELECT * FROM cxm_verify_rollup('of_many');
SELECT cxm_drop_rollup('of_many');
SELECT contexts - (SELECT contexts FROM memory) < 50 AS given_back FROM remembered();
DROP TABLE many;
-- also in a transaction that makes functions all the time
BEGIN;
DELETE FROM memory;
INSERT INTO memory SELECT 'in a transaction', * FROM remembered();
DO $$ BEGIN FOR i IN 1 .. 300 LOOP
	CREATE OR REPLACE FUNCTION another() RETURNS integer LANGUAGE sql AS 'SELECT 1';
	EXECUTE 'INSERT INTO answer VALUES (3, 10), (3, 9)';
END LOOP; END $$;
SELECT contexts - (SELECT contexts FROM memory) < 100 AS bounded FROM remembered();
ROLLBACK;
DROP FUNCTION remembered;
DROP TABLE memory;
SELECT cxm_drop_rollup('kept');
DROP TABLE answer;

--
-- Settings: a row leaves the group that it came into, whatever the session has set
--
CREATE TABLE measured (id integer, x double precision, y real, b bytea, score integer);
INSERT INTO measured SELECT g, g / 3.0, g / 7.0, int4send(g * 16777213), g FROM generate_series(1, 6) g;
-- immutable by its owner's word alone
CREATE FUNCTION told(timestamptz) RETURNS text IMMUTABLE LANGUAGE plpgsql
	AS $$ BEGIN RETURN format('%s %s %s', $1, $1 - timestamptz '2026-01-01Z', date '2026-02-01'); END $$;
CREATE FUNCTION named(text) RETURNS text IMMUTABLE LANGUAGE plpgsql
	AS $$ BEGIN RETURN quote_ident($1); END $$;
SELECT cxm_create_rollup('by_text', $$
	SELECT x::text AS x, y::text AS y, b::text AS b, told('2026-03-01Z') AS told,
		nps_agg(score) AS s FROM measured GROUP BY 1, 2, 3, 4$$);
SELECT cxm_create_rollup('by_name', 'SELECT named(chr(96 + id)) AS n, nps_agg(score) AS s FROM measured GROUP BY 1');
CREATE PROCEDURE change(first integer) LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM measured WHERE id = first;
	UPDATE measured SET score = 10 - score WHERE id > 3;
	INSERT INTO measured VALUES (first + 10, first / 9.0, first / 11.0, int4send(first), 7);
	INSERT INTO measured VALUES (first + 20, first / 9.0, first / 11.0, int4send(first), 8),
		(first + 30, first / 19.0, first / 11.0, int4send(first), 9);
END
$$;
SET extra_float_digits = -5;
SET bytea_output = 'escape';
CALL change(1);
SET timezone = 'Asia/Kolkata';
SET datestyle = 'German';
SET intervalstyle = 'iso_8601';
SET quote_all_identifiers = on;
CALL change(2);
SELECT count(*) FROM cxm_verify_rollup('by_text');
SELECT count(*) FROM cxm_verify_rollup('by_name');
SELECT cxm_rebuild_rollup('by_text');
CALL change(3);
SELECT current_setting('extra_float_digits'), current_setting('bytea_output'),
	current_setting('timezone'), current_setting('datestyle'), current_setting('intervalstyle'),
	current_setting('quote_all_identifiers');
RESET extra_float_digits;
RESET bytea_output;
RESET timezone;
RESET datestyle;
RESET intervalstyle;
RESET quote_all_identifiers;
SELECT count(*) FROM cxm_verify_rollup('by_text');
SELECT count(*) FROM cxm_verify_rollup('by_name');
CALL change(4);
SELECT count(*) FROM cxm_verify_rollup('by_text');
SELECT count(*) AS groups, count(DISTINCT told) AS told FROM by_text;
SELECT cxm_drop_rollup('by_text'), cxm_drop_rollup('by_name');
DROP TABLE measured;
DROP PROCEDURE change;
DROP FUNCTION told, named;

--
-- Tables of Citus, by its catalog: a rollup of one is refused, and of one that it has taken over the problem is told
--
BEGIN;
SET LOCAL allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass NOT NULL, partmethod "char" NOT NULL);
RESET allow_system_table_mods;
CREATE TABLE spread (k integer, score integer);
SELECT cxm_create_rollup('of_spread', 'SELECT k, nps_agg(score) AS s FROM spread GROUP BY 1');
INSERT INTO pg_dist_partition VALUES ('pg_class', 'h');
SELECT problem FROM cxm_rollups WHERE name = 'of_spread';
INSERT INTO pg_dist_partition VALUES ('spread', 'h');
SELECT problem FROM cxm_rollups WHERE name = 'of_spread';
SELECT cxm_create_rollup('another', 'SELECT k, nps_agg(score) AS s FROM spread GROUP BY 1');
ROLLBACK;

--
-- The owner of a table adds partitions without any right on the extension
--
CREATE ROLE cxm_carrier;
CREATE ROLE cxm_reader;
CREATE SCHEMA cargo AUTHORIZATION cxm_carrier;
CREATE SCHEMA bi;
GRANT USAGE ON SCHEMA cargo, bi TO cxm_reader;
GRANT USAGE ON SCHEMA bi TO cxm_carrier;
DROP EXTENSION cxm_live, cxm;
CREATE SCHEMA metrics;
CREATE EXTENSION cxm SCHEMA metrics;
CREATE EXTENSION cxm_live SCHEMA metrics;
REVOKE ALL ON FUNCTION cxm_internal.cxm_maintain_rollup, cxm_internal.cxm_watch_tables FROM PUBLIC;
SET ROLE cxm_carrier;
CREATE TABLE cargo.reply (k integer, score integer) PARTITION BY LIST (k);
CREATE TABLE cargo.reply_1 PARTITION OF cargo.reply FOR VALUES IN (1);
RESET ROLE;
SELECT metrics.cxm_create_rollup('bi.r', 'SELECT k, metrics.nps_agg(score) AS s FROM cargo.reply GROUP BY 1');
SET ROLE cxm_carrier;
CREATE TABLE cargo.reply_2 PARTITION OF cargo.reply FOR VALUES IN (2);
CREATE TABLE cargo.reply_3 (LIKE cargo.reply);
ALTER TABLE cargo.reply ATTACH PARTITION cargo.reply_3 FOR VALUES IN (3);
INSERT INTO cargo.reply VALUES (1, 10), (2, 10), (2, 0), (3, 9);
INSERT INTO cargo.reply_2 VALUES (2, 10);
RESET ROLE;
SELECT tgname, tgrelid::regclass, tgisinternal FROM pg_trigger WHERE tgrelid IN ('cargo.reply_2'::regclass, 'cargo.reply_1'::regclass)
ORDER BY 2, 1;
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid IN ('cargo.reply_2'::regclass, 'cargo.reply'::regclass) ORDER BY 1;
SELECT k, metrics.responses(s) FROM bi.r ORDER BY k;
SELECT problem FROM metrics.cxm_rollups;
SELECT metrics.cxm_rebuild_rollup('bi.r');
SELECT problem FROM metrics.cxm_rollups;
-- whoever may make no triggers on a table makes none this way
GRANT CREATE ON SCHEMA bi TO cxm_reader;
GRANT USAGE ON SCHEMA metrics TO cxm_reader;
GRANT SELECT ON cargo.reply TO cxm_reader;
GRANT TRIGGER ON cargo.reply TO cxm_reader;
SET ROLE cxm_reader;
SELECT metrics.cxm_create_rollup('bi.other', 'SELECT k, metrics.nps_agg(score) AS s FROM cargo.reply GROUP BY 1');

--
-- cxm_rollups shows what one may read
--
SELECT name, problem FROM metrics.cxm_rollups;
RESET ROLE;
GRANT SELECT ON bi.r TO cxm_reader;
SET ROLE cxm_reader;
SELECT name, problem FROM metrics.cxm_rollups;
RESET ROLE;
REVOKE SELECT ON bi.r FROM cxm_reader;
GRANT SELECT ON bi.r_delta TO cxm_reader;
SET ROLE cxm_reader;
SELECT name, problem FROM metrics.cxm_rollups;
RESET ROLE;
REVOKE SELECT ON bi.r_delta FROM cxm_reader;
ALTER TABLE bi.r_delta OWNER TO cxm_carrier;
GRANT cxm_carrier TO cxm_reader;
SET ROLE cxm_reader;
SELECT name, problem FROM metrics.cxm_rollups;
RESET ROLE;
-- of one without relations the owner of its table is told
ALTER VIEW bi.r RENAME TO a;
ALTER VIEW bi.r_source RENAME TO b;
ALTER TABLE bi.r_delta RENAME TO c;
REVOKE cxm_carrier FROM cxm_reader;
SET ROLE cxm_reader;
SELECT name, problem FROM metrics.cxm_rollups;
RESET ROLE;
GRANT USAGE ON SCHEMA metrics TO cxm_carrier;
SET ROLE cxm_carrier;
SELECT name, base, keys, problem FROM metrics.cxm_rollups;
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA cargo, bi CASCADE;
DROP SCHEMA metrics CASCADE;
RESET client_min_messages;
DROP OWNED BY cxm_carrier, cxm_reader;
DROP ROLE cxm_carrier, cxm_reader;
