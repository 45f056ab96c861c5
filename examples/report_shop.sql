-- Who buys without a contract: the part of report.sql that is about invoices for something else than
-- a subscription. Left out without any, or where nothing can be learnt from them.

-- One row a customer: the days of the orders, and what was spent on each but the first.
CREATE OR REPLACE TEMP VIEW buyer AS
SELECT activity_agg(issued_on) AS days,
	   count(*) - 1 AS repeats,
	   avg(spent) FILTER (WHERE issued_on > first_on) AS mean_spend
FROM (
	SELECT tenant, customer, issued_on, sum(amount) AS spent,
		   min(issued_on) OVER (PARTITION BY tenant, customer) AS first_on
	FROM invoice
	WHERE subscription IS NULL AND customer IS NOT NULL AND status IS DISTINCT FROM 'void'
	  AND issued_on <= :'today'
	GROUP BY tenant, customer, issued_on
	HAVING sum(amount) > 0
) AS order_day
GROUP BY tenant, customer;

-- NULL instead of an error where no model fits best.
CREATE OR REPLACE FUNCTION pg_temp.bg_nbd(s purchase_summary) RETURNS bg_nbd_model
LANGUAGE plpgsql AS $$
BEGIN
	RETURN bg_nbd_fit(s);
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION pg_temp.gamma_gamma(s spend_summary) RETURNS gamma_gamma_model
LANGUAGE plpgsql AS $$
BEGIN
	RETURN gamma_gamma_fit(s);
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN NULL;
END $$;

SELECT buying, spending, buying IS NOT NULL AND spending IS NOT NULL AS has_buyers
FROM (
	SELECT pg_temp.bg_nbd(purchase_agg(days, :'today')) AS buying,
		   pg_temp.gamma_gamma(spend_agg(repeats, mean_spend)) AS spending
	FROM buyer
) AS fitted \gset

\if :has_buyers
\echo
\echo '━━━ Buying without a contract: who is still there, and what to expect in the next 90 days'
\echo

CREATE OR REPLACE TEMP VIEW prospect AS
SELECT repeats, last_day(days) AS last_on,
	   probability_alive(:'buying'::bg_nbd_model, days, :'today') AS alive,
	   expected_purchases(:'buying'::bg_nbd_model, days, :'today', 90) AS orders,
	   expected_spend(:'spending'::gamma_gamma_model, repeats, mean_spend) AS spend
FROM buyer;

SELECT coalesce(least(repeats, 6)::text || CASE WHEN repeats >= 6 THEN '+' ELSE '' END, 'together')
		   AS "repeat orders",
	   count(*) AS customers,
	   round(100 * avg(alive)::numeric, 1) AS "% still there",
	   round(sum(orders)::numeric, 1) AS orders,
	   round((sum(orders * spend) / sum(orders))::numeric, 2) AS "worth each",
	   round((sum(orders * spend) / 1000)::numeric, 1) AS "thousands",
	   repeat('█', round(40 * sum(orders) / max(sum(orders)) OVER ())::integer) AS "share of orders"
FROM prospect
GROUP BY GROUPING SETS ((least(repeats, 6), CASE WHEN repeats >= 6 THEN '+' ELSE '' END), ())
ORDER BY least(repeats, 6) NULLS LAST;
\echo '  By BG/NBD and Gamma-Gamma. Who has bought once has had no occasion to leave yet: 100 %.'
\endif
