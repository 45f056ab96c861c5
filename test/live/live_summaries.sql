-- cxm_summaries: every column that holds a value of cxm, however it is wrapped
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm_live CASCADE;
RESET client_min_messages;
CREATE SCHEMA kept;
SET search_path = kept, public;
CREATE TABLE answer (k integer, score integer);
INSERT INTO answer VALUES (1, 10), (2, 3);
CREATE TABLE plain (k integer, s rating_summary, note text);
CREATE DOMAIN good AS rating_summary CHECK (responses(VALUE) > 0);
CREATE TYPE pair AS (label text, s good);
CREATE TYPE listed AS (pairs pair[]);
CREATE TABLE wrapped (a rating_summary[], b good, c pair, d listed, e plain, f integer[], gone rating_summary);
ALTER TABLE wrapped DROP gone;
CREATE TYPE stages AS RANGE (subtype = journey_stage);
CREATE TABLE ranges (r stages, m stages_multirange);
CREATE TABLE parts (k integer, j customer_journey) PARTITION BY LIST (k);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
CREATE MATERIALIZED VIEW refreshed AS SELECT k, nps_agg(score) AS s FROM answer GROUP BY 1;
CREATE VIEW seen AS TABLE refreshed;
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS s, csat_agg(1 + score % 5) AS t FROM answer GROUP BY 1');
SELECT relation, column_name, type, kind, bytes > 0 AS bytes, follows_source FROM cxm_summaries
WHERE relation::text NOT LIKE '%.%' AND relation IN (SELECT oid FROM pg_class WHERE relnamespace = 'kept'::regnamespace)
ORDER BY relation::text COLLATE "C", column_name COLLATE "C";
-- every type of the extensions is found in a column
DO $$
DECLARE
	of record;
BEGIN
	FOR of IN SELECT objid::regtype AS type, row_number() OVER (ORDER BY objid) AS n FROM pg_depend JOIN pg_type t ON t.oid = objid
		WHERE classid = 'pg_type'::regclass AND deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm')
	LOOP
		EXECUTE format('CREATE TABLE kept.of_%s (x %s)', of.n, of.type);
		ASSERT EXISTS (SELECT FROM cxm_summaries WHERE relation = format('kept.of_%s', of.n)::regclass), of.type::text;
		EXECUTE format('DROP TABLE kept.of_%s', of.n);
	END LOOP;
END $$;
-- a rollup says in columns of its own who was counted, and by what others are joined
CREATE TABLE person (k integer PRIMARY KEY, name text);
SELECT cxm_create_rollup('u', 'SELECT name, count(DISTINCT score) AS scores FROM answer JOIN person USING (k) GROUP BY 1');
SELECT relation, column_name, type, kind, follows_source FROM cxm_summaries WHERE relation = 'u_delta'::regclass
ORDER BY column_name COLLATE "C";
SELECT cxm_drop_rollup('u');
-- one that lacks changes does not follow
ALTER TABLE answer DISABLE TRIGGER USER;
SELECT column_name, follows_source FROM cxm_summaries WHERE relation = 'r_delta'::regclass ORDER BY 1;
SET client_min_messages = error;
DROP SCHEMA kept CASCADE;
