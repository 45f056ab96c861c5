-- window_funnel: steps that are conditions
SET client_min_messages = warning;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
CREATE EXTENSION IF NOT EXISTS cxm;
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

--
-- Published cases: events 1000 ... 1008 at 0 ... 8 seconds, steps 1003 ... 1007
--
CREATE TEMP TABLE numbered AS
	SELECT timestamptz '2025-01-01' + n * interval '1 s' AS at, 1000 + n AS event FROM generate_series(0, 8) n;
SELECT within, window_funnel(within, at, event = 1003, event = 1004, event = 1005, event = 1006, event = 1007)
FROM numbered, unnest('{1 s,2 s,3 s,4 s}'::interval[]) within GROUP BY within ORDER BY within;
-- one event for one step, or for several; and b and a at the same instant
SELECT window_funnel('1 s', at, true, true, true), window_funnel('any', '1 s', at, true, true, true),
	window_funnel('increasing', '1 s', at, true, true, true), window_funnel(NULL, '1 s', at, true, true, true) AS default
FROM (VALUES (timestamptz '2025-01-01')) v (at);
-- failure, failure, success: twice at once, and then success; customer 2 succeeds first
SELECT customer, window_funnel('1 h', at, what = 'failure', what = 'failure', what = 'success'),
	window_funnel('any', '1 h', at, what = 'failure', what = 'failure', what = 'success') AS any,
	window_funnel('increasing', '1 h', at, what = 'failure', what = 'failure', what = 'success') AS increasing
FROM (VALUES (1, timestamptz '2026-01-01 10:00Z', 'failure'), (1, '2026-01-01 10:00Z', 'failure'), (1, '2026-01-01 10:05Z', 'success'),
	(2, '2026-01-01 10:00Z', 'success'), (2, '2026-01-01 10:01Z', 'failure'), (2, '2026-01-01 10:02Z', 'success')) v (customer, at, what) GROUP BY customer;
-- each row once, by whichever condition leaves the others theirs
SELECT window_funnel('1 s', at, a, b, c), window_funnel('consecutive', '1 s', at, a, b, c), window_funnel('unordered', '1 s', at, c, b, a)
FROM (VALUES (timestamptz '2025-01-01', true, true, true), ('2025-01-01', true, true, false), ('2025-01-01', true, false, false)) v (at, a, b, c);
SELECT window_funnel('1 s', at, event = 'a', event = 'b'),
	window_funnel('increasing', '1 s', at, event = 'a', event = 'b')
FROM (VALUES (timestamptz '2025-01-01', 'b'), ('2025-01-01', 'a')) v (at, event);
-- where a greedy scan goes wrong
SELECT window_funnel('increasing', '10 s', timestamptz '2025-01-01' + s * interval '1 s',
	p = 0, p = 1, p = 2, p = 3)
FROM (VALUES (1, 0), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3), (4, 1), (4, 2), (4, 3)) v (s, p);
-- the latest start is carried forward
SELECT window_funnel('10 s', timestamptz '2025-01-01' + s * interval '1 s', e = 'a', e = 'b', e = 'c')
FROM (VALUES (0, 'a'), (8, 'a'), (9, 'b'), (15, 'c')) v (s, e);

--
-- NULLs: a row without time is skipped, a NULL condition is not met, no window never closes
--
SELECT window_funnel('1 s', at, a, b) FROM (VALUES (timestamptz '2025-01-01', true, NULL::boolean),
	(NULL, true, true), ('2025-01-02', NULL, true)) v (at, a, b);
SELECT window_funnel(NULL, at, a, b) FROM (VALUES (timestamptz '1025-01-01', true, false),
	('2025-01-02', false, true)) v (at, a, b);
SELECT window_funnel('1 s', now(), false), window_funnel('1 s', NULL::timestamptz, true),
	window_funnel('1 s', NULL::timestamptz, VARIADIC '{t}'::boolean[]);
SELECT window_funnel('1 s', now(), true) WHERE false;

