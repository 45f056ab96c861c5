-- share: yes or no, from summaries and from bare counts, against figures that others have computed
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SET extra_float_digits = 0;

CREATE FUNCTION pg_temp.share_of(yes bigint, n bigint) RETURNS rating_summary
	LANGUAGE sql AS $$SELECT format('{"scale": "0..1", "responses": {"1": %s, "0": %s}}', yes, n - yes)
		::rating_summary$$;

--
-- Counting yes and no
--

CREATE TEMP TABLE answer (yes boolean, n integer);
INSERT INTO answer SELECT CASE WHEN n % 10 < 6 THEN true WHEN n % 10 < 9 THEN false END, n
	FROM generate_series(1, 1000) n;
SELECT share_agg(yes) AS s, share(yes), share(share_agg(yes)) AS of_summary,
	share_agg(yes) = rating_agg(yes) AS as_rating_agg, round((csat(yes::integer, '0..1') / 100 - share(yes))::numeric, 14) AS less_csat
FROM answer;
-- nothing counted is no share
SELECT share_agg(yes), share(yes) FROM answer WHERE false;
SELECT share_agg(yes), share(yes) FROM answer WHERE yes IS NULL;
SELECT share(pg_temp.share_of(0, 0)), share_interval(pg_temp.share_of(0, 0)), share_lower(pg_temp.share_of(0, 0)),
	share_test(pg_temp.share_of(0, 0), pg_temp.share_of(1, 2)), satisfied(pg_temp.share_of(0, 0));
-- moving windows give what the frame gives
SELECT count(*) AS windows, bool_and(moved IS NOT DISTINCT FROM framed AND share(summed) IS NOT DISTINCT FROM framed) AS same
FROM (SELECT share(yes) OVER w AS moved, share_agg(yes) OVER w AS summed,
		(SELECT share(yes) FROM answer b WHERE b.n BETWEEN a.n - 6 AND a.n) AS framed
	FROM answer a WINDOW w AS (ORDER BY n ROWS 6 PRECEDING)) t;

--
-- Wilson's intervals, of summaries and of counts
--

SELECT k, n, level, round(lower::numeric, 10) AS lower, round(upper::numeric, 10) AS upper,
	i = share_interval(pg_temp.share_of(k, n), level) AND lower = share_lower(k, n, level) AND upper = share_upper(k, n, level)
		AND lower = share_lower(s, level) AND upper = share_upper(s, level) AS alike
FROM (VALUES (15, 148), (0, 20), (29, 29), (1869, 7043)) v (k, n), unnest('{0.8,0.9,0.95,0.99}'::double precision[]) level,
	pg_temp.share_of(k, n) s, share_interval(k, n, level) i ORDER BY n, level;
SELECT share_interval(15, 148) = share_interval(15, 148, 0.95) AS at_95,
	share_interval(pg_temp.share_of(15, 148)) = share_interval(15, 148) AS of_summary;
-- a funnel: each step of the one before and of the first
SELECT n, round(lower::numeric, 8) AS lower, round(upper::numeric, 8) AS upper, round(of_first.a::numeric, 8) AS lower_of_first,
	round(of_first.b::numeric, 8) AS upper_of_first
FROM (SELECT n, lag(n) OVER (ORDER BY n DESC) AS before FROM unnest('{12000,4812,1530,611,600,0}'::bigint[]) n) t,
	share_interval(n, before), share_interval(n, 12000) AS of_first (a, b) ORDER BY n DESC;
-- sums are numeric
SELECT round(lower::numeric, 8) AS lower, round(upper::numeric, 8) AS upper
FROM (SELECT sum(k) AS k, sum(n) AS n FROM (VALUES (2::bigint, 10::bigint), (0, 100)) v (k, n)) t, share_interval(k, n);
-- cells of a retention table
SELECT k, n, round(lower::numeric, 8) AS lower, round(upper::numeric, 8) AS upper
FROM (VALUES (2, 10), (0, 100), (2, 110), (57, 57)) v (k, n), share_interval(k, n) ORDER BY n;
SELECT share_interval(57, 57), share_interval(0, 0), share_interval(NULL, 3), share_interval(3.0, 4.00),
	share_interval(1e20, 2e20);

--
-- Newcombe's tests
--

SELECT k1, n1, k2, n2, round(t.difference::numeric, 10) AS d, round(t.lower::numeric, 10) AS lower,
	round(t.upper::numeric, 10) AS upper, round(n.lower::numeric, 10) AS lower_90, round(n.upper::numeric, 10) AS upper_90,
	t = share_test(pg_temp.share_of(k1, n1), pg_temp.share_of(k2, n2))
		AND n = share_test(pg_temp.share_of(k1, n1), pg_temp.share_of(k2, n2), 0.9) AS of_summaries,
	t.lower = -r.upper AND t.upper = -r.lower AND t.p_value IS NOT DISTINCT FROM r.p_value AS mirrored
