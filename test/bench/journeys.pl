# What journeys and funnels cost: beside count() over the same plan.
use strict;
use warnings;

# Over the index in its order, a group for each customer; or over the table, through a hash table.
my $in_order = 'SELECT sum(figure) AS figure
	FROM (SELECT customer, {} AS figure FROM event GROUP BY customer) t';

my $window_funnel = q{window_funnel('7 days', at, stage = 'awareness', stage = 'consideration',
	stage = 'purchase', stage = 'onboarding')};
my $labels = q{window_funnel('7 days', at, stage,
	'{awareness,consideration,purchase,onboarding}')};
my %with_options = (
	'without a stage' => q{window_funnel(NULL, '7 days', at, stage,
		'{awareness,consideration,purchase,onboarding}', '{loyalty}')},
	'with limits of steps' => q{window_funnel(NULL, '7 days', at, stage,
		'{awareness,consideration,purchase,onboarding}', NULL, '{NULL,3 days,3 days,3 days}')});
my $level = q{funnel_level(journey_agg(at, stage), '{awareness,consideration,purchase,onboarding}',
	'7 days')};
my %index_only = (enable_seqscan => 'off', enable_bitmapscan => 'off', enable_hashagg => 'off');

# A funnel of four stages for each customer, ours and by hand: the latest start of a chain of k
# steps, carried forward k times; and the next step looked up for each start, where customers
# without any come in from outside. The faster one is what ours are measured by.
sub ways
{
	my (@step) = @_;
	my $window_funnel = qq{SELECT customer, window_funnel('7 days', at, stage = '$step[0]',
			stage = '$step[1]', stage = '$step[2]', stage = '$step[3]') AS level
		FROM event GROUP BY customer};
	my $labels = qq{SELECT customer, window_funnel('7 days', at, stage,
			'{$step[0],$step[1],$step[2],$step[3]}') AS level
		FROM event GROUP BY customer};
	my $funnel_level = qq{SELECT customer, funnel_level(journey_agg(at, stage),
			'{$step[0],$step[1],$step[2],$step[3]}', '7 days') AS level
		FROM event GROUP BY customer};
	my $windows = qq{SELECT customer, max(CASE
			WHEN stage = '$step[3]' AND at - start3 <= '7 days' THEN 4
			WHEN stage = '$step[2]' AND at - start2 <= '7 days' THEN 3
			WHEN stage = '$step[1]' AND at - start1 <= '7 days' THEN 2
			WHEN stage = '$step[0]' THEN 1 ELSE 0 END) AS level
		FROM (
			SELECT *, max(start2) FILTER (WHERE stage = '$step[2]' AND at - start2 <= '7 days')
				OVER (PARTITION BY customer ORDER BY at) AS start3
			FROM (
				SELECT *, max(start1)
					FILTER (WHERE stage = '$step[1]' AND at - start1 <= '7 days')
					OVER (PARTITION BY customer ORDER BY at) AS start2
				FROM (
					SELECT customer, at, stage, max(at) FILTER (WHERE stage = '$step[0]')
						OVER (PARTITION BY customer ORDER BY at) AS start1
					FROM event) t) t) t
		GROUP BY customer};
	my $next = 'SELECT at FROM event WHERE customer = a.customer
		AND at <= a.at + interval \'168 h\'';
	my $lateral = qq{SELECT customer, coalesce(level, 0) AS level
		FROM (SELECT customer FROM event GROUP BY customer) e LEFT JOIN (
			SELECT a.customer, max(1 + (b.at IS NOT NULL)::integer
				+ (c.at IS NOT NULL)::integer + (d.at IS NOT NULL)::integer) AS level
			FROM event a
			LEFT JOIN LATERAL ($next AND at >= a.at AND stage = '$step[1]'
				ORDER BY at LIMIT 1) b ON true
			LEFT JOIN LATERAL ($next AND at >= b.at AND stage = '$step[2]'
				ORDER BY at LIMIT 1) c ON true
			LEFT JOIN LATERAL ($next AND at >= c.at AND stage = '$step[3]'
				ORDER BY at LIMIT 1) d ON true
			WHERE a.stage = '$step[0]'
			GROUP BY a.customer) l USING (customer)};
	my @limits = ('time >= 4 x window_funnel of labels', 'time >= 4 x window_funnel',
		'time >= 3 x funnel_level(journey_agg)');
	return [
		{ of => $window_funnel, name => 'window_funnel' },
		{ of => $labels, name => 'window_funnel of labels' },
		{ of => $funnel_level, name => 'funnel_level(journey_agg)' },
		{ of => $windows, name => 'window functions', limits => \@limits },
		{ of => $lateral, name => 'LATERAL', limits => \@limits },
	];
}

# One event in eight is the first stage of the one, one in four of the other.
my $rare = ways(qw(awareness consideration purchase onboarding));
my $common = ways(qw(consideration service purchase onboarding));

# The customers for whom the first way and another do not agree.
sub disagreements
{
	my ($first, @others) = @_;
	return map { {
		of => "($first->{of}) a FULL JOIN ($_->{of}) b USING (customer)",
		name => $_->{name},
		limits => ['figure <= 0'],
	} } @others;
}

