# What movements of revenue cost, beside PostgreSQL's own sums of such amounts.
use strict;
use warnings;

return {
	tables => {
		# Monthly amounts with cents, some missing; three of four stay as they are.
		revenue => q{
			CREATE TABLE revenue AS
			SELECT nullif(before, 0) AS before,
				nullif(CASE WHEN x % 4 > 0 THEN before ELSE after END, 0) AS after,
				'EUR' AS currency, x % 2 = 0 AS was_customer
			FROM (SELECT floor(random() * 1000)::integer AS x,
					greatest(round((random() * 1100 - 100)::numeric, 2), 0) AS before,
					greatest(round((random() * 1100 - 100)::numeric, 2), 0) AS after
				FROM (SELECT setseed(0.3)) AS seed, generate_series(1, {rows})) AS customer},
	},

	benchmarks => [
		{
			title => 'movements of revenue',
			query => 'SELECT {} AS figure FROM revenue',
			runs => [
				{ of => 'sum(before)' },
				{ of => 'revenue_agg(before, after)', limits => ['time <= 3.5 x sum(before)'] },
				{ of => 'revenue_agg(before, after, was_customer)' },
				{ of => 'revenue_agg(before, after, currency)' },
				{ of => q{revenue_agg(before, after, date '2025-01-01')} },
				{ of => q{revenue_agg(before, after, was_customer, 'EUR', 0.9, 0.95)} },
			],
		},
	],
};
