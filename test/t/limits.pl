# What stops a query, and what it leaves: a cancel, a value that would be too large, an error in a
# parallel worker, memory that runs out, work_mem that is too small. The server lives on, and
# spilled groups are the same to the byte.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('limits');
$node->init;
$node->append_conf('postgresql.conf', <<'END');
fsync = off
jit = off
max_parallel_workers_per_gather = 0
END
$node->start;

sub query { return $node->safe_psql('postgres', $_[0]) }
my $started = query('CREATE EXTENSION cxm; SELECT pg_postmaster_start_time()');

sub lives
{
	my ($after) = @_;
	is(query('SELECT pg_postmaster_start_time()'), $started, "the server lives, $after");
	unlike(slurp_file($node->logfile), qr/was terminated by signal|PANIC|TRAP/, "unharmed, $after");
}

#
# Cancels. Each operation over large values is stopped by statement_timeout, which comes as a cancel
# does; how much later it ends is what matters. Who is done before is none that could hang.
#
query(<<'SQL');
CREATE TABLE large AS
	SELECT journey_agg(timestamptz '2000-01-01Z' + n * interval '1.000007 s', 's' || n % 7)
			AS journey,
		survival_agg(n, n % 3 > 0) AS survival, activity_agg(date '2000-01-01' + n) AS days
	FROM generate_series(1, 200000) n;
ALTER TABLE large ADD retention retention_summary, ADD steps text[], ADD flow flow_summary,
	ADD stages customer_journey, ADD calendar business_calendar;
UPDATE large SET steps = ARRAY['s1', 's3', 's2', 's6', 's5', 's0', 's4', 's1'],
	retention = (SELECT retention_agg(d, '1', date '2000-01-01' + 300000)
		FROM (SELECT large.days AS d) own),
	stages = (SELECT journey_agg(timestamptz '2000-01-01Z' + n * n % 9973 * interval '1 h',
			'x' || n % 900) FROM generate_series(1, 20000) n),
	calendar = (SELECT ('Mon-Fri 09:00-17:00 in Europe/Berlin except ' || string_agg(
		(date '2000-01-03' + 7 * n)::text, ', '))::business_calendar
		FROM generate_series(0, 2000) n);
UPDATE large SET flow = (SELECT flow_agg(j) FROM (SELECT large.stages AS j) own);
CREATE TABLE driven AS SELECT driver_agg(x[65], x[:64], names) AS many,
		driver_agg(x[65], x[:16], names[:16]) AS few
	FROM (SELECT array_agg(i * i * n % 1009 + n % i ORDER BY i)::double precision[] AS x,
			array_agg('x' || i ORDER BY i) FILTER (WHERE i < 65) AS names
		FROM generate_series(1, 65) i, generate_series(1, 200) n GROUP BY n) t;
