-- The end of an adapter's install.sql. The standard relations that the system knows nothing of
-- become views without rows. All are compared with the standard: the same columns of the same types
-- in the same order. After them there may be keys of the system's own, which end in _key. Then it
-- commits.

-- The standard, as temporary tables.
SELECT set_config('adapter.path', current_setting('search_path'), true),
	   set_config('search_path', 'pg_temp, ' || current_setting('search_path'), true) \gset adapter_
\ir ../../examples/relations.sql
SELECT set_config('search_path', current_setting('adapter.path'), true) \gset adapter_

DO $$
DECLARE
	adapter text := current_setting('adapter.system');
	home text := current_setting('adapter.schema');
	wanted record;
	view regclass;
	mistake text;
	described record;
BEGIN
	FOR wanted IN
		SELECT c.oid, relname, pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
			   string_agg(format('NULL::%s AS %I', format_type(atttypid, atttypmod), attname), ', '
						  ORDER BY attnum) AS nulls
		FROM pg_catalog.pg_class AS c
		JOIN pg_catalog.pg_attribute ON attrelid = c.oid AND attnum > 0
		WHERE relnamespace = pg_catalog.pg_my_temp_schema()
		  AND relname = ANY ('{customer,response,ticket,ticket_status,reply,subscription,invoice,
							   event,calendar,skipped}')
		GROUP BY c.oid, relname
	LOOP
		view := pg_catalog.to_regclass(format('%I.%I', home, wanted.relname));
		IF view IS NULL THEN
			EXECUTE format('CREATE VIEW %I.%I AS SELECT %s WHERE false', home, wanted.relname,
				wanted.nulls);
			view := format('%I.%I', home, wanted.relname)::regclass;
			EXECUTE format('COMMENT ON VIEW %s IS %L', view,
				format('%s Empty: %s knows nothing of them.', wanted.comment, adapter));
		END IF;

		SELECT string_agg(coalesce(s.attname, v.attname), ', ') INTO mistake
		FROM (SELECT * FROM pg_catalog.pg_attribute WHERE attrelid = wanted.oid AND attnum > 0) AS s
		FULL JOIN (
			SELECT * FROM pg_catalog.pg_attribute
			WHERE attrelid = view AND attnum > 0 AND NOT attisdropped) AS v USING (attnum)
		WHERE CASE WHEN s.attname IS NULL THEN v.attname NOT LIKE '%\_key'
				   ELSE (v.attname, v.atttypid) IS DISTINCT FROM (s.attname, s.atttypid) END;
		IF mistake IS NOT NULL THEN
			RAISE 'the view "%" of the adapter for % differs from the standard: %', view, adapter,
				mistake USING ERRCODE = 'datatype_mismatch';
		END IF;

		IF pg_catalog.obj_description(view, 'pg_class') IS NULL THEN
			EXECUTE format('COMMENT ON %s %s IS %L',
				CASE WHEN (SELECT relkind FROM pg_catalog.pg_class WHERE oid = view) = 'v'
					 THEN 'VIEW' ELSE 'TABLE' END, view, wanted.comment);
		END IF;
		FOR described IN
			SELECT attname, pg_catalog.col_description(wanted.oid, attnum) AS comment
			FROM pg_catalog.pg_attribute
			WHERE attrelid = wanted.oid AND attnum > 0
			  AND pg_catalog.col_description(view, attnum) IS NULL
		LOOP
			EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', view, described.attname,
				described.comment);
		END LOOP;
	END LOOP;
END $$;

DROP TABLE pg_temp.customer, pg_temp.response, pg_temp.ticket, pg_temp.ticket_status, pg_temp.reply,
	pg_temp.subscription, pg_temp.invoice, pg_temp.event, pg_temp.calendar, pg_temp.skipped;

COMMIT;
