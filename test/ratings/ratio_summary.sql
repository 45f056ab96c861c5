-- ratio_summary: ratios and means over independent units
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
-- the last digits of a double differ where registers are wider
SET extra_float_digits = -1;

\getenv tests PG_ABS_SRCDIR
\set random :tests '/random.psql'
\i :random
\set refusal :tests '/refusal.psql'
\i :refusal

CREATE TABLE unit AS SELECT * FROM (VALUES (1, 6.0, 2), (2, 0, 1), (3, -3.25, 4), (4, 8, 0), (5, 1.5, 3),
	(6, NULL, 2), (7, 4, NULL), (8, NULL, NULL)) v (n, x, y);

--
-- The same sums are the same bytes, of whatever type the numbers are
--
SELECT ratio_agg(x, y) FROM unit;
SELECT type, s = first_value(s) OVER () AS equal,
	cxm_internal.ratio_summary_send(s) = cxm_internal.ratio_summary_send(first_value(s) OVER ()) AS bytes,
	pg_column_size(s) AS size
FROM (SELECT ratio_agg(x, y), ratio_agg(x::double precision, y), ratio_agg(x::real, y::smallint),
		ratio_agg(x, y::bigint), ratio_agg(x::double precision, y::numeric) FROM unit) t (a, b, c, d, e),
	LATERAL (VALUES ('numeric', a), ('double precision', b), ('real', c), ('numeric and bigint', d),
		('double precision and numeric', e)) v (type, s);
SELECT a = b AS bigint, a = c AS integer, a = d AS smallint, a = e AS double, a = f AS small
FROM (SELECT ratio_agg(n::numeric, n * n), ratio_agg(n::bigint, n * n), ratio_agg(n, n * n),
		ratio_agg(n::smallint, (n * n)::smallint), ratio_agg(n::double precision, n * n),
		ratio_agg(n::bigint, (n * n)::smallint)
	FROM generate_series(-9, 9) n) t (a, b, c, d, e, f);
SELECT a = b AS double, a = c AS bigint, a = d AS ratio, numerator(a), denominator(a)
FROM (SELECT mean_agg(n::numeric), mean_agg(n::double precision), mean_agg(n::bigint), ratio_agg(n, 1)
	FROM generate_series(-4, 9) n) t (a, b, c, d);
-- integers of any size; of those in bigint the largest are too large for the grid
SELECT ratio_agg(x, y) = ratio_agg(x::numeric, y) AS same, numerator(ratio_agg(x, y)),
	denominator(ratio_agg(x, y))
FROM (VALUES (9223372036854775807, 1), (-9223372036854775808, 2147483647), (2147483648, -2147483648),
	(-2147483649, 3)) v (x, y);
SELECT ratio_agg('6', '2') = ratio_agg(6, 2) AS untyped, mean_agg('4') = mean_agg(4) AS mean,
	ratio('6', '2'), ratio(6, 2) AS integers, ratio(6::numeric, '4'), ratio(6::bigint, 4) AS bigints;

--
-- Readings
--
SELECT ratio(s), mean(s), units(s), incomplete(s), numerator(s), denominator(s)
FROM (SELECT ratio_agg(x, y) AS s FROM unit) t;
SELECT ratio(x, y), ratio(x, y) FILTER (WHERE n < 3), ratio(x::double precision, y),
	ratio((4 * x)::bigint, y::bigint)
FROM unit;
SELECT std_error(s), ratio_interval(s), ratio_lower(s), ratio_upper(s), ratio_interval(s, 0.9)
FROM (SELECT ratio_agg(x, y) AS s FROM unit) t;
SELECT mean_interval(s), mean_lower(s), mean_upper(s, 0.9) FROM (SELECT ratio_agg(x, y) AS s FROM unit) t;
-- with the denominator 1 the ratio is the mean, whose error is the usual one
SELECT ratio(s) = mean(s) AS ratio, ratio_interval(s) = mean_interval(s) AS interval,
	ratio_test(s, t) = mean_test(s, t) AS test,
	round((std_error(s) / (stddev / sqrt(count)))::numeric, 14) AS error
