-- rating_statistics: intervals and tests through SQL, against figures that others have computed
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

CREATE FUNCTION pg_temp.nps_of(promoters bigint, detractors bigint, n bigint) RETURNS rating_summary
	IMMUTABLE LANGUAGE sql RETURN
	format('{"scale": "0..10", "responses": {"2": %s, "8": %s, "9": %s}}',
		detractors, n - promoters - detractors, promoters)::rating_summary;
CREATE FUNCTION pg_temp.csat_of(satisfied bigint, n bigint) RETURNS rating_summary
	IMMUTABLE LANGUAGE sql RETURN
	format('{"scale": "1..5", "responses": {"2": %s, "4": %s}}', n - satisfied, satisfied)
		::rating_summary;
CREATE FUNCTION pg_temp.ces_of(counts bigint[]) RETURNS rating_summary
	IMMUTABLE LANGUAGE sql RETURN
	(SELECT jsonb_build_object('scale', '1..7', 'responses', jsonb_object_agg(answer, count))
		FROM unnest(counts) WITH ORDINALITY t (count, answer))::rating_summary;
-- to as many digits as were published
CREATE FUNCTION pg_temp.rounded(ci confidence_interval, digits integer) RETURNS text
	IMMUTABLE LANGUAGE sql RETURN
	round(ci.lower::numeric, digits) || ' to ' || round(ci.upper::numeric, digits);

--
-- Published figures
--

-- n = 300, 40 % promoters, 20 % detractors: +20 with a standard error of 0.0432 and a margin of 8.5
SELECT nps(s), pg_temp.rounded(nps_interval(s, method => 'wald'), 1) AS wald,
	round((nps_upper(s, 0.95, 'wald') - nps(s))::numeric, 1) AS margin,
	round(((nps_upper(s, 0.95, 'wald') - nps(s)) / 195.9963984540054)::numeric, 4) AS standard_error
FROM pg_temp.nps_of(120, 60, 300) s;
-- P = 1/2, passives 1/3, D = 1/6: the variance is 5/9
SELECT round(nps(s)::numeric, 1) AS nps,
	round((error ^ 2 * n)::numeric, 10) AS variance, round(5 / 9.0, 10) AS published
FROM unnest(ARRAY[6, 60, 6000000000]) n, pg_temp.nps_of(n / 2, n / 6, n) s,
	LATERAL (SELECT (nps_upper(s, 0.95, 'wald') - nps(s)) / 195.9963984540054 AS error) e;
-- P = D = 1/3: a full width of about 320 / sqrt n
SELECT n, round(((i.upper - i.lower) * sqrt(n))::numeric) AS width
FROM unnest(ARRAY[300, 30000, 3000000]) n, pg_temp.nps_of(n / 3, n / 3, n) s,
	nps_interval(s, method => 'wald') i;
-- adjusted Wald adds 3/4, 3/2 and 3/4, and is Wald then: with four of each response, in quarters
SELECT nps_interval(a) = nps_interval(a, 0.95, 'adjusted_wald') AS default_method,
	abs(nps_lower(a) - (nps(b) - (nps(b) - nps_lower(b, 0.95, 'wald')) * 2)) < 1e-12 AS lower,
	abs(nps_upper(a) - (nps(b) + (nps_upper(b, 0.95, 'wald') - nps(b)) * 2)) < 1e-12 AS upper
FROM pg_temp.nps_of(120, 60, 300) a, pg_temp.nps_of(483, 243, 1212) b;
-- 120 promoters and 60 detractors of 300 against 150 and 45: 15 points, z = 2.4914, p = 0.01273
SELECT difference, round(statistic::numeric, 4) AS z, round(p_value::numeric, 5) AS p
FROM nps_test(pg_temp.nps_of(150, 45, 300), pg_temp.nps_of(120, 60, 300), method => 'wald');
-- Wilson: 81/263 and 0/20
SELECT pg_temp.rounded(csat_interval(pg_temp.csat_of(81, 263)), 2) AS "81/263",
	pg_temp.rounded(csat_interval(pg_temp.csat_of(0, 20)), 2) AS "0/20";
