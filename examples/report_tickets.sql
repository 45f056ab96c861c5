-- How long customers waited: the part of report.sql that is about tickets. It needs a table ticket
-- as company_tickets.sql has it, and is left out without one.

SELECT to_regclass('ticket') IS NOT NULL AS has_tickets \gset
\if :has_tickets

-- The hours of the service desk, and the moment that the figures are of.
\set hours 'Mon-Sat 08:00-20:00 in Asia/Kolkata except 2025-01-26, 2025-08-15, 2025-10-02'
\set target '8 hours'

CREATE TEMP VIEW ticket_summary AS
SELECT team, channel,
	   ttr_agg(opened_at, resolved_at, as_of) AS ttr,
	   duration_agg(first_reply_at - opened_at) AS first_reply,
	   business_ttr_agg(:'hours', opened_at, resolved_at, as_of) AS in_hours
FROM ticket,
	 (SELECT (:'today'::date + 1)::timestamp AT TIME ZONE :'zone' AS as_of) AS now
WHERE opened_at >= :'since'
GROUP BY team, channel;

CREATE FUNCTION pg_temp.hours(duration interval) RETURNS numeric
RETURN round(extract(epoch FROM duration) / 3600, 1);

\echo
\echo '━━━ Hours to resolution by team, since' :since
\echo

SELECT team,
	   resolved(s),
	   unresolved(s) AS open,
	   pg_temp.hours(median_duration(s)) AS p50,
	   pg_temp.hours(percentile(s, 0.9)) AS p90,
	   pg_temp.hours(median_duration(in_hours)) AS "p50 in hours of business",
	   round(100 * within(in_hours, :'target')::numeric, 1) AS "SLA %"
FROM (
	SELECT team, rollup(ttr) AS s, rollup(in_hours) AS in_hours
	FROM ticket_summary
	GROUP BY team
) AS by_team
ORDER BY team;
\echo '  p50: half of the tickets are resolved by then, counting the open ones with their age.'
\echo '  SLA: resolved within' :target 'of business, of those that were or are past it.'

\echo
\echo '━━━ Hours to first reply and to resolution by channel, since' :since
\echo

SELECT channel,
	   pg_temp.hours(median_duration(reply)) AS "reply, p50",
	   pg_temp.hours(percentile(reply, 0.9)) AS "reply, p90",
	   pg_temp.hours(median_duration(s)) AS "resolution, p50",
	   pg_temp.hours(percentile(s, 0.9)) AS "resolution, p90",
	   round(100 * within(in_hours, :'target')::numeric, 1) AS "SLA %"
FROM (
	SELECT channel, rollup(ttr) AS s, rollup(first_reply) AS reply, rollup(in_hours) AS in_hours
	FROM ticket_summary
	GROUP BY channel
) AS by_channel
ORDER BY channel;

\echo
\echo '━━━ Tickets whose resolution pushed CSAT down, per cent, since' :since
\echo

-- The answer after the ticket is worse than the one that the same customer gave before it.
SELECT coalesce(team, 'all') AS team,
	   coalesce(channel, 'all') AS channel,
	   round(100 * mean_answer(rating_agg(score < score_before))::numeric, 1)
FROM ticket
JOIN (
	SELECT id, score, lag(score) OVER earlier AS score_before, lag(answered_at) OVER earlier AS before
	FROM response
	WHERE survey = 'csat' AND score IS NOT NULL
	WINDOW earlier AS (PARTITION BY customer_id ORDER BY answered_at, id)
) AS answer USING (id)
WHERE opened_at >= :'since' AND before < opened_at
GROUP BY CUBE (team, channel)
ORDER BY grouping(team), team, grouping(channel), channel
\crosstabview
\echo '  Of the tickets with an answer before and after them.'
\endif
