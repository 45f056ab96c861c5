-- Every aggregate over a table that Citus has spread over its workers. To be run on a coordinator
-- that has workers, after test/every_aggregate.sql; test/t/citus.pl does both.
\set ON_ERROR_STOP on

-- Nothing may be fetched row by row: what cannot be computed in halves on the workers is an error.
SET citus.coordinator_aggregation_strategy = 'disabled';

CREATE TABLE distributed (LIKE observation);
SELECT create_distributed_table('distributed', 'n', shard_count => 8);
INSERT INTO distributed TABLE observation;

CREATE FUNCTION text_of(call text, source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT (%s)::text FROM %s', call, source) INTO result;
	RETURN result;
END
$$;

-- The calls whose result is another than over one table: none.
SELECT count(*) AS calls FROM aggregate_call;
SELECT call FROM aggregate_call
WHERE text_of(call, 'distributed') IS DISTINCT FROM text_of(call, 'observation');

-- By group; and by the column that rows are spread by: then whole aggregates are pushed down.
SELECT count(*) AS groups, sum(responses(s)) AS responses,
	rollup(s)::text = (SELECT rating::text FROM total) AS same
FROM (SELECT part, nps_agg(whole) AS s FROM distributed GROUP BY part OFFSET 0) t;
SELECT count(*) AS groups, sum(responses(s)) AS responses
FROM (SELECT n, nps_agg(whole) AS s FROM distributed GROUP BY n OFFSET 0) t;

-- Halves on the workers, and texts of states between the machines.
EXPLAIN (VERBOSE, COSTS OFF) SELECT part, nps(whole), nps_agg(whole) FROM distributed GROUP BY part;

-- Summaries, spread and rolled up in their turn.
CREATE TABLE daily (day date, part integer, s rating_summary, t duration_summary);
SELECT create_distributed_table('daily', 'part', shard_count => 8);
INSERT INTO daily
	SELECT (opened AT TIME ZONE 'UTC')::date, part, nps_agg(whole),
		ttr_agg(opened, resolved, timestamptz '2026-01-01 00:00Z')
	FROM distributed GROUP BY 1, 2;
SELECT text_of('rollup(s)', 'daily') = text_of('rating', 'total') AS same,
	text_of('rollup(t)', 'daily') = text_of('times', 'total') AS same_times;
