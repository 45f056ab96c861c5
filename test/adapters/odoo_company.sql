-- What of the demo company comes out of Odoo's layout: customers, leads up to the purchase,
-- tickets and what was said of them, and contracts.

SELECT pg_temp.same('customers',
	'SELECT customer, name, company, country, language, segments, created_at, deleted
	FROM demo.customer',
	'SELECT customer, name, company, country, language, segments, created_at, deleted
	FROM cx_odoo.customer');
SELECT pg_temp.same('surveys about tickets',
	$$SELECT response, metric, scale, answer, state, asked_at, answered_at, customer, agent,
		ticket, comment
	FROM demo.response WHERE metric = 'csat' AND ticket IS NOT NULL$$,
	'SELECT response, metric, scale, answer, state, asked_at, answered_at, customer, agent, ticket,
		comment
	FROM cx_odoo.response');
SELECT pg_temp.same('tickets',
	'SELECT ticket, number, customer, agent, team, channel, priority, opened_at, first_reply_at,
		first_resolved_at, resolved_at, reopened, status
	FROM demo.ticket',
	'SELECT ticket, number, customer, agent, team, channel, priority, opened_at, first_reply_at,
		first_resolved_at, resolved_at, reopened, status
	FROM cx_odoo.ticket');
SELECT pg_temp.same('changes of status',
	'SELECT ticket, at, stage, previous FROM demo.ticket_status',
	'SELECT ticket, at, stage, previous FROM cx_odoo.ticket_status');
SELECT pg_temp.same('leads',
	$$SELECT customer, at, stage
	FROM (SELECT *, lag(stage) OVER (PARTITION BY customer ORDER BY at) AS previous FROM demo.event
		WHERE stage IN ('awareness', 'consideration', '250:trial', 'purchase')) AS e
	WHERE previous IS DISTINCT FROM stage$$,
	'SELECT customer, at, stage FROM cx_odoo.event');
SELECT pg_temp.same('subscriptions',
	'SELECT subscription, customer, plan, started_at, ended_at, amount, currency, period, mrr
	FROM demo.subscription',
	'SELECT subscription, customer, plan, started_at, ended_at, amount, currency, period, mrr
	FROM cx_odoo.subscription');
SELECT pg_temp.same('chains',
	'SELECT customer, array_agg(subscription::integer ORDER BY started_at) FROM demo.subscription
	GROUP BY customer, chain',
	'SELECT customer, array_agg(subscription::integer ORDER BY started_at) FROM cx_odoo.subscription
	GROUP BY customer, chain');
SELECT pg_temp.same('hours of each day of two years',
	$$SELECT day, business_time(calendar, day, day + interval '1 day')
	FROM (SELECT DISTINCT calendar::text::business_calendar AS calendar FROM demo.calendar) AS c,
		generate_series(timestamptz '2024-01-01Z', '2025-12-31Z', '1 day') AS day$$,
	$$SELECT day, business_time(calendar, day, day + interval '1 day')
	FROM cx_odoo.calendar,
		generate_series(timestamptz '2024-01-01Z', '2025-12-31Z', '1 day') AS day$$);
SELECT pg_temp.equal('rows', 'what is left out', 'customer a user of Odoo 18',
	string_agg(concat_ws(' ', relation, reason, rows), ', ')) FROM cx_odoo.skipped;
