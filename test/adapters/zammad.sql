-- The cases of Zammad's own specifications, whose classes are named. A group each, and a calendar
-- of its number; the moments are of UTC, the calendars of Berlin.

CREATE FUNCTION pg_temp.hours(days text, opens text, closes text) RETURNS text
RETURN E'--- !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n' || (
	SELECT
		string_agg(format(E'%s: !ruby/hash:ActiveSupport::HashWithIndifferentAccess\n  active: %s\n'
		'  timeframes:\n  - - ''%s''\n    - ''%s''\n', day,
		CASE WHEN day = ANY (string_to_array($1, ',')) THEN 'true' ELSE 'false' END, $2, $3), ''
		ORDER BY nth)
	FROM unnest('{mon,tue,wed,thu,fri,sat,sun}'::text[]) WITH ORDINALITY AS d (day, nth));

INSERT INTO public.users (id, firstname, lastname, created_at)
VALUES (1, '-', '', '2010-01-01'), (2, 'Anna', 'Agent', '2010-01-01'),
	(3, 'Carl', '', '2010-01-01');
INSERT INTO public.groups SELECT n, 'group ' || n FROM generate_series(1, 9) AS n;
INSERT INTO public.calendars (id, name, timezone, business_hours, public_holidays) VALUES
	(1, 'office', 'Europe/Berlin', pg_temp.hours('mon,tue,wed,thu,fri', '08:00', '18:00'), NULL),
	(2, 'daily', 'Europe/Berlin', pg_temp.hours('mon,tue,wed,thu,fri,sat,sun', '09:00', '18:00'),
		''),
	(3, 'long', 'Europe/Berlin', pg_temp.hours('mon,tue,wed,thu,fri', '08:00', '20:00'),
	 E'---\n''2016-11-01'':\n  active: true\n  summary: All Saints\n''2016-11-08'':\n'
	 '  active: false\n  summary: "a day that\n    is none"\n  removed: true\n'),
	(4, 'always', 'UTC', pg_temp.hours('mon,tue,wed,thu,fri,sat,sun', '00:00', '23:59'), '--- {}');
UPDATE public.calendars SET "default" = true WHERE id = 1;
SELECT cx_zammad.fill_calendar();
UPDATE cx_zammad.calendar SET calendar = cx_zammad.hours_of(name)
FROM public.calendars AS c WHERE scope = c.id::text;

-- A ticket, and a change of its state.
CREATE FUNCTION pg_temp.open(id integer, team integer, at text, state integer DEFAULT 2,
	first_reply text DEFAULT NULL, first_close text DEFAULT NULL) RETURNS void
BEGIN ATOMIC
	INSERT INTO public.tickets (id, number, group_id, priority_id, owner_id, customer_id,
		created_at,
								state_id, first_response_at, close_at, last_close_at)
	VALUES ($1, $1, $2, 2, 2, 3, $3::timestamp, $4, $5::timestamp, $6::timestamp, $6::timestamp);
END;
CREATE FUNCTION pg_temp.change(id integer, at text, id_from integer, id_to integer) RETURNS void
BEGIN ATOMIC
	INSERT INTO public.histories (history_type_id, history_object_id, history_attribute_id, o_id,
								  id_from, id_to, created_at, created_by_id)
	VALUES (2, 1, 1, $1, $3, $4, $2::timestamp, 2);
END;
-- Business time of a ticket between two moments, pauses taken out, in minutes.
CREATE FUNCTION pg_temp.minutes(id integer, since timestamptz, until timestamptz) RETURNS text
RETURN (SELECT (extract(epoch FROM business_time(calendar, tstzmultirange(tstzrange($2,
	$3)) - paused))
				/ 60)::double precision::text
		FROM cx_zammad.ticket WHERE ticket_key = $1);

-- Z1, Z2: due, spent, and what is left
SELECT pg_temp.open(1, 1, '2013-03-21 09:30', 4, '2013-03-21 10:00', '2013-03-21 11:30');
SELECT pg_temp.open(2, 1, '2013-03-21 09:30', 4, '2013-03-21 14:00', '2013-03-21 13:00');
UPDATE public.tickets SET first_response_escalation_at = '2013-03-21 10:30',
	close_escalation_at = '2013-03-21 12:30', first_response_in_min = 30,
	first_response_diff_in_min = 30, close_in_min = 120, close_diff_in_min = 60 WHERE id = 1;
