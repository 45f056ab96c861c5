-- The demo: a company and its report.
--
--     psql -X -q -v ON_ERROR_STOP=1 [-v data_dir=DIR | -v adapter=SYSTEM] -f demo.sql
--
-- With data_dir, the report is of your own data: DIR/response.csv and, if you like, DIR/customer.csv,
-- DIR/ticket.csv and so on. load_csv.sql says what they look like.
--
-- With adapter, the company's rows are written as that system would hold them, and the report is of
-- what the adapter for it makes of them: the name of a folder in adapters/.

CREATE EXTENSION IF NOT EXISTS cxm;

\if :{?data_dir}
	\ir load_csv.sql
\else
	\ir company.sql
\endif
\if :{?adapter}
	\ir company_in_layout.sql
\endif
\ir report.sql
