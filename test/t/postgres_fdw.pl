# Three servers, each with a third of the rows, and one that asks them: whatever way, the answer is
# that of one server with all rows. The bytes on the wire are counted by a proxy before each.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $per_server = 20_000;
my $columns = 'n integer, shard integer, region text, asked_on date, score integer,
	opened timestamptz, resolved timestamptz';
my $made_up = q{
	SELECT n, %1$s AS shard, 'region ' || n %% 10 AS region,
		date '2025-01-01' + n %% 365 AS asked_on,
		CASE WHEN n %% 5 > 0 THEN n * 7 %% 11 END AS score,
		timestamptz '2025-01-01 00:00Z' + n * interval '7 min' AS opened,
		CASE WHEN n %% 9 > 0
			THEN timestamptz '2025-01-01 00:00Z' + n * interval '9 min' END AS resolved
	FROM generate_series(%1$s, 3 * %2$s + %1$s - 3, 3) n};

plan skip_all => 'no postgres_fdw in this installation'
  unless -e `$ENV{PG_CONFIG} --sharedir` =~ s/\n//r . '/extension/postgres_fdw.control';

sub start
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	$node->append_conf('postgresql.conf', "fsync = off\ntimezone = 'UTC'");
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION cxm_live CASCADE');
	return $node;
}

# Between the coordinator and a server: passes on what comes, and appends to a file how many bytes
# the server sent when a connection has ended.
my $directory = PostgreSQL::Test::Utils::tempdir_short;
my $counted = "$directory/bytes";

sub start_proxy
{
	my ($port, $server) = @_;
	my $listener = IO::Socket::UNIX->new(Local => "$directory/.s.PGSQL.$port", Listen => 5)
	  or die "$directory: $!";
	my $process = fork // die $!;
	return $process if $process;

	# the test's own handler would stop the servers on its way out
	@SIG{qw(CHLD TERM)} = ('IGNORE', 'DEFAULT');
	while (my $client = $listener->accept)
	{
		next if fork;
		my $backend = IO::Socket::UNIX->new(Peer => $server) or POSIX::_exit(1);
		my $either = IO::Select->new($client, $backend);
		my $bytes = 0;
	  PASSING: while (1)
		{
			for my $from ($either->can_read)
			{
				sysread $from, my $data, 65536 or last PASSING;
				$bytes += length $data if $from == $backend;
				my $to = $from == $backend ? $client : $backend;
				for (my $sent = 0; $sent < length $data;)
				{
					$sent += syswrite $to, $data, length($data) - $sent, $sent or last PASSING;
				}
			}
		}
		open my $file, '>>', $counted or POSIX::_exit(1);
		syswrite $file, "$bytes\n";
		POSIX::_exit(0);
	}
	POSIX::_exit(0);
}

my $coordinator = start('coordinator');
my (@servers, @proxies);
END
{
	my $status = $?;
	kill 'TERM', @proxies if @proxies;
	$? = $status;
}

$coordinator->safe_psql('postgres', qq{
	CREATE EXTENSION postgres_fdw;
	CREATE TABLE one_server ($columns);
	CREATE TABLE response ($columns) PARTITION BY LIST (shard);
	CREATE TABLE daily (shard integer, region text, asked_on date, nps rating_summary,
		times duration_summary) PARTITION BY LIST (shard);
	CREATE TABLE live (LIKE daily) PARTITION BY LIST (shard)});
for my $shard (1 .. 3)
{
	my $server = start("server$shard");
	my $rows = sprintf $made_up, $shard, $per_server;
	my $summaries = 'SELECT shard, region, asked_on, nps_agg(score) AS nps,
			ttr_agg(opened, resolved) AS times
		FROM response GROUP BY shard, region, asked_on';
	$server->safe_psql('postgres', qq{
		CREATE TABLE response AS $rows;
		ANALYZE response;
		CREATE VIEW daily AS $summaries;
		SELECT cxm_create_rollup('live', '$summaries')});
	my $port = 50000 + $shard;
	push @proxies, start_proxy($port, $server->host . '/.s.PGSQL.' . $server->port);
	push @servers, $server;
	$coordinator->safe_psql('postgres', qq{
		INSERT INTO one_server $rows;
		CREATE SERVER server$shard FOREIGN DATA WRAPPER postgres_fdw
			OPTIONS (host '$directory', port '$port', dbname 'postgres', fetch_size '10000');
		CREATE USER MAPPING FOR CURRENT_USER SERVER server$shard;
		CREATE FOREIGN TABLE response_$shard PARTITION OF response FOR VALUES IN ($shard)
			SERVER server$shard OPTIONS (table_name 'response');
		CREATE FOREIGN TABLE daily_$shard PARTITION OF daily FOR VALUES IN ($shard)
			SERVER server$shard OPTIONS (table_name 'daily');
		CREATE FOREIGN TABLE live_$shard PARTITION OF live FOR VALUES IN ($shard)
			SERVER server$shard OPTIONS (table_name 'live');
		ANALYZE response_$shard});
}
$coordinator->safe_psql('postgres', 'ANALYZE one_server');

# One session asks; when it has gone, so have the connections that were opened for it.
sub ask
{
	my ($query) = @_;
	unlink $counted;
	my $answer = $coordinator->safe_psql('postgres', $query);
	my @bytes;
	for (1 .. 10 * $PostgreSQL::Test::Utils::timeout_default)
	{
		@bytes = -e $counted ? split /\n/, slurp_file($counted) : ();
		last if @bytes == 3;
		select undef, undef, undef, 0.1;
	}
	is(scalar @bytes, 3, 'three servers were asked');
	my $sum = 0;
	$sum += $_ for @bytes;
	return ($answer, $sum);
}

