-- rating windows: frames without rows, without answers and without weights, and of another scale
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set random :tests '/random.psql'
\i :random

-- 200 rows whose answers fit 0..10, 1..5 and 1..7 at once, with gaps, and boolean beside
CREATE TEMP TABLE response AS
	SELECT n, n / 7 + pg_temp.random(n, 1, 3) AS day, answer, answer > 3 AS yes,
		CASE pg_temp.random(n, 3, 9) WHEN 0 THEN NULL WHEN 1 THEN 0
			ELSE pg_temp.random(n, 4, 5000000) / 1e6 END AS weight,
		CASE WHEN n % 4 > 0 THEN csat_agg(answer) OVER (PARTITION BY n / 3) END AS s
	FROM (SELECT n, CASE WHEN pg_temp.random(n, 2, 6) > 0 THEN 1 + pg_temp.random(n, 5, 5) END
			AS answer
		FROM generate_series(1, 200) n) t;

CREATE TEMP SEQUENCE asked;
CREATE FUNCTION pg_temp.count_calls(value anyelement) RETURNS anyelement
	STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nextval('asked');
	RETURN value;
END
$$;

-- without an inverse: 20 frames that only grow, then 180 that are counted anew
CREATE AGGREGATE pg_temp.nps_without_inverse(integer) (SFUNC = cxm_internal.nps_transition,
	STYPE = rating_summary, FINALFUNC = nps);
SELECT setval('asked', 1, false) AS start \gset
SELECT count(nps) AS figures FROM (SELECT pg_temp.nps_without_inverse(pg_temp.count_calls(answer))
	OVER (ORDER BY n ROWS 19 PRECEDING) AS nps FROM response) t;
SELECT nextval('asked') - 1 AS rows_asked_for, 20 + 180 * 20 AS by_hand;

--
-- Frames without rows, without answers, without weights
--
CREATE TEMP TABLE sparse (n integer, answer integer, weight float8);
INSERT INTO sparse VALUES (1, 9, 1), (2, NULL, 1), (3, NULL, NULL), (4, NULL, 2), (5, 0, NULL),
	(6, 10, 0.5), (7, 3, 0), (8, 7, 4);
-- no figure without answers, and no summary without rows
SELECT n, nps(answer) OVER one AS nps, responses(nps_agg(answer) OVER one) AS responses,
	nonresponses(nps_agg(answer) OVER one) AS none,
	nps(nps_agg(answer, weight) OVER one) AS weighted, responses(nps_agg(answer, weight) OVER one),
	nps(answer) OVER ahead AS ahead, nonresponses(nps_agg(answer, weight) OVER ahead) AS none_ahead
FROM sparse
WINDOW one AS (ORDER BY n ROWS CURRENT ROW),
	ahead AS (ORDER BY n ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING)
ORDER BY n;
-- only some rows are for the aggregate
SELECT n, nps(answer) FILTER (WHERE n % 2 = 0) OVER three AS even,
	nonresponses(nps_agg(answer) FILTER (WHERE n < 5) OVER three) AS early,
	nps(answer) FILTER (WHERE false) OVER three AS never
FROM sparse WINDOW three AS (ORDER BY n ROWS 2 PRECEDING) ORDER BY n;
-- whole partitions without an answer, empty tables
SELECT n, nps(NULL::integer) OVER w AS nps, nonresponses(nps_agg(NULL::smallint) OVER w) AS none
FROM sparse WINDOW w AS (PARTITION BY n / 4 ORDER BY n ROWS 1 PRECEDING) ORDER BY n;
SELECT nps_agg(answer) OVER () FROM sparse WHERE false;

--
-- Summaries: none yet, none any more
--
CREATE TEMP TABLE summaries AS
	SELECT n, CASE WHEN n IN (3, 4, 8) THEN nps_agg(n) END AS s,
		CASE WHEN n IN (3, 4, 8) THEN nps_agg(n, n / 4.0) END AS weighted
	FROM generate_series(1, 9) n GROUP BY n;
SELECT n, rollup(s) OVER two::jsonb -> 'responses' AS responses,
	rollup(weighted) OVER two::jsonb -> 'weights' AS weights,
	rollup(s) OVER ahead::jsonb -> 'responses' AS ahead
FROM summaries
WINDOW two AS (ORDER BY n ROWS 1 PRECEDING),
	ahead AS (ORDER BY n ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING)
ORDER BY n;

