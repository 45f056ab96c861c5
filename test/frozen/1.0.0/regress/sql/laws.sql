-- laws: the value of a whole is the sum of its parts, however it was cut up and put together
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set random :tests '/random.psql'
\i :random
\set plans :tests '/plans.psql'
\i :plans

CREATE TABLE law_scale (scale text, low integer, answers integer);
INSERT INTO law_scale VALUES ('0..10', 0, 11), ('1..5', 1, 5), ('5..1', 1, 5), ('-1..1', -1, 3),
	('0..1', 0, 2), ('0..255', 0, 256), ('100..-100', -100, 201), ('-999999999..-999999990',
	-999999999, 10);

-- a tenth does not answer; weights are 0 or NULL at times, and large at others
CREATE TABLE law_response AS
	SELECT scale, n, pg_temp.random(n, 1, 7) AS part, pg_temp.random(n, 2, 50) AS day,
		CASE WHEN pg_temp.random(n, 3, 10) > 0 THEN low + pg_temp.random(n, 4, answers) END
			AS answer,
		CASE pg_temp.random(n, 5, 20) WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN 1e9 / 3
			ELSE pg_temp.random(n, 6, 3000000) / 1e6 END AS weight
	FROM law_scale, generate_series(1, 2000) n;
ANALYZE law_response;

-- the exact bytes of two values, either of which may be missing
CREATE FUNCTION pg_temp.same(a rating_summary, b rating_summary) RETURNS boolean
	IMMUTABLE LANGUAGE sql RETURN
	rating_summary_send(a) IS NOT DISTINCT FROM rating_summary_send(b)
	AND a::text IS NOT DISTINCT FROM b::text AND (a = b) IS NOT FALSE;

--
-- The whole, which everything else is compared with; and first, what plain SQL counts and adds up
--
CREATE TABLE law_whole AS
	SELECT scale, rating_agg(answer, scale) AS plain, rating_agg(answer, scale, weight) AS weighted
	FROM law_response GROUP BY scale;

WITH by_answer AS (
	SELECT scale, answer, count(*), count(weight) AS weighed,
		sum(round(weight::numeric, 6)) AS weight, sum(round(weight::numeric, 6) *
			round(weight::numeric, 6)) AS square
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
			'squared_weights', sum(square) FILTER (WHERE answer IS NOT NULL)) AS weighted
	FROM by_answer GROUP BY scale
)
SELECT scale, pg_temp.same(whole.plain, counted.plain::rating_summary) AS plain,
	pg_temp.same(whole.weighted, counted.weighted::rating_summary) AS weighted
FROM law_whole whole JOIN counted USING (scale) ORDER BY scale;

--
-- Whole = rollup of parts = rollup of rollups = sum of parts with +, in any order
--
CREATE TABLE law_part AS
	SELECT scale, part, day, rating_agg(answer, scale) AS plain,
		rating_agg(answer, scale, weight) AS weighted
	FROM law_response GROUP BY scale, part, day;

SELECT scale, count(*) AS parts, pg_temp.same(rollup(p.plain), min(w.plain::text)::rating_summary)
		AS plain,
	pg_temp.same(rollup(p.weighted), min(w.weighted::text)::rating_summary) AS weighted
FROM law_part p JOIN law_whole w USING (scale) GROUP BY scale ORDER BY scale;

-- in three steps, through days
SELECT scale, pg_temp.same(rollup(plain), (SELECT w.plain FROM law_whole w WHERE w.scale = t.scale))
		AS plain,
	pg_temp.same(rollup(weighted), (SELECT w.weighted FROM law_whole w WHERE w.scale = t.scale))
		AS weighted
FROM (SELECT scale, half, rollup(plain) AS plain, rollup(weighted) AS weighted
	FROM (SELECT scale, day, day % 2 AS half, rollup(plain) AS plain, rollup(weighted) AS weighted
		FROM law_part GROUP BY scale, day) days
	GROUP BY scale, half) t
GROUP BY scale ORDER BY scale;

CREATE FUNCTION pg_temp.sum_of(parts rating_summary[]) RETURNS rating_summary
	IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
	total rating_summary := parts[1];
BEGIN
	FOR i IN 2 .. cardinality(parts) LOOP
		total := total + parts[i];
	END LOOP;
	RETURN total;
END
$$;

-- ten orders each
SELECT scale, count(*) AS orders, bool_and(pg_temp.same(sum, whole.plain)) AS plain,
	bool_and(pg_temp.same(weighted_sum, whole.weighted)) AS weighted,
	bool_and(pg_temp.same(rolled_up, whole.plain)) AS rollup
FROM law_whole whole JOIN
	(SELECT scale, seed,
		pg_temp.sum_of(array_agg(plain ORDER BY hashint8extended(part + 10 * day, seed))) AS sum,
		pg_temp.sum_of(array_agg(weighted ORDER BY hashint8extended(part + 10 * day, seed)))
			AS weighted_sum,
		rollup(plain ORDER BY hashint8extended(part + 10 * day, -seed)) AS rolled_up
	FROM law_part, generate_series(1, 10) seed
	GROUP BY scale, seed) t USING (scale)