FROM (SELECT mean_agg(x) AS s, mean_agg(x ^ 2) AS t, stddev(x), count(x) FROM unit) u;

-- nothing there: NULL, never zero; of one unit nobody can say how sure it is
SELECT what, s, ratio(s), mean(s), std_error(s) AS error, ratio_interval(s) AS interval, mean_upper(s) AS upper,
	ratio_test(s, s) AS test, units(s), incomplete(s)
FROM (SELECT 'no row' AS what, ratio_agg(x, y) AS s FROM unit WHERE false
	UNION ALL SELECT 'only incomplete', ratio_agg(x, y) FROM unit WHERE n > 5
	UNION ALL SELECT 'denominators of zero', ratio_agg(x, 0) FROM unit WHERE n < 3
	UNION ALL SELECT 'that add up to zero', ratio_agg(x, 3 - 2 * n) FROM unit WHERE n < 3
	UNION ALL SELECT 'one unit', ratio_agg(x, y) FROM unit WHERE n = 1
	UNION ALL SELECT 'blank', '{}'
	UNION ALL SELECT 'empty', '{"units": 0}') t;
-- nothing has one form, wherever it comes from
SELECT count(*) AS ways, count(DISTINCT s::text) AS forms, bool_and(s = '{}') AS equal FROM (
	SELECT '{}'::ratio_summary AS s UNION ALL SELECT '{"units": 0, "products": 0.00}' UNION ALL
	SELECT ratio_summary '{}' + '{}' UNION ALL SELECT s - s FROM (SELECT ratio_agg(x, y) AS s FROM unit) t) v;
-- no variance: an interval without width, and no test
SELECT ratio_interval(s), mean_interval(s), ratio_test(s, s), mean_test(s, s)
FROM (SELECT ratio_agg(3 * n, n) AS s FROM generate_series(1, 9) n) t;
-- nothing to compare with
SELECT ratio_lift(a, b) AS lift, ratio_test(a, b) AS test
FROM (SELECT mean_agg(n) AS a, mean_agg(n - 5) AS b FROM generate_series(1, 9) n) t;

--
-- To twelve digits, against exact rational arithmetic and quantiles of 40 digits
--
CREATE TABLE sample AS
	SELECT 'cents' AS name, ratio_agg((n * 7919 % 1009 - 300) / 100.0, 1 + n % 5) AS s
	FROM generate_series(1, 50) n
	UNION ALL SELECT 'eighths', ratio_agg((n * 7919 % 1009 - 500) / 8.0::double precision,
		n * 13 % 17 / 4.0::double precision) FROM generate_series(1, 100) n
	UNION ALL SELECT 'far from zero', ratio_agg(1e9 + n * 7919 % 1009 / 1e6, 1e9 + n * 104729 % 997 / 1e6)
	FROM generate_series(1, 200) n
	UNION ALL SELECT 'of either sign', ratio_agg(n * 7919 % 1009 - 500, n * 104729 % 997 - 490)
	FROM generate_series(1, 300) n
	UNION ALL SELECT 'small', ratio_agg(n * 7919 % 1009 * 1e-30, (1 + n * 31 % 7) * 1e-20)
	FROM generate_series(1, 40) n;
CREATE FUNCTION pg_temp.agree(figures double precision[], expected double precision[])
	RETURNS boolean LANGUAGE sql RETURN
	(SELECT bool_and(abs(f - e) <= 1e-12 * abs(e)) FROM unnest(figures, expected) t (f, e));
SELECT name, pg_temp.agree(ARRAY[ratio(s), std_error(s), ratio_lower(s), ratio_upper(s),
		ratio_lower(s, 0.999), ratio_upper(s, 0.999), mean(s), mean_lower(s), mean_upper(s)], expected)
