-- customer_journey: a set of events, and what can be read from it
SET client_min_messages = warning;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
CREATE EXTENSION IF NOT EXISTS cxm;
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

-- Stages with their ranks, in text: any other word is a label of rank 0.
CREATE FUNCTION pg_temp.staged(stage text) RETURNS journey_stage
RETURN (CASE WHEN stage ~ '^[0-9]+:|^(awareness|purchase|service)$' THEN stage ELSE '0:' || stage END)::journey_stage;

--
-- One journey by hand
--
CREATE TEMP TABLE hand AS
	SELECT journey_agg(at, pg_temp.staged(stage)) AS j FROM (VALUES
		(timestamptz '2025-01-03 12:00', 'service'), ('2025-01-01 09:30', 'awareness'),
		('2025-01-02 10:00', 'purchase'), ('2025-01-04 00:00', 'service'),
		('2025-01-01 09:30', 'awareness'), ('2025-01-05 06:00:00.25', '250:trial'),
		('2025-01-04 18:00', 'page:help'), (NULL, 'service'), ('2025-01-09', NULL)) v (at, stage);
SELECT j FROM hand;
SELECT e.* FROM hand, events(j) e;
SELECT event_count(j), stages(j), stage_path(j), stage_path(j, '→') FROM hand;
SELECT first_at(j), last_at(j), current_stage(j), furthest_stage(j) FROM hand;
SELECT entered(j, 'service'), entered(j, 'trial'), entered(j, 'loyalty') FROM hand;
-- 12 hours from the 3rd to the 4th, 18 hours more until page:help
SELECT time_in(j, 'service', '2025-01-10'), time_in(j, 'service', '2025-01-04 01:00'),
	time_in(j, 'trial', '2025-01-05 07:00'), time_in(j, 'loyalty', '2025-01-10'),
	time_in(j, 'service', '2025-01-03') FROM hand;
-- one step down: from service to page:help
SELECT regressions(j), revisits(j) FROM hand;
SELECT stage_path(collapse(j)), revisits(collapse(j)) FROM hand;
SELECT stage_path(journey_slice(j, '2025-01-02 10:00', '2025-01-04')),
	stage_path(journey_slice(j, '-infinity', 'infinity')) = stage_path(j) AS all,
	journey_slice(j, '2026-01-01', '2026-02-01') AS none FROM hand;
SELECT stage_path(j), first_at(j), last_at(j), current_stage(j), furthest_stage(j), stages(j), regressions(j)
FROM (SELECT '{"events": []}'::customer_journey AS j) t;
-- no event, no journey
SELECT journey_agg(at, stage), journey_agg(at, stage::journey_stage)
FROM (VALUES (NULL::timestamptz, 'purchase'), (now(), NULL)) v (at, stage);
SELECT journey_agg(now(), 'x') WHERE false;
-- at the same instant by rank
SELECT stage_path(journey_agg('2025-01-01', stage))
FROM unnest('{loyalty,purchase,service,awareness}'::journey_stage[]) stage;
-- patterns over paths
SELECT stage_path(j) ~ 'purchase( > service)+ >' AS service_after_purchase FROM hand;

--
-- Random events: what plain SQL says of them
--
CREATE TEMP TABLE event AS
	SELECT n, abs(hashint8extended(n, 1)) % 300 AS customer, n % 4 AS part,
		timestamptz '2025-01-01' + make_interval(secs => abs(hashint8extended(n, 2)) % 400 / CASE
			abs(hashint8extended(n, 1)) % 3 WHEN 0 THEN 1 WHEN 1 THEN 8 ELSE 64.0 END) AS at,
		(ARRAY['awareness', '250:trial', '250:demo', 'purchase', 'service', 'page', 'help'])
			[1 + abs(hashint8extended(n, 3)) % 7] AS stage
	FROM generate_series(1, 6000) n;
CREATE TEMP TABLE journey AS
	SELECT customer, journey_agg(at, pg_temp.staged(stage)) AS j FROM event GROUP BY customer;
