# What a retention triangle costs: sets of days and their summaries, beside the usual self-join.
use strict;
use warnings;

sub runs
{
	my ($table, $limit) = @_;
	return [
		{
			name => 'self-join',
			of => qq{
				SELECT count(DISTINCT customer) AS figure
				FROM (SELECT customer, date_trunc('month', first) AS cohort,
						12 * extract(year FROM day) + extract(month FROM day)
							- 12 * extract(year FROM first) - extract(month FROM first) AS period
					FROM $table
					JOIN (SELECT customer, min(day) AS first FROM $table GROUP BY customer) AS f
						USING (customer)) AS since_first
				GROUP BY cohort, period},
		},
		{
			name => 'bare GROUP BY',
			of => "SELECT min(day) AS figure FROM $table GROUP BY customer",
		},
		{
			name => 'activity_agg, retention_agg',
			of => qq{
				SELECT curve.rate AS figure
				FROM (SELECT date_trunc('month', first_day(a)) AS cohort,
						retention_agg(a, 'month', '2025-12-31') AS s
					FROM (SELECT activity_agg(day) AS a FROM $table GROUP BY customer) AS customer
					GROUP BY cohort) AS cohort, retention_curve(s) AS curve},
			limits => ["time <= $limit x self-join"],
		},
	];
}

return {
	tables => {
		# A customer comes on ten days of a year, on average, in no order.
		visit => q{
			CREATE TABLE visit AS
			SELECT floor(random() * {rows/10})::integer AS customer,
				date '2025-01-01' + floor(random() * 365)::integer AS day
			FROM (SELECT setseed(0.5)) AS seed, generate_series(1, {rows})},

		indexed_visit => q{
			CREATE TABLE indexed_visit AS SELECT * FROM visit;
			CREATE INDEX ON indexed_visit (customer, day)},
	},

	benchmarks => [
		{ title => 'triangle of months', query => '{}', runs => runs('visit', '0.5') },
		# As installed: with little memory for hash tables the planner takes the order of the index.
		{
			title => 'triangle of months, with an index',
			query => '{}',
			runs => runs('indexed_visit', '0.25'),
			set => { work_mem => '4MB', random_page_cost => '1.1' },
		},
		# With much memory it hashes all the same, unless it is told not to.
		map {
			my ($hashes, @limit) = @$_;
			{
				title => "triangle of months, with an index and 1 GB of memory, hashing $hashes",
				query => '{}',
				runs => runs('indexed_visit', @limit),
				set => { random_page_cost => '1.1', enable_hashagg => $hashes },
			}
		} [ on => '0.5' ], [ off => '0.25' ],
	],
};
