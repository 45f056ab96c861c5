-- The cases of Chatwoot's own specifications, whose classes are named; an account for each.

INSERT INTO public.accounts SELECT id, 'account ' || id FROM generate_series(1, 20) AS id;
INSERT INTO public.users VALUES (1, 'Asha'), (2, 'Bikram'), (3, 'Chandra');

-- Every account has an inbox of its number, open from 9 to 17 on weekdays.
INSERT INTO public.inboxes (id, account_id, name, channel_type, working_hours_enabled)
SELECT id, id, 'inbox', 'Channel::WebWidget', true FROM public.accounts;
INSERT INTO public.working_hours (inbox_id, account_id, day_of_week, closed_all_day, open_hour,
								  open_minutes, close_hour, close_minutes)
SELECT id, id, day, day IN (0, 6), 9, 0, 17, 0 FROM public.accounts, generate_series(0, 6) AS day;
SELECT cx_chatwoot.fill_calendar();

-- What the cases say, in few words: a conversation, and an event of it that took a while.
CREATE FUNCTION pg_temp.open(account integer, id integer, at text, status integer DEFAULT 0,
	first_reply text DEFAULT NULL, policy integer DEFAULT NULL) RETURNS void
BEGIN ATOMIC
	INSERT INTO public.conversations (account_id, id, inbox_id, display_id, contact_id, created_at,
									  status, first_reply_created_at, sla_policy_id)
	VALUES ($1, $1 * 1000 + $2, $1, $2, 1, $3::timestamp, $4, $5::timestamp, $6);
END;
CREATE FUNCTION pg_temp.event(account integer, id integer, name text, starts text, ends text,
	agent integer DEFAULT NULL) RETURNS void
BEGIN ATOMIC
	INSERT INTO public.reporting_events (account_id, conversation_id, name, event_start_time,
										 event_end_time, created_at, value, user_id)
	VALUES ($1, $1 * 1000 + $2, $3, $4::timestamp, $5::timestamp, $5::timestamp,
			extract(epoch FROM $5::timestamp - $4::timestamp), $6);
END;

-- C1: a week, and what of it is in hours
SELECT pg_temp.open(1, 1, '2022-03-20 00:00', 1, '2022-03-26 23:59');
SELECT pg_temp.event(1, 1, 'first_response', '2022-03-20 00:00', '2022-03-26 23:59');
SELECT pg_temp.event(1, 1, 'conversation_resolved', '2022-03-20 00:00', '2022-03-26 23:59');
SELECT pg_temp.equal('C1', 'in hours: to the resolution, to the first reply', '144000, 144000',
	concat_ws(', ', pg_temp.seconds(business_time(calendar, opened_at, resolved_at)),
			  pg_temp.seconds(business_time(calendar, opened_at, first_reply_at))))
FROM cx_chatwoot.ticket WHERE ticket_key = 1001;

-- C2: from a resolution to the reopening
SELECT pg_temp.open(2, 1, '2022-03-18 12:00');
SELECT pg_temp.event(2, 1, 'conversation_resolved', '2022-03-18 12:00', '2022-03-20 12:00');
SELECT pg_temp.event(2, 1, 'conversation_opened', '2022-03-20 12:00', '2022-03-21 14:00');
SELECT pg_temp.equal('C2', 'in hours: resolved until reopened', '18000',
	pg_temp.seconds(business_time(calendar, since, at)))
FROM (SELECT *, lag(at) OVER (ORDER BY at) AS since FROM cx_chatwoot.ticket_status
	WHERE ticket_key = 2001) AS change
JOIN cx_chatwoot.ticket USING (tenant, ticket)
WHERE previous = 'resolved';

-- C3 to C5: waits for a reply
SELECT pg_temp.open(3, 1, '2024-01-01 10:00:00', 0, '2024-01-01 10:01:02');
SELECT pg_temp.event(3, 1, 'conversation_bot_handoff', '2024-01-01 10:00:00',
					 '2024-01-01 10:00:20');
