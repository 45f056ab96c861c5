-- business_calendar: deadlines in hours and in business days, against a calendar that is written
-- out minute by minute
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
\pset format unaligned
\pset tuples_only on
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

--
-- Deadlines that others have computed: Chatwoot's, Zammad's and Libredesk's own tests, and reports
-- from the field
--
SELECT name, d = due AS right, d
FROM (VALUES
	('an hour over a weekend', 'Mon-Fri 09:00-17:00 in UTC', timestamptz '2026-01-30 16:30Z', interval '1 hour', timestamptz '2026-02-02 09:30Z'),
	('long ago', 'Mon-Fri 09:00-17:00 in UTC', '1999-12-01 10:00Z', '1 hour', '1999-12-01 11:00Z'),
	('a Monday of the calendar that was reckoned back', 'Mon-Fri 09:00-17:00 in UTC', '1600-01-03 16:30Z', '9 hours', '1600-01-05 09:30Z'),
	('within the day', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '2026-01-28 12:00Z'),
	('before it opens', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 07:00Z', '2 hours', '2026-01-28 11:00Z'),
	('two business days', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-30 15:00Z', '2 days', '2026-02-03 15:00Z'),
	('... with a short Saturday', 'Mon-Fri 09:00-17:00, Sat 09:00-13:00 in UTC', '2026-01-30 15:00Z', '2 days', '2026-02-02 15:00Z'),
	('in a break', 'Mon-Fri 09:00-13:00 14:00-18:00 in UTC', '2026-01-28 12:30Z', '1 hour', '2026-01-28 14:30Z'),
	('round the clock', 'Mon-Sun 00:00-24:00 in Africa/Cairo', '2016-03-07 20:00+02', '7 hours', '2016-03-08 03:00+02'),
	('Z1', 'Mon-Fri 08:00-18:00 in Europe/Berlin', '2013-03-21 09:30Z', '60 min', '2013-03-21 10:30Z'),
	('Z1', 'Mon-Fri 08:00-18:00 in Europe/Berlin', '2013-03-21 09:30Z', '120 min', '2013-03-21 11:30Z'),
	('Z1', 'Mon-Fri 08:00-18:00 in Europe/Berlin', '2013-03-21 09:30Z', '180 min', '2013-03-21 12:30Z'),
	('Z7', 'Mon-Fri 08:00-20:00 in Europe/Berlin except 2016-11-01', '2016-11-01 13:56:21Z', '120 min', '2016-11-02 09:00Z'),
	('Z7', 'Mon-Fri 08:00-20:00 in Europe/Berlin except 2016-11-01', '2016-11-01 13:56:21Z', '1200 min', '2016-11-03 15:00Z'),
	-- theirs cuts the minute off: 09:26:00
	('Z8', 'Mon-Fri 08:00-20:00 in Europe/Berlin except 2016-11-01', '2016-11-07 13:26:36Z', '1200 min', '2016-11-09 09:26:36Z'),
	('L1', 'Tue 09:00-17:00 in UTC except 2023-10-10', '2023-10-10 10:00Z', '60 min', '2023-10-17 10:00Z'),
	('L2', 'Tue 09:00-17:00 in UTC', '2023-10-10 08:00Z', '60 min', '2023-10-10 10:00Z'),
	('L3', 'Tue 09:00-17:00 in UTC', '2023-10-10 18:00Z', '60 min', '2023-10-17 10:00Z'),
	('L4', 'Tue-Wed 09:00-17:00 in UTC', '2023-10-10 09:00Z', '900 min', '2023-10-11 16:00Z'),
	('L5', 'Wed 09:00-17:00 in UTC', '2023-10-10 10:00Z', '60 min', '2023-10-11 10:00Z'),
	('L5', 'Wed 09:00-17:00 in UTC', '2023-10-10 17:00Z', '60 min', '2023-10-11 10:00Z'),
	('L6', 'Tue 09:00-17:00 in Asia/Kolkata', '2023-10-10 20:00Z', '60 min', '2023-10-17 10:00+05:30'),
	('L7', 'Mon 09:00-17:00 in UTC', '2023-10-14 10:00Z', '60 min', '2023-10-16 10:00Z'),
	('L8', 'Tue-Wed 09:00-17:00 in UTC', '2023-10-10 17:00Z', '30 min', '2023-10-11 09:30Z'),
	('L9', 'Tue 00:01-23:59 in UTC', '2023-10-10 23:30Z', '29 min', '2023-10-10 23:59Z'),
	('L9', 'Tue 00:01-23:59 in UTC', '2023-10-10 23:30Z', '30 min', '2023-10-17 00:02Z'),
	('L10', 'Tue-Wed 00:01-23:59 in UTC', '2023-10-10 23:59Z', '1 min', '2023-10-11 00:02Z'),
	('L11', 'Tue-Thu 09:00-17:00 in UTC except 2023-10-10/2023-10-11', '2023-10-10 10:00Z', '60 min', '2023-10-12 10:00Z'),
	('L12', 'Tue 09:00-09:30, Wed 09:00-17:00 in UTC', '2023-10-10 09:00Z', '90 min', '2023-10-11 10:00Z'),
	('L13', 'Tue 09:00-09:30, Wed 09:00-17:00 in UTC', '2025-03-22 18:01+05:30', '1440 min', '2025-04-09 15:30Z'),
	-- a start behind the closing, where its seconds do not matter
	('L14', 'Mon-Fri 10:00-18:00, Sat 10:00-14:00 in Asia/Kolkata', '2025-03-22 18:01:43+05:30', '1430 min', '2025-03-26 17:50+05:30'),
	('L14', 'Mon-Fri 10:00-18:00, Sat 10:00-14:00 in Asia/Kolkata', '2025-03-22 18:01:43+05:30', '1439 min', '2025-03-26 17:59+05:30'),
	('L14', 'Mon-Fri 10:00-18:00, Sat 10:00-14:00 in Asia/Kolkata', '2025-03-22 18:01:43+05:30', '1440 min', '2025-03-26 18:00+05:30'),
	('L14', 'Mon-Fri 10:00-18:00, Sat 10:00-14:00 in Asia/Kolkata', '2025-03-22 18:01:43+05:30', '1450 min', '2025-03-27 10:10+05:30'))
	t (name, c, starts_at, allowed, due),
	LATERAL (SELECT business_deadline(c::business_calendar, starts_at, allowed) AS d) x;
-- the time between: Chatwoot's C1 and C2, Odoo's O5 and O6, whose last leave cuts two local days
SELECT name, d = due AS right, d
FROM (VALUES
	('C1', 'Mon-Fri 09:00-17:00 in UTC', timestamptz '2022-03-20 00:00Z', timestamptz '2022-03-26 23:59Z', interval '40 hours'),
	('C2', 'Mon-Fri 09:00-17:00 in UTC', '2022-03-20 12:00Z', '2022-03-21 14:00Z', '5 hours'),
	('Z2, the reply', 'Mon-Fri 08:00-18:00 in Europe/Berlin', '2013-03-21 09:30Z', '2013-03-21 10:00Z', '30 minutes'),
	('Z2, a late one', 'Mon-Fri 08:00-18:00 in Europe/Berlin', '2013-03-21 09:30Z', '2013-03-21 14:00Z', '270 minutes'),
	('Z2, the close', 'Mon-Fri 08:00-18:00 in Europe/Berlin', '2013-03-21 09:30Z', '2013-03-21 11:30Z', '120 minutes'),
	('Z2, a late one', 'Mon-Fri 08:00-18:00 in Europe/Berlin', '2013-03-21 09:30Z', '2013-03-21 13:00Z', '210 minutes'),
	('a lunch break', 'Mon-Fri 09:00-13:00 14:00-18:00 in UTC', '2026-01-28 13:10Z', '2026-01-28 14:20Z', '20 minutes'),
	('a night shift', 'Mon-Sat 21:00-02:00 in Asia/Kolkata', '2026-01-05 20:00+05:30', '2026-01-06 03:00+05:30', '5 hours'),
	('O5', 'Mon-Fri 08:00-16:00 in UTC', '2018-04-02 00:00Z', '2018-04-09 00:00Z', '40 hours'),
	('O5', 'Mon-Fri 08:00-16:00 in UTC except 2018-04-03', '2018-04-02 00:00Z', '2018-04-09 00:00Z', '32 hours'),
	('O6', 'Mon-Fri 09:00-12:00 13:00-17:00 in Etc/GMT-6', '2018-04-02 00:00+06', '2018-04-07 00:00+06', '35 hours'),
	('O6', 'Mon-Fri 09:00-12:00 13:00-17:00 in Etc/GMT-6 except 2018-04-03 13:00-17:00', '2018-04-02 00:00+06', '2018-04-07 00:00+06', '32 hours'),
	('O6', 'Mon-Fri 09:00-12:00 13:00-17:00 in Etc/GMT-6 except 2018-04-03 09:00-10:00, 2018-04-04 10:00-12:00 13:00-17:00',
		'2018-04-02 00:00+06', '2018-04-07 00:00+06', '28 hours')) t (name, c, starts_at, ends_at, due),
	LATERAL (SELECT business_time(c::business_calendar, starts_at, ends_at) AS d) x;
-- business days: five from Saturday to Saturday, six of a week in which Cairo's clocks change, four from Monday to Thursday
SELECT business_days('Mon-Fri 00:00-24:00 in UTC', '2026-02-21', '2026-02-28') AS five,
	business_days('Sun-Fri 00:00-24:00 in Africa/Cairo', '2026-04-19', '2026-04-24') AS six,
	business_days('Mon-Fri 08:00-16:00 in UTC', '2026-01-05', '2026-01-08') AS four,
	is_business_time('Mon-Sat 21:00-02:00 in Asia/Kolkata', '2026-01-06 01:30+05:30') AS open;

--
-- Clocks that stand still
--
SELECT name, d = due AS right, d
FROM (VALUES
	('before the pause', 'Mon-Sun 00:00-24:00 in UTC', timestamptz '2026-01-05 12:00Z', interval '30 min',
		tstzmultirange '{[2026-01-05 13:30Z,2026-01-05 14:00Z)}', timestamptz '2026-01-05 12:30Z'),
	('behind it', 'Mon-Sun 00:00-24:00 in UTC', '2026-01-05 13:15Z', '30 min', '{[2026-01-05 13:30Z,2026-01-05 14:00Z)}', '2026-01-05 14:15Z'),
	('Z3', 'Mon-Sun 09:00-18:00 in Europe/Berlin', '2013-06-04 09:00Z', '120 min',
		'{[2013-06-04 09:30Z,2013-06-04 09:45Z),[2013-06-04 10:00Z,2013-06-04 10:30Z)}', '2013-06-04 11:45Z'),
	-- theirs is the next opening, 2013-06-05 07:00Z, before which no more business time passes
	('Z4', 'Mon-Sun 09:00-18:00 in Europe/Berlin', '2013-06-04 09:00Z', '120 min', '{[2013-06-04 10:00Z,2013-06-04 15:00Z)}', '2013-06-04 16:00Z'),
	('Z5', 'Mon-Sun 09:00-18:00 in Europe/Berlin', '2013-06-04 09:00Z', '120 min', '{[2013-06-04 10:00Z,2013-06-04 10:30Z)}', '2013-06-04 11:30Z'),
	('Z5', 'Mon-Sun 09:00-18:00 in Europe/Berlin', '2013-06-04 09:00Z', '250 min', '{[2013-06-04 10:00Z,2013-06-04 10:30Z)}', '2013-06-04 13:40Z'),
	('none', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '{}', '2026-01-28 12:00Z'),
	('NULL', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', NULL, '2026-01-28 12:00Z'),
	('over before it begins', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '{[2026-01-27 10:00Z,2026-01-28 10:00Z)}', '2026-01-28 12:00Z'),
	('began before', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '{[2026-01-27 10:00Z,2026-01-28 11:00Z)}', '2026-01-28 13:00Z'),
	('without a beginning', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '{(,2026-01-28 11:00Z)}', '2026-01-28 13:00Z'),
	('open', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '{[2026-01-28 11:00Z,)}', 'infinity'),
	('open until infinity', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '{[2026-01-28 11:00Z,infinity)}', 'infinity'),
	('always', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '{(,)}', 'infinity'),
	('open, and too late', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '{[2026-01-28 12:00Z,)}', '2026-01-28 12:00Z'),
	('never', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', '{[infinity,infinity]}', '2026-01-28 12:00Z'),
	('nothing allowed', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '0', '{(,)}', '2026-01-28 10:00Z'),
	('a day and a day on hold', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-30 15:00Z', '2 days', '{[2026-02-02 10:00Z,2026-02-03 10:00Z)}', '2026-02-04 15:00Z'),
	('a night on hold', 'Mon-Fri 09:00-17:00 in UTC', '2026-01-30 15:00Z', '2 days', '{[2026-02-02 17:00Z,2026-02-03 09:00Z)}', '2026-02-03 15:00Z'),
	('not before the day begins', 'Mon-Fri 09:00-17:00 in UTC', '2026-02-02 07:00Z', '1 day', '{[2026-02-02 18:00Z,2026-02-02 19:00Z)}', '2026-02-03 09:00Z'))
	t (name, c, starts_at, allowed, pauses, due),
	LATERAL (SELECT business_deadline(c::business_calendar, starts_at, allowed, pauses) AS d) x;
-- Z5's figures: replied after 75 minutes, 45 before it is due, and closed after 150, 100 before
SELECT at, in_minutes(spent) AS spent, in_minutes(target - spent) AS left
FROM (VALUES (timestamptz '2013-06-04 10:45Z', interval '120 minutes'), ('2013-06-04 12:00Z', '250 minutes')) v (at, target),
	LATERAL (SELECT business_time('Mon-Sun 09:00-18:00 in Europe/Berlin',
		tstzmultirange(tstzrange('2013-06-04 09:00Z', at)) - '{[2013-06-04 10:00Z,2013-06-04 10:30Z)}') AS spent) s;
-- a single pause, and literals that say no type
SELECT business_deadline('Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', tstzrange('2026-01-28 11:00Z', '2026-01-28 11:30Z')),
	business_deadline('Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', tstzrange('2026-01-28 11:00Z', NULL)),
	business_deadline('Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', tstzrange 'empty'),
	business_deadline('Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', NULL::tstzrange);
SELECT business_deadline('Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', ' [2026-01-28 11:00Z, 2026-01-28 11:30Z)'),
	business_deadline('Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', ' {[2026-01-28 11:00Z, 2026-01-28 11:30Z)}'),
	business_deadline('Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', 'empty'),
	business_deadline('Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', '2 hours', NULL),
	business_deadline(NULL, '2026-01-28 10:00Z', '2 hours', '{}'), business_deadline('Mon-Fri 09:00-17:00 in UTC', NULL, '2 hours', '{}'),
	business_deadline('Mon-Fri 09:00-17:00 in UTC', '2026-01-28 10:00Z', NULL, '{}');

--
-- Times that are not over: pending since Monday, and Zammad's Z6 and Z9
--
SELECT business_time_until('Mon-Fri 09:00-17:00 in UTC', '{[2026-01-05 09:00Z,)}', '2026-01-06 17:00Z') AS sixteen_hours,
	business_time_until('Mon-Fri 09:00-17:00 in UTC', '{[2026-01-05 09:00Z,2026-01-05 10:00Z),[2026-01-07 09:00Z,infinity)}', '2026-01-06 17:00Z') AS an_hour,
	business_time_until('Mon-Fri 09:00-17:00 in UTC', '{[2026-01-05 09:00Z,2026-01-07 10:00Z),[2026-01-07 12:00Z,2026-01-07 14:00Z)}', '2026-01-07 13:00Z') AS eighteen_hours,
	business_time_until('Mon-Fri 09:00-17:00 in UTC', '{[2026-01-07 09:00Z,)}', '2026-01-06 17:00Z') AS none,
	business_time_until('Mon-Fri 09:00-17:00 in UTC', '{}', '2026-01-06 17:00Z') AS none,
	business_time_until('Mon-Fri 09:00-17:00 in UTC', '{(,)}', NULL) AS unknown;
SELECT business_time('Mon-Sun 00:00-24:00 in UTC', '{[2013-06-04 10:30Z,2013-06-04 11:00Z)}') AS z6_30,
	business_time('Mon-Sun 00:00-24:00 in UTC', '{[2013-06-04 10:30Z,2013-06-04 11:00Z),[2013-06-04 11:30Z,2013-06-04 12:00Z)}') AS z6_60,
	business_time_until('Mon-Sun 00:00-24:00 in UTC', '{[2026-01-05 12:00Z,2026-01-05 13:30Z)}', '2026-01-05 14:00Z') AS z9_90,
	business_time_until('Mon-Sun 00:00-24:00 in UTC', '{[2026-01-05 12:00Z,2026-01-05 13:30Z)}', '2026-01-05 12:30Z') AS z9_30;

--
-- Hours that change: Vienna's, which are 3 + 3 + 5 + 0 + 8 + 8 hours
--
SELECT c, business_time(c, '2021-12-30 00:00+01', '2022-01-05 00:00+01'), business_days(c, '2021-12-20', '2022-01-09')
FROM unnest(ARRAY[
	'until 2021-12-31 Mon-Fri 09:00-18:00, Sat 10:00-15:00, from 2022-01-01 Mon-Fri 10:00-18:00, Sat 10:00-15:00 in Europe/Vienna
		except 2021-12-24/2021-12-31 Mon-Fri 10:00-13:00',
	'from 2022-01-01 Mon-Fri 10:00-18:00, Sat 10:00-15:00, from 0001-01-01 until 2021-12-31 Mon-Fri 09:00-18:00, Sat 10:00-15:00 in Europe/Vienna
		except 2021-12-24 10:00-13:00, 2021-12-25/2021-12-26, 2021-12-27/2021-12-31 10:00-13:00']::business_calendar[]) c;
-- a gap is closed time; a change in the far future is one, and closed for ever is no end of the search
SELECT c, business_time(c, '2021-12-30 00:00Z', '2022-02-07 09:30Z'), business_deadline(c, '2021-12-31 17:00Z', '1 day'),
	business_deadline(c, '2021-12-31 17:30Z', '1 hour'), business_days(c, '2021-12-27', '2022-02-06')
FROM (VALUES ('until 2021-12-31 Mon-Fri 09:00-18:00, from 2022-02-01 Mon 09:00-10:00 in UTC'::business_calendar)) c (c);
SELECT business_deadline(c, '2021-12-30 10:00Z', '30 hours'), business_time(c, '2021-12-30 10:00Z', '2021-12-31 23:00Z'),
	business_time(c, '2021-12-30 10:00Z', '9999-12-27 00:00Z') - interval '16 hours' = interval '1 hour' * ((date '9999-12-27' - date '2150-01-05') / 7) AS mondays
FROM (VALUES ('until 2021-12-31 Mon-Fri 9:00-18:00, from 2150-01-01 Mon 9:00-10:00 in Europe/Berlin'::business_calendar)) c (c);
SELECT business_time('until 2021-12-31 Mon-Fri 09:00-18:00 in Europe/Berlin', '2021-12-31 12:00Z', at),
	business_time('from 2022-01-01 Mon-Fri 09:00-18:00 in Europe/Berlin', '1900-01-01 00:00Z', '2022-01-03 09:00Z')
FROM unnest('{2022-05-01 00:00Z, 2222-05-01 00:00Z, 22222-05-01 00:00Z}'::timestamptz[]) at;
-- one text of all that mean the same
SELECT text::business_calendar, text::business_calendar::text::business_calendar = text::business_calendar AS same FROM unnest(ARRAY[
	'from 2023-01-01 Mon 9:00-10:00, from 2022-01-01 Tue 9:00-10:00, Mon 8:00-9:00, Tue 10:00-11:00 in utc',
	'FROM 2022-01-01 Until 2022-06-30 Mon 9:00-10:00, from 2022-07-01 Mon 9:00-10:00, from 2023-01-01 Fri 22:00-6:00 in UTC',
	'from 2022-01-01 until 2022-06-30 Mon 9:00-10:00, from 2022-07-02 Mon 9:00-10:00 in UTC',
	'Mon 9:00-10:00, from 2022-07-02 Mon 9:00-10:00 in UTC', 'until 2022-07-02 Mon 9:00-10:00 in UTC',
	'Mon 9:00-10:00 in UTC except 2021-01-01/2021-01-10 Mon-Tue 9:00-10:00 11:00-12:00, 12:00-13:00, Wed 7:00-8:00, 2021-02-01,
		2021-03-01/2021-03-03 Sat 7:00-8:00, 2021-03-05 Fri 7:00-8:00 2021-03-04 8:00-9:00']) text;

--
-- Weeks that take turns: every other Saturday, by hand, and a night every other week for 1,600 years, as PostgreSQL's clock has it
--
SELECT day::date, business_time(c, day, day + interval '1 week') AS week, business_days(c, day::date, day::date + 6) AS days,
	business_deadline(c, day + interval '4 days 15 hours', '1 day') AS from_friday
FROM (VALUES ('from 2026-01-05 week Mon-Sat 09:00-17:00 then week Mon-Fri 09:00-17:00 in UTC'::business_calendar)) c (c),
	generate_series(timestamptz '2025-12-29Z', '2026-01-26Z', '1 week') day;
SELECT zone, count(*) AS nights, business_time(c, '2026-01-01Z', '3600-01-01Z') = sum(night) AS time, business_days(c, '2026-01-01', '3599-12-31') = count(*) AS days,
	business_deadline(c, '2026-01-01Z', sum(night)) = max(until) AS deadline,
	count(*) FILTER (WHERE n % 1000 = 0 AND business_deadline(c, '2026-01-10 23:00Z', n * interval '1 day') AT TIME ZONE zone
		<> until AT TIME ZONE zone - interval '30 hours' + ('2026-01-10 23:00Z' AT TIME ZONE zone - timestamp '2026-01-10')) AS wrong
FROM unnest('{Europe/Berlin, Europe/London, Asia/Kolkata}'::text[]) zone,
	LATERAL (SELECT format('from 2026-01-05 week Sat 22:00-06:00 then week closed in %s', zone)::business_calendar AS c) c,
	LATERAL (SELECT row_number() OVER (ORDER BY day) - 1 AS n, (day + interval '30 hours') AT TIME ZONE zone AS until,
			(day + interval '30 hours') AT TIME ZONE zone - (day + interval '22 hours') AT TIME ZONE zone AS night
		FROM generate_series(timestamp '2026-01-10', '3599-12-20', '14 days') day) s
GROUP BY zone, c ORDER BY zone;
SELECT text::business_calendar, text::business_calendar::text::business_calendar = text::business_calendar AS same FROM unnest(ARRAY[
	'FROM 2026-01-05 Week sat 9:00-12:00, Mon-Fri 9:00-17:00 Then Week Mon-Fri 9:00-17:00 in utc',
	-- what goes on as it did is one section, also where it begins with the other week, and what is alike does not take turns
	'from 2026-01-05 week Sun 22:00-6:00 then week Mon 10:00-12:00, from 2026-02-09 week Mon 10:00-12:00 then week Sun 22:00-06:00 in UTC',
	'from 2026-01-05 week Sun 22:00-6:00 then week Mon 10:00-12:00, from 2026-02-16 week Mon 10:00-12:00 then week Sun 22:00-06:00 in UTC',
	'from 2026-01-05 week Mon-Tue 9:00-12:00 then week Tue 9:00-12:00, Mon 9:00-12:00 in UTC',
	'Mon 9:00-10:00, from 2026-01-14 until 2026-06-30 week closed then week Sun 22:00-06:00, from 2026-08-01 Tue 9:00-10:00 in UTC except 2026-01-20',
	-- before 2000, too
	'from 1999-12-29 week Mon 9:00-10:00 then week Fri 9:00-10:00 in UTC']) text;
SELECT business_spans('from 1999-12-15 week Thu 9:00-10:00 then week Sun 22:00-2:00 in UTC', '1999-12-01Z', '2000-01-14Z');

-- business days, both dates included, as NETWORKDAYS of spreadsheets has it
SELECT business_days('Mon-Fri 00:00-24:00 in UTC', '2026-02-21', '2026-02-28') AS five,
	business_days('Sun-Fri 00:00-24:00 in Africa/Cairo', '2026-04-19', '2026-04-25') AS six,
	business_days('Mon-Fri 08:00-16:00 in UTC', '2026-01-05', '2026-01-08') AS four,
	business_days('Mon-Fri 08:00-16:00 in UTC except 2026-01-06, 2026-01-10 10:00-12:00', '2026-01-05', '2026-01-11') AS five,
	business_days('Mon-Fri 08:00-16:00 in UTC', '2026-01-06', '2026-01-05') AS none,
	business_days('Mon-Fri 08:00-16:00 in UTC', '2026-01-05', NULL) AS unknown,
	business_days('Mon-Sun 08:00-16:00 in UTC', '4713-01-01 BC', '5874897-12-31') AS all,
	'5874897-12-31'::date - date '4713-01-01 BC' + 1 AS dates;
-- a night belongs to its evening: five of them in a week, and the same time of the night
SELECT business_days('Mon-Fri 22:00-06:00 in UTC', '2026-01-26', '2026-02-01') AS five,
	business_days('Mon-Fri 22:00-06:00, Sat 08:00-12:00 in UTC', '2026-01-26', '2026-02-01') AS six;
SELECT at, business_deadline('Mon-Fri 22:00-06:00 in UTC', at, '1 day'),
	business_deadline('Mon-Fri 22:00-06:00 in UTC', at, '1 day 8 hours')
FROM unnest('{2026-01-30 12:00Z, 2026-01-30 22:00Z, 2026-01-30 23:00Z, 2026-01-31 00:00Z, 2026-01-31 05:59Z,
	2026-01-31 06:00Z, 2026-01-31 12:00Z}'::timestamptz[]) at;
-- within the day's hours: not before they begin, not in a break, not after they end
SELECT at, business_deadline('Mon-Fri 09:00-12:00 13:00-17:00 in UTC except 2026-02-02, 2026-02-03 10:00-11:00', at, '1 day'),
	business_deadline('Mon-Fri 09:00-12:00 13:00-17:00 in UTC except 2026-02-02, 2026-02-03 10:00-11:00', at, '2 days'),
	business_deadline('Mon-Fri 09:00-12:00 13:00-17:00 in UTC except 2026-02-02, 2026-02-03 10:00-11:00', at, '2 days 1 us')
FROM unnest('{2026-01-30 08:00Z, 2026-01-30 10:30Z, 2026-01-30 12:30Z, 2026-01-30 13:00Z, 2026-01-30 20:00Z,
	2026-01-31 12:00Z}'::timestamptz[]) at;
-- a fraction of a day is hours, to PostgreSQL
SELECT business_deadline(c, '2026-01-30 15:00Z', '1.5 days'), business_deadline(c, '2026-01-30 15:00Z', 1.5 * interval '1 day'), business_deadline(c, '2026-01-30 15:00Z', '1 day 12:00')
FROM (VALUES ('Mon-Fri 09:00-17:00 in UTC'::business_calendar)) c (c);
-- an hour that the clock leaves out, and one that it repeats, as AT TIME ZONE takes them
SELECT business_deadline('Sat-Sun 00:00-24:00 in Europe/Berlin', '2026-03-28 02:30+01', '1 day'),
	timestamp '2026-03-29 02:30' AT TIME ZONE 'Europe/Berlin',
	business_deadline('Sat-Sun 00:00-24:00 in Europe/Berlin', '2026-10-24 02:30+02', '1 day'),
	timestamp '2026-10-25 02:30' AT TIME ZONE 'Europe/Berlin';
-- far away
SELECT business_deadline('Mon-Fri 09:00-17:00 in Europe/Berlin', '2026-01-05 10:00+01', '1000000 days 1 hour'),
	business_days('Mon-Fri 09:00-17:00 in Europe/Berlin', '2026-01-06',
		(business_deadline('Mon-Fri 09:00-17:00 in Europe/Berlin', '2026-01-05 10:00+01', '1000000 days') AT TIME ZONE 'Europe/Berlin')::date);

SELECT pg_temp.refusal('SELECT ' || call) FROM unnest(ARRAY[
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '1 month')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', age('2026-11-23', '2026-01-20'))$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '-1 day')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '2 days -1 hour')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '-1 day 48:00')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '1 month -30 days')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '100000000 days')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '2000000000 days')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '294276-12-31 00:00Z', '1 day')$$,
	$$business_deadline('Mon-Sun 00:00-24:00 in UTC', '294276-01-01 00:00Z', '2562047788 hours')$$,
	$$business_deadline('Mon-Sun 00:00-24:00 in UTC', '4713-01-01 00:00Z BC', '2500000000 hours', tstzrange('4000-01-01Z BC', '290000-01-01Z'))$$,
	$$business_deadline('until 2026-12-31 Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '100 hours')$$,
	$$business_deadline('until 2026-12-31 Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '10 days')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', 'infinity', '1 day')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '1 hour', 'tomorrow')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '1 hour', '{[2026-11-23 00:00Z')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '1 hour', tstzrange(date '2026-11-23', NULL))$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '1 hour', tsrange '[2026-11-23,)')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', 'infinity', '1 hour', '{}')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '-1 hour', '{}')$$,
	$$business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '1000000000 hours', '{[2027-01-01 00:00Z,290000-01-01 00:00Z)}')$$,
	$$business_time_until('Mon 09:00-17:00 in UTC', '{[2026-11-23 00:00Z,)}', 'infinity')$$,
	$$business_time_until('Mon 09:00-17:00 in UTC', '{(,2026-11-23 00:00Z)}', '2026-11-24 00:00Z')$$,
	$$business_time_until('Mon 09:00-17:00 in UTC', tstzrange('2026-11-23 00:00Z', NULL)::tstzmultirange, date '2026-11-24')$$,
	$$business_time('Mon 09:00-17:00 in UTC', tstzmultirange(tstzrange('2026-11-23 00:00Z', NULL)))$$,
	$$business_days('Mon 09:00-17:00 in UTC', '2026-11-23', '2026-11-21')$$,
	$$business_days('Mon 09:00-17:00 in UTC', '-infinity', '2026-11-21')$$,
	$$business_days('Mon 09:00-17:00 in UTC', '2026-11-23', 'infinity')$$,
	$$business_days('Mon 09:00-17:00 in UTC', timestamptz '2026-11-23 00:00Z', '2026-11-25 00:00Z')$$]) call;

SELECT pg_temp.refusal(format('SELECT %L::business_calendar', text)) FROM unnest(ARRAY[
	'from 2022-01-01 Mon 9:00-10:00, from 2022-01-01 Tue 9:00-10:00 in UTC', 'Mon 9:00-10:00, until 2022-01-01 Tue 9:00-10:00 in UTC',
	'until 2022-02-01 Mon 9:00-10:00, from 2022-01-01 Tue 9:00-10:00 in UTC', 'from 2022-02-01 until 2022-01-01 Tue 9:00-10:00 in UTC',
	'Mon 9:00-10:00 from 2022-02-01 Tue 9:00-10:00 in UTC', 'Mon 9:00-10:00, from 2022-02-01 in UTC', 'from 2022-02-01 in UTC',
	'Mon 9:00-10:00, from 2022-02-30 Tue 9:00-10:00 in UTC', 'from Mon 9:00-10:00 in UTC', 'until 2022-02-01, Mon 9:00-10:00 in UTC',
	'Mon, from 2022-02-01 Tue 9:00-10:00 in UTC', 'Mon 9:00-10:00 in UTC except 2021-01-01/2021-01-10 Mon',
	'Mon 9:00-10:00 in UTC except 2021-01-01/2021-01-10 Mon 22:00-02:00', 'Mon 9:00-10:00 in UTC except 2021-01-01/2021-01-10 Mon 12:00-13:00,',
	'Mon 9:00-10:00 in UTC except 2021-01-01/2021-01-10 Mon 12:00-13:00 rubbish', 'Mon 9:00-10:00 in UTC except Mon 12:00-13:00',
	'Mon 9:00-10:00 in UTC except 2021-01-01/2121-01-10 Mon 12:00-13:00',
	'Mon 9:00-10:00 in UTC except 2021-01-01/2021-01-10 Mon 12:00-13:00 12:30-14:00',
	'Mon 9:00-10:00 in UTC except 2021-01-01/2021-01-10 Mon 12:00-13:00, 2021-01-05',
	'week Mon 9:00-10:00 then week Tue 9:00-10:00 in UTC', 'Mon 9:00-10:00 then week Tue 9:00-10:00 in UTC', 'from 2026-01-05 week Mon 9:00-10:00 in UTC',
	'from 2026-01-05 week Mon 9:00-10:00, then week Tue 9:00-10:00 in UTC', 'from 2026-01-05 week Mon 9:00-10:00 then Tue 9:00-10:00 in UTC',
	'from 2026-01-05 week Mon 9:00-10:00 then week', 'from 2026-01-05 week then week Mon 9:00-10:00 in UTC', 'from 2026-01-05 week closed then week closed in UTC',
	'from 2026-01-05 week closed, then week Tue 9:00-10:00 in UTC', 'from 2026-01-05 week Mon 9:00-10:00 then week closed, in UTC',
	'from 2026-01-05 week Mon 9:00-10:00 then week closed Tue 9:00-10:00 in UTC',
	'from 2026-01-05 week Mon 9:00-10:00 then week Tue 9:00-10:00 then week Wed 9:00-10:00 in UTC',
	'from 2026-01-05 week Sun 22:00-6:00 then week Mon 5:00-7:00 in UTC', 'from 2026-01-05 week Mon 5:00-7:00 then week Sun 22:00-6:00 in UTC',
	'Mon 9:00-10:00 in UTC except 2021-01-01/2021-01-10 week Mon 12:00-13:00 then week closed']) text;
SELECT substring(pg_temp.refusal(format('SELECT %L::business_calendar', string_agg(format('from %s-01-01 Mon 9:00-%s:00', 2000 + i, 10 + i % 10), ', ')
	|| ' in UTC')) FROM 'There are .*') FROM generate_series(1, 33) i;

--
-- Laws, over calendars that are tables: hours of a weekday in minutes, which may run past midnight,
-- and dates with hours of their own or with none, about the day on which the clocks change
--
CREATE TEMP TABLE plan AS
	SELECT id, id % 4 AS kind, zone, first_day
	FROM generate_series(0, 11) id, LATERAL (SELECT ('{Europe/Berlin, America/New_York, Australia/Lord_Howe,
			America/Sao_Paulo, Asia/Kolkata}'::text[])[id % 5 + 1] AS zone,
		('{2018-03-19, 2018-03-04, 2018-03-26, 2018-02-12, 2018-02-26}'::date[])[id % 5 + 1] AS first_day) z;
-- with a break and a short Saturday, nights, some days of the week, round the clock; of half of them
-- the week changes once, for one after days that are closed; of others two weeks take turns from some day on
CREATE TEMP TABLE section AS
	SELECT id, n, begins, ends FROM plan, LATERAL (VALUES
		(0, NULL, CASE WHEN id >= 8 THEN first_day + id - 7 WHEN id >= 4 THEN first_day + 10 - id % 2 END),
		(1, CASE WHEN id >= 8 THEN first_day + id - 6 WHEN id >= 4 THEN first_day + 11 + id % 2 END, NULL))
		s (n, begins, ends) WHERE id >= 4 OR n = 0;
CREATE TEMP TABLE shift AS
	SELECT id, n, turn, weekday, from_minute - 30 * n - 15 * turn AS from_minute, to_minute
	FROM plan JOIN section USING (id), generate_series(0, (id >= 8 AND n = 1)::int) turn, generate_series(1, 7) weekday, LATERAL (VALUES
		(0, weekday < 6, 500 + id * 7, 750 - id), (0, weekday < 6, 790, 1000 + id * 5), (0, weekday = 6 - n, 1100, 1200 + id),
		(1, weekday < 6 - n, 1200 + id * 3, 1700 + id * 9),
		(2, (weekday + id + n) % 7 < 4, 600 - id * 11, 900 + id),
		(3, true, n * 300, 1440)) s (of_kind, on_day, from_minute, to_minute)
	WHERE of_kind = kind AND on_day AND (turn = 0 OR weekday <> 3);
-- dates, and for half of them a week that has hours from Monday to Wednesday
CREATE TEMP TABLE exception AS
	SELECT id, first_day + day AS day, from_minute, to_minute, false AS of_week
	FROM plan, LATERAL (VALUES (3 + id % 3, NULL, NULL), (6, 60, 270), (6, 300, 500 + id), (9 + id % 2, 480, 900))
		e (day, from_minute, to_minute)
	UNION ALL
	SELECT id, day, CASE WHEN opens THEN 615 END, CASE WHEN opens THEN 845 END, true
	FROM plan, LATERAL (SELECT first_day + n AS day, extract(isodow FROM first_day + n) < 4 AS opens FROM generate_series(14, 20) n) e
	WHERE id % 3 > 0;
CREATE FUNCTION pg_temp.clock(minute int) RETURNS text IMMUTABLE LANGUAGE sql AS
	$$ SELECT CASE minute WHEN 1440 THEN '24:00' ELSE to_char(time '00:00' + minute % 1440 * interval '1 minute', 'HH24:MI') END $$;
CREATE FUNCTION pg_temp.calendar(plan) RETURNS business_calendar STABLE LANGUAGE sql AS $$
	SELECT format('%s in %s except %s',
		(SELECT string_agg(concat('from ' || begins || ' ', 'until ' || ends || ' ', hours), ', ') FROM section JOIN (
			SELECT id, n, concat(CASE WHEN count(*) > 1 THEN 'week ' END, string_agg(hours, ' then week ' ORDER BY turn)) AS hours
			FROM (SELECT id, n, turn, string_agg(format('%s %s-%s', ('{Mon, Tue, Wed, Thu, Fri, Sat, Sun}'::text[])[weekday],
					pg_temp.clock(from_minute), pg_temp.clock(to_minute)), ', ') AS hours
				FROM shift GROUP BY id, n, turn) w GROUP BY id, n) h USING (id, n) WHERE id = $1.id),
		$1.zone,
		(SELECT string_agg(concat(day, hours), ', ') FROM (
			SELECT day::text, string_agg(format(' %s-%s', pg_temp.clock(from_minute), pg_temp.clock(to_minute)), '')
				FILTER (WHERE to_minute IS NOT NULL) AS hours
			FROM exception WHERE id = $1.id AND NOT of_week GROUP BY day
			UNION ALL SELECT concat_ws('/', min(day), max(day)), ' Mon-Wed 10:15-14:05'
			FROM exception WHERE id = $1.id AND of_week HAVING count(*) > 0) e))::business_calendar $$;
CREATE TEMP TABLE c AS SELECT id, zone, first_day, pg_temp.calendar(p) AS c FROM plan p;
SELECT c FROM c ORDER BY id;
-- every open minute of the local clock, and the business day that it belongs to
CREATE TEMP TABLE local_minute AS
	SELECT id, day::date, day + minute * interval '1 minute' AS local
	FROM plan JOIN section USING (id) JOIN shift USING (id, n),
		generate_series(first_day::timestamp - interval '1 day', first_day + 34, interval '1 day') day,
		generate_series(from_minute, to_minute - 1) minute, LATERAL (SELECT (day + minute * interval '1 minute')::date AS date) d
	WHERE extract(isodow FROM day) = weekday AND date >= coalesce(begins, date) AND date <= coalesce(ends, date)
		AND (id, date) NOT IN (SELECT id, day FROM exception)
		-- the first of two weeks is that in which the section begins
		AND (id < 8 OR n = 0 OR turn = abs((date_trunc('week', day)::date - date_trunc('week', begins)::date) / 7 % 2))
	UNION ALL
	SELECT id, day, day + minute * interval '1 minute'
	FROM exception, generate_series(from_minute, to_minute - 1) minute;
-- a day on which hours begin; of nights that an exception cuts off, only what is left of them is there
CREATE TEMP TABLE opening_day AS SELECT DISTINCT id, day FROM local_minute WHERE local::date = day;
CREATE INDEX ON local_minute (id, day);
-- the minutes as they pass
CREATE TEMP TABLE minute AS
	SELECT id, at, day IS NOT NULL AS open, coalesce(day, local::date) AS business_day
	FROM (SELECT id, at, at AT TIME ZONE zone AS local
		FROM plan, generate_series(0, 24 * 1440) n,
			LATERAL (SELECT first_day::timestamp AT TIME ZONE zone + n * interval '1 minute' AS at) m) m
		LEFT JOIN local_minute l USING (id, local);
CREATE INDEX ON minute (id, at);
ANALYZE local_minute, minute, opening_day;
CREATE TEMP TABLE ticket AS
	SELECT c.*, i, starts_at, business_day, starts_at AT TIME ZONE zone - business_day AS time_of_day
	FROM c, generate_series(1, 20) i, LATERAL (SELECT first_day::timestamp AT TIME ZONE zone
			+ (i * 1237 + id * 411) % (10 * 1440) * interval '1 minute' AS starts_at) s
		JOIN minute ON at = starts_at WHERE minute.id = c.id;

-- so many opening days later at the same time of day, or the next within the hours
CREATE TEMP TABLE deadline AS
	SELECT t.*, days, opens + time_of_day AS wanted, (SELECT CASE WHEN opens + time_of_day <= min(local) THEN min(local)
			ELSE max(least(local + interval '1 minute', opens + time_of_day)) FILTER (WHERE local <= opens + time_of_day) END
		FROM local_minute l WHERE l.id = t.id AND l.day = opens
			AND (local::date = day OR day NOT IN (SELECT day FROM exception e WHERE e.id = t.id))) AT TIME ZONE zone AS due
	FROM ticket t, LATERAL (SELECT i % 4 + 1 AS days) d, LATERAL (SELECT day AS opens FROM opening_day o
		WHERE o.id = t.id AND day > business_day ORDER BY day OFFSET days - 1 LIMIT 1) o;
SELECT count(*), count(*) FILTER (WHERE business_deadline(c, starts_at, days * interval '1 day') = due) AS equal,
	count(*) FILTER (WHERE due AT TIME ZONE zone <> wanted) > 40 AS many_clamped
FROM deadline;
-- business_days is what deadlines count by
SELECT count(*) FILTER (WHERE business_days(c, first_day, first_day + days) <> (SELECT count(*) FROM opening_day o
	WHERE o.id = c.id AND day BETWEEN first_day AND first_day + days)) AS unequal
FROM c, generate_series(-1, 30) days;
-- hours come after the days
SELECT count(*) FILTER (WHERE business_deadline(c, starts_at, days * interval '1 day' + hours)
	<> business_deadline(c, due, hours)) AS unequal
FROM deadline, LATERAL (SELECT i * interval '97 minutes' AS hours) h;
-- an allowance of hours is over with the minute that fills it
SELECT count(*), count(*) FILTER (WHERE business_deadline(c, starts_at, minutes * interval '1 minute') = due) AS equal
FROM ticket t, LATERAL (SELECT 1 + i * 83 AS minutes) a, LATERAL (SELECT at + interval '1 minute' AS due FROM minute m
	WHERE m.id = t.id AND open AND at >= starts_at ORDER BY at OFFSET minutes - 1 LIMIT 1) d;

-- pauses that touch, nest, begin before the ticket, lie beyond the deadline or do not end, and none
CREATE TEMP TABLE paused AS
	SELECT id, i, c, starts_at, days, due AS days_due, 1 + i * 83 AS minutes, pauses, coalesce(upper_inf(pauses), false) AS open_ended
	FROM deadline t, LATERAL (
		SELECT range_agg(tstzrange(begins, CASE WHEN (i + n + id) % 11 > 0
			THEN begins + (n * 389 + i * 57) % (i * 120) * interval '1 minute' END)) AS pauses
		FROM generate_series(1, i % 6) n, LATERAL (
			SELECT starts_at + ((n * 733 + i * 131 + id * 17) % 3000 - 600) * interval '1 minute' AS begins) b) p;
SELECT count(*), count(pauses) AS paused, count(*) FILTER (WHERE open_ended) AS open_ended,
	count(*) FILTER (WHERE pauses @> starts_at) AS from_the_start FROM paused;
-- over with the minute that fills the allowance; of days the business time until they are over
SELECT count(*), count(*) FILTER (WHERE business_deadline(c, starts_at, minutes * interval '1 minute', pauses)
	= coalesce(due, CASE WHEN open_ended THEN timestamptz 'infinity' END)) AS equal, count(due) AS finite
FROM paused p, LATERAL (SELECT (SELECT at + interval '1 minute' FROM minute m
	WHERE m.id = p.id AND open AND at >= starts_at AND pauses @> at IS NOT TRUE ORDER BY at OFFSET minutes - 1 LIMIT 1) AS due) d;
SELECT count(*), count(*) FILTER (WHERE business_deadline(c, starts_at, days * interval '1 day', pauses)
	= CASE WHEN n = 0 THEN days_due WHEN due IS NOT NULL THEN greatest(due, days_due) WHEN open_ended THEN 'infinity' END) AS equal, count(due) AS finite,
	count(*) FILTER (WHERE due > days_due) AS put_off
FROM paused p, LATERAL (SELECT count(*)::int AS n FROM minute m WHERE m.id = p.id AND open AND at >= starts_at AND at < days_due) a,
	LATERAL (SELECT (SELECT at + interval '1 minute' FROM minute m
		WHERE m.id = p.id AND open AND at >= starts_at AND pauses @> at IS NOT TRUE ORDER BY at OFFSET greatest(n - 1, 0) LIMIT 1) AS due) d;
-- down to the microsecond it is the first moment by which so much has passed outside of the pauses
SELECT count(*) > 600 AS many, count(*) FILTER (WHERE worked <> allowed OR before >= allowed) AS wrong
FROM paused p, generate_series(1, 6) n, LATERAL (SELECT n * n * interval '31.000007 minutes' AS allowed,
		tstzmultirange(tstzrange(starts_at, NULL)) - coalesce(pauses, '{}') AS running) a,
	LATERAL (SELECT business_deadline(c, starts_at, allowed, pauses) AS due) d,
	LATERAL (SELECT business_time(c, running * tstzmultirange(tstzrange(NULL, due))) AS worked,
		business_time(c, running * tstzmultirange(tstzrange(NULL, due - interval '1 us'))) AS before) w
WHERE due < 'infinity';
-- one pause is a multirange of one, and what is read from text is what it says
SELECT count(*) FILTER (WHERE business_deadline(c, starts_at, allowed, one) <> business_deadline(c, starts_at, allowed, tstzmultirange(one))
	OR business_deadline(c, starts_at, allowed, one::text) <> business_deadline(c, starts_at, allowed, one)
	OR business_deadline(c, starts_at, allowed, pauses::text) <> business_deadline(c, starts_at, allowed, pauses)
	OR business_deadline(c, starts_at, allowed, '{}') <> business_deadline(c, starts_at, allowed)) AS unequal
FROM paused, LATERAL (SELECT range_merge(pauses) AS one, i % 3 * interval '1 day' + i * interval '1 hour' AS allowed) o;

-- what counts until a moment is what lies before it
SELECT count(*), count(*) FILTER (WHERE business_time_until(c, pauses, as_of)
	= business_time(c, pauses * tstzmultirange(tstzrange(NULL, as_of)))) AS equal
FROM paused, LATERAL (SELECT starts_at + (i * 577 % 2000 - 300) * interval '1 minute' AS as_of) a WHERE pauses IS NOT NULL;
