--
-- funnel_summary: how far journeys come along the steps of a funnel, one by one and counted
--

@set type = funnel_summary
@set rows = journeys
@set state = 512

@summary_type about
how many journeys reached which step of a funnel, and how long it took them

CREATE TYPE funnel_step AS (
	step integer,
	stage text,
	journeys bigint,
	in_progress bigint,
	from_first double precision,
	from_previous double precision,
	median_time interval,
	of_first bigint,
	of_previous bigint,
	from_first_lower double precision,
	from_first_upper double precision,
	from_previous_lower double precision,
	from_previous_upper double precision,
	median_since_first interval
);
COMMENT ON TYPE funnel_step IS
	'one step of a funnel: who reached it, as a share of who might have, and how long it took';

--
-- Readings
--

@reading signature | returns | symbol | attributes | comment
funnel_level(j customer_journey, steps text[], within interval DEFAULT NULL,
	mode text DEFAULT 'ordered') | integer | funnel_level | IMMUTABLE PARALLEL SAFE |
	how many of the steps the journey reached, in order and within the window
funnel_times(j customer_journey, steps text[], within interval DEFAULT NULL,
	mode text DEFAULT 'ordered') | timestamptz[] | funnel_times | IMMUTABLE PARALLEL SAFE |
	when the journey reached each of the steps that funnel_level() counts
funnel_level(j customer_journey, steps text[], within interval, mode text, exclude text[],
	step_limits text[] DEFAULT NULL) | integer | funnel_level | IMMUTABLE PARALLEL SAFE |
	the same without the stages that are excluded, each step within its limit since the one before
funnel_times(j customer_journey, steps text[], within interval, mode text, exclude text[],
	step_limits text[] DEFAULT NULL) | timestamptz[] | funnel_times | IMMUTABLE PARALLEL SAFE |
	the same without the stages that are excluded, each step within its limit since the one before
funnel_count(j customer_journey, steps text[], within interval DEFAULT NULL,
	mode text DEFAULT 'ordered', exclude text[] DEFAULT NULL,
	step_limits text[] DEFAULT NULL) | bigint | funnel_count | IMMUTABLE PARALLEL SAFE |
	how often the journey completed all steps, one time after the other

@reading_of_rows signature | returns | symbol | number | comment
funnel(s funnel_summary) | funnel_step | funnel_rows | 5 |
	every step with the journeys that reached it, conversion rates and the median time since the
	step before
funnel(s funnel_summary, level double precision) | funnel_step | funnel_rows | 5 |
	the same with intervals of another level than 0.95

@reading signature | returns | symbol | comment
funnel_test(a funnel_summary, b funnel_summary, step integer, from_step integer DEFAULT 1,
	level double precision DEFAULT 0.95) | test_result | funnel_test |
	the difference of the shares of journeys that came from one step to another

--
-- Transitions
--

@transition signature | transition | inverse | comment
funnel(customer_journey, text[], interval) | funnel_transition | funnel_inverse | a journey
funnel(customer_journey, text[], interval, text) |
	funnel_mode_transition | funnel_mode_inverse | a journey
funnel(customer_journey, text[], interval, timestamptz) |
	funnel_as_of_transition | funnel_as_of_inverse | a journey
funnel(customer_journey, text[], interval, text, timestamptz) |
	funnel_mode_as_of_transition | funnel_mode_as_of_inverse | a journey
funnel(customer_journey, text[], interval, text, timestamptz, text[]) |
	funnel_exclude_transition | funnel_exclude_inverse | a journey
funnel(customer_journey, text[], interval, text, timestamptz, text[], text[]) |
	funnel_limits_transition | funnel_limits_inverse | a journey

--
-- Aggregates
--

@set step = funnel
@set comment = how many journeys reached which step of a funnel

@aggregate signature
funnel_agg(j customer_journey, steps text[], within interval)
funnel_agg(j customer_journey, steps text[], within interval, mode text)
funnel_agg(j customer_journey, steps text[], within interval, as_of timestamptz)
funnel_agg(j customer_journey, steps text[], within interval, mode text, as_of timestamptz)
funnel_agg(j customer_journey, steps text[], within interval, mode text, as_of timestamptz,
	exclude text[])
funnel_agg(j customer_journey, steps text[], within interval, mode text, as_of timestamptz,
	exclude text[], step_limits text[])
