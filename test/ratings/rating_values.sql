-- rating values: spellings, settings, domains, variables and cursors
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

-- every width of counter, both directions, weights of every size, and next to nothing
CREATE TEMP TABLE kept (id integer PRIMARY KEY, name text, s rating_summary);
INSERT INTO kept VALUES
	(1, 'one byte', (SELECT nps_agg(n % 11) FROM generate_series(1, 100) n)),
	(2, 'two bytes', (SELECT nps_agg(nullif(n % 11, 5)) FROM generate_series(1, 9999) n)),
	(3, 'four bytes', '{"scale": "1..5", "responses": {"5": 65536}, "nonresponses": 4294967295}'),
	(4, 'eight bytes', '{"scale": "1..7", "responses": {"1": 9223372036854775807}}'),
	(5, 'reversed', (SELECT ces_agg(1 + n % 5, '5..1') FROM generate_series(1, 99) n)),
	(6, 'negative', (SELECT rating_agg(n % 3 - 1, '-1..1') FROM generate_series(1, 99) n)),
	(7, '256 answers', (SELECT rating_agg(n % 256, '255..0') FROM generate_series(1, 999) n)),
	(8, 'far away', (SELECT rating_agg(n % 10 - 999999999, '-999999999..-999999990')
		FROM generate_series(1, 99) n)),
	(9, 'weighted', (SELECT nps_agg(n % 11, n / 7.0) FROM generate_series(1, 999) n)),
	(10, 'heavy', (SELECT csat_agg(4, '1..5', 1e6) FROM generate_series(1, 300) n)),
	(11, 'light', (SELECT csat_agg(4, '1..5', 1e-9) FROM generate_series(1, 300) n)),
	(12, 'weight zero', (SELECT csat_agg(nullif(n % 6, 0), '1..5', 0)
		FROM generate_series(1, 30) n)),
	(13, 'weighted 256 answers', (SELECT rating_agg(n % 256, '0..255', n / 7.0)
		FROM generate_series(1, 999) n)),
	(14, 'only non-responses', (SELECT nps_agg(NULL::integer) FROM generate_series(1, 3))),
	(15, 'only weighted non-responses', (SELECT nps_agg(NULL::integer, 1.5))),
	(16, 'empty', '{"scale": "0..10"}'),
	(17, 'empty, weighted', '{"scale": "10..0", "weights": {}}'),
	(18, 'NULL', NULL),
	(19, 'halves', (SELECT rating_agg(n % 21 / 2.0, '0..10 by 0.5') FROM generate_series(1, 99) n)),
	(20, 'weighted hundredths', (SELECT rating_agg(n % 201 / 100.0 - 1, '-1..1 by 0.01', n / 7.0)
		FROM generate_series(1, 999) n)),
	(21, 'weighted by 1.0.0', '{"scale": "1..5", "responses": {"1": 300, "4": 2}, "nonresponses": 1,
		"weights": {"1": 300000000000, "4": 1.5}, "nonresponse_weight": 0.000001,
		"squared_weights": 300000000000000000001.25}');
INSERT INTO kept SELECT 22, 'weighted by 1.0.0, and more', a.s + (SELECT csat_agg(n % 5 + 1, '1..5', n / 7.0)
	FROM generate_series(1, 9) n) FROM kept a WHERE id = 21;

-- of two values that should be one: their bytes, and what = and hash make of them
CREATE FUNCTION pg_temp.same(a rating_summary, b rating_summary) RETURNS boolean
	IMMUTABLE LANGUAGE sql RETURN
	cxm_internal.rating_summary_send(a) IS NOT DISTINCT FROM cxm_internal.rating_summary_send(b)
	AND cxm_internal.rating_summary_hash(a) IS NOT DISTINCT FROM cxm_internal.rating_summary_hash(b)
	AND (a = b) IS NOT FALSE AND (a <> b) IS NOT TRUE;

-- any spelling that means the same is the same value
SELECT pg_temp.same(a::rating_summary, '{"scale": "-1..1", "responses": {"-1": 100, "1": 2}}'), a
FROM unnest(ARRAY[
	'{"nonresponses":0,"responses":{"1":2,"0":0,"-1":100},"scale":"-1..1"}',
	' {"scale" : "-1..1", "responses":{"1":2.000,"-1":1e2}} ',
	'{"scale": "\u002d1..1", "responses": {"-1": 1.0E+2, "1": 0.2e1}}']) a;
SELECT pg_temp.same((a::jsonb || '{"scale": "0..1", "responses": {"1": 3}}')::rating_summary,
	'{"scale": "0..1", "responses": {"1": 3}, "weights": {"1": 2.5}, "squared_weights": 2.25,
		"nonresponse_weight": 0}'), a
