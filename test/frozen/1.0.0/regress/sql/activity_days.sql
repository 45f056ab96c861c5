-- activity_days: the set of days on which one customer was active
SET client_min_messages = warning;
SET datestyle = 'ISO';
CREATE EXTENSION IF NOT EXISTS cxm;

CREATE TEMP TABLE visit AS
	SELECT day FROM unnest('{2025-02-03,2025-01-31,2025-02-04,2025-01-31,2024-12-31,NULL}'::date[]) day;
SELECT activity_agg(day) AS a FROM visit;
SELECT first_day(a), last_day(a), day_count(a), active_on(a, '2025-01-31') AS there,
	active_on(a, '2025-02-01') AS not_there, active_on(a, NULL) AS unknown
FROM (SELECT activity_agg(day) AS a FROM visit) t;
SELECT d FROM (SELECT activity_agg(day) AS a FROM visit) t, days(a) d;
-- loading twice, or in another order, changes nothing
SELECT a = again AS twice, a = backwards AS backwards, a = a + a AS plus, a = merged AS rollup
FROM (SELECT activity_agg(day) AS a, activity_agg(day ORDER BY day DESC) AS backwards,
		(SELECT activity_agg(day) FROM (TABLE visit UNION ALL TABLE visit) v) AS again,
		(SELECT rollup(one) FROM (SELECT activity_agg(day) AS one FROM visit GROUP BY day) p) AS merged
	FROM visit) t;
-- the customer's own day is in the date that is passed
SELECT first_day(activity_agg((at AT TIME ZONE zone)::date)) AS day, zone
FROM (VALUES (timestamptz '2025-03-01 20:30+00')) v (at), unnest('{UTC,Asia/Kathmandu}'::text[]) zone
GROUP BY zone ORDER BY zone;

--
-- Random days against array_agg(DISTINCT)
--
SELECT count(*) AS customers, bool_and(array(SELECT days(a)) = plain) AS days,
	bool_and(day_count(a) = cardinality(plain)) AS count, bool_and(first_day(a) = plain[1]) AS first,
	bool_and(last_day(a) = plain[cardinality(plain)]) AS last,
	bool_and(active_on(a, probe) = (probe = ANY (plain))) AS active_on
FROM (SELECT n % 200, activity_agg(day) AS a, array_agg(DISTINCT day ORDER BY day) AS plain,
		min(day) + (max(day) - min(day)) / 2 AS probe
	FROM (SELECT n, date '2025-01-01' + (hashint8extended(n, 1) % (3 ^ (n % 12))::bigint)::integer AS day
		FROM generate_series(1, 20000) n) t
	GROUP BY n % 200) t;

-- 6 bytes, three for the first day, one for each that follows within 128 days
SELECT pg_column_size(activity_agg(date '2025-01-01' + 2 * n)) FROM generate_series(1, 10) n;
SELECT activity_agg(day) AS a FROM unnest('{0044-03-15 BC,5874897-12-31,4713-01-01 BC}'::date[]) day;
SELECT activity_agg(NULL::date) AS nothing, first_day('{}'), last_day('{}'), day_count('{}'),
	active_on('{}', '2025-01-01'), array(SELECT days('{}')) AS days, '{"days": []}'::activity_days;
-- whatever the date style
SET datestyle = 'German';
SELECT activity_agg(day)::text::activity_days = activity_agg(day) AS same, activity_agg(day) FROM visit;
SET datestyle = 'ISO';
PREPARE on_day AS SELECT active_on(activity_agg(day), $1) FROM visit;
EXECUTE on_day ('2025-02-03');

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$activity_agg('infinity'::date)$$),
	($$activity_agg('-infinity'::date)$$),
	($$'{"days": ["infinity"]}'::activity_days$$),
	($$'{"days": ["today"]}'::activity_days$$),
	($$'{"days": ["2025-1-31"]}'::activity_days$$),
	($$'{"days": ["2025-02-30"]}'::activity_days$$),
	($$'{"days": ["5900000-01-01"]}'::activity_days$$),
	($$'{"days": [20250131]}'::activity_days$$),
	($$'{"days": "2025-01-31"}'::activity_days$$),
	($$'{"day": []}'::activity_days$$),
	($$'[]'::activity_days$$),
	($$activity_transition(NULL, '2025-01-31')$$)) v (statement);
