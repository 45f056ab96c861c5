-- live rollups: what their owners, the owners of their tables and strangers do to them
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
RESET client_min_messages;
CREATE ROLE cxm_keeper;
CREATE ROLE cxm_writer;
CREATE ROLE cxm_analyst;
CREATE ROLE cxm_stranger;
CREATE SCHEMA shop AUTHORIZATION cxm_keeper;
CREATE SCHEMA lab AUTHORIZATION cxm_analyst;
CREATE SCHEMA den AUTHORIZATION cxm_stranger;
SET ROLE cxm_keeper;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
CREATE TABLE shop.reply (region text, score integer, secret text) PARTITION BY LIST (region);
CREATE TABLE shop.reply_north PARTITION OF shop.reply FOR VALUES IN ('north');
CREATE TABLE shop.reply_rest PARTITION OF shop.reply FOR VALUES IN ('south', 'west');
GRANT INSERT, DELETE, SELECT ON shop.reply TO cxm_writer;
GRANT SELECT, TRIGGER ON shop.reply, shop.reply_north, shop.reply_rest TO cxm_analyst;
INSERT INTO shop.reply VALUES ('north', 10), ('south', 3), ('west', 7);
CREATE TABLE shop.other (region text, score integer);
GRANT SELECT ON shop.other TO cxm_analyst;

--
-- Without data one must be entitled to the data, too
--
REVOKE SELECT ON shop.reply FROM cxm_analyst;
GRANT SELECT (region) ON shop.reply TO cxm_analyst;
SET ROLE cxm_analyst;
SELECT cxm_create_rollup('lab.r',
	'SELECT region, nps_agg(score) AS s FROM shop.reply GROUP BY 1', with_data => false);
SELECT cxm_create_rollup('lab.r',
	'SELECT region, nps_agg(score) AS s FROM shop.reply GROUP BY 1');
SET ROLE cxm_keeper;
REVOKE SELECT (region) ON shop.reply FROM cxm_analyst;
SET ROLE cxm_analyst;
SELECT cxm_create_rollup('lab.r',
	'SELECT 1 AS k, nps_agg(7) AS s FROM shop.reply GROUP BY 1', with_data => false);
SET ROLE cxm_keeper;
GRANT SELECT (region, score) ON shop.reply TO cxm_analyst;
SET ROLE cxm_analyst;
SELECT cxm_create_rollup('lab.r',
	'SELECT 1 AS k, nps_agg(7) AS s FROM shop.reply GROUP BY 1', with_data => false);
SELECT cxm_drop_rollup('lab.r');
SELECT cxm_create_rollup('lab.r',
	'SELECT region, nps_agg(score) AS s FROM shop.reply GROUP BY 1', with_data => false);
SELECT cxm_rebuild_rollup('lab.r');

--
-- Row-level security that comes later: no row that its owner may not see reaches the rollup
--
SET ROLE cxm_keeper;
ALTER TABLE shop.reply ENABLE ROW LEVEL SECURITY;
INSERT INTO shop.reply VALUES ('north', 1);
DELETE FROM shop.reply WHERE region = 'south';
CREATE POLICY for_writers ON shop.reply TO cxm_writer USING (true);
SET ROLE cxm_writer;
INSERT INTO shop.reply VALUES ('north', 1), ('south', 1);
INSERT INTO shop.reply SELECT 'north', 1 WHERE false;
RESET ROLE;
INSERT INTO shop.reply VALUES ('north', 1);
TRUNCATE shop.reply_north;
SELECT region, responses(s) FROM lab.r ORDER BY 1;
SELECT name, problem FROM cxm_rollups;
-- who bypasses it is given them
ALTER ROLE cxm_analyst BYPASSRLS;
INSERT INTO shop.reply VALUES ('north', 1);
ALTER ROLE cxm_analyst NOBYPASSRLS;
INSERT INTO shop.reply VALUES ('north', 1);
SET ROLE cxm_keeper;
ALTER TABLE shop.reply DISABLE ROW LEVEL SECURITY;
INSERT INTO shop.reply VALUES ('south', 2);
-- that of a partition is not asked by who reads the whole; but TRUNCATE reads the partition
ALTER TABLE shop.reply_north ENABLE ROW LEVEL SECURITY;
INSERT INTO shop.reply VALUES ('north', 2);
TRUNCATE shop.reply_north;
ALTER TABLE shop.reply_north DISABLE ROW LEVEL SECURITY;
SET ROLE cxm_analyst;
SELECT region, responses(s) FROM lab.r ORDER BY 1;
SELECT * FROM cxm_verify_rollup('lab.r');
SELECT problem FROM cxm_rollups;

