-- parameters: the types of columns, literals and prepared statements that reach each call
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

--
-- Columns of every numeric type, and boolean
--
CREATE TEMP TABLE response (int2 smallint, int4 integer, int8 bigint, num numeric, num_scaled
	numeric(4, 2), real real, double double precision, yes boolean, word text, wording varchar(10),
	padded char(10), scale text);
INSERT INTO response
	SELECT n, n, n, n, n, n, n, n > 3, n, n, n, '1..5' FROM generate_series(1, 5) n UNION ALL
	SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '1..5';

-- each call with each type, and how many different values come of it: one. Weighted by itself,
-- the mean of 1 ... 5 is 55 / 15.
CREATE FUNCTION pg_temp.calls(call text) RETURNS TABLE (types integer, results integer,
	result text) LANGUAGE plpgsql AS $$
DECLARE
	column_name text;
	value text;
	list text[];
BEGIN
	types := 0;
	FOREACH column_name IN ARRAY '{int2,int4,int8,num,num_scaled,real,double}'::text[] LOOP
		EXECUTE format('SELECT (%s)::text FROM response', replace(call, '$', column_name)) INTO value;
		list := list || value;
		types := types + 1;
	END LOOP;
	results := (SELECT count(DISTINCT v) FROM unnest(list) v);
	result := coalesce(list[1], 'NULL');
	RETURN NEXT;
END
$$;
SELECT call, c.* FROM unnest(ARRAY[
	'nps($)', 'nps(nps_agg($))', 'csat($)', 'csat(csat_agg($))', 'ces($)', 'ces(ces_agg($))',
	'csat($, ''0..10'')', 'ces($, ''0..10'')', 'csat(csat_agg($, ''7..1''))',
	'ces(ces_agg($, ''7..1''))', 'mean_answer(rating_agg($, ''0..9''))',
	'mean_answer(nps_agg($, $))', 'mean_answer(nps_agg($, 1))', 'mean_answer(nps_agg($, 0.5))',
	'mean_answer(nps_agg(int2, $))', 'mean_answer(nps_agg(int4, $))',
	'mean_answer(nps_agg(double, $))', 'mean_answer(csat_agg($, scale, $))',
	'mean_answer(ces_agg($, ''1..7'', $))', 'mean_answer(rating_agg($, ''0..9'', $))',
	'mean_answer(rating_agg(valid_answer($, scale), scale))', 'responses_at(csat_agg(int4), max($))',
	'top_share(csat_agg(int4), min($))', 'csat(csat_agg(int4), max($))',
	'net_score(csat_agg(int4), max($), min($))']) call, pg_temp.calls(call) c;

-- a boolean is an answer of 0..1
SELECT rating_agg(yes) = rating_agg(yes::integer, '0..1') AS same,
	mean_answer(rating_agg(yes)) AS mean, csat(rating_agg(yes)) AS csat, nonresponses(rating_agg(yes))
FROM response;
-- a scale may be any kind of text
SELECT csat(int4, scale) = csat(int4, scale::varchar)
	AND csat(int4, scale) = csat(int4, scale::char(9))
	AND csat(int4, scale) = csat(int4, scale::name) AS same
FROM response;
-- plain functions take what converts to their arguments
SELECT at_least(s, 5::smallint) = s AND at_least(s, 5) = s AND at_least(s, 5::bigint) = s
		AS at_least,
	csat_lower(s, 0.9::real) = csat_lower(s, 0.9::real::float8) AS real,
	csat_lower(s, 0.9) = csat_lower(s, '0.9') AS text,
	nps_lower(n, 0.9, 'wald'::varchar) = nps_lower(n, 0.9, 'wald'::name) AS method
FROM (SELECT csat_agg(int4) AS s, nps_agg(int4) AS n FROM response) t;

--
-- Untyped literals
--
SELECT nps('9'), csat('4'), ces('4'), csat('4', '1..5'), ces('6', '1..7'), nps(NULL), csat(NULL),
	csat(NULL, '1..5');
SELECT nps_agg('9') = nps_agg(9), csat_agg('4', '1..5') = csat_agg(4, '1..5'),
	rating_agg('4', '1..5') = rating_agg(4, '1..5'), rating_agg('t') = rating_agg(true),
	nps_agg('9', '1.5') = nps_agg(9, 1.5), rating_agg('9', '0..10', '1.5') = nps_agg(9, 1.5);
