-- duration_intervals: how sure the figures of a duration_summary are, and whether two groups differ
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET timezone = 'UTC';
SET intervalstyle = postgres;
\pset format unaligned
\pset null NULL

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
\set random :tests '/random.psql'
\i :random

-- Up to 511 microseconds each has a bucket of its own: published times in those give the figures of the
-- times themselves, to the last digit. In days they are within 1 %.
CREATE TEMP TABLE unit (unit interval, within double precision);
INSERT INTO unit VALUES ('1 us', 0), ('1 day', 0.01);
CREATE FUNCTION pg_temp.us(i interval) RETURNS numeric IMMUTABLE LANGUAGE sql RETURN extract(epoch FROM i) * 1000000;

--
-- Percentiles
--
-- The ranks of R's qbinom, of 1 ... n
SELECT n, p, string_agg(concat_ws('; ', format('%s, %s', coalesce(round(pg_temp.us(percentile_lower(s, p, level)))::text, '-'),
	coalesce(round(pg_temp.us(percentile_upper(s, p, level)))::text, '-'))), '; ' ORDER BY level) AS "90, 95, 99 %"
FROM (SELECT n, duration_agg(i * interval '1 us') AS s FROM unnest('{5,6,11,21,100}'::integer[]) n, generate_series(1, n) i GROUP BY n) t,
	unnest('{0,0.5,0.9,0.99,1}'::double precision[]) p, unnest('{0.9,0.95,0.99}'::double precision[]) level
GROUP BY n, p ORDER BY n, p;
-- a thousand, in milliseconds
SELECT p, percentile_interval(s, p) FROM (SELECT duration_agg(i * interval '1 ms') AS s FROM generate_series(1, 1000) i) t,
	unnest('{0.5,0.9,0.99}'::double precision[]) p;
-- With open ones: R, quantile(survfit(..., conf.type = "log-log")). 21 patients on 6-MP (Freireich 1963), and 11 and 12 with
-- leukaemia, maintained and not (Miller 1997); a plus is still open
CREATE TEMP TABLE patient AS
	SELECT name, rtrim(w, '+')::integer AS w, w NOT LIKE '%+' AS done FROM (VALUES
		('6-MP', '6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+'),
		('placebo', '1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23'),
		('maintained', '9 13 13+ 18 23 28+ 31 34 45+ 48 161+'), ('not maintained', '5 5 8 8 12 16+ 23 27 30 33 43 45')) v (name, all_),
		string_to_table(all_, ' ') w;
CREATE TEMP TABLE known AS SELECT * FROM (VALUES
	('6-MP', 0.25, '13: 6, 22; 6, 22; 6, 22; 6, 23'), ('6-MP', 0.5, '23: 16, -; 13, -; 13, -; 7, -'), ('6-MP', 0.75, '-: -, -; 23, -; 23, -; 22, -'),
	('maintained', 0.5, '31: 18, 48; 18, 48; 13, -; 9, -'), ('not maintained', 0.5, '23: 8, 30; 8, 33; 5, 33; 5, 43'),
	('not maintained', 0.9, '43: 33, -; 30, -; 30, -; 27, -')) v (name, p, r);
SELECT name, p, r, same FROM (
	SELECT name, p, r, format('%s: %s', coalesce(round(pg_temp.us(percentile(s, p)))::text, '-'), (SELECT string_agg(format('%s, %s',
			coalesce(round(pg_temp.us(percentile_lower(s, p, level)))::text, '-'), coalesce(round(pg_temp.us(percentile_upper(s, p, level)))::text, '-')), '; '
		ORDER BY level) FROM unnest('{0.8,0.9,0.95,0.99}'::double precision[]) level)) = r AS same
	FROM (SELECT name, duration_agg(w * interval '1 us', done) AS s FROM patient GROUP BY name) t JOIN known USING (name)) u ORDER BY name, p;
-- in days each bound is within 1 %
SELECT count(*) AS bounds, count(*) FILTER (WHERE in_days(d) / pg_temp.us(u)::double precision BETWEEN 0.99 AND 1.01) AS within_1_percent, count(*) FILTER (WHERE (d IS NULL) <> (u IS NULL)) AS differ
FROM (SELECT name, duration_agg(w * interval '1 us', done) AS us, duration_agg(w * interval '1 day', done) AS days FROM patient GROUP BY name) t,
	generate_series(0.05, 0.95, 0.05) p, unnest('{0.8,0.95}'::double precision[]) level,
	LATERAL (VALUES (percentile_lower(days, p, level), percentile_lower(us, p, level)), (percentile_upper(days, p, level), percentile_upper(us, p, level))) v (d, u)
