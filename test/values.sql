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

-- A release before 2.0.0 has the types of its time, and of those not all that may be counted now.
SELECT to_regtype('ratio_summary') IS NOT NULL AS from_2_0 \gset

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
	SELECT 'large weights', csat_agg(1 + n % 5, '1..5', 1e6) FROM generate_series(1, 9) n UNION ALL
	SELECT '256 weights', rating_agg(n % 256, '255..0', n * 1.25) FROM generate_series(1, 999) n;
INSERT INTO kept.rating_summary VALUES
	('empty', '{"scale": "0..10"}'),
	('most', '{"scale": "0..1", "responses": {"1": 9223372036854775807}}'),
	('weighted by 1.0.0', '{"scale": "0..10", "responses": {"0": 2, "9": 1}, "nonresponses": 3,
		"weights": {"0": 0.75, "9": 1000000000}, "nonresponse_weight": 7.000001,
		"squared_weights": 1000000000000000000.3125}'),
	('most of all', '{"scale": "0..1", "responses": {"0": 4611686018427387903,
		"1": 4611686018427387904}, "nonresponses": 9223372036854775807}');

--
-- Ratios: digits on both sides of the point, binary fractions, both signs. Drivers: few and many,
-- whole and fine, names of any letters. Shifts: segments with and without a side
--
\if :from_2_0
INSERT INTO kept.ratio_summary
	SELECT 'small', ratio_agg(n % 7 - 3, n % 5) FROM generate_series(1, 100) n UNION ALL
	SELECT 'incomplete', ratio_agg(nullif(n % 7, 3), n) FROM generate_series(1, 999) n UNION ALL
	SELECT 'only incomplete', mean_agg(NULL::numeric) FROM generate_series(1, 70000) UNION ALL
	SELECT 'decimals', ratio_agg(n * 1.01 - 99, n % 7 * 3.333) FROM generate_series(1, 300) n
		UNION ALL
	SELECT 'binary fractions', ratio_agg(n / 7::double precision, -n / 3::double precision)
		FROM generate_series(1, 300) n UNION ALL
	SELECT 'digits', ratio_agg(1e500 + n, n * 1e-500) FROM generate_series(1, 9) n UNION ALL
	SELECT 'large', ratio_agg(n * 1000000007, -n * 1000000009) FROM generate_series(1, 99::bigint) n;
INSERT INTO kept.ratio_summary VALUES ('blank', '{}'), ('empty', '{"units": 0}'),
	('most', '{"units": 9223372036854775807, "incomplete": 9223372036854775807}');
INSERT INTO kept.driver_summary
	SELECT 'small', driver_agg(n % 11, ARRAY[n % 5, n % 7], '{speed,quality}')
		FROM generate_series(1, 100) n UNION ALL
	SELECT 'fractions', driver_agg(n / 7.0, ARRAY[nullif(n % 5, 3) / 4.0, n / 3.0, -n], '{a,"b, c",é}')
		FROM generate_series(1, 50) n UNION ALL
	SELECT 'ends of the grid', driver_agg(2147483647.9999998, ARRAY[-2147483647.9999998, 2.0 ^ -32],
		'{low,lowest}') FROM generate_series(1, 3) UNION ALL
	SELECT 'only incomplete', driver_agg(NULL::integer, ARRAY[1, 2], '{a,b}') UNION ALL
	SELECT '64 drivers', driver_agg(n, (SELECT array_agg((n * i) % 101 ORDER BY i)
			FROM generate_series(1, 64) i), (SELECT array_agg('driver ' || i ORDER BY i)
			FROM generate_series(1, 64) i)) FROM generate_series(1, 90) n;
INSERT INTO kept.driver_summary VALUES ('empty', '{"drivers": ["a"]}'), ('blank', '{}'),
	('most', '{"drivers": ["a"], "rows": 9223372036854775807, "incomplete": 9223372036854775807,
		"sums": [9223372036854775807, 0], "products": [9223372036854775807, 0, 0]}');
INSERT INTO kept.shift_summary
	SELECT 'small', shift_agg(segment, before, after) FROM (SELECT nullif(chr(97 + n % 4), 'd') AS segment,
			nps_agg(n % 11) FILTER (WHERE n % 8 <> 1) AS before,
			nps_agg(n % 7) FILTER (WHERE n % 4 <> 2) AS after
		FROM generate_series(1, 100) n GROUP BY 1) t UNION ALL
	SELECT 'weighted', shift_agg('é', value, NULL) FROM kept.rating_summary WHERE name = '256 weights'
		UNION ALL
	SELECT 'many segments', shift_agg(repeat('x', n % 255) || n / 255, value, value)
	FROM kept.rating_summary, generate_series(0, 999) n WHERE name = 'yes or no';
