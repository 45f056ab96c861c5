-- rating_summary: counting answers, and reading what was counted
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- NPS by hand: of 8 responses 4 promoters and 2 detractors make +25; 59 / 8 = 7.375; the middle
-- of 0 6 7 8 9 9 10 10 is 8.5
--
CREATE TEMP TABLE hand AS
	SELECT nps_agg(answer) AS s
	FROM unnest(ARRAY[10, 9, 9, 8, 7, 6, 0, NULL, NULL, 10]) answer;
SELECT s FROM hand;
SELECT nps(s), promoters(s), passives(s), detractors(s), responses(s), nonresponses(s),
	response_rate(s) FROM hand;
SELECT mean_answer(s), median_answer(s), scale_of(s), top_share(s, 9), responses_at(s, 9)
FROM hand;
-- the squared deviations from 7.375 add up to 75.875, so the sample's variance is 75.875 / 7
SELECT round(stddev_answer(s)::numeric, 12) AS stddev, round(sqrt(75.875 / 7), 12) AS by_hand
FROM hand;
SELECT d.* FROM hand, distribution(s) d;
-- header 4, fields 8, one byte for the non-responses and one for each of 11 answers
SELECT pg_column_size(s) FROM hand;

-- what the one-step aggregates say
SELECT nps(answer) FROM unnest(ARRAY[10, 9, 9, 8, 7, 6, 0, NULL, NULL, 10]) answer;
SELECT csat(answer), ces(answer) FROM unnest(ARRAY[5, 4, 4, 3, 1, NULL]) answer;
SELECT csat(answer, '5..1'), ces(answer, '5..1') FROM unnest(ARRAY[5, 4, 4, 3, 1, NULL]) answer;

--
-- Published figures
--

-- 40 % promoters, 20 % detractors of 300: +20
SELECT nps('{"scale": "0..10", "responses": {"3": 60, "8": 120, "9": 120}}'::rating_summary);
-- 74 promoters and 4 detractors of 90 answers: 77.8
SELECT round(nps('{"scale": "0..10", "responses": {"6": 4, "7": 12, "9": 74},
	"nonresponses": 40}'::rating_summary)::numeric, 1) AS nps;
-- 7 positive, 1 neutral, 2 negative: 70 %
SELECT csat(answer) FROM unnest(ARRAY[5, 5, 5, 4, 4, 4, 4, 3, 2, 1]) answer;
-- mean effort 4.08; the share of 6-7 less the share of 1-3 is -13
CREATE TEMP TABLE effort AS SELECT '{"scale": "1..7", "responses": {"1": 80, "2": 210, "3": 140,
	"4": 110, "5": 160, "6": 180, "7": 120}}'::rating_summary AS s;
SELECT ces(s), net_score(s, 6, 3) FROM effort;

--
-- Every reading over random answers, against plain SQL
--
CREATE TEMP TABLE survey (scale text, worst integer, best integer, satisfied_from integer);
INSERT INTO survey VALUES
	('0..10', 0, 10, 9), ('1..5', 1, 5, 4), ('5..1', 5, 1, 2), ('1..7', 1, 7, 6),
	('-1..1', -1, 1, 1), ('0..1', 0, 1, 1), ('10..1', 10, 1, 2), ('-3..3', -3, 3, 2),
	('0..255', 0, 255, 200), ('127..-128', 127, -128, -100),
	('999999990..999999999', 999999990, 999999999, 999999998);
CREATE TEMP TABLE response AS
	SELECT survey.*, n % 3 AS part,
		CASE WHEN n % 7 > 0 THEN
			(least(worst, best) + abs(hashint8extended(n, 1) % (abs(best - worst) + 1)))::integer
		END AS answer
	FROM survey, generate_series(1, 1000) n;

CREATE TEMP VIEW reading AS
	SELECT scale, satisfied_from, sign(best - worst)::integer AS direction,
		min(best) AS best, rating_agg(answer, scale) AS s,
		array_agg(answer) FILTER (WHERE answer IS NOT NULL) AS answers,
		avg(answer) AS mean, stddev_samp(answer) AS stddev,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY answer) AS median,
		count(*) AS rows, count(answer) AS responses,
		count(*) FILTER (WHERE answer * sign(best - worst) >=
			satisfied_from * sign(best - worst)) AS satisfied,
		count(*) FILTER (WHERE answer = best) AS at_best
	FROM response GROUP BY scale, satisfied_from, direction, part;
