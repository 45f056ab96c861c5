\set ms random(100, 500)
\set which random(1, 4)
SET statement_timeout = :ms;
-- rows one by one: a function in FROM would be asked for all its rows first; and states of one
-- size, since malloc keeps what larger ones had
SELECT is_canceled((ARRAY[
	'SELECT journey_agg(timestamptz ''2026-01-01Z'' - n % 20000 * interval ''1 s'', ''s'' || n % 500)
		FROM (SELECT generate_series(1, 10000000) AS n) n',
	'SELECT survival_agg(n % 20000, true)::text FROM (SELECT generate_series(1, 10000000) AS n) n',
	'SELECT rollup(r.nps), rollup(r.journey), rollup(r.days)
		FROM daily r, daily s, generate_series(1, 50)',
	'SELECT nps(rollup(nps) OVER (ORDER BY n ROWS 5 PRECEDING))
		FROM daily, generate_series(1, 99999) n'
])[:which]) AS canceled \gset
SET statement_timeout = 0;
INSERT INTO outcome VALUES (':canceled');
