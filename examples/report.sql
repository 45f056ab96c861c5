-- What customers say, how long they wait, who leaves, and which way they go: over the standard
-- relations (docs/relations.md), and nothing else.
--
--     psql -f report.sql               over what company.sql or load_csv.sql has loaded
--     psql -e -f report.sql            shows each query, too: copy it, leave out what only draws
--     psql -v zone=Asia/Kolkata ...    days and months begin at midnight there (else: UTC)
--     psql -v schema=NAME ...          over relations in another schema than demo
--     psql -v tenant=NAME ...          over the rows of one tenant
--
-- "Today" is the last day on which a survey was sent, or, without surveys, on which anything
-- happened. What there is no data for is left out.

\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
\pset border 1
\pset linestyle unicode
\pset footer off
\pset null –
\encoding UTF8
\if :{?zone}
\else
	\set zone UTC
\endif
\if :{?schema}
\else
	\set schema demo
\endif
SET TimeZone = :'zone';
SET DateStyle = 'ISO';
-- to compile what runs once takes longer than it saves
SET jit = off;
SELECT set_config('work_mem', '64MB', false) AS memory
WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB') \gset
SELECT set_config('search_path', format('%I, %s', :'schema', current_setting('search_path')), false)
	AS path \gset
\ir draw.sql

-- With a tenant, its rows alone. A relation may be a view that has to be worked out: what is read
-- more than once is kept in a temporary table, which goes before the relation of the same name.
\if :{?tenant}
	\set condition 'tenant = ' :'tenant'
\else
	\set condition true
\endif
SELECT format('DROP %s IF EXISTS pg_temp.%I CASCADE',
			  CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, relname)
FROM pg_class
WHERE relnamespace = pg_my_temp_schema()
  AND relname IN ('left_out', 'survey', 'response', 'customer', 'ticket', 'subscription', 'invoice',
				  'event') \gexec
SELECT format('CREATE TEMP TABLE %1$I AS SELECT * FROM %2$I.%1$I WHERE %3$s', relation, :'schema',
			  :'condition')
FROM unnest('{subscription,invoice,event}'::text[]) AS relation \gexec
CREATE TEMP TABLE customer AS
SELECT tenant, customer, country, language, segments FROM :"schema".customer WHERE :condition;
CREATE TEMP TABLE survey AS
SELECT tenant, response, survey, metric, scale, answer, asked_at, answered_at, customer, agent,
	   channel, ticket,
	   (metric, scale) IN (('nps', '0..10'), ('csat', '1..5'), ('ces', '1..7')) AS usual
FROM :"schema".response
WHERE :condition;
ANALYZE subscription, invoice, event, customer, survey;

-- Answers on different scales do not add up, so that the report has those on the usual scales.
CREATE TEMP VIEW response AS SELECT * FROM survey WHERE usual;
SELECT count(*) AS others, count(*) > 0 AS has_others FROM survey WHERE NOT usual \gset

-- Where there are no surveys, today is the day of the last of what there is.
SELECT has_surveys, now, now IS NULL AS nothing_there
FROM (
	SELECT count(*) > 0 AS has_surveys, coalesce(max(asked_at), (
		SELECT max(at)
		FROM (
			SELECT opened_at FROM :"schema".ticket WHERE :condition
			UNION ALL SELECT at FROM event
			UNION ALL SELECT unnest(ARRAY[started_at, ended_at]) FROM subscription
			UNION ALL SELECT issued_on::timestamptz FROM invoice
		) AS whatever (at)
		WHERE at <= now())) AS now
	FROM response
) AS last \gset
\if :nothing_there
	\echo 'There is nothing in the relations.'
	\quit
\endif

SELECT now::date AS today,
	   (now::date + 1 - interval '1 year')::date AS since,
	   date_trunc('month', now)::date AS this_month,
	   (date_trunc('month', now) - interval '1 month')::date AS last_month,
	   date_trunc('quarter', now)::date AS this_quarter,
	   (date_trunc('quarter', now) - interval '3 months')::date AS last_quarter,
	   to_char(now, 'FMMonth YYYY') AS this_month_name,
	   to_char(date_trunc('month', now) - interval '1 month', 'FMMonth YYYY') AS last_month_name
