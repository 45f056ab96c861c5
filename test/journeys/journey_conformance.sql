-- journey_conformance: how journeys depart from a model path
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
\pset format unaligned
\pset tuples_only on
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

CREATE FUNCTION pg_temp.journey(letters text) RETURNS customer_journey LANGUAGE sql AS $$
	SELECT journey_agg(timestamptz '2026-01-01Z' + n * interval '1 hour', letter) FROM regexp_split_to_table(letters, '') WITH ORDINALITY t (letter, n) $$;

-- by hand, on the path a > b > c > d
SELECT letters, conforms(pg_temp.journey(letters), '{a,b,c,d}'), (SELECT string_agg(format('%s %s after %s at %s', deviation, stage, coalesce(from_stage, 'nothing'), extract(hour FROM at)), ', ' ORDER BY n)
	FROM deviations(pg_temp.journey(letters), '{a,b,c,d}') WITH ORDINALITY d (deviation, stage, from_stage, at, n))
FROM unnest('{abcd,abc,a,abd,d,bcd,aabcd,abbcd,abcabcd,abcda,acbd,abxcd,xabcd,abxbcd,abcbd,adbcd,x}'::text[]) letters;
-- the published example of six cases (r register, c casual and t thorough examination, k check, d decide, i reinitiate, p pay, j reject),
-- on the path of the casual ones: case 4 keeps to it, 2 has the check before the examination, and so on
SELECT letters, conforms(pg_temp.journey(letters), '{r,c,k,d,p}'), (SELECT string_agg(deviation || ' ' || stage, ', ' ORDER BY n) FROM deviations(pg_temp.journey(letters), '{r,c,k,d,p}') WITH ORDINALITY d (deviation, stage, from_stage, at, n))
FROM unnest('{rckditkdp,rkcdp,rtkdj,rckdp,rckdikcdickdj,rktdj}'::text[]) letters;
-- how many journeys, and where
SELECT deviation, stage, count(*) AS times, count(DISTINCT letters) AS journeys
FROM unnest('{abcd,abd,abbbcd,abcbcd,bcd,abcbcbcd}'::text[]) letters, deviations(pg_temp.journey(letters), '{a,b,c,d}') GROUP BY 1, 2 ORDER BY 1, 2;

-- at one instant, here between two bars, in the order with the fewest deviations; a capital is the same label at another rank
CREATE FUNCTION pg_temp.at_once(instants text) RETURNS customer_journey LANGUAGE sql AS $$
	SELECT journey_agg(timestamptz '2026-01-01Z' + n * interval '1 hour', ((letter <> lower(letter))::int || ':' || lower(letter))::journey_stage)
	FROM regexp_split_to_table(instants, '\|') WITH ORDINALITY t (letters, n), regexp_split_to_table(letters, '') letter $$;
SELECT instants, conforms(pg_temp.at_once(instants), '{n,a,s,c}'), (SELECT string_agg(format('%s %s after %s at %s', deviation, stage, coalesce(from_stage, 'nothing'), extract(hour FROM at)), ', ' ORDER BY n)
	FROM deviations(pg_temp.at_once(instants), '{n,a,s,c}') WITH ORDINALITY d (deviation, stage, from_stage, at, n))
FROM unnest('{na|sc,nasc,ns|ca,n|na|s,na|nc|s,nx|yas,xy,nN,nNaA,s|nasc|c}'::text[]) instants;
-- a sequence is an order, events of one sequence have none
SELECT numbers, (SELECT string_agg(format('%s %s', deviation, stage), ', ' ORDER BY n) FROM deviations(j, '{n,a,s,c}') WITH ORDINALITY d (deviation, stage, from_stage, at, n))
FROM unnest('{1234,2134,1122,1243,7777}'::text[]) numbers, LATERAL (SELECT journey_agg(timestamptz '2026-01-01Z', substr(numbers, n, 1)::int, substr('nasc', n, 1)) AS j FROM generate_series(1, 4) n) t;
-- of all orders that the instants allow none has fewer, and most journeys have one with more
CREATE FUNCTION pg_temp.orders(instants text) RETURNS SETOF text LANGUAGE sql AS $$
	WITH RECURSIVE walk (taken, rest) AS (SELECT '', instants UNION ALL
		SELECT taken || substr(rest, i, 1), ltrim(overlay(rest PLACING '' FROM i FOR 1), '|') FROM walk, generate_series(1, length(split_part(rest, '|', 1))) i)
	SELECT taken FROM walk WHERE rest = '' $$;
SELECT count(*) FROM pg_temp.orders('abc|d|ef');
CREATE TEMP TABLE tie AS SELECT string_agg(letters, '|' ORDER BY instant) AS instants FROM generate_series(1, 300) n, generate_series(1, 3) instant, LATERAL (
	SELECT string_agg(letter, '') AS letters FROM (SELECT letter FROM unnest('{a,b,c,d,A,B,x}'::text[]) letter
		ORDER BY hashint8extended(n * 10 + instant, ascii(letter)) LIMIT 1 + abs(hashint8extended(n, instant)) % 3) l) t GROUP BY n;
