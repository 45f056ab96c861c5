-- Takes the adapter for Lago away:
--
--     psql [-v schema=cx_lago] -f adapters/lago/drop.sql

\set system lago
\ir ../common/drop.sql