CREATE TEMP VIEW ordered AS
	SELECT customer, at, stage, split_part(stage, ':', 2) AS own, label, rank,
		lag(label) OVER w AS before, lag(rank) OVER w AS rank_before, lead(at) OVER w AS next_at,
		row_number() OVER w AS nth
	FROM (SELECT DISTINCT customer, at, stage,
			CASE WHEN stage ~ ':' THEN split_part(stage, ':', 2) ELSE stage END AS label,
			CASE stage WHEN 'awareness' THEN 100 WHEN 'purchase' THEN 300 WHEN 'service' THEN 500
				WHEN 'page' THEN 0 WHEN 'help' THEN 0 ELSE 250 END AS rank FROM event) t
	WINDOW w AS (PARTITION BY customer ORDER BY at, rank, label COLLATE "C");
SELECT count(*) AS customers,
	bool_and(event_count(j) = n) AS event_count,
	bool_and(stages(j) = labels) AS stages,
	bool_and(stage_path(j) = array_to_string(labels, ' > ')) AS stage_path,
	bool_and(first_at(j) = first AND last_at(j) = last) AS bounds,
	bool_and(current_stage(j) = labels[n]) AS current_stage,
	bool_and(furthest_stage(j) = furthest) AS furthest_stage,
	bool_and(regressions(j) = o.regressions) AS regressions,
	bool_and(stages(collapse(j)) = collapsed) AS collapse,
	bool_and(revisits(j) = cardinality(collapsed) - distinct_stages) AS revisits,
	bool_and(entered(j, 'trial') IS NOT DISTINCT FROM trial) AS entered,
	bool_and(time_in(j, 'trial', '2025-01-02') IS NOT DISTINCT FROM in_trial) AS time_in
FROM journey JOIN (
	SELECT customer, count(*) AS n, array_agg(label ORDER BY nth) AS labels, min(at) AS first,
		max(at) AS last, (array_agg(label ORDER BY rank DESC, label COLLATE "C" DESC))[1] AS furthest,
		count(*) FILTER (WHERE rank < rank_before) AS regressions,
		array_agg(label ORDER BY nth) FILTER (WHERE label IS DISTINCT FROM before) AS collapsed,
		count(DISTINCT label) AS distinct_stages,
		min(at) FILTER (WHERE label = 'trial') AS trial,
		sum(coalesce(next_at, '2025-01-02') - at) FILTER (WHERE label = 'trial') AS in_trial
	FROM ordered GROUP BY customer) o USING (customer);
SELECT bool_and((SELECT array_agg((at, stage) ORDER BY nth) FROM ordered o WHERE o.customer = journey.customer)
	= (SELECT array_agg((at, CASE stage_rank(stage) WHEN 0 THEN stage_label(stage) ELSE stage::text END)
		ORDER BY ordinality) FROM events(j) WITH ORDINALITY)) AS events
FROM journey;

--
-- What an aggregate has just made is read as it lies in its state: as if it had been stored
--
CREATE FUNCTION pg_temp.bytes(j customer_journey) RETURNS text
RETURN md5(j::text) || ' ' || pg_column_size(ARRAY[j]);
CREATE TEMP VIEW ways AS
	SELECT customer, way, journey_agg(at, sequence, named ORDER BY at, n) AS j
	FROM event, LATERAL (VALUES
		('built in', 0, CASE stage WHEN 'page' THEN 'service' WHEN 'help' THEN 'loyalty' ELSE stage END),
		('own', 0, stage), ('many', 0, stage || n % 40), ('sequences', n, stage), ('long', n, repeat(stage, 20)))
		v (way, sequence, named)
	GROUP BY customer, way;
CREATE TEMP TABLE way AS SELECT * FROM ways;
CREATE FUNCTION pg_temp.readings(j customer_journey) RETURNS text
RETURN ROW(event_count(j), stages(j), stage_path(j), first_at(j), last_at(j), current_stage(j), furthest_stage(j),
	regressions(j), revisits(j), entered(j, 'service'), time_in(j, 'service', '2025-02-01'),
	funnel_level(j, '{awareness,service,purchase}', '7 days'), funnel_times(j, '{awareness,service?,purchase}', '7 days'),
	funnel_count(j, '{awareness,service}', NULL, 'strict_order'), collapse(j), j + j, j)::text;
