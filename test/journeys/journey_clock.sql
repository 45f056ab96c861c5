-- journey_clock: flows, maps and funnels by the business clock
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
\pset format unaligned
\pset tuples_only on
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
\set random :tests '/random.psql'
\i :random

--
-- By hand: opened Friday 16:00, answered on Sunday, solved Monday 10:00, open Mon-Fri 9 to 17: two hours,
-- one until the answer, at which the clock stands at Friday's end
--
CREATE TEMP TABLE ticket AS SELECT journey_agg(at, what) AS j
	FROM (VALUES (timestamptz '2026-01-30 16:00Z', 'open'), ('2026-02-01 10:00Z', 'answered'), ('2026-02-02 10:00Z', 'solved')) v (at, what);
SELECT from_stage, to_stage, date_trunc('minute', median_time + '30 s') AS took
FROM flows((SELECT flow_agg(j, 'Mon-Fri 09:00-17:00 in UTC') FROM ticket));
SELECT stage, date_trunc('minute', median_time + '30 s') AS took
FROM journey_map((SELECT flow_agg(j, '2026-02-02 10:30Z', '1 hour', 'Mon-Fri 09:00-17:00 in UTC') FROM ticket));
-- who is still there is told by any clock: nothing for an hour is nothing for an hour
SELECT as_of, to_stage FROM unnest('{2026-01-30 16:59Z, 2026-01-30 17:00Z, 2026-02-01 10:59Z}'::timestamptz[]) as_of, LATERAL
	flows((SELECT flow_agg(j, as_of, '1 hour', 'Mon-Fri 09:00-17:00 in UTC') FROM ticket)) WHERE to_stage ~ '^.(ongoing|end)';

SELECT within, funnel_level(j, '{open,answered,solved}', within, NULL, NULL, NULL, 'Mon-Fri 09:00-17:00 in UTC') AS by_calendar,
	funnel_level(j, '{open,answered,solved}', within) AS by_any_clock
FROM ticket, unnest('{0:59, 1:00, 1:59, 2:00, 42:00, 66:00}'::interval[]) within;
SELECT limits, funnel_times(j, '{open,answered,solved}', NULL, NULL, NULL, limits::text[], 'Mon-Fri 09:00-17:00 in UTC')
FROM ticket, unnest(ARRAY['{NULL,59 min,NULL}', '{NULL,1 h,59 min}', '{NULL,1 h,1 h}']) limits;
-- steps while the clock stands still have one time, and are one after the other all the same
SELECT mode, funnel_level(j, '{a,b}', '0', mode, NULL, NULL, c) AS a_b, funnel_level(j, '{b,a}', '0', mode, NULL, NULL, c) AS b_a,
	funnel_count(j, '{a,b}', '0', mode, NULL, NULL, c) AS count, funnel_times(j, '{a,b}', '0', mode, NULL, NULL, c) AS times
FROM (SELECT journey_agg(timestamptz '2026-01-31 12:00Z' + n * interval '1 h', what) AS j, business_calendar 'Mon-Fri 09:00-17:00 in UTC' AS c
	FROM unnest('{a,b,x,a,b}'::text[]) WITH ORDINALITY v (what, n)) t, unnest('{any,ordered,increasing,consecutive,strict_order,unordered}'::text[]) mode;
-- in progress, as long as the two hours are not over
SELECT as_of, in_progress FROM unnest('{2026-01-30 16:30Z, 2026-02-02 09:30Z, 2026-02-02 10:00Z, 2026-02-02 10:00:01Z}'::timestamptz[]) as_of,
	funnel((SELECT funnel_agg(j, '{open,closed}', '2 hours', NULL, as_of, NULL, NULL, 'Mon-Fri 09:00-17:00 in UTC') FROM ticket)) WHERE step = 1;
SELECT step, journeys, date_trunc('minute', median_time + '30 s') AS took, date_trunc('minute', median_since_first + '30 s') AS since_first
FROM funnel((SELECT funnel_agg(j, '{open,answered,solved}', '2 hours', NULL, NULL, NULL, NULL, 'Mon-Fri 09:00-17:00 in UTC') FROM ticket));
-- NULL is any clock
SELECT flow_agg(j, NULL::business_calendar) = flow_agg(j), flow_agg(j, NULL, NULL, 'Mon-Fri 09:00-17:00 in UTC') = flow_agg(j, 'Mon-Fri 09:00-17:00 in UTC'),
	flow_agg(j, '2026-02-02Z', '1 h', NULL) = flow_agg(j, '2026-02-02Z', '1 h'),
	funnel_agg(j, '{open,solved}', '2 h', NULL, NULL, NULL, NULL, NULL) = funnel_agg(j, '{open,solved}', '2 h')
