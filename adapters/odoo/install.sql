-- The standard relations of cxm over Odoo: ratings, leads on their way, tickets, business hours,
-- and contracts.
--
--     psql [-v schema=cx_odoo] [-v source=public] -f adapters/odoo/install.sql
--
-- It makes views in a schema of their own, and one table: the calendars, which may be edited. It
-- can be run again at any time: do so when a module was added. docs/adapters/odoo.md says what
-- comes from where.

\set system odoo
\set product 'Odoo 17, helpdesk_mgmt and contract of the Odoo Community Association'
\ir ../common/begin.sql

INSERT INTO pg_temp.needed VALUES
	('res_partner', 'id name commercial_company_name country_id lang active create_date'),
	('res_country', 'id code'),
	('res_partner_category', 'id name'),
	('res_partner_res_partner_category_rel', 'category_id partner_id'),
	('res_users', 'id partner_id share'),
	('res_company', 'id currency_id'),
	('res_currency', 'id name'),
	('ir_model_fields', 'id name'),
	('mail_message', 'id model res_id date author_id message_type subtype_id is_internal'),
	('mail_message_subtype', 'id internal'),
	('mail_tracking_value', 'id field_id old_value_integer new_value_integer mail_message_id'),
	('resource_calendar', 'id name tz'),
	('resource_calendar_attendance', 'calendar_id resource_id dayofweek hour_from hour_to day_period
		week_type display_type date_from date_to'),
	('resource_calendar_leaves', 'calendar_id resource_id date_from date_to');

-- A module that is not installed has no table. Version 17 renamed the field of a tracked change.
SELECT pg_temp.has_column('mail_tracking_value', 'field')
		AND NOT pg_temp.has_column('mail_tracking_value', 'field_id') AS has_field,
	pg_temp.has_column('rating_rating', 'id') AS has_ratings,
	pg_temp.has_column('crm_lead', 'id') AS has_leads,
	pg_temp.has_column('helpdesk_ticket', 'id') AS has_helpdesk,
	pg_temp.has_column('project_task', 'id') AS has_tasks,
	pg_temp.has_column('contract_line', 'id') AS has_contracts \gset
\set field field_id
\set ticket_model '''project.task'''
\if :has_field
	\set field field
	UPDATE pg_temp.needed SET columns = replace(columns, 'field_id', 'field');
\endif
\if :has_ratings
	INSERT INTO pg_temp.needed VALUES
		('rating_rating', 'id res_model res_id rated_partner_id partner_id rating consumed feedback
			create_date write_date');
\endif
\if :has_leads
	INSERT INTO pg_temp.needed VALUES
		('crm_lead', 'id stage_id partner_id company_id active probability expected_revenue
			create_date date_closed'),
		('crm_stage', 'id name');
\endif
\if :has_helpdesk
	\set ticket_model '''helpdesk.ticket'''
	INSERT INTO pg_temp.needed VALUES
		('helpdesk_ticket', 'id number partner_id user_id team_id channel_id stage_id priority
			active create_date closed_date'),
		('helpdesk_ticket_stage', 'id name closed'),
		('helpdesk_ticket_team', 'id name'),
		('helpdesk_ticket_channel', 'id name');
\endif
\if :has_tasks
	INSERT INTO pg_temp.needed VALUES
		('project_task', 'id project_id partner_id stage_id priority active create_date date_end'),
		('project_task_type', 'id name fold'),
		('project_project', 'id name');
\endif
\if :has_contracts
	INSERT INTO pg_temp.needed VALUES
		('contract_contract', 'id partner_id company_id contract_type active'),
		('contract_line', 'id contract_id name display_type date_start date_end price_unit quantity
			discount recurring_rule_type recurring_interval is_canceled
			predecessor_contract_line_id');
\endif
\ir ../common/columns.sql

-- A name is a text, and translated since version 16: English, or else the first that there is.
CREATE OR REPLACE FUNCTION label(name jsonb) RETURNS text STABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(name) WHEN 'object' THEN coalesce(name ->> 'en_US',
		(SELECT value FROM jsonb_each_text(name) ORDER BY key COLLATE "C" LIMIT 1))
	ELSE name #>> '{}' END;

-- ---------------------------------------------------------------------------------------------
-- A database of Odoo is one tenant, whose companies share their partners.

CREATE OR REPLACE VIEW customer AS
SELECT 'main' AS tenant, p.id::text AS customer, p.name::text AS name,
	nullif(commercial_company_name, '')::text AS company, c.code::text AS country,
	left(lang, 2) AS language,
	(SELECT array_agg(label(to_jsonb(category.name)) ORDER BY category.id)
		FROM res_partner_res_partner_category_rel AS rel
		JOIN res_partner_category AS category ON category.id = rel.category_id
		WHERE rel.partner_id = p.id) AS segments,
	p.create_date AT TIME ZONE 'UTC' AS created_at, NOT coalesce(p.active, true) AS deleted,
	p.id AS customer_key
FROM res_partner AS p
LEFT JOIN res_country AS c ON c.id = p.country_id
WHERE NOT EXISTS (SELECT FROM res_users AS u
	WHERE u.partner_id = p.id AND NOT coalesce(share, false));
COMMENT ON VIEW customer IS 'Partners of Odoo, without those who are its users; segments are their '
	'categories. Who was archived is deleted.';

-- ---------------------------------------------------------------------------------------------
-- Changes of the stage, as the tracking of fields notes them. No stage is NULL.

CREATE OR REPLACE VIEW tracked AS
SELECT m.model::text, m.res_id, v.id AS nth, m.date AT TIME ZONE 'UTC' AS at,
	nullif(old_value_integer, 0) AS from_stage, nullif(new_value_integer, 0) AS to_stage, author_id
FROM mail_message AS m
JOIN mail_tracking_value AS v ON v.mail_message_id = m.id
JOIN ir_model_fields AS f ON f.id = v.:field
WHERE f.name = 'stage_id';
COMMENT ON VIEW tracked IS 'Changes of the stage of whatever has one.';

\if :has_leads
-- A lead begins in the stage that its first change left. To be lost is no stage of Odoo.
CREATE OR REPLACE VIEW lead_step AS
SELECT l.id AS lead_id, at, nth, step.stage_id, previous, is_lost
FROM crm_lead AS l
LEFT JOIN LATERAL (
	SELECT from_stage, true AS is_there FROM tracked
	WHERE model = 'crm.lead' AND res_id = l.id ORDER BY at, nth LIMIT 1) AS first ON true
CROSS JOIN LATERAL (
	SELECT l.create_date AT TIME ZONE 'UTC', 0,
		CASE WHEN is_there THEN from_stage ELSE l.stage_id END, NULL::integer, false
	UNION ALL
	SELECT at, nth, to_stage, from_stage, false FROM tracked
	WHERE model = 'crm.lead' AND res_id = l.id
	UNION ALL
	SELECT l.date_closed AT TIME ZONE 'UTC', NULL, NULL, l.stage_id, true
	WHERE NOT l.active AND l.probability = 0 AND l.date_closed IS NOT NULL
) AS step (at, nth, stage_id, previous, is_lost);

CREATE OR REPLACE VIEW event AS
SELECT 'main' AS tenant, coalesce(partner_id::text, 'lead ' || l.id) AS customer,
	NULL::text AS session, at,
	CASE WHEN is_lost THEN 'lost' ELSE coalesce(label(to_jsonb(stage.name)), 'none') END AS stage,
	NULL::text AS channel, 'lead ' || l.id AS object, expected_revenue::numeric AS value,
	currency.name::text AS currency, partner_id AS customer_key, l.id AS lead_key
FROM crm_lead AS l
JOIN lead_step AS step ON lead_id = l.id
LEFT JOIN crm_stage AS stage ON stage.id = step.stage_id
LEFT JOIN res_company AS company ON company.id = l.company_id
LEFT JOIN res_currency AS currency ON currency.id = company.currency_id
WHERE at >= l.create_date AT TIME ZONE 'UTC';
COMMENT ON VIEW event IS
	'Leads of Odoo on their way: a row for each stage, the first included, and one '
	'when a lead was lost; object is the lead.';

CREATE OR REPLACE VIEW lead_skipped AS
SELECT 'event' AS relation, 'a change before the beginning of the lead' AS reason, count(*) AS rows
FROM lead_step JOIN crm_lead AS l ON l.id = lead_id
WHERE at < l.create_date AT TIME ZONE 'UTC' HAVING count(*) > 0
UNION ALL
SELECT 'event', 'a change of a lead that is gone', count(*)
FROM tracked WHERE model = 'crm.lead' AND NOT EXISTS (SELECT FROM crm_lead WHERE id = res_id)
HAVING count(*) > 0;
\set skipped_leads 'UNION ALL SELECT * FROM lead_skipped'
\else
\set skipped_leads ''
\endif

-- ---------------------------------------------------------------------------------------------
-- Business hours. What is there stays: edit it, or delete it and fill it again.

\ir ../common/calendar.sql
COMMENT ON TABLE calendar IS
	'Business hours: a row for each resource_calendar, by its id; a row with the '
	'name of a team or project for its scope is the calendar of its tickets.';

-- 8.5 is half past eight.
CREATE OR REPLACE FUNCTION clock(hours double precision) RETURNS text STABLE PARALLEL SAFE
RETURN to_char(make_interval(secs => round(hours * 3600)), 'HH24:MI:SS');

-- Hours of some season only are not read, and neither are those of one person or machine.
CREATE OR REPLACE VIEW calendar_problem AS
SELECT c.id AS calendar_id, CASE
	WHEN NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = c.tz) THEN 'an unknown time zone'
	WHEN EXISTS (SELECT FROM resource_calendar_attendance
		WHERE calendar_id = c.id AND (date_from IS NOT NULL OR date_to IS NOT NULL))
		THEN 'hours of some dates only'
	WHEN NOT EXISTS (SELECT FROM resource_calendar_attendance
		WHERE calendar_id = c.id AND resource_id IS NULL AND display_type IS NULL
			AND hour_from < hour_to) THEN 'no hours' END AS problem
FROM resource_calendar AS c;

CREATE OR REPLACE VIEW calendar_span AS
SELECT calendar_id, tz, dayofweek::integer AS day, week_type, hour_from, hour_to
FROM resource_calendar_attendance AS a
JOIN calendar_problem USING (calendar_id)
JOIN resource_calendar AS c ON c.id = calendar_id
WHERE problem IS NULL AND resource_id IS NULL AND display_type IS NULL AND day_period <> 'lunch'
	AND hour_from < hour_to;

-- The rest of a day of which a leave takes some. Weeks take turns since that of 1900-01-08: Odoo
-- counts them from the year 1.
CREATE OR REPLACE VIEW calendar_exception AS
SELECT calendar_id, day, range_agg(open) - range_agg(away) AS rest, range_agg(open) AS usual
FROM (
	SELECT span.calendar_id, date::date AS day,
		tsrange(date + make_interval(secs => round(hour_from * 3600)),
			date + make_interval(secs => round(hour_to * 3600))) AS open,
		tsrange(starts, ends) AS away
	FROM resource_calendar_leaves AS leave
	JOIN calendar_span AS span ON leave.calendar_id IS NULL OR leave.calendar_id = span.calendar_id
	CROSS JOIN LATERAL (SELECT leave.date_from AT TIME ZONE 'UTC' AT TIME ZONE tz,
		leave.date_to AT TIME ZONE 'UTC' AT TIME ZONE tz) AS local (starts, ends)
	CROSS JOIN LATERAL generate_series(date_trunc('day', starts), ends, interval '1 day')
		AS days (date)
	WHERE leave.resource_id IS NULL AND starts < ends AND extract(isodow FROM date) = span.day + 1
		AND (week_type IS NULL OR week_type = ((date::date - date '1900-01-08') / 7 % 2)::text)
) AS taken
GROUP BY calendar_id, day;

CREATE OR REPLACE VIEW calendar_text AS
SELECT calendar_id, format('%s in %s%s', week, tz, ' except ' || (
		SELECT string_agg(to_char(day, 'YYYY-MM-DD') || CASE WHEN isempty(rest) THEN '' ELSE (
				SELECT string_agg(format(' %s-%s',
					clock(extract(epoch FROM lower(open) - day) / 3600),
					clock(extract(epoch FROM upper(open) - day) / 3600)), '' ORDER BY open)
				FROM unnest(rest) AS open) END, ', ' ORDER BY day)
		FROM calendar_exception AS e WHERE e.calendar_id = w.calendar_id AND rest <> usual))
			AS hours
FROM (
	SELECT calendar_id, tz, CASE WHEN bool_or(week_type IS NOT NULL)
		THEN format('from 1900-01-08 week %s then week %s',
			coalesce(string_agg(span, ', ' ORDER BY day, hour_from)
				FILTER (WHERE week_type IS DISTINCT FROM '1'), 'closed'),
			coalesce(string_agg(span, ', ' ORDER BY day, hour_from)
				FILTER (WHERE week_type IS DISTINCT FROM '0'), 'closed'))
		ELSE string_agg(span, ', ' ORDER BY day, hour_from) END AS week
	FROM calendar_span
	CROSS JOIN LATERAL (SELECT format('%s %s-%s',
		('{Mon,Tue,Wed,Thu,Fri,Sat,Sun}'::text[])[1 + day],
		clock(hour_from), clock(hour_to))) AS t (span)
	GROUP BY calendar_id, tz
) AS w;

CREATE OR REPLACE FUNCTION fill_calendar() RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
	WITH added AS (
		INSERT INTO calendar
		SELECT 'main', calendar_id::text, hours::business_calendar FROM calendar_text
		ON CONFLICT DO NOTHING
		RETURNING 1
	)
	SELECT count(*) FROM added;
END;
COMMENT ON FUNCTION fill_calendar() IS
	'Adds the calendars that are not there yet, and returns how many.';
SELECT fill_calendar() AS added \gset adapter_

-- ---------------------------------------------------------------------------------------------
-- What the tickets are: those of helpdesk_mgmt, or else the tasks of projects, which are closed in
-- a stage that is folded.

\if :has_helpdesk
CREATE OR REPLACE VIEW request AS
SELECT 'helpdesk.ticket'::text AS model, t.id, t.number::text, t.partner_id, t.user_id,
	label(to_jsonb(team.name)) AS team, label(to_jsonb(channel.name)) AS channel,
	t.priority::integer + 1 AS priority, t.create_date AT TIME ZONE 'UTC' AS opened_at,
	t.closed_date AT TIME ZONE 'UTC' AS closed_at, t.stage_id, coalesce(t.active, true) AS active
FROM helpdesk_ticket AS t
LEFT JOIN helpdesk_ticket_team AS team ON team.id = team_id
LEFT JOIN helpdesk_ticket_channel AS channel ON channel.id = channel_id;
CREATE OR REPLACE VIEW request_type AS
SELECT id, label(to_jsonb(name)) AS stage, coalesce(closed, false) AS closed
FROM helpdesk_ticket_stage;
\set has_requests true
\elif :has_tasks
CREATE OR REPLACE VIEW request AS
SELECT 'project.task'::text AS model, t.id, t.id::text AS number, t.partner_id,
	NULL::integer AS user_id, label(to_jsonb(project.name)) AS team, NULL::text AS channel,
	t.priority::integer + 2 AS priority, t.create_date AT TIME ZONE 'UTC' AS opened_at,
	t.date_end AT TIME ZONE 'UTC' AS closed_at, t.stage_id, coalesce(t.active, true) AS active
FROM project_task AS t
LEFT JOIN project_project AS project ON project.id = project_id;
CREATE OR REPLACE VIEW request_type AS
SELECT id, label(to_jsonb(name)) AS stage, coalesce(fold, false) AS closed FROM project_task_type;
\set has_requests true
\else
\set has_requests false
\endif

\if :has_requests
-- The opening stage, and each change; a change that is before the opening is of no use.
CREATE OR REPLACE VIEW request_step AS
SELECT r.id AS request_id, at, nth, step.stage_id, previous_id, author_id,
	coalesce(is_there, false) AS is_tracked
FROM request AS r
LEFT JOIN LATERAL (
	SELECT from_stage, true AS is_there FROM tracked
	WHERE tracked.model = r.model AND res_id = r.id ORDER BY at, nth LIMIT 1) AS first ON true
CROSS JOIN LATERAL (
	SELECT opened_at, 0, CASE WHEN is_there THEN from_stage ELSE r.stage_id END, NULL::integer,
		NULL::integer
	UNION ALL
	SELECT at, nth, to_stage, from_stage, author_id FROM tracked
	WHERE tracked.model = r.model AND res_id = r.id AND at >= opened_at
) AS step (at, nth, stage_id, previous_id, author_id)
WHERE active;

CREATE OR REPLACE VIEW ticket_status AS
SELECT 'main' AS tenant, request_id::text AS ticket, at, coalesce(t.stage, 'none') AS stage,
	CASE WHEN nth > 0 THEN coalesce(before.stage, 'none') END AS previous,
	author.name::text AS agent, NULL::boolean AS pauses, request_id AS ticket_key
FROM request_step AS step
LEFT JOIN request_type AS t ON t.id = step.stage_id
LEFT JOIN request_type AS before ON before.id = previous_id
LEFT JOIN res_partner AS author ON author.id = author_id;
COMMENT ON VIEW ticket_status IS 'Stages of the tickets or tasks of Odoo, the first included.';

-- Closed without a tracked change: when it was closed, as Odoo says, or when it was opened.
CREATE OR REPLACE VIEW ticket AS
SELECT 'main' AS tenant, r.id::text AS ticket, number, r.partner_id::text AS customer,
	agent.name::text AS agent, team, channel, priority, NULL::text[] AS tags,
	NULL::text AS language, opened_at, first_reply_at, first_resolved_at,
	CASE WHEN t.closed THEN last_resolved_at END AS resolved_at, NULL::timestamptz AS closed_at,
	reopened, NULL::timestamptz AS waiting_since,
	CASE WHEN t.closed THEN 'resolved' WHEN steps = 1 AND first_reply_at IS NULL THEN 'new'
		ELSE 'open' END AS status,
	NULL::text AS merged_into,
	(SELECT calendar FROM calendar WHERE tenant = 'main' AND scope = team) AS calendar,
	NULL::tstzmultirange AS paused, NULL::text AS sla, NULL::interval AS first_reply_target,
	NULL::interval AS resolution_target, NULL::timestamptz AS first_reply_due,
	NULL::timestamptz AS resolution_due, NULL::interval AS product_first_reply,
	closed_at - opened_at AS product_resolution, r.id AS ticket_key
FROM request AS r
LEFT JOIN request_type AS t ON t.id = r.stage_id
LEFT JOIN res_users AS u ON u.id = user_id
LEFT JOIN res_partner AS agent ON agent.id = u.partner_id
CROSS JOIN LATERAL (
	SELECT count(*) AS steps,
		min(resolved) AS first_resolved_at,
		max(resolved) AS last_resolved_at,
		count(*) FILTER (WHERE NOT coalesce(after.closed, false) AND before.closed)::integer
			AS reopened
	FROM request_step AS step
	LEFT JOIN request_type AS after ON after.id = step.stage_id
	LEFT JOIN request_type AS before ON before.id = previous_id
	CROSS JOIN LATERAL (SELECT CASE WHEN after.closed AND NOT coalesce(before.closed, false)
		THEN CASE WHEN is_tracked THEN at ELSE greatest(at, closed_at) END END) AS s (resolved)
	WHERE request_id = r.id
) AS way
CROSS JOIN LATERAL (
	SELECT min(m.date) AT TIME ZONE 'UTC' AS first_reply_at
	FROM mail_message AS m
	LEFT JOIN mail_message_subtype AS subtype ON subtype.id = subtype_id
	WHERE m.model = r.model AND m.res_id = r.id AND m.message_type IN ('comment', 'email_outgoing')
		AND NOT coalesce(is_internal, false) AND NOT coalesce(subtype.internal, false)
		AND m.date AT TIME ZONE 'UTC' >= opened_at
		AND EXISTS (SELECT FROM res_users AS colleague
			WHERE colleague.partner_id = author_id AND NOT coalesce(share, false))
) AS replied
WHERE r.active;
COMMENT ON VIEW ticket IS
	'Tickets of helpdesk_mgmt, or tasks where it is not installed. Archived ones are '
	'left out. product_resolution is until the closed date of Odoo, which may be that of an '
	'earlier resolution.';

CREATE OR REPLACE VIEW request_skipped AS
SELECT 'ticket' AS relation, 'archived' AS reason, count(*) AS rows
FROM request WHERE NOT active HAVING count(*) > 0
UNION ALL
SELECT 'ticket_status', 'a change before the opening', count(*)
FROM tracked JOIN request AS r ON r.model = tracked.model AND r.id = res_id
WHERE active AND at < opened_at HAVING count(*) > 0
UNION ALL
SELECT 'ticket.resolved_at', 'no change was tracked', count(*)
FROM request AS r JOIN request_type AS t ON t.id = stage_id
WHERE active AND closed AND NOT EXISTS (SELECT FROM tracked
	WHERE tracked.model = r.model AND res_id = r.id) HAVING count(*) > 0;
\set skipped_requests 'UNION ALL SELECT * FROM request_skipped'
\else
\set skipped_requests ''
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_ratings
CREATE OR REPLACE VIEW rating_given AS
SELECT r.*, consumed AND rating > 0 AS is_given,
	CASE WHEN consumed AND rating = trunc(rating) AND rating BETWEEN 1 AND 5 THEN rating END
		AS answer
FROM rating_rating AS r;

CREATE OR REPLACE VIEW response AS
SELECT 'main' AS tenant, r.id::text AS response, res_model::text AS survey, 'csat' AS metric,
	'1..5' AS scale, answer,
	CASE WHEN answer IS NOT NULL THEN 'answered' WHEN consumed THEN 'dismissed' ELSE 'pending' END
		AS state,
	create_date AT TIME ZONE 'UTC' AS asked_at,
	CASE WHEN answer IS NOT NULL THEN greatest(create_date, write_date) AT TIME ZONE 'UTC' END
		AS answered_at,
	r.partner_id::text AS customer,
	(SELECT name::text FROM res_partner WHERE id = rated_partner_id) AS agent,
	NULL::text AS team, NULL::text AS channel,
	CASE WHEN res_model = :ticket_model THEN res_id::text END AS ticket, NULL::text AS language,
	NULL::text[] AS tags, nullif(feedback, '') AS comment
FROM rating_given AS r;
COMMENT ON VIEW response IS
	'Ratings of Odoo, asked for and given or not. The survey is the model that '
	'was rated.';

CREATE OR REPLACE VIEW rating_skipped AS
SELECT 'response.answer' AS relation, format('%s is not on the scale 1..5', rating) AS reason,
	count(*) AS rows
FROM rating_given WHERE is_given AND answer IS NULL GROUP BY rating;
\set skipped_ratings 'UNION ALL SELECT * FROM rating_skipped'
\else
\set skipped_ratings ''
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_contracts
CREATE OR REPLACE VIEW contract_checked AS
SELECT l.*, partner_id, company_id, CASE
	WHEN contract_type <> 'sale' THEN 'of a purchase'
	WHEN NOT coalesce(c.active, true) THEN 'archived'
	WHEN display_type IS NOT NULL THEN 'a heading or a note'
	WHEN date_start IS NULL THEN 'has no beginning'
	WHEN date_end < date_start - 1 THEN 'ended before it began' END AS problem
FROM contract_line AS l
JOIN contract_contract AS c ON c.id = contract_id;

-- The chain is the first of the lines that take up each other.
CREATE OR REPLACE VIEW subscription AS
SELECT 'main' AS tenant, l.id::text AS subscription,
	coalesce((
		WITH RECURSIVE line AS (
			SELECT l.id, l.predecessor_contract_line_id AS before
			UNION
			SELECT earlier.id, earlier.predecessor_contract_line_id
			FROM contract_line AS earlier JOIN line ON earlier.id = line.before
		)
		SELECT line.id FROM line WHERE line.before IS NULL), l.id)::text AS chain,
	partner_id::text AS customer, l.name AS plan,
	CASE WHEN is_canceled THEN 'canceled' WHEN date_end IS NULL THEN 'active'
		ELSE 'ends' END AS status,
	date_start::timestamp AT TIME ZONE 'UTC' AS started_at,
	(date_end + 1)::timestamp AT TIME ZONE 'UTC' AS ended_at, NULL::timestamptz AS cancelled_at,
	NULL::timestamptz AS trial_until, amount, currency.name::text AS currency, period,
	monthly_amount(amount, period) AS mrr, NULL::text AS cancel_reason
FROM contract_checked AS l
CROSS JOIN LATERAL (SELECT
	round(price_unit::numeric * quantity::numeric * (1 - coalesce(discount, 0) / 100), 2),
	recurring_interval * CASE recurring_rule_type WHEN 'daily' THEN interval '1 day'
		WHEN 'weekly' THEN '7 days' WHEN 'monthly' THEN '1 month'
		WHEN 'monthlylastday' THEN '1 month'
		WHEN 'quarterly' THEN '3 months' WHEN 'semesterly' THEN '6 months'
		WHEN 'yearly' THEN '1 year' END) AS price (amount, period)
LEFT JOIN res_company AS company ON company.id = company_id
LEFT JOIN res_currency AS currency ON currency.id = company.currency_id
WHERE problem IS NULL;
COMMENT ON VIEW subscription IS
	'Lines of the sales contracts of Odoo, of one chain with those that they '
	'take up.';

CREATE OR REPLACE VIEW contract_skipped AS
SELECT 'subscription' AS relation, problem AS reason, count(*) AS rows
FROM contract_checked WHERE problem IS NOT NULL GROUP BY problem;
\set skipped_contracts 'UNION ALL SELECT * FROM contract_skipped'
\else
\set skipped_contracts ''
\endif

-- ---------------------------------------------------------------------------------------------
CREATE OR REPLACE VIEW skipped AS
SELECT 'calendar' AS relation, problem AS reason, count(*) AS rows
FROM calendar_problem WHERE problem IS NOT NULL GROUP BY problem
UNION ALL
SELECT 'customer', 'a user of Odoo', count(*) FROM res_partner AS p
WHERE EXISTS (SELECT FROM res_users AS u WHERE u.partner_id = p.id AND NOT coalesce(share, false))
HAVING count(*) > 0
:skipped_leads :skipped_requests :skipped_ratings :skipped_contracts;

\ir ../common/end.sql
