-- summary_laws: churn, revenue, survival, retention and sets of days keep the laws of every summary
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set random :tests '/random.psql'
\i :random
\set plans :tests '/plans.psql'
\i :plans

CREATE TABLE law_customer AS
	SELECT n, pg_temp.random(n, 1, 7) AS part, pg_temp.random(n, 2, 40) AS step,
		nullif(pg_temp.random(n, 3, 3), 2) = 1 AS was, nullif(pg_temp.random(n, 4, 5), 3) > 1 AS is_,
		CASE WHEN n % 11 > 0 THEN tstzrange(started, nullif(ended, started + 400),
			(ARRAY['[)', '[]', '()', '(]'])[1 + n % 4]) END AS active,
		CASE WHEN n % 13 > 0 THEN datemultirange(daterange(started, ended),
			daterange(ended + 5, CASE WHEN n % 3 > 0 THEN ended + 5 + n % 60 END)) END AS actives,
		started, nullif(ended, started + 400) AS ended,
		CASE pg_temp.random(n, 7, 5) WHEN 0 THEN NULL WHEN 1 THEN 0
			WHEN 2 THEN pg_temp.random(n, 8, 1000000) / 100.0 ELSE 49.90 END AS before,
		CASE pg_temp.random(n, 9, 6) WHEN 0 THEN NULL WHEN 1 THEN 0.00
			WHEN 2 THEN pg_temp.random(n, 10, 1000000)::numeric ^ 5 / 10::numeric ^ 20
			ELSE 49.9 END AS after,
		nullif(pg_temp.random(n, 11, 90), 50) * (1 + pg_temp.random(n, 12, 3)) AS duration,
		(SELECT activity_agg(started + pg_temp.random(n + i, 13, 1 + 90 * (n % 4)))
			FROM generate_series(1, n % 9) i) AS visits
	FROM (SELECT n, date '2025-01-01' + pg_temp.random(n, 5, 300) AS started,
			date '2025-01-01' + pg_temp.random(n, 5, 300) + pg_temp.random(n, 6, 401) AS ended
		FROM generate_series(1, 3000) n) dates;
ANALYZE law_customer;

CREATE TABLE law_aggregate (id integer PRIMARY KEY, aggregate text, type regtype, counts boolean);
INSERT INTO law_aggregate VALUES
	(1, 'churn_agg(was, is_)', 'churn_summary', true),
	(2, $$churn_agg(active, '[2025-05-01 00:00+00,2025-06-01 00:00+00)'::tstzrange)$$,
		'churn_summary', true),
	(3, $$churn_agg(actives, '[2025-05-01,2025-06-01)'::daterange)$$, 'churn_summary', true),
	(4, $$churn_agg(started, ended, '[2025-05-01,2025-06-01)'::daterange)$$, 'churn_summary', true),
	(5, 'revenue_agg(before, after)', 'revenue_summary', true),
	(6, $$revenue_agg(before, after, was, 'EUR')$$, 'revenue_summary', true),
	(7, 'survival_agg(duration, is_)', 'survival_summary', true),
	(8, $$survival_agg(started, ended, '2025-10-01')$$, 'survival_summary', true),
	(9, $$retention_agg(visits, 'week', '2025-12-01')$$, 'retention_summary', true),
	(10, $$retention_agg(visits, '10', '2025-12-01', 'on_or_after')$$, 'retention_summary', true),
	(11, 'activity_agg(started)', 'activity_days', false);


