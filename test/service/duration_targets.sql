-- duration_targets: what is within a target exactly, and how old is what is open
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
\pset format unaligned
\pset null NULL

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
\set random :tests '/random.psql'
\i :random

--
-- Reported: what takes exactly as long as its target is in time
--
-- Evening tickets in a calendar of seven hours a day take five days of it, 35 hours, or seven, 49.
CREATE TEMP TABLE evening (opened_at timestamptz, resolved_at timestamptz);
INSERT INTO evening VALUES
	('2026-01-05 19:00+01', '2026-01-12 19:30+01'), ('2026-01-06 20:00+01', '2026-01-13 18:30+01'),
	('2026-01-07 18:30+01', '2026-01-14 20:00+01'), ('2026-01-08 19:00+01', '2026-01-19 19:00+01');
SELECT within(business_ttr_agg(hours, opened_at, resolved_at), '35 hours') AS plain,
	within(business_ttr_agg(hours, opened_at, resolved_at, NULL, '35 hours'), '35 hours') AS exact,
	within(business_ttr_agg(hours, opened_at, resolved_at, NULL, '49 hours', '48:59:59.999999', '35 hours'), '48:59:59.999999') AS less,
	within(business_ttr_agg(hours, opened_at, resolved_at, NULL, '49 hours', '48:59:59.999999', '35 hours'), '49 hours') AS all
FROM evening, (VALUES (business_calendar 'Mon-Fri 09:00-12:00 14:00-18:00 in Europe/Paris')) v (hours);
-- 25 of the minutes 1 to 60, whose neighbours share its bucket
SELECT round(within(duration_agg(m, '25 minutes'), '25 minutes')::numeric, 4) AS exact, within(duration_agg(m), '25 minutes') >= 25 / 60.0 AS plain
FROM (SELECT n * interval '1 minute' AS m FROM generate_series(1, 60) n) t;
-- no whole number of minutes, hours or days counts as late that takes exactly so long
SELECT unit, count(*) FILTER (WHERE within(s, n * unit) < 1) AS late
FROM (SELECT n, unit, duration_agg(n * unit) AS s FROM generate_series(1, 1000) n,
	unnest('{1 us, 1 ms, 1 s, 1 minute, 1 hour, 1 day}'::interval[]) unit GROUP BY n, unit) t
GROUP BY unit ORDER BY unit;

--
-- Reported: an export with ends before starts, a clock that is off, a date with a month, a ticket that
-- was merged, one that was reopened, replies to one's own messages
--
CREATE TEMP TABLE export (replied_at timestamp, resolved_at timestamp);
INSERT INTO export VALUES ('2026-06-01 09:00', '2026-06-01 16:00'), ('2026-06-01 10:30', '2026-06-01 17:35'),
	('2026-06-01 12:00', '2026-06-01 12:00'), ('2026-06-01 08:10', '2026-06-01 02:40'), ('2026-06-01 18:20', '2026-06-01 11:15');
SELECT pg_temp.refusal('SELECT ttr(replied_at, resolved_at) FROM export');
SELECT pg_temp.refusal('SELECT mean_duration(duration_agg(resolved_at - replied_at)) FROM export');
SELECT date_trunc('second', mean_duration(s)) AS mean, resolved(s) AS valid, unresolved(s) AS invalid
FROM (SELECT duration_agg(valid_duration(replied_at, resolved_at)) AS s FROM export) t;
SELECT valid_duration(a, b), valid_duration(a::timestamp, b::timestamp) AS of_timestamps
FROM (VALUES (timestamptz '2026-01-01', timestamptz '2026-01-02 10:00'), ('2026-01-02', '2026-01-01'),
	('2026-01-01', '2026-01-01'), ('2026-01-01', 'infinity'), ('-infinity', '2026-01-01'), (NULL, '2026-01-01'), ('2026-01-01', NULL)) v (a, b);
