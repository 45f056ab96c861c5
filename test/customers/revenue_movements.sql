-- revenue_movements: each movement, months, exchange rates, every change, amounts a month
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- Amounts by the month: published figures
--

-- a billing system's own prices and monthly amounts, to four decimals, half up
SELECT price, every, monthly_amount(price, every, 4) = monthly AS same, monthly_amount(price, every)
FROM (VALUES (18.29, interval '1 year', 1.5242), (19.95, '1 year', 1.6625), (29.95, '1 year', 2.4958),
	(59, '1 year', 4.9167), (169.95, '1 year', 14.1625), (2299, '1 year', 191.5833),
	(5499, '12 months', 458.25), (29.95, '1 month', 29.95), (300, '3 months', 100), (600, '6 months', 100),
	(2400, '2 years', 100)) v (price, every, monthly);
-- 1200 a year, 300 a quarter and what a week is; 52 weeks a year, as others have it, are 433.33
SELECT monthly_amount(1200, '1 year') AS yearly, monthly_amount(300, '3 months') AS quarterly,
	monthly_amount(100, '1 week') AS weekly, monthly_amount(100, '7 days') AS seven_days,
	monthly_amount(50, '2 weeks') AS fortnight, monthly_amount(100 * 52, '1 year') AS of_52_weeks,
	monthly_amount(50 * 26, '1 year') AS of_26_fortnights;
-- another billing system's own test: 183.33 of two customers, 91.67 each, and 283.33 from June on
SELECT to_char(month, 'Mon') AS month, mrr_end(s), round(arpa(s), 2) AS arpa, new_mrr(s), expansion_mrr(s)
FROM (SELECT month, revenue_agg(before, after, month) AS s
	FROM unnest('{2024-01-01,2024-02-01,2024-05-01,2024-06-01}'::date[]) month,
		LATERAL (SELECT sum(amount) FILTER (WHERE started < month) AS before,
				sum(amount) FILTER (WHERE started < month + interval '1 month') AS after
			FROM (VALUES (1, date '2024-01-01', monthly_amount(100, '1 month')),
				(2, '2024-01-01', monthly_amount(1000, '1 year')),
				(2, '2024-06-01', monthly_amount(100, '1 month'))) v (customer, started, amount) GROUP BY customer) c
	GROUP BY month) t
ORDER BY t.month;
-- from a thousand a year to 83.33 a month nothing moves
SELECT count(*) AS movements FROM movements((SELECT revenue_agg(monthly_amount(1000, '1 year'), 83.33)))
WHERE customers > 0;
-- against numeric's own division, rounded once, with signs and decimals
SELECT bool_and(monthly_amount(amount, make_interval(months => months, days => days), decimals)
	= round(amount * 30.4375 / (months * 30.4375 + days), decimals)) AS same, count(*)
FROM (SELECT hashint4extended(n, 1) % 1000000 / 100.0 AS amount, 1 + n % 36 AS months, n % 17 AS days,
		n % 5 AS decimals FROM generate_series(1, 3000) n) t;
SELECT monthly_amount(0.005, '1 month') AS half_up, monthly_amount(-0.005, '1 month') AS half_down,
	monthly_amount(0, '1 year') AS zero, monthly_amount(1e20, '1 microsecond', 0) AS long,
	monthly_amount(NULL, '1 year') AS null;

--
-- Each movement, as movements() has it
--
-- the months of a billing system's fixture, in cents, with the ends that it has
SELECT month, mrr_start(s), new_mrr(s), churned_mrr(s), mrr_end(s) = expected AS as_published,
	mrr_start(s) + moved = mrr_end(s) AS adds_up
FROM (SELECT month, expected, revenue_agg(before, after) AS s
	FROM (VALUES (2, 23701746, 6171791, 6416321, 23457216),
		(3, 23457216, 4334134, 2969402, 24821948), (4, 24821948, 1306340, 300000, 25828288))
		m (month, start, new, churned, expected),
		LATERAL (VALUES (start - churned, start - churned), (churned, 0), (0, new)) c (before, after)
	GROUP BY month, expected) t, LATERAL (SELECT sum(amount) AS moved FROM movements(s)) m
