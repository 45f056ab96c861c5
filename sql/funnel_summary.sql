--
-- funnel_summary: how far journeys come along the steps of a funnel, one by one and counted
--

CREATE TYPE funnel_summary;

CREATE FUNCTION funnel_summary_in(cstring) RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_in(cstring) IS
	'input of funnel_summary from JSON';

CREATE FUNCTION funnel_summary_out(funnel_summary) RETURNS cstring
	AS 'MODULE_PATHNAME', 'funnel_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_out(funnel_summary) IS
	'output of funnel_summary as canonical JSON';

CREATE FUNCTION funnel_summary_recv(internal) RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_recv(internal) IS
	'binary input of funnel_summary';

CREATE FUNCTION funnel_summary_send(funnel_summary) RETURNS bytea
	AS 'MODULE_PATHNAME', 'funnel_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_send(funnel_summary) IS
	'binary output of funnel_summary in network byte order';

CREATE TYPE funnel_summary (
	INPUT = funnel_summary_in,
	OUTPUT = funnel_summary_out,
	RECEIVE = funnel_summary_recv,
	SEND = funnel_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE funnel_summary IS
	'how many journeys reached which step of a funnel, and how long it took them';

CREATE TYPE funnel_step AS (
	step integer,
	stage text,
	journeys bigint,
	in_progress bigint,
	from_first double precision,
	from_previous double precision,
	median_time interval
);
COMMENT ON TYPE funnel_step IS
	'one step of a funnel: who reached it, as a share of who might have, and how long it took';

--
-- Casts
--

CREATE FUNCTION funnel_summary_to_json(funnel_summary) RETURNS json
	AS 'MODULE_PATHNAME', 'funnel_summary_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_to_json(funnel_summary) IS
	'the value as json';

CREATE CAST (funnel_summary AS json) WITH FUNCTION funnel_summary_to_json(funnel_summary);
COMMENT ON CAST (funnel_summary AS json) IS 'the value as json';

CREATE FUNCTION funnel_summary_to_jsonb(funnel_summary) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'funnel_summary_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_to_jsonb(funnel_summary) IS
	'the value as jsonb';

CREATE CAST (funnel_summary AS jsonb) WITH FUNCTION funnel_summary_to_jsonb(funnel_summary);
COMMENT ON CAST (funnel_summary AS jsonb) IS 'the value as jsonb';

CREATE CAST (jsonb AS funnel_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS funnel_summary) IS 'the value that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION funnel_summary_eq(a funnel_summary, b funnel_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'funnel_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_eq(funnel_summary, funnel_summary) IS
	'are the values equal';

CREATE FUNCTION funnel_summary_ne(a funnel_summary, b funnel_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'funnel_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_ne(funnel_summary, funnel_summary) IS
	'do the values differ';

CREATE FUNCTION funnel_summary_add(a funnel_summary, b funnel_summary) RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_add(funnel_summary, funnel_summary) IS
	'both merged';

CREATE FUNCTION funnel_summary_subtract(a funnel_summary, b funnel_summary) RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_subtract(funnel_summary, funnel_summary) IS
	'the first without what is in the second';

CREATE FUNCTION funnel_summary_hash(funnel_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'funnel_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_hash(funnel_summary) IS
	'hash of a value';

CREATE FUNCTION funnel_summary_hash_extended(funnel_summary, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'funnel_summary_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_hash_extended(funnel_summary, bigint) IS
	'hash of a value with a seed';

CREATE OPERATOR = (
	LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (funnel_summary, funnel_summary) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (funnel_summary, funnel_summary) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (funnel_summary, funnel_summary) IS 'merge';

CREATE OPERATOR - (
	LEFTARG = funnel_summary, RIGHTARG = funnel_summary, FUNCTION = funnel_summary_subtract
);
COMMENT ON OPERATOR - (funnel_summary, funnel_summary) IS 'take out';

CREATE OPERATOR FAMILY funnel_summary_ops USING hash;
COMMENT ON OPERATOR FAMILY funnel_summary_ops USING hash IS 'equality, by hash';

CREATE OPERATOR CLASS funnel_summary_ops
	DEFAULT FOR TYPE funnel_summary USING hash FAMILY funnel_summary_ops AS
	OPERATOR 1 =,
	FUNCTION 1 funnel_summary_hash(funnel_summary),
	FUNCTION 2 funnel_summary_hash_extended(funnel_summary, bigint);
COMMENT ON OPERATOR CLASS funnel_summary_ops USING hash IS 'equality, by hash';

--
-- Readings
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

CREATE FUNCTION funnel(s funnel_summary) RETURNS SETOF funnel_step
	AS 'MODULE_PATHNAME', 'funnel_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 5;
COMMENT ON FUNCTION funnel(funnel_summary) IS
	'every step with the journeys that reached it, conversion rates and the median time '
	'since the step before';

--
-- Aggregates
--

CREATE FUNCTION funnel_transition(
	funnel_summary, customer_journey, text[], interval)
	RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_transition(funnel_summary, customer_journey, text[], interval) IS
	'counts a journey';

CREATE FUNCTION funnel_inverse(
	funnel_summary, customer_journey, text[], interval)
	RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_inverse(funnel_summary, customer_journey, text[], interval) IS
	'takes out a journey';

CREATE FUNCTION funnel_transition(
	funnel_summary, customer_journey, text[], interval, text)
	RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_mode_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_transition(funnel_summary, customer_journey, text[], interval, text) IS
	'counts a journey';

CREATE FUNCTION funnel_inverse(
	funnel_summary, customer_journey, text[], interval, text)
	RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_mode_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_inverse(funnel_summary, customer_journey, text[], interval, text) IS
	'takes out a journey';

CREATE FUNCTION funnel_transition(
	funnel_summary, customer_journey, text[], interval, timestamptz)
	RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_as_of_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_transition(
	funnel_summary, customer_journey, text[], interval, timestamptz) IS
	'counts a journey';

CREATE FUNCTION funnel_inverse(
	funnel_summary, customer_journey, text[], interval, timestamptz)
	RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_as_of_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_inverse(
	funnel_summary, customer_journey, text[], interval, timestamptz) IS
	'takes out a journey';

CREATE FUNCTION funnel_transition(
	funnel_summary, customer_journey, text[], interval, text, timestamptz)
	RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_mode_as_of_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_transition(
	funnel_summary, customer_journey, text[], interval, text, timestamptz) IS
	'counts a journey';

CREATE FUNCTION funnel_inverse(
	funnel_summary, customer_journey, text[], interval, text, timestamptz)
	RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_mode_as_of_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_inverse(
	funnel_summary, customer_journey, text[], interval, text, timestamptz) IS
	'takes out a journey';

CREATE FUNCTION funnel_summary_combine(funnel_summary, funnel_summary) RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_summary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_combine(funnel_summary, funnel_summary) IS
	'merges two states';

CREATE FUNCTION funnel_summary_final(funnel_summary) RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_final(funnel_summary) IS
	'the summary of a state';

CREATE FUNCTION funnel_summary_rollup(funnel_summary, funnel_summary) RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_summary_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_rollup(funnel_summary, funnel_summary) IS
	'adds a summary to a moving state';

CREATE FUNCTION funnel_summary_rollup_inverse(
	funnel_summary, funnel_summary)
	RETURNS funnel_summary
	AS 'MODULE_PATHNAME', 'funnel_summary_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION funnel_summary_rollup_inverse(funnel_summary, funnel_summary) IS
	'takes a summary out of a moving state';

CREATE AGGREGATE funnel_agg(j customer_journey, steps text[], within interval) (
	STYPE = funnel_summary, SSPACE = 512, SFUNC = funnel_transition,
	COMBINEFUNC = funnel_summary_combine, FINALFUNC = funnel_summary_final,
	MSTYPE = funnel_summary, MSSPACE = 512, MSFUNC = funnel_transition, MINVFUNC = funnel_inverse,
	MFINALFUNC = funnel_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE funnel_agg(customer_journey, text[], interval) IS
	'how many journeys reached which step of a funnel';

CREATE AGGREGATE funnel_agg(j customer_journey, steps text[], within interval, mode text) (
	STYPE = funnel_summary, SSPACE = 512, SFUNC = funnel_transition,
	COMBINEFUNC = funnel_summary_combine, FINALFUNC = funnel_summary_final,
	MSTYPE = funnel_summary, MSSPACE = 512, MSFUNC = funnel_transition, MINVFUNC = funnel_inverse,
	MFINALFUNC = funnel_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE funnel_agg(customer_journey, text[], interval, text) IS
	'how many journeys reached which step of a funnel';

CREATE AGGREGATE funnel_agg(j customer_journey, steps text[], within interval, as_of timestamptz) (
	STYPE = funnel_summary, SSPACE = 512, SFUNC = funnel_transition,
	COMBINEFUNC = funnel_summary_combine, FINALFUNC = funnel_summary_final,
	MSTYPE = funnel_summary, MSSPACE = 512, MSFUNC = funnel_transition, MINVFUNC = funnel_inverse,
	MFINALFUNC = funnel_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE funnel_agg(customer_journey, text[], interval, timestamptz) IS
	'how many journeys reached which step of a funnel';

CREATE AGGREGATE funnel_agg(
	j customer_journey, steps text[], within interval, mode text, as_of timestamptz
) (
	STYPE = funnel_summary, SSPACE = 512, SFUNC = funnel_transition,
	COMBINEFUNC = funnel_summary_combine, FINALFUNC = funnel_summary_final,
	MSTYPE = funnel_summary, MSSPACE = 512, MSFUNC = funnel_transition, MINVFUNC = funnel_inverse,
	MFINALFUNC = funnel_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE funnel_agg(customer_journey, text[], interval, text, timestamptz) IS
	'how many journeys reached which step of a funnel';

CREATE AGGREGATE rollup(s funnel_summary) (
	STYPE = funnel_summary, SSPACE = 512, SFUNC = funnel_summary_combine,
	COMBINEFUNC = funnel_summary_combine, FINALFUNC = funnel_summary_final,
	MSTYPE = funnel_summary, MSSPACE = 512, MSFUNC = funnel_summary_rollup,
	MINVFUNC = funnel_summary_rollup_inverse,
	MFINALFUNC = funnel_summary_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(funnel_summary) IS
	'merges funnels of the same steps';
