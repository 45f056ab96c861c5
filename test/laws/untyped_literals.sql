-- untyped literals: which function a call means whose literals say no type
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cxm;

\getenv tests PG_ABS_SRCDIR
\set calls :tests '/calls.psql'
\i :calls

-- what releases took such calls for
CREATE TEMP TABLE released (form text, means text);
\set calls :tests '/frozen/1.0.0/calls.psql'
\i :calls
SELECT count(*) > 1000 AS many FROM released;

CREATE TEMP TABLE call AS
	SELECT form, pg_temp.meaning(form) AS means
	FROM (SELECT form FROM call_form UNION SELECT form FROM released) t;

-- no function for people is without a call, and of its own types it is itself
SELECT p.oid::regprocedure FROM pg_extension e, pg_depend d JOIN pg_proc p ON p.oid = objid
WHERE extname = 'cxm' AND refobjid = e.oid AND deptype = 'e' AND classid = 'pg_proc'::regclass
	AND pronamespace = extnamespace AND provolatile = 'i'
	AND p.oid::regprocedure::text NOT IN (SELECT means FROM call JOIN call_form USING (form)
		WHERE function = means AND form NOT LIKE '%?%');

-- what resolved in a release means the same function; but what looks like a text is read as one by
-- valid_answer, which makes of every number that double precision reads the same; and of conditions
-- that are all literals window_funnel cannot tell whether they are labels and arrays; and a literal
-- alone is a moment for activity_agg, which asks for its zone
SELECT form, r.means AS was, c.means AS is FROM released r JOIN call c USING (form)
WHERE c.means <> r.means ORDER BY form COLLATE "C";

-- all literals untyped
SELECT form, means FROM call
WHERE form IN (SELECT form FROM call_form WHERE NOT typed) ORDER BY form COLLATE "C";

-- some typed, but the call is ambiguous, or means not the function of these types or not it alone
SELECT form, means FROM call
WHERE form IN (SELECT form FROM call_form JOIN call USING (form)
	WHERE typed AND means <> function) ORDER BY form COLLATE "C";
