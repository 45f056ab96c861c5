-- The service desk of the demo company, for company.sql: one ticket for each contact with service
-- that a survey asks about, and those that are still open on the last day, with their history.

INSERT INTO calendar (tenant, scope, calendar)
SELECT 'demo', team, 'Mon-Sat 08:00-20:00 in Asia/Kolkata except 2024-01-26, 2024-08-15,
	2024-10-02, 2025-01-26, 2025-08-15, 2025-10-02'
FROM unnest('{Billing,Devices,Network}'::text[]) AS team;

-- The longer it took, the crosser the answer; most are solved in hours, some take days. The first
-- two agents of a team have more of the delighted, the last one more of the cross.
CREATE TEMP TABLE desk AS
WITH contact AS (
	SELECT id, customer_id, channel, asked_at - interval '30 minutes' AS resolved_at,
		   CASE WHEN metric = 'csat' THEN 7 - coalesce(answer, 4) ELSE 3 END AS crossness,
		   pg_temp.dice(id, 41, 100) AS luck,
		   pg_temp.dice(id, 40, 100) AS topic,
		   CASE WHEN pg_temp.dice(id, 81, 4) > 0 OR metric <> 'csat' THEN pg_temp.dice(id, 82, 6)
				WHEN answer = 5 THEN pg_temp.dice(id, 82, 2)
				WHEN answer <= 2 THEN 5
				ELSE pg_temp.dice(id, 82, 6) END AS desk
	FROM asking
	WHERE stage = 'service'
),
timed AS (
	SELECT *, CASE WHEN topic < 30 THEN 'Billing' WHEN topic < 75 THEN 'Network' ELSE 'Devices' END
			   AS team,
		   15 + crossness * (5 + luck * luck * luck / 10000)
			   * CASE WHEN topic < 30 THEN 3 WHEN topic < 75 THEN 8 ELSE 5 END AS minutes
	FROM contact
)
SELECT id, customer_id, team, channel, desk,
	   resolved_at - make_interval(mins => minutes) AS opened_at,
	   resolved_at - make_interval(mins => minutes * (40 + pg_temp.dice(id, 42, 60)) / 100)
		   AS first_reply_at,
	   resolved_at,
	   -- one in five of those that take hours waits for the customer after the reply
	   CASE WHEN minutes >= 120 AND pg_temp.dice(id, 83, 5) = 0
			THEN make_interval(mins => minutes * (10 + pg_temp.dice(id, 84, 20)) / 100) END AS pause,
	   -- one in 25 is taken for resolved too early, and opened again
	   CASE WHEN pg_temp.dice(id, 85, 25) = 0
			THEN resolved_at - make_interval(secs => 3 * minutes) END AS resolved_too_early_at,
	   CASE WHEN pg_temp.dice(id, 85, 25) = 0
			THEN resolved_at - make_interval(secs => minutes) END AS reopened_at
FROM (SELECT id, customer_id, team, channel, desk, resolved_at, minutes::integer FROM timed) AS timed
UNION ALL
-- Still open: some for hours, a few for weeks. Half a day after the opening all have a reply.
SELECT 10000000 + id, id,
	   (ARRAY['Billing', 'Network', 'Devices'])[1 + pg_temp.dice(id, 43, 3)],
	   (ARRAY['phone', 'chat', 'app', 'email'])[1 + pg_temp.dice(id, 44, 4)],
	   pg_temp.dice(id, 82, 6), opened_at,
	   CASE WHEN opened_at < '2025-12-31 06:00+00'
			THEN opened_at + make_interval(mins => 10 + pg_temp.dice(id, 86, 700)) END,
	   NULL, NULL, NULL, NULL
FROM person
CROSS JOIN LATERAL (
	SELECT timestamptz '2025-12-31 18:00+00'
		- make_interval(mins => pg_temp.dice(id, 45, 100) * pg_temp.dice(id, 46, 100) * 3)
) AS opening (opened_at)
WHERE pg_temp.dice(id, 47, 1000) < 12;

ANALYZE desk;

CREATE TEMP TABLE staff AS
SELECT team, nth - 1 AS desk, agent
FROM (VALUES
	('Billing', '{Anita,Bikash,Chitra,Dinesh,Esha,Faisal}'::text[]),
	('Devices', '{Gopal,Hema,Indra,Jyoti,Kiran,Lalit}'),
	('Network', '{Manisha,Nirmal,Om,Pooja,Ramesh,Sunita}')
) AS teams (team, agents), unnest(agents) WITH ORDINALITY AS agents_of_team (agent, nth);

