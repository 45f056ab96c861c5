# What survival costs, beside count(), by how many durations there are.
use strict;
use warnings;

return {
	tables => {
		lifetime => q{
			CREATE TABLE lifetime AS
			SELECT months, days, days * 86400 + x AS seconds, x % 3 = 0 AS ended,
				months / 2 AS entry, (ARRAY['price', 'service', 'other'])[1 + x % 3] AS reason
			FROM (SELECT floor(random() * 72)::integer AS months,
					floor(random() * 2000)::integer AS days, floor(random() * 86400)::integer AS x
				FROM (SELECT setseed(0.4)) AS seed, generate_series(1, {rows})) AS customer},
	},

	benchmarks => [
		(map {
			my ($unit, @limits) = @$_;
			{
				title => "durations in $unit",
				query => 'SELECT {} AS figure FROM lifetime',
				runs => [
					{ of => "count($unit)" },
					{ of => "survival_agg($unit, ended)", limits => \@limits },
				],
			}
		} [ months => 'time <= 1.5 x count(months)' ], [ days => 'time <= 1.5 x count(days)' ],
		[ 'seconds' ]),
		{
			title => 'reasons and entries',
			query => 'SELECT {} AS figure FROM lifetime',
			runs => [
				{ of => 'count(months)' },
				{ of => 'survival_reason_agg(months, ended, reason)' },
				{ of => 'survival_entry_agg(entry, months + 1, ended)' },
			],
		},
	],
};