SELECT way, count(*) > 100 AS many, bool_and(pg_temp.readings(a.j) = pg_temp.readings(b.j)) AS readings,
	bool_and(a.j = b.j) AS equal, bool_and(pg_temp.bytes(a.j) = pg_temp.bytes(b.j)) AS bytes
FROM ways a JOIN way b USING (customer, way) GROUP BY way ORDER BY way;
SELECT bool_and(stages(j) = labels AND event_count(j) = cardinality(labels)
	AND funnel_level(j, '{awareness,purchase}', '7 days') = level AND j = stored) AS without_a_copy
FROM (
	SELECT ways.j, w.j AS stored, stages(w.j) AS labels,
		funnel_level(w.j, '{awareness,purchase}', '7 days') AS level
	FROM ways, LATERAL (SELECT j FROM way WHERE way.customer = ways.customer AND way.way = ways.way) w) t;
SELECT bool_and(over = stored) AS over_a_window FROM (
	SELECT customer, way, j AS stored, (SELECT journey_agg FROM (SELECT journey_agg(at, stage) OVER w
		FROM events(j) WINDOW w AS (ORDER BY at ROWS UNBOUNDED PRECEDING)) o
		ORDER BY event_count(journey_agg) DESC LIMIT 1) AS over
	FROM way WHERE way <> 'sequences' AND way <> 'long') t;
SELECT event_count(j), cardinality(stages(j)) AS stages, event_count(collapse(j)) AS collapsed, j = stored AS equal,
	last_at(j) = last_at(stored) AS last_at, pg_column_size(j) > 9000 AS large
FROM (SELECT journey_agg('2025-01-01Z'::timestamptz + n * interval '1 us', 'stage ' || n % 300) AS j
	FROM generate_series(1, 6000) n) t, LATERAL (SELECT j::text::customer_journey AS stored) s;

--
-- A set: the same bytes in whatever order, in whatever parts, however often
--
SELECT count(*) AS customers, bool_and(pg_temp.bytes(j) = pg_temp.bytes(sorted) AND j = sorted) AS sorted,
	bool_and(j = backwards) AS backwards, bool_and(j = twice) AS twice
FROM journey JOIN (
	SELECT customer, journey_agg(at, pg_temp.staged(stage) ORDER BY at, n) AS sorted,
		journey_agg(at, pg_temp.staged(stage) ORDER BY at DESC) AS backwards
	FROM event GROUP BY customer) a USING (customer)
JOIN (
	SELECT customer, journey_agg(at, pg_temp.staged(stage) ORDER BY n) AS twice
	FROM (TABLE event UNION ALL TABLE event) t GROUP BY customer) b USING (customer);
CREATE TEMP TABLE part AS
	SELECT customer, part, journey_agg(at, pg_temp.staged(stage)) AS j FROM event GROUP BY customer, part;
SELECT bool_and(j = rolled) AS rollup, bool_and(j = again) AS rollup_of_rollups,
	bool_and(j = rolled + j AND j + j = j) AS plus
FROM journey JOIN (SELECT customer, rollup(j) AS rolled FROM part GROUP BY customer) a USING (customer)
JOIN (
	SELECT customer, rollup(j ORDER BY half DESC) AS again
	FROM (SELECT customer, part % 2 AS half, rollup(j ORDER BY part DESC) AS j FROM part
		GROUP BY customer, part % 2) t GROUP BY customer) b USING (customer);
SELECT count(*) AS pairs, bool_and(a.j + b.j = b.j + a.j) AS commutes,
	bool_and(a.j + b.j + c.j = a.j + (b.j + c.j)) AS associates
FROM part a JOIN part b ON b.part = a.part + 1 AND a.customer = b.customer
JOIN part c ON c.part = b.part + 1 AND c.customer = a.customer;
-- a typed stage is the same
SELECT bool_and(j = typed) FROM journey JOIN (
	SELECT customer, journey_agg(at, CASE WHEN stage IN ('page', 'help') THEN '0:' || stage ELSE stage END::journey_stage)
		AS typed FROM event GROUP BY customer) t USING (customer);