SELECT ttr(a, greatest(a, b)) FROM (VALUES (timestamptz '2026-01-01 10:00', timestamptz '2026-01-01 10:10'),
	('2026-01-01 10:05', '2026-01-01 10:00')) v (a, b);
SELECT pg_temp.refusal($$SELECT duration_agg(age('2024-03-05', '2023-01-31'))$$);
SELECT in_days(mean_duration(duration_agg(timestamptz '2024-03-05' - timestamptz '2023-01-31'))) AS days;
SELECT resolved(s), unresolved(s), mean_duration(s) FROM (
	SELECT ttr_agg(opened_at, CASE WHEN status = 'done' THEN closed_at END) FILTER (WHERE status <> 'merged') AS s
	FROM (VALUES (timestamptz '2026-01-01 10:00', timestamptz '2026-01-01 12:00', 'done'),
		('2026-01-01 10:00', '2026-01-03 10:00', 'open'), ('2026-01-01 11:00', '2026-01-01 11:01', 'merged')) v (opened_at, closed_at, status)) t;
SELECT times[2] - times[1] AS first_reply FROM (SELECT funnel_times(journey_agg(at, what), '{opened,agent reply}') AS times
	FROM (VALUES (timestamptz '2026-01-01 10:00', 'opened'), ('2026-01-01 10:05', 'resolved by bot'), ('2026-01-06 09:00', 'opened'),
		('2026-01-06 09:12', 'agent reply')) v (at, what)) t;
CREATE TEMP TABLE message (conversation integer, at timestamptz, sender text);
INSERT INTO message VALUES (1, '2026-01-01 10:00', 'customer'), (1, '2026-01-01 10:04', 'customer'), (1, '2026-01-01 10:10', 'agent'),
	(1, '2026-01-01 10:20', 'customer'), (1, '2026-01-01 10:25', 'agent'), (1, '2026-01-01 10:26', 'agent'),
	(2, '2026-01-01 11:00', 'customer'), (2, '2026-01-01 12:00', 'agent'), (2, '2026-01-01 13:00', 'customer');
SELECT resolved(s), unresolved(s), mean_duration(s), round(within(s, '15 minutes')::numeric, 4) AS within
FROM (SELECT ttr_agg(at, next, NULL, '15 minutes') AS s
	FROM (SELECT conversation, e.at, stage_label(e.stage) AS sender, lead(e.at) OVER (PARTITION BY conversation ORDER BY e.at) AS next
		FROM (SELECT conversation, collapse(journey_agg(at, sender)) AS j FROM message GROUP BY 1) c, events(j) e) turn
	WHERE sender = 'customer') t;
-- p95 of thirty days, each day, beside percentile_cont over the rows
WITH ticket AS (SELECT date '2026-01-01' + i % 60 AS day, interval '1 min' * (i * 37 % 500 + 1) AS d FROM generate_series(1, 3000) i),
	daily AS (SELECT day, duration_agg(d) AS s FROM ticket GROUP BY day)
SELECT count(*) AS days, max(abs(extract(epoch FROM p) / extract(epoch FROM exact) - 1)) <= 0.01 AS within_1_percent
FROM (SELECT day, percentile(sum(s) OVER (ORDER BY day RANGE '29 days' PRECEDING), 0.95) AS p FROM daily) a,
	LATERAL (SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY d) AS exact FROM ticket WHERE ticket.day BETWEEN a.day - 29 AND a.day) b;

