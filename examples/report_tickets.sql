-- How long customers waited: the part of report.sql that is about tickets. Left out without any.

SELECT count(*) > 0 AS has_tickets FROM ticket WHERE opened_at >= :'since' \gset
\if :has_tickets

-- A ticket without a calendar is worked on at all hours. Met is whether it was resolved in the
-- business time agreed upon, pauses taken out; not known of an open one until it is past it.
CREATE TEMP TABLE ticket_summary AS
SELECT coalesce(team, 'none') AS team, coalesce(channel, 'unknown') AS channel,
	   ttr_agg(opened_at, resolved_at, as_of) AS ttr,
	   ttr_agg(opened_at, first_reply_at, as_of) AS first_reply,
	   business_ttr_agg(hours, opened_at, resolved_at, as_of) AS in_hours,
	   rating_agg(CASE WHEN worked > resolution_target THEN false
					   WHEN resolved_at < as_of THEN worked <= resolution_target END) AS met
FROM ticket
CROSS JOIN (SELECT (:'today'::date + 1)::timestamp AT TIME ZONE :'zone' AS as_of) AS now
CROSS JOIN LATERAL (
	SELECT coalesce(calendar, 'Mon-Sun 00:00-24:00 in UTC') AS hours
) AS open
CROSS JOIN LATERAL (
	SELECT business_time(hours, tstzmultirange(tstzrange(opened_at, least(resolved_at, as_of)))
								- coalesce(paused, '{}')) AS worked
) AS work
WHERE opened_at >= :'since' AND opened_at <= as_of AND status IS DISTINCT FROM 'merged'
GROUP BY 1, 2;

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
	   round(csat(met)::numeric, 1) AS "SLA %",
	   round(csat_lower(met)::numeric, 1) AS lower,
	   round(csat_upper(met)::numeric, 1) AS upper
FROM (
	SELECT team, sum(ttr) AS s, sum(in_hours) AS in_hours, sum(met) AS met
	FROM ticket_summary
	GROUP BY team
) AS by_team
ORDER BY team;
\echo '  p50: half of the tickets are resolved by then, counting the open ones with their age.'
\echo '  SLA: resolved within the target of business time, without pauses, of those that were or are past it.'
\echo '  A ticket without a calendar is taken to be worked on at all hours.'

\echo
\echo '━━━ Hours to first reply and to resolution by channel, since' :since
\echo

SELECT channel,
	   pg_temp.hours(median_duration(reply)) AS "reply, p50",
	   pg_temp.hours(percentile(reply, 0.9)) AS "reply, p90",
	   pg_temp.hours(median_duration(s)) AS "resolution, p50",
	   pg_temp.hours(percentile(s, 0.9)) AS "resolution, p90",
	   round(csat(met)::numeric, 1) AS "SLA %"
FROM (
	SELECT channel, sum(ttr) AS s, sum(first_reply) AS reply, sum(met) AS met
	FROM ticket_summary
	GROUP BY channel
) AS by_channel
ORDER BY channel;

\echo
\echo '━━━ Tickets whose resolution pushed CSAT down, per cent, since' :since
\echo

-- The answer after the ticket is worse than the one that the same customer gave before it.
SELECT CASE grouping(ticket.team) WHEN 0 THEN ticket.team ELSE 'all' END AS team,
	   CASE grouping(ticket.channel) WHEN 0 THEN ticket.channel ELSE 'all' END AS channel,
	   round(100 * mean_answer(rating_agg(answer < answer_before))::numeric, 1)
FROM ticket
JOIN (
	SELECT tenant, ticket, answer, lag(answer) OVER earlier AS answer_before,
		   lag(answered_at) OVER earlier AS before
	FROM response
	WHERE metric = 'csat' AND answer IS NOT NULL
	WINDOW earlier AS (PARTITION BY tenant, customer ORDER BY answered_at, response)
) AS answer USING (tenant, ticket)
WHERE opened_at >= :'since' AND before < opened_at
GROUP BY CUBE (ticket.team, ticket.channel)
ORDER BY grouping(ticket.team), ticket.team, grouping(ticket.channel), ticket.channel
\crosstabview
\echo '  Of the tickets with an answer before and after them.'
\endif
