-- Compares the temporary table "needed" with what is there, and stops with the names of what is
-- not.

DO $$
DECLARE
	source text := current_setting('adapter.source');
	missing text;
BEGIN
	WITH wanted AS (
		SELECT relation, name, pg_catalog.to_regclass(format('%I.%I', source, relation)) AS place
		FROM pg_temp.needed, regexp_split_to_table(trim(columns), '\s+') AS name
	)
	SELECT string_agg(what, ', ' ORDER BY what) INTO missing
	FROM (
		SELECT 'the table ' || relation AS what FROM wanted WHERE place IS NULL
		UNION
		SELECT format('the column %s.%s', relation, name) FROM wanted
		WHERE place IS NOT NULL AND NOT EXISTS (
			SELECT FROM pg_catalog.pg_attribute
			WHERE attrelid = place AND attname = name AND attnum > 0 AND NOT attisdropped)
	) AS missing;

	IF missing IS NOT NULL THEN
		RAISE 'the schema "%" lacks what the adapter for % reads: %', source,
			current_setting('adapter.system'), missing
			USING ERRCODE = 'undefined_column',
				DETAIL = format('The adapter was written for %s.',
								current_setting('adapter.product')),
				HINT = 'psql -v source=NAME names the schema that holds the tables of the system.';
	END IF;
END $$;
