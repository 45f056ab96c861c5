-- Takes away what install.sql made:  psql [-v schema=cx_chatwoot] -f adapters/chatwoot/drop.sql

\set system chatwoot
\ir ../common/drop.sql
