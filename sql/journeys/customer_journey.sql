--
-- customer_journey: the events of one customer, a set of times and stages
--

@set type = customer_journey
@set subtracts =
@set verb = adds
@set letter = j
@set noun = journey
@set nouns = journeys
@set rows = events
@set state = 128

@summary_type about
the events of one customer: a set of times and stages

CREATE TYPE journey_event AS (at timestamptz, stage journey_stage);
COMMENT ON TYPE journey_event IS
	'when a customer came to which stage';

--
-- Readings
--

@reading signature | returns | symbol | comment
event_count(j customer_journey) | bigint | journey_event_count |
	number of events
stages(j customer_journey) | text[] | journey_stages |
	the labels of all events in their order
stage_path(j customer_journey, separator text DEFAULT ' > ') | text | journey_stage_path |
	the labels of all events in their order, as one text
collapse(j customer_journey) | customer_journey | journey_collapse |
	the journey without events that repeat the stage of the one before
journey_slice(j customer_journey, starts_at timestamptz,
	ends_at timestamptz) | customer_journey | journey_slice |
	the events from starts_at until before ends_at
first_at(j customer_journey) | timestamptz | journey_first_at |
	time of the first event
last_at(j customer_journey) | timestamptz | journey_last_at |
	time of the last event
current_stage(j customer_journey) | text | journey_current_stage |
	label of the last event
furthest_stage(j customer_journey) | text | journey_furthest_stage |
	label of the furthest stage that was reached
entered(j customer_journey, stage text) | timestamptz | journey_entered |
	when the stage with this label was first reached; NULL if never
time_in(j customer_journey, stage text, as_of timestamptz) | interval | journey_time_in |
	time spent in the stage with this label, up to as_of; NULL if it was never reached
regressions(j customer_journey) | bigint | journey_regressions |
	how often a stage of a lower rank came next
revisits(j customer_journey) | bigint | journey_revisits |
	how often a stage was entered again that had been left

@reading_of_rows signature | returns | symbol | number | comment
events(j customer_journey) | journey_event | journey_events | 20 |
	every event, in the order of time and stage

--
-- Aggregates
--

@transition signature | transition | comment
journey(timestamptz, journey_stage) | journey_transition_stage | an event
journey(timestamptz, text) | journey_transition_name | an event, its stage named in text
journey(timestamptz, bigint, journey_stage) | journey_transition_sequence_stage |
	an event with its place among those of one time
journey(timestamptz, bigint, text) | journey_transition_sequence_name |
	an event with its place among those of one time, its stage named in text

@aggregate signature | step | comment
journey_agg(at timestamptz, stage journey_stage) | journey |
	the journey of a customer; rows without time or stage are skipped
journey_agg(at timestamptz, stage text) | journey |
	the journey of a customer; a name that is no built-in stage is a label of rank 0
journey_agg(at timestamptz, sequence bigint, stage journey_stage) | journey |
	the journey of a customer, events of one time in the order of their sequence
journey_agg(at timestamptz, sequence bigint, stage text) | journey |
	the same, of stages that are named in text
