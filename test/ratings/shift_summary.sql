-- shift_summary: what of the change of a score comes from the mix of segments, what from their scores
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
\set random :tests '/random.psql'
\i :random
SET extra_float_digits = 0;

-- A rating summary of so many promoters, detractors and answers in all; and one of yes and no.
CREATE FUNCTION pg_temp.nps_of(promoters integer, detractors integer, n integer) RETURNS rating_summary
	LANGUAGE sql AS $$SELECT format('{"scale": "0..10", "responses": {"9": %s, "7": %s, "0": %s}}',
		promoters, n - promoters - detractors, detractors)::rating_summary$$;
CREATE FUNCTION pg_temp.share_of(yes bigint, n bigint) RETURNS rating_summary
	LANGUAGE sql AS $$SELECT format('{"scale": "0..1", "responses": {"1": %s, "0": %s}}', yes, n - yes)
		::rating_summary$$;

--
-- Das Gupta 1993, example 5.1: household headship per 100 by age, US 1970 and 1985; published as
-- 44.7268 and 47.6940, of whose difference 2.9672 rates make 1.7403 and ages 1.2269
--
CREATE TEMP TABLE headship AS
	SELECT chr((96 + n)::integer) AS age, pg_temp.share_of((share_1970 * rate_1970 * 100)::bigint, (share_1970 * 10000)::bigint) AS before,
		pg_temp.share_of((share_1985 * rate_1985 * 100)::bigint, (share_1985 * 10000)::bigint) AS after
	FROM unnest('{12.9,10.9,9.5,8.0,7.8,8.4,8.6,7.8,7.0,5.9,4.7,3.6,4.9}'::numeric[],
		'{10.1,11.2,11.6,10.9,9.4,7.7,6.3,6.0,6.3,5.9,5.1,4.0,5.5}'::numeric[],
		'{1.9,25.8,45.7,49.6,51.2,51.6,51.8,54.9,58.7,60.4,62.8,66.6,66.8}'::numeric[],
		'{2.2,24.3,45.8,52.5,56.1,55.6,56.0,57.4,57.2,61.2,63.9,68.6,72.2}'::numeric[])
		WITH ORDINALITY v (share_1970, share_1985, rate_1970, rate_1985, n);
SELECT round(csat(shift_before(s))::numeric, 6) AS "1970", round(csat(shift_after(s))::numeric, 6) AS "1985",
	(SELECT round(sum(rate_effect)::numeric, 4) FROM shifts(s)) AS rates,
	(SELECT round(sum(mix_effect)::numeric, 4) FROM shifts(s)) AS ages
FROM (SELECT shift_agg(age, before, after) AS s FROM headship) t;
SELECT segment, round(rate_effect::numeric, 4) AS rate, round(mix_effect::numeric, 7) AS mix
FROM shifts((SELECT shift_agg(age, before, after) FROM headship)) WHERE segment IN ('a', 'm');

--
-- Simpson: each segment is better than before, and all together are worse
--
CREATE TEMP TABLE simpson AS
	SELECT segment, pg_temp.nps_of(p1, d1, n1) AS before, pg_temp.nps_of(p2, d2, n2) AS after
	FROM (VALUES ('phone', 360, 120, 600, 126, 34, 200), ('chat', 90, 120, 300, 240, 240, 700),
		('store', 60, 10, 100, 65, 10, 100)) v (segment, p1, d1, n1, p2, d2, n2);
SELECT segment, share_before, share_after, score_before, score_after, mix_effect, rate_effect,
	round(lower::numeric, 6) AS lower, round(upper::numeric, 6) AS upper
FROM shifts((SELECT shift_agg(segment, before, after) FROM simpson));
SELECT nps(shift_before(s)) AS before, nps(shift_after(s)) AS after, sum(rate_effect) AS rate, sum(mix_effect) AS mix,
	sum(rate_effect + mix_effect) AS change
FROM (SELECT shift_agg(segment, before, after) AS s FROM simpson) t, shifts(s) GROUP BY s;
-- other conventions, from the columns
SELECT sum(share_after * (score_after - score_before)) AS rates_by_shares_after,
	sum((share_after - share_before) * score_before) AS mix_by_scores_before,
	sum(share_before * (score_after - score_before)) AS rates_by_shares_before,
	sum((share_after - share_before) * (score_after - score_before)) AS interaction
FROM shifts((SELECT shift_agg(segment, before, after) FROM simpson));

