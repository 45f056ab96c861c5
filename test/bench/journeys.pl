# What journeys and funnels cost: beside count() over the same plan.
use strict;
use warnings;

# Over the index in its order, a group for each customer; or over the table, through a hash table.
my $in_order = 'SELECT sum(figure)
	FROM (SELECT customer, {} AS figure FROM event GROUP BY customer) t';

my $window_funnel = q{window_funnel('7 days', at, stage = 'awareness', stage = 'consideration',
	stage = 'purchase', stage = 'onboarding')};
my $level = q{funnel_level(journey_agg(at, stage), '{awareness,consideration,purchase,onboarding}',
	'7 days')};
my %index_only = (enable_seqscan => 'off', enable_bitmapscan => 'off', enable_hashagg => 'off');

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
	},
	benchmarks => [
		{
			title => 'a funnel of 4 steps for each customer, index-only',
			query => $in_order,
			set => \%index_only,
			rounds => 5,
			runs => [
				{ of => 'count(*)' },
				{ of => $window_funnel, name => 'window_funnel',
					limits => ['time <= 1.6 x count(*)'] },
				{ of => $level, name => 'funnel_level(journey_agg)',
					limits => ['time <= 2 x count(*)'] },
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
				{ of => 'event_count(journey_agg(at, stage))', name => 'journey_agg',
					limits => ['time <= 1.5 x count(*)'] },
			],
		},
	],
};
