-- The shop of the demo company, for company.sql: who orders there needs no subscription, and never says
-- good-bye. Invoices without a subscription in the relation invoice, and customers from 60001 on.

-- Each at a rate of his or her own, as often as an own chance of staying lets it be.
WITH buyer AS (
	SELECT id, date '2025-01-01' + pg_temp.dice(id, 80, 330) AS first_on,
		   -ln((1 + pg_temp.dice(id, 81, 1000000)) / 1000001.0::double precision) / 60 AS rate,
		   1 + floor(ln((1 + pg_temp.dice(id, 82, 1000000)) / 1000001.0::double precision)
			   / ln(((1 + pg_temp.dice(id, 83, 1000000)) / 1000001.0::double precision) ^ 0.4))
			   AS lasts,
		   -18000 / ln((1 + pg_temp.dice(id, 84, 1000)) * (1 + pg_temp.dice(id, 85, 1000))
			   * (1 + pg_temp.dice(id, 86, 1000)) * 0.9e-9::double precision) AS spends
	FROM generate_series(60001, 63000) AS id
),
ordered AS (
	SELECT id, nth, spends, first_on + ceil(sum(CASE WHEN nth = 0 THEN 0 ELSE
			   -ln((1 + pg_temp.dice(id, 90 + nth, 1000000)) / 1000001.0::double precision)
			   / rate END) OVER (PARTITION BY id ORDER BY nth))::integer AS day
	FROM buyer
	CROSS JOIN generate_series(0, 40) AS nth
	WHERE nth <= lasts
)
INSERT INTO invoice (tenant, invoice, customer, issued_on, amount, tax, currency, status)
SELECT 'demo', format('S%s', row_number() OVER (ORDER BY day, id)), id, day,
	   spend.amount, round(spend.amount * 0.18, 2), 'INR',
	   CASE WHEN pg_temp.dice(id, 200 + nth, 40) = 0 THEN 'void' ELSE 'paid' END
FROM ordered
CROSS JOIN LATERAL (SELECT round((spends * (0.02 + pg_temp.dice(id, 140 + nth, 1000) / 25000.0))
						   ::numeric, 2)) AS spend (amount)
WHERE day <= '2025-12-31';
