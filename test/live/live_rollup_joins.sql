-- live rollups of a table and others that are joined to it: the view says what the query says,
-- whoever changes which of them
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm_live CASCADE;
RESET client_min_messages;
SELECT setseed(0.5);

CREATE TABLE region (region integer PRIMARY KEY, name text, country text);
CREATE TABLE customer (
	tenant text, customer integer, region integer, segments text[], PRIMARY KEY (tenant, customer)
);
CREATE TABLE response (
	id serial, tenant text, customer integer, channel text, at date, score integer
);
INSERT INTO region VALUES (1, 'north', 'in'), (2, 'south', 'in'), (3, 'hills', 'np');
INSERT INTO customer VALUES ('a', 1, 1, '{gold,new}'), ('a', 2, 2, '{gold}'), ('b', 1, 3, NULL),
	('b', 2, NULL, '{new}');
INSERT INTO response (tenant, customer, channel, score) VALUES
	('a', 1, 'app', 10), ('a', 1, 'mail', 9), ('a', 2, 'app', 0), ('b', 1, 'app', 7),
	('b', 2, 'app', 10), ('b', 3, 'app', 10), ('a', NULL, 'app', 0);
SELECT cxm_create_rollup('by_region', $$
	SELECT channel, r.name AS region, segments[1] AS segment, nps_agg(score) AS s
	FROM response JOIN customer USING (tenant, customer) LEFT JOIN region AS r USING (region)
	GROUP BY 1, 2, 3$$);
-- a row for each customer and channel
SELECT * FROM by_region ORDER BY 1, 2, 3;
SELECT substring(pg_get_viewdef(name::regclass, true) FROM 'FROM .*LEFT JOIN[^\n]*') AS "FROM"
FROM (VALUES ('by_region'), ('by_region_source')) v (name);
SELECT channel, join_1, join_2, responses(added), row_count FROM by_region_delta ORDER BY 1, 2, 3;
SELECT name, base, keys, summaries, deltas, problem FROM cxm_rollups;
-- nothing is on the others
SELECT tgrelid::regclass::text AS table, count(*) FROM pg_trigger WHERE NOT tgisinternal GROUP BY 1 ORDER BY 1;

-- what the view must say, and what of it it does not
CREATE FUNCTION wrong() RETURNS TABLE (in_view boolean, region text, s rating_summary) AS $$
	SELECT true, region, s FROM (SELECT channel, region, segment, s FROM by_region EXCEPT ALL
		SELECT channel, region, segment, s FROM by_region_source) v
	UNION ALL SELECT false, region, s FROM (SELECT channel, region, segment, s FROM by_region_source
		EXCEPT ALL SELECT channel, region, segment, s FROM by_region) q $$ LANGUAGE sql;

--
-- Whoever changes what
--
UPDATE customer SET region = 2 WHERE (tenant, customer) = ('a', 1);
SELECT region, sum(responses(s)) AS responses FROM by_region GROUP BY 1 ORDER BY 1;
UPDATE region SET name = 'coast' WHERE name = 'south';
SELECT region, sum(responses(s)) AS responses FROM by_region GROUP BY 1 ORDER BY 1;
INSERT INTO customer VALUES ('b', 3, 1, '{late}');
SELECT region, segment, responses(s) FROM by_region WHERE segment = 'late';
DELETE FROM region WHERE name = 'coast';
DELETE FROM customer WHERE (tenant, customer) = ('b', 1);
SELECT region, sum(responses(s)) AS responses FROM by_region GROUP BY 1 ORDER BY 1;
SELECT * FROM wrong();
INSERT INTO response (tenant, customer, channel, score) VALUES ('b', 3, 'app', 9), ('b', 9, 'app', 9);
INSERT INTO response (tenant, customer, channel, score) VALUES ('b', 2, 'app', 9);
UPDATE response SET customer = 3 WHERE tenant = 'b';
DELETE FROM response WHERE score = 0;
BEGIN;
UPDATE customer SET segments = '{one}';
DELETE FROM response WHERE channel = 'app';
SELECT * FROM by_region ORDER BY 1, 2, 3;
SELECT * FROM wrong();
ROLLBACK;
SELECT * FROM wrong();
CALL cxm_compact_rollup('by_region');
SELECT channel, join_1, join_2, responses(added), row_count FROM by_region_delta ORDER BY 1, 2, 3;
SELECT * FROM wrong();
BEGIN;
TRUNCATE customer;
SELECT * FROM by_region;
TRUNCATE response;
SELECT count(*) FROM by_region_delta;
ROLLBACK;
UPDATE by_region_delta SET row_count = 7 WHERE join_2 = 1 AND channel = 'mail';
SELECT key, expected -> 'row_count' AS expected, added -> 'row_count' AS added
FROM cxm_verify_rollup('by_region');
SELECT cxm_rebuild_rollup('by_region');
SELECT * FROM cxm_verify_rollup('by_region');