SELECT nps(rollup(rating_summary '{"scale": "0..10", "responses": {"9": 1}}')),
	csat('{"scale": "0..10", "responses": {"9": 1}}'::rating_summary, '9'),
	valid_answer('4', '1..5'), scale_of('{"scale": "5..1"}'),
	nps_upper('{"scale": "0..10", "responses": {"9": 1}}', '0.9', 'wald'),
	'{"scale": "1..5"}' = csat_agg(4) - csat_agg(4), csat_agg(4) + '{"scale": "1..5"}' = csat_agg(4);

--
-- Prepared statements: parameters whose type nobody has said, as drivers send them
--
PREPARE nps_agg AS SELECT nps(nps_agg($1)), nps($1);
PREPARE csat_agg AS SELECT csat(csat_agg($1)), csat($1);
PREPARE ces_agg AS SELECT ces(ces_agg($1)), ces($1);
PREPARE csat_scale AS SELECT csat(csat_agg($1, $2)), csat($1, $2), ces(ces_agg($1, $2)),
	ces($1, $2);
PREPARE rating AS SELECT rating_agg($1, $2), mean_answer(rating_agg($1, $2, $3));
PREPARE weighted AS SELECT mean_answer(nps_agg($1, $2)), mean_answer(csat_agg($1, $3, $2)),
	mean_answer(ces_agg($1, $3, $2));
PREPARE yes AS SELECT mean_answer(rating_agg($1));
PREPARE rolled_up AS SELECT nps(rollup($1::rating_summary)), nps_lower($1, $2) < nps_upper($1, $2);
PREPARE column_scale AS SELECT csat(int4, $1), csat(csat_agg(int4, $1)), ces(double, $1)
	FROM response;
PREPARE column_weight AS SELECT mean_answer(nps_agg(int2, $1)) FROM response;
PREPARE readings AS SELECT csat(s, $1), net_score(s, $1, $2), responses_at(s, $1), top_share(s, $1),
		at_least(s, $3) IS NOT NULL AS enough
	FROM (SELECT csat_agg(int4) AS s FROM response) t;
PREPARE valid AS SELECT valid_answer($1, $2);
PREPARE interval AS SELECT nps_lower(s, $1, $2) AS nps,
		round(csat_lower(c, $1, $3)::numeric, 6) AS csat,
		round((ces_interval(c, $1)).lower::numeric, 6) AS ces
	FROM (SELECT nps_agg(int4) AS s, csat_agg(int4) AS c FROM response) t;
SELECT name, parameter_types FROM pg_prepared_statements ORDER BY name;
EXECUTE nps_agg('9');
EXECUTE csat_agg('4');
EXECUTE ces_agg(NULL);
EXECUTE csat_scale('4', '0..4');
EXECUTE rating('4', '1..5', '2.5');
EXECUTE weighted('4', '2.5', '1..5');
EXECUTE yes('true');
EXECUTE rolled_up('{"scale": "0..10", "responses": {"9": 1}}', '0.9');
EXECUTE column_scale('5..1');
EXECUTE column_weight('0.5');
EXECUTE readings('4', '2', '5');
EXECUTE valid('4', '1..5');
EXECUTE interval('0.9', 'wald', '4');

-- parameters that are declared varchar or text
PREPARE varchar_scale (integer, varchar) AS SELECT csat($1, $2), csat(csat_agg($1, $2)),
	rating_agg($1, $2), valid_answer($1, $2);
EXECUTE varchar_scale(4, '1..5');
PREPARE varchar_method (varchar) AS SELECT nps_lower(nps_agg(9), 0.9, $1);
EXECUTE varchar_method('wald');
PREPARE text_value (text) AS SELECT nps($1::rating_summary), nps(rollup($1::rating_summary));
EXECUTE text_value('{"scale": "0..10", "responses": {"9": 1}}');
-- a text that is to be an answer has to be told so
PREPARE text_cast (text, varchar) AS SELECT nps($1::integer), csat($2::integer);
EXECUTE text_cast('9', '4');
EXECUTE text_cast('nine', '4');

