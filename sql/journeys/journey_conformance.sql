--
-- journey_conformance: how journeys depart from a model path
--

@since 2.0.0

CREATE TYPE journey_deviation AS (deviation text, stage text, from_stage text, at timestamptz);
COMMENT ON TYPE journey_deviation IS
	'where a journey departs from a path: skipped, repeated, back or unexpected, and which stage';

@reading_of_rows signature | returns | symbol | number | comment
deviations(j customer_journey, path text[]) | journey_deviation | journey_deviations | 5 |
	where the journey departs from a path: stages skipped, repeated, gone back to or unexpected

@reading signature | returns | symbol | comment
conforms(j customer_journey, path text[]) | boolean | journey_conforms |
	does the journey keep to a model path, as far as it has come; NULL without events
