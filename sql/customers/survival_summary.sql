--
-- survival_summary: after how long customers left, and how long the others have stayed so far
--

@set type = survival_summary
@set category = N
@set rows = customers
@-- With 64 places and counters of two bytes.
@set state = 524

@summary_type about
after how long customers left, and how long the others have stayed so far

CREATE TYPE survival_step AS (
	t integer,
	at_risk bigint,
	events bigint,
	censored bigint,
	survival double precision,
	lower double precision,
	upper double precision
);
COMMENT ON TYPE survival_step IS
	'a duration of a survival curve: customers at risk before it, how many left and how many were '
	'last seen then, the share that stays longer, and its interval';

--
-- Readings
--

@reading signature | returns | symbol | comment
survival(s survival_summary, t integer) | double precision | survival_survival |
	share of customers who stay longer than t, 0 to 1 (Kaplan-Meier); NULL beyond the curve
median_survival(s survival_summary) | integer | survival_median_survival |
	the shortest duration by which half of the customers have left; NULL when the curve does not
	fall so far
restricted_mean(s survival_summary, horizon integer) | double precision | survival_restricted_mean |
	mean duration up to a horizon: the area under the curve; NULL when the curve does not reach so
	far
events(s survival_summary) | bigint | survival_events |
	customers who have left
censored(s survival_summary) | bigint | survival_censored |
	customers who had not left when they were last seen
logrank_test(a survival_summary, b survival_summary,
	level double precision DEFAULT 0.95) | test_result | survival_logrank_test |
	tests whether customers of a leave sooner or later than those of b: log-rank chi-squared, and
	the log hazard ratio by Peto

@reading_of_rows signature | returns | symbol | number | comment
survival_curve(s survival_summary,
	level double precision DEFAULT 0.95) | survival_step | survival_curve | 100 |
	the Kaplan-Meier curve by duration, with log-log intervals by Greenwood

--
-- Transitions
--

@transition signature | transition | inverse | comment
survival(integer, boolean) | survival_transition | survival_inverse |
	a customer by duration
survival_lifetime(date, date, date) |
	survival_lifetime_transition | survival_lifetime_inverse |
	a customer by start and end

--
-- Aggregates
--

@aggregate signature | step | comment
survival_agg(duration integer, ended boolean) | survival |
	summary of durations and whether they ended; a NULL skips the row
survival_agg(started date, ended date, as_of date) | survival_lifetime |
	summary of durations in days from start, end (NULL: not yet) and as_of, the day of looking