INSERT INTO kept.shift_summary VALUES ('empty', '{"terms": {"scale": "-1..1"}, "segments": []}'),
	('blank', '{}');
\endif

--
-- Time
--
INSERT INTO kept.business_calendar VALUES
	('small', 'Mon-Fri 09:00-17:00 in UTC'),
	('shifts', 'Mon-Fri 09:00-12:30, Mon-Fri 13:15-17:30, Sat 22:00-04:00 in Asia/Kathmandu'),
	('always', 'Mon-Sun 00:00-24:00 in America/St_Johns'),
	('holidays', 'Mon-Fri 09:00-17:30, Sat 10:00-14:00 in Asia/Kolkata except 2026-01-26, 2026-08-15'),
	('changes', 'until 2021-12-31 Mon-Fri 09:00-18:00, from 2022-02-01 Mon-Fri 10:00-18:00, Sat 22:00-04:00 in Europe/Vienna
		except 2021-12-24/2021-12-31 Mon-Fri 10:00-13:00'),
	('turns', 'Mon-Fri 09:00-17:00, from 2026-01-14 week Mon-Fri 09:00-17:00, Sun 22:00-04:00 then week closed in Europe/Berlin
		except 2026-01-26');
INSERT INTO kept.business_calendar
	SELECT 'a thousand holidays', ('Mon-Fri 09:00-17:00 in Europe/Berlin except '
		|| string_agg((date '2000-01-03' + 7 * n)::text, ', '))::business_calendar
	FROM generate_series(0, 999) n;
INSERT INTO kept.duration_summary
	SELECT 'small', duration_agg(n * interval '1 s') FROM generate_series(1, 30) n UNION ALL
	SELECT 'zero', duration_agg(interval '0') FROM generate_series(1, 300) UNION ALL
	SELECT 'unresolved', duration_agg(NULL::interval) FROM generate_series(1, 70000) UNION ALL
	SELECT 'far apart', duration_agg(i) FROM unnest(ARRAY[interval '1 us', '1 h', '104400000 days']) i
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
\if :from_2_0
INSERT INTO kept.duration_summary
	SELECT 'targets', duration_agg(n * interval '1 min', '15 min', '25 min', '8 h') FROM generate_series(1, 600) n UNION ALL
	SELECT 'ages and targets', duration_agg(n * interval '1 min', n % 3 > 0, '25 min', '8 h', '8:00:01')
		FROM generate_series(1, 600) n UNION ALL
	SELECT 'most targets', duration_agg(n * interval '1 s', VARIADIC (SELECT array_agg(i * i * interval '1 s')
		FROM generate_series(0, 31) i)) FROM generate_series(1, 999) n;
INSERT INTO kept.duration_summary SELECT 'empty with targets', value - value FROM kept.duration_summary
	WHERE name = 'targets';
\endif

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
\if :from_2_0
INSERT INTO kept.retention_summary
	SELECT format('%s %s%s', bucket, kind, ' since a start'), retention_agg(days, bucket, '2026-06-30',
		date '2025-01-11', kind)
	FROM (SELECT activity_agg(date '2025-01-01' + n * n % 400) AS days
			FROM generate_series(1, 500) n GROUP BY n % 60) customer,
		unnest('{week,week sunday,quarter february,year april,"0, 1-7, 9-30"}'::text[]) bucket,
		unnest('{on,on_or_after,again}'::text[]) kind
	GROUP BY bucket, kind UNION ALL
	SELECT 'periods', retention_periods_agg(days, '{"[0001-01-01,2025-02-01)","[2025-03-01,9999-12-31]"}'::daterange[], date '9999-12-31')
	FROM (SELECT activity_agg(date '2025-01-01' + n * n % 90) AS days
		FROM generate_series(1, 300) n GROUP BY n % 30) customer
	WHERE first_day(days) < '2025-02-01' UNION ALL
	SELECT 'hours', retention_hours_agg(ARRAY[timestamptz '2025-01-01Z', '2025-01-02Z'], '24 hours', timestamptz '2025-01-05Z');
INSERT INTO kept.lifecycle_summary
	SELECT bucket, lifecycle_agg(days, bucket, '2026-06-30')
	FROM (SELECT activity_agg(date '2025-01-01' + n * n % 400) AS days
			FROM generate_series(1, 500) n GROUP BY n % 60) customer,
		unnest('{day,week sunday,month,quarter,year april}'::text[]) bucket
	GROUP BY bucket UNION ALL
	SELECT 'small', lifecycle_agg(activity_days '{"days": ["2025-01-05", "2025-02-05"]}', 'month', date '2025-03-01');
INSERT INTO kept.lifecycle_summary VALUES ('blank', '{}'),
	('empty', '{"bucket": "year", "until": "2025-12-31", "new": [], "retained": [], "resurrected": []}');
INSERT INTO kept.purchase_summary
	SELECT 'small', purchase_agg(n % 4, n % 4 * n, 2 * n + 90) FROM generate_series(1, 30) n UNION ALL
	SELECT 'days', purchase_agg(days, '2026-06-30')
		FROM (SELECT activity_agg(date '2025-01-01' + n * n % 400) AS days
			FROM generate_series(1, 300) n GROUP BY n % 20) customer UNION ALL
	SELECT 'most days', purchase_agg(n * 2097151, n * 2097151, 2097151) FROM generate_series(0, 1) n;
INSERT INTO kept.purchase_summary VALUES ('empty', '{}'), ('most', '{"counts": [[0, 0, 1, 7],
	[1, 1, 1, 9223372036854775807]]}');
INSERT INTO kept.spend_summary
	SELECT 'small', spend_agg(n % 4, CASE WHEN n % 4 > 0 THEN n * 1.01 END)
		FROM generate_series(1, 30) n UNION ALL
	SELECT 'binary fractions', spend_agg(n % 9, n / 7::double precision)
		FROM generate_series(1, 300) n WHERE n % 9 > 0;
INSERT INTO kept.spend_summary VALUES ('empty', '{}'), ('most', '{"counts": [[1, 5e-324, 1],
	[2147483647, 1.7976931348623157e308, 9223372036854775807]]}');
