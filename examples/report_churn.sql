-- Who leaves and who stays: the part of report.sql that is about subscriptions, and about visits,
-- which are events with a session. Left out without any.

SELECT (SELECT count(*) > 0 FROM subscription) AS has_subscriptions,
	   (SELECT count(session) > 0 FROM event WHERE at >= :'since') AS has_visits \gset

\if :has_subscriptions
SELECT format('[%s,%s)', :'since'::date, :'today'::date + 1)::tstzrange AS the_year,
	   :'since'::date::timestamptz AS year_start, (:'today'::date + 1)::timestamptz AS year_end,
	   mode() WITHIN GROUP (ORDER BY currency) AS currency,
	   count(mrr) FILTER (WHERE currency IS NOT NULL) > 0 AS has_revenue
FROM subscription \gset

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ Churn by segment since' :since 'by four conventions (% of customers)'
\echo

-- Whoever has several subscriptions is one customer: range_agg unites them.
WITH stay AS (
	SELECT tenant, customer, range_agg(tstzrange(started_at, ended_at)) AS active
	FROM subscription
	GROUP BY tenant, customer
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
	SELECT segments[1] AS segment, churn_agg(active, :'the_year'::tstzrange) AS s
	FROM stay
	LEFT JOIN customer USING (tenant, customer)
	GROUP BY segment
) AS by_segment
ORDER BY churn_rate(s) DESC;
\echo '  churn: lost / at start. net: new customers hide lost ones, below 0 there are more than before.'

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ Growth by month: who came, who came back, who stayed, who left (customers)'
\echo

CREATE OR REPLACE TEMP VIEW growth AS
SELECT first_of_month::date AS month,
	   churn_agg(active, tstzrange(first_of_month, first_of_month + interval '1 month')) AS s
FROM (
	SELECT range_agg(tstzrange(started_at, ended_at)) AS active
	FROM subscription
	GROUP BY tenant, customer
) AS stay
CROSS JOIN generate_series(date_trunc('month', :'year_start'::timestamptz),
	:'year_end'::timestamptz - interval '1 month', interval '1 month') AS first_of_month
GROUP BY first_of_month;

SELECT to_char(month, 'YYYY-MM') AS month,
	   customers_at_start(s) AS "at start",
	   customers_at_start(s) - lost_customers(s) AS retained,
	   new_customers(s) AS new,
	   reactivated_customers(s) AS reactivated,
	   lost_customers(s) AS lost,
	   customers_at_end(s) AS "at end",
	   customers_at_end(s) - customers_at_start(s) AS growth,
	   repeat('▒', round(30 * lost_customers(s)
		   / greatest(max(lost_customers(s)) OVER (), 1)::numeric)::integer) AS "how many left"
FROM growth
ORDER BY month;

-- Each month is a group of its own, since months may differ by more than chance makes them.
SELECT coalesce((
	SELECT format('Next month some %s of %s will leave, between %s and %s (95 %%), as these months went.',
				  round(predicted_by_prior(prior, now)), now,
				  predicted_by_prior_lower(prior, now), predicted_by_prior_upper(prior, now))
	FROM (
		SELECT share_prior(jsonb_build_object('scale', '0..1', 'responses', jsonb_build_object(
				   '0', customers_at_start(s) - lost_customers(s), '1', lost_customers(s)))
				   ::rating_summary) AS prior,
			   (array_agg(customers_at_end(s) ORDER BY month DESC))[1] AS now
		FROM growth
	) AS months
	WHERE predicted_by_prior_lower(prior, now) IS NOT NULL), 'There are no months to learn from.')
	AS reading \gset
\echo ' ' :reading

-- ---------------------------------------------------------------------------------------------
\if :has_revenue
\echo
\echo '━━━ Monthly recurring revenue over the year, in thousands of' :currency
\echo

