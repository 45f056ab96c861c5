# What it costs to count buyers, beside count() of the same: histories of days, and spend.
use strict;
use warnings;

return {
	tables => {
		buyer => q{
			CREATE TABLE buyer AS
			SELECT n % 5 AS x, n % 5 * (1 + n % 37) AS t, 200 + n % 165 AS age,
				(1 + n % 9973)::double precision AS mean
			FROM generate_series(1, {rows}) n},
	},

	benchmarks => [
		{
			title => 'buyers, a row each',
			query => 'SELECT {} AS figure FROM buyer',
			runs  => [
				{ of => 'count(mean)' },
				{
					of => 'purchase_agg(x, t, age)',
					limits => ['time <= 4 x count(mean)'],
				},
				{
					of => 'spend_agg(1 + x, mean)',
					limits => ['time <= 10 x count(mean)'],
				},
			],
		},
	],
};