--
-- Segments that come and go are all mix
--
CREATE TEMP TABLE moving AS
	SELECT segment, pg_temp.nps_of(p1, d1, n1) AS before, pg_temp.nps_of(p2, d2, n2) AS after
	FROM (VALUES ('A', 200, 80, 400, 270, 90, 500), ('D', 50, 90, 200, 120, 160, 400)) v (segment, p1, d1, n1, p2, d2, n2)
	UNION ALL SELECT 'B', pg_temp.nps_of(240, 180, 600), NULL
	UNION ALL SELECT 'C', NULL, pg_temp.nps_of(90, 120, 300);
SELECT segment, round(share_before::numeric, 6) AS share_before, round(share_after::numeric, 6) AS share_after,
	score_before, score_after, round(mix_effect::numeric, 11) AS mix, round(rate_effect::numeric, 11) AS rate,
	lower IS NULL AS no_interval
FROM shifts((SELECT shift_agg(segment, before, after) FROM moving));
SELECT round(nps(shift_before(s))::numeric, 10) AS before, round(nps(shift_after(s))::numeric, 10) AS after,
	round(sum(rate_effect)::numeric, 11) AS rate, round(sum(mix_effect)::numeric, 11) AS mix
FROM (SELECT shift_agg(segment, before, after) AS s FROM moving) t, shifts(s) GROUP BY s;

--
-- What counts as a segment: a name that is NULL, an empty one; whoever did not answer; nobody
--
SELECT shift_agg(segment, before::rating_summary, after::rating_summary) AS s
FROM (VALUES (NULL, '{"scale": "1..5", "responses": {"5": 1}}', NULL), ('', NULL, '{"scale": "1..5", "responses": {"2": 1}}'),
	(NULL, NULL, '{"scale": "1..5", "responses": {"4": 3}}'), ('silent', '{"scale": "1..5", "nonresponses": 2}', NULL),
	('nobody', NULL, NULL), ('nothing', '{"scale": "1..5"}', '{"scale": "0..10"}'), ('blank', '{}', '{}'),
	(NULL, '{"scale": "1..5", "responses": {"1": 1}}', NULL)) v (segment, before, after) \gset
SELECT :'s' AS s;
SELECT segment, share_before, share_after, score_before, score_after, mix_effect, rate_effect,
	round(lower::numeric, 4) AS lower, round(upper::numeric, 4) AS upper FROM shifts(:'s');
SELECT shift_before(:'s'), shift_after(:'s');
-- nothing at all, and nothing on one side
SELECT shift_agg(segment, NULL, NULL) IS NULL AS nothing FROM (VALUES ('x')) v (segment);
SELECT shift_agg('x', NULL, NULL) IS NULL AS no_rows FROM simpson WHERE false;
SELECT shift_after(s) IS NULL AS nobody_after, r.* FROM (SELECT shift_agg(segment, before, NULL) AS s FROM simpson) t, shifts(s) r;
SELECT count(*) FROM shifts(NULL);
SELECT count(*) FROM shifts((SELECT shift_agg(segment, before, after) FROM simpson), NULL, NULL);
SELECT s - s AS empty, (SELECT count(*) FROM shifts(s - s)) AS segments, shift_before(s - s)
FROM (SELECT shift_agg(segment, before, after) AS s FROM simpson) t;
-- names in the order of their bytes, and any that there can be
SELECT string_agg(coalesce(segment, 'NULL'), ' ') AS in_order
FROM shifts((SELECT shift_agg(segment, pg_temp.nps_of(1, 0, 1), NULL)
	FROM unnest('{é,b,NULL,aa,a,"",Z,ab}'::text[]) segment));
SELECT s::text::shift_summary = s AS again, (SELECT bool_and(segment IN (repeat('é', 127), E'a"\\\n\t')) FROM shifts(s)) AS same
FROM (SELECT shift_agg(segment, pg_temp.nps_of(1, 0, 1), NULL) AS s
	FROM unnest(ARRAY[repeat('é', 127), E'a"\\\n\t']) segment) t;
-- an aggregate of somebody's own that begins with other ratings, but without one
CREATE AGGREGATE pg_temp.from_nothing(text, rating_summary, rating_summary) (STYPE = shift_summary,
	SFUNC = cxm_internal.shift_transition, INITCOND = '{"terms": {"scale": "0..1"}, "segments": []}');
SELECT pg_temp.from_nothing('a', r, r) = shift_agg('a', r, r) AS adopts FROM pg_temp.nps_of(1, 0, 1) r;

