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
--
-- rating_summary: exact counts of the answers to one survey question
--

CREATE TYPE rating_summary;

CREATE FUNCTION rating_summary_in(cstring) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_in(cstring) IS
	'input of rating_summary from JSON';

CREATE FUNCTION rating_summary_out(rating_summary) RETURNS cstring
	AS 'MODULE_PATHNAME', 'rating_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_out(rating_summary) IS
	'output of rating_summary as canonical JSON';

CREATE FUNCTION rating_summary_recv(internal) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_recv(internal) IS
	'binary input of rating_summary';

CREATE FUNCTION rating_summary_send(rating_summary) RETURNS bytea
	AS 'MODULE_PATHNAME', 'rating_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_send(rating_summary) IS
	'binary output of rating_summary in network byte order';

-- Category N, as for money: a summary is added and subtracted. It also lets nps($1) with an untyped
-- parameter be the aggregate over answers, where U would make it ambiguous.
CREATE TYPE rating_summary (
	INPUT = rating_summary_in,
	OUTPUT = rating_summary_out,
	RECEIVE = rating_summary_recv,
	SEND = rating_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended,
	CATEGORY = 'N'
);
COMMENT ON TYPE rating_summary IS
	'exact counts of the answers to one survey question, with its scale and non-responses';

CREATE TYPE answer_share AS (answer integer, responses bigint, share double precision);
COMMENT ON TYPE answer_share IS
	'one answer of a scale, how many gave it, and their share of all responses';

--
-- Casts
--

CREATE FUNCTION rating_summary_to_json(rating_summary) RETURNS json
	AS 'MODULE_PATHNAME', 'rating_summary_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_to_json(rating_summary) IS
	'the summary as json';

CREATE CAST (rating_summary AS json) WITH FUNCTION rating_summary_to_json(rating_summary);
COMMENT ON CAST (rating_summary AS json) IS 'the summary as json';

CREATE FUNCTION rating_summary_to_jsonb(rating_summary) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'rating_summary_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_to_jsonb(rating_summary) IS
	'the summary as jsonb';

CREATE CAST (rating_summary AS jsonb) WITH FUNCTION rating_summary_to_jsonb(rating_summary);
COMMENT ON CAST (rating_summary AS jsonb) IS 'the summary as jsonb';

CREATE CAST (jsonb AS rating_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS rating_summary) IS 'the summary that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION rating_summary_eq(a rating_summary, b rating_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'rating_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_eq(rating_summary, rating_summary) IS
	'are the summaries equal: the same scale, counts and weights';

