# What ratios and means cost, beside PostgreSQL's own sum, and its regression, which keeps as many
# sums in floating point.
use strict;
use warnings;

return {
	tables => {
		# What customers paid, with cents, and how often they came; of each type of number.
		spending => q{
			CREATE TABLE spending AS
			SELECT paid, visits::numeric AS visits, paid::double precision AS double_paid,
				visits::double precision AS double_visits, (100 * paid)::integer AS cents,
				visits AS times, (100 * paid)::bigint AS long_cents, visits::bigint AS long_times,
				segment
			FROM (SELECT round((random() * 1000)::numeric, 2) AS paid,
					1 + floor(random() * 20)::integer AS visits,
					floor(random() * 50)::integer AS segment
				FROM (SELECT setseed(0.5)) AS seed, generate_series(1, {rows/2})) AS customer},

		# A summary of each hundred of them.
		stored_ratio => q{
			CREATE TABLE stored_ratio AS
			SELECT n / 100 AS part, sum(paid) AS x, ratio_agg(paid, visits) AS s,
				ratio_agg(double_paid / 7, double_visits) AS t
			FROM (SELECT *, row_number() OVER () AS n FROM spending) AS numbered GROUP BY n / 100},
	},

	benchmarks => [
		{
			title => 'ratio of numeric',
			query => 'SELECT {} AS figure FROM spending',
			runs => [
				{ of => 'sum(paid)' },
				{ of => 'ratio_agg(paid, visits)', limits => ['time <= 2.5 x sum(paid)'] },
				{ of => 'ratio(paid, visits)', limits => ['time <= 2.5 x sum(paid)'] },
				{ of => 'mean_agg(paid)', limits => ['time <= 2.5 x sum(paid)'] },
			],
		},
		{
			title => 'ratio of numeric by segment (50 groups)',
			query => 'SELECT {} AS figure FROM spending GROUP BY segment',
			runs => [ { of => 'sum(paid)' }, { of => 'ratio_agg(paid, visits)' } ],
		},
		(map {
			my ($type, $x, $y) = @$_;
			{
				title => "ratio of $type",
				query => 'SELECT {} AS figure FROM spending',
				runs => [
					{ of => "regr_slope($y, $x)" },
					{ of => "ratio_agg($x, $y)", limits => ["time <= 1.3 x regr_slope($y, $x)"] },
					{ of => "mean_agg($x)", limits => ["time <= 1.3 x regr_slope($y, $x)"] },
				],
			}
		} [ 'double precision', 'double_paid', 'double_visits' ],
			[ 'integer', 'cents', 'times' ], [ 'bigint', 'long_cents', 'long_times' ]),
		{
			title => 'sum of stored ratios',
			query => 'SELECT {} AS figure FROM stored_ratio',
			runs => [ { of => 'sum(x)' }, { of => 'sum(s)' }, { of => 'sum(t)' } ],
		},
		{
			title => 'bytes of a ratio',
			query => 'SELECT {}',
			runs => [
				{
					of => 'max(pg_column_size(s)) FROM stored_ratio',
					name => 'stored, of a hundred amounts with cents',
					limits => ['figure <= 64'],
				},
				{
					of => 'max(pg_column_size(t)) FROM stored_ratio',
					name => 'stored, of a hundred binary fractions',
					limits => ['figure <= 224'],
				},
			],
		},
	],
};