-- One aggregate's law: a query about {agg}, the aggregate, and {type}; {same} compares a and b.
CREATE FUNCTION pg_temp.holds(a law_aggregate, law text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	result boolean;
BEGIN
	law := replace(replace(law, '{agg}', a.aggregate), '{type}', a.type::text);
	law := replace(law, '{same}', format('(a = b AND %1$s_send(a) = %1$s_send(b)
		AND a::text = b::text AND %1$s_hash(a) = %1$s_hash(b)
		AND %1$s_hash_extended(a, 7) = %1$s_hash_extended(b, 7) AND NOT a <> b)', a.type));
	EXECUTE law INTO result;
	RETURN result;
END
$$;

--
-- Whole = rollup of parts = rollup of rollups = sum of parts, in any order
--
SELECT id, aggregate,
	pg_temp.holds(t, 'SELECT {same} FROM (SELECT {agg} AS a FROM law_customer) w,
		(SELECT rollup(s) AS b FROM (SELECT {agg} AS s FROM law_customer GROUP BY part) p) r')
		AS rollup,
	pg_temp.holds(t, 'SELECT {same} FROM (SELECT {agg} AS a FROM law_customer) w,
		(SELECT rollup(s ORDER BY step DESC) AS b FROM (SELECT step, rollup(s) AS s
			FROM (SELECT part, step, {agg} AS s FROM law_customer GROUP BY part, step) p
			GROUP BY step) q) r')
		AS rollups,
	pg_temp.holds(t, 'SELECT bool_and({same}) FROM
		(SELECT l.s + r.s AS a, rollup AS b
			FROM (SELECT {agg} AS s FROM law_customer WHERE part < 3) l,
				(SELECT {agg} AS s FROM law_customer WHERE part >= 3) r,
				(SELECT {agg} AS rollup FROM law_customer) w
		UNION ALL SELECT r.s + l.s, l.s + r.s
			FROM (SELECT {agg} AS s FROM law_customer WHERE step = 3) l,
				(SELECT {agg} AS s FROM law_customer WHERE step <> 3) r) t')
		AS plus,
	pg_temp.holds(t, 'SELECT {same} FROM (SELECT {agg} AS a FROM law_customer) w,
		(SELECT {agg} AS b FROM (SELECT * FROM law_customer ORDER BY step, n DESC OFFSET 0) o) r')
		AS any_order
FROM law_aggregate t ORDER BY id;

--
-- (a + b) - b = a; the whole less a part is the rest; more than there is cannot be taken out
--
SELECT id, CASE WHEN counts THEN pg_temp.holds(t, 'SELECT bool_and({same}) FROM
		(SELECT (l.s + r.s) - r.s AS a, l.s AS b
		FROM (SELECT {agg} AS s FROM law_customer GROUP BY part) l,
			(SELECT {agg} AS s FROM law_customer GROUP BY step) r) t') END AS minus,
	CASE WHEN counts THEN pg_temp.holds(t, 'SELECT {same} FROM
		(SELECT {agg} - {agg} FILTER (WHERE part = 2) AS a,
			{agg} FILTER (WHERE part <> 2) AS b FROM law_customer) t') END AS rest,
	CASE WHEN NOT counts THEN pg_temp.holds(t, 'SELECT bool_and({same}) FROM
		(SELECT s + s AS a, s AS b FROM (SELECT {agg} AS s FROM law_customer GROUP BY part) p) t')
		END AS twice_is_once
FROM law_aggregate t ORDER BY id;

--
-- (a + b) - b = a, for any two of a kind: random ones, empty ones, and blanks. Those are refused on
-- either side, unless there is nothing that a blank would not know, as in a survival_summary
--
CREATE TABLE law_operand (kind text, type text, value text);
INSERT INTO law_operand
	SELECT k.kind, k.type, k.value
	FROM (SELECT part, churn_agg(was, is_) AS snapshots,
				churn_agg(actives, '[2025-05-01,2025-06-01)'::daterange) AS churn,
				revenue_agg(before, after) AS revenue, revenue_agg(before, after, was, 'EUR') AS euro,
				survival_agg(duration, is_) AS survival,
				retention_agg(visits, 'month', '2025-12-01') AS retention,
				retention_agg(visits, '10', '2025-11-01', 'on_or_after') AS spells,
				nps_agg(step % 11) AS nps, csat_agg(1 + step % 5, '1..5', before) AS weighted,
				funnel_agg(j, '{a,b,c}', '9 days', timestamptz '2025-10-01Z') AS funnel,
				flow_agg(j, '2025-10-01Z', '20 days') AS flow
			FROM law_customer, LATERAL (SELECT journey_agg(day, chr(97 + extract(doy FROM day)::integer % 4))
				AS j FROM (SELECT d::timestamptz AS day FROM days(visits) d) d) journey
			GROUP BY ROLLUP (part)) s,
		LATERAL (VALUES ('snapshots', 'churn_summary', snapshots::text),
			('churn', 'churn_summary', churn::text), ('revenue', 'revenue_summary', revenue::text),
			('revenue in EUR', 'revenue_summary', euro::text),
			('survival', 'survival_summary', survival::text),
			('retention', 'retention_summary', retention::text),
			('spells', 'retention_summary', spells::text), ('ratings', 'rating_summary', nps::text),
			('weighted', 'rating_summary', weighted::text), ('funnel', 'funnel_summary', funnel::text),
			('flow', 'flow_summary', flow::text),
			('snapshots', 'churn_summary', (snapshots - snapshots)::text),
			('churn', 'churn_summary', (churn - churn)::text),
			('revenue', 'revenue_summary', (revenue - revenue)::text),
			('revenue in EUR', 'revenue_summary', (euro - euro)::text),
			('survival', 'survival_summary', (survival - survival)::text),
			('retention', 'retention_summary', (retention - retention)::text),
			('spells', 'retention_summary', (spells - spells)::text),
			('ratings', 'rating_summary', (nps - nps)::text),
			('weighted', 'rating_summary', (weighted - weighted)::text),
			('funnel', 'funnel_summary', (funnel - funnel)::text),
			('flow', 'flow_summary', (flow - flow)::text)) k (kind, type, value)
	WHERE k.value IS NOT NULL
	UNION SELECT kind, type, '{}' FROM (VALUES ('snapshots', 'churn_summary'),
		('revenue', 'revenue_summary'), ('survival', 'survival_summary'),
		('retention', 'retention_summary'), ('ratings', 'rating_summary'),
		('funnel', 'funnel_summary'), ('flow', 'flow_summary')) blank (kind, type);
CREATE FUNCTION pg_temp.there_and_back(type text, a text, b text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	same boolean;
BEGIN
	EXECUTE format('SELECT %1$s_send((a + b) - b) = %1$s_send(a) AND (a + b) - b = a
			AND ((a + b) - b)::text = a::text AND a + b = b + a
		FROM (SELECT %2$L::%1$s AS a, %3$L::%1$s AS b) t', type, a, b) INTO same;
	RETURN same;
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN CASE WHEN SQLERRM ~ 'is blank$' THEN 'blank' ELSE SQLERRM END;
END
$$;
SELECT a.kind, count(DISTINCT a.value) > 8 AS many, count(*) FILTER (WHERE law = 'true') > 60 AS pairs,
	bool_and(law = CASE WHEN '{}' IN (a.value, b.value) AND type <> 'survival_summary' THEN 'blank'
		ELSE 'true' END) AS law,
	count(*) FILTER (WHERE a.value = '{}') > 0 AS blanks
FROM law_operand a JOIN law_operand b USING (kind, type),
	pg_temp.there_and_back(type, a.value, b.value) law
GROUP BY a.kind ORDER BY a.kind;

--
-- A moving window gives what counting each frame again gives
--
CREATE TABLE law_window AS SELECT * FROM law_customer WHERE n <= 300;
SELECT id,
	pg_temp.holds(t, 'SELECT count(a) > 250 AND bool_and({same} IS NOT FALSE AND (a IS NULL) = (b IS NULL))
		FROM (SELECT n, {agg} OVER (ORDER BY n ROWS BETWEEN 6 PRECEDING AND 2 PRECEDING) AS a
			FROM law_window) w
		JOIN LATERAL (SELECT {agg} AS b FROM law_window o WHERE o.n BETWEEN w.n - 6 AND w.n - 2) r
			ON true') AS rows,
	pg_temp.holds(t, 'SELECT count(a) > 10 AND bool_and({same} IS NOT FALSE AND (a IS NULL) = (b IS NULL))
		FROM (SELECT n, rollup(s) OVER (ORDER BY n ROWS BETWEEN 4 PRECEDING AND 2 PRECEDING) AS a
			FROM (SELECT n, CASE WHEN n % 3 > 0 THEN {agg} END AS s FROM law_window GROUP BY n) p) w
		JOIN LATERAL (SELECT {agg} AS b FROM law_window o
			WHERE o.n BETWEEN w.n - 4 AND w.n - 2 AND o.n % 3 > 0) r ON true') AS summaries
FROM law_aggregate t ORDER BY id;

--
-- Text, json, jsonb, and the bytes of COPY: the same value again
--
CREATE TABLE law_kept (id integer, churn churn_summary, revenue revenue_summary,
	survival survival_summary, retention retention_summary, days activity_days);
INSERT INTO law_kept
	SELECT part, churn_agg(actives, '[2025-05-01,2025-06-01)'::daterange),
		revenue_agg(before, after, was, 'EUR'), survival_agg(duration, is_),
		retention_agg(visits, 'month', '2025-12-01', 'on_or_after'), activity_agg(started)
	FROM law_customer GROUP BY part;
INSERT INTO law_kept
	SELECT 10 + part, churn_agg(was, is_), revenue_agg(before, after),
		survival_agg(duration * 7000000, is_), retention_agg(visits, 'day', '2025-12-01'),
		activity_agg(started - n * 100)
	FROM law_customer GROUP BY part;
INSERT INTO law_kept (id) VALUES (20);
INSERT INTO law_kept VALUES (21, '{}', '{}', '{}', '{"bucket": "year"}', '{}');
CREATE TABLE law_copied (LIKE law_kept);
\getenv directory PG_ABS_BUILDDIR
\cd :directory
\copy law_kept TO 'results/summary_laws.binary' (FORMAT binary)
\copy law_copied FROM 'results/summary_laws.binary' (FORMAT binary)
\copy law_kept TO 'results/summary_laws.text'
\copy law_copied FROM 'results/summary_laws.text'
CREATE FUNCTION pg_temp.round_trips(column_name text, type text) RETURNS TABLE (name text,
	rows bigint, copies bigint, texts boolean, jsons boolean, jsonbs boolean) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT %1$L, count(k.%1$I),
			count(*) FILTER (WHERE k.%1$I = c.%1$I AND %2$s_send(k.%1$I) = %2$s_send(c.%1$I)),
			bool_and(k.%1$I::text::%2$s = k.%1$I AND k.%1$I::text = k.%1$I::text::%2$s::text),
			bool_and(k.%1$I::json::text::%2$s = k.%1$I), bool_and(k.%1$I::jsonb::%2$s = k.%1$I)
		FROM law_kept k JOIN law_copied c USING (id)', column_name, type);
END
$$;
SELECT r.* FROM (VALUES ('churn', 'churn_summary'), ('revenue', 'revenue_summary'),
	('survival', 'survival_summary'), ('retention', 'retention_summary'), ('days', 'activity_days'))
	types (name, type), pg_temp.round_trips(name, type) r;
-- equality hashes: groups, DISTINCT and hash joins
SELECT count(DISTINCT churn::text) = count(*) AS churn FROM (SELECT churn FROM law_kept
	WHERE churn IS NOT NULL GROUP BY churn) t;
SET enable_mergejoin = off;
SET enable_nestloop = off;
SELECT count(*) FROM law_kept a JOIN law_copied b USING (revenue, survival, retention, days);
RESET enable_mergejoin;
RESET enable_nestloop;

--
-- States from {none, NULL, empty, one, many} squared through the combine function: as parts of a
-- partitioned table, whose partial aggregates are really there
--
CREATE TABLE law_side (side integer, LIKE law_customer) PARTITION BY LIST (side);
CREATE TABLE law_side_1 PARTITION OF law_side FOR VALUES IN (1);
CREATE TABLE law_side_2 PARTITION OF law_side FOR VALUES IN (2);
CREATE FUNCTION pg_temp.rows_of(name text) RETURNS SETOF law_customer LANGUAGE sql
	BEGIN ATOMIC
		-- a row that does not count: NULLs; for dates and snapshots a customer of another time
		SELECT 0, 0, 0, NULL::boolean, NULL::boolean, NULL::tstzrange, NULL::datemultirange,
			NULL::date, NULL::date, NULL::numeric, NULL::numeric, NULL::integer, NULL::activity_days
			WHERE name = 'NULL'
		UNION ALL
		SELECT 0, 0, 0, false, false, 'empty', '{}', NULL, NULL, 0, 0, NULL, '{}'
			WHERE name = 'empty'
		UNION ALL
		SELECT * FROM law_customer WHERE name = 'one' AND n = 31 OR name = 'many' AND n < 1500;
	END;
SET enable_partitionwise_aggregate = on;
CREATE FUNCTION pg_temp.pairs(a law_aggregate) RETURNS TABLE (pairs bigint, partial bigint,
	same bigint) LANGUAGE plpgsql AS $$
DECLARE
	l text;
	r text;
	query text := format('SELECT %s FROM law_side', a.aggregate);
	equal boolean;
BEGIN
	pairs := 0; partial := 0; same := 0;
	FOREACH l IN ARRAY ARRAY['none', 'NULL', 'empty', 'one', 'many'] LOOP
		FOREACH r IN ARRAY ARRAY['none', 'NULL', 'empty', 'one', 'many'] LOOP
			TRUNCATE law_side;
			INSERT INTO law_side SELECT 1, row.* FROM pg_temp.rows_of(l) row;
			INSERT INTO law_side SELECT 2, row.* FROM pg_temp.rows_of(r) row;
			pairs := pairs + 1;
			partial := partial + pg_temp.plans(query, 'Partial Aggregate')::integer;
			EXECUTE format('SELECT (%1$s)::text IS NOT DISTINCT FROM (SELECT (%2$s)::text
				FROM (SELECT * FROM law_side OFFSET 0) o)', format('(%s)', query), a.aggregate)
				INTO equal;
			same := same + equal::integer;
		END LOOP;
	END LOOP;
	RETURN NEXT;
END
$$;
SELECT id, p.* FROM law_aggregate a, pg_temp.pairs(a) p ORDER BY id;

--
-- Parallel plans
--
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ALTER TABLE law_customer SET (parallel_workers = 2);
CREATE FUNCTION pg_temp.parallel(a law_aggregate) RETURNS TABLE (partial boolean, same boolean)
	LANGUAGE plpgsql AS $$
DECLARE
	query text := format('SELECT (%s)::text FROM law_customer', a.aggregate);
	serial text;
	parallel text;
BEGIN
	partial := pg_temp.plans(query, 'Partial Aggregate');
	EXECUTE query INTO parallel;
	SET LOCAL max_parallel_workers_per_gather = 0;
	EXECUTE query INTO serial;
	SET LOCAL max_parallel_workers_per_gather = 2;
	same := serial = parallel;
	RETURN NEXT;
END
$$;
SELECT id, p.* FROM law_aggregate a, pg_temp.parallel(a) p ORDER BY id;
SET parallel_leader_participation = off;
SELECT id, p.* FROM law_aggregate a, pg_temp.parallel(a) p ORDER BY id;

DROP TABLE law_customer, law_aggregate, law_window, law_kept, law_copied, law_side,
	law_operand CASCADE;
