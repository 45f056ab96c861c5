-- churn_summary: who was a customer at the start and at the end of a period
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- Published figures
--

-- 500 customers at the start of the quarter, 450 at the end, none new: 10 %, by every convention
-- that knows no other base
CREATE TEMP TABLE quarter AS
	SELECT churn_agg(true, n > 50) AS s FROM generate_series(1, 500) n;
SELECT s, churn_rate(s), churn_rate(s, 'net') AS net, retention_rate(s),
	net_churn_rate(500, 450) FROM quarter;
-- 1,869 of 7,043 left: 26.537 %; Wilson's interval is R's prop.test(1869, 7043, correct = FALSE),
-- R 4.2.2
SELECT round(100 * churn_rate(s)::numeric, 3) AS churn, round(lower::numeric, 12) AS lower,
	round(upper::numeric, 12) AS upper, lower = churn_lower(s) AND upper = churn_upper(s) AS same
FROM (SELECT '{"kept": 5174, "lost": 1869}'::churn_summary AS s) t, churn_interval(s);
-- Newcombe 1998: 81 of 263 0.2553 to 0.3662, 0 of 20 0 to 0.1611
SELECT round(a.lower::numeric, 4) AS lower, round(a.upper::numeric, 4) AS upper, b.lower AS lower_0,
	round(b.upper::numeric, 4) AS upper_0
FROM churn_interval('{"kept": 182, "lost": 81}') a, churn_interval('{"kept": 20}', 0.95) b;
-- Stripe counts who comes and goes both as lost and as having been there: (2 + 1) / (10 + 4 + 1)
SELECT c, churn_rate('{"kept": 7, "returned": 1, "lost": 2, "new": 4, "new_and_lost": 1}', c)
FROM unnest('{start,net,average,stripe}'::text[]) c;

--
-- Which side of a bound: the period owns its first moment, not the one after its last
--
CREATE TEMP TABLE example AS
	SELECT n, range::daterange, kind FROM (VALUES
		(1, '[2024-06-01,)', 'kept'),
		(2, '(,)', 'kept'),
		(3, '[2024-06-01,2025-02-01)', 'kept: leaves on the day after'),
		(4, '[2024-06-01,2025-01-31)', 'lost on the last day'),
		(5, '[2024-06-01,2025-01-01)', 'lost on the first day'),
		(6, '[2024-06-01,2024-12-31)', 'had left before'),
		(7, '[2025-01-01,)', 'new on the first day'),
		(8, '[2025-01-31,)', 'new on the last day'),
		(9, '[2025-02-01,)', 'comes afterwards'),
		(10, '[2025-01-01,2025-02-01)', 'new, leaves on the day after'),
		(11, '[2025-01-01,2025-01-31)', 'new and lost'),
		(12, 'empty', 'never'),
		(13, NULL, 'never')) v (n, range, kind);
SELECT n, range, kind, churn_agg(range, '[2025-01-01,2025-02-01)') AS churn
FROM example GROUP BY n, range, kind ORDER BY n;
-- the same in every other form
SELECT churn_agg(range, period) = churn_agg(datemultirange(range), period) AS multirange,
	churn_agg(range, period) = churn_agg(coalesce(lower(range), '-infinity'), upper(range), period)
		FILTER (WHERE NOT isempty(range)) AS dates,
	churn_agg(range, period) = churn_agg(coalesce(lower(range), '-infinity')::timestamptz,
		coalesce(upper(range), 'infinity')::timestamptz, '[2025-01-01,2025-02-01)')
		FILTER (WHERE NOT isempty(range)) AS timestamps,
	churn_agg(range, period) = churn_agg(tstzrange(lower(range), upper(range)),
		'[2025-01-01,2025-02-01)') FILTER (WHERE NOT isempty(range)) AS tstzrange,
	churn_rate(range, period), churn_rate(datemultirange(range), period),
	churn_rate(coalesce(lower(range), '-infinity'), upper(range), period)
		FILTER (WHERE NOT isempty(range))
FROM example, daterange('2025-01-01', '2025-02-01') period;
-- several stays
SELECT stays, churn_agg(stays::datemultirange, '[2025-01-01,2025-02-01)')
FROM unnest(ARRAY['{[2024-01-01,2025-01-10),[2025-01-20,)}',
	'{[2024-01-01,2025-01-10),[2025-01-12,2025-01-14),[2025-02-01,)}',
	'{[2025-01-05,2025-01-10),[2025-01-20,)}', '{[2025-01-05,2025-01-10),[2025-01-20,2025-01-21)}',
	'{[2024-01-01,2024-12-31),[2025-02-01,)}', '{[2024-01-01,2025-01-01),[2025-01-01,)}', '{}'])
	stays
GROUP BY stays ORDER BY stays;
-- at which microsecond a timestamp's bound lies, for all four kinds of bound
SELECT bounds, churn_agg(tstzrange('2024-01-01', '2025-01-31 23:59:59.999999', bounds),
		'[2025-01-01,2025-02-01)') AS to_the_end,
	churn_agg(tstzrange('2024-12-31 23:59:59.999999', NULL, bounds), '[2025-01-01,2025-02-01)')
		AS from_the_start,
	churn_agg(tstzrange('2024-01-01', '2025-01-15'),
		tstzrange('2025-01-01', '2025-01-15', bounds)) AS period
FROM unnest('{[),[],(),(]}'::text[]) bounds GROUP BY bounds ORDER BY bounds;

