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
-- the six cases of a textbook on process mining (register, casual or thorough examination, check, decide, initiate again, pay or
-- reject, by their letters) and how often one came after another in its graph
CREATE TEMP TABLE textbook AS
	SELECT flow_agg(j) AS s FROM (SELECT journey_agg(timestamptz '2025-01-01Z' + n * interval '1 day', letter) AS j
		FROM unnest('{rckditkdp,rkcdp,rtkdj,rckdp,rckdikcdickdj,rktdj}'::text[]) letters,
			regexp_split_to_table(letters, '') WITH ORDINALITY l (letter, n) GROUP BY letters) t;
SELECT count(*) AS edges, bool_and(f.transitions IS NOT DISTINCT FROM published.transitions) AS as_published
FROM (SELECT f.* FROM textbook, flows(s) f) f FULL JOIN (VALUES ('(start)', 'r', 6), ('p', '(end)', 3), ('j', '(end)', 3),
	('r', 'c', 3), ('r', 'k', 2), ('r', 't', 1), ('c', 'k', 4), ('c', 'd', 2), ('t', 'k', 2), ('t', 'd', 1), ('k', 'c', 2), ('k', 't', 1),
	('k', 'd', 6), ('d', 'i', 3), ('d', 'p', 3), ('d', 'j', 3), ('i', 'c', 1), ('i', 'k', 1), ('i', 't', 1))
	published (from_stage, to_stage, transitions) USING (from_stage, to_stage);

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
	FROM unnest('{loyalty,250:trial,0:page,purchase}'::journey_stage[]) stage GROUP BY stage) j) t, journey_map(s);

-- one label of two ranks is two stages, in two rows of that name
SELECT m.stage, m.journeys, m.visits FROM (SELECT flow_agg(journey_agg) AS s FROM (
	SELECT journey_agg(timestamptz '2025-01-01' + n * interval '1 s', stage)
	FROM (VALUES (1, journey_stage '250:trial'), (2, '350:trial')) v (n, stage)) j) t, journey_map(s) m;

-- over partitions the same bytes, whole groups or partial ones
CREATE TABLE divided (LIKE journey) PARTITION BY HASH (customer);
CREATE TABLE divided_0 PARTITION OF divided FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE divided_1 PARTITION OF divided FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO divided SELECT * FROM journey;
SET enable_partitionwise_aggregate = on;
EXPLAIN (COSTS OFF) SELECT flow_agg(j) FROM divided;
SELECT cxm_internal.flow_summary_send((SELECT flow_agg(j) FROM divided))
	= cxm_internal.flow_summary_send((SELECT flow_agg(j) FROM journey)) AS same_flow,
	cxm_internal.funnel_summary_send((SELECT funnel_agg(j, '{page,help}', '1 day') FROM divided))
	= cxm_internal.funnel_summary_send((SELECT funnel_agg(j, '{page,help}', '1 day') FROM journey)) AS same_funnel;
RESET enable_partitionwise_aggregate;
DROP TABLE divided;
-- parallel workers
CREATE TABLE parallel_journey AS TABLE journey;
ALTER TABLE parallel_journey SET (parallel_workers = 2);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS OFF) SELECT flow_agg(j), funnel_agg(j, '{page,help}', '1 day') FROM parallel_journey;
SELECT cxm_internal.flow_summary_send(f) = cxm_internal.flow_summary_send((SELECT flow_agg(j) FROM journey)) AS same_flow,
	cxm_internal.funnel_summary_send(u) = cxm_internal.funnel_summary_send((SELECT funnel_agg(j, '{page,help}', '1 day') FROM journey)) AS same_funnel
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
	($$SELECT flow_agg(j) FROM (SELECT journey_agg(now(), journey_stage '7:(ongoing)') AS j) t$$),
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

--
-- Terms that differ are refused where one side holds nothing, too; in an aggregate it takes on the others
--
CREATE TEMP TABLE terms AS SELECT flow_agg(j) AS whole, flow_agg(j, '2025-01-05', '1 day') AS fifth,
	flow_agg(j, '2025-01-05', '2 days') AS idle, flow_agg(j) - flow_agg(j) AS nothing,
	flow_agg(j, '2025-01-05', '1 day') - flow_agg(j, '2025-01-05', '1 day') AS fifth_nothing FROM journey;
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT ((whole - whole) + fifth) - fifth FROM terms$$),
	($$SELECT nothing + fifth FROM terms$$), ($$SELECT fifth + nothing FROM terms$$),
	($$SELECT nothing - fifth FROM terms$$), ($$SELECT fifth - nothing FROM terms$$),
	($$SELECT idle + fifth_nothing FROM terms$$), ($$SELECT nothing + fifth_nothing FROM terms$$)
) v (query);
SELECT ((fifth - fifth) + fifth) - fifth = fifth_nothing AS same_terms, nothing + whole = whole AS adds,
	fifth - fifth_nothing = fifth AS takes_out FROM terms;