FROM ticket;

--
-- Random journeys over a change of the clocks, against journeys whose times are the business time since the first
-- day of the year, and whose events keep their order by its number
--
CREATE TEMP TABLE event AS
	SELECT customer, at, stage, c, timestamptz '2026-01-01Z' + business_time(c, '2026-01-01Z', at) AS mapped,
		dense_rank() OVER (PARTITION BY customer ORDER BY at) AS n
	FROM (SELECT customer, timestamptz '2026-03-25Z' + (at - timestamptz '2025-01-01Z') AS at, stage
			FROM pg_temp.random_events(60000, 10000, 6 * 1440)) r,
		(VALUES (business_calendar 'Mon-Fri 09:00-12:00, Mon-Fri 13:00-17:00, Sun 01:00-05:00 in Europe/Berlin')) v (c);
CREATE TEMP TABLE pair AS
	SELECT customer, c, journey_agg(at, stage) AS j, journey_agg(mapped, n, stage) AS m FROM event GROUP BY customer, c;
SELECT count(*), max(event_count(j)), bool_and(event_count(j) = event_count(m)), min(first_at(j)), max(last_at(j)) FROM pair;
-- levels and completions; and times, which are those of the business clock where one looks
SELECT mode, count(*), sum(level), count(*) FILTER (WHERE level <> as_mapped) AS other_levels,
	sum(completions), count(*) FILTER (WHERE completions <> mapped_completions) AS other_completions,
	count(*) FILTER (WHERE (SELECT array_agg(timestamptz '2026-01-01Z' + business_time(c, '2026-01-01Z', t) ORDER BY n)
			FROM unnest(times) WITH ORDINALITY u (t, n)) IS DISTINCT FROM nullif(mapped_times, '{}')) AS other_times
FROM pair, unnest('{any,ordered,increasing,consecutive,strict_order,unordered}'::text[]) mode, LATERAL (SELECT
	CASE WHEN mode <> 'unordered' AND customer % 2 = 0 THEN '{NULL,4 h,5 h}'::text[] END AS limits,
	CASE WHEN mode <> 'unordered' AND customer % 3 = 0 THEN '{a,b?,c}'::text[] ELSE '{a,b,c}' END AS steps,
	CASE WHEN customer % 5 = 0 THEN '{e}'::text[] END AS exclude) o, LATERAL (SELECT
	funnel_level(j, steps, '9 h', mode, exclude, limits, c) AS level, funnel_level(m, steps, '9 h', mode, exclude, limits) AS as_mapped,
	funnel_count(j, '{a,b}', '9 h', mode, exclude, limits[:2], c) AS completions, funnel_count(m, '{a,b}', '9 h', mode, exclude, limits[:2]) AS mapped_completions,
	funnel_times(j, steps, '9 h', mode, exclude, limits, c) AS times, funnel_times(m, steps, '9 h', mode, exclude, limits) AS mapped_times) f
GROUP BY mode ORDER BY mode;
-- summaries, but for the calendar that they name
SELECT flow_agg(j, c)::jsonb - 'calendar' = flow_agg(m)::jsonb AS flows, flow_agg(j, c)::jsonb ->> 'calendar' = c::text AS calendar,
	funnel_agg(j, '{a,b,c?,d}', '9 h', 'any', NULL, '{e}', NULL, c)::jsonb - 'calendar' = funnel_agg(m, '{a,b,c?,d}', '9 h', 'any', NULL, '{e}')::jsonb AS funnel
FROM pair GROUP BY c;
-- as of a moment, at which those in progress are others by any clock
SELECT moment, f = g AS the_same, f -> 'in_progress' <> h -> 'in_progress' AS other
FROM (SELECT moment, funnel_agg(j, '{a,b,c}', '9 h', NULL, moment, NULL, '{NULL,4 h,5 h}', c)::jsonb - 'calendar' - 'as_of' AS f,
		funnel_agg(m, '{a,b,c}', '9 h', NULL, timestamptz '2026-01-01Z' + business_time(c, '2026-01-01Z', moment),
			NULL, '{NULL,4 h,5 h}')::jsonb - 'as_of' AS g,
		funnel_agg(j, '{a,b,c}', '9 h', NULL, moment, NULL, '{NULL,4 h,5 h}')::jsonb AS h
	FROM (SELECT moment, c, journey_agg(at, stage) AS j, journey_agg(mapped, n, stage) AS m
		FROM event, unnest('{2026-03-26 10:00Z,2026-03-29 00:30Z,2026-03-30 13:00Z}'::timestamptz[]) moment
		WHERE at <= moment GROUP BY moment, c, customer) t GROUP BY moment, c) s ORDER BY moment;