FROM sample JOIN (VALUES
	('cents', ARRAY[0.7264, 0.14445259310697332783, 0.43611164595312050258, 1.0166883540468794974,
		0.22075194731911253233, 1.2320480526808874677, 2.1792, 1.3597910554047482139,
		2.9986089445952517861]),
	('eighths', ARRAY[1.048645320197044335, 1.8039691658440254619, -2.5308208788098802881,
		4.6281115192039689581, -5.0695681202619412035, 7.1668587606560298734, 2.12875,
		-5.1398526933405042983, 9.3973526933405042983]),
	('far from zero', ARRAY[1.00000000000002137, 2.8501485732220107423e-14, 0.99999999999996516631,
		1.0000000000000775737, 0.99999999999992617257, 1.0000000000001165674, 1000000000.000510205,
		1000000000.0004695351, 1000000000.0005508749]),
	('of either sign', ARRAY[-2.3468677494199535963, 14.7993733971459837, -31.470993741244728762,
		26.77725824240482157, -51.530542153456840024, 46.836806654616932831, 6.7433333333333333333,
		-26.3279436840086774, 39.814610350675344067]),
	('small', ARRAY[1.2867283950617283951e-8, 1.6962502671313696839e-9, 9.4362939371807319577e-9,
		1.6298273964053835944e-8, 6.83182181217114595e-9, 1.8902746089063421951e-8, 5.21125e-28,
		4.2667108178374557797e-28, 6.1557891821625442203e-28])) v (name, expected) USING (name);
SELECT what, pg_temp.agree(ARRAY[(t).difference, (t).lower, (t).upper, (t).statistic, (t).p_value], expected)
FROM (SELECT 'test' AS what, ratio_test(a.s, b.s) AS t, ARRAY[-0.32224532019704433498,
		-3.9126084122984939947, 3.2681177719044053247, -0.17806132838753839922,
		0.85903407251700262352] AS expected
	FROM sample a, sample b WHERE a.name = 'cents' AND b.name = 'eighths'
	UNION ALL SELECT 'lift', ratio_lift(a.s, b.s), ARRAY[-0.30729677040516735173, -2.6867681693622858652,
		2.0721746285519511617, -0.25616973199223434642, 0.79833760737819256177]
	FROM sample a, sample b WHERE a.name = 'cents' AND b.name = 'eighths'
	UNION ALL SELECT 'lift from below zero', ratio_lift(a.s, b.s), ARRAY[1.3095189322787938705,
		-2.5334232139686588969, 5.1524610785262466379, 0.67058527699442378828, 0.5030013722439452182]
	FROM sample a, sample b WHERE a.name = 'cents' AND b.name = 'of either sign') t;
-- Student's sleep data, as R's t.test prints them: t = -1.8608, df = 17.776, p-value = 0.07939
SELECT round(difference::numeric, 2) AS difference, round(lower::numeric, 7) AS lower,
	round(upper::numeric, 7) AS upper, round(statistic::numeric, 4) AS t, round(p_value::numeric, 5) AS p
FROM (SELECT mean_agg(a) AS a, mean_agg(b) AS b FROM unnest('{0.7,-1.6,-0.2,-1.2,-0.1,3.4,3.7,0.8,0,2}'
		::numeric[], '{1.9,0.8,1.1,0.1,-0.1,4.4,5.5,1.6,4.6,3.4}'::numeric[]) t (a, b)) s, mean_test(a, b);
-- difference in differences: four samples of a mean, a standard deviation and a size
SELECT round((m[2] - m[1] - (m[4] - m[3]))::numeric, 10) AS difference,
	(SELECT round(sqrt(sum(e ^ 2))::numeric, 10) FROM unnest(e) e) AS std_error
FROM (SELECT array_agg(mean(s) ORDER BY i) AS m, array_agg(std_error(s) ORDER BY i) AS e
	FROM (VALUES (1, 4.10, 1.05, 120), (2, 4.32, 0.98, 130), (3, 4.05, 1.10, 115), (4, 4.08, 1.02, 125))
			v (i, mean, sd, n), LATERAL (SELECT jsonb_build_object('units', n, 'numerator', n * mean,
			'denominator', n, 'products', n * mean, 'denominator_squares', n, 'numerator_squares',
			(n - 1) * sd ^ 2 + n * mean ^ 2)::ratio_summary AS s) s) t;

