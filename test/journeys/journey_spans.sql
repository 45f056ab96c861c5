-- journey_spans: journeys of events with two ends
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
\pset format unaligned
\pset tuples_only on
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

--
-- A case from the field: A from 10:00 to 10:30, B from 11:00 to 11:20: 30 and 20 minutes of processing, 30 of waiting
--
CREATE TEMP TABLE job (n integer, starts_at timestamptz, ends_at timestamptz, activity text);
INSERT INTO job VALUES (1, '2025-10-28 10:00Z', '2025-10-28 10:30Z', 'A'), (1, '2025-10-28 11:00Z', '2025-10-28 11:20Z', 'B');
SELECT from_stage, to_stage, transitions, date_trunc('minute', median_time + '30 s')
FROM flows((SELECT flow_agg(j) FROM (SELECT journey_span_agg(starts_at, ends_at, activity) AS j FROM job GROUP BY n) t)) ORDER BY from_stage COLLATE "C";
SELECT time_in(j, 'A', '2025-10-29Z'), time_in(j, 'B', '2025-10-29Z'), time_in(j, '(waiting)', '2025-10-29Z') FROM (SELECT journey_span_agg(starts_at, ends_at, activity) AS j FROM job) t;

--
-- By hand: minutes of 10 o'clock
--
CREATE FUNCTION pg_temp.journey(VARIADIC spans text[]) RETURNS text LANGUAGE sql AS $$
	SELECT (SELECT string_agg(format('%s %s', to_char(at, 'MI:SS.US'), stage_label(stage)), ', ' ORDER BY n) FROM events(j) WITH ORDINALITY e (at, stage, n))
	FROM (SELECT journey_span_agg('2026-01-01 10:00Z'::timestamptz + split_part(span, ' ', 2)::int * interval '1 minute',
		'2026-01-01 10:00Z'::timestamptz + nullif(split_part(span, ' ', 3), '')::int * interval '1 minute', split_part(span, ' ', 1)) AS j FROM unnest(spans) span) t $$;
SELECT pg_temp.journey('a 0 10', 'b 10 20') AS touch;
SELECT pg_temp.journey('a 0 10', 'a 10 20', 'a 25 30') AS again;
SELECT pg_temp.journey('b 10 20', 'a 0 5', 'b 10 20') AS twice_in_any_order;
SELECT pg_temp.journey('a 0 20', 'b 10 30') AS overlap;
SELECT pg_temp.journey('a 0 30', 'b 10 20', 'c 12 15') AS nest;
SELECT pg_temp.journey('a 0 30', 'a 10 20') AS nest_in_itself;
SELECT pg_temp.journey('a 0 10', 'b 0 20') AS begin_together;
SELECT pg_temp.journey('a 0 10', 'b 20') AS open;
SELECT pg_temp.journey('a 0', 'b 10 20') AS open_below;
SELECT pg_temp.journey('a 0', 'b 10') AS both_open;
-- no longer than an instant: what comes in another order than that of the stages is a microsecond later
SELECT pg_temp.journey('a 0 0') AS instant;
SELECT pg_temp.journey('z 0 0', 'z 10 10') AS instants;
SELECT pg_temp.journey('a 0 0', 'b 0 0', 'c 0 5') AS at_once;
SELECT pg_temp.journey('a 0 10', 'b 10 10', 'a 10 20') AS on_the_border;
SELECT pg_temp.journey('b 0 10', 'c 5 5') AS inside;
SELECT pg_temp.journey('purchase 0 10', 'trial 10 20', '250:z 20 20') AS names;
-- rows without a start or a stage do not count; without any row there is no journey
SELECT journey_span_agg(starts_at, ends_at, stage) FROM (VALUES (NULL::timestamptz, timestamptz '2026-01-01Z', 'a'), ('2026-01-01Z', '2026-01-02Z', NULL)) v (starts_at, ends_at, stage);
SELECT journey_span_agg(now(), now(), 'x') WHERE false;
SELECT journey_span_agg(starts_at, ends_at, stage) FROM (VALUES (timestamptz '2026-01-01Z', timestamptz 'infinity', journey_stage '250:a'), ('2026-01-01Z', NULL, '250:a'), (NULL, NULL, '250:a')) v (starts_at, ends_at, stage);
SELECT pg_temp.refusal('SELECT journey_span_agg' || call) FROM unnest(ARRAY[
	$$(timestamptz '2026-01-02Z', timestamptz '2026-01-01Z', 'a')$$, $$(timestamptz '2026-01-02Z', timestamptz '-infinity', 'a')$$,
	$$(timestamptz 'infinity', NULL, 'a')$$, $$(timestamptz '2026-01-02Z', NULL, '(waiting)')$$, $$(timestamptz '2026-01-02Z', NULL, journey_stage '5:(finished)')$$,
	$$(timestamp '2026-01-02', NULL, 'a')$$, $$(timestamptz '2026-01-02Z', date '2026-01-03', 'a')$$, $$(timestamptz '2026-01-02Z', NULL, '')$$,
	-- (finished) comes after x, for which no moment is left
	$$(timestamptz '294276-12-31 23:59:59.999999Z', '294276-12-31 23:59:59.999999Z', 'x')$$]) call;