SELECT pg_temp.event(3, 1, 'first_response', '2024-01-01 10:00:20', '2024-01-01 10:01:02', 1);
SELECT pg_temp.open(4, 1, '2024-01-01 05:00', 0, '2024-01-01 06:00');
SELECT pg_temp.event(4, 1, 'first_response', '2024-01-01 05:00', '2024-01-01 06:00', 1);
SELECT pg_temp.event(4, 1, 'conversation_resolved', '2024-01-01 05:00', '2024-01-01 06:30');
SELECT pg_temp.event(4, 1, 'conversation_opened', '2024-01-01 06:30', '2024-01-01 08:00');
SELECT pg_temp.event(4, 1, 'reply_time', '2024-01-01 08:00', '2024-01-01 08:30', 1);
SELECT pg_temp.open(5, 1, '2024-01-01 05:00', 0, '2024-01-01 07:00');
SELECT pg_temp.event(5, 1, 'first_response', '2024-01-01 05:00', '2024-01-01 07:00', 1);
SELECT pg_temp.event(5, 1, 'conversation_resolved', '2024-01-01 05:00', '2024-01-01 07:10');
SELECT pg_temp.event(5, 1, 'conversation_opened', '2024-01-01 07:10', '2024-01-01 07:20');
SELECT pg_temp.event(5, 1, 'reply_time', '2024-01-01 07:30', '2024-01-01 08:15', 1);
SELECT pg_temp.equal('C' || tenant, 'waits', theirs, waits)
FROM (VALUES ('3', '42'), ('4', '3600, 1800'), ('5', '7200, 2700')) AS v (tenant, theirs)
JOIN (SELECT tenant, string_agg(pg_temp.seconds(replied_at - waiting_from), ', '
								ORDER BY waiting_from) AS waits
	FROM cx_chatwoot.reply GROUP BY tenant) AS ours USING (tenant);
SELECT pg_temp.equal('C4', 'reopened', '1', reopened::text)
FROM cx_chatwoot.ticket WHERE ticket_key = 4001;

-- C6: by day, and in total; each begins before nine, so that a part of it is in hours
SELECT pg_temp.open(6, n, '2020-10-01 10:00') FROM generate_series(1, 3) AS n;
SELECT pg_temp.event(6, 1, 'first_response', '2020-10-26 08:58:50', '2020-10-26 09:00:10');
SELECT pg_temp.event(6, 2, 'first_response', '2020-10-26 08:58:40', '2020-10-26 09:00:20');
SELECT pg_temp.event(6, 3, 'first_response', '2020-10-19 08:58:57', '2020-10-19 09:00:30');
CREATE TEMP VIEW reply_c6 AS
SELECT (replied_at AT TIME ZONE 'UTC')::date - date '2020-10-01' AS day,
	   duration_agg(replied_at - waiting_from) AS s,
	   duration_agg(business_time(calendar, waiting_from, replied_at)) AS in_hours
FROM cx_chatwoot.reply JOIN cx_chatwoot.calendar USING (tenant)
WHERE tenant = '6' GROUP BY 1;
SELECT pg_temp.equal('C6', 'mean first response by day, and together', '18: 93 (1), 25: 90 (2), 91',
	(SELECT string_agg(format('%s: %s (%s)', day, pg_temp.seconds(mean_duration(s)), resolved(s)),
					   ', ' ORDER BY day) FROM reply_c6)
	|| ', ' || (SELECT pg_temp.seconds(mean_duration(sum(s))) FROM reply_c6));
SELECT pg_temp.equal('C6', 'the same in hours', '30, 15',
	string_agg(pg_temp.seconds(mean_duration(in_hours)), ', ' ORDER BY day))
FROM reply_c6;

