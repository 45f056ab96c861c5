-- levels: every interval has bounds at every level of confidence, in order, and the wider the surer
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set samples :tests '/samples.psql'
\i :samples
INSERT INTO sample VALUES
	('rating_summary', 'yes and no', '{"scale": "0..1", "responses": {"0": 3, "1": 30}, "nonresponses": 9}'),
	('rating_summary', 'a million', '{"scale": "0..10", "responses": {"0": 333333, "8": 1, "10": 666667}, "nonresponses": 7}'),
	('rating_summary', 'one', '{"scale": "1..5", "responses": {"4": 1}}'),
	('duration_summary', 'many', (SELECT duration_agg(n * n * interval '1 s')::text FROM generate_series(1, 300) n)),
	('survival_summary', 'many', (SELECT survival_reason_agg(n % 40, n % 3 > 0, 'price')::text FROM generate_series(1, 300) n));

-- what is called with a level behind: the bounds of each kind, by what they need before it
CREATE TEMP TABLE interval_call (name text, type text, before text, behind text);
INSERT INTO interval_call VALUES
	('nps', 'rating_summary', '', ''), ('nps', 'rating_summary', '', ', ''wald'''), ('nps', 'rating_summary', '', ', ''anytime'''),
	('csat', 'rating_summary', '', ''), ('csat', 'rating_summary', '', ', NULL, ''anytime'''),
	('ces', 'rating_summary', '', ''),
	('mean', 'rating_summary', '', ''), ('mean', 'rating_summary', '', ', ''anytime'''),
	('net_score', 'rating_summary', ', 1, 0', ''),
	('top_share', 'rating_summary', ', 1', ''), ('top_share', 'rating_summary', ', 1', ', ''anytime'''),
	('response_rate', 'rating_summary', '', ''), ('response_rate', 'rating_summary', '', ', ''anytime'''),
	('share', 'rating_summary', '', ''), ('share', 'rating_summary', '', ', ''anytime'''),
	('shrunken_share', 'rating_summary', ', (0.4, 2.5)::beta_prior', ''),
	('share', '', '3::numeric, 1e6', ''), ('share', '', '3::numeric, 7', ''),
	('share', '', '3::numeric, 7', ', ''anytime'''),
	('predicted_count', '', '3, 7, 20', ''), ('predicted_count', '', '333333, 1e6, 1e6', ''),
	('predicted_by_prior', '', '(0.4, 2.5)::beta_prior, 20', ''),
	('ratio', 'ratio_summary', '', ''), ('mean', 'ratio_summary', '', ''),
	('within', 'duration_summary', ', ''600 us''', ''), ('within', 'duration_summary', ', ''1 hour''', ''),
	('percentile', 'duration_summary', ', 0.9', ''), ('median_duration', 'duration_summary', '', ''),
	('mean_duration', 'duration_summary', '', ''), ('churn', 'churn_summary', '', ''),
	('cumulative_incidence', 'survival_summary', ', ''price'', 20', ''),
	('survival', 'survival_summary', ', 7', ''), ('median_survival', 'survival_summary', '', ''),
	('restricted_mean', 'survival_summary', ', 20', ''), ('expected_remaining', 'survival_summary', ', 2, 20', ''),
	('retention', 'retention_summary', ', 0', '');

-- none is without a call
SELECT DISTINCT regexp_replace(proname, '_lower$', '') AS lacks FROM pg_proc p
JOIN pg_depend ON objid = p.oid AND classid = 'pg_proc'::regclass AND deptype = 'e'
	AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm')
WHERE proname LIKE '%\_lower' AND regexp_replace(proname, '_lower$', '') NOT IN (SELECT name FROM interval_call);

CREATE FUNCTION pg_temp.bound(call text, OUT bound double precision, OUT error text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SELECT CASE WHEN pg_typeof(b) = ''interval''::regtype THEN extract(epoch FROM b::text::interval)
		ELSE b::text::double precision END FROM (SELECT %s AS b) t', call) INTO bound;
EXCEPTION WHEN OTHERS THEN error := sqlstate || ' ' || sqlerrm;
END
$$;
CREATE TEMP TABLE bounds AS
	SELECT name, coalesce(what, '') AS what, before, behind, level, lower.bound AS lower, upper.bound AS upper,
		coalesce(lower.error, upper.error) AS error
	FROM interval_call c LEFT JOIN sample s ON s.type = c.type,
		unnest('{1e-300,1e-17,1e-15,1e-9,0.5,0.95,0.999999999,0.9999999999999998,0.9999999999999999}'::double precision[]) level,
		format('%s%s, %s%s)', CASE WHEN c.type = '' THEN '' ELSE format('%L::%I', value, c.type) END, before, level, behind) arguments,
		pg_temp.bound(name || '_lower(' || arguments) lower, pg_temp.bound(name || '_upper(' || arguments) upper;
SELECT count(*) > 1000 AS many, count(DISTINCT name) FILTER (WHERE lower < upper) = count(DISTINCT name) AS all_kinds FROM bounds;

-- there are bounds at every level or at none, but for those that are one of few durations; none is
-- NaN, and they are in order
SELECT name, what, behind, level, lower, upper FROM bounds WHERE lower = 'NaN' OR upper = 'NaN' OR lower > upper ORDER BY 1, 2, 3, 4;
SELECT name, what, behind, count(*) AS levels, count(lower) AS lower, count(upper) AS upper FROM bounds
WHERE name NOT IN ('percentile', 'median_duration', 'median_survival')
GROUP BY 1, 2, 3 HAVING count(lower) NOT IN (0, count(*)) OR count(upper) NOT IN (0, count(*)) ORDER BY 1, 2, 3;
SELECT DISTINCT name, left(error, 5) AS error FROM bounds WHERE error IS NOT NULL ORDER BY 1, 2;

-- the surer, the wider, but for what rounding makes of the nearest levels
SELECT name, what, behind, level, lower, before_lower, upper, before_upper FROM (
	SELECT *, lag(lower) OVER w AS before_lower, lag(upper) OVER w AS before_upper FROM bounds
	WINDOW w AS (PARTITION BY name, what, before, behind ORDER BY level)) t
WHERE lower > before_lower + 1e-9 * abs(lower) OR upper < before_upper - 1e-9 * abs(upper) ORDER BY 1, 2, 3, 4;
