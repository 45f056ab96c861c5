-- windows: every aggregate over moving frames gives what counting the frame's rows again gives, and
-- those that count take each row in once and out once
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set types :tests '/types.psql'
\i :types
SELECT * FROM law_lacks;

--
-- Frames of each mode, behind, around and ahead of the row, over peers of up to several rows, with each
-- EXCLUDE
--
CREATE TABLE law_frame (mode text, key text, low integer, high integer, exclusion text, condition text);
INSERT INTO law_frame
	SELECT mode, key, low, high, exclusion, condition
	FROM (VALUES ('ROWS', 'n', -15, 0), ('ROWS', 'n', -6, -2), ('RANGE', 'day', -2, 1),
			('GROUPS', 'day_rank', -2, 0), ('GROUPS', 'day_rank', 1, 2)) v (mode, key, low, high),
		(VALUES ('NO OTHERS', 'true'), ('CURRENT ROW', 'f.n <> r.n'), ('GROUP', 'f.%1$s <> r.%1$s'),
			('TIES', '(f.%1$s <> r.%1$s OR f.n = r.n)')) e (exclusion, condition);
CREATE TABLE law_window AS SELECT *, dense_rank() OVER (ORDER BY day)::integer AS day_rank
	FROM law_row WHERE n <= 60;
SELECT count(*) AS frames, (SELECT max(peers) FROM (SELECT count(*) AS peers FROM law_window
	GROUP BY day) t) AS most_peers FROM law_frame;
-- one query for all frames of a call
CREATE FUNCTION pg_temp.moves(each law_call) RETURNS TABLE (figures bigint, nulls bigint, same bigint)
	LANGUAGE plpgsql AS $$
DECLARE
	query text := (SELECT string_agg(format('SELECT moving::text AS moving, (SELECT %1$s FROM law_window f
			WHERE f.%3$s BETWEEN r.%3$s + %4$s AND r.%3$s + %5$s AND %7$s)::text AS again
		FROM (SELECT w.*, %1$s OVER (ORDER BY %3$s %2$s BETWEEN %6$s EXCLUDE %8$s) AS moving
			FROM law_window w) r', each.call, mode, key, low, high,
		(SELECT string_agg(abs(bound) || CASE WHEN bound > 0 THEN ' FOLLOWING' ELSE ' PRECEDING' END,
			' AND ' ORDER BY bound) FROM unnest(ARRAY[low, high]) bound),
		format(condition, key), exclusion), ' UNION ALL ') FROM law_frame);
