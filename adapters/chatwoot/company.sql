-- The service desk of the demo company (examples/company.sql, in the schema demo) as Chatwoot would
-- hold it, in the tables of layout.sql. It has no surveys but those after a ticket, no pauses, and
-- no holidays.

\set ON_ERROR_STOP on
\set QUIET on

BEGIN;

INSERT INTO accounts VALUES (1, 'Demo');
INSERT INTO users
SELECT row_number() OVER (ORDER BY agent), agent
FROM (SELECT DISTINCT agent FROM demo.reply WHERE agent IS NOT NULL) AS agents;
INSERT INTO teams
SELECT row_number() OVER (ORDER BY scope), scope, 1 FROM demo.calendar;

INSERT INTO inboxes (id, account_id, name, channel_type, working_hours_enabled, timezone)
SELECT row_number() OVER (ORDER BY channel), 1, channel,
	   CASE channel WHEN 'chat' THEN 'Channel::WebWidget' WHEN 'phone' THEN 'Channel::Voice'
			WHEN 'email' THEN 'Channel::Email' ELSE 'Channel::Api' END,
	   true, 'Asia/Kolkata'
FROM (SELECT DISTINCT channel FROM demo.ticket) AS channels;
INSERT INTO working_hours (inbox_id, account_id, day_of_week, closed_all_day, open_hour,
						   open_minutes, close_hour, close_minutes)
SELECT id, 1, day, day = 0, 8, 0, 20, 0 FROM inboxes, generate_series(0, 6) AS day;

INSERT INTO sla_policies
SELECT 1, 'standard', 7200, NULL, 28800, true, 1;

INSERT INTO contacts
SELECT customer::integer, name, 1, created_at AT TIME ZONE 'UTC',
	   CASE WHEN company IS NULL THEN '{}' ELSE jsonb_build_object('company_name', company) END,
	   country
FROM demo.customer;
INSERT INTO tags
SELECT row_number() OVER (ORDER BY segment), segment
FROM (SELECT DISTINCT segment FROM demo.customer, unnest(segments) AS segment) AS labels;
INSERT INTO taggings (tag_id, taggable_type, taggable_id, context)
SELECT id, 'Contact', customer::integer, 'labels'
FROM demo.customer, unnest(segments) WITH ORDINALITY AS label (name, nth)
JOIN tags USING (name)
ORDER BY customer::integer, nth;

INSERT INTO conversations
SELECT ticket::integer, 1, i.id, CASE status WHEN 'resolved' THEN 1 ELSE 0 END, u.id,
	   opened_at AT TIME ZONE 'UTC', customer::bigint, row_number() OVER (ORDER BY ticket::integer),
	   jsonb_build_object('browser_language', language), t.id, first_reply_at AT TIME ZONE 'UTC',
	   priority - 1, 1, waiting_since AT TIME ZONE 'UTC', array_to_string(tags, ', ')
FROM demo.ticket
JOIN inboxes AS i ON i.name = channel
LEFT JOIN users AS u ON u.name = agent
LEFT JOIN teams AS t ON t.name = team;
INSERT INTO applied_slas (account_id, sla_policy_id, conversation_id, sla_status, created_at)
SELECT 1, 1, id, CASE status WHEN 1 THEN 1 ELSE 0 END, created_at FROM conversations;

-- Each wait, the first one by its own name, and each change of the status.
INSERT INTO reporting_events (name, value, account_id, inbox_id, user_id, conversation_id,
							  created_at, event_start_time, event_end_time)
SELECT e.name, extract(epoch FROM ends - starts), 1, c.inbox_id, u.id, c.id,
	   ends AT TIME ZONE 'UTC', starts AT TIME ZONE 'UTC', ends AT TIME ZONE 'UTC'
FROM (
	SELECT CASE WHEN waiting_from = opened_at THEN 'first_response' ELSE 'reply_time' END,
		   ticket, reply.agent, waiting_from, replied_at
	FROM demo.reply JOIN demo.ticket USING (ticket)
	WHERE replied_at IS NOT NULL
	UNION ALL
	SELECT 'conversation_resolved', ticket, change.agent, opened_at, at
	FROM demo.ticket_status AS change JOIN demo.ticket USING (ticket)
	WHERE stage = 'resolved'
	UNION ALL
	SELECT 'conversation_opened', ticket, NULL, opened_at, opened_at FROM demo.ticket
	UNION ALL
	SELECT 'conversation_opened', ticket, change.agent, first_resolved_at, at
	FROM demo.ticket_status AS change JOIN demo.ticket USING (ticket)
	WHERE previous = 'resolved'
) AS e (name, ticket, agent, starts, ends)
JOIN conversations AS c ON c.id = ticket::integer
LEFT JOIN users AS u ON u.name = agent
ORDER BY ends, c.id, e.name;

INSERT INTO messages (id, account_id, inbox_id, conversation_id, message_type, created_at,
					  content_type)
SELECT response::integer, 1, inbox_id, ticket::integer, 3, asked_at AT TIME ZONE 'UTC', 9
FROM demo.response JOIN conversations ON id = ticket::integer
WHERE metric = 'csat';
INSERT INTO csat_survey_responses (account_id, conversation_id, message_id, rating, contact_id,
								   assigned_agent_id, created_at)
SELECT 1, ticket::integer, response::integer, answer, customer::bigint, u.id,
	   answered_at AT TIME ZONE 'UTC'
FROM demo.response
LEFT JOIN users AS u ON u.name = agent
WHERE metric = 'csat' AND ticket IS NOT NULL AND answer IS NOT NULL;

ANALYZE;

COMMIT;