--
-- Up to 64 steps in an array, and the forms agree
--
SELECT window_funnel('1 day', timestamptz '2025-01-01' + n * interval '1 s', VARIADIC steps)
FROM generate_series(1, 64) n, LATERAL (SELECT array_agg(n = k ORDER BY k) AS steps FROM generate_series(1, 64) k) t;
SELECT window_funnel('1 day', timestamptz '2025-01-01' + n * interval '1 s',
	n = 1, n = 2, n = 3, n = 4, n = 5, n = 6, n = 7, n = 8, n = 9),
	window_funnel('increasing', '7 s', timestamptz '2025-01-01' + n * interval '1 s',
	n = 1, n = 2, n = 3, n = 4, n = 5, n = 6, n = 7, n = 8, n = 9)
FROM generate_series(1, 9) n;
SELECT window_funnel('1 s', now(), VARIADIC ARRAY[NULL, true]), window_funnel('1 s', now(), VARIADIC ARRAY[true, NULL, true]);

--
-- Steps that are labels, of a stage or a text
--
SELECT window_funnel('1 h', at, stage, '{consideration,purchase}'),
	window_funnel('1 h', at, stage::text, '{consideration,purchase}'),
	window_funnel('increasing', '1 h', at, stage, '{consideration,purchase}'),
	window_funnel('1 h', at, stage, '{purchase,demo,demo}')
FROM (VALUES (timestamptz '2025-01-01 09:00Z', journey_stage 'consideration'), ('2025-01-01 09:00Z', 'purchase'),
	('2025-01-01 09:10Z', '250:demo'), (NULL, 'purchase'), ('2025-01-01 09:20Z', NULL),
	('2025-01-01 09:30Z', '7:demo')) v (at, stage);
-- a stage's label counts, whatever its rank; a text is the label itself
SELECT window_funnel('1 h', now(), journey_stage '999:purchase', '{purchase}') AS stage,
	window_funnel('1 h', now(), '999:purchase'::text, '{purchase}') AS text,
	window_funnel('1 h', now(), repeat('x', 300), ARRAY[repeat('x', 255)]) AS long,
	window_funnel('1 h', now(), NULL::journey_stage, '{purchase}') AS no_stage;
-- as many conditions say the same
CREATE TEMP TABLE labelled AS
	SELECT n % 400 AS customer, timestamptz '2025-01-01Z' + (hashint8extended(n, 1) & 255) * interval '1 s' AS at,
		(ARRAY['awareness', 'purchase', '9:awareness', '-3:a', '300:b', '5:consideration of the offer', NULL])
			[1 + (hashint8extended(n, 2) & 2147483647) % 7]::journey_stage AS stage
	FROM generate_series(1, 4000) n;
SELECT count(*), count(DISTINCT (w.level, i.level)) > 5 AS many, bool_and(w.level = ALL (w.same)) AS any,
	bool_and(i.level = ALL (i.same)) AS increasing
FROM (SELECT customer, window_funnel('any', '90 s', at, label = 'awareness', label = 'a', label = 'b', label = 'a') AS level, ARRAY[
			window_funnel('any', '90 s', at, stage, '{awareness,a,b,a}'), window_funnel('any', '90 s', at, label, '{awareness,a,b,a}'),
			funnel_level(journey_agg(at, stage), '{awareness,a,b,a}', '90 s', 'any')] AS same
		FROM labelled, stage_label(stage) label GROUP BY customer) w
	JOIN (SELECT customer, window_funnel('increasing', '90 s', at, label = 'b', label = 'purchase', label = 'awareness') AS level,
			ARRAY[window_funnel('increasing', '90 s', at, stage, '{b,purchase,awareness}'),
				window_funnel('increasing', '90 s', at, label, '{b,purchase,awareness}'),
				funnel_level(journey_agg(at, stage), '{b,purchase,awareness}', '90 s', 'increasing')] AS same
		FROM labelled, stage_label(stage) label GROUP BY customer) i USING (customer);
