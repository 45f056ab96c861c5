-- business_calendar: opening hours, the time within them, and every way to get either wrong
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
\pset format unaligned
\pset tuples_only on

-- The canonical text: days, hours and dates in order, names as the zone and the week have them.
CREATE TEMP TABLE spelling (id int GENERATED ALWAYS AS IDENTITY, text text);
INSERT INTO spelling (text) VALUES
	('Mon-Fri 09:00-17:30, Sat 10:00-14:00 in Asia/Kolkata except 2026-01-26, 2026-08-15'),
	('sat 10:00-14:00,friday-MON 9:00-12:00, 13:00-17:00 in asia/kolkata'),
	('Sat 14:00-16:00, Sun-Mon 9:00-12:00, 13:00-17:00 in asia/kolkata'),
	('Mon, Wed, Fri 09:00-17:00 in UTC'),
	('Mon-Sun 00:00-24:00 in UTC'),
	('Mon-Sun 00:00-12:00 12:00-24:00 in UTC'),
	('Fri 22:00-06:00 in Europe/Berlin'),
	('Fri 22:00-24:00, Sat 00:00-06:00 in Europe/Berlin'),
	('Sun 22:00-06:00 in Europe/Berlin'),
	('Mon-Sun 22:00-06:00 in Europe/Berlin'),
	('Sat 20:00-24:00, Sun 00:00-24:00 in Europe/Berlin'),
	('Sat 06:00-24:00, Sun 00:00-08:00 in Europe/Berlin'),
	('Tue 09:30:15-09:30:45 in Etc/GMT+5'),
	('Mon 09:00-17:00 in UTC except 2026-12-31 14:00-15:00 09:00-12:00, 2026-12-25, 2026-12-24'),
	('Mon 09:00-17:00 in UTC except 2026-12-24/2026-12-26, 2026-12-27 10:00-11:00, 11:00-12:00'),
	('Mon 09:00-17:00 in UTC except 0001-01-01, 9999-12-31');
SELECT text::business_calendar FROM spelling WHERE id <> 2 ORDER BY id;
-- it parses back to itself
SELECT count(*) FROM spelling
WHERE id <> 2 AND text::business_calendar::text::business_calendar = text::business_calendar
	AND text::business_calendar::text::business_calendar::text = text::business_calendar::text;
SELECT 'Fri 22:00-24:00, Sat 00:00-06:00 in utc'::business_calendar = 'Fri 22:00-06:00 in UTC',
	'Fri 22:00-06:00 in UTC'::business_calendar <> 'Fri 22:00-06:00 in Etc/UTC';
SELECT count(*) FROM (SELECT text::business_calendar FROM spelling WHERE id <> 2 GROUP BY 1) t;
SELECT cxm_internal.business_calendar_send('Fri 22:00-06:00 in UTC');

-- What is not a calendar, with SQLSTATE, message and detail.
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT pg_temp.refusal(format('SELECT %L::business_calendar', text)) FROM unnest(ARRAY[
	'', 'in UTC', 'Mon', 'Mon in UTC', 'Mon 09:00-17:00', 'Mon 09:00-17:00 in', '09:00-17:00 in UTC',
	'Mon-Fri 09:00-17:00 in UTC rubbish', 'Mon-Fri 09:00-17:00 in UTC,', 'Mon 09:00-17:00, in UTC',
	'Mon 09:00 in UTC', 'Mon 9-17 in UTC', 'Mon 09:00-17:00; Tue 09:00-17:00 in UTC',
	'Mon-Foo 09:00-17:00 in UTC', 'Mön 09:00-17:00 in UTC', 'Mon 09:00-25:00 in UTC',
	'Mon 09:60-17:00 in UTC', 'Mon 24:00-06:00 in UTC', 'Mon 09:00-09:00 in UTC',
	'Mon 09:00-17:00 in UTC except', 'Mon 09:00-17:00 in UTC except 2026-01-01 rubbish',
	'Mon 09:00-17:00 in UTC except 2026-1-1', 'Mon 09:00-17:00 in UTC except 2026-02-29',
	'Mon 09:00-17:00 in UTC except 0000-01-01',
	'Mon 09:00-17:00 in UTC except 2026-12-26/2026-12-24',
	'Mon 09:00-17:00 in UTC except 2026-12-24, 2026-01-01, 2026-12-24',
	'Mon 09:00-17:00 in UTC except 2026-12-24/2026-12-26, 2026-12-25 09:00-12:00',
	'Mon 09:00-17:00 in UTC except 2026-12-24 17:00-09:00',
	'Mon 09:00-17:00 in UTC except 2026-12-24 09:00-12:00 11:00-13:00',
	'sat 10:00-14:00,friday-MON 9:00-12:00, 13:00-17:00 in asia/kolkata',
	'Mon-Fri 09:00-17:00, Wed 16:00-18:00 in UTC', 'Sun 22:00-06:00, Mon 05:00-09:00 in UTC',
	'Mon 22:00-06:00, Mon-Sun 00:00-24:00 in UTC',
	'Mon 09:00-17:00 in localtime', 'Mon 09:00-17:00 in posixrules', 'Mon 09:00-17:00 in factory',
	'Mon 09:00-17:00 in posix/Europe/Berlin', 'Mon 09:00-17:00 in Right/UTC',
	'Mon 09:00-17:00 in Nowhere', 'Mon 09:00-17:00 in UTC+3',
	'Mon 09:00-17:00 in ../UTC', 'Mon 09:00-17:00 in EST5EDT,M3.2.0,M11.1.0',
	'Mon 09:00-17:00 in ' || repeat('x', 300),
	'Mon ' || repeat('09:00-17:00 ', 1000) || 'in UTC']) AS text;
