-- duration windows: every aggregate of durations over moving frames, against counting each frame anew
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET timezone = 'UTC';
SET intervalstyle = postgres;

\getenv tests PG_ABS_SRCDIR
\set random :tests '/random.psql'
\i :random

-- tickets of minutes and of months, some open, some after the moment of the figures, some only padding
CREATE TEMP TABLE ticket AS
	SELECT n, day, dense_rank() OVER (ORDER BY day) AS day_rank, opened_at, resolved_at,
		opened_at AT TIME ZONE 'UTC' AS opened, resolved_at AT TIME ZONE 'UTC' AS resolved,
		resolved_at - opened_at AS took,
		CASE WHEN n % 4 > 0 THEN ttr_agg(opened_at, resolved_at) OVER (PARTITION BY n / 3) END AS s
	FROM (SELECT n, n / 6 + pg_temp.random(n, 1, 3) AS day, opened_at,
			CASE WHEN pg_temp.random(n, 2, 4) > 0 THEN
				opened_at + exp(pg_temp.random(n, 3, 130) / 10.0) * interval '10 s' END AS resolved_at
		FROM (SELECT n, CASE WHEN n % 9 > 0 THEN timestamptz '2026-03-01' + n * interval '9 hours' END AS opened_at
			FROM generate_series(1, 120) n) o) t;
SELECT count(*), count(opened_at) AS opened, count(resolved_at) AS resolved, max(day_rank) AS days FROM ticket;

-- the bytes of a summary, or of an interval
CREATE FUNCTION pg_temp.bytes(s duration_summary) RETURNS bytea LANGUAGE sql RETURN duration_summary_send(s);
CREATE FUNCTION pg_temp.bytes(i interval) RETURNS bytea LANGUAGE sql RETURN interval_send(i);

CREATE FUNCTION pg_temp.check_frames(aggregate text) RETURNS TABLE (frames integer, figures bigint,
	nulls bigint, same boolean) LANGUAGE plpgsql AS $$
DECLARE
	frame text[];
	exclusion text[];
	these record;
BEGIN
	frames := 0; figures := 0; nulls := 0; same := true;
	-- mode, order, preceding, following
	FOREACH frame SLICE 1 IN ARRAY '{{ROWS, n, 15, 0}, {ROWS, n, 4, -2}, {RANGE, day, 2, 1},
		{GROUPS, day_rank, 2, 0}, {GROUPS, day_rank, -1, 2}}'::text[] LOOP
		FOREACH exclusion SLICE 1 IN ARRAY ARRAY[['NO OTHERS', 'true'], ['CURRENT ROW', 'f.n <> r.n'],
			['GROUP', 'f.%1$s <> r.%1$s'], ['TIES', 'f.%1$s <> r.%1$s OR f.n = r.n']] LOOP
			EXECUTE format('SELECT count(*) AS figures, count(*) FILTER (WHERE moving IS NULL) AS nulls,
				bool_and(pg_temp.bytes(moving) IS NOT DISTINCT FROM pg_temp.bytes((SELECT %1$s FROM ticket f
					WHERE f.%3$s BETWEEN r.%3$s - (%4$s) AND r.%3$s + (%5$s) AND (%7$s)))) AS same
				FROM (SELECT n, day, day_rank, %1$s OVER (ORDER BY %3$s %2$s BETWEEN %6$s EXCLUDE %8$s) AS moving
					FROM ticket) r', aggregate, frame[1], frame[2], frame[3], frame[4],
				CASE WHEN frame[3] LIKE '-%' THEN substr(frame[3], 2) || ' FOLLOWING' ELSE frame[3] || ' PRECEDING' END
				|| ' AND ' || CASE WHEN frame[4] LIKE '-%' THEN substr(frame[4], 2) || ' PRECEDING'
					ELSE frame[4] || ' FOLLOWING' END,
				format(exclusion[2], frame[2]), exclusion[1]) INTO these;
			frames := frames + 1;
			figures := figures + these.figures;
			nulls := nulls + these.nulls;
			same := same AND these.same;
		END LOOP;
	END LOOP;
	RETURN NEXT;
END
$$;

CREATE TEMP TABLE call AS
	SELECT row_number() OVER () AS id, call FROM unnest(ARRAY['duration_agg(took)', 'ttr_agg(opened_at, resolved_at)',
		'ttr_agg(opened, resolved)', 'ttr(opened_at, resolved_at)', 'ttr(opened, resolved)',
		'ttr_agg(opened_at, resolved_at, ''2026-04-01'')', 'ttr_agg(opened, resolved, ''2026-04-01'')',
		'ttr(opened_at, resolved_at, ''2026-04-01'')', 'ttr(opened, resolved, ''2026-04-01'')',
		'business_ttr_agg(''Mon-Fri 09:00-17:00 in Europe/Berlin'', opened_at, resolved_at)',
		'business_ttr(''Mon-Fri 09:00-17:00 in Europe/Berlin'', opened_at, resolved_at)',
		'business_ttr_agg(''Mon-Fri 09:00-17:00 in Europe/Berlin'', opened_at, resolved_at, ''2026-04-01'')',
		'business_ttr(''Mon-Fri 09:00-17:00 in Europe/Berlin'', opened_at, resolved_at, ''2026-04-01'')',
		'rollup(s)']) call;
-- these are all there are
SELECT count(*) FROM pg_aggregate WHERE aggtranstype = 'duration_summary'::regtype;
SELECT call, c.* FROM call, pg_temp.check_frames(call) c ORDER BY id;

-- a moving frame asks for each row twice, in and out, not for all of its rows each time
CREATE TEMP SEQUENCE asked;
CREATE FUNCTION pg_temp.count_calls(value timestamptz) RETURNS timestamptz STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM nextval('asked');
	RETURN value;
END
$$;
CREATE FUNCTION pg_temp.calls(aggregate text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM setval('asked', 1, false);
	EXECUTE format('SELECT count(figure) FROM (SELECT %s OVER (ORDER BY n ROWS 19 PRECEDING) AS figure
		FROM ticket) t', replace(aggregate, 'opened_at', 'pg_temp.count_calls(opened_at)'));
	RETURN nextval('asked') - 1;
END
$$;
SELECT DISTINCT pg_temp.calls(call) AS asked, 120 + 100 AS by_hand FROM call WHERE call LIKE '%opened_at%';