-- at random
CREATE PROCEDURE change(times integer) LANGUAGE plpgsql AS $$
DECLARE
	n integer;
	t text;
BEGIN
	FOR i IN 1 .. times LOOP
		n := random() * 5;
		t := (ARRAY['a', 'b'])[1 + i % 2];
		CASE (random() * 9)::integer
			WHEN 0 THEN INSERT INTO customer VALUES (t, n, random() * 4, ARRAY['new', t]) ON CONFLICT DO NOTHING;
			WHEN 1 THEN UPDATE customer SET region = random() * 4 WHERE customer = n;
			WHEN 2 THEN DELETE FROM customer WHERE (tenant, customer) = (t, n);
			WHEN 3 THEN INSERT INTO region VALUES (n, 'r' || i) ON CONFLICT (region) DO UPDATE SET name = excluded.name;
			WHEN 4 THEN DELETE FROM region WHERE region = n;
			WHEN 5 THEN DELETE FROM response WHERE score = n;
			WHEN 6 THEN UPDATE response SET customer = n, score = n WHERE score = n + 1;
			WHEN 7 THEN CALL cxm_compact_rollup('by_region');
			ELSE INSERT INTO response (tenant, customer, channel, score)
				SELECT t, random() * 6, 'app', random() * 10 FROM generate_series(1, 1 + i % 4);
		END CASE;
		IF EXISTS (SELECT FROM wrong()) THEN
			RAISE 'different after % changes', i;
		END IF;
	END LOOP;
END $$;
CALL change(400);
SELECT count(*) > 20 AS many FROM response;

--
-- Names, and what becomes of them
--
ALTER TABLE customer RENAME TO person;
ALTER TABLE person RENAME customer TO number;
ALTER TABLE person RENAME segments TO groups;
ALTER TABLE response RENAME customer TO person;
ALTER TABLE response RENAME TO reply;
INSERT INTO reply (tenant, person, channel, score) VALUES ('a', 1, 'web', 10);
CALL change(0);
SELECT * FROM wrong();
SELECT cxm_rebuild_rollup('by_region') > 0 AS rebuilt;
SELECT * FROM wrong();
DROP VIEW by_region CASCADE;
SELECT name, problem FROM cxm_rollups;
SELECT cxm_rebuild_rollup('by_region') > 0 AS rebuilt;
SELECT * FROM wrong();
SELECT name, problem FROM cxm_rollups;
-- another definition of the same columns: the view follows it, with the rebuild
\set VERBOSITY terse
CREATE OR REPLACE VIEW by_region_source AS
	SELECT channel, r.country AS region, groups[2] AS segment, nps_agg(score) AS s, count(*) AS row_count
	FROM reply LEFT JOIN person p ON reply.tenant = p.tenant AND reply.person = p.number
		LEFT JOIN region AS r USING (region)
	GROUP BY 1, 2, 3;
TABLE by_region;
\set VERBOSITY default
SELECT cxm_rebuild_rollup('by_region') > 0 AS rebuilt;
SELECT * FROM wrong();
SELECT sum(responses(s)) = (SELECT count(score) FROM reply) AS all_of_them FROM by_region;
-- the key is gone: each row counts as often as the query would count it, and that is told
ALTER TABLE person DROP CONSTRAINT customer_pkey;
SELECT name, problem FROM cxm_rollups;
INSERT INTO person SELECT * FROM person;
SELECT * FROM wrong();
DELETE FROM person;
CREATE UNIQUE INDEX ON person (number, tenant) WHERE number > 0;
CREATE UNIQUE INDEX ON person (number, tenant, region);
CREATE UNIQUE INDEX ON person (number, (upper(tenant)));
ALTER TABLE person ADD CONSTRAINT later UNIQUE (number, tenant) DEFERRABLE;
SELECT name, problem FROM cxm_rollups;
CREATE UNIQUE INDEX ON person (number, tenant) INCLUDE (region);
SELECT name, problem FROM cxm_rollups;
CREATE TABLE somebody () INHERITS (person);
SELECT name, problem FROM cxm_rollups;
DROP TABLE somebody;
CREATE ROLE live_rollup_joins_reader;
GRANT SELECT ON reply, region, person TO live_rollup_joins_reader;
GRANT TRIGGER ON reply TO live_rollup_joins_reader;
ALTER TABLE by_region_delta OWNER TO live_rollup_joins_reader;
ALTER VIEW by_region_source OWNER TO live_rollup_joins_reader;
ALTER VIEW by_region OWNER TO live_rollup_joins_reader;
SELECT name, problem FROM cxm_rollups;
REVOKE SELECT ON person FROM live_rollup_joins_reader;
GRANT SELECT (tenant, groups) ON person TO live_rollup_joins_reader;
SELECT name, problem FROM cxm_rollups;
TABLE by_region;
INSERT INTO reply (tenant, person, channel, score) VALUES ('a', 1, 'web', 10);
GRANT SELECT (region, number) ON person TO live_rollup_joins_reader;
SELECT name, problem FROM cxm_rollups;
SELECT sum(responses(s)) = (SELECT count(score) FROM reply) AS all_of_them FROM by_region;
-- as of every view
\set VERBOSITY terse
ALTER TABLE person DROP groups;
DROP TABLE region;
SET client_min_messages = warning;
DROP TABLE region CASCADE;
RESET client_min_messages;
\set VERBOSITY default
SELECT count(*) FROM cxm_rollups;
INSERT INTO reply (tenant, person, channel, score) VALUES ('a', 1, 'web', 10);
SELECT cxm_drop_rollup('by_region');
DROP TABLE reply, person;
DROP ROLE live_rollup_joins_reader;
DROP FUNCTION wrong;
DROP PROCEDURE change;