FROM (VALUES (56, 70, 48, 80), (9, 10, 3, 10), (6, 7, 2, 7), (5, 56, 0, 29), (0, 10, 0, 20), (480, 1000, 450, 1000))
		v (k1, n1, k2, n2), share_test(k1, n1, k2, n2) t, share_test(k1, n1, k2, n2, 0.9) n, share_test(k2, n2, k1, n1) r
ORDER BY t.difference, n1;
-- as csat_test has it, in other units
SELECT round((100 * (a).lower - (b).lower)::numeric, 10) AS lower, round((100 * (a).upper - (b).upper)::numeric, 10) AS upper,
	(a).statistic = (b).statistic AND (a).p_value = (b).p_value AS same_z
FROM (SELECT share_test(x, y) AS a, csat_test(x, y) AS b FROM pg_temp.share_of(56, 70) x, pg_temp.share_of(48, 80) y) t;
SELECT share_test(1, 2, 0, 0), share_test(1, 2, NULL, 3);

--
-- Satisfied: companies with different scales add up
--

CREATE TEMP TABLE company AS
	SELECT * FROM (VALUES ('a', rating_summary '{"scale": "1..5", "responses": {"5": 3, "4": 2, "2": 5}, "nonresponses": 4}'),
		('b', '{"scale": "0..10", "responses": {"0": 2, "8": 1, "9": 6, "10": 1}, "nonresponses": 1}'),
		('c', '{"scale": "5..1", "responses": {"1": 1, "2": 1, "3": 1, "5": 2}}'),
		('d', '{"scale": "1..3", "responses": {"3": 1, "2": 9}}'),
		('e', '{"scale": "1..0", "responses": {"0": 3, "1": 1}}'),
		('f', '{"scale": "0..1", "responses": {"0": 3, "1": 1}}')) v (company, s);
SELECT company, scale_of(s), satisfied(s), round(share(satisfied(s))::numeric, 4) AS share,
	round((csat(s) / 100 - share(satisfied(s)))::numeric, 14) AS less_csat,
	round((share_lower(satisfied(s)) - csat_lower(s) / 100)::numeric, 14) AS less_lower,
	responses(satisfied(s)) = responses(s) AND nonresponses(satisfied(s)) = nonresponses(s) AS all_there
FROM company ORDER BY company;
SELECT sum(satisfied(s)), round(share(sum(satisfied(s)))::numeric, 4) AS share FROM company;
SELECT satisfied(satisfied(s)) = satisfied(s) AS once, satisfied(s, NULL) = satisfied(s) AS by_default,
	satisfied(s, 3) AS from_3, share(satisfied(s, 3)) = top_share(s, 3) AS as_top_share
FROM company WHERE company IN ('a', 'b', 'c') ORDER BY company;
SELECT satisfied(s, 2), share(satisfied(s, 2)) FROM company WHERE company = 'd';
-- a sum of parts is the whole, before or after
SELECT satisfied(sum(s)) = sum(satisfied(s)) AS same
FROM (SELECT csat_agg(n % 5 + 1) AS s FROM generate_series(1, 1000) n GROUP BY n % 7) t;
-- weights
SELECT satisfied(s), round((csat(s) / 100 - share(satisfied(s)))::numeric, 14) AS less_csat,
	round((share_upper(satisfied(s)) - csat_upper(s) / 100)::numeric, 14) AS less_upper,
	satisfied(s)::text::rating_summary = satisfied(s) AS reads_back
FROM (SELECT rating_agg(answer, '1..5', weight) AS s
	FROM (VALUES (5, 2.5), (4, 1), (1, 0.25), (NULL, 3), (3, 1)) v (answer, weight)) t;
