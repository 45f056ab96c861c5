-- predicted_count: how many of the next ones will, against scipy's and R's beta-binomial distribution
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal
SET extra_float_digits = 0;

SELECT x, n, next, round(predicted_count(x, n, next)::numeric, 8) AS mean, predicted_count_interval(x, n, next, 0.8) AS "80 %",
	predicted_count_interval(x, n, next) AS "95 %", predicted_count_interval(x, n, next) = ROW(predicted_count_lower(x, n, next),
		predicted_count_upper(x, n, next))::confidence_interval AS bounds
FROM (VALUES (240, 12000, 11800), (3, 60, 55), (0, 50, 50), (12, 400, 4000), (100, 100, 50)) v (x, n, next);
SELECT predicted_count(0, 0, 7) AS no_trials, predicted_count_interval(0, 0, 7) AS unknown, predicted_count_interval(3, 7, 0) AS none_next;

-- Six months that differ by more than chance: taken for one, they promise what they did not keep
-- themselves (305 of 12100). The fit of R has a 63.81039827, b 3117.13234, and scipy 177 to 308.
CREATE TEMP TABLE month AS SELECT n AS month, x, total, format('{"scale": "0..1", "responses": {"0": %s, "1": %s}}', total - x, x)::rating_summary AS s
	FROM (VALUES (1, 210, 11800), (2, 260, 11950), (3, 198, 12010), (4, 305, 12100), (5, 242, 12050), (6, 228, 11990)) v (n, x, total);
SELECT predicted_count_interval(sum(x), sum(total), 11900) AS pooled, predicted_by_prior_interval(share_prior(s), 11900) AS by_month,
	predicted_by_prior_interval(share_prior(s), 11900, 0.8) AS "80 %", round(predicted_by_prior(share_prior(s), 11900)::numeric, 2) AS mean
FROM month;
SELECT prior, predicted_by_prior(prior, 100), predicted_by_prior_interval(prior, 100), predicted_by_prior_lower(prior, 100) AS lower,
	predicted_by_prior_upper(prior, 100) AS upper
FROM unnest(ARRAY[(0.3, 'Infinity'), (0, 'Infinity'), (1, 3), (0.4, 0.3), (0.4, 0), (NULL, 3), (0.4, NULL)]::beta_prior[]) prior;

SELECT query, pg_temp.refusal('SELECT ' || query) FROM unnest(ARRAY['predicted_count(-1, 7, 7)', 'predicted_count(8, 7, 7)',
	'predicted_count(1.5, 7, 7)', 'predicted_count(1, 7, 7.5)', 'predicted_count(1, 7, 100000001)', 'predicted_count_interval(1, 7, 7, 95)',
	'predicted_by_prior((1.2, 3), 7)', 'predicted_by_prior_interval((0.2, -3), 7)', 'predicted_by_prior((0.2, 3), -7)']) query;