-- every mode and option is that of funnel_level, whose events are a set
CREATE TEMP TABLE option AS SELECT * FROM unnest('{any,ordered,increasing,consecutive,strict_order,unordered}'::text[]) mode,
	(VALUES ('{awareness,a,b,a}'::text[], NULL::text[], NULL::text[]), ('{awareness,a,b}', '{purchase}', NULL), ('{a,b,purchase}', '{}', '{NULL,20 s,9 s}'),
		('{a,b?,purchase}', NULL, NULL), ('{a,b?,purchase?}', '{awareness,x}', '{NULL,NULL,9 s}'), ('{a,a,b,b,purchase}', '{awareness}', NULL)) v (steps, exclude, limits)
	WHERE mode <> 'unordered' OR (limits IS NULL AND steps::text !~ '[?]');
SELECT mode, count(*), bool_and(level = stage AND level = label) AS same, count(DISTINCT level) > 2 AS many
FROM option, LATERAL (SELECT customer, funnel_level(journey_agg(at, stage), steps, '40 s', mode, exclude, limits) AS level,
		window_funnel(mode, '40 s', at, stage, steps, exclude, limits) AS stage, window_funnel(mode, '40 s', at, label, steps, exclude, limits) AS label
	FROM (SELECT DISTINCT customer, at, stage, stage_label(stage) AS label FROM labelled WHERE customer < 100) l GROUP BY customer) t
GROUP BY mode ORDER BY mode;
-- in parts as well
CREATE AGGREGATE pg_temp.parted(mode text, within interval, at timestamptz, label text, steps text[], exclude text[], step_limits text[]) (
	STYPE = bytea, SFUNC = cxm_internal.window_funnel_transition);
CREATE AGGREGATE pg_temp.joined(bytea) (STYPE = bytea, SFUNC = cxm_internal.window_funnel_combine, FINALFUNC = cxm_internal.window_funnel_final);
SELECT p.mode, count(*), bool_and(level = joined) AS same FROM (
	SELECT mode, steps, exclude, limits, customer, pg_temp.joined(state) AS joined FROM (
		SELECT mode, steps, exclude, limits, customer, pg_temp.parted(mode, '40 s', at, stage_label(stage), steps, exclude, limits) AS state
		FROM option, labelled WHERE customer < 40 GROUP BY mode, steps, exclude, limits, customer, extract(second FROM at)::integer % 3) s
	GROUP BY mode, steps, exclude, limits, customer) p
JOIN (SELECT mode, steps, exclude, limits, customer, window_funnel(mode, '40 s', at, stage_label(stage), steps, exclude, limits) AS level
	FROM option, labelled WHERE customer < 40 GROUP BY mode, steps, exclude, limits, customer) w
	ON (p.mode, p.steps, p.customer, p.exclude::text, p.limits::text) IS NOT DISTINCT FROM (w.mode, w.steps, w.customer, w.exclude::text, w.limits::text)
GROUP BY p.mode ORDER BY p.mode;

--
-- ClickHouse's windowFunnel: its documented chains, each event a second later, steps a, b, c
--
SELECT events, window_funnel('any', '10 s', at, event, '{a,b,c}') AS plain, window_funnel('increasing', '10 s', at, event, '{a,b,c}') AS strict_increase,
	window_funnel('strict_order', '10 s', at, event, '{a,b,c}') AS strict_order, window_funnel('10 s', at, event, '{a,b,c}') AS strict_once,
	window_funnel('consecutive', '10 s', at, event, '{a,b,c}') AS consecutive
FROM unnest('{abc,abdc,ab,abbc,abdac,adbc,abac}'::text[]) events, LATERAL (
	SELECT timestamptz '2025-01-01' + n * interval '1 s' AS at, event FROM regexp_split_to_table(events, '') WITH ORDINALITY l (event, n)) e
GROUP BY events ORDER BY events;
-- steps as a parameter, and other steps the next time
PREPARE level (text[]) AS
	SELECT sum(level) FROM (SELECT window_funnel('90 s', at, stage, $1) AS level FROM labelled GROUP BY customer) t;
EXECUTE level ('{awareness,purchase}'); EXECUTE level ('{b,a,purchase}'); EXECUTE level ('{absent}');

