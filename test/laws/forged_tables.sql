-- forged tables: hash tables and lists that somebody filled, cut or pointed elsewhere
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

CREATE FUNCTION pg_temp.set_bytes(state bytea, at integer, bytes bytea) RETURNS bytea LANGUAGE sql AS
	$$SELECT overlay(state PLACING bytes FROM at + 1 FOR length(bytes))$$;

--
-- Forged hash tables and lists. The functions are ours, and the states bytes: so any can be made
--
CREATE FUNCTION pg_temp.ours(name text, arguments text, result text, symbol text,
	strict text DEFAULT '') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE OR REPLACE FUNCTION pg_temp.%s(%s) RETURNS %s AS %L, %L LANGUAGE C %s', name,
		arguments, result, (SELECT max(probin) FROM pg_proc WHERE proname = 'survival_transition'), symbol, strict);
END
$$;
SELECT count(pg_temp.ours(symbol, 'bytea, ' || arguments, 'bytea', symbol)) FROM (VALUES
	('survival_transition', 'integer, boolean'), ('survival_inverse', 'integer, boolean'),
	('survival_entry_reason_transition', 'integer, integer, boolean, text'),
	('activity_transition', 'date'), ('retention_transition', 'activity_days, text, date'),
	('funnel_transition', 'customer_journey, text[], interval'),
	('funnel_inverse', 'customer_journey, text[], interval'),
	('flow_transition', 'customer_journey'), ('flow_inverse', 'customer_journey')) v (symbol, arguments);
SELECT count(pg_temp.ours(type || '_leaves', 'bytea', type, type || '_final')),
	count(pg_temp.ours(type || '_merges', 'bytea, bytea', 'bytea', type || '_combine', 'STRICT'))
FROM unnest('{survival_summary,activity_days,retention_summary,funnel_summary,flow_summary}'::text[]) type;
CREATE AGGREGATE pg_temp.survival_state(integer, boolean) (
	STYPE = bytea, SFUNC = pg_temp.survival_transition);
CREATE AGGREGATE pg_temp.reason_state(integer, integer, boolean, text) (
	STYPE = bytea, SFUNC = pg_temp.survival_entry_reason_transition);
CREATE AGGREGATE pg_temp.activity_state(date) (STYPE = bytea, SFUNC = pg_temp.activity_transition);
CREATE AGGREGATE pg_temp.retention_state(activity_days, text, date) (
	STYPE = bytea, SFUNC = pg_temp.retention_transition);
CREATE AGGREGATE pg_temp.funnel_state(customer_journey, text[], interval) (
	STYPE = bytea, SFUNC = pg_temp.funnel_transition);
CREATE AGGREGATE pg_temp.flow_state(customer_journey) (
	STYPE = bytea, SFUNC = pg_temp.flow_transition);
CREATE TEMP TABLE sound_state AS
	SELECT pg_temp.survival_state(n, n > 1) AS survival,
		pg_temp.reason_state(n - 1, n + 1, n > 1, 'x' || n) AS reasons,
		pg_temp.activity_state(date '2025-01-09' - n) AS days,
		pg_temp.retention_state(a, 'day', '2025-01-09') AS retention,
		pg_temp.funnel_state(j, '{x1,x3}', '1 h') AS funnel, pg_temp.flow_state(j) AS flow
	FROM (SELECT n, activity_agg(date '2025-01-01' + n * k) AS a,
			journey_agg(timestamptz '2025-01-01Z' + n * k * interval '1 s', 'x' || k % 4) AS j
		FROM generate_series(1, 3) n, generate_series(1, 5) k GROUP BY n) rows;

-- what an aggregate of somebody's own makes of rows that come to a forged state
CREATE FUNCTION pg_temp.goes_on_from(state bytea, step text, type text, rows text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	arguments text := substring(p::text FROM 'bytea,(.*)\)$') FROM (SELECT oid::regprocedure AS p
		FROM pg_proc WHERE pronamespace = pg_my_temp_schema() AND proname = step) t;
	result text;
BEGIN
	EXECUTE format('CREATE OR REPLACE AGGREGATE pg_temp.forged(%s) (STYPE = bytea, SFUNC = pg_temp.%s,
		FINALFUNC = pg_temp.%s_leaves, INITCOND = %L)', arguments, step, type, state);
	EXECUTE format('SELECT pg_temp.forged(%s', rows) INTO result;
	RETURN result;
EXCEPTION WHEN data_corrupted OR data_exception OR program_limit_exceeded THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;

-- eight of eight places taken, by durations that are the same in any byte order: a search for a
-- duration that is not there ends, and the table is built anew
CREATE TEMP TABLE full_survival AS
	SELECT pg_temp.set_bytes(pg_temp.set_bytes(survival, 8, string_agg(decode(repeat('0' || n, 4),
		'hex'), '' ORDER BY n)), 40, decode(repeat('01', 16), 'hex')) AS state
	FROM sound_state, generate_series(1, 8) n GROUP BY survival;
SELECT what, pg_temp.goes_on_from(state, step, 'survival_summary', rows) FROM full_survival, (VALUES
	('nothing', 'survival_transition', 'NULL, true)'),
	('one that is there', 'survival_transition', '16843009, true)'),
	('one that is not', 'survival_transition', '5, false)'),
	('many that are not', 'survival_transition', 'n, true) FROM generate_series(1, 20) n'),
	('less one that is there', 'survival_inverse', '16843009, true)'),
	('less one that is not', 'survival_inverse', '5, true)'),
	('a summary', 'survival_summary_merges', $$state) FROM full_survival$$)) v (what, step, rows);
