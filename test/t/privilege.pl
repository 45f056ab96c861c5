# Nobody gains a right by cxm: not who prepares look-alikes for its installation, which runs as a
# superuser, and not who may call its functions but may not see the rows.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib 'test';
use SameLines;

my $node = PostgreSQL::Test::Cluster->new('privilege');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

my @as_mallory = (extra_params => [ '-U', 'mallory' ]);

sub query
{
	my ($database, $query, @options) = @_;
	return $node->safe_psql($database, $query, @options);
}

# The definitions of the extension's objects, which are the same wherever it was installed soundly.
my $definitions = slurp_file('test/definitions.sql');
sub definitions { return query($_[0], "$definitions; SELECT line FROM pg_temp.definitions()") }

query('postgres', 'CREATE DATABASE clean');
query('clean', 'CREATE EXTENSION cxm; CREATE EXTENSION cxm_live');
my $clean = definitions('clean');
cmp_ok(scalar(split /\n/, $clean), '>', 1000, 'the definitions of a clean installation');

#
# An attack by who owns the database, and so may install cxm: everything that the script names
# exists in the target schema, in public and among temporary objects, for arguments that fit as well
# as they can before the types exist. Whoever is a superuser when one of them runs is written down.
#
query('postgres', <<'SQL');
CREATE ROLE mallory LOGIN;
CREATE DATABASE attacked OWNER mallory;
SQL
query('attacked', <<'SQL', @as_mallory);
CREATE SCHEMA target;
CREATE TABLE public.caught (who text, what text);
CREATE FUNCTION public.catch(what text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user)
	THEN
		INSERT INTO public.caught VALUES (current_user, what);
	END IF;
	RETURN true;
END
$$;
SQL

# Functions by name and number of arguments, operators, and what the script takes from pg_catalog.
my $look_alikes = query('clean', <<'SQL');
WITH member AS (
	SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
		AND refclassid = 'pg_extension'::regclass
		AND refobjid IN (SELECT oid FROM pg_extension WHERE extname IN ('cxm', 'cxm_live'))
), function AS (
	SELECT DISTINCT proname, pronargs FROM pg_proc JOIN member ON objid = oid
		AND classid = 'pg_proc'::regclass
	UNION VALUES ('eqsel', 4), ('eqjoinsel', 5), ('neqsel', 4), ('scalarltsel', 4),
		('to_regnamespace', 1), ('oidvectortypes', 1)
), operator AS (
	SELECT DISTINCT oprname FROM pg_operator JOIN member ON objid = oid
		AND classid = 'pg_operator'::regclass
), place (schema) AS (
	VALUES ('target'), ('public'), ('pg_temp')
), kind (type, other) AS (
	VALUES ('anyelement', 'anyelement'), ('text', 'anyelement'), ('jsonb', 'jsonb')
)
SELECT format('CREATE FUNCTION %s.%I(%s) RETURNS %s LANGUAGE sql AS $$
		SELECT public.catch(%L); SELECT NULL::%s $$;', schema, proname,
		array_to_string(array_fill(type, ARRAY[pronargs]), ', '),
		CASE WHEN pronargs = 0 THEN 'text' ELSE type END, proname,
		CASE WHEN type = 'anyelement' THEN 'text' ELSE type END)
FROM function, place, kind WHERE pronargs > 0 AND type <> 'anyelement'
	-- of the very same arguments it would only stop the installation
	AND NOT (schema = 'target' AND EXISTS (SELECT FROM pg_proc p JOIN member ON objid = p.oid
		WHERE p.proname = function.proname AND oidvectortypes(p.proargtypes)
			= array_to_string(array_fill(type, ARRAY[function.pronargs]), ', ')))
UNION ALL
SELECT format('CREATE FUNCTION %s.%I(%s) RETURNS anyelement LANGUAGE plpgsql AS $$
		BEGIN PERFORM public.catch(%L); RETURN $1; END $$;', schema, proname,
		array_to_string(array_fill('anyelement'::text, ARRAY[pronargs]), ', '), proname)
