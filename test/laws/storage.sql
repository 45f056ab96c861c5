-- storage: values in tables, packed, compressed, out of line, by their hash, and in materialized views
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set types :tests '/types.psql'
\i :types
SELECT * FROM law_lacks;

--
-- A value of each type in every way in which a table can keep it, of a dozen rows and of all of them
--
-- from 19 on another method may be the default
SET default_toast_compression = 'pglz';
CREATE TABLE law_sample (type regtype PRIMARY KEY, call text);
INSERT INTO law_sample SELECT DISTINCT ON (type) type, call FROM law_call JOIN law_type USING (type)
	WHERE call !~ '^rollup' ORDER BY type,
		call NOT IN ('rating_agg(byte, ''0..255'')', 'survival_agg(ages, still)'), id;
CREATE FUNCTION pg_temp.keep(each law_sample) RETURNS TABLE (rows bigint, compressed boolean, beside boolean,
	same bigint, hashes bigint, sums bigint, groups bigint, in_both bigint, in_one bigint,
	by_index bigint, torn bigint) LANGUAGE plpgsql AS $$
DECLARE
	way text;
BEGIN
	EXECUTE format('CREATE TABLE law_value AS SELECT id, %s AS v FROM law_row, generate_series(1, 9) id
		WHERE id = 9 OR n %% 15 < id GROUP BY id', each.call);
	-- so wide without the value that it is worth moving
	EXECUTE 'CREATE TABLE law_stored (id integer, way text, pad text DEFAULT repeat(''x'', 2000), v '
		|| each.type || ') WITH (toast_tuple_target = 128)';
	ALTER TABLE law_stored ALTER pad SET STORAGE PLAIN;
	FOREACH way IN ARRAY '{plain,main,extended,external}'::text[] LOOP
		EXECUTE 'ALTER TABLE law_stored ALTER v SET STORAGE ' || way;
		INSERT INTO law_stored (id, way, v) SELECT id, way, v FROM law_value;
	END LOOP;
	SELECT count(*), bool_or(pg_column_compression(v) IS NOT NULL) INTO rows, compressed FROM law_stored;
	beside := pg_relation_size((SELECT reltoastrelid FROM pg_class WHERE oid = 'law_stored'::regclass)) > 0;
	EXECUTE replace('SELECT count(*) FILTER (WHERE s.v = k.v AND NOT s.v <> k.v AND s.v::text = k.v::text
				AND {type}_send(s.v) = {type}_send(k.v)),
			count(*) FILTER (WHERE {type}_hash(s.v) = {type}_hash(k.v)
				AND {type}_hash_extended(s.v, 42) = {type}_hash_extended(k.v, 42)),
			count(*) FILTER (WHERE s.v + k.v = k.v + k.v AND k.v + s.v = k.v + k.v)
		FROM law_stored s JOIN law_value k USING (id)', '{type}', each.type::text) INTO same, hashes, sums;
	-- hashed: groups, set operations, an index, and partitions, which use the seeded hash
	SELECT count(*) INTO groups FROM (SELECT v FROM law_stored GROUP BY v HAVING count(*) = 4) t;
	SELECT count(*) INTO in_both FROM (SELECT v FROM law_stored s WHERE s.way = 'plain' INTERSECT
		SELECT v FROM law_stored s WHERE s.way = 'external') t;
	SELECT count(*) INTO in_one FROM (SELECT v FROM law_stored s WHERE s.way = 'main' EXCEPT
		SELECT v FROM law_stored s WHERE s.way = 'extended') t;
	CREATE INDEX law_stored_hash ON law_stored USING hash (v);
	SET LOCAL enable_seqscan = off;
	SELECT count(*) INTO by_index FROM law_stored WHERE v = (SELECT v FROM law_value WHERE id = 5);
	SET LOCAL enable_seqscan = on;
	EXECUTE 'CREATE TABLE law_hashed (v ' || each.type || ') PARTITION BY HASH (v)';
	CREATE TABLE law_hashed_0 PARTITION OF law_hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE law_hashed_1 PARTITION OF law_hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	INSERT INTO law_hashed SELECT v FROM law_stored;
	SELECT count(*) % 4 INTO torn FROM law_hashed_0;
	RETURN NEXT;
	DROP TABLE law_value, law_stored, law_hashed;
END
$$;
SELECT type, k.* FROM law_sample each, pg_temp.keep(each) k ORDER BY type::text COLLATE "C";

--
-- REFRESH MATERIALIZED VIEW CONCURRENTLY rewrites the rows whose values have changed, and no other
--
DO $$
BEGIN
	EXECUTE 'CREATE MATERIALIZED VIEW law_daily AS SELECT day, ' || (SELECT string_agg(
			format('%s AS %I', call, type), ', ') FROM law_sample) || ' FROM law_row GROUP BY day';
END
$$;
CREATE UNIQUE INDEX ON law_daily (day);
CREATE TABLE law_before AS SELECT ctid AS place, * FROM law_daily;
REFRESH MATERIALIZED VIEW CONCURRENTLY law_daily;
SELECT count(*) AS days, count(*) FILTER (WHERE d.ctid = place) AS untouched
FROM law_before JOIN law_daily d USING (day);
-- other rows of the same values, in another order; and a day more, a day less, and a day that differs
CREATE TABLE law_rows AS SELECT * FROM law_row;
TRUNCATE law_row;
INSERT INTO law_row SELECT * FROM law_rows ORDER BY n DESC;
REFRESH MATERIALIZED VIEW CONCURRENTLY law_daily;
SELECT count(*) AS days, count(*) FILTER (WHERE d.ctid = place) AS untouched
FROM law_before JOIN law_daily d USING (day);
DELETE FROM law_row WHERE day = 7;
INSERT INTO law_row SELECT (r).* FROM (SELECT jsonb_populate_record(t, jsonb_build_object('n', 1000, 'day', 1000))
	AS r FROM law_rows t WHERE day = 8 LIMIT 1) more;
UPDATE law_row t SET (yes, before, byte, duration) = (SELECT yes, before, byte, duration FROM law_rows o
	WHERE o.n = 200) WHERE day = 9;
REFRESH MATERIALIZED VIEW CONCURRENTLY law_daily;
SELECT day, b.day IS NULL AS is_new, d.day IS NULL AS is_gone
FROM law_before b FULL JOIN law_daily d USING (day) WHERE d.ctid IS DISTINCT FROM place ORDER BY day;

--
-- Room: in a table, one byte of header
--
-- a small summary stays small: one byte of header on disk, 8 of scale, and one for each count
CREATE TEMP TABLE small_rating (s rating_summary);
INSERT INTO small_rating
	SELECT nps_agg(n % 11) FROM generate_series(1, 11 * 255) n UNION ALL
	SELECT csat_agg(1 + n % 5) FROM generate_series(1, 100) n UNION ALL
	SELECT ces_agg(1 + n % 7) FROM generate_series(1, 100) n UNION ALL
	SELECT rating_agg(n % 2 = 0) FROM generate_series(1, 100) n;
SELECT scale_of(s), responses(s), pg_column_size(s) AS stored FROM small_rating;
-- and never more than 32 bytes in memory, for NPS
SELECT pg_column_size(nps_agg(n % 11)) AS in_memory FROM generate_series(1, 11 * 255) n;
CREATE TEMP TABLE small AS
	SELECT churn_agg(n % 2 = 0, n % 3 > 0) AS churn, revenue_agg(n * 100, n * 150.25) AS revenue,
		survival_agg(n, n % 2 = 0) AS survival, activity_agg(date '2025-01-01' + n) AS days,
		(SELECT retention_agg(activity_agg, 'month', '2025-12-31') FROM
			(SELECT activity_agg(date '2025-01-01' + 30 * d) FROM generate_series(0, 11) d) a)
			AS retention
	FROM generate_series(1, 12) n;
-- 6 and 5 counters; 16, 6 counters and 6 sums of 2 digits; 12 and 6 for each duration; 6, 3 for the
-- first day and 1 for each other; 12 and 2 for each month; less the 3 that a short header saves
SELECT pg_column_size(churn) AS churn, pg_column_size(revenue) AS revenue,
	pg_column_size(survival) AS survival, pg_column_size(days) AS days,
	pg_column_size(retention) AS retention
FROM small;
-- a large one lies beside its row, and is the same
CREATE TABLE large AS SELECT survival_agg(n, n % 7 > 1) AS s FROM generate_series(1, 60000) n;
SELECT l.s = s.s AND l.s::text = s.s::text AS same, median_survival(l.s) = median_survival(s.s) AS median,
	pg_column_size(l.s) > 2000 AS large, (l.s + s.s) - s.s = l.s AS minus
FROM large l, (SELECT survival_agg(n, n % 7 > 1) AS s FROM generate_series(1, 60000) n) s;


-- there is no order, and so none of what needs one
\set VERBOSITY terse
SELECT type, outcome(format('SELECT s FROM (VALUES (NULL::%s)) v (s) ORDER BY s', type)) AS order_by,
	outcome(format('SELECT count(DISTINCT s) FROM (VALUES (NULL::%s)) v (s)', type)) AS count_distinct,
	outcome(format('SELECT max(s) FROM (VALUES (NULL::%s)) v (s)', type)) AS max,
	outcome(format('CREATE INDEX ON law_daily (%I)', type)) AS index
FROM law_type ORDER BY type::text COLLATE "C";
\set VERBOSITY default

-- updates, and an upsert that adds
CREATE TEMP TABLE running (region text PRIMARY KEY, s rating_summary NOT NULL);
INSERT INTO running SELECT 'north', nps_agg(9);
INSERT INTO running SELECT 'north', nps_agg(6)
	ON CONFLICT (region) DO UPDATE SET s = running.s + excluded.s;
UPDATE running SET s = s + s;
SELECT * FROM running;
UPDATE running SET s = s - '{"scale": "0..10", "responses": {"6": 2, "9": 1}}';
SELECT * FROM running;


DROP SCHEMA law CASCADE;
