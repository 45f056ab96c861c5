-- purchase_summary: histories of buying, the BG/NBD model and what it expects, against figures that
-- others have computed
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\set random :tests '/random.psql'
\i :refusal
\i :random
SET extra_float_digits = 0;

--
-- Counting
--

CREATE TEMP TABLE visit (customer integer, day date);
INSERT INTO visit VALUES (1, '2025-01-01'), (2, '2025-01-02'), (2, '2025-01-02'), (2, '2025-01-12'),
	(2, '2025-03-01'), (3, '2025-02-01'), (3, '2025-07-01'), (4, '2025-08-01');
CREATE TEMP TABLE activity AS SELECT customer, activity_agg(day) AS a FROM visit GROUP BY customer;

-- two purchases of a day are one; who comes later is no customer yet, and what comes later not known
SELECT s, customers(s), repeat_customers(s), repeat_purchases(s)
FROM (SELECT purchase_agg(a, '2025-06-30') AS s FROM activity) t;
SELECT purchase_agg(a, '2024-12-31') AS before, purchase_agg(NULL, '2024-12-31') AS nothing,
	purchase_agg(a, '2025-01-01') AS first FROM activity;
SELECT purchase_agg(x, t, age) FROM (VALUES (0, 0, 0), (2, 58, 179), (NULL, 1, 1), (1, NULL, 1), (1, 1, NULL))
	v (x, t, age);
-- the two forms count the same
SELECT purchase_agg(a, '2025-06-30') = purchase_agg(day_count(a) - 1, last_day(a) - first_day(a),
		date '2025-06-30' - first_day(a)) AS same
FROM activity WHERE last_day(a) <= '2025-06-30';
SELECT a + b AS sum, (a + b) - b = a AS back, a - a AS nobody, customers(a - a), repeat_purchases(a - a)
FROM (VALUES ('{"counts": [[2, 58, 179, 3], [0, 0, 10, 1]]}'::purchase_summary,
	'{"counts": [[2, 58, 179, 1]]}'::purchase_summary)) v (a, b);

--
-- What is no history
--

SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY['purchase_agg(-1, 0, 9)',
	'purchase_agg(1, -1, 9)', 'purchase_agg(0, 0, -9)', 'purchase_agg(1, 10, 9)',
	'purchase_agg(0, 3, 9)', 'purchase_agg(1, 0, 9)', 'purchase_agg(4, 3, 9)',
	'purchase_agg(2, 30.43, 38.86)', 'purchase_agg(2, 30, 38.86)', 'purchase_agg(2, ''NaN'', 9)',
	'purchase_agg(2, 30, ''Infinity'')', 'purchase_agg(2, 30, 2097152)',
	'purchase_agg(a, ''infinity'') FROM activity', 'purchase_agg(a, NULL) FROM activity',
	'purchase_agg(a, ''5001000-01-01'') FROM activity']) query;
SELECT text, pg_temp.refusal(format('SELECT %L::purchase_summary', text)) FROM unnest(ARRAY['{"counts": 1}',
	'{"counts": [1]}', '{"counts": [[2, 58, 179]]}', '{"counts": [[2, 58, 179, 1, 1]]}',
	'{"counts": [[2, 1, 179, 1]]}', '{"counts": [[0, 1, 179, 1]]}', '{"counts": [[1, 2, 1, 1]]}',
	'{"counts": [[1, 1, 2097152, 1]]}', '{"counts": [["1", 1, 2, 1]]}', '{"counts": [[1, 1, 2, -1]]}',
	'{"counts": [[1, 1, 2, 9223372036854775807], [1, 1, 2, 1]]}', '{"buyers": []}']) text;

--
-- Expectations at the parameters that Fader, Hardie and Lee print, in weeks: 1.226 is theirs, the
-- rest by mpmath. The unit of time is that of the model.
--

SELECT x, t, age, horizon, round(expected_purchases(model, x, t, age, horizon)::numeric, 12) AS expected,
	round(probability_alive(model, x, t, age)::numeric, 12) AS alive
FROM (VALUES ((0.243, 4.414, 0.793, 2.426, NULL)::bg_nbd_model)) m (model),
	(VALUES (2, 30.43, 38.86, 39), (2, 30.43, 38.86, 520), (1, 1.71, 38.86, 39), (0, 0, 38.86, 39),
		(10, 20, 39, 52), (25, 20, 39, 52), (1, 38.86, 38.86, 39), (0, 0, 0, 39), (0, 0, 0, 0)) v (x, t, age, horizon);