--
-- Columns of all kinds: what is one group of deltas finds the same rows
--
DO $$
BEGIN
	CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
EXCEPTION WHEN feature_not_supported THEN
	CREATE COLLATION nocase FROM "C";
END
$$;
CREATE TABLE fact (
	n numeric, v varchar(9), c text COLLATE nocase, small smallint, at timestamp, added integer, score integer
);
CREATE TABLE by_n (n numeric UNIQUE, added text, row_count text);
CREATE TABLE by_v (v text UNIQUE, name text);
CREATE TABLE by_c (c text COLLATE nocase UNIQUE, name text);
CREATE TABLE by_big (big bigint UNIQUE, name text);
CREATE TABLE by_at (at date PRIMARY KEY, name text) PARTITION BY RANGE (at);
CREATE TABLE by_at_all PARTITION OF by_at DEFAULT;
INSERT INTO by_n VALUES (1, 'one'), ('NaN', 'none'), (NULL, 'null');
INSERT INTO by_v VALUES ('x', 'ex');
INSERT INTO by_c VALUES ('a', 'first');
INSERT INTO by_big VALUES (7, 'seven');
INSERT INTO by_at VALUES ('2026-01-01', 'new year');
SELECT cxm_create_rollup('r', $$
	SELECT by_n.added AS number, by_n.row_count AS nothing, by_v.name AS v, by_c.name AS c, by_big.name AS big,
		by_at.name AS at, small AS small, csat_agg(fact.added) FILTER (WHERE small > 0) AS a, nps_agg(score) AS s
	FROM fact LEFT JOIN by_n ON by_n.n = fact.n LEFT JOIN by_v USING (v) LEFT JOIN by_c ON fact.c = by_c.c
		LEFT JOIN by_big ON big = small LEFT JOIN by_at ON fact.at = by_at.at
	GROUP BY 1, 2, 3, 4, 5, 6, 7$$);
INSERT INTO fact VALUES (1.0, 'x', 'a', 7, '2026-01-01 00:00', 3, 10), (1.00, 'x', 'a', 7, '2026-01-01', 4, 9),
	('NaN', 'y', NULL, NULL, '2026-01-01 00:01', 5, 8), (NULL, NULL, 'b', 8, NULL, 2, 0);
TABLE r ORDER BY number;
(TABLE r EXCEPT ALL SELECT number, nothing, v, c, big, at, small, a, s FROM r_source) UNION ALL
	(SELECT number, nothing, v, c, big, at, small, a, s FROM r_source EXCEPT ALL TABLE r);
DELETE FROM fact WHERE score = 9;
TABLE r ORDER BY number;
SELECT attname FROM pg_attribute WHERE attrelid = 'r_delta'::regclass AND attnum > 0 ORDER BY attnum;
SELECT cxm_drop_rollup('r');
-- a table joined to itself, by a key that is a group, too
CREATE TABLE message (id integer PRIMARY KEY, parent integer, score integer);
INSERT INTO message VALUES (1, NULL, 10), (2, 1, 9), (3, 1, 0);
SELECT cxm_create_rollup('r', $$
	SELECT m.parent AS parent, p.score AS of_parent, nps_agg(m.score) AS s
	FROM message m LEFT JOIN message p ON m.parent = p.id GROUP BY 1, 2$$);
