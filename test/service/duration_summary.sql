-- duration_summary: counting durations, and reading what was counted
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET timezone = 'UTC';
SET datestyle = ISO;
SET intervalstyle = postgres;
\pset format unaligned
\pset null NULL

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

--
-- Ten tickets, read in every way
--
CREATE TEMP TABLE ticket (id integer, opened_at timestamptz, resolved_at timestamptz);
INSERT INTO ticket VALUES
	(1, '2026-03-02 09:00', '2026-03-02 09:30'), (2, '2026-03-02 09:00', '2026-03-02 10:00'),
	(3, '2026-03-02 16:00', '2026-03-03 10:00'), (4, '2026-03-06 16:00', '2026-03-09 10:00'),
	(5, '2026-03-06 16:00', NULL), (6, '2026-03-07 12:00', '2026-03-07 13:00'),
	(7, '2026-03-09 09:00', '2026-03-09 09:00'), (8, '2026-03-09 09:00', '2026-03-20 09:00'),
	(9, '2026-03-12 09:00', NULL), (10, NULL, NULL);
CREATE TEMP TABLE summary AS
	SELECT 'ttr' AS kind, ttr_agg(opened_at, resolved_at) AS s FROM ticket UNION ALL
	SELECT 'as of', ttr_agg(opened_at, resolved_at, '2026-03-10') FROM ticket UNION ALL
	SELECT 'business', business_ttr_agg('Mon-Fri 09:00-17:00 in UTC', opened_at, resolved_at) FROM ticket UNION ALL
	SELECT 'business as of', business_ttr_agg('Mon-Fri 09:00-17:00 in UTC', opened_at, resolved_at, '2026-03-10')
	FROM ticket UNION ALL
	SELECT 'interval', duration_agg(resolved_at - opened_at) FROM ticket UNION ALL
	SELECT 'none resolved', ttr_agg(opened_at, NULL) FROM ticket;
SELECT kind, resolved(s), unresolved(s), mean_duration(s), total_duration(s), ttr(s),
	within(s, '1 day') FROM summary;
SELECT kind, median_duration(s), percentiles(s, '{0, 0.25, 0.5, NULL, 0.9, 1}') FROM summary;
SELECT kind, s FROM summary;
SELECT kind, d.* FROM summary, durations(s) d WHERE kind IN ('business', 'business as of');
SELECT ttr(opened_at, resolved_at), ttr(opened_at, resolved_at, '2026-03-10'),
	business_ttr('Mon-Fri 09:00-17:00 in UTC', opened_at, resolved_at),
	business_ttr('Mon-Fri 09:00-17:00 in UTC', opened_at, resolved_at, '2026-03-10'),
	ttr(opened_at::timestamp, resolved_at::timestamp), ttr(opened_at, resolved_at) FILTER (WHERE false)
FROM ticket;
-- resolved at the very moment is resolved; opened then has the age zero
SELECT ttr_agg(opened_at, resolved_at, '2026-03-09 09:00') FROM ticket WHERE id IN (7, 8);
-- nothing is not zero
SELECT duration_agg(i), ttr(duration_agg(i)) FROM (SELECT NULL::interval AS i WHERE false) t;
SELECT mean_duration(s), total_duration(s), median_duration(s), percentile(s, 1), percentiles(s, '{}'),
	within(s, '1 day'), resolved(s), unresolved(s), (SELECT count(*) FROM durations(s))
FROM (SELECT duration_agg(NULL) AS s) t;
SELECT percentiles(duration_agg(interval '1 us'), '{{0, 1}, {NULL, 0.5}}');

--
-- Published: 21 leukaemia patients on 6-MP, weeks in remission (Freireich 1963); a plus is censored
--
CREATE TEMP TABLE patient AS
	SELECT timestamptz '2026-01-01' - rtrim(w, '+')::int * interval '7 days' AS opened_at,
		CASE WHEN w NOT LIKE '%+' THEN timestamptz '2026-01-01' END AS resolved_at
	FROM unnest(string_to_array('6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+', ' ')) w;
