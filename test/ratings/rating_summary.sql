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
	bool_and(abs(d.answer - survey.worst) = place - 1) AS places
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
-- a weight is rounded to nine decimals, where that changes it by a millionth of itself at most
SELECT weight, nps_agg(9, weight)::jsonb #>> '{weights,9}' AS counted
FROM unnest(ARRAY[0, 1e-9, 0.0005 + 5e-10, 1 / 3.0, 2 / 3.0, 0.1, 12345.6789, 1e6]::float8[]) weight
GROUP BY weight ORDER BY weight;
SELECT nps_agg(9, 0.0004999994);
SELECT nps_agg(9, 1e-10::float8);
SELECT nps_agg(9, 1000000.1);

--
-- Steps. NPS by hand: 9 and 10 are promoters, 8.5 is a passive, 6.5 is below 7 and a detractor
--
CREATE TEMP TABLE halves AS
	SELECT rating_agg(score, '0..10 by 0.5') AS s FROM (VALUES (6.5), (8.5), (9), (10)) v (score);
SELECT s FROM halves;
SELECT nps(s), promoters(s), passives(s), detractors(s), mean_answer(s), median_answer(s),
	responses_at(s, 8.5) AS at, top_share(s, 8.5) AS top, scale_of(s), net_score(s, 8.5, 6.5) AS net
FROM halves;
-- what people write first is refused, and told how to go on
SELECT nps(score) FROM (VALUES (6.5), (8.5), (9), (10)) v (score);
SELECT csat(stars) FROM (VALUES (4.5), (5), (3.5), (1)) v (stars);
SELECT rating_agg(6.3, '0..10 by 0.5');
SELECT rating_agg(6.333, '0..10 by 0.5');
SELECT rating_agg(42, '100..0 by 5');
SELECT rating_agg(10.25, '0..10 by 0.5');
SELECT top_share(s, 8.3) FROM halves;
-- every threshold, of each answer of some scales once
SELECT scale, promoters(s), passives(s), detractors(s)
FROM (SELECT scale, rating_agg(n * step, scale) AS s
	FROM (VALUES ('0..10', 1), ('0..10 by 0.5', 0.5), ('0..10 by 0.25', 0.25), ('0..10 by 2', 2),
		('0..10 by 2.5', 2.5), ('0..10 by 5', 5), ('0..10 by 10', 10)) v (scale, step),
		generate_series(0, (10 / step)::integer) n GROUP BY scale) t ORDER BY scale COLLATE "C";
SELECT nps(rating_agg(5, '0..100 by 5'));
SELECT nps(rating_agg(5, '10..0 by 0.5'));
-- stars: satisfied from the second-best whole number, 3.5 + 4.5 + 5 + 1 = 14
SELECT csat(s), csat(s, 3.5) AS from_three_and_a_half, mean_answer(s), round(stddev_answer(s)::numeric, 12) AS stddev,
	round(sqrt((12.25 + 20.25 + 25 + 1 - 4 * 12.25) / 3), 12) AS by_hand
FROM (SELECT csat_agg(stars, '1..5 by 0.5') AS s FROM (VALUES (4.5), (5), (3.5), (1)) v (stars)) t;
SELECT csat(stars, '1..5 by 0.5'), ces(stars, '1..5 by 0.5') FROM (VALUES (4.5), (5), (3.5), (1)) v (stars);
SELECT d.* FROM distribution(rating_summary '{"scale": "2..0.5 by 0.5", "responses": {"0.5": 3, "2": 1}}') d;
-- by convention, where there is one
SELECT scale, csat(rating_agg(best, scale)) AS best, csat(rating_agg(second, scale)) AS second,
	csat(rating_agg(third, scale)) AS third
FROM (VALUES ('0..5 by 0.5', 5, 4, 3.5), ('5..1 by 0.5', 1, 2, 2.5), ('0.5..5 by 0.5', 5, 4, 3.5),
	('100..0 by 25', 0, 25, 50), ('1..9 by 2', 9, 7, 5)) v (scale, best, second, third)
