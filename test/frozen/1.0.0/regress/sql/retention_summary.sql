-- retention_summary: how many customers came back, by period since their first day
SET client_min_messages = warning;
SET datestyle = 'ISO';
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- Users 1 to 5 on days 0 7 | 0 1 | 0 | 1 | 0 7 30 (day 0 is a Monday): of 5, one is back after one
-- day, two after seven, one after thirty; user 4, first seen on day 1, never
--
CREATE TEMP TABLE visit AS
	SELECT customer, date '2025-01-06' + day AS day
	FROM (VALUES (1, 0), (1, 7), (2, 0), (2, 1), (3, 0), (4, 1), (5, 0), (5, 7), (5, 30))
		v (customer, day);
CREATE TEMP TABLE customer AS
	SELECT customer, activity_agg(day) AS a FROM visit GROUP BY customer;
SELECT retention(s, 0), retention(s, 1), retention(s, 7), retention(s, 30), retention(s, 53) AS day_53,
	retention(s, 54) AS day_54
FROM (SELECT retention_agg(a, 'day', '2025-02-28') AS s FROM customer) t;
SELECT bucket, kind, retention_agg(a, bucket, '2025-02-28', kind) AS s
FROM customer, unnest('{week,7,month,quarter,year,30}'::text[]) bucket,
	unnest('{on,on_or_after}'::text[]) kind
GROUP BY bucket, kind ORDER BY bucket, kind;
SELECT c.* FROM (SELECT retention_agg(a, '7', '2025-01-20') AS s FROM customer) t, retention_curve(s) c;
-- two cohorts, 10 customers at 20 % and 100 at 0 %: the pooled rate is 2 of 110, 1.8 %
SELECT retention(small, 1) AS small, retention(large, 1) AS large,
	round(100 * retention(small + large, 1)::numeric, 1) AS pooled
FROM (SELECT retention_agg(activity_agg, 'day', '2025-03-01') FILTER (WHERE n <= 10) AS small,
		retention_agg(activity_agg, 'day', '2025-03-01') FILTER (WHERE n > 10) AS large
	FROM (SELECT n, activity_agg(date '2025-01-01' + d) FROM generate_series(1, 110) n,
			generate_series(0, CASE WHEN n <= 2 THEN 1 ELSE 0 END) d GROUP BY n) c) t;

--
-- Eligible is for whom the period had ended by as_of: to the day
--
SELECT bucket, as_of, retention_agg(a, bucket, as_of::date) AS s
FROM (SELECT activity_agg(d::date) AS a
		FROM unnest('{2025-01-29,2025-01-31,2025-02-03,2025-04-01}'::text[]) d) t,
	(VALUES ('day', '2025-01-28'), ('day', '2025-01-29'), ('day', '2025-01-31'),
		('week', '2025-02-01'), ('week', '2025-02-02'), ('week', '2025-02-09'),
		('month', '2025-01-30'), ('month', '2025-01-31'), ('month', '2025-02-28'),
		('month', '2025-04-30'), ('quarter', '2025-03-30'), ('quarter', '2025-03-31'),
		('quarter', '2025-06-30'), ('year', '2025-12-30'), ('year', '2025-12-31'),
		('3', '2025-01-30'), ('3', '2025-01-31'), ('3', '2025-02-03')) v (bucket, as_of)
GROUP BY bucket, as_of ORDER BY bucket, as_of;
-- a day after as_of has not happened yet, for on_or_after too
SELECT retention_agg(a, 'day', '2025-01-14', 'on_or_after') = retention_agg(b, 'day', '2025-01-14',
	'on_or_after') AS same
FROM (SELECT activity_agg(day) FILTER (WHERE day <= '2025-01-14') AS b, activity_agg(day) AS a
	FROM visit GROUP BY customer) t;

--
-- Random visits against plain SQL: PostgreSQL's own date_trunc and date arithmetic
--
CREATE TEMP TABLE stay AS
	SELECT n % 150 AS customer, date '1996-02-20' + (abs(hashint8extended(n % 150, 1)) % 1500
		+ abs(hashint8extended(n, 2)) % (1 + 400 * (n % 3)))::integer AS day
	FROM generate_series(1, 3000) n;
-- period n of a customer, its last day, and whether there was a visit
CREATE FUNCTION pg_temp.plain(bucket text, as_of date, kind text) RETURNS jsonb LANGUAGE sql AS $$
	WITH first AS (SELECT customer, min(day) AS day FROM stay GROUP BY customer),
	period AS (
		SELECT customer, n, CASE WHEN bucket ~ '\d' THEN day + n * bucket::integer
				ELSE (date_trunc(bucket, day::timestamp) + n * ('1 ' || replace(bucket, 'quarter', 'month'))::interval
					* CASE bucket WHEN 'quarter' THEN 3 ELSE 1 END)::date END AS begins,
			CASE WHEN bucket ~ '\d' THEN day + (n + 1) * bucket::integer
				ELSE (date_trunc(bucket, day::timestamp) + (n + 1) * ('1 ' || replace(bucket, 'quarter', 'month'))::interval
					* CASE bucket WHEN 'quarter' THEN 3 ELSE 1 END)::date END AS next
		FROM first, generate_series(0, CASE WHEN bucket IN ('day', '3') THEN 1700
			WHEN bucket = 'week' THEN 260 ELSE 60 END) n
		WHERE day <= as_of
	),
	counted AS (
		SELECT n, count(*) AS eligible, count(*) FILTER (WHERE EXISTS (SELECT FROM stay
				WHERE stay.customer = period.customer AND day >= begins
					AND day <= CASE kind WHEN 'on' THEN next - 1 ELSE as_of END)) AS retained
		FROM period WHERE next - 1 <= as_of GROUP BY n
	)
	SELECT jsonb_build_object('bucket', bucket, 'kind', kind, 'eligible', jsonb_agg(eligible ORDER BY n),
		'retained', jsonb_agg(retained ORDER BY n)) FROM counted
