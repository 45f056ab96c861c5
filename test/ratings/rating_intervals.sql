-- rating_intervals: how sure every figure is, many groups, and looks at each day's figures
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
-- the last digits of a double differ where registers are wider
SET extra_float_digits = -3;

\getenv tests PG_ABS_SRCDIR
\set random :tests '/random.psql'
\i :random
\set refusal :tests '/refusal.psql'
\i :refusal

CREATE FUNCTION pg_temp.nps_of(promoters bigint, detractors bigint, n bigint) RETURNS rating_summary
	IMMUTABLE LANGUAGE sql RETURN
	format('{"scale": "0..10", "responses": {"2": %s, "8": %s, "9": %s}}',
		detractors, n - promoters - detractors, promoters)::rating_summary;
CREATE FUNCTION pg_temp.share_of(yes bigint, n bigint) RETURNS rating_summary
	IMMUTABLE LANGUAGE sql RETURN
	format('{"scale": "0..1", "responses": {"1": %s, "0": %s}}', yes, n - yes)::rating_summary;
CREATE FUNCTION pg_temp.effort_of(counts bigint[]) RETURNS rating_summary
	IMMUTABLE LANGUAGE sql RETURN
	(SELECT jsonb_build_object('scale', '1..7', 'responses', jsonb_object_agg(answer, count))
		FROM unnest(counts) WITH ORDINALITY t (count, answer))::rating_summary;
-- half the interval of (3,T) if n responses had the shares of these
CREATE FUNCTION pg_temp.half(promoters integer, detractors integer, of integer, n bigint) RETURNS double precision
	IMMUTABLE LANGUAGE sql RETURN
	(SELECT 195.9963984540054 * sqrt((p + d - (p - d) ^ 2) / (n + 3))
		FROM (SELECT (n * promoters::double precision / of + 0.75) / (n + 3) AS p,
			(n * detractors::double precision / of + 0.75) / (n + 3) AS d) t);

--
-- One interval, many names: each reading's is that of the kind it is of
--
CREATE TABLE survey AS
	SELECT n, nps_agg(CASE WHEN pg_temp.random(i, n, 5) > 0 THEN pg_temp.random(i, n + 100, 11) END) AS s,
		nps_agg(pg_temp.random(i, n, 11), (1 + pg_temp.random(i, n + 200, 9)) / 4.0) AS weighted
	FROM generate_series(1, 20) n, generate_series(1, 400) i WHERE i < n * n GROUP BY n;
SELECT count(*) AS surveys,
	bool_and(net_score_interval(s, 9, 6) = nps_interval(s)
		AND net_score_interval(s, 9, 6, 0.9, 'score') = nps_interval(s, 0.9, 'score')
		AND net_score_interval(weighted, 9, 6) = nps_interval(weighted)) AS net_score,
	bool_and(mean_interval(s) IS NOT DISTINCT FROM ces_interval(s)
		AND mean_interval(s, 0.9, 'student') IS NOT DISTINCT FROM ces_interval(s, 0.9)
		AND mean(s) = mean_answer(s)) AS mean,
	bool_and(top_share_interval(s, 7) = share_interval(satisfied(s, 7))
		AND abs(top_share_lower(weighted, 7, 0.9) - share_lower(satisfied(weighted, 7), 0.9)) < 1e-12
		AND abs(top_share_upper(weighted, 7, 0.9) - share_upper(satisfied(weighted, 7), 0.9)) < 1e-12
		AND top_share_interval(s, 7, 0.9, 'anytime') = share_interval(satisfied(s, 7), 0.9, 'anytime'))
		AS top_share,
	bool_and(abs(csat_lower(s, 0.9, 7) - 100 * top_share_lower(s, 7, 0.9)) < 1e-12
		AND abs(csat_upper(s, 0.9, 7, 'anytime') - 100 * top_share_upper(s, 7, 0.9, 'anytime')) < 1e-12
		AND csat_interval(s, 0.9, NULL, 'wilson') = csat_interval(s, 0.9)) AS csat,
	bool_and(response_rate_interval(s) = share_interval(responses(s), responses(s) + nonresponses(s))
		AND response_rate_lower(s, 0.9, 'anytime')
			= share_lower(responses(s), responses(s) + nonresponses(s), 0.9, 'anytime')) AS response_rate
