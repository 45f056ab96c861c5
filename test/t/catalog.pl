# What the extension puts into the catalog: every object commented and documented, every aggregate
# complete, every function immutable and safe in a parallel plan.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Exceptions, each with its reason.
my %maintains_rollups = map { $_ => 'it reads and writes tables' } qw(
  cxm_maintain_rollup cxm_create_rollup cxm_compact_rollup cxm_rebuild_rollup cxm_verify_rollup
  cxm_drop_rollup cxm_detach_partition cxm_rollup_list cxm_check_mark cxm_watch_tables);
my %not_immutable = (%maintains_rollups,
	cxm_rollup_is_whole => 'it reads a table',
	business_deadline => 'one of them reads pauses in the session\'s zone, as their types do');
my %not_parallel = (%maintains_rollups);
my %named_as_in_pg_catalog = (
	sum => 'it adds summaries up as it does numbers',
	min => 'the order of stages is what min and max are for',
	max => 'likewise',
	time_in => 'pg_catalog has an input function of that name, which nobody calls',
);
my %not_moving = (
	journey_agg => 'out of a set nothing can be taken: another row may have put it there, too',
	'sum(customer_journey)' => 'likewise',
	'rollup(customer_journey)' => 'likewise',
	activity_agg => 'likewise',
	'sum(activity_days)' => 'likewise',
	'rollup(activity_days)' => 'likewise',
	window_funnel => 'a chain has no inverse',
	journey_span_agg => 'nor is it a sum of its parts',
	share_prior => 'nor has a fit of all groups at once',
	min => 'nor has an extreme',
	max => 'likewise',
);

my $node = PostgreSQL::Test::Cluster->new('catalog');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

sub query { return $node->safe_psql('postgres', $_[0]) }

# A law holds when the query for those who break it finds nobody.
sub law
{
	my ($law, $offenders) = @_;
	is(query($offenders), '', $law);
}

query('CREATE EXTENSION cxm');
law('who only wants figures gets nothing that takes part in what others do', <<'SQL');
SELECT evtname FROM pg_event_trigger UNION ALL SELECT tgname FROM pg_trigger
UNION ALL SELECT proname FROM pg_proc
	WHERE probin LIKE '%cxm%' AND prorettype IN ('trigger'::regtype, 'event_trigger'::regtype)
SQL
query('CREATE EXTENSION cxm_live');

# The members of both extensions. What comes with a type (its array, a composite's relation), a
# table or a view (its row type, a member from 17 on) is commented and documented with it.
query(<<'SQL');
CREATE VIEW member AS
	SELECT classid, objid, pg_describe_object(classid, objid, 0) AS description,
		obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid)) AS comment
	FROM pg_depend
	WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
		AND refobjid IN (SELECT oid FROM pg_extension WHERE extname IN ('cxm', 'cxm_live'))
		AND classid <> 'pg_class'::regclass
		AND NOT (classid = 'pg_type'::regclass
			AND objid IN (SELECT typarray FROM pg_type WHERE typarray <> 0
				UNION SELECT reltype FROM pg_class WHERE relkind IN ('r', 'v')));
CREATE VIEW function AS
	SELECT oid::regprocedure AS function, pg_proc.* FROM pg_proc
	WHERE oid IN (SELECT objid FROM member WHERE classid = 'pg_proc'::regclass);
CREATE VIEW aggregate AS
	SELECT pg_aggregate.*, function.* FROM pg_aggregate JOIN function ON oid = aggfnoid;
CREATE VIEW support_function AS
	SELECT * FROM function WHERE pronamespace = 'cxm_internal'::regnamespace;
-- What types, operators, aggregates, triggers, the view and those of rollups call. A reading that
-- ends an aggregate is for people.
CREATE VIEW called AS
	SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]::oid[]) AS oid FROM pg_type
	UNION SELECT unnest(ARRAY[aggtransfn, aggcombinefn, aggmtransfn, aggminvtransfn]::oid[])
		FROM pg_aggregate
	UNION SELECT aggfinalfn FROM pg_aggregate JOIN pg_proc ON pg_proc.oid = aggfinalfn
		WHERE proname LIKE '%\_final'
	UNION SELECT oprcode FROM pg_operator
	UNION SELECT castfunc FROM pg_cast
	UNION SELECT amproc FROM pg_amproc
	UNION SELECT evtfoid FROM pg_event_trigger
	UNION SELECT oid FROM pg_proc WHERE prorettype = 'trigger'::regtype AND probin LIKE '%cxm%'
	UNION SELECT oid FROM pg_proc WHERE proname = 'cxm_rollup_is_whole'
	UNION SELECT refobjid FROM pg_depend JOIN pg_rewrite r ON r.oid = objid
		WHERE ev_class = 'cxm_rollups'::regclass AND refclassid = 'pg_proc'::regclass;
CREATE VIEW pseudo_type AS SELECT oid FROM pg_type WHERE typtype = 'p';
SQL