--
-- Targets, in every way in which they can be written
--
SELECT n, targets(s), s FROM (
	SELECT 1 AS n, duration_agg(d, '1 h', '15 min', '1 h') AS s FROM (VALUES (interval '15 min'), ('16 min'), (NULL)) v (d) UNION ALL
	SELECT 2, duration_agg(d, VARIADIC '{15 min, 1 h}'::interval[]) FROM (VALUES (interval '15 min'), ('16 min'), (NULL)) v (d) UNION ALL
	SELECT 3, duration_agg(d, VARIADIC '{}'::interval[]) FROM (VALUES (interval '15 min'), ('16 min'), (NULL)) v (d) UNION ALL
	SELECT 4, duration_agg(d, d > '15 min', '15 min') FROM (VALUES (interval '15 min'), ('16 min'), (NULL)) v (d) UNION ALL
	SELECT 5, ttr_agg(timestamptz '2026-01-01', '2026-01-02', NULL, '1 day', '0') UNION ALL
	SELECT 6, ttr_agg(timestamptz '2026-01-01', '2026-01-02', '2026-01-01 12:00', '1 day', '12 h', '11:59:59') UNION ALL
	SELECT 7, ttr_agg(timestamp '2026-01-01', '2026-01-02', '2026-01-02', '1 day') UNION ALL
	SELECT 8, business_ttr_agg('Mon-Sun 00:00-24:00 in UTC', '2026-01-01', NULL, '2026-01-02', '1 day') UNION ALL
	SELECT 9, ttr_agg(NULL::timestamptz, NULL, NULL, '1 day') UNION ALL
	SELECT 10, duration_agg('1 h'::interval, '106751991 days', '2562047788:00:54.775807')) t ORDER BY n;
PREPARE of_parameters(interval[]) AS SELECT targets(duration_agg(n * interval '1 s', VARIADIC $1)), count(*) FROM generate_series(1, 3) n;
EXECUTE of_parameters('{2 s, 1 s}');
EXECUTE of_parameters('{5 s}');
-- they may be columns, the same in all rows of a group
SELECT customer, targets(s), within(s, '1 h'), within(s, '2 h') FROM (
	SELECT customer, duration_agg(n * interval '1 h', limit_, limit_ * 2) AS s
	FROM generate_series(1, 4) n, (VALUES ('gold', interval '1 h'), ('silver', '2 h')) v (customer, limit_) GROUP BY customer) t
ORDER BY customer;

--
-- Ages
--
SELECT resolved(s), unresolved(s), unresolved(s, '2 h') AS older_than_two, unresolved(s, '1 h') AS older_than_one, median_age(s), percentile_age(s, 0.9),
	percentile_age(s, 1) AS oldest, mean_duration(s), median_duration(s), within(s, '2 h')
FROM (SELECT duration_agg(d, done, '1 h', '2 h') AS s FROM (VALUES (interval '30 min', true), ('2 h', true), ('2 h', false), ('2:00:00.000001', false),
	('3 h', false), ('3 h', true), (NULL, NULL)) v (d, done)) t;
-- the same as by the times of both ends
SELECT duration_agg(coalesce(resolved, as_of) - opened, resolved IS NOT NULL, '1 day') = ttr_agg(opened, resolved, as_of, '1 day') AS same
FROM (SELECT timestamptz '2026-01-01' + n * n % 97 * interval '1 h' AS opened, CASE WHEN n % 3 > 0 THEN timestamptz '2026-01-01' + n * n % 97 * interval '1 h'
	+ n % 7 * interval '8 h' END AS resolved, timestamptz '2026-02-01' AS as_of FROM generate_series(1, 200) n) t;
-- nothing there is NULL or none
SELECT median_age(s), percentile_age(s, 0.5), unresolved(s, '1 h'), targets(s) FROM (VALUES (duration_summary '{}'), ('{"unresolved": {}, "targets": {"9": {}}}'), (NULL)) v (s);

--
-- Laws, over durations of which many are targets
--
CREATE TABLE waited AS
	SELECT n, pg_temp.random(n, 1, 13) AS part, CASE WHEN pg_temp.random(n, 2, 11) > 0 THEN (ARRAY[interval '1 s', '1 min', '25 min', '1 h', '7 days'])
			[1 + pg_temp.random(n, 3, 5)] * (1 + pg_temp.random(n, 4, 40)) - pg_temp.random(n, 5, 2) * interval '1 us' END AS d,
		pg_temp.random(n, 6, 3) > 0 AS done
	FROM generate_series(1, 20000) n;
