-- What customers say: NPS, CSAT and CES out of the tables customer and response.
--
--     psql -f report.sql               over what company.sql or load_csv.sql has loaded
--     psql -e -f report.sql            shows each query, too: copy it, leave out what only draws
--     psql -v zone=Asia/Kolkata ...    days and months begin at midnight there (else: UTC)
--
-- "Today" is the last day in the data. Over tables of your own: make two views, customer and
-- response, with the columns of schema.sql, somewhere on the search path.

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
SET TimeZone = :'zone';
SET DateStyle = 'ISO';
SELECT set_config('search_path', 'demo, ' || current_setting('search_path'), false) AS path \gset
\ir draw.sql

SELECT count(*) = 0 AS nothing_there FROM response \gset
\if :nothing_there
	\echo 'There are no surveys in the table response.'
	\quit
\endif

SELECT max(sent_at)::date AS today,
	   (max(sent_at)::date + 1 - interval '1 year')::date AS since,
	   date_trunc('month', max(sent_at))::date AS this_month,
	   (date_trunc('month', max(sent_at)) - interval '1 month')::date AS last_month,
	   to_char(max(sent_at), 'FMMonth YYYY') AS this_month_name,
	   to_char(date_trunc('month', max(sent_at)) - interval '1 month', 'FMMonth YYYY')
		   AS last_month_name,
	   to_char(count(*), 'FM999,999,999,999') AS sent,
	   to_char(count(score), 'FM999,999,999,999') AS answered,
	   to_char(count(DISTINCT customer_id), 'FM999,999,999,999') AS customers,
	   min(sent_at)::date AS first_day
FROM response \gset

\echo
\echo ' WHAT CUSTOMERS SAY'
\set period :first_day ' to ' :today
\echo ' ' :period '·' :customers 'customers ·' :sent 'surveys sent ·' :answered 'answered'

-- What has no answer in that year is left out.
SELECT count(score) FILTER (WHERE survey = 'nps') > 0 AS has_nps,
	   count(score) FILTER (WHERE survey = 'csat') > 0 AS has_csat,
	   count(score) FILTER (WHERE survey = 'ces') > 0 AS has_ces,
	   count(score) FILTER (WHERE sent_at >= :'last_month' AND sent_at < :'this_month') > 0
		   AS has_last_month
FROM response
WHERE sent_at >= :'since' \gset

-- The axis of every NPS chart starts at 0, or at -100 when something in them may lie below 0.
SELECT CASE WHEN min(lower) < 0 THEN -100 ELSE 0 END AS nps_from,
	   CASE WHEN min(lower) < 0 THEN '-100           0           100'
			ELSE '0              50          100' END AS nps_axis
FROM (
	SELECT nps_lower(nps_agg(score)) AS lower
	FROM response
	JOIN customer ON customer.id = customer_id
	WHERE survey = 'nps' AND sent_at >= :'since'
	GROUP BY GROUPING SETS ((segment), (date_trunc('month', sent_at)))
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
	SELECT segment, nps_agg(score) AS s
	FROM response
	JOIN customer ON customer.id = customer_id
	WHERE survey = 'nps' AND sent_at >= :'since'
	GROUP BY segment
) AS by_segment
ORDER BY nps(s) DESC NULLS LAST;

