-- survival_comparison: how sure figures of survival are, how groups compare, and what to expect
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- Freireich et al. 1963 and Miller 1981 (aml); figures of R 4.2.2, survival 3.5.3
--
CREATE TEMP TABLE trial AS
	SELECT 'placebo' AS arm, t, true AS ended
	FROM unnest('{1,1,2,2,3,4,4,5,5,8,8,8,8,11,11,12,12,15,17,22,23}'::integer[]) t UNION ALL
	SELECT '6-MP', t, true FROM unnest('{6,6,6,7,10,13,16,22,23}'::integer[]) t UNION ALL
	SELECT '6-MP', t, false FROM unnest('{6,9,10,11,17,19,20,25,32,32,34,35}'::integer[]) t UNION ALL
	SELECT 'maintained', t, true FROM unnest('{9,13,18,23,31,34,48}'::integer[]) t UNION ALL
	SELECT 'maintained', t, false FROM unnest('{13,28,45,161}'::integer[]) t UNION ALL
	SELECT 'not maintained', t, true FROM unnest('{5,5,8,8,12,23,27,30,33,43,45}'::integer[]) t UNION ALL
	SELECT 'not maintained', 16, false;
CREATE TEMP TABLE arm AS SELECT arm, survival_agg(t, ended) AS s FROM trial GROUP BY arm;

-- medians by Brookmeyer and Crowley: 80, 90, 95 and 99 %
SELECT arm, median_survival(s), level, i.lower, i.upper,
	median_survival_lower(s, level) IS NOT DISTINCT FROM i.lower AND median_survival_upper(s, level) IS NOT DISTINCT FROM i.upper AS bounds
FROM arm, unnest('{0.8,0.9,0.95,0.99}'::double precision[]) level, median_survival_interval(s, level) i
ORDER BY arm COLLATE "C", level;
-- restricted means, print(survfit(...), rmean = ...): 16.12 with 1.252, 23.29 with 2.827, 31.84 with 4.528 ...
SELECT arm, horizon, round(restricted_mean(s, horizon)::numeric, 10) AS mean,
	round(((least(i.upper, horizon) - restricted_mean(s, horizon)) / 0.25)::numeric, 9) AS std_error
FROM (VALUES ('6-MP', 20), ('6-MP', 35), ('maintained', 48), ('maintained', 161), ('not maintained', 45))
	v (arm, horizon) JOIN arm USING (arm),
	-- a quarter of a standard error either way
	restricted_mean_interval(s, horizon, 0.1974126513658474) i
ORDER BY arm COLLATE "C", horizon;
-- never beyond what can be, and nothing where nobody has left
SELECT restricted_mean(s, 7) AS mean, restricted_mean_interval(s, 7), restricted_mean_interval(s, 5) AS nobody_left,
	restricted_mean_interval(s, 36) AS beyond FROM arm WHERE arm = '6-MP';
-- limits of the curve at any duration are those of its last step
SELECT t, round(lower::numeric, 4) AS lower, round(upper::numeric, 4) AS upper
FROM arm, unnest('{5,6,15,35,36}'::integer[]) t LEFT JOIN LATERAL survival_interval(s, t) ON true
WHERE arm = '6-MP' ORDER BY t;
-- two restricted means: 16.7440 with 1.3550 and 8.5238 with 1.3104 of R
SELECT round(difference::numeric, 6) AS difference, round(std_error::numeric, 6) AS std_error,
	round(statistic::numeric, 4) AS z, round(p_value::numeric, 6) AS p_value
FROM arm a, arm b, restricted_mean_test(a.s, b.s, 21) WHERE a.arm = '6-MP' AND b.arm = 'placebo';
SELECT restricted_mean_test(s, s, 5) AS nobody_left, restricted_mean_test(s, s, 36) AS beyond
FROM arm WHERE arm = '6-MP';

