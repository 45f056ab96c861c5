-- Small groups, and what would give them away: complementary suppression.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET extra_float_digits = 0;

CREATE FUNCTION answers(n int, like_this int DEFAULT 0) RETURNS rating_summary LANGUAGE sql AS $$
	SELECT CASE WHEN n >= 0 THEN (SELECT nps_agg((k * 7 + like_this) % 11) - nps_agg((k * 7 + like_this) % 11) FILTER (WHERE k > n)
		FROM generate_series(1, n + 1) k) END $$;
-- What is shown of groups with so many responses each, where fewer than five are hidden.
CREATE FUNCTION shown(sizes int[], n bigint DEFAULT 5) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(responses(s)::text, '-'), ' ' ORDER BY i)
	FROM (SELECT i, at_least_within(answers(size, i::int), n) OVER () AS s FROM unnest(sizes) WITH ORDINALITY u (size, i)) t $$;

SELECT sizes, shown(sizes::int[]) FROM unnest(ARRAY[
	'{9,8,7}',      -- nothing small, nothing hidden
	'{3,9,8,7}',    -- the smallest of the others hides it
	'{3,2,9,8}',    -- two hide each other
	'{1,3,9,8}',    -- but their sum is small itself
	'{3}', '{7}', '{0}', '{NULL}', '{}',
	'{3,9}', '{9,3}', '{3,3}',
	'{3,0,9,8}',    -- a group of nobody hides nobody
	'{0,9,8}', '{NULL,9,8}', '{3,NULL,9,8}',
	'{5,5,5}', '{4,5,6}']) sizes;
SELECT shown('{3,9,8}', 0) AS zero, shown('{0,1,2}', 0) AS with_zero, shown('{3,9,8}', 1) AS one, shown('{3,9,8}', -1) AS negative,
	shown('{3,9,8}', 100) AS many, shown('{3,9,8}', NULL) AS unknown;

-- Of ties one is hidden, the same whatever the order of rows; equal values are hidden together.
SELECT count(DISTINCT hidden) AS ways, max(array_length(hidden, 1)) AS hidden FROM (
	SELECT seed, array_agg(i ORDER BY i) FILTER (WHERE s IS NULL) AS hidden FROM (
		SELECT seed, i, at_least_within(answers(CASE i WHEN 1 THEN 3 ELSE 12 END, i), 5) OVER (PARTITION BY seed ORDER BY i * 7919 % seed) AS s
		FROM generate_series(1, 8) i, generate_series(2, 30) seed) t GROUP BY seed) u;
SELECT count(*) FILTER (WHERE s IS NULL) AS hidden FROM (
	SELECT at_least_within(answers(CASE i WHEN 1 THEN 3 ELSE 12 END), 5) OVER () AS s FROM generate_series(1, 8) i) t;

-- Each partition by itself, over grouped rows; a frame changes nothing.
SELECT region, agent, responses(s) AS shown FROM (
	SELECT region, agent, at_least_within(nps_agg(score), 5) OVER (PARTITION BY region ORDER BY agent ROWS 1 PRECEDING) AS s
	FROM (VALUES ('east', 'a', 3), ('east', 'b', 6), ('east', 'c', 9), ('west', 'd', 6), ('west', 'e', 9), ('north', 'f', 2)) v (region, agent, n),
		LATERAL (SELECT k % 11 FROM generate_series(1, n) k) r (score) GROUP BY region, agent) t ORDER BY region, agent;

-- Whatever the sizes: who subtracts what is shown from the total is left with nothing, or with two groups and five responses at least.
SELECT count(*) AS partitions, count(*) FILTER (WHERE hidden > 0) AS with_hidden,
	count(*) FILTER (WHERE hidden > 0 AND shown > 0 AND (hidden < 2 OR rest < 5)) AS given_away,
	count(*) FILTER (WHERE least_shown < 5) AS small_shown, count(*) FILTER (WHERE smalls = 0 AND hidden > 0) AS hidden_for_nothing
FROM (SELECT p, count(*) FILTER (WHERE s IS NULL AND size > 0) AS hidden, count(s) AS shown, min(size) FILTER (WHERE s IS NOT NULL) AS least_shown,
		coalesce(sum(size), 0) - coalesce(sum(responses(s)), 0) AS rest, count(*) FILTER (WHERE size BETWEEN 1 AND 4) AS smalls
	FROM (SELECT p, size, at_least_within(answers(size, g), 5) OVER (PARTITION BY p) AS s
		FROM (SELECT p, g, CASE WHEN g <= 1 + p % 7 THEN (p * 7919 + g * g * 104729 + p * g * 31) % 997 % (4 + p % 11) END AS size
			FROM generate_series(1, 2000) p, generate_series(1, 7) g) v) t GROUP BY p) u;
SELECT at_least_within(answers(9), 5);
DROP FUNCTION answers, shown;
