-- What the customers of the demo company (examples/company.sql, in the schema demo) pay, as Lago
-- would hold it, in the tables of layout.sql. Lago has no plan for two years: it is one of half
-- the price for one. It knows neither languages of people nor segments, only companies and
-- individuals, and is not told why somebody left. Who buys in the shop is no customer with a name
-- there, either.

\set ON_ERROR_STOP on
\set QUIET on

BEGIN;

-- Ids are numbers in the clothes of a uuid, of the kind that the first digit says.
CREATE FUNCTION pg_temp.lago_id(kind integer, id bigint) RETURNS uuid STRICT
RETURN format('%s0000000-0000-4000-8000-%s', kind, lpad(id::text, 12, '0'))::uuid;

INSERT INTO customers (id, organization_id, external_id, name, legal_name, country, document_locale,
					   customer_type, created_at)
SELECT pg_temp.lago_id(2, customer::bigint), pg_temp.lago_id(1, 1), customer, name, company,
	   country, language,
	   CASE WHEN company IS NULL THEN 'individual' ELSE 'company' END::customer_type,
	   created_at AT TIME ZONE 'UTC'
FROM demo.customer;

CREATE TEMP TABLE priced ON COMMIT DROP AS
SELECT subscription.*, dense_rank() OVER (ORDER BY plan, amount) AS plan_id,
	   lag(subscription) OVER (PARTITION BY chain ORDER BY started_at) AS previous
FROM demo.subscription;

INSERT INTO plans (id, organization_id, name, code, "interval", amount_cents, amount_currency)
SELECT DISTINCT pg_temp.lago_id(3, plan_id), pg_temp.lago_id(1, 1), plan,
	   format('%s_%s', replace(plan, ' ', '_'), plan_id),
	   CASE plan WHEN 'monthly' THEN 1 ELSE 2 END,
	   (amount * CASE plan WHEN 'two years' THEN 50 ELSE 100 END)::bigint, currency
FROM priced;

INSERT INTO subscriptions (id, organization_id, customer_id, plan_id, external_id,
						   previous_subscription_id, status, started_at, terminated_at, canceled_at)
SELECT pg_temp.lago_id(4, subscription::bigint), pg_temp.lago_id(1, 1),
	   pg_temp.lago_id(2, customer::bigint), pg_temp.lago_id(3, plan_id), chain,
	   pg_temp.lago_id(4, previous::bigint), CASE status WHEN 'active' THEN 1 ELSE 2 END,
	   started_at AT TIME ZONE 'UTC', ended_at AT TIME ZONE 'UTC', cancelled_at AT TIME ZONE 'UTC'
FROM priced;

-- Those of the shop come after all others.
CREATE TEMP TABLE billed ON COMMIT DROP AS
SELECT invoice.*, pg_temp.lago_id(5, row_number() OVER (
	ORDER BY subscription IS NULL, ltrim(invoice, 'S')::bigint)) AS id
FROM demo.invoice;

INSERT INTO invoices (id, organization_id, customer_id, number, issuing_date, invoice_type, status,
					  payment_status, currency, taxes_amount_cents,
					  sub_total_excluding_taxes_amount_cents)
SELECT id, pg_temp.lago_id(1, 1), pg_temp.lago_id(2, customer::bigint), invoice, issued_on,
	   CASE WHEN subscription IS NULL THEN 3 ELSE 0 END, CASE status WHEN 'void' THEN 2 ELSE 1 END,
	   CASE status WHEN 'paid' THEN 1 ELSE 0 END, currency, (100 * tax)::bigint,
	   (100 * amount)::bigint
FROM billed;

INSERT INTO invoice_subscriptions (organization_id, invoice_id, subscription_id)
SELECT pg_temp.lago_id(1, 1), id, pg_temp.lago_id(4, subscription::bigint)
FROM billed
WHERE subscription IS NOT NULL;

ANALYZE;

COMMIT;
