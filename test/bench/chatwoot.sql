-- A million conversations of one account and a tenth of that of another, in the layout of Chatwoot
-- (adapters/chatwoot/layout.sql, loaded before): two years of them, with their events and surveys.
-- "conversations" is how many. With the adapter over it, the report takes as long as it takes:
--
--     psql -f adapters/chatwoot/layout.sql -f test/bench/chatwoot.sql
--     psql -f adapters/chatwoot/install.sql
--     psql -v schema=cx_chatwoot -v tenant=1 -f examples/report.sql

\set ON_ERROR_STOP on
\set QUIET on
\if :{?conversations}
\else
	\set conversations 1000000
\endif

-- Chance that is the same everywhere.
CREATE FUNCTION pg_temp.dice(id bigint, topic bigint, sides integer) RETURNS integer
IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(id, topic) & 9223372036854775807) % sides;

BEGIN;

INSERT INTO accounts VALUES (1, 'large'), (2, 'small');
INSERT INTO users SELECT n, 'agent ' || n FROM generate_series(1, 60) AS n;
INSERT INTO teams SELECT n, 'team ' || n, 1 FROM generate_series(1, 8) AS n;
INSERT INTO inboxes
SELECT n, CASE WHEN n <= 8 THEN 1 ELSE 2 END, 'inbox ' || n,
	   (ARRAY['Channel::WebWidget', 'Channel::Email', 'Channel::Api',
	    'Channel::Whatsapp'])[1 + n % 4],
	   true, 'Asia/Kolkata'
FROM generate_series(1, 10) AS n;
INSERT INTO working_hours (inbox_id, account_id, day_of_week, closed_all_day, open_hour,
						   open_minutes, close_hour, close_minutes)
SELECT id, account_id, day, day = 0, 8, 0, 20, 0 FROM inboxes, generate_series(0, 6) AS day;
INSERT INTO sla_policies VALUES (1, 'standard', 7200, NULL, 28800, true, 1);
INSERT INTO tags VALUES (1, 'consumer'), (2, 'business'), (3, 'enterprise');

CREATE TEMP TABLE made AS
SELECT id, CASE WHEN id <= :conversations THEN 1 ELSE 2 END AS account,
	   timestamp '2024-01-01' + make_interval(secs => 731.0 * 86400 * (id % 999983) / 999983)
		   AS opened,
	   make_interval(secs => 60 + pg_temp.dice(id, 1, 100) * pg_temp.dice(id, 2, 100)) AS reply,
	   make_interval(secs => 3600 + 20 * pg_temp.dice(id, 3, 100) * pg_temp.dice(id, 4, 100))
			AS took
FROM generate_series(1, :conversations * 11 / 10) AS id;

INSERT INTO contacts (id, name, account_id, created_at, country_code)
SELECT n, 'contact ' || n, CASE WHEN n <= :conversations / 5 THEN 1 ELSE 2 END, '2023-01-01', 'IN'
FROM generate_series(1, :conversations * 11 / 50) AS n;
INSERT INTO taggings (tag_id, taggable_type, taggable_id, context)
SELECT 1 + id % 3, 'Contact', id, 'labels' FROM contacts;

INSERT INTO conversations
SELECT id, account, CASE account WHEN 1 THEN 1 + id % 8 ELSE 9 + id % 2 END,
	   CASE WHEN opened + took < '2026-01-01' THEN 1 ELSE 0 END, 1 + id % 60, opened,
	   1 + pg_temp.dice(id, 5, :conversations / 5)
		   + CASE account WHEN 1 THEN 0 ELSE :conversations / 5 END,
	   id, '{"browser_language": "en"}', CASE account WHEN 1 THEN 1 + id % 8 END, opened + reply,
	   id % 4, CASE account WHEN 1 THEN 1 END, NULL, 'invoice, payment'
FROM made;
INSERT INTO reporting_events (name, value, account_id, inbox_id, user_id, conversation_id,
							  created_at, event_start_time, event_end_time)
SELECT name, extract(epoch FROM ends - starts), account, inbox_id, assignee_id, c.id, ends, starts,
	   ends
FROM made
JOIN conversations AS c USING (id)
CROSS JOIN LATERAL (VALUES
	('conversation_opened', opened, opened),
	('first_response', opened, opened + reply),
	('conversation_resolved', opened, CASE WHEN status = 1 THEN opened + took END)
) AS e (name, starts, ends)
WHERE ends IS NOT NULL
ORDER BY ends;
INSERT INTO messages (account_id, inbox_id, conversation_id, message_type, created_at, content_type,
					  sender_type)
SELECT account_id, inbox_id, c.id, kind, created_at + make_interval(secs => 10 * kind),
	   CASE kind WHEN 3 THEN 9 ELSE 0 END, CASE kind WHEN 0 THEN 'Contact' END
FROM conversations AS c, unnest('{0,1,3}'::integer[]) AS kind
WHERE kind < 3 OR c.id % 2 = 0 AND status = 1
ORDER BY c.created_at;
INSERT INTO csat_survey_responses (account_id, conversation_id, message_id, rating, contact_id,
								   assigned_agent_id, created_at)
SELECT m.account_id, c.id, m.id, 1 + width_bucket(pg_temp.dice(m.id, 6, 100),
	'{5,12,25,60}'::integer[]),
	   contact_id, assignee_id, m.created_at + interval '1 hour'
FROM messages AS m
JOIN conversations AS c ON c.id = conversation_id
WHERE content_type = 9 AND pg_temp.dice(m.id, 7, 10) < 4
ORDER BY m.id;

COMMIT;
VACUUM ANALYZE;
