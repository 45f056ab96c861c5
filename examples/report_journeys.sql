-- The way that customers go: the part of report.sql that is about journeys. They are
-- of the events that have a stage. Left out without any.

SELECT count(stage) > 0 AS has_events FROM event \gset
\if :has_events

-- Who has had no event for this long has left. The company is in touch twice a year.
\set idle '240 days'
\set window '90 days'
\set steps '{awareness,consideration,purchase,onboarding}'

SELECT (:'today'::date + 1)::timestamp AT TIME ZONE :'zone' AS as_of \gset

-- A stage of one's own may be written with its rank: 250:trial.
CREATE FUNCTION pg_temp.ranked(stage text) RETURNS journey_stage
RETURN (CASE WHEN stage ~ '^\d{1,9}:.' OR stage IN ('awareness', 'consideration', 'purchase',
	'onboarding', 'service', 'loyalty', 'advocacy') THEN stage ELSE '0:' || stage END)::journey_stage;

-- One journey of stages for each, and one of channels.
CREATE TEMP TABLE journey AS
SELECT tenant, customer, journey_agg(at, pg_temp.ranked(stage)) AS stages,
	   journey_agg(at, channel) AS channels
FROM event
WHERE stage IS NOT NULL
GROUP BY tenant, customer;

CREATE TEMP TABLE flow AS
SELECT flow_agg(stages, :'as_of', :'idle') AS s FROM journey;

CREATE FUNCTION pg_temp.days(duration interval) RETURNS numeric
RETURN round(extract(epoch FROM duration) / 86400, 1);

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ The journey map, up to' :today
\echo

SELECT stage,
	   journeys,
	   visits,
	   entries,
	   exits,
	   ongoing,
	   round(100 * drop_off::numeric, 1) AS "drop-off %",
	   pg_temp.days(median_time) AS "to next",
	   repeat('█', round(20 * drop_off)::integer) AS "drop-off"
FROM flow, journey_map(s);

SELECT coalesce((
	SELECT format('Most are lost after %s: %s of %s journeys, %s %% of those not ongoing.',
				  stage, exits, journeys, round(100 * drop_off::numeric, 1))
	FROM flow, journey_map(s)
	WHERE exits > 0
	ORDER BY exits DESC, stage
	LIMIT 1), 'No journey has ended yet.') AS reading \gset
\echo ' ' :reading
\echo '  To next: median days to the next event.'
\echo '  Ongoing: with an event in the last' :idle '· drop-off: exits of all the others.'

-- ---------------------------------------------------------------------------------------------
SELECT count(*) > 0 AS has_funnel FROM event WHERE stage = 'awareness' \gset
\if :has_funnel
\echo
\echo '━━━ From awareness to onboarding within' :window
\echo

CREATE TEMP TABLE purchase_funnel AS
SELECT funnel_agg(stages, :'steps', :'window', timestamptz :'as_of') AS s FROM journey;

SELECT stage,
	   journeys,
	   in_progress AS "in progress",
	   round(100 * from_first::numeric, 1) AS "% of first",
	   round(100 * (1 - from_previous)::numeric, 1) AS "drop-off %",
	   pg_temp.days(median_time) AS "median days",
	   repeat('█', round(16 * from_first)::integer) AS "of the first"
FROM purchase_funnel, funnel(s)
ORDER BY step;

SELECT coalesce((
	SELECT format('The narrowest step is %s: %s %% of those decided before it do not get there.',
				  stage, round(100 * (1 - from_previous)::numeric, 1))
	FROM purchase_funnel, funnel(s)
	WHERE from_previous < 1
	ORDER BY from_previous, step
	LIMIT 1), 'Nobody is lost on the way.') AS reading \gset
\echo ' ' :reading
\echo '  In progress: still within the window, neither lost nor won; no share counts them.'
\endif

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ The five commonest paths, a stage repeated at once counted once'
\echo

