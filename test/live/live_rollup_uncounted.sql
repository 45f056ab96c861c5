-- live rollups: rows that cannot be counted, and changes that do not get there, stop nobody
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm_live CASCADE;
RESET client_min_messages;
\set VERBOSITY terse
CREATE TABLE ticket (id integer, opened_at timestamptz, resolved_at timestamptz, k integer DEFAULT 1)
	PARTITION BY LIST (k);
CREATE TABLE ticket_1 PARTITION OF ticket FOR VALUES IN (1);
CREATE TABLE ticket_2 (k integer DEFAULT 2, gone text, resolved_at timestamptz, id integer, opened_at timestamptz);
ALTER TABLE ticket_2 DROP gone;
ALTER TABLE ticket ATTACH PARTITION ticket_2 FOR VALUES IN (2);
SELECT cxm_create_rollup('daily', $$
	SELECT (opened_at AT TIME ZONE 'UTC')::date AS day, ttr_agg(opened_at, resolved_at) AS s FROM ticket GROUP BY 1$$);

-- what plain SQL says of the rows that can be counted, and of the others, beside what the rollup says
CREATE VIEW plain AS SELECT (opened_at AT TIME ZONE 'UTC')::date AS day, count(*) AS rows, avg(resolved_at - opened_at) AS mean
	FROM ticket WHERE resolved_at >= opened_at GROUP BY 1;
CREATE FUNCTION state(OUT differences bigint, OUT skipped bigint, OUT bad bigint, OUT problem text) LANGUAGE sql AS $$
	SELECT (SELECT count(*) FROM ((TABLE plain EXCEPT SELECT day, resolved(s), mean_duration(s) FROM daily)
			UNION ALL (SELECT day, resolved(s), mean_duration(s) FROM daily EXCEPT TABLE plain)) t)
			+ (SELECT count(*) FROM cxm_verify_rollup('daily')),
		skipped, (SELECT count(*) FROM ticket WHERE resolved_at < opened_at), problem
	FROM cxm_rollups WHERE name = 'daily'
$$;
CREATE FUNCTION tickets(first integer, last integer, every integer) RETURNS SETOF ticket LANGUAGE sql AS $$
	SELECT n, at, at + CASE WHEN n % every = 0 THEN -1 ELSE 1 END * n * interval '1 second', 1 + n % 2
	FROM generate_series(first, last) n, LATERAL (SELECT timestamptz '2026-01-01Z' + n * interval '1 hour') t (at)
$$;

--
-- One row, a thousand with a bad one, and some
--
INSERT INTO ticket VALUES (0, '2026-01-02 10:05Z', '2026-01-02 10:00Z');
SELECT * FROM state();
INSERT INTO ticket SELECT * FROM tickets(1, 1000, 777);
SELECT count(*) FROM ticket;
SELECT * FROM state();
INSERT INTO ticket SELECT * FROM tickets(1001, 1100, 7);
SELECT * FROM state();
INSERT INTO ticket_2 (id, opened_at, resolved_at) VALUES (2000, '2026-02-02Z', '2026-02-03Z'), (2001, '2026-02-02Z', '2026-02-01Z');
COPY ticket FROM stdin;
3000	2026-03-02 00:00Z	2026-03-01 00:00Z	1
3001	2026-03-02 00:00Z	2026-03-03 00:00Z	1
3002	2026-03-02 00:00Z	2026-03-01 00:00Z	2
\.
SELECT * FROM state();

--
-- Changes of such rows, to what can be counted and back, and their end
--
UPDATE ticket SET resolved_at = opened_at WHERE id = 0;
SELECT * FROM state();
UPDATE ticket SET resolved_at = opened_at - interval '1 day' WHERE id BETWEEN 10 AND 20;
SELECT * FROM state();
UPDATE ticket SET opened_at = opened_at + interval '1 day', resolved_at = resolved_at + interval '1 day' WHERE id % 5 = 0;
UPDATE ticket SET k = 3 - k WHERE id BETWEEN 1 AND 50;
SELECT * FROM state();
DELETE FROM ticket WHERE id = 777;
DELETE FROM ticket WHERE id BETWEEN 10 AND 14;
SELECT * FROM state();
MERGE INTO ticket t USING tickets(15, 25, 2) n ON t.id = n.id
	WHEN MATCHED AND n.id < 20 THEN DELETE WHEN MATCHED THEN UPDATE SET resolved_at = n.resolved_at;