FROM (SELECT :'now'::timestamptz) AS t (now) \gset
SELECT to_char(count(*), 'FM999,999,999,999') AS sent,
	   to_char(count(answer), 'FM999,999,999,999') AS answered,
	   to_char((SELECT count(*) FROM (SELECT DISTINCT tenant, customer FROM response
									  WHERE customer IS NOT NULL) AS asked),
			   'FM999,999,999,999') AS customers,
	   coalesce(min(asked_at)::date, :'since') AS first_day
FROM response \gset

CREATE TEMP TABLE ticket AS
SELECT tenant, ticket, customer, team, channel, opened_at, first_reply_at, resolved_at, reopened,
	   status, calendar, paused, sla, resolution_target
FROM :"schema".ticket
WHERE :condition AND opened_at >= :'since';
ANALYZE ticket;

\set period :first_day ' to ' :today
\echo
\if :has_surveys
	\echo ' WHAT CUSTOMERS SAY'
	\echo ' ' :period '·' :customers 'customers ·' :sent 'surveys sent ·' :answered 'answered'
\else
	\echo ' WHAT CUSTOMERS DO'
	\echo ' ' :period '· there are no surveys'
\endif

\if :has_others
	\echo '  Surveys left out, since they are not NPS 0..10, CSAT 1..5 or CES 1..7:' :others
\endif

CREATE TEMP TABLE left_out AS SELECT * FROM skipped;
SELECT count(*) > 0 AS has_skipped FROM left_out \gset
\if :has_skipped
	\echo
	SELECT relation, reason AS "left out, and why", rows FROM left_out ORDER BY relation, reason;
\endif

-- What has no answer in that year is left out.
SELECT count(answer) FILTER (WHERE metric = 'nps') > 0 AS has_nps,
	   count(answer) FILTER (WHERE metric = 'csat') > 0 AS has_csat,
	   count(answer) FILTER (WHERE metric = 'ces') > 0 AS has_ces,
	   count(answer) FILTER (WHERE asked_at >= :'last_month' AND asked_at < :'this_month') > 0
		   AS has_last_month,
	   count(answer) FILTER (WHERE metric = 'nps' AND asked_at >= :'last_quarter'
		   AND asked_at < :'this_quarter') > 0
	   AND count(answer) FILTER (WHERE metric = 'nps' AND asked_at >= :'this_quarter') > 0
		   AS has_last_quarter,
	   count(answer) FILTER (WHERE metric = 'csat' AND agent IS NOT NULL
		   AND asked_at >= :'this_quarter') > 0 AS has_agents
FROM response
WHERE asked_at >= :'since' \gset

-- The axis of every NPS chart starts at 0, or at -100 when something in them may lie below 0.
SELECT CASE WHEN min(lower) < 0 THEN -100 ELSE 0 END AS nps_from,
	   CASE WHEN min(lower) < 0 THEN '-100           0           100'
			ELSE '0              50          100' END AS nps_axis
FROM (
	SELECT nps_lower(nps_agg(answer)) AS lower
	FROM response
	LEFT JOIN customer USING (tenant, customer)
	WHERE metric = 'nps' AND asked_at >= :'since'
	GROUP BY GROUPING SETS ((segments[1]), (date_trunc('month', asked_at)))
) AS parts \gset

-- ---------------------------------------------------------------------------------------------
\if :has_nps
\echo
\echo '━━━ NPS by segment, since' :since
\echo

SELECT segment,
	   responses(s),
	   round(nps(s)::numeric, 1) AS "NPS",
	   round(nps_lower(s)::numeric, 1) AS lower,
	   round(nps_upper(s)::numeric, 1) AS upper,
	   pg_temp.bar(nps_lower(s), nps_upper(s), :nps_from, 100) AS :"nps_axis"
FROM (
	SELECT segments[1] AS segment, nps_agg(answer) AS s
	FROM response
	LEFT JOIN customer USING (tenant, customer)
	WHERE metric = 'nps' AND asked_at >= :'since'
	GROUP BY segment
) AS by_segment
ORDER BY nps(s) DESC NULLS LAST;

