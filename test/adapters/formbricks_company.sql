-- What of the demo company comes out of Formbricks' layout: surveys, without tickets, agents and
-- all channels but the app, and those who were asked.

SELECT pg_temp.same('customers',
	'SELECT customer, name, company, country, language, segments[1], created_at, deleted
	FROM demo.customer',
	'SELECT customer, name, company, country, language, segments[1], created_at, deleted
	FROM cx_formbricks.customer');
SELECT pg_temp.same('surveys',
	$$SELECT response || '/' || metric, survey, metric, scale, answer, state, asked_at, answered_at,
		customer, CASE channel WHEN 'app' THEN 'app' ELSE 'link' END,
		CASE WHEN answer IS NOT NULL THEN language END, comment
	FROM demo.response$$,
	'SELECT response, survey, metric, scale, answer, state, asked_at, answered_at, customer,
		channel, language, comment
	FROM cx_formbricks.response');
SELECT pg_temp.same('events',
	$$SELECT customer, at, stage
	FROM demo.response, LATERAL (VALUES (asked_at, 'survey shown'), (answered_at, 'survey started'),
		(answered_at, 'survey finished')) AS step (at, stage) WHERE at IS NOT NULL$$,
	'SELECT customer, at, stage FROM cx_formbricks.event');
SELECT pg_temp.equal('rows', 'nothing is left out', '0',
	(SELECT count(*)::text FROM cx_formbricks.skipped));
