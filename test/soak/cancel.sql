\set ms random(5, 40)
\set which random(1, 4)
SET statement_timeout = :ms;
SELECT is_canceled((ARRAY[
	'SELECT journey_agg(timestamptz ''2026-01-01Z'' - n * interval ''1 s'', ''s'' || n % 500)
		FROM generate_series(1, 1000000) n',
	'SELECT survival_agg(n, true)::text FROM generate_series(1, 1000000) n',
	'SELECT rollup(r.nps), rollup(r.journey), rollup(r.days)
		FROM daily r, daily s, generate_series(1, 50)',
	'SELECT nps(rollup(nps) OVER (ORDER BY n ROWS 5 PRECEDING))
		FROM daily, generate_series(1, 9999) n'
])[:which]) AS canceled \gset
SET statement_timeout = 0;
INSERT INTO outcome VALUES (':canceled');