--
-- Random conditions against plain SQL: the latest start of each step, carried forward
--
CREATE TEMP TABLE event AS
	SELECT n, abs(hashint8extended(n, 1)) % 300 AS customer, n % 3 AS part,
		timestamptz '2025-01-01' + abs(hashint8extended(n, 2)) % 40 * interval '1 s' AS at,
		hashint8extended(n, 3) & 7 = 0 AS a, hashint8extended(n, 4) & 3 = 0 AS b,
		hashint8extended(n, 5) & 3 = 0 AS c
	FROM generate_series(1, 1800) n;
CREATE INDEX ON event (customer);
ANALYZE event;
-- in mode any, same instants count once for each step
CREATE TEMP TABLE funnel AS
	SELECT customer, window_funnel('any', '9 s', at, a, b, c) AS level,
		window_funnel('9 s', at, a, b, c) AS ordered,
		window_funnel('unordered', '9 s', at, a, b, c) AS unordered,
		window_funnel('increasing', '9 s', at, a, b, c) AS increasing,
		window_funnel('any', '9 s', at, VARIADIC ARRAY[a, b, c]) AS by_array,
		window_funnel('any', '9 s', at, a, b, c ORDER BY at) AS sorted
	FROM event GROUP BY customer;
SELECT count(*) AS customers, count(*) FILTER (WHERE level = 3) > 20 AS some,
	bool_and(level = by_array AND level = sorted) AS same, bool_and(level = CASE
		WHEN EXISTS (SELECT FROM event x JOIN event y USING (customer) JOIN event z USING (customer)
			WHERE x.customer = funnel.customer AND x.a AND y.b AND z.c AND x.at <= y.at AND y.at <= z.at
				AND z.at <= x.at + interval '9 s') THEN 3
		WHEN EXISTS (SELECT FROM event x JOIN event y USING (customer)
			WHERE x.customer = funnel.customer AND x.a AND y.b AND x.at <= y.at
				AND y.at <= x.at + interval '9 s') THEN 2
		WHEN EXISTS (SELECT FROM event x WHERE x.customer = funnel.customer AND x.a) THEN 1
		ELSE 0 END) AS any, bool_and(increasing = CASE
		WHEN EXISTS (SELECT FROM event x JOIN event y USING (customer) JOIN event z USING (customer)
			WHERE x.customer = funnel.customer AND x.a AND y.b AND z.c AND x.at < y.at AND y.at < z.at
				AND z.at <= x.at + interval '9 s') THEN 3
		WHEN EXISTS (SELECT FROM event x JOIN event y USING (customer)
			WHERE x.customer = funnel.customer AND x.a AND y.b AND x.at < y.at
				AND y.at <= x.at + interval '9 s') THEN 2
		WHEN EXISTS (SELECT FROM event x WHERE x.customer = funnel.customer AND x.a) THEN 1
		ELSE 0 END) AS increasing, bool_and(ordered = CASE
		WHEN EXISTS (SELECT FROM event x JOIN event y USING (customer) JOIN event z USING (customer)
			WHERE x.customer = funnel.customer AND x.a AND y.b AND z.c AND x.at <= y.at AND y.at <= z.at AND x.n <> y.n AND y.n <> z.n AND x.n <> z.n
				AND z.at <= x.at + interval '9 s') THEN 3
		WHEN EXISTS (SELECT FROM event x JOIN event y USING (customer)
			WHERE x.customer = funnel.customer AND x.a AND y.b AND x.at <= y.at AND x.n <> y.n
				AND y.at <= x.at + interval '9 s') THEN 2
		WHEN EXISTS (SELECT FROM event x WHERE x.customer = funnel.customer AND x.a) THEN 1
		ELSE 0 END) AS ordered, bool_and(unordered = CASE
		WHEN EXISTS (SELECT FROM event x JOIN event y USING (customer) JOIN event z USING (customer)
			WHERE x.customer = funnel.customer AND x.a AND y.b AND z.c AND x.n <> y.n AND y.n <> z.n AND x.n <> z.n
				AND greatest(x.at, y.at, z.at) <= least(x.at, y.at, z.at) + interval '9 s') THEN 3
		WHEN EXISTS (SELECT FROM event x JOIN event y USING (customer)
			WHERE x.customer = funnel.customer AND (x.a AND y.b OR x.a AND y.c OR x.b AND y.c) AND x.n <> y.n
				AND greatest(x.at, y.at) <= least(x.at, y.at) + interval '9 s') THEN 2
		WHEN EXISTS (SELECT FROM event x WHERE x.customer = funnel.customer AND (x.a OR x.b OR x.c)) THEN 1
		ELSE 0 END) AS unordered
