-- rating refusals: each with its SQLSTATE and message, and a session that goes on
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
\pset format unaligned
\pset tuples_only on
\pset fieldsep '  '

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

-- data to be lost, if anything were
BEGIN;
CREATE TEMP TABLE kept AS SELECT nps_agg(n % 11) AS s FROM generate_series(1, 110) n;
SAVEPOINT before;

--
-- Answers
--
SELECT pg_temp.refusal(format('SELECT nps_agg(%s)', answer))
FROM unnest(ARRAY['11', '-1', '11::smallint', '(-32768)::smallint', '2147483647', '-2147483648',
	'6.5', '10.000001', '-0.5', '9223372036854775807', '-9223372036854775808', '1e300::float8',
	'1e-300::float8', '''NaN''::float8', '''NaN''::numeric', '''Infinity''::float8',
	'''-Infinity''::real', '''Infinity''::numeric']) answer;
SELECT pg_temp.refusal(call)
FROM unnest(ARRAY['SELECT csat(0)', 'SELECT csat_agg(6)', 'SELECT ces(8)', 'SELECT ces_agg(0.1)',
	'SELECT nps(n) FROM generate_series(1, 20) n', 'SELECT csat(6, ''5..1'')',
	'SELECT rating_agg(-2, ''-1..1'')', 'SELECT rating_agg(2, ''0..1'')',
	'SELECT nps_agg(11, 1)', 'SELECT rating_agg(6.5, ''0..10'', 2)',
	'SELECT nps(n) OVER (ORDER BY n ROWS 2 PRECEDING) FROM generate_series(1, 20) n']) call;
-- where an answer is an argument of a reading
SELECT pg_temp.refusal(format('SELECT %s FROM kept', call))
FROM unnest(ARRAY['responses_at(s, 11)', 'responses_at(s, 6.5)', 'top_share(s, -1)',
	'top_share(s, ''NaN'')', 'csat(s, 11)', 'csat(s, ''Infinity'')', 'net_score(s, 11, 6)',
	'net_score(s, 9, 6.5)', 'net_score(s, 6, 9)']) call;

--
-- Weights
--
SELECT pg_temp.refusal(format('SELECT nps_agg(9, %s)', weight))
FROM unnest(ARRAY['-1', '-1e-300::float8', '''NaN''', '''Infinity''', '''-Infinity''', '1e6 + 1', '1e-10', '0.0000004999',
	'1.7e308::float8', '''NaN''::numeric']) weight;
SELECT pg_temp.refusal('SELECT nps_agg(NULL::integer, -1)');
SELECT pg_temp.refusal('SELECT csat_agg(9, ''0..10'', ''NaN'')');

--
-- Scales
--
SELECT pg_temp.refusal(format('SELECT rating_agg(1, %L)', scale))
FROM unnest(ARRAY['1..1', '0..0', '0..1000', '0..256', '-999999999..999999999', '0..10 ', ' 0..10',
	'00..10', '0..010', '-0..5', '+1..5', '1...5', '1.5', '1-5', '1,5', '..5', '1..', '..', '', 'nps',
	'0..1e1', '1..5.0', '0x1..5', '1..5;', '9999999990..9999999999', '--1..1',
	'99999999999999999999..5', NULL]) scale;
-- steps
SELECT scale, pg_temp.refusal(format('SELECT rating_agg(1, %L)', scale))
FROM unnest(ARRAY['0..10 by 3', '0..0.5', '0..10 by 0.01', '0..128 by 0.5', '0..1000 by 500', '0..10 by 0',
	'0..10 by -1', '0..10 by', '0..10 by .5', '0..10 by 0,5', '0..10  by 0.5', '0..10 by 0.5 ',
	'0..10 step 0.5', '0..10 by 0.0005', '1..1 by 0.5', '0..10 by 1', '0.0..10.0 by 0.50']) scale;
-- however long it is
SELECT left(pg_temp.refusal(format('SELECT rating_agg(1, %L)', '0..10' || repeat('.', 99999))), 40);
SELECT pg_temp.refusal(call)
FROM unnest(ARRAY['SELECT csat(1, NULL)', 'SELECT csat_agg(1, NULL::text)',
	'SELECT rating_agg(1, NULL, 1.0)', 'SELECT valid_answer(1, NULL)',
	'SELECT valid_answer(NULL, NULL)', 'SELECT valid_answer(1, ''1..1'')',
	'SELECT valid_answer(NULL, ''x'')',
	-- also where no answer or no weight is, and after rows that were right
	'SELECT rating_agg(NULL::integer, ''x'')', 'SELECT rating_agg(1, ''x'', NULL)',
	'SELECT rating_agg(1, s) FROM (VALUES (''1..5''), (NULL)) v (s)',
	'SELECT rating_agg(1, s) FROM (VALUES (''1..5''), (''1..x'')) v (s)',
	-- two in one group
	'SELECT rating_agg(1, s) FROM (VALUES (''1..5''), (''1..7'')) v (s)',
	'SELECT rating_agg(1, s) FROM (VALUES (''1..5''), (''5..1'')) v (s)',
	'SELECT rating_agg(1, s, 1) FROM (VALUES (''1..5''), (''1..7'')) v (s)',
	'SELECT csat(1, s) FROM (VALUES (''1..5''), (''1..7'')) v (s)',
	'SELECT rating_agg(NULL::integer, s) FROM (VALUES (''1..5''), (''1..7'')) v (s)']) call;
-- two groups with a scale each are right
SELECT s, rating_agg(1, s) FROM (VALUES ('1..5'), ('5..1')) v (s) GROUP BY s ORDER BY s COLLATE "C";

--
-- JSON
--
SELECT input, pg_temp.refusal(format('SELECT %L::rating_summary', input))
FROM unnest(ARRAY[
	'', 'x', '{', '{"scale": "0..10"', '{"scale": "0..10"} x', '[]', '"0..10"', '7', 'null', 'true',
	'[{"scale": "0..10"}]', '{"responses": {}}', '{"scale": 5}', '{"scale": null}',
	'{"scale": ["0..10"]}', '{"scale": {"0": 10}}', '{"scale": "1..1"}', '{"scale": "0..1000"}',
	'{"scale": ""}',
	'{"scale": "0..10 "}', '{"Scale": "0..10"}', '{"scale": "0..10", "version": 1}',
	'{"scale": "0..10", "": 1}', '{"scale": "0..10", "squared_weights": 1}',
	'{"scale": "0..10", "nonresponse_weight": 0}', '{"scale": "0..10\u0000"}',
	'{"scale": "0..10", "responses\u0000": {}}']) input;
-- counts
SELECT input, pg_temp.refusal(format('SELECT %L::rating_summary',
	'{"scale": "0..10", ' || input || '}'))
FROM unnest(ARRAY[
	'"responses": 1', '"responses": null', '"responses": [1, 2]', '"responses": "9"',
	'"responses": {"11": 1}', '"responses": {"-1": 1}', '"responses": {"x": 1}',
	'"responses": {"": 1}', '"responses": {"09": 1}', '"responses": {"+9": 1}',
	'"responses": {"-0": 1}', '"responses": {" 9": 1}', '"responses": {"9.0": 1}',
	'"responses": {"9e0": 1}', '"responses": {"99999999999999999999": 1}',
	'"responses": {"4294967305": 1}', '"responses": {"9": -1}', '"responses": {"9": 1.5}',
	'"responses": {"9": 1e-9}', '"responses": {"9": 9223372036854775808}',
	'"responses": {"9": 18446744073709551625}', '"responses": {"9": 1e400}',
	'"responses": {"9": -1e400}', '"responses": {"9": "1"}', '"responses": {"9": true}',
	'"responses": {"9": null}', '"responses": {"9": {}}', '"responses": {"9": [1]}',
	'"responses": {"9": NaN}', '"nonresponses": -1', '"nonresponses": 0.5',
	'"nonresponses": "1"', '"nonresponses": {}', '"nonresponses": 9223372036854775808']) input;
-- weights, and whether they fit the counts
SELECT input, pg_temp.refusal(format('SELECT %L::rating_summary',
	'{"scale": "0..1", ' || input || '}'))
FROM unnest(ARRAY[
	'"weights": 1', '"weights": null', '"weights": {"2": 1}', '"weights": {"1": -1}',
	'"weights": {"1": "1"}', '"weights": {"1": 0.0000001}', '"weights": {"1": 1e33}',
	'"weights": {"1": 1e400}', '"weights": {"1": 1}, "squared_weights": 1',
	'"responses": {"1": 1}, "weights": {"1": 1}',
	'"responses": {"1": 1}, "weights": {"1": 0}, "squared_weights": 1',
	'"responses": {"0": 1}, "weights": {"1": 1}, "squared_weights": 1',
	'"responses": {"1": 1}, "weights": {"1": 1}, "squared_weights": 1, "nonresponse_weight": 1',
	'"responses": {"1": 1}, "weights": {"1": 1}, "squared_weights": -1',
	'"responses": {"1": 1}, "weights": {"1": 1}, "squared_weights": 0.0000000000001',
	'"responses": {"1": 1}, "weights": {"1": 1}, "squared_weights": 1e27',
	'"nonresponses": 1, "weights": {}, "nonresponse_weight": 1, "squared_weights": 1',
	'"weights": {}, "nonresponse_weight": 1',
	-- a single weight is its own sum, squares are no smaller than of equal weights
	'"responses": {"1": 1}, "weights": {"1": 2}, "squared_weights": 3.9',
	'"responses": {"1": 1}, "weights": {"1": 100}, "squared_weights": 0.000000000001',
	'"responses": {"1": 2}, "weights": {"1": 2}, "squared_weights": 1.9',
	'"responses": {"1": 2}, "weights": {"1": 2}, "squared_weights": 4.1',
	'"responses": {"1": 1}, "weights": {"1": 2e9}, "squared_weights": 4e18',
	'"nonresponses": 1, "weights": {}, "nonresponse_weight": 2e9',
	-- squares of each answer
	'"responses": {"0": 1, "1": 1}, "weights": {"0": 1, "1": 2}, "squared_weights": {"0": 4, "1": 1}',
	'"responses": {"1": 1}, "weights": {"1": 2}, "squared_weights": {"1": 3.9}',
	'"responses": {"1": 2}, "weights": {"1": 2}, "squared_weights": {"1": 1.9}',
	'"responses": {"1": 2}, "weights": {"1": 2}, "squared_weights": {"2": 4}',
	'"responses": {"1": 2}, "weights": {"1": 2}, "squared_weights": "4"',
	'"responses": {"1": 2}, "weights": {"1": 2}, "squared_weights": {"1": 0.0000000000000000001}',
	'"nonresponses": 1, "weights": {}, "nonresponse_weight": 1, "nonresponse_squared_weight": 1.1',
	'"weights": {}, "nonresponse_squared_weight": 1', '"nonresponse_squared_weight": 1',
	'"responses": {"1": 2}, "weights": {"1": 2}, "squared_weights": {"1": 2}, "unplaced_squared_weights": 3',
	'"unplaced_squared_weights": 0']) input;
-- more responses than there can be
SELECT pg_temp.refusal('SELECT ''{"scale": "0..1", "responses": {"0": 9223372036854775807,
	"1": 1}}''::rating_summary');
SELECT pg_temp.refusal('SELECT ''{"scale": 5}''::jsonb::rating_summary');
SELECT pg_temp.refusal('SELECT ''[]''::jsonb::rating_summary');
SELECT pg_temp.refusal('SELECT ''null''::jsonb::rating_summary');
-- deeper than anybody means it
SELECT pg_temp.refusal(format('SELECT %L::rating_summary', '{"scale": "0..10", "responses": '
	|| repeat('[', 1000) || repeat(']', 1000) || '}'));

--
-- Operators and rollup: what is not of one kind, more than there is, more than there can be
--
CREATE TEMP TABLE kind (a rating_summary, b rating_summary);
INSERT INTO kind VALUES
	('{"scale": "1..5"}', '{"scale": "1..7"}'), ('{"scale": "1..5"}', '{"scale": "5..1"}'),
	('{"scale": "1..5", "responses": {"4": 1}}',
		'{"scale": "1..5", "responses": {"4": 1}, "weights": {"4": 1}, "squared_weights": 1}');
SELECT pg_temp.refusal(format('SELECT %L::rating_summary %s %L', a, o, b))
FROM kind, unnest(ARRAY['+', '-']) o
UNION ALL
SELECT pg_temp.refusal(format('SELECT rollup(s) FROM (VALUES (%L::rating_summary), (%L)) v (s)',
	x, y))
FROM (SELECT a AS x, b AS y FROM kind UNION ALL SELECT b, a FROM kind) t
WHERE responses(x) > 0 ORDER BY 1;
SELECT pg_temp.refusal(format('SELECT %L::rating_summary - %L', a, b))
FROM (VALUES ('{"scale": "1..5"}', '{"scale": "1..5", "responses": {"4": 1}}'),
	('{"scale": "1..5", "responses": {"4": 1}}', '{"scale": "1..5", "responses": {"5": 1}}'),
	('{"scale": "1..5", "responses": {"4": 300}}', '{"scale": "1..5", "responses": {"4": 301}}'),
	('{"scale": "1..5", "responses": {"4": 3}}', '{"scale": "1..5", "responses": {"4": 301}}'),
	('{"scale": "1..5", "nonresponses": 1}', '{"scale": "1..5", "nonresponses": 2}'),
	-- the responses are there, but they did not weigh so much
	('{"scale": "1..5", "responses": {"4": 2}, "weights": {"4": 2}, "squared_weights": 2}',
		'{"scale": "1..5", "responses": {"4": 1}, "weights": {"4": 3}, "squared_weights": 9}'),
	('{"scale": "1..5", "responses": {"4": 2}, "weights": {"4": 4}, "squared_weights": 8}',
		'{"scale": "1..5", "responses": {"4": 1}, "weights": {"4": 3}, "squared_weights": 9}'),
	('{"scale": "1..5", "responses": {"4": 2}, "weights": {"4": 4}, "squared_weights": 10}',
		'{"scale": "1..5", "responses": {"4": 1}, "weights": {"4": 2}, "squared_weights": 4}'),
	('{"scale": "1..5", "responses": {"4": 2}, "weights": {"4": 2}, "squared_weights": 2}',
		'{"scale": "1..5", "responses": {"4": 2}, "weights": {"4": 1}, "squared_weights": 0.5}'),
	('{"scale": "1..5", "nonresponses": 2, "weights": {}, "nonresponse_weight": 2}',
		'{"scale": "1..5", "nonresponses": 2, "weights": {}, "nonresponse_weight": 1}')
	) v (a, b);

-- 2^63 - 1 of one answer, and one more
CREATE TEMP TABLE full_up AS SELECT '{"scale": "0..10", "responses": {"9": 9223372036854775807},
	"nonresponses": 9223372036854775807}'::rating_summary AS s;
SELECT pg_temp.refusal('SELECT s + ''{"scale": "0..10", "responses": {"9": 1}}'' FROM full_up');
SELECT pg_temp.refusal('SELECT s + ''{"scale": "0..10", "nonresponses": 1}'' FROM full_up');
SELECT pg_temp.refusal('SELECT rollup(s) FROM (SELECT s FROM full_up UNION ALL
	SELECT nps_agg(9)) t');
SELECT pg_temp.refusal('SELECT rollup(s) OVER (ORDER BY n ROWS 1 PRECEDING) FROM (SELECT 1 AS n, s
	FROM full_up UNION ALL SELECT 2, nps_agg(9)) t');
-- nor one of another answer
SELECT pg_temp.refusal('SELECT s + ''{"scale": "0..10", "responses": {"0": 1}}'' FROM full_up');
SELECT pg_temp.refusal('SELECT rollup(s) FROM (SELECT s FROM full_up UNION ALL
	SELECT nps_agg(0)) t');
SELECT promoters(s), nonresponses(s), responses_at(s, 9), response_rate(s), nps(s) FROM full_up;

-- those of 1.0.0 have 128 bits, in the square of a millionth: room for 340 million of the largest
-- weight that it had
CREATE TEMP TABLE heavy AS SELECT '{"scale": "0..10", "responses": {"9": 170000000},
	"weights": {"9": 170000000000000000}, "squared_weights": 170000000000000000000000000}'
	::rating_summary AS s;
SELECT s + s FROM heavy;
SELECT pg_temp.refusal('SELECT s + s + s FROM heavy');
SELECT pg_temp.refusal('SELECT rollup(s) FROM heavy, generate_series(1, 3)');
SELECT pg_temp.refusal('SELECT rollup(s) OVER (ORDER BY n ROWS 2 PRECEDING)
	FROM heavy, generate_series(1, 3) n');
-- and those of each answer in the square of a billionth: as many of the largest weight that there is
CREATE TEMP TABLE heavier AS SELECT '{"scale": "0..10", "responses": {"9": 170000000},
	"weights": {"9": 170000000000000}, "squared_weights": {"9": 170000000000000000000}}'::rating_summary AS s;
SELECT s + s FROM heavier;
SELECT pg_temp.refusal('SELECT s + s + s FROM heavier');
SELECT pg_temp.refusal('SELECT rollup(s) FROM heavier, generate_series(1, 3)');

-- a blank, which is not even a summary of a scale, has no readings
SELECT pg_temp.refusal(format('SELECT %s FROM (SELECT ''{}''::rating_summary AS b) t, kept', call))
FROM unnest(ARRAY['responses(b)', 'nps(b)', 'scale_of(b)', 'b + b', 'b + s', 's - b',
	'distribution(b)', 'nps_interval(b)', 'nps_test(s, b)', 'at_least(b, 0)']) call;

--
-- Levels and methods
--
SELECT pg_temp.refusal(format('SELECT nps_interval(s, %s) FROM kept', level))
FROM unnest(ARRAY['0', '1', '95', '-0.5', '''NaN''', '''Infinity''']) level;
SELECT pg_temp.refusal(format('SELECT %s(s, 95) FROM kept', f))
FROM unnest(ARRAY['nps_lower', 'csat_upper', 'csat_interval', 'ces_interval', 'ces_lower']) f;
SELECT pg_temp.refusal(format('SELECT %s(s, s, 1.5) FROM kept', f))
FROM unnest(ARRAY['nps_test', 'csat_test', 'ces_test']) f;
SELECT pg_temp.refusal(format('SELECT nps_interval(s, 0.95, %L) FROM kept', method))
FROM unnest(ARRAY['bootstrap', 'Wald', '', 'wald ']) method;
SELECT pg_temp.refusal('SELECT nps_test(s, s, 0.95, ''score'') FROM kept');
SELECT pg_temp.refusal('SELECT nps_test(s, s, 0.95, ''welch'') FROM kept');
SELECT pg_temp.refusal('SELECT nps_interval(''{"scale": "1..5"}''::rating_summary)');
SELECT pg_temp.refusal('SELECT nps_test(''{"scale": "1..5"}''::rating_summary, s) FROM kept');
SELECT pg_temp.refusal('SELECT csat_test(''{"scale": "1..5"}''::rating_summary, s) FROM kept');
SELECT pg_temp.refusal('SELECT ces_test(s, ''{"scale": "10..0"}''::rating_summary) FROM kept');
SELECT pg_temp.refusal('SELECT csat_interval(''{"scale": "0..100"}''::rating_summary)');
SELECT pg_temp.refusal('SELECT csat_interval(s, satisfied_from => 11) FROM kept');

--
-- Aggregates of somebody else's make do with the support functions, or are refused
--
CREATE AGGREGATE pg_temp.from_csat(integer) (SFUNC = cxm_internal.nps_transition, STYPE = rating_summary,
	INITCOND = '{"scale": "1..5", "responses": {"4": 1}}');
CREATE AGGREGATE pg_temp.from_nps(integer) (SFUNC = cxm_internal.nps_transition, STYPE = rating_summary,
	INITCOND = '{"scale": "0..10", "responses": {"4": 255}}');
CREATE AGGREGATE pg_temp.from_weighted(integer) (SFUNC = cxm_internal.nps_transition, STYPE = rating_summary,
	INITCOND = '{"scale": "0..10", "responses": {"4": 1}, "weights": {"4": 0}}');
CREATE AGGREGATE pg_temp.from_full(integer) (SFUNC = cxm_internal.nps_transition, STYPE = rating_summary,
	INITCOND = '{"scale": "0..10", "responses": {"4": 9223372036854775806}}');
CREATE AGGREGATE pg_temp.downwards(integer) (SFUNC = cxm_internal.nps_inverse, STYPE = rating_summary,
	INITCOND = '{"scale": "0..10", "responses": {"4": 2}}');
SELECT pg_temp.refusal('SELECT pg_temp.from_csat(4)');
SELECT pg_temp.refusal('SELECT pg_temp.from_weighted(4)');
SELECT pg_temp.refusal('SELECT pg_temp.downwards(4) FROM generate_series(1, 3)');
SELECT pg_temp.refusal('SELECT pg_temp.from_full(4) FROM generate_series(1, 2)');
SELECT pg_temp.from_full(4);
SELECT pg_temp.downwards(4) FROM generate_series(1, 2);
SELECT pg_temp.from_nps(4) FROM generate_series(1, 2);

-- nothing was lost
SELECT s FROM kept;
ROLLBACK TO before;
SELECT nps(s), nonresponses(s) FROM kept;
COMMIT;
