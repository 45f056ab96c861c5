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