-- as many exceptions as there may be, and one more
SELECT n, right(pg_temp.refusal(format('SELECT %L::business_calendar', 'Mon 09:00-17:00 in UTC except '
	|| (SELECT string_agg((date '2000-01-01' + i)::text, ', ') FROM generate_series(1, n) i))), 36)
FROM unnest('{2048, 2049}'::integer[]) n;

-- Local hours, real time: clocks that change in every way they do.
SELECT business_time('Mon-Fri 09:00-17:00 in Europe/Berlin',
	'2026-03-26 00:00+01', '2026-04-02 00:00+02');
SELECT business_spans('Sat 22:00-06:00 in Europe/Berlin', '2026-03-27 00:00Z', '2026-03-30 00:00Z');
SELECT zone, night, business_time(('Mon-Sun 22:00-06:00 in ' || zone)::business_calendar,
		(night || ' 12:00')::timestamp AT TIME ZONE zone,
		(night || ' 12:00')::timestamp AT TIME ZONE zone + '1 day')
FROM (VALUES
	('Europe/Berlin', date '2026-03-28'), ('Europe/Berlin', '2026-10-24'),
	('America/New_York', '2026-03-07'), ('America/New_York', '2026-10-31'),
	('Asia/Kolkata', '2026-03-28'), ('Australia/Lord_Howe', '2026-04-04'),
	('Australia/Lord_Howe', '2026-10-03'), ('America/Sao_Paulo', '2018-11-03'),
	('America/Sao_Paulo', '2018-02-17'), ('America/Sao_Paulo', '2026-11-07')) t (zone, night);
-- Samoa had no 30 December 2011
SELECT business_time('Mon-Sun 09:00-17:00 in Pacific/Apia',
	timestamp '2011-12-29 00:00' AT TIME ZONE 'Pacific/Apia',
	timestamp '2012-01-01 00:00' AT TIME ZONE 'Pacific/Apia');
-- exceptions are local dates, from midnight to midnight, whatever shift runs into them
SELECT business_spans('Mon-Sun 22:00-06:00 in UTC except 2026-12-25, 2026-12-27 01:00-02:00',
	'2026-12-23', '2026-12-29');

SELECT c, is_business_time(c, at), business_deadline(c, at, '0'), business_deadline(c, at, '1 us'),
	business_deadline(c, at, '8 hours'), business_deadline(c, at, '1 day')
FROM (VALUES ('Mon-Fri 09:00-17:00 in UTC'::business_calendar)) c (c),
	unnest('{2026-11-20 16:59:59.999999, 2026-11-20 17:00, 2026-11-23 09:00}'::timestamptz[]) at;
SELECT business_time('Mon 09:00-17:00 in UTC', '2026-11-23 10:00', '2026-11-23 10:00'),
	business_time('Mon 09:00-17:00 in UTC', NULL, now()),
	business_time('Mon 09:00-17:00 in UTC', '{}'::tstzmultirange);