-- the survival is .8571 at 6 weeks, .8067 at 7, .7529 at 10, .6902 at 13, .6275 at 16, .5378 at 22 and
-- .4482 at 23: so many percent are over by the first week at which no more survive
SELECT p, round(extract(epoch FROM percentile(s, p)) / 604800, 1) AS weeks
FROM (SELECT ttr_agg(opened_at, resolved_at, '2026-01-01') AS s FROM patient) t,
	unnest('{0.14, 0.1429, 0.15, 0.19, 0.20, 0.24, 0.25, 0.30, 0.31, 0.37, 0.38, 0.46, 0.47, 0.5, 0.55, 0.56, 0.9}'::float8[]) p;
-- without ages the open ones do not count, and half of the rest is over by then
SELECT round(extract(epoch FROM median_duration(ttr_agg(opened_at, resolved_at))) / 604800, 1) FROM patient;
-- with ages and nothing open it is the plain percentile
SELECT percentile(a, 0.3) = percentile(b, 0.3)
FROM (SELECT ttr_agg(opened_at, resolved_at, '2026-01-01') AS a, ttr_agg(opened_at, resolved_at) AS b
	FROM patient WHERE resolved_at IS NOT NULL) t;

--
-- Laws
--
CREATE FUNCTION pg_temp.random(n integer, seed bigint) RETURNS double precision
	IMMUTABLE LANGUAGE sql RETURN (hashint8extended(n, seed) & 1048575) / 1048576.0;
-- constant, some microseconds or hours, one microsecond to a century, some hours, and all of a minute
CREATE TEMP TABLE duration AS
	SELECT shape, n, CASE shape
			WHEN 'constant' THEN interval '17:04:23.000001'
			WHEN 'bimodal' THEN CASE WHEN pg_temp.random(n, 1) < 0.5 THEN interval '1 us' ELSE interval '1000 s' END
				* (1 + (pg_temp.random(n, 2) * 3)::int)
			WHEN 'century' THEN exp(pg_temp.random(n, 3) * ln(36525 * 86400e6)) * interval '1 us'
			WHEN 'log-normal' THEN exp(2 * sqrt(-2 * ln(1 - pg_temp.random(n, 4))) * cos(2 * pi() * pg_temp.random(n, 5)))
				* interval '1 hour'
			ELSE (pg_temp.random(n, 6) * 60)::int * interval '1 s' END AS d
	FROM unnest('{constant, bimodal, century, log-normal, minute}'::text[]) shape, generate_series(1, 4000) n;
-- within 1 % of percentile_cont, and half a microsecond for the last digit
SELECT shape, count(*) AS percentiles, count(*) FILTER (WHERE
	abs(extract(epoch FROM percentile(s, p)) - extract(epoch FROM cont))
		<= 0.01 * extract(epoch FROM cont) + 0.0000005) AS near
FROM (SELECT shape, k, duration_agg(d) AS s,
		percentile_cont(ARRAY[0, .001, .01, .1, .25, .5, .75, .9, .99, .999, 1]) WITHIN GROUP (ORDER BY d) AS exact
	FROM duration, LATERAL (SELECT n % 20) part (k) GROUP BY GROUPING SETS ((shape), (shape, k))) t,
	unnest(ARRAY[0, .001, .01, .1, .25, .5, .75, .9, .99, .999, 1], exact) u (p, cont)
GROUP BY shape ORDER BY shape;
-- exact: count, sum and mean
SELECT count(*), bool_and(resolved(s) = n AND total_duration(s) = sum AND mean_duration(s) - sum / n
	BETWEEN '-1 us' AND '1 us')
FROM (SELECT shape, duration_agg(d) AS s, count(*) AS n, sum(d) AS sum FROM duration GROUP BY shape, n % 7) t;
-- within: all that is, and nothing that takes 1.8 % longer
SELECT count(*), bool_and(within(s, target) BETWEEN share_less AND share_more)
FROM (SELECT target, duration_agg(d) AS s, avg((d <= target)::int) AS share_less,
		avg((d <= 1.018 * target)::int) AS share_more
	FROM duration, unnest('{1 us, 2 us, 30 s, 15 min, 4 hours, 17:04:23, 1 day, 30 days, 3600 days}'::interval[]) target
	GROUP BY target, shape) t;
