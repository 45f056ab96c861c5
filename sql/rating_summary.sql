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