UPDATE public.tickets SET first_response_in_min = 270, first_response_diff_in_min = -210,
	close_in_min = 210, close_diff_in_min = -30 WHERE id = 2;
SELECT pg_temp.equal('Z1', 'due: first reply, update, close',
	concat_ws(', ', pg_temp.moment(first_reply_due), '2013-03-21 11:30:00',
			  pg_temp.moment(resolution_due)),
	concat_ws(', ', pg_temp.moment(business_deadline(calendar, opened_at, first_reply_target)),
			  pg_temp.moment(business_deadline(calendar, opened_at, '120 minutes')),
			  pg_temp.moment(business_deadline(calendar, opened_at, resolution_target))))
FROM cx_zammad.ticket WHERE ticket_key = 1;
SELECT pg_temp.equal('Z2', 'minutes spent, and left, on reply and close of ticket ' || ticket,
	concat_ws(', ', pg_temp.seconds(product_first_reply), pg_temp.seconds(first_reply_target
		- product_first_reply), pg_temp.seconds(product_resolution),
		pg_temp.seconds(resolution_target - product_resolution)),
	concat_ws(', ', pg_temp.seconds(reply), pg_temp.seconds('60 minutes' - reply),
			  pg_temp.seconds(close), pg_temp.seconds('180 minutes' - close)))
FROM cx_zammad.ticket, LATERAL (SELECT business_time(calendar, opened_at, first_reply_at) AS reply,
	business_time(calendar, tstzmultirange(tstzrange(opened_at, resolved_at)) - paused) AS close)
		AS t
WHERE ticket_key IN (1, 2);

-- Z3, Z4: a deadline with pauses; at its moment they take the next opening, and we the closing time
SELECT pg_temp.open(3, 2, '2013-06-04 09:00');
SELECT pg_temp.change(3, at, before, after)
FROM (VALUES ('2013-06-04 09:30', 2, 3), ('2013-06-04 09:45', 3, 2), ('2013-06-04 10:00', 2, 3),
	('2013-06-04 10:30', 3, 2)) AS v (at, before, after);
SELECT pg_temp.equal('Z3', 'due in 120 minutes', '2013-06-04 11:45:00',
	pg_temp.moment(business_deadline(calendar, opened_at, '120 minutes', paused)))
FROM cx_zammad.ticket WHERE ticket_key = 3;
SELECT pg_temp.open(4, 2, '2013-06-04 09:00');
SELECT pg_temp.change(4, '2013-06-04 10:00', 2, 3);
SELECT pg_temp.change(4, '2013-06-04 15:00', 3, 2);
SELECT pg_temp.design('Z4', 'due in 120 minutes, at the very end of a day', '2013-06-05 07:00:00',
	pg_temp.moment(due), '2013-06-04 16:00:00'),
	pg_temp.equal('Z4', 'business time between the two', '0',
		pg_temp.seconds(business_time(calendar, due, '2013-06-05 07:00Z')))
FROM cx_zammad.ticket,
	LATERAL business_deadline(calendar, opened_at, '120 minutes', paused) AS due
WHERE ticket_key = 4;

-- Z5, Z6: spent, without pauses
SELECT pg_temp.open(5, 2, '2013-06-04 09:00', 4, '2013-06-04 10:45', '2013-06-04 12:00');
SELECT pg_temp.change(5, '2013-06-04 10:00', 2, 3);
SELECT pg_temp.change(5, '2013-06-04 10:30', 3, 2);
SELECT pg_temp.change(5, '2013-06-04 12:00', 2, 4);
SELECT pg_temp.equal('Z5', 'minutes to the reply and to the close', '75, 150',
	concat_ws(', ', pg_temp.minutes(5, opened_at, first_reply_at),
			  pg_temp.minutes(5, opened_at, resolved_at)))
FROM cx_zammad.ticket WHERE ticket_key = 5;
SELECT pg_temp.open(n, 2, '2013-06-04 09:00', 4, NULL, '2013-06-04 12:00')
FROM unnest('{6,7}'::integer[]) AS n;
SELECT pg_temp.change(n, at, before, after)
FROM (VALUES (6, '2013-06-04 10:30', 3, 2), (6, '2013-06-04 11:00', 2, 3),
	(6, '2013-06-04 12:00', 3, 4), (7, '2013-06-04 10:30', 3, 2), (7, '2013-06-04 11:00', 2, 3),
	(7, '2013-06-04 11:30', 3, 2), (7, '2013-06-04 12:00', 2, 4)) AS v (n, at, before, after);
