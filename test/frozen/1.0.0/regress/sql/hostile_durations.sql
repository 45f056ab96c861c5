-- hostile durations: what arrives in binary as a duration_summary or a business_calendar is believed
-- in nothing
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET timezone = 'UTC';

\getenv tests PG_ABS_SRCDIR
\set receive :tests '/receive.psql'
\i :receive

--
-- By hand. A summary: version 1, flags, total (low, high), unresolved or the size of the first
-- histogram, histograms; all of them varints
--
\pset format unaligned
\pset fieldsep '  '
\pset tuples_only on
SELECT why, pg_temp.received('duration_summary', bytes, true) FROM (VALUES
	('5 us twice, 7 us, three unresolved', '\x 01 00 11 00 03 03 04 01 00'::bytea),
	('the same with ages, open at 9 us', '\x 01 01 11 00 04 03 04 01 00 01 08'),
	('nothing', ''),
	('nothing, spelt out', '\x 01 00 00 00 00'),
	('nothing, with ages', '\x 01 01 00 00 00'),
	('only a version', '\x 01'),
	('only flags', '\x 01 00'),
	('version 0', '\x 00 00 11 00 03 03 04 01 00'),
	('version 2', '\x 02 00 11 00 03 03 04 01 00'),
	('the flag of a state', '\x 01 02 11 00 03 03 04 01 00'),
	('a flag that is none', '\x 01 80 11 00 03 03 04 01 00'),
	('a total that does not end', '\x 01 00 ff ff'),
	('a varint of eleven bytes', '\x 01 00 ffffffffffffffffffff01 00 00'),
	('a varint longer than need be', '\x 01 00 9100 00 03 03 04 01 00'),
	('a total too small', '\x 01 00 10 00 03 03 04 01 00'),
	('a total too large', '\x 01 00 12 00 03 03 04 01 00'),
	('a total far too large', '\x 01 00 11 01 03 03 04 01 00'),
	('as many unresolved as there may be', '\x 01 00 00 00 ffffffffffffffff7f'),
	('one more', '\x 01 00 00 00 80808080808080808001'),
	('one more with what is resolved', '\x 01 00 00 00 ffffffffffffffff7f 00'),
	('a size beyond the end', '\x 01 01 11 00 07 03 04 01 00 01 08'),
	('a size within an item', '\x 01 01 11 00 03 03 04 01 00 01 08'),
	('a bucket beyond the last', '\x 01 00 00 00 00 01 ff7f'),
	('a gap that ends the message', '\x 01 00 11 00 03 03 04 01'),
	('a count that overflows', '\x 01 00 00 00 00 fcffffffffffffffff01 feffffffffffffffff01')) v (why, bytes);
-- a calendar: version 1, and its text in any spelling
SELECT why, pg_temp.received('business_calendar', head || convert_to(text, 'UTF8'), true) FROM (VALUES
	('right', '\x01'::bytea, 'Mon 09:00-17:00 in UTC'),
	('not canonical', '\x01', 'monday 9:00-17:00 in utc except 2026-12-25,2026-12-24'),
	('nothing', '', ''),
	('only a version', '\x01', ''),
	('version 0', '\x00', 'Mon 09:00-17:00 in UTC'),
	('version 2', '\x02', 'Mon 09:00-17:00 in UTC'),
	('a zero byte', '\x0100', 'Mon 09:00-17:00 in UTC'),
	('no UTF-8', '\x01ff', 'Mon 09:00-17:00 in UTC'),
	('rubbish behind', '\x01', 'Mon 09:00-17:00 in UTC except 2026-12-25;'),
	('a zone that is none', '\x01', 'Mon 09:00-17:00 in Nowhere')) v (why, head, text);