ORDER BY month;
-- in the first month new customers have left already, which its ends do not tell
SELECT mrr_start(s), new_mrr(s), churned_mrr(s), mrr_end(s)
FROM (SELECT revenue_change_agg(days, amounts, '[2024-01-01,2024-02-01)') AS s
	FROM (VALUES ('{2024-01-03}'::date[], '{23701746}'::numeric[]), ('{2024-01-05,2024-01-20}', '{1314800,0}'))
		v (days, amounts)) t;
-- 56 of 600 lost are 9.33 %
SELECT round(gross_revenue_churn(s)::numeric, 4) AS churn, round(grr(s)::numeric, 4) AS grr
FROM (SELECT revenue_agg(b, a) AS s FROM (VALUES (56, 0), (544, 544)) v (b, a)) t;
CREATE TEMP TABLE amount AS
	SELECT n, nullif(abs(hashint4extended(n, 1) % 5000), n % 4999) / 100.0 AS before,
		CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN abs(hashint4extended(n, 2) % 5000) / 100.0
			ELSE abs(hashint4extended(n, 1 + n % 2) % 5000) / 100.0 END AS after, n % 3 = 0 AS was_customer,
		(ARRAY[1, 0.92, 0.0075])[1 + n % 3] AS rate_before, (ARRAY[1, 0.9, 0.008])[1 + n % 3] AS rate_after,
		date '2025-01-01' + n % 3 * 31 AS month
	FROM generate_series(1, 3000) n;
UPDATE amount SET before = NULL WHERE n % 7 = 0;
SELECT bool_and(amount = CASE movement WHEN 'new' THEN new_mrr(s) WHEN 'expansion' THEN expansion_mrr(s)
		WHEN 'contraction' THEN contraction_mrr(s) WHEN 'churned' THEN churned_mrr(s)
		WHEN 'reactivated' THEN reactivated_mrr(s) WHEN 'exchange' THEN exchange_mrr(s) END) AS same,
	count(*) AS movements
FROM (SELECT revenue_agg(before, after, was_customer, 'EUR', rate_before, rate_after) AS s FROM amount) t,
	movements(s);

--
-- Exchange: 100 dollars all along, of which each was 0.90 euros and is 0.95, are no expansion
--
SELECT mrr_start(s), exchange_mrr(s), mrr_end(s), expansion_mrr(s), nrr(s), currency_of(s)
FROM (SELECT revenue_agg(100, 100, true, 'EUR', 0.90, 0.95) AS s) t;
-- growth and losses at the rate of the start, what is new at that of the end; no ratio has exchange in it
SELECT movement, amount, customers
FROM movements((SELECT revenue_agg(before, after, was_customer, 'EUR', 0.90, 0.95)
	FROM (VALUES (100, 120, true), (50, 20, true), (10, 0, true), (0, 10, false), (NULL, 20, true))
		v (before, after, was_customer)));
SELECT nrr(a) = nrr(b) AS nrr, grr(a) = grr(b) AS grr, gross_revenue_churn(a) = gross_revenue_churn(b) AS churn,
	mrr_end(b) AS at_the_end, exchange_mrr(b) AS exchange
FROM (SELECT revenue_agg(before, after) AS a, revenue_agg(before, after, false, NULL, 0.5, 0.25) AS b
	FROM (VALUES (100, 120), (50, 20), (10, 0), (0, 10)) v (before, after)) t;
-- against plain SQL
SELECT mrr_start(s) = start AS start, mrr_end(s) = ends AS "end", new_mrr(s) = new AS new,
	reactivated_mrr(s) = reactivated AS reactivated, expansion_mrr(s) = expansion AS expansion,
	contraction_mrr(s) = contraction AS contraction, churned_mrr(s) = churned AS churned,
	exchange_mrr(s) = exchange AS exchange, exchanged = customers AS customers, exchanged > 100 AS many