CREATE OR REPLACE TEMP VIEW revenue_of_the_year AS
SELECT revenue_agg(before, after, first_at < :'year_start', :'currency') AS s
FROM (
	SELECT min(started_at) AS first_at,
		   sum(mrr) FILTER (WHERE started_at < :'year_start'
							  AND coalesce(ended_at, 'infinity') >= :'year_start') AS before,
		   sum(mrr) FILTER (WHERE started_at < :'year_end'
							  AND coalesce(ended_at, 'infinity') >= :'year_end') AS after
	FROM subscription
	WHERE currency = :'currency'
	GROUP BY tenant, customer
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
\endif

-- ---------------------------------------------------------------------------------------------
\echo
\echo '━━━ How long customers stay, by plan (days, up to' :today')'
\echo

-- From the first day to the first end; a second stay is another story.
CREATE OR REPLACE TEMP VIEW lifetime AS
SELECT (array_agg(plan ORDER BY started_at))[1] AS plan,
	   lower(range_agg(daterange(started_at::date, ended_at::date))) AS started,
	   (SELECT upper(stay)
		FROM unnest(range_agg(daterange(started_at::date, ended_at::date))) AS stay
		ORDER BY stay LIMIT 1) AS ended
FROM subscription
WHERE started_at < :'year_end'
GROUP BY tenant, customer;

CREATE OR REPLACE TEMP VIEW survival_by_plan AS
SELECT plan, survival_agg(started, ended, :'today') AS s
FROM lifetime
GROUP BY plan;

SELECT plan,
	   events(s) AS "left",
	   censored(s) AS "still here",
	   median_survival(s) AS median,
	   round(restricted_mean(s, 1095)::numeric) AS "mean of 3 years",
	   round(100 * survival(s, 365)::numeric, 1) AS "% after 1",
	   round(100 * survival(s, 730)::numeric, 1) AS "after 2",
	   round(100 * survival(s, 1095)::numeric, 1) AS "after 3 years",
	   pg_temp.sparkline(ARRAY(SELECT survival(s, 60 * n) FROM generate_series(0, 24) AS n), 0, 1)
		   AS "4 years"
FROM survival_by_plan
ORDER BY survival(s, 365);

SELECT coalesce((
	SELECT format('%s against %s: %s %% and %s %% are still here after a year, log-rank p %s.',
			  a.plan, b.plan, round(100 * survival(a.s, 365)::numeric, 1),
			  round(100 * survival(b.s, 365)::numeric, 1),
			  CASE WHEN p_value < 0.0001 THEN '< 0.0001' ELSE '= ' || round(p_value::numeric, 4) END)
FROM survival_by_plan AS a, survival_by_plan AS b, logrank_test(a.s, b.s)
WHERE survival(a.s, 365) < survival(b.s, 365)
ORDER BY survival(a.s, 365) - survival(b.s, 365), a.plan, b.plan
LIMIT 1), 'There are no two plans to compare.') AS reading \gset
\echo ' ' :reading
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_visits
\echo
\echo '━━━ Who comes back: % of those whose first visit was in a month, by months since'
\echo

WITH activity AS (
	SELECT activity_agg(at::date) AS days
	FROM event
	WHERE session IS NOT NULL AND at >= :'since' AND at < (:'today'::date + 1)::timestamptz
	GROUP BY tenant, customer
),
cohort AS (
	SELECT to_char(first_day(days), 'YYYY-MM') AS "first visit", retention_agg(days, 'month', :'today') AS s
	FROM activity
	GROUP BY "first visit"
	UNION ALL
	SELECT 'together', retention_agg(days, 'month', :'today') FROM activity
)
SELECT "first visit", period, round(100 * rate::numeric)
FROM cohort, retention_curve(s)
ORDER BY "first visit", period
\crosstabview
\echo '  A month that has not ended is not shown. "together" adds up customers, not rates.'

\echo
\echo '━━━ Do we grow? Customers who visited in a month: new, retained, resurrected and dormant'
\echo

SELECT to_char(starts_on, 'YYYY-MM') AS month, active_customers AS active, new_customers AS new,
	retained_customers AS retained, resurrected_customers AS resurrected, dormant_customers AS dormant,
	new_customers + resurrected_customers - dormant_customers AS growth,
	round(quick_ratio::numeric, 2) AS "quick ratio"
FROM (SELECT lifecycle_agg(days, 'month', :'today') AS s
	FROM (SELECT activity_agg(at::date) AS days
		FROM event
		WHERE session IS NOT NULL AND at >= :'since' AND at < (:'today'::date + 1)::timestamptz
		GROUP BY tenant, customer) AS customer) AS lifetimes, lifecycle(s)
ORDER BY month;
\echo '  Growth is new + resurrected - dormant; the quick ratio divides who came by who left.'
\endif

-- ---------------------------------------------------------------------------------------------
\if :has_subscriptions
\if :has_nps
\echo
\echo '━━━ Do promoters stay? Churn since' :since 'by the last NPS answer before'
\echo

CREATE OR REPLACE TEMP VIEW churn_by_answer AS
WITH answer AS (
	SELECT DISTINCT ON (tenant, customer) tenant, customer,
		   CASE WHEN answer >= 9 THEN 'promoters' WHEN answer >= 7 THEN 'passives'
				ELSE 'detractors' END AS kind
	FROM response
	WHERE metric = 'nps' AND answer IS NOT NULL AND answered_at < :'year_start'
	ORDER BY tenant, customer, answered_at DESC
)
SELECT kind, churn_agg(active, :'the_year'::tstzrange) AS s,
	   survival_agg(:'since'::date, leaves_at::date, :'today') AS stay
FROM answer
JOIN (
	SELECT tenant, customer, range_agg(tstzrange(started_at, ended_at)) AS active,
		   nullif(max(coalesce(ended_at, 'infinity')), 'infinity') AS leaves_at
	FROM subscription
	GROUP BY tenant, customer
) AS account USING (tenant, customer)
WHERE active @> :'year_start'::timestamptz - interval '1 us'
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
