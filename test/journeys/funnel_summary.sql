-- funnel_summary: funnels over journeys, one by one and counted
SET client_min_messages = warning;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
CREATE EXTENSION IF NOT EXISTS cxm;
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
\set random :tests '/random.psql'
\i :random

-- A journey of one letter a second, and of letters at the times given.
CREATE FUNCTION pg_temp.letters(word text, times integer[] DEFAULT NULL) RETURNS customer_journey
RETURN (SELECT journey_agg(timestamptz '2025-01-01' + coalesce(times[n], n::integer) * interval '1 s', letter)
	FROM regexp_split_to_table(word, '') WITH ORDINALITY AS l (letter, n));

--
-- Published cases
--
SELECT word, funnel_level(pg_temp.letters(word), '{a,b,c}') AS ordered,
	funnel_level(pg_temp.letters(word), '{a,b,c}', mode => 'consecutive') AS consecutive,
	funnel_level(pg_temp.letters(word), '{a,b,c}', mode => 'strict_order') AS strict_order,
	funnel_level(pg_temp.letters(word), '{a,b,c}', mode => 'unordered') AS unordered
FROM unnest('{abc,adbc,aabbcc,aaaabbcc,aabbdcc,ccbbaa,acb}'::text[]) word;
SELECT within, funnel_level(pg_temp.letters('abcdefghi'), '{d,e,f,g,h}', within)
FROM unnest('{2 s,3 s,4 s}'::interval[]) within;
SELECT mode, funnel_level(pg_temp.letters('ba', '{1,1}'), '{a,b}', '10 s', mode),
	funnel_level(pg_temp.letters('abbc', '{0,1,2,2}'), '{a,b,c}', '10 s', mode) AS greedy
FROM unnest('{any,ordered,increasing,consecutive,strict_order,unordered}'::text[]) mode;
-- each event counts once, but in mode any
SELECT mode, funnel_level(pg_temp.letters('a'), '{a,a}', '10 s', mode),
	funnel_level(pg_temp.letters('aa'), '{a,a}', '10 s', mode) AS two
FROM unnest('{any,ordered,increasing,consecutive,strict_order,unordered}'::text[]) mode;
-- the chain that is there first; of those the latest start; of those the earliest steps
SELECT funnel_times(pg_temp.letters('aabbc'), '{a,b,c}');
SELECT funnel_times(pg_temp.letters('abcabc'), '{a,b,c}'), funnel_times(pg_temp.letters('x'), '{a}');
-- who comes through twice did so with the first of the second steps
SELECT funnel_times(pg_temp.letters('abab'), '{a,b}');
SELECT bool_and(cardinality(funnel_times(j, '{a,b,c}', within, mode)) = funnel_level(j, '{a,b,c}', within, mode))
FROM unnest('{abc,adbc,bca,cab,aabbcc,x}'::text[]) word, unnest('{1 s,2 s,1 h,NULL}'::interval[]) within,
	unnest('{any,ordered,increasing,consecutive,strict_order,unordered}'::text[]) mode, LATERAL (SELECT pg_temp.letters(word) AS j) t;
SELECT funnel_level(NULL, '{a}'), funnel_level(pg_temp.letters('a'), NULL), funnel_level('{"events": []}', '{a}');
SELECT funnel_times(NULL, '{a}'), funnel_times(pg_temp.letters('a'), NULL), funnel_times('{"events": []}', '{a}');
-- other steps in each row, of other lengths and of the same
SELECT steps, funnel_level(pg_temp.letters('abc'), steps)
FROM (VALUES ('{a,b}'::text[]), ('{a,c,b}'), ('{a,c}'), ('{c}')) v (steps);
-- stages by their labels, whatever their ranks
SELECT funnel_level(journey_agg(at, stage), '{trial,purchase}')
FROM (VALUES (timestamptz '2025-01-01', journey_stage '250:trial'), ('2025-01-02', 'purchase')) v (at, stage);