SELECT * FROM state();

--
-- Folding leaves one mark for each reason; rolling back none
--
SELECT count(*) > 5 AS several FROM cxm_internal.cxm_rollup_marks;
CALL cxm_compact_rollup('daily');
SELECT count(*) FROM cxm_internal.cxm_rollup_marks;
SELECT * FROM state();
BEGIN;
SAVEPOINT s;
INSERT INTO ticket SELECT * FROM tickets(4000, 4010, 2);
ROLLBACK TO s;
INSERT INTO ticket SELECT * FROM tickets(4000, 4010, 3);
CALL cxm_compact_rollup('daily');
SELECT * FROM state();
ROLLBACK;
SELECT * FROM state();
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO ticket SELECT * FROM tickets(4000, 4010, 3);
SELECT cxm_rebuild_rollup('daily');
SELECT * FROM state();
ROLLBACK;

--
-- TRUNCATE of a partition, with such rows; of all
--
BEGIN;
TRUNCATE ticket_2;
SELECT * FROM state();
TRUNCATE ticket;
SELECT * FROM state();
SELECT count(*) FROM cxm_internal.cxm_rollup_marks;
ROLLBACK;

--
-- Rebuilding and creating count again
--
SELECT cxm_rebuild_rollup('daily') > 0 AS rebuilt;
SELECT count(*) FROM cxm_internal.cxm_rollup_marks;
SELECT * FROM state();
SELECT cxm_drop_rollup('daily');
SELECT count(*) FROM cxm_internal.cxm_rollup_marks;
SELECT cxm_create_rollup('daily', $$
	SELECT (opened_at AT TIME ZONE 'UTC')::date AS day, ttr_agg(opened_at, resolved_at) AS s FROM ticket GROUP BY 1$$) > 0 AS created;
SELECT * FROM state();
DELETE FROM ticket WHERE resolved_at < opened_at;
SELECT * FROM state();
CALL cxm_compact_rollup('daily');
SELECT count(*) FROM cxm_internal.cxm_rollup_marks;

--
-- on_error: the statement fails, as it does wherever a rollup is made so
--
SELECT cxm_create_rollup('strict', 'SELECT k, ttr_agg(opened_at, resolved_at) AS s FROM ticket GROUP BY 1',
	on_error => 'stop');
SELECT cxm_create_rollup('strict', 'SELECT k, ttr_agg(opened_at, resolved_at) AS s FROM ticket GROUP BY 1',
	on_error => 'error');
INSERT INTO ticket VALUES (5000, '2026-01-02 10:05Z', '2026-01-02 10:00Z');
-- who may only write is not told what the rollup is of
\set VERBOSITY default
INSERT INTO ticket SELECT * FROM tickets(5000, 5010, 4);
DO $$ BEGIN INSERT INTO ticket VALUES (5000, '2026-01-02 10:05Z', '2026-01-02 10:00Z'); END $$;
\set VERBOSITY terse
CREATE TABLE ticket_3 PARTITION OF ticket FOR VALUES IN (3);
INSERT INTO ticket_3 (id, opened_at, resolved_at) VALUES (5000, '2026-01-02 10:05Z', '2026-01-02 10:00Z');
DROP TRIGGER public_strict_insert ON ticket_3;
SELECT cxm_rebuild_rollup('strict');
INSERT INTO ticket_3 (k, id, opened_at, resolved_at) VALUES (3, 5000, '2026-01-02 10:05Z', '2026-01-02 10:00Z');
SELECT * FROM state();
SELECT cxm_drop_rollup('strict');
INSERT INTO ticket VALUES (5000, '2026-01-02 10:05Z', '2026-01-02 10:00Z');
SELECT cxm_create_rollup('strict', 'SELECT k, ttr_agg(opened_at, resolved_at) AS s FROM ticket GROUP BY 1',
	on_error => 'error');

