--
-- journey_spans: journeys of events with two ends
--

-- The state is a bytea because a type of its own would be of no other use.

CREATE FUNCTION cxm_internal.journey_span_combine(bytea, bytea) RETURNS bytea
	AS 'MODULE_PATHNAME', 'journey_span_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.journey_span_combine(bytea, bytea) IS
	'collects the spans of two states';

CREATE FUNCTION cxm_internal.journey_span_final(bytea) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_span_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.journey_span_final(bytea) IS
	'the journey through the spans';

@template journey_span
CREATE FUNCTION cxm_internal.journey_span_transition(bytea, @types@) RETURNS bytea
	AS 'MODULE_PATHNAME', '@transition@' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.journey_span_transition(bytea, @types@) IS
	'adds a span';

CREATE AGGREGATE @signature@ (
	STYPE = bytea, SSPACE = 128, SFUNC = cxm_internal.journey_span_transition,
	COMBINEFUNC = cxm_internal.journey_span_combine, FINALFUNC = cxm_internal.journey_span_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey_span_agg(@types@) IS
	'the journey of a customer through stages that end: between them it is in (waiting)';
@end

@journey_span signature | transition
journey_span_agg(starts_at timestamptz, ends_at timestamptz, stage journey_stage) |
	journey_span_transition_stage
journey_span_agg(starts_at timestamptz, ends_at timestamptz, stage text) |
	journey_span_transition_text
