-- contact_centre: how many agents are needed, and which calls met the service level
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

--
-- Looking ahead. Call Centre Helper's worked example, which is pyworkforce's test too: 100 calls in
-- half an hour of three minutes each, 80 % of them within 20 seconds: 14 agents, 17.41 % wait,
-- 88.835 %, 7.8 s, 71.4 %. The digits are of mpmath, as are those of the second example.
--

SELECT erlangs(100, '30 min', '3 min') AS erlangs, agents,
	round(erlang_c(10, agents)::numeric, 12) AS waiting,
	round(service_level(100, '30 min', '3 min', agents, '20 s')::numeric, 10) AS service_level,
	date_trunc('milliseconds', average_speed_of_answer(100, '30 min', '3 min', agents)) AS asa,
	round(occupancy(100, '30 min', '3 min', agents)::numeric, 10) AS occupancy
FROM generate_series(9, 15) agents ORDER BY agents;
SELECT erlangs(360, '30 min', '4 min') AS erlangs, round(erlang_c(48, 55)::numeric, 12) AS waiting,
	round(service_level(360, '30 min', '4 min', 55, '15 s')::numeric, 10) AS service_level,
	date_trunc('milliseconds', average_speed_of_answer(360, '30 min', '4 min', 55)) AS asa,
	round(occupancy(360, '30 min', '4 min', 55)::numeric, 10) AS occupancy;
-- Garnett, Mandelbaum and Reiman (2002): 20.8 s, 17 in the queue, 96 %
SELECT date_trunc('milliseconds', average_speed_of_answer(48, '1 min', '1 min', 50)) AS asa,
	round((48 * in_minutes(average_speed_of_answer(48, '1 min', '1 min', 50)))::numeric, 4) AS queue,
	occupancy(48, '1 min', '1 min', 50);

-- 2 % of 10 erlangs are lost by 17 lines
SELECT load, agents, round(erlang_b(load, agents)::numeric, 12) AS lost
FROM (VALUES (1, 1), (3, 5), (10, 10), (10, 16), (10, 17), (80, 100), (100, 100), (3, 0), (0, 3)) v (load, agents);
SELECT min(lines) FROM generate_series(1, 50) lines WHERE erlang_b(10, lines) <= 0.02;

-- 80/20 with 14, at an occupancy of at most 70 % with 15; 90/20 with 15; 20 on the roster with 30 % away
SELECT agents_needed(100, '30 min', '3 min', 0.8, '20 s') AS "80/20",
	agents_needed(100, '30 min', '3 min', 0.8, '20 s', 0.7) AS occupied,
	agents_needed(100, '30 min', '3 min', 0.8, '20 s', 5 / 7.0) AS as_occupied_as_14,
	agents_needed(100, '30 min', '3 min', 0.9, '20 s') AS "90/20",
	agents_needed(100, '30 min', '3 min', 0.8, '20 s', shrinkage => 0.3) AS rostered,
	agents_needed(100, '30 min', '3 min', 0.8, '20 s', NULL, 0.3) AS by_default,
	agents_needed(200, '1 hour', '180 s', 0.8, '20 s', NULL, NULL) AS by_the_hour,
	agents_needed(NULL, '30 min', '3 min', 0.8, '20 s') AS "null";
-- what a fraction was rounded up to is no agent more: 7 of 10, 2.1 of 3, 6.3 of 9, 63 of 70
SELECT agents_needed(7, '1 min', '1 min', 0.01, '1 day', 0.7) AS "10", agents_needed(42, '1 hour', '3 min', 0.01, '1 day', 0.7) AS "3",
	agents_needed(6.3, '1 min', '1 min', 0.01, '1 day', 0.7) AS "9", agents_needed(62, '1 min', '1 min', 0.01, '1 day', shrinkage => 0.1) AS "70";
