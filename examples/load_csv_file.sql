-- A file of load_csv.sql: data_dir/relation.csv, if it is there, into the table relation_csv.

\set file :data_dir '/' :relation '.csv'
\set is_there `test -e :'file' -o :'relation' = response && echo yes || echo no`
\set header `test ! -e :'file' || head -n 1 :'file'`
SELECT coalesce(columns, '') AS columns, others IS NOT NULL AS has_others,
	   format('Passed over in %s.csv: %s', :'relation', others) AS passed_over
FROM pg_temp.stage(:'relation', :'header') \gset
\if :is_there
	-- \copy takes no variables. So the command is put together first, and then run by its name.
	\set copy_file '\\copy ' :relation '_csv ' :columns ' from ' :'file' ' with (format csv, header)'
	:copy_file
\endif
\if :has_others
	\echo ' ' :passed_over
\endif
