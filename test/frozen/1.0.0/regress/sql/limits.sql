-- limits: every counter of every type at the widths of its counters and at the end of its range
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

-- One counter each: a value in which it is {n}, and a row by which an aggregate counts it up.
CREATE TABLE limit_counter (id integer PRIMARY KEY, what text, type text, template text,
	transition text, arguments text, row text);
INSERT INTO limit_counter VALUES
	(1, 'responses', 'rating_summary', '{"scale": "0..1", "responses": {"1": {n}}}',
		'rating_transition', 'boolean', 'true'),
	(2, 'non-responses', 'rating_summary', '{"scale": "0..10", "nonresponses": {n}}',
		'nps_transition', 'integer', 'NULL'),
	(3, 'weighted responses', 'rating_summary', '{"scale": "0..10", "responses": {"9": {n}},
		"weights": {"9": 0}}', 'nps_weighted_transition', 'integer, double precision', '9, 0'),
	(4, 'weighted non-responses', 'rating_summary', '{"scale": "1..5", "nonresponses": {n},
		"weights": {}}', 'rating_weighted_transition', 'integer, text, double precision',
		$$NULL, '1..5', 0$$),
	(11, 'resolved', 'duration_summary', '{"total_microseconds": {n}, "resolved": {"1": {n}}}',
		'duration_transition', 'interval', $$'1 us'$$),
	(12, 'unresolved', 'duration_summary', '{"unresolved": {n}}',
		'duration_transition', 'interval', 'NULL'),
	(13, 'ages', 'duration_summary', '{"unresolved": {"1": {n}}}',
		'ttr_transition', 'timestamptz, timestamptz, timestamptz',
		$$'2026-01-01Z', NULL, '2026-01-01 00:00:00.000001Z'$$),
	(21, 'kept', 'churn_summary', '{"kept": {n}, "snapshots": true}',
		'churn_snapshots_transition', 'boolean, boolean', 'true, true'),
	(22, 'lost', 'churn_summary', '{"lost": {n}}', 'churn_range_transition', 'daterange, daterange',
		$$'[2026-01-01,2026-01-20)', '[2026-01-10,2026-02-01)'$$),
	(23, 'new', 'churn_summary', '{"new": {n}}', 'churn_range_transition', 'daterange, daterange',
		$$'[2026-01-11,)', '[2026-01-10,2026-02-01)'$$),
	(24, 'new and lost', 'churn_summary', '{"new_and_lost": {n}}', 'churn_range_transition',
		'daterange, daterange', $$'[2026-01-11,2026-01-12)', '[2026-01-10,2026-02-01)'$$),
	(25, 'returned', 'churn_summary', '{"returned": {n}}', 'churn_multirange_transition',
		'datemultirange, daterange',
		$$'{[2026-01-01,2026-01-12),[2026-01-14,)}', '[2026-01-10,2026-02-01)'$$),
	(31, 'unchanged', 'revenue_summary', '{"amounts": {"start": {n}}, "customers": {"unchanged": {n}}}',
		'revenue_transition', 'numeric, numeric', '1, 1'),
	(32, 'new', 'revenue_summary', '{"amounts": {"new": {n}}, "customers": {"new": {n}}}',
		'revenue_transition', 'numeric, numeric', '0, 1'),
	(33, 'expansion', 'revenue_summary', '{"amounts": {"start": {n}, "expansion": {n}},
		"customers": {"expansion": {n}}}', 'revenue_transition', 'numeric, numeric', '1, 2'),
	(34, 'contraction', 'revenue_summary', '{"amounts": {"start": {2n}, "contraction": {n}},
		"customers": {"contraction": {n}}}', 'revenue_transition', 'numeric, numeric', '2, 1'),
	(35, 'churned', 'revenue_summary', '{"amounts": {"start": {n}, "churned": {n}},
		"customers": {"churned": {n}}}', 'revenue_transition', 'numeric, numeric', '1, NULL'),
	(36, 'reactivated', 'revenue_summary', '{"currency": "NPR", "amounts": {"reactivated": {n}},
		"customers": {"reactivated": {n}}}', 'revenue_customer_currency_transition',
		'numeric, numeric, boolean, text', $$NULL, 1, true, 'NPR'$$),
	(41, 'events', 'survival_summary', '{"events": {"7": {n}}}',
		'survival_transition', 'integer, boolean', '7, true'),
	(42, 'censored', 'survival_summary', '{"censored": {"0": {n}}}',
		'survival_transition', 'integer, boolean', '0, false'),
	(51, 'retained', 'retention_summary', '{"bucket": "day", "eligible": [{n}, {n}],
		"retained": [{n}, 0]}', 'retention_transition', 'activity_days, text, date',
		$$'{"days": ["2026-01-01"]}', 'day', '2026-01-02'$$),
	(61, 'furthest', 'funnel_summary', '{"steps": ["s1", "s2"], "mode": "ordered",
		"within_microseconds": 1000000, "furthest": {"0": {n}}}',
		'funnel_transition', 'customer_journey, text[], interval',
		$$'{"events": []}', '{s1,s2}', '1 s'$$),
	(62, 'times', 'funnel_summary', '{"steps": ["s1", "s2"], "mode": "ordered",
		"within_microseconds": 1000000, "furthest": {"2": {n}}, "times": {"2": {"1": {n}}}}',
		'funnel_transition', 'customer_journey, text[], interval',
		$$'{"events": [{"at": "2026-01-01T00:00:00Z", "stage": "s1"},
			{"at": "2026-01-01T00:00:00.000001Z", "stage": "s2"}]}', '{s1,s2}', '1 s'$$),
	(63, 'in progress', 'funnel_summary', '{"steps": ["s1", "s2"], "mode": "ordered",
		"within_microseconds": 86400000000, "as_of": "2026-01-02T00:00:00Z",
		"furthest": {"1": {n}}, "in_progress": {"1": {n}}}',
		'funnel_transition', 'customer_journey, text[], interval, timestamptz',
		$$'{"events": [{"at": "2026-01-01T12:00:00Z", "stage": "s1"}]}', '{s1,s2}', '24 h',
			'2026-01-02Z'$$),
	(71, 'flows', 'flow_summary', '{"stages": [{"stage": "s1", "journeys": {n}},
		{"stage": "s2", "journeys": {n}}], "flows": [{"from": "s1", "to": "s2", "journeys": {n},
		"times": {"1": {n}}}, {"from": "s2", "journeys": {n}}, {"to": "s1", "journeys": {n}}]}',
		'flow_transition', 'customer_journey',
		$$'{"events": [{"at": "2026-01-01T00:00:00Z", "stage": "s1"},
			{"at": "2026-01-01T00:00:00.000001Z", "stage": "s2"}]}'$$),
	(72, 'ongoing', 'flow_summary', '{"as_of": "2026-01-01T00:00:00Z", "idle_microseconds": 1000000,
		"stages": [{"stage": "s1", "journeys": {n}}],
		"flows": [{"from": "s1", "ongoing": {n}}, {"to": "s1", "journeys": {n}}]}',
		'flow_transition', 'customer_journey, timestamptz, interval',
		$$'{"events": [{"at": "2026-01-01T00:00:00Z", "stage": "s1"}]}', '2026-01-01Z', '1 s'$$);

