-- Takes away what install.sql made:  psql [-v schema=cx_libredesk] -f adapters/libredesk/drop.sql

\set system libredesk
\ir ../common/drop.sql