CREATE FUNCTION rating_summary_ne(a rating_summary, b rating_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'rating_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_ne(rating_summary, rating_summary) IS
	'do the summaries differ';

CREATE FUNCTION rating_summary_add(a rating_summary, b rating_summary) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_add(rating_summary, rating_summary) IS
	'the summary of the rows of both';

CREATE FUNCTION rating_summary_subtract(a rating_summary, b rating_summary) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_subtract(rating_summary, rating_summary) IS
	'the first summary without the rows of the second';

CREATE FUNCTION rating_summary_hash(rating_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'rating_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_hash(rating_summary) IS
	'hash of a summary';

CREATE FUNCTION rating_summary_hash_extended(rating_summary, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'rating_summary_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_hash_extended(rating_summary, bigint) IS
	'hash of a summary with a seed';

CREATE OPERATOR = (
	LEFTARG = rating_summary, RIGHTARG = rating_summary, FUNCTION = rating_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (rating_summary, rating_summary) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = rating_summary, RIGHTARG = rating_summary, FUNCTION = rating_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (rating_summary, rating_summary) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = rating_summary, RIGHTARG = rating_summary, FUNCTION = rating_summary_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (rating_summary, rating_summary) IS 'merge';

CREATE OPERATOR - (
	LEFTARG = rating_summary, RIGHTARG = rating_summary, FUNCTION = rating_summary_subtract
);
COMMENT ON OPERATOR - (rating_summary, rating_summary) IS 'take out';

CREATE OPERATOR FAMILY rating_summary_ops USING hash;
COMMENT ON OPERATOR FAMILY rating_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE OPERATOR CLASS rating_summary_ops
	DEFAULT FOR TYPE rating_summary USING hash FAMILY rating_summary_ops AS
	OPERATOR 1 =,
	FUNCTION 1 rating_summary_hash(rating_summary),
	FUNCTION 2 rating_summary_hash_extended(rating_summary, bigint);
COMMENT ON OPERATOR CLASS rating_summary_ops USING hash IS 'equality of summaries, by hash';

--
-- Readings
--

CREATE FUNCTION nps(s rating_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_nps' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nps(rating_summary) IS
	'Net Promoter Score, -100 to 100, on the scale 0..10';

CREATE FUNCTION csat(s rating_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_csat' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csat(rating_summary) IS
	'percentage of satisfied responses, 0 to 100: the two best answers, or the best one of 2 or 3';

CREATE FUNCTION csat(s rating_summary, satisfied_from double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_csat_from' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION csat(rating_summary, double precision) IS
	'percentage of responses at least as good as satisfied_from, 0 to 100';

CREATE FUNCTION ces(s rating_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_mean_answer' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ces(rating_summary) IS
	'Customer Effort Score: the mean answer on its own scale';

CREATE FUNCTION net_score(
	s rating_summary, favourable_from double precision, unfavourable_to double precision
) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_net_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION net_score(rating_summary, double precision, double precision) IS
	'percentage of responses at least as good as favourable_from less that of those at most as '
	'good as unfavourable_to, -100 to 100';

CREATE FUNCTION promoters(s rating_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'rating_promoters' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION promoters(rating_summary) IS
	'responses 9 and 10 on the scale 0..10';

CREATE FUNCTION passives(s rating_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'rating_passives' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION passives(rating_summary) IS
	'responses 7 and 8 on the scale 0..10';

CREATE FUNCTION detractors(s rating_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'rating_detractors' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION detractors(rating_summary) IS
	'responses 0 to 6 on the scale 0..10';

CREATE FUNCTION responses(s rating_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'rating_responses' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION responses(rating_summary) IS
	'number of answers';

CREATE FUNCTION nonresponses(s rating_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'rating_nonresponses' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nonresponses(rating_summary) IS
	'number of surveys that were not answered';

CREATE FUNCTION response_rate(s rating_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_response_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION response_rate(rating_summary) IS
	'answered share of all surveys, 0 to 1';

CREATE FUNCTION mean_answer(s rating_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_mean_answer' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION mean_answer(rating_summary) IS
	'mean answer';

CREATE FUNCTION stddev_answer(s rating_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_stddev_answer' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION stddev_answer(rating_summary) IS
	'sample standard deviation of the answers';

CREATE FUNCTION median_answer(s rating_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_median_answer' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION median_answer(rating_summary) IS
	'median answer';

CREATE FUNCTION responses_at(s rating_summary, answer double precision) RETURNS bigint
	AS 'MODULE_PATHNAME', 'rating_responses_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION responses_at(rating_summary, double precision) IS
	'number of responses with this answer';

CREATE FUNCTION top_share(s rating_summary, from_answer double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'rating_top_share' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION top_share(rating_summary, double precision) IS
	'share of responses at least as good as an answer, 0 to 1';

CREATE FUNCTION scale_of(s rating_summary) RETURNS text
	AS 'MODULE_PATHNAME', 'rating_scale_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION scale_of(rating_summary) IS
	'the scale, worst..best';

CREATE FUNCTION distribution(s rating_summary) RETURNS SETOF answer_share
	AS 'MODULE_PATHNAME', 'rating_distribution' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 11;
COMMENT ON FUNCTION distribution(rating_summary) IS
	'every answer of the scale, from the worst, with its responses and their share';

CREATE FUNCTION at_least(s rating_summary, n bigint) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_at_least' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION at_least(rating_summary, bigint) IS
	'the summary, or NULL when it has fewer than n responses';

CREATE FUNCTION valid_answer(answer double precision, scale text) RETURNS integer
	AS 'MODULE_PATHNAME', 'rating_valid_answer' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION valid_answer(double precision, text) IS
	'the answer, or NULL when it is outside the scale or not whole';

--
-- Transitions
--
-- One function for each type of answer, with a scale built in or in an argument, with weights or
-- without; the inverse of each serves moving windows.
--

CREATE FUNCTION nps_transition(rating_summary, smallint) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_transition_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_transition(rating_summary, smallint) IS
	'counts an answer on the scale 0..10';

CREATE FUNCTION nps_inverse(rating_summary, smallint) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_inverse_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_inverse(rating_summary, smallint) IS
	'takes out an answer on the scale 0..10';

CREATE FUNCTION nps_transition(rating_summary, integer) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_transition_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_transition(rating_summary, integer) IS
	'counts an answer on the scale 0..10';

CREATE FUNCTION nps_inverse(rating_summary, integer) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_inverse_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_inverse(rating_summary, integer) IS
	'takes out an answer on the scale 0..10';

CREATE FUNCTION nps_transition(rating_summary, double precision) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_transition_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_transition(rating_summary, double precision) IS
	'counts an answer on the scale 0..10';

CREATE FUNCTION nps_inverse(rating_summary, double precision) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_inverse_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_inverse(rating_summary, double precision) IS
	'takes out an answer on the scale 0..10';

CREATE FUNCTION csat_transition(rating_summary, smallint) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'csat_transition_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_transition(rating_summary, smallint) IS
	'counts an answer on the scale 1..5';

CREATE FUNCTION csat_inverse(rating_summary, smallint) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'csat_inverse_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_inverse(rating_summary, smallint) IS
	'takes out an answer on the scale 1..5';

CREATE FUNCTION csat_transition(rating_summary, integer) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'csat_transition_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_transition(rating_summary, integer) IS
	'counts an answer on the scale 1..5';

CREATE FUNCTION csat_inverse(rating_summary, integer) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'csat_inverse_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_inverse(rating_summary, integer) IS
	'takes out an answer on the scale 1..5';

CREATE FUNCTION csat_transition(rating_summary, double precision) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'csat_transition_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_transition(rating_summary, double precision) IS
	'counts an answer on the scale 1..5';

CREATE FUNCTION csat_inverse(rating_summary, double precision) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'csat_inverse_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION csat_inverse(rating_summary, double precision) IS
	'takes out an answer on the scale 1..5';

CREATE FUNCTION ces_transition(rating_summary, smallint) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'ces_transition_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ces_transition(rating_summary, smallint) IS
	'counts an answer on the scale 1..7';

CREATE FUNCTION ces_inverse(rating_summary, smallint) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'ces_inverse_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ces_inverse(rating_summary, smallint) IS
	'takes out an answer on the scale 1..7';

CREATE FUNCTION ces_transition(rating_summary, integer) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'ces_transition_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ces_transition(rating_summary, integer) IS
	'counts an answer on the scale 1..7';

CREATE FUNCTION ces_inverse(rating_summary, integer) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'ces_inverse_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ces_inverse(rating_summary, integer) IS
	'takes out an answer on the scale 1..7';

CREATE FUNCTION ces_transition(rating_summary, double precision) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'ces_transition_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ces_transition(rating_summary, double precision) IS
	'counts an answer on the scale 1..7';

CREATE FUNCTION ces_inverse(rating_summary, double precision) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'ces_inverse_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ces_inverse(rating_summary, double precision) IS
	'takes out an answer on the scale 1..7';

CREATE FUNCTION rating_transition(rating_summary, smallint, text) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_transition_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_transition(rating_summary, smallint, text) IS
	'counts an answer on the scale given';

CREATE FUNCTION rating_inverse(rating_summary, smallint, text) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_inverse_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_inverse(rating_summary, smallint, text) IS
	'takes out an answer on the scale given';

CREATE FUNCTION rating_transition(rating_summary, integer, text) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_transition_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_transition(rating_summary, integer, text) IS
	'counts an answer on the scale given';

CREATE FUNCTION rating_inverse(rating_summary, integer, text) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_inverse_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_inverse(rating_summary, integer, text) IS
	'takes out an answer on the scale given';

CREATE FUNCTION rating_transition(rating_summary, double precision, text) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_transition_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_transition(rating_summary, double precision, text) IS
	'counts an answer on the scale given';

CREATE FUNCTION rating_inverse(rating_summary, double precision, text) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_inverse_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_inverse(rating_summary, double precision, text) IS
	'takes out an answer on the scale given';

CREATE FUNCTION rating_transition(rating_summary, boolean) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_transition_bool' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_transition(rating_summary, boolean) IS
	'counts true as 1 and false as 0 on the scale 0..1';

CREATE FUNCTION rating_inverse(rating_summary, boolean) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_inverse_bool' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_inverse(rating_summary, boolean) IS
	'takes out a yes or no';

CREATE FUNCTION nps_weighted_transition(
	rating_summary, smallint, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_weighted_transition_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_weighted_transition(rating_summary, smallint, double precision) IS
	'counts a weighted answer on the scale 0..10';

CREATE FUNCTION nps_weighted_inverse(
	rating_summary, smallint, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_weighted_inverse_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_weighted_inverse(rating_summary, smallint, double precision) IS
	'takes out a weighted answer on the scale 0..10';

CREATE FUNCTION nps_weighted_transition(
	rating_summary, integer, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_weighted_transition_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_weighted_transition(rating_summary, integer, double precision) IS
	'counts a weighted answer on the scale 0..10';

CREATE FUNCTION nps_weighted_inverse(
	rating_summary, integer, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_weighted_inverse_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_weighted_inverse(rating_summary, integer, double precision) IS
	'takes out a weighted answer on the scale 0..10';

CREATE FUNCTION nps_weighted_transition(
	rating_summary, double precision, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_weighted_transition_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_weighted_transition(rating_summary, double precision, double precision) IS
	'counts a weighted answer on the scale 0..10';

CREATE FUNCTION nps_weighted_inverse(
	rating_summary, double precision, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'nps_weighted_inverse_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION nps_weighted_inverse(rating_summary, double precision, double precision) IS
	'takes out a weighted answer on the scale 0..10';

CREATE FUNCTION rating_weighted_transition(
	rating_summary, smallint, text, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_weighted_transition_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_weighted_transition(rating_summary, smallint, text, double precision) IS
	'counts a weighted answer on the scale given';

CREATE FUNCTION rating_weighted_inverse(
	rating_summary, smallint, text, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_weighted_inverse_int2' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_weighted_inverse(rating_summary, smallint, text, double precision) IS
	'takes out a weighted answer on the scale given';

CREATE FUNCTION rating_weighted_transition(
	rating_summary, integer, text, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_weighted_transition_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_weighted_transition(rating_summary, integer, text, double precision) IS
	'counts a weighted answer on the scale given';

CREATE FUNCTION rating_weighted_inverse(
	rating_summary, integer, text, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_weighted_inverse_int4' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_weighted_inverse(rating_summary, integer, text, double precision) IS
	'takes out a weighted answer on the scale given';

CREATE FUNCTION rating_weighted_transition(
	rating_summary, double precision, text, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_weighted_transition_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_weighted_transition(
	rating_summary, double precision, text, double precision
) IS
	'counts a weighted answer on the scale given';

CREATE FUNCTION rating_weighted_inverse(
	rating_summary, double precision, text, double precision
) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_weighted_inverse_float8' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_weighted_inverse(
	rating_summary, double precision, text, double precision
) IS
	'takes out a weighted answer on the scale given';

CREATE FUNCTION rating_summary_combine(rating_summary, rating_summary) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_summary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_combine(rating_summary, rating_summary) IS
	'merges two states, either of which may be NULL';

CREATE FUNCTION rating_summary_rollup(rating_summary, rating_summary) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_summary_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_rollup(rating_summary, rating_summary) IS
	'merges a summary into the state of a moving window';

CREATE FUNCTION rating_summary_rollup_inverse(rating_summary, rating_summary) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_summary_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_rollup_inverse(rating_summary, rating_summary) IS
	'takes a summary out of the state of a moving window';

CREATE FUNCTION rating_summary_final(rating_summary) RETURNS rating_summary
	AS 'MODULE_PATHNAME', 'rating_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION rating_summary_final(rating_summary) IS
	'the summary of a state; NULL where no row came in';

--
-- Aggregates
--
-- SSPACE is the size of a state that most groups have. The one-step forms share state and
-- transition with the summary, so that nps(x) and nps_agg(x) in one query count once.
--

CREATE AGGREGATE nps_agg(answer smallint) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = nps_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = nps_transition,
	MINVFUNC = nps_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE nps_agg(smallint) IS
	'summary of answers on the scale 0..10; NULL is a non-response';

CREATE AGGREGATE nps_agg(answer integer) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = nps_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = nps_transition,
	MINVFUNC = nps_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE nps_agg(integer) IS
	'summary of answers on the scale 0..10; NULL is a non-response';

CREATE AGGREGATE nps_agg(answer double precision) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = nps_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = nps_transition,
	MINVFUNC = nps_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE nps_agg(double precision) IS
	'summary of answers on the scale 0..10; NULL is a non-response';

CREATE AGGREGATE nps_agg(answer smallint, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = nps_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = nps_weighted_transition,
	MINVFUNC = nps_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE nps_agg(smallint, double precision) IS
	'summary of weighted answers on the scale 0..10; a NULL weight skips the row';

CREATE AGGREGATE nps_agg(answer integer, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = nps_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = nps_weighted_transition,
	MINVFUNC = nps_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE nps_agg(integer, double precision) IS
	'summary of weighted answers on the scale 0..10; a NULL weight skips the row';

CREATE AGGREGATE nps_agg(answer double precision, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = nps_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = nps_weighted_transition,
	MINVFUNC = nps_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE nps_agg(double precision, double precision) IS
	'summary of weighted answers on the scale 0..10; a NULL weight skips the row';

CREATE AGGREGATE csat_agg(answer smallint) (
	STYPE = rating_summary, SSPACE = 18, SFUNC = csat_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 18, MSFUNC = csat_transition,
	MINVFUNC = csat_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat_agg(smallint) IS
	'summary of answers on the scale 1..5; NULL is a non-response';

CREATE AGGREGATE csat_agg(answer integer) (
	STYPE = rating_summary, SSPACE = 18, SFUNC = csat_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 18, MSFUNC = csat_transition,
	MINVFUNC = csat_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat_agg(integer) IS
	'summary of answers on the scale 1..5; NULL is a non-response';

CREATE AGGREGATE csat_agg(answer double precision) (
	STYPE = rating_summary, SSPACE = 18, SFUNC = csat_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 18, MSFUNC = csat_transition,
	MINVFUNC = csat_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat_agg(double precision) IS
	'summary of answers on the scale 1..5; NULL is a non-response';

CREATE AGGREGATE csat_agg(answer smallint, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat_agg(smallint, text) IS
	'summary of answers on the scale given, worst..best; NULL is a non-response';

CREATE AGGREGATE csat_agg(answer integer, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat_agg(integer, text) IS
	'summary of answers on the scale given, worst..best; NULL is a non-response';

CREATE AGGREGATE csat_agg(answer double precision, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat_agg(double precision, text) IS
	'summary of answers on the scale given, worst..best; NULL is a non-response';

CREATE AGGREGATE csat_agg(answer smallint, scale text, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = rating_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = rating_weighted_transition,
	MINVFUNC = rating_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat_agg(smallint, text, double precision) IS
	'summary of weighted answers on the scale given; a NULL weight skips the row';

CREATE AGGREGATE csat_agg(answer integer, scale text, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = rating_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = rating_weighted_transition,
	MINVFUNC = rating_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat_agg(integer, text, double precision) IS
	'summary of weighted answers on the scale given; a NULL weight skips the row';

CREATE AGGREGATE csat_agg(answer double precision, scale text, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = rating_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = rating_weighted_transition,
	MINVFUNC = rating_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat_agg(double precision, text, double precision) IS
	'summary of weighted answers on the scale given; a NULL weight skips the row';

CREATE AGGREGATE ces_agg(answer smallint) (
	STYPE = rating_summary, SSPACE = 20, SFUNC = ces_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 20, MSFUNC = ces_transition,
	MINVFUNC = ces_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces_agg(smallint) IS
	'summary of answers on the scale 1..7; NULL is a non-response';

CREATE AGGREGATE ces_agg(answer integer) (
	STYPE = rating_summary, SSPACE = 20, SFUNC = ces_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 20, MSFUNC = ces_transition,
	MINVFUNC = ces_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces_agg(integer) IS
	'summary of answers on the scale 1..7; NULL is a non-response';

CREATE AGGREGATE ces_agg(answer double precision) (
	STYPE = rating_summary, SSPACE = 20, SFUNC = ces_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 20, MSFUNC = ces_transition,
	MINVFUNC = ces_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces_agg(double precision) IS
	'summary of answers on the scale 1..7; NULL is a non-response';

CREATE AGGREGATE ces_agg(answer smallint, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces_agg(smallint, text) IS
	'summary of answers on the scale given, worst..best; NULL is a non-response';

CREATE AGGREGATE ces_agg(answer integer, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces_agg(integer, text) IS
	'summary of answers on the scale given, worst..best; NULL is a non-response';

CREATE AGGREGATE ces_agg(answer double precision, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces_agg(double precision, text) IS
	'summary of answers on the scale given, worst..best; NULL is a non-response';

CREATE AGGREGATE ces_agg(answer smallint, scale text, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = rating_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = rating_weighted_transition,
	MINVFUNC = rating_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces_agg(smallint, text, double precision) IS
	'summary of weighted answers on the scale given; a NULL weight skips the row';

CREATE AGGREGATE ces_agg(answer integer, scale text, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = rating_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = rating_weighted_transition,
	MINVFUNC = rating_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces_agg(integer, text, double precision) IS
	'summary of weighted answers on the scale given; a NULL weight skips the row';

CREATE AGGREGATE ces_agg(answer double precision, scale text, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = rating_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = rating_weighted_transition,
	MINVFUNC = rating_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces_agg(double precision, text, double precision) IS
	'summary of weighted answers on the scale given; a NULL weight skips the row';

CREATE AGGREGATE rating_agg(answer smallint, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rating_agg(smallint, text) IS
	'summary of answers on the scale given, worst..best; NULL is a non-response';

CREATE AGGREGATE rating_agg(answer integer, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rating_agg(integer, text) IS
	'summary of answers on the scale given, worst..best; NULL is a non-response';

CREATE AGGREGATE rating_agg(answer double precision, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rating_agg(double precision, text) IS
	'summary of answers on the scale given, worst..best; NULL is a non-response';

CREATE AGGREGATE rating_agg(answer smallint, scale text, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = rating_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = rating_weighted_transition,
	MINVFUNC = rating_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rating_agg(smallint, text, double precision) IS
	'summary of weighted answers on the scale given; a NULL weight skips the row';

CREATE AGGREGATE rating_agg(answer integer, scale text, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = rating_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = rating_weighted_transition,
	MINVFUNC = rating_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rating_agg(integer, text, double precision) IS
	'summary of weighted answers on the scale given; a NULL weight skips the row';

CREATE AGGREGATE rating_agg(answer double precision, scale text, weight double precision) (
	STYPE = rating_summary, SSPACE = 232, SFUNC = rating_weighted_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 232, MSFUNC = rating_weighted_transition,
	MINVFUNC = rating_weighted_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rating_agg(double precision, text, double precision) IS
	'summary of weighted answers on the scale given; a NULL weight skips the row';

CREATE AGGREGATE rating_agg(answer boolean) (
	STYPE = rating_summary, SSPACE = 15, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 15, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rating_agg(boolean) IS
	'summary of yes and no on the scale 0..1; NULL is a non-response';

CREATE AGGREGATE nps(answer smallint) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = nps_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = nps,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = nps_transition,
	MINVFUNC = nps_inverse, MFINALFUNC = nps,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE nps(smallint) IS
	'Net Promoter Score of answers on the scale 0..10, -100 to 100';

CREATE AGGREGATE nps(answer integer) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = nps_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = nps,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = nps_transition,
	MINVFUNC = nps_inverse, MFINALFUNC = nps,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE nps(integer) IS
	'Net Promoter Score of answers on the scale 0..10, -100 to 100';

CREATE AGGREGATE nps(answer double precision) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = nps_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = nps,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = nps_transition,
	MINVFUNC = nps_inverse, MFINALFUNC = nps,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE nps(double precision) IS
	'Net Promoter Score of answers on the scale 0..10, -100 to 100';

CREATE AGGREGATE csat(answer smallint) (
	STYPE = rating_summary, SSPACE = 18, SFUNC = csat_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = csat,
	MSTYPE = rating_summary, MSSPACE = 18, MSFUNC = csat_transition,
	MINVFUNC = csat_inverse, MFINALFUNC = csat,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat(smallint) IS
	'percentage of satisfied answers on the scale 1..5 (4 and 5), 0 to 100';

CREATE AGGREGATE csat(answer integer) (
	STYPE = rating_summary, SSPACE = 18, SFUNC = csat_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = csat,
	MSTYPE = rating_summary, MSSPACE = 18, MSFUNC = csat_transition,
	MINVFUNC = csat_inverse, MFINALFUNC = csat,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat(integer) IS
	'percentage of satisfied answers on the scale 1..5 (4 and 5), 0 to 100';

CREATE AGGREGATE csat(answer double precision) (
	STYPE = rating_summary, SSPACE = 18, SFUNC = csat_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = csat,
	MSTYPE = rating_summary, MSSPACE = 18, MSFUNC = csat_transition,
	MINVFUNC = csat_inverse, MFINALFUNC = csat,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat(double precision) IS
	'percentage of satisfied answers on the scale 1..5 (4 and 5), 0 to 100';

CREATE AGGREGATE csat(answer smallint, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = csat,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = csat,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat(smallint, text) IS
	'percentage of satisfied answers on the scale given, 0 to 100: the two best, or the best '
	'one of 2 or 3';

CREATE AGGREGATE csat(answer integer, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = csat,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = csat,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat(integer, text) IS
	'percentage of satisfied answers on the scale given, 0 to 100: the two best, or the best '
	'one of 2 or 3';

CREATE AGGREGATE csat(answer double precision, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = csat,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = csat,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE csat(double precision, text) IS
	'percentage of satisfied answers on the scale given, 0 to 100: the two best, or the best '
	'one of 2 or 3';

CREATE AGGREGATE ces(answer smallint) (
	STYPE = rating_summary, SSPACE = 20, SFUNC = ces_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = ces,
	MSTYPE = rating_summary, MSSPACE = 20, MSFUNC = ces_transition,
	MINVFUNC = ces_inverse, MFINALFUNC = ces,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces(smallint) IS
	'Customer Effort Score: mean answer on the scale 1..7';

CREATE AGGREGATE ces(answer integer) (
	STYPE = rating_summary, SSPACE = 20, SFUNC = ces_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = ces,
	MSTYPE = rating_summary, MSSPACE = 20, MSFUNC = ces_transition,
	MINVFUNC = ces_inverse, MFINALFUNC = ces,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces(integer) IS
	'Customer Effort Score: mean answer on the scale 1..7';

CREATE AGGREGATE ces(answer double precision) (
	STYPE = rating_summary, SSPACE = 20, SFUNC = ces_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = ces,
	MSTYPE = rating_summary, MSSPACE = 20, MSFUNC = ces_transition,
	MINVFUNC = ces_inverse, MFINALFUNC = ces,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces(double precision) IS
	'Customer Effort Score: mean answer on the scale 1..7';

CREATE AGGREGATE ces(answer smallint, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = ces,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = ces,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces(smallint, text) IS
	'Customer Effort Score: mean answer on the scale given';

CREATE AGGREGATE ces(answer integer, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = ces,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = ces,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces(integer, text) IS
	'Customer Effort Score: mean answer on the scale given';

CREATE AGGREGATE ces(answer double precision, scale text) (
	STYPE = rating_summary, SSPACE = 24, SFUNC = rating_transition,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = ces,
	MSTYPE = rating_summary, MSSPACE = 24, MSFUNC = rating_transition,
	MINVFUNC = rating_inverse, MFINALFUNC = ces,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ces(double precision, text) IS
	'Customer Effort Score: mean answer on the scale given';

CREATE AGGREGATE rollup(s rating_summary) (
	STYPE = rating_summary, SSPACE = 36, SFUNC = rating_summary_combine,
	COMBINEFUNC = rating_summary_combine, FINALFUNC = rating_summary_final,
	MSTYPE = rating_summary, MSSPACE = 36, MSFUNC = rating_summary_rollup,
	MINVFUNC = rating_summary_rollup_inverse, MFINALFUNC = rating_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(rating_summary) IS
	'the summary of the rows of all summaries; NULLs are skipped';
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
--
-- business_calendar: opening hours that follow the local clock of a time zone
--

CREATE TYPE business_calendar;

CREATE FUNCTION business_calendar_in(cstring) RETURNS business_calendar
	AS 'MODULE_PATHNAME', 'business_calendar_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_in(cstring) IS
	'input of business_calendar';

CREATE FUNCTION business_calendar_out(business_calendar) RETURNS cstring
	AS 'MODULE_PATHNAME', 'business_calendar_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_out(business_calendar) IS
	'output of business_calendar as canonical text';

CREATE FUNCTION business_calendar_recv(internal) RETURNS business_calendar
	AS 'MODULE_PATHNAME', 'business_calendar_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_recv(internal) IS
	'binary input of business_calendar';

CREATE FUNCTION business_calendar_send(business_calendar) RETURNS bytea
	AS 'MODULE_PATHNAME', 'business_calendar_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_send(business_calendar) IS
	'binary output of business_calendar';

CREATE TYPE business_calendar (
	INPUT = business_calendar_in,
	OUTPUT = business_calendar_out,
	RECEIVE = business_calendar_recv,
	SEND = business_calendar_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE business_calendar IS
	'opening hours by day of the week, in a time zone, with dates that are exceptions';

--
-- Operators
--

CREATE FUNCTION business_calendar_eq(a business_calendar, b business_calendar) RETURNS boolean
	AS 'MODULE_PATHNAME', 'business_calendar_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_eq(business_calendar, business_calendar) IS
	'are the calendars equal';

CREATE FUNCTION business_calendar_ne(a business_calendar, b business_calendar) RETURNS boolean
	AS 'MODULE_PATHNAME', 'business_calendar_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_ne(business_calendar, business_calendar) IS
	'do the calendars differ';

CREATE FUNCTION business_calendar_hash(business_calendar) RETURNS integer
	AS 'MODULE_PATHNAME', 'business_calendar_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_hash(business_calendar) IS
	'hash of a calendar';

CREATE FUNCTION business_calendar_hash_extended(business_calendar, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'business_calendar_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_calendar_hash_extended(business_calendar, bigint) IS
	'hash of a calendar with a seed';

CREATE OPERATOR = (
	LEFTARG = business_calendar, RIGHTARG = business_calendar, FUNCTION = business_calendar_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (business_calendar, business_calendar) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = business_calendar, RIGHTARG = business_calendar, FUNCTION = business_calendar_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (business_calendar, business_calendar) IS 'not equal';

CREATE OPERATOR FAMILY business_calendar_ops USING hash;
COMMENT ON OPERATOR FAMILY business_calendar_ops USING hash IS 'equality of calendars, by hash';

CREATE OPERATOR CLASS business_calendar_ops
	DEFAULT FOR TYPE business_calendar USING hash FAMILY business_calendar_ops AS
	OPERATOR 1 =,
	FUNCTION 1 business_calendar_hash(business_calendar),
	FUNCTION 2 business_calendar_hash_extended(business_calendar, bigint);
COMMENT ON OPERATOR CLASS business_calendar_ops USING hash IS 'equality of calendars, by hash';

--
-- Readings
--

CREATE FUNCTION business_time(
	calendar business_calendar, starts_at timestamptz, ends_at timestamptz
) RETURNS interval
	AS 'MODULE_PATHNAME', 'business_time' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_time(business_calendar, timestamptz, timestamptz) IS
	'real time that passes within opening hours';

CREATE FUNCTION business_time(calendar business_calendar, times tstzmultirange) RETURNS interval
	AS 'MODULE_PATHNAME', 'business_time_multirange' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_time(business_calendar, tstzmultirange) IS
	'real time that passes within opening hours, of all the times given';

CREATE FUNCTION business_deadline(
	calendar business_calendar, starts_at timestamptz, allowed interval
) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'business_deadline' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION business_deadline(business_calendar, timestamptz, interval) IS
	'the first moment at which so much business time has passed';

CREATE FUNCTION is_business_time(calendar business_calendar, at timestamptz) RETURNS boolean
	AS 'MODULE_PATHNAME', 'business_time_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION is_business_time(business_calendar, timestamptz) IS
	'is it within opening hours';

CREATE FUNCTION business_spans(
	calendar business_calendar, starts_at timestamptz, ends_at timestamptz
) RETURNS SETOF tstzrange
	AS 'MODULE_PATHNAME', 'business_spans' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION business_spans(business_calendar, timestamptz, timestamptz) IS
	'the times within opening hours, each as long as it goes on without a break';
--
-- duration_summary: how long things took, and how many are still under way
--

-- Category N, as that of rating_summary and for the same reasons.

CREATE TYPE duration_summary;

CREATE FUNCTION duration_summary_in(cstring) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_in(cstring) IS
	'input of duration_summary from JSON';

CREATE FUNCTION duration_summary_out(duration_summary) RETURNS cstring
	AS 'MODULE_PATHNAME', 'duration_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_out(duration_summary) IS
	'output of duration_summary as canonical JSON';

CREATE FUNCTION duration_summary_recv(internal) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_recv(internal) IS
	'binary input of duration_summary';

CREATE FUNCTION duration_summary_send(duration_summary) RETURNS bytea
	AS 'MODULE_PATHNAME', 'duration_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_send(duration_summary) IS
	'binary output of duration_summary';

CREATE TYPE duration_summary (
	INPUT = duration_summary_in,
	OUTPUT = duration_summary_out,
	RECEIVE = duration_summary_recv,
	SEND = duration_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended,
	CATEGORY = 'N'
);
COMMENT ON TYPE duration_summary IS
	'counts of durations in buckets of 2 %, their exact sum, and what is unresolved';

CREATE TYPE duration_bucket AS (
	from_duration interval,
	to_duration interval,
	resolved bigint,
	unresolved bigint
);
COMMENT ON TYPE duration_bucket IS
	'how many were resolved within a range of durations, and how many are open at such an age';

--
-- Casts
--

CREATE FUNCTION duration_summary_to_json(duration_summary) RETURNS json
	AS 'MODULE_PATHNAME', 'duration_summary_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_to_json(duration_summary) IS
	'the summary as json';

CREATE CAST (duration_summary AS json) WITH FUNCTION duration_summary_to_json(duration_summary);
COMMENT ON CAST (duration_summary AS json) IS 'the summary as json';

CREATE FUNCTION duration_summary_to_jsonb(duration_summary) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'duration_summary_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_to_jsonb(duration_summary) IS
	'the summary as jsonb';

CREATE CAST (duration_summary AS jsonb)
	WITH FUNCTION duration_summary_to_jsonb(duration_summary);
COMMENT ON CAST (duration_summary AS jsonb) IS 'the summary as jsonb';

CREATE CAST (jsonb AS duration_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS duration_summary) IS 'the summary that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION duration_summary_eq(a duration_summary, b duration_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'duration_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_eq(duration_summary, duration_summary) IS
	'are the summaries equal';

CREATE FUNCTION duration_summary_ne(a duration_summary, b duration_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'duration_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_ne(duration_summary, duration_summary) IS
	'do the summaries differ';

CREATE FUNCTION duration_summary_hash(duration_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'duration_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_hash(duration_summary) IS
	'hash of a summary';

CREATE FUNCTION duration_summary_hash_extended(duration_summary, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'duration_summary_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_hash_extended(duration_summary, bigint) IS
	'hash of a summary with a seed';

CREATE OPERATOR = (
	LEFTARG = duration_summary, RIGHTARG = duration_summary, FUNCTION = duration_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (duration_summary, duration_summary) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = duration_summary, RIGHTARG = duration_summary, FUNCTION = duration_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (duration_summary, duration_summary) IS 'not equal';

CREATE OPERATOR FAMILY duration_summary_ops USING hash;
COMMENT ON OPERATOR FAMILY duration_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE OPERATOR CLASS duration_summary_ops
	DEFAULT FOR TYPE duration_summary USING hash FAMILY duration_summary_ops AS
	OPERATOR 1 =,
	FUNCTION 1 duration_summary_hash(duration_summary),
	FUNCTION 2 duration_summary_hash_extended(duration_summary, bigint);
COMMENT ON OPERATOR CLASS duration_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE FUNCTION duration_summary_add(
	a duration_summary, b duration_summary
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_add(duration_summary, duration_summary) IS
	'the summary of the rows of both';

CREATE FUNCTION duration_summary_subtract(
	a duration_summary, b duration_summary
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_subtract(duration_summary, duration_summary) IS
	'the first summary without the rows of the second';

CREATE OPERATOR + (
	LEFTARG = duration_summary, RIGHTARG = duration_summary, FUNCTION = duration_summary_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (duration_summary, duration_summary) IS 'merge';

CREATE OPERATOR - (
	LEFTARG = duration_summary, RIGHTARG = duration_summary, FUNCTION = duration_summary_subtract
);
COMMENT ON OPERATOR - (duration_summary, duration_summary) IS 'take out';

--
-- Readings
--

CREATE FUNCTION resolved(s duration_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'duration_resolved' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION resolved(duration_summary) IS
	'number of durations: what has been resolved';

CREATE FUNCTION unresolved(s duration_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'duration_unresolved' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION unresolved(duration_summary) IS
	'number of what has no duration yet';

CREATE FUNCTION mean_duration(s duration_summary) RETURNS interval
	AS 'MODULE_PATHNAME', 'duration_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION mean_duration(duration_summary) IS
	'mean of the resolved durations, to the microsecond';

CREATE FUNCTION total_duration(s duration_summary) RETURNS interval
	AS 'MODULE_PATHNAME', 'duration_total' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION total_duration(duration_summary) IS
	'sum of the resolved durations';

CREATE FUNCTION ttr(s duration_summary) RETURNS interval
	AS 'MODULE_PATHNAME', 'duration_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION ttr(duration_summary) IS
	'mean time to resolution';

CREATE FUNCTION median_duration(s duration_summary) RETURNS interval
	AS 'MODULE_PATHNAME', 'duration_median' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION median_duration(duration_summary) IS
	'the percentile 0.5';

CREATE FUNCTION percentile(s duration_summary, p double precision) RETURNS interval
	AS 'MODULE_PATHNAME', 'duration_percentile' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION percentile(duration_summary, double precision) IS
	'percentile within 1 %; with ages of what is open that of Kaplan and Meier';

CREATE FUNCTION percentiles(s duration_summary, p double precision[]) RETURNS interval[]
	AS 'MODULE_PATHNAME', 'duration_percentiles' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION percentiles(duration_summary, double precision[]) IS
	'several percentiles in an array of the same shape';

CREATE FUNCTION within(s duration_summary, target interval) RETURNS double precision
	AS 'MODULE_PATHNAME', 'duration_within' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION within(duration_summary, interval) IS
	'resolved within a target, of those resolved and those open past it, 0 to 1';

CREATE FUNCTION durations(s duration_summary) RETURNS SETOF duration_bucket
	AS 'MODULE_PATHNAME', 'duration_durations' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 200;
COMMENT ON FUNCTION durations(duration_summary) IS
	'the buckets that hold something, from the shortest durations';

--
-- Transitions
--

CREATE FUNCTION duration_transition(duration_summary, interval) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION duration_transition(duration_summary, interval) IS
	'counts a duration; NULL is unresolved';

CREATE FUNCTION duration_inverse(duration_summary, interval) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION duration_inverse(duration_summary, interval) IS
	'takes out a duration';

CREATE FUNCTION ttr_transition(duration_summary, timestamptz, timestamptz) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'ttr_transition_timestamptz' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ttr_transition(duration_summary, timestamptz, timestamptz) IS
	'counts the time from opened to resolved';

CREATE FUNCTION ttr_inverse(duration_summary, timestamptz, timestamptz) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'ttr_inverse_timestamptz' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ttr_inverse(duration_summary, timestamptz, timestamptz) IS
	'takes out the time from opened to resolved';

CREATE FUNCTION ttr_transition(
	duration_summary, timestamptz, timestamptz, timestamptz
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'ttr_as_of_transition_timestamptz' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ttr_transition(duration_summary, timestamptz, timestamptz, timestamptz) IS
	'counts the time from opened to resolved, or the age as of a moment';

CREATE FUNCTION ttr_inverse(
	duration_summary, timestamptz, timestamptz, timestamptz
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'ttr_as_of_inverse_timestamptz' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ttr_inverse(duration_summary, timestamptz, timestamptz, timestamptz) IS
	'takes out the time from opened to resolved, or the age as of a moment';

CREATE FUNCTION ttr_transition(duration_summary, timestamp, timestamp) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'ttr_transition_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ttr_transition(duration_summary, timestamp, timestamp) IS
	'counts the time from opened to resolved';

CREATE FUNCTION ttr_inverse(duration_summary, timestamp, timestamp) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'ttr_inverse_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ttr_inverse(duration_summary, timestamp, timestamp) IS
	'takes out the time from opened to resolved';

CREATE FUNCTION ttr_transition(
	duration_summary, timestamp, timestamp, timestamp
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'ttr_as_of_transition_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ttr_transition(duration_summary, timestamp, timestamp, timestamp) IS
	'counts the time from opened to resolved, or the age as of a moment';

CREATE FUNCTION ttr_inverse(
	duration_summary, timestamp, timestamp, timestamp
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'ttr_as_of_inverse_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION ttr_inverse(duration_summary, timestamp, timestamp, timestamp) IS
	'takes out the time from opened to resolved, or the age as of a moment';

CREATE FUNCTION business_ttr_transition(
	duration_summary, business_calendar, timestamptz, timestamptz
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'business_ttr_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
	business_ttr_transition(duration_summary, business_calendar, timestamptz, timestamptz) IS
	'counts the business time from opened to resolved';

CREATE FUNCTION business_ttr_inverse(
	duration_summary, business_calendar, timestamptz, timestamptz
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'business_ttr_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
	business_ttr_inverse(duration_summary, business_calendar, timestamptz, timestamptz) IS
	'takes out the business time from opened to resolved';

CREATE FUNCTION business_ttr_transition(
	duration_summary, business_calendar, timestamptz, timestamptz, timestamptz
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'business_ttr_as_of_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
	business_ttr_transition(
		duration_summary, business_calendar, timestamptz, timestamptz, timestamptz
	) IS
	'counts the business time from opened to resolved, or the age as of a moment';

CREATE FUNCTION business_ttr_inverse(
	duration_summary, business_calendar, timestamptz, timestamptz, timestamptz
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'business_ttr_as_of_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
	business_ttr_inverse(
		duration_summary, business_calendar, timestamptz, timestamptz, timestamptz
	) IS
	'takes out the business time from opened to resolved, or the age as of a moment';

CREATE FUNCTION duration_summary_combine(
	duration_summary, duration_summary
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_summary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_combine(duration_summary, duration_summary) IS
	'merges two states, either of which may be NULL';

CREATE FUNCTION duration_summary_rollup(duration_summary, duration_summary) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_summary_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_rollup(duration_summary, duration_summary) IS
	'merges a summary into the state of a moving window';

CREATE FUNCTION duration_summary_rollup_inverse(
	duration_summary, duration_summary
) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_summary_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_rollup_inverse(duration_summary, duration_summary) IS
	'takes a summary out of the state of a moving window';

CREATE FUNCTION duration_summary_final(duration_summary) RETURNS duration_summary
	AS 'MODULE_PATHNAME', 'duration_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION duration_summary_final(duration_summary) IS
	'the summary of a state; NULL where no row came in';

--
-- Aggregates
--
-- SSPACE is the size of a state whose durations spread over two or three orders of magnitude. The
-- one-step forms share state and transition with the summary.
--

CREATE AGGREGATE duration_agg(duration interval) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = duration_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = duration_summary_final,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = duration_transition, MINVFUNC = duration_inverse,
	MFINALFUNC = duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE duration_agg(interval) IS
	'summary of durations; NULL is unresolved';

CREATE AGGREGATE ttr_agg(opened_at timestamptz, resolved_at timestamptz) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = duration_summary_final,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = ttr_transition, MINVFUNC = ttr_inverse,
	MFINALFUNC = duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ttr_agg(timestamptz, timestamptz) IS
	'summary of the times from opened to resolved; NULL is still open';

CREATE AGGREGATE ttr_agg(opened_at timestamptz, resolved_at timestamptz, as_of timestamptz) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = duration_summary_final,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = ttr_transition, MINVFUNC = ttr_inverse,
	MFINALFUNC = duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ttr_agg(timestamptz, timestamptz, timestamptz) IS
	'summary of the times from opened to resolved, open tickets with their age as of a moment';

CREATE AGGREGATE ttr_agg(opened_at timestamp, resolved_at timestamp) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = duration_summary_final,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = ttr_transition, MINVFUNC = ttr_inverse,
	MFINALFUNC = duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ttr_agg(timestamp, timestamp) IS
	'summary of the times from opened to resolved; NULL is still open';

CREATE AGGREGATE ttr_agg(opened_at timestamp, resolved_at timestamp, as_of timestamp) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = duration_summary_final,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = ttr_transition, MINVFUNC = ttr_inverse,
	MFINALFUNC = duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ttr_agg(timestamp, timestamp, timestamp) IS
	'summary of the times from opened to resolved, open tickets with their age as of a moment';

CREATE AGGREGATE business_ttr_agg(
	calendar business_calendar, opened_at timestamptz, resolved_at timestamptz
) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = business_ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = duration_summary_final,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = business_ttr_transition, MINVFUNC = business_ttr_inverse,
	MFINALFUNC = duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE business_ttr_agg(business_calendar, timestamptz, timestamptz) IS
	'summary of the business times from opened to resolved; NULL is still open';

CREATE AGGREGATE business_ttr_agg(
	calendar business_calendar, opened_at timestamptz, resolved_at timestamptz, as_of timestamptz
) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = business_ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = duration_summary_final,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = business_ttr_transition, MINVFUNC = business_ttr_inverse,
	MFINALFUNC = duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE business_ttr_agg(business_calendar, timestamptz, timestamptz, timestamptz) IS
	'summary of the business times to resolution, open tickets with their age as of a moment';

CREATE AGGREGATE ttr(opened_at timestamptz, resolved_at timestamptz) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = mean_duration,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = ttr_transition, MINVFUNC = ttr_inverse,
	MFINALFUNC = mean_duration,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ttr(timestamptz, timestamptz) IS
	'mean time from opened to resolved';

CREATE AGGREGATE ttr(opened_at timestamptz, resolved_at timestamptz, as_of timestamptz) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = mean_duration,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = ttr_transition, MINVFUNC = ttr_inverse,
	MFINALFUNC = mean_duration,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ttr(timestamptz, timestamptz, timestamptz) IS
	'mean time from opened to resolved, of what was resolved as of a moment';

CREATE AGGREGATE ttr(opened_at timestamp, resolved_at timestamp) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = mean_duration,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = ttr_transition, MINVFUNC = ttr_inverse,
	MFINALFUNC = mean_duration,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ttr(timestamp, timestamp) IS
	'mean time from opened to resolved';

CREATE AGGREGATE ttr(opened_at timestamp, resolved_at timestamp, as_of timestamp) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = mean_duration,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = ttr_transition, MINVFUNC = ttr_inverse,
	MFINALFUNC = mean_duration,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE ttr(timestamp, timestamp, timestamp) IS
	'mean time from opened to resolved, of what was resolved as of a moment';

CREATE AGGREGATE business_ttr(
	calendar business_calendar, opened_at timestamptz, resolved_at timestamptz
) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = business_ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = mean_duration,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = business_ttr_transition, MINVFUNC = business_ttr_inverse,
	MFINALFUNC = mean_duration,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE business_ttr(business_calendar, timestamptz, timestamptz) IS
	'mean business time from opened to resolved';

CREATE AGGREGATE business_ttr(
	calendar business_calendar, opened_at timestamptz, resolved_at timestamptz, as_of timestamptz
) (
	STYPE = duration_summary, SSPACE = 500,
	SFUNC = business_ttr_transition, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = mean_duration,
	MSTYPE = duration_summary, MSSPACE = 500,
	MSFUNC = business_ttr_transition, MINVFUNC = business_ttr_inverse,
	MFINALFUNC = mean_duration,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE business_ttr(business_calendar, timestamptz, timestamptz, timestamptz) IS
	'mean business time from opened to resolved, of what was resolved as of a moment';

CREATE AGGREGATE rollup(s duration_summary) (
	STYPE = duration_summary, SSPACE = 800,
	SFUNC = duration_summary_combine, COMBINEFUNC = duration_summary_combine,
	FINALFUNC = duration_summary_final,
	MSTYPE = duration_summary, MSSPACE = 800,
	MSFUNC = duration_summary_rollup, MINVFUNC = duration_summary_rollup_inverse,
	MFINALFUNC = duration_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(duration_summary) IS
	'the summary of the rows of all summaries; NULLs are skipped';
--
-- churn_summary: customers at the start and at the end of a period, kept, lost and new
--

-- Category N, as for money: a summary is added and subtracted.
CREATE TYPE churn_summary;

CREATE FUNCTION churn_summary_in(cstring) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_in(cstring) IS
	'input of churn_summary from JSON';

CREATE FUNCTION churn_summary_out(churn_summary) RETURNS cstring
	AS 'MODULE_PATHNAME', 'churn_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_out(churn_summary) IS
	'output of churn_summary as canonical JSON';

CREATE FUNCTION churn_summary_recv(internal) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_recv(internal) IS
	'binary input of churn_summary';

CREATE FUNCTION churn_summary_send(churn_summary) RETURNS bytea
	AS 'MODULE_PATHNAME', 'churn_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_send(churn_summary) IS
	'binary output of churn_summary in network byte order';

CREATE TYPE churn_summary (
	INPUT = churn_summary_in,
	OUTPUT = churn_summary_out,
	RECEIVE = churn_summary_recv,
	SEND = churn_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended,
	CATEGORY = 'N'
);
COMMENT ON TYPE churn_summary IS
	'customers at the start and at the end of a period, kept, lost and new';

--
-- Casts
--

CREATE FUNCTION churn_summary_to_json(churn_summary) RETURNS json
	AS 'MODULE_PATHNAME', 'churn_summary_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_to_json(churn_summary) IS
	'the summary as json';

CREATE CAST (churn_summary AS json) WITH FUNCTION churn_summary_to_json(churn_summary);
COMMENT ON CAST (churn_summary AS json) IS 'the summary as json';

CREATE FUNCTION churn_summary_to_jsonb(churn_summary) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'churn_summary_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_to_jsonb(churn_summary) IS
	'the summary as jsonb';

CREATE CAST (churn_summary AS jsonb) WITH FUNCTION churn_summary_to_jsonb(churn_summary);
COMMENT ON CAST (churn_summary AS jsonb) IS 'the summary as jsonb';

CREATE CAST (jsonb AS churn_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS churn_summary) IS 'the summary that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION churn_summary_eq(a churn_summary, b churn_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'churn_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_eq(churn_summary, churn_summary) IS
	'are the summaries equal';

CREATE FUNCTION churn_summary_ne(a churn_summary, b churn_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'churn_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_ne(churn_summary, churn_summary) IS
	'do the summaries differ';

CREATE FUNCTION churn_summary_add(a churn_summary, b churn_summary) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_add(churn_summary, churn_summary) IS
	'the summary of the rows of both';

CREATE FUNCTION churn_summary_subtract(a churn_summary, b churn_summary) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_subtract(churn_summary, churn_summary) IS
	'the first summary without the rows of the second';

CREATE FUNCTION churn_summary_hash(churn_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'churn_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_hash(churn_summary) IS
	'hash of a churn_summary';

CREATE FUNCTION churn_summary_hash_extended(churn_summary, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'churn_summary_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_hash_extended(churn_summary, bigint) IS
	'hash of a churn_summary with a seed';

CREATE OPERATOR = (
	LEFTARG = churn_summary, RIGHTARG = churn_summary, FUNCTION = churn_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (churn_summary, churn_summary) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = churn_summary, RIGHTARG = churn_summary, FUNCTION = churn_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (churn_summary, churn_summary) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = churn_summary, RIGHTARG = churn_summary, FUNCTION = churn_summary_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (churn_summary, churn_summary) IS 'merge';

CREATE OPERATOR - (
	LEFTARG = churn_summary, RIGHTARG = churn_summary, FUNCTION = churn_summary_subtract
);
COMMENT ON OPERATOR - (churn_summary, churn_summary) IS 'take out';

CREATE OPERATOR FAMILY churn_summary_ops USING hash;
COMMENT ON OPERATOR FAMILY churn_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE OPERATOR CLASS churn_summary_ops
	DEFAULT FOR TYPE churn_summary USING hash FAMILY churn_summary_ops AS
	OPERATOR 1 =,
	FUNCTION 1 churn_summary_hash(churn_summary),
	FUNCTION 2 churn_summary_hash_extended(churn_summary, bigint);
COMMENT ON OPERATOR CLASS churn_summary_ops USING hash IS 'equality of summaries, by hash';

--
-- Readings
--

CREATE FUNCTION churn_rate(s churn_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'churn_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_rate(churn_summary) IS
	'lost share of the customers at the start, 0 to 1';

CREATE FUNCTION churn_rate(s churn_summary, convention text) RETURNS double precision
	AS 'MODULE_PATHNAME', 'churn_rate_by_convention' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_rate(churn_summary, text) IS
	'churn rate by a convention: start, net, average or stripe';

CREATE FUNCTION net_churn_rate(at_start bigint, at_end bigint) RETURNS double precision
	AS 'MODULE_PATHNAME', 'churn_net_churn_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION net_churn_rate(bigint, bigint) IS
	'(at_start - at_end) / at_start: below 0 when there are more customers than before';

CREATE FUNCTION retention_rate(s churn_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'churn_retention_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_rate(churn_summary) IS
	'share of the customers at the start who were not lost, 0 to 1';

CREATE FUNCTION customers_at_start(s churn_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'churn_customers_at_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customers_at_start(churn_summary) IS
	'customers just before the period';

CREATE FUNCTION customers_at_end(s churn_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'churn_customers_at_end' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customers_at_end(churn_summary) IS
	'customers just before the end of the period';

CREATE FUNCTION lost_customers(s churn_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'churn_lost_customers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION lost_customers(churn_summary) IS
	'customers at the start but not at the end';

CREATE FUNCTION new_customers(s churn_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'churn_new_customers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION new_customers(churn_summary) IS
	'customers at the end but not at the start';

CREATE FUNCTION new_and_lost_customers(s churn_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'churn_new_and_lost_customers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION new_and_lost_customers(churn_summary) IS
	'customers who came and went within the period';

CREATE FUNCTION returned_customers(s churn_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'churn_returned_customers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION returned_customers(churn_summary) IS
	'customers at the start and at the end who were away in between';

CREATE FUNCTION churn_interval(s churn_summary, level double precision DEFAULT 0.95)
	RETURNS confidence_interval
	AS 'MODULE_PATHNAME', 'churn_interval' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_interval(churn_summary, double precision) IS
	'confidence interval of churn_rate, 0 to 1 (Wilson)';

CREATE FUNCTION churn_lower(s churn_summary, level double precision DEFAULT 0.95)
	RETURNS double precision
	AS 'MODULE_PATHNAME', 'churn_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_lower(churn_summary, double precision) IS
	'lower bound of churn_interval';

CREATE FUNCTION churn_upper(s churn_summary, level double precision DEFAULT 0.95)
	RETURNS double precision
	AS 'MODULE_PATHNAME', 'churn_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION churn_upper(churn_summary, double precision) IS
	'upper bound of churn_interval';

--
-- Transitions
--

CREATE FUNCTION churn_snapshots_transition(churn_summary, boolean, boolean) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_snapshots_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_snapshots_transition(churn_summary, boolean, boolean) IS
	'counts a customer of two snapshots';

CREATE FUNCTION churn_snapshots_inverse(churn_summary, boolean, boolean) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_snapshots_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_snapshots_inverse(churn_summary, boolean, boolean) IS
	'takes out a customer of two snapshots';

CREATE FUNCTION churn_range_transition(churn_summary, tstzrange, tstzrange) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_range_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_range_transition(churn_summary, tstzrange, tstzrange) IS
	'counts a customer who was active in a range';

CREATE FUNCTION churn_range_inverse(churn_summary, tstzrange, tstzrange) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_range_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_range_inverse(churn_summary, tstzrange, tstzrange) IS
	'takes out a customer who was active in a range';

CREATE FUNCTION churn_range_transition(churn_summary, daterange, daterange) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_range_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_range_transition(churn_summary, daterange, daterange) IS
	'counts a customer who was active in a range';

CREATE FUNCTION churn_range_inverse(churn_summary, daterange, daterange) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_range_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_range_inverse(churn_summary, daterange, daterange) IS
	'takes out a customer who was active in a range';

CREATE FUNCTION churn_multirange_transition(churn_summary, tstzmultirange, tstzrange)
	RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_multirange_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_multirange_transition(churn_summary, tstzmultirange, tstzrange) IS
	'counts a customer who was active in several ranges';

CREATE FUNCTION churn_multirange_inverse(churn_summary, tstzmultirange, tstzrange)
	RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_multirange_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_multirange_inverse(churn_summary, tstzmultirange, tstzrange) IS
	'takes out a customer who was active in several ranges';

CREATE FUNCTION churn_multirange_transition(churn_summary, datemultirange, daterange)
	RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_multirange_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_multirange_transition(churn_summary, datemultirange, daterange) IS
	'counts a customer who was active in several ranges';

CREATE FUNCTION churn_multirange_inverse(churn_summary, datemultirange, daterange)
	RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_multirange_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_multirange_inverse(churn_summary, datemultirange, daterange) IS
	'takes out a customer who was active in several ranges';

CREATE FUNCTION churn_lifetime_transition(churn_summary, timestamptz, timestamptz, tstzrange)
	RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_timestamps_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_lifetime_transition(churn_summary, timestamptz, timestamptz, tstzrange) IS
	'counts a customer with a start and an end';

CREATE FUNCTION churn_lifetime_inverse(churn_summary, timestamptz, timestamptz, tstzrange)
	RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_timestamps_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_lifetime_inverse(churn_summary, timestamptz, timestamptz, tstzrange) IS
	'takes out a customer with a start and an end';

CREATE FUNCTION churn_lifetime_transition(churn_summary, date, date, daterange)
	RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_dates_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_lifetime_transition(churn_summary, date, date, daterange) IS
	'counts a customer with a start and an end';

CREATE FUNCTION churn_lifetime_inverse(churn_summary, date, date, daterange) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_dates_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_lifetime_inverse(churn_summary, date, date, daterange) IS
	'takes out a customer with a start and an end';

CREATE FUNCTION churn_summary_combine(churn_summary, churn_summary) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_summary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_combine(churn_summary, churn_summary) IS
	'merges two states, either of which may be NULL';

CREATE FUNCTION churn_summary_rollup(churn_summary, churn_summary) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_summary_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_rollup(churn_summary, churn_summary) IS
	'merges a summary into the state of a moving window';

CREATE FUNCTION churn_summary_rollup_inverse(churn_summary, churn_summary) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_summary_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_rollup_inverse(churn_summary, churn_summary) IS
	'takes a summary out of the state of a moving window';

CREATE FUNCTION churn_summary_final(churn_summary) RETURNS churn_summary
	AS 'MODULE_PATHNAME', 'churn_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION churn_summary_final(churn_summary) IS
	'the value of a state; NULL where no row came in';

--
-- Aggregates
--
-- SSPACE is the size of a state with counters of two bytes. The one-step forms share state and
-- transition with the summary, so that churn_rate(...) and churn_agg(...) in one query count once.
--

CREATE AGGREGATE churn_agg(was_active boolean, is_active boolean) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_snapshots_transition, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_summary_final,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_snapshots_transition, MINVFUNC = churn_snapshots_inverse,
	MFINALFUNC = churn_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_agg(boolean, boolean) IS
	'summary of who stayed, left and came, from two snapshots (was active, is active)';

CREATE AGGREGATE churn_agg(active tstzrange, period tstzrange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_range_transition, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_summary_final,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_range_transition, MINVFUNC = churn_range_inverse,
	MFINALFUNC = churn_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_agg(tstzrange, tstzrange) IS
	'summary of who stayed, left and came in a period, from when customers were active';

CREATE AGGREGATE churn_agg(active daterange, period daterange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_range_transition, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_summary_final,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_range_transition, MINVFUNC = churn_range_inverse,
	MFINALFUNC = churn_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_agg(daterange, daterange) IS
	'summary of who stayed, left and came in a period, from when customers were active';

CREATE AGGREGATE churn_agg(active tstzmultirange, period tstzrange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_multirange_transition, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_summary_final,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_multirange_transition, MINVFUNC = churn_multirange_inverse,
	MFINALFUNC = churn_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_agg(tstzmultirange, tstzrange) IS
	'summary of who stayed, left and came in a period, from when customers were active';

CREATE AGGREGATE churn_agg(active datemultirange, period daterange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_multirange_transition, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_summary_final,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_multirange_transition, MINVFUNC = churn_multirange_inverse,
	MFINALFUNC = churn_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_agg(datemultirange, daterange) IS
	'summary of who stayed, left and came in a period, from when customers were active';

CREATE AGGREGATE churn_agg(started_at timestamptz, ended_at timestamptz, period tstzrange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_lifetime_transition, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_summary_final,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_lifetime_transition, MINVFUNC = churn_lifetime_inverse,
	MFINALFUNC = churn_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_agg(timestamptz, timestamptz, tstzrange) IS
	'summary of who stayed, left and came in a period, from their start and end';

CREATE AGGREGATE churn_agg(started_at date, ended_at date, period daterange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_lifetime_transition, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_summary_final,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_lifetime_transition, MINVFUNC = churn_lifetime_inverse,
	MFINALFUNC = churn_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_agg(date, date, daterange) IS
	'summary of who stayed, left and came in a period, from their start and end';

CREATE AGGREGATE churn_rate(was_active boolean, is_active boolean) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_snapshots_transition, COMBINEFUNC = churn_summary_combine, FINALFUNC = churn_rate,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_snapshots_transition, MINVFUNC = churn_snapshots_inverse,
	MFINALFUNC = churn_rate,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_rate(boolean, boolean) IS
	'lost share of the customers at the start, 0 to 1, from two snapshots (was active, is active)';

CREATE AGGREGATE churn_rate(active tstzrange, period tstzrange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_range_transition, COMBINEFUNC = churn_summary_combine, FINALFUNC = churn_rate,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_range_transition, MINVFUNC = churn_range_inverse, MFINALFUNC = churn_rate,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_rate(tstzrange, tstzrange) IS
	'lost share of the customers at the start, 0 to 1 in a period, from when customers were active';

CREATE AGGREGATE churn_rate(active daterange, period daterange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_range_transition, COMBINEFUNC = churn_summary_combine, FINALFUNC = churn_rate,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_range_transition, MINVFUNC = churn_range_inverse, MFINALFUNC = churn_rate,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_rate(daterange, daterange) IS
	'lost share of the customers at the start, 0 to 1 in a period, from when customers were active';

CREATE AGGREGATE churn_rate(active tstzmultirange, period tstzrange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_multirange_transition, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_rate,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_multirange_transition, MINVFUNC = churn_multirange_inverse,
	MFINALFUNC = churn_rate,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_rate(tstzmultirange, tstzrange) IS
	'lost share of the customers at the start, 0 to 1 in a period, from when customers were active';

CREATE AGGREGATE churn_rate(active datemultirange, period daterange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_multirange_transition, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_rate,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_multirange_transition, MINVFUNC = churn_multirange_inverse,
	MFINALFUNC = churn_rate,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_rate(datemultirange, daterange) IS
	'lost share of the customers at the start, 0 to 1 in a period, from when customers were active';

CREATE AGGREGATE churn_rate(started_at timestamptz, ended_at timestamptz, period tstzrange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_lifetime_transition, COMBINEFUNC = churn_summary_combine, FINALFUNC = churn_rate,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_lifetime_transition, MINVFUNC = churn_lifetime_inverse, MFINALFUNC = churn_rate,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_rate(timestamptz, timestamptz, tstzrange) IS
	'lost share of the customers at the start, 0 to 1 in a period, from their start and end';

CREATE AGGREGATE churn_rate(started_at date, ended_at date, period daterange) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_lifetime_transition, COMBINEFUNC = churn_summary_combine, FINALFUNC = churn_rate,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_lifetime_transition, MINVFUNC = churn_lifetime_inverse, MFINALFUNC = churn_rate,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE churn_rate(date, date, daterange) IS
	'lost share of the customers at the start, 0 to 1 in a period, from their start and end';

CREATE AGGREGATE rollup(s churn_summary) (
	STYPE = churn_summary, SSPACE = 16,
	SFUNC = churn_summary_combine, COMBINEFUNC = churn_summary_combine,
	FINALFUNC = churn_summary_final,
	MSTYPE = churn_summary, MSSPACE = 16,
	MSFUNC = churn_summary_rollup, MINVFUNC = churn_summary_rollup_inverse,
	MFINALFUNC = churn_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(churn_summary) IS
	'the summary of the customers of all summaries; NULLs are skipped';
--
-- revenue_summary: recurring revenue at the start of a period and its movements
--

-- Category N, as for money: a summary is added and subtracted.
CREATE TYPE revenue_summary;

CREATE FUNCTION revenue_summary_in(cstring) RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_in(cstring) IS
	'input of revenue_summary from JSON';

CREATE FUNCTION revenue_summary_out(revenue_summary) RETURNS cstring
	AS 'MODULE_PATHNAME', 'revenue_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_out(revenue_summary) IS
	'output of revenue_summary as canonical JSON';

CREATE FUNCTION revenue_summary_recv(internal) RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_recv(internal) IS
	'binary input of revenue_summary';

CREATE FUNCTION revenue_summary_send(revenue_summary) RETURNS bytea
	AS 'MODULE_PATHNAME', 'revenue_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_send(revenue_summary) IS
	'binary output of revenue_summary in network byte order';

CREATE TYPE revenue_summary (
	INPUT = revenue_summary_in,
	OUTPUT = revenue_summary_out,
	RECEIVE = revenue_summary_recv,
	SEND = revenue_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended,
	CATEGORY = 'N'
);
COMMENT ON TYPE revenue_summary IS
	'recurring revenue at the start of a period and its movements, exact, with customers';

--
-- Casts
--

CREATE FUNCTION revenue_summary_to_json(revenue_summary) RETURNS json
	AS 'MODULE_PATHNAME', 'revenue_summary_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_to_json(revenue_summary) IS
	'the summary as json';

CREATE CAST (revenue_summary AS json) WITH FUNCTION revenue_summary_to_json(revenue_summary);
COMMENT ON CAST (revenue_summary AS json) IS 'the summary as json';

CREATE FUNCTION revenue_summary_to_jsonb(revenue_summary) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'revenue_summary_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_to_jsonb(revenue_summary) IS
	'the summary as jsonb';

CREATE CAST (revenue_summary AS jsonb) WITH FUNCTION revenue_summary_to_jsonb(revenue_summary);
COMMENT ON CAST (revenue_summary AS jsonb) IS 'the summary as jsonb';

CREATE CAST (jsonb AS revenue_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS revenue_summary) IS 'the summary that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION revenue_summary_eq(a revenue_summary, b revenue_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'revenue_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_eq(revenue_summary, revenue_summary) IS
	'are the summaries equal';

CREATE FUNCTION revenue_summary_ne(a revenue_summary, b revenue_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'revenue_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_ne(revenue_summary, revenue_summary) IS
	'do the summaries differ';

CREATE FUNCTION revenue_summary_add(a revenue_summary, b revenue_summary) RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_add(revenue_summary, revenue_summary) IS
	'the summary of the rows of both';

CREATE FUNCTION revenue_summary_subtract(a revenue_summary, b revenue_summary)
	RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_subtract(revenue_summary, revenue_summary) IS
	'the first summary without the rows of the second';

CREATE FUNCTION revenue_summary_hash(revenue_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'revenue_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_hash(revenue_summary) IS
	'hash of a revenue_summary';

CREATE FUNCTION revenue_summary_hash_extended(revenue_summary, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'revenue_summary_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_hash_extended(revenue_summary, bigint) IS
	'hash of a revenue_summary with a seed';

CREATE OPERATOR = (
	LEFTARG = revenue_summary, RIGHTARG = revenue_summary, FUNCTION = revenue_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (revenue_summary, revenue_summary) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = revenue_summary, RIGHTARG = revenue_summary, FUNCTION = revenue_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (revenue_summary, revenue_summary) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = revenue_summary, RIGHTARG = revenue_summary, FUNCTION = revenue_summary_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (revenue_summary, revenue_summary) IS 'merge';

CREATE OPERATOR - (
	LEFTARG = revenue_summary, RIGHTARG = revenue_summary, FUNCTION = revenue_summary_subtract
);
COMMENT ON OPERATOR - (revenue_summary, revenue_summary) IS 'take out';

CREATE OPERATOR FAMILY revenue_summary_ops USING hash;
COMMENT ON OPERATOR FAMILY revenue_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE OPERATOR CLASS revenue_summary_ops
	DEFAULT FOR TYPE revenue_summary USING hash FAMILY revenue_summary_ops AS
	OPERATOR 1 =,
	FUNCTION 1 revenue_summary_hash(revenue_summary),
	FUNCTION 2 revenue_summary_hash_extended(revenue_summary, bigint);
COMMENT ON OPERATOR CLASS revenue_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE TYPE revenue_movement AS (movement text, amount numeric, customers bigint);
COMMENT ON TYPE revenue_movement IS
	'a kind of movement, its amount (negative for losses), and the customers who moved';

--
-- Readings
--

CREATE FUNCTION mrr_start(s revenue_summary) RETURNS numeric
	AS 'MODULE_PATHNAME', 'revenue_mrr_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION mrr_start(revenue_summary) IS
	'recurring revenue at the start';

CREATE FUNCTION mrr_end(s revenue_summary) RETURNS numeric
	AS 'MODULE_PATHNAME', 'revenue_mrr_end' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION mrr_end(revenue_summary) IS
	'recurring revenue at the end: that of the start and all movements';

CREATE FUNCTION grr(s revenue_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'revenue_grr' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION grr(revenue_summary) IS
	'gross revenue retention: (start - contraction - churned) / start, 0 to 1';

CREATE FUNCTION nrr(s revenue_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'revenue_nrr' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION nrr(revenue_summary) IS
	'net revenue retention: (start + expansion - contraction - churned) / start';

CREATE FUNCTION gross_revenue_churn(s revenue_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'revenue_gross_revenue_churn' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION gross_revenue_churn(revenue_summary) IS
	'(contraction + churned) / start, 0 to 1';

CREATE FUNCTION net_revenue_churn(s revenue_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'revenue_net_revenue_churn' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION net_revenue_churn(revenue_summary) IS
	'(contraction + churned - expansion - reactivated) / start: below 0 when more was regained '
	'than lost';

CREATE FUNCTION quick_ratio(s revenue_summary) RETURNS double precision
	AS 'MODULE_PATHNAME', 'revenue_quick_ratio' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION quick_ratio(revenue_summary) IS
	'(new + expansion + reactivated) / (contraction + churned)';

CREATE FUNCTION arpa(s revenue_summary) RETURNS numeric
	AS 'MODULE_PATHNAME', 'revenue_arpa' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION arpa(revenue_summary) IS
	'average revenue per account at the end';

CREATE FUNCTION customers_at_start(s revenue_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'revenue_customers_at_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customers_at_start(revenue_summary) IS
	'customers with revenue at the start';

CREATE FUNCTION customers_at_end(s revenue_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'revenue_customers_at_end' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customers_at_end(revenue_summary) IS
	'customers with revenue at the end';

CREATE FUNCTION currency_of(s revenue_summary) RETURNS text
	AS 'MODULE_PATHNAME', 'revenue_currency_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION currency_of(revenue_summary) IS
	'the currency; NULL when none was given';

CREATE FUNCTION movements(s revenue_summary) RETURNS SETOF revenue_movement
	AS 'MODULE_PATHNAME', 'revenue_movements' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 5;
COMMENT ON FUNCTION movements(revenue_summary) IS
	'the movements from the start to the end: amount, negative for losses, and customers';

--
-- Transitions
--

CREATE FUNCTION revenue_transition(revenue_summary, numeric, numeric) RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_transition(revenue_summary, numeric, numeric) IS
	'counts the revenue of a customer';

CREATE FUNCTION revenue_inverse(revenue_summary, numeric, numeric) RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_inverse(revenue_summary, numeric, numeric) IS
	'takes out the revenue of a customer';

CREATE FUNCTION revenue_customer_transition(revenue_summary, numeric, numeric, boolean)
	RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_customer_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_customer_transition(revenue_summary, numeric, numeric, boolean) IS
	'counts the revenue of a customer who may have been one before';

CREATE FUNCTION revenue_customer_inverse(revenue_summary, numeric, numeric, boolean)
	RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_customer_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_customer_inverse(revenue_summary, numeric, numeric, boolean) IS
	'takes out the revenue of a customer who may have been one before';

CREATE FUNCTION revenue_currency_transition(revenue_summary, numeric, numeric, text)
	RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_currency_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_currency_transition(revenue_summary, numeric, numeric, text) IS
	'counts the revenue of a customer in a currency';

CREATE FUNCTION revenue_currency_inverse(revenue_summary, numeric, numeric, text)
	RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_currency_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_currency_inverse(revenue_summary, numeric, numeric, text) IS
	'takes out the revenue of a customer in a currency';

CREATE FUNCTION revenue_customer_currency_transition(
	revenue_summary, numeric, numeric, boolean, text)
	RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_customer_currency_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_customer_currency_transition(
	revenue_summary, numeric, numeric, boolean, text) IS
	'counts the revenue of a customer in a currency who may have been one before';

CREATE FUNCTION revenue_customer_currency_inverse(
	revenue_summary, numeric, numeric, boolean, text)
	RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_customer_currency_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_customer_currency_inverse(
	revenue_summary, numeric, numeric, boolean, text) IS
	'takes out the revenue of a customer in a currency who may have been one before';

CREATE FUNCTION revenue_summary_combine(revenue_summary, revenue_summary) RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_summary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_combine(revenue_summary, revenue_summary) IS
	'merges two states, either of which may be NULL';

CREATE FUNCTION revenue_summary_rollup(revenue_summary, revenue_summary) RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_summary_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_rollup(revenue_summary, revenue_summary) IS
	'merges a summary into the state of a moving window';

CREATE FUNCTION revenue_summary_rollup_inverse(revenue_summary, revenue_summary)
	RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_summary_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_rollup_inverse(revenue_summary, revenue_summary) IS
	'takes a summary out of the state of a moving window';

CREATE FUNCTION revenue_summary_final(revenue_summary) RETURNS revenue_summary
	AS 'MODULE_PATHNAME', 'revenue_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION revenue_summary_final(revenue_summary) IS
	'the value of a state; NULL where no row came in';

--
-- Aggregates
--
-- SSPACE is the size of a state for amounts below 100,000,000 with up to four decimals.
--

CREATE AGGREGATE revenue_agg(before numeric, after numeric) (
	STYPE = revenue_summary, SSPACE = 208,
	SFUNC = revenue_transition, COMBINEFUNC = revenue_summary_combine,
	FINALFUNC = revenue_summary_final,
	MSTYPE = revenue_summary, MSSPACE = 208,
	MSFUNC = revenue_transition, MINVFUNC = revenue_inverse, MFINALFUNC = revenue_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE revenue_agg(numeric, numeric) IS
	'summary of revenue movements (before and after); NULL is no revenue';

CREATE AGGREGATE revenue_agg(before numeric, after numeric, was_customer boolean) (
	STYPE = revenue_summary, SSPACE = 208,
	SFUNC = revenue_customer_transition, COMBINEFUNC = revenue_summary_combine,
	FINALFUNC = revenue_summary_final,
	MSTYPE = revenue_summary, MSSPACE = 208,
	MSFUNC = revenue_customer_transition, MINVFUNC = revenue_customer_inverse,
	MFINALFUNC = revenue_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE revenue_agg(numeric, numeric, boolean) IS
	'summary of revenue movements (before, after, was a customer earlier); NULL is no revenue';

CREATE AGGREGATE revenue_agg(before numeric, after numeric, currency text) (
	STYPE = revenue_summary, SSPACE = 208,
	SFUNC = revenue_currency_transition, COMBINEFUNC = revenue_summary_combine,
	FINALFUNC = revenue_summary_final,
	MSTYPE = revenue_summary, MSSPACE = 208,
	MSFUNC = revenue_currency_transition, MINVFUNC = revenue_currency_inverse,
	MFINALFUNC = revenue_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE revenue_agg(numeric, numeric, text) IS
	'summary of revenue movements (before, after, currency); NULL is no revenue';

CREATE AGGREGATE revenue_agg(before numeric, after numeric, was_customer boolean, currency text) (
	STYPE = revenue_summary, SSPACE = 208,
	SFUNC = revenue_customer_currency_transition, COMBINEFUNC = revenue_summary_combine,
	FINALFUNC = revenue_summary_final,
	MSTYPE = revenue_summary, MSSPACE = 208,
	MSFUNC = revenue_customer_currency_transition, MINVFUNC = revenue_customer_currency_inverse,
	MFINALFUNC = revenue_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE revenue_agg(numeric, numeric, boolean, text) IS
	'summary of revenue movements (before, after, was a customer earlier, currency); NULL is no '
	'revenue';

CREATE AGGREGATE rollup(s revenue_summary) (
	STYPE = revenue_summary, SSPACE = 208,
	SFUNC = revenue_summary_combine, COMBINEFUNC = revenue_summary_combine,
	FINALFUNC = revenue_summary_final,
	MSTYPE = revenue_summary, MSSPACE = 208,
	MSFUNC = revenue_summary_rollup, MINVFUNC = revenue_summary_rollup_inverse,
	MFINALFUNC = revenue_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(revenue_summary) IS
	'the summary of the customers of all summaries; NULLs are skipped';
--
-- survival_summary: after how long customers left, and how long the others have stayed so far
--

-- Category N, as for money: a summary is added and subtracted.
CREATE TYPE survival_summary;

CREATE FUNCTION survival_summary_in(cstring) RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_in(cstring) IS
	'input of survival_summary from JSON';

CREATE FUNCTION survival_summary_out(survival_summary) RETURNS cstring
	AS 'MODULE_PATHNAME', 'survival_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_out(survival_summary) IS
	'output of survival_summary as canonical JSON';

CREATE FUNCTION survival_summary_recv(internal) RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_recv(internal) IS
	'binary input of survival_summary';

CREATE FUNCTION survival_summary_send(survival_summary) RETURNS bytea
	AS 'MODULE_PATHNAME', 'survival_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_send(survival_summary) IS
	'binary output of survival_summary in network byte order';

CREATE TYPE survival_summary (
	INPUT = survival_summary_in,
	OUTPUT = survival_summary_out,
	RECEIVE = survival_summary_recv,
	SEND = survival_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended,
	CATEGORY = 'N'
);
COMMENT ON TYPE survival_summary IS
	'after how long customers left, and how long the others have stayed so far';

--
-- Casts
--

CREATE FUNCTION survival_summary_to_json(survival_summary) RETURNS json
	AS 'MODULE_PATHNAME', 'survival_summary_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_to_json(survival_summary) IS
	'the summary as json';

CREATE CAST (survival_summary AS json) WITH FUNCTION survival_summary_to_json(survival_summary);
COMMENT ON CAST (survival_summary AS json) IS 'the summary as json';

CREATE FUNCTION survival_summary_to_jsonb(survival_summary) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'survival_summary_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_to_jsonb(survival_summary) IS
	'the summary as jsonb';

CREATE CAST (survival_summary AS jsonb) WITH FUNCTION survival_summary_to_jsonb(survival_summary);
COMMENT ON CAST (survival_summary AS jsonb) IS 'the summary as jsonb';

CREATE CAST (jsonb AS survival_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS survival_summary) IS 'the summary that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION survival_summary_eq(a survival_summary, b survival_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'survival_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_eq(survival_summary, survival_summary) IS
	'are the summaries equal';

CREATE FUNCTION survival_summary_ne(a survival_summary, b survival_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'survival_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_ne(survival_summary, survival_summary) IS
	'do the summaries differ';

CREATE FUNCTION survival_summary_add(a survival_summary, b survival_summary)
	RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_add(survival_summary, survival_summary) IS
	'the summary of the rows of both';

CREATE FUNCTION survival_summary_subtract(a survival_summary, b survival_summary)
	RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_subtract(survival_summary, survival_summary) IS
	'the first summary without the rows of the second';

CREATE FUNCTION survival_summary_hash(survival_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'survival_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_hash(survival_summary) IS
	'hash of a survival_summary';

CREATE FUNCTION survival_summary_hash_extended(survival_summary, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'survival_summary_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_hash_extended(survival_summary, bigint) IS
	'hash of a survival_summary with a seed';

CREATE OPERATOR = (
	LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (survival_summary, survival_summary) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (survival_summary, survival_summary) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (survival_summary, survival_summary) IS 'merge';

CREATE OPERATOR - (
	LEFTARG = survival_summary, RIGHTARG = survival_summary, FUNCTION = survival_summary_subtract
);
COMMENT ON OPERATOR - (survival_summary, survival_summary) IS 'take out';

CREATE OPERATOR FAMILY survival_summary_ops USING hash;
COMMENT ON OPERATOR FAMILY survival_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE OPERATOR CLASS survival_summary_ops
	DEFAULT FOR TYPE survival_summary USING hash FAMILY survival_summary_ops AS
	OPERATOR 1 =,
	FUNCTION 1 survival_summary_hash(survival_summary),
	FUNCTION 2 survival_summary_hash_extended(survival_summary, bigint);
COMMENT ON OPERATOR CLASS survival_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE TYPE survival_step AS (
	t integer,
	at_risk bigint,
	events bigint,
	censored bigint,
	survival double precision,
	lower double precision,
	upper double precision
);
COMMENT ON TYPE survival_step IS
	'a duration of a survival curve: customers at risk before it, how many left and how many were '
	'last seen then, the share that stays longer, and its interval';

--
-- Readings
--

CREATE FUNCTION survival(s survival_summary, t integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'survival_survival' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION survival(survival_summary, integer) IS
	'share of customers who stay longer than t, 0 to 1 (Kaplan-Meier); NULL beyond the curve';

CREATE FUNCTION survival_curve(s survival_summary, level double precision DEFAULT 0.95)
	RETURNS SETOF survival_step
	AS 'MODULE_PATHNAME', 'survival_curve' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION survival_curve(survival_summary, double precision) IS
	'the Kaplan-Meier curve by duration, with log-log intervals by Greenwood';

CREATE FUNCTION median_survival(s survival_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'survival_median_survival' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION median_survival(survival_summary) IS
	'the shortest duration by which half of the customers have left; NULL when the curve does not '
	'fall so far';

CREATE FUNCTION restricted_mean(s survival_summary, horizon integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'survival_restricted_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION restricted_mean(survival_summary, integer) IS
	'mean duration up to a horizon: the area under the curve; NULL when the curve does not reach '
	'so far';

CREATE FUNCTION events(s survival_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'survival_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION events(survival_summary) IS
	'customers who have left';

CREATE FUNCTION censored(s survival_summary) RETURNS bigint
	AS 'MODULE_PATHNAME', 'survival_censored' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION censored(survival_summary) IS
	'customers who had not left when they were last seen';

CREATE FUNCTION logrank_test(
	a survival_summary, b survival_summary, level double precision DEFAULT 0.95)
	RETURNS test_result
	AS 'MODULE_PATHNAME', 'survival_logrank_test' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION logrank_test(survival_summary, survival_summary, double precision) IS
	'tests whether customers of a leave sooner or later than those of b: log-rank chi-squared, '
	'and the log hazard ratio by Peto';

--
-- Transitions
--

CREATE FUNCTION survival_transition(survival_summary, integer, boolean) RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_transition(survival_summary, integer, boolean) IS
	'counts a customer by duration';

CREATE FUNCTION survival_inverse(survival_summary, integer, boolean) RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_inverse(survival_summary, integer, boolean) IS
	'takes out a customer by duration';

CREATE FUNCTION survival_lifetime_transition(survival_summary, date, date, date)
	RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_lifetime_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_lifetime_transition(survival_summary, date, date, date) IS
	'counts a customer by start and end';

CREATE FUNCTION survival_lifetime_inverse(survival_summary, date, date, date)
	RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_lifetime_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_lifetime_inverse(survival_summary, date, date, date) IS
	'takes out a customer by start and end';

CREATE FUNCTION survival_summary_combine(survival_summary, survival_summary)
	RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_summary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_combine(survival_summary, survival_summary) IS
	'merges two states, either of which may be NULL';

CREATE FUNCTION survival_summary_rollup(survival_summary, survival_summary) RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_summary_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_rollup(survival_summary, survival_summary) IS
	'merges a summary into the state of a moving window';

CREATE FUNCTION survival_summary_rollup_inverse(survival_summary, survival_summary)
	RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_summary_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_rollup_inverse(survival_summary, survival_summary) IS
	'takes a summary out of the state of a moving window';

CREATE FUNCTION survival_summary_final(survival_summary) RETURNS survival_summary
	AS 'MODULE_PATHNAME', 'survival_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION survival_summary_final(survival_summary) IS
	'the value of a state; NULL where no row came in';

--
-- Aggregates
--
-- SSPACE is the size of a state with 64 places and counters of two bytes.
--

CREATE AGGREGATE survival_agg(duration integer, ended boolean) (
	STYPE = survival_summary, SSPACE = 524,
	SFUNC = survival_transition, COMBINEFUNC = survival_summary_combine,
	FINALFUNC = survival_summary_final,
	MSTYPE = survival_summary, MSSPACE = 524,
	MSFUNC = survival_transition, MINVFUNC = survival_inverse, MFINALFUNC = survival_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE survival_agg(integer, boolean) IS
	'summary of durations and whether they ended; a NULL skips the row';

CREATE AGGREGATE survival_agg(started date, ended date, as_of date) (
	STYPE = survival_summary, SSPACE = 524,
	SFUNC = survival_lifetime_transition, COMBINEFUNC = survival_summary_combine,
	FINALFUNC = survival_summary_final,
	MSTYPE = survival_summary, MSSPACE = 524,
	MSFUNC = survival_lifetime_transition, MINVFUNC = survival_lifetime_inverse,
	MFINALFUNC = survival_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE survival_agg(date, date, date) IS
	'summary of durations in days from start, end (NULL: not yet) and as_of, the day of looking';

CREATE AGGREGATE rollup(s survival_summary) (
	STYPE = survival_summary, SSPACE = 524,
	SFUNC = survival_summary_combine, COMBINEFUNC = survival_summary_combine,
	FINALFUNC = survival_summary_final,
	MSTYPE = survival_summary, MSSPACE = 524,
	MSFUNC = survival_summary_rollup, MINVFUNC = survival_summary_rollup_inverse,
	MFINALFUNC = survival_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(survival_summary) IS
	'the summary of the customers of all summaries; NULLs are skipped';
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
--
-- retention_summary: how many customers came back, by period since their first day
--

-- Category N, as for money: a summary is added and subtracted.
CREATE TYPE retention_summary;

CREATE FUNCTION retention_summary_in(cstring) RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_in(cstring) IS
	'input of retention_summary from JSON';

CREATE FUNCTION retention_summary_out(retention_summary) RETURNS cstring
	AS 'MODULE_PATHNAME', 'retention_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_out(retention_summary) IS
	'output of retention_summary as canonical JSON';

CREATE FUNCTION retention_summary_recv(internal) RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_recv(internal) IS
	'binary input of retention_summary';

CREATE FUNCTION retention_summary_send(retention_summary) RETURNS bytea
	AS 'MODULE_PATHNAME', 'retention_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_send(retention_summary) IS
	'binary output of retention_summary in network byte order';

CREATE TYPE retention_summary (
	INPUT = retention_summary_in,
	OUTPUT = retention_summary_out,
	RECEIVE = retention_summary_recv,
	SEND = retention_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended,
	CATEGORY = 'N'
);
COMMENT ON TYPE retention_summary IS
	'how many customers came back, by period since their first day';

--
-- Casts
--

CREATE FUNCTION retention_summary_to_json(retention_summary) RETURNS json
	AS 'MODULE_PATHNAME', 'retention_summary_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_to_json(retention_summary) IS
	'the summary as json';

CREATE CAST (retention_summary AS json) WITH FUNCTION retention_summary_to_json(retention_summary);
COMMENT ON CAST (retention_summary AS json) IS 'the summary as json';

CREATE FUNCTION retention_summary_to_jsonb(retention_summary) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'retention_summary_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_to_jsonb(retention_summary) IS
	'the summary as jsonb';

CREATE CAST (retention_summary AS jsonb)
	WITH FUNCTION retention_summary_to_jsonb(retention_summary);
COMMENT ON CAST (retention_summary AS jsonb) IS 'the summary as jsonb';

CREATE CAST (jsonb AS retention_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS retention_summary) IS 'the summary that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION retention_summary_eq(a retention_summary, b retention_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'retention_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_eq(retention_summary, retention_summary) IS
	'are the summaries equal';

CREATE FUNCTION retention_summary_ne(a retention_summary, b retention_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'retention_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_ne(retention_summary, retention_summary) IS
	'do the summaries differ';

CREATE FUNCTION retention_summary_add(a retention_summary, b retention_summary)
	RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_add(retention_summary, retention_summary) IS
	'the summary of the rows of both';

CREATE FUNCTION retention_summary_subtract(a retention_summary, b retention_summary)
	RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_subtract(retention_summary, retention_summary) IS
	'the first summary without the rows of the second';

CREATE FUNCTION retention_summary_hash(retention_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'retention_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_hash(retention_summary) IS
	'hash of a retention_summary';

CREATE FUNCTION retention_summary_hash_extended(retention_summary, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'retention_summary_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_hash_extended(retention_summary, bigint) IS
	'hash of a retention_summary with a seed';

CREATE OPERATOR = (
	LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (retention_summary, retention_summary) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (retention_summary, retention_summary) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (retention_summary, retention_summary) IS 'merge';

CREATE OPERATOR - (
	LEFTARG = retention_summary, RIGHTARG = retention_summary, FUNCTION = retention_summary_subtract
);
COMMENT ON OPERATOR - (retention_summary, retention_summary) IS 'take out';

CREATE OPERATOR FAMILY retention_summary_ops USING hash;
COMMENT ON OPERATOR FAMILY retention_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE OPERATOR CLASS retention_summary_ops
	DEFAULT FOR TYPE retention_summary USING hash FAMILY retention_summary_ops AS
	OPERATOR 1 =,
	FUNCTION 1 retention_summary_hash(retention_summary),
	FUNCTION 2 retention_summary_hash_extended(retention_summary, bigint);
COMMENT ON OPERATOR CLASS retention_summary_ops USING hash IS 'equality of summaries, by hash';

CREATE TYPE retention_step AS (
	period integer,
	eligible bigint,
	retained bigint,
	rate double precision
);
COMMENT ON TYPE retention_step IS
	'a period since the first day: customers for whom it has ended, those of them who came back, '
	'and their share';

--
-- Readings
--

CREATE FUNCTION retention(s retention_summary, n integer) RETURNS double precision
	AS 'MODULE_PATHNAME', 'retention_retention' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION retention(retention_summary, integer) IS
	'share of customers who came back in period n, 0 to 1; NULL when it has not ended for anyone';

CREATE FUNCTION retention_curve(s retention_summary) RETURNS SETOF retention_step
	AS 'MODULE_PATHNAME', 'retention_curve' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 12;
COMMENT ON FUNCTION retention_curve(retention_summary) IS
	'eligible and retained customers of each period, from that of the first day';

CREATE FUNCTION bucket_of(s retention_summary) RETURNS text
	AS 'MODULE_PATHNAME', 'retention_bucket_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION bucket_of(retention_summary) IS
	'the length of a period: day, week, month, quarter, year or a number of days';

CREATE FUNCTION kind_of(s retention_summary) RETURNS text
	AS 'MODULE_PATHNAME', 'retention_kind_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION kind_of(retention_summary) IS
	'what counts as coming back: on or on_or_after';

--
-- Transitions
--

CREATE FUNCTION retention_transition(retention_summary, activity_days, text, date)
	RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_transition(retention_summary, activity_days, text, date) IS
	'counts a customer by days of activity';

CREATE FUNCTION retention_inverse(retention_summary, activity_days, text, date)
	RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_inverse(retention_summary, activity_days, text, date) IS
	'takes out a customer by days of activity';

CREATE FUNCTION retention_transition(retention_summary, activity_days, text, date, text)
	RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_transition(retention_summary, activity_days, text, date, text) IS
	'counts a customer by days of activity and kind';

CREATE FUNCTION retention_inverse(retention_summary, activity_days, text, date, text)
	RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_inverse(retention_summary, activity_days, text, date, text) IS
	'takes out a customer by days of activity and kind';

CREATE FUNCTION retention_summary_combine(retention_summary, retention_summary)
	RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_summary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_combine(retention_summary, retention_summary) IS
	'merges two states, either of which may be NULL';

CREATE FUNCTION retention_summary_rollup(retention_summary, retention_summary)
	RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_summary_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_rollup(retention_summary, retention_summary) IS
	'merges a summary into the state of a moving window';

CREATE FUNCTION retention_summary_rollup_inverse(retention_summary, retention_summary)
	RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_summary_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_rollup_inverse(retention_summary, retention_summary) IS
	'takes a summary out of the state of a moving window';

CREATE FUNCTION retention_summary_final(retention_summary) RETURNS retention_summary
	AS 'MODULE_PATHNAME', 'retention_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION retention_summary_final(retention_summary) IS
	'the value of a state; NULL where no row came in';

--
-- Aggregates
--
-- SSPACE is the size of a state of 24 periods with counters of two bytes.
--

CREATE AGGREGATE retention_agg(days activity_days, bucket text, as_of date) (
	STYPE = retention_summary, SSPACE = 108,
	SFUNC = retention_transition, COMBINEFUNC = retention_summary_combine,
	FINALFUNC = retention_summary_final,
	MSTYPE = retention_summary, MSSPACE = 108,
	MSFUNC = retention_transition, MINVFUNC = retention_inverse,
	MFINALFUNC = retention_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE retention_agg(activity_days, text, date) IS
	'summary of who was active on a day of each period since the first day (days, bucket, as_of)';

CREATE AGGREGATE retention_agg(days activity_days, bucket text, as_of date, kind text) (
	STYPE = retention_summary, SSPACE = 108,
	SFUNC = retention_transition, COMBINEFUNC = retention_summary_combine,
	FINALFUNC = retention_summary_final,
	MSTYPE = retention_summary, MSSPACE = 108,
	MSFUNC = retention_transition, MINVFUNC = retention_inverse,
	MFINALFUNC = retention_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE retention_agg(activity_days, text, date, text) IS
	'summary of who was active on, or on or after, each period since the first day (days, bucket, '
	'as_of, kind)';

CREATE AGGREGATE rollup(s retention_summary) (
	STYPE = retention_summary, SSPACE = 108,
	SFUNC = retention_summary_combine, COMBINEFUNC = retention_summary_combine,
	FINALFUNC = retention_summary_final,
	MSTYPE = retention_summary, MSSPACE = 108,
	MSFUNC = retention_summary_rollup, MINVFUNC = retention_summary_rollup_inverse,
	MFINALFUNC = retention_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(retention_summary) IS
	'the summary of the customers of all summaries; NULLs are skipped';
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
--
-- customer_journey: the events of one customer, a set of times and stages
--

CREATE TYPE customer_journey;

CREATE FUNCTION customer_journey_in(cstring) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_in(cstring) IS
	'input of customer_journey from JSON';

CREATE FUNCTION customer_journey_out(customer_journey) RETURNS cstring
	AS 'MODULE_PATHNAME', 'customer_journey_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_out(customer_journey) IS
	'output of customer_journey as canonical JSON';

CREATE FUNCTION customer_journey_recv(internal) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_recv(internal) IS
	'binary input of customer_journey';

CREATE FUNCTION customer_journey_send(customer_journey) RETURNS bytea
	AS 'MODULE_PATHNAME', 'customer_journey_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_send(customer_journey) IS
	'binary output of customer_journey in network byte order';

CREATE TYPE customer_journey (
	INPUT = customer_journey_in,
	OUTPUT = customer_journey_out,
	RECEIVE = customer_journey_recv,
	SEND = customer_journey_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE customer_journey IS
	'the events of one customer: a set of times and stages';

CREATE TYPE journey_event AS (at timestamptz, stage journey_stage);
COMMENT ON TYPE journey_event IS
	'when a customer came to which stage';

--
-- Casts
--

CREATE FUNCTION customer_journey_to_json(customer_journey) RETURNS json
	AS 'MODULE_PATHNAME', 'customer_journey_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_to_json(customer_journey) IS
	'the value as json';

CREATE CAST (customer_journey AS json) WITH FUNCTION customer_journey_to_json(customer_journey);
COMMENT ON CAST (customer_journey AS json) IS 'the value as json';

CREATE FUNCTION customer_journey_to_jsonb(customer_journey) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'customer_journey_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_to_jsonb(customer_journey) IS
	'the value as jsonb';

CREATE CAST (customer_journey AS jsonb) WITH FUNCTION customer_journey_to_jsonb(customer_journey);
COMMENT ON CAST (customer_journey AS jsonb) IS 'the value as jsonb';

CREATE CAST (jsonb AS customer_journey) WITH INOUT;
COMMENT ON CAST (jsonb AS customer_journey) IS 'the value that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION customer_journey_eq(a customer_journey, b customer_journey) RETURNS boolean
	AS 'MODULE_PATHNAME', 'customer_journey_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_eq(customer_journey, customer_journey) IS
	'are the values equal';

CREATE FUNCTION customer_journey_ne(a customer_journey, b customer_journey) RETURNS boolean
	AS 'MODULE_PATHNAME', 'customer_journey_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_ne(customer_journey, customer_journey) IS
	'do the values differ';

CREATE FUNCTION customer_journey_add(
	a customer_journey, b customer_journey)
	RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_add(customer_journey, customer_journey) IS
	'both merged';

CREATE FUNCTION customer_journey_hash(customer_journey) RETURNS integer
	AS 'MODULE_PATHNAME', 'customer_journey_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_hash(customer_journey) IS
	'hash of a value';

CREATE FUNCTION customer_journey_hash_extended(customer_journey, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'customer_journey_hash_extended'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_hash_extended(customer_journey, bigint) IS
	'hash of a value with a seed';

CREATE OPERATOR = (
	LEFTARG = customer_journey, RIGHTARG = customer_journey, FUNCTION = customer_journey_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (customer_journey, customer_journey) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = customer_journey, RIGHTARG = customer_journey, FUNCTION = customer_journey_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (customer_journey, customer_journey) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = customer_journey, RIGHTARG = customer_journey, FUNCTION = customer_journey_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (customer_journey, customer_journey) IS 'merge';

CREATE OPERATOR FAMILY customer_journey_ops USING hash;
COMMENT ON OPERATOR FAMILY customer_journey_ops USING hash IS 'equality, by hash';

CREATE OPERATOR CLASS customer_journey_ops
	DEFAULT FOR TYPE customer_journey USING hash FAMILY customer_journey_ops AS
	OPERATOR 1 =,
	FUNCTION 1 customer_journey_hash(customer_journey),
	FUNCTION 2 customer_journey_hash_extended(customer_journey, bigint);
COMMENT ON OPERATOR CLASS customer_journey_ops USING hash IS 'equality, by hash';

--
-- Readings
--

CREATE FUNCTION events(j customer_journey) RETURNS SETOF journey_event
	AS 'MODULE_PATHNAME', 'journey_events' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION events(customer_journey) IS
	'every event, in the order of time and stage';

CREATE FUNCTION event_count(j customer_journey) RETURNS bigint
	AS 'MODULE_PATHNAME', 'journey_event_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION event_count(customer_journey) IS
	'number of events';

CREATE FUNCTION stages(j customer_journey) RETURNS text[]
	AS 'MODULE_PATHNAME', 'journey_stages' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION stages(customer_journey) IS
	'the labels of all events in their order';

CREATE FUNCTION stage_path(j customer_journey, separator text DEFAULT ' > ') RETURNS text
	AS 'MODULE_PATHNAME', 'journey_stage_path' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION stage_path(customer_journey, text) IS
	'the labels of all events in their order, as one text';

CREATE FUNCTION collapse(j customer_journey) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_collapse' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION collapse(customer_journey) IS
	'the journey without events that repeat the stage of the one before';

CREATE FUNCTION journey_slice(
	j customer_journey, starts_at timestamptz, ends_at timestamptz)
	RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_slice' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION journey_slice(customer_journey, timestamptz, timestamptz) IS
	'the events from starts_at until before ends_at';

CREATE FUNCTION first_at(j customer_journey) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'journey_first_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION first_at(customer_journey) IS
	'time of the first event';

CREATE FUNCTION last_at(j customer_journey) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'journey_last_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION last_at(customer_journey) IS
	'time of the last event';

CREATE FUNCTION current_stage(j customer_journey) RETURNS text
	AS 'MODULE_PATHNAME', 'journey_current_stage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION current_stage(customer_journey) IS
	'label of the last event';

CREATE FUNCTION furthest_stage(j customer_journey) RETURNS text
	AS 'MODULE_PATHNAME', 'journey_furthest_stage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION furthest_stage(customer_journey) IS
	'label of the furthest stage that was reached';

CREATE FUNCTION entered(j customer_journey, stage text) RETURNS timestamptz
	AS 'MODULE_PATHNAME', 'journey_entered' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION entered(customer_journey, text) IS
	'when the stage with this label was first reached; NULL if never';

CREATE FUNCTION time_in(j customer_journey, stage text, as_of timestamptz) RETURNS interval
	AS 'MODULE_PATHNAME', 'journey_time_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION time_in(customer_journey, text, timestamptz) IS
	'time spent in the stage with this label, up to as_of; NULL if it was never reached';

CREATE FUNCTION regressions(j customer_journey) RETURNS bigint
	AS 'MODULE_PATHNAME', 'journey_regressions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION regressions(customer_journey) IS
	'how often a stage of a lower rank came next';

CREATE FUNCTION revisits(j customer_journey) RETURNS bigint
	AS 'MODULE_PATHNAME', 'journey_revisits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION revisits(customer_journey) IS
	'how often a stage was entered again that had been left';

--
-- Aggregates
--
-- A journey is a set, out of which nothing can be taken: there are no moving forms.
--

CREATE FUNCTION journey_transition(
	customer_journey, timestamptz, journey_stage)
	RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_transition_stage' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_transition(customer_journey, timestamptz, journey_stage) IS
	'adds an event';

CREATE FUNCTION journey_transition(customer_journey, timestamptz, text) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'journey_transition_text' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION journey_transition(customer_journey, timestamptz, text) IS
	'adds an event, its stage named in text';

CREATE FUNCTION customer_journey_combine(
	customer_journey, customer_journey)
	RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_combine(customer_journey, customer_journey) IS
	'merges two states';

CREATE FUNCTION customer_journey_final(customer_journey) RETURNS customer_journey
	AS 'MODULE_PATHNAME', 'customer_journey_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION customer_journey_final(customer_journey) IS
	'the journey of a state';

CREATE AGGREGATE journey_agg(at timestamptz, stage journey_stage) (
	STYPE = customer_journey, SSPACE = 128, SFUNC = journey_transition,
	COMBINEFUNC = customer_journey_combine, FINALFUNC = customer_journey_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey_agg(timestamptz, journey_stage) IS
	'the journey of a customer; rows without time or stage are skipped';

CREATE AGGREGATE journey_agg(at timestamptz, stage text) (
	STYPE = customer_journey, SSPACE = 128, SFUNC = journey_transition,
	COMBINEFUNC = customer_journey_combine, FINALFUNC = customer_journey_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE journey_agg(timestamptz, text) IS
	'the journey of a customer; a word that is no built-in stage has rank 0';

CREATE AGGREGATE rollup(j customer_journey) (
	STYPE = customer_journey, SSPACE = 128, SFUNC = customer_journey_combine,
	COMBINEFUNC = customer_journey_combine, FINALFUNC = customer_journey_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(customer_journey) IS
	'merges journeys of one customer: the events of all, each once';
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
--
-- flow_summary: the ways that journeys take, from stage to stage
--

CREATE TYPE flow_summary;

CREATE FUNCTION flow_summary_in(cstring) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_in(cstring) IS
	'input of flow_summary from JSON';

CREATE FUNCTION flow_summary_out(flow_summary) RETURNS cstring
	AS 'MODULE_PATHNAME', 'flow_summary_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_out(flow_summary) IS
	'output of flow_summary as canonical JSON';

CREATE FUNCTION flow_summary_recv(internal) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_recv(internal) IS
	'binary input of flow_summary';

CREATE FUNCTION flow_summary_send(flow_summary) RETURNS bytea
	AS 'MODULE_PATHNAME', 'flow_summary_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_send(flow_summary) IS
	'binary output of flow_summary in network byte order';

CREATE TYPE flow_summary (
	INPUT = flow_summary_in,
	OUTPUT = flow_summary_out,
	RECEIVE = flow_summary_recv,
	SEND = flow_summary_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE flow_summary IS
	'how many journeys went from which stage to which, and how long it took them';

CREATE TYPE journey_flow AS (
	from_stage text,
	to_stage text,
	transitions bigint,
	journeys bigint,
	median_time interval
);
COMMENT ON TYPE journey_flow IS
	'the transitions from one stage to another: how many, of how many journeys, after how long';

CREATE TYPE journey_map_stage AS (
	stage text,
	journeys bigint,
	visits bigint,
	entries bigint,
	exits bigint,
	ongoing bigint,
	drop_off double precision,
	median_time interval
);
COMMENT ON TYPE journey_map_stage IS
	'one stage of all journeys: who came, who began, ended or still is there, and for how long';

--
-- Casts
--

CREATE FUNCTION flow_summary_to_json(flow_summary) RETURNS json
	AS 'MODULE_PATHNAME', 'flow_summary_to_json' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_to_json(flow_summary) IS
	'the value as json';

CREATE CAST (flow_summary AS json) WITH FUNCTION flow_summary_to_json(flow_summary);
COMMENT ON CAST (flow_summary AS json) IS 'the value as json';

CREATE FUNCTION flow_summary_to_jsonb(flow_summary) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'flow_summary_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_to_jsonb(flow_summary) IS
	'the value as jsonb';

CREATE CAST (flow_summary AS jsonb) WITH FUNCTION flow_summary_to_jsonb(flow_summary);
COMMENT ON CAST (flow_summary AS jsonb) IS 'the value as jsonb';

CREATE CAST (jsonb AS flow_summary) WITH INOUT;
COMMENT ON CAST (jsonb AS flow_summary) IS 'the value that a jsonb value describes';

--
-- Operators
--

CREATE FUNCTION flow_summary_eq(a flow_summary, b flow_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'flow_summary_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_eq(flow_summary, flow_summary) IS
	'are the values equal';

CREATE FUNCTION flow_summary_ne(a flow_summary, b flow_summary) RETURNS boolean
	AS 'MODULE_PATHNAME', 'flow_summary_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_ne(flow_summary, flow_summary) IS
	'do the values differ';

CREATE FUNCTION flow_summary_add(a flow_summary, b flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_add' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_add(flow_summary, flow_summary) IS
	'both merged';

CREATE FUNCTION flow_summary_subtract(a flow_summary, b flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_subtract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_subtract(flow_summary, flow_summary) IS
	'the first without what is in the second';

CREATE FUNCTION flow_summary_hash(flow_summary) RETURNS integer
	AS 'MODULE_PATHNAME', 'flow_summary_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_hash(flow_summary) IS
	'hash of a value';

CREATE FUNCTION flow_summary_hash_extended(flow_summary, bigint) RETURNS bigint
	AS 'MODULE_PATHNAME', 'flow_summary_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_hash_extended(flow_summary, bigint) IS
	'hash of a value with a seed';

CREATE OPERATOR = (
	LEFTARG = flow_summary, RIGHTARG = flow_summary, FUNCTION = flow_summary_eq,
	COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES
);
COMMENT ON OPERATOR = (flow_summary, flow_summary) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = flow_summary, RIGHTARG = flow_summary, FUNCTION = flow_summary_ne,
	COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (flow_summary, flow_summary) IS 'not equal';

CREATE OPERATOR + (
	LEFTARG = flow_summary, RIGHTARG = flow_summary, FUNCTION = flow_summary_add,
	COMMUTATOR = +
);
COMMENT ON OPERATOR + (flow_summary, flow_summary) IS 'merge';

CREATE OPERATOR - (
	LEFTARG = flow_summary, RIGHTARG = flow_summary, FUNCTION = flow_summary_subtract
);
COMMENT ON OPERATOR - (flow_summary, flow_summary) IS 'take out';

CREATE OPERATOR FAMILY flow_summary_ops USING hash;
COMMENT ON OPERATOR FAMILY flow_summary_ops USING hash IS 'equality, by hash';

CREATE OPERATOR CLASS flow_summary_ops
	DEFAULT FOR TYPE flow_summary USING hash FAMILY flow_summary_ops AS
	OPERATOR 1 =,
	FUNCTION 1 flow_summary_hash(flow_summary),
	FUNCTION 2 flow_summary_hash_extended(flow_summary, bigint);
COMMENT ON OPERATOR CLASS flow_summary_ops USING hash IS 'equality, by hash';

--
-- Readings
--

CREATE FUNCTION flows(s flow_summary) RETURNS SETOF journey_flow
	AS 'MODULE_PATHNAME', 'flow_rows' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 30;
COMMENT ON FUNCTION flows(flow_summary) IS
	'every way from one stage to another, with (start), (end) and (ongoing)';

CREATE FUNCTION journey_map(s flow_summary) RETURNS SETOF journey_map_stage
	AS 'MODULE_PATHNAME', 'flow_journey_map' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION journey_map(flow_summary) IS
	'every stage with the journeys that came, began, ended and still are there';

--
-- Aggregates
--

CREATE FUNCTION flow_transition(flow_summary, customer_journey) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_transition(flow_summary, customer_journey) IS
	'counts a journey';

CREATE FUNCTION flow_inverse(flow_summary, customer_journey) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_inverse(flow_summary, customer_journey) IS
	'takes out a journey';

CREATE FUNCTION flow_transition(
	flow_summary, customer_journey, timestamptz, interval)
	RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_as_of_transition' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_transition(flow_summary, customer_journey, timestamptz, interval) IS
	'counts a journey';

CREATE FUNCTION flow_inverse(
	flow_summary, customer_journey, timestamptz, interval)
	RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_as_of_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_inverse(flow_summary, customer_journey, timestamptz, interval) IS
	'takes out a journey';

CREATE FUNCTION flow_summary_combine(flow_summary, flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_combine(flow_summary, flow_summary) IS
	'merges two states';

CREATE FUNCTION flow_summary_final(flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_final(flow_summary) IS
	'the summary of a state';

CREATE FUNCTION flow_summary_rollup(flow_summary, flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_rollup' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_rollup(flow_summary, flow_summary) IS
	'adds a summary to a moving state';

CREATE FUNCTION flow_summary_rollup_inverse(flow_summary, flow_summary) RETURNS flow_summary
	AS 'MODULE_PATHNAME', 'flow_summary_rollup_inverse' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION flow_summary_rollup_inverse(flow_summary, flow_summary) IS
	'takes a summary out of a moving state';

CREATE AGGREGATE flow_agg(j customer_journey) (
	STYPE = flow_summary, SSPACE = 512, SFUNC = flow_transition,
	COMBINEFUNC = flow_summary_combine, FINALFUNC = flow_summary_final,
	MSTYPE = flow_summary, MSSPACE = 512, MSFUNC = flow_transition, MINVFUNC = flow_inverse,
	MFINALFUNC = flow_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE flow_agg(customer_journey) IS
	'the ways that journeys take: journey, and as_of and idle for those that are ongoing';

CREATE AGGREGATE flow_agg(j customer_journey, as_of timestamptz, idle interval) (
	STYPE = flow_summary, SSPACE = 512, SFUNC = flow_transition,
	COMBINEFUNC = flow_summary_combine, FINALFUNC = flow_summary_final,
	MSTYPE = flow_summary, MSSPACE = 512, MSFUNC = flow_transition, MINVFUNC = flow_inverse,
	MFINALFUNC = flow_summary_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE flow_agg(customer_journey, timestamptz, interval) IS
	'the ways that journeys take: journey, and as_of and idle for those that are ongoing';

CREATE AGGREGATE rollup(s flow_summary) (
	STYPE = flow_summary, SSPACE = 512, SFUNC = flow_summary_combine,
	COMBINEFUNC = flow_summary_combine, FINALFUNC = flow_summary_final,
	MSTYPE = flow_summary, MSSPACE = 512, MSFUNC = flow_summary_rollup,
	MINVFUNC = flow_summary_rollup_inverse,
	MFINALFUNC = flow_summary_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE rollup(flow_summary) IS
	'merges flows';
--
-- live_rollup: rollups that keep themselves
--

CREATE FUNCTION cxm_maintain_rollup() RETURNS trigger
	AS 'MODULE_PATHNAME', 'cxm_maintain_rollup' LANGUAGE C;
COMMENT ON FUNCTION cxm_maintain_rollup() IS
	'appends the changes of a statement to the deltas of a live rollup';

CREATE FUNCTION cxm_create_rollup(name text, query text, with_data boolean DEFAULT true)
	RETURNS bigint
	AS 'MODULE_PATHNAME', 'cxm_create_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_create_rollup(text, text, boolean) IS
	'makes a live rollup of a query, a view that keeps itself; returns how many groups it has';

CREATE PROCEDURE cxm_compact_rollup(name text)
	AS 'MODULE_PATHNAME', 'cxm_compact_rollup' LANGUAGE C;
COMMENT ON PROCEDURE cxm_compact_rollup(text) IS
	'folds the deltas of a live rollup into one row for each group';

CREATE FUNCTION cxm_rebuild_rollup(name text) RETURNS bigint
	AS 'MODULE_PATHNAME', 'cxm_rebuild_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_rebuild_rollup(text) IS
	'computes a live rollup anew from its base table; returns how many groups it has';

CREATE FUNCTION cxm_verify_rollup(
	name text, OUT key jsonb, OUT expected jsonb, OUT added jsonb, OUT removed jsonb
) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'cxm_verify_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_verify_rollup(text) IS
	'the groups of a live rollup that differ from what its base table says';

CREATE FUNCTION cxm_drop_rollup(name text) RETURNS void
	AS 'MODULE_PATHNAME', 'cxm_drop_rollup' LANGUAGE C STRICT;
COMMENT ON FUNCTION cxm_drop_rollup(text) IS
	'drops a live rollup with its triggers, or what is left of it';

CREATE FUNCTION cxm_rollup_states(
	OUT schema text, OUT name text, OUT base regclass, OUT keys text[], OUT summaries text[],
	OUT deltas bigint, OUT last_compaction timestamptz, OUT bytes bigint, OUT problem text
) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'cxm_rollup_states' LANGUAGE C STABLE;
COMMENT ON FUNCTION cxm_rollup_states() IS
	'every live rollup, as its triggers tell: what cxm_rollups shows';

CREATE VIEW cxm_rollups AS SELECT * FROM cxm_rollup_states();
COMMENT ON VIEW cxm_rollups IS
	'every live rollup: base table, columns, deltas not yet folded, size, what is wrong with it';
GRANT SELECT ON cxm_rollups TO PUBLIC;

CREATE FUNCTION cxm_watch_tables() RETURNS event_trigger
	AS 'MODULE_PATHNAME', 'cxm_watch_tables' LANGUAGE C;
COMMENT ON FUNCTION cxm_watch_tables() IS
	'gives new partitions the triggers of live rollups, and warns where a change makes one wrong';

CREATE EVENT TRIGGER cxm_watch_tables ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE', 'CREATE FOREIGN TABLE', 'CREATE SCHEMA', 'ALTER TABLE')
	EXECUTE FUNCTION cxm_watch_tables();
COMMENT ON EVENT TRIGGER cxm_watch_tables IS
	'gives new partitions the triggers of live rollups, and warns where a change makes one wrong';

CREATE EVENT TRIGGER cxm_watch_drops ON sql_drop
	WHEN TAG IN ('DROP TABLE', 'DROP TRIGGER', 'DROP SCHEMA', 'DROP OWNED')
	EXECUTE FUNCTION cxm_watch_tables();
COMMENT ON EVENT TRIGGER cxm_watch_drops IS
	'warns where a partition is dropped of which a live rollup counts the rows';
