-- The standard relations of cxm over the tables of Libredesk:
--
--     psql [-v schema=cx_libredesk] [-v source=public] -f adapters/libredesk/install.sql
--
-- It makes views in a schema of their own, and one table: the calendars, which may be edited. It
-- can be run again at any time. docs/adapters/libredesk.md says what comes from where.

\set system libredesk
\set product 'Libredesk 2.7.0 (August 2026)'
\ir ../common/begin.sql

INSERT INTO pg_temp.needed VALUES
	('settings', 'key value'),
	('business_hours', 'id is_always_open hours holidays'),
	('sla_policies', 'id name first_response_time resolution_time'),
	('teams', 'id name timezone business_hours_id'),
	('users', 'id created_at deleted_at type first_name last_name country'),
	('inboxes', 'id channel'),
	('conversation_statuses', 'id name'),
	('conversation_priorities', 'id name'),
	('conversations', 'id created_at reference_number contact_id assigned_user_id assigned_team_id
		inbox_id status_id priority_id sla_policy_id first_reply_at last_reply_at resolved_at
		closed_at waiting_since'),
	('conversation_messages', 'id created_at type conversation_id private sender_id'),
	('csat_responses', 'id created_at conversation_id rating feedback response_timestamp'),
	('applied_slas', 'id created_at conversation_id sla_policy_id status first_response_deadline_at
		resolution_deadline_at first_response_met_at resolution_met_at'),
	('tags', 'id name'),
	('conversation_tags', 'id tag_id conversation_id');
\ir ../common/columns.sql

-- ---------------------------------------------------------------------------------------------
-- Hours and holidays are JSON: {"Monday": {"open": "09:00", "close": "17:00"}}, [{"date": ...}].

CREATE OR REPLACE FUNCTION read_hours(always boolean, hours jsonb, holidays jsonb, timezone text)
RETURNS business_calendar
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
DECLARE
	days text;
	closed text;
BEGIN
	IF always THEN
		days := 'Mon-Sun 00:00-24:00';
	ELSE
		SELECT string_agg(left(day, 3) || ' ' || opens || '-' || closes, ', ' ORDER BY nth)
			INTO days
		FROM unnest('{Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday}'::text[])
			WITH ORDINALITY AS d (day, nth),
			 LATERAL (SELECT hours -> day ->> 'open', hours -> day ->> 'close') AS h (opens, closes)
		WHERE opens < closes;
	END IF;
	SELECT string_agg(left(day ->> 'date', 10), ', ' ORDER BY day ->> 'date') INTO closed
	FROM jsonb_array_elements(holidays) AS day;
	RETURN (days || ' in ' || timezone || coalesce(' except ' || closed, ''))::business_calendar;
EXCEPTION WHEN data_exception THEN
	-- "skipped" counts what cannot be read
	RETURN NULL;
END $$;
COMMENT ON FUNCTION read_hours(boolean, jsonb, jsonb, text) IS
	'Business hours and holidays as Libredesk keeps them, as a business_calendar, or NULL.';

\ir ../common/calendar.sql
COMMENT ON TABLE calendar IS
	'Business hours: a row for each team, by its id, and one for what has no team, "default".';

CREATE OR REPLACE FUNCTION fill_calendar() RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
	WITH setting AS (
		SELECT max(value #>> '{}') FILTER (WHERE key = 'app.timezone') AS timezone,
			   max(value #>> '{}') FILTER (WHERE key = 'app.business_hours_id') AS hours
		FROM settings
	),
	added AS (
		INSERT INTO calendar
		SELECT 'main', scope, c.calendar
		FROM setting
		CROSS JOIN LATERAL (
			SELECT id::text, timezone, business_hours_id::text FROM teams
			UNION ALL SELECT 'default', NULL, NULL
		) AS team (scope, timezone, hours)
		JOIN business_hours AS h ON h.id::text = coalesce(team.hours, setting.hours)
		CROSS JOIN LATERAL read_hours(is_always_open, h.hours, holidays,
			coalesce(nullif(team.timezone, ''), nullif(setting.timezone, ''), 'UTC'))
				AS c (calendar)
		WHERE c.calendar IS NOT NULL
		ON CONFLICT DO NOTHING
		RETURNING 1
	)
	SELECT count(*) FROM added;
END;
COMMENT ON FUNCTION fill_calendar() IS
	'Adds the teams that are not in the calendar yet, and returns how many.';
SELECT fill_calendar() AS added \gset adapter_

-- ---------------------------------------------------------------------------------------------
-- Statuses may be added: their category says what they mean. Until version 2 there were five.

SELECT CASE WHEN pg_temp.has_column('conversation_statuses', 'category')
			THEN $$CASE s.category::text WHEN 'waiting' THEN 'pending' ELSE s.category::text END$$
			ELSE $$CASE WHEN s.name IN ('Resolved', 'Closed') THEN 'resolved'
						WHEN s.name = 'Snoozed' THEN 'pending' ELSE 'open' END$$ END AS stage \gset
CREATE OR REPLACE VIEW stage AS
SELECT s.id AS status_key, :stage AS stage FROM conversation_statuses AS s;
COMMENT ON VIEW stage IS 'What the statuses mean: beyond the standard.';

CREATE OR REPLACE VIEW customer AS
SELECT 'main' AS tenant,
	   u.id::text AS customer,
	   nullif(concat_ws(' ', u.first_name, nullif(u.last_name, '')), '') AS name,
	   NULL::text AS company,
	   nullif(u.country, '') AS country,
	   NULL::text AS language,
	   '{}'::text[] AS segments,
	   u.created_at AS created_at,
	   u.deleted_at IS NOT NULL AS deleted,
	   u.id AS customer_key
FROM users AS u
WHERE u.type IN ('contact', 'visitor');

-- ---------------------------------------------------------------------------------------------
-- What the system keeps are the first moments, for good. So a ticket that is open is not resolved,
-- whatever stands there, and how often one that is resolved was open again, nobody knows.

CREATE OR REPLACE VIEW ticket AS
SELECT 'main' AS tenant,
	   c.id::text AS ticket,
	   c.reference_number AS number,
	   c.contact_id::text AS customer,
	   coalesce(nullif(concat_ws(' ', u.first_name, nullif(u.last_name, '')), ''),
				'user ' || c.assigned_user_id) AS agent,
	   coalesce(t.name, 'team ' || c.assigned_team_id) AS team,
	   CASE i.channel::text WHEN 'livechat' THEN 'chat' ELSE i.channel::text END AS channel,
	   array_position('{low,medium,high,urgent}'::text[], lower(p.name)) AS priority,
	   ARRAY(SELECT g.name FROM conversation_tags AS l JOIN tags AS g ON g.id = l.tag_id
			 WHERE l.conversation_id = c.id ORDER BY l.id) AS tags,
	   NULL::text AS language,
	   c.created_at AS opened_at,
	   CASE WHEN c.first_reply_at >= c.created_at THEN c.first_reply_at END AS first_reply_at,
	   moment.resolved_at AS first_resolved_at,
	   CASE WHEN s.stage = 'resolved' THEN moment.resolved_at END AS resolved_at,
	   CASE WHEN s.stage = 'resolved' AND c.closed_at >= c.created_at THEN c.closed_at END
		   AS closed_at,
	   CASE WHEN moment.resolved_at IS NULL THEN 0 WHEN s.stage <> 'resolved' THEN 1 END
			AS reopened,
	   CASE WHEN s.stage <> 'resolved' THEN c.waiting_since END AS waiting_since,
	   CASE WHEN s.stage = 'open' AND c.first_reply_at IS NULL THEN 'new' ELSE s.stage END
			AS status,
	   NULL::text AS merged_into,
	   k.calendar,
	   NULL::tstzmultirange AS paused,
	   a.name AS sla,
	   a.first_reply_target,
	   a.resolution_target,
	   d.first_response_deadline_at AS first_reply_due,
	   d.resolution_deadline_at AS resolution_due,
	   d.first_response_met_at - d.created_at AS product_first_reply,
	   d.resolution_met_at - d.created_at AS product_resolution,
	   c.id AS ticket_key,
	   c.contact_id AS customer_key
FROM conversations AS c
LEFT JOIN stage AS s ON s.status_key = c.status_id
LEFT JOIN users AS u ON u.id = c.assigned_user_id
LEFT JOIN teams AS t ON t.id = c.assigned_team_id
LEFT JOIN inboxes AS i ON i.id = c.inbox_id
LEFT JOIN conversation_priorities AS p ON p.id = c.priority_id
LEFT JOIN calendar AS k
	ON k.tenant = 'main' AND k.scope = coalesce(c.assigned_team_id::text, 'default')
LEFT JOIN (
	-- Go's durations, such as 1h30m
	SELECT id, name,
		   CASE WHEN first_response_time ~ '^(\d+h)?(\d+m)?(\d+s)?$'
				THEN nullif(first_response_time, '')::interval END AS first_reply_target,
		   CASE WHEN resolution_time ~ '^(\d+h)?(\d+m)?(\d+s)?$'
				THEN nullif(resolution_time, '')::interval END AS resolution_target
	FROM sla_policies
) AS a ON a.id = c.sla_policy_id
LEFT JOIN LATERAL (
	SELECT * FROM applied_slas AS l WHERE l.conversation_id = c.id ORDER BY l.id DESC LIMIT 1
) AS d ON true
CROSS JOIN LATERAL (
	SELECT CASE WHEN least(c.resolved_at, c.closed_at) >= c.created_at
				THEN least(c.resolved_at, c.closed_at) END AS resolved_at
) AS moment;

-- Changes of the status are texts, in whatever language. What is left are the moments.
CREATE OR REPLACE VIEW ticket_status AS
SELECT 'main' AS tenant,
	   c.id::text AS ticket,
	   change.at,
	   change.stage,
	   lag(change.stage) OVER (PARTITION BY c.id ORDER BY change.at, change.nth) AS previous,
	   NULL::text AS agent,
	   false AS pauses,
	   c.id AS ticket_key,
	   change.nth AS change_key
FROM conversations AS c
CROSS JOIN LATERAL (VALUES
	(c.created_at, 'new', 1),
	(c.first_reply_at, 'open', 2),
	(least(c.resolved_at, c.closed_at), 'resolved', 3)
) AS change (at, stage, nth)
WHERE change.at >= c.created_at;

-- A wait begins with what a customer writes after an answer, and ends with the next one.
CREATE OR REPLACE VIEW reply AS
SELECT 'main' AS tenant,
	   turn.conversation_id::text AS ticket,
	   turn.created_at AS waiting_from,
	   turn.replied_at,
	   coalesce(nullif(concat_ws(' ', u.first_name, nullif(u.last_name, '')), ''),
				'user ' || turn.agent_id) AS agent,
	   CASE WHEN turn.replied_at IS NOT NULL THEN coalesce(u.type = 'ai_assistant', false) END
		   AS by_bot,
	   turn.conversation_id AS ticket_key
FROM (
	SELECT conversation_id, type, created_at,
		   lead(created_at) OVER following AS replied_at,
		   lead(sender_id) OVER following AS agent_id
	FROM (
		SELECT conversation_id, id, created_at, type, sender_id,
			   lag(type) OVER (PARTITION BY conversation_id ORDER BY created_at, id)
				   IS DISTINCT FROM type AS turns
		FROM conversation_messages
		WHERE NOT private AND type IN ('incoming', 'outgoing')
	) AS message
	WHERE turns
	WINDOW following AS (PARTITION BY conversation_id ORDER BY created_at, id)
) AS turn
JOIN conversations AS c ON c.id = turn.conversation_id
LEFT JOIN stage AS s ON s.status_key = c.status_id
LEFT JOIN users AS u ON u.id = turn.agent_id
WHERE turn.type = 'incoming'
  AND (turn.replied_at IS NOT NULL OR s.stage IS DISTINCT FROM 'resolved');

-- A rating of 0 is a survey that nobody has answered; one that has a moment was opened and left.
CREATE OR REPLACE VIEW response AS
SELECT 'main' AS tenant,
	   r.id::text AS response,
	   'csat' AS survey,
	   'csat' AS metric,
	   '1..5' AS scale,
	   nullif(r.rating, 0)::double precision AS answer,
	   CASE WHEN r.rating > 0 THEN 'answered' WHEN r.response_timestamp IS NOT NULL THEN 'partial'
			ELSE 'pending' END AS state,
	   r.created_at AS asked_at,
	   CASE WHEN r.response_timestamp >= r.created_at THEN r.response_timestamp END AS answered_at,
	   c.contact_id::text AS customer,
	   coalesce(nullif(concat_ws(' ', u.first_name, nullif(u.last_name, '')), ''),
				'user ' || c.assigned_user_id) AS agent,
	   coalesce(t.name, 'team ' || c.assigned_team_id) AS team,
	   CASE i.channel::text WHEN 'livechat' THEN 'chat' ELSE i.channel::text END AS channel,
	   r.conversation_id::text AS ticket,
	   NULL::text AS language,
	   ARRAY(SELECT g.name FROM conversation_tags AS l JOIN tags AS g ON g.id = l.tag_id
			 WHERE l.conversation_id = c.id ORDER BY l.id) AS tags,
	   nullif(r.feedback, '') AS comment,
	   r.conversation_id AS ticket_key,
	   c.contact_id AS customer_key
FROM csat_responses AS r
LEFT JOIN conversations AS c ON c.id = r.conversation_id
LEFT JOIN users AS u ON u.id = c.assigned_user_id
LEFT JOIN teams AS t ON t.id = c.assigned_team_id
LEFT JOIN inboxes AS i ON i.id = c.inbox_id;

CREATE OR REPLACE VIEW product_sla AS
SELECT 'main' AS tenant,
	   a.conversation_id::text AS ticket,
	   coalesce(p.name, 'policy ' || a.sla_policy_id) AS sla,
	   a.status::text AS status,
	   a.created_at AS applied_at
FROM applied_slas AS a
LEFT JOIN sla_policies AS p ON p.id = a.sla_policy_id;
COMMENT ON VIEW product_sla IS
	'What Libredesk says of each agreement: beyond the standard, to compare with.';

-- ---------------------------------------------------------------------------------------------
-- What is left out, or not as it was found.

CREATE OR REPLACE VIEW skipped AS
WITH line (relation, reason, rows) AS (
	SELECT v.relation, v.reason, v.rows
	FROM (
		SELECT count(*) FILTER (WHERE s.stage = 'resolved'
				   AND (least(c.resolved_at, c.closed_at) >= c.created_at) IS NOT TRUE) AS ends,
			   count(*) FILTER (WHERE s.stage = 'resolved' AND c.last_reply_at > c.resolved_at)
				   AS again,
			   count(*) FILTER (WHERE s.stage <> 'resolved'
				   AND least(c.resolved_at, c.closed_at) >= c.created_at) AS reopened,
			   count(*) FILTER (WHERE c.first_reply_at < c.created_at) AS replies
		FROM conversations AS c
		LEFT JOIN stage AS s ON s.status_key = c.status_id
	) AS counts
	CROSS JOIN LATERAL (VALUES
		('ticket', 'resolved, and not known when: resolved_at is NULL', ends),
		('ticket', 'replied to after the first resolution: resolved_at may be later', again),
		('ticket', 'the first reply is before the opening: first_reply_at is NULL', replies),
		('ticket_status', 'opened again, and not known when', reopened)
	) AS v (relation, reason, rows)
	UNION ALL
	SELECT 'response', 'the answer is before the survey: answered_at is NULL', count(*)
	FROM csat_responses WHERE response_timestamp < created_at
	UNION ALL
	SELECT 'calendar', 'a team has no hours: there are none by default, or they cannot be read',
		   count(*)
	FROM teams AS t
	LEFT JOIN calendar AS k ON k.tenant = 'main' AND k.scope = t.id::text
	WHERE k.calendar IS NULL
)
SELECT relation, reason, rows FROM line WHERE rows > 0;

\ir ../common/end.sql