--
-- Exact: any order, and nothing left behind
--
SELECT min(s::text) = max(s::text) AS any_order
FROM (SELECT ratio_agg(x, y ORDER BY pg_temp.random(n, i, 1000)) AS s
	FROM generate_series(1, 1000) n, generate_series(1, 5) i,
		LATERAL (SELECT pg_temp.random(n, 6, 1000000) / 7e3::double precision AS x,
			sqrt(n::double precision) AS y) t
	GROUP BY i) t;
SELECT mean_agg(x), mean_agg(x) - mean_agg(x) FILTER (WHERE x > 1) = mean_agg(x) FILTER (WHERE x < 1) AS rest
FROM unnest('{0.5,1000000000,0.25,2000000000.125}'::double precision[]) x;
SELECT n, mean_agg(x) OVER w = mean_agg(x) FILTER (WHERE n % 5 = 0) OVER (PARTITION BY n) AS left_over
FROM (SELECT n, CASE WHEN n % 5 > 0 THEN 10::numeric ^ (n * 40) / 7 ELSE 0.25 END AS x
	FROM generate_series(1, 12) n) t
WINDOW w AS (ORDER BY n ROWS CURRENT ROW);
-- sums of 512 digits on each side of the point, and more rows than a position has room for
SELECT length(s::text) > 4000 AS long, s = s::text::ratio_summary AS text, (s + s) - s = s AS minus, ratio(s),
	std_error(s)
FROM (SELECT ratio_agg(x, y) AS s
	FROM (VALUES (1e511, 1e-512), (1e-512, 2e511), (10::numeric ^ 512 - 1e-512, 10::numeric ^ 511 + 1e-512))
		v (x, y)) t;
CREATE AGGREGATE pg_temp.raw(numeric, numeric) (STYPE = ratio_summary,
	SFUNC = cxm_internal.ratio_transition);
-- a state is no larger than its frame calls for, however large it had to be before
CREATE AGGREGATE pg_temp.moving(numeric, numeric) (STYPE = ratio_summary,
	SFUNC = cxm_internal.ratio_transition, MSTYPE = ratio_summary,
	MSFUNC = cxm_internal.ratio_transition, MINVFUNC = cxm_internal.ratio_inverse);
CREATE AGGREGATE pg_temp.moving_sum(ratio_summary) (STYPE = ratio_summary,
	SFUNC = cxm_internal.ratio_summary_combine, MSTYPE = ratio_summary,
	MSFUNC = cxm_internal.ratio_summary_rollup, MINVFUNC = cxm_internal.ratio_summary_rollup_inverse);
SELECT max(s) FILTER (WHERE n < 5) AS rows_before, max(s) FILTER (WHERE n BETWEEN 5 AND 8) AS large,
	max(s) FILTER (WHERE n > 8) AS after, max(r) FILTER (WHERE n < 5) AS sums_before,
	max(r) FILTER (WHERE n BETWEEN 5 AND 8) AS large, max(r) FILTER (WHERE n > 8) AS after,
	bool_and(same)
FROM (SELECT n, pg_column_size(pg_temp.moving(x, n) OVER w) AS s,
		pg_column_size(pg_temp.moving_sum(one) OVER w) AS r,
		ratio_agg(x, n) OVER w = sum(one) OVER w AS same
	FROM (SELECT n, x, ratio_agg(x, n) AS one FROM generate_series(1, 20) n,
		LATERAL (SELECT CASE n WHEN 5 THEN 1e400 + 1e-400 ELSE n / 7.0 END AS x) t GROUP BY n, x) t
	WINDOW w AS (ORDER BY n ROWS 3 PRECEDING)) t;
CREATE AGGREGATE pg_temp.raw(double precision, double precision) (STYPE = ratio_summary,
	SFUNC = cxm_internal.ratio_transition);
CREATE AGGREGATE pg_temp.raw_sum(ratio_summary) (STYPE = ratio_summary,
	SFUNC = cxm_internal.ratio_summary_combine);