CREATE TEMP TABLE target AS SELECT ARRAY['0', '1 us', '9.999999 s', '10 s', '15 min', '24:59', '25 min', '25:01', '50 min', '1 h', '1:00:00.000001', '35 h', '7 days', '70 days', '1000 days']::interval[] AS all;
-- in time of those in time and late, and how many are open past it, as plain SQL counts them
SELECT count(*) AS targets, count(*) FILTER (WHERE within(s, target) = share) AS shares, count(*) FILTER (WHERE unresolved(s, target) = past) AS past,
	count(*) FILTER (WHERE within(plain, target) = plain_share) AS without_ages
FROM (SELECT t.all, duration_agg(d, CASE WHEN d IS NOT NULL THEN done END, VARIADIC t.all) AS s, duration_agg(d, VARIADIC t.all) AS plain FROM waited, target t GROUP BY t.all) u,
	unnest(u.all) target, LATERAL (SELECT avg((done AND d <= target)::int) FILTER (WHERE done OR d > target)::float8 AS share,
		count(*) FILTER (WHERE NOT done AND d > target) AS past, avg((d <= target)::int)::float8 AS plain_share FROM waited WHERE d IS NOT NULL) v;
-- of business time what takes exactly as long as its target, from any moment of the week, is in time, and a microsecond more is late
SELECT count(*) AS targets, count(*) FILTER (WHERE within(s, target) = share) AS exact, count(*) FILTER (WHERE within(more, target) = share_more) AS late
FROM (SELECT t.all, business_ttr_agg(c, opened_at, business_deadline(c, opened_at, took), NULL, VARIADIC t.all) AS s,
		business_ttr_agg(c, opened_at, business_deadline(c, opened_at, took + interval '1 us'), NULL, VARIADIC t.all) AS more, array_agg(took) AS times
	FROM (VALUES ('{15 min, 1 h, 7 h, 8 h, 14 h 45 min, 35 h}'::interval[])) t ("all"), (VALUES (business_calendar 'Mon-Fri 09:00-12:00 14:00-18:00 in Europe/Paris')) v (c),
		generate_series(1, 2000) n, LATERAL (SELECT timestamptz '2026-03-20Z' + n * interval '13 min' AS opened_at, n % 150 * interval '15 min' AS took) o
	GROUP BY t.all) u, unnest(u.all) target,
	LATERAL (SELECT avg((took <= target)::int)::float8 AS share, avg((took < target)::int)::float8 AS share_more FROM unnest(times) took) v;
-- any other target counts all that is within it, and nothing that takes 1.8 % longer
SELECT count(*) AS targets, bool_and(within(s, target) BETWEEN share AND more) AS between
FROM (SELECT duration_agg(d, '25 min') AS s FROM waited) s, generate_series(1, 400) n, LATERAL (SELECT n * interval '311 s' AS target) t,
	LATERAL (SELECT avg((d <= target)::int) AS share, avg((d <= 1.018 * target)::int) AS more FROM waited WHERE d IS NOT NULL) v;
-- parts add up, in any order, and can be taken out again; text, JSON and the wire bring the same value back
CREATE TEMP TABLE part AS
	SELECT part, duration_agg(d, CASE WHEN d IS NOT NULL THEN done END, VARIADIC t.all) AS ages, duration_agg(d, VARIADIC t.all) AS plain
	FROM waited, target t GROUP BY part, t.all;
SELECT sum(ages) = (SELECT duration_agg(d, CASE WHEN d IS NOT NULL THEN done END, VARIADIC t.all) FROM waited, target t) AS ages,
	sum(plain ORDER BY part DESC) = (SELECT duration_agg(d, VARIADIC t.all) FROM waited, target t) AS plain FROM part;
SELECT count(*), bool_and(a.ages + b.ages - b.ages = a.ages AND a.plain + b.plain - a.plain = b.plain AND a.ages + b.ages = b.ages + a.ages
	AND a.ages::text::duration_summary = a.ages AND a.plain::jsonb::duration_summary = a.plain AND a.plain - a.plain + a.plain = a.plain) AS kept
