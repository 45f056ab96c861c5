-- What each chart has to show, from the standard relations themselves: plain SQL where there is
-- one, and one aggregate over all rows where there is none. The first part runs once for each choice
-- of filters; then comes a query for each chart, under its name, with columns as the chart has them.
-- A chart with a series for each of some values has the columns x, series and value.

CREATE TEMP TABLE answer AS
SELECT response.*, segments[1] AS segment, (asked_at AT TIME ZONE 'UTC')::date AS day,
	   date_trunc('month', asked_at AT TIME ZONE 'UTC')::date AS month
FROM demo.response
LEFT JOIN demo.customer USING (tenant, customer)
WHERE asked_at >= :since AND asked_at < :until AND segments[1] = ANY (:segments)
  AND channel = ANY (:channels);

CREATE TEMP TABLE remark AS
SELECT answered_at, label AS language, answer::integer AS answer, comment, response
FROM demo.response
LEFT JOIN demo.customer USING (tenant, customer)
LEFT JOIN cx_language AS named ON named.language = response.language
WHERE comment IS NOT NULL AND answered_at >= :since AND answered_at < :until
  AND segments[1] = ANY (:segments) AND channel = ANY (:channels);

CREATE TEMP TABLE request AS
SELECT ticket.*, date_trunc('month', opened_at AT TIME ZONE 'UTC')::date AS month,
	   CASE WHEN resolved_at IS NOT NULL
			THEN business_time(calendar, tstzmultirange(tstzrange(opened_at, resolved_at)) - paused)
				<= resolution_target END AS met
FROM demo.ticket
LEFT JOIN demo.customer USING (tenant, customer)
WHERE opened_at >= :since AND opened_at < :until AND segments[1] = ANY (:segments)
  AND channel = ANY (:channels);

CREATE TEMP TABLE account AS
SELECT customer, segments[1] AS segment, min(started_at) AS first,
	   array_agg(price) AS prices
FROM demo.subscription AS price
LEFT JOIN demo.customer USING (tenant, customer)
WHERE segments[1] = ANY (:segments) AND segments[3] = ANY (:channels)
GROUP BY 1, 2;

CREATE TEMP TABLE account_month AS
SELECT account.customer, segment, month::date, first < month AS known,
	   coalesce(sum((p).mrr) FILTER (WHERE (p).started_at < month
		   AND coalesce((p).ended_at, 'infinity') >= month), 0) AS before,
	   coalesce(sum((p).mrr) FILTER (WHERE (p).started_at < month + interval '1 month'
		   AND coalesce((p).ended_at, 'infinity') >= month + interval '1 month'), 0) AS after,
	   bool_or((p).started_at < month AND coalesce((p).ended_at, 'infinity') >= month) AS at_start,
	   bool_or((p).started_at < month + interval '1 month'
		   AND coalesce((p).ended_at, 'infinity') >= month + interval '1 month') AS at_end
FROM account
CROSS JOIN LATERAL unnest(prices) AS p
CROSS JOIN generate_series(:since, :until - interval '1 month', '1 month') AS month
GROUP BY 1, 2, 3, 4;

CREATE TEMP TABLE way AS
SELECT stages
FROM (
	SELECT tenant, customer, journey_agg(at, stage::journey_stage) AS stages, min(at) AS first,
		   (array_agg(channel ORDER BY at))[1] AS channel
	FROM demo.event
	WHERE stage IS NOT NULL
	GROUP BY 1, 2
) AS journey
LEFT JOIN demo.customer USING (tenant, customer)
WHERE first >= :since AND first < :until AND channel = ANY (:channels)
  AND coalesce(segments[1], 'No customer yet') = ANY (:segments);

--- NPS
SELECT 100.0 * avg((answer >= 9)::integer - (answer <= 6)::integer) AS nps
FROM answer WHERE metric = 'nps' AND answer IS NOT NULL
--- CSAT
SELECT 100.0 * avg((answer >= 4)::integer) AS csat
FROM answer WHERE metric = 'csat' AND answer IS NOT NULL
--- CES
SELECT avg(answer) AS ces FROM answer WHERE metric = 'ces'
--- NPS by month
SELECT month AS day, 100.0 * avg((answer >= 9)::integer - (answer <= 6)::integer)
	   FILTER (WHERE answer IS NOT NULL) AS nps,
	   nps_lower(nps_agg(answer)) AS nps_lower, nps_upper(nps_agg(answer)) AS nps_upper
FROM answer WHERE metric = 'nps' GROUP BY 1
--- NPS by language
SELECT label AS language, 100.0 * avg((answer >= 9)::integer - (answer <= 6)::integer) AS nps
FROM answer JOIN cx_language USING (language)
WHERE metric = 'nps' AND answer IS NOT NULL GROUP BY 1
--- NPS by segment
SELECT segment, count(answer) AS responses, 1.0 * count(answer) / count(*) AS response_rate,
	   100.0 * avg((answer >= 9)::integer - (answer <= 6)::integer)
	   FILTER (WHERE answer IS NOT NULL) AS nps,
	   nps_lower(nps_agg(answer)) AS nps_lower, nps_upper(nps_agg(answer)) AS nps_upper
FROM answer WHERE metric = 'nps' GROUP BY 1
--- CSAT by channel
SELECT channel, count(answer) AS responses,
	   100.0 * avg((answer >= 4)::integer) FILTER (WHERE answer IS NOT NULL) AS csat,
	   csat_lower(csat_agg(answer, '1..5')) AS csat_lower,
	   csat_upper(csat_agg(answer, '1..5')) AS csat_upper