-- of a customer by days, and of all
SELECT customer, round(expected_purchases(model, a, '2025-06-30', 90)::numeric, 9) AS expected,
	expected_purchases(model, a, '2025-06-30', 90) = expected_purchases(model, day_count(a) - 1,
		last_day(a) - first_day(a), date '2025-06-30' - first_day(a), 90) AS same,
	round(probability_alive(model, a, '2025-06-30')::numeric, 9) AS alive
FROM activity, (VALUES ((0.243, 30.9, 0.793, 2.426, -1)::bg_nbd_model)) m (model)
WHERE last_day(a) <= '2025-06-30' ORDER BY customer;
SELECT round(expected_purchases(model, s, 90)::numeric, 9) AS expected, round(customers_alive(model, s)::numeric, 9) AS alive,
	expected_purchases(model, s - s, 90) AS of_nobody, customers_alive(model, s - s) AS nobody
FROM (SELECT purchase_agg(a, '2025-06-30') AS s FROM activity) t,
	(VALUES ((0.243, 30.9, 0.793, 2.426, -1)::bg_nbd_model)) m (model);
-- the whole is the sum of its customers, however many are alike
SELECT abs(expected_purchases(model, s, 90) / (4 * sum - 3 * first) - 1) < 1e-12 AS same FROM (VALUES ((0.243, 30.9,
	0.793, 2.426, -1)::bg_nbd_model)) m (model), LATERAL (SELECT sum(expected_purchases(model, x, t, 300, 90)),
	sum(expected_purchases(model, x, t, 300, 90)) FILTER (WHERE x = 0) AS first FROM (VALUES (0, 0), (3, 40), (3, 290))
	v (x, t)) each, LATERAL (SELECT sum(CASE WHEN x = 0 THEN s ELSE s + s + s + s END) AS s FROM (SELECT x,
	purchase_agg(x, t, 300) AS s FROM (VALUES (0, 0), (3, 40), (3, 290)) v (x, t) GROUP BY x) u) whole;
SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY[
	'expected_purchases((0.2, 4, 0.8, 2.4, NULL), 2, 30, 38, -1)',
	'expected_purchases((0.2, 4, 0.8, 2.4, NULL), 2, 30, 38, ''Infinity'')',
	'expected_purchases((0.2, 0, 0.8, 2.4, NULL), 2, 30, 38, 1)',
	'expected_purchases((0.2, 4, ''NaN'', 2.4, NULL), 2, 30, 38, 1)',
	'expected_purchases((0.2, 4, 0.8, 2.4, NULL), 2, 39, 38, 1)',
	'probability_alive((0.2, 4, 0.8, 2.4, NULL), 0, 39, 40)',
	'probability_alive((0.2, 4, 0.8, -2.4, NULL), 0, 0, 40)',
	'expected_purchases((0.2, 4, 0.8, 2.4, NULL), ''{}''::activity_days, ''infinity'', 3)']) query;
SELECT expected_purchases((0.2, NULL, 0.8, 2.4, NULL), 2, 30, 38, 1) AS no_model,
	expected_purchases(NULL, '{}'::activity_days, '2025-01-01', 1) AS null_model,
	expected_purchases((0.2, 4, 0.8, 2.4, NULL), '{}'::activity_days, '2025-01-01', 1) AS no_days,
	probability_alive((0.2, 4, 0.8, 2.4, NULL), '{"days": ["2025-01-02"]}', '2025-01-01') AS no_customer_yet;

--
-- Fits: the most likely model. By scipy over mpmath: r 0.28990615, alpha 44.174692, a 0.52442591,
-- b 3.0071531, log-likelihood -700.66698018
--

CREATE TEMP TABLE history (x integer, t integer, age integer, customers integer);
INSERT INTO history VALUES (0, 0, 100, 60), (0, 0, 200, 40), (1, 20, 100, 9), (1, 90, 100, 6), (1, 30, 200, 8),
	(2, 60, 100, 5), (2, 150, 200, 7), (3, 99, 100, 3), (3, 80, 200, 4), (5, 190, 200, 3), (8, 120, 200, 2),
	(12, 195, 200, 2);
SELECT round(r::numeric, 7) AS r, round(alpha::numeric, 5) AS alpha, round(a::numeric, 6) AS a,
	round(b::numeric, 5) AS b, round(log_likelihood::numeric, 8) AS log_likelihood
