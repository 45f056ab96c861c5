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
