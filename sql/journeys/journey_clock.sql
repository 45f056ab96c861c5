--
-- journey_clock: flows and funnels by the business clock
--

--
-- Readings
--

@reading signature | returns | symbol | attributes | comment
funnel_level(j customer_journey, steps text[], within interval, mode text, exclude text[],
	step_limits text[], calendar business_calendar) | integer | funnel_level |
	IMMUTABLE PARALLEL SAFE |
	how many of the steps the journey reached, in order and within the window of business time
funnel_times(j customer_journey, steps text[], within interval, mode text, exclude text[],
	step_limits text[], calendar business_calendar) | timestamptz[] | funnel_times |
	IMMUTABLE PARALLEL SAFE |
	when the journey reached each of the steps that funnel_level() counts
funnel_count(j customer_journey, steps text[], within interval, mode text, exclude text[],
	step_limits text[], calendar business_calendar) | bigint | funnel_count |
	IMMUTABLE PARALLEL SAFE |
	how often the journey completed all steps within the window of business time

--
-- Funnels
--

@set type = funnel_summary
@set rows = journeys
@set state = 512
@set step = funnel
@set comment = how many journeys reached which step of a funnel, and how long by the business clock

@transition signature | transition | inverse | comment
funnel(customer_journey, text[], interval, text, timestamptz, text[], text[],
	business_calendar) | funnel_calendar_transition | funnel_calendar_inverse | a journey

@aggregate signature
funnel_agg(j customer_journey, steps text[], within interval, mode text, as_of timestamptz,
	exclude text[], step_limits text[], calendar business_calendar)

--
-- Flows
--

@set type = flow_summary
@set step = flow
@set comment = the ways that journeys take, and how long by the business clock

@transition signature | transition | inverse | comment
flow(customer_journey, business_calendar) |
	flow_calendar_transition | flow_calendar_inverse | a journey
flow(customer_journey, timestamptz, interval, business_calendar) |
	flow_as_of_calendar_transition | flow_as_of_calendar_inverse | a journey

@aggregate signature
flow_agg(j customer_journey, calendar business_calendar)
flow_agg(j customer_journey, as_of timestamptz, idle interval, calendar business_calendar)