FROM (SELECT revenue_agg(before, after, was_customer, 'EUR', rate_before, rate_after) AS s,
		sum(coalesce(before, 0) * rate_before) AS start, sum(coalesce(after, 0) * rate_after) AS ends,
		sum(after * rate_after) FILTER (WHERE coalesce(before, 0) = 0 AND NOT was_customer) AS new,
		sum(after * rate_after) FILTER (WHERE coalesce(before, 0) = 0 AND was_customer) AS reactivated,
		sum((after - before) * rate_before) FILTER (WHERE before > 0 AND after > before) AS expansion,
		sum((after - before) * rate_before) FILTER (WHERE after > 0 AND after < before) AS contraction,
		sum(-before * rate_before) FILTER (WHERE coalesce(after, 0) = 0) AS churned,
		sum(after * (rate_after - rate_before)) FILTER (WHERE before > 0 AND after > 0) AS exchange,
		count(*) FILTER (WHERE before > 0 AND after > 0 AND rate_after <> rate_before) AS exchanged
	FROM amount) t, LATERAL (SELECT customers FROM movements(s) WHERE movement = 'exchange') m;
-- one rate is no exchange, and 1 is none: the summary is what it was
SELECT revenue_agg(before, after, was_customer, 'EUR', 1, 1) = revenue_agg(before, after, was_customer, 'EUR')
	AS rate_of_one, revenue_agg(before, after, was_customer, 'EUR', 2, 2)
	= revenue_agg(2 * before, 2 * after, was_customer, 'EUR') AS rate_of_two FROM amount;
-- a rate that no amount needs may be missing
SELECT revenue_agg(b, a, false, 'EUR', x, y) AS s
FROM (VALUES (5, NULL, 2, NULL), (NULL, 5, NULL, 3), (0, 0, NULL, NULL)) v (b, a, x, y);

--
-- Months
--
CREATE TEMP TABLE monthly AS SELECT month, revenue_agg(before, after, month) AS s,
		revenue_agg(before, after, was_customer, month) AS with_customer,
		revenue_agg(before, after, was_customer, 'EUR', month) AS in_eur,
		revenue_agg(before, after, was_customer, 'EUR', rate_before, rate_after, month) AS at_rates
	FROM amount GROUP BY month;
SELECT month, nrr(s) = nrr(plain) AND mrr_end(with_customer) = mrr_end(plain) AND arpa(s) = arpa(plain)
		AND customers_at_start(s) = customers_at_start(plain) AS as_without,
	months_of(s), months_of(plain) AS unknown, currency_of(in_eur)
FROM monthly JOIN (SELECT month, revenue_agg(before, after) AS plain FROM amount GROUP BY month) p USING (month)
ORDER BY month;
-- several have movements, but no start and no end; parts of a month have both
SELECT months_of(sum(s)), expansion_mrr(sum(s)) > 0 AS expansion, quick_ratio(sum(s)) > 0 AS ratio,
	exchange_mrr(sum(at_rates)) <> 0 AS exchange FROM monthly;
SELECT nrr(sum(part)) = nrr(s) AS of_parts
FROM monthly JOIN (SELECT month, revenue_agg(before, after, month) AS part FROM amount GROUP BY month, n % 5) p
	USING (month) GROUP BY month, s ORDER BY month;
SELECT month, nrr(sum(s) OVER () - sum(s) OVER w) = nrr(s) AS of_the_rest, months_of(sum(s) OVER w)
FROM monthly WINDOW w AS (ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)
ORDER BY month;
-- a window that moves on forgets the months behind it
SELECT max(cardinality(months_of(s))) AS months, bool_and(s = again) AS same
FROM (SELECT n, revenue_agg(n, n + 1, date '2025-01-01' + n) OVER (ORDER BY n ROWS 2 PRECEDING) AS s
	FROM generate_series(1, 3000) n) t,
	LATERAL (SELECT revenue_agg(m, m + 1, date '2025-01-01' + m) AS again
		FROM generate_series(greatest(n - 2, 1), n) m) u;
SELECT cardinality(months_of(sum(s))) FROM (SELECT revenue_agg(1, 1, date '2025-01-01' + n) AS s
	FROM generate_series(1, 1200) n GROUP BY n % 7) t;

