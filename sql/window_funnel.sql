--
-- window_funnel: how far a customer comes along steps that are conditions or labels
--

-- One form for each number of steps up to eight: an array takes half as long again. The state is a
-- bytea because a type of its own would be of no other use.

CREATE FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, interval, timestamptz,
	boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, interval, timestamptz,
	boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, VARIADIC boolean[])
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_array_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, interval, timestamptz, boolean[]) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz,
	boolean, boolean, boolean, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz,
	boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz,
	boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean)
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz,
	boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, VARIADIC boolean[])
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_array_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, boolean[]) IS
	'adds an event with the steps that it matches';

-- Labels are looked up among the steps, which takes less time than a condition for each.

CREATE FUNCTION window_funnel_transition(bytea, interval, timestamptz, journey_stage, text[])
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_stage_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(bytea, interval, timestamptz, journey_stage, text[]) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(bytea, interval, timestamptz, text, text[])
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_text_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(bytea, interval, timestamptz, text, text[]) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, journey_stage, text[])
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_stage_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(
	bytea, text, interval, timestamptz, journey_stage, text[]) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_transition(bytea, text, interval, timestamptz, text, text[])
	RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_mode_text_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_transition(bytea, text, interval, timestamptz, text, text[]) IS
	'adds an event with the steps that it matches';

CREATE FUNCTION window_funnel_combine(bytea, bytea) RETURNS bytea
	AS 'MODULE_PATHNAME', 'window_funnel_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_combine(bytea, bytea) IS
	'merges the events of two states';

CREATE FUNCTION window_funnel_final(bytea) RETURNS integer
	AS 'MODULE_PATHNAME', 'window_funnel_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION window_funnel_final(bytea) IS
	'the number of steps reached';

CREATE AGGREGATE window_funnel(within interval, at timestamptz, step1 boolean) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(within interval, at timestamptz, step1 boolean, step2 boolean) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean, step4 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean, step4 boolean,
	step5 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, boolean, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean, step4 boolean,
	step5 boolean, step6 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean, step4 boolean,
	step5 boolean, step6 boolean, step7 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean, step4 boolean,
	step5 boolean, step6 boolean, step7 boolean, step8 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz,
	boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(within interval, at timestamptz, VARIADIC steps boolean[]) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, VARIADIC boolean[]) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(mode text, within interval, at timestamptz, step1 boolean) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, step1 boolean, step2 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean,
	step4 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean,
	step4 boolean, step5 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, boolean, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean,
	step4 boolean, step5 boolean, step6 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean,
	step4 boolean, step5 boolean, step6 boolean, step7 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, step1 boolean, step2 boolean, step3 boolean,
	step4 boolean, step5 boolean, step6 boolean, step7 boolean, step8 boolean
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz,
	boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, VARIADIC steps boolean[]
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, VARIADIC boolean[]) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	within interval, at timestamptz, stage journey_stage, steps text[]
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, journey_stage, text[]) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	within interval, at timestamptz, label text, steps text[]
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	interval, timestamptz, text, text[]) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, stage journey_stage, steps text[]
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, journey_stage, text[]) IS
	'how many of the steps a customer reached, in order and within the window';

CREATE AGGREGATE window_funnel(
	mode text, within interval, at timestamptz, label text, steps text[]
) (
	STYPE = bytea, SSPACE = 128, SFUNC = window_funnel_transition,
	COMBINEFUNC = window_funnel_combine, FINALFUNC = window_funnel_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE window_funnel(
	text, interval, timestamptz, text, text[]) IS
	'how many of the steps a customer reached, in order and within the window';
