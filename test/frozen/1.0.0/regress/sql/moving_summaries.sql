-- moving_summaries: churn, revenue, survival and retention over moving frames
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set random :tests '/random.psql'
\i :random

--
-- Frames by RANGE and GROUPS, over peers of up to five rows, with each EXCLUDE: what counting the
-- rows of the frame again gives
--
CREATE TEMP TABLE row_of AS
	SELECT n, day, dense_rank() OVER (ORDER BY day)::integer AS peers, was, is_, before, after,
		duration, active, visits,
		CASE WHEN n % 4 > 0 THEN survival_agg(duration, is_) OVER (PARTITION BY n / 3) END AS s,
		CASE WHEN n % 5 > 0 THEN revenue_agg(before, after, was) OVER (PARTITION BY n / 3) END AS r
	FROM (SELECT n, n / 4 + pg_temp.random(n, 1, 3) AS day, pg_temp.random(n, 2, 3) = 1 AS was,
			nullif(pg_temp.random(n, 3, 4), 3) > 0 AS is_, pg_temp.random(n, 4, 500) / 7.0 AS before,
			nullif(pg_temp.random(n, 5, 9), 0) * 1.5 AS after, pg_temp.random(n, 6, 30) AS duration,
			daterange(date '2025-01-01' + pg_temp.random(n, 7, 90),
				date '2025-04-01' + pg_temp.random(n, 8, 90)) AS active,
			(SELECT activity_agg(date '2025-01-01' + pg_temp.random(n * 10 + i, 9, 100))
				FROM generate_series(1, n % 5) i) AS visits
		FROM generate_series(1, 150) n) t;

CREATE FUNCTION pg_temp.moves(call text) RETURNS TABLE (aggregate text, frames bigint, same bigint)
	LANGUAGE plpgsql AS $$
DECLARE
	-- %1$s is the call, %2$s the order, %3$s the mode
	query text := 'SELECT count(*), count(*) FILTER (WHERE moving IS NOT DISTINCT FROM again)
		FROM (SELECT *, %1$s OVER (ORDER BY %2$s %3$s BETWEEN 2 PRECEDING AND 1 FOLLOWING %4$s)
			AS moving FROM row_of) r,
		LATERAL (SELECT %1$s AS again FROM row_of f
			WHERE f.%2$s BETWEEN r.%2$s - 2 AND r.%2$s + 1 AND %5$s) f';
	one record;
	counted bigint;
	alike bigint;
BEGIN
	aggregate := call;
	frames := 0;
	same := 0;
	FOR one IN SELECT * FROM (VALUES ('', 'true'), ('EXCLUDE CURRENT ROW', 'f.n <> r.n'),
			('EXCLUDE GROUP', 'f.day <> r.day'), ('EXCLUDE TIES', '(f.day <> r.day OR f.n = r.n)'))
				exclusions (exclusion, condition),
			(VALUES ('day', 'RANGE'), ('peers', 'GROUPS')) modes (key, mode)
	LOOP
		EXECUTE format(query, call, one.key, one.mode, one.exclusion, one.condition)
			INTO counted, alike;
		frames := frames + counted;
		same := same + alike;
	END LOOP;
	RETURN NEXT;
END
$$;
SELECT m.* FROM unnest(ARRAY['churn_agg(was, is_)', 'churn_rate(was, is_)',
	$$churn_agg(active, '[2025-03-01,2025-05-01)'::daterange)$$, 'revenue_agg(before, after)',
	$$revenue_agg(before, after, was, 'EUR')$$, 'rollup(r)', 'survival_agg(duration, is_)',
	$$survival_agg(lower(active), upper(active), '2025-05-15')$$, 'rollup(s)',
	$$retention_agg(visits, 'week', '2025-04-01')$$,
	$$retention_agg(visits, '9', '2025-04-01', 'on_or_after')$$]) call, pg_temp.moves(call) m;

--
-- A state is no larger than its frame calls for, however large it had to be before
--
CREATE AGGREGATE pg_temp.revenue_state(numeric, numeric) (
	SFUNC = revenue_transition, STYPE = revenue_summary,
	MSFUNC = revenue_transition, MINVFUNC = revenue_inverse, MSTYPE = revenue_summary);
CREATE AGGREGATE pg_temp.revenue_rollup_state(revenue_summary) (
	SFUNC = revenue_summary_combine, STYPE = revenue_summary, MSTYPE = revenue_summary,
	MSFUNC = revenue_summary_rollup, MINVFUNC = revenue_summary_rollup_inverse);
CREATE AGGREGATE pg_temp.survival_state(integer, boolean) (
	SFUNC = survival_transition, STYPE = survival_summary,
	MSFUNC = survival_transition, MINVFUNC = survival_inverse, MSTYPE = survival_summary);
CREATE AGGREGATE pg_temp.retention_state(activity_days, text, date) (
	SFUNC = retention_transition, STYPE = retention_summary,
	MSFUNC = retention_transition, MINVFUNC = retention_inverse, MSTYPE = retention_summary);
CREATE AGGREGATE pg_temp.retention_rollup_state(retention_summary) (
	SFUNC = retention_summary_combine, STYPE = retention_summary, MSTYPE = retention_summary,
	MSFUNC = retention_summary_rollup, MINVFUNC = retention_summary_rollup_inverse);

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
	SFUNC = survival_summary_combine, STYPE = survival_summary, FINALFUNC = survival_summary_final);
CREATE AGGREGATE pg_temp.table_of(integer, boolean) (
	SFUNC = survival_transition, STYPE = survival_summary);
SELECT events(pg_temp.merged_states(s)) FROM (SELECT pg_temp.table_of(n, true) AS s
	FROM generate_series(1, 1250000) n GROUP BY n % 2) parts;
RESET statement_timeout;
