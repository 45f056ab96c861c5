-- merge: the value of a whole is the sum of its parts, however it was cut up and put together
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set types :tests '/types.psql'
\i :types
\set plans :tests '/plans.psql'
\i :plans
-- no type and no aggregate is left out
SELECT * FROM law_lacks;
SELECT type, counts FROM law_type ORDER BY type::text COLLATE "C";

--
-- Whole = rollup of parts = rollup of rollups = sum of parts with +, in any order
--
INSERT INTO law VALUES
	('01 counts something', 'all', 'SELECT count(s) > 15 FROM (SELECT {agg} AS s FROM law_row
		GROUP BY step) t'),
	('02 rollup of parts', 'all', 'SELECT {same} FROM (SELECT {agg} AS a FROM law_row) w,
		(SELECT rollup(s) AS b FROM (SELECT {agg} AS s FROM law_row GROUP BY part) p) r'),
	('03 rollup of rollups', 'all', 'SELECT {same} FROM (SELECT {agg} AS a FROM law_row) w,
		(SELECT rollup(s ORDER BY step DESC) AS b FROM (SELECT step, rollup(s) AS s
			FROM (SELECT part, step, {agg} AS s FROM law_row GROUP BY part, step) p
			GROUP BY step) q) r'),
	('04 rows in any order', 'all', 'SELECT {same} FROM (SELECT {agg} AS a FROM law_row) w,
		(SELECT {agg} AS b FROM (SELECT * FROM law_row ORDER BY step, n DESC OFFSET 0) o) r'),
	('05 parts in any order', 'all', 'SELECT count(*) = 10 AND bool_and({same}) FROM
		(SELECT {agg} AS a FROM law_row) w, (SELECT rollup(s ORDER BY hashint8extended(step, seed)) AS b
			FROM (SELECT step, {agg} AS s FROM law_row GROUP BY step) p, generate_series(1, 10) seed
			GROUP BY seed) r'),
	('06 a + b', 'all', 'SELECT {same} FROM (SELECT {agg} AS b FROM law_row) w,
		(SELECT l.s + r.s AS a FROM (SELECT {agg} AS s FROM law_row WHERE part < 3) l,
			(SELECT {agg} AS s FROM law_row WHERE part >= 3) r) t'),
	('07 a + b = b + a', 'all', 'SELECT count(a) > 90 AND bool_and({same}) FROM
		(SELECT l.s + r.s AS a, r.s + l.s AS b
		FROM (SELECT {agg} AS s FROM law_row GROUP BY part) l,
			(SELECT {agg} AS s FROM law_row GROUP BY step) r) t'),
	('08 (a + b) + c = a + (b + c)', 'all', 'SELECT count(a) > 90 AND bool_and({same}) FROM
		(SELECT (x.s + y.s) + z.s AS a, x.s + (y.s + z.s) AS b
		FROM (SELECT {agg} AS s FROM law_row GROUP BY part) x,
			(SELECT {agg} AS s FROM law_row WHERE step < 5 GROUP BY step) y,
			(SELECT {agg} AS s FROM law_row WHERE step > 15 GROUP BY step) z) t'),
	('11 (a + b) - b = a', 'counting', 'SELECT count(a) > 90 AND bool_and({same}) FROM
		(SELECT (l.s + r.s) - r.s AS a, l.s + (r.s - r.s) AS b
		FROM (SELECT {agg} AS s FROM law_row GROUP BY part) l,
			(SELECT {agg} AS s FROM law_row GROUP BY step) r) t'),
	('12 (a + b) - a = b', 'counting', 'SELECT count(a) > 90 AND bool_and({same}) FROM
		(SELECT (l.s + r.s) - l.s AS a, r.s - (l.s - l.s) AS b
		FROM (SELECT {agg} AS s FROM law_row GROUP BY part) l,
			(SELECT {agg} AS s FROM law_row GROUP BY step) r) t'),
	('13 the whole less a part is the rest', 'counting', 'SELECT {same} FROM
		(SELECT {agg} - {agg} FILTER (WHERE part = 2) AS a, {agg} FILTER (WHERE part <> 2) AS b
		FROM law_row) t'),
	('14 a - a holds nothing', 'counting', 'SELECT count(s) = 7 AND count(rollup) = 0
		FROM (SELECT s - s AS s, (SELECT rollup(x) FROM unnest(ARRAY[p.s - p.s, p.s - p.s]) x)
			FROM (SELECT {agg} AS s FROM law_row GROUP BY part) p) t'),
	('15 more than there is', 'counting', 'SELECT bool_and(outcome(format(''SELECT %L::%s - %L'',
		a, pg_typeof(a), a + a)) ~ ''^(22003|22023)$'') FROM (SELECT {agg} AS a FROM law_row) t'),
	('16 twice is once', 'sets', 'SELECT bool_and({same}) FROM
		(SELECT s + s AS a, s AS b FROM (SELECT {agg} AS s FROM law_row GROUP BY part) p) t'),
	('17 no rows', 'all', 'SELECT a IS NULL FROM (SELECT {agg} AS a FROM law_row WHERE false) t');
SELECT * FROM law_kept;
-- 15 refuses with one SQLSTATE
SELECT outcome(format('SELECT %L::%s - %L', a, type, b)) AS outcome,
	string_agg(type::text, ' ' ORDER BY type::text COLLATE "C") AS types
FROM (SELECT DISTINCT ON (type) type, outcome(format('SELECT %s FROM law_row', call)) AS b,
		outcome(format('SELECT %s FROM law_row WHERE part = 1', call)) AS a
	FROM law_call JOIN law_type USING (type) WHERE counts ORDER BY type, id) t
GROUP BY 1;

--
-- States of {none, NULL, empty, one, many} squared through the combine function: groups of a table of
-- two partitions, whose partial aggregates are really there. NULL is a row of NULLs; empty, one that
-- does not count, and summaries of nothing.
--
CREATE TABLE law_state AS SELECT *, 'many' AS name FROM law_row WHERE n <= 300
	UNION ALL (SELECT *, 'one' FROM law_row ORDER BY num_nulls(rating, times, churn, revenue, survival,
		retention, funnel, flow, activity, journey, whole, resolved, heavy, driver), n LIMIT 1);
INSERT INTO law_state (name, n, scale, names, currency, bucket, kind, mode, calendar)
	SELECT v.name, 0, scale, names, currency, bucket, kind, mode, calendar
	FROM (VALUES ('NULL'), ('empty')) v (name), law_row WHERE n = 1;
UPDATE law_state SET yes = false, still = false, spell = 'empty', spells = '{}', days = 'empty',
	day_sets = '{}', bounded = 'empty', before = 0, after = 0, long = 0, heavy = 0, weight = 0,
	activity = '{}', journey = '{"events": []}', rating = total.rating - total.rating,
	times = total.times - total.times, churn = total.churn - total.churn,
	revenue = total.revenue - total.revenue, survival = total.survival - total.survival,
	retention = total.retention - total.retention, funnel = total.funnel - total.funnel,
	flow = total.flow - total.flow, driver = total.driver - total.driver,
	stay = total.stay - total.stay
FROM total WHERE name = 'empty';
CREATE TABLE law_side (LIKE law_state, side integer, pair text) PARTITION BY LIST (side);
CREATE TABLE law_side_1 PARTITION OF law_side FOR VALUES IN (1);
CREATE TABLE law_side_2 PARTITION OF law_side FOR VALUES IN (2);
INSERT INTO law_side SELECT s.*, side, a || ' + ' || b
	FROM unnest('{none,"NULL",empty,one,many}'::text[]) a, unnest('{none,"NULL",empty,one,many}'::text[]) b,
		generate_series(1, 2) side, law_state s WHERE s.name = CASE side WHEN 1 THEN a ELSE b END;
SELECT count(DISTINCT pair) AS pairs, count(*) AS rows FROM law_side;
SET enable_partitionwise_aggregate = on;
SET max_parallel_workers_per_gather = 0;
CREATE FUNCTION pg_temp.pairs(each law_call) RETURNS TABLE (is_partial boolean, pairs bigint,
	same bigint) LANGUAGE plpgsql AS $$
DECLARE
	query text := format('SELECT pair, (%s)::text AS s FROM %%s GROUP BY pair', each.call);
BEGIN
	is_partial := pg_temp.plans(format(query, 'law_side'), 'Partial \w*Aggregate');
	EXECUTE format('SELECT count(*), count(*) FILTER (WHERE a.s IS NOT DISTINCT FROM b.s)
		FROM (%s) a FULL JOIN (%s) b USING (pair)', format(query, 'law_side'),
		format(query, '(SELECT * FROM law_side OFFSET 0) o')) INTO pairs, same;
	RETURN NEXT;
END
$$;
SELECT state, bool_and(is_partial) AS partial, min(pairs) AS pairs, sum(pairs - same) AS differing
FROM law_call c, pg_temp.pairs(c) GROUP BY state ORDER BY state::text COLLATE "C";
RESET enable_partitionwise_aggregate;
RESET max_parallel_workers_per_gather;
-- an empty state stays one until a final function sees it: by a combine function alone
CREATE FUNCTION pg_temp.combined(type regtype) RETURNS TABLE (place integer, a text, "none" text,
	"NULL" text, "empty" text, "one" text) LANGUAGE plpgsql AS $$
DECLARE
	one text := (SELECT outcome(format('SELECT %s FROM law_row WHERE part = 1', call))
		FROM law_call c WHERE c.type = combined.type ORDER BY id LIMIT 1);
	empty text := CASE WHEN (SELECT counts FROM law_type t WHERE t.type = combined.type)
		THEN outcome(format('SELECT %L::%s - %1$L', one, type)) END;
	two text := outcome(format('SELECT %L::%s + %1$L', one, type));
BEGIN
	EXECUTE format('CREATE AGGREGATE law.combine(%1$s) (SFUNC = %1$s_combine, STYPE = %1$s)', type);
	EXECUTE format('CREATE TABLE law_operand AS
		SELECT place, name, s::%s, there FROM (VALUES (1, ''none'', NULL, false), (2, ''NULL'', NULL, true),
			(3, ''empty'', %L, true), (4, ''one'', %L, true)) v (place, name, s, there)',
		type, empty, one);
	RETURN QUERY SELECT x.place, x.name, min(result) FILTER (WHERE y = 'none'),
		min(result) FILTER (WHERE y = 'NULL'), min(result) FILTER (WHERE y = 'empty'),
		min(result) FILTER (WHERE y = 'one')
	FROM (SELECT a.place, a.name, b.name AS y, CASE r WHEN one THEN 'one' WHEN two THEN 'two'
				WHEN empty THEN 'empty' ELSE coalesce(r, 'NULL') END AS result
			FROM law_operand a, law_operand b, outcome(format('SELECT law.combine(s ORDER BY n)
				FROM (SELECT s, 1 AS n FROM law_operand WHERE there AND place = %s
					UNION ALL SELECT s, 2 FROM law_operand WHERE there AND place = %s) t',
				a.place, b.place)) r) x
	GROUP BY x.place, x.name;
	DROP TABLE law_operand;
	EXECUTE format('DROP AGGREGATE law.combine(%s)', type);
END
$$;
SELECT type, a, "none", "NULL", "empty", "one" FROM law_type, pg_temp.combined(type) c
ORDER BY type::text COLLATE "C", place;

DROP SCHEMA law CASCADE;
