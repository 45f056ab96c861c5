--
-- lifecycle_summary: how many customers were new, retained and resurrected in each period
--

@since 2.0.0
@set type = lifecycle_summary
@set category = N
@set rows = customers
@-- With 24 periods and counters of two bytes.
@set state = 160

@summary_type about
how many customers were new, retained and resurrected in each period

CREATE TYPE lifecycle_step AS (
	starts_on date,
	active_customers bigint,
	new_customers bigint,
	retained_customers bigint,
	resurrected_customers bigint,
	dormant_customers bigint,
	quick_ratio double precision
);
COMMENT ON TYPE lifecycle_step IS
	'a period of the calendar: customers active in it, who are new, retained or resurrected; those '
	'who were active in the period before only; and the quick ratio of who came to who left';

--
-- Readings
--

@reading_of_rows signature | returns | symbol | number | comment
lifecycle(s lifecycle_summary) | lifecycle_step | lifecycle_steps | 12 |
	new, retained, resurrected and dormant customers of each period, from the first one on

@reading signature | returns | symbol | comment
lifecycle_bucket(s lifecycle_summary) | text | lifecycle_bucket |
	the length of a period: day, week, month, quarter or year, and where it begins
lifecycle_until(s lifecycle_summary) | date | lifecycle_until |
	the last day of the last period that had ended
customers(s lifecycle_summary) | bigint | lifecycle_customers |
	customers who were ever active

--
-- Transitions
--

@transition signature | transition | inverse | comment
lifecycle(activity_days, text, date) | lifecycle_transition | lifecycle_inverse |
	a customer by days of activity

--
-- Aggregates
--

@aggregate signature | step | comment
lifecycle_agg(days activity_days, bucket text, as_of date) | lifecycle |
	summary of who was new, retained and resurrected in each period that had ended (days, bucket,
	as_of)