-- Which two segments lie furthest apart, and how far at least?
WITH by_segment AS (
	SELECT coalesce(segments[1], 'none') AS segment, at_least(nps_agg(answer), 30) AS s
	FROM response
	LEFT JOIN customer USING (tenant, customer)
	WHERE metric = 'nps' AND asked_at >= :'since'
	GROUP BY segment
)
SELECT coalesce((
	SELECT format('%s is %s points ahead of %s (95 %% interval: %s to %s).',
				  a.segment, round(difference::numeric, 1), b.segment,
				  round(lower::numeric, 1), round(upper::numeric, 1))
	FROM by_segment AS a, by_segment AS b, nps_test(a.s, b.s)
	WHERE nps(a.s) > nps(b.s)
	ORDER BY difference DESC
	LIMIT 1), 'There are no two segments to compare.') AS reading \gset
\echo ' ' :reading
\echo '  █ up to the lower end of the 95 % interval, ▒ from there to its upper end.'
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_last_quarter
\echo
\echo '━━━ Why NPS moved: the quarter from' :this_quarter 'on against the one before'
\echo

-- A score moves where segments answer otherwise, and where others answer.
SELECT shift_agg(segment, before, after) AS shift
FROM (
	SELECT segments[1] AS segment,
		   nps_agg(answer) FILTER (WHERE asked_at < :'this_quarter') AS before,
		   nps_agg(answer) FILTER (WHERE asked_at >= :'this_quarter') AS after
	FROM response
	LEFT JOIN customer USING (tenant, customer)
	WHERE metric = 'nps' AND asked_at >= :'last_quarter'
	GROUP BY segment
) AS by_segment \gset

SELECT segment,
	   round(100 * share_before::numeric, 1) AS "% before",
	   round(100 * share_after::numeric, 1) AS "% after",
	   round(score_before::numeric, 1) AS "NPS before",
	   round(score_after::numeric, 1) AS "NPS after",
	   round(mix_effect::numeric, 2) AS "by the mix",
	   round(rate_effect::numeric, 2) AS "by the score",
	   round(lower::numeric, 2) AS lower,
	   round(upper::numeric, 2) AS upper
FROM shifts(:'shift')
ORDER BY mix_effect + rate_effect DESC NULLS LAST, segment;

SELECT format('NPS went from %s to %s: %s points by the mix of segments, %s by their own scores.',
			  round(nps(shift_before(:'shift'))::numeric, 1),
			  round(nps(shift_after(:'shift'))::numeric, 1),
			  to_char(sum(mix_effect), 'FMSG990.0'), to_char(sum(rate_effect), 'FMSG990.0')) AS reading
FROM shifts(:'shift') \gset
\echo ' ' :reading
\endif

-- ---------------------------------------------------------------------------------------------
-- A row is a customer who has answered all three surveys in that year.
SELECT coalesce(driver_agg(nps, ARRAY[csat, ces, coalesce(tickets, 0), coalesce(reopened, 0)],
						   '{CSAT,CES,tickets,"tickets reopened"}'), '{}') AS driven
FROM (
	SELECT tenant, customer,
		   avg(answer) FILTER (WHERE metric = 'nps') AS nps,
		   avg(answer) FILTER (WHERE metric = 'csat') AS csat,
		   avg(answer) FILTER (WHERE metric = 'ces') AS ces
	FROM response
	WHERE asked_at >= :'since' AND customer IS NOT NULL
	GROUP BY tenant, customer
) AS answers
LEFT JOIN (
	SELECT tenant, customer, count(*) AS tickets, sum(least(reopened, 1)) AS reopened
	FROM ticket
	WHERE opened_at >= :'since'
	GROUP BY tenant, customer
) AS tickets USING (tenant, customer) \gset

SELECT complete_rows(:'driven') >= 40 AS has_drivers \gset
\if :has_drivers
\echo
\echo '━━━ What goes with NPS, since' :since
\echo

SELECT driver,
	   round(mean::numeric, 2) AS mean,
	   round(correlation::numeric, 2) AS correlation,
	   round(coefficient::numeric, 2) AS "answer by 1 more",
	   CASE WHEN p_value < 0.0001 THEN '< 0.0001'
			ELSE to_char(p_value, '0.9999') END AS "p-value",
	   round(100 * share::numeric, 1) AS "% of what is explained",
	   repeat('█', round(40 * share)::integer) AS share