SELECT pg_temp.equal('Z6', 'minutes, of what began as pending', '30, 60',
	string_agg(pg_temp.minutes(ticket_key, opened_at, resolved_at), ', ' ORDER BY ticket_key))
FROM cx_zammad.ticket WHERE ticket_key IN (6, 7);

-- Z7, Z8: a holiday; they cut off seconds
SELECT pg_temp.open(8, 3, '2016-11-01 13:56:21');
SELECT pg_temp.equal('Z7', 'due in 120 and 1200 minutes, from a holiday on',
	'2016-11-02 09:00:00, 2016-11-03 15:00:00',
	concat_ws(', ', pg_temp.moment(business_deadline(calendar, opened_at, '120 minutes')),
			  pg_temp.moment(business_deadline(calendar, opened_at, '1200 minutes'))))
FROM cx_zammad.ticket WHERE ticket_key = 8;
SELECT pg_temp.open(9, 3, '2016-11-07 13:26:36');
SELECT pg_temp.named('Z8', 'due in 1200 minutes; with its seconds cut off', '2016-11-09 09:26:00',
	pg_temp.moment(due), pg_temp.moment(date_trunc('minute', due)))
FROM cx_zammad.ticket, LATERAL business_deadline(calendar, opened_at, '1200 minutes') AS due
WHERE ticket_key = 9;

-- Z9: minutes in working states
SELECT pg_temp.open(10, 4, '2020-01-01 00:00', 4, NULL, '2020-01-01 02:00');
SELECT pg_temp.change(10, '2020-01-01 01:00', 1, 2);
SELECT pg_temp.change(10, '2020-01-01 01:30', 2, 3);
SELECT pg_temp.change(10, '2020-01-01 02:00', 3, 4);
SELECT pg_temp.equal('Z9', 'minutes: in whole, from +30 on, until +30', '90, 60, 30',
	concat_ws(', ', pg_temp.minutes(10, opened_at, resolved_at),
			  pg_temp.minutes(10, opened_at + interval '30 minutes', resolved_at),
			  pg_temp.minutes(10, opened_at, opened_at + interval '30 minutes')))
FROM cx_zammad.ticket WHERE ticket_key = 10;

-- Z10: created, solved within a quarter of an hour, reopened; merged tickets are no tickets
SELECT pg_temp.open(n, 5, created, state, NULL, closed)
FROM (VALUES (21, '2015-10-28 09:30:00', 1, NULL), (22, '2015-10-28 09:30:01', 1, NULL),
	(23, '2015-10-28 10:30', 2, NULL), (24, '2015-10-28 10:30', 4, '2015-10-28 11:30'),
	(25, '2015-10-28 11:30', 2, '2015-10-28 11:40'), (26, '2015-10-31 12:30', 4,
		'2015-10-31 12:35'),
	(27, '2015-11-01 12:30', 4, '2015-11-01 12:30'), (28, '2015-11-01 13:30', 5,
		'2015-11-01 13:30'))
	AS v (n, created, state, closed);
SELECT pg_temp.change(25, '2015-10-28 14:30', 4, 2);
SELECT pg_temp.equal('Z10', 'created, solved at once, reopened, of 2015-' || month, theirs,
	concat_ws(', ', count(*), count(*) FILTER (
		WHERE first_resolved_at - opened_at <= interval '15 minutes'), sum(reopened)))
FROM cx_zammad.ticket
JOIN (VALUES ('10', '6, 2, 1'), ('11', '1, 1, 0')) AS v (month, theirs)
	ON to_char(opened_at AT TIME ZONE 'UTC', 'MM') = month
WHERE team = 'group 5' GROUP BY month, theirs;

-- Z11: by the month of a zone; one of them is closed before it is created
SELECT pg_temp.open(30 + n, 6, at, CASE n WHEN 7 THEN 4 ELSE 2 END, NULL,
	CASE n WHEN 7 THEN '2019-03-15 12:00' END)
FROM (VALUES (1, '2019-02-28 23:30'), (2, '2019-03-01 00:30'), (3, '2019-03-15 01:00'),
	(4, '2019-03-15 12:00'), (5, '2019-03-15 14:00'), (6, '2019-03-15 14:00'),
	(7, '2019-03-15 22:00'), (8, '2019-03-15 23:00'), (9, '2019-03-31 23:30'),
	(10, '2019-04-01 00:30')) AS v (n, at);