WHERE d IS NOT NULL OR u IS NOT NULL;
-- the bands of survival_curve, which is counted another way, over random data
CREATE TEMP TABLE spell AS SELECT n % 20 AS sample, n % 2 AS a, 1 + pg_temp.random(n, 1, 9) * pg_temp.random(n, 2, 9) + n % 20 AS t,
	pg_temp.random(n, 3, 4) > 0 AS done FROM generate_series(1, 1200) n;
SELECT count(*) AS percentiles, count(*) FILTER (WHERE pg_temp.us(lower) IS NOT DISTINCT FROM first_lower AND pg_temp.us(upper) IS NOT DISTINCT FROM first_upper) AS same
FROM (SELECT sample, duration_agg(t * interval '1 us', done) AS s, survival_agg(t, done) AS v FROM spell GROUP BY sample) t,
	unnest('{0.1,0.25,0.5,0.75,0.9}'::double precision[]) p,
	LATERAL (SELECT percentile_lower(s, p, 0.9) AS lower, percentile_upper(s, p, 0.9) AS upper) i,
	LATERAL (SELECT min(c.t) FILTER (WHERE c.lower <= 1 - p AND events > 0) AS first_lower, min(c.t) FILTER (WHERE c.upper <= 1 - p AND events > 0) AS first_upper FROM survival_curve(v, 0.9) c
		WHERE survival > 0 AND survival < 1) f;
-- median_duration has that of the percentile 0.5, and no interval leaves its percentile out
SELECT bool_and(median_duration_interval(s) IS NOT DISTINCT FROM percentile_interval(s, 0.5) AND median_duration_lower(s, 0.8) IS NOT DISTINCT FROM percentile_lower(s, 0.5, 0.8)
	AND median_duration_upper(s, 0.8) IS NOT DISTINCT FROM percentile_upper(s, 0.5, 0.8)) AS median,
	bool_and(percentile(s, p) BETWEEN percentile_lower(s, p) AND percentile_upper(s, p)) AS inside
FROM (SELECT duration_agg(t * interval '1 s', done) AS s FROM spell GROUP BY sample UNION ALL SELECT duration_agg(t * interval '1 s') FROM spell GROUP BY sample) t,
	generate_series(0.0, 1, 0.05) p;

--
-- Shares: Wilson's interval and Newcombe's, of the oracles for shares, 15 of 148, and 56 of 70 beside 48 of 80
--
SELECT round(lower::numeric, 10) AS lower, round(upper::numeric, 10) AS upper, within_lower(s, '1 h') = lower AS same_lower, within_upper(s, '1 h') = upper AS same_upper
FROM (SELECT duration_agg(CASE WHEN n <= 15 THEN interval '1 h' ELSE '1 h 1 us' END, '1 h') AS s FROM generate_series(1, 148) n) t, within_interval(s, '1 h');
SELECT round(difference::numeric, 10) AS difference, round(lower::numeric, 10) AS lower, round(upper::numeric, 10) AS upper, round(lower_90::numeric, 10) AS lower_90
FROM (SELECT duration_agg(CASE WHEN n <= 56 THEN interval '1 h' ELSE '2 h' END, '1 h') AS s FROM generate_series(1, 70) n) a (a),
	(SELECT duration_agg(CASE WHEN n <= 48 THEN interval '1 h' ELSE '2 h' END) AS s FROM generate_series(1, 80) n) b (b),
	within_test(a, b, '1 h') t, LATERAL (SELECT lower AS lower_90 FROM within_test(a, b, '1 h', 0.9)) n;
-- what is open and late has failed, what is open and not late is left out
SELECT within_interval(a, '1 h') = within_interval(b, '1 h') AS same FROM (
	SELECT duration_agg(d, done) AS a, duration_agg(d) FILTER (WHERE done OR d > '1 h') AS b FROM (VALUES (interval '1 min', true), ('1 min', false), ('2 h', false), ('2 h', true)) v (d, done)) t;

--
-- Means: R's t.test, of 1 ... 100, and of 6-MP beside placebo, weeks that are seconds and microseconds
--
SELECT mean_duration_interval(duration_agg(n * interval '1 us')) AS us, mean_duration_interval(duration_agg(n * interval '1 us'), 0.5) AS half FROM generate_series(1, 100) n;
SELECT round((difference * 1000000)::numeric, 9) AS difference, round((lower * 1000000)::numeric, 9) AS lower, round((upper * 1000000)::numeric, 9) AS upper, round(statistic::numeric, 9) AS t, round(p_value::numeric, 12) AS p
FROM (SELECT duration_agg(w * interval '1 us') AS a FROM patient WHERE name = '6-MP') a, (SELECT duration_agg(w * interval '1 us') AS b FROM patient WHERE name = 'placebo') b, mean_duration_test(a, b);
-- hours: the mean is exact, and the margin within 1 % of that of the durations
SELECT bool_and(mean - mean_duration_lower(s) BETWEEN 0.99 * margin AND 1.01 * margin AND mean_duration_upper(s) - mean BETWEEN 0.99 * margin AND 1.01 * margin) AS near
FROM (SELECT k, duration_agg(d) AS s, mean_duration(duration_agg(d)) AS mean, 1.98421695159 * stddev(extract(epoch FROM d)) / 10 * interval '1 s' AS margin
	FROM (SELECT k, exp(pg_temp.random(n, k, 1000) / 100.0) * interval '1 s' AS d FROM generate_series(1, 100) n, generate_series(1, 10) k) t GROUP BY k) t;