-- Which two segments lie furthest apart, and how far at least?
WITH by_segment AS (
	SELECT segment, at_least(nps_agg(score), 30) AS s
	FROM response
	JOIN customer ON customer.id = customer_id
	WHERE survey = 'nps' AND sent_at >= :'since'
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
\if :has_csat
\echo
\echo '━━━ CSAT by channel, since' :since
\echo

-- The months are summarised once; the year is rolled up from them, never averaged.
WITH monthly AS (
	SELECT channel, date_trunc('month', sent_at) AS month, csat_agg(score) AS s
	FROM response
	WHERE survey = 'csat' AND sent_at >= :'since'
	GROUP BY channel, month
),
yearly AS (
	SELECT channel, rollup(s) AS s, array_agg(csat(s) ORDER BY month) AS months
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
	SELECT channel, date_trunc('month', sent_at) AS month, csat_agg(score) AS s
	FROM response
	WHERE survey = 'csat' AND sent_at >= :'since'
	GROUP BY channel, month
)
SELECT coalesce((
	SELECT format('Furthest from the rest of its year: %s in %s, CSAT %s against %s.',
				  channel, to_char(month, 'FMMonth YYYY'),
				  round(csat(s)::numeric, 1), round(csat(others)::numeric, 1))
	FROM (
		SELECT channel, month, s, rollup(s) OVER (PARTITION BY channel) - s AS others
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
\echo '━━━ CES by journey stage, since' :since '(1 = hard, 7 = easy)'
\echo

SELECT stage,
	   responses(s),
	   round(ces(s)::numeric, 2) AS "CES",
	   round(ces_lower(s)::numeric, 2) AS lower,
	   round(ces_upper(s)::numeric, 2) AS upper,
	   round(100 * (1 - top_share(s, 4))::numeric, 1) AS "% 1-3",
	   pg_temp.bar(ces_lower(s), ces_upper(s), 1, 7) AS "1    2    3    4    5    6   7"
FROM (
	SELECT stage, ces_agg(score) AS s
	FROM response
	WHERE survey = 'ces' AND sent_at >= :'since'
	GROUP BY stage
) AS by_stage
ORDER BY array_position('{awareness,consideration,purchase,onboarding,service,loyalty,advocacy}',
						stage);

-- Where is it hardest?
SELECT stage AS hard_stage, channel AS hard_channel,
	   format('Hardest is %s by %s: CES %s, %s %% answered 1 to 3.', stage, channel,
			  round(ces(s)::numeric, 2), round(100 * (1 - top_share(s, 4))::numeric, 1)) AS reading
FROM (
	SELECT stage, channel, ces_agg(score) AS s
	FROM response
	WHERE survey = 'ces' AND sent_at >= :'since'
	GROUP BY stage, channel
) AS by_place
ORDER BY at_least(s, 30) IS NULL, ces(s)
LIMIT 1 \gset
\echo '   The answers on' :hard_stage 'by' :hard_channel
\echo

SELECT answer, responses, round(100 * share::numeric, 1) AS "%",
	   repeat('█', round(60 * share)::integer) AS share
FROM (
	SELECT ces_agg(score) AS s
	FROM response
	WHERE survey = 'ces' AND sent_at >= :'since'
	  AND stage = :'hard_stage' AND channel = :'hard_channel'
) AS hardest, distribution(s)
ORDER BY answer;
\echo ' ' :reading
\endif

-- ---------------------------------------------------------------------------------------------
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
	SELECT CASE grouping(channel) WHEN 0 THEN 'channel' ELSE 'region' END AS kind,
		   coalesce(channel, region) AS name,
		   nps_agg(score) FILTER (WHERE survey = 'nps') AS nps,
		   csat_agg(score) FILTER (WHERE survey = 'csat') AS csat,
		   ces_agg(score) FILTER (WHERE survey = 'ces') AS ces,
		   rating_agg(score IS NOT NULL) AS answered
	FROM response
	JOIN customer ON customer.id = customer_id
	WHERE sent_at >= :'since'
	GROUP BY GROUPING SETS ((channel), (region))
) AS groups
ORDER BY kind, csat(answered) DESC;

-- How far does the most silent region lag behind all the others together?
WITH by_region AS (
	SELECT region, rating_agg(score IS NOT NULL) AS answered
	FROM response
	JOIN customer ON customer.id = customer_id
	WHERE sent_at >= :'since'
	GROUP BY region
)
SELECT coalesce((
	SELECT format('%s answers %s of 100 surveys fewer than elsewhere (95 %% interval: %s to %s).',
				  region, round(-difference::numeric, 1),
				  round(-upper::numeric, 1), round(-lower::numeric, 1))
	FROM (
		SELECT region, answered, rollup(answered) OVER () - answered AS elsewhere
		FROM by_region
	) AS regions, csat_test(answered, elsewhere)
	WHERE difference < 0
	ORDER BY difference
	LIMIT 1), 'No region stays behind the others.') AS reading \gset
\echo ' ' :reading

-- ---------------------------------------------------------------------------------------------
\if :has_last_month
\echo
\echo '━━━ This month against last:' :this_month_name '(up to' :today') against' :last_month_name
\echo

WITH monthly AS (
	SELECT date_trunc('month', sent_at) AS month,
		   nps_agg(score) FILTER (WHERE survey = 'nps') AS nps,
		   csat_agg(score) FILTER (WHERE survey = 'csat') AS csat,
		   ces_agg(score) FILTER (WHERE survey = 'ces') AS ces
	FROM response
	WHERE sent_at >= :'last_month'
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
	SELECT sent_at::date AS day, nps_agg(score) AS s
	FROM response
	WHERE survey = 'nps'
	GROUP BY day
),
rolling AS (
	SELECT day, rollup(s) OVER (ORDER BY day RANGE '89 days' PRECEDING) AS s
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
	SELECT sent_at::date AS day, nps_agg(score) AS s
	FROM response
	WHERE survey = 'nps'
	GROUP BY day
),
rolling AS (
	SELECT day, rollup(s) OVER (ORDER BY day RANGE '89 days' PRECEDING) AS s
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
	SELECT language, segment,
		   nps_agg(score) FILTER (WHERE survey = 'nps' AND sent_at >= :'this_month') AS s
	FROM response
	JOIN customer ON customer.id = customer_id
	GROUP BY language, segment
) AS groups
ORDER BY language, segment
\crosstabview
\echo '  – stands for fewer than 10 answers, which could tell who gave them.'
\endif

\ir report_tickets.sql
\ir report_churn.sql
\ir report_journeys.sql