CREATE TABLE text AS SELECT days::text AS days, retention::text AS retention FROM large;
SQL
my $large = '(SELECT * FROM large) l';
my $journey = 'timestamptz \'2000-01-01Z\' + n * interval \'1 s\'';
# one by one: a function in FROM would be asked for all its rows first
my $rows = '(SELECT generate_series(1, 100000000) AS n) n';
my @operations = (
	# out, send, in; jsonb is read by PostgreSQL's own parser, which is not ours to interrupt
	(map { ("SELECT length($_\::text) FROM large",
			"SELECT length(cxm_internal.${\ type($_)}_send($_)) FROM large",
			"COPY (SELECT $_ FROM large) TO '{dir}/$_' (FORMAT binary)") }
		qw(journey survival days retention flow)),
	(map { "SELECT $_\::${\ type($_)} FROM text" } qw(days retention)),
	# merging
	(map { "SELECT $_ + $_ FROM large" } qw(journey survival days retention flow)),
	(map { "SELECT $_ - $_ FROM large" } qw(survival retention flow)),
	(map { "SELECT rollup($_) FROM large, generate_series(1, 1000)" }
		qw(journey survival days retention flow)),
	(map { "SELECT count(*) FROM (SELECT $_, count(*) FROM large, generate_series(1, 1000) "
			. "GROUP BY 1) t" } qw(journey survival days retention)),
	# readings
	(map { "SELECT $_ FROM large" } 'events(journey)', 'stages(journey)', 'stage_path(journey)',
		'collapse(journey)', q{journey_slice(journey, '2000-01-02Z', '2000-01-09Z')},
		q{time_in(journey, 's1', '2010-01-01Z')}, q{entered(journey, 's1')},
		'current_stage(journey)',
		'furthest_stage(journey)', 'regressions(journey)', 'revisits(journey)', 'first_at(journey)',
		'last_at(journey)', 'survival_curve(survival)', 'median_survival(survival)',
		'survival(survival, 150000)', 'restricted_mean(survival, 150000)',
		'logrank_test(survival, survival)', 'hazard_ratio(survival, survival)',
		'logrank_test(ARRAY[survival, survival])', 'hazards(survival, 1000)',
		'incidence_curve(survival)', 'expected_remaining(survival, 1000, 100000)',
		'events(survival)', 'days(days)', 'first_day(days)',
		'last_day(days)', 'active_on(days, date \'2500-01-01\')', 'day_count(days)',
		'retention_curve(retention)', 'retention(retention, 5)', 'flows(flow)', 'journey_map(flow)',
		'funnel_level(journey, steps)', q{funnel_level(journey, steps, '1 h', 'consecutive')},
		q{funnel_times(journey, steps, '1 day')},
		q{funnel_times(journey, steps, '1 h', 'increasing')}),
	q{SELECT funnel_agg(journey, steps, '1 day') FROM large, generate_series(1, 1000)},
	'SELECT flow_agg(journey) FROM large, generate_series(1, 1000)',
	'SELECT flow_agg(stages) FROM large, generate_series(1, 1000)',
	(map { "SELECT $_ FROM large, generate_series(1, 1000)" }
		q{retention_agg(days, '1', '4000-01-01')},
		q{retention_agg(days, '1', '4000-01-01', 'again')},
		q{lifecycle_agg(days, 'day', '4000-01-01')}),
	q{SELECT business_time(calendar, '0001-01-01Z', '9999-12-31Z') FROM large,
		generate_series(1, 100000)},
	q{SELECT business_deadline(calendar, '2000-01-01Z', '100000 h') FROM large,
		generate_series(1, 100000)},
	q{SELECT business_spans(calendar, '0001-01-01Z', '9999-12-31Z') FROM large},
	# row by row
	"SELECT journey_agg($journey, 's' || n % 1000) FROM $rows",
	"SELECT journey_agg(timestamptz '2000-01-01Z' - n * interval '1 s', 's') FROM $rows",
	"SELECT survival_agg(n, true) FROM $rows",
	"SELECT activity_agg(date '2000-01-01' + n % 1000000) FROM $rows",
	"SELECT nps_agg(n % 11) FROM $rows",
	"SELECT purchase_agg(n % 9, n % 9 * 100000, 2000000 - n / 1000) FROM $rows",
	"SELECT spend_agg(1, n) FROM $rows",
	"SELECT duration_agg(n * interval '1 us') FROM $rows",
	"SELECT revenue_agg(n, n % 7) FROM $rows",
	"SELECT driver_agg(n % 11, ARRAY[n % 5, n % 7], '{a,b}') FROM $rows",
	(map { "SELECT $_ FROM driven, generate_series(1, 1000)" }
		'drivers(many)', q{drivers(few, 'shapley')}, 'r_squared(many)', 'many + many',
		'many::text', 'many::text::driver_summary'),
	"SELECT ratio_agg(10::numeric ^ (n % 500), 1 / 7.0) FROM $rows",
	"SELECT churn_agg(n % 2 = 0, true) FROM $rows",
	"SELECT window_funnel('1 h', $journey, n % 2 = 0, n % 3 = 0) FROM $rows",
);

sub type
{
	my %type = (
		journey => 'customer_journey', survival => 'survival_summary', days => 'activity_days',
		retention => 'retention_summary', flow => 'flow_summary');
	return $type{ $_[0] };
}