FROM survey WHERE responses(s) > 0;
SELECT count(*) AS pairs,
	bool_and(net_score_test(a.s, b.s, 9, 6, 0.9) = nps_test(a.s, b.s, 0.9)
		AND net_score_test(a.s, b.s, 9, 6, 0.9, 'wald') = nps_test(a.s, b.s, 0.9, 'wald')) AS net_score,
	bool_and(mean_test(a.s, b.s) IS NOT DISTINCT FROM ces_test(a.s, b.s)) AS mean,
	bool_and(top_share_test(a.s, b.s, 7) = share_test(satisfied(a.s, 7), satisfied(b.s, 7))) AS top_share,
	bool_and(response_rate_test(a.s, b.s) = share_test(responses(a.s), responses(a.s) + nonresponses(a.s),
		responses(b.s), responses(b.s) + nonresponses(b.s))) AS response_rate
FROM survey a JOIN survey b ON a.n < b.n AND responses(a.s) > 0;
-- where a high number is bad the best answer is the lowest
SELECT top_share_interval(s, 2) = share_interval(70, 100) AS top_share,
	net_score_interval(s, 2, 5) = nps_interval(pg_temp.nps_of(70, 10, 100)) AS net_score, mean_interval(s)
FROM (SELECT rating_summary '{"scale": "5..1", "responses": {"1": 40, "2": 30, "3": 20, "5": 10}}' AS s) t;
-- whether people answer can be compared whatever they were asked; 310 and 270 of 1000, by R's prop.test
SELECT round(difference::numeric, 10) AS difference, round(p_value::numeric, 10) AS p_value
FROM response_rate_test('{"scale": "0..10", "responses": {"9": 310}, "nonresponses": 690}',
	'{"scale": "1..5", "responses": {"4": 270}, "nonresponses": 730}');
-- with weights of 0.5, 2 and 2 against 1.5 the share of 4.5 / 6 is that of 3.7895 surveys: by statsmodels
SELECT round(response_rate(s)::numeric, 10) AS rate, round(response_rate_lower(s)::numeric, 10) AS lower,
	round(response_rate_upper(s)::numeric, 10) AS upper
FROM (SELECT nps_agg(answer, weight) AS s FROM (VALUES (9, 0.5), (3, 2), (8, 2), (NULL, 1.5)) v (answer, weight)) t;
-- nothing there, and nobody answered
SELECT s, mean_interval(s), net_score_interval(s, 9, 6), top_share_interval(s, 9), response_rate_interval(s)
FROM unnest(ARRAY['{"scale": "0..10"}', '{"scale": "0..10", "nonresponses": 3}',
	'{"scale": "0..10", "responses": {"9": 1}}']::rating_summary[]) s;
SELECT mean_interval(s, NULL), mean_interval(s, 0.9, NULL), top_share_interval(s, NULL), csat_interval(s, 0.9, 4, NULL),
	csat_interval(s, NULL, NULL, 'wilson'), net_score_interval(s, 9, NULL), top_share_test(s, NULL, 9),
	response_rate_test(s, s, NULL), mean_test(s, s, NULL)
FROM (SELECT pg_temp.nps_of(3, 4, 9) AS s) t;

--
-- An interval holds its own score: of every few answers, by every name and method, with weights or not
--
CREATE TABLE small AS
	SELECT p, d, n, pg_temp.nps_of(p, d, n) AS s
	FROM generate_series(1, 30) n, generate_series(0, n) p, generate_series(0, n - p) d;
SELECT count(*) AS samples,
	bool_and(nps(s) BETWEEN nps_lower(s, level) AND nps_upper(s, level)) AS nps,
	bool_and(csat(s) BETWEEN csat_lower(s, level) AND csat_upper(s, level)) AS csat,
	bool_and(net_score(s, 8, 2) BETWEEN net_score_lower(s, 8, 2, level) AND net_score_upper(s, 8, 2, level)) AS net_score,
	bool_and(top_share(s, 8) BETWEEN top_share_lower(s, 8, level) AND top_share_upper(s, 8, level)) AS top_share,
	bool_and(response_rate(s) BETWEEN response_rate_lower(s, level) AND response_rate_upper(s, level)) AS response_rate,
	bool_and(n = 1 OR mean(s) BETWEEN mean_lower(s, level) AND mean_upper(s, level)) AS mean