-- on the wire they are in the encoding of the client
\set receive :tests '/receive.psql'
\i :receive
CREATE TEMP TABLE named AS SELECT shift_agg('é', pg_temp.nps_of(1, 0, 1), NULL) AS s;
SELECT length(cxm_internal.shift_summary_send(s)) AS bytes FROM named;
SET client_encoding = 'LATIN1';
SELECT length(cxm_internal.shift_summary_send(s)) AS bytes,
	pg_temp.received('shift_summary', cxm_internal.shift_summary_send(s)) = s::text AS again FROM named;
RESET client_encoding;

--
-- The metric: nps on 0..10, else csat, and mean
--
SELECT metric, round(sum(mix_effect)::numeric, 12) AS mix, round(sum(rate_effect)::numeric, 12) AS rate, min(score_before) AS lowest
FROM (SELECT shift_agg(segment, before, after) AS s FROM simpson) t,
	unnest(ARRAY[NULL, 'nps', 'csat', 'mean']) metric, shifts(s, metric) GROUP BY metric ORDER BY metric;
SELECT metric, score_before, score_after, rate_effect FROM (SELECT shift_agg('x', a, b) AS s
	FROM (SELECT csat_agg(a) AS a, csat_agg(b) AS b FROM (VALUES (1, 5), (4, 5), (5, 3), (2, 5)) v (a, b)) t) t,
	unnest(ARRAY[NULL, 'csat', 'mean']) metric, shifts(s, metric) ORDER BY metric;

--
-- The same in numeric, over random ratings of which some segments are on one side only; and the
-- interval is that of the test of the segment, times its share
--
CREATE TEMP TABLE answer AS
	SELECT nullif('s' || pg_temp.random(n, 1, 12), 's7') AS segment, after, x * w AS x, x AS plain, w, y
	FROM (SELECT n, n % 2 = 0 AS after, pg_temp.random(n, 2, 11) AS y, 1 + pg_temp.random(n, 3, 999) / 100.0 AS w,
			CASE WHEN pg_temp.random(n, 2, 11) >= 9 THEN 100 WHEN pg_temp.random(n, 2, 11) <= 6 THEN -100 ELSE 0 END AS x
		FROM generate_series(1, 3000) n) t
	WHERE pg_temp.random(n, 1, 12) <> 3 OR after;
DELETE FROM answer WHERE segment = 's5' AND after;
CREATE TEMP TABLE shift AS
	SELECT weighted, shift_agg(segment, before, after) AS s FROM (
		SELECT true AS weighted, segment, nps_agg(y, w) FILTER (WHERE NOT after) AS before, nps_agg(y, w) FILTER (WHERE after) AS after
		FROM answer GROUP BY segment
		UNION ALL SELECT false, segment, nps_agg(y) FILTER (WHERE NOT after), nps_agg(y) FILTER (WHERE after)
		FROM answer GROUP BY segment) t
	GROUP BY weighted;
CREATE TEMP TABLE exactly AS
	WITH weigh AS (
		SELECT weighted, metric, segment, after, CASE WHEN weighted THEN w ELSE 1 END AS w, CASE metric WHEN 'nps' THEN plain
			WHEN 'csat' THEN CASE WHEN y >= 9 THEN 100 ELSE 0 END ELSE y END AS x
		FROM answer, unnest('{true,false}'::boolean[]) weighted, unnest('{nps,csat,mean}'::text[]) metric
	), side AS (
		SELECT weighted, metric, segment, sum(w) FILTER (WHERE NOT after) AS w1, sum(w) FILTER (WHERE after) AS w2,
			sum(w * x) FILTER (WHERE NOT after) / sum(w) FILTER (WHERE NOT after) AS r1,
			sum(w * x) FILTER (WHERE after) / sum(w) FILTER (WHERE after) AS r2
		FROM weigh GROUP BY weighted, metric, segment
	), shared AS (
		SELECT *, coalesce(w1, 0) / sum(w1) OVER p AS s1, coalesce(w2, 0) / sum(w2) OVER p AS s2,
			(sum(w1 * r1) OVER p / sum(w1) OVER p + sum(w2 * r2) OVER p / sum(w2) OVER p) / 2 AS middle
		FROM side WINDOW p AS (PARTITION BY weighted, metric)
	)
	SELECT weighted, metric, segment, s1, s2, r1, r2, (s2 - s1) * ((coalesce(r1, r2) + coalesce(r2, r1)) / 2 - middle) AS mix,
		(s1 + s2) / 2 * (coalesce(r2, r1) - coalesce(r1, r2)) AS rate
	FROM shared;
