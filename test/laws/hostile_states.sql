-- hostile states: what somebody's own aggregates over the support functions let out, and states that
-- were forged
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set types :tests '/types.psql'
\i :types
SELECT * FROM law_lacks;

--
-- Support functions are not for calling
--
CREATE FUNCTION pg_temp.called(function regprocedure) RETURNS text LANGUAGE sql AS $$
	SELECT outcome(format('SELECT %s(%s)', function::regproc, (SELECT string_agg(
			CASE WHEN place = provariadic_place THEN 'VARIADIC ' ELSE '' END || 'NULL::' || type::regtype, ', ' ORDER BY place)
		FROM unnest(proargtypes::oid[]) WITH ORDINALITY u (type, place))))
	FROM (SELECT *, CASE WHEN provariadic <> 0 THEN pronargs END AS provariadic_place FROM pg_proc
		WHERE oid = function) p
$$;
SELECT kind, count(DISTINCT function) > 9 AS many, string_agg(DISTINCT coalesce(pg_temp.called(function), 'NULL'), ' ')
	AS outcomes
FROM pg_aggregate, LATERAL (VALUES ('transition', aggtransfn), ('combine', aggcombinefn), ('moving', aggmtransfn),
		('inverse', aggminvtransfn), ('final', CASE WHEN aggfinalfn::text ~ '_final$' THEN aggfinalfn ELSE 0 END))
		v (kind, function)
WHERE aggfnoid IN (SELECT function FROM law_call JOIN law_type ON law_type.type = state) AND function <> 0
	AND function IN (SELECT oid FROM extension_function WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'c'))
GROUP BY kind ORDER BY kind;

--
-- States as they are, without a final function: with slack, with wide digits, tables, lists. They are
-- stored, compared, hashed, merged, printed and sent like what ours let out.
--
CREATE FUNCTION pg_temp.raw(each law_call) RETURNS TABLE (larger integer, equal boolean, alike boolean,
	sums boolean, differences boolean, of_nothing text) LANGUAGE plpgsql AS $$
DECLARE
	parts pg_aggregate := a FROM pg_aggregate a WHERE aggfnoid = each.function;
	signature text := pg_get_function_identity_arguments(each.function);
	counts boolean := (SELECT t.counts FROM law_type t WHERE t.type = each.type);
