-- plans: whichever way PostgreSQL aggregates, every aggregate gives the same, to the byte
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set types :tests '/types.psql'
\i :types
\set plans :tests '/plans.psql'
\i :plans
SELECT * FROM law_lacks;

--
-- All calls in one query, over all rows, over parts, and over groups of one row each: first in one
-- process by one plain scan, which everything else is compared with
--
CREATE TABLE law_partitioned (LIKE law_row) PARTITION BY HASH (n);
CREATE TABLE law_third_0 PARTITION OF law_partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE law_third_1 PARTITION OF law_partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE law_third_2 PARTITION OF law_partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO law_partitioned SELECT * FROM law_row;
ALTER TABLE law_row SET (parallel_workers = 2);
ALTER TABLE law_third_0 SET (parallel_workers = 2);
ALTER TABLE law_third_1 SET (parallel_workers = 2);
ALTER TABLE law_third_2 SET (parallel_workers = 2);
ANALYZE law_row, law_partitioned;
CREATE FUNCTION pg_temp.figures(key text, source text) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT %s AS key, ARRAY[%s] AS figures FROM %s', nullif(key, ''),
			(SELECT string_agg(format('(%s)::text', call), ', ' ORDER BY id) FROM law_call), source)
		|| CASE WHEN key <> '-1' THEN ' GROUP BY ' || key ELSE '' END
$$;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE law_serial (source_key text, key integer, figures text[]);
CREATE FUNCTION pg_temp.serial(by text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('INSERT INTO law_serial SELECT %L, * FROM (%s) t', by,
		pg_temp.figures(by, '(SELECT * FROM law_row OFFSET 0) o'));
END
$$;
SELECT pg_temp.serial(by) FROM unnest('{-1,part,n}'::text[]) by;
SELECT source_key, count(*) AS groups, round(avg(cardinality(array_remove(figures, NULL)))) > 30 AS many
FROM law_serial GROUP BY source_key ORDER BY source_key COLLATE "C";

-- A way is settings, a source, and what the plan must show that it is taken by.
CREATE TABLE law_way (id integer PRIMARY KEY, way text, settings text[], source text, key text,
	shows text[]);
INSERT INTO law_way VALUES
	(1, 'hashed', '{enable_sort=off}', 'law_row', 'part', '{^HashAggregate}'),
	(2, 'sorted', '{enable_hashagg=off}', 'law_row', 'part', '{^GroupAggregate,Sort Key: part}'),
	(4, 'spilled', '{enable_sort=off,enable_indexscan=off,work_mem=64kB,hash_mem_multiplier=1}', 'law_row', 'n',
		'{^HashAggregate,"Batches: ([2-9]|[1-9][0-9])"}'),
	(5, 'partition-wise', '{enable_partitionwise_aggregate=on}', 'law_partitioned', '-1',
		'{"^Finalize Aggregate","-> +Partial Aggregate"}'),
	(6, 'partition-wise, grouped', '{enable_partitionwise_aggregate=on,cpu_tuple_cost=1}', 'law_partitioned', 'part',
		'{"^Finalize \\w*Aggregate","-> +Partial \\w*Aggregate"}'),
	(7, 'by the key of the partitions', '{enable_partitionwise_aggregate=on}', 'law_partitioned', 'n',
		'{^Append}'),
	(8, 'parallel', '{max_parallel_workers_per_gather=2}', 'law_row', '-1',
		'{"^Finalize Aggregate","-> +Partial Aggregate","Workers Launched: 2"}'),
	(9, 'parallel, workers alone',
		'{max_parallel_workers_per_gather=2,parallel_leader_participation=off}', 'law_row', '-1',
		'{"-> +Partial Aggregate","Workers Launched: 2"}'),
	(10, 'parallel, grouped', '{max_parallel_workers_per_gather=2,enable_sort=off}', 'law_row', 'part',
		'{"^Finalize \\w*Aggregate","Partial HashAggregate"}'),
	(11, 'parallel, sorted', '{max_parallel_workers_per_gather=2,enable_hashagg=off}', 'law_row',
		'part', '{"^Finalize GroupAggregate","Partial GroupAggregate"}'),
	(12, 'parallel, over partitions', '{max_parallel_workers_per_gather=2,'
		'parallel_leader_participation=off}', 'law_partitioned', '-1',
		'{"Partial Aggregate","Parallel Seq Scan on law_third"}'),
	(13, 'parallel, spilled', '{max_parallel_workers_per_gather=2,enable_sort=off,work_mem=64kB,'
		'hash_mem_multiplier=1,parallel_leader_participation=off}', 'law_row', 'part',
		'{"Partial HashAggregate","Batches: ([2-9]|[1-9][0-9])"}');
CREATE FUNCTION pg_temp.go(way law_way) RETURNS TABLE (taken boolean, groups bigint, differing bigint)
	LANGUAGE plpgsql AS $$
DECLARE
	setting text;
	query text := pg_temp.figures(way.key, way.source);
BEGIN
	PERFORM set_config(s, '0', true) FROM unnest('{parallel_setup_cost,parallel_tuple_cost,
		min_parallel_table_scan_size,max_parallel_workers_per_gather}'::text[]) s;
	FOREACH setting IN ARRAY way.settings LOOP
		PERFORM set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true);
	END LOOP;
	taken := (SELECT bool_and(pg_temp.plans(query, shows, 'ANALYZE, COSTS OFF, TIMING OFF'))
		FROM unnest(way.shows) shows);
	EXECUTE format('CREATE TABLE law_result AS %s', query);
	SELECT count(*) INTO groups FROM law_result;
	SELECT count(*) INTO differing FROM (SELECT key, figures FROM law_result
		EXCEPT SELECT key, figures FROM law_serial WHERE source_key = way.key) t;
	DROP TABLE law_result;
	RETURN NEXT;
	FOREACH setting IN ARRAY way.settings LOOP
		EXECUTE format('RESET %I', split_part(setting, '=', 1));
	END LOOP;
