-- The cases of Lago's own specifications (G) and, since it has few, of Polar's (P), which sells
-- subscriptions, too; an organization for each. Their figures are in major units.

-- Ids are numbers in the clothes of a uuid: of the organization, of what, and which.
CREATE FUNCTION pg_temp.id(organization integer, what integer, nth integer) RETURNS uuid
RETURN format('%s-%s-4000-8000-%s', lpad(organization::text, 8, '0'), lpad(what::text, 4, '0'),
	lpad(nth::text, 12, '0'))::uuid;

-- What the cases say, in few words. Customers and plans have the number of their subscription, the
-- id that is the same through changes of the plan is "sub" and a number, the same in all
-- organizations.
CREATE FUNCTION pg_temp.pays(organization integer, nth integer, cents bigint, every integer,
	starts text, ends text DEFAULT NULL, told text DEFAULT NULL, trial integer DEFAULT NULL,
	follows integer DEFAULT NULL, currency text DEFAULT 'EUR', status integer DEFAULT NULL,
	customer integer DEFAULT NULL) RETURNS void
BEGIN ATOMIC
	INSERT INTO public.customers (id, organization_id, external_id, name, account_type, created_at)
	VALUES (pg_temp.id($1, 1, coalesce($12, $9, $2)), pg_temp.id($1, 0, 0),
			'customer ' || coalesce($12, $9, $2), 'Customer ' || coalesce($12, $9, $2), 'customer',
			timestamp '2023-01-01')
	ON CONFLICT DO NOTHING;
	INSERT INTO public.plans (id, organization_id, name, code, "interval", amount_cents,
							  amount_currency, trial_period)
	VALUES (pg_temp.id($1, 2, $2), pg_temp.id($1, 0, 0), 'Plan ' || $2, 'plan_' || $2, $4, $3, $10,
		$8);
	INSERT INTO public.subscriptions (id, organization_id, customer_id, plan_id, external_id,
		status,
									  started_at, terminated_at, canceled_at)
	VALUES (pg_temp.id($1, 3, $2), pg_temp.id($1, 0, 0), pg_temp.id($1, 1, coalesce($12, $9, $2)),
			pg_temp.id($1, 2, $2), 'sub ' || coalesce($9, $2),
			coalesce($11, CASE WHEN $6 IS NULL THEN 1 ELSE 2 END), $5::timestamp, $6::timestamp,
			$7::timestamp);
END;
CREATE FUNCTION pg_temp.bills(organization integer, nth integer, issued text, cents bigint,
	tax bigint DEFAULT 0, status integer DEFAULT 1, kind integer DEFAULT 0,
	customer integer DEFAULT 1) RETURNS void
BEGIN ATOMIC
	INSERT INTO public.invoices (id, organization_id, customer_id, issuing_date, invoice_type,
		status,
		payment_status, currency, sub_total_excluding_taxes_amount_cents, taxes_amount_cents)
	VALUES (pg_temp.id($1, 4, $2), pg_temp.id($1, 0, 0), pg_temp.id($1, 1, $8), $3::date, $7, $6, 1,
			'EUR', $4, $5);
END;

-- What an organization's relations say: paid in a month at a moment, trials out; and who was there.
CREATE VIEW pg_temp.subscription AS
SELECT *, left(tenant, 8)::integer AS organization,
	tstzrange(started_at, ended_at) AS runs, coalesce(trial_until, '-infinity') AS pays_from
FROM cx_lago.subscription;
CREATE FUNCTION pg_temp.mrr(organization integer, VARIADIC moments text[]) RETURNS text
RETURN (SELECT string_agg(round(coalesce(paid, 0), 2)::text, ', ' ORDER BY nth)
	FROM (SELECT nth, sum(mrr) FILTER (WHERE runs @> at::timestamptz
		AND pays_from <= at::timestamptz)
			AS paid
		FROM unnest(moments) WITH ORDINALITY AS m (at, nth), pg_temp.subscription AS s
		WHERE s.organization = mrr.organization GROUP BY nth) AS moment);
