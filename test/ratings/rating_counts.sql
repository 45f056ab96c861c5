-- rating counts: what plain SQL counts and adds up, in counters that are as wide as they must be
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set random :tests '/random.psql'
\i :random

CREATE TABLE law_scale (scale text, low integer, answers integer);
INSERT INTO law_scale VALUES ('0..10', 0, 11), ('1..5', 1, 5), ('5..1', 1, 5), ('-1..1', -1, 3),
	('0..1', 0, 2), ('0..255', 0, 256), ('100..-100', -100, 201), ('-999999999..-999999990',
	-999999999, 10);

-- a tenth does not answer; weights are 0 or NULL at times, and large at others
CREATE TABLE law_response AS
	SELECT scale, n, pg_temp.random(n, 1, 7) AS part, pg_temp.random(n, 2, 50) AS day,
		CASE WHEN pg_temp.random(n, 3, 10) > 0 THEN low + pg_temp.random(n, 4, answers) END
			AS answer,
		CASE pg_temp.random(n, 5, 20) WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN 1e6 / 3
			ELSE pg_temp.random(n, 6, 3000000) / 1e6 END AS weight
	FROM law_scale, generate_series(1, 2000) n;
ANALYZE law_response;

-- the exact bytes of two values, either of which may be missing
CREATE FUNCTION pg_temp.same(a rating_summary, b rating_summary) RETURNS boolean
	IMMUTABLE LANGUAGE sql RETURN
	cxm_internal.rating_summary_send(a) IS NOT DISTINCT FROM cxm_internal.rating_summary_send(b)
	AND a::text IS NOT DISTINCT FROM b::text AND (a = b) IS NOT FALSE;

--
-- Every scale, plain and weighted, and what plain SQL counts and adds up
--
CREATE TABLE law_whole AS
	SELECT scale, rating_agg(answer, scale) AS plain, rating_agg(answer, scale, weight) AS weighted
	FROM law_response GROUP BY scale;

WITH by_answer AS (
	SELECT scale, answer, count(*), count(weight) AS weighed,
		sum(round(weight::numeric, 9)) AS weight, sum(round(weight::numeric, 9) *
			round(weight::numeric, 9)) AS square
	FROM law_response GROUP BY scale, answer
), counted AS (
	SELECT scale,
		jsonb_build_object('scale', scale,
			'responses', jsonb_object_agg(answer, count) FILTER (WHERE answer IS NOT NULL),
			'nonresponses', sum(count) FILTER (WHERE answer IS NULL)) AS plain,
		jsonb_build_object('scale', scale,
			'responses', jsonb_object_agg(answer, weighed) FILTER (WHERE answer IS NOT NULL),
			'nonresponses', sum(weighed) FILTER (WHERE answer IS NULL),
			'weights', jsonb_object_agg(answer, weight) FILTER (WHERE answer IS NOT NULL),
			'nonresponse_weight', sum(weight) FILTER (WHERE answer IS NULL),
			'squared_weights', jsonb_object_agg(answer, square) FILTER (WHERE answer IS NOT NULL),
			'nonresponse_squared_weight', sum(square) FILTER (WHERE answer IS NULL)) AS weighted
	FROM by_answer GROUP BY scale
)
SELECT scale, pg_temp.same(whole.plain, counted.plain::rating_summary) AS plain,
	pg_temp.same(whole.weighted, counted.weighted::rating_summary) AS weighted
FROM law_whole whole JOIN counted USING (scale) ORDER BY scale COLLATE "C";

--
-- Counters are as wide as they must be, and no wider: what is sent has 7 bytes, and then 1, 2, 4 or
-- 8 for each of 2 answers and the non-responses
--
CREATE FUNCTION pg_temp.votes(yes bigint, no bigint DEFAULT 0, nonresponses bigint DEFAULT 0)
	RETURNS rating_summary IMMUTABLE LANGUAGE sql RETURN
	format('{"scale": "0..1", "responses": {"0": %s, "1": %s}, "nonresponses": %s}',
		no, yes, nonresponses)::rating_summary;
CREATE TABLE law_width (n bigint);
INSERT INTO law_width VALUES (0), (1), (254), (255), (256), (65534), (65535), (65536), (4294967294),
	(4294967295), (4294967296), (9223372036854775805), (9223372036854775806), (9223372036854775807);
SELECT n, octet_length(cxm_internal.rating_summary_send(s)) AS bytes, responses_at(s, 1) = n AS yes,
	pg_temp.same(s, s::text::rating_summary) AS text
