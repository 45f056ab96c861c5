-- live rollups that count different values: the view says what the query says, whatever is deleted
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm_live CASCADE;
RESET client_min_messages;
SELECT setseed(0.5);

CREATE TABLE answer (
	id serial, channel text, customer integer, product varchar(9), score integer
) PARTITION BY LIST (channel);
CREATE TABLE answer_app PARTITION OF answer FOR VALUES IN ('app');
CREATE TABLE answer_mail (score integer, product varchar(9), customer integer, channel text, id integer NOT NULL);
ALTER TABLE answer ATTACH PARTITION answer_mail FOR VALUES IN ('mail');
CREATE TABLE answer_rest PARTITION OF answer DEFAULT;
INSERT INTO answer (channel, customer, product, score) VALUES
	('app', 1, 'tea', 10), ('app', 1, 'ink', 9), ('app', 2, 'tea', 0), ('mail', 2, 'tea', 5), ('mail', NULL, NULL, 9);

SELECT cxm_create_rollup('r', $$
	SELECT channel, count(DISTINCT customer) AS customers, nps_agg(score) AS s FROM answer GROUP BY 1$$);
SELECT channel, customers, nps(s) FROM r ORDER BY 1;
SELECT channel, distinct_1, responses(added), row_count FROM r_delta ORDER BY 1, 2;
SELECT name, keys, summaries, deltas, problem FROM cxm_rollups;
-- one of two answers of a customer goes, and the other
DELETE FROM answer WHERE product = 'ink';
SELECT channel, customers FROM r ORDER BY 1;
DELETE FROM answer WHERE customer = 1;
SELECT channel, customers FROM r ORDER BY 1;
-- who moves to another group, gets another number, has none any more
UPDATE answer SET channel = 'mail' WHERE customer = 2;
SELECT channel, customers FROM r ORDER BY 1;
UPDATE answer SET customer = 3 WHERE customer = 2 AND score = 0;
SELECT channel, customers FROM r ORDER BY 1;
UPDATE answer SET customer = NULL;
SELECT channel, customers FROM r ORDER BY 1;
CALL cxm_compact_rollup('r');
SELECT channel, distinct_1, responses(added), row_count FROM r_delta ORDER BY 1, 2;
SELECT * FROM cxm_verify_rollup('r');
-- what differs is told by customer, and mended
UPDATE answer SET customer = id % 2;
UPDATE r_delta SET distinct_1 = 7 WHERE distinct_1 = 1;
SELECT key, expected -> 'row_count' AS expected, added -> 'row_count' AS added FROM cxm_verify_rollup('r') ORDER BY 1;
SELECT cxm_rebuild_rollup('r');
SELECT * FROM cxm_verify_rollup('r');
TABLE r ORDER BY 1;
-- a row that cannot be counted is in no figure
INSERT INTO answer (channel, customer, score) VALUES ('app', 8, 11), ('app', 9, 10);
SELECT channel, customers, responses(s), skipped FROM r, cxm_rollups ORDER BY 1;
DELETE FROM answer WHERE score = 11;
SELECT channel, customers, responses(s), skipped FROM r, cxm_rollups ORDER BY 1;
-- the view was replaced by another of the same deltas
BEGIN;
CREATE OR REPLACE VIEW r AS SELECT channel, s, customers FROM (
	SELECT channel, rollup(added) AS s, count(DISTINCT distinct_1) AS customers FROM r_delta GROUP BY 1) of;
SELECT problem FROM cxm_rollups;
SELECT cxm_rebuild_rollup('r');
SELECT problem FROM cxm_rollups;
ROLLBACK;
SELECT cxm_drop_rollup('r');

--
-- Several counts, filters, and keys that are there already; with a table joined and without; nothing else counted
--
CREATE TABLE person (customer integer PRIMARY KEY, region text);
INSERT INTO person SELECT n, (ARRAY['north', 'south'])[1 + n % 2] FROM generate_series(0, 4) n;
SELECT cxm_create_rollup('r', $$
	SELECT channel, product, count(DISTINCT customer) AS customers, count(DISTINCT score) FILTER (WHERE score > 8) AS high,
		count(DISTINCT score) AS scores, count(DISTINCT product) AS own, count(DISTINCT upper(product)) AS upper
	FROM answer WHERE customer < 6 GROUP BY 1, 2$$);
SELECT cxm_create_rollup('by_region', $$
	SELECT region, count(DISTINCT customer) AS customers, nps_agg(score) AS s
	FROM answer LEFT JOIN person USING (customer) GROUP BY 1$$);
SELECT cxm_create_rollup('products', $$
	SELECT region, count(DISTINCT product) AS products FROM answer JOIN person USING (customer) GROUP BY 1$$);
-- customers are in the deltas of the join anyway
SELECT relname, string_agg(attname, ' ' ORDER BY attnum) AS columns
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relname ~ '(r|by_region|products)_delta$' AND attnum > 0
GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM regexp_matches(pg_get_viewdef('r'::regclass), 'count\(DISTINCT', 'g');
CREATE FUNCTION wrong() RETURNS TABLE (rollup text) LANGUAGE plpgsql AS $$
DECLARE
	columns text;