sub plan_of
{
	my ($settings, $query) = @_;
	return $coordinator->safe_psql('postgres', "$settings; EXPLAIN (VERBOSE, COSTS OFF) $query");
}

my $by_region = 'SELECT region, %s, %s FROM %s GROUP BY region ORDER BY region';
my $expected = $coordinator->safe_psql('postgres',
	sprintf $by_region, 'nps_agg(score)', 'ttr_agg(opened, resolved)', 'one_server');
my %bytes;

# What is asked, with what settings, and what of it the plan hands to the servers.
sub check
{
	my ($name, $settings, $query, $remote) = @_;
	my $plan = plan_of($settings, $query);
	my @remote = $plan =~ /Remote SQL: (.*)/g;
	is(scalar @remote, 3, "$name: three queries");
	like($_, $remote, "$name: $_") for @remote;
	my ($answer, $bytes) = ask("$settings; $query");
	is($answer, $expected, "$name: the figures of one server");
	$bytes{$name} = $bytes;
	note $plan;
}

# Raw rows: without a word about cxm, nothing of it is handed on.
my $raw = sprintf $by_region, 'nps_agg(score)', 'ttr_agg(opened, resolved)', 'response';
my $partitionwise = 'SET enable_partitionwise_aggregate = on';
check('raw rows', $partitionwise, $raw,
	qr/^SELECT region, score, opened, resolved FROM public.response$/);

# Summaries of a view, by UNION ALL or as partitions of one table.
my $union = join ' UNION ALL ', map { "SELECT * FROM daily_$_" } 1 .. 3;
my $rolled_up = sub { sprintf $by_region, 'rollup(nps)', 'rollup(times)', $_[0] };
my $a_view = qr/^SELECT region, nps, times FROM public.daily$/;
check('daily summaries, UNION ALL', 'SET enable_partitionwise_aggregate = off',
	$rolled_up->("($union) AS daily"), $a_view);
check('daily summaries, partitions', $partitionwise, $rolled_up->('daily'), $a_view);

check('live rollups, partitions', $partitionwise, $rolled_up->('live'),
	qr/^SELECT region, nps, times FROM public.live$/);

# Once the servers are said to have the extension, whole aggregates are handed on: not the halves of
# those, so the groups must keep the partitions apart.
$coordinator->safe_psql('postgres',
	join ';', map { "ALTER SERVER server$_ OPTIONS (extensions 'cxm')" } 1 .. 3);
check('raw rows, extensions', $partitionwise, $raw,
	qr/^SELECT region, score, opened, resolved FROM public.response$/);
my $by_shard = '(SELECT shard, region, nps_agg(score) AS nps, ttr_agg(opened, resolved) AS times
	FROM response GROUP BY shard, region) AS of_server';
check('groups of a server', $partitionwise, $rolled_up->($by_shard),
	qr/^SELECT shard, region, public.nps_agg\(.*public.ttr_agg\(.*\) FROM .* GROUP BY 1, 2$/);
check('groups of a server, from the view', $partitionwise,
	$rolled_up->('(SELECT shard, region, rollup(nps) AS nps, rollup(times) AS times FROM daily
		GROUP BY shard, region) AS of_server'),
	qr/^SELECT shard, region, public.rollup\(nps\), public.rollup\(times\) FROM .* GROUP BY 1, 2$/);

diag sprintf "%12d bytes: %s", $bytes{$_}, $_ for sort { $bytes{$b} <=> $bytes{$a} } keys %bytes;
cmp_ok($bytes{'groups of a server'} * 20, '<', $bytes{'raw rows'},
	'summaries of regions are less than a twentieth of the rows');

# What changes on the servers is seen by who asks the rollups next.
for my $shard (1 .. 3)
{
	my $change = "DELETE FROM %s WHERE shard = $shard AND n % 4 = 0;
		UPDATE %s SET score = 10, resolved = opened + interval '3 h'
		WHERE shard = $shard AND region = 'region $shard'";
	$servers[ $shard - 1 ]->safe_psql('postgres', $change =~ s/%s/response/gr);
	$coordinator->safe_psql('postgres', $change =~ s/%s/one_server/gr);
}
my $before = $expected;
$expected = $coordinator->safe_psql('postgres',
	sprintf $by_region, 'nps_agg(score)', 'ttr_agg(opened, resolved)', 'one_server');
isnt($expected, $before, 'rows have changed');
check('live rollups, groups of a server', $partitionwise,
	$rolled_up->('(SELECT shard, region, rollup(nps) AS nps, rollup(times) AS times FROM live
		GROUP BY shard, region) AS of_server'),
	qr/^SELECT shard, region, public.rollup\(nps\), public.rollup\(times\) FROM .* GROUP BY 1, 2$/);

# A condition on the key goes to the one server that it concerns.
my $one = plan_of($partitionwise, 'SELECT rollup(nps) FROM daily WHERE shard = 2');
is(scalar(() = $one =~ /Remote SQL:/g), 1, 'one partition, one server');

kill 'TERM', @proxies;
waitpid $_, 0 for splice @proxies;
$_->stop for $coordinator, @servers;
done_testing();