FROM law_width, pg_temp.votes(n) s ORDER BY n;
-- up and down again across every limit, where the sum is still in range
SELECT count(*) AS pairs,
	bool_and(pg_temp.same(pg_temp.votes(a.n) + pg_temp.votes(b.n), pg_temp.votes(a.n + b.n)))
		AS sum,
	bool_and(pg_temp.same(pg_temp.votes(a.n) + pg_temp.votes(b.n) - pg_temp.votes(b.n),
		pg_temp.votes(a.n))) AS difference,
	bool_and(pg_temp.same(pg_temp.votes(1, a.n, b.n) + pg_temp.votes(1, b.n, a.n)
		- pg_temp.votes(1, a.n, b.n), pg_temp.votes(1, b.n, a.n))) AS elsewhere,
	bool_and(pg_temp.same(coalesce(rolled_up, pg_temp.votes(0)), pg_temp.votes(a.n + b.n)))
		AS rollup
FROM law_width a, law_width b,
	LATERAL (SELECT rollup(s) AS rolled_up FROM unnest(ARRAY[pg_temp.votes(a.n), pg_temp.votes(b.n),
		pg_temp.votes(0)]) s) r
WHERE a.n <= 9223372036854775805 - b.n;
-- counted one by one
SELECT n, pg_temp.same(yes, pg_temp.votes(n)) AS yes,
	pg_temp.same(none, pg_temp.votes(0, 0, n)) AS none
FROM law_width,
	LATERAL (SELECT rating_agg(true) AS yes, rating_agg(NULL::boolean) AS none
		FROM generate_series(1, n)) counted
WHERE n BETWEEN 1 AND 65536 ORDER BY n;

--
-- The regions of 20,000 responses, and their scores as plain SQL has them
--
CREATE TABLE response (region integer, channel integer, score smallint, weight float8);
INSERT INTO response
	SELECT abs(hashint8extended(n, 1) % 40), n % 3, abs(hashint8extended(n, 2) % 12), n % 7
	FROM generate_series(1, 20000) n;
UPDATE response SET score = NULL WHERE score = 11;
ANALYZE response;

SELECT count(*) AS regions, bool_and(counted.nps = e.nps AND nps(s) = e.nps
	AND responses(s) = e.responses AND nonresponses(s) = e.nonresponses) AS same
FROM (SELECT region, nps(score), nps_agg(score) AS s FROM response GROUP BY region) counted
	FULL JOIN (SELECT region, count(score) AS responses, count(*) - count(score) AS nonresponses,
			100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6))
				/ count(score)::float8 AS nps
		FROM response GROUP BY region) e USING (region);
-- in the order asked for, and each answer once
SELECT bool_and(nps_agg = sorted) AS sorted,
	bool_and(once = '{"scale": "0..10", "responses": {"0": 1, "1": 1, "2": 1, "3": 1, "4": 1, "5": 1,
		"6": 1, "7": 1, "8": 1, "9": 1, "10": 1}, "nonresponses": 1}') AS once
FROM (SELECT nps_agg(score), nps_agg(score ORDER BY weight, score DESC) AS sorted,
		nps_agg(DISTINCT score) AS once
	FROM response GROUP BY region) t;
SELECT region, channel, responses(nps_agg(score)), round(nps(score)::numeric, 3) AS nps
FROM response WHERE region < 2 GROUP BY ROLLUP (region, channel) ORDER BY region, channel;

-- some rows only, none, and rows that the padding of an outer join makes
SELECT nps(nps_agg(score) FILTER (WHERE channel = 1)) = nps(score) FILTER (WHERE channel = 1)
		AS same,
	nps_agg(score) FILTER (WHERE channel = 1) + nps_agg(score) FILTER (WHERE channel <> 1) =
		nps_agg(score) AS parts,
	nps_agg(score) FILTER (WHERE score IS NOT NULL) + nps_agg(score) FILTER (WHERE score IS NULL) =
		nps_agg(score) AS answered_or_not,
	nps_agg(score) FILTER (WHERE channel = 9) AS none
FROM response;
SELECT id, response_rate(nps_agg(score)) AS rate
FROM (VALUES (1), (2), (3)) customer (id) LEFT JOIN (VALUES (1, 9), (2, NULL)) survey (id, score)
	USING (id)
GROUP BY id ORDER BY id;

DROP TABLE law_scale, law_response, law_whole, law_width, response;