DO $$
DECLARE
	raw ratio_summary := (SELECT pg_temp.raw(9999.9999 * n, -9999.9999) FROM generate_series(1, 99) n);
	ours ratio_summary := (SELECT ratio_agg(9999.9999 * n, -9999.9999) FROM generate_series(1, 99) n);
BEGIN
	ASSERT raw = ours AND pg_column_size(raw) > pg_column_size(ours);
	FOR i IN 1..40 LOOP
		raw := (SELECT pg_temp.raw_sum(s) FROM unnest(ARRAY[raw, raw]) s);
		ours := ours + ours;
		ASSERT raw::text = ours::text, i;
	END LOOP;
	ASSERT units(raw) = 99 * 2::bigint ^ 40;
	-- a state that has been in both ways
	raw := (SELECT pg_temp.raw_sum(s) FROM unnest(ARRAY[raw, (SELECT pg_temp.raw(0.1, 3.7::double precision)),
		(SELECT ratio_agg(1, 2))]) s);
	ours := ours + ratio_agg(0.1, 3.7::double precision) + ratio_agg(1, 2);
	ASSERT raw::text = ours::text AND cxm_internal.ratio_summary_send(raw)
		= cxm_internal.ratio_summary_send(ours) AND ratio_test(raw, ours) = ratio_test(ours, ours)
		AND raw - ours = ours - ours;
END
$$;
-- aggregates that begin with a value of each kind
CREATE AGGREGATE pg_temp.from_value(double precision, double precision) (STYPE = ratio_summary,
	SFUNC = cxm_internal.ratio_transition, FINALFUNC = cxm_internal.ratio_summary_final,
	INITCOND = '{"units": 1, "numerator": 0.1, "numerator_squares": 0.01}');
CREATE AGGREGATE pg_temp.from_blank(double precision, double precision) (STYPE = ratio_summary,
	SFUNC = cxm_internal.ratio_transition, FINALFUNC = cxm_internal.ratio_summary_final, INITCOND = '{}');
SELECT pg_temp.from_value(n, 2 * n) = ratio_agg(n, 2 * n) + first AS value,
	pg_temp.from_blank(n, 2 * n) = ratio_agg(n, 2 * n) AS blank,
	pg_temp.from_value(n, n) FILTER (WHERE false) = first AS no_row,
	pg_temp.from_blank(n, n) FILTER (WHERE false) AS nothing
FROM generate_series(1, 9) n, (SELECT ratio_agg(0.1, 0::numeric) AS first) t GROUP BY first;

--
-- Refusals
--
SELECT call, pg_temp.refusal('SELECT ' || call) FROM unnest(ARRAY[
	$$ratio_agg('NaN'::numeric, 1)$$, $$ratio_agg(1, 'Infinity'::numeric)$$,
	$$mean_agg('-Infinity'::double precision)$$, $$ratio_agg(1, 'NaN'::double precision)$$,
	$$ratio_agg(2147483648, 1::double precision)$$, $$ratio_agg(1, -1e300::double precision)$$,
	$$mean_agg(1e-11::double precision)$$, $$mean_agg(1e-11::double precision::numeric)$$,
	$$mean_agg(0.0001234567::double precision)$$, $$mean_agg(0.000001::double precision)$$,
	$$mean_agg(1e511)$$, $$mean_agg(1e512)$$, $$mean_agg(1e-512)$$, $$ratio_agg(1, 1e-513)$$,
	$$ratio_agg(true, 1)$$, $$ratio_interval(mean_agg(1), 95)$$, $$ratio_lift(mean_agg(1), mean_agg(1), 0)$$,
	$$mean_agg(1) - mean_agg(2) - mean_agg(2)$$, $$mean_agg(1) - mean_agg(2)$$,
	$$ratio_agg(1, 2) - ratio_agg(NULL, 2::numeric)$$, $$mean_agg(1) + mean_agg(1) - mean_agg(2)$$,
	$$ratio(ratio_agg(1e500, 1e-500))$$,
	$$cxm_internal.ratio_transition(NULL, 1::numeric, 1)$$]) call;
