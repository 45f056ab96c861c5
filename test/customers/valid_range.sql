-- valid_range: the range from a start to an end, unless the end is before the start
SET client_min_messages = warning;
SET timezone = 'Asia/Kathmandu';
CREATE EXTENSION IF NOT EXISTS cxm;

-- what is before its start is NULL, what never lasted is empty, and what has no end goes on
SELECT starts_on, ends_on, valid_range(starts_on, ends_on) AS days,
	valid_range(starts_on::timestamptz, ends_on::timestamptz) AS time
FROM (VALUES (date '2025-03-10', date '2025-03-05'), ('2025-03-10', '2025-03-10'),
	('2025-03-10', '2025-03-11'), ('2025-03-10', NULL), (NULL, '2025-03-10'), (NULL, NULL),
	('-infinity', '2025-03-10'), ('2025-03-10', 'infinity'), ('infinity', '-infinity'))
	v (starts_on, ends_on);
-- where the end is not before the start, it is what daterange() and tstzrange() make
SELECT bool_and(valid_range(a, b) IS NOT DISTINCT FROM CASE WHEN a <= b THEN daterange(a, b) END) AS days,
	bool_and(valid_range((a + s)::timestamptz, (b + t)::timestamptz) IS NOT DISTINCT FROM
		CASE WHEN a + s <= b + t THEN tstzrange((a + s)::timestamptz, (b + t)::timestamptz) END) AS time,
	count(*) FILTER (WHERE a > b) > 100 AS some_are_not
FROM (SELECT date '2025-01-01' + abs(hashint4extended(n, 1) % 50)::integer AS a,
		date '2025-01-01' + abs(hashint4extended(n, 2) % 50)::integer AS b,
		make_interval(secs => n % 60) AS s,
		make_interval(secs => n % 7) AS t
	FROM generate_series(1, 1000) n) r;
-- a contract that was to begin on the 10th and was cancelled for the 5th never was
SELECT churn_rate(valid_range(started, ended), '[2025-04-01,2025-05-01)'),
	churn_agg(valid_range(started, ended), '[2025-04-01,2025-05-01)') AS s,
	count(*) FILTER (WHERE ended < started) AS left_out
FROM (VALUES (date '2025-02-01', NULL::date), ('2025-05-10', '2025-05-05')) v (started, ended);

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$churn_rate(date '2025-05-10', '2025-05-05', '[2025-04-01,2025-05-01)')$$),
	($$valid_range(timestamp '2025-05-10', '2025-05-05')$$),
	($$valid_range(timestamptz '2025-05-10', timestamp '2025-05-05')$$),
	($$valid_range(date '2025-05-10', timestamptz '2025-05-05')$$)) v (statement);
