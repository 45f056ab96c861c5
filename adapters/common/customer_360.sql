-- All that is known of a customer, in one row: the view customer_360 over the standard relations.
--
--     psql [-v schema=NAME] -f adapters/common/customer_360.sql
--
-- Risk and value come from what all customers did, which is counted once and kept: refresh
-- customer_360_plan and customer_360_shop each night. docs/answers/customer_360.md says more.

\ir as_of.sql

BEGIN;
SET LOCAL client_min_messages = warning;

DROP VIEW IF EXISTS customer_360;
DROP MATERIALIZED VIEW IF EXISTS customer_360_plan, customer_360_shop;

-- How long customers stay, by the plan with which they came: from the first day to the first end.
CREATE MATERIALIZED VIEW customer_360_plan AS
SELECT tenant, plan, survival_agg(started, ended, (as_of() AT TIME ZONE 'UTC')::date) AS s
FROM (
	SELECT tenant, (array_agg(plan ORDER BY started_at))[1] AS plan,
		   (min(started_at) AT TIME ZONE 'UTC')::date AS started,
		   (SELECT upper(stay) AT TIME ZONE 'UTC'
			FROM unnest(range_agg(valid_range(started_at, ended_at))) AS stay
			ORDER BY stay LIMIT 1)::date AS ended
	FROM subscription
	WHERE started_at <= as_of()
	GROUP BY tenant, customer
) AS stay
GROUP BY tenant, plan;
CREATE UNIQUE INDEX ON customer_360_plan (tenant, plan);
COMMENT ON MATERIALIZED VIEW customer_360_plan IS 'how long customers stay, by plan; refresh it';

-- What customers buy without a subscription: a model for each currency, NULL where none fits. A
-- materialized view is filled with a search_path of PostgreSQL's own from version 17 on.
CREATE OR REPLACE FUNCTION customer_360_buying(s purchase_summary) RETURNS bg_nbd_model
LANGUAGE plpgsql IMMUTABLE SET search_path FROM CURRENT AS $$
BEGIN
	RETURN bg_nbd_fit(s);
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION customer_360_spending(s spend_summary) RETURNS gamma_gamma_model
LANGUAGE plpgsql IMMUTABLE SET search_path FROM CURRENT AS $$
BEGIN
	RETURN gamma_gamma_fit(s);
EXCEPTION WHEN invalid_parameter_value THEN
	RETURN NULL;
END $$;

CREATE MATERIALIZED VIEW customer_360_shop AS
SELECT tenant, currency, (as_of() AT TIME ZONE 'UTC')::date AS as_of,
	   customer_360_buying(purchase_agg(days, (as_of() AT TIME ZONE 'UTC')::date)) AS buying,
	   customer_360_spending(spend_agg(day_count(days) - 1, mean_spend)) AS spending
FROM (
	SELECT tenant, customer, currency, activity_agg(day) AS days,
		   avg(spent) FILTER (WHERE day > first_day) AS mean_spend
	FROM (
		SELECT tenant, customer, currency, issued_on AS day, sum(amount) AS spent,
			   min(issued_on) OVER (PARTITION BY tenant, customer, currency) AS first_day
		FROM invoice
		WHERE subscription IS NULL AND customer IS NOT NULL AND status IS DISTINCT FROM 'void'
		  AND issued_on <= (as_of() AT TIME ZONE 'UTC')::date
		GROUP BY tenant, customer, currency, issued_on
		HAVING sum(amount) > 0
	) AS order_day
	GROUP BY tenant, customer, currency
) AS buyer
GROUP BY tenant, currency;
CREATE UNIQUE INDEX ON customer_360_shop (tenant, currency);
COMMENT ON MATERIALIZED VIEW customer_360_shop IS
	'what customers buy without a subscription, by currency; refresh it';

-- A relation may have keys of the system's own types after its columns, customer_key and
-- tenant_key, whose indexes a restriction to one customer reaches. Where both sides have one, it
-- joins them.
SELECT coalesce(string_agg(format(', c.%I', attname), '' ORDER BY attnum), '') AS keys
FROM pg_attribute
WHERE attrelid = 'customer'::regclass AND attname IN ('tenant_key', 'customer_key') \gset
SELECT max(same) FILTER (WHERE relation = 'response') AS same_response,
	   max(same) FILTER (WHERE relation = 'ticket') AS same_ticket,
	   max(same) FILTER (WHERE relation = 'subscription') AS same_subscription,
	   max(same) FILTER (WHERE relation = 'invoice') AS same_invoice,
	   max(same) FILTER (WHERE relation = 'event') AS same_event