--
-- Counted: dbt_product_analytics' sample orders
--
CREATE TEMP TABLE orders AS
	SELECT customer, journey_agg(timestamptz '2025-01-01' + n * interval '1 day', status) AS j
	FROM (VALUES (1, 1, 'placed'), (1, 2, 'completed'), (1, 3, 'returned'), (2, 1, 'placed'),
		(2, 2, 'completed'), (3, 1, 'placed'), (3, 2, 'completed'), (3, 4, 'returned'), (4, 1, 'placed'),
		(4, 2, 'completed'), (5, 1, 'placed'), (5, 3, 'completed'), (6, 1, 'placed')) v (customer, n, status)
	GROUP BY customer;
SELECT step, stage, journeys, in_progress, round(from_first::numeric, 4) AS from_first,
	round(from_previous::numeric, 4) AS from_previous,
	abs(extract(epoch FROM median_time) / 86400 - by_hand) < 0.01 * by_hand AS median_is
FROM (SELECT funnel_agg(j, '{placed,completed,returned}', NULL) AS s FROM orders) t, funnel(s)
JOIN (VALUES (2, 1), (3, 1.5)) v (n, by_hand) ON true WHERE n = step OR (step = 1 AND n = 2) ORDER BY step;
-- within two days, as of the 4th of January: 4 and 6 lack a step, 5 reached completed on the 4th
SELECT step, stage, journeys, in_progress, from_first, from_previous
FROM (SELECT funnel_agg(j, '{placed,completed,returned}', '2 days', timestamptz '2025-01-04') AS s FROM orders) t, funnel(s);
SELECT step, journeys, in_progress, from_first, from_previous
FROM (SELECT funnel_agg(j, '{placed,completed,returned}', '2 days', timestamptz '2025-01-03') AS s FROM orders) t, funnel(s);
SELECT funnel_agg(j, '{placed,completed}', '2 days', 'increasing', timestamptz '2025-01-04') FROM orders;
SELECT funnel_agg(j, '{a}', NULL) FROM orders WHERE false;
SELECT funnel_agg(NULL, '{a}', NULL);

--
-- Random journeys: what plain SQL counts of funnel_level and funnel_times
--
CREATE TEMP TABLE journey AS
	SELECT customer, customer % 5 AS part, journey_agg(at, stage) AS j
	FROM pg_temp.random_events(9000, 1500, 5000) GROUP BY customer;
CREATE TEMP TABLE counted AS
	SELECT mode, within, as_of, funnel_agg(j, '{a,b,c}', within, mode, as_of) AS s
	FROM journey, unnest('{any,ordered,increasing,consecutive,strict_order,unordered}'::text[]) mode,
		unnest('{1 day,1000000 days}'::interval[]) within, unnest('{2025-01-03,2030-01-01}'::timestamptz[]) as_of
	GROUP BY mode, within, as_of;
SELECT mode, bool_and(f.journeys = by_hand.journeys) AS journeys,
	bool_and(abs(coalesce(extract(epoch FROM f.median_time) / nullif(extract(epoch FROM by_hand.median), 0), 1) - 1) <= 0.01) AS median
FROM counted, funnel(s) f, LATERAL (
	SELECT count(*) FILTER (WHERE cardinality(times) >= step) AS journeys,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY times[step] - times[step - 1]) AS median
	FROM journey, LATERAL (SELECT funnel_times(journey_slice(j, '-infinity', as_of + interval '1 us'), '{a,b,c}', within, mode) AS times) t) by_hand
GROUP BY mode ORDER BY mode;
-- in progress: started so recently that the window is open; long after, nobody is
SELECT bool_and(in_progress = 0) FROM counted, funnel(s) WHERE as_of = '2030-01-01' AND within = '1 day';
SELECT sum(in_progress) = (SELECT count(*) FROM journey,
	LATERAL (SELECT journey_slice(j, '-infinity', '2025-01-03 00:00:00.000001') AS j) s,
	LATERAL (SELECT max(at) AS start FROM events(s.j) WHERE stage_label(stage) = 'a') t
	WHERE start >= timestamptz '2025-01-03' - interval '1 day' AND funnel_level(s.j, '{a,b,c}', '1 day') < 3) AS in_progress
