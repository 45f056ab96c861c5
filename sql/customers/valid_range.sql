--
-- valid_range: the range from a start to an end, unless the end is before the start
--

@reading signature | returns | symbol | attributes | comment
valid_range(starts_on date, ends_on date) | daterange | valid_range_dates |
	IMMUTABLE PARALLEL SAFE |
	the days from a start up to an end, NULL for none; NULL where the end is before the start
valid_range(starts_at timestamptz, ends_at timestamptz) | tstzrange | valid_range_timestamps |
	IMMUTABLE PARALLEL SAFE |
	the time from a start up to an end, NULL for none; NULL where the end is before the start
