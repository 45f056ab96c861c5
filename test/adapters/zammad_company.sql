-- What of the demo company comes out of Zammad's layout: all of the tickets but what is closed for
-- good and the highest priority. Its form on the web is the app.

SELECT pg_temp.same('customers',
	'SELECT DISTINCT c.customer, name, company, country, created_at, c.deleted
	FROM demo.customer AS c JOIN demo.ticket USING (tenant, customer)',
	'SELECT (customer::integer - 1000)::text, name, company, country, created_at, deleted
	FROM cx_zammad.customer');
SELECT pg_temp.same('tickets',
	$$SELECT ticket, number, customer, agent, team, replace(channel, 'app', 'web'),
		least(priority, 3), tags, language, opened_at, first_reply_at, first_resolved_at,
			resolved_at,
		reopened, status, calendar, sla, first_reply_target, resolution_target, first_reply_due,
		resolution_due
	FROM demo.ticket$$,
	'SELECT ticket, number, (customer::integer - 1000)::text, agent, team, channel, priority, tags,
		language, opened_at, first_reply_at, first_resolved_at, resolved_at, reopened, status,
		calendar, sla, first_reply_target, resolution_target, first_reply_due, resolution_due
	FROM cx_zammad.ticket');
-- A reopened ticket stood still while it was closed: the company's rows do not say so.
SELECT pg_temp.same('pauses', 'SELECT ticket, paused FROM demo.ticket WHERE reopened = 0',
	'SELECT ticket, paused FROM cx_zammad.ticket WHERE reopened = 0');
SELECT pg_temp.same('who still waits for the first reply',
	'SELECT ticket, waiting_since FROM demo.ticket WHERE first_reply_at IS NULL',
	'SELECT ticket, waiting_since FROM cx_zammad.ticket WHERE waiting_since IS NOT NULL');
SELECT pg_temp.same('changes of status',
	$$SELECT ticket, at, stage, previous, agent, pauses OR stage = 'resolved'
	FROM demo.ticket_status$$,
	'SELECT ticket, at, stage, previous, agent, pauses FROM cx_zammad.ticket_status');
SELECT pg_temp.same('waits',
	'SELECT ticket, waiting_from, replied_at, agent FROM demo.reply',
	'SELECT ticket, waiting_from, replied_at, agent FROM cx_zammad.reply');
SELECT pg_temp.same('what the system says is what we compute, in whole minutes',
	$$SELECT ticket, date_trunc('minute', business_time(calendar, opened_at, first_reply_at)),
		date_trunc('minute', business_time(calendar, tstzmultirange(
			tstzrange(opened_at, resolved_at)) - paused))
	FROM demo.ticket WHERE resolved_at IS NOT NULL AND reopened = 0$$,
	'SELECT ticket, product_first_reply, product_resolution FROM cx_zammad.ticket
	WHERE resolved_at IS NOT NULL AND reopened = 0');
SELECT pg_temp.same('calendars',
	'SELECT calendar FROM demo.calendar', 'SELECT calendar FROM cx_zammad.calendar');
SELECT pg_temp.equal('rows', 'nothing is left out', '0',
	(SELECT count(*)::text FROM cx_zammad.skipped));
