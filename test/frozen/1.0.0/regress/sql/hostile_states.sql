-- hostile_states: what somebody's own aggregates over the support functions let out
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

-- states as they are: blanks, wide digits, tables, lists
CREATE AGGREGATE pg_temp.raw_churn(boolean, boolean) (
	STYPE = churn_summary, SFUNC = churn_snapshots_transition);
CREATE AGGREGATE pg_temp.raw_revenue(numeric, numeric) (
	STYPE = revenue_summary, SFUNC = revenue_transition);
CREATE AGGREGATE pg_temp.raw_survival(integer, boolean) (
	STYPE = survival_summary, SFUNC = survival_transition);
CREATE AGGREGATE pg_temp.raw_days(date) (
	STYPE = activity_days, SFUNC = activity_transition);
CREATE AGGREGATE pg_temp.raw_retention(activity_days, text, date) (
	STYPE = retention_summary, SFUNC = retention_transition);
CREATE TABLE hostile_row AS
	SELECT n, n % 3 > 0 AS was, n % 4 > 0 AS is_, n % 5 * 1.5 AS before, n % 7 * 0.25 AS after,
		n * n % 97 AS duration, date '2025-01-01' + n * n % 50 AS day
	FROM generate_series(1, 400) n;
CREATE TABLE hostile_state AS
	SELECT 'raw' AS kind, pg_temp.raw_churn(was, is_) AS c, pg_temp.raw_revenue(before, after) AS r,
		pg_temp.raw_survival(duration, is_) AS s, pg_temp.raw_days(day) AS d,
		(SELECT pg_temp.raw_retention(a, 'week', '2025-03-01') FROM
			(SELECT pg_temp.raw_days(day) AS a FROM hostile_row GROUP BY n % 9) x) AS t
	FROM hostile_row
	UNION ALL SELECT 'ours', churn_agg(was, is_), revenue_agg(before, after),
		survival_agg(duration, is_), activity_agg(day),
		(SELECT retention_agg(a, 'week', '2025-03-01') FROM
			(SELECT activity_agg(day) AS a FROM hostile_row GROUP BY n % 9) x)
	FROM hostile_row
	UNION ALL SELECT 'blank', pg_temp.raw_churn(false, false), pg_temp.raw_revenue(0, NULL),
		pg_temp.raw_survival(NULL, NULL), pg_temp.raw_days(NULL), pg_temp.raw_retention(NULL, 'day',
		'2025-03-01');

-- they are stored, merge, print and are sent like the ones that ours make; only = sees the slack
SELECT count(*), count(DISTINCT pg_column_size(a.s)) AS sizes, bool_and(a.c = b.c AND a.r = b.r
		AND a.s = b.s AND a.d = b.d AND a.t = b.t) AS equal,
	bool_and(a.c::text = b.c::text AND a.r::text = b.r::text AND a.s::text = b.s::text
		AND a.d::text = b.d::text AND a.t::text = b.t::text) AS text,
	bool_and(churn_summary_send(a.c) = churn_summary_send(b.c)
		AND revenue_summary_send(a.r) = revenue_summary_send(b.r)
		AND survival_summary_send(a.s) = survival_summary_send(b.s)
		AND activity_days_send(a.d) = activity_days_send(b.d)
		AND retention_summary_send(a.t) = retention_summary_send(b.t)) AS sent,
	bool_and(a.c + a.c = b.c + b.c AND a.r + a.r = b.r + b.r AND a.s + a.s = b.s + b.s
		AND a.d + a.d = b.d AND a.t + a.t = b.t + b.t) AS plus,
	bool_and(a.c - b.c = b.c - a.c AND a.r - b.r = b.r - a.r AND a.s - b.s = b.s - a.s
		AND a.t - b.t = b.t - a.t) AS minus
FROM hostile_state a, hostile_state b WHERE a.kind = 'raw' AND b.kind = 'ours';
SET enable_mergejoin = off;
SET enable_nestloop = off;
SELECT a.kind, b.kind FROM hostile_state a JOIN hostile_state b USING (c, r, s, d, t)
ORDER BY 1, 2;
RESET enable_mergejoin;
RESET enable_nestloop;
SELECT kind, churn_rate(c), mrr_end(r), median_survival(s), first_day(d), day_count(d),
	retention(t, 1), bucket_of(t), kind_of(t)