GROUP BY scale ORDER BY scale COLLATE "C";
SELECT csat(rating_agg(1, '-1..1 by 0.01'));
SELECT csat(rating_agg(5, '5..0.5 by 0.5'));
SELECT csat(rating_agg(0, '0..20 by 0.5'));
-- the figures of a scale with steps are those of its multiple, in its own units
CREATE TEMP VIEW twice AS
	SELECT part, rating_agg(answer / 4.0, '0..2.5 by 0.25') AS s, rating_agg(answer, '0..10') AS t,
		rating_agg(answer / 4.0, '0..2.5 by 0.25', n / 7.0) AS sw, rating_agg(answer, '0..10', n / 7.0) AS tw
	FROM (SELECT part, answer, row_number() OVER () AS n FROM response WHERE scale = '0..10') r GROUP BY part;
SELECT count(*), bool_and(mean_answer(s) = mean_answer(t) / 4 AND median_answer(s) = median_answer(t) / 4
		AND abs(stddev_answer(s) - stddev_answer(t) / 4) < 1e-15) AS plain,
	bool_and(abs(mean_answer(sw) - mean_answer(tw) / 4) < 1e-15 AND median_answer(sw) = median_answer(tw) / 4
		AND abs(stddev_answer(sw) - stddev_answer(tw) / 4) < 1e-15) AS weighted,
	bool_and(abs(ces_lower(s) - ces_lower(t) / 4) < 1e-14 AND abs(ces_upper(sw) - ces_upper(tw) / 4) < 1e-14
		AND csat_interval(s, 0.9, 1.5) = csat_interval(t, 0.9, 6)) AS intervals,
	bool_and(abs((ces_test(s, all_s)).lower - (ces_test(t, all_t)).lower / 4) < 1e-14) AS tests
FROM (SELECT twice.*, sum(s) OVER () AS all_s, sum(t) OVER () AS all_t FROM twice) x;
-- what decimals there are is no matter of binary fractions
SELECT mean_answer(s), median_answer(s), s FROM (SELECT rating_agg(x, '-1..1 by 0.01') AS s
	FROM (VALUES (0.1 + 0.2::float8), (0.07::real), (-0.29), (0)) v (x)) t;

--
-- Cases from the field
--
-- reviews without a rating are stored as 0 stars: the mean of 5 and 3, two of three have answered
SELECT mean_answer(s), round(response_rate(s)::numeric, 4) AS answered
FROM (SELECT csat_agg(valid_answer(stars, '1..5')) AS s FROM unnest('{5,3,0}'::integer[]) stars) t;
-- the share of the second-best answer and up, of one answer each on scales of 3 to 10
SELECT best, round(csat(csat_agg(a, '1..' || best))::numeric, 1) AS csat
FROM unnest('{3,4,5,6,7}'::integer[]) best, generate_series(1, best) a GROUP BY best ORDER BY best;
SELECT csat(csat_agg(a, '1..10'), 8) AS from_eight FROM generate_series(1, 10) a;
-- sentiment, and one without
SELECT mean_answer(s), responses(s), nonresponses(s)
FROM (SELECT rating_agg(a, '-1..1') AS s FROM (VALUES (-1), (0), (1), (NULL)) v (a)) t;
-- a ticket system: 1 to 5 were given 553, 549, 580, 543 and 544 times, 5701 tickets have no rating
SELECT round(csat(s)::numeric, 3) AS csat, round(mean_answer(s)::numeric, 4) AS mean, responses(s),
	round(response_rate(s)::numeric, 4) AS answered
FROM (SELECT csat_agg(a) AS s FROM (VALUES (1, 553), (2, 549), (3, 580), (4, 543), (5, 544), (NULL, 5701))
	v (a, n), generate_series(1, n)) t;
-- 20 who are hard to reach weigh five each, half of them promoters and half detractors, and 80 passives
-- one: the standard error of the design is the root of sum w^2 (x - m)^2 = 500 over sum w = 180
SELECT nps(s), round(nps_lower(s, 0.95, 'wald')::numeric, 2) AS lower,
	round(nps_upper(s, 0.95, 'wald')::numeric, 2) AS upper, round(1.959964 * sqrt(500.0) / 180 * 100, 2) AS by_hand
