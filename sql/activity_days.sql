--
-- activity_days: the set of days on which one customer was active
--

CREATE TYPE activity_days;

CREATE FUNCTION activity_days_in(cstring) RETURNS activity_days
	AS 'MODULE_PATHNAME', 'activity_days_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_in(cstring) IS
	'input of activity_days from JSON';

CREATE FUNCTION activity_days_out(activity_days) RETURNS cstring
	AS 'MODULE_PATHNAME', 'activity_days_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_out(activity_days) IS
	'output of activity_days as canonical JSON';

CREATE FUNCTION activity_days_recv(internal) RETURNS activity_days
	AS 'MODULE_PATHNAME', 'activity_days_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_recv(internal) IS
	'binary input of activity_days';

CREATE FUNCTION activity_days_send(activity_days) RETURNS bytea
	AS 'MODULE_PATHNAME', 'activity_days_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_send(activity_days) IS
	'binary output of activity_days in network byte order';

CREATE TYPE activity_days (
	INPUT = activity_days_in,
	OUTPUT = activity_days_out,
	RECEIVE = activity_days_recv,
	SEND = activity_days_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE activity_days IS
	'the set of days on which one customer was active';

--
-- Casts
--

CREATE FUNCTION activity_days_to_json(activity_days) RETURNS json
	AS 'MODULE_PATHNAME', 'activity_days_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_to_json(activity_days) IS
	'the set as json';

CREATE CAST (activity_days AS json) WITH FUNCTION activity_days_to_json(activity_days);
COMMENT ON CAST (activity_days AS json) IS 'the set as json';

CREATE FUNCTION activity_days_to_jsonb(activity_days) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'activity_days_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_to_jsonb(activity_days) IS
	'the set as jsonb';

CREATE CAST (activity_days AS jsonb) WITH FUNCTION activity_days_to_jsonb(activity_days);
COMMENT ON CAST (activity_days AS jsonb) IS 'the set as jsonb';

CREATE CAST (jsonb AS activity_days) WITH INOUT;
COMMENT ON CAST (jsonb AS activity_days) IS 'the set that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION activity_days_eq(a activity_days, b activity_days) RETURNS boolean
	AS 'MODULE_PATHNAME', 'activity_days_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_eq(activity_days, activity_days) IS
	'are the sets equal';

CREATE FUNCTION activity_days_ne(a activity_days, b activity_days) RETURNS boolean
	AS 'MODULE_PATHNAME', 'activity_days_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_ne(activity_days, activity_days) IS
	'do the sets differ';

CREATE FUNCTION activity_days_add(a activity_days, b activity_days) RETURNS activity_days
	AS 'MODULE_PATHNAME', 'activity_days_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_add(activity_days, activity_days) IS
	'the set of the days of both';

CREATE FUNCTION activity_days_hash(activity_days) RETURNS integer
	AS 'MODULE_PATHNAME', 'activity_days_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_hash(activity_days) IS
	'hash of a activity_days';

CREATE FUNCTION activity_days_hash_extended(activity_days, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'activity_days_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_hash_extended(activity_days, bigint) IS
	'hash of a activity_days with a seed';

CREATE OPERATOR = (
	LEFTARG = activity_days, RIGHTARG = activity_days, FUNCTION = activity_days_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (activity_days, activity_days) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = activity_days, RIGHTARG = activity_days, FUNCTION = activity_days_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (activity_days, activity_days) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = activity_days, RIGHTARG = activity_days, FUNCTION = activity_days_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (activity_days, activity_days) IS 'union';

CREATE OPERATOR FAMILY activity_days_ops USING hash;
COMMENT ON OPERATOR FAMILY activity_days_ops USING hash IS 'equality of sets, by hash';

CREATE OPERATOR CLASS activity_days_ops
	DEFAULT FOR TYPE activity_days USING hash FAMILY activity_days_ops AS
	OPERATOR 1 =,
	FUNCTION 1 activity_days_hash(activity_days),
	FUNCTION 2 activity_days_hash_extended(activity_days, bigint);
COMMENT ON OPERATOR CLASS activity_days_ops USING hash IS 'equality of sets, by hash';

--
-- Readings
--

CREATE FUNCTION first_day(a activity_days) RETURNS date
	AS 'MODULE_PATHNAME', 'activity_first_day' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION first_day(activity_days) IS
	'the first day; NULL when there is none';

CREATE FUNCTION last_day(a activity_days) RETURNS date
	AS 'MODULE_PATHNAME', 'activity_last_day' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION last_day(activity_days) IS
	'the last day; NULL when there is none';

CREATE FUNCTION day_count(a activity_days) RETURNS integer
	AS 'MODULE_PATHNAME', 'activity_day_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION day_count(activity_days) IS
	'number of days';

CREATE FUNCTION active_on(a activity_days, day date) RETURNS boolean
	AS 'MODULE_PATHNAME', 'activity_active_on' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION active_on(activity_days, date) IS
	'is the day one of the set';

CREATE FUNCTION days(a activity_days) RETURNS SETOF date
	AS 'MODULE_PATHNAME', 'activity_days' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION days(activity_days) IS
	'the days, in order';

--
-- Transition
--

CREATE FUNCTION activity_transition(activity_days, date) RETURNS activity_days
	AS 'MODULE_PATHNAME', 'activity_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION activity_transition(activity_days, date) IS
	'adds a day to the set';

CREATE FUNCTION activity_days_combine(activity_days, activity_days) RETURNS activity_days
	AS 'MODULE_PATHNAME', 'activity_days_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_combine(activity_days, activity_days) IS
	'merges two states, either of which may be NULL';

CREATE FUNCTION activity_days_final(activity_days) RETURNS activity_days
	AS 'MODULE_PATHNAME', 'activity_days_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION activity_days_final(activity_days) IS
	'the value of a state; NULL where no row came in';

--
-- Aggregates
--
-- A set: it has no moving form, since nothing is ever taken out. SSPACE is the size of a state with
-- room for 24 days.
--

CREATE AGGREGATE activity_agg(day date) (
	STYPE = activity_days, SSPACE = 64,
	SFUNC = activity_transition, COMBINEFUNC = activity_days_combine,
	FINALFUNC = activity_days_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE activity_agg(date) IS
	'set of the days on which a customer was active; NULLs are skipped';

CREATE AGGREGATE rollup(a activity_days) (
	STYPE = activity_days, SSPACE = 64,
	SFUNC = activity_days_combine, COMBINEFUNC = activity_days_combine,
	FINALFUNC = activity_days_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(activity_days) IS
	'the days of all sets; NULLs are skipped';
