--
-- journey_periods: when a customer was in which stages
--

@reading signature | returns | symbol | attributes | comment
periods_in(j customer_journey, stages text[], as_of timestamptz DEFAULT NULL) |
	tstzmultirange | journey_periods_in | IMMUTABLE PARALLEL SAFE |
	when the customer was in one of these stages, up to as_of, without which the last may be open
periods_in(j customer_journey, stage text, as_of timestamptz DEFAULT NULL) |
	tstzmultirange | journey_periods_in_text | IMMUTABLE PARALLEL SAFE |
	the same of one stage, or of an array in a literal whose type is not said

@reading signature | returns | symbol | comment
time_in(j customer_journey, stage text, as_of timestamptz, calendar business_calendar) |
	interval | journey_business_time_in |
	business time spent in the stage with this label, up to as_of; NULL if it was never reached
