-- What of the demo company comes out of Chatwoot's layout: all but surveys that are not about a
-- ticket, pauses, what is closed, holidays, and the languages of customers. Its API channel is the
-- app.

SELECT pg_temp.same('customers',
	'SELECT customer, name, company, country, segments, created_at, deleted FROM demo.customer',
	'SELECT customer, name, company, country, segments, created_at, deleted
	FROM cx_chatwoot.customer');
SELECT pg_temp.same('surveys',
	$$SELECT response, metric, scale, answer, state, asked_at, answered_at, customer, agent, team,
		replace(channel, 'app', 'api'), ticket
	FROM demo.response WHERE metric = 'csat' AND ticket IS NOT NULL$$,
	'SELECT response, metric, scale, answer, state, asked_at, answered_at, customer, agent, team,
		channel, ticket FROM cx_chatwoot.response');
SELECT pg_temp.same('tickets',
	$$SELECT ticket, customer, agent, team, replace(channel, 'app', 'api'), priority, tags,
		language, opened_at, first_reply_at, first_resolved_at, resolved_at, reopened,
		waiting_since, status, sla, first_reply_target, resolution_target
	FROM demo.ticket$$,
	'SELECT ticket, customer, agent, team, channel, priority, tags, language, opened_at,
		first_reply_at, first_resolved_at, resolved_at, reopened, waiting_since, status, sla,
		first_reply_target, resolution_target
	FROM cx_chatwoot.ticket');
SELECT pg_temp.same('what the system says of a ticket is what we compute of it',
	'SELECT ticket, first_reply_at - opened_at, resolved_at - opened_at FROM demo.ticket
	WHERE resolved_at IS NOT NULL',
	'SELECT ticket, product_first_reply, product_resolution FROM cx_chatwoot.ticket
	WHERE resolved_at IS NOT NULL');
SELECT pg_temp.same('changes of status',
	$$SELECT ticket, at, stage FROM demo.ticket_status
	WHERE stage <> 'pending' AND coalesce(previous, '') <> 'pending'$$,
	'SELECT ticket, at, stage FROM cx_chatwoot.ticket_status');
SELECT pg_temp.same('waits',
	'SELECT ticket, waiting_from, replied_at, agent FROM demo.reply',
	'SELECT ticket, waiting_from, replied_at, agent FROM cx_chatwoot.reply');
SELECT pg_temp.same('calendars, without holidays',
	$$SELECT 'Mon-Sat 08:00-20:00 in Asia/Kolkata'::business_calendar::text
	FROM generate_series(1, 4)$$,
	'SELECT calendar::text FROM cx_chatwoot.calendar');
SELECT pg_temp.equal('rows', 'nothing is left out', '0',
	(SELECT count(*)::text FROM cx_chatwoot.skipped));
