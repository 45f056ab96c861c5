--
-- journey_spans: journeys of events with two ends
--

@set step = journey_span
@set returns = customer_journey
@set merges = collects the spans of two states
@set figure = the journey through the spans
@set adds = adds a span
@set comment = the journey of a customer through stages that end: between them it is in (waiting)

@bytes_support

@bytes_aggregate signature | transition
journey_span_agg(starts_at timestamptz, ends_at timestamptz, stage journey_stage) |
	journey_span_transition_stage
journey_span_agg(starts_at timestamptz, ends_at timestamptz, stage text) |
	journey_span_transition_text
