-- The standard relations of cxm over the tables of Chatwoot:
--
--     psql [-v schema=cx_chatwoot] [-v source=public] -f adapters/chatwoot/install.sql
--
-- It makes views in a schema of their own, and one table: the calendars, which may be edited. It
-- can be run again at any time. docs/adapters/chatwoot.md says what comes from where.

\set system chatwoot
\set product 'Chatwoot 4.15.1 (June 2026)'
\ir ../common/begin.sql

INSERT INTO pg_temp.needed VALUES
	('accounts', 'id'),
	('users', 'id name'),
	('teams', 'id name'),
	('inboxes', 'id account_id channel_type working_hours_enabled timezone'),
	('working_hours', 'inbox_id day_of_week closed_all_day open_all_day open_hour open_minutes
		close_hour close_minutes'),
	('contacts', 'id account_id name created_at additional_attributes country_code'),
	('conversations', 'id account_id inbox_id status assignee_id created_at contact_id display_id
		additional_attributes team_id first_reply_created_at priority sla_policy_id waiting_since
		cached_label_list'),
	('messages', 'id account_id conversation_id created_at content_type'),
	('csat_survey_responses', 'id account_id conversation_id message_id rating feedback_message
		contact_id assigned_agent_id created_at'),
	('reporting_events', 'name value account_id user_id conversation_id created_at event_start_time
		event_end_time'),
	('sla_policies', 'id name first_response_time_threshold resolution_time_threshold
		only_during_business_hours'),
	('applied_slas', 'account_id sla_policy_id conversation_id sla_status created_at'),
	('tags', 'id name'),
	('taggings', 'id tag_id taggable_type taggable_id context');
\ir ../common/columns.sql

-- ---------------------------------------------------------------------------------------------
-- The hours of an inbox, which has one span a day and no holidays. What is there stays: edit it.

\ir ../common/calendar.sql
COMMENT ON TABLE calendar IS
	'Business hours: a row for each inbox, by its id. Holidays are yours to add.';

CREATE OR REPLACE FUNCTION fill_calendar() RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
	WITH span AS (
		SELECT inbox_id, day_of_week,
			   CASE WHEN open_all_day THEN time '00:00'
					ELSE make_time(open_hour, coalesce(open_minutes, 0), 0) END AS opens,
			   CASE WHEN open_all_day THEN time '24:00'
					ELSE make_time(close_hour, coalesce(close_minutes, 0), 0) END AS closes
		FROM working_hours
		WHERE NOT coalesce(closed_all_day, false)
		  AND (open_all_day OR open_hour IS NOT NULL AND close_hour IS NOT NULL)
		  AND day_of_week BETWEEN 0 AND 6
	),
	added AS (
		INSERT INTO calendar
		SELECT i.account_id::text, i.id::text,
			   (string_agg((ARRAY['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'])[1 + day_of_week]
						   || to_char(opens, ' HH24:MI-')
						   || CASE closes WHEN '24:00' THEN '24:00'
									   ELSE to_char(closes, 'HH24:MI') END,
						   ', ' ORDER BY day_of_week, opens)
				|| ' in ' || timezone)::business_calendar
		FROM span
		JOIN inboxes AS i ON i.id = inbox_id
		WHERE opens < closes AND i.working_hours_enabled
		  AND timezone IN (SELECT name FROM pg_timezone_names)
		GROUP BY i.account_id, i.id, timezone
		ON CONFLICT DO NOTHING
		RETURNING 1
	)
	SELECT count(*) FROM added;
END;
COMMENT ON FUNCTION fill_calendar() IS
	'Adds the hours of inboxes that are not in the calendar yet, and returns how many.';
SELECT fill_calendar() AS added \gset adapter_

-- ---------------------------------------------------------------------------------------------
-- The tenant is taken from the table of accounts: so a query for one of them is planned for as many
-- rows as it has, and may use the indexes. Rows of an account that is gone are left out.

-- Labels of contacts are their segments.
CREATE OR REPLACE VIEW customer AS
SELECT n.id::text AS tenant,
	   c.id::text AS customer,
	   nullif(c.name, '')::text AS name,
	   nullif(c.additional_attributes ->> 'company_name', '') AS company,
	   coalesce(nullif(c.country_code, '')::text,
				nullif(c.additional_attributes ->> 'country_code', '')) AS country,
	   NULL::text AS language,
	   labels.segments,
	   c.created_at AT TIME ZONE 'UTC' AS created_at,
	   false AS deleted,
	   n.id AS tenant_key,
	   c.id AS customer_key
FROM contacts AS c
JOIN accounts AS n ON n.id = c.account_id
LEFT JOIN LATERAL (
	SELECT coalesce(array_agg(g.name::text ORDER BY t.id), '{}') AS segments
	FROM taggings AS t
	JOIN tags AS g ON g.id = t.tag_id
	WHERE t.taggable_id = c.id AND t.taggable_type = 'Contact' AND t.context = 'labels'
) AS labels ON true;

-- ---------------------------------------------------------------------------------------------
-- There is no moment of resolution in a conversation, and no history of its status. Both are
-- events. Events before the opening are of no use, and counted in "skipped".

CREATE OR REPLACE VIEW ticket AS
SELECT n.id::text AS tenant,
	   c.id::text AS ticket,
	   c.display_id::text AS number,
	   c.contact_id::text AS customer,
	   coalesce(u.name::text, 'user ' || c.assignee_id) AS agent,
	   coalesce(t.name::text, 'team ' || c.team_id) AS team,
	   CASE i.channel_type
			WHEN 'Channel::WebWidget' THEN 'chat'
			WHEN 'Channel::Voice' THEN 'phone'
			ELSE lower(replace(i.channel_type, 'Channel::', '')) END AS channel,
	   c.priority + 1 AS priority,
	   string_to_array(coalesce(c.cached_label_list, ''), ', ') AS tags,
	   c.additional_attributes ->> 'browser_language' AS language,
	   c.created_at AT TIME ZONE 'UTC' AS opened_at,
	   CASE WHEN c.first_reply_created_at >= c.created_at
			THEN c.first_reply_created_at AT TIME ZONE 'UTC' END AS first_reply_at,
	   e.first_resolved_at,
	   CASE WHEN c.status = 1 THEN e.last_resolved_at END AS resolved_at,
	   NULL::timestamptz AS closed_at,
	   -- Most are resolved once, which is plain to see; twice in one moment is once.
	   CASE WHEN e.first_resolved_at IS NULL THEN 0
			WHEN e.first_resolved_at = e.last_resolved_at THEN 1 - (c.status = 1)::integer
			ELSE (SELECT count(DISTINCT coalesce(m.event_end_time, m.created_at))
				  FROM reporting_events AS m
				  WHERE m.conversation_id = c.id AND m.name = 'conversation_resolved'
					AND coalesce(m.event_end_time, m.created_at) >= c.created_at)::integer
				 - (c.status = 1)::integer END AS reopened,
	   CASE WHEN c.status <> 1 THEN c.waiting_since AT TIME ZONE 'UTC' END AS waiting_since,
	   CASE c.status
			WHEN 0 THEN CASE WHEN c.first_reply_created_at IS NULL THEN 'new' ELSE 'open' END
			WHEN 1 THEN 'resolved'
			WHEN 2 THEN 'pending'
			WHEN 3 THEN 'pending' END AS status,
	   NULL::text AS merged_into,
	   k.calendar,
	   NULL::tstzmultirange AS paused,
	   s.name::text AS sla,
	   make_interval(secs => s.first_response_time_threshold) AS first_reply_target,
	   make_interval(secs => s.resolution_time_threshold) AS resolution_target,
	   CASE WHEN s.only_during_business_hours AND k.calendar IS NOT NULL
			THEN business_deadline(k.calendar, c.created_at AT TIME ZONE 'UTC',
								   make_interval(secs => s.first_response_time_threshold))
			ELSE (c.created_at + make_interval(secs => s.first_response_time_threshold))
				 AT TIME ZONE 'UTC' END AS first_reply_due,
	   CASE WHEN s.only_during_business_hours AND k.calendar IS NOT NULL
			THEN business_deadline(k.calendar, c.created_at AT TIME ZONE 'UTC',
								   make_interval(secs => s.resolution_time_threshold))
			ELSE (c.created_at + make_interval(secs => s.resolution_time_threshold))
				 AT TIME ZONE 'UTC' END AS resolution_due,
	   make_interval(secs => e.first_response) AS product_first_reply,
	   make_interval(secs => e.resolution) AS product_resolution,
	   n.id AS tenant_key,
	   c.id AS ticket_key,
	   c.contact_id AS customer_key
FROM conversations AS c
JOIN accounts AS n ON n.id = c.account_id
LEFT JOIN users AS u ON u.id = c.assignee_id
LEFT JOIN teams AS t ON t.id = c.team_id
LEFT JOIN inboxes AS i ON i.id = c.inbox_id
LEFT JOIN sla_policies AS s ON s.id = c.sla_policy_id
LEFT JOIN calendar AS k ON k.tenant = c.account_id::text AND k.scope = c.inbox_id::text
LEFT JOIN LATERAL (
	SELECT min(at) FILTER (WHERE name = 'conversation_resolved') AS first_resolved_at,
		   max(at) FILTER (WHERE name = 'conversation_resolved') AS last_resolved_at,
		   (array_agg(value ORDER BY at) FILTER (WHERE name = 'first_response'))[1]
			   AS first_response,
		   (array_agg(value ORDER BY at DESC) FILTER (WHERE name = 'conversation_resolved'))[1]
			   AS resolution
	FROM (
		SELECT name, value, coalesce(event_end_time, created_at) AT TIME ZONE 'UTC' AS at
		FROM reporting_events AS e
		WHERE e.conversation_id = c.id AND e.name IN ('conversation_resolved', 'first_response')
		  AND coalesce(e.event_end_time, e.created_at) >= c.created_at
	) AS event
) AS e ON true;

-- The statuses between are not kept: pending, snoozed, and until 4.6 the reopening.
CREATE OR REPLACE VIEW ticket_status AS
SELECT n.id::text AS tenant,
	   c.id::text AS ticket,
	   change.at AT TIME ZONE 'UTC' AS at,
	   change.stage,
	   lag(change.stage) OVER (PARTITION BY c.id ORDER BY change.at, change.nth) AS previous,
	   CASE WHEN change.user_id IS NOT NULL
			THEN coalesce(u.name::text, 'user ' || change.user_id) END AS agent,
	   false AS pauses,
	   n.id AS tenant_key,
	   c.id AS ticket_key
FROM conversations AS c
JOIN accounts AS n ON n.id = c.account_id
CROSS JOIN LATERAL (
	SELECT c.created_at, 'new', 1, NULL::integer
	UNION ALL
	SELECT c.first_reply_created_at, 'open', 2, NULL
	WHERE c.first_reply_created_at >= c.created_at
	UNION ALL
	SELECT DISTINCT ON (coalesce(event_end_time, created_at), name)
		   coalesce(event_end_time, created_at),
		   CASE name WHEN 'conversation_resolved' THEN 'resolved' ELSE 'open' END,
		   CASE name WHEN 'conversation_resolved' THEN 3 ELSE 4 END, user_id
	FROM reporting_events AS e
	WHERE e.conversation_id = c.id
	  AND (e.name = 'conversation_resolved' OR e.name = 'conversation_opened' AND e.value > 0)
	  AND coalesce(e.event_end_time, e.created_at) >= c.created_at
) AS change (at, stage, nth, user_id)
LEFT JOIN users AS u ON u.id = change.user_id;

-- The system has measured the waits itself, a bot's turn left out; who still waits has no event.
CREATE OR REPLACE VIEW reply AS
SELECT n.id::text AS tenant,
	   e.conversation_id::text AS ticket,
	   e.event_start_time AT TIME ZONE 'UTC' AS waiting_from,
	   e.event_end_time AT TIME ZONE 'UTC' AS replied_at,
	   coalesce(u.name::text, 'user ' || e.user_id) AS agent,
	   false AS by_bot,
	   n.id AS tenant_key,
	   e.conversation_id AS ticket_key
FROM reporting_events AS e
JOIN conversations AS c ON c.id = e.conversation_id
JOIN accounts AS n ON n.id = c.account_id
LEFT JOIN users AS u ON u.id = e.user_id
WHERE e.name IN ('first_response', 'reply_time') AND e.event_end_time >= e.event_start_time
UNION ALL
SELECT n.id::text, c.id::text, c.waiting_since AT TIME ZONE 'UTC', NULL, NULL, NULL, n.id, c.id
FROM conversations AS c
JOIN accounts AS n ON n.id = c.account_id
WHERE c.waiting_since IS NOT NULL AND c.status <> 1;

-- The system's own word on an agreement, which it looks at from time to time.
SELECT CASE WHEN pg_temp.has_column('applied_slas', 'completed_at')
			THEN 'a.completed_at AT TIME ZONE ''UTC'''
			ELSE 'NULL::timestamptz' END AS completed_at \gset
CREATE OR REPLACE VIEW product_sla AS
SELECT a.account_id::text AS tenant,
	   a.conversation_id::text AS ticket,
	   coalesce(s.name::text, 'policy ' || a.sla_policy_id) AS sla,
	   (ARRAY['active', 'hit', 'missed', 'active with misses'])[1 + a.sla_status] AS status,
	   a.created_at AT TIME ZONE 'UTC' AS applied_at,
	   :completed_at AS completed_at
FROM applied_slas AS a
LEFT JOIN sla_policies AS s ON s.id = a.sla_policy_id;
COMMENT ON VIEW product_sla IS
	'What Chatwoot says of each agreement: beyond the standard, to compare with.';

-- ---------------------------------------------------------------------------------------------
-- A survey is a message of content type 9. An answer whose message is gone was sent, too.

CREATE OR REPLACE VIEW response AS
SELECT n.id::text AS tenant,
	   m.response,
	   'csat' AS survey,
	   'csat' AS metric,
	   '1..5' AS scale,
	   m.rating::double precision AS answer,
	   CASE WHEN m.rating IS NULL THEN 'pending' ELSE 'answered' END AS state,
	   m.asked_at AT TIME ZONE 'UTC' AS asked_at,
	   m.answered_at AT TIME ZONE 'UTC' AS answered_at,
	   m.contact_id::text AS customer,
	   coalesce(u.name::text, 'user ' || m.agent_id) AS agent,
	   coalesce(t.name::text, 'team ' || m.team_id) AS team,
	   CASE i.channel_type
			WHEN 'Channel::WebWidget' THEN 'chat'
			WHEN 'Channel::Voice' THEN 'phone'
			ELSE lower(replace(i.channel_type, 'Channel::', '')) END AS channel,
	   m.conversation_id::text AS ticket,
	   m.additional_attributes ->> 'browser_language' AS language,
	   string_to_array(coalesce(m.cached_label_list, ''), ', ') AS tags,
	   nullif(m.feedback_message, '') AS comment,
	   n.id AS tenant_key,
	   m.conversation_id AS ticket_key,
	   m.contact_id AS customer_key
FROM (
	SELECT m.account_id, m.id::text, r.rating, m.created_at, r.created_at, c.contact_id,
		   coalesce(r.assigned_agent_id, c.assignee_id), m.conversation_id, r.feedback_message,
		   c.team_id, c.inbox_id, c.additional_attributes, c.cached_label_list
	FROM messages AS m
	LEFT JOIN conversations AS c ON c.id = m.conversation_id
	LEFT JOIN csat_survey_responses AS r ON r.message_id = m.id
	WHERE m.content_type = 9
	UNION ALL
	SELECT r.account_id::integer, 'answer ' || r.id, r.rating, r.created_at, r.created_at,
		   r.contact_id, r.assigned_agent_id, r.conversation_id::integer, r.feedback_message,
		   c.team_id, c.inbox_id, c.additional_attributes, c.cached_label_list
	FROM csat_survey_responses AS r
	-- looked up for the few that there are, rather than joined for all
	LEFT JOIN LATERAL (
		SELECT * FROM conversations AS c WHERE c.id = r.conversation_id OFFSET 0
	) AS c ON true
	WHERE NOT EXISTS (SELECT FROM messages AS m WHERE m.id = r.message_id AND m.content_type = 9)
) AS m (account_id, response, rating, asked_at, answered_at, contact_id, agent_id, conversation_id,
		feedback_message, team_id, inbox_id, additional_attributes, cached_label_list)
JOIN accounts AS n ON n.id = m.account_id
LEFT JOIN users AS u ON u.id = m.agent_id
LEFT JOIN teams AS t ON t.id = m.team_id
LEFT JOIN inboxes AS i ON i.id = m.inbox_id;

-- ---------------------------------------------------------------------------------------------
-- What is left out, or not as it was found.

CREATE OR REPLACE VIEW skipped AS
WITH counted AS (
	SELECT count(*) FILTER (WHERE c.status = 1 AND (e.last_resolved >= c.created_at) IS NOT TRUE)
			   AS ends,
		   count(*) FILTER (WHERE c.first_reply_created_at < c.created_at) AS replies,
		   count(*) FILTER (WHERE e.earliest < c.created_at) AS early,
		   -- Few are resolved more often than now: only these are counted one by one, twice in one
		   -- moment being once.
		   coalesce(sum(CASE WHEN e.resolves > (c.status = 1)::integer THEN (
			   SELECT greatest(count(DISTINCT at) FILTER (WHERE name = 'conversation_resolved')
							   - (c.status = 1)::integer
							   - count(DISTINCT at) FILTER (WHERE name = 'conversation_opened'), 0)
			   FROM (
				   SELECT name, coalesce(event_end_time, created_at) AS at
				   FROM reporting_events AS one
				   WHERE one.conversation_id = c.id
					 AND (name = 'conversation_resolved'
						  OR name = 'conversation_opened' AND value > 0)
					 AND coalesce(one.event_end_time, one.created_at) >= c.created_at
			   ) AS change) END), 0)::bigint AS reopened,
		   count(*) FILTER (WHERE c.id IS NULL) AS gone
	FROM conversations AS c
	FULL JOIN (
		SELECT conversation_id,
			   count(*) FILTER (WHERE name = 'conversation_resolved') AS resolves,
			   max(coalesce(event_end_time, created_at))
				   FILTER (WHERE name = 'conversation_resolved') AS last_resolved,
			   min(coalesce(event_end_time, created_at)) AS earliest
		FROM reporting_events
		WHERE name IN ('conversation_resolved', 'conversation_opened')
		GROUP BY conversation_id
	) AS e ON e.conversation_id = c.id
),
line (relation, reason, rows) AS (
	SELECT relation, reason, rows
	FROM counted
	CROSS JOIN LATERAL (VALUES
		('ticket', 'resolved, and no event says when: resolved_at is NULL', ends),
		('ticket', 'the first reply is before the opening: first_reply_at is NULL', replies),
		('ticket_status', 'changes before the opening are left out: tickets', early),
		('ticket_status', 'opened again, and no event says when (until version 4.6)', reopened),
		('ticket_status', 'the conversation is gone: tickets', gone)
	) AS line (relation, reason, rows)
	UNION ALL
	SELECT 'reply', 'a reply without its beginning, or before it', count(*)
	FROM reporting_events
	WHERE name IN ('first_response', 'reply_time')
	  AND (event_end_time >= event_start_time) IS NOT TRUE
	UNION ALL
	SELECT 'ticket', 'its account is gone: left out', count(*)
	FROM conversations AS c
	WHERE NOT EXISTS (SELECT FROM accounts AS n WHERE n.id = c.account_id)
	UNION ALL
	SELECT 'calendar', 'the hours of an inbox are switched on, and cannot be read', count(*)
	FROM inboxes AS i
	LEFT JOIN calendar AS k ON k.tenant = i.account_id::text AND k.scope = i.id::text
	WHERE working_hours_enabled AND k.scope IS NULL
)
SELECT relation, reason, rows FROM line WHERE rows > 0;

\ir ../common/end.sql