FROM counted, funnel(s) WHERE as_of = '2025-01-03' AND within = '1 day' AND mode = 'ordered';

--
-- Options: what is excluded, optional, and limits of steps
--
SELECT word, funnel_level(j, '{a,d}') AS plain, funnel_level(j, '{a,d}', NULL, NULL, '{b}') AS without_b,
	funnel_level(j, '{a,d}', NULL, NULL, '{b,c}') AS without_b_and_c, funnel_level(j, '{a,d}', NULL, NULL, '{}') AS nothing
FROM unnest('{ad,abd,acd,abad,bad,adb}'::text[]) word, pg_temp.letters(word) j;
-- at the first and the last instant it may come before or after
SELECT n, funnel_level(pg_temp.letters('axb', times), '{a,b}', exclude => '{x}', within => NULL, mode => NULL)
FROM (VALUES (1, '{1,1,2}'::integer[]), (2, '{1,2,2}'), (3, '{1,2,3}'), (4, '{1,1,1}')) v (n, times);
-- A at 0, B at 50, C at 60: at most 10 seconds from A to B
SELECT limits, funnel_level(j, '{a,b,c}', NULL, NULL, NULL, limits), funnel_times(j, '{a,b,c}', NULL, NULL, NULL, limits)
FROM pg_temp.letters('abc', '{0,50,60}') j,
	(VALUES ('{NULL,10 s,NULL}'::text[]), ('{NULL,50 s,10 s}'), ('{NULL,50 s,9999 ms}'), ('{NULL,1 min,0}'), ('{NULL,NULL,NULL}'), (NULL)) v (limits);
-- a step is taken as early as it can be for the next one
SELECT funnel_times(pg_temp.letters('abbc', '{0,1,8,10}'), '{a,b,c}') AS plain,
	funnel_times(pg_temp.letters('abbc', '{0,1,8,10}'), '{a,b,c}', NULL, NULL, NULL, '{NULL,NULL,5 s}') AS limits;
-- with the coupon or without; two question marks are one that belongs to the label
SELECT word, funnel_level(j, '{v,c?,b}'), funnel_times(j, '{v,c?,b}'), funnel_level(j, '{v,c?,b?}') AS last_too
FROM unnest('{vb,vcb,vc,cb,vbvcb,vcvb}'::text[]) word, pg_temp.letters(word) j;
SELECT funnel_level(j, '{visit,help??}') AS label, funnel_level(j, '{visit,help???,buy}') AS optional, funnel_level(j, '{visit,help?,buy}') AS another
FROM (SELECT journey_agg(timestamptz '2025-01-01' + n * interval '1 s', what) AS j FROM unnest('{visit,help?,buy}'::text[]) WITH ORDINALITY v (what, n)) t;
-- how often
SELECT word, funnel_count(j, '{a,b}') AS "a,b", funnel_count(j, '{a,b}', '1 s') AS within, funnel_count(j, '{a,b}', NULL, 'consecutive') AS consecutive,
	funnel_count(j, '{a,b}', NULL, 'unordered') AS unordered, funnel_count(j, '{a,b}', NULL, NULL, '{x}') AS without_x, funnel_count(j, '{a,a}') AS "a,a", funnel_count(j, '{b}') AS b
FROM unnest('{ababa,aabb,axbab,ba,x,aaaa}'::text[]) word, pg_temp.letters(word) j;
SELECT funnel_count(NULL, '{a}'), funnel_count(pg_temp.letters('a'), NULL), funnel_count('{"events": []}', '{a}');
-- an order that is known
SELECT mode, funnel_level(j, '{a,b}', NULL, mode, '{x}'), funnel_level(j, '{a,b,c}', NULL, mode, '{x}') AS three
FROM (SELECT journey_agg('2025-01-01', n, name) AS j FROM unnest('{a,x,b,c}'::text[]) WITH ORDINALITY v (name, n)) t,
	unnest('{any,ordered,increasing,consecutive,strict_order,unordered}'::text[]) mode;