FROM small, unnest('{1e-9,0.5,0.95,0.999999}'::double precision[]) level;
SELECT method, bool_and(nps(s) BETWEEN nps_lower(s, 0.9, method) AND nps_upper(s, 0.9, method)) AS nps
FROM small, unnest('{adjusted_wald,wald,score,anytime}'::text[]) method GROUP BY 1 ORDER BY 1;
SELECT bool_and(csat(s) BETWEEN csat_lower(s, 0.9, NULL, 'anytime') AND csat_upper(s, 0.9, NULL, 'anytime')) AS csat,
	bool_and(mean(s) BETWEEN mean_lower(s, 0.9, 'anytime') AND mean_upper(s, 0.9, 'anytime')) AS mean
FROM small;
SELECT count(*) AS samples, count(*) FILTER (WHERE nps(s) IN (100, -100)) AS alike,
	bool_and(nps(s) BETWEEN nps_lower(s) AND nps_upper(s)) AS nps,
	bool_and(csat(s) BETWEEN csat_lower(s) AND csat_upper(s)) AS csat,
	bool_and(top_share(s, 3) BETWEEN top_share_lower(s, 3) AND top_share_upper(s, 3)) AS top_share,
	bool_and(response_rate(s) BETWEEN response_rate_lower(s) AND response_rate_upper(s)) AS response_rate,
	bool_and(mean_lower(s) IS NULL OR mean(s) BETWEEN mean_lower(s) AND mean_upper(s)) AS mean
FROM (SELECT k, nps_agg(CASE WHEN pg_temp.random(k, i, 9) > 0 THEN CASE k % 3 WHEN 0 THEN pg_temp.random(k, i + 50, 11)
				WHEN 1 THEN 9 + pg_temp.random(k, i + 50, 2) ELSE pg_temp.random(k, i + 50, 2) END END,
			(1 + pg_temp.random(k, i + 100, 7)) / 7.0) AS s
	FROM generate_series(1, 3000) k, generate_series(1, 12) i WHERE i <= 1 + k % 12 GROUP BY k) t
WHERE responses(s) > 0;

--
-- Looked at every day: with the variance of (x + 2) / (n + 4), and (3,T)
--
SELECT round(((a.upper - a.lower) / 2)::numeric, 10) AS "80/100",
	round((share(t) - share_lower(t, method => 'anytime'))::numeric, 10) AS "20/20",
	round(((c.upper - c.lower) / 2)::numeric, 10) AS "nps 120/60/300",
	a = share_interval(80, 100, 0.95, 'anytime 500') AS by_default, a = share_interval(80, 100, method => 'anytime') AS counts
FROM pg_temp.share_of(80, 100) s, pg_temp.share_of(20, 20) t, share_interval(s, 0.95, 'anytime') a,
	nps_interval(pg_temp.nps_of(120, 60, 300), 0.95, 'anytime') c;
-- of ratios, which have no ends, by their own variance: n, mean, s, n*, level and half the width
SELECT n, best_at, level, round(((i.upper - i.lower) / 2)::numeric, 10) AS half, round((i.lower + i.upper)::numeric / 2, 10) AS mean,
	ratio_interval(s, level, 'anytime ' || best_at) = i AS ratio
FROM (VALUES (100, 7.5, 5.76, 100, 0.95), (100, 7.5, 5.76, 1000, 0.95), (1000, 0.2, 0.56, 1000, 0.95), (250, 4.1, 0.81, 500, 0.9),
		(5000, 0.2, 0.56, 1000, 0.95)) v (n, mean, variance, best_at, level),
	LATERAL (SELECT jsonb_build_object('units', n, 'numerator', n * mean, 'denominator', n, 'products', n * mean,
		'denominator_squares', n, 'numerator_squares', (n - 1) * variance + n * mean ^ 2)::ratio_summary AS s) s,
	mean_interval(s, level, 'anytime ' || best_at) i;
-- all alike is not certain, and one answer says next to nothing; a ratio without variance says nothing
SELECT n, share_interval(n, n, 0.95, 'anytime') AS share, nps_interval(pg_temp.nps_of(n, 0, n), 0.95, 'anytime') AS nps,
	mean_interval(pg_temp.nps_of(n, 0, n), 0.95, 'anytime') AS mean
