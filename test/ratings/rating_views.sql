-- materialized views: store the summary, refresh it, and never average an average
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET datestyle = ISO;

CREATE TABLE response (day date NOT NULL, region text NOT NULL, score integer, weight numeric);
INSERT INTO response
	SELECT date '2026-01-01' + n % 181, (ARRAY['north', 'south', 'west'])[1 + n % 3],
		CASE WHEN hashint4(n) % 5 <> 0 THEN abs(hashint8extended(n, 1) % 11) END, 0.5 + n % 4
	FROM generate_series(1, 6000) n;
-- a few busy days, so that days weigh differently
INSERT INTO response
	SELECT date '2026-02-14', 'north', 3, 1 FROM generate_series(1, 300);

CREATE MATERIALIZED VIEW daily AS
	SELECT day, region, nps_agg(score) AS s, nps_agg(score, weight) AS weighted
	FROM response GROUP BY day, region;
CREATE UNIQUE INDEX ON daily (day, region);

-- a month of days is the month
CREATE VIEW by_month AS
	SELECT date_trunc('month', day)::date AS month, rollup(s) AS s, rollup(weighted) AS weighted
	FROM daily GROUP BY 1;
SELECT month, responses(m.s), nonresponses(m.s), round(nps(m.s)::numeric, 4) AS nps,
	m.s = r.s AS same, m.weighted = r.weighted AS weighted
FROM by_month m JOIN (SELECT date_trunc('month', day)::date AS month, nps_agg(score) AS s,
		nps_agg(score, weight) AS weighted
	FROM response GROUP BY 1) r USING (month)
ORDER BY month;
-- February, as plain SQL has it, and as the average of averages would have it
SELECT round(100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6))
	/ count(score), 4) AS nps
FROM response WHERE day BETWEEN '2026-02-01' AND '2026-02-28';
SELECT round(avg(nps(s))::numeric, 4) AS average_of_days
FROM daily WHERE day BETWEEN '2026-02-01' AND '2026-02-28';
-- the whole, through regions and through months
SELECT a.s = b.s AS same, a.s = c.s AS as_rows
FROM (SELECT rollup(s) AS s FROM (SELECT rollup(s) AS s FROM daily GROUP BY region) t) a,
	(SELECT rollup(s) AS s FROM by_month) b, (SELECT nps_agg(score) AS s FROM response) c;

--
-- REFRESH ... CONCURRENTLY rewrites what has changed, and nothing else
--
CREATE TEMP TABLE before AS SELECT ctid AS place, * FROM daily;
REFRESH MATERIALIZED VIEW CONCURRENTLY daily;
SELECT count(*) AS rows, count(*) FILTER (WHERE daily.ctid = place) AS untouched
FROM before JOIN daily USING (day, region);
-- a late answer, a change of mind, a withdrawal of a whole day
INSERT INTO response VALUES ('2026-03-02', 'south', 10, 1);
UPDATE response SET score = 10 - score WHERE day = '2026-04-01' AND region = 'west' AND score < 5;
DELETE FROM response WHERE day = '2026-06-30';
REFRESH MATERIALIZED VIEW CONCURRENTLY daily;
SELECT count(*) AS rows, count(*) FILTER (WHERE daily.ctid = place) AS untouched
FROM before LEFT JOIN daily USING (day, region);
-- besides the day that is gone: one more answer, and others in the place of those before
SELECT day, region, responses(daily.s) - responses(before.s) AS more,
	mean_answer(daily.s) - mean_answer(before.s) > 0 AS better
FROM before JOIN daily USING (day, region) WHERE daily.ctid <> place ORDER BY day;
SELECT bool_and(daily.s = r.s AND daily.weighted = r.weighted) AS same, count(*) AS rows
FROM daily FULL JOIN (SELECT day, region, nps_agg(score) AS s, nps_agg(score, weight) AS weighted
		FROM response GROUP BY 1, 2) r USING (day, region);
-- plain refresh, and a view of the view
REFRESH MATERIALIZED VIEW daily;
CREATE MATERIALIZED VIEW monthly AS SELECT month, s, nps(s) AS nps FROM by_month;
SELECT bool_and(monthly.s = by_month.s AND nps = nps(by_month.s)) AS same
FROM monthly JOIN by_month USING (month);

--
-- 90 days, rolling: over the days of the view and over the rows themselves
--
SELECT count(*) AS days, bool_and(rolling = of_rows) AS same
FROM (SELECT day, rollup(s) OVER (ORDER BY day RANGE BETWEEN '89 days' PRECEDING AND CURRENT ROW)
			AS rolling,
		(SELECT nps_agg(score) FROM response r WHERE r.day BETWEEN d.day - 89 AND d.day) AS of_rows
	FROM (SELECT day, rollup(s) AS s FROM daily GROUP BY day) d) t;
-- the last 90 days are all that there is, less what came before
SELECT all_days - early = late AS same
FROM (SELECT rollup(s) AS all_days, rollup(s) FILTER (WHERE day <= '2026-03-31') AS early,
		rollup(s) FILTER (WHERE day > '2026-03-31') AS late FROM daily) t;

--
-- A partitioned table, counted partition by partition
--
CREATE TABLE response_by_quarter (LIKE response) PARTITION BY RANGE (day);
CREATE TABLE response_q1 PARTITION OF response_by_quarter
	FOR VALUES FROM (MINVALUE) TO ('2026-04-01');
CREATE TABLE response_q2 PARTITION OF response_by_quarter
	FOR VALUES FROM ('2026-04-01') TO (MAXVALUE);
INSERT INTO response_by_quarter SELECT * FROM response;
ANALYZE response_by_quarter;
SET enable_partitionwise_aggregate = on;
SET max_parallel_workers_per_gather = 0;
EXPLAIN (COSTS OFF) SELECT nps(score) FROM response_by_quarter;
SELECT nps(p.score) = (SELECT nps(score) FROM response) AS same FROM response_by_quarter p;
SELECT count(*) AS groups, bool_and(p.s = r.s) AS same
FROM (SELECT region, nps_agg(score) AS s FROM response_by_quarter GROUP BY region) p
	FULL JOIN (SELECT region, nps_agg(score) AS s FROM response GROUP BY region) r USING (region);
RESET enable_partitionwise_aggregate;
RESET max_parallel_workers_per_gather;

DROP MATERIALIZED VIEW monthly;
DROP VIEW by_month;
DROP MATERIALIZED VIEW daily;
DROP TABLE response, response_by_quarter;