-- every type that counts is there
SELECT oprleft::regtype AS type FROM pg_operator
WHERE oprname = '-' AND oprcode::text LIKE '%\_subtract'
	AND oprleft::regtype::text NOT IN (SELECT type FROM limit_counter);

CREATE FUNCTION pg_temp.value(c limit_counter, n numeric) RETURNS text LANGUAGE sql
	RETURN replace(replace(c.template, '{n}', n::text), '{2n}', (2 * n)::text);

-- The result of a query, or its error as SQLSTATE.
CREATE FUNCTION pg_temp.outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE query INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
-- One more and one less than each width of a counter holds, and what a signed reading would make of
-- it; the range ends at 2^63 - 1.
CREATE TABLE limit_edge AS
	SELECT 2::numeric ^ bits - less AS n FROM unnest('{8,16,31,32,62,63}'::integer[]) bits,
		unnest('{2,1,0}'::integer[]) less WHERE NOT (bits = 63 AND less < 2);

--
-- Row by row: somebody's own aggregate begins with a value at the edge
--
CREATE FUNCTION pg_temp.rows_from(c limit_counter, n numeric, rows integer) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('CREATE AGGREGATE limit_agg(%s) (STYPE = %I, SFUNC = %I, FINALFUNC = %I,
		INITCOND = %L)', c.arguments, c.type, c.transition, c.type || '_final', pg_temp.value(c, n));
	result := pg_temp.outcome(format('SELECT limit_agg(%s) FROM generate_series(1, %s)', c.row, rows));
	EXECUTE format('DROP AGGREGATE limit_agg(%s)', c.arguments);
	RETURN result;
END
$$;
SELECT id, type, what,
	(SELECT count(*) FILTER (WHERE pg_temp.rows_from(c, e.n, 1) =
			pg_temp.outcome(format('SELECT %L::%I', pg_temp.value(c, e.n + 1), c.type)))
		FROM limit_edge e) AS counted,
	pg_temp.rows_from(c, 9223372036854775805, 2) =
		pg_temp.outcome(format('SELECT %L::%I', pg_temp.value(c, 9223372036854775807), c.type))
		AS to_the_end,
	pg_temp.rows_from(c, 9223372036854775807, 1) AS one_more,
	pg_temp.rows_from(c, 9223372036854775806, 2) AS two_more