-- merged in any order, taken out again: the same bytes
CREATE TEMP TABLE part AS
	SELECT n % 13 AS part, shape, CASE WHEN n % 2 = 0 THEN 'as of' ELSE 'plain' END AS kind,
		CASE WHEN n % 2 = 0
			THEN ttr_agg(timestamptz '2026-01-01' - d, CASE WHEN n % 3 > 0 THEN timestamptz '2026-01-01' END, '2026-01-01')
			ELSE duration_agg(CASE WHEN n % 5 > 0 THEN d END) END AS s
	FROM duration GROUP BY n % 13, shape, n % 2, n % 3;
SELECT kind, count(*) AS ways, count(DISTINCT cxm_internal.duration_summary_send(whole)) AS wholes FROM (
	SELECT kind, (SELECT rollup(s ORDER BY pg_temp.random(part, i)) FROM part p WHERE p.kind = k.kind) AS whole
	FROM (VALUES ('as of'), ('plain')) k (kind), generate_series(1, 5) i UNION ALL
	SELECT kind, rollup(s) FROM (SELECT kind, rollup(s) AS s FROM part GROUP BY kind, part % 4) t GROUP BY kind UNION ALL
	SELECT 'as of', ttr_agg(timestamptz '2026-01-01' - d, CASE WHEN n % 3 > 0 THEN timestamptz '2026-01-01' END, '2026-01-01')
	FROM duration WHERE n % 2 = 0 UNION ALL
	SELECT 'plain', duration_agg(CASE WHEN n % 5 > 0 THEN d END) FROM duration WHERE n % 2 = 1) t GROUP BY kind;
SELECT count(*), bool_and((a.s + b.s) - b.s = a.s AND a.s + b.s = b.s + a.s AND a.s - a.s + b.s = b.s
	AND a.s::text::duration_summary::text = a.s::text
	AND cxm_internal.duration_summary_send(a.s::text::duration_summary) = cxm_internal.duration_summary_send(a.s)
	AND a.s::jsonb::duration_summary = a.s AND a.s::json::text = a.s::text
	AND (cxm_internal.duration_summary_hash(a.s) = cxm_internal.duration_summary_hash(b.s)) = (a.s = b.s))
FROM part a JOIN part b USING (kind) WHERE a.part < 2 AND b.part < 4;
-- windows: what moves out leaves no trace
SELECT count(*), bool_and(moving = anew) FROM (
	SELECT duration_agg(d) OVER w AS moving, (SELECT duration_agg(d) FROM duration i
		WHERE i.shape = o.shape AND i.n BETWEEN o.n - 20 AND o.n) AS anew
	FROM duration o WHERE n < 150 WINDOW w AS (PARTITION BY shape ORDER BY n ROWS 20 PRECEDING)) t;
SELECT count(*), bool_and(moving = anew) FROM (
	SELECT rollup(s) OVER (ORDER BY part ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) IS NOT DISTINCT FROM
		(SELECT rollup(s) FROM part i WHERE kind = 'as of' AND shape = 'century' AND i.part BETWEEN o.part - 2 AND o.part - 1) AS moving,
		true AS anew
	FROM (SELECT part, rollup(s) AS s FROM part WHERE kind = 'as of' AND shape = 'century' GROUP BY part) o) t;
SELECT id, ttr_agg(opened_at, resolved_at, '2026-03-10') OVER w AS s, ttr(opened_at, resolved_at) OVER w
FROM ticket WINDOW w AS (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) ORDER BY id;
-- parallel, partial and grouped: the same figure
CREATE TABLE many AS SELECT n % 3 AS g, d FROM duration, generate_series(1, 3);
ANALYZE many;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT duration_agg(d) FROM many;
SELECT duration_agg(d) = (SELECT rollup(s) FROM (SELECT duration_agg(d) AS s FROM many GROUP BY g) t) FROM many;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
DROP TABLE many;
-- size: a million durations over four orders of magnitude, and ten
CREATE TEMP TABLE stored AS
	SELECT 'ten' AS what, duration_agg(d) AS s FROM duration WHERE shape = 'century' AND n <= 10 UNION ALL
	SELECT 'million', rollup(s) FROM generate_series(1, 10), (
		SELECT duration_agg(interval '1 min' * exp(ln(10000.0) * n / 1e5)) AS s FROM generate_series(1, 100000) n) t;
SELECT what, resolved(s), pg_column_size(s) <= CASE what WHEN 'ten' THEN 80 ELSE 2000 END AS small FROM stored ORDER BY 1;

