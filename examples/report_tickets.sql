-- How long customers waited: the part of report.sql that is about tickets. Left out without any.

SELECT count(*) > 0 AS has_tickets FROM ticket WHERE opened_at >= :'since' \gset
\if :has_tickets

-- A ticket without a calendar is worked on at all hours. Worked is the business time since the
-- opening, pauses taken out. What is resolved, and nobody knows when, took no time that is known.
CREATE TEMP TABLE ticket_worked AS
SELECT coalesce(team, 'none') AS team, coalesce(channel, 'unknown') AS channel,
	   coalesce(sla, 'none') AS sla, opened_at, first_reply_at, resolved_at, as_of, hours, worked,
	   coalesce(resolved_at <= as_of, false) AS solved, resolution_target
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
  AND (resolved_at IS NOT NULL OR status IS DISTINCT FROM 'resolved');

-- Met is whether it was resolved in time, whatever its own target is; not known of an open one
-- until it is past it.
CREATE TEMP TABLE ticket_summary AS
SELECT team, channel,
	   ttr_agg(opened_at, resolved_at, as_of) AS ttr,
	   ttr_agg(opened_at, first_reply_at, as_of) AS first_reply,
	   business_ttr_agg(hours, opened_at, resolved_at, as_of) AS in_hours,
	   share_agg(CASE WHEN solved OR worked > resolution_target
					  THEN worked <= resolution_target END) AS met
FROM ticket_worked
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
	   pg_temp.hours(median_duration(in_hours)) AS "p50 in hours of business"
FROM (
	SELECT team, sum(ttr) AS s, sum(in_hours) AS in_hours
	FROM ticket_summary
	GROUP BY team
) AS by_team
ORDER BY team;
\echo '  p50: half of the tickets are resolved by then, counting the open ones with their age.'
\echo '  A ticket without a calendar is taken to be worked on at all hours.'
SELECT count(*) AS undated, count(*) > 0 AS has_undated
FROM ticket
WHERE opened_at >= :'since' AND status = 'resolved' AND resolved_at IS NULL \gset
\if :has_undated
	\echo '  Left out, since they are resolved and nobody knows when:' :undated
\endif

\echo
\echo '━━━ Resolved within the target of the SLA by team, since' :since
\echo

-- The target is named to the aggregate, which counts what took exactly so long or less.
SELECT team,
	   sla AS policy,
	   pg_temp.hours(resolution_target) AS target,
	   resolved(s),
	   unresolved(s) AS open,
	   unresolved(s, resolution_target) AS "open and late",
	   round(100 * within(s, resolution_target)::numeric, 1) AS "SLA %",
	   round(100 * within_lower(s, resolution_target)::numeric, 1) AS lower,
	   round(100 * within_upper(s, resolution_target)::numeric, 1) AS upper,
	   pg_temp.hours(median_age(s)) AS "age, p50"
FROM (
	SELECT team, sla, resolution_target, duration_agg(worked, solved, resolution_target) AS s
	FROM ticket_worked
	WHERE resolution_target IS NOT NULL
	GROUP BY 1, 2, 3
) AS by_target
ORDER BY team, sla, resolution_target;
\echo '  In hours of business, without pauses. SLA: of the resolved ones and those that are open and late. Age: of the open ones.'

\echo
\echo '━━━ Hours to first reply and to resolution by channel, since' :since
\echo

SELECT channel,
	   pg_temp.hours(median_duration(reply)) AS "reply, p50",
	   pg_temp.hours(percentile(reply, 0.9)) AS "reply, p90",
	   pg_temp.hours(median_duration(s)) AS "resolution, p50",
	   pg_temp.hours(percentile(s, 0.9)) AS "resolution, p90",
	   round(100 * share(met)::numeric, 1) AS "SLA %"
FROM (
	SELECT channel, sum(ttr) AS s, sum(first_reply) AS reply, sum(met) AS met
	FROM ticket_summary
	GROUP BY channel
) AS by_channel
ORDER BY channel;

\if :has_csat
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
\endif
