--
-- duration_targets: targets that are counted exactly, and how old is what is open
--

@set type = duration_summary
@set state = 600

--
-- Readings
--

@reading signature | returns | symbol | comment
targets(s duration_summary) | interval[] | duration_targets_of |
	the targets that are counted exactly, from the shortest
unresolved(s duration_summary, older_than interval) | bigint | duration_older_than |
	number of what is open and older: past its target
median_age(s duration_summary) | interval | duration_median_age |
	median of the ages of what is open
percentile_age(s duration_summary, p double precision) | interval | duration_percentile_age |
	percentile of the ages of what is open, within 1 %
valid_duration(starts_at timestamptz, ends_at timestamptz) | interval |
	valid_duration_timestamptz |
	the time from start to end; NULL where the end is before the start, or either infinite
valid_duration(starts_at timestamp, ends_at timestamp) | interval | valid_duration_timestamp |
	the time from start to end; NULL where the end is before the start, or either infinite

--
-- Transitions
--

@transition signature | transition | inverse | comment
duration(interval, interval[]) | duration_within_transition | duration_within_inverse |
	a duration, with targets; NULL is unresolved
duration(interval, boolean) | duration_done_transition | duration_done_inverse |
	a duration of what is done, or the age of what is open
duration(interval, boolean, interval[]) |
	duration_done_within_transition | duration_done_within_inverse |
	a duration of what is done, or the age of what is open, with targets
ttr({timestamptz, timestamp}, {timestamptz, timestamp}, {timestamptz, timestamp}, interval[]) |
	ttr_within_transition_{timestamptz, timestamp} | ttr_within_inverse_{timestamptz, timestamp} |
	the time from opened to resolved, or the age as of a moment, with targets
business_ttr(business_calendar, timestamptz, timestamptz, timestamptz, interval[]) |
	business_ttr_within_transition | business_ttr_within_inverse |
	the business time from opened to resolved, or the age as of a moment, with targets

--
-- Aggregates
--

@aggregate signature | step | comment
duration_agg(duration interval, VARIADIC targets interval[]) | duration |
	summary of durations that counts exactly what is within targets; NULL is unresolved
duration_agg(duration interval, done boolean) | duration |
	summary of the durations of what is done and the ages of what is open
duration_agg(duration interval, done boolean, VARIADIC targets interval[]) | duration |
	summary of durations and ages that counts exactly what is within targets
ttr_agg(opened_at {timestamptz, timestamp}, resolved_at {timestamptz, timestamp},
	as_of {timestamptz, timestamp}, VARIADIC targets interval[]) | ttr |
	summary of the times to resolution that counts exactly what is within targets
business_ttr_agg(calendar business_calendar, opened_at timestamptz, resolved_at timestamptz,
	as_of timestamptz, VARIADIC targets interval[]) | business_ttr |
	summary of the business times to resolution that counts exactly what is within targets