\endif

--
-- Journeys
--
INSERT INTO kept.journey_stage VALUES
	('small', 'purchase'), ('own', '250:trial'), ('lowest', '-2147483648:é'), ('zero', '0:10:30'),
	('highest', '2147483647:' || repeat('x', 63)), ('not latin', '7:खरीद');
CREATE TEMP TABLE journey AS
	SELECT n % 7 AS customer, journey_agg(timestamptz '2026-01-01Z' + n % 97 * interval '1.5 s',
		(ARRAY['purchase', '250:trial', '-1:école', '0:10:30']::journey_stage[])[1 + n % 4]) AS j
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
	SELECT '300 stages', journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s',
			(n % 300 || ':s')::journey_stage) FROM generate_series(1, 400) n UNION ALL
	SELECT 'customer ' || customer, j FROM journey;
INSERT INTO kept.customer_journey VALUES ('empty', '{"events": []}');
-- 1.0.0 knew no times since the first step
CREATE FUNCTION pg_temp.funnel_of_1_0(s funnel_summary) RETURNS funnel_summary
	RETURN (s::jsonb - 'since_first')::funnel_summary;
INSERT INTO kept.funnel_summary
	SELECT 'small', funnel_agg(j, '{trial,purchase}', '1 min') FROM journey UNION ALL
	SELECT mode, pg_temp.funnel_of_1_0(
			funnel_agg(j, '{trial,purchase,10:30}', '1 min', mode, '2026-01-01 00:02Z'))
		FROM journey, unnest(ARRAY['ordered', 'increasing', 'consecutive']) mode GROUP BY mode
		UNION ALL
	SELECT '64 steps', pg_temp.funnel_of_1_0(
			funnel_agg(j, (SELECT array_agg('s' || n) FROM generate_series(1, 64) n), '1 h'))
		FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s', 's' || n) AS j
			FROM generate_series(1, 60) n) t;