FROM function, place WHERE pronargs > 0
UNION ALL
SELECT format('CREATE FUNCTION %s.%I(anyelement, anyelement) RETURNS boolean
		LANGUAGE plpgsql AS $$ BEGIN RETURN public.catch(%L); END $$;
	CREATE OPERATOR %1$s.%4$s (LEFTARG = anyelement, RIGHTARG = anyelement, FUNCTION = %1$s.%2$I);',
	schema, 'look_alike_' || row_number() OVER (), oprname, oprname)
FROM operator, place
SQL
cmp_ok(scalar(my @count = $look_alikes =~ /^CREATE/mg), '>', 1000, 'look-alikes are made');
query('attacked', "$look_alikes; CREATE EXTENSION cxm SCHEMA target", @as_mallory);
query('attacked', 'SET search_path = target, public; CREATE EXTENSION cxm_live SCHEMA target');
is(query('attacked', 'SELECT * FROM public.caught'), '', 'none is called by the installation');
same_lines(definitions('attacked'), $clean, 'and what is installed is what it always is');
is( query('attacked', <<'SQL'), '', 'nothing in it depends on anything that is not in it');
WITH member AS (
	SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
		AND refclassid = 'pg_extension'::regclass
		AND refobjid IN (SELECT oid FROM pg_extension WHERE extname IN ('cxm', 'cxm_live'))
)
SELECT pg_describe_object(d.classid, d.objid, 0), pg_describe_object(d.refclassid, d.refobjid, 0)
FROM pg_depend d JOIN member m USING (classid, objid)
WHERE d.refclassid NOT IN ('pg_extension'::regclass, 'pg_namespace'::regclass)
	AND (d.refclassid, d.refobjid) NOT IN (SELECT classid, objid FROM member)
	AND NOT (d.refclassid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_type t
		JOIN member o ON o.objid = t.oid WHERE t.typrelid = d.refobjid))
	AND NOT (d.refclassid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t
		JOIN member o ON o.objid = t.oid WHERE t.typarray = d.refobjid))
SQL

# A superuser who is careless enough to have that schema on the path works with all types.
$ENV{PGOPTIONS} = '-c search_path=target,public';
$node->command_ok([ 'psql', '-Xq', '-d', 'attacked', '-f', 'test/values.sql' ],
	'a superuser makes the values of every type');
