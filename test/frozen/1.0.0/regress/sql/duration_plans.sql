-- duration plans: whichever way PostgreSQL aggregates durations, the bytes are the same
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET timezone = 'UTC';

\getenv tests PG_ABS_SRCDIR
\set random :tests '/random.psql'
\i :random
\set plans :tests '/plans.psql'
\i :plans

CREATE TABLE plan_ticket (n integer, side integer, team integer, opened_at timestamptz, resolved_at timestamptz,
	opened timestamp, resolved timestamp, took interval, s duration_summary) PARTITION BY LIST (side);
CREATE TABLE plan_ticket_0 PARTITION OF plan_ticket FOR VALUES IN (0);
CREATE TABLE plan_ticket_1 PARTITION OF plan_ticket FOR VALUES IN (1);
CREATE TABLE plan_ticket_2 PARTITION OF plan_ticket FOR VALUES IN (2);
INSERT INTO plan_ticket
	SELECT n, n % 3, pg_temp.random(n, 4, 40), opened_at, resolved_at, opened_at AT TIME ZONE 'UTC',
		resolved_at AT TIME ZONE 'UTC', resolved_at - opened_at, duration_agg(resolved_at - opened_at)
	FROM (SELECT n, opened_at, CASE WHEN n % 7 > 0 THEN
			opened_at + exp(pg_temp.random(n, 3, 130) / 10.0) * interval '10 s' END AS resolved_at
		FROM (SELECT n, CASE WHEN n % 50 > 0 THEN timestamptz '2026-03-01' + n * interval '20 minutes' END AS opened_at
			FROM generate_series(1, 6000) n) o) t
	GROUP BY n, opened_at, resolved_at;
ANALYZE plan_ticket;

-- every aggregate there is
\set hours '''Mon-Fri 09:00-17:00 in Europe/Berlin'''
\set figures 'duration_agg(took) AS a, ttr_agg(opened_at, resolved_at) AS b, ttr_agg(opened, resolved) AS c, ttr(opened_at, resolved_at) AS d, ttr(opened, resolved) AS e, ttr_agg(opened_at, resolved_at, \'2026-05-01\') AS f, ttr_agg(opened, resolved, \'2026-05-01\') AS g, ttr(opened_at, resolved_at, \'2026-05-01\') AS h, ttr(opened, resolved, \'2026-05-01\') AS i, business_ttr_agg(':hours', opened_at, resolved_at) AS j, business_ttr(':hours', opened_at, resolved_at) AS k, business_ttr_agg(':hours', opened_at, resolved_at, \'2026-05-01\') AS l, business_ttr(':hours', opened_at, resolved_at, \'2026-05-01\') AS m, rollup(s) AS o'
SELECT count(*) AS aggregates FROM pg_aggregate WHERE aggtranstype = 'duration_summary'::regtype;

-- one process, one plain scan
SET max_parallel_workers_per_gather = 0;
EXPLAIN (COSTS OFF) SELECT :figures FROM (SELECT * FROM plan_ticket OFFSET 0) t;
CREATE TABLE plan_serial AS
	SELECT -1 AS team, :figures FROM (SELECT * FROM plan_ticket OFFSET 0) t UNION ALL
	SELECT team, :figures FROM (SELECT * FROM plan_ticket OFFSET 0) t GROUP BY team UNION ALL
	SELECT n + 1000, :figures FROM (SELECT * FROM plan_ticket OFFSET 0) t GROUP BY n;
SELECT count(*), count(a) AS a, count(d) AS d, count(f) AS f, count(k) AS k, count(o) AS o FROM plan_serial;
-- the rows of a query that are not those, and how many there are; equal summaries are equal bytes
CREATE FUNCTION pg_temp.differing(query text) RETURNS TABLE (rows bigint, differing bigint) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TEMP TABLE result AS %s', query);
	SELECT count(*) INTO rows FROM result;
	SELECT count(*) INTO differing FROM (TABLE result EXCEPT TABLE plan_serial) t;
	DROP TABLE result;
	RETURN NEXT;
END
$$;

-- partition by partition
SET enable_partitionwise_aggregate = on;
EXPLAIN (COSTS OFF) SELECT :figures FROM plan_ticket;
SELECT * FROM pg_temp.differing($$SELECT -1, $$ || :'figures' || $$ FROM plan_ticket$$);
SELECT * FROM pg_temp.differing($$SELECT team, $$ || :'figures' || $$ FROM plan_ticket GROUP BY team$$);

-- in parallel: first the partitions one after the other
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET enable_partitionwise_aggregate = off;
SET parallel_leader_participation = off;
ALTER TABLE plan_ticket_0 SET (parallel_workers = 2);
ALTER TABLE plan_ticket_1 SET (parallel_workers = 2);
ALTER TABLE plan_ticket_2 SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT :figures FROM plan_ticket;
SELECT * FROM pg_temp.differing($$SELECT -1, $$ || :'figures' || $$ FROM plan_ticket$$);
SELECT * FROM pg_temp.differing($$SELECT team, $$ || :'figures' || $$ FROM plan_ticket GROUP BY team$$);
SET enable_hashagg = off;
SELECT * FROM pg_temp.differing($$SELECT team, $$ || :'figures' || $$ FROM plan_ticket GROUP BY team$$);
RESET enable_hashagg;
SET max_parallel_workers_per_gather = 0;

-- a group for each row and memory for a few: partial groups are written out and read again
SET enable_sort = off;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
EXPLAIN (COSTS OFF) SELECT n + 1000, :figures FROM (SELECT * FROM plan_ticket OFFSET 0) t GROUP BY n;
CREATE FUNCTION pg_temp.batches(query text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'HashAgg Batches';
END
$$;
SELECT pg_temp.batches($$SELECT n + 1000, $$ || :'figures' || $$ FROM (SELECT * FROM plan_ticket OFFSET 0) t
	GROUP BY n$$) > 1 AS spilled;
SELECT * FROM pg_temp.differing($$SELECT n + 1000, $$ || :'figures' || $$ FROM (SELECT * FROM plan_ticket OFFSET 0) t
	GROUP BY n$$);
-- both at once: parts of two processes spill, and meet again
SET max_parallel_workers_per_gather = 2;
\set analyze '''ANALYZE, COSTS OFF, TIMING OFF'''
SELECT pg_temp.plans(query, 'Partial HashAggregate') AS partial,
	pg_temp.plans(query, 'Workers Launched: 2', :analyze) AS workers,
	pg_temp.plans(query, 'Batches: ([2-9]|1[0-9])', :analyze) AS spilled, d.*
FROM (SELECT $$SELECT team, $$ || :'figures' || $$ FROM plan_ticket GROUP BY team$$ AS query) q, pg_temp.differing(query) d;

DROP TABLE plan_ticket, plan_serial;