FROM limit_counter c ORDER BY id;

--
-- Two values: +, rollup and its moving form, at the edge and beyond; - below nothing
--
CREATE TABLE limit_merge (query text);
INSERT INTO limit_merge VALUES ('SELECT {a} + {b}'), ('SELECT {b} + {a}'),
	('SELECT rollup(s) FROM (VALUES ({a}), ({b})) v (s)'),
	('SELECT rollup(rollup) FROM (SELECT rollup(s) FROM (VALUES ({a}), ({b})) v (s) GROUP BY s::text) t'),
	('SELECT rollup(s) OVER (ORDER BY n ROWS 1 PRECEDING)
		FROM (VALUES (1, {b}), (2, {a}), (3, {b})) v (n, s) ORDER BY n DESC LIMIT 1'),
	('SELECT {a} + {b} - {b} + {b}');
CREATE FUNCTION pg_temp.merged(c limit_counter, query text, a numeric, b numeric) RETURNS text
	LANGUAGE sql RETURN pg_temp.outcome(replace(replace(query,
		'{a}', format('%L::%I', pg_temp.value(c, a), c.type)),
		'{b}', format('%L::%I', pg_temp.value(c, b), c.type)));
CREATE TABLE limit_sum AS
	SELECT e.n AS a, f.n AS b FROM limit_edge e, limit_edge f WHERE e.n + f.n < 2::numeric ^ 63
	UNION ALL VALUES (9223372036854775806, 1);
CREATE TABLE limit_excess (a numeric, b numeric);
INSERT INTO limit_excess VALUES (9223372036854775807, 1), (1, 9223372036854775807),
	(4611686018427387904, 4611686018427387904), (9223372036854775807, 9223372036854775807);
SELECT id, what, count(*) AS merges, count(*) FILTER (WHERE pg_temp.merged(c, query, a, b) =
	pg_temp.outcome(format('SELECT %L::%I', pg_temp.value(c, a + b), c.type))) AS exact
FROM limit_counter c, limit_sum, limit_merge GROUP BY id, what ORDER BY id;
SELECT id, what, count(*) AS merges, min(merged), max(merged)
FROM limit_counter c, limit_excess, limit_merge, pg_temp.merged(c, query, a, b) merged
GROUP BY id, what ORDER BY id;
SELECT id, what, count(*) AS differences, min(merged), max(merged)
FROM limit_counter c, (VALUES (1, 2), (3, 4), (255, 256), (9223372036854775806, 9223372036854775807))
	v (a, b), pg_temp.merged(c, 'SELECT {a} - {b}', a, b) merged
GROUP BY id, what ORDER BY id;
-- a number that no counter holds is none that can be read
SELECT count(*), pg_temp.merged(c, 'SELECT {a}', 9223372036854775808, 0) AS outcome
FROM limit_counter c GROUP BY outcome;

-- what is counted in two places together is out of range as well
SELECT a.what, b.what, pg_temp.outcome(format('SELECT ' || reading, format('(%L::%I + %L::%2$I)',
	pg_temp.value(a, 9223372036854775807), a.type, pg_temp.value(b, 1)))) AS outcome
FROM limit_counter a JOIN limit_counter b USING (type) JOIN (VALUES
	(22, 23, 'churn_rate(%s)'),
	(22, 25, 'customers_at_start(%s)'), (23, 25, 'customers_at_end(%s)'),
	(31, 33, 'customers_at_start(%s)'), (32, 31, 'customers_at_end(%s)'),
	(41, 42, 'survival(%s, 1)')) v (x, y, reading) ON a.id = x AND b.id = y
ORDER BY a.id, b.id;

--
-- A billion rows by merging: a thousand parts of a thousand parts. Counts are a million times those
-- of a part, to the last one; figures that do not depend on how many there are stay as they are.
--
CREATE TABLE billion_part AS
	SELECT nps_agg(n * n % 11) AS rating, nps_agg(n % 11, n * 0.25) AS weighted,
		duration_agg(n * interval '1 s') AS duration, churn_agg(n % 7 > 0, n % 5 > 0) AS churn,
		revenue_agg(n * 1.01, n % 7 * 3.333, 'EUR') AS revenue,
		survival_agg(n % 40, n % 3 > 0) AS survival,
		(SELECT retention_agg(days, 'week', '2026-06-01') FROM (SELECT activity_agg(date '2026-01-01'
			+ (m * m + i * 9) % 90) AS days FROM generate_series(1, 1000) m, generate_series(1, 3) i
			GROUP BY m) t) AS retention,
		(SELECT funnel_agg(j, '{s1,s2}', '1 h') FROM (SELECT journey_agg(timestamptz '2026-01-01Z'
			+ i * m * interval '1 min', 's' || i % (1 + m % 3)) AS j
			FROM generate_series(1, 1000) m, generate_series(1, 3) i GROUP BY m) t) AS funnel,
		(SELECT flow_agg(j) FROM (SELECT journey_agg(timestamptz '2026-01-01Z'
			+ i * m * interval '1 min', 's' || i % (1 + m % 3)) AS j
			FROM generate_series(1, 1000) m, generate_series(1, 3) i GROUP BY m) t) AS flow
	FROM generate_series(1, 1000) n;
CREATE TABLE billion AS
	SELECT rollup(rating) AS rating, rollup(weighted) AS weighted, rollup(duration) AS duration,
		rollup(churn) AS churn, rollup(revenue) AS revenue, rollup(survival) AS survival,
		rollup(retention) AS retention, rollup(funnel) AS funnel, rollup(flow) AS flow
	FROM (SELECT rollup(rating) AS rating, rollup(weighted) AS weighted,
			rollup(duration) AS duration, rollup(churn) AS churn, rollup(revenue) AS revenue,
			rollup(survival) AS survival, rollup(retention) AS retention, rollup(funnel) AS funnel,
			rollup(flow) AS flow
		FROM billion_part, generate_series(1, 1000)) thousand, generate_series(1, 1000);
SELECT responses(b.rating), responses(b.rating) = 1000000 * responses(p.rating) AS times,
	nps(b.rating), nps(b.rating) = nps(p.rating) AS nps,
	median_answer(b.rating) = median_answer(p.rating) AS median,
	round(nps_lower(b.rating)::numeric, 4) AS lower, round(nps_upper(b.rating)::numeric, 4) AS upper,
	nps(b.weighted) = nps(p.weighted) AS weighted_nps,
	(SELECT array_agg(responses) FROM distribution(b.rating)) =
		(SELECT array_agg(responses * 1000000) FROM distribution(p.rating)) AS distribution
FROM billion b, billion_part p;
SELECT resolved(b.duration), total_duration(b.duration) = 1000000 * total_duration(p.duration)
		AS total, mean_duration(b.duration) = mean_duration(p.duration) AS mean,
	percentiles(b.duration, '{0.01,0.5,0.999}') = percentiles(p.duration, '{0.01,0.5,0.999}')
		AS percentiles
FROM billion b, billion_part p;
SELECT churn_rate(b.churn) = churn_rate(p.churn) AS churn,
	customers_at_start(b.churn) = 1000000 * customers_at_start(p.churn) AS customers,
	mrr_start(b.revenue), mrr_start(b.revenue) = 1000000 * mrr_start(p.revenue) AS start,
	mrr_end(b.revenue) = 1000000 * mrr_end(p.revenue) AS end, nrr(b.revenue) = nrr(p.revenue) AS nrr,
	customers_at_start(b.revenue) = 1000000 * customers_at_start(p.revenue) AS payers
FROM billion b, billion_part p;
SELECT events(b.survival) = 1000000 * events(p.survival) AS events,
	median_survival(b.survival) = median_survival(p.survival) AS median,
	survival(b.survival, 20) = survival(p.survival, 20) AS survival,
	(SELECT array_agg(r) FROM retention_curve(b.retention) r) =
		(SELECT array_agg(ROW(period, 1000000 * eligible, 1000000 * retained, rate)::retention_step)
			FROM retention_curve(p.retention)) AS retention,
	(SELECT array_agg(f.journeys) FROM funnel(b.funnel) f) =
		(SELECT array_agg(1000000 * f.journeys) FROM funnel(p.funnel) f) AS funnel,
	(SELECT array_agg(f.median_time) FROM flows(b.flow) f) IS NOT DISTINCT FROM
		(SELECT array_agg(f.median_time) FROM flows(p.flow) f) AS times,
	(SELECT array_agg(f.transitions) FROM flows(b.flow) f) =
		(SELECT array_agg(1000000 * f.transitions) FROM flows(p.flow) f) AS flows
FROM billion b, billion_part p;

-- two answers, of which each has its own counter
SELECT pg_temp.outcome($$SELECT responses('{"scale": "0..1", "responses": {"0": 4611686018427387904}}'
	::rating_summary + '{"scale": "0..1", "responses": {"1": 4611686018427387904}}')$$) AS outcome;

DROP TABLE limit_counter, limit_edge, limit_merge, limit_sum, limit_excess, billion, billion_part
	CASCADE;