FROM hostile_state ORDER BY kind;
SELECT count(*) FROM hostile_state, survival_curve(s) WHERE kind = 'raw';
SELECT c, r, s, d, t FROM hostile_state WHERE kind = 'blank';
SELECT rollup(c) = min(c::text) FILTER (WHERE kind = 'raw')::churn_summary + max(c::text)
		FILTER (WHERE kind = 'ours')::churn_summary AS churn,
	mrr_start(rollup(r)) = 2 * mrr_start(min(r::text) FILTER (WHERE kind = 'raw')::revenue_summary)
		AS revenue, events(rollup(s)) AS survival, day_count(rollup(d)) AS days, rollup(t) AS retention
FROM hostile_state;
-- moving over them
SELECT kind, churn_rate(rollup(c) OVER w) IS NOT NULL AS c, mrr_start(rollup(r) OVER w) AS r,
	events(rollup(s) OVER w) AS s, retention(rollup(t) OVER w, 0) AS t
FROM hostile_state WINDOW w AS (ORDER BY kind ROWS CURRENT ROW) ORDER BY kind;
-- a blank has no parameters to be merged with
SELECT a.c + a.c FROM hostile_state a WHERE kind = 'blank';
SELECT a.r - b.r FROM hostile_state a, hostile_state b WHERE a.kind = 'ours' AND b.kind = 'blank';
SELECT a.t + b.t FROM hostile_state a, hostile_state b WHERE a.kind = 'ours' AND b.kind = 'blank';
-- of two fields with one name the last counts
SELECT '{"lost": 1, "lost": 2}'::churn_summary,
	'{"bucket": "day", "bucket": "week"}'::retention_summary;
DROP TABLE hostile_row, hostile_state;

--
-- Aggregates of one's own that go on from a value: their result is that of all rows
--
CREATE TEMP TABLE going AS
	SELECT n, n % 2 = 0 AS late, n % 3 > 0 AS was, n % 4 > 0 AS is_, n % 5 * 1.5 AS before,
		n % 7 * 0.25 AS after, n * n % 97 AS duration, date '2025-01-01' + n * n % 50 AS day,
		timestamptz '2025-01-01Z' + n * n % 311 * interval '1 s' AS at, 'x' || n * n % 23 AS stage,
		part.*
	FROM generate_series(1, 400) n, LATERAL (
		SELECT nps_agg(n * k % 11) AS ratings, duration_agg(n * k % 97 * interval '1 s') AS durations,
			churn_agg(n * k % 3 > 0, n * k % 4 > 0) AS churn, revenue_agg(n * k % 5, k) AS revenue,
			survival_agg(n * k % 97, n * k % 4 > 0) AS survival,
			activity_agg(date '2025-01-01' + n * k % 60) AS days,
			journey_agg(timestamptz '2025-01-01Z' + n * k % 60 * interval '1 s', 'x' || n * k % 4)
				AS journey
		FROM generate_series(1, 9) k) part;
CREATE TEMP TABLE going_further AS
	SELECT going.*, retention_agg(days, 'week', '2025-03-01') OVER w AS retention,
		funnel_agg(journey, '{x1,x3}', '1 h') OVER w AS funnel, flow_agg(journey) OVER w AS flow
	FROM going WINDOW w AS (PARTITION BY n);
CREATE FUNCTION pg_temp.goes_on(aggregate regprocedure, arguments text) RETURNS boolean
	LANGUAGE plpgsql AS $$
DECLARE
	parts pg_aggregate := a FROM pg_aggregate a WHERE aggfnoid = aggregate;
	name text := aggregate::regproc;
	value text;
	going_on text;
	whole text;
BEGIN
	EXECUTE format('SELECT %s(%s) FROM going_further WHERE NOT late', name, arguments) INTO value;
	EXECUTE format('CREATE AGGREGATE pg_temp.going_on(%s) (STYPE = %s, SFUNC = %s, FINALFUNC = %s,
		INITCOND = %L)', substring(aggregate::text FROM '\((.*)\)'), parts.aggtranstype::regtype,
		parts.aggtransfn, parts.aggfinalfn, value);
	EXECUTE format('SELECT pg_temp.going_on(%s) FROM going_further WHERE late', arguments) INTO going_on;
	EXECUTE format('SELECT %s(%s) FROM going_further', name, arguments) INTO whole;
	EXECUTE 'DROP AGGREGATE pg_temp.going_on' || substring(aggregate::text FROM '\(.*\)');
	RETURN going_on = whole;
