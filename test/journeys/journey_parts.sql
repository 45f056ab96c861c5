-- journey_parts: sessions of a journey, and its ways from one stage to another
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
\pset format unaligned
\pset tuples_only on
\getenv tests PG_ABS_SRCDIR
\set refusal :tests '/refusal.psql'
\i :refusal

--
-- Cases from the field
--
-- waits for a reply: 10, 5 and 60 minutes, 25 on average, two of three within 15, and one unanswered
CREATE TEMP TABLE message (conversation integer, at timestamptz, sender text);
INSERT INTO message VALUES (1, '2026-01-01 10:00Z', 'customer'), (1, '2026-01-01 10:04Z', 'customer'), (1, '2026-01-01 10:10Z', 'agent'), (1, '2026-01-01 10:20Z', 'customer'), (1, '2026-01-01 10:25Z', 'agent'), (1, '2026-01-01 10:26Z', 'agent'),
	(2, '2026-01-01 11:00Z', 'customer'), (2, '2026-01-01 12:00Z', 'agent'), (2, '2026-01-01 13:00Z', 'customer');
SELECT conversation, d FROM (SELECT conversation, journey_agg(at, sender) AS j FROM message GROUP BY 1) t, durations_between(j, 'customer', 'agent') d ORDER BY 1, 2;
SELECT resolved(s), unresolved(s), mean_duration(s), within(s, '15 minutes')
FROM (SELECT duration_agg(d) AS s FROM (SELECT journey_agg(at, sender) AS j FROM message GROUP BY conversation) t, durations_between(j, 'customer', 'agent') d) t;
-- a at 0, b at 5, a at 10, b at 30: 5 and 20 seconds
SELECT durations_between(journey_agg(timestamptz '2026-01-01Z' + t * interval '1 s', what), 'a', 'b') FROM (VALUES (0, 'a'), (5, 'b'), (10, 'a'), (30, 'b')) v (t, what);
-- an earlier purchase: the way from cart to pay
SELECT stage_path(journey_between(j, 'cart', 'pay')), entered(j, 'pay', entered(j, 'cart')) - first_at(j) AS paid, last_entered(j, 'pay') - first_at(j) AS last_paid
FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + n * interval '1 min', page) AS j FROM unnest('{pay,cart,help,pay}'::text[]) WITH ORDINALITY v (page, n)) t;
-- two sessions, and no way from b to c
SELECT from_stage, to_stage, transitions FROM flows((SELECT flow_agg(s) FROM (SELECT journey_agg(at, page) AS j
	FROM (VALUES (timestamptz '2026-01-01 10:00Z', 'a'), ('2026-01-01 10:10Z', 'b'), ('2026-01-01 11:00Z', 'c'), ('2026-01-01 11:05Z', 'a')) v (at, page)) t, sessions(j, '30 min') s))
	ORDER BY from_stage COLLATE "C", to_stage COLLATE "C";
-- opened Friday 16:00, solved Monday 10:00: two business hours
SELECT durations_between(j, 'open', 'solved'), durations_between(j, 'open', 'solved', 'Mon-Fri 09:00-17:00 in UTC')
FROM (SELECT journey_agg(at, what) AS j FROM (VALUES (timestamptz '2026-01-30 16:00Z', 'open'), ('2026-02-02 10:00Z', 'solved')) v (at, what)) t;

--
-- Edges
--
CREATE TEMP TABLE hand AS
	SELECT journey_agg(timestamptz '2026-01-01Z' + (n - 1) * interval '1 hour', what) AS j FROM unnest('{x,a,a,x,b,b,a,x,b,a}'::text[]) WITH ORDINALITY v (what, n);