--
-- Twelve months: four accounts of 100, of which in each of the first three months one shrinks to 60 and grows
-- back, and one leaves in the last. Its two ends give what is right, added months what is wrong, or nothing.
--
CREATE TEMP TABLE paid AS
	SELECT customer, month::date, CASE WHEN customer = 4 AND m >= 12 THEN 0 WHEN customer = m THEN 60 ELSE 100 END AS mrr
	FROM generate_series(1, 4) customer, generate_series(timestamp '2024-12-01', '2025-12-01', '1 month')
		WITH ORDINALITY t (month, n), LATERAL (SELECT n - 1 AS m) i;
SELECT nrr(revenue_agg(b.mrr, a.mrr)) AS of_the_year FROM paid b JOIN paid a USING (customer)
WHERE b.month = '2024-12-01' AND a.month = '2025-12-01';
CREATE TEMP TABLE paid_monthly AS
	SELECT a.month, revenue_agg(b.mrr, a.mrr) AS s, revenue_agg(b.mrr, a.mrr, a.month) AS of_month
	FROM paid b JOIN paid a ON a.customer = b.customer AND a.month = b.month + interval '1 month' GROUP BY a.month;
SELECT round(nrr(sum(s))::numeric, 4) AS added_up FROM paid_monthly;

--
-- Every change: one customer goes from 40 to 90 and back, one comes with 25 and is gone before the end
--
CREATE TEMP TABLE change (customer integer, day date, mrr numeric);
INSERT INTO change VALUES (1, '2025-01-01', 40), (1, '2025-04-10', 90), (1, '2025-04-20', 40),
	(2, '2025-04-05', 25), (2, '2025-04-25', 0);
CREATE TEMP TABLE history AS
	SELECT customer, array_agg(day) AS days, array_agg(mrr) AS amounts FROM change GROUP BY customer;
CREATE TEMP TABLE april AS
	SELECT revenue_change_agg(days, amounts, '[2025-04-01,2025-05-01)') AS s FROM history;
SELECT mrr_start(s), mrr_end(s), nrr(s), grr(s), quick_ratio(s), customers_at_start(s) AS at_start,
	customers_at_end(s) AS at_end, months_of(s) FROM april;
SELECT c.*, e.amount AS by_ends, e.customers AS customers_by_ends
FROM april, movements(s) c, movements(s, 'ends') e WHERE c.movement = e.movement;
SELECT bool_and(c = m) AS same, count(*) FROM april, movements(s, 'changes') c, movements(s) m
WHERE c.movement = m.movement;

-- random changes against plain SQL: steps by lag(), ends by the last before a day
CREATE TEMP TABLE step AS
	SELECT customer, day, abs(hashint8extended(customer * 1000 + k, 7) % 4) * 12.5 AS mrr
	FROM generate_series(1, 400) customer, generate_series(1, 1 + customer % 9) k,
		LATERAL (SELECT date '2025-01-01' + k * 13 + abs(hashint8extended(customer * 1000 + k, 8) % 13)::integer AS day) d;
CREATE TEMP TABLE stepped AS
	SELECT month, revenue_change_agg(days, amounts, month) AS s,
		revenue_change_agg(days, amounts, month, 'EUR') AS in_eur,
		revenue_agg(before, after, was_customer, lower(month)) AS ends
	FROM (SELECT customer, array_agg(day ORDER BY hashint4extended(extract(day FROM day)::integer, 3)) AS days,
			array_agg(mrr ORDER BY hashint4extended(extract(day FROM day)::integer, 3)) AS amounts
		FROM step GROUP BY customer) h,
		(SELECT daterange(m::date, (m + interval '1 month')::date) AS month
		FROM generate_series(timestamp '2025-01-01', '2025-05-01', '1 month') m) months,
		LATERAL (SELECT (array_agg(mrr ORDER BY day DESC) FILTER (WHERE day < lower(month)))[1] AS before,
				(array_agg(mrr ORDER BY day DESC) FILTER (WHERE day < upper(month)))[1] AS after,
				bool_or(mrr > 0) FILTER (WHERE day < lower(month)) AS was_customer
			FROM step WHERE step.customer = h.customer) e
	GROUP BY month;
