--
-- spend_summary: how often customers bought, and what they spent each time; what to expect of them
--

@since 2.0.0
@set type = spend_summary
@set category = N
@set rows = customers
@-- A list of 16 customers.
@set state = 400

@summary_type about
how often customers bought, and what they spent on a purchase on the average

CREATE TYPE gamma_gamma_model AS (
	p double precision,
	q double precision,
	gamma double precision,
	log_likelihood double precision
);
COMMENT ON TYPE gamma_gamma_model IS
	'the Gamma-Gamma model of spend: a purchase is Gamma(p, v), where the v of customers are '
	'Gamma(q, gamma)';

--
-- Readings
--

@reading signature | returns | symbol | comment
customers(s spend_summary) | bigint | spend_customers |
	customers whose spend is known
purchases(s spend_summary) | bigint | spend_purchases |
	purchases of these customers
mean_spend(s spend_summary) | double precision | spend_mean_spend |
	mean of all purchases
gamma_gamma_fit(s spend_summary) | gamma_gamma_model | gamma_gamma_fit |
	the Gamma-Gamma model that makes the spend most likely; an error where none does

@reading signature | returns | symbol | attributes | comment
expected_spend(model gamma_gamma_model, purchases bigint, mean_spend double precision) |
	double precision | expected_spend | IMMUTABLE PARALLEL SAFE |
	what a customer can be expected to spend on a purchase, on the average; that of all for a
	customer of whom no purchase is known; NULL where the model has no mean

--
-- Transitions
--

@transition signature | transition | inverse | comment
spend(bigint, double precision) | spend_transition | spend_inverse |
	a customer by purchases and what was spent on each on the average

--
-- Aggregates
--

@aggregate signature | step | comment
spend_agg(purchases bigint, mean_spend double precision) | spend |
	summary of customers by purchases and what was spent on each on the average; who bought nothing
	is skipped