INSERT INTO kept.funnel_summary VALUES ('blank', '{}');
\if :from_2_0
INSERT INTO kept.funnel_summary
	SELECT 'times since the first step', funnel_agg(j, '{trial,purchase,10:30}', NULL)
		FROM journey UNION ALL
	SELECT 'options ' || mode, funnel_agg(j, '{trial,purchase?,école}', '1 h', mode,
			'2026-01-01 00:02Z', '{10:30,b,a}', '{NULL,30 s,NULL}')
		FROM journey, unnest(ARRAY['ordered', 'strict_order']) mode GROUP BY mode UNION ALL
	SELECT 'unordered', funnel_agg(j, '{trial,purchase,10:30}', '1 min', 'unordered')
		FROM journey UNION ALL
	SELECT 'calendar', funnel_agg(j, '{trial,purchase?,10:30}', '1 min', NULL,
			'2026-01-01 00:02Z', '{b}', '{NULL,30 s,NULL}', 'Mon-Sun 00:00-00:01 in UTC')
		FROM journey;
\endif
INSERT INTO kept.flow_summary
	SELECT 'small', flow_agg(j) FROM journey UNION ALL
	SELECT 'ongoing', flow_agg(j, '2026-01-01 00:02:30Z', '1 h') FROM journey UNION ALL
	SELECT 'many stages', flow_agg(value) FROM kept.customer_journey;
INSERT INTO kept.flow_summary VALUES ('blank', '{}'), ('empty', '{"stages": [], "flows": []}');
\if :from_2_0
INSERT INTO kept.flow_summary
	SELECT 'calendar', flow_agg(j, 'Mon-Sun 00:00-00:01 in UTC') FROM journey UNION ALL
	SELECT 'ongoing by a calendar', flow_agg(j, '2026-01-01 00:02:30Z', '1 h',
			'Mon-Sun 00:00-00:02 in UTC') FROM journey;
\endif

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
\if :from_2_0
-- Columns that 1.0.0 did not have
UPDATE kept.test_result SET value.std_error = NULL WHERE value IS NOT NULL;
UPDATE kept.retention_step SET value.of_previous = NULL WHERE value IS NOT NULL;
INSERT INTO kept.retention_step VALUES ('of the period before', ROW(2, 9, 3, 0.5, 0.25));
UPDATE kept.funnel_step SET value.of_first = NULL, value.of_previous = NULL,
	value.from_first_lower = NULL, value.from_first_upper = NULL,
	value.from_previous_lower = NULL, value.from_previous_upper = NULL,
	value.median_since_first = NULL WHERE name !~ '^(NULL|options|times|unordered)';
-- and types
INSERT INTO kept.whole_answer_share VALUES ('of 1.0.0', ROW(9, 25, 0.5));
INSERT INTO kept.groups_test_result VALUES ('chi-squared', ROW(12.5, 3, NULL, 0.0058515625)),
	('F', ROW(2.25, 3, 41.5, 0.125)), ('none varies', ROW(NULL, 3, NULL, NULL));
INSERT INTO kept.beta_prior VALUES ('some', ROW(0.75, 12.5)), ('all alike', ROW(0.75, 'Infinity'));
INSERT INTO kept.driver_effect VALUES
	('speed', ROW('speed', 3.25, 0.5, 0.75, 0.125, 0.03125, 1.5, 0.25, 0.625)),
	('without figures', ROW('quality', NULL, NULL, NULL, NULL, NULL, 'Infinity', 0, 0));
INSERT INTO kept.segment_shift SELECT row_number() OVER ()::text, shift
	FROM kept.shift_summary, shifts(value) shift WHERE name = 'small';
INSERT INTO kept.duration_interval VALUES ('both', ROW(interval '1 h', interval '2 h')),
	('no upper', ROW(interval '1 h', NULL));
INSERT INTO kept.reason_incidence VALUES ('a reason', ROW('price', 12, 25, 0.5, 0.25, 0.75)),
	('none known', ROW(NULL, 12, 25, NULL, NULL, NULL));
INSERT INTO kept.hazard_period VALUES ('first', ROW(0, 12, 25, 5, 1, 0.25, 0.125, 0.5)),
	('not known', ROW(12, 24, 19, 5, 1, NULL, NULL, NULL));
INSERT INTO kept.hazard_ratio_estimate VALUES ('finite', ROW(58.75, 42.5, 80.25)),
	('nobody has left', ROW(0, NULL, NULL)), ('all have left', ROW('Infinity', NULL, NULL));
INSERT INTO kept.lifecycle_step SELECT (step).starts_on::text, step
	FROM kept.lifecycle_summary, lifecycle(value) step WHERE name = 'month';
