-- The tickets of the demo company's service desk, for company.sql: one for each contact with service
-- that a survey asked about, and those that are still open on the last day.

CREATE TABLE ticket (
	id             integer PRIMARY KEY,
	customer_id    integer NOT NULL REFERENCES customer,
	team           text NOT NULL,
	channel        text NOT NULL,
	opened_at      timestamptz NOT NULL,
	first_reply_at timestamptz,
	resolved_at    timestamptz
);

-- The longer it took, the crosser the answer; most are solved in hours, some take days.
WITH contact AS (
	SELECT id, customer_id, channel, sent_at - interval '30 minutes' AS resolved_at,
		   CASE WHEN survey = 'csat' THEN 7 - coalesce(score, 4) ELSE 3 END AS crossness,
		   pg_temp.dice(id, 41, 100) AS luck,
		   pg_temp.dice(id, 40, 100) AS topic
	FROM response
	WHERE stage = 'service'
),
timed AS (
	SELECT *, CASE WHEN topic < 30 THEN 'Billing' WHEN topic < 75 THEN 'Network' ELSE 'Devices' END AS team,
		   15 + crossness * (5 + luck * luck * luck / 10000)
			   * CASE WHEN topic < 30 THEN 3 WHEN topic < 75 THEN 8 ELSE 5 END AS minutes
	FROM contact
)
INSERT INTO ticket
SELECT id, customer_id, team, channel,
	   resolved_at - make_interval(mins => minutes),
	   resolved_at - make_interval(mins => minutes * (40 + pg_temp.dice(id, 42, 60)) / 100),
	   resolved_at
FROM timed
ORDER BY id;

-- Still open: some for hours, a few for weeks.
INSERT INTO ticket
SELECT 10000000 + id, id,
	   (ARRAY['Billing', 'Network', 'Devices'])[1 + pg_temp.dice(id, 43, 3)],
	   (ARRAY['phone', 'chat', 'app', 'email'])[1 + pg_temp.dice(id, 44, 4)],
	   timestamptz '2025-12-31 18:00+00'
		   - make_interval(mins => pg_temp.dice(id, 45, 100) * pg_temp.dice(id, 46, 100) * 3),
	   NULL, NULL
FROM customer
WHERE pg_temp.dice(id, 47, 1000) < 12
ORDER BY id;

ANALYZE ticket;