SELECT what, pg_temp.goes_on_from(pg_temp.set_bytes(state, at, bytes), 'survival_transition',
	'survival_summary', '5, true)')
FROM full_survival, (VALUES ('no place', 2, '\x00'::bytea), ('one place', 2, '\x01'), ('2^31', 2, '\x1f'),
	('fewer than none', 4, '\xffffffff'), ('more than places', 4, '\x09090909'),
	('a duration twice', 8, '\x02020202'), ('a negative one', 8, '\xfefefefe'))
	v (what, at, bytes);

-- the same of funnels and flows: each slot that was free gets a key, and a count in any byte order
CREATE TEMP TABLE full_tally AS
	SELECT type, pg_temp.set_bytes(state, length(state) - 16 * slots, string_agg(
			CASE WHEN substr(cell, 9) = decode(repeat('00', 8), 'hex')
				THEN decode(repeat(lpad(to_hex(100 + slot), 2, '0'), 8) || '0000000001000000', 'hex')
				ELSE cell END, '' ORDER BY slot)) AS state
	FROM (SELECT type, state, get_byte(state, 8) + get_byte(state, 11) AS slots FROM sound_state,
			LATERAL (VALUES ('funnel', funnel), ('flow', flow)) v (type, state)) s, LATERAL (
		SELECT slot, substr(state, length(state) - 16 * (slots - slot) + 1, 16) AS cell
		FROM generate_series(0, slots - 1) slot) cells
	GROUP BY type, state, slots;
SELECT type, what, pg_temp.goes_on_from(state, type || step, type || '_summary',
	CASE type WHEN 'funnel' THEN $$j, '{x1,x3}', '1 h')$$ ELSE 'j)' END || ' FROM ' || rows)
FROM full_tally, (VALUES
	('journeys', '_transition', $$(SELECT journey_agg(timestamptz '2025-01-01Z' + n * k * interval '7 s',
		'x' || k % 4) AS j FROM generate_series(1, 20) n, generate_series(1, 5) k GROUP BY n) t$$),
	('less one that is there', '_inverse', $$(SELECT journey_agg(timestamptz '2025-01-01Z'
		+ k * interval '1 s', 'x' || k % 4) AS j FROM generate_series(1, 5) k) t$$),
	('less one that is not', '_inverse', $$(SELECT journey_agg(timestamptz '2025-01-01Z'
		+ k * interval '9 s', 'x' || k % 4) AS j FROM generate_series(1, 5) k) t$$)) v (what, step, rows)
ORDER BY type, what;

-- days in a list count once in any order, whatever a flag of old says; and are days
SELECT what, pg_temp.goes_on_from(pg_temp.set_bytes(days, at, bytes), 'activity_transition', 'activity_days',
	$$date '2025-01-07')$$)
FROM sound_state, (VALUES ('as they came', 1, '\x01'::bytea), ('flagged', 1, '\x03'), ('wide', 1, '\x05'),
	('a flag that is none', 1, '\x09'), ('flags without a list', 1, '\x02'),
	('more than there is room for', 4, '\x7f7f7f7f'), ('no days', 8, '\x7fffff7f')) v (what, at, bytes);

-- whatever one or four of their bytes become, they are refused or are a value
SELECT count(pg_temp.ours(type || '_text', 'bytea', 'cstring', type || '_out')),
	count(pg_temp.ours(type || '_bytes', 'bytea', 'bytea', type || '_send'))
FROM unnest('{survival_summary,activity_days,retention_summary,funnel_summary,flow_summary}'::text[]) type;
DO $$
DECLARE
	forged record;
	tried integer := 0;
	refused integer := 0;
	type text;
BEGIN
	FOREACH type IN ARRAY '{survival_summary,activity_days,retention_summary,funnel_summary,flow_summary}'::text[] LOOP
		EXECUTE format('CREATE AGGREGATE pg_temp.%1$s_merged(bytea) (STYPE = bytea,
			SFUNC = pg_temp.%1$s_merges, FINALFUNC = pg_temp.%1$s_leaves)', type);
	END LOOP;
	FOR forged IN SELECT sound.type, pg_temp.set_bytes(state, at, bytes) AS state FROM sound_state,
			LATERAL (VALUES ('survival_summary', survival), ('survival_summary', reasons),
				('activity_days', days),
				('retention_summary', retention), ('funnel_summary', funnel), ('flow_summary', flow))
				sound (type, state),
			generate_series(0, length(state) - 4) at,
			unnest('{"\\x00","\\x01","\\x03","\\x7f","\\xff","\\xffffffff","\\x00000080","\\x7fffffff"}'::bytea[]) bytes
			WHERE at < 64 OR at > length(state) - 80 LOOP
		tried := tried + 1;
		BEGIN
			EXECUTE format('SELECT pg_temp.%1$s_merged(s)::text, pg_temp.%1$s_text($1),
				pg_temp.%1$s_bytes($1) FROM (VALUES ($1), ($1)) v (s)', forged.type) USING forged.state;
		EXCEPTION WHEN data_corrupted OR feature_not_supported OR program_limit_exceeded
				OR datetime_field_overflow
				OR invalid_parameter_value OR numeric_value_out_of_range THEN
			refused := refused + 1;
		END;
	END LOOP;
	RAISE WARNING 'thousands tried: %, some refused and some not: %', tried > 3000,
		refused > 100 AND refused < tried;
END $$;
