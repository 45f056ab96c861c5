-- live rollups: their triggers, deltas and definitions, made other than they were
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm_live CASCADE;
RESET client_min_messages;
\set SHOW_CONTEXT never
CREATE TABLE answer (k integer, score integer) PARTITION BY LIST (k);
CREATE TABLE answer_1 PARTITION OF answer FOR VALUES IN (1);
CREATE TABLE answer_2 PARTITION OF answer FOR VALUES IN (2);
SELECT cxm_create_rollup('kept', 'SELECT k, nps_agg(score) AS s FROM answer GROUP BY 1');
CREATE FUNCTION state(OUT counted bigint, OUT there bigint, OUT problem text) LANGUAGE sql AS $$
	SELECT (SELECT sum(row_count) FROM kept_delta), (SELECT count(*) FROM answer),
		(SELECT problem FROM cxm_rollups)
$$;

--
-- A trigger counts by what it is, and not by its name
--
ALTER TRIGGER public_kept_insert ON answer RENAME TO renamed;
ALTER TRIGGER public_kept_delete ON answer_1 RENAME TO public_kept_insert_too;
INSERT INTO answer VALUES (1, 10), (2, 9), (2, 3);
DELETE FROM answer WHERE score = 3;
DELETE FROM answer_1;
INSERT INTO answer_1 VALUES (1, 8);
SELECT * FROM state();
-- a second one counts nothing twice, whichever is first by name
CREATE TRIGGER a AFTER INSERT ON answer REFERENCING NEW TABLE AS cxm_new
	FOR EACH STATEMENT EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('public', 'kept');
CREATE TRIGGER z AFTER INSERT ON answer REFERENCING NEW TABLE AS cxm_new
	FOR EACH STATEMENT EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('public', 'kept');
INSERT INTO answer VALUES (1, 10);
INSERT INTO answer VALUES (1, 10), (2, 9);
SELECT * FROM state();
-- and takes over where the first is gone
ALTER TABLE answer DISABLE TRIGGER renamed;
INSERT INTO answer VALUES (1, 10);
SELECT * FROM state();
DROP TRIGGER renamed ON answer;
INSERT INTO answer VALUES (1, 10);
SELECT * FROM state();
-- who rebuilds has one of each again
CREATE OR REPLACE TRIGGER public_kept_update AFTER UPDATE ON answer REFERENCING NEW TABLE AS cxm_new
	FOR EACH STATEMENT EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('public', 'kept');
SELECT cxm_rebuild_rollup('kept');
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE 'public_kept%' OR length(tgname) = 1
ORDER BY tgrelid::regclass::text, tgname;
SELECT * FROM state();
-- a part that is dropped is told, whatever its triggers are called
ALTER TRIGGER public_kept_insert ON answer_2 RENAME TO renamed;
DROP TABLE answer_2;
SELECT * FROM state();
CREATE TABLE answer_2 PARTITION OF answer FOR VALUES IN (2);
SELECT cxm_rebuild_rollup('kept');