BEGIN
	RETURN QUERY EXECUTE format('SELECT count(*), count(*) FILTER (WHERE again IS NULL),
		count(*) FILTER (WHERE moving IS NOT DISTINCT FROM again) FROM (%s) t', query);
END
$$;
CREATE TABLE law_moves AS SELECT id, call, state, m.* FROM law_call c, pg_temp.moves(c) m;
SELECT state, min(figures) AS figures, sum(nulls) > 0 AS some_nulls,
	bool_and(nulls < figures) AS some_figures, sum(figures - same) AS differing
FROM law_moves GROUP BY state ORDER BY state::text COLLATE "C";
SELECT call, figures - same AS differing FROM law_moves WHERE same < figures ORDER BY id;

--
-- A frame of 20 rows that moves by a row takes one in and one out: 60 rows came in and 40 went out,
-- all but the last frame's. What has no inverse, as sets have none, counts each frame anew.
--
CREATE SEQUENCE asked;
CREATE FUNCTION pg_temp.is_asked() RETURNS boolean STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nextval('law.asked');
	RETURN true;
END
$$;
CREATE FUNCTION pg_temp.asked(call text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM setval('law.asked', 1, false);
	EXECUTE format('SELECT count(figure) FROM (SELECT %s FILTER (WHERE pg_temp.is_asked())
		OVER (ORDER BY n ROWS 19 PRECEDING) AS figure FROM law_window) t', call);
	RETURN nextval('law.asked') - 1;
END
$$;
SELECT state, asked FROM law_call, pg_temp.asked(call) asked
GROUP BY state, asked ORDER BY state::text COLLATE "C", asked;
SELECT 60 + 40 AS by_hand, 20 + 40 * 20 AS anew;
-- whoever has an inverse moves, and whoever counts has one
SELECT bool_and((aggminvtransfn <> 0) = coalesce(counts, false)) AS inverses
FROM (SELECT DISTINCT function, state FROM law_call) c JOIN pg_aggregate ON aggfnoid = function
	LEFT JOIN law_type ON type = state;

--
-- A state is no larger than its frame calls for, however large it had to be before
--
CREATE AGGREGATE pg_temp.revenue_state(numeric, numeric) (
	SFUNC = cxm_internal.revenue_transition, STYPE = revenue_summary,
	MSFUNC = cxm_internal.revenue_transition, MINVFUNC = cxm_internal.revenue_inverse, MSTYPE = revenue_summary);
CREATE AGGREGATE pg_temp.revenue_rollup_state(revenue_summary) (
	SFUNC = cxm_internal.revenue_summary_combine, STYPE = revenue_summary, MSTYPE = revenue_summary,
	MSFUNC = cxm_internal.revenue_summary_rollup, MINVFUNC = cxm_internal.revenue_summary_rollup_inverse);
CREATE AGGREGATE pg_temp.survival_state(integer, boolean) (
	SFUNC = cxm_internal.survival_transition, STYPE = survival_summary,
	MSFUNC = cxm_internal.survival_transition, MINVFUNC = cxm_internal.survival_inverse, MSTYPE = survival_summary);
CREATE AGGREGATE pg_temp.retention_state(activity_days, text, date) (
	SFUNC = cxm_internal.retention_transition, STYPE = retention_summary,
	MSFUNC = cxm_internal.retention_transition, MINVFUNC = cxm_internal.retention_inverse, MSTYPE = retention_summary);
CREATE AGGREGATE pg_temp.retention_rollup_state(retention_summary) (
	SFUNC = cxm_internal.retention_summary_combine, STYPE = retention_summary, MSTYPE = retention_summary,
	MSFUNC = cxm_internal.retention_summary_rollup, MINVFUNC = cxm_internal.retention_summary_rollup_inverse);

-- in the frames with row 20, and in the later ones: an amount of 100,000 digits either side of the
-- point, a customer since the year 1, and 80,000 durations, each of them in ten frames
CREATE FUNCTION pg_temp.sizes(state text, input text) RETURNS TABLE (aggregate text,
	early integer, large integer, late integer) LANGUAGE plpgsql AS $$
BEGIN
	aggregate := state;
	EXECUTE format('SELECT max(size) FILTER (WHERE n < 20), max(size) FILTER (WHERE n < 30),
			max(size) FILTER (WHERE n > 32)
		FROM (SELECT n, pg_column_size(pg_temp.%s OVER (ORDER BY n ROWS 9 PRECEDING)) AS size
			FROM (SELECT n, %s AS x FROM generate_series(1, 60) n GROUP BY n) rows) sizes', state, input)
		INTO early, large, late;
	RETURN NEXT;
END
$$;
SELECT aggregate, early < 1000 AS early_small, large > 100000 AS large, late < 1000 AS late_small
FROM (SELECT * FROM pg_temp.sizes('revenue_state(x, n)',
		'CASE n WHEN 20 THEN 1e100000 ELSE n + 0.25 END')
	UNION ALL SELECT * FROM pg_temp.sizes('revenue_state(n, x)',
		'CASE n WHEN 20 THEN 1e-16383 ELSE n + 0.25 END')
	UNION ALL SELECT * FROM pg_temp.sizes('revenue_rollup_state(x)',
		'revenue_agg(CASE n WHEN 20 THEN 1e100000 ELSE n + 0.25 END, 5)')
	UNION ALL SELECT * FROM pg_temp.sizes($$retention_state(x, 'day', '2025-12-31')$$,
		$$activity_agg(CASE n WHEN 20 THEN '0001-01-01' ELSE date '2025-12-01' END + n % 7)$$)
	UNION ALL SELECT * FROM pg_temp.sizes('retention_rollup_state(x)', $$format(
		'{"bucket": "day", "eligible": [1%1$s], "retained": [1%1$s]}',
		CASE n WHEN 20 THEN repeat(', 1', 740000) END)::retention_summary$$)) t;
SELECT count(*) AS rows, max(pg_column_size(state)) < 1000 AS small
FROM (SELECT pg_temp.survival_state(n, true) OVER (ORDER BY n ROWS 10 PRECEDING) AS state
	FROM generate_series(1, 80000) n) t;
-- and what comes out is right, before, while and after
SELECT bool_and(s = again) AS revenue, count(*) AS rows
FROM (SELECT n, revenue_agg(x, n) OVER (ORDER BY n ROWS 9 PRECEDING) AS s FROM
		(SELECT n, CASE n WHEN 20 THEN 1e1000 WHEN 40 THEN 1e-1000 ELSE n + 0.25 END AS x
		FROM generate_series(1, 60) n) rows) t,
	LATERAL (SELECT revenue_agg(CASE n WHEN 20 THEN 1e1000 WHEN 40 THEN 1e-1000 ELSE n + 0.25 END, n)
		AS again FROM generate_series(greatest(1, t.n - 9), t.n) n) f;
SELECT bool_and(s = again) AS retention, count(*) AS rows
FROM (SELECT n, retention_agg(a, 'day', '2025-12-31') OVER (ORDER BY n ROWS 9 PRECEDING) AS s FROM
		(SELECT n, activity_agg(CASE n WHEN 20 THEN '2020-01-01' ELSE date '2025-12-01' END + n % 7) AS a
		FROM generate_series(1, 60) n GROUP BY n) rows) t,
	LATERAL (SELECT retention_agg(a, 'day', '2025-12-31') AS again FROM
		(SELECT activity_agg(CASE n WHEN 20 THEN '2020-01-01' ELSE date '2025-12-01' END + n % 7) AS a
		FROM generate_series(greatest(1, t.n - 9), t.n) n GROUP BY n) rows) f;
-- all that was counted by weeks has left the frame, in which somebody is who does not count
SELECT n, retention_agg(days::activity_days, bucket, '2025-12-31') OVER (ORDER BY n ROWS 1 PRECEDING)
FROM (VALUES (1, '{"days": ["2025-12-20"]}', 'week'), (2, NULL, 'week'),
	(3, '{"days": ["2025-12-30"]}', 'day')) v (n, days, bucket);

--
-- Time: about a second each, where each took half a minute once
--
SET statement_timeout = '15s';
-- a frame of ten rows does not pay for the durations that have left it
SELECT max(median_survival(s)) FROM (SELECT survival_agg(n, true) OVER (ORDER BY n ROWS 10 PRECEDING)
	AS s FROM generate_series(1, 80000) n) t;
-- the tables of partial aggregates are merged into one that is large enough for both
CREATE AGGREGATE pg_temp.merged_states(survival_summary) (
	SFUNC = cxm_internal.survival_summary_combine, STYPE = survival_summary, FINALFUNC = cxm_internal.survival_summary_final);
CREATE AGGREGATE pg_temp.table_of(integer, boolean) (
	SFUNC = cxm_internal.survival_transition, STYPE = survival_summary);
SELECT events(pg_temp.merged_states(s)) FROM (SELECT pg_temp.table_of(n, true) AS s
	FROM generate_series(1, 1250000) n GROUP BY n % 2) parts;
RESET statement_timeout;

DROP SCHEMA law CASCADE;