FROM (
	SELECT relation, format('r.%1$s = c.%1$s AND r.%2$s = c.%2$s',
		CASE WHEN bool_or(attname = 'tenant_key') THEN 'tenant_key' ELSE 'tenant' END,
		CASE WHEN bool_or(attname = 'customer_key') THEN 'customer_key' ELSE 'customer' END) AS same
	FROM unnest('{response,ticket,subscription,invoice,event}'::text[]) AS relation
	LEFT JOIN pg_attribute AS theirs ON attrelid = relation::regclass
	  AND EXISTS (SELECT FROM pg_attribute AS ours
				  WHERE ours.attrelid = 'customer'::regclass AND ours.attname = theirs.attname)
	GROUP BY relation
) AS joined \gset

CREATE VIEW customer_360 AS
SELECT c.tenant, c.customer, c.name, c.company, c.country, c.language, c.segments,
	   nps, nps_at, csat, csat_scale, csat_at, ces, ces_scale, ces_at,
	   open_tickets, oldest_open_at, waiting_since,
	   regexp_replace(current_stage(way), '^\d+:', '') AS stage,
	   last_entered(collapse(way), current_stage(way)) AS stage_since,
	   as_of() - last_entered(collapse(way), current_stage(way)) AS time_in_stage,
	   mrr, mrr_currency, mrr_by_currency, plan, stay_from AS paying_since, cancelled_at,
	   1 - survival(p.s, age + 90) / nullif(survival(p.s, age), 0) AS leaves_within_90_days,
	   mrr * 12 / 365.25 * expected_remaining(p.s, age, 365)::numeric AS value_365_days,
	   orders, shop_currency,
	   probability_alive(shop.buying, days, shop.as_of) AS alive,
	   expected_purchases(shop.buying, days, shop.as_of, 365) AS orders_365_days,
	   expected_purchases(shop.buying, days, shop.as_of, 365)
		   * expected_spend(shop.spending, orders - 1, mean_spend) AS shop_value_365_days,
	   channels, last_contact_at, place.zone,
	   next_anniversary((c.created_at AT TIME ZONE place.zone)::date,
		   (as_of() AT TIME ZONE place.zone)::date) AS next_anniversary
	   :keys