INSERT INTO ticket (tenant, ticket, number, customer, agent, team, channel, priority, tags,
					language, opened_at, first_reply_at, first_resolved_at, resolved_at, closed_at,
					reopened, waiting_since, status, calendar, paused, sla, first_reply_target,
					resolution_target, first_reply_due, resolution_due)
SELECT 'demo', id, 'T-' || id, customer_id, CASE WHEN first_reply_at IS NOT NULL THEN agent END,
	   team, channel, 1 + width_bucket(pg_temp.dice(id, 87, 100), '{20,80,95}'::integer[]),
	   ARRAY[(CASE team WHEN 'Billing' THEN '{invoice,payment,refund}'::text[]
						WHEN 'Devices' THEN '{router,phone,set-top box}'
						ELSE '{outage,slow,drops}' END)[1 + pg_temp.dice(id, 88, 3)]],
	   language, opened_at, first_reply_at, coalesce(resolved_too_early_at, resolved_at),
	   resolved_at, CASE WHEN resolved_at < '2025-12-29 00:00+00'
						 THEN resolved_at + interval '72 hours' END,
	   (reopened_at IS NOT NULL)::integer, CASE WHEN first_reply_at IS NULL THEN opened_at END,
	   CASE WHEN resolved_at IS NOT NULL THEN 'resolved'
			WHEN first_reply_at IS NOT NULL THEN 'open'
			ELSE 'new' END,
	   calendar,
	   CASE WHEN pause IS NULL THEN '{}' ELSE tstzmultirange(
		   tstzrange(first_reply_at + interval '1 s', first_reply_at + pause)) END,
	   'standard', interval '2 hours', interval '8 hours',
	   business_deadline(calendar, opened_at, '2 hours'),
	   business_deadline(calendar, opened_at, '8 hours')
FROM desk
JOIN staff USING (team, desk)
JOIN (SELECT id AS customer_id, language FROM person) AS speaker USING (customer_id)
JOIN calendar ON scope = team
ORDER BY id;

-- One in eight is handed on after the first reply.
CREATE FUNCTION pg_temp.first_desk(id bigint, desk integer) RETURNS integer
IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN pg_temp.dice(id, 90, 8) = 0 THEN (desk + 1 + pg_temp.dice(id, 91, 5)) % 6
			ELSE desk END;

INSERT INTO ticket_status (tenant, ticket, at, stage, previous, agent, pauses)
SELECT 'demo', id, at, stage, previous,
	   CASE WHEN previous = 'new' THEN first.agent WHEN previous IS NOT NULL THEN staff.agent END,
	   stage = 'pending'
FROM desk
JOIN staff USING (team, desk)
JOIN staff AS first
	ON (first.team, first.desk) = (desk.team, pg_temp.first_desk(id, desk.desk))
CROSS JOIN LATERAL (VALUES
	(opened_at, 'new', NULL),
	(first_reply_at, 'open', 'new'),
	(CASE WHEN pause IS NOT NULL THEN first_reply_at + interval '1 s' END, 'pending', 'open'),
	(first_reply_at + pause, 'open', 'pending'),
	(resolved_too_early_at, 'resolved', 'open'),
	(reopened_at, 'open', 'resolved'),
	(resolved_at, 'resolved', 'open')
) AS change (at, stage, previous)
WHERE at IS NOT NULL
ORDER BY id, at;

-- The customer waits from the opening on, and again when the ball has come back.
INSERT INTO reply (tenant, ticket, waiting_from, replied_at, agent, by_bot)
SELECT 'demo', id, waiting_from, replied_at,
	   CASE WHEN replied_at = first_reply_at THEN first.agent
			WHEN replied_at IS NOT NULL THEN staff.agent END, false
FROM desk
JOIN staff USING (team, desk)
JOIN staff AS first
	ON (first.team, first.desk) = (desk.team, pg_temp.first_desk(id, desk.desk))
CROSS JOIN LATERAL (VALUES
	(opened_at, first_reply_at),
	(first_reply_at + pause, coalesce(resolved_too_early_at, resolved_at)),
	(reopened_at, resolved_at)
) AS wait (waiting_from, replied_at)
WHERE waiting_from IS NOT NULL
ORDER BY id, waiting_from;
