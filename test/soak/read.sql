\set from random(1, 50)
SELECT nps(rollup(nps)), median_duration(rollup(ttr)), churn_rate(rollup(churn)),
	nrr(rollup(revenue)), median_survival(rollup(survival)), day_count(rollup(days)),
	event_count(rollup(journey)), rollup(nps)::text, rollup(journey)::jsonb
FROM daily WHERE day > date '2026-01-01' + :from::integer;
SELECT max(nps(nps)), max(mean_duration(ttr)), max(mrr_end(revenue)) FROM (
	SELECT rollup(nps) OVER w AS nps, rollup(ttr) OVER w AS ttr, rollup(revenue) OVER w AS revenue
	FROM daily WINDOW w AS (ORDER BY day ROWS 7 PRECEDING)) t;
SELECT funnel(funnel_agg(journey, '{s1,s2,s3}', '1 day')), 1 FROM daily;
SELECT flows(flow_agg(journey)), 1 FROM daily;
SELECT survival_curve(rollup(survival)), 1 FROM daily;
SELECT retention_curve(retention_agg(days, 'week', '2026-06-01')), 1 FROM daily;
SELECT customer, nps_agg(answer), journey_agg(opened_at, stage) FROM response
WHERE day = date '2026-01-01' + :from::integer GROUP BY customer;
