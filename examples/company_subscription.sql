-- What the customers of the demo company pay for, for company.sql, whose chance this uses: the
-- relations subscription and invoice.

CREATE FUNCTION pg_temp.midnight(day date) RETURNS timestamptz
IMMUTABLE PARALLEL SAFE
RETURN day::timestamp AT TIME ZONE 'UTC';

CREATE TEMP TABLE payment AS
WITH contract AS (
	SELECT id, joined_on,
		   (ARRAY['monthly', 'one year', 'two years'])[kind] AS contract,
		   (ARRAY[620, 180, 60])[kind] - 9 * pg_temp.disposition(id) AS leaving, -- per 10,000 and quarter
		   CASE segment WHEN 'Consumer' THEN 799 WHEN 'Small business' THEN 1899
						WHEN 'Enterprise' THEN 9999 ELSE 4499 END
			   * (ARRAY[1, 1.25, 1.5])[1 + pg_temp.dice(id, 42, 3)] AS monthly
	FROM person
	CROSS JOIN LATERAL (SELECT 1 + (dice >= 55)::integer + (dice >= 85)::integer AS kind
						FROM pg_temp.dice(id, 40, 100) AS dice) AS kind
),
left_in AS (
	SELECT id, min(quarter) AS quarter
	FROM contract, generate_series(1, 20) AS quarter
	WHERE pg_temp.dice(id * 100 + quarter, 41, 10000) < leaving
	GROUP BY id
),
stay AS (
	SELECT contract.*, joined_on + 91 * quarter - pg_temp.dice(id, 43, 91) AS ended_on
	FROM contract LEFT JOIN left_in USING (id)
),
-- one in eight of those who leave is back some weeks or months later
stays AS (
	SELECT id, 1 AS stay, contract, monthly, joined_on AS started_on, ended_on FROM stay
	UNION ALL
	SELECT id, 2, 'monthly', monthly, ended_on + 20 + pg_temp.dice(id, 45, 180), NULL
	FROM stay
	WHERE ended_on IS NOT NULL AND pg_temp.dice(id, 44, 8) = 0
),
-- one in three changes the speed after a year or more, two of three of them to a higher one
moved AS (
	SELECT *, CASE WHEN pg_temp.dice(id, 46, 3) = 0
				   THEN started_on + 365 + pg_temp.dice(id, 47, 500) END AS moved_on,
		   CASE WHEN pg_temp.dice(id, 48, 3) > 0 THEN 1.3 ELSE 0.8 END AS factor
	FROM stays
),
lines AS (
	SELECT id, stay, contract, started_on, least(ended_on, moved_on) AS ended_on, monthly,
		   ended_on <= moved_on OR moved_on IS NULL AS leaves
	FROM moved
	UNION ALL
	SELECT id, stay, contract, moved_on, ended_on, round(monthly * factor, 2), true FROM moved
	WHERE moved_on < coalesce(ended_on, 'infinity')
)
SELECT id AS customer_id, stay, contract, started_on,
	   CASE WHEN ended_on <= '2025-12-31' THEN ended_on END AS ended_on, monthly,
	   CASE WHEN leaves AND ended_on IS NOT NULL
			THEN greatest(started_on, ended_on - pg_temp.dice(id, 54, 30)) END
		   AS cancelled_on
FROM lines
WHERE started_on <= '2025-12-31';

ANALYZE payment;

-- An end is announced up to 30 days before, so that some who are still there have announced theirs.
INSERT INTO subscription (tenant, subscription, chain, customer, plan, status, started_at, ended_at,
						  cancelled_at, amount, currency, period, mrr, cancel_reason)
SELECT 'demo', row_number() OVER (ORDER BY customer_id, started_on),
	   format('%s-%s', customer_id, stay), customer_id, contract,
	   CASE WHEN ended_on IS NULL THEN 'active' ELSE 'ended' END, pg_temp.midnight(started_on),
	   pg_temp.midnight(ended_on), pg_temp.midnight(told_on), round(monthly * months, 2), 'INR',
	   make_interval(months => months), monthly,
	   CASE WHEN told_on IS NOT NULL
			THEN (ARRAY['price', 'speed', 'outages', 'service', 'moved away', NULL])
				[1 + pg_temp.dice(customer_id, 55, 6)] END
FROM payment
CROSS JOIN LATERAL (SELECT CASE contract WHEN 'monthly' THEN 1 WHEN 'one year' THEN 12 ELSE 24 END,
						   CASE WHEN cancelled_on <= '2025-12-31' THEN cancelled_on END)
	AS terms (months, told_on)
ORDER BY customer_id, started_on;

-- The invoices of the last year, one at the begin of each period, with the tax of 18 %.
INSERT INTO invoice (tenant, invoice, customer, subscription, issued_on, amount, tax, currency,
					 status)
SELECT 'demo', row_number() OVER (ORDER BY issued_at, subscription::integer), customer, subscription,
	   issued_at::date, amount, round(amount * 0.18, 2), currency,
	   CASE WHEN issued_at >= '2025-12-17' AND pg_temp.dice(subscription::bigint, 56, 3) = 0
			THEN 'open' ELSE 'paid' END
FROM subscription
CROSS JOIN LATERAL generate_series(started_at AT TIME ZONE 'UTC',
	coalesce(ended_at AT TIME ZONE 'UTC' - interval '1 day', '2025-12-31'), period) AS issued_at
WHERE issued_at >= '2025-01-01'
ORDER BY issued_at, subscription::integer;