BEGIN
	EXECUTE format('CREATE AGGREGATE law.raw(%s) (STYPE = %s, SFUNC = %s)', signature,
		parts.aggtranstype::regtype, parts.aggtransfn);
	EXECUTE format('CREATE TABLE law_state AS SELECT part, law.raw(%s) AS a, %s AS b FROM law_row
		GROUP BY ROLLUP (part)', each.arguments, each.call);
	EXECUTE replace('SELECT max(pg_column_size(a) - pg_column_size(b)), bool_and(a = b AND b = a AND NOT a <> b AND a = a),
			bool_and(a::text = b::text AND {type}_send(a) = {type}_send(b) AND a::jsonb = b::jsonb
				AND {type}_hash(a) = {type}_hash(b)
				AND {type}_hash_extended(a, 7) = {type}_hash_extended(b, 7)),
			bool_and(a + a = b + b AND a + b = b + b AND b + a = b + b)
				AND rollup(a ORDER BY part) = rollup(b ORDER BY part) AND rollup(a) = rollup(b)
		FROM law_state', '{type}', each.type::text) INTO larger, equal, alike, sums;
	IF counts THEN
		EXECUTE 'SELECT bool_and(a - b = b - a AND (a + b) - a = b)
			AND (SELECT bool_and(x IS NOT DISTINCT FROM y) FROM (SELECT rollup(a) OVER w AS x, rollup(b) OVER w AS y
				FROM law_state WINDOW w AS (ORDER BY part ROWS 2 PRECEDING)) t)
			FROM law_state' INTO differences;
	END IF;
	DROP TABLE law_state;
	EXECUTE format('SELECT CASE WHEN (%2$s) IS NULL THEN coalesce(law.raw(%1$s)::text, ''NULL'') ELSE ''counted'' END
		FROM (SELECT (jsonb_populate_record(NULL::law_row, jsonb_build_object(''scale'', scale,
			''names'', names, ''currency'', currency, ''bucket'', bucket, ''kind'', kind, ''mode'', mode,
			''calendar'', calendar))).*
			FROM law_row LIMIT 1) t', each.arguments, each.call) INTO of_nothing;
	-- of whichever scale and targets
	of_nothing := regexp_replace(of_nothing, '"[-0-9]+\.\.[-0-9]+"', '"1..9"');
	of_nothing := regexp_replace(of_nothing, '"targets": \{.*\}, "total', '"targets": {...}, "total');
	EXECUTE format('DROP AGGREGATE law.raw(%s)', signature);
	RETURN NEXT;
END
$$;
SELECT type, max(larger) > 0 AS some_larger, bool_and(equal) AS equal,
	bool_and(alike) AS alike, bool_and(sums) AS sums, bool_and(differences) AS differences,
	string_agg(DISTINCT of_nothing, ', ') AS of_nothing
FROM law_call c JOIN law_type USING (type), pg_temp.raw(c) GROUP BY type ORDER BY type::text COLLATE "C";
-- every reading of a state is that of the value
CREATE FUNCTION pg_temp.read(column_name text, type regtype) RETURNS TABLE (readings bigint, differing bigint)
	LANGUAGE plpgsql AS $$
DECLARE
	each law_call := c FROM law_call c WHERE c.type = read.type AND call = format('rollup(%s)', column_name);
	parts pg_aggregate := a FROM pg_aggregate a WHERE aggfnoid = each.function;
BEGIN
	EXECUTE format('CREATE AGGREGATE law.raw(%s) (STYPE = %1$s, SFUNC = %s)', type, parts.aggtransfn);
	EXECUTE replace(format('CREATE TABLE law_raw AS SELECT %1$s, {raw} AS %2$I FROM total;
		CREATE TABLE law_ours AS SELECT %1$s, (SELECT rollup(%2$I) FROM observation) AS %2$I FROM total',
		(SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
			WHERE attrelid = 'total'::regclass AND attnum > 0 AND attname <> column_name), column_name),
		'{raw}', format('(SELECT law.raw(%I) FROM observation)', column_name));
	SELECT count(*), count(*) FILTER (WHERE
			outcome(format('SELECT string_agg(x::text, '','') FROM (SELECT %s AS x FROM law_raw) t', call))
			IS DISTINCT FROM
			outcome(format('SELECT string_agg(x::text, '','') FROM (SELECT %s AS x FROM law_ours) t', call)))
		INTO readings, differing
	FROM reading_call WHERE call ~ ('\m' || column_name || '\M');
	DROP TABLE law_raw, law_ours;
	EXECUTE format('DROP AGGREGATE law.raw(%s)', type);
	RETURN NEXT;
END
$$;
SELECT type, readings > 0 AS some_readings, differing FROM law_type JOIN pg_attribute ON attrelid = 'total'::regclass AND atttypid = type,
	pg_temp.read(attname, type) r ORDER BY type::text COLLATE "C";

--
-- Forged states: whatever some of their bytes become, they are refused or are a value; nothing loops,
-- reads or writes where it should not. A cast without a function makes values of any bytes, and support
-- functions declared on bytea take them as states.
--
CREATE TABLE forged_source (type regtype, what text, bytes bytea, other text);
CREATE FUNCTION pg_temp.forge(type regtype) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	each law_call := c FROM law_call c WHERE c.type = forge.type AND call !~ '^rollup'
		ORDER BY call ~ '^business', call ~ 'bounded', id LIMIT 1;
	parts pg_aggregate := a FROM pg_aggregate a WHERE aggfnoid = each.function;
	signature text := pg_get_function_identity_arguments(each.function);
BEGIN
	EXECUTE format('CREATE CAST (bytea AS %1$s) WITHOUT FUNCTION; CREATE CAST (%1$s AS bytea) WITHOUT FUNCTION',
		type);
	-- strict: the first value is the state, as it is
	EXECUTE format('CREATE FUNCTION law.%1$s_into(bytea, bytea) RETURNS bytea LANGUAGE c STRICT
		AS %2$L, %3$L; CREATE AGGREGATE law.%1$s_merge(bytea) (STYPE = bytea, SFUNC = law.%1$s_into)',
		type, (SELECT probin FROM pg_proc WHERE oid = parts.aggtransfn), type || '_combine');
	EXECUTE format('CREATE AGGREGATE law.raw(%s) (STYPE = %s, SFUNC = %s)', signature, type, parts.aggtransfn);
	EXECUTE format('INSERT INTO forged_source
		SELECT %1$L::regtype, v.what, v.bytes, (SELECT %3$s FROM law_row WHERE n > 390)::text
		FROM (SELECT law.raw(%2$s) AS raw, %3$s AS ours FROM law_row WHERE n <= 9) t,
			LATERAL (VALUES (''state'', raw::bytea), (''value'', ours::bytea)) v (what, bytes)',
		type, each.arguments, each.call);
	EXECUTE format('DROP AGGREGATE law.raw(%s)', signature);
END
$$;
SELECT count(pg_temp.forge(type)) FROM law_type;
CREATE FUNCTION pg_temp.set_bytes(state bytea, at integer, bytes bytea) RETURNS bytea LANGUAGE sql AS
	$$SELECT overlay(state PLACING bytes FROM at + 1 FOR length(bytes))$$;
-- some bytes in all places, all bytes from a place on, and values that end there
CREATE FUNCTION pg_temp.forgeries(bytes bytea) RETURNS TABLE (forged bytea) LANGUAGE sql AS $$
	SELECT pg_temp.set_bytes(bytes, at, b)
	FROM generate_series(0, length(bytes) - 4) at,
		unnest('{"\\x00","\\x01","\\x03","\\x7f","\\xff","\\xffffffff","\\x00000080","\\x7fffffff"}'::bytea[]) b
	WHERE at < 64 OR at > length(bytes) - 80
	UNION ALL SELECT substring(bytes FOR at) || decode(repeat(b, length(bytes) - at), 'hex')
	FROM generate_series(1, least(length(bytes) - 1, 40)) at, unnest('{00,01,7f,ff}'::text[]) b
	UNION ALL SELECT substring(bytes FOR at) FROM generate_series(1, least(length(bytes) - 1, 60)) at
$$;
-- What is done with one: read, sent, merged with another, before and after it, and as a state. What it
-- is refused with must blame the value, or what it would add up to.
CREATE FUNCTION pg_temp.try(type regtype, forged bytea, other text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	counts boolean := (SELECT t.counts FROM law_type t WHERE t.type = try.type);
	outcomes text[];
BEGIN
	FOR i IN 1 .. 4 LOOP
		BEGIN
			EXECUTE format(CASE i
				WHEN 1 THEN 'SELECT $1::%1$s::text || %1$s_send($1::%1$s)::text || %1$s_hash($1::%1$s)'
				WHEN 2 THEN 'SELECT rollup(s ORDER BY n)::text FROM (VALUES (1, $1::%1$s), (2, %2$L), (3, $1::%1$s)) v (n, s)'
				WHEN 3 THEN 'SELECT law.%1$s_merge(s ORDER BY n)::%1$s::text
					FROM (VALUES (1, $1), (2, %2$L::%1$s::bytea), (3, $1)) v (n, s)'
				WHEN 4 THEN CASE WHEN counts THEN 'SELECT ((%2$L::%1$s + $1::%1$s) - $1::%1$s)::text'
					ELSE 'SELECT (%2$L::%1$s + $1::%1$s)::text' END
				END, type, other) USING forged;
			outcomes := outcomes || 'value'::text;
		EXCEPTION WHEN data_exception OR data_corrupted OR feature_not_supported OR program_limit_exceeded THEN
			outcomes := outcomes || 'refused'::text;
		WHEN OTHERS THEN
			outcomes := outcomes || (SQLSTATE || ' ' || SQLERRM);
		END;
	END LOOP;
	RETURN (SELECT string_agg(DISTINCT o, ', ' ORDER BY o) FROM unnest(outcomes) o);
END
$$;
SET statement_timeout = '60s';
SELECT format('SELECT %L AS type, what, count(*) > 50 AS many, bool_or(outcome ~ ''refused'') AS some_refused,
	bool_or(outcome = ''value'') AS some_values, string_agg(DISTINCT outcome, '' / '') FILTER (WHERE
		outcome NOT IN (''refused'', ''value'', ''refused, value'')) AS others
FROM forged_source f, pg_temp.forgeries(bytes) forged, pg_temp.try(type, forged, other) outcome
WHERE type = %1$L::regtype GROUP BY what ORDER BY what', type)
FROM law_type ORDER BY type::text COLLATE "C"
\gexec
RESET statement_timeout;
SELECT format('DROP CAST (bytea AS %1$s); DROP CAST (%1$s AS bytea)', type) FROM law_type
ORDER BY type::text COLLATE "C"
\gexec
-- window funnels have states of bytes anyway
CREATE AGGREGATE pg_temp.raw_funnel(interval, timestamptz, boolean, boolean) (
	STYPE = bytea, SFUNC = window_funnel_transition);
CREATE AGGREGATE pg_temp.combined(bytea) (
	STYPE = bytea, SFUNC = window_funnel_combine, FINALFUNC = window_funnel_final);
CREATE FUNCTION pg_temp.combine(forged bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.combined(s) FROM (VALUES (forged), (forged)) v (s);
	RETURN 'value';
EXCEPTION WHEN data_corrupted OR feature_not_supported OR program_limit_exceeded OR invalid_parameter_value THEN
	RETURN 'refused';
END
$$;
SELECT count(*) > 500 AS many, bool_or(outcome = 'refused') AS some_refused, bool_or(outcome = 'value') AS some_values
FROM (SELECT pg_temp.raw_funnel('1 h', timestamptz '2025-01-01Z' + (n * 7 % 30) * interval '1 s',
		n % 2 = 0, n % 3 = 0) AS state FROM generate_series(1, 30) n) t,
	pg_temp.forgeries(state), pg_temp.combine(forged) outcome;

DROP SCHEMA law CASCADE;