INSERT INTO kept.bg_nbd_model VALUES ('published', ROW(0.243, 4.414, 0.793, 2.426, -9582.4));
INSERT INTO kept.gamma_gamma_model VALUES ('published', ROW(6.25, 3.74, 15.44, NULL));
INSERT INTO kept.journey_deviation VALUES
	('gone back', ROW('back', 'trial', 'purchase', timestamptz '2026-01-01Z')),
	('skipped', ROW('skipped', 'trial', NULL, timestamptz '2026-01-01Z'));
\endif

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
-- Support functions lie in cxm_internal, but in 1.0.0 where the rest of the extension is.
DO $$
BEGIN
	PERFORM set_config('search_path', current_setting('search_path') || ', cxm_internal', false);
END
$$;
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
CREATE AGGREGATE kept.own_rollup(rating_summary) (STYPE = rating_summary,
	SFUNC = rating_summary_combine, COMBINEFUNC = rating_summary_combine,
	FINALFUNC = rating_summary_final, PARALLEL = SAFE);
RESET search_path;
INSERT INTO kept.rating_summary
	SELECT 'state', kept.raw_nps(n % 11) FROM generate_series(1, 3000) n;
\if :from_2_0
CREATE AGGREGATE kept.raw_ratio(numeric, numeric) (
	STYPE = ratio_summary, SFUNC = cxm_internal.ratio_transition);
INSERT INTO kept.ratio_summary
	SELECT 'state', kept.raw_ratio(n * 1.5, n % 7 * -0.25) FROM generate_series(1, 300) n;
CREATE AGGREGATE kept.raw_purchase(bigint, double precision, double precision) (
	STYPE = purchase_summary, SFUNC = cxm_internal.purchase_transition);
CREATE AGGREGATE kept.raw_spend(bigint, double precision) (
	STYPE = spend_summary, SFUNC = cxm_internal.spend_transition);
INSERT INTO kept.purchase_summary
	SELECT 'state', kept.raw_purchase(n % 4, n % 4 * n, 2 * n + 300) FROM generate_series(1, 300) n;
INSERT INTO kept.spend_summary
	SELECT 'state', kept.raw_spend(1 + n % 4, n * 1.01) FROM generate_series(1, 300) n;
\endif
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
CREATE VIEW kept.compared AS
	SELECT t.difference, t.p_value, nps_test(a.value, b.value) AS test
	FROM kept.rating_summary a, kept.rating_summary b, nps_test(a.value, b.value) t
	WHERE a.name = 'small' AND b.name = 'nonresponses';
CREATE FUNCTION kept.both(a rating_summary, b rating_summary) RETURNS rating_summary
	LANGUAGE sql IMMUTABLE RETURN a + b;

--
-- What the types of 1.0.0 did not hold then. It comes last, so that what is made of all values of a
-- type is the same with and without
--
\if :from_2_0
-- Steps, which 1.0.0 did not have, and weights that it has counted among others
INSERT INTO kept.rating_summary
	SELECT 'halves', rating_agg(n % 21 / 2.0, '0..10 by 0.5') FROM generate_series(1, 99) n UNION ALL
	SELECT 'hundredths', rating_agg(n % 201 / 100.0 - 1, '1..-1 by 0.01')
		FROM generate_series(1, 999) n UNION ALL
	SELECT 'fives', rating_agg(n % 21 * 5, '100..0 by 5') FROM generate_series(1, 300) n UNION ALL
	SELECT 'weighted halves', rating_agg(nullif(n % 9, 3) / 2.0 + 1, '1..5 by 0.5', n / 1000.0)
		FROM generate_series(1, 300) n UNION ALL
	SELECT 'mixed weights', s.value + nps_agg(n % 11, n / 7.0)
		FROM kept.rating_summary s, generate_series(1, 99) n
		WHERE s.name = 'weighted by 1.0.0' GROUP BY s.value;
-- Who was reactivated, why others left; months, exchange and changes
INSERT INTO kept.churn_summary
	SELECT 'reactivated', churn_agg(datemultirange(daterange(date '2025-01-01' + n, date '2025-12-01'
			- n % 7), daterange(date '2026-02-01' + n % 40, NULL)), '[2026-02-01,2026-03-01)')
		FROM generate_series(1, 300) n UNION ALL
	SELECT 'reasons', churn_reason_agg(date '2025-01-01' + n % 300, date '2026-02-01' + n % 40,
			'[2026-02-01,2026-03-01)', (ARRAY['price', 'café', '', NULL])[1 + n % 4])
		FROM generate_series(1, 400) n;