CREATE TEMP TABLE stepwise AS
	SELECT month, movement, sum(mrr - before) AS amount, count(DISTINCT customer) AS customers
	FROM (SELECT *, CASE WHEN mrr = before THEN NULL WHEN mrr = 0 THEN 'churned' WHEN before > 0 THEN
				CASE WHEN mrr > before THEN 'expansion' ELSE 'contraction' END
			WHEN was_customer THEN 'reactivated' ELSE 'new' END AS movement
		FROM (SELECT *, coalesce(lag(mrr) OVER w, 0) AS before,
				coalesce(max(mrr) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) > 0 AS was_customer
			FROM step WINDOW w AS (PARTITION BY customer ORDER BY day)) l) k
		JOIN stepped ON day <@ month
	WHERE movement IS NOT NULL GROUP BY month, movement;
SELECT lower(month) AS month, bool_and(m.amount = coalesce(p.amount, 0) AND m.customers = coalesce(p.customers, 0)) AS steps,
	mrr_start(s) = mrr_start(ends) AND mrr_end(s) = mrr_end(ends) AND nrr(s) IS NOT DISTINCT FROM nrr(ends)
		AND grr(s) IS NOT DISTINCT FROM grr(ends) AND customers_at_end(s) = customers_at_end(ends)
		AND mrr_start(s) + sum(m.amount) = mrr_end(s) AS ends,
	(in_eur::jsonb - 'currency')::revenue_summary = s AS in_eur,
	(SELECT bool_and(a.amount = b.amount AND a.customers = b.customers) FROM movements(s, 'ends') a
		JOIN movements(ends) b ON a.movement = b.movement) AS by_ends
FROM (SELECT stepped.*, moved.* FROM stepped, movements(s) moved) m LEFT JOIN stepwise p USING (month, movement)
GROUP BY month, s, ends, in_eur ORDER BY month;
-- at rates: steps of whoever had revenue at the start by the rate of then, those of others by that of the end
SELECT movement, amount, customers
FROM movements((SELECT revenue_change_agg(days, amounts, '[2025-04-01,2025-05-01)', 'EUR', 0.90, 0.95) FROM history));
CREATE TEMP TABLE stepped_at_rates AS
	SELECT lower(month) AS month, revenue_change_agg(days, amounts, month, 'EUR', rate_before, rate_after) AS s,
		revenue_agg(before, after, was_customer, 'EUR', rate_before, rate_after, lower(month)) AS ends,
		revenue_change_agg(days, amounts, month, 'EUR', 1, 1) = revenue_change_agg(days, amounts, month, 'EUR')
			AS rate_of_one, sum(gained) AS gained, sum(lost) AS lost
	FROM (SELECT customer, array_agg(day) AS days, array_agg(mrr) AS amounts,
			(ARRAY[1, 0.92, 0.0075])[1 + customer % 3] AS rate_before, (ARRAY[1, 0.9, 0.008])[1 + customer % 3] AS rate_after
		FROM step GROUP BY customer) h, (SELECT month FROM stepped) months,
		LATERAL (SELECT (array_agg(mrr ORDER BY day DESC) FILTER (WHERE day < lower(month)))[1] AS before,
				(array_agg(mrr ORDER BY day DESC) FILTER (WHERE day < upper(month)))[1] AS after,
				bool_or(mrr > 0) FILTER (WHERE day < lower(month)) AS was_customer
			FROM step WHERE step.customer = h.customer) e,
		LATERAL (SELECT sum(greatest(mrr - was, 0) * rate) AS gained, sum(least(mrr - was, 0) * rate) AS lost
			FROM (SELECT day, mrr, coalesce(lag(mrr) OVER (ORDER BY day), 0) AS was,
					CASE WHEN before > 0 THEN rate_before ELSE rate_after END AS rate
				FROM step WHERE step.customer = h.customer) l WHERE day <@ month) g
	GROUP BY month;
