# What ratings cost: beside count(), beside counting the answers by hand, and what a summary weighs.
use strict;
use warnings;

my $by_hand = q{100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6))
	/ nullif(count(score), 0)};

# The headline number and the summary, each beside both rivals.
sub beside_count
{
	my ($limit, @more) = @_;
	my @limits = ("time <= $limit x count(score)", 'time < 1 x by hand', @more);
	return [
		{ of => 'count(score)' },
		{ of => $by_hand, name => 'by hand' },
		{ of => 'nps(score)', limits => \@limits },
		{ of => 'nps_agg(score)', limits => \@limits },
	];
}

my $ninety_days = "(ORDER BY at RANGE BETWEEN '90 days' PRECEDING AND CURRENT ROW)";

return {
	tables => {
		# Every customer has answered ten times on average, in no order.
		response => q{
			CREATE TABLE response AS
			SELECT floor(random() * 11)::integer AS score,
				floor(random() * 50)::integer AS segment,
				floor(random() * {rows/10})::integer AS customer
			FROM (SELECT setseed(0.1)) AS seed, generate_series(1, {rows})},

		# The same question, asked of other columns.
		answer => q{
			CREATE TABLE answer AS
			SELECT score::smallint AS short, score::double precision AS double,
				1 + score % 5 AS satisfaction, CASE WHEN customer % 5 > 0 THEN score END AS sparse
			FROM response},

		# A summary of each customer, and beside it the simplest thing to add up.
		stored => q{
			CREATE TABLE stored AS
			SELECT segment, customer, count(score) AS x, nps_agg(score) AS s
			FROM (SELECT score, customer % 50 AS segment, customer FROM response) AS response
			GROUP BY segment, customer},

		# Two years of responses in their order, few and many; each also as a summary of its own.
		tenth => q{
			CREATE TABLE tenth AS SELECT * FROM rolling WHERE nr % 10 = 0 ORDER BY at},
		rolling => q{
			CREATE TABLE rolling AS
			SELECT nr, timestamp '2024-01-01' + nr * (interval '730 days' / {rows/10}) AS at,
				nr * 7 % 11 AS score, nps_agg(nr * 7 % 11) AS s
			FROM generate_series(1, {rows/10}) AS nr GROUP BY nr ORDER BY nr},
	},

	benchmarks => [
		{
			title => 'all responses in one figure',
			query => 'SELECT {} AS figure FROM response',
			runs => beside_count('1.10'),
		},
		{
			title => 'by segment (50 groups)',
			query => 'SELECT {} AS figure FROM response GROUP BY segment',
			runs => beside_count('1.15'),
		},
		{
			title => 'by customer (ten rows a group)',
			query => 'SELECT {} AS figure FROM response GROUP BY customer',
			rounds => 11,    # waits for memory all the time, which every other process disturbs
			runs => beside_count('1.15', 'memory <= 1.5 x count(score)'),
		},
		{
			title => 'answers of type smallint',
			query => 'SELECT {} AS figure FROM answer',
			runs => [ map { { of => "$_(short)" } } 'count', 'nps', 'nps_agg' ],
		},
		{
			title => 'answers of type double precision',
			query => 'SELECT {} AS figure FROM answer',
			runs => [ map { { of => "$_(double)" } } 'count', 'nps', 'nps_agg' ],
		},
		{
			title => 'one of five not answered',
			query => 'SELECT {} AS figure FROM answer',
			runs => [ map { { of => "$_(sparse)" } } 'count', 'nps', 'nps_agg' ],
		},
		{
			title => 'other scales, and weights',
			query => 'SELECT {} AS figure FROM answer',
			runs => [
				map { { of => $_ } } 'count(satisfaction)', 'csat_agg(satisfaction)',
				"csat_agg(satisfaction, '1..5')", 'sum(double)', 'nps_agg(short, double)'
			],
		},
		{
			title => 'rollup of stored summaries',
			query => 'SELECT {} AS figure FROM stored',
			runs => [
				{ of => 'sum(x)' },
				{ of => 'rollup(s)', limits => ['time <= 1.5 x sum(x)'] },
			],
		},
		{
			title => 'rollup of stored summaries by segment',
			query => 'SELECT {} AS figure FROM stored GROUP BY segment',
			runs => [ { of => 'sum(x)' }, { of => 'rollup(s)' } ],
		},
		{
			title => 'rolling 90 days of responses, ten times the rows',
			query => "SELECT nps(score) OVER $ninety_days AS figure FROM {}",
			runs => [
				{ of => 'tenth' },
				{ of => 'rolling', limits => ['time <= 12 x tenth'] },
			],
		},
		{
			title => 'rolling 90 days of stored summaries, ten times the rows',
			query => "SELECT rollup(s) OVER $ninety_days AS figure FROM {}",
			runs => [
				{ of => 'tenth' },
				{ of => 'rolling', limits => ['time <= 12 x tenth'] },
			],
		},
		{
			title => 'rolling 90 days beside count',
			query => "SELECT {} OVER $ninety_days AS figure FROM rolling",
			runs => [ map { { of => $_ } } qw(count(score) nps(score) nps_agg(score) rollup(s)) ],
		},
		{
			title => 'bytes of a summary',
			query => 'SELECT {}',
			runs => [
				{
					of => 'max(pg_column_size(s)) FROM stored',
					name => 'stored, of ten answers',
					limits => ['figure <= 32'],
				},
				{
					of => 'pg_column_size(nps_agg(n % 11)) FROM generate_series(1, 11 * 255) AS n',
					name => 'in memory, of 255 of each answer',
					limits => ['figure <= 32'],
				},
			],
		},
	],
};
