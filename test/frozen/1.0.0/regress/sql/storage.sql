-- storage: summaries in tables, packed, compressed, out of line, and on their way through sorts
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

-- a small summary stays small: one byte of header on disk, 8 of scale, and one for each count
CREATE TEMP TABLE small (s rating_summary);
INSERT INTO small
	SELECT nps_agg(n % 11) FROM generate_series(1, 11 * 255) n UNION ALL
	SELECT csat_agg(1 + n % 5) FROM generate_series(1, 100) n UNION ALL
	SELECT ces_agg(1 + n % 7) FROM generate_series(1, 100) n UNION ALL
	SELECT rating_agg(n % 2 = 0) FROM generate_series(1, 100) n;
SELECT scale_of(s), responses(s), pg_column_size(s) AS stored FROM small;
-- and never more than 32 bytes in memory, for NPS
SELECT pg_column_size(nps_agg(n % 11)) AS in_memory FROM generate_series(1, 11 * 255) n;

--
-- Weighted summaries of 256 answers, well above 2 kB, in every way in which a table can keep them
--
CREATE TABLE large (id integer, way text, s rating_summary);
CREATE FUNCTION pg_temp.store(way text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'ALTER TABLE large ALTER s SET STORAGE ' || way;
	INSERT INTO large
		SELECT id, way, rating_agg(abs(hashint8extended(n, id) % 256)::integer, '255..0',
			abs(hashint8extended(n, -id) % 1000000000000) / 1000.0)
		FROM generate_series(1, 500) n, generate_series(1, 5) id GROUP BY id;
END
$$;
SELECT pg_temp.store('plain'), pg_temp.store('main'), pg_temp.store('extended'),
	pg_temp.store('external');
-- compressed or not, in the row or beside it
SELECT way, count(*), bool_and(pg_column_size(s) < octet_length(rating_summary_send(s))) AS smaller,
	bool_and(pg_column_compression(s) IS NOT NULL) AS compressed
FROM large GROUP BY way ORDER BY way;
SELECT pg_relation_size(reltoastrelid) > 0 AS out_of_line
FROM pg_class WHERE oid = 'large'::regclass;
-- the same values, and the same answers
SELECT a.way, b.way, bool_and(a.s = b.s) AS eq, bool_and(a.s <> b.s) AS ne,
	bool_and(rating_summary_hash(a.s) = rating_summary_hash(b.s)) AS hash,
	bool_and(rating_summary_send(a.s) = rating_summary_send(b.s)) AS bytes,
	bool_and(median_answer(a.s) = median_answer(b.s) AND csat(a.s, 9) = csat(b.s, 9)) AS readings
FROM large a JOIN large b USING (id) WHERE a.way < b.way GROUP BY a.way, b.way ORDER BY 1, 2;
SELECT way, rollup(s) = (SELECT rollup(s) FROM large WHERE way = 'plain') AS rollup,
	count(DISTINCT rating_summary_send(s)) AS different
FROM large GROUP BY way ORDER BY way;
SELECT a.way, bool_and((a.s + b.s) - b.s = a.s) AS difference,
	bool_and(a.s + b.s = b.s + a.s) AS sum
FROM large a JOIN large b ON a.id = b.id % 5 + 1 GROUP BY a.way ORDER BY 1;
SELECT way, bool_and(moving = (SELECT rollup(s) FROM large f WHERE f.way = t.way AND
	f.id BETWEEN t.id - 1 AND t.id)) AS moving
FROM (SELECT way, id, rollup(s) OVER (PARTITION BY way ORDER BY id ROWS 1 PRECEDING) AS moving
	FROM large) t
GROUP BY way ORDER BY way;
-- at_least hands on what it was given
SELECT way, bool_and(at_least(s, 500) = s), bool_and(at_least(s, 501) IS NULL)
FROM large GROUP BY way ORDER BY way;

--
-- Hashing: GROUP BY, DISTINCT, set operations and joins, whichever way the values are stored
--
SELECT count(*) AS groups, min(n) AS ways FROM (SELECT s, count(*) AS n FROM large GROUP BY s) t;
SELECT count(*) AS distinct_values FROM (SELECT DISTINCT s FROM large) t;
SELECT count(*) AS in_both FROM (SELECT s FROM large WHERE way = 'plain' INTERSECT
	SELECT s FROM large WHERE way = 'external') t;
SELECT count(*) AS in_one FROM (SELECT s FROM large WHERE way = 'main' EXCEPT
	SELECT s FROM large WHERE way = 'extended') t;
BEGIN;
SET LOCAL enable_nestloop = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL max_parallel_workers_per_gather = 0;
EXPLAIN (COSTS OFF) SELECT count(*) FROM small a JOIN small b USING (s);
SELECT count(*) AS pairs, bool_and(a.id = b.id) AS same
FROM large a JOIN large b USING (s);
COMMIT;
CREATE INDEX ON large USING hash (s);
BEGIN;
SET LOCAL enable_seqscan = off;
SELECT count(*) FROM large WHERE s = (SELECT s FROM large WHERE way = 'main' AND id = 3 LIMIT 1);
COMMIT;
-- partitions by hash use the seeded one
CREATE TABLE by_hash (s rating_summary) PARTITION BY HASH (s);
CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_hash SELECT s FROM large;
SELECT count(*) AS rows, (SELECT count(*) FROM by_hash_0) % 4 AS torn_apart FROM by_hash;

-- there is no order, and so none of what needs one
SELECT s FROM small ORDER BY s;
SELECT count(DISTINCT s) FROM small;
-- PostgreSQL's advice on functions that do not exist is another in each version
\set VERBOSITY terse
SELECT max(s) FROM small;
\set VERBOSITY default
CREATE INDEX ON small (s);

-- updates, and an upsert that adds
CREATE TEMP TABLE running (region text PRIMARY KEY, s rating_summary NOT NULL);
INSERT INTO running SELECT 'north', nps_agg(9);
INSERT INTO running SELECT 'north', nps_agg(6)
	ON CONFLICT (region) DO UPDATE SET s = running.s + excluded.s;
UPDATE running SET s = s + s;
SELECT * FROM running;
UPDATE running SET s = s - '{"scale": "0..10", "responses": {"6": 2, "9": 1}}';
SELECT * FROM running;

DROP TABLE large, by_hash;