--
-- Random stays against plain SQL: at a moment is active @> the microsecond, or the day, before it
--
CREATE TEMP TABLE stay AS
	SELECT n, range_agg(stay) AS stays FROM (
		SELECT n, tstzrange(start, start + hours * interval '5 hours',
			(ARRAY['[)', '[]', '()', '(]'])[1 + n % 4]) AS stay
		FROM (SELECT n, i, timestamptz '2025-01-01' + abs(hashint8extended(n + i, 1) % 300)
					* interval '5 hours' AS start, abs(hashint8extended(n + i, 2) % 60) AS hours
			FROM generate_series(1, 2000) n, generate_series(1, 1 + n % 4) i) t) u
	GROUP BY n;
WITH moment AS (
	SELECT n, stays, stays @> (timestamptz '2025-01-20' - interval '1 microsecond') AS at_start,
		stays @> (timestamptz '2025-02-10' - interval '1 microsecond') AS at_end,
		stays @> tstzrange('2025-01-20', '2025-02-10') AS throughout,
		stays && tstzrange('2025-01-20', '2025-02-10') AS meanwhile
	FROM stay
)
SELECT churn_agg(stays, '[2025-01-20,2025-02-10)') = jsonb_build_object(
	'kept', count(*) FILTER (WHERE at_start AND at_end AND throughout),
	'returned', count(*) FILTER (WHERE at_start AND at_end AND NOT throughout),
	'lost', count(*) FILTER (WHERE at_start AND NOT at_end),
	'new', count(*) FILTER (WHERE NOT at_start AND at_end),
	'new_and_lost', count(*) FILTER (WHERE NOT at_start AND NOT at_end AND meanwhile))::churn_summary
	AS same, churn_agg(stays, '[2025-01-20,2025-02-10)')
FROM moment;

--
-- Readings; nobody churned is 0, nobody there is NULL
--
SELECT customers_at_start(s), customers_at_end(s), lost_customers(s) AS lost, new_customers(s) AS new,
	new_and_lost_customers(s) AS new_and_lost, returned_customers(s) AS returned, retention_rate(s)
FROM (SELECT '{"kept": 7, "returned": 1, "lost": 2, "new": 4, "new_and_lost": 1}'::churn_summary s) t;
SELECT churn_rate(true, true) AS nobody_left, churn_rate(false, true) AS only_new,
	churn_rate(false, false) AS nobody, churn_rate(NULL::boolean, NULL) AS null,
	churn_agg(false, NULL) AS s;
SELECT c, churn_rate('{}'::churn_summary, c), churn_rate('{"new": 1}'::churn_summary, c) AS new
FROM unnest('{start,net,average,stripe}'::text[]) c;
SELECT churn_rate(NULL::churn_summary), retention_rate('{}'), churn_interval('{}'), churn_lower('{}'),
	net_churn_rate(0, 5), net_churn_rate(100, 120);
SELECT churn_agg(a, b) FROM (VALUES (true, true)) v (a, b) WHERE false;
-- 6 bytes of header and five counters; above 255 of two bytes each
SELECT pg_column_size(churn_agg(true, n > 5) FILTER (WHERE n < 256)) AS small,
	pg_column_size(churn_agg(n > 5, true)) AS wide
FROM generate_series(1, 300) n;
-- parameters as clients send them
PREPARE by_convention (varchar) AS SELECT churn_rate('{"kept": 3, "lost": 1}'::churn_summary, $1);
EXECUTE by_convention ('average');
PREPARE by_period AS SELECT churn_agg(range, $1) FROM example;
EXECUTE by_period ('[2025-01-01,2025-02-01)');

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$churn_agg(range, NULL) FROM example$$),
	($$churn_agg(range, 'empty') FROM example$$),
	($$churn_agg(range, '[2025-01-01,2025-01-01)') FROM example$$),
	($$churn_agg(range, '[2025-01-01,)') FROM example$$),
	($$churn_agg(range, '[-infinity,2025-01-01)') FROM example$$),
	($$churn_agg(date '2025-01-02', date '2025-01-01', '[2025-01-01,2025-02-01)')$$),
	($$churn_agg(timestamptz '2025-01-02', '2025-01-01', '[2025-01-01,2025-02-01)')$$),
	($$churn_rate(churn_agg(true, false), 'stripe')$$),
	($$churn_rate(churn_agg(true, false), 'Start')$$),
	($$new_and_lost_customers(churn_agg(true, false))$$),
	($$returned_customers(churn_agg(true, false))$$),
	($$churn_agg(true, false) + '{"kept": 1}'$$),
	($$churn_agg(true, false) - churn_agg(true, true)$$),
	($$'{"kept": 9223372036854775807}'::churn_summary + '{"kept": 1}'$$),
	($$customers_at_start('{"kept": 9223372036854775807, "lost": 1}'::churn_summary)$$),
	($$churn_interval(churn_agg(true, false), 95)$$),
	($$net_churn_rate(-1, 0)$$),
	($$'[]'::churn_summary$$),
	($$'{"kept": -1}'::churn_summary$$),
	($$'{"kept": 1.5}'::churn_summary$$),
	($$'{"left": 1}'::churn_summary$$),
	($$'{"snapshots": 1}'::churn_summary$$),
	($$'{"snapshots": true, "returned": 1}'::churn_summary$$),
	($$churn_summary_combine('{}', '{}')$$)) v (statement);