--
-- Whatever its owner makes of a rollup, everybody can list the rollups
--
BEGIN;
SAVEPOINT s;
CREATE OR REPLACE VIEW lab.r_source AS SELECT r.region, nps_agg(r.score) AS s,
	count(*) AS row_count FROM shop.reply r, shop.other GROUP BY 1;
SELECT name, base, keys, summaries, problem FROM cxm_rollups;
ROLLBACK TO s;
CREATE OR REPLACE VIEW lab.r_source AS SELECT region, nps_agg(score) AS s,
	count(*) AS row_count FROM (TABLE shop.other) AS t GROUP BY 1;
SELECT problem FROM cxm_rollups;
ROLLBACK TO s;
CREATE OR REPLACE VIEW lab.r_source AS SELECT region, nps_agg(score) AS s,
	count(*) AS row_count FROM shop.reply WHERE score IN (SELECT score FROM shop.other) GROUP BY 1;
SELECT problem FROM cxm_rollups;
ROLLBACK TO s;
CREATE OR REPLACE VIEW lab.r_source AS SELECT max(region) AS region, nps_agg(score) AS s,
	count(*) AS row_count FROM shop.reply;
SELECT problem FROM cxm_rollups;
ROLLBACK TO s;
CREATE OR REPLACE VIEW lab.r_source AS SELECT random()::text AS region, nps_agg(score) AS s,
	count(*) AS row_count FROM shop.reply GROUP BY 1;
SELECT problem FROM cxm_rollups;
ROLLBACK TO s;
CREATE OR REPLACE VIEW lab.r_source AS SELECT 'x'::text AS region, NULL::rating_summary AS s,
	7::bigint AS row_count;
SELECT problem FROM cxm_rollups;
ROLLBACK TO s;
CREATE OR REPLACE VIEW lab.r_source AS SELECT region, nps_agg(score) AS s,
	count(*) AS row_count, nps_agg(score + 0) AS t FROM shop.reply GROUP BY 1;
SELECT summaries, problem FROM cxm_rollups;
ROLLBACK TO s;
CREATE OR REPLACE VIEW lab.r_source AS SELECT region, nps_agg(score) AS s,
	count(*) AS row_count FROM shop.other GROUP BY 1;
SELECT problem FROM cxm_rollups;
ROLLBACK TO s;
ALTER TABLE lab.r_delta FORCE ROW LEVEL SECURITY;
ALTER TABLE lab.r_delta ENABLE ROW LEVEL SECURITY;
SELECT problem FROM cxm_rollups;
ROLLBACK TO s;
CREATE RULE lost AS ON INSERT TO lab.r_delta DO INSTEAD NOTHING;
SELECT problem FROM cxm_rollups;
ROLLBACK TO s;
ALTER TABLE lab.r_delta RENAME TO elsewhere;
CREATE VIEW lab.r_delta AS TABLE lab.elsewhere;
SELECT problem FROM cxm_rollups;
ROLLBACK TO s;
ALTER VIEW lab.r RENAME TO elsewhere;
CREATE TABLE lab.r ();
SELECT problem FROM cxm_rollups;
ROLLBACK;
-- and so they can where it may not be read by its owner
SET ROLE cxm_keeper;
REVOKE SELECT (score) ON shop.reply FROM cxm_analyst;
SET ROLE cxm_stranger;
SELECT problem FROM cxm_rollups;
RESET ROLE;
INSERT INTO shop.reply VALUES ('north', 1);
GRANT SELECT (score) ON shop.reply TO cxm_analyst;
SELECT problem FROM cxm_rollups;

