-- live rollups that a writer folds: now and then, where there is much to read
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm_live CASCADE;
RESET client_min_messages;

CREATE TABLE reply (k integer, score integer);
SELECT cxm_create_rollup('by_k', 'SELECT k, nps_agg(score) AS s FROM reply GROUP BY 1');
ALTER TABLE by_k_delta SET (autovacuum_enabled = false);
CREATE VIEW state AS SELECT count(*) FILTER (WHERE compacted_at IS NULL) AS deltas,
	count(*) FILTER (WHERE compacted_at IS NOT NULL) AS folded FROM by_k_delta;
CREATE VIEW wrong AS (TABLE by_k EXCEPT ALL SELECT k, s FROM by_k_source)
	UNION ALL (SELECT k, s FROM by_k_source EXCEPT ALL TABLE by_k);

-- what is small is left to whoever folds it
INSERT INTO reply SELECT n, n % 11 FROM generate_series(1, 1500) n;
TABLE state;
-- after a thousand deltas, on the average: after more at once, for sure
INSERT INTO reply SELECT n, n % 11 FROM generate_series(1, 8000) n;
TABLE state;
TABLE wrong;
DELETE FROM reply WHERE k > 100;
TABLE state;
TABLE wrong;
DELETE FROM reply;
-- too few at once to be sure of it
SELECT deltas = folded AS either FROM state;
TABLE wrong;
-- one row at a time: that it takes so long has a chance of one in twenty thousand
DO $$
BEGIN
	FOR i IN 1 .. 100000 LOOP
		INSERT INTO reply VALUES (i % 50, i % 11);
		IF i % 500 = 0 AND EXISTS (SELECT FROM state WHERE deltas < i AND folded = 50) THEN
			RETURN;
		END IF;
	END LOOP;
	RAISE 'not folded';
END $$;
TABLE wrong;

-- what is taken back has folded nothing
CALL cxm_compact_rollup('by_k');
INSERT INTO reply SELECT n, 5 FROM generate_series(1, 900) n;
BEGIN;
SAVEPOINT s;
INSERT INTO reply SELECT n, n % 11 FROM generate_series(1, 8000) n;
TABLE state;
ROLLBACK TO s;
SELECT deltas IN (0, 900) AS as_before FROM state;
TABLE wrong;
ROLLBACK;
-- under an earlier snapshot others may have written what it does not see
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO reply SELECT n, n % 11 FROM generate_series(1, 8000) n;
SELECT deltas >= 8000 AS left FROM state;
TABLE wrong;
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
DELETE FROM reply WHERE k > 7000;
SELECT deltas >= 9000 AS left FROM state;
COMMIT;
TABLE wrong;

-- who writes is told nothing of what is wrong with folding; who folds is
ALTER TABLE by_k_delta ADD CONSTRAINT unfolded CHECK (compacted_at IS NULL) NOT VALID;
INSERT INTO reply SELECT n, n % 11 FROM generate_series(1, 8000) n;
SELECT deltas >= 17000 AS left FROM state;
\set VERBOSITY terse
CALL cxm_compact_rollup('by_k');
\set VERBOSITY default
TABLE wrong;
ALTER TABLE by_k_delta DROP CONSTRAINT unfolded;
INSERT INTO reply SELECT n, n % 11 FROM generate_series(1, 15000) n;
TABLE state;
TABLE wrong;
SELECT problem FROM cxm_rollups;

-- as the owner, whoever writes; and rows that are not counted
CREATE ROLE live_rollup_folding_writer;
GRANT INSERT ON reply TO live_rollup_folding_writer;
SET ROLE live_rollup_folding_writer;
INSERT INTO reply SELECT n, n % 12 FROM generate_series(1, 8000) n;
RESET ROLE;
TABLE state;
SELECT skipped FROM cxm_rollups;

DROP VIEW state, wrong;
SELECT cxm_drop_rollup('by_k');

-- many groups, of which nobody has counted the rows yet: not with each statement, but some five times
SELECT cxm_create_rollup('by_k', 'SELECT k, nps_agg(score) AS s FROM reply GROUP BY 1', with_data => false);
DO $$ BEGIN
	FOR i IN 1 .. 60 LOOP
		INSERT INTO reply SELECT 1000 * i + n, 5 FROM generate_series(1, 1000) n;
	END LOOP;
END $$;
SELECT count(DISTINCT xmin::text) <= 25 AS few FROM by_k_delta WHERE compacted_at IS NOT NULL;
SELECT cxm_drop_rollup('by_k');
DROP TABLE reply;
DROP ROLE live_rollup_folding_writer;