FROM funnel;

-- parallel workers
CREATE TABLE parallel_event AS TABLE event;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
EXPLAIN (COSTS OFF) SELECT customer, window_funnel('9 s', at, a, b, c) FROM parallel_event GROUP BY customer;
SELECT count(*), bool_and(ordered = p) FROM funnel JOIN
	(SELECT customer, window_funnel('9 s', at, a, b, c) AS p FROM parallel_event GROUP BY customer) t USING (customer);
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
DROP TABLE parallel_event;
-- and partitions, which divide customers by time
CREATE TABLE divided (LIKE event) PARTITION BY HASH (at);
CREATE TABLE divided_0 PARTITION OF divided FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE divided_1 PARTITION OF divided FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO divided SELECT * FROM event;
SET enable_partitionwise_aggregate = on;
EXPLAIN (COSTS OFF) SELECT customer, window_funnel('9 s', at, a, b, c) FROM divided GROUP BY customer;
SELECT count(*), bool_and(w = p) AS same FROM
	(SELECT customer, window_funnel('9 s', at, a, b, c) AS w FROM event GROUP BY customer) e JOIN
	(SELECT customer, window_funnel('9 s', at, a, b, c) AS p FROM divided GROUP BY customer) t USING (customer);
RESET enable_partitionwise_aggregate;
DROP TABLE divided;

-- whole seconds, milliseconds and microseconds in any order; up to four steps are kept otherwise than more
SELECT count(*), count(DISTINCT f) AS levels, bool_and(f = r AND f = d AND f = m AND f = e) AS same FROM (
	SELECT window_funnel('5 s', at, a, b, c ORDER BY at) AS f, window_funnel('5 s', at, a, b, c ORDER BY n) AS r,
		window_funnel('5 s', at, a, b, c ORDER BY at DESC) AS d,
		window_funnel('5 s', at, a, b, c, false, false ORDER BY n) AS m,
		window_funnel('5 s', at, a, b, c, false ORDER BY extract(second FROM at) DESC, n) AS e
	FROM (SELECT n, n % 300 AS customer, hashint8(n) % 3 = 0 AS a, hashint8(n) % 5 = 1 AS b, hashint8(n) % 7 = 2 AS c,
			timestamptz '2025-01-01Z' + (hashint8extended(n, 1) & 1023) * interval '1 s'
				+ CASE n % 7 WHEN 5 THEN interval '0.5 s' WHEN 6 THEN '0.000123 s' ELSE '0' END AS at
		FROM generate_series(1, 20000) n) event GROUP BY customer) t;
-- many rows of few instants, out of order
SELECT window_funnel('1 h', timestamptz '2025-01-01' + n % 50 * interval '1 s', n % 50 = 3, n % 50 = 40)
FROM generate_series(1, 50000) n;

