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
	($$cxm_internal.retention_summary_combine(NULL, NULL)$$)) v (statement);

--
-- Terms that differ are refused on both sides of + and -, also where one of them holds nobody; in an
-- aggregate a summary of nobody changes nothing, and gives way to the first with somebody
--
CREATE TEMP TABLE term AS
	SELECT 'nobody' AS kind, '{"bucket": "year"}'::retention_summary AS s UNION ALL
	SELECT 'days', retention_agg(a, 'day', '2025-02-28') FROM customer UNION ALL
	SELECT 'blank', '{}';
SELECT a.kind, sign, b.kind, pg_temp.refusal(format('SELECT %L::retention_summary %s %L', a.s, sign, b.s)) AS error
FROM term a, unnest('{+,-}'::text[]) sign, term b WHERE a.kind <> b.kind ORDER BY a.kind, b.kind, sign;
SELECT rollup(s ORDER BY kind) = min(s::text) FILTER (WHERE kind = 'days')::retention_summary AS blank_first,
	rollup(s ORDER BY kind DESC) = min(s::text) FILTER (WHERE kind = 'days')::retention_summary AS nobody_first
FROM term;
SELECT kind, rollup(s) FROM term WHERE kind <> 'days' GROUP BY kind ORDER BY kind;
-- an aggregate of one's own that begins with a value, and gets no row or others
CREATE AGGREGATE pg_temp.begun(activity_days, text, date) (STYPE = retention_summary,
	SFUNC = cxm_internal.retention_transition, FINALFUNC = cxm_internal.retention_summary_final,
	INITCOND = '{"bucket": "week", "kind": "on", "eligible": [7, 5], "retained": [7, 2]}');
CREATE AGGREGATE pg_temp.nobody(activity_days, text, date) (STYPE = retention_summary,
	SFUNC = cxm_internal.retention_transition, FINALFUNC = cxm_internal.retention_summary_final, INITCOND = '{"bucket": "year"}');
CREATE AGGREGATE pg_temp.blank(activity_days, text, date) (STYPE = retention_summary,
	SFUNC = cxm_internal.retention_transition, FINALFUNC = cxm_internal.retention_summary_final, INITCOND = '{}');
SELECT pg_temp.begun(a, 'week', '2025-02-28'), pg_temp.nobody(a, 'week', '2025-02-28') AS nobody,
	pg_temp.blank(a, 'week', '2025-02-28') AS blank FROM customer WHERE false;
SELECT pg_temp.begun(a, 'week', '2025-02-28'), pg_temp.nobody(a, 'week', '2025-02-28') AS nobody,
	pg_temp.blank(a, 'week', '2025-02-28') AS blank FROM customer WHERE customer = 1;
SELECT pg_temp.refusal($$SELECT pg_temp.begun(a, 'day', '2025-02-28') FROM customer$$);
-- as_of is a day: a moment has one only in a zone
SELECT pg_temp.refusal($$SELECT retention_agg(a, 'day', now()) FROM customer$$) AS error;

--
-- Where weeks, quarters and years begin. Seen first on a Saturday and again on Sunday: with weeks from
-- Sunday that is the next one. Bought in March and in April: with a year from April that is the next
--
SELECT bucket, retention(s, 1), s
FROM (SELECT bucket, retention_agg(a, bucket, as_of) AS s FROM (VALUES
		('week', date '2025-01-31', '{"days": ["2025-01-11", "2025-01-12"]}'::activity_days),
		('week sunday', '2025-01-31', '{"days": ["2025-01-11", "2025-01-12"]}'),
		('year', '2027-12-31', '{"days": ["2025-03-20", "2025-04-10"]}'),
		('year april', '2027-12-31', '{"days": ["2025-03-20", "2025-04-10"]}'),
		('year from April', '2027-12-31', '{"days": ["2025-03-20", "2025-04-10"]}'),
		('quarter from April', '2025-10-01', '{"days": ["2025-03-20", "2025-04-10"]}'),
		('quarter december', '2025-06-01', '{"days": ["2025-02-20", "2025-03-01"]}')) v (bucket, as_of, a)
	GROUP BY a, bucket) t ORDER BY bucket;
-- weeks from Sunday are those from Monday of all that is a day later; and so on for each weekday
SELECT count(*) AS weekdays, bool_and(ARRAY(SELECT c FROM retention_curve(s) c) = ARRAY(SELECT c FROM retention_curve(later) c)) AS same
FROM (SELECT retention_agg(a, 'week ' || weekday, '1999-05-05', kind) AS s,
		retention_agg(b, 'week', date '1999-05-05' - n::integer + 1, kind) AS later
	FROM unnest('{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'::text[])
			WITH ORDINALITY w (weekday, n), unnest('{on,on_or_after,again}'::text[]) kind,
		LATERAL (SELECT activity_agg(day) AS a, activity_agg(day - n::integer + 1) AS b FROM stay GROUP BY customer) c
	GROUP BY weekday, kind) t;
