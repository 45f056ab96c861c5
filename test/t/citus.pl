# test/citus.sql on a coordinator and two workers. Skipped where the library is not installed; what
# Citus asks of an aggregate is tested everywhere, by aggregates.pl and catalog.pl.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

chomp(my $library = `$ENV{PG_CONFIG} --pkglibdir`);
plan skip_all => 'Citus is not installed' unless -e "$library/citus.so";

my @nodes = map { PostgreSQL::Test::Cluster->new($_) } qw(coordinator worker1 worker2);
for my $node (@nodes)
{
	$node->init;
	$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
timezone = 'UTC'
shared_preload_libraries = 'citus'
citus.node_conninfo = 'sslmode=disable'
citus.enable_statistics_collection = off
wal_level = logical
max_prepared_transactions = 50
CONF
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION citus; CREATE EXTENSION cxm');
}
my ($coordinator, @workers) = @nodes;
for my $worker (@workers)
{
	my ($host, $port) = ($worker->host, $worker->port);
	$coordinator->safe_psql('postgres', "SELECT citus_add_node('$host', $port)");
}
$coordinator->safe_psql('postgres', slurp_file('test/every_aggregate.sql'));
my ($status, $output, $errors) = $coordinator->psql('postgres', slurp_file('test/citus.sql'));
is($status, 0, 'test/citus.sql runs to its end') or diag($errors);
note $output;

my @lines = grep { length } split /\n/, $output;
my $calls = $coordinator->safe_psql('postgres', 'SELECT count(*) FROM aggregate_call');
my ($before, $after) = $output =~ /^\Q$calls\E\n(.*?)^(7\|900\|t)$/ms;
is($before, '', 'every aggregate over spread rows gives what it gives over one table');
is($after, '7|900|t', 'by group');
like($output, qr/^1000\|900$/m, 'by the column that rows are spread by');
like($output, qr/worker_partial_agg\('(public\.)?nps_agg\(integer\)'/,
	'in halves on the workers');
like($output, qr/^t\|t$/m, 'summaries that are spread are rolled up');

$_->stop for @nodes;
done_testing();
