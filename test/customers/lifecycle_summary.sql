-- lifecycle_summary: how many customers were new, retained and resurrected in each period
SET client_min_messages = warning;
SET datestyle = 'ISO';
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- The week of 20 January: one was active two weeks before and is back, one was active the week before
-- and is, too, one is new, and one was active the week before only
--
CREATE TEMP TABLE visit (customer integer, day date);
INSERT INTO visit VALUES (1, '2025-01-06'), (1, '2025-01-20'), (2, '2025-01-13'), (2, '2025-01-21'),
	(3, '2025-01-22'), (3, '2025-01-22'), (4, '2025-01-14');
CREATE TEMP TABLE customer AS SELECT customer, activity_agg(day) AS a FROM visit GROUP BY customer;
SELECT lifecycle_agg(a, 'week', '2025-01-26') AS s FROM customer;
SELECT l.* FROM (SELECT lifecycle_agg(a, 'week', '2025-01-26') AS s FROM customer) t, lifecycle(s) l;
-- a week that has not ended is none with nobody in it, and what came after as_of does not count
SELECT as_of, lifecycle_agg(a, 'week', as_of) AS s
FROM customer, unnest('{2025-01-11,2025-01-12,2025-01-25,2025-02-02}'::date[]) as_of GROUP BY as_of ORDER BY as_of;
-- who left and came back within the month was there all the month; the year began in April
SELECT bucket, lifecycle_bucket(s), lifecycle_until(s), customers(s), s
FROM (SELECT bucket, lifecycle_agg(a, bucket, '2025-04-05') AS s FROM customer,
	unnest('{month,year from April,quarter february,week sunday}'::text[]) bucket GROUP BY bucket) t ORDER BY bucket;

--
-- Growth is new + resurrected - dormant: what active customers changed by, in every period
--
CREATE TEMP TABLE stay AS
	SELECT n % 150 AS customer, date '1996-02-20' + (abs(hashint8extended(n % 150, 1)) % 400
		+ abs(hashint8extended(n, 2)) % (1 + 200 * (n % 3)))::integer AS day
	FROM generate_series(1, 2500) n;
CREATE TEMP TABLE staying AS SELECT customer, activity_agg(day) AS a FROM stay GROUP BY customer;
SELECT bucket, count(*) AS periods, bool_and(new_customers + resurrected_customers - dormant_customers
		= active_customers - before) AS growth, sum(new_customers) = max(customers(s)) AS everybody,
	bool_and(quick_ratio IS NOT DISTINCT FROM (new_customers + resurrected_customers)::double precision
		/ nullif(dormant_customers, 0)) AS quick_ratio
FROM (SELECT bucket, s, l.*, lag(active_customers, 1, 0::bigint) OVER (PARTITION BY bucket ORDER BY starts_on) AS before
	FROM (SELECT bucket, lifecycle_agg(a, bucket, '1997-08-15') AS s FROM staying,
			unnest('{day,week,week wednesday,month,quarter,year july}'::text[]) bucket GROUP BY bucket) t, lifecycle(s) l) g
GROUP BY bucket ORDER BY bucket;
-- and each figure against plain SQL: PostgreSQL's date_trunc, and window functions over the periods
WITH period AS (
	SELECT DISTINCT bucket, customer, date_trunc(bucket, day::timestamp)::date AS starts_on
	FROM stay, unnest('{day,week,month,quarter,year}'::text[]) bucket
), state AS (
	SELECT bucket, starts_on, starts_on = min(starts_on) OVER all_of AS is_new,
		lag(starts_on) OVER (PARTITION BY bucket, customer ORDER BY starts_on)
			= (starts_on - CASE bucket WHEN 'quarter' THEN interval '3 months' ELSE ('1 ' || bucket)::interval END)::date AS is_retained
	FROM period WINDOW all_of AS (PARTITION BY bucket, customer)
), plain AS (
	SELECT bucket, starts_on, count(*) AS active, count(*) FILTER (WHERE is_new) AS new,
		count(*) FILTER (WHERE is_retained) AS retained, count(*) FILTER (WHERE NOT is_new AND NOT is_retained) AS resurrected
	FROM state GROUP BY bucket, starts_on
), ours AS (
	SELECT bucket, l.* FROM (SELECT bucket, lifecycle_agg(a, bucket, '1998-12-31') AS s FROM staying,
		unnest('{day,week,month,quarter,year}'::text[]) bucket GROUP BY bucket) t, lifecycle(s) l
)
SELECT bucket, count(*) AS periods, bool_and((active_customers, new_customers, retained_customers, resurrected_customers)
	= (coalesce(active, 0), coalesce(new, 0), coalesce(retained, 0), coalesce(resurrected, 0))) AS same,
	count(*) FILTER (WHERE resurrected > 0) > 0 AS some_resurrected
FROM ours FULL JOIN plain USING (bucket, starts_on) WHERE starts_on < '1998-12-28' GROUP BY bucket ORDER BY bucket;

--
-- Segments add up, and are taken out again
--
SELECT bool_and(whole = a + b) AS sum, bool_and(whole - a = b) AS difference
FROM (SELECT lifecycle_agg(a, bucket, '1997-08-15') AS whole, lifecycle_agg(a, bucket, '1997-08-15') FILTER (WHERE customer < 40) AS a,
		lifecycle_agg(a, bucket, '1997-08-15') FILTER (WHERE customer >= 40) AS b
	FROM staying, unnest('{day,week sunday,month,year july}'::text[]) bucket GROUP BY bucket) t;

