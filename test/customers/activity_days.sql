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
	($$cxm_internal.activity_transition(NULL, '2025-01-31')$$)) v (statement);

--
-- A set: the union with itself, with none and with a blank changes nothing, and nothing is taken out
--
SELECT a + '{}' = a AS right, '{}' + a = a AS left, a + '{"days": []}' = a AS no_days,
	'{}'::activity_days + '{}' AS none, pg_temp.refusal('SELECT ''{}''::activity_days - ''{}''') AS less
FROM (SELECT activity_agg(day) AS a FROM visit) t;
-- an aggregate of one's own that begins with a value, and gets no row
CREATE AGGREGATE pg_temp.begun(date) (STYPE = activity_days, SFUNC = cxm_internal.activity_transition,
	FINALFUNC = cxm_internal.activity_days_final, INITCOND = '{"days": ["2025-01-31"]}');
CREATE AGGREGATE pg_temp.blank(date) (STYPE = activity_days, SFUNC = cxm_internal.activity_transition,
	FINALFUNC = cxm_internal.activity_days_final, INITCOND = '{}');
SELECT pg_temp.begun(day), pg_temp.blank(day) FROM visit WHERE false;
SELECT pg_temp.begun(day), pg_temp.blank(day) FROM visit;
-- a moment has a day only in a zone; its absence, in any
SELECT activity_agg(NULL::timestamptz) IS NULL AS nothing;
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$activity_agg(timestamptz '2025-01-31 00:00Z')$$),
	($$activity_agg(timestamp '2025-01-31')$$),
	($$active_on('{}', now())$$)) v (statement);

--
-- How many days of a range, and any: with bounds of any kind, and none
--
SELECT within, day_count(a, within), active_between(a, within)
FROM (SELECT activity_agg(day) AS a FROM visit) t, unnest('{"[2025-01-31,2025-02-04)","(2025-01-31,2025-02-04]",
	"[2025-02-01,2025-02-02]","(,2025-01-31]","[2025-02-03,)","(,)",empty,"[-infinity,2025-01-01)","[2025-01-01,infinity]"}'::daterange[]) within;
SELECT day_count('{}', '[2025-01-01,)'), active_between('{}', '[2025-01-01,)'), active_between('{}', NULL) AS unknown;
SELECT count(*) AS customers, bool_and(day_count(a, within) = (SELECT count(*) FROM days(a) d WHERE d <@ within)) AS count,
	bool_and(active_between(a, within) = EXISTS (SELECT FROM days(a) d WHERE d <@ within)) AS any,
	count(*) FILTER (WHERE day_count(a, within) BETWEEN 1 AND day_count(a) - 1) > 50 AS some_of_them
FROM (SELECT activity_agg(date '2025-01-01' + (hashint8extended(n, 1) % (3 ^ (n % 7))::bigint)::integer) AS a,
		daterange(date '2024-06-01' + n % 100 * 3, date '2024-09-01' + n % 100 * 5) AS within
	FROM generate_series(1, 5000) n GROUP BY n % 100) t;

--
-- Stickiness. On 30 January: active that day the first and the third, active within the 30 days that
-- end with it these, the second and the fifth: 0.5
--
CREATE TEMP TABLE active AS SELECT customer, activity_agg(day) AS a
	FROM (VALUES (1, date '2025-01-30'), (1, '2025-01-02'), (2, '2025-01-15'), (3, '2025-01-30'), (4, '2024-12-01'),
		(5, '2025-01-01')) v (customer, day) GROUP BY customer;
SELECT round(count(*) FILTER (WHERE active_on(a, '2025-01-30'))::numeric
	/ count(*) FILTER (WHERE active_between(a, '[2025-01-01,2025-01-30]')), 2) AS stickiness FROM active;
-- and of a month: the days of all over the days that those who came could have had
SELECT ratio(day_count(a, month), 31 * active_between(a, month)::integer) = 5 / (31 * 4.0)::double precision AS month
FROM active, daterange('2025-01-01', '2025-02-01') month GROUP BY month;

--
-- Moments have a day in a zone: 17:00 in UTC is the next day in Shanghai
--
SELECT zone, activity_agg(at, zone) AS a, activity_agg(at, zone) = activity_agg((at AT TIME ZONE zone)::date) AS same
FROM (VALUES (timestamptz '2025-12-12 17:00Z'), ('2025-12-12 15:59:59Z'), (NULL)) v (at),
	unnest('{UTC,Asia/Shanghai,America/Los_Angeles}'::text[]) zone GROUP BY zone ORDER BY zone;
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$activity_agg(timestamptz '2025-12-12 17:00Z', NULL)$$),
	($$activity_agg(timestamptz 'infinity', 'UTC')$$),
	($$activity_agg(timestamp '2025-12-12 17:00', 'UTC')$$),
	($$activity_agg(date '2025-12-12', 'UTC')$$),
	($$activity_agg(timestamptz '2025-12-12 17:00Z', 'Asia/Nowhere')$$)) v (statement);
