@-- What the types have in common. A concept sets the name of its type, @set type = ..., and says
@-- what it is about; the words of the comments are those of a summary where it sets no others.

@default noun = summary
@default nouns = summaries
@default rows = rows
@default format = JSON
@default letter = s
@default category =
@default merges =
@default sum_state = @state@
@-- Whether what has been added can be taken out, as from all but sets.
@default subtracts = yes

@-- An installation makes it, and the update from 1.0.0.
@template support_schema
DO $$
BEGIN
	IF pg_catalog.to_regnamespace('cxm_internal') IS NOT NULL THEN
		RAISE EXCEPTION 'schema "cxm_internal" already exists'
			USING ERRCODE = 'duplicate_schema',
				DETAIL = 'The extension keeps its support functions in a schema of this name.',
				HINT = 'Rename or drop the schema that is there.';
	END IF;
END
$$;
CREATE SCHEMA cxm_internal;
COMMENT ON SCHEMA cxm_internal IS
	'support functions of cxm: what its types, operators and aggregates are made of';
GRANT USAGE ON SCHEMA cxm_internal TO PUBLIC;
@end

@template base_type
CREATE TYPE @type@;

CREATE FUNCTION cxm_internal.@type@_in(cstring) RETURNS @type@
	AS 'MODULE_PATHNAME', '@type@_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_in(cstring) IS
	'input of @type@ from @format@';

CREATE FUNCTION cxm_internal.@type@_out(@type@) RETURNS cstring
	AS 'MODULE_PATHNAME', '@type@_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_out(@type@) IS
	'output of @type@ as canonical @format@';

CREATE FUNCTION cxm_internal.@type@_recv(internal) RETURNS @type@
	AS 'MODULE_PATHNAME', '@type@_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_recv(internal) IS
	'binary input of @type@';

CREATE FUNCTION cxm_internal.@type@_send(@type@) RETURNS bytea
	AS 'MODULE_PATHNAME', '@type@_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_send(@type@) IS
	'binary output of @type@ in network byte order';

CREATE TYPE @type@ (
	INPUT = cxm_internal.@type@_in,
	OUTPUT = cxm_internal.@type@_out,
	RECEIVE = cxm_internal.@type@_recv,
	SEND = cxm_internal.@type@_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
?category	CATEGORY = '@category@',
	STORAGE = extended
);
COMMENT ON TYPE @type@ IS
	'@about@';
@end

@template json_casts
CREATE FUNCTION cxm_internal.@type@_to_json(@type@) RETURNS json
	AS 'MODULE_PATHNAME', '@type@_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_to_json(@type@) IS
	'the @noun@ as json';

CREATE CAST (@type@ AS json)
	WITH FUNCTION cxm_internal.@type@_to_json(@type@);
COMMENT ON CAST (@type@ AS json) IS 'the @noun@ as json';

CREATE FUNCTION cxm_internal.@type@_to_jsonb(@type@) RETURNS jsonb
	AS 'MODULE_PATHNAME', '@type@_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_to_jsonb(@type@) IS
	'the @noun@ as jsonb';

CREATE CAST (@type@ AS jsonb)
	WITH FUNCTION cxm_internal.@type@_to_jsonb(@type@);
COMMENT ON CAST (@type@ AS jsonb) IS 'the @noun@ as jsonb';

CREATE CAST (jsonb AS @type@) WITH INOUT;
COMMENT ON CAST (jsonb AS @type@) IS 'the @noun@ that a jsonb value describes';
@end

@-- Equality, with what hash joins and GROUP BY need.
@template equality
CREATE FUNCTION cxm_internal.@type@_eq(a @type@, b @type@) RETURNS boolean
	AS 'MODULE_PATHNAME', '@type@_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_eq(@type@, @type@) IS
	'are the @nouns@ equal';

CREATE FUNCTION cxm_internal.@type@_ne(a @type@, b @type@) RETURNS boolean
	AS 'MODULE_PATHNAME', '@type@_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_ne(@type@, @type@) IS
	'do the @nouns@ differ';

CREATE OPERATOR = (
	LEFTARG = @type@, RIGHTARG = @type@, FUNCTION = cxm_internal.@type@_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES@merges@
);
COMMENT ON OPERATOR = (@type@, @type@) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = @type@, RIGHTARG = @type@, FUNCTION = cxm_internal.@type@_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (@type@, @type@) IS 'not equal';

CREATE FUNCTION cxm_internal.@type@_hash(@type@) RETURNS integer
	AS 'MODULE_PATHNAME', '@type@_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_hash(@type@) IS
	'hash of a @noun@';