FROM part a, part b WHERE a.part < 3;
SELECT count(*), bool_and(moving = anew) AS moving FROM (
	SELECT duration_agg(d, done, '25 min', '1 h') OVER w AS moving, (SELECT duration_agg(d, done, '25 min', '1 h') FROM waited i WHERE d IS NOT NULL AND i.n BETWEEN o.n - 20 AND o.n) AS anew
	FROM waited o WHERE n < 150 AND d IS NOT NULL WINDOW w AS (ORDER BY n RANGE 20 PRECEDING)) t;
SELECT count(*), bool_and(moving = anew) AS moving FROM (
	SELECT part, sum(ages) OVER (ORDER BY part ROWS 2 PRECEDING) AS moving, (SELECT sum(ages) FROM part i WHERE i.part BETWEEN o.part - 2 AND o.part) AS anew FROM part o) t;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
ANALYZE waited;
EXPLAIN (COSTS OFF) SELECT duration_agg(d, '25 min', '1 h') FROM waited;
SELECT duration_agg(d, '25 min', '1 h') = (SELECT sum(s) FROM (SELECT duration_agg(d, '1 h', '25 min') AS s FROM waited GROUP BY part) t) AS same FROM waited;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
-- targets taken out, it is the summary without them
SELECT bool_and((plain::jsonb - 'targets')::duration_summary = (SELECT duration_agg(d) FROM waited w WHERE w.part = p.part)) AS without FROM part p;
-- stored by a live rollup, which follows its table
CREATE EXTENSION IF NOT EXISTS cxm_live;
ALTER TABLE waited ADD opened_at timestamptz NOT NULL DEFAULT '2026-01-01', ADD resolved_at timestamptz;
UPDATE waited SET resolved_at = opened_at + d WHERE done;
SELECT cxm_create_rollup('waits', $$SELECT part, duration_agg(d, '25 min', '1 h') AS s, duration_agg(d, done) AS done,
	ttr_agg(opened_at, resolved_at, '2026-01-02Z', '25 min', '1 h') AS aged,
	business_ttr_agg('Mon-Fri 09:00-17:00 in Europe/Paris', opened_at, resolved_at, '2026-01-02Z', '25 min', '1 h') AS in_hours
	FROM waited WHERE d IS NOT NULL GROUP BY part$$);
CREATE VIEW waits_now AS SELECT part, duration_agg(d, '25 min', '1 h') AS s, duration_agg(d, done) AS done,
	ttr_agg(opened_at, resolved_at, '2026-01-02Z', '25 min', '1 h') AS aged,
	business_ttr_agg('Mon-Fri 09:00-17:00 in Europe/Paris', opened_at, resolved_at, '2026-01-02Z', '25 min', '1 h') AS in_hours
	FROM waited WHERE d IS NOT NULL GROUP BY part;
INSERT INTO waited SELECT -n, n % 15, n * interval '1 min', n % 2 = 0 FROM generate_series(1, 60) n;
UPDATE waited SET d = '25 min', resolved_at = opened_at + interval '25 min' WHERE n % 100 = 7;
DELETE FROM waited WHERE part = 3 OR n % 50 = 9;
SELECT count(*) AS parts FROM waits;
(TABLE waits EXCEPT ALL TABLE waits_now) UNION ALL (TABLE waits_now EXCEPT ALL TABLE waits);
SELECT cxm_drop_rollup('waits');
DROP VIEW waits_now;
DROP TABLE waited;