-- with the time on hold taken out
SELECT business_time('Mon-Fri 09:00-17:00 in UTC', '{[2026-11-20 10:00, 2026-11-24 11:00)}'
	- '{[2026-11-20 15:00, 2026-11-23 10:00)}'::tstzmultirange);
-- as far as timestamps go
SELECT business_time('Mon-Sun 00:00-24:00 in Europe/Berlin', '4713-01-01 00:00Z BC', '9999-12-31 00:00Z')
	= timestamptz '9999-12-31 00:00Z' - timestamptz '4713-01-01 00:00Z BC',
	business_time('Mon-Sun 00:00-24:00 in Europe/Berlin', '2026-01-01', '2800-01-01')
	= timestamptz '2800-01-01' - timestamptz '2026-01-01';
-- in every age the local clock is the one that PostgreSQL shows
SELECT count(*), count(*) FILTER (WHERE is_business_time(c, at) = (local >= '12:00' AND local < '13:00'))
FROM unnest('{1850, 1900, 1950, 2036, 2038, 2086, 2088, 2099, 2100, 2437, 2500, 3000, 20000}'::int[]) y,
	unnest('{1, 4, 7, 11}'::int[]) m, generate_series(0, 23) h,
	unnest('{Europe/Berlin, America/New_York, Africa/Casablanca, Australia/Lord_Howe}'::text[]) zone,
	LATERAL (SELECT ('Mon-Sun 12:00-13:00 in ' || zone)::business_calendar AS c,
		make_timestamptz(y, m, 2, h, 30, 0, 'UTC') AS at) a,
	LATERAL (SELECT (at AT TIME ZONE zone)::time AS local) l;

SELECT pg_temp.refusal(statement) FROM unnest(ARRAY[
	$$SELECT business_time('Mon 09:00-17:00 in UTC', '2026-11-24 00:00Z', '2026-11-23 00:00Z')$$,
	$$SELECT business_time('Mon 09:00-17:00 in UTC', '-infinity', '2026-11-23 00:00Z')$$,
	$$SELECT business_time('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', 'infinity')$$,
	$$SELECT business_time('Mon 09:00-17:00 in UTC', '{(,2026-11-23 00:00Z)}'::tstzmultirange)$$,
	$$SELECT business_time('Mon 09:00-17:00 in UTC', '{[2026-11-23 00:00Z,infinity]}'::tstzmultirange)$$,
	$$SELECT business_time('Mon 09:00-17:00 in UTC', '{[2026-11-23,2026-11-24)}'::tsmultirange)$$,
	$$SELECT business_time('Mon-Sun 00:00-24:00 in UTC', '4714-11-24 BC', '294276-01-01')$$,
	$$SELECT business_time('Mon-Sun 00:00-24:00 in UTC', '{[4713-01-01 BC,200000-01-01),[200001-01-01,294276-01-01)}'
		::tstzmultirange)$$,
	$$SELECT business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '-1 hour')$$,
	$$SELECT business_deadline('Mon 09:00-17:00 in UTC', '2026-11-23 00:00Z', '1490000000 hours')$$,
	$$SELECT business_deadline('Mon 09:00-17:00 in UTC', 'infinity', '1 hour')$$,
	$$SELECT is_business_time('Mon 09:00-17:00 in UTC', 'infinity')$$,
	$$SELECT business_spans('Mon 09:00-17:00 in UTC', '2026-11-24 00:00Z', '2026-11-23 00:00Z')$$]) statement;

