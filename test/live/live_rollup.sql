-- live rollups: whatever happens to the base table, the view says what the query says
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm_live CASCADE;
RESET client_min_messages;
SET timezone = 'UTC';
SET datestyle = ISO;
SELECT setseed(0.5);

CREATE TABLE response (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL,
	channel text, customer integer, score integer
);
INSERT INTO response (at, channel, customer, score)
	SELECT timestamptz '2026-01-01Z' + n * interval '90 min', (ARRAY['app', 'mail', NULL])[1 + n % 3],
		n % 20, nullif(n % 12, 11)
	FROM generate_series(1, 96) n;
SELECT cxm_create_rollup('daily', $$
	SELECT (at AT TIME ZONE 'UTC')::date AS day, channel, nps_agg(score) AS s
	FROM response GROUP BY 1, 2$$);
SELECT * FROM daily WHERE day < '2026-01-03' ORDER BY day, channel;

-- what the view must say, and what of it it does not
CREATE VIEW wanted AS
	SELECT (at AT TIME ZONE 'UTC')::date AS day, channel, nps_agg(score) AS s
	FROM response GROUP BY 1, 2;
CREATE VIEW wrong AS
	(TABLE daily EXCEPT ALL TABLE wanted) UNION ALL (TABLE wanted EXCEPT ALL TABLE daily);

--
-- Every kind of statement
--
INSERT INTO response (at, channel, customer, score) VALUES
	('2026-01-01 12:00Z', 'app', 1, 9), ('2026-01-01 13:00Z', 'app', 2, 2),
	('2026-01-01 23:30-01', 'app', 3, 10), ('2026-02-01Z', 'mail', 4, NULL);
INSERT INTO response (at, score) SELECT '2026-01-02Z', 5 WHERE false;
SELECT day, channel, added, removed, row_count FROM daily_delta
WHERE compacted_at IS NULL ORDER BY day, channel;
TABLE wrong;
-- a value, a key, both, neither
UPDATE response SET score = 0 WHERE id IN (1, 2);
UPDATE response SET channel = 'shop' WHERE id IN (3, 4);
UPDATE response SET at = at + interval '1 day', score = 10 WHERE id IN (5, 6);
SELECT count(*) AS deltas FROM daily_delta;
UPDATE response SET customer = customer + 1;
UPDATE response SET score = score WHERE id < 50;
SELECT count(*) AS deltas FROM daily_delta;
TABLE wrong;
DELETE FROM response WHERE channel = 'shop';
SELECT count(*) FROM daily WHERE channel = 'shop';
DELETE FROM response WHERE false;
COPY response (at, channel, customer, score) FROM stdin;
2026-01-01 10:00Z	app	7	9
2026-01-05 10:00Z	\N	7	\N
\.
INSERT INTO response (id, at, channel, score) OVERRIDING SYSTEM VALUE VALUES
	(1, '2026-01-01Z', 'app', 8), (1000, '2026-01-01Z', 'app', 8)
	ON CONFLICT (id) DO UPDATE SET score = excluded.score, channel = 'upserted';
INSERT INTO response (id, at, channel, score) OVERRIDING SYSTEM VALUE VALUES
	(1, '2026-01-01Z', 'app', 8) ON CONFLICT DO NOTHING;
MERGE INTO response r USING generate_series(900, 1002) n ON n = r.id
	WHEN MATCHED AND n = 1000 THEN DELETE
	WHEN NOT MATCHED AND n > 1000 THEN INSERT (at, channel, score) VALUES ('2026-03-01Z', 'merged', 3);
WITH moved AS (DELETE FROM response WHERE id = 20 RETURNING *)
	INSERT INTO response (at, channel, score) SELECT at, 'moved', score FROM moved;
BEGIN;
DELETE FROM response;
SAVEPOINT s;
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'app', 10);
SELECT * FROM daily;
ROLLBACK TO s;
SELECT * FROM daily;
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'app', 1);
TABLE wrong;
ROLLBACK;
TABLE wrong;
SELECT * FROM cxm_verify_rollup('daily');

--
-- Erasing a person takes all of it out of every figure
--
CREATE TEMP TABLE before AS TABLE daily;
INSERT INTO response (at, channel, customer, score) VALUES
	('2026-01-01Z', 'app', 77, 10), ('2026-01-02Z', 'only here', 77, 10);
UPDATE response SET score = 1, channel = 'mail' WHERE customer = 77 AND channel = 'app';
CALL cxm_compact_rollup('daily');
DELETE FROM response WHERE customer = 77;
CALL cxm_compact_rollup('daily');
SELECT count(*) FROM ((TABLE before EXCEPT ALL TABLE daily)
	UNION ALL (TABLE daily EXCEPT ALL TABLE before)) AS different;
SELECT count(*) FROM daily_delta WHERE channel = 'only here';