cmp_ok(query("SELECT count(*) FROM $_"), '>', 0, "there are $_" . 's')
  for qw(member function aggregate support_function);

law('every object has a comment', <<'SQL');
SELECT description FROM member WHERE comment IS NULL OR comment !~ '\S' ORDER BY 1
SQL

# The functions that \df lists, for people, and those that only the server calls.
law('what only the server calls lies in cxm_internal', <<'SQL');
SELECT function FROM function
WHERE oid IN (TABLE called) AND oid NOT IN (SELECT oid FROM support_function)
SQL
law('and nothing else does, but what views of a release call', <<'SQL');
SELECT description FROM member
	LEFT JOIN pg_proc p ON p.oid = objid AND classid = 'pg_proc'::regclass
	LEFT JOIN pg_type t ON t.oid = objid AND classid = 'pg_type'::regclass
WHERE 'cxm_internal'::regnamespace IN (pronamespace, typnamespace) AND objid NOT IN (TABLE called)
	AND comment !~ ' as it was in [0-9.]+$'
SQL
law('everybody may call what lies there, for aggregates of their own', <<'SQL');
SELECT function FROM support_function
WHERE NOT has_schema_privilege('pg_monitor', 'cxm_internal', 'USAGE')
	OR NOT has_function_privilege('pg_monitor', oid, 'EXECUTE')
	OR has_schema_privilege('pg_monitor', 'cxm_internal', 'CREATE')
SQL
is( query(q{SELECT count(*) FROM called JOIN support_function USING (oid)}),
	query(q{SELECT count(*) FROM support_function
		WHERE obj_description(oid, 'pg_proc') !~ ' as it was in [0-9.]+$'}),
	'and all of it is called');