SELECT month, new_mrr(s) + expansion_mrr(s) + reactivated_mrr(s) = gained AS gained, contraction_mrr(s) + churned_mrr(s) = lost AS lost,
	exchange_mrr(s) = exchange_mrr(ends) AS exchange, exchange_mrr(s) <> 0 AS there_is_some,
	mrr_start(s) = mrr_start(ends) AND mrr_end(s) = mrr_end(ends) AND nrr(s) IS NOT DISTINCT FROM nrr(ends)
		AND mrr_start(s) + gained + lost + exchange_mrr(s) = mrr_end(s) AS ends, rate_of_one
FROM stepped_at_rates ORDER BY month;
-- whoever came and went is valued at the end; a rate that no amount needs may be missing
SELECT new_mrr(s), churned_mrr(s), s FROM (SELECT revenue_change_agg('{2025-04-02,2025-04-09}', '{7,0}', '[2025-04-01,2025-05-01)', NULL, NULL, 2) AS s) t;
SELECT churned_mrr(revenue_change_agg('{2025-03-02,2025-04-09}', '{7,NULL}', '[2025-04-01,2025-05-01)', NULL, 3, NULL)) AS gone,
	revenue_change_agg('{2025-03-02,2025-03-09}', '{7,0}', '[2025-04-01,2025-05-01)', 'EUR', NULL, NULL) AS gone_before;
-- nothing to count, and what does not matter
SELECT revenue_change_agg('{}', '{}', '[2025-04-01,2025-05-01)') AS nothing,
	revenue_change_agg(NULL, NULL, '[2025-04-01,2025-05-01)') AS null,
	revenue_change_agg('{2025-05-01}', '{7}', '[2025-04-01,2025-05-01)') AS later,
	revenue_change_agg('{2025-01-01,2025-02-01}', '{7,0}', '[2025-04-01,2025-05-01)') AS gone_before,
	revenue_change_agg('{2025-04-02}', '{NULL}', '[2025-04-01,2025-05-01)') AS never;
SELECT revenue_change_agg('{2025-04-02,2025-04-02,-infinity,infinity}', '{7,7.0,5,9}', '[2025-04-01,2025-05-01)') AS s;
-- somebody who only came and went is counted, and can be taken out
SELECT s, s - s = s0 AS taken_out, customers_at_start(s) AS at_start, nrr(s)
FROM (SELECT revenue_change_agg('{2025-04-02,2025-04-09}', '{7,0}', '[2025-04-01,2025-05-01)') AS s,
	'{"months": {}, "changes": true}'::revenue_summary AS s0) t;