--
-- From one scale to another: a frame must be of one kind, its neighbours need not
--
CREATE TEMP TABLE change (n integer, answer integer, scale text, weight float8);
INSERT INTO change VALUES (1, 5, '1..5', 1), (2, 4, '1..5', 1), (3, 4, '5..1', 1),
	(4, NULL, '0..10', 1), (5, 8, '0..10', NULL), (6, 7, '0..10', 2);
SELECT n, scale_of(plain) AS scale, mean_answer(plain) AS mean, nonresponses(plain) AS none,
	scale_of(weighted) AS weighted, scale_of(rolled_up) AS rollup
FROM (SELECT n, rating_agg(answer, scale) OVER one AS plain,
		rating_agg(answer, scale, weight) OVER one AS weighted, rollup(s) OVER one AS rolled_up
	FROM change JOIN (SELECT n, rating_agg(answer, scale) AS s FROM change GROUP BY n) s USING (n)
	WINDOW one AS (ORDER BY n ROWS CURRENT ROW)) t ORDER BY n;
-- the old scale goes out by the inverse before the new one comes in
SELECT n, scale_of(rating_agg(answer, scale) FILTER (WHERE n IN (1, 4, 5)) OVER two) AS scale,
	scale_of(rating_agg(answer, scale, weight) FILTER (WHERE n IN (1, 4, 5)) OVER two) AS weighted,
	scale_of(rollup(s) FILTER (WHERE n IN (1, 4, 5)) OVER two) AS rollup
FROM change JOIN (SELECT n, rating_agg(answer, scale) AS s FROM change GROUP BY n) s USING (n)
WINDOW two AS (ORDER BY n ROWS 1 PRECEDING) ORDER BY n;
SELECT n, rating_agg(answer, scale) OVER (ORDER BY n ROWS 1 PRECEDING) FROM change;
SELECT n, rating_agg(answer, scale, weight) OVER (ORDER BY n ROWS 1 PRECEDING) FROM change;
SELECT n, rollup(s) OVER (ORDER BY n ROWS 1 PRECEDING)
FROM (SELECT n, rating_agg(answer, scale) AS s FROM change GROUP BY n) s;

--
-- A window that has been busy keeps its wide counters; what comes out of it is narrow again
--
CREATE AGGREGATE pg_temp.nps_state(integer) (
	SFUNC = cxm_internal.nps_transition, STYPE = rating_summary,
	MSFUNC = cxm_internal.nps_transition, MINVFUNC = cxm_internal.nps_inverse, MSTYPE = rating_summary);
CREATE TEMP TABLE busy AS
	SELECT n, nps_agg(9) OVER w AS s, pg_temp.nps_state(9) OVER w AS state, count(*) OVER w AS rows
	FROM generate_series(1, 1000) n
	WINDOW w AS (ORDER BY n RANGE BETWEEN CURRENT ROW AND 300 FOLLOWING);
SELECT min(rows), max(rows), bool_and(responses(s) = rows AND responses(state) = rows)
FROM busy;
-- state and value differ in their bytes then, and in nothing else
SELECT count(*) FILTER (WHERE pg_column_size(state) > pg_column_size(s)) AS wide_states,
	bool_and(s = state
		AND cxm_internal.rating_summary_send(s) = cxm_internal.rating_summary_send(state) AND s::text = state::text
		AND s::jsonb = state::jsonb AND state + s = s + s AND (state + s) - state = s) AS alike
FROM busy;
SELECT rollup(state) = rollup(s) AS rollup, rollup(state)::text = rollup(s)::text AS text
FROM busy;

--
-- A NULL weight skips the row, whatever its scale
--
CREATE TEMP TABLE unweighed (n integer, answer integer, scale text, weight float8);
INSERT INTO unweighed VALUES (1, 4, '1..5', NULL), (2, 9, '0..10', 2), (3, 4, '1..5', NULL),
	(4, 6, '0..10', 1), (5, NULL, '5..1', NULL);
SELECT mean_answer(rating_agg(answer, scale, weight ORDER BY n)) AS up,
	mean_answer(rating_agg(answer, scale, weight ORDER BY n DESC)) AS down,
	mean_answer(rating_agg(answer, scale, weight) FILTER (WHERE weight IS NOT NULL)) AS without
FROM unweighed;
SELECT n, mean_answer(rating_agg(answer, scale, weight) OVER (ORDER BY n ROWS 1 PRECEDING)) AS mean
FROM unweighed ORDER BY n;
SELECT n, mean_answer(rating_agg(answer, scale, weight) OVER (ORDER BY n ROWS BETWEEN 1 FOLLOWING
	AND 2 FOLLOWING)) AS mean
FROM unweighed ORDER BY n;