--
-- What has no zone is refused, wherever it stands: PostgreSQL would cast it in the session's zone
--
CREATE TEMP TABLE moment (at timestamptz, local timestamp, day date);
INSERT INTO moment VALUES ('2026-11-23 12:00Z', '2026-11-23 12:00', '2026-11-23');
CREATE FUNCTION pg_temp.refused(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	error text := pg_temp.refusal(replace(call, 'c,', quote_literal('Mon-Fri 09:00-17:00 in UTC') || ','));
BEGIN
	RETURN substring(error FROM '(accepted|argument . of \w+ has no time zone)') || coalesce(', '
		|| substring(error FROM 'type (date|timestamp without time zone) would be'), '');
END
$$;
-- each type in each place: only timestamptz with timestamptz passes
SELECT name, a, b, pg_temp.refused(format('SELECT %s(c, %s, %s) FROM moment', name, a, b))
FROM (VALUES (1, 'business_time'), (2, 'business_spans'), (3, 'business_ttr'), (4, 'business_ttr_agg'))
	n (place, name), unnest('{at, local, day}'::text[]) WITH ORDINALITY a (a, i),
	unnest('{at, local, day}'::text[]) WITH ORDINALITY b (b, j) ORDER BY place, i, j;
SELECT call, pg_temp.refused('SELECT ' || call || ' FROM moment') FROM unnest(ARRAY[
	'is_business_time(c, at)', 'is_business_time(c, local)', 'is_business_time(c, day)',
	'is_business_time(c, local AT TIME ZONE ''Asia/Kolkata'')', 'is_business_time(c, day::timestamptz)',
	'business_deadline(c, at, ''1 h'')', 'business_deadline(c, local, ''1 h'')',
	'business_deadline(c, day, ''1 h'')', 'business_time(c, at, coalesce(local, now()))',
	'business_time(c, at, greatest(at, now(), day))', 'business_time(c, at, least(at, at))',
	'business_time(c, at, CASE WHEN at > local THEN at ELSE local END)',
	'business_time(c, at, CASE WHEN at > local THEN local ELSE at END)',
	'business_time(c, at, CASE WHEN at > local THEN at ELSE at END)',
	'business_ttr_agg(c, at, at, at)', 'business_ttr_agg(c, local, local, now())',
	'business_ttr_agg(c, at, NULL, day + 1)', 'business_ttr_agg(c, at, NULL, day + interval ''1 day'')',
	'business_ttr(c, at, local) OVER ()', 'business_ttr_agg(c, at, at, day) OVER ()',
	'business_ttr(c, at, at, at) OVER (), count(*) OVER ()']) call;
-- parameters and literals that nobody has given a type
PREPARE pauses AS SELECT business_time($1, $2);
EXECUTE pauses('Mon-Fri 09:00-17:00 in UTC', '{[2026-11-20 10:00, 2026-11-20 11:00)}');
PREPARE span AS SELECT business_time($1, $2, $3), business_deadline($1, $2, $4), is_business_time($1, $2),
	business_ttr($1, $2, $3), business_ttr($1, $2, NULL, $3);
EXECUTE span('Mon-Fri 09:00-17:00 in UTC', '2026-11-20 10:00', '2026-11-23 10:00', '8 hours');
SELECT business_time('Mon-Fri 09:00-17:00 in UTC', '{[2026-11-20 10:00, 2026-11-20 11:00)}');

--
-- Laws, over random calendars, zones and times
--
SELECT setseed(0.4);
CREATE FUNCTION pg_temp.hours_text(from_minute int, to_minute int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
	SELECT to_char(time '00:00' + from_minute * interval '1 minute', 'HH24:MI') || '-'
		|| to_char(time '00:00' + to_minute * interval '1 minute', 'HH24:MI') $$;
-- a shift that runs past midnight, another on weekends, two holidays and a day with hours of its own
CREATE TEMP TABLE random_calendar AS
	SELECT id, zone, hours, holidays, half_day, format('Mon-Fri %s, Sat-Sun %s in %s except %s, %s 01:00-04:30',
		hours[1], hours[2], zone, array_to_string(holidays, ', '), half_day)::business_calendar AS c
	FROM (SELECT id, date '2018-11-04' + id AS half_day,
			ARRAY[date '2017-10-10' + id, date '2018-02-18' + id] AS holidays,
			ARRAY[pg_temp.hours_text(300 + (random() * 600)::int, (random() * 290)::int),
				pg_temp.hours_text(600 + (random() * 300)::int, (random() * 290)::int)] AS hours,
			(ARRAY['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe',
				'America/Sao_Paulo'])[id % 5 + 1] AS zone
		FROM generate_series(1, 20) id) t;
-- minute by minute: the local clock says whether it is open
CREATE FUNCTION pg_temp.is_open(hours text[], holidays date[], half_day date, local timestamp)
	RETURNS boolean IMMUTABLE LANGUAGE sql AS $$
	SELECT CASE
		WHEN local::date = ANY (holidays) THEN false
		WHEN local::date = half_day THEN local::time >= '01:00' AND local::time < '04:30'
		ELSE local::time >= split_part(hours[today], '-', 1)::time
			OR local::time < split_part(hours[yesterday], '-', 2)::time
		END
	FROM (SELECT CASE WHEN extract(isodow FROM local) > 5 THEN 2 ELSE 1 END,
		CASE WHEN extract(isodow FROM local - interval '1 day') > 5 THEN 2 ELSE 1 END) t (today, yesterday)
$$;
CREATE TEMP TABLE random_span AS
	SELECT c.*, starts_at, starts_at + (random() * 14000)::int * interval '1 minute' AS ends_at
	FROM random_calendar c, generate_series(1, 4) i,
		LATERAL (SELECT (ARRAY['2017-10-12 00:00Z', '2018-02-14 00:00Z', '2018-10-28 00:00Z',
			'2018-03-08 00:00Z'])[i]::timestamptz
			+ (random() * 10000)::int * interval '1 minute' + c.id * interval '1 day' AS starts_at) t;
SELECT count(*) AS spans, count(*) FILTER (WHERE business_time(c, starts_at, ends_at) = reference) AS equal,
	count(*) FILTER (WHERE reference > '0') > 60 AS most_are_open
FROM random_span, LATERAL (
	SELECT count(*) * interval '1 minute' AS reference
	FROM generate_series(starts_at, ends_at - interval '1 minute', interval '1 minute') minute
	WHERE pg_temp.is_open(hours, holidays, half_day, minute AT TIME ZONE zone)) t;
-- additive over any split, down to the microsecond
SELECT count(*), count(*) FILTER (WHERE business_time(c, starts_at, middle) + business_time(c, middle, ends_at)
	= business_time(c, starts_at, ends_at))
FROM random_span, generate_series(1, 20),
	LATERAL (SELECT starts_at + random() * (ends_at - starts_at) AS middle) t;
-- the spans are what is open, in order, apart from each other, and within the limits
SELECT count(*), count(*) FILTER (WHERE s.total = business_time(c, starts_at, ends_at)
	AND business_time(c, s.spans) = s.total AND s.apart AND s.spans <@ tstzrange(starts_at, ends_at))
FROM random_span, LATERAL (
	SELECT coalesce(sum(upper(span) - lower(span)), '0') AS total,
		coalesce(range_agg(span), '{}') AS spans,
		coalesce(bool_and(lower(span) > before), true) AS apart
	FROM (SELECT span, lag(upper(span)) OVER () AS before
		FROM business_spans(c, starts_at, ends_at) span) t) s;
-- a deadline is the first moment by which the time has passed
SELECT count(*), count(*) FILTER (WHERE business_time(c, starts_at, deadline) = allowed
	AND (deadline = starts_at OR business_time(c, starts_at, deadline - interval '1 us') < allowed))
FROM random_span, generate_series(1, 5),
	LATERAL (SELECT random() * interval '100 hours' AS allowed) a,
	LATERAL (SELECT business_deadline(c, starts_at, allowed) AS deadline) d;
-- at a moment
SELECT count(*), count(*) FILTER (WHERE is_business_time(c, starts_at)
	= pg_temp.is_open(hours, holidays, half_day, starts_at AT TIME ZONE zone)) FROM random_span;

--
-- The far future, where the rules of the clocks repeat themselves every 400 years
--
CREATE TEMP TABLE far_calendar AS
	SELECT id, zone, hours, holidays, half_day, format('Mon-Fri %s, Sat-Sun %s in %s except %s, %s 01:00-04:30',
		hours[1], hours[2], zone, array_to_string(holidays, ', '), half_day)::business_calendar AS c
	FROM (SELECT id, zone, hours, ARRAY[date '2101-03-20' + id, date '7999-10-20' + id] AS holidays,
			date '2437-03-20' + id AS half_day
		FROM random_calendar) t;
CREATE TEMP TABLE far_span AS
	SELECT c.*, starts_at, starts_at + (random() * 6000)::int * interval '1 minute' AS ends_at
	FROM far_calendar c, generate_series(1, 5) i,
		LATERAL (SELECT (ARRAY['2099-12-28 00:00Z', '2101-03-18 00:00Z', '2437-03-18 00:00Z', '7999-10-18 00:00Z',
			'9876-10-20 00:00Z'])[i]::timestamptz + (random() * 3000)::int * interval '1 minute'
			+ c.id * interval '1 day' AS starts_at) t;
-- minute by minute, by the clock that PostgreSQL shows
SELECT count(*) AS spans, count(*) FILTER (WHERE business_time(c, starts_at, ends_at) = reference) AS equal,
	count(*) FILTER (WHERE reference > '0') > 80 AS most_are_open
FROM far_span, LATERAL (
	SELECT count(*) * interval '1 minute' AS reference
	FROM generate_series(starts_at, ends_at - interval '1 minute', interval '1 minute') minute
	WHERE pg_temp.is_open(hours, holidays, half_day, minute AT TIME ZONE zone)) t;
-- additive over any split of the whole, and the deadline is where the time is over
SELECT count(*), count(*) FILTER (WHERE business_time(c, '2026-01-01', middle) + business_time(c, middle, ends_at)
	= business_time(c, '2026-01-01', ends_at)) AS additive,
	count(*) FILTER (WHERE business_time(c, '2026-01-01', deadline) = business_time(c, '2026-01-01', middle)
		AND business_deadline(c, starts_at, '100 hours') > starts_at) AS deadlines
FROM far_span, generate_series(1, 20),
	LATERAL (SELECT timestamptz '2026-01-01' + random() * (ends_at - '2026-01-01') AS middle) m,
	LATERAL (SELECT business_deadline(c, '2026-01-01', business_time(c, '2026-01-01', middle)) AS deadline) d;
-- the night shift of each Saturday in 1,200 years, by PostgreSQL's own clock, and their spans
SELECT zone, business_time(c, '2200-01-01 00:00Z', '3400-01-01 00:00Z') = shifts AS time, spans = n AS spans
FROM unnest('{Europe/Berlin, America/New_York, Australia/Lord_Howe, Asia/Kolkata}'::text[]) zone,
	LATERAL (SELECT ('Sat 22:00-06:00 in ' || zone)::business_calendar AS c) c,
	LATERAL (SELECT count(*) AS n, sum((day + interval '30 hours') AT TIME ZONE zone
			- (day + interval '22 hours') AT TIME ZONE zone) AS shifts
		FROM generate_series(timestamp '2200-01-04', '3399-12-28', '7 days') day) s,
	LATERAL (SELECT count(*) AS spans FROM business_spans(c, '2200-01-01 00:00Z', '3400-01-01 00:00Z')) b;
-- every zone there is, at any moment until 200000: the local clock is the one that PostgreSQL shows,
-- unless AT TIME ZONE takes the name for an abbreviation
SELECT count(DISTINCT zone) > 300 AS zones, count(*) FILTER (WHERE is_business_time(c, at)
		<> (local::time >= '12:00' AND local::time < '20:00' AND extract(isodow FROM local) < 5)) AS wrong
FROM (SELECT name AS zone, ('Mon-Thu 12:00-20:00 in ' || name)::business_calendar AS c
		FROM pg_timezone_names
		WHERE name !~* '^(posix/|right/|localtime$|posixrules$|Factory$)' AND name NOT IN (SELECT abbrev FROM pg_timezone_abbrevs) OFFSET 0) z,
	LATERAL (SELECT timestamptz '2026-01-01 00:00Z' + power(random(), 3 + length(zone) % 2) * interval '198000 years' AS at
		FROM generate_series(1, 25)) m,
	LATERAL (SELECT at AT TIME ZONE zone AS local) l;

-- zones with a digit in their names are told from rules such as UTC+3 without a search through all
-- that there are, which took 16 ms for each calendar
SET statement_timeout = '10s';
SELECT count(*) FILTER (WHERE c::text = format('Mon 09:00-17:00 in Etc/GMT+5 except %s', day)) FROM
	(SELECT day::date, format('Mon 9:00-17:00 in etc/gmt+5 except %s', day::date)::business_calendar AS c
	FROM generate_series(date '2026-01-01', '2031-06-30', '1 day') day OFFSET 0) t;
RESET statement_timeout;
SELECT count(*) > 25, bool_and(format('Mon 9:00-17:00 in %s', lower(name))::business_calendar::text
	= 'Mon 09:00-17:00 in ' || name)
FROM pg_timezone_names WHERE name ~ '\d' AND name !~ '^(posix|right)/';
SELECT pg_temp.refusal(format('SELECT %L::business_calendar', 'Mon 09:00-17:00 in ' || zone))
FROM unnest('{UTC+3, EST5, EST5EDT4, GMT+5, <+03>-3, :UTC, ::UTC, posix/UTC, ../UTC}'::text[]) zone;
