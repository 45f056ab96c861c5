-- Loads your own data into the standard relations of the demo, for its report:
--
--     psql -v data_dir=/path/to/your/files -f load_csv.sql
--     psql -f report.sql
--
-- The database has the extension already (CREATE EXTENSION cxm). All goes into the schema demo,
-- which must not be there yet (DROP SCHEMA demo CASCADE); when anything fails, nothing is loaded.
--
-- There is a file for each relation, named after it: response.csv, customer.csv, ticket.csv and so
-- on. Their columns have the names of docs/relations.md, in any order. What there is no file or no
-- column for is not known, and other columns are passed over. Files are in UTF-8, comma separated,
-- and begin with the line that names the columns. Empty means not known.
--
-- response.csv has to be there, with a line for each survey that was sent, and these columns:
--     metric       nps, csat or ces
--     asked_at     2025-12-31 18:30, or with an offset, 2025-12-31T18:30:00+05:45
--     answer       nps 0 to 10, csat 1 to 5, ces 1 to 7 (7 = easy); empty: no answer
-- A file of another relation needs the columns that schema.sql calls NOT NULL, but no tenant and no
-- ids of its own rows. Segments and tags are a word, or {several,"of them"}.
--
-- Dates begin with the year: 01/02/2026 could be two days, and is an error. Times without an offset
-- are in UTC; -v zone=Asia/Kathmandu (to report.sql, too) changes that.

\set ON_ERROR_STOP on
\set QUIET on
\encoding UTF8
\if :{?data_dir}
\else
	DO $$ BEGIN
		RAISE 'data_dir is not set' USING HINT = 'Run psql -v data_dir=DIR -f load_csv.sql.';
	END $$;
\endif
\if :{?zone}
\else
	\set zone UTC
\endif
SET TimeZone = :'zone';
SET DateStyle = 'ISO, YMD';

BEGIN;

\ir schema.sql

-- Makes the table relation_csv: the relation with lists and answers as text, and whatever else the
-- file has. Returns the columns of the file, and those that are something else.
CREATE FUNCTION pg_temp.stage(relation text, header text, OUT columns text, OUT others text)
LANGUAGE plpgsql AS $$
DECLARE
	staged text := relation || '_csv';
	known record;
	name text;
BEGIN
	EXECUTE format('CREATE TEMP TABLE %I AS TABLE %I WITH NO DATA', staged, relation);
	FOR known IN
		SELECT attname FROM pg_attribute
		WHERE attrelid = staged::regclass AND attnum > 0
		  AND (atttypid = 'text[]'::regtype OR attname = 'answer')
	LOOP
		EXECUTE format('ALTER TABLE %I ALTER %I TYPE text', staged, known.attname);
	END LOOP;
	FOR name IN
		SELECT lower(trim(both E' "\r\uFEFF' from part))
		FROM string_to_table(nullif(header, ''), ',') AS part
	LOOP
		columns := concat_ws(', ', columns, quote_ident(name));
		IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = relation::regclass
						 AND attnum > 0 AND attname = name) THEN
			others := concat_ws(', ', others, name);
			EXECUTE format('ALTER TABLE %I ADD %I text', staged, name);
		END IF;
	END LOOP;
	columns := '(' || columns || ')';
END $$;

\set relation customer
\ir load_csv_file.sql
\set relation response
\ir load_csv_file.sql
\set relation ticket
\ir load_csv_file.sql
\set relation ticket_status
\ir load_csv_file.sql
\set relation reply
\ir load_csv_file.sql
\set relation subscription
\ir load_csv_file.sql
\set relation invoice
\ir load_csv_file.sql
\set relation event
\ir load_csv_file.sql
\set relation calendar
\ir load_csv_file.sql

-- The scale of a metric goes without saying. An answer that is not on it counts as not given, and is
-- told below.
UPDATE response_csv
SET metric = lower(trim(metric)),
	scale = coalesce(scale, CASE lower(trim(metric))
						WHEN 'nps' THEN '0..10' WHEN 'csat' THEN '1..5' WHEN 'ces' THEN '1..7' END);