--
-- Reasons have no values in them; what the statement or the session has to answer goes on up
--
CREATE TABLE answer (k integer, score integer);
CREATE FUNCTION judged(score integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	CASE score
		WHEN 21 THEN RAISE EXCEPTION 'a secret: %', score;
		WHEN 22 THEN RAISE serialization_failure;
		WHEN 23 THEN RAISE deadlock_detected;
		WHEN 24 THEN RAISE out_of_memory;
		WHEN 25 THEN RAISE query_canceled;
		WHEN 26 THEN PERFORM pg_sleep(10);
		WHEN 27 THEN RAISE 'broken' USING ERRCODE = 'XX001';
		WHEN 28 THEN score := 1 / 0;
		WHEN 29 THEN score := length(repeat('x', score)::integer::text);
		ELSE NULL;
	END CASE;
	RETURN score;
END $$;
SELECT cxm_create_rollup('judgement', 'SELECT k, nps_agg(public.judged(score)) AS s FROM answer GROUP BY 1');
INSERT INTO answer VALUES (1, 11), (1, 12), (1, 9), (1, 21), (1, 28), (1, 29);
SELECT problem, skipped FROM cxm_rollups WHERE name = 'judgement';
INSERT INTO answer VALUES (1, 22);
INSERT INTO answer VALUES (1, 23), (1, 9);
INSERT INTO answer VALUES (1, 11), (1, 24);
INSERT INTO answer VALUES (1, 11), (1, 25);
SET statement_timeout = '100ms';
INSERT INTO answer VALUES (1, 26);
INSERT INTO answer VALUES (1, 11), (1, 26);
RESET statement_timeout;
INSERT INTO answer VALUES (1, 27);
SELECT k, responses(s) FROM judgement;
SELECT problem, skipped FROM cxm_rollups WHERE name = 'judgement';

--
-- Constraints that somebody puts on the deltas, and a mark that is made once
--
ALTER TABLE judgement_delta ALTER k SET NOT NULL;
INSERT INTO answer VALUES (4, 10);
SELECT count(*) FROM judgement;
INSERT INTO answer VALUES (NULL, 10);
INSERT INTO answer VALUES (NULL, 10), (4, 9);
SELECT reason, skipped FROM cxm_internal.cxm_rollup_marks WHERE skipped IS NULL;
SELECT * FROM judgement;
ALTER TABLE judgement_delta ALTER k DROP NOT NULL;
SELECT cxm_rebuild_rollup('judgement');
SELECT k, responses(s) FROM judgement ORDER BY 1;

--
-- Marks are the owner's alone, but for a superuser who restores them
--
CREATE ROLE cxm_marker;
SET ROLE cxm_marker;
INSERT INTO cxm_internal.cxm_rollup_marks VALUES ('public', 'judgement', 'for fun', NULL, now());
INSERT INTO cxm_internal.cxm_rollup_marks VALUES ('public', 'nothing', 'for fun', NULL, now());
INSERT INTO cxm_internal.cxm_rollup_marks DEFAULT VALUES;
INSERT INTO cxm_internal.cxm_rollup_marks VALUES ('public', NULL, 'for fun', NULL, now());
DELETE FROM cxm_internal.cxm_rollup_marks;
-- nor is what guards them of use elsewhere
CREATE TEMP TABLE marker (schema text, name text);
CREATE TRIGGER mine BEFORE INSERT OR UPDATE ON marker FOR EACH ROW EXECUTE FUNCTION cxm_internal.cxm_check_mark();
INSERT INTO marker VALUES ('public', 'judgement');
DROP TRIGGER mine ON marker;
CREATE TRIGGER mine AFTER INSERT ON marker EXECUTE FUNCTION cxm_internal.cxm_check_mark();
INSERT INTO marker DEFAULT VALUES;
DROP TABLE marker;
RESET ROLE;
-- what is told there need not be true, and adds up all the same
INSERT INTO cxm_internal.cxm_rollup_marks SELECT 'public', 'judgement', reason, 9223372036854775807, now()
	FROM (VALUES ('one'), ('one'), ('another')) t (reason);
SELECT skipped, problem FROM cxm_rollups WHERE name = 'judgement';
CALL cxm_compact_rollup('judgement');
SELECT reason, skipped FROM cxm_internal.cxm_rollup_marks WHERE name = 'judgement' ORDER BY 1;
INSERT INTO cxm_internal.cxm_rollup_marks VALUES ('public', 'judgement', 'restored', NULL, now());
\set VERBOSITY default
SELECT * FROM judgement;
-- what would be folded is not all, and may not even add up
CALL cxm_compact_rollup('judgement');
SELECT cxm_drop_rollup('judgement'), cxm_drop_rollup('daily');
SELECT count(*) FROM cxm_internal.cxm_rollup_marks;
DROP TABLE ticket CASCADE;
DROP TABLE answer;
DROP FUNCTION judged, state;
DROP ROLE cxm_marker;
