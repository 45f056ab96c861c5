# Damaged values of every type, as text and as binary parameters, through a live server:
# CXM_FUZZ_TRIES of them. Each is refused with an error that blames the value, or is a value that
# its text and its binary form both bring back byte for byte. The server neither restarts nor loses
# a backend.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $tries = $ENV{CXM_FUZZ_TRIES} // 100000;
my $seed = $ENV{CXM_FUZZ_SEED} // time;

my $program = PostgreSQL::Test::Utils::tempdir . '/mutate';
# where Debian has libpq's header; elsewhere it lies where the compiler looks by itself
my $flags = '-std=gnu11 -O1 -Wall -Wextra -Werror -Wno-format-truncation '
  . '-I/usr/include/postgresql';
my $output = `gcc $flags -o $program test/fuzz/mutate.c -lpq 2>&1`;
is($?, 0, 'the client builds') or BAIL_OUT($output);

my $node = PostgreSQL::Test::Cluster->new('mutation');
$node->init;
$node->append_conf('postgresql.conf', <<'END');
fsync = off
log_min_error_statement = panic
log_min_messages = fatal
END
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION cxm');
$node->command_ok([ 'psql', '-XqAt', '-d', $node->connstr('postgres'), '-f', 'test/values.sql' ],
	'the values are made');

sub started { return $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()') }
my $started = started();

my ($counts, $reports);
my $run = IPC::Run::run([ $program, $node->connstr('postgres'), $tries, $seed ],
	'>', \$counts, '2>', \$reports);
ok($run, "$tries damaged values, from seed $seed: refused, or sound")
  or diag(substr $reports, 0, 6000);

my $total = 0;
for (split /\n/, $counts)
{
	my ($type, @counts) = split;
	my ($refused_text, $valid_text, $refused_binary, $valid_binary) = @counts;
	$total += $_ for @counts;
	diag("$type: text $refused_text refused, $valid_text valid; "
		. "binary $refused_binary refused, $valid_binary valid");
	ok($refused_text && $refused_binary && $valid_text && $valid_binary, "$type: some of each");
}
is($total, $tries, 'all of them were tried');
is(started(), $started, 'the server has not restarted');
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|FATAL/, 'nor lost a backend');

$node->stop;
done_testing();
