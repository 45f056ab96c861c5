-- Loads your own surveys into the tables of the demo, for its report:
--
--     psql -v data_dir=/path/to/your/files -f load_csv.sql
--     psql -f report.sql
--
-- The database has the extension already (CREATE EXTENSION cxm). All goes into the schema demo,
-- which must not be there yet (DROP SCHEMA demo CASCADE); when anything fails, nothing is loaded.
--
-- Both files are in UTF-8 (without a byte order mark), comma separated, and begin with a line that
-- names the columns, in this order. Empty means not known. Dates begin with the year: 01/02/2026
-- could be two days, and is an error.
--
-- responses.csv, a line for each survey that was sent:
--     customer_id   any text or number
--     survey        nps, csat or ces
--     stage         purchase, onboarding, service ... (stages of your own are fine)
--     channel       email, app, phone ...
--     sent_at       2025-12-31 18:30, or with an offset, 2025-12-31T18:30:00+05:45
--     answered_at   the same
--     score         nps 0 to 10, csat 1 to 5, ces 1 to 7 (7 = easy); empty: no answer
--
-- customers.csv, only if you have it:
--     id            as in responses.csv
--     segment
--     region
--     language
--     acquired_via  web, shop, partner ...
--     joined_on     2025-12-31
--
-- Times without an offset are in UTC; -v zone=Asia/Kathmandu (to report.sql, too) changes that.

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

CREATE TEMP TABLE response_csv (
	customer_id text NOT NULL,
	survey      text NOT NULL
		CONSTRAINT "survey is nps, csat or ces"
		CHECK (lower(trim(survey)) IN ('nps', 'csat', 'ces')),
	stage       text,
	channel     text,
	sent_at     timestamptz NOT NULL,
	answered_at timestamptz,
	score       text
);

CREATE TEMP TABLE customer_csv (
	id           text PRIMARY KEY,
	segment      text,
	region       text,
	language     text,
	acquired_via text,
	joined_on    date
);

-- \copy takes no variables. So each command is put together first, and then run by its name.
\set responses_csv :data_dir '/responses.csv'
\set options ' with (format csv, header match)'
\set copy_responses '\\copy response_csv from ' :'responses_csv' :options
:copy_responses

\set customers_csv :data_dir '/customers.csv'
\set have_customers `test -e :'customers_csv' && echo yes || echo no`
\if :have_customers
	\set copy_customers '\\copy customer_csv from ' :'customers_csv' :options
	:copy_customers
\endif

-- Who is in the responses only is a customer, too.
INSERT INTO customer_csv (id)
SELECT DISTINCT customer_id FROM response_csv
ON CONFLICT DO NOTHING;

CREATE TEMP TABLE customer_number AS
SELECT id AS customer_id, row_number() OVER (ORDER BY id COLLATE "C")::integer AS number
FROM customer_csv;

INSERT INTO customer (id, segment, region, language, acquired_via, joined_on)
SELECT number, coalesce(segment, 'unknown'), coalesce(region, 'unknown'),
	   coalesce(language, 'unknown'), coalesce(acquired_via, 'unknown'), joined_on
FROM customer_csv
JOIN customer_number ON customer_id = id;

-- A score that is no answer on its scale counts as not answered, and is told below.
CREATE TEMP TABLE cleaned AS
SELECT number AS customer_id, kind AS survey, stage, channel, sent_at, answered_at,
	   nullif(trim(score), '') AS score,
	   valid_answer(CASE WHEN trim(score) ~ '^[-+]?\d{1,9}(\.\d{1,9})?$'
						 THEN score::double precision END, scale) AS answer
FROM response_csv
JOIN customer_number USING (customer_id)
JOIN (VALUES ('nps', '0..10'), ('csat', '1..5'), ('ces', '1..7')) AS scales (kind, scale)
	ON kind = lower(trim(response_csv.survey));

INSERT INTO response (id, customer_id, survey, stage, channel, sent_at, answered_at, score)
SELECT row_number() OVER (ORDER BY sent_at, customer_id), customer_id, survey,
	   coalesce(stage, 'unknown'), coalesce(channel, 'unknown'), sent_at, answered_at, answer
FROM cleaned;

COMMIT;

ANALYZE customer, response;

SELECT format('%s surveys of %s customers loaded, %s of them answered.',
			  count(*), (SELECT count(*) FROM customer), count(answer)) AS loaded,
	   count(score) > count(answer) AS any_unusable,
	   format('%s of %s scores are not on their scale and count as not answered. Most often:',
			  count(score) - count(answer), count(score)) AS unusable
FROM cleaned \gset
\echo
\echo ' ' :loaded
\if :any_unusable
	SELECT string_agg(kind, ', ') AS unusable_scores
	FROM (
		SELECT format('%s %L (%s)', survey, left(score, 12), count(*)) AS kind
		FROM cleaned
		WHERE score IS NOT NULL AND answer IS NULL
		GROUP BY survey, score
		ORDER BY count(*) DESC, survey, score
		LIMIT 4
	) AS commonest \gset
	\echo ' ' :unusable
	\echo '   ' :unusable_scores
\endif
