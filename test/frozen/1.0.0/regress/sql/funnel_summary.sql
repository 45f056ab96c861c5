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
	funnel_level(pg_temp.letters(word), '{a,b,c}', mode => 'consecutive') AS consecutive
FROM unnest('{abc,adbc,aabbcc,aabbdcc,ccbbaa,acb}'::text[]) word;
SELECT within, funnel_level(pg_temp.letters('abcdefghi'), '{d,e,f,g,h}', within)
FROM unnest('{2 s,3 s,4 s}'::interval[]) within;
SELECT mode, funnel_level(pg_temp.letters('ba', '{1,1}'), '{a,b}', '10 s', mode),
	funnel_level(pg_temp.letters('abbc', '{0,1,2,2}'), '{a,b,c}', '10 s', mode) AS greedy
FROM unnest('{any,ordered,increasing,consecutive}'::text[]) mode;
-- each event counts once, but in mode any
SELECT mode, funnel_level(pg_temp.letters('a'), '{a,a}', '10 s', mode),
	funnel_level(pg_temp.letters('aa'), '{a,a}', '10 s', mode) AS two
FROM unnest('{any,ordered,increasing,consecutive}'::text[]) mode;
-- the chain that is there first; of those the latest start; of those the earliest steps
SELECT funnel_times(pg_temp.letters('aabbc'), '{a,b,c}');
SELECT funnel_times(pg_temp.letters('abcabc'), '{a,b,c}'), funnel_times(pg_temp.letters('x'), '{a}');
SELECT bool_and(cardinality(funnel_times(j, '{a,b,c}', within, mode)) = funnel_level(j, '{a,b,c}', within, mode))
FROM unnest('{abc,adbc,bca,cab,aabbcc,x}'::text[]) word, unnest('{1 s,2 s,1 h,NULL}'::interval[]) within,
	unnest('{any,ordered,increasing,consecutive}'::text[]) mode, LATERAL (SELECT pg_temp.letters(word) AS j) t;
SELECT funnel_level(NULL, '{a}'), funnel_level(pg_temp.letters('a'), NULL), funnel_level('{"events": []}', '{a}');
SELECT funnel_times(NULL, '{a}'), funnel_times(pg_temp.letters('a'), NULL), funnel_times('{"events": []}', '{a}');
-- other steps in each row, of other lengths and of the same
SELECT steps, funnel_level(pg_temp.letters('abc'), steps)
FROM (VALUES ('{a,b}'::text[]), ('{a,c,b}'), ('{a,c}'), ('{c}')) v (steps);
-- stages by their labels, whatever their ranks
SELECT funnel_level(journey_agg(at, stage), '{trial,purchase}')
FROM (VALUES (timestamptz '2025-01-01', '250:trial'), ('2025-01-02', 'purchase')) v (at, stage);

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
	FROM journey, unnest('{any,ordered,increasing,consecutive}'::text[]) mode,
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
	($$SELECT funnel_level(j, ARRAY[repeat('x', 64)]) FROM journey$$),
	($$SELECT funnel_level(j, '{a}', '1 year') FROM journey$$),
	($$SELECT funnel_level(j, '{a}', '-1 s') FROM journey$$),
	($$SELECT funnel_level(j, '{a}', mode => 'strict') FROM journey$$),
	($$SELECT funnel_level(j, '{a}', mode => NULL) FROM journey$$),
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