CREATE FUNCTION pg_temp.churn(org integer, VARIADIC periods text[]) RETURNS text
RETURN (SELECT string_agg(churn_rate(s)::text, ', ' ORDER BY nth)
	FROM (SELECT nth, churn_agg(active, period::tstzrange) AS s
		FROM unnest(periods) WITH ORDINALITY AS p (period, nth), (
			SELECT customer, range_agg(runs) AS active FROM pg_temp.subscription
			WHERE organization = org GROUP BY customer) AS stay
		GROUP BY nth) AS summary);

-- ---------------------------------------------------------------------------------------------
-- G1: what was billed in two months, the tax of which is revenue to Lago
SELECT pg_temp.pays(1, 1, 10000, 1, '2024-01-01');
SELECT pg_temp.bills(1, 1, '2024-04-10', 10000, 1000);
SELECT pg_temp.bills(1, 2, '2024-04-11', 20000, 2000);
SELECT pg_temp.bills(1, 3, '2024-05-10', 30000, 3000);
SELECT pg_temp.bills(1, 4, '2024-05-31', 40000, 4000);
SELECT pg_temp.named('G1', 'billed by month, without tax; with tax it is theirs', '330.00, 770.00',
	string_agg(net::text, ', ' ORDER BY month), string_agg(gross::text, ', ' ORDER BY month))
FROM (SELECT date_trunc('month', issued_on::timestamp) AS month, sum(amount) AS net,
		sum(amount + tax) AS gross
	FROM cx_lago.invoice WHERE tenant_key = pg_temp.id(1, 0, 0) GROUP BY month) AS month;

-- G2: the movements of four months. Whoever comes and goes within a month is to Lago new and
-- churned.
SELECT pg_temp.pays(2, 1, 1314800, 1, '2024-01-03', '2024-01-29');
SELECT pg_temp.pays(2, 2, 6416321, 1, '2024-01-03', '2024-02-20');
SELECT pg_temp.pays(2, 3, 2969402, 1, '2024-01-03', '2024-03-20');
SELECT pg_temp.pays(2, 4, 300000, 1, '2024-01-03', '2024-04-20');
SELECT pg_temp.pays(2, 5, 14016023, 1, '2024-01-03');
SELECT pg_temp.pays(2, 6, 6171791, 1, '2024-02-10');
SELECT pg_temp.pays(2, 7, 4334134, 1, '2024-03-10');
SELECT pg_temp.pays(2, 8, 1306340, 1, '2024-04-10');
CREATE VIEW pg_temp.moved AS
SELECT month, revenue_agg(before, after) AS s
FROM (SELECT month, customer,
		sum(mrr) FILTER (WHERE runs @> month) AS before,
		sum(mrr) FILTER (WHERE runs @> month + interval '1 month') AS after
	FROM pg_temp.subscription, unnest('{2024-01-01Z, 2024-02-01Z, 2024-03-01Z, 2024-04-01Z}'
		::timestamptz[]) AS month
	WHERE organization = 2 GROUP BY month, customer) AS account
GROUP BY month;
SELECT pg_temp.equal('G2', 'MRR at the ends of the months',
	'237017.46, 234572.16, 248219.48, 258282.88',
	string_agg(mrr_end(s)::text, ', ' ORDER BY month)) FROM pg_temp.moved;
SELECT pg_temp.equal('G2', 'new and churned of the second month to the fourth',
	'61717.91 -64163.21, 43341.34 -29694.02, 13063.40 -3000.00',
	string_agg(format('%s %s', round(new_mrr(s), 2), round(churned_mrr(s), 2)), ', '
		ORDER BY month))
FROM pg_temp.moved WHERE month > '2024-01-15Z';
SELECT pg_temp.named('G2', 'new in the first month; theirs with who came and went in it',
	'250165.46',
	new_mrr(s)::text, (new_mrr(s) + (SELECT sum(mrr) FROM pg_temp.subscription
		WHERE organization = 2 AND runs <@ '[2024-01-01Z,2024-02-01Z)'))::text)
