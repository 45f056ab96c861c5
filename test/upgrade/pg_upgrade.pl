# pg_upgrade from the PostgreSQL in CXM_OLD_BIN to the one on the path: what lies in tables is taken
# over as it is, so that a later server's cxm must read it to the byte. A database that has 1.0.0
# comes to the new server with 1.0.0, and is updated there.
use strict;
use warnings;
use File::Basename;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib 'test';
use SameLines;

chomp(my $new_bin = `$ENV{PG_CONFIG} --bindir`);
my $old = PostgreSQL::Test::Cluster->new('old', install_path => dirname($ENV{CXM_OLD_BIN}));
my $new = PostgreSQL::Test::Cluster->new('new');
$old->init;
# 18 has checksums unless told otherwise, and both clusters must agree
$new->init(extra => `initdb --help` =~ /--no-data-checksums/ ? ['--no-data-checksums'] : []);

$old->start;
my $from = $old->safe_psql('postgres', 'SHOW server_version');

# A minor version can give the columns of any table an option that an older one of the next major
# version does not know: those two carry no table at all, with cxm or without.
my $options = $old->safe_psql('postgres', q{CREATE TABLE plain (a integer);
	SELECT array_to_string(attoptions, ', ') FROM pg_attribute
	WHERE attrelid = 'plain'::regclass AND attoptions IS NOT NULL});
if ($options ne '')
{
	my $probe = PostgreSQL::Test::Cluster->new('probe');
	$probe->init;
	$probe->start;
	my ($status, undef, $error) = $probe->psql('postgres',
		"CREATE TABLE plain (a integer); ALTER TABLE plain ALTER a SET ($options)");
	$probe->stop;
	$old->stop if $status;
	plan skip_all => "PostgreSQL $from makes tables that this one refuses: $error" if $status;
}
$old->safe_psql('postgres', 'CREATE DATABASE kept');
$old->safe_psql('kept', 'CREATE EXTENSION cxm');
$old->command_ok([ 'psql', '-Xq', '-d', 'kept', '-f', 'test/values.sql' ], "values in $from");
$old->safe_psql('postgres', 'CREATE DATABASE released');
$old->safe_psql('released', q{CREATE EXTENSION cxm VERSION '1.0.0';
	CREATE TABLE response (k integer, score integer);
	INSERT INTO response SELECT n % 3, n % 11 FROM generate_series(1, 1000) n;
	SELECT cxm_create_rollup('live', 'SELECT k, nps_agg(score) AS s FROM response GROUP BY 1')});
my $definitions = slurp_file('test/definitions.sql') . '; SELECT line FROM pg_temp.definitions()';
my %queries = (
	'the same values' => 'SELECT line FROM kept.contents()',
	'the same bytes' => 'SELECT * FROM kept.stored()',
	'the same definitions' => $definitions,
	'by its hash the same row' => q{SET enable_seqscan = off; SELECT name FROM kept.rating_summary
		WHERE value = (SELECT value FROM kept.rating_summary WHERE name = '256 weights')},
	'the same order of stages' => q{SET enable_seqscan = off; SET enable_sort = off;
		SELECT value FROM kept.journey_stage ORDER BY value},
	'the same sums' => q{SELECT rollup(s.value), rollup(d.value) FROM kept.survival_summary s
		FULL JOIN (SELECT * FROM kept.duration_summary
			WHERE name !~ 'ages' AND targets(value) IS NULL) d USING (name)},
);
my %before = map { $_ => $old->safe_psql('kept', $queries{$_}) } keys %queries;
$old->stop;

chdir PostgreSQL::Test::Utils::tempdir;
my $output = '';
ok( IPC::Run::run(
		[
			'pg_upgrade', '--no-sync', '-U', (getpwuid $<)[0], '-s', $new->host,
			'-d', $old->data_dir, '-D', $new->data_dir, '-b', $ENV{CXM_OLD_BIN}, '-B', $new_bin,
			'-p', $old->port, '-P', $new->port,
		],
		'>&', \$output),
	'pg_upgrade') or diag($output,
	map { slurp_file($_) } glob $new->data_dir . '/pg_upgrade_output.d/*/log/*dump*.log');
chdir $ENV{TESTDIR};

$new->start;
my $to = $new->safe_psql('postgres', 'SHOW server_version');
isnt($to, $from, "from $from to $to");
for my $what (sort keys %queries)
{
	cmp_ok(length $before{$what}, '>', 0, "before: $what");
	same_lines($new->safe_psql('kept', $queries{$what}), $before{$what}, "after: $what");
}
$new->safe_psql('kept', 'REFRESH MATERIALIZED VIEW CONCURRENTLY kept.rolled_up');
same_lines($new->safe_psql('kept', $queries{'the same values'}), $before{'the same values'},
	'a materialized view gives the same');

# Live rollups of 1.0.0: at first with the script of then, and in the end with that of now.
for my $step ('SELECT 1', 'ALTER EXTENSION cxm UPDATE', 'CREATE EXTENSION cxm_live')
{
	$new->safe_psql('released', $step);
	$new->safe_psql('released', 'INSERT INTO response VALUES (1, 10), (2, 0)');
	is( $new->safe_psql('released', q{SELECT * FROM cxm_verify_rollup('live');
			SELECT problem FROM cxm_rollups}), '', "a live rollup goes on after $step");
}
$new->safe_psql('postgres', 'CREATE DATABASE fresh');
$new->safe_psql('fresh', 'CREATE EXTENSION cxm; CREATE EXTENSION cxm_live');
same_lines($new->safe_psql('released', $definitions), $new->safe_psql('fresh', $definitions),
	'the catalog is that of a new installation');

# The rest of an upgrade: dumped by the new programs and restored, and with new rows.
my $dump = PostgreSQL::Test::Utils::tempdir . '/dump';
$new->command_ok([ 'pg_dump', '-Fc', '-f', $dump, 'kept' ], 'it is dumped');
$new->safe_psql('postgres', 'CREATE DATABASE restored');
$new->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'restored', $dump ], 'and restored');
same_lines($new->safe_psql('restored', $queries{'the same values'}), $before{'the same values'},
	'to the same values');
is( $new->safe_psql('kept', q{SELECT value + nps_agg(9) - nps_agg(9) = value
		FROM kept.rating_summary WHERE name = 'small' GROUP BY value}),
	't', 'new rows are added to what the old server stored');
$new->stop;
done_testing();
