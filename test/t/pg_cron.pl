# Folding on a schedule: what docs/live/live_rollup.md says to type, run by pg_cron as the owner of
# the rollup, beside a writer. Skipped where pg_cron is not installed.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

chomp(my $library = `$ENV{PG_CONFIG} --pkglibdir`);
plan skip_all => 'pg_cron is not installed' unless -e "$library/pg_cron.so";

my ($schedule) = slurp_file('docs/live/live_rollup.md') =~ /^(SELECT cron\.schedule\(.*)$/m;

my $node = PostgreSQL::Test::Cluster->new('pg_cron');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
fsync = off
shared_preload_libraries = 'pg_cron'
cron.use_background_workers = on
CONF
$node->start;
my $version = $node->safe_psql('postgres',
	q{SELECT default_version FROM pg_available_extensions WHERE name = 'pg_cron'});
if ($version =~ /^1\.[0-4]\b/)
{
	$node->stop;
	plan skip_all => "pg_cron $version knows minutes only";
}

sub as_owner
{
	return $node->safe_psql('postgres', $_[0], extra_params => [ '-U', 'owner' ]);
}

$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_cron;
	CREATE EXTENSION cxm_live CASCADE;
	CREATE ROLE owner LOGIN;
	GRANT CREATE ON SCHEMA public TO owner;
	GRANT USAGE ON SCHEMA cron TO owner;
	GRANT EXECUTE ON FUNCTION cron.alter_job TO owner});
as_owner(q{CREATE TABLE response (k integer, score integer);
	SELECT cxm_create_rollup('daily', 'SELECT k, nps_agg(score) AS s FROM response GROUP BY 1');
	INSERT INTO response SELECT n % 2, n % 11 FROM generate_series(1, 100) n});
is(as_owner('SELECT deltas, last_compaction IS NOT NULL FROM cxm_rollups'), '2|f',
	'nobody has folded');
my $job = as_owner($schedule);
like($job, qr/^\d+$/, 'the job that the page tells of is made');
as_owner("SELECT cron.alter_job($job, schedule := '1 second')");
for my $time (1, 2)
{
	ok($node->poll_query_until('postgres', 'SELECT deltas = 0 FROM cxm_rollups'),
		"it has folded $time times");
	is(as_owner(q{SELECT count(*) FROM cxm_verify_rollup('daily')}), '0', 'and all is right');
	as_owner('INSERT INTO response VALUES (1, 10); UPDATE response SET score = 0 WHERE score = 1');
}
is(as_owner(q{SELECT DISTINCT username, status, return_message FROM cron.job_run_details
		WHERE status NOT IN ('starting', 'running')}),
	'owner|succeeded|CALL', 'each run is told to have succeeded');

# What cannot be folded is told there, too.
$node->safe_psql('postgres', 'ALTER TABLE response DISABLE TRIGGER USER');
ok( $node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM cron.job_run_details
		WHERE status = 'failed' AND return_message LIKE '%daily has to be rebuilt%'}),
	'a run that gets an error says which');
as_owner("SELECT cron.unschedule($job)");

$node->stop;
done_testing();
