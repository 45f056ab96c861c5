-- effective responses: a single response counts for one, whatever its weight, and has no spread
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

CREATE TEMP TABLE single AS
	SELECT weight, nps_agg(9, weight) AS s
	FROM (SELECT DISTINCT round(exp(abs(hashint4(n)) % 100000 / 100000.0 * 34.4 - 20.6), 9)::float8
			AS weight
		FROM generate_series(1, 5000) n UNION
		VALUES (95.15603329670598), (1e6), (1e-9)) w
	WHERE weight > 0 GROUP BY weight;
SELECT min(weight) = 1e-9 AS light, max(weight) = 1e6 AS heavy,
	count(stddev_answer(s)) AS stddev, count(ces_interval(s)) AS ces, count(ces_test(s, s)) AS test
FROM single;
SELECT bool_and(abs(nps_lower(s) - nps_lower('{"scale": "0..10", "responses": {"9": 1}}')) < 1e-9
	AND abs(csat_lower(s) - csat_lower('{"scale": "0..10", "responses": {"9": 1}}')) < 1e-9) AS as_one
FROM single;
-- others that weigh nothing make no difference
SELECT count(stddev_answer(t.s)) AS stddev, count(ces_interval(t.s)) AS ces, count(*) AS pairs
FROM single, LATERAL (SELECT nps_agg(answer, w) AS s
	FROM (VALUES (9, weight), (2, 0), (3, 0)) v (answer, w)) t;

-- equal weights are no weights
SELECT count(*) AS samples,
	bool_and(abs(stddev_answer(plain) / stddev_answer(weighted) - 1) < 1e-12) AS stddev,
	bool_and(abs(ces_lower(plain) - ces_lower(weighted)) < 1e-9) AS ces,
	bool_and(abs(nps_upper(plain) - nps_upper(weighted)) < 1e-9) AS nps
FROM (SELECT weight, nps_agg(answer) AS plain, nps_agg(answer, weight) AS weighted
	FROM single, generate_series(0, 10) answer GROUP BY weight) t;

-- weights make no figure surer than as many responses without: the one who differs weighs a tenth
SELECT round(nps_lower(nps_agg(answer, weight))::numeric, 9) AS lower,
	nps_upper(nps_agg(answer, weight)) - nps_lower(nps_agg(answer, weight)) >
		nps_upper(nps_agg(10)) - nps_lower(nps_agg(10)) AS wider_than_of_eleven
FROM (SELECT 10 AS answer, 5.0 AS weight FROM generate_series(1, 10) UNION ALL SELECT 0, 0.1) t;

-- What 1.0.0 stored has one sum of squared weights for all answers. It is read as Kish (1965) has it:
-- weights have nothing to do with answers, and the figures are those of 1.0.0.
CREATE TEMP TABLE stored AS SELECT '{"scale": "0..10", "responses": {"6": 1, "8": 1, "9": 1},
	"weights": {"6": 1, "8": 0.5, "9": 2}, "squared_weights": 5.25}'::rating_summary AS s;
SELECT round(nps_lower(s)::numeric, 9) AS nps_lower, round(nps_upper(s)::numeric, 9) AS nps_upper,
	round(csat_lower(s, 0.95, 9)::numeric, 9) AS csat_lower, round(csat_upper(s, 0.95, 9)::numeric, 9) AS csat_upper FROM stored;
-- added to others it keeps that sum, which is told from the others' squares; and it comes out again
\pset format unaligned
SELECT s + more AS sum FROM stored, (SELECT nps_agg(9, 3) AS more) m;
\pset format aligned
CREATE TEMP TABLE counted AS SELECT nps_agg(n * n % 11, n % 4 + 0.25) AS s FROM generate_series(1, 9) n;
SELECT (a.s + b.s) - b.s = a.s AS stored, (a.s + b.s) - a.s = b.s AS counted, a.s + b.s = b.s + a.s AS sum,
	(a.s + b.s) + a.s = a.s + (b.s + a.s) AS sums,
	a.s + a.s = (a.s::text::jsonb || '{"responses": {"6": 2, "8": 2, "9": 2}, "weights": {"6": 2,
		"8": 1, "9": 4}, "squared_weights": 10.5}')::rating_summary AS doubled,
	(SELECT sum(s) FROM stored) = a.s AS alone
FROM stored a, counted b;
-- on a scale of whole numbers only, and only in the decimals that there were
SELECT '{"scale": "0..10", "responses": {"9": 1}, "weights": {"9": 0.0000005},
	"squared_weights": 0.000000000000}'::rating_summary;
SELECT '{"scale": "0..10", "responses": {"9": 2}, "weights": {"9": 2.0000001},
	"squared_weights": 2.0000002}'::rating_summary;
-- a row that 1.0.0 has counted is taken out of what it stored, one by one and as a summary
\pset format unaligned
SELECT s - nps_agg(8, 0.5) AS without_passive, s - nps_agg(9, 2) - nps_agg(8, 0.5) - nps_agg(6, 1) = s - s AS nothing_left,
	s + nps_agg(9, 3) - (SELECT nps_agg(9, w) FROM unnest('{2,3}'::float8[]) w) = s - nps_agg(9, 2) AS of_both
FROM stored GROUP BY s;
SELECT s - nps_agg(8, 0.4999999) FROM stored GROUP BY s;
SELECT s - nps_agg(9, 2) - nps_agg(9, 2) FROM stored GROUP BY s;
\pset format aligned
