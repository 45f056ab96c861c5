# Live rollups of 1.0.0 and their update: what the update of cxm leaves, and what CREATE EXTENSION
# cxm_live takes over; that writers go on before, between and after, and that dumps of each are
# restored; and that cxm_live works with no other version of cxm, nor with look-alikes.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib 'test';
use SameLines;

my $node = PostgreSQL::Test::Cluster->new('live_update');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
my $directory = PostgreSQL::Test::Utils::tempdir;
my ($version) = slurp_file('cxm.control') =~ /^default_version = '(.*)'$/m;
my $definitions = slurp_file('test/definitions.sql') . '; SELECT line FROM pg_temp.definitions()';

sub query { return $node->safe_psql($_[0], $_[1]) }

sub database
{
	my ($name, $contents) = @_;
	query('postgres', "CREATE DATABASE $name");
	query($name, $contents) if $contents;
}

# What a command that fails says, its SQLSTATE and HINT included.
sub refusal
{
	my ($database, $command, @options) = @_;
	my ($status, undef, $error) =
	  $node->psql($database, "\\set VERBOSITY verbose\n$command", on_error_stop => 1, @options);
	isnt($status, 0, "refused: $command");
	return $error;
}

sub extensions
{
	return query($_[0], q{SELECT string_agg(extname || ' ' || extversion, ', ' ORDER BY extname)
		FROM pg_extension WHERE extname LIKE 'cxm%'});
}

# The rollup is what its table says, and nothing is wrong with it.
sub is_right
{
	my ($database, $what) = @_;
	is(query($database, q{SELECT * FROM cxm_verify_rollup('daily');
		SELECT problem FROM cxm_rollups WHERE problem IS NOT NULL}),
		'', "$what: the rollup is right");
}

sub writes
{
	my ($database, $what) = @_;
	my $counted = 'SELECT sum(responses(s)) FROM daily';
	my $before = query($database, $counted);
	query($database, q{
		INSERT INTO response SELECT n % 2, n % 11 FROM generate_series(1, 100) n;
		UPDATE response_0 SET score = 10 WHERE score = 0;
		DELETE FROM response WHERE ctid IN (SELECT ctid FROM response_1 LIMIT 5) AND k = 1});
	is(query($database, $counted), $before + 95, "$what: writes are counted");
	is_right($database, $what);
}

my $made = <<'SQL';
CREATE TABLE response (k integer, score integer) PARTITION BY LIST (k);
CREATE TABLE response_0 PARTITION OF response FOR VALUES IN (0);
CREATE TABLE response_1 PARTITION OF response FOR VALUES IN (1);
INSERT INTO response SELECT n % 2, n % 11 FROM generate_series(1, 1000) n;
SELECT cxm_create_rollup('daily', 'SELECT k, nps_agg(score) AS s FROM response GROUP BY 1');
SQL

database('fresh', 'CREATE EXTENSION cxm; CREATE EXTENSION cxm_live');
my $fresh = query('fresh', $definitions);