FROM unnest('{0,1,30,1000}'::bigint[]) n;
SELECT ratio_interval(mean_agg(3), 0.95, 'anytime') AS ratio, ratio_interval(mean_agg(3)) AS student FROM generate_series(1, 9);
-- on 0..1 a mean is a share
SELECT bool_and(abs(mean_lower(s, level, 'anytime') - share_lower(s, level, 'anytime')) < 1e-12
	AND abs(mean_upper(s, level, 'anytime') - share_upper(s, level, 'anytime')) < 1e-12) AS same
FROM unnest('{1,2,20,300}'::bigint[]) n, generate_series(0, n, 1 + n / 7) k, pg_temp.share_of(k, n) s,
	unnest('{0.5,0.95,0.999}'::double precision[]) level;
-- narrowest, for its size, where it was said to be
SELECT best_at, share_upper(k, n, 0.95, 'anytime ' || best_at) - share_lower(k, n, 0.95, 'anytime ' || best_at)
	= min(share_upper(k, n, 0.95, 'anytime ' || m) - share_lower(k, n, 0.95, 'anytime ' || m)) AS narrowest
FROM (VALUES (100, 50), (2000, 1000), (30000, 15000)) v (n, k), unnest('{100,2000,30000}'::integer[]) m,
	LATERAL (SELECT n AS best_at) b GROUP BY n, k, best_at ORDER BY n;

--
-- Many groups: by R, prop.test of the smokers of its help page, and oneway.test
--
SELECT round(statistic::numeric, 10) AS statistic, degrees_of_freedom AS df, residual_degrees_of_freedom AS residual,
	round(p_value::numeric, 14) AS p_value
FROM share_test(ARRAY[pg_temp.share_of(83, 86), pg_temp.share_of(90, 93), pg_temp.share_of(129, 136), pg_temp.share_of(70, 82)]);
CREATE TABLE effort AS SELECT i, s FROM (VALUES (1, pg_temp.effort_of('{80,210,140,110,160,180,120}')),
	(2, pg_temp.effort_of('{10,20,30,40,50,60,70}')), (3, pg_temp.effort_of('{5,5,5,5,5,5,6}')),
	(4, pg_temp.effort_of('{0,0,3,4,0,1,0}'))) v (i, s);
SELECT round(statistic::numeric, 10) AS statistic, degrees_of_freedom AS df, round(residual_degrees_of_freedom::numeric, 10) AS residual,
	round(p_value::numeric, 16) AS p_value
FROM (SELECT array_agg(s) AS s FROM effort) e, mean_test(s)
UNION ALL
SELECT round(statistic::numeric, 10), degrees_of_freedom, round(residual_degrees_of_freedom::numeric, 10), round(p_value::numeric, 10)
FROM (SELECT array_agg(s) AS s FROM effort WHERE i > 2) e, mean_test(s);
-- as a formula in R: the scores of (3,T) over their variances
SELECT round(statistic::numeric, 10) AS statistic, degrees_of_freedom AS df, residual_degrees_of_freedom AS residual,
	round(p_value::numeric, 22) AS p_value
FROM nps_test(ARRAY[pg_temp.nps_of(120, 60, 300), pg_temp.nps_of(150, 45, 300), pg_temp.nps_of(74, 4, 90), pg_temp.nps_of(1, 0, 2)]);
-- of two groups it is the test of two, squared; the order does not matter
SELECT count(*) AS pairs,
	bool_and(abs(n.statistic - nt.statistic ^ 2) < 1e-9 AND abs(n.p_value - nt.p_value) < 1e-12) AS nps,
	bool_and((c.statistic IS NULL AND ct.statistic IS NULL)
		OR abs(c.statistic - ct.statistic ^ 2) < 1e-9 AND abs(c.p_value - ct.p_value) < 1e-12) AS csat,
	bool_and(abs(m.statistic - mt.statistic ^ 2) < 1e-9 AND abs(m.p_value - mt.p_value) < 1e-12) AS mean,
	bool_and(abs(r.statistic - m.statistic) < 1e-9) AS reversed