FROM answer WHERE metric = 'csat' GROUP BY 1
--- What customers write
SELECT (answered_at AT TIME ZONE 'UTC')::date AS day, language, answer, comment
FROM remark ORDER BY 1 DESC, response DESC LIMIT 50
--- Tickets
SELECT count(*) AS tickets FROM request
--- Median hours to resolution
SELECT in_hours(median_duration(ttr_agg(opened_at, resolved_at))) AS median_hours FROM request
--- Resolved in time
SELECT avg(met::integer) AS in_time FROM request
--- Hours to resolution by month
SELECT month AS day, in_hours(median_duration(ttr_agg(opened_at, resolved_at))) AS median_hours,
	   in_hours(percentile(ttr_agg(opened_at, resolved_at), 0.9)) AS p90_hours
FROM request GROUP BY 1
--- In time by team
SELECT month AS x, team AS series, avg(met::integer) AS value
FROM request GROUP BY 1, 2 HAVING avg(met::integer) IS NOT NULL
--- Service by team
SELECT team, count(resolved_at) AS resolved, count(*) - count(resolved_at) AS open,
	   in_hours(median_duration(ttr_agg(opened_at, resolved_at))) AS median_hours,
	   in_hours(percentile(ttr_agg(opened_at, resolved_at), 0.9)) AS p90_hours,
	   avg(met::integer) AS in_time, share_lower(share_agg(met)) AS in_time_lower,
	   share_upper(share_agg(met)) AS in_time_upper
FROM request GROUP BY 1
--- Service by channel
SELECT channel, count(*) AS tickets,
	   in_hours(median_duration(ttr_agg(opened_at, resolved_at))) AS median_hours,
	   avg(met::integer) AS in_time
FROM request GROUP BY 1
--- Customers lost
SELECT count(*) AS lost FROM account_month WHERE at_start AND NOT at_end
--- Churn a month
SELECT 1.0 * count(*) FILTER (WHERE at_start AND NOT at_end) / count(*) FILTER (WHERE at_start)
	   AS churn
FROM account_month
--- Quick ratio
SELECT sum(greatest(after - before, 0)) / sum(greatest(before - after, 0)) AS quick_ratio
FROM account_month
--- Monthly recurring revenue
SELECT month, sum(after) AS mrr FROM account_month GROUP BY 1
--- NRR and GRR by month
SELECT month, sum(after) FILTER (WHERE before > 0) / sum(before) AS nrr,
	   sum(least(before, after)) FILTER (WHERE before > 0) / sum(before) AS grr
FROM account_month GROUP BY 1
--- What moved the revenue
SELECT month AS x, series, sum(value) AS value
FROM account_month, LATERAL (VALUES
	('new', CASE WHEN before = 0 AND NOT known THEN after ELSE 0 END),
	('reactivated', CASE WHEN before = 0 AND known THEN after ELSE 0 END),
	('expansion', CASE WHEN before > 0 AND after > before THEN after - before ELSE 0 END),
	('contraction', CASE WHEN after > 0 AND after < before THEN after - before ELSE 0 END),
	('churned', CASE WHEN after = 0 THEN -before ELSE 0 END)) AS movement (series, value)
GROUP BY 1, 2
--- Churn by segment
SELECT segment, count(*) FILTER (WHERE at_start AND NOT at_end) AS lost,
	   count(*) FILTER (WHERE at_end AND NOT at_start AND NOT known) AS new,
	   churn_rate(churn_agg(at_start, at_end)) AS churn,
	   churn_lower(churn_agg(at_start, at_end)) AS churn_lower,
	   churn_upper(churn_agg(at_start, at_end)) AS churn_upper
FROM account_month GROUP BY 1
--- Still here by plan
SELECT plan, events(s) AS left, censored(s) AS here, survival(s, 365) AS after_1,
	   survival(s, 730) AS after_2, survival(s, 1095) AS after_3
FROM (
	SELECT plan, survival_agg(starts, ends, date '2025-12-31') AS s
	FROM (
		SELECT account.customer, min((p).started_at)::date AS starts,
			   (array_agg((p).plan ORDER BY (p).started_at))[1] AS plan,
			   min((p).ended_at) FILTER (WHERE NOT EXISTS (
				   SELECT FROM unnest(prices) AS q
				   WHERE (q).started_at <= (p).ended_at
					 AND coalesce((q).ended_at, 'infinity') > (p).ended_at))::date AS ends
		FROM account, unnest(prices) AS p GROUP BY 1
	) AS stay GROUP BY 1
) AS summary
--- Journeys begun
SELECT count(*) AS entries FROM way
--- Bought within 90 days
SELECT 1.0 * sum(journeys) FILTER (WHERE step = 3) / sum(journeys) FILTER (WHERE step = 1) AS bought
FROM (SELECT funnel_agg(stages, '{awareness,consideration,purchase,onboarding}', '90 days',
		timestamptz '2026-01-01Z') AS s FROM way) AS summary, funnel(s)
--- From awareness to onboarding
SELECT stage, journeys
FROM (SELECT funnel_agg(stages, '{awareness,consideration,purchase,onboarding}', '90 days',
		timestamptz '2026-01-01Z') AS s FROM way) AS summary, funnel(s)
--- The way forward
SELECT from_stage, to_stage, transitions
FROM (SELECT flow_agg(collapse(stages), '2026-01-01Z', '240 days') AS s FROM way) AS summary,
	 flows(s)
WHERE (from_stage, to_stage) NOT IN (('trial', 'consideration'), ('service', 'onboarding'),
	('loyalty', 'service'), ('advocacy', 'loyalty'), ('advocacy', 'service'))
--- Stages
SELECT stage, journeys, visits, entries, exits, ongoing
FROM (SELECT flow_agg(collapse(stages), '2026-01-01Z', '240 days') AS s FROM way) AS summary,
	 journey_map(s)