SELECT rollup(s) = (SELECT fifth FROM terms) AS adopts FROM (SELECT nothing AS s FROM terms UNION ALL SELECT fifth FROM terms) t;
SELECT rollup(s) = (SELECT fifth FROM terms) AS passes_over FROM (SELECT fifth AS s FROM terms UNION ALL SELECT nothing FROM terms) t;
SELECT rollup(fifth_nothing) IS NULL AS nothing FROM terms;
-- a journey of which nothing has come yet changes nothing, whatever its terms
SELECT flow_agg(j, as_of, '1 day') = (SELECT flow_agg(j, '2025-01-10', '1 day') FROM hand) AS passed_over
FROM (SELECT j, timestamptz '2025-01-10' AS as_of FROM hand UNION ALL SELECT j, '2024-12-31' FROM hand) t;
SELECT string_agg(coalesce(f.journeys::text, '-'), ' ' ORDER BY customer) FROM (
	SELECT customer, flow_agg(j, as_of, '1 day') OVER (ORDER BY customer ROWS 1 PRECEDING) AS s
	FROM (SELECT customer, j, CASE customer WHEN 2 THEN '2024-12-31' ELSE timestamptz '2025-01-10' END AS as_of FROM hand) t) t
	LEFT JOIN LATERAL (SELECT sum(entries) AS journeys FROM journey_map(s)) f ON true;
-- an aggregate of somebody's own that begins with a value
CREATE AGGREGATE pg_temp.from_value(customer_journey) (STYPE = flow_summary, SFUNC = cxm_internal.flow_transition,
	FINALFUNC = cxm_internal.flow_summary_final, INITCOND = '{"stages": [{"stage": "c", "journeys": 7}], "flows":
		[{"from": "c", "journeys": 7}, {"to": "c", "journeys": 7}]}');
CREATE AGGREGATE pg_temp.from_nothing(customer_journey) (STYPE = flow_summary, SFUNC = cxm_internal.flow_transition,
	FINALFUNC = cxm_internal.flow_summary_final, INITCOND = '{"stages": [], "flows": []}');
SELECT pg_temp.from_value(j) FILTER (WHERE false) AS value,
	pg_temp.from_nothing(j) FILTER (WHERE false) IS NULL AS nothing,
	pg_temp.from_value(j) = whole + pg_temp.from_value(j) FILTER (WHERE false) AS counts,
	pg_temp.from_nothing(j) = whole AS adopts
FROM journey, terms GROUP BY whole;
-- idle is no window, and as_of a moment
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT flow_agg(j, '2025-01-01', '-1 day') FROM journey$$),
	($$SELECT flow_agg(j, '2025-01-01', '2000000000 days') FROM journey$$),
	($$SELECT flow_agg(j, timestamp '2025-01-01', '1 day') FROM journey$$),
	($$SELECT flow_agg(j, date '2025-01-01', '1 day') FROM journey$$),
	($$SELECT flow_agg(j, date '2025-01-01', '1 day') OVER (ORDER BY customer ROWS 3 PRECEDING) FROM journey$$),
	($$SELECT flow_agg(j, '2025-01-01', '1 day') FROM journey$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}], "flows": [{"from": "a", "to": "a", "ongoing": 1}]}'::flow_summary$$),
	($$SELECT '{"stages": [{"stage": "a", "journeys": 1}], "flows": [{"to": "a", "journeys": 1, "times": {}}]}'::flow_summary$$),
	($$SELECT '{"stages": []}'::flow_summary$$),
	($$SELECT '{"stages": [], "flows": [], "idle_microseconds": 1}'::flow_summary$$),
	($$SELECT ('{"stages": [' || string_agg(format('{"stage": "%s", "journeys": 1}', n), ', ')
		|| '], "flows": []}')::flow_summary FROM generate_series(1, 4097) n$$)
) v (query);

