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