SELECT weighted, metric, count(*) AS segments, count(r1) AS before, count(r2) AS after,
	bool_and(abs(share_before - s1) < 1e-14 AND abs(share_after - s2) < 1e-14) AS shares,
	bool_and((score_before IS NULL) = (r1 IS NULL) AND (score_after IS NULL) = (r2 IS NULL)
		AND (abs(score_before - r1) < 1e-11) IS NOT FALSE AND (abs(score_after - r2) < 1e-11) IS NOT FALSE) AS scores,
	bool_and(abs(mix_effect - mix) < 1e-12 AND abs(rate_effect - rate) < 1e-12) AS effects
FROM exactly JOIN (SELECT weighted, metric, r.* FROM shift, unnest('{nps,csat,mean}'::text[]) metric, shifts(s, metric) r) r
	USING (weighted, metric) WHERE r.segment IS NOT DISTINCT FROM exactly.segment
GROUP BY weighted, metric ORDER BY weighted, metric;
-- and the effects add up to the change
SELECT weighted, metric, abs(sum(mix_effect + rate_effect) - (CASE metric WHEN 'nps' THEN nps(shift_after(s)) - nps(shift_before(s))
	WHEN 'csat' THEN csat(shift_after(s)) - csat(shift_before(s)) ELSE mean_answer(shift_after(s)) - mean_answer(shift_before(s)) END))
	< 1e-12 AS adds_up
FROM shift, unnest('{nps,csat,mean}'::text[]) metric, shifts(s, metric) GROUP BY weighted, s, metric ORDER BY weighted, metric;
SELECT weighted, metric, count(r.lower) AS intervals, bool_and(abs(r.lower - share * t.lower) < 1e-12
	AND abs(r.upper - share * t.upper) < 1e-12) AS of_the_test
FROM shift, unnest('{nps,csat,mean}'::text[]) metric, shifts(s, metric, 0.9) r,
	LATERAL (SELECT (share_before + share_after) / 2 AS share) w,
	LATERAL (SELECT (e->'before')::rating_summary AS b, (e->'after')::rating_summary AS a
		FROM jsonb_array_elements(s::jsonb->'segments') e WHERE e->>'segment' IS NOT DISTINCT FROM segment) e,
	LATERAL (SELECT lower, upper FROM nps_test(a, b, 0.9) WHERE metric = 'nps' UNION ALL
		SELECT lower, upper FROM csat_test(a, b, 0.9) WHERE metric = 'csat' UNION ALL
		SELECT lower, upper FROM ces_test(a, b, 0.9) WHERE metric = 'mean') t
GROUP BY weighted, metric ORDER BY weighted, metric;
-- the totals are the ratings of all, non-responses and weights included
SELECT weighted, shift_before(s) = CASE WHEN weighted THEN (SELECT nps_agg(y, w) FROM answer WHERE NOT after)
	ELSE (SELECT nps_agg(y) FROM answer WHERE NOT after) END AS before FROM shift ORDER BY weighted;

--
-- Rows of one segment add up; summaries merge, also in a moving window, where nothing stays behind
--
CREATE TEMP TABLE daily AS
	SELECT n % 97 AS day, 'segment ' || pg_temp.random(n, 5, 300) AS segment, n % 3 = 0 AS weighted,
		CASE WHEN n % 3 = 0 THEN nps_agg(n % 11, n / 64.0) ELSE nps_agg(n % 11) END AS rating
	FROM generate_series(1, 2000) n GROUP BY n;
SELECT weighted, count(*) AS rows, bool_and(moving = again) AS same
FROM (SELECT w.*, shift_agg(segment, rating, CASE WHEN day % 3 > 0 THEN rating END)
			OVER (PARTITION BY weighted ORDER BY day RANGE 2 PRECEDING) AS moving FROM daily w) m,
	LATERAL (SELECT shift_agg(segment, rating, CASE WHEN day % 3 > 0 THEN rating END) AS again FROM daily d
		WHERE d.weighted = m.weighted AND d.day BETWEEN m.day - 2 AND m.day) a
GROUP BY weighted ORDER BY weighted;
SELECT weighted, sum(s) = (SELECT shift_agg(segment, rating, NULL) FROM daily d WHERE d.weighted = t.weighted) AS parts,
	count(*) AS days
FROM (SELECT weighted, day, shift_agg(segment, rating, NULL) AS s FROM daily GROUP BY weighted, day) t GROUP BY weighted ORDER BY weighted;
CREATE AGGREGATE pg_temp.shift_state(text, rating_summary, rating_summary) (
	SFUNC = cxm_internal.shift_transition, STYPE = shift_summary, MSTYPE = shift_summary,
	MSFUNC = cxm_internal.shift_transition, MINVFUNC = cxm_internal.shift_inverse);