sub is_fresh
{
	my ($database) = @_;
	is(extensions($database), "cxm $version, cxm_live $version", 'both extensions are there');
	same_lines(query($database, $definitions), $fresh, 'as in a new installation');
	is(query($database, q{SELECT oid::regprocedure FROM pg_proc p WHERE probin LIKE '%cxm%' AND
			NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')}), '',
		'and nothing lies about');
}

sub dump_of
{
	my ($database, @options) = @_;
	my $file = join '.', "$directory/$database", map { s/\W//gr } @options;
	$node->command_ok([ 'pg_dump', @options, '-f', $file, $database ],
		"pg_dump @options $database");
	return $file;
}

sub restore
{
	my ($file, $database) = @_;
	$node->command_ok(
		[ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $database, '-f', $file ],
		"it is restored into $database");
}

#
# One session that writes before, between and after: what it has prepared is prepared again
#
database('old', "CREATE EXTENSION cxm VERSION '1.0.0'; $made
	CREATE VIEW wrong AS SELECT name FROM cxm_rollups WHERE problem IS NOT NULL;
	CREATE FUNCTION verify() RETURNS bigint LANGUAGE plpgsql AS
		'BEGIN RETURN (SELECT count(*) FROM cxm_verify_rollup(''daily'')); END'");
my $dump_of_1_0 = dump_of('old', '--exclude-table=wrong');
writes('old', '1.0.0');
my $connection = $node->connstr('old');
my $one = 'INSERT INTO response VALUES (0, 10); SELECT sum(responses(s)), verify() FROM daily';
is( query('old', qq{
		CREATE TEMP TABLE mine AS SELECT 1; $one;
		\\! psql -Xq '$connection' -c "ALTER EXTENSION cxm UPDATE" 2>$directory/warning
		$one;
		\\! psql -Xq '$connection' -c "CREATE DATABASE between TEMPLATE postgres"
		$one;
		\\! pg_dump '$connection' >$directory/between
		$one;
		\\! pg_dump --clean --if-exists -Fc '$connection' >$directory/between.clean
		\\! psql -Xq '$connection' -c "CREATE EXTENSION cxm_live"
		$one;
		SELECT evtname FROM pg_event_trigger ORDER BY 1}),
	join("\n", (map { (1095 + $_) . '|0' } 1 .. 5), 'cxm_watch_drops', 'cxm_watch_tables'),
	'a session counts all that it writes');
like(slurp_file("$directory/warning"),
	qr/^WARNING:  live rollups are the extension.*^HINT:  As a superuser: CREATE EXTENSION/ms,
	'the update says what to do');
writes('old', 'after');
is_fresh('old');
is(query('old', 'SELECT * FROM wrong'), '', "somebody's view of cxm_rollups goes on");
query('old', 'CREATE TABLE response_2 PARTITION OF response FOR VALUES IN (2);
	INSERT INTO response VALUES (2, 10)');
is_right('old', 'a new partition');

#
# Between, as it was dumped
#
database('restored');
restore("$directory/between", 'between');
restore("$directory/between", 'restored');
for my $database ('between', 'restored')
{
	is(extensions($database), "cxm $version", 'between there is cxm alone');
	writes($database, 'between');
	is(query($database, q{CALL cxm_compact_rollup('daily'); SELECT cxm_rebuild_rollup('daily')}),
		'2', 'folding and rebuilding go on');
	query($database, 'CREATE TABLE response_2 PARTITION OF response FOR VALUES IN (2)');
	like(query($database, 'SELECT problem FROM cxm_rollups'),
		qr/response_2 has no trigger for insert/, 'a new partition is not followed, as is said');
	is(query($database, q{SELECT cxm_rebuild_rollup('daily')}), '2', 'until it is rebuilt');
	writes($database, 'rebuilt between');
}
$node->command_ok(
	[ 'pg_restore', '--exit-on-error', '--clean', '--if-exists', '-d', 'restored',
		"$directory/between.clean" ],
	'between, --clean is restored over what is there');
writes('restored', 'restored over it');
for my $database ('between', 'restored')
{
	query($database, 'CREATE EXTENSION cxm_live');
	is_fresh($database);
	writes($database, 'taken over');
}
my $clean = dump_of('restored', '--clean', '--if-exists');
restore($clean, 'restored');
is_fresh('restored');
writes('restored', 'dumped after it');

#
# A dump of 1.0.0, whose triggers name a function that cxm has no more
#
database('into_1_0', q{CREATE EXTENSION cxm VERSION '1.0.0'});
restore($dump_of_1_0, 'into_1_0');
query('into_1_0', 'ALTER EXTENSION cxm UPDATE; CREATE EXTENSION cxm_live');
is_fresh('into_1_0');
writes('into_1_0', 'restored into 1.0.0 and updated');

database('into_2_0');
my (undef, undef, $errors) =
  $node->psql('into_2_0', slurp_file($dump_of_1_0), on_error_stop => 0);
my @errors = $errors =~ /ERROR:  (.*)/g;
is(scalar(@errors), 11, 'restored into 2.0 it lacks triggers');
is_deeply([ grep { !/^function public.cxm_maintain_rollup\(\) does not exist/ } @errors ], [],
	'and nothing else') or diag($errors);
query('into_2_0', 'CREATE EXTENSION cxm_live');
is(query('into_2_0', q{SELECT cxm_rebuild_rollup('daily')}), '2', 'a rebuild makes them');
is_fresh('into_2_0');
writes('into_2_0', 'restored into 2.0 and rebuilt');

#
# Schemas, and who may do it
#
query('postgres', 'CREATE ROLE mallory LOGIN; CREATE ROLE admin SUPERUSER LOGIN');
query('postgres', "CREATE DATABASE apart OWNER mallory");
my @as_mallory = (extra_params => [ '-U', 'mallory' ]);
$node->safe_psql('apart', q{CREATE SCHEMA metrics; CREATE SCHEMA watch;
	CREATE EXTENSION cxm SCHEMA metrics VERSION '1.0.0'; SET search_path = public, metrics;
	CREATE SCHEMA cxm_internal}, @as_mallory);
$node->safe_psql('apart', "SET search_path = public, metrics; $made", @as_mallory);
like(refusal('apart', 'ALTER EXTENSION cxm UPDATE', @as_mallory),
	qr/42P06: schema "cxm_internal" already exists/, 'an update that cannot be is refused');
$node->safe_psql('apart', 'DROP SCHEMA cxm_internal; ALTER EXTENSION cxm UPDATE', @as_mallory);
like(refusal('apart', 'CREATE EXTENSION cxm_live', @as_mallory),
	qr/permission denied to create extension "cxm_live"/,
	'the owner of a database updates cxm alone');
$node->safe_psql('apart', q{
	CREATE FUNCTION watch.cxm_maintain_rollup() RETURNS trigger LANGUAGE plpgsql
		AS 'BEGIN RETURN NULL; END';
	CREATE VIEW watch.cxm_rollups AS SELECT 'cxm_rollup_states()' AS x;
	CREATE FUNCTION watch.cxm_drop_rollup(name text) RETURNS void LANGUAGE sql AS ''}, @as_mallory);
like(refusal('apart', 'CREATE EXTENSION cxm_live SCHEMA watch'),
	qr/42710: \w+ watch\.cxm_\w+(\(text\))? is in the way.*not what the update.*Rename or drop/s,
	'look-alikes are in the way where it would be');
query('apart', 'CREATE EXTENSION cxm_live');
is( query('apart', q{SELECT DISTINCT p.pronamespace::regnamespace, count(*)
		FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid
		WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
			AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm_live')
		GROUP BY 1 ORDER BY 1}),
	"public|6\ncxm_internal|5", 'but not elsewhere; what is taken over moves to where it belongs');
query('apart', 'ALTER DATABASE apart SET search_path = public, metrics');
writes('apart', 'in two schemas');
like(refusal('apart', 'DROP EXTENSION cxm'), qr/extension cxm_live depends on extension cxm/,
	'cxm stays while cxm_live needs it');

database('others', "CREATE EXTENSION cxm VERSION '1.0.0'; $made
	ALTER EXTENSION cxm UPDATE");
for my $object ('FUNCTION cxm_maintain_rollup()', 'VIEW cxm_rollups')
{
	query('others', "ALTER $object OWNER TO admin");
	like(refusal('others', 'CREATE EXTENSION cxm_live'),
		qr/42710: \w+ public\.cxm_\w+(\(\))? is in the way.*Its owner is admin.*OWNER TO/s,
		'what belongs to somebody else is not taken over');
	query('others', "ALTER $object OWNER TO CURRENT_USER");
}
query('others', q{DROP VIEW cxm_rollups; DROP FUNCTION cxm_rollup_states();
	CREATE FUNCTION cxm_rollup_states(OUT problem text) RETURNS SETOF text LANGUAGE sql
		AS 'SELECT NULL';
	ALTER FUNCTION cxm_maintain_rollup() OWNER TO admin});
$node->safe_psql('others', 'CREATE EXTENSION cxm_live', extra_params => [ '-U', 'admin' ]);
is(extensions('others'), "cxm $version, cxm_live $version", 'but by its owner');
writes('others', 'of several superusers');
is(query('others', q{SELECT probin FROM pg_proc WHERE proname = 'cxm_rollup_list'
		AND pronamespace = 'cxm_internal'::regnamespace}),
	'$libdir/cxm', 'nor is a function that is not ours');

#
# Versions
#
database('versions', "CREATE EXTENSION cxm VERSION '1.0.0'");
like(refusal('versions', 'CREATE EXTENSION cxm_live'),
	qr/55000: extension cxm has version 1\.0\.0.*HINT:  ALTER EXTENSION cxm UPDATE;/s,
	'cxm_live is not created beside another version of cxm');
query('versions', "ALTER EXTENSION cxm UPDATE; CREATE EXTENSION cxm_live; $made");
for my $extension ('cxm', 'cxm_live')
{
	query('versions', "UPDATE pg_extension SET extversion = '1.9' WHERE extname = '$extension'");
	like(refusal('versions', $_),
		qr/55000: extension cxm has version .*HINT:  ALTER EXTENSION $extension UPDATE;/s,
		"nor works with it, if $extension is older")
	  for q{SELECT cxm_create_rollup('r', 'SELECT k, nps_agg(score) FROM response GROUP BY 1')},
	  q{SELECT cxm_rebuild_rollup('daily')}, q{CALL cxm_compact_rollup('daily')},
	  q{SELECT * FROM cxm_verify_rollup('daily')};
	query('versions', 'INSERT INTO response VALUES (1, 10)');
	is(query('versions', 'SELECT name, problem FROM cxm_rollups'), 'daily|',
		'whereas rollups are listed');
	query('versions', "UPDATE pg_extension SET extversion = '$version'");
	writes('versions', 'and writers are never stopped');
}
query('versions', q{UPDATE pg_extension SET extversion = '1.9' WHERE extname = 'cxm';
	SELECT cxm_drop_rollup('daily')});
pass('nor is who drops a rollup');

$node->stop;
done_testing();
