-- churn_reasons: why customers left
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- By hand: of 200 customers 12 cancel in April and 8 do not pay; of the 180 that are left 6 cancel in May
--
CREATE TEMP TABLE contract AS
	SELECT n AS customer, date '2024-03-01' AS started, CASE WHEN n <= 12 THEN date '2025-04-10'
			WHEN n <= 20 THEN '2025-04-15' WHEN n <= 26 THEN '2025-05-10' END AS ended,
		CASE WHEN n <= 12 THEN 'cancelled' WHEN n <= 20 THEN 'payment failed' WHEN n <= 26 THEN 'cancelled'
			END AS reason
	FROM generate_series(1, 200) n;
CREATE TEMP TABLE monthly AS
	SELECT month, churn_reason_agg(started, ended, month, reason) AS s
	FROM contract, (VALUES (daterange('2025-04-01', '2025-05-01')), ('[2025-05-01,2025-06-01)')) v (month)
	GROUP BY month;
SELECT lower(month) AS month, churn_rate(s), churn_rate_for(s, 'cancelled') AS voluntary,
	churn_rate_for(s, 'payment failed') AS involuntary, lost_customers(s) AS lost,
	lost_customers(s, 'cancelled') AS cancelled, lost_customers(s, 'cancelled', 'payment failed') AS both,
	lost_customers(s, 'price') AS of_price, lost_customers(s, NULL) AS of_none
FROM monthly ORDER BY month;
-- the interval is Wilson's, as that of the rate, and of a share of counts
SELECT r.reason, r.lost, r.new_and_lost, round(r.churn_rate::numeric, 12) AS churn_rate,
	i.lower = r.lower AND i.upper = r.upper AS as_share
FROM monthly, churn_reasons(s) r, share_interval(r.lost, customers_at_start(s)) i ORDER BY month, reason;
SELECT reason, lost, churn_rate, round(r.lower::numeric, 12) = round(i.lower::numeric, 12)
		AND round(r.upper::numeric, 12) = round(i.upper::numeric, 12) AS half
FROM churn_reasons((SELECT churn_reason_agg(true, n > 3, 'x') FROM generate_series(1, 20) n), 0.5) r,
	share_interval(3, 20, 0.5) i;
-- months add up, and can be taken out again
SELECT s, sum(s) OVER () - s = lag(s, 1, lead) OVER (ORDER BY month) AS the_other
FROM (SELECT *, lead(s) OVER (ORDER BY month) FROM monthly) t ORDER BY month;

--
-- Random stays and reasons against plain SQL, in every form
--
CREATE TEMP TABLE stay AS
	SELECT n, started, started + length AS ended, nullif('r' || reason, 'r0') AS reason,
		daterange(started, started + length) AS days,
		datemultirange(daterange(started, started + length)) AS stays
	FROM (SELECT n, date '2025-01-01' + abs(hashint4extended(n, 1) % 100)::integer AS started,
			abs(hashint4extended(n, 2) % 60)::integer AS length, hashint4extended(n, 3) % 5 AS reason
		FROM generate_series(1, 3000) n) t;
WITH kind AS (
	SELECT reason, days @> date '2025-02-28' AS at_start, days @> date '2025-03-31' AS at_end,
		days && '[2025-03-01,2025-04-01)' AS meanwhile FROM stay
), plain AS (
	SELECT reason, count(*) FILTER (WHERE at_start AND NOT at_end) AS lost,
		count(*) FILTER (WHERE NOT at_start AND NOT at_end AND meanwhile) AS new_and_lost
	FROM kind GROUP BY reason
), summary AS (
	SELECT churn_reason_agg(days, '[2025-03-01,2025-04-01)', reason) AS s,
		churn_reason_agg(stays, '[2025-03-01,2025-04-01)', reason) AS of_stays,
		churn_reason_agg(started, ended, '[2025-03-01,2025-04-01)', reason) AS of_dates,
		churn_reason_agg(tstzrange(started::timestamptz, ended::timestamptz),
			'[2025-03-01,2025-04-01)', reason) AS of_time,
		churn_reason_agg(tstzmultirange(tstzrange(started::timestamptz, ended::timestamptz)),
			'[2025-03-01,2025-04-01)', reason) AS of_times,
		churn_reason_agg(started::timestamptz, ended::timestamptz, '[2025-03-01,2025-04-01)', reason)
			AS of_timestamps,
		churn_agg(days, '[2025-03-01,2025-04-01)') AS without
	FROM stay
)
SELECT count(*) AS reasons, bool_and(r.lost = p.lost) AS lost, bool_and(r.new_and_lost = p.new_and_lost)
		AS new_and_lost, bool_and(s = of_stays AND s = of_dates AND s = of_time AND s = of_times
			AND s = of_timestamps) AS forms,
	bool_and((s::jsonb - 'reasons')::churn_summary = without) AS otherwise_the_same
