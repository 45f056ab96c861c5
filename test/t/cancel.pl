# A query over a journey of a million events stops within a tenth of a second when it is told to,
# and a fit of a million customers within a hundredth, at whichever moment that is.
use strict;
use warnings;
use List::Util qw(min);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('cancel');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

# Out of line and not compressed: what is fetched and unpacked before cxm is called cannot stop.
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION cxm;
CREATE VIEW event AS
	SELECT timestamptz '2001-01-01 00:00Z' + n * interval '1 s' AS at, 'x' || n % 9 AS stage, n
	FROM generate_series(1, 1000000) n;
CREATE TABLE kept (j customer_journey);
ALTER TABLE kept ALTER j SET STORAGE EXTERNAL;
INSERT INTO kept SELECT journey_agg(at, stage) FROM event;
-- some hundred thousand different customers of each kind, for whom there is a model
CREATE TABLE bought AS
	SELECT purchase_agg(x, t * 100 + n % 97 * (x > 0)::integer, age * 100 + n) AS purchases,
		spend_agg(1 + x, n * (20 + 7 * t % 31)) AS spend
	FROM (VALUES (0, 0, 100, 60), (0, 0, 200, 40), (1, 20, 100, 9), (1, 90, 100, 6),
		(1, 30, 200, 8), (2, 60, 100, 5), (2, 150, 200, 7), (3, 99, 100, 3), (3, 80, 200, 4),
		(5, 190, 200, 3), (8, 120, 200, 2), (12, 195, 200, 2)) v (x, t, age, customers),
		generate_series(1, customers), generate_series(97, 9999) n;
-- and customers who stayed for a million different times
CREATE TABLE stayed (a survival_summary, b survival_summary);
ALTER TABLE stayed ALTER a SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL;
INSERT INTO stayed SELECT survival_agg(n, n % 3 > 0), survival_agg(n + n % 7, n % 4 > 0)
	FROM generate_series(1, 1000000) n;
SQL

# Milliseconds until the query ends, or is cancelled after so many of them: undefined if it was not.
sub run_for
{
	my ($query, $timeout) = @_;
	my ($status, $output, $error) =
	  $node->psql('postgres', "SET statement_timeout = $timeout;\n\\timing on\n$query");
	my ($time) = $output =~ /^Time: ([\d.]+) ms/m;
	return $timeout > 0 && $error !~ /canceling statement/ ? undef : $time;
}

# How late the machine is itself, with a query that looks up at every row.
sub lateness
{
	return run_for('SELECT count(*) FROM generate_series(1, 100000000)', 20) - 20;
}

# A busy machine is late, which is taken off where it matters, and a query may be over before its
# time: the least of some attempts counts, and at least one moment of each query.
my %fits = (
	bg_nbd_fit => 'SELECT bg_nbd_fit(purchases) FROM bought',
	gamma_gamma_fit => 'SELECT gamma_gamma_fit(spend) FROM bought',
	expected_purchases => q{SELECT expected_purchases((0.24, 30.9, 0.79, 2.43, NULL), purchases, 90)
		FROM bought},
	hazard_ratio => 'SELECT hazard_ratio(a, b) FROM stayed',
	restricted_mean_interval => 'SELECT restricted_mean_interval(a, 900000) FROM stayed',
	predicted_count => 'SELECT predicted_count_interval(1, 2, 99999999)',
);
my %queries = (
	%fits,
	journey_agg => 'SELECT journey_agg(at, stage) IS NULL FROM event',
	'journey_agg, unsorted' =>
		q{SELECT journey_agg(at + hashint8(n) * interval '1 s', stage) IS NULL FROM event},
	window_funnel => q{SELECT window_funnel('5 s', at + hashint8(n) * interval '1 s',
		stage = 'x1', stage = 'x5', stage = 'x3', stage = 'x1') FROM event},
	stages => 'SELECT cardinality(stages(j)) FROM kept',
	collapse => 'SELECT collapse(j) IS NULL FROM kept',
	'+' => 'SELECT event_count(j + collapse(j)) FROM kept',
	funnel_times => q{SELECT funnel_times(j, '{x1,x2,x1,x2,x3,x0}', '6 s') FROM kept},
	funnel_agg => q{SELECT funnel_agg(j, '{x1,x2,x1,x2,x3,x0}', '6 s') FROM kept},
	optional_steps => q{SELECT funnel_level(j, '{x1,x2?,x1?,x2?,x3?,x0}', NULL, 'consecutive')
		FROM kept},
	flow_agg => 'SELECT flow_agg(j) FROM kept',
);
for my $name (sort keys %queries)
{
	my ($most, $attempts) = $fits{$name} ? (10, 12) : (100, 3);
	my $whole = run_for($queries{$name}, 0);
	my $stopped = 0;
	for my $share (0.2, 0.5, 0.8)
	{
		my $timeout = int($whole * $share) || 1;
		my $latency;
		for (1 .. $attempts)
		{
			my $time = run_for($queries{$name}, $timeout) // next;
			my $late = $time - $timeout;

			$late -= lateness() if $late >= $most && $fits{$name};
			$latency = min($latency // $late, $late);
			last if $latency < $most;
		}
		next unless defined $latency;
		$stopped++;
		cmp_ok($latency, '<', $most, "$name stops after $share of its time");
	}
	cmp_ok($stopped, '>', 0, "$name was stopped on its way");
}

$node->stop;
done_testing();
