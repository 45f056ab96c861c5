--
-- flow_summary: the ways that journeys take, from stage to stage
--

CREATE TYPE flow_summary;

CREATE FUNCTION flow_summary_in(cstring) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_in(cstring) IS
	'input of flow_summary from JSON';

CREATE FUNCTION flow_summary_out(flow_summary) RETURNS cstring
	AS 'MODULE_PATHNAME', 'flow_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_out(flow_summary) IS
	'output of flow_summary as canonical JSON';

CREATE FUNCTION flow_summary_recv(internal) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_recv(internal) IS
	'binary input of flow_summary';

CREATE FUNCTION flow_summary_send(flow_summary) RETURNS bytea
	AS 'MODULE_PATHNAME', 'flow_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_send(flow_summary) IS
	'binary output of flow_summary in network byte order';

CREATE TYPE flow_summary (
	INPUT = flow_summary_in,
	OUTPUT = flow_summary_out,
	RECEIVE = flow_summary_recv,
	SEND = flow_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE flow_summary IS
	'how many journeys went from which stage to which, and how long it took them';

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
-- Casts
--

CREATE FUNCTION flow_summary_to_json(flow_summary) RETURNS json
	AS 'MODULE_PATHNAME', 'flow_summary_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_to_json(flow_summary) IS
	'the value as json';

CREATE CAST (flow_summary AS json) WITH FUNCTION flow_summary_to_json(flow_summary);
COMMENT ON CAST (flow_summary AS json) IS 'the value as json';

CREATE FUNCTION flow_summary_to_jsonb(flow_summary) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'flow_summary_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_to_jsonb(flow_summary) IS
	'the value as jsonb';

CREATE CAST (flow_summary AS jsonb) WITH FUNCTION flow_summary_to_jsonb(flow_summary);
COMMENT ON CAST (flow_summary AS jsonb) IS 'the value as jsonb';

CREATE CAST (jsonb AS flow_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS flow_summary) IS 'the value that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION flow_summary_eq(a flow_summary, b flow_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'flow_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_eq(flow_summary, flow_summary) IS
	'are the values equal';

CREATE FUNCTION flow_summary_ne(a flow_summary, b flow_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'flow_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_ne(flow_summary, flow_summary) IS
	'do the values differ';

CREATE FUNCTION flow_summary_add(a flow_summary, b flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_add(flow_summary, flow_summary) IS
	'both merged';

CREATE FUNCTION flow_summary_subtract(a flow_summary, b flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_subtract(flow_summary, flow_summary) IS
	'the first without what is in the second';

CREATE FUNCTION flow_summary_hash(flow_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'flow_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_hash(flow_summary) IS
	'hash of a value';

CREATE FUNCTION flow_summary_hash_extended(flow_summary, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'flow_summary_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_hash_extended(flow_summary, bigint) IS
	'hash of a value with a seed';

CREATE OPERATOR = (
	LEFTARG = flow_summary, RIGHTARG = flow_summary, FUNCTION = flow_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (flow_summary, flow_summary) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = flow_summary, RIGHTARG = flow_summary, FUNCTION = flow_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (flow_summary, flow_summary) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = flow_summary, RIGHTARG = flow_summary, FUNCTION = flow_summary_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (flow_summary, flow_summary) IS 'merge';

CREATE OPERATOR - (
	LEFTARG = flow_summary, RIGHTARG = flow_summary, FUNCTION = flow_summary_subtract
);
COMMENT ON OPERATOR - (flow_summary, flow_summary) IS 'take out';

CREATE OPERATOR FAMILY flow_summary_ops USING hash;
COMMENT ON OPERATOR FAMILY flow_summary_ops USING hash IS 'equality, by hash';

CREATE OPERATOR CLASS flow_summary_ops
	DEFAULT FOR TYPE flow_summary USING hash FAMILY flow_summary_ops AS
	OPERATOR 1 =,
	FUNCTION 1 flow_summary_hash(flow_summary),
	FUNCTION 2 flow_summary_hash_extended(flow_summary, bigint);
COMMENT ON OPERATOR CLASS flow_summary_ops USING hash IS 'equality, by hash';

--
-- Readings
--

CREATE FUNCTION flows(s flow_summary) RETURNS SETOF journey_flow
	AS 'MODULE_PATHNAME', 'flow_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION flows(flow_summary) IS
	'every way from one stage to another, with (start), (end) and (ongoing)';

CREATE FUNCTION journey_map(s flow_summary) RETURNS SETOF journey_map_stage
	AS 'MODULE_PATHNAME', 'flow_journey_map' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION journey_map(flow_summary) IS
	'every stage with the journeys that came, began, ended and still are there';

--
-- Aggregates
--

CREATE FUNCTION flow_transition(flow_summary, customer_journey) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_transition(flow_summary, customer_journey) IS
	'counts a journey';

CREATE FUNCTION flow_inverse(flow_summary, customer_journey) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_inverse(flow_summary, customer_journey) IS
	'takes out a journey';

CREATE FUNCTION flow_transition(
	flow_summary, customer_journey, timestamptz, interval)
	RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_as_of_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_transition(flow_summary, customer_journey, timestamptz, interval) IS
	'counts a journey';

CREATE FUNCTION flow_inverse(
	flow_summary, customer_journey, timestamptz, interval)
	RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_as_of_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_inverse(flow_summary, customer_journey, timestamptz, interval) IS
	'takes out a journey';

CREATE FUNCTION flow_summary_combine(flow_summary, flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_combine(flow_summary, flow_summary) IS
	'merges two states';

CREATE FUNCTION flow_summary_final(flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_final(flow_summary) IS
	'the summary of a state';

CREATE FUNCTION flow_summary_rollup(flow_summary, flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_rollup(flow_summary, flow_summary) IS
	'adds a summary to a moving state';

CREATE FUNCTION flow_summary_rollup_inverse(flow_summary, flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_rollup_inverse(flow_summary, flow_summary) IS
	'takes a summary out of a moving state';

CREATE AGGREGATE flow_agg(j customer_journey) (
	STYPE = flow_summary, SSPACE = 512, SFUNC = flow_transition,
	COMBINEFUNC = flow_summary_combine, FINALFUNC = flow_summary_final,
	MSTYPE = flow_summary, MSSPACE = 512, MSFUNC = flow_transition, MINVFUNC = flow_inverse,
	MFINALFUNC = flow_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE flow_agg(customer_journey) IS
	'the ways that journeys take: journey, and as_of and idle for those that are ongoing';

CREATE AGGREGATE flow_agg(j customer_journey, as_of timestamptz, idle interval) (
	STYPE = flow_summary, SSPACE = 512, SFUNC = flow_transition,
	COMBINEFUNC = flow_summary_combine, FINALFUNC = flow_summary_final,
	MSTYPE = flow_summary, MSSPACE = 512, MSFUNC = flow_transition, MINVFUNC = flow_inverse,
	MFINALFUNC = flow_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE flow_agg(customer_journey, timestamptz, interval) IS
	'the ways that journeys take: journey, and as_of and idle for those that are ongoing';

CREATE AGGREGATE rollup(s flow_summary) (
	STYPE = flow_summary, SSPACE = 512, SFUNC = flow_summary_combine,
	COMBINEFUNC = flow_summary_combine, FINALFUNC = flow_summary_final,
	MSTYPE = flow_summary, MSSPACE = 512, MSFUNC = flow_summary_rollup,
	MINVFUNC = flow_summary_rollup_inverse,
	MFINALFUNC = flow_summary_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(flow_summary) IS
	'merges flows';
