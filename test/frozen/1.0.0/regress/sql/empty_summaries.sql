-- empty summaries: what no row is in, no scale can contradict, wherever it comes in the order
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

CREATE TEMP TABLE part (n integer, s rating_summary);
INSERT INTO part VALUES (1, '{"scale": "1..5"}'), (2, '{"scale": "0..10", "responses": {"9": 1}}'),
	(3, '{"scale": "0..1", "weights": {}}'), (4, '{"scale": "0..10", "responses": {"6": 1}}'),
	(5, '{"scale": "5..1"}'), (6, NULL);
SELECT rollup(s ORDER BY n) AS up, rollup(s ORDER BY n DESC) AS down FROM part \gx
SELECT n, nps(rollup(s) OVER (ORDER BY n ROWS 1 PRECEDING)) FROM part ORDER BY n;
SELECT n, nps(rollup(s) OVER (ORDER BY n DESC ROWS 1 PRECEDING)) FROM part ORDER BY n;
SELECT rollup(s) FROM part WHERE n IN (1, 3, 5);

-- a NULL weight skips the row, whatever its scale
CREATE TEMP TABLE response (n integer, answer integer, scale text, weight float8);
INSERT INTO response VALUES (1, 4, '1..5', NULL), (2, 9, '0..10', 2), (3, 4, '1..5', NULL),
	(4, 6, '0..10', 1), (5, NULL, '5..1', NULL);
SELECT mean_answer(rating_agg(answer, scale, weight ORDER BY n)) AS up,
	mean_answer(rating_agg(answer, scale, weight ORDER BY n DESC)) AS down,
	mean_answer(rating_agg(answer, scale, weight) FILTER (WHERE weight IS NOT NULL)) AS without
FROM response;
SELECT n, mean_answer(rating_agg(answer, scale, weight) OVER (ORDER BY n ROWS 1 PRECEDING)) AS mean
FROM response ORDER BY n;
SELECT n, mean_answer(rating_agg(answer, scale, weight) OVER (ORDER BY n ROWS BETWEEN 1 FOLLOWING
	AND 2 FOLLOWING)) AS mean
FROM response ORDER BY n;

-- the operators want one kind all the same
SELECT a.s + b.s FROM part a, part b WHERE a.n = 1 AND b.n = 2;
SELECT a.s - b.s FROM part a, part b WHERE a.n = 2 AND b.n = 1;

--
-- Blanks, which somebody's own aggregate can let out: summaries of nothing, not even of a scale
--
SELECT '{}'::rating_summary AS blank, '{}'::rating_summary = ' { } ' AS eq,
	'{}'::rating_summary = '{"scale": "0..1"}' AS as_empty, '{}'::jsonb::rating_summary AS jsonb,
	rating_summary_send('{}') AS sent;
SELECT rollup(s) FROM (VALUES ('{}'::rating_summary), (NULL), ('{"scale": "0..1", "responses":
	{"1": 2}}'), ('{}')) v (s);
SELECT n, rollup(s) OVER (ORDER BY n ROWS 1 PRECEDING) FROM (VALUES (1, '{}'::rating_summary),
	(2, '{"scale": "0..1", "responses": {"1": 2}}'), (3, '{}'), (4, NULL), (5, '{}')) v (n, s)
ORDER BY n;