--
-- Users' tools: sessions of pages at 0, 10 and 20 seconds; what Umami gave, and what one event counted once does
--
SELECT steps, funnel_level(j, steps, '1 h', 'any') AS any, funnel_level(j, steps, '1 h') AS ordered
FROM pg_temp.letters('ABC', '{0,10,20}') j, (VALUES ('{A,A,A}'::text[]), ('{A,B,B}'), ('{A,B,C}'), ('{A,B,A}')) v (steps);
-- Formbricks: of 5 displays one answers question 1 and sees question 2, and another one goes on to the end
SELECT step, stage, journeys, round(1 - lead(from_previous) OVER (ORDER BY step)::numeric, 2) AS lost
FROM (SELECT funnel_agg(pg_temp.letters(word), '{1,2,e}', NULL) AS s FROM unnest('{1,1,1,12,12e}'::text[]) word) t, funnel(s) ORDER BY step;

--
-- Counted with options: what plain SQL says of the times of each journey
--
CREATE TEMP TABLE option AS SELECT * FROM (VALUES (1, 'ordered', '{a,b,c}'::text[], '{d}'::text[], NULL::text[]), (2, 'any', '{a,b?,c}', NULL, NULL),
	(3, 'ordered', '{a,b?,c?}', '{e}', '{NULL,3 h,5 h}'), (4, 'increasing', '{a,b,c}', NULL, '{NULL,9 h,NULL}'), (5, 'strict_order', '{a,b?,c}', NULL, NULL),
	(6, 'consecutive', '{a,b?,c}', NULL, '{NULL,9 h,9 h}'), (7, 'unordered', '{a,b,c}', '{e}', NULL)) v (n, mode, steps, exclude, limits);
CREATE TEMP TABLE chain AS
	SELECT customer, n, part, funnel_times(j, steps, '1 day', mode, exclude, limits) AS times, funnel_level(j, steps, '1 day', mode, exclude, limits) AS level
	FROM (SELECT customer, customer % 5 AS part, journey_agg(at, stage) AS j FROM pg_temp.random_events(9000, 1500, 5000) GROUP BY customer) t, option;
SELECT n, bool_and(coalesce(cardinality(times), 0) = level) AS level, bool_and(times[1] + interval '1 day' >= times[level] OR level = 0) AS within,
	bool_and(times[level] IS NOT NULL OR level = 0) AS last, count(*) FILTER (WHERE level = 3) > 20 AS some FROM chain GROUP BY n ORDER BY n;
CREATE TEMP TABLE by_option AS
	SELECT n, part, funnel_agg(j, steps, '1 day', mode, NULL, exclude, limits) AS s
	FROM (SELECT customer, customer % 5 AS part, journey_agg(at, stage) AS j FROM pg_temp.random_events(9000, 1500, 5000) GROUP BY customer) t, option
	GROUP BY n, part;
SELECT n, bool_and(f.journeys = by_hand.journeys) AS journeys, bool_and(f.of_first = by_hand.of_first) AS of_first,
	bool_and(abs(coalesce(extract(epoch FROM f.median_time) / nullif(extract(epoch FROM by_hand.since_before), 0), 1) - 1) <= 0.02) AS median_time,
	bool_and(abs(coalesce(extract(epoch FROM f.median_since_first) / nullif(extract(epoch FROM by_hand.since_first), 0), 1) - 1) <= 0.02) AS since_first
FROM (SELECT n, sum(s) AS s FROM by_option GROUP BY n) o, funnel(s) f, LATERAL (
	SELECT count(*) FILTER (WHERE times[step] IS NOT NULL OR step < level AND step <> 2) AS journeys, count(*) FILTER (WHERE level > 0) AS of_first,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY times[step] - coalesce(times[step - 1], times[step - 2])) FILTER (WHERE step > 1) AS since_before,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY times[step] - times[1]) FILTER (WHERE step > 1) AS since_first
	FROM chain WHERE chain.n = o.n) by_hand
GROUP BY n ORDER BY n;
SELECT bool_and(s::text::funnel_summary = s AND s::jsonb::funnel_summary = s) AS back, bool_and(s + s - s = s) AS takes_out,
	count(DISTINCT cxm_internal.funnel_summary_send(s)) = count(*) AS sent FROM by_option;