CREATE FUNCTION cxm_internal.@type@_hash_extended(@type@, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', '@type@_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_hash_extended(@type@, bigint) IS
	'hash of a @noun@ with a seed';

CREATE OPERATOR FAMILY @type@_ops USING hash;
COMMENT ON OPERATOR FAMILY @type@_ops USING hash IS 'equality of @nouns@, by hash';

CREATE OPERATOR CLASS @type@_ops
	DEFAULT FOR TYPE @type@ USING hash FAMILY @type@_ops AS
	OPERATOR 1 =,
	FUNCTION 1 cxm_internal.@type@_hash(@type@),
	FUNCTION 2 cxm_internal.@type@_hash_extended(@type@, bigint);
COMMENT ON OPERATOR CLASS @type@_ops USING hash IS 'equality of @nouns@, by hash';
@end

@template addition
CREATE FUNCTION cxm_internal.@type@_add(a @type@, b @type@) RETURNS @type@
	AS 'MODULE_PATHNAME', '@type@_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_add(@type@, @type@) IS
	'the @noun@ of the @rows@ of both';

CREATE OPERATOR + (
	LEFTARG = @type@, RIGHTARG = @type@, FUNCTION = cxm_internal.@type@_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (@type@, @type@) IS 'merge';
@end

@template subtraction
CREATE FUNCTION cxm_internal.@type@_subtract(a @type@, b @type@) RETURNS @type@
	AS 'MODULE_PATHNAME', '@type@_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_subtract(@type@, @type@) IS
	'the first @noun@ without the @rows@ of the second';

CREATE OPERATOR - (
	LEFTARG = @type@, RIGHTARG = @type@, FUNCTION = cxm_internal.@type@_subtract
);
COMMENT ON OPERATOR - (@type@, @type@) IS 'take out';
@end

@-- What every aggregate of the type ends in, and what merges states.
@template states
CREATE FUNCTION cxm_internal.@type@_combine(@type@, @type@) RETURNS @type@
	AS 'MODULE_PATHNAME', '@type@_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_combine(@type@, @type@) IS
	'merges two states, either of which may be NULL';

CREATE FUNCTION cxm_internal.@type@_final(@type@) RETURNS @type@
	AS 'MODULE_PATHNAME', '@type@_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_final(@type@) IS
	'the @noun@ of a state; NULL where no row came in';
@end

@-- Summaries merged in a moving window.
@template moving_states
CREATE FUNCTION cxm_internal.@type@_rollup(@type@, @type@) RETURNS @type@
	AS 'MODULE_PATHNAME', '@type@_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_rollup(@type@, @type@) IS
	'merges a summary into the state of a moving window';

CREATE FUNCTION cxm_internal.@type@_rollup_inverse(@type@, @type@) RETURNS @type@
	AS 'MODULE_PATHNAME', '@type@_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@type@_rollup_inverse(@type@, @type@) IS
	'takes a summary out of the state of a moving window';
@end

@-- A summary, or a set: out of one nothing can be taken, since another row may have put it there,
@-- too, so it has no -, and its aggregates no moving form. The size of its sum's state is
@-- @sum_state@.
@template summary_type
@base_type

--
-- Casts
--

@json_casts

--
-- Operators
--

@equality

@addition

?subtracts@subtraction

--
-- Sums
--

@states

?subtracts@moving_states

CREATE AGGREGATE sum(@letter@ @type@) (
	STYPE = @type@, SSPACE = @sum_state@,
	SFUNC = cxm_internal.@type@_combine, COMBINEFUNC = cxm_internal.@type@_combine,
	FINALFUNC = cxm_internal.@type@_final,
?subtracts	MSTYPE = @type@, MSSPACE = @sum_state@,
?subtracts	MSFUNC = cxm_internal.@type@_rollup, MINVFUNC = cxm_internal.@type@_rollup_inverse,
?subtracts	MFINALFUNC = cxm_internal.@type@_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE sum(@type@) IS
	'the @noun@ of the @rows@ of all @nouns@; NULLs are skipped';

CREATE AGGREGATE rollup(@letter@ @type@) (
	STYPE = @type@, SSPACE = @sum_state@,
	SFUNC = cxm_internal.@type@_combine, COMBINEFUNC = cxm_internal.@type@_combine,
	FINALFUNC = cxm_internal.@type@_final,
?subtracts	MSTYPE = @type@, MSSPACE = @sum_state@,
?subtracts	MSFUNC = cxm_internal.@type@_rollup, MINVFUNC = cxm_internal.@type@_rollup_inverse,
?subtracts	MFINALFUNC = cxm_internal.@type@_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(@type@) IS
	'the same as sum(@type@)';
@end
