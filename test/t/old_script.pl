# This library under the scripts of released versions, as it is between the upgrade of a package
# and ALTER EXTENSION UPDATE, and after pg_upgrade: every function that they name is there, and
# their own regression tests pass, but for what test/frozen/VERSION/differences lists with reasons.
#
# That file has a line "TEST: - LINE" or "TEST: + LINE" for each line that a test does not print any
# more or prints instead, in any order, under the reason, a line with a #. Where the environment has
# CXM_DIFFERENCES, what this version makes of it goes to the file of that name followed by the
# version: unknown differences come last.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use lib 'test';
use SameLines;

my ($version) = slurp_file('cxm.control') =~ /^default_version = '(.*)'$/m;
chomp(my ($libraries, $bin) = map { scalar `$ENV{PG_CONFIG} --$_` } qw(pkglibdir bindir));
my %exported = map { /^\w+ T (\w+)/ ? ($1 => 1) : () } `nm -D --defined-only '$libraries/cxm.so'`;

my $node = PostgreSQL::Test::Cluster->new('old_script');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

# Without what depends on the width of a column, or on which session has a temporary schema.
sub unaligned
{
	my ($path) = @_;
	my $lines = slurp_file($path);
	$lines =~ s/^-[-+]*$/-/mg;
	$lines =~ s/ *\+$//mg;
	$lines =~ s/ +/ /g;
	$lines =~ s/^ | $//mg;
	$lines =~ s/\bpg_temp_\d+/pg_temp/g;
	my $file = PostgreSQL::Test::Utils::tempdir . '/lines';
	open my $unaligned, '>', $file or die "$file: $!";
	print $unaligned $lines;
	close $unaligned;
	return $file;
}

# What the tests print otherwise than they did.
sub differences
{
	my ($frozen, $results) = @_;
	my @differences;
	for my $test (map { /^test: (\w+)/ } split /\n/, slurp_file("$frozen/schedule"))
	{
		my $printed = "$results/$test.out";
		ok(-s $printed, "$test has run") or next;
		my ($then, $now) = map { unaligned($_) } "$frozen/expected/$test.out", $printed;
		push @differences, map { /^([<>]) (.*)/ ? "$test: " . ($1 =~ tr/<>/-+/r) . " $2\n" : () }
		  split /\n/, `diff '$then' '$now'`;
	}
	return @differences;
}

# The list of differences without those that are none any more, and with those that it lacks.
sub relist
{
	my ($list, @differences) = @_;
	my %left;
	$left{$_}++ for @differences;
	my $known = join '', grep { /^(#|$)/ || $left{$_}-- > 0 } split /^/, $list;
	my @unknown = grep { my $there = ($left{$_} // 0) > 0; $left{$_}--; $there } @differences;
	return $known . (@unknown ? join '', "\n# not known why\n", @unknown : '');
}

for my $frozen (map { s{/$}{}r } glob 'test/frozen/*/')
{
	my ($old) = $frozen =~ m{([^/]+)$};
	next if $old eq $version;
	my $script = join '', map { slurp_file($_) } glob "$frozen/cxm*--$old.sql";
	my @symbols = $script =~ /AS 'MODULE_PATHNAME', '(\w+)'/g;
	cmp_ok(scalar(@symbols), '>', 300, "$old names functions of the library");
	is(join(' ', grep { !$exported{$_} || !$exported{"pg_finfo_$_"} } @symbols),
		'', 'which all are there still');

	my $database = "regression_$old" =~ s/\W/_/gr;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, "CREATE EXTENSION cxm VERSION '$old'");
	$node->safe_psql($database, "CREATE EXTENSION cxm_live VERSION '$old'")
	  if $script =~ /CREATE EXTENSION cxm_live/;
	my $output = PostgreSQL::Test::Utils::tempdir;
	my $ran = `'$ENV{PG_REGRESS}' --inputdir='$ENV{TESTDIR}/$frozen/regress' \\
		--outputdir='$output' --bindir='$bin' \\
		--host='@{[ $node->host ]}' --port='@{[ $node->port ]}' \\
		--use-existing --dbname=$database --schedule='$frozen/regress/schedule' 2>&1`;
	my @differences = differences("$frozen/regress", "$output/results");
	my $list = slurp_file("$frozen/differences");
	my $relisted = relist($list, @differences);
	unlike($list, qr/\A(?!#|\z)|\n\n(?!#|\z)/, 'every difference has a reason');
	same_lines($relisted, $list, "the tests of $old print what they did, or what is listed")
	  or diag($ran);
	is($node->safe_psql($database, q{SELECT extversion FROM pg_extension WHERE extname = 'cxm'}),
		$old, 'and that was with the script of then');
	if ($ENV{CXM_DIFFERENCES})
	{
		open my $file, '>', "$ENV{CXM_DIFFERENCES}$old" or die "$ENV{CXM_DIFFERENCES}$old: $!";
		print $file $relisted;
		close $file;
	}
}

$node->stop;
done_testing();
