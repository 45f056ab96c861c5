-- Who leaves and who stays: the part of the report that needs the table subscription, and login.

SELECT to_regclass('demo.subscription') IS NOT NULL AS has_subscriptions,
	   to_regclass('demo.login') IS NOT NULL AS has_logins \gset

\if :has_subscriptions
SELECT format('[%s,%s)', :'today'::date + 1 - interval '1 year', :'today'::date + 1)::daterange
	   AS the_year,
	   (:'today'::date + 1 - interval '1 year')::date AS year_start \gset

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ Churn by segment since' :year_start 'by four conventions (% of customers)'
\echo

-- Whoever has several subscriptions is one customer: range_agg unites them.
WITH stay AS (
	SELECT customer_id, range_agg(daterange(started_on, ended_on)) AS active
	FROM subscription
	GROUP BY customer_id
)
SELECT segment,
	   customers_at_start(s) AS "at start",
	   lost_customers(s) AS lost,
	   customers_at_end(s) AS "at end",
	   round(100 * churn_rate(s)::numeric, 1) AS churn,
	   round(100 * churn_lower(s)::numeric, 1) AS lower,
	   round(100 * churn_upper(s)::numeric, 1) AS upper,
	   round(100 * churn_rate(s, 'net')::numeric, 1) AS net,
	   round(100 * churn_rate(s, 'average')::numeric, 1) AS average,
	   round(100 * churn_rate(s, 'stripe')::numeric, 1) AS stripe,
	   pg_temp.bar(100 * churn_lower(s), 100 * churn_upper(s), 0, 40, 20) AS "0        20       40"
FROM (
	SELECT segment, churn_agg(active, :'the_year'::daterange) AS s
	FROM stay
	JOIN customer ON customer.id = customer_id
	GROUP BY segment
) AS by_segment
ORDER BY churn_rate(s) DESC;
\echo '  churn: lost / at start. net: new customers hide lost ones, below 0 there are more than before.'

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ Monthly recurring revenue over the year, in thousands'
\echo

CREATE OR REPLACE TEMP VIEW revenue_of_the_year AS
SELECT revenue_agg(before, after, first_day < :'year_start', 'INR') AS s
FROM (
	SELECT customer_id, min(started_on) AS first_day,
		   sum(monthly) FILTER (WHERE daterange(started_on, ended_on) @> :'year_start'::date - 1)
			   AS before,
		   sum(monthly) FILTER (WHERE daterange(started_on, ended_on) @> :'today'::date) AS after
	FROM subscription
	GROUP BY customer_id
) AS account;

-- The bar of a step lies between what there was before it and what there is after it.
WITH step AS (
	SELECT 1 AS nth, 'at start' AS step, mrr_start(s) AS amount, customers_at_start(s) AS customers,
		   true AS total
	FROM revenue_of_the_year
	UNION ALL
	SELECT 1 + row_number() OVER (), movement, amount, customers, false
	FROM revenue_of_the_year, movements(s)
	UNION ALL
	SELECT 9, 'at end', mrr_end(s), customers_at_end(s), true FROM revenue_of_the_year
),
running AS (
	SELECT *, CASE WHEN total THEN 0 ELSE sum(amount) OVER w - amount END AS low,
		   CASE WHEN total THEN amount ELSE sum(amount) OVER w END AS high
	FROM step
	WINDOW w AS (ORDER BY nth)
)
SELECT step, to_char(amount / 1000, 'FM999,990.0') AS amount, customers,
	   repeat(' ', floor(40 * least(low, high) / max(greatest(low, high)) OVER ())::integer)
	   || repeat('█', greatest(1, round(40 * abs(high - low) / max(greatest(low, high)) OVER ())::integer))
		   AS waterfall
FROM running
ORDER BY nth;

SELECT format('Start and movements make the end: %s + %s = %s. GRR %s %%, NRR %s %%, quick ratio %s.',
			  mrr_start(s), sum(amount), mrr_end(s), round(100 * grr(s)::numeric, 1),
			  round(100 * nrr(s)::numeric, 1), round(quick_ratio(s)::numeric, 2)) AS reading
FROM revenue_of_the_year, movements(s)
GROUP BY s \gset
\echo ' ' :reading

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ How long customers stay, by contract (days, up to' :today')'
\echo

-- From the first day to the first end; a second stay is another story.
CREATE OR REPLACE TEMP VIEW lifetime AS
SELECT customer_id, (array_agg(contract ORDER BY started_on))[1] AS contract,
	   lower(range_agg(daterange(started_on, ended_on))) AS started,
	   (SELECT upper(stay) FROM unnest(range_agg(daterange(started_on, ended_on))) AS stay
		ORDER BY stay LIMIT 1) AS ended