--
-- Dropping what is left of a rollup, and nothing else
--
SET ROLE cxm_stranger;
SELECT cxm_drop_rollup('lab.r');
SET ROLE cxm_analyst;
BEGIN;
ALTER TABLE lab.r_delta RENAME TO elsewhere;
CREATE VIEW lab.r_delta AS SELECT 1 AS one;
INSERT INTO lab.elsewhere (region, row_count) VALUES ('kept', 1);
SELECT cxm_drop_rollup('lab.r');
SELECT relname, relkind FROM pg_class WHERE relnamespace = 'lab'::regnamespace AND relkind IN ('r', 'v')
ORDER BY 1;
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'lab%';
SELECT cxm_drop_rollup('lab.r');
ROLLBACK;
BEGIN;
ALTER VIEW lab.r RENAME TO elsewhere;
CREATE TABLE lab.r (mine integer);
SAVEPOINT s;
SELECT cxm_drop_rollup('lab.r');
ROLLBACK TO s;
DROP VIEW lab.elsewhere;
SELECT cxm_drop_rollup('lab.r');
SELECT relname, relkind FROM pg_class WHERE relnamespace = 'lab'::regnamespace AND relkind IN ('r', 'v');
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'lab%';
ROLLBACK;
BEGIN;
DROP VIEW lab.r, lab.r_source;
CREATE TABLE lab.r_source (mine integer);
SELECT cxm_drop_rollup('lab.r');
SELECT relname, relkind FROM pg_class WHERE relnamespace = 'lab'::regnamespace AND relkind IN ('r', 'v');
ROLLBACK;
-- of the triggers too, and where only these are left, or may no more be made
SET ROLE cxm_keeper;
REVOKE TRIGGER ON shop.reply, shop.reply_north, shop.reply_rest FROM cxm_analyst;
SET ROLE cxm_analyst;
BEGIN;
SELECT cxm_drop_rollup('lab.r');
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'lab%';
ROLLBACK;
BEGIN;
DROP VIEW lab.r, lab.r_source;
DROP TABLE lab.r_delta;
SELECT count(*) FROM (SELECT cxm_drop_rollup('lab.r')) t;
SET ROLE cxm_keeper;
SELECT cxm_drop_rollup('lab.r');
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'lab%';
ROLLBACK;
SET ROLE cxm_keeper;
GRANT TRIGGER ON shop.reply, shop.reply_north, shop.reply_rest TO cxm_analyst;
-- a schema that has another name
RESET ROLE;
ALTER SCHEMA lab RENAME TO laboratory;
INSERT INTO shop.reply VALUES ('north', 1);
SELECT schema, problem FROM cxm_rollups;
SELECT cxm_rebuild_rollup('laboratory.r');
SELECT cxm_drop_rollup('lab.r');
INSERT INTO shop.reply VALUES ('north', 1);
SELECT * FROM cxm_verify_rollup('laboratory.r');
SELECT schema, problem FROM cxm_rollups;
ALTER SCHEMA laboratory RENAME TO lab;
SELECT cxm_rebuild_rollup('lab.r');
SELECT cxm_drop_rollup('laboratory.r');
SELECT schema, problem FROM cxm_rollups;

--
-- Strangers raise no false alarms: their triggers are on tables that never were a part
--
SET ROLE cxm_stranger;
CREATE TABLE den.bait (region text, score integer);
CREATE TRIGGER lab_r_insert AFTER INSERT ON den.bait REFERENCING NEW TABLE AS cxm_new
	FOR EACH STATEMENT EXECUTE FUNCTION cxm_maintain_rollup('lab', 'r');
CREATE TRIGGER lab_r_truncate BEFORE TRUNCATE ON den.bait
	FOR EACH STATEMENT EXECUTE FUNCTION cxm_maintain_rollup('lab', 'r');
GRANT ALL ON den.bait TO PUBLIC;
GRANT USAGE ON SCHEMA den TO PUBLIC;
ALTER TABLE den.bait ADD more integer;
SELECT problem FROM cxm_rollups;
SET ROLE cxm_keeper;
ALTER TABLE shop.reply ADD more integer;
SELECT problem FROM cxm_rollups;
SET ROLE cxm_stranger;
DROP TRIGGER lab_r_truncate ON den.bait;
DROP TRIGGER lab_r_insert ON den.bait;
CREATE TRIGGER lab_r_insert AFTER INSERT ON den.bait REFERENCING NEW TABLE AS cxm_new
	FOR EACH STATEMENT EXECUTE FUNCTION cxm_maintain_rollup('lab', 'r');
DROP TABLE den.bait;
SELECT problem FROM cxm_rollups;
-- true ones are raised whoever owns the partition, and however deep it was
RESET ROLE;
BEGIN;
ALTER TABLE shop.reply_north OWNER TO cxm_stranger;
GRANT ALL ON SCHEMA shop TO cxm_stranger;
SET ROLE cxm_stranger;
DROP TABLE shop.reply_north;
SELECT problem FROM cxm_rollups;
ROLLBACK;
BEGIN;
CREATE TABLE shop.reply_east PARTITION OF shop.reply FOR VALUES IN ('east') PARTITION BY LIST (score);
CREATE TABLE shop.reply_east_1 PARTITION OF shop.reply_east FOR VALUES IN (1);
SET client_min_messages = error;
DROP TABLE shop.reply_east;
SELECT problem FROM cxm_rollups;
ROLLBACK;
BEGIN;
ALTER TABLE shop.reply_north OWNER TO cxm_stranger;
ALTER TABLE shop.reply DETACH PARTITION shop.reply_north;
SELECT problem FROM cxm_rollups;
ROLLBACK;
ALTER TABLE shop.reply_north OWNER TO cxm_stranger;
SET client_min_messages = error;
ALTER TABLE shop.reply DETACH PARTITION shop.reply_north CONCURRENTLY;
RESET client_min_messages;
SELECT problem FROM cxm_rollups;
SET client_min_messages = error;
SELECT cxm_drop_rollup('lab.r');
RESET client_min_messages;

