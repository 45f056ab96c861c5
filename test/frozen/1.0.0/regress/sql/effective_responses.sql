-- effective responses: a single response counts for one, whatever its weight, and has no spread
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

CREATE TEMP TABLE single AS
	SELECT weight, nps_agg(9, weight) AS s
	FROM (SELECT DISTINCT exp(abs(hashint4(n)) % 100000 / 100000.0 * 34.4 - 13.8)::float8 AS weight
		FROM generate_series(1, 5000) n UNION ALL
		VALUES (95.15603329670598), (1e9), (1e-6)) w
	GROUP BY weight;
SELECT min(weight) < 1e-5 AS light, max(weight) = 1e9 AS heavy,
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
	FROM single, generate_series(0, 10) answer GROUP BY weight) t
WHERE weight > 0.001;