-- from a stage to itself the next way begins where the one before ends
SELECT (SELECT array_agg(d) FROM durations_between(j, 'a', 'b') d) AS a_b, (SELECT array_agg(d) FROM durations_between(j, 'a', 'a') d) AS a_a,
	(SELECT array_agg(d) FROM durations_between(j, 'c', 'b') d) AS c_b, (SELECT array_agg(d) FROM durations_between(j, 'b', 'c') d) AS b_c FROM hand;
SELECT stage_path(journey_between(j, 'a', 'b')), stage_path(journey_between(j, 'a', 'a')), stage_path(journey_between(j, 'b', 'x')),
	journey_between(j, 'a', 'c') IS NULL AS none, journey_between(j, 'c', 'a') IS NULL AS none FROM hand;
SELECT entered(j, 'a', '2026-01-01 01:00Z') - '2026-01-01Z' AS later_than, entered(j, 'a', '-infinity') = entered(j, 'a') AS first, entered(j, 'a', 'infinity') IS NULL AS never,
	entered(j, 'c', '2026-01-01Z') IS NULL AS none, last_entered(j, 'a') = last_at(j) AS last, last_entered(j, 'c') IS NULL AS none,
	last_entered(collapse(j), 'b') - '2026-01-01Z' AS eight FROM hand;
-- an event at the same instant as the end, and behind it, is no part of the way
SELECT stage_path(journey_between(j, 'a', 'b')), stage_path(journey_between(j, 'b', 'c')) FROM (SELECT journey_agg(at, stage::journey_stage) AS j
	FROM (VALUES (timestamptz '2026-01-01Z', '100:a'), ('2026-01-02Z', '200:b'), ('2026-01-02Z', '300:c'), ('2026-01-01Z', '50:z')) v (at, stage)) t;
-- as far apart as the gap is not too far; without any gap, events at one instant are together
SELECT gap, (SELECT string_agg(stage_path(s, ''), ' ') FROM sessions(j, gap) s) FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + m * interval '1 min', what) AS j
	FROM (VALUES (0, 'a'), (0, 'b'), (30, 'c'), (60.5, 'd'), (61, 'e')) v (m, what)) t, unnest('{0, 30 min, 30:29, 30:30, 30:31, 1 day}'::interval[]) gap;
SELECT count(*) FROM sessions('{"events": []}', '1 hour');
SELECT count(*) FROM sessions(NULL, '1 hour');
SELECT count(*) FROM durations_between('{"events": []}', 'a', 'b');
SELECT pg_temp.refusal('SELECT ' || call || ' FROM hand') FROM unnest(ARRAY[
	$$sessions(j, '1 month')$$, $$sessions(j, '-1 s')$$, $$entered(j, 'a', date '2026-01-01')$$,
	$$durations_between(j, 'a', 'b', 'rubbish')$$, $$durations_between('{"events": [{"at": "4000-01-01T00:00:00Z BC", "stage": "a"}, {"at": "294000-01-01T00:00:00Z", "stage": "b"}]}', 'a', 'b')$$]) call;

--
-- Laws, over random journeys of some stages and of many
--
CREATE TEMP TABLE journey AS
	SELECT n % 150 AS customer, journey_agg(timestamptz '2026-01-01Z' + abs(hashint8extended(n, 1)) % 1000 * interval '7 min',
		CASE n % 3 WHEN 0 THEN 'page ' || abs(hashint8extended(n, 2)) % 500 ELSE chr(97 + (abs(hashint8extended(n, 3)) % 4)::int) END) AS j
	FROM generate_series(1, 6000) n GROUP BY 1;