SELECT s FROM by_option WHERE n = 3 AND part = 0 \gset
SELECT substr(:'s', 1, 170) AS text;
SELECT cxm_internal.funnel_summary_send(funnel_agg(pg_temp.letters('vcb'), '{v,c?,b}', '1 h', NULL, NULL, '{y,x,y}', '{NULL,1 s,NULL}'));
SELECT bool_and(moving IS NOT DISTINCT FROM direct) AS moving FROM (
	SELECT funnel_agg(j, '{a,b?,c}', '1 day', NULL, NULL, '{e}') OVER (ORDER BY customer RANGE 3 PRECEDING) AS moving,
		(SELECT funnel_agg(other.j, '{a,b?,c}', '1 day', 'ordered', NULL, '{e}') FROM journey other
			WHERE other.customer BETWEEN one.customer - 3 AND one.customer) AS direct
	FROM journey one WHERE customer < 100) t;

--
-- Denominators, intervals, tests: as share_interval and share_test say of the same counts
--
SELECT bool_and((of_first, from_first) IS NOT DISTINCT FROM (first, (journeys / first::double precision))) AS first,
	bool_and((from_first_lower, from_first_upper) IS NOT DISTINCT FROM (share_lower(journeys, first), share_upper(journeys, first))) AS interval,
	bool_and((from_previous_lower, from_previous_upper) IS NOT DISTINCT FROM (share_lower(journeys, of_previous), share_upper(journeys, of_previous))) AS previous,
	bool_and(wide.lower = share_lower(journeys, first, 0.99)) AS level
FROM (SELECT f.*, first_value(f.journeys) OVER (ORDER BY step) AS first, s FROM (SELECT funnel_agg(j, '{a,b,c}', '1 day') AS s FROM journey) t, funnel(s) f) g,
	LATERAL (SELECT w.from_first_lower AS lower FROM funnel(s, 0.99) w WHERE w.step = g.step) wide;
SELECT step, journeys, in_progress, of_first, of_previous FROM (SELECT funnel_agg(j, '{placed,completed,returned}', '2 days', timestamptz '2025-01-03') AS s FROM orders) t, funnel(s);
SELECT bool_and(test = by_hand) AS test FROM (
	SELECT funnel_test(a, b, step, from_step) AS test, share_test(x.journeys, x.n, y.journeys, y.n) AS by_hand
	FROM (SELECT funnel_agg(j, '{a,b,c}', '1 day') FILTER (WHERE part < 2) AS a, funnel_agg(j, '{a,b,c}', '1 day') FILTER (WHERE part >= 2) AS b FROM journey) t,
		(VALUES (2, 1), (3, 1), (3, 2)) v (step, from_step),
		LATERAL (SELECT f.journeys, CASE from_step WHEN 1 THEN f.of_first ELSE f.of_previous END AS n FROM funnel(a) f WHERE f.step = v.step) x,
		LATERAL (SELECT f.journeys, CASE from_step WHEN 1 THEN f.of_first ELSE f.of_previous END AS n FROM funnel(b) f WHERE f.step = v.step) y) u;
SELECT funnel_test(s, NULL, 2), funnel_test(s - s, s, 2) IS NULL AS nothing FROM (SELECT funnel_agg(j, '{a,b,c}', '1 day') AS s FROM journey) t;
-- values of 1.0.0 knew no times from the first step: beside new ones they are not known either
SELECT step, journeys, median_since_first IS NOT NULL AS since_first FROM (SELECT '{"steps": ["a", "b", "c"], "mode": "ordered", "within_microseconds": null,
	"furthest": {"3": 1}, "times": {"2": {"1": 1}, "3": {"1": 1}}}'::funnel_summary AS old) t, LATERAL (VALUES (old), (old + (SELECT funnel_agg(pg_temp.letters('abc'), '{a,b,c}', NULL)))) v (s), funnel(s);