--
-- Errors
--
SELECT pg_temp.refusal(statement) FROM unnest(ARRAY[
	$$SELECT ttr_agg(timestamptz '2026-01-02 00:00Z', '2026-01-01 00:00Z')$$,
	$$SELECT ttr_agg(timestamp '2026-01-02', timestamp '2026-01-01')$$,
	$$SELECT business_ttr_agg('Mon 09:00-17:00 in UTC', '2026-01-02 00:00Z', '2026-01-01 00:00Z')$$,
	$$SELECT ttr_agg('-infinity'::timestamptz, now())$$,
	$$SELECT ttr_agg(now(), 'infinity')$$,
	$$SELECT ttr_agg(now(), now(), 'infinity')$$,
	$$SELECT ttr_agg(now(), now(), NULL)$$,
	$$SELECT ttr_agg('4713-01-01 BC'::timestamptz, '294276-01-01')$$,
	$$SELECT duration_agg('-1 us')$$,
	$$SELECT duration_agg('1 day -25:00')$$,
	$$SELECT duration_agg('2000000000 days')$$,
	$$SELECT business_ttr_agg(NULL, now(), now())$$,
	$$SELECT business_ttr_agg('Mon 09:00-17:00 in UTC', timestamp '2026-01-01', timestamp '2026-01-02')$$,
	$$SELECT business_ttr('Mon 09:00-17:00 in UTC', timestamp '2026-01-01', timestamp '2026-01-02', timestamp '2026-01-02')$$,
	$$SELECT percentile(duration_agg('1 s'), 1.1)$$,
	$$SELECT percentile(duration_agg('1 s'), 'NaN')$$,
	$$SELECT percentiles(duration_agg('1 s'), '{0.5, -1}')$$,
	$$SELECT within(duration_agg('1 s'), '-1 s')$$,
	$$SELECT duration_agg('1 s') - duration_agg('2 s')$$,
	$$SELECT duration_agg('1 s') - duration_agg(NULL)$$,
	$$SELECT duration_agg('512 us') - duration_agg('514 us')$$,
	$$SELECT (duration_agg('512 us') + duration_agg('515 us')) - duration_agg('519 us')$$,
	$$SELECT duration_agg('1 s') + ttr_agg(timestamptz '2026-01-01', '2026-01-02', '2026-01-03')$$,
	$$SELECT rollup(s) FROM (SELECT duration_agg('1 s') AS s UNION ALL
		SELECT ttr_agg(timestamptz '2026-01-01', '2026-01-02', '2026-01-03')) t$$,
	$$SELECT cxm_internal.duration_transition(NULL, '1 s')$$,
	$$SELECT cxm_internal.duration_summary_combine(NULL, NULL)$$]) statement;
SELECT pg_temp.refusal(format('SELECT %L::duration_summary', text)) FROM unnest(ARRAY[
	'', '[]', '{"resolved": {"1": 1}}', '{"resolved": 1, "total_microseconds": 1}',
	'{"resolved": {"513": 1}, "total_microseconds": 513}', '{"resolved": {"01": 1}, "total_microseconds": 1}',
	'{"resolved": {"x": 1}, "total_microseconds": 1}', '{"resolved": {"-1": 1}, "total_microseconds": 1}',
	'{"resolved": {"18446744073709551616": 1}, "total_microseconds": 1}',
	'{"resolved": {"1": -1}, "total_microseconds": 1}', '{"resolved": {"1": 1.5}, "total_microseconds": 1}',
	'{"resolved": {"1": 9223372036854775808}, "total_microseconds": 9223372036854775808}',
	'{"total_microseconds": 1}', '{"total_microseconds": -1}', '{"unresolved": -1}', '{"unresolved": "1"}',
	'{"unresolved": [1]}', '{"rest": 1}']) text;
