--
-- funnel_summary: how far journeys come along the steps of a funnel
--

CREATE FUNCTION funnel_level(
	j customer_journey, steps text[], within interval DEFAULT NULL, mode text DEFAULT 'ordered')
	RETURNS integer
	AS 'MODULE_PATHNAME', 'funnel_level' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_level(customer_journey, text[], interval, text) IS
	'how many of the steps the journey reached, in order and within the window';

CREATE FUNCTION funnel_times(
	j customer_journey, steps text[], within interval DEFAULT NULL, mode text DEFAULT 'ordered')
	RETURNS timestamptz[]
	AS 'MODULE_PATHNAME', 'funnel_times' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_times(customer_journey, text[], interval, text) IS
	'when the journey reached each of the steps that funnel_level() counts';
