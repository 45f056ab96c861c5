\echo Use "CREATE EXTENSION cxm" to load this file. \quit

--
-- The schema of what is not for people: input and output, operators' functions, and the steps of
-- aggregates. It is the extension's own: in a schema that was there before, its owner could have
-- put functions, or could drop those that others' data need.
--

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

--
-- Results that several concepts share
--

CREATE TYPE confidence_interval AS (lower double precision, upper double precision);
COMMENT ON TYPE confidence_interval IS 'the bounds of an interval estimate';

CREATE TYPE test_result AS (
	difference double precision,
	lower double precision,
	upper double precision,
	statistic double precision,
	p_value double precision,
	std_error double precision
);
COMMENT ON TYPE test_result IS
	'a difference of two figures: its interval, test statistic, two-sided p-value, standard error';
