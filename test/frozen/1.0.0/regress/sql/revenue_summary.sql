-- revenue_summary: recurring revenue at the start of a period, and how it moved
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- Published figures
--

-- ChartMogul: 100 at the start, -10 churn, -10 contraction, +10 expansion: gross 20 %, net 10 %
SELECT gross_revenue_churn(s), net_revenue_churn(s), mrr_start(s), mrr_end(s)
FROM (SELECT revenue_agg(before, after) AS s
	FROM (VALUES (10, 0), (30, 20), (40, 50), (20, 20)) v (before, after)) t;
-- 10.0 M at the start, -0.6 M churn, -0.9 M contraction, +1.8 M expansion: GRR 85 %, NRR 103 %
SELECT grr(s), nrr(s), mrr_start(s), mrr_end(s), quick_ratio(s)
FROM (SELECT revenue_agg(before, after) AS s
	FROM (VALUES (600000, NULL), (2900000, 2000000.00), (6500000, 8300000)) v (before, after)) t;

--
-- Every movement, and every reading, by hand
--
CREATE TEMP TABLE hand (customer text, before numeric, after numeric, was_customer boolean);
INSERT INTO hand VALUES ('stays', 20.00, 20, true), ('grows', 20, 29.50, true),
	('shrinks', 29.5, 20, true), ('leaves', 9.99, 0, true), ('leaves, too', 9.99, NULL, NULL),
	('comes', NULL, 49, false), ('comes, too', 0, 0.01, NULL), ('is back', NULL, 20, true),
	('is nobody', NULL, NULL, true), ('is nobody, either', 0, 0.00, NULL);
SELECT revenue_agg(before, after, was_customer, 'EUR') AS s FROM hand;
SELECT m.* FROM (SELECT revenue_agg(before, after, was_customer) AS s FROM hand) t, movements(s) m;
SELECT mrr_start(s), mrr_end(s), customers_at_start(s) AS at_start, customers_at_end(s) AS at_end,
	round(grr(s)::numeric, 6) AS grr, round(nrr(s)::numeric, 6) AS nrr,
	round(gross_revenue_churn(s)::numeric, 6) AS gross, round(net_revenue_churn(s)::numeric, 6) AS net,
	round(quick_ratio(s)::numeric, 6) AS quick_ratio, round(arpa(s), 6) AS arpa, currency_of(s)
FROM (SELECT revenue_agg(before, after, was_customer, 'EUR') AS s FROM hand) t;
-- the same from the amounts
SELECT sum(before) AS start, sum(after) AS end,
	round((89.48 - 9.5 - 19.98) / 89.48, 6) AS grr, round((89.48 + 9.5 - 9.5 - 19.98) / 89.48, 6) AS nrr,
	round((9.5 + 19.98) / 89.48, 6) AS gross, round((9.5 + 19.98 - 9.5 - 20) / 89.48, 6) AS net,
	round((9.5 + 49.01 + 20) / (9.5 + 19.98), 6) AS quick_ratio, round(sum(after) / 6, 6) AS arpa
FROM hand;
-- without knowing who was a customer before, who comes back is new
SELECT m.* FROM (SELECT revenue_agg(before, after) AS s FROM hand) t, movements(s) m
WHERE movement IN ('new', 'reactivated');

--
-- Random amounts with up to 30 digits and more, some with zeros that do not count: exactly what
-- sum(numeric) has, in each movement
--
CREATE TEMP TABLE amount AS
	SELECT n, CASE WHEN n % 7 > 0 THEN before END AS before,
		CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN before ELSE after END AS after
	FROM (SELECT n,
			(abs(hashint8extended(n, 1))::numeric * abs(hashint8extended(n, 2)) * (n % 3))
				/ 10::numeric ^ (n % 31) * 1.0000 AS before,
			round((abs(hashint8extended(n, 3))::numeric * abs(hashint8extended(n, 4)))
				/ 10::numeric ^ (n % 37), n % 40 - 20) AS after
		FROM generate_series(1, 5000) n) t;
SELECT max(length(replace(before::text, '.', ''))) >= 30 AS digits, min(scale(after)) AS least_scale,
	max(scale(before)) > 30 AS greatest_scale FROM amount;
CREATE TEMP TABLE plain AS
	SELECT n % 4 = 0 AS was_customer, coalesce(before, 0) AS before, coalesce(after, 0) AS after
	FROM amount;
SELECT bool_and(ours.amount = theirs.amount) AS amounts, bool_and(ours.customers = theirs.customers)
	AS customers, bool_and(scale(ours.amount) = min_scale(ours.amount)) AS no_trailing_zeros