--
-- As many stages as there can be: what plain SQL counts, and back again
--
CREATE TEMP TABLE many AS
	SELECT customer, journey_agg(timestamptz '2025-01-01' + n * interval '1 s', stage) AS j
	FROM (SELECT customer, n, 'stage number ' || (customer * 577 + n * n * 31) % 4096 AS stage
		FROM generate_series(1, 4096) customer, generate_series(1, 4) n) t GROUP BY customer;
CREATE TEMP TABLE many_flow AS SELECT flow_agg(j) AS s FROM many;
SELECT count(*) AS stages, sum(m.journeys) = (SELECT count(DISTINCT (customer, stage)) FROM many, events(j)) AS journeys
FROM many_flow, journey_map(s) m;
SELECT s::text::flow_summary = s AS text, s + s - s = s AS takes_out, (SELECT rollup(part) = s
	FROM (SELECT flow_agg(j) AS part FROM many GROUP BY customer % 9) t) AS rollup FROM many_flow;
SELECT pg_temp.refusal($$SELECT flow_agg(j) FROM (TABLE many UNION ALL SELECT 0, journey_agg(now(), 'one more')) t$$);

--
-- Forged states: whatever one or four of their bytes become, they are refused or are a value
--
CREATE CAST (bytea AS flow_summary) WITHOUT FUNCTION;
CREATE CAST (flow_summary AS bytea) WITHOUT FUNCTION;
CREATE CAST (bytea AS funnel_summary) WITHOUT FUNCTION;
CREATE CAST (funnel_summary AS bytea) WITHOUT FUNCTION;
CREATE AGGREGATE pg_temp.raw_flow(customer_journey, timestamptz, interval) (STYPE = flow_summary, SFUNC = cxm_internal.flow_transition);
CREATE AGGREGATE pg_temp.raw_funnel(customer_journey, text[], interval) (STYPE = funnel_summary, SFUNC = cxm_internal.funnel_transition);
CREATE TEMP TABLE raw_state AS
	SELECT 'flow' AS type, pg_temp.raw_flow(j, '2025-01-05', '1 day')::bytea AS state FROM journey WHERE customer < 20
	UNION ALL SELECT 'funnel', pg_temp.raw_funnel(j, '{a,b,c}', '1 day')::bytea FROM journey WHERE customer < 20;
-- as they are, they are the values
SELECT state::flow_summary::text = (SELECT flow_agg(j, '2025-01-05', '1 day') FROM journey WHERE customer < 20)::text AS flow
FROM raw_state WHERE type = 'flow';
SELECT state::funnel_summary::text = (SELECT funnel_agg(j, '{a,b,c}', '1 day') FROM journey WHERE customer < 20)::text AS funnel
FROM raw_state WHERE type = 'funnel';
DO $$
DECLARE
	forged record;
	tried integer := 0;
	refused integer := 0;
BEGIN
	FOR forged IN SELECT type, overlay(state PLACING bytes FROM at + 1 FOR length(bytes)) AS state
			FROM raw_state, generate_series(0, length(state) - 4) at,
				unnest('{"\\x00","\\x01","\\x03","\\x7f","\\xff","\\xffffffff","\\x00000080","\\x7fffffff"}'::bytea[]) bytes
			WHERE at < 300 OR at > length(state) - 80 LOOP
		tried := tried + 1;
		BEGIN
			IF forged.type = 'flow' THEN
				PERFORM rollup(s)::text FROM (VALUES (forged.state::flow_summary), (forged.state::flow_summary)) v (s);
				PERFORM cxm_internal.flow_summary_send(forged.state::flow_summary);
			ELSE
				PERFORM rollup(s)::text FROM (VALUES (forged.state::funnel_summary), (forged.state::funnel_summary)) v (s);
				PERFORM cxm_internal.funnel_summary_send(forged.state::funnel_summary);
			END IF;
		EXCEPTION WHEN data_corrupted OR feature_not_supported OR program_limit_exceeded OR numeric_value_out_of_range
				OR invalid_parameter_value THEN
			refused := refused + 1;
		END;
	END LOOP;
	RAISE WARNING 'thousands tried: %, some refused and some not: %', tried > 3000,
		refused > 100 AND refused < tried;
END $$;
DROP CAST (bytea AS flow_summary);
DROP CAST (flow_summary AS bytea);
DROP CAST (bytea AS funnel_summary);
DROP CAST (funnel_summary AS bytea);

-- a stage without journeys is refused as such, whatever its flows say
SELECT pg_temp.refusal($$SELECT '{"stages": [{"stage": "a"}], "flows": [{"from": "a", "journeys": 1}]}'::flow_summary$$);
