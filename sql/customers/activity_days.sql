--
-- activity_days: the set of days on which one customer was active
--

@set type = activity_days
@set subtracts =
@set verb = adds
@set letter = a
@set noun = set
@set nouns = sets
@set rows = days
@-- With room for 24 days.
@set state = 64

@summary_type about
the set of days on which one customer was active

--
-- Readings
--

@reading signature | returns | symbol | comment
first_day(a activity_days) | date | activity_first_day |
	the first day; NULL when there is none
last_day(a activity_days) | date | activity_last_day |
	the last day; NULL when there is none
day_count(a activity_days) | integer | activity_day_count |
	number of days
day_count(a activity_days, period daterange) | integer | activity_days_within |
	number of days within a range of dates
active_on(a activity_days, day date) | boolean | activity_active_on |
	is the day one of the set
active_between(a activity_days, period daterange) | boolean | activity_active_between |
	is any day of a range of dates one of the set

@reading_of_rows signature | returns | symbol | number | comment
days(a activity_days) | date | activity_days | 10 |
	the days, in order

--
-- Aggregates
--

@transition signature | transition | comment
activity(date) | activity_transition | a day to the set
activity(timestamptz, text) | activity_moment_transition |
	the day of a moment in a time zone to the set
activity(timestamptz) | activity_zoneless_transition |
	nothing: which day a moment is in, only a time zone tells

@aggregate signature | step | comment
activity_agg(day date) | activity |
	set of the days on which a customer was active; NULLs are skipped
activity_agg(at timestamptz, zone text) | activity |
	set of the days, in a time zone, on which a customer was active; NULLs are skipped
activity_agg(at timestamptz) | activity |
	an error that tells how to say in which time zone the days are
