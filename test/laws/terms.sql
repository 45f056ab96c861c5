-- terms: what must agree before summaries add up, and what holds nothing: empty ones, blanks, NULL
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set types :tests '/types.psql'
\i :types
SELECT * FROM law_lacks;
-- types that add up with each of their kind, whatever they are of
SELECT type FROM law_type WHERE type NOT IN (SELECT type FROM law_mixture)
ORDER BY type::text COLLATE "C";

--
-- + and - refuse what differs in its terms, also where one side or both hold nothing
--
CREATE TABLE law_mixed AS
	SELECT type, terms, a, b, outcome(format('SELECT %L::%s - %1$L', a, type)) AS no_a,
		outcome(format('SELECT %L::%s - %1$L', b, type)) AS no_b
	FROM law_mixture;
-- What an operator makes of two in both orders: its SQLSTATE, or which of the two it is.
CREATE FUNCTION pg_temp.both(type regtype, operator text, a text, b text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT CASE outcome WHEN outcome(format('SELECT %L::%s', a, type)) THEN 'the first'
		WHEN outcome(format('SELECT %L::%s', b, type)) THEN 'the second' ELSE outcome END, ' or ')
	FROM (VALUES (a, b), (b, a)) v (x, y),
		outcome(format('SELECT %L::%s %s %L', x, type, operator, y)) outcome
$$;
SELECT type, terms, pg_temp.both(type, '+', a, b) AS "a + b", pg_temp.both(type, '-', a, b) AS "a - b",
	pg_temp.both(type, '+', no_a, b) AS "0 + b", pg_temp.both(type, '-', no_a, b) AS "0 - b",
	pg_temp.both(type, '+', a, no_b) AS "a + 0", pg_temp.both(type, '-', a, no_b) AS "a - 0",
	pg_temp.both(type, '+', no_a, no_b) AS "0 + 0", pg_temp.both(type, '-', no_a, no_b) AS "0 - 0"
FROM law_mixed WHERE no_a <> no_b ORDER BY type::text COLLATE "C", terms COLLATE "C";
-- of durations that are none it is not known whether they have ages
SELECT type, terms, no_a, no_b, pg_temp.both(type, '+', a, b) AS "a + b",
	pg_temp.both(type, '-', a, b) AS "a - b", pg_temp.both(type, '+', no_a, b) AS "0 + b",
	pg_temp.both(type, '-', no_a, b) AS "0 - b"
FROM law_mixed WHERE no_a = no_b;

-- rollup refuses two that hold something; what holds nothing, no terms can contradict, wherever it
-- comes in the order
SELECT type, terms,
	outcome(format('SELECT rollup(s) FROM (VALUES (%L::%s), (%L)) v (s)', a, type, b)) AS "a, b",
	outcome(format('SELECT rollup(s ORDER BY n) = %3$L FROM (VALUES (1, %1$L::%2$s), (2, %3$L), (3, NULL)) v (n, s)',
		no_a, type, b)) AS "0, b",
	outcome(format('SELECT rollup(s ORDER BY n) = %1$L FROM (VALUES (1, %1$L::%2$s), (2, %3$L), (3, NULL)) v (n, s)',
		a, type, no_b)) AS "a, 0",
	outcome(format('SELECT rollup(s) IS NULL FROM (VALUES (%L::%s), (%L)) v (s)', no_a, type, no_b))
		AS "0, 0"