-- all alike: no width and no test; one alone: none
SELECT mean_duration_interval(s), mean_duration_test(s, s), mean_duration_interval(one) FROM (SELECT duration_agg('1 h'::interval) AS s, duration_agg('1 h'::interval) FILTER (WHERE n = 1) AS one FROM generate_series(1, 5) n) t;

--
-- Two groups: R's wilcox.test (correct = TRUE) and survdiff, SciPy's mannwhitneyu and brunnermunzel
--
SELECT name, round(difference::numeric, 12) AS difference, round(lower::numeric, 12) AS lower, round(upper::numeric, 12) AS upper, round(p_value::numeric, 14) AS p, round((difference / std_error)::numeric, 9) AS brunner_munzel
FROM (SELECT 'grouped minutes' AS name, (SELECT duration_agg(m * interval '1 minute') FROM unnest('{1,2,5,10,30,60,120,480}'::integer[], '{40,35,28,22,15,9,4,1}'::integer[]) u (m, n), generate_series(1, n)) AS a,
		(SELECT duration_agg(m * interval '1 minute') FROM unnest('{1,2,5,10,30,60,120,480}'::integer[], '{22,30,31,30,21,17,9,4}'::integer[]) u (m, n), generate_series(1, n)) AS b UNION ALL
	SELECT 'Hollander and Wolfe', (SELECT duration_agg(x * interval '1 us') FROM unnest('{80,83,189,104,145,138,191,164,73,146}'::integer[]) x),
		(SELECT duration_agg(x * interval '1 us') FROM unnest('{115,88,90,74,121}'::integer[]) x) UNION ALL
	SELECT '6-MP and placebo, all done', (SELECT duration_agg(w * interval '1 us') FROM patient WHERE name = '6-MP'), (SELECT duration_agg(w * interval '1 us') FROM patient WHERE name = 'placebo')) t,
	duration_test(a, b);
SELECT a.name, b.name, round((statistic ^ 2)::numeric, 10) AS chi_squared, round(p_value::numeric, 11) AS p, statistic > 0 AS a_takes_longer, difference, lower
FROM (SELECT name, duration_agg(w * interval '1 us', done) AS s FROM patient GROUP BY name) a, (SELECT name, duration_agg(w * interval '1 us', done) AS s FROM patient GROUP BY name) b, duration_test(a.s, b.s)
WHERE (a.name, b.name) IN (('6-MP', 'placebo'), ('placebo', '6-MP'), ('maintained', 'not maintained'));
-- in days the same but for ties that buckets make
SELECT round((statistic ^ 2)::numeric, 2) AS chi_squared FROM (SELECT duration_agg(w * interval '1 day', done) AS a FROM patient WHERE name = '6-MP') a, (SELECT duration_agg(w * interval '1 day') AS b FROM patient WHERE name = 'placebo') b, duration_test(a, b);
-- pairs, as plain SQL counts them, and the log-rank of survival_summary, over random data
SELECT count(*) AS samples, bool_and(abs(difference - pairs) < 1e-12) AS pairs, bool_and(abs(statistic - sign(pairs) * greatest(abs(pairs * 1800) - 0.5, 0) / sqrt(variance)) < 1e-9) AS z
FROM (SELECT sample / 2 AS pair, duration_agg(t * interval '1 us') FILTER (WHERE sample % 2 = 1) AS a, duration_agg(t * interval '1 us') FILTER (WHERE sample % 2 = 0) AS b FROM spell GROUP BY sample / 2) s,
	LATERAL (SELECT avg(sign(x.t - y.t))::double precision AS pairs FROM spell x, spell y WHERE x.sample = pair * 2 + 1 AND y.sample = pair * 2) p,
	LATERAL (SELECT 300 * (121 - sum(k * k * k - k) / (120 * 119)) AS variance FROM (SELECT count(*)::double precision AS k FROM spell WHERE sample / 2 = pair GROUP BY t) t) v, duration_test(a, b);
