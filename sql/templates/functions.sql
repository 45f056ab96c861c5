@-- Functions and aggregates. The cell "signature" is name(argument type, ...).

@default attributes = IMMUTABLE STRICT PARALLEL SAFE
@default final = cxm_internal.@type@_final
@default verb = counts

@-- A figure of a value. What is called with NULLs, too, has the attributes IMMUTABLE PARALLEL SAFE.
@template reading
CREATE FUNCTION @signature@ RETURNS @returns@
	AS 'MODULE_PATHNAME', '@symbol@' LANGUAGE C @attributes@;
COMMENT ON FUNCTION @name@(@types@) IS
	'@comment@';
@end

@-- One that returns rows: so many, as the planner may think.
@template reading_of_rows
CREATE FUNCTION @signature@ RETURNS SETOF @returns@
	AS 'MODULE_PATHNAME', '@symbol@' LANGUAGE C @attributes@ ROWS @number@;
COMMENT ON FUNCTION @name@(@types@) IS
	'@comment@';
@end

@-- How sure a figure is: "figure"_interval, "figure"_lower and "figure"_upper, whose arguments are
@-- those of the signature, figure(...).
@template interval
CREATE FUNCTION @name@_interval(@arguments@) RETURNS confidence_interval
	AS 'MODULE_PATHNAME', '@symbol@_interval' LANGUAGE C @attributes@;
COMMENT ON FUNCTION @name@_interval(@types@) IS
	'@comment@';

CREATE FUNCTION @name@_lower(@arguments@) RETURNS double precision
	AS 'MODULE_PATHNAME', '@symbol@_lower' LANGUAGE C @attributes@;
COMMENT ON FUNCTION @name@_lower(@types@) IS
	'lower bound of @name@_interval';

CREATE FUNCTION @name@_upper(@arguments@) RETURNS double precision
	AS 'MODULE_PATHNAME', '@symbol@_upper' LANGUAGE C @attributes@;
COMMENT ON FUNCTION @name@_upper(@types@) IS
	'upper bound of @name@_interval';
@end

@-- Counts a row into a state, and takes it out of the state of a moving window. The signature is
@-- the name before _transition and _inverse, with the types of the row's arguments.
@template transition
CREATE FUNCTION cxm_internal.@name@_transition(@type@, @arguments@) RETURNS @type@
	AS 'MODULE_PATHNAME', '@transition@' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@name@_transition(@type@, @arguments@) IS
	'@verb@ @comment@';

?subtracts@inverse_transition
@end

@template inverse_transition
CREATE FUNCTION cxm_internal.@name@_inverse(@type@, @arguments@) RETURNS @type@
	AS 'MODULE_PATHNAME', '@inverse@' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@name@_inverse(@type@, @arguments@) IS
	'takes out @comment@';
@end

@-- Counts by the functions "step"_transition and "step"_inverse. "state" is the size of a state
@-- that most groups have; "final" is what becomes of it, where that is no @type@ but a reading of
@-- it: such an aggregate shares state and transition with the other, so that nps(x) and nps_agg(x)
@-- in one query count once.
@template aggregate
CREATE AGGREGATE @signature@ (
	STYPE = @type@, SSPACE = @state@,
	SFUNC = cxm_internal.@step@_transition, COMBINEFUNC = cxm_internal.@type@_combine,
	FINALFUNC = @final@,
?subtracts	MSTYPE = @type@, MSSPACE = @state@,
?subtracts	MSFUNC = cxm_internal.@step@_transition, MINVFUNC = cxm_internal.@step@_inverse,
?subtracts	MFINALFUNC = @final@,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @name@(@types@) IS
	'@comment@';
@end

@-- Collects summaries in an array, of which "step"_final makes a figure that takes all at once.
@template collecting_aggregate
CREATE AGGREGATE @signature@ (
	STYPE = @collected@[], SSPACE = @state@,
	SFUNC = pg_catalog.array_append, COMBINEFUNC = pg_catalog.array_cat,
	FINALFUNC = cxm_internal.@step@_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @name@(@types@) IS
	'@comment@';
@end

@-- Collects rows in a bytea, since a type of its own would be of no other use: of what
@-- "step"_transition adds and "step"_combine merges, "step"_final makes a figure.
@template bytes_support
CREATE FUNCTION cxm_internal.@step@_combine(bytea, bytea) RETURNS bytea
	AS 'MODULE_PATHNAME', '@step@_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@step@_combine(bytea, bytea) IS
	'@merges@';

CREATE FUNCTION cxm_internal.@step@_final(bytea) RETURNS @returns@
	AS 'MODULE_PATHNAME', '@step@_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@step@_final(bytea) IS
	'@figure@';
@end

@template bytes_aggregate
CREATE FUNCTION cxm_internal.@step@_transition(bytea, @types@) RETURNS bytea
	AS 'MODULE_PATHNAME', '@transition@' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cxm_internal.@step@_transition(bytea, @types@) IS
	'@adds@';

CREATE AGGREGATE @signature@ (
	STYPE = bytea, SSPACE = 128, SFUNC = cxm_internal.@step@_transition,
	COMBINEFUNC = cxm_internal.@step@_combine, FINALFUNC = cxm_internal.@step@_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE @name@(@types@) IS
	'@comment@';
@end