-- C7: an agent's means, and in hours
SELECT pg_temp.open(7, 1, '2020-10-26 08:00');
UPDATE public.conversations SET assignee_id = 1, team_id = 1 WHERE id = 7001;
SELECT pg_temp.event(7, 1, 'reply_time', '2020-10-26 08:59:45', '2020-10-26 09:00:15', 1);
SELECT pg_temp.event(7, 1, 'reply_time', '2020-10-27 08:59:45', '2020-10-27 09:00:25', 1);
SELECT pg_temp.open(7, 2, '2020-10-28 08:59:50', 1, '2020-10-28 09:00:10');
UPDATE public.conversations SET assignee_id = 1, team_id = 1 WHERE id = 7002;
SELECT pg_temp.event(7, 2, 'conversation_resolved', '2020-10-28 08:59:50',
					 '2020-10-28 09:00:40', 1);
INSERT INTO public.teams VALUES (1, 'first', 7);
SELECT pg_temp.equal('C7', 'replies of an agent, in hours, of nobody', '35 (20), -',
	format('%s (%s), %s', pg_temp.seconds(mean_duration(duration_agg(replied_at - waiting_from))),
		pg_temp.seconds(mean_duration(duration_agg(
			business_time(calendar, waiting_from, replied_at)))),
		coalesce(pg_temp.seconds(mean_duration(duration_agg(replied_at - waiting_from)
			FILTER (WHERE agent = 'Bikram'))), '-')))
FROM cx_chatwoot.reply JOIN cx_chatwoot.calendar USING (tenant) WHERE tenant = '7';
SELECT pg_temp.equal('C7', 'resolution and first reply of a team, in hours', '50 (40), 20 (10)',
	format('%s (%s), %s (%s)', pg_temp.seconds(mean_duration(ttr_agg(opened_at, resolved_at))),
		pg_temp.seconds(mean_duration(business_ttr_agg(calendar, opened_at, resolved_at))),
		pg_temp.seconds(mean_duration(ttr_agg(opened_at, first_reply_at))),
		pg_temp.seconds(mean_duration(business_ttr_agg(calendar, opened_at, first_reply_at)))))
FROM cx_chatwoot.ticket WHERE ticket_key = 7002 AND team = 'first' AND agent = 'Asha';

-- C8: they group by the day on which an event was written
SELECT pg_temp.open(8, n, '2024-03-03 10:00', 0, '2024-03-03 12:00')
FROM generate_series(1, 10) AS n;
SELECT pg_temp.open(8, n, '2024-03-01 10:00', 0, '2024-03-01 10:00')
FROM generate_series(11, 15) AS n;
SELECT pg_temp.named('C8', 'mean first response of today, by the day of opening; of all that was '
	|| 'written today', '4800', pg_temp.seconds(mean_duration(sum(s) FILTER (WHERE day = 3))),
	pg_temp.seconds(mean_duration(sum(s))))
FROM (SELECT extract(day FROM opened_at AT TIME ZONE 'UTC') AS day,
		ttr_agg(opened_at, first_reply_at) AS s
	FROM cx_chatwoot.ticket WHERE tenant = '8' GROUP BY 1) AS day;