UPDATE message SET score = 5;
INSERT INTO message VALUES (4, 2, 10);
TABLE r ORDER BY 1;
SELECT parent, added, removed, row_count FROM r_delta ORDER BY 1, row_count;
SELECT cxm_drop_rollup('r');
DROP TABLE message;

--
-- What is refused, and why
--
CREATE TABLE part () INHERITS (by_v);
CREATE TABLE unkeyed (n numeric);
CREATE TEMP TABLE ours (n numeric PRIMARY KEY);
CREATE VIEW a_view AS TABLE by_n;
CREATE FUNCTION tried(clauses text, what text DEFAULT '1', summary text DEFAULT 'nps_agg(score)') RETURNS void AS $$
	SELECT cxm_create_rollup('r', format('SELECT %s AS k, %s AS s FROM fact %s GROUP BY 1', what, summary, clauses)) $$
	LANGUAGE sql;
\set SHOW_CONTEXT never
SELECT tried('JOIN unkeyed USING (n)');
SELECT tried('JOIN by_n ON true');
SELECT tried('CROSS JOIN by_n');
SELECT tried('JOIN ours USING (n)');
SELECT tried('JOIN by_v USING (v)');
SELECT tried('JOIN a_view USING (n)');
SELECT tried('JOIN (TABLE by_n) t USING (n)');
SELECT tried('JOIN generate_series(1, 2) g ON g = small');
SELECT tried('JOIN ONLY by_n USING (n)');
SELECT tried('JOIN by_n TABLESAMPLE system (1) USING (n)');
SELECT tried('RIGHT JOIN by_n USING (n)');
SELECT tried('FULL JOIN by_n USING (n)');
SELECT tried('JOIN (by_n JOIN by_c ON by_n.added = by_c.c) ON by_n.n = fact.n');
SELECT tried(', by_n WHERE by_n.n = fact.n');
SELECT tried('JOIN by_n ON by_n.n > fact.n');
SELECT tried('JOIN by_n ON by_n.n = fact.n + 1');
SELECT tried('JOIN by_n ON by_n.n = 1');
SELECT tried('JOIN by_n ON by_n.n = by_n.n');
SELECT tried('JOIN by_n ON by_n.n = fact.n OR by_n.n = fact.small');
SELECT tried('JOIN by_n ON by_n.n = fact.n AND by_n.added IS NOT NULL');
SELECT tried('JOIN by_big ON big = fact.n');
SELECT tried('JOIN by_c ON by_c.c = fact.c COLLATE "C"');
SELECT tried('JOIN by_c ON by_c.c = fact.v COLLATE "C"');
SELECT tried('JOIN by_n USING (n) WHERE by_n.added IS NULL');
SELECT tried('JOIN by_n USING (n)', 'small', 'nps_agg(length(by_n.added))');
SELECT tried('JOIN by_n USING (n)', 'small', 'nps_agg(score) FILTER (WHERE by_n.added IS NULL)');
SELECT tried('JOIN by_n USING (n)', 'by_n.added || v');
SELECT tried('JOIN by_n USING (n) JOIN by_at ON by_at.at = fact.at', 'coalesce(by_n.added, by_at.name)');
SELECT tried('JOIN by_n USING (n)', 'by_n');
SELECT tried('JOIN by_n USING (n)', 'by_n.ctid');
SELECT tried('JOIN by_n USING (n)', 'by_n.added || random()');
SELECT cxm_create_rollup('r', 'SELECT by_n.added AS join_1, nps_agg(score) AS s FROM fact JOIN by_n USING (n) GROUP BY 1');
SELECT cxm_create_rollup('r', 'SELECT by_n.added AS k, v AS k, nps_agg(score) AS s FROM fact JOIN by_n USING (n) GROUP BY 1, 2');
SELECT cxm_create_rollup('r', 'SELECT by_n.added AS k, nps_agg(1) AS s FROM by_n JOIN fact USING (n) GROUP BY 1');
CREATE ROLE live_rollup_joins_reader;
GRANT CREATE ON SCHEMA public TO live_rollup_joins_reader;
GRANT ALL ON fact TO live_rollup_joins_reader;
SET ROLE live_rollup_joins_reader;
SELECT tried('JOIN by_n USING (n)');
RESET ROLE;
SELECT relname FROM pg_class WHERE relname LIKE 'r\_%' OR relname = 'r';
DROP OWNED BY live_rollup_joins_reader;
DROP ROLE live_rollup_joins_reader;
DROP FUNCTION tried;
DROP VIEW a_view;
DROP TABLE ours, part, unkeyed, fact, by_n, by_v, by_c, by_big, by_at;
DROP COLLATION nocase;
