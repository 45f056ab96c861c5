-- The service desk of the demo company (examples/company.sql, in the schema demo) as Libredesk
-- would hold it, in the tables of layout.sql. Of a ticket that was opened again it keeps the first
-- end.

\set ON_ERROR_STOP on
\set QUIET on

BEGIN;

INSERT INTO settings VALUES ('app.timezone', '"Asia/Kolkata"'), ('app.business_hours_id', '"1"');
INSERT INTO business_hours
SELECT 1, 'usual', false,
	   (SELECT jsonb_object_agg(day, '{"open": "08:00", "close": "20:00"}'::jsonb)
		FROM unnest('{Monday,Tuesday,Wednesday,Thursday,Friday,Saturday}'::text[]) AS day),
	   (SELECT jsonb_agg(jsonb_build_object('name', 'a holiday', 'date', day))
		FROM unnest('{2024-01-26,2024-08-15,2024-10-02,2025-01-26,2025-08-15,
					  2025-10-02}'::text[]) AS day);
INSERT INTO sla_policies VALUES (1, 'standard', '2h', '8h');
INSERT INTO teams
SELECT row_number() OVER (ORDER BY scope), scope, '', NULL FROM demo.calendar;

-- Agents come first, then customers with their numbers, 1000 added.
INSERT INTO users (id, type, first_name)
SELECT row_number() OVER (ORDER BY agent), 'agent', agent
FROM (SELECT DISTINCT agent FROM demo.reply WHERE agent IS NOT NULL) AS agents;
INSERT INTO users (id, created_at, type, first_name, last_name, country)
SELECT 1000 + customer::integer, created_at, 'contact', split_part(name, ' ', 1),
	   split_part(name, ' ', 2), country
FROM demo.customer;
INSERT INTO inboxes VALUES (1, 'email'), (2, 'livechat');

INSERT INTO conversations
SELECT ticket::integer, opened_at, number, 1000 + customer::integer, u.id, t.id,
	   CASE WHEN channel IN ('chat', 'app') THEN 2 ELSE 1 END,
	   CASE status WHEN 'resolved' THEN CASE WHEN closed_at IS NULL THEN 3 ELSE 4 END ELSE 1 END,
	   priority, 1, first_reply_at, first_reply_at, first_resolved_at, closed_at, waiting_since
FROM demo.ticket
JOIN teams AS t ON t.name = team
LEFT JOIN users AS u ON u.first_name = agent AND u.id < 1000;
INSERT INTO applied_slas (created_at, conversation_id, sla_policy_id, status,
						  first_response_deadline_at, resolution_deadline_at)
SELECT opened_at, ticket::integer, 1,
	   CASE WHEN resolved_at > resolution_due THEN 'breached'
			WHEN resolved_at IS NULL THEN 'pending'
			ELSE 'met' END::applied_sla_status, first_reply_due, resolution_due
FROM demo.ticket;
INSERT INTO tags
SELECT row_number() OVER (ORDER BY tag), tag
FROM (SELECT DISTINCT tag FROM demo.ticket, unnest(tags) AS tag) AS names;
INSERT INTO conversation_tags (tag_id, conversation_id)
SELECT g.id, ticket::integer FROM demo.ticket, unnest(tags) AS tag JOIN tags AS g ON g.name = tag;

INSERT INTO conversation_messages (created_at, type, conversation_id, sender_id)
SELECT at, type::message_type, m.ticket::integer, sender
FROM (
	SELECT waiting_from, 'incoming', reply.ticket, 1000 + customer::integer
	FROM demo.reply JOIN demo.ticket USING (tenant, ticket)
	UNION ALL
	SELECT replied_at, 'outgoing', ticket, u.id
	FROM demo.reply
	JOIN users AS u ON u.first_name = agent AND u.id < 1000
	WHERE replied_at IS NOT NULL
) AS m (at, type, ticket, sender)
ORDER BY at, ticket::integer;

INSERT INTO csat_responses
SELECT response::integer, asked_at, ticket::integer, coalesce(answer, 0), NULL, answered_at
FROM demo.response WHERE metric = 'csat' AND ticket IS NOT NULL;

ANALYZE;

COMMIT;