GROUP BY scale ORDER BY scale;

-- a + b = b + a, (a + b) + c = a + (b + c)
SELECT count(*) AS triples, bool_and(pg_temp.same(a.plain + b.plain, b.plain + a.plain)),
	bool_and(pg_temp.same((a.plain + b.plain) + c.plain, a.plain + (b.plain + c.plain))),
	bool_and(pg_temp.same(a.weighted + b.weighted, b.weighted + a.weighted)),
	bool_and(pg_temp.same((a.weighted + b.weighted) + c.weighted,
		a.weighted + (b.weighted + c.weighted)))
FROM law_part a JOIN law_part b USING (scale, part) JOIN law_part c USING (scale, part)
WHERE a.day < 9 AND b.day < 4 AND c.day < 4;

--
-- (a + b) - b = a and (a + b) - a = b; a - a is empty; the whole less a part is the rest
--
SELECT scale, count(*) AS pairs, bool_and(pg_temp.same((a.plain + b.plain) - b.plain, a.plain)
		AND pg_temp.same((a.plain + b.plain) - a.plain, b.plain)) AS plain,
	bool_and(pg_temp.same((a.weighted + b.weighted) - b.weighted, a.weighted)
		AND pg_temp.same((a.weighted + b.weighted) - a.weighted, b.weighted)) AS weighted
FROM law_part a JOIN law_part b USING (scale)
WHERE a.day < 4 AND b.day < 4 GROUP BY scale ORDER BY scale;
SELECT bool_and(pg_temp.same(plain - plain, format('{"scale": "%s"}', scale)::rating_summary)),
	bool_and(pg_temp.same(weighted - weighted,
		format('{"scale": "%s", "weights": {}}', scale)::rating_summary)),
	bool_and(pg_temp.same(plain + (plain - plain), plain)),
	bool_and(pg_temp.same(weighted - (weighted - weighted), weighted))
FROM law_part;
SELECT count(*) AS parts, bool_and(pg_temp.same(whole - p.plain, rest)) AS rest
FROM (SELECT scale, part, rollup(plain) AS plain FROM law_part GROUP BY scale, part) p,
	LATERAL (SELECT rollup(plain) AS whole, rollup(plain) FILTER (WHERE o.part <> p.part) AS rest
		FROM law_part o WHERE o.scale = p.scale) o;

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
SELECT n, octet_length(rating_summary_send(s)) AS bytes, responses_at(s, 1) = n AS yes,
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
-- The combine function over {none, NULL, empty, one, many} squared, against the rows counted in
-- one go. "none" is a missing row; "empty" is a state that only rows without weight have made.
--
CREATE AGGREGATE pg_temp.combine(rating_summary) (
	SFUNC = rating_summary_combine, STYPE = rating_summary, COMBINEFUNC = rating_summary_combine);
CREATE TABLE law_state (name text, place integer, s rating_summary, answers integer[]);
INSERT INTO law_state VALUES
	('none', 1, NULL, NULL),
	('NULL', 2, NULL, '{}'),
	('empty', 3, '{"scale": "0..10"}', '{}'),
	('one', 4, '{"scale": "0..10", "responses": {"9": 1}}', '{9}'),
	('many', 5, (SELECT nps_agg(n % 11) FROM generate_series(1, 3000) n),
		(SELECT array_agg(n % 11) FROM generate_series(1, 3000) n));
CREATE VIEW law_pair AS
	SELECT a.place, a.name AS a, b.place AS of_b, b.name AS b,
		pg_temp.combine(state) FILTER (WHERE there) AS combined,
		rollup(state) FILTER (WHERE there) AS rolled_up,
		(SELECT nps_agg(answer) FROM unnest(a.answers || b.answers) answer) AS counted
	FROM law_state a, law_state b,
		LATERAL (VALUES (a.s, a.name <> 'none'), (b.s, b.name <> 'none')) states (state, there)
	GROUP BY a.place, a.name, b.place, b.name, a.answers, b.answers;
-- an empty state stays one until a final function sees it
SELECT a, string_agg(coalesce(responses(combined)::text, 'NULL'), ' | ' ORDER BY of_b)
	AS "none | NULL | empty | one | many"
FROM law_pair GROUP BY place, a ORDER BY place;
SELECT count(*) AS pairs, bool_and(pg_temp.same(rolled_up, counted)) AS rollup,
	bool_and(pg_temp.same(nullif(combined, '{"scale": "0..10"}'), counted)) AS combine
FROM law_pair;

-- weighted likewise, with real partial states: every pair of parts of a partitioned table
CREATE TABLE law_states (side integer, answer integer, weight float8) PARTITION BY LIST (side);
CREATE TABLE law_states_1 PARTITION OF law_states FOR VALUES IN (1);
CREATE TABLE law_states_2 PARTITION OF law_states FOR VALUES IN (2);
CREATE FUNCTION pg_temp.fill(side integer, name text) RETURNS void LANGUAGE sql AS $$
	INSERT INTO law_states SELECT side, 9, NULL WHERE name = 'empty';
	INSERT INTO law_states SELECT side, NULL, 3.5 WHERE name = 'NULL';
	INSERT INTO law_states SELECT side, 9, 2.5 WHERE name = 'one';
	INSERT INTO law_states SELECT side, n % 11, n / 7.0 FROM generate_series(1, 3000) n
		WHERE name = 'many';
