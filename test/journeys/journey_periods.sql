-- journey_periods: when a customer was in which stages
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
\pset format unaligned
\pset tuples_only on
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

--
-- Odoo's own test: a lead's minutes in its stages are 5, 115, 70, 220 and 30
--
CREATE TEMP TABLE lead AS
	SELECT journey_agg(timestamptz '2023-02-15 12:00Z' + minute * interval '1 minute', stage) AS j
	FROM (VALUES (0, 'stage 1'), (5, 'stage 2'), (65, 'stage 3'), (115, 'stage 4'), (135, 'stage 2'), (190, 'stage 4'), (390, 'none'), (420, 'stage 3'))
		v (minute, stage);
SELECT stage, in_minutes(time_in(j, stage, '2023-02-15 19:20Z')),
	periods_in(j, ARRAY[stage], '2023-02-15 19:20Z')
FROM lead, unnest('{stage 1, stage 2, stage 3, stage 4, none}'::text[]) stage;
-- and its burn-down: how many of six tasks are in which stage at the ends of the months
WITH change (task, at, stage) AS (VALUES
		(1, timestamptz '2021-01-01Z', 'to do'), (2, '2021-01-02Z', 'to do'), (3, '2021-01-03Z', 'to do'),
		(4, '2021-01-04Z', 'to do'), (5, '2021-01-05Z', 'to do'), (6, '2021-12-10Z', 'to do'),
		(1, '2021-02-10Z', 'in progress'), (2, '2021-02-20Z', 'in progress'), (3, '2021-02-20Z', 'in progress'),
		(4, '2021-03-15Z', 'in progress'), (5, '2021-03-15Z', 'in progress'), (1, '2021-04-10Z', 'testing'), (2, '2021-04-10Z', 'testing'),
		(3, '2021-05-12Z', 'testing'), (4, '2021-06-25Z', 'testing'), (5, '2021-07-25Z', 'testing'), (1, '2021-08-01Z', 'done'),
		(2, '2021-09-10Z', 'done'), (3, '2021-10-05Z', 'done'), (4, '2021-11-25Z', 'done'), (5, '2021-12-12Z', 'done')),
	task AS (SELECT task, journey_agg(at, stage) AS j FROM change GROUP BY task)
SELECT month, string_agg(format('%s %s', stage, n), ', ' ORDER BY stage)
FROM (SELECT month, current_stage(journey_slice(j, '-infinity', month + interval '1 month')) AS stage, count(*) AS n
	FROM task, generate_series(timestamptz '2021-01-01Z', '2021-12-01Z', '1 month') month GROUP BY 1, 2) t
WHERE stage IS NOT NULL GROUP BY month ORDER BY month;

--
-- Pauses from a log of states: Zammad's tickets, whose clock stands still while they are pending
--
CREATE TEMP TABLE status (ticket text, at timestamptz, stage text);
INSERT INTO status VALUES
	('Z3', '2013-06-04 09:00Z', 'new'), ('Z3', '2013-06-04 09:30Z', 'pending reminder'), ('Z3', '2013-06-04 09:45Z', 'open'),
	('Z3', '2013-06-04 10:00Z', 'pending close'), ('Z3', '2013-06-04 10:30Z', 'open'),
	('Z4', '2013-06-04 09:00Z', 'new'), ('Z4', '2013-06-04 10:00Z', 'pending reminder'), ('Z4', '2013-06-04 15:00Z', 'open'),
	('Z5', '2013-06-04 09:00Z', 'new'), ('Z5', '2013-06-04 10:00Z', 'pending reminder'), ('Z5', '2013-06-04 10:30Z', 'open'),
	('Z6', '2013-06-04 09:00Z', 'pending reminder'), ('Z6', '2013-06-04 10:30Z', 'open'), ('Z6', '2013-06-04 11:00Z', 'pending close'),
	('Z6', '2013-06-04 11:30Z', 'open'),
	('Z9', '2026-01-05 12:00Z', 'new'), ('Z9', '2026-01-05 13:00Z', 'open'), ('Z9', '2026-01-05 13:30Z', 'pending close'), ('Z9', '2026-01-05 14:00Z', 'closed'),
	('waits', '2013-06-04 09:00Z', 'new'), ('waits', '2013-06-04 09:30Z', 'pending reminder');
CREATE TEMP TABLE ticket AS
	SELECT ticket, journey_agg(at, stage) AS j, periods_in(journey_agg(at, stage), '{pending reminder, pending close}') AS paused
	FROM status GROUP BY ticket;
