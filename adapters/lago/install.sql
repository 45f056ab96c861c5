-- The standard relations of cxm over Lago: what customers pay for, and what they were billed.
--
--     psql [-v schema=cx_lago] [-v source=public] -f adapters/lago/install.sql
--
-- It makes views in a schema of their own, and can be run again at any time. It reads the views
-- exports_*, which Lago means outsiders to read, and the table plans: exports_plans is without
-- deleted plans, whose subscriptions run on, and does not know half-yearly ones.
-- docs/adapters/lago.md says what comes from where.

\set system lago
\set product 'Lago of August 2026'
\ir ../common/begin.sql

INSERT INTO pg_temp.needed VALUES
	('exports_customers',
		'organization_id lago_id account_type name firstname lastname customer_type
		country legal_name document_locale created_at'),
	('exports_subscriptions',
		'organization_id lago_id external_id lago_customer_id lago_plan_id status
		started_at trial_ended_at terminated_at canceled_at'),
	('plans', 'id name interval amount_cents amount_currency trial_period'),
	('exports_invoices', 'organization_id lago_id customer_id issuing_date invoice_type status
		payment_status payment_dispute_lost_at currency taxes_amount_cents
		sub_total_excluding_taxes_amount_cents'),
	('exports_invoice_subscriptions', 'lago_invoice_id lago_subscription_id');
\ir ../common/columns.sql

-- exports_customers says who was deleted since June 2026.
SELECT CASE WHEN pg_temp.has_column('exports_customers', 'deleted_at') THEN 'deleted_at IS NOT NULL'
	ELSE 'NULL::boolean' END AS is_deleted \gset

-- What a minor unit is worth, as Lago has it: it counts forints whole, and ouguiyas by fifths.
CREATE OR REPLACE FUNCTION minor_unit(currency text) RETURNS numeric IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'HUF', 'ISK', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG',
		'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 1
	WHEN currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 0.001
	WHEN currency = 'CLF' THEN 0.0001
	WHEN currency IN ('MRO', 'MRU') THEN 0.2
	ELSE 0.01 END;

-- A customer with two payment providers is two rows in exports_customers.
CREATE OR REPLACE VIEW customer AS
SELECT DISTINCT organization_id::text AS tenant, lago_id::text AS customer,
	coalesce(nullif(name, ''), nullif(concat_ws(' ', firstname, lastname), ''), legal_name)::text
		AS name,
	legal_name::text AS company, country::text, document_locale::text AS language,
	CASE WHEN customer_type IS NOT NULL THEN ARRAY[customer_type] END AS segments,
	created_at AT TIME ZONE 'UTC' AS created_at, :is_deleted AS deleted,
	organization_id AS tenant_key, lago_id AS customer_key
FROM exports_customers
WHERE account_type <> 'partner';
COMMENT ON VIEW customer IS 'Customers of Lago, the deleted ones too. Partners, who send the bills '
	'themselves, are left out.';

-- Those who send us the bills. Whoever has two payment providers may be here twice.
CREATE OR REPLACE VIEW partner AS
SELECT lago_id AS partner_key FROM exports_customers WHERE account_type = 'partner';

-- A trial is given once, from the first row of the chain on.
CREATE OR REPLACE VIEW subscription AS
SELECT s.organization_id::text AS tenant, s.lago_id::text AS subscription,
	s.external_id::text AS chain, s.lago_customer_id::text AS customer, plans.name::text AS plan,
	s.status, s.started_at AT TIME ZONE 'UTC' AS started_at,
	s.terminated_at AT TIME ZONE 'UTC' AS ended_at, s.canceled_at AT TIME ZONE 'UTC'
		AS cancelled_at,
	CASE WHEN s.trial_ended_at IS NOT NULL THEN s.trial_ended_at AT TIME ZONE 'UTC'
		WHEN trial_period > 0 THEN (SELECT min(first.started_at) AT TIME ZONE 'UTC'
			FROM exports_subscriptions AS first
			WHERE first.external_id = s.external_id AND first.organization_id = s.organization_id)
			+ make_interval(mins => round(1440 * trial_period)::integer) END AS trial_until,
	amount, amount_currency::text AS currency, period,
	monthly_amount(amount, period, greatest(2, scale(unit))) AS mrr,
	NULL::text AS cancel_reason,
	s.organization_id AS tenant_key, s.lago_id AS subscription_key,
	s.lago_customer_id AS customer_key
FROM exports_subscriptions AS s
LEFT JOIN partner ON partner_key = lago_customer_id
LEFT JOIN plans ON plans.id = lago_plan_id
CROSS JOIN LATERAL (SELECT minor_unit(amount_currency)) AS currency (unit)
CROSS JOIN LATERAL (SELECT amount_cents * unit,
	(ARRAY[interval '7 days', '1 month', '1 year', '3 months', '6 months'])[1 + "interval"])
	AS price (amount, period)
WHERE partner_key IS NULL AND status IN ('active', 'terminated') AND started_at IS NOT NULL
	AND coalesce(terminated_at, 'infinity') >= started_at;
COMMENT ON VIEW subscription IS
	'Subscriptions of Lago that have begun: a row for each plan, of one '
	'chain where the external id is the same. mrr is the price of the plan, without usage, '
	'coupons and taxes. Left out are those of partners, and what has not begun.';

-- The view of Lago casts the date to midnight in the zone of the session, where it is a date again.
-- What prepaid credits pay for is on later invoices.
CREATE OR REPLACE VIEW invoice AS
SELECT organization_id::text AS tenant, i.lago_id::text AS invoice, customer_id::text AS customer,
	(SELECT min(lago_subscription_id::text) FROM exports_invoice_subscriptions
		WHERE lago_invoice_id = i.lago_id) AS subscription,
	issuing_date::date AS issued_on, sub_total_excluding_taxes_amount_cents * unit AS amount,
	taxes_amount_cents * unit AS tax, i.currency::text,
	CASE WHEN status = 'voided' THEN 'void' WHEN payment_dispute_lost_at IS NOT NULL THEN 'disputed'
		WHEN payment_status = 'succeeded' THEN 'paid' ELSE 'open' END AS status,
	organization_id AS tenant_key, customer_id AS customer_key
FROM exports_invoices AS i
LEFT JOIN partner ON partner_key = customer_id
CROSS JOIN LATERAL (SELECT minor_unit(i.currency)) AS currency (unit)
WHERE partner_key IS NULL AND status IN ('finalized', 'voided')
	AND coalesce(invoice_type, '') <> 'credit' AND issuing_date IS NOT NULL;
COMMENT ON VIEW invoice IS
	'Invoices of Lago that are final, or void: without tax, less coupons. An '
	'invoice for several subscriptions names the first. Left out are those of partners, drafts, '
	'and prepaid credits.';

CREATE OR REPLACE VIEW skipped AS
SELECT relation, reason, count(DISTINCT lago_id) AS rows
FROM (
	SELECT 'customer' AS relation, lago_id, 'a partner' AS reason
	FROM exports_customers WHERE account_type = 'partner'
	UNION ALL
	SELECT 'subscription', lago_id, CASE
		WHEN partner_key IS NOT NULL THEN 'of a partner'
		WHEN status IS NULL THEN 'waits for its first payment'
		WHEN status = 'canceled' THEN 'taken back before it began'
		WHEN status = 'pending' OR started_at IS NULL THEN 'has not begun'
		WHEN terminated_at < started_at THEN 'ended before it began' END
	FROM exports_subscriptions LEFT JOIN partner ON partner_key = lago_customer_id
	UNION ALL
	SELECT 'subscription.mrr', subscription_key, 'the plan has no price'
	FROM subscription WHERE mrr IS NULL
	UNION ALL
	SELECT 'invoice', lago_id, CASE
		WHEN partner_key IS NOT NULL THEN 'of a partner'
		WHEN status IS NULL OR status NOT IN ('finalized', 'voided')
			THEN 'is ' || coalesce(status, 'of an unknown status')
		WHEN invoice_type = 'credit' THEN 'prepaid credits'
		WHEN issuing_date IS NULL THEN 'has no date' END
	FROM exports_invoices LEFT JOIN partner ON partner_key = customer_id
) AS checked
WHERE reason IS NOT NULL
GROUP BY relation, reason;

\ir ../common/end.sql