FROM pg_temp.moved WHERE month < '2024-01-15Z';
SELECT pg_temp.equal('G2', 'starts and movements make the ends', 'true',
	bool_and(mrr_start(s) + (SELECT sum(amount) FROM movements(s)) = mrr_end(s))::text)
FROM pg_temp.moved;

-- G3: gross revenue; drafts and void ones are none
SELECT pg_temp.bills(30 + n, 1, '2024-03-31', 100000 * n) FROM generate_series(1, 4) AS n;
SELECT pg_temp.bills(31, 2, '2024-03-31', 77700, 0, 0), pg_temp.bills(31, 3, '2024-03-31', 77700,
	0, 2);
SELECT pg_temp.equal('G3', 'gross revenue of four entities', '1000.00, 2000.00, 3000.00, 4000.00',
	string_agg(gross::text, ', ' ORDER BY tenant))
FROM (SELECT tenant, sum(amount + tax) AS gross FROM cx_lago.invoice
	WHERE left(tenant, 8)::integer BETWEEN 31 AND 34 AND status <> 'void' GROUP BY tenant)
		AS entity;

-- G4: minor units are as many as the currency has
SELECT pg_temp.pays(4, nth::integer, 9800, 1, '2024-01-01', currency => currency)
FROM unnest('{EUR,HUF,JPY,KWD,CLF,MRU}'::text[]) WITH ORDINALITY AS c (currency, nth);
SELECT pg_temp.equal('G4', '9800 minor units',
	'CLF 0.9800, EUR 98.00, HUF 9800, JPY 9800, KWD 9.800, '
	'MRU 1960.0', string_agg(concat_ws(' ', currency, amount), ', ' ORDER BY currency COLLATE "C"))
FROM pg_temp.subscription WHERE organization = 4;

-- G5: an upgrade is a row of its own, and no churn
SELECT pg_temp.pays(5, 1, 10000, 1, '2024-01-01', '2024-03-15'),
	pg_temp.pays(5, 2, 15000, 1, '2024-03-15', follows => 1),
	pg_temp.pays(5, 3, 5000, 1, NULL, follows => 1, status => 0);
SELECT pg_temp.equal('G5', 'rows, chains, customers lost', '2 1 0', concat_ws(' ', count(*),
	count(DISTINCT chain), pg_temp.churn(5, '[2024-03-01Z,2024-04-01Z)')))
FROM pg_temp.subscription WHERE organization = 5;

-- ---------------------------------------------------------------------------------------------
-- P1: a hundred a month, a thousand a year, and another hundred from June on
SELECT pg_temp.pays(11, 1, 10000, 1, '2024-01-01'), pg_temp.pays(11, 2, 100000, 2, '2024-01-01'),
	pg_temp.pays(11, 3, 10000, 1, '2024-06-01', customer => 1);
SELECT pg_temp.equal('P1', 'MRR at the ends of May and of June', '183.33, 283.33',
	pg_temp.mrr(11, '2024-05-31Z', '2024-06-30Z'));
SELECT pg_temp.equal('P1', 'MRR of a customer in May', '91.67',
	round(sum(mrr) / count(DISTINCT customer), 2)::text)
FROM pg_temp.subscription WHERE organization = 11 AND runs @> timestamptz '2024-05-31Z';

-- P2: by the quarter, by the year, by the week, which has 52 in a year with Polar and 52.18 here
SELECT pg_temp.pays(12, 1, 30000, 3, '2024-01-01'), pg_temp.pays(12, 2, 120000, 2, '2024-01-01'),
	pg_temp.pays(12, 3, 60000, 4, '2024-01-01'), pg_temp.pays(12, 4, 2500, 0, '2024-01-01');
SELECT pg_temp.equal('P2', 'by the quarter, the year and the half', '100.00, 100.00, 100.00',
	string_agg(mrr::text, ', '))
FROM pg_temp.subscription WHERE organization = 12 AND period <> '7 days';
SELECT pg_temp.named('P2', 'by the week; theirs with 52 weeks', '108.33', mrr::text,
	monthly_amount(52 * amount, '1 year')::text)