-- years that begin in a month, and quarters, against plain SQL: so many months of the calendar earlier
CREATE FUNCTION pg_temp.in_year(day date, begins integer, length integer) RETURNS integer LANGUAGE sql AS
	$$SELECT floor((12 * extract(year FROM day) + extract(month FROM day) - begins) / length)::integer$$;
SELECT bucket, kind, count(*) AS cells, bool_and(eligible = plain_eligible AND retained = plain_retained) AS same
FROM (VALUES ('year april', 4, 12), ('year december', 12, 12), ('quarter march', 3, 3)) v (bucket, begins, length),
	unnest('{on,on_or_after}'::text[]) kind,
	LATERAL (SELECT retention_agg(a, bucket, '2000-05-15', kind) AS s
		FROM (SELECT activity_agg(day) AS a FROM stay GROUP BY customer) c) ours, retention_curve(s),
	LATERAL (SELECT count(*) AS plain_eligible, count(*) FILTER (WHERE last >= first + period AND (kind <> 'on'
			OR EXISTS (SELECT FROM stay WHERE stay.customer = f.customer AND day <= '2000-05-15'
				AND pg_temp.in_year(day, begins, length) = first + period))) AS plain_retained
		FROM (SELECT customer, pg_temp.in_year(min(day), begins, length) AS first,
				max(pg_temp.in_year(day, begins, length)) FILTER (WHERE day <= '2000-05-15') AS last
			FROM stay GROUP BY customer HAVING min(day) <= '2000-05-15') f
		WHERE first + period < pg_temp.in_year('2000-05-15', begins, length)) plain
GROUP BY bucket, kind ORDER BY bucket, kind;

--
-- A start that is no activity. Four sign-ups; purchases of the first in week 0, of the second in week
-- 1, of the fourth in both, of the third never: 2 of 4 in each
--
CREATE TEMP TABLE signup AS SELECT customer, date '2025-01-06' + (customer = 4)::integer AS day
	FROM generate_series(1, 4) customer;
CREATE TEMP TABLE purchase AS SELECT * FROM (VALUES (1, date '2025-01-08'), (2, '2025-01-15'),
	(4, '2025-01-09'), (4, '2025-01-14')) v (customer, day);
CREATE TEMP TABLE signed_up AS
	SELECT signup.day AS started, (SELECT activity_agg(day) FROM purchase p WHERE p.customer = signup.customer) AS a
	FROM signup;
SELECT kind, s FROM (SELECT kind, retention_agg(a, 'week', '2025-01-26', started, kind) AS s
	FROM signed_up, unnest('{on,on_or_after,again}'::text[]) kind GROUP BY kind) t ORDER BY kind;
SELECT retention_agg(a, 'week', '2025-01-26', started) = retention_agg(a, 'week', '2025-01-26', started, 'on') AS default_kind,
	retention_agg(a, 'week', '2025-01-26', started) = retention_agg(coalesce(a, '{}'), 'week', '2025-01-26', started) AS never_came
FROM signed_up;
-- whoever was active before the start is counted, and the days before are not; without a start nobody is
SELECT active_before_start(s), s FROM (SELECT retention_agg(a, 'day', '2025-01-12', started) AS s
	FROM (SELECT activity_agg(day) AS a, date '2025-01-09' AS started FROM purchase GROUP BY customer
		UNION ALL SELECT activity_agg(day), NULL FROM purchase) t) t;
SELECT active_before_start(retention_agg(a, 'week', '2025-01-26')) FROM signed_up;
SELECT retention_agg(a, 'week', '2025-01-05', started) AS all_later FROM signed_up;
-- on a first day of activity that is the start, all agrees
SELECT bucket, kind, bool_and(ARRAY(SELECT c FROM retention_curve(s) c) = ARRAY(SELECT c FROM retention_curve(since) c)) AS same
FROM (SELECT bucket, kind, retention_agg(a, bucket, '1999-12-31', kind) AS s,
		retention_agg(a, bucket, '1999-12-31', first_day(a), kind) AS since
	FROM (SELECT activity_agg(day) AS a FROM stay GROUP BY customer) c,
		unnest('{week sunday,"0, 1-7, 30-60",90}'::text[]) bucket, unnest('{on,on_or_after,again}'::text[]) kind
	GROUP BY bucket, kind) t GROUP BY bucket, kind ORDER BY bucket, kind;