--
-- Refusals
--
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT window_funnel('1 mon', now(), true)$$),
	($$SELECT window_funnel('-1 s', now(), true)$$),
	($$SELECT window_funnel('strict', '1 s', now(), true)$$),
	($$SELECT window_funnel('1 s', 'infinity'::timestamptz, true)$$),
	($$SELECT window_funnel('1 s', now(), VARIADIC '{}'::boolean[])$$),
	($$SELECT window_funnel('1 s', now(), VARIADIC NULL::boolean[])$$),
	($$SELECT window_funnel('1 s', now(), VARIADIC array_fill(true, ARRAY[65]))$$),
	($$SELECT window_funnel(n * interval '1 s', now(), true) FROM generate_series(1, 2) n$$),
	($$SELECT window_funnel(within, now(), true) FROM (VALUES (NULL::interval), ('1 s')) v (within)$$),
	($$SELECT window_funnel('1 s', now(), VARIADIC array_fill(true, ARRAY[n])) FROM generate_series(1, 2) n$$),
	($$SELECT window_funnel('1 s', now(), 'a'::text, '{}')$$),
	($$SELECT window_funnel('1 s', now(), 'a', NULL::text[])$$),
	($$SELECT window_funnel('1 s', now(), 'a'::text, '{a,NULL}')$$),
	($$SELECT window_funnel('1 s', now(), 'a', ARRAY[repeat('x', 256)])$$),
	($$SELECT window_funnel('1 s', now(), 'a'::text, '{{a},{b}}')$$),
	($$SELECT window_funnel('1 s', now(), 'a', array_fill('a'::text, ARRAY[65]))$$),
	($$SELECT window_funnel('1 s', now(), 'a', array_fill('a'::text, ARRAY[n])) FROM generate_series(1, 2) n$$),
	($$SELECT window_funnel('consecutive', '1 s', now(), 'a'::text, '{a,b}', '{b}')$$),
	($$SELECT window_funnel(NULL, '1 s', now(), 'a'::text, '{a,b}', '{c,NULL}')$$),
	($$SELECT window_funnel(NULL, '1 s', now(), 'a'::text, '{a?,b}')$$),
	($$SELECT window_funnel(NULL, '1 s', now(), 'a'::text, '{a,b}', NULL, '{NULL}')$$),
	($$SELECT window_funnel(NULL, '1 s', now(), 'a'::text, '{a,b}', NULL, '{NULL,-1 s}')$$),
	($$SELECT window_funnel('unordered', '1 s', now(), 'a'::text, '{a,b?}')$$),
	($$SELECT window_funnel(NULL, '1 s', now(), 'a'::text, '{a,b}', CASE n WHEN 1 THEN '{c}'::text[] END) FROM generate_series(1, 2) n$$),
	($$SELECT window_funnel(NULL, '1 s', now(), 'a'::text, '{a,b}', NULL, ARRAY[NULL, n || ' s']) FROM generate_series(1, 2) n$$),
	($$SELECT cxm_internal.window_funnel_final('')$$)
) v (query);
-- nor from part to part
CREATE TABLE divided (at timestamptz, within interval) PARTITION BY LIST (within);
CREATE TABLE divided_1 PARTITION OF divided FOR VALUES IN ('1 s');
CREATE TABLE divided_2 PARTITION OF divided FOR VALUES IN (NULL);
INSERT INTO divided SELECT now(), within FROM unnest('{1 s,NULL}'::interval[]) within, generate_series(1, 9);
SET enable_partitionwise_aggregate = on;
EXPLAIN (COSTS OFF) SELECT window_funnel(within, at, true) FROM divided;
SELECT pg_temp.refusal($$SELECT window_funnel(within, at, true) FROM divided$$);
RESET enable_partitionwise_aggregate;
DROP TABLE divided;
-- states that somebody has made up
CREATE AGGREGATE pg_temp.crafted(interval, timestamptz, boolean) (STYPE = bytea,
	SFUNC = cxm_internal.window_funnel_transition, FINALFUNC = cxm_internal.window_funnel_final, INITCOND = '\x00');
SELECT pg_temp.refusal($$SELECT pg_temp.crafted('1 s', now(), true)$$);

-- an empty state, which somebody's own aggregate may begin with, is none
CREATE AGGREGATE pg_temp.begun(interval, timestamptz, boolean, boolean) (STYPE = bytea,
	SFUNC = cxm_internal.window_funnel_transition, COMBINEFUNC = cxm_internal.window_funnel_combine, FINALFUNC = cxm_internal.window_funnel_final, INITCOND = '');
CREATE AGGREGATE pg_temp.combined(bytea) (STYPE = bytea, SFUNC = cxm_internal.window_funnel_combine,
	FINALFUNC = cxm_internal.window_funnel_final, INITCOND = '');
SELECT pg_temp.begun('1 s', now(), true, true) FILTER (WHERE false) AS no_rows, pg_temp.begun('1 s', NULL, true, true) AS no_time,
	pg_temp.begun('1 s', now(), false, true) AS one_row, pg_temp.begun('1 s', now(), true, true) AS both;
SELECT pg_temp.combined(s) FILTER (WHERE false) AS no_rows, pg_temp.combined(s) AS nothing FROM (VALUES (NULL::bytea), ('')) v (s);