CREATE TEMP TABLE asked AS SELECT customer, j, gap FROM journey, unnest('{0, 7 min, 1 hour, 3 hours, 5 days}'::interval[]) gap;
CREATE TEMP TABLE session AS SELECT customer, gap, n, s FROM asked, sessions(j, gap) WITH ORDINALITY s (s, n);
-- sessions add up to the journey, are further apart than the gap, and have none within
SELECT count(*), count(*) FILTER (WHERE (SELECT sum(s) FROM session WHERE session.customer = asked.customer AND session.gap = asked.gap) = j) AS equal FROM asked;
SELECT count(*) > 10000 AS many, count(*) FILTER (WHERE first_at(s) - before <= gap) AS too_near FROM (SELECT *, lag(last_at(s)) OVER (PARTITION BY customer, gap ORDER BY n) AS before FROM session) t;
SELECT count(*) FILTER (WHERE at - before > gap) AS too_far FROM (SELECT customer, gap, n, e.at, lag(e.at) OVER (PARTITION BY customer, gap, n ORDER BY e.at) AS before FROM session, events(s) e) t;
-- a session is the slice of the journey
SELECT count(*) FILTER (WHERE s <> journey_slice(j, first_at(s), last_at(s) + interval '1 us')) AS unequal FROM session JOIN journey USING (customer);
-- ways, as plain SQL walks them
CREATE FUNCTION pg_temp.ways(j customer_journey, from_stage text, to_stage text) RETURNS interval[] LANGUAGE plpgsql AS $$
DECLARE
	since timestamptz;
	found interval[] := '{}';
	e record;
BEGIN
	FOR e IN SELECT at, stage_label(stage) AS label FROM events(j) LOOP
		IF since IS NOT NULL AND e.label = to_stage THEN
			found := found || (e.at - since);
			since := NULL;
		END IF;
		IF since IS NULL AND e.label = from_stage THEN
			since := e.at;
		END IF;
	END LOOP;
	RETURN CASE WHEN since IS NULL THEN found ELSE found || NULL::interval END;
END $$;
SELECT count(*), count(*) FILTER (WHERE took = pg_temp.ways(j, f, t)) AS equal, count(*) FILTER (WHERE took[cardinality(took)] IS NULL) > 100 AS some_open
FROM journey, unnest('{a,b,c}'::text[]) f, unnest('{a,b,d}'::text[]) t, LATERAL (SELECT coalesce(array_agg(d ORDER BY n), '{}') AS took FROM durations_between(j, f, t) WITH ORDINALITY d (d, n)) x;
-- the first of them is journey_between, which begins and ends as it says
SELECT count(*) > 500 AS many, count(*) FILTER (WHERE last_at(b) - first_at(b) <> took[1] OR (stages(b))[1] <> f OR current_stage(b) <> t
	OR f <> t AND entered(b, t, first_at(b)) <> last_at(b)) AS wrong
FROM journey, unnest('{a,b,c}'::text[]) f, unnest('{a,b,d}'::text[]) t, LATERAL (SELECT journey_between(j, f, t) AS b, pg_temp.ways(j, f, t) AS took) x WHERE b IS NOT NULL;
-- by a calendar that is always open nothing changes
SELECT count(*) FILTER (WHERE plain IS DISTINCT FROM business) AS unequal FROM journey, LATERAL (SELECT array_agg(d) AS plain FROM durations_between(j, 'a', 'b') d) p,
	LATERAL (SELECT array_agg(d) AS business FROM durations_between(j, 'a', 'b', 'Mon-Sun 00:00-24:00 in Asia/Kolkata') d) b;
SELECT count(*) FILTER (WHERE last_entered(j, l) IS DISTINCT FROM (SELECT max(at) FROM events(j) WHERE stage_label(stage) = l)
	OR entered(j, l, '2026-01-03Z') IS DISTINCT FROM (SELECT min(at) FROM events(j) WHERE stage_label(stage) = l AND at > '2026-01-03Z')) AS unequal
FROM journey, unnest('{a,b,page 7}'::text[]) l;
-- a case from the field: 5 and 20 seconds
SELECT durations_between(j, 'a', 'b') FROM (SELECT journey_agg(timestamptz '2026-01-01Z' + t * interval '1 s', what) AS j
	FROM (VALUES (0, 'a'), (5, 'b'), (10, 'a'), (30, 'b')) v (t, what)) t;
