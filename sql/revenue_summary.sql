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