FROM law_mixed ORDER BY type::text COLLATE "C", terms COLLATE "C";
-- a moving frame must be of one kind, its neighbours need not
CREATE FUNCTION pg_temp.moves(type regtype, summaries text[], preceding integer) RETURNS text
	LANGUAGE sql AS $$
	SELECT outcome(format('SELECT bool_and((s = CASE WHEN holds THEN value END) IS NOT FALSE
			AND (s IS NULL) = NOT holds)
		FROM (SELECT n, value, value::text <> (value - value)::text AS holds,
				rollup(value) OVER (ORDER BY n ROWS %s PRECEDING) AS s
			FROM unnest(%L::%s[]) WITH ORDINALITY u (value, n)) t', preceding, summaries, type))
$$;
SELECT type, terms, pg_temp.moves(type, ARRAY[a, b, a], 0) AS one,
	pg_temp.moves(type, ARRAY[b, a], 1) AS two,
	pg_temp.moves(type, ARRAY[a, no_a, b, no_a, no_b, no_b, a], 0) AS through_nothing,
	pg_temp.moves(type, ARRAY[no_a, b], 1) AS after_nothing, pg_temp.moves(type, ARRAY[no_b, no_a, no_b, a], 1)
		AS nothings
FROM law_mixed ORDER BY type::text COLLATE "C", terms COLLATE "C";

--
-- Blanks, which somebody's own aggregate can let out: summaries of nothing, not even of terms. They are
-- written as {}, read, sent and stored; rollup skips them; + and - refuse them, unless there are no terms
-- that a blank would not know.
--
CREATE FUNCTION pg_temp.blank(type regtype) RETURNS TABLE (text text, sent text, as_json text, equal text,
	hash text, rollup text, with_one text, moving text, plus text, one_plus text, minus text)
	LANGUAGE plpgsql AS $$
DECLARE
	one text := (SELECT outcome(format('SELECT %s FROM law_row WHERE part = 1', call))
		FROM law_call c WHERE c.type = blank.type ORDER BY id LIMIT 1);
BEGIN
	text := outcome(format('SELECT ''{}''::%s', type));
	sent := outcome(format('SELECT %s_send(''{}'')', type));
	as_json := outcome(format('SELECT ''{}''::jsonb::%1$s = ''{}'' AND ''{}''::%1$s::jsonb = ''{}''
		AND ''{}''::%1$s::json::text = ''{}''', type));
	equal := outcome(format('SELECT ''{}''::%1$s = '' { } '' AND NOT ''{}''::%1$s = %2$L', type, one));
	hash := outcome(format('SELECT %1$s_hash(''{}'') = %1$s_hash('' { }'')', type));
	rollup := outcome(format('SELECT rollup(s) IS NULL FROM (VALUES (''{}''::%s), (NULL), (''{}'')) v (s)', type));
	with_one := outcome(format('SELECT rollup(s) = %2$L FROM (VALUES (''{}''::%1$s), (NULL), (%2$L), (''{}'')) v (s)',
		type, one));
	moving := outcome(format('SELECT string_agg(CASE WHEN s IS NULL THEN ''0'' WHEN s = %2$L THEN ''1''
			ELSE s::text END, '' '' ORDER BY n) FROM (SELECT n, rollup(s) OVER (ORDER BY n ROWS 1 PRECEDING) AS s
			FROM (VALUES (1, ''{}''::%1$s), (2, %2$L), (3, ''{}''), (4, NULL), (5, ''{}'')) v (n, s)) t',
		type, one));
	plus := outcome(format('SELECT ''{}''::%s + ''{}''', type));
	one_plus := pg_temp.both(type, '+', one, '{}');
	minus := outcome(format('SELECT %2$L::%1$s - ''{}''', type, one));
	minus := CASE minus WHEN one THEN 'one' ELSE minus END;
	RETURN NEXT;
END
$$;
SELECT type, b.* FROM law_type, pg_temp.blank(type) b WHERE blank ORDER BY type::text COLLATE "C";
SELECT type, outcome(format('SELECT ''{}''::%s', type)) AS blank FROM law_type WHERE NOT blank;
-- what is read of a blank
SELECT type, string_agg(outcome, ' ' ORDER BY outcome COLLATE "C") AS outcomes
FROM (SELECT DISTINCT type, outcome
	FROM (SELECT t.type, coalesce(outcome(format('SELECT (%s)::text FROM (SELECT (jsonb_populate_record(NULL::total,
				to_jsonb(t) || ''{"%s": {}}'')).* FROM total t) t', r.call, a.attname)), 'NULL') AS outcome
		FROM law_type t JOIN pg_attribute a ON attrelid = 'total'::regclass AND atttypid = t.type,
			reading_call r
		WHERE t.blank AND r.call ~ ('\m' || a.attname || '\M')) o) o
GROUP BY type ORDER BY type::text COLLATE "C";

--
-- Aggregates of one's own over the support functions, which begin with a value: with rows, without, with
-- an empty one, and with a blank
--
CREATE FUNCTION pg_temp.own(each law_call, initial text, condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	parts pg_aggregate := a FROM pg_aggregate a WHERE aggfnoid = each.function;
	signature text := pg_get_function_identity_arguments(each.function);
	result text;
BEGIN
	EXECUTE format('CREATE AGGREGATE law.own(%s) (STYPE = %s, SFUNC = %s, FINALFUNC = %s, INITCOND = %L)',
		signature, parts.aggtranstype::regtype, parts.aggtransfn, parts.aggfinalfn, initial);
	result := outcome(format('SELECT law.own(%s) FROM law_row WHERE %s', each.arguments, condition));
	EXECUTE format('DROP AGGREGATE law.own(%s)', signature);
	RETURN coalesce(result, 'NULL');
END
$$;
CREATE TABLE law_own AS
	SELECT c.id, c.type, c.call, counts, blank,
		pg_temp.own(c, early, 'part >= 3') = whole AS goes_on,
		pg_temp.own(c, early, 'false') = early AS stays,
		CASE WHEN counts THEN pg_temp.own(c, nothing, 'true') = whole END AS from_nothing,
		CASE WHEN counts THEN pg_temp.own(c, nothing, 'false') END AS nothing,
		CASE WHEN blank THEN pg_temp.own(c, '{}', 'true') = whole END AS from_blank,
		CASE WHEN blank THEN pg_temp.own(c, '{}', 'false') END AS blank_stays
	FROM law_call c JOIN law_type USING (type),
		outcome(format('SELECT %s FROM law_row WHERE part < 3', call)) early,
		outcome(format('SELECT %s FROM law_row', call)) whole,
		outcome(format('SELECT %L::%s - %1$L', early, type)) nothing;
SELECT type, bool_and(goes_on) AS goes_on, bool_and(stays) AS stays,
	bool_and(from_nothing) AS from_nothing, string_agg(DISTINCT nothing, ' ') AS nothing,
	bool_and(from_blank) AS from_blank,
	string_agg(DISTINCT blank_stays, ' ') AS blank_stays
FROM law_own GROUP BY type ORDER BY type::text COLLATE "C";
SELECT * FROM law_own WHERE NOT (goes_on AND stays AND from_nothing IS NOT FALSE AND from_blank IS NOT FALSE)
ORDER BY id;
-- one that begins with a value of other terms than its rows have
SELECT m.type, terms, string_agg(DISTINCT CASE WHEN result ~ '^[0-9A-Z]{5}$' THEN result
	ELSE 'goes on' END, ', ') AS outcomes
FROM law_mixed m JOIN law_call c ON c.type = m.type AND call ~ '^rollup', LATERAL (VALUES (a), (b)) v (x),
	pg_temp.own(c, x, 'true') result
GROUP BY m.type, terms ORDER BY m.type::text COLLATE "C", terms COLLATE "C";

--
-- NULL: what each aggregate makes of a row one of whose arguments is NULL. It is skipped, counted (as
-- ratings have non-responses, and durations the unresolved), or refused.
--
CREATE FUNCTION pg_temp.arguments(call text) RETURNS text[] LANGUAGE sql AS $$
	-- at commas outside of quotes and brackets
	SELECT array_agg(trim(part) ORDER BY n) FROM (
		SELECT n, string_agg(c, '' ORDER BY place) AS part FROM (
			SELECT place, c, count(*) FILTER (WHERE c = ',' AND depth = 0 AND quotes % 2 = 0)
				OVER (ORDER BY place) AS n, c = ',' AND depth = 0 AND quotes % 2 = 0 AS cut
			FROM (SELECT place, c,
					count(*) FILTER (WHERE c IN ('(', '[', '{')) OVER w
						- count(*) FILTER (WHERE c IN (')', ']', '}')) OVER w AS depth,
					count(*) FILTER (WHERE c = '''') OVER w AS quotes
				FROM regexp_split_to_table(call, '') WITH ORDINALITY s (c, place)
				WINDOW w AS (ORDER BY place)) t) t WHERE NOT cut GROUP BY n) parts
$$;
CREATE FUNCTION pg_temp.without(each law_call, place integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	arguments text[] := pg_temp.arguments(each.arguments);
	type regtype := (SELECT proargtypes[place - 1] FROM pg_proc WHERE oid = each.function);
	result text;
BEGIN
	arguments[place] := CASE WHEN type = 'boolean[]'::regtype THEN 'VARIADIC ' ELSE '' END || 'NULL::' || type;
	result := outcome(format('SELECT %s(%s) FROM law_full',
		(SELECT proname FROM pg_proc WHERE oid = each.function), array_to_string(arguments, ', ')));
	RETURN CASE WHEN result IS NULL THEN 'skipped' WHEN result ~ '^[0-9A-Z]{5}$' THEN result
		ELSE 'counted' END;
END
$$;
-- a row without any NULL
CREATE TABLE law_full AS SELECT * FROM law_row t ORDER BY num_nulls(VARIADIC ARRAY(SELECT value
	FROM jsonb_each_text(to_jsonb(t)))), n LIMIT 1;
\pset format unaligned
SELECT arguments, string_agg(function::text, ' ' ORDER BY function::text COLLATE "C") AS functions
FROM (SELECT function, string_agg(pg_temp.without(c, place::integer), ', ' ORDER BY place) AS arguments
	FROM (SELECT DISTINCT ON (function) * FROM law_call ORDER BY function, id) d
		JOIN law_call c USING (id, function),
		generate_series(1, (SELECT pronargs FROM pg_proc WHERE oid = function)) place
	GROUP BY function) t
GROUP BY arguments ORDER BY arguments COLLATE "C";
\pset format aligned
-- A weight that is NULL skips the row whatever else is in it, even an answer that there is not.
SELECT call, outcome(format('SELECT %s IS NULL FROM law_full', call)) AS skipped
FROM unnest(ARRAY['nps_agg(11, NULL)', 'nps_agg(6.5, NULL)', 'csat_agg(0, ''1..5'', NULL)',
	'ces_agg(9, ''1..7'', NULL)', 'rating_agg(-1, ''0..10'', NULL)',
	'rating_agg(''NaN''::float8, ''0..10'', NULL)']) call;

DROP SCHEMA law CASCADE;