$$;
CREATE INDEX ON stay (customer, day);
SELECT bucket, as_of, kind, s = pg_temp.plain(bucket, as_of, kind)::retention_summary AS same
FROM (SELECT bucket, as_of, kind, retention_agg(a, bucket, as_of, kind) AS s
	FROM (SELECT activity_agg(day) AS a FROM stay GROUP BY customer) c,
		(VALUES ('day', date '1996-08-01'), ('week', '1999-05-05'), ('month', '1999-12-30'),
			('month', '2000-02-29'), ('quarter', '2000-03-31'), ('year', '2000-12-31'),
			('3', '1997-01-01'), ('365', '2000-07-01')) v (bucket, as_of),
		unnest('{on,on_or_after}'::text[]) kind
	GROUP BY bucket, as_of, kind) ours
ORDER BY bucket, as_of, kind;

--
-- Readings, nothing, and next to nothing
--
SELECT bucket_of(s), kind_of(s), retention(s, 2147483647) FROM
	(SELECT retention_agg(a, '1', '2025-02-28', 'on_or_after') AS s FROM customer) t;
SELECT retention_agg(a, 'month', '2025-01-05') AS before_all, retention_agg(a, 'month', '2025-01-30')
	AS too_early, retention_agg(NULL, 'month', '2025-02-28') AS nobody FROM customer;
SELECT retention(s, 0), bucket_of(s), s FROM (SELECT '{"bucket": "year"}'::retention_summary AS s) t;
SELECT c.* FROM retention_curve('{"bucket": "year"}') c;
-- 12 bytes of header, two counters of each period
SELECT pg_column_size(retention_agg(a, 'month', '2025-12-31')) FROM customer;
PREPARE by_bucket (varchar, date, varchar) AS SELECT retention_agg(a, $1, $2, $3) FROM customer;
EXECUTE by_bucket ('month', '2025-02-28', 'on');
PREPARE untyped AS SELECT retention_agg(a, $1, $2) FROM customer;
EXECUTE untyped ('month', '2025-02-28');

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$retention_agg(a, 'fortnight', '2025-02-28') FROM customer$$),
	($$retention_agg(a, 'Month', '2025-02-28') FROM customer$$),
	($$retention_agg(a, '0', '2025-02-28') FROM customer$$),
	($$retention_agg(a, '07', '2025-02-28') FROM customer$$),
	($$retention_agg(a, '-7', '2025-02-28') FROM customer$$),
	($$retention_agg(a, '1000001', '2025-02-28') FROM customer$$),
	($$retention_agg(a, repeat('9', 20), '2025-02-28') FROM customer$$),
	($$retention_agg(a, NULL, '2025-02-28') FROM customer$$),
	($$retention_agg(a, 'day', NULL) FROM customer$$),
	($$retention_agg(a, 'day', 'infinity') FROM customer$$),
	($$retention_agg(a, 'day', '2025-02-28', 'after') FROM customer$$),
	($$retention_agg(a, 'day', '2025-02-28', NULL) FROM customer$$),
	($$retention_agg(a, 'day', '9999-01-01') FROM customer$$),
	($$retention_agg(a, CASE customer WHEN 1 THEN 'day' ELSE 'week' END, '2025-02-28') FROM customer$$),
	($$retention_agg(a, 'day', '2025-02-28') + retention_agg(a, 'day', '2025-02-28', 'on_or_after')
		FROM customer$$),
	($$retention_agg(a, 'week', '2025-02-28') - retention_agg(a, 'week', '2025-03-28') FROM customer$$),
	($$retention(s, -1) FROM (SELECT retention_agg(a, 'week', '2025-02-28') AS s FROM customer) t$$),
	($$'{}'::retention_summary$$),
	($$'{"eligible": [1], "retained": [1]}'::retention_summary$$),
	($$'{"bucket": "fortnight"}'::retention_summary$$),
	($$'{"bucket": "day", "kind": "off"}'::retention_summary$$),
	($$'{"bucket": "day", "eligible": [1]}'::retention_summary$$),
	($$'{"bucket": "day", "eligible": [1], "retained": [0]}'::retention_summary$$),
	($$'{"bucket": "day", "eligible": [1, 2], "retained": [1, 1]}'::retention_summary$$),
	($$'{"bucket": "day", "eligible": [2, 1], "retained": [2, 2]}'::retention_summary$$),
	($$'{"bucket": "day", "eligible": [-1], "retained": [-1]}'::retention_summary$$),
	($$'{"bucket": "day", "eligible": 1}'::retention_summary$$),
	($$'{"bucket": "day", "period": 1}'::retention_summary$$),
	($$'{"bucket": "day", "eligible": [9223372036854775807], "retained": [9223372036854775807]}'
		::retention_summary + '{"bucket": "day", "eligible": [1], "retained": [1]}'$$),
	($$retention_summary_combine(NULL, NULL)$$)) v (statement);