--
-- Laws, over random spans: at each minute that of the running spans which began last, the shortest of those
--
CREATE TEMP TABLE span AS
	SELECT n % 150 AS customer, n % 3 AS part, starts, CASE WHEN n % 40 > 0 THEN starts + abs(hashint8extended(n, 2)) % 50 END AS ends, chr(97 + (abs(hashint8extended(n, 3)) % 5)::int) AS stage
	FROM generate_series(1, 1500) n, LATERAL (SELECT abs(hashint8extended(n, 1)) % 300 AS starts) s;
CREATE INDEX ON span (customer, starts);
ANALYZE span;
CREATE TEMP VIEW timed AS SELECT *, timestamptz '2026-01-01Z' + starts * interval '1 minute' AS starts_at, timestamptz '2026-01-01Z' + ends * interval '1 minute' AS ends_at FROM span;
CREATE TEMP TABLE journey AS SELECT customer, journey_span_agg(starts_at, ends_at, stage) AS j FROM timed GROUP BY customer;
SELECT count(*), count(*) FILTER (WHERE found = wanted) AS equal, count(*) FILTER (WHERE wanted = '(waiting)') > 1000 AS many_waits, count(*) FILTER (WHERE wanted = '(finished)') > 1000 AS many_finished
FROM (SELECT customer, minute, current_stage(journey_slice(j, '-infinity', timestamptz '2026-01-01Z' + (minute + 0.5) * interval '1 minute')) AS found,
		coalesce((SELECT stage FROM span s WHERE s.customer = journey.customer AND starts <= minute AND (ends > minute) IS NOT FALSE ORDER BY starts DESC, ends, stage DESC LIMIT 1),
			CASE WHEN EXISTS (SELECT FROM span s WHERE s.customer = journey.customer AND starts > minute) THEN '(waiting)' ELSE '(finished)' END) AS wanted
	FROM journey, generate_series(0, 350) minute
	WHERE minute >= (SELECT min(starts) FROM span s WHERE s.customer = journey.customer)) t;
-- waiting is what no span covers, but for the microseconds
SELECT count(*), count(*) FILTER (WHERE extract(epoch FROM coalesce(time_in(j, '(waiting)', '2026-01-02Z'), '0') - gaps) BETWEEN -0.0001 AND 0.0001) AS equal
FROM journey JOIN (SELECT customer, upper(range_merge(busy)) - lower(range_merge(busy)) - (SELECT sum(upper(r) - lower(r)) FROM unnest(busy) r) AS gaps
	FROM (SELECT customer, range_agg(tstzrange(starts_at, coalesce(ends_at, '2026-01-02Z'))) AS busy FROM timed WHERE starts < ends OR ends IS NULL GROUP BY customer) t) g USING (customer)
	JOIN (SELECT customer FROM span GROUP BY customer HAVING min(starts) = min(starts) FILTER (WHERE (starts < ends) IS NOT FALSE)
		AND max(coalesce(ends, 1000)) = max(coalesce(ends, 1000)) FILTER (WHERE (starts < ends) IS NOT FALSE)) ended USING (customer);
-- in any order, in parts and in parallel it is the same
SELECT count(*) FILTER (WHERE j <> again) AS unequal FROM journey JOIN (SELECT customer, journey_span_agg(starts_at, ends_at, stage ORDER BY hashint8(starts), stage) AS again FROM timed GROUP BY 1) a USING (customer);
CREATE AGGREGATE pg_temp.state(timestamptz, timestamptz, text) (STYPE = bytea, SFUNC = cxm_internal.journey_span_transition);
CREATE AGGREGATE pg_temp.combined(bytea) (STYPE = bytea, SFUNC = cxm_internal.journey_span_combine, FINALFUNC = cxm_internal.journey_span_final);
SELECT count(*) FILTER (WHERE j <> parts) AS unequal FROM journey JOIN (SELECT customer, pg_temp.combined(state) AS parts
	FROM (SELECT customer, part, pg_temp.state(starts_at, ends_at, stage) AS state FROM timed GROUP BY 1, 2) t GROUP BY 1) a USING (customer);
-- a state that is none
SELECT count(*) > 100 AS many, count(*) FILTER (WHERE refusal = 'accepted') > 0 AS some_accepted, string_agg(DISTINCT refusal, ' / ') FILTER (WHERE refusal <> 'accepted')
FROM (SELECT pg_temp.refusal(format('SELECT cxm_internal.journey_span_final(%L::bytea)', forged)) AS refusal
	FROM (SELECT pg_temp.state(starts_at, ends_at, stage) AS state FROM timed WHERE customer = 1) t, generate_series(0, 119) byte,
		LATERAL (VALUES (set_byte(state, byte, 255)), (substring(state, 1, byte)), (set_byte(state, byte, get_byte(state, byte) # 1))) f (forged)) t;