-- Newcombe: 56/70 - 48/80
SELECT round(difference::numeric, 10) AS difference, round(lower::numeric, 2) AS lower,
	round(upper::numeric, 2) AS upper
FROM csat_test(pg_temp.csat_of(56, 70), pg_temp.csat_of(48, 80));
-- effort 4.08
SELECT ces(s), pg_temp.rounded(ces_interval(s), 4) AS interval
FROM pg_temp.ces_of('{80, 210, 140, 110, 160, 180, 120}') s;

--
-- The same and more from R 4.2.2: prop.test without correction, t.test; the net scores by their
-- formulas, the score bounds as roots over the restricted likelihood, maximized numerically
--
CREATE TEMP TABLE reference (figure text, ci confidence_interval, lower float8, upper float8,
	tolerance float8 DEFAULT 1e-9);
INSERT INTO reference
	SELECT 'csat 81/263', csat_interval(s), 25.5288519878, 36.6209576983
	FROM pg_temp.csat_of(81, 263) s UNION ALL
	SELECT 'csat 81/263, 99 %', csat_interval(s, 0.99), 24.0136902688, 38.5282502318
	FROM pg_temp.csat_of(81, 263) s UNION ALL
	SELECT 'csat 0/20', csat_interval(s), 0, 16.1125158053 FROM pg_temp.csat_of(0, 20) s UNION ALL
	SELECT 'csat 20/20', csat_interval(s), 83.8874841947, 100 FROM pg_temp.csat_of(20, 20) s UNION ALL
	SELECT 'csat 1/1', csat_interval(s), 20.6549314377, 100 FROM pg_temp.csat_of(1, 1) s UNION ALL
	SELECT 'csat 0/1', csat_interval(s), 0, 79.3450685623 FROM pg_temp.csat_of(0, 1) s UNION ALL
	SELECT 'csat 1/2', csat_interval(s), 9.45312057342, 90.5468794266
	FROM pg_temp.csat_of(1, 2) s UNION ALL
	SELECT 'csat 2^39/2^40', csat_interval(s), 49.9999065416, 50.0000934584
	FROM pg_temp.csat_of(549755813888, 1099511627776) s UNION ALL
	SELECT 'nps 120/60/300', nps_interval(s), 11.3775124707, 28.2264479253
	FROM pg_temp.nps_of(120, 60, 300) s UNION ALL
	SELECT 'nps 120/60/300, 90 %', nps_interval(s, 0.9), 12.7319440108, 26.8720163853
	FROM pg_temp.nps_of(120, 60, 300) s UNION ALL
	SELECT 'nps 120/60/300, Wald', nps_interval(s, 0.95, 'wald'), 11.5319877587, 28.4680122413
	FROM pg_temp.nps_of(120, 60, 300) s UNION ALL
	SELECT 'nps 74/4/90', nps_interval(s), 64.3562142397, 86.1814201689
	FROM pg_temp.nps_of(74, 4, 90) s UNION ALL
	-- without its own score it would end at 98.50
	SELECT 'nps 1/0/1', nps_interval(s), -48.4986494203, 100
	FROM pg_temp.nps_of(1, 0, 1) s UNION ALL
	SELECT 'nps 1/1/2', nps_interval(s), -73.3351372057, 73.3351372057
	FROM pg_temp.nps_of(1, 1, 2) s UNION ALL
	SELECT 'nps 1/1/2, Wald', nps_interval(s, 0.95, 'wald'), -100, 100
	FROM pg_temp.nps_of(1, 1, 2) s UNION ALL
	SELECT 'nps 50/0/50', nps_interval(s), 86.644321292, 100
	FROM pg_temp.nps_of(50, 0, 50) s UNION ALL
	SELECT 'ces', ces_interval(s), 3.96132688692, 4.19867311308
	FROM pg_temp.ces_of('{80, 210, 140, 110, 160, 180, 120}') s UNION ALL
	SELECT 'ces, 99 %', ces_interval(s, 0.99), 3.92392788599, 4.23607211401
	FROM pg_temp.ces_of('{80, 210, 140, 110, 160, 180, 120}') s UNION ALL
	-- beyond the scale are -2.85 and 9.85
	SELECT 'ces 3, 4', ces_interval(s), 1, 7 FROM pg_temp.ces_of('{0, 0, 1, 1}') s;
