-- hostile summaries: churn, revenue, survival, retention and days, in binary and as JSON that
-- somebody else has written; see hostile_binary
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
\getenv tests PG_ABS_SRCDIR
\set receive :tests '/receive.psql'
\i :receive

CREATE TEMP TABLE sent AS
	SELECT 'churn_summary' AS type, churn_summary_send(s) AS bytes, s::text AS value
	FROM (SELECT '{"kept": 7, "returned": 1, "lost": 300, "new": 2, "new_and_lost": 9}'::churn_summary
		AS s) t
	UNION ALL SELECT 'revenue_summary', revenue_summary_send(s), s::text
	FROM (SELECT revenue_agg(b, a, 'EUR') AS s FROM (VALUES (9.5, 8), (3, 12.25)) v (b, a)) t
	UNION ALL SELECT 'survival_summary', survival_summary_send(s), s::text
	FROM (SELECT survival_agg(n, n < 9) AS s FROM unnest('{6,7,9}'::integer[]) n) t
	UNION ALL SELECT 'retention_summary', retention_summary_send(s), s::text
	FROM (SELECT '{"bucket": "week", "kind": "on", "eligible": [7, 5], "retained": [7, 2]}'::
		retention_summary AS s) t
	UNION ALL SELECT 'activity_days', activity_days_send(s), s::text
	FROM (SELECT activity_agg(day) AS s FROM unnest('{2025-01-31,2025-02-03}'::date[]) day) t;

--
-- Every byte of a message changed, every message cut short, and grown: an error that says that the
-- data is bad, or a value that comes back the same
--
-- what was sent arrives
SELECT type, bytes, pg_temp.received(type, bytes) = value AS same FROM sent ORDER BY type;
-- by hand
SELECT type, why, pg_temp.received(type, bytes) FROM (VALUES
	('churn_summary', 'version 2', '\x 02'::bytea),
	('churn_summary', 'a flag that is none', '\x 01 08'::bytea || decode(repeat('00', 40), 'hex')),
	('churn_summary', 'snapshots that tell who returned', '\x 01 04'::bytea
		|| decode(repeat('00', 8) || repeat('0000000000000001', 1) || repeat('00', 24), 'hex')),
	('churn_summary', 'more customers than bigint', '\x 01 00'::bytea
		|| decode(repeat('7fffffffffffffff', 5), 'hex')),
	('revenue_summary', 'version 2', '\x 02'),
	('revenue_summary', 'small letters', '\x 01 657572 0000 0000'::bytea
		|| decode(repeat('00', 48), 'hex')),
	('revenue_summary', 'digits beyond numeric', '\x 01 000000 7fff 0002'::bytea
		|| decode(repeat('00', 72), 'hex')),
	('revenue_summary', 'digits that are not there', '\x 01 000000 0000 ffff'),
	('revenue_summary', 'a digit of 10000', '\x 01 000000 0000 0001'::bytea || decode(
		'0000000000000001' || repeat('00', 40) || '2710' || repeat('00', 10), 'hex')),
	('revenue_summary', 'a customer without revenue', '\x 01 000000 0000 0001'::bytea || decode(
		'0000000000000001' || repeat('00', 40) || repeat('00', 12), 'hex')),
	('survival_summary', 'version 2', '\x 02'),
	('survival_summary', 'durations that are not there', '\x 01 7fffffff'),
	('survival_summary', 'fewer than none', '\x 01 ffffffff'),
	('survival_summary', 'twice the same duration', '\x 01 00000002
		00000006 0000000000000001 0000000000000000 00000006 0000000000000001 0000000000000000'),
	('survival_summary', 'a negative duration', '\x 01 00000001
		ffffffff 0000000000000001 0000000000000000'),
	('survival_summary', 'nobody', '\x 01 00000001 00000006 0000000000000000 0000000000000000'),
	('retention_summary', 'version 2', '\x 02'),
	('retention_summary', 'no such kind', '\x 01 02 01 00000001 00000000'),
	('retention_summary', 'no such bucket', '\x 01 00 02 00000005 00000000'),
	('retention_summary', 'periods that are not there', '\x 01 00 01 00000001 7fffffff'),
	('retention_summary', 'more retained than eligible', '\x 01 00 01 00000001 00000001
		0000000000000001 0000000000000002'),
	('activity_days', 'version 2', '\x 02'),
	('activity_days', 'days that are not there', '\x 01 7fffffff'),
	('activity_days', 'infinity', '\x 01 00000001 7fffffff'),
	('activity_days', 'twice the same day', '\x 01 00000002 00000001 00000001')) v (type, why, bytes);

SELECT type, what, count(*) AS cases,
	count(*) FILTER (WHERE outcome ~ '^[0-9A-Z]{5}: ') > 0 AS some_refused,
	string_agg(outcome, E'\n' ORDER BY outcome) FILTER (WHERE outcome ~ '^[0-9A-Z]{5}: '
		AND outcome !~ '^(22...|08P01|0A000): ' OR outcome ~ '^not the same') AS others
FROM (SELECT type, what, pg_temp.received(type, mutant) AS outcome
	FROM sent, pg_temp.mutants(bytes)) t
GROUP BY type, what ORDER BY type, what;

--
-- Every character of the JSON changed, left out and doubled: an error of class 22, or a value whose
-- text is a value again
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
SELECT type, what, count(*) AS cases,
	count(*) FILTER (WHERE outcome ~ '^22...: ') > 0 AS some_refused,
	count(*) FILTER (WHERE outcome ~ '^{') > 0 AS some_accepted,
	string_agg(outcome, E'\n' ORDER BY outcome) FILTER (WHERE outcome !~ '^(22...: |{)') AS others
FROM (SELECT type, what, pg_temp.read(type, mutant) AS outcome
	FROM sent, generate_series(1, length(value)) place,
		LATERAL (SELECT 'changed' AS what, overlay(value PLACING c FROM place FOR 1) AS mutant
				FROM unnest('{0,9,-,.,e,\",\,,:,\{,\},[,],x,\\,ü}'::text[]) c
			UNION ALL SELECT 'left out', overlay(value PLACING '' FROM place FOR 1)
			UNION ALL SELECT 'doubled', overlay(value PLACING repeat(substr(value, place, 1), 2)
				FROM place FOR 1)
			UNION ALL SELECT 'cut', left(value, place - 1)) mutants) t
GROUP BY type, what ORDER BY type, what;
-- values that are JSON, but not of the kind
SELECT type, count(*) AS cases, count(*) FILTER (WHERE pg_temp.read(type, input) ~ '^22') AS refused
FROM sent, unnest(ARRAY['', '[]', 'null', '7', '"x"', '[{}]', '{"": 1}', '{"x": {}}', '{"a": [[[]]]}',
	'{"kept": 1e400, "x": 1}', '{"\u0000": 1}']) input
GROUP BY type ORDER BY type;
-- the hint that date gives is of no use here: there is one way to write a day
SELECT input, pg_temp.read('activity_days', format('{"days": ["%s"]}', input)) FROM unnest('{
	2025-13-01,13/01/2025,2025-02-29,2024-02-29,infinity,epoch,now,2025-1-31,"2025-01-31 ",
	2025-01-31 BC,0000-01-01,0001-01-01 BC,5874898-01-01,5874897-12-31,4714-11-23 BC,4714-11-24 BC,
	-2025-01-01,+2025-01-01,99999999-01-01,02025-01-01,2025-01-31x,2025-01-31 BCE,""}'::text[]) input;