--
-- Names of triggers that would be the same
--
CREATE SCHEMA a;
CREATE SCHEMA a_b;
CREATE TABLE base (k integer, score integer);
SELECT cxm_create_rollup('a_b.c', 'SELECT k, nps_agg(score) AS s FROM base GROUP BY 1'),
	cxm_create_rollup('a.b_c', 'SELECT k, nps_agg(score) AS s FROM base GROUP BY 1'),
	cxm_create_rollup('a_b.' || repeat('long', 12) || '1',
		'SELECT k, nps_agg(score) AS s FROM base GROUP BY 1'),
	cxm_create_rollup('a_b.' || repeat('long', 12) || '2',
		'SELECT k, nps_agg(score) AS s FROM base GROUP BY 1'),
	cxm_create_rollup('a.' || repeat('long', 12) || '3',
		'SELECT k, nps_agg(score) AS s FROM base GROUP BY 1');
SELECT tgname FROM pg_trigger WHERE tgrelid = 'base'::regclass AND tgname LIKE '%insert'
ORDER BY tgname COLLATE "C";
INSERT INTO base VALUES (1, 10), (2, 5);
UPDATE base SET score = 0 WHERE k = 1;
SELECT schema, left(name, 10) AS name, deltas, problem FROM cxm_rollups ORDER BY schema, name;
SELECT count(*) FROM cxm_verify_rollup('a_b.c');
SELECT cxm_drop_rollup('a_b.c');
SELECT responses(rollup(s)) FROM a.b_c;
DELETE FROM base WHERE k = 2;
DO $$
DECLARE kept record;
BEGIN
	FOR kept IN SELECT format('%I.%I', schema, name) AS name FROM cxm_rollups LOOP
		ASSERT NOT EXISTS (SELECT FROM cxm_verify_rollup(kept.name)), kept.name;
		PERFORM cxm_drop_rollup(kept.name);
	END LOOP;
END
$$;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'base'::regclass;

--
-- Names of columns that are taken
--
SELECT cxm_create_rollup('r', 'SELECT k AS row_count, nps_agg(score) AS s FROM base GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT k AS added, nps_agg(score) AS s FROM base GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT k AS removed, nps_agg(score) AS s FROM base GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT k AS compacted_at, nps_agg(score) AS s FROM base GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT k AS balance_s, nps_agg(score) AS s FROM base GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS row_count FROM base GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS added FROM base GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT k AS added_s, nps_agg(score) AS s, nps_agg(k) AS t FROM base GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS k FROM base GROUP BY 1');
-- others that look like it are not
SELECT cxm_create_rollup('r', 'SELECT k AS added, k + 1 AS removed, nps_agg(score) AS s,
	nps_agg(k) AS folded, nps_agg(k + 1) AS change FROM base GROUP BY 1, 2');
UPDATE base SET score = 1, k = k + 1;
SELECT * FROM cxm_verify_rollup('r');
CALL cxm_compact_rollup('r');
SELECT added, removed, responses(s), responses(folded), responses(change) FROM r;
SELECT cxm_drop_rollup('r');

--
-- Foreign tables, by themselves and as partitions
--
CREATE FOREIGN DATA WRAPPER cxm_nothing;
CREATE SERVER cxm_nowhere FOREIGN DATA WRAPPER cxm_nothing;
CREATE FOREIGN TABLE far (k integer, score integer) SERVER cxm_nowhere;
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS s FROM far GROUP BY 1');
CREATE TABLE near (k integer, score integer) PARTITION BY LIST (k);
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS s FROM near GROUP BY 1');
CREATE FOREIGN TABLE near_far PARTITION OF near FOR VALUES IN (1) SERVER cxm_nowhere;
SELECT problem FROM cxm_rollups;
SELECT cxm_drop_rollup('r');
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS s FROM near GROUP BY 1');
DROP TABLE near, base;
DROP FOREIGN TABLE far;
DROP SERVER cxm_nowhere;
DROP FOREIGN DATA WRAPPER cxm_nothing;

SET client_min_messages = warning;
DROP SCHEMA shop, lab, den, a, a_b CASCADE;
RESET client_min_messages;
DROP OWNED BY cxm_keeper, cxm_writer, cxm_analyst, cxm_stranger;
DROP ROLE cxm_keeper, cxm_writer, cxm_analyst, cxm_stranger;
