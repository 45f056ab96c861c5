-- The service desk of the demo company (examples/company.sql, in the schema demo) as Zammad would
-- hold it, in the tables of layout.sql. It has no surveys, and its customers no segments.

\set ON_ERROR_STOP on
\set QUIET on

BEGIN;

-- 1 is the system, agents come next, then customers with their numbers, 1000 added.
INSERT INTO users (id, firstname, lastname, created_at) VALUES (1, '-', '', '2020-01-01');
INSERT INTO users (id, firstname, created_at)
SELECT 1 + row_number() OVER (ORDER BY agent), agent, '2020-01-01'
FROM (SELECT DISTINCT agent FROM demo.reply WHERE agent IS NOT NULL) AS agents;
INSERT INTO organizations
SELECT row_number() OVER (ORDER BY company), company
FROM (SELECT DISTINCT company FROM demo.customer WHERE company IS NOT NULL) AS companies;
INSERT INTO users (id, organization_id, firstname, lastname, country, created_at)
SELECT 1000 + customer::integer, o.id, split_part(c.name, ' ', 1), split_part(c.name, ' ', 2),
	   country, created_at AT TIME ZONE 'UTC'
FROM demo.customer AS c
LEFT JOIN organizations AS o ON o.name = company;
INSERT INTO groups
SELECT row_number() OVER (ORDER BY scope), scope FROM demo.calendar;

INSERT INTO calendars (id, name, timezone, "default", business_hours, public_holidays)
SELECT 1, 'usual', 'Asia/Kolkata', true,
	   E'--- !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n' || (
		   SELECT string_agg(format(E'%s:\n  active: %s\n  timeframes:\n  - - ''08:00''\n'
									'    - ''20:00''\n', day,
									CASE day WHEN 'sun' THEN 'false' ELSE 'true' END), ''
										ORDER BY nth)
		   FROM unnest('{mon,tue,wed,thu,fri,sat,sun}'::text[]) WITH ORDINALITY AS d (day, nth)),
	   E'--- !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n' || (
		   SELECT string_agg(format(E'''%s'':\n  active: true\n  summary: a holiday\n', day), '')
		   FROM unnest('{2024-01-26,2024-08-15,2024-10-02,2025-01-26,2025-08-15,
						 2025-10-02}'::text[]) AS day);
INSERT INTO slas VALUES (1, 1, 'standard', 120, 480);

-- The clock stands still while a ticket is closed, before it is opened again.
CREATE TEMP TABLE closed AS
SELECT ticket, range_agg(tstzrange(at, until)) AS times
FROM (
	SELECT ticket, stage, at, lead(at) OVER (PARTITION BY ticket ORDER BY at) AS until
	FROM demo.ticket_status
) AS change
WHERE stage = 'resolved' AND until IS NOT NULL
GROUP BY ticket;

INSERT INTO tickets (id, group_id, priority_id, state_id, number, owner_id, customer_id,
	first_response_at, first_response_escalation_at, first_response_in_min,
	first_response_diff_in_min, close_at, close_escalation_at, close_in_min, close_diff_in_min,
	last_close_at, last_contact_agent_at, last_contact_customer_at, create_article_type_id,
	created_at)
SELECT ticket::integer, g.id, least(priority, 3), s.id, number, coalesce(u.id, 1),
	   1000 + customer::integer, first_reply_at AT TIME ZONE 'UTC',
	   first_reply_due AT TIME ZONE 'UTC', spent.reply, 120 - spent.reply,
	   first_resolved_at AT TIME ZONE 'UTC', resolution_due AT TIME ZONE 'UTC', spent.close,
	   480 - spent.close, resolved_at AT TIME ZONE 'UTC', first_reply_at AT TIME ZONE 'UTC',
	   opened_at AT TIME ZONE 'UTC', y.id, opened_at AT TIME ZONE 'UTC'
FROM demo.ticket
JOIN groups AS g ON g.name = team
JOIN ticket_states AS s ON s.name = CASE status WHEN 'resolved' THEN 'closed' ELSE status END
JOIN ticket_article_types AS y ON y.name = replace(channel, 'app', 'web')
LEFT JOIN users AS u ON u.firstname = agent AND u.id < 1000
LEFT JOIN closed USING (ticket)
CROSS JOIN LATERAL (
	SELECT floor(extract(epoch FROM business_time(calendar, opened_at, first_reply_at)) / 60),
		   CASE WHEN resolved_at IS NOT NULL THEN
				floor(extract(epoch FROM business_time(calendar, tstzmultirange(
					tstzrange(opened_at, resolved_at)) - paused - coalesce(times, '{}'))) / 60) END
) AS spent (reply, close);
INSERT INTO tag_items
SELECT row_number() OVER (ORDER BY tag), tag
FROM (SELECT DISTINCT tag FROM demo.ticket, unnest(tags) AS tag) AS names;
INSERT INTO tags (tag_item_id, tag_object_id, o_id)
SELECT i.id, 1, ticket::integer
FROM demo.ticket, unnest(tags) AS tag
JOIN tag_items AS i ON i.name = tag;

-- All changes but the first state.
INSERT INTO histories (history_type_id, history_object_id, history_attribute_id, o_id, id_from,
					   id_to, value_from, value_to, created_at, created_by_id)
SELECT 2, 1, 1, ticket::integer, before.id, after.id, before.name, after.name,
	   at AT TIME ZONE 'UTC', coalesce(u.id, 1)
FROM demo.ticket_status
JOIN ticket_states AS before ON before.name = CASE previous
	WHEN 'resolved' THEN 'closed' WHEN 'pending' THEN 'pending reminder' ELSE previous END
JOIN ticket_states AS after ON after.name = CASE stage
	WHEN 'resolved' THEN 'closed' WHEN 'pending' THEN 'pending reminder' ELSE stage END
LEFT JOIN users AS u ON u.firstname = agent AND u.id < 1000
ORDER BY at, ticket::integer;

INSERT INTO ticket_articles (ticket_id, type_id, sender_id, detected_language, created_by_id,
							 created_at)
SELECT a.ticket::integer, create_article_type_id, sender, language, author, at AT TIME ZONE 'UTC'
FROM (
	SELECT ticket, 2, 1, waiting_from FROM demo.reply
	UNION ALL
	SELECT ticket, 1, u.id, replied_at
	FROM demo.reply
	JOIN users AS u ON u.firstname = agent AND u.id < 1000
	WHERE replied_at IS NOT NULL
) AS a (ticket, sender, author, at)
JOIN tickets AS t ON t.id = a.ticket::integer
JOIN demo.ticket AS d ON d.ticket = a.ticket
ORDER BY at, a.ticket::integer;

ANALYZE;

COMMIT;
