-- hostile binary: what arrives by COPY ... BINARY or as a binary parameter is believed in nothing
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set receive :tests '/receive.psql'
\i :receive

-- what was sent arrives
SELECT kind, pg_temp.receive('rating_summary', rating_summary_send(s)) = s::text AS same
FROM (VALUES ('plain', (SELECT nps_agg(n % 11) FROM generate_series(1, 100) n)),
	('eight bytes', '{"scale": "5..1", "responses": {"1": 9223372036854775807}}'),
	('weighted', (SELECT csat_agg(n, '1..5', n / 7.0) FROM generate_series(1, 5) n)),
	('256 answers', (SELECT rating_agg(n, '255..0', n / 7.0) FROM generate_series(0, 255) n)))
	v (kind, s);

--
-- By hand: version 1, flags, answers less one, lowest answer, non-responses, counts
--
\pset format unaligned
\pset fieldsep '  '
\pset tuples_only on
SELECT why, pg_temp.received('rating_summary', bytes, true)
FROM (VALUES
	('right', '\x 01 00 02 00000001 05 01 00 03'::bytea),
	('right, and wider than need be', '\x 01 01 02 00000001 0005 0001 0000 0003'),
	('widest', '\x 01 03 01 00000000 0000000000000005 0000000000000000 7fffffffffffffff'),
	('reversed', '\x 01 04 02 ffffffff 05 01 00 03'),
	('nothing at all, as a blank is sent', ''),
	('only a version', '\x 01'),
	('version 0', '\x 00 00 02 00000001 05 01 00 03'),
	('version 2', '\x 02 00 02 00000001 05 01 00 03'),
	('version 255', '\x ff'),
	('a flag that is none', '\x 01 10 02 00000001 05 01 00 03'),
	('all flags', '\x 01 ff 02 00000001 05 01 00 03'),
	('one answer', '\x 01 00 00 00000001 05 01'),
	('no lowest answer', '\x 01 00 02 0000'),
	('no counts', '\x 01 00 02 00000001'),
	('a count too few', '\x 01 00 02 00000001 05 01 00'),
	('a count too many', '\x 01 00 02 00000001 05 01 00 03 00'),
	('narrower than said', '\x 01 01 02 00000001 05 01 00 03'),
	('wider than said', '\x 01 00 02 00000001 0005 0001 0000 0003'),
	('256 answers that are not there', '\x 01 00 ff 00000001 05 01 00 03'),
	('a lowest answer too low', '\x 01 00 02 c46535ff 05 01 00 03'),
	('the lowest possible', '\x 01 00 02 c4653601 05 01 00 03'),
	('a highest answer too high', '\x 01 00 02 3b9ac9fe 05 01 00 03'),
	('the highest possible', '\x 01 00 02 3b9ac9fd 05 01 00 03'),
	('the lowest integer', '\x 01 00 02 80000000 05 01 00 03'),
	('the highest integer', '\x 01 00 02 7fffffff 05 01 00 03'),
	('a negative count',
		'\x 01 03 01 00000000 0000000000000005 0000000000000000 8000000000000000'),
	('weights promised', '\x 01 08 02 00000001 05 01 00 03')) v (why, bytes);

-- weights on 0..1, one non-response, 0 twice and 1 once: 1 + 1, 3, and 1 + 1 + 9 squared
SELECT why, pg_temp.received('rating_summary', '\x 01 08 01 00000000 01 02 01'::bytea || weights, true)
FROM (VALUES
	('right', decode(repeat('00', 15) || '01' || repeat('00', 15) || '02' || repeat('00', 15) || '03'
		|| repeat('00', 15) || '0b', 'hex')),
	('all zero', decode(repeat('00', 64), 'hex')),
	('weights without squares', decode(repeat('00', 31) || '02' || repeat('00', 32), 'hex')),
	('squares without weights', decode(repeat('00', 63) || '05', 'hex')),
	('a weight too few', decode(repeat('00', 48), 'hex')),
	('half a weight too many', decode(repeat('00', 72), 'hex')),
	('squares too small', decode(repeat('00', 31) || '02' || repeat('00', 15) || '03'
		|| repeat('00', 15) || '08', 'hex')),
	('squares too large', decode(repeat('00', 31) || '02' || repeat('00', 15) || '03'
		|| repeat('00', 15) || '1a', 'hex')),
	('the largest sums', decode(repeat('ff', 64), 'hex'))) v (why, weights);