FROM plain p JOIN (SELECT s.*, r.* FROM summary s, churn_reasons(s) r) r
	ON r.reason IS NOT DISTINCT FROM p.reason;
SELECT churn_reason_agg(was, is_, reason), churn_reason_agg(was, is_, reason) FILTER (WHERE was AND is_) AS of_none
FROM (VALUES (true, true, 'x'), (true, false, 'y'), (true, false, NULL), (false, true, 'z'), (NULL, NULL, 'w'))
	v (was, is_, reason);

--
-- A customer who left twice: the reason of the last end before the period's
--
SELECT lower(month) AS month, r.reason, r.lost
FROM (SELECT month, churn_reason_agg(active, month, reason) AS s
	FROM (VALUES (daterange('2025-02-01', '2025-03-01')), ('[2025-05-01,2025-06-01)')) m (month),
		LATERAL (SELECT range_agg(daterange(started, ended)) AS active,
				(array_agg(reason ORDER BY ended DESC) FILTER (WHERE ended < upper(month)))[1] AS reason
			FROM (VALUES (date '2025-01-01', date '2025-02-10', 'price'),
				('2025-04-01', '2025-05-05', 'moved')) v (started, ended, reason)) c
	GROUP BY month) t, churn_reasons(s) r
ORDER BY month;

--
-- 256 reasons and no more; a window's frame may meet more of them one after the other
--
SELECT count(*), sum(lost) AS lost FROM churn_reasons((SELECT churn_reason_agg(true, false, 'r' || n % 256)
	FROM generate_series(1, 5000) n));
SELECT count(*), bool_and(lost_customers(s, 'r' || n) = 1 AND lost_customers(s) = least(n, 256)) AS as_counted
FROM (SELECT n, churn_reason_agg(true, false, 'r' || n) OVER (ORDER BY n ROWS 255 PRECEDING) AS s
	FROM generate_series(1, 1000) n) t;
SELECT lost_customers(churn_reason_agg(true, false, repeat('é', 127)), repeat('é', 127)) AS long_name;
-- counters of each width
SELECT pg_column_size(churn_reason_agg(true, n > 5, 'x') FILTER (WHERE n < 256)) AS small,
	pg_column_size(churn_reason_agg(n > 5, false, 'x')) AS wide
