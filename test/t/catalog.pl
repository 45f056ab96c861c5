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
  cxm_drop_rollup cxm_rollup_states cxm_watch_tables);
my %not_immutable = (%maintains_rollups);
my %not_parallel = (%maintains_rollups);
my %named_as_in_pg_catalog = (
	min => 'the order of stages is what min and max are for',
	max => 'likewise',
	time_in => 'pg_catalog has an input function of that name, which nobody calls',
);
my %not_moving = (
	journey_agg => 'out of a set nothing can be taken: another row may have put it there, too',
	'rollup(customer_journey)' => 'likewise',
	activity_agg => 'likewise',
	'rollup(activity_days)' => 'likewise',
	window_funnel => 'a chain has no inverse',
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

# The members of the extension. What comes with a type (its array, a composite's relation) or a view
# (its row type, a member from 17 on) is commented and documented with it.
query(<<'SQL');
CREATE VIEW member AS
	SELECT classid, objid, pg_describe_object(classid, objid, 0) AS description,
		obj_description(objid, (SELECT relname FROM pg_class WHERE oid = classid)) AS comment
	FROM pg_depend
	WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
		AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm')
		AND classid <> 'pg_class'::regclass
		AND NOT (classid = 'pg_type'::regclass
			AND objid IN (SELECT typarray FROM pg_type WHERE typarray <> 0
				UNION SELECT reltype FROM pg_class WHERE relkind = 'v'));
CREATE VIEW function AS
	SELECT oid::regprocedure AS function, pg_proc.* FROM pg_proc
	WHERE oid IN (SELECT objid FROM member WHERE classid = 'pg_proc'::regclass);
CREATE VIEW aggregate AS
	SELECT pg_aggregate.*, function.* FROM pg_aggregate JOIN function ON oid = aggfnoid;
CREATE VIEW pseudo_type AS SELECT oid FROM pg_type WHERE typtype = 'p';
SQL

cmp_ok(query("SELECT count(*) FROM $_"), '>', 0, "there are $_" . 's')
  for qw(member function aggregate);

law('every object has a comment', <<'SQL');
SELECT description FROM member WHERE comment IS NULL OR comment !~ '\S' ORDER BY 1
SQL

# An object is in the docs when its name is: functions, types and operator classes as words,
# operators within code, casts as ::type.
my $docs = join "\n", map { slurp_file($_) } glob 'docs/*.md';
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
		WHEN 'pg_opclass'::regclass THEN (SELECT opcname::text FROM pg_opclass WHERE oid = objid)
		WHEN 'pg_opfamily'::regclass THEN (SELECT opfname::text FROM pg_opfamily WHERE oid = objid)
		WHEN 'pg_event_trigger'::regclass THEN
			(SELECT evtname::text FROM pg_event_trigger WHERE oid = objid)
		WHEN 'pg_cast'::regclass THEN
			(SELECT format_type(casttarget, NULL) FROM pg_cast WHERE oid = objid)
		ELSE description
	END)
FROM member ORDER BY description
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
is(join(' ', sort keys %undocumented), '', 'every object is named in docs/');

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

# Trusted: who may create in a database may install cxm there, in any schema. Relocatable: the
# superuser, to whom the objects of a trusted extension belong, may move it.
query('CREATE ROLE analyst LOGIN');
query('CREATE DATABASE theirs OWNER analyst');
my @as_analyst = (extra_params => [ '-U', 'analyst' ]);
$node->safe_psql('theirs', 'CREATE SCHEMA "a b"; CREATE EXTENSION cxm SCHEMA "a b"', @as_analyst);
$node->safe_psql('theirs', 'ALTER EXTENSION cxm SET SCHEMA public');
is($node->safe_psql('theirs', 'SELECT nps(10)'), '100', 'an ordinary user may install it');
$node->safe_psql('theirs', 'DROP EXTENSION cxm', @as_analyst);
is($node->safe_psql('theirs', "SELECT count(*) FROM pg_proc WHERE probin LIKE '%cxm%'"),
	'0', 'and drop it');

$node->stop;
done_testing();
