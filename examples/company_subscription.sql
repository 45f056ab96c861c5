-- What the customers of the demo company pay for, and when they are there: the tables subscription
-- and login. Included by company.sql, whose chance this uses.

-- A new line for each price: a customer with several lines is one customer.
CREATE TABLE subscription (
	customer_id integer NOT NULL REFERENCES customer,
	contract    text NOT NULL CHECK (contract IN ('monthly', 'one year', 'two years')),
	started_on  date NOT NULL,
	ended_on    date,            -- the first day without it
	monthly     numeric NOT NULL -- Indian rupees
);

-- A day on which a customer who joined in the last year used the portal.
CREATE TABLE login (
	customer_id integer NOT NULL REFERENCES customer,
	day         date NOT NULL
);

WITH contract AS (
	SELECT id, joined_on,
		   (ARRAY['monthly', 'one year', 'two years'])[kind] AS contract,
		   (ARRAY[620, 180, 60])[kind] - 9 * pg_temp.disposition(id) AS leaving, -- per 10,000 and quarter
		   CASE segment WHEN 'Consumer' THEN 799 WHEN 'Small business' THEN 1899
						WHEN 'Enterprise' THEN 9999 ELSE 4499 END
			   * (ARRAY[1, 1.25, 1.5])[1 + pg_temp.dice(id, 42, 3)] AS monthly
	FROM customer
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
	SELECT id, contract, monthly, joined_on AS started_on, ended_on FROM stay
	UNION ALL
	SELECT id, 'monthly', monthly, ended_on + 20 + pg_temp.dice(id, 45, 180), NULL
	FROM stay
	WHERE ended_on IS NOT NULL AND pg_temp.dice(id, 44, 8) = 0
),
-- one in three moves to another plan after a year or more, two of three of them to a larger one
moved AS (
	SELECT *, CASE WHEN pg_temp.dice(id, 46, 3) = 0
				   THEN started_on + 365 + pg_temp.dice(id, 47, 500) END AS moved_on,
		   CASE WHEN pg_temp.dice(id, 48, 3) > 0 THEN 1.3 ELSE 0.8 END AS factor
	FROM stays
),
lines AS (
	SELECT id, contract, started_on, least(ended_on, moved_on) AS ended_on, monthly FROM moved
	UNION ALL
	SELECT id, contract, moved_on, ended_on, round(monthly * factor, 2) FROM moved
	WHERE moved_on < coalesce(ended_on, 'infinity')
)
INSERT INTO subscription (customer_id, contract, started_on, ended_on, monthly)
SELECT id, contract, started_on, CASE WHEN ended_on <= '2025-12-31' THEN ended_on END, monthly
FROM lines
WHERE started_on <= '2025-12-31'
ORDER BY id, started_on;

INSERT INTO login (customer_id, day)
SELECT id, joined_on FROM customer WHERE joined_on >= '2025-01-01'
UNION
SELECT id, joined_on + 7 * week + pg_temp.dice(id * 100 + week, 51, 7)
FROM customer, generate_series(0, 52) AS week
WHERE joined_on >= '2025-01-01'
  AND joined_on + 7 * week + pg_temp.dice(id * 100 + week, 51, 7) <= '2025-12-31'
  AND pg_temp.dice(id * 100 + week, 50, 1000) < 60 + 2 * pg_temp.disposition(id) + 500 / (2 + week);

ANALYZE subscription, login;