FROM (SELECT m.* FROM (SELECT revenue_agg(before, after, n % 4 = 0) AS s FROM amount) t, movements(s) m
	UNION ALL SELECT 'start', mrr_start(s), customers_at_start(s)
		FROM (SELECT revenue_agg(before, after) AS s FROM amount) t
	UNION ALL SELECT 'end', mrr_end(s), customers_at_end(s)
		FROM (SELECT revenue_agg(before, after) AS s FROM amount) t) ours
FULL JOIN (
	SELECT movement, coalesce(sum(after - before), 0) AS amount, count(before) AS customers
	FROM (VALUES ('new'), ('expansion'), ('reactivated'), ('contraction'), ('churned')) k (movement)
	LEFT JOIN plain ON before <> after AND movement = CASE WHEN after = 0 THEN 'churned'
			WHEN before = 0 AND was_customer THEN 'reactivated' WHEN before = 0 THEN 'new'
			WHEN after > before THEN 'expansion' ELSE 'contraction' END
	GROUP BY movement
	UNION ALL SELECT 'start', sum(before), count(*) FILTER (WHERE before > 0) FROM plain
	UNION ALL SELECT 'end', sum(after), count(*) FILTER (WHERE after > 0) FROM plain) theirs
USING (movement);
-- start and movements make the end, in every group, to the last digit
SELECT count(*) AS groups, bool_and(mrr_start(s) + moved = mrr_end(s)) AS reconciles
FROM (SELECT n % 97, revenue_agg(before, after, n % 4 = 0) AS s FROM amount GROUP BY n % 97) t,
	LATERAL (SELECT sum(amount) AS moved FROM movements(s)) m;
-- from one end of numeric to the other
SELECT length(mrr_start(s)::text) AS digits, mrr_start(s) = 1e131071 + 1e-16383 AS exact,
	s = s::text::revenue_summary AS text, nrr(s)
FROM (SELECT revenue_agg(x, x) AS s FROM unnest(ARRAY[1e131071, 1e-16383]) x) t;
-- carries through every digit
SELECT mrr_start(revenue_agg(9999999999999999.9999, 1)) AS once, mrr_start(rollup(s)) AS thousands
FROM (SELECT revenue_agg(9999999999999999.9999, 1) AS s FROM generate_series(1, 10000) n GROUP BY n) t;

--
-- Nothing, and next to nothing
--
SELECT revenue_agg(0, NULL) AS nobody, revenue_agg(NULL, NULL, 'EUR') AS euros;
SELECT s - s AS all_digits_taken_out FROM (SELECT revenue_agg(1e300 + 1, 1e300 + 1) AS s) t;
SELECT currency_of(revenue_agg(5, 5)) AS none, currency_of(revenue_agg(5, 5, 'EUR')) AS euros;
SELECT grr(s), nrr(s), quick_ratio(s), arpa(s), mrr_start(s), mrr_end(s)
FROM (SELECT revenue_agg(0, 5) AS s UNION ALL SELECT revenue_agg(5, 5) UNION ALL
	SELECT revenue_agg(5, 0) UNION ALL SELECT '{}') t;