INSERT INTO kept.churn_reason SELECT coalesce((each).reason, 'none'), each
	FROM kept.churn_summary, churn_reasons(value) each WHERE name = 'reasons';
UPDATE kept.churn_reason SET value.lower = NULL, value.upper = NULL;
INSERT INTO kept.revenue_summary
	SELECT 'exchange', revenue_agg(n * 1.01, n % 7 * 3.333, n % 2 = 0, 'NPR', 1.5, 1.25 + n % 3 / 4.0)
		FROM generate_series(1, 300) n UNION ALL
	SELECT 'months', revenue_agg(n, n % 7, date '2026-01-01' + 31 * (n % 3))
		FROM generate_series(1, 300) n UNION ALL
	SELECT 'changes', revenue_change_agg(ARRAY[date '2025-12-31', '2026-01-10', '2026-01-20'],
			ARRAY[n % 3, n % 5, n % 7 / 4.0], '[2026-01-01,2026-02-01)', 'EUR')
		FROM generate_series(1, 300) n UNION ALL
	SELECT 'changes at rates', revenue_change_agg(ARRAY[date '2025-12-31', '2026-01-10', '2026-01-20'],
			ARRAY[n % 3, n % 5, n % 7 / 4.0], '[2026-01-01,2026-02-01)', 'EUR', 0.92, 0.9 + n % 3 / 50.0)
		FROM generate_series(1, 300) n;
-- Entries and reasons
INSERT INTO kept.survival_summary
	SELECT 'entries', survival_entry_agg(n % 7, n % 40 + 7, n % 2 = 0) FROM generate_series(1, 100) n
		UNION ALL
	SELECT 'reasons', survival_agg(date '2020-01-01' + n, CASE WHEN n % 4 > 0 THEN
			date '2021-06-01' + n * n % 365 END, '2022-01-01', (ARRAY['price', 'service', 'é', ''])[n % 5])
		FROM generate_series(1, 500) n UNION ALL
	SELECT 'many reasons', survival_reason_agg(n % 7, 2147483647 / (n + 1), n % 9 > 0, repeat('x', 255 - n % 200))
		FROM generate_series(1, 999) n;
INSERT INTO kept.journey_stage VALUES ('252 bytes', '7:' || repeat('x', 252)),
	('255 bytes', '7:' || repeat('x', 255));
INSERT INTO kept.customer_journey
	SELECT 'long labels', journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s', repeat('x', n))
		FROM generate_series(60, 255) n UNION ALL
	SELECT 'sequences', journey_agg(timestamptz '2026-01-01Z' + n % 7 * interval '1 s',
			n::bigint * n * 1000000, n % 3 || ': x') FROM generate_series(1, 99) n;
\endif
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
	FOR each IN SELECT * FROM kept.type t
		WHERE base AND to_regclass(format('kept.%I', t.name)) IS NOT NULL ORDER BY t.name
	LOOP
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
	-- an update brings types of which nothing was kept
	FOR each IN SELECT * FROM kept.type t
		WHERE to_regclass(format('kept.%I', t.name)) IS NOT NULL ORDER BY t.name
	LOOP
		-- in a record that is sent there are numbers of types, which differ between databases
		-- and a release may give a type a column more
		RETURN QUERY EXECUTE format('SELECT %L, name, %s, %s FROM kept.%I
			ORDER BY name COLLATE "C"', each.name,
			CASE WHEN each.base THEN each.send || '(value)' ELSE 'NULL::bytea' END,
			CASE WHEN each.base THEN 'value::text' ELSE 'rtrim(value::text, '',)'')' END,
			each.name);
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
	RETURN QUERY SELECT concat_ws('|', 'compared', difference, p_value, (test).lower, (test).upper)
		FROM kept.compared;
	RETURN QUERY SELECT concat_ws('|', 'by_summary', count(*)) FROM kept.by_summary;
	RETURN QUERY SELECT concat_ws('|', 'by_stage', tableoid::regclass, value)
		FROM kept.by_stage ORDER BY value;
	RETURN QUERY SELECT concat_ws('|', 'both', kept.both(a.value, a.value),
			(SELECT kept.own_rollup(b.value) FROM kept.rating_summary b WHERE b.name = a.name))
		FROM kept.rating_summary a WHERE a.name = 'small';
END
$$;
