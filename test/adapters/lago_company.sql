-- What of the demo company comes out of Lago's layout: what customers pay for, at half the price
-- for one year where it was two years, and what they were billed. Segments are of companies and
-- individuals, and nobody says why he or she left.

CREATE FUNCTION pg_temp.number_of(id text) RETURNS text RETURN ltrim(right(id, 12), '0');

SELECT pg_temp.same('customers',
	$$SELECT customer, name, company, country, language,
		CASE segments[1] WHEN 'Consumer' THEN '{individual}' ELSE '{company}' END, created_at,
			deleted
	FROM demo.customer$$,
	'SELECT pg_temp.number_of(customer), name, company, country, language, segments::text,
		created_at, deleted
	FROM cx_lago.customer');
SELECT pg_temp.same('subscriptions',
	$$SELECT subscription, chain, customer, plan, CASE status WHEN 'ended' THEN 'terminated'
		ELSE status END, started_at, ended_at, cancelled_at, trial_until,
		CASE plan WHEN 'two years' THEN amount / 2 ELSE amount END, currency,
		least(period, '1 year'), mrr
	FROM demo.subscription$$,
	'SELECT pg_temp.number_of(subscription), chain, pg_temp.number_of(customer), plan, status,
		started_at, ended_at, cancelled_at, trial_until, amount, currency, period, mrr
	FROM cx_lago.subscription');
SELECT pg_temp.same('invoices',
	$$SELECT invoice, customer, subscription, issued_on, amount, tax, currency, status
	FROM demo.invoice WHERE subscription IS NOT NULL$$,
	'SELECT pg_temp.number_of(invoice), pg_temp.number_of(customer),
		pg_temp.number_of(subscription), issued_on, amount, tax, currency, status
	FROM cx_lago.invoice WHERE subscription IS NOT NULL');
SELECT pg_temp.same('invoices of the shop',
	'SELECT customer, issued_on, amount, tax, currency, status
	FROM demo.invoice WHERE subscription IS NULL',
	'SELECT pg_temp.number_of(customer), issued_on, amount, tax, currency, status
	FROM cx_lago.invoice WHERE subscription IS NULL');
SELECT pg_temp.equal('rows', 'nothing is left out', '0',
	(SELECT count(*)::text FROM cx_lago.skipped));