SELECT count(*) AS samples, bool_and(abs(t.statistic ^ 2 - l.statistic) < 1e-9 * l.statistic AND abs(t.p_value - l.p_value) < 1e-12 AND sign(t.statistic) = -sign(l.difference)) AS same
FROM (SELECT sample / 2 AS sample, duration_agg(t * interval '1 us', done) FILTER (WHERE sample % 2 = 1) AS a, duration_agg(t * interval '1 us', done) FILTER (WHERE sample % 2 = 0) AS b,
		survival_agg(t, done) FILTER (WHERE sample % 2 = 1) AS x, survival_agg(t, done) FILTER (WHERE sample % 2 = 0) AS y FROM spell GROUP BY sample / 2) s,
	duration_test(a, b) t, logrank_test(x, y) l;
-- one that has nothing open beside one that has
SELECT (duration_test(a, b)).p_value = (duration_test(a, c)).p_value AS same FROM (SELECT duration_agg(t * interval '1 us', done) FILTER (WHERE sample = 1) AS a,
	duration_agg(t * interval '1 us') FILTER (WHERE sample = 2 AND done) AS b, duration_agg(t * interval '1 us', true) FILTER (WHERE sample = 2 AND done) AS c FROM spell) t;
-- medians: Bonett and Price (2020), the example of statpsych, 1.162162 (0.927667, 1.455933)
SELECT unit, round(1 + difference::numeric, digits) AS ratio, round(1 + lower::numeric, digits) AS lower, round(1 + upper::numeric, digits) AS upper
FROM (VALUES (interval '1 us', 10), ('1 day', 2)) v (unit, digits), LATERAL (SELECT duration_agg(x * unit) AS a FROM unnest('{36,44,47,42,49,39,46,31,33,48}'::integer[]) x) a,
	LATERAL (SELECT duration_agg(x * unit) AS b FROM unnest('{32,39,26,35,43,27,40,37,34,29,49,42,40}'::integer[]) x) b, median_duration_lift(a, b);
-- with open ones, and the mirror image
SELECT round((1 + t.difference)::numeric, 4) AS ratio, round((1 + t.lower)::numeric, 4) AS lower, round((1 + t.upper)::numeric, 4) AS upper, round(t.p_value::numeric, 4) AS p,
	abs((1 + t.lower) * (1 + m.upper) - 1) < 1e-12 AS mirror
FROM (SELECT duration_agg(w * interval '1 us', done) AS a FROM patient WHERE name = 'not maintained') a, (SELECT duration_agg(w * interval '1 us', done) AS b FROM patient WHERE name = 'placebo') b,
	median_duration_lift(a, b) t, median_duration_lift(b, a) m;

--
-- Nothing there is NULL
--
SELECT percentile_interval(s, 0.5), percentile_lower(s, 0.5), median_duration_interval(s), mean_duration_interval(s), within_interval(s, '1 h'), within_lower(s, '1 h'), within_test(s, s, '1 h'), mean_duration_test(s, s),
	duration_test(s, s), median_duration_lift(s, s)
FROM (VALUES (duration_summary '{}'), ('{"unresolved": 5}'), ('{"unresolved": {"7": 5}}'), (NULL)) v (s);
SELECT difference, lower, upper, round(statistic::numeric, 9) AS statistic, round(p_value::numeric, 15) AS p_value, std_error, median_duration_lift(a, b), duration_test(a, a)
FROM (SELECT duration_agg('1 h'::interval) AS a, duration_agg('2 h'::interval) AS b FROM generate_series(1, 9)) t, duration_test(a, b);
SELECT median_duration_lift(a, a) FROM (SELECT duration_agg('0'::interval) AS a FROM generate_series(1, 9)) t;
-- as many as a count holds
SELECT median_duration_interval(s), mean_duration_interval(s), (duration_test(s, s)).p_value FROM (SELECT duration_summary '{"resolved": {"1": 4611686018427387903, "2": 4611686018427387903}, "total_microseconds": 13835058055282163709}' AS s) t;
SELECT mean_duration_interval(duration_agg(d)) FROM unnest('{106751991 days, 106751991 days, 0}'::interval[]) d;

--
-- Refusals
--
SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY[
	$$percentile_interval('{"resolved": {"1": 1}, "total_microseconds": 1}', 90)$$,
	$$percentile_interval('{"resolved": {"1": 1}, "total_microseconds": 1}', 0.9, 95)$$,
	$$percentile_lower('{"resolved": {"1": 1}, "total_microseconds": 1}', 'NaN')$$,
	$$median_duration_upper('{"resolved": {"1": 1}, "total_microseconds": 1}', 1)$$,
	$$mean_duration_interval('{}', 0)$$,
	$$within_interval('{}', '-1 s')$$,
	$$within_interval('{}', '1 month')$$,
	$$within_test('{}', '{}', '1 h', 2)$$,
	$$duration_test('{}', '{}', 95)$$,
	$$mean_duration_test('{}', '{}', 95)$$,
	$$median_duration_lift('{}', '{}', 95)$$]) query;
