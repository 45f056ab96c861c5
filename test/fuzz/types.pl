# The input and receive function of every type under libFuzzer, which is linked into cxm.so and runs
# in backends, two at a time: CXM_FUZZ_SECONDS for all of them. Needs a server that was built under
# AddressSanitizer by clang, whose runtime the library shares. The values of test/values.sql are
# what the search starts from.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

chomp(my $cflags = `$ENV{PG_CONFIG} --cflags`);
chomp(my $includes = `$ENV{PG_CONFIG} --includedir-server`);
chomp(my $runtimes = `clang -print-runtime-dir`);
chomp(my $machine = `uname -m`);
my ($runtime) = grep { -e } map { "$runtimes/libclang_rt.fuzzer_no_main$_.a" } '', "-$machine";
my $object = "$ENV{TESTDATADIR}/fuzz_types.o";
my $linked = "$object -Wl,--whole-archive $runtime -Wl,--no-whole-archive -lstdc++ -lm "
  . '-Wl,-Bsymbolic';
my $build = "rm -f src/*.o src/*/*.o cxm.so && mkdir -p $ENV{TESTDATADIR} && "
  . "clang $cflags -fPIC -D_GNU_SOURCE -Itest/fuzz -isystem $includes -c "
  . "-o $object test/fuzz/fuzz_types.c && make -s -j2 install with_llvm=no "
  . "PG_CONFIG=$ENV{PG_CONFIG} COPT='-Werror -fsanitize=fuzzer-no-link' SHLIB_LINK='$linked'";
my $output = `($build) 2>&1`;
is($?, 0, 'cxm builds with libFuzzer in it') or BAIL_OUT($output);

my $node = PostgreSQL::Test::Cluster->new('fuzz_types');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;
$node->safe_psql('postgres', q{CREATE EXTENSION cxm;
	CREATE FUNCTION fuzz_type(regtype, boolean, text) RETURNS void LANGUAGE c AS '$libdir/cxm'});
$node->command_ok([ 'psql', '-XqAt', '-d', $node->connstr('postgres'), '-f', 'test/values.sql' ],
	'the values are made');

my $directory = PostgreSQL::Test::Utils::tempdir;
sub write_seed { append_to_file("$directory/$_[0]/$_[1]", $_[2]) }

my %seeds;
for (split /\n/, $node->safe_psql('postgres', q{
	SELECT concat_ws('|', type, encode(sent, 'hex'), encode(convert_to(value, 'UTF8'), 'hex'))
	FROM kept.sent() JOIN kept.type t ON t.name = type WHERE t.base AND value IS NOT NULL}))
{
	my ($type, $sent, $text) = split /\|/;
	for ([ 'binary', $sent ], [ 'text', $text ])
	{
		my ($form, $bytes) = ($_->[0], pack 'H*', $_->[1] =~ s/^\\x//r);
		mkdir "$directory/$type.$form";
		write_seed("$type.$form", $seeds{"$type.$form"}++, $bytes) if length $bytes < 20000;
	}
}
my @types = split /\n/, $node->safe_psql('postgres',
	'SELECT name FROM kept.type WHERE base ORDER BY name');
my @targets = map { ("$_.text", "$_.binary") } @types;
is(join(' ', sort keys %seeds), join(' ', sort @targets), 'every type has values to start from');

my $seconds = int(($ENV{CXM_FUZZ_SECONDS} // 60) * 2 / @targets) || 1;

# Starts a backend whose messages go to a file, and returns the process to wait for.
sub fuzz
{
	my ($target) = @_;
	my ($type, $form) = split /\./, $target;
	my $arguments = "-max_total_time=$seconds -max_len=2000 -rss_limit_mb=4000 -timeout=20 "
	  . "-artifact_prefix=$directory/ $directory/$target";
	my $sql = sprintf "SELECT fuzz_type('%s', %s, '%s')", $type,
	  $form eq 'binary' ? 'true' : 'false', "-log=$directory/$target.log $arguments";
	my $process = fork // die "fork: $!";
	return $process if $process;
	open STDOUT, '>', '/dev/null';
	open STDERR, '>', '/dev/null';
	exec 'psql', '-XqAt', '-d', $node->connstr('postgres'), '-c', $sql;
}

my $total = 0;
for (my @waiting = @targets; my @pair = splice @waiting, 0, 2;)
{
	waitpid $_, 0 for map { fuzz($_) } @pair;
	for my $target (@pair)
	{
		my $log = -e "$directory/$target.log" ? slurp_file("$directory/$target.log") : 'no log';
		my ($runs) = $log =~ /^Done (\d+) runs/m;
		my ($covered) = $log =~ /.*cov: (\d+)/s;
		ok($runs && $covered, "$target: refused, or the same value again")
		  or diag(substr($log, -6000));
		diag("$target: $runs inputs, $covered edges") if $runs && $covered;
		$total += $runs // 0;
	}
}
diag("$total inputs in all");
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server is still there');
unlike(slurp_file($node->logfile), qr/terminated by signal/, 'and no backend has crashed');

$node->stop;
done_testing();