-- a moment has a zone: a timestamp or a date would be taken to stand in the session's
CREATE TEMP TABLE zoneless AS SELECT timestamp '2025-01-31 09:30' AS at, date '2025-01-31' AS day, 'x'::text AS stage;
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT window_funnel('1 s', at, true) FROM zoneless$$),
	($$SELECT window_funnel('1 s', day, true) FROM zoneless$$),
	($$SELECT window_funnel('any', '1 s', at, true, false) FROM zoneless$$),
	($$SELECT window_funnel('1 s', at, VARIADIC '{t,f}'::boolean[]) FROM zoneless$$),
	($$SELECT window_funnel('any', '1 s', at, VARIADIC '{t,f}'::boolean[]) FROM zoneless$$),
	($$SELECT window_funnel('1 s', at, stage, '{x,y}') FROM zoneless$$),
	($$SELECT window_funnel('any', '1 s', day, stage, '{x,y}') FROM zoneless$$),
	($$SELECT window_funnel('1 s', at, '7:x'::journey_stage, '{x,y}') FROM zoneless$$),
	($$SELECT window_funnel('1 s', at, true) OVER () FROM zoneless$$),
	($$SELECT window_funnel('1 s', at AT TIME ZONE 'Asia/Kathmandu', stage, '{x,y}') FROM zoneless$$),
	($$SELECT window_funnel('1 s', at::timestamptz, true) FROM zoneless$$)
) v (query);

--
-- Cases from the field: steps at one instant, taken strictly, reach 1, 2 and 0; the longest chain of several starts;
-- failures that count once; columns that are NULL; and ten seconds at most from A to B
--
SELECT customer, window_funnel('increasing', '50 ms', timestamptz '2026-01-01Z' + ms * interval '1 ms', step = 1, step = 2) AS increasing
FROM (VALUES (1, 20, 1), (1, 20, 2), (2, 10, 1), (2, 15, 1), (2, 30, 2), (3, 40, 2)) v (customer, ms, step) GROUP BY customer ORDER BY customer;
SELECT window_funnel('60 s', timestamptz '2026-02-02 12:00Z' + n * interval '5 s', what, '{open,search,basket,pay}')
FROM unnest('{open,search,open,search,basket,open,search,basket,pay}'::text[]) WITH ORDINALITY v (what, n);
SELECT window_funnel(NULL, at, what, '{onboarding,pageview,pageview}')
FROM (VALUES (timestamptz '2026-01-01 10:00Z', 'onboarding'), ('2026-01-01 10:05Z', 'pageview')) v (at, what);
SELECT window_funnel('1 h', at, what = 'failure', what = 'failure', what = 'success')
FROM (VALUES (timestamptz '2026-01-01 10:00Z', 'failure'), ('2026-01-01 10:00Z', 'failure'), ('2026-01-01 10:05Z', 'success')) v (at, what);
SELECT customer, window_funnel('1 day', at, page = 'list', page = 'item') AS f1, window_funnel('1 day', at, page = 'list', button = 'buy') AS f2,
	window_funnel('1 day', at, page IS NULL AND button IS NULL) AS f3, window_funnel('1 day', at, page IS NULL, button = 'pay') AS f4
FROM (SELECT customer, timestamptz '2026-01-01Z' + t * interval '1 s' AS at, page, button FROM (VALUES (1, 1, 'list', 'open'), (1, 5, 'item', 'buy'),
	(2, 2, 'list', NULL), (2, 3, 'item', NULL), (3, 7, NULL, NULL), (4, 1, NULL, 'open'), (4, 4, 'item', NULL), (4, 9, NULL, 'pay')) v (customer, t, page, button)) e
GROUP BY customer ORDER BY customer;
SELECT window_funnel('1000 s', at, what, '{A,B,C}') AS whole, window_funnel(NULL, '1000 s', at, what, '{A,B,C}', NULL, '{NULL,10 s,NULL}') AS each
FROM (SELECT timestamptz '2026-01-01Z' + t * interval '1 s' AS at, what FROM (VALUES (0, 'A'), (50, 'B'), (60, 'C')) v (t, what)) e;
