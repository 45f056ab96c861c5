-- What of the demo company comes out of Libredesk's layout: all but surveys that are not about a
-- ticket, pauses, companies, languages and segments, and the second end of what was opened again.
-- The phone is mail, and the app a chat.

SELECT pg_temp.same('customers',
	'SELECT customer, name, country, created_at, deleted FROM demo.customer',
	'SELECT (customer::integer - 1000)::text, name, country, created_at, deleted
	FROM cx_libredesk.customer');
SELECT pg_temp.same('surveys',
	$$SELECT response, metric, scale, answer, state, asked_at, answered_at, customer, agent, team,
		replace(replace(channel, 'app', 'chat'), 'phone', 'email'), ticket
	FROM demo.response WHERE metric = 'csat' AND ticket IS NOT NULL$$,
	'SELECT response, metric, scale, answer, state, asked_at, answered_at,
		(customer::integer - 1000)::text, agent, team, channel, ticket
	FROM cx_libredesk.response');
SELECT pg_temp.same('tickets',
	$$SELECT ticket, number, customer, agent, team,
		replace(replace(channel, 'app', 'chat'), 'phone', 'email'), priority, tags, opened_at,
		first_reply_at, first_resolved_at,
		CASE WHEN reopened = 0 THEN resolved_at ELSE first_resolved_at END, closed_at,
		waiting_since, status, calendar, sla, first_reply_target, resolution_target,
		first_reply_due, resolution_due
	FROM demo.ticket$$,
	'SELECT ticket, number, (customer::integer - 1000)::text, agent, team, channel, priority, tags,
		opened_at, first_reply_at, first_resolved_at, resolved_at, closed_at, waiting_since, status,
		calendar, sla, first_reply_target, resolution_target, first_reply_due, resolution_due
	FROM cx_libredesk.ticket');
SELECT pg_temp.same('changes of status, until the first end',
	$$SELECT ticket, at, stage, previous FROM (
		SELECT ticket, at, stage, lag(stage) OVER (PARTITION BY ticket ORDER BY at) AS previous
		FROM demo.ticket_status JOIN demo.ticket USING (tenant, ticket)
		WHERE stage <> 'pending' AND coalesce(previous, '') <> 'pending'
			AND at <= coalesce(first_resolved_at, at)) s$$,
	'SELECT ticket, at, stage, previous FROM cx_libredesk.ticket_status');
SELECT pg_temp.same('waits',
	'SELECT ticket, waiting_from, replied_at, agent FROM demo.reply',
	'SELECT ticket, waiting_from, replied_at, agent FROM cx_libredesk.reply');
SELECT pg_temp.same('calendars, and the default one',
	'SELECT calendar FROM demo.calendar UNION ALL SELECT min(calendar::text)::business_calendar
	FROM demo.calendar', 'SELECT calendar FROM cx_libredesk.calendar');
SELECT pg_temp.equal('rows', 'nothing is left out', '0',
	(SELECT count(*)::text FROM cx_libredesk.skipped));
