-- survival_summary: after how long customers left, and how long the others have stayed
SET client_min_messages = warning;
SET datestyle = 'ISO';
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- Freireich et al. 1963, remission in weeks under 6-MP and placebo; the figures are those of R 4.2.2,
-- package survival 3.5.3: survfit(Surv(t, e) ~ 1, conf.type = "log-log"), survmean(rmean = 35),
-- survdiff(Surv(t, e) ~ g). They agree with the published S(6) .8571, S(7) .8067, S(10) .7529,
-- S(13) .6902, S(16) .6275, S(22) .5378, S(23) .4482, limits at 6 .620 to .952, chi-squared 16.79.
--
CREATE TEMP TABLE freireich AS
	SELECT 'placebo' AS arm, t, true AS relapsed
	FROM unnest('{1,1,2,2,3,4,4,5,5,8,8,8,8,11,11,12,12,15,17,22,23}'::integer[]) t UNION ALL
	SELECT '6-MP', t, true FROM unnest('{6,6,6,7,10,13,16,22,23}'::integer[]) t UNION ALL
	SELECT '6-MP', t, false FROM unnest('{6,9,10,11,17,19,20,25,32,32,34,35}'::integer[]) t;
CREATE TEMP TABLE arm AS
	SELECT arm, survival_agg(t, relapsed) AS s FROM freireich GROUP BY arm;
SELECT arm, s, events(s), censored(s), median_survival(s) FROM arm ORDER BY arm;
SELECT t, at_risk, events, censored, round(survival::numeric, 12) AS survival,
	round(lower::numeric, 12) AS lower, round(upper::numeric, 12) AS upper
FROM arm, survival_curve(s) WHERE arm = '6-MP' ORDER BY t;
-- Greenwood's standard error at 6, .0764, is what the limits were made of
SELECT round((abs(survival * ln(survival)) * (ln(-ln(lower)) - ln(-ln(upper))) / 2 / 1.959963984540054)
	::numeric, 4) AS standard_error
FROM arm, survival_curve(s) WHERE arm = '6-MP' AND t = 6;
SELECT round(restricted_mean(s, 35)::numeric, 10) AS mean, restricted_mean(s, 36) AS beyond,
	survival(s, 5) AS none_yet, survival(s, 35) = survival(s, 23) AS last, survival(s, 36) AS unknown
FROM arm WHERE arm = '6-MP';
-- of the placebo arm all have relapsed: nothing is unknown
SELECT survival(s, 22), survival(s, 23), survival(s, 1000), restricted_mean(s, 1000) AS mean,
	(SELECT avg(t) FROM freireich WHERE arm = 'placebo') AS avg
FROM arm WHERE arm = 'placebo';
SELECT round(statistic::numeric, 10) AS chi_squared, round(p_value::numeric, 16) AS p_value,
	round(difference::numeric, 6) AS log_hazard,
	round(lower::numeric, 6) AS lower, round(upper::numeric, 6) AS upper
FROM arm a, arm b, logrank_test(a.s, b.s) WHERE a.arm = '6-MP' AND b.arm = 'placebo';
SELECT abs(ab.statistic - ba.statistic) < 1e-12 AS either_way,
	abs(ab.difference + ba.difference) < 1e-12 AS opposite
FROM arm a, arm b, logrank_test(a.s, b.s) ab, logrank_test(b.s, a.s) ba WHERE a.arm < b.arm;

--
-- More ties, the same by R: limits at 90 %, means to three horizons, log-rank with (O - E) and V
--
CREATE TEMP TABLE tied AS
	SELECT i % 3 = 0 AS third, (i * i * 7 + 13 * i) % 40 AS t, (i * 5) % 7 < 4 AS ended
	FROM generate_series(1, 60) i;
SELECT t, at_risk, events, censored, round(survival::numeric, 12) AS survival,
	round(lower::numeric, 12) AS lower, round(upper::numeric, 12) AS upper
FROM (SELECT survival_agg(t, ended) AS s FROM tied) x, survival_curve(s);
SELECT median_survival(s), round(restricted_mean(s, 10)::numeric, 13) AS to_10,
	round(restricted_mean(s, 25)::numeric, 12) AS to_25,
	(SELECT round(lower::numeric, 12) FROM survival_curve(s, 0.9) WHERE t = 4) AS lower_90,
	(SELECT round(upper::numeric, 12) FROM survival_curve(s, 0.9) WHERE t = 4) AS upper_90
FROM (SELECT survival_agg(t, ended) AS s FROM tied) x;
SELECT round(statistic::numeric, 14) AS chi_squared, round(p_value::numeric, 14) AS p_value,
	round((difference * 6.68687520303229)::numeric, 10) AS observed_less_expected
FROM (SELECT survival_agg(t, ended) FILTER (WHERE third) AS a,
		survival_agg(t, ended) FILTER (WHERE NOT third) AS b FROM tied) x, logrank_test(a, b);

--
-- Random lifetimes against the product-limit estimate in plain SQL
--
CREATE TEMP TABLE life AS
	SELECT n, n % 5 AS part, (abs(hashint8extended(n, 1)) % (10 ^ (1 + n % 5))::bigint)::integer AS t,
		hashint8extended(n, 2) > 0 AS ended
	FROM generate_series(1, 3000) n;