BEGIN
	FOR rollup, columns IN SELECT name, array_to_string(keys || summaries, ', ') FROM cxm_rollups LOOP
		RETURN QUERY EXECUTE format('SELECT %1$L FROM ((SELECT %2$s FROM %1$I EXCEPT ALL SELECT %2$s FROM %1$s_source)
			UNION ALL (SELECT %2$s FROM %1$s_source EXCEPT ALL SELECT %2$s FROM %1$I)) t', rollup, columns);
		IF random() < 0.1 THEN
			EXECUTE format('CALL cxm_compact_rollup(%L)', rollup);
		END IF;
	END LOOP;
END $$;
CREATE PROCEDURE change(times integer) LANGUAGE plpgsql AS $$
DECLARE
	n integer;
BEGIN
	FOR i IN 1 .. times LOOP
		n := random() * 7;
		CASE (random() * 8)::integer
			WHEN 0 THEN INSERT INTO person VALUES (n, 'east') ON CONFLICT DO NOTHING;
			WHEN 1 THEN UPDATE person SET region = (ARRAY['north', 'south'])[1 + i % 2] WHERE customer = n;
			WHEN 2 THEN DELETE FROM person WHERE customer = n;
			WHEN 3 THEN DELETE FROM answer WHERE customer = n;
			WHEN 4 THEN DELETE FROM answer_app WHERE score = n;
			WHEN 5 THEN UPDATE answer SET customer = n, product = 'tea', channel = 'mail' WHERE score = n + 1;
			ELSE INSERT INTO answer (channel, customer, product, score)
				SELECT (ARRAY['app', 'mail', 'web', NULL])[1 + random() * 3], nullif((random() * 7)::integer, 0),
					(ARRAY['tea', 'Tea', 'ink', NULL])[1 + random() * 3], random() * 10 FROM generate_series(1, 1 + i % 4);
		END CASE;
		IF EXISTS (SELECT FROM wrong()) THEN
			RAISE 'different after % changes', i;
		END IF;
	END LOOP;
END $$;
CALL change(300);
SELECT count(*) > 20 AS many FROM answer;
SELECT name, problem FROM cxm_rollups ORDER BY 1;
BEGIN;
DELETE FROM products_delta WHERE distinct_1 = 'tea';
SELECT DISTINCT rollup FROM wrong();
ROLLBACK;
-- a partition goes with its customers
SELECT cxm_detach_partition('r', 'answer_app');
SELECT * FROM wrong();
SELECT count(*) FROM r WHERE channel = 'app';
TRUNCATE answer_mail;
SELECT * FROM wrong();
SELECT name, (SELECT count(*) FROM cxm_verify_rollup(name)) AS differences FROM cxm_rollups ORDER BY 1;
TRUNCATE answer;
TABLE r;
SELECT * FROM wrong();
SELECT cxm_drop_rollup(name) FROM cxm_rollups;

-- values that are equal and do not look so; composites; what is equal for a collation of ICU
CREATE TYPE pair AS (a integer, b integer);
DO $$
BEGIN
	CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
EXCEPTION WHEN feature_not_supported THEN
	CREATE COLLATION nocase FROM "C";
END
$$;
CREATE TABLE odd (k integer, n numeric, f float8, p pair, t text COLLATE nocase);
SELECT cxm_create_rollup('r', 'SELECT k, count(DISTINCT n) AS n, count(DISTINCT f) AS f, count(DISTINCT p) AS p,
	count(DISTINCT t) FILTER (WHERE k > 0) AS t FROM odd GROUP BY 1');
INSERT INTO odd VALUES (1, 1, 0, (1, NULL), 'a'), (1, 1.0, '-0', (1, NULL), 'a'), (1, 'NaN', 'NaN', (NULL, NULL), 'b'),
	(NULL, 1, 1, NULL, 'a');
INSERT INTO odd VALUES (1, 1.00, '-0', (NULL, NULL), 'a'), (1, NULL, NULL, NULL, NULL);
DELETE FROM odd WHERE p = (1, NULL)::pair;
TABLE r ORDER BY 1;
SELECT * FROM wrong();
SELECT cxm_drop_rollup('r');

--
-- What is refused, and why
--
CREATE FUNCTION tried(figure text, tables text DEFAULT 'answer') RETURNS void LANGUAGE sql AS $$
	SELECT cxm_create_rollup('r', format('SELECT channel, %s AS x FROM %s GROUP BY 1', figure, tables)) $$;
\set SHOW_CONTEXT never
SELECT tried('count(DISTINCT (customer, product))');
SELECT tried('count(DISTINCT random())');
SELECT tried('nps_agg(random())');
SELECT tried('count(DISTINCT to_timestamp(customer)::date)');
SELECT tried('count(DISTINCT customer) FILTER (WHERE random() < 1)');
SELECT tried('count(DISTINCT region)', 'answer JOIN person USING (customer)');
SELECT tried('count(DISTINCT customer) FILTER (WHERE region > product)', 'answer JOIN person USING (customer)');
SELECT tried('count(DISTINCT answer)');
SELECT tried('count(DISTINCT customer) + 1');
SELECT tried('count(customer)');
SELECT tried('sum(DISTINCT customer)');
\set VERBOSITY terse
SELECT tried('count(DISTINCT customer) OVER ()');
SELECT tried('count(DISTINCT product::json)');
SELECT tried('count(DISTINCT product::xid)');
\set VERBOSITY default
SELECT cxm_create_rollup('r', 'SELECT channel AS distinct_1, count(DISTINCT customer) FROM answer GROUP BY 1');
DROP FUNCTION tried, wrong;
DROP PROCEDURE change;
DROP TABLE answer, answer_app, person, odd;
DROP TYPE pair;
DROP COLLATION nocase;