-- missing fields are empty, in whatever order they come
SELECT '{}'::duration_summary, '{"unresolved": {"512": 2}, "resolved": {"5": 1, "1": 2}, "total_microseconds": 7}'::duration_summary;
-- as many as a count holds, and no more
SELECT pg_temp.refusal($$SELECT s + s FROM (SELECT '{"resolved": {"1": 9223372036854775807},
	"total_microseconds": 9223372036854775807}'::duration_summary AS s) t$$);
-- a total may have more days than an interval, and the mean is one all the same
SELECT mean_duration(s), pg_temp.refusal(format('SELECT total_duration(%L)', s))
FROM (SELECT '{"total_microseconds": 192615915912985313280, "resolved": {"9172186472046919680": 21}}'
	::duration_summary AS s) t;
SELECT pg_temp.refusal(format('SELECT %L::duration_summary', text)) FROM unnest(ARRAY[
	'{"resolved": {"1": 9223372036854775807, "2": 1}, "total_microseconds": 9223372036854775809}',
	'{"resolved": {"0": 9223372036854775807}, "unresolved": 1}',
	-- whose total would be right if it were counted modulo 2^128
	'{"resolved": {"7512733979296923648": 9223372036854775807, "7884055548671295488": 9223372036854775807,
		"8145049647413460992": 9223372036854775807, "8560701051718598656": 9223372036854775807,
		"8857045823683297280": 9223372036854775807}, "total_microseconds": 37503133701005711114346413084683272192}',
	'{"resolved": {"0": 9223372036854775806}, "unresolved": {"5": 1, "9": 1}}',
	'{"resolved": {"0": 9223372036854775806}, "unresolved": {"5": 1}}']) text;
SELECT pg_temp.refusal($$SELECT '{"resolved": {"0": 9223372036854775806}, "unresolved": 1}'::duration_summary + duration_agg(d)
	FROM unnest('{0, 5 s, NULL}'::interval[]) d GROUP BY d$$);
-- a day has 24 hours, as where PostgreSQL compares intervals, and a month no length
SELECT d, ttr(duration_agg(d)), ttr(duration_agg(d)) = d AS same, within(duration_agg(d), d) AS within
FROM unnest('{1 day, 30 days -24:00, 31 days 01:00, -1 day 25:00}'::interval[]) d GROUP BY d ORDER BY d;
SELECT pg_temp.refusal(statement) FROM unnest(ARRAY[
	$$SELECT duration_agg(age('2026-03-05', '2026-01-31'))$$,
	$$SELECT within(duration_agg('1 s'), '1 month')$$,
	$$SELECT duration_agg('1 year -365 days')$$]) statement;
-- a total beyond what hours can hold has days of 24
SELECT total_duration(s + s + s + s), mean_duration(s + s + s) FROM (SELECT duration_agg('36000000 days') AS s) t;

-- parameters of every type, and none
PREPARE untyped AS SELECT resolved(duration_agg($1)), percentile(duration_agg('1 hour'), $2);
EXECUTE untyped('1 hour', 0.5);
PREPARE dates AS SELECT resolved(ttr_agg($1, $2)), ttr($1, $2, $3), business_ttr($4, $1, $2);
EXECUTE dates('2026-01-01', '2026-01-02', '2026-01-03', 'Mon-Sun 00:00-24:00 in UTC');
-- with a zone or without one: not both, and no dates, which PostgreSQL would cast in the session's zone
CREATE TEMP TABLE moment AS SELECT timestamptz '2026-03-02 12:00Z' AS at, timestamp '2026-03-02 12:00' AS local,
	date '2026-03-02' AS day;
SELECT call, substring(pg_temp.refusal('SELECT ' || call || ' FROM moment') FROM '[^.]*') FROM unnest(ARRAY[
	'ttr_agg(at, at)', 'ttr_agg(local, local)', 'ttr_agg(at, local)', 'ttr_agg(local, at)', 'ttr_agg(day, day)',
	'ttr(at, at, at)', 'ttr(local, local, local)', 'ttr(local, local, now())', 'ttr(at, NULL, localtimestamp)',
	'ttr(at, at, current_date)', 'ttr(at, at, current_date::timestamp AT TIME ZONE ''UTC'')',
	'ttr_agg(at, coalesce(local, now()))', 'ttr(local, at) OVER ()', 'ttr(at, at) OVER ()']) call;
SELECT ttr(day::timestamp, (day + 2)::timestamp) FROM moment;
SELECT pg_temp.refusal('SELECT ttr(day, day + 2) FROM moment');

--
-- Nothing is one value, {}: whatever was in it, or could have been
--
SELECT d AS nothing, d = '{}' AS same, cxm_internal.duration_summary_send(d) AS sent, resolved(d), unresolved(d), ttr(d),
	percentile(d, 0.5), percentiles(d, '{0.5}'), within(d, '1 h'), total_duration(d)