query('attacked', 'SELECT line FROM kept.contents()');
delete $ENV{PGOPTIONS};
is(query('attacked', 'SELECT * FROM public.caught'), '', 'and calls none of them either');
query('attacked', q{
	SET search_path = target, public;
	CREATE TABLE kept.response (channel text, score integer);
	SELECT cxm_create_rollup('kept.live'::text, 'SELECT channel, nps_agg(score) AS s
		FROM kept.response GROUP BY channel'::text, true);
	INSERT INTO kept.response SELECT 'c' || n % 3, n % 11 FROM generate_series(1, 100) n;
	UPDATE kept.response SET score = 9 WHERE score = 3;
	CALL cxm_compact_rollup('kept.live'::text);
	SELECT cxm_rebuild_rollup('kept.live'::text);
	SELECT * FROM kept.live;
	SELECT cxm_drop_rollup('kept.live'::text)});
is(query('attacked', 'SELECT * FROM public.caught'), '', 'nor does a live rollup of his');
query('attacked', 'SELECT target.nps(1)');
query('attacked', 'SELECT target.nps(now())');
is(query('attacked', 'SELECT count(*) > 0 FROM public.caught'),
	't', 'whereas one that is called would be caught');

# Of a name that is taken already, the script makes no use: it fails as a whole.
query('postgres', 'CREATE DATABASE taken OWNER mallory');
my $taken = query('clean', <<'SQL');
WITH member AS (
	SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
		AND refclassid = 'pg_extension'::regclass
		AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm')
)
SELECT format('(%L),', format('CREATE FUNCTION %s RETURNS text LANGUAGE sql AS $f$ SELECT '''' $f$',
		oid::regprocedure))
FROM pg_proc JOIN member ON objid = oid AND classid = 'pg_proc'::regclass
WHERE pronamespace <> 'cxm_internal'::regnamespace
	AND NOT proargtypes::oid[] && ARRAY(SELECT objid FROM member
		UNION SELECT typarray FROM pg_type JOIN member ON objid = oid
		UNION VALUES ('internal'::regtype), ('cstring'))
UNION ALL
SELECT format('(%L),', kind)
FROM pg_type JOIN member ON objid = oid AND classid = 'pg_type'::regclass, LATERAL (VALUES
	(format('CREATE DOMAIN %I AS text', typname)),
	(format('CREATE TYPE %I AS (a integer)', typname))) kinds (kind)
WHERE typcategory <> 'A' AND typname IN ('rating_summary', 'flow_summary', 'test_result')
SQL
chop $taken;
is( query('taken', <<"SQL", @as_mallory),
CREATE FUNCTION pg_temp.attempt(command text) RETURNS text LANGUAGE plpgsql AS \$\$
BEGIN
	EXECUTE command;
	EXECUTE 'CREATE EXTENSION cxm';
	RETURN 'installed over ' || command;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || CASE WHEN SQLERRM ~ 'already exists|is not a' THEN '' ELSE SQLERRM END;
END
\$\$;
SELECT DISTINCT attempt, count(*) > 5 FROM (VALUES $taken) v (command), pg_temp.attempt(command)
GROUP BY attempt ORDER BY attempt
SQL
	"42710|t\n42723|t", 'a name that is taken stops the installation');
is(query('taken', q{SELECT count(*) FROM pg_proc WHERE probin LIKE '%cxm%'}), '0', 'altogether');

# What was installed is the superuser's, and nobody else changes it.
my $may = sub {
	my ($status, undef, $error) = $node->psql('attacked', $_[0], @as_mallory);
	return $status == 0 ? 'done' : $error;
};
like($may->($_), qr/must be owner of|extension cxm requires it/, "refused: $_")
  for 'ALTER FUNCTION target.nps(target.rating_summary) OWNER TO mallory',
  q{CREATE OR REPLACE FUNCTION target.nps(s target.rating_summary) RETURNS float8
	LANGUAGE sql RETURN 0}, 'ALTER TYPE target.rating_summary RENAME TO mine',
  'DROP OPERATOR target.+ (target.rating_summary, target.rating_summary)';

is(query('clean', <<'SQL'), '', 'no function runs as its owner or claims to leak nothing');
SELECT oid::regprocedure FROM pg_proc
WHERE oid IN (SELECT objid FROM pg_depend WHERE deptype = 'e' AND classid = 'pg_proc'::regclass
		AND refobjid IN (SELECT oid FROM pg_extension
				WHERE extname IN ('cxm', 'cxm_live')))
	AND (prosecdef OR proleakproof OR proconfig IS NOT NULL
		OR prolang NOT IN (SELECT oid FROM pg_language WHERE lanname IN ('c', 'internal')))
SQL

#
# Rows: what a policy, a view or a missing right hides stays hidden from every aggregate
#
query('postgres', <<'SQL');
CREATE DATABASE rows;
CREATE ROLE bob LOGIN;
CREATE ROLE eve LOGIN;
SQL
query('rows', <<'SQL');
CREATE EXTENSION cxm;
CREATE TABLE secret (owner name, day integer, "smallint" smallint, "integer" integer,
	"bigint" bigint, "double precision" double precision, "text" text, "text[]" text[],
	"double precision[]" double precision[], "boolean" boolean,
	"interval" interval, "timestamp with time zone" timestamptz,
	"timestamp with time zone[]" timestamptz[], "timestamp without time zone" timestamp,
	"date" date, "numeric" numeric, tstzrange tstzrange, daterange daterange,
	"daterange[]" daterange[], tstzmultirange tstzmultirange, datemultirange datemultirange,
	rating_summary rating_summary, ratio_summary ratio_summary, driver_summary driver_summary,
	shift_summary shift_summary, business_calendar business_calendar,
	duration_summary duration_summary, churn_summary churn_summary,
	revenue_summary revenue_summary, survival_summary survival_summary,
	activity_days activity_days, retention_summary retention_summary,
	lifecycle_summary lifecycle_summary, purchase_summary purchase_summary,
	spend_summary spend_summary, journey_stage journey_stage, customer_journey customer_journey,
	funnel_summary funnel_summary, flow_summary flow_summary);
INSERT INTO secret
	SELECT CASE WHEN his THEN 'bob' ELSE 'somebody' END, CASE WHEN his THEN 5 ELSE n % 40 END,
		score, score, score, score, 's' || n % 7, '{s1,s2}', ARRAY[n % 5, score],
		n % 2 = 0, n * interval '1 min', t, ARRAY[t, t + n * interval '1 hour'],
		t AT TIME ZONE 'UTC', d, n * 1.25, tstzrange(t, t + n * interval '1 day'),
		daterange(d, d + n), '{"[2020-01-01,2026-02-01)","[2026-02-01,2027-01-01)"}',
		tstzmultirange(tstzrange(t, t + n * interval '1 day')),
		datemultirange(daterange(d, d + n)),
		nps_agg(n % 11), ratio_agg(n, n % 5), driver_agg(n % 9, ARRAY[n % 5, score], '{s1,s2}'),
		format('{"terms": {"scale": "0..10"}, "segments": [{"segment": "s1", "after":
			{"scale": "0..10", "nonresponses": %s}}]}', n)::shift_summary,
		'Mon-Fri 09:00-17:00 in Asia/Kathmandu', duration_agg(n * interval '1 s'),
		churn_agg(n % 2 = 0, n % 3 = 0), revenue_agg(n, n % 5), survival_agg(n, n % 2 = 0),
		activity_agg(d), retention_agg(days, 'week', '2026-12-01'),
		lifecycle_agg(days, 'week', '2026-12-01'), purchase_agg(score, n + 9, n + 20),
		spend_agg(score, n), (score || ':s')::journey_stage, journey_agg(t, 's1'),
		funnel_agg(j, '{s1,s2}', '1 h'), flow_agg(j)
	FROM generate_series(1, 600) n,
		LATERAL (SELECT n % 3 = 0 AS his, CASE WHEN n % 3 = 0 THEN 1 + n % 2 ELSE 3 + n % 3 END
			AS score, CASE WHEN n % 3 = 0 THEN 5 ELSE 0 END + n % 30 AS day) row,
		LATERAL (SELECT timestamptz '2026-01-05Z' + day * interval '7 h' AS t,
			date '2026-01-05' + day AS d) at,
		LATERAL (SELECT activity_agg(d + i) AS days,
				journey_agg(t + i * interval '1 min', 's' || (n + i) % 4) AS j
			FROM generate_series(1, 3) i) own
	GROUP BY n, his, score, t, d, days, j;
ANALYZE secret;
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON secret USING (owner = current_user);
ALTER TABLE secret SET (parallel_workers = 2);
CREATE VIEW visible WITH (security_barrier) AS SELECT * FROM secret WHERE owner = 'bob';
GRANT SELECT ON secret, visible TO bob;
GRANT SELECT (owner) ON secret TO eve;

-- A call of every aggregate, over the columns that are called as its arguments' types are; what is
-- the same in every row, such as a scale or a period, is a constant.
CREATE TABLE call AS
	SELECT a.oid, format('%I(%s)', a.proname, string_agg(CASE
			WHEN a.proname ~ '^(csat|ces|rating)' AND argument = 'text' THEN
				CASE WHEN a.proname ~ '^ces' THEN $$'1..7'$$ ELSE $$'1..5'$$ END
			WHEN a.proname = 'share_prior' THEN 'satisfied(rating_summary)'
			WHEN a.proname ~ 'ttr' AND argument ~ '^timestamp' AND nth = 2 THEN
				format('%I + "interval"', argument)
			WHEN a.proname ~ 'ttr' AND argument ~ '^timestamp' AND nth = 3 THEN
				format('%L::%s', '2027-01-01Z', argument)
			WHEN a.proname ~ '^churn' AND argument ~ '^(date|timestamp).*' AND argument !~ 'range'
				AND nth = 2 THEN format('%I + %s', argument,
				CASE argument WHEN 'date' THEN '40' ELSE $$interval '40 days'$$ END)
			WHEN a.proname ~ '^churn' AND argument IN ('tstzrange', 'daterange') AND
				place = a.pronargs - (a.proname ~ '_reason_')::integer THEN
				CASE argument WHEN 'tstzrange' THEN $$tstzrange '[2026-01-10Z,2026-02-10Z)'$$
					ELSE $$daterange '[2026-01-15,2026-02-15)'$$ END
			WHEN a.proname ~ '^revenue' AND argument = 'text' THEN $$'EUR'$$
			WHEN a.proname ~ '^survival' AND argument = 'integer' AND nth = 2 THEN '"integer" + 1'
			WHEN a.proname ~ '^survival' AND argument = 'date' THEN
				CASE nth - (a.proname ~ '^survival_entry')::integer
					WHEN 2 THEN '"date" + day' WHEN 3 THEN $$date '2027-01-01'$$ ELSE '"date"' END
			WHEN a.proname ~ '^activity' AND argument = 'text' THEN $$'UTC'$$
			WHEN a.proname ~ '^(retention|lifecycle)' AND argument = 'text' AND place = 2 THEN
				CASE WHEN a.proname ~ 'hours' THEN $$'24 hours'$$ ELSE $$'week'$$ END
			WHEN a.proname ~ '^retention' AND argument = 'text' THEN $$'on'$$
			WHEN a.proname ~ '^(retention|lifecycle)' AND argument ~ '^(date$|timestamp)'
				AND place = 3 THEN format('%L::%s', '2027-01-01Z', argument)
			WHEN a.proname ~ '^window_funnel' AND argument = 'text' AND place = 1 THEN $$'any'$$
			WHEN a.proname ~ '^funnel' AND argument = 'text' THEN $$'ordered'$$
			WHEN a.proname ~ 'funnel|^flow' AND argument = 'interval' THEN $$interval '24 h'$$
			WHEN a.proname ~ '^(funnel|flow)' AND argument ~ '^timestamp' THEN
				$$timestamptz '2026-06-01Z'$$
			WHEN argument IN ('date[]', 'numeric[]') THEN format('ARRAY[%I]', left(argument, -2))
			WHEN argument = 'interval[]' THEN $$VARIADIC '{30 min,5 h}'::interval[]$$
			WHEN argument = 'text[]' AND nth = 2 THEN $$'{s3}'$$
			WHEN argument = 'text[]' AND nth = 3 THEN $$'{NULL,24 h}'$$
			WHEN argument = 'boolean[]' THEN 'VARIADIC ARRAY["boolean", day > 20]'
			WHEN argument = 'boolean' THEN format('day %% %s = 1', 1 + place)
			ELSE quote_ident(argument) END, ', ' ORDER BY place)) AS call
	FROM pg_proc a, LATERAL (
		SELECT format_type(type, NULL) AS argument, place,
			count(*) OVER (PARTITION BY type ORDER BY place) AS nth
		FROM unnest(a.proargtypes::oid[]) WITH ORDINALITY u (type, place)) arguments
	-- business time needs a zone
	WHERE prokind = 'a' AND a.oid <> 'activity_agg(timestamptz)'::regprocedure -- refuses all
		AND NOT (a.proname ~ '^business' AND
			'timestamp'::regtype = ANY (a.proargtypes::oid[]))
		AND a.oid IN (SELECT objid FROM pg_depend WHERE deptype = 'e'
		AND classid = 'pg_proc'::regclass)
	GROUP BY a.oid, a.proname;
GRANT SELECT ON call TO bob, eve;

-- What each call gives, or how it fails; with "parallel" also whether it was.
CREATE FUNCTION results(source text, part text, parallel boolean)
	RETURNS TABLE (call text, result text, was_parallel boolean) LANGUAGE plpgsql AS $$
DECLARE
	line text;
	query text;
BEGIN
	PERFORM set_config('max_parallel_workers_per_gather', CASE WHEN parallel THEN '2' ELSE '0' END,
		true), set_config('parallel_setup_cost', '0', true),
		set_config('parallel_tuple_cost', '0', true),
		set_config('min_parallel_table_scan_size', '0', true);
	FOR call IN SELECT c.call FROM public.call c ORDER BY c.call, c.oid LOOP
		query := format('SELECT (%s)::text FROM %s WHERE %s', call, source, part);
		was_parallel := false;
		BEGIN
			FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
				was_parallel := was_parallel OR line ~ 'Partial Aggregate';
			END LOOP;
			EXECUTE query INTO result;
		EXCEPTION WHEN OTHERS THEN
			result := SQLSTATE || ' ' || SQLERRM;
		END;
		RETURN NEXT;
	END LOOP;
END
$$;
SQL

my $select = sub { return "SELECT call, result FROM results('$_[0]', '$_[1]', $_[2])" };
my $everything = query('rows', $select->('secret', 'true', 'false'));
my $his = query('rows', $select->('secret', "owner = ''bob''", 'false'));
my @his = split /\n/, $his;
my @everything = split /\n/, $everything;
cmp_ok(scalar(@his), '>=', query('rows', 'SELECT count(*) FROM call'), 'every aggregate is called');
is(join("\n", grep { /\|(?:[0-9A-Z]{5} .*)?$/ } @his), '', 'and has a result');
my %everything = map { $_ => 1 } @everything;
# how far window_funnel comes is one of few numbers
cmp_ok(scalar(grep { $everything{$_} } @his),
	'<', @his / 8, 'nearly all another than of all rows');

my @as_bob = (extra_params => [ '-U', 'bob' ]);
my @as_eve = (extra_params => [ '-U', 'eve' ]);
same_lines(query('rows', $select->('secret', 'true', 'false'), @as_bob),
	$his, 'a policy hides rows from every aggregate');
my $parallel = query('rows', q{SELECT * FROM results('secret', 'true', true)}, @as_bob);
is(scalar(my @serial = $parallel =~ /\|f$/mg), 0, 'in parallel plans of every aggregate');
same_lines($parallel =~ s/\|t$//mgr, $his, 'it does so, too');
same_lines(query('rows', $select->('visible', 'true', 'false'), @as_bob), $his, 'as does a view');
is( query('rows', q{SELECT DISTINCT result FROM results('secret', 'true', false)}, @as_eve),
	'42501 permission denied for table secret', 'without the right to a column there is nothing');
is(query('rows', 'SELECT count(owner) FROM secret', @as_eve), '0', 'of another, what there is');
is( query('rows', q{SELECT DISTINCT result FROM results('visible', 'true', false)}, @as_eve),
	'42501 permission denied for view visible', 'nor without the right to a view');

# No function of ours sees a row before the policy or the barrier has let it through: those that
# would tell of it in an error do not.
query('rows', q{UPDATE secret SET rating_summary = '{"scale": "-7..-5"}' WHERE owner <> 'bob'});
like(($node->psql('rows', 'SELECT count(*) FROM secret WHERE nps(rating_summary) > 0'))[2],
	qr/-7\.\.-5/, 'an error would tell of a row');
is(query('rows', "SELECT count(*) FROM $_ WHERE nps(rating_summary) > 0", @as_bob),
	query('rows', q{SELECT count(*) FROM secret WHERE owner = 'bob' AND nps(rating_summary) > 0}),
	"but not of one hidden by $_")
  for qw(secret visible);

# A function that was taken away is gone, whatever is left.
query('rows', 'REVOKE EXECUTE ON FUNCTION nps(rating_summary), nps_agg(integer) FROM PUBLIC');
like(($node->psql('rows', "SELECT $_ FROM secret", @as_bob))[2], qr/permission denied for/,
	"revoked: $_")
  for 'nps(rating_summary)', 'nps_agg("integer")';

$node->stop;
done_testing();
