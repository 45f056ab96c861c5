# Random queries of sqlsmith's over the values of every type: CXM_FUZZ_QUERIES of them. No crash,
# and no internal error or failed look-up in a query that names anything of cxm; PostgreSQL's own
# are listed apart.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $queries = $ENV{CXM_FUZZ_QUERIES} // 20000;
my $seed = $ENV{CXM_FUZZ_SEED} // time;

my $node = PostgreSQL::Test::Cluster->new('sqlsmith');
$node->init;
$node->append_conf('postgresql.conf', <<'END');
fsync = off
statement_timeout = '1s'
log_line_prefix = '%m [%p] %e|'
log_min_error_statement = error
log_statement = none
END
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION cxm_live CASCADE');
$node->command_ok([ 'psql', '-XqAt', '-d', $node->connstr('postgres'), '-f', 'test/values.sql' ],
	'the values are made');
my @names = split /\n/, $node->safe_psql('postgres', q{
	SELECT DISTINCT coalesce(p.proname, t.typname) FROM pg_depend d
		LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
		LEFT JOIN pg_type t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid
	WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass
		AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cxm')
		AND coalesce(p.proname, t.typname) IS NOT NULL});
my $ours = join '|', 'kept', map { quotemeta } @names;
my $started = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()');

# Live rollups follow what sqlsmith does to their table; their pages are relations like others.
$node->safe_psql('postgres', q{
	CREATE TABLE kept.watched (n integer PRIMARY KEY, day date, channel text, score integer,
		amount numeric, customer journey_stage);
	INSERT INTO kept.watched SELECT n, date '2026-01-01' + n % 30, 'c' || n % 3, n % 11, n, '1:a'
		FROM generate_series(1, 300) n;
	SELECT cxm_create_rollup('kept.watched_daily', 'SELECT day, channel, nps_agg(score) AS s,
		revenue_agg(amount, amount) AS r FROM kept.watched GROUP BY 1, 2')});

# What sqlsmith does to roles and settings stays within one session's rights.
$node->safe_psql('postgres', q{CREATE ROLE smith LOGIN;
	GRANT USAGE ON SCHEMA kept TO smith; GRANT SELECT ON ALL TABLES IN SCHEMA kept TO smith;
	GRANT INSERT, UPDATE, DELETE ON kept.watched TO smith});
my $target = $node->connstr('postgres') . ' user=smith';
my $output;
my $run = IPC::Run::run([ 'sqlsmith', "--target=$target", "--max-queries=$queries",
	"--exclude-catalog", "--seed=$seed" ], '<', \undef, '>&', \$output);
ok($run, "sqlsmith ends after $queries queries, from seed $seed")
  or diag(substr $output, -3000);

# PostgreSQL's own internal errors may come up in any query; these are of no type of cxm's, and of
# no function that it calls.
my $postgres = qr/failed\ to\ find\ conversion\ function\ from\ unknown\ to\ text
	|invalid\ INTERVAL\ typmod|cache\ lookup\ failed\ for\ operator\ class\ 0/x;

# An entry of the log, with the statement that comes in the lines after it.
my (%states, @own, @others);
my $about_us = 0;
for my $entry (split /^(?=\S+ \S+ \S+ \[\d+\] \w{5}\|(?:ERROR|FATAL|PANIC))/m,
	slurp_file($node->logfile))
{
	my ($state, $message) = $entry =~ /^\S+ \S+ \S+ \[\d+\] (\w{5})\|(?:ERROR|FATAL|PANIC):  (.*)/
	  or next;
	my ($statement) = $entry =~ /\|STATEMENT:  (.*)/s;
	my $names_us = ($statement // '') =~ /\b(?:$ours)\b/;
	$states{$state}++;
	$about_us++ if $names_us;
	next unless $state eq 'XX000' || $message =~ /cache lookup failed/;
	push @{ $names_us && $message !~ $postgres ? \@own : \@others }, "$message\n$entry";
}
diag("errors by SQLSTATE: " . join ', ', map { "$_: $states{$_}" } sort keys %states);
diag("PostgreSQL's own internal errors: " . join '; ', map { /(.*)/ } @others) if @others;
cmp_ok($about_us, '>', 0, 'queries name what cxm has') if $queries >= 1000;
is(scalar @own, 0, 'no internal error involves cxm') or diag(substr join("\n", @own), 0, 8000);
is($node->safe_psql('postgres', 'SELECT pg_postmaster_start_time()'), $started,
	'the server has not restarted');
is($node->safe_psql('postgres', q{SELECT * FROM cxm_verify_rollup('kept.watched_daily')}), '',
	'the live rollup is right');
unlike(slurp_file($node->logfile), qr/terminated by signal/, 'nor lost a backend');

$node->stop;
done_testing();
