--
-- churn_summary: customers at the start and at the end of a period, kept, lost and new
--

@set type = churn_summary
@set category = N
@set rows = customers
@-- With counters of two bytes.
@set state = 16

@summary_type about
customers at the start and at the end of a period, kept, lost and new

--
-- Readings
--

@reading signature | returns | symbol | comment
churn_rate(s churn_summary) | double precision | churn_rate |
	lost share of the customers at the start, 0 to 1
churn_rate(s churn_summary, convention text) | double precision | churn_rate_by_convention |
	churn rate by a convention: start, net, average or stripe
net_churn_rate(at_start bigint, at_end bigint) | double precision | churn_net_churn_rate |
	(at_start - at_end) / at_start: below 0 when there are more customers than before
retention_rate(s churn_summary) | double precision | churn_retention_rate |
	share of the customers at the start who were not lost, 0 to 1
customers_at_start(s churn_summary) | bigint | churn_customers_at_start |
	customers just before the period
customers_at_end(s churn_summary) | bigint | churn_customers_at_end |
	customers just before the end of the period
lost_customers(s churn_summary) | bigint | churn_lost_customers |
	customers at the start but not at the end
new_customers(s churn_summary) | bigint | churn_new_customers |
	customers at the end but not at the start, nor, where ranges tell, at any time before
reactivated_customers(s churn_summary) | bigint | churn_reactivated_customers |
	customers at the end but not at the start who had been customers at some time before
new_and_lost_customers(s churn_summary) | bigint | churn_new_and_lost_customers |
	customers who came and went within the period
returned_customers(s churn_summary) | bigint | churn_returned_customers |
	customers at the start and at the end who were away in between

@interval signature | symbol | comment
churn(s churn_summary, level double precision DEFAULT 0.95) | churn |
	confidence interval of churn_rate, 0 to 1 (Wilson)

--
-- Transitions
--

@transition signature | transition | inverse | comment
churn_snapshots(boolean, boolean) | churn_snapshots_transition | churn_snapshots_inverse |
	a customer of two snapshots
churn_range({tstzrange, daterange}, {tstzrange, daterange}) |
	churn_range_transition | churn_range_inverse |
	a customer who was active in a range
churn_multirange({tstzmultirange, datemultirange}, {tstzrange, daterange}) |
	churn_multirange_transition | churn_multirange_inverse |
	a customer who was active in several ranges
churn_lifetime({timestamptz, date}, {timestamptz, date}, {tstzrange, daterange}) |
	churn_{timestamps, dates}_transition | churn_{timestamps, dates}_inverse |
	a customer with a start and an end

--
-- Aggregates
--

@aggregate signature | step | comment
churn_agg(was_active boolean, is_active boolean) | churn_snapshots |
	summary of who stayed, left and came, from two snapshots (was active, is active)
churn_agg(active {tstzrange, daterange}, period {tstzrange, daterange}) | churn_range |
	summary of who stayed, left and came in a period, from when customers were active
churn_agg(active {tstzmultirange, datemultirange}, period {tstzrange, daterange}) |
	churn_multirange |
	summary of who stayed, left and came in a period, from when customers were active
churn_agg(started_at {timestamptz, date}, ended_at {timestamptz, date},
	period {tstzrange, daterange}) | churn_lifetime |
	summary of who stayed, left and came in a period, from their start and end

@set final = churn_rate

@aggregate signature | step | comment
churn_rate(was_active boolean, is_active boolean) | churn_snapshots |
	lost share of the customers at the start, 0 to 1, from two snapshots (was active, is active)
churn_rate(active {tstzrange, daterange}, period {tstzrange, daterange}) | churn_range |
	lost share of the customers at the start, 0 to 1 in a period, from when customers were active
churn_rate(active {tstzmultirange, datemultirange}, period {tstzrange, daterange}) |
	churn_multirange |
	lost share of the customers at the start, 0 to 1 in a period, from when customers were active
churn_rate(started_at {timestamptz, date}, ended_at {timestamptz, date},
	period {tstzrange, daterange}) | churn_lifetime |
	lost share of the customers at the start, 0 to 1 in a period, from their start and end