-- any kind of number counts
SELECT agents_needed(calls, '30 min', handled, 0.8, '20 s') AS needed,
	service_level(calls, '30 min', handled, agents, '20 s') = service_level(100, '30 min', '3 min', 14, '20 s') AS same
FROM (SELECT count(*) AS calls, avg(n * interval '180 s' / 50.5) AS handled, sum(n / 100 * 14) AS agents
	FROM generate_series(1, 100) n) t;
-- each is the least that will do
SELECT count(*) AS queues, bool_and(service_level(calls, '30 min', '5 min', needed, target) >= share) AS will_do,
	bool_or(service_level(calls, '30 min', '5 min', needed - 1, target) >= share) AS one_less_would
FROM generate_series(1, 2000, 37) calls, unnest('{0 s, 10 s, 1 min, 1 hour}'::interval[]) target,
	unnest('{0.5,0.8,0.95,0.999}'::double precision[]) share, agents_needed(calls, '30 min', '5 min', share, target) needed;

-- a queue that grows without end; nobody to call, to answer, or to be talked to
SELECT calls, handle_time, agents, service_level(calls, '30 min', handle_time, agents, '20 s'),
	average_speed_of_answer(calls, '30 min', handle_time, agents) AS asa, occupancy(calls, '30 min', handle_time, agents),
	agents_needed(calls, '30 min', handle_time, 0.8, '20 s') AS needed
FROM (VALUES (100, interval '3 min', 10), (100, '3 min', 0), (0, '3 min', 14), (0, '3 min', 0), (100, '0', 1), (100, '0', 0),
	(100, NULL, 14)) v (calls, handle_time, agents);
SELECT erlang_c(10, 10) AS grows, erlang_c(0, 0) AS nobody, erlang_c(0, 1) AS idle, erlang_b(0, 0) AS closed,
	occupancy(100, '30 min', '3 min', 12.5) AS half_a_shift;
-- 100000 erlangs, and what takes 30,000 years
SELECT agents_needed(1e5, '1 s', '1 s', 0.8, '100 ms'), round(erlang_b(1e5, 1e5)::numeric, 14) AS lost,
	round(erlang_c(1e5, 100500)::numeric, 14) AS waiting, agents_needed(2e9, '1 s', '1 s', 0.8, '1 ms') AS most;
SELECT average_speed_of_answer(1, '1 day', '10000000 days', 10000001) > '30 days' AS years;

SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY[
	$$erlang_b(-1, 5)$$, $$erlang_b('NaN', 5)$$, $$erlang_b('Infinity', 5)$$, $$erlang_b(3, -1)$$, $$erlang_c(3, 'NaN')$$,
	$$erlang_c(3, 4.5)$$, $$erlang_c(3, 1e10)$$, $$erlang_c(3, '-Infinity')$$,
	$$erlangs(-1, '30 min', '3 min')$$, $$erlangs(100, '0', '3 min')$$, $$erlangs(100, '1 month', '3 min')$$,
	$$erlangs(100, '30 min', '-3 min')$$, $$erlangs(1e308, '1 us', '3 min')$$, $$occupancy(100, '30 min', '3 min', -1)$$,
	$$service_level(100, '30 min', '3 min', 14, '-1 s')$$, $$service_level(100, '30 min', '3 min', 13.5, '20 s')$$,
	$$average_speed_of_answer(0.9999999999, '100000000 days', '100000000 days', 1)$$,
	$$agents_needed(100, '30 min', '3 min', 80, '20 s')$$, $$agents_needed(100, '30 min', '3 min', 0, '20 s')$$,
	$$agents_needed(100, '30 min', '3 min', 1, '20 s')$$, $$agents_needed(100, '30 min', '3 min', 'NaN', '20 s')$$,
	$$agents_needed(100, '30 min', '3 min', 0.8, '20 s', 85)$$, $$agents_needed(100, '30 min', '3 min', 0.8, '20 s', 0)$$,
	$$agents_needed(100, '30 min', '3 min', 0.8, '20 s', 1, 1)$$, $$agents_needed(100, '30 min', '3 min', 0.8, '20 s', 1, -0.1)$$,
	$$agents_needed(100, '30 min', '3 min', 0.8, '1 month')$$, $$agents_needed(1e10, '1 s', '1 s', 0.8, '20 s')$$,
	$$agents_needed(2147483646.5, '1 s', '1 s', 0.8, '1 ms')$$, $$agents_needed(2e9, '1 s', '1 s', 0.8, '20 s', 0.5)$$]) query;