-- 16 bytes of header, six small counters, six digits of two bytes; and twelve digits
SELECT pg_column_size(revenue_agg(20, 25)) AS whole, pg_column_size(revenue_agg(20.5, 25)) AS cents;
-- integers, and parameters as clients send them
SELECT revenue_agg(20, 25::bigint) = revenue_agg(20.00, 25.0) AS same;
PREPARE in_currency AS SELECT currency_of(revenue_agg(before, after, $1)) FROM hand;
EXECUTE in_currency ('NPR');
PREPARE in_varchar (varchar) AS SELECT currency_of(revenue_agg(before, after, true, $1)) FROM hand;
EXECUTE in_varchar ('INR');
-- a window may move from one currency to the next, where nothing of the first is left
SELECT currency, mrr_end(revenue_agg(before, after, currency) OVER (ORDER BY n ROWS CURRENT ROW))
FROM (VALUES (1, 1.5, 2, 'EUR'), (2, 3, 4.5, 'USD')) v (n, before, after, currency);

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$revenue_agg(-0.01, 5)$$),
	($$revenue_agg(5, -1)$$),
	($$revenue_agg(5, 'NaN')$$),
	($$revenue_agg('Infinity', 5)$$),
	($$revenue_agg(5, 5, NULL::text)$$),
	($$revenue_agg(5, 5, 'eur')$$),
	($$revenue_agg(5, 5, 'EURO')$$),
	($$revenue_agg(5, 5, true, '€')$$),
	($$revenue_agg(5, 5, c) FROM (VALUES ('EUR'), ('USD')) v (c)$$),
	($$revenue_agg(5, 5, 'EUR') + revenue_agg(5, 5, 'USD')$$),
	($$revenue_agg(5, 5, 'EUR') + revenue_agg(5, 5)$$),
	($$rollup(s) FROM (SELECT revenue_agg(5, 5, 'EUR') AS s UNION ALL SELECT revenue_agg(5, 5)) t$$),
	($$revenue_agg(5, 6) - revenue_agg(5, 5)$$),
	($$revenue_agg(5, 6) - revenue_agg(5, 7)$$),
	($$revenue_agg(5, 5) - revenue_agg(4, 4)$$),
	($$revenue_agg(5.5, 5.5) - revenue_agg(5.25, 5.25)$$),
	($$'{"customers": {"new": 1}}'::revenue_summary$$),
	($$'{"amounts": {"new": 1}}'::revenue_summary$$),
	($$'{"amounts": {"new": -1}, "customers": {"new": 1}}'::revenue_summary$$),
	($$'{"amounts": {"start": 5, "churned": 6}, "customers": {"churned": 1}}'::revenue_summary$$),
	($$'{"amounts": {"start": "5"}}'::revenue_summary$$),
	($$'{"amounts": {"end": 5}}'::revenue_summary$$),
	($$'{"amounts": 5}'::revenue_summary$$),
	($$'{"currency": "eur"}'::revenue_summary$$),
	($$'{"currency": 5}'::revenue_summary$$),
	($$'{"money": 5}'::revenue_summary$$),
	($$mrr_start(revenue_agg(9e131071, 1) + revenue_agg(9e131071, 1))$$),
	($$revenue_summary_combine('{}', '{}')$$)) v (statement);

--
-- The waterfall of a year adds up: each month's start and movements are its end, which is the next
-- month's start, and what plain SQL has of the subscriptions that day
--
CREATE TEMP TABLE subscription AS
	SELECT n % 150 AS customer, started, started + 20 + abs(hashint8extended(n, 2) % 200)::integer
			AS ended, (500 + abs(hashint8extended(n, 3) % 9500)) / 100.0 AS amount
	FROM (SELECT n, date '2024-10-01' + abs(hashint8extended(n, 1) % 400)::integer AS started
		FROM generate_series(1, 400) n) t;
WITH month AS (
	SELECT m::date AS starts, (m + interval '1 month')::date AS ends
	FROM generate_series(timestamp '2025-01-01', '2025-12-01', '1 month') m
), paid AS (
	SELECT starts, ends, customer, min(started) < starts AS was_customer,
		sum(amount) FILTER (WHERE daterange(started, ended) @> starts - 1) AS before,
		sum(amount) FILTER (WHERE daterange(started, ended) @> ends - 1) AS after
	FROM month, subscription GROUP BY starts, ends, customer
), waterfall AS (
	SELECT starts, ends, s, (SELECT sum(amount) FROM movements(s)) AS moved,
		(SELECT min(customers) FROM movements(s)) AS least_customers
	FROM (SELECT starts, ends, revenue_agg(before, after, was_customer) AS s FROM paid
		GROUP BY starts, ends) t
)
SELECT count(*) AS months, bool_and(mrr_start(s) + moved = mrr_end(s)) AS adds_up,
	bool_and(mrr_start(s) = last_end) AS goes_on, bool_and(mrr_end(s) = plain_end) AS as_plain,
	max(least_customers) > 0 AS every_movement
FROM (SELECT *, lag(mrr_end(s)) OVER (ORDER BY starts) AS last_end,
		(SELECT sum(amount) FROM subscription WHERE daterange(started, ended) @> ends - 1)
			AS plain_end
	FROM waterfall) t;
-- no trailing zeros; and an amount that does not end is rounded as numeric has it
SELECT arpa(revenue_agg(b, a)) FROM (VALUES (1, 20.50), (NULL, 10.00)) v (b, a);
SELECT arpa(revenue_agg(1, a)) = 10 / 3.0 AS a_third FROM unnest('{1,4,5}'::numeric[]) a;
-- more than a double can say
SELECT pg_temp.refusal('SELECT ' || call) FROM unnest(ARRAY['nrr(revenue_agg(1, 1e400))',
	'quick_ratio(revenue_agg(b, a)) FROM (VALUES (2, 1), (1, 1e5000)) v (b, a)']) call;
