--
-- survival_comparison: how sure figures of survival are, how groups compare, and what to expect
--

@since 2.0.0

CREATE TYPE hazard_period AS (
	from_t bigint,
	to_t bigint,
	at_risk bigint,
	events bigint,
	censored bigint,
	hazard double precision,
	lower double precision,
	upper double precision
);
COMMENT ON TYPE hazard_period IS
	'a period of durations above from_t and up to to_t: customers at risk when it begins, how many '
	'left and were last seen in it, and the share that leaves in it, with its interval';

CREATE TYPE hazard_ratio_estimate AS (
	ratio double precision,
	lower double precision,
	upper double precision
);
COMMENT ON TYPE hazard_ratio_estimate IS
	'how many times as likely it is to leave, at any duration, with the confidence interval';

@interval signature | symbol | comment
survival(s survival_summary, t integer, level double precision DEFAULT 0.95) |
	survival_survival |
	confidence interval of survival, 0 to 1
median_survival(s survival_summary, level double precision DEFAULT 0.95) |
	survival_median_survival |
	confidence interval of median_survival (Brookmeyer-Crowley); a bound is NULL where the curve
	does not fall so far
restricted_mean(s survival_summary, horizon integer, level double precision DEFAULT 0.95) |
	survival_restricted_mean |
	confidence interval of restricted_mean, 0 to the horizon
expected_remaining(s survival_summary, age integer, horizon integer,
	level double precision DEFAULT 0.95) | survival_expected_remaining |
	confidence interval of expected_remaining, 0 to the horizon

@reading signature | returns | symbol | comment
expected_remaining(s survival_summary, age integer, horizon integer) | double precision |
	survival_expected_remaining |
	mean duration that those who have stayed longer than age will still stay, within a horizon from
	then on; NULL when the curve does not reach so far
hazard_ratio(a survival_summary, b survival_summary, level double precision DEFAULT 0.95,
	ties text DEFAULT $$efron$$) | hazard_ratio_estimate | survival_hazard_ratio |
	how many times as likely customers of a are to leave, at any duration, as those of b (partial
	likelihood)
restricted_mean_test(a survival_summary, b survival_summary, horizon integer,
	level double precision DEFAULT 0.95) | test_result | survival_restricted_mean_test |
	tests whether customers of a and of b stay as long up to a horizon (z)
logrank_test(s survival_summary[]) | groups_test_result | survival_logrank_groups_test |
	tests whether any of many groups leaves sooner or later than the others: log-rank chi-squared

@reading_of_rows signature | returns | symbol | number | comment
hazards(s survival_summary, period integer,
	level double precision DEFAULT 0.95) | hazard_period | survival_hazards | 20 |
	the share of the customers who have come so far that leaves in each period
