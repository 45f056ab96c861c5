-- What the dashboards beside this file read, over the demo company of company.sql. The views hold
-- summaries, and each metric of a dataset is a reading of their sum, nps(sum(s)), so that every
-- filter and every grouping of a chart is right. Superset looks for functions in the schema of a
-- dataset and nowhere else: so all of these are where the extension is. Needs cxm_live.

\set ON_ERROR_STOP on

BEGIN;
SET LOCAL timezone = 'UTC';
SELECT set_config('search_path', quote_ident(nspname), true) AS path
FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'cxm' \gset

-- How languages are called by those who speak them.
CREATE TABLE cx_language (language text PRIMARY KEY, label text NOT NULL);
INSERT INTO cx_language VALUES
	('en', 'English'), ('hi', 'हिन्दी'), ('ne', 'नेपाली'), ('mr', 'मराठी'), ('bn', 'বাংলা'), ('kn', 'ಕನ್ನಡ');

-- ---------------------------------------------------------------------------------------------
-- The voice of the customer: live rollups, one for each metric. Whoever moves to another segment
-- takes all answers along.

SELECT cxm_create_rollup('cx_' || name, format($$
	SELECT (asked_at AT TIME ZONE 'UTC')::date AS day, segments[1] AS segment, channel,
		label AS language, %s AS s
	FROM demo.response
	LEFT JOIN demo.customer USING (tenant, customer)
	LEFT JOIN cx_language AS named ON named.language = response.language
	WHERE metric = %L GROUP BY 1, 2, 3, 4$$, summary, metric)) AS stored
FROM (VALUES ('recommend', 'nps', 'nps_agg(answer)'),
			 ('satisfaction', 'csat', 'csat_agg(answer, ''1..5'')'),
			 ('effort', 'ces', 'ces_agg(answer, ''1..7'')')) AS metric (name, metric, summary);

CREATE VIEW cx_comment AS
SELECT (answered_at AT TIME ZONE 'UTC')::date AS day, segments[1] AS segment, channel,
	   label AS language, answer::integer AS answer, comment, response.response
FROM demo.response
LEFT JOIN demo.customer USING (tenant, customer)
LEFT JOIN cx_language AS named ON named.language = response.language
WHERE comment IS NOT NULL;

-- ---------------------------------------------------------------------------------------------
-- Service: a live rollup. What is not resolved is not decided.

SELECT cxm_create_rollup('cx_service', $$
	SELECT (opened_at AT TIME ZONE 'UTC')::date AS day, segments[1] AS segment, channel, team,
		ttr_agg(opened_at, resolved_at) AS resolution,
		share_agg(CASE WHEN resolved_at IS NOT NULL THEN
			business_time(calendar, tstzmultirange(tstzrange(opened_at, resolved_at))
				- coalesce(paused, '{}')) <= resolution_target END) AS in_time
	FROM demo.ticket LEFT JOIN demo.customer USING (tenant, customer) GROUP BY 1, 2, 3, 4$$) AS stored;

-- ---------------------------------------------------------------------------------------------
-- Revenue and churn, month by month. A customer's subscriptions have to be united first, which a
-- live rollup cannot: so these are stored, and REFRESH MATERIALIZED VIEW brings them up to date.
-- The channel is the one by which the customer came.

CREATE MATERIALIZED VIEW cx_month AS
WITH month AS (
	SELECT starts, starts + interval '1 month' AS ends
	FROM generate_series(timestamptz '2025-01-01Z', '2025-12-01Z', '1 month') AS starts
),
price AS (
	SELECT tenant, customer, started_at AS starts, coalesce(ended_at, 'infinity') AS ends, mrr
	FROM demo.subscription
	WHERE currency = 'INR'
),
account AS (
	SELECT tenant, customer, segments[1] AS segment, segments[3] AS channel,
		   range_agg(tstzrange(starts, ends)) AS active, min(starts) AS first
	FROM price LEFT JOIN demo.customer USING (tenant, customer)
	GROUP BY 1, 2, 3, 4
),
paid AS (
	SELECT tenant, customer, month.starts,
		   sum(mrr) FILTER (WHERE price.starts < month.starts AND price.ends >= month.starts) AS before,
		   sum(mrr) FILTER (WHERE price.starts < month.ends AND price.ends >= month.ends) AS after
	FROM month JOIN price ON price.starts < month.ends AND price.ends >= month.starts
	GROUP BY 1, 2, 3
)
SELECT starts::date AS month, segment, channel,
	   churn_agg(active, tstzrange(starts, ends)) AS churn,
	   revenue_agg(before, after, first < starts, 'INR', starts::date) AS revenue
FROM month CROSS JOIN account LEFT JOIN paid USING (tenant, customer, starts)
GROUP BY 1, 2, 3;

CREATE VIEW cx_movement AS
SELECT month, segment, channel, movement, amount, customers
FROM cx_month, movements(revenue);

-- How long customers stay: days from the first day to the first end.
CREATE MATERIALIZED VIEW cx_stay AS
SELECT plan, segment, channel,
	   survival_agg(joined, ended, date '2025-12-31') AS s
FROM (
	SELECT (array_agg(plan ORDER BY started_at))[1] AS plan, segments[1] AS segment,
		   segments[3] AS channel, min(started_at)::date AS joined,
		   (SELECT upper(stay)
			FROM unnest(range_agg(daterange(started_at::date, ended_at::date))) AS stay
			ORDER BY stay LIMIT 1) AS ended
	FROM demo.subscription
	LEFT JOIN demo.customer USING (tenant, customer)
	GROUP BY tenant, customer, segments
) AS customer
GROUP BY 1, 2, 3;

-- ---------------------------------------------------------------------------------------------
-- Journeys: summaries of those that began in a month, by the channel of their first event. Who had
-- no event for 240 days has left.

CREATE MATERIALIZED VIEW cx_journey AS
SELECT date_trunc('month', first_at(stages) AT TIME ZONE 'UTC')::date AS month,
	   coalesce(segments[1], 'No customer yet') AS segment, channel,
	   flow_agg(collapse(stages), '2026-01-01Z', '240 days') AS flow,
	   funnel_agg(stages, '{awareness,consideration,purchase,onboarding}', '90 days',
				  timestamptz '2026-01-01Z') AS funnel
FROM (
	SELECT tenant, customer, journey_agg(at, stage::journey_stage) AS stages,
		   (array_agg(channel ORDER BY at))[1] AS channel
	FROM demo.event
	WHERE stage IS NOT NULL
	GROUP BY 1, 2
) AS journey
LEFT JOIN demo.customer USING (tenant, customer)
GROUP BY 1, 2, 3;

-- A Sankey diagram allows no circles: what leads forward can be drawn, and the table has the rest.
CREATE VIEW cx_flow AS
SELECT month, segment, channel, from_stage, to_stage, transitions, journeys,
	   array_position(stages, from_stage) < array_position(stages, to_stage) AS forward
FROM cx_journey, flows(flow),
	 CAST('{(start),awareness,consideration,trial,purchase,onboarding,service,loyalty,advocacy,'
		  '(ongoing),(end)}' AS text[]) AS stages;

CREATE VIEW cx_funnel AS
SELECT month, segment, channel, step, stage, journeys
FROM cx_journey, funnel(funnel);

CREATE VIEW cx_stage AS
SELECT month, segment, channel, stage, journeys, visits, entries, exits, ongoing
FROM cx_journey, journey_map(flow);

ANALYZE cx_recommend_delta, cx_satisfaction_delta, cx_effort_delta,
	cx_service_delta, cx_month, cx_stay, cx_journey;

COMMIT;
