-- What the answers have in common, read by each of them with \ir: the schema that holds the standard
-- relations (psql -v schema=NAME, else demo), and the moment that the figures are of.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?schema}
\else
	\set schema demo
\endif
SELECT set_config('search_path', format('%I, %s', :'schema', current_setting('search_path')), false)
	AS path \gset

CREATE OR REPLACE FUNCTION :"schema".as_of() RETURNS timestamptz
STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('cx.as_of', true), '')::timestamptz, now());
COMMENT ON FUNCTION :"schema".as_of() IS
	'the moment that the answers are of: now, or SET cx.as_of = ''2026-01-01 00:00Z''';
