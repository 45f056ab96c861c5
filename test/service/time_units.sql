-- time_units: intervals as numbers
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

SELECT length, in_seconds(length), in_minutes(length), in_hours(length), in_days(length)
FROM unnest('{90 min,1 day 12 hours,-36 hours,0,27 s,10 days -240 hours,NULL}'::interval[]) length;
-- as extract has it, which takes months for 30 days and years for 365.25
SELECT count(*) AS lengths, bool_and(in_seconds(length)::numeric(30, 6) = extract(epoch FROM length)) AS same_seconds,
	bool_and(abs(in_days(length) * 24 - in_hours(length)) < 1e-9 AND abs(in_hours(length) * 60 - in_minutes(length)) < 1e-8
		AND abs(in_minutes(length) * 60 - in_seconds(length)) < 1e-6) AS same_length
FROM (SELECT n * n * interval '1 min 7.000001 s' - n * interval '9 days' AS length FROM generate_series(1, 1000) n) t;
-- the longest there are
SELECT in_days('2147483647 days'), in_days('-2147483648 days'), round(in_days('2147483647 days 2562047788 hours')::numeric, 3) AS longest;
-- those that never end are from 17 on; before, their text is none
SELECT CASE WHEN current_setting('server_version_num')::integer < 170000 THEN 'Infinity' ELSE in_hours(least(ends - begins, ends - begins))::text END AS never
FROM (VALUES (timestamptz '2025-01-01Z', CASE WHEN current_setting('server_version_num')::integer < 170000
	THEN timestamptz '2025-01-02Z' ELSE 'infinity' END)) v (begins, ends);
SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY[
	$$in_hours('1 month')$$, $$in_days('1 year -360 days')$$, $$in_minutes(age(timestamp '2025-03-01', '2025-01-31'))$$]) query;