FROM pg_temp.subscription WHERE organization = 12 AND period = '7 days';

-- P3: half of it, for ever. A coupon of Lago is on the invoice, and not on the price.
SELECT pg_temp.pays(13, 1, 10000, 1, '2024-01-01'), pg_temp.bills(13, 1, '2024-02-01', 5000);
SELECT pg_temp.named('P3', 'the price; theirs is what was billed', '50.00', mrr::text,
	(SELECT amount::text FROM cx_lago.invoice WHERE invoice.tenant = s.tenant))
FROM pg_temp.subscription AS s WHERE organization = 13;

-- P4: one of two says in February that it leaves on the first of March
SELECT pg_temp.pays(14, 1, 10000, 1, '2024-01-01'),
	pg_temp.pays(14, 2, 10000, 1, '2024-01-01', '2024-03-01', '2024-02-15');
SELECT pg_temp.equal('P4', 'churn in January, February and March', '0, 0, 0.5', pg_temp.churn(14,
	'[2024-01-02Z,2024-02-01Z)', '[2024-02-01Z,2024-03-01Z)', '[2024-03-01Z,2024-04-01Z)'));
SELECT pg_temp.equal('P4', 'active at the ends of the months', '2, 2, 1', string_agg(
	(SELECT count(*) FROM pg_temp.subscription WHERE organization = 14 AND runs @> at)::text, ', '
	ORDER BY at))
FROM unnest('{2024-01-31Z, 2024-02-29Z, 2024-03-31Z}'::timestamptz[]) AS at;

-- P5: one of five on the first of February, by the 30 days before, and by the year
SELECT pg_temp.pays(15, n, 10000, 1, '2023-06-01', CASE n WHEN 5 THEN '2024-02-01' END)
FROM generate_series(1, 5) AS n;
SELECT pg_temp.equal('P5', 'churn up to five days', '0, 0.2, 0.2, 0.2, 0', pg_temp.churn(15,
	'[2024-01-02Z,2024-02-01Z)', '[2024-01-03Z,2024-02-02Z)', '[2024-01-31Z,2024-03-01Z)',
	'[2024-02-01Z,2024-03-02Z)', '[2024-02-02Z,2024-03-03Z)'));
SELECT pg_temp.equal('P5', 'churn of two years', '0.2, 0', pg_temp.churn(15,
	'[2024-01-01Z,2025-01-01Z)', '[2025-01-01Z,2026-01-01Z)'));

-- P6: MRR, and that of those who have not said that they leave
SELECT pg_temp.pays(16, 1, 10000, 1, '2024-01-01'),
	pg_temp.pays(16, 2, 10000, 1, '2024-02-01', '2024-03-01', '2024-02-10');
SELECT pg_temp.equal('P6', 'MRR', '100.00, 200.00, 100.00',
	pg_temp.mrr(16, '2024-01-31Z', '2024-02-29Z', '2024-03-31Z'));
SELECT pg_temp.equal('P6', 'committed MRR', '100.00, 100.00, 100.00', string_agg(
	(SELECT sum(mrr) FROM pg_temp.subscription
		WHERE organization = 16 AND runs @> at AND coalesce(cancelled_at, 'infinity') > at)::text,
			', '
	ORDER BY at))
FROM unnest('{2024-01-31Z, 2024-02-29Z, 2024-03-31Z}'::timestamptz[]) AS at;

-- P7: two trials, one of which is paid for in the end. A trial is not begun anew by another plan.
SELECT pg_temp.pays(17, 1, 10000, 1, '2023-01-01'),
	pg_temp.pays(17, 2, 10000, 1, '2024-01-15', '2024-02-10', trial => 45),
	pg_temp.pays(17, 3, 10000, 1, '2024-01-15', '2024-02-01', trial => 46),
	pg_temp.pays(17, 4, 10000, 1, '2024-02-01', trial => 46, follows => 3);
