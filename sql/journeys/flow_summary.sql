--
-- flow_summary: the ways that journeys take, from stage to stage
--

@set type = flow_summary
@set rows = journeys
@set state = 512

@summary_type about
how many journeys went from which stage to which, and how long it took them

CREATE TYPE journey_flow AS (
	from_stage text,
	to_stage text,
	transitions bigint,
	journeys bigint,
	median_time interval
);
COMMENT ON TYPE journey_flow IS
	'the transitions from one stage to another: how many, of how many journeys, after how long';

CREATE TYPE journey_map_stage AS (
	stage text,
	journeys bigint,
	visits bigint,
	entries bigint,
	exits bigint,
	ongoing bigint,
	drop_off double precision,
	median_time interval
);
COMMENT ON TYPE journey_map_stage IS
	'one stage of all journeys: who came, who began, ended or still is there, and for how long';

--
-- Readings
--

@reading_of_rows signature | returns | symbol | number | comment
flows(s flow_summary) | journey_flow | flow_rows | 30 |
	every way from one stage to another, with (start), (end) and (ongoing)
journey_map(s flow_summary) | journey_map_stage | flow_journey_map | 10 |
	every stage with the journeys that came, began, ended and still are there

--
-- Transitions
--

@transition signature | transition | inverse | comment
flow(customer_journey) | flow_transition | flow_inverse | a journey
flow(customer_journey, timestamptz, interval) |
	flow_as_of_transition | flow_as_of_inverse | a journey

--
-- Aggregates
--

@set step = flow
@set comment = the ways that journeys take: journey, and as_of and idle for those that are ongoing

@aggregate signature
flow_agg(j customer_journey)
flow_agg(j customer_journey, as_of timestamptz, idle interval)