--
-- Brackets. Back on day 3, on day 8 and on day 10: within the days 1 to 7 one of three
--
SELECT s, round(retention(s, 1)::numeric, 4) AS days_1_to_7
FROM (SELECT retention_agg(a, '0, 1-7, 8-30', '2025-12-31') AS s
	FROM (VALUES ('{"days": ["2025-01-01", "2025-01-04"]}'::activity_days), ('{"days": ["2025-01-01", "2025-01-09"]}'),
		('{"days": ["2025-01-01", "2025-01-11"]}')) v (a)) t;
-- with and without day 0, with gaps, for starts and for activity, against plain SQL
CREATE TEMP TABLE begun AS SELECT customer, activity_agg(day) AS a, min(day) - customer % 3 + 1 AS started
	FROM stay GROUP BY customer;
SELECT brackets, kind, since, count(*) AS cells, count(DISTINCT retained) > 1 AS vary,
	bool_and(eligible = plain_eligible AND retained = plain_retained) AS same
FROM unnest('{"0, 1-7, 8-30","1-3,9-9,  10-200,500-900"}'::text[]) brackets, unnest('{on,on_or_after,again}'::text[]) kind,
	unnest('{activity,start}'::text[]) since,
	LATERAL (SELECT CASE since WHEN 'start' THEN retention_agg(a, brackets, '1998-10-10', started, kind)
		ELSE retention_agg(a, brackets, '1998-10-10', kind) END AS s FROM begun) ours, retention_curve(s),
	LATERAL (SELECT array_agg(ARRAY[split_part(b, '-', 1), split_part(b, '-', 2 - (b !~ '-')::integer)]::integer[] ORDER BY n) AS all_of
		FROM regexp_split_to_table(brackets, ' *, *') WITH ORDINALITY r (b, n)) r,
	LATERAL (SELECT count(*) FILTER (WHERE kind <> 'again' OR period = 0 OR before) AS plain_eligible,
			count(*) FILTER (WHERE CASE kind WHEN 'again' THEN there AND (period = 0 OR before)
				WHEN 'on' THEN there ELSE later END) AS plain_retained
		FROM (SELECT EXISTS (SELECT FROM days(a) d WHERE d - first BETWEEN all_of[period][1] AND all_of[period][2]) AS before,
				EXISTS (SELECT FROM days(a) d WHERE d - first BETWEEN all_of[period + 1][1] AND all_of[period + 1][2]) AS there,
				EXISTS (SELECT FROM days(a) d WHERE d - first >= all_of[period + 1][1] AND d <= '1998-10-10') AS later
			FROM begun, LATERAL (SELECT CASE since WHEN 'start' THEN started ELSE first_day(a) END AS first) f
			WHERE first + all_of[period + 1][2] <= '1998-10-10') x) plain
GROUP BY brackets, kind, since ORDER BY brackets, kind, since;

--
-- Any periods. With years from April as ranges it is the same; a day in a gap counts in none
--
SELECT bucket_of(s) AS periods, c.* FROM (SELECT retention_periods_agg(a,
		'{"[2024-04-01,2025-04-01)","[2025-04-01,2026-04-01)"}', '2026-03-31') AS s
	FROM (VALUES ('{"days": ["2025-03-20", "2025-04-10"]}'::activity_days)) v (a)) t, retention_curve(s) c;
SELECT kind, bool_and(ARRAY(SELECT c FROM retention_curve(s) c) = ARRAY(SELECT c FROM retention_curve(fiscal) c)) AS same
FROM (SELECT kind, retention_agg(a, 'year april', '2002-03-31', kind) AS fiscal,
		retention_periods_agg(a, (SELECT array_agg(daterange(y::date, (y + interval '1 year')::date) ORDER BY y)
			FROM generate_series(timestamp '1995-04-01', '2001-04-01', '1 year') y), '2002-03-31', kind) AS s
	FROM begun, unnest('{on,on_or_after,again}'::text[]) kind GROUP BY kind) t GROUP BY kind ORDER BY kind;
SELECT s, s::text::retention_summary = s AS again FROM (SELECT retention_periods_agg(a, '{"[2025-01-01,2025-01-10]","[2025-01-20,2025-01-31]",
	"[2025-02-01,2025-02-01]"}', '2025-02-28', started) AS s FROM (VALUES (date '2025-01-03',
		'{"days": ["2025-01-02", "2025-01-05", "2025-01-15"]}'::activity_days), ('2025-01-20', '{"days": ["2025-02-01"]}'),
		('2025-03-01', '{"days": ["2025-02-01"]}')) v (started, a)) t;

