-- Takes the adapter for Formbricks away:
--
--     psql [-v schema=cx_formbricks] -f adapters/formbricks/drop.sql

\set system formbricks
\ir ../common/drop.sql
