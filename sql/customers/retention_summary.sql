--
-- retention_summary: how many customers came back, by period since their first day
--

@set type = retention_summary
@set category = N
@set rows = customers
@-- With 24 periods and counters of two bytes.
@set state = 108

@summary_type about
how many customers came back, by period since their first day

CREATE TYPE retention_step AS (
	period integer,
	eligible bigint,
	retained bigint,
	rate double precision,
	of_previous double precision
);
COMMENT ON TYPE retention_step IS
	'a period since the first day: customers for whom it has ended, those of them who came back, '
	'their share, and that share over the one of the period before';

--
-- Readings
--

@reading signature | returns | symbol | comment
retention(s retention_summary, n integer) | double precision | retention_retention |
	share of customers who came back in period n, 0 to 1; NULL when it has not ended for anyone
bucket_of(s retention_summary) | text | retention_bucket_of |
	the periods: day, week, month, quarter or year and where it begins, days, hours, brackets, dates
kind_of(s retention_summary) | text | retention_kind_of |
	what counts as coming back: on, on_or_after or again
active_before_start(s retention_summary) | bigint | retention_active_before_start |
	customers who were active before their start; NULL where they start with an activity

@interval signature | symbol | comment
retention(s retention_summary, n integer, level double precision DEFAULT 0.95) |
	retention_retention |
	confidence interval of retention in period n, 0 to 1 (Wilson)

@reading signature | returns | symbol | comment
retention_test(a retention_summary, b retention_summary, n integer,
	level double precision DEFAULT 0.95) | test_result | retention_retention_test |
	tests whether retention(a, n) differs from retention(b, n): Newcombe interval and pooled z

@reading_of_rows signature | returns | symbol | number | comment
retention_curve(s retention_summary) | retention_step | retention_curve | 12 |
	eligible and retained customers of each period, from that of the first day

--
-- Transitions
--

@transition signature | transition | inverse | comment
retention(activity_days, text, date) | retention_transition | retention_inverse |
	a customer by days of activity
retention(activity_days, text, date, text) | retention_transition | retention_inverse |
	a customer by days of activity and kind
retention_start(activity_days, text, date, date) |
	retention_start_transition | retention_start_inverse |
	a customer by days of activity and start
retention_start(activity_days, text, date, date, text) |
	retention_start_transition | retention_start_inverse |
	a customer by days of activity, start and kind
retention_periods(activity_days, daterange[], date) |
	retention_periods_transition | retention_periods_inverse |
	a customer by days of activity and periods
retention_periods(activity_days, daterange[], date, text) |
	retention_periods_transition | retention_periods_inverse |
	a customer by days of activity, periods and kind
retention_periods_start(activity_days, daterange[], date, date) |
	retention_periods_start_transition | retention_periods_start_inverse |
	a customer by days of activity, periods and start
retention_periods_start(activity_days, daterange[], date, date, text) |
	retention_periods_start_transition | retention_periods_start_inverse |
	a customer by days of activity, periods, start and kind
retention_hours(timestamptz[], text, timestamptz) |
	retention_hours_transition | retention_hours_inverse |
	a customer by moments of activity
retention_hours(timestamptz[], text, timestamptz, text) |
	retention_hours_transition | retention_hours_inverse |
	a customer by moments of activity and kind
retention_hours_start(timestamptz[], text, timestamptz, timestamptz) |
	retention_hours_start_transition | retention_hours_start_inverse |
	a customer by moments of activity and start
retention_hours_start(timestamptz[], text, timestamptz, timestamptz, text) |
	retention_hours_start_transition | retention_hours_start_inverse |
	a customer by moments of activity, start and kind

--
-- Aggregates
--

@aggregate signature | step | comment
retention_agg(days activity_days, bucket text, as_of date) | retention |
	summary of who was active on a day of each period since the first day (days, bucket, as_of)
retention_agg(days activity_days, bucket text, as_of date, kind text) | retention |
	summary of who was active on, or on or after, each period since the first day (days, bucket,
	as_of, kind)
retention_agg(days activity_days, bucket text, as_of date, started date) | retention_start |
	summary of who was active on a day of each period since a start that need not be an activity
	(days, bucket, as_of, started)
retention_agg(days activity_days, bucket text, as_of date, started date, kind text) |
	retention_start |
	summary of who was active in each period since a start that need not be an activity (days,
	bucket, as_of, started, kind)
retention_periods_agg(days activity_days, periods daterange[], as_of date) | retention_periods |
	summary of who was active on a day of each of these periods since that of the first day
retention_periods_agg(days activity_days, periods daterange[], as_of date, kind text) |
	retention_periods |
	summary of who was active in each of these periods since that of the first day, by kind
retention_periods_agg(days activity_days, periods daterange[], as_of date, started date) |
	retention_periods_start |
	summary of who was active on a day of each of these periods since that of a start
retention_periods_agg(days activity_days, periods daterange[], as_of date, started date,
	kind text) | retention_periods_start |
	summary of who was active in each of these periods since that of a start, by kind
retention_hours_agg(moments timestamptz[], bucket text, as_of timestamptz) | retention_hours |
	summary of who was active in each window of so many hours since the first moment
retention_hours_agg(moments timestamptz[], bucket text, as_of timestamptz, kind text) |
	retention_hours |
	summary of who was active in each window of so many hours since the first moment, by kind
retention_hours_agg(moments timestamptz[], bucket text, as_of timestamptz, started timestamptz) |
	retention_hours_start |
	summary of who was active in each window of so many hours since a start
retention_hours_agg(moments timestamptz[], bucket text, as_of timestamptz, started timestamptz,
	kind text) | retention_hours_start |
	summary of who was active in each window of so many hours since a start, by kind
