\set day random(1, 60)
\set seed random(1, 1000000)
BEGIN;
WITH row AS (
	INSERT INTO response (day, customer, answer, opened_at, resolved_at, before, after, stage)
	SELECT date '2026-01-01' + :day::integer, (n * :seed) % 300,
		nullif((n + :seed) % 12, 11)::integer,
		timestamptz '2026-01-01Z' + :day * interval '1 day' + n * interval '1 min',
		CASE WHEN n % 3 > 0 THEN timestamptz '2026-01-01Z' + :day * interval '1 day'
			+ (n + :seed % 1000) * interval '1 min' END, n % 5 * 9.99, (n + :seed) % 4 * 10.01,
		's' || n % 6
	FROM generate_series(1, 20) n
	RETURNING day, answer, opened_at, resolved_at
)
INSERT INTO running
SELECT day, nps_agg(answer), ttr_agg(opened_at, resolved_at) FROM row GROUP BY day
ON CONFLICT (day) DO UPDATE SET s = running.s + excluded.s, d = running.d + excluded.d;
WITH gone AS (
	DELETE FROM response WHERE id IN (
		SELECT id FROM response WHERE day = date '2026-01-01' + :day::integer
		ORDER BY id DESC OFFSET 600 LIMIT 40 FOR UPDATE SKIP LOCKED)
	RETURNING day, answer, opened_at, resolved_at
)
UPDATE running SET s = s - t.gone_s, d = d - t.gone_d
FROM (SELECT day, nps_agg(answer) AS gone_s, ttr_agg(opened_at, resolved_at) AS gone_d
	FROM gone GROUP BY day) t
WHERE running.day = t.day;
COMMIT;