FROM drivers(:'driven')
ORDER BY importance DESC NULLS LAST, driver;

SELECT format('Together they explain %s %% of how %s customers differ in their answers from 0 to 10.',
			  round(100 * r_squared(:'driven')::numeric),
			  to_char(complete_rows(:'driven'), 'FM999,999,999')) AS reading \gset
\echo ' ' :reading
\echo '  What goes together need not be a cause.'
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_agents
\echo
\echo '━━━ League table of agents by CSAT, since' :this_quarter
\echo

-- By the lower end, which two lucky answers do not lift; the guess draws few answers to the mean.
WITH by_agent AS (
	SELECT agent, csat_agg(answer) AS s
	FROM response
	WHERE metric = 'csat' AND agent IS NOT NULL AND asked_at >= :'this_quarter'
	GROUP BY agent
)
SELECT rank() OVER (ORDER BY csat_lower(s) DESC NULLS LAST) AS place,
	   agent,
	   responses(s),
	   round(csat(s)::numeric, 1) AS "CSAT",
	   round(csat_lower(s)::numeric, 1) AS lower,
	   round(csat_upper(s)::numeric, 1) AS upper,
	   round(100 * shrunken_share(satisfied(s), share_prior(satisfied(s)) OVER ())::numeric, 1)
		   AS "best guess",
	   pg_temp.bar(csat_lower(s), csat_upper(s), 0, 100) AS "0              50          100"
FROM by_agent
ORDER BY place, agent
LIMIT 20;
\echo '  In the order of the lower ends of the intervals, so that a place is earned by answers.'
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_csat
\echo
\echo '━━━ CSAT by channel, since' :since
\echo

-- The months are summarised once; the year is rolled up from them, never averaged.
WITH monthly AS (
	SELECT channel, date_trunc('month', asked_at) AS month, csat_agg(answer) AS s
	FROM response
	WHERE metric = 'csat' AND asked_at >= :'since'
	GROUP BY channel, month
),
yearly AS (
	SELECT channel, sum(s) AS s, array_agg(csat(s) ORDER BY month) AS months
	FROM monthly
	GROUP BY channel
)
SELECT channel,
	   responses(s),
	   round(csat(s)::numeric, 1) AS "CSAT",
	   round(csat_lower(s)::numeric, 1) AS lower,
	   round(csat_upper(s)::numeric, 1) AS upper,
	   pg_temp.bar(csat_lower(s), csat_upper(s), 0, 100) AS "0              50          100",
	   pg_temp.sparkline(months, 0, 100) AS "by month"
FROM yearly
ORDER BY csat(s) DESC NULLS LAST;

-- Which month stands out most against the channel's other months?
WITH monthly AS (
	SELECT channel, date_trunc('month', asked_at) AS month, csat_agg(answer) AS s
	FROM response
	WHERE metric = 'csat' AND asked_at >= :'since'
	GROUP BY channel, month
)
SELECT coalesce((
	SELECT format('Furthest from the rest of its year: %s in %s, CSAT %s against %s.',
				  channel, to_char(month, 'FMMonth YYYY'),
				  round(csat(s)::numeric, 1), round(csat(others)::numeric, 1))
	FROM (
		SELECT channel, month, s, sum(s) OVER (PARTITION BY channel) - s AS others
		FROM monthly
	) AS months, csat_test(s, others)
	WHERE statistic IS NOT NULL
	ORDER BY abs(statistic) DESC
	LIMIT 1), 'There are no two months to compare.') AS reading \gset
\echo ' ' :reading
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_ces
\echo
\echo '━━━ CES by survey, since' :since '(1 = hard, 7 = easy)'
\echo

SELECT survey,
	   responses(s),
	   round(ces(s)::numeric, 2) AS "CES",
	   round(ces_lower(s)::numeric, 2) AS lower,
	   round(ces_upper(s)::numeric, 2) AS upper,
	   round(100 * (1 - top_share(s, 4))::numeric, 1) AS "% 1-3",
	   pg_temp.bar(ces_lower(s), ces_upper(s), 1, 7) AS "1    2    3    4    5    6   7"
