# What it costs to take a change apart, beside count(): rows of two summaries in 50 segments.
use strict;
use warnings;

return {
	tables => {
		segment_day => q{
			CREATE TABLE segment_day AS
			SELECT 'segment ' || n % 50 AS segment, before, after
			FROM generate_series(1, {rows/10}) n,
				(SELECT n % 7 AS k, nps_agg(n % 11) AS before, nps_agg(n % 10) AS after
					FROM generate_series(1, 700) n GROUP BY k) s
			WHERE k = n / 50 % 7},
	},

	benchmarks => [
		{
			title => 'two summaries a row, 50 segments',
			query => 'SELECT {} AS figure FROM segment_day',
			runs  => [
				{ of => 'count(before)' },
				{
					of => 'shift_agg(segment, before, after)',
					limits => ['time <= 4 x count(before)'],
				},
			],
		},
	],
};