-- text, json and back; hash
SELECT bool_and(j::text::customer_journey = j AND j::json::text::customer_journey = j
	AND j::jsonb::customer_journey = j) AS back FROM journey;
SELECT (SELECT count(*) FROM (SELECT j FROM part GROUP BY j) t) = count(DISTINCT j::text) AS hashes FROM part;
SELECT bool_and(NOT j <> j) FROM part;

-- parallel workers, each with a part of each journey
CREATE TABLE parallel_event AS SELECT customer, at, pg_temp.staged(stage) AS stage FROM event;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 3;
EXPLAIN (COSTS OFF) SELECT customer, journey_agg(at, stage) FROM parallel_event GROUP BY customer;
SELECT count(*), bool_and(j = p) FROM journey JOIN
	(SELECT customer, journey_agg(at, stage) AS p FROM parallel_event GROUP BY customer) t USING (customer);
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
DROP TABLE parallel_event;
-- and over partitions, which divide journeys by time
CREATE TABLE divided (customer bigint, at timestamptz, stage journey_stage) PARTITION BY RANGE (at);
CREATE TABLE divided_early PARTITION OF divided FOR VALUES FROM (MINVALUE) TO ('2025-01-05');
CREATE TABLE divided_late PARTITION OF divided DEFAULT;
INSERT INTO divided SELECT customer, at, pg_temp.staged(stage) FROM event;
SET enable_partitionwise_aggregate = on;
EXPLAIN (COSTS OFF) SELECT customer, journey_agg(at, stage) FROM divided GROUP BY customer;
SELECT count(*), bool_and(cxm_internal.customer_journey_send(j) = cxm_internal.customer_journey_send(p)) AS same
FROM journey JOIN (SELECT customer, journey_agg(at, stage) AS p FROM divided GROUP BY customer) t
	USING (customer);
RESET enable_partitionwise_aggregate;
DROP TABLE divided;

-- many stages, which an index inside the state finds: what stages(j) says is the set of rows
CREATE TEMP TABLE many AS
	SELECT width, timestamptz '2025-01-01' + (hashint4(n) & 65535) * interval '1 s' AS at,
		((hashint4(n + 1) & 3) || ':' || repeat('x', n % 3) || (hashint4(n + 2) & 1048575) % width)::journey_stage AS stage
	FROM unnest('{3,4,7,60,5000}'::integer[]) width, generate_series(1, 10000) n;
SELECT width, event_count(j) = (SELECT count(DISTINCT (at, stage)) FROM many m WHERE m.width = t.width) AS count,
	stages(j) = (SELECT array_agg(stage_label(stage) ORDER BY at, stage)
		FROM (SELECT DISTINCT at, stage FROM many m WHERE m.width = t.width) d) AS stages,
	j = sorted AS sorted, j = rolled AS rolled, j = (SELECT j + j) AS united
FROM (SELECT width, journey_agg(at, stage) AS j, journey_agg(at, stage ORDER BY stage, at) AS sorted
	FROM many GROUP BY width) t
JOIN (SELECT width, rollup(j) AS rolled FROM (SELECT width, journey_agg(at, stage) AS j FROM many
	GROUP BY width, hashtext(stage::text) % 50) p GROUP BY width) r USING (width) ORDER BY width;
-- time that is quadratic in the number of stages would be minutes here
SET statement_timeout = '20s';
SELECT cardinality(stages(journey_agg(timestamptz '2025-01-01' + n * interval '1 s', 'event ' || n)))
FROM generate_series(1, 65535) n;
RESET statement_timeout;

-- of labels with two ranks, readings by label find both, and those that compare events take them
-- for two stages
SELECT j, stages(j), stages(collapse(j)), revisits(j), regressions(j), entered(j, 'meeting'),
	time_in(j, 'meeting', '2025-01-05') FROM (
	SELECT journey_agg(at, stage::journey_stage) AS j FROM (VALUES (timestamptz '2025-01-01', '10:30 meeting'),
		('2025-01-02', '0:10:30 meeting'), ('2025-01-03', '5:meeting'), ('2025-01-04', '4:meeting'))
		v (at, stage)) t;