-- coxph(Surv(t, e) ~ g, ties = "efron"): exp(coef) and its limits; Breslow's 4.523 is in every textbook
SELECT a.arm, b.arm, ties, round(ratio::numeric, 8) AS ratio, round(lower::numeric, 8) AS lower, round(upper::numeric, 8) AS upper
FROM arm a, arm b, unnest('{efron,breslow}'::text[]) ties, hazard_ratio(a.s, b.s, 0.95, ties)
WHERE (a.arm, b.arm) IN (('placebo', '6-MP'), ('6-MP', 'placebo'), ('not maintained', 'maintained'))
ORDER BY a.arm COLLATE "C", ties;
-- a group like itself; nothing to compare; only one group has lost anybody
SELECT hazard_ratio(s, s) IS NOT NULL AS itself, abs((hazard_ratio(s, s)).ratio - 1) < 1e-12 AS one,
	hazard_ratio(s, '{}') AS nobody, hazard_ratio('{}', '{}') AS nobodies,
	hazard_ratio(survival_agg(9, false), s) AS none_lost, hazard_ratio(s, survival_agg(9, false)) AS all_lost,
	hazard_ratio(survival_agg(9, false), survival_agg(9, false)) AS none_at_all
FROM arm WHERE arm = 'placebo' GROUP BY s::text, s;
-- groups that are not at risk together
SELECT hazard_ratio(a, b), logrank_test(a, b), logrank_test(ARRAY[a, b]) AS groups
FROM (SELECT survival_agg(n, true) AS a, survival_entry_agg(20, 20 + n, true) AS b FROM generate_series(1, 9) n) t;
-- counts that no loop could go through: the ratio is that of the hazards
SELECT abs(ratio / (ln(1 - 0.2) / ln(1 - 0.1)) - 1) < 0.06 AS ratio, upper - lower < 0.00005 AS sure
FROM hazard_ratio('{"events": {"1": 200000000000}, "censored": {"1": 800000000000}}',
	'{"events": {"1": 100000000000}, "censored": {"1": 900000000000}}');
-- a hundred times as many customers, the same ratio but for ties, a tenth of the margin
SELECT round(m.ratio::numeric, 4) AS ratio, round((ln(m.upper / m.lower) / ln(o.upper / o.lower))::numeric, 4) AS margin
FROM (SELECT sum(s) FILTER (WHERE arm = 'placebo' AND n = 1) AS a, sum(s) FILTER (WHERE arm = '6-MP' AND n = 1) AS b,
		sum(s) FILTER (WHERE arm = 'placebo') AS aa, sum(s) FILTER (WHERE arm = '6-MP') AS bb
	FROM arm, generate_series(1, 100) n) x, hazard_ratio(a, b) o, hazard_ratio(aa, bb) m;

--
-- Many groups: survdiff(Surv(t, e) ~ plan), 13.322 with two degrees of freedom
--
CREATE TEMP TABLE plan AS SELECT plan, survival_agg(t, true) AS s
	FROM (VALUES ('A', '{1,2,3,4,5}'::integer[]), ('B', '{3,4,6,8,9}'), ('C', '{6,8,10,12,14}')) v (plan, months),
		unnest(months) t GROUP BY plan;
SELECT round(statistic::numeric, 10) AS chi_squared, degrees_of_freedom, round(p_value::numeric, 10) AS p_value
FROM logrank_test((SELECT array_agg(s) FROM plan));
-- in any order; of two it is the test of two; groups of nobody and NULLs do not count
SELECT abs((logrank_test(array_agg(s))).statistic - (logrank_test(array_agg(s ORDER BY plan DESC))).statistic) < 1e-12 AS order,
	abs((logrank_test(array_agg(s) FILTER (WHERE plan < 'C'))).statistic
		- (logrank_test(min(s::text) FILTER (WHERE plan = 'A')::survival_summary, min(s::text) FILTER (WHERE plan = 'B')::survival_summary)).statistic) < 1e-12 AS two,
	logrank_test(array_agg(s) || NULL || '{}'::survival_summary) = logrank_test(array_agg(s)) AS more,
	logrank_test(array_agg(s) FILTER (WHERE plan = 'A')) AS one, logrank_test('{}'::survival_summary[]) AS none
