-- What cxm, and cxm_live where it is installed, consist of, in words that do not depend on numbers or
-- on their schema: two databases have the same when pg_temp.definitions() gives the same lines in both.
CREATE FUNCTION pg_temp.definitions() RETURNS TABLE (line text) LANGUAGE plpgsql AS $$
DECLARE
	schema text := (SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
		WHERE extname = 'cxm');
BEGIN
	-- what is visible is named without its schema
	PERFORM set_config('search_path', quote_ident(schema), true);
	RETURN QUERY
	WITH member AS (
		SELECT classid, objid, pg_describe_object(classid, objid, 0) AS name
		FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
			AND refobjid IN (SELECT oid FROM pg_extension WHERE extname IN ('cxm', 'cxm_live'))
			-- the array of a type, and the row type of a view, whose columns are listed as its
			-- own, are members by themselves in some versions of PostgreSQL
			AND NOT (classid = 'pg_type'::regclass
				AND objid IN (SELECT typarray FROM pg_type WHERE typarray <> 0
					UNION SELECT reltype FROM pg_class WHERE relkind = 'v'))
	), extension (name, definition) AS (
		SELECT name, 'comment: ' || coalesce(obj_description(objid, c.relname), 'none')
			FROM member JOIN pg_class c ON c.oid = classid
		UNION ALL
		SELECT name, regexp_replace(replace(pg_get_functiondef(objid), quote_ident(schema) || '.', ''),
				'\s+', ' ', 'g')
			FROM member JOIN pg_proc p ON p.oid = objid
			WHERE classid = 'pg_proc'::regclass AND prokind <> 'a'
		UNION ALL
		SELECT name, concat_ws(' ', 'owner', proowner::regrole, 'rights', proacl::text,
				'leakproof', proleakproof, 'parallel', proparallel, 'rows', prorows,
				'cost', procost, 'result', prorettype::regtype, 'names', proargnames::text,
				'symbol', prosrc)
			FROM member JOIN pg_proc p ON p.oid = objid WHERE classid = 'pg_proc'::regclass
		UNION ALL
		SELECT name, concat_ws(' ', aggkind::text, aggnumdirectargs, aggtransfn::regprocedure,
				aggfinalfn::regprocedure, aggcombinefn::regprocedure, aggserialfn::regprocedure,
				aggdeserialfn::regprocedure, 'moving', aggmtransfn::regprocedure,
				aggminvtransfn::regprocedure, aggmfinalfn::regprocedure, aggfinalextra,
				aggmfinalextra, aggfinalmodify::text, aggmfinalmodify::text,
				'state', aggtranstype::regtype, aggtransspace, agginitval,
				'moving state', aggmtranstype::regtype, aggmtransspace, aggminitval,
				'sort', aggsortop::regoperator)
			FROM member JOIN pg_aggregate a ON a.aggfnoid = objid
			WHERE classid = 'pg_proc'::regclass
		UNION ALL
		SELECT name, concat_ws(' ', typlen, typbyval, typtype::text, typcategory::text,
				typispreferred, typdelim::text, typsubscript::regprocedure, typinput::regprocedure,
				typoutput::regprocedure, typreceive::regprocedure, typsend::regprocedure,
				typmodin::regprocedure, typmodout::regprocedure, typanalyze::regprocedure,
				typalign::text, typstorage::text, typnotnull, typcollation::regcollation, typdefault,
				'owner', typowner::regrole, 'rights', typacl::text,
				'array', nullif(typarray, 0)::regtype, 'element', nullif(typelem, 0)::regtype)
			FROM member JOIN pg_type t ON t.oid = objid WHERE classid = 'pg_type'::regclass
		UNION ALL
		SELECT name || ' column ' || attnum, concat_ws(' ', attname,
				format_type(atttypid, atttypmod), attcollation::regcollation)
			FROM member JOIN pg_type t ON t.oid = objid JOIN pg_attribute ON attrelid = typrelid
			WHERE classid = 'pg_type'::regclass AND typrelid <> 0 AND attnum > 0
		UNION ALL
		SELECT name, concat_ws(' ', o.oid::regoperator, oprresult::regtype, oprcode::regprocedure,
				'commutator', oprcom::regoperator, 'negator', oprnegate::regoperator,
				oprrest::regprocedure, oprjoin::regprocedure, 'merges', oprcanmerge, 'hashes', oprcanhash,
				'owner', oprowner::regrole)
			FROM member JOIN pg_operator o ON o.oid = objid WHERE classid = 'pg_operator'::regclass
		UNION ALL
		SELECT name, concat_ws(' ', castfunc::regprocedure, castcontext, castmethod)
			FROM member JOIN pg_cast c ON c.oid = objid WHERE classid = 'pg_cast'::regclass
		UNION ALL
		SELECT name, concat_ws(' ', 'default', opcdefault, opcintype::regtype,
				nullif(opckeytype, 0)::regtype, 'owner', opcowner::regrole)
			FROM member JOIN pg_opclass c ON c.oid = objid WHERE classid = 'pg_opclass'::regclass
		UNION ALL
		SELECT name, concat_ws(' ', 'strategy', amopstrategy, amopopr::regoperator, amoppurpose)
			FROM member JOIN pg_amop ON amopfamily = objid WHERE classid = 'pg_opfamily'::regclass
		UNION ALL
		SELECT name, concat_ws(' ', 'support', amprocnum, amproc::regprocedure)
			FROM member JOIN pg_amproc ON amprocfamily = objid WHERE classid = 'pg_opfamily'::regclass
		UNION ALL
		-- columns are qualified in some versions and not in others; an owner's rights grow with them
		SELECT name, concat_ws(' ', 'kind', relkind::text, 'options', reloptions::text,
				'owner', relowner::regrole, 'rights',
				(SELECT string_agg(CASE WHEN grantee = 0 THEN 'public' ELSE grantee::regrole::text END
						|| ' ' || privilege_type, ', ' ORDER BY grantee, privilege_type)
					FROM aclexplode(relacl) WHERE grantee <> relowner),
				'row security', relrowsecurity, relforcerowsecurity,
				regexp_replace(regexp_replace(pg_get_viewdef(objid), '\m\w+\.', '', 'g'),
					'\s+', ' ', 'g'))
			FROM member JOIN pg_class c ON c.oid = objid WHERE classid = 'pg_class'::regclass
		UNION ALL
		SELECT name || ' column ' || attnum, concat_ws(' ', attname,
				format_type(atttypid, atttypmod), attcollation::regcollation, 'rights', attacl::text,
				'comment', coalesce(col_description(objid, attnum), 'none'))
			FROM member JOIN pg_attribute ON attrelid = objid
			WHERE classid = 'pg_class'::regclass AND attnum > 0
		UNION ALL
		SELECT name, concat_ws(' ', evtevent, evtfoid::regprocedure, evttags::text, evtenabled::text,
				'owner', evtowner::regrole)
			FROM member JOIN pg_event_trigger e ON e.oid = objid
			WHERE classid = 'pg_event_trigger'::regclass
		UNION ALL
		SELECT name, concat_ws(' ', 'owner', nspowner::regrole, 'rights', nspacl::text)
			FROM member JOIN pg_namespace n ON n.oid = objid WHERE classid = 'pg_namespace'::regclass
		UNION ALL
		SELECT name, 'of a kind that is not looked at: ' || classid::regclass FROM member
			WHERE classid NOT IN ('pg_proc'::regclass, 'pg_type'::regclass,
				'pg_operator'::regclass, 'pg_cast'::regclass, 'pg_opclass'::regclass,
				'pg_opfamily'::regclass, 'pg_class'::regclass, 'pg_event_trigger'::regclass,
				'pg_namespace'::regclass)
		UNION ALL
		SELECT name || ' needs', pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid)
				|| ' ' || d.deptype::text
			FROM member m JOIN pg_depend d ON d.classid = m.classid AND d.objid = m.objid
			WHERE d.refclassid <> 'pg_namespace'::regclass
	)
	SELECT name || ': ' || definition FROM extension ORDER BY (name || ': ' || definition) COLLATE "C";
END
$$;
