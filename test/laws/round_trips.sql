-- round trips: a value of any type is the same value, to the byte, wherever it has been
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

-- the values that dumps, replicas, upgrades and later releases carry, of every type and width
\getenv tests PG_ABS_SRCDIR
\set values :tests '/values.sql'
SET datestyle = ISO;
\set ECHO none
\i :values
\set ON_ERROR_STOP off
\set ECHO all
SET client_min_messages = warning;
-- states with slack are not what their text reads as; see hostile_states
DO $$
DECLARE
	type kept.type;
BEGIN
	FOR type IN SELECT * FROM kept.type WHERE base LOOP
		EXECUTE format('DELETE FROM kept.%I WHERE name = ''state'' OR value IS NULL', type.name);
	END LOOP;
END
$$;
SELECT count(*) AS types FROM kept.type WHERE base;

-- All values in one table, a column a type, and what the columns are.
CREATE TABLE kept.value_column AS
	SELECT name::text, oid::regtype AS type, EXISTS (SELECT FROM pg_cast WHERE castsource = t.oid
			AND casttarget = 'jsonb'::regtype) AS is_json
	FROM kept.type t WHERE base;
DO $$
BEGIN
	EXECUTE 'CREATE TABLE kept.wide AS SELECT * FROM generate_series(1, (SELECT max(count) FROM ('
		|| (SELECT string_agg(format('SELECT count(*) FROM kept.%I', name), ' UNION ALL ') FROM kept.value_column)
		|| ') t)) id' || (SELECT string_agg(format(' LEFT JOIN (SELECT row_number() OVER (ORDER BY name COLLATE "C")
			AS id, value AS %1$I FROM kept.%1$I) AS %1$I USING (id)', name), '' ORDER BY name) FROM kept.value_column);
END
$$;
-- A way is where a value {v} goes, and comes back from: {back} is the other value.
CREATE TABLE kept.way (id integer PRIMARY KEY, way text, back text, json boolean);
INSERT INTO kept.way VALUES
	(1, 'text', '{v}::text::{type}', false),
	(2, 'varchar', '{v}::varchar::{type}', false),
	(3, 'json', '{v}::json::text::{type}', true),
	(4, 'jsonb', '{v}::jsonb::{type}', true),
	(5, 'jsonb text', '{v}::jsonb::text::{type}', true),
	(6, 'array', '(ARRAY[{v}, NULL, {v}])[3]', false),
	(7, 'array text', '(ARRAY[{v}, NULL, {v}]::text::{type}[])[3]', false),
	(8, 'array jsonb', '(to_jsonb(ARRAY[{v}, NULL, {v}]) -> 2)::{type}', true),
	(9, 'record text', '(wide::text::kept.wide).{column}', false),
	(10, 'record jsonb', '(jsonb_populate_record(NULL::kept.wide, to_jsonb(wide))).{column}', false),
	(11, 'COPY text', '(SELECT {column} FROM kept.from_text t WHERE t.id = wide.id)', false),
	(12, 'COPY csv', '(SELECT {column} FROM kept.from_csv t WHERE t.id = wide.id)', false),
	(13, 'COPY binary', '(SELECT {column} FROM kept.from_binary t WHERE t.id = wide.id)', false);
CREATE FUNCTION kept.went(c kept.value_column, way kept.way) RETURNS TABLE (went bigint, came bigint)
	LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE replace(replace(replace(format('SELECT count(*), count(*) FILTER (WHERE
			w = v AND NOT w <> v AND cxm_internal.{type}_send(w) = cxm_internal.{type}_send(v) AND w::text = v::text
			AND cxm_internal.{type}_hash(w) = cxm_internal.{type}_hash(v))
		FROM (SELECT %I AS v, %s AS w FROM kept.wide WHERE %1$I IS NOT NULL) t', c.name, way.back),
		'{v}', 'wide.' || quote_ident(c.name)), '{column}', quote_ident(c.name)), '{type}', c.type::text);
END
$$;
\getenv directory PG_ABS_BUILDDIR
\cd :directory
\copy kept.wide TO 'results/kept.txt'
\copy kept.wide TO 'results/kept.csv' (FORMAT csv, HEADER)
\copy kept.wide TO 'results/kept.binary' (FORMAT binary)
CREATE TABLE kept.from_text (LIKE kept.wide);
CREATE TABLE kept.from_csv (LIKE kept.wide);
CREATE TABLE kept.from_binary (LIKE kept.wide);
\copy kept.from_text FROM 'results/kept.txt'
\copy kept.from_csv FROM 'results/kept.csv' (FORMAT csv, HEADER)
\copy kept.from_binary FROM 'results/kept.binary' (FORMAT binary)
CREATE TABLE kept.been AS
	SELECT w.id, way, json, c.name, t.* FROM kept.value_column c JOIN kept.way w ON is_json OR NOT json,
		kept.went(c, w) t;
SELECT way, count(*) AS types, sum(went) > 100 AS many, sum(went - came) AS lost
FROM kept.been GROUP BY id, way, json ORDER BY id;
SELECT name, sum(went) AS went, sum(came) AS came FROM kept.been GROUP BY name ORDER BY name COLLATE "C";
-- the text of a summary is JSON, and canonical
SELECT c.name, went, came FROM kept.value_column c, kept.went(c, ROW(0, '', 'CASE WHEN {v}::text = {v}::json::text
	AND {v}::text::jsonb = {v}::jsonb AND {v}::text = {v}::text::{type}::text THEN {v} END', true))
WHERE is_json ORDER BY c.name COLLATE "C";
-- settings of the session change no form
CREATE TABLE kept.text AS SELECT id, wide::text AS text FROM kept.wide;
BEGIN;
SET LOCAL extra_float_digits = -15;
SET LOCAL bytea_output = escape;
SET LOCAL datestyle = 'German';
SET LOCAL intervalstyle = iso_8601;
SET LOCAL timezone = 'Asia/Kathmandu';
SET LOCAL lc_numeric = 'C';
SELECT count(*) > 15 AS many, bool_and(wide::text = t.text) AS same FROM kept.wide JOIN kept.text t USING (id);
SELECT sum(went) > 200 AS many, sum(went - came) AS lost
FROM kept.value_column c, kept.way w, kept.went(c, w) WHERE way IN ('text', 'record text');
COMMIT;
-- arrays are equal where their values are, and hash joins find them
SET enable_mergejoin = off;
SET enable_nestloop = off;
CREATE FUNCTION kept.joined(c kept.value_column) RETURNS TABLE (there bigint, met bigint, arrays boolean)
	LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT (SELECT count(DISTINCT %1$I::text) FROM kept.wide),
		(SELECT count(DISTINCT a.%1$I::text) FROM kept.wide a JOIN kept.from_binary b ON a.%1$I = b.%1$I),
		(SELECT array_agg(%1$I ORDER BY id) FROM kept.wide) = (SELECT array_agg(%1$I ORDER BY id) FROM kept.from_text)',
		c.name);
END
$$;
SELECT count(*) AS types, sum(there - met) AS missed, bool_and(arrays) AS arrays
FROM kept.value_column c, kept.joined(c);
RESET enable_mergejoin;
RESET enable_nestloop;
SET client_min_messages = error;
DROP SCHEMA kept CASCADE;
