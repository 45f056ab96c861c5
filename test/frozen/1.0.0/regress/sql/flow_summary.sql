-- flow_summary: which way journeys go
SET client_min_messages = warning;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
CREATE EXTENSION IF NOT EXISTS cxm;
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
\set random :tests '/random.psql'
\i :random

--
-- Three journeys by hand
--
CREATE TEMP TABLE hand AS
	SELECT customer, journey_agg(at, stage) AS j FROM (VALUES
		(1, timestamptz '2025-01-01 00:00', 'visit'), (1, '2025-01-01 01:00', 'trial'), (1, '2025-01-02 01:00', 'buy'),
		(2, '2025-01-01 00:00', 'visit'), (2, '2025-01-01 02:00', 'trial'), (2, '2025-01-01 03:00', 'visit'),
		(3, '2025-01-09 00:00', 'visit')) v (customer, at, stage)
	GROUP BY customer;
SELECT flow_agg(j) FROM hand;
SELECT f.* FROM (SELECT flow_agg(j) AS s FROM hand) t, flows(s) f;
SELECT m.* FROM (SELECT flow_agg(j) AS s FROM hand) t, journey_map(s) m;
-- on the 10th, 3 was there yesterday; what comes after as_of has not come yet
SELECT f.* FROM (SELECT flow_agg(j, '2025-01-10', '3 days') AS s FROM hand) t, flows(s) f;
SELECT stage, journeys, visits, entries, exits, ongoing, drop_off
FROM (SELECT flow_agg(j, '2025-01-10', '3 days') AS s FROM hand) t, journey_map(s);
SELECT stage, journeys, visits, entries, exits, ongoing, drop_off
FROM (SELECT flow_agg(j, '2025-01-01 02:30', '1 hour') AS s FROM hand) t, journey_map(s);
SELECT flow_agg(j) FROM hand WHERE false;
SELECT flow_agg('{"events": []}');

--
-- Random journeys against plain SQL
--
CREATE TEMP TABLE event AS
	SELECT DISTINCT customer, at, stage FROM pg_temp.random_events(6000, 800, 9000);
CREATE TEMP TABLE journey AS
	SELECT customer, customer % 7 AS part, journey_agg(at, stage) AS j FROM event GROUP BY customer;
CREATE TEMP VIEW step AS
	SELECT customer, at, stage, lag(stage) OVER w AS before, lead(stage) OVER w AS next,
		lead(at) OVER w - at AS lasted, at - lag(at) OVER w AS after
	FROM event WINDOW w AS (PARTITION BY customer ORDER BY at, stage COLLATE "C");
SELECT count(*) AS flows, bool_and(f.transitions = h.transitions) AS transitions, bool_and(f.journeys = h.journeys) AS journeys,
	bool_and(abs(coalesce(extract(epoch FROM f.median_time) / nullif(extract(epoch FROM h.median), 0), 1) - 1) <= 0.01) AS median
FROM (SELECT f.* FROM (SELECT flow_agg(j) AS s FROM journey) t, flows(s) f) f FULL JOIN (
	SELECT coalesce(before, '(start)') AS from_stage, stage AS to_stage, count(*) AS transitions,
		count(DISTINCT customer) AS journeys, percentile_cont(0.5) WITHIN GROUP (ORDER BY after) AS median
	FROM step GROUP BY before, stage
	UNION ALL SELECT stage, '(end)', count(*), count(*), NULL FROM step WHERE next IS NULL GROUP BY stage) h
	USING (from_stage, to_stage);
SELECT count(*) AS stages, bool_and((m.journeys, m.visits, m.entries, m.exits) = (h.journeys, h.visits, h.entries, h.exits)) AS counts,
	bool_and(drop_off = h.exits::float8 / h.journeys) AS drop_off,
	bool_and(abs(extract(epoch FROM m.median_time) / extract(epoch FROM h.median) - 1) <= 0.01) AS median
FROM (SELECT m.* FROM (SELECT flow_agg(j) AS s FROM journey) t, journey_map(s) m) m FULL JOIN (
	SELECT stage, count(DISTINCT customer) AS journeys, count(*) AS visits,
		count(*) FILTER (WHERE before IS NULL) AS entries, count(*) FILTER (WHERE next IS NULL) AS exits,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY lasted) AS median
	FROM step GROUP BY stage) h USING (stage);
-- as of a day: nothing after it, and the recent ones ongoing
SELECT sum(ongoing) = (SELECT count(*) FROM (SELECT max(at) AS last FROM event WHERE at <= '2025-01-05' GROUP BY customer) t
		WHERE last > timestamptz '2025-01-05' - interval '1 day') AS ongoing,
	sum(entries) = sum(exits) + sum(ongoing) AS all_ends, sum(visits) = (SELECT count(*) FROM event WHERE at <= '2025-01-05') AS visits
FROM (SELECT flow_agg(j, '2025-01-05', '1 day') AS s FROM journey) t, journey_map(s);

