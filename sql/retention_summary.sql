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
