# Hypertables of TimescaleDB: chunks are counted one by one, and the figures are those of a plain
# table. Skipped where the library is not installed.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

chomp(my $library = `$ENV{PG_CONFIG} --pkglibdir`);
plan skip_all => 'TimescaleDB is not installed' unless -e "$library/timescaledb.so";

my $node = PostgreSQL::Test::Cluster->new('timescaledb');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
shared_preload_libraries = 'timescaledb'
timescaledb.telemetry_level = off
timescaledb.license = 'apache'
max_worker_processes = 16
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
parallel_tuple_cost = 0
CONF
$node->start;

sub query { return $node->safe_psql('postgres', $_[0]) }

query('CREATE EXTENSION timescaledb');
query(slurp_file('test/every_aggregate.sql'));
query(q{
	CREATE TABLE hyper (LIKE observation);
	SELECT create_hypertable('hyper', 'opened', chunk_time_interval => interval '7 days');
	INSERT INTO hyper TABLE observation;
	ANALYZE hyper});
cmp_ok(query(q{SELECT count(*) FROM show_chunks('hyper')}), '>', 20, 'there are many chunks');

# Every aggregate over the chunks, in one process and in several, is what it is over one table.
my $plan;
for my $workers (0, 4)
{
	my $settings = "SET max_parallel_workers_per_gather = $workers";
	$plan = query("$settings; EXPLAIN (COSTS OFF) SELECT nps_agg(whole) FROM hyper");
	note $plan;
	my @calls = split /\n/, query('SELECT call FROM aggregate_call ORDER BY call');
	my @different = grep
	{
		query("$settings; SELECT record_image_eq(row(p), row(h)) FROM
			(SELECT $_ AS p FROM observation) plain, (SELECT $_ AS h FROM hyper) hyper") ne 't'
	} @calls;
	is("@different", '', "every aggregate over chunks, $workers workers");
}
like($plan, qr/Finalize Aggregate.*Partial Aggregate.*_chunk/s, 'chunks are counted in parallel');

# By the week: time_bucket is TimescaleDB's, and the chunks can be left out.
is( query(q{
		SELECT count(*), bool_and(p.s = h.s) FROM
			(SELECT time_bucket('7 days', opened) AS week, nps_agg(whole) AS s
				FROM hyper GROUP BY 1) h
			FULL JOIN (SELECT date_bin('7 days', opened, '2000-01-03Z') AS week,
				nps_agg(whole) AS s FROM observation GROUP BY 1) p USING (week)}),
	query(q{SELECT count(DISTINCT date_bin('7 days', opened, '2000-01-03Z')), 't'
		FROM observation}), 'by the week');
my $few = query(q{EXPLAIN (COSTS OFF) SELECT nps(whole) FROM hyper
	WHERE opened >= '2025-03-06Z' AND opened < '2025-03-08Z'});
cmp_ok(scalar(() = $few =~ /Scan.* on _hyper/g),
	'<=', 2, 'chunks outside of the time are left out');

# A hypertable of summaries is rolled up as any table; a chunk goes with what it holds.
is( query(q{
		CREATE TABLE hourly (hour timestamptz NOT NULL, s rating_summary);
		SELECT create_hypertable('hourly', 'hour', chunk_time_interval => interval '30 days');
		INSERT INTO hourly
			SELECT date_trunc('hour', opened, 'UTC'), nps_agg(whole) FROM hyper GROUP BY 1;
		SELECT rollup(s) = (SELECT rating FROM total) FROM hourly;
		SELECT drop_chunks('hourly', '2025-05-01Z'::timestamptz);
		SELECT rollup(s) = (SELECT nps_agg(whole) FROM hyper
			WHERE opened >= (SELECT min(hour) FROM hourly)) FROM hourly}) =~ /^t\n.*^t$/ms,
	1, 'summaries in a hypertable');

$node->stop;
done_testing();