INSERT INTO reference
	SELECT 'nps 120/60/300, score', nps_interval(s, 0.95, 'score'), 11.3808501334, 28.2900844022, 1e-6
	FROM pg_temp.nps_of(120, 60, 300) s UNION ALL
	SELECT 'nps 74/4/90, score', nps_interval(s, 0.95, 'score'), 64.4402114946, 86.1660118239, 1e-6
	FROM pg_temp.nps_of(74, 4, 90) s;

-- weighted, by the number of responses that have the design-based variance, that of svymean() of the
-- package survey without its n / (n - 1): of nps 2.5577 of 3 and 26 of 26, where 31.24 would be more
-- than there are; of csat 2.625 and 20.948, of ces 2.625 and 26. The variance of an answer is unbiased
-- by (sum w)^2 / sum w^2: 3.5^2 / 5.25; 20.898
CREATE TEMP TABLE weighted AS
	SELECT name, nps_agg(answer, weight) AS s
	FROM (VALUES ('w3', 9, 2, 1), ('w3', 6, 1, 1), ('w3', 8, 0.5, 1),
		('w26', 9, 1.5, 10), ('w26', 3, 0.5, 10), ('w26', 7, 2, 6)) v (name, answer, weight, times),
		generate_series(1, times)
	GROUP BY name;
-- and those who are hard to reach, of whom each weighs five: see the next
INSERT INTO weighted SELECT 'f', nps_agg(answer, weight)
	FROM (VALUES (10, 5, 10), (2, 5, 10), (8, 1, 80)) v (answer, weight, times), generate_series(1, times);
INSERT INTO reference
	SELECT 'nps of the hard to reach, Wald', nps_interval(s, 0.95, 'wald'), -24.3478483493, 24.3478483493
	FROM weighted WHERE name = 'f' UNION ALL
	SELECT 'nps of the hard to reach', nps_interval(s), -23.3025105866, 23.3025105866
	FROM weighted WHERE name = 'f' UNION ALL
	SELECT 'csat of the hard to reach', csat_interval(s, 0.95, 9), 16.5096518827, 42.7945839495
	FROM weighted WHERE name = 'f' UNION ALL
	SELECT 'ces of the hard to reach', ces_interval(s), 5.84173025677, 7.93604752101
	FROM weighted WHERE name = 'f' UNION ALL
	SELECT 'weighted nps', nps_interval(s), -53.7282046477, 80.0257825023
	FROM weighted WHERE name = 'w3' UNION ALL
	SELECT 'weighted nps, Wald', nps_interval(s, 0.95, 'wald'), -79.3524887707, 100
	FROM weighted WHERE name = 'w3' UNION ALL
	SELECT 'weighted csat from 9', csat_interval(s, 0.95, 9), 14.521927004, 91.2772284596
	FROM weighted WHERE name = 'w3' UNION ALL
	-- beyond the scale is 13.78
	SELECT 'weighted ces', ces_interval(s), 2.21711768073, 10 FROM weighted WHERE name = 'w3' UNION ALL
	SELECT 'weighted nps of 26', nps_interval(s), 1.43168436407, 54.6027983946
	FROM weighted WHERE name = 'w26' UNION ALL
	SELECT 'weighted nps of 26, Wald', nps_interval(s, 0.95, 'wald'), 3.33688411424, 59.1631158858
	FROM weighted WHERE name = 'w26' UNION ALL
	SELECT 'weighted csat of 26', csat_interval(s), 27.70917377, 67.0093375122
	FROM weighted WHERE name = 'w26' UNION ALL
	SELECT 'weighted ces of 26', ces_interval(s), 6.45641280836, 8.16858719164
	FROM weighted WHERE name = 'w26';
SELECT figure, pg_temp.rounded(ci, 6) AS interval,
	abs((ci).lower - lower) <= tolerance AND abs((ci).upper - upper) <= tolerance AS as_in_r
