-- windows: figures over moving frames, forwards and back again
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

--
-- Every aggregate of ratings, over each of these frames, against the aggregate of the frame's
-- rows. Its argument counts how often it is asked for: a frame that moved by a row takes one row in
-- and one out, where a frame that had to be counted anew would ask for all of its rows.
--
CREATE TEMP SEQUENCE asked;
CREATE FUNCTION pg_temp.count_calls(value anyelement) RETURNS anyelement
	STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nextval('asked');
	RETURN value;
END
$$;

CREATE FUNCTION pg_temp.moving_aggregate(aggregate regprocedure)
	RETURNS TABLE (rows_asked_for bigint, same boolean, same_days boolean, same_groups boolean)
	LANGUAGE plpgsql AS $$
DECLARE
	-- the arguments by their types: the answer, the scale, the weight
	arguments text := (SELECT string_agg(CASE
			WHEN type = 'boolean' THEN 'yes'
			WHEN type = 'rating_summary' THEN 's'
			WHEN type = 'text' THEN quote_literal('7..0')
			WHEN place > 1 THEN 'weight'
			ELSE 'answer::' || type END, ', ' ORDER BY place)
		FROM regexp_split_to_table(substring(aggregate::text, '\((.*)\)'), ',')
			WITH ORDINALITY t (type, place));
	name text := substring(aggregate::text, '[^(]*');
	counted text := regexp_replace(arguments, '[^,]*', 'pg_temp.count_calls(\&)');
	numbered text := '(SELECT r.*, dense_rank() OVER (ORDER BY day) AS day_rank FROM response r)';
	-- %1$s the order, %2$s the mode, %3$s and %4$s how many preceding and following
	query text := format('SELECT bool_and(moving::text IS NOT DISTINCT FROM (SELECT %s(%s) FROM %s f
			WHERE f.%%1$s BETWEEN r.%%1$s - %%3$s AND r.%%1$s + %%4$s)::text)
		FROM (SELECT %%1$s, %1$s(%4$s) OVER (ORDER BY %%1$s %%2$s BETWEEN %%3$s PRECEDING AND
			%%4$s FOLLOWING) AS moving FROM %3$s t) r', name, arguments, numbered, counted);
BEGIN
	PERFORM setval('asked', 1, false);
	EXECUTE format(query, 'n', 'ROWS', 19, 0) INTO same;
	rows_asked_for := nextval('asked') - 1;
	EXECUTE format(query, 'day', 'RANGE', 3, 2) INTO same_days;
	EXECUTE format(query, 'day_rank', 'GROUPS', 2, 1) INTO same_groups;
	RETURN NEXT;
END
$$;

-- 200 rows came in, and 180 went out: all but the last frame's 20
SELECT p.oid::regprocedure AS aggregate, rows_asked_for, same, same_days, same_groups
FROM (SELECT aggfnoid AS oid FROM pg_aggregate JOIN pg_depend d ON classid = 'pg_proc'::regclass
			AND objid = aggfnoid AND deptype = 'e'
		JOIN pg_extension e ON e.oid = refobjid AND extname = 'cxm'
		WHERE aggtranstype = 'rating_summary'::regtype OFFSET 0) p,
	pg_temp.moving_aggregate(p.oid::regprocedure)
ORDER BY p.oid::regprocedure::text COLLATE "C";

-- without an inverse: 20 frames that only grow, then 180 that are counted anew
CREATE AGGREGATE pg_temp.nps_without_inverse(integer) (SFUNC = nps_transition,
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
-- EXCLUDE, over peers of up to four rows
--
CREATE FUNCTION pg_temp.check_exclusion(exclusion text, condition text)
	RETURNS TABLE (excluded text, rows bigint, nps boolean, weighted boolean, rollup boolean)
	LANGUAGE plpgsql AS $$
BEGIN
	excluded := exclusion;
	EXECUTE format('SELECT count(*), bool_and(r.nps IS NOT DISTINCT FROM f.nps),
			bool_and(r.weighted IS NOT DISTINCT FROM f.weighted),
			bool_and(r.rolled_up IS NOT DISTINCT FROM f.rolled_up)
		FROM (SELECT n, day, nps(answer) OVER w, nps_agg(answer, weight) OVER w AS weighted,
				rollup(s) OVER w AS rolled_up
			FROM response WINDOW w AS (ORDER BY day RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING
				EXCLUDE %s)) r,
			LATERAL (SELECT nps(answer), nps_agg(answer, weight) AS weighted, rollup(s) AS rolled_up
				FROM response f WHERE f.day BETWEEN r.day - 2 AND r.day + 1 AND %s) f',
		exclusion, condition) INTO rows, nps, weighted, rollup;
	RETURN NEXT;
END
$$;
SELECT c.* FROM (VALUES ('NO OTHERS', 'true'), ('CURRENT ROW', 'f.n <> r.n'),
		('GROUP', 'f.day <> r.day'), ('TIES', '(f.day <> r.day OR f.n = r.n)')) v (e, condition),
	pg_temp.check_exclusion(e, condition) c;

--
-- A window that has been busy keeps its wide counters; what comes out of it is narrow again
--
CREATE AGGREGATE pg_temp.nps_state(integer) (
	SFUNC = nps_transition, STYPE = rating_summary,
	MSFUNC = nps_transition, MINVFUNC = nps_inverse, MSTYPE = rating_summary);
CREATE TEMP TABLE busy AS
	SELECT n, nps_agg(9) OVER w AS s, pg_temp.nps_state(9) OVER w AS state, count(*) OVER w AS rows
	FROM generate_series(1, 1000) n
	WINDOW w AS (ORDER BY n RANGE BETWEEN CURRENT ROW AND 300 FOLLOWING);
SELECT min(rows), max(rows), bool_and(responses(s) = rows AND responses(state) = rows)
FROM busy;
-- state and value differ in their bytes then, which = compares, but in nothing that leaves
SELECT count(*) FILTER (WHERE pg_column_size(state) > pg_column_size(s)) AS wide_states,
	bool_and((s = state) = (pg_column_size(state) = pg_column_size(s))
		AND rating_summary_send(s) = rating_summary_send(state) AND s::text = state::text
		AND s::jsonb = state::jsonb AND state + s = s + s AND (state + s) - state = s) AS alike
FROM busy;
SELECT rollup(state) = rollup(s) AS rollup, rollup(state)::text = rollup(s)::text AS text
FROM busy;
