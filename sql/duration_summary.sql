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