--
-- Merging, taking out, moving
--
CREATE TEMP TABLE part AS SELECT part, funnel_agg(j, '{a,b,c}', '1 day') AS s FROM journey GROUP BY part;
SELECT rollup(s) = (SELECT funnel_agg(j, '{a,b,c}', '1 day') FROM journey) AS rollup FROM part;
SELECT bool_and(a.s + b.s = b.s + a.s) AS commutes, bool_and(a.s + b.s - b.s = a.s) AS takes_out,
	bool_and(a.s <> b.s OR a.part = b.part) AS differs FROM part a, part b;
SELECT bool_and(s::text::funnel_summary = s AND s::jsonb::funnel_summary = s AND s::json::text::funnel_summary = s)
	AS back FROM (SELECT s FROM counted UNION ALL SELECT s FROM part) t;
SELECT bool_and(moving IS NOT DISTINCT FROM direct) AS moving, bool_and(rolled IS NOT DISTINCT FROM direct) AS rolled FROM (
	SELECT funnel_agg(j, '{a,b,c}', '1 day') OVER w AS moving, rollup(s) OVER w AS rolled,
		(SELECT funnel_agg(other.j, '{a,b,c}', '1 day') FROM journey other
			WHERE other.customer BETWEEN one.customer - 3 AND one.customer) AS direct
	FROM (SELECT customer, j, funnel_agg(j, '{a,b,c}', '1 day') AS s FROM journey WHERE customer < 100
		GROUP BY customer, j) one
	WINDOW w AS (ORDER BY customer RANGE 3 PRECEDING)) t;

