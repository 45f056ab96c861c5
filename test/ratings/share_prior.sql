-- Shares of groups, drawn towards what all have in common.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET extra_float_digits = 0;

CREATE FUNCTION yes_of(x bigint, n bigint) RETURNS rating_summary LANGUAGE sql AS $$
	SELECT format('{"scale": "0..1", "responses": {"0": %s, "1": %s}}', n - x, x)::rating_summary $$;
-- x/n, with *k for as many groups
CREATE FUNCTION groups(list text) RETURNS TABLE (i bigint, x bigint, n bigint) LANGUAGE sql AS $$
	SELECT row_number() OVER (ORDER BY place, k), m[1]::bigint, m[2]::bigint
	FROM regexp_split_to_table(list, ' ') WITH ORDINALITY u (item, place),
		regexp_match(item, '(\d+)/(\d+)(?:\*(\d+))?') m, generate_series(1, coalesce(m[3], '1')::int) k $$;
CREATE FUNCTION log_gamma(x double precision) RETURNS double precision LANGUAGE sql AS $$
	SELECT (z - 0.5) * ln(z) - z + ln(2 * pi()) / 2 + 1 / (12 * z) - 1 / (360 * z ^ 3) + 1 / (1260 * z ^ 5)
		- (SELECT sum(ln(x + i)) FROM generate_series(0, 29) i)
	FROM (SELECT x + 30) t (z) $$;

-- Published data. Rat tumours (Tarone; Gelman et al., Bayesian Data Analysis); R's BayesGOF prints
-- 2.304768 and 14.079707 for them, mpmath has 2.30478331 and 14.07980903, and the log-likelihood of
-- -721.0010195270. The batters of Efron and Morris 1975; R's VGAM has 210.550836 and 582.685985. Ten
-- agents; R's optim() has 17.03337246 and 3.48832594.
CREATE TABLE data (name text, i bigint, s rating_summary, x bigint, n bigint);
INSERT INTO data SELECT 'rats', i, yes_of(x, n), x, n FROM groups('0/20*7 0/19*4 0/18*2 0/17 1/20*4 1/19*2 1/18*2 3/27 2/25 2/24 2/23 2/20*6 1/10 5/49 2/19 5/46 2/17 7/49 7/47 3/20*2 2/13 9/48 10/50 4/20*7 10/48 4/19*3 5/22 11/46 12/49 5/20*2 6/23 5/19 6/22 6/20*3 16/52 15/46 15/47 9/24');
INSERT INTO data SELECT 'batters', i, yes_of(x, n), x, n FROM groups('18/45 17/45 16/45 15/45 14/45*2 13/45 12/45 11/45*2 10/45*5 9/45 8/45 7/45');
INSERT INTO data SELECT 'agents', i, yes_of(x, n), x, n FROM groups('3/3 48/50 9/10 180/200 0/2 410/500 27/40 88/100 1/1 60/80');

CREATE VIEW prior AS SELECT name, share_prior(s) AS prior FROM data GROUP BY name;
SELECT name, round((mean * responses)::numeric, 6) AS a, round(((1 - mean) * responses)::numeric, 6) AS b,
	round((SELECT sum(log_gamma(mean * responses + x) + log_gamma((1 - mean) * responses + n - x) - log_gamma(responses + n)
			+ log_gamma(responses) - log_gamma(mean * responses) - log_gamma((1 - mean) * responses))
		FROM data WHERE data.name = prior.name)::numeric, 8) AS log_likelihood
FROM prior, LATERAL (SELECT (prior).*) p ORDER BY name;
SELECT x, n, round(shrunken_share(s, prior)::numeric, 8) AS shown, round(shrunken_share_lower(s, prior)::numeric, 8) AS lower,
	round(upper::numeric, 8) AS upper, lower = shrunken_share_lower(s, prior) AND upper = shrunken_share_upper(s, prior) AS bounds
