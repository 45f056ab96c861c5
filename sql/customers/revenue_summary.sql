--
-- revenue_summary: recurring revenue at the start of a period and its movements
--

@set type = revenue_summary
@set category = N
@set rows = customers
@-- For amounts below 100,000,000 with up to four decimals.
@set state = 208

@summary_type about
recurring revenue at the start of a period and its movements, exact, with customers

CREATE TYPE revenue_movement AS (movement text, amount numeric, customers bigint);
COMMENT ON TYPE revenue_movement IS
	'a kind of movement, its amount (negative for losses), and the customers who moved';

--
-- Readings
--

@reading signature | returns | symbol | comment
mrr_start(s revenue_summary) | numeric | revenue_mrr_start |
	recurring revenue at the start
mrr_end(s revenue_summary) | numeric | revenue_mrr_end |
	recurring revenue at the end: that of the start and all movements
grr(s revenue_summary) | double precision | revenue_grr |
	gross revenue retention: (start - contraction - churned) / start, 0 to 1
nrr(s revenue_summary) | double precision | revenue_nrr |
	net revenue retention: (start + expansion - contraction - churned) / start
gross_revenue_churn(s revenue_summary) | double precision | revenue_gross_revenue_churn |
	(contraction + churned) / start, 0 to 1
net_revenue_churn(s revenue_summary) | double precision | revenue_net_revenue_churn |
	(contraction + churned - expansion - reactivated) / start: below 0 when more was regained than
	lost
quick_ratio(s revenue_summary) | double precision | revenue_quick_ratio |
	(new + expansion + reactivated) / (contraction + churned)
arpa(s revenue_summary) | numeric | revenue_arpa |
	average revenue per account at the end
customers_at_start(s revenue_summary) | bigint | revenue_customers_at_start |
	customers with revenue at the start
customers_at_end(s revenue_summary) | bigint | revenue_customers_at_end |
	customers with revenue at the end
currency_of(s revenue_summary) | text | revenue_currency_of |
	the currency; NULL when none was given

@reading_of_rows signature | returns | symbol | number | comment
movements(s revenue_summary) | revenue_movement | revenue_movements | 5 |
	the movements from the start to the end: amount, negative for losses, and customers

--
-- Transitions
--

@transition signature | transition | inverse | comment
revenue(numeric, numeric) | revenue_transition | revenue_inverse |
	the revenue of a customer
revenue_customer(numeric, numeric, boolean) |
	revenue_customer_transition | revenue_customer_inverse |
	the revenue of a customer who may have been one before
revenue_currency(numeric, numeric, text) |
	revenue_currency_transition | revenue_currency_inverse |
	the revenue of a customer in a currency
revenue_customer_currency(numeric, numeric, boolean, text) |
	revenue_customer_currency_transition | revenue_customer_currency_inverse |
	the revenue of a customer in a currency who may have been one before

--
-- Aggregates
--

@aggregate signature | step | comment
revenue_agg(before numeric, after numeric) | revenue |
	summary of revenue movements (before and after); NULL is no revenue
revenue_agg(before numeric, after numeric, was_customer boolean) | revenue_customer |
	summary of revenue movements (before, after, was a customer earlier); NULL is no revenue
revenue_agg(before numeric, after numeric, currency text) | revenue_currency |
	summary of revenue movements (before, after, currency); NULL is no revenue
revenue_agg(before numeric, after numeric, was_customer boolean, currency text) |
	revenue_customer_currency |
	summary of revenue movements (before, after, was a customer earlier, currency); NULL is no
	revenue