FROM generate_series(1, 300) n;
-- nobody, and nobody who left
SELECT churn_reason_agg(false, NULL, 'x') AS nobody, churn_rate_for('{}', 'x') AS blank,
	lost_customers('{}', 'x') AS of_blank, (SELECT count(*) FROM churn_reasons('{}')) AS rows,
	churn_rate_for('{"new": 3, "reasons": {}}', 'x') AS only_new,
	lost_customers(NULL::churn_summary, 'x') AS null, lost_customers('{"kept": 1, "reasons": {}}', 'x') AS none;

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$churn_reason_agg(true, false, 'r' || n) FROM generate_series(1, 257) n$$),
	($$sum(s) FROM (SELECT churn_reason_agg(true, false, 'r' || n) AS s FROM generate_series(1, 257) n
		GROUP BY n) t$$),
	($$churn_reason_agg(true, false, repeat('x', 256))$$),
	($$churn_reason_agg(date '2025-05-10', '2025-05-05', '[2025-05-01,2025-06-01)', 'x')$$),
	($$churn_reason_agg(timestamp '2025-05-10', NULL, '[2025-05-01,2025-06-01)', 'x')$$),
	($$churn_reasons('{"kept": 9, "lost": 1}')$$),
	($$lost_customers('{"kept": 9, "lost": 1}', 'x')$$),
	($$churn_rate_for('{"kept": 9, "lost": 1}', 'x')$$),
	($$churn_reasons('{}', 95)$$),
	($$'{"kept": 9, "lost": 1}'::churn_summary + '{"lost": 1, "reasons": {}}'$$),
	($$'{"lost": 2, "reasons": {"x": {"lost": 1}}}'::churn_summary - '{"lost": 1, "reasons": {"y": {"lost": 1}}}'$$),
	($$'{"lost": 1, "reasons": {"x": {"lost": 1}}}'::churn_summary - '{"lost": 1, "reasons": {}}'$$),
	($$'{"lost": 1, "reasons": {"x": {"lost": 2}}}'::churn_summary$$),
	($$'{"lost": 1, "reasons": {"x": {"new_and_lost": 1}}}'::churn_summary$$),
	($$'{"lost": 1, "reasons": {"x": 1}}'::churn_summary$$),
	($$'{"lost": 1, "reasons": {"x": {"kept": 1}}}'::churn_summary$$),
	($$'{"lost": 1, "reasons": {"x": {"lost": -1}}}'::churn_summary$$),
	($$'{"lost": 1, "reasons": ["x"]}'::churn_summary$$),
	($$format('{"reasons": {"%s": {}}}', repeat('x', 256))::churn_summary$$),
	($$format('{"reasons": {%s}}', (SELECT string_agg(format('"%s": {}', n), ', ')
		FROM generate_series(1, 257) n))::churn_summary$$)) v (statement);
-- the way out of a mixture
SELECT sum(s) FROM (SELECT '{"kept": 9, "lost": 1, "reasons": {"x": {"lost": 1}}}'::churn_summary AS s UNION ALL
	SELECT ('{"kept": 3, "lost": 2}'::churn_summary::jsonb || '{"reasons": {}}')::churn_summary) t;

--
-- Somebody's own aggregates begin with a stored value; what is empty takes on the form of the rows
--
CREATE AGGREGATE pg_temp.reasons_from_nothing (boolean, boolean, text) (STYPE = churn_summary,
	SFUNC = cxm_internal.churn_reason_snapshots_transition, FINALFUNC = cxm_internal.churn_summary_final,
	INITCOND = '{"kept": 0}');
CREATE AGGREGATE pg_temp.reasons_from_some (boolean, boolean, text) (STYPE = churn_summary,
	SFUNC = cxm_internal.churn_reason_snapshots_transition, FINALFUNC = cxm_internal.churn_summary_final,
	INITCOND = '{"lost": 255, "snapshots": true, "reasons": {"x": {"lost": 255}}}');
CREATE AGGREGATE pg_temp.reasons_from_others (boolean, boolean, text) (STYPE = churn_summary,
	SFUNC = cxm_internal.churn_reason_snapshots_transition, FINALFUNC = cxm_internal.churn_summary_final,
	INITCOND = '{"kept": 1, "snapshots": true}');
SELECT pg_temp.reasons_from_nothing(true, false, 'y'), pg_temp.reasons_from_some(true, false, 'x'),
	pg_temp.refusal($$SELECT pg_temp.reasons_from_others(true, false, 'x')$$) AS error;
-- no byte of a state is believed: reasons out of order, twice, cut short, and above what was lost
CREATE FUNCTION pg_temp.raw_churn(bytea) RETURNS churn_summary LANGUAGE internal STRICT AS 'byteasend';
SELECT why, pg_temp.refusal(format('SELECT churn_reasons(pg_temp.raw_churn(%L))', bytes)) AS error
FROM (VALUES ('fine', '\x0208000009000000 0161 0300 0162 0100'::bytea),
	('order', '\x0208000009000000 0162 0100 0161 0300'), ('twice', '\x0208000009000000 0161 0100 0161 0300'),
	('cut', '\x0208000009000000 0161 01'), ('long', '\x0208000009000000 ff61 0100'),
	('too many', '\x0208000009000000 0161 0a00'), ('in version 1', '\x01080000090000 0161 0100'),
	('no counters', '\x02080000')) v (why, bytes);