-- a name in text is the label, whatever it begins with, and a built-in stage has its rank
SELECT stages(j), furthest_stage(j), j, j::text::customer_journey = j AS back, (SELECT array_agg(stage) FROM events(j))
FROM (SELECT journey_agg(at, name) AS j FROM (VALUES (timestamptz '2025-01-01', 'Home'),
	('2025-01-02', '404: not found'), ('2025-01-03', 'purchase'), ('2025-01-04', '42:'), ('2025-01-05', '99999999999:x'),
	('2025-01-06', '10:30 meeting')) v (at, name)) t;
-- labels of up to 255 bytes: each length is what it was, in values, in text and on the wire
CREATE TEMP TABLE long AS
	SELECT bytes, journey_agg(timestamptz '2025-01-01' + n * interval '1 s', chr(96 + n) || repeat('x', bytes - 1)) AS j
	FROM generate_series(1, 255) bytes, generate_series(1, 3) n GROUP BY bytes;
SELECT count(*), bool_and(stages(j) = ARRAY['a' || rest, 'b' || rest, 'c' || rest]) AS stages, bool_and(j::text::customer_journey = j) AS text,
	bool_and(entered(j, 'b' || rest) = '2025-01-01 00:00:02') AS entered, bool_and(j + j = j) AS plus,
	bool_and(pg_column_size(j) <= 28 + 3 * (bytes + 7)) AS small
FROM long, repeat('x', bytes - 1) rest;
SELECT event_count(j), cardinality(stages(j)), j = (SELECT rollup(l.j) FROM long l WHERE l.bytes % 7 = 0) + j AS united,
	(SELECT max(length(stage)) FROM unnest(stages(j)) stage) FROM (SELECT rollup(j) AS j FROM long) t;
SELECT bool_and((s).stage = s2.stage AND stage_label(s2.stage) = label) AS stages
FROM (SELECT label, ('7:' || label)::journey_stage AS stage FROM generate_series(1, 255) n, repeat('é', n / 2) e, LATERAL (SELECT e || repeat('y', n % 2) AS label) l) s2,
	LATERAL (SELECT s2.stage::text::journey_stage AS stage) s;

--
-- A known order at one time
--
CREATE TEMP TABLE sequenced AS SELECT journey_agg(at, number, what) AS j
	FROM (VALUES (timestamptz '2026-01-01 10:00Z', 1, 'start'), ('2026-01-01 10:00Z', 2, 'cancel'), ('2026-01-01 10:00Z', 3, 'start'),
		('2026-01-01 10:00Z', 2, 'cancel'), ('2026-01-01 09:00Z', 9, 'visit'), ('2026-01-01 11:00Z', NULL, 'end')) v (at, number, what);
SELECT j, stage_path(j), event_count(j), stages(collapse(j)), j::text::customer_journey = j AS text, j::jsonb::customer_journey = j AS jsonb
FROM sequenced;
SELECT cxm_internal.customer_journey_send(journey_slice(j, '2026-01-01 10:00Z', '2026-01-01 10:01Z')) FROM sequenced;
-- two purchases at one time; and where all are 0, the journey is one without them
SELECT event_count(journey_agg(at, number, what)), journey_agg(at, 0, what) = journey_agg(at, what) AS none
FROM (VALUES (timestamptz '2026-01-01 10:00Z', 1, 'buy'), ('2026-01-01 10:00Z', 2, 'buy')) v (at, number, what);
-- what plain SQL says, in any order of rows and in parts
CREATE TEMP TABLE numbered AS
	SELECT n % 50 AS customer, timestamptz '2025-01-01' + (hashint4(n) & 7) * interval '1 s' AS at,
		CASE WHEN n % 3 > 0 THEN (hashint8(n) & 255)::bigint * (CASE WHEN n % 50 < 9 THEN 2000000000 ELSE 1 END) END AS number,
		(ARRAY['purchase', '404: x', 'c', repeat('d', 200)])[1 + (hashint4(n + 1) & 3)] AS name
	FROM generate_series(1, 3000) n;