-- C9: tickets that are resolved, and how often
SELECT pg_temp.open(9, n, '2024-03-01 10:00', 1) FROM generate_series(1, 5) AS n;
SELECT pg_temp.event(9, n, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 11:00')
FROM generate_series(1, 5) AS n;
SELECT pg_temp.equal('C9', 'resolutions', '5', count(*)::text)
FROM cx_chatwoot.ticket_status WHERE tenant = '9' AND stage = 'resolved';
SELECT pg_temp.event(9, 5, 'conversation_opened', '2024-03-01 11:00', '2024-03-01 12:00');
SELECT pg_temp.event(9, 5, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 13:00');
SELECT pg_temp.event(9, 5, 'conversation_opened', '2024-03-01 13:00', '2024-03-01 14:00');
SELECT pg_temp.event(9, 5, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 15:00');
SELECT pg_temp.equal('C9', 'resolutions, when one of them was reopened twice', '7', count(*)::text)
FROM cx_chatwoot.ticket_status WHERE tenant = '9' AND stage = 'resolved';
SELECT pg_temp.design('C9', 'tickets resolved, of which reopened, how often', '7',
	concat_ws(', ', count(resolved_at), count(*) FILTER (WHERE reopened > 0), sum(reopened)),
	'5, 1, 2')
FROM cx_chatwoot.ticket WHERE tenant = '9';

-- C10: an edge belongs to the upper bucket
SELECT pg_temp.open(10, n::integer, '2024-03-01 00:00', 0,
	to_char(timestamp '2024-03-01' + make_interval(secs => s), 'YYYY-MM-DD HH24:MI:SS'))
FROM unnest('{1800,7200,21600,43200,172800,3600,3599,86400}'::integer[])
	WITH ORDINALITY AS v (s, n);
SELECT pg_temp.equal('C10', 'first responses under 1, 4, 8, 24 hours, and above', '2, 2, 1, 1, 2',
	string_agg(tickets::text, ', ' ORDER BY bucket))
FROM (SELECT width_bucket(extract(epoch FROM first_reply_at - opened_at),
			'{3600,14400,28800,86400}'::numeric[]) AS bucket, count(*) AS tickets
	FROM cx_chatwoot.ticket WHERE tenant = '10' GROUP BY 1) AS t;

-- C11: the share that was met; of none there is none
INSERT INTO public.sla_policies VALUES (1, 'an hour', NULL, NULL, 3600, false, 11),
	(2, 'three kinds', 3600, 1800, 7200, false, 12), (3, 'late', NULL, NULL, 3600, false, 13),
	(4, 'one hour of business', NULL, NULL, 3600, true, 14),
	(5, 'two hours of business', NULL, NULL, 7200, true, 14);
SELECT pg_temp.open(11, n, '2024-03-01 10:00', 1, NULL, 1) FROM generate_series(1, 3) AS n;
SELECT pg_temp.event(11, n, 'conversation_resolved', '2024-03-01 10:00', CASE n WHEN 1
	THEN '2024-03-01 12:00' ELSE '2024-03-01 10:30' END) FROM generate_series(1, 3) AS n;
SELECT pg_temp.equal('C11', 'per cent within the SLA: 1 missed of 3, of 2, of 1',
	'66.67, 50.00, 0.00',
	string_agg(rate, ', ' ORDER BY n DESC))
FROM generate_series(1, 3) AS n, LATERAL (
	SELECT round(100 * share(share_agg(resolved_at <= resolution_due))::numeric, 2)::text AS rate
	FROM cx_chatwoot.ticket WHERE tenant = '11' AND number::integer <= n) AS t;
SELECT pg_temp.design('C11', 'per cent within the SLA: of none', '100',
	coalesce(share(share_agg(resolved_at <= resolution_due))::text, '-'), '-')
FROM cx_chatwoot.ticket WHERE tenant = '11' AND number = '4';

-- C12: the first reply in time, two others late, the resolution late
SELECT pg_temp.open(12, 1, '2024-03-01 10:00', 1, '2024-03-01 10:30', 2);
SELECT pg_temp.event(12, 1, 'first_response', '2024-03-01 10:00', '2024-03-01 10:30');
SELECT pg_temp.event(12, 1, 'reply_time', '2024-03-01 11:00', '2024-03-01 11:40');
SELECT pg_temp.event(12, 1, 'reply_time', '2024-03-01 13:00', '2024-03-01 13:40');
SELECT pg_temp.event(12, 1, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 15:00');
SELECT pg_temp.equal('C12', 'missed: first, next, resolution', '0, 2, 1',
	concat_ws(', ', (first_reply_at > first_reply_due)::integer, (
		SELECT count(*) FROM cx_chatwoot.reply
		WHERE ticket_key = 12001 AND waiting_from > opened_at
		  AND replied_at - waiting_from > interval '30 minutes'),
		(resolved_at > resolution_due)::integer))
FROM cx_chatwoot.ticket WHERE ticket_key = 12001;

-- C13: they look at it from time to time only
SELECT pg_temp.open(13, 1, '2024-03-01 10:00', 1, NULL, 3);
SELECT pg_temp.event(13, 1, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 11:01');
INSERT INTO public.applied_slas (account_id, sla_policy_id, conversation_id, sla_status, created_at)
VALUES (13, 3, 13001, 1, '2024-03-01 10:00');
SELECT pg_temp.design('C13', 'resolved late, before they looked', s.status,
	CASE WHEN resolved_at <= resolution_due THEN 'hit' ELSE 'missed' END, 'missed')
FROM cx_chatwoot.ticket JOIN (SELECT tenant, ticket, status FROM cx_chatwoot.product_sla) AS s
	USING (tenant, ticket) WHERE tenant = '13';

-- C14: deadlines in hours of business
SELECT pg_temp.open(14, n::integer, at, 0, NULL, policy)
FROM (VALUES (1, '2024-03-01 16:30', 4), (2, '2024-03-06 10:00', 5), (3, '2024-03-06 07:00', 5))
	AS v (n, at, policy);
SELECT pg_temp.equal('C14', 'due', '2024-03-04 09:30:00, 2024-03-06 12:00:00, 2024-03-06 11:00:00',
	string_agg(pg_temp.moment(resolution_due), ', ' ORDER BY ticket_key))
FROM cx_chatwoot.ticket WHERE tenant = '14';

-- C15: answers whose surveys are gone
SELECT pg_temp.open(15, 1, '2024-03-01 10:00');
INSERT INTO public.csat_survey_responses (account_id, conversation_id, message_id, rating,
	contact_id, assigned_agent_id, created_at)
VALUES (15, 15001, 801, 1, 1, 3, '2024-03-01 11:00'),
	(15, 15001, 802, 1, 1, NULL, '2024-03-01 12:00');
SELECT pg_temp.equal('C15', 'answers, and the score', '1: 2, csat 0',
	(SELECT string_agg(format('%s: %s', d.answer, d.responses), ', ' ORDER BY d.answer)
	 FROM distribution(s) AS d WHERE d.responses > 0) || ', csat ' || csat(s))
FROM (SELECT csat_agg(answer, '1..5') AS s FROM cx_chatwoot.response WHERE tenant = '15') AS t;
SELECT pg_temp.design('C15', 'surveys sent', '0', count(*)::text, '2')
FROM cx_chatwoot.response WHERE tenant = '15';

-- Rows as they are found in long-lived installations
SELECT pg_temp.open(16, n, '2024-03-01 10:00', CASE WHEN n IN (1, 4, 5, 8) THEN 1 ELSE 0 END)
FROM generate_series(1, 9) AS n;
UPDATE public.conversations SET first_reply_created_at = '2024-03-01 09:00' WHERE id = 16002;
UPDATE public.conversations SET assignee_id = 99, team_id = 99, inbox_id = 99, status = 3,
	priority = 3, cached_label_list = 'a, b c', contact_id = NULL, additional_attributes = NULL
WHERE id = 16006;
UPDATE public.conversations SET waiting_since = '2024-03-01 12:00' WHERE id IN (16007, 16008);
-- 1 resolved before it was opened; 3 reopened; 4 resolved twice in one second; 5 without an end
SELECT pg_temp.event(16, 1, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 09:00');
SELECT pg_temp.event(16, 3, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 11:00');
SELECT pg_temp.event(16, 3, 'conversation_opened', '2024-03-01 11:00', '2024-03-01 12:00');
SELECT pg_temp.event(16, 4, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 11:00')
FROM generate_series(1, 2);
SELECT pg_temp.event(16, 5, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 11:00');
UPDATE public.reporting_events SET event_start_time = NULL, event_end_time = NULL
WHERE conversation_id = 16005;
-- 8 resolved, and its event is gone; 9 opened again before version 4.6; 10 is gone altogether
SELECT pg_temp.event(16, 9, 'conversation_resolved', '2024-03-01 10:00', '2024-03-01 11:00');
SELECT pg_temp.event(16, 10, name, '2024-03-01 10:00', '2024-03-01 11:00')
FROM unnest('{first_response,conversation_resolved}'::text[]) AS name;
SELECT pg_temp.event(16, 9, 'reply_time', '2024-03-01 10:00', '2024-03-01 09:59');
SELECT pg_temp.event(16, 9, 'reply_time', NULL, '2024-03-01 09:59');
SELECT pg_temp.equal('rows', 'status, first resolved, resolved, reopened of ticket ' || number,
	theirs,
	concat_ws(', ', status, coalesce(to_char(first_resolved_at AT TIME ZONE 'UTC', 'HH24:MI'), '-'),
			  coalesce(to_char(resolved_at AT TIME ZONE 'UTC', 'HH24:MI'), '-'), reopened))
FROM cx_chatwoot.ticket
JOIN (VALUES ('1', 'resolved, -, -, 0'), ('3', 'new, 11:00, -, 1'),
	('4', 'resolved, 11:00, 11:00, 0'), ('5', 'resolved, 11:00, 11:00, 0'),
	('8', 'resolved, -, -, 0'), ('9', 'new, 11:00, -, 1')) AS v (number, theirs) USING (number)
WHERE tenant = '16';
SELECT pg_temp.equal('rows', 'a ticket whose agent, team, inbox and customer are gone',
	'user 99, team 99, -, -, 4, a|b c, pending, -', concat_ws(', ', agent, team,
		coalesce(channel, '-'), coalesce(customer, '-'), priority, array_to_string(tags, '|'),
			status,
		coalesce(language, '-')))
FROM cx_chatwoot.ticket WHERE ticket_key = 16006;
SELECT pg_temp.equal('rows', 'nobody waits for a reply to what is resolved', '7',
	string_agg(number, ', ' ORDER BY number))
FROM cx_chatwoot.reply JOIN cx_chatwoot.ticket USING (tenant, ticket)
WHERE tenant = '16' AND replied_at IS NULL;

-- Settings of a survey are json, and often a string that holds json. A rating that is changed stays
-- where it was.
INSERT INTO public.messages (id, account_id, inbox_id, conversation_id, message_type, created_at,
							 content_type, content_attributes)
VALUES (900, 16, 16, 16003, 3, '2024-03-01 13:00', 9, '"{\"submitted_values\": {\"rating\": 1}}"'),
	(901, 16, 16, 16003, 3, '2024-03-01 14:00', 9, '{"submitted_values": null}'),
	(902, 16, 16, 16003, 3, '2024-03-01 15:00', 9, NULL),
	(903, 16, 16, 16003, 1, '2024-03-01 15:00', 0, '"no json"');
INSERT INTO public.csat_survey_responses (account_id, conversation_id, message_id, rating,
	contact_id, assigned_agent_id, created_at, feedback_message)
VALUES (16, 16003, 900, 2, 7, 2, '2024-03-02 13:00', ''),
	(16, 16003, 901, 4, 7, 98, '2024-03-02 14:00', 'fine');
UPDATE public.csat_survey_responses SET rating = 5 WHERE message_id = 900;
SELECT pg_temp.equal('rows', 'surveys: answer, state, agent, comment',
	'5 answered Bikram -; 4 answered user 98 fine; - pending - -',
	string_agg(concat_ws(' ', coalesce(answer::text, '-'), state, coalesce(agent, '-'),
						 coalesce(comment, '-')), '; ' ORDER BY asked_at))
FROM cx_chatwoot.response WHERE tenant = '16';

-- Two tenants with the same ids: what is one's is not the other's
SELECT pg_temp.open(account, n, '2024-03-01 10:00', 0, '2024-03-01 11:00')
FROM unnest('{17,18}'::integer[]) AS account, generate_series(1, 17 - account + 3) AS n;
SELECT pg_temp.event(account, 1, 'first_response', '2024-03-01 10:00', '2024-03-01 11:00')
FROM unnest('{17,18}'::integer[]) AS account;
INSERT INTO public.contacts (id, account_id, name, created_at)
VALUES (1, 17, 'Hari', '2024-01-01'), (2, 18, 'Hari', '2024-01-01');
UPDATE public.conversations SET contact_id = account_id - 16 WHERE account_id IN (17, 18);
SELECT pg_temp.equal('rows', 'tickets, waits, customers and their tickets of tenant ' || tenant,
	theirs,
	concat_ws(', ', (SELECT count(*) FROM cx_chatwoot.ticket AS t WHERE t.tenant = v.tenant),
		(SELECT count(*) FROM cx_chatwoot.reply AS t WHERE t.tenant = v.tenant),
		(SELECT count(*) FROM cx_chatwoot.customer AS t WHERE t.tenant = v.tenant),
		(SELECT count(*) FROM cx_chatwoot.customer AS t
		 JOIN cx_chatwoot.ticket USING (tenant, customer) WHERE t.tenant = v.tenant)))
FROM (VALUES ('17', '3, 1, 1, 3'), ('18', '2, 1, 1, 2')) AS v (tenant, theirs);

-- Hours: all day, none, in a zone that is none, closed on all days, not switched on
INSERT INTO public.inboxes (id, account_id, name, working_hours_enabled, timezone)
VALUES (101, 19, 'all day', true, 'America/New_York'), (102, 19, 'off', false, 'UTC'),
	(103, 19, 'no zone', true, 'Nowhere/At all'), (104, 19, 'closed', true, 'UTC');
INSERT INTO public.working_hours (inbox_id, account_id, day_of_week, closed_all_day, open_all_day,
	open_hour, open_minutes, close_hour, close_minutes)
VALUES (101, 19, 0, false, true, 0, 0, 23, 59), (101, 19, 6, false, false, 8, 30, 12, 15),
	(101, 19, 1, NULL, NULL, NULL, NULL, NULL, NULL), (101, 19, 2, false, false, 9, 0, 9, 0),
	(102, 19, 1, false, false, 9, 0, 17, 0), (103, 19, 1, false, false, 9, 0, 17, 0),
	(104, 19, 1, true, false, NULL, NULL, NULL, NULL);
SELECT pg_temp.equal('rows', 'calendars that are added', '1', cx_chatwoot.fill_calendar()::text);
SELECT pg_temp.equal('rows', 'the hours of an inbox',
	'Sat 08:30-12:15, Sun 00:00-24:00 in America/New_York', calendar::text)
FROM cx_chatwoot.calendar WHERE scope = '101';
UPDATE cx_chatwoot.calendar SET calendar = 'Mon 10:00-11:00 in UTC' WHERE scope = '101';
SELECT pg_temp.equal('rows', 'calendars that are edited stay', '0 Mon 10:00-11:00 in UTC',
	cx_chatwoot.fill_calendar() || ' ' || (SELECT calendar::text FROM cx_chatwoot.calendar
		WHERE scope = '101'));
INSERT INTO public.conversations (id, account_id, inbox_id, display_id, created_at)
VALUES (19001, 19, 102, 1, '2024-03-01 10:00');
SELECT pg_temp.equal('rows', 'without hours there is no time in hours, rather than 0', '-',
	coalesce(pg_temp.seconds(business_time(calendar, opened_at, opened_at + interval '1 day')),
		'-'))
FROM cx_chatwoot.ticket WHERE tenant = '19';

INSERT INTO public.conversations (id, account_id, inbox_id, display_id, created_at)
VALUES (99001, 99, 102, 1, '2024-03-01 10:00');
SELECT pg_temp.equal('rows', 'tickets, and those that are left out', count(*)::text,
	((SELECT count(*) FROM cx_chatwoot.ticket)
		+ (SELECT rows FROM cx_chatwoot.skipped WHERE reason LIKE 'its account%'))::text)
FROM public.conversations;
SELECT pg_temp.equal('rows', 'skipped from ' || relation || ': ' || reason, theirs, rows::text)
FROM cx_chatwoot.skipped
FULL JOIN (VALUES ('resolved, and no event says when: resolved_at is NULL', '2'),
	('the first reply is before the opening: first_reply_at is NULL', '1'),
	('changes before the opening are left out: tickets', '1'),
	('opened again, and no event says when (until version 4.6)', '1'),
	('the conversation is gone: tickets', '1'),
	('its account is gone: left out', '1'), ('a reply without its beginning, or before it', '2'),
	('the hours of an inbox are switched on, and cannot be read', '2')) AS v (reason, theirs)
	USING (reason);