SELECT ticket, paused FROM ticket ORDER BY ticket;
-- due at 11:45; at closing time, which theirs calls the next opening; 120 minutes with half an hour on hold; never
SELECT ticket, business_deadline('Mon-Sun 09:00-18:00 in Europe/Berlin', first_at(j), '120 minutes', paused)
FROM ticket WHERE ticket IN ('Z3', 'Z4', 'Z5', 'waits') ORDER BY ticket;
-- replied at 10:45 and closed at 12:00 of targets of 120 and 250 minutes: 75 spent and 45 left, 150 and 100
SELECT target, in_minutes(spent) AS spent, in_minutes(target - spent) AS left
FROM ticket, (VALUES (timestamptz '2013-06-04 10:45Z', interval '120 minutes'), ('2013-06-04 12:00Z', '250 minutes')) v (at, target),
	LATERAL (SELECT business_time('Mon-Sun 09:00-18:00 in Europe/Berlin', tstzmultirange(tstzrange(first_at(j), at)) - paused) AS spent) s
WHERE ticket = 'Z5' ORDER BY target;
-- 60 minutes open until 12:00; 90 in all, 60 from the half hour on, 30 up to it
SELECT in_minutes(business_time('Mon-Sun 00:00-24:00 in UTC', periods_in(j, '{open}', '2013-06-04 12:00Z'))) AS z6 FROM ticket WHERE ticket = 'Z6';
SELECT in_minutes(business_time('Mon-Sun 00:00-24:00 in UTC', worked)) AS whole,
	in_minutes(business_time('Mon-Sun 00:00-24:00 in UTC', worked * '{[2026-01-05 12:30Z,)}')) AS later,
	in_minutes(business_time('Mon-Sun 00:00-24:00 in UTC', worked * '{(,2026-01-05 12:30Z)}')) AS before
FROM (SELECT periods_in(j, '{new, open}') AS worked FROM ticket WHERE ticket = 'Z9') t;
-- pending since Monday, and not over: 16 business hours until Tuesday 17:00
SELECT business_time_until('Mon-Fri 09:00-17:00 in UTC', periods_in(j, '{pending}'), '2026-01-06 17:00Z'),
	business_time('Mon-Fri 09:00-17:00 in UTC', periods_in(j, '{pending}', '2026-01-06 17:00Z')),
	time_in(j, 'pending', '2026-01-06 17:00Z', 'Mon-Fri 09:00-17:00 in UTC')
FROM (SELECT journey_agg(at, stage) AS j FROM (VALUES (timestamptz '2026-01-05 08:00Z', 'open'), ('2026-01-05 09:00Z', 'pending')) v (at, stage)) t;

--
-- What comes with as_of, with nothing, with instants, and with stages that a journey has not
--
CREATE TEMP TABLE hand AS
	SELECT journey_agg(at, stage::journey_stage) AS j FROM (VALUES
		(timestamptz '2025-01-01 10:00Z', '200:a'), ('2025-01-01 11:00Z', '200:a'), ('2025-01-01 12:00Z', '300:a'), ('2025-01-01 13:00Z', '100:b'),
		('2025-01-01 13:00Z', '300:c'), ('2025-01-01 14:00Z', '200:a')) v (at, stage);
SELECT periods_in(j, '{a}'), periods_in(j, '{a}', '2025-01-01 15:00Z'), periods_in(j, '{a}', '2025-01-01 11:30Z'), periods_in(j, '{a}', NULL) FROM hand;
SELECT periods_in(j, '{a}', '2025-01-01 14:00Z'), periods_in(j, '{a}', '2025-01-01 10:00Z'), periods_in(j, '{a}', '2025-01-01 09:00Z') FROM hand;
SELECT periods_in(j, '{b}'), periods_in(j, '{b,c}'), periods_in(j, '{c,a,b,a}'), periods_in(j, '{d}'), periods_in(j, '{}') FROM hand;
SELECT time_in(j, 'b', '2025-01-02Z'), time_in(j, 'b', '2025-01-02Z', 'Wed 09:00-13:30 in UTC'), time_in(j, 'd', '2025-01-02Z', 'Wed 09:00-13:30 in UTC'),
	time_in(j, 'a', '2025-01-02Z', 'Wed 09:00-12:30 14:00-14:10 in UTC') FROM hand;