--
-- Looking back. The data are ICMI's (2002): of 1060 calls 1000 were answered, 860 of them within 20 s;
-- of 60 that were abandoned 20 were so within 20 s and 10 of these within 5 s.
--

CREATE TEMP TABLE call AS
	SELECT n <= 1000 AS answered, CASE WHEN n <= 860 THEN interval '20 s' WHEN n <= 1000 THEN '21 s'
		WHEN n <= 1010 THEN '5 s' WHEN n <= 1020 THEN '6 s' ELSE '20.000001 s' END AS waited
	FROM generate_series(1, 1060) n;
SELECT convention, short_abandon, responses(s) AS counted, nonresponses(s) AS left_out, round(share(s)::numeric, 10) AS service_level,
	round(share_lower(s)::numeric, 4) AS lower, round(share_upper(s)::numeric, 4) AS upper
FROM (SELECT convention, short_abandon, share_agg(service_level_met(waited, answered, '20 s', convention, short_abandon)) AS s
	FROM call, (VALUES ('negative', NULL::interval), ('positive', NULL), ('ignored', NULL), ('answered_only', NULL),
		('positive', '5 s'), ('ignored', '5 s'), ('ignored', '20 s'), ('ignored', '0'), (NULL, NULL)) v (convention, short_abandon)
	GROUP BY 1, 2) t ORDER BY convention COLLATE "C", short_abandon;
-- Cisco's example: 70 answered and 10 abandoned within the threshold, of 100
SELECT convention, share(service_level_met(CASE WHEN n <= 80 THEN interval '20 s' ELSE '30 s' END, n NOT BETWEEN 71 AND 80, '20 s', convention))
FROM generate_series(1, 100) n, unnest('{negative,positive,ignored}'::text[]) convention GROUP BY convention ORDER BY convention COLLATE "C";

-- every call by every convention; one that waits still is decided once both ways to end have become too late
SELECT answered, waited, service_level_met(waited, answered, '20 s') AS negative,
	service_level_met(waited, answered, '20 s', 'positive') AS positive, service_level_met(waited, answered, '20 s', 'positive', '5 s') AS positive_5,
	service_level_met(waited, answered, '20 s', 'ignored') AS ignored, service_level_met(waited, answered, '20 s', 'ignored', '5 s') AS ignored_5,
	service_level_met(waited, answered, '20 s', 'ignored', '30 s') AS ignored_30,
	service_level_met(waited, answered, '20 s', 'answered_only') AS answered_only
FROM unnest('{t,f,NULL}'::boolean[]) answered, unnest('{5 s,20 s,25 s,1 hour,NULL}'::interval[]) waited ORDER BY answered DESC NULLS LAST, waited;
SELECT service_level_met('1 s', true, NULL) AS no_target, service_level_met(NULL, NULL, NULL) AS nothing, service_level_met('2 days', true, '48 hours') AS days;

SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY[
	$$service_level_met('-1 s', true, '20 s')$$, $$service_level_met('1 month', true, '20 s')$$,
	$$service_level_met('1 s', true, '-20 s')$$, $$service_level_met('1 s', true, '20 s', 'excluded')$$,
	$$service_level_met('1 s', true, '20 s', 'negative', '5 s')$$, $$service_level_met('1 s', true, '20 s', 'answered_only', '5 s')$$,
	$$service_level_met('1 s', true, '20 s', 'ignored', '1 month')$$]) query;
