-- Takes away what install.sql made:  psql [-v schema=cx_zammad] -f adapters/zammad/drop.sql

\set system zammad
\ir ../common/drop.sql