SELECT pg_temp.received('rating_summary', '\x 01 08 01 00000000 00 02 01'::bytea
	|| decode(repeat('00', 15) || '01' || repeat('00', 48), 'hex'), true);
SELECT pg_temp.received('rating_summary', '\x 01 08 01 00000000 01 00 01'::bytea
	|| decode(repeat('00', 31) || '01' || repeat('00', 31) || '01', 'hex'), true);

--
-- Every byte of a message changed, every message cut short, and grown: each is refused, or is a
-- sound value that comes back as it was understood
--
CREATE FUNCTION pg_temp.mutate(name text, sent bytea) RETURNS TABLE (what text, cases bigint,
	refused bigint, sound bigint) LANGUAGE plpgsql AS $$
DECLARE
	mutant bytea;
	value rating_summary;
	place integer;
	byte integer;
BEGIN
	FOREACH what IN ARRAY '{changed, cut, grown}'::text[] LOOP
		cases := 0;
		refused := 0;
		sound := 0;
		FOR place IN 0 .. octet_length(sent) - 1 LOOP
			FOREACH byte IN ARRAY CASE WHEN what = 'changed' THEN '{0, 1, 127, 128, 255}'::integer[]
				ELSE '{0}' END
			LOOP
				mutant := CASE what WHEN 'changed' THEN set_byte(sent, place, byte)
					WHEN 'cut' THEN substring(sent FROM 1 FOR place)
					ELSE sent || substring(sent FROM 1 FOR place + 1) END;
				cases := cases + 1;
				BEGIN
					value := pg_temp.receive('rating_summary', mutant);
					IF value = value::text::rating_summary AND value + value - value = value
						AND value::text = pg_temp.receive('rating_summary', rating_summary_send(value))
						AND responses(value) >= 0 AND mean_answer(value) IS DISTINCT FROM 'NaN' THEN
						sound := sound + 1;
					END IF;
				EXCEPTION WHEN data_exception OR feature_not_supported OR
					protocol_violation THEN
					refused := refused + 1;
				END;
			END LOOP;
		END LOOP;
		what := name || ', ' || what;
		RETURN NEXT;
	END LOOP;
END
$$;
\pset format aligned
\pset tuples_only off
SELECT what, cases, refused > 0 AS some_refused, refused + sound = cases AS refused_or_sound
FROM (VALUES ('plain', '\x 01 00 02 00000001 05 01 00 03'::bytea),
	('wide', '\x 01 03 01 fffffff0 0000000000000005 0000000000000000 7fffffffffffffff'))
		v (name, sent),
	pg_temp.mutate(name, sent);
SELECT what, cases, refused > 0 AS some_refused, refused + sound = cases AS refused_or_sound
FROM pg_temp.mutate('weighted', (SELECT rating_summary_send(rating_agg(a, '0..1', w))
	FROM (VALUES (0, 2.5), (1, 1), (NULL, 3)) v (a, w)));

-- random bytes behind a right version
SELECT count(*) AS cases, count(*) FILTER (WHERE result ~ '^(22P03|08P01|22P02): ') AS refused,
	count(*) FILTER (WHERE result ~ '^{') AS accepted
FROM (SELECT pg_temp.received('rating_summary', '\x01'::bytea || string_agg(set_byte('\x00', 0,
		abs(hashint8extended(n * 100 + i, 7) % 256)::integer), '')) AS result
	FROM generate_series(1, 100) n, generate_series(1, 30) i WHERE i <= n % 30 GROUP BY n) t;

-- the session goes on
SELECT pg_temp.received('rating_summary', '\x 01 00 02 00000001 05 01 00 03');
