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
	e record;
BEGIN
	FOR e IN SELECT at, stage_label(stage) AS label FROM events(j) LOOP
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
END $$;
-- half of them go forwards, if not by each stage
CREATE TEMP TABLE journey AS SELECT customer, CASE WHEN customer % 4 = 0 THEN collapse(j) ELSE j END AS j FROM (SELECT n % 400 AS customer, journey_agg(timestamptz '2026-01-01Z' + hour * interval '1 hour',
		chr(97 + CASE WHEN n % 2 = 0 THEN hour / 20 ELSE abs(hashint8extended(n, 2)) % 6 END::int)) AS j
	FROM generate_series(1, 2000) n, LATERAL (SELECT abs(hashint8extended(n, 1)) % 100 AS hour) h GROUP BY 1) t;
SELECT count(*), count(*) FILTER (WHERE found IS NOT DISTINCT FROM wanted) AS equal, count(*) FILTER (WHERE conforms(j, path) = (found IS NULL)) AS conforming_or_not, count(*) FILTER (WHERE found IS NULL) > 20 AS some_conform
FROM journey, (VALUES ('{a,b,c,d,e}'::text[]), ('{c,a,f}'), ('{d}')) p (path),
	LATERAL (SELECT array_agg(concat_ws(' ', deviation, stage, from_stage, at) ORDER BY n) AS found FROM deviations(j, path) WITH ORDINALITY d (deviation, stage, from_stage, at, n)) f,
	LATERAL (SELECT array_agg(d ORDER BY n) AS wanted FROM pg_temp.deviations(j, path) WITH ORDINALITY d (d, n)) w;