FROM (SELECT purchase_agg(x, t, age) AS s FROM history, generate_series(1, customers)) t, bg_nbd_fit(s);

-- The likelihood again in plain SQL, with gamma functions, over customers made up at random: the
-- fit has it, and on every side of it there is less.
CREATE FUNCTION pg_temp.log_gamma(x double precision) RETURNS double precision LANGUAGE sql AS $$
	SELECT (z - 0.5) * ln(z) - z + ln(2 * pi()) / 2 + 1 / (12 * z) - 1 / (360 * z ^ 3) + 1 / (1260 * z ^ 5)
		- (SELECT sum(ln(x + i)) FROM generate_series(0, 29) i)
	FROM (SELECT x + 30) t (z) $$;
CREATE FUNCTION pg_temp.uniform(n integer, seed integer) RETURNS double precision LANGUAGE sql
	RETURN (0.5 + pg_temp.random(n, seed, 1000000)) / 1000000;
CREATE TEMP TABLE made_up AS
	WITH customer AS (
		SELECT part, n, 60 + pg_temp.random(n, part, 300) AS age, -ln(pg_temp.uniform(n, 10 + part)) / 60 AS rate,
			1 + floor(ln(pg_temp.uniform(n, 20 + part)) / ln(pg_temp.uniform(n, 30 + part) ^ 0.4)) AS stays
		FROM generate_series(1, 3) part, generate_series(1, 800) n), purchase AS (
		SELECT part, n, age, i, stays, ceil(sum(-ln(pg_temp.uniform(n, 100 * part + i)) / rate)
			OVER (PARTITION BY part, n ORDER BY i)) AS at
		FROM customer, generate_series(1, 30) i)
	SELECT part, n, age, count(DISTINCT at) FILTER (WHERE made) AS x, coalesce(max(at) FILTER (WHERE made), 0) AS t
	FROM (SELECT *, at <= age AND i <= stays AS made FROM purchase) p GROUP BY part, n, age;
CREATE FUNCTION pg_temp.likelihood(in_part integer, r double precision, alpha double precision,
	a double precision, b double precision) RETURNS double precision LANGUAGE sql AS $$
	SELECT sum(pg_temp.log_gamma(b + x) - pg_temp.log_gamma(a + b + x) + pg_temp.log_gamma(a + b) - pg_temp.log_gamma(b)
		+ pg_temp.log_gamma(r + x) - pg_temp.log_gamma(r) + r * ln(alpha)
		+ ln((alpha + age) ^ (-r - x) + CASE WHEN x > 0 THEN a / (b + x - 1) * (alpha + t) ^ (-r - x) ELSE 0 END))
	FROM made_up WHERE part = in_part $$;
SELECT part, customers(s) AS customers, repeat_purchases(s) AS repeat_purchases,
	abs(pg_temp.likelihood(part, r, alpha, a, b) - log_likelihood) < 1e-8 AS same,
	(SELECT bool_and(pg_temp.likelihood(part, r * f[1], alpha * f[2], a * f[3], b * f[4]) < log_likelihood)
		FROM (VALUES ('{1.001,1,1,1}'::double precision[]), ('{0.999,1,1,1}'), ('{1,1.001,1,1}'), ('{1,0.999,1,1}'),
			('{1,1,1.001,1}'), ('{1,1,0.999,1}'), ('{1,1,1,1.001}'), ('{1,1,1,0.999}'), ('{1,1,1.01,1.01}'),
			('{1,1,0.99,0.99}'), ('{1.01,1.01,1,1}'), ('{0.99,0.99,1,1}')) v (f)) AS most_likely
FROM (SELECT part, purchase_agg(x, t, age) AS s FROM made_up GROUP BY part) t, bg_nbd_fit(s) ORDER BY part;

-- What has no most likely model is said.
SELECT bg_nbd_fit('{}') AS nobody;
SELECT what, pg_temp.refusal(format('SELECT bg_nbd_fit(%L)', s)) FROM (VALUES
	('nobody bought again', '{"counts": [[0, 0, 100, 60], [0, 0, 200, 60]]}'),
	('nobody left', '{"counts": [[0, 0, 100, 60], [1, 100, 100, 9], [2, 200, 200, 7], [12, 200, 200, 2]]}'),
	('all alike', '{"counts": [[3, 100, 200, 500]]}')) v (what, s);