FROM survey a JOIN survey b ON a.n < b.n AND a.n > 2, nps_test(ARRAY[a.s, b.s]) n, nps_test(a.s, b.s) nt,
	csat_test(ARRAY[a.s, b.s]) c, csat_test(a.s, b.s) ct, mean_test(ARRAY[a.s, b.s]) m, mean_test(a.s, b.s) mt,
	mean_test(ARRAY[b.s, a.s]) r;
-- groups that do not differ, and 20,000 that do
SELECT round(statistic::numeric, 10) AS statistic, degrees_of_freedom, p_value FROM share_test(array_fill(pg_temp.share_of(3, 9), '{5}'));
SELECT degrees_of_freedom AS df, p_value < 1e-9 AS differ
FROM (SELECT array_agg(pg_temp.share_of(n % 2 * 5, 5)) AS s FROM generate_series(1, 20000) n) t, share_test(s);
-- of groups that do not differ five in a hundred are said to, whatever their sizes
SELECT count(*) AS times, 100 * avg(((nps_test(s)).p_value < 0.05)::integer) BETWEEN 3.5 AND 6.5 AS nps,
	100 * avg(((mean_test(s)).p_value < 0.05)::integer) BETWEEN 3.5 AND 6.5 AS mean,
	100 * avg(((csat_test(s)).p_value < 0.05)::integer) BETWEEN 3.5 AND 6.5 AS csat
FROM (SELECT k, array_agg(s) AS s
	FROM (SELECT k, g, nps_agg(least(pg_temp.random(k * 1000 + i, g, 14), 10)) AS s
		FROM generate_series(1, 2000) k, generate_series(1, 3) g, generate_series(1, 90) i WHERE i <= 30 * g
		GROUP BY k, g) t GROUP BY k) t;
-- a NULL and a group without responses are no groups; of one group there is no test
SELECT share_test(ARRAY[a, NULL, b, c]) = share_test(ARRAY[a, b]) AS without, share_test(ARRAY[a, c]) AS one,
	share_test('{}'::rating_summary[]) AS none, share_test(NULL::rating_summary[]) AS "null",
	share_test(ARRAY[[a, b], [c, NULL]]) = share_test(ARRAY[a, b]) AS of_any_shape
FROM pg_temp.share_of(3, 9) a, pg_temp.share_of(5, 9) b, pg_temp.share_of(0, 0) c;
-- a mean of one response has no variance: no test, unless the group is left out; shares and scores have one
SELECT mean_test(ARRAY[a, b, c]) AS mean, mean_test(ARRAY[at_least(a, 2), at_least(b, 2), at_least(c, 2)]) = mean_test(ARRAY[a, b])
	AS of_two, (nps_test(ARRAY[a, b, c])).degrees_of_freedom AS nps
FROM pg_temp.nps_of(3, 2, 9) a, pg_temp.nps_of(5, 1, 9) b, pg_temp.nps_of(1, 0, 1) c;
-- nobody varies: no statistic; one of the groups does not: it has the mean. R: 26.80 for nearly so
SELECT share_test(ARRAY[pg_temp.share_of(3, 3), pg_temp.share_of(9, 9)]) AS shares,
	mean_test(ARRAY[pg_temp.effort_of('{0,0,3}'), pg_temp.effort_of('{0,9}'), pg_temp.effort_of('{1,2}')]) AS means;
SELECT round(statistic::numeric, 4) AS statistic, round(residual_degrees_of_freedom::numeric, 4) AS residual, round(p_value::numeric, 4) AS p_value
FROM mean_test(ARRAY[pg_temp.effort_of('{1,1,1,0,1}'), pg_temp.effort_of('{0,4}'), pg_temp.effort_of('{0,0,0,1,2}')]);
-- a weighted group counts as many responses as it is worth
SELECT share_test(ARRAY[satisfied(a.weighted), satisfied(b.weighted)]) = csat_test(ARRAY[a.weighted, b.weighted]) AS same,
	round(((csat_test(ARRAY[a.weighted, b.weighted])).statistic - (csat_test(a.weighted, b.weighted)).statistic ^ 2)::numeric, 10)
		AS less_of_two
FROM survey a, survey b WHERE a.n = 12 AND b.n = 20;

