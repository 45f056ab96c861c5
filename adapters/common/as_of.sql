-- What the answers have in common, read by each of them with \ir: the schema that holds the
-- standard relations (psql -v schema=NAME, else demo), the moment that figures are of, and where a
-- day begins.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?schema}
\else
	\set schema demo
\endif
SELECT set_config('search_path', format('%I, %s', :'schema', current_setting('search_path')), false)
	AS path \gset

BEGIN;
SET LOCAL client_min_messages = warning;

CREATE OR REPLACE FUNCTION as_of() RETURNS timestamptz
STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('cx.as_of', true), '')::timestamptz, now());
COMMENT ON FUNCTION as_of() IS
	'the moment that the answers are of: now, or SET cx.as_of = ''2026-01-01 00:00Z''';

CREATE TABLE IF NOT EXISTS country_zone (country text PRIMARY KEY, zone text NOT NULL);
COMMENT ON TABLE country_zone IS
	'the time zone of the customers of a country, UTC where it is not there; edit it';
INSERT INTO country_zone VALUES
	('BD', 'Asia/Dhaka'), ('BT', 'Asia/Thimphu'), ('CH', 'Europe/Zurich'), ('DE', 'Europe/Berlin'),
	('ES', 'Europe/Madrid'), ('FR', 'Europe/Paris'), ('GB', 'Europe/London'), ('IN',
		'Asia/Kolkata'),
	('IT', 'Europe/Rome'), ('JP', 'Asia/Tokyo'), ('LK', 'Asia/Colombo'), ('NL', 'Europe/Amsterdam'),
	('NP', 'Asia/Kathmandu'), ('PK', 'Asia/Karachi'), ('SG', 'Asia/Singapore')
ON CONFLICT DO NOTHING;

-- An interval of years ends on 28 February where there is no 29th.
CREATE OR REPLACE FUNCTION next_anniversary(since date, today date) RETURNS date
IMMUTABLE PARALLEL SAFE
RETURN (
	SELECT min((since + years * interval '1 year')::date)
	FROM (SELECT (extract(year FROM today) - extract(year FROM since))::integer) AS gone (by)
	CROSS JOIN LATERAL (VALUES (by), (by + 1)) AS possible (years)
	WHERE years > 0 AND (since + years * interval '1 year')::date >= today);
COMMENT ON FUNCTION next_anniversary(date, date) IS
	'the next anniversary of a day, today included; of 29 February it may be the 28th';

COMMIT;