--
-- Nothing, and the ends of time
--
SELECT lifecycle_agg(a, 'week', '2025-01-11') AS too_early, lifecycle_agg(NULL, 'week', '2025-01-31') AS nobody FROM customer;
SELECT lifecycle_bucket('{}'), lifecycle_until('{}'), customers('{}'::lifecycle_summary);
SELECT l.*, customers(s), lifecycle_until(s) FROM (SELECT '{"bucket": "day", "until": "2025-01-31", "new": [],
	"retained": [], "resurrected": []}'::lifecycle_summary AS s) t LEFT JOIN lifecycle(s) l ON true;
-- the first month began before the first day
SELECT bucket, l.* FROM (SELECT bucket, lifecycle_agg('{"days": ["4714-11-24 BC"]}', bucket, '4713-12-31 BC') AS s
		FROM unnest('{day,week,month,quarter,year}'::text[]) bucket GROUP BY bucket) t,
	LATERAL (SELECT starts_on, active_customers FROM lifecycle(s) LIMIT 1) l ORDER BY bucket;
SELECT lifecycle_agg('{"days": ["4714-11-24 BC"]}', bucket, '4714-11-24 BC') FROM unnest('{day,week}'::text[]) bucket GROUP BY bucket ORDER BY bucket;
SELECT lifecycle_agg('{"days": ["5874897-12-31"]}', bucket, '5874897-12-31') AS s FROM unnest('{day,week,year}'::text[]) bucket GROUP BY bucket ORDER BY bucket;

--
-- A state that an aggregate of one's own lets out, after more has been taken out than was there
--
CREATE AGGREGATE pg_temp.less(activity_days, text, date) (STYPE = lifecycle_summary, SFUNC = cxm_internal.lifecycle_inverse,
	INITCOND = '{"bucket": "day", "until": "2025-01-02", "new": [1, 1], "retained": [0, 1], "resurrected": [0, 0]}');
SELECT customers(pg_temp.less(a, 'day', '2025-01-02')) FROM (VALUES ('{"days": ["2025-01-02"]}'::activity_days)) v (a);

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$lifecycle_agg(a, 'fortnight', '2025-02-28') FROM customer$$),
	($$lifecycle_agg(a, '28', '2025-02-28') FROM customer$$),
	($$lifecycle_agg(a, '0, 1-7', '2025-02-28') FROM customer$$),
	($$lifecycle_agg(a, NULL, '2025-02-28') FROM customer$$),
	($$lifecycle_agg(a, 'week', NULL) FROM customer$$),
	($$lifecycle_agg(a, 'week', 'infinity') FROM customer$$),
	($$lifecycle_agg(a, 'week', now()) FROM customer$$),
	($$lifecycle_agg(a, 'day', '9999-01-01') FROM customer$$),
	($$lifecycle_agg(a, 'week', '2025-02-28') + lifecycle_agg(a, 'week', '2025-03-28') FROM customer$$),
	($$lifecycle_agg(a, 'week', '2025-02-28') - lifecycle_agg(a, 'month', '2025-02-28') FROM customer$$),
	($$lifecycle_agg(a, 'week', CASE customer WHEN 1 THEN date '2025-02-28' ELSE '2025-03-28' END) FROM customer$$),
	($$s - (s + s) FROM (SELECT lifecycle_agg(a, 'week', '2025-02-28') AS s FROM customer) t$$),
	($$s - '{"bucket": "week", "until": "2025-01-26", "new": [1, 0, 0], "retained": [0, 0, 0], "resurrected": [0, 0, 0]}'
		FROM (SELECT lifecycle_agg(a, 'week', '2025-01-26') AS s FROM customer) t$$),
	($$'{"bucket": "week", "until": "2025-01-25", "new": [], "retained": [], "resurrected": []}'::lifecycle_summary$$),
	($$'{"bucket": "7", "until": "2025-01-26", "new": [], "retained": [], "resurrected": []}'::lifecycle_summary$$),
	($$'{"bucket": "week", "until": "today", "new": [], "retained": [], "resurrected": []}'::lifecycle_summary$$),
	($$'{"bucket": "week", "until": "2025-01-26", "new": [1], "retained": [1], "resurrected": [0]}'::lifecycle_summary$$),
	($$'{"bucket": "week", "until": "2025-01-26", "new": [1, 0], "retained": [0, 0], "resurrected": [0, 1]}'::lifecycle_summary$$),
	($$'{"bucket": "week", "until": "2025-01-26", "new": [1, 0], "retained": [0], "resurrected": [0, 0]}'::lifecycle_summary$$),
	($$'{"bucket": "week", "until": "2025-01-26", "new": [-1], "retained": [0], "resurrected": [0]}'::lifecycle_summary$$),
	($$'{"bucket": "week", "new": [], "retained": [], "resurrected": []}'::lifecycle_summary$$),
	($$'{"until": "2025-01-26", "new": [], "retained": [], "resurrected": []}'::lifecycle_summary$$),
	($$'{"bucket": "week", "until": "2025-01-26", "retained": [], "resurrected": []}'::lifecycle_summary$$),
	($$'{"bucket": "week", "until": "2025-01-26", "new": [], "retained": [], "resurrected": [], "dormant": []}'::lifecycle_summary$$),
	($$'{"bucket": "week", "until": "2025-01-26", "new": [9223372036854775807, 1], "retained": [0, 0], "resurrected": [0, 0]}'
		::lifecycle_summary$$),
	($$customers(pg_temp.less(a, 'day', '2025-01-02')) FROM (VALUES ('{"days": ["2025-01-01"]}'::activity_days)) v (a)$$),
	($$lifecycle(pg_temp.less(a, 'day', '2025-01-02')) FROM (VALUES ('{"days": ["2025-01-01"]}'::activity_days)) v (a)$$),
	($$cxm_internal.lifecycle_transition(NULL, '{}', 'week', '2025-01-26')$$)) v (statement);
