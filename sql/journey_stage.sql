--
-- journey_stage: an ordered stage of a customer's journey, a rank and a label
--

CREATE TYPE journey_stage;

CREATE FUNCTION journey_stage_in(cstring) RETURNS journey_stage
	AS 'MODULE_PATHNAME', 'journey_stage_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_in(cstring) IS
	'input of journey_stage: a built-in name, or rank:label';

CREATE FUNCTION journey_stage_out(journey_stage) RETURNS cstring
	AS 'MODULE_PATHNAME', 'journey_stage_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_out(journey_stage) IS
	'output of journey_stage';

CREATE FUNCTION journey_stage_recv(internal) RETURNS journey_stage
	AS 'MODULE_PATHNAME', 'journey_stage_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_recv(internal) IS
	'binary input of journey_stage';

CREATE FUNCTION journey_stage_send(journey_stage) RETURNS bytea
	AS 'MODULE_PATHNAME', 'journey_stage_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_send(journey_stage) IS
	'binary output of journey_stage';

CREATE TYPE journey_stage (
	INPUT = journey_stage_in,
	OUTPUT = journey_stage_out,
	RECEIVE = journey_stage_recv,
	SEND = journey_stage_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE journey_stage IS
	'a stage of a customer''s journey: a rank, by which it is ordered, and a label';

CREATE CAST (text AS journey_stage) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (text AS journey_stage) IS 'the stage that a text names';

CREATE CAST (journey_stage AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (journey_stage AS text) IS 'the stage as text';

--
-- Order
--

CREATE FUNCTION journey_stage_eq(a journey_stage, b journey_stage) RETURNS boolean
	AS 'MODULE_PATHNAME', 'journey_stage_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_eq(journey_stage, journey_stage) IS
	'is it the same stage';

CREATE OPERATOR = (
	LEFTARG = journey_stage, RIGHTARG = journey_stage, FUNCTION = journey_stage_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR = (journey_stage, journey_stage) IS 'equal';

CREATE FUNCTION journey_stage_ne(a journey_stage, b journey_stage) RETURNS boolean
	AS 'MODULE_PATHNAME', 'journey_stage_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_ne(journey_stage, journey_stage) IS
	'are the stages different';

CREATE OPERATOR <> (
	LEFTARG = journey_stage, RIGHTARG = journey_stage, FUNCTION = journey_stage_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (journey_stage, journey_stage) IS 'not equal';

CREATE FUNCTION journey_stage_lt(a journey_stage, b journey_stage) RETURNS boolean
	AS 'MODULE_PATHNAME', 'journey_stage_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_lt(journey_stage, journey_stage) IS
	'does the first stage come before the second';

CREATE OPERATOR < (
	LEFTARG = journey_stage, RIGHTARG = journey_stage, FUNCTION = journey_stage_lt,
	COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (journey_stage, journey_stage) IS 'before';

CREATE FUNCTION journey_stage_le(a journey_stage, b journey_stage) RETURNS boolean
	AS 'MODULE_PATHNAME', 'journey_stage_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_le(journey_stage, journey_stage) IS
	'does the first stage not come after the second';

CREATE OPERATOR <= (
	LEFTARG = journey_stage, RIGHTARG = journey_stage, FUNCTION = journey_stage_le,
	COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (journey_stage, journey_stage) IS 'before or equal';

CREATE FUNCTION journey_stage_gt(a journey_stage, b journey_stage) RETURNS boolean
	AS 'MODULE_PATHNAME', 'journey_stage_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_gt(journey_stage, journey_stage) IS
	'does the first stage come after the second';

CREATE OPERATOR > (
	LEFTARG = journey_stage, RIGHTARG = journey_stage, FUNCTION = journey_stage_gt,
	COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (journey_stage, journey_stage) IS 'after';

CREATE FUNCTION journey_stage_ge(a journey_stage, b journey_stage) RETURNS boolean
	AS 'MODULE_PATHNAME', 'journey_stage_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_ge(journey_stage, journey_stage) IS
	'does the first stage not come before the second';

CREATE OPERATOR >= (
	LEFTARG = journey_stage, RIGHTARG = journey_stage, FUNCTION = journey_stage_ge,
	COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (journey_stage, journey_stage) IS 'after or equal';

CREATE FUNCTION journey_stage_cmp(a journey_stage, b journey_stage) RETURNS integer
	AS 'MODULE_PATHNAME', 'journey_stage_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_cmp(journey_stage, journey_stage) IS
	'negative, zero or positive as the first stage comes before, with or after the second';

CREATE FUNCTION journey_stage_sortsupport(internal) RETURNS void
	AS 'MODULE_PATHNAME', 'journey_stage_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_sortsupport(internal) IS
	'sort support of journey_stage';

CREATE FUNCTION journey_stage_hash(journey_stage) RETURNS integer
	AS 'MODULE_PATHNAME', 'journey_stage_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_hash(journey_stage) IS
	'hash of a stage';

CREATE FUNCTION journey_stage_hash_extended(journey_stage, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'journey_stage_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_hash_extended(journey_stage, bigint) IS
	'hash of a stage with a seed';

CREATE OPERATOR FAMILY journey_stage_ops USING btree;
COMMENT ON OPERATOR FAMILY journey_stage_ops USING btree IS 'order of stages, by rank and label';

CREATE OPERATOR CLASS journey_stage_ops
	DEFAULT FOR TYPE journey_stage USING btree FAMILY journey_stage_ops AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 journey_stage_cmp(journey_stage, journey_stage),
	FUNCTION 2 journey_stage_sortsupport(internal),
	FUNCTION 4 btequalimage(oid);
COMMENT ON OPERATOR CLASS journey_stage_ops USING btree IS 'order of stages, by rank and label';

CREATE OPERATOR FAMILY journey_stage_ops USING hash;
COMMENT ON OPERATOR FAMILY journey_stage_ops USING hash IS 'equality of stages, by hash';

CREATE OPERATOR CLASS journey_stage_ops
	DEFAULT FOR TYPE journey_stage USING hash FAMILY journey_stage_ops AS
	OPERATOR 1 =,
	FUNCTION 1 journey_stage_hash(journey_stage),
	FUNCTION 2 journey_stage_hash_extended(journey_stage, bigint);
COMMENT ON OPERATOR CLASS journey_stage_ops USING hash IS 'equality of stages, by hash';

CREATE FUNCTION journey_stage_smaller(journey_stage, journey_stage) RETURNS journey_stage
	AS 'MODULE_PATHNAME', 'journey_stage_smaller' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_smaller(journey_stage, journey_stage) IS
	'the earlier of two stages';

CREATE FUNCTION journey_stage_larger(journey_stage, journey_stage) RETURNS journey_stage
	AS 'MODULE_PATHNAME', 'journey_stage_larger' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_stage_larger(journey_stage, journey_stage) IS
	'the later of two stages';

CREATE AGGREGATE min(stage journey_stage) (
	STYPE = journey_stage, SSPACE = 32, SFUNC = journey_stage_smaller,
	COMBINEFUNC = journey_stage_smaller, SORTOP = <, PARALLEL = SAFE
);
COMMENT ON AGGREGATE min(journey_stage) IS
	'the first of all stages in their order';

CREATE AGGREGATE max(stage journey_stage) (
	STYPE = journey_stage, SSPACE = 32, SFUNC = journey_stage_larger,
	COMBINEFUNC = journey_stage_larger, SORTOP = >, PARALLEL = SAFE
);
COMMENT ON AGGREGATE max(journey_stage) IS
	'the last of all stages in their order';

--
-- Readings
--

CREATE FUNCTION stage_rank(stage journey_stage) RETURNS integer
	AS 'MODULE_PATHNAME', 'journey_stage_rank' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION stage_rank(journey_stage) IS
	'the rank of a stage';

CREATE FUNCTION stage_label(stage journey_stage, language text DEFAULT 'en') RETURNS text
	AS 'MODULE_PATHNAME', 'journey_stage_label' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION stage_label(journey_stage, text) IS
	'the label of a stage, that of a built-in one in English (en), Hindi (hi) or Nepali (ne)';

CREATE FUNCTION phase(stage journey_stage) RETURNS text
	AS 'MODULE_PATHNAME', 'journey_stage_phase' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION phase(journey_stage) IS
	'before, during or after purchase, by rank';