--
-- Sizes: a summary of a month of 1.0.0's amounts, and the same with the month and every change
--
SELECT pg_column_size(revenue_agg(before, after)) AS plain, pg_column_size(revenue_agg(before, after, date '2025-01-01')) AS month
FROM amount;

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$nrr(sum(of_month)) FROM paid_monthly$$),
	($$mrr_start(sum(of_month)) FROM paid_monthly$$),
	($$mrr_end(sum(of_month)) FROM paid_monthly$$),
	($$grr(sum(of_month)) FROM paid_monthly$$),
	($$gross_revenue_churn(sum(of_month)) FROM paid_monthly$$),
	($$net_revenue_churn(sum(of_month)) FROM paid_monthly$$),
	($$arpa(sum(of_month)) FROM paid_monthly$$),
	($$customers_at_start(sum(of_month)) FROM paid_monthly$$),
	($$customers_at_end(sum(of_month)) FROM paid_monthly$$),
	($$sum(CASE WHEN month < '2025-06-01' THEN of_month ELSE s END) FROM paid_monthly$$),
	($$revenue_agg(5, 5, NULL::date)$$),
	($$revenue_agg(5, 5, date 'infinity')$$),
	($$revenue_agg(5, 5, '2025-01-01')$$),
	($$revenue_agg(5, 5, true, '2025-01-01')$$),
	($$revenue_agg(5, 5, date '2025-01-01' + n) FROM generate_series(1, 1201) n$$),
	($$revenue_agg(49, 49 - 50)$$),
	($$revenue_agg(5, 5, true, 'EUR', 0, 1)$$),
	($$revenue_agg(5, 5, true, 'EUR', 1, -0.9)$$),
	($$revenue_agg(5, 5, true, 'EUR', 1, 'NaN')$$),
	($$revenue_agg(5, 5, true, 'EUR', 'Infinity', 1)$$),
	($$revenue_agg(5, 5, true, 'EUR', NULL, 1)$$),
	($$revenue_agg(5, 5, true, 'EUR', 1, NULL)$$),
	($$revenue_agg(5, 5, true, c, 1, 1) FROM (VALUES ('EUR'), ('USD')) v (c)$$),
	($$revenue_agg(-5, 5, true, 'EUR', 1, 1)$$),
	($$revenue_change_agg('{2025-04-02,2025-04-02}', '{7,8}', '[2025-04-01,2025-05-01)')$$),
	($$revenue_change_agg('{2025-03-02}', '{7}', '[2025-04-01,2025-05-01)', 'EUR', NULL, 1)$$),
	($$revenue_change_agg('{2025-03-02}', '{7}', '[2025-04-01,2025-05-01)', 'EUR', 1, NULL)$$),
	($$revenue_change_agg('{2025-04-02,2025-04-03}', '{7,0}', '[2025-04-01,2025-05-01)', 'EUR', 1, NULL)$$),
	($$revenue_change_agg('{2025-04-02}', '{7}', '[2025-04-01,2025-05-01)', 'EUR', 0, -1)$$),
	($$revenue_change_agg('{2025-04-02}', '{7,8}', '[2025-04-01,2025-05-01)')$$),
	($$revenue_change_agg('{NULL}', '{7}', '[2025-04-01,2025-05-01)')$$),
	($$revenue_change_agg('{2025-04-02}', '{-7}', '[2025-04-01,2025-05-01)')$$),
	($$revenue_change_agg('{2025-04-02}', '{7}', 'empty')$$),
	($$revenue_change_agg('{2025-04-02}', '{7}', '[2025-04-01,)')$$),
	($$revenue_change_agg('{2025-04-02}', '{7}', NULL)$$),
	($$movements(s, 'gross') FROM april$$),
	($$movements(revenue_agg(5, 6), 'changes')$$),
	($$revenue_agg(5, 5, date '2025-04-01') + s FROM april GROUP BY s$$),
	($$monthly_amount(5, '0')$$),
	($$monthly_amount(5, '-1 month')$$),
	($$monthly_amount('NaN', '1 month')$$),
	($$monthly_amount(5, '1 month', -1)$$),
	($$'{"changes": 1}'::revenue_summary$$),
	($$'{"months": {"1/2/2025": 1}}'::revenue_summary$$),
	($$'{"months": {"2025-01-01": -1}}'::revenue_summary$$),
	($$'{"months": {"2025-01-01": 1}}'::revenue_summary$$),
	($$'{"months": {}, "amounts": {"start": 5}, "customers": {"unchanged": 1}}'::revenue_summary$$),
	($$'{"months": [1]}'::revenue_summary$$),
	($$'{"amounts": {"start": 5, "exchange_loss": 5}, "customers": {"unchanged": 1, "exchange_loss": 1}}'::revenue_summary$$),
	($$'{"amounts": {"exchange_gain": 5}, "customers": {"exchange_gain": 1}}'::revenue_summary$$),
	($$'{"customers": {"new_and_churned": 1}}'::revenue_summary$$),
	($$'{"amounts": {"every_new": 5}, "customers": {"every_new": 1}}'::revenue_summary$$),
	($$'{"changes": true, "amounts": {"every_new": 5}, "customers": {"every_new": 1}}'::revenue_summary$$),
	($$format('{"months": {%s}}', (SELECT string_agg(to_json(date '2025-01-01' + n)::text || ': 1', ', ')
		FROM generate_series(1, 1201) n))::revenue_summary$$)) v (statement);