-- Of all, and of those who bought from the purchase on.
WITH path AS (
	SELECT 'all' AS "of", stage_path(collapse(stages)) AS path, stages AS j
	FROM journey
	UNION ALL
	SELECT 'buyers', stage_path(collapse(from_purchase)), from_purchase
	FROM journey, journey_slice(stages, entered(stages, 'purchase'), 'infinity') AS from_purchase
	WHERE from_purchase IS NOT NULL
),
counted AS (
	SELECT "of", path, count(*) AS journeys, sum(count(*)) OVER of_all AS together,
		   row_number() OVER (PARTITION BY "of" ORDER BY count(*) DESC, path COLLATE "C") AS nth,
		   median_duration(duration_agg(last_at(j) - first_at(j))) AS took
	FROM path
	GROUP BY "of", path
	WINDOW of_all AS (PARTITION BY "of")
)
SELECT "of", journeys, round(100 * journeys / together, 1) AS "%", pg_temp.days(took) AS days, path
FROM counted
WHERE nth <= 5
ORDER BY "of", nth;

SELECT format('%s different paths; the five commonest are those of %s %% of all.', count(*),
			  round(100 * sum(journeys) FILTER (WHERE nth <= 5) / sum(journeys), 1)) AS reading
FROM (
	SELECT count(*) AS journeys, row_number() OVER (ORDER BY count(*) DESC) AS nth
	FROM journey
	GROUP BY stage_path(collapse(stages))
) AS path \gset
\echo ' ' :reading

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ The flows, as a Sankey diagram takes them: the 20 largest'
\echo

-- Without the steps from a stage to itself; the link that a diagram draws is a row.
CREATE TEMP TABLE sankey AS
SELECT flow_agg(collapse(stages), :'as_of', :'idle') AS s FROM journey;

SELECT from_stage, to_stage, transitions, journeys, pg_temp.days(median_time) AS "median days",
	   repeat('█', round(25.0 * transitions / max(transitions) OVER ())::integer) AS flow
FROM sankey, flows(s)
ORDER BY transitions DESC, from_stage COLLATE "C", to_stage COLLATE "C"
LIMIT 20;

SELECT format('%s flows in all; %s journeys begin, %s end and %s are ongoing.', count(*),
			  sum(transitions) FILTER (WHERE from_stage = '(start)'),
			  coalesce(sum(transitions) FILTER (WHERE to_stage = '(end)'), 0),
			  coalesce(sum(transitions) FILTER (WHERE to_stage = '(ongoing)'), 0)) AS reading
FROM sankey, flows(s) \gset
\echo ' ' :reading

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ Where is the friction? The stages next to CES and NPS, since' :since
\echo

-- The CES of a stage is that of the survey with its name. An NPS answer belongs to the stage in
-- which the customer was just before being asked.
CREATE TEMP TABLE friction AS
WITH effort AS (
	SELECT survey AS stage, at_least(ces_agg(answer), 30) AS ces
	FROM response
	WHERE metric = 'ces' AND asked_at >= :'since'
	GROUP BY survey
),
recommending AS (
	SELECT current_stage(journey_slice(stages, '-infinity', asked_at)) AS stage,
		   nps_agg(answer) AS nps
	FROM response
	JOIN journey USING (tenant, customer)
	WHERE metric = 'nps' AND asked_at >= :'since'
	GROUP BY 1
)
SELECT map.*, ces, at_least(nps, 30) AS nps,
	   at_least(sum(nps) OVER () - nps, 30) AS nps_elsewhere
FROM flow, journey_map(s) WITH ORDINALITY AS map
LEFT JOIN effort USING (stage)
LEFT JOIN recommending USING (stage);

