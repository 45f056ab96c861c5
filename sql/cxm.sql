\echo Use "CREATE EXTENSION cxm" to load this file. \quit

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
	p_value double precision
);
COMMENT ON TYPE test_result IS
	'a difference of two figures, its confidence interval, test statistic and two-sided p-value';