--
-- Difference in differences: the standard errors of independent differences add up
--
CREATE FUNCTION pg_temp.did(treated test_result, control test_result) RETURNS text IMMUTABLE LANGUAGE sql RETURN
	(SELECT format('%s with error %s: %s to %s, z = %s', round(d::numeric, 10), round(e::numeric, 10),
			round((d - 1.959963984540054 * e)::numeric, 10), round((d + 1.959963984540054 * e)::numeric, 10),
			round((d / e)::numeric, 8))
		FROM (SELECT treated.difference - control.difference AS d, sqrt(treated.std_error ^ 2 + control.std_error ^ 2) AS e) t);
SELECT pg_temp.did(share_test(360, 500, 300, 500), share_test(290, 490, 280, 480)) AS shares;
SELECT pg_temp.did(nps_test(pg_temp.nps_of(165, 45, 300), pg_temp.nps_of(120, 60, 300), 0.95, 'wald'),
	nps_test(pg_temp.nps_of(210, 110, 500), pg_temp.nps_of(200, 120, 500), 0.95, 'wald')) AS nps;
SELECT round((t.difference - c.difference)::numeric, 10) AS d, round(sqrt(t.std_error ^ 2 + c.std_error ^ 2)::numeric, 10) AS std_error
FROM (SELECT array_agg(jsonb_build_object('units', n, 'numerator', n * mean, 'denominator', n, 'products', n * mean,
			'denominator_squares', n, 'numerator_squares', (n - 1) * sd ^ 2 + n * mean ^ 2)::ratio_summary ORDER BY i) AS s
		FROM (VALUES (1, 4.10, 1.05, 120), (2, 4.32, 0.98, 130), (3, 4.05, 1.10, 115), (4, 4.08, 1.02, 125)) v (i, mean, sd, n)) g,
	mean_test(s[2], s[1]) t, mean_test(s[4], s[3]) c;
-- the error is what the interval is made of, where it is symmetric; of shares it is not pooled
SELECT bool_and(abs(n.upper - n.lower - 2 * 1.959963984540054 * n.std_error) < 1e-9) AS nps,
	bool_and(abs(n.std_error * n.statistic - (n.lower + n.upper) / 2) < 1e-9) AS statistic,
	bool_and(abs(t.std_error * t.statistic - t.difference) < 1e-9) AS mean
FROM survey a JOIN survey b ON a.n < b.n AND a.n > 10, nps_test(a.s, b.s) n, mean_test(a.s, b.s) t;

--
-- How many responses? Of which half the interval is the margin
--
SELECT responses_needed(pg_temp.nps_of(12, 6, 30), 5) AS "40, 20", responses_needed(pg_temp.nps_of(3, 1, 6), 5) AS "50, 17",
	responses_needed(pg_temp.nps_of(1, 1, 2), 3) AS "50, 50", responses_needed(pg_temp.nps_of(9, 0, 9), 5) AS "100, 0";
SELECT responses_needed(s, 5) AS "80 %", responses_needed(half, 3) AS "50 %", responses_needed(most, 2) AS "95 %",
	responses_needed(every, 5) AS "100 %", responses_needed(satisfied(s), 0.05) AS share, responses_needed(satisfied(s), 5, metric => 'csat') AS csat
FROM (SELECT rating_summary '{"scale": "1..5", "responses": {"4": 8, "2": 2}}' AS s,
	rating_summary '{"scale": "1..5", "responses": {"4": 1, "2": 1}}' AS half,
	rating_summary '{"scale": "1..5", "responses": {"5": 19, "1": 1}}' AS most,
	rating_summary '{"scale": "1..5", "responses": {"5": 9}}' AS every) t;
-- a mean with a standard deviation of 1.2
SELECT round(stddev_answer(s)::numeric, 10) AS stddev, responses_needed(s, 0.1, 0.95, 'mean') AS mean
FROM (SELECT rating_summary '{"scale": "1..5", "responses": {"1": 3, "2": 6, "3": 8, "4": 6, "5": 3}}' AS s) t;
-- so many make the interval fit, and one less does not
SELECT count(*) AS samples, bool_and(fits <= margin + 1e-9) AS fit, bool_and(needed < 2 OR less > margin - 1e-9) AS no_more
FROM (SELECT margin, needed, CASE WHEN needed > 0 THEN pg_temp.half(p, d, n, needed) ELSE 0 END AS fits, pg_temp.half(p, d, n, needed - 1) AS less
	FROM small, unnest('{2,5,20}'::double precision[]) margin, LATERAL (SELECT responses_needed(s, margin) AS needed) r
	WHERE n = 7) t;
