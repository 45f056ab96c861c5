-- Values of every type of cxm, in tables kept.TYPE (name, value): what dumps, replicas, upgrades and
-- later releases must carry unchanged. Needs an empty database with the extension; the values
-- depend on nothing else, neither the day nor the machine. To be run by a superuser.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE SCHEMA kept;

-- The extension's types, by themselves: what comes with them (arrays, relations) is left out.
CREATE VIEW kept.type AS
	SELECT t.oid, t.typname AS name, t.typtype = 'b' AS base,
		t.oid::regtype::text AS sql_name, t.typsend::text AS send
	FROM pg_type t JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid
		AND d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
	JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'cxm'
	LEFT JOIN pg_class c ON c.oid = t.typrelid
	WHERE t.typtype IN ('b', 'c') AND t.typcategory <> 'A' AND c.relkind IS DISTINCT FROM 'v';

-- kept.stored(value): the bytes of a value as they lie in a table.
DO $$
DECLARE
	type kept.type;
BEGIN
	FOR type IN TABLE kept.type LOOP
		EXECUTE format('CREATE TABLE kept.%I (name text PRIMARY KEY, value %s)',
			type.name, type.sql_name);
		EXECUTE format('INSERT INTO kept.%I VALUES (''NULL'', NULL)', type.name);
		CONTINUE WHEN NOT type.base;
		EXECUTE format('CREATE FUNCTION kept.stored(%s) RETURNS bytea
			LANGUAGE internal IMMUTABLE STRICT AS ''byteasend''', type.sql_name);
	END LOOP;
END
$$;

--
-- Ratings: scales, widths, directions, weights
--
INSERT INTO kept.rating_summary
	SELECT 'small', nps_agg(n % 11) FROM generate_series(1, 100) n UNION ALL
	SELECT 'nonresponses', nps_agg(nullif(n % 11, 5)) FROM generate_series(1, 1000) n UNION ALL
	SELECT 'only nonresponses', csat_agg(NULL::integer) FROM generate_series(1, 3) UNION ALL
	SELECT 'reversed', ces_agg(1 + n % 5, '5..1') FROM generate_series(1, 99) n UNION ALL
	SELECT 'negative', rating_agg(n % 3 - 1, '-1..1') FROM generate_series(1, 99) n UNION ALL
	SELECT 'lowest', rating_agg(n % 3 - 999999999, '-999999999..-999999990')
		FROM generate_series(1, 9) n UNION ALL
	SELECT 'yes or no', rating_agg(n % 3 = 0) FROM generate_series(1, 255) n UNION ALL
	SELECT '256 answers', rating_agg(n % 256, '0..255') FROM generate_series(1, 999) n UNION ALL
	SELECT 'weighted', nps_agg(n % 11, n / 7.0) FROM generate_series(1, 999) n UNION ALL
	SELECT 'weight zero', csat_agg(1 + n % 5, '1..5', 0) FROM generate_series(1, 9) n UNION ALL
	SELECT 'large weights', csat_agg(1 + n % 5, '1..5', 1e9) FROM generate_series(1, 9) n UNION ALL
	SELECT '256 weights', rating_agg(n % 256, '255..0', n * 1.25) FROM generate_series(1, 999) n;
INSERT INTO kept.rating_summary VALUES
	('empty', '{"scale": "0..10"}'),
	('most', '{"scale": "0..1", "responses": {"1": 9223372036854775807}}'),
	('most of all', '{"scale": "0..1", "responses": {"0": 4611686018427387903,
		"1": 4611686018427387904}, "nonresponses": 9223372036854775807}');

--
-- Time
--
INSERT INTO kept.business_calendar VALUES
	('small', 'Mon-Fri 09:00-17:00 in UTC'),
	('shifts', 'Mon-Fri 09:00-12:30, Mon-Fri 13:15-17:30, Sat 22:00-04:00 in Asia/Kathmandu'),
	('always', 'Mon-Sun 00:00-24:00 in America/St_Johns'),
	('holidays', 'Mon-Fri 09:00-17:30, Sat 10:00-14:00 in Asia/Kolkata except 2026-01-26, 2026-08-15');
INSERT INTO kept.business_calendar
	SELECT 'a thousand holidays', ('Mon-Fri 09:00-17:00 in Europe/Berlin except '
		|| string_agg((date '2000-01-03' + 7 * n)::text, ', '))::business_calendar
	FROM generate_series(0, 999) n;
INSERT INTO kept.duration_summary
	SELECT 'small', duration_agg(n * interval '1 s') FROM generate_series(1, 30) n UNION ALL
	SELECT 'zero', duration_agg(interval '0') FROM generate_series(1, 300) UNION ALL
	SELECT 'unresolved', duration_agg(NULL::interval) FROM generate_series(1, 70000) UNION ALL
	SELECT 'far apart', duration_agg(i) FROM unnest(ARRAY[interval '1 us', '1 h', '290000 years']) i
		UNION ALL
	SELECT 'many buckets', duration_agg(n * n * n::bigint * interval '1 us') FROM generate_series(1, 400) n
		UNION ALL
	SELECT 'ages', ttr_agg(timestamptz '2026-01-01Z', CASE WHEN n % 3 > 0 THEN
			timestamptz '2026-01-01Z' + n * interval '1 h' END, timestamptz '2026-03-01Z')
		FROM generate_series(1, 300) n UNION ALL
	SELECT 'business', business_ttr_agg(business_calendar 'Mon-Fri 09:00-17:30 in Asia/Kolkata',
			timestamptz '2026-01-01Z' + n * interval '7 h', timestamptz '2026-02-01Z')
		FROM generate_series(1, 99) n;
INSERT INTO kept.duration_summary VALUES ('empty', '{}');

--
-- Leaving and staying
--
INSERT INTO kept.churn_summary
	SELECT 'small', churn_agg(n % 3 > 0, n % 5 > 0) FROM generate_series(1, 100) n UNION ALL
	SELECT 'period', churn_agg(daterange(date '2026-01-01' + n, date '2026-01-01' + 2 * n, '[]'),
		'[2026-02-01,2026-03-01)') FROM generate_series(1, 300) n;
INSERT INTO kept.churn_summary VALUES ('empty', '{}'),
	('most', '{"kept": 4611686018427387904, "lost": 1, "new": 4611686018427387902,
		"snapshots": true}');
INSERT INTO kept.revenue_summary
	SELECT 'small', revenue_agg(n * 1.01, n % 7 * 3.333) FROM generate_series(1, 100) n UNION ALL
	SELECT 'currency', revenue_agg(n * 1.01, n % 7 * 3.333, n % 2 = 0, 'NPR')
		FROM generate_series(0, 300) n UNION ALL
	SELECT 'digits', revenue_agg(1e300 + n, 1e-300 + n / 3.0, 'EUR') FROM generate_series(1, 9) n
		UNION ALL
	SELECT 'digits left over', revenue_agg(99999999.9999, 1e8) FROM generate_series(1, 9999);
INSERT INTO kept.revenue_summary VALUES ('empty', '{}');
INSERT INTO kept.survival_summary
	SELECT 'small', survival_agg(n % 40, n % 2 = 0) FROM generate_series(1, 100) n UNION ALL
	SELECT 'far apart', survival_agg(2147483647 / n, true) FROM generate_series(1, 99) n UNION ALL
	SELECT 'dates', survival_agg(date '2020-01-01' + n, CASE WHEN n % 4 > 0 THEN
		date '2021-06-01' + n * n % 365 END, '2022-01-01') FROM generate_series(1, 500) n;
INSERT INTO kept.survival_summary VALUES ('empty', '{}');
INSERT INTO kept.activity_days
	SELECT 'small', activity_agg(date '2026-01-01' + n * n % 400) FROM generate_series(1, 30) n
		UNION ALL
	SELECT 'ends of time', activity_agg(d) FROM unnest(ARRAY[date '4713-01-01 BC', '0001-01-01',
		'5874897-12-31']) d UNION ALL
	SELECT 'every day', activity_agg(date '1999-12-31' + n) FROM generate_series(1, 1000) n;
INSERT INTO kept.activity_days VALUES ('empty', '{}');
INSERT INTO kept.retention_summary
	SELECT bucket || ' ' || kind, retention_agg(days, bucket, '2026-06-30', kind)
	FROM (SELECT activity_agg(date '2025-01-01' + n * n % 400) AS days
			FROM generate_series(1, 300) n GROUP BY n % 20) customer,
		unnest(ARRAY['day', 'week', 'month', 'quarter', 'year', '10']) bucket,
		unnest(ARRAY['on', 'on_or_after']) kind
	GROUP BY bucket, kind;
INSERT INTO kept.retention_summary
	SELECT 'small', retention_agg(days, 'month', '2025-03-01')
	FROM (SELECT activity_agg(date '2025-01-01' + n) AS days FROM generate_series(1, 3) n) customer;
INSERT INTO kept.retention_summary VALUES ('blank', '{}'), ('empty', '{"bucket": "year"}');

--
-- Journeys
--
INSERT INTO kept.journey_stage VALUES
	('small', 'purchase'), ('own', '250:trial'), ('lowest', '-2147483648:é'), ('zero', '0:10:30'),
	('highest', '2147483647:' || repeat('x', 63)), ('not latin', '7:खरीद');
CREATE TEMP TABLE journey AS
	SELECT n % 7 AS customer, journey_agg(timestamptz '2026-01-01Z' + n % 97 * interval '1.5 s',
		(ARRAY['purchase', '250:trial', '-1:école', '0:10:30'])[1 + n % 4]) AS j
	FROM generate_series(1, 500) n GROUP BY n % 7;
INSERT INTO kept.customer_journey
	SELECT 'small', journey_agg(timestamptz '2026-01-01Z' + n * interval '1 day', 'service')
		FROM generate_series(1, 3) n UNION ALL
	SELECT 'milliseconds', journey_agg(timestamptz '2026-01-01Z' + n * n * interval '1 ms', 's' || n % 5)
		FROM generate_series(1, 99) n UNION ALL
	SELECT 'microseconds', journey_agg(timestamptz '2026-01-01Z' + n * n * interval '1 us', 's' || n % 5)
		FROM generate_series(1, 99) n UNION ALL
	SELECT 'ends of time', journey_agg(at, 'purchase') FROM unnest(ARRAY[timestamptz
		'4713-01-01 00:00Z BC', '2000-01-01Z', '294276-12-31 23:59:59.999999Z']) at UNION ALL
	SELECT '300 stages', journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s', n % 300 || ':s')
		FROM generate_series(1, 400) n UNION ALL
	SELECT 'customer ' || customer, j FROM journey;
INSERT INTO kept.customer_journey VALUES ('empty', '{"events": []}');
INSERT INTO kept.funnel_summary
	SELECT 'small', funnel_agg(j, '{trial,purchase}', '1 min') FROM journey UNION ALL
	SELECT mode, funnel_agg(j, '{trial,purchase,10:30}', '1 min', mode, '2026-01-01 00:02Z')
		FROM journey, unnest(ARRAY['ordered', 'increasing', 'consecutive']) mode GROUP BY mode
		UNION ALL
	SELECT '64 steps', funnel_agg(j, (SELECT array_agg('s' || n) FROM generate_series(1, 64) n), '1 h')
		FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s', 's' || n) AS j
			FROM generate_series(1, 60) n) t;
INSERT INTO kept.funnel_summary VALUES ('blank', '{}');
INSERT INTO kept.flow_summary
	SELECT 'small', flow_agg(j) FROM journey UNION ALL
	SELECT 'ongoing', flow_agg(j, '2026-01-01 00:02:30Z', '1 h') FROM journey UNION ALL
	SELECT 'many stages', flow_agg(value) FROM kept.customer_journey;
INSERT INTO kept.flow_summary VALUES ('blank', '{}'), ('empty', '{"stages": [], "flows": []}');

--
-- Composite types, as views and tables hold them
--
INSERT INTO kept.answer_share SELECT answer::text, ROW(answer, responses, share)::answer_share
	FROM kept.rating_summary, distribution(value) WHERE name = 'small';
INSERT INTO kept.confidence_interval SELECT name, nps_interval(value)
	FROM kept.rating_summary WHERE name IN ('small', 'weighted');
INSERT INTO kept.test_result SELECT 'small', nps_test(a.value, b.value)
	FROM kept.rating_summary a, kept.rating_summary b
	WHERE a.name = 'small' AND b.name = 'nonresponses';
INSERT INTO kept.duration_bucket SELECT row_number() OVER ()::text, bucket
	FROM kept.duration_summary, durations(value) bucket WHERE name = 'ages';
INSERT INTO kept.revenue_movement SELECT name || ' ' || (moved).movement, moved
	FROM kept.revenue_summary, movements(value) moved;
INSERT INTO kept.survival_step SELECT (step).t::text, step
	FROM kept.survival_summary, survival_curve(value) step WHERE name = 'small';
INSERT INTO kept.retention_step SELECT (step).period::text, step
	FROM kept.retention_summary, retention_curve(value) step WHERE name = 'month on';
INSERT INTO kept.journey_event SELECT row_number() OVER ()::text, event
	FROM kept.customer_journey, events(value) event WHERE name = 'ends of time';
INSERT INTO kept.funnel_step SELECT name || ' ' || (reached).step, reached
	FROM kept.funnel_summary, funnel(value) reached;
INSERT INTO kept.journey_flow SELECT row_number() OVER ()::text, flow
	FROM kept.flow_summary, flows(value) flow WHERE name = 'ongoing';
INSERT INTO kept.journey_map_stage SELECT (mapped).stage, mapped
	FROM kept.flow_summary, journey_map(value) mapped WHERE name = 'ongoing';

--
-- Whatever counts: each width of its counters, by adding the small value to itself
--
DO $$
DECLARE
	type kept.type;
	doublings integer;
BEGIN
	FOR type IN SELECT * FROM kept.type t
		WHERE EXISTS (SELECT FROM pg_operator WHERE oprname = '-' AND oprleft = t.oid) LOOP
		FOREACH doublings IN ARRAY '{8,16,24,32,48}'::integer[] LOOP
			EXECUTE format('INSERT INTO kept.%1$I
				WITH RECURSIVE sum AS (
					SELECT 0 AS n, value FROM kept.%1$I WHERE name = ''small''
					UNION ALL SELECT n + 1, value + value FROM sum WHERE n < %2$s)
				SELECT ''small times 2^%2$s'', value FROM sum WHERE n = %2$s',
				type.name, doublings);
		END LOOP;
	END LOOP;
END
$$;

--
-- What somebody's own aggregates without a final function let out: states with their slack, and
-- blanks where no row counted
--
CREATE AGGREGATE kept.raw_nps(integer) (STYPE = rating_summary, SFUNC = nps_transition);
CREATE AGGREGATE kept.raw_duration(interval) (
	STYPE = duration_summary, SFUNC = duration_transition);
CREATE AGGREGATE kept.raw_revenue(numeric, numeric) (
	STYPE = revenue_summary, SFUNC = revenue_transition);
CREATE AGGREGATE kept.raw_survival(integer, boolean) (
	STYPE = survival_summary, SFUNC = survival_transition);
CREATE AGGREGATE kept.raw_days(date) (STYPE = activity_days, SFUNC = activity_transition);
CREATE AGGREGATE kept.raw_retention(activity_days, text, date) (
	STYPE = retention_summary, SFUNC = retention_transition);
CREATE AGGREGATE kept.raw_journey(timestamptz, text) (
	STYPE = customer_journey, SFUNC = journey_transition);
CREATE AGGREGATE kept.raw_funnel(customer_journey, text[], interval) (
	STYPE = funnel_summary, SFUNC = funnel_transition);
CREATE AGGREGATE kept.raw_flow(customer_journey) (STYPE = flow_summary, SFUNC = flow_transition);
INSERT INTO kept.rating_summary
	SELECT 'state', kept.raw_nps(n % 11) FROM generate_series(1, 3000) n;
INSERT INTO kept.duration_summary
	SELECT 'state', kept.raw_duration(n * n * interval '1 s') FROM generate_series(1, 300) n;
INSERT INTO kept.revenue_summary
	SELECT 'state', kept.raw_revenue(n * 1.5, n % 7 * 0.25) FROM generate_series(1, 300) n UNION ALL
	SELECT 'blank', kept.raw_revenue(0, NULL);
INSERT INTO kept.survival_summary
	SELECT 'state', kept.raw_survival(n * n % 97, n % 3 = 0) FROM generate_series(1, 300) n UNION ALL
	SELECT 'blank', kept.raw_survival(NULL, NULL);
INSERT INTO kept.activity_days
	SELECT 'state', kept.raw_days(date '2025-01-01' + n * n % 50) FROM generate_series(1, 300) n
	UNION ALL SELECT 'blank', kept.raw_days(NULL);
INSERT INTO kept.retention_summary
	SELECT 'state', kept.raw_retention(value, 'week', '2027-03-01') FROM kept.activity_days
	WHERE name = 'small';
INSERT INTO kept.customer_journey
	SELECT 'state', kept.raw_journey(timestamptz '2026-01-01Z' + n % 97 * interval '1 s', 's' || n % 9)
	FROM generate_series(1, 300) n;
INSERT INTO kept.funnel_summary
	SELECT 'state', kept.raw_funnel(j, '{trial,purchase}', '1 min') FROM journey;
INSERT INTO kept.flow_summary SELECT 'state', kept.raw_flow(j) FROM journey;

--
-- What else a database holds of them
--
CREATE DOMAIN kept.nps AS rating_summary CHECK (scale_of(VALUE) = '0..10');
CREATE TYPE kept.pair AS (a rating_summary, b customer_journey[]);
CREATE TABLE kept.mixed (
	id integer PRIMARY KEY,
	nps kept.nps DEFAULT '{"scale": "0..10", "responses": {"9": 1}}',
	pair kept.pair,
	stages journey_stage[],
	score double precision GENERATED ALWAYS AS (nps(nps)) STORED,
	CHECK (responses(nps) > 0)
);
INSERT INTO kept.mixed (id, nps, pair, stages)
	SELECT 1, (SELECT value FROM kept.rating_summary WHERE name = 'small'),
		ROW((SELECT value FROM kept.rating_summary WHERE name = '256 weights'),
			(SELECT array_agg(j ORDER BY customer) FROM journey))::kept.pair,
		(SELECT array_agg(value ORDER BY name) FROM kept.journey_stage);
INSERT INTO kept.mixed (id) VALUES (2);
CREATE INDEX mixed_score ON kept.mixed (nps_lower(nps)) WHERE responses(nps) > 1;
CREATE INDEX mixed_stages ON kept.mixed (stages);
CREATE INDEX rating_hash ON kept.rating_summary USING hash (value);
CREATE INDEX stage_order ON kept.journey_stage (value);
CREATE TABLE kept.by_summary (value survival_summary) PARTITION BY HASH (value);
CREATE TABLE kept.by_summary_0 PARTITION OF kept.by_summary FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE kept.by_summary_1 PARTITION OF kept.by_summary FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO kept.by_summary SELECT value FROM kept.survival_summary;
CREATE TABLE kept.by_stage (value journey_stage) PARTITION BY RANGE (value);
CREATE TABLE kept.by_stage_low PARTITION OF kept.by_stage FOR VALUES FROM (MINVALUE) TO ('purchase');
CREATE TABLE kept.by_stage_high PARTITION OF kept.by_stage
	FOR VALUES FROM ('purchase') TO (MAXVALUE);
INSERT INTO kept.by_stage SELECT value FROM kept.journey_stage WHERE value IS NOT NULL;
CREATE STATISTICS kept.mixed_statistics ON (nps(nps)), (responses(nps)) FROM kept.mixed;
CREATE MATERIALIZED VIEW kept.rolled_up AS
	SELECT scale_of(value) AS scale, count(*) AS parts, rollup(value) AS value
	FROM kept.rating_summary WHERE name IN ('small', 'nonresponses', 'reversed') GROUP BY 1;
CREATE UNIQUE INDEX ON kept.rolled_up (scale);
CREATE VIEW kept.reading AS
	SELECT scale, mean_answer(value) AS mean, nps_interval(at_least(value, 5)) AS interval
	FROM kept.rolled_up WHERE scale = '0..10';
CREATE FUNCTION kept.both(a rating_summary, b rating_summary) RETURNS rating_summary
	LANGUAGE sql IMMUTABLE RETURN a + b;
CREATE AGGREGATE kept.own_rollup(rating_summary) (STYPE = rating_summary,
	SFUNC = rating_summary_combine, COMBINEFUNC = rating_summary_combine,
	FINALFUNC = rating_summary_final, PARALLEL = SAFE);
ANALYZE;

--
-- Every value as text and as it is sent, and what the rest of the database reads as, line by line:
-- two databases hold the same when this gives the same. With "stored" the bytes of each value of a
-- base type as they lie in its table; states that no aggregate of cxm lets out have changed theirs
-- once they have been through text or the wire.
--
CREATE FUNCTION kept.stored() RETURNS TABLE (type text, name text, stored bytea)
	LANGUAGE plpgsql STABLE AS $$
DECLARE
	each kept.type;
BEGIN
	FOR each IN SELECT * FROM kept.type t WHERE base ORDER BY t.name LOOP
		RETURN QUERY EXECUTE format('SELECT %L, name, kept.stored(value) FROM kept.%I
			ORDER BY name COLLATE "C"', each.name, each.name);
	END LOOP;
END
$$;
CREATE FUNCTION kept.sent() RETURNS TABLE (type text, name text, sent bytea, value text)
	LANGUAGE plpgsql STABLE SET TimeZone = 'UTC' SET DateStyle = 'ISO'
	SET IntervalStyle = 'postgres' SET extra_float_digits = 1 AS $$
DECLARE
	each kept.type;
BEGIN
	FOR each IN SELECT * FROM kept.type t ORDER BY t.name LOOP
		-- in a record that is sent there are numbers of types, which differ between databases
		RETURN QUERY EXECUTE format('SELECT %L, name, %s, value::text FROM kept.%I
			ORDER BY name COLLATE "C"', each.name,
			CASE WHEN each.base THEN each.send || '(value)' ELSE 'NULL::bytea' END, each.name);
	END LOOP;
END
$$;
CREATE FUNCTION kept.contents() RETURNS TABLE (line text) LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY SELECT concat_ws('|', type, name, encode(sent, 'hex'), value) FROM kept.sent();
	RETURN QUERY SELECT concat_ws('|', 'mixed', id, nps, pair, stages, score)
		FROM kept.mixed ORDER BY id;
	RETURN QUERY SELECT concat_ws('|', 'rolled_up', scale, parts, value)
		FROM kept.rolled_up ORDER BY scale COLLATE "C";
	RETURN QUERY SELECT concat_ws('|', 'reading', scale, mean, interval) FROM kept.reading;
	RETURN QUERY SELECT concat_ws('|', 'by_summary', count(*)) FROM kept.by_summary;
	RETURN QUERY SELECT concat_ws('|', 'by_stage', tableoid::regclass, value)
		FROM kept.by_stage ORDER BY value;
	RETURN QUERY SELECT concat_ws('|', 'both', kept.both(a.value, a.value),
			(SELECT kept.own_rollup(b.value) FROM kept.rating_summary b WHERE b.name = a.name))
		FROM kept.rating_summary a WHERE a.name = 'small';
END
$$;