--
-- Refusals
--
SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY[
	$$duration_agg('1 h'::interval, NULL)$$,
	$$duration_agg('1 h'::interval, '1 h', NULL)$$,
	$$duration_agg('1 h'::interval, VARIADIC NULL::interval[])$$,
	$$duration_agg('1 h'::interval, '-1 us')$$,
	$$duration_agg('1 h'::interval, '1 month')$$,
	$$duration_agg('1 h'::interval, '106751992 days')$$,
	$$duration_agg('1 h'::interval, VARIADIC (SELECT array_agg(n * interval '1 s') FROM generate_series(1, 33) n))$$,
	$$duration_agg('-1 h'::interval, '1 h')$$,
	$$duration_agg('1 h'::interval, NULL::boolean)$$,
	$$duration_agg(NULL::interval, true)$$,
	$$duration_agg('-1 s'::interval, false)$$,
	$$ttr_agg(timestamptz '2026-01-01', NULL, 'infinity', '1 h')$$,
	$$ttr_agg(timestamptz '2026-01-02', '2026-01-01', NULL, '1 h')$$,
	$$business_ttr_agg(NULL, now(), now(), NULL, '1 h')$$,
	$$ttr_agg(now(), timestamp '2026-01-02', NULL, '1 h')$$,
	$$duration_agg('1 h'::interval, '1 h') + duration_agg('1 h'::interval, '2 h')$$,
	$$duration_agg('1 h'::interval, '1 h') + duration_agg('1 h'::interval)$$,
	$$duration_agg('1 h'::interval, '1 h') - duration_agg('1 h'::interval, '1 h', '2 h')$$,
	$$duration_agg('1 h'::interval, '1 h') + duration_agg('1 h'::interval, true, '1 h')$$,
	$$duration_agg('1 h'::interval, '1 h') - duration_agg('1 h 1 us'::interval, '1 h')$$,
	$$duration_agg('1 h'::interval, n * interval '1 h') FROM generate_series(1, 2) n$$,
	$$sum(s) FROM (SELECT duration_agg('1 h'::interval, '1 h') AS s UNION ALL SELECT duration_agg('1 h'::interval)) t$$,
	$$median_age(duration_agg(NULL))$$,
	$$unresolved(duration_agg(NULL), '1 h')$$,
	$$percentile_age(duration_agg('1 h'::interval, false), 90)$$,
	$$unresolved(duration_agg('1 h'::interval, false), '-1 h')$$,
	$$valid_duration(timestamp '2026-01-01', now())$$,
	$$valid_duration('4713-01-01 BC'::timestamptz, '294276-01-01')$$,
	$$cxm_internal.duration_transition(NULL, '1 s', '{1 s}'::interval[])$$,
	$$'{"targets": {"1": 1}}'::duration_summary$$,
	$$'{"targets": {"5": 1}, "resolved": {"7": 1}, "total_microseconds": 7}'::duration_summary$$,
	$$'{"targets": {"9": 0}, "resolved": {"7": 1}, "total_microseconds": 7}'::duration_summary$$,
	$$'{"targets": {"600": 2, "601": 1}, "resolved": {"595": 2}, "total_microseconds": 1200}'::duration_summary$$,
	$$'{"targets": {"x": 1}}'::duration_summary$$,
	$$'{"targets": {"1": {"resolved": 1}}}'::duration_summary$$,
	$$'{"targets": {"1": 1}, "unresolved": {"1": 1}}'::duration_summary$$,
	$$'{"targets": {"1": {"rest": 1}}, "unresolved": {"1": 1}}'::duration_summary$$,
	$$'{"targets": {"9223372036854775808": 0}}'::duration_summary$$,
	$$'{"targets": {"1": 9}, "resolved": {"0": 9223372036854775807, "1": 9223372036854775807}, "total_microseconds": 9223372036854775807}'::duration_summary$$,
	$$'{"targets": [1]}'::duration_summary$$]) query;
SELECT pg_temp.refusal(format('SELECT %L::duration_summary', (SELECT jsonb_build_object('targets', jsonb_object_agg(n, 0)) FROM generate_series(1, 33) n)));
-- infinite intervals are there from version 17 on
SELECT current_setting('server_version_num')::integer < 170000 OR pg_temp.refusal($$SELECT duration_agg('1 h'::interval, 'infinity')$$)
	= '22023: target is infinite' AND pg_temp.refusal($$SELECT duration_agg('infinity'::interval, '1 h')$$) = '22023: duration is infinite' AS refused;
