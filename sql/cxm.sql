\echo Use "CREATE EXTENSION cxm" to load this file. \quit

--
-- The schema of what is not for people: input and output, operators' functions, and the steps of
-- aggregates. It is the extension's own: in a schema that was there before, its owner could have
-- put functions, or could drop those that others' data need.
--

@support_schema

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
