-- spend_summary: what customers spend on a purchase, and the Gamma-Gamma model of it, against figures
-- that others have computed
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SET extra_float_digits = 0;

--
-- Counting
--

CREATE TEMP TABLE customer (x bigint, m numeric, n integer);
INSERT INTO customer VALUES (1, 9.99, 3), (1, 24.5, 4), (1, 41, 2), (1, 80.46, 1), (1, 227.14, 1), (2, 12.5, 3),
	(2, 32.3, 4), (2, 55, 1), (3, 25.08, 2), (3, 90, 1), (5, 29.44, 2), (10, 24.24, 1);
SELECT s, customers(s), purchases(s), round(mean_spend(s)::numeric, 10) AS mean_spend,
	(SELECT round(sum(x * m * n) / sum(x * n), 10) FROM customer) AS again
FROM (SELECT spend_agg(x, m) AS s FROM customer, generate_series(1, n)) t;
-- who did not buy has no spend
SELECT spend_agg(x, m) FROM (VALUES (0, NULL), (0, 0), (NULL, 7), (2, NULL), (2, 22.35)) v (x, m);
SELECT spend_agg(x, m), mean_spend('{}'), customers('{}'::spend_summary) FROM (VALUES (0, NULL::numeric)) v (x, m);
SELECT a + b AS sum, (a + b) - b = a AS back, a - a AS nobody
FROM (VALUES ('{"counts": [[2, 22.35, 3], [1, 7, 1]]}'::spend_summary, '{"counts": [[2, 22.35, 1]]}'::spend_summary)) v (a, b);
-- means are what they are, whatever the session's settings
SET extra_float_digits = -15;
SELECT spend_agg(1, 1 / 3::double precision);
RESET extra_float_digits;
SELECT spend_agg(x, m) FROM (VALUES (1, 5e-324), (2147483647, 1.7976931348623157e308)) v (x, m);

SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY['spend_agg(-1, 2)', 'spend_agg(-1, NULL)',
	'spend_agg(1, -2)', 'spend_agg(1, 0)', 'spend_agg(1, ''NaN'')', 'spend_agg(1, ''Infinity'')',
	'spend_agg(0, 12.5)', 'spend_agg(2147483648, 1)']) query;
SELECT text, pg_temp.refusal(format('SELECT %L::spend_summary', text)) FROM unnest(ARRAY['{"counts": 1}', '{"counts": [1]}',
	'{"counts": [[2, 22.35]]}', '{"counts": [[2, 22.35, 1, 1]]}', '{"counts": [[0, 22.35, 1]]}', '{"counts": [[2, 0, 1]]}',
	'{"counts": [[2, -1, 1]]}', '{"counts": [[2, "22.35", 1]]}', '{"counts": [[2, 1e999, 1]]}', '{"counts": [[2147483648, 1, 1]]}',
	'{"counts": [[2, 22.35, 9223372036854775807], [2, 22.35, 1]]}', '{"spenders": []}']) text;

--
-- Expectations at the parameters of Fader and Hardie 2013; by mpmath
--

SELECT x, m, round(expected_spend((6.25, 3.74, 15.44, NULL), x, m)::numeric, 10) AS expected
FROM (VALUES (2, 22.35), (1, 11.77), (7, 73.74), (2, 40), (0, NULL), (0, 0), (NULL, 3), (1, NULL)) v (x, m);
-- without a mean there is nothing to expect
SELECT expected_spend((6.25, 0.9, 15.44, NULL), 0, NULL) AS no_mean, expected_spend((6.25, NULL, 15.44, NULL), 0, NULL) AS no_model,
	expected_spend(NULL, 2, 7) AS null_model;
SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY['expected_spend((6.25, 3.74, 15.44, NULL), -1, 7)',
	'expected_spend((6.25, 3.74, 15.44, NULL), 2, -7)', 'expected_spend((6.25, 3.74, 15.44, NULL), 0, 7)',
	'expected_spend((6.25, -3.74, 15.44, NULL), 2, 7)']) query;

--
-- Fits. By scipy over mpmath: p 5.2667148, q 3.4494840, gamma 16.899660, log-likelihood -109.04894755
--

SELECT round(p::numeric, 6) AS p, round(q::numeric, 6) AS q, round(gamma::numeric, 5) AS gamma,
	round(log_likelihood::numeric, 8) AS log_likelihood
FROM (SELECT spend_agg(x, m) AS s FROM customer, generate_series(1, n)) t, gamma_gamma_fit(s);
-- in another currency only gamma is another
SELECT round((a.p / b.p - 1)::numeric, 7) AS p, round((a.q / b.q - 1)::numeric, 7) AS q, round((a.gamma / b.gamma / 100 - 1)::numeric, 7) AS gamma
FROM (SELECT spend_agg(x, 100 * m) AS cents, spend_agg(x, m) AS euros FROM customer, generate_series(1, n)) t,
	gamma_gamma_fit(cents) a, gamma_gamma_fit(euros) b;
SELECT gamma_gamma_fit('{}') AS nobody, pg_temp.refusal('SELECT gamma_gamma_fit(''{"counts": [[1, 20, 7], [2, 20, 5]]}'')') AS all_alike;