# An object for people is in the docs when its name is: functions and types as words, operators
# within code, casts as ::type.
my $docs = join "\n", map { slurp_file($_) } glob 'docs/*.md docs/*/*.md';
my $code = join "\n", $docs =~ /^\s*```\w*\n(.*?)^\s*```/msg, $docs =~ /`([^`\n]+)`/g;
my @names = map { [ split /\t/ ] } split /\n/, query(<<'SQL');
SELECT concat_ws(E'\t', description,
	CASE classid
		WHEN 'pg_operator'::regclass THEN 'operator'
		WHEN 'pg_cast'::regclass THEN 'cast'
		ELSE 'word'
	END,
	CASE classid
		WHEN 'pg_proc'::regclass THEN (SELECT proname::text FROM pg_proc WHERE oid = objid)
		WHEN 'pg_type'::regclass THEN (SELECT typname::text FROM pg_type WHERE oid = objid)
		WHEN 'pg_operator'::regclass THEN (SELECT oprname::text FROM pg_operator WHERE oid = objid)
		WHEN 'pg_namespace'::regclass THEN objid::regnamespace::text
		WHEN 'pg_event_trigger'::regclass THEN
			(SELECT evtname::text FROM pg_event_trigger WHERE oid = objid)
		WHEN 'pg_cast'::regclass THEN
			(SELECT format_type(casttarget, NULL) FROM pg_cast WHERE oid = objid)
		ELSE description
	END)
FROM member
WHERE classid NOT IN ('pg_opclass'::regclass, 'pg_opfamily'::regclass)
	AND NOT (classid = 'pg_proc'::regclass AND objid IN (SELECT oid FROM support_function))
ORDER BY description
SQL
my %undocumented;
for (@names)
{
	my ($description, $kind, $name) = @$_;
	my $there =
		$kind eq 'operator' ? $code =~ /(?<![-+*\/<>=!])\Q$name\E(?![-+*\/<>=!])/
	  : $kind eq 'cast' ? $code =~ /::\Q$name\E\b/
	  : $docs =~ /\b\Q$name\E\b/;
	$undocumented{ $kind eq 'word' ? $name : $description } = 1 unless $there;
}
is(join(' ', sort keys %undocumented), '', 'every object for people is named in docs/');

my $not_immutable = join ', ', map { "'$_'" } '', keys %not_immutable;
law('every function is immutable', <<"SQL");
SELECT function FROM function
WHERE provolatile <> 'i' AND prokind = 'f' AND proname NOT IN ($not_immutable)
SQL
my $not_parallel = join ', ', map { "'$_'" } keys %not_parallel;
law('every function and aggregate is safe in a parallel plan', <<"SQL");
SELECT function FROM function WHERE proparallel <> 's' AND proname NOT IN ($not_parallel)
SQL
law('a function in SQL does not depend on the search path', <<'SQL');
SELECT function FROM function
WHERE prolang = (SELECT oid FROM pg_language WHERE lanname = 'sql')
	AND prosqlbody IS NULL AND NOT coalesce(proconfig::text LIKE '%search_path%', false)
SQL
my $named_as_in_pg_catalog = join ', ', map { "'$_'" } '', keys %named_as_in_pg_catalog;
law('no function is named as one of pg_catalog', <<"SQL");
SELECT function FROM function
WHERE proname NOT IN ($named_as_in_pg_catalog)
	AND proname IN (SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace)
SQL

law('no aggregate has a state of a pseudo-type', <<'SQL');
SELECT function FROM aggregate
WHERE aggtranstype IN (TABLE pseudo_type) OR aggmtranstype IN (TABLE pseudo_type)
SQL
law('every aggregate takes arguments of concrete types', <<'SQL');
SELECT function FROM aggregate WHERE proargtypes::oid[] && (SELECT array_agg(oid) FROM pseudo_type)
SQL
law('every argument of an aggregate has a name', <<'SQL');
SELECT function FROM aggregate
WHERE pronargs > 0 AND (proargnames IS NULL OR '' = ANY (proargnames))
SQL
law('every aggregate can be combined', <<'SQL');
SELECT function FROM aggregate WHERE aggcombinefn = 0
SQL
my $not_moving = join ', ', map { "'$_'" } '', keys %not_moving;
law('every aggregate that can take out has a moving form', <<"SQL");
SELECT function FROM aggregate
WHERE (aggmtransfn = 0 OR aggminvtransfn = 0)
	AND proname NOT IN ($not_moving) AND function::text NOT IN ($not_moving)
SQL
law('sum and rollup are two names of one aggregate, and every type with + has it', <<'SQL');
SELECT oprleft::regtype FROM pg_operator o
WHERE oprname = '+' AND oid IN (SELECT objid FROM member WHERE classid = 'pg_operator'::regclass)
	AND (SELECT count(DISTINCT proname) <> 2 OR count(DISTINCT (proargnames, aggtransfn, aggfinalfn,
			aggcombinefn, aggmtransfn, aggminvtransfn, aggmfinalfn, aggtranstype, aggtransspace,
			aggmtranstype, aggmtransspace, proparallel)) <> 1
		FROM aggregate WHERE proname IN ('sum', 'rollup') AND proargtypes[0] = oprleft)
SQL
law('every aggregate says how large its state is', <<'SQL');
SELECT function FROM aggregate
WHERE aggtransspace <= 0 OR (aggmtransfn <> 0 AND aggmtransspace <= 0)
SQL
law('no final function changes the state', <<'SQL');
SELECT function FROM aggregate WHERE aggfinalmodify <> 'r' OR aggmfinalmodify <> 'r'
SQL
law('transition and combine functions see NULL', <<'SQL');
SELECT function FROM aggregate
WHERE EXISTS (SELECT FROM pg_proc
	WHERE pg_proc.oid IN (aggtransfn, aggcombinefn, aggmtransfn) AND proisstrict)
SQL

law('no cast takes bytes as they are', <<'SQL');
SELECT description FROM member JOIN pg_cast ON oid = objid
WHERE classid = 'pg_cast'::regclass AND castmethod = 'b'
SQL
law('every base type can be sent and received', <<'SQL');
SELECT description FROM member JOIN pg_type ON oid = objid
WHERE classid = 'pg_type'::regclass AND typtype = 'b' AND (typsend = 0 OR typreceive = 0)
SQL

# Trusted: who may create in a database may install cxm there, in any schema, in which it stays,
# since some of it lies in another.
query('CREATE ROLE analyst LOGIN');
query('CREATE DATABASE theirs OWNER analyst');
my @as_analyst = (extra_params => [ '-U', 'analyst' ]);
sub as_analyst { return $node->safe_psql('theirs', $_[0], @as_analyst) }
as_analyst('CREATE SCHEMA "a b"; CREATE EXTENSION cxm SCHEMA "a b"');
is(as_analyst('SELECT "a b".nps(10)'), '100', 'an ordinary user may install it');
is( as_analyst(q{SELECT nspname, bool_or(proname LIKE '%_transition') FROM pg_proc
		JOIN pg_namespace n ON n.oid = pronamespace WHERE probin LIKE '%cxm%'
		GROUP BY 1 ORDER BY 1}),
	"a b|f\ncxm_internal|t", 'in a schema of theirs');
like(($node->psql('theirs', 'ALTER EXTENSION cxm SET SCHEMA public'))[2],
	qr/extension "cxm" does not support SET SCHEMA/, 'where it stays');
as_analyst('DROP EXTENSION cxm');
is( as_analyst(q{SELECT count(*) FROM pg_proc WHERE probin LIKE '%cxm%'
		UNION ALL SELECT count(*) FROM pg_namespace WHERE nspname = 'cxm_internal'}),
	"0\n0", 'and drop it');
as_analyst('CREATE SCHEMA cxm_internal');
like(($node->psql('theirs', "\\set VERBOSITY verbose\nCREATE EXTENSION cxm", @as_analyst))[2],
	qr/ERROR:  42P06: schema "cxm_internal" already exists.*^HINT:  Rename or drop the schema/ms,
	'a schema of the name that was there before stops it');

$node->stop;
done_testing();