CREATE TEMP TABLE ordered AS SELECT instants, pg_temp.at_once(trim('|' FROM regexp_replace(letters, '', '|', 'g'))) AS j FROM (SELECT DISTINCT instants FROM tie) t, pg_temp.orders(instants) letters;
SELECT path, count(*) > 250 AS many, count(*) FILTER (WHERE found <> fewest) AS too_many, count(*) FILTER (WHERE conforms <> (fewest = 0)) AS wrong, count(*) FILTER (WHERE most > fewest) > 120 AS others_have_more
FROM (SELECT instants, path, min(times) AS fewest, max(times) AS most FROM ordered, (VALUES ('{a,b,c,d}'::text[]), ('{c,d,a,b}'), ('{d,b,a}')) p (path), LATERAL (SELECT count(*) AS times FROM deviations(j, path)) d GROUP BY 1, 2) o,
	LATERAL (SELECT pg_temp.at_once(instants) AS j) t, LATERAL (SELECT count(*) AS found, conforms(j, path) FROM deviations(j, path)) f GROUP BY path ORDER BY path;

-- a label means all ranks; nothing there is nothing
SELECT d.* FROM deviations((SELECT journey_agg(at, stage::journey_stage) FROM (VALUES (timestamptz '2026-01-01Z', '900:a'), ('2026-01-02Z', '1:a'), ('2026-01-03Z', 'purchase')) v (at, stage)), '{a,purchase}') d;
SELECT count(*) FROM deviations('{"events": []}', '{a}');
SELECT conforms('{"events": []}', '{a}') IS NULL, conforms(NULL, '{a}') IS NULL, conforms(pg_temp.journey('a'), NULL) IS NULL;
SELECT pg_temp.refusal(format('SELECT conforms(pg_temp.journey(%L), %L)', 'abc', path)) FROM unnest(ARRAY['{}', '{a,b,a}', '{a,NULL}', 'a > b']) path;

-- over random journeys: what plain SQL finds
CREATE FUNCTION pg_temp.deviations(j customer_journey, path text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	reached text[] := '{}';
	before text;
	passed integer;
	instant timestamptz;
	e record;
BEGIN
	FOR instant IN SELECT DISTINCT at FROM events(j) ORDER BY at LOOP
		passed := coalesce(array_position(path, before), 0);
		FOR e IN SELECT at, label FROM events(j), stage_label(stage) label WHERE at = instant
			ORDER BY array_position(path, label) <= passed, array_position(path, label), label LOOP
			IF e.label <> ALL (path) THEN
				RETURN NEXT concat_ws(' ', 'unexpected', e.label, before, e.at);
				CONTINUE;
			ELSIF e.label = before THEN
				RETURN NEXT concat_ws(' ', 'repeated', e.label, before, e.at);
			ELSIF array_position(path, e.label) < array_position(path, before) THEN
				RETURN NEXT concat_ws(' ', 'back', e.label, before, e.at);
			END IF;
			-- every stage before this one counts as reached now; those that were not are skipped
			RETURN QUERY SELECT concat_ws(' ', 'skipped', label, before, e.at) FROM unnest(path[:array_position(path, e.label) - 1]) WITH ORDINALITY t (label, n)
				WHERE label <> ALL (reached) ORDER BY n;
			reached := reached || path[:array_position(path, e.label)];
			before := e.label;
		END LOOP;
	END LOOP;
END $$;
-- half of them go forwards, if not by each stage; many come to several at once
CREATE TEMP TABLE journey AS SELECT customer, CASE WHEN customer % 4 = 0 THEN collapse(j) ELSE j END AS j FROM (SELECT n % 400 AS customer, journey_agg(timestamptz '2026-01-01Z' + hour / 15 * interval '15 hours',
		chr(97 + CASE WHEN n % 2 = 0 THEN hour / 20 ELSE abs(hashint8extended(n, 2)) % 6 END::int)) AS j
	FROM generate_series(1, 2000) n, LATERAL (SELECT abs(hashint8extended(n, 1)) % 100 AS hour) h GROUP BY 1) t;
SELECT count(*), count(*) FILTER (WHERE found IS NOT DISTINCT FROM wanted) AS equal, count(*) FILTER (WHERE conforms(j, path) = (found IS NULL)) AS conforming_or_not, count(*) FILTER (WHERE found IS NULL) > 20 AS some_conform
FROM journey, (VALUES ('{a,b,c,d,e}'::text[]), ('{c,a,f}'), ('{d}')) p (path),
	LATERAL (SELECT array_agg(concat_ws(' ', deviation, stage, from_stage, at) ORDER BY n) AS found FROM deviations(j, path) WITH ORDINALITY d (deviation, stage, from_stage, at, n)) f,
	LATERAL (SELECT array_agg(d ORDER BY n) AS wanted FROM pg_temp.deviations(j, path) WITH ORDINALITY d (d, n)) w;