FROM (SELECT nps_agg(answer, weight) AS s FROM (VALUES (10, 5, 10), (2, 5, 10), (8, 1, 80))
	v (answer, weight, times), generate_series(1, times)) t;

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
	('steps', '{"scale": "0..10 by 5"}', '{"scale": "0..10 by 2"}'),
	('decimals', '{"scale": "0..2 by 0.2"}', '{"scale": "0..20 by 2"}'),
	('weights', '{"scale": "1..5"}', '{"scale": "1..5", "weights": {}}'),
	('squares',
		'{"scale": "1..5", "responses": {"4": 2}, "weights": {"4": 2}, "squared_weights": 2}',
		'{"scale": "1..5", "responses": {"4": 2}, "weights": {"4": 2}, "squared_weights": 3}');
SELECT name, a = b AS eq, a <> b AS ne, b = a AS eq_back, cxm_internal.rating_summary_hash(a) =
	cxm_internal.rating_summary_hash(b) AS same_hash, cxm_internal.rating_summary_hash_extended(a, 42) =
	cxm_internal.rating_summary_hash_extended(b, 42) AS same_hash_64
FROM pair;
-- without a seed, the wide hash has the narrow one as its low half
SELECT bool_and((cxm_internal.rating_summary_hash_extended(a, 0) - cxm_internal.rating_summary_hash(a)) % 4294967296 = 0)
FROM pair;

-- readings are immutable: they can be indexed and generated
CREATE TEMP TABLE stored (s rating_summary, score float8 GENERATED ALWAYS AS (nps(s)) STORED,
	CHECK (scale_of(s) = '0..10'));
CREATE INDEX ON stored (responses(s));
CREATE INDEX ON stored USING hash (s);
INSERT INTO stored SELECT s FROM hand;
INSERT INTO stored SELECT s FROM each_answer_once WHERE scale = '1..5';
SELECT score FROM stored;

-- a NULL weight skips the row before its answer is looked at, in every weighted form
CREATE TEMP TABLE unweighed (n integer, answer integer, weight float8);
INSERT INTO unweighed VALUES (1, 11, NULL), (2, 9, 2), (3, -1, NULL), (4, 6, 1), (5, 99, NULL);
SELECT nps_agg(answer, weight) AS s,
	nps_agg(answer, weight) = nps_agg(answer::smallint, weight) AS nps_int2,
	nps_agg(answer, weight) = nps_agg(answer::float8, weight) AS nps_float8,
	nps_agg(answer, weight) = rating_agg(answer, '0..10', weight) AS rating,
	nps_agg(answer, weight) = rating_agg(answer::smallint, '0..10', weight) AS rating_int2,
	nps_agg(answer, weight) = rating_agg(answer::float8, '0..10', weight) AS rating_float8,
	nps_agg(answer, weight) = csat_agg(answer, '0..10', weight) AS csat,
	nps_agg(answer, weight) = ces_agg(answer, '0..10', weight) AS ces,
	nps_agg(answer, weight) = nps_agg(answer, weight) FILTER (WHERE weight > 0) AS filtered
FROM unweighed;
SELECT nps_agg(11, NULL::float8), nps_agg(6.5, NULL::float8), rating_agg('NaN', '1..5', NULL::float8);
SELECT n, nps_agg(answer, weight) OVER (ORDER BY n ROWS 1 PRECEDING) FROM unweighed ORDER BY n;

-- a stored value is a state like any other: where an aggregate of one's own begins with it
CREATE AGGREGATE pg_temp.nps_from(integer) (SFUNC = cxm_internal.nps_transition, STYPE = rating_summary,
	FINALFUNC = cxm_internal.rating_summary_final, INITCOND = '{"scale": "0..10", "responses": {"9": 300}}');
CREATE AGGREGATE pg_temp.nps_from_nothing(integer) (SFUNC = cxm_internal.nps_transition, STYPE = rating_summary,
	FINALFUNC = cxm_internal.rating_summary_final, INITCOND = '{"scale": "1..5"}');
CREATE AGGREGATE pg_temp.nps_from_blank(integer) (SFUNC = cxm_internal.nps_transition, STYPE = rating_summary,
	FINALFUNC = cxm_internal.rating_summary_final, INITCOND = '{}');
SELECT pg_temp.nps_from(9), pg_temp.nps_from_nothing(9), pg_temp.nps_from_blank(9);
SELECT pg_temp.nps_from(9), pg_temp.nps_from_nothing(9), pg_temp.nps_from_blank(9) WHERE false;