SELECT scale, count(*) AS groups,
	bool_and(scale_of(s) = scale) AS scale_of,
	bool_and(responses(s) = responses) AS responses,
	bool_and(nonresponses(s) = rows - responses) AS nonresponses,
	bool_and(response_rate(s) = responses::float8 / rows) AS response_rate
FROM reading GROUP BY scale ORDER BY scale;
-- differences beyond double precision's own
SELECT scale,
	bool_and(abs(mean_answer(s) / nullif(mean, 0)::float8 - 1) < 1e-12 OR mean = 0) AS mean,
	bool_and(ces(s) = mean_answer(s)) AS ces,
	bool_and(abs(stddev_answer(s) / stddev::float8 - 1) < 1e-12) AS stddev,
	bool_and(median_answer(s) = median) AS median,
	bool_and(top_share(s, satisfied_from) = satisfied::float8 / responses) AS top_share,
	bool_and(csat(s, satisfied_from) = 100.0 * satisfied / responses::float8) AS csat,
	bool_and(responses_at(s, best) = at_best) AS at_best
FROM reading GROUP BY scale ORDER BY scale;
-- net scores, with passives between and without
SELECT scale,
	bool_and(abs(net_score(s, best, best - direction) -
		100 * (2 * at_best - responses) / responses::float8) < 1e-12) AS beside,
	bool_and(abs(net_score(s, best, satisfied_from - direction) -
		100 * (at_best - (responses - satisfied)) / responses::float8) < 1e-12) AS between
FROM reading GROUP BY scale ORDER BY scale;
-- every answer of the scale once, from the worst, with what plain SQL counts
SELECT scale, count(*) AS answers,
	bool_and(d.responses = cardinality(array_positions(answers, d.answer))) AS counts,
	bool_and(d.share = d.responses::float8 / r.responses) AS shares,
	bool_and(abs(d.answer - survey.worst) % 256 = (place - 1) % 256) AS places
FROM reading r JOIN survey USING (scale),
	distribution(s) WITH ORDINALITY AS d (answer, responses, share, place)
GROUP BY scale ORDER BY scale;
-- one step and two steps are one figure
SELECT bool_and(nps_of_rows = nps(s)), bool_and(csat_of_rows = csat(s)),
	bool_and(ces_of_rows = ces(s))
FROM (SELECT part, nps(answer) AS nps_of_rows, csat(answer, '0..10') AS csat_of_rows,
		ces(answer, '0..10') AS ces_of_rows, nps_agg(answer) AS s
	FROM response WHERE scale = '0..10' GROUP BY part) t;

--
-- Who is satisfied: the two best answers, the best one on scales of 2 or 3; none above 11
--
CREATE TEMP VIEW each_answer_once AS
	SELECT scale, rating_agg(answer, scale) AS s
	FROM (VALUES ('0..1', 0, 1), ('1..3', 1, 3), ('1..4', 1, 4), ('1..5', 1, 5), ('5..1', 1, 5),
		('1..7', 1, 7), ('0..10', 0, 10), ('1..12', 1, 12)) v (scale, low, high),
		generate_series(low, high) answer
	GROUP BY scale;
SELECT scale, responses(s), csat(s)
FROM each_answer_once WHERE scale <> '1..12' ORDER BY 2, 1;
SELECT csat(s) FROM each_answer_once WHERE scale = '1..12';
SELECT csat(answer, '1..12') FROM generate_series(1, 12) answer;
SELECT csat(s, 11) FROM each_answer_once WHERE scale = '1..12';
-- on 5..1 the low answers are the good ones
SELECT csat(s), csat(s, 1), csat(s, 3), top_share(s, 5), net_score(s, 2, 4)
FROM (SELECT rating_agg(answer, '5..1') AS s FROM unnest(ARRAY[1, 1, 2, 3, 5]) answer) t;
SELECT d.* FROM (SELECT rating_agg(answer, '5..1') AS s FROM unnest(ARRAY[1, 1, 2, 3, 5]) answer) t,
	distribution(s) d;

--
-- Net scores want the favourable above the unfavourable; NPS wants its scale
--
SELECT net_score(s, 4, 2), net_score(s, 4, 3) FROM each_answer_once WHERE scale = '1..5';
SELECT net_score(s, 3, 3) FROM each_answer_once WHERE scale = '1..5';
SELECT net_score(s, 2, 4) FROM each_answer_once WHERE scale = '1..5';
SELECT net_score(s, 4, 2) FROM each_answer_once WHERE scale = '5..1';
SELECT net_score(s, 6, 2) FROM each_answer_once WHERE scale = '1..5';
SELECT nps(s) FROM each_answer_once WHERE scale = '1..5';
SELECT promoters(s) FROM each_answer_once WHERE scale = '1..5';
SELECT passives(s) FROM each_answer_once WHERE scale = '1..5';
SELECT detractors(s) FROM each_answer_once WHERE scale = '5..1';
SELECT nps('{"scale": "10..0"}'::rating_summary);