SELECT count(*), bool_and(stages(j) = labels) AS order, bool_and(j = backwards AND j = rolled) AS same, bool_and(j::text::customer_journey = j) AS text
FROM (SELECT customer, journey_agg(at, number, name) AS j, journey_agg(at, number, name ORDER BY at DESC, number DESC) AS backwards
	FROM numbered GROUP BY customer) a
JOIN (SELECT customer, rollup(j) AS rolled FROM (SELECT customer, journey_agg(at, number, name) AS j FROM numbered GROUP BY customer, number % 3) p GROUP BY customer) b USING (customer)
JOIN (SELECT customer, array_agg(name ORDER BY at, number, name = 'purchase', name COLLATE "C") AS labels
	FROM (SELECT DISTINCT customer, at, coalesce(number, 0) AS number, name FROM numbered) d GROUP BY customer) c USING (customer);
-- a funnel takes them in that order: b before a is no b after a
SELECT mode, funnel_level(j, '{a,b}', NULL, mode) AS known, funnel_level(k, '{a,b}', NULL, mode) AS unknown, funnel_level(j, '{b,a}', NULL, mode) AS other_way
FROM (SELECT journey_agg('2026-01-01Z', n, name) AS j, journey_agg('2026-01-01Z', name) AS k FROM (VALUES (1, 'b'), (2, 'a')) v (n, name)) t,
	unnest('{any,ordered,increasing,consecutive,strict_order,unordered}'::text[]) mode;

--
-- Size: beside header and labels, 6 bytes an event for a web session, 8 for a CRM history, whatever
-- the times' precision
--
SELECT kind, unit, (pg_column_size(j) - pg_column_size(journey_slice(j, first_at(j), first_at(j) + interval '1 us')))
	/ (event_count(j) - 1)::numeric <= most AS small
FROM (
	SELECT kind, unit, most, journey_agg(timestamptz '2025-01-01' + date_trunc(unit, n * gap
		+ make_interval(secs => abs(hashint8extended(n, 5)) % 1000000 / 1e6 * 59)), 'page') AS j
	FROM (VALUES ('web session', interval '3 minutes', 6), ('CRM history', interval '2 weeks', 8)) v (kind, gap, most),
		unnest('{seconds,milliseconds,microseconds}'::text[]) unit, generate_series(1, 1000) n
	GROUP BY kind, unit, most) t ORDER BY kind, unit;

--
-- Many events, many stages, early and late times
--
SELECT event_count(j), cardinality(stages(j)) = 20000 AS stages, current_stage(j)
FROM (SELECT journey_agg(timestamptz '2025-01-01' + n * interval '1 s', 'page ' || n % 5000) AS j
	FROM generate_series(0, 19999) n) t;
-- new stages when the state is full and out of order
SELECT event_count(j), cardinality(stages(j)) FROM (SELECT journey_agg('2025-01-01', n::text) AS j
	FROM generate_series(1, 4097) n) t;
SELECT event_count(j) FROM (
	SELECT journey_agg(timestamptz '2025-01-01' + n % 100 * interval '1 s', 'page ' || n % 5) AS j
	FROM generate_series(1, 100000) n) t;
SELECT j, j::text::customer_journey = j AS back FROM (
	SELECT journey_agg(at, 'x') AS j FROM (VALUES (timestamptz '4714-11-24 00:00:00 BC'), ('0001-12-31 BC'),
		('0001-01-01'), ('294276-12-31 23:59:59.999999')) v (at)) t;
SELECT '{"events": [{"at": "2025-01-31 09:30:00+05:45", "stage": "x"}]}'::customer_journey;

