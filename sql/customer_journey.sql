--
-- customer_journey: the events of one customer, a set of times and stages
--

CREATE TYPE customer_journey;

CREATE FUNCTION customer_journey_in(cstring) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_in(cstring) IS
	'input of customer_journey from JSON';

CREATE FUNCTION customer_journey_out(customer_journey) RETURNS cstring
	AS 'MODULE_PATHNAME', 'customer_journey_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_out(customer_journey) IS
	'output of customer_journey as canonical JSON';

CREATE FUNCTION customer_journey_recv(internal) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_recv(internal) IS
	'binary input of customer_journey';

CREATE FUNCTION customer_journey_send(customer_journey) RETURNS bytea
	AS 'MODULE_PATHNAME', 'customer_journey_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_send(customer_journey) IS
	'binary output of customer_journey in network byte order';

CREATE TYPE customer_journey (
	INPUT = customer_journey_in,
	OUTPUT = customer_journey_out,
	RECEIVE = customer_journey_recv,
	SEND = customer_journey_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE customer_journey IS
	'the events of one customer: a set of times and stages';

CREATE TYPE journey_event AS (at timestamptz, stage journey_stage);
COMMENT ON TYPE journey_event IS
	'when a customer came to which stage';

--
-- Casts
--

CREATE FUNCTION customer_journey_to_json(customer_journey) RETURNS json
	AS 'MODULE_PATHNAME', 'customer_journey_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_to_json(customer_journey) IS
	'the value as json';

CREATE CAST (customer_journey AS json) WITH FUNCTION customer_journey_to_json(customer_journey);
COMMENT ON CAST (customer_journey AS json) IS 'the value as json';

CREATE FUNCTION customer_journey_to_jsonb(customer_journey) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'customer_journey_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_to_jsonb(customer_journey) IS
	'the value as jsonb';

CREATE CAST (customer_journey AS jsonb) WITH FUNCTION customer_journey_to_jsonb(customer_journey);
COMMENT ON CAST (customer_journey AS jsonb) IS 'the value as jsonb';

CREATE CAST (jsonb AS customer_journey) WITH INOUT;
COMMENT ON CAST (jsonb AS customer_journey) IS 'the value that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION customer_journey_eq(a customer_journey, b customer_journey) RETURNS boolean
	AS 'MODULE_PATHNAME', 'customer_journey_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_eq(customer_journey, customer_journey) IS
	'are the values equal';

CREATE FUNCTION customer_journey_ne(a customer_journey, b customer_journey) RETURNS boolean
	AS 'MODULE_PATHNAME', 'customer_journey_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_ne(customer_journey, customer_journey) IS
	'do the values differ';

CREATE FUNCTION customer_journey_add(
	a customer_journey, b customer_journey)
	RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_add(customer_journey, customer_journey) IS
	'both merged';

CREATE FUNCTION customer_journey_hash(customer_journey) RETURNS integer
	AS 'MODULE_PATHNAME', 'customer_journey_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_hash(customer_journey) IS
	'hash of a value';

CREATE FUNCTION customer_journey_hash_extended(customer_journey, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'customer_journey_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_hash_extended(customer_journey, bigint) IS
	'hash of a value with a seed';

CREATE OPERATOR = (
	LEFTARG = customer_journey, RIGHTARG = customer_journey, FUNCTION = customer_journey_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (customer_journey, customer_journey) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = customer_journey, RIGHTARG = customer_journey, FUNCTION = customer_journey_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (customer_journey, customer_journey) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = customer_journey, RIGHTARG = customer_journey, FUNCTION = customer_journey_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (customer_journey, customer_journey) IS 'merge';

CREATE OPERATOR FAMILY customer_journey_ops USING hash;
COMMENT ON OPERATOR FAMILY customer_journey_ops USING hash IS 'equality, by hash';

CREATE OPERATOR CLASS customer_journey_ops
	DEFAULT FOR TYPE customer_journey USING hash FAMILY customer_journey_ops AS
	OPERATOR 1 =,
	FUNCTION 1 customer_journey_hash(customer_journey),
	FUNCTION 2 customer_journey_hash_extended(customer_journey, bigint);
COMMENT ON OPERATOR CLASS customer_journey_ops USING hash IS 'equality, by hash';

--
-- Readings
--

CREATE FUNCTION events(j customer_journey) RETURNS SETOF journey_event
	AS 'MODULE_PATHNAME', 'journey_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION events(customer_journey) IS
	'every event, in the order of time and stage';

CREATE FUNCTION event_count(j customer_journey) RETURNS bigint
	AS 'MODULE_PATHNAME', 'journey_event_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION event_count(customer_journey) IS
	'number of events';

CREATE FUNCTION stages(j customer_journey) RETURNS text[]
	AS 'MODULE_PATHNAME', 'journey_stages' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION stages(customer_journey) IS
	'the labels of all events in their order';

CREATE FUNCTION stage_path(j customer_journey, separator text DEFAULT ' > ') RETURNS text
	AS 'MODULE_PATHNAME', 'journey_stage_path' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION stage_path(customer_journey, text) IS
	'the labels of all events in their order, as one text';

CREATE FUNCTION collapse(j customer_journey) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_collapse' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION collapse(customer_journey) IS
	'the journey without events that repeat the stage of the one before';

CREATE FUNCTION journey_slice(
	j customer_journey, starts_at timestamptz, ends_at timestamptz)
	RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_slice' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_slice(customer_journey, timestamptz, timestamptz) IS
	'the events from starts_at until before ends_at';

CREATE FUNCTION first_at(j customer_journey) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'journey_first_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION first_at(customer_journey) IS
	'time of the first event';

CREATE FUNCTION last_at(j customer_journey) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'journey_last_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION last_at(customer_journey) IS
	'time of the last event';

CREATE FUNCTION current_stage(j customer_journey) RETURNS text
	AS 'MODULE_PATHNAME', 'journey_current_stage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION current_stage(customer_journey) IS
	'label of the last event';

CREATE FUNCTION furthest_stage(j customer_journey) RETURNS text
	AS 'MODULE_PATHNAME', 'journey_furthest_stage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION furthest_stage(customer_journey) IS
	'label of the furthest stage that was reached';

CREATE FUNCTION entered(j customer_journey, stage text) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'journey_entered' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION entered(customer_journey, text) IS
	'when the stage with this label was first reached; NULL if never';

CREATE FUNCTION time_in(j customer_journey, stage text, as_of timestamptz) RETURNS interval
	AS 'MODULE_PATHNAME', 'journey_time_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION time_in(customer_journey, text, timestamptz) IS
	'time spent in the stage with this label, up to as_of; NULL if it was never reached';

CREATE FUNCTION regressions(j customer_journey) RETURNS bigint
	AS 'MODULE_PATHNAME', 'journey_regressions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION regressions(customer_journey) IS
	'how often a stage of a lower rank came next';

CREATE FUNCTION revisits(j customer_journey) RETURNS bigint
	AS 'MODULE_PATHNAME', 'journey_revisits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revisits(customer_journey) IS
	'how often a stage was entered again that had been left';

--
-- Aggregates
--
-- A journey is a set, out of which nothing can be taken: there are no moving forms.
--

CREATE FUNCTION journey_transition(
	customer_journey, timestamptz, journey_stage)
	RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_transition_stage' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_transition(customer_journey, timestamptz, journey_stage) IS
	'adds an event';

CREATE FUNCTION journey_transition(customer_journey, timestamptz, text) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_transition_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_transition(customer_journey, timestamptz, text) IS
	'adds an event, its stage named in text';

CREATE FUNCTION customer_journey_combine(
	customer_journey, customer_journey)
	RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_combine(customer_journey, customer_journey) IS
	'merges two states';

CREATE FUNCTION customer_journey_final(customer_journey) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_final(customer_journey) IS
	'the journey of a state';

CREATE AGGREGATE journey_agg(at timestamptz, stage journey_stage) (
	STYPE = customer_journey, SSPACE = 128, SFUNC = journey_transition,
	COMBINEFUNC = customer_journey_combine, FINALFUNC = customer_journey_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey_agg(timestamptz, journey_stage) IS
	'the journey of a customer; rows without time or stage are skipped';

CREATE AGGREGATE journey_agg(at timestamptz, stage text) (
	STYPE = customer_journey, SSPACE = 128, SFUNC = journey_transition,
	COMBINEFUNC = customer_journey_combine, FINALFUNC = customer_journey_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey_agg(timestamptz, text) IS
	'the journey of a customer; a word that is no built-in stage has rank 0';

CREATE AGGREGATE rollup(j customer_journey) (
	STYPE = customer_journey, SSPACE = 128, SFUNC = customer_journey_combine,
	COMBINEFUNC = customer_journey_combine, FINALFUNC = customer_journey_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(customer_journey) IS
	'merges journeys of one customer: the events of all, each once';