WITH step AS (
	SELECT part, t, count(*) FILTER (WHERE ended) AS d, count(*) FILTER (WHERE NOT ended) AS c,
		sum(count(*)) OVER (PARTITION BY part ORDER BY t DESC) AS n
	FROM life GROUP BY part, t
), curve AS (
	SELECT *, exp(sum(CASE WHEN d < n THEN ln(1 - d / n) ELSE -1000 END) OVER w) AS s
	FROM step WINDOW w AS (PARTITION BY part ORDER BY t)
)
SELECT count(*) AS steps, bool_and(at_risk = n AND events = d AND censored = c) AS counts,
	max(abs(survival - s)) < 1e-12 AS survival
FROM (SELECT part, c.t, at_risk, events, censored, survival
	FROM (SELECT part, survival_agg(t, ended) AS s FROM life GROUP BY part) p, survival_curve(s) c) ours
FULL JOIN (SELECT part, t, n, d, c, s FROM curve) theirs USING (part, t);

--
-- Dates
--
CREATE TEMP TABLE customer (id integer, started date, ended date);
INSERT INTO customer VALUES (1, '2025-01-01', '2025-01-31'), (2, '2025-01-01', NULL),
	(3, '2025-01-01', '2025-03-01'), (4, '2025-02-28', '2025-02-28'), (5, '2025-03-01', NULL),
	(6, NULL, '2025-01-01'), (7, '2025-01-10', 'infinity'), (8, '2025-01-01', '2025-02-28');
-- 3 ends after as_of, 5 starts after it, 6 never started
SELECT survival_agg(started, ended, '2025-02-28') AS s FROM customer;
SELECT id, survival_agg(started, ended, '2025-02-28') AS s FROM customer GROUP BY id ORDER BY id;
SELECT survival_agg(started, ended, '2024-12-31') AS before_all FROM customer;
-- a longer life than 2^31 days cannot be; the longest possible one can
SELECT survival_agg('4713-01-01 BC'::date, NULL, '5874897-12-31');

--
-- Nothing, and next to nothing
--
SELECT survival_agg(t, e) FROM (VALUES (NULL, true), (3, NULL)) v (t, e);
SELECT survival(s, 0), median_survival(s), restricted_mean(s, 1), events(s), logrank_test(s, s)
FROM (SELECT '{}'::survival_summary AS s) t;
SELECT c.* FROM survival_curve('{}') c;
SELECT survival(s, 0), survival(s, 7), median_survival(s), restricted_mean(s, 0), restricted_mean(s, 7)
FROM (SELECT survival_agg(7, true) AS s) t;
SELECT survival(s, 7), median_survival(s), restricted_mean(s, 7), logrank_test(s, s)
FROM (SELECT survival_agg(7, false) AS s) t;
-- exactly one half counts as half, however it was multiplied up: 3/4 * 2/3
SELECT median_survival(survival_agg(t, true)) FROM generate_series(1, 4) t;
SELECT median_survival(survival_agg(t, t % 3 > 0)) FROM generate_series(1, 4) t;
-- 12 bytes of header; a duration of 4 bytes and two counters each
SELECT pg_column_size(survival_agg(t, true)) FROM generate_series(1, 10) t;
-- many durations, in an order that is hard on a hash table
SELECT events(s), survival(s, 2000000 * 8) FROM
	(SELECT rollup(s) AS s FROM (SELECT survival_agg((t * 65536 % 100003 * 16)::integer, true) AS s
		FROM generate_series(1, 50000::bigint) t GROUP BY t % 10) parts) whole;
SELECT count(*), min(t), max(t) FROM (SELECT survival_agg(t * 1000, t % 2 = 0) AS s
	FROM generate_series(1, 100000) t) x, survival_curve(s);
PREPARE at_time AS SELECT round(survival(s, $1)::numeric, 4) FROM arm WHERE arm = '6-MP';
EXECUTE at_time (10);

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$survival_agg(-1, true)$$),
	($$survival_agg(ended, started, '2025-02-28') FROM customer WHERE id = 1$$),
	($$survival_agg(started, ended, NULL) FROM customer$$),
	($$survival_agg(started, ended, 'infinity') FROM customer$$),
	($$survival_agg('-infinity'::date, ended, '2025-02-28') FROM customer$$),
	($$survival(s, -1) FROM arm$$),
	($$restricted_mean(s, -1) FROM arm$$),
	($$survival_curve(s, 1) FROM arm$$),
	($$logrank_test(s, s, 0) FROM arm$$),
	($$survival_agg(1, true) - survival_agg(1, false)$$),
	($$survival_agg(1, true) - survival_agg(2, true)$$),
	($$'{"events": {"1": 9223372036854775807}}'::survival_summary + survival_agg(1, true)$$),
	($$'{"events": {"1": 9223372036854775807, "2": 1}}'::survival_summary$$),
	($$'{"events": {"-1": 1}}'::survival_summary$$),
	($$'{"events": {"01": 1}}'::survival_summary$$),
	($$'{"events": {"2147483648": 1}}'::survival_summary$$),
	($$'{"events": {"1": -1}}'::survival_summary$$),
	($$'{"events": [1]}'::survival_summary$$),
	($$'{"lost": {}}'::survival_summary$$),
	($$survival_summary_combine('{}', '{}')$$)) v (statement);