SELECT periods_in('{"events": []}', '{a}'), periods_in(NULL, '{a}') IS NULL, periods_in(j, NULL) IS NULL FROM hand;
-- a literal that says no type is a label or an array, a text of any type a label, and what begins with a brace as an array has it
SELECT periods_in(j, 'a'), periods_in(j, 'a', '2025-01-01 11:30Z'), periods_in(j, stage => 'a'), periods_in(j, 'd'), periods_in(j, ''), periods_in(j, NULL::text) IS NULL FROM hand;
SELECT bool_and(periods_in(j, label) = one AND periods_in(j, label::varchar) = one AND periods_in(j, label::name) = one AND periods_in(j, label, NULL) = one
	AND periods_in(j, format(' {%s}', label)) = one) AS same
FROM hand, unnest('{a,b,c,d}'::text[]) label, LATERAL (SELECT periods_in(j, ARRAY[label]) AS one) o;
SELECT periods_in(j, '{odd}'), periods_in(j, '{"{odd}"}'), periods_in(j, ARRAY['{odd}'])
FROM (SELECT journey_agg(at, stage) AS j FROM (VALUES (timestamptz '2025-01-01Z', '{odd}'), ('2025-01-02Z', 'even')) v (at, stage)) t;
SELECT pg_temp.refusal('SELECT ' || call || ' FROM hand') FROM unnest(ARRAY[
	$$periods_in(j, '{a,NULL}')$$, $$periods_in(j, '{a}', 'infinity')$$, $$periods_in(j, '{a}', date '2025-01-01')$$,
	$$periods_in(j, 'a', timestamp '2025-01-01')$$, $$periods_in(j, '{a')$$, $$time_in(j, 'a', NULL, 'rubbish')$$, $$time_in(j, 'a', 'infinity', 'Mon 09:00-10:00 in UTC')$$,
	$$time_in(j, 'a', timestamp '2025-01-01', 'Mon 09:00-10:00 in UTC')$$]) call;

--
-- Laws, over random journeys: periods are those that plain SQL finds, and time_in is their length
--
CREATE TEMP TABLE event AS
	SELECT n % 200 AS customer, timestamptz '2025-01-01Z' + abs(hashint8extended(n, 1)) % 400 * interval '1 hour' AS at,
		(ARRAY['open', 'pending', '450:waiting', 'solved'])[1 + abs(hashint8extended(n, 2)) % 4] AS stage
	FROM generate_series(1, 3000) n;
CREATE TEMP TABLE journey AS SELECT customer, journey_agg(at, stage) AS j FROM event GROUP BY customer;
CREATE TEMP TABLE visit AS
	SELECT customer, at, stage_label(stage) AS label, lead(at) OVER (PARTITION BY customer ORDER BY at, stage) AS next_at FROM journey, events(j);
CREATE TEMP TABLE asked AS
	SELECT customer, stages, as_of FROM journey, (VALUES ('{pending}'::text[]), ('{pending,waiting}'), ('{solved,open,nowhere}')) s (stages),
		(VALUES (NULL), (timestamptz '2025-01-08 12:00Z'), ('2026-01-01Z')) a (as_of);
SELECT count(*), count(*) FILTER (WHERE found = wanted) AS equal, count(*) FILTER (WHERE isempty(found)) > 10 AS some_empty
FROM (SELECT periods_in(j, stages, as_of) AS found, coalesce((
		SELECT range_agg(tstzrange(at, CASE WHEN next_at > as_of THEN as_of ELSE coalesce(next_at, as_of) END)) FROM visit v
		WHERE v.customer = asked.customer AND label = ANY (stages) AND (at <= as_of) IS NOT FALSE), '{}') AS wanted
	FROM asked JOIN journey USING (customer)) t;
SELECT count(*), count(*) FILTER (WHERE total IS NOT DISTINCT FROM (SELECT sum(upper(r) - lower(r)) FROM unnest(periods) r)
		OR total = '0' AND isempty(periods)) AS equal,
	count(*) FILTER (WHERE business IS NOT DISTINCT FROM CASE WHEN total IS NOT NULL
		THEN business_time('Mon-Fri 09:00-17:00 in Europe/Berlin', periods) END) AS equal_in_hours
FROM (SELECT time_in(j, stages[1], as_of) AS total, periods_in(j, stages[:1], as_of) AS periods,
		time_in(j, stages[1], as_of, 'Mon-Fri 09:00-17:00 in Europe/Berlin') AS business
	FROM asked JOIN journey USING (customer) WHERE as_of IS NOT NULL) t;
-- an open period is cut by as_of as business_time_until cuts it, if nothing comes later
SELECT count(*) FILTER (WHERE periods_in(j, stages) * tstzmultirange(tstzrange(NULL, as_of)) <> periods_in(j, stages, as_of)) AS unequal
FROM asked JOIN journey USING (customer) WHERE as_of IS NOT NULL;