--
-- Refusals
--
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT funnel_level(j, '{}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,NULL}') FROM journey$$),
	($$SELECT funnel_level(j, '{{a},{b}}') FROM journey$$),
	($$SELECT funnel_level(j, array_fill('a'::text, ARRAY[65])) FROM journey$$),
	($$SELECT max(funnel_level(j, array_fill('a'::text, ARRAY[64]))) FROM journey$$),
	($$SELECT funnel_level(j, ARRAY[repeat('x', 256)]) FROM journey$$),
	($$SELECT funnel_level(j, '{a}', '1 year') FROM journey$$),
	($$SELECT funnel_level(j, '{a}', '-1 s') FROM journey$$),
	($$SELECT funnel_level(j, '{a}', mode => 'strict') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, '2025-12-31', '{x}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, '{x,a}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, '{x,NULL}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, '{{x},{y}}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, array_fill('x'::text, ARRAY[65])) FROM journey$$),
	($$SELECT funnel_level(j, '{a?,b}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,?}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b?,c?,d?,e?,f?,g?,h?}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b?}', NULL, 'unordered') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, 'unordered', NULL, '{NULL,1 s}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, NULL, '{1 s}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, NULL, '{NULL,1 s,2 s}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, NULL, '{1 s,1 s}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, NULL, '{NULL,-1 s}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, NULL, '{NULL,1 day -2 days}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, NULL, '{NULL,1 mon}') FROM journey$$),
	($$SELECT funnel_level(j, '{a,b}', NULL, NULL, NULL, '{NULL,soon}') FROM journey$$),
	($$SELECT funnel_count(j, '{a,b?}') FROM journey$$),
	($$SELECT funnel_agg(j, '{a,b}', NULL, '2025-12-31', NULL, '{x}') FROM journey$$),
	($$SELECT funnel_agg(j, '{a,b}', NULL, NULL, '2025-12-31', '{x}') FROM journey$$),
	($$SELECT funnel_agg(j, '{a,b}', NULL) + funnel_agg(j, '{a,b}', NULL, NULL, NULL, '{x}') FROM journey$$),
	($$SELECT funnel_agg(j, '{a,b}', NULL) + funnel_agg(j, '{a,b?}', NULL) FROM journey$$),
	($$SELECT funnel_agg(j, '{a,b}', NULL) + funnel_agg(j, '{a,b}', NULL, NULL, NULL, NULL, '{NULL,1 s}') FROM journey$$),
	($$SELECT funnel_agg(j, '{a,b}', NULL) + funnel_agg(j, '{a,b}', NULL, NULL, NULL, '{}', '{NULL,NULL}') FROM journey$$),
	($$SELECT funnel_test(s, s, 3) FROM (SELECT funnel_agg(j, '{a,b}', NULL) AS s FROM journey) t$$),
	($$SELECT funnel_test(s, s, 2, 2) FROM (SELECT funnel_agg(j, '{a,b}', NULL) AS s FROM journey) t$$),
	($$SELECT funnel_test(s, s, 3, 2) FROM (SELECT funnel_agg(j, '{a,b?,c}', NULL) AS s FROM journey) t$$),
	($$SELECT funnel_test(s, (SELECT funnel_agg(j, '{a,c}', NULL) FROM journey), 2) FROM (SELECT funnel_agg(j, '{a,b}', NULL) AS s FROM journey) t$$),
	($$SELECT * FROM (SELECT funnel_agg(j, '{a,b}', NULL) AS s FROM journey) t, funnel(s, 1)$$),
	($$SELECT '{"steps": ["a", "b"], "optional": [1], "mode": "ordered", "within_microseconds": null}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "optional": [3], "mode": "ordered", "within_microseconds": null}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "optional": [2], "mode": "unordered", "within_microseconds": null}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "excluded": ["b"], "mode": "ordered", "within_microseconds": null}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "step_limits_microseconds": [null], "mode": "ordered", "within_microseconds": null}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "step_limits_microseconds": [null, null], "mode": "ordered", "within_microseconds": null}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "step_limits_microseconds": [1, 1], "mode": "ordered", "within_microseconds": null}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "optional": [2], "mode": "ordered", "within_microseconds": null, "furthest": {"2": 1}, "times": {"2": {"1": 1}}}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "optional": [2], "mode": "ordered", "within_microseconds": null, "furthest": {"2": 1}, "taken": {"2": 1}, "times": {"2": {"1": 1}}}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "mode": "ordered", "within_microseconds": null, "furthest": {"2": 1}, "taken": {"2": 1}, "times": {"2": {"1": 1}}}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b", "c"], "mode": "ordered", "within_microseconds": null, "furthest": {"3": 1}, "times": {"2": {"1": 1}, "3": {"1": 1}}, "since_first": {"3": {"1": 2}}}'::funnel_summary$$),
	($$SELECT funnel_agg(j, NULL, '1 s') FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', '1 s', 'infinity'::timestamptz) FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', '1 s', NULL::timestamptz) FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', part * interval '1 s') FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', '1 s') + funnel_agg(j, '{b}', '1 s') FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', '1 s') + funnel_agg(j, '{a}', NULL) FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', '1 s') - (funnel_agg(j, '{a}', '1 s') + funnel_agg(j, '{a}', '1 s')) FROM journey$$),
	($$SELECT '{"mode": "ordered"}'::funnel_summary$$),
	($$SELECT '{"steps": ["a"], "mode": "ordered", "within_microseconds": null, "furthest": {"2": 1}}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "mode": "ordered", "within_microseconds": null, "furthest": {"2": 1}}'::funnel_summary$$),
	($$SELECT '{"steps": ["a", "b"], "mode": "ordered", "within_microseconds": null, "furthest": {"2": 1}, "times": {"2": {"513": 1}}}'::funnel_summary$$),
	($$SELECT '{"steps": ["a"], "mode": "fast", "within_microseconds": null}'::funnel_summary$$),
	($$SELECT '{"steps": ["a"], "mode": "ordered", "within_microseconds": -1}'::funnel_summary$$),
	($$SELECT '{"steps": ["a"], "mode": "ordered", "within_microseconds": 1, "in_progress": {"1": 1}}'::funnel_summary$$),
	($$SELECT '{"steps": [], "mode": "ordered"}'::funnel_summary$$),
	($$SELECT format('{"steps": ["a"%s], "mode": "ordered"}', repeat(', "a"', 64))::funnel_summary$$),
	($$SELECT '{"steps": ["a"], "within_microseconds": null}'::funnel_summary$$),
	($$SELECT '{"steps": ["a"], "mode": "ordered"}'::funnel_summary$$),
	($$SELECT '{"steps": ["a"], "mode": "ordered", "within_microseconds": null, "as_of": "soon"}'::funnel_summary$$),
	($$SELECT '{"steps": ["a"], "mode": "ordered", "within_microseconds": null, "medians": {}}'::funnel_summary$$)
) v (query);