# Runs a query, and tells by how many milliseconds it outlived the timeout.
my $timeout = 5;
my $directory = PostgreSQL::Test::Utils::tempdir;
query(<<'SQL');
CREATE PROCEDURE run(INOUT n integer, query text, INOUT timeout double precision,
	INOUT outcome text)
LANGUAGE plpgsql AS $$
BEGIN
	outcome := 'done';
	IF query ~ '^COPY' THEN
		EXECUTE query;
	ELSE
		EXECUTE 'SELECT count(x) FROM (' || query || ' OFFSET 0) t (x)';
	END IF;
EXCEPTION
	WHEN query_canceled THEN
		outcome := 'canceled';
		timeout := extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000 - timeout;
	WHEN OTHERS THEN
		outcome := SQLSTATE || ' ' || SQLERRM;
END
$$;
SQL
my (@late, @failed);
my $canceled = 0;
# On a busy machine the time may be over before a call has begun; such a one is made again.
my @outcomes;
for (1 .. 20)
{
	my @left = grep { !$outcomes[$_] } 0 .. $#operations or last;
	my $calls = join ';', "SET statement_timeout = $timeout", map {
		my $query = $operations[$_] =~ s/\{dir\}/$directory/r;
		"CALL run($_, \$q\$$query\$q\$, $timeout, NULL)"
	} @left;
	$node->psql('postgres', $calls, stdout => \my $results, on_error_stop => 0, on_error_die => 0);
	for (split /\n/, $results)
	{
		my ($n, @outcome) = split /\|/;
		$outcomes[$n] = \@outcome;
	}
}
for my $n (0 .. $#operations)
{
	my ($late, $outcome) = @{ $outcomes[$n] // [ 0, 'never begun' ] };
	push @failed, "$outcome: $operations[$n]" if $outcome !~ /^(done|canceled)$/;
	next if $outcome ne 'canceled';
	$canceled++;
	push @late, [ $late, $operations[$n] ];
}
@late = sort { $b->[0] <=> $a->[0] } @late;
is(join("\n", @failed), '', 'every operation can be run');
cmp_ok($canceled, '>', @operations / 2, 'most are canceled');
note("$canceled of " . @operations . " canceled; the latest, in ms:");
note(sprintf '%8.1f %s', @$_) for @late[ 0 .. 9 ];
# AddressSanitizer makes all of it some ten times slower
cmp_ok($late[0][0], '<', $ENV{ASAN_OPTIONS} ? 20000 : 1000, "the latest to end: $late[0][1]");
lives('after cancels');

#
# What is larger than it can be, or says that it will be, is refused before memory is asked for
#
sub refused
{
	my ($what, $query, $state, $message) = @_;
	my $errors = ($node->psql('postgres', "\\set VERBOSITY verbose\n$query"))[2];
	like($errors, qr/ERROR:  $state: .*$message/s, "refused: $what");
}
refused('an array of 2^24 + 1 elements',
	q{SELECT ('{"days": [' || repeat('0,', 16777216) || '0]}')::activity_days},
	'54000', 'JSON text is too large');
refused('an object of 2^23 + 1 fields',
	q{SELECT ('{"events": {' || repeat('"1":0,', 8388608) || '"1": 0}}')::survival_summary},
	'54000', 'JSON text is too large');
refused('a calendar of a megabyte', q{SELECT repeat(' ', 1048577)::business_calendar},
	'54000', 'business calendar is too long');
refused('a flow of more stages than there can be',
	q{SELECT flow_agg(j) FROM (SELECT journey_agg(timestamptz '2026-01-01Z', 's' || n) AS j
		FROM generate_series(1, 65535) n) t}, '54000', 'too many different stages');
refused('a journey of more stages than there can be',
	q{SELECT journey_agg(timestamptz '2026-01-01Z', 's' || n) FROM generate_series(1, 65536) n},
	'54000', 'customer journey is too large');
is( $node->safe_psql('postgres', q{
		SELECT ('{"scale": "0..10", "responses": {"1": 2}, "nonresponses":' || repeat(' ', 33554432)
			|| '3}')::rating_summary}),
	'{"scale": "0..10", "responses": {"1": 2}, "nonresponses": 3}',
	'a long text with little in it');

# and what is as long, but has no more in it than there may be, is read
my $read = query(<<'SQL');
SELECT event_count(j), first_at(j) FROM (
	SELECT ('{"events": [{"at": "2026-01-01T00:00:00Z", "stage": "[\"{,"},' || repeat(' ', 33554432)
		|| '{"at": "2026-01-02T00:00:00Z", "stage": "[\"{,"}], "events": ['
		|| '{"at": "2026-01-03T00:00:00Z", "stage": "a"}, '
		|| '{"at": "2026-01-04T00:00:00Z", "stage": "b"}]}')::customer_journey AS j) t
SQL
is($read, '2|2026-01-03 00:00:00+00', 'a long text of few events is read');

# messages whose first bytes promise much
my @promises = (
	[ 'customer_journey', '01 ffffffff' ], [ 'customer_journey', '01 00000000 04000000' ],
	[ 'activity_days', '01 0fffffff' ], [ 'survival_summary', '01 7fffffff' ],
	[ 'purchase_summary', '01 0fffffff' ], [ 'spend_summary', '01 0fffffff' ],
	[ 'retention_summary', '01 00 00 00000001 000f4240' ],
	[ 'retention_summary', '02 00 04 00 000003e8' ],
	[ 'lifecycle_summary', '01 00 00 00000001 00000000 000f4240' ],
	[ 'flow_summary', '01 7fffffffffffffff 0000000000000000 ffffffff' ],
	[ 'flow_summary', '01 7fffffffffffffff 0000000000000000 00000000 0fffffff' ],
	[ 'revenue_summary', '01 000000 0000 8fff' ],
	[ 'driver_summary', '01 40 7fffffff' ], [ 'driver_summary', '01 01 00000001 61' ],
	[ 'ratio_summary', '01' . ' 00' x 16 . ' ff00 0200 0000' ],
	[ 'duration_summary', '01 00' . ' ff' x 200000 ],
);
for my $promise (@promises)
{
	my ($type, $message) = @$promise;
	my $bytes = pack 'H*', $message =~ s/ //gr;
	open my $file, '>:raw', "$directory/message" or die $!;
	print $file "PGCOPY\n\xff\r\n\0", pack('N N n N', 0, 0, 1, length $bytes), $bytes,
	  pack('n', 0xffff);
	close $file;
	refused("$type " . substr($message, 0, 60),
		"CREATE TEMP TABLE received (s $type);
			COPY received FROM '$directory/message' (FORMAT binary)",
		'22P03', "invalid binary value of type $type");
}
lives('after what is too large');

#
# Errors in parallel workers
#
query(<<'SQL');
CREATE TABLE row AS SELECT n, n % 11 AS answer, n::numeric AS amount, n % 100 AS duration,
		timestamptz '2026-01-01Z' + n * interval '1 s' AS at, 's' || n % 5 AS stage
	FROM generate_series(1, 20000) n;
INSERT INTO row VALUES (20001, 11, -1, -1, 'infinity', '');
ALTER TABLE row SET (parallel_workers = 2);
ANALYZE row;
SQL
my $parallel = q{SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0;
	SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
	SET parallel_leader_participation = off;};
my %bad = (
	'nps_agg(answer)' => 'answer 11 ', 'rating_agg(answer, \'0..10\', 1)' => 'answer 11 ',
	'revenue_agg(amount, amount)' => 'negative',
	q{driver_agg(n, ARRAY[1e10 - n * 1e5], '{a}')} => 'out of range',
	'mean_agg(CASE WHEN amount < 0 THEN \'NaN\' ELSE amount END)' => 'NaN',
	'survival_agg(duration, true)' => 'negative',
	'duration_agg(duration * interval \'1 s\')' => 'negative',
	'ttr_agg(\'2026-01-01\', at)' => 'finite', 'journey_agg(at, stage)' => 'finite|label|empty',
);
for my $call (sort keys %bad)
{
	like(query("$parallel EXPLAIN (COSTS OFF) SELECT $call FROM row"),
		qr/Gather.*Partial Aggregate/s, "parallel: $call");
	like(($node->psql('postgres', "$parallel SELECT $call FROM row"))[2],
		qr/ERROR:  .*(?:$bad{$call}).*^CONTEXT:  .*parallel worker/ms,
		"an error in a worker: $call");
}
query(q{CREATE TABLE part (n integer, s rating_summary) PARTITION BY LIST (n);
	CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
	CREATE TABLE part_2 PARTITION OF part FOR VALUES IN (2);
	INSERT INTO part SELECT n, '{"scale": "0..1", "responses": {"1": 5000000000000000000}}'
		FROM generate_series(1, 2) n;
	ALTER TABLE part_1 SET (parallel_workers = 1); ALTER TABLE part_2 SET (parallel_workers = 1)});
like(($node->psql('postgres', "$parallel SET enable_partitionwise_aggregate = on;
		\\set VERBOSITY verbose\nSELECT rollup(s) FROM part"))[2],
	qr/22003: count of responses out of range/, 'and what only the leader finds');
lives('after errors in workers');

#
# Groups that do not fit into work_mem
#
my @aggregates = (
	'nps_agg(n % 11)', 'nps_agg(n % 11, n * 0.25)', q{rating_agg(n % 3, '0..100')},
	'duration_agg(n * interval \'1 s\')',
	q{duration_agg(n * interval '1 s', n % 3 > 0, '1 min', '1 h')},
	q{ttr_agg(timestamptz '2026-01-01Z', '2026-01-01Z'::timestamptz + n * interval '1 s')},
	'churn_agg(n % 2 = 0, n % 3 = 0)', q{revenue_agg(n, n % 7, n % 2 = 0, 'EUR')},
	q{driver_agg(n % 11, ARRAY[n % 5, n], '{a,b}')},
	'ratio_agg(n * 0.25, n % 7)', 'mean_agg(n / 7::double precision)',
	'survival_agg(n % 500, n % 2 = 0)', q{activity_agg(date '2026-01-01' + n % 5000)},
	q{retention_agg(days, 'week', '2026-06-01')}, q{lifecycle_agg(days, 'week', '2026-06-01')},
	q{journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s', 's' || n % 5)},
	q{funnel_agg(j, '{s1,s2}', '1 h')}, 'flow_agg(j)', 'rollup(s)', 'rollup(j)',
	q{window_funnel('1 h', timestamptz '2026-01-01Z' + n * interval '1 s', n % 2 = 0, n % 3 = 0)},
);
query(q{
	CREATE TABLE grouped AS SELECT n, n * 7919 % 4999 AS g, nps_agg(n % 11) AS s,
		activity_agg(date '2026-01-01' + n % 100) AS days,
		journey_agg(timestamptz '2026-01-01Z' + n % 100 * interval '1 s', 's' || n % 3) AS j
	FROM generate_series(1, 20000) n GROUP BY n;
	ANALYZE grouped});
for my $aggregate (@aggregates)
{
	my $groups = "SELECT g, $aggregate AS s FROM grouped GROUP BY g";
	my $digest = "SELECT count(*), md5(string_agg(t::text, '' ORDER BY g)) FROM ($groups) t";
	my $little = q{SET enable_sort = off; SET work_mem = '64kB'; SET hash_mem_multiplier = 1;};
	my ($plan, $spilled) =
	  query("$little EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) $groups; $digest") =~ /(.*)\n(.*)/s;
	like($plan, qr/HashAggregate.*Batches: (?!1 )\d+ .*Disk Usage: [1-9]/s, "spills: $aggregate");
	is($spilled, query("SET work_mem = '256MB'; $digest"), "to the same values: $aggregate");
}

#
# A hundred thousand groups that count targets: what they take in memory is what the planner is
# told or less, they spill where that is too much, and each row is in one of them
#
query(q{
	CREATE TABLE many AS SELECT n * 7919::bigint % 100000 AS g, n % 4999 * interval '13 s' AS d,
		n % 3 > 0 AS done FROM generate_series(1, 300000) n;
	ANALYZE many});
my $groups = q{SELECT g, duration_agg(d, done, '15 min', '1 h', '8 h') AS s FROM many GROUP BY g};
my $digest = "SELECT count(*), md5(string_agg(s::text, '' ORDER BY g)) FROM ($groups) t";
my ($bytes, $whole) = query(qq{SET enable_sort = off; SET work_mem = '500MB';
	EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) $groups; $digest}) =~
  /HashAggregate.*Batches: 1  Memory Usage: (\d+)kB.*\n(.*)/s;
cmp_ok($bytes / 100, '<', 1000, 'a group with targets takes less than a kilobyte');
my ($used, $spilled) = query(qq{SET enable_sort = off; SET work_mem = '4MB';
	SET hash_mem_multiplier = 1; EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) $groups; $digest}) =~
  /HashAggregate.*Memory Usage: (\d+)kB  Disk Usage: [1-9].*\n(.*)/s;
cmp_ok($used, '<=', 4096, 'in 4 MB many groups with targets take no more');
is($spilled, $whole, 'and come to the same values');
is( query("SELECT count(*), sum(resolved(s)), sum(unresolved(s)), within(sum(s), '1 h'),
		unresolved(sum(s), '8 h'), pg_column_size(sum(s)) < 2000 FROM ($groups) t"),
	query(q{SELECT count(DISTINCT g), count(*) FILTER (WHERE done),
			count(*) FILTER (WHERE NOT done),
			avg((done AND d <= '1 h')::integer) FILTER (WHERE done OR d > '1 h')::float8,
			count(*) FILTER (WHERE NOT done AND d > '8 h'), true FROM many}),
	'which add up to what plain SQL counts');

#
# Memory that runs out
#
my @hungry = (
	"SELECT journey_agg($journey, 's' || n % 1000) FROM $rows",
	"SELECT survival_agg(n, true) FROM $rows",
	"SELECT activity_agg(date '2000-01-01' + n) FROM $rows",
	"SELECT window_funnel('1 h', $journey, n % 2 = 0, n % 3 = 0) FROM $rows",
	'SELECT rollup(journey) FROM large', 'SELECT length(journey::text) FROM large',
	'SELECT length(journey::jsonb::text) FROM large',
	"SET work_mem = '2000MB'; SELECT n, nps_agg(1) FROM $rows GROUP BY n",
);
# The backend may have some megabytes more than it has.
my $starve = "SELECT pg_backend_pid() AS pid \\gset\n\\setenv PID :pid\n"
  . "\\! prlimit --pid \$PID --as=\$(( (\$(awk '/VmSize/ { print \$2 }' /proc/\$PID/status)"
  . " + 12288) * 1024 ))\n";
my $reports = PostgreSQL::Test::Utils::tempdir;
my %sanitizers = map { $_ => $ENV{$_} } grep { $ENV{$_} } qw(ASAN_OPTIONS UBSAN_OPTIONS);
if (%sanitizers)
{
	# AddressSanitizer takes all addresses for itself: no allocation may be larger than 4 MB instead
	$ENV{$_} .= ":allocator_may_return_null=1:max_allocation_size_mb=4:log_path=$reports/report"
	  for keys %sanitizers;
	$node->restart;
	$started = query('SELECT pg_postmaster_start_time()');
	$starve = '';
}
my $script = join '', "\\set VERBOSITY sqlstate\n",
  map { "\\connect\n$starve$_;\nSELECT 'alive';\n" } @hungry;
my ($status, $output, $errors) = $node->psql('postgres', $script, on_error_stop => 0);
my @alive = $output =~ /^alive$/mg;
is(scalar(@alive), scalar(@hungry), 'a backend without memory lives on');
my %errors;
$errors{$_}++ for $errors =~ /ERROR:  (\w+)/g;
is(join(' ', sort keys %errors), '53200', 'it says so');
is($errors{53200}, scalar(@hungry), 'for all of them');
lives('after memory ran out');
if (%sanitizers)
{
	my $report = join '', map { slurp_file($_) } glob "$reports/report*";
	like($report, qr/failed to allocate/, 'the sanitizer refused memory');
	unlike($report, qr/ERROR|runtime error/, 'and had nothing else to report');
	%ENV = (%ENV, %sanitizers);
}

$node->stop;
done_testing();