FROM unnest(ARRAY['{"weights": {"1": 25e-1}, "squared_weights": 2.25000000000000}',
	'{"weights": {"1": 2.5000000, "0": 0.0}, "squared_weights": 225E-2}']) a;
SELECT pg_temp.same((a::jsonb || '{"responses": {"0": 2, "0.5": 3}}')::rating_summary,
	rating_agg(answer, '0..1 by 0.5', 1.5)), a
FROM (VALUES (0), (0), (0.5), (0.5), (0.5)) v (answer), unnest(ARRAY[
	'{"scale": "0..1 by 0.5", "weights": {"0": 3, "0.5": 4.5}, "squared_weights": {"0": 4.5, "0.5": 6.75}}',
	'{"squared_weights": {"1": 0, "0.5": 675e-2, "0": 4.50}, "nonresponse_squared_weight": 0,
		"unplaced_squared_weights": 0, "weights": {"0": 3, "0.5": 4.5}, "scale": "0.0..1.0 by 0.500"}']) a
GROUP BY a ORDER BY a COLLATE "C" DESC;
-- settings of the session change neither form
BEGIN;
SET LOCAL extra_float_digits = -15;
SET LOCAL bytea_output = escape;
SET LOCAL datestyle = 'German';
SET LOCAL lc_numeric = 'C';
SELECT bool_and(pg_temp.same(s::text::rating_summary, s)) FROM kept;
\pset format unaligned
SELECT s FROM kept WHERE id = 11;
\pset format aligned
COMMIT;

--
-- Domains, composites, arrays
--
CREATE TYPE pg_temp.pair AS (a rating_summary, b rating_summary[]);
CREATE DOMAIN pg_temp.nps_summary AS rating_summary CHECK (scale_of(VALUE) = '0..10');
SELECT pg_temp.same(a[3], s) AND pg_temp.same((a::text::rating_summary[])[3], s)
		AND pg_temp.same((to_jsonb(a) -> 2)::rating_summary, s) AS array,
	pg_temp.same((row(s, a)::pg_temp.pair).a, s)
		AND pg_temp.same((row(s, a)::pg_temp.pair::text::pg_temp.pair).b[3], s) AS composite,
	count(*)
FROM kept, LATERAL (SELECT ARRAY[s, NULL, s] AS a) a WHERE s IS NOT NULL GROUP BY 1, 2;
SELECT array_agg(s ORDER BY id) = array_agg(s ORDER BY -id) AS reversed,
	array_position(array_agg(s ORDER BY id), '{"scale": "0..10"}') AS place
FROM kept;
SELECT bool_and(row(a.s, NULL)::pg_temp.pair = row(b.s, NULL)::pg_temp.pair) AS same,
	bool_or(row(a.s, NULL)::pg_temp.pair <> row(b.s, NULL)::pg_temp.pair) AS different
FROM kept a JOIN kept b USING (id);
SELECT nps(rollup(s::pg_temp.nps_summary)) FROM kept WHERE id IN (1, 2);
SELECT s::pg_temp.nps_summary FROM kept WHERE id = 3;
SELECT to_jsonb(t) #> '{s,scale}' AS scale, row_to_json(t) ->> 's' = s::json::text AS json
FROM (SELECT s FROM kept WHERE id = 9) t;
SELECT nps(s) FROM jsonb_to_recordset('[{"s": {"scale": "0..10", "responses": {"9": 1}}}]')
	r (s rating_summary);

--
-- What runs through PL/pgSQL variables and cursors
--
DO $$
DECLARE
	part record;
	total rating_summary;
	again rating_summary[];
BEGIN
	FOR part IN SELECT s FROM kept WHERE id IN (1, 2, 14) LOOP
		total := CASE WHEN total IS NULL THEN part.s ELSE total + part.s END;
		again := again || total;
	END LOOP;
	ASSERT total = (SELECT rollup(s) FROM kept WHERE id IN (1, 2, 14));
	ASSERT again[3] - again[2] = (SELECT s FROM kept WHERE id = 14);
	ASSERT nps(total) = nps(again[3]);
END
$$;
BEGIN;
DECLARE each SCROLL CURSOR FOR SELECT name, scale_of(s), nps_agg(9) OVER (ORDER BY id ROWS 1
	PRECEDING) = '{"scale": "0..10", "responses": {"9": 2}}' AS two FROM kept ORDER BY id;
FETCH 1 FROM each;
MOVE 2 FROM each;
FETCH 2 FROM each;
FETCH PRIOR FROM each;
SAVEPOINT here;
SELECT s + '{"scale": "0..10"}' FROM kept WHERE id = 3;
ROLLBACK TO here;
FETCH NEXT FROM each;
COMMIT;
