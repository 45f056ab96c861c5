--
-- duration_summary: how long things took, and how many are still under way
--

@set type = duration_summary
@set category = N
@-- The durations of most groups spread over two or three orders of magnitude.
@set state = 500
@set sum_state = 800

@summary_type about
counts of durations in buckets of 2 %, their exact sum, and what is unresolved

CREATE TYPE duration_bucket AS (
	from_duration interval,
	to_duration interval,
	resolved bigint,
	unresolved bigint
);
COMMENT ON TYPE duration_bucket IS
	'how many were resolved within a range of durations, and how many are open at such an age';

--
-- Readings
--

@reading signature | returns | symbol | comment
resolved(s duration_summary) | bigint | duration_resolved |
	number of durations: what has been resolved
unresolved(s duration_summary) | bigint | duration_unresolved |
	number of what has no duration yet
mean_duration(s duration_summary) | interval | duration_mean |
	mean of the resolved durations, to the microsecond
total_duration(s duration_summary) | interval | duration_total |
	sum of the resolved durations
ttr(s duration_summary) | interval | duration_mean |
	mean time to resolution
median_duration(s duration_summary) | interval | duration_median |
	the percentile 0.5
percentile(s duration_summary, p double precision) | interval | duration_percentile |
	percentile within 1 %; with ages of what is open that of Kaplan and Meier
percentiles(s duration_summary, p double precision[]) | interval[] | duration_percentiles |
	several percentiles in an array of the same shape
within(s duration_summary, target interval) | double precision | duration_within |
	resolved within a target, of those resolved and those open past it, 0 to 1

@reading_of_rows signature | returns | symbol | number | comment
durations(s duration_summary) | duration_bucket | duration_durations | 200 |
	the buckets that hold something, from the shortest durations

--
-- Transitions
--

@transition signature | transition | inverse | comment
duration(interval) | duration_transition | duration_inverse |
	a duration; NULL is unresolved
ttr({timestamptz, timestamp}, {timestamptz, timestamp}) |
	ttr_transition_{timestamptz, timestamp} | ttr_inverse_{timestamptz, timestamp} |
	the time from opened to resolved
ttr({timestamptz, timestamp}, {timestamptz, timestamp}, {timestamptz, timestamp}) |
	ttr_as_of_transition_{timestamptz, timestamp} | ttr_as_of_inverse_{timestamptz, timestamp} |
	the time from opened to resolved, or the age as of a moment
business_ttr(business_calendar, timestamptz, timestamptz) |
	business_ttr_transition | business_ttr_inverse |
	the business time from opened to resolved
business_ttr(business_calendar, timestamptz, timestamptz, timestamptz) |
	business_ttr_as_of_transition | business_ttr_as_of_inverse |
	the business time from opened to resolved, or the age as of a moment

--
-- Aggregates
--

@aggregate signature | step | comment
duration_agg(duration interval) | duration |
	summary of durations; NULL is unresolved
ttr_agg(opened_at {timestamptz, timestamp}, resolved_at {timestamptz, timestamp}) | ttr |
	summary of the times from opened to resolved; NULL is still open
ttr_agg(opened_at {timestamptz, timestamp}, resolved_at {timestamptz, timestamp},
	as_of {timestamptz, timestamp}) | ttr |
	summary of the times from opened to resolved, open tickets with their age as of a moment
business_ttr_agg(calendar business_calendar, opened_at timestamptz, resolved_at timestamptz) |
	business_ttr |
	summary of the business times from opened to resolved; NULL is still open
business_ttr_agg(calendar business_calendar, opened_at timestamptz, resolved_at timestamptz,
	as_of timestamptz) | business_ttr |
	summary of the business times to resolution, open tickets with their age as of a moment

@aggregate signature | step | final | comment
ttr(opened_at {timestamptz, timestamp}, resolved_at {timestamptz, timestamp}) |
	ttr | mean_duration |
	mean time from opened to resolved
ttr(opened_at {timestamptz, timestamp}, resolved_at {timestamptz, timestamp},
	as_of {timestamptz, timestamp}) | ttr | mean_duration |
	mean time from opened to resolved, of what was resolved as of a moment
business_ttr(calendar business_calendar, opened_at timestamptz, resolved_at timestamptz) |
	business_ttr | mean_duration |
	mean business time from opened to resolved
business_ttr(calendar business_calendar, opened_at timestamptz, resolved_at timestamptz,
	as_of timestamptz) | business_ttr | mean_duration |
	mean business time from opened to resolved, of what was resolved as of a moment
