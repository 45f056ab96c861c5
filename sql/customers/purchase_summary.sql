--
-- purchase_summary: how often customers without a contract bought again, when last, and since when
-- they have been customers; what to expect of them
--

@since 2.0.0
@set type = purchase_summary
@set category = N
@set rows = customers
@-- A table of 16 histories.
@set state = 272

@summary_type about
how often customers bought again, when last, and how long they have been customers, in days

CREATE TYPE bg_nbd_model AS (
	r double precision,
	alpha double precision,
	a double precision,
	b double precision,
	log_likelihood double precision
);
COMMENT ON TYPE bg_nbd_model IS
	'the BG/NBD model of purchases: rates of buying are Gamma(r, alpha), chances of leaving after '
	'one Beta(a, b)';

--
-- Readings
--

@reading signature | returns | symbol | comment
customers(s purchase_summary) | bigint | purchase_customers |
	customers, that is all who have bought
repeat_customers(s purchase_summary) | bigint | purchase_repeat_customers |
	customers who have bought again
repeat_purchases(s purchase_summary) | bigint | purchase_repeat_purchases |
	repeat purchases of all customers: days on which one bought, but for the first
bg_nbd_fit(s purchase_summary) | bg_nbd_model | bg_nbd_fit |
	the BG/NBD model that makes the purchases most likely; an error where none does
expected_purchases(model bg_nbd_model, repeat_purchases bigint, recency double precision,
	age double precision, horizon double precision) | double precision | expected_purchases |
	purchases to expect of a customer in the next so many days, from a history in days
expected_purchases(model bg_nbd_model, activity activity_days, as_of date,
	horizon double precision) | double precision | expected_purchases_activity |
	purchases to expect of a customer in the next so many days after as_of
expected_purchases(model bg_nbd_model, s purchase_summary,
	horizon double precision) | double precision | expected_purchases_all |
	purchases to expect of all customers together in the next so many days
probability_alive(model bg_nbd_model, repeat_purchases bigint, recency double precision,
	age double precision) | double precision | probability_alive |
	probability that a customer has not left, 0 to 1, from a history in days
probability_alive(model bg_nbd_model, activity activity_days, as_of date) |
	double precision | probability_alive_activity |
	probability that a customer had not left on the day as_of, 0 to 1
customers_alive(model bg_nbd_model, s purchase_summary) | double precision | customers_alive |
	how many customers have not left, as the model expects

--
-- Transitions
--

@transition signature | transition | inverse | comment
purchase(bigint, double precision, double precision) | purchase_transition | purchase_inverse |
	a customer by repeat purchases, recency and age
purchase_activity(activity_days, date) |
	purchase_activity_transition | purchase_activity_inverse |
	a customer by the days with a purchase

--
-- Aggregates
--

@aggregate signature | step | comment
purchase_agg(repeat_purchases bigint, recency double precision, age double precision) | purchase |
	summary of customers by repeat purchases, days from the first to the last, and days from the
	first until now; a NULL skips the row
purchase_agg(activity activity_days, as_of date) | purchase_activity |
	summary of customers by the days on which they bought, up to as_of, the day of looking