--
-- Terms that differ are refused where one side holds nothing, too; in an aggregate it takes on the others
--
CREATE TEMP TABLE terms AS SELECT
	funnel_agg(j, '{a,b}', '1 day') AS ab, funnel_agg(j, '{a,c}', '1 day') AS ac,
	funnel_agg(j, '{a,b}', '1 day', timestamptz '2025-01-03') AS ab_as_of,
	funnel_agg(j, '{a,b}', '1 day') - funnel_agg(j, '{a,b}', '1 day') AS nothing FROM journey;
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT ((ab - ab) + ac) - ac FROM terms$$),
	($$SELECT nothing + ac FROM terms$$), ($$SELECT ac + nothing FROM terms$$),
	($$SELECT nothing - ac FROM terms$$), ($$SELECT ac - nothing FROM terms$$),
	($$SELECT nothing + ab_as_of FROM terms$$), ($$SELECT nothing - (ab_as_of - ab_as_of) FROM terms$$)
) v (query);
SELECT ((ab - ab) + ab) - ab = nothing AS same_terms, nothing + ab = ab AS adds, ab - nothing = ab AS takes_out FROM terms;
SELECT rollup(s) = (SELECT ac FROM terms) AS adopts FROM (SELECT nothing AS s FROM terms UNION ALL SELECT ac FROM terms) t;
SELECT rollup(s) = (SELECT ac FROM terms) AS passes_over FROM (SELECT ac AS s FROM terms UNION ALL SELECT nothing FROM terms) t;
SELECT rollup(nothing) IS NULL AS nothing FROM terms;
-- an aggregate of somebody's own that begins with a value
CREATE AGGREGATE pg_temp.from_value(customer_journey, text[], interval) (STYPE = funnel_summary,
	SFUNC = cxm_internal.funnel_transition, FINALFUNC = cxm_internal.funnel_summary_final,
	INITCOND = '{"steps": ["a", "b"], "mode": "ordered", "within_microseconds": 86400000000, "furthest": {"0": 7}, "times": {}}');
CREATE AGGREGATE pg_temp.from_nothing(customer_journey, text[], interval) (STYPE = funnel_summary,
	SFUNC = cxm_internal.funnel_transition, FINALFUNC = cxm_internal.funnel_summary_final,
	INITCOND = '{"steps": ["a", "b"], "mode": "ordered", "within_microseconds": 86400000000, "furthest": {}, "times": {}}');
SELECT pg_temp.from_value(j, '{a,b}', '1 day') FILTER (WHERE false) AS value,
	pg_temp.from_nothing(j, '{a,b}', '1 day') FILTER (WHERE false) IS NULL AS nothing,
	pg_temp.from_value(j, '{a,b}', '1 day') = ab + pg_temp.from_value(j, '{a,b}', '1 day') FILTER (WHERE false) AS counts,
	pg_temp.from_nothing(j, '{a,c}', '1 day') = ac AS adopts FROM journey, terms GROUP BY ab, ac;
-- no counts of times are so many that they would be few again
SELECT pg_temp.refusal($$SELECT '{"steps": ["a", "b"], "mode": "ordered", "within_microseconds": 86400000000,
	"furthest": {"2": 1}, "times": {"2": {"1": 9223372036854775807, "2": 9223372036854775807, "3": 3}}}'::funnel_summary$$);
-- as_of is a moment
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT funnel_agg(j, '{a}', '1 s', timestamp '2025-01-03') FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', '1 s', 'ordered', date '2025-01-03') FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', '1 s', date '2025-01-03') OVER (ORDER BY customer ROWS 3 PRECEDING) FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', '1 s', (timestamp '2025-01-03') AT TIME ZONE 'UTC') FROM journey$$),
	($$SELECT funnel_agg(j, '{a}', '1 s', '2025-01-03') FROM journey$$)
) v (query);
