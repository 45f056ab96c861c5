# What growth accounting costs: sets of days and their summaries, beside window functions.
use strict;
use warnings;

return {
	tables => {
		# A customer comes on ten days of a year, on average, in no order.
		coming => q{
			CREATE TABLE coming AS
			SELECT floor(random() * {rows/10})::integer AS customer,
				date '2025-01-01' + floor(random() * 365)::integer AS day
			FROM (SELECT setseed(0.5)) AS seed, generate_series(1, {rows})},
	},

	benchmarks => [
		{
			title => 'growth by week',
			query => '{}',
			runs => [
				{
					name => 'window functions',
					of => q{
						SELECT count(*) FILTER (WHERE before IS NULL)
							+ count(*) FILTER (WHERE week = before + 7) AS figure
						FROM (SELECT customer, week, lag(week) OVER each AS before
							FROM (SELECT DISTINCT customer,
									day - (day - date '2000-01-03') % 7 AS week
								FROM coming) AS active
							WINDOW each AS (PARTITION BY customer ORDER BY week)) AS since
						GROUP BY week},
				},
				{
					name => 'activity_agg, lifecycle_agg',
					of => q{
						SELECT new_customers + retained_customers AS figure
						FROM (SELECT lifecycle_agg(a, 'week', '2025-12-31') AS s
							FROM (SELECT activity_agg(day) AS a FROM coming GROUP BY customer) AS c
						) AS all_of, lifecycle(s)},
					limits => ['time <= 0.5 x window functions'],
				},
			],
		},
	],
};