FROM (
	SELECT survey, ces_agg(answer) AS s
	FROM response
	WHERE metric = 'ces' AND asked_at >= :'since'
	GROUP BY survey
) AS by_survey
ORDER BY ces(s) DESC NULLS LAST, survey;

-- Where is it hardest?
SELECT survey AS hard_survey, channel AS hard_channel,
	   format('Hardest is %s by %s: CES %s, %s %% answered 1 to 3.', survey, channel,
			  round(ces(s)::numeric, 2), round(100 * (1 - top_share(s, 4))::numeric, 1)) AS reading
FROM (
	SELECT coalesce(survey, 'unknown') AS survey, coalesce(channel, 'unknown') AS channel,
		   ces_agg(answer) AS s
	FROM response
	WHERE metric = 'ces' AND asked_at >= :'since'
	GROUP BY 1, 2
) AS by_place
ORDER BY at_least(s, 30) IS NULL, ces(s)
LIMIT 1 \gset
\echo '   The answers on' :hard_survey 'by' :hard_channel
\echo

SELECT answer, responses, round(100 * share::numeric, 1) AS "%",
	   repeat('█', round(60 * share)::integer) AS share
FROM (
	SELECT ces_agg(answer) AS s
	FROM response
	WHERE metric = 'ces' AND asked_at >= :'since'
	  AND coalesce(survey, 'unknown') = :'hard_survey'
	  AND coalesce(channel, 'unknown') = :'hard_channel'
) AS hardest, distribution(s)
ORDER BY answer;
\echo ' ' :reading
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_surveys
\echo
\echo '━━━ Response rates, since' :since '(of 100 surveys sent, answered)'
\echo

-- Answered or not is a yes/no rating itself, whatever scale the survey has.
SELECT kind AS per,
	   name,
	   responses(answered) AS sent,
	   round(100 * response_rate(nps)::numeric, 1) AS "NPS",
	   round(100 * response_rate(csat)::numeric, 1) AS "CSAT",
	   round(100 * response_rate(ces)::numeric, 1) AS "CES",
	   round(csat(answered)::numeric, 1) AS "all",
	   pg_temp.bar(csat_lower(answered), csat_upper(answered), 0, 100)
		   AS "0              50          100"
FROM (
	SELECT CASE grouping(channel) WHEN 0 THEN 'channel' ELSE 'country' END AS kind,
		   CASE grouping(channel) WHEN 0 THEN channel ELSE country END AS name,
		   nps_agg(answer) FILTER (WHERE metric = 'nps') AS nps,
		   csat_agg(answer) FILTER (WHERE metric = 'csat') AS csat,
		   ces_agg(answer) FILTER (WHERE metric = 'ces') AS ces,
		   rating_agg(answer IS NOT NULL) AS answered
	FROM response
	LEFT JOIN customer USING (tenant, customer)
	WHERE asked_at >= :'since'
	GROUP BY GROUPING SETS ((channel), (country))
) AS groups
ORDER BY kind, csat(answered) DESC;

-- How far does the most silent country lag behind all the others together?
WITH by_country AS (
	SELECT coalesce(country, 'unknown') AS country, rating_agg(answer IS NOT NULL) AS answered
	FROM response
	LEFT JOIN customer USING (tenant, customer)
	WHERE asked_at >= :'since'
	GROUP BY country
)
SELECT coalesce((
	SELECT format('%s answers %s of 100 surveys fewer than elsewhere (95 %% interval: %s to %s).',
				  country, round(-difference::numeric, 1),
				  round(-upper::numeric, 1), round(-lower::numeric, 1))
	FROM (
		SELECT country, answered, sum(answered) OVER () - answered AS elsewhere
		FROM by_country
	) AS countries, csat_test(answered, elsewhere)
	WHERE difference < 0
	ORDER BY difference
	LIMIT 1), 'No country stays behind the others.') AS reading \gset
\echo ' ' :reading
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_last_month
\echo
\echo '━━━ This month against last:' :this_month_name '(up to' :today') against' :last_month_name
\echo

