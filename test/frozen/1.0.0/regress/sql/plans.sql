-- plans: whichever way PostgreSQL aggregates, the figures are the same
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

CREATE TABLE response (region integer, channel integer, score smallint, weight float8);
INSERT INTO response
	SELECT abs(hashint8extended(n, 1) % 40), n % 3, abs(hashint8extended(n, 2) % 12), n % 7
	FROM generate_series(1, 20000) n;
UPDATE response SET score = NULL WHERE score = 11;
ANALYZE response;

-- each region with what plain SQL counts
CREATE TABLE expected AS
	SELECT region, count(score) AS responses, count(*) - count(score) AS nonresponses,
		100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6))
			/ count(score)::float8 AS nps
	FROM response GROUP BY region;

--
-- One transition serves both the figure and the summary: the argument is asked for once a row
--
CREATE SEQUENCE asked;
CREATE FUNCTION count_calls(value smallint) RETURNS smallint STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nextval('asked');
	RETURN value;
END
$$;
SELECT nps(count_calls(score)) = nps(nps_agg(count_calls(score))) AS same FROM response;
SELECT nextval('asked') - 1 AS asked_for;
SELECT setval('asked', 1, false) AS start \gset
SELECT csat(count_calls(score), '0..5') = csat(csat_agg(count_calls(score), '0..5'))
	AND ces(count_calls(score), '0..5') = ces(rating_agg(count_calls(score), '0..5')) AS same
FROM response WHERE score <= 5;
SELECT nextval('asked') - 1 = count(*) AS once FROM response WHERE score <= 5;
-- aggregates of different transitions do not share
SELECT setval('asked', 1, false) AS start \gset
SELECT nps(count_calls(score)) = nps(rating_agg(count_calls(score), '0..10')) AS same FROM response;
SELECT nextval('asked') - 1 AS asked_for;
-- the shared state is read by each and changed by none
SELECT bool_and(nps = nps(s) AND nps = nps(again) AND s = again AND nps = nps_again) AS same
FROM (SELECT nps(score), nps_agg(score) AS s, nps_agg(score) AS again, nps(score) AS nps_again
	FROM response GROUP BY region) t;

--
-- Hashed, sorted, and hashed with too little memory
--
CREATE FUNCTION check_regions() RETURNS TABLE (regions bigint, same boolean) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMP TABLE counted AS
		SELECT region, nps(score), nps_agg(score) AS s FROM response GROUP BY region;
	SELECT count(*), bool_and(counted.nps = e.nps AND nps(s) = e.nps AND responses(s) = e.responses
			AND nonresponses(s) = e.nonresponses)
		INTO regions, same FROM counted FULL JOIN expected e USING (region);
	DROP TABLE counted;
	RETURN NEXT;
END
$$;
EXPLAIN (COSTS OFF) SELECT region, nps(score), nps_agg(score) FROM response GROUP BY region;
SELECT * FROM check_regions();
BEGIN;
SET LOCAL enable_hashagg = off;
EXPLAIN (COSTS OFF) SELECT region, nps(score), nps_agg(score) FROM response GROUP BY region;
SELECT * FROM check_regions();
COMMIT;
-- in the order asked for, and each answer once
SELECT bool_and(nps_agg = sorted) AS sorted,
	bool_and(once = '{"scale": "0..10", "responses": {"0": 1, "1": 1, "2": 1, "3": 1, "4": 1, "5": 1,
		"6": 1, "7": 1, "8": 1, "9": 1, "10": 1}, "nonresponses": 1}') AS once
FROM (SELECT nps_agg(score), nps_agg(score ORDER BY weight, score DESC) AS sorted,
		nps_agg(DISTINCT score) AS once
	FROM response GROUP BY region) t;
-- a group for each row, and memory for a few: partial groups spill and come back
BEGIN;
SET LOCAL enable_sort = off;
SET LOCAL work_mem = '64kB';
SELECT count(*) AS groups, sum(responses(s)) AS responses, sum(nonresponses(s)) AS nonresponses,
	rollup(s) = (SELECT nps_agg(score) FROM response) AS same
