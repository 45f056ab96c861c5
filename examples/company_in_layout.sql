-- The demo company as a system would hold it, and the adapter over it: for demo.sql, and for the pages
-- of the adapters. What is known of the company is in the schema demo; the tables go into public.

SELECT set_config('search_path', 'public', false) AS path \gset
\set file ../adapters/ :adapter
\set file_of_layout :file /layout.sql
\ir :file_of_layout
\set file_of_company :file /company.sql
\ir :file_of_company
\set file_of_install :file /install.sql
\ir :file_of_install