END
$$;
SELECT aggregate, pg_temp.goes_on(aggregate::regprocedure, arguments) FROM (VALUES
	('nps_agg(integer)', 'n % 11'),
	('duration_agg(interval)', $$duration * interval '1 s'$$),
	('churn_agg(boolean,boolean)', 'was, is_'),
	('revenue_agg(numeric,numeric)', 'before, after'),
	('survival_agg(integer,boolean)', 'duration, is_'),
	('activity_agg(date)', 'day'),
	('retention_agg(activity_days,text,date)', $$days, 'week', '2025-03-01'$$),
	('journey_agg(timestamptz,text)', 'at, stage'),
	('journey_agg(timestamptz,journey_stage)', $$at, ('9:' || stage)::journey_stage$$),
	('funnel_agg(customer_journey,text[],interval)', $$journey, '{x1,x3}', '1 h'$$),
	('flow_agg(customer_journey)', 'journey'),
	('rollup(rating_summary)', 'ratings'),
	('rollup(duration_summary)', 'durations'),
	('rollup(churn_summary)', 'churn'),
	('rollup(revenue_summary)', 'revenue'),
	('rollup(survival_summary)', 'survival'),
	('rollup(activity_days)', 'days'),
	('rollup(retention_summary)', 'retention'),
	('rollup(customer_journey)', 'journey'),
	('rollup(funnel_summary)', 'funnel'),
	('rollup(flow_summary)', 'flow')) v (aggregate, arguments);
DROP TABLE going, going_further;

--
-- Forged states: whatever one or four of their bytes become, they are refused or are a value
--
CREATE CAST (bytea AS customer_journey) WITHOUT FUNCTION;
CREATE CAST (customer_journey AS bytea) WITHOUT FUNCTION;
CREATE AGGREGATE pg_temp.raw_journey(timestamptz, text) (
	STYPE = customer_journey, SFUNC = journey_transition);
CREATE AGGREGATE pg_temp.raw_funnel(interval, timestamptz, boolean, boolean) (
	STYPE = bytea, SFUNC = window_funnel_transition);
CREATE AGGREGATE pg_temp.combined(bytea) (
	STYPE = bytea, SFUNC = window_funnel_combine, FINALFUNC = window_funnel_final);
CREATE TEMP TABLE raw_state AS
	SELECT 'journey' AS type, pg_temp.raw_journey(timestamptz '2025-01-01Z' + (n * 7 % 30) * interval '1 s',
		CASE WHEN n % 3 = 0 THEN 'purchase' ELSE 'x' || n % stages END)::bytea AS state
	FROM generate_series(1, 30) n, (VALUES (1), (7), (30)) s (stages) GROUP BY stages
	UNION ALL SELECT 'funnel', pg_temp.raw_funnel('1 h', timestamptz '2025-01-01Z' + (n * 7 % 30) * interval '1 s',
		n % 2 = 0, n % 3 = 0)
	FROM generate_series(1, 30) n;
CREATE FUNCTION pg_temp.set_bytes(state bytea, at integer, bytes bytea) RETURNS bytea LANGUAGE sql AS
	$$SELECT overlay(state PLACING bytes FROM at + 1 FOR length(bytes))$$;
DO $$
DECLARE
	forged record;
	tried integer := 0;
	refused integer := 0;
BEGIN
	FOR forged IN SELECT type, pg_temp.set_bytes(state, at, bytes) AS state FROM raw_state,
			generate_series(0, length(state) - 4) at,
			unnest('{"\\x00","\\x01","\\x03","\\x7f","\\xff","\\xffffffff","\\x00000080","\\x7fffffff"}'::bytea[]) bytes
			WHERE at < 64 OR at > length(state) - 80 LOOP
		tried := tried + 1;
		BEGIN
			IF forged.type = 'journey' THEN
				-- read, added to, and what others are added to
				PERFORM rollup(j ORDER BY n)::text FROM (VALUES (1, forged.state::customer_journey),
					(2, '{"events": [{"at": "2025-01-01 00:00:00.5+00", "stage": "9:another"}]}'),
					(3, forged.state::customer_journey)) v (n, j);
				PERFORM event_count(forged.state::customer_journey);
			ELSE
				PERFORM pg_temp.combined(s) FROM (VALUES (forged.state), (forged.state)) v (s);
			END IF;
		EXCEPTION WHEN data_corrupted OR feature_not_supported OR program_limit_exceeded
				OR invalid_parameter_value THEN
			refused := refused + 1;
		END;
	END LOOP;
	RAISE WARNING 'thousands tried: %, some refused and some not: %', tried > 3000,
		refused > 100 AND refused < tried;
END $$;
DROP CAST (bytea AS customer_journey);
DROP CAST (customer_journey AS bytea);