FROM reference;

CREATE TEMP TABLE test_reference (figure text, t test_result, r test_result);
INSERT INTO test_reference VALUES
	('nps', nps_test(pg_temp.nps_of(150, 45, 300), pg_temp.nps_of(120, 60, 300)),
		(15, 3.10558095088, 26.5973893461, 2.47817243511, 0.0132057306593, 5.99291838538)),
	('nps, Wald', nps_test(pg_temp.nps_of(150, 45, 300), pg_temp.nps_of(120, 60, 300), 0.95, 'wald'),
		(15, 3.19945415457, 26.8005458454, 2.49136439561, 0.0127253532829, 6.02079728940)),
	('nps, one against one', nps_test(pg_temp.nps_of(1, 0, 1), pg_temp.nps_of(0, 1, 1)),
		(200, -53.9427868262, 153.942786826, 0.942809041582, 0.345778586151, 53.0330085890)),
	('csat', csat_test(pg_temp.csat_of(56, 70), pg_temp.csat_of(48, 80)),
		(20, 5.24314724024, 33.3872654037, 2.65017195126, 0.0080450813682, 7.27029180000)),
	('csat, all against none', csat_test(pg_temp.csat_of(10, 10), pg_temp.csat_of(0, 10)),
		(100, 60.7509350431, 100, 4.472135955, 7.74421643104e-06, 0)),
	('ces', ces_test(pg_temp.ces_of('{80, 210, 140, 110, 160, 180, 120}'),
		pg_temp.ces_of('{10, 20, 30, 40, 50, 60, 70}')),
		(-0.92, -1.15586501649, -0.684134983506, -7.66402052715, 9.88531623152e-14,
			0.120041432136)),
	-- beyond what the scale allows would be -7.89
	('ces of 2 and 3', ces_test(pg_temp.ces_of('{1, 1}'), pg_temp.ces_of('{0, 0, 0, 0, 0, 1, 2}')),
		(-5.16666666667, -6, -2.44455607998, -8.59785304149, 0.0154866511759, 0.600925212577));
SELECT figure, round((t).difference::numeric, 4) AS difference,
	round((t).lower::numeric, 4) AS lower, round((t).upper::numeric, 4) AS upper,
	round((t).statistic::numeric, 4) AS statistic,
	round((t).p_value::numeric, 6) AS p_value,
	abs((t).difference - (r).difference) < 1e-9 AND abs((t).lower - (r).lower) < 1e-9
		AND abs((t).upper - (r).upper) < 1e-9 AND abs((t).statistic - (r).statistic) < 1e-9
		AND abs((t).p_value / (r).p_value - 1) < 1e-9
		AND abs((t).std_error - (r).std_error) < 1e-9 AS as_in_r
FROM test_reference;

--
-- Laws over random summaries
--
CREATE TEMP TABLE sample AS
	SELECT n, nps_agg(abs(hashint8extended(n * 100000 + i, 1) % 11)::integer) AS nps,
		csat_agg(1 + abs(hashint8extended(n * 100000 + i, 2) % 5)::integer) AS csat,
		nps_agg(abs(hashint8extended(n * 100000 + i, 1) % 11)::integer, 1) AS ones
	FROM generate_series(1, 60) n, generate_series(1, 5000) i
	WHERE i <= abs(hashint8extended(n, 3) % 40) + n % 3 * 500 + 2 GROUP BY n;