SELECT pg_temp.equal('P7', 'MRR', '100.00, 100.00, 200.00',
	pg_temp.mrr(17, '2024-01-31Z', '2024-02-29Z', '2024-03-31Z'));
SELECT pg_temp.equal('P7', 'MRR in trial', '200.00, 100.00, 0', string_agg(
	(SELECT coalesce(sum(mrr), 0) FROM pg_temp.subscription
		WHERE organization = 17 AND runs @> at AND trial_until > at)::text, ', ' ORDER BY at))
FROM unnest('{2024-01-31Z, 2024-02-29Z, 2024-03-31Z}'::timestamptz[]) AS at;

-- P8: free, and still a customer
SELECT pg_temp.pays(18, 1, 0, 1, '2024-01-01');
SELECT pg_temp.equal('P8', 'MRR, and who is active', '0.00, 1', format('%s, %s',
	pg_temp.mrr(18, '2024-01-31Z'), count(*)))
FROM pg_temp.subscription WHERE organization = 18 AND runs @> timestamptz '2024-01-31Z';

-- ---------------------------------------------------------------------------------------------
-- What is left out, and why. The two organizations have the same external ids.
SELECT pg_temp.pays(19, 1, 10000, 1, '2024-01-01', status => 0),
	pg_temp.pays(19, 2, 10000, 1, '2024-01-01', status => 3),
	pg_temp.pays(19, 3, 10000, 1, NULL, status => 4),
	pg_temp.pays(19, 4, 10000, 1, '2024-01-02', '2024-01-01'),
	pg_temp.pays(19, 5, 10000, 1, '2024-01-01'), pg_temp.pays(19, 6, NULL, 1, '2024-01-01');
UPDATE public.customers SET account_type = 'partner' WHERE id = pg_temp.id(19, 1, 5);
INSERT INTO public.payment_provider_customers
SELECT customer, gen_random_uuid(), 'cus_' || n, NULL
FROM unnest(ARRAY[pg_temp.id(19, 1, 5), pg_temp.id(19, 1, 6)]) AS customer,
	generate_series(1, 2) AS n;
SELECT pg_temp.bills(19, 1, '2024-01-01', 100, customer => 5),
	pg_temp.bills(19, 2, '2024-01-01', 100, kind => 2), pg_temp.bills(19, 3, NULL, 100),
	pg_temp.bills(19, 4, '2024-01-01', 100, status => 7),
	pg_temp.bills(19, 5, '2024-01-01', 100, status => 3);
SELECT pg_temp.equal('rows', 'of ' || relation, theirs, string_agg(concat_ws(' ', reason, rows),
	', ' ORDER BY reason COLLATE "C"))
FROM cx_lago.skipped
JOIN (VALUES ('customer', 'a partner 1'),
	('invoice', 'has no date 1, is draft 1, is pending 1, of a partner 1, prepaid credits 1'),
	('subscription', 'ended before it began 1, has not begun 2, of a partner 1, '
		'taken back before it began 1, waits for its first payment 1'),
	('subscription.mrr', 'the plan has no price 1')) AS v (relation, theirs) USING (relation)
GROUP BY relation, theirs;
SELECT pg_temp.equal('rows', 'in and left out, of all that Lago exports',
	concat_ws(' ', (SELECT count(*) FROM public.subscriptions),
		(SELECT count(*) FROM public.exports_invoices), (SELECT count(*) FROM public.customers)),
	concat_ws(' ',
		(SELECT count(*) FROM cx_lago.subscription)
			+ (SELECT sum(rows) FROM cx_lago.skipped WHERE relation = 'subscription'),
		(SELECT count(*) FROM cx_lago.invoice)
			+ (SELECT sum(rows) FROM cx_lago.skipped WHERE relation = 'invoice'),
		(SELECT count(*) FROM cx_lago.customer)
			+ (SELECT sum(rows) FROM cx_lago.skipped WHERE relation = 'customer')));
SELECT pg_temp.equal('tenants', 'of chains with the same id', '12',
	count(DISTINCT tenant)::text) FROM cx_lago.subscription WHERE chain = 'sub 1';