END
$$;
SELECT way, g.* FROM law_way w, pg_temp.go(w) g ORDER BY id;

--
-- Grouping sets and FILTER: every level of a cube is the rollup of the finest, and so are two filters
-- that take a row each
--
INSERT INTO law VALUES
	('01 cube', 'all', 'WITH cube AS (SELECT part, step, GROUPING(part, step) AS level, {agg} AS a
			FROM law_row GROUP BY CUBE (part, step))
		SELECT count(*) = 1 + 7 + 20 AND bool_and({same}) FROM cube, LATERAL (SELECT rollup(a) AS b
			FROM cube finest WHERE level = 0 AND finest.part = coalesce(cube.part, finest.part)
				AND finest.step = coalesce(cube.step, finest.step)) rolled_up WHERE level > 0'),
	('02 filters', 'all', 'SELECT {same} FROM (SELECT {agg} FILTER (WHERE step < 9)
		+ {agg} FILTER (WHERE step >= 9) AS a, {agg} AS b FROM law_row) t'),
	('03 nothing passes', 'all', 'SELECT s IS NULL FROM (SELECT {agg} FILTER (WHERE step < 0) AS s
		FROM law_row) t');
SELECT * FROM law_kept;

--
-- A figure and a summary of the same rows come from one state, for which each row is looked at once:
-- of 400 rows, not of 800. The state is read by both and changed by neither.
--
CREATE SEQUENCE asked;
CREATE FUNCTION pg_temp.is_asked() RETURNS boolean STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nextval('law.asked');
	RETURN true;
END
$$;
CREATE FUNCTION pg_temp.asked(a text, b text) RETURNS TABLE (asked bigint, same boolean)
	LANGUAGE plpgsql AS $$