SELECT pg_temp.equal('Z11', 'created in March and February, in ' || zone, theirs,
	concat_ws(', ', count(*) FILTER (WHERE month = '03'), count(*) FILTER (WHERE month = '02')))
FROM (VALUES ('UTC', '8, 1'), ('Europe/Berlin', '8, 0'), ('America/Chicago', '8, 2'))
	AS v (zone, theirs)
JOIN cx_zammad.ticket ON team = 'group 6',
	LATERAL (SELECT to_char(opened_at AT TIME ZONE zone, 'MM') AS month) AS m
GROUP BY zone, theirs;
SELECT pg_temp.equal('Z11', 'created in March, in Australia/Melbourne', '8', count(*)::text)
FROM cx_zammad.ticket
WHERE team = 'group 6' AND to_char(opened_at AT TIME ZONE 'Australia/Melbourne', 'MM') = '03';
SELECT pg_temp.design('Z11', 'created less closed, in March', '7',
	(count(*) - count(resolved_at))::text, '8')
FROM cx_zammad.ticket
WHERE team = 'group 6' AND to_char(opened_at AT TIME ZONE 'UTC', 'MM') = '03';

-- Z12: waits; a note is no reply, and who writes twice waits from the first time on
SELECT pg_temp.open(41, 7, '2020-01-01 08:00');
INSERT INTO public.ticket_articles (ticket_id, type_id, sender_id, internal, created_by_id,
	created_at)
VALUES (41, 1, 2, false, 3, '2020-01-01 08:00'), (41, 10, 1, false, 2, '2020-01-01 08:10'),
	(41, 1, 1, true, 2, '2020-01-01 08:20'), (41, 1, 2, false, 3, '2020-01-01 08:30'),
	(41, 1, 1, false, 2, '2020-01-01 09:00'), (41, 1, 1, false, 2, '2020-01-01 09:30'),
	(41, 5, 2, false, 3, '2020-01-01 10:00'), (41, 1, 1, false, 99, '2020-01-01 12:00'),
	(41, 1, 2, false, 3, '2020-01-01 13:00'), (41, 1, 2, false, 3, '2020-01-01 14:00');
SELECT pg_temp.equal('Z12', 'mean wait in minutes; the waits, and who ended them',
	'90; 60 Anna Agent, 120 user 99, - -',
	(extract(epoch FROM mean_duration(ttr_agg(waiting_from, replied_at))) / 60)::double precision
	|| '; ' || string_agg(concat_ws(' ', coalesce((extract(epoch
		FROM replied_at - waiting_from) / 60)
		::double precision::text, '-'), coalesce(agent, '-')), ', ' ORDER BY waiting_from))
FROM cx_zammad.reply WHERE ticket_key = 41;

-- Rows as they are found in long-lived installations: 51 reopened, and closed again; 52 reopened
-- and open; 53 closed, and not known when; 54 replied to before it came; 55 with a state of its
-- own, and changes in one second; 56 merged; 57 in a state that is gone; 58 nobody's
SELECT pg_temp.open(51, 8, '2020-01-06 08:00', 4, NULL, '2020-01-06 09:00');
UPDATE public.tickets SET last_close_at = '2020-01-06 12:00' WHERE id = 51;
SELECT pg_temp.open(52, 8, '2020-01-06 08:00', 2, NULL, '2020-01-06 09:00');
SELECT pg_temp.change(n, '2020-01-06 09:00', 2, 4), pg_temp.change(n, '2020-01-06 10:00', 4, 2)
FROM unnest('{51,52}'::integer[]) AS n;
SELECT pg_temp.change(51, '2020-01-06 12:00', 2, 4);
SELECT pg_temp.open(53, 8, '2020-01-06 08:00', 4);
SELECT pg_temp.open(54, 8, '2020-01-06 08:00', 2, '2020-01-06 07:00');
INSERT INTO public.ticket_states VALUES (20, 3, 'waits for parts', true);
SELECT pg_temp.open(55, 8, '2020-01-06 08:00', 20);
SELECT pg_temp.change(55, '2020-01-06 08:00', before, after)
FROM (VALUES (1, 2), (2, 20), (20, 21), (21, 20)) AS v (before, after);
UPDATE public.histories SET value_from = 'long gone' WHERE id_from = 21;
UPDATE public.histories SET value_to = 'long gone' WHERE id_to = 21;
SELECT pg_temp.open(56, 8, '2020-01-06 08:00', 5), pg_temp.open(57, 8, '2020-01-06 08:00', 77);
SELECT pg_temp.open(58, 98, '2020-01-06 08:00', 1);
UPDATE public.tickets SET owner_id = 1, priority_id = 98, create_article_type_id = 98 WHERE id = 58;
SELECT pg_temp.equal('rows', 'status, first resolved, resolved, reopened, paused of ticket ' ||
	number,
	theirs, concat_ws(', ', status, coalesce(to_char(first_resolved_at AT TIME ZONE 'UTC',
		'HH24:MI'),
		'-'), coalesce(to_char(resolved_at AT TIME ZONE 'UTC', 'HH24:MI'), '-'), reopened,
		(SELECT coalesce(string_agg(to_char(lower(p) AT TIME ZONE 'UTC', 'HH24:MI-')
			|| coalesce(to_char(upper(p) AT TIME ZONE 'UTC', 'HH24:MI'), ''), ' '), '-')
		 FROM unnest(paused) AS p)))