FROM unnest('{"{}", "{\"unresolved\": {}}", "{\"unresolved\": 0, \"total_microseconds\": 0}"}'::duration_summary[]) d;
CREATE TEMP TABLE any_summary AS
	SELECT kind, s FROM part WHERE part = 0 UNION ALL
	SELECT k, '{}'::duration_summary FROM unnest('{plain, as of}'::text[]) k UNION ALL
	SELECT kind, s - s FROM part WHERE part = 1 AND shape = 'century' UNION ALL
	SELECT 'plain', duration_agg(NULL) UNION ALL
	SELECT 'as of', ttr_agg(timestamptz '2026-01-01', NULL, '2026-01-02');
SELECT count(*), bool_and((a.s + b.s) - b.s = a.s AND a.s + b.s = b.s + a.s AND (a.s - a.s) + b.s = b.s
	AND a.s - '{}' = a.s AND '{}' + a.s = a.s AND a.s::text::duration_summary = a.s
	AND cxm_internal.duration_summary_send((a.s + b.s) - b.s) = cxm_internal.duration_summary_send(a.s)) AS law
FROM any_summary a JOIN any_summary b USING (kind);
-- somebody's own aggregate may let a state out that holds nothing any more
CREATE AGGREGATE pg_temp.state_of(timestamptz, timestamptz, timestamptz) (
	SFUNC = cxm_internal.ttr_transition, STYPE = duration_summary, MSFUNC = cxm_internal.ttr_transition, MINVFUNC = cxm_internal.ttr_inverse,
	MSTYPE = duration_summary);
SELECT id, s, rollup(s) OVER () AS rollup, s + s AS twice, cxm_internal.duration_summary_send(s) = '' AS nothing FROM (
	SELECT id, pg_temp.state_of(opened_at, resolved_at, '2026-03-02 08:00') OVER (ORDER BY id) AS s FROM ticket) t
WHERE id < 3;

--
-- The share within a target, when all durations are exactly it: the buckets lie such that the
-- targets that people set move up, not down.
--
SELECT minutes, within(s, minutes * interval '1 minute') AS exactly, within(s, minutes * interval '58.9 s') AS less,
	within(s, minutes * interval '60.6 s') AS more, mean_answer(rating) AS exact
FROM (SELECT minutes, duration_agg(minutes * interval '1 minute') AS s,
		rating_agg(minutes * interval '1 minute' <= minutes * interval '1 minute') AS rating
	FROM unnest('{1, 5, 10, 15, 30, 45, 60, 90, 120, 240, 480, 720, 1440, 2880, 4320, 10080}'::int[]) minutes
	GROUP BY minutes) t ORDER BY minutes;

-- a stored value is a state like any other: where an aggregate of one's own begins with it
CREATE AGGREGATE pg_temp.duration_from(interval) (SFUNC = cxm_internal.duration_transition, STYPE = duration_summary,
	FINALFUNC = cxm_internal.duration_summary_final,
	INITCOND = '{"total_microseconds": 5, "resolved": {"5": 1}, "unresolved": 300}');
CREATE AGGREGATE pg_temp.duration_from_ages(interval) (SFUNC = cxm_internal.duration_transition, STYPE = duration_summary,
	FINALFUNC = cxm_internal.duration_summary_final, INITCOND = '{"total_microseconds": 5, "resolved": {"5": 1}, "unresolved": {}}');
CREATE AGGREGATE pg_temp.duration_from_blank(interval) (SFUNC = cxm_internal.duration_transition, STYPE = duration_summary,
	FINALFUNC = cxm_internal.duration_summary_final, INITCOND = '{}');
SELECT pg_temp.duration_from(d), pg_temp.duration_from_blank(d)
FROM (VALUES (interval '5 us'), (NULL), ('7 us')) v (d) \gx
SELECT pg_temp.duration_from('1 s'), pg_temp.duration_from_ages('1 s'), pg_temp.duration_from_blank('1 s') WHERE false \gx
SELECT pg_temp.refusal('SELECT pg_temp.duration_from_ages(''1 s'')');
-- a blank adds nothing, and knows no ages
SELECT '{}' + s = s AND s + '{}' = s AND s - '{}' = s AND s - s = '{}' AS law, s - s = '{}'::duration_summary + (s - s) AS blank
FROM any_summary GROUP BY 1, 2;
