-- hostile journeys: what arrives in binary form is believed in nothing; see hostile_binary
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set receive :tests '/receive.psql'
\i :receive

CREATE TEMP TABLE sent AS
	SELECT 'journey_stage' AS type, journey_stage_send('250:trial') AS bytes, '250:trial' AS value
	UNION ALL SELECT 'customer_journey', customer_journey_send(j), j::text FROM (
		SELECT journey_agg(timestamptz '2025-01-01Z' + n * interval '1 h', '7:s' || n % 2) AS j
		FROM generate_series(1, 3) n) t
	UNION ALL SELECT 'funnel_summary', funnel_summary_send(s), s::text FROM (
		SELECT funnel_agg(j, '{a,b}', '1 h', timestamptz '2025-01-02Z') AS s FROM (
			SELECT journey_agg(timestamptz '2025-01-01Z' + n * interval '1 s', chr(96 + n)) AS j
			FROM generate_series(1, 2) n) t) t
	UNION ALL SELECT 'flow_summary', flow_summary_send(s), s::text FROM (
		SELECT flow_agg(j, '2025-01-02Z', '1 h') AS s FROM (
			SELECT journey_agg(timestamptz '2025-01-01Z' + n * interval '1 s', chr(96 + n)) AS j
			FROM generate_series(1, 2) n) t) t;

-- what was sent arrives
SELECT type, bytes, pg_temp.received(type, bytes) = value AS same FROM sent ORDER BY type;

-- by hand
SELECT type, why, pg_temp.received(type, bytes) FROM (VALUES
	('journey_stage', 'nothing', ''::bytea),
	('journey_stage', 'version 2', '\x 02 000000fa 74'),
	('journey_stage', 'no label', '\x 01 000000fa'),
	('journey_stage', 'not UTF-8', '\x 01 000000fa ff'),
	('journey_stage', 'a zero byte', '\x 01 000000fa 740074'),
	('journey_stage', 'label too long', '\x 01 000000fa'::bytea || convert_to(repeat('x', 64), 'UTF8')),
	('customer_journey', 'no events', '\x 01 00000000 00000000'),
	('customer_journey', 'a label that is not UTF-8', '\x 01 00000001 00000000 00000001 ff 00000000'),
	('customer_journey', 'an empty label', '\x 01 00000001 00000000 00000000 00 00000000'),
	('customer_journey', 'a label longer than the value', '\x 01 00000001 00000000 7fffffff 61 00000000'),
	('customer_journey', 'more stages than bytes', '\x 01 ffffffff'),
	('customer_journey', 'more events than bytes', '\x 01 00000000 03ffffff'),
	('customer_journey', 'a stage that there is not', '\x 01 00000000 00000001 0000000000000000 00000000'),
	('customer_journey', 'infinity', '\x 01 00000001 00000000 00000001 61 00000001 7fffffffffffffff 00000000'),
	('customer_journey', 'unused stage, events twice and out of order', '\x 01 00000002 00000000 00000001 62
		00000000 00000001 61 00000003 00000000000f4240 00000001 0000000000000000 00000001 00000000000f4240 00000001'),
	('funnel_summary', 'mode 9', '\x 01 09 0000000000000001 7fffffffffffffff 00000001 00000001 61 00000000'),
	('funnel_summary', 'no steps', '\x 01 00 0000000000000001 7fffffffffffffff 00000000 00000000'),
	('funnel_summary', '65 steps', '\x 01 00 0000000000000001 7fffffffffffffff 00000041 00000000'),
	('funnel_summary', 'not UTF-8', '\x 01 00 0000000000000001 7fffffffffffffff 00000001 00000001 ff 00000000'),
	('funnel_summary', 'nothing counted', '\x 01 00 0000000000000001 7fffffffffffffff 00000001 00000001 61 00000000'),
	('funnel_summary', 'a count of nothing there is', '\x 01 00 0000000000000001 7fffffffffffffff 00000001 00000001 61
		00000001 ffffffffffffffff 0000000000000001'),
	('funnel_summary', 'a step that there is not', '\x 01 00 0000000000000001 7fffffffffffffff 00000001 00000001 61
		00000001 0000000000009000 0000000000000001'),
	('flow_summary', 'nothing counted', '\x 01 7fffffffffffffff 0000000000000000 00000000 00000000'),
	('flow_summary', 'not UTF-8', '\x 01 7fffffffffffffff 0000000000000000 00000001 00000000 00000001 ff 00000000'),
	('flow_summary', 'a stage without journeys', '\x 01 7fffffffffffffff 0000000000000000 00000001 00000000 00000001 61 00000000'),
	('flow_summary', 'a stage twice', '\x 01 7fffffffffffffff 0000000000000000 00000002 00000000 00000001 61
		00000000 00000001 61 00000000'),
	('flow_summary', 'a label of an end', '\x 01 7fffffffffffffff 0000000000000000 00000001 00000000 00000005 28656e6429 00000000'),
	('flow_summary', 'a count of nothing there is', '\x 01 7fffffffffffffff 0000000000000000 00000000
		00000001 ffffffffffffffff 0000000000000001')) v (type, why, bytes);

-- every byte changed, every message cut short, and grown: refused as bad data, or a sound value
SELECT type, what, count(*) AS cases,
	count(*) FILTER (WHERE outcome ~ '^[0-9A-Z]{5}: ') > 0 AS some_refused,
	string_agg(outcome, E'\n' ORDER BY outcome) FILTER (WHERE outcome ~ '^[0-9A-Z]{5}: '
		AND outcome !~ '^(22...|08P01|0A000): ' OR outcome ~ '^not the same') AS others
FROM (SELECT type, what, pg_temp.received(type, mutant) AS outcome
	FROM sent, pg_temp.mutants(bytes)) t
GROUP BY type, what ORDER BY type, what;

-- blanks, which somebody's own aggregates without a final function let out: written, read, sent,
-- merged by what skips them, read as nothing, and refused where a funnel must be known
CREATE AGGREGATE pg_temp.raw_funnel(customer_journey, text[], interval) (
	STYPE = funnel_summary, SFUNC = funnel_transition);
CREATE AGGREGATE pg_temp.raw_flow(customer_journey) (STYPE = flow_summary, SFUNC = flow_transition);
CREATE TEMP TABLE blank AS
	SELECT pg_temp.raw_funnel(NULL, '{a}', '1 h') AS funnel, pg_temp.raw_flow(NULL) AS flow;
SELECT funnel, funnel_summary_send(funnel), funnel::text::funnel_summary = funnel AS same,
	flow, flow_summary_send(flow), flow::jsonb::flow_summary = flow AS same
FROM blank;
SELECT pg_temp.received('funnel_summary', ''), pg_temp.received('flow_summary', '');
SELECT count(*) FROM blank, funnel(funnel);
SELECT count(*) FROM blank, flows(flow);
SELECT count(*) FROM blank, journey_map(flow);
SELECT rollup(funnel), rollup(flow) FROM blank;
SELECT funnel + funnel FROM blank;
SELECT flow - flow FROM blank;
