--
-- revenue_movements: how revenue moved, by each movement, month, rate and change
--

@set type = revenue_summary
@-- For amounts below 100,000,000 with up to four decimals, of one month.
@set state = 600

--
-- Readings
--

@reading signature | returns | symbol | attributes | comment
new_mrr(s revenue_summary) | numeric | revenue_new_mrr | |
	revenue of customers who had none before
expansion_mrr(s revenue_summary) | numeric | revenue_expansion_mrr | |
	what customers paid more than at the start
reactivated_mrr(s revenue_summary) | numeric | revenue_reactivated_mrr | |
	revenue of customers who came back
contraction_mrr(s revenue_summary) | numeric | revenue_contraction_mrr | |
	what customers paid less than at the start, below zero
churned_mrr(s revenue_summary) | numeric | revenue_churned_mrr | |
	what lost customers had paid, below zero
exchange_mrr(s revenue_summary) | numeric | revenue_exchange_mrr | |
	what other exchange rates made of revenue that stayed, below zero for a loss
months_of(s revenue_summary) | date[] | revenue_months_of | |
	the months that were counted; NULL where revenue_agg was given none
monthly_amount(amount numeric, every interval, decimals integer DEFAULT 2) | numeric |
	monthly_amount | |
	what an amount that is due every so often is a month, of which a year of 365.25 days has 12

@reading_of_rows signature | returns | symbol | number | comment
movements(s revenue_summary, basis text) | revenue_movement | revenue_movements_by | 6 |
	the movements between the ends, or every change

--
-- Transitions
--

@transition signature | transition | inverse | comment
revenue_month(numeric, numeric, date) | revenue_month_transition | revenue_month_inverse |
	the revenue of a customer in a month
revenue_customer_month(numeric, numeric, boolean, date) |
	revenue_customer_month_transition | revenue_customer_month_inverse |
	the revenue of a customer in a month who may have been one before
revenue_currency_month(numeric, numeric, boolean, text, date) |
	revenue_currency_month_transition | revenue_currency_month_inverse |
	the revenue of a customer in a currency and a month who may have been one before
revenue_rates(numeric, numeric, boolean, text, numeric, numeric) |
	revenue_rates_transition | revenue_rates_inverse |
	the revenue of a customer at the exchange rates of the start and of the end
revenue_rates_month(numeric, numeric, boolean, text, numeric, numeric, date) |
	revenue_rates_month_transition | revenue_rates_month_inverse |
	the revenue of a customer in a month at the exchange rates of its start and of its end
revenue_change(date[], numeric[], daterange) |
	revenue_change_transition | revenue_change_inverse |
	every change of the revenue of a customer in a period
revenue_change_currency(date[], numeric[], daterange, text) |
	revenue_change_currency_transition | revenue_change_currency_inverse |
	every change of the revenue of a customer in a period, in a currency
revenue_change_rates(date[], numeric[], daterange, text, numeric, numeric) |
	revenue_change_rates_transition | revenue_change_rates_inverse |
	every change of the revenue of a customer at the exchange rates of the start and of the end

--
-- Aggregates
--

@aggregate signature | step | comment
revenue_agg(before numeric, after numeric, month date) | revenue_month |
	summary of revenue movements (before, after) of a month; NULL is no revenue
revenue_agg(before numeric, after numeric, was_customer boolean, month date) |
	revenue_customer_month |
	summary of revenue movements (before, after, was a customer earlier) of a month
revenue_agg(before numeric, after numeric, was_customer boolean, currency text, month date) |
	revenue_currency_month |
	summary of revenue movements (before, after, was a customer earlier, currency) of a month
revenue_agg(before numeric, after numeric, was_customer boolean, result_currency text,
	rate_before numeric, rate_after numeric) | revenue_rates |
	summary of revenue movements and exchange, of amounts at the rates of the start and of the end
revenue_agg(before numeric, after numeric, was_customer boolean, result_currency text,
	rate_before numeric, rate_after numeric, month date) | revenue_rates_month |
	summary of revenue movements and exchange of a month, of amounts at the rates of its ends
revenue_change_agg(changed_on date[], amounts numeric[], period daterange) | revenue_change |
	summary of every change of revenue in a period, from the days and amounts of a customer
revenue_change_agg(changed_on date[], amounts numeric[], period daterange, currency text) |
	revenue_change_currency |
	summary of every change of revenue in a period, from the days and amounts of a customer
revenue_change_agg(changed_on date[], amounts numeric[], period daterange, result_currency text,
	rate_before numeric, rate_after numeric) | revenue_change_rates |
	summary of every change of revenue in a period and exchange, at the rates of its ends