FROM plan;
-- twice the same group: no test, and no more degrees than there are
SELECT round(statistic::numeric, 6) AS statistic, degrees_of_freedom FROM plan, logrank_test(ARRAY[s, s, s]) WHERE plan = 'A';
SELECT degrees_of_freedom, p_value < 1e-9 AS differ FROM logrank_test((SELECT array_agg(s) FROM
	(SELECT survival_agg(n * g % 97, n % 3 > 0) AS s FROM generate_series(1, 50) n, generate_series(1, 300) g GROUP BY g) t));

--
-- Hazard by period: what has come so far, and the share of it that leaves
--
SELECT from_t, to_t, at_risk, events, censored, round(hazard::numeric, 6) AS hazard,
	round(lower::numeric, 4) AS lower, round(upper::numeric, 4) AS upper
FROM arm, hazards(s, 10) WHERE arm = '6-MP';
SELECT bool_and(abs(hazard - (1 - survival(s, to_t::integer) / survival(s, from_t::integer))) < 1e-14) AS as_the_curve
FROM arm, hazards(s, 5) WHERE arm = '6-MP' AND to_t <= 35;
-- all have left in the last one
SELECT to_t, at_risk, events, round(hazard::numeric, 6) AS hazard, round(lower::numeric, 6) AS lower
FROM arm, hazards(s, 12) WHERE arm = 'placebo';
SELECT * FROM hazards('{"events": {"0": 1}}', 5);
SELECT count(*) FROM hazards('{}', 5);
-- nobody is at risk in the first of these
SELECT from_t, to_t, at_risk, events, round(hazard::numeric, 9) AS hazard FROM hazards((SELECT survival_entry_agg(25, 25 + n, n < 9)
	FROM generate_series(1, 10) n), 10);
SELECT to_t FROM hazards('{"events": {"2147483646": 1}, "censored": {"2147483647": 1}}', 2147483647);

--
-- What is still to be expected
--
SELECT age, round(expected_remaining(s, age, 10)::numeric, 10) AS remaining,
	round(((SELECT sum(survival(s, age + n)) FROM generate_series(0, 9) n) / survival(s, age))::numeric, 10) AS summed_up
FROM arm, unnest('{0,6,10,20,25}'::integer[]) age WHERE arm = '6-MP';
SELECT expected_remaining(s, 0, 35) = restricted_mean(s, 35) AS from_the_beginning,
	expected_remaining_interval(s, 0, 35) = restricted_mean_interval(s, 35) AS interval,
	expected_remaining(s, 26, 10) AS beyond, expected_remaining(s, 40, 1) AS old,
	expected_remaining(s, 2147483647, 2147483647) AS oldest, expected_remaining(s, 5, 0) AS no_time
FROM arm WHERE arm = '6-MP';
SELECT expected_remaining(s, 22, 100) AS mean, expected_remaining(s, 23, 100) AS nobody FROM arm WHERE arm = 'placebo';
-- the last 12 that are at risk after 12 weeks, as if they were all there were
SELECT expected_remaining(s, 12, 20) = restricted_mean(later, 20) AS mean,
	expected_remaining_interval(s, 12, 20) = restricted_mean_interval(later, 20) AS interval
FROM (SELECT survival_agg(t, ended) AS s, survival_agg(t - 12, ended) FILTER (WHERE t > 12) AS later
	FROM trial WHERE arm = '6-MP') x;

--
-- Errors
--
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SELECT statement, pg_temp.refusal('SELECT ' || statement) AS error FROM (VALUES
	($$hazards(s, 0) FROM arm$$),
	($$hazards('{"events": {"2147483646": 1}}', 2)$$),
	($$hazard_ratio(s, s, 95) FROM arm$$),
	($$hazard_ratio(s, s, 0.95, 'exact') FROM arm$$),
	($$expected_remaining(s, -1, 10) FROM arm$$),
	($$expected_remaining(s, 1, -10) FROM arm$$),
	($$restricted_mean_test(s, s, -1) FROM arm$$),
	($$survival_interval(s, -1) FROM arm$$),
	($$median_survival_interval(s, 0) FROM arm$$),
	($$logrank_test(array_agg(s)) FROM arm, generate_series(1, 251)$$)) v (statement);