--
-- A trigger that was replaced by another counts nothing and stops nobody, and is told
--
CREATE PROCEDURE replace_trigger(events text, definition text) LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
	EXECUTE format('CREATE OR REPLACE TRIGGER public_kept_%s %s EXECUTE FUNCTION
		cxm_internal.cxm_maintain_rollup(''public'', ''kept'')', events, definition);
	INSERT INTO answer VALUES (1, 5);
	INSERT INTO answer VALUES (1, 5), (1, 6);
	UPDATE answer SET score = 7 WHERE score = 6;
	DELETE FROM answer WHERE score = 7;
	SELECT * INTO r FROM state();
	RAISE NOTICE '%', r;
	ROLLBACK;
END
$$;
CALL replace_trigger('insert', 'AFTER INSERT ON answer REFERENCING NEW TABLE AS cxm_new FOR EACH STATEMENT WHEN (false)');
CALL replace_trigger('insert', 'AFTER INSERT ON answer REFERENCING NEW TABLE AS other FOR EACH STATEMENT');
CALL replace_trigger('insert', 'AFTER INSERT ON answer FOR EACH STATEMENT');
CALL replace_trigger('insert', 'AFTER INSERT ON answer FOR EACH ROW');
CALL replace_trigger('insert', 'BEFORE INSERT ON answer FOR EACH STATEMENT');
CALL replace_trigger('insert', 'BEFORE INSERT OR UPDATE OR DELETE ON answer FOR EACH ROW');
CALL replace_trigger('update', 'AFTER UPDATE OF k ON answer FOR EACH STATEMENT');
CALL replace_trigger('update', 'AFTER UPDATE ON answer REFERENCING NEW TABLE AS cxm_old OLD TABLE AS cxm_new FOR EACH STATEMENT');
CALL replace_trigger('delete', 'AFTER INSERT ON answer REFERENCING NEW TABLE AS cxm_new FOR EACH STATEMENT');
CALL replace_trigger('truncate', 'AFTER TRUNCATE ON answer_1 FOR EACH STATEMENT');
ALTER TABLE answer ENABLE REPLICA TRIGGER a;
SELECT * FROM state();
SELECT cxm_rebuild_rollup('kept');
SELECT * FROM state();

-- and is told until somebody rebuilds, also where it was mended since
BEGIN;
CREATE OR REPLACE TRIGGER public_kept_insert AFTER INSERT ON answer_1 FOR EACH ROW
	EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('public', 'kept');
INSERT INTO answer_1 VALUES (1, 5);
CREATE OR REPLACE TRIGGER public_kept_insert AFTER INSERT ON answer_1 REFERENCING NEW TABLE AS cxm_new
	FOR EACH STATEMENT EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup('public', 'kept');
SELECT * FROM state();
SELECT cxm_rebuild_rollup('kept');
ALTER TABLE answer_1 DISABLE TRIGGER USER;
INSERT INTO answer_1 VALUES (1, 5);
ALTER TABLE answer_1 ENABLE TRIGGER USER;
SELECT * FROM state();
SELECT cxm_rebuild_rollup('kept');
SELECT * FROM state();
ROLLBACK;
-- so is a definition that was replaced by one that can be followed
BEGIN;
CREATE OR REPLACE VIEW kept_source AS SELECT k, nps_agg(score) AS s, count(*) AS row_count
	FROM answer WHERE score < 9 GROUP BY 1;
SELECT * FROM state();
SELECT cxm_rebuild_rollup('kept');
SELECT * FROM state();
ROLLBACK;

--
-- What is on the deltas
--
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
BEGIN;
CREATE TRIGGER swallowing BEFORE INSERT ON kept_delta FOR EACH ROW EXECUTE FUNCTION swallow();
INSERT INTO answer VALUES (1, 5);
SELECT * FROM state();
DROP TRIGGER swallowing ON kept_delta;
SELECT * FROM state();
SELECT cxm_rebuild_rollup('kept');
SELECT * FROM state();
CREATE RULE lost AS ON INSERT TO kept_delta DO INSTEAD NOTHING;
DROP RULE lost ON kept_delta;
SELECT * FROM state();
ROLLBACK;
-- a publication of all tables stops nobody; deltas of 1.0.0 have no identity
BEGIN;
SET LOCAL client_min_messages = error;
CREATE PUBLICATION everything FOR ALL TABLES;
SAVEPOINT s;
CALL cxm_compact_rollup('kept');
SELECT cxm_rebuild_rollup('kept');
TRUNCATE answer;
SELECT * FROM state();
ROLLBACK TO s;
ALTER TABLE kept_delta REPLICA IDENTITY DEFAULT;
SELECT * FROM state();
SELECT cxm_rebuild_rollup('kept');
ROLLBACK;
CREATE PROCEDURE with_deferred(command text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	RAISE NOTICE '%', (SELECT problem FROM state());
	BEGIN
		INSERT INTO answer VALUES (1, 5);
	EXCEPTION WHEN OTHERS THEN
		RAISE NOTICE '%', SQLERRM;
	END;
	PERFORM cxm_drop_rollup('kept');
	INSERT INTO answer VALUES (1, 5);
	ROLLBACK;
END
$$;
CALL with_deferred('CREATE CONSTRAINT TRIGGER later AFTER INSERT ON kept_delta
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION swallow()');
CALL with_deferred('CREATE TABLE known (k integer PRIMARY KEY); INSERT INTO known VALUES (1);
	ALTER TABLE kept_delta ADD CONSTRAINT is_known FOREIGN KEY (k) REFERENCES known DEFERRABLE INITIALLY DEFERRED');

--
-- Rights, definitions and names: an error that says the way out, and a way out
--
CREATE ROLE cxm_owner;
CREATE ROLE cxm_other;
CREATE SCHEMA bi AUTHORIZATION cxm_owner;
GRANT SELECT, TRIGGER ON answer, answer_1, answer_2 TO cxm_owner;
SET ROLE cxm_owner;
SELECT cxm_create_rollup('bi.r', 'SELECT k, nps_agg(score) AS s FROM answer GROUP BY 1');
CREATE PROCEDURE bi.mishap(command text) LANGUAGE plpgsql AS $$
DECLARE
	call text;
	message text;
	detail text;
	hint text;
BEGIN
	RESET ROLE;
	EXECUTE command;
	RAISE NOTICE '%', (SELECT problem FROM cxm_rollups WHERE name = 'r');
	FOREACH call IN ARRAY ARRAY['INSERT INTO answer VALUES (1, 5)', 'CALL cxm_compact_rollup(''bi.r'')',
		'SELECT cxm_rebuild_rollup(''bi.r'')', 'SELECT * FROM cxm_verify_rollup(''bi.r'')'] LOOP
		BEGIN
			IF call NOT LIKE 'INSERT%' THEN
				SET LOCAL ROLE cxm_owner;
			END IF;
			EXECUTE call;
			RAISE NOTICE '%', call;
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
				hint = PG_EXCEPTION_HINT;
			RAISE NOTICE E'%\n\t% | % | %', call, message, detail, hint;
		END;
		RESET ROLE;
	END LOOP;
	SET LOCAL ROLE cxm_owner;
	PERFORM cxm_drop_rollup('bi.r');
	RESET ROLE;
	INSERT INTO answer VALUES (1, 5);
	RAISE NOTICE 'left: %', (SELECT string_agg(oid::regclass::text, ' ' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'bi'::regnamespace AND relkind IN ('r', 'v'));
	ROLLBACK;
END
$$;
RESET ROLE;
CALL bi.mishap('ALTER TABLE bi.r_delta OWNER TO cxm_other');
CALL bi.mishap('ALTER VIEW bi.r_source OWNER TO cxm_other');
CALL bi.mishap('ALTER VIEW bi.r OWNER TO cxm_other');
CALL bi.mishap('REVOKE SELECT ON answer FROM cxm_owner');
CALL bi.mishap('REVOKE TRIGGER ON answer, answer_1, answer_2 FROM cxm_owner');
CALL bi.mishap('REVOKE ALL ON bi.r_delta FROM cxm_owner');
CALL bi.mishap('ALTER TABLE bi.r_delta RENAME added TO plus');
CALL bi.mishap('ALTER TABLE bi.r_delta RENAME row_count TO n');
CALL bi.mishap('CREATE OR REPLACE VIEW bi.r_source AS SELECT k, nps_agg(score) AS s,
	count(*) AS row_count FROM (TABLE answer) t GROUP BY 1');
CALL bi.mishap('CREATE OR REPLACE VIEW bi.r_source AS SELECT a.k, nps_agg(a.score) AS s,
	count(*) AS row_count FROM answer a, answer b GROUP BY 1');
CALL bi.mishap('ALTER VIEW bi.r RENAME TO elsewhere');
CALL bi.mishap('ALTER VIEW bi.r_source RENAME TO elsewhere');
CALL bi.mishap('ALTER TABLE bi.r_delta RENAME TO elsewhere');
CALL bi.mishap('DROP VIEW bi.r');
CALL bi.mishap('DROP VIEW bi.r_source');
CALL bi.mishap('DROP TABLE bi.r_delta CASCADE');
CALL bi.mishap('ALTER VIEW bi.r RENAME TO elsewhere; CREATE VIEW bi.mine AS TABLE bi.r_delta');
-- deltas that lack a column, and another table that inherits from them
CALL bi.mishap('ALTER TABLE bi.r_delta DROP COLUMN compacted_at CASCADE');
CALL bi.mishap('CREATE TABLE bi.heir () INHERITS (bi.r_delta)');

--
-- The view reads or says something else than was made: that is told, and it is made what it was
--
CREATE PROCEDURE bi.replaced(command text) LANGUAGE plpgsql AS $$
DECLARE
	call text;
	message text;
	detail text;
	hint text;
BEGIN
	INSERT INTO answer VALUES (1, 9), (2, 3);
	SET LOCAL ROLE cxm_owner;
	EXECUTE command;
	FOREACH call IN ARRAY ARRAY['SELECT * FROM cxm_verify_rollup(''bi.r'')',
		'SELECT cxm_rebuild_rollup(''bi.r'')', 'SELECT * FROM cxm_verify_rollup(''bi.r'')'] LOOP
		RAISE NOTICE '%', (SELECT problem FROM cxm_rollups WHERE name = 'r');
		BEGIN
			EXECUTE call;
			RAISE NOTICE '%', call;
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
				hint = PG_EXCEPTION_HINT;
			RAISE NOTICE E'%\n\t% | % | %', call, message, detail, hint;
		END;
	END LOOP;
	RAISE NOTICE 'right: %', (SELECT array_agg((k, responses(s)) ORDER BY k) FROM bi.r) =
		(SELECT array_agg((k, responses(s)) ORDER BY k) FROM bi.r_source);
	BEGIN
		PERFORM cxm_drop_rollup('bi.r');
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
			hint = PG_EXCEPTION_HINT;
		RAISE NOTICE E'% | % | %', message, detail, hint;
	END;
	RAISE NOTICE 'left: %', (SELECT string_agg(oid::regclass::text, ' ' ORDER BY relname) FROM pg_class
		WHERE relnamespace = 'bi'::regnamespace AND relkind IN ('r', 'v'));
	ROLLBACK;
END
$$;
-- the deltas have another name, and another table has theirs
CALL bi.replaced('ALTER TABLE bi.r_delta RENAME TO other; CREATE TABLE bi.r_delta (LIKE bi.other INCLUDING ALL)');
CALL bi.replaced('CREATE OR REPLACE VIEW bi.r AS SELECT k, nps_agg(score) AS s FROM answer WHERE score > 5
	GROUP BY k');
CALL bi.replaced('CREATE OR REPLACE VIEW bi.r AS SELECT k, rollup(added) AS s FROM bi.r_delta GROUP BY k');
CALL bi.replaced('ALTER VIEW bi.r RENAME TO whole; CREATE VIEW bi.r AS SELECT * FROM bi.whole WHERE k > 1');
CALL bi.replaced('CREATE OR REPLACE VIEW bi.r AS SELECT r.*, nps(s) FROM (SELECT k, rollup(added) AS s
	FROM bi.r_delta GROUP BY k) r');
CALL bi.replaced('DROP VIEW bi.r; CREATE TABLE bi.r AS SELECT k, s FROM bi.r_source');
-- one that 1.0.0 has made does not ask for marks, and is no problem
CALL bi.replaced('CREATE OR REPLACE VIEW bi.r AS SELECT k, CASE WHEN rollup(removed) IS NULL THEN rollup(added)
	WHEN rollup(added) = rollup(removed) THEN NULL ELSE rollup(added) - rollup(removed) END AS s
	FROM bi.r_delta GROUP BY k HAVING sum(row_count) <> 0');
-- names are no matter
CALL bi.replaced('ALTER VIEW bi.r RENAME s TO summary; ALTER VIEW bi.r RENAME summary TO s');
DROP PROCEDURE bi.replaced;

--
-- A drop of what a rollup is made of takes the triggers along: nobody gets an error for it
--
\set VERBOSITY terse
CREATE PROCEDURE gone(command text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	INSERT INTO answer (score) SELECT 5 WHERE false;
	INSERT INTO answer VALUES (1), (2);
	RAISE NOTICE 'triggers: %, view: %, rollups: %', (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'bi%'),
		to_regclass('bi.r'), (SELECT string_agg(name, ' ' ORDER BY name) FROM cxm_rollups);
	ROLLBACK;
END
$$;
DROP VIEW bi.r_source;
CALL gone('DROP VIEW bi.r_source CASCADE');
CALL gone('DROP TABLE bi.r_delta CASCADE');
CALL gone('ALTER TABLE answer DROP score CASCADE; ALTER TABLE answer ADD score integer');
CALL gone('DROP SCHEMA bi CASCADE');
CALL gone('DROP OWNED BY cxm_owner');
CALL gone('SET client_min_messages = error; SET ROLE cxm_owner; DROP OWNED BY cxm_owner; RESET ROLE;
	RESET client_min_messages');
CALL gone('CREATE OR REPLACE TRIGGER bi_r_insert BEFORE INSERT ON answer FOR EACH ROW
	EXECUTE FUNCTION cxm_internal.cxm_maintain_rollup(''bi'', ''r''); DROP SCHEMA bi CASCADE');
-- as long as all is there, others of such names say nothing
CALL gone('ALTER TABLE answer ADD x_source integer; CREATE VIEW r_source AS SELECT 1; DROP VIEW r_source');
CALL gone('CREATE TEMP TABLE r_delta (); DROP TABLE r_delta');
-- of triggers there may be many: their tables are locked, and not each of them
BEGIN;
COMMENT ON TRIGGER bi_r_insert ON answer IS 'goes, too';
SELECT cxm_drop_rollup('bi.r');
SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND classid = 'pg_trigger'::regclass
	AND mode = 'AccessExclusiveLock';
SELECT count(*) FROM pg_depend WHERE classid = 'pg_trigger'::regclass
	AND objid NOT IN (SELECT oid FROM pg_trigger);
SELECT count(*) FROM pg_description WHERE classoid = 'pg_trigger'::regclass;
ROLLBACK;
-- names that are quoted
CREATE SCHEMA "O'B";
SELECT cxm_create_rollup('"O''B"."a ""b"', 'SELECT k, nps_agg(score) AS s FROM answer GROUP BY 1');
CALL gone('DROP VIEW "O''B"."a ""b_source" CASCADE');
SELECT cxm_drop_rollup('"O''B"."a ""b"');
DROP SCHEMA "O'B";

SELECT cxm_drop_rollup('bi.r'), cxm_drop_rollup('kept');
DROP PROCEDURE gone, replace_trigger, with_deferred, bi.mishap;
DROP FUNCTION state, swallow;
DROP TABLE answer;
DROP SCHEMA bi;
DROP ROLE cxm_owner, cxm_other;

--
-- A job drops what is too old: what is detached first is in no figure any more
--
CREATE SCHEMA jobs;
CREATE TABLE jobs.reply (day date, channel text, score integer) PARTITION BY RANGE (day);
CREATE TABLE jobs.reply_1 PARTITION OF jobs.reply FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')
	PARTITION BY LIST (channel);
CREATE TABLE jobs.reply_1_app PARTITION OF jobs.reply_1 FOR VALUES IN ('app');
CREATE TABLE jobs.reply_1_web PARTITION OF jobs.reply_1 FOR VALUES IN ('web');
CREATE TABLE jobs.reply_2 PARTITION OF jobs.reply FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
SELECT cxm_create_rollup('jobs.by_channel', 'SELECT channel, nps_agg(score) AS s FROM jobs.reply GROUP BY 1'),
	cxm_create_rollup('jobs.by_day', 'SELECT day, nps_agg(score) AS s FROM jobs.reply WHERE score <> 5 GROUP BY 1');
INSERT INTO jobs.reply VALUES ('2026-01-05', 'app', 10), ('2026-01-06', 'app', 3), ('2026-01-07', 'web', 5),
	('2026-02-05', 'app', 9), ('2026-01-05', 'app', 11), ('2026-02-05', 'app', 11);
CREATE FUNCTION jobs.state(OUT channel text, OUT responses bigint, OUT days text, OUT skipped text, OUT problems text)
RETURNS SETOF record LANGUAGE sql AS $$
	SELECT channel, responses(s), (SELECT string_agg(to_char(day, 'MM-DD'), ' ' ORDER BY day) FROM jobs.by_day),
		(SELECT string_agg(skipped::text, ' ') FROM cxm_rollups WHERE name LIKE 'by%'),
		(SELECT string_agg(problem, E'\n') FROM cxm_rollups WHERE schema = 'jobs' AND skipped = 0)
	FROM jobs.by_channel ORDER BY channel
$$;
SELECT * FROM jobs.state();
SELECT cxm_detach_partition('jobs.by_channel', 'jobs.reply');
CREATE TABLE jobs.other (k integer, score integer);
SELECT cxm_create_rollup('jobs.of_other', 'SELECT k, nps_agg(score) AS s FROM jobs.other GROUP BY 1');
SELECT cxm_detach_partition('jobs.of_other', 'jobs.reply_1');
SELECT cxm_detach_partition('jobs.nothing', 'jobs.reply_1');
GRANT USAGE ON SCHEMA jobs TO pg_monitor;
SET ROLE pg_monitor;
SELECT cxm_detach_partition('jobs.by_channel', 'jobs.reply_1');
RESET ROLE;
-- one below another, and of all rollups
BEGIN;
SELECT cxm_detach_partition('jobs.by_day', 'jobs.reply_1_app');
SELECT * FROM jobs.state();
INSERT INTO jobs.reply_1_app VALUES ('2026-01-05', 'app', 1);
SELECT * FROM jobs.state();
ROLLBACK;
SELECT cxm_detach_partition('jobs.by_channel', 'jobs.reply_1');
SELECT * FROM jobs.state();
DROP TABLE jobs.reply_1;
SELECT * FROM jobs.state();
SELECT * FROM cxm_verify_rollup('jobs.by_channel') UNION ALL SELECT * FROM cxm_verify_rollup('jobs.by_day');
SELECT cxm_detach_partition('jobs.by_channel', 'jobs.reply_2');
SELECT name, deltas, skipped, problem FROM cxm_rollups WHERE schema = 'jobs' ORDER BY name;
SELECT count(*) FROM jobs.by_day;
-- and what is dropped otherwise is not served
CREATE TABLE jobs.reply_3 PARTITION OF jobs.reply FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
INSERT INTO jobs.reply VALUES ('2026-03-05', 'app', 10);
DROP TABLE jobs.reply_3;
SELECT * FROM jobs.by_day;
SELECT cxm_rebuild_rollup('jobs.by_day');
SELECT * FROM jobs.by_day;
-- one that is made a part while it has no rows is followed; with rows, when all is counted anew
CREATE TABLE jobs.reply_4 (LIKE jobs.reply);
ALTER TABLE jobs.reply ATTACH PARTITION jobs.reply_4 FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
INSERT INTO jobs.reply_4 VALUES ('2026-04-05', 'app', 10);
SELECT day - date '2026-01-01' AS day, responses(s) FROM jobs.by_day ORDER BY 1;
CREATE TABLE jobs.reply_5 AS SELECT date '2026-05-05' AS day, 'app' AS channel, 10 AS score;
ALTER TABLE jobs.reply ATTACH PARTITION jobs.reply_5 FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
SELECT day - date '2026-01-01' AS day, responses(s) FROM jobs.by_day ORDER BY 1;
SELECT cxm_rebuild_rollup('jobs.by_day');
SELECT day - date '2026-01-01' AS day, responses(s) FROM jobs.by_day ORDER BY 1;
SET client_min_messages = error;
DROP SCHEMA jobs CASCADE;
RESET client_min_messages;
SELECT count(*) FROM cxm_internal.cxm_rollup_marks;
