--
-- rating_statistics: interval estimates of ratings, and tests of one summary against another
--

CREATE FUNCTION nps_interval(
	s rating_summary, level double precision DEFAULT 0.95, method text DEFAULT 'adjusted_wald'
) RETURNS confidence_interval
	AS 'MODULE_PATHNAME', 'rating_nps_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nps_interval(rating_summary, double precision, text) IS
	'confidence interval of nps, -100 to 100';

CREATE FUNCTION nps_lower(
	s rating_summary, level double precision DEFAULT 0.95, method text DEFAULT 'adjusted_wald'
) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_nps_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nps_lower(rating_summary, double precision, text) IS
	'lower bound of nps_interval';

CREATE FUNCTION nps_upper(
	s rating_summary, level double precision DEFAULT 0.95, method text DEFAULT 'adjusted_wald'
) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_nps_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nps_upper(rating_summary, double precision, text) IS
	'upper bound of nps_interval';

CREATE FUNCTION csat_interval(
	s rating_summary, level double precision DEFAULT 0.95,
	satisfied_from double precision DEFAULT NULL
) RETURNS confidence_interval
	AS 'MODULE_PATHNAME', 'rating_csat_interval' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_interval(rating_summary, double precision, double precision) IS
	'confidence interval of csat, 0 to 100 (Wilson)';

CREATE FUNCTION csat_lower(
	s rating_summary, level double precision DEFAULT 0.95,
	satisfied_from double precision DEFAULT NULL
) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_csat_lower' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_lower(rating_summary, double precision, double precision) IS
	'lower bound of csat_interval';

CREATE FUNCTION csat_upper(
	s rating_summary, level double precision DEFAULT 0.95,
	satisfied_from double precision DEFAULT NULL
) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_csat_upper' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_upper(rating_summary, double precision, double precision) IS
	'upper bound of csat_interval';

CREATE FUNCTION ces_interval(
	s rating_summary, level double precision DEFAULT 0.95
) RETURNS confidence_interval
	AS 'MODULE_PATHNAME', 'rating_ces_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ces_interval(rating_summary, double precision) IS
	'confidence interval of ces on its scale (Student t)';

CREATE FUNCTION ces_lower(
	s rating_summary, level double precision DEFAULT 0.95
) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_ces_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ces_lower(rating_summary, double precision) IS
	'lower bound of ces_interval';

CREATE FUNCTION ces_upper(
	s rating_summary, level double precision DEFAULT 0.95
) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_ces_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ces_upper(rating_summary, double precision) IS
	'upper bound of ces_interval';

CREATE FUNCTION nps_test(
	a rating_summary, b rating_summary, level double precision DEFAULT 0.95,
	method text DEFAULT 'adjusted_wald'
) RETURNS test_result
	AS 'MODULE_PATHNAME', 'rating_nps_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nps_test(rating_summary, rating_summary, double precision, text) IS
	'tests whether nps(a) differs from nps(b), by adjusted Wald z';

CREATE FUNCTION csat_test(
	a rating_summary, b rating_summary, level double precision DEFAULT 0.95,
	satisfied_from double precision DEFAULT NULL
) RETURNS test_result
	AS 'MODULE_PATHNAME', 'rating_csat_test' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_test(rating_summary, rating_summary, double precision, double precision) IS
	'tests whether csat(a) differs from csat(b): Newcombe interval and pooled z';

CREATE FUNCTION ces_test(
	a rating_summary, b rating_summary, level double precision DEFAULT 0.95
) RETURNS test_result
	AS 'MODULE_PATHNAME', 'rating_ces_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ces_test(rating_summary, rating_summary, double precision) IS
	'tests whether ces(a) differs from ces(b), by Welch t';