FROM subscription
GROUP BY customer_id;

CREATE OR REPLACE TEMP VIEW survival_by_contract AS
SELECT contract, survival_agg(started, ended, :'today') AS s
FROM lifetime
GROUP BY contract;

SELECT contract,
	   events(s) AS "left",
	   censored(s) AS "still here",
	   median_survival(s) AS median,
	   round(restricted_mean(s, 1095)::numeric) AS "mean of 3 years",
	   round(100 * survival(s, 365)::numeric, 1) AS "% after 1",
	   round(100 * survival(s, 730)::numeric, 1) AS "after 2",
	   round(100 * survival(s, 1095)::numeric, 1) AS "after 3 years",
	   pg_temp.sparkline(ARRAY(SELECT survival(s, 60 * n) FROM generate_series(0, 24) AS n), 0, 1)
		   AS "4 years"
FROM survival_by_contract
ORDER BY survival(s, 365);

SELECT format('%s against %s: %s %% and %s %% are still here after a year, log-rank p %s.',
			  a.contract, b.contract, round(100 * survival(a.s, 365)::numeric, 1),
			  round(100 * survival(b.s, 365)::numeric, 1),
			  CASE WHEN p_value < 0.0001 THEN '< 0.0001' ELSE '= ' || round(p_value::numeric, 4) END)
	   AS reading
FROM survival_by_contract AS a, survival_by_contract AS b, logrank_test(a.s, b.s)
WHERE a.contract = 'monthly' AND b.contract = 'two years' \gset
\echo ' ' :reading
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_logins
\echo
\echo '━━━ Who comes back to the portal: % of the customers who joined in a month, by months since'
\echo

WITH activity AS (
	SELECT customer_id, activity_agg(day) AS days FROM login GROUP BY customer_id
),
cohort AS (
	SELECT to_char(first_day(days), 'YYYY-MM') AS joined, retention_agg(days, 'month', :'today') AS s
	FROM activity
	GROUP BY joined
	UNION ALL
	SELECT 'together', retention_agg(days, 'month', :'today') FROM activity
)
SELECT joined, period, round(100 * rate::numeric)
FROM cohort, retention_curve(s)
ORDER BY joined, period
\crosstabview
\echo '  A month that has not ended is not shown. "together" adds up customers, not rates.'
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_subscriptions
\if :has_nps
\echo
\echo '━━━ Do promoters stay? Churn since' :year_start 'by the last NPS answer before'
\echo

CREATE OR REPLACE TEMP VIEW churn_by_answer AS
WITH answer AS (
	SELECT DISTINCT ON (customer_id) customer_id,
		   CASE WHEN score >= 9 THEN 'promoters' WHEN score >= 7 THEN 'passives'
				ELSE 'detractors' END AS kind
	FROM response
	WHERE survey = 'nps' AND score IS NOT NULL AND answered_at < :'year_start'
	ORDER BY customer_id, answered_at DESC
)
SELECT kind, churn_agg(active, :'the_year'::daterange) AS s,
	   survival_agg(:'year_start'::date, leaves_on, :'today') AS stay
FROM answer
JOIN (
	SELECT customer_id, range_agg(daterange(started_on, ended_on)) AS active,
		   max(coalesce(ended_on, 'infinity')) AS leaves_on
	FROM subscription
	GROUP BY customer_id
) AS account USING (customer_id)
WHERE active @> :'year_start'::date - 1 AND leaves_on >= :'year_start'
GROUP BY kind;

SELECT kind, customers_at_start(s) AS customers,
	   round(100 * churn_rate(s)::numeric, 1) AS churn,
	   round(100 * churn_lower(s)::numeric, 1) AS lower,
	   round(100 * churn_upper(s)::numeric, 1) AS upper,
	   pg_temp.bar(100 * churn_lower(s), 100 * churn_upper(s), 0, 40, 20) AS "0        20       40"
FROM churn_by_answer
ORDER BY churn_rate(s);

SELECT coalesce((
	SELECT format('Detractors leave at %s times the pace of promoters (log-rank p %s).',
				  round(exp(difference)::numeric, 2),
				  CASE WHEN p_value < 0.0001 THEN '< 0.0001' ELSE '= ' || round(p_value::numeric, 4) END)
	FROM churn_by_answer AS a, churn_by_answer AS b, logrank_test(a.stay, b.stay)
	WHERE a.kind = 'detractors' AND b.kind = 'promoters' AND p_value IS NOT NULL),
	'There are no two kinds to compare.') AS reading \gset
\echo ' ' :reading
\endif
\endif
