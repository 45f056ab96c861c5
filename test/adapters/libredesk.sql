-- The cases of Libredesk's own tests: deadlines, each of a team of its own with its hours.
-- 2023-10-10 is a Tuesday.

CREATE TEMP TABLE deadline (number text, hours text, zone text, holidays text[], at timestamptz,
	minutes integer, due timestamptz, team integer GENERATED ALWAYS AS IDENTITY);
INSERT INTO deadline (number, hours, zone, holidays, at, minutes, due) VALUES
	('L1', 'Tuesday 9-17', 'UTC', '{2023-10-10}', '2023-10-10 10:00Z', 60, '2023-10-17 10:00Z'),
	('L2', 'Tuesday 9-17', 'UTC', '{}', '2023-10-10 08:00Z', 60, '2023-10-10 10:00Z'),
	('L3', 'Tuesday 9-17', 'UTC', '{}', '2023-10-10 18:00Z', 60, '2023-10-17 10:00Z'),
	('L4', 'Tuesday 9-17,Wednesday 9-17', 'UTC', '{}', '2023-10-10 09:00Z', 900,
	 '2023-10-11 16:00Z'),
	('L5', 'Wednesday 9-17', 'UTC', '{}', '2023-10-10 10:00Z', 60, '2023-10-11 10:00Z'),
	('L5', 'Wednesday 9-17', 'UTC', '{}', '2023-10-10 17:00Z', 60, '2023-10-11 10:00Z'),
	('L6', 'Tuesday 9-17', 'Asia/Kolkata', '{}', '2023-10-10 20:00Z', 60, '2023-10-17 10:00+05:30'),
	('L7', 'Monday 9-17', 'UTC', '{}', '2023-10-14 10:00Z', 60, '2023-10-16 10:00Z'),
	('L8', 'Tuesday 9-17,Wednesday 9-17', 'UTC', '{}', '2023-10-10 17:00Z', 30,
	 '2023-10-11 09:30Z'),
	('L9', 'Tuesday 00:01-23:59', 'UTC', '{}', '2023-10-10 23:30Z', 29, '2023-10-10 23:59Z'),
	('L9', 'Tuesday 00:01-23:59', 'UTC', '{}', '2023-10-10 23:30Z', 30, '2023-10-17 00:02Z'),
	('L10', 'Tuesday 00:01-23:59,Wednesday 00:01-23:59', 'UTC', '{}', '2023-10-10 23:59Z', 1,
	 '2023-10-11 00:02Z'),
	('L11', 'Tuesday 9-17,Wednesday 9-17,Thursday 9-17', 'UTC', '{2023-10-10,2023-10-11}',
	 '2023-10-10 10:00Z', 60, '2023-10-12 10:00Z'),
	('L12', 'Tuesday 9-09:30,Wednesday 9-17', 'UTC', '{}', '2023-10-10 09:00Z', 90,
	 '2023-10-11 10:00Z'),
	('L13', 'Tuesday 9-09:30,Wednesday 9-17', 'UTC', '{}', '2025-03-22 18:01+05:30', 1440,
	 '2025-04-09 15:30Z');
INSERT INTO deadline (number, hours, zone, holidays, at, minutes, due)
SELECT 'L14',
	'Monday 10-18,Tuesday 10-18,Wednesday 10-18,Thursday 10-18,Friday 10-18,Saturday 10-14',
	   'Asia/Kolkata', '{}', '2025-03-22 18:01:43+05:30', minutes, due::timestamptz
FROM (VALUES (1430, '2025-03-26 17:50+05:30'), (1439, '2025-03-26 17:59+05:30'),
	(1440, '2025-03-26 18:00+05:30'), (1450, '2025-03-27 10:10+05:30')) AS v (minutes, due);

INSERT INTO public.settings VALUES ('app.timezone', '"UTC"'), ('app.business_hours_id', '"1"');
INSERT INTO public.business_hours (id, name, hours, holidays)
SELECT team, number, (
		SELECT jsonb_object_agg(split_part(day, ' ', 1), jsonb_build_object(
			'open', CASE WHEN opens ~ ':' THEN opens ELSE lpad(opens, 2, '0') || ':00' END,
			'close', CASE WHEN closes ~ ':' THEN closes ELSE lpad(closes, 2, '0') || ':00' END))
		FROM string_to_table(hours, ',') AS day,
			LATERAL (SELECT split_part(split_part(day, ' ', 2), '-', 1),
				split_part(split_part(day, ' ', 2), '-', 2)) AS s (opens, closes)),
	(SELECT coalesce(jsonb_agg(jsonb_build_object('name', 'holiday', 'date', day)), '[]')
	 FROM unnest(holidays) AS day)
FROM deadline;
INSERT INTO public.teams SELECT team, 'team ' || team, zone, team FROM deadline;
INSERT INTO public.users (id, type, first_name, last_name, deleted_at) VALUES
	(1, 'agent', 'Anna', 'Agent', '2024-01-01'), (2, 'ai_assistant', 'Bot', NULL, NULL),
	(3, 'contact', 'Carl', '', NULL), (4, 'visitor', 'Vera', NULL, '2024-01-01');