--
-- Medians: of odd and even numbers, next to a gap, of as many responses as there can be
--
SELECT counts, median_answer(('{"scale": "1..7", "responses": ' || counts || '}')::rating_summary)
FROM unnest(ARRAY[
	'{"3": 1}', '{"3": 2}', '{"1": 1, "7": 1}', '{"1": 1, "2": 1, "7": 1}',
	'{"1": 2, "2": 1, "7": 1}', '{"1": 1, "2": 1, "6": 1, "7": 1}', '{"1": 2, "6": 1, "7": 1}',
	'{"1": 4611686018427387904, "7": 4611686018427387903}',
	'{"1": 4611686018427387903, "7": 4611686018427387903}', '{}']) counts;

--
-- Nothing is there: no rows, no answers, an empty value
--
SELECT nps_agg(answer), nps(answer), csat_agg(answer), csat(answer), ces_agg(answer), ces(answer)
FROM generate_series(1, 0) answer;
SELECT rollup(s), rating_agg(true) FILTER (WHERE s IS NULL) FROM hand WHERE false;
CREATE TEMP TABLE nothing (name text, s rating_summary);
INSERT INTO nothing
	SELECT 'only non-responses', nps_agg(NULL::integer) FROM generate_series(1, 3) UNION ALL
	SELECT 'empty', '{"scale": "0..10"}' UNION ALL
	SELECT 'weighted', nps_agg(NULL::integer, 2.5) FROM generate_series(1, 3) UNION ALL
	SELECT 'weightless', nps_agg(9, 0) FROM generate_series(1, 3) UNION ALL
	SELECT 'NULL', NULL;
\pset format unaligned
SELECT name, s FROM nothing;
\pset format aligned
SELECT name, responses(s), nonresponses(s), promoters(s), passives(s), detractors(s),
	responses_at(s, 9), response_rate(s) AS rate, scale_of(s)
FROM nothing;
SELECT name, nps(s), csat(s), csat(s, 5), ces(s), net_score(s, 9, 6) AS net, mean_answer(s) AS mean,
	stddev_answer(s) AS stddev, median_answer(s) AS median, top_share(s, 9) AS top
FROM nothing;
SELECT name, count(answer) AS answers, sum(d.responses) AS responses, count(share) AS shares
FROM nothing, distribution(s) d GROUP BY name ORDER BY name;
SELECT nps(NULL::rating_summary), csat(NULL::rating_summary, 3), net_score(NULL, 1, 2),
	csat(s, NULL), responses_at(s, NULL), at_least(s, NULL), s + NULL, NULL - s, s = NULL
FROM hand;

-- small groups: at_least composes with every reading
SELECT n, at_least(s, n) IS NOT NULL AS shown, nps(at_least(s, n)),
	responses(at_least(s, n)) AS responses
FROM hand, unnest(ARRAY[-1, 0, 7, 8, 9, 9223372036854775807]) n;
SELECT name, at_least(s, 0) IS NOT NULL AS from_none, at_least(s, 1) IS NOT NULL AS from_one
FROM nothing;

-- dirty rows become non-responses
SELECT scale, answer, valid_answer(answer, scale)
FROM unnest(ARRAY['0..10', '5..1', '-1..1']) scale,
	unnest(ARRAY[-1, 0, 5, 5.5, 6, 1e300, 'NaN', 'Infinity', NULL]::float8[]) answer
WHERE valid_answer(answer, scale) IS NOT NULL ORDER BY scale, answer;
SELECT nps_agg(valid_answer(answer, '0..10'))
FROM unnest(ARRAY[9, 10, 11, -1, 6.5, 'NaN', '-Infinity', 1e300, NULL]::float8[]) answer;

--
-- Weights. By hand: 2 of 9, 1 of 6, 0.5 of 8, 1.5 of a non-response; no weight, no row
--
CREATE TEMP TABLE weighted AS
	SELECT nps_agg(answer, weight) AS s
	FROM (VALUES (9, 2), (6, 1), (8, 0.5), (NULL, 1.5), (10, NULL), (NULL, NULL), (7, 0))
		v (answer, weight);