--
-- Windows of 24 hours. Back 24 to 48 hours after the first moment: the second and the third
--
CREATE TEMP TABLE moment AS SELECT * FROM (VALUES (1, timestamptz '2025-01-01 23:59Z'), (1, '2025-01-02 00:01Z'),
	(2, '2025-01-01 00:01Z'), (2, '2025-01-02 23:59Z'), (3, '2025-01-01 12:00Z'), (3, '2025-01-02 18:00Z'), (3, NULL))
	v (customer, at);
CREATE TEMP TABLE moments AS SELECT array_agg(at) AS at FROM moment GROUP BY customer;
SELECT round(retention(s, 1)::numeric, 4) AS by_24_hours, s
FROM (SELECT retention_hours_agg(at, '24 hours', '2025-01-04Z') AS s FROM moments) t;
-- it has ended when 24 hours have gone by, to the microsecond
SELECT retention_hours_agg(at, '24 hours', '2025-01-02 23:58:59.999999Z') AS before,
	retention_hours_agg(at, '24 hours', '2025-01-02 23:59Z') AS at_last FROM moments WHERE cardinality(at) = 2;
SELECT retention_hours_agg(at, '1 hour', '2025-01-02 03:00Z', '2025-01-02 00:00Z', 'on_or_after') AS since_a_start FROM moments;
CREATE TEMP TABLE hour_visit AS SELECT array_agg(timestamptz '2025-01-01Z' + abs(hashint8extended(n, 7)) % 5184000 * interval '1 s') AS at
	FROM generate_series(1, 400) n GROUP BY n % 40;
SELECT hours, kind, count(*) AS cells, bool_and(eligible = plain_eligible AND retained = plain_retained) AS same
FROM unnest('{1,24,36}'::integer[]) hours, unnest('{on,on_or_after}'::text[]) kind,
	LATERAL (SELECT retention_hours_agg(at, hours || ' hours', '2025-03-01 07:30Z', kind) AS s FROM hour_visit) o,
	retention_curve(s), LATERAL (SELECT count(*) AS plain_eligible, count(*) FILTER (WHERE EXISTS (SELECT FROM unnest(at) u
			WHERE u >= first + period * window_length AND u <= '2025-03-01 07:30Z'
				AND (kind <> 'on' OR u < first + (period + 1) * window_length))) AS plain_retained
		FROM hour_visit, LATERAL (SELECT min(u) AS first, hours * interval '1 h' AS window_length FROM unnest(at) u) f
		WHERE first + (period + 1) * window_length <= '2025-03-01 07:30Z') plain
GROUP BY hours, kind ORDER BY hours, kind;

--
-- Relative to the period before: 68 users, 55 of them in each of the four weeks after; and of the kind
-- again, of those who were there in the period before
--
SELECT period, round(100 * rate::numeric, 1) AS overall, round(100 * of_previous::numeric, 1) AS of_previous
FROM retention_curve('{"bucket": "week", "eligible": [68, 68, 68, 68, 68], "retained": [68, 55, 55, 55, 55]}');
SELECT c.* FROM retention_curve('{"bucket": "week", "eligible": [4, 4, 4], "retained": [4, 0, 1]}') c;
SELECT c.* FROM (SELECT retention_agg(a, 'day', '2025-01-10', 'again') AS s
	FROM (VALUES ('{"days": ["2025-01-06", "2025-01-07", "2025-01-08", "2025-01-10"]}'::activity_days),
		('{"days": ["2025-01-06", "2025-01-08", "2025-01-09"]}'), ('{"days": ["2025-01-09", "2025-01-10"]}')) v (a)) t,
	retention_curve(s) c;

--
-- How sure is a cell, and do two differ? As shares of counts have it
--
SELECT retention_interval(s, 1) = share_interval(24, 88) AS interval, retention_lower(s, 1) = share_lower(24, 88) AS lower,
	retention_upper(s, 1, 0.9) = share_upper(24, 88, 0.9) AS upper, retention_interval(s, 2) AS not_ended,
	retention_test(s, other, 1) = share_test(24, 88, 40, 90) AS test, retention_test(s, other, 2) AS no_test
FROM (VALUES ('{"bucket": "week", "eligible": [90, 88], "retained": [90, 24]}'::retention_summary,
	'{"bucket": "week", "eligible": [99, 90], "retained": [99, 40]}'::retention_summary)) v (s, other);