$$;
CREATE FUNCTION pg_temp.pairs() RETURNS TABLE (partial_aggregates bigint, same boolean)
	LANGUAGE plpgsql AS $$
DECLARE
	pair record;
	partial rating_summary;
	line text;
	query text := 'SELECT nps_agg(answer, weight) FROM law_states';
BEGIN
	FOR pair IN SELECT a.name AS a, b.name AS b FROM law_state a, law_state b LOOP
		TRUNCATE law_states;
		PERFORM pg_temp.fill(1, pair.a), pg_temp.fill(2, pair.b);
		partial_aggregates := 0;
		FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
			partial_aggregates := partial_aggregates + (line ~ 'Partial Aggregate')::integer;
		END LOOP;
		EXECUTE query INTO partial;
		SELECT pg_temp.same(partial, nps_agg(answer, weight)) INTO same
			FROM (SELECT * FROM law_states OFFSET 0) rows;
		RETURN NEXT;
	END LOOP;
END
$$;
SET enable_partitionwise_aggregate = on;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT partial_aggregates, same, count(*) AS pairs FROM pg_temp.pairs() GROUP BY 1, 2;

--
-- Parallel and partition-wise, over everything
--
CREATE TABLE law_partitioned (LIKE law_response) PARTITION BY HASH (n);
CREATE TABLE law_third_0 PARTITION OF law_partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE law_third_1 PARTITION OF law_partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE law_third_2 PARTITION OF law_partitioned FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO law_partitioned SELECT * FROM law_response;
ANALYZE law_partitioned;
ALTER TABLE law_response SET (parallel_workers = 2);

-- the aggregate's plan, and whether it gives the whole of each scale
CREATE FUNCTION pg_temp.compare(name text, aggregate text, source text)
	RETURNS TABLE (plan text, partial boolean, finalize boolean, groups bigint, same boolean)
	LANGUAGE plpgsql AS $$
DECLARE
	query text := format('SELECT scale, %s AS s FROM %s GROUP BY scale', aggregate, source);
BEGIN
	plan := name;
	partial := pg_temp.plans(query, 'Partial \w*Aggregate');
	finalize := pg_temp.plans(query, 'Finalize \w*Aggregate');
	EXECUTE 'CREATE TEMP TABLE law_result AS ' || query;
	EXECUTE format('SELECT count(*), bool_and(pg_temp.same(s, %s))
			FROM law_result FULL JOIN law_whole USING (scale)',
		CASE WHEN aggregate ~ 'weight' THEN 'weighted' ELSE 'plain' END) INTO groups, same;
	DROP TABLE law_result;
	RETURN NEXT;
END
$$;
SELECT * FROM pg_temp.compare('parallel', 'rating_agg(answer, scale)', 'law_response') UNION ALL
SELECT * FROM pg_temp.compare('parallel, weighted', 'rating_agg(answer, scale, weight)',
	'law_response');
SET parallel_leader_participation = off;
SELECT * FROM pg_temp.compare('workers', 'rating_agg(answer, scale)', 'law_response') UNION ALL
SELECT * FROM pg_temp.compare('workers, weighted', 'rating_agg(answer, scale, weight)',
	'law_response');
RESET parallel_leader_participation;
SET max_parallel_workers_per_gather = 0;
SELECT * FROM pg_temp.compare('partition-wise', 'rating_agg(answer, scale)', 'law_partitioned')
UNION ALL
SELECT * FROM pg_temp.compare('partition-wise, weighted', 'rating_agg(answer, scale, weight)',
	'law_partitioned');
-- by the partition key nothing is left to combine
SELECT pg_temp.plans('SELECT n, nps(answer) FROM law_partitioned GROUP BY n', 'Partial') AS partial,
	bool_and(same) AS same
FROM (SELECT pg_temp.same(p.s, r.s) AS same
	FROM (SELECT n, rating_agg(answer, '0..255') AS s FROM law_partitioned WHERE scale = '0..255'
			GROUP BY n) p
		FULL JOIN (SELECT n, rating_agg(answer, '0..255') AS s FROM law_response
			WHERE scale = '0..255' GROUP BY n) r USING (n)) t;
RESET enable_partitionwise_aggregate;
RESET max_parallel_workers_per_gather;
ALTER TABLE law_part SET (parallel_workers = 2);
SELECT * FROM pg_temp.compare('rollup', 'rollup(plain)', 'law_part') UNION ALL
SELECT * FROM pg_temp.compare('rollup, weighted', 'rollup(weighted)', 'law_part');
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

DROP VIEW law_pair;
DROP TABLE law_scale, law_response, law_whole, law_part, law_width, law_state, law_states,
	law_partitioned;
