-- wire: the bytes that send gives, which every machine reads alike: numbers in network order
-- or, of varying length, with their lowest seven bits first
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
\pset format unaligned
\pset tuples_only on

-- version, flags (low bits: log2 of the width), answers less one, lowest answer, non-responses, counts
SELECT cxm_internal.rating_summary_send('{"scale": "-2..0", "responses": {"-2": 1, "0": 3}, "nonresponses": 4}');
SELECT cxm_internal.rating_summary_send('{"scale": "-2..0", "responses": {"-2": 258, "0": 3}}');
SELECT cxm_internal.rating_summary_send('{"scale": "-2..0", "responses": {"-2": 16909060, "0": 3}}');
SELECT cxm_internal.rating_summary_send('{"scale": "0..1", "responses": {"0": 72623859790382856}}');
-- ... version 2: the units of 0.1 between two answers, and the lowest answer in such units
SELECT cxm_internal.rating_summary_send(rating_agg(0.5, '0..1 by 0.5'));
-- ... weights and their squares in billionths, each of 16 bytes, and in version 1 in millionths
SELECT cxm_internal.rating_summary_send(rating_agg(1, '0..1', 0.016909060));
SELECT cxm_internal.rating_summary_send('{"scale": "0..1", "responses": {"1": 1}, "weights": {"1": 16.909060},
	"squared_weights": 285.9163100836}');
-- units, incomplete, lowest weight, positions, signs (bits), the digits of five sums
SELECT cxm_internal.ratio_summary_send(ratio_agg(-12345.67, 0.5));
SELECT cxm_internal.ratio_summary_send(ratio_agg(x, 2)) FROM unnest('{0.5,NULL}'::double precision[]) x;
SELECT cxm_internal.business_calendar_send('Mon 09:00-17:00 in UTC');
SELECT cxm_internal.duration_summary_send(duration_agg(n * interval '1 us')) FROM generate_series(1, 2) n;
SELECT cxm_internal.churn_summary_send(churn_agg(n % 3 > 0, n % 5 > 0)) FROM generate_series(1, 1000) n;
SELECT cxm_internal.revenue_summary_send(revenue_agg(12345.67, 76543.21, 'EUR'));
-- drivers, each name behind its length, rows, incomplete ones, and sums of 24 bytes in units of 2^-64
SELECT cxm_internal.driver_summary_send(driver_agg(y, ARRAY[x], '{speed}'))
FROM (VALUES (258, 0.5), (1, -2), (NULL, 1)) v (y, x);
SELECT cxm_internal.survival_summary_send(survival_agg(n, n % 2 = 0)) FROM generate_series(299, 301) n;
SELECT cxm_internal.activity_days_send(activity_agg(d)) FROM unnest(ARRAY[date '1999-12-31', '2026-01-01']) d;
SELECT cxm_internal.retention_summary_send(retention_agg(days, 'month', '2026-06-30'))
FROM (SELECT activity_agg(d) AS days FROM unnest(ARRAY[date '2026-01-31', '2026-02-01']) d) t;
SELECT cxm_internal.journey_stage_send('258:trial');
SELECT cxm_internal.customer_journey_send(journey_agg('2026-01-01 00:00Z', 'service'));
SELECT cxm_internal.funnel_summary_send(funnel_agg(j, '{purchase,service}', '1 h')),
	cxm_internal.flow_summary_send(flow_agg(j))
FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s',
		(ARRAY['purchase', 'service'])[n]) AS j FROM generate_series(1, 2) n) t;
SELECT cxm_internal.shift_summary_send(shift_agg(segment, s, NULL))
FROM (VALUES ('x', rating_summary '{"scale": "-2..0", "responses": {"-2": 258}}'), (NULL, '{"scale": "-2..0",
	"responses": {"0": 3}}')) v (segment, s);

--
-- Bytes that lie anywhere: each type behind a text of 0 to 7 bytes, in a record that is received as
-- one message, and in a row
--
\getenv tests PG_ABS_SRCDIR
\set receive :tests '/receive.psql'
\i :receive
CREATE TEMP TABLE one AS
	SELECT rating_agg(i, '255..0') AS counts, rating_agg(i % 3, '2..0', i / 7.0) AS weights,
		duration_agg(i * i * interval '1 s') AS durations, churn_agg(i % 3 > 0, i % 5 > 0) AS churn,
		revenue_agg(i / 7.0, 100000 * i, 'EUR') AS revenue, ratio_agg(i / 7.0, 1000 * i) AS ratio,
		driver_agg(i, ARRAY[i % 7, i / 3.0], '{a,b}') AS drivers,
		survival_agg(i % 50, i % 2 = 0) AS survival,
		activity_agg(date '2026-01-01' + i % 90) AS days,
		journey_agg(timestamptz '2026-01-01Z' + i * interval '1 h', '7:s' || i % 4) AS journey
	FROM generate_series(0, 255) i;
CREATE TEMP TABLE anywhere AS
	SELECT repeat('x', n) AS pad, one.*, more.* FROM generate_series(0, 7) n, one, (
		SELECT retention_agg(days, 'week', '2026-06-30') AS retention,
			funnel_agg(journey, '{s1,s2,s3}', '5 h') AS funnel, flow_agg(journey) AS flow,
			business_calendar 'Mon-Fri 09:00-17:30 in UTC' AS calendar,
			purchase_agg(2, 213, 272) AS purchases, spend_agg(2, 22.35) AS spend,
			lifecycle_agg(days, 'week', '2026-06-30') AS lifecycle,
			retention_agg(days, '0, 1-7', '2026-06-30', '2026-01-02', 'again') AS brackets,
			journey_stage '250:trial' AS stage, shift_agg('x', counts, counts) AS shift
		FROM one) more;
CREATE TEMP TABLE received_anywhere (value anywhere);
SELECT count(DISTINCT atttypid) AS types FROM pg_attribute
WHERE attrelid = 'anywhere'::regclass AND attnum > 1;
SELECT typname AS is_missing FROM pg_type JOIN pg_depend ON pg_depend.objid = pg_type.oid
WHERE classid = 'pg_type'::regclass AND deptype = 'e' AND typtype = 'b' AND typelem = 0
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm')
	AND pg_type.oid NOT IN (SELECT atttypid FROM pg_attribute WHERE attrelid = 'anywhere'::regclass);
SELECT count(*) AS records, bool_and(pg_temp.receive('anywhere', record_send(a)) = a::text) AS received
FROM anywhere a;
SELECT count(DISTINCT to_jsonb(a) - 'pad') AS values,
	count(DISTINCT (csat(counts, 9), mean_answer(weights), percentile(durations, 0.5),
		churn_rate(churn), mrr_end(revenue), ratio_lower(ratio), r_squared(drivers),
		median_survival(survival), first_day(days),
		retention(retention, 3), stage_path(journey), is_business_time(calendar, '2026-01-05Z'),
		stage_rank(stage), mean_answer(shift_before(shift)), repeat_purchases(purchases), mean_spend(spend))) AS readings
FROM anywhere a;