-- nobody's moments; periods of one row and others of the next
SELECT retention_hours_agg('{}', '24 hours', '2025-02-28Z') AS nobody,
	retention_hours_agg('{}', '24 hours', '2025-01-03Z', timestamptz '2025-01-01Z') AS never_came;
SELECT n, retention_periods_agg(a, CASE WHEN n < 3 THEN '{"[2025-01-01,2025-01-31]"}' ELSE
		'{"[2025-01-01,2025-01-09]","[2025-01-10,2025-01-31]"}' END::daterange[], '2025-02-28') AS s
FROM generate_series(1, 4) n, (VALUES ('{"days": ["2025-01-02", "2025-01-12"]}'::activity_days)) v (a) GROUP BY n ORDER BY n;
SELECT right(pg_temp.refusal($$SELECT retention_agg(a, (SELECT string_agg(n::text, ',') FROM generate_series(0, 1000) n),
	'2025-02-28') FROM customer$$), 102) AS too_many_brackets;

-- what is refused
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$retention_agg(a, '0, 1-7, 7-30', '2025-02-28') FROM customer$$),
	($$retention_agg(a, '7-1', '2025-02-28') FROM customer$$),
	($$retention_agg(a, 'week april', '2025-02-28') FROM customer$$),
	($$retention_agg(a, '24 hours', '2025-02-28') FROM customer$$),
	($$retention_agg(a, 'week', '2025-02-28', '2025-01-06') FROM customer$$),
	($$retention_agg(a, 'week', '2025-02-28', date 'infinity') FROM customer$$),
	($$retention_periods_agg(a, NULL, '2025-02-28') FROM customer$$),
	($$retention_periods_agg(a, '{}', '2025-02-28') FROM customer$$),
	($$retention_periods_agg(a, '{NULL}', '2025-02-28') FROM customer$$),
	($$retention_periods_agg(a, '{empty}', '2025-02-28') FROM customer$$),
	($$retention_periods_agg(a, '{"[2025-01-01,)"}', '2025-02-28') FROM customer$$),
	($$retention_periods_agg(a, '{"[0001-01-01 BC,2025-01-01)"}', '2025-02-28') FROM customer$$),
	($$retention_periods_agg(a, '{"[2025-01-01,2025-01-31]","[2025-01-31,2025-02-27]"}', '2025-02-28') FROM customer$$),
	($$retention_periods_agg(a, '{"[2025-01-07,2025-01-31]"}', '2025-02-28') FROM customer$$),
	($$retention_hours_agg(at, 'day', '2025-02-28Z') FROM moments$$),
	($$retention_hours_agg(at, '0 hours', '2025-02-28Z') FROM moments$$),
	($$retention_hours_agg(at, '24 hours', NULL) FROM moments$$),
	($$retention_hours_agg(at, '24 hours', 'infinity') FROM moments$$),
	($$retention_hours_agg('{infinity}', '24 hours', '2025-02-28Z') FROM moments$$),
	($$retention_hours_agg('{4000-01-01 BC, 290000-01-01}', '24 hours', '2025-02-28Z') FROM moments$$),
	($$retention_hours_agg(ARRAY[timestamp '2025-01-01'], '24 hours', '2025-02-28Z') FROM moments$$),
	($$retention_interval(retention_agg(a, 'week', '2025-02-28'), 1, 95) FROM customer$$),
	($$retention_interval(retention_agg(a, 'week', '2025-02-28'), -1) FROM customer$$),
	($$retention_test(retention_agg(a, 'week', '2025-02-28'), retention_agg(a, 'week sunday', '2025-02-28'), 1) FROM customer$$),
	($$retention_agg(a, 'week', '2025-02-28') + retention_agg(a, 'week', '2025-02-28', '2025-01-06'::date) FROM customer$$),
	($$'{"bucket": "0, 1-7", "eligible": [1], "retained": [0]}'::retention_summary$$),
	($$'{"bucket": "1-7", "eligible": [1], "retained": [0]}'::retention_summary$$),
	($$'{"bucket": "7-1"}'::retention_summary$$),
	($$'{"bucket": "week", "active_before_start": 2, "eligible": [1], "retained": [0]}'::retention_summary$$),
	($$'{"bucket": "week", "active_before_start": -2}'::retention_summary$$),
	($$retention_periods_agg(a, CASE customer WHEN 1 THEN '{"[2025-01-01,2025-01-31]"}' ELSE '{"[2025-01-01,2025-02-01]"}' END::daterange[],
		'2025-02-28') FROM customer$$)) v (statement);
