-- stored summaries: churn, revenue, survival, retention and days in large parallel plans, in
-- partitioned tables, in materialized views, and how much room they take
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

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

--
-- Materialized views: REFRESH ... CONCURRENTLY rewrites the rows that have changed, and no other
--
CREATE MATERIALIZED VIEW stored_daily AS
	SELECT day, churn_agg(was, is_) AS churn, revenue_agg(before, after) AS revenue,
		survival_agg(duration, is_) AS survival, activity_agg(day - n % 9) AS days,
		retention_agg('{"days": ["2025-01-01", "2025-01-09"]}', 'week', day) AS retention
	FROM stored_row GROUP BY day;
CREATE UNIQUE INDEX ON stored_daily (day);
CREATE TEMP TABLE before AS SELECT ctid AS place, * FROM stored_daily;
REFRESH MATERIALIZED VIEW CONCURRENTLY stored_daily;
SELECT count(*) AS days, count(*) FILTER (WHERE d.ctid = place) AS untouched
FROM before JOIN stored_daily d USING (day);
UPDATE stored_row SET duration = duration + 1 WHERE n = 77;
INSERT INTO stored_row SELECT 0, 0, true, false, 10, 0, 5, '2025-03-03';
UPDATE stored_row SET after = after * 1.000 WHERE day = '2025-05-05';
REFRESH MATERIALIZED VIEW CONCURRENTLY stored_daily;
-- one day with another duration, one with one more customer; other zeros in amounts change nothing
SELECT d.day = (SELECT day FROM stored_row WHERE n = 77) AS of_77,
	lost_customers(d.churn) - lost_customers(b.churn) AS lost, mrr_start(d.revenue)
		- mrr_start(b.revenue) AS revenue, events(d.survival) + censored(d.survival)
		- events(b.survival) - censored(b.survival) AS customers, d.days = b.days AS same_days
FROM before b JOIN stored_daily d USING (day) WHERE d.ctid <> place ORDER BY d.day;
SELECT rollup(churn) = (SELECT churn_agg(was, is_) FROM stored_row) AS churn,
	rollup(revenue) = (SELECT revenue_agg(before, after) FROM stored_row) AS revenue,
	rollup(survival) = (SELECT survival_agg(duration, is_) FROM stored_row) AS survival
FROM stored_daily;

--
-- Room: in a table, one byte of header
--
CREATE TEMP TABLE small AS
	SELECT churn_agg(n % 2 = 0, n % 3 > 0) AS churn, revenue_agg(n * 100, n * 150.25) AS revenue,
		survival_agg(n, n % 2 = 0) AS survival, activity_agg(date '2025-01-01' + n) AS days,
		(SELECT retention_agg(activity_agg, 'month', '2025-12-31') FROM
			(SELECT activity_agg(date '2025-01-01' + 30 * d) FROM generate_series(0, 11) d) a)
			AS retention
	FROM generate_series(1, 12) n;
-- 6 and 5 counters; 16, 6 counters and 6 sums of 2 digits; 12 and 6 for each duration; 6, 3 for the
-- first day and 1 for each other; 12 and 2 for each month; less the 3 that a short header saves
SELECT pg_column_size(churn) AS churn, pg_column_size(revenue) AS revenue,
	pg_column_size(survival) AS survival, pg_column_size(days) AS days,
	pg_column_size(retention) AS retention
FROM small;
-- large ones are compressed, or lie beside their row, and are the same
CREATE TABLE stored_large AS SELECT survival, days, revenue FROM serial;
SELECT l.survival = s.survival AND l.survival::text = s.survival::text AS same,
	median_survival(l.survival) = median_survival(s.survival) AS median,
	pg_column_size(l.survival) > 2000 AS large, (l.survival + s.survival) - s.survival = l.survival
		AS minus
FROM stored_large l, serial s;

DROP VIEW whole, segments;
DROP MATERIALIZED VIEW stored_daily;
DROP TABLE stored_row, stored_part, stored_retention, stored_by_segment, stored_large;
