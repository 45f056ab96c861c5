-- journey_stage: ranks, labels, order
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
\set plans :tests '/plans.psql'
\i :plans

--
-- Built-in stages by name, others as rank:label
--
SELECT stage, stage_rank(stage), stage_label(stage), stage_label(stage, 'hi') AS hindi,
	stage_label(stage, 'ne') AS nepali, phase(stage)
FROM unnest('{advocacy,loyalty,service,onboarding,purchase,consideration,awareness,250:trial,
	300:checkout,-1:before,0:page,2147483647:last,250:a:b}'::journey_stage[]) stage
ORDER BY stage;
-- the built-in stage has one spelling; its name with another rank is another stage
SELECT '300:purchase'::journey_stage AS one, '301:purchase'::journey_stage AS other,
	'300:purchase'::journey_stage = 'purchase' AS same;
SELECT stage_label('250:परीक्षण', 'hi');
SELECT pg_column_size('purchase'::journey_stage);

-- casts, on assignment too
SELECT 'service'::text::journey_stage, 'service'::varchar::journey_stage,
	'250:trial'::journey_stage::text;
CREATE TEMP TABLE moved (stage journey_stage, word text);
INSERT INTO moved SELECT word, stage FROM (VALUES ('loyalty'::text, '700:own'::journey_stage)) v (word, stage);
SELECT * FROM moved;

--
-- Order: rank before label, labels by bytes
--
CREATE TEMP TABLE stage AS
	SELECT n, (hashint8extended(n, 1) % 50 || ':' || chr(65 + abs(hashint8extended(n, 2) % 57)::integer)
		|| repeat('x', abs(hashint8extended(n, 3) % 3)::integer))::journey_stage AS stage
	FROM generate_series(1, 3000) n;
SELECT count(*) AS pairs, count(*) FILTER (WHERE stage < next) AS less,
	bool_and((stage_rank(stage), stage_label(stage) COLLATE "C")
		<= (stage_rank(next), stage_label(next) COLLATE "C")) AS in_order,
	bool_and((stage < next) = (stage <> next) AND stage <= next AND next >= stage
		AND (next > stage) = NOT (stage = next)) AS operators
FROM (SELECT stage, lead(stage) OVER (ORDER BY stage) AS next FROM stage) t
WHERE next IS NOT NULL;
SELECT min(stage) = (array_agg(stage ORDER BY stage_rank(stage), stage_label(stage) COLLATE "C"))[1] AS min,
	max(stage) = (array_agg(stage ORDER BY stage_rank(stage) DESC, stage_label(stage) COLLATE "C" DESC))[1] AS max
FROM stage;
SELECT min(stage), max(stage) FROM stage WHERE n < 0;
SELECT min(stage), max(stage) FROM (VALUES (NULL::journey_stage), ('service'), (NULL), ('purchase')) v (stage);

-- indexes and every kind of join
CREATE INDEX ON stage (stage);
ANALYZE stage;
SET enable_seqscan = off;
SELECT pg_temp.plans('SELECT max(stage) FROM stage', 'Index Only Scan Backward');
EXPLAIN (COSTS OFF) SELECT * FROM stage WHERE stage >= 'purchase' ORDER BY stage;
RESET enable_seqscan;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT pg_temp.plans('SELECT count(*) FROM stage a JOIN stage b USING (stage)', 'Merge Join');
SELECT count(*) AS merged FROM stage a JOIN stage b USING (stage);
RESET enable_hashjoin; SET enable_mergejoin = off;
SELECT count(*) AS hashed FROM stage a JOIN stage b USING (stage);
SELECT sum(n * n) AS by_hand FROM (SELECT count(*) AS n FROM stage GROUP BY stage::text) t;
SELECT count(DISTINCT stage) = (SELECT count(*) FROM (SELECT stage FROM stage GROUP BY stage) t)
	AS groups FROM stage;
RESET enable_mergejoin; RESET enable_nestloop;
SELECT bool_and(hashed) FROM (
	SELECT count(DISTINCT hash_array(ARRAY[stage])) = 1 AS hashed FROM stage GROUP BY stage::text) t;
-- stages that a wide row has compressed
DO $$
DECLARE
	columns text;
	stages text;
BEGIN
	SELECT string_agg(format('s%s journey_stage', c), ', '),
		string_agg(format('((n + %s) %% 40 || %L || repeat(%L, 60))::journey_stage', c, ':', 'x'), ', ')
	INTO columns, stages FROM generate_series(0, 39) c;
	EXECUTE format('CREATE TABLE wide_stage (n integer, %s)', columns);
	EXECUTE format('INSERT INTO wide_stage SELECT n, %s FROM generate_series(0, 39) n', stages);
END
$$;
SELECT count(pg_column_compression(s0)) > 20 AS compressed, count(*) AS rows FROM wide_stage;
SELECT bool_and(s0 = (n || ':' || repeat('x', 60))::journey_stage AND s0 <> s1) AS equal,
	bool_and((s0 < s1) = (n < 39)) AS less,
	count(DISTINCT s0) AS sorted FROM wide_stage;
SELECT array_agg(n ORDER BY s7) = array_agg(n ORDER BY (n + 7) % 40) AS in_order FROM wide_stage;
DROP TABLE wide_stage;
-- a hash whose seed is zero is the one without a seed, in its lower half
SELECT bool_and(cxm_internal.journey_stage_hash_extended(stage, 0)::bit(32) = cxm_internal.journey_stage_hash(stage)::bit(32))
		AS like_the_other,
	count(DISTINCT cxm_internal.journey_stage_hash_extended(stage, 1)) = count(DISTINCT stage) AS all_differ
FROM stage;

--
-- Binary: what is sent comes back
--
CREATE TEMP TABLE sent AS SELECT stage, cxm_internal.journey_stage_send(stage) AS bytes FROM stage;
SELECT cxm_internal.journey_stage_send('250:trial');
SELECT bool_and(cxm_internal.journey_stage_send(stage::text::journey_stage) = bytes) AS same, count(*) FROM sent;

--
-- Refusals
--
SELECT input, pg_temp.refusal(format('SELECT %L::journey_stage', input))
FROM (VALUES ('trial'), ('Purchase'), (''), ('250:'), ('2147483648:x'), ('-2147483649:x'),
	('99999999999999999999:x'), ('2.5:x'), (' purchase'),
	('1:' || repeat('x', 255)), ('1:' || repeat('x', 256)), ('1:' || repeat('é', 128))) v (input);
SELECT pg_temp.refusal($$SELECT stage_label('purchase', 'de')$$);
SELECT stage_rank(NULL), stage_label(NULL), stage_label('purchase', NULL), phase(NULL);
