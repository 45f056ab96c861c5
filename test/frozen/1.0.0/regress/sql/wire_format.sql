-- wire format: the bytes that send gives, which every machine reads alike: numbers in network order
-- or, of varying length, with their lowest seven bits first
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
\pset format unaligned
\pset tuples_only on

-- version, flags (low bits: log2 of the width), answers less one, lowest answer, non-responses, counts
SELECT rating_summary_send('{"scale": "-2..0", "responses": {"-2": 1, "0": 3}, "nonresponses": 4}');
SELECT rating_summary_send('{"scale": "-2..0", "responses": {"-2": 258, "0": 3}}');
SELECT rating_summary_send('{"scale": "-2..0", "responses": {"-2": 16909060, "0": 3}}');
SELECT rating_summary_send('{"scale": "0..1", "responses": {"0": 72623859790382856}}');
-- ... and weights in millionths, each of 16 bytes
SELECT rating_summary_send(rating_agg(1, '0..1', 16.909060));
SELECT business_calendar_send('Mon 09:00-17:00 in UTC');
SELECT duration_summary_send(duration_agg(n * interval '1 us')) FROM generate_series(1, 2) n;
SELECT churn_summary_send(churn_agg(n % 3 > 0, n % 5 > 0)) FROM generate_series(1, 1000) n;
SELECT revenue_summary_send(revenue_agg(12345.67, 76543.21, 'EUR'));
SELECT survival_summary_send(survival_agg(n, n % 2 = 0)) FROM generate_series(299, 301) n;
SELECT activity_days_send(activity_agg(d)) FROM unnest(ARRAY[date '1999-12-31', '2026-01-01']) d;
SELECT retention_summary_send(retention_agg(days, 'month', '2026-06-30'))
FROM (SELECT activity_agg(d) AS days FROM unnest(ARRAY[date '2026-01-31', '2026-02-01']) d) t;
SELECT journey_stage_send('258:trial');
SELECT customer_journey_send(journey_agg('2026-01-01 00:00Z', 'service'));
SELECT funnel_summary_send(funnel_agg(j, '{purchase,service}', '1 h')),
	flow_summary_send(flow_agg(j))
FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s',
		(ARRAY['purchase', 'service'])[n]) AS j FROM generate_series(1, 2) n) t;

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
		revenue_agg(i / 7.0, 100000 * i, 'EUR') AS revenue,
		survival_agg(i % 50, i % 2 = 0) AS survival,
		activity_agg(date '2026-01-01' + i % 90) AS days,
		journey_agg(timestamptz '2026-01-01Z' + i * interval '1 h', '7:s' || i % 4) AS journey
	FROM generate_series(0, 255) i;
CREATE TEMP TABLE anywhere AS
	SELECT repeat('x', n) AS pad, one.*, more.* FROM generate_series(0, 7) n, one, (
		SELECT retention_agg(days, 'week', '2026-06-30') AS retention,
			funnel_agg(journey, '{s1,s2,s3}', '5 h') AS funnel, flow_agg(journey) AS flow,
			business_calendar 'Mon-Fri 09:00-17:30 in UTC' AS calendar,
			journey_stage '250:trial' AS stage FROM one) more;
CREATE TEMP TABLE received_anywhere (value anywhere);
SELECT count(DISTINCT atttypid) AS types FROM pg_attribute
WHERE attrelid = 'anywhere'::regclass AND attnum > 1;
SELECT count(*) AS records, bool_and(pg_temp.receive('anywhere', record_send(a)) = a::text) AS received
FROM anywhere a;
SELECT count(DISTINCT to_jsonb(a) - 'pad') AS values,
	count(DISTINCT (csat(counts, 9), mean_answer(weights), percentile(durations, 0.5),
		churn_rate(churn), mrr_end(revenue), median_survival(survival), first_day(days),
		retention(retention, 3), stage_path(journey), is_business_time(calendar, '2026-01-05Z'),
		stage_rank(stage))) AS readings
FROM anywhere a;
