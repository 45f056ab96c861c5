-- survey_answer: what people answered, made answers of a scale
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
\pset null NULL

--
-- A survey export holds answers as text: 9, 10, 7 and 3 are answers, six rows hold none; two promoters,
-- one passive and one detractor of four are 25
--
CREATE TEMP TABLE export AS SELECT * FROM unnest(ARRAY['9', ' 10 ', 'N/A', '', '-', '7',
	'10 - Extremely likely', NULL, 'six', '3.0']) WITH ORDINALITY e (answer, n);
SELECT answer, valid_answer(answer, '0..10') FROM export ORDER BY n;
SELECT nps(valid_answer(answer, '0..10')), nps_agg(valid_answer(answer, '0..10')) FROM export;
-- spellings of numbers, as double precision reads them
SELECT answer, valid_answer(answer, '0..10 by 0.5') FROM unnest(ARRAY[E'\t7\n', '+7', '7.50', '7,5', '7.3', '75e-1',
	'1e999', 'NaN', 'Infinity', '-0', '7 8', '7.', '.5', '..', ' ', '7\', '11', '0.5.5']) answer;
-- text of any kind; NULL; numbers of any kind
SELECT valid_answer('4'::varchar, '1..5'), valid_answer('4'::char(9), '1..5'), valid_answer('4'::name, '1..5'),
	valid_answer('4', '1..5'), valid_answer(NULL, '1..5'), valid_answer(NULL::text, '1..5');
SELECT valid_answer(4, '1..5'), valid_answer(4::bigint, '1..5'), valid_answer(4.0, '1..5'),
	valid_answer(4.5, '1..5'), valid_answer(4.5, '1..5 by 0.5'), valid_answer(4::smallint, '5..1'),
	valid_answer(0.1::real, '0..1 by 0.1'), pg_typeof(valid_answer(4, '1..5'));
SELECT valid_answer('4', '1..'), 1;
SELECT valid_answer('4', NULL);

--
-- The nearest answer; halfway, the one further from zero; NULL where that would be none
--
SELECT x, nearest_answer(x, '-1..1 by 0.01') AS sentiment, nearest_answer(x, '-1..1') AS sign,
	nearest_answer(x, '0..10 by 0.5') AS halves
FROM unnest(ARRAY[0.333333, -0.333333, 0.125, -0.125, 0.5, -0.5, 0.49999, 1.0000000000000002, 1.004, 1.006,
	1.49, 1.5, -0.25, -0.24, 10.24, 10.25, 1e300, 'NaN', 'Infinity', '-Infinity', NULL]::float8[]) x;
-- what it returns is an answer, and no answer of the scale is nearer
SELECT scale, count(*) AS numbers,
	bool_and(valid_answer(nearest_answer(x, scale), scale) = nearest_answer(x, scale)) AS answers,
	bool_and(abs(nearest_answer(x, scale) - x) <= step / 2 + 1e-12) AS nearest
FROM (VALUES ('-1..1 by 0.01', 0.01), ('1..5 by 0.5', 0.5), ('100..0 by 5', 5), ('1..9 by 2', 2)) v (scale, step),
	LATERAL (SELECT low + (high - low) * i / 997.0::float8 AS x FROM generate_series(0, 997) i,
		(SELECT min(d.answer) AS low, max(d.answer) AS high
		FROM distribution(format('{"scale": "%s"}', scale)::rating_summary) d) ends) numbers
GROUP BY scale ORDER BY scale COLLATE "C";
SELECT mean_answer(rating_agg(nearest_answer(x, '-1..1 by 0.01'), '-1..1 by 0.01')) AS sentiment
FROM (VALUES (0.333333), (-0.125), (0.9999)) v (x);

--
-- Labels
--
SELECT label, answer_of(label, '{very unhappy,unhappy,neutral,happy,very happy}')
FROM unnest('{happy,very unhappy,NULL,very happy}'::text[]) label;
SELECT round(csat(answer_of(label, '{😡,🙁,😐,🙂,😍}'))) AS csat FROM (VALUES ('😍'), ('🙂'), ('😡'), (NULL)) v (label);
SELECT answer_of('Happy', '{unhappy,happy}');
SELECT answer_of('', '{a}');
SELECT answer_of('a', '{a,b,a}');
SELECT answer_of('b', '{a,NULL}');
SELECT answer_of('a', '{}');
SELECT answer_of('a', '{{a,b},{c,d}}');
SELECT answer_of('a', NULL);
SELECT answer_of('n256', array_agg('n' || n ORDER BY n)) FROM generate_series(1, 256) n;
SELECT answer_of('n257', array_agg('n' || n ORDER BY n)) FROM generate_series(1, 257) n;
-- labels that differ from row to row, short and long, packed and not
CREATE TEMP TABLE question (label text, labels text[]);
INSERT INTO question VALUES ('b', '{a,b}'), ('b', '{b,a}'), ('b', '{b,a}'), ('b', '{c,d,b}'),
	(repeat('x', 5000), ARRAY[repeat('y', 5000), repeat('x', 5000)]), ('b', '[5:6]={a,b}');
SELECT left(label, 1) AS label, answer_of(label, labels) FROM question;
SELECT answer_of(label, labels) FROM (VALUES ('a', '{a,b}'::text[]), ('a', '{a,a}')) v (label, labels);

-- what views of 1.0.0 call goes on as it was
SELECT cxm_internal.valid_answer(4, '1..5'), cxm_internal.valid_answer(4.5, '1..5 by 0.5'),
	pg_typeof(cxm_internal.valid_answer(4, '1..5'));
SELECT * FROM cxm_internal.distribution((SELECT rating_agg(2, '1..3')));
-- what was a real is the answer, however far from zero, and halfway goes away from zero in decimals
SELECT scale, count(*) AS answers, count(*) FILTER (WHERE valid_answer((low + n * step)::real, scale) = low + n * step) AS found
FROM (VALUES ('90..100 by 0.1', 90, 0.1, 100), ('95..100 by 0.05', 95, 0.05, 100), ('99..100 by 0.01', 99, 0.01, 100),
	('8.5..10 by 0.01', 8.5, 0.01, 150), ('-100..-98 by 0.01', -100, 0.01, 200)) s (scale, low, step, steps), generate_series(0, steps) n
GROUP BY scale ORDER BY scale COLLATE "C";
SELECT count(*) AS halves, bool_and(nearest_answer(n / 1000.0, '0..2 by 0.01') = round(n / 1000.0, 2)
	AND nearest_answer(-n / 1000.0, '0..-2 by 0.01') = round(-n / 1000.0, 2)) AS away_from_zero
FROM generate_series(5, 1985, 10) n;
SELECT valid_answer(99.995, '99..100 by 0.01'), nearest_answer(2.4999999999999996, '0..10'), nearest_answer(0.1449, '0..2 by 0.01');
