-- hostile text: JSON that somebody else has written, and what PostgreSQL asks softly
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set samples :tests '/samples.psql'
\i :samples
SELECT * FROM sample_lacks;

--
-- Every character of a value's text changed, left out and doubled, and the text cut: an error of class 22,
-- or a value whose text is a value again
--
CREATE FUNCTION pg_temp.read(type text, input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
	again boolean;
BEGIN
	EXECUTE format('SELECT v::text, v::text::%1$I = v AND v::text::%1$I::text = v::text
		FROM (SELECT %2$L::%1$I AS v) t', type, input) INTO STRICT result, again;
	RETURN CASE WHEN again THEN result ELSE 'not the same again: ' || result END;
EXCEPTION WHEN others THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
CREATE TEMP TABLE was_read AS
	SELECT type, m.what, mutant, pg_temp.read(type, mutant) AS outcome
	FROM sample, generate_series(1, length(value)) place,
		LATERAL (SELECT 'changed' AS what, overlay(value PLACING c FROM place FOR 1) AS mutant
				FROM unnest('{0,9,-,.,e,\",\,,:,\{,\},[,],x,\\,ü}'::text[]) c
			UNION ALL SELECT 'left out', overlay(value PLACING '' FROM place FOR 1)
			UNION ALL SELECT 'doubled', overlay(value PLACING repeat(substr(value, place, 1), 2)
				FROM place FOR 1)
			UNION ALL SELECT 'cut', left(value, place - 1)) m;
SELECT type, what, count(*) AS cases,
	count(*) FILTER (WHERE outcome ~ '^22...: ') > 0 AS some_refused,
	count(*) FILTER (WHERE outcome !~ '^22...: ') > 0 AS some_accepted,
	string_agg(outcome, E'\n' ORDER BY outcome) FILTER (WHERE outcome ~ '^([013-9A-Z]....|2[013-9A-Z]...): |^not')
		AS others
FROM was_read GROUP BY type, what ORDER BY type COLLATE "C", what COLLATE "C";
-- values that are JSON, but not of the kind
CREATE TEMP TABLE no_kind (input text);
INSERT INTO no_kind VALUES (''), ('[]'), ('null'), ('7'), ('"x"'), ('[{}]'), ('{"": 1}'), ('{"x": {}}'),
	('{"a": [[[]]]}'), ('{"kept": 1e400, "x": 1}'), ('{"\u0000": 1}'), ('true'), ('{'), ('{} x'), ('{}{}');
SELECT type, count(*) AS cases, count(*) FILTER (WHERE pg_temp.read(type, input) ~ '^22') AS refused
FROM (SELECT DISTINCT type FROM sample WHERE type <> 'journey_stage') types, no_kind
GROUP BY type ORDER BY type COLLATE "C";
-- deeper than anybody means it, and longer
SELECT type, left(pg_temp.read(type, repeat('[', 1000) || repeat(']', 1000)), 5) AS deep,
	left(pg_temp.read(type, '{"x": "' || repeat('x', 100000) || '"}'), 5) AS long
FROM (SELECT DISTINCT type FROM sample) types ORDER BY type COLLATE "C";
-- any spelling that means the same is the same value: space between tokens, and escapes
CREATE FUNCTION pg_temp.spelled(type text, value text) RETURNS TABLE (spaced boolean, escaped boolean,
	repeated boolean) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT %2$L::%1$I = %3$L AND %3$L <> %2$L,
		%2$L::%1$I = %4$L AND %4$L <> %2$L, %2$L::%1$I = %5$L AND %5$L <> %2$L', type, value,
		regexp_replace(value, '([{}:,\[\]])(?=[ "{}\[\]0-9-])(?=([^"]*"[^"]*")*[^"]*$)', E' \\1\t\n', 'g'),
		regexp_replace(value, '"([a-z])', E'"\\\\u00' || to_hex(ascii(substring(value FROM '"([a-z])'))), ''),
		-- of two fields with one name the last counts
		regexp_replace(value, '^\{("[a-z_]+": )', E'{\\1null, \\1'))
	INTO spaced, escaped, repeated;
	RETURN NEXT;
END
$$;
SELECT type, what, s.* FROM sample, pg_temp.spelled(type, value) s WHERE value ~ '^\{'
ORDER BY type COLLATE "C", what COLLATE "C";
-- the hint that date gives is of no use here: there is one way to write a day
SELECT input, pg_temp.read('activity_days', format('{"days": ["%s"]}', input)) FROM unnest('{
	2025-13-01,13/01/2025,2025-02-29,2024-02-29,infinity,epoch,now,2025-1-31,"2025-01-31 ",
	2025-01-31 BC,0000-01-01,0001-01-01 BC,5874898-01-01,5874897-12-31,4714-11-23 BC,4714-11-24 BC,
	-2025-01-01,+2025-01-01,99999999-01-01,02025-01-01,2025-01-31x,2025-01-31 BCE,""}'::text[]) input;

--
-- Soft errors: PostgreSQL 16 and later can ask whether an input would do. On earlier versions these
-- lines are skipped; what they find must be nothing.
--
SELECT current_setting('server_version_num')::integer >= 160000 AS soft \gset
\if :soft
-- so that nothing found is nothing printed
\pset format unaligned
\pset tuples_only on
SELECT type, mutant, outcome FROM was_read
WHERE pg_input_is_valid(mutant, type) <> (outcome !~ '^22...: ');
SELECT type, input FROM (SELECT DISTINCT type FROM sample) types, no_kind
WHERE pg_input_is_valid(input, type) <> (pg_temp.read(type, input) !~ '^22...: ');
SELECT input, valid FROM (VALUES
	('{"scale": "0..10"}', true), ('{"scale": "0..10", "responses": {"9": 1}}', true),
	('', false), ('{', false), ('[]', false), ('{}', true), ('{"scale": 5}', false),
	('{"scale": "1..1"}', false), ('{"scale": "x"}', false), ('{"scale": "0..10", "x": 1}', false),
	('{"scale": "0..10", "responses": 1}', false),
	('{"scale": "0..10", "responses": {"11": 1}}', false),
	('{"scale": "0..10", "responses": {"9": 0.5}}', false),
	('{"scale": "0..10", "responses": {"9": "1"}}', false),
	('{"scale": "0..10", "nonresponses": -1}', false),
	('{"scale": "0..10", "nonresponses": null}', false),
	('{"scale": "0..10", "weights": 1}', false), ('{"scale": "0..10", "weights": {"9": 1}}', false),
	('{"scale": "0..10", "weights": {"9": -1}}', false),
	('{"scale": "0..10", "weights": {}, "nonresponse_weight": -1}', false),
	('{"scale": "0..10", "weights": {}, "squared_weights": "x"}', false)) v (input, valid)
WHERE pg_input_is_valid(input, 'rating_summary') <> valid;
\endif
\pset tuples_only off
\pset format aligned