INSERT INTO public.inboxes VALUES (1, 'email'), (2, 'livechat');
INSERT INTO public.sla_policies VALUES (1, 'half', '1h30m', 'soon'), (2, 'none', '', NULL);
INSERT INTO public.conversations (id, created_at, reference_number, contact_id, assigned_team_id,
								  inbox_id, status_id)
SELECT team, at, team, 3, team, 1, 1 FROM deadline;
INSERT INTO public.applied_slas (created_at, conversation_id, sla_policy_id, resolution_deadline_at)
SELECT at, team, 1, due FROM deadline;
SELECT cx_libredesk.fill_calendar();

SELECT pg_temp.equal(deadline.number, format('due in %s minutes', minutes),
	pg_temp.moment(resolution_due),
	pg_temp.moment(business_deadline(calendar, opened_at, make_interval(mins => minutes))))
FROM deadline JOIN cx_libredesk.ticket ON ticket_key = deadline.team
ORDER BY deadline.team;

-- The difference that is known: a start with seconds loses them at the first closing.
INSERT INTO public.conversations (id, created_at, reference_number, contact_id, assigned_team_id,
								  inbox_id, status_id)
VALUES (30, '2023-10-10 16:59:01Z', '30', 3, 4, 1, 1);
INSERT INTO public.applied_slas (created_at, conversation_id, sla_policy_id, resolution_deadline_at)
VALUES ('2023-10-10 16:59:01Z', 30, 1, '2023-10-11 09:01:00Z');
SELECT pg_temp.named('L', 'due in a minute, a second past 16:59; by whole minutes',
	pg_temp.moment(resolution_due), pg_temp.moment(due),
	pg_temp.moment(date_trunc('minute', due) + interval '1 minute'))
FROM cx_libredesk.ticket, LATERAL business_deadline(calendar, opened_at, '1 minute') AS due
WHERE ticket_key = 30;

-- Rows as they are found in long-lived installations: 41 resolved, then closed; 42 open again; 43
-- resolved before it came; 44 resolved, and not known when; 45 waiting; 46 of people who are gone,
-- in a status that is gone; 47 closed at once
INSERT INTO public.conversations (id, created_at, reference_number, contact_id, assigned_user_id,
	assigned_team_id, inbox_id, status_id, priority_id, sla_policy_id, first_reply_at,
		last_reply_at,
	resolved_at, closed_at, waiting_since)
SELECT id, '2024-03-01 10:00Z', id, CASE id WHEN 46 THEN 98 ELSE 3 END,
	CASE id WHEN 46 THEN 98 ELSE 1 END, CASE id WHEN 46 THEN 98 END, CASE id WHEN 46 THEN 98
		ELSE 2 END,
	status, priority, policy, reply::timestamptz, reply::timestamptz, resolved::timestamptz,
	closed::timestamptz, '2024-03-01 10:00Z'
FROM (VALUES
	(41, 4, 4, 1, '2024-03-01 10:30Z', '2024-03-01 11:00Z', '2024-03-04 11:00Z'),
	(42, 1, 1, 2, '2024-03-01 10:30Z', '2024-03-01 11:00Z', '2024-03-02 11:00Z'),
	(43, 3, 2, 1, '2024-03-01 09:30Z', '2024-03-01 09:00Z', NULL),
	(44, 3, NULL, 1, '2024-03-01 10:30Z', NULL, NULL),
	(45, 2, 3, NULL, NULL, NULL, NULL),
	(46, 98, 98, 98, NULL, NULL, NULL),
	(47, 4, 2, 1, '2024-03-01 12:00Z', NULL, '2024-03-01 11:00Z'),
	(48, 3, 2, 1, '2024-03-01 12:00Z', '2024-03-01 11:00Z', NULL)
) AS v (id, status, priority, policy, reply, resolved, closed);
SELECT pg_temp.equal('rows', 'status, replied, first resolved, resolved, closed, reopened of '
	|| ticket, theirs, concat_ws(', ', coalesce(status, '-'), coalesce(substr(pg_temp.moment(
		first_reply_at), 9, 8), '-'), coalesce(substr(pg_temp.moment(first_resolved_at), 9, 8),
			'-'),
		coalesce(substr(pg_temp.moment(resolved_at), 9, 8), '-'),
		coalesce(substr(pg_temp.moment(closed_at), 9, 8), '-'), coalesce(reopened::text, '-')))
FROM cx_libredesk.ticket
JOIN (VALUES ('41', 'resolved, 01 10:30, 01 11:00, 01 11:00, 04 11:00, -'),
	('42', 'open, 01 10:30, 01 11:00, -, -, 1'), ('43', 'resolved, -, -, -, -, 0'),
	('44', 'resolved, 01 10:30, -, -, -, 0'), ('45', 'pending, -, -, -, -, 0'),
	('46', '-, -, -, -, -, 0'), ('47', 'resolved, 01 12:00, 01 11:00, 01 11:00, 01 11:00, -'))
	AS v (ticket, theirs) USING (ticket);