SELECT max(size) FILTER (WHERE n BETWEEN 1000 AND 1900) > 50000 AS large, max(size) FILTER (WHERE n > 4000) < 3000 AS small_again
FROM (SELECT n, pg_column_size(pg_temp.shift_state(n::text, r, NULL) OVER (ORDER BY n RANGE 999 PRECEDING)) AS size
	FROM (SELECT CASE WHEN n < 2000 THEN n ELSE n * 300 END AS n, rating_agg(true) AS r FROM generate_series(1, 2100) n GROUP BY n) rows) t;

--
-- Refusals
--
SELECT pg_temp.refusal($$SELECT shift_agg(repeat('é', 128), '{"scale": "1..5", "responses": {"5": 1}}', NULL)$$);
SELECT pg_temp.refusal($$SELECT shift_agg('x', '{"scale": "1..5", "responses": {"5": 1}}', '{"scale": "0..10", "responses": {"5": 1}}')$$);
SELECT pg_temp.refusal($$SELECT shift_agg('x', a, a) FROM (VALUES (rating_summary '{"scale": "0..1", "responses": {"1": 1}}'),
	('{"scale": "1..0", "responses": {"1": 1}}')) v (a)$$);
SELECT pg_temp.refusal($$SELECT shift_agg('x', nps, csat) FROM (SELECT nps_agg(9) AS nps, nps_agg(9, 2) AS csat) t$$);
SELECT pg_temp.refusal($$SELECT shifts(shift_agg(segment, before, after), 'NPS') FROM simpson$$);
SELECT pg_temp.refusal($$SELECT shifts(shift_agg(segment, before, after), 'nps', 95) FROM simpson$$);
SELECT pg_temp.refusal($$SELECT shifts(shift_agg(age, before, after), 'nps') FROM headship$$);
SELECT pg_temp.refusal($$SELECT shifts('{"terms": {"scale": "0..100"}, "segments": []}')$$);
SELECT pg_temp.refusal($$SELECT shifts('{}')$$);
SELECT pg_temp.refusal($$SELECT a - b FROM (SELECT shift_agg('x', before, after) AS a, shift_agg('y', before, NULL) AS b FROM simpson) t$$);
SELECT pg_temp.refusal(format('SELECT %L::shift_summary', text)) FROM unnest(ARRAY[
	'{"segments": []}', '{"terms": {}, "segments": []}', '{"terms": 1}', '{"terms": {"scale": "1..5", "nonresponses": 1}}',
	'{"terms": {"scale": "1..5"}, "segments": {}}', '{"terms": {"scale": "1..5"}, "segments": [1]}',
	'{"terms": {"scale": "1..5"}, "segments": [{"before": {}}]}', '{"terms": {"scale": "1..5"}, "segments": [{"segment": 1}]}',
	'{"terms": {"scale": "1..5"}, "segments": [{"segment": "x", "during": {}}]}',
	'{"terms": {"scale": "1..5"}, "segments": [{"segment": "x", "after": {"scale": "1..7"}}]}',
	'{"terms": {"scale": "1..5"}, "segments": [{"segment": "x", "after": 7}]}',
	'{"terms": {"scale": "1..5"}, "more": 1}',
	'{"terms": {"scale": "1..5"}, "segments": [{"segment": null, "after": {"scale": "1..5", "nonresponses": 1}}, {"segment": null}]}',
	format('{"terms": {"scale": "1..5"}, "segments": [{"segment": "%s"}]}', repeat('x', 256))]) text;
-- accepted: a segment without ratings is none, and sides may be left out or {}
SELECT '{"terms": {"scale": "1..5"}, "segments": [{"segment": "x"}, {"segment": "a", "before": {}, "after":
	{"scale": "1..5", "responses": {"1": 1}}}]}'::shift_summary;

--
-- A forged value whose terms are not those of its ratings, in whatever looks at it
--
CREATE CAST (bytea AS shift_summary) WITHOUT FUNCTION;
CREATE CAST (shift_summary AS bytea) WITHOUT FUNCTION;
CREATE TEMP TABLE forged AS
	SELECT set_byte(s::bytea, 28, 1)::shift_summary AS s
	FROM (SELECT shift_agg('x', '{"scale": "0..1", "responses": {"1": 3}}', NULL) AS s) t;
SELECT pg_temp.refusal(format('SELECT %s FROM forged', call))
FROM unnest('{s::text,cxm_internal.shift_summary_send(s),shifts(s),shift_before(s),sum(s),s + s,s - s}'::text[]) call;
DROP CAST (bytea AS shift_summary);
DROP CAST (shift_summary AS bytea);