--
-- Refusals
--
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT journey_agg('infinity'::timestamptz, 'x')$$),
	($$SELECT journey_agg('-infinity'::timestamptz, 'purchase'::journey_stage)$$),
	($$SELECT journey_agg(now(), '')$$),
	($$SELECT journey_agg(now(), repeat('x', 256))$$),
	($$SELECT journey_agg(now(), -1, 'x')$$),
	($$SELECT journey_agg(now(), 549755813888, 'x')$$),
	($$SELECT journey_agg(now(), 549755813887, 'x')$$),
	($$SELECT '{"events": [{"at": "2025-01-01T00:00:00Z", "stage": "x", "sequence": -1}]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "2025-01-01T00:00:00Z", "stage": "x", "sequence": 549755813888}]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "2025-01-01T00:00:00Z", "stage": "99999999999:x"}]}'::customer_journey$$),
	($$SELECT journey_agg(now(), n::text) FROM generate_series(1, 65536) n$$),
	($$SELECT time_in('{"events": []}'::customer_journey, 'x', 'infinity')$$),
	($$SELECT cxm_internal.customer_journey_final('{"events": []}')$$),
	($$SELECT ''::customer_journey$$),
	($$SELECT '[]'::customer_journey$$),
	($$SELECT '{"events": {}}'::customer_journey$$),
	($$SELECT '{"events": 7}'::customer_journey$$),
	($$SELECT '{"events": [7]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "2025-01-31T09:30:00.Z", "stage": "a"}]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "0000-01-31T09:30:00Z", "stage": "a"}]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "0000-01-31T09:30:00Z BC", "stage": "a"}]}'::customer_journey$$),
	($$SELECT '{"events": [], "more": 1}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "2025-01-01T00:00:00Z"}]}'::customer_journey$$),
	($$SELECT '{"events": [{"stage": "x"}]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "now", "stage": "x"}]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "2025-02-29T00:00:00Z", "stage": "x"}]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "2025-01-01T00:00:00", "stage": "x"}]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "2025-01-01T00:00:00Z", "stage": ""}]}'::customer_journey$$),
	($$SELECT '{"events": [{"at": "2025-01-01T00:00:00Z", "stage": "x", "y": 1}]}'::customer_journey$$)
) v (query);
-- a stage that lasts, in one visit or two, for longer than an interval
SELECT pg_temp.refusal(format($$SELECT time_in('{"events": [{"at": "4713-01-01T00:00:00Z BC", "stage": "x"}, %s}]}'::customer_journey,
	'x', '294276-12-31Z')$$, event)) FROM (VALUES ('{"at": "294276-12-31T00:00:00Z", "stage": "y"'),
	('{"at": "200000-01-01T00:00:00Z", "stage": "y"}, {"at": "200001-01-01T00:00:00Z", "stage": "x"')) v (event);

--
-- A blank, which somebody's own aggregate may begin with, is a journey without events
--
SELECT j, j::text::customer_journey = j AS text, j::jsonb::customer_journey = j AS jsonb,
	cxm_internal.customer_journey_send(j) AS sent, j = '{"events": []}' AS equal, event_count(j) AS events, stages(j),
	stage_path(j) = '' AS path, first_at(j), current_stage(j), furthest_stage(j), revisits(j), collapse(j),
	journey_slice(j, '-infinity', 'infinity') AS slice, time_in(j, 'x', '2025-01-01') AS time_in
FROM (SELECT '{}'::customer_journey AS j) t;
SELECT count(*) FROM events('{}'::customer_journey);
SELECT a, b, a + b AS plus FROM (VALUES ('{}'::customer_journey), ('{"events": []}'),
		('{"events": [{"at": "2025-01-31T09:30:00Z", "stage": "x"}]}')) a (a),
	(VALUES ('{}'::customer_journey), ('{"events": []}'),
		('{"events": [{"at": "2025-01-31T09:30:00Z", "stage": "purchase"}]}')) b (b);
SELECT rollup(j ORDER BY n) FROM (VALUES (1, '{}'::customer_journey), (2, NULL),
	(3, '{"events": [{"at": "2025-01-31T09:30:00Z", "stage": "x"}]}'), (4, '{}')) v (n, j);
SELECT rollup('{}'::customer_journey);