# Of one long journey: seconds, and the megabytes of the session that nobody shares, at their most.
my $one_journey = q{SELECT {} AS figure FROM (
	SELECT journey_agg(at, stage) AS j FROM long_event OFFSET 0) t WHERE event_count(j) > 0};

return {
	tables => {
		# Ten events of a customer on average, of some far more; in the order of arrival.
		event => q{
			CREATE UNLOGGED TABLE event AS
			SELECT ({rows/10} * power((hashint8extended(n, 1) & 4294967295)
					/ 4294967296.0, 1.5))::integer AS customer,
				timestamptz '2025-01-01 00:00Z'
					+ make_interval(secs => hashint8extended(n, 2) & 8388607) AS at,
				(ARRAY['awareness', 'consideration', 'consideration', 'purchase', 'onboarding',
					'service', 'service', 'loyalty'])
					[1 + (hashint8extended(n, 3) & 7)]::journey_stage AS stage
			FROM generate_series(1, {rows}) n;
			CREATE INDEX ON event (customer, at) INCLUDE (stage)},
		# All of one customer.
		long_event => 'CREATE UNLOGGED TABLE long_event AS
			SELECT at, stage FROM event LIMIT {rows/10}',
	},
	benchmarks => [
		{
			title => 'customers of whom the SQL by hand says something else',
			query => 'SELECT count(*) AS figure FROM {} WHERE a.level IS DISTINCT FROM b.level',
			runs => [ disagreements(@$rare), disagreements(@$common) ],
		},
		{
			title => 'a funnel of 4 steps for each customer, and the SQL by hand',
			query => 'SELECT sum(level) AS figure FROM ({}) t',
			set => \%index_only,
			rounds => 3,
			runs => $rare,
		},
		{
			title => 'the same, of a first step that is twice as frequent',
			query => 'SELECT sum(level) AS figure FROM ({}) t',
			set => \%index_only,
			rounds => 3,
			runs => $common,
		},
		{
			# Every event is each of the 8 steps: 200 events have 10^14 chains. The window has room
			# for seven, so that none of the events is the last to be looked at.
			title => 'microseconds of a funnel over 200 events that are all of its 8 steps',
			query => q{SELECT extract(epoch FROM clock_timestamp() - statement_timestamp())
					* 1e6 / {rows/1000} AS figure FROM (
				SELECT sum(funnel_level(j, '{x,x,x,x,x,x,x,x}', '6 s', {})) AS levels FROM (
					SELECT journey_agg(timestamptz '2026-01-01Z' + n * interval '1 s', 'x') AS j
					FROM generate_series(1, 200) n OFFSET 0) t, generate_series(1, {rows/1000})) t
				WHERE levels = 7 * {rows/1000}},
			runs => [ map { { of => "'$_'", name => $_, limits => ['figure <= 200'] } }
				qw(ordered increasing consecutive strict_order unordered) ],
		},
		{
			title => 'a million events of one customer',
			query => $one_journey,
			runs => [
				{ of => 'extract(epoch FROM clock_timestamp() - statement_timestamp())',
					name => 'seconds', limits => ['figure <= 1'] },
				{ of => q{(SELECT sum(CASE what WHEN 'VmHWM' THEN kb ELSE -kb END) / 1024
						FROM (SELECT m[1] AS what, m[2]::integer AS kb FROM regexp_matches(
							pg_read_file('/proc/self/status'),
							'(VmHWM|RssShmem|RssFile):\s+(\d+)', 'g') m) t)},
					name => 'megabytes', limits => ['figure <= 64'] },
			],
		},
		{
			title => 'a funnel of 4 steps for each customer, index-only',
			query => $in_order,
			set => \%index_only,
			rounds => 5,
			runs => [
				{ of => 'count(*)' },
				{ of => $window_funnel, name => 'window_funnel',
					limits => ['time <= 1.6 x count(*)'] },
				{ of => $labels, name => 'window_funnel of labels',
					limits => ['time <= 1.6 x count(*)'] },
				{ of => $level, name => 'funnel_level(journey_agg)',
					limits => ['time <= 2 x count(*)'] },
				map { { of => $with_options{$_}, name => $_,
					limits => ['time <= 1.3 x window_funnel of labels'] } } sort keys %with_options,
			],
		},
		{
			title => 'unsorted, through a hash table',
			query => $in_order,
			set => { enable_indexscan => 'off', enable_indexonlyscan => 'off',
				enable_sort => 'off',
				work_mem => '2GB' },
			rounds => 5,
			runs => [
				{ of => 'count(*)' },
				{ of => $window_funnel, name => 'window_funnel',
					limits => ['time <= 1.5 x count(*)'] },
				{ of => $labels, name => 'window_funnel of labels',
					limits => ['time <= 1.5 x count(*)'] },
				{ of => 'event_count(journey_agg(at, stage))', name => 'journey_agg',
					limits => ['time <= 1.5 x count(*)'] },
			],
		},
	],
};
