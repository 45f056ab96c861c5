-- The tables and views of Lago that the adapter reads, with the columns that it needs, for tests
-- and for the demo: written from the structure of the version of August 2026. Lago itself was not
-- run. Codes: status of a subscription 0 pending, 1 active, 2 terminated, 3 canceled, 4
-- incomplete; of an invoice 0 draft, 1 finalized, 2 voided, 3 generating, 4 failed, 5 open, 6
-- closed, 7 pending, 8 deleted. Amounts are in minor units of the currency.

CREATE TYPE customer_account_type AS ENUM ('customer', 'partner');
CREATE TYPE customer_type AS ENUM ('company', 'individual');

CREATE TABLE customers (
	id              uuid PRIMARY KEY,
	organization_id uuid NOT NULL,
	external_id     varchar NOT NULL,
	name            varchar,
	firstname       varchar,
	lastname        varchar,
	legal_name      varchar,
	country         varchar,
	document_locale varchar,
	customer_type   customer_type,
	account_type    customer_account_type NOT NULL DEFAULT 'customer',
	created_at      timestamp(6) NOT NULL,
	deleted_at      timestamp(6)
);
CREATE INDEX ON customers (organization_id, external_id);

-- A customer may have several, and is then in the view exports_customers as often.
CREATE TABLE payment_provider_customers (
	customer_id         uuid NOT NULL,
	payment_provider_id uuid,
	provider_customer_id varchar,
	deleted_at          timestamp(6)
);
CREATE INDEX ON payment_provider_customers (customer_id);

CREATE TABLE plans (
	id              uuid PRIMARY KEY,
	organization_id uuid NOT NULL,
	name            varchar NOT NULL,
	code            varchar NOT NULL,
	"interval"      integer,
	amount_cents    bigint,
	amount_currency varchar NOT NULL,
	trial_period    double precision,
	parent_id       uuid,
	deleted_at      timestamp(6)
);
CREATE INDEX ON plans (organization_id);

CREATE TABLE subscriptions (
	id                       uuid PRIMARY KEY,
	organization_id          uuid NOT NULL,
	customer_id              uuid NOT NULL,
	plan_id                  uuid NOT NULL,
	external_id              varchar NOT NULL,
	previous_subscription_id uuid,
	status                   integer NOT NULL,
	started_at               timestamp,
	ending_at                timestamp(6),
	terminated_at            timestamp,
	canceled_at              timestamp,
	trial_ended_at           timestamp(6)
);
CREATE INDEX ON subscriptions (customer_id);
CREATE INDEX ON subscriptions (external_id);
CREATE INDEX ON subscriptions (organization_id);
CREATE INDEX ON subscriptions (started_at);

CREATE TABLE invoices (
	id                      uuid PRIMARY KEY,
	organization_id         uuid NOT NULL,
	customer_id             uuid,
	number                  varchar NOT NULL DEFAULT '',
	issuing_date            date,
	invoice_type            integer NOT NULL DEFAULT 0,
	status                  integer NOT NULL DEFAULT 1,
	payment_status          integer NOT NULL DEFAULT 0,
	payment_dispute_lost_at timestamp(6),
	currency                varchar,
	taxes_amount_cents      bigint NOT NULL DEFAULT 0,
	sub_total_excluding_taxes_amount_cents bigint NOT NULL DEFAULT 0
);
CREATE INDEX ON invoices (customer_id, organization_id);
CREATE INDEX ON invoices (organization_id, issuing_date DESC, id);

CREATE TABLE invoice_subscriptions (
	id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	organization_id uuid NOT NULL,
	invoice_id      uuid NOT NULL,
	subscription_id uuid NOT NULL
);
CREATE INDEX ON invoice_subscriptions (invoice_id);

-- What Lago means outsiders to read. The date of an invoice is cast in the zone of the session.
CREATE VIEW exports_customers AS
	SELECT customers.organization_id, id AS lago_id, external_id, account_type::text, name,
		firstname,
		lastname, customer_type::text, country, legal_name, document_locale, created_at,
		customers.deleted_at, provider_customer_id
	FROM customers
	LEFT JOIN payment_provider_customers provided
		ON customer_id = id AND provided.deleted_at IS NULL AND payment_provider_id IS NOT NULL;

CREATE VIEW exports_subscriptions AS
	SELECT organization_id, id AS lago_id, external_id, customer_id AS lago_customer_id,
		plan_id AS lago_plan_id, ('{pending,active,terminated,canceled}'::text[])[1 + status]
			AS status,
		started_at, trial_ended_at, ending_at, terminated_at, canceled_at,
		previous_subscription_id AS lago_previous_subscription_id
	FROM subscriptions;

CREATE VIEW exports_invoices AS
	SELECT organization_id, id AS lago_id, customer_id, number,
		issuing_date::timestamptz AS issuing_date,
		('{subscription,add_on,credit,one_off,advance_charges,progressive_billing}'::text[])
			[1 + invoice_type] AS invoice_type,
		('{draft,finalized,voided,generating,failed,open,close,pending,deleted}'::text[])
			[1 + status] AS status,
		('{pending,succeeded,failed}'::text[])[1 + payment_status] AS payment_status,
		payment_dispute_lost_at::timestamptz AS payment_dispute_lost_at, currency,
			taxes_amount_cents,
		sub_total_excluding_taxes_amount_cents
	FROM invoices WHERE status IN (0, 1, 2, 4, 7, 8);

CREATE VIEW exports_invoice_subscriptions AS
	SELECT link.organization_id, link.id AS lago_id, invoice_id AS lago_invoice_id,
		subscription_id AS lago_subscription_id
	FROM invoice_subscriptions link
	JOIN invoices ON invoices.id = invoice_id AND status <> 8;
