-- The standard relations of cxm over the tables of Zammad:
--
--     psql [-v schema=cx_zammad] [-v source=public] -f adapters/zammad/install.sql
--
-- It makes views in a schema of their own, and one table: the calendars, which may be edited. It
-- can be run again at any time. docs/adapters/zammad.md says what comes from where.

\set system zammad
\set product 'Zammad 7.0 (2026)'
\ir ../common/begin.sql

INSERT INTO pg_temp.needed VALUES
	('organizations', 'id name'),
	('users', 'id organization_id firstname lastname country vip created_at'),
	('groups', 'id name'),
	('ticket_priorities', 'id name'),
	('ticket_state_types', 'id name'),
	('ticket_states', 'id state_type_id name ignore_escalation'),
	('ticket_article_types', 'id name communication'),
	('ticket_article_senders', 'id name'),
	('tickets', 'id group_id priority_id state_id number owner_id customer_id first_response_at
		first_response_escalation_at first_response_in_min first_response_diff_in_min close_at
		close_escalation_at close_in_min close_diff_in_min last_close_at last_contact_agent_at
		last_contact_customer_at create_article_type_id created_at'),
	('ticket_articles', 'id ticket_id type_id sender_id internal created_by_id created_at'),
	('history_types', 'id name'),
	('history_objects', 'id name'),
	('history_attributes', 'id name'),
	('histories', 'id history_type_id history_object_id history_attribute_id o_id id_from id_to
		value_from value_to created_at created_by_id'),
	('tag_objects', 'id name'),
	('tag_items', 'id name'),
	('tags', 'id tag_item_id tag_object_id o_id'),
	('calendars', 'id name timezone business_hours default public_holidays'),
	('slas', 'name first_response_time solution_time');
\ir ../common/columns.sql

-- ---------------------------------------------------------------------------------------------
-- Hours and holidays are text in YAML. This reads the one layout that Zammad writes, and refuses
-- everything else: days with "active" and pairs of times; dates with "active".

CREATE OR REPLACE FUNCTION read_hours(business_hours text, public_holidays text, timezone text)
RETURNS business_calendar
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
DECLARE
	-- a mapping may be marked as one of Ruby's
	mark CONSTANT text := '(?: !ruby/hash:[\w:]+)?\s*$';
	line text;
	part text[];
	item text;
	active boolean;
	opens text;
	spans text := '';
	days text[] := '{}';
	closed text[] := '{}';
BEGIN
	FOR line IN
		SELECT * FROM regexp_split_to_table(business_hours || E'\nend:\n', '\r?\n')
	LOOP
		IF line ~ ('^---(?: \{\})?' || mark) OR line ~ '^\s*$' THEN
			CONTINUE;
		ELSIF line ~ ('^(mon|tue|wed|thu|fri|sat|sun|end):' || mark) THEN
			IF active AND spans <> '' THEN
				days := days || (initcap(item) || spans);
			END IF;
			item := left(line, 3);
			active := false;
			spans := '';
		ELSIF item IS NOT NULL AND line ~ '^  active: (true|false)$' THEN
			active := line ~ 'true';
		ELSIF item IS NOT NULL AND line ~ '^  timeframes:(?: \[\])?$' THEN
			CONTINUE;
		ELSE
			part := regexp_match(line, '^  (- -|  -) [''"]?(\d\d:\d\d)[''"]?$');
			IF part[1] = '- -' AND opens IS NULL THEN
				opens := part[2];
			ELSIF part[1] = '  -' AND opens IS NOT NULL THEN
				spans := spans || ' ' || opens || '-'
					|| CASE part[2] WHEN '23:59' THEN '24:00' ELSE part[2] END;
				opens := NULL;
			ELSE
				RAISE 'cannot read this line of business hours: "%"', line
					USING ERRCODE = 'invalid_text_representation';
			END IF;
		END IF;
	END LOOP;

	item := NULL;
	FOR line IN
		SELECT * FROM regexp_split_to_table(coalesce(public_holidays, '') || E'\nend:\n', '\r?\n')
	LOOP
		IF line ~ ('^---(?: \{\})?' || mark) OR line ~ '^\s*$' THEN
			CONTINUE;
		ELSIF line ~ ('^([''"]?\d{4}-\d\d-\d\d[''"]?|end):' || mark) THEN
			IF active AND item IS NOT NULL THEN
				closed := closed || item;
			END IF;
			item := substring(line FROM '\d{4}-\d\d-\d\d');
			active := false;
		ELSIF item IS NOT NULL AND line ~ '^  active: (true|false)$' THEN
			active := line ~ 'true';
		ELSIF item IS NULL OR line !~ '^  (summary|feed|removed):|^    ' THEN
			RAISE 'cannot read this line of public holidays: "%"', line
				USING ERRCODE = 'invalid_text_representation';
		END IF;
	END LOOP;

	IF days = '{}' THEN
		RETURN NULL;
	END IF;
	RETURN array_to_string(days, ', ') || ' in ' || timezone
		|| CASE WHEN closed = '{}' THEN '' ELSE ' except ' || array_to_string(closed, ', ') END;
END $$;
COMMENT ON FUNCTION read_hours(text, text, text) IS
	'Business hours and public holidays as Zammad writes them, as a business_calendar.';

-- NULL where they cannot be read, or there are none: "skipped" counts these.
CREATE OR REPLACE FUNCTION hours_of(calendar_name text) RETURNS business_calendar
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
	RETURN (SELECT read_hours(business_hours, public_holidays, timezone)
			FROM calendars WHERE name = calendar_name ORDER BY id LIMIT 1);
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END $$;
COMMENT ON FUNCTION hours_of(text) IS
	'The hours of the calendar of this name, or NULL where they cannot be read.';

-- A ticket does not say which calendar it is under. So each group has the default one, until you
-- say otherwise: UPDATE calendar SET calendar = hours_of('Night shift') WHERE scope = '7'.
\ir ../common/calendar.sql
COMMENT ON TABLE calendar IS
	'Business hours: a row for each group, by its id. They are those of the default calendar, until
you change them.';

CREATE OR REPLACE FUNCTION fill_calendar() RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
	WITH added AS (
		INSERT INTO calendar
		SELECT 'main', g.id::text, hours
		FROM (SELECT hours_of(name) AS hours FROM calendars WHERE "default") AS usual, groups AS g
		WHERE hours IS NOT NULL
		ON CONFLICT DO NOTHING
		RETURNING 1
	)
	SELECT count(*) FROM added;
END;
COMMENT ON FUNCTION fill_calendar() IS
	'Adds the groups that are not in the calendar yet, and returns how many.';
SELECT fill_calendar() AS added \gset adapter_

-- ---------------------------------------------------------------------------------------------
-- States may be renamed and added: their types say what they mean.

CREATE OR REPLACE VIEW stage AS
SELECT s.id AS state_key,
	   CASE WHEN t.name IN ('new', 'open', 'merged', 'removed') THEN t.name::text
			WHEN t.name = 'closed' THEN 'resolved'
			WHEN t.name LIKE 'pending%' THEN 'pending'
			ELSE s.name::text END AS stage,
	   s.ignore_escalation AS pauses
FROM ticket_states AS s
LEFT JOIN ticket_state_types AS t ON t.id = s.state_type_id;
COMMENT ON VIEW stage IS 'What the states mean: beyond the standard.';

CREATE OR REPLACE VIEW customer AS
SELECT 'main' AS tenant,
	   u.id::text AS customer,
	   nullif(concat_ws(' ', nullif(u.firstname, ''), nullif(u.lastname, '')), '') AS name,
	   o.name::text AS company,
	   nullif(u.country, '')::text AS country,
	   NULL::text AS language,
	   CASE WHEN u.vip THEN '{VIP}' ELSE '{}' END::text[] AS segments,
	   u.created_at AT TIME ZONE 'UTC' AS created_at,
	   false AS deleted,
	   u.id AS customer_key
FROM users AS u
LEFT JOIN organizations AS o ON o.id = u.organization_id
WHERE EXISTS (SELECT FROM tickets AS t WHERE t.customer_id = u.id);

-- ---------------------------------------------------------------------------------------------
-- The first state has no row of its own: it is where the first change comes from, or where there is
-- none, the state of now. A change of a state that is gone has only its name.

CREATE OR REPLACE VIEW ticket_status AS
SELECT 'main' AS tenant,
	   t.id::text AS ticket,
	   change.at AT TIME ZONE 'UTC' AS at,
	   change.stage,
	   lag(change.stage) OVER (PARTITION BY t.id ORDER BY change.at, change.nth) AS previous,
	   CASE WHEN change.user_id > 1 THEN
			coalesce(nullif(concat_ws(' ', nullif(u.firstname, ''), nullif(u.lastname, '')), ''),
					 'user ' || change.user_id) END AS agent,
	   coalesce(change.pauses, false) AS pauses,
	   t.id AS ticket_key,
	   change.nth AS change_key
FROM tickets AS t
JOIN stage AS now ON now.state_key = t.state_id AND now.stage NOT IN ('merged', 'removed')
CROSS JOIN LATERAL (
	WITH history AS MATERIALIZED (
		SELECT h.id, h.id_from, h.value_from, h.id_to, h.value_to, h.created_at, h.created_by_id
		FROM histories AS h
		WHERE h.o_id = t.id AND h.created_at >= t.created_at
		  AND h.history_type_id = ANY (ARRAY(
			  SELECT id FROM history_types WHERE name = 'updated'))
		  AND h.history_object_id = ANY (ARRAY(
			  SELECT id FROM history_objects WHERE name = 'Ticket'))
		  AND h.history_attribute_id = ANY (ARRAY(
			  SELECT id FROM history_attributes WHERE name = 'state'))
	)
	SELECT t.created_at, coalesce(s.stage, first.value_from), s.pauses, 0, NULL::integer
	FROM (
		SELECT id_from, value_from::text, 1 AS nth, id FROM history
		UNION ALL SELECT t.state_id, NULL, 2, NULL
		ORDER BY nth, id LIMIT 1
	) AS first
	LEFT JOIN stage AS s ON s.state_key = first.id_from
	UNION ALL
	SELECT h.created_at, coalesce(s.stage, h.value_to), s.pauses, h.id, h.created_by_id
	FROM history AS h
	LEFT JOIN stage AS s ON s.state_key = h.id_to
) AS change (at, stage, pauses, nth, user_id)
LEFT JOIN users AS u ON u.id = change.user_id;

-- The clock stands still in states that ignore escalation, and between a close and a reopening.
SELECT CASE WHEN pg_temp.has_column('ticket_articles', 'detected_language')
			THEN '(SELECT a.detected_language FROM ticket_articles AS a WHERE a.ticket_id = t.id
				   ORDER BY a.id LIMIT 1)::text'
			ELSE 'NULL::text' END AS language \gset
CREATE OR REPLACE VIEW ticket AS
SELECT 'main' AS tenant,
	   t.id::text AS ticket,
	   t.number::text AS number,
	   t.customer_id::text AS customer,
	   CASE WHEN t.owner_id > 1 THEN
			coalesce(nullif(concat_ws(' ', nullif(u.firstname, ''), nullif(u.lastname, '')), ''),
					 'user ' || t.owner_id) END AS agent,
	   coalesce(g.name::text, 'group ' || t.group_id) AS team,
	   y.name::text AS channel,
	   substring(p.name FROM '^([1-4]) ')::integer AS priority,
	   ARRAY(SELECT i.name::text
			 FROM tags AS l
			 JOIN tag_objects AS o ON o.id = l.tag_object_id AND o.name = 'Ticket'
			 JOIN tag_items AS i ON i.id = l.tag_item_id
			 WHERE l.o_id = t.id ORDER BY l.id) AS tags,
	   :language AS language,
	   t.created_at AT TIME ZONE 'UTC' AS opened_at,
	   CASE WHEN t.first_response_at >= t.created_at
			THEN t.first_response_at AT TIME ZONE 'UTC' END AS first_reply_at,
	   CASE WHEN t.close_at >= t.created_at THEN t.close_at AT TIME ZONE 'UTC' END
		   AS first_resolved_at,
	   moment.resolved_at,
	   NULL::timestamptz AS closed_at,
	   coalesce(c.reopened, 0)::integer AS reopened,
	   CASE WHEN s.stage <> 'resolved'
			 AND t.last_contact_customer_at > coalesce(t.last_contact_agent_at, '-infinity')
			THEN t.last_contact_customer_at AT TIME ZONE 'UTC' END AS waiting_since,
	   s.stage AS status,
	   NULL::text AS merged_into,
	   k.calendar,
	   coalesce(c.paused * tstzmultirange(tstzrange(
		   t.created_at AT TIME ZONE 'UTC', moment.resolved_at)), '{}') AS paused,
	   CASE WHEN coalesce(t.first_response_escalation_at, t.close_escalation_at) IS NOT NULL
				 OR coalesce(t.first_response_in_min, t.close_in_min) IS NOT NULL
			THEN a.name END AS sla,
	   make_interval(mins => coalesce(t.first_response_in_min + t.first_response_diff_in_min,
			CASE WHEN t.first_response_escalation_at IS NOT NULL THEN a.first_response_time END))
		   AS first_reply_target,
	   make_interval(mins => coalesce(t.close_in_min + t.close_diff_in_min,
			CASE WHEN t.close_escalation_at IS NOT NULL THEN a.solution_time END))
		   AS resolution_target,
	   t.first_response_escalation_at AT TIME ZONE 'UTC' AS first_reply_due,
	   t.close_escalation_at AT TIME ZONE 'UTC' AS resolution_due,
	   make_interval(mins => t.first_response_in_min) AS product_first_reply,
	   make_interval(mins => t.close_in_min) AS product_resolution,
	   t.id AS ticket_key,
	   t.customer_id AS customer_key
FROM tickets AS t
JOIN stage AS s ON s.state_key = t.state_id AND s.stage NOT IN ('merged', 'removed')
LEFT JOIN users AS u ON u.id = t.owner_id
LEFT JOIN groups AS g ON g.id = t.group_id
LEFT JOIN ticket_article_types AS y ON y.id = t.create_article_type_id
LEFT JOIN ticket_priorities AS p ON p.id = t.priority_id
LEFT JOIN calendar AS k ON k.tenant = 'main' AND k.scope = t.group_id::text
-- Which agreement a ticket is under is not kept. Where there is but one, it is that one.
LEFT JOIN (
	SELECT min(name)::text AS name, min(first_response_time) AS first_response_time,
		   min(solution_time) AS solution_time
	FROM slas HAVING count(*) = 1
) AS a ON true
CROSS JOIN LATERAL (
	SELECT CASE WHEN s.stage = 'resolved' AND greatest(t.last_close_at, t.close_at) >= t.created_at
				THEN greatest(t.last_close_at, t.close_at) AT TIME ZONE 'UTC' END AS resolved_at
) AS moment
LEFT JOIN LATERAL (
	SELECT count(*) FILTER (WHERE previous = 'resolved' AND stage <> 'resolved') AS reopened,
		   range_agg(tstzrange(at, until))
			   FILTER (WHERE pauses AND (until IS NOT NULL OR stage <> 'resolved')) AS paused
	FROM (
		SELECT at, stage, previous, pauses, lead(at) OVER (ORDER BY at, change_key) AS until
		FROM ticket_status WHERE ticket_key = t.id
	) AS period
) AS c ON true;

-- A wait begins with what a customer writes after an agent, and ends with the next public article
-- of an agent that is a communication: a note is none.
CREATE OR REPLACE VIEW reply AS
SELECT 'main' AS tenant,
	   turn.ticket_id::text AS ticket,
	   turn.created_at AT TIME ZONE 'UTC' AS waiting_from,
	   turn.replied_at AT TIME ZONE 'UTC' AS replied_at,
	   CASE WHEN turn.agent_id IS NOT NULL THEN
			coalesce(nullif(concat_ws(' ', nullif(u.firstname, ''), nullif(u.lastname, '')), ''),
					 'user ' || turn.agent_id) END AS agent,
	   CASE WHEN turn.replied_at IS NOT NULL THEN false END AS by_bot,
	   turn.ticket_id AS ticket_key
FROM (
	SELECT ticket_id, by_customer, created_at,
		   lead(created_at) OVER following AS replied_at,
		   lead(created_by_id) OVER following AS agent_id
	FROM (
		SELECT a.ticket_id, a.id, a.created_at, a.created_by_id, w.name = 'Customer' AS by_customer,
			   lag(w.name) OVER (PARTITION BY a.ticket_id ORDER BY a.created_at, a.id)
				   IS DISTINCT FROM w.name AS turns
		FROM ticket_articles AS a
		JOIN ticket_article_senders AS w ON w.id = a.sender_id
		JOIN ticket_article_types AS y ON y.id = a.type_id
		WHERE NOT a.internal AND y.communication AND w.name IN ('Customer', 'Agent')
	) AS article
	WHERE turns
	WINDOW following AS (PARTITION BY ticket_id ORDER BY created_at, id)
) AS turn
JOIN tickets AS t ON t.id = turn.ticket_id
JOIN stage AS s ON s.state_key = t.state_id AND s.stage NOT IN ('merged', 'removed')
LEFT JOIN users AS u ON u.id = turn.agent_id
WHERE turn.by_customer AND (turn.replied_at IS NOT NULL OR s.stage <> 'resolved');

-- ---------------------------------------------------------------------------------------------
-- What is left out, or not as it was found.

CREATE OR REPLACE VIEW skipped AS
WITH ticket AS (
	SELECT t.created_at, t.first_response_at, t.close_at, t.last_close_at, s.stage
	FROM tickets AS t
	LEFT JOIN stage AS s ON s.state_key = t.state_id
),
line (relation, reason, rows) AS (
	SELECT 'ticket', 'merged into another one', count(*) FROM ticket WHERE stage = 'merged'
	UNION ALL
	SELECT 'ticket', 'removed', count(*) FROM ticket WHERE stage = 'removed'
	UNION ALL
	SELECT 'ticket', 'in a state that is gone', count(*) FROM ticket WHERE stage IS NULL
	UNION ALL
	SELECT 'ticket', 'closed, and not known when: resolved_at is NULL', count(*) FROM ticket
	WHERE stage = 'resolved' AND (greatest(last_close_at, close_at) >= created_at) IS NOT TRUE
	UNION ALL
	SELECT 'ticket', 'the first close is before the opening: first_resolved_at is NULL', count(*)
	FROM ticket WHERE close_at < created_at AND stage NOT IN ('merged', 'removed')
	UNION ALL
	SELECT 'ticket', 'the first reply is before the opening: first_reply_at is NULL', count(*)
	FROM ticket WHERE first_response_at < created_at AND stage NOT IN ('merged', 'removed')
	UNION ALL
	SELECT 'calendar', 'a group has no hours: none are the default, or they cannot be read',
		count(*)
	FROM groups AS g
	LEFT JOIN calendar AS k ON k.tenant = 'main' AND k.scope = g.id::text
	WHERE k.calendar IS NULL
)
SELECT relation, reason, rows FROM line WHERE rows > 0;

\ir ../common/end.sql