SELECT stage,
	   round(visits::numeric / journeys, 2) AS "visits each",
	   pg_temp.days(median_time) AS "days to next",
	   round(100 * drop_off::numeric, 1) AS "drop-off %",
	   round(ces(ces)::numeric, 2) AS "CES",
	   round(100 * (1 - top_share(ces, 4))::numeric, 1) AS "% 1-3",
	   round(nps(nps)::numeric, 1) AS "NPS",
	   round(nps_lower(nps)::numeric, 1) AS lower,
	   round(nps_upper(nps)::numeric, 1) AS upper
FROM friction
ORDER BY ordinality;

SELECT coalesce((
	SELECT format('Hardest is %s: CES %s', stage, round(ces(ces)::numeric, 2))
		   || coalesce(format('; after it NPS is %s points %s (95 %% interval: %s to %s).',
							  round(abs(difference)::numeric, 1),
							  CASE WHEN difference < 0 THEN 'lower' ELSE 'higher' END,
				    round((CASE WHEN difference < 0 THEN -upper ELSE lower END)::numeric, 1),
				    round((CASE WHEN difference < 0 THEN -lower ELSE upper END)::numeric, 1)),
					   '.')
	FROM friction
	LEFT JOIN LATERAL nps_test(nps, nps_elsewhere) ON nps IS NOT NULL AND nps_elsewhere IS NOT NULL
	WHERE ces(ces) IS NOT NULL
	ORDER BY ces(ces), ordinality
	LIMIT 1), 'No stage has enough answers to tell.') AS reading \gset
\echo ' ' :reading
\echo '  NPS by the stage before the question was asked; – stands for fewer than 30 answers.'

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ Channels switched on the way: from the left to the top, how often'
\echo

CREATE TEMP TABLE channel_flow AS
SELECT flow_agg(collapse(channels)) AS s FROM journey;

SELECT from_stage AS channel, to_stage, transitions,
	   dense_rank() OVER (ORDER BY to_stage COLLATE "C") AS place
FROM channel_flow, flows(s)
WHERE from_stage <> '(start)' AND to_stage <> '(end)'
ORDER BY from_stage COLLATE "C", to_stage COLLATE "C"
\crosstabview channel to_stage transitions place

SELECT coalesce((
	SELECT format('The quickest frequent switch: from %s to %s, %s times, after %s hours.',
				  from_stage, to_stage, transitions,
				  round(extract(epoch FROM median_time) / 3600, 1))
	FROM channel_flow, flows(s)
	WHERE from_stage <> '(start)' AND to_stage <> '(end)' AND transitions >= 100
	ORDER BY median_time, from_stage, to_stage
	LIMIT 1), 'No switch is made often.') AS reading \gset
\echo ' ' :reading
\echo

-- Switches within the service stage: contacts that one channel did not settle on the same day.
CREATE TEMP TABLE service_channel AS
WITH contact AS (
	SELECT channel,
		   lead(channel) OVER w <> channel
			   AND lead(at) OVER w <= at + interval '24 hours' AS switched
	FROM event
	WHERE stage = 'service'
	WINDOW w AS (PARTITION BY tenant, customer ORDER BY at, channel COLLATE "C")
)
SELECT channel, rating_agg(coalesce(switched, false)) AS switched
FROM contact
GROUP BY channel;

SELECT channel AS "service by",
	   responses(switched) AS contacts,
	   round(csat(switched)::numeric, 1) AS "% switched in a day",
	   round(csat_lower(switched)::numeric, 1) AS lower,
	   round(csat_upper(switched)::numeric, 1) AS upper,
	   pg_temp.bar(csat_lower(switched), csat_upper(switched), 0, 50, 20) AS "0        25       50"
FROM service_channel
ORDER BY csat(switched) DESC, channel;

SELECT coalesce((
	SELECT format('Of 100 who ask for service by %s, %s try another channel within a day.',
				  channel, round(csat(switched)::numeric, 1))
	FROM service_channel
	ORDER BY csat(switched) DESC, channel
	LIMIT 1), 'Nobody has asked for service.') AS reading \gset
\echo ' ' :reading
\endif
