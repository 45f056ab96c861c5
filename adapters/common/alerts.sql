-- What somebody should act on, over the standard relations: a queue of detractors (follow_up),
-- metrics that left their usual band (alert_metric), SLAs about to be missed (alert_sla), and
-- milestones of the next days (alert_milestone).
--
--     psql [-v schema=NAME] -f adapters/common/alerts.sql
--
-- docs/answers/alerts.md says more.

\ir as_of.sql

BEGIN;
SET LOCAL client_min_messages = warning;

CREATE TABLE IF NOT EXISTS follow_up (
	tenant      text             NOT NULL,
	response    text             NOT NULL,
	customer    text,
	metric      text             NOT NULL,
	answer      double precision NOT NULL,
	answered_at timestamptz      NOT NULL,
	due_at      timestamptz,
	owner       text,
	taken_at    timestamptz,
	closed_at   timestamptz,
	outcome     text,
	PRIMARY KEY (tenant, response)
);
CREATE INDEX IF NOT EXISTS follow_up_waiting ON follow_up (tenant, due_at, response)
	WHERE owner IS NULL AND closed_at IS NULL;
COMMENT ON TABLE follow_up IS 'answers that somebody should follow up: fill, take and close them';
COMMENT ON COLUMN follow_up.due_at IS 'until when, by the business hours of the team';
COMMENT ON COLUMN follow_up.owner IS 'who has taken it; NULL while it waits';
COMMENT ON COLUMN follow_up.closed_at IS 'when it was done; NULL while it is not';
COMMENT ON COLUMN follow_up.outcome IS 'what came of it';

-- Puts the answers of detractors into the queue, each once, and tells who listens.
CREATE OR REPLACE FUNCTION follow_up_fill(
	due_within interval DEFAULT '8 hours', back interval DEFAULT '7 days',
	hours business_calendar DEFAULT 'Mon-Fri 09:00-17:00 in UTC')
RETURNS bigint LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
	found bigint;
BEGIN
	INSERT INTO follow_up (tenant, response, customer, metric, answer, answered_at, due_at)
	SELECT r.tenant, r.response, r.customer, r.metric, r.answer, at,
		   business_deadline(coalesce(calendar, hours), at, due_within)
	FROM response AS r
	LEFT JOIN calendar AS c ON c.tenant = r.tenant AND c.scope = r.team
	CROSS JOIN LATERAL (SELECT coalesce(r.answered_at, r.asked_at)) AS given (at)
	WHERE at > as_of() - back AND at <= as_of()
	  AND ((metric, scale) = ('nps', '0..10') AND answer <= 6
		   OR (metric, scale) = ('csat', '1..5') AND answer <= 2)
	ON CONFLICT DO NOTHING;
	GET DIAGNOSTICS found = ROW_COUNT;
	IF found > 0 THEN
		PERFORM pg_notify('follow_up', found::text);
	END IF;
	RETURN found;
END $$;
COMMENT ON FUNCTION follow_up_fill(interval, interval, business_calendar) IS
	'puts the detractors of the last days into the queue, and notifies the channel follow_up';

-- Two who take at once get two different ones.
CREATE OR REPLACE FUNCTION follow_up_take(of_tenant text, who text) RETURNS SETOF follow_up
BEGIN ATOMIC
	UPDATE follow_up AS f SET owner = who, taken_at = as_of()
	FROM (
		SELECT tenant, response FROM follow_up
		WHERE tenant = of_tenant AND owner IS NULL AND closed_at IS NULL
		ORDER BY due_at, response
		LIMIT 1
		FOR UPDATE SKIP LOCKED
	) AS next
	WHERE (f.tenant, f.response) = (next.tenant, next.response)
	RETURNING f.*;
END;
COMMENT ON FUNCTION follow_up_take(text, text) IS 'takes the one that is due next';

CREATE OR REPLACE FUNCTION follow_up_close(of_tenant text, of_response text, what_came text)
RETURNS SETOF follow_up
BEGIN ATOMIC
	UPDATE follow_up AS f SET closed_at = as_of(), outcome = what_came
	WHERE (f.tenant, f.response) = (of_tenant, of_response) AND f.closed_at IS NULL
	RETURNING f.*;
END;
COMMENT ON FUNCTION follow_up_close(text, text, text) IS 'closes one, and says what came of it';

-- Closed in time or not. One that is open and not yet due is undecided.
CREATE OR REPLACE VIEW follow_up_month AS
SELECT tenant, date_trunc('month', answered_at AT TIME ZONE 'UTC')::date AS month,
	   share_agg(CASE WHEN closed_at IS NOT NULL OR due_at < as_of()
					  THEN coalesce(closed_at <= due_at, false) END) AS in_time
