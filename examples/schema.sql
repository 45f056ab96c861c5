-- The tables of the demo, in a schema of their own. company.sql fills them with the demo company,
-- load_csv.sql with your own data; report.sql reads them. `DROP SCHEMA demo CASCADE` removes all.

CREATE SCHEMA demo;
SELECT set_config('search_path', 'demo, ' || current_setting('search_path'), false) AS path \gset

CREATE TABLE customer (
	id           integer PRIMARY KEY,
	segment      text NOT NULL,
	region       text NOT NULL,
	language     text NOT NULL,
	acquired_via text NOT NULL,
	joined_on    date
);

-- A survey that was sent. Without an answer, score is NULL: a non-response, which counts too.
CREATE TABLE response (
	id           integer PRIMARY KEY,
	customer_id  integer NOT NULL REFERENCES customer,
	survey       text NOT NULL CHECK (survey IN ('nps', 'csat', 'ces')),
	stage        text NOT NULL,
	channel      text NOT NULL,
	sent_at      timestamptz NOT NULL,
	answered_at  timestamptz,
	score        smallint
);