-- one row at a time, also where the deltas have been given an index of their own
CREATE INDEX ON daily_delta (day);
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'app', 10);
DELETE FROM response WHERE id = 30;
DROP INDEX daily_delta_day_idx;
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'app', NULL);
DELETE FROM response WHERE id = 31;
SELECT channel, responses(added) AS added, responses(removed) AS removed, row_count
FROM daily_delta WHERE compacted_at IS NULL ORDER BY 1, 2, 3;
TABLE wrong;
CALL cxm_compact_rollup('daily');

--
-- Folding: one row for each group, none for those that are gone
--
SELECT count(*) AS rows, count(removed) AS removed, bool_and(compacted_at IS NOT NULL) AS folded,
	count(*) = (SELECT count(*) FROM daily) AS a_row_each
FROM daily_delta;
TABLE wrong;
SELECT schema, name, base, keys, summaries, deltas, last_compaction <= now() AS compacted,
	bytes > 0 AS has_bytes, problem
FROM cxm_rollups;
CALL cxm_compact_rollup(NULL);

-- TRUNCATE forgets
BEGIN;
TRUNCATE response;
SELECT count(*) FROM daily;
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'app', 1);
TABLE wrong;
ROLLBACK;
TABLE wrong;

--
-- A wrong rollup is found out, and made anew
--
ALTER TABLE response DISABLE TRIGGER public_daily_insert;
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'unseen', 1);
SELECT problem FROM cxm_rollups;
ALTER TABLE response ENABLE TRIGGER public_daily_insert;
UPDATE daily_delta SET row_count = row_count + 1
WHERE ctid = (SELECT min(ctid) FROM daily_delta WHERE channel = 'app' AND day = '2026-01-01');
DELETE FROM response WHERE channel = 'unseen';
SELECT key, expected -> 'row_count' AS expected_rows, added -> 'row_count' AS rows,
	expected -> 's' = added -> 's' AS same, removed -> 's' ->> 'counts' AS removed
FROM cxm_verify_rollup('daily') ORDER BY key ->> 'channel';
SELECT cxm_rebuild_rollup('daily') = (SELECT count(*) FROM wanted) AS rebuilt;
SELECT * FROM cxm_verify_rollup('daily');
TABLE wrong;

--
-- Renaming
--
ALTER TABLE response RENAME COLUMN score TO answer;
ALTER TABLE response RENAME TO reply;
INSERT INTO reply (at, channel, answer) VALUES ('2026-01-01Z', 'app', 7);
ALTER TABLE reply RENAME TO response;
ALTER TABLE response RENAME COLUMN answer TO score;
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'app', 7);
TABLE wrong;
\set VERBOSITY terse
ALTER TABLE response DROP COLUMN score;
ALTER TABLE response ALTER COLUMN score TYPE bigint;
\set VERBOSITY default
ALTER TABLE daily_delta RENAME TO elsewhere;
INSERT INTO response (at, channel, score) VALUES ('2026-01-01Z', 'app', 7);
SELECT name, base, problem FROM cxm_rollups;
SELECT * FROM cxm_verify_rollup('daily');
ALTER TABLE elsewhere RENAME TO daily_delta;
DROP VIEW daily_source;
UPDATE response SET score = 7;
SELECT name, base, problem FROM cxm_rollups;
SELECT cxm_drop_rollup('daily');
DROP VIEW wrong, wanted;
SELECT cxm_drop_rollup('daily');
UPDATE response SET score = 7 WHERE id < 10;
SELECT count(*) FROM cxm_rollups;