FROM follow_up
GROUP BY 1, 2;
COMMENT ON VIEW follow_up_month IS 'how many were followed up in time, as a summary a month';

-- Each full week of the last four against the thirteen before it, by segment.
CREATE OR REPLACE VIEW alert_metric AS
SELECT tenant, metric, segment, week, responses(s) AS responses, value, usual_value,
	   CASE WHEN (test).difference < 0 THEN 'low' ELSE 'high' END AS alert, (test).p_value
FROM (
	SELECT *, sum(s) OVER (PARTITION BY tenant, metric, segment ORDER BY week
						   RANGE BETWEEN '91 days' PRECEDING AND '7 days' PRECEDING) AS usual
	FROM (
		SELECT tenant, metric, segments[1] AS segment,
			   date_trunc('week', asked_at AT TIME ZONE 'UTC')::date AS week,
			   rating_agg(answer, scale) AS s
		FROM response
		LEFT JOIN customer USING (tenant, customer)
		WHERE (metric, scale) IN (('nps', '0..10'), ('csat', '1..5'), ('ces', '1..7'))
		  AND asked_at >= as_of() - interval '126 days' AND asked_at <= as_of()
		GROUP BY 1, 2, 3, 4
	) AS weekly
) AS windowed
CROSS JOIN LATERAL (
	SELECT CASE metric WHEN 'nps' THEN nps_test(s, usual) WHEN 'csat' THEN csat_test(s, usual)
					   ELSE ces_test(s, usual) END,
		   CASE metric WHEN 'nps' THEN nps(s) WHEN 'csat' THEN csat(s) ELSE ces(s) END,
		   CASE metric WHEN 'nps' THEN nps(usual) WHEN 'csat' THEN csat(usual) ELSE ces(usual) END
) AS compared (test, value, usual_value)
WHERE (test).p_value < 0.001
  AND week BETWEEN (as_of() AT TIME ZONE 'UTC')::date - 35
	AND (as_of() AT TIME ZONE 'UTC')::date - 7;
COMMENT ON VIEW alert_metric IS
	'weeks of the last four that are out of the ordinary, against the thirteen before each';

-- Open tickets and until when they have to be replied to or resolved. Where the calendar and the
-- target are known, pauses put it off; else it is what the system says.
CREATE OR REPLACE VIEW alert_sla AS
SELECT tenant, ticket, number, customer, team, agent, what, due_at, due_at - as_of() AS due_in
FROM ticket
CROSS JOIN LATERAL (VALUES
	('first reply', first_reply_at, first_reply_target, first_reply_due),
	('resolution', resolved_at, resolution_target, resolution_due)
) AS promise (what, kept_at, target, system_due)
CROSS JOIN LATERAL (
	SELECT coalesce(business_deadline(calendar, opened_at, target, coalesce(paused, '{}')),
		system_due)
) AS deadline (due_at)
WHERE (kept_at > as_of()) IS NOT FALSE AND (resolved_at > as_of()) IS NOT FALSE
  AND opened_at <= as_of() AND status IS DISTINCT FROM 'merged' AND due_at IS NOT NULL;
COMMENT ON VIEW alert_sla
	IS 'open tickets and when they are due; due_in is below zero where that is over';

CREATE OR REPLACE VIEW alert_milestone AS
SELECT tenant, customer, name, what, day, years
FROM (
	SELECT tenant, customer, name, 'anniversary' AS what, today, day,
		   (extract(year FROM day) - extract(year FROM since))::integer AS years
	FROM customer
	LEFT JOIN country_zone USING (country)
	CROSS JOIN LATERAL (
		SELECT (created_at AT TIME ZONE coalesce(zone, 'UTC'))::date,
			   (as_of() AT TIME ZONE coalesce(zone, 'UTC'))::date
	) AS days (since, today)
	CROSS JOIN LATERAL (SELECT next_anniversary(since, today)) AS next (day)
	WHERE deleted IS NOT TRUE
	UNION ALL
	SELECT tenant, customer, name, what, today, (at AT TIME ZONE coalesce(zone, 'UTC'))::date, NULL
	FROM subscription
	LEFT JOIN customer USING (tenant, customer)
	LEFT JOIN country_zone USING (country)
	CROSS JOIN LATERAL (VALUES ('trial ends', trial_until), ('subscription ends', ended_at))
		AS v (what, at)
	CROSS JOIN LATERAL (SELECT (as_of() AT TIME ZONE coalesce(zone, 'UTC'))::date) AS now (today)
	WHERE deleted IS NOT TRUE AND started_at <= as_of() AND at > as_of()
) AS milestone
WHERE day BETWEEN today AND today + 6;
COMMENT ON VIEW alert_milestone IS
	'anniversaries, and ends of trials and subscriptions, within the next seven days';

COMMIT;