SELECT pg_temp.equal('rows', 'agent, team, channel, priority, calendar of ' || ticket, theirs,
	concat_ws(', ', agent, coalesce(team, '-'), coalesce(channel, '-'), coalesce(priority::text,
		'-'),
			  coalesce(calendar::text, '-')))
FROM cx_libredesk.ticket
JOIN (VALUES ('41', 'Anna Agent, -, chat, 4, Tue 09:00-17:00 in UTC except 2023-10-10'),
	('46', 'user 98, team 98, -, -, -')) AS v (ticket, theirs) USING (ticket);
SELECT pg_temp.equal('rows', 'targets of the policy ' || coalesce(sla, 'that is gone'), theirs,
	concat_ws(', ', coalesce(pg_temp.seconds(first_reply_target), '-'),
			  coalesce(pg_temp.seconds(resolution_target), '-')))
FROM cx_libredesk.ticket
JOIN (VALUES ('41', '5400, -'), ('42', '-, -'), ('46', '-, -')) AS v (ticket, theirs)
	USING (ticket);

-- Surveys: 0 is no answer
INSERT INTO public.csat_responses (id, created_at, conversation_id, rating, feedback,
								   response_timestamp)
VALUES (1, '2024-03-02Z', 41, 5, 'fine', '2024-03-03Z'), (2, '2024-03-02Z', 42, 0, '', NULL),
	(3, '2024-03-02Z', 43, 0, 'no stars', '2024-03-03Z'), (4, '2024-03-02Z', 44, 1, NULL,
	 '2024-03-01Z');
SELECT pg_temp.equal('rows', 'surveys: answer, state, answered, comment',
	'5 answered 03 fine; - pending - -; - partial 03 no stars; 1 answered - -',
	string_agg(concat_ws(' ', coalesce(answer::text, '-'), state,
		coalesce(substr(pg_temp.moment(answered_at), 9, 2), '-'), coalesce(comment, '-')), '; '
		ORDER BY response))
FROM cx_libredesk.response;
SELECT pg_temp.equal('rows', 'CSAT, answers, no answers', '50, 2, 2',
	concat_ws(', ', csat(s), responses(s), nonresponses(s)))
FROM (SELECT csat_agg(answer, '1..5') AS s FROM cx_libredesk.response) AS t;

-- Waits: a private note is no answer, a machine's is one
INSERT INTO public.conversation_messages (created_at, type, conversation_id, private, sender_id)
VALUES ('2024-03-01 10:00Z', 'incoming', 41, false, 3), ('2024-03-01 10:01Z', 'outgoing', 41, false,
	2),
	('2024-03-01 10:02Z', 'incoming', 41, false, 3), ('2024-03-01 10:02Z', 'incoming', 41, false,
	 3),
	('2024-03-01 10:05Z', 'outgoing', 41, true, 1), ('2024-03-01 10:06Z', 'activity', 41, false, 1),
	('2024-03-01 10:32Z', 'outgoing', 41, false, 1), ('2024-03-01 10:50Z', 'incoming', 41, false,
	 3),
	('2024-03-01 12:00Z', 'incoming', 42, false, 3);
SELECT pg_temp.equal('rows', 'waits: minutes, who replied, a machine',
	'60 Bot true, 1800 Anna Agent false, - - -',
	string_agg(concat_ws(' ', coalesce(pg_temp.seconds(replied_at - waiting_from), '-'),
		coalesce(agent, '-'), coalesce(by_bot::text, '-')), ', ' ORDER BY waiting_from))
FROM cx_libredesk.reply;
SELECT pg_temp.equal('rows', 'customers', 'Carl false, Vera true',
	string_agg(name || ' ' || deleted, ', ' ORDER BY customer)) FROM cx_libredesk.customer;

-- Hours that are none, or in no zone, or no JSON of this kind
SELECT pg_temp.equal('rows', 'hours that cannot be read, and those that can', '-, -, -, Mon-Sun '
	'00:00-24:00 in UTC', string_agg(coalesce(cx_libredesk.read_hours(always, hours, '[]',
		zone)::text,
		'-'), ', ' ORDER BY nth))
FROM (VALUES (1, false, '{}'::jsonb, 'UTC'), (2, false, '"{}"', 'UTC'),
	(3, false, '{"Monday": {"open": "09:00", "close": "17:00"}}', 'No/Where'),
	(4, true, '{}', 'UTC')) AS v (nth, always, hours, zone);

SELECT pg_temp.equal('rows', 'skipped from ' || relation || ': ' || reason, theirs, rows::text)
FROM cx_libredesk.skipped
FULL JOIN (VALUES ('resolved, and not known when: resolved_at is NULL', '2'),
	('replied to after the first resolution: resolved_at may be later', '2'),
	('the first reply is before the opening: first_reply_at is NULL', '1'),
	('opened again, and not known when', '1'),
	('the answer is before the survey: answered_at is NULL', '1')) AS v (reason, theirs)
	USING (reason);