--
-- Every byte of a message changed, every message cut short, and grown: each is refused, or is a
-- sound value that comes back as it was understood
--
CREATE FUNCTION pg_temp.is_sound(type text, received text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	d duration_summary;
	c business_calendar;
BEGIN
	IF type = 'business_calendar' THEN
		c := received;
		RETURN c::text = received AND pg_temp.receive(type, business_calendar_send(c)) = received
			AND business_time(c, '2026-01-01', '2026-01-01') = '0'
			AND business_time(c, '1900-01-01', '9999-01-01') > '0';
	END IF;
	d := received;
	RETURN d::text = received AND pg_temp.receive(type, duration_summary_send(d)) = received
		AND (d - d)::text = '{}' AND resolved(d) + unresolved(d) >= 0
		AND (resolved(d) > 0 OR total_duration(d) IS NULL) AND coalesce(within(d, '1 h'), 0) BETWEEN 0 AND 1
		AND coalesce(percentile(d, 0.5) BETWEEN percentile(d, 0) AND percentile(d, 1), true);
END
$$;
CREATE FUNCTION pg_temp.mutate(type text, sent bytea) RETURNS TABLE (what text, cases bigint,
	refused bigint, sound bigint) LANGUAGE plpgsql AS $$
DECLARE
	mutant bytea;
	place integer;
	byte integer;
BEGIN
	FOREACH what IN ARRAY '{changed, cut, grown}'::text[] LOOP
		cases := 0;
		refused := 0;
		sound := 0;
		FOR place IN 0 .. octet_length(sent) - 1 LOOP
			FOREACH byte IN ARRAY CASE WHEN what = 'changed' THEN
				ARRAY[0, 127, 255, get_byte(sent, place) # 1, get_byte(sent, place) # 16]
				ELSE '{0}' END
			LOOP
				mutant := CASE what WHEN 'changed' THEN set_byte(sent, place, byte)
					WHEN 'cut' THEN substring(sent FROM 1 FOR place)
					ELSE sent || substring(sent FROM 1 FOR place + 1) END;
				cases := cases + 1;
				BEGIN
					sound := sound + pg_temp.is_sound(type, pg_temp.receive(type, mutant))::integer;
				EXCEPTION WHEN data_exception OR feature_not_supported OR protocol_violation
					OR character_not_in_repertoire THEN
					refused := refused + 1;
				END;
			END LOOP;
		END LOOP;
		RETURN NEXT;
	END LOOP;
END
$$;
\pset format aligned
\pset tuples_only off
SELECT name, what, cases, refused > 0 AS some_refused, refused + sound = cases AS refused_or_sound
FROM (VALUES
	(1, 'plain', 'duration_summary', (SELECT duration_summary_send(duration_agg(d))
		FROM unnest('{5 us, 5 us, 700 us, 1 h, NULL}'::interval[]) d)),
	(2, 'with ages', 'duration_summary', (SELECT duration_summary_send(ttr_agg(timestamptz '2026-01-01', at, '2026-01-03'))
		FROM unnest('{2026-01-02 10:00, 2026-01-02 10:05, 2026-02-01, NULL}'::timestamptz[]) at)),
	(3, 'large counts', 'duration_summary', duration_summary_send('{"total_microseconds": 36893488147419103233,
		"resolved": {"4": 9223372036854775800, "11": 3}, "unresolved": 4}')),
	(4, 'calendar', 'business_calendar', business_calendar_send(
		'Mon-Tue 09:00-12:30, Sat 22:00-06:00 in UTC except 2026-12-24/2026-12-26, 2027-12-31 09:00-12:00')))
	v (n, name, type, sent), pg_temp.mutate(type, sent)
ORDER BY n, what;

-- random bytes behind a right version
SELECT type, count(*) AS cases, count(*) FILTER (WHERE result ~ '^(22P03|08P01|22P02|22021|22023): ') AS refused,
	count(*) FILTER (WHERE result ~ '^{') AS accepted
FROM (SELECT type, n, pg_temp.received(type, '\x01'::bytea || string_agg(set_byte('\x00', 0,
		abs(hashint8extended(n * 100 + i, 7) % 256)::integer), '')) AS result
	FROM unnest('{duration_summary, business_calendar}'::text[]) type, generate_series(1, 60) n, generate_series(1, 30) i
	WHERE i <= n % 30 GROUP BY type, n) t GROUP BY type ORDER BY type DESC;

-- the session goes on
SELECT pg_temp.received('duration_summary', '\x 01 00 11 00 03 03 04 01 00');
