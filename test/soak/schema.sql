CREATE EXTENSION cxm;
SET client_min_messages = warning;
CREATE TABLE response (id bigserial, day date NOT NULL, customer integer, answer integer,
	opened_at timestamptz, resolved_at timestamptz, before numeric, after numeric, stage text);
CREATE INDEX ON response (day);
CREATE TABLE running (day date PRIMARY KEY, s rating_summary NOT NULL, d duration_summary NOT NULL);
CREATE MATERIALIZED VIEW daily AS
	SELECT day, nps_agg(answer) AS nps, ttr_agg(opened_at, resolved_at) AS ttr,
		churn_agg(before > 0, after > 0) AS churn, revenue_agg(before, after, 'EUR') AS revenue,
		survival_agg(customer, answer > 5) AS survival, activity_agg(day - customer) AS days,
		journey_agg(opened_at, stage) AS journey
	FROM response GROUP BY day;
CREATE UNIQUE INDEX ON daily (day);
CREATE VIEW daily_check AS
	SELECT count(*) AS wrong FROM running JOIN (
		SELECT day, nps_agg(answer) AS s, ttr_agg(opened_at, resolved_at) AS d
		FROM response GROUP BY day) counted USING (day)
	WHERE running.s <> counted.s OR running.d <> counted.d;
CREATE TABLE outcome (canceled boolean);
-- the server's own caches, of plans, types and temporary tables, apart from all other contexts
CREATE TABLE context (pid integer, at timestamptz, bytes bigint, cached bigint);
CREATE TABLE resident (pid integer, at double precision, kilobytes bigint);
-- the first half is left to caches that fill; flat is what grows by less than 2 MB or 5 % then
CREATE VIEW growth AS
	SELECT what, pid, count(*) AS samples, round(avg(kb)) AS mean_kb, min(kb) AS min_kb,
		max(kb) AS max_kb, round((60 * regr_slope(kb, at))::numeric, 2) AS kb_per_minute,
		-- a plan that is cached late is a step, not growth: what leaks shows in the other two
		what <> 'caches' AND
		coalesce(regr_slope(kb, at) * (max(at) - min(at)), 0) > greatest(2048, 0.05 * avg(kb))
			AS grows
	FROM (SELECT what, pid, at, kb, percent_rank() OVER (PARTITION BY what, pid ORDER BY at) AS place
		-- what is resident beside those caches
		FROM (SELECT 'resident' AS what, pid, at, kilobytes - (SELECT cached / 1024 FROM context c
				WHERE c.pid = r.pid AND extract(epoch FROM c.at) <= r.at
				ORDER BY c.at DESC LIMIT 1) AS kb FROM resident r
			UNION ALL SELECT 'contexts', pid, extract(epoch FROM at), bytes / 1024 FROM context
			UNION ALL SELECT 'caches', pid, extract(epoch FROM at), cached / 1024 FROM context
			) sample
		) placed
	WHERE place > 0.5 GROUP BY what, pid;
-- True when the query was cancelled before its end.
CREATE FUNCTION is_canceled(query text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE query;
	RETURN false;
EXCEPTION WHEN query_canceled THEN
	RETURN true;
END
$$;