WITH monthly AS (
	SELECT date_trunc('month', asked_at) AS month,
		   nps_agg(answer) FILTER (WHERE metric = 'nps') AS nps,
		   csat_agg(answer) FILTER (WHERE metric = 'csat') AS csat,
		   ces_agg(answer) FILTER (WHERE metric = 'ces') AS ces
	FROM response
	WHERE asked_at >= :'last_month'
	GROUP BY month
)
SELECT metric,
	   round(last::numeric, 2) AS :"last_month_name",
	   round(this::numeric, 2) AS :"this_month_name",
	   round(difference::numeric, 2) AS difference,
	   round(lower::numeric, 2) AS lower,
	   round(upper::numeric, 2) AS upper,
	   CASE WHEN p_value < 0.0001 THEN '< 0.0001'
			ELSE to_char(p_value, '0.9999') END AS "p-value",
	   CASE WHEN p_value >= 0.05 THEN 'could be chance'
			WHEN difference > 0 THEN 'better'
			WHEN difference < 0 THEN 'worse' END AS verdict
FROM monthly AS a
JOIN monthly AS b ON a.month = :'this_month' AND b.month = :'last_month'
CROSS JOIN LATERAL (
	SELECT 'NPS', nps(b.nps), nps(a.nps), (nps_test(a.nps, b.nps)).*
	UNION ALL
	SELECT 'CSAT', csat(b.csat), csat(a.csat), (csat_test(a.csat, b.csat)).*
	UNION ALL
	SELECT 'CES', ces(b.ces), ces(a.ces), (ces_test(a.ces, b.ces)).*
) AS tests (metric, last, this, difference, lower, upper, statistic, p_value);
\echo '  The p-value says how often chance alone makes a difference at least as large.'
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_nps
\echo
\echo '━━━ NPS over the 90 days up to the day shown'
\echo

-- Each day is counted once; the window adds the day that enters and takes out the one that leaves.
WITH daily AS (
	SELECT asked_at::date AS day, nps_agg(answer) AS s
	FROM response
	WHERE metric = 'nps'
	GROUP BY day
),
rolling AS (
	SELECT day, sum(s) OVER (ORDER BY day RANGE '89 days' PRECEDING) AS s
	FROM daily
)
SELECT DISTINCT ON (date_trunc('month', day))
	   day,
	   responses(s),
	   round(nps(s)::numeric, 1) AS "NPS",
	   round(nps_lower(s)::numeric, 1) AS lower,
	   round(nps_upper(s)::numeric, 1) AS upper,
	   pg_temp.bar(nps_lower(s), nps_upper(s), :nps_from, 100) AS :"nps_axis"
FROM rolling
WHERE day >= :'since'
ORDER BY date_trunc('month', day), day DESC;

WITH daily AS (
	SELECT asked_at::date AS day, nps_agg(answer) AS s
	FROM response
	WHERE metric = 'nps'
	GROUP BY day
),
rolling AS (
	SELECT day, sum(s) OVER (ORDER BY day RANGE '89 days' PRECEDING) AS s
	FROM daily
)
SELECT format('Lowest on %s at %s, highest on %s at %s.',
			  (array_agg(day ORDER BY nps(s)))[1], round(min(nps(s))::numeric, 1),
			  (array_agg(day ORDER BY nps(s) DESC NULLS LAST))[1], round(max(nps(s))::numeric, 1))
	   AS reading
FROM rolling
WHERE day >= :'since' \gset
\echo ' ' :reading
\endif

-- ---------------------------------------------------------------------------------------------
-- A group of fewer than 10 has no NPS here, and looks like one without an answer.
\if :has_nps
\echo
\echo '━━━ NPS by language and segment in' :this_month_name
\echo

SELECT language, segment, round(nps(at_least(s, 10))::numeric, 1)
FROM (
	SELECT customer.language, segments[1] AS segment,
		   nps_agg(answer) FILTER (WHERE metric = 'nps' AND asked_at >= :'this_month') AS s
	FROM response
	LEFT JOIN customer USING (tenant, customer)
	GROUP BY customer.language, segment
) AS groups
ORDER BY language, segment
\crosstabview
\echo '  – stands for fewer than 10 answers, which could tell who gave them.'
\endif

\ir report_tickets.sql
\ir report_churn.sql
\ir report_shop.sql
\ir report_journeys.sql