--
-- What is refused, and why
--
CREATE VIEW a_view AS TABLE response;
CREATE TABLE other (id integer, score integer, summary rating_summary, at timestamp);
SELECT cxm_create_rollup('r', query) FROM (VALUES ('SELECT 1; SELECT 2')) v (query);
SELECT cxm_create_rollup('r', 'DELETE FROM response');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM nowhere GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT nps_agg(score) AS s FROM response');
SELECT cxm_create_rollup('r', 'SELECT channel FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(r.score) AS s FROM response r JOIN other USING (id) GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(r.score) AS s FROM response r, other GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM (TABLE response) t GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT n, nps_agg(n) AS s FROM generate_series(1, 9) n GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT 1 AS one, nps_agg(1) AS s GROUP BY 1');
SELECT cxm_create_rollup('r', 'WITH w AS (SELECT 1) SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM response WHERE id IN (SELECT id FROM other) GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT DISTINCT channel, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(DISTINCT score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score ORDER BY id) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1 HAVING count(*) > 5');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1 ORDER BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1 LIMIT 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY ROLLUP (1)');
SELECT cxm_create_rollup('r', 'SELECT channel, rollup(nps_agg(score)) OVER () AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT generate_series(1, 2) AS n, nps_agg(score) AS s FROM response GROUP BY channel');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1 UNION ALL SELECT NULL, NULL');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM response TABLESAMPLE system (1) GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM ONLY response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT nps_agg(score) AS s FROM response GROUP BY channel');
SELECT cxm_create_rollup('r', $$SELECT channel || '!', nps_agg(score) AS s FROM response GROUP BY 1$$);
SELECT cxm_create_rollup('r', 'SELECT channel, nps(nps_agg(score)) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, sum(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, activity_agg(at::date) AS s FROM other GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT score, activity_agg(at::date) AS s FROM other GROUP BY 1');
SELECT cxm_create_rollup('r', $$SELECT channel, journey_agg(at, 'x') AS s FROM response GROUP BY 1$$);
SELECT cxm_create_rollup('r', $$SELECT date_trunc('day', at) AS day, nps_agg(score) AS s FROM response GROUP BY 1$$);
SELECT cxm_create_rollup('r', 'SELECT at::date AS day, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT CASE WHEN score > 5 THEN at::date END AS day, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT random() AS r, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', $$SELECT channel, ttr_agg(at, now()) AS s FROM response GROUP BY 1$$);
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) FILTER (WHERE at < now()) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM response WHERE at::date > date ''2026-01-01'' GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT current_user AS u, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT tableoid AS t, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT other AS t, nps_agg(score) AS s FROM other GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM a_view GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT relkind, nps_agg(1) AS s FROM pg_class GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(1) AS s FROM before GROUP BY 1');
SELECT cxm_create_rollup('pg_temp.r', 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('nowhere.r', 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup(repeat('r', 60), 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1');
SELECT cxm_create_rollup('r', format('SELECT channel, nps_agg(score) AS %s FROM response GROUP BY 1', repeat('s', 63)));
SELECT cxm_create_rollup('other', 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1');
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT cxm_create_rollup('r', 'SELECT channel, nps_agg(score) AS s FROM response GROUP BY 1');
ROLLBACK;
CREATE TABLE child () INHERITS (other);
SELECT cxm_create_rollup('r', 'SELECT score, nps_agg(score) AS s FROM other GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT score, nps_agg(score) AS s FROM child GROUP BY 1');
SELECT * FROM cxm_verify_rollup('response');
SELECT cxm_drop_rollup('response');
CALL cxm_compact_rollup('a_view');
SELECT cxm_rebuild_rollup('nowhere');
-- and nothing of it is left
SELECT relname FROM pg_class WHERE relname LIKE 'r\_%' OR relname = 'r';
SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'response'::regclass;
DROP TABLE child, other, before;
DROP VIEW a_view;
DROP TABLE response;

--
-- Names and keys of every kind
--
CREATE SCHEMA "My ""Sales";
-- A and a are one group, where PostgreSQL was built with ICU
DO $$
BEGIN
	CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
EXCEPTION WHEN feature_not_supported THEN
	CREATE COLLATION nocase FROM "C";
END
$$;
CREATE TABLE "My ""Sales"."All $where {k,Replies}" (
	"Group" text COLLATE nocase, "{a}" double precision, "$delta" numeric, "Score 1" smallint
);
SELECT cxm_create_rollup('"My ""Sales"."By $name"', $$
	SELECT "Group", "{a}", "$delta", 7 AS seven, NULL::text AS "nothing",
		nps_agg("Score 1") FILTER (WHERE "Score 1" <> 4) AS "S'1", csat_agg(1 + "Score 1" % 5) AS "S""2"
	FROM "My ""Sales"."All $where {k,Replies}" GROUP BY 1, 2, 3, 4, 5$$);
INSERT INTO "My ""Sales"."All $where {k,Replies}" VALUES
	('a', 0, 1.0, 3), ('A', '-0', 1.00, 4), (NULL, 'NaN', 'NaN', 5), (NULL, 'NaN', 'NaN', 6);
DELETE FROM "My ""Sales"."All $where {k,Replies}" WHERE "Score 1" IN (4, 5);
SELECT * FROM "My ""Sales"."By $name";
SELECT * FROM cxm_verify_rollup('"My ""Sales"."By $name"');
CALL cxm_compact_rollup('"My ""Sales"."By $name"');
SELECT * FROM "My ""Sales"."By $name";
SELECT schema, name, base, keys, summaries, deltas, problem FROM cxm_rollups;
SELECT cxm_drop_rollup('"My ""Sales"."By $name"');
DROP TABLE "My ""Sales"."All $where {k,Replies}";
DROP COLLATION nocase;
DROP SCHEMA "My ""Sales";

--
-- Every summary that can be kept, through random changes
--
CREATE TABLE fact (
	id serial, k integer, region text, answer integer, weight double precision,
	starts timestamptz, ends timestamptz, opened date, closed date, before numeric, after numeric,
	was boolean, is_now boolean, lasted integer, active activity_days, journey customer_journey,
	half integer GENERATED ALWAYS AS (answer / 2) STORED
) PARTITION BY RANGE (k);
CREATE TABLE fact_low PARTITION OF fact FOR VALUES FROM (0) TO (3);
-- a partition whose columns lie elsewhere, and one below another
CREATE TABLE fact_high (dropped text, LIKE fact INCLUDING GENERATED INCLUDING DEFAULTS);
ALTER TABLE fact_high DROP COLUMN dropped;
ALTER TABLE fact ATTACH PARTITION fact_high FOR VALUES FROM (6) TO (9);
CREATE TABLE fact_middle PARTITION OF fact FOR VALUES FROM (3) TO (6) PARTITION BY LIST (region);
CREATE TABLE fact_middle_any PARTITION OF fact_middle DEFAULT;
CREATE FUNCTION random_facts(n integer) RETURNS SETOF fact VOLATILE ROWS 1000 AS $$
	SELECT nextval('fact_id_seq'), random() * 8, (ARRAY['north', 'south', NULL])[1 + random() * 2],
		nullif((random() * 11)::integer, 11), nullif(round((random() * 3)::numeric, 2), 1),
		timestamptz '2026-01-01Z' + random() * interval '90 days',
		CASE WHEN random() < 0.8 THEN timestamptz '2026-04-15Z' + random() * interval '9 days' END,
		date '2026-01-01' + (random() * 90)::integer,
		CASE WHEN random() < 0.5 THEN date '2026-04-10' + (random() * 20)::integer END,
		round((random() * 50)::numeric, 2), CASE WHEN random() < 0.9 THEN (random() * 5)::integer END,
		random() < 0.8, random() < 0.5, random() * 30,
		(SELECT activity_agg(date '2026-01-01' + i * (random() * 20)::integer)
			FROM generate_series(0, 4) i WHERE i < n + 4),
		(SELECT journey_agg(timestamptz '2026-01-01Z' + random() * interval '9 days',
				(ARRAY['purchase', 'service', 'loyalty'])[i]) FROM generate_series(1, 3) i WHERE i < n + 4),
		NULL::integer
	FROM generate_series(1, n)
$$ LANGUAGE sql;
CREATE PROCEDURE insert_facts(n integer, INOUT into_table text DEFAULT 'fact') AS $$
DECLARE columns text := (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
	FROM pg_attribute WHERE attrelid = 'fact'::regclass AND attnum > 0 AND attgenerated = '');
BEGIN
	EXECUTE format('INSERT INTO %s (%s) SELECT %2$s FROM random_facts($1) f
		WHERE (f.k < 3 OR $2 <> ''fact_low'') AND (f.k BETWEEN 6 AND 8 OR $2 <> ''fact_high'')
			AND (f.k BETWEEN 3 AND 5 OR $2 <> ''fact_middle'')', into_table, columns) USING n, into_table;
END
$$ LANGUAGE plpgsql;
CREATE TABLE query AS SELECT $$
	SELECT region, k % 4 AS kind, nps_agg(answer) AS nps, nps_agg(answer, weight) AS weighted,
		rating_agg(answer / 2, '0..5') FILTER (WHERE was) AS half,
		duration_agg(ends - starts) AS duration, ttr_agg(starts, ends, '2026-04-20Z') AS ages,
		business_ttr_agg('Mon-Fri 09:00-17:00 in Asia/Kolkata', starts, ends) AS business,
		churn_agg(was, is_now) AS snapshots,
		churn_agg(opened, closed, '[2026-02-01,2026-04-20)'::daterange) AS churn,
		revenue_agg(before, after) AS revenue, revenue_agg(before, after, was, 'EUR') AS reactivated,
		survival_agg(lasted, is_now) AS survival, survival_agg(opened, closed, '2026-05-01') AS days,
		retention_agg(active, 'week', '2026-03-01') AS retention,
		funnel_agg(journey, '{purchase,service}', '3 days') AS funnel,
		flow_agg(journey, timestamptz '2026-01-09Z', '1 day') AS flow
	FROM fact WHERE k <> 4 GROUP BY 1, 2$$ AS query;
CALL insert_facts(200);
SELECT cxm_create_rollup('everything', query) FROM query;
SELECT keys, summaries, problem FROM cxm_rollups;
-- a row may reach its partition converted, and triggers get it as it was before
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(half) AS s FROM fact GROUP BY 1');

-- Changes at random, on the whole and on parts, undone or not; after each the rollup is compared.
CREATE PROCEDURE change_at_random() AS $$
DECLARE
	target text := (ARRAY['fact', 'fact', 'fact_low', 'fact_high', 'fact_middle'])[1 + random() * 4];
	kind integer := random() * 11;
	n integer := CASE WHEN random() < 0.3 THEN 1 ELSE random() * 8 END;
BEGIN
	IF kind < 4 THEN
		CALL insert_facts(n, target);
	ELSIF kind < 5 THEN
		EXECUTE format('DELETE FROM %s WHERE id IN (SELECT id FROM %1$s ORDER BY random()
			LIMIT $1)', target) USING n;
	ELSIF kind < 7 THEN
		EXECUTE format('UPDATE %s SET answer = $1, ends = starts + $2 * interval ''1 h'',
			weight = nullif($1, 3), was = NOT was, after = before WHERE random() < 0.1', target)
			USING n, n;
	ELSIF kind < 8 THEN
		EXECUTE format('UPDATE %s SET region = CASE region WHEN ''north'' THEN ''south'' END,
			lasted = lasted + 1 WHERE random() < 0.1', target);
	ELSIF kind < 9 THEN
		UPDATE fact SET k = (k + n) % 9 WHERE random() < 0.1; -- from partition to partition
	ELSIF kind < 10 THEN
		MERGE INTO fact USING (SELECT i, i % 9 AS k FROM generate_series(1, n * 20) i) s ON s.i = id
			WHEN MATCHED AND fact.k < 3 THEN DELETE
			WHEN MATCHED THEN UPDATE SET closed = NULL, is_now = false, answer = 10
			WHEN NOT MATCHED THEN INSERT (k, before, after, was) VALUES (s.k, 1, 2, true);
	ELSIF kind < 11 THEN
		DELETE FROM fact WHERE region IS NULL AND k % 4 = n % 4;
	ELSE
		EXECUTE format('TRUNCATE %s', (ARRAY['fact_low', 'fact_high', 'fact_middle'])[1 + n % 3]);
	END IF;
END
$$ LANGUAGE plpgsql;

DO $$
DECLARE
	wanted text := (SELECT query FROM query);
	wrong bigint;
BEGIN
	FOR i IN 1 .. 100 LOOP
		IF i % 10 = 0 THEN
			CALL cxm_compact_rollup('everything');
		ELSIF random() < 0.2 THEN
			BEGIN
				CALL change_at_random();
				RAISE division_by_zero;
			EXCEPTION WHEN division_by_zero THEN
			END;
		ELSE
			CALL change_at_random();
		END IF;
		EXECUTE format('SELECT (SELECT count(*) FROM cxm_verify_rollup(''everything'')) + count(*)
			FROM ((%s EXCEPT ALL TABLE everything) UNION ALL (TABLE everything EXCEPT ALL %1$s)) t',
			wanted) INTO wrong;
		ASSERT wrong = 0, format('%s groups are wrong after change %s', wrong, i);
	END LOOP;
END
$$;
SELECT count(*) BETWEEN 6 AND 12 AS groups, sum(responses(nps)) > 50 AS responses FROM everything;
TRUNCATE fact;
SELECT count(*) FROM everything;
SELECT count(*) FROM cxm_verify_rollup('everything');

--
-- Partitions come and go
--
CALL insert_facts(50);
-- a new one is followed from its first row
CREATE TABLE fact_new PARTITION OF fact FOR VALUES FROM (9) TO (12);
INSERT INTO fact_new (k, region, answer) VALUES (9, 'new', 9);
SELECT nps(nps) FROM everything WHERE region = 'new';
SELECT count(*) FROM cxm_verify_rollup('everything');
-- one that had rows, or takes them with it, needs a rebuild
CREATE TABLE fact_old (LIKE fact INCLUDING GENERATED INCLUDING DEFAULTS);
INSERT INTO fact_old (k, region, answer) VALUES (12, 'old', 1);
ALTER TABLE fact ATTACH PARTITION fact_old FOR VALUES FROM (12) TO (15);
SELECT problem FROM cxm_rollups;
SELECT key, expected -> 'row_count' AS expected, added -> 'row_count' AS counted
FROM cxm_verify_rollup('everything');
SELECT cxm_rebuild_rollup('everything') > 0 AS rebuilt;
ALTER TABLE fact DETACH PARTITION fact_old;
INSERT INTO fact_old (k, region, answer) VALUES (13, 'old', 1);
SELECT problem FROM cxm_rollups;
SELECT cxm_rebuild_rollup('everything') > 0 AS rebuilt;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'fact_old'::regclass;
SELECT problem FROM cxm_rollups;
DROP TABLE fact_new, fact_old;
SELECT key ->> 'region' AS region FROM cxm_verify_rollup('everything');
SELECT problem FROM cxm_rollups; -- until it is rebuilt
SELECT cxm_rebuild_rollup('everything') > 0 AS rebuilt;
SELECT count(*) FROM cxm_verify_rollup('everything');
SELECT problem FROM cxm_rollups;
-- one that went and came again, changed meanwhile
CREATE TABLE fact_back PARTITION OF fact FOR VALUES FROM (12) TO (15);
ALTER TABLE fact DETACH PARTITION fact_back;
INSERT INTO fact_back (k, region, answer) VALUES (13, 'back', 1);
ALTER TABLE fact ATTACH PARTITION fact_back FOR VALUES FROM (12) TO (15);
SELECT problem FROM cxm_rollups;
SELECT cxm_rebuild_rollup('everything') > 0 AS rebuilt;
SELECT problem FROM cxm_rollups;
-- schemas that bring and take partitions
CREATE SCHEMA apart CREATE TABLE fact_apart PARTITION OF public.fact FOR VALUES FROM (15) TO (18);
INSERT INTO apart.fact_apart (k, region, answer) VALUES (16, 'apart', 1);
SELECT count(*) FROM cxm_verify_rollup('everything');
SET client_min_messages = warning;
DROP SCHEMA apart CASCADE;
RESET client_min_messages;
SELECT problem FROM cxm_rollups;
SELECT cxm_rebuild_rollup('everything') > 0 AS rebuilt;
-- a rollup of a partition would miss what comes through the table
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(answer) AS s FROM fact_low GROUP BY 1');
\set VERBOSITY terse
DROP TABLE fact;
DROP TABLE fact CASCADE;
\set VERBOSITY default
SELECT count(*) FROM cxm_rollups;
SELECT cxm_drop_rollup('everything');
DROP TABLE query;
DROP PROCEDURE insert_facts, change_at_random;

--
-- More columns than a function has arguments
--
SELECT format('CREATE TABLE wide (score integer, %s)', string_agg(format('k%s integer', n), ', '))
FROM generate_series(1, 120) n \gexec
SELECT cxm_create_rollup('by_all', format('SELECT %1$s, nps_agg(score) AS s FROM wide GROUP BY %1$s',
	string_agg('k' || n, ', '))) FROM generate_series(1, 120) n;
INSERT INTO wide (score, k1, k120) VALUES (9, 1, 2);
SELECT count(*) FROM cxm_verify_rollup('by_all');
INSERT INTO by_all_delta (k1, k120, row_count) VALUES (3, 4, 1);
SELECT key -> 'k1' AS k1, key -> 'k60' AS k60, key -> 'k120' AS k120,
	(SELECT count(*) FROM jsonb_object_keys(key)) AS keys, expected, added, removed
FROM cxm_verify_rollup('by_all');
SELECT cxm_drop_rollup('by_all');
DROP TABLE wide;

--
-- Whose rights
--
CREATE ROLE cxm_owner;
CREATE ROLE cxm_writer;
CREATE ROLE cxm_analyst;
CREATE ROLE cxm_attacker;
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
GRANT CREATE ON SCHEMA shop TO cxm_owner, cxm_analyst, cxm_attacker;
SET ROLE cxm_owner;
CREATE TABLE shop.reply (region text, score integer);
GRANT INSERT, DELETE ON shop.reply TO cxm_writer;
GRANT SELECT (score) ON shop.reply TO cxm_writer;
GRANT SELECT ON shop.reply TO cxm_analyst;
SET ROLE cxm_analyst;
SELECT cxm_create_rollup('shop.by_region',
	'SELECT region, nps_agg(score) AS s FROM shop.reply GROUP BY 1');
RESET ROLE;
GRANT TRIGGER ON shop.reply TO cxm_analyst;
SET ROLE cxm_analyst;
SELECT cxm_create_rollup('shop.by_region',
	'SELECT region, nps_agg(score) AS s FROM shop.reply GROUP BY 1');
SELECT relname, pg_get_userbyid(relowner) AS owner FROM pg_class
WHERE relname LIKE 'by\_region%' ORDER BY relname;
-- a writer needs no right on the rollup, and gets none
SET ROLE cxm_writer;
INSERT INTO shop.reply VALUES ('north', 10), ('south', 2);
DELETE FROM shop.reply WHERE score = 2;
SELECT * FROM shop.by_region;
INSERT INTO shop.by_region_delta (region, row_count) VALUES ('north', 5);
SELECT * FROM cxm_verify_rollup('shop.by_region');
CALL cxm_compact_rollup('shop.by_region');
SELECT cxm_rebuild_rollup('shop.by_region');
SELECT cxm_drop_rollup('shop.by_region');
-- look-alikes on the path of a writer are not looked at
CREATE TEMP TABLE by_region_delta (region text, added rating_summary, row_count bigint);
CREATE TEMP TABLE cxm_new (region text, score integer);
SET search_path = pg_temp, shop;
INSERT INTO shop.reply VALUES ('north', 9);
RESET search_path;
SET ROLE cxm_analyst;
SELECT region, nps(s), responses(s) FROM shop.by_region;
SELECT * FROM cxm_verify_rollup('shop.by_region');
-- functions of the owner find what the owner meant, too
CREATE FUNCTION shop.upper_half(integer) RETURNS boolean IMMUTABLE LANGUAGE plpgsql
	AS $$ BEGIN RETURN lower('X') = 'x' AND $1 > 5; END $$;
GRANT ALL ON FUNCTION shop.upper_half TO PUBLIC;
SELECT cxm_create_rollup('shop.by_half',
	'SELECT shop.upper_half(score) AS upper, nps_agg(score) AS s FROM shop.reply GROUP BY 1');
RESET ROLE;
CREATE SCHEMA attack AUTHORIZATION cxm_attacker;
SET ROLE cxm_attacker;
CREATE TABLE attack.seen (by name);
GRANT INSERT ON attack.seen TO PUBLIC;
GRANT USAGE ON SCHEMA attack TO PUBLIC;
CREATE FUNCTION attack.lower(text) RETURNS text LANGUAGE plpgsql
	AS $$ BEGIN INSERT INTO attack.seen VALUES (current_user); RETURN 'x'; END $$;
SET ROLE cxm_writer;
SET search_path = attack, pg_catalog, public;
INSERT INTO shop.reply VALUES ('west', 9);
RESET search_path;
SET ROLE cxm_attacker;
TABLE attack.seen;
-- functions for triggers that are called otherwise
SELECT cxm_internal.cxm_watch_tables();
-- the trigger function on a table of one's own does nothing for the rollup of another
CREATE TABLE attack.reply (region text, score integer);
CREATE TRIGGER shop_by_region_insert AFTER INSERT ON attack.reply
	REFERENCING NEW TABLE AS cxm_new FOR EACH STATEMENT
	EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('shop', 'by_region');
INSERT INTO attack.reply VALUES ('north', 0);
CREATE TRIGGER other_name AFTER INSERT ON attack.reply
	REFERENCING NEW TABLE AS cxm_new FOR EACH STATEMENT
	EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('shop', 'by_region');
INSERT INTO attack.reply VALUES ('north', 0);
DROP TRIGGER other_name ON attack.reply;
CREATE TRIGGER per_row AFTER INSERT ON attack.reply FOR EACH ROW
	EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('shop', 'by_region');
INSERT INTO attack.reply VALUES ('north', 0);
DROP TRIGGER per_row ON attack.reply;
CREATE TRIGGER odd AFTER INSERT ON attack.reply EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('shop');
INSERT INTO attack.reply VALUES ('north', 0);
DROP TRIGGER odd ON attack.reply;
-- half of a rollup does not stand in for that of another
CREATE TABLE attack.trap_delta (region text, added rating_summary, removed rating_summary,
	row_count bigint, compacted_at timestamptz);
CREATE VIEW attack.trap AS TABLE attack.trap_delta;
RESET ROLE;
CREATE VIEW attack.trap_source AS SELECT region, public.nps_agg(score) AS s, count(*) AS row_count
	FROM attack.reply GROUP BY 1;
SET ROLE cxm_attacker;
CREATE TRIGGER attack_trap_insert AFTER INSERT ON attack.reply
	REFERENCING NEW TABLE AS cxm_new FOR EACH STATEMENT
	EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('attack', 'trap');
INSERT INTO attack.reply VALUES ('north', 0);
RESET ROLE;
SELECT * FROM cxm_verify_rollup('attack.trap');
-- a superuser who looks after the rollup of another works as that other
ALTER VIEW attack.trap_source OWNER TO cxm_attacker;
SET ROLE cxm_attacker;
CREATE FUNCTION attack.spy(text) RETURNS text IMMUTABLE LANGUAGE plpgsql
	AS $$ BEGIN RETURN current_user; END $$;
CREATE OR REPLACE VIEW attack.trap_source AS SELECT attack.spy(region) AS region,
	nps_agg(score) AS s, count(*) AS row_count FROM attack.reply GROUP BY 1;
RESET ROLE;
INSERT INTO attack.reply VALUES ('north', 0);
SELECT region, row_count FROM attack.trap_delta;
SELECT key, expected -> 'row_count' AS expected, added -> 'row_count' AS counted
FROM cxm_verify_rollup('attack.trap');
SELECT cxm_rebuild_rollup('attack.trap');
DROP VIEW attack.trap;
SELECT key, expected -> 'row_count' AS expected, added -> 'row_count' AS counted
FROM cxm_verify_rollup('attack.trap');
SELECT cxm_rebuild_rollup('attack.trap');
SELECT region, row_count FROM attack.trap_delta;
SELECT schema, name, problem FROM cxm_rollups ORDER BY schema, name;
-- whatever the relations of a pretended rollup are, others can list theirs and change their tables
SET ROLE cxm_attacker;
CREATE PROCEDURE attack.pretend(source text, delta text) AS $$
BEGIN
	DROP VIEW IF EXISTS attack.fake_source;
	DROP TABLE IF EXISTS attack.fake_delta;
	EXECUTE 'CREATE VIEW attack.fake_source AS ' || source;
	EXECUTE 'CREATE TABLE attack.fake_delta AS ' || delta;
	CREATE OR REPLACE TRIGGER attack_fake_insert AFTER INSERT ON attack.reply
		REFERENCING NEW TABLE AS cxm_new FOR EACH STATEMENT
		EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('attack', 'fake');
END
$$ LANGUAGE plpgsql;
SET client_min_messages = warning;
CREATE VIEW attack.fake AS SELECT 1 AS one;
CALL attack.pretend('SELECT 1 AS one', 'SELECT 1 AS one');
SELECT problem FROM cxm_rollups WHERE name = 'fake';
CALL attack.pretend('SELECT 1 AS one', $$SELECT 'x'::text AS compacted_at$$);
SELECT problem FROM cxm_rollups WHERE name = 'fake';
CALL attack.pretend('SELECT 1 AS one UNION SELECT 2', 'SELECT 0::bigint AS row_count, now() AS compacted_at');
SELECT problem FROM cxm_rollups WHERE name = 'fake';
CALL attack.pretend('SELECT count(*) AS row_count FROM pg_class GROUP BY relkind ORDER BY max(relname)',
	'SELECT 0::bigint AS row_count, now() AS compacted_at');
SELECT keys, summaries, problem FROM cxm_rollups WHERE name = 'fake';
INSERT INTO attack.reply VALUES ('north', 0);
INSERT INTO attack.reply VALUES ('north', 0);
ALTER TABLE attack.reply ADD more integer;
RESET client_min_messages;
RESET ROLE;
CREATE TABLE unconcerned ();
DROP TABLE unconcerned;
SELECT cxm_drop_rollup('attack.trap');
-- what the owner may not read any more is not given to the rollup either
REVOKE SELECT ON shop.reply FROM cxm_analyst;
SET ROLE cxm_writer;
INSERT INTO shop.reply VALUES ('north', 9);
RESET ROLE;
GRANT SELECT (region, score) ON shop.reply TO cxm_analyst;
SET ROLE cxm_writer;
INSERT INTO shop.reply VALUES ('north', 9);
SET ROLE cxm_analyst;
SELECT count(*) FROM shop.by_region;
SELECT cxm_rebuild_rollup('shop.by_region');
SELECT * FROM cxm_verify_rollup('shop.by_region');
-- a superuser may drop it, its owner of course
SELECT cxm_drop_rollup('shop.by_half');
SELECT cxm_drop_rollup('shop.by_region');
RESET ROLE;

--
-- Row-level security
--
ALTER TABLE shop.reply ENABLE ROW LEVEL SECURITY;
SET ROLE cxm_analyst;
SELECT cxm_create_rollup('shop.by_region',
	'SELECT region, nps_agg(score) AS s FROM shop.reply GROUP BY 1');
RESET ROLE;
SET ROLE cxm_owner;
SELECT cxm_create_rollup('shop.by_region',
	'SELECT region, nps_agg(score) AS s FROM shop.reply GROUP BY 1');
ALTER TABLE shop.reply FORCE ROW LEVEL SECURITY;
SELECT problem FROM cxm_rollups;
SELECT cxm_rebuild_rollup('shop.by_region');
ALTER TABLE shop.reply NO FORCE ROW LEVEL SECURITY;
SELECT cxm_drop_rollup('shop.by_region');
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA attack, shop CASCADE;
RESET client_min_messages;
DROP OWNED BY cxm_owner, cxm_writer, cxm_analyst, cxm_attacker;
DROP ROLE cxm_owner, cxm_writer, cxm_analyst, cxm_attacker;

-- what a crash empties is emptied together
CREATE UNLOGGED TABLE fleeting (k integer, score integer);
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS s FROM fleeting GROUP BY 1');
SELECT relpersistence FROM pg_class WHERE relname = 'r_delta';
ALTER TABLE fleeting SET LOGGED;
SELECT cxm_drop_rollup('r');
DROP TABLE fleeting;

-- rows that are fed past the triggers
CREATE TABLE fed (k integer, score integer);
SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) AS s FROM fed GROUP BY 1');
SET session_replication_role = replica;
INSERT INTO fed VALUES (1, 10);
RESET session_replication_role;
SELECT key, expected -> 'row_count' AS expected, added -> 'row_count' AS counted
FROM cxm_verify_rollup('r');
SELECT cxm_rebuild_rollup('r');
SELECT * FROM r;
\set VERBOSITY terse
DROP EXTENSION cxm;
\set VERBOSITY default
SELECT cxm_drop_rollup('r');
DROP TABLE fed;