-- serial, parallel or by parts
SELECT bool_and(whole = parts) FROM (SELECT flow_agg(j, c) AS whole FROM pair) w,
	(SELECT sum(s) AS parts FROM (SELECT flow_agg(j, c) AS s FROM pair GROUP BY customer % 7) t) p;
-- many stages, which have notes
SELECT (SELECT count(*) FROM journey_map(s)), s::jsonb -> 'flows' = n::jsonb -> 'flows' AS the_same FROM (
	SELECT flow_agg(j, 'Mon-Sun 00:00-24:00 in UTC') AS s, flow_agg(j) AS n
	FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s', 's' || n % 97) AS j FROM generate_series(1, 400) n GROUP BY n % 3) t) t;

--
-- Refusals: days, whose length a calendar says; other calendars; and calendars that are none
--
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT funnel_level(j, '{open,solved}', '2 days', NULL, NULL, NULL, 'Mon-Fri 09:00-17:00 in UTC') FROM ticket$$),
	($$SELECT funnel_times(j, '{open,solved}', NULL, NULL, NULL, '{NULL,1 day}', 'Mon-Fri 09:00-17:00 in UTC') FROM ticket$$),
	($$SELECT funnel_agg(j, '{open,solved}', '1 mon', NULL, NULL, NULL, NULL, 'Mon-Fri 09:00-17:00 in UTC') FROM ticket$$),
	($$SELECT funnel_level(journey_agg(at, what), '{open}', '1 h', NULL, NULL, NULL, 'Mon-Fri 09:00-17:00 in UTC')
		FROM (VALUES (timestamp '2026-01-30 16:00', 'open')) v (at, what)$$),
	($$SELECT flow_agg(j, 'Mon-Fri 9-5') FROM ticket$$),
	($$SELECT flow_agg(j, '2026-02-02Z', NULL, 'Mon-Fri 09:00-17:00 in UTC') FROM ticket$$),
	($$SELECT flow_agg(j, NULL, '1 h', 'Mon-Fri 09:00-17:00 in UTC') FROM ticket$$),
	($$SELECT flow_agg(j, timestamp '2026-02-02', '1 h', 'Mon-Fri 09:00-17:00 in UTC') FROM ticket$$),
	($$SELECT flow_agg(j, date '2026-02-02', '1 h', NULL) FROM ticket$$),
	($$SELECT flow_agg(j, 'Mon-Fri 09:00-17:00 in UTC') + flow_agg(j, 'Mon-Fri 09:00-18:00 in UTC') FROM ticket$$),
	($$SELECT flow_agg(j, 'Mon-Fri 09:00-17:00 in UTC') - flow_agg(j) FROM ticket$$),
	($$SELECT flow_agg(j, c::business_calendar) FROM ticket, unnest('{Mon-Fri 09:00-17:00 in UTC, Mon-Fri 09:00-17:00 in Europe/Berlin}'::text[]) c$$),
	($$SELECT funnel_agg(j, '{open}', '1 h', NULL, NULL, NULL, NULL, c::business_calendar) FROM ticket, unnest('{Mon-Fri 09:00-17:00 in UTC, NULL}'::text[]) c$$),
	($$SELECT funnel_test(funnel_agg(j, '{open,solved}', '9 h', NULL, NULL, NULL, NULL, 'Mon-Fri 09:00-17:00 in UTC'), funnel_agg(j, '{open,solved}', '9 h'), 2) FROM ticket$$),
	($$SELECT '{"calendar": "Mon-Fri", "stages": [], "flows": []}'::flow_summary$$),
	($$SELECT '{"calendar": 7, "stages": [], "flows": []}'::flow_summary$$),
	($$SELECT '{"calendar": null, "stages": [], "flows": []}'::flow_summary$$),
	($$SELECT '{"steps": ["a"], "mode": "any", "within_microseconds": null, "calendar": "Mon-Fri 09:00-17:00 in Nowhere"}'::funnel_summary$$)) v (query);
-- a calendar is written in its canonical form
SELECT '{"calendar": "mon-fri 9:00-17:00 in utc", "stages": [], "flows": []}'::flow_summary;