DO $$
DECLARE
	unknown text;
BEGIN
	SELECT metric INTO unknown FROM response_csv WHERE scale IS NULL LIMIT 1;
	IF found THEN
		RAISE 'a line of response.csv has the metric "%" and no scale', unknown
			USING HINT = 'The metrics nps, csat and ces do without a scale.';
	END IF;
END $$;

CREATE TEMP TABLE unusable AS
SELECT metric, trim(answer) AS answer
FROM response_csv
WHERE trim(answer) <> '' AND valid_answer(answer, scale) IS NULL;

UPDATE response_csv
SET answer = valid_answer(answer, scale),
	state = coalesce(state, CASE WHEN valid_answer(answer, scale) IS NULL THEN 'pending'
								 ELSE 'answered' END);

-- A file of one company needs no tenant. What nobody refers to has its line for an id.
DO $$
DECLARE
	relation text;
	columns text;
BEGIN
	FOREACH relation IN ARRAY '{customer,response,ticket,ticket_status,reply,subscription,invoice,
								event,calendar}'::text[]
	LOOP
		SELECT string_agg(CASE
				WHEN attname = 'tenant' THEN 'coalesce(tenant, ''main'')'
				WHEN attname = relation AND relation NOT IN ('customer', 'calendar')
					THEN format('coalesce(%I, ''line '' || 1 + row_number() OVER ())', attname)
				WHEN attname = 'answer' THEN 'answer::double precision'
				WHEN atttypid = 'text[]'::regtype
					THEN format('CASE WHEN %1$I LIKE ''{%%}'' THEN %1$I::text[]
									  WHEN %1$I IS NOT NULL THEN ARRAY[%1$I] END', attname)
				ELSE quote_ident(attname) END, ', ' ORDER BY attnum) INTO columns
		FROM pg_attribute
		WHERE attrelid = relation::regclass AND attnum > 0;
		EXECUTE format('INSERT INTO %I SELECT %s FROM %I', relation, columns, relation || '_csv');
	END LOOP;
END $$;

UPDATE ticket SET calendar = hours.calendar
FROM calendar AS hours
WHERE ticket.calendar IS NULL AND hours.tenant = ticket.tenant AND hours.scope = ticket.team;

WITH wrong AS (DELETE FROM ticket WHERE least(first_reply_at, resolved_at) < opened_at RETURNING 1)
INSERT INTO skipped
SELECT 'ticket', 'the reply or the end is before the opening', count(*) FROM wrong
HAVING count(*) > 0;

WITH wrong AS (DELETE FROM subscription WHERE ended_at < started_at RETURNING 1)
INSERT INTO skipped
SELECT 'subscription', 'the end is before the start', count(*) FROM wrong HAVING count(*) > 0;

INSERT INTO skipped
SELECT 'response', 'the answer is not on its scale: counted as not answered', count(*)
FROM unusable HAVING count(*) > 0;

\ir keys.sql

COMMIT;

SELECT format('%s surveys of %s customers loaded, %s of them answered.',
			  count(*), count(DISTINCT (tenant, customer)) FILTER (WHERE customer IS NOT NULL),
			  count(answer)) AS loaded,
	   (SELECT count(*) > 0 FROM unusable) AS any_unusable,
	   format('%s answers are not on their scale and count as not given. Most often:',
			  (SELECT count(*) FROM unusable)) AS unusable
FROM response \gset
\echo
\echo ' ' :loaded
\if :any_unusable
	SELECT string_agg(kind, ', ') AS unusable_answers
	FROM (
		SELECT format('%s %L (%s)', metric, left(answer, 12), count(*)) AS kind
		FROM unusable
		GROUP BY metric, answer
		ORDER BY count(*) DESC, metric, answer
		LIMIT 4
	) AS commonest \gset
	\echo ' ' :unusable
	\echo '   ' :unusable_answers
\endif
