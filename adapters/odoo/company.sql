-- The demo company (examples/company.sql, in the schema demo) as Odoo would hold it, in the tables
-- of layout.sql: its customers, those who are on the way to be one as leads, the tickets and what
-- was said of them, and contracts. Other surveys are not known, nor when somebody said that he or
-- she leaves.

\set ON_ERROR_STOP on
\set QUIET on

BEGIN;

INSERT INTO res_currency VALUES (1, 'INR');
INSERT INTO res_company VALUES (1, 1);
INSERT INTO ir_model_fields VALUES (1, 'crm.lead', 'stage_id'), (2, 'helpdesk.ticket', 'stage_id');
INSERT INTO mail_message_subtype VALUES (1, false), (2, true);
INSERT INTO res_country SELECT row_number() OVER (ORDER BY country), country
FROM (SELECT DISTINCT country FROM demo.customer) AS countries;

INSERT INTO res_partner
SELECT customer::integer, name, company, res_country.id, language || '_IN', NOT deleted,
	   created_at AT TIME ZONE 'UTC'
FROM demo.customer LEFT JOIN res_country ON code = country;
INSERT INTO res_partner_category
SELECT row_number() OVER (ORDER BY min(nth), segment), jsonb_build_object('en_US', segment)
FROM demo.customer, unnest(segments) WITH ORDINALITY AS s (segment, nth) GROUP BY segment;
INSERT INTO res_partner_res_partner_category_rel
SELECT DISTINCT id, customer::integer
FROM demo.customer, unnest(segments) AS segment
JOIN res_partner_category ON name ->> 'en_US' = segment;

-- Agents have ids above all customers.
INSERT INTO res_partner (id, name, create_date)
SELECT 900000 + row_number() OVER (ORDER BY agent), agent, '2023-01-01'
FROM (SELECT DISTINCT agent FROM demo.reply WHERE agent IS NOT NULL) AS agents;
INSERT INTO res_users SELECT id - 900000, id, false FROM res_partner WHERE id > 900000;
CREATE TEMP TABLE agent ON COMMIT DROP AS
SELECT name AS agent, id AS partner_id, id - 900000 AS user_id FROM res_partner WHERE id > 900000;

-- Days off are of the local day.
INSERT INTO resource_calendar VALUES (1, 'Service', 'Asia/Kolkata');
INSERT INTO resource_calendar_attendance (calendar_id, dayofweek, hour_from, hour_to)
SELECT 1, day, 8, 20 FROM generate_series(0, 5) AS day;
INSERT INTO resource_calendar_leaves (calendar_id, date_from, date_to)
SELECT 1, day AT TIME ZONE 'Asia/Kolkata' AT TIME ZONE 'UTC',
	   (day + interval '1 day') AT TIME ZONE 'Asia/Kolkata' AT TIME ZONE 'UTC'
FROM unnest('{2024-01-26, 2024-08-15, 2024-10-02, 2025-01-26, 2025-08-15, 2025-10-02}'
	::timestamp[]) AS day;

INSERT INTO helpdesk_ticket_team
SELECT row_number() OVER (ORDER BY scope), jsonb_build_object('en_US', scope) FROM demo.calendar;
INSERT INTO helpdesk_ticket_channel
SELECT row_number() OVER (ORDER BY channel), jsonb_build_object('en_US', channel)
FROM (SELECT DISTINCT channel FROM demo.ticket) AS channels;
INSERT INTO helpdesk_ticket_stage
SELECT nth, jsonb_build_object('en_US', stage), stage = 'resolved'
FROM unnest('{new,open,pending,resolved}'::text[]) WITH ORDINALITY AS s (stage, nth);
INSERT INTO helpdesk_ticket
SELECT ticket::integer, number, customer::integer, user_id, team.id, c.id, stage.id,
	   (priority - 1)::text, true, opened_at AT TIME ZONE 'UTC', resolved_at AT TIME ZONE 'UTC'
FROM demo.ticket
LEFT JOIN agent USING (agent)
LEFT JOIN helpdesk_ticket_team AS team ON team.name ->> 'en_US' = team
LEFT JOIN helpdesk_ticket_channel AS c ON c.name ->> 'en_US' = channel
JOIN helpdesk_ticket_stage AS stage ON stage.name ->> 'en_US' = status;