FROM (SELECT n, nps_agg(score) AS s
	FROM (SELECT score, row_number() OVER () / 2 AS n FROM response) r GROUP BY n) t;
SELECT count(*) AS groups, rollup(s) = (SELECT nps_agg(score, weight) FROM response) AS same
FROM (SELECT n, nps_agg(score, weight) AS s
	FROM (SELECT score, weight, row_number() OVER () / 2 AS n FROM response) r GROUP BY n) t;
COMMIT;

--
-- Grouping sets: every level of a cube is the rollup of the finer ones
--
CREATE FUNCTION check_cube() RETURNS TABLE (level integer, groups bigint, same boolean)
	LANGUAGE sql AS $$
	WITH cube AS (
		SELECT region, channel, GROUPING(region, channel) AS level, nps(score), nps_agg(score) AS s,
			nps_agg(score, weight) AS weighted
		FROM response GROUP BY CUBE (region, channel)
	)
	SELECT cube.level, count(*), bool_and(cube.nps = nps(cube.s) AND cube.s = rolled_up.s
		AND cube.weighted = rolled_up.weighted)
	FROM cube, LATERAL (SELECT rollup(s) AS s, rollup(weighted) AS weighted
		FROM cube finest WHERE finest.level = 0
			AND finest.region = coalesce(cube.region, finest.region)
			AND finest.channel = coalesce(cube.channel, finest.channel)) rolled_up
	GROUP BY cube.level
$$;
SELECT * FROM check_cube() ORDER BY level;
BEGIN;
SET LOCAL enable_hashagg = off;
SELECT * FROM check_cube() ORDER BY level;
COMMIT;
SELECT region, channel, responses(nps_agg(score)), round(nps(score)::numeric, 3) AS nps
FROM response WHERE region < 2 GROUP BY ROLLUP (region, channel) ORDER BY region, channel;

--
-- FILTER, and rows that the padding of an outer join makes
--
SELECT nps(nps_agg(score) FILTER (WHERE channel = 1)) = nps(score) FILTER (WHERE channel = 1)
		AS same,
	nps_agg(score) FILTER (WHERE channel = 1) + nps_agg(score) FILTER (WHERE channel <> 1) =
		nps_agg(score) AS parts,
	nps_agg(score) FILTER (WHERE score IS NOT NULL) + nps_agg(score) FILTER (WHERE score IS NULL) =
		nps_agg(score) AS answered_or_not,
	nps_agg(score) FILTER (WHERE channel = 9) AS none
FROM response;
SELECT id, response_rate(nps_agg(score)) AS rate
FROM (VALUES (1), (2), (3)) customer (id) LEFT JOIN (VALUES (1, 9), (2, NULL)) survey (id, score)
	USING (id)
GROUP BY id ORDER BY id;

--
-- Parallel plans
--
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ALTER TABLE response SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT nps(score) FROM response;
SELECT nps(score) = nps(nps_agg(score)) AS one_state, responses(nps_agg(score)),
	nps_agg(score, weight) = (SELECT rollup(s) FROM (SELECT nps_agg(score, weight) AS s
		FROM response GROUP BY region, channel OFFSET 0) t) AS weighted
FROM response;
-- grouped, too: how the partial groups meet again depends on the version
DO $$
DECLARE
	line text;
BEGIN
	FOR line IN EXPLAIN (COSTS OFF) SELECT region, nps(score), nps_agg(score) FROM response
		GROUP BY region
	LOOP
		IF line ~ 'Partial \w*Aggregate' THEN
			RETURN;
		END IF;
	END LOOP;
	RAISE EXCEPTION 'no partial aggregate';
END
$$;
SELECT * FROM check_regions();
SET parallel_leader_participation = off;
SELECT * FROM check_regions();

DROP FUNCTION count_calls, check_regions, check_cube;
DROP SEQUENCE asked;
DROP TABLE response, expected;