-- sums that no numbers have
SELECT input, pg_temp.refusal(format('SELECT %L::ratio_summary', input)) FROM unnest(ARRAY[
	'{"units": -1}', '{"units": 1.5}', '{"x": 1}', '{"units": 1, "numerator": "1"}', '[]',
	'{"numerator": 1}', '{"units": 1, "numerator": 2, "numerator_squares": 3}',
	'{"units": 2, "numerator": 2, "numerator_squares": 2}',
	'{"units": 2, "numerator_squares": -2}', '{"units": 2, "denominator_squares": -2}',
	'{"units": 2, "denominator": 3, "denominator_squares": 4}',
	'{"units": 2, "numerator_squares": 2, "denominator_squares": 2, "products": 2}',
	'{"units": 2, "numerator_squares": 2, "denominator_squares": 2, "products": -2.1}',
	'{"numerator_squares": 1e-1024, "units": 1}', '{"numerator_squares": 1e-1025, "units": 1}',
	'{"numerator_squares": 1e1045, "units": 1}']) input;

--
-- Coverage: of 2,000 samples of 100 units the intervals of how many hold the truth, in percent?
--
-- revenue of customers who come one to eight times, as skewed as an exponential distribution
WITH sample AS (
	SELECT n / 100 AS i, ratio_agg(visits * -10 * ln((pg_temp.random(n, 12, 1000) + 0.5) / 1000
		::double precision), visits) AS s
	FROM generate_series(0, 199999) n, LATERAL (SELECT 1 + pg_temp.random(n, 11, 8) AS visits) t
	GROUP BY n / 100),
truth AS (SELECT avg(-10 * ln((k + 0.5) / 1000::double precision)) AS ratio FROM generate_series(0, 999) k)
SELECT count(*) AS samples, avg((ratio BETWEEN ratio_lower(s) AND ratio_upper(s))::integer * 100)
	BETWEEN 93 AND 97 AS ratio FROM sample, truth;
-- the score of customers who answer one to eight times, much alike each time: promoters less
-- detractors over responses
WITH sample AS (
	SELECT n / 100 AS i, ratio_agg(mood * (answers - (pg_temp.random(n, 23, 3) = 0)::integer), answers) AS s
	FROM generate_series(0, 199999) n, LATERAL (SELECT 1 + pg_temp.random(n, 21, 8) AS answers,
		CASE WHEN chance < 60 THEN 1 WHEN chance < 85 THEN -1 ELSE 0 END AS mood
		FROM (SELECT pg_temp.random(n, 22, 100) AS chance) t) t
	GROUP BY n / 100),
truth AS (SELECT 0.35 * (4.5 - 1 / 3.0) / 4.5 AS ratio)
SELECT count(*) AS samples, avg((ratio BETWEEN ratio_lower(s) AND ratio_upper(s))::integer * 100)
	BETWEEN 93 AND 97 AS score,
	-- the other way takes each answer for a customer of its own
	avg((abs(ratio(s) - ratio) < 1.96 * sqrt((0.8 - ratio(s) ^ 2) / denominator(s)))::integer * 100) < 85
		AS as_if_independent
FROM sample, truth;

-- a variance may be beyond double precision
SELECT pg_temp.refusal('SELECT mean_lower(mean_agg(x)) FROM (VALUES (1e200), (3e200)) v (x)');
-- states out of windows of somebody's own aggregate add up as values do
CREATE AGGREGATE pg_temp.moving(bigint) (STYPE = ratio_summary, SFUNC = cxm_internal.mean_transition,
	MSTYPE = ratio_summary, MSFUNC = cxm_internal.mean_transition, MINVFUNC = cxm_internal.mean_inverse);
SELECT count(*) AS windows, bool_and(state = s AND state + state = s + s AND s + state = s + s AND s - state = s - s) AS same
FROM (SELECT pg_temp.moving(n * n) OVER w AS state, mean_agg(n * n) OVER w AS s
	FROM generate_series(1::bigint, 9) n WINDOW w AS (ORDER BY n ROWS 2 PRECEDING)) t;

DROP TABLE unit, sample;
