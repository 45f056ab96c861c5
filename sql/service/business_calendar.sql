--
-- business_calendar: opening hours that follow the local clock of a time zone
--

@set type = business_calendar
@set noun = calendar
@set nouns = calendars
@set format = text

@base_type about
opening hours by day of the week, in a time zone, with dates that are exceptions

--
-- Operators
--

@equality

--
-- Readings
--

@reading signature | returns | symbol | comment
business_time(calendar business_calendar, starts_at timestamptz,
	ends_at timestamptz) | interval | business_time |
	real time that passes within opening hours
business_time(calendar business_calendar,
	times tstzmultirange) | interval | business_time_multirange |
	real time that passes within opening hours, of all the times given
business_time_until(calendar business_calendar, times tstzmultirange,
	as_of timestamptz) | interval | business_time_until |
	the same up to a moment: what goes on still, or without an end, counts until then
business_deadline(calendar business_calendar, starts_at timestamptz,
	allowed interval) | timestamptz | business_deadline |
	so many business days later, then the first moment after so many hours of business time
business_days(calendar business_calendar, starts_on date, ends_on date) |
	integer | business_days |
	number of business days, those on which hours begin, from one date to another, both included
is_business_time(calendar business_calendar, at timestamptz) | boolean | business_time_at |
	is it within opening hours

@reading signature | returns | symbol | attributes | comment
business_deadline(calendar business_calendar, starts_at timestamptz, allowed interval,
	pauses tstzmultirange) |
	timestamptz | business_deadline_multirange | IMMUTABLE PARALLEL SAFE |
	the deadline of a clock that stands still in the pauses; infinity while the last is open
business_deadline(calendar business_calendar, starts_at timestamptz, allowed interval,
	pauses tstzrange) |
	timestamptz | business_deadline_range | IMMUTABLE PARALLEL SAFE |
	the deadline of a clock that stands still in a pause; infinity while it is open
business_deadline(calendar business_calendar, starts_at timestamptz, allowed interval,
	pauses text) |
	timestamptz | business_deadline_text | STABLE PARALLEL SAFE |
	the same, of a multirange or a range in a literal whose type is not said

@reading_of_rows signature | returns | symbol | number | comment
business_spans(calendar business_calendar, starts_at timestamptz,
	ends_at timestamptz) | tstzrange | business_spans | 100 |
	the times within opening hours, each as long as it goes on without a break
