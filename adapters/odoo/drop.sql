-- Takes the adapter for Odoo away:
--
--     psql [-v schema=cx_odoo] -f adapters/odoo/drop.sql

\set system odoo
\ir ../common/drop.sql