-- both bounds are the interval's; all lie around the figure, within what is possible
SELECT bool_and((nps_interval(nps, level)).lower = nps_lower(nps, level)
		AND (nps_interval(nps, level)).upper = nps_upper(nps, level)
		AND (csat_interval(csat, level)).lower = csat_lower(csat, level)
		AND (csat_interval(csat, level)).upper = csat_upper(csat, level)
		AND (ces_interval(csat, level)).lower = ces_lower(csat, level)
		AND (ces_interval(csat, level)).upper = ces_upper(csat, level)) AS bounds,
	bool_and(nps(nps) BETWEEN nps_lower(nps, level) AND nps_upper(nps, level)
		AND nps(nps) BETWEEN nps_lower(nps, level, 'wald') AND nps_upper(nps, level, 'wald')
		AND nps(nps) BETWEEN nps_lower(nps, level, 'score') AND nps_upper(nps, level, 'score')
		AND csat(csat) BETWEEN csat_lower(csat, level) AND csat_upper(csat, level)
		AND ces(csat) BETWEEN ces_lower(csat, level) AND ces_upper(csat, level)) AS around,
	bool_and(least(nps_lower(nps, level), nps_lower(nps, level, 'wald')) >= -100
		AND greatest(nps_upper(nps, level), nps_upper(nps, level, 'score')) <= 100
		AND csat_lower(csat, level) >= 0 AND csat_upper(csat, level) <= 100
		AND ces_lower(csat, level) >= 1 AND ces_upper(csat, level) <= 5) AS possible
FROM sample, unnest(ARRAY[1e-9, 0.5, 0.9, 0.95, 0.999, 1 - 1e-9]::float8[]) level;
-- more confidence, wider; weights of 1, the same
SELECT bool_and(nps_lower(nps, 0.99) <= nps_lower(nps, 0.9)
		AND csat_upper(csat, 0.99) > csat_upper(csat, 0.9)
		AND ces_lower(csat, 0.99) <= ces_lower(csat, 0.9)) AS wider,
	bool_and(abs(nps_lower(nps) - nps_lower(ones)) < 1e-9
		AND abs(csat_upper(nps) - csat_upper(ones)) < 1e-9
		AND abs(ces_upper(nps) - ces_upper(ones)) < 1e-9) AS ones
FROM sample;
-- exchanging the sides turns the sign; the difference is that of the figures; the same is the same
SELECT count(*) AS pairs,
	bool_and(n.difference = nps(a.nps) - nps(b.nps) AND n.difference = -r.difference
		AND abs(n.lower + r.upper) < 1e-9 AND abs(n.p_value - r.p_value) < 1e-12) AS nps,
	bool_and(c.difference = csat(a.csat) - csat(b.csat)) AS csat,
	bool_and(t.difference = ces(a.csat) - ces(b.csat)) AS ces,
	bool_and((n.p_value < 0.05) = (n.lower > 0 OR n.upper < 0)
		AND (t.p_value < 0.05) = (t.lower > 0 OR t.upper < 0)) AS p_as_interval,
	bool_or(n.p_value < 0.05) AND bool_or(n.p_value > 0.05) AS both
FROM sample a JOIN sample b ON a.n < 15 AND b.n BETWEEN 30 AND 45, nps_test(a.nps, b.nps) n,
	nps_test(b.nps, a.nps) r, csat_test(a.csat, b.csat) c, ces_test(a.csat, b.csat) t;
SELECT bool_and((nps_test(nps, nps)).difference = 0 AND (nps_test(nps, nps)).p_value = 1
	AND (csat_test(csat, csat)).p_value = 1 AND (ces_test(csat, csat)).statistic = 0) AS nothing
FROM sample;
-- a scale turned around turns a share around, and leaves a mean where it is
SELECT bool_and(abs(csat_lower(s, 0.95, 4) - (100 - csat_upper(r, 0.95, 3))) < 1e-9
	AND ces_interval(s) = ces_interval(r)) AS reversed
FROM (SELECT n, rating_agg(answer, '1..5') AS s, rating_agg(answer, '5..1') AS r
	FROM sample, distribution(csat) d, generate_series(1, d.responses) GROUP BY n) t;