FROM customer AS c
LEFT JOIN country_zone USING (country)
-- The last answer to each question.
CROSS JOIN LATERAL (
	SELECT (array_agg(answer ORDER BY at DESC, response DESC) FILTER (WHERE metric = 'nps'))[1]
		AS nps,
		   max(at) FILTER (WHERE metric = 'nps') AS nps_at,
		   (array_agg(answer ORDER BY at DESC, response DESC) FILTER (WHERE metric = 'csat'))[1]
			AS csat,
		   (array_agg(scale ORDER BY at DESC, response DESC) FILTER (WHERE metric = 'csat'))[1]
			   AS csat_scale,
		   max(at) FILTER (WHERE metric = 'csat') AS csat_at,
		   (array_agg(answer ORDER BY at DESC, response DESC) FILTER (WHERE metric = 'ces'))[1]
			AS ces,
		   (array_agg(scale ORDER BY at DESC, response DESC) FILTER (WHERE metric = 'ces'))[1]
			   AS ces_scale,
		   max(at) FILTER (WHERE metric = 'ces') AS ces_at,
		   max(at) AS last_answer_at
	FROM response AS r
	CROSS JOIN LATERAL (SELECT coalesce(answered_at, asked_at)) AS given (at)
	WHERE :same_response AND answer IS NOT NULL AND at <= as_of()
) AS answers
CROSS JOIN LATERAL (
	SELECT count(*) FILTER (WHERE is_open) AS open_tickets,
		   min(opened_at) FILTER (WHERE is_open) AS oldest_open_at,
		   min(r.waiting_since) FILTER (WHERE is_open) AS waiting_since,
		   max(opened_at) AS last_ticket_at, array_agg(channel) AS ticket_channels
	FROM ticket AS r
	CROSS JOIN LATERAL (SELECT (resolved_at > as_of()) IS NOT FALSE) AS open (is_open)
	WHERE :same_ticket AND opened_at <= as_of() AND status IS DISTINCT FROM 'merged'
) AS tickets
-- The stages of a journey, in which one of one's own may be written with its rank: 250:trial.
CROSS JOIN LATERAL (
	SELECT journey_agg(at, (CASE WHEN stage ~ '^\d{1,9}:.' OR stage IN ('awareness',
		'consideration',
			   'purchase', 'onboarding', 'service', 'loyalty', 'advocacy') THEN stage
			   ELSE '0:' || stage END)::journey_stage) FILTER (WHERE stage IS NOT NULL) AS way,
		   max(at) AS last_event_at, array_agg(channel) AS event_channels
	FROM event AS r
	WHERE :same_event AND at <= as_of()
) AS events
-- What is paid now, and since when without a break.
CROSS JOIN LATERAL (
	SELECT CASE WHEN count(DISTINCT currency) FILTER (WHERE runs) = 1
				THEN sum(mrr) FILTER (WHERE runs) END AS mrr,
		   CASE WHEN count(DISTINCT currency) FILTER (WHERE runs) = 1
				THEN max(currency) FILTER (WHERE runs) END AS mrr_currency,
		   max(r.cancelled_at) FILTER (WHERE runs AND r.cancelled_at <= as_of()) AS cancelled_at,
		   range_agg(valid_range(started_at, ended_at)) AS stays
	FROM subscription AS r
	CROSS JOIN LATERAL (SELECT started_at <= as_of() AND (ended_at > as_of()) IS NOT FALSE)
		AS run (runs)
	WHERE :same_subscription
) AS paid
LEFT JOIN LATERAL (
	SELECT lower(stay) AS stay_from,
		   (as_of() AT TIME ZONE 'UTC')::date - (lower(stay) AT TIME ZONE 'UTC')::date AS age
	FROM unnest(stays) AS stay
	WHERE stay @> as_of()
) AS stay ON true
LEFT JOIN LATERAL (
	SELECT plan FROM subscription AS r
	WHERE :same_subscription AND started_at >= stay_from
	ORDER BY started_at, r.subscription
	LIMIT 1
) AS came_with ON stay_from IS NOT NULL
LEFT JOIN customer_360_plan AS p USING (tenant, plan)
LEFT JOIN LATERAL (
	SELECT jsonb_object_agg(currency, amount) AS mrr_by_currency
	FROM (
		SELECT currency, sum(r.mrr) AS amount
		FROM subscription AS r
		WHERE :same_subscription AND currency IS NOT NULL
		  AND started_at <= as_of() AND (ended_at > as_of()) IS NOT FALSE
		GROUP BY currency
	) AS by_currency
) AS money ON true
-- What is bought without a subscription, in the currency in which that is most often.
LEFT JOIN LATERAL (
	SELECT currency AS shop_currency, count(*) AS orders, activity_agg(day) AS days,
		   avg(spent) FILTER (WHERE day > first_day) AS mean_spend
	FROM (
		SELECT currency, issued_on AS day, sum(amount) AS spent,
			   min(issued_on) OVER (PARTITION BY currency) AS first_day
		FROM invoice AS r
		WHERE :same_invoice AND r.subscription IS NULL AND status IS DISTINCT FROM 'void'
		  AND issued_on <= (as_of() AT TIME ZONE 'UTC')::date
		GROUP BY currency, issued_on
		HAVING sum(amount) > 0
	) AS order_day
	GROUP BY currency
	ORDER BY count(*) DESC, currency
	LIMIT 1
) AS bought ON true
LEFT JOIN customer_360_shop AS shop
	ON shop.tenant = c.tenant AND shop.currency IS NOT DISTINCT FROM shop_currency AND orders > 0
CROSS JOIN LATERAL (
	SELECT array_agg(channel ORDER BY uses DESC, channel) AS channels
	FROM (
		SELECT channel, count(*) AS uses
		FROM unnest(ticket_channels || event_channels) AS channel
		WHERE channel IS NOT NULL
		GROUP BY channel
	) AS used
) AS reached
CROSS JOIN LATERAL (
	SELECT coalesce(country_zone.zone, 'UTC') AS zone,
		   greatest(last_answer_at, last_ticket_at, last_event_at) AS last_contact_at
) AS place
WHERE c.deleted IS NOT TRUE;

COMMENT ON VIEW customer_360 IS 'all that is known of a customer, in one row';

COMMIT;
