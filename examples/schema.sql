-- The standard relations, in the schema demo: what questions about customers need, whichever system
-- the rows are from. company.sql fills them with the demo company, load_csv.sql with your own
-- data; report.sql reads them, and nothing else. docs/relations.md says what each is for.
-- `DROP SCHEMA demo CASCADE` removes all.

CREATE SCHEMA demo;
SELECT set_config('search_path', 'demo, ' || current_setting('search_path'), false) AS path \gset

\ir relations.sql
