--
-- journey_parts: sessions of a journey, and its ways from one stage to another
--

@reading signature | returns | symbol | comment
entered(j customer_journey, stage text, after timestamptz) | timestamptz |
	journey_entered_after |
	when the stage with this label was first reached later than a moment; NULL if never
last_entered(j customer_journey, stage text) | timestamptz | journey_last_entered |
	when the stage with this label was last reached; NULL if never
journey_between(j customer_journey, from_stage text, to_stage text) | customer_journey |
	journey_between |
	the events of the first way from one stage to another; NULL where there is none

@reading_of_rows signature | returns | symbol | number | comment
sessions(j customer_journey, gap interval) | customer_journey | journey_sessions | 5 |
	the journey in parts, each of events that are no further apart than the gap
durations_between(j customer_journey, from_stage text, to_stage text) | interval |
	journey_durations_between | 5 |
	how long each way from one stage to another took; NULL for one that is not over
durations_between(j customer_journey, from_stage text, to_stage text,
	calendar business_calendar) | interval | journey_business_durations_between | 5 |
	business time of each way from one stage to another; NULL for one that is not over