FROM cx_zammad.ticket
JOIN (VALUES ('51', 'resolved, 09:00, 12:00, 1, 09:00-10:00'), ('52',
	'open, 09:00, -, 1, 09:00-10:00'),
	('53', 'resolved, -, -, 0, -'), ('54', 'open, -, -, 0, -'), ('55', 'pending, -, -, 0, 08:00-'),
	('58', 'new, -, -, 0, -')) AS v (number, theirs) USING (number);
SELECT pg_temp.equal('rows', 'the stages of one second', 'new, open, pending, long gone, pending',
	string_agg(stage, ', ' ORDER BY at, change_key))
FROM cx_zammad.ticket_status WHERE ticket_key = 55;
SELECT pg_temp.equal('rows', 'a ticket that is nobody''s', '-, group 98, -, -, -, 0',
	concat_ws(', ', coalesce(agent, '-'), team, coalesce(channel, '-'), coalesce(priority::text,
		'-'),
			  coalesce(calendar::text, '-'), cardinality(tags)))
FROM cx_zammad.ticket WHERE ticket_key = 58;

-- Hours: what is written otherwise is refused
INSERT INTO public.calendars (id, name, timezone, business_hours) VALUES
	(11, 'two spans', 'Europe/Berlin',
		E'---\nmon:\n  active: true\n  timeframes:\n  - - ''08:00''\n'
	 '    - ''12:00''\n  - - ''13:00''\n    - ''18:00''\nsun:\n'
	 '  active: false\n  timeframes: []\n'),
	(12, 'json', 'UTC', '{"mon": {"active": true}}'), (13, 'nowhere', 'No/Where',
	 pg_temp.hours('mon', '08:00', '12:00')), (14, 'half', 'UTC',
	 E'---\nmon:\n  active: true\n  timeframes:\n  - - ''08:00''\n  - - ''09:00''\n'),
	(15, 'closed', 'UTC', pg_temp.hours('', '08:00', '12:00')), (16, NULL, 'UTC', NULL);
SELECT pg_temp.equal('rows', 'the hours of the calendar ' || c.name, theirs,
	coalesce(cx_zammad.hours_of(c.name)::text, '-'))
FROM public.calendars AS c
JOIN (VALUES ('two spans', 'Mon 08:00-12:00 13:00-18:00 in Europe/Berlin'), ('json', '-'),
	('nowhere', '-'), ('half', '-'), ('closed', '-'), ('always', 'Mon-Sun 00:00-24:00 in UTC'),
	('long', 'Mon-Fri 08:00-20:00 in Europe/Berlin except 2016-11-01')) AS v (name, theirs)
	USING (name);

SELECT pg_temp.equal('rows', 'skipped from ' || relation || ': ' || reason, theirs, rows::text)
FROM cx_zammad.skipped
FULL JOIN (VALUES ('merged into another one', '2'), ('in a state that is gone', '1'),
	('closed, and not known when: resolved_at is NULL', '2'),
	('the first close is before the opening: first_resolved_at is NULL', '1'),
	('the first reply is before the opening: first_reply_at is NULL', '1')) AS v (reason, theirs)
	USING (reason);
SELECT pg_temp.equal('rows', 'tickets, and those that are left out', count(*)::text,
	((SELECT count(*) FROM cx_zammad.ticket) + (SELECT sum(rows) FROM cx_zammad.skipped
		WHERE reason IN ('merged into another one', 'removed', 'in a state that is gone')))::text)
FROM public.tickets;