--
-- What cannot work says why
--
-- PostgreSQL's advice on functions that do not exist is another in each version
\set VERBOSITY terse
SELECT nps(word) FROM response;
SELECT nps_agg(wording) FROM response;
SELECT csat_agg(padded, '1..5') FROM response;
SELECT nps_agg(yes) FROM response;
SELECT csat(yes) FROM response;
SELECT csat_agg(int4, 2.5) FROM response;
SELECT csat_agg(int4, int4) FROM response;
SELECT nps_agg(int4, '0..10'::text) FROM response;
SELECT nps_agg(int4, yes) FROM response;
SELECT rating_agg(int4) FROM response;
SELECT nps(now());
SELECT rollup(int4) FROM response;
SELECT int4::rating_summary FROM response;
SELECT '{"scale": "0..10"}'::json::rating_summary;
PREPARE varchar_answer (varchar) AS SELECT nps($1);
SELECT nps_agg('nine');
SELECT csat_agg(4, '1-5');
SELECT nps_interval(nps_agg(9), 'wald');
SELECT nps_interval(nps_agg(9), method => 95);
DEALLOCATE ALL;

--
-- Churn, revenue, survival, retention: what each parameter is when nobody has said
--
PREPARE churn_snapshots AS SELECT churn_agg($1::boolean, $2), churn_rate($1, $2);
PREPARE churn_ranges AS SELECT churn_agg($1::daterange, $2), churn_agg($3::tstzrange, $4);
PREPARE churn_multiranges AS SELECT churn_agg($1::datemultirange, $2),
	churn_agg($3::tstzmultirange, $4);
PREPARE churn_lifetimes AS SELECT churn_agg($1, $2, $3), churn_agg($4::date, $5, $6);
PREPARE churn_readings AS SELECT churn_rate($1::churn_summary, $2), churn_lower($1, $3) < 0.1,
	net_churn_rate($4, $5);
PREPARE revenue AS SELECT mrr_end(revenue_agg($1, $2)), currency_of(revenue_agg($1, $2, $3)),
	currency_of(revenue_agg($1, $2, $4, $3));
PREPARE survival AS SELECT survival_agg($1, $2), survival_agg($3, $4, $5);
PREPARE survival_readings AS SELECT survival($1, $2), restricted_mean($1, $2), median_survival($1);
PREPARE days AS SELECT activity_agg($1::date);
PREPARE retention AS SELECT retention_agg($1, $2, $3), retention_agg($1, $2, $3, $4);
SELECT name, parameter_types FROM pg_prepared_statements ORDER BY name;
SET timezone = 'UTC';
EXECUTE churn_snapshots('true', 'f');
EXECUTE churn_ranges('[2025-01-01,2026-01-10)', '[2026-01-01,2026-02-01)', '[2025-01-01Z,)',
	'[2026-01-01Z,2026-02-01Z)');
EXECUTE churn_multiranges('{[2025-01-01,2026-01-10)}', '[2026-01-01,2026-02-01)', '{}',
	'[2026-01-01Z,2026-02-01Z)');
EXECUTE churn_lifetimes('2026-01-05', NULL, '[2026-01-01,2026-02-01)', '2026-01-05', '2026-01-09',
	'[2026-01-01,2026-02-01)');
EXECUTE churn_readings('{"kept": 9, "lost": 1}', 'net', '0.9', '500', '450');
EXECUTE revenue('9.5', '12', 'EUR', 'true');
EXECUTE survival('6', 'true', '2025-01-01', NULL, '2025-01-31');
EXECUTE survival_readings('{"events": {"6": 1, "7": 1}}', '6');
EXECUTE days('2025-01-31');
EXECUTE retention('{"days": ["2025-01-06", "2025-01-14"]}', 'week', '2025-01-26', 'on_or_after');
-- with their types said, as a driver that knows them does
PREPARE churn_typed (boolean, boolean) AS SELECT churn_rate($1, $2);
PREPARE revenue_typed (numeric, numeric, boolean) AS SELECT movement FROM
	movements((SELECT revenue_agg($1, $2, $3))) WHERE customers > 0;
PREPARE revenue_varchar (integer, bigint, varchar) AS SELECT currency_of(revenue_agg($1, $2, $3));
EXECUTE churn_typed('true', 'false');
EXECUTE revenue_typed('0', '5', 'true');
EXECUTE revenue_varchar('1', '5', 'NPR');
-- two parameters of churn could be snapshots, ranges or multiranges: one cast tells
PREPARE churn_unknown AS SELECT churn_agg($1, $2);
PREPARE churn_unknown AS SELECT churn_rate($1, $2);
DEALLOCATE ALL;