SELECT satisfied(NULL::rating_summary) IS NULL AS of_nothing, satisfied(NULL, 3) IS NULL AS from_3;
SELECT pg_temp.refusal($$SELECT satisfied('{"scale": "0..2", "responses": {"1": 200000000, "2": 200000000},
	"weights": {"1": 200000000000000, "2": 200000000000000},
	"squared_weights": {"1": 200000000000000000000, "2": 200000000000000000000}}', 1)$$);
-- as many as can be
SELECT satisfied('{"scale": "1..5", "responses": {"4": 4611686018427387903, "5": 4611686018427387904},
	"nonresponses": 9223372036854775807}');

--
-- How many answers?
--

SELECT share, margin, responses_needed(share, margin) AS wald, responses_needed(share, margin, 0.95, 'wilson') AS wilson,
	(SELECT max(upper - lower) / 2 <= margin FROM share_interval(round(share::numeric * n), n)) AS fits
FROM (VALUES (0.8::double precision, 0.05::double precision), (0.5, 0.03), (0.95, 0.02), (1, 0.05), (0, 0.05)) v (share, margin),
	LATERAL (SELECT responses_needed(share, margin, 0.95, 'wilson') AS n) needed
ORDER BY share, margin;
SELECT responses_needed(0.5, 0.03, 0.99), responses_needed(0.5, 0.999), responses_needed(0.5, 0.9, 0.5, 'wilson'),
	responses_needed(NULL, 0.1), responses_needed(0.5, 1e-6);

--
-- Many tests at once
--

SELECT method, adjusted_p_values(p, method)
FROM (VALUES ('{0.01,0.02,0.03,0.04,0.05}'::double precision[]), ('{0.04,0.01,NULL,0.03,0.01,1,NULL,0.5}'),
		('{0.0001,0.0004,0.0019,0.0095,0.0201,0.0278,0.0298,0.0344,0.0459,0.3240,0.4262,0.5719,0.6528,0.7590,1}')) v (p),
	unnest('{holm,benjamini_hochberg,benjamini_yekutieli}'::text[]) method
ORDER BY cardinality(p), method COLLATE "C" DESC;
SELECT adjusted_p_values('{0.04,0.01}') AS holm, adjusted_p_values('{}') AS none, adjusted_p_values('{NULL,NULL}') AS nulls,
	adjusted_p_values('[3:4][0:1]={{0.1,0.2},{0.01,NULL}}') AS shape, adjusted_p_values(NULL) AS "null",
	adjusted_p_values('{0,1,0}') AS ends;
-- of many groups, with the rest
SELECT region, round(p::numeric, 4) AS p, round(adjusted::numeric, 4) AS adjusted
FROM (SELECT region, p, (adjusted_p_values(array_agg(p) OVER w))[row_number() OVER w] AS adjusted
	FROM (SELECT region, (share_test(s, sum(s) OVER () - s)).p_value AS p
		FROM (VALUES ('a', pg_temp.share_of(50, 80)), ('b', pg_temp.share_of(30, 80)), ('c', pg_temp.share_of(41, 80)),
			('d', pg_temp.share_of(0, 0))) v (region, s)) t
	WINDOW w AS (ORDER BY region ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)) u ORDER BY region;

--
-- Refusals
--

SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY[
	$$share(rating_summary '{"scale": "1..5", "responses": {"5": 1}}')$$,
	$$share(rating_summary '{"scale": "1..0"}')$$,
	$$share(rating_summary '{}')$$,
	$$satisfied('{}')$$,
	$$share_interval(rating_summary '{"scale": "0..10"}')$$,
	$$share_test('{"scale": "0..1"}', '{"scale": "1..5"}')$$,
	$$share_interval('{"scale": "0..1"}', 95::double precision)$$,
	$$share_interval(1, 2, 1)$$,
	$$share_test(1, 2, 1, 2, 0)$$,
	$$satisfied('{"scale": "0..100", "responses": {"50": 1}}')$$,
	$$satisfied('{"scale": "1..5"}', 6)$$,
	$$satisfied('{"scale": "1..5"}', 4.5)$$,
	$$satisfied('{"scale": "1..5"}', 'NaN')$$,
	'share_interval(-1, 2)', 'share_interval(1.5, 2)', 'share_interval(3, 2)', 'share_interval(1, ''NaN''::numeric)',
	'share_interval(1, ''Infinity''::numeric)', 'share_interval(1, 1e400)', 'share_interval(2, 2.1)',
	'share_test(1, 2, 4, 3)', 'share_test(1, 2, 4, -3)', 'share_test(-0.1, 2, 4, 5)',
	'share_interval(100000000000000001, 100000000000000000)',
	'responses_needed(80, 0.05)', 'responses_needed(0.8, 5)', 'responses_needed(0.8, 0)', 'responses_needed(''NaN'', 0.1)',
	'responses_needed(0.8, ''NaN'')', 'responses_needed(0.8, 0.1, 95)', 'responses_needed(0.8, 0.1, 0.95, ''exact'')',
	'responses_needed(0.5, 1e-10)',
	'adjusted_p_values(''{0.1,1.1}'')', 'adjusted_p_values(''{-0.1}'')', 'adjusted_p_values(''{NaN}'')',
	'adjusted_p_values(''{0.1}'', ''bonferroni'')']) query;
-- a literal of no type may be yes as well as a summary, and beside a number it is a number
SELECT left(pg_temp.refusal($$SELECT share('{"scale": "0..1"}')$$), 5) AS share,
	left(pg_temp.refusal($$SELECT share_interval('{"scale": "0..1"}', 0.9)$$), 5) AS share_interval;
SELECT share_interval('{"scale": "0..1", "responses": {"1": 56, "0": 14}}', '0.9') = share_interval(56, 70, 0.9) AS untyped;