FROM data JOIN prior USING (name), shrunken_share_interval(s, prior) i WHERE name = 'agents' ORDER BY shown DESC;
SELECT name, x, n, round(shrunken_share(s, prior)::numeric, 6) AS shown FROM data JOIN prior USING (name) WHERE name = 'batters' AND x IN (7, 18);
-- rats: 4 of 14 become 0.2074993550
SELECT round(shrunken_share(yes_of(4, 14), prior)::numeric, 10) AS shown FROM prior WHERE name = 'rats';
-- as a window aggregate, which is what one would write; the order of groups does not matter
SELECT bool_and(over_all = prior AND sorted = prior) AS same
FROM (SELECT name, share_prior(s) OVER (PARTITION BY name) AS over_all, share_prior(s) OVER (PARTITION BY name ORDER BY s::text
		ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS sorted FROM data) t JOIN prior USING (name);
SELECT share_prior(share_agg(n % 3 = 0)) OVER () IS NOT NULL AS of_rows FROM generate_series(1, 100) n GROUP BY n % 7 LIMIT 1;

-- No other prior makes these groups more likely.
SELECT name, max(l) FILTER (WHERE dm = 0 AND dr = 0) >= max(l) AS largest
FROM (SELECT name, dm, dr, (SELECT sum(log_gamma(m * r + x) + log_gamma((1 - m) * r + n - x) - log_gamma(r + n)
			+ log_gamma(r) - log_gamma(m * r) - log_gamma((1 - m) * r)) FROM data WHERE data.name = prior.name) AS l
	FROM prior, LATERAL (SELECT (prior).*) p, unnest('{-0.01,0,0.01}'::float8[]) dm, unnest('{-0.03,0,0.03}'::float8[]) dr,
		LATERAL (SELECT mean + dm, responses * (1 + dr)) v (m, r)) t GROUP BY name ORDER BY name;

-- Where there is nothing to tell, or nothing to tell apart: one group is no prior; groups that differ
-- by no more than chance are one share, of which a group has no interval of its own.
CREATE FUNCTION prior_of(list text) RETURNS text LANGUAGE sql AS $$
	SELECT format('mean %s, %s responses; shown %s to %s, lower %s', round((p).mean::numeric, 6), CASE (p).responses WHEN 'Infinity' THEN 'many' ELSE round((p).responses::numeric, 6)::text END, min(shown), max(shown), min(lower))
	FROM (SELECT share_prior(yes_of(x, n)) OVER () AS p, round(shrunken_share(yes_of(x, n), share_prior(yes_of(x, n)) OVER ())::numeric, 4) AS shown,
			round(shrunken_share_lower(yes_of(x, n), share_prior(yes_of(x, n)) OVER ())::numeric, 4) AS lower
		FROM groups(list)) t GROUP BY p $$;
SELECT list, prior_of(list) FROM unnest(ARRAY['3/4', '3/4 0/0', '0/0', '0/0 0/0', '2/4 2/4 2/4', '1/1 0/1 1/1 1/1', '0/9 0/8',
	'9/9 8/8', '0/20 20/20', '0/20 20/20 1/1', '5/10 6/10', '0/50 25/50 50/50', '1000000/3000000 2000000/3000000']) list;
SELECT share_prior(s) FROM data WHERE false;
SELECT share_prior(NULL) IS NULL AS null_only, share_prior(s) = (SELECT prior FROM prior WHERE name = 'agents') AS null_skipped
FROM (SELECT s FROM data WHERE name = 'agents' UNION ALL SELECT NULL UNION ALL SELECT yes_of(0, 0)) t;
-- a group without responses: NULL, which coalesce((prior).mean) makes the prior
SELECT shrunken_share(yes_of(0, 0), prior), shrunken_share(NULL, prior), shrunken_share(yes_of(1, 2), NULL),
	shrunken_share_interval(yes_of(0, 0), prior) FROM prior WHERE name = 'agents';
-- weights count for what their variance is worth: 16 p (1 - p) / (p^2 + 5 (1 - p)^2) = 24/7 with p = 3/4, but no more than the 3 that there are
SELECT round(shrunken_share(rating_agg(x, '0..1', w), (0.5, 3))::numeric, 10) AS half_way
FROM (VALUES (1, 1), (1, 2), (0, 1)) v (x, w);
SELECT round((p).mean::numeric, 10) = round((q).mean::numeric, 10) AND round((p).responses::numeric, 8) = round((q).responses::numeric, 8) AS same
FROM (SELECT share_prior(s) AS p, share_prior(w) AS q FROM (SELECT share_agg(yes) AS s, rating_agg(yes::int, '0..1', 7) AS w
	FROM (SELECT i, k <= x AS yes FROM groups('3/4 10/16 1/32 30/32') g, generate_series(1, n) k) t GROUP BY i) t) u;

-- A prior may be written by hand. Intervals are those of qbeta() in R.
SELECT round(shrunken_share(yes_of(9, 10), (0.8, 20))::numeric, 10) AS shown, round(lower::numeric, 10) AS lower, round(upper::numeric, 10) AS upper
FROM shrunken_share_interval(yes_of(9, 10), (0.8, 20), 0.9);
SELECT shrunken_share(yes_of(9, 10), (0.8, 'Infinity')), shrunken_share_interval(yes_of(9, 10), (0.8, 'Infinity')) AS interval,
	shrunken_share(yes_of(9, 10), (0.8, 0)) AS own, shrunken_share(yes_of(9, 10), (0.8, NULL)) AS unknown,
	shrunken_share_interval(yes_of(10, 10), (0.8, 0)) AS no_interval;
SELECT shrunken_share(yes_of(9, 10), (1.5, 20));
SELECT shrunken_share(yes_of(9, 10), (0.5, -1));
SELECT shrunken_share(yes_of(9, 10), ('NaN', 1));
SELECT shrunken_share_lower(yes_of(9, 10), (0.5, 1), 95);
SELECT shrunken_share(csat_agg(4), (0.5, 1));
SELECT share_prior(s) FROM (SELECT csat_agg(4) AS s) t;
DROP TABLE data CASCADE;
DROP FUNCTION yes_of, groups, log_gamma, prior_of;
