-- The demo: a company and its report.
--
--     psql -X -q -v ON_ERROR_STOP=1 [-v data_dir=DIR] -f demo.sql
--
-- With data_dir, the report is of your own data: DIR/responses.csv and, if you like,
-- DIR/customers.csv. load_csv.sql says what they look like.

CREATE EXTENSION IF NOT EXISTS cxm;

\if :{?data_dir}
	\ir load_csv.sql
\else
	\ir company.sql
\endif
\ir report.sql