-- Leads go up to the purchase; to be in a stage once more is no change.
CREATE TEMP TABLE step ON COMMIT DROP AS
SELECT customer::integer AS lead_id, at, stage.id AS stage_id,
	   lag(stage.id) OVER (PARTITION BY customer ORDER BY at) AS previous_id
FROM demo.event
JOIN unnest('{awareness,consideration,250:trial,purchase}'::text[]) WITH ORDINALITY
	AS stage (name, id) ON name = stage;
DELETE FROM step WHERE previous_id = stage_id;
INSERT INTO crm_stage
SELECT nth, jsonb_build_object('en_US', stage), stage = 'purchase'
FROM unnest('{awareness,consideration,250:trial,purchase}'::text[])
	WITH ORDINALITY AS s (stage, nth);
INSERT INTO crm_lead (id, stage_id, partner_id, company_id, active, probability, create_date)
SELECT DISTINCT ON (lead_id) lead_id, stage_id, lead_id, 1, true, CASE stage_id WHEN 4 THEN 100
	   ELSE 20 END, min(at) OVER (PARTITION BY lead_id) AT TIME ZONE 'UTC'
FROM step ORDER BY lead_id, at DESC;

-- What happened is a message: changes of the stage, and the first reply.
CREATE TEMP TABLE happened ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY at, model, id, field IS NULL) AS message, h.*
FROM (
	SELECT 'crm.lead', lead_id, at, NULL::integer, 1, previous_id, stage_id
	FROM step WHERE previous_id IS NOT NULL
	UNION ALL
	SELECT 'helpdesk.ticket', ticket::integer, at, partner_id, 2, b.id, a.id
	FROM demo.ticket_status AS s
	JOIN helpdesk_ticket_stage AS b ON b.name ->> 'en_US' = previous
	JOIN helpdesk_ticket_stage AS a ON a.name ->> 'en_US' = stage
	LEFT JOIN agent USING (agent)
	UNION ALL
	SELECT 'helpdesk.ticket', ticket::integer, first_reply_at, partner_id, NULL, NULL, NULL
	FROM demo.ticket JOIN agent USING (agent) WHERE first_reply_at IS NOT NULL
) AS h (model, id, at, author_id, field, before, after);
INSERT INTO mail_message
SELECT message, model, id, at AT TIME ZONE 'UTC', author_id,
	   CASE WHEN field IS NULL THEN 'comment' ELSE 'notification' END,
	   CASE WHEN field IS NULL THEN 1 ELSE 2 END, false
FROM happened;
INSERT INTO mail_tracking_value (field_id, old_value_integer, new_value_integer, mail_message_id)
SELECT field, before, after, message FROM happened WHERE field IS NOT NULL ORDER BY message;

INSERT INTO rating_rating
SELECT response::integer, 'helpdesk.ticket', ticket::integer, partner_id, customer::integer,
	   coalesce(answer, 0), answer IS NOT NULL, comment, asked_at AT TIME ZONE 'UTC',
	   coalesce(answered_at, asked_at) AT TIME ZONE 'UTC'
FROM demo.response LEFT JOIN agent USING (agent)
WHERE metric = 'csat' AND ticket IS NOT NULL;

CREATE TEMP TABLE line ON COMMIT DROP AS
SELECT subscription::integer AS id, dense_rank() OVER (ORDER BY chain) AS contract_id, s.*,
	   lag(subscription::integer) OVER (PARTITION BY chain ORDER BY started_at) AS previous
FROM demo.subscription AS s;
INSERT INTO contract_contract (id, partner_id, company_id)
SELECT DISTINCT contract_id, customer::integer, 1 FROM line;
INSERT INTO contract_line
SELECT id, contract_id, plan, NULL, (started_at AT TIME ZONE 'UTC')::date,
	   (ended_at AT TIME ZONE 'UTC')::date - 1, amount, 1, 0,
	   CASE plan WHEN 'monthly' THEN 'monthly' ELSE 'yearly' END,
	   CASE plan WHEN 'two years' THEN 2 ELSE 1 END, false, previous
FROM line;

ANALYZE;

COMMIT;