-- answers with weights are worth less
SELECT responses(s), responses_needed(s, 5), responses_needed(unweighted, 5) AS unweighted,
	responses_needed(s, 5, 0.95, 'mean') AS mean
FROM (SELECT nps_agg(answer, weight) AS s, nps_agg(answer) AS unweighted
	FROM (VALUES (9, 1), (9, 1), (9, 1), (3, 1), (3, 1), (3, 1), (10, 1.5), (8, 1), (2, 1.5)) v (answer, weight)) t;
SELECT responses_needed(s, 5) AS none, responses_needed(s, NULL) AS margin, responses_needed(s, 5, NULL) AS level,
	responses_needed(pg_temp.nps_of(1, 0, 1), 1, 0.95, 'mean') AS one, responses_needed(NULL::rating_summary, 5) AS "null"
FROM (SELECT pg_temp.nps_of(0, 0, 0) AS s) t;

--
-- Refusals
--
SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY[
	$$mean_interval(rating_summary '{"scale": "1..5"}', 95)$$,
	$$mean_interval(rating_summary '{"scale": "1..5"}', 0.95, 'wald')$$,
	$$share_interval(1, 2, 0.95, 'anytime 0')$$,
	$$share_interval(1, 2, 0.95, 'anytime500')$$,
	$$share_interval(1, 2, 0.95, 'anytime 5e2')$$,
	$$share_interval(1, 2, 0.95, 'anytime 99999999999')$$,
	$$nps_interval('{"scale": "0..10"}', 0.95, 'anytime -1')$$,
	$$ratio_interval(mean_agg(1), 0.95, 'wilson')$$,
	$$nps_test('{"scale": "0..10"}', '{"scale": "0..10"}', 0.95, 'anytime')$$,
	$$net_score_test('{"scale": "0..10"}', '{"scale": "0..10"}', 9, 6, 0.95, 'score')$$,
	$$net_score_interval('{"scale": "1..5"}', 2, 4)$$,
	$$net_score_test('{"scale": "1..5"}', '{"scale": "0..5"}', 4, 2)$$,
	$$top_share_test('{"scale": "1..5"}', '{"scale": "5..1"}', 4)$$,
	$$top_share_interval('{"scale": "1..5"}', 6)$$,
	$$mean_test(rating_summary '{"scale": "1..5"}', rating_summary '{"scale": "1..7"}')$$,
	$$response_rate_interval('{}')$$,
	$$nps_test(ARRAY['{"scale": "0..10"}', '{"scale": "1..5"}']::rating_summary[])$$,
	$$csat_test(ARRAY['{"scale": "0..10"}', '{"scale": "1..5"}']::rating_summary[])$$,
	$$csat_test(ARRAY['{"scale": "0..100"}']::rating_summary[])$$,
	$$mean_test(ARRAY['{"scale": "1..7"}', NULL, '{"scale": "1..5"}']::rating_summary[])$$,
	$$share_test(ARRAY['{"scale": "1..5"}']::rating_summary[])$$,
	$$share_test(ARRAY['{}']::rating_summary[])$$,
	$$responses_needed(rating_summary '{"scale": "0..10"}', 0)$$,
	$$responses_needed(rating_summary '{"scale": "0..10"}', 'NaN')$$,
	$$responses_needed(rating_summary '{"scale": "0..10"}', 'Infinity')$$,
	$$responses_needed(rating_summary '{"scale": "0..1"}', 5)$$,
	$$responses_needed(rating_summary '{"scale": "0..10"}', 5, 95)$$,
	$$responses_needed(rating_summary '{"scale": "0..10"}', 5, 0.95, 'ces')$$,
	$$responses_needed(rating_summary '{"scale": "1..5"}', 5, 0.95, 'nps')$$,
	$$responses_needed(rating_summary '{"scale": "1..5"}', 0.05, 0.95, 'share')$$,
	$$responses_needed(rating_summary '{"scale": "0..100"}', 5)$$,
	$$responses_needed(rating_summary '{"scale": "0..10", "responses": {"9": 1, "2": 1}}', 1e-8)$$]) query;

DROP TABLE survey, small, effort;