\pset format unaligned
SELECT s FROM weighted;
\pset format aligned
-- 100 (2 - 1) / 3.5; 3.5 / 5; (18 + 6 + 4) / 3.5; only 1.5 of 3.5 lies below 9
SELECT round(nps(s)::numeric, 10) AS nps, response_rate(s), mean_answer(s), median_answer(s)
FROM weighted;
-- 1 of 2.5 lies below 8, and 1 above
SELECT median_answer(nps_agg(answer, weight))
FROM (VALUES (9, 1), (6, 1), (8, 0.5)) v (answer, weight);
-- the middle falls between 6 and 9 exactly
SELECT median_answer(nps_agg(answer, weight))
FROM (VALUES (9, 0.3), (6, 0.1), (6, 0.2), (8, 0)) v (answer, weight);
-- sum w (x - m)^2 = 6, sum w - sum w^2 / sum w = 3.5 - 5.25 / 3.5 = 2: the root of 3
SELECT round(stddev_answer(s)::numeric, 12) AS stddev, round(sqrt(3.0), 12) AS by_hand
FROM weighted;
-- counts remain counts, shares follow the weights
SELECT responses(s), nonresponses(s), promoters(s), passives(s), detractors(s), responses_at(s, 7)
FROM weighted;
SELECT answer, responses, round(share::numeric, 10) AS share
FROM weighted, distribution(s) WHERE responses > 0;
-- weights of 1 change no figure
SELECT bool_and(nps(s) = nps(w) AND mean_answer(s) = mean_answer(w) AND
	median_answer(s) = median_answer(w) AND abs(stddev_answer(s) - stddev_answer(w)) < 1e-12 AND
	response_rate(s) = response_rate(w) AND top_share(s, 7) = top_share(w, 7))
FROM (SELECT part, nps_agg(answer) AS s, nps_agg(answer, 1) AS w
	FROM response WHERE scale = '0..10' GROUP BY part) t;
-- a weight is rounded to six decimals
SELECT weight, nps_agg(9, weight)::jsonb #>> '{weights,9}' AS counted
FROM unnest(ARRAY[0.0000004, 0.0000006, 1 / 3.0, 2 / 3.0, 0.1, 12345.6789, 1e9]::float8[]) weight
GROUP BY weight ORDER BY weight;

--
-- Equality
--
CREATE TEMP TABLE pair (name text, a rating_summary, b rating_summary);
INSERT INTO pair VALUES
	('same',
		'{"scale": "1..5", "responses": {"4": 2}}', '{"scale": "1..5", "responses": {"4": 2}}'),
	('zeros', '{"scale": "1..5", "responses": {"4": 2, "1": 0}, "nonresponses": 0}',
		'{"responses": {"4": 2.0}, "scale": "1..5"}'),
	('counts',
		'{"scale": "1..5", "responses": {"4": 2}}', '{"scale": "1..5", "responses": {"4": 3}}'),
	('answers',
		'{"scale": "1..5", "responses": {"4": 2}}', '{"scale": "1..5", "responses": {"5": 2}}'),
	('widths',
		'{"scale": "1..5", "responses": {"4": 2}}', '{"scale": "1..5", "responses": {"4": 258}}'),
	('nonresponses', '{"scale": "1..5"}', '{"scale": "1..5", "nonresponses": 1}'),
	('scales', '{"scale": "1..5"}', '{"scale": "1..6"}'),
	('directions', '{"scale": "1..5"}', '{"scale": "5..1"}'),
	('weights', '{"scale": "1..5"}', '{"scale": "1..5", "weights": {}}'),
	('squares',
		'{"scale": "1..5", "responses": {"4": 2}, "weights": {"4": 2}, "squared_weights": 2}',
		'{"scale": "1..5", "responses": {"4": 2}, "weights": {"4": 2}, "squared_weights": 3}');
SELECT name, a = b AS eq, a <> b AS ne, b = a AS eq_back, rating_summary_hash(a) =
	rating_summary_hash(b) AS same_hash, rating_summary_hash_extended(a, 42) =
	rating_summary_hash_extended(b, 42) AS same_hash_64
FROM pair;
-- without a seed, the wide hash has the narrow one as its low half
SELECT bool_and((rating_summary_hash_extended(a, 0) - rating_summary_hash(a)) % 4294967296 = 0)
FROM pair;

-- readings are immutable: they can be indexed and generated
CREATE TEMP TABLE stored (s rating_summary, score float8 GENERATED ALWAYS AS (nps(s)) STORED,
	CHECK (scale_of(s) = '0..10'));
CREATE INDEX ON stored (responses(s));
CREATE INDEX ON stored USING hash (s);
INSERT INTO stored SELECT s FROM hand;
INSERT INTO stored SELECT s FROM each_answer_once WHERE scale = '1..5';
SELECT score FROM stored;
