--
-- churn_reasons: why customers left, in a churn_summary
--

@since 2.0.0
@set type = churn_summary
@-- With counters of two bytes and a few reasons.
@set state = 100

CREATE TYPE churn_reason AS (
	reason text,
	lost bigint,
	new_and_lost bigint,
	churn_rate double precision,
	lower double precision,
	upper double precision
);
COMMENT ON TYPE churn_reason IS
	'a reason, whom it lost, their share of the customers at the start, and its interval';

--
-- Readings
--

@reading_of_rows signature | returns | symbol | number | comment
churn_reasons(s churn_summary, level double precision DEFAULT 0.95) | churn_reason |
	churn_reasons | 8 |
	every reason, with the customers lost for it and their share; NULL is no reason

@reading signature | returns | symbol | comment
lost_customers(s churn_summary, VARIADIC reasons text[]) | bigint | churn_lost_for |
	customers at the start but not at the end, who left for one of the reasons
churn_rate_for(s churn_summary, VARIADIC reasons text[]) | double precision | churn_rate_for |
	share of the customers at the start who were lost for one of the reasons, 0 to 1

--
-- Transitions
--

@transition signature | transition | inverse | comment
churn_reason_snapshots(boolean, boolean, text) |
	churn_reason_snapshots_transition | churn_reason_snapshots_inverse |
	a customer of two snapshots, with the reason to leave
churn_reason_range({tstzrange, daterange}, {tstzrange, daterange}, text) |
	churn_reason_range_transition | churn_reason_range_inverse |
	a customer who was active in a range, with the reason to leave
churn_reason_multirange({tstzmultirange, datemultirange}, {tstzrange, daterange}, text) |
	churn_reason_multirange_transition | churn_reason_multirange_inverse |
	a customer who was active in several ranges, with the reason to leave
churn_reason_lifetime({timestamptz, date}, {timestamptz, date}, {tstzrange, daterange}, text) |
	churn_reason_{timestamps, dates}_transition | churn_reason_{timestamps, dates}_inverse |
	a customer with a start and an end, with the reason to leave

--
-- Aggregates
--

@aggregate signature | step | comment
churn_reason_agg(was_active boolean, is_active boolean, reason text) | churn_reason_snapshots |
	summary of who stayed, left and why, and came, from two snapshots (was active, is active)
churn_reason_agg(active {tstzrange, daterange}, period {tstzrange, daterange}, reason text) |
	churn_reason_range |
	summary of who stayed, left and why, and came in a period, from when customers were active
churn_reason_agg(active {tstzmultirange, datemultirange}, period {tstzrange, daterange},
	reason text) | churn_reason_multirange |
	summary of who stayed, left and why, and came in a period, from when customers were active
churn_reason_agg(started_at {timestamptz, date}, ended_at {timestamptz, date},
	period {tstzrange, daterange}, reason text) | churn_reason_lifetime |
	summary of who stayed, left and why, and came in a period, from their start and end