-- aggregates of one's own that begin with a value: without rows, with rows that do not count, with one
CREATE FUNCTION pg_temp.begin_with(value text) RETURNS TABLE (no_rows text, no_events text, an_event text, rolled text)
	LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE AGGREGATE pg_temp.beginning(timestamptz, text) (STYPE = customer_journey,
		SFUNC = cxm_internal.journey_transition, FINALFUNC = cxm_internal.customer_journey_final, INITCOND = %L)', value);
	EXECUTE format('CREATE AGGREGATE pg_temp.rolling(customer_journey) (STYPE = customer_journey,
		SFUNC = cxm_internal.customer_journey_combine, FINALFUNC = cxm_internal.customer_journey_final, INITCOND = %L)', value);
	RETURN QUERY SELECT (SELECT pg_temp.beginning(now(), 'x') FILTER (WHERE false))::text,
		(SELECT pg_temp.beginning(NULL, 'x'))::text,
		(SELECT stage_path(pg_temp.beginning(now(), 'x'))),
		(SELECT pg_temp.rolling(j) FROM (VALUES (NULL::customer_journey), ('{}')) v (j))::text;
	DROP AGGREGATE pg_temp.beginning(timestamptz, text), pg_temp.rolling(customer_journey);
END
$$;
SELECT value, b.* FROM (VALUES ('{}'), ('{"events": []}'),
		('{"events": [{"at": "2025-01-31T09:30:00Z", "stage": "purchase"}, {"at": "2025-01-31T09:30:00.5Z", "stage": "7:y"}]}'))
	v (value), pg_temp.begin_with(value) b;

--
-- A moment has a zone: a timestamp or a date would be taken to stand in the session's
--
CREATE TEMP TABLE zoneless AS SELECT timestamp '2025-01-31 09:30' AS at, date '2025-01-31' AS day, 'x'::text AS stage,
	'{"events": []}'::customer_journey AS j;
SELECT query, pg_temp.refusal(query) FROM (VALUES
	($$SELECT journey_agg(at, stage) FROM zoneless$$),
	($$SELECT journey_agg(day, stage) FROM zoneless$$),
	($$SELECT journey_agg(at, stage) OVER () FROM zoneless$$),
	($$SELECT journey_agg(at, '7:x'::journey_stage) FROM zoneless$$),
	($$SELECT journey_agg(at, 1, stage) FROM zoneless$$),
	($$SELECT journey_agg(coalesce(at, now()), stage) FROM zoneless$$),
	($$SELECT journey_slice(j, at, now()) FROM zoneless$$),
	($$SELECT journey_slice(j, now(), day) FROM zoneless$$),
	($$SELECT time_in(j, 'x', day) FROM zoneless$$),
	($$SELECT journey_agg(at AT TIME ZONE 'Asia/Kathmandu', stage) FROM zoneless$$),
	($$SELECT journey_agg(at::timestamptz, stage) FROM zoneless$$),
	($$SELECT journey_slice(j, '2025-01-31', now()), time_in(j, 'x', '2025-01-31') FROM zoneless$$)
) v (query);

--
-- Cases from the field: two events of one second by their numbers, and two purchases; time by agent; the address of
-- a page and a title that looks like a rank
--
SELECT stage_path(journey_agg(at, number, what)) AS path, event_count(journey_agg(at, number, what)) AS events
FROM (VALUES (timestamptz '2026-01-01 10:00Z', 1, 'start'), ('2026-01-01 10:00Z', 2, 'cancel'), ('2026-01-01 10:00Z', 3, 'buy'),
	('2026-01-01 10:00Z', 4, 'buy')) v (at, number, what);
SELECT time_in(j, 'agent x', '2026-01-01 14:00Z') AS x, time_in(j, 'agent y', '2026-01-01 14:00Z') AS y
FROM (SELECT journey_agg(at, assignee) AS j FROM (VALUES (timestamptz '2026-01-01 10:00Z', 'agent x'), ('2026-01-01 12:00Z', 'agent y'),
	('2026-01-01 13:00Z', 'agent x')) v (at, assignee)) t;
SELECT stage_path(journey_agg('2026-01-01Z',
	'/catalogue/outdoor/tents/four-season/model-1234567890?utm_source=newsletter&utm_medium=email'));
SELECT stage_path(j), furthest_stage(j) FROM (SELECT journey_agg(at, title) AS j FROM (VALUES (timestamptz '2026-01-01 10:00Z', 'Home'),
	('2026-01-01 10:01Z', '404: This page could not be found'), ('2026-01-01 10:02Z', 'purchase')) v (at, title)) t;