BEGIN
	PERFORM setval('law.asked', 1, false);
	EXECUTE format('SELECT (x = %1$s AND y = %2$s) IS NOT FALSE
		FROM (SELECT %1$s FILTER (WHERE pg_temp.is_asked()) AS x, %2$s FILTER (WHERE pg_temp.is_asked()) AS y
			FROM law_row) t, law_row GROUP BY x, y', a, b) INTO same;
	asked := nextval('law.asked') - 1;
	RETURN NEXT;
END
$$;
SET max_parallel_workers_per_gather = 0;
SELECT state, f.aggtransfn = g.aggtransfn AS one_transition, asked, bool_and(same) AS same
FROM (SELECT a.state, a.call AS a, b.call AS b, a.function AS f, b.function AS g
		FROM law_call a JOIN law_call b USING (state, arguments)
		WHERE a.type <> a.state AND b.type = b.state) pair
	JOIN pg_aggregate f ON f.aggfnoid = pair.f JOIN pg_aggregate g ON g.aggfnoid = pair.g,
	pg_temp.asked(a, b)
GROUP BY 1, 2, 3 ORDER BY state::text COLLATE "C", 2, 3;
RESET max_parallel_workers_per_gather;

--
-- Large states: tables of tens of thousands of durations, long sums, sets of many days
--
CREATE TABLE stored_row AS
	SELECT n, (n % 40)::smallint AS segment, n % 3 > 0 AS was, n % 7 > 1 AS is_,
		abs(hashint8extended(n, 1) % 1000000) / 100.0 AS before,
		nullif(abs(hashint8extended(n, 2) % 1000000), 5) / 100.0 AS after,
		abs(hashint8extended(n, 3) % 60000)::integer AS duration,
		date '2025-01-01' + abs(hashint8extended(n, 4) % 300)::integer AS day
	FROM generate_series(1, 120000) n;
ANALYZE stored_row;

--
-- Parallel: workers merge tables of tens of thousands of durations, sums, and sets of days
--
CREATE VIEW whole AS
	SELECT churn_agg(was, is_) AS churn, revenue_agg(before, after, was, 'EUR') AS revenue,
		survival_agg(duration, is_) AS survival, activity_agg(day) AS days
	FROM stored_row;
CREATE VIEW segments AS
	SELECT segment, churn_agg(was, is_) AS churn, revenue_agg(before, after) AS revenue,
		survival_agg(duration, is_) AS survival, activity_agg(day) AS days
	FROM stored_row GROUP BY segment;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS SELECT * FROM whole;
CREATE TEMP TABLE serial_segments AS SELECT * FROM segments;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE stored_row SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT churn_agg(was, is_), revenue_agg(before, after, was, 'EUR'),
	survival_agg(duration, is_), activity_agg(day) FROM stored_row;
CREATE FUNCTION pg_temp.sent(churn churn_summary, revenue revenue_summary,
	survival survival_summary, days activity_days) RETURNS text LANGUAGE sql
	RETURN md5(churn_summary_send(churn) || revenue_summary_send(revenue)
		|| survival_summary_send(survival) || activity_days_send(days));
SELECT p.churn = s.churn AS churn, p.revenue = s.revenue AS revenue,
	p.survival = s.survival AS survival, p.days = s.days AS days,
	pg_temp.sent(p.churn, p.revenue, p.survival, p.days)
		= pg_temp.sent(s.churn, s.revenue, s.survival, s.days) AS bytes,
	customers_at_end(s.churn) + lost_customers(s.churn) > 60000 AS many,
	(SELECT count(*) FROM survival_curve(s.survival)) > 50000 AS durations
FROM whole p, serial s;
SELECT count(*) AS segments, bool_and(p.churn = s.churn AND p.revenue = s.revenue
	AND p.survival = s.survival AND p.days = s.days) AS same
FROM segments p JOIN serial_segments s USING (segment);
-- summaries, too, are rolled up by workers
CREATE TABLE stored_part AS SELECT n % 500 AS part, churn_agg(was, is_) AS churn,
		revenue_agg(before, after, was, 'EUR') AS revenue, survival_agg(duration, is_) AS survival,
		activity_agg(day) AS days
	FROM stored_row GROUP BY n % 500;
CREATE TABLE stored_retention AS
	SELECT customer, retention_agg(a, 'week', '2025-12-01') AS s
	FROM (SELECT n % 3000 AS customer, activity_agg(day) AS a FROM stored_row GROUP BY n % 3000) t
	GROUP BY customer;
ALTER TABLE stored_part SET (parallel_workers = 2);
ALTER TABLE stored_retention SET (parallel_workers = 2);
ANALYZE stored_part, stored_retention;
EXPLAIN (COSTS OFF) SELECT rollup(survival) FROM stored_part;
SELECT p.churn = s.churn AS churn, p.revenue = s.revenue AS revenue, p.survival = s.survival AS survival,
	p.days = s.days AS days
FROM (SELECT rollup(churn) AS churn, rollup(revenue) AS revenue, rollup(survival) AS survival,
		rollup(days) AS days
	FROM stored_part) p, serial s;
SELECT rollup(s)::text AS s FROM stored_retention
\gset parallel_
SET max_parallel_workers_per_gather = 0;
SELECT rollup(s)::text AS s FROM stored_retention
\gset serial_
SELECT :'parallel_s' = :'serial_s' AS same, retention(:'serial_s', 0) AS first_week;

--
-- Partition by partition
--
CREATE TABLE stored_by_segment (LIKE stored_row) PARTITION BY RANGE (segment);
CREATE TABLE stored_low PARTITION OF stored_by_segment FOR VALUES FROM (0) TO (17);
CREATE TABLE stored_high PARTITION OF stored_by_segment FOR VALUES FROM (17) TO (40);
INSERT INTO stored_by_segment SELECT * FROM stored_row;
ANALYZE stored_by_segment;
SET enable_partitionwise_aggregate = on;
EXPLAIN (COSTS OFF) SELECT survival_agg(duration, is_), revenue_agg(before, after)
	FROM stored_by_segment;
SELECT p.churn = s.churn AS churn, p.revenue = s.revenue AS revenue, p.survival = s.survival AS survival,
	p.days = s.days AS days
FROM (SELECT churn_agg(was, is_) AS churn, revenue_agg(before, after, was, 'EUR') AS revenue,
		survival_agg(duration, is_) AS survival, activity_agg(day) AS days
	FROM stored_by_segment) p, serial s;
SELECT count(*) AS segments, bool_and(p.churn = s.churn AND p.revenue = s.revenue
	AND p.survival = s.survival AND p.days = s.days) AS same
FROM (SELECT segment, churn_agg(was, is_) AS churn, revenue_agg(before, after) AS revenue,
		survival_agg(duration, is_) AS survival, activity_agg(day) AS days
	FROM stored_by_segment GROUP BY segment) p JOIN serial_segments s USING (segment);
RESET enable_partitionwise_aggregate;

DROP VIEW whole, segments;
DROP TABLE stored_row, stored_part, stored_retention, stored_by_segment;

DROP SCHEMA law CASCADE;