--
-- Where a figure does not exist it is NULL, and never NaN or an error
--
CREATE TEMP TABLE few (name text, s rating_summary);
INSERT INTO few VALUES
	('none', '{"scale": "0..10", "nonresponses": 5}'), ('empty', '{"scale": "0..10"}'),
	('one', pg_temp.nps_of(1, 0, 1)), ('two alike', pg_temp.nps_of(2, 0, 2)),
	('two apart', pg_temp.nps_of(1, 1, 2)), ('all promoters', pg_temp.nps_of(1000, 0, 1000)),
	('all passives', pg_temp.nps_of(0, 0, 1000)), ('all detractors', pg_temp.nps_of(0, 1000, 1000)),
	('2^40', pg_temp.nps_of(549755813888, 274877906944, 1099511627776)),
	('2^62, one promoter', pg_temp.nps_of(1, 0, 4611686018427387904)),
	('2^63 - 1, alike', '{"scale": "0..10", "responses": {"9": 9223372036854775807}}'),
	('weightless', (SELECT nps_agg(9, 0))), ('one, weighted', (SELECT nps_agg(9, 0.1))),
	('one and a shadow', (SELECT nps_agg(a, w) FROM (VALUES (9, 3), (2, 0)) v (a, w))), ('NULL', NULL);
SELECT name, pg_temp.rounded(nps_interval(s), 4) AS nps,
	pg_temp.rounded(nps_interval(s, 0.95, 'wald'), 4) AS wald,
	pg_temp.rounded(nps_interval(s, 0.95, 'score'), 4) AS score
FROM few;
SELECT name, pg_temp.rounded(csat_interval(s), 4) AS csat,
	pg_temp.rounded(ces_interval(s), 4) AS ces, round(stddev_answer(s)::numeric, 8) AS stddev,
	csat_lower(s) IS NULL AS no_lower
FROM few;
-- a test of every pair, by each method, at levels near both ends. 11 of the 15 have a figure, 8 a
-- variance: 4 * 11^2 + 8^2 differences. Statistics are missing where neither side varies: never for
-- adjusted Wald; for Wald 8^2; for shares 6^2 + 2^2, and from 5 8^2 + 1; for means 5^2.
SELECT level, count(*) AS tests, count((t).statistic) AS with_statistic,
	count((t).difference) AS with_difference,
	count(*) FILTER (WHERE t::text ~ 'NaN') AS nan,
	bool_and((t).p_value BETWEEN 0 AND 1) AS p, bool_and((t).lower <= (t).upper) AS ordered
FROM few a, few b, unnest(ARRAY[1e-300, 0.5, 0.95, 1 - 1e-16]::float8[]) level,
	unnest(ARRAY[nps_test(a.s, b.s, level), nps_test(a.s, b.s, level, 'wald'),
		csat_test(a.s, b.s, level), csat_test(a.s, b.s, level, 5), ces_test(a.s, b.s, level)]) t
GROUP BY level ORDER BY level;
SELECT name, difference, round(lower::numeric, 6) AS lower, round(upper::numeric, 6) AS upper,
	statistic, p_value
FROM few, nps_test(s, s, 0.95, 'wald')
WHERE name IN ('none', 'one', 'all promoters', 'two apart') ORDER BY name;
SELECT c.difference, round(c.lower::numeric, 6) AS lower, round(c.upper::numeric, 6) AS upper,
	c.statistic, c.p_value, t AS of_means
FROM few a, few b, csat_test(a.s, b.s) c, ces_test(a.s, b.s) t
WHERE a.name = 'all promoters' AND b.name = 'two alike';
-- without an argument there is no result; without satisfied_from there is the usual one
SELECT nps_interval(s, NULL) IS NULL AS nps, csat_interval(s, NULL) IS NULL AS csat,
	ces_interval(s, NULL) IS NULL AS ces, nps_interval(s, 0.95, NULL) IS NULL AS method,
	csat_interval(s, 0.95, NULL) = csat_interval(s) AS usual, nps_test(s, NULL) IS NULL AS test,
	csat_test(s, s, 0.95, NULL) = csat_test(s, s) AS usual_test, csat_test(NULL, s) IS NULL AS none,
	csat_test(s, s, NULL) IS NULL AS no_level
FROM few WHERE name = 'two apart';

-- an error bar in one line, and a result that can stand in a view
CREATE TEMP VIEW comparison AS
	SELECT nps_interval(a) AS ci, nps_test(a, b) AS t
	FROM pg_temp.nps_of(74, 4, 90) a, pg_temp.nps_of(120, 60, 300) b;
SELECT round((ci).lower::numeric, 2) AS lower, round((t).statistic::numeric, 2) AS z
FROM comparison;