--
-- Merging, taking out, moving
--
CREATE TEMP TABLE part AS SELECT part, flow_agg(j) AS s FROM journey GROUP BY part;
SELECT rollup(s) = (SELECT flow_agg(j) FROM journey) AS rollup FROM part;
SELECT bool_and(a.s + b.s = b.s + a.s) AS commutes, bool_and(a.s + b.s - b.s = a.s) AS takes_out FROM part a, part b;
SELECT bool_and(s::text::flow_summary = s AND s::jsonb::flow_summary = s) AS back FROM part;
SELECT bool_and(moving IS NOT DISTINCT FROM direct) AS moving FROM (
	SELECT flow_agg(j) OVER (ORDER BY customer RANGE 3 PRECEDING) AS moving,
		(SELECT flow_agg(other.j) FROM journey other WHERE other.customer BETWEEN one.customer - 3 AND one.customer) AS direct
	FROM journey one WHERE customer < 100) t;
-- stages with ranks come in their order
SELECT stage FROM (SELECT flow_agg(journey_agg) AS s FROM (SELECT journey_agg(now(), stage)
	FROM unnest('{loyalty,250:trial,page,purchase}'::text[]) stage GROUP BY stage) j) t, journey_map(s);

-- one label of two ranks is two stages, in two rows of that name
SELECT m.stage, m.journeys, m.visits FROM (SELECT flow_agg(journey_agg) AS s FROM (
	SELECT journey_agg(timestamptz '2025-01-01' + n * interval '1 s', stage)
	FROM (VALUES (1, '250:trial'), (2, '350:trial')) v (n, stage)) j) t, journey_map(s) m;

-- over partitions the same bytes, whole groups or partial ones
CREATE TABLE divided (LIKE journey) PARTITION BY HASH (customer);
CREATE TABLE divided_0 PARTITION OF divided FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE divided_1 PARTITION OF divided FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO divided SELECT * FROM journey;
SET enable_partitionwise_aggregate = on;
EXPLAIN (COSTS OFF) SELECT flow_agg(j) FROM divided;
SELECT flow_summary_send((SELECT flow_agg(j) FROM divided))
	= flow_summary_send((SELECT flow_agg(j) FROM journey)) AS same_flow,
	funnel_summary_send((SELECT funnel_agg(j, '{page,help}', '1 day') FROM divided))
	= funnel_summary_send((SELECT funnel_agg(j, '{page,help}', '1 day') FROM journey)) AS same_funnel;
RESET enable_partitionwise_aggregate;
DROP TABLE divided;
-- parallel workers
CREATE TABLE parallel_journey AS TABLE journey;
ALTER TABLE parallel_journey SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT flow_agg(j), funnel_agg(j, '{page,help}', '1 day') FROM parallel_journey;
SELECT flow_summary_send(f) = flow_summary_send((SELECT flow_agg(j) FROM journey)) AS same_flow,
	funnel_summary_send(u) = funnel_summary_send((SELECT funnel_agg(j, '{page,help}', '1 day') FROM journey)) AS same_funnel
FROM (SELECT flow_agg(j) AS f, funnel_agg(j, '{page,help}', '1 day') AS u FROM parallel_journey) t;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;
DROP TABLE parallel_journey;

--
-- Refusals
--
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT flow_agg(j, 'infinity', '1 day') FROM journey$$),
	($$SELECT flow_agg(j, NULL, '1 day') FROM journey$$),
	($$SELECT flow_agg(j, '2025-01-01', NULL) FROM journey$$),
	($$SELECT flow_agg(j, '2025-01-01', '1 mon') FROM journey$$),
	($$SELECT flow_agg(j, '2025-02-01', customer * interval '1 day') FROM journey$$),
	($$SELECT flow_agg(j) + flow_agg(j, '2025-02-01', '1 day') FROM journey$$),
	($$SELECT flow_agg(j) - (flow_agg(j) + flow_agg(j)) FROM journey$$),
	($$SELECT flow_agg(j) FROM (SELECT journey_agg(now(), n::text) AS j FROM generate_series(1, 4097) n) t$$),
	($$SELECT flow_agg(j) FROM (SELECT journey_agg(now(), '(start)') AS j) t$$),
	($$SELECT flow_agg(j) FROM (SELECT journey_agg(now(), '7:(ongoing)') AS j) t$$),
	($$SELECT '{"stages": [{"stage": "(end)", "journeys": 1}], "flows": []}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}, {"stage": "a", "journeys": 1}]}'::flow_summary$$),
	($$SELECT '{"stages": {}}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}], "flows": []}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}], "flows": [{"to": "b", "journeys": 1}]}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a"}], "flows": []}'::flow_summary$$),
	($$SELECT '{"stages": [], "flows": [], "as_of": "2025-01-01T00:00:00Z"}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}], "flows": [{"to": "a", "journeys": 1}, {"from": "a", "journeys": 1}]}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}], "flows": [{"to": "a", "journeys": 1}, {"from": "a", "ongoing": 1}]}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "visits": 1}], "flows": []}'::flow_summary$$),
	($$SELECT '{"stages": [{"journeys": 1}], "flows": []}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}], "flows": [{"journeys": 1}]}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}], "flows": [{"from": "a", "to": "a", "journeys": 1}]}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}], "flows": [{"to": "a", "journeys": 1, "ongoing": 1}]}'::flow_summary$$),
	($$SELECT '{"stages": [], "flows": [], "as_of": "soon", "idle_microseconds": 1}'::flow_summary$$),
	($$SELECT '{"stages": [], "flows": [], "journeys": 1}'::flow_summary$$)
) v (query);
